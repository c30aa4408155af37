// SPDX-License-Identifier: MIT
/*
 * A bundle of work-items in a region with loops (lockstep_plan.h).
 *
 * The region is cut once more, into pieces without loops. The bundle goes through
 * a piece lane by lane, in a loop of fixed length that becomes vector code, then
 * through the piece that the lanes have come to. Slots that outlive a piece are
 * arrays with an element for each lane, or one variable where they are the same in
 * all; these arrays end up in vector registers.
 *
 * Where lanes may go different ways, each notes the piece it is to run next, and
 * the piece that comes first in the kernel is run next, for those lanes that are
 * there: so lanes that have left a loop wait behind it for the others.
 */
#include "lockstep.h"

#include <errno.h>
#include <stdlib.h>

#include "util/alloc.h"

/* Arrays are accessed as whole vectors. */
#define ARRAY_ALIGNMENT 64

enum slot_place {
	IN_VARIABLE, /* a lane needs it in one piece only */
	IN_SHARED, /* the same in all lanes */
	IN_ARRAY, /* an element for each lane */
	IN_ITEM_STATE, /* kept by the group, and not needed over a cut here */
	NOWHERE, /* the region does not use it */
};

struct tandem_lockstep {
	const struct tandem_lockstep_plan *plan;
	const struct tandem_lanes *lanes;
	unsigned int piece_count;
	unsigned int *piece_starts; /* blocks */
	unsigned int *piece_of_start; /* for each block; TANDEM_NO_PIECE where none starts there */
	LLVMBasicBlockRef *piece_heads;
	LLVMBasicBlockRef finish;
	enum slot_place *places; /* for each slot */
	LLVMValueRef *memory; /* for each slot: the shared variable, or the array */
	LLVMValueRef lane; /* of the piece that is being built */
	LLVMValueRef lane_next; /* variable: the piece that the lane goes on with */
	LLVMValueRef next_piece; /* variable: the piece to run next */
	LLVMValueRef progress; /* array, or NULL */
	LLVMValueRef first_id, first_linear_id;
	const LLVMValueRef *ids;
};

/* ---- pieces ---- */

static int find_pieces(struct tandem_lockstep *lockstep, const struct tandem_slots *slots)
{
	lockstep->piece_starts = tandem_new_array(lockstep->piece_starts, slots->block_count);
	lockstep->piece_of_start = tandem_new_array(lockstep->piece_of_start, slots->block_count);
	lockstep->piece_heads = tandem_new_array(lockstep->piece_heads, slots->block_count);
	lockstep->places = tandem_new_array(lockstep->places, slots->slot_count + 1);
	lockstep->memory = tandem_new_array(lockstep->memory, slots->slot_count + 1);
	if (!lockstep->piece_starts || !lockstep->piece_of_start || !lockstep->piece_heads ||
	    !lockstep->places || !lockstep->memory)
		return -ENOMEM;
	/* In the order of the blocks: a loop comes before what is behind it. */
	for (unsigned int i = 0; i < slots->block_count; i++) {
		lockstep->piece_of_start[i] = TANDEM_NO_PIECE;
		if (!lockstep->plan->is_cut[i])
			continue;
		lockstep->piece_starts[lockstep->piece_count] = i;
		lockstep->piece_of_start[i] = lockstep->piece_count++;
	}
	return 0;
}

bool tandem_lockstep_is_cut(const struct tandem_copying *copying, unsigned int block)
{
	return copying->lockstep->plan->is_cut[block];
}

/* ---- slots ---- */

static enum slot_place place_of(const struct tandem_splitting *splitting,
				const struct tandem_lockstep *lockstep,
				const struct tandem_slot *slot, unsigned int index)
{
	bool differs = lockstep->plan->diverges || lockstep->lanes->uniformity.slot_differs[index];

	if (!splitting->variables[index])
		return NOWHERE;
	if (tandem_slot_is_array(slot))
		return lockstep->plan->is_kept[index] ? IN_ARRAY : IN_ITEM_STATE;
	/* What the group shares has to be handed on, whatever the region does with it. */
	if (!slot->is_kept && !lockstep->plan->is_kept[index])
		return IN_VARIABLE;
	return differs ? IN_ARRAY : IN_SHARED;
}

