// SPDX-License-Identifier: MIT
/*
 * Whether a bundle's operations wait for each other, so that the processor has time for more
 * lanes: how long the longest chain of them takes, of which each needs the last one's result,
 * and how long they would take if none waited.
 *
 * A chain is looked for in a loop, from one turn to the next, as turns without one are done side
 * by side as it is. In code without loops it is from the beginning to the end: the processor
 * looks far ahead, but not as far as the next bundle where there is much of it.
 *
 * Latencies are those of processors of the last ten years, and times of one vector of 32-bit
 * elements where two can begin in a cycle: how they stand to each other is what matters.
 */
#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "util/alloc.h"

/* A loop with so many turns is short. */
#define FEW_TURNS 64
/* Vectors that are live at once: a few more than registers where there are many. */
#define MOST_LIVE_IN_32_REGISTERS 40
#define MOST_LIVE_IN_16_REGISTERS 12
/* Of as many lanes as fill a vector, which leave room enough for twice as many. */
#define FEW_LIVE 18
/* Instructions of the item function, times the widening: these take as long again to compile. */
#define MOST_TO_WIDEN 1200
/* Accesses for each lane by itself: under a mask, these may be as many branches. */
#define MOST_SCATTERED 8
/* Cycles of straight code that the processor looks beyond: the next bundle begins beside it. */
#define MOST_AHEAD 32
/* Values that nothing of the chain is in. */
#define OUTSIDE (-1)

/* What an instruction takes, in quarters of a cycle. */
struct pace {
	int latency; /* until there is its result */
	int busy; /* by which what does not wait for it begins later */
};

/* ---- loops ---- */

/* Whether a branch that leaves a loop compares something with a small number of turns. */
static bool counts_few(LLVMValueRef branch)
{
	LLVMValueRef compare, with;
	uint64_t turns;

	if (!LLVMIsABranchInst(branch) || !LLVMIsConditional(branch))
		return false;
	compare = LLVMGetCondition(branch);
	if (!LLVMIsAICmpInst(compare))
		return false;
	with = LLVMGetOperand(compare, 1);
	if (!LLVMIsAConstantInt(with) || LLVMGetIntTypeWidth(LLVMTypeOf(with)) > 64)
		return false;
	turns = LLVMConstIntGetZExtValue(with);
	return turns && turns <= FEW_TURNS;
}

/* Whether a loop may turn often. Bundles that go through short ones are done side by side as it is. */
static bool is_long(const struct tandem_body *body, unsigned int loop)
{
	for (unsigned int block = 0; block < body->flow.block_count; block++) {
		bool leaves = false;

		if (!tandem_body_is_in_loop(body, block, loop))
			continue;
		for (unsigned int i = 0; i < tandem_body_successors(body, block); i++)
			leaves |= !tandem_body_is_in_loop(
				body, tandem_body_successor(body, block, i), loop);
		if (leaves && counts_few(tandem_body_terminator(body, block)))
			return false;
	}
	return true;
}

static unsigned int count_scattered(const struct tandem_body *body)
{
	unsigned int count = 0;

	for (unsigned int i = LLVMCountParams(body->item); i < body->value_count; i++) {
		LLVMValueRef access = body->values[i].original;
		unsigned int block;

		if (!LLVMIsALoadInst(access) && !LLVMIsAStoreInst(access))
			continue;
		block = tandem_body_block_of(body, access);
		count += tandem_body_shape(
				 body, LLVMGetOperand(access, tandem_ir_pointer_operand(access)),
				 block)
				 .kind == TANDEM_SHAPE_VARYING;
	}
	return count;
}

/* ---- chains ---- */

static struct pace pace_of_call(LLVMValueRef call)
{
	static const struct {
		const char *prefix;
		struct pace pace;
	} known[] = {
		{ "sqrt.", { 80, 64 } }, { "fma.", { 16, 2 } }, { "fmuladd.", { 16, 2 } },
		{ "fshl.", { 4, 4 } },	 { "fshr.", { 4, 4 } }, { "umin.", { 4, 2 } },
		{ "umax.", { 4, 2 } },	 { "smin.", { 4, 2 } }, { "smax.", { 4, 2 } },
		{ "abs.", { 4, 2 } },	 { "fabs.", { 4, 2 } }, { "copysign.", { 4, 2 } },
	};
	const char *name = tandem_ir_intrinsic(call);

