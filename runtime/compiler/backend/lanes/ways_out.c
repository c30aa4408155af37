// SPDX-License-Identifier: MIT
/*
 * What is stored into private arrays right behind a loop, at a place that depends on the turn in
 * which it was left, as where a number is inserted into a sorted array:
 *
 *	for (j = i; j > 0 && v[j - 1] > key; j--)
 *		v[j] = v[j - 1];
 *	v[j] = key;
 *
 * Behind the loop, lanes have different places, but those that leave it in the same turn have
 * one, whose elements lie next to each other. It takes three steps:
 *
 *	Such stores are moved onto the ways out of the loop, in the item function.
 *
 *	Blocks on ways out that do nothing but that count as the loop's, whenever its blocks are
 *	looked at anew (tandem_body_init): lanes run them in the turn in which they leave.
 *
 *	Once shapes are known, and such a block stores whole vectors, it is run without asking whether
 *	any lane has come: that is foreseen badly. Without lanes it stores what is there, somewhere in
 *	the array, as the place may be anything then (accesses.c).
 */
#include "body.h"
#include "util/alloc.h"

/* Ways to the block behind the loop. */
#define MOST_WAYS 4
/* Stores of vectors that take less time than a branch that is not foreseen. */
#define MOST_UNGUARDED 3
/* Instructions that are copied with a store, itself among them. */
#define MOST_COPIED 12
/* Operands that are looked at to find what a place depends on. */
#define MOST_OPERANDS 12

/* A block behind a loop, and the ways to it. */
struct junction {
	LLVMBasicBlockRef block;
	LLVMBasicBlockRef from[MOST_WAYS]; /* what leads there; once split, leads nowhere else */
	unsigned int ways;
	unsigned int loop;
};

/* ---- stores ---- */

/* Computes something, and no more. */
static bool is_computation(LLVMValueRef instruction)
{
	switch (LLVMGetInstructionOpcode(instruction)) {
	case LLVMICmp:
	case LLVMSelect:
	case LLVMGetElementPtr:
		return true;
	default:
		return tandem_ir_is_integer_operation(instruction);
	}
}

static bool is_private_store(LLVMValueRef instruction)
{
	LLVMValueRef pointer;

	if (!LLVMIsAStoreInst(instruction) || LLVMGetVolatile(instruction) ||
	    LLVMGetOrdering(instruction) != LLVMAtomicOrderingNotAtomic)
		return false;
	pointer = LLVMGetOperand(instruction, 1);
	while (LLVMIsAGetElementPtrInst(pointer))
		pointer = LLVMGetOperand(pointer, 0);
	return LLVMIsAAllocaInst(pointer) != NULL;
}

/* Whether all that a block does is to store into private variables. */
static bool does_store_only(LLVMBasicBlockRef block)
{
	LLVMValueRef end = LLVMGetBasicBlockTerminator(block);
	LLVMValueRef instruction = LLVMGetFirstInstruction(block);
	bool stores = false;

	for (; instruction != end; instruction = LLVMGetNextInstruction(instruction)) {
		if (!is_computation(instruction) && !is_private_store(instruction))
			return false;
		stores |= LLVMIsAStoreInst(instruction) != NULL;
	}
	return stores && LLVMIsABranchInst(end) && LLVMGetNumSuccessors(end) == 1;
}

/* The first thing that a block does, if it is such a store. */
static LLVMValueRef first_store(LLVMBasicBlockRef block)
{
	LLVMValueRef instruction = LLVMGetFirstInstruction(block);

	while (LLVMIsAPHINode(instruction) || is_computation(instruction))
		instruction = LLVMGetNextInstruction(instruction);
	return is_private_store(instruction) ? instruction : NULL;
}

/*
 * Whether a value that @block uses depends on how a loop was left. @left: operands to look at; where
 * these are not enough, it is taken not to.
 */
