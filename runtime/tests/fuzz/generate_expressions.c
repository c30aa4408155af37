// SPDX-License-Identifier: MIT
#include "generate.h"

#include <stdarg.h>

#include "builtins.h"

struct node *make(struct generator *g, enum kind kind, struct type type, int count, ...)
{
	struct node *node = node_create(g->program, kind, type);
	va_list children;

	node->low = base_low(type.base);
	node->high = base_high(type.base);
	va_start(children, count);
	for (int i = 0; i < count; i++)
		node_append(g->program, node, va_arg(children, struct node *));
	va_end(children);
	return node;
}

struct node *constant(struct generator *g, struct type type, int64_t value)
{
	struct node *node = make(g, NODE_CONSTANT, type, 0);

	node->value = value;
	node->low = node->high = (double)value;
	return node;
}

struct node *integer(struct generator *g, int64_t value)
{
	return constant(g, type_scalar(BASE_INT), value);
}

struct node *variable(struct generator *g, int index)
{
	const struct variable *what = &g->program->variable[index];
	struct node *node = make(g, NODE_VARIABLE, what->type, 0);

	node->index = index;
	node->low = what->low;
	node->high = what->high;
	return node;
}

struct node *argument(struct generator *g, enum argument which)
{
	return variable(g, g->arguments[which]);
}

static double least(double a, double b)
{
	return a < b ? a : b;
}

static double most(double a, double b)
{
	return a > b ? a : b;
}

static void range_of_binary(struct node *node, const struct node *left, const struct node *right)
{
	double low = base_low(node->type.base), high = base_high(node->type.base);
	double corners[4] = { left->low * right->low, left->low * right->high,
			      left->high * right->low, left->high * right->high };

	switch (node->op) {
	case '+':
		low = left->low + right->low;
		high = left->high + right->high;
		break;
	case '-':
		low = left->low - right->high;
		high = left->high - right->low;
		break;
	case '*':
		low = least(least(corners[0], corners[1]), least(corners[2], corners[3]));
		high = most(most(corners[0], corners[1]), most(corners[2], corners[3]));
		break;
	case '&':
		if (right->low < 0 && left->low < 0)
			return;
		low = 0;
		high = left->low < 0  ? right->high :
		       right->low < 0 ? left->high :
					least(left->high, right->high);
		break;
	case '%':
		low = left->low < 0 ? -right->high : 0;
		high = right->high - 1;
		break;
	default:
		return;
	}
	node->low = low;
	node->high = high;
	if (base_is_float(node->type.base))
		return;
	if (low < base_low(node->type.base) || high > base_high(node->type.base)) {
		node->flags |= FLAG_WRAPS;
		node->low = base_low(node->type.base);
		node->high = base_high(node->type.base);
	}
}

struct node *binary(struct generator *g, int op, struct node *left, struct node *right)
{
	enum kind kind = op == '/' || op == '%' ? NODE_DIVIDE : NODE_BINARY;
	struct node *node = make(g, kind, left->type, 2, left, right);

	node->op = (uint8_t)op;
	if (node->type.width == 1)
		range_of_binary(node, left, right);
	return node;
}

struct node *compare(struct generator *g, int op, struct node *left, struct node *right)
{
	struct node *node = make(g, NODE_COMPARE, type_scalar(BASE_INT), 2, left, right);

	node->op = (uint8_t)op;
	node->low = 0;
	node->high = 1;
	return node;
}

struct node *choose(struct generator *g, struct node *condition, struct node *yes, struct node *no)
{
	struct node *node = make(g, NODE_SELECT, yes->type, 3, condition, yes, no);

	node->low = least(yes->low, no->low);
	node->high = most(yes->high, no->high);
	return node;
}

struct node *access_array(struct generator *g, int array, struct node *place)
{
	struct node *node = make(g, NODE_ACCESS, g->program->array[array].type, 1, place);

	node->index = array;
	switch (g->program->array[array].content) {
	case CONTENT_SMALL:
		if (!g->program->array[array].read_only)
			break;
		node->low = 0;
		node->high = 100;
		break;
	case CONTENT_PERMUTATION:
		node->low = 0;
		node->high = MOST_ITEMS - 1;
		break;
	default:
		break;
	}
	return node;
}

static bool fits(const struct node *node, enum base base)
{
	return node->low >= base_low(base) && node->high <= base_high(base);
}

