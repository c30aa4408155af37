// SPDX-License-Identifier: MIT
#include "sub_groups.h"

#include <string.h>

#include "body.h"
#include "program/hooks.h"
#include "program/sub_groups.h"
#include "target_x86_64.h"
#include "util/alloc.h"

/* Of a processor with shorter vectors. */
#define LEAST_LANES 8
/* A ballot has a bit for each. */
#define MOST_LANES 32

static const struct lanes_function {
	const char *name; /* behind "__tandem_lane" */
	enum tandem_lanes_call call;
	unsigned int bits; /* of what is read or given; 0: none */
	unsigned int parameters;
} functions[] = {
	{ "", TANDEM_LANES_NUMBER, 32, 0 },	    { "_count", TANDEM_LANES_COUNT, 32, 0 },
	{ "s_ballot", TANDEM_LANES_BALLOT, 32, 1 }, { "s_read8", TANDEM_LANES_READ, 8, 2 },
	{ "s_read16", TANDEM_LANES_READ, 16, 2 },   { "s_read32", TANDEM_LANES_READ, 32, 2 },
	{ "s_read64", TANDEM_LANES_READ, 64, 2 },   { "s_fill8", TANDEM_LANES_FILL, 8, 2 },
	{ "s_fill16", TANDEM_LANES_FILL, 16, 2 },   { "s_fill32", TANDEM_LANES_FILL, 32, 2 },
	{ "s_fill64", TANDEM_LANES_FILL, 64, 2 },   { "s_barrier", TANDEM_LANES_BARRIER, 0, 0 },
};

/* ---- which calls ---- */

static bool has_bits(LLVMTypeRef type, unsigned int bits)
{
	if (!bits)
		return LLVMGetTypeKind(type) == LLVMVoidTypeKind;
	return LLVMGetTypeKind(type) == LLVMIntegerTypeKind && LLVMGetIntTypeWidth(type) == bits;
}

/* A program may declare something else by the name. */
static bool has_type(LLVMValueRef function, const struct lanes_function *expected)
{
	unsigned int index = expected->call == TANDEM_LANES_READ ? 32 : expected->bits;

	return has_bits(LLVMGetReturnType(LLVMGlobalGetValueType(function)), expected->bits) &&
	       LLVMCountParams(function) == expected->parameters &&
	       (expected->parameters < 1 ||
		has_bits(LLVMTypeOf(LLVMGetParam(function, 0)), expected->bits)) &&
	       (expected->parameters < 2 || has_bits(LLVMTypeOf(LLVMGetParam(function, 1)), index));
}

/* What a call of the function is. */
static enum tandem_lanes_call call_by(LLVMValueRef function)
{
	static const char prefix[] = "__tandem_lane";
	const char *name = tandem_ir_name(function);

	if (!LLVMIsDeclaration(function) || strncmp(name, prefix, sizeof(prefix) - 1))
		return TANDEM_LANES_NONE;
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(functions); i++) {
		if (!strcmp(name + sizeof(prefix) - 1, functions[i].name) &&
		    has_type(function, &functions[i]))
			return functions[i].call;
	}
	return TANDEM_LANES_NONE;
}

bool tandem_lanes_have_function(LLVMValueRef function)
{
	return call_by(function) != TANDEM_LANES_NONE;
}

enum tandem_lanes_call tandem_lanes_call_of(LLVMValueRef instruction)
{
	LLVMValueRef called = LLVMIsACallInst(instruction) ? LLVMGetCalledValue(instruction) : NULL;

	return called && LLVMIsAFunction(called) ? call_by(called) : TANDEM_LANES_NONE;
}

bool tandem_lanes_are_used_in(LLVMValueRef function)
{
	tandem_ir_for_each(function, block, instruction, next) {
		if (tandem_lanes_call_of(instruction))
			return true;
	}
	return false;
}

/* ---- sub-groups of one ---- */

/*
 * The size by which a group of @most work-items can have the number of sub-groups that the kernel
 * requires, or the group that it requires as well has it, beginning with @usual; 0 where there is
 * none, or none is required.
 */
static unsigned int fitting_lanes(const struct tandem_kernel_info *info, uint64_t most,
				  unsigned int usual)
{
	const uint32_t *group = info->required_group;
	const uint64_t local[TANDEM_DIMENSIONS] = { group[0], group[1], group[2] };
	struct tandem_kernel_info tried = *info;

	if (!info->required_sub_groups)
		return 0;
	if (!group[0] || !group[1] || !group[2]) {
		while (usual > 1 && usual * (uint64_t)info->required_sub_groups > most)
			usual /= 2;
		return usual;
	}
	tried.sub_group_lanes = usual;
	if (tandem_sub_group_count(&tried, local) == info->required_sub_groups)
		return usual;
	for (unsigned int lanes = 1; lanes <= MOST_LANES; lanes *= 2) {
		tried.sub_group_lanes = lanes;
		if (tandem_sub_group_count(&tried, local) == info->required_sub_groups)
			return lanes;
	}
	return 0;
}

