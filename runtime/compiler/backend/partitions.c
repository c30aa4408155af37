// SPDX-License-Identifier: MIT
#include "partitions.h"

#include <llvm-c/BitReader.h>
#include <llvm-c/BitWriter.h>
#include <llvm-c/Linker.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "compilation.h"
#include "groups/parts.h"
#include "joined_objects.h"
#include "optimising.h"
#include "stack_use.h"
#include "target_x86_64.h"
#include "util/alloc.h"
#include "util/jobs.h"

/* Instructions of a partition, and as many more as the last of its parts has. */
#define PARTITION_INSTRUCTIONS 12000
/* Programs whose parts have fewer together are not divided: a partition costs some milliseconds. */
#define LEAST_INSTRUCTIONS (2 * PARTITION_INSTRUCTIONS)
/* In the process. Each takes some tens of MiB. */
#define MOST_THREADS 16

/* Threads of all compilations that are beside those that called. */
static atomic_uint threads_beside;

struct part {
	char *name;
	uint64_t stack_use;
};

struct tandem_partition {
	struct part *parts;
	unsigned int count;
	struct tandem_backend_request request;
	struct tandem_backend_result result;
	bool failed;
};

/* ---- how a program is divided ---- */

static size_t count_instructions(LLVMValueRef function)
{
	size_t count = 0;

	tandem_ir_for_each(function, block, instruction, next)
		count++;
	return count;
}

static size_t count_all(struct tandem_compilation *compilation, unsigned int *parts)
{
	size_t count = 0;

	*parts = 0;
	for (LLVMValueRef function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		if (!tandem_parts_is_one(function))
			continue;
		count += count_instructions(function);
		++*parts;
	}
	return count;
}

/* Gives the partition one more part. @room: of all parts there are. */
static bool add_part(struct tandem_partition *partition, LLVMValueRef function, unsigned int room)
{
	if (!partition->parts)
		partition->parts = tandem_new_array(partition->parts, room);
	if (!partition->parts)
		return false;
	partition->parts[partition->count].name = strdup(tandem_ir_name(function));
	return partition->parts[partition->count++].name;
}

static void assign_parts(struct tandem_compilation *compilation,
			 struct tandem_partitions *partitions, unsigned int parts)
{
	size_t count = 0;

	partitions->partitions = tandem_new_array(partitions->partitions, parts);
	if (!partitions->partitions) {
		tandem_ir_error(compilation, "no memory");
		return;
	}
	partitions->count = 1;
	for (LLVMValueRef function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		if (!tandem_parts_is_one(function))
			continue;
		if (count > PARTITION_INSTRUCTIONS) {
			partitions->count++;
			count = 0;
		}
		if (!add_part(&partitions->partitions[partitions->count - 1], function, parts)) {
			tandem_ir_error(compilation, "no memory");
			return;
		}
		count += count_instructions(function);
	}
}

/* ---- what goes where ---- */

static bool has_local_linkage(LLVMValueRef value)
{
	LLVMLinkage linkage = LLVMGetLinkage(value);

	return linkage == LLVMInternalLinkage || linkage == LLVMPrivateLinkage;
}

/* Makes variables that all partitions can mean, where they are. */
static void share_variables(struct tandem_compilation *compilation)
{
	static const char name[] = "tandem.shared";

	for (LLVMValueRef variable = LLVMGetFirstGlobal(compilation->module); variable;
	     variable = LLVMGetNextGlobal(variable)) {
		if (LLVMIsDeclaration(variable) || !has_local_linkage(variable))
			continue;
		LLVMSetValueName2(variable, name, strlen(name));
		LLVMSetLinkage(variable, LLVMExternalLinkage);
		LLVMSetVisibility(variable, LLVMHiddenVisibility);
	}
}

/*
 * Changes the linkage of what others have a name for. Of linked code, only what is asked for is
 * read of functions that more than one object may have, and of variables that others define.
 */
static void set_linkage(struct tandem_compilation *compilation, LLVMLinkage functions,
			LLVMLinkage variables)
{
	LLVMValueRef value;

	for (value = LLVMGetFirstFunction(compilation->module); value;
	     value = LLVMGetNextFunction(value)) {
		if (!LLVMIsDeclaration(value) && !has_local_linkage(value))
			LLVMSetLinkage(value, functions);
	}
	for (value = LLVMGetFirstGlobal(compilation->module); value;
	     value = LLVMGetNextGlobal(value)) {
		if (!LLVMIsDeclaration(value) && LLVMGetLinkage(value) != LLVMAppendingLinkage)
			LLVMSetLinkage(value, variables);
	}
}

