// SPDX-License-Identifier: MIT
/* Functions with pointers, atomics, and what a group does together. */
#include "generate.h"

#include <string.h>

static struct type nothing;

static void add_scalar_parameter(struct generator *g, struct function *function)
{
	int index = new_variable(g, type_scalar(any_integer(g)));

	g->program->variable[index].role = ROLE_PARAMETER;
	g->program->variable[index].reserved = false;
	function->parameter[function->parameters].index = index;
	function->parameter[function->parameters++].is_array = false;
	g->pool[g->pool_size++] = index;
}

static int add_array_parameter(struct generator *g, struct function *function, enum space space)
{
	int index = new_array(g, space, type_scalar(chance(g, 2) ? BASE_INT : any_integer(g)),
			      1 << (1 + pick(g, 3)));

	g->program->array[index].read_only = space == SPACE_CONSTANT ||
					     (space == SPACE_GLOBAL && chance(g, 2));
	function->parameter[function->parameters].index = index;
	function->parameter[function->parameters++].is_array = true;
	return index;
}

static struct node *of_parameter(struct generator *g, int array)
{
	int target = any_scalar(g);
	struct type type = g->program->variable[target].type;
	struct node *place =
		access_array(g, array, place_below(g, g->program->array[array].length));

	if (!g->program->array[array].read_only && chance(g, 3))
		return assign(g, place, convert(g, expression(g, place->type, 1), place->type));
	return accumulate(g, chance(g, 2) ? '+' : '^', variable(g, target),
			  convert(g, place, type));
}

static struct node *return_of(struct generator *g, struct type type)
{
	return make(g, NODE_RETURN, nothing, 1, convert(g, expression(g, type, 1), type));
}

static struct node *function_body(struct generator *g, struct function *function, const int *arrays,
				  int array_count)
{
	struct node *body = block(g), *inside;
	int counter;

	for (int i = 0; i < 2; i++) {
		int index = new_variable(g, type_scalar(any_integer(g)));

		g->program->variable[index].reserved = false;
		g->program->variable[index].first =
			constant(g, g->program->variable[index].type, pick(g, 9));
		g->pool[g->pool_size++] = index;
	}
	for (int i = 0; i < array_count; i++)
		node_append(g->program, body, of_parameter(g, arrays[i]));
	if (chance(g, 2))
		node_append(g->program, body, any_statement(g));
	counter = new_counter(g, false);
	g->program->variable[counter].high = 7;
	inside = body_of_loop(g, counter, 7, false, 1);
	g->counter[g->loops++] = counter;
	if (array_count)
		node_append(g->program, inside,
			    of_parameter(g, arrays[pick(g, (unsigned int)array_count)]));
	if (chance(g, 2))
		node_append(g->program, inside,
			    when(g, condition(g, 1), return_of(g, function->type)));
	g->loops--;
	node_append(g->program, body,
		    counting(g, counter,
			     binary(g, '&',
				    convert(g, variable(g, any_scalar(g)), type_scalar(BASE_UINT)),
				    constant(g, type_scalar(BASE_UINT), 7)),
			     inside));
	node_append(g->program, body, return_of(g, function->type));
	body->child[body->count - 1]->flags |= FLAG_FIXED;
	return body;
}

static int new_function(struct generator *g, bool generic)
{
	static const enum space spaces[] = { SPACE_GLOBAL, SPACE_LOCAL, SPACE_PRIVATE,
					     SPACE_CONSTANT };
	int index = g->program->functions, arrays[2], array_count = 1 + (int)pick(g, 2);
	struct function *function;
	struct generator before = *g;

	if (index == MOST_FUNCTIONS || g->program->variables > MOST_VARIABLES - 20 ||
	    g->program->arrays > MOST_ARRAYS - 8)
		return -1;
	function = &g->program->function[g->program->functions++];
	memset(function, 0, sizeof(*function));
	function->type = type_scalar(any_integer(g));
	g->function = index;
	g->pool_size = g->loops = 0;
	g->turns = 16;
	g->depth = 1;
	g->uniform = g->leaves = false;
	add_scalar_parameter(g, function);
	for (int i = 0; i < array_count; i++)
		arrays[i] = add_array_parameter(g, function,
						generic ? SPACE_GENERIC : spaces[pick(g, 4)]);
	add_scalar_parameter(g, function);
	function->body = function_body(g, function, arrays, array_count);
	before.random = g->random;
	*g = before;
	return index;
}