void tandem_sub_groups_choose(struct tandem_compilation *compilation,
			      struct tandem_kernel_info *info)
{
	const struct tandem_backend_request *request = compilation->request;
	unsigned int floats = tandem_target_float_lanes(), required = info->required_sub_group;
	bool has_bundles = request->optimise && !request->uses_windows;

	if (required > MOST_LANES || (required && !tandem_is_power_of_two(required)))
		tandem_ir_error(compilation,
				"kernel '%s' requires sub-groups of %u work-items: no "
				"device has them",
				info->name, required);
	else if (required > 1 && !has_bundles)
		tandem_ir_error(compilation, "kernel '%s' requires sub-groups of %u work-items: %s",
				info->name, required,
				request->uses_windows ? "on this device they have one" :
							"with -cl-opt-disable they have one");
	if (required)
		info->sub_group_lanes = required;
	else if (!has_bundles || compilation->has_single_lanes)
		info->sub_group_lanes = 1;
	else if (request->lanes)
		info->sub_group_lanes = request->lanes < MOST_LANES ? request->lanes : MOST_LANES;
	else
		info->sub_group_lanes = floats < LEAST_LANES ? LEAST_LANES : floats;
	if (!required && info->sub_group_lanes > 1) {
		unsigned int fitting =
			fitting_lanes(info, request->max_group, info->sub_group_lanes);

		info->sub_group_lanes = fitting ? fitting : info->sub_group_lanes;
	}
}

/* What a call gives a work-item that is alone; NULL for nothing. */
static LLVMValueRef single_value(struct tandem_compilation *compilation, LLVMValueRef call)
{
	LLVMTypeRef i32 = compilation->i32;

	switch (tandem_lanes_call_of(call)) {
	case TANDEM_LANES_NUMBER:
		return LLVMConstInt(i32, 0, 0);
	case TANDEM_LANES_COUNT:
		return LLVMConstInt(i32, 1, 0);
	case TANDEM_LANES_BALLOT:
		LLVMPositionBuilderBefore(compilation->builder, call);
		return LLVMBuildZExt(compilation->builder,
				     LLVMBuildICmp(compilation->builder, LLVMIntNE,
						   LLVMGetOperand(call, 0), LLVMConstInt(i32, 0, 0),
						   ""),
				     i32, "");
	case TANDEM_LANES_READ:
	case TANDEM_LANES_FILL:
		return LLVMGetOperand(call, 0);
	default:
		return NULL;
	}
}

void tandem_lanes_make_single(struct tandem_compilation *compilation, LLVMValueRef function)
{
	tandem_ir_for_each(function, block, instruction, next) {
		LLVMValueRef value;

		if (!tandem_lanes_call_of(instruction))
			continue;
		value = single_value(compilation, instruction);
		if (value)
			LLVMReplaceAllUsesWith(instruction, value);
		LLVMInstructionEraseFromParent(instruction);
	}
}

void tandem_sub_groups_refuse(struct tandem_compilation *compilation, const char *name,
			      const char *reason)
{
	if (compilation->failed)
		return;
	if (compilation->requires_sub_groups) {
		tandem_ir_error(compilation, "%s requires sub-groups of %u work-items: %s", name,
				compilation->sub_group_lanes, reason);
		return;
	}
	tandem_text_print(&compilation->result->notes, "%s has sub-groups of one work-item: %s\n",
			  name, reason);
	compilation->refuses_sub_groups = true;
	compilation->failed = true;
}

/* ---- in bundle functions ---- */

struct tandem_shape tandem_lanes_call_shape(const struct tandem_body *body, LLVMValueRef call)
{
	const struct tandem_shape uniform = { TANDEM_SHAPE_EVEN, 0 },
				  next = { TANDEM_SHAPE_EVEN, 1 },
				  varying = { TANDEM_SHAPE_VARYING, 0 },
				  unseen = { TANDEM_SHAPE_UNSEEN, 0 };
	unsigned int block = tandem_body_block_of(body, call);
	struct tandem_shape lane;

	switch (tandem_lanes_call_of(call)) {
	case TANDEM_LANES_NUMBER:
		return next;
	case TANDEM_LANES_FILL:
		return varying;
	case TANDEM_LANES_READ:
		lane = tandem_body_shape(body, LLVMGetOperand(call, 1), block);
		if (lane.kind == TANDEM_SHAPE_UNSEEN)
			return unseen;
		return tandem_shape_is_uniform(lane) ? uniform : varying;
	default:
		return uniform;
	}
}

static LLVMValueRef ballot(struct tandem_body *body, LLVMValueRef call)
{
	struct tandem_compilation *compilation = body->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef predicate = tandem_lanes_vector(body, LLVMGetOperand(call, 0), 0), lanes;

	lanes = LLVMBuildICmp(builder, LLVMIntNE, predicate, LLVMConstNull(LLVMTypeOf(predicate)),
			      "");
	/* In other lanes it may be poison. */
	if (body->mask)
		lanes = LLVMBuildSelect(builder, body->mask, lanes,
					LLVMConstNull(LLVMTypeOf(lanes)), "");
	lanes = LLVMBuildBitCast(builder, lanes,
				 LLVMIntTypeInContext(compilation->context, body->lanes), "");
	return LLVMBuildZExt(builder, lanes, compilation->i32, "");
}