static LLVMValueRef add_array(struct tandem_splitting *splitting, LLVMTypeRef type)
{
	LLVMValueRef array = LLVMBuildAlloca(splitting->compilation->builder,
					     LLVMArrayType2(type, TANDEM_BUNDLE_LANES), "");

	LLVMSetAlignment(array, ARRAY_ALIGNMENT);
	return array;
}

static void add_slots(struct tandem_splitting *splitting, struct tandem_lockstep *lockstep)
{
	const struct tandem_slots *slots = &splitting->slots;
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMBasicBlockRef here = LLVMGetInsertBlock(compilation->builder);

	tandem_splitting_go_to_entry(splitting);
	for (unsigned int i = 0; i < slots->slot_count; i++) {
		lockstep->places[i] = place_of(splitting, lockstep, &slots->slots[i], i);
		if (lockstep->places[i] == IN_ARRAY)
			lockstep->memory[i] = add_array(splitting, slots->slots[i].type);
		else if (lockstep->places[i] == IN_SHARED)
			lockstep->memory[i] =
				tandem_splitting_add_variable(splitting, &slots->slots[i]);
		/* A lane's own, where the slot has none in the group. */
		else if (lockstep->places[i] == IN_VARIABLE)
			lockstep->memory[i] = splitting->variables[i];
	}
	lockstep->lane_next = LLVMBuildAlloca(compilation->builder, compilation->i32, "");
	lockstep->next_piece = LLVMBuildAlloca(compilation->builder, compilation->i32, "");
	if (lockstep->plan->diverges)
		lockstep->progress = add_array(splitting, compilation->i32);
	LLVMPositionBuilderAtEnd(compilation->builder, here);
}

static LLVMValueRef array_element(struct tandem_splitting *splitting, LLVMTypeRef type,
				  LLVMValueRef array, LLVMValueRef lane)
{
	return LLVMBuildInBoundsGEP2(splitting->compilation->builder, type, array, &lane, 1, "");
}

static void copy_value(struct tandem_splitting *splitting, LLVMTypeRef type, LLVMValueRef from,
		       LLVMValueRef to)
{
	LLVMBuilderRef builder = splitting->compilation->builder;

	LLVMBuildStore(builder, LLVMBuildLoad2(builder, type, from, ""), to);
}

/* Marks an access as one to memory that each lane has of its own. */
static void mark(struct tandem_splitting *splitting, LLVMValueRef access,
		 const struct tandem_item_loop *loop)
{
	if (loop->parallel)
		LLVMSetMetadata(access, splitting->compilation->access_group, loop->parallel);
}

/* Copies the elements of the item state for the bundle's work-items to its arrays, or back. */
static void copy_item_state(struct tandem_splitting *splitting, struct tandem_lockstep *lockstep,
			    bool back)
{
	struct tandem_compilation *compilation = splitting->compilation;
	const struct tandem_slots *slots = &splitting->slots;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef lanes = LLVMConstInt(compilation->i64, TANDEM_BUNDLE_LANES, 0), linear_id;
	struct tandem_item_loop loop;

	tandem_item_loop_begin(compilation, splitting->work_group->group,
			       LLVMConstInt(compilation->i64, 0, 0), TANDEM_LOOP_BUNDLE, &loop);
	linear_id = tandem_ir_add(compilation, lockstep->first_linear_id, loop.counter);
	for (unsigned int i = 0; i < slots->slot_count; i++) {
		const struct tandem_slot *slot = &slots->slots[i];
		LLVMValueRef in_state, in_array, value;

		if (lockstep->places[i] != IN_ARRAY || !tandem_slot_is_array(slot))
			continue;
		in_state = tandem_splitting_element(splitting, slot, linear_id);
		in_array = array_element(splitting, slot->type, lockstep->memory[i], loop.counter);
		value = LLVMBuildLoad2(builder, slot->type, back ? in_array : in_state, "");
		mark(splitting, value, &loop);
		mark(splitting, LLVMBuildStore(builder, value, back ? in_state : in_array), &loop);
	}
	LLVMBuildBr(builder, loop.latch);
	tandem_item_loop_end(compilation, &loop, 1, lanes);
}