/* What an argument for the parameter can point to, as a POINTER, or NULL. */
static struct node *pointer_for(struct generator *g, int parameter)
{
	static const enum space writable[] = { SPACE_GLOBAL, SPACE_LOCAL, SPACE_PRIVATE };
	const struct array *what = &g->program->array[parameter];
	enum space space = what->space;
	struct type type = what->type;
	int length = what->length, array = -1;
	struct node *place = integer(g, 0), *node;

	if (space == SPACE_GENERIC)
		space = writable[pick(g, 3)];
	if (space == SPACE_CONSTANT) {
		for (int i = 0; i < g->program->arrays; i++) {
			if (g->program->array[i].space == space && g->program->array[i].owner < 0 &&
			    type_equal(g->program->array[i].type, type))
				array = i;
		}
		if (array < 0 && room_left(g)) {
			array = new_array(g, space, type, 16);
			g->program->array[array].read_only = true;
		}
		place = place_below(g, 8);
	} else if (space == SPACE_GLOBAL && what->read_only) {
		array = input_array(g, type, (enum content)pick(g, 3));
		place = item_place(g, 1 + (int)pick(g, 3), NULL);
	} else {
		array = own_array(g, space, type, length);
	}
	if (array < 0)
		return NULL;
	node = make(g, NODE_POINTER, type, 1, place);
	node->index = array;
	node->value = length;
	return node;
}

static struct node *any_call(struct generator *g, bool generic)
{
	int index = -1, target = any_scalar(g);
	struct type type = g->program->variable[target].type;
	const struct function *function;
	struct node *call;

	for (int i = 0; i < g->program->functions; i++) {
		const struct array *first =
			&g->program->array[g->program->function[i].parameter[1].index];

		if ((first->space == SPACE_GENERIC) == generic && chance(g, 2))
			index = i;
	}
	if (index < 0)
		index = new_function(g, generic);
	if (index < 0 || !room_left(g))
		return NULL;
	function = &g->program->function[index];
	call = make(g, NODE_CALL, function->type, 0);
	call->index = index;
	for (int i = 0; i < function->parameters; i++) {
		int what = function->parameter[i].index;
		struct node *value;

		if (function->parameter[i].is_array)
			value = pointer_for(g, what);
		else
			value = convert(g, expression(g, g->program->variable[what].type, 1),
					g->program->variable[what].type);
		if (!value)
			return NULL;
		node_append(g->program, call, value);
	}
	/* It writes, perhaps, what else the statement reads: a place of its own for the result. */
	return assign(g, variable(g, target), convert(g, call, type));
}

/* Of a work-item's own word, so that the old value is known. */
static struct node *own_atomic(struct generator *g)
{
	static const char operations[] = "++|^><&";
	struct type type = type_scalar(chance(g, 2) ? BASE_INT : BASE_UINT);
	int array = own_array(g, SPACE_GLOBAL, type, 1 + (int)pick(g, 4)), old;
	struct node *all, *node, *value, *place;

	if (array < 0)
		return NULL;
	old = new_variable(g, type);
	value = convert(g, expression(g, type, 1), type);
	place = access_array(g, array, place_below(g, g->program->array[array].length));
	all = make(g, NODE_SEQUENCE, nothing, 0);
	node = make(g, NODE_ATOMIC, nothing, 3, place, value, variable(g, old));
	node->index = array;
	node->op = (uint8_t)operations[pick(g, 7)];
	/* Nothing overflows where both are small. */
	if (base_is_signed(type.base) && node->op == '+')
		node->op = '^';
	node_append(g->program, all, node);
	node = assign(g, variable(g, any_scalar(g)), integer(g, 0));
	node->child[1] = convert(g, variable(g, old), node->child[0]->type);
	node_append(g->program, all, node);
	for (int i = 0; i < all->count; i++)
		all->child[i]->flags |= FLAG_FIXED;
	return all;
}

