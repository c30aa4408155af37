// SPDX-License-Identifier: MIT
/*
 * The order in which blocks are run, and where lanes may wait.
 *
 * From a node, control goes to the first of those that lanes may then wait for. Which
 * these are is a set for each node, the union over all ways to it.
 */
#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "util/alloc.h"

/* ---- the order ---- */

/* The block, or the header of the loop directly in @loop, that a block belongs to. */
static unsigned int item_of(const struct tandem_body *body, unsigned int block, unsigned int loop)
{
	unsigned int inner = body->flow.loop_of[block];

	if (inner == loop)
		return block;
	while (inner != TANDEM_NO_LOOP && body->flow.loops[inner].parent != loop)
		inner = body->flow.loops[inner].parent;
	return inner == TANDEM_NO_LOOP ? TANDEM_NO_NODE : body->flow.loops[inner].header;
}

/* Whether all that leads to an item of a loop, but from behind, has its place. */
static bool is_ready(const struct tandem_body *body, unsigned int item, unsigned int loop,
		     const bool *placed)
{
	if (loop != TANDEM_NO_LOOP && item == body->flow.loops[loop].header)
		return true;
	for (unsigned int i = 0; i < body->flow.block_count; i++) {
		unsigned int from = item_of(body, i, loop);

		if (from == TANDEM_NO_NODE || from == item || placed[from])
			continue;
		for (unsigned int k = 0; k < tandem_body_successors(body, i); k++) {
			if (item_of(body, tandem_body_successor(body, i, k), loop) == item)
				return false;
		}
	}
	return true;
}

static void add_node(struct tandem_body *body, unsigned int block, bool is_loop_end)
{
	struct tandem_node *node = &body->nodes[body->node_count];

	node->block = block;
	node->is_loop_end = is_loop_end;
	node->runs_without_lanes = !is_loop_end && tandem_body_runs_without_lanes(body, block);
	node->waiting = tandem_new_array(node->waiting, body->words);
	body->failed |= !node->waiting;
	body->node_count++;
}

static void order(struct tandem_body *body, unsigned int loop, bool *placed)
{
	unsigned int left = 0, item;

	for (unsigned int i = 0; i < body->flow.block_count; i++)
		left += item_of(body, i, loop) == i;
	while (left--) {
		unsigned int inner;

		for (item = 0; item < body->flow.block_count; item++) {
			if (item_of(body, item, loop) == item && !placed[item] &&
			    is_ready(body, item, loop, placed))
				break;
		}
		if (item == body->flow.block_count) {
			tandem_body_refuse(body, "a loop is entered at several places");
			return;
		}
		inner = body->flow.loop_of[item];
		if (inner == loop) {
			body->node_of[item] = body->node_count;
			add_node(body, item, false);
		} else {
			order(body, inner, placed);
			body->end_of[inner] = body->node_count;
			add_node(body, item, true);
		}
		placed[item] = true;
	}
}

/* ---- where lanes wait ---- */

unsigned int tandem_body_first(const struct tandem_body *body, const uint64_t *set)
{
	for (size_t w = 0; w < body->words; w++) {
		if (set[w])
			return (unsigned int)(64 * w) + (unsigned int)__builtin_ctzll(set[w]);
	}
	return TANDEM_NO_NODE;
}

unsigned int tandem_body_target(const struct tandem_body *body, unsigned int from, unsigned int to)
{
	unsigned int loop = body->flow.loop_of[to];

	if (loop != TANDEM_NO_LOOP && body->flow.loops[loop].header == to &&
	    tandem_body_is_in_loop(body, from, loop))
		return body->end_of[loop];
	return body->node_of[to];
}

struct spreading {
	struct tandem_body *body;
	uint64_t *set; /* that is on its way */
	unsigned int *targets; /* room for a block's */
	bool changed;
};

/*
 * Lanes may wait for the set's nodes, when control goes to the first, and for @to. Where the node
 * may be run without lanes, none may be there.
 */
static void spread(struct spreading *spreading, unsigned int node, const unsigned int *to,
		   unsigned int count)
{
	struct tandem_body *body = spreading->body;
	unsigned int next;

	memcpy(spreading->set, body->nodes[node].waiting, body->words * sizeof(*spreading->set));
	for (unsigned int i = 0; i < count; i++)
		tandem_set_add(spreading->set, to[i]);
	next = tandem_body_first(body, spreading->set);
	if (next == TANDEM_NO_NODE)
		return;
	/* From a loop's end, lanes go on at its header: nothing of the loop waits. */
	tandem_set_remove(spreading->set, next);
	for (size_t w = 0; w < body->words; w++) {
		uint64_t both = body->nodes[next].waiting[w] | spreading->set[w];

		spreading->changed |= both != body->nodes[next].waiting[w];
		body->nodes[next].waiting[w] = both;
	}
	/* Lanes are certain to come only there where all of them go. */
	if (count != 1 || *to != next || body->nodes[node].runs_without_lanes)
		body->nodes[next].is_certain = false;
}