static bool has_item_state(const struct tandem_splitting *splitting,
			   const struct tandem_lockstep *lockstep)
{
	for (unsigned int i = 0; i < splitting->slots.slot_count; i++) {
		if (lockstep->places[i] == IN_ARRAY &&
		    tandem_slot_is_array(&splitting->slots.slots[i]))
			return true;
	}
	return false;
}

/* Hands what the group shares on to the bundle. */
static void take_shared_slots(struct tandem_splitting *splitting, struct tandem_lockstep *lockstep)
{
	struct tandem_compilation *compilation = splitting->compilation;
	const struct tandem_slots *slots = &splitting->slots;

	for (unsigned int i = 0; i < slots->slot_count; i++) {
		const struct tandem_slot *slot = &slots->slots[i];

		if (!slot->is_kept || tandem_slot_is_array(slot) || lockstep->places[i] == NOWHERE)
			continue;
		if (lockstep->places[i] == IN_SHARED) {
			copy_value(splitting, slot->type, splitting->shared[i],
				   lockstep->memory[i]);
			continue;
		}
		for (unsigned int lane = 0; lane < TANDEM_BUNDLE_LANES; lane++)
			copy_value(splitting, slot->type, splitting->shared[i],
				   array_element(splitting, slot->type, lockstep->memory[i],
						 LLVMConstInt(compilation->i64, lane, 0)));
	}
}

/* Hands it back: the last lane speaks for all. */
static void give_shared_slots(struct tandem_splitting *splitting, struct tandem_lockstep *lockstep)
{
	struct tandem_compilation *compilation = splitting->compilation;
	const struct tandem_slots *slots = &splitting->slots;
	LLVMValueRef last = LLVMConstInt(compilation->i64, TANDEM_BUNDLE_LANES - 1, 0);

	for (unsigned int i = 0; i < slots->slot_count; i++) {
		const struct tandem_slot *slot = &slots->slots[i];
		LLVMValueRef from = lockstep->memory[i];

		if (!slot->is_kept || tandem_slot_is_array(slot) || lockstep->places[i] == NOWHERE)
			continue;
		if (lockstep->places[i] == IN_ARRAY)
			from = array_element(splitting, slot->type, from, last);
		copy_value(splitting, slot->type, from, splitting->variables[i]);
	}
}

/* Where the slots are for the lane of the piece that is being built. */
static void point_to_slots(struct tandem_splitting *splitting, struct tandem_lockstep *lockstep,
			   struct tandem_copying *copying)
{
	const struct tandem_slots *slots = &splitting->slots;

	for (unsigned int i = 0; i < slots->slot_count; i++) {
		const struct tandem_slot *slot = &slots->slots[i];

		copying->is_element[i] = lockstep->places[i] == IN_ARRAY ||
					 lockstep->places[i] == IN_ITEM_STATE;
		switch (lockstep->places[i]) {
		case IN_ARRAY:
			copying->pointers[i] = array_element(splitting, slot->type,
							     lockstep->memory[i], lockstep->lane);
			break;
		case IN_ITEM_STATE:
			copying->pointers[i] =
				tandem_splitting_element(splitting, slot, copying->linear_id);
			break;
		case IN_SHARED:
			/* Each lane begins with what it was before the piece. */
			copying->pointers[i] = splitting->variables[i];
			copy_value(splitting, slot->type, lockstep->memory[i],
				   splitting->variables[i]);
			break;
		default:
			copying->pointers[i] = splitting->variables[i];
		}
	}
}

/* Behind a piece: what the lanes agree on is what the last one says. */
static void share_uniform_slots(struct tandem_splitting *splitting,
				struct tandem_lockstep *lockstep)
{
	const struct tandem_slots *slots = &splitting->slots;

