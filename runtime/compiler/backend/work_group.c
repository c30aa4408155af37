// SPDX-License-Identifier: MIT
#include "work_group.h"

#include <stdlib.h>
#include <string.h>

#include "address_spaces.h"
#include "kernel_metadata.h"
#include "local_memory.h"
#include "util/alloc.h"

/* ---- item functions ---- */

/* Where the item function has a value. */
static LLVMValueRef item_argument(const struct tandem_work_group *work_group,
				  enum tandem_item_value value)
{
	return LLVMGetParam(work_group->item, work_group->parameters + value);
}

/*
 * The kernel gets a copy of each argument by value, as its own: inlining makes
 * it. The item function's argument is the original in the argument block.
 */
static void pass_by_value(LLVMValueRef kernel, LLVMValueRef call, unsigned int count)
{
	static const char *const names[] = { "byval", "align" };

	for (unsigned int parameter = 1; parameter <= count; parameter++) {
		if (!tandem_by_value_type(kernel, parameter - 1))
			continue;
		for (size_t i = 0; i < TANDEM_ARRAY_SIZE(names); i++) {
			unsigned int kind =
				LLVMGetEnumAttributeKindForName(names[i], strlen(names[i]));
			LLVMAttributeRef attribute =
				LLVMGetEnumAttributeAtIndex(kernel, parameter, kind);

			if (attribute)
				LLVMAddCallSiteAttribute(call, parameter, attribute);
		}
	}
}

void tandem_work_group_add_item(struct tandem_compilation *compilation,
				struct tandem_work_group *work_group)
{
	unsigned int count = LLVMCountParams(work_group->kernel);
	LLVMTypeRef *types = tandem_new_array(types, count + TANDEM_ITEM_VALUES);
	LLVMValueRef *arguments = tandem_new_array(arguments, count + 1);
	LLVMTypeRef type = LLVMGlobalGetValueType(work_group->kernel);
	LLVMBuilderRef builder = compilation->builder;
	struct tandem_text name = { 0 };
	LLVMValueRef call;

	tandem_text_print(&name, "tandem.item.%s", tandem_ir_name(work_group->kernel));
	if (!types || !arguments || name.failed) {
		tandem_ir_error(compilation, "no memory");
		goto out;
	}
	LLVMGetParamTypes(type, types);
	for (int i = 0; i < TANDEM_ITEM_VALUES; i++)
		types[count + i] = i >= TANDEM_ITEM_LOCAL_MEMORY ? compilation->pointer :
								   compilation->i64;
	work_group->parameters = count;
	work_group->item =
		LLVMAddFunction(compilation->module, name.bytes,
				LLVMFunctionType(LLVMVoidTypeInContext(compilation->context), types,
						 count + TANDEM_ITEM_VALUES, 0));
	tandem_ir_add_attribute(compilation, work_group->item, "nounwind");
	LLVMPositionBuilderAtEnd(builder, LLVMAppendBasicBlockInContext(compilation->context,
									work_group->item, ""));
	for (unsigned int i = 0; i < count; i++)
		arguments[i] = LLVMGetParam(work_group->item, i);
	call = LLVMBuildCall2(builder, type, work_group->kernel, arguments, count, "");
	pass_by_value(work_group->kernel, call, count);
	LLVMBuildRetVoid(builder);
out:
	tandem_text_finish(&name);
	free(types);
	free(arguments);
}

/* The placeholder's loads in the item function become its argument. */
static void bind_placeholder(struct tandem_compilation *compilation,
			     const struct tandem_work_group *work_group,
			     enum tandem_item_value value)
{
	LLVMValueRef placeholder =
		LLVMGetNamedGlobal(compilation->module, tandem_item_value_name(value));
	LLVMUseRef use, next;

	if (!placeholder)
		return;
	for (use = LLVMGetFirstUse(placeholder); use; use = next) {
		LLVMValueRef load = LLVMGetUser(use);

		next = LLVMGetNextUse(use);
		if (!LLVMIsALoadInst(load) ||
		    LLVMGetBasicBlockParent(LLVMGetInstructionParent(load)) != work_group->item)
			continue;
		LLVMReplaceAllUsesWith(load, item_argument(work_group, value));
		LLVMInstructionEraseFromParent(load);
	}
}

