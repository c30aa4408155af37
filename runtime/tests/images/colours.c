// SPDX-License-Identifier: MIT
#include "colours.h"

#include <math.h>
#include <string.h>

/* The channels in memory; i stands for all of a colour, l for all but alpha. */
static const char *channels_of(cl_channel_order order)
{
	switch (order) {
	case CL_R:
	case CL_DEPTH:
		return "r";
	case CL_A:
		return "a";
	case CL_RG:
		return "rg";
	case CL_RA:
		return "ra";
	case CL_RGB:
		return "rgb";
	case CL_BGRA:
	case CL_sBGRA:
		return "bgra";
	case CL_ARGB:
		return "argb";
	case CL_ABGR:
		return "abgr";
	case CL_INTENSITY:
		return "i";
	case CL_LUMINANCE:
		return "l";
	default:
		return "rgba";
	}
}

bool colours_are_real(const cl_image_format *format)
{
	return format->image_channel_data_type < CL_SIGNED_INT8 ||
	       format->image_channel_data_type > CL_UNSIGNED_INT32;
}

void colours_random(struct test_random *random, const cl_image_format *format,
		    unsigned char *pixels, size_t count)
{
	for (size_t i = 0; i + 4 <= count; i += 4) {
		cl_uint bits = (cl_uint)test_random_next(random);
		float number = (float)test_random_below(random, 1 << 16) / (1 << 13) - 4;

		/* Without the numbers of an exponent that has none: up to 2, as halfs. */
		if (format->image_channel_data_type == CL_HALF_FLOAT)
			bits &= 0xbfffbfff;
		if (format->image_channel_data_type == CL_FLOAT)
			memcpy(&bits, &number, sizeof(bits));
		memcpy(pixels + i, &bits, sizeof(bits));
	}
}

static double half_number(unsigned int bits)
{
	int exponent = (int)(bits >> 10 & 31);
	double fraction = bits & 1023;
	double size = exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);

	return bits & 0x8000 ? -size : size;
}

/* Bits [low, low + width) of a pixel that is one word, from 0 to 1. */
static double share(const unsigned char *pixel, size_t bytes, unsigned int low, unsigned int width)
{
	cl_uint word = 0, most = (1u << width) - 1;

	memcpy(&word, pixel, bytes);
	return (double)(word >> low & most) / (double)most;
}

static double linear(double value)
{
	return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static double stored(const cl_image_format *format, const unsigned char *pixel,
		     unsigned int channel)
{
	const unsigned int sixteen = 16 * (channel & 1);
	const unsigned char *pair = pixel + 4 * (channel / 2);
	cl_ushort bits = 0;
	float number;

	switch (format->image_channel_data_type) {
	case CL_UNORM_INT8:
		return pixel[channel] / 255.0;
	case CL_SNORM_INT8:
		return fmax((signed char)pixel[channel] / 127.0, -1);
	case CL_UNORM_INT16:
		memcpy(&bits, pair + sixteen / 8, sizeof(bits));
		return bits / 65535.0;
	case CL_SNORM_INT16:
		memcpy(&bits, pair + sixteen / 8, sizeof(bits));
		return fmax((cl_short)bits / 32767.0, -1);
	case CL_HALF_FLOAT:
		memcpy(&bits, pair + sixteen / 8, sizeof(bits));
		return half_number(bits);
	case CL_UNORM_SHORT_565:
		return share(pixel, 2, (const unsigned int[]){ 11, 5, 0 }[channel],
			     channel == 1 ? 6 : 5);
	case CL_UNORM_SHORT_555:
		return share(pixel, 2, 10 - 5 * channel, 5);
	case CL_UNORM_INT_101010:
		return share(pixel, 4, 20 - 10 * channel, 10);
	case CL_UNORM_INT_101010_2:
		return channel == 3 ? share(pixel, 4, 0, 2) :
				      share(pixel, 4, 22 - 10 * channel, 10);
	default:
		memcpy(&number, pixel + 4 * channel, sizeof(number));
		return (double)number;
	}
}

void colours_border(const cl_image_format *format, double *colour)
{
	const char *channels = channels_of(format->image_channel_order);

	memset(colour, 0, 4 * sizeof(*colour));
	colour[3] = strpbrk(channels, "ai") ? 0 : 1;
}

void colours_decode(const cl_image_format *format, const unsigned char *pixel, double *colour)
{
	const char *channels = channels_of(format->image_channel_order);
	const bool is_srgb = format->image_channel_order == CL_sRGBA ||
			     format->image_channel_order == CL_sBGRA;

	colours_border(format, colour);
	for (unsigned int i = 0; channels[i]; i++) {
		double value = stored(format, pixel, i);

		if (channels[i] == 'i' || channels[i] == 'l') {
			for (int c = 0; c < (channels[i] == 'i' ? 4 : 3); c++)
				colour[c] = value;
		} else {
			colour[strchr("rgba", channels[i]) - "rgba"] =
				is_srgb && channels[i] != 'a' ? linear(value) : value;
		}
	}
}
