// SPDX-License-Identifier: MIT
#include "places.h"

#include <stdlib.h>

/* How deep a chain of operands is followed, and how many values are looked at for one place. */
#define MOST_DEPTH  24
#define MOST_VALUES 400

struct search {
	const struct tandem_compilation *compilation;
	const struct tandem_flow *flow;
	unsigned int loop;
	unsigned int budget;
	struct tandem_place *place;
};

/* ---- growth ---- */

static const struct tandem_growth anyhow = { TANDEM_GROWS_ANYHOW, 0 };
static const struct tandem_growth evenly = { TANDEM_GROWS_EVENLY, 0 };
static const struct tandem_growth not_at_all = { TANDEM_GROWS_BY, 0 };

static struct tandem_growth growth_of(struct search *search, LLVMValueRef value,
				      unsigned int depth);

static struct tandem_growth grows_by(int64_t by)
{
	return (struct tandem_growth){ TANDEM_GROWS_BY, by };
}

/* Products of what a program says may overflow, and mean nothing then. */
static int64_t multiply(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a * (uint64_t)b);
}

static int64_t add(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

static struct tandem_growth sum(struct tandem_growth a, struct tandem_growth b, int64_t factor)
{
	if (a.kind == TANDEM_GROWS_ANYHOW || b.kind == TANDEM_GROWS_ANYHOW)
		return anyhow;
	if (a.kind == TANDEM_GROWS_EVENLY || b.kind == TANDEM_GROWS_EVENLY)
		return evenly;
	return grows_by(add(a.by, multiply(b.by, factor)));
}

/* Of an instruction of which only that is known: its operands'. */
static struct tandem_growth mixed(struct search *search, LLVMValueRef instruction,
				  unsigned int depth)
{
	struct tandem_growth result = not_at_all;

	for (int i = 0; i < LLVMGetNumOperands(instruction); i++) {
		LLVMValueRef operand = LLVMGetOperand(instruction, i);
		struct tandem_growth growth;

		if (LLVMIsAFunction(operand) || LLVMValueIsBasicBlock(operand))
			continue;
		growth = growth_of(search, operand, depth);
		if (growth.kind != TANDEM_GROWS_BY || growth.by)
			result = sum(result, growth.kind == TANDEM_GROWS_ANYHOW ? anyhow : evenly,
				     1);
	}
	return result;
}

static bool small_constant(LLVMValueRef value, int64_t *number)
{
	if (!LLVMIsAConstantInt(value) || LLVMGetIntTypeWidth(LLVMTypeOf(value)) > 64)
		return false;
	*number = LLVMConstIntGetSExtValue(value);
	return true;
}

/*
 * Whether a value is one that the loop is given, and not computed: of sums and the like
 * with such a value nobody knows what they are where that is one.
 */
static bool is_given(const struct search *search, LLVMValueRef value)
{
	if (!tandem_flow_is_outside(search->flow, search->loop, value))
		return false;
	while (LLVMIsATruncInst(value) || LLVMIsAZExtInst(value) || LLVMIsASExtInst(value))
		value = LLVMGetOperand(value, 0);
	return LLVMIsAArgument(value) || LLVMIsALoadInst(value);
}

static struct tandem_growth scaled(struct search *search, LLVMValueRef instruction,
				   unsigned int depth)
{
	LLVMValueRef a = LLVMGetOperand(instruction, 0), b = LLVMGetOperand(instruction, 1);
	bool is_shift = LLVMGetInstructionOpcode(instruction) == LLVMShl;
	int64_t factor;

	if (!is_shift && LLVMIsAConstantInt(a)) {
		LLVMValueRef swapped = a;

		a = b;
		b = swapped;
	}
	if (!is_shift && !LLVMIsAConstantInt(b)) {
		/* Perhaps by one: the vectoriser has a loop of its own for strides of one. */
		if (is_given(search, b))
			return growth_of(search, a, depth);
		if (is_given(search, a))
			return growth_of(search, b, depth);
	}
	if (!small_constant(b, &factor) || (is_shift && (uint64_t)factor > 62))
		return mixed(search, instruction, depth);
	return sum(not_at_all, growth_of(search, a, depth),
		   is_shift ? INT64_C(1) << factor : factor);
}

/* Of a counter: what is added to it in each turn. */
static struct tandem_growth counted(struct search *search, LLVMValueRef phi)
{
	const struct tandem_flow_loop *loop = &search->flow->loops[search->loop];
	LLVMValueRef next = NULL;
	int64_t step;

	if (LLVMGetInstructionParent(phi) != search->flow->blocks[loop->header] ||
	    LLVMCountIncoming(phi) != 2)
		return evenly;
	for (unsigned int i = 0; i < 2; i++) {
		LLVMValueRef value = LLVMGetIncomingValue(phi, i);

		if (LLVMIsAInstruction(value) &&
		    tandem_flow_loop_of(search->flow, value) == search->loop)
			next = value;
	}
	if (!next)
		return evenly;
	if (LLVMIsALoadInst(next))
		return anyhow;
	if (LLVMGetInstructionOpcode(next) == LLVMAdd && LLVMGetOperand(next, 0) == phi &&
	    small_constant(LLVMGetOperand(next, 1), &step))
		return grows_by(step);
	return evenly;
}

static struct tandem_growth address_growth(struct search *search, LLVMValueRef instruction,
					   unsigned int depth)
{
	struct tandem_growth result = growth_of(search, LLVMGetOperand(instruction, 0), depth);
	unsigned int count = (unsigned int)LLVMGetNumOperands(instruction);
	LLVMTypeRef type;

	for (unsigned int i = 1; i < count; i++) {
		struct tandem_ir_step step =
			tandem_ir_address_step(search->compilation->layout, instruction, i, &type);

		if (step.index)
			result = sum(result, growth_of(search, step.index, depth),
				     (int64_t)step.bytes);
	}
	return result;
}

/* What is left of the growth of a number in its low bits, as a number with a sign. */
static struct tandem_growth low_bits(struct tandem_growth growth, unsigned int bits)
{
	if (growth.kind == TANDEM_GROWS_BY && bits < 64)
		growth.by = (int64_t)((uint64_t)growth.by << (64 - bits)) >> (64 - bits);
	return growth;
}

static unsigned int width_of(LLVMValueRef value)
{
	LLVMTypeRef type = LLVMTypeOf(value);

	return LLVMGetTypeKind(type) == LLVMIntegerTypeKind ? LLVMGetIntTypeWidth(type) : 64;
}

/* Of the bits that a mask leaves: those of a number that grows by far less than they hold. */
static struct tandem_growth masked(struct search *search, LLVMValueRef instruction,
				   unsigned int depth)
{
	LLVMValueRef mask = LLVMGetOperand(instruction, 1);
	struct tandem_growth growth;
	uint64_t bits, holds;

	if (!LLVMIsAConstantInt(mask) || LLVMIsNull(mask) || width_of(mask) > 64)
		return mixed(search, instruction, depth);
	growth = growth_of(search, LLVMGetOperand(instruction, 0), depth);
	if (growth.kind != TANDEM_GROWS_BY || !growth.by)
		return growth;
	bits = LLVMConstIntGetZExtValue(mask);
	holds = UINT64_MAX >> __builtin_clzll(bits);
	if ((uint64_t)llabs(growth.by) > holds / 2 || (uint64_t)growth.by & ~bits & holds)
		return evenly;
	return growth;
}

static struct tandem_growth instruction_growth(struct search *search, LLVMValueRef instruction,
					       unsigned int depth)
{
	LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);

	switch (opcode) {
	case LLVMAdd:
	case LLVMOr:
	case LLVMSub:
		if (opcode == LLVMOr && !LLVMGetIsDisjoint(instruction))
			return mixed(search, instruction, depth);
		return sum(growth_of(search, LLVMGetOperand(instruction, 0), depth),
			   growth_of(search, LLVMGetOperand(instruction, 1), depth),
			   opcode == LLVMSub ? -1 : 1);
	case LLVMMul:
	case LLVMShl:
		return scaled(search, instruction, depth);
	case LLVMAnd:
		return masked(search, instruction, depth);
	case LLVMTrunc:
		return low_bits(growth_of(search, LLVMGetOperand(instruction, 0), depth),
				width_of(instruction));
	case LLVMZExt:
	case LLVMSExt:
		return low_bits(growth_of(search, LLVMGetOperand(instruction, 0), depth),
				width_of(LLVMGetOperand(instruction, 0)));
	case LLVMAddrSpaceCast:
	case LLVMPtrToInt:
	case LLVMIntToPtr:
		return growth_of(search, LLVMGetOperand(instruction, 0), depth);
	case LLVMGetElementPtr:
		return address_growth(search, instruction, depth);
	case LLVMPHI:
		return counted(search, instruction);
	case LLVMLoad:
	case LLVMFPToSI:
	case LLVMFPToUI:
	case LLVMBitCast:
	case LLVMExtractElement:
	case LLVMFreeze:
		return anyhow;
	default:
		return mixed(search, instruction, depth);
	}
}

