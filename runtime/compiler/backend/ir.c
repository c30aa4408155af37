// SPDX-License-Identifier: MIT
#include "ir.h"

#include <llvm-c/IRReader.h>
#include <llvm-c/Linker.h>
#include <llvm-c/Transforms/PassBuilder.h>
#include <llvm/Config/llvm-config.h>
#include <stdio.h>
#include <string.h>

#include "util/alloc.h"

/* Of a loop's mark, or of one of these: more are not looked at. */
#define MOST_PROPERTIES 16

void tandem_ir_error(struct tandem_compilation *compilation, const char *format, ...)
{
	struct tandem_text *log = &compilation->result->log;
	va_list arguments;

	va_start(arguments, format);
	tandem_text_print(log, "error: ");
	tandem_text_vprint(log, format, arguments);
	tandem_text_print(log, "\n");
	va_end(arguments);
	compilation->failed = true;
}

const char *tandem_ir_name(LLVMValueRef value)
{
	size_t length;

	return LLVMGetValueName2(value, &length);
}

const char *tandem_ir_source_name(LLVMValueRef function)
{
	static const char *const prefixes[] = { TANDEM_PROGRAM_PREFIX, "__clang_ocl_kern_imp_" };
	const char *name = tandem_ir_name(function);

	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(prefixes); i++) {
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			name += strlen(prefixes[i]);
	}
	return name;
}

bool tandem_ir_calls(LLVMValueRef instruction, const char *name)
{
	LLVMValueRef called;

	if (!LLVMIsACallInst(instruction))
		return false;
	called = LLVMGetCalledValue(instruction);
	return LLVMIsAFunction(called) && !strcmp(tandem_ir_name(called), name);
}

const char *tandem_ir_intrinsic(LLVMValueRef instruction)
{
	LLVMValueRef called;
	const char *name;

	if (!LLVMIsACallInst(instruction))
		return NULL;
	called = LLVMGetCalledValue(instruction);
	if (!LLVMIsAFunction(called))
		return NULL;
	name = tandem_ir_name(called);
	return strncmp(name, "llvm.", 5) ? NULL : name + 5;
}

bool tandem_ir_begins_with(const char *name, const char *prefix)
{
	return name && !strncmp(name, prefix, strlen(prefix));
}

bool tandem_ir_has_no_memory(LLVMValueRef call)
{
	unsigned int memory = LLVMGetEnumAttributeKindForName("memory", 6);
	LLVMValueRef called = LLVMGetCalledValue(call);
	LLVMAttributeRef attribute;

	if (!LLVMIsAFunction(called))
		return false;
	attribute = LLVMGetEnumAttributeAtIndex(
		called, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, memory);
	return attribute && !LLVMGetEnumAttributeValue(attribute);
}

bool tandem_ir_is_arithmetic_intrinsic(LLVMValueRef instruction)
{
	static const char *const names[] = {
		"umax.",     "umin.",	  "smax.",     "smin.",	 "abs.",  "uadd.sat.",
		"usub.sat.", "sadd.sat.", "ssub.sat.", "ctpop.", "fshl.", "fshr.",
	};
	const char *name = tandem_ir_intrinsic(instruction);

	for (size_t i = 0; name && i < TANDEM_ARRAY_SIZE(names); i++) {
		if (!strncmp(name, names[i], strlen(names[i])))
			return true;
	}
	return false;
}

static bool is_volatile_intrinsic(LLVMValueRef instruction)
{
	const char *name = tandem_ir_intrinsic(instruction);
	LLVMValueRef is_volatile;

	if (!name || strncmp(name, "mem", 3))
		return false;
	is_volatile = LLVMGetNumArgOperands(instruction) > 3 ? LLVMGetOperand(instruction, 3) :
							       NULL;
	return is_volatile && LLVMIsAConstantInt(is_volatile) &&
	       LLVMConstIntGetZExtValue(is_volatile);
}

bool tandem_ir_is_integer_operation(LLVMValueRef instruction)
{
	switch (LLVMGetInstructionOpcode(instruction)) {
	case LLVMAdd:
	case LLVMSub:
	case LLVMMul:
	case LLVMShl:
	case LLVMLShr:
	case LLVMAShr:
	case LLVMAnd:
	case LLVMOr:
	case LLVMXor:
	case LLVMTrunc:
	case LLVMZExt:
	case LLVMSExt:
		return true;
	default:
		return false;
	}
}

