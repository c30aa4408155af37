// SPDX-License-Identifier: MIT
/*
 * Kernels that require a size, in groups that may be smaller: code for these is made once a
 * launch has some, once, whoever comes first, and for commands that are recorded.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command_buffers/command_buffers.h"
#include "log_capture.h"

#define ITEMS	1000
#define GROUP	64
#define WIDTH	16 /* of the image */
#define THREADS 4

/* What the log says where code for smaller groups is made. */
#define MADE "groups of all sizes"

static const char source[] = "#ifdef IMAGE\n"
			     "#define MORE , read_only image2d_t image\n"
			     "#define VALUE read_imageui(image, (int2)(i % 16, 0)).x\n"
			     "#else\n"
			     "#define MORE\n"
			     "#define VALUE ((uint)i % 16)\n"
			     "#endif\n"
			     "kernel __attribute__((reqd_work_group_size(64, 1, 1)))\n"
			     "void sums(global uint *out MORE)\n"
			     "{\n"
			     "	local uint all;\n"
			     "	size_t i = get_global_id(0);\n"
			     "	if (get_local_id(0) == 0)\n"
			     "		all = RUN;\n"
			     "	barrier(CLK_LOCAL_MEM_FENCE);\n"
			     "	atomic_add(&all, VALUE);\n"
			     "	barrier(CLK_LOCAL_MEM_FENCE);\n"
			     "	out[i] = (all - RUN) * 1000 + get_local_size(0);\n"
			     "}\n";

static struct test_setup setup;
static struct command_buffer_functions buffers;
static cl_program program;
static cl_mem image;
static pthread_barrier_t start;

static cl_uint expected_value(size_t items, size_t index)
{
	size_t begin = index / GROUP * GROUP;
	size_t end = begin + GROUP < items ? begin + GROUP : items;
	cl_uint sum = 0;

	for (size_t i = begin; i < end; i++)
		sum += (cl_uint)(i % WIDTH);
	return sum * 1000 + (cl_uint)(end - begin);
}

static void check_values(cl_mem out, const char *name, size_t items)
{
	cl_uint seen[ITEMS];

	check_success(clEnqueueReadBuffer(setup.queue, out, CL_TRUE, 0, items * sizeof(cl_uint),
					  seen, 0, NULL, NULL));
	for (size_t i = 0; i < items; i++) {
		if (!check(seen[i] == expected_value(items, i),
			   "%s, %zu work-items: %u at %zu, expected %u", name, items, seen[i], i,
			   expected_value(items, i)))
			break;
	}
}

static cl_kernel create_kernel(cl_mem out)
{
	cl_kernel kernel = test_kernel(program, "sums");

	check_success(clSetKernelArg(kernel, 0, sizeof(out), &out));
	if (image)
		check_success(clSetKernelArg(kernel, 1, sizeof(image), &image));
	return kernel;
}

static void launch(const char *name, size_t items)
{
	const size_t local = GROUP;
	cl_mem out = test_buffer(setup.context, ITEMS * sizeof(cl_uint), NULL);
	cl_kernel kernel = create_kernel(out);

	check_success(clEnqueueNDRangeKernel(setup.queue, kernel, 1, NULL, &items, &local, 0, NULL,
					     NULL));
	check_values(out, name, items);
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(out));
}

static void run_recorded(size_t items)
{
	const size_t local = GROUP;
	cl_mem out = test_buffer(setup.context, ITEMS * sizeof(cl_uint), NULL);
	cl_kernel kernel = create_kernel(out);
	cl_int code;
	cl_command_buffer_khr buffer =
		buffers.clCreateCommandBufferKHR(1, &setup.queue, NULL, &code);

	check_success_fatal(code);
	check_success(buffers.clCommandNDRangeKernelKHR(buffer, NULL, NULL, kernel, 1, NULL, &items,
							&local, 0, NULL, NULL, NULL));
	check_success(buffers.clFinalizeCommandBufferKHR(buffer));
	for (int i = 0; i < 2; i++) {
		check_success(buffers.clEnqueueCommandBufferKHR(0, NULL, buffer, 0, NULL, NULL));
		check_values(out, "recorded", items);
	}
	check_success(buffers.clReleaseCommandBufferKHR(buffer));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(out));
}

