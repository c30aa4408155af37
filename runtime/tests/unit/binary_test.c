// SPDX-License-Identifier: MIT
/*
 * Binaries that are not what they should be. A program is built, then its binary
 * is changed in thousands of ways: reading it must never do harm, and the
 * checksum must tell that it was changed. Behind the checksum each part is tried
 * by itself: the object file's loader and the reader of the description.
 */
#include <elf.h>
#include <errno.h>
#include <string.h>

#include "check.h"
#include "compile_target.h"
#include "compiler/container.h"
#include "compiler/description.h"
#include "compiler/object_loader_x86_64.h"
#include "program/build_options.h"

static const char source[] =
	"global int counter = 3; global int *where = &counter; constant int table[3] = { 1, 2, 3 };\n"
	"kernel void one(global int *out, local int *shared, float4 f, const int n)\n"
	"{\n"
	"	shared[get_local_id(0)] = out[get_global_id(0)] + table[n % 3];\n"
	"	barrier(CLK_LOCAL_MEM_FENCE);\n"
	"	out[get_global_id(0)] = shared[0] + (int)f.x + *where;\n"
	"	if (out[0] == 12345)\n"
	"		printf(\"%d %v4hlf %s\\n\", n, f, \"text\");\n"
	"}\n"
	"kernel void two(global double *out) { out[get_global_id(0)] = sin(out[0]); }\n";

static struct tandem_binary build(void)
{
	const struct tandem_build_options options = { .standard = "CL3.0", .optimise = true };
	const struct tandem_compile_input input = { .source = source,
						    .length = sizeof(source) - 1,
						    .options = &options };
	struct tandem_binary binary = { 0 };
	struct tandem_text log = { 0 };
	int error = tandem_compiler_build(&target, &input, &binary, &log);

	check_fatal(!error, "error %d: %s", error, tandem_text_string(&log));
	tandem_text_finish(&log);
	return binary;
}

static int load(const void *bytes, size_t length)
{
	const struct tandem_binary binary = { (void *)bytes, length };
	struct tandem_compiled_program program;
	struct tandem_text log = { 0 };
	int error = tandem_compiler_load(&target, &binary, 0, &program, &log);

	if (error)
		check(log.length, "error %d without a word", error);
	else
		tandem_compiler_unload(&program);
	tandem_text_finish(&log);
	return error;
}

/* ---- the container ---- */

static void test_container(const struct tandem_binary *binary)
{
	char *copy = malloc(binary->length);
	unsigned int seed = 7;

	check_equal(0, load(binary->bytes, binary->length));
	for (size_t length = 0; length < binary->length; length += 1 + length / 50)
		check_equal(-ENOEXEC, load(binary->bytes, length));
	for (int i = 0; i < 2000; i++) {
		size_t place = i < 400 ? (size_t)i : (size_t)rand_r(&seed) % binary->length;

		memcpy(copy, binary->bytes, binary->length);
		copy[place] ^= (char)(1 << rand_r(&seed) % 8);
		check(load(copy, binary->length) == -ENOEXEC, "byte %zu changed: not noticed",
		      place);
	}
	free(copy);
}

/* ---- the description ---- */

static int read_description(const void *bytes, size_t length)
{
	struct tandem_description description;
	int error = tandem_description_read(&description, bytes, length);

	if (!error)
		tandem_description_finish(&description);
	return error;
}

static void test_description(const struct tandem_container_bytes *section)
{
	char *copy = malloc(section->length);
	unsigned int seed = 11;

	check_equal(0, read_description(section->bytes, section->length));
	for (size_t length = 0; length < section->length; length++)
		check_equal(-ENOEXEC, read_description(section->bytes, length));
	/* A changed number may still be a number: what counts is that nothing breaks. */
	for (int i = 0; i < 20000; i++) {
		memcpy(copy, section->bytes, section->length);
		for (int k = rand_r(&seed) % 4; k >= 0; k--)
			copy[(size_t)rand_r(&seed) % section->length] = (char)rand_r(&seed);
		read_description(copy, section->length);
		check_count++;
	}
	free(copy);
}

