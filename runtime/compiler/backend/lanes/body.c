// SPDX-License-Identifier: MIT
/* An item function's blocks, loops and values. */
#include "body.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

void tandem_body_refuse(struct tandem_body *body, const char *format, ...)
{
	va_list arguments;

	if (tandem_body_is_refused(body))
		return;
	va_start(arguments, format);
	tandem_text_vprint(body->refusal, format, arguments);
	va_end(arguments);
	if (body->refusal->failed)
		body->failed = true;
}

bool tandem_body_is_in_loop(const struct tandem_body *body, unsigned int block, unsigned int loop)
{
	unsigned int inner = body->flow.loop_of[block];

	while (inner != TANDEM_NO_LOOP && inner != loop)
		inner = body->flow.loops[inner].parent;
	return inner == loop;
}

bool tandem_body_dominates(const struct tandem_body *body, unsigned int a, unsigned int b)
{
	while (b > a)
		b = body->flow.dominators[b];
	return a == b;
}

/* ---- values ---- */

static void add_value(struct tandem_body *body, LLVMValueRef original)
{
	struct tandem_lane_value *value = &body->values[body->value_count++];
	LLVMTypeRef type = LLVMTypeOf(original);

	value->original = original;
	value->element = type;
	/* Of this, only the old value is looked at, see simplify.c. */
	if (LLVMIsAAtomicCmpXchgInst(original))
		value->element = type = LLVMTypeOf(LLVMGetOperand(original, 2));
	value->components = LLVMGetTypeKind(type) != LLVMVoidTypeKind;
	if (LLVMGetTypeKind(type) == LLVMVectorTypeKind) {
		value->element = LLVMGetElementType(type);
		value->components = LLVMGetVectorSize(type);
		if (value->components > TANDEM_MOST_COMPONENTS)
			tandem_body_refuse(body, "a vector has %u components", value->components);
	}
	tandem_pointer_map_set(&body->value_index, original, (void *)(uintptr_t)body->value_count);
}

static void find_values(struct tandem_body *body)
{
	unsigned int count = LLVMCountParams(body->item);

	for (unsigned int i = 0; i < body->flow.block_count; i++) {
		LLVMValueRef instruction = LLVMGetFirstInstruction(body->flow.blocks[i]);

		for (; instruction; instruction = LLVMGetNextInstruction(instruction))
			count++;
	}
	body->values = tandem_new_array(body->values, count);
	if (!body->values) {
		body->failed = true;
		return;
	}
	for (unsigned int i = 0; i < LLVMCountParams(body->item); i++)
		add_value(body, LLVMGetParam(body->item, i));
	for (unsigned int i = 0; i < body->flow.block_count; i++) {
		LLVMValueRef instruction = LLVMGetFirstInstruction(body->flow.blocks[i]);

		for (; instruction; instruction = LLVMGetNextInstruction(instruction))
			add_value(body, instruction);
	}
}

struct tandem_lane_value *tandem_body_value(const struct tandem_body *body, LLVMValueRef value)
{
	uintptr_t number = (uintptr_t)tandem_pointer_map_get(&body->value_index, value);

	return number ? &body->values[number - 1] : NULL;
}

bool tandem_body_leaves_loop(const struct tandem_body *body, LLVMValueRef value, unsigned int block)
{
	unsigned int loop;

	if (!LLVMIsAInstruction(value))
		return false;
	loop = tandem_flow_loop_of(&body->flow, value);
	for (; loop != TANDEM_NO_LOOP; loop = body->flow.loops[loop].parent) {
		if (body->is_varying_loop[loop] && !tandem_body_is_in_loop(body, block, loop))
			return true;
	}
	return false;
}

/* ---- post-dominators ---- */

/*
 * What all ways pass that begin with an edge: of one back to a loop's header the loop's set
 * in @ends, as lanes that go on inside the loop are in another turn.
 */
static const uint64_t *passed_from(const struct tandem_body *body, const uint64_t *ends,
				   unsigned int from, unsigned int to)
{
	unsigned int loop = body->flow.loop_of[to];

	if (loop != TANDEM_NO_LOOP && body->flow.loops[loop].header == to &&
	    tandem_body_is_in_loop(body, from, loop))
		return ends + loop * body->words;
	return body->post_dominators + to * body->words;
}

static void meet_edge(const struct tandem_body *body, const uint64_t *ends, unsigned int from,
		      unsigned int to, uint64_t *meet)
{
	const uint64_t *passed = passed_from(body, ends, from, to);

	for (size_t w = 0; w < body->words; w++)
		meet[w] &= passed[w];
}

static bool replace(uint64_t *set, const uint64_t *by, size_t words)
{
	if (!memcmp(by, set, words * sizeof(*set)))
		return false;
	memcpy(set, by, words * sizeof(*set));
	return true;
}

