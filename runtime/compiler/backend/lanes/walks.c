// SPDX-License-Identifier: MIT
/*
 * Loads in a loop by which each lane goes along a row of its own, from one element to the next in
 * each turn, as where a matrix is multiplied by a vector:
 *
 *	for (k = 0; k < n; k++)
 *		sum += matrix[row * n + k] * vector[k];
 *
 * In a turn, lanes' places are as far apart as rows are: it takes one access for each lane, and
 * caches that keep few lines of addresses that agree in their low bits lose them before the next
 * turn comes. So what a vector holds of each row is loaded at once, for as many turns, and turned
 * round: then each turn's elements are a vector, which is kept for it.
 *
 * What is loaded ahead is what the loop goes on to load in any case: all lanes leave it in the same
 * turn, which is known before. What lanes store meanwhile lies in places that do not depend on the
 * turn, so that it is seen beforehand whether a lane stores into what it has loaded ahead: then,
 * and for the last turns, each turn loads its own. What others store meanwhile races with the
 * loads, as nothing in the loop is ordered for others to see.
 */
#include "accesses.h"
#include "target_x86_64.h"
#include "two_ways.h"

/* Fewer elements at once gain too little. */
#define LEAST_WINDOW 8
#define MOST_BYTES   8
/* A counter of fewer bits may wrap around within what is loaded at once. */
#define LEAST_COUNTER_BITS 16
/* Operands that are looked at to find how an address grows. */
#define MOST_DEPTH 12

/* What the sum in an address must not do where it is widened. */
enum wrapping {
	MAY_WRAP,
	NO_SIGNED_WRAP,
	NO_UNSIGNED_WRAP,
};

/* Elements of a row that are loaded at once, and turns that they are for. */
static unsigned int window_of(const struct tandem_access *access)
{
	unsigned int floats = tandem_target_float_lanes();

	return access->element_bytes > sizeof(float) ? floats / 2 : floats;
}

unsigned int tandem_walk_squares(const struct tandem_body *body, const struct tandem_access *access)
{
	return body->lanes / window_of(access);
}

/* ---- turns ---- */

/* The loop's only latch, if that is also the only block by which it is left; or NULL. */
static LLVMBasicBlockRef only_way_out(const struct tandem_body *body, unsigned int loop)
{
	unsigned int header = body->flow.loops[loop].header, latch = TANDEM_NO_NODE;

	for (unsigned int block = 0; block < body->flow.block_count; block++) {
		if (!tandem_body_is_in_loop(body, block, loop))
			continue;
		for (unsigned int i = 0; i < tandem_body_successors(body, block); i++) {
			unsigned int to = tandem_body_successor(body, block, i);

			if (to != header && tandem_body_is_in_loop(body, to, loop))
				continue;
			if (latch != TANDEM_NO_NODE && latch != block)
				return NULL;
			latch = block;
		}
	}
	return latch == TANDEM_NO_NODE ? NULL : body->flow.blocks[latch];
}

static bool is_one(LLVMValueRef value)
{
	return LLVMIsAConstantInt(value) && LLVMConstIntGetZExtValue(value) == 1;
}

/* Whether @next is @counter and one. */
static bool counts_on(LLVMValueRef next, LLVMValueRef counter)
{
	return LLVMIsAInstruction(next) && LLVMGetInstructionOpcode(next) == LLVMAdd &&
	       LLVMGetOperand(next, 0) == counter && is_one(LLVMGetOperand(next, 1));
}

/* The number that a loop's header counts by, of which @next is the next one. */
static bool find_counter(LLVMBasicBlockRef header, LLVMBasicBlockRef latch, LLVMValueRef next,
			 struct tandem_walk *walk)
{
	LLVMValueRef phi = LLVMGetFirstInstruction(header);

	for (; LLVMIsAPHINode(phi); phi = LLVMGetNextInstruction(phi)) {
		unsigned int back = LLVMGetIncomingBlock(phi, 0) == latch ? 0 : 1;

		if (LLVMCountIncoming(phi) != 2 || LLVMGetIncomingValue(phi, back) != next ||
		    !counts_on(next, phi))
			continue;
		walk->counter = phi;
		walk->start = LLVMGetIncomingValue(phi, !back);
		return LLVMGetIntTypeWidth(LLVMTypeOf(phi)) >= LEAST_COUNTER_BITS;
	}
	return false;
}

static LLVMIntPredicate other_way(LLVMIntPredicate predicate)
{
	switch (predicate) {
	case LLVMIntEQ:
		return LLVMIntNE;
	case LLVMIntUGE:
		return LLVMIntULT;
	case LLVMIntSGE:
		return LLVMIntSLT;
	default:
		return LLVMIntEQ;
	}
}

