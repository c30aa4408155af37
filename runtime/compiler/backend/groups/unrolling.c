// SPDX-License-Identifier: MIT
#include "unrolling.h"

#include "control_flow.h"

static void mark_loop(struct tandem_compilation *compilation, const struct tandem_flow *flow,
		      unsigned int loop, LLVMValueRef mark)
{
	LLVMBasicBlockRef header = flow->blocks[flow->loops[loop].header];

	for (unsigned int i = flow->loops[loop].header; i < flow->block_count; i++) {
		LLVMValueRef end = LLVMGetBasicBlockTerminator(flow->blocks[i]);
		bool is_latch = false;

		for (unsigned int k = 0; k < LLVMGetNumSuccessors(end); k++)
			is_latch |= LLVMGetSuccessor(end, k) == header;
		/* Others have what the program says of them. */
		if (is_latch && !LLVMGetMetadata(end, compilation->loop))
			LLVMSetMetadata(end, compilation->loop, mark);
	}
}

bool tandem_unrolling_has_loops(struct tandem_compilation *compilation, LLVMValueRef function)
{
	struct tandem_flow flow;
	bool has_loops;

	if (tandem_flow_find(&flow, function)) {
		tandem_ir_error(compilation, "no memory");
		return false;
	}
	has_loops = flow.loop_count != 0;
	tandem_flow_finish(&flow);
	return has_loops;
}

void tandem_unrolling_end(struct tandem_compilation *compilation, LLVMValueRef function)
{
	static const char text[] = "define void @tandem.marks(ptr %p) {\n"
				   "  br label %next, !llvm.loop !0\n"
				   "next:\n"
				   "  ret void\n"
				   "}\n"
				   "!0 = distinct !{!0, !1}\n"
				   "!1 = !{!\"llvm.loop.unroll.disable\"}\n";
	struct tandem_flow flow;

	if (tandem_flow_find(&flow, function)) {
		tandem_ir_error(compilation, "no memory");
		return;
	}
	for (unsigned int i = 0; i < flow.loop_count; i++) {
		LLVMValueRef mark = tandem_ir_loop_mark(compilation, text);

		if (mark)
			mark_loop(compilation, &flow, i, mark);
	}
	tandem_flow_finish(&flow);
}
