/* SPDX-License-Identifier: MIT */
/*
 * What kernels see of an image: a kernel has one for each argument that is an image, by value.
 * This is both C and OpenCL C, with the same layout.
 */
#ifndef TANDEM_IMAGE_VIEW_H
#define TANDEM_IMAGE_VIEW_H

#ifdef __OPENCL_C_VERSION__
typedef ulong tandem_view_u64;
typedef uint tandem_view_u32;
typedef int tandem_view_i32;
#else
#include <stdint.h>
typedef uint64_t tandem_view_u64;
typedef uint32_t tandem_view_u32;
typedef int32_t tandem_view_i32;
#endif

struct tandem_image_view {
	tandem_view_u64 address; /* of the first pixel */
	tandem_view_u64 strides[2]; /* bytes from row to row and from slice to slice */
	tandem_view_i32 extent[3]; /* as struct tandem_image has it (core/image.h) */
	tandem_view_u32 type, order; /* of the channels, as CL_* and CLK_* are alike */
	tandem_view_u32 pixel_bytes, channels;
	tandem_view_u32 sources; /* those of the format, a byte each, r in the lowest */
};

#define TANDEM_IMAGE_VIEW_BYTES	    56
#define TANDEM_IMAGE_VIEW_ALIGNMENT 8

/* The bits of a sampler's value, as those of CLK_*. */
#define TANDEM_SAMPLER_NORMALISED 1
#define TANDEM_SAMPLER_NEAREST	  0x10
#define TANDEM_SAMPLER_LINEAR	  0x20
#define TANDEM_SAMPLER_MODES	  0x0e /* CLK_ADDRESS_*, two apart */

#endif
