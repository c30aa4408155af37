// SPDX-License-Identifier: MIT
/* Records, arrays of each address space, words seen as others, and the order of accesses. */
#include "generate.h"

static struct type nothing;

static enum space any_space(struct generator *g)
{
	static const enum space spaces[] = { SPACE_GLOBAL, SPACE_LOCAL, SPACE_PRIVATE };

	return spaces[pick(g, 3)];
}

static struct type any_element(struct generator *g)
{
	if (has_class(g, CLASS_FLOATS) || chance(g, 4))
		return type_scalar(chance(g, 4) ? BASE_DOUBLE : BASE_FLOAT);
	return type_scalar(chance(g, 2) ? BASE_INT : (enum base)pick(g, BASE_FLOAT));
}

static struct node *element(struct generator *g, int array)
{
	return access_array(g, array, place_below(g, g->program->array[array].length));
}

static struct node *field(struct generator *g, struct node *record, int index)
{
	const struct record *what = &g->program->record[record->type.record - 1];
	struct node *node = make(g, NODE_FIELD, what->type[index], 1, record);

	node->index = index;
	return node;
}

static struct node *load_to_scalar(struct generator *g, struct node *value)
{
	int target = any_scalar(g);
	struct type type = g->program->variable[target].type;

	value = convert(g, value, type);
	if (chance(g, 2))
		return assign(g, variable(g, target), value);
	return accumulate(g, chance(g, 2) ? '+' : '^', variable(g, target), value);
}

static struct node *store_any(struct generator *g, struct node *place)
{
	return assign(g, place, convert(g, expression(g, place->type, 2), place->type));
}

/* A variable of a record; there is one or it is made, with all its fields 0. */
static int record_variable(struct generator *g, int record)
{
	struct type type = { .record = (uint8_t)(record + 1), .width = 1 };

	for (int i = 0; i < g->program->variables; i++) {
		if (type_equal(g->program->variable[i].type, type) && chance(g, 2))
			return i;
	}
	return new_variable(g, type);
}

static struct node *any_struct(struct generator *g)
{
	int record = any_record(g, false), local, array;
	struct type type = { .record = (uint8_t)(record + 1), .width = 1 };
	int fields;

	if (record < 0)
		return NULL;
	fields = g->program->record[record].fields;
	array = own_array(g, any_space(g), type, 2 + (int)pick(g, 3));
	local = record_variable(g, record);
	if (array < 0)
		return NULL;
	switch (pick(g, 6)) {
	case 0:
		return assign(g, variable(g, local), element(g, array));
	case 1:
		return assign(g, element(g, array), variable(g, local));
	case 2:
		return assign(g, element(g, array), element(g, array));
	case 3:
		return store_any(g,
				 field(g, element(g, array), (int)pick(g, (unsigned int)fields)));
	case 4:
		return load_to_scalar(g, field(g, variable(g, local),
					       (int)pick(g, (unsigned int)fields)));
	default:
		return load_to_scalar(g, field(g, element(g, array),
					       (int)pick(g, (unsigned int)fields)));
	}
}

static struct node *any_union(struct generator *g)
{
	int record = any_record(g, true), index;
	struct node *place;

	if (record < 0)
		return NULL;
	index = record_variable(g, record);
	place = field(g, variable(g, index), (int)pick(g, 3));
	if (place->type.width > 1) {
		struct node *part =
			make(g, NODE_COMPONENT, type_scalar(place->type.base), 1, place);

		part->value = pick(g, place->type.width);
		place = part;
	}
	return chance(g, 2) ? store_any(g, place) : load_to_scalar(g, place);
}

static struct node *any_array(struct generator *g, enum space space, int length)
{
	int array = own_array(g, space, any_element(g), length);
	int counter;

	if (array < 0)
		return NULL;
	switch (pick(g, 5)) {
	case 0:
	case 1:
		return store_any(g, element(g, array));
	case 2:
		counter = new_counter(g, false);
		g->program->variable[counter].high = length;
		return counting(g, counter, integer(g, length),
				store_any(g, access_array(g, array, variable(g, counter))));
	default:
		return load_to_scalar(g, element(g, array));
	}
}

/* if (condition) { place = where; break; } */
static struct node *leave_with(struct generator *g, struct node *condition, int place,
			       struct node *where)
{
	struct node *leave = block(g);

