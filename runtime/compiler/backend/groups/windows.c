// SPDX-License-Identifier: MIT
#include "windows.h"

#include <stdlib.h>
#include <string.h>

#include "pointer_map.h"
#include "util/alloc.h"
#include "window_atomics_x86_64.h"

/* Between images, one after the other. */
#define MOST_CHOICES 8

enum window { PLAIN, ATOMIC, WINDOWS };

struct translation {
	struct tandem_compilation *compilation;
	LLVMValueRef function;
	const struct tandem_work_group *work_group;
	LLVMValueRef arena, arena_bytes, nowhere; /* i64 */
	LLVMValueRef windows[WINDOWS];
	LLVMValueRef thread; /* i64 */
	struct tandem_pointer_map translated[WINDOWS]; /* what pointers became */
};

static LLVMValueRef translate(struct translation *translation, LLVMValueRef pointer,
			      enum window window);

static LLVMValueRef item_value(const struct tandem_work_group *work_group,
			       enum tandem_item_value value)
{
	return LLVMGetParam(work_group->item, work_group->parameters + value);
}

static unsigned int space_of(LLVMValueRef pointer)
{
	return LLVMGetPointerAddressSpace(LLVMTypeOf(pointer));
}

/* ---- roots ---- */

/* Whether a value is one of several that are all so, as @is_so says: a phi's, or a select's. */
static bool are_all(const struct translation *translation, LLVMValueRef value, unsigned int depth,
		    bool (*is_so)(const struct translation *, LLVMValueRef, unsigned int))
{
	bool is_phi = LLVMIsAPHINode(value);
	unsigned int count = is_phi ? LLVMCountIncoming(value) : 2;

	if (!is_phi && !LLVMIsASelectInst(value))
		return false;
	for (unsigned int i = 0; i < count; i++) {
		if (!is_so(translation,
			   is_phi ? LLVMGetIncomingValue(value, i) : LLVMGetOperand(value, i + 1),
			   depth))
			return false;
	}
	return true;
}

/* Whether a pointer is to what the kernel was given of an image (image/view.h). */
static bool is_view(const struct translation *translation, LLVMValueRef pointer, unsigned int depth)
{
	const struct tandem_work_group *work_group = translation->work_group;

	while (LLVMIsAGetElementPtrInst(pointer) || LLVMIsAAddrSpaceCastInst(pointer))
		pointer = LLVMGetOperand(pointer, 0);
	for (unsigned int i = 0; LLVMIsAArgument(pointer) && i < work_group->parameters; i++) {
		if (LLVMGetParam(translation->function, i) == pointer)
			return work_group->description->info.arguments[i].kind ==
			       TANDEM_ARGUMENT_IMAGE;
	}
	return depth && are_all(translation, pointer, depth - 1, is_view);
}

/* Whether a number was read there. */
static bool is_of_view(const struct translation *translation, LLVMValueRef number,
		       unsigned int depth)
{
	if (LLVMIsALoadInst(number))
		return is_view(translation, LLVMGetOperand(number, 0), MOST_CHOICES);
	return depth && are_all(translation, number, depth - 1, is_of_view);
}

/* The variable that a constant address lies in, or NULL. */
static LLVMValueRef variable_of(LLVMValueRef constant)
{
	while (LLVMIsAConstantExpr(constant) &&
	       (LLVMGetConstOpcode(constant) == LLVMGetElementPtr ||
		LLVMGetConstOpcode(constant) == LLVMAddrSpaceCast))
		constant = LLVMGetOperand(constant, 0);
	return LLVMIsAGlobalVariable(constant);
}

/* The address space that a root is known to point to. */
static unsigned int space_of_root(LLVMValueRef root)
{
	LLVMValueRef variable = LLVMIsConstant(root) ? variable_of(root) : NULL;

	if (variable)
		return space_of(variable);
	/* Arguments for constant memory are addresses of buffers. */
	if (LLVMIsAArgument(root) && space_of(root) == TANDEM_AS_CONSTANT)
		return TANDEM_AS_GLOBAL;
	return space_of(root);
}

