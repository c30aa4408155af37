// SPDX-License-Identifier: MIT
/*
 * Non-uniform work-groups: where the local size does not divide the global one, the groups
 * at the upper edge of a dimension are smaller. What work-items are told of it, barriers and
 * local memory, work-group functions, and which programs may have it.
 */
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#define MOST_ITEMS   6000
#define GUARD_ITEMS  64 /* behind the results, which nothing may write */
#define MOST_GROUP   256
#define RANDOM_TURNS 16
#define FIELDS	     28 /* of a work-item's record */
#define NEIGHBOUR    27
#define COLLECTIVES  8

extern const char uneven_groups_cl[];

struct space {
	cl_uint dimensions;
	size_t size[3], local[3], offset[3]; /* 1, 1 and 0 behind the dimensions */
};

struct fixture {
	struct test_setup base;
	cl_program program;
	cl_mem results, numbers;
	cl_uint *seen, *given; /* what is in the two buffers */
};

/* A work-item's place. */
struct place {
	size_t index[3]; /* without the offset */
	size_t group[3], id[3], local[3]; /* of its own group */
};

static size_t product(const size_t *sizes)
{
	return sizes[0] * sizes[1] * sizes[2];
}

static size_t linear(const size_t *ids, const size_t *sizes)
{
	return (ids[2] * sizes[1] + ids[1]) * sizes[0] + ids[0];
}

static struct place place_of(const struct space *space, size_t index)
{
	struct place place;

	for (int i = 0; i < 3; i++) {
		size_t start, left;

		place.index[i] = index % space->size[i];
		index /= space->size[i];
		place.group[i] = place.index[i] / space->local[i];
		place.id[i] = place.index[i] % space->local[i];
		start = place.group[i] * space->local[i];
		left = space->size[i] - start;
		place.local[i] = left < space->local[i] ? left : space->local[i];
	}
	return place;
}

/* The linear index of the work-item with this linear local id in the group of @place. */
static size_t member(const struct space *space, const struct place *place, size_t id)
{
	size_t index[3];

	for (int i = 0; i < 3; i++) {
		index[i] = place->group[i] * space->local[i] + id % place->local[i];
		id /= place->local[i];
	}
	return linear(index, space->size);
}

static void report(const struct space *space, const char *kernel, size_t index, const char *what,
		   cl_uint expected, cl_uint seen)
{
	check(expected == seen,
	      "%s, %u dimensions, %zu x %zu x %zu in groups of %zu x %zu x %zu: work-item %zu, "
	      "%s: %u, expected %u",
	      kernel, space->dimensions, space->size[0], space->size[1], space->size[2],
	      space->local[0], space->local[1], space->local[2], index, what, seen, expected);
}

/* Runs a kernel whose first argument is the buffer of results. */
static void run(const struct fixture *fixture, cl_kernel kernel, const struct space *space,
		bool chooses)
{
	const cl_uint pattern = 0xabababab;
	cl_command_queue queue = fixture->base.queue;
	size_t bytes = (product(space->size) + GUARD_ITEMS) * FIELDS * sizeof(cl_uint);

	check_success(clSetKernelArg(kernel, 0, sizeof(cl_mem), &fixture->results));
	check_success(clEnqueueFillBuffer(queue, fixture->results, &pattern, sizeof(pattern), 0,
					  bytes, 0, NULL, NULL));
	check_success(clEnqueueNDRangeKernel(queue, kernel, space->dimensions, space->offset,
					     space->size, chooses ? NULL : space->local, 0, NULL,
					     NULL));
	check_success(clEnqueueReadBuffer(queue, fixture->results, CL_TRUE, 0, bytes, fixture->seen,
					  0, NULL, NULL));
}

/* ---- places ---- */

static void expect_record(const struct space *space, size_t index, bool has_neighbour,
			  cl_uint record[FIELDS])
{
	const struct place place = place_of(space, index);
	size_t id = linear(place.id, place.local);

	for (int i = 0; i < 3; i++) {
		record[i] = (cl_uint)place.local[i];
		record[3 + i] = (cl_uint)space->local[i];
		record[6 + i] = (cl_uint)((space->size[i] - 1) / space->local[i] + 1);
		record[9 + i] = (cl_uint)place.group[i];
		record[12 + i] = (cl_uint)place.id[i];
		record[15 + i] = (cl_uint)(place.index[i] + space->offset[i]);
		record[18 + i] = (cl_uint)space->size[i];
		record[21 + i] = (cl_uint)space->offset[i];
	}
	record[24] = (cl_uint)id;
	record[25] = (cl_uint)index;
	record[26] = space->dimensions;
	record[NEIGHBOUR] = 0;
	if (has_neighbour)
		record[NEIGHBOUR] = (cl_uint)member(space, &place, (id + 1) % product(place.local));
}