	for (unsigned int i = 0; i < slots->slot_count; i++) {
		if (lockstep->places[i] == IN_SHARED)
			copy_value(splitting, slots->slots[i].type, splitting->variables[i],
				   lockstep->memory[i]);
	}
}

/* ---- ways between pieces ---- */

/* Ends the lane's part of a piece: @next is the piece it goes on with. */
static void leave_piece(struct tandem_splitting *splitting, struct tandem_copying *copying,
			unsigned int next)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMBuilderRef builder = compilation->builder;

	LLVMBuildStore(builder, LLVMConstInt(compilation->i32, next, 0),
		       copying->lockstep->lane_next);
	LLVMBuildBr(builder, copying->latch);
}

/*
 * Where all ways of a lane through a piece meet: notes where it goes on, and which
 * piece is to be run next. Written as the optimiser knows it, a minimum over the
 * lanes, in one place.
 */
static void note_way(struct tandem_splitting *splitting, struct tandem_copying *copying)
{
	struct tandem_compilation *compilation = splitting->compilation;
	struct tandem_lockstep *lockstep = copying->lockstep;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef next, least, store;

	LLVMPositionBuilderAtEnd(builder, copying->latch);
	next = LLVMBuildLoad2(builder, compilation->i32, lockstep->lane_next, "");
	if (lockstep->progress) {
		store = LLVMBuildStore(builder, next,
				       array_element(splitting, compilation->i32,
						     lockstep->progress, lockstep->lane));
		if (copying->parallel)
			LLVMSetMetadata(store, compilation->access_group, copying->parallel);
		least = LLVMBuildLoad2(builder, compilation->i32, lockstep->next_piece, "");
		next = tandem_ir_smaller(compilation, next, least);
	}
	LLVMBuildStore(builder, next, lockstep->next_piece);
}

void tandem_lockstep_leave(struct tandem_splitting *splitting, struct tandem_copying *copying,
			   unsigned int block)
{
	leave_piece(splitting, copying, copying->lockstep->piece_of_start[block]);
}

void tandem_lockstep_end_lane(struct tandem_splitting *splitting, struct tandem_copying *copying)
{
	leave_piece(splitting, copying, copying->lockstep->piece_count);
}

/* Lets only those lanes into the piece that have come to it; the others stay where they are. */
static void guard_piece(struct tandem_splitting *splitting, struct tandem_copying *copying,
			unsigned int piece)
{
	struct tandem_compilation *compilation = splitting->compilation;
	struct tandem_lockstep *lockstep = copying->lockstep;
	LLVMBuilderRef builder = compilation->builder;
	LLVMBasicBlockRef enter = tandem_copying_add_block(splitting, copying);
	LLVMValueRef place =
		array_element(splitting, compilation->i32, lockstep->progress, lockstep->lane);
	LLVMValueRef state = LLVMBuildLoad2(builder, compilation->i32, place, ""), here;

	if (copying->parallel)
		LLVMSetMetadata(state, compilation->access_group, copying->parallel);
	LLVMBuildStore(builder, state, lockstep->lane_next);
	here = LLVMBuildICmp(builder, LLVMIntEQ, state, LLVMConstInt(compilation->i32, piece, 0),
			     "");
	LLVMBuildCondBr(builder, here, enter, copying->latch);
	LLVMPositionBuilderAtEnd(builder, enter);
}

/* ---- the bundle ---- */

