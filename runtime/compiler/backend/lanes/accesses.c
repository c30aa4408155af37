// SPDX-License-Identifier: MIT
/*
 * Loads and stores.
 *
 * Of one place: a scalar one; of a store, the last lane's value counts. Of places that
 * follow each other, or lie a few elements apart: see neighbours.c. Of others, a gather or
 * scatter for each component. Of an interleaved private array: vectors.
 *
 * Small components of a vector lie together in words, which are accessed in their stead.
 */
#include <string.h>

#include "accesses.h"
#include "util/alloc.h"

/* Of words that small components are accessed in. */
#define WORD_BYTES 4

/* Accesses to places that are likely to follow each other: code is made for both ways of each. */
#define MOST_LIKELY 32

/* Vectors of rows that are loaded ahead: each is turned round with as many others. */
#define MOST_SQUARES 8

/* Room for what lanes access that the mask leaves out. */
#define NOWHERE_BYTES 1024

static LLVMValueRef offset(struct tandem_body *body, LLVMValueRef pointer, uint64_t bytes)
{
	LLVMValueRef index = LLVMConstInt(body->compilation->i64, bytes, 0);

	if (!bytes)
		return pointer;
	return LLVMBuildGEP2(body->compilation->builder, body->compilation->i8, pointer, &index, 1,
			     "");
}

static void describe(const struct tandem_body *body, LLVMValueRef instruction, unsigned int block,
		     struct tandem_access *access)
{
	LLVMTypeRef type;

	*access = (struct tandem_access){ .instruction = instruction, .components = 1, .parts = 1 };
	if (LLVMIsAStoreInst(instruction))
		access->stored = LLVMGetOperand(instruction, 0);
	else
		access->value = tandem_body_value(body, instruction);
	access->pointer = LLVMGetOperand(instruction, tandem_ir_pointer_operand(instruction));
	access->element = type =
		LLVMTypeOf(tandem_access_is_store(access) ? access->stored : instruction);
	if (LLVMGetTypeKind(type) == LLVMVectorTypeKind) {
		access->element = LLVMGetElementType(type);
		access->components = LLVMGetVectorSize(type);
	}
	access->element_bytes = LLVMABISizeOfType(body->compilation->layout, access->element);
	access->alignment = LLVMGetAlignment(instruction);
	access->shape =
		tandem_body_shape_unless_wraps(body, access->pointer, block, &access->widening);
}

/* ---- words of small components ---- */

/* Accesses words in place of components that are smaller, where these fill them. */
static void use_words(const struct tandem_body *body, struct tandem_access *access)
{
	uint64_t bytes = access->element_bytes * access->components, word = WORD_BYTES;

	if (bytes < word)
		word = bytes;
	if (access->element_bytes >= word || bytes % word || !tandem_is_power_of_two(word))
		return;
	access->parts = (unsigned int)(word / access->element_bytes);
	access->components /= access->parts;
	access->element = LLVMIntTypeInContext(body->compilation->context, (unsigned int)word * 8);
	access->element_bytes = word;
}

static LLVMTypeRef word_part(const struct tandem_body *body, const struct tandem_access *access)
{
	return LLVMIntTypeInContext(body->compilation->context,
				    (unsigned int)access->element_bytes * 8 / access->parts);
}

static LLVMValueRef part_shift(struct tandem_body *body, const struct tandem_access *access,
			       unsigned int part)
{
	unsigned int bits = LLVMGetIntTypeWidth(word_part(body, access));

	return tandem_lanes_splat(body, LLVMConstInt(access->element, (uint64_t)part * bits, 0));
}

void tandem_access_set_loaded(struct tandem_body *body, const struct tandem_access *access,
			      unsigned int c, LLVMValueRef loaded)
{
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMTypeRef type = tandem_lanes_type(body, access->value->element);
	LLVMValueRef part;

	if (access->parts == 1) {
		tandem_lanes_set(body, access->value, c, loaded);
		return;
	}
	for (unsigned int i = 0; i < access->parts; i++) {
		part = loaded;
		if (i)
			part = LLVMBuildLShr(builder, part, part_shift(body, access, i), "");
		part = LLVMBuildTrunc(builder, part,
				      tandem_lanes_type(body, word_part(body, access)), "");
		tandem_lanes_set(body, access->value, c * access->parts + i,
				 LLVMBuildBitCast(builder, part, type, ""));
	}
}