/* Behind the definition of a value; at the function's beginning for what is defined outside. */
static void position_behind(const struct translation *translation, LLVMValueRef value)
{
	LLVMValueRef place;

	if (!LLVMIsAInstruction(value))
		place = tandem_ir_insertion_point(LLVMGetEntryBasicBlock(translation->function));
	else if (LLVMIsAPHINode(value))
		place = tandem_ir_insertion_point(LLVMGetInstructionParent(value));
	else
		place = LLVMGetNextInstruction(value);
	LLVMPositionBuilderBefore(translation->compilation->builder, place);
}

/* Whether the i64 @address is one from the pointer @low to before @high. */
static LLVMValueRef is_between(const struct translation *translation, LLVMValueRef address,
			       enum tandem_item_value low, enum tandem_item_value high)
{
	LLVMBuilderRef builder = translation->compilation->builder;
	LLVMTypeRef i64 = translation->compilation->i64;
	LLVMValueRef start =
		LLVMBuildPtrToInt(builder, item_value(translation->work_group, low), i64, "");
	LLVMValueRef end =
		LLVMBuildPtrToInt(builder, item_value(translation->work_group, high), i64, "");

	return LLVMBuildICmp(builder, LLVMIntULT, LLVMBuildSub(builder, address, start, ""),
			     LLVMBuildSub(builder, end, start, ""), "");
}

/* Whether the i64 @address is one of the group's local or private memory. */
static LLVMValueRef is_own(const struct translation *translation, LLVMValueRef address)
{
	return LLVMBuildOr(
		translation->compilation->builder,
		is_between(translation, address, TANDEM_ITEM_SCRATCH, TANDEM_ITEM_ITEM_STATE_END),
		is_between(translation, address, TANDEM_ITEM_PRIVATE_LOW, TANDEM_ITEM_PRIVATE_HIGH),
		"");
}

static LLVMValueRef translate_root(struct translation *translation, LLVMValueRef root,
				   enum window window)
{
	struct tandem_compilation *compilation = translation->compilation;
	LLVMBuilderRef builder = compilation->builder;
	unsigned int space = space_of_root(root);
	LLVMValueRef base, number, offset, is_inside, inside, outside, result;

	if (LLVMIsUndef(root) || space == TANDEM_AS_PRIVATE || space == TANDEM_AS_LOCAL ||
	    (space == TANDEM_AS_CONSTANT && LLVMIsConstant(root)) ||
	    (LLVMIsAIntToPtrInst(root) &&
	     is_of_view(translation, LLVMGetOperand(root, 0), MOST_CHOICES)))
		return root;
	position_behind(translation, root);
	base = LLVMBuildAddrSpaceCast(builder, translation->windows[window], LLVMTypeOf(root), "");
	number = LLVMBuildPtrToInt(builder, root, compilation->i64, "");
	offset = LLVMBuildSub(builder, number, translation->arena, "");
	is_inside = LLVMBuildICmp(builder, LLVMIntULT, offset, translation->arena_bytes, "");
	inside = LLVMBuildGEP2(builder, compilation->i8, base, &offset, 1, "");
	outside = LLVMBuildGEP2(builder, compilation->i8, base, &translation->nowhere, 1, "");
	/* The program's own constants are not in the arena. */
	if (space == TANDEM_AS_CONSTANT)
		outside = root;
	else if (space == TANDEM_AS_GENERIC)
		outside = LLVMBuildSelect(builder, is_own(translation, number), root, outside, "");
	result = LLVMBuildSelect(builder, is_inside, inside, outside, "");
	/* As a branch it does not delay the access. */
	if (LLVMIsASelectInst(result))
		LLVMSetMetadata(result, compilation->branch_weights, compilation->mostly_true);
	return result;
}

/* ---- what is computed from roots ---- */

static LLVMValueRef translate_address(struct translation *translation, LLVMValueRef address,
				      enum window window)
{
	LLVMValueRef base = translate(translation, LLVMGetOperand(address, 0), window), result;
	unsigned int count = LLVMGetNumIndices(address);
	LLVMValueRef *indices;

	if (base == LLVMGetOperand(address, 0))
		return address;
	indices = tandem_new_array(indices, count + 1);
	if (!indices) {
		tandem_ir_error(translation->compilation, "no memory");
		return address;
	}
	for (unsigned int i = 0; i < count; i++)
		indices[i] = LLVMGetOperand(address, i + 1);
	LLVMPositionBuilderBefore(translation->compilation->builder, address);
	result = tandem_ir_address(translation->compilation, LLVMGetGEPSourceElementType(address),
				   base, indices, count, LLVMIsInBounds(address));
	free(indices);
	return result;
}

