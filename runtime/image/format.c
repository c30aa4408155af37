// SPDX-License-Identifier: MIT
#include "format.h"

#include "util/alloc.h"

#define Z TANDEM_CHANNEL_ZERO
#define O TANDEM_CHANNEL_ONE

#define ALL  (TANDEM_IMAGE_READ | TANDEM_IMAGE_WRITE | TANDEM_IMAGE_READ_WRITE)
#define MOST (TANDEM_IMAGE_READ | TANDEM_IMAGE_WRITE)
/* Linear numbers are written, others are in memory: that is for images of two dimensions. */
#define SRGB (MOST | TANDEM_IMAGE_2D_ONLY)

/* In memory each channel has @bytes, or all have them together. */
#define ROW(order, type, count, bytes, r, g, b, a, uses)            \
	{                                                           \
		{ order, type }, count, bytes, { r, g, b, a }, uses \
	}

/* An order of @n channels with each of the types that all orders of their kind have. */
#define NORMALISED(order, n, r, g, b, a, uses)                          \
	ROW(order, CL_SNORM_INT8, n, (n)*1, r, g, b, a, uses),          \
		ROW(order, CL_SNORM_INT16, n, (n)*2, r, g, b, a, uses), \
		ROW(order, CL_UNORM_INT8, n, (n)*1, r, g, b, a, uses),  \
		ROW(order, CL_UNORM_INT16, n, (n)*2, r, g, b, a, uses)
#define REAL(order, n, r, g, b, a, uses)                       \
	ROW(order, CL_HALF_FLOAT, n, (n)*2, r, g, b, a, uses), \
		ROW(order, CL_FLOAT, n, (n)*4, r, g, b, a, uses)
#define WHOLE(order, n, r, g, b, a, uses)                                  \
	ROW(order, CL_SIGNED_INT8, n, (n)*1, r, g, b, a, uses),            \
		ROW(order, CL_SIGNED_INT16, n, (n)*2, r, g, b, a, uses),   \
		ROW(order, CL_SIGNED_INT32, n, (n)*4, r, g, b, a, uses),   \
		ROW(order, CL_UNSIGNED_INT8, n, (n)*1, r, g, b, a, uses),  \
		ROW(order, CL_UNSIGNED_INT16, n, (n)*2, r, g, b, a, uses), \
		ROW(order, CL_UNSIGNED_INT32, n, (n)*4, r, g, b, a, uses)
#define BYTES(order, r, g, b, a)                                   \
	ROW(order, CL_SNORM_INT8, 4, 4, r, g, b, a, ALL),          \
		ROW(order, CL_UNORM_INT8, 4, 4, r, g, b, a, ALL),  \
		ROW(order, CL_SIGNED_INT8, 4, 4, r, g, b, a, ALL), \
		ROW(order, CL_UNSIGNED_INT8, 4, 4, r, g, b, a, ALL)

/* One channel beside none, two beside each other and four: section 5.3.1. */
const struct tandem_image_format tandem_image_formats[] = {
	NORMALISED(CL_RGBA, 4, 0, 1, 2, 3, ALL),
	REAL(CL_RGBA, 4, 0, 1, 2, 3, ALL),
	WHOLE(CL_RGBA, 4, 0, 1, 2, 3, ALL),
	NORMALISED(CL_R, 1, 0, Z, Z, O, ALL),
	REAL(CL_R, 1, 0, Z, Z, O, ALL),
	WHOLE(CL_R, 1, 0, Z, Z, O, ALL),
	NORMALISED(CL_RG, 2, 0, 1, Z, O, ALL),
	REAL(CL_RG, 2, 0, 1, Z, O, ALL),
	WHOLE(CL_RG, 2, 0, 1, Z, O, ALL),
	NORMALISED(CL_A, 1, Z, Z, Z, 0, ALL),
	REAL(CL_A, 1, Z, Z, Z, 0, ALL),
	WHOLE(CL_A, 1, Z, Z, Z, 0, ALL),
	NORMALISED(CL_RA, 2, 0, Z, Z, 1, ALL),
	REAL(CL_RA, 2, 0, Z, Z, 1, ALL),
	WHOLE(CL_RA, 2, 0, Z, Z, 1, ALL),
	NORMALISED(CL_INTENSITY, 1, 0, 0, 0, 0, ALL),
	REAL(CL_INTENSITY, 1, 0, 0, 0, 0, ALL),
	NORMALISED(CL_LUMINANCE, 1, 0, 0, 0, O, ALL),
	REAL(CL_LUMINANCE, 1, 0, 0, 0, O, ALL),
	BYTES(CL_BGRA, 2, 1, 0, 3),
	BYTES(CL_ARGB, 1, 2, 3, 0),
	BYTES(CL_ABGR, 3, 2, 1, 0),
	ROW(CL_sRGBA, CL_UNORM_INT8, 4, 4, 0, 1, 2, 3, SRGB),
	ROW(CL_sBGRA, CL_UNORM_INT8, 4, 4, 2, 1, 0, 3, SRGB),
	ROW(CL_DEPTH, CL_UNORM_INT16, 1, 2, 0, Z, Z, O, ALL | TANDEM_IMAGE_2D_ONLY),
	ROW(CL_DEPTH, CL_FLOAT, 1, 4, 0, Z, Z, O, ALL | TANDEM_IMAGE_2D_ONLY),
	ROW(CL_RGB, CL_UNORM_SHORT_565, 3, 2, 0, 1, 2, O, MOST | TANDEM_IMAGE_NO_BUFFER),
	ROW(CL_RGB, CL_UNORM_SHORT_555, 3, 2, 0, 1, 2, O, MOST | TANDEM_IMAGE_NO_BUFFER),
	ROW(CL_RGB, CL_UNORM_INT_101010, 3, 4, 0, 1, 2, O, MOST | TANDEM_IMAGE_NO_BUFFER),
	ROW(CL_RGBA, CL_UNORM_INT_101010_2, 4, 4, 0, 1, 2, 3, MOST | TANDEM_IMAGE_NO_BUFFER),
};