void tandem_work_group_bind_item(struct tandem_compilation *compilation,
				 struct tandem_work_group *work_group)
{
	for (int i = 0; i < TANDEM_ITEM_VALUES; i++)
		bind_placeholder(compilation, work_group, i);
	work_group->description->info.local_bytes = tandem_local_memory_place(
		compilation, work_group->item, item_argument(work_group, TANDEM_ITEM_LOCAL_MEMORY));
	tandem_address_spaces_rebase(compilation, work_group->item);
	tandem_ir_for_each(work_group->item, block, instruction, next) {
		if (tandem_ir_calls(instruction, TANDEM_BARRIER))
			work_group->has_barrier = true;
	}
}

/* ---- group functions ---- */

static LLVMValueRef add_group_function(struct tandem_compilation *compilation, const char *name)
{
	static const char *const attributes[] = { "noalias", "readonly", "nonnull" };
	LLVMTypeRef types[] = { compilation->pointer, compilation->pointer };
	LLVMValueRef function = LLVMAddFunction(
		compilation->module, name,
		LLVMFunctionType(LLVMVoidTypeInContext(compilation->context), types, 2, 0));
	unsigned int align = LLVMGetEnumAttributeKindForName("align", 5);

	for (unsigned int parameter = 1; parameter <= 2; parameter++) {
		for (size_t i = 0; i < TANDEM_ARRAY_SIZE(attributes); i++) {
			unsigned int kind = LLVMGetEnumAttributeKindForName(attributes[i],
									    strlen(attributes[i]));

			LLVMAddAttributeAtIndex(function, parameter,
						LLVMCreateEnumAttribute(compilation->context, kind,
									0));
		}
	}
	LLVMAddAttributeAtIndex(function, 1,
				LLVMCreateEnumAttribute(compilation->context, align, 128));
	LLVMAddAttributeAtIndex(function, 2,
				LLVMCreateEnumAttribute(compilation->context, align, 8));
	tandem_ir_add_attribute(compilation, function, "nounwind");
	return function;
}

/* What a kernel's parameter is, read from the argument block. */
static LLVMValueRef load_argument(struct tandem_compilation *compilation,
				  const struct tandem_work_group *work_group, unsigned int index,
				  LLVMValueRef local_memory)
{
	const struct tandem_kernel_argument *argument =
		&work_group->description->info.arguments[index];
	LLVMTypeRef type = LLVMTypeOf(LLVMGetParam(work_group->item, index));
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef place =
		tandem_ir_offset(compilation, LLVMGetParam(work_group->group, 0), argument->offset);
	LLVMValueRef offset, address;

	if (argument->kind == TANDEM_ARGUMENT_VALUE) {
		/* A structure stays where it is. */
		if (LLVMGetTypeKind(type) == LLVMPointerTypeKind)
			return place;
		return tandem_ir_invariant(compilation, LLVMBuildLoad2(builder, type, place, ""));
	}
	if (argument->kind != TANDEM_ARGUMENT_LOCAL)
		return tandem_ir_invariant(compilation, LLVMBuildLoad2(builder, type, place, ""));
	offset = tandem_ir_invariant(compilation,
				     LLVMBuildLoad2(builder, compilation->i64, place, ""));
	address = LLVMBuildInBoundsGEP2(builder, compilation->i8, local_memory, &offset, 1, "");
	return LLVMBuildAddrSpaceCast(builder, address, type, "");
}

/* A value that is the same for the whole group: a constant where the kernel requires its group. */
static LLVMValueRef load_value(struct tandem_compilation *compilation,
			       const struct tandem_work_group *work_group,
			       enum tandem_item_value value)
{
	const uint32_t *required = work_group->description->info.required_group;
	LLVMValueRef context = LLVMGetParam(work_group->group, 1);
	LLVMTypeRef type = value >= TANDEM_ITEM_LOCAL_MEMORY ? compilation->pointer :
							       compilation->i64;
	LLVMValueRef place;