static LLVMValueRef translate_cast(struct translation *translation, LLVMValueRef cast,
				   enum window window)
{
	LLVMValueRef operand = translate(translation, LLVMGetOperand(cast, 0), window);

	if (operand == LLVMGetOperand(cast, 0))
		return cast;
	LLVMPositionBuilderBefore(translation->compilation->builder, cast);
	return LLVMBuildAddrSpaceCast(translation->compilation->builder, operand, LLVMTypeOf(cast),
				      "");
}

static LLVMValueRef translate_select(struct translation *translation, LLVMValueRef select,
				     enum window window)
{
	LLVMValueRef one = translate(translation, LLVMGetOperand(select, 1), window);
	LLVMValueRef other = translate(translation, LLVMGetOperand(select, 2), window);

	if (one == LLVMGetOperand(select, 1) && other == LLVMGetOperand(select, 2))
		return select;
	LLVMPositionBuilderBefore(translation->compilation->builder, select);
	return LLVMBuildSelect(translation->compilation->builder, LLVMGetOperand(select, 0), one,
			       other, "");
}

/* The new phi is known before what comes into it is translated: that may come from it. */
static LLVMValueRef translate_phi(struct translation *translation, LLVMValueRef phi,
				  enum window window)
{
	LLVMValueRef result;

	LLVMPositionBuilderBefore(translation->compilation->builder, phi);
	result = LLVMBuildPhi(translation->compilation->builder, LLVMTypeOf(phi), "");
	tandem_pointer_map_set(&translation->translated[window], phi, result);
	for (unsigned int i = 0; i < LLVMCountIncoming(phi); i++) {
		LLVMBasicBlockRef from = LLVMGetIncomingBlock(phi, i);
		LLVMValueRef incoming =
			translate(translation, LLVMGetIncomingValue(phi, i), window);

		LLVMAddIncoming(result, &incoming, &from, 1);
	}
	return result;
}

/* Where an access to @pointer goes to, in a window. */
static LLVMValueRef translate(struct translation *translation, LLVMValueRef pointer,
			      enum window window)
{
	LLVMValueRef result = tandem_pointer_map_get(&translation->translated[window], pointer);
	unsigned int space = space_of(pointer);

	if (result || space == TANDEM_AS_PRIVATE || space == TANDEM_AS_LOCAL)
		return result ? result : pointer;
	if (LLVMIsAGetElementPtrInst(pointer))
		result = translate_address(translation, pointer, window);
	else if (LLVMIsAAddrSpaceCastInst(pointer))
		result = translate_cast(translation, pointer, window);
	else if (LLVMIsASelectInst(pointer))
		result = translate_select(translation, pointer, window);
	else if (LLVMIsAPHINode(pointer))
		result = translate_phi(translation, pointer, window);
	else
		result = translate_root(translation, pointer, window);
	tandem_pointer_map_set(&translation->translated[window], pointer, result);
	return result;
}

/* ---- read-modify-writes ---- */

static const char *operation_name(LLVMValueRef instruction)
{
	switch (LLVMGetAtomicRMWBinOp(instruction)) {
	case LLVMAtomicRMWBinOpXchg:
		return "exchange";
	case LLVMAtomicRMWBinOpAdd:
	case LLVMAtomicRMWBinOpSub: /* of the operand's negative */
		return "add";
	case LLVMAtomicRMWBinOpAnd:
		return "and";
	case LLVMAtomicRMWBinOpOr:
		return "or";
	case LLVMAtomicRMWBinOpXor:
		return "xor";
	case LLVMAtomicRMWBinOpMax:
		return "max";
	case LLVMAtomicRMWBinOpMin:
		return "min";
	case LLVMAtomicRMWBinOpUMax:
		return "unsigned_max";
	case LLVMAtomicRMWBinOpUMin:
		return "unsigned_min";
	case LLVMAtomicRMWBinOpFAdd:
	case LLVMAtomicRMWBinOpFSub: /* of the operand's negative, too */
		return "float_add";
	case LLVMAtomicRMWBinOpFMax:
		return "float_max";
	case LLVMAtomicRMWBinOpFMin:
		return "float_min";
	default:
		return NULL;
	}
}

