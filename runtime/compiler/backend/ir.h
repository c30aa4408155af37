// SPDX-License-Identifier: MIT
/* What the back end's passes share: the compilation, and small helpers over LLVM-C. */
#ifndef TANDEM_COMPILER_BACKEND_IR_H
#define TANDEM_COMPILER_BACKEND_IR_H

#include <llvm-c/Core.h>
#include <llvm-c/Target.h>
#include <llvm-c/TargetMachine.h>

#include "backend.h"
#include "compiler/description.h"

/* SPIR's address spaces. All but private are tagged memory of one flat address space here. */
enum {
	TANDEM_AS_PRIVATE = 0,
	TANDEM_AS_GLOBAL = 1,
	TANDEM_AS_CONSTANT = 2,
	TANDEM_AS_LOCAL = 3,
	TANDEM_AS_GENERIC = 4,
};

/* One call of tandem_backend_compile, or one partition (partitions.h) of it. */
struct tandem_compilation {
	const struct tandem_backend_request *request;
	struct tandem_backend_result *result;
	LLVMContextRef context;
	LLVMModuleRef module;
	LLVMBuilderRef builder;
	LLVMTargetMachineRef machine;
	LLVMTargetDataRef layout;
	char *layout_string;
	LLVMTypeRef i1, i8, i32, i64, pointer;
	LLVMValueRef no_operands; /* an empty metadata node */
	LLVMValueRef mostly_true; /* branch weights */
	/* Kinds of metadata. */
	unsigned int invariant_load, access_group, alias_scope, noalias, loop, branch_weights;
	struct tandem_description description;
	bool kernels_can_be_alone; /* each in an object of its own, see program/deferral.h */
	bool has_single_lanes; /* sub-groups have one work-item, see lanes/sub_groups.h */
	unsigned int sub_group_lanes; /* of the kernel being built */
	bool requires_sub_groups; /* it does, of that size */
	bool may_join_rows; /* another form of it will, see groups/joined_rows.h */
	bool has_loops; /* its program, before some were written out */
	bool is_partition;
	bool refuses_sub_groups; /* failed, as they would have to */
	bool failed; /* a line in the log says why */
};

