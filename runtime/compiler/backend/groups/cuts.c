// SPDX-License-Identifier: MIT
#include "cuts.h"

#include <errno.h>
#include <stdlib.h>

#include "util/alloc.h"
#include "waiting.h"

/* A block's weight is its instructions and this: many small blocks take long as well. */
#define BLOCK_WEIGHT 8
/* Of an access to memory, which may become one for each element of a vector. */
#define ACCESS_WEIGHT 3
/* The same in a stretch: the code generator compares each with all others of its block. */
#define STRETCH_ACCESS_WEIGHT 6
/* Kernels are large if what their regions weigh together is more. */
#define LARGE_WEIGHT 3000
/* They are as well if it is more than this, and many times as much as the kernel. */
#define REPEATED_WEIGHT 1500
#define MANY_TIMES	3
/* A stretch between cuts is to weigh as much; and what its regions weigh together, as much. */
#define STRETCH_WEIGHT 600
#define REGIONS_WEIGHT 1200
/* A stretch that weighs more is cut inside loops and conditions. */
#define LONG_STRETCH_WEIGHT 20000
/*
 * A region that weighs less may be a work-group function's, which relies on the order of
 * work-items from one barrier to the next: nothing is cut there.
 */
#define ORDERED_WEIGHT 200
/* Blocks of more instructions are divided. */
#define LONG_BLOCK 200
/* A block that ends the kernel, with as many instructions, may be copied to many regions. */
#define SMALL_BLOCK 16

struct placing {
	struct tandem_slots *slots;
	unsigned int *weights; /* for each block */
	int *cover; /* for each block: conditions and loops around it */
	bool *is_start; /* for each block: it comes behind a barrier */
	bool *is_seen; /* for each block */
	bool *is_ordered; /* for each block: of a region in which order may count */
	struct tandem_pointer_map harmless; /* functions, see waiting.h */
};

static bool accesses_shared_memory(LLVMValueRef instruction)
{
	int operand = tandem_ir_pointer_operand(instruction);

	return operand >= 0 && LLVMGetPointerAddressSpace(LLVMTypeOf(LLVMGetOperand(
				       instruction, (unsigned int)operand))) != TANDEM_AS_PRIVATE;
}

static unsigned int weigh(LLVMBasicBlockRef block, unsigned int access_weight)
{
	unsigned int weight = BLOCK_WEIGHT;

	for (LLVMValueRef instruction = LLVMGetFirstInstruction(block); instruction;
	     instruction = LLVMGetNextInstruction(instruction))
		weight += accesses_shared_memory(instruction) ? access_weight : 1;
	return weight;
}

bool tandem_cuts_is_large(LLVMValueRef function)
{
	size_t weight = 0;

	for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
	     block = LLVMGetNextBasicBlock(block))
		weight += weigh(block, ACCESS_WEIGHT);
	return weight > LARGE_WEIGHT;
}

void tandem_cuts_divide_blocks(struct tandem_compilation *compilation, LLVMValueRef function)
{
	if (!tandem_cuts_is_large(function))
		return;
	for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
	     block = LLVMGetNextBasicBlock(block)) {
		LLVMValueRef instruction = LLVMGetFirstInstruction(block);

		/* Variables stay in the first block. */
		while (LLVMIsAAllocaInst(instruction))
			instruction = LLVMGetNextInstruction(instruction);
		for (unsigned int i = 0; i < LONG_BLOCK && instruction; i++)
			instruction = LLVMGetNextInstruction(instruction);
		if (instruction && !LLVMIsATerminatorInst(instruction) &&
		    !LLVMIsATerminatorInst(LLVMGetNextInstruction(instruction)))
			tandem_slots_split_behind(compilation, instruction);
	}
}

/* ---- what is to be cut ---- */

static size_t reached_weight(struct placing *placing, unsigned int block)
{
	const struct tandem_slot_block *entry = &placing->slots->blocks[block];
	size_t weight = placing->weights[block];

	if (placing->is_seen[block])
		return 0;
	placing->is_seen[block] = true;
	for (unsigned int k = 0; !entry->ends_at_barrier && k < entry->successor_count; k++)
		weight += reached_weight(placing, tandem_slot_successor(entry, k));
	return weight;
}

