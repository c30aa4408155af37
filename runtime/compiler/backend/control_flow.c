// SPDX-License-Identifier: MIT
#include "control_flow.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "util/alloc.h"

/* A block of a walk in depth, and the successor to go to next. */
struct step {
	LLVMBasicBlockRef block;
	unsigned int next;
};

/* An edge between blocks, as one of a list of those that lead to the same block. */
struct edge {
	unsigned int from;
	unsigned int more; /* the next of the list, plus one */
};

struct search {
	struct tandem_flow *flow;
	struct edge *edges;
	unsigned int *predecessors; /* for each block: the first edge to it, plus one */
	unsigned int *stack;
};

/* For each block @block that leads to @to. */
#define for_predecessors(search, to, block)                        \
	for (unsigned int at_ = (search)->predecessors[to], block; \
	     at_ && (block = (search)->edges[at_ - 1].from, 1);    \
	     at_ = (search)->edges[at_ - 1].more)

static unsigned int successor_count(LLVMBasicBlockRef block)
{
	return LLVMGetNumSuccessors(LLVMGetBasicBlockTerminator(block));
}

static LLVMBasicBlockRef successor(LLVMBasicBlockRef block, unsigned int i)
{
	return LLVMGetSuccessor(LLVMGetBasicBlockTerminator(block), i);
}

static unsigned int index_of(const struct tandem_flow *flow, LLVMBasicBlockRef block)
{
	return (unsigned int)(uintptr_t)tandem_pointer_map_get(&flow->index, block) - 1;
}

/* Fills in the blocks; @steps has room for all. A map tells which have been seen. */
static void order_blocks(struct tandem_flow *flow, LLVMValueRef function, unsigned int room,
			 struct step *steps)
{
	LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(function);
	unsigned int depth = 0, first = room;

	tandem_pointer_map_set(&flow->index, entry, flow);
	steps[depth++] = (struct step){ entry, 0 };
	while (depth && !flow->index.failed) {
		struct step *step = &steps[depth - 1];
		LLVMBasicBlockRef next;

		if (step->next == successor_count(step->block)) {
			flow->blocks[--first] = step->block;
			depth--;
			continue;
		}
		next = successor(step->block, step->next++);
		if (tandem_pointer_map_get(&flow->index, next))
			continue;
		tandem_pointer_map_set(&flow->index, next, flow);
		steps[depth++] = (struct step){ next, 0 };
	}
	flow->block_count = room - first;
	for (unsigned int i = 0; i < flow->block_count; i++) {
		flow->blocks[i] = flow->blocks[first + i];
		tandem_pointer_map_set(&flow->index, flow->blocks[i], (void *)(uintptr_t)(i + 1));
	}
}

static int find_predecessors(struct search *search)
{
	const struct tandem_flow *flow = search->flow;
	unsigned int count = 0, next = 0;

	for (unsigned int i = 0; i < flow->block_count; i++)
		count += successor_count(flow->blocks[i]);
	search->edges = tandem_new_array(search->edges, count + 1);
	search->predecessors = tandem_new_array(search->predecessors, flow->block_count);
	search->stack = tandem_new_array(search->stack, flow->block_count);
	if (!search->edges || !search->predecessors || !search->stack)
		return -ENOMEM;
	for (unsigned int i = 0; i < flow->block_count; i++) {
		for (unsigned int k = 0; k < successor_count(flow->blocks[i]); k++) {
			unsigned int to = index_of(flow, successor(flow->blocks[i], k));

			search->edges[next] = (struct edge){ i, search->predecessors[to] };
			search->predecessors[to] = ++next;
		}
	}
	return 0;
}

/* The last block that all ways to both pass. Blocks come behind their dominators. */
static unsigned int common_dominator(const struct tandem_flow *flow, unsigned int a, unsigned int b)
{
	while (a != b) {
		if (a > b)
			a = flow->dominators[a];
		else
			b = flow->dominators[b];
	}
	return a;
}

/* Cooper, Harvey, Kennedy: A Simple, Fast Dominance Algorithm. */
static void find_dominators(struct search *search)
{
	struct tandem_flow *flow = search->flow;
	bool changed = true;

	for (unsigned int i = 1; i < flow->block_count; i++)
		flow->dominators[i] = UINT32_MAX;
	while (changed) {
		changed = false;
		for (unsigned int i = 1; i < flow->block_count; i++) {
			unsigned int found = UINT32_MAX;

			for_predecessors(search, i, from) {
				if (flow->dominators[from] == UINT32_MAX)
					continue;
				found = found == UINT32_MAX ? from :
							      common_dominator(flow, found, from);
			}
			changed |= found != flow->dominators[i];
			flow->dominators[i] = found;
		}
	}
}

static bool dominates(const struct tandem_flow *flow, unsigned int a, unsigned int b)
{
	while (b > a)
		b = flow->dominators[b];
	return a == b;
}

