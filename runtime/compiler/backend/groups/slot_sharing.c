// SPDX-License-Identifier: MIT
#include "slot_sharing.h"

#include <errno.h>
#include <stdlib.h>

#include "util/alloc.h"

/* A load or store of a slot, in a block's order. */
struct access {
	unsigned int slot; /* that stands for all that it is shared with */
	bool is_store;
	LLVMValueRef instruction;
	LLVMValueRef value; /* loaded or stored */
};

struct sharing {
	struct tandem_slots *slots;
	size_t words; /* of a set of blocks */
	struct access *accesses;
	unsigned int *first_access; /* for each block, and behind the last */
	uint64_t *live; /* a set for each slot: blocks that are entered with a value needed */
	uint64_t *touched; /* a set for each slot: blocks that load or store it */
	unsigned int *shared_with; /* for each slot: the slot that stands for it, or itself */
};

static bool has(const uint64_t *set, unsigned int block)
{
	return set[block / 64] >> (block % 64) & 1;
}

static void add(uint64_t *set, unsigned int block)
{
	set[block / 64] |= UINT64_C(1) << (block % 64);
}

static uint64_t *live_in(const struct sharing *sharing, unsigned int slot)
{
	return sharing->live + slot * sharing->words;
}

static uint64_t *touched_in(const struct sharing *sharing, unsigned int slot)
{
	return sharing->touched + slot * sharing->words;
}

static bool can_share(const struct tandem_slot *slot)
{
	return slot->is_simple && slot->is_kept && !slot->is_uniform;
}

/* ---- what blocks do with slots ---- */

/* The slot that an instruction loads or stores as a whole, or NULL. */
static struct tandem_slot *accessed_slot(const struct sharing *sharing, LLVMValueRef instruction)
{
	int operand = tandem_ir_pointer_operand(instruction);
	struct tandem_slot *slot = NULL;

	if (operand >= 0)
		slot = tandem_slot_of(sharing->slots,
				      LLVMGetOperand(instruction, (unsigned int)operand));
	return slot && can_share(slot) ? slot : NULL;
}

/* Goes through all accesses: counts them, and writes them down where there is room. */
static unsigned int collect_accesses(struct sharing *sharing)
{
	const struct tandem_slots *slots = sharing->slots;
	unsigned int count = 0;

	for (unsigned int i = 0; i < slots->block_count; i++) {
		LLVMValueRef instruction = LLVMGetFirstInstruction(slots->blocks[i].block);

		sharing->first_access[i] = count;
		for (; instruction; instruction = LLVMGetNextInstruction(instruction)) {
			const struct tandem_slot *slot = accessed_slot(sharing, instruction);
			bool is_store = slot && LLVMIsAStoreInst(instruction);

			if (!slot)
				continue;
			if (sharing->accesses)
				sharing->accesses[count] = (struct access){
					.slot = (unsigned int)(slot - slots->slots),
					.is_store = is_store,
					.instruction = instruction,
					.value = is_store ? LLVMGetOperand(instruction, 0) :
							    instruction,
				};
			count++;
		}
	}
	sharing->first_access[slots->block_count] = count;
	return count;
}

static void find_touched(struct sharing *sharing)
{
	for (unsigned int i = 0; i < sharing->slots->block_count; i++) {
		for (unsigned int k = sharing->first_access[i]; k < sharing->first_access[i + 1];
		     k++)
			add(touched_in(sharing, sharing->accesses[k].slot), i);
	}
}

static bool is_live_behind(const struct sharing *sharing, unsigned int slot, unsigned int block)
{
	const struct tandem_slot_block *entry = &sharing->slots->blocks[block];

	for (unsigned int k = 0; k < entry->successor_count; k++) {
		if (has(live_in(sharing, slot), tandem_slot_successor(entry, k)))
			return true;
	}
	return false;
}

/* Whether the value with which a block is entered is needed, by what the block does. */
static bool is_live_before(const struct sharing *sharing, unsigned int slot, unsigned int block)
{
	if (has(touched_in(sharing, slot), block)) {
		for (unsigned int k = sharing->first_access[block];; k++) {
			if (sharing->accesses[k].slot == slot)
				return !sharing->accesses[k].is_store;
		}
	}
	return is_live_behind(sharing, slot, block);
}