static void build_piece(struct tandem_splitting *splitting, struct tandem_lockstep *lockstep,
			struct tandem_copying *copying, unsigned int piece)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef lanes = LLVMConstInt(compilation->i64, TANDEM_BUNDLE_LANES, 0), choice;
	struct tandem_item_loop loop;

	LLVMPositionBuilderAtEnd(builder, lockstep->piece_heads[piece]);
	LLVMBuildStore(builder, LLVMConstInt(compilation->i32, lockstep->piece_count, 0),
		       lockstep->next_piece);
	tandem_item_loop_begin(compilation, splitting->work_group->group,
			       LLVMConstInt(compilation->i64, 0, 0), TANDEM_LOOP_BUNDLE, &loop);
	lockstep->lane = loop.counter;
	copying->latch = loop.latch;
	copying->parallel = loop.parallel;
	copying->local_id[0] = tandem_ir_add(compilation, lockstep->first_id, loop.counter);
	copying->local_id[1] = lockstep->ids[1];
	copying->local_id[2] = lockstep->ids[2];
	copying->linear_id = tandem_ir_add(compilation, lockstep->first_linear_id, loop.counter);
	if (lockstep->progress)
		guard_piece(splitting, copying, piece);
	point_to_slots(splitting, lockstep, copying);
	tandem_copying_run(splitting, copying, lockstep->piece_starts[piece]);
	note_way(splitting, copying);
	tandem_item_loop_end(compilation, &loop, 1, lanes);
	share_uniform_slots(splitting, lockstep);
	choice = LLVMBuildSwitch(
		builder, LLVMBuildLoad2(builder, compilation->i32, lockstep->next_piece, ""),
		lockstep->finish, lockstep->piece_count);
	for (unsigned int i = 0; i < lockstep->piece_count; i++)
		LLVMAddCase(choice, LLVMConstInt(compilation->i32, i, 0), lockstep->piece_heads[i]);
}

/* All lanes are to begin with the first piece. */
static void start_lanes(struct tandem_splitting *splitting, struct tandem_lockstep *lockstep,
			unsigned int piece)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMBuilderRef builder = compilation->builder;

	for (unsigned int lane = 0; lockstep->progress && lane < TANDEM_BUNDLE_LANES; lane++)
		LLVMBuildStore(builder, LLVMConstInt(compilation->i32, piece, 0),
			       array_element(splitting, compilation->i32, lockstep->progress,
					     LLVMConstInt(compilation->i64, lane, 0)));
	LLVMBuildBr(builder, lockstep->piece_heads[piece]);
}

static void build_pieces(struct tandem_splitting *splitting, struct tandem_lockstep *lockstep,
			 struct tandem_copying *copying, unsigned int start)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMValueRef group = splitting->work_group->group;
	bool has_state;

	add_slots(splitting, lockstep);
	has_state = has_item_state(splitting, lockstep);
	for (unsigned int i = 0; i < lockstep->piece_count; i++)
		lockstep->piece_heads[i] =
			LLVMAppendBasicBlockInContext(compilation->context, group, "piece");
	lockstep->finish =
		LLVMAppendBasicBlockInContext(compilation->context, group, "bundle.done");
	take_shared_slots(splitting, lockstep);
	if (has_state)
		copy_item_state(splitting, lockstep, false);
	start_lanes(splitting, lockstep, lockstep->piece_of_start[start]);
	for (unsigned int i = 0; i < lockstep->piece_count; i++)
		build_piece(splitting, lockstep, copying, i);
	LLVMPositionBuilderAtEnd(compilation->builder, lockstep->finish);
	if (has_state)
		copy_item_state(splitting, lockstep, true);
	give_shared_slots(splitting, lockstep);
}

void tandem_lockstep_build(struct tandem_splitting *splitting,
			   const struct tandem_lockstep_plan *plan, unsigned int region,
			   LLVMValueRef first_id, const LLVMValueRef *ids,
			   LLVMValueRef first_linear_id)
{
	struct tandem_lockstep lockstep = {
		.plan = plan,
		.lanes = &splitting->lanes,
		.first_id = first_id,
		.first_linear_id = first_linear_id,
		.ids = ids,
	};
	struct tandem_copying copying;

	if (tandem_copying_init(splitting, &copying) || find_pieces(&lockstep, &splitting->slots)) {
		tandem_ir_error(splitting->compilation, "no memory");
	} else {
		copying.lockstep = &lockstep;
		build_pieces(splitting, &lockstep, &copying, splitting->region_starts[region]);
	}
	tandem_copying_finish(&copying);
	free(lockstep.piece_starts);
	free(lockstep.piece_of_start);
	free(lockstep.piece_heads);
	free(lockstep.places);
	free(lockstep.memory);
}