	node_append(g->program, leave,
		    assign(g, variable(g, place), convert(g, where, type_scalar(BASE_INT))));
	node_append(g->program, leave, make(g, NODE_BREAK, nothing, 0));
	return when(g, condition, leave);
}

/* Through an array, some of whose elements are moved, up to where something is then stored. */
static struct node *any_insertion(struct generator *g)
{
	int length = chance(g, 3) ? 4 : 16, counter = new_counter(g, false);
	int place = new_variable(g, type_scalar(BASE_INT));
	int array = own_array(g, SPACE_PRIVATE, any_element(g), length);
	struct node *all = make(g, NODE_SEQUENCE, nothing, 0), *body = block(g);
	struct node *here, *across, *there;

	if (array < 0)
		return NULL;
	g->program->variable[counter].high = length;
	g->program->variable[place].low = 0;
	g->program->variable[place].high = length - 1;
	node_append(g->program, all, assign(g, variable(g, place), integer(g, pick(g, length))));
	g->counter[g->loops++] = counter;
	here = convert(g, variable(g, counter), type_scalar(BASE_INT));
	across = binary(g, '-', integer(g, length - 1), here);
	if (chance(g, 2)) {
		there = here;
		here = across;
		across = there;
	}
	there = access_array(g, array, here);
	if (chance(g, 3))
		node_append(g->program, body,
			    leave_with(g, condition(g, 1), place, place_below(g, length)));
	node_append(g->program, body,
		    leave_with(g,
			       chance(g, 3) ? condition(g, 1) :
					      compare(g, '>', there, expression(g, there->type, 1)),
			       place, here));
	if (chance(g, 2))
		node_append(g->program, body, assign(g, there, access_array(g, array, across)));
	if (chance(g, 3))
		node_append(g->program, body, load_to_scalar(g, there));
	g->loops--;
	/* Of a number of turns that is not known it stays a loop. */
	node_append(g->program, all,
		    counting(g, counter,
			     length == 16 ? argument(g, ARGUMENT_COUNT) : integer(g, length),
			     body));
	node_append(g->program, all, store_any(g, access_array(g, array, variable(g, place))));
	if (chance(g, 2))
		node_append(g->program, all, load_to_scalar(g, element(g, array)));
	return all;
}

static struct node *any_scatter(struct generator *g)
{
	for (int i = 0; i < 8; i++) {
		int array = own_array(g, SPACE_GLOBAL, any_element(g), 1 + (int)pick(g, 3));

		if (array >= 0 && g->program->array[array].own == OWN_PERMUTED)
			return chance(g, 3) ? load_to_scalar(g, element(g, array)) :
					      store_any(g, element(g, array));
	}
	return NULL;
}

/* The same memory by two arguments. */
static struct node *any_alias(struct generator *g)
{
	struct type type = any_element(g);
	int array = own_array(g, SPACE_GLOBAL, type, 4), other = -1;
	struct node *all;

	if (array < 0)
		return NULL;
	for (int i = 0; i < g->program->arrays; i++) {
		if (g->program->array[i].alias == array)
			other = i;
	}
	if (other < 0) {
		other = new_array(g, SPACE_GLOBAL, type, 4);
		g->program->array[other].alias = array;
		g->program->array[other].own = g->program->array[array].own;
		g->program->array[other].reserved = true;
		if (g->program->array[other].own <= OWN_INDEX)
			g->program->array[other].own = (uint8_t)(OWN_POINTER + pick(g, 2));
	}
	all = block(g);
	for (int i = 2 + (int)pick(g, 4); i > 0; i--) {
		struct node *place = element(g, chance(g, 2) ? array : other);

		node_append(g->program, all,
			    chance(g, 2) ? store_any(g, place) : load_to_scalar(g, place));
	}
	return all;
}

static struct node *as_other_words(struct generator *g, int array, struct type type,
				   struct node *place)
{
	struct node *node = make(g, NODE_PUN, type, 1, place);

	node->index = array;
	return node;
}

/* Words copied as wider ones, from one array to another. */
static struct node *copy_as_words(struct generator *g, int array, struct type words, int count)
{
	const struct array *to = &g->program->array[array];
	int counter = new_counter(g, false), from = -1;

