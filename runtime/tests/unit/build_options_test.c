// SPDX-License-Identifier: MIT
/* Taking strings of build options apart. */
#include "program/build_options.h"

#include <string.h>

#include "check.h"

static const struct options_case {
	const char *options;
	enum tandem_build_step step;
	int error;
	const char *arguments; /* as they stand, with bars between */
} cases[] = {
	{ "", TANDEM_STEP_BUILD, 0, "" },
	{ "  \t ", TANDEM_STEP_BUILD, 0, "" },
	{ "-DA -D B=2 -UC", TANDEM_STEP_BUILD, 0, "-DA|-DB=2|-UC" },
	{ "-I dir -Iother", TANDEM_STEP_COMPILE, 0, "-Idir|-Iother" },
	{ "-I \"with space\" -DX='a b'", TANDEM_STEP_BUILD, 0, "-Iwith space|-DX=a b" },
	{ "-DX=\\\"text\\\"", TANDEM_STEP_BUILD, 0, "-DX=\"text\"" },
	{ "-DX=a\\ b", TANDEM_STEP_BUILD, 0, "-DX=a b" },
	{ "-cl-std=CL3.0 -cl-mad-enable", TANDEM_STEP_BUILD, 0, "-cl-mad-enable" },
	{ "-cl-kernel-arg-info -g", TANDEM_STEP_BUILD, 0, "" },
	{ "-x cl -DA", TANDEM_STEP_BUILD, 0, "-DA" },
	{ "-x", TANDEM_STEP_BUILD, -22, NULL },
	{ "-x c++", TANDEM_STEP_BUILD, -22, NULL },
	{ "-x cl", TANDEM_STEP_LINK, -22, NULL },
	{ "-cl-std=CL4.0", TANDEM_STEP_BUILD, -22, NULL },
	{ "-cl-std", TANDEM_STEP_BUILD, -22, NULL },
	{ "-D", TANDEM_STEP_BUILD, -22, NULL },
	{ "-I", TANDEM_STEP_BUILD, -22, NULL },
	{ "-o out", TANDEM_STEP_BUILD, -22, NULL },
	{ "-Xclang -load", TANDEM_STEP_BUILD, -22, NULL },
	{ "@file", TANDEM_STEP_BUILD, -22, NULL },
	{ "source.cl", TANDEM_STEP_BUILD, -22, NULL },
	{ "-create-library", TANDEM_STEP_BUILD, -22, NULL },
	{ "-create-library", TANDEM_STEP_LINK, 0, "" },
	{ "-create-library -enable-link-options", TANDEM_STEP_LINK, 0, "" },
	{ "-enable-link-options", TANDEM_STEP_LINK, -22, NULL },
	{ "-cl-fast-relaxed-math", TANDEM_STEP_LINK, 0, "-cl-fast-relaxed-math" },
	{ "-DA", TANDEM_STEP_LINK, -22, NULL },
	{ "-cl-std=CL3.0", TANDEM_STEP_LINK, -22, NULL },
	{ "-cl-opt-disablex", TANDEM_STEP_BUILD, -22, NULL },
	{ "\"\"", TANDEM_STEP_BUILD, -22, NULL },
};

static void run(const struct options_case *test)
{
	struct tandem_build_options parsed;
	struct tandem_text log = { 0 }, joined = { 0 };
	int error = tandem_build_options_parse(&parsed, test->options, test->step, &log);

	check(error == test->error, "'%s': error %d, not %d", test->options, error, test->error);
	check(!error == !log.length, "'%s': log '%s'", test->options, tandem_text_string(&log));
	if (!error) {
		for (unsigned int i = 0; i < parsed.argument_count; i++)
			tandem_text_print(&joined, "%s%s%s", i ? "|" : "", parsed.arguments[i].name,
					  parsed.arguments[i].value);
		check(!strcmp(tandem_text_string(&joined), test->arguments), "'%s': '%s', not '%s'",
		      test->options, tandem_text_string(&joined), test->arguments);
	}
	tandem_build_options_finish(&parsed);
	tandem_text_finish(&log);
	tandem_text_finish(&joined);
}

/* The version of OpenCL C that a string of options asks for; NULL without. */
static void check_standard(const char *options, const char *wanted)
{
	struct tandem_build_options parsed;
	struct tandem_text log = { 0 };

	check_equal(0, tandem_build_options_parse(&parsed, options, TANDEM_STEP_BUILD, &log));
	check(wanted ? parsed.standard && !strcmp(parsed.standard, wanted) : !parsed.standard,
	      "'%s': %s", options, parsed.standard ? parsed.standard : "none");
	tandem_build_options_finish(&parsed);
	tandem_text_finish(&log);
}

static void test_standards(void)
{
	check_standard("-w", NULL);
	check_standard("-cl-std=CL3.0", "CL3.0");
	check_standard("-cl-std=CL3.0 -cl-std=CL1.1", "CL1.1");
	check_standard("-x cl", NULL);
	check_standard("-x clc++ -w", "CLC++");
	check_standard("-xclcpp", "CLC++");
	check_standard("-cl-std=CLC++2021", "CLC++2021");
}

/* Every option that says yes or no is what it says, and no other is. */
static void test_meanings(void)
{
	static const struct {
		const char *options;
		enum tandem_build_step step;
		struct tandem_build_options wanted;
	} meanings[] = {
		{ "", TANDEM_STEP_BUILD, { .optimise = true } },
		{ "-w", TANDEM_STEP_BUILD, { .optimise = true, .no_warnings = true } },
		{ "-Werror", TANDEM_STEP_BUILD, { .optimise = true, .warnings_are_errors = true } },
		{ "-cl-kernel-arg-info",
		  TANDEM_STEP_COMPILE,
		  { .optimise = true, .argument_information = true } },
		{ "-cl-opt-disable", TANDEM_STEP_BUILD, { .optimise = false } },
		{ "-cl-strict-aliasing",
		  TANDEM_STEP_COMPILE,
		  { .optimise = true, .strict_aliasing = true } },
		{ "-create-library", TANDEM_STEP_LINK, { .optimise = true, .make_library = true } },
		{ "-create-library -enable-link-options",
		  TANDEM_STEP_LINK,
		  { .optimise = true, .make_library = true, .link_options = true } },
	};

	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		const struct tandem_build_options *wanted = &meanings[i].wanted;
		struct tandem_build_options parsed;
		struct tandem_text log = { 0 };

		check_equal(0, tandem_build_options_parse(&parsed, meanings[i].options,
							  meanings[i].step, &log));
		check(parsed.optimise == wanted->optimise &&
			      parsed.no_warnings == wanted->no_warnings &&
			      parsed.warnings_are_errors == wanted->warnings_are_errors &&
			      parsed.argument_information == wanted->argument_information &&
			      parsed.strict_aliasing == wanted->strict_aliasing &&
			      parsed.make_library == wanted->make_library &&
			      parsed.link_options == wanted->link_options,
		      "'%s'", meanings[i].options);
		tandem_build_options_finish(&parsed);
		tandem_text_finish(&log);
	}
}

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		run(&cases[i]);
	test_standards();
	test_meanings();
	return check_result();
}
