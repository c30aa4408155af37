// SPDX-License-Identifier: MIT
/* Blocks of a bundle function, the ways between them, and the masks with which they run. */
#include <limits.h>
#include <stdlib.h>

#include "body.h"
#include "util/alloc.h"

/* 16,000, of 24 vectors of 16 elements and a loop with 40 ways out, take 11 s to build. */
#define MOST_GIVEN 2000

static LLVMTypeRef mask_type(const struct tandem_body *body)
{
	return tandem_lanes_type(body, body->compilation->i1);
}

static LLVMBasicBlockRef add_block(struct tandem_body *body, const char *name)
{
	return LLVMAppendBasicBlockInContext(body->compilation->context, body->function, name);
}

/* ---- masks ---- */

/* Whether it has to be noted which lanes go to a node. */
static bool has_mask(const struct tandem_body *body, unsigned int node)
{
	const struct tandem_node *header;

	if (!body->nodes[node].is_certain)
		return true;
	if (!body->nodes[node].is_loop_end)
		return node && body->nodes[node].mask_of == node;
	header = &body->nodes[body->node_of[body->nodes[node].block]];
	return header->mask_of == body->node_of[body->nodes[node].block];
}

/* Lanes that go to a node wait there; @waiting: others may do so already. */
static void note_lanes(struct tandem_body *body, unsigned int node, LLVMValueRef lanes,
		       bool waiting)
{
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMValueRef slot = body->nodes[node].mask_slot;

	if (!slot)
		return;
	if (waiting)
		lanes = LLVMBuildOr(builder, LLVMBuildLoad2(builder, mask_type(body), slot, ""),
				    lanes, "");
	LLVMBuildStore(builder, lanes, slot);
}

/* Lanes of the mask for which a condition holds. */
static LLVMValueRef lanes_with(struct tandem_body *body, LLVMValueRef condition)
{
	if (!body->mask)
		return condition;
	/* In other lanes it may be poison. */
	return LLVMBuildSelect(body->compilation->builder, body->mask, condition,
			       LLVMConstNull(mask_type(body)), "");
}

static LLVMValueRef is_any(struct tandem_body *body, LLVMValueRef lanes)
{
	LLVMTypeRef bits = LLVMIntTypeInContext(body->compilation->context, body->lanes);
	LLVMBuilderRef builder = body->compilation->builder;

	return LLVMBuildICmp(builder, LLVMIntNE, LLVMBuildBitCast(builder, lanes, bits, ""),
			     LLVMConstNull(bits), "");
}

/* ---- ways ---- */

/* The phis of a block get what they are when lanes come from the one that is being built. */
static void pass_to_phis(struct tandem_body *body, unsigned int to, LLVMValueRef lanes,
			 bool waiting)
{
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMValueRef phi = LLVMGetFirstInstruction(body->flow.blocks[to]), from = NULL;

	for (; LLVMIsAPHINode(phi); phi = LLVMGetNextInstruction(phi)) {
		struct tandem_lane_value *value = tandem_body_value(body, phi);
		bool varies = value->shape.kind == TANDEM_SHAPE_VARYING;

		for (unsigned int i = 0; i < LLVMCountIncoming(phi); i++) {
			if (LLVMGetIncomingBlock(phi, i) == body->flow.blocks[body->block])
				from = LLVMGetIncomingValue(phi, i);
		}
		for (unsigned int c = 0; c < value->components; c++) {
			LLVMTypeRef type = varies ? tandem_lanes_type(body, value->element) :
						    value->element;
			LLVMValueRef *slot = &value->phi_slots[c], given, old;

			if (!*slot)
				*slot = tandem_lanes_add_slot(body, type);
			given = varies ? tandem_lanes_vector(body, from, c) :
					 tandem_lanes_scalar(body, from, c);
			if (varies && waiting) {
				old = LLVMBuildLoad2(builder, type, *slot, "");
				given = LLVMBuildSelect(builder, lanes, given, old, "");
			}
			LLVMBuildStore(builder, given, *slot);
		}
	}
}

/* Ends the block with a branch to the first node of those in a set. */
static void go_to_first(struct tandem_body *body, const uint64_t *set)
{
	unsigned int first = tandem_body_first(body, set);

	LLVMBuildBr(body->compilation->builder,
		    first == TANDEM_NO_NODE ? body->exit : body->nodes[first].head);
}

