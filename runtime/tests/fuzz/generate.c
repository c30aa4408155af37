// SPDX-License-Identifier: MIT
#include "generate.h"

#include <stdlib.h>

const char *const class_names[CLASS_COUNT] = {
	[CLASS_INTEGERS] = "integers",
	[CLASS_CONVERSIONS] = "conversions",
	[CLASS_FLOATS] = "floats",
	[CLASS_VECTORS] = "vectors",
	[CLASS_STRUCTS] = "structs",
	[CLASS_UNIONS] = "unions",
	[CLASS_STRIDES] = "strides",
	[CLASS_GATHERS] = "gathers",
	[CLASS_SCATTERS] = "scatters",
	[CLASS_PRIVATE_ARRAYS] = "private-arrays",
	[CLASS_LOCAL_MEMORY] = "local-memory",
	[CLASS_BARRIERS] = "barriers",
	[CLASS_LOOPS] = "loops",
	[CLASS_EXITS] = "exits",
	[CLASS_EARLY_RETURN] = "early-return",
	[CLASS_SWITCH] = "switch",
	[CLASS_HELPERS] = "helpers",
	[CLASS_GENERIC_POINTERS] = "generic-pointers",
	[CLASS_ALIASING] = "aliasing",
	[CLASS_ATOMICS] = "atomics",
	[CLASS_GROUP_FUNCTIONS] = "group-functions",
	[CLASS_DIVISIONS] = "divisions",
	[CLASS_UNIFORM_DIVISIONS] = "uniform-divisions",
	[CLASS_DIVISIONS_NOT_DONE] = "divisions-not-done",
	[CLASS_DIVISIONS_BY_ZERO] = "divisions-by-zero",
	[CLASS_MASKED_INDEX] = "masked-index",
	[CLASS_NARROW_INDEX] = "narrow-index",
	[CLASS_PUNNING] = "punning",
	[CLASS_ORDER] = "order",
	[CLASS_COPIES] = "copies",
	[CLASS_ROWS] = "rows",
	[CLASS_INDEX_SPACES] = "index-spaces",
	[CLASS_UNEVEN_GROUPS] = "uneven-groups",
	[CLASS_LOOK_UPS] = "look-ups",
};

unsigned int pick(struct generator *g, unsigned int count)
{
	return random_below(&g->random, count);
}

bool chance(struct generator *g, unsigned int in)
{
	return pick(g, in) == 0;
}

bool has_class(const struct generator *g, enum class class)
{
	return g->classes >> class & 1;
}

enum base any_integer(struct generator *g)
{
	static const enum base usual[] = { BASE_INT, BASE_INT, BASE_UINT };

	if (has_class(g, CLASS_INTEGERS) || chance(g, 8))
		return (enum base)pick(g, BASE_FLOAT);
	return usual[pick(g, 3)];
}

bool room_left(const struct generator *g)
{
	return g->program->variables < MOST_VARIABLES - 8 && g->program->arrays < MOST_ARRAYS - 4;
}

int new_variable(struct generator *g, struct type type)
{
	int index = g->program->variables;
	struct variable *variable;

	if (index == MOST_VARIABLES)
		abort();
	variable = &g->program->variable[g->program->variables++];
	*variable = (struct variable){ .role = ROLE_PRIVATE,
				       .type = type,
				       .owner = g->function,
				       .reserved = true,
				       .low = base_low(type.base),
				       .high = base_high(type.base) };
	return index;
}

int new_counter(struct generator *g, bool uniform)
{
	static const enum base bases[] = { BASE_INT,   BASE_INT,   BASE_UINT,  BASE_UINT,
					   BASE_UCHAR, BASE_SHORT, BASE_ULONG, BASE_LONG };
	int index = new_variable(g, type_scalar(bases[pick(g, 8)]));

	g->program->variable[index].role = ROLE_COUNTER;
	g->program->variable[index].uniform = uniform;
	g->program->variable[index].low = 0;
	g->program->variable[index].high = 64;
	return index;
}

int new_array(struct generator *g, enum space space, struct type type, int length)
{
	int index = g->program->arrays;

	if (index == MOST_ARRAYS)
		abort();
	g->program->arrays++;
	g->program->array[index] = (struct array){ .space = (uint8_t)space,
						   .type = type,
						   .length = length,
						   .owner = g->function,
						   .alias = -1 };
	return index;
}

int input_array(struct generator *g, struct type type, enum content content)
{
	int inputs = 0, index;

	for (int i = 0; i < g->program->arrays; i++) {
		const struct array *array = &g->program->array[i];

		if (!array->read_only || array->space != SPACE_GLOBAL || array->owner >= 0)
			continue;
		inputs++;
		if (type_equal(array->type, type) && array->content == content)
			return i;
	}
	if (inputs > 9 || !room_left(g))
		return -1;
	index = new_array(g, SPACE_GLOBAL, type, INPUT_LENGTH);
	g->program->array[index].read_only = true;
	g->program->array[index].content = (uint8_t)content;
	return index;
}