static bool depends_on_loop(const struct tandem_flow *flow, unsigned int loop,
			    LLVMBasicBlockRef block, LLVMValueRef value, unsigned int *left)
{
	if (!LLVMIsAInstruction(value))
		return false;
	if (LLVMGetInstructionParent(value) != block)
		return !tandem_flow_is_outside(flow, loop, value);
	if (LLVMIsAPHINode(value))
		return true;
	for (int i = 0; i < LLVMGetNumOperands(value) && *left; i++) {
		--*left;
		if (depends_on_loop(flow, loop, block, LLVMGetOperand(value, i), left))
			return true;
	}
	return false;
}

static bool is_to_move(const struct tandem_flow *flow, unsigned int loop, LLVMValueRef store)
{
	unsigned int left = MOST_OPERANDS;

	return depends_on_loop(flow, loop, LLVMGetInstructionParent(store),
			       LLVMGetOperand(store, 1), &left);
}

/* ---- ways ---- */

static bool add_way(struct junction *junction, LLVMBasicBlockRef from)
{
	for (unsigned int i = 0; i < junction->ways; i++) {
		if (junction->from[i] == from)
			return false;
	}
	if (junction->ways == MOST_WAYS || !LLVMIsABranchInst(LLVMGetBasicBlockTerminator(from)))
		return false;
	junction->from[junction->ways++] = from;
	return true;
}

/* The block with number @to as one behind an innermost loop; false where it is none. */
static bool find_junction(const struct tandem_flow *flow, unsigned int to,
			  struct junction *junction)
{
	LLVMValueRef first = LLVMGetFirstInstruction(flow->blocks[to]);

	*junction = (struct junction){ .block = flow->blocks[to], .loop = TANDEM_NO_LOOP };
	for (unsigned int i = 0; i < flow->block_count; i++) {
		LLVMValueRef end = LLVMGetBasicBlockTerminator(flow->blocks[i]);
		unsigned int loop = flow->loop_of[i];

		for (unsigned int k = 0; k < LLVMGetNumSuccessors(end); k++) {
			if (LLVMGetSuccessor(end, k) != junction->block)
				continue;
			if (!add_way(junction, flow->blocks[i]))
				return false;
			if (loop == flow->loop_of[to])
				continue;
			if (loop == TANDEM_NO_LOOP || !flow->loops[loop].is_innermost ||
			    flow->loops[loop].parent != flow->loop_of[to] ||
			    (junction->loop != TANDEM_NO_LOOP && junction->loop != loop))
				return false;
			junction->loop = loop;
		}
	}
	return junction->loop != TANDEM_NO_LOOP &&
	       (!LLVMIsAPHINode(first) || LLVMCountIncoming(first) == junction->ways);
}

static LLVMValueRef incoming_from(LLVMValueRef phi, LLVMBasicBlockRef from)
{
	unsigned int i = 0;

	while (LLVMGetIncomingBlock(phi, i) != from)
		i++;
	return LLVMGetIncomingValue(phi, i);
}

/* The block gets phis of the same values, with other blocks as those that they come from. */
static void renew_phis(struct tandem_compilation *compilation, LLVMBasicBlockRef block,
		       LLVMBasicBlockRef *before, LLVMBasicBlockRef *now, unsigned int ways)
{
	LLVMValueRef phi = LLVMGetFirstInstruction(block), next, renewed;

	for (; LLVMIsAPHINode(phi); phi = next) {
		next = LLVMGetNextInstruction(phi);
		LLVMPositionBuilderBefore(compilation->builder, phi);
		renewed = LLVMBuildPhi(compilation->builder, LLVMTypeOf(phi), "");
		for (unsigned int i = 0; i < ways; i++) {
			LLVMValueRef value = incoming_from(phi, before[i]);

			LLVMAddIncoming(renewed, &value, &now[i], 1);
		}
		LLVMReplaceAllUsesWith(phi, renewed);
		LLVMInstructionEraseFromParent(phi);
	}
}