static void show_parts(struct tandem_compilation *compilation)
{
	for (LLVMValueRef function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		if (!tandem_parts_is_one(function))
			continue;
		LLVMSetLinkage(function, LLVMExternalLinkage);
		LLVMSetVisibility(function, LLVMHiddenVisibility);
	}
}

static void drop_parts(struct tandem_compilation *compilation)
{
	for (LLVMValueRef function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		if (tandem_parts_is_one(function))
			LLVMSetLinkage(function, LLVMAvailableExternallyLinkage);
	}
	tandem_ir_run_passes(compilation, "elim-avail-extern,globaldce");
}

void tandem_partitions_divide(struct tandem_compilation *compilation,
			      struct tandem_partitions *partitions)
{
	unsigned int parts;

	*partitions = (struct tandem_partitions){ 0 };
	if (count_all(compilation, &parts) < LEAST_INSTRUCTIONS)
		return;
	assign_parts(compilation, partitions, parts);
	if (compilation->failed)
		return;
	tandem_text_print(&compilation->result->notes,
			  "parts of kernels are compiled in %u partitions\n", partitions->count);
	share_variables(compilation);
	show_parts(compilation);
	set_linkage(compilation, LLVMLinkOnceODRLinkage, LLVMAvailableExternallyLinkage);
	partitions->bitcode = LLVMWriteBitcodeToMemoryBuffer(compilation->module);
	set_linkage(compilation, LLVMExternalLinkage, LLVMExternalLinkage);
	drop_parts(compilation);
}

/* ---- one partition ---- */

static LLVMValueRef part_of(struct tandem_compilation *compilation, const struct part *part)
{
	return LLVMGetNamedFunction(compilation->module, part->name);
}

/* Reads the parts, and what they need, of the whole program. */
static void read_parts(struct tandem_compilation *compilation, struct tandem_partition *partition,
		       LLVMMemoryBufferRef bitcode)
{
	LLVMMemoryBufferRef buffer = LLVMCreateMemoryBufferWithMemoryRange(
		LLVMGetBufferStart(bitcode), LLVMGetBufferSize(bitcode), "partition", 0);
	LLVMTypeRef types[] = { compilation->pointer, compilation->pointer, compilation->pointer };
	LLVMTypeRef type = LLVMFunctionType(compilation->i32, types, 3, 0);
	LLVMModuleRef whole;

	compilation->module = LLVMModuleCreateWithNameInContext("partition", compilation->context);
	LLVMSetTarget(compilation->module, TANDEM_TARGET_TRIPLE);
	LLVMSetDataLayout(compilation->module, compilation->layout_string);
	for (unsigned int i = 0; i < partition->count; i++)
		LLVMAddFunction(compilation->module, partition->parts[i].name, type);
	if (LLVMGetBitcodeModuleInContext2(compilation->context, buffer, &whole) ||
	    LLVMLinkModules2(compilation->module, whole)) {
		tandem_ir_error(compilation, "internal: a partition cannot be read");
		return;
	}
	for (unsigned int i = 0; i < partition->count; i++)
		LLVMSetLinkage(part_of(compilation, &partition->parts[i]), LLVMExternalLinkage);
}

static void note_stack_use(struct tandem_compilation *compilation,
			   struct tandem_partition *partition)
{
	struct tandem_pointer_map known = { 0 };

	for (unsigned int i = 0; i < partition->count; i++)
		partition->parts[i].stack_use = tandem_stack_use(
			compilation, part_of(compilation, &partition->parts[i]), &known);
	if (known.failed)
		tandem_ir_error(compilation, "no memory");
	tandem_pointer_map_finish(&known);
}

static void compile_partition(void *argument, uint32_t number)
{
	struct tandem_partitions *partitions = argument;
	struct tandem_partition *partition = &partitions->partitions[number];
	struct tandem_compilation compilation;

	tandem_compilation_init(&compilation, &partition->request, &partition->result);
	compilation.is_partition = true;
	if (!compilation.failed)
		read_parts(&compilation, partition, partitions->bitcode);
	if (!compilation.failed)
		tandem_optimise(&compilation);
	tandem_ir_dump(&compilation, "optimised");
	if (!compilation.failed)
		note_stack_use(&compilation, partition);
	if (!compilation.failed)
		tandem_compilation_emit(&compilation);
	partition->failed = compilation.failed;
	tandem_compilation_finish(&compilation);
}

