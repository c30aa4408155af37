// SPDX-License-Identifier: MIT
/*
 * What the work-items of a group do together: barriers, asynchronous copies and, where
 * the device has them, work-group functions. Groups of several shapes.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"
#include "values.h"

#define SEED   1
#define GROUPS 3
/* Of the largest group. */
#define MOST_ITEMS 256

static const struct {
	size_t size[3];
} shapes[] = {
	{ { 1, 1, 1 } }, { { 7, 1, 1 } }, { { 64, 1, 1 } }, { { MOST_ITEMS, 1, 1 } },
	{ { 5, 3, 1 } }, { { 4, 3, 2 } }, { { 1, 1, 9 } },
};

#define SHAPES (sizeof(shapes) / sizeof(shapes[0]))

static size_t items_of(size_t shape)
{
	return shapes[shape].size[0] * shapes[shape].size[1] * shapes[shape].size[2];
}

/* Runs a kernel on GROUPS groups in the first dimension; as value_run() else. */
static bool run_groups(const struct tandem_session *session, const char *source,
		       const char *options, const struct value_buffer *buffers, size_t count,
		       size_t shape)
{
	const size_t *size = shapes[shape].size;
	const size_t global_size[3] = { GROUPS * size[0], size[1], size[2] };
	cl_mem device_buffers[4];
	cl_program program;
	cl_kernel kernel;

	if (!tandem_session_takes_next())
		return false;
	program = tandem_program_build(session, source, options);
	if (!program) {
		value_fail("a kernel does not build with %s", options);
		return false;
	}
	kernel = tandem_kernel_create(program, "test");
	for (size_t i = 0; i < count; i++) {
		device_buffers[i] =
			tandem_buffer_create(session, buffers[i].size_bytes, buffers[i].content);
		tandem_kernel_set(kernel, (cl_uint)i, sizeof(cl_mem), &device_buffers[i]);
	}
	tandem_kernel_run_3d(session, kernel, global_size, size);
	for (size_t i = 0; i < count; i++) {
		tandem_buffer_read(session, device_buffers[i], buffers[i].size_bytes,
				   buffers[i].content);
		tandem_buffer_release(device_buffers[i]);
	}
	tandem_kernel_release(kernel);
	tandem_program_release(program);
	return true;
}

/* The linear local id and the place of a work-item among all. */
#define IDS                                                                             \
	"\tsize_t id = get_local_id(0) + get_local_size(0) * (get_local_id(1) +"        \
	" get_local_size(1) * get_local_id(2));\n"                                      \
	"\tsize_t items = get_local_size(0) * get_local_size(1) * get_local_size(2);\n" \
	"\tsize_t place = get_group_id(0) * items + id;\n"

/* Hands a number to the next work-item, round after round, with a barrier each way. */
static const char barrier_source[] = "kernel void test(global int *R)\n{\n" IDS
				     "\tlocal int seen[256];\n"
				     "\tint value = (int)id;\n"
				     "\tfor (int round = 0; round < 10; round++) {\n"
				     "\t\tseen[id] = value;\n"
				     "\t\tbarrier(CLK_LOCAL_MEM_FENCE);\n"
				     "\t\tvalue = seen[(id + 1) % items] + round;\n"
				     "\t\tbarrier(CLK_LOCAL_MEM_FENCE);\n"
				     "\t}\n"
				     "\tR[place] = value;\n}\n";

static size_t test_barrier(const struct tandem_session *session, size_t shape)
{
	size_t items = items_of(shape);
	int results[GROUPS * MOST_ITEMS] = { 0 };
	const struct value_buffer buffer = { results, GROUPS * items * sizeof(int) };

	if (!run_groups(session, barrier_source, "", &buffer, 1, shape))
		return 0;
	for (size_t i = 0; i < GROUPS * items; i++) {
		int expected = (int)((i % items + 10) % items) + 45;

		if (results[i] != expected)
			value_fail("barriers in a group of %zu, work-item %zu: %d, expected %d",
				   items, i, results[i], expected);
	}
	return GROUPS * items;
}

/* Copies a block of a group to local memory, swaps its elements, and copies it back;
 * then every second element of it, so that the others stay as they were. */
static const char copy_source[] =
	"#ifdef cl_khr_fp16\n"
	"#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n"
	"#endif\n"
	"#ifdef cl_khr_fp64\n"
	"#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n"
	"#endif\n"
	"kernel void test(global TYPE *A, global TYPE *R, global TYPE *S)\n{\n" IDS
	"\tlocal TYPE in[40];\n"
	"\tlocal TYPE out[40];\n"
	"\tlocal TYPE some[20];\n"
	"\tevent_t events[2];\n"
	"\tsize_t first = get_group_id(0) * 40;\n"
	"\tprefetch(A + first, 40);\n"
	"\tevents[0] = async_work_group_copy(in, (const global TYPE *)A + first, 40, 0);\n"
	"\tevents[1] = async_work_group_strided_copy(some, (const global TYPE *)A + first, 20, 2, 0);\n"
	"\twait_group_events(2, events);\n"
	"\tfor (size_t k = id; k < 40; k += items)\n"
	"\t\tout[k] = in[39 - k];\n"
	"\tbarrier(CLK_LOCAL_MEM_FENCE);\n"
	"\tevent_t event = async_work_group_copy(R + first, (const local TYPE *)out, 40, 0);\n"
	"\tevent = async_work_group_strided_copy(S + first, (const local TYPE *)some, 20, 2, event);\n"
	"\twait_group_events(1, &event);\n}\n";

