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

/*
 * Runs a program whose argument @place is to be the module's path. What it writes to its
 * standard output is added to @output, what it says to @said.
 */
static int run(const char **arguments, unsigned int place, const struct tandem_text *module,
	       struct tandem_text *output, struct tandem_text *said)
{
	struct tandem_child child = { .most_memory_bytes = MOST_MEMORY_BYTES,
				      .most_output_bytes = MOST_OUTPUT_BYTES };
	char path[40];
	int descriptor = -1;
	int error = tandem_child_feed(&child, "", 0, NULL);

	if (!error)
		error = tandem_child_collect(&child, output, NULL);
	if (!error)
		error = tandem_child_collect(&child, said, NULL);
	if (!error)
		error = tandem_child_share(&child, module->bytes, module->length, &descriptor);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", descriptor);
	arguments[place] = path;
	if (!error)
		error = tandem_child_run(&child, (char *const *)arguments, LIMIT_MS, said);
	arguments[place] = NULL;
	tandem_child_finish(&child);
	if (!error && (output->failed || said->failed))
		error = -ENOMEM;
	return error;
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
	struct tandem_text said = { 0 };
	uint32_t version;
	int error;

	memcpy(&version, module->bytes + sizeof(version), sizeof(version));
	snprintf(environment, sizeof(environment), "spv1.%u", (unsigned int)(version >> 8 & 0xff));
	/* What a module may be, by its version alone: what devices have, the translator knows. */
	error = run(arguments, 3, module, &said, &said);
	if (error) {
		add_said(log, &said);
		tandem_text_print(log, "error: the SPIR-V is not valid%s%s\n",
				  error == -ENOEXEC ? "" : ", or cannot be checked: ",
				  error == -ENOEXEC ? "" : strerror(-error));
	}
	tandem_text_finish(&said);
	return error;
}

static int translate(const struct tandem_text *module, struct tandem_text *bitcode,
		     struct tandem_text *log)
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
	struct tandem_text said = { 0 };
	int error = run(arguments, 7, module, bitcode, &said);

	if (!error && !tandem_bitcode_is_complete(bitcode->bytes, bitcode->length))
		error = -ENOEXEC;
	if (error) {
		add_said(log, &said);
		tandem_text_print(log, "error: %s does not translate the SPIR-V%s%s\n",
				  arguments[0], error == -ENOEXEC ? "" : ": ",
				  error == -ENOEXEC ? "" : strerror(-error));
	}
	tandem_text_finish(&said);
	return error;
}

int tandem_spirv_compile(const void *words, size_t length, struct tandem_text *bitcode,
			 struct tandem_text *log)
{
	struct tandem_text module = { 0 };
	int error = tandem_spirv_repair(words, length / sizeof(uint32_t), &module);

	/* The translator gets what was validated, but for what it could lose its place by. */
	if (!error)
		error = validate(&module, log);
	if (!error)
		tandem_spirv_drop_modes(&module);
	if (!error)
		error = translate(&module, bitcode, log);
	/* That a module is more than the programs take is the module's fault. */
	if (error == -ETIME || error == -EFBIG)
		error = -ENOEXEC;
	tandem_text_finish(&module);
	return error;
}
