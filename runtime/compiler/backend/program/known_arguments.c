// SPDX-License-Identifier: MIT
#include "known_arguments.h"

#include <stdlib.h>

#include "helpers.h"

/* Instructions of all that is made anew, where it is inlined: more stay functions. */
#define MOST_INLINED 6000
/* What a block counts as, in instructions: in bundles, each has a mask. */
#define BLOCK_SIZE 20
/* Functions that are made anew. */
#define MOST_VARIANTS 64
/* Arguments of a function that are looked at. */
#define MOST_PARAMETERS 8
#define UNKNOWN		UINT32_MAX

static const char simplify[] = "function(sroa,early-cse,simplifycfg,"
			       "instcombine<no-verify-fixpoint>,simplifycfg)";

/* What a function is made anew for. */
struct known_call {
	LLVMValueRef callee;
	LLVMValueRef constants[MOST_PARAMETERS]; /* NULL where it is none */
	uint32_t arguments[MOST_PARAMETERS]; /* of the kernel, that this is the address of */
};

struct variant {
	struct known_call call;
	LLVMValueRef function;
	uint64_t size; /* in instructions, with all that it calls; 0 where it is not counted yet */
};

struct search {
	struct tandem_compilation *compilation;
	const struct tandem_kernel_info *info;
	const struct tandem_pointer_map *helpers;
	struct variant *variants;
	unsigned int count;
};

/* ---- words of arguments ---- */

/* The known byte at @offset of argument @argument, or -1. */
static int known_byte(const struct tandem_backend_request *request, uint32_t argument,
		      uint64_t offset)
{
	for (unsigned int i = 0; i < request->constant_count; i++) {
		const struct tandem_backend_constant *constant = &request->constants[i];

		if (constant->argument == argument && offset - constant->offset < 4)
			return constant->value >> (offset - constant->offset) * 8 & 0xff;
	}
	return -1;
}

/* What so many bytes are, as a constant of @type, an integer's; NULL where it is not known. */
static LLVMValueRef known_value(const struct tandem_compilation *compilation, uint32_t argument,
				uint64_t offset, LLVMTypeRef type)
{
	uint64_t bytes = LLVMStoreSizeOfType(compilation->layout, type), value = 0;

	if (LLVMGetTypeKind(type) != LLVMIntegerTypeKind || bytes > sizeof(value))
		return NULL;
	for (uint64_t i = 0; i < bytes; i++) {
		int byte = known_byte(compilation->request, argument, offset + i);

		if (byte < 0)
			return NULL;
		value |= (uint64_t)byte << 8 * i;
	}
	return LLVMConstInt(type, value, 0);
}

/* The parameter of @function that @address is computed from, with an offset; -1: none. */
static int parameter_of(const struct tandem_compilation *compilation, LLVMValueRef function,
			LLVMValueRef address, uint64_t *offset)
{
	unsigned int count = LLVMCountParams(function);

	*offset = 0;
	while (LLVMIsAGetElementPtrInst(address)) {
		LLVMTypeRef type = LLVMGetGEPSourceElementType(address);
		LLVMValueRef index = LLVMGetOperand(address, 1);

		if (LLVMGetNumOperands(address) != 2 || !LLVMIsAConstantInt(index))
			return -1;
		*offset += LLVMABISizeOfType(compilation->layout, type) *
			   (uint64_t)LLVMConstIntGetSExtValue(index);
		address = LLVMGetOperand(address, 0);
	}
	for (unsigned int i = 0; i < count; i++) {
		if (LLVMGetParam(function, i) == address)
			return (int)i;
	}
	return -1;
}

/* @arguments: of the kernel, for each parameter; NULL: they are the same. */
static uint32_t argument_of(const struct tandem_compilation *compilation, LLVMValueRef function,
			    const uint32_t *arguments, LLVMValueRef address, uint64_t *offset)
{
	int parameter = parameter_of(compilation, function, address, offset);

	if (parameter < 0)
		return UNKNOWN;
	if (!arguments)
		return (uint32_t)parameter;
	return parameter < MOST_PARAMETERS ? arguments[parameter] : UNKNOWN;
}

