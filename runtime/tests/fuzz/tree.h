// SPDX-License-Identifier: MIT
/*
 * The tree of a random program: one kernel, the functions it calls, its memory and the
 * launches it is tried with. print.h makes OpenCL C of it, and scalar C that does the same
 * one work-item after the other.
 *
 * Overview: struct program owns everything; nodes come from its pool and die with it.
 * Expressions are pure, so they may be printed as often as a construct needs them. A node
 * of kind BLOCK or SEQUENCE has any number of children; the children of a SEQUENCE belong
 * together (what stands before a barrier and behind it) and only go as a whole.
 *
 * What makes a program valid is checked while the C runs: indices, signed overflow,
 * divisions, the number of turns. So a change of the tree need not keep it valid.
 */
#ifndef TANDEM_TESTS_FUZZ_TREE_H
#define TANDEM_TESTS_FUZZ_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum base {
	BASE_CHAR,
	BASE_UCHAR,
	BASE_SHORT,
	BASE_USHORT,
	BASE_INT,
	BASE_UINT,
	BASE_LONG,
	BASE_ULONG,
	BASE_FLOAT,
	BASE_DOUBLE,
	BASE_COUNT
};

/* A scalar, a vector (width above 1), or a record of the program (record not 0: its number + 1). */
struct type {
	uint8_t base, width, record;
};

enum kind {
	/* expressions */
	NODE_CONSTANT, /* value; in all elements of a vector */
	NODE_VARIABLE, /* index: of the variable */
	NODE_NOT, /* ~ */
	NODE_BINARY, /* op: + - * & | ^ < (left) > (right) */
	NODE_DIVIDE, /* op: / %; flag UNUSED */
	NODE_COMPARE, /* op: < > l (<=) g (>=) = ! ; an int */
	NODE_LOGICAL, /* op: & | ; an int */
	NODE_SELECT, /* condition, value, value */
	NODE_VECTOR_SELECT, /* op as of COMPARE; left, right, value, value */
	NODE_VECTOR_COMPARE, /* op as of COMPARE; value: of all components, or of any; an int */
	NODE_CAST,
	NODE_CONVERT,
	NODE_CONVERT_SAT,
	NODE_AS,
	NODE_ACCESS, /* index: of the array; child: the place */
	NODE_PUN, /* the same, as elements of another type */
	NODE_VECTOR_LOAD, /* vloadN; child: the place of its first element */
	NODE_FIELD, /* index: of the field; child: an access or a variable */
	NODE_COMPONENT, /* value: the element; child: a vector */
	NODE_SWIZZLE, /* value: an element in each 4 bits, the first lowest; child: a vector */
	NODE_VECTOR, /* a child for each element */
	NODE_BUILTIN, /* index: of the function */
	NODE_CALL, /* index: of the function; children: its arguments */
	NODE_POINTER, /* index: of the array; value: elements needed; child: the place */
	/* statements */
	NODE_BLOCK,
	NODE_SEQUENCE,
	NODE_ASSIGN, /* op: 0 or of BINARY; place, value */
	NODE_IF, /* condition, block, block or NULL */
	NODE_FOR, /* index: the counter; first, end, step, block; flag DOWN, WHILE: and condition */
	NODE_DO, /* block, condition; index: the counter that ends it */
	NODE_SWITCH, /* value, blocks; value: bit k: case k falls through */
	NODE_BREAK,
	NODE_CONTINUE,
	NODE_GOTO, /* index: of the label */
	NODE_LABEL,
	NODE_RETURN, /* child, or none in the kernel */
	NODE_BARRIER,
	NODE_GROUP_FUNCTION, /* index: of the function; place, value, and the place of a broadcast */
	/*
	 * op: + | & ^ > (max) < (min) i (inc); index: array; place, value. Or, of a
	 * work-item's own: an access, value, and what the old value is assigned to.
	 */
	NODE_ATOMIC,
	NODE_VECTOR_STORE, /* vstoreN; index: of the array; place, value */
};

enum flag {
	FLAG_WRAPS = 1, /* a signed result may be out of range: to be computed unsigned */
	FLAG_UNUSED = 2, /* a division whose value is not used where it has none */
	FLAG_FIXED = 4, /* not to be deleted by itself */
	FLAG_DOWN = 8, /* a loop that counts down */
	FLAG_ENDLESS = 16, /* a loop that only a break in its last statement ends */
};

struct node {
	uint8_t kind, op, flags;
	struct type type;
	int index;
	int64_t value;
	double low, high; /* what the value lies between, as far as the generator knows */
	int count, room;
	struct node **child;
};

enum role {
	ROLE_PRIVATE,
	ROLE_COUNTER, /* of a loop, assigned by it alone */
	ROLE_ARGUMENT, /* of the kernel: a value for each launch */
	ROLE_PARAMETER, /* of a function */
	ROLE_INDEX, /* of the work-item */
};

