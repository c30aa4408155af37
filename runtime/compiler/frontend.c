// SPDX-License-Identifier: MIT
#include "frontend.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "bitcode_check.h"
#include "build_settings.h"
#include "child_process.h"
#include "compile_server.h"
#include "declarations.h"
#include "header_overlay.h"
#include "util/alloc.h"
#include "util/options.h"

const char *tandem_frontend_clang(void)
{
	const char *path = tandem_option_value(TANDEM_OPTION_CLANG);

	return path && *path ? path : TANDEM_CLANG_PATH;
}

/* ---- the command ---- */

/* Adds an argument to a file of them: quoted, so that nothing in it is taken for more. */
static void add_parts(struct tandem_text *command, const char *option, const char *value)
{
	const char *parts[] = { option, value };

	tandem_text_add(command, "\"", 1);
	for (int i = 0; i < 2; i++) {
		for (const char *at = parts[i]; *at;) {
			size_t plain = strcspn(at, "\"\\");

			tandem_text_add(command, at, plain);
			at += plain;
			if (*at) {
				const char escaped[] = { '\\', *at++ };

				tandem_text_add(command, escaped, sizeof(escaped));
			}
		}
	}
	tandem_text_add(command, "\"\n", 2);
}

static void add(struct tandem_text *command, const char *argument)
{
	add_parts(command, argument, "");
}

static void add_all(struct tandem_text *command, const char *const *arguments, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add(command, arguments[i]);
}

#define ADD_ALL(command, arguments) add_all(command, arguments, TANDEM_ARRAY_SIZE(arguments))

/* The version of OpenCL C that is asked for. Without the option: the newest of OpenCL C 1. */
static const char *standard(const struct tandem_build_options *options)
{
	return options->standard ? options->standard : "CL1.2";
}

/* The name behind @name in a list with a space between each two; "" after the last. */
static const char *next_name(const char *name)
{
	name += strcspn(name, " ");
	return name + (*name == ' ');
}

static size_t name_length(const char *name)
{
	return strcspn(name, " ");
}

/* Has clang know the device's extensions and features, and no others. */
static void add_extensions(struct tandem_text *command, const char *features)
{
	struct tandem_text option = { 0 };

	tandem_text_print(&option, "-cl-ext=-all");
	for (const char *name = features; *name; name = next_name(name)) {
		tandem_text_add(&option, ",+", 2);
		tandem_text_add(&option, name, name_length(name));
	}
	add(command, "-Xclang");
	add(command, tandem_text_string(&option));
	command->failed |= option.failed;
	tandem_text_finish(&option);
}

/* Whether @name is one of an extension: then the version of OpenCL C does not matter. */
static bool is_of_extension(const char *name)
{
	static const char *const prefixes[] = {
		"cl_",
		"__opencl_c_integer_dot_product_",
		"__opencl_c_kernel_clock_",
	};

	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(prefixes); i++) {
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	}
	return false;
}

/*
 * Defines the macros of the device's extensions, and from OpenCL C 3.0 on those of its features.
 * clang defines some, by itself or in a header, which depends on its release, and others for
 * newer versions of OpenCL C only. To define one once more, with the same value, does no harm.
 */
static void add_macros(struct tandem_text *command, const struct tandem_frontend_input *input)
{
	bool has_features = !strncmp(standard(input->options), "CL3.", strlen("CL3."));
	struct tandem_text definition = { 0 };

	for (const char *name = input->features; *name; name = next_name(name)) {
		if (!has_features && !is_of_extension(name))
			continue;
		definition.length = 0;
		tandem_text_add(&definition, name, name_length(name));
		tandem_text_add(&definition, "=1", 2);
		add_parts(command, "-D", tandem_text_string(&definition));
	}
	command->failed |= definition.failed;
	tandem_text_finish(&definition);
}

static bool is_cpp(const struct tandem_build_options *options)
{
	return !strncmp(standard(options), "CLC++", strlen("CLC++"));
}

/*
 * What OpenCL C allows, or compilers of OpenCL C have always taken, with a warning: newer
 * releases of clang make errors of it. -Werror still does.
 */
static void add_allowances(struct tandem_text *command, const struct tandem_build_options *options)
{
	static const char *const warnings[] = { "-Wno-error=incompatible-pointer-types",
						"-Wno-error=int-conversion",
						"-Wno-error=implicit-int" };

	if (!options->warnings_are_errors || options->no_warnings)
		ADD_ALL(command, warnings);
	/*
	 * Functions with inline and without static are there to be called, also where noinline
	 * stands beside it. C++ has that anyway.
	 */
	if (!is_cpp(options))
		add(command, "-fgnu89-inline");
}

