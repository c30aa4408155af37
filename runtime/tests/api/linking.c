// SPDX-License-Identifier: MIT
/* Compiling and linking apart: headers, libraries, several objects, and what goes wrong. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

static cl_program from_source(cl_context context, const char *source)
{
	cl_int code;
	cl_program program = clCreateProgramWithSource(context, 1, &source, NULL, &code);

	check_success_fatal(code);
	return program;
}

static cl_program object_of(cl_context context, const char *source)
{
	cl_program program = from_source(context, source);

	check_success_fatal(clCompileProgram(program, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL));
	return program;
}

static cl_program link_all(cl_context context, const char *options, cl_uint count,
			   const cl_program *inputs)
{
	cl_int code;
	cl_program program =
		clLinkProgram(context, 0, NULL, options, count, inputs, NULL, NULL, &code);

	check_success_fatal(code);
	return program;
}

static const char *log_of(const struct test_setup *setup, cl_program program)
{
	static char log[65536];

	log[0] = 0;
	check_success(clGetProgramBuildInfo(program, setup->device, CL_PROGRAM_BUILD_LOG,
					    sizeof(log), log, NULL));
	return log;
}

/* What kernel 'f' of the program writes. */
static cl_int run(const struct test_setup *setup, cl_program program)
{
	const size_t one = 1;
	cl_kernel kernel = test_kernel(program, "f");
	cl_mem buffer = test_buffer(setup->context, sizeof(cl_int), NULL);
	cl_int seen = -1;

	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_success(
		clEnqueueNDRangeKernel(setup->queue, kernel, 1, NULL, &one, NULL, 0, NULL, NULL));
	check_success(clEnqueueReadBuffer(setup->queue, buffer, CL_TRUE, 0, sizeof(seen), &seen, 0,
					  NULL, NULL));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(buffer));
	return seen;
}

static void release_all(cl_uint count, const cl_program *programs)
{
	for (cl_uint i = 0; i < count; i++)
		check_success(clReleaseProgram(programs[i]));
}

/* ---- headers ---- */

#define MOST_HEADERS 3

struct header_case {
	const char *what;
	const char *source;
	const char *names[MOST_HEADERS], *texts[MOST_HEADERS];
	cl_int wanted;
};

static void check_headers(const struct test_setup *setup, const struct header_case *test,
			  const char *options)
{
	cl_program headers[MOST_HEADERS], program = from_source(setup->context, test->source);
	cl_uint count = 0;
	cl_program executable;
	cl_int code;

	for (; count < MOST_HEADERS && test->names[count]; count++)
		headers[count] = from_source(setup->context, test->texts[count]);
	code = clCompileProgram(program, 0, NULL, options, count, headers,
				(const char **)test->names, NULL, NULL);
	if (check(code == CL_SUCCESS, "%s: code %d, %s", test->what, code,
		  log_of(setup, program))) {
		cl_int seen;

		executable = link_all(setup->context, NULL, 1, &program);
		seen = run(setup, executable);
		check(seen == test->wanted, "%s: %d, expected %d", test->what, seen, test->wanted);
		check_success(clReleaseProgram(executable));
	}
	release_all(count, headers);
	check_success(clReleaseProgram(program));
}

#define KERNEL(expression) "\nkernel void f(global int *out) { out[0] = " expression "; }"

static void test_headers(const struct test_setup *setup)
{
	static const struct header_case cases[] = {
		{ "a header in brackets",
		  "#include <one.h>" KERNEL("ONE"),
		  { "one.h" },
		  { "#define ONE 1" },
		  1 },
		{ "a header in quotes",
		  "#include \"one.h\"" KERNEL("ONE"),
		  { "one.h" },
		  { "#define ONE 2" },
		  2 },
		{ "headers in folders",
		  "#include <a/one.h>\n#include <a/b/two.h>" KERNEL("ONE + TWO"),
		  { "a/one.h", "a/b/two.h" },
		  { "#define ONE 1", "#define TWO 20" },
		  21 },
		{ "headers that include each other",
		  "#include <a/one.h>" KERNEL("ONE"),
		  { "a/one.h", "a/two.h", "three.h" },
		  { "#include \"two.h\"\n#define ONE (TWO + 1)",
		    "#include <three.h>\n#define TWO (THREE + 10)", "#define THREE 100" },
		  111 },
		{ "a header that is not included",
		  KERNEL("4"),
		  { "one.h" },
		  { "#error one.h was included" },
		  4 },
		{ "two headers of one name: the first counts",
		  "#include <one.h>" KERNEL("ONE"),
		  { "one.h", "one.h" },
		  { "#define ONE 5", "#define ONE 6" },
		  5 },
	};

	test_step("headers");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_headers(setup, &cases[i], NULL);
}

/* Headers that are given are searched before the folders of -I. */
static void test_search_order(const struct test_setup *setup)
{
	static const struct header_case embedded = { "a header that is in a folder as well",
						     "#include <one.h>" KERNEL("ONE"),
						     { "one.h" },
						     { "#define ONE 7" },
						     7 };
	static const struct header_case in_folder = {
		"a header in a folder", "#include <one.h>" KERNEL("ONE"), { "two.h" }, { "" }, 8
	};
	char folder[] = "/tmp/tandem-test-XXXXXX", path[64], options[64];
	FILE *file;

	test_step("the order of headers");
	check_fatal(mkdtemp(folder), "no folder");
	snprintf(path, sizeof(path), "%s/one.h", folder);
	file = fopen(path, "w");
	check_fatal(file && fputs("#define ONE 8\n", file) >= 0 && !fclose(file), "%s", path);
	snprintf(options, sizeof(options), "-I %s", folder);
	check_headers(setup, &in_folder, options);
	check_headers(setup, &embedded, options);
	check_equal(0, unlink(path) | rmdir(folder));
}