LLVMValueRef tandem_access_stored(struct tandem_body *body, const struct tandem_access *access,
				  unsigned int c)
{
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMTypeRef narrow = tandem_lanes_type(body, word_part(body, access));
	LLVMTypeRef wide = tandem_lanes_type(body, access->element);
	LLVMValueRef word = NULL, part;

	if (access->parts == 1)
		return tandem_lanes_vector(body, access->stored, c);
	for (unsigned int i = 0; i < access->parts; i++) {
		part = tandem_lanes_vector(body, access->stored, c * access->parts + i);
		/* One of no value must not take the others' in its word. */
		part = LLVMBuildFreeze(builder, LLVMBuildBitCast(builder, part, narrow, ""), "");
		part = LLVMBuildZExt(builder, part, wide, "");
		if (i)
			part = LLVMBuildShl(builder, part, part_shift(body, access, i), "");
		word = word ? LLVMBuildOr(builder, word, part, "") : part;
	}
	return word;
}

LLVMValueRef tandem_access_shuffle(struct tandem_body *body, LLVMValueRef a, LLVMValueRef b,
				   const int *from, unsigned int count)
{
	LLVMTypeRef i32 = body->compilation->i32;
	LLVMValueRef mask[TANDEM_MOST_LANES * TANDEM_MOST_COMPONENTS];

	for (unsigned int i = 0; i < count; i++)
		mask[i] = from[i] < 0 ? LLVMGetPoison(i32) :
					LLVMConstInt(i32, (unsigned int)from[i], 0);
	return LLVMBuildShuffleVector(body->compilation->builder, a,
				      b ? b : LLVMGetPoison(LLVMTypeOf(a)),
				      LLVMConstVector(mask, count), "");
}

/* ---- masked operations ---- */

/*
 * LLVM 22 has the alignment as an attribute of the pointer, others as an operand behind
 * it. @arguments has room for one more.
 */
static LLVMValueRef call_masked(struct tandem_body *body, const char *name, LLVMTypeRef *overloads,
				LLVMValueRef *arguments, unsigned int count, unsigned int pointer,
				unsigned int alignment)
{
	struct tandem_compilation *compilation = body->compilation;
	unsigned int id = LLVMLookupIntrinsicID(name, strlen(name));
	unsigned int align = LLVMGetEnumAttributeKindForName("align", 5);
	LLVMValueRef function = LLVMGetIntrinsicDeclaration(compilation->module, id, overloads, 2);
	bool has_operand = LLVMCountParams(function) > count;
	LLVMValueRef call;

	if (has_operand) {
		for (unsigned int i = count; i > pointer + 1; i--)
			arguments[i] = arguments[i - 1];
		arguments[pointer + 1] = LLVMConstInt(compilation->i32, alignment, 0);
	}
	call = LLVMBuildCall2(compilation->builder, LLVMGlobalGetValueType(function), function,
			      arguments, count + has_operand, "");
	if (!has_operand)
		LLVMAddCallSiteAttribute(call, pointer + 1,
					 LLVMCreateEnumAttribute(compilation->context, align,
								 alignment));
	return call;
}

LLVMValueRef tandem_access_masked_load(struct tandem_body *body, const char *name, LLVMTypeRef type,
				       LLVMValueRef pointer, LLVMValueRef mask,
				       unsigned int alignment)
{
	LLVMTypeRef overloads[] = { type, LLVMTypeOf(pointer) };
	LLVMValueRef arguments[4] = { pointer, mask, LLVMGetPoison(type) };

	return call_masked(body, name, overloads, arguments, 3, 0, alignment);
}

void tandem_access_masked_store(struct tandem_body *body, const char *name, LLVMValueRef value,
				LLVMValueRef pointer, LLVMValueRef mask, unsigned int alignment)
{
	LLVMTypeRef overloads[] = { LLVMTypeOf(value), LLVMTypeOf(pointer) };
	LLVMValueRef arguments[4] = { value, pointer, mask };

	call_masked(body, name, overloads, arguments, 3, 1, alignment);
}

