// SPDX-License-Identifier: MIT
/* The processor that code is generated for: the one this process runs on. */
#ifndef TANDEM_COMPILER_BACKEND_TARGET_X86_64_H
#define TANDEM_COMPILER_BACKEND_TARGET_X86_64_H

#include <llvm-c/TargetMachine.h>
#include <stdbool.h>

#define TANDEM_TARGET_TRIPLE "x86_64-pc-linux-gnu"

/*
 * A machine for one compilation, to be given back; NULL where LLVM cannot generate code for
 * this processor. Making one is a twelfth of the work for a small kernel: one of each kind is
 * kept.
 */
LLVMTargetMachineRef tandem_target_take_machine(bool optimise);
void tandem_target_give_machine(LLVMTargetMachineRef machine, bool optimise);

/* Attributes of a function that code is generated from. */
void tandem_target_prepare_function(LLVMValueRef function);

/*
 * LLVM's loop vectoriser takes vectors of half the size for processors that slow down by whole
 * ones. Bundles (lanes/) have whole ones anyway, and what pays for these pays for its loops. It
 * takes whole ones in a @function while that is said.
 */
void tandem_target_take_whole_vectors(LLVMValueRef function, bool whole);

/*
 * A vector's elements, integers, in the places that @indices says, i32 each and below their number:
 * by an instruction of the processor. NULL where it has none.
 */
LLVMValueRef tandem_target_permute(LLVMModuleRef module, LLVMBuilderRef builder,
				   LLVMValueRef vector, LLVMValueRef indices);

/* Floats in a vector register. */
unsigned int tandem_target_float_lanes(void);

#endif