static void test_description_contents(const struct tandem_container_bytes *section)
{
	struct tandem_description description;
	const struct tandem_kernel_info *one;

	check_fatal(!tandem_description_read(&description, section->bytes, section->length),
		    "reading");
	check_fatal(description.kernel_count == 2, "%u kernels", description.kernel_count);
	one = &description.kernels[0].info;
	check(!strcmp(one->name, "one"), "%s", one->name);
	check_equal(4, one->argument_count);
	check_equal(TANDEM_ARGUMENT_GLOBAL, one->arguments[0].kind);
	check_equal(TANDEM_ARGUMENT_LOCAL, one->arguments[1].kind);
	check_equal(TANDEM_ARGUMENT_VALUE, one->arguments[2].kind);
	check_equal(16, one->arguments[2].bytes);
	check_equal(16, description.kernels[0].argument_offsets[2]);
	check(one->uses_printf, "one prints");
	check(!description.kernels[1].info.uses_printf, "two does not");
	check_equal(1, description.format_count);
	check_equal(3, description.formats[0].value_count);
	check_equal(4, description.formats[0].values[1].elements);
	check(description.global_variable_bytes >= 12, "%llu bytes of variables",
	      (unsigned long long)description.global_variable_bytes);
	tandem_description_finish(&description);
}

/* What printf would read beyond the value that a kernel passes. */
static void test_format_values(void)
{
	static const struct {
		struct tandem_printf_value value;
		int error;
	} cases[] = {
		{ { TANDEM_PRINTF_POINTER, 8, 1 }, 0 },
		{ { TANDEM_PRINTF_POINTER, 8, 16 }, 0 },
		{ { TANDEM_PRINTF_POINTER, 1, 16 }, -ENOEXEC },
		{ { TANDEM_PRINTF_POINTER, 4, 2 }, -ENOEXEC },
		{ { TANDEM_PRINTF_FLOAT, 4, 16 }, 0 },
		{ { TANDEM_PRINTF_INTEGER, 1, 17 }, -ENOEXEC },
		{ { TANDEM_PRINTF_INTEGER, 3, 1 }, -ENOEXEC },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tandem_printf_value value = cases[i].value;
		struct tandem_printf_format format = { "%v16s", 1, &value };
		struct tandem_description description = { .format_count = 1, .formats = &format };
		struct tandem_text bytes = { 0 };

		tandem_description_write(&description, &bytes);
		check_equal(cases[i].error, read_description(bytes.bytes, bytes.length));
		tandem_text_finish(&bytes);
	}
}

/* ---- the object file ---- */

static void *resolve(const char *name)
{
	return strcmp(name, "nowhere") ? (void *)memcpy : NULL;
}

static int load_object(const void *bytes, size_t length)
{
	struct tandem_object_image image;
	struct tandem_text log = { 0 };
	int error = tandem_object_load(&image, bytes, length, &memory, resolve, &log);

	if (error)
		check(log.length || error == -ENOMEM, "error %d without a word", error);
	else
		tandem_object_unload(&image);
	tandem_text_finish(&log);
	return error;
}

static void test_object(const struct tandem_container_bytes *section)
{
	/* Aligned as in a container. */
	char *copy = aligned_alloc(16, (section->length + 15) / 16 * 16);
	unsigned int seed = 13;

	memcpy(copy, section->bytes, section->length);
	check_equal(0, load_object(copy, section->length));
	for (size_t length = 0; length < section->length; length += 1 + length / 100)
		load_object(copy, length);
	/* The header and the tables at the end are where it hurts. */
	for (int i = 0; i < 20000; i++) {
		memcpy(copy, section->bytes, section->length);
		for (int k = rand_r(&seed) % 3; k >= 0; k--) {
			size_t place = (size_t)rand_r(&seed) % section->length;

			if (rand_r(&seed) % 2)
				place = rand_r(&seed) % 2 ? place % 64 :
							    section->length - 1 - place % 2000;
			copy[place] = (char)(rand_r(&seed) % 4 ? rand_r(&seed) : 0xff);
		}
		load_object(copy, section->length);
		check_count++;
	}
	free(copy);
}

