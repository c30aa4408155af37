// SPDX-License-Identifier: MIT
#include "target_x86_64.h"

#include <llvm-c/Core.h>
#include <llvm-c/Target.h>
#include <llvm/Config/llvm-config.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "util/cpu_x86_64.h"

#define FLOATS_IN_512_BITS 16

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Machines that no compilation has, for those that optimise and for others. */
static _Atomic(LLVMTargetMachineRef) spare[2];

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

static LLVMTargetMachineRef create_machine(bool optimise)
{
	LLVMTargetMachineRef machine;
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

LLVMTargetMachineRef tandem_target_take_machine(bool optimise)
{
	LLVMTargetMachineRef machine = atomic_exchange(&spare[optimise], NULL);

	return machine ? machine : create_machine(optimise);
}

void tandem_target_give_machine(LLVMTargetMachineRef machine, bool optimise)
{
	machine = atomic_exchange(&spare[optimise], machine);
	if (machine)
		LLVMDisposeTargetMachine(machine);
}

/* The same of i32. */
static LLVMValueRef permute_words(LLVMModuleRef module, LLVMBuilderRef builder, LLVMValueRef words,
				  LLVMValueRef indices)
{
	const char *name = LLVMGetVectorSize(LLVMTypeOf(words)) == 8 ?
				   "llvm.x86.avx2.permd" :
				   "llvm.x86.avx512.permvar.si.512";
	unsigned int id = LLVMLookupIntrinsicID(name, strlen(name));
	LLVMValueRef function = LLVMGetIntrinsicDeclaration(module, id, NULL, 0);

	return LLVMBuildCall2(builder, LLVMGlobalGetValueType(function), function,
			      (LLVMValueRef[]){ words, indices }, 2, "");
}

LLVMValueRef tandem_target_permute(LLVMModuleRef module, LLVMBuilderRef builder,
				   LLVMValueRef vector, LLVMValueRef indices)
{
	LLVMTypeRef type = LLVMTypeOf(vector), words = LLVMTypeOf(indices);
	unsigned int lanes = LLVMGetVectorSize(type);
	LLVMValueRef low, high, shift[16];

	if (!tandem_cpu_permutes(lanes))
		return NULL;
	if (LLVMGetIntTypeWidth(LLVMGetElementType(type)) <= 32) {
		low = LLVMBuildZExt(builder, vector, words, "");
		return LLVMBuildTrunc(builder, permute_words(module, builder, low, indices), type,
				      "");
	}
	for (unsigned int i = 0; i < lanes; i++)
		shift[i] = LLVMConstInt(LLVMGetElementType(type), 32, 0);
	high = LLVMBuildLShr(builder, vector, LLVMConstVector(shift, lanes), "");
	low = permute_words(module, builder, LLVMBuildTrunc(builder, vector, words, ""), indices);
	high = permute_words(module, builder, LLVMBuildTrunc(builder, high, words, ""), indices);
	high = LLVMBuildShl(builder, LLVMBuildZExt(builder, high, type, ""),
			    LLVMConstVector(shift, lanes), "");
	return LLVMBuildOr(builder, LLVMBuildZExt(builder, low, type, ""), high, "");
}

unsigned int tandem_target_float_lanes(void)
{
	return tandem_cpu_float_lanes();
}

void tandem_target_prepare_function(LLVMValueRef function)
{
}

void tandem_target_take_whole_vectors(LLVMValueRef function, bool whole)
{
	static const char name[] = "prefer-vector-width";

	if (tandem_target_float_lanes() < FLOATS_IN_512_BITS)
		return;
	if (whole)
		LLVMAddTargetDependentFunctionAttr(function, name, "512");
	else
		LLVMRemoveStringAttributeAtIndex(function,
						 (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
						 name, sizeof(name) - 1);
}