LLVMValueRef tandem_access_redirect(struct tandem_body *body, LLVMValueRef pointers)
{
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMTypeRef type = LLVMGetElementType(LLVMTypeOf(pointers));
	LLVMValueRef nowhere;

	if (!body->nowhere) {
		body->nowhere = tandem_lanes_add_slot(body, LLVMArrayType2(body->compilation->i8,
									   NOWHERE_BYTES));
		LLVMSetAlignment(body->nowhere, NOWHERE_BYTES);
	}
	nowhere = body->nowhere;
	if (LLVMGetPointerAddressSpace(type))
		nowhere = LLVMBuildAddrSpaceCast(builder, nowhere, type, "");
	return LLVMBuildSelect(builder, body->mask, pointers, tandem_lanes_splat(body, nowhere),
			       "");
}

/* One lane after another. Those that the mask leaves out access nothing that matters. */
static void access_in_turn(struct tandem_body *body, const struct tandem_access *access,
			   LLVMValueRef pointers, unsigned int c, unsigned int alignment)
{
	struct tandem_compilation *compilation = body->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMTypeRef type = tandem_lanes_type(body, access->element);
	LLVMValueRef all = tandem_access_is_store(access) ? tandem_access_stored(body, access, c) :
							    LLVMGetPoison(type);

	for (unsigned int i = 0; i < body->lanes; i++) {
		LLVMValueRef lane = LLVMConstInt(compilation->i32, i, 0), one;
		LLVMValueRef pointer = LLVMBuildExtractElement(builder, pointers, lane, "");

		if (tandem_access_is_store(access))
			one = LLVMBuildStore(
				builder, LLVMBuildExtractElement(builder, all, lane, ""), pointer);
		else
			one = LLVMBuildLoad2(builder, access->element, pointer, "");
		LLVMSetAlignment(one, alignment);
		if (!tandem_access_is_store(access))
			all = LLVMBuildInsertElement(builder, all, one, lane, "");
	}
	if (!tandem_access_is_store(access))
		tandem_access_set_loaded(body, access, c, all);
}

/*
 * Each component of each lane by itself. Where the processor has no scatters, stores, and
 * loads by all lanes, are ordinary instructions. A load under a mask becomes a branch for
 * each lane there, which is foreseen better than an address that depends on the mask.
 */
void tandem_access_each(struct tandem_body *body, const struct tandem_access *access,
			LLVMValueRef pointers, uint64_t component_bytes, unsigned int alignment)
{
	LLVMTypeRef type = tandem_lanes_type(body, access->element);
	bool in_turn = !body->has_scatters && (tandem_access_is_store(access) || !body->mask) &&
		       component_bytes * access->components <= NOWHERE_BYTES &&
		       alignment <= NOWHERE_BYTES;

	if (component_bytes == access->element_bytes && alignment <= NOWHERE_BYTES &&
	    tandem_access_is_square(body, access)) {
		tandem_access_square(body, access, pointers, alignment);
		return;
	}
	if (in_turn && body->mask)
		pointers = tandem_access_redirect(body, pointers);
	for (unsigned int c = 0; c < access->components; c++) {
		LLVMValueRef places = offset(body, pointers, c * component_bytes);
		LLVMValueRef mask = tandem_lanes_mask(body);
		unsigned int its_own = c && access->element_bytes < alignment ?
					       (unsigned int)access->element_bytes :
					       alignment;

		if (in_turn)
			access_in_turn(body, access, places, c, its_own);
		else if (tandem_access_is_store(access))
			tandem_access_masked_store(body, "llvm.masked.scatter",
						   tandem_access_stored(body, access, c), places,
						   mask, its_own);
		else
			tandem_access_set_loaded(
				body, access, c,
				tandem_access_masked_load(body, "llvm.masked.gather", type, places,
							  mask, its_own));
	}
}

/* ---- private arrays ---- */

/*
 * Some offset of an element in the array where no lane has come, when it may be any number; else what
 * it is. By the number alone: a place that waits for the mask makes later loads wait.
 */