	if (required[0] && value >= TANDEM_ITEM_LOCAL_SIZE &&
	    value < TANDEM_ITEM_LOCAL_SIZE + TANDEM_DIMENSIONS)
		return LLVMConstInt(compilation->i64, required[value - TANDEM_ITEM_LOCAL_SIZE], 0);
	place = tandem_ir_offset(compilation, context, tandem_item_value_offset(value));
	return tandem_ir_invariant(compilation,
				   LLVMBuildLoad2(compilation->builder, type, place, ""));
}

void tandem_work_group_begin(struct tandem_compilation *compilation,
			     struct tandem_work_group *work_group, LLVMValueRef *values)
{
	LLVMValueRef *item_values = values + work_group->parameters;

	work_group->group = add_group_function(compilation, work_group->description->symbol);
	LLVMPositionBuilderAtEnd(compilation->builder,
				 LLVMAppendBasicBlockInContext(compilation->context,
							       work_group->group, "entry"));
	for (int i = TANDEM_ITEM_LOCAL_SIZE; i < TANDEM_ITEM_CONTEXT; i++)
		item_values[i] = load_value(compilation, work_group, i);
	item_values[TANDEM_ITEM_CONTEXT] = LLVMGetParam(work_group->group, 1);
	for (unsigned int i = 0; i < work_group->parameters; i++)
		values[i] = load_argument(compilation, work_group, i,
					  item_values[TANDEM_ITEM_LOCAL_MEMORY]);
}

/* ---- loops ---- */

/*
 * A loop's mark as parallel refers to itself, which LLVM-C cannot make: it is
 * taken from code that is written as text for the purpose.
 */
static LLVMValueRef parallel_mark(struct tandem_compilation *compilation)
{
	static const char text[] = "define void @tandem.marks(ptr %p) {\n"
				   "  br label %next, !llvm.loop !0\n"
				   "next:\n"
				   "  ret void\n"
				   "}\n"
				   "!0 = distinct !{!0, !1}\n"
				   "!1 = !{!\"llvm.loop.parallel_accesses\", !2}\n"
				   "!2 = distinct !{}\n";
	LLVMValueRef marks, mark;

	tandem_ir_add_text(compilation, text);
	marks = LLVMGetNamedFunction(compilation->module, "tandem.marks");
	if (!marks)
		return NULL;
	mark = LLVMGetMetadata(LLVMGetBasicBlockTerminator(LLVMGetEntryBasicBlock(marks)),
			       compilation->loop);
	LLVMDeleteFunction(marks);
	return mark;
}

/* The group of accesses that the mark calls parallel: the mark's one entry names it. */
static LLVMValueRef parallel_group(LLVMValueRef mark)
{
	LLVMValueRef itself_and_entry[2], name_and_group[2];

	LLVMGetMDNodeOperands(mark, itself_and_entry);
	LLVMGetMDNodeOperands(itself_and_entry[1], name_and_group);
	return name_and_group[1];
}

void tandem_mark_parallel(struct tandem_compilation *compilation, LLVMValueRef instruction,
			  const struct tandem_item_loops *loops)
{
	unsigned int opcode = LLVMGetInstructionOpcode(instruction), space;
	LLVMValueRef pointer;

	if ((opcode != LLVMLoad && opcode != LLVMStore) || !loops->parallel)
		return;
	pointer = LLVMGetOperand(instruction, tandem_ir_pointer_operand(instruction));
	space = LLVMGetPointerAddressSpace(LLVMTypeOf(pointer));
	if (space == TANDEM_AS_GLOBAL || space == TANDEM_AS_CONSTANT || space == TANDEM_AS_LOCAL)
		LLVMSetMetadata(instruction, compilation->access_group, loops->parallel);
}

/* Ends a block with the next iteration of a loop, or what comes behind it. */
static LLVMValueRef close_loop(struct tandem_compilation *compilation, LLVMBasicBlockRef head,
			       LLVMBasicBlockRef after, LLVMValueRef counter, LLVMValueRef size)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef one = LLVMConstInt(compilation->i64, 1, 0);
	LLVMValueRef next = tandem_ir_add(compilation, counter, one);
	LLVMBasicBlockRef from = LLVMGetInsertBlock(builder);
	LLVMValueRef done, branch;

	done = LLVMBuildICmp(builder, LLVMIntEQ, next, size, "");
	branch = LLVMBuildCondBr(builder, done, after, head);
	LLVMAddIncoming(counter, &next, &from, 1);
	return branch;
}

