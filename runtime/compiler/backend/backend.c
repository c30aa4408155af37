// SPDX-License-Identifier: MIT
/* The way of a program through the back end, from bitcode to an object file. */
#include "backend.h"

#include <errno.h>
#include <inttypes.h>
#include <llvm-c/BitWriter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compilation.h"
#include "program/address_spaces.h"
#include "program/deferral.h"
#include "groups/barriers.h"
#include "compiler/group_context.h"
#include "groups/directions.h"
#include "groups/divisions.h"
#include "program/helpers.h"
#include "program/image_types.h"
#include "ir.h"
#include "lanes/bundles.h"
#include "lanes/sub_groups.h"
#include "program/kernel_metadata.h"
#include "program/known_arguments.h"
#include "program/linking.h"
#include "optimising.h"
#include "partitions.h"
#include "program/printf_calls.h"
#include "program/sub_groups.h"
#include "stack_use.h"
#include "program/translated_calls.h"
#include "program/zeroed_memory.h"
#include "target_x86_64.h"
#include "util/alloc.h"
#include "util/stack.h"
#include "groups/unrolling.h"
#include "groups/windows.h"
#include "groups/item_function.h"
#include "groups/joined_rows.h"

/* The item state of a group is kept below this: it limits the groups of kernels with barriers. */
#define MOST_STATE_BYTES (32u << 20)
/* The stack of a group function, beside its variables: spilled registers, mostly. */
#define SPILL_BYTES (16u << 10)
/* What a worker's stack leaves to a group function. */
#define MOST_STACK_BYTES (TANDEM_WORKER_STACK_BYTES - 2 * TANDEM_STACK_RESERVE_BYTES)
/* The calling convention that marks a kernel. */
#define SPIR_KERNEL 76

/* ---- linking ---- */

static void write_bitcode(struct tandem_compilation *compilation)
{
	LLVMMemoryBufferRef buffer = LLVMWriteBitcodeToMemoryBuffer(compilation->module);

	tandem_text_add(&compilation->result->bitcode, LLVMGetBufferStart(buffer),
			LLVMGetBufferSize(buffer));
	LLVMDisposeMemoryBuffer(buffer);
}

static bool is_kernel(LLVMValueRef function)
{
	return !LLVMIsDeclaration(function) && LLVMGetFunctionCallConv(function) == SPIR_KERNEL;
}

/* Whether a function is one of the kernels that are asked for. */
static bool is_wanted(const struct tandem_compilation *compilation, LLVMValueRef function)
{
	const struct tandem_backend_request *request = compilation->request;

	if (!is_kernel(function))
		return false;
	for (unsigned int i = 0; i < request->kernel_count; i++) {
		if (!strcmp(request->kernels[i], tandem_ir_name(function)))
			return true;
	}
	return !request->kernels;
}

/* Takes a function of the program the name that the library, or machine code, means another by. */
static void rename_function(struct tandem_compilation *compilation, LLVMValueRef function)
{
	struct tandem_text name = { 0 };

	tandem_text_print(&name, TANDEM_PROGRAM_PREFIX "%s", tandem_ir_name(function));
	LLVMSetValueName2(function, tandem_text_string(&name), name.length);
	if (name.failed)
		tandem_ir_error(compilation, "no memory");
	tandem_text_finish(&name);
}

/* Only kernels are wanted of the program, so that what they don't need goes before the rest. */
static void drop_unused(struct tandem_compilation *compilation)
{
	LLVMValueRef function, alias;

	for (alias = LLVMGetFirstGlobalAlias(compilation->module); alias;
	     alias = LLVMGetNextGlobalAlias(alias))
		LLVMSetLinkage(alias, LLVMInternalLinkage);
	for (function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		if (is_wanted(compilation, function))
			continue;
		if (!LLVMIsDeclaration(function))
			LLVMSetLinkage(function, LLVMInternalLinkage);
		if (!LLVMIsDeclaration(function) || tandem_helpers_is_outlined(function))
			rename_function(compilation, function);
	}
	tandem_ir_run_passes(compilation, "globaldce");
}

