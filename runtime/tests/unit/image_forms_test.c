// SPDX-License-Identifier: MIT
/*
 * Kernels that are compiled for the formats and samplers they are launched with: when that is
 * done, and that it changes no result. What is expected is what the general form makes. With any
 * argument: that they come from the kernel cache.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "api/entry_points.h"
#include "api/handles.h"
#include "check.h"
#include "driver/native_program.h"
#include "driver/native.h"
#include "util/alloc.h"

#define ITEMS	4
#define GROUPS	8
#define THREADS 4
#define NEVER	(1u << 30)

/* It has local memory of its own, and some as an argument behind that. */
static const char source[] =
	"kernel void f(read_only image2d_t from, sampler_t sampler, global float4 *out,"
	"              local float4 *row)"
	"{"
	"	local float factor[1];"
	"	size_t i = get_local_id(0);"
	"	if (!i)"
	"		factor[0] = get_group_id(0) + 1;"
	"	row[i] = read_imagef(from, sampler, (float2)(i * 0.3f, 0.4f));"
	"	barrier(CLK_LOCAL_MEM_FENCE);"
	"	out[get_global_id(0)] = row[get_local_size(0) - 1 - i] * factor[0];"
	"}";

static const cl_image_format formats[] = {
	{ CL_RGBA, CL_UNORM_INT8 },	 { CL_BGRA, CL_UNORM_INT8 },  { CL_RGBA, CL_FLOAT },
	{ CL_R, CL_UNORM_INT16 },	 { CL_RG, CL_SNORM_INT8 },    { CL_RGBA, CL_HALF_FLOAT },
	{ CL_INTENSITY, CL_FLOAT },	 { CL_sRGBA, CL_UNORM_INT8 }, { CL_RGBA, CL_SNORM_INT16 },
	{ CL_LUMINANCE, CL_UNORM_INT8 }, { CL_A, CL_UNORM_INT8 },
};

#define FORMATS (sizeof(formats) / sizeof(*formats))

static const cl_addressing_mode modes[] = { CL_ADDRESS_NONE, CL_ADDRESS_CLAMP_TO_EDGE,
					    CL_ADDRESS_CLAMP, CL_ADDRESS_REPEAT,
					    CL_ADDRESS_MIRRORED_REPEAT };

struct world {
	cl_device_id device;
	struct tandem_native_device *native;
	cl_context context;
	cl_mem images[FORMATS];
	cl_sampler nearest, linear;
};

/* What work-items count, and tell, is the program's, however a kernel is compiled. */
static const char counting_source[] =
	"global int counter;"
	"kernel void f(read_only image2d_t from, sampler_t sampler, global float4 *out,"
	"              local float4 *row)"
	"{"
	"	row[0] = read_imagef(from, sampler, (float2)(0.4f));"
	"	int count = atomic_inc((volatile global int *)&counter);"
	"	if (count % GROUP_ITEMS == 0)"
	"		out[count / GROUP_ITEMS] = (float4)(count + 1, row[0].yzw);"
	"}";

static cl_program build_text(const struct world *world, const char *text, const char *options)
{
	cl_int code;
	cl_program program =
		tandem_clCreateProgramWithSource(world->context, 1, &text, NULL, &code);

	check_equal(CL_SUCCESS, code);
	check_equal(CL_SUCCESS, tandem_clBuildProgram(program, 0, NULL, options, NULL, NULL));
	return program;
}

static cl_program build(const struct world *world, const char *options)
{
	return build_text(world, source, options);
}

static const struct tandem_native_program *native_of(cl_program program)
{
	return tandem_native_program_of(program_of(program)->builds[0].loaded);
}

static unsigned int ready_forms(cl_program program)
{
	const struct tandem_native_form *form;
	unsigned int count = 0;

	for (form = native_of(program)->forms; form; form = form->next)
		count += form->state == TANDEM_FORM_READY;
	return count;
}

