// SPDX-License-Identifier: MIT
/* Reading from images, section 6.15.15.2, with samplers and without. */
#include "builtins.h"
#include "image_access.h"
#include "image_srgb.h"

/* ---- from pixels to colours ---- */

HELPER float4 signed_normalised(uint4 bits, int width, float scale)
{
	float4 value = convert_float4(as_int4(bits << (32 - width)) >> (32 - width));

	return fmax(value * (1 / scale), (float4)(-1));
}

HELPER float4 packed(uint word, uint4 shifts, uint4 most)
{
	return convert_float4((uint4)word >> shifts & most) / convert_float4(most);
}

HELPER float4 bytes_of_srgb(view_t view, uint4 bytes)
{
	float4 stored = convert_float4(bytes) * (1 / 255.0f);

	/* Alpha is the last channel in memory of all orders that are sRGB, and linear. */
	return (float4)(srgb_to_linear[bytes.x], srgb_to_linear[bytes.y], srgb_to_linear[bytes.z],
			stored.w);
}

HELPER float4 stored_reals(view_t view, pixel_t place)
{
	uint4 bits;

	switch (view->type) {
	case CLK_UNORM_INT8:
		bits = load_bytes(view, place);
		return is_srgb(view) ? bytes_of_srgb(view, bits) :
				       convert_float4(bits) * (1 / 255.0f);
	case CLK_UNORM_INT16:
		return convert_float4(load_shorts(view, place)) * (1 / 65535.0f);
	case CLK_SNORM_INT8:
		return signed_normalised(load_bytes(view, place), 8, 127);
	case CLK_SNORM_INT16:
		return signed_normalised(load_shorts(view, place), 16, 32767);
	case CLK_HALF_FLOAT:
		bits = load_shorts(view, place);
		return __builtin_convertvector(as_half4(convert_ushort4(bits)), float4);
	case CLK_UNORM_SHORT_565:
		return packed(load_ushort(place), (uint4)(11, 5, 0, 0), (uint4)(31, 63, 31, 1));
	case CLK_UNORM_SHORT_555:
		return packed(load_ushort(place), (uint4)(10, 5, 0, 0), (uint4)(31, 31, 31, 1));
	case CLK_UNORM_INT_101010:
		return packed(load_uint(place), (uint4)(20, 10, 0, 0),
			      (uint4)(1023, 1023, 1023, 1));
	case CLK_UNORM_INT_101010_2:
		return packed(load_uint(place), (uint4)(22, 12, 2, 0),
			      (uint4)(1023, 1023, 1023, 3));
	case CLK_FLOAT:
		return as_float4(load_words(view, place));
	default:
		return 0;
	}
}

HELPER uint4 stored_naturals(view_t view, pixel_t place)
{
	switch (whole_bytes(view)) {
	case 1:
		return load_bytes(view, place);
	case 2:
		return load_shorts(view, place);
	case 4:
		return load_words(view, place);
	default:
		return 0;
	}
}

HELPER int4 stored_wholes(view_t view, pixel_t place)
{
	switch (whole_bytes(view) + (is_unsigned(view) ? 4 : 0)) {
	case 1:
		return as_int4(load_bytes(view, place) << 24) >> 24;
	case 2:
		return as_int4(load_shorts(view, place) << 16) >> 16;
	case 5:
		return as_int4(load_bytes(view, place));
	case 6:
		return as_int4(load_shorts(view, place));
	case 8:
	case 4:
		return as_int4(load_words(view, place));
	default:
		return 0;
	}
}

HELPER pixel_t place_of(view_t view, int4 i)
{
	return (pixel_t)view->address + (ulong)i.x * view->pixel_bytes +
	       (ulong)i.y * view->strides[0] + (ulong)i.z * view->strides[1];
}

/*
 * The pixel at @i, or the border's colour outside of the image, where the sampler has one. It
 * has it, too, where no work-item may ask for what is outside: neighbours then read neighbours.
 */
