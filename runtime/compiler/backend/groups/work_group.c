// SPDX-License-Identifier: MIT
#include "work_group.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/group_context.h"
#include "item_function.h"
#include "joined_rows.h"
#include "program/zeroed_memory.h"
#include "lockstep.h"
#include "optimising.h"
#include "util/alloc.h"

/* A group function's parameters; one for groups of given sizes takes these as well. */
#define GROUP_PARAMETERS 2
#define SIZED_PARAMETERS (GROUP_PARAMETERS + TANDEM_DIMENSIONS)
/* Bytes of a work-item's variables, and instructions. */
#define LARGE_VARIABLES (64u << 10)
#define LARGE_ITEM	400

/* ---- group functions ---- */

/* Says how many bytes at a parameter can always be read. */
static void mark_readable(struct tandem_compilation *compilation, LLVMValueRef function,
			  unsigned int parameter, uint64_t bytes)
{
	unsigned int kind = LLVMGetEnumAttributeKindForName("dereferenceable", 15);

	if (bytes)
		LLVMAddAttributeAtIndex(function, parameter,
					LLVMCreateEnumAttribute(compilation->context, kind, bytes));
}

/* @argument_bytes: of the argument block. */
static LLVMValueRef add_group_function(struct tandem_compilation *compilation, const char *name,
				       LLVMTypeRef type, uint64_t argument_bytes)
{
	static const char *const attributes[] = { "noalias", "readonly", "nonnull" };
	LLVMValueRef function = LLVMAddFunction(compilation->module, name, type);
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
				LLVMCreateEnumAttribute(compilation->context, align,
							TANDEM_ARGUMENT_BLOCK_ALIGNMENT));
	LLVMAddAttributeAtIndex(function, 2,
				LLVMCreateEnumAttribute(compilation->context, align, 8));
	mark_readable(compilation, function, 1, argument_bytes);
	mark_readable(compilation, function, 2, sizeof(struct tandem_group_context));
	tandem_ir_add_attribute(compilation, function, "nounwind");
	/* Loops stay loops, also where the C library has a function that does the same. */
	LLVMAddAttributeAtIndex(function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
				LLVMCreateStringAttribute(compilation->context, "no-builtins", 11,
							  "", 0));
	return function;
}

