// SPDX-License-Identifier: MIT
#include "svm_types.h"

/* What all can do that can do anything. */
static uint64_t both(uint64_t capabilities, uint64_t others)
{
	return capabilities && others ? capabilities & others : capabilities | others;
}

uint64_t tandem_svm_types_of_platform(enum tandem_svm_type type)
{
	const struct tandem_platform *platform = tandem_platform_get();
	uint64_t all = 0;

	for (unsigned int i = 0; platform && i < platform->device_count; i++)
		all = both(all, tandem_svm_type_capabilities(
					&platform->devices[i]->core->properties, type));
	return all;
}

uint64_t tandem_svm_types_of_context(const struct tandem_context *context,
				     enum tandem_svm_type type)
{
	uint64_t all = 0;

	for (unsigned int i = 0; i < context->core_count; i++)
		all = both(all, tandem_svm_type_capabilities(&context->cores[i]->properties, type));
	return all;
}

unsigned int tandem_svm_types_list(enum tandem_svm_type *types)
{
	unsigned int count = 0;

	for (enum tandem_svm_type type = 0; type < TANDEM_SVM_TYPE_COUNT; type++) {
		if (tandem_svm_types_of_platform(type))
			types[count++] = type;
	}
	return count;
}

cl_uint tandem_svm_types_index(enum tandem_svm_type type)
{
	enum tandem_svm_type types[TANDEM_SVM_TYPE_COUNT];
	unsigned int count = tandem_svm_types_list(types);

	for (unsigned int i = 0; i < count; i++) {
		if (types[i] == type)
			return i;
	}
	return CL_UINT_MAX;
}
