// SPDX-License-Identifier: MIT
/* printf of kernels: what appears on the standard output, and in which order. */
#include "fixture.h"

#include <CL/cl_ext.h>
#include <locale.h>
#include <math.h>
#include <unistd.h>

extern const char printf_cl[];

static char printed[4 << 20];

/* Runs a kernel with the standard output in a file, whose contents go to printed. */
static void capture(struct fixture *fixture, cl_program program,
		    const struct fixture_launch *launch)
{
	FILE *file = tmpfile();
	size_t length;
	int saved;

	check_fatal(file, "tmpfile");
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	dup2(fileno(file), STDOUT_FILENO);
	fixture_run(fixture, program, launch);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	rewind(file);
	length = fread(printed, 1, sizeof(printed) - 1, file);
	printed[length] = 0;
	fclose(file);
}

/* The line at *@text must be @expected; goes on to the next. */
static void check_line(const char **text, const char *expected)
{
	size_t length = strcspn(*text, "\n");

	check(strlen(expected) == length && !strncmp(*text, expected, length), "'%.*s', not '%s'",
	      (int)length, *text, expected);
	*text += length + ((*text)[length] == '\n');
}

static void test_conversions(struct fixture *fixture, cl_program program)
{
	static const char *const lines[] = {
		"plain text, 100%",
		"42 -42    42|42   |+42|00042| 42",
		"4000000000 10 ff FF 0xff 010",
		"-1 -2 -5000000000 18446744073709551615",
		"255 65534 ff",
		"1.500000 2.35      3.142|2.5       |1.234568e+04 1.234568E+04 0.0001 1E+20 0x1p+0",
		"aBc",
		"string,      right|left      |cu",
		"0x1234",
		"1,-2,3,-4",
		"0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,255",
		"-30000,30000",
		"1,2,3",
		"-5000000000,5000000000",
		"1.500000,-2.250000,0.125000,10000000000.000000",
		"1.50,-2.25,0.12,10000000000.00|     1.5,    -2.2,     0.1,10000000000.0",
		"3.14159,-1e-300",
		"1.500000,-65504.000000,0.000000,0.099976|"
		"1.50e+00,-6.55e+04,5.96e-08,1.00e-01|0x1.8p+0,0x1.998p-4",
		"1.5,-65504,5.96046E-08|"
		"     1.5,-65504.0,     0.0,     0.1,    -1.5, 65504.0,    -0.0,    -0.1",
		"1.500000 inf|nan,nan,nan,nan,nan,nan,nan,nan,nan,nan,nan,nan,nan,nan,nan,nan",
		"ff,10,1,ffffffff",
		"1 two 3.000000 4",
		"nan -inf 0",
	};
	const size_t one = 1;
	const struct fixture_launch launch = { "conversions", 1, NULL, &one, &one, NULL, 0 };
	const char *text = printed;

	capture(fixture, program, &launch);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		check_line(&text, lines[i]);
	check(!*text, "more than expected: '%s'", text);
}

/* Length modifiers of C's; all else that is no conversion stands as it is, and the rest follows. */
static void test_strangers(struct fixture *fixture, cl_program program)
{
	static const char *const lines[] = {
		"-1 5 6 7 8 2.500000|",
		"ff -9 -1,2|",
		"%y|2",
		"%*d|%.*f|3",
		"4|%d|%s|",
		"%v|5",
		"%00000000000000000000000000000000000000005d|6",
		"7 %",
	};
	const size_t one = 1;
	const struct fixture_launch launch = { "strangers", 1, NULL, &one, &one, NULL, 0 };
	const char *text = printed;

	capture(fixture, program, &launch);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		check_line(&text, lines[i]);
	check(!*text, "more than expected: '%s'", text);
}

static bool has_comma(void)
{
	return !strcmp(localeconv()->decimal_point, ",");
}

/* Sets a locale with a decimal comma, which is made where none is installed. */
static void set_locale(char *folder)
{
	static const char *const names[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "ru_RU.UTF-8" };
	char command[256];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (setlocale(LC_ALL, names[i]) && has_comma())
			return;
	}
	check_fatal(mkdtemp(folder), "%s", folder);
	snprintf(command, sizeof(command),
		 "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >%s/log 2>&1 || true", folder, folder);
	if (!system(command)) {
		setenv("LOCPATH", folder, 1);
		setlocale(LC_ALL, "de_DE.UTF-8");
	}
}

static void remove_locale(const char *folder)
{
	char command[256];

	if (strstr(folder, "XXXXXX"))
		return;
	snprintf(command, sizeof(command), "rm -r %s", folder);
	check_equal(0, system(command));
}

/* The application's locale is not the kernel's. */
static void test_locale(struct fixture *fixture, cl_program program)
{
	char folder[] = "/tmp/tandem-locale-XXXXXX";
	bool is_set;

	set_locale(folder);
	is_set = has_comma();
	if (is_set)
		test_conversions(fixture, program);
	check(has_comma() == is_set, "the application's locale has changed");
	remove_locale(folder);
	if (!is_set)
		check_skip("no locale with a decimal comma, and none can be made");
}