/* Keeps what is made a float, and floats that are kept, so small that sums stay exact. */
static struct node *make_small(struct generator *g, struct node *value)
{
	struct node *whole = value;

	if (fits(value, BASE_FLOAT))
		return value;
	if (base_is_float(value->type.base)) {
		whole = make(g, NODE_CAST, type_scalar(BASE_INT), 1, value);
		return make(g, NODE_CAST, value->type, 1, binary(g, '&', whole, integer(g, 1023)));
	}
	return binary(g, '&', whole,
		      constant(g, value->type, base_bits(value->type.base) == 8 ? 127 : 1023));
}

struct node *convert(struct generator *g, struct node *value, struct type type)
{
	struct node *node;

	if (base_is_float(type.base))
		value = make_small(g, value);
	if (type_equal(value->type, type))
		return value;
	/* A float out of a type's range has no value in it. */
	if (base_is_float(value->type.base) && !base_is_float(type.base) && !fits(value, type.base))
		value = make(g, NODE_CAST, type_scalar(BASE_INT), 1, value);
	node = make(g, NODE_CAST, type, 1, value);
	if (fits(value, type.base)) {
		node->low = value->low;
		node->high = value->high;
	}
	return node;
}

struct node *place_below(struct generator *g, int length)
{
	struct node *value;

	switch (pick(g, 6)) {
	case 0:
		return integer(g, pick(g, (unsigned int)length));
	case 1:
		if (length > 1 && g->function < 0)
			return argument(g, ARGUMENT_PLACE);
		break;
	case 2:
	case 3:
		for (int i = g->loops; i-- > 0;) {
			if (g->program->variable[g->counter[i]].high < length)
				return variable(g, g->counter[i]);
		}
		break;
	default:
		break;
	}
	value = convert(g, expression(g, type_scalar(any_integer(g)), 1), type_scalar(BASE_UINT));
	if ((length & (length - 1)) == 0)
		return binary(g, '&', value, constant(g, value->type, length - 1));
	return binary(g, '%', value, constant(g, value->type, length));
}

struct node *item_place(struct generator *g, int stride, struct node *offset)
{
	bool reversed = chance(g, 5);
	struct node *item = variable(g, INDEX_ITEM);
	struct type type = item->type;

	if (reversed)
		item = binary(g, '-',
			      binary(g, '-', variable(g, INDEX_ITEMS), constant(g, type, 1)), item);
	/* The two are of one type; the difference is not negative. */
	item->low = 0;
	item->high = MOST_ITEMS - 1;
	item->flags &= (uint8_t)~FLAG_WRAPS;
	if (stride != 1)
		item = binary(g, '*', item, constant(g, type, stride));
	if (offset)
		item = binary(g, '+', item, convert(g, offset, type));
	return item;
}

static struct node *small_offset(struct generator *g)
{
	switch (pick(g, 5)) {
	case 0:
		return integer(g, pick(g, 16));
	case 1:
		return argument(g, ARGUMENT_COUNT);
	case 2:
	case 3:
		if (g->loops)
			return variable(g, g->counter[pick(g, (unsigned int)g->loops)]);
		/* fallthrough */
	default:
		return NULL;
	}
}

/* Of neighbouring work-items, neighbouring places, or some words apart, up to a limit. */
static struct node *limited_place(struct generator *g)
{
	struct node *place = item_place(g, 1 + (int)pick(g, 4), small_offset(g));
	int64_t limit = 8 + pick(g, 64);
	char op = chance(g, 2) ? '<' : '>';

	return choose(g, compare(g, op, place, constant(g, place->type, limit)),
		      node_copy(g->program, place), constant(g, place->type, limit));
}

struct node *load_input(struct generator *g, struct type type)
{
	enum content content = (enum content)pick(g, 3);
	int array;
	struct node *place;

	if (g->function >= 0)
		return NULL;
	array = input_array(g, type, content);
	if (array < 0)
		return NULL;
	switch (pick(g, 8)) {
	case 0:
		if (has_class(g, CLASS_GATHERS) && chance(g, 2))
			return access_array(g, array, limited_place(g));
		if (has_class(g, CLASS_GATHERS))
			return access_array(
				g, array,
				binary(g, '&',
				       convert(g, expression(g, type_scalar(any_integer(g)), 1),
					       type_scalar(BASE_UINT)),
				       constant(g, type_scalar(BASE_UINT), INPUT_LENGTH - 1)));
		/* fallthrough */
	case 1:
		place = small_offset(g);
		return access_array(g, array, place ? place : integer(g, pick(g, 64)));
	case 2:
	case 3:
		if (has_class(g, CLASS_STRIDES))
			return access_array(g, array,
					    item_place(g, 2 + (int)pick(g, 8), small_offset(g)));
		/* fallthrough */
	default:
		return access_array(g, array, item_place(g, 1, small_offset(g)));
	}
}

