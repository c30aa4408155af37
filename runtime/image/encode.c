// SPDX-License-Identifier: MIT
/* From colours to pixels: section 8.3 of the specification. */
#include <math.h>
#include <string.h>

#include "format.h"

/* The nearest integer, the even one of two, whatever the thread's rounding mode is. */
static double nearest_even(double value)
{
	double below = floor(value), rest = value - below;

	if (rest < 0.5)
		return below;
	if (rest > 0.5)
		return below + 1;
	return fmod(below, 2) == 0 ? below : below + 1;
}

/* @value of 1 becomes @most; saturated to @least and @most. A NaN becomes 0. */
static int32_t normalised(float value, int32_t least, int32_t most)
{
	float scaled = value * (float)most;

	if (isnan(scaled))
		return 0;
	if (scaled <= (float)least)
		return least;
	if (scaled >= (float)most)
		return most;
	return (int32_t)nearest_even(scaled);
}

static float linear_to_srgb(float value)
{
	if (!(value > 0))
		return 0;
	if (value >= 1)
		return 1;
	if (value < 0.0031308f)
		return 12.92f * value;
	return (float)(1.055 * pow(value, 1 / 2.4) - 0.055);
}

/* A number of 10 bits and its sign, and 5 of exponent, whose rest is rounded to the nearest. */
static uint16_t half_of(float value)
{
	uint32_t bits, sign, rest, halves;
	int exponent;

	memcpy(&bits, &value, sizeof(bits));
	sign = bits >> 16 & 0x8000;
	exponent = (int)(bits >> 23 & 0xff) - 127;
	if (isnan(value))
		return (uint16_t)(sign | 0x7e00);
	if (exponent > 15)
		return (uint16_t)(sign | 0x7c00);
	if (exponent < -25)
		return (uint16_t)sign;
	if (exponent >= -14) {
		halves = (uint32_t)(exponent + 15) << 10 | (bits >> 13 & 0x3ff);
		rest = (bits & 0x1fff) << 1;
	} else {
		uint32_t fraction = (bits & 0x7fffff) | 0x800000;
		int dropped = -1 - exponent;

		halves = fraction >> dropped;
		/* As parts of 0x4000 of the last bit, with what is below noted in the lowest. */
		rest = (fraction & ((UINT32_C(1) << dropped) - 1)) >> (dropped - 14);
		if (fraction & ((UINT32_C(1) << (dropped - 14)) - 1))
			rest |= 1;
	}
	/* A carry into the exponent is right, also where it makes an infinity. */
	if (rest > 0x2000 || (rest == 0x2000 && halves & 1))
		halves++;
	return (uint16_t)(sign | halves);
}

/* Stores the low @bytes of @value, as little-endian machines have them. */
static void store(unsigned char *place, uint32_t value, unsigned int bytes)
{
	memcpy(place, &value, bytes);
}

static void encode_real(cl_channel_type type, float value, unsigned char *place)
{
	uint32_t bits;

	switch (type) {
	case CL_SNORM_INT8:
		store(place, (uint32_t)normalised(value, -128, 127), 1);
		break;
	case CL_SNORM_INT16:
		store(place, (uint32_t)normalised(value, -32768, 32767), 2);
		break;
	case CL_UNORM_INT8:
		store(place, (uint32_t)normalised(value, 0, 255), 1);
		break;
	case CL_UNORM_INT16:
		store(place, (uint32_t)normalised(value, 0, 65535), 2);
		break;
	case CL_HALF_FLOAT:
		store(place, half_of(value), 2);
		break;
	default:
		memcpy(&bits, &value, sizeof(bits));
		store(place, bits, 4);
		break;
	}
}

static int64_t clamped(int64_t value, int64_t least, int64_t most)
{
	return value < least ? least : value > most ? most : value;
}

static void encode_signed(unsigned int bytes, int32_t value, unsigned char *place)
{
	int64_t most = (INT64_C(1) << (8 * bytes - 1)) - 1;

	store(place, (uint32_t)clamped(value, -most - 1, most), bytes);
}

static void encode_unsigned(unsigned int bytes, uint32_t value, unsigned char *place)
{
	store(place, (uint32_t)clamped(value, 0, (INT64_C(1) << (8 * bytes)) - 1), bytes);
}

/* Channels of @bits each, the first in the highest ones, above the last, which has @last. */
static uint32_t packed(const float *colour, unsigned int bits, unsigned int middle,
		       unsigned int last)
{
	int32_t most = (1 << bits) - 1;

	return (uint32_t)normalised(colour[0], 0, most) << (middle + last) |
	       (uint32_t)normalised(colour[1], 0, (1 << middle) - 1) << last |
	       (uint32_t)normalised(colour[2], 0, (1 << last) - 1);
}

/* Whether the channels share the words of pixels; stores them then. */
static bool encode_packed(cl_channel_type type, const float *colour, unsigned char *pixel)
{
	switch (type) {
	case CL_UNORM_SHORT_565:
		store(pixel, packed(colour, 5, 6, 5), 2);
		return true;
	case CL_UNORM_SHORT_555:
		store(pixel, packed(colour, 5, 5, 5), 2);
		return true;
	case CL_UNORM_INT_101010:
		store(pixel, packed(colour, 10, 10, 10), 4);
		return true;
	case CL_UNORM_INT_101010_2:
		store(pixel,
		      packed(colour, 10, 10, 10) << 2 | (uint32_t)normalised(colour[3], 0, 3), 4);
		return true;
	default:
		return false;
	}
}

static void encode_component(const struct tandem_image_format *format, unsigned int component,
			     const unsigned char *word, unsigned char *place)
{
	unsigned int bytes = format->pixel_bytes / format->channels;
	int32_t whole;
	uint32_t natural;
	float real;

	switch (tandem_image_format_kind(format)) {
	case TANDEM_COLOUR_SIGNED:
		memcpy(&whole, word, sizeof(whole));
		encode_signed(bytes, whole, place);
		break;
	case TANDEM_COLOUR_UNSIGNED:
		memcpy(&natural, word, sizeof(natural));
		encode_unsigned(bytes, natural, place);
		break;
	default:
		memcpy(&real, word, sizeof(real));
		if (tandem_image_format_is_srgb(format) && component < 3)
			real = linear_to_srgb(real);
		encode_real(format->name.image_channel_data_type, real, place);
		break;
	}
}

void tandem_image_encode(const struct tandem_image_format *format, const void *colour,
			 unsigned char *pixel)
{
	const bool is_depth = format->name.image_channel_order == CL_DEPTH;
	unsigned int components = is_depth ? 1 : TANDEM_COLOUR_CHANNELS;
	unsigned int bytes = format->pixel_bytes / format->channels;
	float colours[TANDEM_COLOUR_CHANNELS] = { 0 };

	memcpy(colours, colour, components * sizeof(float));
	if (encode_packed(format->name.image_channel_data_type, colours, pixel))
		return;
	/* Backwards: where several components are one channel, the first is what is stored. */
	while (components--) {
		unsigned int channel = format->sources[components];

		if (channel < format->channels)
			encode_component(format, components,
					 (const unsigned char *)colour + 4 * components,
					 pixel + (size_t)channel * bytes);
	}
}
