// SPDX-License-Identifier: MIT
/*
 * Prints trees, as OpenCL C and as the scalar C that is the reference. Any number of
 * programs, with numbers of their own, share a source: kernel k0, k1 and so on.
 *
 * The C has a function `void k0(struct reference_launch *)` for each kernel, which runs all
 * work-items of a group up to the next barrier, one after the other, then all of them up to
 * the one behind it. Variables of the kernel are in a struct for each work-item. Vectors are
 * structs. What makes a program invalid calls fuzz_invalid, which must not return. Where
 * OpenCL C leaves a quotient open, it is fuzz_unspecified.
 */
#ifndef TANDEM_TESTS_FUZZ_PRINT_H
#define TANDEM_TESTS_FUZZ_PRINT_H

#include <stdio.h>

#include "tree.h"

enum dialect { DIALECT_OPENCL, DIALECT_REFERENCE };

struct source;

/* What the functions of the C take. print_c.c has it as text. */
struct reference_launch {
	uint64_t offset[3], global[3], local[3], groups[3];
	int64_t turns; /* of loops, that are left before the program is given up */
	int64_t scalar[MOST_VARIABLES]; /* by number of the variable */
	void *array[MOST_ARRAYS];
};

struct source *source_create(enum dialect dialect);
/* @perturb: make the program another one, so that it is found to differ. */
void source_add(struct source *source, struct program *program, bool perturb);
/* The text, to be freed, or NULL without memory; the source is gone then. */
char *source_finish(struct source *source);

/* Among the printers. */
struct source {
	enum dialect dialect;
	FILE *out, *helpers;
	char *out_text, *helper_text;
	size_t out_bytes, helper_bytes;
	struct program *program;
	int function; /* that is being printed, or -1 for the kernel */
	int indent;
	int segment; /* of the kernel, between barriers */
	const struct node *endless; /* the loop around what is printed, if it is such, or NULL */
	char **line; /* helpers there are */
	size_t lines, room;
};

/* Has a line of helpers once. */
__attribute__((format(printf, 2, 3))) void print_helper(struct source *source, const char *format,
							...);
void print_indent(struct source *source);
/* A type's name, in @room of at least 24 bytes; returns @room. */
const char *print_type_name(const struct source *source, struct type type, char *room);
const char *print_base_name(enum base base);
const char *print_space_name(enum space space);
/* "in3": name of an array or a variable, in @room of at least 24 bytes. */
const char *print_array_name(const struct source *source, int array, char *room);
const char *print_variable_name(const struct source *source, int variable, char *room);
/* A pointer to a work-item's own stretch of an array, or to the array. */
void print_stretch(struct source *source, int array);
void print_expression(struct source *source, const struct node *node);
/* The access, element, field or variable to assign to. */
void print_place(struct source *source, const struct node *node);
void print_statement(struct source *source, const struct node *node);
void print_vector_helper(struct source *source, const char *name, struct type result,
			 struct type operand, const char *element);
void print_opencl_program(struct source *source, bool perturb);
void print_c_prelude(struct source *source);
void print_c_program(struct source *source);
void print_records(struct source *source);
void print_functions(struct source *source);

#endif