/* ---- inlining ---- */

/* A call may ask by itself not to be inlined. */
static void normalise_call(LLVMValueRef call)
{
	unsigned int noinline = LLVMGetEnumAttributeKindForName("noinline", strlen("noinline"));

	LLVMSetInstructionCallConv(call, LLVMCCallConv);
	LLVMRemoveCallSiteEnumAttribute(call, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
					noinline);
}

/* Makes every function one that is inlined wherever it is called, but for the helpers. */
static void prepare_functions(struct tandem_compilation *compilation,
			      const struct tandem_pointer_map *helpers)
{
	static const char *const target_attributes[] = { "target-cpu", "target-features",
							 "frame-pointer",
							 "uniform-work-group-size" };
	LLVMValueRef function;

	for (function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		LLVMSetFunctionCallConv(function, LLVMCCallConv);
		if (LLVMIsDeclaration(function))
			continue;
		for (size_t i = 0; i < TANDEM_ARRAY_SIZE(target_attributes); i++)
			LLVMRemoveStringAttributeAtIndex(
				function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
				target_attributes[i], strlen(target_attributes[i]));
		tandem_ir_remove_attribute(function, "noinline");
		tandem_ir_remove_attribute(function, "optnone");
		if (!strncmp(tandem_ir_name(function), "tandem.item.", 12))
			continue;
		LLVMSetLinkage(function, LLVMInternalLinkage);
		if (tandem_pointer_map_get(helpers, function))
			tandem_helpers_keep(compilation, function);
		else
			tandem_ir_add_attribute(compilation, function, "alwaysinline");
	}
	for (function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		tandem_ir_for_each(function, block, instruction, next) {
			if (LLVMIsACallInst(instruction))
				normalise_call(instruction);
		}
	}
}

/* What is left of calls between functions goes in circles, but for calls of helpers. */
static void check_all_inlined(struct tandem_compilation *compilation,
			      const struct tandem_pointer_map *helpers, LLVMValueRef function)
{
	tandem_ir_for_each(function, block, instruction, next) {
		LLVMValueRef called;

		if (!LLVMIsACallInst(instruction))
			continue;
		called = LLVMGetCalledValue(instruction);
		if (!LLVMIsAFunction(called)) {
			if (!LLVMIsAInlineAsm(called))
				tandem_ir_error(compilation, "a call through a function pointer");
		} else if (!LLVMIsDeclaration(called) && !tandem_pointer_map_get(helpers, called)) {
			tandem_ir_error(compilation, "function '%s' calls itself",
					tandem_ir_source_name(called));
			return;
		}
	}
}

/* ---- kernels ---- */

/* Bitcode may have any bytes in a name; what ends with a zero would be that of several kernels. */
static void check_name(struct tandem_compilation *compilation, LLVMValueRef kernel)
{
	size_t length;
	const char *name = LLVMGetValueName2(kernel, &length);

	if (strlen(name) != length)
		tandem_ir_error(compilation, "the name of kernel '%s' goes on behind a zero", name);
}

static struct tandem_work_group *collect_kernels(struct tandem_compilation *compilation)
{
	struct tandem_description *description = &compilation->description;
	struct tandem_work_group *work_groups;
	LLVMValueRef function;
	uint32_t count = 0;

	for (function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function))
		count += is_wanted(compilation, function);
	work_groups = tandem_new_array(work_groups, count + 1);
	description->kernels = tandem_new_array(description->kernels, count + 1);
	if (!work_groups || !description->kernels) {
		free(work_groups);
		tandem_ir_error(compilation, "no memory");
		return NULL;
	}
	for (function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		uint32_t index = description->kernel_count;
		struct tandem_kernel_description *kernel = &description->kernels[index];
		char *symbol;

		if (!is_wanted(compilation, function))
			continue;
		check_name(compilation, function);
		if (asprintf(&symbol, "tandem.group.%s", tandem_ir_name(function)) < 0) {
			symbol = NULL;
			tandem_ir_error(compilation, "no memory");
		}
		kernel->symbol = symbol;
		tandem_kernel_metadata_read(compilation, function, kernel);
		tandem_sub_groups_choose(compilation, &kernel->info);
		work_groups[index].kernel = function;
		work_groups[index].description = kernel;
		description->kernel_count++;
	}
	return work_groups;
}