static void world_init(struct world *world)
{
	const cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D,
				     .image_width = ITEMS,
				     .image_height = 2 };
	unsigned char pixels[ITEMS * 2 * 16];
	cl_platform_id platform;
	cl_int code;

	check_fatal(!tandem_clGetPlatformIDs(1, &platform, NULL), "no platform");
	check_fatal(!tandem_clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &world->device, NULL),
		    "no device");
	world->native = tandem_container_of(device_of(world->device)->core,
					    struct tandem_native_device, core);
	if (!world->native->core.properties.images.supported)
		check_skip("the device has no images");
	world->context = tandem_clCreateContext(NULL, 1, &world->device, NULL, NULL, &code);
	check_equal(CL_SUCCESS, code);
	/* Of no format a number that is none. */
	for (size_t i = 0; i < sizeof(pixels); i++)
		pixels[i] = (unsigned char)(i % 4 == 3 ? 0x3f : 0x11 + 5 * i % 0x30);
	for (size_t i = 0; i < FORMATS; i++) {
		world->images[i] = tandem_clCreateImage(world->context, CL_MEM_COPY_HOST_PTR,
							&formats[i], &desc, pixels, &code);
		check_equal(CL_SUCCESS, code);
	}
	world->nearest = tandem_clCreateSampler(world->context, CL_FALSE, CL_ADDRESS_CLAMP,
						CL_FILTER_NEAREST, &code);
	check_equal(CL_SUCCESS, code);
	world->linear = tandem_clCreateSampler(world->context, CL_TRUE, CL_ADDRESS_REPEAT,
					       CL_FILTER_LINEAR, &code);
	check_equal(CL_SUCCESS, code);
}

static void world_finish(struct world *world)
{
	for (size_t i = 0; i < FORMATS; i++)
		check_equal(CL_SUCCESS, tandem_clReleaseMemObject(world->images[i]));
	check_equal(CL_SUCCESS, tandem_clReleaseSampler(world->nearest));
	check_equal(CL_SUCCESS, tandem_clReleaseSampler(world->linear));
	check_equal(CL_SUCCESS, tandem_clReleaseContext(world->context));
}

/* A kernel of a program with a queue, for one thread. */
struct runner {
	const struct world *world;
	cl_kernel kernel;
	cl_command_queue queue;
	cl_mem out;
};

static void runner_init(struct runner *runner, const struct world *world, cl_program program)
{
	cl_int code;

	runner->world = world;
	runner->kernel = tandem_clCreateKernel(program, "f", &code);
	check_equal(CL_SUCCESS, code);
	runner->queue = tandem_clCreateCommandQueue(world->context, world->device, 0, &code);
	check_equal(CL_SUCCESS, code);
	runner->out = tandem_clCreateBuffer(world->context, 0, sizeof(cl_float4) * ITEMS * GROUPS,
					    NULL, &code);
	check_equal(CL_SUCCESS, code);
}

static void runner_finish(struct runner *runner)
{
	check_equal(CL_SUCCESS, tandem_clReleaseMemObject(runner->out));
	check_equal(CL_SUCCESS, tandem_clReleaseCommandQueue(runner->queue));
	check_equal(CL_SUCCESS, tandem_clReleaseKernel(runner->kernel));
}

static void run(const struct runner *runner, cl_mem image, cl_sampler sampler, cl_float4 *seen)
{
	const size_t global = (size_t)ITEMS * GROUPS, local = ITEMS;

	check_equal(CL_SUCCESS, tandem_clSetKernelArg(runner->kernel, 0, sizeof(image), &image));
	check_equal(CL_SUCCESS,
		    tandem_clSetKernelArg(runner->kernel, 1, sizeof(sampler), &sampler));
	check_equal(CL_SUCCESS,
		    tandem_clSetKernelArg(runner->kernel, 2, sizeof(runner->out), &runner->out));
	check_equal(CL_SUCCESS,
		    tandem_clSetKernelArg(runner->kernel, 3, sizeof(cl_float4) * ITEMS, NULL));
	check_equal(CL_SUCCESS,
		    tandem_clEnqueueNDRangeKernel(runner->queue, runner->kernel, 1, NULL, &global,
						  &local, 0, NULL, NULL));
	check_equal(CL_SUCCESS,
		    tandem_clEnqueueReadBuffer(runner->queue, runner->out, CL_TRUE, 0,
					       sizeof(*seen) * global, seen, 0, NULL, NULL));
}

static void check_same(const cl_float4 *expected, const cl_float4 *seen, size_t format)
{
	for (size_t i = 0; i < (size_t)ITEMS * GROUPS; i++) {
		for (int c = 0; c < 4; c++) {
			float a = expected[i].s[c], b = seen[i].s[c];

			/* What is blended may be rounded once less. */
			check(a - b < 1e-5f && b - a < 1e-5f,
			      "format %zu, item %zu, %d: %g, not %g", format, i, c, (double)b,
			      (double)a);
		}
	}
}

/* Every format with two samplers, by several threads that begin with different ones. */
struct job {
	struct runner runner;
	size_t first;
	cl_float4 (*expected)[2][ITEMS * GROUPS];
};

