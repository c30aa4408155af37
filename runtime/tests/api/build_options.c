// SPDX-License-Identifier: MIT
/* Every build option of the specification, and what there is to see of it. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

static char folder[] = "/tmp/tandem-test-XXXXXX";

/*
 * Builds a kernel that writes @expression, an int, with @options. The value, and
 * the build's code in *@code: without success there is no value.
 */
static cl_int evaluate(const struct test_setup *setup, const char *before, const char *expression,
		       const char *options, cl_int *code)
{
	const size_t one = 1;
	const char *strings[] = { before, "\nkernel void f(global int *out) { out[0] = (",
				  expression, "); }" };
	cl_program program;
	cl_kernel kernel;
	cl_mem buffer;
	cl_int seen = -1;

	program = clCreateProgramWithSource(setup->context, 4, strings, NULL, code);
	check_success_fatal(*code);
	*code = clBuildProgram(program, 0, NULL, options, NULL, NULL);
	if (*code == CL_SUCCESS) {
		buffer = test_buffer(setup->context, sizeof(seen), NULL);
		kernel = test_kernel(program, "f");
		check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
		check_success(clEnqueueNDRangeKernel(setup->queue, kernel, 1, NULL, &one, NULL, 0,
						     NULL, NULL));
		check_success(clEnqueueReadBuffer(setup->queue, buffer, CL_TRUE, 0, sizeof(seen),
						  &seen, 0, NULL, NULL));
		check_success(clReleaseKernel(kernel));
		check_success(clReleaseMemObject(buffer));
	}
	check_success(clReleaseProgram(program));
	return seen;
}

struct option_case {
	const char *options;
	const char *expression;
	cl_int wanted;
};

static void check_cases(const struct test_setup *setup, const struct option_case *cases,
			size_t count)
{
	for (size_t i = 0; i < count; i++) {
		cl_int code,
			seen = evaluate(setup, "", cases[i].expression, cases[i].options, &code);

		check(code == CL_SUCCESS && seen == cases[i].wanted,
		      "'%s': code %d, '%s' is %d, expected %d", cases[i].options, code,
		      cases[i].expression, seen, cases[i].wanted);
	}
}

#define CHECK_CASES(setup, cases) check_cases(setup, cases, sizeof(cases) / sizeof(cases[0]))

static void test_definitions(const struct test_setup *setup)
{
	static const struct option_case cases[] = {
		{ "-D NAME", "NAME", 1 },
		{ "-D NAME=5", "NAME", 5 },
		{ "-DNAME=6", "NAME", 6 },
		{ "  -D\tNAME=7  ", "NAME", 7 },
		{ "-D ONE=1 -D TWO=ONE+1", "TWO", 2 },
		{ "-D \"SUM=3 + 4\"", "SUM", 7 },
		{ "-D 'SUM=30 + 4'", "SUM", 34 },
		{ "-D TEXT=\\\"abcd\\\"", "sizeof(TEXT)", 5 },
		{ "-D FIRST=1 -D SECOND -DTHIRD=4", "FIRST + SECOND + THIRD", 6 },
	};

	test_step("definitions");
	CHECK_CASES(setup, cases);
}

static void test_versions(const struct test_setup *setup)
{
	static const struct option_case cases[] = {
		{ "", "__OPENCL_C_VERSION__", 120 },
		{ "-cl-std=CL1.1", "__OPENCL_C_VERSION__", 110 },
		{ "-cl-std=CL1.2", "__OPENCL_C_VERSION__", 120 },
		{ "-cl-std=CL3.0", "__OPENCL_C_VERSION__", 300 },
		{ "", "__OPENCL_VERSION__", 300 },
		{ "-cl-std=CL1.2", "__OPENCL_VERSION__", 300 },
	};

	test_step("versions");
	CHECK_CASES(setup, cases);
}