static LLVMValueRef limit_to_array(struct tandem_body *body, const struct tandem_access *access,
				   LLVMValueRef offset)
{
	struct tandem_compilation *compilation = body->compilation;
	const struct tandem_private_array *array = tandem_body_value(body, access->pointer)->array;
	uint64_t last = array->bytes - access->components * access->element_bytes;
	uint64_t bits = -access->element_bytes;

	offset = LLVMBuildFreeze(compilation->builder, offset, "");
	/* Bits alone will do where the last place has all of those that are smaller. */
	if (access->components == 1 && tandem_is_power_of_two(array->bytes))
		bits &= last;
	else
		offset = tandem_ir_smaller(compilation, offset,
					   LLVMConstInt(compilation->i64, last, 0));
	return LLVMBuildAnd(compilation->builder, offset, LLVMConstInt(compilation->i64, bits, 0),
			    "");
}

/* The lanes' elements at an offset lie next to each other, first lane first. */
static void access_array(struct tandem_body *body, const struct tandem_access *access)
{
	struct tandem_compilation *compilation = body->compilation;
	LLVMBuilderRef builder = compilation->builder;
	struct tandem_lane_value *pointer = tandem_body_value(body, access->pointer);
	LLVMTypeRef type = tandem_lanes_type(body, access->element);
	LLVMValueRef lanes = LLVMConstInt(compilation->i64, body->lanes, 0), place, steps, old;
	uint64_t bytes = access->element_bytes * body->lanes;
	LLVMValueRef lane_offsets[TANDEM_MOST_LANES];
	unsigned int alignment = (unsigned int)tandem_min_u64(bytes, TANDEM_ARRAY_ALIGNMENT);

	if (!tandem_shape_is_uniform(tandem_body_shape(body, access->pointer, body->block))) {
		for (unsigned int i = 0; i < body->lanes; i++)
			lane_offsets[i] =
				LLVMConstInt(compilation->i64, access->element_bytes * i, 0);
		steps = LLVMBuildMul(builder, tandem_lanes_vector(body, access->pointer, 0),
				     tandem_lanes_splat(body, lanes), "");
		steps = LLVMBuildAdd(builder, steps, LLVMConstVector(lane_offsets, body->lanes),
				     "");
		place = LLVMBuildGEP2(builder, compilation->i8, pointer->array->memory, &steps, 1,
				      "");
		tandem_access_each(body, access, place, bytes, (unsigned int)access->element_bytes);
		return;
	}
	steps = tandem_lanes_scalar(body, access->pointer, 0);
	if (body->mask && body->nodes[body->node_of[body->block]].runs_without_lanes)
		steps = limit_to_array(body, access, steps);
	steps = LLVMBuildMul(builder, steps, lanes, "");
	place = LLVMBuildGEP2(builder, compilation->i8, pointer->array->memory, &steps, 1, "");
	for (unsigned int c = 0; c < access->components; c++) {
		LLVMValueRef at = offset(body, place, c * bytes), value;

		/* The memory is there for all lanes. */
		old = tandem_access_is_store(access) && !body->mask ?
			      NULL :
			      LLVMBuildLoad2(builder, type, at, "");
		if (old)
			LLVMSetAlignment(old, alignment);
		if (!tandem_access_is_store(access)) {
			tandem_lanes_set(body, access->value, c, old);
			continue;
		}
		value = tandem_lanes_vector(body, access->stored, c);
		/*
		 * Frozen, LLVM makes no masked store of it: those are slow where the mask is
		 * an ordinary vector, and no later load is served from them.
		 */
		if (old)
			value = LLVMBuildFreeze(
				builder, LLVMBuildSelect(builder, body->mask, value, old, ""), "");
		LLVMSetAlignment(LLVMBuildStore(builder, value, at), alignment);
	}
}

/* ---- one place ---- */

static LLVMTypeRef whole_type(const struct tandem_access *access)
{
	return LLVMTypeOf(tandem_access_is_store(access) ? access->stored : access->instruction);
}

static bool is_vector(const struct tandem_access *access)
{
	return LLVMGetTypeKind(whole_type(access)) == LLVMVectorTypeKind;
}

