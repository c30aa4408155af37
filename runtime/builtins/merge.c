// SPDX-License-Identifier: MIT
/*
 * merge OUT.bc IN.bc... - makes one library of built-in functions.
 *
 * Links the compiled OpenCL C sources together and makes of them what the
 * compiler links into a kernel:
 *  - functions are linkonce_odr, so that only those that a kernel needs are read;
 *  - the triple and data layout are those of the kernel once it is retargeted;
 *  - sums and products that don't wrap around (__tandem_sum and __tandem_product, see
 *    builtins.h) are instructions that say so;
 *  - what asks whether a number is constant (__tandem_is_constant) is LLVM's intrinsic for it;
 *  - nothing is convergent but what reaches the barrier or asks other lanes, and no attribute
 *    tells which processor to compile for: the kernel's decide.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llvm-c/Analysis.h>
#include <llvm-c/BitReader.h>
#include <llvm-c/BitWriter.h>
#include <llvm-c/Core.h>
#include <llvm-c/Linker.h>
#include <llvm-c/Target.h>
#include <llvm-c/TargetMachine.h>
#include <llvm-c/Transforms/PassBuilder.h>

#define TRIPLE	       "x86_64-pc-linux-gnu"
#define BARRIER	       "__tandem_barrier"
#define LANES	       "__tandem_lane" /* and others that begin so */
#define FUNCTION_INDEX ((LLVMAttributeIndex)LLVMAttributeFunctionIndex)

/* Functions that reach the barrier, in the order in which they were found. */
struct tandem_function_set {
	LLVMValueRef *functions;
	size_t count;
};

static _Noreturn void fail(const char *what, const char *why)
{
	fprintf(stderr, "merge: %s: %s\n", what, why ? why : "failed");
	exit(1);
}

static LLVMModuleRef read_module(LLVMContextRef context, const char *path)
{
	LLVMMemoryBufferRef buffer;
	LLVMModuleRef module;
	char *message = NULL;

	if (LLVMCreateMemoryBufferWithContentsOfFile(path, &buffer, &message))
		fail(path, message);
	if (LLVMParseBitcodeInContext2(context, buffer, &module))
		fail(path, "not LLVM bitcode");
	LLVMDisposeMemoryBuffer(buffer);
	return module;
}

static char *data_layout(void)
{
	LLVMTargetRef target;
	LLVMTargetMachineRef machine;
	LLVMTargetDataRef layout;
	char *message = NULL;
	char *text;

	LLVMInitializeX86TargetInfo();
	LLVMInitializeX86Target();
	LLVMInitializeX86TargetMC();
	if (LLVMGetTargetFromTriple(TRIPLE, &target, &message))
		fail(TRIPLE, message);
	machine = LLVMCreateTargetMachine(target, TRIPLE, "", "", LLVMCodeGenLevelDefault,
					  LLVMRelocPIC, LLVMCodeModelDefault);
	layout = LLVMCreateTargetDataLayout(machine);
	text = LLVMCopyStringRepOfTargetData(layout);
	LLVMDisposeTargetData(layout);
	LLVMDisposeTargetMachine(machine);
	return text;
}

static unsigned int attribute_kind(const char *name)
{
	return LLVMGetEnumAttributeKindForName(name, strlen(name));
}

static bool contains(const struct tandem_function_set *set, LLVMValueRef function)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->functions[i] == function)
			return true;
	}
	return false;
}

static void add(struct tandem_function_set *set, LLVMValueRef function)
{
	LLVMValueRef *larger;

	if (contains(set, function))
		return;
	larger = realloc(set->functions, (set->count + 1) * sizeof(*larger));
	if (!larger)
		fail("memory", NULL);
	larger[set->count++] = function;
	set->functions = larger;
}

static bool has_name(LLVMValueRef function, const char *prefix)
{
	size_t length;

	return !strncmp(LLVMGetValueName2(function, &length), prefix, strlen(prefix));
}