/*
 * What is worth doing before work-items are put together: loops of a few turns
 * are written out, and what does not change leaves them.
 */
static const char simplify_items[] = "function(" TANDEM_SIMPLIFY_ITEM ")";

static void build_group(struct tandem_compilation *compilation,
			struct tandem_work_group *work_group)
{
	struct tandem_kernel_info *info = &work_group->description->info;
	struct tandem_bundle_function bundle;

	compilation->sub_group_lanes = info->sub_group_lanes;
	compilation->requires_sub_groups = info->required_sub_group != 0;
	compilation->may_join_rows = info->has_whole_rows_only;
	compilation->has_loops = work_group->has_loops;
	if (tandem_bundles_make_kernel(compilation, work_group, &bundle)) {
		tandem_bundles_loop(compilation, work_group, &bundle);
	} else if (!tandem_barriers_split(compilation, work_group) && !compilation->failed) {
		/* Bundles, and what runs in lockstep, take longer rows. */
		info->prefers_narrow_groups = compilation->request->optimise &&
					      tandem_directions_cross(compilation, work_group);
		tandem_work_group_loop(compilation, work_group);
	}
}

static void build_groups(struct tandem_compilation *compilation,
			 struct tandem_work_group *work_groups)
{
	uint32_t count = compilation->description.kernel_count;
	struct tandem_pointer_map helpers = { 0 };

	for (uint32_t i = 0; i < count; i++)
		tandem_item_function_add(compilation, &work_groups[i]);
	if (!compilation->failed)
		tandem_helpers_find(compilation, &helpers);
	if (compilation->failed)
		goto out;
	prepare_functions(compilation, &helpers);
	/* What is not constant by now will not count as such. */
	tandem_ir_run_passes(compilation, "always-inline,globaldce,"
					  "function(sroa,early-cse,lower-constant-intrinsics)");
	for (uint32_t i = 0; i < count; i++) {
		check_all_inlined(compilation, &helpers, work_groups[i].item);
		if (!compilation->failed)
			tandem_known_arguments_put(compilation, work_groups[i].item,
						   &work_groups[i].description->info, &helpers);
		tandem_item_function_bind(compilation, &work_groups[i]);
		if (work_groups[i].description->info.sub_group_lanes == 1)
			tandem_lanes_make_single(compilation, work_groups[i].item);
		if (compilation->request->uses_windows)
			tandem_windows_translate(compilation, &work_groups[i]);
		if (compilation->request->optimise)
			work_groups[i].has_loops =
				tandem_unrolling_begin(compilation, work_groups[i].item);
	}
	if (compilation->failed)
		goto out;
	tandem_ir_run_passes(compilation, compilation->request->optimise ? simplify_items :
									   "function(early-cse)");
	tandem_ir_dump(compilation, "items");
	for (uint32_t i = 0; i < count; i++) {
		if (compilation->request->optimise) {
			tandem_divisions_shift(compilation, work_groups[i].item);
			tandem_unrolling_end(compilation, work_groups[i].item);
		}
		work_groups[i].description->info.uses_printf =
			tandem_printf_calls_in(work_groups[i].item);
		if (!compilation->failed)
			build_group(compilation, &work_groups[i]);
	}
	if (!compilation->failed)
		tandem_ir_run_passes(compilation, "always-inline,globaldce");
out:
	tandem_pointer_map_finish(&helpers);
}

/* ---- what is left to know, and machine code ---- */

/*
 * Variables may be far from the code, so they are reached through an address table:
 * clang marks them as bound to this object, and only a new variable is not.
 */
