// SPDX-License-Identifier: MIT
/* Samplers: how kernels that are given one find and blend the pixels of an image. */
#ifndef TANDEM_CORE_SAMPLER_H
#define TANDEM_CORE_SAMPLER_H

#include "context.h"

/* Three pairs and the end. */
#define TANDEM_MOST_SAMPLER_PROPERTIES 7

struct tandem_sampler {
	struct tandem_object object;
	struct tandem_context *context;
	cl_bool normalised;
	cl_addressing_mode addressing;
	cl_filter_mode filter;
	cl_sampler_properties properties[TANDEM_MOST_SAMPLER_PROPERTIES]; /* as they were given */
	unsigned int property_count; /* with the zero at the end */
};

/* -ENOMEM. */
int tandem_sampler_create(struct tandem_context *context, cl_bool normalised,
			  cl_addressing_mode addressing, cl_filter_mode filter,
			  struct tandem_sampler **sampler);

/* What kernels get of it: the bits of image/view.h. */
uint32_t tandem_sampler_bits(const struct tandem_sampler *sampler);

#endif
