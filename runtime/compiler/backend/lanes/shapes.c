// SPDX-License-Identifier: MIT
/*
 * How values differ between lanes.
 *
 * Found by repetition, from nothing being known on. A branch on a value that varies keeps
 * lanes apart up to where all its ways meet: in these blocks, and where they meet, phis
 * vary whose value depends on the way. Where the ways meet only behind a loop, lanes leave
 * the loop in different turns, and what is computed in it varies behind it, though it may
 * be uniform inside.
 */
#include <stdlib.h>

#include "body.h"

static const struct tandem_shape unseen = { TANDEM_SHAPE_UNSEEN, 0 };
static const struct tandem_shape uniform = { TANDEM_SHAPE_EVEN, 0 };
static const struct tandem_shape varying = { TANDEM_SHAPE_VARYING, 0 };

static struct tandem_shape even(int64_t stride)
{
	return (struct tandem_shape){ TANDEM_SHAPE_EVEN, stride };
}

struct tandem_shape tandem_body_shape(const struct tandem_body *body, LLVMValueRef value,
				      unsigned int block)
{
	const struct tandem_lane_value *known = tandem_body_value(body, value);

	if (!known)
		return uniform;
	if (known->shape.kind != TANDEM_SHAPE_UNSEEN && tandem_body_leaves_loop(body, value, block))
		return varying;
	return known->shape;
}

static struct tandem_shape operand(const struct tandem_body *body, LLVMValueRef instruction, int i)
{
	return tandem_body_shape(body, LLVMGetOperand(instruction, i),
				 tandem_body_block_of(body, instruction));
}

/* Of what must all be uniform for the result to be. */
static struct tandem_shape mixed(const struct tandem_body *body, LLVMValueRef instruction)
{
	struct tandem_shape result = uniform;

	for (int i = 0; i < LLVMGetNumOperands(instruction); i++) {
		LLVMValueRef value = LLVMGetOperand(instruction, i);
		struct tandem_shape shape;

		if (LLVMIsAFunction(value) || LLVMValueIsBasicBlock(value))
			continue;
		shape = operand(body, instruction, i);
		if (shape.kind == TANDEM_SHAPE_UNSEEN)
			result = unseen;
		else if (!tandem_shape_is_uniform(shape))
			return varying;
	}
	return result;
}

static struct tandem_shape sum(struct tandem_shape a, struct tandem_shape b, int64_t factor)
{
	int64_t product, stride;

	if (a.kind == TANDEM_SHAPE_VARYING || b.kind == TANDEM_SHAPE_VARYING)
		return varying;
	if (a.kind == TANDEM_SHAPE_UNSEEN || b.kind == TANDEM_SHAPE_UNSEEN)
		return unseen;
	if (__builtin_mul_overflow(b.stride, factor, &product) ||
	    __builtin_add_overflow(a.stride, product, &stride))
		return varying;
	return even(stride);
}

static struct tandem_shape product(const struct tandem_body *body, LLVMValueRef instruction)
{
	LLVMValueRef a = LLVMGetOperand(instruction, 0), b = LLVMGetOperand(instruction, 1);

	if (LLVMIsAConstantInt(b))
		return sum(uniform, operand(body, instruction, 0), LLVMConstIntGetSExtValue(b));
	if (LLVMIsAConstantInt(a))
		return sum(uniform, operand(body, instruction, 1), LLVMConstIntGetSExtValue(a));
	return mixed(body, instruction);
}

static struct tandem_shape shifted(const struct tandem_body *body, LLVMValueRef instruction)
{
	LLVMValueRef amount = LLVMGetOperand(instruction, 1);

	if (!LLVMIsAConstantInt(amount) || LLVMConstIntGetZExtValue(amount) > 48)
		return mixed(body, instruction);
	return sum(uniform, operand(body, instruction, 0),
		   INT64_C(1) << LLVMConstIntGetZExtValue(amount));
}

/* Of what keeps some of a number's bits. */
static struct tandem_shape widened(const struct tandem_body *body, LLVMValueRef instruction)
{
	struct tandem_shape shape = mixed(body, instruction);
	LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);

	if (shape.kind != TANDEM_SHAPE_VARYING || !tandem_body_widens_evenly(body, instruction))
		return shape;
	shape = operand(body, instruction, 0);
	/* What is shifted out is nothing of the stride. */
	if (opcode == LLVMAShr || opcode == LLVMLShr)
		shape.stride >>= LLVMConstIntGetZExtValue(LLVMGetOperand(instruction, 1));
	return shape;
}

