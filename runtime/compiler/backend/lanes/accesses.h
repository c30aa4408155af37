// SPDX-License-Identifier: MIT
/* A load or store that is being built for all lanes: what the files that do so share. */
#ifndef TANDEM_COMPILER_BACKEND_LANES_ACCESSES_H
#define TANDEM_COMPILER_BACKEND_LANES_ACCESSES_H

#include "body.h"

struct tandem_access {
	LLVMValueRef instruction, pointer;
	struct tandem_lane_value *value; /* what a load gives; NULL for a store */
	LLVMValueRef stored; /* what a store stores; NULL for a load */
	LLVMTypeRef element; /* what is accessed: a component, or a word of several */
	unsigned int components;
	unsigned int parts; /* components of the value in one of the access */
	uint64_t element_bytes;
	unsigned int alignment; /* of a lane's first component */
	/* Of the pointer, unless @widening wraps around (wrapping.c); that is NULL for none. */
	struct tandem_shape shape;
	LLVMValueRef widening;
};

static inline bool tandem_access_is_store(const struct tandem_access *access)
{
	return access->stored != NULL;
}

/* Component @c of the access has been loaded. */
void tandem_access_set_loaded(struct tandem_body *body, const struct tandem_access *access,
			      unsigned int c, LLVMValueRef loaded);
/* What is to be stored as component @c of the access. */
LLVMValueRef tandem_access_stored(struct tandem_body *body, const struct tandem_access *access,
				  unsigned int c);

/* Elements of @a, and of @b behind them or none where it is NULL; below 0: any. */
LLVMValueRef tandem_access_shuffle(struct tandem_body *body, LLVMValueRef a, LLVMValueRef b,
				   const int *from, unsigned int count);

LLVMValueRef tandem_access_masked_load(struct tandem_body *body, const char *name, LLVMTypeRef type,
				       LLVMValueRef pointer, LLVMValueRef mask,
				       unsigned int alignment);
void tandem_access_masked_store(struct tandem_body *body, const char *name, LLVMValueRef value,
				LLVMValueRef pointer, LLVMValueRef mask, unsigned int alignment);

/*
 * Each component of each lane by itself; components are @component_bytes apart. @alignment is
 * of the first.
 */
void tandem_access_each(struct tandem_body *body, const struct tandem_access *access,
			LLVMValueRef pointers, uint64_t component_bytes, unsigned int alignment);

/* Lanes that the mask leaves out get an address where nothing is. */
LLVMValueRef tandem_access_redirect(struct tandem_body *body, LLVMValueRef pointers);

/* ---- squares.c ---- */

/*
 * Makes columns of the rows of squares of @size, a power of two: of each of @rows, which has @length
 * elements, the first @size belong to the first square, and so on.
 */
void tandem_access_turn_round(struct tandem_body *body, LLVMValueRef *rows, unsigned int size,
			      unsigned int length);

/* Whether lanes' components, which lie together, are better accessed as one, a lane at a time. */
bool tandem_access_is_square(const struct tandem_body *body, const struct tandem_access *access);

/* Does so. @alignment is of the first component. */
void tandem_access_square(struct tandem_body *body, const struct tandem_access *access,
			  LLVMValueRef pointers, unsigned int alignment);

/* ---- walks.c ---- */

#define TANDEM_WALK_MOST_STORES 4

/* A load of the next element of a row in each turn of a loop that all lanes leave together. */
struct tandem_walk {
	unsigned int loop;
	LLVMValueRef counter; /* the loop's, which grows by 1 from @start on */
	LLVMValueRef start;
	LLVMIntPredicate goes_on; /* of the next count and @limit: there is another turn */
	LLVMValueRef limit;
	LLVMValueRef stores[TANDEM_WALK_MOST_STORES]; /* in the loop, that may be of the rows */
	unsigned int store_count;
};

/* Whether an access in @block is such. */
bool tandem_walk_find(const struct tandem_body *body, const struct tandem_access *access,
		      unsigned int block, struct tandem_walk *walk);

/* How many pieces of code one takes that load ahead. */
unsigned int tandem_walk_squares(const struct tandem_body *body,
				 const struct tandem_access *access);

/* Notes what tandem_walk_build() reads in the access's block. */
void tandem_walk_note(struct tandem_body *body, unsigned int block, const struct tandem_walk *walk);
void tandem_walk_build(struct tandem_body *body, const struct tandem_access *access,
		       const struct tandem_walk *walk);

/* ---- likely.c ---- */

#define TANDEM_LIKELY_MOST_INDICES 8

/*
 * An address whose lanes' places may follow each other, which is seen when it is used. A number
 * in it, from which the rest follows, may grow evenly from lane to lane.
 */
struct tandem_likely {
	LLVMValueRef address; /* whose operand varies: the pointer, or what it is computed from */
	unsigned int operand; /* of that: the one that varies */
	int64_t factor; /* the operand is so many times the number, or its @widening */
	LLVMValueRef widening; /* or NULL */
	LLVMValueRef number;
	int64_t growth; /* of the number */
	int64_t stride; /* of the places that follow each other, in bytes */
};

/* Whether an address is likely to be such, in @block. */
bool tandem_likely_find(const struct tandem_body *body, LLVMValueRef pointer, unsigned int block,
			struct tandem_likely *likely);

/* Notes what tandem_likely_build() reads in the block of an access. */
void tandem_likely_note(struct tandem_body *body, LLVMValueRef pointer, unsigned int block,
			const struct tandem_likely *likely);

/* Whether the lanes' places follow each other, and the first one, where the builder is. */
LLVMValueRef tandem_likely_build(struct tandem_body *body, LLVMValueRef pointer,
				 const struct tandem_likely *likely, LLVMValueRef *first_place);

/* ---- neighbours.c ---- */

/* How many elements lanes' places are apart, if they are accessed together; else 0. */
unsigned int tandem_access_step(const struct tandem_body *body, const struct tandem_access *access);

/* Accesses all elements from the first lane's to the last one's, which are @step apart. */
void tandem_access_together(struct tandem_body *body, const struct tandem_access *access,
			    unsigned int step);

/* The same where @condition holds, from @first on; else each lane its own place. */
void tandem_access_together_if(struct tandem_body *body, const struct tandem_access *access,
			       LLVMValueRef condition, LLVMValueRef first, unsigned int step);

#endif