static size_t region_weight(struct placing *placing, unsigned int start)
{
	for (unsigned int i = 0; i < placing->slots->block_count; i++)
		placing->is_seen[i] = false;
	return reached_weight(placing, start);
}

static void find_ordered(struct placing *placing)
{
	const unsigned int count = placing->slots->block_count;

	for (unsigned int i = 0; i < count; i++) {
		if (!placing->is_start[i] || region_weight(placing, i) > ORDERED_WEIGHT)
			continue;
		for (unsigned int k = 0; k < count; k++)
			placing->is_ordered[k] |= placing->is_seen[k];
	}
}

static bool is_large(struct placing *placing)
{
	const unsigned int count = placing->slots->block_count;
	size_t weight = 0, regions = 0;

	for (unsigned int i = 0; i < count; i++)
		weight += placing->weights[i];
	for (unsigned int i = 0; i < count && regions <= LARGE_WEIGHT; i++) {
		if (!i || placing->is_start[i])
			regions += region_weight(placing, i);
	}
	return regions > LARGE_WEIGHT ||
	       (regions > REPEATED_WEIGHT && regions > MANY_TIMES * weight);
}

/* Adds to the cover of the blocks from @first to before @behind: differences, to be summed up. */
static void cover(struct placing *placing, unsigned int first, unsigned int behind)
{
	placing->cover[first]++;
	placing->cover[behind]--;
}

static void find_cover(struct placing *placing)
{
	const struct tandem_slots *slots = placing->slots;

	for (unsigned int i = 0; i < slots->block_count; i++) {
		const struct tandem_slot_block *block = &slots->blocks[i];

		for (unsigned int k = 0; k < block->successor_count; k++) {
			unsigned int next = tandem_slot_successor(block, k);

			if (next <= i)
				cover(placing, next, i + 1);
			else if (slots->blocks[next].successor_count ||
				 placing->weights[next] > SMALL_BLOCK + BLOCK_WEIGHT)
				cover(placing, i + 1, next);
		}
	}
	for (unsigned int i = 1; i < slots->block_count; i++)
		placing->cover[i] += placing->cover[i - 1];
}

/* ---- cuts ---- */

static void cut(struct placing *placing, unsigned int block)
{
	placing->slots->blocks[block].is_cut = true;
	placing->slots->has_cuts = true;
}

static bool may_cut(const struct placing *placing, unsigned int block)
{
	return block && !placing->is_start[block] && !placing->is_ordered[block] &&
	       !placing->slots->blocks[block].is_cut;
}

static size_t weight_of(const struct placing *placing, unsigned int first, unsigned int behind)
{
	size_t weight = 0, starts = 1;

	for (unsigned int i = first; i < behind; i++) {
		weight += placing->weights[i];
		starts += placing->is_start[i];
	}
	return weight * starts;
}

/* Halves a long stretch at the block in its middle that has the fewest conditions around it. */
static void cut_long_stretch(struct placing *placing, unsigned int first, unsigned int behind)
{
	unsigned int best = behind;

	if (weight_of(placing, first, behind) <= LONG_STRETCH_WEIGHT)
		return;
	for (unsigned int i = first + (behind - first) / 4; i < behind - (behind - first) / 4;
	     i++) {
		if (i > first && may_cut(placing, i) &&
		    (best == behind || placing->cover[i] < placing->cover[best]))
			best = i;
	}
	if (best == behind)
		return;
	cut(placing, best);
	cut_long_stretch(placing, first, best);
	cut_long_stretch(placing, best, behind);
}

