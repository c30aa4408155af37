// SPDX-License-Identifier: MIT
#include "target_x86_64.h"

#include <llvm-c/Core.h>
#include <llvm-c/Target.h>
#include <llvm/Config/llvm-config.h>
#include <pthread.h>
#include <string.h>

#include "util/cpu_x86_64.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init_target(void)
{
	LLVMInitializeX86TargetInfo();
	LLVMInitializeX86Target();
	LLVMInitializeX86TargetMC();
	LLVMInitializeX86AsmPrinter();
	LLVMInitializeX86AsmParser(); /* for inline assembly */
}

/*
 * LLVM before 22 exchanges the operands of a masked comparison of halves without turning the
 * comparison around (VCMPPHZrrik and its like in commuteInstructionImpl()).
 */
static void remove_wrong_features(char *features)
{
#if LLVM_VERSION_MAJOR < 22
	char *halves = strstr(features, "+avx512fp16");

	if (halves)
		*halves = '-';
#endif
}

LLVMTargetMachineRef tandem_target_create_machine(bool optimise)
{
	LLVMTargetMachineRef machine = NULL;
	LLVMTargetRef target;
	char *cpu, *features, *message = NULL;

	pthread_once(&once, init_target);
	if (LLVMGetTargetFromTriple(TANDEM_TARGET_TRIPLE, &target, &message)) {
		LLVMDisposeMessage(message);
		return NULL;
	}
	cpu = LLVMGetHostCPUName();
	features = LLVMGetHostCPUFeatures();
	remove_wrong_features(features);
	/* Code is loaded anywhere, all of it together: PIC, small model. */
	machine = LLVMCreateTargetMachine(target, TANDEM_TARGET_TRIPLE, cpu, features,
					  optimise ? LLVMCodeGenLevelAggressive :
						     LLVMCodeGenLevelNone,
					  LLVMRelocPIC, LLVMCodeModelSmall);
	LLVMDisposeMessage(cpu);
	LLVMDisposeMessage(features);
	return machine;
}

unsigned int tandem_target_float_lanes(void)
{
	return tandem_cpu_float_lanes();
}

void tandem_target_prepare_function(LLVMValueRef function)
{
}
