// SPDX-License-Identifier: MIT
#include "lockstep_plan.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kept_slots.h"
#include "program/hooks.h"
#include "util/alloc.h"

/* How deep a chain of instructions is followed. */
#define MOST_DEPTH 24
/* Regions beyond this are left alone: compiling them would take long, and their gain is small. */
#define MOST_PIECES	  24
#define MOST_INSTRUCTIONS 2000

/*
 * Where lanes part, what it takes each to note for each piece where it goes on, and to be
 * left out of the others, in instructions. Of a piece's own, vectors save three in four.
 */
#define PARTING 6
#define SAVED	3
#define OF	4

/* By how much a value grows from a lane to the next. */
struct tandem_lane_stride {
	enum { STRIDE_UNSEEN, STRIDE_KNOWN, STRIDE_UNKNOWN } state;
	int64_t stride;
};

static const struct tandem_lane_stride unseen = { STRIDE_UNSEEN, 0 };
static const struct tandem_lane_stride unknown = { STRIDE_UNKNOWN, 0 };
static const struct tandem_lane_stride uniform = { STRIDE_KNOWN, 0 };

/* ---- strides ---- */

struct strides {
	const struct tandem_lanes *lanes;
	const struct tandem_compilation *compilation;
	const struct tandem_slots *slots;
	unsigned int budget; /* of instructions to look at for one value */
};

static struct tandem_lane_stride stride_of(struct strides *strides, LLVMValueRef value,
					   unsigned int depth);

static struct tandem_lane_stride known(int64_t stride)
{
	return (struct tandem_lane_stride){ STRIDE_KNOWN, stride };
}

static bool is_uniform(struct tandem_lane_stride stride)
{
	return stride.state == STRIDE_KNOWN && !stride.stride;
}

/* Of what must all be uniform for the result to be. */
static struct tandem_lane_stride mixed(struct strides *strides, LLVMValueRef instruction,
				       unsigned int depth)
{
	struct tandem_lane_stride result = uniform;

	for (int i = 0; i < LLVMGetNumOperands(instruction); i++) {
		LLVMValueRef operand = LLVMGetOperand(instruction, i);
		struct tandem_lane_stride stride;

		if (LLVMIsAFunction(operand) || LLVMValueIsBasicBlock(operand))
			continue;
		stride = stride_of(strides, operand, depth);
		if (stride.state == STRIDE_UNSEEN)
			result = unseen;
		else if (!is_uniform(stride))
			return unknown;
	}
	return result;
}

static struct tandem_lane_stride sum(struct tandem_lane_stride a, struct tandem_lane_stride b,
				     int sign)
{
	if (a.state == STRIDE_UNKNOWN || b.state == STRIDE_UNKNOWN)
		return unknown;
	if (a.state == STRIDE_UNSEEN || b.state == STRIDE_UNSEEN)
		return unseen;
	if (sign > 0 ? __builtin_add_overflow(a.stride, b.stride, &a.stride) :
		       __builtin_sub_overflow(a.stride, b.stride, &a.stride))
		return unknown;
	return known(a.stride);
}

static struct tandem_lane_stride scaled(struct tandem_lane_stride stride, int64_t factor)
{
	return __builtin_mul_overflow(stride.stride, factor, &stride.stride) ? unknown : stride;
}

/* A product with a constant; other products are known only where they are uniform. */
static struct tandem_lane_stride product(struct strides *strides, LLVMValueRef instruction,
					 unsigned int depth)
{
	LLVMValueRef a = LLVMGetOperand(instruction, 0), b = LLVMGetOperand(instruction, 1);
	struct tandem_lane_stride stride;

	if (LLVMIsAConstantInt(a)) {
		LLVMValueRef swapped = a;

		a = b;
		b = swapped;
	}
	if (!LLVMIsAConstantInt(b))
		return mixed(strides, instruction, depth);
	stride = stride_of(strides, a, depth);
	return scaled(stride, LLVMConstIntGetSExtValue(b));
}