/* One successor of a branch that all lanes take. */
static void go_together(struct tandem_body *body, const struct tandem_node *node, unsigned int to,
			uint64_t *set)
{
	unsigned int target = tandem_body_target(body, body->block, to);
	bool waiting = tandem_set_has(node->waiting, target);

	tandem_lanes_keep_on_leaving(body, to, tandem_lanes_mask(body));
	pass_to_phis(body, to, tandem_lanes_mask(body), waiting);
	note_lanes(body, target, tandem_lanes_mask(body), waiting);
	for (size_t w = 0; w < body->words; w++)
		set[w] = node->waiting[w];
	tandem_set_add(set, target);
	go_to_first(body, set);
}

static void build_uniform_branch(struct tandem_body *body, const struct tandem_node *node,
				 uint64_t *set)
{
	LLVMBuilderRef builder = body->compilation->builder;
	unsigned int count = tandem_body_successors(body, body->block);
	LLVMValueRef terminator = tandem_body_terminator(body, body->block), branch, condition;
	LLVMBasicBlockRef *ways = tandem_new_array(ways, count);

	if (!ways) {
		body->failed = true;
		return;
	}
	for (unsigned int k = 0; k < count; k++)
		ways[k] = add_block(body, "");
	condition = count > 1 ? tandem_lanes_scalar(body, LLVMGetOperand(terminator, 0), 0) : NULL;
	if (count == 1) {
		LLVMBuildBr(builder, ways[0]);
	} else if (LLVMIsASwitchInst(terminator)) {
		branch = LLVMBuildSwitch(builder, condition, ways[0], count - 1);
		for (unsigned int k = 1; k < count; k++)
			LLVMAddCase(branch, tandem_ir_case(terminator, k), ways[k]);
	} else {
		LLVMBuildCondBr(builder, condition, ways[0], ways[1]);
	}
	for (unsigned int k = 0; k < count; k++) {
		LLVMPositionBuilderAtEnd(builder, ways[k]);
		/* What was computed in the block is there in all ways, what is loaded for one is not. */
		body->epoch++;
		go_together(body, node, tandem_body_successor(body, body->block, k), set);
	}
	free(ways);
}

/* For each successor: the condition of the branch under which lanes go there. */
static void find_conditions(struct tandem_body *body, LLVMValueRef terminator,
			    LLVMValueRef *conditions, unsigned int count)
{
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMValueRef value = tandem_lanes_vector(body, LLVMGetOperand(terminator, 0), 0);
	LLVMValueRef any = LLVMConstNull(mask_type(body));

	if (!LLVMIsASwitchInst(terminator)) {
		conditions[0] = value;
		conditions[1] = LLVMBuildNot(builder, value, "");
		return;
	}
	for (unsigned int k = 1; k < count; k++) {
		LLVMValueRef one = tandem_lanes_splat(body, tandem_ir_case(terminator, k));

		conditions[k] = LLVMBuildICmp(builder, LLVMIntEQ, value, one, "");
		any = LLVMBuildOr(builder, any, conditions[k], "");
	}
	conditions[0] = LLVMBuildNot(builder, any, "");
}

/* Some lanes go each of the ways, or none. */
static void part(struct tandem_body *body, const struct tandem_node *node,
		 const LLVMValueRef *conditions, unsigned int count, uint64_t *set)
{
	for (size_t w = 0; w < body->words; w++)
		set[w] = node->waiting[w];
	for (unsigned int k = 0; k < count; k++) {
		unsigned int to = tandem_body_successor(body, body->block, k);
		unsigned int target = tandem_body_target(body, body->block, to);
		bool waiting = tandem_set_has(set, target);
		LLVMValueRef lanes = lanes_with(body, conditions[k]);

		tandem_lanes_keep_on_leaving(body, to, lanes);
		pass_to_phis(body, to, lanes, waiting);
		note_lanes(body, target, lanes, waiting);
		tandem_set_add(set, target);
	}
	go_to_first(body, set);
}

