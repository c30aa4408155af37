// SPDX-License-Identifier: MIT
/*
 * What clang is asked for, by what it answers; and that neither the application's signals,
 * environment, limits nor streams are in the way.
 */
#include "compiler/frontend.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#define KERNEL "kernel void f(global int *o) { o[0] = VALUE; }"

/* One run of clang, with what came of it. */
struct run {
	struct tandem_text bitcode, log;
	struct tandem_frontend_reading reading;
	int error;
};

static struct run compile_with(const char *source, const char *options,
			       const struct tandem_source_header *headers, unsigned int count)
{
	struct tandem_build_options parsed;
	const struct tandem_frontend_input input = { .source = source,
						     .length = strlen(source),
						     .headers = headers,
						     .header_count = count,
						     .options = &parsed,
						     .features = "" };
	struct run run = { 0 };

	run.error = tandem_build_options_parse(&parsed, options, TANDEM_STEP_BUILD, &run.log);
	check_fatal(!run.error, "'%.100s': %s", options, tandem_text_string(&run.log));
	run.error = tandem_frontend_compile(&input, &run.reading, &run.bitcode, &run.log);
	tandem_build_options_finish(&parsed);
	return run;
}

static void finish(struct run *run)
{
	tandem_text_finish(&run->bitcode);
	tandem_text_finish(&run->log);
	tandem_text_finish(&run->reading.files);
}

static void check_compiles(const char *what, const char *source, const char *options)
{
	struct run run = compile_with(source, options, NULL, 0);

	check(!run.error, "%s: error %d: %.300s", what, run.error, tandem_text_string(&run.log));
	finish(&run);
}

static void check_fails(const char *what, const char *source, const char *in_log)
{
	struct run run = compile_with(source, "", NULL, 0);

	check(run.error == -ENOEXEC, "%s: error %d", what, run.error);
	check(strstr(tandem_text_string(&run.log), in_log), "%s: '%s'", what,
	      tandem_text_string(&run.log));
	finish(&run);
}

/* ---- options ---- */

/* Whether clang tells the types of accesses for a program that is built with @options. */
static bool tells_types(const char *options)
{
	struct run run = compile_with("kernel void f(global int *a, global float *b) { *a = *b; }",
				      options, NULL, 0);
	bool found = !run.error && memmem(run.bitcode.bytes, run.bitcode.length, "omnipotent char",
					  strlen("omnipotent char"));

	check(!run.error, "'%s': %s", options, tandem_text_string(&run.log));
	finish(&run);
	return found;
}

static void test_aliasing(void)
{
	check(!tells_types(""), "types are told without an option");
	check(tells_types("-cl-strict-aliasing"), "no types with the option");
}

static void test_long_options(void)
{
	const size_t length = 3 << 20;
	char *options = malloc(length + 64), *end = options;

	strcpy(options, "-DVALUE=");
	memset(options + strlen(options), '1', length);
	strcpy(options + length, " -DVALUE_2=1");
	check_compiles("a long value", "kernel void f(global int *o) { o[0] = VALUE_2; }", options);
	for (int i = 0; end < options + length; i++)
		end += sprintf(end, "-DNAME_%d=%d ", i, i);
	strcpy(end, "-DVALUE=NAME_9");
	check_compiles("many values", KERNEL, options);
	free(options);
}

/* What looks like a file of arguments, or like an option, stays a value. */
static void test_values(void)
{
	struct run run;

	check_compiles("a file of arguments", KERNEL, "-DVALUE=1 -I @/dev/null -I -w");
	check_compiles("quotes", "kernel void f(global int *o) { o[0] = sizeof(TEXT); }",
		       "-DTEXT='\"a \\\\\\\\ b\"'");
	run = compile_with(KERNEL "\nint g(int x) { }", "-DVALUE=1 -I -w", NULL, 0);
	check(strstr(tandem_text_string(&run.log), "does not return"), "'%s'",
	      tandem_text_string(&run.log));
	finish(&run);
}

/* What stands in front of the source shows nowhere. */
static void test_first_lines(void)
{
	check_compiles("a byte order mark", "\xef\xbb\xbf" KERNEL, "-DVALUE=1");
	check_compiles("the first line", "constant int line[__LINE__ == 1 ? 1 : -1] = { 1 };",
		       "-Werror");
	check_compiles("macros", KERNEL, "-DVALUE=1 -Dglobal=__global -Dconst= -Werror");
	check_fails("the third line", "\n\nint f(void) { return nothing; }", "<stdin>:3:22");
}

/* ---- dates and times ---- */

