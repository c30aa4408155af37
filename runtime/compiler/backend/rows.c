// SPDX-License-Identifier: MIT
#include "rows.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

#define LEAST_ELEMENTS 4
#define MOST_ELEMENTS  16
/* Of a row, as of a vector that is loaded or stored at once. */
#define MOST_BYTES 64
/* Of accesses that are looked at together. */
#define MOST_ACCESSES 256
/* Of an address, that are not constant. */
#define MOST_TERMS 4
/* Of what numbers of lanes are computed from. */
#define MOST_DEPTH 8

/* What is added to an address: so many times @scale bytes; of a vector, the first lane's. */
struct term {
	LLVMValueRef number;
	uint64_t scale;
};

/* A gather, or a scatter, of all lanes. */
struct access {
	LLVMValueRef call;
	LLVMTypeRef type; /* of the lanes' elements */
	/* The first lane's address is @root, all terms, and @offset bytes, which may wrap around. */
	LLVMValueRef root;
	struct term terms[MOST_TERMS];
	unsigned int term_count;
	uint64_t offset;
	uint64_t stride; /* in bytes, from lane to lane; may be negative */
	unsigned int alignment;
	bool is_done;
};

/*
 * Of one kind, in the order of the block, that may be put together: loads, or stores to places
 * that are known to be others.
 */
struct accesses {
	struct tandem_compilation *compilation;
	bool are_stores;
	unsigned int count;
	struct access all[MOST_ACCESSES];
};

/* ---- what there is ---- */

static uint64_t size_of(const struct tandem_compilation *compilation, LLVMTypeRef type)
{
	return LLVMABISizeOfType(compilation->layout, type);
}

static bool is_vector(LLVMValueRef value)
{
	return LLVMGetTypeKind(LLVMTypeOf(value)) == LLVMVectorTypeKind;
}

/* Whether a number has 64 bits, or lanes' have. */
static bool has_64_bits(LLVMValueRef number)
{
	LLVMTypeRef type = LLVMTypeOf(number);

	return LLVMGetIntTypeWidth(is_vector(number) ? LLVMGetElementType(type) : type) == 64;
}

static LLVMValueRef first_lane(LLVMValueRef constant)
{
	return is_vector(constant) ? LLVMGetAggregateElement(constant, 0) : constant;
}

/* Whether a constant grows evenly from lane to lane: by how much. */
static bool grows_evenly(LLVMValueRef constant, int64_t *stride)
{
	unsigned int lanes = is_vector(constant) ? LLVMGetVectorSize(LLVMTypeOf(constant)) : 1;
	uint64_t before = 0, number, step = 0;

	for (unsigned int i = 0; i < lanes; i++) {
		LLVMValueRef one = lanes > 1 ? LLVMGetAggregateElement(constant, i) : constant;

		if (!one || !LLVMIsAConstantInt(one) || LLVMGetIntTypeWidth(LLVMTypeOf(one)) > 64)
			return false;
		number = (uint64_t)LLVMConstIntGetSExtValue(one);
		if (i > 1 && number - before != step)
			return false;
		step = i ? number - before : 0;
		before = number;
	}
	*stride = (int64_t)step;
	return true;
}

/* ---- numbers of lanes ---- */

static bool find_stride(LLVMValueRef value, unsigned int depth, int64_t *stride);

static bool is_splat(LLVMValueRef value)
{
	int64_t stride;

	if (LLVMIsConstant(value))
		return grows_evenly(value, &stride) && !stride;
	if (!LLVMIsAShuffleVectorInst(value))
		return false;
	for (unsigned int i = 0; i < LLVMGetNumMaskElements(value); i++) {
		if (LLVMGetMaskValue(value, i))
			return false;
	}
	return true;
}