static bool has_phis(const struct tandem_body *body, unsigned int block)
{
	return LLVMIsAPHINode(LLVMGetFirstInstruction(body->flow.blocks[block]));
}

/*
 * The way by which lanes leave a loop with values to keep, while others stay; else NO_WAY. Of
 * outermost loops only: that lanes leave is not foreseen, and in others happens too often.
 */
#define NO_WAY UINT_MAX
static unsigned int way_out(const struct tandem_body *body, unsigned int count)
{
	unsigned int loop = body->flow.loop_of[body->block];

	if (count != 2 || loop == TANDEM_NO_LOOP || !body->is_varying_loop[loop] ||
	    body->flow.loops[loop].parent != TANDEM_NO_LOOP)
		return NO_WAY;
	for (unsigned int k = 0; k < 2; k++) {
		unsigned int to = tandem_body_successor(body, body->block, k);
		unsigned int other = tandem_body_successor(body, body->block, 1 - k);

		if (!tandem_body_is_in_loop(body, to, loop) &&
		    tandem_body_is_in_loop(body, other, loop) &&
		    (has_phis(body, to) || tandem_lanes_leave_with_values(body, to)))
			return k;
	}
	return NO_WAY;
}

/*
 * In most turns no lane leaves a loop: then all that are in it stay, and nothing has to be
 * kept for others. @leaving: the condition under which lanes leave, to stay goes @way.
 */
static void stay_where_none_leaves(struct tandem_body *body, const struct tandem_node *node,
				   LLVMValueRef leaving, unsigned int way, uint64_t *set)
{
	LLVMBasicBlockRef stay = add_block(body, "stay"), leave = add_block(body, "leave");
	LLVMBuilderRef builder = body->compilation->builder;
	unsigned int to = tandem_body_successor(body, body->block, way);
	unsigned int target = tandem_body_target(body, body->block, to);
	bool waiting = tandem_set_has(node->waiting, target);

	LLVMBuildCondBr(builder, is_any(body, lanes_with(body, leaving)), leave, stay);
	LLVMPositionBuilderAtEnd(builder, stay);
	body->epoch++;
	pass_to_phis(body, to, tandem_lanes_mask(body), waiting);
	note_lanes(body, target, tandem_lanes_mask(body), waiting);
	for (size_t w = 0; w < body->words; w++)
		set[w] = node->waiting[w];
	tandem_set_add(set, target);
	if (tandem_body_first(body, set) == target)
		LLVMBuildBr(builder, body->nodes[target].start);
	else
		go_to_first(body, set);
	LLVMPositionBuilderAtEnd(builder, leave);
	body->epoch++;
}

static void build_varying_branch(struct tandem_body *body, const struct tandem_node *node,
				 uint64_t *set)
{
	unsigned int count = tandem_body_successors(body, body->block), out;
	LLVMValueRef *conditions = tandem_new_array(conditions, count);

	if (!conditions) {
		body->failed = true;
		return;
	}
	find_conditions(body, tandem_body_terminator(body, body->block), conditions, count);
	out = way_out(body, count);
	if (out != NO_WAY)
		stay_where_none_leaves(body, node, conditions[out], 1 - out, set);
	part(body, node, conditions, count, set);
	free(conditions);
}

/* ---- nodes ---- */

static LLVMValueRef memory_of(const struct tandem_body *body, LLVMValueRef variable)
{
	unsigned int i = 0;

	while (body->arrays[i].original != variable)
		i++;
	return body->arrays[i].memory;
}

static void build_instruction(struct tandem_body *body, LLVMValueRef instruction)
{
	struct tandem_lane_value *value = tandem_body_value(body, instruction);
	LLVMBuilderRef builder = body->compilation->builder;

	if (tandem_lanes_take_turns(instruction)) {
		tandem_lanes_build_in_turn(body, instruction);
		return;
	}
	if (tandem_lanes_call_of(instruction)) {
		tandem_lanes_build_call(body, instruction);
		return;
	}
	switch (LLVMGetInstructionOpcode(instruction)) {
	case LLVMPHI:
		for (unsigned int c = 0; c < value->components; c++) {
			LLVMTypeRef type = value->shape.kind == TANDEM_SHAPE_VARYING ?
						   tandem_lanes_type(body, value->element) :
						   value->element;

			if (!value->phi_slots[c])
				value->phi_slots[c] = tandem_lanes_add_slot(body, type);
			tandem_lanes_set(body, value, c,
					 LLVMBuildLoad2(builder, type, value->phi_slots[c], ""));
		}
		tandem_lanes_keep(body, value);
		break;
	case LLVMAlloca:
		tandem_lanes_set(body, value, 0,
				 value->array ? LLVMConstInt(body->compilation->i64, 0, 0) :
						memory_of(body, instruction));
		tandem_lanes_keep(body, value);
		break;
	case LLVMLoad:
	case LLVMStore:
		tandem_lanes_build_access(body, instruction);
		break;
	default:
		tandem_lanes_build_operation(body, instruction);
	}
}

