// SPDX-License-Identifier: MIT
/*
 * pack BUILTINS.bc OUT.pack - divides the library of built-in functions into the parts
 * of a pack, see pack.h.
 *
 * A part is made as a kernel is linked: it begins with declarations, and the linker
 * brings the definitions and what those need. What several parts need is in each.
 */
#include "pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llvm-c/BitReader.h>
#include <llvm-c/BitWriter.h>
#include <llvm-c/Core.h>
#include <llvm-c/Linker.h>

/* Functions of a part, at least; those of one name stay together. */
#define PART_FUNCTIONS 48
/* Parts that are taken from the library together first. */
#define PARTS_AROUND 16
#define ALIGNMENT    16

struct function {
	char *name;
	uint64_t hash;
	uint32_t part;
};

struct function_list {
	struct function *functions;
	uint32_t count;
	uint32_t part_count;
};

static _Noreturn void fail(const char *what, const char *why)
{
	fprintf(stderr, "pack: %s: %s\n", what, why ? why : "failed");
	exit(1);
}

static void *allocate(size_t count, size_t size_bytes)
{
	void *memory = calloc(count ? count : 1, size_bytes);

	if (!memory)
		fail("memory", NULL);
	return memory;
}

static LLVMMemoryBufferRef read_file(const char *path)
{
	LLVMMemoryBufferRef buffer;
	char *message = NULL;

	if (LLVMCreateMemoryBufferWithContentsOfFile(path, &buffer, &message))
		fail(path, message);
	return buffer;
}

/* The module in @bitcode, which stays the caller's and outlives it: functions are read when they
 * are needed. */
static LLVMModuleRef read_module(LLVMContextRef context, LLVMMemoryBufferRef bitcode)
{
	LLVMMemoryBufferRef buffer = LLVMCreateMemoryBufferWithMemoryRange(
		LLVMGetBufferStart(bitcode), LLVMGetBufferSize(bitcode), "builtins", false);
	LLVMModuleRef module;

	if (LLVMGetBitcodeModuleInContext2(context, buffer, &module))
		fail("the library", "not LLVM bitcode");
	return module;
}

/* The length of the part of a mangled name, or of another one, that tells what a
 * function is called: _Z3sinDv4_f and _Z3sinf share _Z3sin. */
static size_t base_length(const char *name)
{
	char *end;
	size_t length;

	if (strncmp(name, "_Z", 2))
		return strlen(name);
	length = strtoul(name + 2, &end, 10);
	return (size_t)(end - name) + length;
}

static bool have_same_base(const char *a, const char *b)
{
	size_t length = base_length(a);

	return length == base_length(b) && !strncmp(a, b, length);
}

/* Work-item functions: nearly every kernel needs some, and so one part has these alone. */
static bool is_work_item_function(const char *name)
{
	const char *base = !strncmp(name, "_Z", 2) ? name + 2 + strspn(name + 2, "0123456789") :
						     name;

	return !strncmp(base, "get_", 4);
}

static int compare_names(const void *a, const void *b)
{
	const struct function *first = (const struct function *)a;
	const struct function *second = (const struct function *)b;
	int order = is_work_item_function(second->name) - is_work_item_function(first->name);

	return order ? order : strcmp(first->name, second->name);
}

/* Whether a part that has @count functions, @last the last of them, ends before @next. */
static bool ends_part(uint32_t count, const char *last, const char *next)
{
	if (is_work_item_function(last) != is_work_item_function(next))
		return true;
	return count >= PART_FUNCTIONS && !have_same_base(last, next);
}

static int compare_hashes(const void *a, const void *b)
{
	const struct function *first = (const struct function *)a;
	const struct function *second = (const struct function *)b;

	return first->hash < second->hash ? -1 : first->hash > second->hash;
}

static bool is_public(LLVMValueRef function)
{
	return !LLVMIsDeclaration(function) && LLVMGetLinkage(function) == LLVMLinkOnceODRLinkage;
}

/* All functions that kernels can call, sorted by name, and the part of each. */
static void list_functions(LLVMModuleRef library, struct function_list *list)
{
	uint32_t in_part = 0;

	list->count = 0;
	for (LLVMValueRef function = LLVMGetFirstFunction(library); function;
	     function = LLVMGetNextFunction(function))
		list->count += is_public(function);
	list->functions = (struct function *)allocate(list->count, sizeof(*list->functions));
	list->count = 0;
	for (LLVMValueRef function = LLVMGetFirstFunction(library); function;
	     function = LLVMGetNextFunction(function)) {
		size_t length;
		const char *name = LLVMGetValueName2(function, &length);

		if (!is_public(function))
			continue;
		list->functions[list->count].name = strdup(name);
		list->functions[list->count++].hash = tandem_pack_hash(name);
	}
	qsort(list->functions, list->count, sizeof(*list->functions), compare_names);
	list->part_count = 0;
	for (uint32_t i = 0; i < list->count; i++) {
		if (i > 0 &&
		    ends_part(in_part, list->functions[i - 1].name, list->functions[i].name)) {
			list->part_count++;
			in_part = 0;
		}
		list->functions[i].part = list->part_count;
		in_part++;
	}
	list->part_count++;
}

