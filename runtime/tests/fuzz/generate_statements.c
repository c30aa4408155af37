// SPDX-License-Identifier: MIT
#include "generate.h"

static struct type nothing;

struct node *block(struct generator *g)
{
	return make(g, NODE_BLOCK, nothing, 0);
}

struct node *assign(struct generator *g, struct node *place, struct node *value)
{
	return make(g, NODE_ASSIGN, nothing, 2, place, value);
}

struct node *accumulate(struct generator *g, int op, struct node *place, struct node *value)
{
	struct node *node;

	/* Only what wraps around by itself. */
	if (base_is_signed(place->type.base) && base_bits(place->type.base) >= 32)
		return assign(g, place, binary(g, op, node_copy(g->program, place), value));
	if (place->type.width > 1 || (op == '*' && base_bits(place->type.base) < 32))
		return assign(g, place, binary(g, op, node_copy(g->program, place), value));
	node = assign(g, place, value);
	node->op = (uint8_t)op;
	return node;
}

struct node *when(struct generator *g, struct node *condition, struct node *yes)
{
	struct node *body = yes;

	if (yes->kind != NODE_BLOCK) {
		body = block(g);
		node_append(g->program, body, yes);
	}
	return make(g, NODE_IF, nothing, 2, condition, body);
}

struct node *counting(struct generator *g, int counter, struct node *end, struct node *body)
{
	struct type type = g->program->variable[counter].type;
	struct node *node, *inside = body;

	if (body->kind != NODE_BLOCK) {
		inside = block(g);
		node_append(g->program, inside, body);
	}
	node = make(g, NODE_FOR, nothing, 4, constant(g, type, 0), convert(g, end, type),
		    constant(g, type, 1), inside);
	node->index = counter;
	return node;
}

static struct node *any_assignment(struct generator *g)
{
	static const char operators[] = "+-^&|*";
	int index = any_variable(g);
	struct type type = g->program->variable[index].type;
	struct node *place = variable(g, index), *value, *node;

	if (g->function >= 0)
		return assign(g, place, expression(g, type, 2));
	if (type.width > 1 && chance(g, 2)) {
		if (chance(g, 2) || type.width < 4) {
			node = make(g, NODE_COMPONENT, type_scalar(type.base), 1, place);
			node->value = pick(g, type.width);
			return assign(g, node,
				      convert(g, expression(g, node->type, 2), node->type));
		}
		node = make(g, NODE_SWIZZLE, type_vector(type.base, 2), 1, place);
		node->value = pick(g, 2) + 2 * (int)pick(g, 2);
		node->value |= (node->value ^ 1) << 4;
		return assign(g, node, expression(g, node->type, 1));
	}
	value = convert(g, expression(g, type, 1 + (int)pick(g, 3)), type);
	if (base_is_float(type.base) || type.width > 1 || chance(g, 2))
		return assign(g, place, value);
	return accumulate(g, operators[pick(g, 6)], place, value);
}

/* Runs @make_inside one block deeper. */
static struct node *inner_block(struct generator *g, bool uniform, int statements)
{
	bool before = g->uniform;
	struct node *inside;

	g->uniform = before && uniform;
	g->depth++;
	inside = any_block(g, statements);
	g->depth--;
	g->uniform = before;
	return inside;
}

static struct node *any_if(struct generator *g)
{
	bool uniform = chance(g, 3);
	struct node *node =
		make(g, NODE_IF, nothing, 1,
		     uniform && g->function < 0 ? uniform_condition(g) : condition(g, 1));

	node_append(g->program, node, inner_block(g, uniform, 1 + (int)pick(g, 3)));
	if (chance(g, 2))
		node_append(g->program, node, inner_block(g, uniform, 1 + (int)pick(g, 3)));
	return node;
}

struct node *body_of_loop(struct generator *g, int counter, int turns, bool together,
			  int statements)
{
	bool leaves = g->leaves, uniform = g->uniform;
	struct node *body;

	g->counter[g->loops++] = counter;
	g->turns *= turns;
	g->leaves = !together;
	g->uniform = uniform && together;
	g->depth++;
	body = any_block(g, statements);
	g->depth--;
	g->uniform = uniform;
	g->leaves = leaves;
	g->turns /= turns;
	g->loops--;
	return body;
}

/* if (condition) break; and the like. */
static struct node *any_exit(struct generator *g)
{
	struct node *word = make(g, chance(g, 2) ? NODE_BREAK : NODE_CONTINUE, nothing, 0);

	if (!g->leaves)
		return when(g, uniform_condition(g), word);
	return when(g, condition(g, 1), word);
}