/* Each way gets a block of its own. */
static void split_ways(struct tandem_compilation *compilation, struct junction *junction)
{
	LLVMBasicBlockRef before[MOST_WAYS];

	for (unsigned int i = 0; i < junction->ways; i++) {
		LLVMValueRef end = LLVMGetBasicBlockTerminator(junction->from[i]);

		before[i] = junction->from[i];
		if (LLVMGetNumSuccessors(end) == 1)
			continue;
		junction->from[i] =
			LLVMInsertBasicBlockInContext(compilation->context, junction->block, "");
		LLVMPositionBuilderAtEnd(compilation->builder, junction->from[i]);
		LLVMBuildBr(compilation->builder, junction->block);
		for (unsigned int k = 0; k < LLVMGetNumSuccessors(end); k++) {
			if (LLVMGetSuccessor(end, k) == junction->block)
				LLVMSetSuccessor(end, k, junction->from[i]);
		}
	}
	renew_phis(compilation, junction->block, before, junction->from, junction->ways);
}

/* ---- moving ---- */

struct copies {
	LLVMValueRef original[MOST_COPIED], copy[MOST_COPIED];
	unsigned int count;
};

/* Whether a value takes no more than @left instructions of its block, of which those are taken. */
static bool fits(LLVMBasicBlockRef block, LLVMValueRef value, unsigned int *left)
{
	if (!LLVMIsAInstruction(value) || LLVMIsAPHINode(value) ||
	    LLVMGetInstructionParent(value) != block)
		return true;
	if (!*left)
		return false;
	--*left;
	for (int i = 0; i < LLVMGetNumOperands(value); i++) {
		if (!fits(block, LLVMGetOperand(value, i), left))
			return false;
	}
	return true;
}

/* What a value of the junction is on the way from @from, where the builder is. */
static LLVMValueRef on_way(struct tandem_compilation *compilation, const struct junction *junction,
			   LLVMBasicBlockRef from, LLVMValueRef value, struct copies *copies)
{
	LLVMValueRef copy;

	if (!LLVMIsAInstruction(value) || LLVMGetInstructionParent(value) != junction->block)
		return value;
	if (LLVMIsAPHINode(value))
		return incoming_from(value, from);
	for (unsigned int i = 0; i < copies->count; i++) {
		if (copies->original[i] == value)
			return copies->copy[i];
	}
	copy = LLVMInstructionClone(value);
	for (int i = 0; i < LLVMGetNumOperands(value); i++)
		LLVMSetOperand(copy, (unsigned int)i,
			       on_way(compilation, junction, from, LLVMGetOperand(value, i),
				      copies));
	LLVMInsertIntoBuilder(compilation->builder, copy);
	copies->original[copies->count] = value;
	copies->copy[copies->count++] = copy;
	return copy;
}

static void move(struct tandem_compilation *compilation, const struct junction *junction,
		 LLVMValueRef store)
{
	for (unsigned int i = 0; i < junction->ways; i++) {
		struct copies copies = { .count = 0 };

		LLVMPositionBuilderBefore(compilation->builder,
					  LLVMGetBasicBlockTerminator(junction->from[i]));
		on_way(compilation, junction, junction->from[i], store, &copies);
	}
	LLVMInstructionEraseFromParent(store);
}

static bool can_move(const struct tandem_flow *flow, const struct junction *junction,
		     LLVMValueRef store)
{
	unsigned int left = MOST_COPIED;

	return store && is_to_move(flow, junction->loop, store) &&
	       fits(junction->block, store, &left);
}

/* Moves the stores behind one loop, after which @flow does not hold. */
static bool move_some(struct tandem_compilation *compilation, const struct tandem_flow *flow)
{
	for (unsigned int i = 0; i < flow->block_count; i++) {
		LLVMValueRef store = first_store(flow->blocks[i]);
		struct junction junction;

		if (!store || !find_junction(flow, i, &junction) ||
		    (junction.ways == 1 && does_store_only(junction.block)) ||
		    !can_move(flow, &junction, store))
			continue;
		split_ways(compilation, &junction);
		do {
			move(compilation, &junction, store);
			store = first_store(junction.block);
		} while (can_move(flow, &junction, store));
		return true;
	}
	return false;
}

