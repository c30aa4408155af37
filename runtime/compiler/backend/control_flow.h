// SPDX-License-Identifier: MIT
/* The blocks, dominators and loops of an LLVM function, which LLVM-C does not tell. */
#ifndef TANDEM_COMPILER_BACKEND_CONTROL_FLOW_H
#define TANDEM_COMPILER_BACKEND_CONTROL_FLOW_H

#include <llvm-c/Core.h>

#include "pointer_map.h"

#define TANDEM_NO_LOOP UINT32_MAX

/* A natural loop: one that is entered at its header only. */
struct tandem_flow_loop {
	unsigned int header; /* a block */
	unsigned int parent; /* the loop around it, or TANDEM_NO_LOOP */
	bool is_innermost;
	/* The only block that leads into it from outside, and leads nowhere else; or NULL. */
	LLVMBasicBlockRef preheader;
};

/* Blocks that control does not reach are left out. */
struct tandem_flow {
	LLVMBasicBlockRef *blocks; /* in reverse postorder: before what they lead to, but loops */
	unsigned int block_count;
	struct tandem_pointer_map index; /* of a block, plus one */
	unsigned int *dominators; /* for each block: the next one that all ways to it pass */
	unsigned int *loop_of; /* for each block: the innermost loop, or TANDEM_NO_LOOP */
	struct tandem_flow_loop *loops; /* outer ones before those inside them */
	unsigned int loop_count;
};

/* -ENOMEM. What it says holds until blocks or branches of @function change. */
int tandem_flow_find(struct tandem_flow *flow, LLVMValueRef function);
void tandem_flow_finish(struct tandem_flow *flow);

/* The innermost loop around an instruction, or TANDEM_NO_LOOP. */
unsigned int tandem_flow_loop_of(const struct tandem_flow *flow, LLVMValueRef instruction);

/* Whether a block leads to a loop's header from inside it. */
bool tandem_flow_is_latch(const struct tandem_flow *flow, unsigned int loop, unsigned int block);

/* Whether a value is the same in all turns of a loop since it is computed outside it. */
bool tandem_flow_is_outside(const struct tandem_flow *flow, unsigned int loop, LLVMValueRef value);

#endif