/* Of a loop's counters: all that it is next is as far apart as all that it begins with. */
static bool find_counters_stride(LLVMValueRef phi, unsigned int depth, int64_t *stride)
{
	bool found = false;

	for (unsigned int i = 0; i < LLVMCountIncoming(phi); i++) {
		LLVMValueRef one = LLVMGetIncomingValue(phi, i);
		int64_t its_own;

		if (LLVMIsABinaryOperator(one) && LLVMGetInstructionOpcode(one) == LLVMAdd &&
		    LLVMGetOperand(one, 0) == phi && is_splat(LLVMGetOperand(one, 1)))
			continue;
		if (!find_stride(one, depth, &its_own) || (found && its_own != *stride))
			return false;
		*stride = its_own;
		found = true;
	}
	return found;
}

/* Whether a vector of numbers of 64 bits, which may wrap around, grows evenly. */
static bool find_stride(LLVMValueRef value, unsigned int depth, int64_t *stride)
{
	int64_t a, b;

	if (is_splat(value)) {
		*stride = 0;
		return true;
	}
	if (LLVMIsConstant(value))
		return grows_evenly(value, stride);
	if (!depth)
		return false;
	if (LLVMIsAPHINode(value))
		return find_counters_stride(value, depth - 1, stride);
	if (!LLVMIsABinaryOperator(value) ||
	    !find_stride(LLVMGetOperand(value, 0), depth - 1, &a) ||
	    !find_stride(LLVMGetOperand(value, 1), depth - 1, &b))
		return false;
	switch (LLVMGetInstructionOpcode(value)) {
	case LLVMAdd:
		*stride = (int64_t)((uint64_t)a + (uint64_t)b);
		return true;
	case LLVMOr:
		*stride = (int64_t)((uint64_t)a + (uint64_t)b);
		return LLVMGetIsDisjoint(value);
	case LLVMSub:
		*stride = (int64_t)((uint64_t)a - (uint64_t)b);
		return true;
	case LLVMShl:
	case LLVMMul:
		if (!LLVMIsConstant(LLVMGetOperand(value, 1)) || b)
			return false;
		b = LLVMConstIntGetSExtValue(first_lane(LLVMGetOperand(value, 1)));
		if (LLVMGetInstructionOpcode(value) == LLVMMul)
			*stride = (int64_t)((uint64_t)a * (uint64_t)b);
		else
			*stride = (int64_t)((uint64_t)a << (b & 63));
		return true;
	default:
		return false;
	}
}

/* ---- addresses ---- */

static bool adds_constant(LLVMValueRef number)
{
	LLVMOpcode opcode;

	if (!LLVMIsABinaryOperator(number))
		return false;
	opcode = LLVMGetInstructionOpcode(number);
	return (opcode == LLVMAdd || (opcode == LLVMOr && LLVMGetIsDisjoint(number))) &&
	       LLVMIsConstant(LLVMGetOperand(number, 1)) && is_splat(LLVMGetOperand(number, 1));
}

static void add_constant(struct access *access, LLVMValueRef number, uint64_t scale)
{
	access->offset += (uint64_t)LLVMConstIntGetSExtValue(first_lane(number)) * scale;
}

/* Of a number that is not constant; it may be a sum with one that is. Fails without room. */
static bool add_term(struct access *access, LLVMValueRef number, uint64_t scale)
{
	if (!has_64_bits(number) || access->term_count == MOST_TERMS)
		return false;
	for (; adds_constant(number); number = LLVMGetOperand(number, 0))
		add_constant(access, LLVMGetOperand(number, 1), scale);
	access->terms[access->term_count++] = (struct term){ number, scale };
	return true;
}

/* Takes what an address, or addresses, adds to its base off it, where that is one number. */
static bool take_step(const struct tandem_compilation *compilation, LLVMValueRef *address,
		      struct access *access)
{
	LLVMValueRef number;
	int64_t stride = 0;
	uint64_t scale;