static void check_records(const struct fixture *fixture, const struct space *space,
			  const char *kernel, bool has_neighbour)
{
	static const char *const names[] = {
		"local size", "enqueued local size", "number of groups", "group id",   "local id",
		"global id",  "global size",	     "global offset",	 "linear ids", "neighbour",
	};

	for (size_t i = 0; i < product(space->size); i++) {
		const cl_uint *seen = fixture->seen + i * FIELDS;
		cl_uint expected[FIELDS];

		expect_record(space, i, has_neighbour, expected);
		for (int k = 0; k < FIELDS; k++) {
			if (seen[k] == expected[k])
				continue;
			report(space, kernel, i, names[k == NEIGHBOUR ? 9 : k / 3], expected[k],
			       seen[k]);
			return;
		}
	}
	for (size_t k = 0; k < (size_t)GUARD_ITEMS * FIELDS; k++) {
		if (!check(fixture->seen[product(space->size) * FIELDS + k] == 0xabababab,
			   "%s writes behind its results", kernel))
			return;
	}
}

static void check_places(const struct fixture *fixture, const struct space *space)
{
	cl_kernel places = test_kernel(fixture->program, "places");
	cl_kernel neighbours = test_kernel(fixture->program, "neighbours");

	run(fixture, places, space, false);
	check_records(fixture, space, "places", false);
	check_success(clSetKernelArg(neighbours, 1, product(space->local) * sizeof(cl_uint), NULL));
	run(fixture, neighbours, space, false);
	check_records(fixture, space, "neighbours", true);
	check_success(clReleaseKernel(neighbours));
	check_success(clReleaseKernel(places));
}

/* Without a local size the groups are what the first work-item says. */
static void check_chosen(const struct fixture *fixture, const struct space *asked)
{
	cl_kernel kernel = test_kernel(fixture->program, "neighbours");
	struct space space = *asked;

	check_success(clSetKernelArg(kernel, 1, MOST_ITEMS * sizeof(cl_uint), NULL));
	run(fixture, kernel, &space, true);
	for (int i = 0; i < 3; i++) {
		space.local[i] = fixture->seen[3 + i];
		check_fatal(space.local[i] && space.local[i] <= space.size[i],
			    "a local size of %zu was chosen for %zu", space.local[i],
			    space.size[i]);
	}
	check_records(fixture, &space, "neighbours without a local size", true);
	check_success(clReleaseKernel(kernel));
}

static void check_required(const struct fixture *fixture, const struct space *asked)
{
	static const char *const names[] = { "required", "required_neighbours" };
	struct space space = { 3, { 0 }, { 16, 3, 2 }, { 0 } };

	memcpy(space.size, asked->size, sizeof(space.size));
	for (int k = 0; k < 4; k++) {
		cl_kernel kernel = test_kernel(fixture->program, names[k % 2]);

		run(fixture, kernel, &space, k / 2);
		check_records(fixture, &space, names[k % 2], k % 2);
		check_success(clReleaseKernel(kernel));
	}
}

/* ---- what groups do ---- */

static void check_turns(const struct fixture *fixture, const struct space *space)
{
	cl_kernel kernel = test_kernel(fixture->program, "turns");

	check_success(clSetKernelArg(kernel, 1, sizeof(cl_mem), &fixture->numbers));
	run(fixture, kernel, space, false);
	for (size_t i = 0; i < product(space->size); i++) {
		const struct place place = place_of(space, i);
		cl_uint sum = 0;

		for (size_t k = 0; k < i % 23; k++)
			sum = sum * 3 + fixture->given[k] + (cl_uint)place.id[0];
		for (size_t k = 0; k < place.local[0]; k++)
			sum += fixture->given[k % 64] ^ (cl_uint)k;
		report(space, "turns", i, "sum", sum, fixture->seen[i]);
	}
	check_success(clReleaseKernel(kernel));
}

static void check_copies(const struct fixture *fixture, const struct space *space)
{
	cl_kernel kernel = test_kernel(fixture->program, "copies");
	size_t groups[3];

	check_success(clSetKernelArg(kernel, 1, sizeof(cl_mem), &fixture->numbers));
	check_success(clSetKernelArg(kernel, 2, product(space->local) * sizeof(cl_uint), NULL));
	run(fixture, kernel, space, false);
	for (int i = 0; i < 3; i++)
		groups[i] = (space->size[i] - 1) / space->local[i] + 1;
	for (size_t i = 0; i < product(space->size); i++) {
		const struct place place = place_of(space, i);
		size_t other = product(place.local) - 1 - linear(place.id, place.local);
		size_t first = linear(place.group, groups) % 16;

		report(space, "copies", i, "element", fixture->given[first + other],
		       fixture->seen[i]);
	}
	check_success(clReleaseKernel(kernel));
}