static void *launch_at_once(void *argument)
{
	pthread_barrier_wait(&start);
	launch("threads at once", ITEMS);
	return NULL;
}

static void run_threads(void)
{
	pthread_t threads[THREADS];

	check_fatal(!pthread_barrier_init(&start, NULL, THREADS), "no barrier");
	for (int i = 0; i < THREADS; i++)
		check_fatal(!pthread_create(&threads[i], NULL, launch_at_once, NULL), "no thread");
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&start);
}

/* ---- when it is made ---- */

static unsigned int count_made(void)
{
	const char *log = log_capture_take();
	unsigned int count = 0;

	while ((log = strstr(log, MADE))) {
		log += strlen(MADE);
		count++;
	}
	return count;
}

static void build(void)
{
	static unsigned int builds;
	char options[64];

	/* A number of its own, such that nothing of it is in the cache. */
	snprintf(options, sizeof(options), "-cl-std=CL3.0 -DRUN=%uu%s",
		 (unsigned int)(getpid() * 16 + time(NULL) * 7919 + builds++),
		 image ? " -DIMAGE" : "");
	program = test_build(setup.context, source, options);
	count_made();
}

static void check_made_once(void)
{
	test_step("made once");
	build();
	launch("whole", 4 * GROUP);
	check_equal(0, count_made());
	launch("smaller", 4 * GROUP + 1);
	check_equal(1, count_made());
	launch("smaller again", 3);
	launch("whole again", GROUP);
	run_recorded(130);
	check_equal(0, count_made());
	check_success(clReleaseProgram(program));
}

static void check_threads(void)
{
	unsigned int made;

	test_step("threads");
	build();
	run_threads();
	made = count_made();
	check(made >= 1 && made <= THREADS, "it was made %u times", made);
	run_threads();
	check_equal(0, count_made());
	check_success(clReleaseProgram(program));
}

static void check_recorded(void)
{
	test_step("recorded");
	build();
	run_recorded(4 * GROUP);
	check_equal(0, count_made());
	run_recorded(ITEMS);
	check_equal(1, count_made());
	check_success(clReleaseProgram(program));
}

/* Where there is a form for the image at once, it takes groups of all sizes. */
static void check_images(void)
{
	const char *form_items = getenv("TANDEM_FORM_ITEMS");
	const bool has_image_form = form_items && !strcmp(form_items, "0");
	const cl_image_format format = { CL_R, CL_UNSIGNED_INT8 };
	const cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D,
				     .image_width = WIDTH,
				     .image_height = 1 };
	cl_bool has = CL_FALSE;
	cl_uchar pixels[WIDTH];
	cl_int code;

	check_success(
		clGetDeviceInfo(setup.device, CL_DEVICE_IMAGE_SUPPORT, sizeof(has), &has, NULL));
	if (!has)
		return;
	test_step("images");
	for (int i = 0; i < WIDTH; i++)
		pixels[i] = (cl_uchar)i;
	image = clCreateImage(setup.context, CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR, &format,
			      &desc, pixels, &code);
	check_success_fatal(code);
	build();
	launch("image, whole", 4 * GROUP);
	launch("image, smaller", ITEMS);
	check_equal(!has_image_form, (int)count_made());
	run_recorded(ITEMS);
	run_threads();
	check_success(clReleaseProgram(program));
	check_success(clReleaseMemObject(image));
	image = NULL;
}

int main(void)
{
	cl_bool has = CL_FALSE;

	log_capture_start("compiler");
	setup = test_open();
	load_functions(setup.platform, &buffers);
	check_success(clGetDeviceInfo(setup.device, CL_DEVICE_NON_UNIFORM_WORK_GROUP_SUPPORT,
				      sizeof(has), &has, NULL));
	if (!has)
		check_skip("the device has no non-uniform work-groups");
	check_made_once();
	check_threads();
	check_recorded();
	check_images();
	test_close(&setup);
	return check_result();
}
