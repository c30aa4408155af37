// SPDX-License-Identifier: MIT
#include "narrow_indices.h"

#include "pointer_map.h"
#include "util/alloc.h"

/* How deep a chain of operands is followed. */
#define MOST_DEPTH 32

struct search {
	struct tandem_compilation *compilation;
	const struct tandem_flow *flow;
	unsigned int loop;
	struct tandem_pointer_map seen; /* values that were looked at */
	unsigned int widest; /* in bits, of the narrow values found */
	bool hide; /* those that are narrower than the widest */
};

static unsigned int width_of(LLVMValueRef value)
{
	LLVMTypeRef type = LLVMTypeOf(value);

	return LLVMGetTypeKind(type) == LLVMIntegerTypeKind ? LLVMGetIntTypeWidth(type) : 0;
}

/* How many of the lowest bits are known to be 0. */
static unsigned int low_zeros(LLVMValueRef value, unsigned int depth)
{
	unsigned int first, second, width = width_of(value);

	if (!width || width > 64 || depth == 4)
		return 0;
	if (LLVMIsAConstantInt(value)) {
		uint64_t number = LLVMConstIntGetZExtValue(value);

		return number ? (unsigned int)__builtin_ctzll(number) : width;
	}
	if (!LLVMIsAInstruction(value))
		return 0;
	switch (LLVMGetInstructionOpcode(value)) {
	case LLVMShl:
		if (!LLVMIsAConstantInt(LLVMGetOperand(value, 1)))
			return 0;
		return (unsigned int)LLVMConstIntGetZExtValue(LLVMGetOperand(value, 1));
	case LLVMAdd:
	case LLVMSub:
		first = low_zeros(LLVMGetOperand(value, 0), depth + 1);
		second = low_zeros(LLVMGetOperand(value, 1), depth + 1);
		return first < second ? first : second;
	default:
		return 0;
	}
}

/*
 * An index that was widened and scaled is one shift down after another shift up: by 30 after
 * 32 for the byte offset of a float. As it is it looks like a value of 34 bits, of another
 * width than the index alone, and one of them would have to be hidden. So it is shifted all
 * the way down, and up again.
 */
static void part_scale(struct tandem_compilation *compilation, LLVMValueRef shift)
{
	bool is_signed = LLVMGetInstructionOpcode(shift) == LLVMAShr;
	LLVMValueRef amount = LLVMGetOperand(shift, 1), whole = LLVMGetOperand(shift, 0);
	unsigned int zeros = low_zeros(whole, 0);
	uint64_t down = LLVMIsAConstantInt(amount) ? LLVMConstIntGetZExtValue(amount) : zeros;
	LLVMBuilderRef builder = compilation->builder;
	LLVMTypeRef type = LLVMTypeOf(shift);
	LLVMValueRef index, scaled;

	if (down >= zeros || zeros >= width_of(shift))
		return;
	LLVMPositionBuilderBefore(builder, shift);
	amount = LLVMConstInt(type, zeros, 0);
	index = is_signed ? LLVMBuildAShr(builder, whole, amount, "") :
			    LLVMBuildLShr(builder, whole, amount, "");
	LLVMSetExact(index, 1);
	scaled = LLVMBuildShl(builder, index, LLVMConstInt(type, zeros - down, 0), "");
	LLVMReplaceAllUsesWith(shift, scaled);
	LLVMInstructionEraseFromParent(shift);
}

/* From a mask's lowest one to its highest. */
static unsigned int width_of_mask(LLVMValueRef mask)
{
	uint64_t bits;

	if (!LLVMIsAConstantInt(mask) || width_of(mask) > 64)
		return 0;
	bits = LLVMConstIntGetZExtValue(mask);
	return bits ? 64 - (unsigned int)__builtin_clzll(bits) -
			       (unsigned int)__builtin_ctzll(bits) :
		      0;
}

/* How many bits are left of a number that is shifted up and back again, else 0. */
static unsigned int width_of_shifts(LLVMValueRef shift)
{
	LLVMValueRef amount = LLVMGetOperand(shift, 1), inner = LLVMGetOperand(shift, 0);

	/* A sum with a constant may have been shifted as a whole. */
	if (LLVMIsAInstruction(inner) && LLVMGetInstructionOpcode(inner) == LLVMAdd &&
	    LLVMIsAConstantInt(LLVMGetOperand(inner, 1)))
		inner = LLVMGetOperand(inner, 0);
	if (!LLVMIsAConstantInt(amount) || !LLVMIsAInstruction(inner) ||
	    LLVMGetInstructionOpcode(inner) != LLVMShl)
		return 0;
	return width_of(shift) - (unsigned int)LLVMConstIntGetZExtValue(amount);
}

/* The low bits that a remainder consists of, for powers of two; else 0. */
static unsigned int width_of_remainder(LLVMValueRef divisor)
{
	uint64_t number;

	if (!LLVMIsAConstantInt(divisor) || width_of(divisor) > 64)
		return 0;
	number = LLVMConstIntGetZExtValue(divisor);
	return tandem_is_power_of_two(number) ? (unsigned int)__builtin_ctzll(number) : 0;
}