static cl_int at(const struct fixture *fixture, const struct space *space,
		 const struct place *place, size_t id)
{
	return (cl_int)fixture->given[member(space, place, id)];
}

static void expect_collectives(const struct fixture *fixture, const struct space *space,
			       size_t index, cl_int expected[COLLECTIVES])
{
	const struct place place = place_of(space, index);
	size_t items = product(place.local), id = linear(place.id, place.local);
	cl_int any = 0, all = 1, first = at(fixture, space, &place, 0);

	memcpy(expected, (cl_int[COLLECTIVES]){ 0, first, first, 0, 0, first }, sizeof(any) * 6);
	for (size_t i = 0; i < items; i++) {
		cl_int x = at(fixture, space, &place, i);

		expected[0] += x;
		expected[1] = x < expected[1] ? x : expected[1];
		expected[2] = x > expected[2] ? x : expected[2];
		expected[3] += i <= id ? x : 0;
		expected[4] += i < id ? x : 0;
		if (i <= id && x > expected[5])
			expected[5] = x;
		any |= x > 900;
		all &= x > 100;
	}
	expected[6] = at(fixture, space, &place, items - 1);
	expected[7] = any + 2 * all;
}

static void check_collectives(const struct fixture *fixture, const struct space *space)
{
	static const char *const names[COLLECTIVES] = {
		"sum",		 "least",	    "greatest",	 "inclusive sum",
		"exclusive sum", "greatest so far", "broadcast", "any and all",
	};
	cl_kernel kernel = test_kernel(fixture->program, "collect");

	check_success(clSetKernelArg(kernel, 1, sizeof(cl_mem), &fixture->numbers));
	run(fixture, kernel, space, false);
	for (size_t i = 0; i < product(space->size); i++) {
		cl_int expected[COLLECTIVES];

		expect_collectives(fixture, space, i, expected);
		for (int k = 0; k < COLLECTIVES; k++)
			report(space, "collect", i, names[k], (cl_uint)expected[k],
			       fixture->seen[i * COLLECTIVES + (size_t)k]);
	}
	check_success(clReleaseKernel(kernel));
}

/* ---- geometries ---- */

static void check_space(const struct fixture *fixture, const struct space *space)
{
	check_places(fixture, space);
	check_chosen(fixture, space);
	check_required(fixture, space);
	check_turns(fixture, space);
	check_copies(fixture, space);
	check_collectives(fixture, space);
}

static void check_spaces(const struct fixture *fixture)
{
	static const struct space spaces[] = {
		/* Less than a group, one work-item more or less, primes. */
		{ 1, { 1, 1, 1 }, { 2, 1, 1 }, { 0 } },
		{ 1, { 3, 1, 1 }, { 64, 1, 1 }, { 7 } },
		{ 1, { 65, 1, 1 }, { 64, 1, 1 }, { 0 } },
		{ 1, { 127, 1, 1 }, { 64, 1, 1 }, { 0 } },
		{ 1, { 1009, 1, 1 }, { 17, 1, 1 }, { 3 } },
		{ 1, { 4999, 1, 1 }, { 256, 1, 1 }, { 0 } },
		{ 2, { 33, 7, 1 }, { 16, 7, 1 }, { 0 } },
		{ 2, { 32, 7, 1 }, { 16, 2, 1 }, { 1, 2 } },
		{ 2, { 33, 7, 1 }, { 16, 2, 1 }, { 0 } },
		{ 2, { 5, 3, 1 }, { 8, 8, 1 }, { 0 } },
		{ 2, { 1, 61, 1 }, { 4, 60, 1 }, { 0 } },
		{ 3, { 16, 8, 5 }, { 16, 4, 2 }, { 0 } },
		{ 3, { 17, 5, 3 }, { 16, 4, 2 }, { 5, 0, 9 } },
		{ 3, { 7, 11, 13 }, { 2, 3, 4 }, { 0 } },
		{ 3, { 1, 1, 5 }, { 2, 2, 4 }, { 0 } },
		/* And one that divides. */
		{ 3, { 16, 8, 4 }, { 8, 4, 2 }, { 0 } },
	};

	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
		check_space(fixture, &spaces[i]);
}