static struct tandem_growth growth_of(struct search *search, LLVMValueRef value, unsigned int depth)
{
	if (tandem_flow_is_outside(search->flow, search->loop, value))
		return not_at_all;
	if (depth == MOST_DEPTH || !search->budget)
		return evenly;
	search->budget--;
	return instruction_growth(search, value, depth + 1);
}

/* ---- terms ---- */

static void add_term(struct search *search, LLVMValueRef value, LLVMOpcode extension,
		     int64_t factor)
{
	struct tandem_place *place = search->place;
	struct tandem_place_term *term;
	unsigned int i;

	for (i = 0; i < place->term_count; i++) {
		term = &place->terms[i];
		if (term->value != value || term->extension != extension)
			continue;
		term->factor = add(term->factor, factor);
		if (!term->factor)
			*term = place->terms[--place->term_count];
		return;
	}
	if (i == TANDEM_MOST_TERMS) {
		place->is_whole = false;
		return;
	}
	place->terms[place->term_count++] = (struct tandem_place_term){ value, extension, factor };
}

static void add_value(struct search *search, LLVMValueRef value, LLVMOpcode extension,
		      int64_t factor, unsigned int depth);

static void add_operands(struct search *search, LLVMValueRef instruction, LLVMOpcode extension,
			 int64_t factor, int64_t sign, unsigned int depth)
{
	add_value(search, LLVMGetOperand(instruction, 0), extension, factor, depth);
	add_value(search, LLVMGetOperand(instruction, 1), extension, multiply(factor, sign), depth);
}

