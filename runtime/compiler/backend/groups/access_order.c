// SPDX-License-Identifier: MIT
#include "access_order.h"

#include <stdlib.h>

#include "places.h"
#include "util/alloc.h"

/* The vectoriser makes no groups of accesses that are further apart, in elements. */
#define MOST_GAP 8
/* Loops with more accesses are not worth the time that it takes to look at them. */
#define MOST_ACCESSES 1000

struct access {
	LLVMValueRef instruction;
	bool is_store;
	unsigned int space; /* of addresses */
	int64_t bytes;
	struct tandem_place place;
};

struct accesses {
	struct access *list; /* in the order of the program */
	unsigned int count;
	bool are_all_marked;
};

/* ---- the accesses of a loop ---- */

static LLVMValueRef pointer_of(LLVMValueRef access)
{
	return LLVMGetOperand(access, (unsigned int)tandem_ir_pointer_operand(access));
}

static bool is_access(LLVMValueRef instruction)
{
	return LLVMIsALoadInst(instruction) || LLVMIsAStoreInst(instruction);
}

/* Calls @visit for each load and store of the loop. */
static void for_accesses(const struct tandem_flow *flow, unsigned int loop,
			 void (*visit)(LLVMValueRef access, void *data), void *data)
{
	for (unsigned int i = flow->loops[loop].header; i < flow->block_count; i++) {
		LLVMValueRef instruction;

		if (flow->loop_of[i] != loop)
			continue;
		for (instruction = LLVMGetFirstInstruction(flow->blocks[i]); instruction;
		     instruction = LLVMGetNextInstruction(instruction)) {
			if (is_access(instruction))
				visit(instruction, data);
		}
	}
}

struct counting {
	const struct tandem_compilation *compilation;
	struct accesses *accesses;
};

static void count_access(LLVMValueRef access, void *data)
{
	struct counting *counting = data;

	counting->accesses->count++;
	if (!LLVMGetMetadata(access, counting->compilation->access_group))
		counting->accesses->are_all_marked = false;
}

struct filling {
	const struct tandem_compilation *compilation;
	const struct tandem_flow *flow;
	unsigned int loop;
	struct accesses *accesses;
};

static void fill_in(LLVMValueRef instruction, void *data)
{
	struct filling *filling = data;
	struct access *access = &filling->accesses->list[filling->accesses->count++];
	LLVMValueRef pointer = pointer_of(instruction);
	LLVMTypeRef type = LLVMTypeOf(instruction);

	access->instruction = instruction;
	access->is_store = LLVMIsAStoreInst(instruction);
	if (access->is_store)
		type = LLVMTypeOf(LLVMGetOperand(instruction, 0));
	access->space = LLVMGetPointerAddressSpace(LLVMTypeOf(pointer));
	access->bytes = (int64_t)LLVMABISizeOfType(filling->compilation->layout, type);
	tandem_place_find(&access->place, filling->compilation, filling->flow, filling->loop,
			  pointer);
}

/* ---- what may be the same place ---- */

/* What is an object of its own, or an address that has been given from outside. */
static bool is_object(LLVMValueRef value)
{
	return LLVMIsAAllocaInst(value) || LLVMIsAGlobalVariable(value);
}

static bool is_root(LLVMValueRef value)
{
	return is_object(value) || LLVMIsAArgument(value) || LLVMIsALoadInst(value);
}

static bool have_separate_spaces(const struct access *a, const struct access *b)
{
	return a->space != b->space && a->space != TANDEM_AS_GENERIC &&
	       b->space != TANDEM_AS_GENERIC;
}

static bool is_in(LLVMValueRef scope, const LLVMValueRef *list, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		if (list[i] == scope)
			return true;
	}
	return false;
}

/* Whether all scopes that @a is of are among those that @b is known to stay out of. */
static bool stays_out(const struct tandem_compilation *compilation, LLVMValueRef a, LLVMValueRef b)
{
	LLVMValueRef scopes = LLVMGetMetadata(a, compilation->alias_scope);
	LLVMValueRef others = LLVMGetMetadata(b, compilation->noalias);
	unsigned int scope_count = scopes ? LLVMGetMDNodeNumOperands(scopes) : 0;
	unsigned int other_count = others ? LLVMGetMDNodeNumOperands(others) : 0;
	LLVMValueRef *lists;
	bool result = true;

	if (!scope_count || !other_count)
		return false;
	lists = tandem_new_array(lists, scope_count + other_count);
	if (!lists)
		return false;
	LLVMGetMDNodeOperands(scopes, lists);
	LLVMGetMDNodeOperands(others, lists + scope_count);
	for (unsigned int i = 0; i < scope_count && result; i++)
		result = is_in(lists[i], lists + scope_count, other_count);
	free(lists);
	return result;
}