static void check_random(const struct fixture *fixture, struct test_random *random)
{
	for (int turn = 0; turn < test_rounds(RANDOM_TURNS); turn++) {
		struct space space = {
			1 + (cl_uint)test_random_below(random, 3), { 1, 1, 1 }, { 1, 1, 1 }, { 0 }
		};
		size_t room = MOST_ITEMS, group = MOST_GROUP;

		for (cl_uint i = 0; i < space.dimensions; i++) {
			space.size[i] =
				1 + test_random_below(random, 1 + test_random_below(random, room));
			space.local[i] =
				1 + test_random_below(random, 1 + test_random_below(random, group));
			space.offset[i] = test_random_below(random, 100);
			room /= space.size[i];
			group /= space.local[i];
		}
		check_space(fixture, &space);
	}
}

static void check_program(struct fixture *fixture)
{
	struct test_random random = { test_seed(30) };

	check_spaces(fixture);
	check_random(fixture, &random);
}

/* ---- which programs ---- */

static cl_int launch(const struct fixture *fixture, cl_program program, const char *name,
		     size_t size, const size_t *local)
{
	cl_kernel kernel = test_kernel(program, name);
	const size_t sizes[3] = { size, 3, 2 };
	cl_int code;

	check_success(clSetKernelArg(kernel, 0, sizeof(cl_mem), &fixture->results));
	code = clEnqueueNDRangeKernel(fixture->base.queue, kernel, 3, NULL, sizes, local, 0, NULL,
				      NULL);
	check_success(clFinish(fixture->base.queue));
	check_success(clReleaseKernel(kernel));
	return code;
}

/* Launches of a program that takes any local size, or where @code is an error, does not. */
static void check_launches(const struct fixture *fixture, cl_program program, cl_int code)
{
	static const size_t local[3] = { 16, 3, 2 }, other[3] = { 16, 2, 2 };

	check_equal(code, launch(fixture, program, "places", 17, local));
	check_equal(code, launch(fixture, program, "places", 15, local));
	check_equal(code, launch(fixture, program, "required", 17, local));
	check_equal(code, launch(fixture, program, "required", 17, NULL));
	check_equal(CL_SUCCESS, launch(fixture, program, "places", 17, NULL));
	check_equal(CL_SUCCESS, launch(fixture, program, "required", 32, local));
	check_equal(CL_INVALID_WORK_GROUP_SIZE, launch(fixture, program, "required", 32, other));
}

/* The same with the program compiled and linked, and from its binary. */
static void check_ways(const struct fixture *fixture, const char *options, cl_int code)
{
	const char *source = uneven_groups_cl;
	cl_context context = fixture->base.context;
	cl_program object, programs[3];
	unsigned char *binary;
	size_t bytes = 0;

	programs[0] = test_build(context, source, options);
	object = clCreateProgramWithSource(context, 1, &source, NULL, NULL);
	check_success_fatal(clCompileProgram(object, 0, NULL, options, 0, NULL, NULL, NULL, NULL));
	programs[1] = clLinkProgram(context, 0, NULL, "", 1, &object, NULL, NULL, NULL);
	binary = test_binary(programs[0], &bytes);
	programs[2] = clCreateProgramWithBinary(context, 1, &fixture->base.device, &bytes,
						(const unsigned char **)&binary, NULL, NULL);
	check_success_fatal(clBuildProgram(programs[2], 0, NULL, "", NULL, NULL));
	for (int i = 0; i < 3; i++) {
		check_launches(fixture, programs[i], code);
		check_success(clReleaseProgram(programs[i]));
	}
	check_success(clReleaseProgram(object));
	free(binary);
}

static void check_options(const struct fixture *fixture)
{
	/* What other versions of OpenCL C than 3.0 lack is left out. */
	static const char only_places[] =
		"kernel void places(global uint *out) { out[0] = get_local_size(0); }\n"
		"kernel __attribute__((reqd_work_group_size(16, 3, 2))) void\n"
		"required(global uint *out) { out[1] = get_local_size(0); }\n";
	static const struct {
		const char *options;
		cl_int code;
	} cases[] = {
		{ "", CL_INVALID_WORK_GROUP_SIZE },
		{ "-cl-std=CL1.1", CL_INVALID_WORK_GROUP_SIZE },
		{ "-cl-std=CL1.2", CL_INVALID_WORK_GROUP_SIZE },
		{ "-cl-std=CL2.0", CL_SUCCESS },
		{ "-cl-std=CL2.0 -cl-uniform-work-group-size", CL_INVALID_WORK_GROUP_SIZE },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cl_program program =
			test_build(fixture->base.context, only_places, cases[i].options);

		check_launches(fixture, program, cases[i].code);
		check_success(clReleaseProgram(program));
	}
	check_ways(fixture, "-cl-std=CL3.0", CL_SUCCESS);
	check_ways(fixture, "-cl-std=CL3.0 -cl-uniform-work-group-size",
		   CL_INVALID_WORK_GROUP_SIZE);
}