	for (int i = 2; i < g->program->arrays; i++) {
		const struct array *other = &g->program->array[i];

		if (i != array && other->owner < 0 && !other->reserved && !other->read_only &&
		    type_equal(other->type, to->type) && other->length == to->length)
			from = i;
	}
	if (from < 0)
		from = own_array(g, to->space == SPACE_PRIVATE ? SPACE_GLOBAL : SPACE_PRIVATE,
				 to->type, to->length);
	if (from < 0)
		return NULL;
	g->program->variable[counter].high = count;
	return counting(g, counter, integer(g, count),
			assign(g, as_other_words(g, array, words, variable(g, counter)),
			       as_other_words(g, from, words, variable(g, counter))));
}

static struct node *any_pun(struct generator *g)
{
	static const enum base bases[] = { BASE_UINT, BASE_UINT,  BASE_UCHAR, BASE_USHORT,
					   BASE_INT,  BASE_ULONG, BASE_LONG };
	struct type type = type_scalar(bases[pick(g, 7)]), words;
	int array = own_array(g, any_space(g), type, 8), count;
	struct node *all, *place, *copy;

	if (array < 0)
		return NULL;
	do {
		words = type_scalar(bases[pick(g, 7)]);
	} while (words.base == type.base);
	count = 8 * (int)base_bits(type.base) / (int)base_bits(words.base);
	if (chance(g, 3)) {
		copy = copy_as_words(g, array, words, count);
		if (copy)
			return copy;
	}
	all = block(g);
	for (int i = 2 + (int)pick(g, 3); i > 0; i--) {
		bool other = chance(g, 2);

		place = other ? as_other_words(g, array, words, place_below(g, count)) :
				element(g, array);
		node_append(g->program, all,
			    chance(g, 2) ? store_any(g, place) : load_to_scalar(g, place));
	}
	return all;
}

/* A float's sign turned through the word it lies in. */
static struct node *turn_sign(struct generator *g)
{
	struct type type = type_scalar(BASE_FLOAT), words = type_scalar(BASE_UINT);
	int array = own_array(g, any_space(g), type, 2 + (int)pick(g, 3));
	int place;
	struct node *all;

	if (array < 0)
		return NULL;
	place = (int)pick(g, (unsigned int)g->program->array[array].length);
	all = block(g);
	node_append(g->program, all, store_any(g, access_array(g, array, integer(g, place))));
	node_append(g->program, all,
		    accumulate(g, '^', as_other_words(g, array, words, integer(g, place)),
			       constant(g, words, 0x80000000ll)));
	node_append(g->program, all, load_to_scalar(g, access_array(g, array, integer(g, place))));
	return all;
}

/* Loads and stores of a work-item's stretch, one of them to a place known only at run time. */
static struct node *any_order(struct generator *g)
{
	bool records = chance(g, 4);
	int record = records ? any_record(g, false) : -1, array, accesses = 3 + (int)pick(g, 4);
	struct type type = any_element(g);
	enum space space = any_space(g);
	struct node *all = make(g, NODE_SEQUENCE, nothing, 0);

	if (record >= 0)
		type = (struct type){ .record = (uint8_t)(record + 1), .width = 1 };
	array = own_array(g, space, type, 2 + (int)pick(g, 7));
	if (array < 0)
		return NULL;
	if (g->uniform && chance(g, space == SPACE_PRIVATE ? 1 : 3))
		node_append(g->program, all, make(g, NODE_BARRIER, nothing, 0));
	for (int i = 0; i < accesses; i++) {
		struct node *place = access_array(g, array,
						  chance(g, 3) ? argument(g, ARGUMENT_PLACE) :
								 integer(g, pick(g, 2)));

		if (record >= 0)
			place = field(g, place,
				      (int)pick(g,
						(unsigned int)g->program->record[record].fields));
		if (i % 2)
			node_append(g->program, all,
				    assign(g, place,
					   convert(g, expression(g, place->type, (int)pick(g, 2)),
						   place->type)));
		else
			node_append(g->program, all, load_to_scalar(g, place));
	}
	return all;
}

static struct node *any_copy(struct generator *g)
{
	static const int widths[] = { 2, 3, 4, 2 };
	struct type type = { 0 };
	enum space from_space = any_space(g), to_space = any_space(g);
	int from, to, width = widths[pick(g, 4)];
	struct node *all = block(g), *node;

