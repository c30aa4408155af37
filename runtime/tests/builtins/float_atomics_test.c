// SPDX-License-Identifier: MIT
/*
 * Arithmetic on atomic floating-point numbers (cl_ext_float_atomics): what each function
 * returns and leaves behind, in every form and address space, infinities and NaN among the
 * operands; sums and extremes of many work-items, which must lose nothing; and the queries.
 */
#include <CL/cl_ext.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "source.h"
#include "values.h"

#ifndef CL_DEVICE_SINGLE_FP_ATOMIC_CAPABILITIES_EXT
#define CL_DEVICE_SINGLE_FP_ATOMIC_CAPABILITIES_EXT 0x4231
#define CL_DEVICE_DOUBLE_FP_ATOMIC_CAPABILITIES_EXT 0x4232
#endif

#define SEED   1
#define POINTS 64
#define ADDERS 4096
#define GROUP  64
#define FORMS  4
#define SPACES 4

static const char *const names[] = { "fetch_add", "fetch_sub", "fetch_min", "fetch_max" };

#define OPERATIONS (sizeof(names) / sizeof(names[0]))

static const char *const suffixes[FORMS] = {
	"(object, B[i])",
	"_explicit(object, B[i], memory_order_relaxed)",
	"_explicit(object, B[i], memory_order_acq_rel, memory_scope_device)",
	"_explicit(object, B[i], order, memory_scope_work_group)",
};

/* Where the object is, and how it is reached. */
static const struct {
	const char *space;
	bool is_local;
} places[SPACES] = { { "global", false }, { "local", true }, { "", false }, { "", true } };

static double apply(size_t operation, double a, double b)
{
	switch (operation) {
	case 0:
		return a + b;
	case 1:
		return a - b;
	case 2:
		return fmin(a, b);
	default:
		return fmax(a, b);
	}
}

static void put_kernel(struct source_text *source, enum value_type type, size_t place)
{
	const char *name = value_types[type].name;

	source_begin(source);
	source_put(source, "#ifndef cl_ext_float_atomics\n"
			   "#error there is no macro of the extension\n"
			   "#endif\n");
	source_put(source,
		   "kernel void test(global const %s *A, global const %s *B, global %s *R,\n"
		   "\t\tglobal %s *M, global const int *orders)\n{\n"
		   "\tsize_t i = get_global_id(0);\n"
		   "\tlocal %s in_local[%d];\n"
		   "\tmemory_order order = orders[0];\n"
		   "\t%s %s *place = %s;\n"
		   "\tvolatile %s atomic_%s *object = (volatile %s atomic_%s *)place;\n",
		   name, name, name, name, name, GROUP, places[place].is_local ? "local" : "global",
		   name, places[place].is_local ? "&in_local[get_local_id(0)]" : "M + i",
		   places[place].space, name, places[place].space, name);
	for (size_t call = 0; call < OPERATIONS * FORMS; call++)
		source_put(source,
			   "\t*place = A[i];\n"
			   "\tR[%zu + i] = atomic_%s%s;\n"
			   "\tR[%zu + i] = *place;\n",
			   2 * call * POINTS, names[call / FORMS], suffixes[call % FORMS],
			   (2 * call + 1) * POINTS);
	source_put(source, "}\n");
}

/* The same number, of any sign if it is zero, and any NaN. */
static bool is_equal(double expected, double seen)
{
	return isnan(expected) ? isnan(seen) : expected == seen;
}

static size_t test_results(const struct tandem_session *session, enum value_type type, size_t place)
{
	static struct source_text source;
	static char a[POINTS * 8], b[POINTS * 8], memory[POINTS * 8];
	static char results[2 * OPERATIONS * FORMS * POINTS * 8];
	const size_t bytes = value_types[type].size_bytes;
	cl_int orders[] = { 5 }; /* memory_order_seq_cst */
	const struct value_buffer buffers[] = {
		{ a, POINTS * bytes },
		{ b, POINTS * bytes },
		{ results, 2 * OPERATIONS * FORMS * POINTS * bytes },
		{ memory, POINTS * bytes },
		{ orders, sizeof(orders) },
	};
	struct tandem_random random = { .state = SEED + place };

	value_fill(type, a, POINTS, &random);
	value_fill(type, b, POINTS, &random);
	put_kernel(&source, type, place);
	if (!value_run(session, source.text, "-cl-std=CL3.0", "test", buffers, 5, POINTS, GROUP))
		return 0;
	for (size_t i = 0; i < OPERATIONS * FORMS * POINTS; i++) {
		size_t call = i / POINTS, point = i % POINTS;
		double x = value_real(type, a, point), y = value_real(type, b, point);
		double after = apply(call / FORMS, x, y);
		double seen = value_real(type, results, 2 * call * POINTS + point);
		double left = value_real(type, results, (2 * call + 1) * POINTS + point);

		if (type == TYPE_FLOAT)
			after = (float)after;
		if (!is_equal(x, seen) || !is_equal(after, left))
			value_fail("atomic_%s%s of %s in %s: of %a and %a: returns %a, leaves %a, "
				   "expected %a",
				   names[call / FORMS], suffixes[call % FORMS],
				   value_types[type].name,
				   places[place].is_local ? "local" : "global", x, y, seen, left,
				   after);
	}
	return OPERATIONS * FORMS * POINTS;
}