static struct tandem_lane_stride shifted(struct strides *strides, LLVMValueRef instruction,
					 unsigned int depth)
{
	LLVMValueRef amount = LLVMGetOperand(instruction, 1);
	struct tandem_lane_stride stride;

	if (!LLVMIsAConstantInt(amount) || LLVMConstIntGetZExtValue(amount) > 32)
		return mixed(strides, instruction, depth);
	stride = stride_of(strides, LLVMGetOperand(instruction, 0), depth);
	return scaled(stride, INT64_C(1) << LLVMConstIntGetZExtValue(amount));
}

/* What the optimiser makes of widening a number that was narrowed: a shift there and back. */
static struct tandem_lane_stride shifted_back(struct strides *strides, LLVMValueRef instruction,
					      unsigned int depth)
{
	LLVMValueRef shift = LLVMGetOperand(instruction, 0);

	if (LLVMIsAInstruction(shift) && LLVMGetInstructionOpcode(shift) == LLVMShl &&
	    LLVMGetOperand(shift, 1) == LLVMGetOperand(instruction, 1))
		return stride_of(strides, LLVMGetOperand(shift, 0), depth);
	return mixed(strides, instruction, depth);
}

/* The same for numbers without a sign: the low bits, at least 16 of them. */
static struct tandem_lane_stride masked(struct strides *strides, LLVMValueRef instruction,
					unsigned int depth)
{
	LLVMValueRef mask = LLVMGetOperand(instruction, 1);
	uint64_t bits = LLVMIsAConstantInt(mask) ? LLVMConstIntGetZExtValue(mask) : 0;

	if (bits >= 0xffff && !(bits & (bits + 1)))
		return stride_of(strides, LLVMGetOperand(instruction, 0), depth);
	return mixed(strides, instruction, depth);
}

/* An element's address: the base, and each index times the size of what it steps over. */
static struct tandem_lane_stride address(struct strides *strides, LLVMValueRef instruction,
					 unsigned int depth)
{
	LLVMTypeRef type = LLVMGetGEPSourceElementType(instruction);
	struct tandem_lane_stride result =
		stride_of(strides, LLVMGetOperand(instruction, 0), depth);

	for (int i = 1; i < LLVMGetNumOperands(instruction); i++) {
		struct tandem_lane_stride index =
			stride_of(strides, LLVMGetOperand(instruction, i), depth);

		if (i > 1 && LLVMGetTypeKind(type) == LLVMStructTypeKind) {
			LLVMValueRef field = LLVMGetOperand(instruction, i);

			type = LLVMStructGetTypeAtIndex(
				type, (unsigned int)LLVMConstIntGetZExtValue(field));
			continue;
		}
		if (i > 1)
			type = LLVMGetElementType(type);
		index = scaled(index,
			       (int64_t)LLVMABISizeOfType(strides->compilation->layout, type));
		result = sum(result, index, 1);
	}
	return result;
}

static struct tandem_lane_stride loaded(struct strides *strides, LLVMValueRef load,
					unsigned int depth)
{
	LLVMValueRef pointer = LLVMGetOperand(load, 0);
	const struct tandem_slot *slot = tandem_slot_of(strides->slots, pointer);

	if (slot && slot->is_simple)
		return strides->lanes->slot_strides[slot - strides->slots->slots];
	return mixed(strides, load, depth);
}

static struct tandem_lane_stride instruction_stride(struct strides *strides,
						    LLVMValueRef instruction, unsigned int depth)
{
	switch (LLVMGetInstructionOpcode(instruction)) {
	case LLVMAdd:
		return sum(stride_of(strides, LLVMGetOperand(instruction, 0), depth),
			   stride_of(strides, LLVMGetOperand(instruction, 1), depth), 1);
	case LLVMSub:
		return sum(stride_of(strides, LLVMGetOperand(instruction, 0), depth),
			   stride_of(strides, LLVMGetOperand(instruction, 1), depth), -1);
	case LLVMOr:
		/* An addition, where no bit is set in both. */
		if (LLVMGetIsDisjoint(instruction))
			return sum(stride_of(strides, LLVMGetOperand(instruction, 0), depth),
				   stride_of(strides, LLVMGetOperand(instruction, 1), depth), 1);
		return mixed(strides, instruction, depth);
	case LLVMAnd:
		return masked(strides, instruction, depth);
	case LLVMAShr:
	case LLVMLShr:
		return shifted_back(strides, instruction, depth);
	case LLVMMul:
		return product(strides, instruction, depth);
	case LLVMShl:
		return shifted(strides, instruction, depth);
	case LLVMTrunc:
	case LLVMZExt:
	case LLVMSExt:
	case LLVMAddrSpaceCast:
	case LLVMPtrToInt:
	case LLVMIntToPtr:
	case LLVMFreeze:
		/* Wrapping around is not what happens, in programs that are worth it. */
		return stride_of(strides, LLVMGetOperand(instruction, 0), depth);
	case LLVMGetElementPtr:
		return address(strides, instruction, depth);
	case LLVMLoad:
		return loaded(strides, instruction, depth);
	case LLVMAlloca:
		return unknown;
	default:
		return mixed(strides, instruction, depth);
	}
}