bool tandem_ir_is_seen_by_others(LLVMValueRef instruction)
{
	if (LLVMIsALoadInst(instruction) || LLVMIsAStoreInst(instruction))
		return LLVMGetVolatile(instruction) ||
		       LLVMGetOrdering(instruction) != LLVMAtomicOrderingNotAtomic;
	return LLVMIsAAtomicRMWInst(instruction) || LLVMIsAAtomicCmpXchgInst(instruction) ||
	       LLVMIsAFenceInst(instruction) || is_volatile_intrinsic(instruction);
}

bool tandem_ir_is_noticed(LLVMValueRef instruction)
{
	bool computes = LLVMIsACallInst(instruction) && tandem_ir_intrinsic(instruction) &&
			tandem_ir_has_no_memory(instruction);

	return LLVMIsAStoreInst(instruction) || (LLVMIsACallInst(instruction) && !computes) ||
	       tandem_ir_is_seen_by_others(instruction);
}

static unsigned int attribute_kind(const char *name)
{
	return LLVMGetEnumAttributeKindForName(name, strlen(name));
}

void tandem_ir_add_attribute(struct tandem_compilation *compilation, LLVMValueRef function,
			     const char *name)
{
	LLVMAttributeRef attribute =
		LLVMCreateEnumAttribute(compilation->context, attribute_kind(name), 0);

	LLVMAddAttributeAtIndex(function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
				attribute);
}

bool tandem_ir_has_attribute(LLVMValueRef function, const char *name)
{
	return LLVMGetEnumAttributeAtIndex(function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
					   attribute_kind(name));
}

void tandem_ir_remove_attribute(LLVMValueRef function, const char *name)
{
	LLVMRemoveEnumAttributeAtIndex(function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
				       attribute_kind(name));
}

void tandem_ir_limit_parameter(struct tandem_compilation *compilation, LLVMValueRef function,
			       unsigned int parameter, uint64_t least, uint64_t end)
{
	LLVMAddAttributeAtIndex(function, parameter + 1,
				LLVMCreateConstantRangeAttribute(compilation->context,
								 attribute_kind("range"), 64,
								 &least, &end));
}

void tandem_ir_limit_load(struct tandem_compilation *compilation, LLVMValueRef load, uint64_t least,
			  uint64_t end)
{
	LLVMMetadataRef limits[] = {
		LLVMValueAsMetadata(LLVMConstInt(compilation->i64, least, 0)),
		LLVMValueAsMetadata(LLVMConstInt(compilation->i64, end, 0)),
	};

	LLVMSetMetadata(load, LLVMGetMDKindIDInContext(compilation->context, "range", 5),
			LLVMMetadataAsValue(compilation->context,
					    LLVMMDNodeInContext2(compilation->context, limits, 2)));
}

/* Of passes that could not be run, if @error says so. */
static void report(struct tandem_compilation *compilation, LLVMErrorRef error)
{
	char *message;

	if (!error)
		return;
	message = LLVMGetErrorMessage(error);
	tandem_ir_error(compilation, "%s", message);
	LLVMDisposeErrorMessage(message);
}

void tandem_ir_run_passes(struct tandem_compilation *compilation, const char *passes)
{
	LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();

	LLVMPassBuilderOptionsSetLoopVectorization(options, 1);
	LLVMPassBuilderOptionsSetSLPVectorization(options, 1);
	LLVMPassBuilderOptionsSetLoopInterleaving(options, 1);
	LLVMPassBuilderOptionsSetLoopUnrolling(options, 1);
	report(compilation,
	       LLVMRunPasses(compilation->module, passes, compilation->machine, options));
	LLVMDisposePassBuilderOptions(options);
}

void tandem_ir_hide_from_passes(struct tandem_compilation *compilation, LLVMValueRef function,
				bool hidden)
{
	if (hidden)
		tandem_ir_add_attribute(compilation, function, "optnone");
	else
		tandem_ir_remove_attribute(function, "optnone");
}