/* Collects the barrier, what lanes ask each other by, and everything that calls these. */
static void find_convergent(LLVMModuleRef module, struct tandem_function_set *set)
{
	for (LLVMValueRef function = LLVMGetFirstFunction(module); function;
	     function = LLVMGetNextFunction(function)) {
		if (LLVMIsDeclaration(function) &&
		    (has_name(function, BARRIER) || has_name(function, LANES)))
			add(set, function);
	}
	for (size_t i = 0; i < set->count; i++) {
		for (LLVMUseRef use = LLVMGetFirstUse(set->functions[i]); use;
		     use = LLVMGetNextUse(use)) {
			LLVMValueRef user = LLVMGetUser(use);

			if (!LLVMIsAInstruction(user))
				fail(BARRIER " or " LANES, "its address is taken");
			add(set, LLVMGetBasicBlockParent(LLVMGetInstructionParent(user)));
		}
	}
}

static void clean_calls(LLVMValueRef function, const struct tandem_function_set *convergent)
{
	unsigned int convergent_kind = attribute_kind("convergent");
	unsigned int nobuiltin_kind = attribute_kind("nobuiltin");

	for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
	     block = LLVMGetNextBasicBlock(block)) {
		for (LLVMValueRef call = LLVMGetFirstInstruction(block); call;
		     call = LLVMGetNextInstruction(call)) {
			if (!LLVMIsACallInst(call))
				continue;
			LLVMRemoveCallSiteEnumAttribute(call, FUNCTION_INDEX, nobuiltin_kind);
			if (!contains(convergent, LLVMGetCalledValue(call)))
				LLVMRemoveCallSiteEnumAttribute(call, FUNCTION_INDEX,
								convergent_kind);
		}
	}
}

/* Removes what ties a function to a processor or keeps it from being inlined. */
static void clean_attributes(LLVMValueRef function, bool is_convergent)
{
	static const char *const unwanted[] = { "noinline", "optnone", "alwaysinline" };
	unsigned int count = LLVMGetAttributeCountAtIndex(function, FUNCTION_INDEX);
	LLVMAttributeRef *attributes = calloc(count ? count : 1, sizeof(*attributes));

	if (!attributes)
		fail("memory", NULL);
	LLVMGetAttributesAtIndex(function, FUNCTION_INDEX, attributes);
	for (unsigned int i = 0; i < count; i++) {
		unsigned int length;
		const char *name;

		if (!LLVMIsStringAttribute(attributes[i]))
			continue;
		name = LLVMGetStringAttributeKind(attributes[i], &length);
		LLVMRemoveStringAttributeAtIndex(function, FUNCTION_INDEX, name, length);
	}
	free(attributes);
	for (size_t i = 0; i < sizeof(unwanted) / sizeof(unwanted[0]); i++)
		LLVMRemoveEnumAttributeAtIndex(function, FUNCTION_INDEX,
					       attribute_kind(unwanted[i]));
	if (!is_convergent)
		LLVMRemoveEnumAttributeAtIndex(function, FUNCTION_INDEX,
					       attribute_kind("convergent"));
}

static void clean_functions(LLVMModuleRef module)
{
	struct tandem_function_set convergent = { 0 };

	find_convergent(module, &convergent);
	for (LLVMValueRef function = LLVMGetFirstFunction(module); function;
	     function = LLVMGetNextFunction(function)) {
		if (LLVMGetIntrinsicID(function))
			continue;
		clean_attributes(function, contains(&convergent, function));
		clean_calls(function, &convergent);
		if (!LLVMIsDeclaration(function) && LLVMGetLinkage(function) == LLVMExternalLinkage)
			LLVMSetLinkage(function, LLVMLinkOnceODRLinkage);
	}
	free(convergent.functions);
}

typedef LLVMValueRef (*operation)(LLVMBuilderRef, LLVMValueRef, LLVMValueRef, const char *);