static void unbind_variable(struct tandem_compilation *compilation, LLVMValueRef variable)
{
	LLVMTypeRef type = LLVMGlobalGetValueType(variable);
	LLVMValueRef unbound =
		LLVMAddGlobalInAddressSpace(compilation->module, type, "", TANDEM_AS_GLOBAL);
	struct tandem_text name = { 0 };

	tandem_text_print(&name, "%s", tandem_ir_name(variable));
	LLVMSetInitializer(unbound, LLVMGetInitializer(variable));
	LLVMSetAlignment(unbound, LLVMGetAlignment(variable));
	LLVMSetGlobalConstant(unbound, LLVMIsGlobalConstant(variable));
	LLVMReplaceAllUsesWith(variable, unbound);
	LLVMDeleteGlobal(variable);
	LLVMSetValueName2(unbound, tandem_text_string(&name), name.length);
	compilation->description.global_variable_bytes +=
		LLVMABISizeOfType(compilation->layout, type);
	if (name.failed)
		tandem_ir_error(compilation, "no memory");
	tandem_text_finish(&name);
}

static void find_global_variables(struct tandem_compilation *compilation)
{
	LLVMValueRef last = LLVMGetLastGlobal(compilation->module), variable, next;

	for (variable = LLVMGetFirstGlobal(compilation->module); variable; variable = next) {
		next = variable == last ? NULL : LLVMGetNextGlobal(variable);
		if (LLVMIsDeclaration(variable))
			continue;
		if (LLVMGetPointerAddressSpace(LLVMTypeOf(variable)) == TANDEM_AS_GLOBAL)
			unbind_variable(compilation, variable);
		else if (LLVMGetLinkage(variable) != LLVMPrivateLinkage)
			/* Constants are reached relative to the code. */
			LLVMSetLinkage(variable, LLVMInternalLinkage);
	}
}

static uint64_t stack_bytes(struct tandem_compilation *compilation,
			    const struct tandem_partitions *partitions, LLVMValueRef function)
{
	struct tandem_pointer_map known = { 0 };
	uint64_t bytes;

	tandem_partitions_stack_use(compilation, partitions, &known);
	bytes = SPILL_BYTES + tandem_stack_use(compilation, function, &known);
	if (known.failed)
		tandem_ir_error(compilation, "no memory");
	tandem_pointer_map_finish(&known);
	return bytes;
}

/* Whether a group that can be launched has as many as the kernel requires. */
static bool can_have_sub_groups(const struct tandem_kernel_info *info)
{
	const uint32_t *group = info->required_group;
	const uint64_t local[TANDEM_DIMENSIONS] = { group[0], group[1], group[2] };

	if (!info->required_sub_groups || !group[0] || !group[1] || !group[2])
		return info->required_sub_groups <= tandem_most_sub_groups(info);
	return tandem_sub_group_count(info, local) == info->required_sub_groups;
}

/* Fails where the group that the kernel requires could never be launched. */
static void check_group(struct tandem_compilation *compilation,
			const struct tandem_kernel_info *info)
{
	const uint32_t *required = info->required_group;
	uint64_t items = (uint64_t)required[0] * required[1] * required[2];

	if (items > info->max_group)
		tandem_ir_error(compilation,
				"kernel '%s' requires groups of %" PRIu64
				" work-items; with what these keep over barriers %" PRIu64
				" are possible",
				info->name, items, (uint64_t)info->max_group);
	if (!can_have_sub_groups(info))
		tandem_ir_error(compilation,
				"kernel '%s' requires groups of %u sub-groups, which they "
				"cannot have",
				info->name, info->required_sub_groups);
}

