// SPDX-License-Identifier: MIT
/* The forms of values in a bundle function: scalars, vectors, and variables of them. */
#include "body.h"

LLVMTypeRef tandem_lanes_type(const struct tandem_body *body, LLVMTypeRef element)
{
	return LLVMVectorType(element, body->lanes);
}

LLVMValueRef tandem_lanes_splat(struct tandem_body *body, LLVMValueRef scalar)
{
	return tandem_ir_splat(body->compilation, scalar, body->lanes);
}

LLVMValueRef tandem_lanes_add_slot(struct tandem_body *body, LLVMTypeRef type)
{
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMBasicBlockRef here = LLVMGetInsertBlock(builder);
	LLVMValueRef slot, first = LLVMGetFirstInstruction(body->entry);

	if (first)
		LLVMPositionBuilderBefore(builder, first);
	else
		LLVMPositionBuilderAtEnd(builder, body->entry);
	slot = LLVMBuildAlloca(builder, type, "");
	LLVMPositionBuilderAtEnd(builder, here);
	return slot;
}

LLVMValueRef tandem_lanes_mask(struct tandem_body *body)
{
	return body->mask ? body->mask :
			    LLVMConstAllOnes(tandem_lanes_type(body, body->compilation->i1));
}

/* Forgets the forms of another block. */
static void renew(struct tandem_body *body, struct tandem_lane_value *value)
{
	if (value->epoch == body->epoch)
		return;
	value->epoch = body->epoch;
	for (unsigned int c = 0; c < value->components; c++)
		value->scalars[c] = value->vectors[c] = NULL;
}

static bool is_vector(LLVMValueRef value)
{
	return LLVMGetTypeKind(LLVMTypeOf(value)) == LLVMVectorTypeKind;
}

static LLVMValueRef load_slot(struct tandem_body *body, LLVMValueRef *slot, LLVMTypeRef type)
{
	if (!*slot)
		*slot = tandem_lanes_add_slot(body, type);
	return LLVMBuildLoad2(body->compilation->builder, type, *slot, "");
}

static LLVMValueRef argument(struct tandem_body *body, const struct tandem_lane_value *value,
			     unsigned int c)
{
	LLVMValueRef parameter = LLVMGetParam(body->function, (unsigned int)(value - body->values));

	if (!is_vector(parameter))
		return parameter;
	return LLVMBuildExtractElement(body->compilation->builder, parameter,
				       LLVMConstInt(body->compilation->i32, c, 0), "");
}

static LLVMValueRef constant_component(struct tandem_body *body, LLVMValueRef constant,
				       unsigned int c)
{
	LLVMValueRef component;

	if (!is_vector(constant))
		return constant;
	component = LLVMGetAggregateElement(constant, c);
	if (component)
		return component;
	tandem_body_refuse(body, "a constant has no components");
	return LLVMGetPoison(LLVMGetElementType(LLVMTypeOf(constant)));
}

LLVMValueRef tandem_lanes_scalar(struct tandem_body *body, LLVMValueRef original, unsigned int c)
{
	struct tandem_lane_value *value = tandem_body_value(body, original);

	if (!value)
		return constant_component(body, original, c);
	renew(body, value);
	if (!value->scalars[c])
		value->scalars[c] = LLVMIsAArgument(original) ?
					    argument(body, value, c) :
					    load_slot(body, &value->slots[c], value->element);
	return value->scalars[c];
}

/* The scalar of the first lane, and as many strides as lanes lie between. */
static LLVMValueRef with_steps(struct tandem_body *body, const struct tandem_lane_value *value,
			       LLVMValueRef scalar)
{
	struct tandem_compilation *compilation = body->compilation;
	bool is_pointer = LLVMGetTypeKind(value->element) == LLVMPointerTypeKind;
	LLVMTypeRef type = is_pointer ? compilation->i64 : value->element;
	LLVMValueRef steps[TANDEM_MOST_LANES], vector;

	if (!value->shape.stride)
		return tandem_lanes_splat(body, scalar);
	for (unsigned int i = 0; i < body->lanes; i++) {
		uint64_t step = (uint64_t)value->shape.stride * i;
		unsigned int width = LLVMGetIntTypeWidth(type);

		steps[i] = LLVMConstInt(type,
					width < 64 ? step & ((UINT64_C(1) << width) - 1) : step, 0);
	}
	vector = LLVMConstVector(steps, body->lanes);
	if (is_pointer)
		return LLVMBuildGEP2(compilation->builder, compilation->i8, scalar, &vector, 1, "");
	return LLVMBuildAdd(compilation->builder, tandem_lanes_splat(body, scalar), vector, "");
}

