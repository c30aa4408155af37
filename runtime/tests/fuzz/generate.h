// SPDX-License-Identifier: MIT
/*
 * Makes random programs. A program draws its statements from a few classes, each of which
 * has shapes that compilers of kernels are known to get wrong.
 */
#ifndef TANDEM_TESTS_FUZZ_GENERATE_H
#define TANDEM_TESTS_FUZZ_GENERATE_H

#include "contents.h"
#include "tree.h"

enum class {
	CLASS_INTEGERS,
	CLASS_CONVERSIONS,
	CLASS_FLOATS,
	CLASS_VECTORS,
	CLASS_STRUCTS,
	CLASS_UNIONS,
	CLASS_STRIDES,
	CLASS_GATHERS,
	CLASS_SCATTERS,
	CLASS_PRIVATE_ARRAYS,
	CLASS_LOCAL_MEMORY,
	CLASS_BARRIERS,
	CLASS_LOOPS,
	CLASS_EXITS,
	CLASS_EARLY_RETURN,
	CLASS_SWITCH,
	CLASS_HELPERS,
	CLASS_GENERIC_POINTERS,
	CLASS_ALIASING,
	CLASS_ATOMICS,
	CLASS_GROUP_FUNCTIONS,
	CLASS_DIVISIONS,
	CLASS_UNIFORM_DIVISIONS,
	CLASS_DIVISIONS_NOT_DONE,
	CLASS_DIVISIONS_BY_ZERO,
	CLASS_MASKED_INDEX,
	CLASS_NARROW_INDEX,
	CLASS_PUNNING,
	CLASS_ORDER,
	CLASS_COPIES,
	CLASS_ROWS,
	CLASS_INDEX_SPACES,
	CLASS_UNEVEN_GROUPS,
	CLASS_LOOK_UPS,
	CLASS_COUNT
};

#define CLASS_ALL ((1ull << CLASS_COUNT) - 1)

extern const char *const class_names[CLASS_COUNT];

/* A program of some of @classes; always the same one for the same two. NULL without memory. */
struct program *generate(uint64_t seed, uint64_t classes);

/* Among the files of the generator. */
#define MOST_NESTED 4

struct generator {
	struct random random;
	struct program *program;
	uint64_t classes;
	int function; /* that is being made, or -1 for the kernel */
	int depth;
	bool uniform; /* all work-items of a group come here together */
	bool declares; /* a variable's first value: private memory has none yet */
	bool can_return; /* a kernel that work-items may leave */
	int loops; /* around the current place */
	int counter[MOST_NESTED + 4];
	bool leaves; /* a break or continue of the innermost loop may depend on the work-item */
	int turns; /* product of the loops' turns */
	int pool[24]; /* variables that any statement may use */
	int pool_size;
	int arguments[6]; /* see enum argument */
};

enum argument {
	ARGUMENT_COUNT, /* 1 to 9 */
	ARGUMENT_PLACE, /* 0 or 1 */
	ARGUMENT_DIVISOR, /* 1 to 12 */
	ARGUMENT_ZERO,
	ARGUMENT_TURNS, /* 3 to 33 */
	ARGUMENT_ANY,
};

unsigned int pick(struct generator *g, unsigned int count);
bool chance(struct generator *g, unsigned int in);
bool has_class(const struct generator *g, enum class class);
enum base any_integer(struct generator *g);

int new_variable(struct generator *g, struct type type);
int new_counter(struct generator *g, bool uniform);
int new_array(struct generator *g, enum space space, struct type type, int length);
/* An input of the kernel, that there is or is made. */
int input_array(struct generator *g, struct type type, enum content content);
/* A stretch of @length elements for each work-item. */
int own_array(struct generator *g, enum space space, struct type type, int length);
int any_record(struct generator *g, bool is_union);
bool room_left(const struct generator *g);

struct node *make(struct generator *g, enum kind kind, struct type type, int count, ...);
struct node *constant(struct generator *g, struct type type, int64_t value);
struct node *integer(struct generator *g, int64_t value);
struct node *variable(struct generator *g, int index);
struct node *argument(struct generator *g, enum argument which);
struct node *binary(struct generator *g, int op, struct node *left, struct node *right);
struct node *compare(struct generator *g, int op, struct node *left, struct node *right);
/* By a cast; a float's range is kept small. */
struct node *convert(struct generator *g, struct node *value, struct type type);
struct node *access_array(struct generator *g, int array, struct node *place);
struct node *choose(struct generator *g, struct node *condition, struct node *yes, struct node *no);
struct node *assign(struct generator *g, struct node *place, struct node *value);
struct node *accumulate(struct generator *g, int op, struct node *place, struct node *value);
struct node *block(struct generator *g);
struct node *when(struct generator *g, struct node *condition, struct node *yes);
/* from 0 below @end, by 1. */
struct node *counting(struct generator *g, int counter, struct node *end, struct node *body);

struct node *expression(struct generator *g, struct type type, int depth);
struct node *condition(struct generator *g, int depth);
struct node *uniform_condition(struct generator *g);
/* Between 0 and @length - 1. */
struct node *place_below(struct generator *g, int length);
/* A load of an input by a scheme of indices. */
struct node *load_input(struct generator *g, struct type type);
/* A place in an input that neighbours have at a distance. */
struct node *item_place(struct generator *g, int stride, struct node *offset);
int any_variable(struct generator *g);
int any_scalar(struct generator *g);

struct node *any_block(struct generator *g, int statements);
struct node *any_statement(struct generator *g);
/* A statement of a class, or NULL where the class has none that fits here. */
struct node *class_statement(struct generator *g, enum class class);
struct node *loop_with_exit(struct generator *g);
struct node *body_of_loop(struct generator *g, int counter, int turns, bool together,
			  int statements);
struct node *shape_divisions(struct generator *g, enum class class);
struct node *shape_memory(struct generator *g, enum class class);
struct node *shape_functions(struct generator *g, enum class class);

#endif
