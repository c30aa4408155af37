/* SPDX-License-Identifier: MIT */
/* Colours of pixels in double precision, in all formats that have real ones: section 8.3. */
#ifndef TANDEM_TESTS_IMAGES_COLOURS_H
#define TANDEM_TESTS_IMAGES_COLOURS_H

#include <CL/cl.h>
#include <stdbool.h>

#include "api/harness.h"

/* Whether read_imagef reads images of the format. */
bool colours_are_real(const cl_image_format *format);

/* Fills @count bytes with pixels of any colours, but numbers. */
void colours_random(struct test_random *random, const cl_image_format *format,
		    unsigned char *pixels, size_t count);

/* The colour of a pixel; of a depth image the first component. */
void colours_decode(const cl_image_format *format, const unsigned char *pixel, double *colour);

/* What is read outside of an image, where the sampler has a border. */
void colours_border(const cl_image_format *format, double *colour);

#endif