/* Whether a work-item's two accesses may meet at a place. */
static bool may_meet(const struct tandem_compilation *compilation, const struct access *a,
		     const struct access *b)
{
	LLVMValueRef object_a = a->place.object, object_b = b->place.object;
	int64_t distance;

	if (have_separate_spaces(a, b))
		return false;
	if (tandem_place_distance(&a->place, &b->place, &distance))
		return distance < a->bytes && -distance < b->bytes;
	if (object_a && object_b && object_a != object_b && is_object(object_a) &&
	    is_object(object_b))
		return false;
	return !stays_out(compilation, a->instruction, b->instruction) &&
	       !stays_out(compilation, b->instruction, a->instruction);
}

/* ---- what may become one access ---- */

/* Whether an access leaves gaps between turns, as those of a group do. */
static bool leaves_gaps(const struct access *access)
{
	int64_t gap = access->place.growth.by;

	switch (access->place.growth.kind) {
	case TANDEM_GROWS_ANYHOW:
		return false;
	case TANDEM_GROWS_EVENLY:
		return true;
	default:
		return (gap >= 2 * access->bytes && gap <= MOST_GAP * access->bytes) ||
		       (-gap >= 2 * access->bytes && -gap <= MOST_GAP * access->bytes);
	}
}

static bool may_be_one(const struct access *a, const struct access *b)
{
	const struct tandem_growth *growth_a = &a->place.growth, *growth_b = &b->place.growth;
	LLVMValueRef object_a = a->place.object, object_b = b->place.object;
	int64_t distance;

	if (a->is_store != b->is_store || a->bytes != b->bytes || a->space != b->space)
		return false;
	if (!leaves_gaps(a) || !leaves_gaps(b))
		return false;
	if (object_a && object_b && object_a != object_b && is_root(object_a) && is_root(object_b))
		return false;
	if (growth_a->kind != TANDEM_GROWS_BY || growth_b->kind != TANDEM_GROWS_BY)
		return true;
	if (growth_a->by != growth_b->by)
		return false;
	/* Further apart than the turns are, they are two accesses. */
	return !tandem_place_distance(&a->place, &b->place, &distance) ||
	       (distance < llabs(growth_a->by) && -distance < llabs(growth_a->by));
}

/*
 * Whether one of two accesses that may become one would pass something in its way:
 * the later of two loads moves up, the earlier of two stores moves down.
 */
static bool is_something_between(const struct tandem_compilation *compilation,
				 const struct accesses *accesses, unsigned int first,
				 unsigned int last)
{
	const struct access *list = accesses->list;
	const struct access *moved = list[first].is_store ? &list[first] : &list[last];

	for (unsigned int i = first + 1; i < last; i++) {
		if ((list[i].is_store || moved->is_store) && may_meet(compilation, &list[i], moved))
			return true;
	}
	return false;
}

static bool may_change_order(const struct tandem_compilation *compilation,
			     const struct accesses *accesses)
{
	for (unsigned int first = 0; first < accesses->count; first++) {
		for (unsigned int last = first + 1; last < accesses->count; last++) {
			if (may_be_one(&accesses->list[first], &accesses->list[last]) &&
			    is_something_between(compilation, accesses, first, last))
				return true;
		}
	}
	return false;
}

/* ---- loops ---- */

static void take_mark(LLVMValueRef access, void *data)
{
	const struct tandem_compilation *compilation = data;

	LLVMSetMetadata(access, compilation->access_group, NULL);
}

static void look_at_loop(struct tandem_compilation *compilation, const struct tandem_flow *flow,
			 unsigned int loop)
{
	struct accesses accesses = { .are_all_marked = true };
	struct counting counting = { compilation, &accesses };
	struct filling filling = { compilation, flow, loop, &accesses };
	bool may_change;

	for_accesses(flow, loop, count_access, &counting);
	if (accesses.count < 3 || !accesses.are_all_marked)
		return;
	if (accesses.count > MOST_ACCESSES) {
		for_accesses(flow, loop, take_mark, compilation);
		return;
	}
	accesses.list = tandem_new_array(accesses.list, accesses.count);
	if (!accesses.list) {
		tandem_ir_error(compilation, "no memory");
		return;
	}
	accesses.count = 0;
	for_accesses(flow, loop, fill_in, &filling);
	may_change = may_change_order(compilation, &accesses);
	free(accesses.list);
	if (may_change)
		for_accesses(flow, loop, take_mark, compilation);
}

void tandem_access_order_keep(struct tandem_compilation *compilation,
			      const struct tandem_flow *flow)
{
	for (unsigned int i = 0; i < flow->loop_count; i++) {
		if (flow->loops[i].is_innermost)
			look_at_loop(compilation, flow, i);
	}
}