/* What a kernel's parameter is, read from the argument block. */
static LLVMValueRef load_argument(struct tandem_compilation *compilation,
				  const struct tandem_work_group *work_group, unsigned int index,
				  LLVMValueRef local_memory)
{
	const struct tandem_kernel_description *description = work_group->description;
	const struct tandem_kernel_argument *argument = &description->info.arguments[index];
	LLVMTypeRef type = LLVMTypeOf(LLVMGetParam(work_group->item, index));
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef place = tandem_ir_offset(compilation, LLVMGetParam(work_group->group, 0),
					      description->argument_offsets[index]);
	LLVMValueRef offset, address;

	if (tandem_argument_has_value(argument->kind)) {
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

static bool is_local_size(enum tandem_item_value value)
{
	return value >= TANDEM_ITEM_LOCAL_SIZE && value < TANDEM_ITEM_ENQUEUED_LOCAL_SIZE;
}

/* Whether rows of so many work-items, as a constant, would be written out as scalar code. */
static bool is_written_out(uint32_t row)
{
	return row > 1 && row <= TANDEM_WRITTEN_OUT_TURNS;
}

/*
 * The constant that a value is where the kernel requires its group, or NULL. A group that may
 * be smaller still has a work-item in each dimension.
 */
static LLVMValueRef required_value(struct tandem_compilation *compilation,
				   const struct tandem_kernel_info *info,
				   enum tandem_item_value value)
{
	const unsigned int dimension = value % TANDEM_DIMENSIONS;
	const uint32_t size = info->required_group[dimension];

	if (!info->required_group[0] || value < TANDEM_ITEM_LOCAL_SIZE ||
	    value >= TANDEM_ITEM_ENQUEUED_LOCAL_SIZE + TANDEM_DIMENSIONS)
		return NULL;
	if (value < TANDEM_ITEM_ENQUEUED_LOCAL_SIZE && info->allows_uneven_groups &&
	    !info->has_whole_groups_only && size > 1)
		return NULL;
	if (value == TANDEM_ITEM_LOCAL_SIZE && is_written_out(size))
		return NULL;
	return LLVMConstInt(compilation->i64, size, 0);
}

unsigned int tandem_work_group_row_length(const struct tandem_work_group *work_group)
{
	const uint32_t *required = work_group->description->info.required_group;

	return work_group->joins_rows ? required[0] * required[1] * required[2] : required[0];
}

LLVMValueRef tandem_work_group_load_value(struct tandem_compilation *compilation,
					  const struct tandem_work_group *work_group,
					  LLVMValueRef context, enum tandem_item_value value)
{
	LLVMValueRef constant = required_value(compilation, &work_group->description->info, value);
	LLVMTypeRef type = value >= TANDEM_ITEM_LOCAL_MEMORY ? compilation->pointer :
							       compilation->i64;
	LLVMValueRef place, load;
	uint64_t least, end;

	if (constant)
		return constant;
	place = tandem_ir_offset(compilation, context, tandem_item_value_offset(value));
	load = LLVMBuildLoad2(compilation->builder, type, place, "");
	if (tandem_item_value_has_limits(compilation, value, &least, &end))
		tandem_ir_limit_load(compilation, load, least, end);
	return tandem_ir_invariant(compilation, load);
}

/* The same where the builder is in the group function, which may be for groups of given sizes. */
static LLVMValueRef load_value(struct tandem_compilation *compilation,
			       const struct tandem_work_group *work_group,
			       enum tandem_item_value value)
{
	if (LLVMCountParams(work_group->group) == SIZED_PARAMETERS && is_local_size(value) &&
	    !required_value(compilation, &work_group->description->info, value))
		return LLVMGetParam(work_group->group,
				    GROUP_PARAMETERS + value - TANDEM_ITEM_LOCAL_SIZE);
	return tandem_work_group_load_value(compilation, work_group,
					    LLVMGetParam(work_group->group, 1), value);
}

/* The entry block of @work_group's group: loads what is the same for all work-items. */
static void begin_function(struct tandem_compilation *compilation,
			   struct tandem_work_group *work_group, LLVMValueRef *values)
{
	LLVMValueRef *item_values = values + work_group->parameters;

	LLVMPositionBuilderAtEnd(compilation->builder,
				 LLVMAppendBasicBlockInContext(compilation->context,
							       work_group->group, "entry"));
	for (int i = TANDEM_ITEM_LOCAL_SIZE; i < TANDEM_ITEM_CONTEXT; i++)
		item_values[i] = load_value(compilation, work_group, i);
	if (work_group->joins_rows) {
		tandem_joined_rows_join(compilation, item_values + TANDEM_ITEM_LOCAL_SIZE);
		tandem_joined_rows_join(compilation, item_values + TANDEM_ITEM_ENQUEUED_LOCAL_SIZE);
	}
	item_values[TANDEM_ITEM_CONTEXT] = LLVMGetParam(work_group->group, 1);
	for (unsigned int i = 0; i < work_group->parameters; i++)
		values[i] = load_argument(compilation, work_group, i,
					  item_values[TANDEM_ITEM_LOCAL_MEMORY]);
	/* Local arguments lie behind the variables, at places counted from the block's start. */
	if (work_group->local_alignment > TANDEM_GROUP_MEMORY_ALIGNMENT)
		item_values[TANDEM_ITEM_LOCAL_MEMORY] =
			tandem_ir_align(compilation, item_values[TANDEM_ITEM_LOCAL_MEMORY],
					work_group->local_alignment);
}

/* Whether two functions with an item's code would take long to compile, or much of a stack. */
static bool is_large(const struct tandem_compilation *compilation, LLVMValueRef item)
{
	uint64_t bytes = 0;

	tandem_ir_for_each(item, block, instruction, next) {
		if (LLVMIsAAllocaInst(instruction))
			bytes += LLVMABISizeOfType(compilation->layout,
						   LLVMGetAllocatedType(instruction));
	}
	return bytes > LARGE_VARIABLES || tandem_ir_count_instructions(item) > LARGE_ITEM;
}

/* Whether nearly all groups have the size that the kernel requires, and some may be smaller. */
static bool is_mostly_whole(const struct tandem_compilation *compilation,
			    const struct tandem_work_group *work_group)
{
	const struct tandem_kernel_info *info = &work_group->description->info;
	const uint32_t *required = info->required_group;

	return compilation->request->optimise && !work_group->in_parts && required[0] &&
	       info->allows_uneven_groups &&
	       (required[0] > 1 || required[1] > 1 || required[2] > 1);
}

/* Calls the function for groups of given sizes, with a copy of it for these, or as it is. */
static void call_sized(struct tandem_compilation *compilation, LLVMValueRef group,
		       LLVMValueRef sized, const LLVMValueRef *sizes, const char *attribute)
{
	unsigned int kind = LLVMGetEnumAttributeKindForName(attribute, strlen(attribute));
	LLVMValueRef arguments[SIZED_PARAMETERS], call;

	for (unsigned int i = 0; i < GROUP_PARAMETERS; i++)
		arguments[i] = LLVMGetParam(group, i);
	memcpy(arguments + GROUP_PARAMETERS, sizes, TANDEM_DIMENSIONS * sizeof(*sizes));
	call = LLVMBuildCall2(compilation->builder, LLVMGlobalGetValueType(sized), sized, arguments,
			      SIZED_PARAMETERS, "");
	LLVMAddCallSiteAttribute(call, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
				 LLVMCreateEnumAttribute(compilation->context, kind, 0));
	LLVMBuildRetVoid(compilation->builder);
}

/*
 * The group function chooses by the group's size. What is being built then takes that as
 * parameters.
 */
static void divide_by_size(struct tandem_compilation *compilation,
			   struct tandem_work_group *work_group)
{
	const uint32_t *required = work_group->description->info.required_group;
	LLVMValueRef group = work_group->group, sizes[TANDEM_DIMENSIONS], whole[TANDEM_DIMENSIONS];
	LLVMValueRef is_whole = LLVMConstInt(compilation->i1, 1, 0), sized;
	LLVMTypeRef types[SIZED_PARAMETERS] = { compilation->pointer, compilation->pointer,
						compilation->i64, compilation->i64,
						compilation->i64 };
	LLVMBuilderRef builder = compilation->builder;
	LLVMBasicBlockRef blocks[3];
	LLVMTypeRef type = LLVMFunctionType(LLVMVoidTypeInContext(compilation->context), types,
					    SIZED_PARAMETERS, 0);

	for (unsigned int i = 0; i < 3; i++)
		blocks[i] = LLVMAppendBasicBlockInContext(compilation->context, group, "");
	LLVMPositionBuilderAtEnd(builder, blocks[0]);
	for (unsigned int i = 0; i < TANDEM_DIMENSIONS; i++) {
		LLVMValueRef is_same;

		sizes[i] = load_value(compilation, work_group, TANDEM_ITEM_LOCAL_SIZE + i);
		whole[i] = LLVMConstInt(compilation->i64, required[i], 0);
		is_same = LLVMBuildICmp(builder, LLVMIntEQ, sizes[i], whole[i], "");
		is_whole = LLVMBuildAnd(builder, is_whole, is_same, "");
	}
	LLVMBuildCondBr(builder, is_whole, blocks[1], blocks[2]);
	sized = add_group_function(compilation, "tandem.sized", type,
				   work_group->description->info.packed_bytes);
	LLVMSetLinkage(sized, LLVMInternalLinkage);
	/* For groups at the ends of ranges: half the time to compile is worth more there. */
	tandem_ir_add_attribute(compilation, sized, "optsize");
	for (unsigned int i = 0; i < TANDEM_DIMENSIONS; i++)
		tandem_ir_limit_parameter(compilation, sized, GROUP_PARAMETERS + i, 1,
					  (uint64_t)required[i] + 1);
	LLVMPositionBuilderAtEnd(builder, blocks[1]);
	call_sized(compilation, group, sized, whole, "alwaysinline");
	LLVMPositionBuilderAtEnd(builder, blocks[2]);
	call_sized(compilation, group, sized, sizes, "noinline");
	work_group->group = sized;
}

void tandem_work_group_begin(struct tandem_compilation *compilation,
			     struct tandem_work_group *work_group, LLVMValueRef *values)
{
	LLVMTypeRef types[GROUP_PARAMETERS] = { compilation->pointer, compilation->pointer };
	struct tandem_kernel_info *info = &work_group->description->info;
	LLVMValueRef *item_values = values + work_group->parameters;

	work_group->group =
		add_group_function(compilation, work_group->description->symbol,
				   LLVMFunctionType(LLVMVoidTypeInContext(compilation->context),
						    types, GROUP_PARAMETERS, 0),
				   info->packed_bytes);
	work_group->called = work_group->group;
	if (is_mostly_whole(compilation, work_group)) {
		info->has_whole_groups_only = work_group->defers_smaller_groups;
		if (!info->has_whole_groups_only && !is_written_out(info->required_group[0]) &&
		    !is_large(compilation, work_group->item))
			divide_by_size(compilation, work_group);
	}
	begin_function(compilation, work_group, values);
	if (tandem_uses_local_memory(info))
		tandem_zeroed_local_memory(compilation, item_values[TANDEM_ITEM_LOCAL_MEMORY],
					   item_values[TANDEM_ITEM_LOCAL_MEMORY_END]);
}

void tandem_work_group_begin_part(struct tandem_compilation *compilation,
				  struct tandem_work_group *work_group, LLVMValueRef *values)
{
	LLVMTypeRef types[] = { compilation->pointer, compilation->pointer, compilation->pointer };

	work_group->group = add_group_function(compilation, TANDEM_PART_NAME,
					       LLVMFunctionType(compilation->i32, types, 3, 0),
					       work_group->description->info.packed_bytes);
	LLVMSetLinkage(work_group->group, LLVMInternalLinkage);
	tandem_ir_add_attribute(compilation, work_group->group, "noinline");
	begin_function(compilation, work_group, values);
}

void tandem_work_group_drop_unused(LLVMValueRef group)
{
	LLVMValueRef instruction = LLVMGetLastInstruction(LLVMGetEntryBasicBlock(group)), before;

	for (; instruction; instruction = before) {
		before = LLVMGetPreviousInstruction(instruction);
		if (!LLVMGetFirstUse(instruction) && !LLVMIsATerminatorInst(instruction) &&
		    !LLVMIsAStoreInst(instruction) && !LLVMIsAMemSetInst(instruction))
			LLVMInstructionEraseFromParent(instruction);
	}
}

/* ---- loops ---- */

/*
 * A loop's mark as parallel refers to itself, which LLVM-C cannot make: it is
 * taken from code that is written as text for the purpose.
 */
static LLVMValueRef parallel_mark(struct tandem_compilation *compilation,
				  enum tandem_loop_kind kind)
{
	static const char *const properties[] = {
		[TANDEM_LOOP_ITEMS] = "!0 = distinct !{!0, !1}\n",
		[TANDEM_LOOP_PART_ITEMS] = "!0 = distinct !{!0, !1, !3, !4}\n"
					   "!3 = !{!\"llvm.loop.interleave.count\", i32 1}\n"
					   "!4 = !{!\"llvm.loop.unroll.disable\"}\n",
		[TANDEM_LOOP_BUNDLE] = "!0 = distinct !{!0, !1, !3, !4, !5}\n"
				       "!3 = !{!\"llvm.loop.vectorize.enable\", i1 true}\n"
				       "!4 = !{!\"llvm.loop.vectorize.width\", i32 %d}\n"
				       "!5 = !{!\"llvm.loop.interleave.count\", i32 1}\n",
	};
	struct tandem_text text = { 0 };
	LLVMValueRef mark = NULL;

	tandem_text_print(&text, "define void @tandem.marks(ptr %%p) {\n"
				 "  br label %%next, !llvm.loop !0\n"
				 "next:\n"
				 "  ret void\n"
				 "}\n"
				 "!1 = !{!\"llvm.loop.parallel_accesses\", !2}\n"
				 "!2 = distinct !{}\n");
	tandem_text_print(&text, properties[kind], TANDEM_BUNDLE_LANES);
	if (text.failed)
		tandem_ir_error(compilation, "no memory");
	else
		mark = tandem_ir_loop_mark(compilation, text.bytes);
	tandem_text_finish(&text);
	return mark;
}

/* Of a loop around loops: written out for some turns, it takes as long to build as it has. */
static LLVMValueRef rows_mark(struct tandem_compilation *compilation)
{
	return tandem_ir_loop_mark(compilation, "define void @tandem.marks(ptr %p) {\n"
						"  br label %next, !llvm.loop !0\n"
						"next:\n"
						"  ret void\n"
						"}\n"
						"!0 = distinct !{!0, !1}\n"
						"!1 = !{!\"llvm.loop.unroll.runtime.disable\"}\n");
}

/* The group of accesses that the mark calls parallel: the mark's second entry names it. */
static LLVMValueRef parallel_group(LLVMValueRef mark)
{
	LLVMValueRef entries[8], name_and_group[2];

	LLVMGetMDNodeOperands(mark, entries);
	LLVMGetMDNodeOperands(entries[1], name_and_group);
	return name_and_group[1];
}

void tandem_mark_parallel(struct tandem_compilation *compilation, LLVMValueRef instruction,
			  LLVMValueRef parallel)
{
	unsigned int opcode = LLVMGetInstructionOpcode(instruction), space;
	LLVMValueRef pointer;

	if ((opcode != LLVMLoad && opcode != LLVMStore) || !parallel)
		return;
	pointer = LLVMGetOperand(instruction, tandem_ir_pointer_operand(instruction));
	space = LLVMGetPointerAddressSpace(LLVMTypeOf(pointer));
	if (space == TANDEM_AS_GLOBAL || space == TANDEM_AS_CONSTANT || space == TANDEM_AS_LOCAL)
		LLVMSetMetadata(instruction, compilation->access_group, parallel);
}

void tandem_item_loop_begin(struct tandem_compilation *compilation, LLVMValueRef function,
			    LLVMValueRef start, enum tandem_loop_kind kind,
			    struct tandem_item_loop *loop)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMBasicBlockRef from = LLVMGetInsertBlock(builder);
	LLVMContextRef context = compilation->context;

	*loop = (struct tandem_item_loop){ 0 };
	loop->head = LLVMAppendBasicBlockInContext(context, function, "items");
	loop->latch = LLVMAppendBasicBlockInContext(context, function, "item.end");
	loop->after = LLVMAppendBasicBlockInContext(context, function, "items.done");
	LLVMBuildBr(builder, loop->head);
	LLVMPositionBuilderAtEnd(builder, loop->head);
	loop->counter = LLVMBuildPhi(builder, compilation->i64, "");
	LLVMAddIncoming(loop->counter, &start, &from, 1);
	if (kind == TANDEM_LOOP_ROWS)
		loop->mark = rows_mark(compilation);
	else if (kind != TANDEM_LOOP_PLAIN)
		loop->mark = parallel_mark(compilation, kind);
	if (loop->mark && kind != TANDEM_LOOP_ROWS)
		loop->parallel = parallel_group(loop->mark);
}

void tandem_item_loop_end(struct tandem_compilation *compilation, struct tandem_item_loop *loop,
			  uint64_t step, LLVMValueRef limit)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef step_value = LLVMConstInt(compilation->i64, step, 0), next, done, branch;

	LLVMPositionBuilderAtEnd(builder, loop->latch);
	next = tandem_ir_add(compilation, loop->counter, step_value);
	if (step == 1)
		done = LLVMBuildICmp(builder, LLVMIntEQ, next, limit, "");
	else
		done = LLVMBuildICmp(builder, LLVMIntUGT,
				     tandem_ir_add(compilation, next, step_value), limit, "");
	branch = LLVMBuildCondBr(builder, done, loop->after, loop->head);
	LLVMAddIncoming(loop->counter, &next, &loop->latch, 1);
	if (loop->mark)
		LLVMSetMetadata(branch, compilation->loop, loop->mark);
	LLVMPositionBuilderAtEnd(builder, loop->after);
}