/* The last array of words that all work-items count in, or -1. */
static int counted_array(const struct generator *g)
{
	for (int i = g->program->arrays; i--;) {
		const struct array *there = &g->program->array[i];

		if (there->space == SPACE_GLOBAL && there->reserved && there->alias < 0 &&
		    !there->own && there->setup == NULL && there->length == 8)
			return i;
	}
	return -1;
}

static struct node *any_atomic(struct generator *g)
{
	static const char operations[] = "++|^><&";
	enum space space = g->uniform && chance(g, 2) ? SPACE_LOCAL : SPACE_GLOBAL;
	struct type type = type_scalar(chance(g, 2) ? BASE_INT : BASE_UINT);
	int op = operations[pick(g, 7)];
	int array = space == SPACE_GLOBAL ? counted_array(g) : -1;
	struct node *node, *all, *value;

	/* One operation for each array, so that the order does not matter. */
	if (array < 0) {
		array = new_array(g, space, type, 8);
		g->program->array[array].reserved = true;
		g->program->array[array].content = CONTENT_SMALL;
		g->program->array[array].argument = false;
	} else {
		op = '+';
	}
	if (space == SPACE_GLOBAL)
		op = '+';
	type = g->program->array[array].type;
	value = convert(g, expression(g, type, 1), type);
	if (base_is_signed(type.base))
		value = binary(g, '&', value, constant(g, type, 0xffff));
	/* One word for all work-items, or one for each. */
	node = make(g, NODE_ATOMIC, nothing, 2,
		    chance(g, 2) ? integer(g, pick(g, 8)) : place_below(g, 8), value);
	node->index = array;
	node->op = (uint8_t)op;
	if (space == SPACE_GLOBAL)
		return node;
	/* Zero, meet, count, meet, read, meet. */
	all = make(g, NODE_SEQUENCE, nothing, 0);
	node_append(g->program, all,
		    when(g,
			 compare(g, '=', variable(g, INDEX_LOCAL),
				 constant(g, g->program->variable[INDEX_LOCAL].type, 0)),
			 block(g)));
	for (int i = 0; i < 8; i++)
		node_append(g->program, all->child[0]->child[1],
			    assign(g, access_array(g, array, integer(g, i)),
				   constant(g, type, op == '&' ? 0x7fff : 0)));
	node_append(g->program, all, make(g, NODE_BARRIER, nothing, 0));
	node_append(g->program, all, chance(g, 2) ? node : when(g, condition(g, 1), node));
	node_append(g->program, all, make(g, NODE_BARRIER, nothing, 0));
	node_append(g->program, all, assign(g, variable(g, any_scalar(g)), integer(g, 0)));
	node = all->child[all->count - 1];
	node->child[1] =
		convert(g, access_array(g, array, place_below(g, 8)), node->child[0]->type);
	node_append(g->program, all, make(g, NODE_BARRIER, nothing, 0));
	for (int i = 0; i < all->count; i++) {
		all->child[i]->flags |= FLAG_FIXED;
		for (int j = 0; i == 0 && j < 8; j++)
			all->child[0]->child[1]->child[j]->flags |= FLAG_FIXED;
	}
	return all;
}

static struct node *any_group_function(struct generator *g)
{
	static const enum base bases[] = { BASE_INT, BASE_UINT, BASE_ULONG, BASE_LONG };
	struct type type = type_scalar(bases[pick(g, 4)]);
	int target = new_variable(g, type), index = (int)pick(g, 12);
	struct node *value, *node, *all = block(g);