struct tandem_shape tandem_body_add_index(const struct tandem_body *body, struct tandem_shape base,
					  LLVMValueRef address, unsigned int i,
					  struct tandem_shape index)
{
	unsigned int width = LLVMGetIntTypeWidth(LLVMTypeOf(LLVMGetOperand(address, i)));
	struct tandem_ir_step step = { 0 };
	LLVMTypeRef type;

	for (unsigned int k = 1; k <= i; k++)
		step = tandem_ir_address_step(body->compilation->layout, address, k, &type);
	if (!step.index)
		return base;
	if (index.kind == TANDEM_SHAPE_EVEN && index.stride && width != 64)
		index = varying;
	return sum(base, index, (int64_t)step.bytes);
}

static struct tandem_shape address(const struct tandem_body *body, LLVMValueRef instruction)
{
	struct tandem_shape result = operand(body, instruction, 0);

	for (int i = 1; i < LLVMGetNumOperands(instruction); i++)
		result = tandem_body_add_index(body, result, instruction, (unsigned int)i,
					       operand(body, instruction, i));
	return result;
}

static struct tandem_shape variable(const struct tandem_body *body, LLVMValueRef instruction)
{
	for (unsigned int i = 0; i < body->array_count; i++) {
		const struct tandem_private_array *array = &body->arrays[i];

		if (array->original == instruction && !array->element_bytes)
			return even((int64_t)((array->bytes + array->alignment - 1) /
					      array->alignment * array->alignment));
	}
	return uniform;
}

static struct tandem_shape loaded(const struct tandem_body *body, LLVMValueRef load)
{
	const struct tandem_lane_value *pointer = tandem_body_value(body, LLVMGetOperand(load, 0));

	return pointer && pointer->array ? varying : mixed(body, load);
}

static struct tandem_shape meet(struct tandem_shape a, struct tandem_shape b)
{
	if (a.kind == TANDEM_SHAPE_UNSEEN)
		return b;
	if (b.kind == TANDEM_SHAPE_UNSEEN)
		return a;
	if (a.kind == TANDEM_SHAPE_EVEN && b.kind == TANDEM_SHAPE_EVEN && a.stride == b.stride)
		return a;
	return varying;
}

static struct tandem_shape selected(const struct tandem_body *body, LLVMValueRef instruction)
{
	struct tandem_shape condition = operand(body, instruction, 0);

	if (condition.kind == TANDEM_SHAPE_UNSEEN)
		return unseen;
	if (!tandem_shape_is_uniform(condition))
		return varying;
	return meet(operand(body, instruction, 1), operand(body, instruction, 2));
}

static struct tandem_shape joined(const struct tandem_body *body, LLVMValueRef phi)
{
	struct tandem_shape result = unseen;

	if (body->is_varying_join[tandem_body_block_of(body, phi)])
		return varying;
	for (unsigned int i = 0; i < LLVMCountIncoming(phi); i++)
		result = meet(result, tandem_body_shape(body, LLVMGetIncomingValue(phi, i),
							tandem_body_block_of(body, phi)));
	return result;
}

static struct tandem_shape shape_of(const struct tandem_body *body, LLVMValueRef instruction)
{
	if (tandem_lanes_take_turns(instruction))
		return varying;
	if (tandem_lanes_call_of(instruction))
		return tandem_lanes_call_shape(body, instruction);
	switch (LLVMGetInstructionOpcode(instruction)) {
	case LLVMAdd:
		return sum(operand(body, instruction, 0), operand(body, instruction, 1), 1);
	case LLVMSub:
		return sum(operand(body, instruction, 0), operand(body, instruction, 1), -1);
	case LLVMOr:
		if (LLVMGetIsDisjoint(instruction))
			return sum(operand(body, instruction, 0), operand(body, instruction, 1), 1);
		return mixed(body, instruction);
	case LLVMMul:
		return product(body, instruction);
	case LLVMShl:
		return shifted(body, instruction);
	case LLVMSExt:
	case LLVMZExt:
	case LLVMAnd:
	case LLVMAShr:
	case LLVMLShr:
		return widened(body, instruction);
	case LLVMTrunc:
	case LLVMAddrSpaceCast:
	case LLVMPtrToInt:
	case LLVMIntToPtr:
	case LLVMFreeze:
		return operand(body, instruction, 0);
	case LLVMGetElementPtr:
		return address(body, instruction);
	case LLVMAlloca:
		return variable(body, instruction);
	case LLVMLoad:
		return loaded(body, instruction);
	case LLVMSelect:
		return selected(body, instruction);
	case LLVMPHI:
		return joined(body, instruction);
	default:
		return mixed(body, instruction);
	}
}

