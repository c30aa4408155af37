// SPDX-License-Identifier: MIT
/*
 * Large kernels have thousands of blocks and of slots: what holds of a block and a slot is a bit,
 * and a block's bits are gone through as words.
 */
#include "kept_slots.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

#define WORD_BITS 64

/* For each block a row of bits, one for each slot. */
struct rows {
	uint64_t *words;
	size_t length; /* of a row, in words */
};

/* What blocks do with slots, and what holds where they begin. */
struct uses {
	struct rows loads_first, stores;
	struct rows live; /* it is needed from here on */
	struct rows touched; /* a block before this one, or this one, may have touched it */
};

static uint64_t *row(const struct rows *rows, size_t block)
{
	return rows->words + block * rows->length;
}

static bool has(const uint64_t *row, size_t slot)
{
	return row[slot / WORD_BITS] >> slot % WORD_BITS & 1;
}

static void set(uint64_t *row, size_t slot)
{
	row[slot / WORD_BITS] |= UINT64_C(1) << slot % WORD_BITS;
}

static int new_rows(struct rows *rows, const struct tandem_slots *slots)
{
	rows->length = slots->slot_count / WORD_BITS + 1;
	rows->words = tandem_new_array(rows->words, rows->length * slots->block_count);
	return rows->words ? 0 : -ENOMEM;
}

static void note_use(struct uses *uses, const struct tandem_slots *slots, size_t block,
		     const struct tandem_slot *slot, LLVMValueRef user)
{
	size_t number = (size_t)(slot - slots->slots);

	set(row(&uses->touched, block), number);
	if (LLVMIsAStoreInst(user) && slot->is_simple)
		set(row(&uses->stores, block), number);
	else if (!slot->is_simple || !has(row(&uses->stores, block), number))
		set(row(&uses->loads_first, block), number);
}

/*
 * An address in the variable that was put into a slot is a use in any block, the
 * rest of an address's uses are in the block that names the variable.
 */
static void collect_uses(struct uses *uses, const struct tandem_slots *slots)
{
	for (unsigned int i = 0; i < slots->block_count; i++) {
		LLVMValueRef instruction = LLVMGetFirstInstruction(slots->blocks[i].block);

		for (; instruction; instruction = LLVMGetNextInstruction(instruction)) {
			for (int k = 0; k < LLVMGetNumOperands(instruction); k++) {
				const struct tandem_slot *slot =
					tandem_slot_of(slots, LLVMGetOperand(instruction, k));

				if (slot)
					note_use(uses, slots, i, slot, instruction);
			}
		}
	}
}

/* Whether an address in the variable gets where its uses are not seen. */
static bool address_escapes(LLVMValueRef address)
{
	for (LLVMUseRef use = LLVMGetFirstUse(address); use; use = LLVMGetNextUse(use)) {
		LLVMValueRef user = LLVMGetUser(use);
		const char *intrinsic = tandem_ir_intrinsic(user);

		if (LLVMIsALoadInst(user) || LLVMIsAICmpInst(user) ||
		    (LLVMIsAStoreInst(user) && LLVMGetOperand(user, 0) != address) ||
		    (intrinsic && !strncmp(intrinsic, "mem", 3)))
			continue;
		if (!LLVMIsAGetElementPtrInst(user) && !LLVMIsACastInst(user))
			return true;
		if (address_escapes(user))
			return true;
	}
	return false;
}

/* Takes @from's bits into @to's; whether that made a difference. */
static bool join(uint64_t *to, const uint64_t *from, size_t length)
{
	uint64_t difference = 0;

	for (size_t i = 0; i < length; i++) {
		difference |= from[i] & ~to[i];
		to[i] |= from[i];
	}
	return difference;
}

/* The same of those that are not among @but. */
static bool join_others(uint64_t *to, const uint64_t *from, const uint64_t *but, size_t length)
{
	uint64_t difference = 0;

	for (size_t i = 0; i < length; i++) {
		difference |= from[i] & ~but[i] & ~to[i];
		to[i] |= from[i] & ~but[i];
	}
	return difference;
}

/* Backwards, to a fixed point. */
static void find_live(struct uses *uses, const struct tandem_slots *slots)
{
	const size_t length = uses->live.length;
	bool changed = true;

	for (size_t i = 0; i < slots->block_count; i++)
		join(row(&uses->live, i), row(&uses->loads_first, i), length);
	while (changed) {
		changed = false;
		for (unsigned int i = slots->block_count; i--;) {
			const struct tandem_slot_block *block = &slots->blocks[i];

			for (unsigned int k = 0; k < block->successor_count; k++)
				changed |= join_others(row(&uses->live, i),
						       row(&uses->live,
							   tandem_slot_successor(block, k)),
						       row(&uses->stores, i), length);
		}
	}
}

/* Forwards, to a fixed point. */
static void find_touched(struct uses *uses, const struct tandem_slots *slots)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (unsigned int i = 0; i < slots->block_count; i++) {
			const struct tandem_slot_block *block = &slots->blocks[i];

			for (unsigned int k = 0; k < block->successor_count; k++)
				changed |=
					join(row(&uses->touched, tandem_slot_successor(block, k)),
					     row(&uses->touched, i), uses->touched.length);
		}
	}
}

/* Whether the slot holds something when one of the marked blocks is entered, and is needed. */
static bool outlives_cut(const struct uses *uses, const struct tandem_slots *slots,
			 const bool *is_cut, size_t slot, bool is_always_needed)
{
	for (unsigned int i = 0; i < slots->block_count; i++) {
		const struct tandem_slot_block *block = &slots->blocks[i];

		if (!has(row(&uses->touched, i), slot))
			continue;
		for (unsigned int k = 0; k < block->successor_count; k++) {
			unsigned int next = tandem_slot_successor(block, k);

			if (is_cut[next] && (is_always_needed || has(row(&uses->live, next), slot)))
				return true;
		}
	}
	return false;
}

int tandem_kept_slots_find(const struct tandem_slots *slots, const bool *is_cut, bool *kept)
{
	struct uses uses = { 0 };
	int error = -ENOMEM;

	if (!new_rows(&uses.loads_first, slots) && !new_rows(&uses.stores, slots) &&
	    !new_rows(&uses.live, slots) && !new_rows(&uses.touched, slots)) {
		error = 0;
		collect_uses(&uses, slots);
		find_live(&uses, slots);
		find_touched(&uses, slots);
	}
	for (unsigned int s = 0; !error && s < slots->slot_count; s++) {
		const struct tandem_slot *slot = &slots->slots[s];
		bool escapes = !slot->is_simple && address_escapes(slot->variable);

		kept[s] = outlives_cut(&uses, slots, is_cut, s, escapes);
	}
	free(uses.loads_first.words);
	free(uses.stores.words);
	free(uses.live.words);
	free(uses.touched.words);
	return error;
}
