// SPDX-License-Identifier: MIT
/*
 * What the translators of Debian's releases do not take of valid SPIR-V, said in other words
 * that they do take:
 *
 *	OpConstantNull of a scalar	a constant 0, as it ends llvm-spirv 15
 *	the same with its type at its end once more	without
 *	memory semantics	of one order at most, with no bits that mean nothing
 *	scopes	those of OpenCL; a barrier's execution scope is the group's, or the sub-group's
 *	what is said of groups, and decorations, by constants	by numbers
 *	how many sub-groups groups have	by the names of variables
 *	decorations by strings	left out
 *	initial values of a function's variables	stores, as they became one variable for all
 *	OpVectorShuffle of two vectors of different types	the shorter one made longer first
 *	OpCompositeConstruct	member after member, as llvm-spirv 15 takes constants only
 *	OpCopyLogical	the same
 *	OpCopyMemory	a load and a store
 *	OpCopyMemorySized, of which each side is said something	what is true of both
 *	OpPtrEqual, OpPtrNotEqual, OpPtrDiff	by addresses, as SPIR-V before 1.4 has them
 *	OpSizeOf	a constant
 *	OpAtomicCompareExchangeWeak	the strong form, which SPIR-V 1.4 has left only
 *	blocks before those that lead to them	behind
 *	SPV_INTEL_memory_access_aliasing	left out
 *	readings of a clock (SPV_KHR_shader_clock)	calls of functions with known names
 *	fast arithmetic by SPV_INTEL_fp_fast_math_mode without its name	the name put in
 *	pointers to functions, without SPV_INTEL_function_pointers	to nothing
 *
 * Some of it is not valid at all, but what clang's back end for SPIR-V writes by mistake, or
 * the translators themselves do, on their way to SPIR-V: wrong semantics and scopes, types
 * twice, the weak form in 1.4, and the last four.
 */
#ifndef TANDEM_COMPILER_SPIRV_REPAIRS_H
#define TANDEM_COMPILER_SPIRV_REPAIRS_H

#include <stddef.h>
#include <stdint.h>

#include "util/text.h"

/*
 * How the names of such variables begin; then come the number, a point, and the kernel's name. Of
 * what cannot be known the number is 0.
 */
#define TANDEM_SUB_GROUPS_MARK "tandem.sub_groups."

/*
 * How the names of functions begin that stand for one of the library's, of the same type, whose
 * name follows.
 */
#define TANDEM_SPIRV_CALL_MARK "tandem.calls."

/*
 * Adds the repaired module to @repaired, bytes in this machine's order. @words are a module
 * that tandem_spirv_read has let pass. -ENOMEM.
 */
int tandem_spirv_repair(const uint32_t *words, size_t word_count, struct tandem_text *repaired);

/*
 * Takes out of a repaired module, all of @module, the modes whose operand llvm-spirv 15 takes for
 * the next instruction. By then, marks say the same; the validator is to see the modes.
 */
void tandem_spirv_drop_modes(struct tandem_text *module);

#endif
