// SPDX-License-Identifier: MIT
#include "loops.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

/* Sets of blocks, a row of words each. */
struct search {
	const struct tandem_slots *slots;
	size_t words;
	uint64_t *dominators; /* a set for each block */
	uint64_t *members; /* of the loop that is looked at */
	unsigned int *stack;
	unsigned char *colours; /* of the walk in depth */
	unsigned int *predecessors; /* of all blocks, one block's after the other's */
	unsigned int *first_predecessor; /* where each block's begin; one more at the end */
};

enum { WHITE, GREY, BLACK };

static bool has(const uint64_t *set, unsigned int block)
{
	return set[block / 64] >> (block % 64) & 1;
}

static void add(uint64_t *set, unsigned int block)
{
	set[block / 64] |= UINT64_C(1) << (block % 64);
}

static int find_predecessors(struct search *search)
{
	const struct tandem_slots *slots = search->slots;
	unsigned int count = slots->block_count, edges = 0, *next;

	for (unsigned int i = 0; i < count; i++)
		edges += slots->blocks[i].successor_count;
	search->predecessors = tandem_new_array(search->predecessors, edges + 1);
	search->first_predecessor = tandem_new_array(search->first_predecessor, count + 2);
	if (!search->predecessors || !search->first_predecessor)
		return -ENOMEM;
	/* Counted one place further on, so that filling them in ends with the right places. */
	next = search->first_predecessor + 1;
	for (unsigned int i = 0; i < count; i++) {
		for (unsigned int k = 0; k < slots->blocks[i].successor_count; k++)
			next[tandem_slot_successor(&slots->blocks[i], k) + 1]++;
	}
	for (unsigned int i = 1; i <= count; i++)
		next[i] += next[i - 1];
	for (unsigned int i = 0; i < count; i++) {
		for (unsigned int k = 0; k < slots->blocks[i].successor_count; k++)
			search->predecessors[next[tandem_slot_successor(&slots->blocks[i], k)]++] =
				i;
	}
	return 0;
}

/* For each block @from that leads to @block. */
#define for_predecessors(search, block, from)                             \
	for (unsigned int at_ = (search)->first_predecessor[block], from; \
	     at_ < (search)->first_predecessor[(block) + 1] &&            \
	     (from = (search)->predecessors[at_], 1);                     \
	     at_++)

static bool is_reached(const struct search *search, unsigned int block)
{
	return !block || search->colours[block] == BLACK;
}

/* Visits the blocks that are reached at all, and finds out about edges that go backwards. */
static bool walk(struct search *search, unsigned int block)
{
	const struct tandem_slot_block *entry = &search->slots->blocks[block];
	bool structured = true;

	search->colours[block] = GREY;
	for (unsigned int k = 0; k < entry->successor_count; k++) {
		unsigned int next = tandem_slot_successor(entry, k);

		if (search->colours[next] == WHITE)
			structured &= walk(search, next);
		else if (search->colours[next] == GREY && search->dominators)
			structured &= has(search->dominators + block * search->words, next);
	}
	search->colours[block] = BLACK;
	return structured;
}

static void find_dominators(struct search *search, uint64_t *meet)
{
	const struct tandem_slots *slots = search->slots;
	const size_t bytes = search->words * sizeof(*meet);
	bool changed = true;

	memset(search->dominators, 0xff, bytes * slots->block_count);
	memset(search->dominators, 0, bytes);
	add(search->dominators, 0);
	while (changed) {
		changed = false;
		for (unsigned int i = 1; i < slots->block_count; i++) {
			uint64_t *set = search->dominators + i * search->words;

			memset(meet, 0xff, bytes);
			for_predecessors(search, i, from) {
				if (!is_reached(search, from))
					continue;
				for (size_t w = 0; w < search->words; w++)
					meet[w] &= search->dominators[from * search->words + w];
			}
			add(meet, i);
			if (memcmp(meet, set, bytes)) {
				memcpy(set, meet, bytes);
				changed = true;
			}
		}
	}
}

/* The blocks from which @latch is reached without passing @header: the loop's members. */
static void find_members(struct search *search, unsigned int header, unsigned int latch)
{
	unsigned int depth = 0;

	memset(search->members, 0, search->words * sizeof(*search->members));
	add(search->members, header);
	if (latch != header) {
		add(search->members, latch);
		search->stack[depth++] = latch;
	}
	while (depth) {
		unsigned int block = search->stack[--depth];

		for_predecessors(search, block, from) {
			if (has(search->members, from) || !is_reached(search, from))
				continue;
			add(search->members, from);
			search->stack[depth++] = from;
		}
	}
}

static void note_loop(struct tandem_loops *loops, struct search *search, unsigned int header,
		      unsigned int latch)
{
	const struct tandem_slots *slots = search->slots;

	find_members(search, header, latch);
	loops->any = true;
	loops->is_header[header] = true;
	for (unsigned int i = 0; i < slots->block_count; i++) {
		if (!has(search->members, i))
			continue;
		loops->is_inside[i] = true;
		for (unsigned int k = 0; k < slots->blocks[i].successor_count; k++) {
			unsigned int next = tandem_slot_successor(&slots->blocks[i], k);

			if (!has(search->members, next))
				loops->is_exit[next] = true;
		}
	}
}

static void find_loops(struct tandem_loops *loops, struct search *search)
{
	const struct tandem_slots *slots = search->slots;

	for (unsigned int i = 0; i < slots->block_count; i++) {
		for (unsigned int k = 0; k < slots->blocks[i].successor_count; k++) {
			unsigned int next = tandem_slot_successor(&slots->blocks[i], k);

			if (is_reached(search, i) &&
			    has(search->dominators + i * search->words, next))
				note_loop(loops, search, next, i);
		}
	}
}

int tandem_loops_find(struct tandem_loops *loops, const struct tandem_slots *slots)
{
	unsigned int count = slots->block_count;
	struct search search = { .slots = slots, .words = (count + 63) / 64 };
	uint64_t *meet = tandem_new_array(meet, search.words);
	uint64_t *dominators = tandem_new_array(dominators, search.words * count);
	int error = -ENOMEM;

	*loops = (struct tandem_loops){ 0 };
	loops->is_header = tandem_new_array(loops->is_header, count);
	loops->is_exit = tandem_new_array(loops->is_exit, count);
	loops->is_inside = tandem_new_array(loops->is_inside, count);
	search.members = tandem_new_array(search.members, search.words);
	search.stack = tandem_new_array(search.stack, count + 1);
	search.colours = tandem_new_array(search.colours, count);
	if (meet && dominators && loops->is_header && loops->is_exit && loops->is_inside &&
	    search.members && search.stack && search.colours && !find_predecessors(&search)) {
		walk(&search, 0);
		search.dominators = dominators;
		find_dominators(&search, meet);
		memset(search.colours, WHITE, count);
		loops->are_structured = walk(&search, 0);
		find_loops(loops, &search);
		error = 0;
	}
	free(meet);
	free(dominators);
	free(search.members);
	free(search.stack);
	free(search.colours);
	free(search.predecessors);
	free(search.first_predecessor);
	return error;
}

void tandem_loops_finish(struct tandem_loops *loops)
{
	free(loops->is_header);
	free(loops->is_exit);
	free(loops->is_inside);
	*loops = (struct tandem_loops){ 0 };
}
