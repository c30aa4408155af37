// SPDX-License-Identifier: MIT
/*
 * Programs with sub-groups run in bundles, which are these; where one cannot, it is said why, and
 * all sub-groups of the program have one work-item. What kernels and the host are told is the same.
 */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>

#define ITEMS 64
#define MANY  12 /* kernels, more than are built at once */

/* Bodies of kernels that add to s, in which i is the work-item's number. */
static const char *const taken[] = {
	"s += sub_group_reduce_add(i);",
	"if (i & 1) s += sub_group_non_uniform_reduce_add(i);",
	"for (int j = 0; j < i % 5; j++) s += sub_group_shuffle_xor(s, 1) & 1;",
	"s += sub_group_shuffle(i, i & 3); barrier(CLK_GLOBAL_MEM_FENCE); s += sub_group_any(i == 3);",
	"atomic_add(all, 1); s += sub_group_ballot(i & 1).x & 1;",
	"for (int j = 0; j < i; j++) atomic_add(all, 1); s += sub_group_reduce_add(i);",
	"s += work_group_reduce_add(i) & 1; s += sub_group_reduce_add(i);",
	"sub_group_barrier(CLK_GLOBAL_MEM_FENCE); s += get_sub_group_local_id();",
};

static const struct {
	const char *body, *reason;
} refused[] = {
	{ "for (int j = 0; j < i; j++) s += atomic_xchg(all, 0); s += sub_group_reduce_add(i);",
	  "kernel 'k' has sub-groups of one work-item: it has atomics, fences or volatile accesses"
	  " in a loop" },
	{ "volatile global int *v = all; for (int j = 0; j < i; j++) *v = i;"
	  " s += sub_group_reduce_add(i);",
	  "kernel 'k' has sub-groups of one work-item: it has atomics, fences or volatile accesses"
	  " in a loop" },
	{ "if (all[1]) barrier(CLK_GLOBAL_MEM_FENCE); s += sub_group_reduce_add(i);",
	  "kernel 'k' has sub-groups of one work-item: its work-items may be at different"
	  " barriers" },
};

static const char kernel_source[] = "kernel void %s(global int *out, global int *all)\n"
				    "{\n"
				    "\tint i = get_global_id(0), s = 0;\n"
				    "\t%s\n"
				    "\tout[i] = s;\n"
				    "\tif (!i) all[2] = get_max_sub_group_size();\n"
				    "}\n";

/* Work-items of a sub-group, at most: bundles may have more. */
#define MOST_LANES 32

/* How many work-items sub-groups are to have; 0: any number but 1. */
static int expected_lanes(void)
{
	const char *text = getenv("TANDEM_LANES");
	int lanes = text ? atoi(text) : 0;

	return lanes < MOST_LANES ? lanes : MOST_LANES;
}

static size_t lanes_for_host(struct fixture *fixture, cl_program program, const char *name)
{
	size_t local = ITEMS, size = 0;
	cl_int code;
	cl_kernel kernel = clCreateKernel(program, name, &code);

	check(code == CL_SUCCESS, "clCreateKernel: %d", code);
	code = clGetKernelSubGroupInfo(kernel, fixture->device,
				       CL_KERNEL_MAX_SUB_GROUP_SIZE_FOR_NDRANGE, sizeof(local),
				       &local, sizeof(size), &size, NULL);
	check(code == CL_SUCCESS, "clGetKernelSubGroupInfo: %d", code);
	clReleaseKernel(kernel);
	return size;
}

/* Runs a kernel; all are told the same, which it returns. */
static int run(struct fixture *fixture, cl_program program, const char *name)
{
	int *words = fixture_alloc(fixture, (ITEMS + 4) * sizeof(*words));
	const struct fixture_argument arguments[] = { fixture_svm(words),
						      fixture_svm(words + ITEMS) };
	int lanes;

	fixture_run_1d(fixture, program, name, ITEMS, ITEMS, arguments, 2);
	lanes = words[ITEMS + 2];
	check_equal(lanes, lanes_for_host(fixture, program, name));
	fixture_free(fixture, words);
	return lanes;
}

static void test_taken(struct fixture *fixture, const char *body)
{
	int expected = expected_lanes(), lanes;
	char text[1000], notes[4000], note[100];
	cl_program program;

	snprintf(text, sizeof(text), kernel_source, "k", body);
	program = fixture_build_noted(fixture, text, "-cl-std=CL3.0", notes, sizeof(notes));
	lanes = run(fixture, program, "k");
	check(expected ? lanes == expected : lanes > 1, "'%s' has sub-groups of %d", body, lanes);
	snprintf(note, sizeof(note), "runs in bundles of %d work-items", lanes);
	check(lanes == 1 || strstr(notes, note), "'%s': %s", body, notes);
	check(!strstr(notes, "sub-groups of one"), "'%s': %s", body, notes);
	clReleaseProgram(program);
}

