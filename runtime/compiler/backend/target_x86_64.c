// SPDX-License-Identifier: MIT
#include "target_x86_64.h"

#include <llvm-c/Core.h>
#include <llvm-c/Target.h>
#include <pthread.h>

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