void tandem_item_loops_build(struct tandem_compilation *compilation, LLVMValueRef function,
			     const LLVMValueRef *local_size, struct tandem_item_loops *loops)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef zero = LLVMConstInt(compilation->i64, 0, 0), row = NULL, mark;
	LLVMBasicBlockRef heads[TANDEM_DIMENSIONS], ends[TANDEM_DIMENSIONS];

	/* Rotated loops, the last dimension outermost: a group has at least one item. */
	for (int i = TANDEM_DIMENSIONS - 1; i >= 0; i--) {
		LLVMBasicBlockRef from = LLVMGetInsertBlock(builder);

		heads[i] = LLVMAppendBasicBlockInContext(compilation->context, function, "items");
		LLVMBuildBr(builder, heads[i]);
		LLVMPositionBuilderAtEnd(builder, heads[i]);
		loops->local_id[i] = LLVMBuildPhi(builder, compilation->i64, "");
		LLVMAddIncoming(loops->local_id[i], &zero, &from, 1);
		if (i == 1)
			row = tandem_ir_add(compilation,
					    tandem_ir_multiply(compilation, loops->local_id[2],
							       local_size[1]),
					    loops->local_id[1]);
	}
	loops->linear_id = tandem_ir_add(compilation,
					 tandem_ir_multiply(compilation, row, local_size[0]),
					 loops->local_id[0]);
	loops->body = heads[0];
	for (int i = 0; i < TANDEM_DIMENSIONS; i++)
		ends[i] = LLVMAppendBasicBlockInContext(compilation->context, function,
							i ? "items.end" : "item.end");
	loops->latch = ends[0];
	loops->after = LLVMAppendBasicBlockInContext(compilation->context, function, "items.done");
	mark = parallel_mark(compilation);
	loops->parallel = mark ? parallel_group(mark) : NULL;
	for (int i = 0; i < TANDEM_DIMENSIONS; i++) {
		LLVMBasicBlockRef after = i + 1 < TANDEM_DIMENSIONS ? ends[i + 1] : loops->after;
		LLVMValueRef branch;

		LLVMPositionBuilderAtEnd(builder, ends[i]);
		branch =
			close_loop(compilation, heads[i], after, loops->local_id[i], local_size[i]);
		if (!i && mark)
			LLVMSetMetadata(branch, compilation->loop, mark);
	}
	LLVMPositionBuilderAtEnd(builder, loops->body);
}

void tandem_work_group_loop(struct tandem_compilation *compilation,
			    struct tandem_work_group *work_group)
{
	unsigned int count = work_group->parameters + TANDEM_ITEM_VALUES;
	LLVMValueRef *values = tandem_new_array(values, count);
	LLVMValueRef *item_values = values + work_group->parameters;
	LLVMBuilderRef builder = compilation->builder;
	struct tandem_item_loops loops;

	if (!values) {
		tandem_ir_error(compilation, "no memory");
		return;
	}
	tandem_work_group_begin(compilation, work_group, values);
	tandem_item_loops_build(compilation, work_group->group,
				&item_values[TANDEM_ITEM_LOCAL_SIZE], &loops);
	for (int i = 0; i < TANDEM_DIMENSIONS; i++)
		item_values[TANDEM_ITEM_LOCAL_ID + i] = loops.local_id[i];
	LLVMBuildCall2(builder, LLVMGlobalGetValueType(work_group->item), work_group->item, values,
		       count, "");
	LLVMBuildBr(builder, loops.latch);
	LLVMPositionBuilderAtEnd(builder, loops.after);
	LLVMBuildRetVoid(builder);
	tandem_ir_for_each(work_group->item, block, instruction, next)
		tandem_mark_parallel(compilation, instruction, &loops);
	LLVMSetLinkage(work_group->item, LLVMInternalLinkage);
	tandem_ir_add_attribute(compilation, work_group->item, "alwaysinline");
	free(values);
}