/* The vector's elements in the places of a constant vector of indices; NULL for others. */
static LLVMValueRef pick_by_constant(struct tandem_body *body, LLVMValueRef vector,
				     LLVMValueRef lanes)
{
	LLVMValueRef places[MOST_LANES];
	LLVMTypeRef i32 = body->compilation->i32;

	if (!LLVMIsConstant(lanes))
		return NULL;
	for (unsigned int i = 0; i < body->lanes; i++) {
		LLVMValueRef place = LLVMGetAggregateElement(lanes, i);

		if (!place || !LLVMIsAConstantInt(place))
			return NULL;
		places[i] = LLVMConstInt(i32, LLVMConstIntGetZExtValue(place) % body->lanes, 0);
	}
	return LLVMBuildShuffleVector(body->compilation->builder, vector,
				      LLVMGetPoison(LLVMTypeOf(vector)),
				      LLVMConstVector(places, body->lanes), "");
}

/* One after the other, from memory. */
static LLVMValueRef pick_from_memory(struct tandem_body *body, LLVMValueRef vector,
				     LLVMValueRef lanes)
{
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMTypeRef type = LLVMTypeOf(vector), element = LLVMGetElementType(type);
	LLVMValueRef memory = tandem_lanes_add_slot(body, type), result = LLVMGetPoison(type);

	LLVMBuildStore(builder, vector, memory);
	for (unsigned int i = 0; i < body->lanes; i++) {
		LLVMValueRef place = LLVMConstInt(body->compilation->i32, i, 0);
		LLVMValueRef from = LLVMBuildExtractElement(builder, lanes, place, "");
		LLVMValueRef address =
			LLVMBuildInBoundsGEP2(builder, element, memory, &from, 1, "");

		result = LLVMBuildInsertElement(
			builder, result, LLVMBuildLoad2(builder, element, address, ""), place, "");
	}
	return result;
}

/* What the lanes that are not here would read is any value, but of a place that there is. */
static LLVMValueRef pick(struct tandem_body *body, LLVMValueRef vector, LLVMValueRef lanes)
{
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMTypeRef i32 = body->compilation->i32;
	LLVMValueRef last = tandem_lanes_splat(body, LLVMConstInt(i32, body->lanes - 1, 0));
	LLVMValueRef picked = pick_by_constant(body, vector, lanes);

	if (picked)
		return picked;
	lanes = LLVMBuildAnd(builder, LLVMBuildFreeze(builder, lanes, ""), last, "");
	picked = tandem_target_permute(body->compilation->module, builder, vector, lanes);
	return picked ? picked : pick_from_memory(body, vector, lanes);
}

static LLVMValueRef read(struct tandem_body *body, LLVMValueRef call)
{
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMTypeRef i32 = body->compilation->i32;
	LLVMValueRef from = LLVMGetOperand(call, 1), lane;
	/* A lane that is not here has any value, but one that can be branched by. */
	LLVMValueRef vector =
		LLVMBuildFreeze(builder, tandem_lanes_vector(body, LLVMGetOperand(call, 0), 0), "");

	if (tandem_body_value(body, call)->shape.kind == TANDEM_SHAPE_VARYING)
		return pick(body, vector, tandem_lanes_vector(body, from, 0));
	lane = LLVMBuildFreeze(builder, tandem_lanes_scalar(body, from, 0), "");
	lane = LLVMBuildAnd(builder, lane, LLVMConstInt(i32, body->lanes - 1, 0), "");
	return LLVMBuildExtractElement(builder, vector, lane, "");
}

static LLVMValueRef fill(struct tandem_body *body, LLVMValueRef call)
{
	LLVMValueRef vector = tandem_lanes_vector(body, LLVMGetOperand(call, 0), 0);

	if (!body->mask)
		return vector;
	return LLVMBuildSelect(body->compilation->builder, body->mask, vector,
			       tandem_lanes_vector(body, LLVMGetOperand(call, 1), 0), "");
}

void tandem_lanes_build_call(struct tandem_body *body, LLVMValueRef call)
{
	struct tandem_lane_value *value = tandem_body_value(body, call);
	LLVMTypeRef i32 = body->compilation->i32;
	LLVMValueRef result = NULL;

	switch (tandem_lanes_call_of(call)) {
	case TANDEM_LANES_NUMBER:
		result = LLVMConstInt(i32, 0, 0);
		break;
	case TANDEM_LANES_COUNT:
		result = LLVMConstInt(i32, body->lanes, 0);
		break;
	case TANDEM_LANES_BALLOT:
		result = ballot(body, call);
		break;
	case TANDEM_LANES_READ:
		result = read(body, call);
		break;
	case TANDEM_LANES_FILL:
		result = fill(body, call);
		break;
	default:
		/* Lanes access memory in step: it is enough to stop the compiler. */
		LLVMBuildFence(body->compilation->builder, LLVMAtomicOrderingSequentiallyConsistent,
			       1, "");
		return;
	}
	tandem_lanes_set(body, value, 0, result);
	tandem_lanes_keep(body, value);
}