static struct tandem_lane_stride stride_of(struct strides *strides, LLVMValueRef value,
					   unsigned int depth)
{
	if (LLVMIsAArgument(value)) {
		LLVMValueRef function = LLVMGetParamParent(value);

		return LLVMGetParam(function, strides->lanes->local_id) == value ? known(1) :
										   uniform;
	}
	if (!LLVMIsAInstruction(value))
		return uniform;
	if (depth >= MOST_DEPTH || !strides->budget)
		return unknown;
	strides->budget--;
	return instruction_stride(strides, value, depth + 1);
}

static struct tandem_lane_stride find_stride(struct strides *strides, LLVMValueRef value)
{
	strides->budget = 200;
	return stride_of(strides, value, 0);
}

/* Adds a store to what is known of a slot. True where that changes it. */
static bool meet(struct tandem_lane_stride *slot, struct tandem_lane_stride stored)
{
	if (stored.state == STRIDE_UNSEEN || slot->state == STRIDE_UNKNOWN)
		return false;
	if (slot->state == STRIDE_UNSEEN) {
		*slot = stored;
		return true;
	}
	if (stored.state == STRIDE_KNOWN && stored.stride == slot->stride)
		return false;
	*slot = unknown;
	return true;
}

static void find_slot_strides(struct strides *strides)
{
	const struct tandem_slots *slots = strides->slots;
	bool changed = true;

	while (changed) {
		changed = false;
		for (unsigned int i = 0; i < slots->block_count; i++) {
			LLVMValueRef instruction = LLVMGetFirstInstruction(slots->blocks[i].block);

			for (; instruction; instruction = LLVMGetNextInstruction(instruction)) {
				const struct tandem_slot *slot;

				if (!LLVMIsAStoreInst(instruction))
					continue;
				slot = tandem_slot_of(slots, LLVMGetOperand(instruction, 1));
				if (!slot)
					continue;
				changed |=
					meet(&strides->lanes->slot_strides[slot - slots->slots],
					     find_stride(strides, LLVMGetOperand(instruction, 0)));
			}
		}
	}
}

int tandem_lanes_init(struct tandem_lanes *lanes, const struct tandem_compilation *compilation,
		      const struct tandem_slots *slots, unsigned int local_id)
{
	struct strides strides = { lanes, compilation, slots, 0 };
	int error = tandem_loops_find(&lanes->loops, slots);

	if (error)
		return error;
	lanes->local_id = local_id;
	lanes->slot_strides = tandem_new_array(lanes->slot_strides, slots->slot_count + 1);
	error = lanes->slot_strides ?
			tandem_uniformity_find(&lanes->uniformity, slots, local_id, 1) :
			-ENOMEM;
	if (error)
		tandem_lanes_finish(lanes);
	else
		find_slot_strides(&strides);
	return error;
}

void tandem_lanes_finish(struct tandem_lanes *lanes)
{
	tandem_loops_finish(&lanes->loops);
	tandem_uniformity_finish(&lanes->uniformity);
	free(lanes->slot_strides);
	*lanes = (struct tandem_lanes){ 0 };
}

/* ---- what can be vectorised ---- */

static bool is_vector_element(LLVMTypeRef type)
{
	switch (LLVMGetTypeKind(type)) {
	case LLVMIntegerTypeKind:
		return LLVMGetIntTypeWidth(type) <= 64;
	case LLVMFloatTypeKind:
	case LLVMDoubleTypeKind:
	case LLVMPointerTypeKind:
	case LLVMVoidTypeKind:
		return true;
	default:
		return false;
	}
}

