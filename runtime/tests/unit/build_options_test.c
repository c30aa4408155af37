// SPDX-License-Identifier: MIT
/* Taking strings of build options apart. */
#include "compiler/build_options.h"

#include <string.h>

#include "check.h"

static const struct options_case {
	const char *options;
	enum tandem_build_step step;
	int error;
	const char *arguments; /* what clang gets, with bars between */
} cases[] = {
	{ "", TANDEM_STEP_BUILD, 0, "" },
	{ "  \t ", TANDEM_STEP_BUILD, 0, "" },
	{ "-DA -D B=2 -UC", TANDEM_STEP_BUILD, 0, "-DA|-D|B=2|-UC" },
	{ "-I dir -Iother", TANDEM_STEP_COMPILE, 0, "-I|dir|-Iother" },
	{ "-I \"with space\" -DX='a b'", TANDEM_STEP_BUILD, 0, "-I|with space|-DX=a b" },
	{ "-DX=\\\"text\\\"", TANDEM_STEP_BUILD, 0, "-DX=\"text\"" },
	{ "-DX=a\\ b", TANDEM_STEP_BUILD, 0, "-DX=a b" },
	{ "-cl-std=CL3.0 -w", TANDEM_STEP_BUILD, 0, "-cl-std=CL3.0|-w" },
	{ "-cl-kernel-arg-info -g", TANDEM_STEP_BUILD, 0, "-cl-kernel-arg-info" },
	{ "-x cl -w", TANDEM_STEP_BUILD, 0, "-w" },
	{ "-x clc++ -w", TANDEM_STEP_COMPILE, 0, "-cl-std=CLC++|-w" },
	{ "-xclcpp", TANDEM_STEP_BUILD, 0, "-cl-std=CLC++" },
	{ "-cl-std=CLC++", TANDEM_STEP_BUILD, 0, "-cl-std=CLC++" },
	{ "-cl-std=CLC++2021", TANDEM_STEP_BUILD, 0, "-cl-std=CLC++2021" },
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
			tandem_text_print(&joined, "%s%s", i ? "|" : "", parsed.arguments[i]);
		check(!strcmp(tandem_text_string(&joined), test->arguments), "'%s': '%s', not '%s'",
		      test->options, tandem_text_string(&joined), test->arguments);
	}
	tandem_build_options_finish(&parsed);
	tandem_text_finish(&log);
	tandem_text_finish(&joined);
}

static void test_meanings(void)
{
	struct tandem_build_options parsed;
	struct tandem_text log = { 0 };

	tandem_build_options_parse(&parsed, "-w", TANDEM_STEP_BUILD, &log);
	check(parsed.optimise && !parsed.make_library && !parsed.strict_aliasing, "the defaults");
	tandem_build_options_finish(&parsed);
	tandem_build_options_parse(&parsed, "-cl-opt-disable", TANDEM_STEP_BUILD, &log);
	check(!parsed.optimise, "-cl-opt-disable");
	tandem_build_options_finish(&parsed);
	tandem_build_options_parse(&parsed, "-cl-strict-aliasing", TANDEM_STEP_COMPILE, &log);
	check(parsed.strict_aliasing, "-cl-strict-aliasing");
	tandem_build_options_finish(&parsed);
	tandem_build_options_parse(&parsed, "-create-library", TANDEM_STEP_LINK, &log);
	check(parsed.make_library, "-create-library");
	tandem_build_options_finish(&parsed);
	tandem_text_finish(&log);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		run(&cases[i]);
	test_meanings();
	return check_result();
}