/* The number of the last lane of the mask. */
static LLVMValueRef last_lane(struct tandem_body *body)
{
	struct tandem_compilation *compilation = body->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMTypeRef type = LLVMIntTypeInContext(compilation->context, body->lanes), i32;
	unsigned int id = LLVMLookupIntrinsicID("llvm.ctlz", 9);
	LLVMValueRef function, arguments[2], zeros;

	i32 = compilation->i32;
	if (!body->mask)
		return LLVMConstInt(i32, body->lanes - 1, 0);
	function = LLVMGetIntrinsicDeclaration(compilation->module, id, &type, 1);
	arguments[0] = LLVMBuildBitCast(builder, body->mask, type, "");
	arguments[1] = LLVMConstInt(compilation->i1, 0, 0);
	zeros = LLVMBuildCall2(builder, LLVMGlobalGetValueType(function), function, arguments, 2,
			       "");
	zeros = LLVMBuildIntCast2(builder, zeros, i32, 0, "");
	return LLVMBuildSub(builder, LLVMConstInt(i32, body->lanes - 1, 0), zeros, "");
}

static LLVMValueRef last_value(struct tandem_body *body, const struct tandem_access *access)
{
	LLVMBuilderRef builder = body->compilation->builder;
	bool same = tandem_shape_is_uniform(tandem_body_shape(body, access->stored, body->block));
	LLVMValueRef whole = LLVMGetPoison(whole_type(access)), component;
	LLVMValueRef lane = same ? NULL : last_lane(body);

	for (unsigned int c = 0; c < access->components; c++) {
		if (same)
			component = tandem_lanes_scalar(body, access->stored, c);
		else
			component = LLVMBuildExtractElement(
				builder, tandem_lanes_vector(body, access->stored, c), lane, "");
		if (!is_vector(access))
			return component;
		whole = LLVMBuildInsertElement(builder, whole, component,
					       LLVMConstInt(body->compilation->i32, c, 0), "");
	}
	/* One of no value must not take the others', where they are loaded as a word. */
	return LLVMBuildFreeze(builder, whole, "");
}

static void access_one_place(struct tandem_body *body, const struct tandem_access *access)
{
	struct tandem_compilation *compilation = body->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef pointer = tandem_lanes_scalar(body, access->pointer, 0), copy;

	if (tandem_access_is_store(access)) {
		copy = LLVMBuildStore(builder, last_value(body, access), pointer);
		LLVMSetAlignment(copy, access->alignment);
		return;
	}
	copy = LLVMInstructionClone(access->instruction);
	LLVMInsertIntoBuilder(builder, copy);
	LLVMSetOperand(copy, 0, pointer);
	for (unsigned int c = 0; c < access->components; c++) {
		LLVMValueRef one = copy;

		if (is_vector(access))
			one = LLVMBuildExtractElement(builder, copy,
						      LLVMConstInt(compilation->i32, c, 0), "");
		/*
		 * The pointer may be computed in a loop that lanes leave at different turns, so that
		 * its users count it as varying, from what does not change there.
		 */
		if (access->value->shape.kind == TANDEM_SHAPE_VARYING)
			one = tandem_lanes_splat(body, one);
		tandem_lanes_set(body, access->value, c, one);
	}
}

/* ---- all of them ---- */

unsigned int tandem_lanes_access_step(const struct tandem_body *body, LLVMValueRef instruction,
				      unsigned int block)
{
	struct tandem_access access;

	describe(body, instruction, block, &access);
	use_words(body, &access);
	return tandem_access_step(body, &access);
}

unsigned int tandem_lanes_access_components(const struct tandem_body *body,
					    LLVMValueRef instruction)
{
	struct tandem_access access;

	describe(body, instruction, tandem_body_block_of(body, instruction), &access);
	use_words(body, &access);
	return access.components;
}

/*
 * Makes of the description of an access that of one whose places follow each other, by as many
 * elements as are returned; 0: they are not likely to.
 */
static unsigned int expect_neighbours(const struct tandem_body *body, unsigned int block,
				      struct tandem_access *access, struct tandem_likely *likely)
{
	if (access->shape.kind != TANDEM_SHAPE_VARYING ||
	    !tandem_likely_find(body, access->pointer, block, likely))
		return 0;
	access->shape = (struct tandem_shape){ TANDEM_SHAPE_EVEN, likely->stride };
	return tandem_access_step(body, access);
}

/* The same of an instruction, where it is. */
static unsigned int find_likely(const struct tandem_body *body, LLVMValueRef instruction,
				struct tandem_access *access, struct tandem_likely *likely)
{
	unsigned int block = tandem_body_block_of(body, instruction);