LLVMValueRef tandem_lanes_vector(struct tandem_body *body, LLVMValueRef original, unsigned int c)
{
	struct tandem_lane_value *value = tandem_body_value(body, original);
	LLVMTypeRef type;

	if (!value)
		return tandem_lanes_splat(body, tandem_lanes_scalar(body, original, c));
	renew(body, value);
	if (value->vectors[c])
		return value->vectors[c];
	type = tandem_lanes_type(body, value->element);
	if (tandem_body_leaves_loop(body, original, body->block))
		value->vectors[c] = load_slot(body, &value->exit_slots[c], type);
	else if (value->shape.kind == TANDEM_SHAPE_VARYING)
		value->vectors[c] = load_slot(body, &value->slots[c], type);
	else
		value->vectors[c] = with_steps(body, value, tandem_lanes_scalar(body, original, c));
	return value->vectors[c];
}

void tandem_lanes_set(struct tandem_body *body, struct tandem_lane_value *value, unsigned int c,
		      LLVMValueRef computed)
{
	renew(body, value);
	if (value->shape.kind == TANDEM_SHAPE_VARYING)
		value->vectors[c] = computed;
	else
		value->scalars[c] = computed;
}

static void store_slot(struct tandem_body *body, LLVMValueRef *slot, LLVMValueRef value)
{
	if (!*slot)
		*slot = tandem_lanes_add_slot(body, LLVMTypeOf(value));
	LLVMBuildStore(body->compilation->builder, value, *slot);
}

void tandem_lanes_keep(struct tandem_body *body, struct tandem_lane_value *value)
{
	for (unsigned int c = 0; value->needs_slot && c < value->components; c++)
		store_slot(body, &value->slots[c],
			   value->shape.kind == TANDEM_SHAPE_VARYING ? value->vectors[c] :
								       value->scalars[c]);
}

/* ---- what is left of loops behind them ---- */

/* Whether lanes that go from block @from to block @to take a value out of its loop. */
static bool is_taken(const struct tandem_body *body, const struct tandem_lane_value *value,
		     unsigned int from, unsigned int to)
{
	unsigned int block, loop;

	if (!value->leaves_loop)
		return false;
	block = tandem_body_index(body, LLVMGetInstructionParent(value->original));
	loop = body->flow.loop_of[block];
	/* What leaves further loops as well is taken from the first to those behind it. */
	while (!body->is_varying_loop[loop])
		loop = body->flow.loops[loop].parent;
	return tandem_body_is_in_loop(body, from, loop) &&
	       !tandem_body_is_in_loop(body, to, loop) && tandem_body_dominates(body, block, from);
}

uint64_t tandem_lanes_count_given(const struct tandem_body *body)
{
	uint64_t count = 0;

	for (unsigned int i = LLVMCountParams(body->item); i < body->value_count; i++) {
		const struct tandem_lane_value *value = &body->values[i];
		unsigned int from, k;

		if (LLVMIsAPHINode(value->original))
			count += (uint64_t)value->components * LLVMCountIncoming(value->original);
		for (from = 0; value->leaves_loop && from < body->flow.block_count; from++) {
			for (k = 0; k < tandem_body_successors(body, from); k++)
				count += is_taken(body, value, from,
						  tandem_body_successor(body, from, k)) ?
						 value->components :
						 0;
		}
	}
	return count;
}

bool tandem_lanes_leave_with_values(const struct tandem_body *body, unsigned int to)
{
	for (unsigned int i = LLVMCountParams(body->item); i < body->value_count; i++) {
		if (is_taken(body, &body->values[i], body->block, to))
			return true;
	}
	return false;
}

void tandem_lanes_keep_on_leaving(struct tandem_body *body, unsigned int to, LLVMValueRef lanes)
{
	for (unsigned int i = LLVMCountParams(body->item); i < body->value_count; i++) {
		struct tandem_lane_value *value = &body->values[i];

		if (!is_taken(body, value, body->block, to))
			continue;
		for (unsigned int c = 0; c < value->components; c++) {
			LLVMValueRef vector = tandem_lanes_vector(body, value->original, c), old;

			old = load_slot(body, &value->exit_slots[c], LLVMTypeOf(vector));
			store_slot(body, &value->exit_slots[c],
				   LLVMBuildSelect(body->compilation->builder, lanes, vector, old,
						   ""));
		}
	}
}
