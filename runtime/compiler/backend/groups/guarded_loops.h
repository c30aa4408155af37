// SPDX-License-Identifier: MIT
/*
 * Loops whose turns do something only while their counter is below a limit, as what work-items
 * do on a condition like local_id < width or local_id == 0.
 *
 * Such a loop ends at the limit, and the condition goes. The loop vectoriser would do all
 * turns and mask what they access; processors store under a mask slowly, some very slowly.
 */
#ifndef TANDEM_COMPILER_BACKEND_GUARDED_LOOPS_H
#define TANDEM_COMPILER_BACKEND_GUARDED_LOOPS_H

#include "control_flow.h"
#include "ir.h"

/* What is below it is below @value + @beyond, which does not wrap around. */
struct tandem_guard_limit {
	LLVMValueRef value;
	uint64_t beyond; /* 0 or 1 */
	bool is_signed; /* both are compared as signed numbers */
};

/*
 * Whether @condition, a comparison, holds while @counter, which counts up from @start, is below
 * a limit, and not from there on; or, unless @holds, whether its opposite does.
 */
bool tandem_guard_find_limit(LLVMValueRef condition, bool holds, LLVMValueRef counter,
			     LLVMValueRef start, struct tandem_guard_limit *limit);

/*
 * The first number that is not below the limit, with 64 bits, where the builder is. @value: what
 * stands there for the limit's.
 */
LLVMValueRef tandem_guard_build_limit(struct tandem_compilation *compilation,
				      const struct tandem_guard_limit *limit, LLVMValueRef value);

/* Changes branches: @flow is of no use any more. To be called just before the vectoriser. */
void tandem_guarded_loops_end(struct tandem_compilation *compilation,
			      const struct tandem_flow *flow);

#endif