/* A damaged container may have it anywhere. */
static void test_object_place(const struct tandem_container_bytes *section)
{
	char *room = malloc(section->length + 16);

	for (size_t place = 1; place <= 16; place++) {
		int error;

		memcpy(room + place, section->bytes, section->length);
		error = load_object(room + place, section->length);
		check(place % 8 ? error == -ENOEXEC : !error, "error %d at %zu", error, place);
	}
	free(room);
}

static const Elf64_Shdr *symbol_table(const char *object)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)object;
	const Elf64_Shdr *sections = (const Elf64_Shdr *)(object + header->e_shoff);

	for (int i = 0; i < header->e_shnum; i++) {
		if (sections[i].sh_type == SHT_SYMTAB)
			return &sections[i];
	}
	return NULL;
}

/* A function at an address that is not the code's, which would be called. */
static void test_object_wild_functions(const struct tandem_container_bytes *section)
{
	char *copy = aligned_alloc(16, (section->length + 15) / 16 * 16);
	const Elf64_Shdr *table;
	int functions = 0;

	memcpy(copy, section->bytes, section->length);
	table = symbol_table(copy);
	check_fatal(table, "no symbols");
	for (size_t i = 0; i < table->sh_size / sizeof(Elf64_Sym); i++) {
		Elf64_Sym *symbol = (Elf64_Sym *)(copy + table->sh_offset) + i;
		Elf64_Sym before = *symbol;

		if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC || symbol->st_shndx == SHN_UNDEF)
			continue;
		symbol->st_shndx = SHN_ABS;
		symbol->st_value = 0x1000;
		check_equal(-ENOEXEC, load_object(copy, section->length));
		*symbol = before;
		functions++;
	}
	check(functions >= 2, "%d functions", functions);
	check_equal(0, load_object(copy, section->length));
	free(copy);
}

static void test_object_functions(const struct tandem_container_bytes *section)
{
	struct tandem_object_image image;
	struct tandem_text log = { 0 };

	check_fatal(!tandem_object_load(&image, section->bytes, section->length, &memory, resolve,
					&log),
		    "%s", tandem_text_string(&log));
	check(tandem_object_find(&image, "tandem.group.one"), "one");
	check(tandem_object_find(&image, "tandem.group.two"), "two");
	check(!tandem_object_find(&image, "tandem.group.three"), "three");
	check(image.variable_bytes > 0, "no variables");
	tandem_object_unload(&image);
	tandem_text_finish(&log);
}

/* What is known is not looked at again, and so are its copies; the same bytes from elsewhere are. */
static void test_known(const struct tandem_binary *binary)
{
	struct tandem_container container;
	struct tandem_binary copy;

	check(binary->is_known, "what was built is");
	check_fatal(!tandem_binary_copy(binary, &copy), "no memory");
	check(copy.is_known, "a copy is");
	((char *)copy.bytes)[copy.length - 1] ^= 1;
	check_equal(0, tandem_container_read_binary(&container, &copy));
	copy.is_known = false;
	check_equal(-ENOEXEC, tandem_container_read_binary(&container, &copy));
	tandem_binary_finish(&copy);
	check(!copy.is_known, "nothing is");
}

int main(void)
{
	struct tandem_container container;
	struct tandem_binary binary;

	if (!tandem_compiler_is_available())
		check_skip("the compiler is not there");
	binary = build();
	check_fatal(!tandem_container_read(&container, binary.bytes, binary.length), "container");
	check_equal(TANDEM_BINARY_EXECUTABLE, container.kind);
	check(container.is_native, "the binary was made here");
	test_known(&binary);
	test_container(&binary);
	test_description(&container.sections[TANDEM_SECTION_DESCRIPTION]);
	test_description_contents(&container.sections[TANDEM_SECTION_DESCRIPTION]);
	test_format_values();
	test_object(&container.sections[TANDEM_SECTION_OBJECT]);
	test_object_place(&container.sections[TANDEM_SECTION_OBJECT]);
	test_object_wild_functions(&container.sections[TANDEM_SECTION_OBJECT]);
	test_object_functions(&container.sections[TANDEM_SECTION_OBJECT]);
	tandem_binary_finish(&binary);
	return check_result();
}