	for (size_t i = 0; name && i < TANDEM_ARRAY_SIZE(known); i++) {
		if (!strncmp(name, known[i].prefix, strlen(known[i].prefix)))
			return known[i].pace;
	}
	return (struct pace){ 16, 4 };
}

static struct pace pace_of_load(const struct tandem_body *body, LLVMValueRef load)
{
	unsigned int block = tandem_body_block_of(body, load);
	struct tandem_shape shape = tandem_body_shape(body, LLVMGetOperand(load, 0), block);

	return shape.kind == TANDEM_SHAPE_VARYING && !tandem_lanes_walk(body, load) ?
		       (struct pace){ 80, 40 } :
		       (struct pace){ 28, 2 };
}

static struct pace pace_of(const struct tandem_body *body, LLVMValueRef instruction)
{
	switch (LLVMGetInstructionOpcode(instruction)) {
	case LLVMPHI:
	case LLVMAlloca:
	case LLVMGetElementPtr:
	case LLVMBitCast:
	case LLVMFreeze:
	case LLVMInsertElement:
	case LLVMExtractElement:
	case LLVMShuffleVector:
		return (struct pace){ 0, 0 };
	case LLVMFAdd:
	case LLVMFSub:
	case LLVMFMul:
	case LLVMSIToFP:
	case LLVMUIToFP:
	case LLVMFPToSI:
	case LLVMFPToUI:
	case LLVMFPExt:
	case LLVMFPTrunc:
		return (struct pace){ 16, 2 };
	case LLVMAnd:
	case LLVMOr:
	case LLVMXor:
		/* Two of them are one instruction, as a rule. */
		return (struct pace){ 2, 1 };
	case LLVMICmp:
	case LLVMFCmp:
		return (struct pace){ 12, 2 };
	case LLVMMul:
		return (struct pace){ 40, 4 };
	case LLVMFDiv:
		return (struct pace){ 64, 64 };
	case LLVMUDiv:
	case LLVMSDiv:
	case LLVMURem:
	case LLVMSRem:
		return LLVMIsConstant(LLVMGetOperand(instruction, 1)) ? (struct pace){ 60, 12 } :
									(struct pace){ 120, 100 };
	case LLVMLoad:
		return pace_of_load(body, instruction);
	case LLVMCall:
		return pace_of_call(instruction);
	default:
		return (struct pace){ 4, 2 };
	}
}

/* When values are there, each in the place of its number, and what they take together. */
struct chains {
	const struct tandem_body *body;
	unsigned int loop; /* or TANDEM_NO_LOOP: all of a function without loops */
	int *ready;
	int longest, busy;
};

static bool is_inside(const struct chains *chains, unsigned int block)
{
	return chains->loop == TANDEM_NO_LOOP ||
	       tandem_body_is_in_loop(chains->body, block, chains->loop);
}

/* Makes of @time, if it is before that, the time when a value is there. */
static void wait_for(const struct chains *chains, LLVMValueRef original, int *time)
{
	const struct tandem_lane_value *value = tandem_body_value(chains->body, original);
	int ready = value ? chains->ready[value - chains->body->values] : OUTSIDE;

	*time = ready > *time ? ready : *time;
}