#define DEFINE_FETCH(suffix, type, element, stored)                                           \
	OUTLINED(type, fetch_##suffix, (view_t view, uint sampler, int4 i))                   \
	{                                                                                     \
		int4 last = (int4)(view->extent[0], view->extent[1], view->extent[2], 1) - 1; \
		bool has_alpha = view->sources >> 24 == IMAGE_ONE;                            \
		uint mode = sampler & TANDEM_SAMPLER_MODES;                                   \
                                                                                              \
		if (mode != CLK_ADDRESS_CLAMP && mode != CLK_ADDRESS_NONE)                    \
			i = clamp(i, (int4)(0), last);                                        \
		else if (!is_inside(view, i))                                                 \
			return (type)(0, 0, 0, has_alpha ? (element)1 : (element)0);          \
		return colour_of(view, stored(view, place_of(view, i)));                      \
	}
DEFINE_FETCH(f, float4, float, stored_reals)
DEFINE_FETCH(i, int4, int, stored_wholes)
DEFINE_FETCH(ui, uint4, uint, stored_naturals)

/* ---- from coordinates to pixels ---- */

/* To an integer, from -2 to @size + 1; what is no number is -2. */
HELPER int whole_of(float value, int size)
{
	return (int)fmin(fmax(value, -2.0f), (float)size + 1);
}

/* Where coordinate @s is, in pixels. */
HELPER float unfold(uint sampler, float s, int size)
{
	uint mode = sampler & TANDEM_SAMPLER_MODES;

	if (mode == CLK_ADDRESS_REPEAT)
		return (s - floor(s)) * (float)size;
	if (mode == CLK_ADDRESS_MIRRORED_REPEAT)
		return fabs(s - 2.0f * rint(0.5f * s)) * (float)size;
	return sampler & TANDEM_SAMPLER_NORMALISED ? s * (float)size : s;
}

/* A pixel's index brought back into the image, but for what is the border. */
HELPER int bring_back(uint sampler, int i, int size)
{
	uint mode = sampler & TANDEM_SAMPLER_MODES;

	if (mode == CLK_ADDRESS_REPEAT) {
		i = i < 0 ? i + size : i;
		i = i > size - 1 ? i - size : i;
	}
	if (mode == CLK_ADDRESS_CLAMP)
		return clamp(i, -1, size);
	return clamp(i, 0, size - 1);
}

HELPER int nearest(uint sampler, float s, int size)
{
	return bring_back(sampler, whole_of(floor(unfold(sampler, s, size)), size), size);
}

/* The two pixels around a coordinate, and how near the second is. */
struct pair {
	int first, second;
	float part;
};

HELPER struct pair around(uint sampler, float s, int size)
{
	float u = unfold(sampler, s, size) - 0.5f, below = floor(u);
	int i = whole_of(below, size);
	struct pair pair;

	pair.first = bring_back(sampler, i, size);
	pair.second = bring_back(sampler, i + 1, size);
	/* Of infinity and of no number, any part will do. */
	pair.part = fmin(fmax(u - below, 0.0f), 1.0f);
	return pair;
}

HELPER int layer(float coordinate, int layers)
{
	return clamp(whole_of(rint(coordinate), layers), 0, layers - 1);
}

/* The pixel nearest to @c: @dimensions of the image, then its layer, where it has any. */
HELPER int4 nearest_pixel(view_t view, uint sampler, float4 c, int dimensions, bool layers)
{
	int4 i = (int4)(nearest(sampler, c.x, view->extent[0]), 0, 0, 0);

	if (dimensions > 1)
		i.y = nearest(sampler, c.y, view->extent[1]);
	else if (layers)
		i.y = layer(c.y, view->extent[1]);
	if (dimensions > 2)
		i.z = nearest(sampler, c.z, view->extent[2]);
	else if (layers && dimensions == 2)
		i.z = layer(c.z, view->extent[2]);
	return i;
}

HELPER float4 blend_row(view_t view, uint sampler, struct pair x, int y, int z)
{
	return fetch_f(view, sampler, (int4)(x.first, y, z, 0)) * (1 - x.part) +
	       fetch_f(view, sampler, (int4)(x.second, y, z, 0)) * x.part;
}

HELPER float4 blend_slice(view_t view, uint sampler, struct pair x, struct pair y, int z)
{
	return blend_row(view, sampler, x, y.first, z) * (1 - y.part) +
	       blend_row(view, sampler, x, y.second, z) * y.part;
}

OUTLINED(float4, blend, (view_t view, uint sampler, float4 c, int dimensions, bool layers))
{
	struct pair x = around(sampler, c.x, view->extent[0]), y, z;

	if (dimensions == 1)
		return blend_row(view, sampler, x, layers ? layer(c.y, view->extent[1]) : 0, 0);
	y = around(sampler, c.y, view->extent[1]);
	if (dimensions == 2)
		return blend_slice(view, sampler, x, y, layers ? layer(c.z, view->extent[2]) : 0);
	z = around(sampler, c.z, view->extent[2]);
	return blend_slice(view, sampler, x, y, z.first) * (1 - z.part) +
	       blend_slice(view, sampler, x, y, z.second) * z.part;
}

HELPER float4 known_f(view_t view, uint sampler, float4 c, int dimensions, bool layers)
{
	if (sampler & TANDEM_SAMPLER_LINEAR)
		return blend(view, sampler, c, dimensions, layers);
	return fetch_f(view, sampler, nearest_pixel(view, sampler, c, dimensions, layers));
}

/* Integers are not blended. */
HELPER int4 known_i(view_t view, uint sampler, float4 c, int dimensions, bool layers)
{
	return fetch_i(view, sampler, nearest_pixel(view, sampler, c, dimensions, layers));
}

HELPER uint4 known_ui(view_t view, uint sampler, float4 c, int dimensions, bool layers)
{
	return fetch_ui(view, sampler, nearest_pixel(view, sampler, c, dimensions, layers));
}

/* The colour at @c. A kernel has the ways of samplers that it does not know itself once. */
#define DEFINE_SAMPLE(suffix, type)                                                      \
	OUTLINED(type, any_##suffix,                                                     \
		 (view_t view, uint sampler, float4 c, int dimensions, bool layers))     \
	{                                                                                \
		return known_##suffix(view, sampler, c, dimensions, layers);             \
	}                                                                                \
	HELPER type sample_##suffix(view_t view, uint sampler, float4 c, int dimensions, \
				    bool layers)                                         \
	{                                                                                \
		return __tandem_is_constant(sampler) ?                                   \
			       known_##suffix(view, sampler, c, dimensions, layers) :    \
			       any_##suffix(view, sampler, c, dimensions, layers);       \
	}
