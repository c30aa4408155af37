// SPDX-License-Identifier: MIT
/*
 * Accesses to places that follow each other, or lie a few elements apart: one of all elements
 * from the first lane's to the last one's, with a mask for those in between, and a shuffle.
 *
 * Where a number in the address may wrap around between the lanes (wrapping.c), or places follow
 * each other as a rule only (likely.c), there are two ways: this one, and one by which each lane
 * accesses its own place.
 */
#include "accesses.h"
#include "two_ways.h"

/* From one lane's place to the next, in elements, so that all are accessed as one. */
#define MOST_STEP 4

/* For each element from the first lane's to the last one's: whether it is accessed; NULL: all. */
static LLVMValueRef element_mask(struct tandem_body *body, unsigned int components,
				 unsigned int step)
{
	unsigned int count = body->lanes * step;
	int lane_of[TANDEM_MOST_LANES * TANDEM_MOST_COMPONENTS];
	LLVMValueRef is_accessed[TANDEM_MOST_LANES * TANDEM_MOST_COMPONENTS], mask, pattern;

	for (unsigned int i = 0; i < count; i++) {
		lane_of[i] = (int)(i / step);
		is_accessed[i] = LLVMConstInt(body->compilation->i1, i % step < components, 0);
	}
	pattern = LLVMConstVector(is_accessed, count);
	if (!body->mask)
		return components == step ? NULL : pattern;
	mask = step == 1 ? body->mask :
			   tandem_access_shuffle(body, body->mask, NULL, lane_of, count);
	if (components == step)
		return mask;
	return LLVMBuildAnd(body->compilation->builder, mask, pattern, "");
}

/* ---- under masks ---- */

/*
 * Whether an access under a mask is a whole one where all lanes take part. Processors without
 * scatters take long for a store under a mask and serve no later load from it, and fetch less
 * ahead by loads under one.
 */
static bool may_be_whole(const struct tandem_body *body, const struct tandem_access *access,
			 unsigned int step)
{
	return body->mask && access->components == step && !body->has_scatters;
}

static LLVMValueRef plain_load(struct tandem_body *body, LLVMTypeRef type, LLVMValueRef pointer,
			       unsigned int alignment)
{
	LLVMValueRef load = LLVMBuildLoad2(body->compilation->builder, type, pointer, "");

	LLVMSetAlignment(load, alignment);
	return load;
}

static LLVMValueRef load_by_mask(struct tandem_body *body, LLVMTypeRef type, LLVMValueRef pointer,
				 LLVMValueRef mask, unsigned int alignment)
{
	struct tandem_two_ways ways =
		tandem_two_ways_part(body, tandem_two_ways_all(body, body->mask));
	LLVMBasicBlockRef from[2];
	LLVMValueRef loads[2];

	loads[0] = plain_load(body, type, pointer, alignment);
	from[0] = tandem_two_ways_go_on(body, &ways, ways.fails);
	loads[1] =
		tandem_access_masked_load(body, "llvm.masked.load", type, pointer, mask, alignment);
	from[1] = tandem_two_ways_go_on(body, &ways, ways.after);
	return tandem_two_ways_join(body, loads, from);
}

static void store_by_mask(struct tandem_body *body, LLVMValueRef value, LLVMValueRef pointer,
			  LLVMValueRef mask, unsigned int alignment)
{
	struct tandem_two_ways ways =
		tandem_two_ways_part(body, tandem_two_ways_all(body, body->mask));

	LLVMSetAlignment(LLVMBuildStore(body->compilation->builder, value, pointer), alignment);
	tandem_two_ways_go_on(body, &ways, ways.fails);
	tandem_access_masked_store(body, "llvm.masked.store", value, pointer, mask, alignment);
	tandem_two_ways_go_on(body, &ways, ways.after);
}

/* ---- together ---- */

static void load_together(struct tandem_body *body, const struct tandem_access *access,
			  LLVMValueRef pointer, unsigned int step, unsigned int alignment)
{
	unsigned int count = body->lanes * step;
	LLVMTypeRef type = LLVMVectorType(access->element, count);
	LLVMValueRef mask = element_mask(body, access->components, step), all;

	if (mask && may_be_whole(body, access, step))
		all = load_by_mask(body, type, pointer, mask, alignment);
	else if (mask)
		all = tandem_access_masked_load(body, "llvm.masked.load", type, pointer, mask,
						alignment);
	else
		all = plain_load(body, type, pointer, alignment);
	for (unsigned int c = 0; c < access->components; c++) {
		int from[TANDEM_MOST_LANES];

		for (unsigned int i = 0; i < body->lanes; i++)
			from[i] = (int)(i * step + c);
		tandem_access_set_loaded(body, access, c,
					 step == 1 ? all :
						     tandem_access_shuffle(body, all, NULL, from,
									   body->lanes));
	}
}