static void *run_all(void *argument)
{
	const struct job *job = argument;
	cl_float4 seen[ITEMS * GROUPS];

	for (size_t k = 0; k < 2 * FORMATS; k++) {
		size_t i = (job->first + k) % FORMATS;

		run(&job->runner, job->runner.world->images[i], job->runner.world->nearest, seen);
		check_same(job->expected[i][0], seen, i);
		run(&job->runner, job->runner.world->images[i], job->runner.world->linear, seen);
		check_same(job->expected[i][1], seen, i);
	}
	return NULL;
}

static void check_results(struct world *world)
{
	static cl_float4 expected[FORMATS][2][ITEMS * GROUPS];
	cl_program general = build(world, ""), program = build(world, "");
	pthread_t threads[THREADS];
	struct job jobs[THREADS];
	struct runner runner;

	runner_init(&runner, world, general);
	world->native->form_items = NEVER;
	for (size_t i = 0; i < FORMATS; i++) {
		run(&runner, world->images[i], world->nearest, expected[i][0]);
		run(&runner, world->images[i], world->linear, expected[i][1]);
	}
	check_equal(0, ready_forms(general));
	world->native->form_items = 0;
	for (size_t i = 0; i < THREADS; i++) {
		jobs[i] = (struct job){ .first = i * FORMATS / THREADS, .expected = expected };
		runner_init(&jobs[i].runner, world, program);
		check_fatal(!pthread_create(&threads[i], NULL, run_all, &jobs[i]), "no thread");
	}
	for (size_t i = 0; i < THREADS; i++) {
		check_equal(0, pthread_join(threads[i], NULL));
		runner_finish(&jobs[i].runner);
	}
	check_equal(2 * FORMATS, ready_forms(program));
	check_equal(2 * FORMATS, native_of(program)->form_count);
	runner_finish(&runner);
	check_equal(CL_SUCCESS, tandem_clReleaseProgram(general));
	check_equal(CL_SUCCESS, tandem_clReleaseProgram(program));
}

/* It is done once enough work-items have run, and never for programs that ask for no speed. */
static void check_worth(struct world *world)
{
	cl_program program = build(world, ""), slow = build(world, "-cl-opt-disable");
	cl_float4 seen[ITEMS * GROUPS], expected[ITEMS * GROUPS];
	struct runner runner;

	world->native->form_items = ITEMS * GROUPS * 2;
	runner_init(&runner, world, program);
	run(&runner, world->images[0], world->nearest, expected);
	run(&runner, world->images[1], world->nearest, seen);
	check_equal(0, ready_forms(program));
	run(&runner, world->images[0], world->nearest, seen);
	check_equal(1, ready_forms(program));
	check_same(expected, seen, 0);
	runner_finish(&runner);
	world->native->form_items = 0;
	runner_init(&runner, world, slow);
	run(&runner, world->images[0], world->nearest, seen);
	run(&runner, world->images[0], world->nearest, seen);
	check_equal(0, ready_forms(slow));
	check_same(expected, seen, 0);
	runner_finish(&runner);
	check_equal(CL_SUCCESS, tandem_clReleaseProgram(program));
	check_equal(CL_SUCCESS, tandem_clReleaseProgram(slow));
}

/* What is recorded counts as often as it may be replayed, and comes in the form. */
static void check_recorded(struct world *world)
{
	const size_t global = (size_t)ITEMS * GROUPS, local = ITEMS;
	cl_program program = build(world, "");
	cl_float4 seen[ITEMS * GROUPS], expected[ITEMS * GROUPS];
	cl_command_buffer_khr buffer;
	struct runner runner;
	cl_int code;

	world->native->form_items = ITEMS * GROUPS * 1000;
	runner_init(&runner, world, program);
	run(&runner, world->images[0], world->nearest, expected);
	check_equal(0, ready_forms(program));
	buffer = tandem_clCreateCommandBufferKHR(1, &runner.queue, NULL, &code);
	check_equal(CL_SUCCESS, code);
	check_equal(CL_SUCCESS,
		    tandem_clCommandNDRangeKernelKHR(buffer, NULL, NULL, runner.kernel, 1, NULL,
						     &global, &local, 0, NULL, NULL, NULL));
	check_equal(1, ready_forms(program));
	check_equal(CL_SUCCESS, tandem_clFinalizeCommandBufferKHR(buffer));
	check_equal(CL_SUCCESS, tandem_clEnqueueCommandBufferKHR(0, NULL, buffer, 0, NULL, NULL));
	check_equal(CL_SUCCESS, tandem_clEnqueueReadBuffer(runner.queue, runner.out, CL_TRUE, 0,
							   sizeof(seen), seen, 0, NULL, NULL));
	check_same(expected, seen, 0);
	check_equal(CL_SUCCESS, tandem_clReleaseCommandBufferKHR(buffer));
	runner_finish(&runner);
	check_equal(CL_SUCCESS, tandem_clReleaseProgram(program));
}