static void test_times(void)
{
	static const struct {
		const char *source, *options;
		bool tells;
	} cases[] = {
		{ "constant char *constant t = __TIME__;", "", true },
		{ "constant char *constant t = __DATE__;", "-w", true },
		{ "constant char *constant t = NOW;", "-DNOW=__TIMESTAMP__ -Werror", true },
		{ "constant char *constant t = NOW;", "-DNOW=__TIME__ -w -Werror", true },
		{ "#define JOIN(a, b) a##b\n#define NOW JOIN(__TI, ME__)\n"
		  "constant char *constant t = NOW;",
		  "", true },
		{ "/* __TIME__ */ constant char *constant t = \"__DATE__\";", "", false },
		{ "int g(int x) { }", "-w", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct run run = compile_with(cases[i].source, cases[i].options, NULL, 0);

		check(!run.error, "case %zu: %s", i, tandem_text_string(&run.log));
		check(run.reading.tells_time == cases[i].tells, "case %zu: %d", i,
		      run.reading.tells_time);
		check(!run.log.length, "case %zu: '%s'", i, tandem_text_string(&run.log));
		finish(&run);
	}
}

/* ---- headers ---- */

#define HEADER(header_name, header_text)                                                    \
	{                                                                                   \
		.name = (header_name), .text = (header_text), .length = strlen(header_text) \
	}

static void test_headers(void)
{
	const struct tandem_source_header headers[] = {
		HEADER("plain.h", "#define A 1\n"),
		HEADER("plain.h", "#define A 2\n"),
		HEADER("../above.h", "#define B 4\n"),
		HEADER("folder/../beside.h", "#define C 8\n"),
		HEADER("folder/./inside.h",
		       "#include \"../../above.h\"\n#include \"../plain.h\"\n"),
		HEADER("with space and \"quotes\".h", "#define E 16\n"),
		HEADER("/no/such/folder/absolute.h", "#define F 32\n"),
		HEADER("empty.h", ""),
	};
	const char *source = "#include \"plain.h\"\n#include <../above.h>\n"
			     "#include \"folder/../beside.h\"\n#include <folder/inside.h>\n"
			     "#include <with space and \"quotes\".h>\n"
			     "#include \"/no/such/folder/absolute.h\"\n#include \"empty.h\"\n"
			     "#if A + B + C + E + F != 61\n#error sum\n#endif\n";
	struct run run = compile_with(source, "", headers, 8);

	check(!run.error, "error %d: %s", run.error, tandem_text_string(&run.log));
	finish(&run);
	run = compile_with("#include \"../above.h\"\nconstant int a = B;", "", &headers[2], 1);
	check(!run.error, "error %d: %s", run.error, tandem_text_string(&run.log));
	finish(&run);
}

static void test_bad_headers(void)
{
	static const char *const names[] = { "", "folder/", "..", "../" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct tandem_source_header header = HEADER(names[i], "#define A 1\n");
		struct run run = compile_with("int a;", "", &header, 1);

		check(run.error == -ENOEXEC && run.log.length, "'%s': error %d, '%s'", names[i],
		      run.error, tandem_text_string(&run.log));
		finish(&run);
	}
}

/* ---- the process ---- */

static void reap(int signal_number)
{
	int error = errno;

	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = error;
}

/* Whether a source is right shows where the application takes the status of all children. */
static void test_children(void)
{
	const struct sigaction ways[] = {
		{ .sa_handler = SIG_DFL },
		{ .sa_handler = SIG_IGN },
		{ .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT },
		{ .sa_handler = reap },
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		sigaction(SIGCHLD, &ways[i], NULL);
		check_compiles("SIGCHLD", KERNEL, "-DVALUE=1");
		check_fails("SIGCHLD", "kernel void f(global int *o) { o[0] = nothing; }",
			    "nothing");
		check_fails("SIGCHLD", "#include \"no_such_header.h\"\n", "no_such_header.h");
	}
	sigaction(SIGCHLD, &ways[0], NULL);
	setenv("TANDEM_CLANG", "/bin/true", 1);
	check_fails("another program", KERNEL, "gave no program");
	setenv("TANDEM_CLANG", "/no/such/program", 1);
	{
		struct run run = compile_with(KERNEL, "", NULL, 0);

		check_equal(-ENOENT, run.error);
		check(strstr(tandem_text_string(&run.log), "cannot be started"), "'%s'",
		      tandem_text_string(&run.log));
		finish(&run);
	}
	unsetenv("TANDEM_CLANG");
}

/* Variables that clang would listen to. */
static void test_environment(void)
{
	static const char *const variables[][2] = {
		{ "CCC_OVERRIDE_OPTIONS", "# +-DVALUE=1" },
		{ "CPATH", "/no/such/folder" },
		{ "SOURCE_DATE_EPOCH", "no number" },
		{ "TMPDIR", "/no/such/folder" },
	};

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		setenv(variables[i][0], variables[i][1], 1);
	check_fails("the environment", KERNEL, "VALUE");
	check_compiles("the environment", "constant char *constant t = __TIME__;", "");
	test_headers();
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		unsetenv(variables[i][0]);
}

/* In a process of its own: whether a source compiles where @prepare was called. */
static void check_prepared(const char *what, void (*prepare)(void))
{
	int status = -1;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child) {
		struct run good, bad;

		prepare();
		good = compile_with(KERNEL, "-DVALUE=1", NULL, 0);
		bad = compile_with(KERNEL, "", NULL, 0);
		_exit(good.error || bad.error != -ENOEXEC ||
		      !strstr(tandem_text_string(&bad.log), "VALUE"));
	}
	check_equal(child, waitpid(child, &status, 0));
	check(WIFEXITED(status) && !WEXITSTATUS(status), "%s: status %x", what, status);
}

static void close_streams(void)
{
	for (int i = 0; i < 3; i++)
		close(i);
}

static void limit_files(void)
{
	const struct rlimit limit = { 0, 0 };

	setrlimit(RLIMIT_FSIZE, &limit);
}

static void block_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int main(void)
{
	if (access(tandem_frontend_clang(), X_OK))
		check_skip("%s is not there", tandem_frontend_clang());
	test_aliasing();
	test_long_options();
	test_values();
	test_first_lines();
	test_times();
	test_headers();
	test_bad_headers();
	test_children();
	test_environment();
	check_prepared("no standard streams", close_streams);
	check_prepared("no files", limit_files);
	check_prepared("signals", block_signals);
	return check_result();
}