/* Those that allow more than they demand must build and not be in the way. */
static void test_mathematics(const struct test_setup *setup)
{
	static const char *const harmless[] = {
		"-cl-single-precision-constant",
		"-cl-denorms-are-zero",
		"-cl-fp32-correctly-rounded-divide-sqrt",
		"-cl-opt-disable",
		"-cl-strict-aliasing",
		"-cl-uniform-work-group-size",
		"-cl-no-subgroup-ifp",
		"-cl-mad-enable",
		"-cl-no-signed-zeros",
		"-cl-unsafe-math-optimizations",
		"-cl-finite-math-only",
		"-cl-fast-relaxed-math",
		"-cl-kernel-arg-info",
		"-w",
		"-Werror",
		"-g",
		"-cl-opt-disable -cl-mad-enable -w -D X -cl-std=CL3.0",
	};
	static const struct option_case cases[] = {
		{ "-cl-fast-relaxed-math", "__FAST_RELAXED_MATH__", 1 },
		{ "-cl-single-precision-constant", "sizeof(1.0)", 4 },
		{ "", "sizeof(1.0)", 8 },
	};

	test_step("options on arithmetic and others");
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		cl_int code,
			seen = evaluate(setup, "", "(int)(1.5f * 4.0f + 1.0f)", harmless[i], &code);

		check(code == CL_SUCCESS && seen == 7, "'%s': code %d, %d", harmless[i], code,
		      seen);
	}
	CHECK_CASES(setup, cases);
}

static void test_warnings(const struct test_setup *setup)
{
	cl_int code;

	test_step("warnings");
	evaluate(setup, "#warning watch out", "1", "", &code);
	check_success(code);
	evaluate(setup, "#warning watch out", "1", "-Werror", &code);
	check_equal(CL_BUILD_PROGRAM_FAILURE, code);
	evaluate(setup, "#warning watch out", "1", "-Werror -w", &code);
	check_success(code);
}

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	check_fatal(file && fputs(text, file) >= 0 && !fclose(file), "%s cannot be written", path);
}

/* Folders of headers: in their order, with and without quotes. */
static void test_folders(const struct test_setup *setup)
{
	static const char *const ways[] = { "#import <value.h>", "#inc\\\nlude \"value.h\"",
					    "#define NAME <value.h>\n#include NAME" };
	char one[64], two[64], one_header[96], two_header[96], options[256];
	cl_int code;

	test_step("folders of headers");
	check_fatal(mkdtemp(folder), "no folder");
	snprintf(one, sizeof(one), "%s/one", folder);
	snprintf(two, sizeof(two), "%s/two words", folder);
	snprintf(one_header, sizeof(one_header), "%s/value.h", one);
	snprintf(two_header, sizeof(two_header), "%s/value.h", two);
	check_equal(0, mkdir(one, 0700));
	check_equal(0, mkdir(two, 0700));
	write_text(one_header, "#define VALUE 21\n");
	write_text(two_header, "#define VALUE 22\n");

	snprintf(options, sizeof(options), "-I %s", one);
	check_equal(21, evaluate(setup, "#include \"value.h\"", "VALUE", options, &code));
	snprintf(options, sizeof(options), "-I \"%s\" -I %s", two, one);
	check_equal(22, evaluate(setup, "#include <value.h>", "VALUE", options, &code));
	snprintf(options, sizeof(options), "-I%s", one);
	check_equal(21, evaluate(setup, "#include <value.h>", "VALUE", options, &code));
	/* A header that changes changes the program. */
	write_text(one_header, "#define VALUE 23\n");
	check_equal(23, evaluate(setup, "#include <value.h>", "VALUE", options, &code));
	/* However the source asks for it. */
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		for (int value = 24; value < 26; value++) {
			char definition[32];

			snprintf(definition, sizeof(definition), "#define VALUE %d\n", value);
			write_text(one_header, definition);
			check_equal(value, evaluate(setup, ways[i], "VALUE", options, &code));
		}
	}
	evaluate(setup, "#include <absent.h>", "1", options, &code);
	check_equal(CL_BUILD_PROGRAM_FAILURE, code);
	check_equal(0, unlink(one_header) | unlink(two_header));
	check_equal(0, rmdir(one) | rmdir(two) | rmdir(folder));
}

static void test_bad_options(const struct test_setup *setup)
{
	static const char *const bad[] = {
		"-no-such-option",
		"-D",
		"-I",
		"-cl-std=",
		"-cl-std=CL7.0",
		"-cl-std=C99",
		"-cl-std",
		"-create-library",
		"-O9 -D X",
		"-enable-link-options",
		"source.cl",
		"-o file",
		"-cl-mad-enabled",
		"-Xclang -version",
		"-x c",
		"-include file",
	};
	cl_int code;

	test_step("bad options");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		evaluate(setup, "", "1", bad[i], &code);
		check(code == CL_INVALID_BUILD_OPTIONS, "'%s': code %d", bad[i], code);
	}
}

int main(void)
{
	struct test_setup setup = test_open();

	test_definitions(&setup);
	test_versions(&setup);
	test_mathematics(&setup);
	test_warnings(&setup);
	test_folders(&setup);
	test_bad_options(&setup);
	test_close(&setup);
	return check_result();
}
