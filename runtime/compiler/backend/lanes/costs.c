// SPDX-License-Identifier: MIT
/*
 * Whether bundles promise to be faster than work-items one by one.
 *
 * Counted in instructions, more of them the more loops are around. Where lanes leave a
 * loop in different turns, some wait for others.
 */
#include "body.h"
#include "groups/local_atomics.h"

/* How often a loop is taken to turn. */
#define TURNS 10
/* Deeper loops count the same. */
#define MOST_DEPTH 4
/* A choice that a processor cannot foresee, in instructions. */
#define CHOICE 3
/* An atomic operation, or a call. */
#define DEAR 20
/* A division by what is no constant. */
#define DIVISION 8
/* An atomic operation on local memory. */
#define CHEAP 3
/* What it takes a lane to get its turn. */
#define TURN 6
/*
 * Where lanes are accessed one by one: instructions for each. A store keeps the processor from
 * any other one for a cycle, in vectors, too, while it does several other instructions.
 */
#define LOAD_WITH_GATHERS    1
#define LOAD_WITHOUT_GATHERS 3
#define LOAD_ALONE	     5
#define STORE		     9
#define SHUFFLE		     4
/* Along rows, lanes that take one instruction. */
#define LANES_ALONG_ROWS 2
/* Bits of a vector of the program's that one instruction computes where work-items run alone. */
#define VECTOR_BITS 256
/* An instruction's, which costs are counted in there. */
#define PARTS 16

static bool is_free(LLVMValueRef instruction)
{
	switch (LLVMGetInstructionOpcode(instruction)) {
	case LLVMPHI:
	case LLVMAlloca:
	case LLVMGetElementPtr:
	case LLVMExtractElement:
	case LLVMInsertElement:
	case LLVMShuffleVector:
	case LLVMFreeze:
	case LLVMSExt:
	case LLVMZExt:
	case LLVMTrunc:
	case LLVMBitCast:
	case LLVMAddrSpaceCast:
		return true;
	default:
		return LLVMIsACallInst(instruction) && tandem_lanes_ignore_intrinsic(instruction);
	}
}

static uint64_t cost_of_each(const struct tandem_body *body, LLVMValueRef access)
{
	if (LLVMIsAStoreInst(access))
		return STORE;
	return body->has_scatters ? LOAD_WITH_GATHERS : LOAD_WITHOUT_GATHERS;
}

/* One where lanes' vectors of a power of two components are turned round. */
static uint64_t cost_of_square(const struct tandem_body *body, LLVMValueRef access,
			       unsigned int components)
{
	uint64_t shuffles = 0;

	for (unsigned int half = 1; half < components; half *= 2)
		shuffles += components;
	return (uint64_t)body->lanes * (LLVMIsAStoreInst(access) ? STORE : LOAD_ALONE) +
	       shuffles * SHUFFLE;
}

static uint64_t cost_of_access(const struct tandem_body *body, LLVMValueRef instruction,
			       unsigned int block, unsigned int components)
{
	LLVMValueRef pointer = LLVMGetOperand(instruction, tandem_ir_pointer_operand(instruction));
	const struct tandem_lane_value *value = tandem_body_value(body, pointer);
	struct tandem_shape shape = tandem_body_shape(body, pointer, block);

	if (tandem_shape_is_uniform(shape))
		return value && value->array ? components : 1;
	if (!value || !value->array)
		components = tandem_lanes_access_components(body, instruction);
	if (tandem_lanes_access_step(body, instruction, block))
		return 2 * components;
	if (tandem_lanes_walk(body, instruction))
		return body->lanes / LANES_ALONG_ROWS;
	if (!(value && value->array) && tandem_lanes_access_square(body, instruction))
		return cost_of_square(body, instruction, components);
	return components * body->lanes * cost_of_each(body, instruction);
}

static unsigned int cost_of_one(LLVMValueRef instruction)
{
	return tandem_local_atomics_is_one(instruction) ? CHEAP : DEAR;
}