static LLVMBasicBlockRef find_preheader(struct search *search, unsigned int header)
{
	const struct tandem_flow *flow = search->flow;
	LLVMBasicBlockRef found = NULL;

	for_predecessors(search, header, from) {
		if (dominates(flow, header, from))
			continue;
		if (found || successor_count(flow->blocks[from]) != 1)
			return NULL;
		found = flow->blocks[from];
	}
	return found;
}

/* Takes the blocks from which @header's latches are reached into the loop. */
static void add_members(struct search *search, unsigned int loop)
{
	struct tandem_flow *flow = search->flow;
	unsigned int header = flow->loops[loop].header, depth = 0;

	flow->loop_of[header] = loop;
	for_predecessors(search, header, latch) {
		if (dominates(flow, header, latch) && flow->loop_of[latch] != loop) {
			flow->loop_of[latch] = loop;
			search->stack[depth++] = latch;
		}
	}
	while (depth) {
		unsigned int member = search->stack[--depth];

		for_predecessors(search, member, from) {
			if (flow->loop_of[from] == loop)
				continue;
			flow->loop_of[from] = loop;
			search->stack[depth++] = from;
		}
	}
}

static bool is_header(struct search *search, unsigned int header)
{
	for_predecessors(search, header, from) {
		if (dominates(search->flow, header, from))
			return true;
	}
	return false;
}

static void find_loops(struct search *search)
{
	struct tandem_flow *flow = search->flow;

	for (unsigned int i = 0; i < flow->block_count; i++)
		flow->loop_of[i] = TANDEM_NO_LOOP;
	/* A loop's header comes before those of loops inside it, which take their blocks over. */
	for (unsigned int i = 0; i < flow->block_count; i++) {
		struct tandem_flow_loop *loop = &flow->loops[flow->loop_count];

		if (!is_header(search, i))
			continue;
		*loop = (struct tandem_flow_loop){
			.header = i,
			.parent = flow->loop_of[i],
			.is_innermost = true,
			.preheader = find_preheader(search, i),
		};
		if (loop->parent != TANDEM_NO_LOOP)
			flow->loops[loop->parent].is_innermost = false;
		add_members(search, flow->loop_count++);
	}
}

int tandem_flow_find(struct tandem_flow *flow, LLVMValueRef function)
{
	unsigned int count = LLVMCountBasicBlocks(function);
	struct search search = { .flow = flow };
	struct step *steps = tandem_new_array(steps, count);
	int error = -ENOMEM;

	*flow = (struct tandem_flow){ 0 };
	flow->blocks = tandem_new_array(flow->blocks, count);
	flow->dominators = tandem_new_array(flow->dominators, count);
	flow->loop_of = tandem_new_array(flow->loop_of, count);
	flow->loops = tandem_new_array(flow->loops, count);
	if (steps && flow->blocks && flow->dominators && flow->loop_of && flow->loops)
		order_blocks(flow, function, count, steps);
	if (flow->block_count && !flow->index.failed && !find_predecessors(&search)) {
		find_dominators(&search);
		find_loops(&search);
		error = 0;
	}
	free(steps);
	free(search.edges);
	free(search.predecessors);
	free(search.stack);
	if (error)
		tandem_flow_finish(flow);
	return error;
}

void tandem_flow_finish(struct tandem_flow *flow)
{
	free(flow->blocks);
	free(flow->dominators);
	free(flow->loop_of);
	free(flow->loops);
	tandem_pointer_map_finish(&flow->index);
	*flow = (struct tandem_flow){ 0 };
}

unsigned int tandem_flow_loop_of(const struct tandem_flow *flow, LLVMValueRef instruction)
{
	LLVMBasicBlockRef block = LLVMGetInstructionParent(instruction);

	/* A block that is not reached is in no loop. */
	return tandem_pointer_map_get(&flow->index, block) ? flow->loop_of[index_of(flow, block)] :
							     TANDEM_NO_LOOP;
}

bool tandem_flow_is_latch(const struct tandem_flow *flow, unsigned int loop, unsigned int block)
{
	LLVMValueRef end = LLVMGetBasicBlockTerminator(flow->blocks[block]);
	LLVMBasicBlockRef header = flow->blocks[flow->loops[loop].header];

	/* What comes before the header in the order leads into the loop. */
	if (block < flow->loops[loop].header)
		return false;
	for (unsigned int k = 0; k < LLVMGetNumSuccessors(end); k++) {
		if (LLVMGetSuccessor(end, k) == header)
			return true;
	}
	return false;
}

bool tandem_flow_is_outside(const struct tandem_flow *flow, unsigned int loop, LLVMValueRef value)
{
	unsigned int inner;

	if (!LLVMIsAInstruction(value))
		return true;
	inner = tandem_flow_loop_of(flow, value);
	while (inner != TANDEM_NO_LOOP && inner != loop)
		inner = flow->loops[inner].parent;
	return inner != loop;
}