/* ---- all of them ---- */

/* Threads to be had beside the calling one; they are to be given back. */
static unsigned int take_threads(unsigned int wished)
{
	cpu_set_t processors;
	unsigned int most = MOST_THREADS, taken;

	/* It fails where there are more processors than the set has room for. */
	if (!sched_getaffinity(0, sizeof(processors), &processors))
		most = (unsigned int)tandem_min_u64(CPU_COUNT(&processors), MOST_THREADS);
	most--;
	wished = (unsigned int)tandem_min_u64(wished, most);
	taken = atomic_fetch_add(&threads_beside, wished);
	if (taken + wished <= most)
		return wished;
	/* Others have them. */
	most = taken < most ? most - taken : 0;
	atomic_fetch_sub(&threads_beside, wished - most);
	return most;
}

static void take_over(struct tandem_compilation *compilation, struct tandem_partition *partition)
{
	struct tandem_backend_result *to = compilation->result, *from = &partition->result;

	tandem_text_add(&to->log, tandem_text_string(&from->log), from->log.length);
	tandem_text_add(&to->notes, tandem_text_string(&from->notes), from->notes.length);
	compilation->failed |= partition->failed;
	if (from->object.failed || from->log.failed)
		tandem_ir_error(compilation, "no memory");
}

void tandem_partitions_compile(struct tandem_compilation *compilation,
			       struct tandem_partitions *partitions)
{
	struct tandem_text *prefixes = tandem_new_array(prefixes, partitions->count + 1);
	unsigned int threads;

	if (!prefixes) {
		tandem_ir_error(compilation, "no memory");
		return;
	}
	for (unsigned int i = 0; i < partitions->count; i++) {
		struct tandem_backend_request *request = &partitions->partitions[i].request;

		*request = *compilation->request;
		if (!request->dump_prefix)
			continue;
		tandem_text_print(&prefixes[i], "%s.%u", request->dump_prefix, i);
		request->dump_prefix = prefixes[i].bytes;
	}
	threads = take_threads(partitions->count ? partitions->count - 1 : 0);
	tandem_jobs_run(partitions->count, threads + 1, compile_partition, partitions);
	atomic_fetch_sub(&threads_beside, threads);
	for (unsigned int i = 0; i < partitions->count; i++) {
		take_over(compilation, &partitions->partitions[i]);
		tandem_text_finish(&prefixes[i]);
	}
	free(prefixes);
}

void tandem_partitions_stack_use(const struct tandem_compilation *compilation,
				 const struct tandem_partitions *partitions,
				 struct tandem_pointer_map *known)
{
	for (unsigned int i = 0; i < partitions->count; i++) {
		const struct tandem_partition *partition = &partitions->partitions[i];

		for (unsigned int k = 0; k < partition->count; k++)
			tandem_pointer_map_set(
				known,
				LLVMGetNamedFunction(compilation->module, partition->parts[k].name),
				(void *)(uintptr_t)(partition->parts[k].stack_use + 1));
	}
}

void tandem_partitions_join(struct tandem_compilation *compilation,
			    struct tandem_partitions *partitions)
{
	struct tandem_text *objects = tandem_new_array(objects, partitions->count + 1);
	struct tandem_text joined = { 0 };

	if (objects) {
		objects[0] = compilation->result->object;
		for (unsigned int i = 0; i < partitions->count; i++)
			objects[i + 1] = partitions->partitions[i].result.object;
	}
	if (!objects || tandem_objects_join(objects, partitions->count + 1, &joined))
		tandem_ir_error(compilation, "internal: the partitions cannot be joined");
	free(objects);
	tandem_text_finish(&compilation->result->object);
	compilation->result->object = joined;
}

void tandem_partitions_finish(struct tandem_partitions *partitions)
{
	for (unsigned int i = 0; i < partitions->count; i++) {
		struct tandem_partition *partition = &partitions->partitions[i];

		for (unsigned int k = 0; k < partition->count; k++)
			free(partition->parts[k].name);
		free(partition->parts);
		tandem_text_finish(&partition->result.object);
		tandem_text_finish(&partition->result.log);
		tandem_text_finish(&partition->result.notes);
	}
	free(partitions->partitions);
	if (partitions->bitcode)
		LLVMDisposeMemoryBuffer(partitions->bitcode);
	*partitions = (struct tandem_partitions){ 0 };
}