/* Only integers of at most 64 bits and pointers grow; a stride is as wide as they are. */
static struct tandem_shape fitted(const struct tandem_lane_value *value, struct tandem_shape shape)
{
	unsigned int width;

	if (shape.kind != TANDEM_SHAPE_EVEN || !shape.stride)
		return shape;
	if (value->components != 1)
		return varying;
	if (LLVMGetTypeKind(value->element) == LLVMPointerTypeKind)
		return shape;
	if (LLVMGetTypeKind(value->element) != LLVMIntegerTypeKind)
		return varying;
	width = LLVMGetIntTypeWidth(value->element);
	if (width > 64 || width < 8)
		return varying;
	shape.stride = (int64_t)((uint64_t)shape.stride << (64 - width)) >> (64 - width);
	return shape;
}

/* ---- branches ---- */

static void add_reached(struct tandem_body *body, unsigned int from, unsigned int block)
{
	uint64_t *region = body->regions + from * body->words;
	const uint64_t *meeting = body->post_dominators + from * body->words;

	if (tandem_set_has(region, block) || (block != from && tandem_set_has(meeting, block)))
		return;
	tandem_set_add(region, block);
	for (unsigned int k = 0; k < tandem_body_successors(body, block); k++)
		add_reached(body, from, tandem_body_successor(body, block, k));
}

/* How many blocks where lanes are apart, or part, lead to a block: @back says from where. */
static unsigned int count_ways(const struct tandem_body *body, unsigned int from,
			       unsigned int block, bool back)
{
	const uint64_t *region = body->regions + from * body->words;
	unsigned int count = 0;

	for (unsigned int i = 0; i < body->flow.block_count; i++) {
		if ((i != from && !tandem_set_has(region, i)) || (i >= block) != back)
			continue;
		for (unsigned int k = 0; k < tandem_body_successors(body, i); k++)
			count += tandem_body_successor(body, i, k) == block;
	}
	return count;
}

static void branch_varies(struct tandem_body *body, unsigned int from)
{
	const uint64_t *meeting = body->post_dominators + from * body->words;

	body->is_varying_branch[from] = true;
	for (unsigned int k = 0; k < tandem_body_successors(body, from); k++)
		add_reached(body, from, tandem_body_successor(body, from, k));
	/* Lanes come to a loop's header together from outside, and together from inside. */
	for (unsigned int i = 0; i < body->flow.block_count; i++) {
		if (count_ways(body, from, i, false) > 1 || count_ways(body, from, i, true) > 1)
			body->is_varying_join[i] = true;
	}
	/* They leave a loop in different turns where they do not all meet inside it again. */
	for (unsigned int loop = 0; loop < body->flow.loop_count; loop++) {
		bool meet_inside = false;

		if (!tandem_body_is_in_loop(body, from, loop))
			continue;
		for (unsigned int i = 0; i < body->flow.block_count; i++)
			meet_inside |= i != from && tandem_set_has(meeting, i) &&
				       tandem_body_is_in_loop(body, i, loop);
		if (!meet_inside)
			body->is_varying_loop[loop] = true;
	}
}

void tandem_body_find_shapes(struct tandem_body *body)
{
	unsigned int parameters = LLVMCountParams(body->item);
	bool changed = true;

	for (unsigned int i = 0; i < parameters; i++)
		body->values[i].shape = uniform;
	for (unsigned int i = 0; i < body->varying_count; i++)
		body->values[body->varying_parameters[i]].shape = even(1);
	while (changed) {
		changed = false;
		for (unsigned int i = parameters; i < body->value_count; i++) {
			struct tandem_lane_value *value = &body->values[i];
			struct tandem_shape shape = fitted(value, shape_of(body, value->original));

			shape = meet(value->shape, shape);
			if (shape.kind != value->shape.kind) {
				value->shape = shape;
				changed = true;
			}
		}
		for (unsigned int i = 0; i < body->flow.block_count; i++) {
			struct tandem_shape shape;

			if (body->is_varying_branch[i] || tandem_body_successors(body, i) < 2)
				continue;
			shape = operand(body, tandem_body_terminator(body, i), 0);
			if (shape.kind != TANDEM_SHAPE_UNSEEN && !tandem_shape_is_uniform(shape)) {
				branch_varies(body, i);
				changed = true;
			}
		}
	}
}