/* Intrinsics that have a form for vectors which processors have. */
static bool has_vector_form(LLVMValueRef call)
{
	static const char *const names[] = {
		"fma.",	      "fmuladd.",   "sqrt.",	 "fabs.",
		"floor.",     "ceil.",	    "trunc.",	 "rint.",
		"nearbyint.", "roundeven.", "copysign.", "minnum.",
		"maxnum.",    "minimum.",   "maximum.",	 "umin.",
		"umax.",      "smin.",	    "smax.",	 "abs.",
		"ctpop.",     "ctlz.",	    "cttz.",	 "bswap.",
		"fshl.",      "fshr.",	    "uadd.sat.", "sadd.sat.",
		"usub.sat.",  "ssub.sat.",  "assume",	 "experimental.noalias.scope.decl",
	};
	const char *name = tandem_ir_intrinsic(call);

	for (size_t i = 0; name && i < TANDEM_ARRAY_SIZE(names); i++) {
		if (!strncmp(name, names[i], strlen(names[i])))
			return true;
	}
	return false;
}

/* Arrays and the like, which a work-item has of its own, have no place in a vector. */
static bool uses_private_memory(const struct tandem_slots *slots, LLVMValueRef instruction)
{
	for (int i = 0; i < LLVMGetNumOperands(instruction); i++) {
		const struct tandem_slot *slot =
			tandem_slot_of(slots, LLVMGetOperand(instruction, i));

		if (slot && !slot->is_simple)
			return true;
	}
	return false;
}

static bool is_vectorisable(const struct tandem_slots *slots, LLVMValueRef instruction)
{
	if (!is_vector_element(LLVMTypeOf(instruction)) || uses_private_memory(slots, instruction))
		return false;
	switch (LLVMGetInstructionOpcode(instruction)) {
	case LLVMCall:
		return has_vector_form(instruction);
	case LLVMAtomicRMW:
	case LLVMAtomicCmpXchg:
	case LLVMFence:
	case LLVMAlloca:
		return false;
	case LLVMLoad:
	case LLVMStore:
		return !LLVMGetVolatile(instruction) &&
		       LLVMGetOrdering(instruction) == LLVMAtomicOrderingNotAtomic &&
		       is_vector_element(LLVMTypeOf(LLVMGetOperand(instruction, 0)));
	default:
		return true;
	}
}

/* ---- what is worth it ---- */

struct judgement {
	struct strides strides;
	unsigned int instructions;
	unsigned int varying; /* instructions in loops whose results differ between lanes */
	bool good;
};

/* An access in a loop: by neighbouring lanes to neighbouring places, or all to one. */
static void judge_access(struct judgement *judgement, LLVMValueRef instruction)
{
	const struct tandem_compilation *compilation = judgement->strides.compilation;
	bool is_store = LLVMIsAStoreInst(instruction);
	LLVMValueRef pointer = LLVMGetOperand(instruction, is_store);
	LLVMTypeRef type = LLVMTypeOf(is_store ? LLVMGetOperand(instruction, 0) : instruction);
	struct tandem_lane_stride stride;

	if (tandem_slot_of(judgement->strides.slots, pointer))
		return;
	stride = find_stride(&judgement->strides, pointer);
	if (stride.state == STRIDE_KNOWN &&
	    stride.stride == (int64_t)LLVMABISizeOfType(compilation->layout, type))
		return;
	if (!is_uniform(stride) || is_store)
		judgement->good = false;
}

static void judge_block(struct judgement *judgement, const struct tandem_slot_block *block,
			bool in_loop)
{
	LLVMValueRef terminator = LLVMGetBasicBlockTerminator(block->block), instruction;

	for (instruction = LLVMGetFirstInstruction(block->block); instruction != terminator;
	     instruction = LLVMGetNextInstruction(instruction)) {
		judgement->instructions++;
		if (LLVMIsAAllocaInst(instruction) || tandem_ir_calls(instruction, TANDEM_BARRIER))
			continue;
		if (!is_vectorisable(judgement->strides.slots, instruction))
			judgement->good = false;
		if (!in_loop || !judgement->good)
			continue;
		if (tandem_ir_pointer_operand(instruction) >= 0)
			judge_access(judgement, instruction);
		else if (!is_uniform(find_stride(&judgement->strides, instruction)))
			judgement->varying++;
	}
	if (LLVMIsASwitchInst(terminator))
		judgement->good = false;
}