/* Fills private memory, or the stretch of a work-item, with something. */
static void add_setup(struct generator *g, int index)
{
	struct array *array = &g->program->array[index];
	int counter = new_counter(g, false), loops = g->loops;
	struct type type = array->type;
	struct node *value, *place = access_array(g, index, variable(g, counter));

	g->program->variable[counter].high = array->length;
	if (type.record) {
		place = make(g, NODE_FIELD, g->program->record[type.record - 1].type[0], 1, place);
		type = place->type;
	}
	g->loops = 0;
	value = type.width > 1 ?
			constant(g, type, pick(g, 50)) :
			convert(g,
				binary(g, '+',
				       convert(g, variable(g, counter), type_scalar(BASE_INT)),
				       access_array(g,
						    input_array(g, type_scalar(BASE_INT),
								CONTENT_SMALL),
						    item_place(g, 1, variable(g, counter)))),
				type);
	array->setup = block(g);
	node_append(g->program, array->setup,
		    counting(g, counter,
			     constant(g, g->program->variable[counter].type, array->length),
			     assign(g, place, value)));
	/* A record's other fields. */
	for (int i = 1; array->type.record && i < g->program->record[array->type.record - 1].fields;
	     i++) {
		struct type field = g->program->record[array->type.record - 1].type[i];
		struct node *other =
			make(g, NODE_FIELD, field, 1, access_array(g, index, variable(g, counter)));

		other->index = i;
		node_append(g->program, array->setup->child[0]->child[3],
			    assign(g, other, constant(g, field, i)));
	}
	g->loops = loops;
}

int own_array(struct generator *g, enum space space, struct type type, int length)
{
	int index, arrays = 0;
	struct array *array;

	if (g->function >= 0)
		return -1;
	for (int i = 2; i < g->program->arrays; i++) {
		const struct array *there = &g->program->array[i];

		if (there->space != space || there->reserved || there->read_only ||
		    there->owner >= 0 || !(there->own || space == SPACE_PRIVATE))
			continue;
		arrays++;
		if (type_equal(there->type, type) && there->length == length)
			return i;
	}
	if (arrays > 4 || !room_left(g))
		return -1;
	if (space != SPACE_GLOBAL && input_array(g, type_scalar(BASE_INT), CONTENT_SMALL) < 0)
		return -1;
	index = new_array(g, space, type, length);
	array = &g->program->array[index];
	if (space != SPACE_PRIVATE)
		array->own =
			(uint8_t)(OWN_POINTER +
				  pick(g, space == SPACE_LOCAL || !has_class(g, CLASS_SCATTERS) ?
						  3 :
						  4));
	array->content = (uint8_t)pick(g, 3);
	array->argument = space == SPACE_LOCAL && chance(g, 3);
	array->zeroed = space == SPACE_PRIVATE && chance(g, 2);
	if (space != SPACE_GLOBAL)
		add_setup(g, index);
	return index;
}

int any_record(struct generator *g, bool is_union)
{
	static const enum base words[] = { BASE_INT, BASE_UINT, BASE_INT };
	struct record *record;
	enum base base;

	for (int i = 0; i < g->program->records; i++) {
		if (g->program->record[i].is_union == is_union && chance(g, 2))
			return i;
	}
	if (g->program->records == MOST_RECORDS)
		return g->program->record[0].is_union == is_union ? 0 : -1;
	record = &g->program->record[g->program->records++];
	record->is_union = is_union;
	record->fields = 2 + (int)pick(g, 3);
	base = any_integer(g);
	for (int i = 0; i < record->fields; i++) {
		record->type[i] = type_scalar(base);
		/* Of one size, so that there is no padding. */
		if (base_bits(base) == 32)
			record->type[i] = type_scalar(words[pick(g, 3)]);
	}
	if (is_union) {
		record->fields = 3;
		record->type[0] = type_scalar(BASE_UINT);
		record->type[1] = type_vector(chance(g, 2) ? BASE_UCHAR : BASE_CHAR, 4);
		record->type[2] = type_vector(BASE_USHORT, 2);
	}
	return g->program->records - 1;
}

