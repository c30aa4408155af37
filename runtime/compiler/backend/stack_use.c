// SPDX-License-Identifier: MIT
#include "stack_use.h"

#include "util/alloc.h"

/* Spilled registers of each function that another calls. */
#define CALL_BYTES (4u << 10)

static bool is_known(LLVMValueRef function, const struct tandem_pointer_map *known)
{
	return LLVMIsAFunction(function) &&
	       (!LLVMIsDeclaration(function) || tandem_pointer_map_get(known, function));
}

uint64_t tandem_stack_use(struct tandem_compilation *compilation, LLVMValueRef function,
			  struct tandem_pointer_map *known)
{
	uint64_t bytes = (uintptr_t)tandem_pointer_map_get(known, function), most_called = 0;
	uint64_t alignment = 64;

	if (bytes)
		return bytes - 1;
	tandem_ir_for_each(function, block, instruction, next) {
		LLVMValueRef called =
			LLVMIsACallInst(instruction) ? LLVMGetCalledValue(instruction) : NULL;

		if (called && is_known(called, known))
			most_called = tandem_max_u64(most_called,
						     CALL_BYTES + tandem_stack_use(compilation,
										   called, known));
		if (!LLVMIsAAllocaInst(instruction))
			continue;
		alignment = tandem_max_u64(alignment, LLVMGetAlignment(instruction));
		bytes += tandem_align_up(LLVMABISizeOfType(compilation->layout,
							   LLVMGetAllocatedType(instruction)),
					 tandem_max_u64(64, LLVMGetAlignment(instruction)));
	}
	bytes += alignment + most_called;
	tandem_pointer_map_set(known, function, (void *)(uintptr_t)(bytes + 1));
	return bytes;
}