/* No clang so far knows 3.1. What that has beyond 3.0 are functions of extensions, and macros. */
static void add_standard(struct tandem_text *command, const struct tandem_build_options *options)
{
	static const char *const macros[] = { "-U__OPENCL_C_VERSION__",
					      "-D__OPENCL_C_VERSION__=310",
					      "-DCL_VERSION_3_1=310" };
	bool is_3_1 = !strcmp(standard(options), "CL3.1");

	add_parts(command, "-cl-std=", is_3_1 ? "CL3.0" : standard(options));
	if (is_3_1)
		ADD_ALL(command, macros);
}

static void add_language(struct tandem_text *command, const struct tandem_frontend_input *input)
{
	static const char *const target[] = { "-x", "cl", "-target", "spir64" };
	static const char *const version[] = { "-D__OPENCL_VERSION__=300", "-U__SPIR__",
					       "-U__SPIR64__" };
	ADD_ALL(command, target);
	add_standard(command, input->options);
	add_extensions(command, input->features);
	add_macros(command, input);
	ADD_ALL(command, version);
	/* clang defines it for any device. */
	if (!input->has_images)
		add(command, "-U__IMAGE_SUPPORT__");
	/* Kernels read memory by pointers of several types; OpenCL has an option to forbid it. */
	if (!input->options->strict_aliasing)
		add(command, "-fno-strict-aliasing");
	add_allowances(command, input->options);
}

/* What a program asks for; @watched leaves out what would keep clang from telling of times. */
static void add_options(struct tandem_text *command, const struct tandem_build_options *options,
			bool watched)
{
	/* In one word: a value of its own could be taken for an option or for a file of them. */
	for (unsigned int i = 0; i < options->argument_count; i++)
		add_parts(command, options->arguments[i].name, options->arguments[i].value);
	if (options->argument_information)
		add(command, "-cl-kernel-arg-info");
	if (options->no_warnings && !watched)
		add(command, "-w");
	if (options->warnings_are_errors && !(watched && options->no_warnings))
		add(command, "-Werror");
	/* Programs enable extensions of the device by pragmas, of which clang does not know all. */
	add(command, "-Wno-error=ignored-pragmas");
	if (watched) {
		add(command, "-Wdate-time");
		add(command, "-Wno-error=date-time");
	}
}

void tandem_frontend_describe(const struct tandem_frontend_input *input, struct tandem_text *text)
{
	add_language(text, input);
	add_options(text, input->options, false);
}

static void add_output(struct tandem_text *command)
{
	static const char *const output[] = {
		"-O1",
		"-funroll-loops",
		"-Xclang",
		"-disable-llvm-passes",
		"-fno-crash-diagnostics",
		"-emit-llvm",
		"-c",
		"-o",
		"-",
		"-",
	};

	ADD_ALL(command, output);
}

/* ---- running it ---- */

struct texts {
	struct tandem_text program, command, folder, overlay;
};

/* The source behind the declarations, and without the mark that clang takes at its begin only. */
static int make_program(const struct tandem_frontend_input *input, struct tandem_text *program)
{
	static const char byte_order_mark[] = "\xef\xbb\xbf";
	size_t skipped = strlen(byte_order_mark);

	if (input->length < skipped || memcmp(input->source, byte_order_mark, skipped) != 0)
		skipped = 0;
	tandem_text_print(program, "%s", tandem_declarations);
	tandem_text_add(program, input->source + skipped, input->length - skipped);
	return program->failed ? -ENOMEM : 0;
}

static int make_command(const struct tandem_frontend_input *input, bool watched,
			struct tandem_frontend_reading *reading, struct tandem_child *child,
			struct texts *texts, struct tandem_text *log)
{
	struct tandem_text *command = &texts->command;
	char path[32];
	int error = 0, descriptor;

	add_language(command, input);
	if (input->header_count) {
		error = tandem_header_overlay(input->headers, input->header_count, child,
					      &texts->folder, &texts->overlay, log);
		if (!error)
			error = tandem_child_feed(child, texts->overlay.bytes,
						  texts->overlay.length, &descriptor);
		if (error)
			return error;
		snprintf(path, sizeof(path), "/proc/self/fd/%d", descriptor);
		add(command, "-ivfsoverlay");
		add(command, path);
		/* Before the options' own folders. */
		add_parts(command, "-I", texts->folder.bytes);
	}
	add_options(command, input->options, watched);
	if (reading) {
		error = tandem_child_collect(child, &reading->files, &descriptor);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", descriptor);
		add(command, "-MD");
		add(command, "-MT");
		add(command, "program");
		add(command, "-MF");
		add(command, path);
	}
	add_output(command);
	return error ? error : command->failed ? -ENOMEM : 0;
}

