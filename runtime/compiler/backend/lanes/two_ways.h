// SPDX-License-Identifier: MIT
/* Code for all lanes in two ways, of which a condition chooses one. */
#ifndef TANDEM_COMPILER_BACKEND_LANES_TWO_WAYS_H
#define TANDEM_COMPILER_BACKEND_LANES_TWO_WAYS_H

#include "body.h"

/* Blocks for where a condition holds, for where it does not, and where both lead. */
struct tandem_two_ways {
	LLVMBasicBlockRef holds, fails, after;
};

/*
 * Begins with the way where the condition holds. Operands must have been asked for before: what
 * is built in one of the ways is not there in the other, nor behind them.
 */
struct tandem_two_ways tandem_two_ways_part(struct tandem_body *body, LLVMValueRef condition);

/* Ends a way, and goes to the next, or behind them. Returns where the way ended. */
LLVMBasicBlockRef tandem_two_ways_go_on(struct tandem_body *body,
					const struct tandem_two_ways *ways, LLVMBasicBlockRef next);

/* Behind them: the value of the way that was gone, of two in the order of the ways. */
LLVMValueRef tandem_two_ways_join(struct tandem_body *body, LLVMValueRef *values,
				  LLVMBasicBlockRef *from);

/* Whether a condition of all lanes holds for every one. */
LLVMValueRef tandem_two_ways_all(struct tandem_body *body, LLVMValueRef conditions);

#endif