/* Beside a kernel that could run in bundles, and has no other sub-groups then. */
static void test_refused(struct fixture *fixture, const char *body, const char *reason)
{
	char text[2000], notes[4000];
	cl_program program;
	int length;

	length = snprintf(text, sizeof(text), kernel_source, "other", taken[0]);
	snprintf(text + length, sizeof(text) - (size_t)length, kernel_source, "k", body);
	program = fixture_build_noted(fixture, text, "-cl-std=CL3.0", notes, sizeof(notes));
	check_equal(1, run(fixture, program, "k"));
	check_equal(1, run(fixture, program, "other"));
	check(expected_lanes() == 1 || strstr(notes, reason), "'%s': %s", body, notes);
	clReleaseProgram(program);
}

/* Without optimisation there are no bundles. */
static void test_plain(struct fixture *fixture)
{
	char text[1000];
	cl_program program;

	snprintf(text, sizeof(text), kernel_source, "k", taken[0]);
	program = fixture_build(fixture, text, "-cl-std=CL3.0 -cl-opt-disable");
	check_equal(1, run(fixture, program, "k"));
	clReleaseProgram(program);
}

static cl_program program_of_binary(struct fixture *fixture, cl_program program)
{
	size_t bytes = 0;
	unsigned char *binary;
	cl_program other;
	cl_int code;

	clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof(bytes), &bytes, NULL);
	binary = malloc(bytes);
	clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof(binary), &binary, NULL);
	other = clCreateProgramWithBinary(fixture->context, 1, &fixture->device, &bytes,
					  (const unsigned char **)&binary, NULL, &code);
	check(code == CL_SUCCESS, "clCreateProgramWithBinary: %d", code);
	code = clBuildProgram(other, 0, NULL, "", NULL, NULL);
	check(code == CL_SUCCESS, "clBuildProgram of a binary: %d", code);
	free(binary);
	return other;
}

/*
 * Of so many kernels that a program's would be built when they are used: all have sub-groups of one
 * size, and so has a program made of its binary.
 */
static void test_many(struct fixture *fixture, bool refuses)
{
	static char text[MANY * 1000];
	char name[16];
	cl_program programs[2];
	bool is_single = refuses || expected_lanes() == 1;
	size_t length = 0;
	int lanes;

	for (size_t k = 0; k < MANY; k++) {
		bool is_last = refuses && k == MANY - 1;
		const char *body = is_last ? refused[0].body : taken[k % FIXTURE_COUNT(taken)];

		snprintf(name, sizeof(name), "k%zu", k);
		length += (size_t)snprintf(text + length, sizeof(text) - length, kernel_source,
					   name, body);
	}
	programs[0] = fixture_build(fixture, text, "-cl-std=CL3.0");
	programs[1] = program_of_binary(fixture, programs[0]);
	lanes = run(fixture, programs[0], "k0");
	check((lanes == 1) == is_single, "sub-groups of %d", lanes);
	for (int k = 0; k < MANY; k++) {
		snprintf(name, sizeof(name), "k%d", k);
		check_equal(lanes, run(fixture, programs[0], name));
		check_equal(lanes, run(fixture, programs[1], name));
	}
	clReleaseProgram(programs[0]);
	clReleaseProgram(programs[1]);
}

int main(void)
{
	struct fixture fixture;
	cl_uint most = 0;

	/* What is in a cache is not noted. */
	setenv("TANDEM_CACHE_DIR", "", 1);
	setenv("TANDEM_DEBUG", "compiler", 1);
	fixture_open(&fixture);
	clGetDeviceInfo(fixture.device, CL_DEVICE_MAX_NUM_SUB_GROUPS, sizeof(most), &most, NULL);
	if (!most)
		check_skip("the device has no sub-groups");
	for (cl_uint i = 0; i < FIXTURE_COUNT(taken); i++)
		test_taken(&fixture, taken[i]);
	for (cl_uint i = 0; i < FIXTURE_COUNT(refused); i++)
		test_refused(&fixture, refused[i].body, refused[i].reason);
	test_plain(&fixture);
	test_many(&fixture, false);
	test_many(&fixture, true);
	fixture_close(&fixture);
	return check_result();
}
