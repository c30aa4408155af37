// SPDX-License-Identifier: MIT
/*
 * Makes a program that fails smaller: changes its tree in place, and takes back what makes
 * it right, invalid, or wrong in another way. First whole statements go, then loops and
 * conditions around others, then expressions, then work-items.
 */
#include "session.h"

#include <stdlib.h>
#include <string.h>

struct reducer {
	struct program *program;
	const struct settings *settings;
	struct report like;
	int tries; /* left */
	bool progress;
};

bool reduce_fails_alike(struct program *program, const struct settings *settings,
			const struct report *like, struct report *seen)
{
	struct batch batch = { .count = 1,
			       .seeds = { program->seed },
			       .program = program,
			       .options = 1u << like->options,
			       .plant = settings->plant,
			       .seconds = settings->seconds };

	if (run_wait(&batch))
		return false;
	*seen = batch.reports[0];
	return seen->outcome == like->outcome && seen->signal == like->signal &&
	       !strcmp(seen->refusal, like->refusal);
}

static bool still_fails(struct reducer *reducer)
{
	struct report seen;

	if (reducer->tries <= 0)
		return false;
	reducer->tries--;
	if (!reduce_fails_alike(reducer->program, reducer->settings, &reducer->like, &seen))
		return false;
	reducer->progress = true;
	return true;
}

/* Tries a block without @count of its statements. */
static bool without(struct reducer *reducer, struct node *block, int first, int count)
{
	struct node *removed[256];
	int after = block->count - first - count;

	if (count > 256)
		return false;
	for (int i = first; i < first + count; i++) {
		if (block->child[i]->flags & FLAG_FIXED)
			return false;
	}
	memcpy(removed, block->child + first, (size_t)count * sizeof(*removed));
	memmove(block->child + first, block->child + first + count,
		(size_t)after * sizeof(*removed));
	block->count -= count;
	if (still_fails(reducer))
		return true;
	block->count += count;
	memmove(block->child + first + count, block->child + first,
		(size_t)after * sizeof(*removed));
	memcpy(block->child + first, removed, (size_t)count * sizeof(*removed));
	return false;
}

static void delete_statements(struct reducer *reducer, struct node *node)
{
	if (!node || !node_is_statement(node))
		return;
	if (node->kind == NODE_BLOCK || node->kind == NODE_SEQUENCE) {
		for (int size = node->count; size; size = size > 1 ? (size + 1) / 2 : 0) {
			for (int i = node->count - size; i >= 0; i -= size)
				without(reducer, node, i, size);
		}
	}
	for (int i = 0; i < node->count; i++)
		delete_statements(reducer, node->child[i]);
}

static bool replace(struct reducer *reducer, struct node **slot, struct node *by)
{
	struct node *before = *slot;

	*slot = by;
	if (still_fails(reducer))
		return true;
	*slot = before;
	return false;
}

/* A condition's or loop's statements without it. */
static void unwrap_statements(struct reducer *reducer, struct node *node)
{
	if (!node || !node_is_statement(node))
		return;
	for (int i = 0; i < node->count; i++) {
		struct node *child = node->child[i];

		if (!child || child->flags & FLAG_FIXED)
			continue;
		if (child->kind == NODE_IF) {
			if (replace(reducer, &node->child[i], child->child[1]))
				continue;
			if (child->count > 2 && replace(reducer, &node->child[i], child->child[2]))
				continue;
			if (child->count > 2) {
				child->count = 2;
				if (!still_fails(reducer))
					child->count = 3;
			}
		} else if (child->kind == NODE_FOR) {
			if (replace(reducer, &node->child[i], child->child[3]))
				continue;
			if (child->count > 4) {
				child->count = 4;
				if (!still_fails(reducer))
					child->count = 5;
			}
		} else if (child->kind == NODE_DO || child->kind == NODE_SWITCH) {
			if (replace(reducer, &node->child[i],
				    child->child[child->kind == NODE_SWITCH]))
				continue;
		}
	}
	for (int i = 0; i < node->count; i++)
		unwrap_statements(reducer, node->child[i]);
}

static struct node *small_constant(struct reducer *reducer, const struct node *like, int value)
{
	struct node *node = node_create(reducer->program, NODE_CONSTANT, like->type);

	node->value = value;
	return node;
}

static void simplify(struct reducer *reducer, struct node **slot);

/* What is assigned to stays; the places in it do not. */
static void simplify_place(struct reducer *reducer, struct node *place)
{
	switch (place->kind) {
	case NODE_ACCESS:
	case NODE_PUN:
		simplify(reducer, &place->child[0]);
		break;
	case NODE_FIELD:
	case NODE_COMPONENT:
	case NODE_SWIZZLE:
		simplify_place(reducer, place->child[0]);
		break;
	default:
		break;
	}
}

