// SPDX-License-Identifier: MIT
/* Images of all types, and a model of each: its pixels, one behind the other. */
#ifndef TANDEM_TESTS_IMAGES_SHAPES_H
#define TANDEM_TESTS_IMAGES_SHAPES_H

#include <CL/cl.h>
#include <stdbool.h>
#include <stddef.h>

#include "api/harness.h"

/* Opens the first device; skips the test where it has no images. */
struct test_setup open_with_images(void);

/* The types, CL_MEM_OBJECT_IMAGE*, with the extent of an image in the order of origins. */
struct shape {
	cl_mem_object_type type;
	size_t extent[3];
};

#define SHAPE_COUNT 6

/* Small ones of odd sizes, of all types but 1D over a buffer. */
extern const struct shape shapes[SHAPE_COUNT];

bool shape_has_slices(const struct shape *shape);

/* The descriptor of an image of this shape. */
cl_image_desc shape_desc(const struct shape *shape);

/* Pixels of the whole image. */
size_t shape_pixels(const struct shape *shape);

#define MOST_FORMATS 256

/*
 * The formats of images of a type that can be used for what @flags say, or as many fewer of
 * them as sample.h says. Returns how many there are.
 */
cl_uint some_formats(const struct test_setup *setup, cl_mem_flags flags, cl_mem_object_type type,
		     cl_image_format formats[MOST_FORMATS]);

/* A box of pixels. */
struct area {
	size_t origin[3], region[3];
};

struct area shape_whole(const struct shape *shape);
struct area shape_random_area(const struct shape *shape, struct test_random *random);

/* Where the application has the pixels of an area. */
struct host_pixels {
	unsigned char *bytes;
	size_t row_pitch, slice_pitch; /* between what follows in the 2nd and the 3rd dimension */
};

/* Copies an area between a model and the application's memory. */
void model_get(const struct shape *shape, const unsigned char *model, size_t pixel_bytes,
	       const struct area *area, const struct host_pixels *target);
void model_put(const struct shape *shape, unsigned char *model, size_t pixel_bytes,
	       const struct area *area, const struct host_pixels *source);

#endif
