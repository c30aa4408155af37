// SPDX-License-Identifier: MIT
/*
 * The buddy system over a range of pages: blocks of 2^order pages, each aligned
 * to its size. What is known of a block stands beside the range, not in it.
 * The caller provides the locking.
 */
#ifndef TANDEM_SVM_BUDDY_H
#define TANDEM_SVM_BUDDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TANDEM_PAGE_BYTES   4096u
#define TANDEM_BUDDY_ORDERS 32

enum tandem_block_state {
	TANDEM_BLOCK_NONE, /* no block begins at this page */
	TANDEM_BLOCK_FREE,
	TANDEM_BLOCK_CACHED, /* freed, but not divided or merged; its memory is kept */
	TANDEM_BLOCK_USED,
};

/* One a page; says something of those pages at which a block begins. */
struct tandem_block {
	uint8_t state;
	uint8_t order;
	bool is_slab; /* owner is a struct tandem_slab */
	uint32_t next, previous; /* pages of the list that the block is in; 0 is its end */
	void *owner;
};

/* A list of blocks, by their first pages plus one. */
struct tandem_block_list {
	uint32_t first, last;
};

struct tandem_buddy {
	struct tandem_block *blocks; /* pages of them, mapped as they are needed */
	uint32_t pages; /* 2^top_order */
	unsigned int top_order;
	struct tandem_block_list free[TANDEM_BUDDY_ORDERS];
	uint32_t free_orders; /* bit set where a list of free is not empty */
	struct tandem_block_list cached[TANDEM_BUDDY_ORDERS];
	uint64_t cached_bytes;
};

/* All @pages, 2^@top_order of them, are free at first. -ENOMEM. */
int tandem_buddy_init(struct tandem_buddy *buddy, unsigned int top_order);

void tandem_buddy_finish(struct tandem_buddy *buddy);

/* The smallest order whose blocks hold @bytes. */
unsigned int tandem_buddy_order(size_t bytes);

/*
 * Takes a block of @order, preferably one that is cached. Returns its first
 * page, or UINT32_MAX where there is none.
 */
uint32_t tandem_buddy_take(struct tandem_buddy *buddy, unsigned int order);

/* Frees a used block, into the cache. */
void tandem_buddy_give(struct tandem_buddy *buddy, uint32_t page);

/*
 * Takes the block out of the cache that has been there for longest among those
 * of the largest order, for the caller to drop its memory and pass it to
 * tandem_buddy_merge. UINT32_MAX where the cache is empty.
 */
uint32_t tandem_buddy_uncache(struct tandem_buddy *buddy);
void tandem_buddy_merge(struct tandem_buddy *buddy, uint32_t page);

/* The used block that @page lies in, or NULL. */
struct tandem_block *tandem_buddy_find(struct tandem_buddy *buddy, uint32_t page);

static inline size_t tandem_block_bytes(unsigned int order)
{
	return (size_t)TANDEM_PAGE_BYTES << order;
}

#endif