static void describe_groups(struct tandem_compilation *compilation,
			    const struct tandem_work_group *work_groups,
			    const struct tandem_partitions *partitions)
{
	for (uint32_t i = 0; i < compilation->description.kernel_count; i++) {
		struct tandem_kernel_description *kernel = work_groups[i].description;
		uint64_t most = compilation->request->max_group, bytes = kernel->item_state_bytes;

		if (bytes && kernel->info.has_whole_rows_only)
			bytes += TANDEM_JOINED_ROWS_BYTES;
		while (most > 1 && most * bytes > MOST_STATE_BYTES)
			most /= 2;
		kernel->info.max_group = most;
		check_group(compilation, &kernel->info);
		kernel->info.stack_bytes =
			stack_bytes(compilation, partitions, work_groups[i].called);
		kernel->info.private_bytes =
			kernel->item_state_bytes + kernel->info.stack_bytes - SPILL_BYTES;
		if (kernel->info.stack_bytes > MOST_STACK_BYTES)
			tandem_ir_error(compilation,
					"kernel '%s' has private variables of %" PRIu64
					" bytes; there is room for %u",
					kernel->info.name, kernel->info.stack_bytes - SPILL_BYTES,
					MOST_STACK_BYTES - SPILL_BYTES);
		kernel->info.preferred_group_multiple = tandem_target_float_lanes();
	}
}

static void generate(struct tandem_compilation *compilation,
		     const struct tandem_work_group *work_groups)
{
	struct tandem_partitions partitions;

	for (uint32_t i = 0; i < compilation->description.kernel_count; i++)
		tandem_target_prepare_function(work_groups[i].called);
	find_global_variables(compilation);
	tandem_ir_dump(compilation, "groups");
	tandem_compilation_check(compilation);
	if (compilation->failed)
		return;
	tandem_partitions_divide(compilation, &partitions);
	if (!compilation->failed)
		tandem_partitions_compile(compilation, &partitions);
	if (!compilation->failed)
		tandem_optimise(compilation);
	tandem_ir_dump(compilation, "optimised");
	if (!compilation->failed)
		describe_groups(compilation, work_groups, &partitions);
	if (!compilation->failed)
		tandem_compilation_emit(compilation);
	if (!compilation->failed)
		tandem_partitions_join(compilation, &partitions);
	tandem_partitions_finish(&partitions);
	if (!compilation->failed)
		tandem_description_write(&compilation->description,
					 &compilation->result->description);
}

static void compile(struct tandem_compilation *compilation)
{
	struct tandem_work_group *work_groups;

	tandem_link_modules(compilation);
	if (compilation->failed)
		return;
	if (!compilation->request->kernels)
		write_bitcode(compilation);
	if (compilation->request->make_library)
		return;
	tandem_link_retarget(compilation, compilation->module);
	drop_unused(compilation);
	tandem_image_types_lower(compilation);
	if (compilation->failed)
		return;
	work_groups = collect_kernels(compilation);
	if (!work_groups)
		return;
	tandem_zeroed_variables(compilation);
	tandem_printf_calls_lower(compilation);
	tandem_translated_calls_map(compilation);
	tandem_link_builtins(compilation);
	tandem_divisions_guard(compilation);
	if (!compilation->failed)
		tandem_link_check(compilation);
	tandem_ir_dump(compilation, "linked");
	if (!compilation->failed)
		tandem_deferral_decide(compilation, work_groups);
	if (compilation->description.is_deferred) {
		tandem_description_write(&compilation->description,
					 &compilation->result->description);
	} else {
		if (!compilation->failed)
			build_groups(compilation, work_groups);
		if (!compilation->failed)
			generate(compilation, work_groups);
	}
	free(work_groups);
}

__attribute__((visibility("default"))) int
tandem_backend_compile(const struct tandem_backend_request *request,
		       struct tandem_backend_result *result)
{
	struct tandem_compilation compilation;
	bool has_single_lanes = false, is_again;

	do {
		tandem_compilation_init(&compilation, request, result);
		compilation.has_single_lanes = has_single_lanes;
		if (!compilation.failed)
			compile(&compilation);
		is_again = compilation.refuses_sub_groups;
		has_single_lanes |= is_again;
		tandem_compilation_finish(&compilation);
		if (is_again)
			tandem_text_finish(&result->bitcode);
	} while (is_again);
	if (result->bitcode.failed || result->object.failed || result->description.failed ||
	    result->log.failed)
		return -ENOMEM;
	return compilation.failed ? -ENOEXEC : 0;
}