/* Finds how a loop counts its turns, and how many there will be. */
static bool find_turns(const struct tandem_body *body, LLVMBasicBlockRef latch,
		       struct tandem_walk *walk)
{
	LLVMBasicBlockRef header = body->flow.blocks[body->flow.loops[walk->loop].header];
	LLVMValueRef branch = LLVMGetBasicBlockTerminator(latch), compare;

	if (!LLVMIsABranchInst(branch) || !LLVMIsConditional(branch))
		return false;
	compare = LLVMGetCondition(branch);
	if (!LLVMIsAICmpInst(compare))
		return false;
	walk->limit = LLVMGetOperand(compare, 1);
	walk->goes_on = LLVMGetICmpPredicate(compare);
	if (LLVMGetSuccessor(branch, 0) != header)
		walk->goes_on = other_way(walk->goes_on);
	return (walk->goes_on == LLVMIntNE || walk->goes_on == LLVMIntULT ||
		walk->goes_on == LLVMIntSLT) &&
	       tandem_flow_is_outside(&body->flow, walk->loop, walk->limit) &&
	       find_counter(header, latch, LLVMGetOperand(compare, 0), walk);
}

/* ---- addresses ---- */

static bool keeps(LLVMValueRef sum, enum wrapping wrapping)
{
	return wrapping == MAY_WRAP ||
	       (wrapping == NO_SIGNED_WRAP ? LLVMGetNSW(sum) : LLVMGetNUW(sum));
}

static bool find_growth(const struct tandem_body *body, const struct tandem_walk *walk,
			LLVMValueRef value, enum wrapping wrapping, unsigned int depth,
			int64_t *growth);

static bool add_growths(const struct tandem_body *body, const struct tandem_walk *walk,
			LLVMValueRef sum, int64_t sign, enum wrapping wrapping, unsigned int depth,
			int64_t *growth)
{
	int64_t first, second;

	if (!find_growth(body, walk, LLVMGetOperand(sum, 0), wrapping, depth, &first) ||
	    !find_growth(body, walk, LLVMGetOperand(sum, 1), wrapping, depth, &second))
		return false;
	*growth = first + sign * second;
	return true;
}

static bool find_address_growth(const struct tandem_body *body, const struct tandem_walk *walk,
				LLVMValueRef address, unsigned int depth, int64_t *growth)
{
	LLVMTypeRef type;

	if (!find_growth(body, walk, LLVMGetOperand(address, 0), MAY_WRAP, depth, growth))
		return false;
	for (unsigned int i = 1; i < (unsigned int)LLVMGetNumOperands(address); i++) {
		struct tandem_ir_step step =
			tandem_ir_address_step(body->compilation->layout, address, i, &type);
		LLVMValueRef index = LLVMGetOperand(address, i);
		int64_t more;

		if (!step.index)
			continue;
		/* It is widened as a signed number. */
		if (!find_growth(body, walk, index,
				 LLVMGetIntTypeWidth(LLVMTypeOf(index)) < 64 ? NO_SIGNED_WRAP :
									       MAY_WRAP,
				 depth, &more))
			return false;
		*growth += more * (int64_t)step.bytes;
	}
	return true;
}

/*
 * By how much a value grows from turn to turn, where that is known, and that it does not wrap around
 * as a number of the kind that it is widened as.
 */
static bool find_growth(const struct tandem_body *body, const struct tandem_walk *walk,
			LLVMValueRef value, enum wrapping wrapping, unsigned int depth,
			int64_t *growth)
{
	LLVMValueRef next;

	*growth = 0;
	if (tandem_flow_is_outside(&body->flow, walk->loop, value))
		return true;
	if (value == walk->counter) {
		next = LLVMGetIncomingValue(value, LLVMGetIncomingValue(value, 0) == walk->start);
		*growth = 1;
		return keeps(next, wrapping);
	}
	if (!depth--)
		return false;
	switch (LLVMGetInstructionOpcode(value)) {
	case LLVMAdd:
		return keeps(value, wrapping) &&
		       add_growths(body, walk, value, 1, wrapping, depth, growth);
	case LLVMSub:
		return keeps(value, wrapping) &&
		       add_growths(body, walk, value, -1, wrapping, depth, growth);
	case LLVMOr:
		return wrapping == MAY_WRAP && LLVMGetIsDisjoint(value) &&
		       add_growths(body, walk, value, 1, wrapping, depth, growth);
	case LLVMSExt:
		/* From -1 to 0 it wraps around as an unsigned number. */
		return wrapping != NO_UNSIGNED_WRAP &&
		       find_growth(body, walk, LLVMGetOperand(value, 0), NO_SIGNED_WRAP, depth,
				   growth);
	case LLVMZExt:
		return find_growth(body, walk, LLVMGetOperand(value, 0), NO_UNSIGNED_WRAP, depth,
				   growth) ||
		       (LLVMGetNNeg(value) && find_growth(body, walk, LLVMGetOperand(value, 0),
							  NO_SIGNED_WRAP, depth, growth));
	case LLVMGetElementPtr:
		return find_address_growth(body, walk, value, depth, growth);
	case LLVMAddrSpaceCast:
		return find_growth(body, walk, LLVMGetOperand(value, 0), MAY_WRAP, depth, growth);
	default:
		return false;
	}
}

