// SPDX-License-Identifier: MIT
/* What an image is like, section 6.15.15.5. */
#include "builtins.h"
#include "image_access.h"

#define QUERY_OF(name, function, type, image, mangled, access, value)                   \
	NAMED(type, name##_##image##_##access, function mangled #access, (view_t view)) \
	{                                                                               \
		return value;                                                           \
	}

#define QUERY(name, function, type, image, mangled, value)        \
	QUERY_OF(name, function, type, image, mangled, ro, value) \
	QUERY_OF(name, function, type, image, mangled, wo, value) \
	QUERY_OF(name, function, type, image, mangled, rw, value)

#define FLAT(name, function, type, value)                                         \
	QUERY(name, function, type, image2d, "14ocl_image2d_", value)             \
	QUERY(name, function, type, image2d_array, "20ocl_image2d_array_", value) \
	QUERY(name, function, type, image2d_depth, "20ocl_image2d_depth_", value) \
	QUERY(name, function, type, image2d_array_depth, "26ocl_image2d_array_depth_", value)

#define ALL(name, function, type, value)                                          \
	FLAT(name, function, type, value)                                         \
	QUERY(name, function, type, image3d, "14ocl_image3d_", value)             \
	QUERY(name, function, type, image1d, "14ocl_image1d_", value)             \
	QUERY(name, function, type, image1d_array, "20ocl_image1d_array_", value) \
	QUERY(name, function, type, image1d_buffer, "21ocl_image1d_buffer_", value)

ALL(width, "_Z15get_image_width", int, view->extent[0])
FLAT(height, "_Z16get_image_height", int, view->extent[1])
QUERY(height, "_Z16get_image_height", int, image3d, "14ocl_image3d_", view->extent[1])
QUERY(depth, "_Z15get_image_depth", int, image3d, "14ocl_image3d_", view->extent[2])
ALL(data_type, "_Z27get_image_channel_data_type", int, (int)view->type)
ALL(channel_order, "_Z23get_image_channel_order", int, (int)view->order)
FLAT(dim, "_Z13get_image_dim", int2, (int2)(view->extent[0], view->extent[1]))
QUERY(dim, "_Z13get_image_dim", int4, image3d, "14ocl_image3d_",
      (int4)(view->extent[0], view->extent[1], view->extent[2], 0))
QUERY(array_size, "_Z20get_image_array_size", size_t, image1d_array, "20ocl_image1d_array_",
      (size_t)view->extent[1])
QUERY(array_size, "_Z20get_image_array_size", size_t, image2d_array, "20ocl_image2d_array_",
      (size_t)view->extent[2])
QUERY(array_size, "_Z20get_image_array_size", size_t, image2d_array_depth,
      "26ocl_image2d_array_depth_", (size_t)view->extent[2])
