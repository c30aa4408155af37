// SPDX-License-Identifier: MIT
/* An item function that is being made a bundle function (bundles.h): what its files share. */
#ifndef TANDEM_COMPILER_BACKEND_LANES_BODY_H
#define TANDEM_COMPILER_BACKEND_LANES_BODY_H

#include "control_flow.h"
#include "ir.h"
#include "pointer_map.h"
#include "sub_groups.h"

#define TANDEM_MOST_COMPONENTS 16
#define TANDEM_NO_NODE	       UINT32_MAX
/* At least, of private arrays: they are accessed as whole vectors. */
#define TANDEM_ARRAY_ALIGNMENT 64

/* How a value differs between lanes. */
struct tandem_shape {
	enum {
		TANDEM_SHAPE_UNSEEN, /* nothing is known yet */
		TANDEM_SHAPE_EVEN, /* it grows by @stride from lane to lane: 0 for a uniform one */
		TANDEM_SHAPE_VARYING,
	} kind;
	int64_t stride; /* of an integer; of a pointer, in bytes */
};

/* An argument or an instruction of the item function. */
struct tandem_lane_value {
	LLVMValueRef original;
	LLVMTypeRef element; /* its type, or that of its components */
	unsigned int components; /* of an OpenCL vector; 1 for others; 0 for void */
	struct tandem_shape shape;
	struct tandem_private_array *array; /* it points into this one, else NULL */
	bool needs_slot; /* it is used in other blocks */
	bool leaves_loop; /* it is used behind a loop that lanes leave in different turns */

	/* Its forms in the block with number @epoch: NULL where there is none yet. */
	unsigned int epoch;
	LLVMValueRef scalars[TANDEM_MOST_COMPONENTS];
	LLVMValueRef vectors[TANDEM_MOST_COMPONENTS];
	/* Variables: of the main form, and of a form for behind loops. */
	LLVMValueRef slots[TANDEM_MOST_COMPONENTS];
	LLVMValueRef exit_slots[TANDEM_MOST_COMPONENTS];
	LLVMValueRef phi_slots[TANDEM_MOST_COMPONENTS];
};

/* A private variable that is left, an alloca. */
struct tandem_private_array {
	LLVMValueRef original;
	uint64_t bytes; /* of one lane */
	unsigned int alignment;
	/*
	 * Bytes of the elements that lanes' are interleaved by; all accesses are to such,
	 * and pointers into the array are numbers of bytes. 0: each lane has it in one
	 * piece, and pointers are pointers.
	 */
	uint64_t element_bytes;
	LLVMValueRef memory;
};

/* That the low bits of a value grow evenly from lane to lane, without wrapping around. */
struct tandem_lane_check {
	LLVMValueRef value; /* computed of arguments only */
	unsigned int bits;
	bool is_signed;
};

/*
 * A place in the order of the blocks: a block, or behind a loop's blocks where lanes
 * wait that go to its header again.
 */
struct tandem_node {
	unsigned int block; /* in the flow; the header for the end of a loop */
	bool is_loop_end;
	/* The next: for each lane that may wait somewhere when the node begins. */
	uint64_t *waiting; /* set of nodes */
	bool is_certain; /* there are lanes whenever control comes here */
	bool runs_without_lanes; /* a block that is run where there are none, too: ways_out.c */
	/* Of a block: the nearest dominator whose lanes all come to it, in the same turns. */
	unsigned int origin; /* in the flow; TANDEM_NO_NODE for none */
	unsigned int mask_of; /* a node that has the same mask; itself */
	LLVMBasicBlockRef head; /* in the bundle function */
	LLVMBasicBlockRef start; /* the same for those who know that lanes wait */
	LLVMValueRef mask_slot; /* variable: lanes that wait for this node */
	LLVMValueRef run_slot; /* variable: lanes with which it runs */
};