	if (chance(g, 3)) {
		int record = any_record(g, false);

		type = (struct type){ .record = (uint8_t)(record + 1), .width = 1 };
		if (record < 0)
			return NULL;
	} else {
		type = type_vector(chance(g, 2) ? BASE_FLOAT : (enum base)pick(g, BASE_FLOAT),
				   width);
	}
	/* What is behind three elements is not looked after. */
	if (!type.record && width == 3 && from_space == SPACE_GLOBAL)
		from_space = SPACE_PRIVATE;
	if (!type.record && width == 3 && to_space == SPACE_GLOBAL)
		to_space = SPACE_LOCAL;
	from = own_array(g, from_space, type, 2 + (int)pick(g, 3));
	to = own_array(g, to_space, type, 2 + (int)pick(g, 3));
	if (from < 0 || to < 0)
		return NULL;
	node_append(g->program, all, assign(g, element(g, to), element(g, from)));
	node = element(g, to);
	if (type.record) {
		node = field(g, node, (int)pick(g, 2));
	} else {
		node = make(g, NODE_COMPONENT, type_scalar(type.base), 1, node);
		node->value = pick(g, type.width);
	}
	node_append(g->program, all, load_to_scalar(g, node));
	/* Packed, among scalars. */
	if (!type.record && chance(g, 2)) {
		int packed = own_array(g, any_space(g), type_scalar(type.base), 8);

		if (packed >= 0) {
			node = make(g, NODE_VECTOR_STORE, nothing, 2,
				    integer(g, pick(g, (unsigned int)(9 - type.width))),
				    element(g, to));
			node->index = packed;
			node_append(g->program, all, node);
			node_append(g->program, all, load_to_scalar(g, element(g, packed)));
		}
	}
	return all;
}

/* Each element of an array as the other's, which are as many; @from may be as many inputs, too. */
static struct node *each_element(struct generator *g, int to, int from, bool of_input)
{
	int length = g->program->array[to].length, counter = new_counter(g, false);
	struct node *place = variable(g, counter), *value;

	g->program->variable[counter].high = length;
	if (of_input)
		place = item_place(g, length, place);
	value = access_array(g, from, place);
	if (chance(g, 3))
		value = binary(g, '+', value, convert(g, variable(g, counter), value->type));
	return counting(g, counter, integer(g, length),
			assign(g, access_array(g, to, variable(g, counter)), value));
}

/* A stretch of the work-item's own, or of an input, from its first element to its last. */
static struct node *any_row(struct generator *g)
{
	static const int lengths[] = { 4, 5, 8, 12, 16 };
	struct type type = any_element(g);
	int length = lengths[pick(g, 5)], row, own, input = -1;
	struct node *all;

	row = own_array(g, SPACE_GLOBAL, type, length);
	own = own_array(g, SPACE_PRIVATE, type, length);
	if (row < 0 || own < 0)
		return NULL;
	if (length <= 8 && chance(g, 3))
		input = input_array(g, type, (enum content)pick(g, 3));
	all = block(g);
	node_append(g->program, all, each_element(g, own, input < 0 ? row : input, input >= 0));
	for (int i = (int)pick(g, 3); i > 0; i--)
		node_append(g->program, all, store_any(g, element(g, chance(g, 3) ? row : own)));
	if (chance(g, 2))
		node_append(g->program, all, load_to_scalar(g, element(g, own)));
	node_append(g->program, all, each_element(g, row, own, false));
	return all;
}

/*
 * A stretch of the work-item's own, from an element to the next in each turn of a loop that has as
 * many as a launch says; and stores into it meanwhile, at places that stay.
 */
static struct node *any_walk(struct generator *g)
{
	int most = 33, length = most + 3, counter = new_counter(g, false);
	int array = own_array(g, chance(g, 3) ? SPACE_LOCAL : SPACE_GLOBAL, any_element(g), length);
	struct node *body = block(g), *place;