bool tandem_lanes_store_on_ways_out(struct tandem_compilation *compilation, LLVMValueRef item)
{
	bool changed = false, more = true;

	while (more) {
		struct tandem_flow flow;

		if (tandem_flow_find(&flow, item))
			return changed;
		more = move_some(compilation, &flow);
		changed |= more;
		tandem_flow_finish(&flow);
	}
	return changed;
}

/* ---- the loop's turns ---- */

/* The innermost loop that a block is the way out of, from one place; else TANDEM_NO_LOOP. */
static unsigned int loop_left_by(const struct tandem_flow *flow, unsigned int block)
{
	LLVMBasicBlockRef to =
		LLVMGetSuccessor(LLVMGetBasicBlockTerminator(flow->blocks[block]), 0);
	unsigned int loop = TANDEM_NO_LOOP, ways = 0, behind;

	for (unsigned int i = 0; i < flow->block_count; i++) {
		LLVMValueRef end = LLVMGetBasicBlockTerminator(flow->blocks[i]);

		for (unsigned int k = 0; k < LLVMGetNumSuccessors(end); k++) {
			if (LLVMGetSuccessor(end, k) != flow->blocks[block])
				continue;
			loop = flow->loop_of[i];
			ways++;
		}
	}
	behind = (unsigned int)(uintptr_t)tandem_pointer_map_get(&flow->index, to) - 1;
	if (ways != 1 || loop == TANDEM_NO_LOOP || !flow->loops[loop].is_innermost ||
	    flow->loops[loop].parent != flow->loop_of[block] ||
	    flow->loop_of[behind] != flow->loop_of[block])
		return TANDEM_NO_LOOP;
	return loop;
}

void tandem_body_take_in_ways_out(struct tandem_body *body)
{
	struct tandem_flow *flow = &body->flow;

	for (unsigned int i = 0; i < flow->block_count; i++) {
		unsigned int loop = does_store_only(flow->blocks[i]) ? loop_left_by(flow, i) :
								       TANDEM_NO_LOOP;

		if (loop != TANDEM_NO_LOOP)
			flow->loop_of[i] = loop;
	}
}

/* Whether a store is one of whole vectors, wherever lanes are, for which an array has a place. */
static bool is_of_vectors(const struct tandem_body *body, LLVMValueRef store, unsigned int block)
{
	LLVMValueRef pointer = LLVMGetOperand(store, 1);
	LLVMTypeRef type = LLVMTypeOf(LLVMGetOperand(store, 0));
	const struct tandem_lane_value *value = tandem_body_value(body, pointer);

	return value && value->array &&
	       LLVMABISizeOfType(body->compilation->layout, type) <= value->array->bytes &&
	       tandem_shape_is_uniform(tandem_body_shape(body, pointer, block));
}

bool tandem_body_runs_without_lanes(const struct tandem_body *body, unsigned int block)
{
	LLVMValueRef instruction = LLVMGetFirstInstruction(body->flow.blocks[block]);
	LLVMValueRef end = LLVMGetBasicBlockTerminator(body->flow.blocks[block]);
	unsigned int loop = body->flow.loop_of[block], stores = 0;

	if (loop == TANDEM_NO_LOOP || !does_store_only(body->flow.blocks[block]) ||
	    tandem_body_is_in_loop(body, tandem_body_successor(body, block, 0), loop))
		return false;
	for (; instruction != end; instruction = LLVMGetNextInstruction(instruction)) {
		if (!LLVMIsAStoreInst(instruction))
			continue;
		if (!is_of_vectors(body, instruction, block))
			return false;
		stores++;
	}
	return stores <= MOST_UNGUARDED;
}
