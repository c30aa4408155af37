// SPDX-License-Identifier: MIT
/*
 * memcpy, memmove and memset of a known length, as loads and stores of elements: so private
 * arrays that they are of can be interleaved, and what they access is seen.
 */
#include "body.h"
#include "util/alloc.h"

/* Written out up to here, beyond it a loop. */
#define MOST_WRITTEN_OUT 16
#define MOST_BYTES	 (8u << 10)
/* Where nothing is private, more than this is left to the functions. */
#define MOST_ELSEWHERE 8
#define MOST_ELEMENT   8u

struct copy {
	LLVMValueRef call;
	LLVMValueRef to;
	LLVMValueRef from; /* NULL for memset */
	uint64_t bytes, element_bytes;
	unsigned int to_alignment, from_alignment;
};

/* ---- what there is to copy ---- */

/* The private variable that an address is in, or NULL. */
static LLVMValueRef variable_of(LLVMValueRef address)
{
	while (LLVMIsAGetElementPtrInst(address) || LLVMIsAAddrSpaceCastInst(address))
		address = LLVMGetOperand(address, 0);
	return LLVMIsAAllocaInst(address);
}

/* The least element that a variable is accessed as; @bytes as it is where there is none. */
static void find_element(const struct tandem_compilation *compilation, LLVMValueRef address,
			 uint64_t *bytes)
{
	for (LLVMUseRef use = LLVMGetFirstUse(address); use; use = LLVMGetNextUse(use)) {
		LLVMValueRef user = LLVMGetUser(use);
		LLVMTypeRef type;

		if (LLVMIsAGetElementPtrInst(user))
			find_element(compilation, user, bytes);
		if (LLVMIsALoadInst(user))
			type = LLVMTypeOf(user);
		else if (LLVMIsAStoreInst(user) && LLVMGetOperand(user, 0) != address)
			type = LLVMTypeOf(LLVMGetOperand(user, 0));
		else
			continue;
		if (LLVMGetTypeKind(type) == LLVMVectorTypeKind)
			type = LLVMGetElementType(type);
		*bytes = tandem_min_u64(*bytes, LLVMABISizeOfType(compilation->layout, type));
	}
}

static unsigned int alignment_of(LLVMValueRef call, unsigned int argument)
{
	unsigned int align = LLVMGetEnumAttributeKindForName("align", 5);
	LLVMAttributeRef attribute = LLVMGetCallSiteEnumAttribute(call, argument + 1, align);

	return attribute ? (unsigned int)LLVMGetEnumAttributeValue(attribute) : 1;
}

static void choose_element(const struct tandem_compilation *compilation, struct copy *copy)
{
	LLVMValueRef to = variable_of(copy->to), from = copy->from ? variable_of(copy->from) : NULL;
	uint64_t bytes = MOST_ELEMENT;

	if (to)
		find_element(compilation, to, &bytes);
	if (from)
		find_element(compilation, from, &bytes);
	if (!to && !from)
		bytes = tandem_min_u64(bytes, copy->to_alignment);
	while (bytes > 1 && (!tandem_is_power_of_two(bytes) || copy->bytes % bytes))
		bytes--;
	copy->element_bytes = bytes;
}

/* False where the call is no such copy. */
static bool describe(const struct tandem_compilation *compilation, LLVMValueRef call,
		     struct copy *copy)
{
	const char *name = tandem_ir_intrinsic(call);
	bool moves = tandem_ir_begins_with(name, "memmove.");
	bool sets = tandem_ir_begins_with(name, "memset.");
	uint64_t count;

	if ((!moves && !sets && !tandem_ir_begins_with(name, "memcpy.")) ||
	    !LLVMIsAConstantInt(LLVMGetOperand(call, 2)) ||
	    LLVMConstIntGetZExtValue(LLVMGetOperand(call, 3)))
		return false;
	*copy = (struct copy){
		.call = call,
		.to = LLVMGetOperand(call, 0),
		.from = sets ? NULL : LLVMGetOperand(call, 1),
		.bytes = LLVMConstIntGetZExtValue(LLVMGetOperand(call, 2)),
		.to_alignment = alignment_of(call, 0),
		.from_alignment = sets ? 1 : alignment_of(call, 1),
	};
	if (copy->bytes > MOST_BYTES)
		return false;
	choose_element(compilation, copy);
	count = copy->bytes / copy->element_bytes;
	if (!variable_of(copy->to) && (!copy->from || !variable_of(copy->from)))
		return count <= MOST_ELSEWHERE;
	return !moves || count <= MOST_WRITTEN_OUT;
}

bool tandem_lanes_is_copy(const struct tandem_compilation *compilation, LLVMValueRef call)
{
	struct copy copy;

	return describe(compilation, call, &copy);
}

/* ---- elements ---- */

static LLVMTypeRef element_type(const struct tandem_compilation *compilation,
				const struct copy *copy)
{
	return LLVMIntTypeInContext(compilation->context, (unsigned int)copy->element_bytes * 8);
}

static LLVMValueRef place(const struct tandem_compilation *compilation, const struct copy *copy,
			  LLVMValueRef base, LLVMValueRef index)
{
	return LLVMBuildGEP2(compilation->builder, element_type(compilation, copy), base, &index, 1,
			     "");
}

static unsigned int alignment(const struct copy *copy, unsigned int of_first)
{
	return (unsigned int)tandem_min_u64(copy->element_bytes, of_first);
}