/* More kinds of arguments than there are forms. */
static void check_most(struct world *world)
{
	const struct tandem_image_format *all = world->native->core.properties.images.formats;
	const unsigned int count = world->native->core.properties.images.format_count;
	const cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D,
				     .image_width = ITEMS,
				     .image_height = 2 };
	cl_program program = build(world, "");
	cl_float4 seen[ITEMS * GROUPS];
	unsigned int launches = 0;
	struct runner runner;
	cl_int code;

	world->native->form_items = NEVER;
	runner_init(&runner, world, program);
	for (size_t m = 0; m < TANDEM_ARRAY_SIZE(modes) && launches <= TANDEM_MOST_FORMS; m++) {
		cl_sampler sampler = tandem_clCreateSampler(world->context, CL_TRUE, modes[m],
							    CL_FILTER_NEAREST, &code);

		check_equal(CL_SUCCESS, code);
		for (unsigned int i = 0; i < count; i++) {
			const cl_image_format format = all[i].name;
			cl_mem image;

			/* Those of depths are arguments of another type. */
			if (format.image_channel_order == CL_DEPTH)
				continue;
			image = tandem_clCreateImage(world->context, 0, &format, &desc, NULL,
						     &code);
			check_equal(CL_SUCCESS, code);
			run(&runner, image, sampler, seen);
			launches++;
			check_equal(CL_SUCCESS, tandem_clReleaseMemObject(image));
		}
		check_equal(CL_SUCCESS, tandem_clReleaseSampler(sampler));
	}
	check(launches > TANDEM_MOST_FORMS, "only %u launches", launches);
	check_equal(TANDEM_MOST_FORMS, native_of(program)->form_count);
	runner_finish(&runner);
	check_equal(CL_SUCCESS, tandem_clReleaseProgram(program));
}

/* A program with variables has them once: the kernel has no form. */
static void check_variables(struct world *world)
{
	cl_program program = build_text(world, counting_source, "-cl-std=CL3.0 -DGROUP_ITEMS=4");
	cl_float4 seen[ITEMS * GROUPS];
	struct runner runner;

	world->native->form_items = 0;
	runner_init(&runner, world, program);
	run(&runner, world->images[0], world->nearest, seen);
	check_equal((long long)ITEMS * (GROUPS - 1) + 1, seen[GROUPS - 1].s[0]);
	run(&runner, world->images[1], world->nearest, seen);
	run(&runner, world->images[1], world->nearest, seen);
	check_equal((long long)ITEMS * (3 * GROUPS - 1) + 1, seen[3 * GROUPS - 1].s[0]);
	check_equal(0, ready_forms(program));
	runner_finish(&runner);
	check_equal(CL_SUCCESS, tandem_clReleaseProgram(program));
}

/* What is in the kernel cache is taken at the first launch, whatever it has. */
static void check_cached(struct world *world)
{
	cl_program program = build(world, ""), again = build(world, "");
	cl_float4 seen[ITEMS * GROUPS], expected[ITEMS * GROUPS];
	struct runner runner;

	world->native->form_items = 0;
	runner_init(&runner, world, program);
	run(&runner, world->images[0], world->nearest, expected);
	check_equal(1, ready_forms(program));
	runner_finish(&runner);
	world->native->form_items = NEVER;
	runner_init(&runner, world, again);
	run(&runner, world->images[0], world->nearest, seen);
	check_equal(1, ready_forms(again));
	check_same(expected, seen, 0);
	run(&runner, world->images[1], world->nearest, seen);
	check_equal(1, ready_forms(again));
	runner_finish(&runner);
	check_equal(CL_SUCCESS, tandem_clReleaseProgram(program));
	check_equal(CL_SUCCESS, tandem_clReleaseProgram(again));
}

/* The kernel cache is in a folder that is there for it alone. */
static void check_with_cache(void)
{
	char folder[] = "/tmp/tandem-forms-XXXXXX", *command;
	struct world world;

	check_fatal(mkdtemp(folder) != NULL, "no folder");
	setenv("TANDEM_CACHE_DIR", folder, 1);
	world_init(&world);
	check_cached(&world);
	world_finish(&world);
	check_fatal(asprintf(&command, "rm -r %s", folder) > 0, "no memory");
	check_equal(0, system(command));
	free(command);
}

int main(int argc, char **argv)
{
	struct world world;

	if (argc > 1) {
		check_with_cache();
		return check_result();
	}
	world_init(&world);
	check_results(&world);
	check_worth(&world);
	check_recorded(&world);
	check_most(&world);
	check_variables(&world);
	world_finish(&world);
	return check_result();
}
