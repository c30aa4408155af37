// SPDX-License-Identifier: MIT
/* Programs from binaries: the way there and back, and what is damaged. */
#include <string.h>

#include "harness.h"

extern const char programs_cl[];

struct binary {
	unsigned char *bytes;
	size_t length;
};

static cl_program compiled(const struct test_setup *setup)
{
	const char *source = programs_cl;
	cl_int code;
	cl_program program = clCreateProgramWithSource(setup->context, 1, &source, NULL, &code);

	check_success_fatal(code);
	check_success_fatal(
		clCompileProgram(program, 0, NULL, "-D VALUE=17", 0, NULL, NULL, NULL, NULL));
	return program;
}

static cl_program linked(const struct test_setup *setup, cl_program object, const char *options)
{
	cl_int code;
	cl_program program =
		clLinkProgram(setup->context, 0, NULL, options, 1, &object, NULL, NULL, &code);

	check_success_fatal(code);
	return program;
}

static struct binary binary_of(cl_program program)
{
	struct binary binary = { NULL, 0 };

	check_success_fatal(clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES,
					     sizeof(binary.length), &binary.length, NULL));
	check_fatal(binary.length, "no binary");
	binary.bytes = malloc(binary.length);
	check_fatal(binary.bytes, "no memory");
	check_success_fatal(clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof(binary.bytes),
					     &binary.bytes, NULL));
	return binary;
}

/* The code and the status of making a program; releases the program, if there is one. */
static cl_int try_binary(const struct test_setup *setup, const unsigned char *bytes, size_t length,
			 cl_int *status)
{
	cl_int code = 1;
	cl_program program;

	*status = 1;
	program = clCreateProgramWithBinary(setup->context, 1, &setup->device, &length, &bytes,
					    status, &code);
	if (program)
		check_success(clReleaseProgram(program));
	return code;
}

static cl_program from_binary(const struct test_setup *setup, const struct binary *binary)
{
	const unsigned char *bytes = binary->bytes;
	cl_int code, status = 1;
	cl_program program = clCreateProgramWithBinary(setup->context, 1, &setup->device,
						       &binary->length, &bytes, &status, &code);

	check_success_fatal(code);
	check_success(status);
	return program;
}

static cl_program_binary_type type_of(const struct test_setup *setup, cl_program program)
{
	cl_program_binary_type type = 7;

	check_success(clGetProgramBuildInfo(program, setup->device, CL_PROGRAM_BINARY_TYPE,
					    sizeof(type), &type, NULL));
	return type;
}

static void check_runs(const struct test_setup *setup, cl_program program)
{
	const size_t items = 4;
	const cl_int number = 100;
	cl_kernel kernel = test_kernel(program, "second");
	cl_mem buffer = test_buffer(setup->context, items * sizeof(cl_int), NULL);
	cl_int seen[4];

	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_success(clSetKernelArg(kernel, 1, sizeof(number), &number));
	check_success(
		clEnqueueNDRangeKernel(setup->queue, kernel, 1, NULL, &items, NULL, 0, NULL, NULL));
	check_success(clEnqueueReadBuffer(setup->queue, buffer, CL_TRUE, 0, sizeof(seen), seen, 0,
					  NULL, NULL));
	for (int i = 0; i < 4; i++)
		check_equal(101 + i, seen[i]);
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseKernel(kernel));
}

/* ---- there and back ---- */

/* Each kind of binary is read back as what it is, and is good for what it was. */
static void test_round_trip(const struct test_setup *setup)
{
	cl_program object = compiled(setup);
	cl_program library = linked(setup, object, "-create-library");
	cl_program executable = linked(setup, object, NULL);
	cl_program programs[3] = { object, library, executable };
	static const cl_program_binary_type types[3] = { CL_PROGRAM_BINARY_TYPE_COMPILED_OBJECT,
							 CL_PROGRAM_BINARY_TYPE_LIBRARY,
							 CL_PROGRAM_BINARY_TYPE_EXECUTABLE };

	test_step("binaries of every kind, there and back");
	for (int i = 0; i < 3; i++) {
		struct binary binary = binary_of(programs[i]), again;
		cl_program program = from_binary(setup, &binary), usable = program;

		check_equal(types[i], type_of(setup, program));
		again = binary_of(program);
		check(again.length == binary.length &&
			      !memcmp(again.bytes, binary.bytes, again.length),
		      "another binary comes back");
		if (i < 2)
			usable = linked(setup, program, NULL);
		else
			check_success(clBuildProgram(program, 0, NULL, NULL, NULL, NULL));
		check_equal(CL_PROGRAM_BINARY_TYPE_EXECUTABLE, type_of(setup, usable));
		check_runs(setup, usable);
		if (usable != program)
			check_success(clReleaseProgram(usable));
		check_success(clReleaseProgram(program));
		check_success(clReleaseProgram(programs[i]));
		free(binary.bytes);
		free(again.bytes);
	}
}