/* Work-items that go on early have done less than others when all leave it. */
static void make_endless(struct generator *g, struct node *loop)
{
	bool leaves = g->leaves;

	loop->flags |= FLAG_ENDLESS;
	g->leaves = true;
	node_append(g->program, loop->child[0], any_exit(g));
	g->leaves = leaves;
	node_append(g->program, loop->child[0], any_assignment(g));
}

/* From the work-item's number on in steps of as many as there are: through an array together. */
static struct node *loop_in_strides(struct generator *g)
{
	int counter = new_counter(g, false), most = 5;
	struct type type = type_scalar(chance(g, 2) ? BASE_UINT : BASE_INT);
	struct node *end, *node;

	g->program->variable[counter].type = type;
	g->program->variable[counter].high = 2 * MOST_ITEMS + 3;
	end = binary(g, '*', convert(g, variable(g, INDEX_ITEMS), type), constant(g, type, 2));
	end = binary(g, '+', end, constant(g, type, 3));
	node = make(g, NODE_FOR, nothing, 4, convert(g, variable(g, INDEX_ITEM), type), end,
		    variable(g, INDEX_ITEMS),
		    body_of_loop(g, counter, most, false, 1 + (int)pick(g, 3)));
	node->index = counter;
	return node;
}

static struct node *any_loop(struct generator *g)
{
	unsigned int kind = pick(g, 5);
	bool together = g->uniform && kind < 3 && g->function < 0 && chance(g, 2);
	int counter = new_counter(g, together), most = 9;
	struct type type = g->program->variable[counter].type;
	struct node *end, *node;

	switch (kind) {
	case 0:
		most = 1 + (int)pick(g, 6);
		end = constant(g, type, most);
		break;
	case 1:
	case 2:
		end = g->function < 0 ? argument(g, ARGUMENT_COUNT) : constant(g, type, 5);
		if (g->function < 0 && g->turns == 1 && kind == 2) {
			end = argument(g, ARGUMENT_TURNS);
			most = 33;
		}
		break;
	default:
		most = 7;
		end = binary(g, '&', convert(g, variable(g, any_scalar(g)), type_scalar(BASE_UINT)),
			     constant(g, type_scalar(BASE_UINT), 7));
	}
	end = convert(g, end, type);
	g->program->variable[counter].high = most;
	node = make(g, NODE_FOR, nothing, 4, constant(g, type, chance(g, 4) ? pick(g, 3) : 0), end,
		    constant(g, type, chance(g, 5) ? 2 : 1),
		    body_of_loop(g, counter, most, together, 1 + (int)pick(g, 3)));
	node->index = counter;
	if (node->child[2]->value == 1 && chance(g, 5))
		node->flags |= FLAG_DOWN;
	if (kind > 2 && chance(g, 2))
		node_append(g->program, node, condition(g, 1));
	if (kind == 4 && chance(g, 2)) {
		struct node *loop = make(g, NODE_DO, nothing, 2, node->child[3], condition(g, 1));

		loop->index = counter;
		loop->value = most;
		if (chance(g, 2))
			make_endless(g, loop);
		return loop;
	}
	return node;
}

/* A loop that sums up something, and is left at more than one place. */
struct node *loop_with_exit(struct generator *g)
{
	int counter = new_counter(g, false), sum = any_scalar(g);
	struct type type = g->program->variable[sum].type;
	struct node *all = make(g, NODE_SEQUENCE, nothing, 0), *body = block(g), *leave = block(g);
	bool jumps = chance(g, 2);
	int label = g->program->labels++;
	struct node *node;

	g->program->variable[counter].high = 9;
	g->counter[g->loops++] = counter;
	node = access_array(g, input_array(g, type_scalar(BASE_INT), CONTENT_SMALL),
			    item_place(g, 1, variable(g, counter)));
	node_append(g->program, body, accumulate(g, '+', variable(g, sum), convert(g, node, type)));
	node_append(g->program, leave,
		    assign(g, variable(g, sum),
			   binary(g, '+', binary(g, '*', variable(g, sum), constant(g, type, 3)),
				  convert(g, variable(g, counter), type))));
	if (chance(g, 2))
		node_append(g->program, leave, any_assignment(g));
	node = make(g, jumps ? NODE_GOTO : NODE_BREAK, nothing, 0);
	node->index = label;
	node_append(g->program, leave, node);
	node_append(g->program, body,
		    when(g,
			 chance(g, 2) ? condition(g, 1) :
					compare(g, '>', variable(g, sum),
						constant(g, type, 30 + pick(g, 80))),
			 leave));
	if (chance(g, 2)) {
		g->leaves = true;
		node_append(g->program, body, any_exit(g));
		g->leaves = false;
	}
	g->loops--;
	node_append(g->program, all, counting(g, counter, argument(g, ARGUMENT_COUNT), body));
	node = any_assignment(g);
	node_append(g->program, all, node);
	if (jumps) {
		node = make(g, NODE_LABEL, nothing, 0);
		node->index = label;
		node->flags |= FLAG_FIXED;
		node_append(g->program, all, node);
	}
	return all;
}