	if (!LLVMIsAGetElementPtrInst(*address) || LLVMGetNumOperands(*address) != 2)
		return false;
	number = LLVMGetOperand(*address, 1);
	scale = size_of(compilation, LLVMGetGEPSourceElementType(*address));
	if (LLVMIsConstant(number)) {
		if (!grows_evenly(number, &stride))
			return false;
		add_constant(access, number, scale);
	} else if ((is_vector(number) && !find_stride(number, MOST_DEPTH, &stride)) ||
		   !add_term(access, number, scale)) {
		return false;
	}
	access->stride += (uint64_t)stride * scale;
	*address = LLVMGetOperand(*address, 0);
	return true;
}

/* Whether lanes' addresses lie at a constant distance from each other. */
static bool find_places(const struct tandem_compilation *compilation, LLVMValueRef addresses,
			struct access *access)
{
	access->root = addresses;
	while (take_step(compilation, &access->root, access))
		;
	return !is_vector(access->root) && access->stride;
}

static bool is_fit(const struct tandem_compilation *compilation, LLVMTypeRef type)
{
	unsigned int lanes = LLVMGetVectorSize(type);
	LLVMTypeRef element = LLVMGetElementType(type);
	LLVMTypeKind kind = LLVMGetTypeKind(element);
	uint64_t bytes = size_of(compilation, element);

	return lanes >= LEAST_ELEMENTS && lanes <= TANDEM_MOST_LANES && !(lanes & (lanes - 1)) &&
	       (kind == LLVMIntegerTypeKind || kind == LLVMFloatTypeKind ||
		kind == LLVMDoubleTypeKind) &&
	       (bytes == 4 || bytes == 8) &&
	       LLVMSizeOfTypeInBits(compilation->layout, element) == 8 * bytes;
}

/* Whether an instruction is a gather or scatter that may be one of several. */
static bool describe(const struct tandem_compilation *compilation, LLVMValueRef call, bool is_store,
		     struct access *access)
{
	unsigned int align = LLVMGetEnumAttributeKindForName("align", 5);
	unsigned int pointer = is_store, mask = pointer + 1, space;
	LLVMAttributeRef attribute;

	*access = (struct access){ .call = call, .alignment = 1 };
	access->type = LLVMTypeOf(is_store ? LLVMGetOperand(call, 0) : call);
	/* LLVM 22 has the alignment as an attribute, others as an operand. */
	if (LLVMGetNumArgOperands(call) == 4) {
		access->alignment =
			(unsigned int)LLVMConstIntGetZExtValue(LLVMGetOperand(call, mask));
		mask++;
	} else {
		attribute = LLVMGetCallSiteEnumAttribute(call, pointer + 1, align);
		if (attribute)
			access->alignment = (unsigned int)LLVMGetEnumAttributeValue(attribute);
	}
	space = LLVMGetPointerAddressSpace(
		LLVMGetElementType(LLVMTypeOf(LLVMGetOperand(call, pointer))));
	return (space == TANDEM_AS_GLOBAL || space == TANDEM_AS_CONSTANT) &&
	       is_fit(compilation, access->type) &&
	       LLVMGetOperand(call, mask) ==
		       LLVMConstAllOnes(LLVMTypeOf(LLVMGetOperand(call, mask))) &&
	       find_places(compilation, LLVMGetOperand(call, pointer), access);
}

/* ---- rows ---- */

struct rows {
	struct tandem_compilation *compilation;
	const struct access *first; /* of least offset */
	LLVMValueRef base; /* what the first row is @offset bytes behind */
	LLVMTypeRef element;
	unsigned int lanes, length; /* of a row, in elements */
	LLVMValueRef vectors[MOST_ELEMENTS];
};

static LLVMValueRef shuffle(const struct rows *rows, LLVMValueRef a, LLVMValueRef b,
			    const unsigned int *from, unsigned int count)
{
	LLVMValueRef mask[TANDEM_MOST_LANES];

	for (unsigned int i = 0; i < count; i++)
		mask[i] = LLVMConstInt(rows->compilation->i32, from[i], 0);
	return LLVMBuildShuffleVector(rows->compilation->builder, a,
				      b ? b : LLVMGetPoison(LLVMTypeOf(a)),
				      LLVMConstVector(mask, count), "");
}

