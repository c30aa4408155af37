// SPDX-License-Identifier: MIT
/* Images and samplers, on a device that has them. */
#include "entry_points.h"

#define SIDE 4u

static const cl_image_format format = { CL_RGBA, CL_UNSIGNED_INT8 };
static const cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D,
				    .image_width = SIDE,
				    .image_height = SIDE };
static const size_t zero[3] = { 0, 0, 0 };
static const size_t region[3] = { SIDE, SIDE, 1 };

static void tour_creation(struct tour *tour)
{
	cl_context context = tour->context;
	cl_uint count = 0;
	cl_mem image;
	cl_int code;

	GOOD(clGetSupportedImageFormats, context, CL_MEM_READ_WRITE, CL_MEM_OBJECT_IMAGE2D, 0, NULL,
	     &count);
	check(count, "no formats");
	image = CALL(clCreateImageWithProperties, context, NULL, 0, &format, &desc, NULL, &code);
	check_success_fatal(code);
	GOOD(clReleaseMemObject, image);
	image = CALL(clCreateImage2D, context, 0, &format, SIDE, SIDE, 0, NULL, &code);
	check_success_fatal(code);
	GOOD(clReleaseMemObject, image);
	image = CALL(clCreateImage3D, context, 0, &format, SIDE, SIDE, 2, 0, 0, NULL, &code);
	check_success_fatal(code);
	GOOD(clReleaseMemObject, image);
}

/* Checks that all channels of all pixels are @wanted. */
static void check_pixels(struct tour *tour, cl_mem image, cl_uchar wanted)
{
	cl_uchar seen[SIDE * SIDE][4];

	GOOD(clEnqueueReadImage, tour->queue, image, CL_TRUE, zero, region, 0, 0, seen, 0, NULL,
	     NULL);
	for (size_t i = 0; i < sizeof(seen); i++)
		check(seen[i / 4][i % 4] == wanted, "byte %zu is %u, expected %u", i,
		      seen[i / 4][i % 4], wanted);
}

static void tour_commands(struct tour *tour, cl_mem image, cl_mem copy)
{
	const cl_uint colour[4] = { 7, 7, 7, 7 };
	cl_uchar pixels[SIDE * SIDE][4];
	size_t row_pitch = 0, width = 0;
	cl_uchar *mapped;
	cl_int code;

	memset(pixels, 5, sizeof(pixels));
	GOOD(clGetImageInfo, image, CL_IMAGE_WIDTH, sizeof(width), &width, NULL);
	check_equal(SIDE, width);
	GOOD(clEnqueueWriteImage, tour->queue, image, CL_TRUE, zero, region, 0, 0, pixels, 0, NULL,
	     NULL);
	check_pixels(tour, image, 5);
	GOOD(clEnqueueCopyImage, tour->queue, image, copy, zero, zero, region, 0, NULL, NULL);
	check_pixels(tour, copy, 5);
	GOOD(clEnqueueCopyImageToBuffer, tour->queue, image, tour->buffer, zero, region, 0, 0, NULL,
	     NULL);
	GOOD(clEnqueueFillImage, tour->queue, image, colour, zero, region, 0, NULL, NULL);
	check_pixels(tour, image, 7);
	GOOD(clEnqueueCopyBufferToImage, tour->queue, tour->buffer, image, 0, zero, region, 0, NULL,
	     NULL);
	check_pixels(tour, image, 5);
	mapped = CALL(clEnqueueMapImage, tour->queue, copy, CL_TRUE, CL_MAP_WRITE, zero, region,
		      &row_pitch, NULL, 0, NULL, NULL, &code);
	check_success_fatal(code);
	for (size_t row = 0; row < SIDE; row++)
		memset(mapped + row * row_pitch, 9, sizeof(pixels[0]) * SIDE);
	GOOD(clEnqueueUnmapMemObject, tour->queue, copy, mapped, 0, NULL, NULL);
	check_pixels(tour, copy, 9);
}

static void tour_samplers(struct tour *tour)
{
	cl_context context = tour->context;
	cl_filter_mode filter = CL_FILTER_LINEAR;
	cl_sampler sampler;
	cl_int code;

	sampler =
		CALL(clCreateSampler, context, CL_TRUE, CL_ADDRESS_CLAMP, CL_FILTER_NEAREST, &code);
	check_success_fatal(code);
	GOOD(clRetainSampler, sampler);
	GOOD(clReleaseSampler, sampler);
	GOOD(clGetSamplerInfo, sampler, CL_SAMPLER_FILTER_MODE, sizeof(filter), &filter, NULL);
	check_equal(CL_FILTER_NEAREST, filter);
	GOOD(clReleaseSampler, sampler);
	sampler = CALL(clCreateSamplerWithProperties, context, NULL, &code);
	check_success_fatal(code);
	GOOD(clReleaseSampler, sampler);
}

void tour_images(struct tour *tour)
{
	cl_mem image, copy;
	cl_int code;

	tour_creation(tour);
	image = CALL(clCreateImage, tour->context, 0, &format, &desc, NULL, &code);
	check_success_fatal(code);
	copy = CALL(clCreateImage, tour->context, 0, &format, &desc, NULL, &code);
	check_success_fatal(code);
	tour_commands(tour, image, copy);
	GOOD(clReleaseMemObject, image);
	GOOD(clReleaseMemObject, copy);
	tour_samplers(tour);
}