/* Adds a line to the log and marks the compilation as failed. */
void tandem_ir_error(struct tandem_compilation *compilation, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The value's name; "" where it has none. */
const char *tandem_ir_name(LLVMValueRef value);

/* What names of the program's own functions begin with, behind their links with each other. */
#define TANDEM_PROGRAM_PREFIX "program."

/* The function's name as the program's source has it: clang keeps kernels' code apart. */
const char *tandem_ir_source_name(LLVMValueRef function);

/* Whether @instruction calls the function @name. */
bool tandem_ir_calls(LLVMValueRef instruction, const char *name);

/* The intrinsic's name that @instruction calls, without "llvm.", or NULL. */
const char *tandem_ir_intrinsic(LLVMValueRef instruction);

/* Whether a name, as tandem_ir_intrinsic() has it, begins with @prefix; NULL does not. */
bool tandem_ir_begins_with(const char *name, const char *prefix);

/* Whether a call is of a function that is said to have nothing to do with any memory. */
bool tandem_ir_has_no_memory(LLVMValueRef call);

/* Whether @instruction computes integers of integers, whatever they are: no division does. */
bool tandem_ir_is_integer_operation(LLVMValueRef instruction);

/* Whether @instruction calls an intrinsic that computes integers, whatever they are. */
bool tandem_ir_is_arithmetic_intrinsic(LLVMValueRef instruction);

/*
 * Whether @instruction is one by which other work-items see what is done, or that sees what
 * they do: an atomic or volatile access, or a fence.
 */
bool tandem_ir_is_seen_by_others(LLVMValueRef instruction);

/* Whether it may be noticed, other than by its value, that @instruction is run, or is not. */
bool tandem_ir_is_noticed(LLVMValueRef instruction);

void tandem_ir_add_attribute(struct tandem_compilation *compilation, LLVMValueRef function,
			     const char *name);
bool tandem_ir_has_attribute(LLVMValueRef function, const char *name);
void tandem_ir_remove_attribute(LLVMValueRef function, const char *name);

/* Says that an i64 is from @least to below @end: a function's parameter, or what a load gives. */
void tandem_ir_limit_parameter(struct tandem_compilation *compilation, LLVMValueRef function,
			       unsigned int parameter, uint64_t least, uint64_t end);
void tandem_ir_limit_load(struct tandem_compilation *compilation, LLVMValueRef load, uint64_t least,
			  uint64_t end);

/* Hides a function from passes, or shows it again. */
void tandem_ir_hide_from_passes(struct tandem_compilation *compilation, LLVMValueRef function,
				bool hidden);

/* Runs passes, in the syntax of opt's -passes. */
void tandem_ir_run_passes(struct tandem_compilation *compilation, const char *passes);

/* The same on one function, others being left alone, unfinished ones too. */
void tandem_ir_run_passes_on(struct tandem_compilation *compilation, LLVMValueRef function,
			     const char *passes);

/* What is worth doing before work-items are put together. */
#define TANDEM_SIMPLIFY_ITEM                                          \
	"sroa,early-cse,simplifycfg,instcombine<no-verify-fixpoint>," \
	"loop-mssa(loop-rotate,licm),loop(indvars,loop-unroll-full),sroa,early-cse,simplifycfg"

/* Parses LLVM assembly and links it into the module. */
void tandem_ir_add_text(struct tandem_compilation *compilation, const char *text);

/*
 * Parses LLVM assembly of one function whose first block ends in a branch with a loop's
 * mark, and returns the mark, which outlives the function: the module stays as it is.
 */
LLVMValueRef tandem_ir_loop_mark(struct tandem_compilation *compilation, const char *text);

/* Whether a loop's mark has a property. */
bool tandem_ir_mark_has(LLVMValueRef mark, const char *property);

/* Writes the module down as what it is at @stage, where the request wants it. */
void tandem_ir_dump(struct tandem_compilation *compilation, const char *stage);

/* Marks a load as one of memory that never changes. */
LLVMValueRef tandem_ir_invariant(struct tandem_compilation *compilation, LLVMValueRef load);
bool tandem_ir_is_invariant(LLVMValueRef load);

/* @base + @bytes. */
LLVMValueRef tandem_ir_offset(struct tandem_compilation *compilation, LLVMValueRef base,
			      uint64_t bytes);

/* The first place from @base on that is aligned to @alignment, a power of two. */
LLVMValueRef tandem_ir_align(struct tandem_compilation *compilation, LLVMValueRef base,
			     uint64_t alignment);

/* A vector with @scalar in all of its @count elements; a constant of a constant. */
LLVMValueRef tandem_ir_splat(struct tandem_compilation *compilation, LLVMValueRef scalar,
			     unsigned int count);

/* Hides from all that use an instruction's value how it comes about. */
void tandem_ir_hide(struct tandem_compilation *compilation, LLVMValueRef instruction);

/*
 * The same as LLVMBuildGEP2, in bounds or not. What it builds may be a constant,
 * which must not be changed afterwards: flags are given, not set.
 */
LLVMValueRef tandem_ir_address(struct tandem_compilation *compilation, LLVMTypeRef type,
			       LLVMValueRef base, LLVMValueRef *indices, unsigned int count,
			       bool in_bounds);

/* What an index of an address adds to it: @bytes for each of @index, or as they are. */
struct tandem_ir_step {
	LLVMValueRef index; /* NULL where it names a field */
	uint64_t bytes;
};

/*
 * That of operand @i of an address. They are to be asked for in turn, from 1 on: @type holds what
 * those before lead into.
 */
struct tandem_ir_step tandem_ir_address_step(LLVMTargetDataRef layout, LLVMValueRef address,
					     unsigned int i, LLVMTypeRef *type);

/* @a * @b and @a + @b, that wrap around neither as signed nor as unsigned numbers. */
LLVMValueRef tandem_ir_multiply(struct tandem_compilation *compilation, LLVMValueRef a,
				LLVMValueRef b);
LLVMValueRef tandem_ir_add(struct tandem_compilation *compilation, LLVMValueRef a, LLVMValueRef b);

/* The smaller, or the greater, of two unsigned numbers. */
LLVMValueRef tandem_ir_smaller(struct tandem_compilation *compilation, LLVMValueRef a,
			       LLVMValueRef b);
LLVMValueRef tandem_ir_greater(struct tandem_compilation *compilation, LLVMValueRef a,
			       LLVMValueRef b);

/* The pointer operand's index of a load, store, atomicrmw or cmpxchg, or -1. */
int tandem_ir_pointer_operand(LLVMValueRef instruction);

size_t tandem_ir_count_instructions(LLVMValueRef function);

/* The value of a switch with which it leads to its successor @i, which is not the default. */
LLVMValueRef tandem_ir_case(LLVMValueRef instruction, unsigned int i);

/* The first place in a block where an instruction may stand: behind phis and allocas. */
LLVMValueRef tandem_ir_insertion_point(LLVMBasicBlockRef block);

/* For each instruction of a function; the body may erase the current one. */
#define tandem_ir_for_each(function, block, instruction, next)                        \
	for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;       \
	     block = LLVMGetNextBasicBlock(block))                                    \
		for (LLVMValueRef instruction = LLVMGetFirstInstruction(block), next; \
		     instruction && (next = LLVMGetNextInstruction(instruction), 1);  \
		     instruction = next)

/* Of a call, the arguments. */
unsigned int tandem_ir_operand_count(LLVMValueRef instruction);

/*
 * The same operation, without what @instruction promises of its result, of other operands: a
 * unary or binary operation, a comparison, a select, a freeze, a cast to @type, or an intrinsic
 * that is named after the type of its first operand.
 */
LLVMValueRef tandem_ir_build_like(struct tandem_compilation *compilation, LLVMValueRef instruction,
				  LLVMValueRef *operands, LLVMTypeRef type);

/* Lets the instruction @to, if it is one, be as free with floating-point numbers as @from. */
void tandem_ir_copy_fast_math(LLVMValueRef from, LLVMValueRef to);

#endif