/* What memset stores. */
static LLVMValueRef filling(const struct tandem_compilation *compilation, const struct copy *copy)
{
	LLVMTypeRef type = element_type(compilation, copy);
	LLVMValueRef byte = LLVMGetOperand(copy->call, 1);
	const uint64_t each = UINT64_C(0x0101010101010101);

	if (LLVMIsAConstantInt(byte))
		return LLVMConstInt(type, each * LLVMConstIntGetZExtValue(byte), 0);
	byte = LLVMBuildZExt(compilation->builder, byte, type, "");
	return LLVMBuildMul(compilation->builder, byte, LLVMConstInt(type, each, 0), "");
}

static LLVMValueRef load(const struct tandem_compilation *compilation, const struct copy *copy,
			 LLVMValueRef index)
{
	LLVMValueRef one;

	if (!copy->from)
		return filling(compilation, copy);
	one = LLVMBuildLoad2(compilation->builder, element_type(compilation, copy),
			     place(compilation, copy, copy->from, index), "");
	LLVMSetAlignment(one, alignment(copy, copy->from_alignment));
	return one;
}

static void store(const struct tandem_compilation *compilation, const struct copy *copy,
		  LLVMValueRef value, LLVMValueRef index)
{
	LLVMValueRef one = LLVMBuildStore(compilation->builder, value,
					  place(compilation, copy, copy->to, index));

	LLVMSetAlignment(one, alignment(copy, copy->to_alignment));
}

/* All are loaded before any is stored: what memmove copies may overlap. */
static void write_out(const struct tandem_compilation *compilation, const struct copy *copy)
{
	unsigned int count = (unsigned int)(copy->bytes / copy->element_bytes);
	LLVMValueRef values[MOST_WRITTEN_OUT];

	LLVMPositionBuilderBefore(compilation->builder, copy->call);
	for (unsigned int i = 0; i < count; i++)
		values[i] = load(compilation, copy, LLVMConstInt(compilation->i64, i, 0));
	for (unsigned int i = 0; i < count; i++)
		store(compilation, copy, values[i], LLVMConstInt(compilation->i64, i, 0));
}

/* ---- loops ---- */

/* Leads all branches to @from to @to. */
static void redirect(LLVMBasicBlockRef from, LLVMBasicBlockRef to)
{
	LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(LLVMGetBasicBlockParent(from));

	for (; block; block = LLVMGetNextBasicBlock(block)) {
		LLVMValueRef terminator = LLVMGetBasicBlockTerminator(block);

		for (unsigned int i = 0; terminator && i < LLVMGetNumSuccessors(terminator); i++) {
			if (LLVMGetSuccessor(terminator, i) == from)
				LLVMSetSuccessor(terminator, i, to);
		}
	}
}

/*
 * Moves what stands before an instruction to a block of its own, without a terminator. The
 * instruction's block stays the one that others' phis know.
 */
static LLVMBasicBlockRef split_before(const struct tandem_compilation *compilation,
				      LLVMValueRef instruction)
{
	LLVMBasicBlockRef block = LLVMGetInstructionParent(instruction), before;
	LLVMValueRef moved;

	before = LLVMInsertBasicBlockInContext(compilation->context, block, "");
	LLVMPositionBuilderAtEnd(compilation->builder, before);
	while ((moved = LLVMGetFirstInstruction(block)) != instruction) {
		LLVMInstructionRemoveFromParent(moved);
		LLVMInsertIntoBuilder(compilation->builder, moved);
	}
	redirect(block, before);
	return before;
}

static void build_loop(const struct tandem_compilation *compilation, const struct copy *copy)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMBasicBlockRef before = split_before(compilation, copy->call);
	LLVMBasicBlockRef behind = LLVMGetInstructionParent(copy->call), loop;
	LLVMValueRef counter, next, zero = LLVMConstInt(compilation->i64, 0, 0);
	LLVMValueRef count = LLVMConstInt(compilation->i64, copy->bytes / copy->element_bytes, 0);

	loop = LLVMInsertBasicBlockInContext(compilation->context, behind, "");
	LLVMPositionBuilderAtEnd(builder, before);
	LLVMBuildBr(builder, loop);
	LLVMPositionBuilderAtEnd(builder, loop);
	counter = LLVMBuildPhi(builder, compilation->i64, "");
	store(compilation, copy, load(compilation, copy, counter), counter);
	next = LLVMBuildNUWAdd(builder, counter, LLVMConstInt(compilation->i64, 1, 0), "");
	LLVMBuildCondBr(builder, LLVMBuildICmp(builder, LLVMIntULT, next, count, ""), loop, behind);
	LLVMAddIncoming(counter, &zero, &before, 1);
	LLVMAddIncoming(counter, &next, &loop, 1);
}

/* ---- all ---- */

static void expand(const struct tandem_compilation *compilation, const struct copy *copy)
{
	if (copy->bytes / copy->element_bytes <= MOST_WRITTEN_OUT)
		write_out(compilation, copy);
	else
		build_loop(compilation, copy);
	LLVMInstructionEraseFromParent(copy->call);
}

static bool find_one(const struct tandem_compilation *compilation, LLVMValueRef item,
		     struct copy *copy)
{
	tandem_ir_for_each(item, block, instruction, next) {
		if (describe(compilation, instruction, copy))
			return true;
	}
	return false;
}

bool tandem_lanes_expand_copies(const struct tandem_compilation *compilation, LLVMValueRef item)
{
	struct copy copy;
	bool any = false;

	/* Each anew: blocks change. */
	while (find_one(compilation, item, &copy)) {
		expand(compilation, &copy);
		any = true;
	}
	return any;
}