enum item_index {
	INDEX_ITEM, /* among all work-items, without offsets */
	INDEX_LOCAL, /* within the group */
	INDEX_GLOBAL_0, /* get_global_id(0) */
	INDEX_LOCAL_0,
	INDEX_GROUP_0,
	INDEX_GROUP_SIZE, /* in all dimensions */
	INDEX_ITEMS,
};

#define LAUNCHES 2

struct variable {
	uint8_t role;
	struct type type;
	int owner; /* function, or -1 for the kernel */
	uint8_t item_index;
	bool uniform; /* the same in all work-items of a launch's group */
	bool reserved; /* not for statements in general */
	bool used;
	double low, high;
	struct node *first; /* its first value; 0 without */
	int64_t values[LAUNCHES]; /* of an argument */
};

enum space { SPACE_GLOBAL, SPACE_LOCAL, SPACE_PRIVATE, SPACE_CONSTANT, SPACE_GENERIC };

/* How a work-item finds its own stretch of an array. */
enum own {
	OWN_NOT, /* the array is for all */
	OWN_POINTER,
	OWN_INDEX,
	OWN_REVERSED,
	OWN_PERMUTED,
};

enum content {
	CONTENT_ANY,
	CONTENT_SMALL, /* 0 to 100 */
	CONTENT_SIGNED, /* -16 to 47: a quarter is not positive */
	CONTENT_NOT_POSITIVE,
	CONTENT_PERMUTATION, /* of the work-items */
	CONTENT_DIVISORS, /* 0, 1, -1 and others */
	CONTENT_ZERO,
};

struct array {
	uint8_t space, own, content;
	struct type type;
	int owner; /* function it is a parameter of, or -1 */
	int length; /* elements; of a work-item where own; 0: as many as the group has items */
	int alias; /* the array whose memory it shares, or -1 */
	bool read_only;
	bool argument; /* local memory that is an argument of the kernel */
	bool zeroed; /* private memory that begins as zeros, before it is filled */
	bool reserved;
	bool used;
	struct node *setup; /* fills private or local memory, or NULL */
};

#define RECORD_FIELDS 4

struct record {
	bool is_union;
	int fields;
	struct type type[RECORD_FIELDS];
};

struct function {
	struct type type; /* of what it returns */
	int parameters;
	struct {
		bool is_array;
		int index; /* of the variable or array */
	} parameter[6];
	struct node *body;
	bool used;
};

/*
 * Sizes in work-items. The last group of a dimension may be smaller than the others, of which
 * there may be none.
 */
struct launch {
	size_t offset[3], global[3], local[3];
};

#define MOST_VARIABLES 64
#define MOST_ARRAYS    32
#define MOST_FUNCTIONS 6
#define MOST_RECORDS   4
#define MOST_ITEMS     1024
#define MOST_GROUP     256
#define INPUT_LENGTH   16384 /* elements of an array that is for all */

struct program {
	uint64_t seed;
	int number; /* within its batch: part of the names of what is outside functions */
	uint64_t classes; /* what it was made of */
	unsigned int dimensions;
	bool offsets;
	bool chosen_groups; /* no local size */
	bool required_groups; /* the local size is the kernel's attribute */
	int launches;
	struct launch launch[LAUNCHES];
	int variables, arrays, functions, records, labels;
	struct variable variable[MOST_VARIABLES];
	struct array array[MOST_ARRAYS];
	struct function function[MOST_FUNCTIONS];
	struct record record[MOST_RECORDS];
	struct node *body;
	void *pool;
};

/* All of a program but its statements; NULL without memory. */
struct program *program_create(uint64_t seed);
void program_destroy(struct program *program);

struct node *node_create(struct program *program, enum kind kind, struct type type);
void node_append(struct program *program, struct node *parent, struct node *child);
struct node *node_copy(struct program *program, const struct node *node);

/* Sets the field 'used' of all that the kernel can reach, and of what that needs. */
void program_mark_used(struct program *program);

/* Whether a statement is one that all work-items of a group come to together. */
bool node_is_collective(const struct node *node);

bool node_is_statement(const struct node *node);

size_t type_bytes(const struct program *program, struct type type);
struct type type_scalar(enum base base);
struct type type_vector(enum base base, int width);
bool type_equal(struct type a, struct type b);
bool base_is_signed(enum base base);
bool base_is_float(enum base base);
unsigned int base_bits(enum base base);
enum base base_unsigned(enum base base);
double base_low(enum base base);
double base_high(enum base base);

size_t launch_items(const struct program *program, int launch);
size_t launch_group_items(const struct program *program, int launch);

#endif