static void build_block(struct tandem_body *body, const struct tandem_node *node, uint64_t *set)
{
	LLVMBasicBlockRef block = body->flow.blocks[node->block];
	LLVMValueRef terminator = LLVMGetBasicBlockTerminator(block), instruction;
	LLVMValueRef run_slot = body->nodes[node->mask_of].run_slot;

	body->block = node->block;
	body->epoch++;
	body->mask = run_slot ? LLVMBuildLoad2(body->compilation->builder, mask_type(body),
					       run_slot, "") :
				NULL;
	for (instruction = LLVMGetFirstInstruction(block); instruction != terminator;
	     instruction = LLVMGetNextInstruction(instruction))
		build_instruction(body, instruction);
	if (!tandem_body_successors(body, node->block))
		go_to_first(body, node->waiting);
	else if (body->is_varying_branch[node->block])
		build_varying_branch(body, node, set);
	else
		build_uniform_branch(body, node, set);
}

static LLVMValueRef waiting_lanes(struct tandem_body *body, const struct tandem_node *node)
{
	return LLVMBuildLoad2(body->compilation->builder, mask_type(body), node->mask_slot, "");
}

/* Goes past the node where no lane waits for it. */
static void guard(struct tandem_body *body, const struct tandem_node *node)
{
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMBasicBlockRef skip = add_block(body, "skip");

	LLVMBuildCondBr(builder, is_any(body, waiting_lanes(body, node)), node->start, skip);
	LLVMPositionBuilderAtEnd(builder, skip);
	go_to_first(body, node->waiting);
	LLVMPositionBuilderAtEnd(builder, node->start);
}

static void build_node(struct tandem_body *body, struct tandem_node *node, uint64_t *set)
{
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMValueRef lanes = NULL;

	LLVMPositionBuilderAtEnd(builder, node->head);
	if (node->start != node->head)
		guard(body, node);
	if (node->mask_slot)
		lanes = waiting_lanes(body, node);
	if (lanes)
		LLVMBuildStore(builder, LLVMConstNull(mask_type(body)), node->mask_slot);
	if (node->is_loop_end) {
		/* Lanes have come from the loop: nothing waits at the header but these. */
		if (lanes)
			note_lanes(body, body->node_of[node->block], lanes, false);
		LLVMBuildBr(builder, body->nodes[body->node_of[node->block]].start);
		return;
	}
	if (node->run_slot && lanes)
		LLVMBuildStore(builder, lanes, node->run_slot);
	build_block(body, node, set);
}

/* ---- the function ---- */

/* What is used in other blocks, or behind loops that lanes leave in different turns. */
static void find_uses(struct tandem_body *body)
{
	for (unsigned int i = 0; i < body->value_count; i++) {
		LLVMValueRef user = body->values[i].original;

		if (LLVMIsACastInst(user))
			tandem_body_note_widening(body, user);
		if (LLVMIsALoadInst(user) || LLVMIsAStoreInst(user)) {
			tandem_body_note_place(body, user);
			tandem_lanes_note_access(body, user);
		}
		for (int k = 0; LLVMIsAInstruction(user) && k < LLVMGetNumOperands(user); k++) {
			LLVMValueRef operand = LLVMGetOperand(user, k);
			struct tandem_lane_value *value = tandem_body_value(body, operand);
			LLVMBasicBlockRef place = LLVMGetInstructionParent(user);

			if (!value || !LLVMIsAInstruction(operand))
				continue;
			if (LLVMIsAPHINode(user))
				place = LLVMGetIncomingBlock(user, (unsigned int)k);
			value->needs_slot |= LLVMGetInstructionParent(operand) != place ||
					     LLVMIsAPHINode(user) || LLVMIsATerminatorInst(user);
			value->leaves_loop |= tandem_body_leaves_loop(
				body, operand, tandem_body_index(body, place));
		}
	}
}