static void simplify(struct reducer *reducer, struct node **slot)
{
	struct node *node = *slot;

	if (reducer->tries <= 0 || node->kind == NODE_CONSTANT)
		return;
	if (node->kind == NODE_POINTER) {
		simplify(reducer, &node->child[0]);
		return;
	}
	if (!node->type.record) {
		for (int value = 0; value < 2; value++) {
			if (replace(reducer, slot, small_constant(reducer, node, value)))
				return;
		}
	}
	for (int i = 0; i < node->count; i++) {
		if (type_equal(node->child[i]->type, node->type) &&
		    node->child[i]->kind != NODE_POINTER && node->kind != NODE_ACCESS &&
		    replace(reducer, slot, node->child[i])) {
			simplify(reducer, slot);
			return;
		}
	}
	if (node->kind == NODE_FIELD || node->kind == NODE_COMPONENT ||
	    node->kind == NODE_SWIZZLE) {
		simplify_place(reducer, node->child[0]);
		return;
	}
	for (int i = 0; i < node->count; i++)
		simplify(reducer, &node->child[i]);
}

static void simplify_expressions(struct reducer *reducer, struct node *node)
{
	if (!node)
		return;
	for (int i = 0; i < node->count; i++) {
		struct node *child = node->child[i];
		bool place = i == 0 &&
			     (node->kind == NODE_ASSIGN || node->kind == NODE_GROUP_FUNCTION);

		if (!child)
			continue;
		if (node_is_statement(child))
			simplify_expressions(reducer, child);
		else if (place)
			simplify_place(reducer, child);
		else
			simplify(reducer, &node->child[i]);
	}
}

static void simplify_variables(struct reducer *reducer)
{
	struct program *program = reducer->program;

	for (int i = 0; i < program->variables; i++) {
		program_mark_used(program);
		if (program->variable[i].used && program->variable[i].first)
			simplify(reducer, &program->variable[i].first);
	}
}

/* As many groups, and a last one that is smaller than the others where there was one. */
static void halve_groups(struct launch *launch, unsigned int dimension)
{
	size_t local = launch->local[dimension], half = local / 2;
	size_t groups = (launch->global[dimension] - 1) / local + 1;
	size_t missing = groups * local - launch->global[dimension];

	launch->global[dimension] = groups * half - (missing < half ? missing : half - 1);
	launch->local[dimension] = half;
}

/* Fewer launches, groups and work-items. */
static void shrink_launches(struct reducer *reducer)
{
	struct program *program = reducer->program, before = *program;

	if (program->launches > 1) {
		int kept = reducer->like.launch;

		program->launch[0] = program->launch[kept];
		for (int i = 0; i < program->variables; i++)
			program->variable[i].values[0] = program->variable[i].values[kept];
		program->launches = 1;
		if (!still_fails(reducer)) {
			/* What was made meanwhile is in the pool. */
			before.pool = program->pool;
			*program = before;
			return;
		}
		reducer->like.launch = 0;
	}
	for (unsigned int i = 0; i < program->dimensions; i++) {
		struct launch *launch = &program->launch[0], old = *launch;

		launch->global[i] = launch->local[i];
		if (old.global[i] != launch->global[i] && !still_fails(reducer))
			*launch = old;
		/* What a kernel requires, all launches have. */
		if (program->required_groups && program->launches > 1)
			continue;
		for (old = *launch; launch->local[i] > 1; old = *launch) {
			halve_groups(launch, i);
			if (!still_fails(reducer)) {
				*launch = old;
				break;
			}
		}
		for (old = *launch; program->chosen_groups && launch->global[i] > 1;
		     old = *launch) {
			launch->global[i] /= 2;
			if (!still_fails(reducer)) {
				*launch = old;
				break;
			}
		}
	}
}

static void each_body(struct reducer *reducer, void (*visit)(struct reducer *, struct node *))
{
	visit(reducer, reducer->program->body);
	for (int i = 0; i < reducer->program->functions; i++) {
		program_mark_used(reducer->program);
		if (reducer->program->function[i].used)
			visit(reducer, reducer->program->function[i].body);
	}
}

void reduce_program(struct program *program, const struct settings *settings,
		    const struct report *like)
{
	struct reducer reducer = {
		.program = program, .settings = settings, .like = *like, .tries = settings->tries
	};

	shrink_launches(&reducer);
	do {
		reducer.progress = false;
		each_body(&reducer, delete_statements);
		each_body(&reducer, unwrap_statements);
		simplify_variables(&reducer);
		each_body(&reducer, simplify_expressions);
	} while (reducer.progress && reducer.tries > 0);
	program_mark_used(program);
}