struct tandem_body {
	struct tandem_compilation *compilation;
	LLVMValueRef item;
	const unsigned int *varying_parameters; /* that grow by 1 from lane to lane */
	unsigned int varying_count;
	unsigned int lanes;
	bool are_lanes_forced; /* what bundles cost is of no concern */
	bool has_sub_groups; /* it takes the number of lanes, and has no checks: see sub_groups.h */
	bool has_scatters; /* the processor: and masked gathers */
	bool is_plain; /* straight code that the loop vectoriser has a form for */
	unsigned int widening; /* how many times as many lanes are faster: 1, 2 or 4 */
	bool has_likely; /* accesses to places that are likely to follow each other (likely.c) */
	bool has_walks; /* loads along rows, ahead of the turns that they are for (walks.c) */
	bool has_many_wrapping; /* accesses by numbers that may wrap around: none has two ways */
	struct tandem_text *refusal; /* the reason, once there is one */
	bool failed; /* memory ran short */

	/* The item function. */
	struct tandem_flow flow;
	struct tandem_lane_value *values;
	unsigned int value_count;
	struct tandem_pointer_map value_index; /* plus one */
	struct tandem_pointer_map harmless; /* functions, see waiting.h */
	struct tandem_private_array *arrays;
	unsigned int array_count;

	/* Its control flow. */
	size_t words; /* of a set of blocks, or of nodes */
	uint64_t *post_dominators; /* for each block: a set of blocks, with itself */
	uint64_t *regions; /* for each block that ends in a varying branch: where lanes are apart */
	bool *is_varying_branch; /* for each block */
	bool *is_varying_join; /* for each block: its phis vary */
	bool *is_varying_loop; /* for each loop: lanes leave it in different turns */

	/* The order, see struct tandem_node. */
	struct tandem_node *nodes;
	unsigned int node_count;
	unsigned int *node_of; /* for each block */
	unsigned int *end_of; /* for each loop */

	/* The bundle function. */
	LLVMValueRef function;
	struct tandem_lane_check *checks; /* what it takes for granted */
	unsigned int check_count;
	LLVMBasicBlockRef entry;
	LLVMValueRef mask; /* of the block that is being built; NULL: all lanes */
	unsigned int block; /* the same in the flow */
	unsigned int epoch;
	LLVMBasicBlockRef exit;
	LLVMValueRef nowhere; /* memory for lanes that access none, where there is such */
};

/* ---- sets ---- */

static inline bool tandem_set_has(const uint64_t *set, unsigned int i)
{
	return set[i / 64] >> (i % 64) & 1;
}

static inline void tandem_set_add(uint64_t *set, unsigned int i)
{
	set[i / 64] |= UINT64_C(1) << (i % 64);
}

static inline void tandem_set_remove(uint64_t *set, unsigned int i)
{
	set[i / 64] &= ~(UINT64_C(1) << (i % 64));
}

/* ---- control flow (body.c) ---- */

static inline unsigned int tandem_body_index(const struct tandem_body *body,
					     LLVMBasicBlockRef block)
{
	return (unsigned int)(uintptr_t)tandem_pointer_map_get(&body->flow.index, block) - 1;
}

/* The block that an instruction is in. */
static inline unsigned int tandem_body_block_of(const struct tandem_body *body,
						LLVMValueRef instruction)
{
	return tandem_body_index(body, LLVMGetInstructionParent(instruction));
}

static inline LLVMValueRef tandem_body_terminator(const struct tandem_body *body,
						  unsigned int block)
{
	return LLVMGetBasicBlockTerminator(body->flow.blocks[block]);
}

static inline unsigned int tandem_body_successors(const struct tandem_body *body,
						  unsigned int block)
{
	return LLVMGetNumSuccessors(tandem_body_terminator(body, block));
}

static inline unsigned int tandem_body_successor(const struct tandem_body *body, unsigned int block,
						 unsigned int i)
{
	return tandem_body_index(body, LLVMGetSuccessor(tandem_body_terminator(body, block), i));
}

/* Whether a loop is around a block, directly or not. */
bool tandem_body_is_in_loop(const struct tandem_body *body, unsigned int block, unsigned int loop);
bool tandem_body_dominates(const struct tandem_body *body, unsigned int a, unsigned int b);

