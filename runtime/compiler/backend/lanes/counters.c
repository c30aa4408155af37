// SPDX-License-Identifier: MIT
/*
 * Counters in more bits than are looked at.
 *
 * A counter of 32 bits that begins as a truncated number of 64 is by now one of 64, of which
 * each turn takes the low bits; so seen it does not grow evenly from lane to lane. Counted in
 * 32 bits, as it was written, it does, but for where it wraps around (wrapping.c).
 */
#include "body.h"

#define WIDE	     64
#define NARROW	     32
#define MOST_MEMBERS 32

/* Values of which nothing but the low bits counts, found from a counter on. */
struct members {
	LLVMValueRef wide[MOST_MEMBERS], narrow[MOST_MEMBERS];
	unsigned int count;
};

static bool is_wide(LLVMValueRef value)
{
	LLVMTypeRef type = LLVMTypeOf(value);

	return LLVMGetTypeKind(type) == LLVMIntegerTypeKind && LLVMGetIntTypeWidth(type) == WIDE;
}

static unsigned int member(const struct members *members, LLVMValueRef value)
{
	unsigned int i = 0;

	while (i < members->count && members->wide[i] != value)
		i++;
	return i;
}

/* The constant that an instruction has as its second operand, or 0. */
static uint64_t constant_of(LLVMValueRef instruction)
{
	LLVMValueRef operand = LLVMGetOperand(instruction, 1);

	return LLVMIsAConstantInt(operand) ? LLVMConstIntGetZExtValue(operand) : 0;
}

static bool is(LLVMValueRef value, LLVMOpcode opcode, uint64_t constant)
{
	return LLVMIsAInstruction(value) && LLVMGetInstructionOpcode(value) == opcode &&
	       constant_of(value) == constant;
}

/* What a number is whose low bits a value consists of, widened; or NULL. */
static LLVMValueRef widened_from(LLVMValueRef value)
{
	LLVMValueRef from = LLVMIsAInstruction(value) ? LLVMGetOperand(value, 0) : NULL;

	if (is(value, LLVMAnd, UINT32_MAX))
		return from;
	if (is(value, LLVMAShr, WIDE - NARROW) && is(from, LLVMShl, WIDE - NARROW))
		return LLVMGetOperand(from, 0);
	return NULL;
}

/* ---- finding them ---- */

static bool is_low(uint64_t mask)
{
	return mask && !(mask >> NARROW);
}

/* What only an arithmetic shift back down uses: with it, the low bits with their sign. */
static bool is_shifted_back(LLVMValueRef shift)
{
	if (constant_of(shift) != WIDE - NARROW)
		return false;
	for (LLVMUseRef use = LLVMGetFirstUse(shift); use; use = LLVMGetNextUse(use)) {
		LLVMValueRef user = LLVMGetUser(use);

		if (!LLVMIsAInstruction(user) || LLVMGetInstructionOpcode(user) != LLVMAShr ||
		    LLVMGetOperand(user, 0) != shift || !constant_of(user) ||
		    constant_of(user) >= WIDE)
			return false;
	}
	return true;
}

/* Whether an instruction that uses a member looks at its low bits, and is none itself. */
static bool looks_at_low_bits(LLVMValueRef user)
{
	switch (LLVMGetInstructionOpcode(user)) {
	case LLVMTrunc:
		return LLVMGetIntTypeWidth(LLVMTypeOf(user)) <= NARROW;
	case LLVMAnd:
		return is_low(constant_of(user));
	case LLVMShl:
		return is_shifted_back(user);
	default:
		return false;
	}
}

/* Whether the low bits of what an instruction computes are of its operands' low bits. */
static bool keeps_low_bits(LLVMValueRef instruction)
{
	switch (LLVMGetInstructionOpcode(instruction)) {
	case LLVMPHI:
	case LLVMAdd:
	case LLVMSub:
	case LLVMMul:
	case LLVMAnd:
	case LLVMOr:
	case LLVMXor:
		return true;
	default:
		return false;
	}
}

static bool add_member(struct members *members, LLVMValueRef value)
{
	if (member(members, value) < members->count)
		return true;
	if (members->count == MOST_MEMBERS)
		return false;
	members->wide[members->count++] = value;
	return true;
}

/* Adds a value and all that is computed of its low bits; or nothing, where more counts. */
static bool add_with_users(struct members *members, LLVMValueRef value)
{
	unsigned int before = members->count;
	bool fits = add_member(members, value);

	for (unsigned int i = before; fits && i < members->count; i++) {
		for (LLVMUseRef use = LLVMGetFirstUse(members->wide[i]); fits && use;
		     use = LLVMGetNextUse(use)) {
			LLVMValueRef user = LLVMGetUser(use);

			fits = looks_at_low_bits(user) ||
			       (keeps_low_bits(user) && add_member(members, user));
		}
	}
	if (!fits)
		members->count = before;
	return fits;
}

/* False where more than the counter's low bits counts. */
static bool find(struct members *members, LLVMValueRef counter)
{
	members->count = 0;
	if (!add_with_users(members, counter))
		return false;
	for (unsigned int i = 0; i < members->count; i++) {
		for (int k = 0; k < LLVMGetNumOperands(members->wide[i]); k++) {
			LLVMValueRef operand = LLVMGetOperand(members->wide[i], (unsigned int)k);

			/* What looks at a member is replaced for that, and can be none. */
			if (LLVMIsAInstruction(operand) && keeps_low_bits(operand) &&
			    !looks_at_low_bits(operand))
				add_with_users(members, operand);
		}
	}
	return true;
}

/* ---- counting in fewer bits ---- */