#if LLVM_VERSION_MAJOR < 20
/* Hides all functions but one from passes, or hides none any more. */
static void hide_all_but(struct tandem_compilation *compilation, LLVMValueRef function, bool hidden)
{
	LLVMValueRef other = LLVMGetFirstFunction(compilation->module);

	for (; other; other = LLVMGetNextFunction(other)) {
		if (other != function && !LLVMIsDeclaration(other))
			tandem_ir_hide_from_passes(compilation, other, hidden);
	}
}
#endif

void tandem_ir_run_passes_on(struct tandem_compilation *compilation, LLVMValueRef function,
			     const char *passes)
{
#if LLVM_VERSION_MAJOR >= 20
	LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();

	report(compilation,
	       LLVMRunPassesOnFunction(function, passes, compilation->machine, options));
	LLVMDisposePassBuilderOptions(options);
#else
	struct tandem_text all = { 0 };

	tandem_text_print(&all, "function(%s)", passes);
	hide_all_but(compilation, function, true);
	if (all.failed)
		tandem_ir_error(compilation, "no memory");
	else
		tandem_ir_run_passes(compilation, tandem_text_string(&all));
	hide_all_but(compilation, function, false);
	tandem_text_finish(&all);
#endif
}

static LLVMModuleRef parse_text(struct tandem_compilation *compilation, const char *text)
{
	LLVMMemoryBufferRef buffer =
		LLVMCreateMemoryBufferWithMemoryRangeCopy(text, strlen(text), "tandem");
	LLVMModuleRef module;
	char *message = NULL;

	/* Parsing takes the buffer. */
	if (!LLVMParseIRInContext(compilation->context, buffer, &module, &message))
		return module;
	tandem_ir_error(compilation, "internal: %s", message);
	LLVMDisposeMessage(message);
	return NULL;
}

void tandem_ir_add_text(struct tandem_compilation *compilation, const char *text)
{
	LLVMModuleRef module = parse_text(compilation, text);

	if (!module)
		return;
	LLVMSetTarget(module, LLVMGetTarget(compilation->module));
	LLVMSetDataLayout(module, compilation->layout_string);
	if (LLVMLinkModules2(compilation->module, module))
		tandem_ir_error(compilation, "internal: the group functions cannot be linked");
}

LLVMValueRef tandem_ir_loop_mark(struct tandem_compilation *compilation, const char *text)
{
	LLVMModuleRef module = parse_text(compilation, text);
	LLVMValueRef mark = NULL;

	if (module) {
		LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(LLVMGetFirstFunction(module));

		mark = LLVMGetMetadata(LLVMGetBasicBlockTerminator(entry), compilation->loop);
		LLVMDisposeModule(module);
	}
	return mark;
}

bool tandem_ir_mark_has(LLVMValueRef mark, const char *property)
{
	unsigned int count = (unsigned int)LLVMGetMDNodeNumOperands(mark);
	LLVMValueRef properties[MOST_PROPERTIES], parts[MOST_PROPERTIES];

	if (count > MOST_PROPERTIES)
		return false;
	LLVMGetMDNodeOperands(mark, properties);
	for (unsigned int i = 1; i < count; i++) {
		unsigned int length, parts_count = LLVMGetMDNodeNumOperands(properties[i]);
		const char *string;

		if (!parts_count || parts_count > MOST_PROPERTIES)
			continue;
		LLVMGetMDNodeOperands(properties[i], parts);
		string = LLVMGetMDString(parts[0], &length);
		if (string && length == strlen(property) && !memcmp(string, property, length))
			return true;
	}
	return false;
}

LLVMValueRef tandem_ir_invariant(struct tandem_compilation *compilation, LLVMValueRef load)
{
	LLVMSetMetadata(load, compilation->invariant_load, compilation->no_operands);
	return load;
}

bool tandem_ir_is_invariant(LLVMValueRef load)
{
	static const char name[] = "invariant.load";
	LLVMContextRef context = LLVMGetTypeContext(LLVMTypeOf(load));

	return LLVMGetMetadata(load, LLVMGetMDKindIDInContext(context, name, sizeof(name) - 1)) !=
	       NULL;
}

LLVMValueRef tandem_ir_offset(struct tandem_compilation *compilation, LLVMValueRef base,
			      uint64_t bytes)
{
	LLVMValueRef index = LLVMConstInt(compilation->i64, bytes, 0);

	return LLVMBuildInBoundsGEP2(compilation->builder, compilation->i8, base, &index, 1, "");
}

