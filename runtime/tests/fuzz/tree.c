// SPDX-License-Identifier: MIT
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nodes of a program, in chunks that are given back together. */
struct chunk {
	struct chunk *next;
	size_t used;
	_Alignas(16) char bytes[65536 - 32];
};

static void *pool_alloc(struct program *program, size_t bytes)
{
	struct chunk *chunk = program->pool;
	void *place;

	bytes = (bytes + 15) & ~(size_t)15;
	if (!chunk || chunk->used + bytes > sizeof(chunk->bytes)) {
		chunk = malloc(sizeof(*chunk));
		if (!chunk || bytes > sizeof(chunk->bytes)) {
			fprintf(stderr, "kernel-fuzz: no memory for a program\n");
			abort();
		}
		chunk->next = program->pool;
		chunk->used = 0;
		program->pool = chunk;
	}
	place = chunk->bytes + chunk->used;
	chunk->used += bytes;
	memset(place, 0, bytes);
	return place;
}

struct program *program_create(uint64_t seed)
{
	struct program *program = calloc(1, sizeof(*program));

	if (program)
		program->seed = seed;
	return program;
}

void program_destroy(struct program *program)
{
	struct chunk *chunk;

	if (!program)
		return;
	while ((chunk = program->pool)) {
		program->pool = chunk->next;
		free(chunk);
	}
	free(program);
}

struct node *node_create(struct program *program, enum kind kind, struct type type)
{
	struct node *node = pool_alloc(program, sizeof(*node));

	node->kind = (uint8_t)kind;
	node->type = type;
	return node;
}

void node_append(struct program *program, struct node *parent, struct node *child)
{
	if (parent->count == parent->room) {
		int room = parent->room ? 2 * parent->room : 4;
		struct node **more = pool_alloc(program, (size_t)room * sizeof(*more));

		if (parent->count)
			memcpy(more, parent->child, (size_t)parent->count * sizeof(*more));
		parent->child = more;
		parent->room = room;
	}
	parent->child[parent->count++] = child;
}

struct node *node_copy(struct program *program, const struct node *node)
{
	struct node *copy;

	if (!node)
		return NULL;
	copy = node_create(program, node->kind, node->type);
	*copy = *node;
	copy->count = copy->room = 0;
	copy->child = NULL;
	for (int i = 0; i < node->count; i++)
		node_append(program, copy, node_copy(program, node->child[i]));
	return copy;
}

static void mark_variable(struct program *program, int index);
static void mark_array(struct program *program, int index);

static void mark_node(struct program *program, const struct node *node)
{
	if (!node)
		return;
	switch (node->kind) {
	case NODE_VARIABLE:
	case NODE_FOR:
	case NODE_DO:
		mark_variable(program, node->index);
		break;
	case NODE_ACCESS:
	case NODE_PUN:
	case NODE_VECTOR_LOAD:
	case NODE_VECTOR_STORE:
	case NODE_POINTER:
	case NODE_ATOMIC:
		mark_array(program, node->index);
		break;
	case NODE_CALL:
		if (!program->function[node->index].used) {
			program->function[node->index].used = true;
			mark_node(program, program->function[node->index].body);
		}
		break;
	default:
		break;
	}
	for (int i = 0; i < node->count; i++)
		mark_node(program, node->child[i]);
}

static void mark_variable(struct program *program, int index)
{
	struct variable *variable = &program->variable[index];

	if (variable->used)
		return;
	variable->used = true;
	mark_node(program, variable->first);
}

/* The index of the work-item, and the permutation, stand before all others. */
static void mark_array(struct program *program, int index)
{
	struct array *array = &program->array[index];

	if (array->used)
		return;
	array->used = true;
	mark_node(program, array->setup);
	if (array->own) {
		mark_variable(program, array->space == SPACE_LOCAL ? INDEX_LOCAL : INDEX_ITEM);
		if (array->own == OWN_REVERSED)
			mark_variable(program,
				      array->space == SPACE_LOCAL ? INDEX_GROUP_SIZE : INDEX_ITEMS);
		if (array->own == OWN_PERMUTED)
			mark_array(program, 0);
	}
	if (array->alias >= 0)
		mark_array(program, array->alias);
}

