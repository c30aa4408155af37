// SPDX-License-Identifier: MIT
/* Where an access of a loop goes to: its address as a sum, and how that grows from turn to turn. */
#ifndef TANDEM_COMPILER_BACKEND_PLACES_H
#define TANDEM_COMPILER_BACKEND_PLACES_H

#include "control_flow.h"
#include "ir.h"

#define TANDEM_MOST_TERMS 8

/* How a value changes from one turn of a loop to the next. */
struct tandem_growth {
	enum {
		TANDEM_GROWS_BY, /* by a number that is known, with no regard to wrapping around */
		TANDEM_GROWS_EVENLY, /* perhaps by the same in all turns */
		TANDEM_GROWS_ANYHOW, /* as what is loaded, or called, does */
	} kind;
	int64_t by;
};

/* A part of an address: a factor times a value, which may be of a narrower type. */
struct tandem_place_term {
	LLVMValueRef value;
	LLVMOpcode extension; /* LLVMZExt or LLVMSExt to the width of an address, else 0 */
	int64_t factor;
};

/* An address: terms plus a number of bytes. */
struct tandem_place {
	struct tandem_place_term terms[TANDEM_MOST_TERMS]; /* none twice */
	unsigned int term_count;
	bool is_whole; /* it had no more terms than that */
	int64_t offset;
	LLVMValueRef object; /* the one term that is a pointer, or NULL */
	struct tandem_growth growth;
};

/* The place that @pointer points to in the loop @loop. */
void tandem_place_find(struct tandem_place *place, const struct tandem_compilation *compilation,
		       const struct tandem_flow *flow, unsigned int loop, LLVMValueRef pointer);

/* Whether the distance from @a to @b is always the same, in bytes. */
bool tandem_place_distance(const struct tandem_place *a, const struct tandem_place *b,
			   int64_t *distance);

#endif