static void add(struct chains *chains, unsigned int number)
{
	const struct tandem_body *body = chains->body;
	const struct tandem_lane_value *value = &body->values[number];
	LLVMValueRef instruction = value->original;
	unsigned int block = tandem_body_block_of(body, instruction);
	int *ready = &chains->ready[number];
	struct pace pace;

	if (!is_inside(chains, block) || !value->components ||
	    value->shape.kind != TANDEM_SHAPE_VARYING)
		return;
	pace = pace_of(body, instruction);
	chains->busy += (int)tandem_body_vectors_of(body, number) * pace.busy;
	if (chains->loop == TANDEM_NO_LOOP ||
	    (LLVMIsAPHINode(instruction) && body->flow.loops[chains->loop].header == block))
		*ready = 0;
	if (LLVMIsAPHINode(instruction)) {
		for (unsigned int k = 0; k < LLVMCountIncoming(instruction); k++)
			wait_for(chains, LLVMGetIncomingValue(instruction, k), ready);
	} else {
		for (int k = 0; k < LLVMGetNumOperands(instruction); k++)
			wait_for(chains, LLVMGetOperand(instruction, (unsigned int)k), ready);
	}
	if (*ready != OUTSIDE)
		*ready += pace.latency;
	if (chains->loop == TANDEM_NO_LOOP)
		wait_for(chains, instruction, &chains->longest);
}

/* What the loop's next turn waits for. */
static void end_turn(struct chains *chains)
{
	const struct tandem_flow *flow = &chains->body->flow;
	LLVMValueRef phi = LLVMGetFirstInstruction(flow->blocks[flow->loops[chains->loop].header]);

	for (; LLVMIsAPHINode(phi); phi = LLVMGetNextInstruction(phi)) {
		for (unsigned int k = 0; k < LLVMCountIncoming(phi); k++)
			wait_for(chains, LLVMGetIncomingValue(phi, k), &chains->longest);
	}
}

static void find_chains(struct tandem_body *body, struct chains *chains)
{
	chains->body = body;
	chains->ready = tandem_new_array(chains->ready, body->value_count);
	if (!chains->ready) {
		body->failed = true;
		return;
	}
	for (unsigned int i = 0; i < body->value_count; i++)
		chains->ready[i] = OUTSIDE;
	for (unsigned int i = LLVMCountParams(body->item); i < body->value_count; i++)
		add(chains, i);
	if (chains->loop != TANDEM_NO_LOOP)
		end_turn(chains);
	free(chains->ready);
}

/* ---- the whole ---- */

static unsigned int by_chains(const struct chains *chains)
{
	if (chains->longest > 2 * chains->busy)
		return 4;
	return 4 * chains->longest > 5 * chains->busy ? 2 : 1;
}

static unsigned int widen_straight(struct tandem_body *body)
{
	struct chains chains = { .loop = TANDEM_NO_LOOP };

	find_chains(body, &chains);
	return chains.busy > 4 * MOST_AHEAD ? by_chains(&chains) : 1;
}

/* 0 without a long loop. */
static unsigned int widen_loops(struct tandem_body *body)
{
	unsigned int widening = 0;

	for (unsigned int i = 0; i < body->flow.loop_count; i++) {
		struct chains chains = { .loop = i };

		if (!is_long(body, i))
			continue;
		find_chains(body, &chains);
		widening = (unsigned int)tandem_max_u64(widening, by_chains(&chains));
	}
	return widening;
}

/* Whether lanes go through all loops together, so that what is uniform is done for more at once. */
static bool stay_together(const struct tandem_body *body)
{
	for (unsigned int i = 0; i < body->flow.loop_count; i++) {
		if (body->is_varying_loop[i])
			return false;
	}
	return true;
}

void tandem_body_find_widening(struct tandem_body *body)
{
	/* What has scatters has twice the registers. */
	unsigned int most = body->has_scatters ? MOST_LIVE_IN_32_REGISTERS :
						 MOST_LIVE_IN_16_REGISTERS;
	unsigned int widening, live;

	if (2 * body->value_count > MOST_TO_WIDEN || count_scattered(body) > MOST_SCATTERED)
		return;
	widening = body->flow.loop_count ? widen_loops(body) : widen_straight(body);
	live = tandem_body_most_live(body);
	if (body->flow.loop_count && widening == 1 && live <= FEW_LIVE && stay_together(body))
		widening = 2;
	while (widening > 1 &&
	       (widening * live > most || widening * body->value_count > MOST_TO_WIDEN))
		widening /= 2;
	body->widening = widening ? widening : 1;
}