/* ---- what else is in the loop ---- */

/* Whether a store can be of what is loaded. */
static bool may_meet(const struct tandem_body *body, LLVMValueRef store, LLVMValueRef load)
{
	LLVMValueRef to = LLVMGetOperand(store, 1);
	const struct tandem_lane_value *value = tandem_body_value(body, to);
	unsigned int a = LLVMGetPointerAddressSpace(LLVMTypeOf(to));
	unsigned int b = LLVMGetPointerAddressSpace(LLVMTypeOf(LLVMGetOperand(load, 0)));
	bool are_named = (a == TANDEM_AS_GLOBAL || a == TANDEM_AS_LOCAL) &&
			 (b == TANDEM_AS_GLOBAL || b == TANDEM_AS_LOCAL);

	return !(value && value->array) && !(are_named && a != b) && b != TANDEM_AS_CONSTANT;
}

static bool take_in(const struct tandem_body *body, LLVMValueRef instruction, LLVMValueRef load,
		    struct tandem_walk *walk)
{
	if (!tandem_ir_is_noticed(instruction) ||
	    (LLVMIsACallInst(instruction) && tandem_lanes_ignore_intrinsic(instruction)))
		return true;
	if (!LLVMIsAStoreInst(instruction) || tandem_ir_is_seen_by_others(instruction))
		return false;
	if (!may_meet(body, instruction, load))
		return true;
	if (walk->store_count == TANDEM_WALK_MOST_STORES ||
	    !tandem_flow_is_outside(&body->flow, walk->loop, LLVMGetOperand(instruction, 1)))
		return false;
	walk->stores[walk->store_count++] = instruction;
	return true;
}

/* Whether nothing in the loop is seen by others but stores, and these are to places that stay. */
static bool find_stores(const struct tandem_body *body, LLVMValueRef load, struct tandem_walk *walk)
{
	for (unsigned int block = 0; block < body->flow.block_count; block++) {
		LLVMValueRef instruction = LLVMGetFirstInstruction(body->flow.blocks[block]);

		if (!tandem_body_is_in_loop(body, block, walk->loop))
			continue;
		for (; instruction; instruction = LLVMGetNextInstruction(instruction)) {
			if (!take_in(body, instruction, load, walk))
				return false;
		}
	}
	return true;
}

/* ---- all of it ---- */

static bool is_uniform(const struct tandem_body *body, LLVMValueRef value, unsigned int block)
{
	return tandem_shape_is_uniform(tandem_body_shape(body, value, block));
}

bool tandem_walk_find(const struct tandem_body *body, const struct tandem_access *access,
		      unsigned int block, struct tandem_walk *walk)
{
	LLVMBasicBlockRef latch;
	int64_t growth;

	*walk = (struct tandem_walk){ .loop = body->flow.loop_of[block] };
	if (tandem_access_is_store(access) || walk->loop == TANDEM_NO_LOOP ||
	    body->is_varying_loop[walk->loop] || access->components != 1 || access->widening ||
	    access->element_bytes > MOST_BYTES || window_of(access) < LEAST_WINDOW ||
	    body->lanes % window_of(access))
		return false;
	latch = only_way_out(body, walk->loop);
	return latch && find_turns(body, latch, walk) &&
	       tandem_body_dominates(body, block, tandem_body_index(body, latch)) &&
	       is_uniform(body, walk->counter, block) && is_uniform(body, walk->start, block) &&
	       is_uniform(body, walk->limit, block) &&
	       find_growth(body, walk, access->pointer, MAY_WRAP, MOST_DEPTH, &growth) &&
	       growth == (int64_t)access->element_bytes &&
	       find_stores(body, access->instruction, walk);
}