	if (!g->uniform)
		return NULL;
	if (chance(g, 2) && g->loops < 2 && g->turns < 40 &&
	    input_array(g, type_scalar(BASE_INT), CONTENT_SMALL) >= 0) {
		bool uniform = g->uniform;

		g->uniform = false;
		if (chance(g, 3)) {
			node = make(g, NODE_IF, nothing, 3, condition(g, 1), block(g), block(g));
			node_append(g->program, node->child[1], loop_with_exit(g));
			node_append(g->program, node->child[2], loop_with_exit(g));
			node_append(g->program, all, node);
		} else {
			node_append(g->program, all, loop_with_exit(g));
		}
		g->uniform = uniform;
	}
	if (index >= 10) {
		type = type_scalar(BASE_INT);
		target = new_variable(g, type);
		value = condition(g, 1);
	} else {
		value = chance(g, 2) ? variable(g, any_scalar(g)) : expression(g, type, 1);
		value = convert(g, value, type);
		if (base_is_signed(type.base) && index % 3 == 0 && index < 9)
			value = binary(g, '&', value, constant(g, type, 0xffff));
	}
	node = make(g, NODE_GROUP_FUNCTION, nothing, 2, variable(g, target), value);
	node->index = index;
	if (index == 9)
		node_append(g->program, node,
			    g->program->dimensions > 1 ?
				    integer(g, 0) :
				    binary(g, '%',
					   convert(g, argument(g, ARGUMENT_COUNT),
						   type_scalar(BASE_UINT)),
					   convert(g, variable(g, INDEX_GROUP_SIZE),
						   type_scalar(BASE_UINT))));
	node_append(g->program, all, node);
	return all;
}

/* Each work-item leaves something for another one. */
static struct node *exchange(struct generator *g)
{
	struct type type = type_scalar(chance(g, 2) ? BASE_INT : any_integer(g));
	struct type index = g->program->variable[INDEX_LOCAL].type;
	int array = -1, target = any_scalar(g);
	struct node *all = make(g, NODE_SEQUENCE, nothing, 0), *place;

	if (!g->uniform)
		return NULL;
	for (int i = 0; i < g->program->arrays; i++) {
		if (g->program->array[i].space == SPACE_LOCAL && !g->program->array[i].length &&
		    type_equal(g->program->array[i].type, type))
			array = i;
	}
	if (array < 0) {
		array = new_array(g, SPACE_LOCAL, type, 0);
		g->program->array[array].reserved = true;
		g->program->array[array].argument = chance(g, 3);
	}
	node_append(g->program, all,
		    assign(g, access_array(g, array, variable(g, INDEX_LOCAL)),
			   convert(g, expression(g, type, 1), type)));
	node_append(g->program, all, make(g, NODE_BARRIER, nothing, 0));
	place = binary(g, '+', variable(g, INDEX_LOCAL), constant(g, index, pick(g, 70)));
	if (chance(g, 4))
		place = binary(g, '-',
			       binary(g, '-', variable(g, INDEX_GROUP_SIZE), constant(g, index, 1)),
			       variable(g, INDEX_LOCAL));
	else
		place = binary(g, '%', place, variable(g, INDEX_GROUP_SIZE));
	node_append(g->program, all,
		    assign(g, variable(g, target),
			   convert(g, access_array(g, array, place),
				   g->program->variable[target].type)));
	node_append(g->program, all, make(g, NODE_BARRIER, nothing, 0));
	for (int i = 0; i < all->count; i++)
		all->child[i]->flags |= FLAG_FIXED;
	return all;
}

static struct node *loop_with_barriers(struct generator *g)
{
	int counter = new_counter(g, true);
	struct node *body;

	g->program->variable[counter].high = 9;
	body = body_of_loop(g, counter, 9, true, 1 + (int)pick(g, 2));
	node_append(g->program, body, exchange(g));
	return counting(g, counter, argument(g, ARGUMENT_COUNT), body);
}

struct node *shape_functions(struct generator *g, enum class class)
{
	switch (class) {
	case CLASS_HELPERS:
		return any_call(g, false);
	case CLASS_GENERIC_POINTERS:
		return any_call(g, true);
	case CLASS_ATOMICS:
		return chance(g, 3) ? own_atomic(g) : any_atomic(g);
	case CLASS_GROUP_FUNCTIONS:
		return any_group_function(g);
	default:
		if (!g->uniform)
			return NULL;
		if (chance(g, 6))
			return make(g, NODE_BARRIER, nothing, 0);
		if (chance(g, 3) && g->turns == 1 && g->depth < 2)
			return loop_with_barriers(g);
		return exchange(g);
	}
}