/* What of an image is not known by now is, at least, the same for all work-items at any time. */
static void replace_loads(const struct search *search, LLVMValueRef function,
			  const uint32_t *arguments)
{
	const struct tandem_kernel_info *info = search->info;

	tandem_ir_for_each(function, block, instruction, next) {
		LLVMValueRef value;
		uint32_t argument;
		uint64_t offset;

		if (!LLVMIsALoadInst(instruction))
			continue;
		argument = argument_of(search->compilation, function, arguments,
				       LLVMGetOperand(instruction, 0), &offset);
		if (argument >= info->argument_count ||
		    info->arguments[argument].kind != TANDEM_ARGUMENT_IMAGE)
			continue;
		value = known_value(search->compilation, argument, offset, LLVMTypeOf(instruction));
		if (!value) {
			tandem_ir_invariant(search->compilation, instruction);
			continue;
		}
		LLVMReplaceAllUsesWith(instruction, value);
		LLVMInstructionEraseFromParent(instruction);
	}
}

/* ---- functions ---- */

static bool has_constants(const struct tandem_backend_request *request, uint32_t argument)
{
	for (unsigned int i = 0; i < request->constant_count; i++) {
		if (request->constants[i].argument == argument)
			return true;
	}
	return false;
}

/* What is known of a call in @function; false where that is nothing. */
static bool describe_call(const struct search *search, LLVMValueRef function,
			  const uint32_t *arguments, LLVMValueRef call, struct known_call *known)
{
	unsigned int count = LLVMGetNumArgOperands(call);
	bool is_known = false;

	*known = (struct known_call){ .callee = LLVMGetCalledValue(call) };
	if (count > MOST_PARAMETERS)
		return false;
	for (unsigned int i = 0; i < MOST_PARAMETERS; i++)
		known->arguments[i] = UNKNOWN;
	for (unsigned int i = 0; i < count; i++) {
		LLVMValueRef operand = LLVMGetOperand(call, i);
		uint64_t offset;
		uint32_t argument;

		/* What the library's say so: the sampler, and which dimensions there are. */
		if (LLVMIsAConstantInt(operand) && tandem_helpers_is_outlined(known->callee))
			known->constants[i] = operand;
		if (LLVMGetTypeKind(LLVMTypeOf(operand)) != LLVMPointerTypeKind)
			continue;
		argument = argument_of(search->compilation, function, arguments, operand, &offset);
		if (argument == UNKNOWN || offset ||
		    !has_constants(search->compilation->request, argument))
			continue;
		known->arguments[i] = argument;
		is_known = true;
	}
	return is_known;
}

/* A function that calls what it is made of, to be inlined there. */
static LLVMValueRef add_function(struct tandem_compilation *compilation,
				 const struct known_call *known)
{
	static const char always_inline[] = "alwaysinline";
	LLVMTypeRef type = LLVMGlobalGetValueType(known->callee);
	LLVMValueRef function = LLVMAddFunction(compilation->module, "tandem.known", type);
	LLVMValueRef operands[MOST_PARAMETERS], call;
	unsigned int count = LLVMCountParams(function);
	unsigned int kind =
		LLVMGetEnumAttributeKindForName(always_inline, sizeof(always_inline) - 1);

	LLVMSetLinkage(function, LLVMInternalLinkage);
	tandem_ir_add_attribute(compilation, function, "nounwind");
	LLVMPositionBuilderAtEnd(compilation->builder,
				 LLVMAppendBasicBlockInContext(compilation->context, function, ""));
	for (unsigned int i = 0; i < count; i++)
		operands[i] = known->constants[i] ? known->constants[i] : LLVMGetParam(function, i);
	call = LLVMBuildCall2(compilation->builder, type, known->callee, operands, count, "");
	LLVMAddCallSiteAttribute(call, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
				 LLVMCreateEnumAttribute(compilation->context, kind, 0));
	if (LLVMGetTypeKind(LLVMGetReturnType(type)) == LLVMVoidTypeKind)
		LLVMBuildRetVoid(compilation->builder);
	else
		LLVMBuildRet(compilation->builder, call);
	return function;
}

static bool is_same(const struct known_call *a, const struct known_call *b)
{
	for (unsigned int i = 0; i < MOST_PARAMETERS; i++) {
		if (a->constants[i] != b->constants[i] || a->arguments[i] != b->arguments[i])
			return false;
	}
	return a->callee == b->callee;
}