/* All work-items on the same numbers; the sums are exact in any order. */
static const char many_source[] =
	"#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n"
	"kernel void test(volatile global ATOMIC *totals, global const TYPE *numbers)\n"
	"{\n"
	"	local ATOMIC sums[4];\n"
	"	TYPE x = numbers[get_global_id(0)];\n"
	"	if (get_local_id(0) < 4)\n"
	"		atomic_init(&sums[get_local_id(0)], (TYPE)0);\n"
	"	barrier(CLK_LOCAL_MEM_FENCE);\n"
	"	atomic_fetch_add(&totals[0], x);\n"
	"	atomic_fetch_sub(&totals[1], x);\n"
	"	atomic_fetch_min(&totals[2], x);\n"
	"	atomic_fetch_max(&totals[3], x);\n"
	"	atomic_fetch_add_explicit(&sums[0], x, memory_order_relaxed,\n"
	"		memory_scope_work_group);\n"
	"	atomic_fetch_sub(&sums[1], x);\n"
	"	atomic_fetch_min(&sums[2], x);\n"
	"	atomic_fetch_max(&sums[3], x);\n"
	"	barrier(CLK_LOCAL_MEM_FENCE);\n"
	"	if (get_local_id(0) == 0) {\n"
	"		atomic_fetch_add(&totals[4], atomic_load(&sums[0]));\n"
	"		atomic_fetch_add(&totals[5], atomic_load(&sums[1]));\n"
	"		atomic_fetch_min(&totals[6], atomic_load(&sums[2]));\n"
	"		atomic_fetch_max(&totals[7], atomic_load(&sums[3]));\n"
	"	}\n"
	"}\n";

static size_t test_many(const struct tandem_session *session, enum value_type type,
			const char *more)
{
	static char numbers[ADDERS * 8];
	char totals[8 * 8] = { 0 }, options[128];
	const size_t bytes = value_types[type].size_bytes;
	const struct value_buffer buffers[] = { { totals, 8 * bytes },
						{ numbers, ADDERS * bytes } };
	struct tandem_random random = { .state = SEED };
	double expected[4] = { 0 };

	for (size_t i = 0; i < ADDERS; i++) {
		double x = (double)tandem_random_below(&random, 2001) - 1000;

		value_set_real(type, numbers, i, x);
		for (size_t k = 0; k < OPERATIONS; k++)
			expected[k] = apply(k, expected[k], x);
	}
	snprintf(options, sizeof(options), "-cl-std=CL3.0 -DTYPE=%s -DATOMIC=atomic_%s %s",
		 value_types[type].name, value_types[type].name, more);
	if (!value_run(session, many_source, options, "test", buffers, 2, ADDERS, GROUP))
		return 0;
	for (size_t k = 0; k < 8; k++) {
		double seen = value_real(type, totals, k);

		if (seen != expected[k % 4])
			value_fail("atomic_%s of %s by many, %s %s: %a, expected %a (seed %d)",
				   names[k % 4], value_types[type].name, k < 4 ? "global" : "local",
				   more, seen, expected[k % 4], SEED);
	}
	return 8;
}

static void check_query(const struct tandem_session *session, cl_device_info query)
{
	const cl_bitfield all = 0x70007; /* load and store, add, min and max: global and local */
	cl_bitfield seen = 0;

	if (clGetDeviceInfo(session->device, query, sizeof(seen), &seen, NULL) != CL_SUCCESS ||
	    seen != all)
		value_fail("query 0x%x: 0x%llx", query, (unsigned long long)seen);
}

int main(void)
{
	struct tandem_session session;
	size_t checks = 0;

	tandem_session_open(&session);
	if (!tandem_session_has_extension(&session, "cl_ext_float_atomics")) {
		printf("skipped: the device has no cl_ext_float_atomics\n");
		return TEST_SKIPPED;
	}
	check_query(&session, CL_DEVICE_SINGLE_FP_ATOMIC_CAPABILITIES_EXT);
	check_query(&session, CL_DEVICE_DOUBLE_FP_ATOMIC_CAPABILITIES_EXT);
	for (int type = TYPE_FLOAT; type <= TYPE_DOUBLE; type++) {
		for (size_t place = 0; place < SPACES; place++)
			checks += test_results(&session, (enum value_type)type, place);
		checks += test_many(&session, (enum value_type)type, "");
		checks += test_many(&session, (enum value_type)type, "-cl-opt-disable");
	}
	tandem_session_close(&session);
	return value_finish(checks);
}