/* Pieces begin where loops do and end. @looping: those inside loops. */
static unsigned int find_cuts(struct tandem_lockstep_plan *plan, const struct tandem_lanes *lanes,
			      const struct tandem_slots *slots, const bool *is_member,
			      unsigned int start, unsigned int *looping)
{
	unsigned int pieces = 0;

	*looping = 0;
	for (unsigned int i = 0; i < slots->block_count; i++) {
		plan->is_cut[i] = is_member[i] && (i == start || lanes->loops.is_header[i] ||
						   lanes->loops.is_exit[i]);
		pieces += plan->is_cut[i];
		*looping += plan->is_cut[i] && lanes->loops.is_inside[i];
		/* Lanes wait for each other at cuts, and at the end. */
		if (is_member[i] && lanes->uniformity.is_divergent[i] &&
		    (plan->is_cut[i] || slots->blocks[i].ends_at_barrier ||
		     !slots->blocks[i].successor_count))
			plan->diverges = true;
	}
	return pieces;
}

enum { NOT_SEEN, ON_THE_WAY, DONE };

/* Whether control can go in circles inside the region, without a barrier. */
static bool has_circle(const struct tandem_slots *slots, const bool *is_member, unsigned int block,
		       unsigned char *seen)
{
	const struct tandem_slot_block *entry = &slots->blocks[block];

	if (seen[block] || !is_member[block])
		return seen[block] == ON_THE_WAY;
	seen[block] = ON_THE_WAY;
	for (unsigned int k = 0; !entry->ends_at_barrier && k < entry->successor_count; k++) {
		if (has_circle(slots, is_member, tandem_slot_successor(entry, k), seen))
			return true;
	}
	seen[block] = DONE;
	return false;
}

static int judge(struct judgement *judgement, const bool *is_member, unsigned int start)
{
	const struct tandem_slots *slots = judgement->strides.slots;
	const struct tandem_loops *loops = &judgement->strides.lanes->loops;
	unsigned char *seen = tandem_new_array(seen, slots->block_count);

	if (!seen)
		return -ENOMEM;
	judgement->good = loops->are_structured && has_circle(slots, is_member, start, seen);
	free(seen);
	for (unsigned int i = 0; i < slots->block_count && judgement->good; i++) {
		if (is_member[i])
			judge_block(judgement, &slots->blocks[i], loops->is_inside[i]);
	}
	if (!judgement->varying || judgement->instructions > MOST_INSTRUCTIONS)
		judgement->good = false;
	return 0;
}

int tandem_lockstep_plan_init(struct tandem_lockstep_plan *plan, const struct tandem_lanes *lanes,
			      const struct tandem_compilation *compilation,
			      const struct tandem_slots *slots, const bool *is_member,
			      unsigned int start)
{
	struct judgement judgement = { .strides = { lanes, compilation, slots, 0 } };
	unsigned int pieces, looping;

	*plan = (struct tandem_lockstep_plan){ 0 };
	if (judge(&judgement, is_member, start))
		return -ENOMEM;
	if (!judgement.good)
		return 0;
	plan->is_cut = tandem_new_array(plan->is_cut, slots->block_count);
	plan->is_kept = tandem_new_array(plan->is_kept, slots->slot_count + 1);
	if (!plan->is_cut || !plan->is_kept)
		goto no_memory;
	pieces = find_cuts(plan, lanes, slots, is_member, start, &looping);
	plan->is_worthwhile =
		pieces <= MOST_PIECES &&
		(!plan->diverges || judgement.varying * SAVED > looping * PARTING * OF);
	if (!tandem_kept_slots_find(slots, plan->is_cut, plan->is_kept))
		return 0;
no_memory:
	tandem_lockstep_plan_finish(plan);
	return -ENOMEM;
}

void tandem_lockstep_plan_finish(struct tandem_lockstep_plan *plan)
{
	free(plan->is_cut);
	free(plan->is_kept);
	*plan = (struct tandem_lockstep_plan){ 0 };
}