static void add_address(struct search *search, LLVMValueRef instruction, int64_t factor,
			unsigned int depth)
{
	unsigned int count = (unsigned int)LLVMGetNumOperands(instruction);
	LLVMTypeRef type;

	add_value(search, LLVMGetOperand(instruction, 0), 0, factor, depth);
	for (unsigned int i = 1; i < count; i++) {
		struct tandem_ir_step step =
			tandem_ir_address_step(search->compilation->layout, instruction, i, &type);
		int64_t bytes = multiply(factor, (int64_t)step.bytes);

		if (!step.index)
			search->place->offset = add(search->place->offset, bytes);
		else
			add_value(search, step.index,
				  LLVMGetIntTypeWidth(LLVMTypeOf(step.index)) < 64 ? LLVMSExt :
										     (LLVMOpcode)0,
				  bytes, depth);
	}
}

/* Whether a sum may be extended by extending its parts. */
static bool is_sum_extended(LLVMValueRef sum, LLVMOpcode extension)
{
	switch (extension) {
	case LLVMZExt:
		return LLVMGetNUW(sum);
	case LLVMSExt:
		return LLVMGetNSW(sum);
	default:
		return true;
	}
}

/* Adds @factor times an instruction's value, where that is a sum itself. False where not. */
static bool add_parts(struct search *search, LLVMValueRef instruction, LLVMOpcode extension,
		      int64_t factor, unsigned int depth)
{
	LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);
	int64_t number;

	switch (opcode) {
	case LLVMAdd:
	case LLVMSub:
		if (!is_sum_extended(instruction, extension))
			return false;
		add_operands(search, instruction, extension, factor, opcode == LLVMSub ? -1 : 1,
			     depth);
		return true;
	case LLVMOr:
		/* Of parts with a sign each, the sum's is another. */
		if (!LLVMGetIsDisjoint(instruction) || extension == LLVMSExt)
			return false;
		add_operands(search, instruction, extension, factor, 1, depth);
		return true;
	case LLVMMul:
	case LLVMShl:
		if (!small_constant(LLVMGetOperand(instruction, 1), &number) ||
		    (opcode == LLVMShl && (uint64_t)number > 62) ||
		    !is_sum_extended(instruction, extension))
			return false;
		if (extension && number < 0)
			return false;
		add_value(search, LLVMGetOperand(instruction, 0), extension,
			  multiply(factor, opcode == LLVMShl ? INT64_C(1) << number : number),
			  depth);
		return true;
	case LLVMZExt:
	case LLVMSExt:
		if (extension && extension != opcode)
			return false;
		add_value(search, LLVMGetOperand(instruction, 0), opcode, factor, depth);
		return true;
	case LLVMAddrSpaceCast:
	case LLVMPtrToInt:
	case LLVMIntToPtr:
		if (extension)
			return false;
		add_value(search, LLVMGetOperand(instruction, 0), 0, factor, depth);
		return true;
	case LLVMGetElementPtr:
		add_address(search, instruction, factor, depth);
		return true;
	default:
		return false;
	}
}