/* Calls the device's operation @name on @address: its operands and result have @bits. */
static LLVMValueRef call_operation(struct translation *translation, const char *name,
				   unsigned int bits, LLVMValueRef address, LLVMValueRef *operands,
				   unsigned int count)
{
	struct tandem_compilation *compilation = translation->compilation;
	LLVMTypeRef value = LLVMIntTypeInContext(compilation->context, bits);
	LLVMValueRef arguments[4], function;

	function = tandem_window_atomic(compilation, name, bits);
	if (!function)
		return NULL;
	arguments[0] =
		LLVMBuildAddrSpaceCast(compilation->builder, address, compilation->pointer, "");
	arguments[1] = translation->thread;
	for (unsigned int i = 0; i < count; i++)
		arguments[i + 2] = LLVMBuildBitCast(compilation->builder, operands[i], value, "");
	return LLVMBuildCall2(compilation->builder, LLVMGlobalGetValueType(function), function,
			      arguments, count + 2, "");
}

/* The operation releases and acquires, as the processor keeps its stores in order; more takes a fence. */
static void order_after(struct translation *translation, LLVMAtomicOrdering order)
{
	if (order == LLVMAtomicOrderingSequentiallyConsistent)
		LLVMBuildFence(translation->compilation->builder, order, 0, "");
}

static void replace_modification(struct translation *translation, LLVMValueRef instruction)
{
	LLVMBuilderRef builder = translation->compilation->builder;
	LLVMValueRef address = translate(translation, LLVMGetOperand(instruction, 0), ATOMIC);
	LLVMValueRef operand = LLVMGetOperand(instruction, 1), result;
	unsigned int bits = (unsigned int)LLVMSizeOfTypeInBits(translation->compilation->layout,
							       LLVMTypeOf(operand));
	const char *name = operation_name(instruction);

	if (!name || (bits != 32 && bits != 64)) {
		tandem_ir_error(translation->compilation,
				"the device has no atomic operation of this kind");
		return;
	}
	LLVMPositionBuilderBefore(builder, instruction);
	if (LLVMGetAtomicRMWBinOp(instruction) == LLVMAtomicRMWBinOpSub)
		operand = LLVMBuildNeg(builder, operand, "");
	if (LLVMGetAtomicRMWBinOp(instruction) == LLVMAtomicRMWBinOpFSub)
		operand = LLVMBuildFNeg(builder, operand, "");
	result = call_operation(translation, name, bits, address, &operand, 1);
	if (!result)
		return;
	order_after(translation, LLVMGetOrdering(instruction));
	LLVMReplaceAllUsesWith(instruction,
			       LLVMBuildBitCast(builder, result, LLVMTypeOf(operand), ""));
	LLVMInstructionEraseFromParent(instruction);
}

static void replace_compare_exchange(struct translation *translation, LLVMValueRef instruction)
{
	LLVMBuilderRef builder = translation->compilation->builder;
	LLVMValueRef address = translate(translation, LLVMGetOperand(instruction, 0), ATOMIC);
	LLVMValueRef operands[] = { LLVMGetOperand(instruction, 1),
				    LLVMGetOperand(instruction, 2) };
	unsigned int bits = (unsigned int)LLVMSizeOfTypeInBits(translation->compilation->layout,
							       LLVMTypeOf(operands[0]));
	LLVMValueRef seen, exchanged, result;

	if (bits != 32 && bits != 64) {
		tandem_ir_error(translation->compilation,
				"the device has no atomic operation of this kind");
		return;
	}
	LLVMPositionBuilderBefore(builder, instruction);
	seen = call_operation(translation, "compare_exchange", bits, address, operands, 2);
	if (!seen)
		return;
	order_after(translation, LLVMGetCmpXchgSuccessOrdering(instruction));
	seen = LLVMBuildBitCast(builder, seen, LLVMTypeOf(operands[0]), "");
	exchanged = LLVMBuildICmp(builder, LLVMIntEQ, seen, operands[0], "");
	result = LLVMBuildInsertValue(builder, LLVMGetPoison(LLVMTypeOf(instruction)), seen, 0, "");
	result = LLVMBuildInsertValue(builder, result, exchanged, 1, "");
	LLVMReplaceAllUsesWith(instruction, result);
	LLVMInstructionEraseFromParent(instruction);
}