/*
 * Of squares of as many elements as a row has, which lie next to each other in the vectors:
 * rows become columns. In each step, vectors that are @step apart exchange every other piece
 * of @step elements.
 */
static void transpose(struct rows *rows)
{
	unsigned int low[TANDEM_MOST_LANES], high[TANDEM_MOST_LANES], step, i, k;

	for (step = 1; step < rows->length; step *= 2) {
		for (k = 0; k < rows->lanes; k++) {
			low[k] = k & step ? rows->lanes + k - step : k;
			high[k] = k & step ? rows->lanes + k : k + step;
		}
		for (i = 0; i < rows->length; i++) {
			LLVMValueRef a = rows->vectors[i], b;

			if (i & step)
				continue;
			b = rows->vectors[i + step];
			rows->vectors[i] = shuffle(rows, a, b, low, rows->lanes);
			rows->vectors[i + step] = shuffle(rows, a, b, high, rows->lanes);
		}
	}
}

static LLVMValueRef place(const struct rows *rows, unsigned int lane)
{
	const struct access *first = rows->first;
	LLVMValueRef offset =
		LLVMConstInt(rows->compilation->i64, first->offset + first->stride * lane, 1);

	return LLVMBuildGEP2(rows->compilation->builder, rows->compilation->i8, rows->base, &offset,
			     1, "");
}

static LLVMValueRef load_row(const struct rows *rows, unsigned int lane)
{
	LLVMValueRef load = LLVMBuildLoad2(rows->compilation->builder,
					   LLVMVectorType(rows->element, rows->length),
					   place(rows, lane), "");

	LLVMSetAlignment(load, rows->first->alignment);
	return load;
}

/* The rows of lanes @lane, @lane + a row's length and so on, as one vector. */
static LLVMValueRef load_rows(const struct rows *rows, unsigned int lane)
{
	unsigned int pieces = rows->lanes / rows->length, size = rows->length,
		     from[TANDEM_MOST_LANES];
	LLVMValueRef parts[TANDEM_MOST_LANES / LEAST_ELEMENTS] = { NULL };

	for (unsigned int i = 0; i < rows->lanes; i++)
		from[i] = i;
	for (unsigned int i = 0; i < pieces; i++)
		parts[i] = load_row(rows, lane + i * rows->length);
	for (; pieces > 1; pieces /= 2, size *= 2) {
		for (unsigned int i = 0; i < pieces / 2; i++)
			parts[i] = shuffle(rows, parts[2 * i], parts[2 * i + 1], from, 2 * size);
	}
	return parts[0];
}

static void store_rows(const struct rows *rows, unsigned int lane)
{
	for (unsigned int i = 0; i < rows->lanes; i += rows->length) {
		LLVMValueRef row = rows->vectors[lane], store;
		unsigned int from[MOST_ELEMENTS];

		for (unsigned int k = 0; k < rows->length; k++)
			from[k] = i + k;
		if (rows->length < rows->lanes)
			row = shuffle(rows, row, NULL, from, rows->length);
		store = LLVMBuildStore(rows->compilation->builder, row, place(rows, lane + i));
		LLVMSetAlignment(store, rows->first->alignment);
	}
}

/* What the first lane's address is @access's offset behind. */
static LLVMValueRef build_base(struct tandem_compilation *compilation, const struct access *access)
{
	LLVMValueRef base = access->root;

	for (unsigned int i = access->term_count; i > 0; i--) {
		const struct term *term = &access->terms[i - 1];
		LLVMValueRef number = term->number;

		if (is_vector(number))
			number = LLVMBuildExtractElement(compilation->builder, number,
							 LLVMConstInt(compilation->i32, 0, 0), "");
		base = LLVMBuildGEP2(compilation->builder,
				     LLVMArrayType2(compilation->i8, term->scale), base, &number, 1,
				     "");
	}
	return base;
}

