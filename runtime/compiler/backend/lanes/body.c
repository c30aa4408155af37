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

/* The blocks that all ways from a block to an end of the function pass. */
static void find_post_dominators(struct tandem_body *body)
{
	size_t words = body->words;
	uint64_t *meet = tandem_new_array(meet, words);
	bool changed = meet != NULL;

	body->failed |= !meet;
	memset(body->post_dominators, 0xff,
	       words * body->flow.block_count * sizeof(*body->post_dominators));
	while (changed) {
		changed = false;
		for (unsigned int i = body->flow.block_count; i--;) {
			uint64_t *set = body->post_dominators + i * words;
			unsigned int count = tandem_body_successors(body, i);

			memset(meet, count ? 0xff : 0, words * sizeof(*meet));
			for (unsigned int k = 0; k < count; k++) {
				unsigned int next = tandem_body_successor(body, i, k);

				for (size_t w = 0; w < words; w++)
					meet[w] &= body->post_dominators[next * words + w];
			}
			tandem_set_add(meet, i);
			if (memcmp(meet, set, words * sizeof(*meet))) {
				memcpy(set, meet, words * sizeof(*meet));
				changed = true;
			}
		}
	}
	free(meet);
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
