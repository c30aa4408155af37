// SPDX-License-Identifier: MIT
/*
 * fuzz-corpus FOLDER: what libFuzzer begins to mutate, a folder for each target. It is what
 * the compiler makes of the kernels below, whole and in its parts, and texts.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check.h"
#include "compile_target.h"
#include "compiler/container.h"
#include "compiler/description.h"
#include "program/build_options.h"
#include "util/alloc.h"

/* A small one, and one with all that object files have: variables, constants, calls. */
static const char *const sources[] = {
	"kernel void one(global int *out) { out[get_global_id(0)] = 1; }",
	"constant int table[] = { 3, 1, 4, 1, 5 };\n"
	"global int counter;\n"
	"kernel __attribute__((reqd_work_group_size(4, 1, 1)))\n"
	"void two(global int *out, local int *shared, constant float4 *in, int n)\n"
	"{\n"
	"	size_t i = get_local_id(0);\n"
	"	shared[i] = table[i % 5] + convert_int(fma(in[0].x, in[1].y, in[2].z));\n"
	"	barrier(CLK_LOCAL_MEM_FENCE);\n"
	"	out[get_global_id(0)] = shared[3 - i] + n + counter++;\n"
	"	printf(\"%d %v4hlf %s %p\\n\", n, in[0], \"text\", out);\n"
	"}\n"
	"kernel void three(global double *out) { out[0] = fmod(out[1], out[2]); }\n",
};

static const char *const option_texts[] = {
	"",
	"-cl-std=CL3.0 -DN=4 -D M -I /tmp -cl-mad-enable -w",
	"-x clc++ -Werror -g",
	"-D \"a b=\\\"c d\\\"\" -I'/a b' -cl-opt-disable -cl-kernel-arg-info",
	"-create-library -enable-link-options -cl-denorms-are-zero",
	"-cl-fast-relaxed-math -cl-strict-aliasing -U N -cl-finite-math-only",
};

static const struct {
	const char *values; /* kind, bytes and elements of each */
	size_t values_bytes;
	const char *format;
} printf_seeds[] = {
	{ "\0\4\1", 3, "%d items\n" },
	{ "\1\4\4\0\10\1", 6, "%v4.3hlf|%-+8lld%%" },
	{ "\2\10\1\2\10\1\0\1\20", 9, "%s %p %#v16hhx" },
	{ "\1\10\1\1\2\10", 6, "%010.4e %v8ha %q %v" },
};

static const char *folder;

static void write_seed(const char *name, unsigned int number, unsigned char choice,
		       const void *bytes, size_t length)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	check_fatal(!mkdir(path, 0755) || errno == EEXIST, "%s", path);
	snprintf(path, sizeof(path), "%s/%s/%u", folder, name, number);
	file = fopen(path, "w");
	check_fatal(file, "%s", path);
	check(fputc(choice, file) == choice && fwrite(bytes, 1, length, file) == length, "%s",
	      path);
	check(!fclose(file), "%s", path);
}

/* The head of an entry, of which the target makes a right one. */
static void write_entry(unsigned int number, const struct tandem_binary *binary)
{
	struct tandem_text dependencies = { 0 }, entry = { 0 };
	static const char unset[24];

	tandem_put_u32(&dependencies, 0);
	tandem_put_u32(&dependencies, number);
	for (unsigned int i = 0; i < number; i++)
		tandem_put_string(&dependencies, "/none/such", strlen("/none/such"));
	tandem_text_add(&entry, unset, sizeof(unset));
	tandem_put_u64(&entry, dependencies.length);
	tandem_put_u64(&entry, 0);
	tandem_text_add(&entry, dependencies.bytes, dependencies.length);
	tandem_text_add(&entry, binary->bytes, binary->length);
	write_seed("cache", number, 0, entry.bytes, entry.length);
	tandem_text_finish(&dependencies);
	tandem_text_finish(&entry);
}

/* What of an executable is used as it is: all but the bitcode. */
static void write_program(unsigned int number, const struct tandem_container *executable)
{
	struct tandem_container container = *executable;
	struct tandem_binary binary = { 0 };

	container.sections[TANDEM_SECTION_BITCODE].length = 0;
	check_fatal(!tandem_container_write(&container, &binary), "no memory");
	write_seed("program", number, 0, binary.bytes, binary.length);
	tandem_binary_finish(&binary);
}

static void write_binary(unsigned int number, const struct tandem_binary *binary)
{
	struct tandem_container container;
	const struct tandem_container_bytes *sections = container.sections;

	check_fatal(!tandem_container_read(&container, binary->bytes, binary->length),
		    "the compiler makes damaged containers");
	write_seed("container", number, 0, binary->bytes, binary->length);
	write_entry(number, binary);
	if (container.kind != TANDEM_BINARY_EXECUTABLE)
		return;
	write_program(number, &container);
	write_seed("foreign", number, 0, binary->bytes, binary->length);
	write_seed("object", number, 0, sections[TANDEM_SECTION_OBJECT].bytes,
		   sections[TANDEM_SECTION_OBJECT].length);
	write_seed("description", number, 0, sections[TANDEM_SECTION_DESCRIPTION].bytes,
		   sections[TANDEM_SECTION_DESCRIPTION].length);
}

static void write_binaries(void)
{
	const struct tandem_build_options options = { .standard = "CL3.0", .optimise = true };

	for (unsigned int i = 0; i < TANDEM_ARRAY_SIZE(sources); i++) {
		const struct tandem_compile_input input = { .source = sources[i],
							    .length = strlen(sources[i]),
							    .options = &options };
		struct tandem_binary executable = { 0 }, object = { 0 };
		struct tandem_text log = { 0 };

		check_fatal(!tandem_compiler_build(&target, &input, &executable, &log) &&
				    !tandem_compiler_compile(&target, &input, &object, &log),
			    "%s", tandem_text_string(&log));
		write_binary(2 * i, &executable);
		write_binary(2 * i + 1, &object);
		tandem_binary_finish(&executable);
		tandem_binary_finish(&object);
		tandem_text_finish(&log);
	}
}

static void write_texts(void)
{
	char seed[256] = "";

	for (unsigned int i = 0; i < TANDEM_ARRAY_SIZE(option_texts); i++)
		write_seed("options", i, i == 4 ? 2 : 0, option_texts[i], strlen(option_texts[i]));
	for (unsigned int i = 0; i < TANDEM_ARRAY_SIZE(printf_seeds); i++) {
		size_t bytes = printf_seeds[i].values_bytes;

		memcpy(seed, printf_seeds[i].values, bytes);
		strcpy(seed + bytes, printf_seeds[i].format);
		memset(seed + bytes + strlen(printf_seeds[i].format) + 1, 0x41, 32);
		write_seed("printf", i, (unsigned char)(bytes / 3), seed,
			   bytes + strlen(printf_seeds[i].format) + 33);
	}
}

int main(int count, char **arguments)
{
	if (count != 2 || arguments[1][0] == '-') {
		printf("usage: fuzz-corpus FOLDER\n"
		       "Writes what the fuzz targets begin with to FOLDER, a folder for each.\n");
		return count != 2 || strcmp(arguments[1], "--help") ? 2 : 0;
	}
	folder = arguments[1];
	if (!tandem_compiler_is_available())
		check_skip("the compiler is not there");
	check_fatal(!mkdir(folder, 0755) || errno == EEXIST, "%s: %s", folder, strerror(errno));
	write_binaries();
	write_texts();
	return check_result();
}
