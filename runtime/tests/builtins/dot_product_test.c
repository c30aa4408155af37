// SPDX-License-Identifier: MIT
/* cl_khr_integer_dot_product: both forms of each function against 64-bit sums. */
#include <stdio.h>
#include <string.h>

#include <CL/cl_ext.h>

#include "source.h"
#include "values.h"

#define POINTS 960
#define SEED   1

/* What the four numbers of each operand are. */
static const struct form {
	const char *a, *b, *result, *suffix;
	bool is_signed_a, is_signed_b, is_signed;
} forms[] = {
	{ "uchar", "uchar", "uint", "uu_uint", false, false, false },
	{ "char", "char", "int", "ss_int", true, true, true },
	{ "uchar", "char", "int", "us_int", false, true, true },
	{ "char", "uchar", "int", "su_int", true, false, true },
};

/* The functions of a form: of vectors and of packed integers, without and with a sum so far. */
enum dot_function { VECTORS, VECTORS_ADDED, PACKED, PACKED_ADDED, FUNCTIONS };

struct points {
	cl_uint a[POINTS], b[POINTS], sums[POINTS], results[FUNCTIONS * POINTS];
};

static int64_t number(cl_uint bits, bool is_signed, int index)
{
	cl_uint byte = bits >> (8 * index) & 0xff;

	return is_signed ? (int8_t)byte : (int64_t)byte;
}

static cl_uint expected(const struct form *form, enum dot_function function, cl_uint a, cl_uint b,
			cl_uint sum_so_far)
{
	int64_t least = form->is_signed ? INT32_MIN : 0;
	int64_t greatest = form->is_signed ? INT32_MAX : UINT32_MAX;
	int64_t sum = 0;

	if (function == VECTORS_ADDED || function == PACKED_ADDED)
		sum = form->is_signed ? (int32_t)sum_so_far : (int64_t)sum_so_far;
	for (int i = 0; i < 4; i++)
		sum += number(a, form->is_signed_a, i) * number(b, form->is_signed_b, i);
	return (cl_uint)(sum < least ? least : sum > greatest ? greatest : sum);
}

static void write_source(struct source_text *source, const struct form *form)
{
	source_begin(source);
	source_put(source,
		   "kernel void test(global const uint *A, global const uint *B,\n"
		   "\t\tglobal const uint *S, global uint *R)\n{\n"
		   "\tsize_t i = get_global_id(0);\n"
		   "\t%s4 a = as_%s4(A[i]);\n"
		   "\t%s4 b = as_%s4(B[i]);\n"
		   "\t%s sum = as_%s(S[i]);\n",
		   form->a, form->a, form->b, form->b, form->result, form->result);
	source_put(source, "\tR[i] = as_uint(dot(a, b));\n");
	source_put(source, "\tR[%d + i] = as_uint(dot_acc_sat(a, b, sum));\n",
		   VECTORS_ADDED * POINTS);
	source_put(source, "\tR[%d + i] = as_uint(dot_4x8packed_%s(A[i], B[i]));\n",
		   PACKED * POINTS, form->suffix);
	source_put(source, "\tR[%d + i] = as_uint(dot_acc_sat_4x8packed_%s(A[i], B[i], sum));\n}\n",
		   PACKED_ADDED * POINTS, form->suffix);
}

static void fill(struct points *points)
{
	static const cl_uint ends[] = { 0, 0x80808080, 0x7f7f7f7f, 0xffffffff, 0x80ff7f01 };
	struct tandem_random random = { .state = SEED };

	for (size_t i = 0; i < POINTS; i++) {
		points->a[i] = i < 25 ? ends[i / 5] : (cl_uint)tandem_random_bits(&random);
		points->b[i] = i < 25 ? ends[i % 5] : (cl_uint)tandem_random_bits(&random);
		/* Close enough to an end to go beyond it, three times of four. */
		points->sums[i] = (cl_uint)tandem_random_below(&random, 65536);
		if (i % 4)
			points->sums[i] =
				(const cl_uint[]){ INT32_MAX, 1u << 31, UINT32_MAX }[i % 4 - 1] +
				(i % 4 == 2 ? points->sums[i] : -points->sums[i]);
	}
}

static size_t test_form(const struct tandem_session *session, const struct form *form,
			const char *options)
{
	static struct source_text source;
	static struct points points;
	const struct value_buffer buffers[] = { { points.a, sizeof(points.a) },
						{ points.b, sizeof(points.b) },
						{ points.sums, sizeof(points.sums) },
						{ points.results, sizeof(points.results) } };
	size_t checks = 0;

	fill(&points);
	memset(points.results, 0x55, sizeof(points.results));
	write_source(&source, form);
	if (!value_run(session, source.text, options, "test", buffers, 4, POINTS, 0))
		return 0;
	for (int f = 0; f < FUNCTIONS; f++) {
		for (size_t i = 0; i < POINTS; i++, checks++) {
			cl_uint seen = points.results[f * POINTS + i];
			cl_uint wanted = expected(form, (enum dot_function)f, points.a[i],
						  points.b[i], points.sums[i]);

			if (seen != wanted)
				value_fail("%s, %s, function %d, of 0x%08x, 0x%08x, sum 0x%08x: "
					   "0x%08x, expected 0x%08x (seed %d)",
					   options, form->suffix, f, points.a[i], points.b[i],
					   points.sums[i], seen, wanted, SEED);
		}
	}
	return checks;
}

static void check_queries(const struct tandem_session *session)
{
	const cl_device_integer_dot_product_capabilities_khr both =
		CL_DEVICE_INTEGER_DOT_PRODUCT_INPUT_4x8BIT_KHR |
		CL_DEVICE_INTEGER_DOT_PRODUCT_INPUT_4x8BIT_PACKED_KHR;
	cl_device_integer_dot_product_capabilities_khr capabilities = 0;

	clGetDeviceInfo(session->device, CL_DEVICE_INTEGER_DOT_PRODUCT_CAPABILITIES_KHR,
			sizeof(capabilities), &capabilities, NULL);
	if ((capabilities & both) != both)
		value_fail("the capabilities are 0x%llx", (unsigned long long)capabilities);
}

int main(void)
{
	struct tandem_session session;
	size_t checks = 0;

	tandem_session_open(&session);
	if (!tandem_session_has_feature(&session, "__opencl_c_integer_dot_product_input_4x8bit")) {
		printf("skipped: the device has no dot products of 8-bit integers\n");
		return TEST_SKIPPED;
	}
	check_queries(&session);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		checks += test_form(&session, &forms[i], "-cl-std=CL3.0");
		checks += test_form(&session, &forms[i], "-cl-std=CL1.2");
	}
	tandem_session_close(&session);
	return value_finish(checks);
}