static void add_index_variables(struct generator *g)
{
	static const enum base bases[] = { BASE_INT, BASE_INT, BASE_UINT, BASE_ULONG, BASE_LONG };
	struct type type = type_scalar(bases[pick(g, 5)]);

	for (int i = 0; i <= INDEX_ITEMS; i++) {
		int index = new_variable(g, type);

		g->program->variable[index].role = ROLE_INDEX;
		g->program->variable[index].item_index = (uint8_t)i;
		g->program->variable[index].uniform = i >= INDEX_GROUP_0;
		g->program->variable[index].low = i >= INDEX_GROUP_SIZE ? 1 : 0;
		g->program->variable[index].high = i == INDEX_GLOBAL_0	 ? MOST_ITEMS + 128 :
						   i == INDEX_ITEMS	 ? MOST_ITEMS :
						   i == INDEX_GROUP_SIZE ? MOST_GROUP :
									   MOST_ITEMS - 1;
	}
}

static void add_arguments(struct generator *g)
{
	static const enum base bases[] = { BASE_INT,   BASE_UINT,   BASE_UINT, BASE_ULONG,
					   BASE_UCHAR, BASE_USHORT, BASE_LONG };

	for (int i = 0; i <= ARGUMENT_ANY; i++) {
		int index = new_variable(g, type_scalar(bases[i == ARGUMENT_ANY ? 0 : pick(g, 7)]));
		struct variable *what = &g->program->variable[index];

		g->arguments[i] = index;
		what->role = ROLE_ARGUMENT;
		what->uniform = true;
		what->low = i == ARGUMENT_TURNS ? 3 : i == ARGUMENT_COUNT || i == ARGUMENT_DIVISOR;
		what->high = (double[]){ 9, 1, 12, 0, 33, 100 }[i];
		for (int j = 0; j < LAUNCHES; j++)
			what->values[j] = (int64_t)what->low +
					  pick(g, (unsigned int)(what->high - what->low) + 1);
		if (i == ARGUMENT_PLACE)
			what->values[1] = 1 - what->values[0];
	}
}

static void choose_launches(struct generator *g)
{
	static const size_t rows[] = { 1,  2,  3,  5,  8,  15,	16,  17,  24, 32,
				       33, 48, 60, 64, 64, 100, 128, 128, 256 };
	struct program *program = g->program;

	program->dimensions = has_class(g, CLASS_INDEX_SPACES) ? 1 + pick(g, 3) : 1;
	program->offsets = has_class(g, CLASS_INDEX_SPACES) && chance(g, 3);
	program->launches = LAUNCHES;
	for (int i = 0; i < LAUNCHES; i++) {
		struct launch *launch = &program->launch[i];

		for (int j = 0; j < 3; j++)
			launch->global[j] = launch->local[j] = 1;
		launch->local[0] = program->dimensions == 1 ?
					   rows[pick(g, sizeof(rows) / sizeof(rows[0]))] :
					   rows[pick(g, 13)];
		if (program->dimensions > 1)
			launch->local[1] = 1 + pick(g, program->dimensions == 2 ? 4 : 2);
		if (program->dimensions > 2)
			launch->local[2] = 1 + pick(g, 2);
		for (unsigned int j = 0; j < program->dimensions; j++) {
			size_t items = launch->local[0] * launch->local[1] * launch->local[2] *
				       (launch->global[0] * launch->global[1] * launch->global[2]);
			size_t room = MOST_ITEMS / items;

			launch->global[j] = 1 + pick(g, (unsigned int)(room < 4 ? room : 4));
		}
		for (unsigned int j = 0; j < program->dimensions; j++) {
			launch->global[j] *= launch->local[j];
			if (has_class(g, CLASS_UNEVEN_GROUPS))
				launch->global[j] -= pick(g, (unsigned int)launch->local[j]);
			if (program->offsets)
				launch->offset[j] = pick(g, 100);
		}
	}
}

/* Some kernels require the size of their groups, which all launches have then. */
static void require_groups(struct generator *g)
{
	struct program *program = g->program;

	program->required_groups = !program->chosen_groups && chance(g, 4);
	for (int i = 1; i < program->launches && program->required_groups; i++)
		program->launch[i] = program->launch[0];
}

/* Kernels that do not look at their group may have it chosen. */
static void choose_groups(struct generator *g)
{
	struct program *program = g->program;

	program_mark_used(program);
	for (int i = 0; i < program->arrays; i++) {
		if (program->array[i].used && program->array[i].space == SPACE_LOCAL)
			return;
	}
	if (node_is_collective(program->body) || program->variable[INDEX_LOCAL].used ||
	    program->variable[INDEX_LOCAL_0].used || program->variable[INDEX_GROUP_0].used ||
	    program->variable[INDEX_GROUP_SIZE].used || chance(g, 2))
		return;
	program->chosen_groups = true;
	for (int i = 0; i < program->launches; i++) {
		for (int j = 0; j < 3; j++)
			program->launch[i].local[j] = 1;
		if (program->dimensions == 1)
			program->launch[i].global[0] = 1 + pick(g, 700);
	}
}