void tandem_rows_begin(struct tandem_compilation *compilation, LLVMValueRef group,
		       const LLVMValueRef *sizes, bool needs_ids, struct tandem_rows *rows)
{
	LLVMValueRef zero = LLVMConstInt(compilation->i64, 0, 0);

	*rows = (struct tandem_rows){ .ids = { NULL, zero, zero }, .loop_count = 1 };
	rows->limits[0] = sizes[1];
	rows->limits[1] = sizes[2];
	if (needs_ids) {
		tandem_item_loop_begin(compilation, group, zero, TANDEM_LOOP_ROWS, &rows->loops[1]);
		rows->loop_count = 2;
	} else {
		rows->limits[0] = tandem_ir_multiply(compilation, sizes[1], sizes[2]);
	}
	tandem_item_loop_begin(compilation, group, zero, TANDEM_LOOP_ROWS, &rows->loops[0]);
	rows->index = rows->loops[0].counter;
	if (!needs_ids)
		return;
	rows->ids[1] = rows->loops[0].counter;
	rows->ids[2] = rows->loops[1].counter;
	rows->index = tandem_ir_add(
		compilation, tandem_ir_multiply(compilation, rows->ids[2], sizes[1]), rows->ids[1]);
}

void tandem_rows_end(struct tandem_compilation *compilation, struct tandem_rows *rows)
{
	for (unsigned int i = 0; i < rows->loop_count; i++) {
		LLVMBuildBr(compilation->builder, rows->loops[i].latch);
		tandem_item_loop_end(compilation, &rows->loops[i], 1, rows->limits[i]);
	}
}