/*
 * A store by one core must not fall into another's read-modify-write, so it takes the
 * word's lock as well: it is an exchange.
 */
static void replace_store(struct translation *translation, LLVMValueRef store)
{
	LLVMBuilderRef builder = translation->compilation->builder;
	LLVMValueRef value = LLVMGetOperand(store, 0);
	LLVMValueRef address = translate(translation, LLVMGetOperand(store, 1), ATOMIC);
	unsigned int bits = (unsigned int)LLVMSizeOfTypeInBits(translation->compilation->layout,
							       LLVMTypeOf(value));

	if (bits != 32 && bits != 64) {
		tandem_ir_error(translation->compilation,
				"the device has no atomic operation of this kind");
		return;
	}
	LLVMPositionBuilderBefore(builder, store);
	if (!call_operation(translation, "exchange", bits, address, &value, 1))
		return;
	order_after(translation, LLVMGetOrdering(store));
	LLVMInstructionEraseFromParent(store);
}

/* ---- accesses ---- */

static void translate_operand(struct translation *translation, LLVMValueRef instruction,
			      unsigned int index)
{
	LLVMValueRef pointer = LLVMGetOperand(instruction, index);
	LLVMValueRef translated = translate(translation, pointer, PLAIN);

	if (translated != pointer)
		LLVMSetOperand(instruction, index, translated);
}

static void translate_access(struct translation *translation, LLVMValueRef instruction)
{
	unsigned int opcode = LLVMGetInstructionOpcode(instruction);
	const char *intrinsic;

	if (opcode == LLVMStore && LLVMGetOrdering(instruction) != LLVMAtomicOrderingNotAtomic) {
		unsigned int space = space_of(LLVMGetOperand(instruction, 1));

		if (space != TANDEM_AS_PRIVATE && space != TANDEM_AS_LOCAL)
			replace_store(translation, instruction);
		return;
	}
	if (opcode == LLVMLoad || opcode == LLVMStore) {
		translate_operand(translation, instruction,
				  (unsigned int)tandem_ir_pointer_operand(instruction));
		return;
	}
	if (opcode == LLVMAtomicRMW || opcode == LLVMAtomicCmpXchg) {
		unsigned int space = space_of(LLVMGetOperand(instruction, 0));

		if (space == TANDEM_AS_PRIVATE || space == TANDEM_AS_LOCAL)
			return;
		if (opcode == LLVMAtomicRMW)
			replace_modification(translation, instruction);
		else
			replace_compare_exchange(translation, instruction);
		return;
	}
	intrinsic = tandem_ir_intrinsic(instruction);
	if (!intrinsic)
		return;
	if (!strncmp(intrinsic, "memcpy.", 7) || !strncmp(intrinsic, "memmove.", 8)) {
		translate_operand(translation, instruction, 0);
		translate_operand(translation, instruction, 1);
	} else if (!strncmp(intrinsic, "memset.", 7)) {
		translate_operand(translation, instruction, 0);
	}
}

void tandem_windows_translate(struct tandem_compilation *compilation,
			      const struct tandem_work_group *work_group)
{
	struct translation translation = {
		.compilation = compilation,
		.function = work_group->item,
		.work_group = work_group,
		.arena = item_value(work_group, TANDEM_ITEM_ARENA),
		.arena_bytes = item_value(work_group, TANDEM_ITEM_ARENA_BYTES),
		.nowhere = item_value(work_group, TANDEM_ITEM_NOWHERE),
		.windows = { item_value(work_group, TANDEM_ITEM_PLAIN_WINDOW),
			     item_value(work_group, TANDEM_ITEM_ATOMIC_WINDOW) },
		.thread = item_value(work_group, TANDEM_ITEM_THREAD),
	};

	tandem_ir_for_each(work_group->item, block, instruction, next)
		translate_access(&translation, instruction);
	for (int window = 0; window < WINDOWS; window++) {
		if (translation.translated[window].failed)
			tandem_ir_error(compilation, "no memory");
		tandem_pointer_map_finish(&translation.translated[window]);
	}
}
