// SPDX-License-Identifier: MIT
#include "buddy.h"

#include <errno.h>
#include <sys/mman.h>

#define NO_PAGE UINT32_MAX

static void list_push(struct tandem_buddy *buddy, struct tandem_block_list *list, uint32_t page)
{
	struct tandem_block *block = &buddy->blocks[page];

	block->previous = 0;
	block->next = list->first;
	if (list->first)
		buddy->blocks[list->first - 1].previous = page + 1;
	else
		list->last = page + 1;
	list->first = page + 1;
}

static void list_remove(struct tandem_buddy *buddy, struct tandem_block_list *list, uint32_t page)
{
	struct tandem_block *block = &buddy->blocks[page];

	if (block->previous)
		buddy->blocks[block->previous - 1].next = block->next;
	else
		list->first = block->next;
	if (block->next)
		buddy->blocks[block->next - 1].previous = block->previous;
	else
		list->last = block->previous;
}

static void add_free(struct tandem_buddy *buddy, uint32_t page, unsigned int order)
{
	struct tandem_block *block = &buddy->blocks[page];

	block->state = TANDEM_BLOCK_FREE;
	block->order = order;
	list_push(buddy, &buddy->free[order], page);
	buddy->free_orders |= 1u << order;
}

static void remove_free(struct tandem_buddy *buddy, uint32_t page)
{
	struct tandem_block *block = &buddy->blocks[page];

	list_remove(buddy, &buddy->free[block->order], page);
	if (!buddy->free[block->order].first)
		buddy->free_orders &= ~(1u << block->order);
	block->state = TANDEM_BLOCK_NONE;
}

int tandem_buddy_init(struct tandem_buddy *buddy, unsigned int top_order)
{
	size_t bytes = sizeof(*buddy->blocks) << top_order;
	void *blocks = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (blocks == MAP_FAILED)
		return -ENOMEM;
	*buddy = (struct tandem_buddy){ .blocks = blocks,
					.pages = 1u << top_order,
					.top_order = top_order };
	add_free(buddy, 0, top_order);
	return 0;
}

void tandem_buddy_finish(struct tandem_buddy *buddy)
{
	munmap(buddy->blocks, (size_t)buddy->pages * sizeof(*buddy->blocks));
}

unsigned int tandem_buddy_order(size_t bytes)
{
	size_t pages = (bytes + TANDEM_PAGE_BYTES - 1) / TANDEM_PAGE_BYTES;

	return pages <= 1 ? 0 : 64 - (unsigned int)__builtin_clzl(pages - 1);
}

static uint32_t take_cached(struct tandem_buddy *buddy, unsigned int order)
{
	uint32_t page;

	if (!buddy->cached[order].first)
		return NO_PAGE;
	page = buddy->cached[order].first - 1;
	list_remove(buddy, &buddy->cached[order], page);
	buddy->cached_bytes -= tandem_block_bytes(order);
	return page;
}

uint32_t tandem_buddy_take(struct tandem_buddy *buddy, unsigned int order)
{
	uint32_t larger, page;
	unsigned int from;

	if (order > buddy->top_order)
		return NO_PAGE;
	page = take_cached(buddy, order);
	if (page == NO_PAGE) {
		larger = buddy->free_orders & ~((1u << order) - 1);
		if (!larger)
			return NO_PAGE;
		from = (unsigned int)__builtin_ctz(larger);
		page = buddy->free[from].first - 1;
		remove_free(buddy, page);
		while (from > order) {
			from--;
			add_free(buddy, page + (1u << from), from);
		}
	}
	buddy->blocks[page] = (struct tandem_block){ .state = TANDEM_BLOCK_USED, .order = order };
	return page;
}

void tandem_buddy_give(struct tandem_buddy *buddy, uint32_t page)
{
	struct tandem_block *block = &buddy->blocks[page];

	block->state = TANDEM_BLOCK_CACHED;
	block->owner = NULL;
	list_push(buddy, &buddy->cached[block->order], page);
	buddy->cached_bytes += tandem_block_bytes(block->order);
}

uint32_t tandem_buddy_uncache(struct tandem_buddy *buddy)
{
	for (int order = TANDEM_BUDDY_ORDERS - 1; order >= 0; order--) {
		struct tandem_block_list *list = &buddy->cached[order];
		uint32_t page;

		if (!list->last)
			continue;
		page = list->last - 1;
		list_remove(buddy, list, page);
		buddy->cached_bytes -= tandem_block_bytes(order);
		return page;
	}
	return NO_PAGE;
}

void tandem_buddy_merge(struct tandem_buddy *buddy, uint32_t page)
{
	unsigned int order = buddy->blocks[page].order;

	while (order < buddy->top_order) {
		uint32_t other = page ^ (1u << order);
		struct tandem_block *neighbour = &buddy->blocks[other];

		if (neighbour->state != TANDEM_BLOCK_FREE || neighbour->order != order)
			break;
		remove_free(buddy, other);
		buddy->blocks[page].state = TANDEM_BLOCK_NONE;
		page &= ~(1u << order);
		order++;
	}
	add_free(buddy, page, order);
}

struct tandem_block *tandem_buddy_find(struct tandem_buddy *buddy, uint32_t page)
{
	for (unsigned int order = 0; order <= buddy->top_order; order++) {
		uint32_t first = page & ~((1u << order) - 1);
		struct tandem_block *block = &buddy->blocks[first];

		if (block->state == TANDEM_BLOCK_NONE)
			continue;
		/* A block begins here: it covers the page, or nothing larger does. */
		if (block->state != TANDEM_BLOCK_USED || first + (1u << block->order) <= page)
			return NULL;
		return block;
	}
	return NULL;
}