static size_t test_copy(const struct tandem_session *session, enum value_type type, int width,
			size_t shape)
{
	struct tandem_random random = { .state = SEED };
	struct source_name name = source_vector(value_types[type].name, width);
	/* A vector of three takes the room of four. */
	size_t scalars = width == 3 ? 4 : (size_t)width;
	size_t element_bytes = scalars * value_types[type].size_bytes;
	size_t bytes = GROUPS * 40 * element_bytes;
	static char a[GROUPS * 40 * 16 * 8], swapped[sizeof(a)], some[sizeof(a)];
	const struct value_buffer buffers[] = { { a, bytes }, { swapped, bytes }, { some, bytes } };
	char options[32];

	value_fill(type, a, GROUPS * 40 * scalars, &random);
	memset(swapped, 0x33, bytes);
	memset(some, 0x55, bytes);
	snprintf(options, sizeof(options), "-DTYPE=%s", name.text);
	if (!run_groups(session, copy_source, options, buffers, 3, shape))
		return 0;
	for (size_t i = 0; i < GROUPS * 40; i++) {
		size_t other = i / 40 * 40 + 39 - i % 40;
		size_t used_bytes = (size_t)width * value_types[type].size_bytes;
		char untouched[16 * 8];

		memset(untouched, 0x55, sizeof(untouched));
		if (memcmp(a + other * element_bytes, swapped + i * element_bytes, used_bytes) != 0)
			value_fail("async_work_group_copy of %s, group of %zu, element %zu",
				   name.text, items_of(shape), i);
		if (memcmp(i % 2 ? untouched : a + i * element_bytes, some + i * element_bytes,
			   used_bytes) != 0)
			value_fail("async_work_group_strided_copy of %s, group of %zu, element %zu",
				   name.text, items_of(shape), i);
	}
	return (size_t)2 * GROUPS * 40;
}

/* Results of the work-group functions on X, one after another for each work-item. */
#define COLLECTIVES 13
static const char *const collective_names[COLLECTIVES] = {
	"reduce_add",
	"reduce_min",
	"reduce_max",
	"scan_inclusive_add",
	"scan_inclusive_min",
	"scan_inclusive_max",
	"scan_exclusive_add",
	"scan_exclusive_min",
	"scan_exclusive_max",
	"broadcast",
	"all",
	"any",
	"broadcast (of the first)",
};

static const char collective_source[] =
	"#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n"
	"#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n"
	"kernel void test(global const TYPE *X, global TYPE *R)\n{\n" IDS "\tTYPE x = X[place];\n"
	"\tglobal TYPE *r = R + place * 13;\n"
	"\tsize_t last_0 = get_local_size(0) - 1, last_1 = get_local_size(1) - 1,"
	" last_2 = get_local_size(2) - 1;\n"
	/* Twice, as one call must not be disturbed by the next. */
	"\tfor (int round = 0; round < 2; round++) {\n"
	"\t\tr[0] = work_group_reduce_add(x);\n"
	"\t\tr[1] = work_group_reduce_min(x);\n"
	"\t\tr[2] = work_group_reduce_max(x);\n"
	"\t\tr[3] = work_group_scan_inclusive_add(x);\n"
	"\t\tr[4] = work_group_scan_inclusive_min(x);\n"
	"\t\tr[5] = work_group_scan_inclusive_max(x);\n"
	"\t\tr[6] = work_group_scan_exclusive_add(x);\n"
	"\t\tr[7] = work_group_scan_exclusive_min(x);\n"
	"\t\tr[8] = work_group_scan_exclusive_max(x);\n"
	"\t\tif (get_work_dim() == 3)\n"
	"\t\t\tr[9] = work_group_broadcast(x, last_0, last_1, last_2);\n"
	"\t\tr[10] = work_group_all(x > (TYPE)3);\n"
	"\t\tr[11] = work_group_any(x > (TYPE)120);\n"
	/* All forms: which one is up to the shape, so the same for the whole group. */
	"\t\tif (last_1 + last_2 == 0)\n"
	"\t\t\tr[12] = work_group_broadcast(x, 0);\n"
	"\t\telse if (last_2 == 0)\n"
	"\t\t\tr[12] = work_group_broadcast(x, 0, 0);\n"
	"\t\telse\n"
	"\t\t\tr[12] = work_group_broadcast(x, 0, 0, 0);\n"
	"\t}\n}\n";

