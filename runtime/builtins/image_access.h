// SPDX-License-Identifier: MIT
/*
 * How pixels of an image are found, decoded and encoded, section 8 of the specification: all
 * formats, all samplers. Where the format and the sampler are constants, nothing is left of
 * the choices here: so there is no other way to a pixel.
 *
 * No access is outside of the image, whatever the coordinates are.
 */
#include "image/view.h"

typedef const private struct tandem_image_view *view_t;
typedef global const uchar *pixel_t;

#define IMAGE_ZERO 4
#define IMAGE_ONE  5

/* The sources of the most usual orders, of which the choices below are quick. */
#define SOURCES_RGBA 0x03020100
#define SOURCES_BGRA 0x03000102
#define SOURCES_R    0x05040400

/* clang's functions with these names are declared for types of its own, which are not seen here. */
#define NAMED(type, name, mangled, parameters) \
	type name parameters __asm__(mangled); \
	type name parameters

/* ---- channels in memory ---- */

struct packed_ushort {
	ushort bits;
} __attribute__((packed));
struct packed_uint {
	uint bits;
} __attribute__((packed));
struct packed_ulong {
	ulong bits;
} __attribute__((packed));

HELPER uint load_ushort(pixel_t place)
{
	return ((global const struct packed_ushort *)place)->bits;
}

HELPER uint load_uint(pixel_t place)
{
	return ((global const struct packed_uint *)place)->bits;
}

HELPER ulong load_ulong(pixel_t place)
{
	return ((global const struct packed_ulong *)place)->bits;
}

/* The bits of up to four channels of 8, 16 or 32 bits. */
HELPER uint4 load_bytes(view_t view, pixel_t place)
{
	uint word = view->channels == 4 ? load_uint(place) :
		    view->channels == 2 ? load_ushort(place) :
					  *place;

	return (uint4)(word, word >> 8, word >> 16, word >> 24) & 0xff;
}

HELPER uint4 load_shorts(view_t view, pixel_t place)
{
	ulong word = view->channels == 4 ? load_ulong(place) :
		     view->channels == 2 ? load_uint(place) :
					   load_ushort(place);

	return (uint4)((uint)word, (uint)(word >> 16), (uint)(word >> 32), (uint)(word >> 48)) &
	       0xffff;
}

HELPER uint4 load_words(view_t view, pixel_t place)
{
	uint4 words = (uint4)(load_uint(place), 0, 0, 0);

	if (view->channels > 1)
		words.y = load_uint(place + 4);
	if (view->channels > 2)
		words.zw = (uint2)(load_uint(place + 8), load_uint(place + 12));
	return words;
}

/* The channels in memory as the components of a colour. */
#define DEFINE_PICK(type, element)                                                             \
	HELPER element pick(type stored, uint source)                                          \
	{                                                                                      \
		return source == 0	   ? stored.x :                                        \
		       source == 1	   ? stored.y :                                        \
		       source == 2	   ? stored.z :                                        \
		       source == 3	   ? stored.w :                                        \
		       source == IMAGE_ONE ? (element)1 :                                      \
					     (element)0;                                       \
	}                                                                                      \
	HELPER type colour_of(view_t view, type stored)                                        \
	{                                                                                      \
		switch (view->sources) {                                                       \
		case SOURCES_RGBA:                                                             \
			return stored;                                                         \
		case SOURCES_BGRA:                                                             \
			return stored.zyxw;                                                    \
		case SOURCES_R:                                                                \
			return (type)(stored.x, (element)0, (element)0, (element)1);           \
		default:                                                                       \
			return (type)(pick(stored, view->sources & 0xff),                      \
				      pick(stored, view->sources >> 8 & 0xff),                 \
				      pick(stored, view->sources >> 16 & 0xff),                \
				      pick(stored, view->sources >> 24));                      \
		}                                                                              \
	}                                                                                      \
	/* Which component of a colour each channel in memory has: the first that is it. */    \
	HELPER element component(view_t view, type colour, uint channel)                       \
	{                                                                                      \
		return (view->sources & 0xff) == channel       ? colour.x :                    \
		       (view->sources >> 8 & 0xff) == channel  ? colour.y :                    \
		       (view->sources >> 16 & 0xff) == channel ? colour.z :                    \
								 colour.w;                     \
	}                                                                                      \
	HELPER type stored_of(view_t view, type colour)                                        \
	{                                                                                      \
		switch (view->sources) {                                                       \
		case SOURCES_RGBA:                                                             \
		case SOURCES_R:                                                                \
			return colour;                                                         \
		case SOURCES_BGRA:                                                             \
			return colour.zyxw;                                                    \
		default:                                                                       \
			return (type)(component(view, colour, 0), component(view, colour, 1),  \
				      component(view, colour, 2), component(view, colour, 3)); \
		}                                                                              \
	}
DEFINE_PICK(float4, float)
DEFINE_PICK(int4, int)
DEFINE_PICK(uint4, uint)

/* The bytes of a channel of whole numbers, of either sign; 0 where the format has others. */
HELPER uint whole_bytes(view_t view)
{
	switch (view->type) {
	case CLK_SIGNED_INT8:
	case CLK_UNSIGNED_INT8:
		return 1;
	case CLK_SIGNED_INT16:
	case CLK_UNSIGNED_INT16:
		return 2;
	case CLK_SIGNED_INT32:
	case CLK_UNSIGNED_INT32:
		return 4;
	default:
		return 0;
	}
}

/* Programs from SPIR-V may not know it, and read and write all as if they were signed. */
HELPER bool is_unsigned(view_t view)
{
	return view->type >= CLK_UNSIGNED_INT8 && view->type <= CLK_UNSIGNED_INT32;
}

HELPER bool is_srgb(view_t view)
{
	return view->order == CLK_sRGBA || view->order == CLK_sBGRA;
}

/* ---- coordinates ---- */

HELPER int4 wide(int c)
{
	return (int4)(c, 0, 0, 0);
}

HELPER int4 wide(int2 c)
{
	return (int4)(c, 0, 0);
}

HELPER int4 wide(int4 c)
{
	return (int4)(c.xyz, 0);
}

HELPER bool is_inside(view_t view, int4 i)
{
	return (uint)i.x < (uint)view->extent[0] & (uint)i.y < (uint)view->extent[1] &
	       (uint)i.z < (uint)view->extent[2];
}
