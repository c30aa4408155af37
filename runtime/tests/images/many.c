// SPDX-License-Identifier: MIT
/*
 * Kernels with many accesses of images: what these read and write, and that the code for all
 * formats is not there for each of them.
 */
#include "shapes.h"

extern const char many_cl[];

#define SIDE  32
#define READS 16
/* An access takes a call, and its coordinates: four are in each of the kernel's steps. */
#define MOST_STEP_BYTES 2048

static size_t binary_bytes(cl_program program)
{
	size_t bytes = 0;

	check_success(
		clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof(bytes), &bytes, NULL));
	return bytes;
}

static void fill_row(const struct test_setup *setup, cl_mem image)
{
	static const size_t origin[3] = { 0 }, region[3] = { SIDE, 1, 1 };
	cl_float row[SIDE];

	for (int i = 0; i < SIDE; i++)
		row[i] = (float)i;
	check_success(clEnqueueWriteImage(setup->queue, image, CL_TRUE, origin, region, 0, 0, row,
					  0, NULL, NULL));
}

static void check_pixels(const struct test_setup *setup, cl_mem image)
{
	static const size_t origin[3] = { 0 }, region[3] = { SIDE, 1, 1 };
	cl_float row[SIDE], sum = 0;

	check_success(clEnqueueReadImage(setup->queue, image, CL_TRUE, origin, region, 0, 0, row, 0,
					 NULL, NULL));
	for (int i = 0; i < READS; i++) {
		/* Three reads of the same pixel, in its middle. */
		sum += 3 * (float)i;
		check(row[i] == sum, "pixel %d is %g, not %g", i, (double)row[i], (double)sum);
	}
}

static void check_reads(const struct test_setup *setup, cl_program program)
{
	static const cl_image_format format = { CL_R, CL_FLOAT };
	static const cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D,
					    .image_width = SIDE,
					    .image_height = 1 };
	static const size_t one = 1;
	cl_mem image = clCreateImage(setup->context, 0, &format, &desc, NULL, NULL);
	cl_mem out = clCreateImage(setup->context, 0, &format, &desc, NULL, NULL);
	cl_mem result = test_buffer(setup->context, sizeof(cl_float), NULL);
	cl_kernel kernel = test_kernel(program, "many");
	cl_float sum = 0;
	cl_int code;
	cl_sampler sampler = clCreateSampler(setup->context, CL_FALSE, CL_ADDRESS_CLAMP_TO_EDGE,
					     CL_FILTER_NEAREST, &code);

	check_success_fatal(code);
	fill_row(setup, image);
	check_success(clSetKernelArg(kernel, 0, sizeof(image), &image));
	check_success(clSetKernelArg(kernel, 1, sizeof(out), &out));
	check_success(clSetKernelArg(kernel, 2, sizeof(sampler), &sampler));
	check_success(clSetKernelArg(kernel, 3, sizeof(result), &result));
	check_success(
		clEnqueueNDRangeKernel(setup->queue, kernel, 1, NULL, &one, NULL, 0, NULL, NULL));
	check_success(clEnqueueReadBuffer(setup->queue, result, CL_TRUE, 0, sizeof(sum), &sum, 0,
					  NULL, NULL));
	check(sum == 3 * READS * (READS - 1) / 2, "the sum is %g", (double)sum);
	check_pixels(setup, out);
	check_success(clReleaseMemObject(image));
	check_success(clReleaseMemObject(out));
	check_success(clReleaseMemObject(result));
	check_success(clReleaseSampler(sampler));
	check_success(clReleaseKernel(kernel));
}

int main(void)
{
	struct test_setup setup = open_with_images();
	cl_program few = test_build(setup.context, many_cl, "-D READS=READ");
	cl_program many = test_build(setup.context, many_cl, "-D READS=READ_16");
	size_t few_bytes = binary_bytes(few), many_bytes = binary_bytes(many);

	check(many_bytes < few_bytes + (READS - 1) * MOST_STEP_BYTES,
	      "a step takes %zu bytes, %d take %zu", few_bytes, READS, many_bytes);
	check_reads(&setup, many);
	check_success(clReleaseProgram(few));
	check_success(clReleaseProgram(many));
	test_close(&setup);
	return check_result();
}
