// SPDX-License-Identifier: MIT
/*
 * Vectors of a work-item's own that lie anywhere: each lane's is accessed as one, and they are
 * turned round, as rows into columns, so that there is a vector of all lanes for each component.
 * A gather or scatter for each component would take as many accesses as there are components.
 */
#include "accesses.h"
#include "util/alloc.h"

/* As many bytes of a lane, so that it is worth it, and no more than a vector of the processor's. */
#define LEAST_BYTES 16
#define MOST_BYTES  64

void tandem_access_turn_round(struct tandem_body *body, LLVMValueRef *rows, unsigned int size,
			      unsigned int length)
{
	int low[TANDEM_MOST_LANES], high[TANDEM_MOST_LANES];

	for (unsigned int half = 1; half < size; half *= 2) {
		for (unsigned int i = 0; i < length; i++) {
			low[i] = (int)(i & half ? length + (i ^ half) : i);
			high[i] = (int)(i & half ? length + i : i ^ half);
		}
		for (unsigned int i = 0; i < size; i++) {
			LLVMValueRef a = rows[i], b;

			if (i & half)
				continue;
			b = rows[i | half];
			rows[i] = tandem_access_shuffle(body, a, b, low, length);
			rows[i | half] = tandem_access_shuffle(body, a, b, high, length);
		}
	}
}

bool tandem_access_is_square(const struct tandem_body *body, const struct tandem_access *access)
{
	uint64_t bytes = access->components * access->element_bytes;

	return access->components > 1 && tandem_is_power_of_two(access->components) &&
	       access->components <= body->lanes && bytes >= LEAST_BYTES && bytes <= MOST_BYTES;
}

/* Vectors of the same length, one behind the other: a power of two of them. */
static LLVMValueRef join(struct tandem_body *body, LLVMValueRef *parts, unsigned int count,
			 unsigned int length)
{
	int all[TANDEM_MOST_LANES];

	for (int i = 0; i < TANDEM_MOST_LANES; i++)
		all[i] = i;
	for (; count > 1; count /= 2, length *= 2) {
		for (unsigned int i = 0; i < count / 2; i++)
			parts[i] = tandem_access_shuffle(body, parts[2 * i], parts[2 * i + 1], all,
							 2 * length);
	}
	return parts[0];
}

static LLVMValueRef pointer_of(struct tandem_body *body, LLVMValueRef pointers, unsigned int lane)
{
	return LLVMBuildExtractElement(body->compilation->builder, pointers,
				       LLVMConstInt(body->compilation->i32, lane, 0), "");
}

static void load(struct tandem_body *body, const struct tandem_access *access,
		 LLVMValueRef pointers, unsigned int alignment)
{
	unsigned int size = access->components, squares = body->lanes / size;
	LLVMTypeRef type = LLVMVectorType(access->element, size);
	LLVMValueRef rows[TANDEM_MOST_COMPONENTS], parts[TANDEM_MOST_LANES];

	for (unsigned int i = 0; i < size; i++) {
		for (unsigned int k = 0; k < squares; k++) {
			parts[k] = LLVMBuildLoad2(body->compilation->builder, type,
						  pointer_of(body, pointers, k * size + i), "");
			LLVMSetAlignment(parts[k], alignment);
		}
		rows[i] = join(body, parts, squares, size);
	}
	tandem_access_turn_round(body, rows, size, body->lanes);
	for (unsigned int i = 0; i < size; i++)
		tandem_access_set_loaded(body, access, i, rows[i]);
}

/* One lane after the other: of the same place, the last one's is left. */
static void store(struct tandem_body *body, const struct tandem_access *access,
		  LLVMValueRef pointers, unsigned int alignment)
{
	unsigned int size = access->components;
	int from[TANDEM_MOST_COMPONENTS];
	LLVMValueRef columns[TANDEM_MOST_COMPONENTS];

	for (unsigned int i = 0; i < size; i++)
		columns[i] = tandem_access_stored(body, access, i);
	tandem_access_turn_round(body, columns, size, body->lanes);
	for (unsigned int lane = 0; lane < body->lanes; lane++) {
		LLVMValueRef row = columns[lane % size];

		for (unsigned int i = 0; i < size; i++)
			from[i] = (int)(lane / size * size + i);
		row = tandem_access_shuffle(body, row, NULL, from, size);
		LLVMSetAlignment(LLVMBuildStore(body->compilation->builder, row,
						pointer_of(body, pointers, lane)),
				 alignment);
	}
}

void tandem_access_square(struct tandem_body *body, const struct tandem_access *access,
			  LLVMValueRef pointers, unsigned int alignment)
{
	if (body->mask)
		pointers = tandem_access_redirect(body, pointers);
	if (tandem_access_is_store(access))
		store(body, access, pointers, alignment);
	else
		load(body, access, pointers, alignment);
}