void tandem_walk_note(struct tandem_body *body, unsigned int block, const struct tandem_walk *walk)
{
	tandem_body_note(body, walk->counter, block);
	tandem_body_note(body, walk->start, block);
	tandem_body_note(body, walk->limit, block);
	for (unsigned int i = 0; i < walk->store_count; i++)
		tandem_body_note(body, LLVMGetOperand(walk->stores[i], 1), block);
}

/* ---- building ---- */

/* Where what is loaded ahead is kept, for a turn of it, from a lane on. */
static LLVMValueRef kept(struct tandem_body *body, const struct tandem_access *access,
			 LLVMValueRef memory, LLVMValueRef turn, unsigned int lane)
{
	struct tandem_compilation *compilation = body->compilation;
	LLVMValueRef at = LLVMBuildMul(
		compilation->builder, turn,
		LLVMConstInt(compilation->i64, body->lanes * access->element_bytes, 0), "");

	at = LLVMBuildAdd(compilation->builder, at,
			  LLVMConstInt(compilation->i64, lane * access->element_bytes, 0), "");
	return LLVMBuildGEP2(compilation->builder, compilation->i8, memory, &at, 1, "");
}

static unsigned int kept_alignment(const struct tandem_access *access)
{
	return window_of(access) * (unsigned int)access->element_bytes;
}

/* Loads what the lanes' rows have for the next turns, by @pointers, into @memory. */
static void load_ahead(struct tandem_body *body, const struct tandem_access *access,
		       LLVMValueRef pointers, LLVMValueRef memory)
{
	struct tandem_compilation *compilation = body->compilation;
	LLVMBuilderRef builder = compilation->builder;
	unsigned int size = window_of(access);
	LLVMTypeRef type = LLVMVectorType(access->element, size);
	LLVMValueRef rows[TANDEM_MOST_LANES];

	for (unsigned int first = 0; first < body->lanes; first += size) {
		for (unsigned int i = 0; i < size; i++) {
			LLVMValueRef lane = LLVMConstInt(compilation->i32, first + i, 0);

			rows[i] = LLVMBuildLoad2(
				builder, type, LLVMBuildExtractElement(builder, pointers, lane, ""),
				"");
			LLVMSetAlignment(rows[i], access->alignment);
		}
		tandem_access_turn_round(body, rows, size, size);
		for (unsigned int i = 0; i < size; i++) {
			LLVMValueRef turn = LLVMConstInt(compilation->i64, i, 0), store;

			store = LLVMBuildStore(builder, rows[i],
					       kept(body, access, memory, turn, first));
			LLVMSetAlignment(store, kept_alignment(access));
		}
	}
}

/* Whether there are as many turns left as are loaded ahead for. */
static LLVMValueRef has_turns(struct tandem_body *body, const struct tandem_access *access,
			      const struct tandem_walk *walk)
{
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMValueRef counter = tandem_lanes_scalar(body, walk->counter, 0);
	LLVMValueRef limit = tandem_lanes_scalar(body, walk->limit, 0), has;
	LLVMValueRef left = LLVMBuildSub(builder, limit, counter, "");

	has = LLVMBuildICmp(builder, LLVMIntUGE, left,
			    LLVMConstInt(LLVMTypeOf(left), window_of(access), 0), "");
	if (walk->goes_on == LLVMIntNE)
		return has;
	return LLVMBuildAnd(builder, has, LLVMBuildICmp(builder, walk->goes_on, counter, limit, ""),
			    "");
}

/* Addresses, @bytes behind @pointers. */
static LLVMValueRef numbers_behind(struct tandem_body *body, LLVMValueRef pointers, uint64_t bytes)
{
	struct tandem_compilation *compilation = body->compilation;
	LLVMTypeRef type = tandem_lanes_type(body, compilation->i64);
	LLVMValueRef more = LLVMConstInt(compilation->i64, bytes, 0);

	return LLVMBuildAdd(compilation->builder,
			    LLVMBuildPtrToInt(compilation->builder, pointers, type, ""),
			    tandem_lanes_splat(body, more), "");
}

/*
 * Whether no lane stores into what it loads ahead. Not by the difference: of what LLVM 22 makes of
 * those of vectors of addresses, some is no valid code (OptimizePointerDifference()).
 */