static void test_missing_header(const struct test_setup *setup)
{
	cl_program program = from_source(setup->context, "#include <absent.h>\n" KERNEL("1"));
	cl_program header = from_source(setup->context, "#define ONE 1");
	const char *name = "present.h";

	test_step("a header that is missing");
	check_equal(CL_COMPILE_PROGRAM_FAILURE,
		    clCompileProgram(program, 0, NULL, NULL, 1, &header, &name, NULL, NULL));
	check(strstr(log_of(setup, program), "absent.h"), "'%s'", log_of(setup, program));
	check_success(clReleaseProgram(program));
	check_success(clReleaseProgram(header));
}

/* ---- linking ---- */

static void test_objects(const struct test_setup *setup)
{
	cl_program inputs[3] = {
		object_of(setup->context,
			  "int twice(int x); int more(int x);\n"
			  "kernel void f(global int *o) { o[0] = more(twice(5)); }"),
		object_of(setup->context, "int twice(int x) { return 2 * x; }"),
		object_of(setup->context,
			  "constant int amount = 30; int more(int x) { return x + amount; }"),
	};
	cl_program executable, library, from_library;

	test_step("several objects");
	executable = link_all(setup->context, NULL, 3, inputs);
	check_equal(40, run(setup, executable));
	check_success(clReleaseProgram(executable));

	library = link_all(setup->context, "-create-library -enable-link-options", 2, &inputs[1]);
	check_success(clReleaseProgram(inputs[1]));
	check_success(clReleaseProgram(inputs[2]));
	inputs[1] = library;
	from_library = link_all(setup->context, "-cl-fast-relaxed-math", 2, inputs);
	check_equal(40, run(setup, from_library));
	/* What was linked needs its inputs no more. */
	release_all(2, inputs);
	check_equal(40, run(setup, from_library));
	check_success(clReleaseProgram(from_library));
}

/* A function of a header that two objects share; another object may have a definition of its own. */
static void test_inline_functions(const struct test_setup *setup)
{
	static const char *const shared = "inline int add(int x) { return x + 1; }\n"
					  "inline __attribute__((noinline)) int own%s(int x)\n"
					  "{ return add(x) * 2; }\n";
	char texts[2][512];
	cl_program inputs[2], executable;

	test_step("inline functions");
	snprintf(texts[0], sizeof(texts[0]), shared, "_a");
	strcat(texts[0], "int other(int x); kernel void f(global int *o)"
			 "{ o[0] = own_a(3) + other(10) + add(0); }");
	snprintf(texts[1], sizeof(texts[1]), shared, "_b");
	strcat(texts[1], "int other(int x) { return own_b(x); }");
	for (int i = 0; i < 2; i++)
		inputs[i] = object_of(setup->context, texts[i]);
	executable = link_all(setup->context, NULL, 2, inputs);
	check_equal(8 + 22 + 1, run(setup, executable));
	check_success(clReleaseProgram(executable));
	release_all(2, inputs);
}

/* Linking that fails gives a program with a log. */
static void check_link_fails(const struct test_setup *setup, cl_uint count,
			     const cl_program *inputs, const char *in_log)
{
	cl_build_status status = CL_BUILD_NONE;
	cl_int code;
	cl_program program =
		clLinkProgram(setup->context, 0, NULL, NULL, count, inputs, NULL, NULL, &code);

	check_equal(CL_LINK_PROGRAM_FAILURE, code);
	if (!check(program, "no program to ask for the log"))
		return;
	check_success(clGetProgramBuildInfo(program, setup->device, CL_PROGRAM_BUILD_STATUS,
					    sizeof(status), &status, NULL));
	check_equal(CL_BUILD_ERROR, status);
	check(strstr(log_of(setup, program), in_log), "'%s'", log_of(setup, program));
	check_success(clReleaseProgram(program));
}

static void test_link_failures(const struct test_setup *setup)
{
	cl_program inputs[2] = {
		object_of(setup->context,
			  "int missing_one(int x);\n"
			  "kernel void f(global int *o) { o[0] = missing_one(1); }"),
		object_of(setup->context, "kernel void f(global int *o) { o[0] = 1; }"),
	};

	test_step("links that fail");
	check_link_fails(setup, 1, inputs, "missing_one");
	check_link_fails(setup, 2, inputs, "'f'");
	release_all(2, inputs);
}

/* A program may be compiled, linked, compiled anew and linked anew. */
static void test_again(const struct test_setup *setup)
{
	cl_program object = from_source(setup->context, KERNEL("VALUE")), first, second;

	test_step("compiling again");
	check_success(clCompileProgram(object, 0, NULL, "-D VALUE=3", 0, NULL, NULL, NULL, NULL));
	first = link_all(setup->context, NULL, 1, &object);
	check_success(clCompileProgram(object, 0, NULL, "-D VALUE=4", 0, NULL, NULL, NULL, NULL));
	second = link_all(setup->context, NULL, 1, &object);
	check_equal(3, run(setup, first));
	check_equal(4, run(setup, second));
	check_success(clReleaseProgram(first));
	check_success(clReleaseProgram(second));
	check_success(clReleaseProgram(object));
}

int main(void)
{
	struct test_setup setup = test_open();

	test_headers(&setup);
	test_search_order(&setup);
	test_missing_header(&setup);
	test_objects(&setup);
	test_inline_functions(&setup);
	test_link_failures(&setup);
	test_again(&setup);
	test_close(&setup);
	return check_result();
}
