// SPDX-License-Identifier: MIT
#include "shapes.h"

#include <string.h>

#include "sample.h"

struct test_setup open_with_images(void)
{
	struct test_setup setup = test_open();
	cl_bool has_images = CL_FALSE;

	check_success(clGetDeviceInfo(setup.device, CL_DEVICE_IMAGE_SUPPORT, sizeof(has_images),
				      &has_images, NULL));
	if (!has_images) {
		test_close(&setup);
		check_skip("the device has no images");
	}
	return setup;
}

cl_uint some_formats(const struct test_setup *setup, cl_mem_flags flags, cl_mem_object_type type,
		     cl_image_format formats[MOST_FORMATS])
{
	cl_uint step = (cl_uint)test_sample(), count = 0, kept = 0;

	check_success_fatal(clGetSupportedImageFormats(setup->context, flags, type, MOST_FORMATS,
						       formats, &count));
	check_fatal(count <= MOST_FORMATS, "%u formats", count);
	/* Of each type others. */
	for (cl_uint i = type % step; i < count; i += step)
		formats[kept++] = formats[i];
	return kept;
}

const struct shape shapes[SHAPE_COUNT] = {
	{ CL_MEM_OBJECT_IMAGE1D, { 37, 1, 1 } },  { CL_MEM_OBJECT_IMAGE1D_ARRAY, { 13, 7, 1 } },
	{ CL_MEM_OBJECT_IMAGE2D, { 19, 11, 1 } }, { CL_MEM_OBJECT_IMAGE2D_ARRAY, { 9, 6, 5 } },
	{ CL_MEM_OBJECT_IMAGE3D, { 7, 5, 8 } },	  { CL_MEM_OBJECT_IMAGE3D, { 5, 3, 1 } },
};

bool shape_has_slices(const struct shape *shape)
{
	return shape->type == CL_MEM_OBJECT_IMAGE2D_ARRAY || shape->type == CL_MEM_OBJECT_IMAGE3D;
}

cl_image_desc shape_desc(const struct shape *shape)
{
	cl_image_desc desc = { .image_type = shape->type, .image_width = shape->extent[0] };

	if (shape->type == CL_MEM_OBJECT_IMAGE1D_ARRAY)
		desc.image_array_size = shape->extent[1];
	else if (shape->type != CL_MEM_OBJECT_IMAGE1D)
		desc.image_height = shape->extent[1];
	if (shape->type == CL_MEM_OBJECT_IMAGE2D_ARRAY)
		desc.image_array_size = shape->extent[2];
	if (shape->type == CL_MEM_OBJECT_IMAGE3D)
		desc.image_depth = shape->extent[2];
	return desc;
}

size_t shape_pixels(const struct shape *shape)
{
	return shape->extent[0] * shape->extent[1] * shape->extent[2];
}

struct area shape_whole(const struct shape *shape)
{
	struct area area = { { 0, 0, 0 }, { 0, 0, 0 } };

	memcpy(area.region, shape->extent, sizeof(area.region));
	return area;
}

struct area shape_random_area(const struct shape *shape, struct test_random *random)
{
	struct area area;

	for (int i = 0; i < 3; i++) {
		area.origin[i] = test_random_below(random, shape->extent[i]);
		area.region[i] = 1 + test_random_below(random, shape->extent[i] - area.origin[i]);
	}
	return area;
}

static size_t model_offset(const struct shape *shape, const struct area *area, size_t row,
			   size_t slice)
{
	return ((area->origin[2] + slice) * shape->extent[1] + area->origin[1] + row) *
		       shape->extent[0] +
	       area->origin[0];
}

void model_get(const struct shape *shape, const unsigned char *model, size_t pixel_bytes,
	       const struct area *area, const struct host_pixels *target)
{
	for (size_t slice = 0; slice < area->region[2]; slice++) {
		for (size_t row = 0; row < area->region[1]; row++)
			memcpy(target->bytes + slice * target->slice_pitch +
				       row * target->row_pitch,
			       model + model_offset(shape, area, row, slice) * pixel_bytes,
			       area->region[0] * pixel_bytes);
	}
}

void model_put(const struct shape *shape, unsigned char *model, size_t pixel_bytes,
	       const struct area *area, const struct host_pixels *source)
{
	for (size_t slice = 0; slice < area->region[2]; slice++) {
		for (size_t row = 0; row < area->region[1]; row++)
			memcpy(model + model_offset(shape, area, row, slice) * pixel_bytes,
			       source->bytes + slice * source->slice_pitch +
				       row * source->row_pitch,
			       area->region[0] * pixel_bytes);
	}
}