static void spread_from(struct spreading *spreading, unsigned int node)
{
	struct tandem_body *body = spreading->body;
	const struct tandem_node *from = &body->nodes[node];
	unsigned int count = tandem_body_successors(body, from->block);

	/* Where there are no lanes for it. */
	if (!from->is_certain)
		spread(spreading, node, NULL, 0);
	if (from->is_loop_end) {
		spread(spreading, node, &body->node_of[from->block], 1);
		return;
	}
	if (!count)
		spread(spreading, node, NULL, 0);
	for (unsigned int k = 0; k < count; k++)
		spreading->targets[k] = tandem_body_target(
			body, from->block, tandem_body_successor(body, from->block, k));
	if (body->is_varying_branch[from->block]) {
		spread(spreading, node, spreading->targets, count);
		return;
	}
	for (unsigned int k = 0; k < count; k++)
		spread(spreading, node, &spreading->targets[k], 1);
}

/* ---- masks ---- */

/* Whether lanes that pass @dominator together may be apart in @block, which it dominates. */
static bool parts_from(const struct tandem_body *body, unsigned int dominator, unsigned int block)
{
	unsigned int loop = body->flow.loop_of[dominator];

	/* Others may have come there in earlier turns. */
	for (; loop != TANDEM_NO_LOOP; loop = body->flow.loops[loop].parent) {
		if (body->is_varying_loop[loop] && !tandem_body_is_in_loop(body, block, loop))
			return true;
	}
	for (unsigned int i = 0; i < body->flow.block_count; i++) {
		if (body->is_varying_branch[i] && tandem_body_dominates(body, dominator, i) &&
		    tandem_set_has(body->regions + i * body->words, block))
			return true;
	}
	return false;
}

/*
 * See struct tandem_node. Between the two, lanes may be in loops that they leave in different
 * turns: they wait for each other in the block.
 */
static unsigned int find_origin(const struct tandem_body *body, unsigned int block)
{
	unsigned int from = block;

	while (from) {
		from = body->flow.dominators[from];
		/* All lanes of a block that may have none say nothing of there being some. */
		if (!body->nodes[body->node_of[from]].runs_without_lanes &&
		    tandem_set_has(body->post_dominators + from * body->words, block) &&
		    body->flow.loop_of[block] == body->flow.loop_of[from] &&
		    !parts_from(body, from, block))
			return from;
	}
	return TANDEM_NO_NODE;
}

/* The node whose lanes a block that is certain to be run has; its own where they are others. */
static unsigned int find_mask(const struct tandem_body *body, unsigned int block)
{
	unsigned int from = body->flow.dominators[block];

	if (parts_from(body, from, block))
		from = body->nodes[body->node_of[block]].origin;
	return from == TANDEM_NO_NODE ? body->node_of[block] :
					body->nodes[body->node_of[from]].mask_of;
}

static void find_masks(struct tandem_body *body)
{
	for (unsigned int i = 0; i < body->flow.block_count; i++) {
		struct tandem_node *node = &body->nodes[body->node_of[i]];

		node->mask_of = i && node->is_certain ? find_mask(body, i) : body->node_of[i];
	}
	for (unsigned int i = 0; i < body->node_count; i++) {
		if (body->nodes[i].is_loop_end)
			body->nodes[i].mask_of = i;
	}
}

static void begin_node(const struct tandem_body *body, struct tandem_node *node)
{
	node->origin = node->is_loop_end ? TANDEM_NO_NODE : find_origin(body, node->block);
	node->is_certain = true;
}

void tandem_body_find_ways(struct tandem_body *body)
{
	bool *placed = tandem_new_array(placed, body->flow.block_count);
	struct spreading spreading = { .body = body, .changed = true };
	unsigned int rounds = 0, ends = 0, most = 0;

	for (unsigned int i = 0; i < body->flow.block_count; i++) {
		unsigned int count = tandem_body_successors(body, i);

		ends += !count;
		most = count > most ? count : most;
	}
	spreading.set = tandem_new_array(spreading.set, body->words);
	spreading.targets = tandem_new_array(spreading.targets, most + 1);
	body->failed |= !placed || !spreading.set || !spreading.targets;
	if (!body->failed)
		order(body, TANDEM_NO_LOOP, placed);
	for (unsigned int i = 0; !tandem_body_is_refused(body) && i < body->node_count; i++)
		begin_node(body, &body->nodes[i]);
	while (spreading.changed && !tandem_body_is_refused(body)) {
		spreading.changed = false;
		for (unsigned int i = 0; i < body->node_count; i++) {
			if (body->nodes[i].origin != TANDEM_NO_NODE)
				body->nodes[i].is_certain = true;
			/* Lanes that are nowhere else are here, unless they may have ended. */
			if (ends == 1 &&
			    tandem_body_first(body, body->nodes[i].waiting) == TANDEM_NO_NODE)
				body->nodes[i].is_certain = true;
			spread_from(&spreading, i);
		}
		/* Once more, as what is certain may have changed with the sets as they were. */
		spreading.changed |= !rounds++;
	}
	free(placed);
	free(spreading.set);
	free(spreading.targets);
	if (!tandem_body_is_refused(body))
		find_masks(body);
}
