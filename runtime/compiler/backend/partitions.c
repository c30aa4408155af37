// SPDX-License-Identifier: MIT
#include "partitions.h"

#include <errno.h>
#include <llvm-c/BitReader.h>
#include <llvm-c/BitWriter.h>
#include <llvm-c/Linker.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

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
/* And so many times as many as the functions that its parts may call: each has its own of these. */
#define TIMES_CALLED 2

/* A part of a kernel. */
struct part {
	char *name;
	uint64_t stack_bytes; /* what tandem_stack_use() says of it */
};

/* Parts that are compiled together. */
struct tandem_partition {
	struct part *parts; /* among those of struct tandem_partitions */
	unsigned int count;
	struct tandem_backend_request request;
	struct tandem_backend_result result;
	bool failed;
};

/* ---- how a program is divided ---- */

static bool has_local_linkage(LLVMValueRef value)
{
	LLVMLinkage linkage = LLVMGetLinkage(value);

	return linkage == LLVMInternalLinkage || linkage == LLVMPrivateLinkage;
}

/* What a program has, in instructions. */
struct size {
	unsigned int parts;
	size_t in_parts, in_called; /* in functions that parts may call */
};

static struct size measure(const struct tandem_compilation *compilation)
{
	struct size size = { 0 };

	for (LLVMValueRef function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		if (tandem_parts_is_one(function)) {
			size.in_parts += tandem_ir_count_instructions(function);
			size.parts++;
		} else if (has_local_linkage(function)) {
			size.in_called += tandem_ir_count_instructions(function);
		}
	}
	return size;
}

/* Begins a partition with the part that comes next. */
static struct tandem_partition *begin_partition(struct tandem_partitions *partitions)
{
	struct tandem_partition *partition = &partitions->partitions[partitions->count++];

	partition->parts = &partitions->parts[partitions->part_count];
	return partition;
}

/* -ENOMEM. */
static int assign_parts(struct tandem_partitions *partitions,
			const struct tandem_compilation *compilation, unsigned int parts,
			size_t most)
{
	struct tandem_partition *partition;
	size_t count = 0;

	partitions->partitions = tandem_new_array(partitions->partitions, parts);
	partitions->parts = tandem_new_array(partitions->parts, parts);
	if (!partitions->partitions || !partitions->parts)
		return -ENOMEM;
	partition = begin_partition(partitions);
	for (LLVMValueRef function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		struct part *part = &partitions->parts[partitions->part_count];

		if (!tandem_parts_is_one(function))
			continue;
		if (count > most) {
			partition = begin_partition(partitions);
			count = 0;
		}
		part->name = strdup(tandem_ir_name(function));
		if (!part->name)
			return -ENOMEM;
		partitions->part_count++;
		partition->count++;
		count += tandem_ir_count_instructions(function);
	}
	return 0;
}

/* ---- what goes where ---- */