/* Backwards, to a fixed point. */
static void find_live(struct sharing *sharing, unsigned int slot)
{
	uint64_t *live = live_in(sharing, slot);
	bool changed = true;

	while (changed) {
		changed = false;
		for (unsigned int i = sharing->slots->block_count; i--;) {
			if (has(live, i) || !is_live_before(sharing, slot, i))
				continue;
			add(live, i);
			changed = true;
		}
	}
}

/* ---- which may be one ---- */

/* Whether the slot is known to hold @value at the access @at of the block. */
static bool holds(const struct sharing *sharing, unsigned int block, unsigned int at,
		  unsigned int slot, LLVMValueRef value)
{
	while (at-- > sharing->first_access[block]) {
		if (sharing->accesses[at].slot == slot)
			return sharing->accesses[at].value == value;
	}
	return false;
}

/* Whether a store of the block to one slot finds the other needed, with another value. */
static bool disturb_in(const struct sharing *sharing, const unsigned int *pair, unsigned int block)
{
	bool is_live[2];

	for (int i = 0; i < 2; i++)
		is_live[i] = is_live_behind(sharing, pair[i], block);
	for (unsigned int k = sharing->first_access[block + 1];
	     k-- > sharing->first_access[block];) {
		const struct access *access = &sharing->accesses[k];
		int which = access->slot == pair[1];

		if (access->slot != pair[which])
			continue;
		if (access->is_store && is_live[!which] &&
		    !holds(sharing, block, k, pair[!which], access->value))
			return true;
		is_live[which] = !access->is_store;
	}
	return false;
}

static bool disturb(const struct sharing *sharing, unsigned int a, unsigned int b)
{
	const uint64_t *first = live_in(sharing, a), *second = live_in(sharing, b);
	const unsigned int pair[] = { a, b };

	for (size_t w = 0; w < sharing->words; w++) {
		if (first[w] & second[w])
			return true;
	}
	first = touched_in(sharing, a);
	second = touched_in(sharing, b);
	for (size_t w = 0; w < sharing->words; w++) {
		for (uint64_t blocks = first[w] | second[w]; blocks; blocks &= blocks - 1) {
			if (disturb_in(sharing, pair,
				       (unsigned int)(w * 64) +
					       (unsigned int)__builtin_ctzll(blocks)))
				return true;
		}
	}
	return false;
}

static bool are_alike(const struct sharing *sharing, unsigned int a, unsigned int b)
{
	const struct tandem_slot *first = &sharing->slots->slots[a];
	const struct tandem_slot *second = &sharing->slots->slots[b];

	return first->type == second->type &&
	       LLVMGetAlignment(first->variable) == LLVMGetAlignment(second->variable);
}

static unsigned int representative(const struct sharing *sharing, unsigned int slot)
{
	while (sharing->shared_with[slot] != slot)
		slot = sharing->shared_with[slot];
	return slot;
}

/* Lets @a stand for @b as well. */
static void merge(struct sharing *sharing, unsigned int a, unsigned int b)
{
	const uint64_t *touched = touched_in(sharing, b);

	for (unsigned int i = 0; i < sharing->slots->block_count; i++) {
		if (!has(touched, i))
			continue;
		for (unsigned int k = sharing->first_access[i]; k < sharing->first_access[i + 1];
		     k++) {
			if (sharing->accesses[k].slot == b)
				sharing->accesses[k].slot = a;
		}
	}
	for (size_t w = 0; w < sharing->words; w++) {
		live_in(sharing, a)[w] |= live_in(sharing, b)[w];
		touched_in(sharing, a)[w] |= touched[w];
	}
	sharing->shared_with[b] = a;
}

static void try_merge(struct sharing *sharing, unsigned int a, unsigned int b)
{
	a = representative(sharing, a);
	b = representative(sharing, b);
	if (a != b && are_alike(sharing, a, b) && !disturb(sharing, a, b))
		merge(sharing, a, b);
}

