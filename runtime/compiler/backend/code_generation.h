// SPDX-License-Identifier: MIT
/* LLVM's code generator, without what does not pay for the code that the back end makes. */
#ifndef TANDEM_COMPILER_BACKEND_CODE_GENERATION_H
#define TANDEM_COMPILER_BACKEND_CODE_GENERATION_H

#include <llvm-c/TargetMachine.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Makes an object file of @module, which it changes. True where it cannot, with @message, to
 * be disposed of; the object is the caller's. For threads that share neither argument.
 */
LLVMBool tandem_code_generate(LLVMTargetMachineRef machine, LLVMModuleRef module, char **message,
			      LLVMMemoryBufferRef *object);

#ifdef __cplusplus
}
#endif

#endif
