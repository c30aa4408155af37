// SPDX-License-Identifier: MIT
/* What barriers.c and lockstep.c share: a kernel being cut into pieces that are put together anew. */
#ifndef TANDEM_COMPILER_BACKEND_SPLITTING_H
#define TANDEM_COMPILER_BACKEND_SPLITTING_H

#include "lockstep_plan.h"
#include "slots.h"
#include "work_group.h"

#define TANDEM_NO_PIECE UINT32_MAX

/* Blocks of the item function, being copied to one place of the group function. */
struct tandem_copying {
	LLVMValueRef *pointers; /* for each slot: where it is */
	bool *is_element; /* for each slot: that is an array's element, the work-item's own */
	LLVMValueRef local_id[TANDEM_DIMENSIONS];
	LLVMValueRef linear_id;
	LLVMValueRef parallel; /* the mark of the loop, see struct tandem_item_loop */
	LLVMBasicBlockRef latch; /* where a work-item's part ends; copies are put in front of it */
	struct tandem_lockstep *lockstep; /* that copies a piece of a region; NULL for a region */

	LLVMBasicBlockRef *blocks; /* for each block: its copy, NULL for those outside */
	struct tandem_pointer_map copies; /* of the instructions of the current block */
};

/* Where an array with an element for each work-item is in the item state. */
struct tandem_state_array {
	uint64_t offset; /* bytes, for each work-item of the group */
	uint64_t alignment;
};

struct tandem_splitting {
	struct tandem_compilation *compilation;
	struct tandem_work_group *work_group;
	struct tandem_slots slots;
	struct tandem_lanes lanes;
	LLVMValueRef *values; /* the item function's arguments, but for the local ids */
	LLVMValueRef item_count;

	unsigned int region_count;
	unsigned int entry_region; /* those that begin at cuts have lower numbers */
	unsigned int *region_starts; /* blocks */
	unsigned int *region_of_start; /* for each block; TANDEM_NO_PIECE where none starts there */
	LLVMBasicBlockRef *region_heads; /* in the group function */
	LLVMBasicBlockRef finish; /* the group function's end */
	bool *is_member; /* for each block: of the region that is being built */
	bool *is_touched; /* for each slot: that region uses it */
	bool in_parts; /* each region is a function of its own, see parts.h */
	LLVMTypeRef frame; /* of what parts share: a structure with shared slots, see @shared */

	/*
	 * For each slot: the variable in the group function, or the array of one that is kept
	 * and not uniform; and of one that is kept and uniform what holds it between regions.
	 * NULL in a part that does not use the slot.
	 */
	LLVMValueRef *variables;
	LLVMValueRef *shared;
	struct tandem_state_array *arrays; /* for each slot: its array's place */
	struct tandem_state_array progress_array;
	LLVMValueRef item_state;
	LLVMValueRef next_region; /* variable: where the work-items go */
	LLVMValueRef progress; /* array: where each does, if they may part */
};

/* A slot that has an element for each work-item in the item state. */
static inline bool tandem_slot_is_array(const struct tandem_slot *slot)
{
	return slot->is_kept && !slot->is_uniform;
}

/* Whether work-items may be on their way to different regions. */
static inline bool tandem_splitting_may_part(const struct tandem_splitting *splitting)
{
	return splitting->slots.exits_diverge && splitting->region_count > 1;
}

/* The alignment of a slot's variable. */
unsigned int tandem_slot_alignment(const struct tandem_splitting *splitting,
				   const struct tandem_slot *slot);

/* The place of the work-item @linear_id in a slot's array. */
LLVMValueRef tandem_splitting_element(struct tandem_splitting *splitting,
				      const struct tandem_slot *slot, LLVMValueRef linear_id);

/* A variable of the group function for a slot; the builder is in the entry block. */
LLVMValueRef tandem_splitting_add_variable(struct tandem_splitting *splitting,
					   const struct tandem_slot *slot);

/* Gives slots that outlive regions their places in the item state. -ENOMEM. */
int tandem_splitting_place_variables(struct tandem_splitting *splitting);

/*
 * Adds the variables of all slots, in a part of those that it uses: the builder is in the
 * entry block of the group function, or of a part of it.
 */
void tandem_splitting_add_variables(struct tandem_splitting *splitting);

/* Behind a region: what all work-items agree on is what the last one says. */
void tandem_splitting_share_uniform_slots(struct tandem_splitting *splitting);

/*
 * Notes where work-items go from the region: the last one's word counts. With cuts, a
 * region that begins at one comes before those behind barriers, as more work-items may
 * yet come to the barrier from there.
 */
void tandem_splitting_note_next(struct tandem_splitting *splitting, LLVMValueRef next);

/* Puts the builder in front of the end of the group function's entry block. */
void tandem_splitting_go_to_entry(struct tandem_splitting *splitting);

/* Finds where the slots are for the copying's work-item. */
void tandem_copying_point_to_slots(struct tandem_splitting *splitting,
				   struct tandem_copying *copying);

/* A block in front of the copying's latch. */
LLVMBasicBlockRef tandem_copying_add_block(struct tandem_splitting *splitting,
					   struct tandem_copying *copying);

/*
 * Copies the blocks that are reached from @start without passing a barrier, or a
 * cut of the lockstep plan, to where the builder is; it is then at an unfinished
 * block no more.
 */
void tandem_copying_run(struct tandem_splitting *splitting, struct tandem_copying *copying,
			unsigned int start);

/* Room for the copying's arrays. -ENOMEM. */
int tandem_copying_init(struct tandem_splitting *splitting, struct tandem_copying *copying);
void tandem_copying_finish(struct tandem_copying *copying);

/* For lockstep.c: what a lane does at a cut. Ends the block that the builder is in. */
void tandem_lockstep_leave(struct tandem_splitting *splitting, struct tandem_copying *copying,
			   unsigned int block);
/* The same behind the region's end. */
void tandem_lockstep_end_lane(struct tandem_splitting *splitting, struct tandem_copying *copying);
bool tandem_lockstep_is_cut(const struct tandem_copying *copying, unsigned int block);

#endif