LLVMValueRef tandem_ir_align(struct tandem_compilation *compilation, LLVMValueRef base,
			     uint64_t alignment)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef offset = LLVMBuildPtrToInt(builder, base, compilation->i64, "");

	offset = LLVMBuildNeg(builder, offset, "");
	offset =
		LLVMBuildAnd(builder, offset, LLVMConstInt(compilation->i64, alignment - 1, 0), "");
	return LLVMBuildInBoundsGEP2(builder, compilation->i8, base, &offset, 1, "");
}

LLVMValueRef tandem_ir_splat(struct tandem_compilation *compilation, LLVMValueRef scalar,
			     unsigned int count)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMTypeRef type = LLVMVectorType(LLVMTypeOf(scalar), count);
	LLVMTypeRef places = LLVMVectorType(compilation->i32, count);
	LLVMValueRef first = LLVMConstInt(compilation->i32, 0, 0), vector;

	vector = LLVMBuildInsertElement(builder, LLVMGetPoison(type), scalar, first, "");
	return LLVMBuildShuffleVector(builder, vector, LLVMGetPoison(type), LLVMConstNull(places),
				      "");
}

void tandem_ir_hide(struct tandem_compilation *compilation, LLVMValueRef instruction)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef frozen;

	LLVMPositionBuilderBefore(builder, LLVMGetNextInstruction(instruction));
	frozen = LLVMBuildFreeze(builder, instruction, "");
	LLVMReplaceAllUsesWith(instruction, frozen);
	LLVMSetOperand(frozen, 0, instruction);
}

LLVMValueRef tandem_ir_address(struct tandem_compilation *compilation, LLVMTypeRef type,
			       LLVMValueRef base, LLVMValueRef *indices, unsigned int count,
			       bool in_bounds)
{
	LLVMBuilderRef builder = compilation->builder;

	return in_bounds ? LLVMBuildInBoundsGEP2(builder, type, base, indices, count, "") :
			   LLVMBuildGEP2(builder, type, base, indices, count, "");
}

struct tandem_ir_step tandem_ir_address_step(LLVMTargetDataRef layout, LLVMValueRef address,
					     unsigned int i, LLVMTypeRef *type)
{
	LLVMValueRef index = LLVMGetOperand(address, i);

	if (i == 1) {
		*type = LLVMGetGEPSourceElementType(address);
	} else if (LLVMGetTypeKind(*type) == LLVMStructTypeKind) {
		unsigned int field = (unsigned int)LLVMConstIntGetZExtValue(index);
		uint64_t offset = LLVMOffsetOfElement(layout, *type, field);

		*type = LLVMStructGetTypeAtIndex(*type, field);
		return (struct tandem_ir_step){ NULL, offset };
	} else {
		*type = LLVMGetElementType(*type);
	}
	return (struct tandem_ir_step){ index, LLVMABISizeOfType(layout, *type) };
}

static LLVMValueRef without_wrapping(LLVMValueRef value)
{
	/* Of constants the builder makes a constant. */
	if (LLVMIsAInstruction(value)) {
		LLVMSetNUW(value, 1);
		LLVMSetNSW(value, 1);
	}
	return value;
}

LLVMValueRef tandem_ir_multiply(struct tandem_compilation *compilation, LLVMValueRef a,
				LLVMValueRef b)
{
	return without_wrapping(LLVMBuildMul(compilation->builder, a, b, ""));
}

LLVMValueRef tandem_ir_add(struct tandem_compilation *compilation, LLVMValueRef a, LLVMValueRef b)
{
	return without_wrapping(LLVMBuildAdd(compilation->builder, a, b, ""));
}

LLVMValueRef tandem_ir_smaller(struct tandem_compilation *compilation, LLVMValueRef a,
			       LLVMValueRef b)
{
	LLVMValueRef is_less = LLVMBuildICmp(compilation->builder, LLVMIntULT, a, b, "");

	return LLVMBuildSelect(compilation->builder, is_less, a, b, "");
}

LLVMValueRef tandem_ir_greater(struct tandem_compilation *compilation, LLVMValueRef a,
			       LLVMValueRef b)
{
	LLVMValueRef is_more = LLVMBuildICmp(compilation->builder, LLVMIntUGT, a, b, "");

	return LLVMBuildSelect(compilation->builder, is_more, a, b, "");
}