static void add_array(struct tandem_body *body, struct tandem_private_array *array)
{
	struct tandem_compilation *compilation = body->compilation;
	struct tandem_lane_value *value = tandem_body_value(body, array->original);
	uint64_t bytes = array->bytes;
	LLVMTypeRef type;

	if (!array->element_bytes)
		bytes = (uint64_t)value->shape.stride;
	type = LLVMArrayType2(compilation->i8, bytes * body->lanes);
	array->memory = tandem_lanes_add_slot(body, type);
	LLVMSetAlignment(array->memory, array->alignment > TANDEM_ARRAY_ALIGNMENT ?
						array->alignment :
						TANDEM_ARRAY_ALIGNMENT);
}

/* Whether it is asked if any lane waits for a node, before it is run. */
static bool is_guarded(const struct tandem_node *node)
{
	return !node->is_certain && !node->runs_without_lanes;
}

static void add_nodes(struct tandem_body *body)
{
	LLVMBuilderRef builder = body->compilation->builder;

	for (unsigned int i = 0; i < body->node_count; i++) {
		struct tandem_node *node = &body->nodes[i];

		node->head = add_block(body, node->is_loop_end ? "again" : "block");
		node->start = is_guarded(node) ? add_block(body, "run") : node->head;
		if (has_mask(body, i))
			node->mask_slot = tandem_lanes_add_slot(body, mask_type(body));
		if (i && !node->is_loop_end && node->mask_of == i)
			node->run_slot = tandem_lanes_add_slot(body, mask_type(body));
	}
	LLVMPositionBuilderAtEnd(builder, body->entry);
	for (unsigned int i = 0; i < body->node_count; i++) {
		if (body->nodes[i].mask_slot)
			LLVMBuildStore(builder, LLVMConstNull(mask_type(body)),
				       body->nodes[i].mask_slot);
	}
}

/* The lanes that there are, as the last argument counts them, begin together. */
static void begin_with_count(struct tandem_body *body)
{
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMTypeRef i64 = body->compilation->i64;
	LLVMValueRef count = LLVMGetParam(body->function, LLVMCountParams(body->item));
	LLVMValueRef numbers[TANDEM_MOST_LANES], lanes;

	for (unsigned int i = 0; i < body->lanes; i++)
		numbers[i] = LLVMConstInt(i64, i, 0);
	lanes = LLVMBuildICmp(builder, LLVMIntULT, LLVMConstVector(numbers, body->lanes),
			      tandem_lanes_splat(body, count), "");
	body->nodes[0].run_slot = tandem_lanes_add_slot(body, mask_type(body));
	LLVMBuildStore(builder, lanes, body->nodes[0].run_slot);
}

void tandem_body_build(struct tandem_body *body)
{
	struct tandem_compilation *compilation = body->compilation;
	uint64_t *set = tandem_new_array(set, body->words);

	if (!set) {
		body->failed = true;
		return;
	}
	find_uses(body);
	if (tandem_lanes_count_given(body) > MOST_GIVEN) {
		tandem_body_refuse(body, "many values come together in many places");
		free(set);
		return;
	}
	body->entry = add_block(body, "entry");
	LLVMPositionBuilderAtEnd(compilation->builder, body->entry);
	for (unsigned int i = 0; i < body->array_count; i++)
		add_array(body, &body->arrays[i]);
	add_nodes(body);
	if (body->has_sub_groups)
		begin_with_count(body);
	body->exit = add_block(body, "exit");
	LLVMBuildBr(compilation->builder, body->nodes[0].head);
	for (unsigned int i = 0; i < body->node_count; i++)
		build_node(body, &body->nodes[i], set);
	LLVMPositionBuilderAtEnd(compilation->builder, body->exit);
	LLVMBuildRetVoid(compilation->builder);
	free(set);
}