/* Says no, for the first reason only. */
void tandem_body_refuse(struct tandem_body *body, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static inline bool tandem_body_is_refused(const struct tandem_body *body)
{
	return body->refusal->length > 0 || body->failed;
}

/* Finds blocks, loops, values and post-dominators. */
void tandem_body_init(struct tandem_body *body);
void tandem_body_finish(struct tandem_body *body);

/* The value of an argument or instruction; NULL for constants and the like. */
struct tandem_lane_value *tandem_body_value(const struct tandem_body *body, LLVMValueRef value);

/* Whether a value comes from a loop, which lanes leave in different turns, to a block behind it. */
bool tandem_body_leaves_loop(const struct tandem_body *body, LLVMValueRef value,
			     unsigned int block);

/* ---- private arrays (arrays.c) ---- */

void tandem_body_find_arrays(struct tandem_body *body);

/* ---- shapes (shapes.c) ---- */

/* Finds how values differ, and what follows from that for branches, joins and loops. */
void tandem_body_find_shapes(struct tandem_body *body);

/* The shape of an operand, in @block. */
struct tandem_shape tandem_body_shape(const struct tandem_body *body, LLVMValueRef value,
				      unsigned int block);

/*
 * The shape of an address with a shape of @base for what its first @i - 1 indices make of it,
 * and of @index for the next.
 */
struct tandem_shape tandem_body_add_index(const struct tandem_body *body, struct tandem_shape base,
					  LLVMValueRef address, unsigned int i,
					  struct tandem_shape index);

static inline bool tandem_shape_is_uniform(struct tandem_shape shape)
{
	return shape.kind == TANDEM_SHAPE_EVEN && !shape.stride;
}

/* ---- even values that are widened (checks.c) ---- */

/*
 * Whether the widening @instruction of a value that grows evenly grows evenly as well:
 * since it cannot wrap around, or since that is tested before.
 */
bool tandem_body_widens_evenly(const struct tandem_body *body, LLVMValueRef instruction);

/* Notes what the widening reads in its block: the operands of sums that it does anew. */
void tandem_body_note_widening(struct tandem_body *body, LLVMValueRef instruction);

/* The widened value of the first lane, where the builder is. */
LLVMValueRef tandem_body_widen(struct tandem_body *body, LLVMValueRef instruction);

/* The shape of a value in @block, if it is a widened number and that does not wrap around. */
struct tandem_shape tandem_body_widened_unless_wraps(const struct tandem_body *body,
						     LLVMValueRef value, unsigned int block);

/* Fills in the check function. */
void tandem_body_build_check(struct tandem_body *body, LLVMValueRef check);

/* ---- addresses by numbers that may wrap around (wrapping.c) ---- */

/*
 * The shape of a pointer in @block unless one number in its address wraps around between lanes:
 * where it is widened is put into @widening, NULL where none can.
 */
struct tandem_shape tandem_body_shape_unless_wraps(const struct tandem_body *body,
						   LLVMValueRef pointer, unsigned int block,
						   LLVMValueRef *widening);

/* Once shapes are known: whether there are so many such accesses that none is to have two ways. */
void tandem_body_count_wrapping(struct tandem_body *body);

/* Notes that a value is read in a block. */
void tandem_body_note(struct tandem_body *body, LLVMValueRef value, unsigned int block);

/* Notes what tandem_body_first_place() reads in the block of an access. */
void tandem_body_note_place(struct tandem_body *body, LLVMValueRef access);

/* The first lane's address, and whether the number does not wrap around, where the builder is. */
LLVMValueRef tandem_body_first_place(struct tandem_body *body, LLVMValueRef pointer,
				     LLVMValueRef widening);
LLVMValueRef tandem_body_stays_even(struct tandem_body *body, LLVMValueRef widening);

/* The latter of numbers that grow by @stride from @first on, before @widening, from lane to lane. */
LLVMValueRef tandem_body_stays(struct tandem_body *body, LLVMValueRef widening, LLVMValueRef first,
			       int64_t stride);

/* ---- sub-groups (sub_groups.c) ---- */

struct tandem_shape tandem_lanes_call_shape(const struct tandem_body *body, LLVMValueRef call);
void tandem_lanes_build_call(struct tandem_body *body, LLVMValueRef call);

/* ---- what is made simpler before (simplify.c, copies.c, reductions.c) ---- */

/*
 * Brings the item function into a form that has lanes, where it has one that means the same:
 * ways of a switch that nothing goes.
 */
void tandem_lanes_simplify(struct tandem_compilation *compilation, LLVMValueRef item);

/* Whether a call copies or fills memory, in a way that can be written as loads and stores. */
bool tandem_lanes_is_copy(const struct tandem_compilation *compilation, LLVMValueRef call);
/* Does that with all such calls. Whether there were any. */
bool tandem_lanes_expand_copies(const struct tandem_compilation *compilation, LLVMValueRef item);

/* Whether an instruction makes one value of all components of a vector, by any that can be told. */
bool tandem_lanes_is_reduction(LLVMValueRef instruction);
/* Makes them anew, component by component. Whether there were any. */
bool tandem_lanes_expand_reductions(struct tandem_compilation *compilation, LLVMValueRef item);

/*
 * Counts in 32 bits what is counted in 64 and looked at in no more than 32. Whether there was
 * any such counter.
 */
bool tandem_lanes_narrow_counters(struct tandem_compilation *compilation, LLVMValueRef item);

/*
 * The same with what bundles alone are better off with: once nothing is refused. Whether the
 * item function has changed.
 */
bool tandem_lanes_prepare(struct tandem_compilation *compilation, LLVMValueRef item);

/* ---- ways out of loops (ways_out.c) ---- */

/*
 * Does what is stored into private arrays right behind a loop, at places that depend on how it was
 * left, on the ways out of it. Whether there was any such store.
 */
bool tandem_lanes_store_on_ways_out(struct tandem_compilation *compilation, LLVMValueRef item);

/*
 * Lets the blocks that do nothing but that count as the loop's, though no way leads from them to its
 * header: lanes run them as they leave it.
 */
void tandem_body_take_in_ways_out(struct tandem_body *body);

/*
 * Once shapes are known: whether a block is such a way out that is run without asking whether lanes
 * have come. Control may go on from there with none.
 */
bool tandem_body_runs_without_lanes(const struct tandem_body *body, unsigned int block);

/* ---- refusals (refusals.c) ---- */

void tandem_body_look_for_refusals(struct tandem_body *body);
/* Once shapes are known: code that the loop vectoriser makes as good vectors of. */
void tandem_body_refuse_plain(struct tandem_body *body);
bool tandem_lanes_have_intrinsic(LLVMValueRef call);
bool tandem_lanes_ignore_intrinsic(LLVMValueRef call);

/* ---- registers (pressure.c) ---- */

/* How many vectors of 32 bits a lane the value with a number takes. */
unsigned int tandem_body_vectors_of(const struct tandem_body *body, unsigned int number);

/* How many of them are live at once, at most: in loops, where there are any. */
unsigned int tandem_body_most_live(struct tandem_body *body);

/* ---- operations that wait for each other (pace.c) ---- */

/* Once shapes are known: how many times as many lanes are faster. */
void tandem_body_find_widening(struct tandem_body *body);

/* ---- costs (costs.c) ---- */

/* Says no where work-items one by one are as fast. */
void tandem_body_compare_costs(struct tandem_body *body);

/* ---- ways (ways.c) ---- */

void tandem_body_find_ways(struct tandem_body *body);

/* The first node of those in the set, or TANDEM_NO_NODE. */
unsigned int tandem_body_first(const struct tandem_body *body, const uint64_t *set);

/* The node that lanes go to which leave block @from for block @to. */
unsigned int tandem_body_target(const struct tandem_body *body, unsigned int from, unsigned int to);

/* ---- building (values.c, operations.c, quotients.c, casts.c, turns.c, accesses.h, blocks.c) ---- */

LLVMTypeRef tandem_lanes_type(const struct tandem_body *body, LLVMTypeRef element);
LLVMValueRef tandem_lanes_splat(struct tandem_body *body, LLVMValueRef scalar);
LLVMValueRef tandem_lanes_add_slot(struct tandem_body *body, LLVMTypeRef type);

/* A component of an operand, as the scalar of the first lane, or with all lanes. */
LLVMValueRef tandem_lanes_scalar(struct tandem_body *body, LLVMValueRef value, unsigned int c);
LLVMValueRef tandem_lanes_vector(struct tandem_body *body, LLVMValueRef value, unsigned int c);

/* Sets a component of what the instruction computes, in the form that its shape has. */
void tandem_lanes_set(struct tandem_body *body, struct tandem_lane_value *value, unsigned int c,
		      LLVMValueRef computed);

/* Behind an instruction: stores its value for other blocks. */
void tandem_lanes_keep(struct tandem_body *body, struct tandem_lane_value *value);

/*
 * Of lanes that go from the block being built to block @to: whether they take values out of
 * a loop that others stay in; and stores these, of @lanes, for blocks behind the loop.
 */
bool tandem_lanes_leave_with_values(const struct tandem_body *body, unsigned int to);
void tandem_lanes_keep_on_leaving(struct tandem_body *body, unsigned int to, LLVMValueRef lanes);

/*
 * How many vectors lanes take with them like that, or give to phis, over all ways that they
 * go: code is made for each.
 */
uint64_t tandem_lanes_count_given(const struct tandem_body *body);

/* The mask as a vector, of all lanes too. */
LLVMValueRef tandem_lanes_mask(struct tandem_body *body);

void tandem_lanes_build_operation(struct tandem_body *body, LLVMValueRef instruction);

/* Divisions and remainders of integers (quotients.c): component @c of all lanes, of its operands'. */
bool tandem_lanes_is_division(LLVMValueRef instruction);
LLVMValueRef tandem_lanes_divide(struct tandem_body *body, LLVMValueRef division,
				 LLVMValueRef *operands, unsigned int c);
/* What that takes, in instructions. */
unsigned int tandem_lanes_division_cost(const struct tandem_body *body, LLVMValueRef division);

/* Whether an instruction is a change of type to fewer or more components. */
bool tandem_lanes_joins_or_divides(LLVMValueRef instruction);
void tandem_lanes_build_regrouping(struct tandem_body *body, struct tandem_lane_value *value);

/*
 * By how many elements lanes' places are apart, if an access is done as one of all that lie
 * from the first lane's to the last one's, as a rule; else 0.
 */
unsigned int tandem_lanes_access_step(const struct tandem_body *body, LLVMValueRef instruction,
				      unsigned int block);
/* Whether all that a lane accesses is accessed as one, where lanes' places differ. */
bool tandem_lanes_access_square(const struct tandem_body *body, LLVMValueRef instruction);
/* How many elements of a lane are accessed, where lanes' places differ: small ones together. */
unsigned int tandem_lanes_access_components(const struct tandem_body *body,
					    LLVMValueRef instruction);
/*
 * Once shapes are known: whether there are accesses to places that are likely to follow each
 * other, though they differ in any way, or along rows; and not too many to be done so.
 */
void tandem_lanes_count_accesses(struct tandem_body *body);
/* Notes what such an access reads in its block. */
void tandem_lanes_note_access(struct tandem_body *body, LLVMValueRef instruction);
/* Whether it is one along rows. */
bool tandem_lanes_walk(const struct tandem_body *body, LLVMValueRef instruction);
/* Whether lanes may do a call one after the other. */
bool tandem_lanes_call_in_turn(struct tandem_body *body, LLVMValueRef call);
static inline bool tandem_lanes_take_turns(LLVMValueRef instruction)
{
	return tandem_ir_is_seen_by_others(instruction) ||
	       (LLVMIsACallInst(instruction) && !tandem_lanes_have_intrinsic(instruction) &&
		!tandem_lanes_ignore_intrinsic(instruction) && !tandem_lanes_call_of(instruction));
}
/* Whether an atomic operation is done once for all lanes, in @block. */
bool tandem_lanes_is_atomic_for_all(const struct tandem_body *body, LLVMValueRef instruction,
				    unsigned int block);
void tandem_lanes_build_in_turn(struct tandem_body *body, LLVMValueRef instruction);

void tandem_lanes_build_access(struct tandem_body *body, LLVMValueRef instruction);

void tandem_body_build(struct tandem_body *body);

#endif