int tandem_ir_pointer_operand(LLVMValueRef instruction)
{
	switch (LLVMGetInstructionOpcode(instruction)) {
	case LLVMLoad:
	case LLVMAtomicRMW:
	case LLVMAtomicCmpXchg:
		return 0;
	case LLVMStore:
		return 1;
	default:
		return -1;
	}
}

size_t tandem_ir_count_instructions(LLVMValueRef function)
{
	size_t count = 0;

	tandem_ir_for_each(function, block, instruction, next)
		count++;
	return count;
}

LLVMValueRef tandem_ir_case(LLVMValueRef instruction, unsigned int i)
{
#if LLVM_VERSION_MAJOR >= 22
	return LLVMGetSwitchCaseValue(instruction, i);
#else
	return LLVMGetOperand(instruction, 2 * i);
#endif
}

LLVMValueRef tandem_ir_insertion_point(LLVMBasicBlockRef block)
{
	LLVMValueRef instruction = LLVMGetFirstInstruction(block);

	while (LLVMIsAPHINode(instruction) || LLVMIsAAllocaInst(instruction))
		instruction = LLVMGetNextInstruction(instruction);
	return instruction;
}

void tandem_ir_dump(struct tandem_compilation *compilation, const char *stage)
{
	struct tandem_text path = { 0 };
	char *message = NULL;

	if (!compilation->request->dump_prefix)
		return;
	tandem_text_print(&path, "%s.%s.ll", compilation->request->dump_prefix, stage);
	if (!path.failed && LLVMPrintModuleToFile(compilation->module, path.bytes, &message)) {
		fprintf(stderr, "tandem: %s: %s\n", path.bytes, message);
		LLVMDisposeMessage(message);
	}
	tandem_text_finish(&path);
}

unsigned int tandem_ir_operand_count(LLVMValueRef instruction)
{
	return LLVMIsACallInst(instruction) ? LLVMGetNumArgOperands(instruction) :
					      (unsigned int)LLVMGetNumOperands(instruction);
}

static LLVMValueRef build_intrinsic_like(struct tandem_compilation *compilation, LLVMValueRef call,
					 LLVMValueRef *operands)
{
	unsigned int id = LLVMGetIntrinsicID(LLVMGetCalledValue(call));
	LLVMTypeRef overload = LLVMTypeOf(operands[0]);
	LLVMValueRef function = LLVMGetIntrinsicDeclaration(compilation->module, id, &overload, 1);

	return LLVMBuildCall2(compilation->builder, LLVMGlobalGetValueType(function), function,
			      operands, LLVMGetNumArgOperands(call), "");
}

LLVMValueRef tandem_ir_build_like(struct tandem_compilation *compilation, LLVMValueRef instruction,
				  LLVMValueRef *operands, LLVMTypeRef type)
{
	LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);
	LLVMBuilderRef builder = compilation->builder;

	switch (opcode) {
	case LLVMICmp:
		return LLVMBuildICmp(builder, LLVMGetICmpPredicate(instruction), operands[0],
				     operands[1], "");
	case LLVMFCmp:
		return LLVMBuildFCmp(builder, LLVMGetFCmpPredicate(instruction), operands[0],
				     operands[1], "");
	case LLVMSelect:
		return LLVMBuildSelect(builder, operands[0], operands[1], operands[2], "");
	case LLVMFNeg:
		return LLVMBuildFNeg(builder, operands[0], "");
	case LLVMFreeze:
		return LLVMBuildFreeze(builder, operands[0], "");
	case LLVMCall:
		return build_intrinsic_like(compilation, instruction, operands);
	default:
		if (LLVMIsACastInst(instruction))
			return LLVMBuildCast(builder, opcode, operands[0], type, "");
		return LLVMBuildBinOp(builder, opcode, operands[0], operands[1], "");
	}
}

void tandem_ir_copy_fast_math(LLVMValueRef from, LLVMValueRef to)
{
	if (LLVMIsAInstruction(to) && LLVMCanValueUseFastMathFlags(from) &&
	    LLVMCanValueUseFastMathFlags(to))
		LLVMSetFastMathFlags(to, LLVMGetFastMathFlags(from));
}