/* Bits that a value is computed in, where these are fewer than the value has; else 0. */
static unsigned int narrow_width(LLVMValueRef instruction)
{
	unsigned int bits;

	switch (LLVMGetInstructionOpcode(instruction)) {
	case LLVMZExt:
	case LLVMSExt:
		return width_of(LLVMGetOperand(instruction, 0));
	case LLVMAnd:
		bits = width_of_mask(LLVMGetOperand(instruction, 1));
		return bits < width_of(instruction) ? bits : 0;
	case LLVMLShr:
	case LLVMAShr:
		return width_of_shifts(instruction);
	case LLVMURem:
		return width_of_remainder(LLVMGetOperand(instruction, 1));
	default:
		return 0;
	}
}

/* Whether evenly growing addresses are not made of this. */
static bool ends_chain(const struct search *search, LLVMValueRef value)
{
	return tandem_flow_is_outside(search->flow, search->loop, value) ||
	       LLVMIsALoadInst(value) || LLVMIsAFreezeInst(value) ||
	       (LLVMIsACallInst(value) && !tandem_ir_intrinsic(value));
}

/* Goes through what a value of the loop is computed from. */
static void look_at(struct search *search, LLVMValueRef value, unsigned int depth)
{
	unsigned int width;

	if (ends_chain(search, value) || depth == MOST_DEPTH ||
	    tandem_pointer_map_get(&search->seen, value))
		return;
	tandem_pointer_map_set(&search->seen, value, search);
	width = narrow_width(value);
	if (width && search->hide && width < search->widest) {
		tandem_ir_hide(search->compilation, value);
		return;
	}
	if (width > search->widest)
		search->widest = width;
	for (int i = 0; i < LLVMGetNumOperands(value); i++) {
		LLVMValueRef operand = LLVMGetOperand(value, (unsigned int)i);

		if (!LLVMValueIsBasicBlock(operand) && !LLVMIsAFunction(operand))
			look_at(search, operand, depth + 1);
	}
}

/* Counters that are narrowed in each turn are of interest whatever they are for. */
static void look_at_counter(struct search *search, LLVMValueRef phi)
{
	for (unsigned int i = 0; i < LLVMCountIncoming(phi); i++) {
		LLVMValueRef next = LLVMGetIncomingValue(phi, i);

		if (!LLVMIsAInstruction(next) || !width_of(next))
			continue;
		if (narrow_width(next) || LLVMGetInstructionOpcode(next) == LLVMAdd)
			look_at(search, next, MOST_DEPTH - 3);
	}
}

/* How many turns the loop makes is computed from its exits' conditions. */
static void look_at_exit(struct search *search, LLVMValueRef terminator)
{
	if (LLVMIsABranchInst(terminator) && LLVMIsConditional(terminator))
		look_at(search, LLVMGetCondition(terminator), 0);
	else if (LLVMIsASwitchInst(terminator))
		look_at(search, LLVMGetOperand(terminator, 0), 0);
}

static bool leaves_loop(const struct search *search, LLVMValueRef terminator)
{
	for (unsigned int i = 0; i < LLVMGetNumSuccessors(terminator); i++) {
		LLVMBasicBlockRef block = LLVMGetSuccessor(terminator, i);

		if (tandem_flow_is_outside(search->flow, search->loop,
					   LLVMGetFirstInstruction(block)))
			return true;
	}
	return false;
}

static void look_at_block(struct search *search, LLVMBasicBlockRef block)
{
	LLVMValueRef terminator = LLVMGetBasicBlockTerminator(block), instruction, next;

	for (instruction = LLVMGetFirstInstruction(block); instruction; instruction = next) {
		int operand = tandem_ir_pointer_operand(instruction);

		next = LLVMGetNextInstruction(instruction);
		if (operand >= 0)
			look_at(search, LLVMGetOperand(instruction, (unsigned int)operand), 0);
	}
	if (leaves_loop(search, terminator))
		look_at_exit(search, terminator);
}

static void part_scales(const struct search *search)
{
	const struct tandem_flow *flow = search->flow;
	LLVMValueRef instruction, next;

	for (unsigned int i = flow->loops[search->loop].header; i < flow->block_count; i++) {
		if (flow->loop_of[i] != search->loop)
			continue;
		for (instruction = LLVMGetFirstInstruction(flow->blocks[i]); instruction;
		     instruction = next) {
			LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);

			next = LLVMGetNextInstruction(instruction);
			if (opcode == LLVMAShr || opcode == LLVMLShr)
				part_scale(search->compilation, instruction);
		}
	}
}

static void look_at_loop(struct search *search)
{
	const struct tandem_flow *flow = search->flow;
	unsigned int header = flow->loops[search->loop].header;
	LLVMValueRef phi;

	for (unsigned int i = header; i < flow->block_count; i++) {
		if (flow->loop_of[i] == search->loop)
			look_at_block(search, flow->blocks[i]);
	}
	for (phi = LLVMGetFirstInstruction(flow->blocks[header]); LLVMIsAPHINode(phi);
	     phi = LLVMGetNextInstruction(phi))
		look_at_counter(search, phi);
	if (search->seen.failed)
		tandem_ir_error(search->compilation, "no memory");
}

void tandem_narrow_indices_hide(struct tandem_compilation *compilation,
				const struct tandem_flow *flow)
{
	struct search search = { .compilation = compilation, .flow = flow };

	for (search.loop = 0; search.loop < flow->loop_count; search.loop++) {
		if (!flow->loops[search.loop].is_innermost)
			continue;
		part_scales(&search);
		search.widest = 0;
		search.hide = false;
		look_at_loop(&search);
		tandem_pointer_map_clear(&search.seen);
		search.hide = true;
		look_at_loop(&search);
		tandem_pointer_map_clear(&search.seen);
	}
	tandem_pointer_map_finish(&search.seen);
}