DEFINE_SAMPLE(f, float4)
DEFINE_SAMPLE(i, int4)
DEFINE_SAMPLE(ui, uint4)

HELPER half4 fetch_h(view_t view, uint sampler, int4 i)
{
	return __builtin_convertvector(fetch_f(view, sampler, i), half4);
}

HELPER half4 sample_h(view_t view, uint sampler, float4 c, int dimensions, bool layers)
{
	return __builtin_convertvector(sample_f(view, sampler, c, dimensions, layers), half4);
}

/* Layers have no border. */
HELPER int4 pixel_at(view_t view, int4 c, int dimensions, bool layers)
{
	if (layers && dimensions == 1)
		c.y = clamp(c.y, 0, view->extent[1] - 1);
	if (layers && dimensions == 2)
		c.z = clamp(c.z, 0, view->extent[2] - 1);
	return c;
}

HELPER float4 wide(float c)
{
	return (float4)(c, 0, 0, 0);
}

HELPER float4 wide(float2 c)
{
	return (float4)(c, 0, 0);
}

HELPER float4 wide(float4 c)
{
	return c;
}

/* ---- the functions ---- */

/*
 * @image is the image's type and @mangled what clang makes of it in names, without the access;
 * @read the function's suffix, @function its mangled name; @vector and @v the type of
 * coordinates, and its name; @part what of the colour is returned.
 */
#define READ_AT(read, function, type, part, image, mangled, access, vector, v)    \
	NAMED(type, read_##read##_##image##_##access, function mangled #access v, \
	      (view_t view, int##vector c))                                       \
	{                                                                         \
		int4 i = wide(c);                                                 \
                                                                                  \
		return fetch_##read(view, CLK_ADDRESS_NONE, i) part;              \
	}

#define READ(read, function, type, part, image, mangled, dimensions, layers, vector, vi, vf)    \
	NAMED(type, sample_##read##_##image, function mangled "ro11ocl_sampler" vf,             \
	      (view_t view, uint sampler, float##vector c))                                     \
	{                                                                                       \
		return sample_##read(view, sampler, wide(c), dimensions, layers) part;          \
	}                                                                                       \
	NAMED(type, sample_##read##_##image##_at, function mangled "ro11ocl_sampler" vi,        \
	      (view_t view, uint sampler, int##vector c))                                       \
	{                                                                                       \
		return fetch_##read(view, sampler, pixel_at(view, wide(c), dimensions, layers)) \
			part;                                                                   \
	}                                                                                       \
	READ_AT(read, function, type, part, image, mangled, ro, vector, vi)                     \
	READ_AT(read, function, type, part, image, mangled, rw, vector, vi)

#define READ_ALL(read, function, type)                                                           \
	READ(read, function, type, , image1d, "14ocl_image1d_", 1, false, , "i", "f")            \
	READ(read, function, type, , image1d_array, "20ocl_image1d_array_", 1, true, 2, "Dv2_i", \
	     "Dv2_f")                                                                            \
	READ(read, function, type, , image2d, "14ocl_image2d_", 2, false, 2, "Dv2_i", "Dv2_f")   \
	READ(read, function, type, , image2d_array, "20ocl_image2d_array_", 2, true, 4, "Dv4_i", \
	     "Dv4_f")                                                                            \
	READ(read, function, type, , image3d, "14ocl_image3d_", 3, false, 4, "Dv4_i", "Dv4_f")   \
	READ_AT(read, function, type, , image1d_buffer, "21ocl_image1d_buffer_", ro, , "i")      \
	READ_AT(read, function, type, , image1d_buffer, "21ocl_image1d_buffer_", rw, , "i")

READ_ALL(f, "_Z11read_imagef", float4)
READ_ALL(h, "_Z11read_imageh", half4)
READ_ALL(i, "_Z11read_imagei", int4)
READ_ALL(ui, "_Z12read_imageui", uint4)
READ(f, "_Z11read_imagef", float, .x, image2d_depth, "20ocl_image2d_depth_", 2, false, 2, "Dv2_i",
     "Dv2_f")
READ(f, "_Z11read_imagef", float, .x, image2d_array_depth, "26ocl_image2d_array_depth_", 2, true, 4,
     "Dv4_i", "Dv4_f")
