// SPDX-License-Identifier: MIT
/*
 * Private variables that optimisation left in memory.
 *
 * Where all accesses are to elements of one size, at multiples of it, and the address is
 * in no other variable, lanes' elements lie next to each other. An OpenCL vector's
 * components are elements.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "util/alloc.h"

/* Beyond this, a lane's variables, for all lanes, take too much of the stack. */
#define MOST_ARRAY_BYTES (8u << 10)

static uint64_t element_bytes(const struct tandem_body *body, LLVMTypeRef type)
{
	if (LLVMGetTypeKind(type) == LLVMVectorTypeKind)
		type = LLVMGetElementType(type);
	switch (LLVMGetTypeKind(type)) {
	case LLVMIntegerTypeKind:
	case LLVMHalfTypeKind:
	case LLVMFloatTypeKind:
	case LLVMDoubleTypeKind:
		return LLVMABISizeOfType(body->compilation->layout, type);
	default:
		return 0;
	}
}

/* Whether an address's constant part, and what its indices step over, are multiples. */
static bool steps_are_multiples(const struct tandem_body *body, LLVMValueRef gep, uint64_t bytes)
{
	unsigned int count = (unsigned int)LLVMGetNumOperands(gep);
	LLVMTypeRef type;

	for (unsigned int i = 1; i < count; i++) {
		struct tandem_ir_step step =
			tandem_ir_address_step(body->compilation->layout, gep, i, &type);

		if (step.index && LLVMIsAConstantInt(step.index))
			step.bytes *= LLVMConstIntGetZExtValue(step.index);
		if (step.bytes % bytes)
			return false;
	}
	return true;
}

/* Walks over the uses of an address. @bytes: of elements, 0 while none has been seen. */
static bool can_interleave(const struct tandem_body *body, LLVMValueRef address, uint64_t *bytes)
{
	for (LLVMUseRef use = LLVMGetFirstUse(address); use; use = LLVMGetNextUse(use)) {
		LLVMValueRef user = LLVMGetUser(use);
		LLVMTypeRef type;

		if (LLVMIsACallInst(user) && tandem_lanes_ignore_intrinsic(user))
			continue;
		if (tandem_lanes_take_turns(user))
			return false;
		if (LLVMIsAGetElementPtrInst(user)) {
			if (LLVMGetOperand(user, 0) != address ||
			    !can_interleave(body, user, bytes))
				return false;
			continue;
		}
		if (LLVMIsALoadInst(user))
			type = LLVMTypeOf(user);
		else if (LLVMIsAStoreInst(user) && LLVMGetOperand(user, 0) != address)
			type = LLVMTypeOf(LLVMGetOperand(user, 0));
		else
			return false;
		if (!element_bytes(body, type) || (*bytes && *bytes != element_bytes(body, type)))
			return false;
		*bytes = element_bytes(body, type);
	}
	return true;
}

/* Marks addresses into the array; false where some step is no multiple of the element. */
static bool mark_addresses(const struct tandem_body *body, LLVMValueRef address,
			   struct tandem_private_array *array)
{
	tandem_body_value(body, address)->array = array;
	tandem_body_value(body, address)->element = body->compilation->i64;
	for (LLVMUseRef use = LLVMGetFirstUse(address); use; use = LLVMGetNextUse(use)) {
		LLVMValueRef user = LLVMGetUser(use);

		if (LLVMIsAGetElementPtrInst(user) && tandem_body_value(body, user) &&
		    (!steps_are_multiples(body, user, array->element_bytes) ||
		     !mark_addresses(body, user, array)))
			return false;
	}
	return true;
}

static void unmark_addresses(const struct tandem_body *body, struct tandem_private_array *array)
{
	for (unsigned int i = 0; i < body->value_count; i++) {
		if (body->values[i].array != array)
			continue;
		body->values[i].array = NULL;
		body->values[i].element = LLVMTypeOf(body->values[i].original);
	}
	array->element_bytes = 0;
}

static void add_array(struct tandem_body *body, LLVMValueRef alloca_)
{
	struct tandem_private_array *array = &body->arrays[body->array_count++];
	LLVMTypeRef type = LLVMGetAllocatedType(alloca_);

	array->original = alloca_;
	array->bytes = LLVMABISizeOfType(body->compilation->layout, type);
	array->alignment = LLVMGetAlignment(alloca_);
	if (array->alignment < 1)
		array->alignment = 1;
	if (!LLVMIsAConstantInt(LLVMGetOperand(alloca_, 0)) ||
	    LLVMConstIntGetZExtValue(LLVMGetOperand(alloca_, 0)) != 1 ||
	    LLVMGetInstructionParent(alloca_) != LLVMGetEntryBasicBlock(body->item))
		tandem_body_refuse(body, "a private variable's size is not known");
	if (!can_interleave(body, alloca_, &array->element_bytes))
		array->element_bytes = 0;
	if (array->element_bytes &&
	    (array->bytes % array->element_bytes || !mark_addresses(body, alloca_, array)))
		unmark_addresses(body, array);
}

void tandem_body_find_arrays(struct tandem_body *body)
{
	unsigned int count = 0;
	uint64_t bytes = 0;

	for (unsigned int i = 0; i < body->value_count; i++)
		count += LLVMIsAAllocaInst(body->values[i].original) ? 1 : 0;
	body->arrays = tandem_new_array(body->arrays, count + 1);
	if (!body->arrays) {
		body->failed = true;
		return;
	}
	for (unsigned int i = 0; i < body->value_count; i++) {
		if (LLVMIsAAllocaInst(body->values[i].original))
			add_array(body, body->values[i].original);
	}
	for (unsigned int i = 0; i < count; i++)
		bytes += tandem_align_up(body->arrays[i].bytes, body->arrays[i].alignment);
	if (bytes > MOST_ARRAY_BYTES)
		tandem_body_refuse(body, "its private variables have %" PRIu64 " bytes", bytes);
}