/* From a loop's end: its header, and what all ways out of it pass. */
static bool pass_loop(struct tandem_body *body, uint64_t *ends, unsigned int loop, uint64_t *meet)
{
	memset(meet, 0xff, body->words * sizeof(*meet));
	for (unsigned int i = 0; i < body->flow.block_count; i++) {
		if (!tandem_body_is_in_loop(body, i, loop))
			continue;
		for (unsigned int k = 0; k < tandem_body_successors(body, i); k++) {
			unsigned int next = tandem_body_successor(body, i, k);

			if (!tandem_body_is_in_loop(body, next, loop))
				meet_edge(body, ends, i, next, meet);
		}
	}
	tandem_set_add(meet, body->flow.loops[loop].header);
	return replace(ends + loop * body->words, meet, body->words);
}

static bool pass_block(struct tandem_body *body, const uint64_t *ends, unsigned int block,
		       uint64_t *meet)
{
	unsigned int count = tandem_body_successors(body, block);

	memset(meet, count ? 0xff : 0, body->words * sizeof(*meet));
	for (unsigned int k = 0; k < count; k++)
		meet_edge(body, ends, block, tandem_body_successor(body, block, k), meet);
	tandem_set_add(meet, block);
	return replace(body->post_dominators + block * body->words, meet, body->words);
}

/*
 * The blocks that all ways from a block to an end of the function pass, in the same turn of
 * each loop that both are in; or where the next turn begins.
 */
static void find_post_dominators(struct tandem_body *body)
{
	size_t words = body->words;
	uint64_t *meet = tandem_new_array(meet, words);
	uint64_t *ends = tandem_new_array(ends, words * (body->flow.loop_count + 1));
	bool changed = meet && ends;

	body->failed |= !changed;
	if (changed)
		memset(ends, 0xff, words * body->flow.loop_count * sizeof(*ends));
	memset(body->post_dominators, 0xff,
	       words * body->flow.block_count * sizeof(*body->post_dominators));
	while (changed) {
		changed = false;
		for (unsigned int loop = 0; loop < body->flow.loop_count; loop++)
			changed |= pass_loop(body, ends, loop, meet);
		for (unsigned int i = body->flow.block_count; i--;)
			changed |= pass_block(body, ends, i, meet);
	}
	free(meet);
	free(ends);
}

/* Whether some way leads from each block to an end: else it has no post-dominators. */
static void check_ends(struct tandem_body *body)
{
	bool *ends = tandem_new_array(ends, body->flow.block_count);
	bool changed = ends != NULL;

	body->failed |= !ends;
	while (changed) {
		changed = false;
		for (unsigned int i = body->flow.block_count; i--;) {
			unsigned int count = tandem_body_successors(body, i);
			bool does = !count;

			for (unsigned int k = 0; k < count; k++)
				does |= ends[tandem_body_successor(body, i, k)];
			changed |= does && !ends[i];
			ends[i] |= does;
		}
	}
	for (unsigned int i = 0; ends && i < body->flow.block_count; i++) {
		if (!ends[i])
			tandem_body_refuse(body, "a loop has no end");
	}
	free(ends);
}

/* Edges that lead back must lead to a block that all ways to their beginning pass. */
static void check_loops(struct tandem_body *body)
{
	for (unsigned int i = 0; i < body->flow.block_count; i++) {
		for (unsigned int k = 0; k < tandem_body_successors(body, i); k++) {
			unsigned int next = tandem_body_successor(body, i, k);

			if (next <= i && !tandem_body_dominates(body, next, i))
				tandem_body_refuse(body, "a loop is entered at several places");
		}
	}
}

void tandem_body_init(struct tandem_body *body)
{
	unsigned int count;

	if (tandem_flow_find(&body->flow, body->item)) {
		body->failed = true;
		return;
	}
	tandem_body_take_in_ways_out(body);
	count = body->flow.block_count;
	/* A loop's end is a node too. */
	body->words = (2 * (size_t)count + 63) / 64;
	body->post_dominators = tandem_new_array(body->post_dominators, body->words * count);
	body->regions = tandem_new_array(body->regions, body->words * count);
	body->is_varying_branch = tandem_new_array(body->is_varying_branch, count);
	body->is_varying_join = tandem_new_array(body->is_varying_join, count);
	body->is_varying_loop = tandem_new_array(body->is_varying_loop, count);
	body->nodes = tandem_new_array(body->nodes, 2 * (size_t)count);
	body->node_of = tandem_new_array(body->node_of, count);
	body->end_of = tandem_new_array(body->end_of, count);
	if (!body->post_dominators || !body->regions || !body->is_varying_branch ||
	    !body->is_varying_join || !body->is_varying_loop || !body->nodes || !body->node_of ||
	    !body->end_of) {
		body->failed = true;
		return;
	}
	find_values(body);
	check_ends(body);
	check_loops(body);
	find_post_dominators(body);
	body->failed |= body->value_index.failed;
}

void tandem_body_finish(struct tandem_body *body)
{
	for (unsigned int i = 0; i < body->node_count; i++)
		free(body->nodes[i].waiting);
	tandem_flow_finish(&body->flow);
	tandem_pointer_map_finish(&body->value_index);
	tandem_pointer_map_finish(&body->harmless);
	free(body->values);
	free(body->arrays);
	free(body->post_dominators);
	free(body->regions);
	free(body->is_varying_branch);
	free(body->is_varying_join);
	free(body->is_varying_loop);
	free(body->nodes);
	free(body->node_of);
	free(body->end_of);
	free(body->checks);
}