/* The low bits of a member's operand, where the builder is: a member's until it is replaced. */
static LLVMValueRef low_bits(struct tandem_compilation *compilation, LLVMValueRef value)
{
	LLVMValueRef from;

	while ((from = widened_from(value)))
		value = from;
	if ((LLVMIsAZExtInst(value) || LLVMIsASExtInst(value)) &&
	    LLVMTypeOf(LLVMGetOperand(value, 0)) == compilation->i32)
		return LLVMGetOperand(value, 0);
	return LLVMBuildTrunc(compilation->builder, value, compilation->i32, "");
}

static void add_incoming(struct tandem_compilation *compilation, LLVMValueRef wide,
			 LLVMValueRef narrow)
{
	for (unsigned int i = 0; i < LLVMCountIncoming(wide); i++) {
		LLVMBasicBlockRef from = LLVMGetIncomingBlock(wide, i);
		LLVMValueRef low = NULL;

		/* All that a switch brings from one block must be one value. */
		for (unsigned int k = 0; k < i && !low; k++) {
			if (LLVMGetIncomingBlock(wide, k) == from)
				low = LLVMGetIncomingValue(narrow, k);
		}
		LLVMPositionBuilderBefore(compilation->builder, LLVMGetBasicBlockTerminator(from));
		if (!low)
			low = low_bits(compilation, LLVMGetIncomingValue(wide, i));
		LLVMAddIncoming(narrow, &low, &from, 1);
	}
}

static LLVMValueRef narrow(struct tandem_compilation *compilation, LLVMValueRef wide)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMOpcode opcode = LLVMGetInstructionOpcode(wide);
	LLVMValueRef a, b, result;

	LLVMPositionBuilderBefore(builder, wide);
	if (opcode == LLVMPHI) {
		result = LLVMBuildPhi(builder, compilation->i32, "");
		add_incoming(compilation, wide, result);
		return result;
	}
	a = low_bits(compilation, LLVMGetOperand(wide, 0));
	b = low_bits(compilation, LLVMGetOperand(wide, 1));
	result = LLVMBuildBinOp(builder, opcode, a, b, "");
	if (opcode == LLVMOr && LLVMGetIsDisjoint(wide) && LLVMIsAInstruction(result))
		LLVMSetIsDisjoint(result, 1);
	return result;
}

/* A shift back down, of what is shifted up no more. */
static LLVMValueRef shift_back(struct tandem_compilation *compilation, LLVMValueRef shift,
			       LLVMValueRef low)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMTypeRef i64 = compilation->i64;
	uint64_t by = constant_of(shift);
	LLVMValueRef number;

	LLVMPositionBuilderBefore(builder, shift);
	number = LLVMBuildSExt(builder, low, i64, "");
	if (by == NARROW)
		return number;
	if (by < NARROW)
		return LLVMBuildShl(builder, number, LLVMConstInt(i64, NARROW - by, 0), "");
	return LLVMBuildAShr(builder, number, LLVMConstInt(i64, by - NARROW, 0), "");
}

static void replace(LLVMValueRef instruction, LLVMValueRef by)
{
	LLVMReplaceAllUsesWith(instruction, by);
	LLVMInstructionEraseFromParent(instruction);
}

/* What looks at a member's low bits looks at those that there are. */
static void replace_look(struct tandem_compilation *compilation, LLVMValueRef look,
			 LLVMValueRef low)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMTypeRef type = LLVMTypeOf(look);
	LLVMUseRef use;

	LLVMPositionBuilderBefore(builder, look);
	if (LLVMIsATruncInst(look)) {
		if (type != compilation->i32)
			low = LLVMBuildTrunc(builder, low, type, "");
	} else if (LLVMGetInstructionOpcode(look) == LLVMAnd) {
		low = LLVMBuildZExt(builder, low, type, "");
		if (constant_of(look) != UINT32_MAX)
			low = LLVMBuildAnd(builder, low, LLVMGetOperand(look, 1), "");
	} else {
		while ((use = LLVMGetFirstUse(look)))
			replace(LLVMGetUser(use), shift_back(compilation, LLVMGetUser(use), low));
		low = LLVMGetPoison(type);
	}
	replace(look, low);
}

static LLVMValueRef next_look(LLVMValueRef wide)
{
	for (LLVMUseRef use = LLVMGetFirstUse(wide); use; use = LLVMGetNextUse(use)) {
		if (looks_at_low_bits(LLVMGetUser(use)))
			return LLVMGetUser(use);
	}
	return NULL;
}

static void replace_members(struct tandem_compilation *compilation, struct members *members)
{
	LLVMValueRef look;

	for (unsigned int i = 0; i < members->count; i++)
		members->narrow[i] = narrow(compilation, members->wide[i]);
	for (unsigned int i = 0; i < members->count; i++) {
		while ((look = next_look(members->wide[i])))
			replace_look(compilation, look, members->narrow[i]);
	}
	for (unsigned int i = 0; i < members->count; i++)
		replace(members->wide[i], LLVMGetPoison(compilation->i64));
}

bool tandem_lanes_narrow_counters(struct tandem_compilation *compilation, LLVMValueRef item)
{
	LLVMBasicBlockRef block;
	LLVMValueRef phi, next;
	struct members members;
	bool any = false;

	for (block = LLVMGetFirstBasicBlock(item); block; block = LLVMGetNextBasicBlock(block)) {
		for (phi = LLVMGetFirstInstruction(block); LLVMIsAPHINode(phi); phi = next) {
			next = LLVMGetNextInstruction(phi);
			if (!is_wide(phi) || !find(&members, phi))
				continue;
			replace_members(compilation, &members);
			any = true;
			/* Others may be gone as well. */
			next = LLVMGetFirstInstruction(block);
		}
	}
	return any;
}
