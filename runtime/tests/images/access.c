// SPDX-License-Identifier: MIT
/*
 * What kernels read and write by functions of few: halves, layers of depths; images that a
 * work-group hands pixels on in; and what must not matter: components of coordinates that an
 * image has no dimension for, and functions that are not those of the image's format.
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

static void fill(const struct world *w, cl_mem image, const struct shape *shape)
{
	const struct area whole = shape_whole(shape);
	const cl_float colour[4] = { 5, 5, 5, 5 };

	check_success(clEnqueueFillImage(w->setup.queue, image, colour, whole.origin, whole.region,
					 0, NULL, NULL));
}

#define READS 5

static void check_behind(struct world *w)
{
	static const cl_image_format format = { CL_RGBA, CL_FLOAT }, depth = { CL_DEPTH, CL_FLOAT };
	static const struct shape box = { CL_MEM_OBJECT_IMAGE3D, { 4, 4, 4 } };
	static const struct shape layers = { CL_MEM_OBJECT_IMAGE2D_ARRAY, { 4, 4, 4 } };
	static const cl_int4 at = { { 1, 1, 1, 7 } };
	static const size_t sizes[3] = { 1, 1, 1 };
	const cl_mem images[] = { new_image(w, &format, &box), new_image(w, &format, &layers),
				  new_image(w, &depth, &layers) };
	cl_mem out = test_buffer(w->setup.context, READS * sizeof(cl_float4), NULL);
	cl_kernel kernel = test_kernel(w->program, "behind");
	cl_float4 seen[READS];
	cl_int code;
	cl_sampler sampler = clCreateSampler(w->setup.context, CL_FALSE, CL_ADDRESS_CLAMP,
					     CL_FILTER_NEAREST, &code);

	check_success(code);
	for (cl_uint i = 0; i < 3; i++) {
		fill(w, images[i], i ? &layers : &box);
		check_success(clSetKernelArg(kernel, i, sizeof(images[i]), &images[i]));
	}
	check_success(clSetKernelArg(kernel, 3, sizeof(sampler), &sampler));
	check_success(clSetKernelArg(kernel, 4, sizeof(at), &at));
	check_success(clSetKernelArg(kernel, 5, sizeof(out), &out));
	run(w, kernel, sizes, NULL);
	check_success(clEnqueueReadBuffer(w->setup.queue, out, CL_TRUE, 0, sizeof(seen), seen, 0,
					  NULL, NULL));
	for (int i = 0; i < READS; i++)
		check(seen[i].x == 5, "read %d gives %g", i, (double)seen[i].x);
	for (int i = 0; i < 3; i++)
		check_success(clReleaseMemObject(images[i]));
	check_success(clReleaseMemObject(out));
	check_success(clReleaseSampler(sampler));
	check_success(clReleaseKernel(kernel));
}

/* Nothing is read or written but the last pixel of the image. */
static void check_unfit(struct world *w, const char *name, cl_channel_order order,
			cl_channel_type type, size_t pixel_bytes)
{
	static const cl_int2 at = { { 2, 0 } };
	static const size_t sizes[3] = { 1, 1, 1 }, origin[3] = { 0 }, region[3] = { 3, 1, 1 };
	const cl_image_format format = { order, type };
	const cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D,
				     .image_width = 3,
				     .image_height = 1 };
	cl_mem out = test_buffer(w->setup.context, sizeof(cl_uint), NULL), image;
	cl_kernel kernel = test_kernel(w->program, name);
	unsigned char memory[64];
	cl_uint seen;
	size_t pitch;
	cl_int code;

	memset(memory, 0xa5, sizeof(memory));
	image = clCreateImage(w->setup.context, CL_MEM_USE_HOST_PTR, &format, &desc, memory, &code);
	check_success_fatal(code);
	check_success(clSetKernelArg(kernel, 0, sizeof(image), &image));
	check_success(clSetKernelArg(kernel, 1, sizeof(image), &image));
	check_success(clSetKernelArg(kernel, 2, sizeof(at), &at));
	check_success(clSetKernelArg(kernel, 3, sizeof(out), &out));
	run(w, kernel, sizes, NULL);
	check_success(clEnqueueReadBuffer(w->setup.queue, out, CL_TRUE, 0, sizeof(seen), &seen, 0,
					  NULL, NULL));
	check(clEnqueueMapImage(w->setup.queue, image, CL_TRUE, CL_MAP_READ, origin, region, &pitch,
				NULL, 0, NULL, NULL, &code) == memory,
	      "%s: mapped elsewhere, code %d", name, code);
	for (size_t i = 0; i < sizeof(memory); i++) {
		if (i / pixel_bytes != 2)
			check(memory[i] == 0xa5, "%s, type 0x%x: byte %zu is %02x", name, type, i,
			      memory[i]);
	}
	check(!seen, "%s, type 0x%x: 0x%x is read", name, type, seen);
	check_success(clEnqueueUnmapMemObject(w->setup.queue, image, memory, 0, NULL, NULL));
	check_success(clFinish(w->setup.queue));
	check_success(clReleaseMemObject(image));
	check_success(clReleaseMemObject(out));
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
	check_behind(&w);
	check_unfit(&w, "unfit_i", CL_RGB, CL_UNORM_SHORT_565, 2);
	check_unfit(&w, "unfit_ui", CL_RGB, CL_UNORM_INT_101010, 4);
	check_unfit(&w, "unfit_ui", CL_R, CL_SNORM_INT16, 2);
	check_unfit(&w, "unfit_ui", CL_R, CL_UNORM_INT8, 1);
	check_unfit(&w, "unfit_f", CL_R, CL_SIGNED_INT8, 1);
	check_unfit(&w, "unfit_f", CL_RG, CL_UNSIGNED_INT16, 4);
	check_success(clReleaseProgram(w.program));
	test_close(&w.setup);
	return check_result();
}