static uint64_t cost_of(const struct tandem_body *body, LLVMValueRef instruction,
			unsigned int block, unsigned int components)
{
	const struct tandem_lane_value *value = tandem_body_value(body, instruction);

	if (tandem_lanes_take_turns(instruction)) {
		if (LLVMIsAFenceInst(instruction))
			return DEAR;
		if (tandem_lanes_is_atomic_for_all(body, instruction, block))
			return cost_of_one(instruction) + TURN;
		return (cost_of_one(instruction) + TURN) * body->lanes;
	}
	switch (LLVMGetInstructionOpcode(instruction)) {
	case LLVMLoad:
	case LLVMStore:
		return cost_of_access(body, instruction, block, components);
	case LLVMUDiv:
	case LLVMSDiv:
	case LLVMURem:
	case LLVMSRem:
		if (value->shape.kind == TANDEM_SHAPE_VARYING &&
		    !LLVMIsConstant(LLVMGetOperand(instruction, 1)))
			return (uint64_t)components * tandem_lanes_division_cost(body, instruction);
		break;
	case LLVMBr:
	case LLVMSwitch:
		/* Masks. */
		return body->is_varying_branch[block] ? 3 * components : 1;
	default:
		break;
	}
	if (value->shape.kind != TANDEM_SHAPE_VARYING)
		return components;
	/* Of wider elements it takes two vectors. */
	if (LLVMSizeOfTypeInBits(body->compilation->layout, value->element) > 32)
		components *= 2;
	return components;
}

/* Of how many components of a vector an instruction computes one, as far as its operands tell. */
static unsigned int components_beside(LLVMValueRef instruction)
{
	unsigned int most = 1;

	for (int i = 0; i < LLVMGetNumOperands(instruction); i++) {
		LLVMValueRef operand = LLVMGetOperand(instruction, (unsigned int)i);
		unsigned int size;

		if (!LLVMIsAExtractElementInst(operand))
			continue;
		size = LLVMGetVectorSize(LLVMTypeOf(LLVMGetOperand(operand, 0)));
		most = size > most ? size : most;
	}
	return most;
}

/*
 * What a work-item of its own takes for an instruction that accesses or makes @components, of
 * @type where they are one vector; in PARTS. What is computed of a vector's components is
 * computed of all of them at once.
 */
static uint64_t cost_alone(const struct tandem_body *body, LLVMValueRef instruction,
			   LLVMTypeRef type, unsigned int components)
{
	if (LLVMGetTypeKind(type) != LLVMVectorTypeKind)
		return (uint64_t)components * PARTS / components_beside(instruction);
	return (LLVMSizeOfTypeInBits(body->compilation->layout, type) + VECTOR_BITS - 1) /
	       VECTOR_BITS * PARTS;
}

void tandem_body_compare_costs(struct tandem_body *body)
{
	uint64_t one_by_one = 0, in_bundles = 0;

	for (unsigned int i = LLVMCountParams(body->item); i < body->value_count; i++) {
		LLVMValueRef instruction = body->values[i].original;
		unsigned int block = tandem_body_block_of(body, instruction);
		unsigned int loop = body->flow.loop_of[block], depth = 0;
		unsigned int components = body->values[i].components;
		uint64_t weight = 1, cost, alone;
		LLVMTypeRef type;
		bool waits = false;

		if (is_free(instruction))
			continue;
		for (; loop != TANDEM_NO_LOOP; loop = body->flow.loops[loop].parent) {
			waits |= body->is_varying_loop[loop];
			weight *= depth++ < MOST_DEPTH ? TURNS : 1;
		}
		type = LLVMTypeOf(LLVMIsAStoreInst(instruction) ? LLVMGetOperand(instruction, 0) :
								  instruction);
		if (LLVMIsAStoreInst(instruction) && LLVMGetTypeKind(type) == LLVMVectorTypeKind)
			components = LLVMGetVectorSize(type);
		components += !components;
		cost = cost_of(body, instruction, block, components);
		in_bundles += weight * (waits ? 2 * cost : cost);
		alone = cost_alone(body, instruction, type, components);
		if (LLVMIsASelectInst(instruction) &&
		    body->values[i].shape.kind == TANDEM_SHAPE_VARYING)
			alone *= CHOICE;
		if (tandem_lanes_take_turns(instruction))
			alone = (uint64_t)cost_of_one(instruction) * PARTS;
		/* Processors have no division of vectors. */
		if (tandem_lanes_is_division(instruction) &&
		    !LLVMIsConstant(LLVMGetOperand(instruction, 1)))
			alone = (uint64_t)components * DIVISION * PARTS;
		one_by_one += weight * body->lanes * alone;
	}
	one_by_one /= PARTS;
	/* What is not counted takes some time as well. */
	if (!body->are_lanes_forced && in_bundles + in_bundles / 3 >= one_by_one)
		tandem_body_refuse(body, "bundles would not be faster");
}