/* Makes variables that all partitions can mean by a name, where they are. */
static void share_variables(struct tandem_compilation *compilation)
{
	static const char name[] = "tandem.shared";

	for (LLVMValueRef variable = LLVMGetFirstGlobal(compilation->module); variable;
	     variable = LLVMGetNextGlobal(variable)) {
		bool is_local = has_local_linkage(variable);

		if (LLVMIsDeclaration(variable) || (!is_local && *tandem_ir_name(variable)))
			continue;
		LLVMSetValueName2(variable, name, strlen(name));
		if (!is_local)
			continue;
		LLVMSetLinkage(variable, LLVMExternalLinkage);
		LLVMSetVisibility(variable, LLVMHiddenVisibility);
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

/* Changes the linkage of what others have a name for. */
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

/*
 * The program as each partition reads it. LLVM's linker takes only what is asked for of functions
 * that are linkonce, and of variables that are available externally, which it takes for declared.
 */
static LLVMMemoryBufferRef write_for_partitions(struct tandem_compilation *compilation)
{
	LLVMMemoryBufferRef bitcode;

	set_linkage(compilation, LLVMLinkOnceODRLinkage, LLVMAvailableExternallyLinkage);
	bitcode = LLVMWriteBitcodeToMemoryBuffer(compilation->module);
	set_linkage(compilation, LLVMExternalLinkage, LLVMExternalLinkage);
	return bitcode;
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
	const struct size size = measure(compilation);
	size_t most = tandem_max_u64(PARTITION_INSTRUCTIONS, TIMES_CALLED * size.in_called);

	*partitions = (struct tandem_partitions){ 0 };
	/* An alias has to be where the variable is that it is one of. */
	if (size.parts < 2 || size.in_parts < 2 * most ||
	    LLVMGetFirstGlobalAlias(compilation->module))
		return;
	if (assign_parts(partitions, compilation, size.parts, most)) {
		tandem_ir_error(compilation, "no memory");
		return;
	}
	if (partitions->count == 1) {
		tandem_partitions_finish(partitions);
		return;
	}
	share_variables(compilation);
	show_parts(compilation);
	partitions->bitcode = write_for_partitions(compilation);
	drop_parts(compilation);
	tandem_compilation_check(compilation);
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
	tandem_compilation_check(compilation);
}

static void note_stack_use(struct tandem_compilation *compilation,
			   struct tandem_partition *partition)
{
	struct tandem_pointer_map known = { 0 };

	for (unsigned int i = 0; i < partition->count; i++)
		partition->parts[i].stack_bytes = tandem_stack_use(
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
	if (compilation.module)
		tandem_ir_dump(&compilation, "optimised");
	if (!compilation.failed)
		note_stack_use(&compilation, partition);
	if (!compilation.failed)
		tandem_compilation_emit(&compilation);
	partition->failed = compilation.failed;
	tandem_compilation_finish(&compilation);
}

/* ---- threads ---- */

/* Of all compilations, beside those threads that called. */
static atomic_uint threads_beside;

/* The child of a fork has none of its parent's. */
static void forget_threads(void)
{
	threads_beside = 0;
}

static void forget_threads_at_fork(void)
{
	pthread_atfork(NULL, NULL, forget_threads);
}

/* How many there may be. */
static unsigned int most_threads_beside(void)
{
	cpu_set_t processors;
	struct rlimit memory;

	/* Their stacks and arenas would take what the compiler needs. */
	if (!getrlimit(RLIMIT_AS, &memory) && memory.rlim_cur != RLIM_INFINITY)
		return 0;
	/* That fails where there are more processors than the set has room for. */
	if (sched_getaffinity(0, sizeof(processors), &processors))
		return TANDEM_MOST_COMPILE_THREADS - 1;
	return (unsigned int)tandem_min_u64((uint64_t)CPU_COUNT(&processors),
					    TANDEM_MOST_COMPILE_THREADS) -
	       1;
}

/* Threads to be had beside the calling one; they are to be given back. */
static unsigned int take_threads(unsigned int wished)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	unsigned int most = most_threads_beside(), taken;

	pthread_once(&once, forget_threads_at_fork);
	wished = (unsigned int)tandem_min_u64(wished, most);
	taken = atomic_fetch_add(&threads_beside, wished);
	if (taken + wished <= most)
		return wished;
	/* Others have them. */
	most = taken < most ? most - taken : 0;
	atomic_fetch_sub(&threads_beside, wished - most);
	return most;
}

/* ---- all of them ---- */

static void take_over(struct tandem_compilation *compilation, struct tandem_partition *partition)
{
	struct tandem_backend_result *to = compilation->result, *from = &partition->result;

	tandem_text_add(&to->log, tandem_text_string(&from->log), from->log.length);
	tandem_text_add(&to->notes, tandem_text_string(&from->notes), from->notes.length);
	/* What says that memory is short, also to those who called. */
	to->object.failed |= from->object.failed;
	to->log.failed |= from->log.failed;
	compilation->failed |= partition->failed || to->object.failed || to->log.failed;
}

void tandem_partitions_compile(struct tandem_compilation *compilation,
			       struct tandem_partitions *partitions)
{
	struct tandem_text *prefixes;
	unsigned int threads;

	if (!partitions->count)
		return;
	prefixes = tandem_new_array(prefixes, partitions->count);
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
	threads = take_threads(partitions->count - 1);
	tandem_text_print(&compilation->result->notes,
			  "parts of kernels are compiled in %u partitions, by up to %u threads\n",
			  partitions->count, threads + 1);
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
	for (unsigned int i = 0; i < partitions->part_count; i++) {
		const struct part *part = &partitions->parts[i];
		LLVMValueRef function = LLVMGetNamedFunction(compilation->module, part->name);

		if (function)
			tandem_pointer_map_set(known, function,
					       (void *)(uintptr_t)(part->stack_bytes + 1));
	}
}

void tandem_partitions_join(struct tandem_compilation *compilation,
			    struct tandem_partitions *partitions)
{
	struct tandem_text *object = &compilation->result->object, *objects, joined = { 0 };
	int error = -ENOMEM;

	if (!partitions->count || object->failed)
		return;
	objects = tandem_new_array(objects, partitions->count + 1);
	if (objects) {
		objects[0] = *object;
		for (unsigned int i = 0; i < partitions->count; i++)
			objects[i + 1] = partitions->partitions[i].result.object;
		error = tandem_joined_objects_make(objects, partitions->count + 1, &joined);
	}
	if (error)
		tandem_ir_error(compilation, error == -ENOMEM ?
						     "no memory" :
						     "internal: the partitions cannot be joined");
	free(objects);
	tandem_text_finish(object);
	*object = joined;
	object->failed |= error == -ENOMEM;
}

void tandem_partitions_finish(struct tandem_partitions *partitions)
{
	for (unsigned int i = 0; i < partitions->count; i++)
		tandem_backend_result_finish(&partitions->partitions[i].result);
	for (unsigned int i = 0; i < partitions->part_count; i++)
		free(partitions->parts[i].name);
	free(partitions->partitions);
	free(partitions->parts);
	if (partitions->bitcode)
		LLVMDisposeMemoryBuffer(partitions->bitcode);
	*partitions = (struct tandem_partitions){ 0 };
}
