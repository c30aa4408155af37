// SPDX-License-Identifier: MIT
/* Divisions, done and not done, and indices that wrap around. */
#include "generate.h"

static struct type nothing;

static struct node *divisor_of_item(struct generator *g, struct type type)
{
	int array = input_array(g, type, CONTENT_DIVISORS);

	if (array < 0)
		return NULL;
	return access_array(g, array, item_place(g, 1, NULL));
}

static struct node *positive(struct generator *g, const struct node *value)
{
	return compare(g, '>', node_copy(g->program, value), constant(g, value->type, 0));
}

static int division(struct generator *g)
{
	return chance(g, 2) ? '/' : '%';
}

static struct node *varying_division(struct generator *g)
{
	struct type type = type_scalar(any_integer(g));
	int target = any_scalar(g), counter;
	struct type wanted = g->program->variable[target].type;
	struct node *divisor = divisor_of_item(g, type), *value, *body;

	if (!divisor || chance(g, 3)) {
		divisor = binary(g, '+',
				 binary(g, '&', expression(g, type, 1), constant(g, type, 15)),
				 constant(g, type, 1));
		value = binary(g, division(g), expression(g, type, 2), divisor);
		return assign(g, variable(g, target), convert(g, value, wanted));
	}
	value = binary(g, division(g), expression(g, type, 1), divisor);
	switch (pick(g, 4)) {
	case 0:
		return assign(
			g, variable(g, target),
			convert(g, choose(g, positive(g, divisor), value, expression(g, type, 1)),
				wanted));
	case 1:
		counter = new_counter(g, false);
		g->program->variable[counter].high = 9;
		body = when(g,
			    compare(g, '>', node_copy(g->program, divisor),
				    convert(g, variable(g, counter), type)),
			    accumulate(g, '+', variable(g, target), convert(g, value, wanted)));
		return counting(g, counter, argument(g, ARGUMENT_COUNT), body);
	default:
		return when(g, positive(g, divisor),
			    accumulate(g, '^', variable(g, target), convert(g, value, wanted)));
	}
}

/* A quotient or remainder of arguments, below 128. */
static struct node *uniform_quotient(struct generator *g, struct node *divisor)
{
	static const enum argument numbers[] = { ARGUMENT_ANY, ARGUMENT_COUNT, ARGUMENT_TURNS };
	static const enum base bases[] = { BASE_UINT,	BASE_UINT,  BASE_INT,  BASE_ULONG,
					   BASE_USHORT, BASE_UCHAR, BASE_SHORT };
	struct type type = type_scalar(bases[pick(g, 7)]);
	struct node *number = argument(g, numbers[pick(g, 3)]);

	if (g->loops && chance(g, 3))
		number = binary(g, '+', convert(g, number, type_scalar(BASE_INT)),
				convert(g, variable(g, g->counter[g->loops - 1]),
					type_scalar(BASE_INT)));
	return binary(g, division(g), convert(g, number, type), convert(g, divisor, type));
}

static struct node *uniform_division(struct generator *g)
{
	struct type type = type_scalar(any_integer(g));
	int target = any_scalar(g), array = input_array(g, type, (enum content)pick(g, 2));
	struct type wanted = g->program->variable[target].type;
	struct node *place, *value;
	int counter;

	if (array < 0)
		return NULL;
	place = uniform_quotient(g, argument(g, ARGUMENT_DIVISOR));
	if (chance(g, 2))
		place = item_place(g, 1, place);
	value = convert(g, access_array(g, array, place), wanted);
	switch (pick(g, 5)) {
	case 0:
		return assign(g, variable(g, target),
			      choose(g, condition(g, 1), value, constant(g, wanted, pick(g, 9))));
	case 1:
		counter = new_counter(g, false);
		g->program->variable[counter].high = 3;
		return counting(g, counter,
				binary(g, '&', variable(g, INDEX_ITEM),
				       constant(g, g->program->variable[INDEX_ITEM].type, 3)),
				accumulate(g, '+', variable(g, target), value));
	default:
		return when(g, condition(g, 1), accumulate(g, '+', variable(g, target), value));
	}
}

static struct node *division_not_done(struct generator *g)
{
	struct type number = type_scalar(chance(g, 2) ? BASE_INT : BASE_SHORT);
	int target = any_scalar(g), counter = new_counter(g, false);
	int array = input_array(g, type_scalar(any_integer(g)), CONTENT_SMALL);
	int never = input_array(g, number, CONTENT_NOT_POSITIVE);
	struct type zero = g->program->variable[g->arguments[ARGUMENT_ZERO]].type;
	struct node *place, *value, *body;
	bool in_loop = chance(g, 2);

	if (array < 0 || never < 0)
		return NULL;
	g->program->variable[counter].high = 33;
	place = in_loop ? convert(g, variable(g, counter), zero) :
			  convert(g, argument(g, ARGUMENT_COUNT), zero);
	place = binary(g, division(g), place, argument(g, ARGUMENT_ZERO));
	place->low = 0;
	place->high = 64;
	value = access_array(g, array, chance(g, 4) ? place : item_place(g, 1, place));
	value = convert(g, value, g->program->variable[target].type);
	body = when(g,
		    compare(g, '>', access_array(g, never, item_place(g, 1, NULL)),
			    in_loop ? convert(g, variable(g, counter), number) :
				      constant(g, number, 0)),
		    accumulate(g, '+', variable(g, target), value));
	if (!in_loop)
		return body;
	return counting(g, counter, argument(g, chance(g, 2) ? ARGUMENT_TURNS : ARGUMENT_COUNT),
			body);
}

