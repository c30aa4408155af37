// SPDX-License-Identifier: MIT
/* What clang is asked for, by what it answers. */
#include "compiler/frontend.h"

#include <string.h>
#include <unistd.h>

#include "check.h"

/* ---- aliasing ---- */

/* Whether clang tells the types of accesses for a program that is built with @options. */
static bool tells_types(const char *options)
{
	static const char source[] = "kernel void f(global int *a, global float *b) { *a = *b; }";
	struct tandem_text bitcode = { 0 }, log = { 0 };
	struct tandem_build_options parsed;
	struct tandem_frontend_input input = { .source = source,
					       .length = sizeof(source) - 1,
					       .options = &parsed,
					       .features = "-cl-ext=-all" };
	bool found;

	check_fatal(!tandem_build_options_parse(&parsed, options, TANDEM_STEP_BUILD, &log) &&
			    !tandem_frontend_compile(&input, &bitcode, &log),
		    "'%s': %s", options, tandem_text_string(&log));
	found = memmem(bitcode.bytes, bitcode.length, "omnipotent char", 15);
	tandem_build_options_finish(&parsed);
	tandem_text_finish(&bitcode);
	tandem_text_finish(&log);
	return found;
}

static void test_aliasing(void)
{
	check(!tells_types(""), "types are told without an option");
	check(tells_types("-cl-strict-aliasing"), "no types with the option");
}

int main(void)
{
	if (access(tandem_frontend_clang(), X_OK))
		check_skip("%s is not there", tandem_frontend_clang());
	test_aliasing();
	return check_result();
}
