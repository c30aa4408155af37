// SPDX-License-Identifier: MIT
/*
 * Loads and stores.
 *
 * Of one place: a scalar one; of a store, the last lane's value counts. Of places that
 * follow each other, or lie a few elements apart: one of all elements from the first
 * lane's to the last one's, with a mask for those in between, and a shuffle. Of others,
 * a gather or scatter for each component. Of an interleaved private array: vectors.
 *
 * Small components of a vector lie together in words, which are accessed in their stead.
 */
#include <string.h>

#include "body.h"
#include "util/alloc.h"

/* From one lane's place to the next, in elements, so that all are accessed as one. */
#define MOST_STEP 4

/* Of words that small components are accessed in. */
#define WORD_BYTES 4

/* Room for what lanes access that the mask leaves out. */
#define NOWHERE_BYTES 1024

struct access {
	LLVMValueRef instruction, pointer;
	struct tandem_lane_value *value; /* what a load gives; NULL for a store */
	LLVMValueRef stored; /* what a store stores; NULL for a load */
	LLVMTypeRef element; /* what is accessed: a component, or a word of several */
	unsigned int components;
	unsigned int parts; /* components of the value in one of the access */
	uint64_t element_bytes;
	unsigned int alignment; /* of a lane's first component */
};

static bool is_store(const struct access *access)
{
	return access->stored != NULL;
}

static LLVMValueRef offset(struct tandem_body *body, LLVMValueRef pointer, uint64_t bytes)
{
	LLVMValueRef index = LLVMConstInt(body->compilation->i64, bytes, 0);

	if (!bytes)
		return pointer;
	return LLVMBuildGEP2(body->compilation->builder, body->compilation->i8, pointer, &index, 1,
			     "");
}

static void describe(const struct tandem_body *body, LLVMValueRef instruction,
		     struct access *access)
{
	LLVMTypeRef type;

	*access = (struct access){ .instruction = instruction, .components = 1, .parts = 1 };
	if (LLVMIsAStoreInst(instruction))
		access->stored = LLVMGetOperand(instruction, 0);
	else
		access->value = tandem_body_value(body, instruction);
	access->pointer = LLVMGetOperand(instruction, tandem_ir_pointer_operand(instruction));
	access->element = type = LLVMTypeOf(is_store(access) ? access->stored : instruction);
	if (LLVMGetTypeKind(type) == LLVMVectorTypeKind) {
		access->element = LLVMGetElementType(type);
		access->components = LLVMGetVectorSize(type);
	}
	access->element_bytes = LLVMABISizeOfType(body->compilation->layout, access->element);
	access->alignment = LLVMGetAlignment(instruction);
}

/* ---- words of small components ---- */

/* Accesses words in place of components that are smaller, where these fill them. */
static void use_words(const struct tandem_body *body, struct access *access)
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

static LLVMTypeRef word_part(const struct tandem_body *body, const struct access *access)
{
	return LLVMIntTypeInContext(body->compilation->context,
				    (unsigned int)access->element_bytes * 8 / access->parts);
}

static LLVMValueRef part_shift(struct tandem_body *body, const struct access *access,
			       unsigned int part)
{
	unsigned int bits = LLVMGetIntTypeWidth(word_part(body, access));

	return tandem_lanes_splat(body, LLVMConstInt(access->element, (uint64_t)part * bits, 0));
}

/* Component @c of the access has been loaded. */
static void set_loaded(struct tandem_body *body, const struct access *access, unsigned int c,
		       LLVMValueRef loaded)
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

