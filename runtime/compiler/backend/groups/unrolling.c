// SPDX-License-Identifier: MIT
#include "unrolling.h"

#include "control_flow.h"
#include "program/hooks.h"

/* Has a loop stay one, unless the program says otherwise. */
static void keep_loop(struct tandem_compilation *compilation, const struct tandem_flow *flow,
		      unsigned int loop)
{
	static const char text[] = "define void @tandem.marks(ptr %p) {\n"
				   "  br label %next, !llvm.loop !0\n"
				   "next:\n"
				   "  ret void\n"
				   "}\n"
				   "!0 = distinct !{!0, !1}\n"
				   "!1 = !{!\"llvm.loop.unroll.disable\"}\n";
	LLVMValueRef mark = NULL;

	for (unsigned int i = flow->loops[loop].header; i < flow->block_count; i++) {
		LLVMValueRef end = LLVMGetBasicBlockTerminator(flow->blocks[i]);

		if (!tandem_flow_is_latch(flow, loop, i) || LLVMGetMetadata(end, compilation->loop))
			continue;
		mark = mark ? mark : tandem_ir_loop_mark(compilation, text);
		if (mark)
			LLVMSetMetadata(end, compilation->loop, mark);
	}
}

static bool has_barrier(LLVMBasicBlockRef block)
{
	LLVMValueRef instruction = LLVMGetFirstInstruction(block);

	while (instruction && !tandem_ir_calls(instruction, TANDEM_BARRIER))
		instruction = LLVMGetNextInstruction(instruction);
	return instruction != NULL;
}

/* Each barrier that is written out makes regions of its own. */
static void keep_loops_with_barriers(struct tandem_compilation *compilation,
				     const struct tandem_flow *flow)
{
	for (unsigned int i = 0; i < flow->block_count; i++) {
		unsigned int loop = flow->loop_of[i];

		if (loop == TANDEM_NO_LOOP || !has_barrier(flow->blocks[i]))
			continue;
		for (; loop != TANDEM_NO_LOOP; loop = flow->loops[loop].parent)
			keep_loop(compilation, flow, loop);
	}
}

bool tandem_unrolling_begin(struct tandem_compilation *compilation, LLVMValueRef function)
{
	struct tandem_flow flow;
	bool has_loops;

	if (tandem_flow_find(&flow, function)) {
		tandem_ir_error(compilation, "no memory");
		return false;
	}
	keep_loops_with_barriers(compilation, &flow);
	has_loops = flow.loop_count != 0;
	tandem_flow_finish(&flow);
	return has_loops;
}

void tandem_unrolling_end(struct tandem_compilation *compilation, LLVMValueRef function)
{
	struct tandem_flow flow;

	if (tandem_flow_find(&flow, function)) {
		tandem_ir_error(compilation, "no memory");
		return;
	}
	for (unsigned int i = 0; i < flow.loop_count; i++)
		keep_loop(compilation, &flow, i);
	tandem_flow_finish(&flow);
}
