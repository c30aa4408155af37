// SPDX-License-Identifier: MIT
/*
 * The values of an item function that outlive a block, in slots.
 *
 * Before a kernel is cut at its barriers, each value that is used in another
 * block than its own is stored in a slot, a private variable, so that blocks can
 * be copied and put together anew. What is cheap to compute from the function's
 * arguments is computed again instead. Then it is found out which slots a
 * barrier separates a store and a load of, and which hold the same value in all
 * work-items.
 */
#ifndef TANDEM_COMPILER_BACKEND_SLOTS_H
#define TANDEM_COMPILER_BACKEND_SLOTS_H

#include "ir.h"
#include "pointer_map.h"

struct tandem_slot {
	LLVMValueRef variable; /* the alloca */
	LLVMTypeRef type;
	bool is_simple; /* only loaded and stored as a whole */
	bool is_kept; /* over a barrier */
	bool is_uniform; /* the same in all work-items, whenever they meet at a barrier */
};

/* The blocks of an item function, and what is known of them. */
struct tandem_slot_block {
	LLVMBasicBlockRef block;
	unsigned int successors[2]; /* the first two, for blocks with up to two */
	unsigned int *more_successors; /* all, for blocks with more */
	unsigned int successor_count;
	bool ends_at_barrier;
	bool is_cut; /* work-items meet in front of it, though there is no barrier (cuts.h) */
};

struct tandem_slots {
	struct tandem_slot_block *blocks;
	unsigned int block_count;
	struct tandem_pointer_map block_index; /* of a block, plus one */
	struct tandem_slot *slots;
	unsigned int slot_count;
	struct tandem_pointer_map slot_index; /* of an alloca, plus one */
	bool has_cuts;
	bool exits_diverge; /* work-items may meet at different places, or leave early */
};

/*
 * Moves values of @function to slots and analyses it. @first_local_id is the
 * parameter that the work-item's local ids begin at, the only values that differ
 * between work-items from the start.
 */
void tandem_slots_init(struct tandem_slots *slots, struct tandem_compilation *compilation,
		       LLVMValueRef function, unsigned int first_local_id);
void tandem_slots_finish(struct tandem_slots *slots);

/* The successor @i of a block, as an index into blocks. */
static inline unsigned int tandem_slot_successor(const struct tandem_slot_block *block,
						 unsigned int i)
{
	return block->more_successors ? block->more_successors[i] : block->successors[i];
}

/* Moves what follows an instruction to a block of its own. No phi must be left. */
void tandem_slots_split_behind(struct tandem_compilation *compilation, LLVMValueRef instruction);

/* The slot of an alloca, or NULL. */
struct tandem_slot *tandem_slot_of(const struct tandem_slots *slots, LLVMValueRef variable);

#endif
