// SPDX-License-Identifier: MIT
#include "remainders.h"

static void settle(struct tandem_compilation *compilation, LLVMValueRef branch)
{
	static const char text[] = "define void @tandem.marks(ptr %p) {\n"
				   "  br label %next, !llvm.loop !0\n"
				   "next:\n"
				   "  ret void\n"
				   "}\n"
				   "!0 = distinct !{!0, !1, !2}\n"
				   "!1 = !{!\"llvm.loop.isvectorized\", i32 1}\n"
				   "!2 = !{!\"llvm.loop.unroll.runtime.disable\"}\n";
	LLVMValueRef mark = tandem_ir_loop_mark(compilation, text);

	if (mark)
		LLVMSetMetadata(branch, compilation->loop, mark);
}

void tandem_remainders_settle(struct tandem_compilation *compilation)
{
	LLVMValueRef function;

	for (function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function);

		for (; block; block = LLVMGetNextBasicBlock(block)) {
			LLVMValueRef branch = LLVMGetBasicBlockTerminator(block);
			LLVMValueRef mark = LLVMGetMetadata(branch, compilation->loop);

			if (mark && tandem_ir_mark_has(mark, "llvm.loop.isvectorized") &&
			    !tandem_ir_mark_has(mark, "llvm.loop.unroll.runtime.disable"))
				settle(compilation, branch);
		}
	}
}