int any_variable(struct generator *g)
{
	return g->pool[pick(g, (unsigned int)g->pool_size)];
}

int any_scalar(struct generator *g)
{
	int index;

	/* The first of the pool are scalar integers. */
	do {
		index = any_variable(g);
	} while (g->program->variable[index].type.width > 1 ||
		 g->program->variable[index].type.record ||
		 base_is_float(g->program->variable[index].type.base));
	return index;
}

static struct node *any_constant(struct generator *g, struct type type)
{
	static const int64_t ends[] = {
		INT64_MIN, INT64_MAX, INT32_MAX, INT32_MIN, 65535, 128, 255
	};
	int64_t value = (int64_t)pick(g, 40) - 8;

	if (base_is_float(type.base))
		return constant(g, type, value);
	if (chance(g, 6))
		value = ends[pick(g, 7)];
	/* As the type has it. */
	if (base_bits(type.base) < 64) {
		unsigned int shift = 64 - base_bits(type.base);

		value = (int64_t)((uint64_t)value << shift);
		value = base_is_signed(type.base) ? value >> shift :
						    (int64_t)((uint64_t)value >> shift);
	}
	return constant(g, type, value);
}

static struct node *leaf(struct generator *g, struct type type)
{
	struct node *load;

	switch (pick(g, 8)) {
	case 0:
		return any_constant(g, type);
	case 1:
		if (g->loops)
			return convert(g, variable(g, g->counter[pick(g, (unsigned int)g->loops)]),
				       type);
		/* fallthrough */
	case 2:
		if (g->function < 0)
			return convert(g, variable(g, INDEX_ITEM), type);
		/* fallthrough */
	case 3:
		if (g->function < 0)
			return convert(g, argument(g, chance(g, 2) ? ARGUMENT_COUNT : ARGUMENT_ANY),
				       type);
		/* fallthrough */
	case 4:
	case 5:
		load = load_input(g, type);
		if (load)
			return load;
		/* fallthrough */
	default:
		return convert(g, variable(g, any_scalar(g)), type);
	}
}

static struct node *float_expression(struct generator *g, struct type type, int depth)
{
	static const char operators[] = "+-*";
	struct node *left, *right, *node;

	for (int i = 0; i < g->pool_size && chance(g, 2); i++) {
		if (type_equal(g->program->variable[g->pool[i]].type, type))
			return variable(g, g->pool[i]);
	}
	if (depth <= 0)
		return leaf(g, type);
	left = make_small(g, float_expression(g, type, depth - 1));
	if (chance(g, 5)) {
		node = make(g, NODE_BUILTIN, type, 1, left);
		node->index = FUZZ_BUILTINS - 1 - (int)pick(g, 2);
		return node;
	}
	right = make_small(g, float_expression(g, type, depth - 1));
	if (chance(g, 5)) {
		node = make(g, NODE_BUILTIN, type, 2, left, right);
		node->index = FUZZ_BUILTINS - 4 + (int)pick(g, 2);
		return node;
	}
	if (chance(g, 5))
		return choose(g, condition(g, depth - 1), left, right);
	return make_small(g, binary(g, operators[pick(g, 3)], left, right));
}

static struct node *any_builtin(struct generator *g, struct type type, int depth)
{
	int index = (int)pick(g, 9);
	struct type operand = type;
	struct node *node;

	/* What makes an unsigned value may take a signed one. */
	if (fuzz_builtins[index].makes_unsigned) {
		if (base_is_signed(type.base))
			index = 0;
		else if (chance(g, 2))
			operand.base--;
	}
	node = make(g, NODE_BUILTIN, type, 1, expression(g, operand, depth - 1));
	node->index = index;
	if (fuzz_builtins[index].operands > 1)
		node_append(g->program, node, expression(g, operand, depth - 1));
	return node;
}

static struct node *any_conversion(struct generator *g, struct type type, int depth)
{
	enum base from = (enum base)pick(g, has_class(g, CLASS_FLOATS) ? BASE_COUNT : BASE_FLOAT);
	struct type operand = { .base = (uint8_t)from, .width = type.width };
	struct node *value;