/* A binary has no source, and needs a build before it has kernels. */
static void test_unbuilt(const struct test_setup *setup, const struct binary *binary)
{
	cl_program program = from_binary(setup, binary);
	cl_build_status status = 7;
	char source[16] = "x";
	size_t bytes = 0;
	cl_int code;

	test_step("a binary that was not built");
	check_success(clGetProgramInfo(program, CL_PROGRAM_SOURCE, sizeof(source), source, &bytes));
	check(bytes == 1 && !source[0], "%zu bytes of source", bytes);
	check_success(clGetProgramBuildInfo(program, setup->device, CL_PROGRAM_BUILD_STATUS,
					    sizeof(status), &status, NULL));
	check_equal(CL_BUILD_NONE, status);
	check(!clCreateKernel(program, "first", &code), "a kernel");
	check_equal(CL_INVALID_PROGRAM_EXECUTABLE, code);
	check_success(clBuildProgram(program, 0, NULL, NULL, NULL, NULL));
	check_runs(setup, program);
	check_success(clReleaseProgram(program));
}

/* Entries of the list of pointers that are NULL are left out. */
static void test_null_pointer(const struct test_setup *setup, const struct binary *binary)
{
	cl_program program = from_binary(setup, binary);
	unsigned char *none = NULL;

	test_step("binaries that nobody wants");
	check_success(clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof(none), &none, NULL));
	check_success(clReleaseProgram(program));
}

/* ---- damage ---- */

static void check_refused(const struct test_setup *setup, const unsigned char *bytes, size_t length,
			  const char *what, size_t where)
{
	cl_int status, code = try_binary(setup, bytes, length, &status);

	check(code == CL_INVALID_BINARY && status == CL_INVALID_BINARY,
	      "%s %zu: code %d, status %d", what, where, code, status);
}

/* Every length that is less, in blocks of their own so that reading behind them shows. */
static void test_truncated(const struct test_setup *setup, const struct binary *binary)
{
	test_step("truncated binaries");
	for (size_t length = 1; length < binary->length; length += length < 600 ? 1 : 97) {
		unsigned char *part = malloc(length);

		check_fatal(part, "no memory");
		memcpy(part, binary->bytes, length);
		check_refused(setup, part, length, "cut off at", length);
		free(part);
	}
}

static void test_lengthened(const struct test_setup *setup, const struct binary *binary)
{
	unsigned char *longer = calloc(1, binary->length + 16);

	test_step("a binary with bytes behind its end");
	check_fatal(longer, "no memory");
	memcpy(longer, binary->bytes, binary->length);
	check_refused(setup, longer, binary->length + 16, "made longer by", 16);
	free(longer);
}

/* One bit of each byte of the head, and of random bytes behind it. */
static void test_flipped(const struct test_setup *setup, const struct binary *binary, uint64_t seed)
{
	struct test_random random = { seed };

	test_step("binaries with a wrong bit");
	for (size_t i = 0; i < 1000; i++) {
		size_t where = i < 256 ? i : test_random_below(&random, binary->length);
		unsigned char bit = (unsigned char)(1u << test_random_below(&random, 8));

		if (where >= binary->length)
			continue;
		binary->bytes[where] ^= bit;
		check_refused(setup, binary->bytes, binary->length, "wrong at", where);
		binary->bytes[where] ^= bit;
	}
}

static void test_garbage(const struct test_setup *setup, const struct binary *binary, uint64_t seed)
{
	struct test_random random = { seed };
	unsigned char *bytes = malloc(binary->length);

	test_step("garbage");
	check_fatal(bytes, "no memory");
	for (size_t i = 0; i < 50; i++) {
		size_t length = 1 + test_random_below(&random, binary->length);
		/* With a good beginning, half of the time. */
		size_t good = i % 2 ? test_random_below(&random, length) : 0;

		memcpy(bytes, binary->bytes, good);
		for (size_t j = good; j < length; j++)
			bytes[j] = (unsigned char)test_random_next(&random);
		check_refused(setup, bytes, length, "garbage of length", length);
	}
	free(bytes);
}

int main(void)
{
	struct test_setup setup = test_open();
	uint64_t seed = test_seed(1);
	cl_program object = compiled(&setup), executable = linked(&setup, object, NULL);
	struct binary binary = binary_of(executable);

	test_round_trip(&setup);
	test_unbuilt(&setup, &binary);
	test_null_pointer(&setup, &binary);
	test_truncated(&setup, &binary);
	test_lengthened(&setup, &binary);
	test_flipped(&setup, &binary, seed);
	test_garbage(&setup, &binary, seed);
	free(binary.bytes);
	check_success(clReleaseProgram(object));
	check_success(clReleaseProgram(executable));
	test_close(&setup);
	return check_result();
}
