// SPDX-License-Identifier: MIT
#include "spirv_frontend.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bitcode_check.h"
#include "build_settings.h"
#include "child_process.h"
#include "spirv_repairs.h"
#include "util/alloc.h"
#include "util/options.h"

/* Far more than any program takes. */
#define LIMIT_MS	  60000
#define MOST_MEMORY_BYTES (UINT64_C(4) << 30)
#define MOST_OUTPUT_BYTES (UINT64_C(256) << 20)

const char *tandem_spirv_translator(void)
{
	const char *path = tandem_option_value(TANDEM_OPTION_LLVM_SPIRV);

	return path && *path ? path : TANDEM_LLVM_SPIRV_PATH;
}

const char *tandem_spirv_validator(void)
{
	return TANDEM_SPIRV_VAL_PATH;
}

bool tandem_spirv_is_available(void)
{
	return !access(tandem_spirv_validator(), X_OK) && !access(tandem_spirv_translator(), X_OK);
}

/*
 * OpenCL 2.0 is what the translator can name built-in functions after: its atomics with scope
 * and order. Instructions by name would be what OpenCL C has no functions for.
 */
#define TARGET "--spirv-target-env=CL2.0"
#define NAMES  "--spirv-gen-kernel-arg-name-md"

const char *tandem_spirv_describe(void)
{
	return TARGET " " NAMES " repairs 6";
}

/* One of the programs at work. All zero is one that was not started. */
struct run {
	struct tandem_child child;
	const char *program;
	struct tandem_text said;
};

/*
 * Starts a program whose argument @place is to be the module's path. What it writes to its
 * standard output is added to @output, which stays where it is, as @run does, until the end.
 */
static int start(struct run *run, const char **arguments, unsigned int place,
		 const struct tandem_text *module, struct tandem_text *output)
{
	struct tandem_child *child = &run->child;
	char path[40];
	int descriptor = -1, error;

	run->program = arguments[0];
	child->most_memory_bytes = MOST_MEMORY_BYTES;
	child->most_output_bytes = MOST_OUTPUT_BYTES;
	error = tandem_child_feed(child, "", 0, NULL);
	if (!error)
		error = tandem_child_collect(child, output, NULL);
	if (!error)
		error = tandem_child_collect(child, &run->said, NULL);
	if (!error)
		error = tandem_child_share(child, module->bytes, module->length, &descriptor);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", descriptor);
	arguments[place] = path;
	if (!error)
		error = tandem_child_start(child, (char *const *)arguments, &run->said);
	arguments[place] = NULL;
	return error;
}

/* Waits for the end of a program that was started. */
static int end(struct run *run)
{
	int error = tandem_child_end(&run->child, run->program, LIMIT_MS, &run->said);

	return !error && run->said.failed ? -ENOMEM : error;
}

/* Of any run, whose program is killed where it has not come to its end. */
static void finish(struct run *run)
{
	tandem_child_finish(&run->child);
	tandem_text_finish(&run->said);
}

/* Adds what a program said, without the report that LLVM makes of its own crash. */
static void add_said(struct tandem_text *log, const struct tandem_text *said)
{
	const char *text = tandem_text_string(said), *report = strstr(text, "PLEASE submit");
	const char *ended;
	size_t length = report ? (size_t)(report - text) : said->length;

	tandem_text_add(log, text, length);
	if (length && text[length - 1] != '\n')
		tandem_text_add(log, "\n", 1);
	ended = report ? strstr(report, "error: ") : NULL;
	if (ended)
		tandem_text_print(log, "%s", ended);
}

static int validate(const struct tandem_text *module, struct tandem_text *log)
{
	char environment[16];
	const char *arguments[] = { tandem_spirv_validator(), "--target-env", environment, NULL,
				    NULL };
	struct run validator = { 0 };
	uint32_t version;
	int error;

	memcpy(&version, module->bytes + sizeof(version), sizeof(version));
	snprintf(environment, sizeof(environment), "spv1.%u", (unsigned int)(version >> 8 & 0xff));
	/* What a module may be, by its version alone: what devices have, the translator knows. */
	error = start(&validator, arguments, 3, module, &validator.said);
	if (!error)
		error = end(&validator);
	if (error) {
		add_said(log, &validator.said);
		tandem_text_print(log, "error: the SPIR-V is not valid%s%s\n",
				  error == -ENOEXEC ? "" : ", or cannot be checked: ",
				  error == -ENOEXEC ? "" : strerror(-error));
	}
	finish(&validator);
	return error;
}

static int start_translator(struct run *translator, const struct tandem_text *module,
			    struct tandem_text *bitcode)
{
	const char *arguments[] = { tandem_spirv_translator(),
				    "-r",
				    TARGET,
				    NAMES,
				    "--disable-symbolication",
				    "-o",
				    "-",
				    NULL,
				    NULL };

	return start(translator, arguments, 7, module, bitcode);
}

/* @error is what starting it gave. */
static int end_translator(struct run *translator, int error, const struct tandem_text *bitcode,
			  struct tandem_text *log)
{
	if (!error)
		error = end(translator);
	if (!error && bitcode->failed)
		error = -ENOMEM;
	if (!error && !tandem_bitcode_is_complete(bitcode->bytes, bitcode->length))
		error = -ENOEXEC;
	if (error) {
		add_said(log, &translator->said);
		tandem_text_print(log, "error: %s does not translate the SPIR-V%s%s\n",
				  translator->program, error == -ENOEXEC ? "" : ": ",
				  error == -ENOEXEC ? "" : strerror(-error));
	}
	return error;
}

int tandem_spirv_compile(const void *words, size_t length, struct tandem_text *bitcode,
			 struct tandem_text *log)
{
	struct tandem_text module = { 0 }, reduced = { 0 };
	struct run translator = { 0 };
	int error = tandem_spirv_repair(words, length / sizeof(uint32_t), &module), started;

	if (!error) {
		tandem_text_add(&reduced, module.bytes, module.length);
		error = reduced.failed ? -ENOMEM : 0;
	}
	if (!error) {
		/*
		 * It gets what is validated meanwhile, but for what it could lose its place by:
		 * it takes ten times as long to load as that, and is killed where the module is
		 * not valid.
		 */
		tandem_spirv_drop_modes(&reduced);
		started = start_translator(&translator, &reduced, bitcode);
		error = validate(&module, log);
		if (!error)
			error = end_translator(&translator, started, bitcode, log);
	}
	/* That a module is more than the programs take is the module's fault. */
	if (error == -ETIME || error == -EFBIG)
		error = -ENOEXEC;
	finish(&translator);
	tandem_text_finish(&reduced);
	tandem_text_finish(&module);
	return error;
}
