// SPDX-License-Identifier: MIT
/*
 * Launches without a local size: what their device's driver chooses is what they run with, and
 * where it leaves the choice out, what drivers share. Both learn whether groups may be uneven.
 */
#include <string.h>

#include "api/entry_points.h"
#include "api/handles.h"
#include "check.h"
#include "driver/native.h"

/* A prime: only groups of one work-item divide it. */
enum { COUNT = 10007, UNEVEN = 7, EVEN = 1 };

static const char source[] =
	"kernel void blind(global int *out) { out[get_global_id(0)] = 1; }\n"
	"kernel void seeing(global int *out)\n"
	"{ out[get_global_id(0)] = get_local_size(0) > get_local_id(0); }\n"
	"kernel __attribute__((reqd_work_group_size(1, 1, 1))) void required(global int *out)\n"
	"{ out[get_global_id(0)] = 1; }\n";

static struct world {
	cl_device_id device;
	cl_context context;
	cl_command_queue queue;
	cl_int *out;
	const struct tandem_device_ops *own;
	struct tandem_device_ops spied;
	uint64_t launched; /* the local size of the last launch */
	unsigned int choices;
	bool uneven; /* what the last choice was told */
} world;

static int begin_launch(struct tandem_device_core *core, struct tandem_launch *launch)
{
	world.launched = launch->local_size[0];
	return world.own->begin_launch(core, launch);
}

static void choose(struct tandem_device_core *core, const struct tandem_kernel_info *kernel,
		   uint32_t compute_units, uint32_t dimensions, const uint64_t *global_size,
		   bool uneven, uint64_t *local_size)
{
	check_equal(core->properties.compute_units, compute_units);
	check_equal(1, dimensions);
	check_equal(COUNT, global_size[0]);
	world.choices++;
	world.uneven = uneven;
	local_size[0] = uneven ? UNEVEN : EVEN;
}

static void world_init(void)
{
	struct tandem_device_core *core;
	cl_platform_id platform;
	cl_int code;

	check_fatal(!tandem_clGetPlatformIDs(1, &platform, NULL), "no platform");
	check_fatal(!tandem_clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &world.device, NULL),
		    "no device");
	world.context = tandem_clCreateContext(NULL, 1, &world.device, NULL, NULL, &code);
	check_equal(CL_SUCCESS, code);
	world.queue = tandem_clCreateCommandQueue(world.context, world.device, 0, &code);
	check_equal(CL_SUCCESS, code);
	world.out = tandem_clSVMAlloc(world.context, CL_MEM_SVM_FINE_GRAIN_BUFFER,
				      COUNT * sizeof(*world.out), 0);
	check_fatal(world.out, "no SVM");
	core = device_of(world.device)->core;
	world.own = core->ops;
	world.spied = *core->ops;
	world.spied.begin_launch = begin_launch;
	core->ops = &world.spied;
}

static void world_finish(void)
{
	device_of(world.device)->core->ops = world.own;
	tandem_clSVMFree(world.context, world.out);
	check_equal(CL_SUCCESS, tandem_clReleaseCommandQueue(world.queue));
	check_equal(CL_SUCCESS, tandem_clReleaseContext(world.context));
}

/* Launches @kernel without a local size: the one that it runs with. */
static uint64_t launch(cl_kernel kernel)
{
	const size_t count = COUNT;
	int missing = 0;

	memset(world.out, 0, COUNT * sizeof(*world.out));
	check_equal(CL_SUCCESS, tandem_clSetKernelArgSVMPointer(kernel, 0, world.out));
	check_equal(CL_SUCCESS, tandem_clEnqueueNDRangeKernel(world.queue, kernel, 1, NULL, &count,
							      NULL, 0, NULL, NULL));
	check_equal(CL_SUCCESS, tandem_clFinish(world.queue));
	for (int i = 0; i < COUNT; i++)
		missing += world.out[i] != 1;
	check(!missing, "%d work-items did not run", missing);
	return world.launched;
}

static size_t suggest(cl_kernel kernel)
{
	const size_t count = COUNT;
	size_t size = 0;

	check_equal(CL_SUCCESS, tandem_clGetKernelSuggestedLocalWorkSizeKHR(world.queue, kernel, 1,
									    NULL, &count, &size));
	return size;
}

/* @uneven_launch, @uneven_suggestion: whether groups may be uneven there. */
static void check_kernel(cl_program program, const char *name, bool uneven_launch,
			 bool uneven_suggestion)
{
	cl_int code;
	cl_kernel kernel = tandem_clCreateKernel(program, name, &code);

	check_equal(CL_SUCCESS, code);
	world.spied.choose_local_size = NULL;
	check((launch(kernel) > 1) == uneven_launch, "%s: launched with %llu", name,
	      (unsigned long long)world.launched);
	check((suggest(kernel) > 1) == uneven_suggestion, "%s: suggested %zu", name,
	      suggest(kernel));
	world.spied.choose_local_size = choose;
	world.choices = 0;
	check_equal(UNEVEN, launch(kernel));
	check(world.uneven, "%s: a launch may be uneven", name);
	check_equal(uneven_suggestion ? UNEVEN : EVEN, suggest(kernel));
	check(world.uneven == uneven_suggestion, "%s: a suggestion", name);
	check_equal(2, world.choices);
	check_equal(CL_SUCCESS, tandem_clReleaseKernel(kernel));
}

/* A kernel that sees its groups, and may not have uneven ones. */
static void check_seeing(cl_program program)
{
	cl_int code;
	cl_kernel kernel = tandem_clCreateKernel(program, "seeing", &code);

	check_equal(CL_SUCCESS, code);
	world.spied.choose_local_size = NULL;
	check_equal(1, launch(kernel));
	check_equal(1, suggest(kernel));
	check_equal(CL_SUCCESS, tandem_clReleaseKernel(kernel));
}

/* What a kernel requires is nobody's choice. */
static void check_required(cl_program program)
{
	cl_int code;
	cl_kernel kernel = tandem_clCreateKernel(program, "required", &code);

	check_equal(CL_SUCCESS, code);
	world.spied.choose_local_size = choose;
	world.choices = 0;
	check_equal(1, launch(kernel));
	check_equal(1, suggest(kernel));
	check_equal(0, world.choices);
	check_equal(CL_SUCCESS, tandem_clReleaseKernel(kernel));
}

/* @allows: whether kernels that see their groups may have uneven ones. */
static void check_program(const char *options, bool allows)
{
	const char *strings[] = { source };
	cl_int code;
	cl_program program =
		tandem_clCreateProgramWithSource(world.context, 1, strings, NULL, &code);

	check_equal(CL_SUCCESS, code);
	check_equal(CL_SUCCESS, tandem_clBuildProgram(program, 0, NULL, options, NULL, NULL));
	check_kernel(program, "blind", true, allows);
	if (allows)
		check_kernel(program, "seeing", true, true);
	else
		check_seeing(program);
	check_required(program);
	check_equal(CL_SUCCESS, tandem_clReleaseProgram(program));
}

int main(void)
{
	world_init();
	check_program("-cl-std=CL1.2", false);
	check_program("-cl-std=CL3.0", true);
	world_finish();
	return check_result();
}