/* What min and max start from in an exclusive scan. */
static double greatest_of(enum value_type type)
{
	return value_types[type].is_real ? (double)INFINITY : (double)value_greatest(type);
}

static double least_of(enum value_type type)
{
	return value_types[type].is_real ? -(double)INFINITY : (double)value_least(type);
}

/* The values are small integers, of which sums are exact in every order. */
static void expect_collectives(enum value_type type, const double *x, size_t items, size_t id,
			       double expected[COLLECTIVES])
{
	double sum = 0;
	double least = greatest_of(type);
	double greatest = least_of(type);

	expected[10] = 1;
	expected[11] = 0;
	for (size_t i = 0; i < items; i++) {
		if (i == id) {
			expected[6] = sum;
			expected[7] = least;
			expected[8] = greatest;
		}
		sum += x[i];
		least = x[i] < least ? x[i] : least;
		greatest = x[i] > greatest ? x[i] : greatest;
		if (i == id) {
			expected[3] = sum;
			expected[4] = least;
			expected[5] = greatest;
		}
		if (!(x[i] > 3))
			expected[10] = 0;
		if (x[i] > 120)
			expected[11] = 1;
	}
	expected[0] = sum;
	expected[1] = least;
	expected[2] = greatest;
	expected[9] = x[items - 1];
	expected[12] = x[0];
}

static void set_number(enum value_type type, void *array, size_t index, double value)
{
	if (value_types[type].is_real)
		value_set_real(type, array, index, value);
	else if (value >= (double)value_greatest(type))
		value_set_integer(type, array, index, value_greatest(type));
	else
		value_set_integer(type, array, index, (__int128)value);
}

/*
 * The first group has no value of three or less, only the last some above 120; of half, sums
 * are no larger than integers that it has.
 */
static double random_number(enum value_type type, size_t place, size_t items,
			    struct tandem_random *random)
{
	double number = (double)tandem_random_below(random, type == TYPE_HALF ? 4 : 117);

	if (place < items)
		return number + 4;
	if (place < 2 * items)
		return number;
	if (type == TYPE_HALF)
		return place % items == items / 2 ? number + 121 : number;
	return number + 60;
}

static size_t test_collectives(const struct tandem_session *session, enum value_type type,
			       size_t shape)
{
	struct tandem_random random = { .state = SEED };
	size_t items = items_of(shape);
	size_t size_bytes = value_types[type].size_bytes;
	static double numbers[GROUPS * MOST_ITEMS];
	static char x[GROUPS * MOST_ITEMS * 8], results[GROUPS * MOST_ITEMS * COLLECTIVES * 8];
	const struct value_buffer buffers[] = {
		{ x, GROUPS * items * size_bytes },
		{ results, GROUPS * items * COLLECTIVES * size_bytes },
	};
	char options[64];

	for (size_t i = 0; i < GROUPS * items; i++) {
		numbers[i] = random_number(type, i, items, &random);
		set_number(type, x, i, numbers[i]);
	}
	snprintf(options, sizeof(options), "-cl-std=CL3.0 -DTYPE=%s", value_types[type].name);
	if (!run_groups(session, collective_source, options, buffers, 2, shape))
		return 0;
	for (size_t i = 0; i < GROUPS * items; i++) {
		double expected[COLLECTIVES];

		expect_collectives(type, numbers + i / items * items, items, i % items, expected);
		for (size_t c = 0; c < COLLECTIVES; c++) {
			const char *seen = results + (i * COLLECTIVES + c) * size_bytes;
			char texts[2][40];
			char value[8];

			set_number(type, value, 0, expected[c]);
			if (value_is_same(type, seen, value))
				continue;
			value_print(type, seen, texts[0], 40);
			value_print(type, value, texts[1], 40);
			value_fail("work_group_%s of %s, group of %zu, work-item %zu: %s, expected"
				   " %s (seed %d)",
				   collective_names[c], value_types[type].name, items, i, texts[0],
				   texts[1], SEED);
		}
	}
	return GROUPS * items * COLLECTIVES;
}

int main(void)
{
	struct tandem_session session;
	size_t checks = 0;
	bool has_collectives;

	tandem_session_open(&session);
	has_collectives =
		tandem_session_has_feature(&session, "__opencl_c_work_group_collective_functions");
	if (!has_collectives)
		printf("SKIP: work-group functions: the device does not have them\n");
	for (size_t shape = 0; shape < SHAPES; shape++) {
		checks += test_barrier(&session, shape);
		for (enum value_type type = TYPE_INT; type < TYPE_COUNT && has_collectives;
		     type++) {
			if (value_type_is_there(&session, type))
				checks += test_collectives(&session, type, shape);
		}
	}
	for (enum value_type type = 0; type < TYPE_COUNT; type++) {
		for (size_t w = 0; w < VALUE_WIDTHS && value_type_is_there(&session, type); w++)
			checks += test_copy(&session, type, value_widths[w], (type + w) % SHAPES);
	}
	tandem_session_close(&session);
	return value_finish(checks);
}
