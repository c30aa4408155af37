// SPDX-License-Identifier: MIT
/*
 * The engine behind the cases of the area atomics: many participants apply one
 * operation to few words, and note what each application returned.
 *
 * The checker
 *	Atomic operations on a word happen one after the other. So the applications
 *	that changed the word form a chain: the first returned the initial value, each
 *	later one what the one before had made, and the last made the final
 *	value. Operands are chosen so that no value comes twice; then the chain can be
 *	followed, and an update that was lost, torn, done twice or returned wrongly breaks
 *	it. Applications that changed nothing must have returned a value of the
 *	chain.
 */
#ifndef SVM_CASES_ATOMICS_H
#define SVM_CASES_ATOMICS_H

#include "harness/suite.h"

enum atomics_effect {
	EFFECT_ADD,
	EFFECT_SUB,
	EFFECT_OR,
	EFFECT_XOR,
	EFFECT_AND,
	EFFECT_MIN,
	EFFECT_MAX,
	EFFECT_REPLACE, /* exchange, compare-exchange */
};

struct atomics_type {
	const char *name, *atomic;
	unsigned int bytes;
	bool is_signed, is_real;
	uint64_t needs;
	uint64_t needs_add, needs_min_max; /* of real ones */
};

struct atomics_operation {
	const char *name; /* in names of cases */
	const char *function;
	const char *form;
	enum atomics_effect effect;
};

struct atomics_order {
	const char *name, *failure; /* without memory_order_ */
	uint64_t needs;
};

enum atomics_where {
	WHERE_DEVICE, /* the device alone */
	WHERE_GROUPS, /* each work-group on words of its own */
	WHERE_BOTH, /* CPU and device on the same words */
};

struct atomics_row {
	const struct atomics_operation *operation;
	const struct atomics_type *type;
	const struct atomics_order *order;
	const char *scope; /* of OpenCL C, or NULL for SVM_SCOPE */
	enum atomics_where where;
};

extern const struct atomics_type atomics_types[];
extern const unsigned int atomics_type_count;
extern const struct atomics_order atomics_orders[];
extern const unsigned int atomics_order_count;

/* Runs of cases whose row is a struct atomics_row. */
void atomics_values(struct svm_run *run);
void atomics_compare_exchange_values(struct svm_run *run);
void atomics_contend(struct svm_run *run);

/* What @operation makes of @value; bit patterns. */
uint64_t atomics_effect(const struct atomics_row *row, uint64_t value, uint64_t operand);

/* The same, done atomically by the CPU; returns what was there. */
uint64_t atomics_apply(const struct atomics_row *row, void *word, uint64_t operand);

/* Bit patterns of elements of an array of the row's type. */
uint64_t atomics_get(const struct atomics_type *type, const void *array, size_t index);
void atomics_set(const struct atomics_type *type, void *array, size_t index, uint64_t bits);
/* The bit pattern of a whole number. */
uint64_t atomics_number(const struct atomics_type *type, uint64_t number);

struct atomics_application {
	uint64_t operand, returned;
	bool by_cpu;
	unsigned int position; /* in the chain; filled in */
};

/*
 * Fails the case unless the applications to one word form a chain from @first to
 * @last. Returns whether CPU and device were at the word at the same time: neither
 * had ended when the other began.
 */
bool atomics_check_chain(const struct atomics_row *row, unsigned int word, uint64_t first,
			 uint64_t last, struct atomics_application *applications,
			 unsigned int count);

cl_program atomics_build(struct svm_run *run, const struct atomics_row *row);

#endif