static LLVMValueRef stores_elsewhere(struct tandem_body *body, const struct tandem_access *access,
				     LLVMValueRef pointers, LLVMValueRef store)
{
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMValueRef to = tandem_lanes_vector(body, LLVMGetOperand(store, 1), 0), elsewhere;
	LLVMTypeRef stored = LLVMTypeOf(LLVMGetOperand(store, 0));
	uint64_t bytes = LLVMABISizeOfType(body->compilation->layout, stored);

	elsewhere = LLVMBuildOr(
		builder,
		LLVMBuildICmp(builder, LLVMIntUGE, numbers_behind(body, to, 0),
			      numbers_behind(body, pointers, kept_alignment(access)), ""),
		LLVMBuildICmp(builder, LLVMIntULE, numbers_behind(body, to, bytes),
			      numbers_behind(body, pointers, 0), ""),
		"");
	if (body->mask)
		elsewhere =
			LLVMBuildOr(builder, elsewhere, LLVMBuildNot(builder, body->mask, ""), "");
	/* Lanes that do not access may have no value: what is decided must be one all the same. */
	return tandem_two_ways_all(body, LLVMBuildFreeze(builder, elsewhere, ""));
}

/* Makes what is loaded ahead, if this is the first of the turns that it is for. */
static void begin_window(struct tandem_body *body, const struct tandem_access *access,
			 const struct tandem_walk *walk, LLVMValueRef turn, LLVMValueRef memory,
			 LLVMValueRef is_loaded)
{
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMValueRef may = has_turns(body, access, walk);
	LLVMValueRef pointers = tandem_lanes_vector(body, access->pointer, 0);
	struct tandem_two_ways begins, ahead;

	for (unsigned int i = 0; i < walk->store_count; i++)
		tandem_lanes_vector(body, LLVMGetOperand(walk->stores[i], 1), 0);
	begins = tandem_two_ways_part(body, LLVMBuildIsNull(builder, turn, ""));
	for (unsigned int i = 0; i < walk->store_count; i++)
		may = LLVMBuildAnd(builder, may,
				   stores_elsewhere(body, access, pointers, walk->stores[i]), "");
	LLVMBuildStore(builder, may, is_loaded);
	ahead = tandem_two_ways_part(body, may);
	load_ahead(body, access, body->mask ? tandem_access_redirect(body, pointers) : pointers,
		   memory);
	tandem_two_ways_go_on(body, &ahead, ahead.fails);
	tandem_two_ways_go_on(body, &ahead, ahead.after);
	tandem_two_ways_go_on(body, &begins, begins.fails);
	tandem_two_ways_go_on(body, &begins, begins.after);
}

void tandem_walk_build(struct tandem_body *body, const struct tandem_access *access,
		       const struct tandem_walk *walk)
{
	struct tandem_compilation *compilation = body->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMTypeRef type = tandem_lanes_type(body, access->element);
	LLVMValueRef memory = tandem_lanes_add_slot(body, LLVMArrayType2(type, window_of(access)));
	LLVMValueRef is_loaded = tandem_lanes_add_slot(body, compilation->i1);
	LLVMValueRef vectors[TANDEM_MOST_COMPONENTS][2], turn, loaded;
	struct tandem_lane_value *value = access->value;
	struct tandem_two_ways ways;
	LLVMBasicBlockRef from[2];

	LLVMSetAlignment(memory, kept_alignment(access));
	turn = LLVMBuildSub(builder, tandem_lanes_scalar(body, walk->counter, 0),
			    tandem_lanes_scalar(body, walk->start, 0), "");
	turn = LLVMBuildAnd(builder, turn, LLVMConstInt(LLVMTypeOf(turn), window_of(access) - 1, 0),
			    "");
	begin_window(body, access, walk, turn, memory, is_loaded);
	turn = LLVMBuildIntCast2(builder, turn, compilation->i64, 0, "");
	ways = tandem_two_ways_part(body, LLVMBuildLoad2(builder, compilation->i1, is_loaded, ""));
	loaded = LLVMBuildLoad2(builder, type, kept(body, access, memory, turn, 0), "");
	LLVMSetAlignment(loaded, kept_alignment(access));
	tandem_access_set_loaded(body, access, 0, loaded);
	for (unsigned int c = 0; c < value->components; c++)
		vectors[c][0] = value->vectors[c];
	from[0] = tandem_two_ways_go_on(body, &ways, ways.fails);
	tandem_access_each(body, access, tandem_lanes_vector(body, access->pointer, 0),
			   access->element_bytes, access->alignment);
	for (unsigned int c = 0; c < value->components; c++)
		vectors[c][1] = value->vectors[c];
	from[1] = tandem_two_ways_go_on(body, &ways, ways.after);
	for (unsigned int c = 0; c < value->components; c++)
		tandem_lanes_set(body, value, c, tandem_two_ways_join(body, vectors[c], from));
}