/* Of @length accesses to neighbouring elements; they become one where the first or last is. */
static void combine(struct accesses *accesses, struct access **row, unsigned int length)
{
	struct rows rows = {
		.compilation = accesses->compilation,
		.first = row[0],
		.element = LLVMGetElementType(row[0]->type),
		.lanes = LLVMGetVectorSize(row[0]->type),
		.length = length,
	};
	struct access *here = row[0];

	/* They lie in the order of the block. */
	for (unsigned int i = 1; i < length; i++) {
		if (accesses->are_stores ? row[i] > here : row[i] < here)
			here = row[i];
	}
	LLVMPositionBuilderBefore(rows.compilation->builder, here->call);
	rows.base = build_base(rows.compilation, rows.first);
	for (unsigned int i = 0; i < length; i++)
		rows.vectors[i] = accesses->are_stores ? LLVMGetOperand(row[i]->call, 0) :
							 load_rows(&rows, i);
	transpose(&rows);
	for (unsigned int i = 0; i < length; i++) {
		if (accesses->are_stores)
			store_rows(&rows, i);
		else
			LLVMReplaceAllUsesWith(row[i]->call, rows.vectors[i]);
		row[i]->is_done = true;
	}
}

/* ---- all of a block ---- */

static bool are_alike(const struct access *a, const struct access *b)
{
	for (unsigned int i = 0; i < a->term_count && i < b->term_count; i++) {
		if (a->terms[i].number != b->terms[i].number ||
		    a->terms[i].scale != b->terms[i].scale)
			return false;
	}
	return a->root == b->root && a->term_count == b->term_count && a->type == b->type &&
	       a->stride == b->stride && !b->is_done;
}

static struct access *find_at(struct accesses *accesses, const struct access *like, uint64_t offset)
{
	for (unsigned int i = 0; i < accesses->count; i++) {
		struct access *one = &accesses->all[i];

		if (one->offset == offset && are_alike(like, one))
			return one;
	}
	return NULL;
}

static uint64_t element_bytes(const struct accesses *accesses, const struct access *access)
{
	return size_of(accesses->compilation, LLVMGetElementType(access->type));
}

/* Whether so many elements are a row: what is stored must be of one lane only. */
static bool is_row(const struct accesses *accesses, const struct access *first, unsigned int length)
{
	uint64_t bytes = element_bytes(accesses, first) * length;
	uint64_t distance = first->stride >> 63 ? 0 - first->stride : first->stride;

	return bytes <= MOST_BYTES && length <= LLVMGetVectorSize(first->type) &&
	       (!accesses->are_stores || bytes <= distance);
}

/* As long a row as there is from an access on. Returns the access behind it, NULL if none. */
static struct access *combine_from(struct accesses *accesses, struct access *first)
{
	uint64_t bytes = element_bytes(accesses, first);
	struct access *row[MOST_ELEMENTS + 1] = { first };
	unsigned int count = 1, length = LEAST_ELEMENTS;

	while (count <= MOST_ELEMENTS &&
	       (row[count] = find_at(accesses, first, first->offset + bytes * count)))
		count++;
	if (count < length || !is_row(accesses, first, length))
		return NULL;
	while (2 * length <= count && is_row(accesses, first, 2 * length))
		length *= 2;
	combine(accesses, row, length);
	return length < count ? row[length] : NULL;
}

/* Puts together what there is; nothing is there any more then. */
static void end(struct accesses *accesses)
{
	for (unsigned int i = 0; i < accesses->count; i++) {
		struct access *first = &accesses->all[i], *before = first;

		while (before && !first->is_done) {
			first = before;
			before = find_at(accesses, first,
					 first->offset - element_bytes(accesses, first));
		}
		while (first && !first->is_done)
			first = combine_from(accesses, first);
	}
	for (unsigned int i = 0; i < accesses->count; i++) {
		if (accesses->all[i].is_done)
			LLVMInstructionEraseFromParent(accesses->all[i].call);
	}
	accesses->count = 0;
}

