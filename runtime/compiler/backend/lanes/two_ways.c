// SPDX-License-Identifier: MIT
#include "two_ways.h"

struct tandem_two_ways tandem_two_ways_part(struct tandem_body *body, LLVMValueRef condition)
{
	LLVMContextRef context = body->compilation->context;
	struct tandem_two_ways ways;

	ways.holds = LLVMAppendBasicBlockInContext(context, body->function, "");
	ways.fails = LLVMAppendBasicBlockInContext(context, body->function, "");
	ways.after = LLVMAppendBasicBlockInContext(context, body->function, "");
	LLVMBuildCondBr(body->compilation->builder, condition, ways.holds, ways.fails);
	LLVMPositionBuilderAtEnd(body->compilation->builder, ways.holds);
	return ways;
}

LLVMBasicBlockRef tandem_two_ways_go_on(struct tandem_body *body,
					const struct tandem_two_ways *ways, LLVMBasicBlockRef next)
{
	LLVMBasicBlockRef end = LLVMGetInsertBlock(body->compilation->builder);

	LLVMBuildBr(body->compilation->builder, ways->after);
	LLVMPositionBuilderAtEnd(body->compilation->builder, next);
	return end;
}

LLVMValueRef tandem_two_ways_join(struct tandem_body *body, LLVMValueRef *values,
				  LLVMBasicBlockRef *from)
{
	LLVMValueRef phi = LLVMBuildPhi(body->compilation->builder, LLVMTypeOf(values[0]), "");

	LLVMAddIncoming(phi, values, from, 2);
	return phi;
}

LLVMValueRef tandem_two_ways_all(struct tandem_body *body, LLVMValueRef conditions)
{
	LLVMTypeRef bits = LLVMIntTypeInContext(body->compilation->context, body->lanes);

	return LLVMBuildICmp(body->compilation->builder, LLVMIntEQ,
			     LLVMBuildBitCast(body->compilation->builder, conditions, bits, ""),
			     LLVMConstAllOnes(bits), "");
}