static void cut_stretches(struct placing *placing)
{
	const unsigned int count = placing->slots->block_count;
	size_t weight = 0, starts = 1;
	unsigned int first = 0;

	for (unsigned int i = 0; i < count; i++) {
		bool is_open = !placing->cover[i], ends = is_open && placing->is_start[i];

		if (is_open && may_cut(placing, i) &&
		    (weight > STRETCH_WEIGHT || weight * starts > REGIONS_WEIGHT)) {
			cut(placing, i);
			ends = true;
		}
		if (ends) {
			cut_long_stretch(placing, first, i);
			weight = 0;
			starts = 1;
			first = i;
		} else {
			starts += placing->is_start[i];
		}
		weight += weigh(placing->slots->blocks[i].block, STRETCH_ACCESS_WEIGHT);
	}
	cut_long_stretch(placing, first, count);
}

/* ---- work-items that wait for each other ---- */

/* Whether an instruction sees what other work-items do, and is asked for what it sees. */
static bool looks_at_others(LLVMValueRef instruction)
{
	return tandem_ir_is_seen_by_others(instruction) &&
	       (LLVMGetFirstUse(instruction) || LLVMIsACallInst(instruction));
}

/* Whether one calls a function that may wait for others by itself. */
static bool calls_what_may_wait(struct placing *placing, LLVMValueRef instruction)
{
	LLVMValueRef called;

	if (!LLVMIsACallInst(instruction) || tandem_ir_intrinsic(instruction))
		return false;
	called = LLVMGetCalledValue(instruction);
	return LLVMIsAFunction(called) && !LLVMIsDeclaration(called) &&
	       !tandem_waits_for_nobody(&placing->harmless, called);
}

/* In one that passes no barrier. */
static bool is_in_loop(struct placing *placing, unsigned int block)
{
	region_weight(placing, block);
	for (unsigned int i = 0; i < placing->slots->block_count; i++) {
		const struct tandem_slot_block *entry = &placing->slots->blocks[i];

		if (!placing->is_seen[i] || entry->ends_at_barrier)
			continue;
		for (unsigned int k = 0; k < entry->successor_count; k++) {
			if (tandem_slot_successor(entry, k) == block)
				return true;
		}
	}
	return false;
}

/*
 * Whether work-items may wait for each other in a loop, as for a lock. Between two cuts all
 * work-items of a group come to the second one before any goes on: what one of them holds, or
 * is to tell, would wait for those who wait for it.
 */
static bool may_wait_for_others(struct placing *placing)
{
	for (unsigned int i = 0; i < placing->slots->block_count; i++) {
		LLVMValueRef instruction = LLVMGetFirstInstruction(placing->slots->blocks[i].block);
		bool looks = false;

		for (; instruction; instruction = LLVMGetNextInstruction(instruction)) {
			if (calls_what_may_wait(placing, instruction))
				return true;
			looks |= looks_at_others(instruction);
		}
		if (looks && is_in_loop(placing, i))
			return true;
	}
	return false;
}

int tandem_cuts_place(struct tandem_slots *slots)
{
	const unsigned int count = slots->block_count;
	struct placing placing = { .slots = slots };
	int error = -ENOMEM;

	placing.weights = tandem_new_array(placing.weights, count);
	placing.cover = tandem_new_array(placing.cover, count + 1);
	placing.is_start = tandem_new_array(placing.is_start, count);
	placing.is_seen = tandem_new_array(placing.is_seen, count);
	placing.is_ordered = tandem_new_array(placing.is_ordered, count);
	if (placing.weights && placing.cover && placing.is_start && placing.is_seen &&
	    placing.is_ordered) {
		for (unsigned int i = 0; i < count; i++) {
			const struct tandem_slot_block *block = &slots->blocks[i];

			placing.weights[i] = weigh(block->block, ACCESS_WEIGHT);
			if (block->ends_at_barrier)
				placing.is_start[tandem_slot_successor(block, 0)] = true;
		}
		if (is_large(&placing) && !may_wait_for_others(&placing)) {
			find_ordered(&placing);
			find_cover(&placing);
			cut_stretches(&placing);
		}
		error = 0;
	}
	tandem_pointer_map_finish(&placing.harmless);
	free(placing.weights);
	free(placing.cover);
	free(placing.is_start);
	free(placing.is_seen);
	free(placing.is_ordered);
	return error;
}