/* Groups run on several threads and in phases; what they print is in the items' order. */
static void test_order(struct fixture *fixture, cl_program program)
{
	const size_t global[] = { 64, 4 }, local[] = { 8, 2 };
	const struct fixture_launch launch = { "order", 2, NULL, global, local, NULL, 0 };
	const char *text = printed;
	char expected[32];

	capture(fixture, program, &launch);
	for (int group = 0; group < 16; group++) {
		for (int item = 0; item < 16; item++) {
			int x = group % 8 * 8 + item % 8, y = group / 8 * 2 + item / 8;
			int linear = y * 64 + x;

			for (int i = 0; i < 2; i++) {
				snprintf(expected, sizeof(expected), "%d.%d", linear, i);
				check_line(&text, expected);
			}
			snprintf(expected, sizeof(expected), "%d after", linear);
			check_line(&text, expected);
		}
	}
	check(!*text, "more than expected: '%s'", text);
}

static void test_results(struct fixture *fixture, cl_program program)
{
	const size_t global = 1000;
	cl_int *results = fixture_alloc(fixture, global * sizeof(cl_int));
	const struct fixture_argument arguments[] = { fixture_svm(results) };
	const struct fixture_launch launch = { "conditional", 1, NULL, &global, NULL, arguments, 1 };
	const char *text = printed;
	char expected[32];

	capture(fixture, program, &launch);
	for (int g = 0; g < 1000; g++) {
		check_equal(g % 100 == 3 ? 0 : -7, results[g]);
		if (g % 100 != 3)
			continue;
		snprintf(expected, sizeof(expected), "item %d", g);
		check_line(&text, expected);
	}
	check(!*text, "more than expected: '%s'", text);
	fixture_free(fixture, results);
}

/* More than the buffer holds: printf says so by its result, and what was taken is printed. */
static void test_too_much(struct fixture *fixture, cl_program program)
{
	const size_t global = 200;
	cl_int *results = fixture_alloc(fixture, global * sizeof(cl_int));
	const struct fixture_argument arguments[] = { fixture_svm(results) };
	const struct fixture_launch launch = { "too_much", 1, NULL, &global, NULL, arguments, 1 };
	size_t lines = 0, failed = 0, buffer = 0;

	clGetDeviceInfo(fixture->device, CL_DEVICE_PRINTF_BUFFER_SIZE, sizeof(buffer), &buffer,
			NULL);
	check(buffer >= 1 << 20, "a buffer of %zu bytes", buffer);
	capture(fixture, program, &launch);
	for (const char *c = printed; *c; c++)
		lines += *c == '\n';
	for (size_t i = 0; i < global; i++)
		failed += (size_t)results[i];
	check(failed > 0, "200,000 lines fit");
	check_equal(global * 1000, lines + failed);
	fixture_free(fixture, results);
}

/* What lanes of a sub-group print one after the other appears in the items' order, too. */
static void test_sub_groups(struct fixture *fixture, size_t size)
{
	static const char source[] =
		"__attribute__((intel_reqd_sub_group_size(SIZE))) kernel void sums(void)\n"
		"{\n"
		"	int g = (int)get_global_id(0), sum = sub_group_reduce_add(g);\n"
		"	if (g % 3 != 1)\n"
		"		return;\n"
		"	for (int i = 0; i < 2; i++)\n"
		"		printf(\"%d %s %v2d\\n\", g, \"of\", (int2)(sum, i));\n"
		"}\n";
	const size_t global = 80, local = 40;
	const struct fixture_launch launch = { "sums", 1, NULL, &global, &local, NULL, 0 };
	const char *text = printed;
	char line[64];
	cl_program program;

	snprintf(line, sizeof(line), "-cl-std=CL3.0 -DSIZE=%zu", size);
	program = fixture_build(fixture, source, line);
	capture(fixture, program, &launch);
	for (size_t g = 1; g < global; g += 3) {
		size_t first = g - g % local % size, sum = 0;

		for (size_t i = first; i < first + size && i < g - g % local + local; i++)
			sum += i;
		for (int i = 0; i < 2; i++) {
			snprintf(line, sizeof(line), "%zu of %zu,%d", g, sum, i);
			check_line(&text, line);
		}
	}
	check(!*text, "sub-groups of %zu: more than expected: '%s'", size, text);
	clReleaseProgram(program);
}

static void test_sub_groups_of_all_sizes(struct fixture *fixture)
{
	size_t sizes[16], bytes = 0;

	if (clGetDeviceInfo(fixture->device, CL_DEVICE_SUB_GROUP_SIZES_INTEL, sizeof(sizes), sizes,
			    &bytes))
		bytes = 0;
	for (size_t i = 0; i < bytes / sizeof(sizes[0]); i++)
		test_sub_groups(fixture, sizes[i]);
}

int main(int argument_count, char **arguments)
{
	struct fixture fixture;
	cl_program program;

	fixture_open(&fixture);
	program = fixture_build(&fixture, printf_cl, "-w -cl-std=CL3.0");
	if (argument_count > 1 && !strcmp(arguments[1], "--locale")) {
		test_locale(&fixture, program);
	} else {
		test_conversions(&fixture, program);
		test_strangers(&fixture, program);
		test_order(&fixture, program);
		test_results(&fixture, program);
		test_too_much(&fixture, program);
		test_sub_groups_of_all_sizes(&fixture);
	}
	clReleaseProgram(program);
	fixture_close(&fixture);
	return check_result();
}
