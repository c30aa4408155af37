// SPDX-License-Identifier: MIT
#include "sampler.h"

#include <errno.h>

#include "image/view.h"
#include "util/alloc.h"

static void destroy_sampler(struct tandem_object *object)
{
	struct tandem_sampler *sampler = tandem_container_of(object, struct tandem_sampler, object);

	tandem_object_unref(&sampler->context->object);
	tandem_object_free(&sampler->object);
}

int tandem_sampler_create(struct tandem_context *context, cl_bool normalised,
			  cl_addressing_mode addressing, cl_filter_mode filter,
			  struct tandem_sampler **out)
{
	struct tandem_sampler *sampler = tandem_new_object(sampler);

	if (!sampler)
		return -ENOMEM;
	sampler->context = context;
	sampler->normalised = normalised;
	sampler->addressing = addressing;
	sampler->filter = filter;
	tandem_object_ref(&context->object);
	tandem_object_init(&sampler->object, TANDEM_KIND_SAMPLER, destroy_sampler);
	*out = sampler;
	return 0;
}

uint32_t tandem_sampler_bits(const struct tandem_sampler *sampler)
{
	uint32_t bits = 2 * (sampler->addressing - CL_ADDRESS_NONE);

	/* CLK_ADDRESS_CLAMP_TO_EDGE is 2 and CLK_ADDRESS_CLAMP 4, as CL_* follow each other. */
	bits |= sampler->normalised ? TANDEM_SAMPLER_NORMALISED : 0;
	return bits | (sampler->filter == CL_FILTER_LINEAR ? TANDEM_SAMPLER_LINEAR :
							     TANDEM_SAMPLER_NEAREST);
}
