// SPDX-License-Identifier: MIT
/* Writing to images, section 6.15.15.4. What is outside of the image is not written. */
#include "builtins.h"
#include "image_access.h"

typedef global uchar *target_t;

/* ---- from colours to pixels ---- */

HELPER void store_ushort(target_t place, uint bits)
{
	((global struct packed_ushort *)place)->bits = (ushort)bits;
}

HELPER void store_uint(target_t place, uint bits)
{
	((global struct packed_uint *)place)->bits = bits;
}

HELPER void store_ulong(target_t place, ulong bits)
{
	((global struct packed_ulong *)place)->bits = bits;
}

/* Each channel's bits are alone in its element. */
HELPER void store_bytes(view_t view, target_t place, uint4 bits)
{
	uint word = bits.x | bits.y << 8 | bits.z << 16 | bits.w << 24;

	if (view->channels == 4)
		store_uint(place, word);
	else if (view->channels == 2)
		store_ushort(place, word);
	else
		*place = (uchar)word;
}

HELPER void store_shorts(view_t view, target_t place, uint4 bits)
{
	uint low = bits.x | bits.y << 16, high = bits.z | bits.w << 16;

	if (view->channels == 4)
		store_ulong(place, (ulong)high << 32 | low);
	else if (view->channels == 2)
		store_uint(place, low);
	else
		store_ushort(place, low);
}

HELPER void store_words(view_t view, target_t place, uint4 bits)
{
	store_uint(place, bits.x);
	if (view->channels > 1)
		store_uint(place + 4, bits.y);
	if (view->channels > 2) {
		store_uint(place + 8, bits.z);
		store_uint(place + 12, bits.w);
	}
}

/* To whole numbers from @least to @most, the nearest, of two the even one. What is none is 0. */
HELPER int4 normalised(float4 colour, float4 least, float4 most)
{
	float4 value = isnan(colour) ? (float4)(0) : colour * most;

	return convert_int4(rint(fmin(fmax(value, least), most)));
}

HELPER float4 linear_to_srgb(float4 colour)
{
	float4 inside = fmin(fmax(colour, 0.0f), 1.0f);
	float4 curve = 1.055f * powr(inside, (float4)(1 / 2.4f)) - 0.055f;
	float4 encoded = inside < 0.0031308f ? inside * 12.92f : curve;

	encoded.w = colour.w;
	return encoded;
}

HELPER uint packed(float4 colour, float4 most, int4 shifts)
{
	uint4 bits = as_uint4(normalised(colour, (float4)(0), most)) << as_uint4(shifts);

	return bits.x | bits.y | bits.z | bits.w;
}

HELPER void store_pixel(view_t view, target_t place, float4 colour)
{
	float4 stored = stored_of(view, is_srgb(view) ? linear_to_srgb(colour) : colour);

	switch (view->type) {
	case CLK_UNORM_INT8:
		store_bytes(view, place, as_uint4(normalised(stored, (float4)(0), (float4)(255))));
		break;
	case CLK_UNORM_INT16:
		store_shorts(view, place,
			     as_uint4(normalised(stored, (float4)(0), (float4)(65535))));
		break;
	case CLK_SNORM_INT8:
		store_bytes(view, place,
			    as_uint4(normalised(stored, (float4)(-128), (float4)(127))) & 0xff);
		break;
	case CLK_SNORM_INT16:
		store_shorts(view, place,
			     as_uint4(normalised(stored, (float4)(-32768), (float4)(32767))) &
				     0xffff);
		break;
	case CLK_HALF_FLOAT:
		store_shorts(view, place,
			     convert_uint4(as_ushort4(__builtin_convertvector(stored, half4))));
		break;
	case CLK_UNORM_SHORT_565:
		store_ushort(place, packed(colour, (float4)(31, 63, 31, 0), (int4)(11, 5, 0, 0)));
		break;
	case CLK_UNORM_SHORT_555:
		store_ushort(place, packed(colour, (float4)(31, 31, 31, 0), (int4)(10, 5, 0, 0)));
		break;
	case CLK_UNORM_INT_101010:
		store_uint(place,
			   packed(colour, (float4)(1023, 1023, 1023, 0), (int4)(20, 10, 0, 0)));
		break;
	case CLK_UNORM_INT_101010_2:
		store_uint(place,
			   packed(colour, (float4)(1023, 1023, 1023, 3), (int4)(22, 12, 2, 0)));
		break;
	case CLK_FLOAT:
		store_words(view, place, as_uint4(stored));
		break;
	default:
		break;
	}
}