/* A module of those functions of @bitcode that are in the parts from @first to before @end. */
static LLVMMemoryBufferRef select_parts(LLVMMemoryBufferRef bitcode,
					const struct function_list *list, uint32_t first,
					uint32_t end)
{
	LLVMContextRef context = LLVMContextCreate();
	LLVMModuleRef library = read_module(context, bitcode);
	LLVMModuleRef selected = LLVMModuleCreateWithNameInContext("builtins", context);
	LLVMMemoryBufferRef result;

	LLVMSetTarget(selected, LLVMGetTarget(library));
	LLVMSetDataLayout(selected, LLVMGetDataLayoutStr(library));
	for (uint32_t i = 0; i < list->count; i++) {
		LLVMValueRef function;

		if (list->functions[i].part < first || list->functions[i].part >= end)
			continue;
		function = LLVMGetNamedFunction(library, list->functions[i].name);
		LLVMAddFunction(selected, list->functions[i].name,
				LLVMGlobalGetValueType(function));
	}
	if (LLVMLinkModules2(selected, library))
		fail("the library", "cannot be linked");
	result = LLVMWriteBitcodeToMemoryBuffer(selected);
	LLVMDisposeModule(selected);
	LLVMContextDispose(context);
	return result;
}

/* The modules of all parts. Each is taken from a module of the parts around it: taking it from
 * the library would cost as much as all functions of that. */
static LLVMMemoryBufferRef *make_parts(LLVMMemoryBufferRef library,
				       const struct function_list *list)
{
	LLVMMemoryBufferRef *parts =
		(LLVMMemoryBufferRef *)allocate(list->part_count, sizeof(*parts));

	for (uint32_t first = 0; first < list->part_count; first += PARTS_AROUND) {
		LLVMMemoryBufferRef around =
			select_parts(library, list, first, first + PARTS_AROUND);

		for (uint32_t i = first; i < first + PARTS_AROUND && i < list->part_count; i++)
			parts[i] = select_parts(around, list, i, i + 1);
		LLVMDisposeMemoryBuffer(around);
	}
	return parts;
}

static void write_bytes(FILE *file, const void *bytes, size_t size_bytes)
{
	if (size_bytes && fwrite(bytes, size_bytes, 1, file) != 1)
		fail("output", "cannot be written");
}

static void write_padding(FILE *file, size_t size_bytes)
{
	static const char zeros[ALIGNMENT];

	write_bytes(file, zeros, (ALIGNMENT - size_bytes % ALIGNMENT) % ALIGNMENT);
}

static size_t padded(size_t size_bytes)
{
	return (size_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void write_index(FILE *file, struct function_list *list, const LLVMMemoryBufferRef *parts)
{
	const struct tandem_pack_header header = {
		.magic = TANDEM_PACK_MAGIC,
		.part_count = list->part_count,
		.function_count = list->count,
	};
	size_t offset_bytes = sizeof(header) + list->part_count * sizeof(struct tandem_pack_part) +
			      list->count * sizeof(struct tandem_pack_function);

	write_bytes(file, &header, sizeof(header));
	for (uint32_t i = 0; i < list->part_count; i++) {
		const struct tandem_pack_part part = {
			.offset_bytes = offset_bytes,
			.size_bytes = LLVMGetBufferSize(parts[i]),
		};

		write_bytes(file, &part, sizeof(part));
		offset_bytes += padded((size_t)part.size_bytes);
	}
	qsort(list->functions, list->count, sizeof(*list->functions), compare_hashes);
	for (uint32_t i = 0; i < list->count; i++) {
		const struct tandem_pack_function function = {
			.hash = list->functions[i].hash,
			.part = list->functions[i].part,
		};

		if (i > 0 && list->functions[i - 1].hash == function.hash)
			fail(list->functions[i].name, "has the hash of another function");
		write_bytes(file, &function, sizeof(function));
	}
}

static void write_pack(const char *path, struct function_list *list,
		       const LLVMMemoryBufferRef *parts)
{
	FILE *file = fopen(path, "wb");

	if (!file)
		fail(path, "cannot be opened");
	write_index(file, list, parts);
	for (uint32_t i = 0; i < list->part_count; i++) {
		write_bytes(file, LLVMGetBufferStart(parts[i]), LLVMGetBufferSize(parts[i]));
		write_padding(file, LLVMGetBufferSize(parts[i]));
	}
	if (fclose(file))
		fail(path, "cannot be written");
}

int main(int argc, char **argv)
{
	LLVMContextRef context = LLVMContextCreate();
	struct function_list list = { 0 };
	LLVMMemoryBufferRef bitcode, *parts;
	LLVMModuleRef library;

	if (argc != 3) {
		fprintf(stderr, "usage: pack BUILTINS.bc OUT.pack\n");
		return 2;
	}
	bitcode = read_file(argv[1]);
	library = read_module(context, bitcode);
	list_functions(library, &list);
	LLVMDisposeModule(library);
	LLVMContextDispose(context);

	parts = make_parts(bitcode, &list);
	write_pack(argv[2], &list, parts);
	for (uint32_t i = 0; i < list.part_count; i++)
		LLVMDisposeMemoryBuffer(parts[i]);
	LLVMDisposeMemoryBuffer(bitcode);
	for (uint32_t i = 0; i < list.count; i++)
		free(list.functions[i].name);
	free(list.functions);
	free(parts);
	return 0;
}