/* What one way of running clang has given. */
static int try_clang(const struct tandem_frontend_input *input, bool watched, bool by_server,
		     struct tandem_frontend_reading *reading, struct tandem_text *bitcode,
		     struct tandem_text *log)
{
	struct tandem_child child = { 0 };
	struct texts texts = { 0 };
	char file[40], *const arguments[] = { (char *)tandem_frontend_clang(), file, NULL };
	int error = make_program(input, &texts.program), descriptor = -1;

	if (!error)
		error = tandem_child_feed(&child, texts.program.bytes, texts.program.length, NULL);
	if (!error)
		error = tandem_child_collect(&child, bitcode, NULL);
	if (!error)
		error = tandem_child_collect(&child, log, NULL);
	if (!error)
		error = make_command(input, watched, reading, &child, &texts, log);
	if (!error)
		error = tandem_child_feed(&child, texts.command.bytes, texts.command.length,
					  &descriptor);
	snprintf(file, sizeof(file), "@/proc/self/fd/%d", descriptor);
	if (error && error != -ENOEXEC)
		tandem_text_print(log, "error: the compiler cannot be run: %s\n", strerror(-error));
	if (!error && by_server) {
		error = tandem_compile_server_run(&child, arguments, log);
		by_server = error != -ENOTCONN;
	}
	if (!by_server && (!error || error == -ENOTCONN))
		error = tandem_child_run(&child, arguments, -1, log);
	tandem_child_finish(&child);
	tandem_text_finish(&texts.program);
	tandem_text_finish(&texts.command);
	tandem_text_finish(&texts.folder);
	tandem_text_finish(&texts.overlay);
	return error;
}

/* By the server, or where there is none, or it fails, or another clang is wanted, as a process. */
static int run_clang(const struct tandem_frontend_input *input, bool watched,
		     struct tandem_frontend_reading *reading, struct tandem_text *bitcode,
		     struct tandem_text *log)
{
	bool by_server = !strcmp(tandem_frontend_clang(), TANDEM_CLANG_PATH);
	struct tandem_text said = { 0 };
	int error = try_clang(input, watched, by_server, reading, bitcode, &said);

	if (error == -EAGAIN && by_server) {
		tandem_text_finish(&said);
		tandem_text_finish(bitcode);
		if (reading)
			tandem_text_finish(&reading->files);
		error = try_clang(input, watched, false, reading, bitcode, &said);
	}
	tandem_text_add(log, said.bytes, said.length);
	if (!error && (bitcode->failed || log->failed || said.failed))
		error = -ENOMEM;
	if (!error && !tandem_bitcode_is_complete(bitcode->bytes, bitcode->length)) {
		if (!log->length)
			tandem_text_print(log, "error: %s gave no program\n",
					  tandem_frontend_clang());
		error = -ENOEXEC;
	}
	tandem_text_finish(&said);
	return error;
}

/*
 * Clang tells of dates and times by a warning, which is not for the application, and which
 * -w would hold back. So -w is left out, and where what clang said cannot stand it is asked
 * again, the way that the application wants it asked.
 */
static int run_watched(const struct tandem_frontend_input *input,
		       struct tandem_frontend_reading *reading, struct tandem_text *bitcode,
		       struct tandem_text *log)
{
	bool silent = input->options->no_warnings;
	struct tandem_text said = { 0 };
	int error = run_clang(input, true, reading, bitcode, &said);

	reading->tells_time = strstr(tandem_text_string(&said), "-Wdate-time");
	if (reading->tells_time || (silent && error == -ENOEXEC)) {
		tandem_text_finish(bitcode);
		error = run_clang(input, false, NULL, bitcode, log);
	} else if (!silent || error) {
		tandem_text_add(log, said.bytes, said.length);
	}
	tandem_text_finish(&said);
	return error;
}

int tandem_frontend_compile(const struct tandem_frontend_input *input,
			    struct tandem_frontend_reading *reading, struct tandem_text *bitcode,
			    struct tandem_text *log)
{
	return reading ? run_watched(input, reading, bitcode, log) :
			 run_clang(input, false, NULL, bitcode, log);
}