static struct node *any_switch(struct generator *g)
{
	int cases = 2 + (int)pick(g, 3);
	struct node *value =
		convert(g, expression(g, type_scalar(any_integer(g)), 1), type_scalar(BASE_UINT));
	struct node *node = make(g, NODE_SWITCH, nothing, 1,
				 binary(g, '&', value, constant(g, value->type, 3)));
	bool leaves = g->leaves, uniform = g->uniform;
	int loops = g->loops;

	/* A break in it is not the loop's. */
	node->value = (int64_t)pick(g, 64);
	g->uniform = false;
	g->leaves = true;
	for (int i = 0; i < cases; i++)
		node_append(g->program, node, inner_block(g, false, 1 + (int)pick(g, 2)));
	g->loops = loops;
	g->leaves = leaves;
	g->uniform = uniform;
	return node;
}

static struct node *class_control(struct generator *g, enum class class)
{
	switch (class) {
	case CLASS_LOOPS:
		if (g->depth < 3 && g->loops < MOST_NESTED - 1 && g->turns < 40)
			return g->function < 0 && chance(g, 4) ? loop_in_strides(g) : any_loop(g);
		return NULL;
	case CLASS_EXITS:
		if (g->loops && (g->leaves || g->uniform) && chance(g, 2))
			return any_exit(g);
		if (g->function < 0 && g->loops < 2 && g->turns < 40 &&
		    input_array(g, type_scalar(BASE_INT), CONTENT_SMALL) >= 0)
			return loop_with_exit(g);
		return NULL;
	case CLASS_EARLY_RETURN:
		if (g->can_return && g->function < 0)
			return when(g, condition(g, 1), make(g, NODE_RETURN, nothing, 0));
		return NULL;
	case CLASS_SWITCH:
		/* In a loop together, a continue in it would be one work-item's. */
		if (g->depth < 3 && (!g->loops || g->leaves))
			return any_switch(g);
		return NULL;
	default:
		return any_assignment(g);
	}
}

struct node *class_statement(struct generator *g, enum class class)
{
	if (!room_left(g))
		return NULL;
	switch (class) {
	case CLASS_LOOPS:
	case CLASS_EXITS:
	case CLASS_EARLY_RETURN:
	case CLASS_SWITCH:
	case CLASS_INTEGERS:
	case CLASS_CONVERSIONS:
	case CLASS_FLOATS:
	case CLASS_VECTORS:
	case CLASS_STRIDES:
	case CLASS_GATHERS:
	case CLASS_INDEX_SPACES:
		return class_control(g, class);
	case CLASS_DIVISIONS:
	case CLASS_UNIFORM_DIVISIONS:
	case CLASS_DIVISIONS_NOT_DONE:
	case CLASS_DIVISIONS_BY_ZERO:
	case CLASS_MASKED_INDEX:
	case CLASS_NARROW_INDEX:
		return g->function < 0 ? shape_divisions(g, class) : NULL;
	case CLASS_HELPERS:
	case CLASS_GENERIC_POINTERS:
	case CLASS_ATOMICS:
	case CLASS_GROUP_FUNCTIONS:
	case CLASS_BARRIERS:
		return g->function < 0 ? shape_functions(g, class) : NULL;
	default:
		return g->function < 0 ? shape_memory(g, class) : NULL;
	}
}

struct node *any_statement(struct generator *g)
{
	struct node *node = NULL;

	if (!room_left(g))
		return any_assignment(g);
	if (chance(g, 7) && g->depth < 3)
		return any_if(g);
	if (chance(g, 6) && g->depth < 2 && g->turns < 40)
		return any_loop(g);
	for (int tries = 0; tries < 4 && !node && !chance(g, 6); tries++) {
		enum class class;

		do {
			class = (enum class)pick(g, CLASS_COUNT);
		} while (!has_class(g, class));
		node = class_statement(g, class);
	}
	return node ? node : any_assignment(g);
}

struct node *any_block(struct generator *g, int statements)
{
	struct node *node = block(g);

	while (statements--)
		node_append(g->program, node, any_statement(g));
	return node;
}