void program_mark_used(struct program *program)
{
	for (int i = 0; i < program->variables; i++)
		program->variable[i].used = false;
	for (int i = 0; i < program->arrays; i++)
		program->array[i].used = false;
	for (int i = 0; i < program->functions; i++)
		program->function[i].used = false;
	mark_node(program, program->body);
	for (int i = 0; i < program->functions; i++) {
		const struct function *function = &program->function[i];

		for (int j = 0; function->used && j < function->parameters; j++) {
			if (function->parameter[j].is_array)
				mark_array(program, function->parameter[j].index);
			else
				mark_variable(program, function->parameter[j].index);
		}
	}
}

/* Whether work-items meet in it. */
static bool meets(const struct node *node)
{
	if (!node)
		return false;
	if (node->kind == NODE_BARRIER || node->kind == NODE_GROUP_FUNCTION)
		return true;
	for (int i = 0; node_is_statement(node) && i < node->count; i++) {
		if (meets(node->child[i]))
			return true;
	}
	return false;
}

bool node_is_collective(const struct node *node)
{
	return meets(node);
}

bool node_is_statement(const struct node *node)
{
	return node->kind >= NODE_BLOCK;
}

static const struct {
	uint8_t bits, is_signed, is_float;
} bases[BASE_COUNT] = {
	[BASE_CHAR] = { 8, 1, 0 },    [BASE_UCHAR] = { 8, 0, 0 },  [BASE_SHORT] = { 16, 1, 0 },
	[BASE_USHORT] = { 16, 0, 0 }, [BASE_INT] = { 32, 1, 0 },   [BASE_UINT] = { 32, 0, 0 },
	[BASE_LONG] = { 64, 1, 0 },   [BASE_ULONG] = { 64, 0, 0 }, [BASE_FLOAT] = { 32, 1, 1 },
	[BASE_DOUBLE] = { 64, 1, 1 },
};

struct type type_scalar(enum base base)
{
	return (struct type){ .base = (uint8_t)base, .width = 1 };
}

struct type type_vector(enum base base, int width)
{
	return (struct type){ .base = (uint8_t)base, .width = (uint8_t)width };
}

bool type_equal(struct type a, struct type b)
{
	return a.base == b.base && a.width == b.width && a.record == b.record;
}

bool base_is_signed(enum base base)
{
	return bases[base].is_signed;
}

bool base_is_float(enum base base)
{
	return bases[base].is_float;
}

unsigned int base_bits(enum base base)
{
	return bases[base].bits;
}

enum base base_unsigned(enum base base)
{
	return base_is_float(base) || !base_is_signed(base) ? base : base + 1;
}

/* What variables of a floating-point type stay below, so that a product of two is exact. */
#define FLOAT_LIMIT 1024.0

double base_low(enum base base)
{
	if (base_is_float(base))
		return -FLOAT_LIMIT;
	return base_is_signed(base) ? -(double)(1ull << (base_bits(base) - 1)) : 0;
}

double base_high(enum base base)
{
	if (base_is_float(base))
		return FLOAT_LIMIT;
	return base_is_signed(base) ? (double)((1ull << (base_bits(base) - 1)) - 1) :
				      (double)(~0ull >> (64 - base_bits(base)));
}

size_t type_bytes(const struct program *program, struct type type)
{
	size_t bytes = 0;

	if (!type.record)
		return base_bits(type.base) / 8 * (type.width == 3 ? 4u : type.width);
	/* The fields of a record are of one size. */
	for (int i = 0; i < program->record[type.record - 1].fields; i++) {
		size_t field = type_bytes(program, program->record[type.record - 1].type[i]);

		bytes = program->record[type.record - 1].is_union ? field : bytes + field;
	}
	return bytes;
}

size_t launch_items(const struct program *program, int launch)
{
	size_t items = 1;

	for (unsigned int i = 0; i < program->dimensions; i++)
		items *= program->launch[launch].global[i];
	return items;
}

size_t launch_group_items(const struct program *program, int launch)
{
	size_t items = 1;

	if (program->chosen_groups)
		return 1;
	for (unsigned int i = 0; i < program->dimensions; i++)
		items *= program->launch[launch].local[i];
	return items;
}