/* What is made for a call, earlier or now, or what it calls as it is; NULL without memory. */
static LLVMValueRef variant_for(struct search *search, const struct known_call *known)
{
	struct variant *variants;

	for (unsigned int i = 0; i < search->count; i++) {
		if (is_same(&search->variants[i].call, known))
			return search->variants[i].function;
	}
	if (search->count == MOST_VARIANTS)
		return known->callee;
	variants = realloc(search->variants, (search->count + 1) * sizeof(*variants));
	if (!variants)
		return NULL;
	search->variants = variants;
	variants[search->count] = (struct variant){
		.call = *known,
		.function = add_function(search->compilation, known),
	};
	return variants[search->count++].function;
}

/* Has @function, with parameters that @arguments are, call what is made for what is known. */
static void redirect_calls(struct search *search, LLVMValueRef function, const uint32_t *arguments)
{
	tandem_ir_for_each(function, block, instruction, next) {
		struct known_call known;
		LLVMValueRef variant;

		if (!LLVMIsACallInst(instruction) ||
		    !tandem_pointer_map_get(search->helpers, LLVMGetCalledValue(instruction)) ||
		    !describe_call(search, function, arguments, instruction, &known))
			continue;
		variant = variant_for(search, &known);
		if (!variant) {
			tandem_ir_error(search->compilation, "no memory");
			return;
		}
		LLVMSetOperand(instruction, (unsigned int)LLVMGetNumOperands(instruction) - 1,
			       variant);
	}
}

/* Variants call variants: those of one round are made by the round before. */
static void make_variants(struct search *search)
{
	struct tandem_compilation *compilation = search->compilation;
	unsigned int done = 0;

	while (done < search->count && !compilation->failed) {
		unsigned int end = search->count;

		tandem_ir_run_passes(compilation, "always-inline");
		for (unsigned int i = done; i < end; i++)
			replace_loads(search, search->variants[i].function,
				      search->variants[i].call.arguments);
		tandem_ir_run_passes(compilation, simplify);
		for (; done < end; done++) {
			struct variant variant = search->variants[done];

			redirect_calls(search, variant.function, variant.call.arguments);
		}
	}
}

/* ---- what becomes of them ---- */

static struct variant *variant_called(const struct search *search, LLVMValueRef instruction)
{
	LLVMValueRef called = LLVMIsACallInst(instruction) ? LLVMGetCalledValue(instruction) : NULL;

	for (unsigned int i = 0; called && i < search->count; i++) {
		if (search->variants[i].function == called)
			return &search->variants[i];
	}
	return NULL;
}

/* Instructions of a function with all variants that it calls in it. They do not go in circles. */
static uint64_t inlined_size(const struct search *search, LLVMValueRef function)
{
	uint64_t size = (uint64_t)BLOCK_SIZE * LLVMCountBasicBlocks(function);

	tandem_ir_for_each(function, block, instruction, next) {
		struct variant *called = variant_called(search, instruction);

		size++;
		if (called && !called->size)
			called->size = inlined_size(search, called->function);
		size += called ? called->size : 0;
	}
	return size;
}

static void settle_variants(struct search *search, LLVMValueRef item,
			    struct tandem_pointer_map *helpers)
{
	struct tandem_compilation *compilation = search->compilation;
	bool is_small = inlined_size(search, item) <= MOST_INLINED;

	for (unsigned int i = 0; i < search->count; i++) {
		LLVMValueRef function = search->variants[i].function;

		if (is_small) {
			tandem_ir_add_attribute(compilation, function, "alwaysinline");
			continue;
		}
		tandem_helpers_keep(compilation, function);
		tandem_pointer_map_set(helpers, function, function);
	}
	if (helpers->failed)
		tandem_ir_error(compilation, "no memory");
	tandem_ir_run_passes(compilation, "always-inline,globaldce");
}

void tandem_known_arguments_put(struct tandem_compilation *compilation, LLVMValueRef item,
				const struct tandem_kernel_info *info,
				struct tandem_pointer_map *helpers)
{
	struct search search = { .compilation = compilation, .info = info, .helpers = helpers };
	const struct tandem_backend_request *request = compilation->request;

	for (unsigned int i = 0; i < request->constant_count; i++) {
		LLVMValueRef parameter = LLVMGetParam(item, request->constants[i].argument);
		LLVMValueRef value = known_value(compilation, request->constants[i].argument, 0,
						 LLVMTypeOf(parameter));

		if (value)
			LLVMReplaceAllUsesWith(parameter, value);
	}
	replace_loads(&search, item, NULL);
	if (!request->constant_count)
		return;
	redirect_calls(&search, item, NULL);
	make_variants(&search);
	if (!compilation->failed)
		settle_variants(&search, item, helpers);
	free(search.variants);
}