HELPER void store_pixel(view_t view, target_t place, uint4 colour)
{
	uint4 stored = stored_of(view, colour);

	switch (whole_bytes(view)) {
	case 1:
		store_bytes(view, place, min(stored, (uint4)(255)));
		break;
	case 2:
		store_shorts(view, place, min(stored, (uint4)(65535)));
		break;
	case 4:
		store_words(view, place, stored);
		break;
	default:
		break;
	}
}

HELPER void store_pixel(view_t view, target_t place, int4 colour)
{
	int4 stored = stored_of(view, colour);

	if (is_unsigned(view)) {
		store_pixel(view, place, as_uint4(colour));
		return;
	}
	switch (whole_bytes(view)) {
	case 1:
		store_bytes(view, place, as_uint4(clamp(stored, -128, 127)) & 0xff);
		break;
	case 2:
		store_shorts(view, place, as_uint4(clamp(stored, -32768, 32767)) & 0xffff);
		break;
	case 4:
		store_words(view, place, as_uint4(stored));
		break;
	default:
		break;
	}
}

HELPER target_t target_of(view_t view, int4 i)
{
	return (target_t)view->address + (ulong)i.x * view->pixel_bytes +
	       (ulong)i.y * view->strides[0] + (ulong)i.z * view->strides[1];
}

#define DEFINE_STORE(suffix, type)                                         \
	OUTLINED(void, store_##suffix, (view_t view, int4 i, type colour)) \
	{                                                                  \
		if (is_inside(view, i))                                    \
			store_pixel(view, target_of(view, i), colour);     \
	}
DEFINE_STORE(f, float4)
DEFINE_STORE(i, int4)
DEFINE_STORE(ui, uint4)

HELPER void store_h(view_t view, int4 i, half4 colour)
{
	store_f(view, i, __builtin_convertvector(colour, float4));
}

/* ---- the functions ---- */

/* As those of image_read.cl; @c is the name of the colour's type behind that of coordinates. */
#define WRITE_AS(suffix, function, type, colour, image, mangled, access, vector, v, c) \
	NAMED(void, write_##suffix##_##image##_##access, function mangled #access v c, \
	      (view_t view, int##vector coordinate, type value))                       \
	{                                                                              \
		store_##suffix(view, wide(coordinate), colour);                        \
	}

#define WRITE(suffix, function, type, colour, image, mangled, vector, v, c)        \
	WRITE_AS(suffix, function, type, colour, image, mangled, wo, vector, v, c) \
	WRITE_AS(suffix, function, type, colour, image, mangled, rw, vector, v, c)

/* @same: the colour's type behind coordinates of type int4, which names have once only. */
#define WRITE_ALL(suffix, function, type, c, same)                                                 \
	WRITE(suffix, function, type, value, image1d, "14ocl_image1d_", , "i", c)                  \
	WRITE(suffix, function, type, value, image1d_buffer, "21ocl_image1d_buffer_", , "i", c)    \
	WRITE(suffix, function, type, value, image1d_array, "20ocl_image1d_array_", 2, "Dv2_i", c) \
	WRITE(suffix, function, type, value, image2d, "14ocl_image2d_", 2, "Dv2_i", c)             \
	WRITE(suffix, function, type, value, image2d_array, "20ocl_image2d_array_", 4, "Dv4_i",    \
	      same)                                                                                \
	WRITE(suffix, function, type, value, image3d, "14ocl_image3d_", 4, "Dv4_i", same)

WRITE_ALL(f, "_Z12write_imagef", float4, "Dv4_f", "Dv4_f")
WRITE_ALL(h, "_Z12write_imageh", half4, "Dv4_Dh", "Dv4_Dh")
WRITE_ALL(i, "_Z12write_imagei", int4, "Dv4_i", "S0_")
WRITE_ALL(ui, "_Z13write_imageui", uint4, "Dv4_j", "Dv4_j")
WRITE(f, "_Z12write_imagef", float, (float4)(value, 0, 0, 0), image2d_depth, "20ocl_image2d_depth_",
      2, "Dv2_i", "f")
WRITE(f, "_Z12write_imagef", float, (float4)(value, 0, 0, 0), image2d_array_depth,
      "26ocl_image2d_array_depth_", 4, "Dv4_i", "f")