LLVMValueRef *tandem_work_group_begin_rows(struct tandem_compilation *compilation,
					   struct tandem_work_group *work_group,
					   struct tandem_rows *rows)
{
	unsigned int first_id = work_group->parameters + TANDEM_ITEM_LOCAL_ID;
	unsigned int first_size = work_group->parameters + TANDEM_ITEM_LOCAL_SIZE;
	LLVMValueRef *values =
		tandem_new_array(values, work_group->parameters + TANDEM_ITEM_VALUES);
	bool needs_ids = false;

	if (!values) {
		tandem_ir_error(compilation, "no memory");
		return NULL;
	}
	for (unsigned int i = 1; i < TANDEM_DIMENSIONS; i++)
		needs_ids |= LLVMGetFirstUse(LLVMGetParam(work_group->item, first_id + i)) != NULL;
	tandem_work_group_begin(compilation, work_group, values);
	tandem_rows_begin(compilation, work_group->group, values + first_size, needs_ids, rows);
	for (unsigned int i = 1; i < TANDEM_DIMENSIONS; i++)
		values[first_id + i] = rows->ids[i];
	return values;
}

void tandem_work_group_end_rows(struct tandem_compilation *compilation,
				struct tandem_work_group *work_group, LLVMValueRef *values,
				struct tandem_rows *rows, LLVMValueRef parallel)
{
	tandem_rows_end(compilation, rows);
	LLVMBuildRetVoid(compilation->builder);
	tandem_ir_for_each(work_group->item, block, instruction, next)
		tandem_mark_parallel(compilation, instruction, parallel);
	LLVMSetLinkage(work_group->item, LLVMInternalLinkage);
	tandem_ir_add_attribute(compilation, work_group->item, "alwaysinline");
	free(values);
}

void tandem_work_group_loop(struct tandem_compilation *compilation,
			    struct tandem_work_group *work_group)
{
	struct tandem_rows rows;
	LLVMValueRef *values = tandem_work_group_begin_rows(compilation, work_group, &rows);
	LLVMValueRef *item_values = values + work_group->parameters;
	LLVMBuilderRef builder = compilation->builder;
	struct tandem_item_loop loop;

	if (!values)
		return;
	tandem_item_loop_begin(compilation, work_group->group, LLVMConstInt(compilation->i64, 0, 0),
			       TANDEM_LOOP_ITEMS, &loop);
	item_values[TANDEM_ITEM_LOCAL_ID] = loop.counter;
	LLVMBuildCall2(builder, LLVMGlobalGetValueType(work_group->item), work_group->item, values,
		       work_group->parameters + TANDEM_ITEM_VALUES, "");
	LLVMBuildBr(builder, loop.latch);
	tandem_item_loop_end(compilation, &loop, 1, item_values[TANDEM_ITEM_LOCAL_SIZE]);
	tandem_work_group_end_rows(compilation, work_group, values, &rows, loop.parallel);
}
