// SPDX-License-Identifier: MIT
/* Samplers: what they are made with, what queries tell, and every error. */
#include <string.h>

#include "shapes.h"

#define MODES	5
#define FILTERS 2

static const cl_addressing_mode modes[MODES] = {
	CL_ADDRESS_NONE,   CL_ADDRESS_CLAMP_TO_EDGE,   CL_ADDRESS_CLAMP,
	CL_ADDRESS_REPEAT, CL_ADDRESS_MIRRORED_REPEAT,
};
static const cl_filter_mode filters[FILTERS] = { CL_FILTER_NEAREST, CL_FILTER_LINEAR };

static bool is_allowed(cl_bool normalised, cl_addressing_mode mode)
{
	return normalised || (mode != CL_ADDRESS_REPEAT && mode != CL_ADDRESS_MIRRORED_REPEAT);
}

#define check_info(sampler, name, type, expected)                                               \
	do {                                                                                    \
		type seen_;                                                                     \
		size_t bytes_ = 0;                                                              \
                                                                                                \
		check_success(clGetSamplerInfo(sampler, name, sizeof(seen_), &seen_, &bytes_)); \
		check_equal(sizeof(seen_), bytes_);                                             \
		check(seen_ == (expected), #name);                                              \
	} while (0)

static void check_sampler(const struct test_setup *setup, cl_sampler sampler, cl_bool normalised,
			  cl_addressing_mode mode, cl_filter_mode filter)
{
	check_info(sampler, CL_SAMPLER_CONTEXT, cl_context, setup->context);
	check_info(sampler, CL_SAMPLER_REFERENCE_COUNT, cl_uint, 1);
	check_info(sampler, CL_SAMPLER_NORMALIZED_COORDS, cl_bool, normalised);
	check_info(sampler, CL_SAMPLER_ADDRESSING_MODE, cl_addressing_mode, mode);
	check_info(sampler, CL_SAMPLER_FILTER_MODE, cl_filter_mode, filter);
	check_success(clRetainSampler(sampler));
	check_info(sampler, CL_SAMPLER_REFERENCE_COUNT, cl_uint, 2);
	check_success(clReleaseSampler(sampler));
	check_success(clReleaseSampler(sampler));
	check_equal(CL_INVALID_SAMPLER, clReleaseSampler(sampler));
}

static void check_properties(cl_sampler sampler, const cl_sampler_properties *list, size_t count)
{
	cl_sampler_properties seen[8];
	size_t bytes = 1;

	check_success(clGetSamplerInfo(sampler, CL_SAMPLER_PROPERTIES, sizeof(seen), seen, &bytes));
	check_equal(count * sizeof(*list), bytes);
	check(!count || !memcmp(seen, list, bytes), "other properties");
}

/* By both calls, in each combination. */
static void check_all(const struct test_setup *setup)
{
	for (int i = 0; i < 2 * MODES * FILTERS; i++) {
		cl_bool normalised = i / (MODES * FILTERS);
		cl_addressing_mode mode = modes[i / FILTERS % MODES];
		cl_filter_mode filter = filters[i % FILTERS];
		const cl_sampler_properties list[] = { CL_SAMPLER_FILTER_MODE,
						       filter,
						       CL_SAMPLER_NORMALIZED_COORDS,
						       normalised,
						       CL_SAMPLER_ADDRESSING_MODE,
						       mode,
						       0 };
		cl_int code = 1;
		cl_sampler sampler =
			clCreateSampler(setup->context, normalised, mode, filter, &code);

		check_equal(is_allowed(normalised, mode) ? CL_SUCCESS : CL_INVALID_VALUE, code);
		if (sampler) {
			check_properties(sampler, NULL, 0);
			check_sampler(setup, sampler, normalised, mode, filter);
		}
		sampler = clCreateSamplerWithProperties(setup->context, list, &code);
		check_equal(is_allowed(normalised, mode) ? CL_SUCCESS : CL_INVALID_VALUE, code);
		if (sampler) {
			check_properties(sampler, list, 7);
			check_sampler(setup, sampler, normalised, mode, filter);
		}
	}
}

static void check_defaults(const struct test_setup *setup)
{
	const cl_sampler_properties empty[] = { 0 };
	cl_int code = 1;
	cl_sampler sampler = clCreateSamplerWithProperties(setup->context, NULL, &code);

	check_success_fatal(code);
	check_properties(sampler, NULL, 0);
	check_sampler(setup, sampler, CL_TRUE, CL_ADDRESS_CLAMP, CL_FILTER_NEAREST);
	sampler = clCreateSamplerWithProperties(setup->context, empty, &code);
	check_success_fatal(code);
	check_properties(sampler, empty, 1);
	check_sampler(setup, sampler, CL_TRUE, CL_ADDRESS_CLAMP, CL_FILTER_NEAREST);
}

static void check_refused(cl_context context, cl_int expected, const cl_sampler_properties *list)
{
	cl_int code = 1;

	check(!clCreateSamplerWithProperties(context, list, &code), "a sampler");
	check_equal(expected, code);
}

static void check_errors(const struct test_setup *setup)
{
	static const cl_sampler_properties unknown[] = { 0x1234, 0, 0 };
	static const cl_sampler_properties twice[] = { CL_SAMPLER_FILTER_MODE, CL_FILTER_LINEAR,
						       CL_SAMPLER_FILTER_MODE, CL_FILTER_LINEAR,
						       0 };
	static const cl_sampler_properties large[] = { CL_SAMPLER_FILTER_MODE,
						       (UINT64_C(1) << 32) | CL_FILTER_LINEAR, 0 };
	static const cl_sampler_properties no_mode[] = { CL_SAMPLER_ADDRESSING_MODE, 1, 0 };
	cl_context context = setup->context;
	cl_int code = 1;
	cl_sampler sampler;
	cl_uint count;

	check_refused(context, CL_INVALID_VALUE, unknown);
	check_refused(context, CL_INVALID_VALUE, twice);
	check_refused(context, CL_INVALID_VALUE, large);
	check_refused(context, CL_INVALID_VALUE, no_mode);
	check_refused(NULL, CL_INVALID_CONTEXT, NULL);
	check(!clCreateSampler(NULL, 0, CL_ADDRESS_NONE, CL_FILTER_NEAREST, &code), "no context");
	check_equal(CL_INVALID_CONTEXT, code);
	check(!clCreateSampler(context, 2, CL_ADDRESS_NONE, CL_FILTER_NEAREST, &code), "2");
	check_equal(CL_INVALID_VALUE, code);
	check(!clCreateSampler(context, 0, CL_FILTER_NEAREST, CL_FILTER_NEAREST, &code), "no mode");
	check_equal(CL_INVALID_VALUE, code);
	check(!clCreateSampler(context, 0, CL_ADDRESS_NONE, CL_ADDRESS_NONE, &code), "no filter");
	check_equal(CL_INVALID_VALUE, code);
	check_equal(CL_INVALID_SAMPLER, clRetainSampler(NULL));
	check_equal(CL_INVALID_SAMPLER, clRetainSampler((cl_sampler)context));
	check_equal(CL_INVALID_SAMPLER, clReleaseSampler((cl_sampler)setup->queue));
	check_equal(CL_INVALID_SAMPLER,
		    clGetSamplerInfo((cl_sampler)context, CL_SAMPLER_REFERENCE_COUNT, sizeof(count),
				     &count, NULL));
	sampler = clCreateSampler(context, 0, CL_ADDRESS_NONE, CL_FILTER_NEAREST, NULL);
	check_fatal(sampler, "no sampler");
	check_equal(CL_INVALID_VALUE,
		    clGetSamplerInfo(sampler, CL_CONTEXT_DEVICES, sizeof(count), &count, NULL));
	check_equal(CL_INVALID_VALUE,
		    clGetSamplerInfo(sampler, CL_SAMPLER_REFERENCE_COUNT, 1, &count, NULL));
	check_success(clReleaseSampler(sampler));
}

/* The sampler holds its context. */
static void check_lifetime(const struct test_setup *setup)
{
	cl_int code;
	cl_context context = clCreateContext(NULL, 1, &setup->device, NULL, NULL, &code), seen;
	cl_sampler sampler = clCreateSampler(context, 0, CL_ADDRESS_NONE, CL_FILTER_NEAREST, NULL);

	check_fatal(sampler, "no sampler");
	check_success(clReleaseContext(context));
	check_success(clGetSamplerInfo(sampler, CL_SAMPLER_CONTEXT, sizeof(seen), &seen, NULL));
	check(seen == context, "another context");
	check_success(clReleaseSampler(sampler));
}

int main(void)
{
	struct test_setup setup = open_with_images();

	test_step("samplers");
	check_all(&setup);
	check_defaults(&setup);
	check_errors(&setup);
	check_lifetime(&setup);
	test_close(&setup);
	return check_result();
}