static void add_value(struct search *search, LLVMValueRef value, LLVMOpcode extension,
		      int64_t factor, unsigned int depth)
{
	int64_t number;

	if (small_constant(value, &number)) {
		if (extension == LLVMZExt)
			number = (int64_t)LLVMConstIntGetZExtValue(value);
		search->place->offset = add(search->place->offset, multiply(factor, number));
		return;
	}
	if (LLVMIsAInstruction(value) && depth < MOST_DEPTH && search->budget) {
		search->budget--;
		if (add_parts(search, value, extension, factor, depth + 1))
			return;
	}
	add_term(search, value, extension, factor);
}

/* ---- places ---- */

static LLVMValueRef find_object(const struct tandem_place *place)
{
	LLVMValueRef object = NULL;

	for (unsigned int i = 0; i < place->term_count; i++) {
		const struct tandem_place_term *term = &place->terms[i];

		if (LLVMGetTypeKind(LLVMTypeOf(term->value)) != LLVMPointerTypeKind)
			continue;
		if (object || term->factor != 1)
			return NULL;
		object = term->value;
	}
	return object;
}

/* Of the sum of the terms, in which what cancels out is gone. */
static struct tandem_growth find_growth(struct search *search, LLVMValueRef pointer)
{
	const struct tandem_place *place = search->place;
	struct tandem_growth growth = not_at_all;

	search->budget = MOST_VALUES;
	if (!place->is_whole) {
		growth = growth_of(search, pointer, 0);
		return growth.kind == TANDEM_GROWS_ANYHOW ? evenly : growth;
	}
	for (unsigned int i = 0; i < place->term_count; i++) {
		const struct tandem_place_term *term = &place->terms[i];
		struct tandem_growth part = growth_of(search, term->value, 0);

		growth = sum(growth, low_bits(part, width_of(term->value)), term->factor);
	}
	return growth;
}

void tandem_place_find(struct tandem_place *place, const struct tandem_compilation *compilation,
		       const struct tandem_flow *flow, unsigned int loop, LLVMValueRef pointer)
{
	struct search search = { compilation, flow, loop, MOST_VALUES, place };

	*place = (struct tandem_place){ .is_whole = true };
	add_value(&search, pointer, 0, 1, 0);
	place->object = find_object(place);
	place->growth = find_growth(&search, pointer);
}

static bool has_term(const struct tandem_place *place, const struct tandem_place_term *term)
{
	for (unsigned int i = 0; i < place->term_count; i++) {
		if (place->terms[i].value == term->value &&
		    place->terms[i].extension == term->extension)
			return place->terms[i].factor == term->factor;
	}
	return false;
}

bool tandem_place_distance(const struct tandem_place *a, const struct tandem_place *b,
			   int64_t *distance)
{
	if (!a->is_whole || !b->is_whole || a->term_count != b->term_count)
		return false;
	for (unsigned int i = 0; i < a->term_count; i++) {
		if (!has_term(b, &a->terms[i]))
			return false;
	}
	*distance = (int64_t)((uint64_t)b->offset - (uint64_t)a->offset);
	return true;
}