	describe(body, instruction, block, access);
	use_words(body, access);
	return expect_neighbours(body, block, access, likely);
}

/* Whether lanes go along rows by an access: none that is done together, or of one place. */
static bool find_walk(const struct tandem_body *body, LLVMValueRef instruction,
		      struct tandem_walk *walk)
{
	unsigned int block = tandem_body_block_of(body, instruction);
	const struct tandem_lane_value *pointer;
	struct tandem_access access;

	describe(body, instruction, block, &access);
	use_words(body, &access);
	pointer = tandem_body_value(body, access.pointer);
	return !(pointer && pointer->array) && !tandem_shape_is_uniform(access.shape) &&
	       !tandem_access_step(body, &access) && tandem_walk_find(body, &access, block, walk);
}

bool tandem_lanes_access_square(const struct tandem_body *body, LLVMValueRef instruction)
{
	struct tandem_access access;

	describe(body, instruction, tandem_body_block_of(body, instruction), &access);
	use_words(body, &access);
	return tandem_access_is_square(body, &access);
}

bool tandem_lanes_walk(const struct tandem_body *body, LLVMValueRef instruction)
{
	struct tandem_walk walk;

	return body->has_walks && find_walk(body, instruction, &walk);
}

void tandem_lanes_count_accesses(struct tandem_body *body)
{
	unsigned int likely_ones = 0, squares = 0;

	for (unsigned int i = LLVMCountParams(body->item); i < body->value_count; i++) {
		LLVMValueRef instruction = body->values[i].original;
		struct tandem_access access;
		struct tandem_likely likely;
		struct tandem_walk walk;

		if (!LLVMIsALoadInst(instruction) && !LLVMIsAStoreInst(instruction))
			continue;
		likely_ones += find_likely(body, instruction, &access, &likely) != 0;
		if (find_walk(body, instruction, &walk))
			squares += tandem_walk_squares(body, &access);
	}
	body->has_likely = likely_ones && likely_ones <= MOST_LIKELY;
	body->has_walks = squares && squares <= MOST_SQUARES;
}

void tandem_lanes_note_access(struct tandem_body *body, LLVMValueRef instruction)
{
	struct tandem_access access;
	struct tandem_likely likely;
	struct tandem_walk walk;

	if (body->has_walks && find_walk(body, instruction, &walk))
		tandem_walk_note(body, tandem_body_block_of(body, instruction), &walk);
	else if (body->has_likely && find_likely(body, instruction, &access, &likely))
		tandem_likely_note(body, access.pointer, tandem_body_block_of(body, instruction),
				   &likely);
}

/* As one where lanes' places turn out to follow each other. Whether the access may be done so. */
static bool build_likely(struct tandem_body *body, struct tandem_access *access)
{
	struct tandem_access together = *access;
	LLVMValueRef condition, first;
	struct tandem_likely likely;
	unsigned int step;

	if (!body->has_likely)
		return false;
	step = expect_neighbours(body, body->block, &together, &likely);
	if (!step)
		return false;
	condition = tandem_likely_build(body, access->pointer, &likely, &first);
	tandem_access_together_if(body, &together, condition, first, step);
	return true;
}

static void build(struct tandem_body *body, struct tandem_access *access)
{
	const struct tandem_lane_value *pointer = tandem_body_value(body, access->pointer);
	struct tandem_walk walk;
	unsigned int step;

	if (pointer && pointer->array) {
		access_array(body, access);
		return;
	}
	if (tandem_shape_is_uniform(access->shape) && !access->widening) {
		access_one_place(body, access);
		return;
	}
	use_words(body, access);
	step = tandem_access_step(body, access);
	if (step)
		tandem_access_together(body, access, step);
	else if (body->has_walks && tandem_walk_find(body, access, body->block, &walk))
		tandem_walk_build(body, access, &walk);
	else if (!build_likely(body, access))
		tandem_access_each(body, access, tandem_lanes_vector(body, access->pointer, 0),
				   access->element_bytes, access->alignment);
}

void tandem_lanes_build_access(struct tandem_body *body, LLVMValueRef instruction)
{
	struct tandem_access access;

	describe(body, instruction, body->block, &access);
	build(body, &access);
	if (access.value)
		tandem_lanes_keep(body, access.value);
}