static struct node *division_by_zero(struct generator *g)
{
	struct type type = type_scalar(any_integer(g));
	int quotient = new_variable(g, type), target = any_scalar(g);
	struct node *divisor = divisor_of_item(g, type), *value, *node;
	int array = input_array(g, type, CONTENT_ANY);

	if (!divisor || array < 0)
		return NULL;
	if (chance(g, 4))
		divisor = convert(g, argument(g, ARGUMENT_ZERO), type);
	/* Not among the results; its value may be any. */
	g->program->variable[quotient].role = ROLE_COUNTER;
	value = binary(g, division(g),
		       chance(g, 2) ? access_array(g, array, item_place(g, 1, NULL)) :
				      expression(g, type, 1),
		       divisor);
	value->flags |= FLAG_UNUSED;
	node = make(g, NODE_SEQUENCE, nothing, 1, assign(g, variable(g, quotient), value));
	node_append(g->program, node,
		    assign(g, variable(g, target),
			   convert(g,
				   choose(g, positive(g, divisor), variable(g, quotient),
					  expression(g, type, 0)),
				   g->program->variable[target].type)));
	for (int i = 0; i < node->count; i++)
		node->child[i]->flags |= FLAG_FIXED;
	return node;
}

static struct node *masked_index(struct generator *g)
{
	static const int strides[] = { 4, 8, 12, 15 };
	int target = any_scalar(g), counter = new_counter(g, false);
	struct type wanted = g->program->variable[target].type;
	int compared = input_array(g, type_scalar(BASE_CHAR), CONTENT_ANY);
	int array = input_array(g, type_scalar(any_integer(g)), (enum content)pick(g, 2));
	struct node *place, *value, *decides, *body;

	if (compared < 0 || array < 0)
		return NULL;
	g->program->variable[counter].high = 33;
	place = binary(g, '&', variable(g, counter),
		       constant(g, g->program->variable[counter].type,
				(1 << (1 + pick(g, 4))) - 1));
	place = item_place(g, strides[pick(g, 4)], place);
	value = convert(g, access_array(g, array, place), wanted);
	decides = compare(g, chance(g, 2) ? '>' : 'l',
			  access_array(g, compared, item_place(g, 1, NULL)),
			  access_array(g, compared, item_place(g, 1, variable(g, counter))));
	if (chance(g, 2))
		body = assign(g, variable(g, target),
			      choose(g, decides, constant(g, wanted, 1), value));
	else
		body = when(g, decides, accumulate(g, '+', variable(g, target), value));
	return counting(g, counter, argument(g, ARGUMENT_TURNS), body);
}

/* An index of 8 or 16 bits that is counted up, and wraps around. */
static struct node *narrow_index(struct generator *g)
{
	struct type type = type_scalar(chance(g, 2) ? BASE_UCHAR : BASE_USHORT);
	int target = any_scalar(g), index = new_variable(g, type), counter = new_counter(g, false);
	struct type wanted = g->program->variable[target].type;
	int array = input_array(g, type_scalar(any_integer(g)), (enum content)pick(g, 2));
	struct node *all, *body, *place, *value;

	if (array < 0)
		return NULL;
	g->program->variable[counter].high = 33;
	place = chance(g, 2) ? variable(g, index) :
			       convert(g,
				       binary(g, '+', variable(g, index),
					      convert(g, variable(g, counter), type)),
				       type);
	if (type.base == BASE_USHORT)
		place = binary(g, '&', place, constant(g, type, INPUT_LENGTH - 1));
	value = convert(g, access_array(g, array, place), wanted);
	body = block(g);
	if (chance(g, 2))
		node_append(g->program, body,
			    accumulate(g, '+', variable(g, index),
				       constant(g, type, 1 + 40 * pick(g, 3))));
	node_append(g->program, body,
		    accumulate(g, chance(g, 2) ? '+' : '^', variable(g, target), value));
	if (chance(g, 3))
		body->child[body->count - 1] =
			when(g, condition(g, 1), body->child[body->count - 1]);
	all = block(g);
	node_append(
		g->program, all,
		assign(g, variable(g, index),
		       convert(g, item_place(g, 1 + 30 * (int)pick(g, 3), integer(g, 200)), type)));
	node_append(g->program, all, counting(g, counter, argument(g, ARGUMENT_TURNS), body));
	return all;
}

struct node *shape_divisions(struct generator *g, enum class class)
{
	if (g->turns > 40)
		return NULL;
	switch (class) {
	case CLASS_DIVISIONS:
		return varying_division(g);
	case CLASS_UNIFORM_DIVISIONS:
		return uniform_division(g);
	case CLASS_DIVISIONS_NOT_DONE:
		return division_not_done(g);
	case CLASS_DIVISIONS_BY_ZERO:
		return division_by_zero(g);
	case CLASS_MASKED_INDEX:
		return masked_index(g);
	default:
		return narrow_index(g);
	}
}
