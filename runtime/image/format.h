// SPDX-License-Identifier: MIT
/*
 * The formats of images, all of them, once: how a pixel lies in memory, and what images of
 * the format may be used for. What a device supports is a table of these among its
 * properties (driver/driver.h).
 */
#ifndef TANDEM_IMAGE_FORMAT_H
#define TANDEM_IMAGE_FORMAT_H

#include <CL/cl.h>
#include <CL/cl_ext.h>
#include <stdbool.h>
#include <stdint.h>

#define TANDEM_COLOUR_CHANNELS	4
#define TANDEM_MOST_PIXEL_BYTES 16

/* Where a component of a colour comes from that no channel in memory has. */
#define TANDEM_CHANNEL_ZERO 4
#define TANDEM_CHANNEL_ONE  5

/* What kernels may do with an image, and which types of images there are of the format. */
#define TANDEM_IMAGE_READ	1u /* by read_only arguments, with samplers and without */
#define TANDEM_IMAGE_WRITE	2u /* by write_only arguments */
#define TANDEM_IMAGE_READ_WRITE 4u /* by read_write arguments */
#define TANDEM_IMAGE_2D_ONLY	8u /* 2D images and arrays of them */
#define TANDEM_IMAGE_NO_BUFFER	16u /* no 1D images over buffers */

/* In which form a colour of the format is given and got, section 5.3.1.1. */
enum tandem_colour_kind {
	TANDEM_COLOUR_FLOAT,
	TANDEM_COLOUR_SIGNED,
	TANDEM_COLOUR_UNSIGNED,
};

struct tandem_image_format {
	cl_image_format name; /* order and type of the channels */
	uint8_t channels; /* in memory */
	uint8_t pixel_bytes; /* a power of two */
	/* The channel in memory that r, g, b and a are, or TANDEM_CHANNEL_*. */
	uint8_t sources[TANDEM_COLOUR_CHANNELS];
	uint32_t uses; /* TANDEM_IMAGE_* */
};

/* The formats of native devices. */
extern const struct tandem_image_format tandem_image_formats[];
extern const unsigned int tandem_image_format_count;

/* Whether the specification allows the order with the type, whoever supports it. */
bool tandem_image_format_is_valid(const cl_image_format *name);

/* The format among @count of a table, or NULL. */
const struct tandem_image_format *tandem_image_format_find(const struct tandem_image_format *table,
							   unsigned int count,
							   const cl_image_format *name);

/*
 * Whether there are images of @type, CL_MEM_OBJECT_IMAGE*, and the format, for all that
 * @flags ask for: CL_MEM_READ_ONLY, CL_MEM_WRITE_ONLY, CL_MEM_READ_WRITE or none, and
 * CL_MEM_KERNEL_READ_AND_WRITE.
 */
bool tandem_image_format_allows(const struct tandem_image_format *format, cl_mem_object_type type,
				cl_mem_flags flags);

bool tandem_image_format_is_srgb(const struct tandem_image_format *format);

enum tandem_colour_kind tandem_image_format_kind(const struct tandem_image_format *format);

/*
 * The pixel of the @colour, which is four values as the format's kind has them, or one of
 * a depth image, as write_image functions would write it: rounded to the nearest, even
 * where two are, and saturated. @pixel has room for its pixel_bytes.
 */
void tandem_image_encode(const struct tandem_image_format *format, const void *colour,
			 unsigned char *pixel);

#endif