/* ---- sharing ---- */

static void share_copies(struct sharing *sharing)
{
	for (unsigned int k = 0; k < sharing->first_access[sharing->slots->block_count]; k++) {
		const struct access *access = &sharing->accesses[k];
		const struct tandem_slot *from;

		if (!access->is_store || !LLVMIsALoadInst(access->value))
			continue;
		from = accessed_slot(sharing, access->value);
		if (from)
			try_merge(sharing, (unsigned int)(from - sharing->slots->slots),
				  access->slot);
	}
}

static void share_others(struct sharing *sharing)
{
	const struct tandem_slots *slots = sharing->slots;

	for (unsigned int i = 0; i < slots->slot_count; i++) {
		for (unsigned int k = 0;
		     k < i && can_share(&slots->slots[i]) && sharing->shared_with[i] == i; k++) {
			if (can_share(&slots->slots[k]) && sharing->shared_with[k] == k)
				try_merge(sharing, k, i);
		}
	}
}

/* Erases stores of what a slot holds anyway, and loads that were for these only. */
static void erase_copies(struct sharing *sharing)
{
	for (unsigned int i = 0; i < sharing->slots->block_count; i++) {
		for (unsigned int k = sharing->first_access[i + 1];
		     k-- > sharing->first_access[i];) {
			const struct access *access = &sharing->accesses[k];

			if (access->is_store ? holds(sharing, i, k, access->slot, access->value) :
					       !LLVMGetFirstUse(access->instruction))
				LLVMInstructionEraseFromParent(access->instruction);
		}
	}
}

/* Puts the slots that are left in the others' place. */
static void replace_slots(struct sharing *sharing)
{
	struct tandem_slots *slots = sharing->slots;
	unsigned int left = 0;

	for (unsigned int i = 0; i < slots->slot_count; i++) {
		LLVMValueRef variable = slots->slots[i].variable;
		unsigned int other = representative(sharing, i);

		if (other != i)
			LLVMReplaceAllUsesWith(variable, slots->slots[other].variable);
	}
	tandem_pointer_map_clear(&slots->slot_index);
	for (unsigned int i = 0; i < slots->slot_count; i++) {
		if (sharing->shared_with[i] != i) {
			LLVMInstructionEraseFromParent(slots->slots[i].variable);
			continue;
		}
		slots->slots[left++] = slots->slots[i];
		tandem_pointer_map_set(&slots->slot_index, slots->slots[left - 1].variable,
				       (void *)(uintptr_t)left);
	}
	slots->slot_count = left;
}

int tandem_slots_share(struct tandem_slots *slots)
{
	const size_t words = (slots->block_count + 63) / 64;
	struct sharing sharing = { .slots = slots, .words = words };
	int error = -ENOMEM;

	sharing.first_access = tandem_new_array(sharing.first_access, slots->block_count + 1);
	sharing.live = tandem_new_array(sharing.live, words * slots->slot_count + 1);
	sharing.touched = tandem_new_array(sharing.touched, words * slots->slot_count + 1);
	sharing.shared_with = tandem_new_array(sharing.shared_with, slots->slot_count + 1);
	if (sharing.first_access && sharing.live && sharing.touched && sharing.shared_with)
		sharing.accesses =
			tandem_new_array(sharing.accesses, collect_accesses(&sharing) + 1);
	if (sharing.accesses) {
		collect_accesses(&sharing);
		find_touched(&sharing);
		for (unsigned int i = 0; i < slots->slot_count; i++) {
			sharing.shared_with[i] = i;
			if (can_share(&slots->slots[i]))
				find_live(&sharing, i);
		}
		share_copies(&sharing);
		share_others(&sharing);
		erase_copies(&sharing);
		replace_slots(&sharing);
		error = slots->slot_index.failed ? -ENOMEM : 0;
	}
	free(sharing.accesses);
	free(sharing.first_access);
	free(sharing.live);
	free(sharing.touched);
	free(sharing.shared_with);
	return error;
}