const unsigned int tandem_image_format_count = TANDEM_ARRAY_SIZE(tandem_image_formats);

/* Types of channels, as sets. */
#define TYPE(type) (UINT32_C(1) << ((type)-CL_SNORM_INT8))
#define NORMALISED_TYPES \
	(TYPE(CL_SNORM_INT8) | TYPE(CL_SNORM_INT16) | TYPE(CL_UNORM_INT8) | TYPE(CL_UNORM_INT16))
#define REAL_TYPES (TYPE(CL_HALF_FLOAT) | TYPE(CL_FLOAT))
#define WHOLE_TYPES                                                             \
	(TYPE(CL_SIGNED_INT8) | TYPE(CL_SIGNED_INT16) | TYPE(CL_SIGNED_INT32) | \
	 TYPE(CL_UNSIGNED_INT8) | TYPE(CL_UNSIGNED_INT16) | TYPE(CL_UNSIGNED_INT32))
#define BYTE_TYPES \
	(TYPE(CL_SNORM_INT8) | TYPE(CL_UNORM_INT8) | TYPE(CL_SIGNED_INT8) | TYPE(CL_UNSIGNED_INT8))
#define PACKED_TYPES \
	(TYPE(CL_UNORM_SHORT_565) | TYPE(CL_UNORM_SHORT_555) | TYPE(CL_UNORM_INT_101010))

static uint32_t valid_types(cl_channel_order order)
{
	switch (order) {
	case CL_RGBA:
		return NORMALISED_TYPES | REAL_TYPES | WHOLE_TYPES | TYPE(CL_UNORM_INT_101010_2);
	case CL_R:
	case CL_A:
	case CL_RG:
	case CL_RA:
	case CL_Rx:
	case CL_RGx:
		return NORMALISED_TYPES | REAL_TYPES | WHOLE_TYPES;
	case CL_INTENSITY:
	case CL_LUMINANCE:
		return NORMALISED_TYPES | REAL_TYPES;
	case CL_RGB:
	case CL_RGBx:
		return PACKED_TYPES;
	case CL_BGRA:
	case CL_ARGB:
	case CL_ABGR:
		return BYTE_TYPES;
	case CL_sRGB:
	case CL_sRGBx:
	case CL_sRGBA:
	case CL_sBGRA:
		return TYPE(CL_UNORM_INT8);
	case CL_DEPTH:
		return TYPE(CL_UNORM_INT16) | TYPE(CL_FLOAT);
	default:
		return 0;
	}
}

bool tandem_image_format_is_valid(const cl_image_format *name)
{
	cl_channel_type type = name->image_channel_data_type;

	return type >= CL_SNORM_INT8 && type <= CL_UNORM_INT_101010_2 &&
	       valid_types(name->image_channel_order) & TYPE(type);
}

const struct tandem_image_format *tandem_image_format_find(const struct tandem_image_format *table,
							   unsigned int count,
							   const cl_image_format *name)
{
	for (unsigned int i = 0; i < count; i++) {
		if (table[i].name.image_channel_order == name->image_channel_order &&
		    table[i].name.image_channel_data_type == name->image_channel_data_type)
			return &table[i];
	}
	return NULL;
}

bool tandem_image_format_allows(const struct tandem_image_format *format, cl_mem_object_type type,
				cl_mem_flags flags)
{
	uint32_t wanted = 0;

	if (format->uses & TANDEM_IMAGE_2D_ONLY && type != CL_MEM_OBJECT_IMAGE2D &&
	    type != CL_MEM_OBJECT_IMAGE2D_ARRAY)
		return false;
	if (format->uses & TANDEM_IMAGE_NO_BUFFER && type == CL_MEM_OBJECT_IMAGE1D_BUFFER)
		return false;
	if (!(flags & CL_MEM_WRITE_ONLY))
		wanted |= TANDEM_IMAGE_READ;
	if (!(flags & CL_MEM_READ_ONLY))
		wanted |= TANDEM_IMAGE_WRITE;
	if (flags & CL_MEM_KERNEL_READ_AND_WRITE)
		wanted |= TANDEM_IMAGE_READ_WRITE;
	return (format->uses & wanted) == wanted;
}

bool tandem_image_format_is_srgb(const struct tandem_image_format *format)
{
	cl_channel_order order = format->name.image_channel_order;

	return order >= CL_sRGB && order <= CL_sBGRA;
}

enum tandem_colour_kind tandem_image_format_kind(const struct tandem_image_format *format)
{
	switch (format->name.image_channel_data_type) {
	case CL_SIGNED_INT8:
	case CL_SIGNED_INT16:
	case CL_SIGNED_INT32:
		return TANDEM_COLOUR_SIGNED;
	case CL_UNSIGNED_INT8:
	case CL_UNSIGNED_INT16:
	case CL_UNSIGNED_INT32:
		return TANDEM_COLOUR_UNSIGNED;
	default:
		return TANDEM_COLOUR_FLOAT;
	}
}