	switch (pick(g, 4)) {
	case 0:
		/* Of the same size. */
		for (from = BASE_CHAR; base_bits(from) != base_bits(type.base) || chance(g, 2);)
			from = (enum base)((from + 1) % BASE_FLOAT);
		operand.base = (uint8_t)from;
		return make(g, NODE_AS, type, 1, expression(g, operand, depth - 1));
	case 1:
		if (base_is_float(type.base))
			break;
		return make(g, NODE_CONVERT_SAT, type, 1, expression(g, operand, depth - 1));
	default:
		break;
	}
	if (base_is_float(from) || base_is_float(type.base)) {
		operand.base = BASE_INT;
		if (type.width > 1)
			return expression(g, type, 0);
	}
	value = expression(g, operand, depth - 1);
	if (type.width == 1 && chance(g, 2))
		return convert(g, value, type);
	return make(g, NODE_CONVERT, type, 1, value);
}

static struct node *vector_leaf(struct generator *g, struct type type)
{
	struct node *node;

	for (int i = 0; i < g->pool_size; i++) {
		if (type_equal(g->program->variable[g->pool[i]].type, type) && chance(g, 2))
			return variable(g, g->pool[i]);
	}
	if (g->function < 0 && chance(g, 3)) {
		int array = input_array(g, type_scalar(type.base), (enum content)pick(g, 2));

		if (array >= 0) {
			node = make(g, NODE_VECTOR_LOAD, type, 1,
				    item_place(g, chance(g, 2) ? type.width : 1, NULL));
			node->index = array;
			return node;
		}
	}
	if (chance(g, 2))
		return any_constant(g, type);
	node = make(g, NODE_VECTOR, type, 0);
	for (int i = 0; i < type.width; i++)
		node_append(g->program, node, leaf(g, type_scalar(type.base)));
	return node;
}

static struct node *any_swizzle(struct generator *g, struct type type)
{
	struct type from = { .base = type.base, .width = 4 };
	struct node *node;

	for (int i = 0; i < g->pool_size; i++) {
		struct type candidate = g->program->variable[g->pool[i]].type;

		if (candidate.width > 1 && candidate.base == type.base)
			from = candidate;
	}
	node = make(g, NODE_SWIZZLE, type, 1, vector_leaf(g, from));
	for (int i = 0; i < type.width; i++)
		node->value |= (int64_t)((uint64_t)pick(g, from.width) << (4 * i));
	return node;
}

static struct node *vector_expression(struct generator *g, struct type type, int depth)
{
	static const char operators[] = "+-*&|^<>";
	static const char comparisons[] = "<>lg=!";
	struct node *node;

	if (depth <= 0 || base_is_float(type.base))
		return chance(g, 3) && type.width <= 4 ? any_swizzle(g, type) :
							 vector_leaf(g, type);
	switch (pick(g, 6)) {
	case 0:
		return any_swizzle(g, type);
	case 1:
		return any_builtin(g, type, depth);
	case 2:
		return any_conversion(g, type, depth);
	case 3:
		node = make(g, NODE_VECTOR_SELECT, type, 4, expression(g, type, depth - 1),
			    expression(g, type, 0), expression(g, type, depth - 1),
			    expression(g, type, 0));
		node->op = (uint8_t)comparisons[pick(g, 6)];
		return node;
	default:
		return binary(g, operators[pick(g, 8)], expression(g, type, depth - 1),
			      expression(g, type, depth - 1));
	}
}

/* A component of a vector variable as a @type, or NULL where none is taken. */
static struct node *any_component(struct generator *g, struct type type)
{
	for (int i = 0; i < g->pool_size; i++) {
		struct type from = g->program->variable[g->pool[i]].type;
		struct node *node;

		if (from.width == 1 || from.record || !chance(g, 2))
			continue;
		node = make(g, NODE_COMPONENT, type_scalar(from.base), 1, variable(g, g->pool[i]));
		node->value = pick(g, from.width);
		return convert(g, node, type);
	}
	return NULL;
}

/* An element of a private array as a @type, or NULL where there is no array. */
static struct node *private_element(struct generator *g, struct type type)
{
	int array, length;

	if (g->function >= 0 || g->declares || !has_class(g, CLASS_PRIVATE_ARRAYS))
		return NULL;
	array = own_array(g, SPACE_PRIVATE, type_scalar(BASE_INT), 1 << (2 + pick(g, 3)));
	if (array < 0)
		return NULL;
	length = g->program->array[array].length;
	return convert(g, access_array(g, array, place_below(g, length)), type);
}