/* What is to be stored as component @c of the access. */
static LLVMValueRef stored_lanes(struct tandem_body *body, const struct access *access,
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

static LLVMValueRef masked_load(struct tandem_body *body, const char *name, LLVMTypeRef type,
				LLVMValueRef pointer, LLVMValueRef mask, unsigned int alignment)
{
	LLVMTypeRef overloads[] = { type, LLVMTypeOf(pointer) };
	LLVMValueRef arguments[4] = { pointer, mask, LLVMGetPoison(type) };

	return call_masked(body, name, overloads, arguments, 3, 0, alignment);
}

static void masked_store(struct tandem_body *body, const char *name, LLVMValueRef value,
			 LLVMValueRef pointer, LLVMValueRef mask, unsigned int alignment)
{
	LLVMTypeRef overloads[] = { LLVMTypeOf(value), LLVMTypeOf(pointer) };
	LLVMValueRef arguments[4] = { value, pointer, mask };

	call_masked(body, name, overloads, arguments, 3, 1, alignment);
}

/* Lanes that the mask leaves out get an address where nothing is. */
static LLVMValueRef redirect(struct tandem_body *body, LLVMValueRef pointers)
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
static void access_in_turn(struct tandem_body *body, const struct access *access,
			   LLVMValueRef pointers, unsigned int c, unsigned int alignment)
{
	struct tandem_compilation *compilation = body->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMTypeRef type = tandem_lanes_type(body, access->element);
	LLVMValueRef all = is_store(access) ? stored_lanes(body, access, c) : LLVMGetPoison(type);

	for (unsigned int i = 0; i < body->lanes; i++) {
		LLVMValueRef lane = LLVMConstInt(compilation->i32, i, 0), one;
		LLVMValueRef pointer = LLVMBuildExtractElement(builder, pointers, lane, "");

		if (is_store(access))
			one = LLVMBuildStore(
				builder, LLVMBuildExtractElement(builder, all, lane, ""), pointer);
		else
			one = LLVMBuildLoad2(builder, access->element, pointer, "");
		LLVMSetAlignment(one, alignment);
		if (!is_store(access))
			all = LLVMBuildInsertElement(builder, all, one, lane, "");
	}
	if (!is_store(access))
		set_loaded(body, access, c, all);
}

/*
 * Each component of each lane by itself. Where the processor has no scatters, stores, and
 * loads by all lanes, are ordinary instructions. A load under a mask becomes a branch for
 * each lane there, which is foreseen better than an address that depends on the mask.
 */
static void access_each(struct tandem_body *body, const struct access *access,
			LLVMValueRef pointers, uint64_t component_bytes, unsigned int alignment)
{
	LLVMTypeRef type = tandem_lanes_type(body, access->element);
	bool in_turn = !body->has_scatters && (is_store(access) || !body->mask) &&
		       component_bytes * access->components <= NOWHERE_BYTES &&
		       alignment <= NOWHERE_BYTES;

	if (in_turn && body->mask)
		pointers = redirect(body, pointers);
	for (unsigned int c = 0; c < access->components; c++) {
		LLVMValueRef places = offset(body, pointers, c * component_bytes);
		LLVMValueRef mask = tandem_lanes_mask(body);
		unsigned int its_own = c && access->element_bytes < alignment ?
					       (unsigned int)access->element_bytes :
					       alignment;

		if (in_turn)
			access_in_turn(body, access, places, c, its_own);
		else if (is_store(access))
			masked_store(body, "llvm.masked.scatter", stored_lanes(body, access, c),
				     places, mask, its_own);
		else
			set_loaded(body, access, c,
				   masked_load(body, "llvm.masked.gather", type, places, mask,
					       its_own));
	}
}

/* ---- private arrays ---- */

/* The lanes' elements at an offset lie next to each other, first lane first. */
static void access_array(struct tandem_body *body, const struct access *access)
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
		access_each(body, access, place, bytes, (unsigned int)access->element_bytes);
		return;
	}
	steps = LLVMBuildMul(builder, tandem_lanes_scalar(body, access->pointer, 0), lanes, "");
	place = LLVMBuildGEP2(builder, compilation->i8, pointer->array->memory, &steps, 1, "");
	for (unsigned int c = 0; c < access->components; c++) {
		LLVMValueRef at = offset(body, place, c * bytes), value;

		/* The memory is there for all lanes. */
		old = is_store(access) && !body->mask ? NULL :
							LLVMBuildLoad2(builder, type, at, "");
		if (old)
			LLVMSetAlignment(old, alignment);
		if (!is_store(access)) {
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

static LLVMTypeRef whole_type(const struct access *access)
{
	return LLVMTypeOf(is_store(access) ? access->stored : access->instruction);
}

static bool is_vector(const struct access *access)
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

static LLVMValueRef last_value(struct tandem_body *body, const struct access *access)
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

static void access_one_place(struct tandem_body *body, const struct access *access)
{
	struct tandem_compilation *compilation = body->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef pointer = tandem_lanes_scalar(body, access->pointer, 0), copy;

	if (is_store(access)) {
		copy = LLVMBuildStore(builder, last_value(body, access), pointer);
		LLVMSetAlignment(copy, access->alignment);
		return;
	}
	copy = LLVMInstructionClone(access->instruction);
	LLVMInsertIntoBuilder(builder, copy);
	LLVMSetOperand(copy, 0, pointer);
	for (unsigned int c = 0; c < access->components; c++)
		tandem_lanes_set(
			body, access->value, c,
			is_vector(access) ?
				LLVMBuildExtractElement(builder, copy,
							LLVMConstInt(compilation->i32, c, 0), "") :
				copy);
}

/* ---- places a few elements apart ---- */

static LLVMValueRef shuffle(struct tandem_body *body, LLVMValueRef a, LLVMValueRef b,
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
	mask = step == 1 ? body->mask : shuffle(body, body->mask, NULL, lane_of, count);
	if (components == step)
		return mask;
	return LLVMBuildAnd(body->compilation->builder, mask, pattern, "");
}

/* Blocks where all lanes take part, where some do, and where both lead. */
struct ways {
	LLVMBasicBlockRef all, some, after;
};

/*
 * Begins with the way that all lanes take. Processors without scatters take long for a store
 * under a mask and serve no later load from it, and fetch less ahead by loads under one.
 */
static struct ways part_ways(struct tandem_body *body)
{
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMContextRef context = body->compilation->context;
	LLVMTypeRef bits = LLVMIntTypeInContext(context, body->lanes);
	LLVMValueRef all = LLVMBuildICmp(builder, LLVMIntEQ,
					 LLVMBuildBitCast(builder, body->mask, bits, ""),
					 LLVMConstAllOnes(bits), "");
	struct ways ways;

	ways.all = LLVMAppendBasicBlockInContext(context, body->function, "");
	ways.some = LLVMAppendBasicBlockInContext(context, body->function, "");
	ways.after = LLVMAppendBasicBlockInContext(context, body->function, "");
	LLVMBuildCondBr(builder, all, ways.all, ways.some);
	LLVMPositionBuilderAtEnd(builder, ways.all);
	return ways;
}

/* Whether an access under a mask is a whole one where all lanes take part. */
static bool may_part_ways(const struct tandem_body *body, const struct access *access,
			  unsigned int step)
{
	return body->mask && access->components == step && !body->has_scatters;
}

static void go_on(struct tandem_body *body, const struct ways *ways, LLVMBasicBlockRef next)
{
	LLVMBuildBr(body->compilation->builder, ways->after);
	LLVMPositionBuilderAtEnd(body->compilation->builder, next);
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
	struct ways ways = part_ways(body);
	LLVMValueRef loads[2], phi;
	LLVMBasicBlockRef from[] = { ways.all, ways.some };

	loads[0] = plain_load(body, type, pointer, alignment);
	go_on(body, &ways, ways.some);
	loads[1] = masked_load(body, "llvm.masked.load", type, pointer, mask, alignment);
	go_on(body, &ways, ways.after);
	phi = LLVMBuildPhi(body->compilation->builder, type, "");
	LLVMAddIncoming(phi, loads, from, 2);
	return phi;
}

static void store_by_mask(struct tandem_body *body, LLVMValueRef value, LLVMValueRef pointer,
			  LLVMValueRef mask, unsigned int alignment)
{
	struct ways ways = part_ways(body);

	LLVMSetAlignment(LLVMBuildStore(body->compilation->builder, value, pointer), alignment);
	go_on(body, &ways, ways.some);
	masked_store(body, "llvm.masked.store", value, pointer, mask, alignment);
	go_on(body, &ways, ways.after);
}

static void load_together(struct tandem_body *body, const struct access *access, unsigned int step,
			  unsigned int alignment)
{
	unsigned int count = body->lanes * step;
	LLVMTypeRef type = LLVMVectorType(access->element, count);
	LLVMValueRef pointer = tandem_lanes_scalar(body, access->pointer, 0);
	LLVMValueRef mask = element_mask(body, access->components, step), all;

	if (mask && may_part_ways(body, access, step))
		all = load_by_mask(body, type, pointer, mask, alignment);
	else if (mask)
		all = masked_load(body, "llvm.masked.load", type, pointer, mask, alignment);
	else
		all = plain_load(body, type, pointer, alignment);
	for (unsigned int c = 0; c < access->components; c++) {
		int from[TANDEM_MOST_LANES];

		for (unsigned int i = 0; i < body->lanes; i++)
			from[i] = (int)(i * step + c);
		set_loaded(body, access, c,
			   step == 1 ? all : shuffle(body, all, NULL, from, body->lanes));
	}
}

/* The components as one vector, the first component's lanes first. */
static LLVMValueRef join_components(struct tandem_body *body, const struct access *access)
{
	unsigned int joined = 1, lanes = body->lanes;
	LLVMValueRef parts[TANDEM_MOST_COMPONENTS];
	int from[TANDEM_MOST_LANES * TANDEM_MOST_COMPONENTS];

	for (unsigned int i = 0; i < lanes * MOST_STEP; i++)
		from[i] = (int)i;
	for (unsigned int c = 0; c < MOST_STEP; c++)
		parts[c] = c < access->components ? stored_lanes(body, access, c) : NULL;
	while (joined < access->components) {
		for (unsigned int c = 0; c < MOST_STEP; c += 2 * joined) {
			if (parts[c])
				parts[c] = shuffle(body, parts[c], parts[c + joined], from,
						   2 * joined * lanes);
		}
		joined *= 2;
	}
	return parts[0];
}

static void store_together(struct tandem_body *body, const struct access *access, unsigned int step,
			   unsigned int alignment)
{
	unsigned int count = body->lanes * step;
	LLVMValueRef pointer = tandem_lanes_scalar(body, access->pointer, 0);
	LLVMValueRef all = join_components(body, access);
	LLVMValueRef mask = element_mask(body, access->components, step);
	int from[TANDEM_MOST_LANES * TANDEM_MOST_COMPONENTS];

	for (unsigned int i = 0; i < count; i++)
		from[i] = i % step < access->components ? (int)(i % step * body->lanes + i / step) :
							  -1;
	if (step > 1)
		all = shuffle(body, all, NULL, from, count);
	if (mask && may_part_ways(body, access, step))
		store_by_mask(body, all, pointer, mask, alignment);
	else if (mask)
		masked_store(body, "llvm.masked.store", all, pointer, mask, alignment);
	else
		LLVMSetAlignment(LLVMBuildStore(body->compilation->builder, all, pointer),
				 alignment);
}

/* How many elements lanes' places are apart, if they are accessed together; else 0. */
static unsigned int step_of(const struct tandem_body *body, const struct access *access,
			    unsigned int block)
{
	struct tandem_shape shape = tandem_body_shape(body, access->pointer, block);
	int64_t bytes = (int64_t)access->element_bytes;

	if (shape.kind != TANDEM_SHAPE_EVEN || shape.stride <= 0 || shape.stride % bytes ||
	    shape.stride / bytes > MOST_STEP || shape.stride / bytes < (int64_t)access->components)
		return 0;
	/* Processors have no masked accesses to smaller elements, but recent ones. */
	if (bytes < 4 && shape.stride != bytes * (int64_t)access->components)
		return 0;
	return (unsigned int)(shape.stride / bytes);
}

unsigned int tandem_lanes_access_step(const struct tandem_body *body, LLVMValueRef instruction,
				      unsigned int block)
{
	struct access access;

	describe(body, instruction, &access);
	use_words(body, &access);
	return step_of(body, &access, block);
}

unsigned int tandem_lanes_access_components(const struct tandem_body *body,
					    LLVMValueRef instruction)
{
	struct access access;

	describe(body, instruction, &access);
	use_words(body, &access);
	return access.components;
}

/* ---- all of them ---- */

static void build(struct tandem_body *body, struct access *access)
{
	struct tandem_lane_value *pointer = tandem_body_value(body, access->pointer);
	struct tandem_shape shape = tandem_body_shape(body, access->pointer, body->block);
	unsigned int step, alignment = access->alignment;

	if (pointer && pointer->array) {
		access_array(body, access);
		return;
	}
	if (tandem_shape_is_uniform(shape)) {
		access_one_place(body, access);
		return;
	}
	use_words(body, access);
	step = step_of(body, access, body->block);
	if (!step) {
		access_each(body, access, tandem_lanes_vector(body, access->pointer, 0),
			    access->element_bytes, alignment);
		return;
	}
	/* The first lane may be none that accesses memory, and be aligned less. */
	while (alignment > 1 && (uint64_t)shape.stride % alignment)
		alignment /= 2;
	if (is_store(access))
		store_together(body, access, step, alignment);
	else
		load_together(body, access, step, alignment);
}

void tandem_lanes_build_access(struct tandem_body *body, LLVMValueRef instruction)
{
	struct access access;

	describe(body, instruction, &access);
	build(body, &access);
	if (access.value)
		tandem_lanes_keep(body, access.value);
}