/* The components as one vector, the first component's lanes first. */
static LLVMValueRef join_components(struct tandem_body *body, const struct tandem_access *access)
{
	unsigned int joined = 1, lanes = body->lanes;
	LLVMValueRef parts[TANDEM_MOST_COMPONENTS];
	int from[TANDEM_MOST_LANES * TANDEM_MOST_COMPONENTS];

	for (unsigned int i = 0; i < lanes * MOST_STEP; i++)
		from[i] = (int)i;
	for (unsigned int c = 0; c < MOST_STEP; c++)
		parts[c] = c < access->components ? tandem_access_stored(body, access, c) : NULL;
	while (joined < access->components) {
		for (unsigned int c = 0; c < MOST_STEP; c += 2 * joined) {
			if (parts[c])
				parts[c] = tandem_access_shuffle(body, parts[c], parts[c + joined],
								 from, 2 * joined * lanes);
		}
		joined *= 2;
	}
	return parts[0];
}

static void store_together(struct tandem_body *body, const struct tandem_access *access,
			   LLVMValueRef pointer, unsigned int step, unsigned int alignment)
{
	unsigned int count = body->lanes * step;
	LLVMValueRef all = join_components(body, access);
	LLVMValueRef mask = element_mask(body, access->components, step);
	int from[TANDEM_MOST_LANES * TANDEM_MOST_COMPONENTS];

	for (unsigned int i = 0; i < count; i++)
		from[i] = i % step < access->components ? (int)(i % step * body->lanes + i / step) :
							  -1;
	if (step > 1)
		all = tandem_access_shuffle(body, all, NULL, from, count);
	if (mask && may_be_whole(body, access, step))
		store_by_mask(body, all, pointer, mask, alignment);
	else if (mask)
		tandem_access_masked_store(body, "llvm.masked.store", all, pointer, mask,
					   alignment);
	else
		LLVMSetAlignment(LLVMBuildStore(body->compilation->builder, all, pointer),
				 alignment);
}

unsigned int tandem_access_step(const struct tandem_body *body, const struct tandem_access *access)
{
	int64_t bytes = (int64_t)access->element_bytes, stride = access->shape.stride;

	if (access->shape.kind != TANDEM_SHAPE_EVEN || stride <= 0 || stride % bytes ||
	    stride / bytes > MOST_STEP || stride / bytes < (int64_t)access->components)
		return 0;
	/* Processors have no masked accesses to smaller elements, but recent ones. */
	if (bytes < 4 && stride != bytes * (int64_t)access->components)
		return 0;
	return (unsigned int)(stride / bytes);
}

static void access_together(struct tandem_body *body, const struct tandem_access *access,
			    LLVMValueRef pointer, unsigned int step)
{
	unsigned int alignment = access->alignment;

	/* The first lane may be none that accesses memory, and be aligned less. */
	while (alignment > 1 && (uint64_t)access->shape.stride % alignment)
		alignment /= 2;
	if (tandem_access_is_store(access))
		store_together(body, access, pointer, step, alignment);
	else
		load_together(body, access, pointer, step, alignment);
}

/* What both ways need, and what is asked of lanes later, must not be built in one of them. */
static void build_before(struct tandem_body *body, const struct tandem_access *access)
{
	tandem_lanes_vector(body, access->pointer, 0);
	for (unsigned int c = 0; tandem_access_is_store(access) && c < access->components; c++) {
		for (unsigned int i = 0; i < access->parts; i++)
			tandem_lanes_vector(body, access->stored, c * access->parts + i);
	}
}

void tandem_access_together_if(struct tandem_body *body, const struct tandem_access *access,
			       LLVMValueRef condition, LLVMValueRef first, unsigned int step)
{
	struct tandem_lane_value *value = access->value;
	LLVMValueRef vectors[TANDEM_MOST_COMPONENTS][2];
	LLVMBasicBlockRef from[2];
	struct tandem_two_ways ways;

	build_before(body, access);
	ways = tandem_two_ways_part(body, condition);
	access_together(body, access, first, step);
	for (unsigned int c = 0; value && c < value->components; c++)
		vectors[c][0] = value->vectors[c];
	from[0] = tandem_two_ways_go_on(body, &ways, ways.fails);
	tandem_access_each(body, access, tandem_lanes_vector(body, access->pointer, 0),
			   access->element_bytes, access->alignment);
	for (unsigned int c = 0; value && c < value->components; c++)
		vectors[c][1] = value->vectors[c];
	from[1] = tandem_two_ways_go_on(body, &ways, ways.after);
	for (unsigned int c = 0; value && c < value->components; c++)
		tandem_lanes_set(body, value, c, tandem_two_ways_join(body, vectors[c], from));
}

void tandem_access_together(struct tandem_body *body, const struct tandem_access *access,
			    unsigned int step)
{
	if (access->widening)
		tandem_access_together_if(
			body, access, tandem_body_stays_even(body, access->widening),
			tandem_body_first_place(body, access->pointer, access->widening), step);
	else
		access_together(body, access, tandem_lanes_scalar(body, access->pointer, 0), step);
}
