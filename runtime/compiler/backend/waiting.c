// SPDX-License-Identifier: MIT
#include "waiting.h"

#include "ir.h"

/* Of functions that call each other. */
#define MOST_DEPTH 16

/* What is known of a function; nothing is, where a map has none of these. */
enum { MAY_WAIT = 1, WAITS_FOR_NOBODY };

static bool look_once(struct tandem_pointer_map *known, LLVMValueRef function, unsigned int depth);

static bool look(struct tandem_pointer_map *known, LLVMValueRef function, unsigned int depth)
{
	tandem_ir_for_each(function, block, instruction, next) {
		LLVMValueRef called;

		if (tandem_ir_is_seen_by_others(instruction))
			return false;
		if (!LLVMIsACallInst(instruction) || tandem_ir_intrinsic(instruction))
			continue;
		called = LLVMGetCalledValue(instruction);
		if (!LLVMIsAFunction(called) || LLVMIsDeclaration(called) || !depth ||
		    !look_once(known, called, depth - 1))
			return false;
	}
	return true;
}

/* Many calls are of the same function. */
static bool look_once(struct tandem_pointer_map *known, LLVMValueRef function, unsigned int depth)
{
	uintptr_t answer = (uintptr_t)tandem_pointer_map_get(known, function);

	if (!answer) {
		answer = look(known, function, depth) ? WAITS_FOR_NOBODY : MAY_WAIT;
		tandem_pointer_map_set(known, function, (void *)answer);
	}
	return answer == WAITS_FOR_NOBODY;
}

bool tandem_waits_for_nobody(struct tandem_pointer_map *known, LLVMValueRef function)
{
	return look_once(known, function, MOST_DEPTH);
}