/* A variable for all statements; its first value may depend on those before it. */
static void add_to_pool(struct generator *g, struct type type)
{
	int index = new_variable(g, type);
	struct variable *what = &g->program->variable[index];
	struct node *first = NULL;

	what->reserved = false;
	g->declares = true;
	if (g->pool_size && type.width == 1)
		first = load_input(g, type);
	g->declares = false;
	what->first = first ? first : constant(g, type, pick(g, 9));
	g->pool[g->pool_size++] = index;
}

static void add_pool(struct generator *g)
{
	static const int widths[] = { 2, 3, 4, 4, 8, 16 };
	int scalars = 3 + (int)pick(g, 3);

	for (int i = 0; i < scalars; i++)
		add_to_pool(g, type_scalar(any_integer(g)));
	if (has_class(g, CLASS_FLOATS)) {
		add_to_pool(g, type_scalar(BASE_FLOAT));
		add_to_pool(g, type_scalar(chance(g, 3) ? BASE_DOUBLE : BASE_FLOAT));
	}
	for (int i = 0; has_class(g, CLASS_VECTORS) && i < 3; i++)
		add_to_pool(g, type_vector((enum base)pick(g, BASE_FLOAT + 1), widths[pick(g, 6)]));
}

/* Puts all variables into the results. */
static void add_results(struct generator *g, struct node *body)
{
	struct type type = g->program->array[1].type;
	int sum = new_variable(g, type);

	node_append(g->program, body, assign(g, variable(g, sum), constant(g, type, 1)));
	for (int i = 0; i < g->program->variables; i++) {
		const struct variable *what = &g->program->variable[i];

		if (what->role != ROLE_PRIVATE || what->owner >= 0 || i == sum || what->type.record)
			continue;
		for (int j = 0; j < what->type.width; j++) {
			struct node *value = variable(g, i);

			if (what->type.width > 1) {
				value = make(g, NODE_COMPONENT, type_scalar(what->type.base), 1,
					     value);
				value->value = j;
			}
			node_append(g->program, body,
				    assign(g, variable(g, sum),
					   binary(g, '+',
						  binary(g, '*', variable(g, sum),
							 constant(g, type, 31)),
						  convert(g, value, type))));
		}
	}
	node_append(g->program, body,
		    assign(g, access_array(g, 1, integer(g, 0)), variable(g, sum)));
}

/* Of all the classes a few, so that kernels are often of the kinds that are vectorised. */
static uint64_t choose_classes(struct generator *g, uint64_t classes)
{
	int wanted = 1 + (int)pick(g, 5), there = 0;
	uint64_t chosen = 0;

	for (int i = 0; i < CLASS_COUNT; i++)
		there += classes >> i & 1;
	if (there <= 3)
		return classes;
	while (wanted--) {
		int class;

		do {
			class = (int)pick(g, CLASS_COUNT);
		} while (!(classes >> class & 1));
		chosen |= 1ull << class;
	}
	return chosen;
}

struct program *generate(uint64_t seed, uint64_t classes)
{
	struct generator generator = { .random = { seed * 0x9e3779b97f4a7c15ull + 77 },
				       .program = program_create(seed),
				       .function = -1,
				       .uniform = true,
				       .turns = 1 };
	struct generator *g = &generator;
	struct node *body;
	int results;

	if (!g->program)
		return NULL;
	g->classes = g->program->classes = choose_classes(g, classes);
	add_index_variables(g);
	add_arguments(g);
	results = new_array(g, SPACE_GLOBAL, type_scalar(BASE_INT), INPUT_LENGTH);
	g->program->array[results].read_only = true;
	g->program->array[results].content = CONTENT_PERMUTATION;
	results = new_array(g, SPACE_GLOBAL, type_scalar(chance(g, 2) ? BASE_UINT : BASE_ULONG), 1);
	g->program->array[results].own = OWN_INDEX;
	g->program->array[results].content = CONTENT_ZERO;
	choose_launches(g);
	add_pool(g);
	body = block(g);
	g->program->body = body;
	for (int i = 3 + (int)pick(g, 5); i > 0; i--)
		node_append(g->program, body, any_statement(g));
	if (has_class(g, CLASS_EARLY_RETURN)) {
		node_append(
			g->program, body,
			assign(g, access_array(g, 1, integer(g, 0)),
			       convert(g, variable(g, any_scalar(g)), g->program->array[1].type)));
		/* Nobody may meet behind it. */
		g->can_return = true;
		g->uniform = false;
		for (int i = 2 + (int)pick(g, 4); i > 0; i--)
			node_append(g->program, body, any_statement(g));
	}
	add_results(g, body);
	choose_groups(g);
	require_groups(g);
	return g->program;
}
