// SPDX-License-Identifier: MIT
#include "slab.h"

#include <stdlib.h>

unsigned int tandem_slab_class(size_t bytes)
{
	unsigned int class = 0;

	while (tandem_slab_slot_bytes(class) < bytes)
		class ++;
	return class;
}

struct tandem_slab *tandem_slab_create(uint32_t page, unsigned int class)
{
	unsigned int slots = tandem_block_bytes(TANDEM_SLAB_ORDER) / tandem_slab_slot_bytes(class);
	struct tandem_slab *slab = calloc(1, sizeof(*slab) + slots * sizeof(slab->owners[0]));

	if (!slab)
		return NULL;
	slab->page = page;
	slab->class = class;
	slab->slots = slots;
	for (unsigned int slot = 0; slot < slots; slot++)
		slab->free_slots[slot / 64] |= (uint64_t)1 << (slot % 64);
	return slab;
}

unsigned int tandem_slab_take(struct tandem_slab *slab, void *owner)
{
	unsigned int word = slab->free_slots[0] ? 0 : 1;
	unsigned int slot = word * 64 + (unsigned int)__builtin_ctzl(slab->free_slots[word]);

	slab->free_slots[word] &= slab->free_slots[word] - 1;
	slab->owners[slot] = owner;
	slab->used++;
	return slot;
}

void tandem_slab_give(struct tandem_slab *slab, unsigned int slot)
{
	slab->free_slots[slot / 64] |= (uint64_t)1 << (slot % 64);
	slab->owners[slot] = NULL;
	slab->used--;
}