	if (array < 0)
		return NULL;
	g->program->variable[counter].high = most;
	g->counter[g->loops++] = counter;
	for (int i = 1 + (int)pick(g, 3); i > 0; i--) {
		place = convert(g, variable(g, counter), type_scalar(BASE_INT));
		if (chance(g, 2))
			place = binary(g, '+', place, integer(g, pick(g, 3)));
		place = load_to_scalar(g, access_array(g, array, place));
		node_append(g->program, body,
			    chance(g, 4) ? when(g, condition(g, 1), place) : place);
		if (chance(g, 3))
			node_append(
				g->program, body,
				store_any(g,
					  access_array(g, array,
						       integer(g, pick(g, (unsigned int)length)))));
	}
	g->loops--;
	return counting(g, counter, argument(g, ARGUMENT_TURNS), body);
}

static struct node *place_in(struct generator *g, int length, struct node *value)
{
	struct type type = type_scalar(BASE_UINT);

	return binary(g, '&', convert(g, value, type), constant(g, type, length - 1));
}

/*
 * In each turn of a loop a place that is itself loaded, and stores, and what else there is, where
 * what lies there says so: at that place or others, maybe of the array that is looked into.
 */
static struct node *any_look_up(struct generator *g)
{
	int length = chance(g, 2) ? 8 : 16, counter = new_counter(g, false);
	enum space space = chance(g, 4) ? any_space(g) : SPACE_GLOBAL;
	int places = own_array(g, space, type_scalar(any_integer(g)), length);
	int marks = own_array(g, space, any_element(g), length);
	int stored = chance(g, 4) ? marks : own_array(g, any_space(g), any_element(g), length);
	struct node *body = block(g), *inside = block(g), *place, *mark, *where;

	if (places < 0 || marks < 0 || stored < 0)
		return NULL;
	g->program->variable[counter].high = 33;
	g->counter[g->loops++] = counter;
	place = place_in(g, length, variable(g, counter));
	place = place_in(g, length, access_array(g, places, place));
	mark = access_array(g, marks, place);
	where = compare(g, "<>=!"[pick(g, 4)], mark, expression(g, mark->type, 0));
	if (chance(g, 4))
		where = compare(g, '!', place_in(g, 2, mark),
				constant(g, type_scalar(BASE_UINT), 0));
	for (int i = 1 + (int)pick(g, 2); i > 0; i--) {
		struct node *to = chance(g, 3) ? place_in(g, length, variable(g, counter)) : place;

		node_append(g->program, inside,
			    store_any(g, access_array(g, chance(g, 4) ? marks : stored, to)));
	}
	while (chance(g, 3))
		node_append(g->program, inside, load_to_scalar(g, access_array(g, stored, place)));
	where = when(g, where, inside);
	if (chance(g, 5))
		node_append(g->program, where, block(g));
	if (where->count > 2)
		node_append(g->program, where->child[2],
			    store_any(g, access_array(g, stored, place)));
	node_append(g->program, body, where);
	if (chance(g, 4))
		node_append(g->program, body, load_to_scalar(g, access_array(g, stored, place)));
	g->loops--;
	return counting(g, counter,
			chance(g, 3) ? argument(g, ARGUMENT_COUNT) : argument(g, ARGUMENT_TURNS),
			body);
}

struct node *shape_memory(struct generator *g, enum class class)
{
	switch (class) {
	case CLASS_STRUCTS:
		return any_struct(g);
	case CLASS_UNIONS:
		return any_union(g);
	case CLASS_SCATTERS:
		return any_scatter(g);
	case CLASS_PRIVATE_ARRAYS:
		if (g->loops < MOST_NESTED - 1 && g->turns < 40 && chance(g, 3))
			return any_insertion(g);
		return any_array(g, SPACE_PRIVATE, 1 << (1 + pick(g, 4)));
	case CLASS_LOCAL_MEMORY:
		return any_array(g, SPACE_LOCAL, 1 + (int)pick(g, 8));
	case CLASS_ALIASING:
		return any_alias(g);
	case CLASS_PUNNING:
		return chance(g, 4) ? turn_sign(g) : any_pun(g);
	case CLASS_ORDER:
		return any_order(g);
	case CLASS_LOOK_UPS:
		if (g->loops < MOST_NESTED - 1 && g->turns == 1)
			return any_look_up(g);
		return NULL;
	case CLASS_ROWS:
		if (g->function < 0 && g->loops < MOST_NESTED - 1 && g->turns == 1 && chance(g, 2))
			return any_walk(g);
		return any_row(g);
	default:
		return any_copy(g);
	}
}