struct node *expression(struct generator *g, struct type type, int depth)
{
	static const char operators[] = "++-**&|^<>";
	struct node *node;

	if (type.width > 1)
		return vector_expression(g, type, depth);
	if (base_is_float(type.base))
		return float_expression(g, type, depth);
	if (depth <= 0)
		return leaf(g, type);
	switch (pick(g, 14)) {
	case 0:
		return choose(g, condition(g, depth - 1), expression(g, type, depth - 1),
			      expression(g, type, depth - 1));
	case 1:
		if (has_class(g, CLASS_CONVERSIONS))
			return any_conversion(g, type, depth);
		/* fallthrough */
	case 2:
		if (has_class(g, CLASS_INTEGERS))
			return any_builtin(g, type, depth);
		/* fallthrough */
	case 3:
		if (has_class(g, CLASS_FLOATS))
			return convert(g,
				       float_expression(g,
							type_scalar(chance(g, 4) ? BASE_DOUBLE :
										   BASE_FLOAT),
							depth - 1),
				       type);
		/* fallthrough */
	case 4:
		node = any_component(g, type);
		if (node)
			return node;
		/* fallthrough */
	case 5:
		node = private_element(g, type);
		if (node)
			return node;
		/* fallthrough */
	case 6:
		return convert(g, compare(g, '<', expression(g, type, 0), expression(g, type, 0)),
			       type);
	case 7:
		if (chance(g, 3))
			return make(g, NODE_NOT, type, 1, expression(g, type, depth - 1));
		/* fallthrough */
	default:
		return binary(g, operators[pick(g, 10)], expression(g, type, depth - 1),
			      expression(g, type, depth - 1));
	}
}

/* A comparison of vectors, still without its operator, of which any or all results are wanted. */
static struct node *vector_compare(struct generator *g, int depth)
{
	static const uint8_t widths[] = { 2, 3, 4, 8, 16 };
	struct type type = { .base = any_integer(g), .width = widths[pick(g, 5)] };
	struct node *node = make(g, NODE_VECTOR_COMPARE, type_scalar(BASE_INT), 2,
				 expression(g, type, depth - 1), expression(g, type, 0));

	node->value = pick(g, 2);
	node->low = 0;
	node->high = 1;
	return node;
}

struct node *condition(struct generator *g, int depth)
{
	static const char comparisons[] = "<>lg=!";
	struct type type = type_scalar(any_integer(g));
	struct node *node;

	if (depth > 0 && chance(g, 5)) {
		node = make(g, NODE_LOGICAL, type_scalar(BASE_INT), 2, condition(g, depth - 1),
			    condition(g, depth - 1));
		node->op = chance(g, 2) ? '&' : '|';
		return node;
	}
	if (depth > 0 && chance(g, 8)) {
		node = vector_compare(g, depth);
		node->op = (uint8_t)comparisons[pick(g, 6)];
		return node;
	}
	if (chance(g, 2))
		return compare(g, chance(g, 2) ? '!' : '<',
			       binary(g, '&', expression(g, type, depth),
				      constant(g, type, 1 + pick(g, 7))),
			       constant(g, type, pick(g, 4)));
	if (g->function < 0 && chance(g, 2)) {
		int array = input_array(g, type_scalar(BASE_INT), CONTENT_SIGNED);

		if (array >= 0)
			return compare(g, chance(g, 2) ? '>' : 'l',
				       access_array(g, array, item_place(g, 1, NULL)),
				       integer(g, (int)pick(g, 20) - 4));
	}
	return compare(g, comparisons[pick(g, 6)], expression(g, type, depth),
		       expression(g, type, 0));
}

struct node *uniform_condition(struct generator *g)
{
	struct node *value = argument(g, chance(g, 2) ? ARGUMENT_COUNT : ARGUMENT_ANY);

	value = convert(g, value, type_scalar(BASE_UINT));
	if (g->loops && chance(g, 2) && g->program->variable[g->counter[g->loops - 1]].uniform)
		value = binary(g, '+', value,
			       convert(g, variable(g, g->counter[g->loops - 1]), value->type));
	return compare(g, '<', binary(g, '%', value, constant(g, value->type, 2 + pick(g, 4))),
		       constant(g, value->type, 1 + pick(g, 3)));
}
