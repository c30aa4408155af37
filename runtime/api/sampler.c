// SPDX-License-Identifier: MIT
/* Samplers, section 5.7. */
#include "image.h"

/* What a sampler is by default, where a list of properties leaves something out. */
static const struct sampler_properties {
	cl_bool normalised;
	cl_addressing_mode addressing;
	cl_filter_mode filter;
} default_properties = { CL_TRUE, CL_ADDRESS_CLAMP, CL_FILTER_NEAREST };

static cl_int check_properties(const struct sampler_properties *properties)
{
	if (properties->normalised != CL_TRUE && properties->normalised != CL_FALSE)
		return fail(CL_INVALID_VALUE, "normalised coordinates %u", properties->normalised);
	if (properties->addressing < CL_ADDRESS_NONE ||
	    properties->addressing > CL_ADDRESS_MIRRORED_REPEAT)
		return fail(CL_INVALID_VALUE, "no addressing mode 0x%x", properties->addressing);
	if (properties->filter != CL_FILTER_NEAREST && properties->filter != CL_FILTER_LINEAR)
		return fail(CL_INVALID_VALUE, "no filter mode 0x%x", properties->filter);
	if (!properties->normalised && (properties->addressing == CL_ADDRESS_REPEAT ||
					properties->addressing == CL_ADDRESS_MIRRORED_REPEAT))
		return fail(CL_INVALID_VALUE, "repetition needs normalised coordinates");
	return CL_SUCCESS;
}

static cl_int create_sampler(cl_context handle, const struct sampler_properties *properties,
			     struct tandem_sampler **sampler)
{
	struct tandem_context *context = context_of(handle);
	cl_int code;

	if (!context)
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
	if (!tandem_api_has_images(context))
		return fail(CL_INVALID_OPERATION, "no device has images");
	code = check_properties(properties);
	if (code != CL_SUCCESS)
		return code;
	return result(tandem_sampler_create(context, properties->normalised, properties->addressing,
					    properties->filter, sampler));
}

cl_sampler tandem_clCreateSampler(cl_context context, cl_bool normalized,
				  cl_addressing_mode addressing, cl_filter_mode filter,
				  cl_int *errcode_ret)
{
	ENTRY_POINT;
	const struct sampler_properties properties = { normalized, addressing, filter };
	struct tandem_sampler *sampler = NULL;

	set_code(errcode_ret, create_sampler(context, &properties, &sampler));
	return sampler_handle(sampler);
}

static bool fits_32_bits(cl_sampler_properties value)
{
	return value <= UINT32_MAX;
}

/* Reads a list as far as its zero, which is at *@count - 1. */
static cl_int read_properties(const cl_sampler_properties *list,
			      struct sampler_properties *properties, unsigned int *count)
{
	unsigned int seen = 0, place = 0;

	for (; list[place]; place += 2) {
		const cl_sampler_properties name = list[place], value = list[place + 1];
		const unsigned int bit = name >= CL_SAMPLER_NORMALIZED_COORDS &&
							 name <= CL_SAMPLER_FILTER_MODE ?
						 1u << (name - CL_SAMPLER_NORMALIZED_COORDS) :
						 0;

		if (!bit || seen & bit || !fits_32_bits(value))
			return fail(CL_INVALID_VALUE,
				    "sampler property 0x%llx, value 0x%llx, or given twice",
				    (unsigned long long)name, (unsigned long long)value);
		seen |= bit;
		if (name == CL_SAMPLER_NORMALIZED_COORDS)
			properties->normalised = (cl_bool)value;
		else if (name == CL_SAMPLER_ADDRESSING_MODE)
			properties->addressing = (cl_addressing_mode)value;
		else
			properties->filter = (cl_filter_mode)value;
	}
	*count = place + 1;
	return CL_SUCCESS;
}

cl_sampler tandem_clCreateSamplerWithProperties(cl_context context,
						const cl_sampler_properties *list,
						cl_int *errcode_ret)
{
	ENTRY_POINT;
	struct sampler_properties properties = default_properties;
	const struct tandem_context *known = context_of(context);
	struct tandem_sampler *sampler = NULL;
	unsigned int count = 0;
	cl_int code = CL_SUCCESS;

	if (list && known && tandem_api_has_images(known))
		code = read_properties(list, &properties, &count);
	if (code == CL_SUCCESS)
		code = create_sampler(context, &properties, &sampler);
	if (sampler) {
		sampler->property_count = count;
		if (count)
			memcpy(sampler->properties, list, count * sizeof(*list));
	}
	set_code(errcode_ret, code);
	return sampler_handle(sampler);
}

RETAIN_AND_RELEASE(Sampler, sampler, cl_sampler, CL_INVALID_SAMPLER, "sampler", LEND_OBJECT,
		   RELEASE_OBJECT)

cl_int tandem_clGetSamplerInfo(cl_sampler handle, cl_sampler_info name, size_t size, void *value,
			       size_t *size_ret)
{
	ENTRY_POINT;
	const struct tandem_answer answer = { size, value, size_ret };
	struct tandem_sampler *sampler = sampler_of(handle);

	if (!sampler)
		return fail(CL_INVALID_SAMPLER, "%p is no sampler", (void *)handle);
	switch (name) {
	case CL_SAMPLER_REFERENCE_COUNT:
		return answer_value(&answer, cl_uint,
				    atomic_load(&sampler->object.application_references));
	case CL_SAMPLER_CONTEXT:
		return answer_value(&answer, cl_context, context_shown(sampler->context));
	case CL_SAMPLER_NORMALIZED_COORDS:
		return answer_value(&answer, cl_bool, sampler->normalised);
	case CL_SAMPLER_ADDRESSING_MODE:
		return answer_value(&answer, cl_addressing_mode, sampler->addressing);
	case CL_SAMPLER_FILTER_MODE:
		return answer_value(&answer, cl_filter_mode, sampler->filter);
	case CL_SAMPLER_PROPERTIES:
		return answer_bytes(&answer, sampler->properties,
				    sampler->property_count * sizeof(sampler->properties[0]));
	default:
		return fail(CL_INVALID_VALUE, "no query 0x%x", name);
	}
}