/* Bytes of a work-item's private memory, where a kernel has an array of so many. */
static cl_ulong private_bytes(const struct fixture *fixture, size_t array_bytes,
			      const char *options)
{
	static const char source[] =
		"#ifdef SHARED\n"
		"global int shared;\n"
		"kernel void count(void) { shared++; }\n"
		"#endif\n"
		"kernel __attribute__((reqd_work_group_size(16, 1, 1))) void f(global int *out, int n)\n"
		"{\n"
		"	int array[SIZE];\n"
		"	for (int i = 0; i < SIZE; i++)\n"
		"		array[i] = i * n + (int)get_local_id(0);\n"
		"	for (int i = 0; i < n; i++)\n"
		"		array[(array[i] * 7 + i) & (SIZE - 1)] += (int)get_local_size(0);\n"
		"	out[get_global_id(0)] = array[n * 977 & (SIZE - 1)];\n"
		"}\n";
	char all[64];
	cl_program program;
	cl_kernel kernel;
	cl_ulong bytes = 0;

	snprintf(all, sizeof(all), "-cl-std=CL3.0 -DSIZE=%zu %s", array_bytes / sizeof(cl_int),
		 options);
	program = test_build(fixture->base.context, source, all);
	kernel = test_kernel(program, "f");
	check_success(clGetKernelWorkGroupInfo(kernel, fixture->base.device,
					       CL_KERNEL_PRIVATE_MEM_SIZE, sizeof(bytes), &bytes,
					       NULL));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseProgram(program));
	return bytes;
}

/*
 * Where kernels share a variable, all code is made at once. Of a kernel that requires a size
 * there are two functions then, one for smaller groups, which the other may call: a stack needs
 * room for both. Not where that is much.
 */
static void check_private_bytes(const struct fixture *fixture)
{
	const size_t some = 32 << 10, many = 256 << 10;
	cl_ulong one = private_bytes(fixture, some, ""),
		 two = private_bytes(fixture, some, "-DSHARED"),
		 large = private_bytes(fixture, many, "-DSHARED");

	check(one >= some && one < 2 * some, "%llu bytes for one of 32 KiB",
	      (unsigned long long)one);
	check(two >= 2 * some, "%llu bytes for two of 32 KiB", (unsigned long long)two);
	check(large >= many && large < 2 * many, "%llu bytes for one of 256 KiB",
	      (unsigned long long)large);
}

int main(void)
{
	static const char *const options[] = { "-cl-std=CL3.0", "-cl-std=CL3.0 -cl-opt-disable" };
	const size_t bytes = (MOST_ITEMS + GUARD_ITEMS) * sizeof(cl_uint);
	struct fixture fixture = { .base = test_open() };
	struct test_random random = { test_seed(31) };
	cl_bool has = CL_FALSE;

	check_success(clGetDeviceInfo(fixture.base.device, CL_DEVICE_NON_UNIFORM_WORK_GROUP_SUPPORT,
				      sizeof(has), &has, NULL));
	if (!has)
		check_skip("the device has no non-uniform work-groups");
	fixture.seen = malloc(bytes * FIELDS);
	fixture.given = malloc(bytes);
	check_fatal(fixture.seen && fixture.given, "no memory");
	for (size_t i = 0; i < MOST_ITEMS + GUARD_ITEMS; i++)
		fixture.given[i] = (cl_uint)test_random_below(&random, 1000);
	fixture.results = test_buffer(fixture.base.context, bytes * FIELDS, NULL);
	fixture.numbers = test_buffer(fixture.base.context, bytes, fixture.given);
	for (int i = 0; i < 2; i++) {
		test_step(options[i]);
		fixture.program = test_build(fixture.base.context, uneven_groups_cl, options[i]);
		check_program(&fixture);
		check_success(clReleaseProgram(fixture.program));
	}
	test_step("options");
	check_options(&fixture);
	test_step("private memory");
	check_private_bytes(&fixture);
	check_success(clReleaseMemObject(fixture.numbers));
	check_success(clReleaseMemObject(fixture.results));
	free(fixture.given);
	free(fixture.seen);
	test_close(&fixture.base);
	return check_result();
}
