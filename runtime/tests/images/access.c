// SPDX-License-Identifier: MIT
/*
 * What kernels read and write by functions of few: halves, layers of depths; and images that a
 * work-group hands pixels on in.
 */
#include <string.h>

#include "shapes.h"

extern const char access_cl[];

#define MOST_BYTES (1 << 12)
#define SIDE	   16

struct world {
	struct test_setup setup;
	cl_program program;
	struct test_random random;
};

static cl_mem new_image(const struct world *w, const cl_image_format *format,
			const struct shape *shape)
{
	const cl_image_desc desc = shape_desc(shape);
	cl_int code;
	cl_mem image = clCreateImage(w->setup.context, 0, format, &desc, NULL, &code);

	check_success_fatal(code);
	return image;
}

static void run(const struct world *w, cl_kernel kernel, const size_t *sizes, const size_t *local)
{
	check_success(clEnqueueNDRangeKernel(w->setup.queue, kernel, 3, NULL, sizes, local, 0, NULL,
					     NULL));
}

/* A kernel copies @bytes of random bits, of which those in @mask may be set. */
static void copy(struct world *w, const char *name, const cl_image_format *format,
		 const struct shape *shape, size_t bytes, cl_uint mask)
{
	const struct area whole = shape_whole(shape);
	cl_mem from = new_image(w, format, shape), to = new_image(w, format, shape);
	cl_kernel kernel = test_kernel(w->program, name);
	cl_uint written[MOST_BYTES / 4], seen[MOST_BYTES / 4] = { 0 };

	for (size_t i = 0; i < MOST_BYTES / 4; i++)
		written[i] = (cl_uint)test_random_next(&w->random) & mask;
	check_success(clEnqueueWriteImage(w->setup.queue, from, CL_TRUE, whole.origin, whole.region,
					  0, 0, written, 0, NULL, NULL));
	check_success(clSetKernelArg(kernel, 0, sizeof(from), &from));
	check_success(clSetKernelArg(kernel, 1, sizeof(to), &to));
	run(w, kernel, shape->extent, NULL);
	check_success(clEnqueueReadImage(w->setup.queue, to, CL_TRUE, whole.origin, whole.region, 0,
					 0, seen, 0, NULL, NULL));
	check(!memcmp(written, seen, bytes), "%s: another image than was copied", name);
	check_success(clReleaseMemObject(from));
	check_success(clReleaseMemObject(to));
	check_success(clReleaseKernel(kernel));
}

static void check_handed_on(struct world *w)
{
	static const cl_image_format format = { CL_RGBA, CL_UNSIGNED_INT16 };
	static const struct shape shape = { CL_MEM_OBJECT_IMAGE2D, { SIDE, SIDE, 1 } };
	static const size_t local[3] = { SIDE, 1, 1 };
	const struct area whole = shape_whole(&shape);
	cl_mem image = new_image(w, &format, &shape);
	cl_kernel kernel = test_kernel(w->program, "handed_on");
	cl_ushort4 seen[SIDE][SIDE];

	check_success(clSetKernelArg(kernel, 0, sizeof(image), &image));
	run(w, kernel, shape.extent, local);
	check_success(clEnqueueReadImage(w->setup.queue, image, CL_TRUE, whole.origin, whole.region,
					 0, 0, seen, 0, NULL, NULL));
	for (int y = 0; y < SIDE; y++) {
		for (int x = 0; x < SIDE; x++) {
			check_equal(SIDE - x, seen[y][x].x);
			check_equal(y + 1, seen[y][x].y);
			check_equal(4, seen[y][x].z);
			check_equal(5, seen[y][x].w);
		}
	}
	check_success(clReleaseMemObject(image));
	check_success(clReleaseKernel(kernel));
}

int main(void)
{
	static const cl_image_format rgba = { CL_RGBA, CL_HALF_FLOAT };
	static const cl_image_format depth = { CL_DEPTH, CL_FLOAT };
	static const struct shape flat = { CL_MEM_OBJECT_IMAGE2D, { 13, 9, 1 } };
	static const struct shape layers = { CL_MEM_OBJECT_IMAGE2D_ARRAY, { 7, 5, 3 } };
	struct world w = { .setup = open_with_images(), .random = { test_seed(24) } };
	cl_device_fp_config halves = 0;

	check_success(clGetDeviceInfo(w.setup.device, CL_DEVICE_HALF_FP_CONFIG, sizeof(halves),
				      &halves, NULL));
	w.program = test_build(w.setup.context, access_cl, "-cl-std=CL3.0");
	/* Numbers that are none may come back as others. */
	if (halves)
		copy(&w, "halves", &rgba, &flat, 8 * shape_pixels(&flat), 0xbfffbfff);
	copy(&w, "depths", &depth, &layers, 4 * shape_pixels(&layers), 0xbfffffff);
	check_handed_on(&w);
	check_success(clReleaseProgram(w.program));
	test_close(&w.setup);
	return check_result();
}