/* Whether an instruction accesses private memory only, which global addresses do not reach. */
static bool is_private(LLVMValueRef instruction)
{
	LLVMValueRef pointer;

	if ((!LLVMIsALoadInst(instruction) && !LLVMIsAStoreInst(instruction)) ||
	    tandem_ir_is_seen_by_others(instruction))
		return false;
	pointer = LLVMGetOperand(instruction, tandem_ir_pointer_operand(instruction));
	while (LLVMIsAGetElementPtrInst(pointer))
		pointer = LLVMGetOperand(pointer, 0);
	return LLVMIsAAllocaInst(pointer);
}

enum effect { NOTHING, READS, WRITES };

static enum effect effect_of(LLVMValueRef instruction)
{
	const char *intrinsic = tandem_ir_intrinsic(instruction);

	if (is_private(instruction))
		return NOTHING;
	if (LLVMIsALoadInst(instruction) && !tandem_ir_is_seen_by_others(instruction))
		return READS;
	if (tandem_ir_begins_with(intrinsic, "masked.gather") ||
	    tandem_ir_begins_with(intrinsic, "masked.load"))
		return READS;
	if (LLVMIsACallInst(instruction))
		return tandem_ir_begins_with(intrinsic, "lifetime.") ||
				       tandem_ir_begins_with(intrinsic, "assume") ||
				       tandem_ir_has_no_memory(instruction) ?
			       NOTHING :
			       WRITES;
	return LLVMIsAStoreInst(instruction) || tandem_ir_is_seen_by_others(instruction) ? WRITES :
											   NOTHING;
}

/* Whether one more store may be to a place that is stored to before. */
static bool may_meet(struct accesses *stores, const struct access *access)
{
	return stores->count > 0 &&
	       (!are_alike(access, &stores->all[0]) || find_at(stores, access, access->offset));
}

static void add(struct accesses *accesses, const struct access *access)
{
	if (accesses->count == MOST_ACCESSES ||
	    (accesses->are_stores && may_meet(accesses, access)))
		end(accesses);
	accesses->all[accesses->count++] = *access;
}

static void combine_block(struct accesses *loads, struct accesses *stores, LLVMBasicBlockRef block)
{
	LLVMValueRef instruction = LLVMGetFirstInstruction(block);

	for (; instruction; instruction = LLVMGetNextInstruction(instruction)) {
		const char *intrinsic = tandem_ir_intrinsic(instruction);
		enum effect effect = effect_of(instruction);
		bool is_store = tandem_ir_begins_with(intrinsic, "masked.scatter");
		struct access access;

		if (effect == WRITES)
			end(loads);
		if ((is_store || tandem_ir_begins_with(intrinsic, "masked.gather")) &&
		    describe(loads->compilation, instruction, is_store, &access)) {
			if (!is_store)
				end(stores);
			add(is_store ? stores : loads, &access);
		} else if (effect != NOTHING) {
			end(stores);
		}
	}
	end(loads);
	end(stores);
}

void tandem_rows_combine(struct tandem_compilation *compilation)
{
	struct accesses *kinds = tandem_new_array(kinds, 2);
	LLVMValueRef function;
	LLVMBasicBlockRef block;

	if (!kinds) {
		tandem_ir_error(compilation, "no memory");
		return;
	}
	kinds[0].compilation = kinds[1].compilation = compilation;
	kinds[1].are_stores = true;
	for (function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		for (block = LLVMGetFirstBasicBlock(function); block;
		     block = LLVMGetNextBasicBlock(block))
			combine_block(&kinds[0], &kinds[1], block);
	}
	free(kinds);
}