/* Each call of @name becomes what @build makes of its operands, and never wraps around. */
static void replace_calls(LLVMModuleRef module, const char *name, operation build)
{
	LLVMBuilderRef builder = LLVMCreateBuilderInContext(LLVMGetModuleContext(module));
	LLVMValueRef function = LLVMGetNamedFunction(module, name);
	LLVMUseRef use;

	while (function && (use = LLVMGetFirstUse(function))) {
		LLVMValueRef call = LLVMGetUser(use), result;

		if (!LLVMIsACallInst(call))
			fail(name, "its address is taken");
		LLVMPositionBuilderBefore(builder, call);
		result = build(builder, LLVMGetOperand(call, 0), LLVMGetOperand(call, 1), "");
		if (!LLVMIsAInstruction(result))
			fail(name, "is called with constants");
		LLVMSetNUW(result, 1);
		LLVMSetNSW(result, 1);
		LLVMReplaceAllUsesWith(call, result);
		LLVMInstructionEraseFromParent(call);
	}
	LLVMDisposeBuilder(builder);
}

/* What asks whether a number is constant is answered when a kernel is compiled. */
static void replace_constant_checks(LLVMModuleRef module)
{
	static const char intrinsic[] = "llvm.is.constant";
	LLVMContextRef context = LLVMGetModuleContext(module);
	LLVMTypeRef number = LLVMInt32TypeInContext(context);
	LLVMBuilderRef builder = LLVMCreateBuilderInContext(context);
	LLVMValueRef function = LLVMGetNamedFunction(module, "__tandem_is_constant");
	unsigned int id = LLVMLookupIntrinsicID(intrinsic, sizeof(intrinsic) - 1);
	LLVMValueRef check = LLVMGetIntrinsicDeclaration(module, id, &number, 1);
	LLVMTypeRef type = LLVMIntrinsicGetType(context, id, &number, 1);
	LLVMUseRef use;

	while (function && (use = LLVMGetFirstUse(function))) {
		LLVMValueRef call = LLVMGetUser(use), value = LLVMGetOperand(call, 0);

		LLVMPositionBuilderBefore(builder, call);
		LLVMReplaceAllUsesWith(call, LLVMBuildCall2(builder, type, check, &value, 1, ""));
		LLVMInstructionEraseFromParent(call);
	}
	LLVMDisposeBuilder(builder);
}

static void run_passes(LLVMModuleRef module, const char *passes)
{
	LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
	LLVMErrorRef error = LLVMRunPasses(module, passes, NULL, options);

	if (error)
		fail(passes, LLVMGetErrorMessage(error));
	LLVMDisposePassBuilderOptions(options);
}

int main(int argc, char **argv)
{
	LLVMContextRef context = LLVMContextCreate();
	LLVMModuleRef library;
	char *layout = data_layout();
	char *message = NULL;

	if (argc < 3) {
		fprintf(stderr, "usage: merge OUT.bc IN.bc...\n");
		return 2;
	}
	library = LLVMModuleCreateWithNameInContext("builtins", context);
	LLVMSetTarget(library, TRIPLE);
	LLVMSetDataLayout(library, layout);
	for (int i = 2; i < argc; i++) {
		LLVMModuleRef module = read_module(context, argv[i]);

		LLVMSetTarget(module, TRIPLE);
		LLVMSetDataLayout(module, layout);
		if (LLVMLinkModules2(library, module))
			fail(argv[i], "cannot be linked");
	}
	/* One source may call what another defines; what is left over is small. */
	run_passes(library, "cgscc(inline),function(sroa,instcombine,early-cse,simplifycfg)");
	replace_calls(library, "__tandem_sum", LLVMBuildAdd);
	replace_calls(library, "__tandem_product", LLVMBuildMul);
	replace_constant_checks(library);
	clean_functions(library);
	run_passes(library, "strip-dead-prototypes");
	if (LLVMVerifyModule(library, LLVMReturnStatusAction, &message))
		fail(argv[1], message);
	if (LLVMWriteBitcodeToFile(library, argv[1]))
		fail(argv[1], "cannot be written");
	LLVMDisposeMessage(message);
	LLVMDisposeMessage(layout);
	LLVMDisposeModule(library);
	LLVMContextDispose(context);
	return 0;
}
