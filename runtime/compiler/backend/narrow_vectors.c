// SPDX-License-Identifier: MIT
#include "narrow_vectors.h"

#include "pointer_map.h"

/* Shorter vectors take as long. */
#define LEAST_COMPONENTS 4
/* Of instructions that are looked at before the one that reads a component. */
#define MOST_LOOKED_AT 128
/* Of those, that make a vector whose first components count. */
#define MOST_STEPS 64
/* Of an operation by component. */
#define MOST_OPERANDS 3
/* Vectors so long are loaded as two: while such are computed with, some units stand still. */
#define HALVED_BYTES 64
/* Of operations by which a component is computed by itself. */
#define MOST_DEPTH 4

/* An instruction of whose value only so many first components count. */
struct step {
	LLVMValueRef instruction, narrow;
	LLVMValueRef halves[2]; /* of all components, where these were made apart */
	unsigned int needed;
	bool is_redone; /* with short vectors; of others, the first components are taken */
	bool may_be_halved;
};

/* What a component is computed by, the last ones first. */
struct chain {
	struct tandem_compilation *compilation;
	LLVMValueRef root; /* which reads the component */
	LLVMValueRef first; /* of its block, that has been looked at */
	struct tandem_pointer_map numbers; /* of the steps, from 1 on */
	struct step steps[MOST_STEPS];
	unsigned int count;
	unsigned int pending; /* not yet come to; those of other blocks never are */
	bool moves, has_too_many;
};

static unsigned int length_of(LLVMValueRef value)
{
	LLVMTypeRef type = LLVMTypeOf(value);

	return LLVMGetTypeKind(type) == LLVMVectorTypeKind ? LLVMGetVectorSize(type) : 0;
}

static uint64_t size_of(const struct chain *chain, LLVMValueRef value)
{
	return LLVMABISizeOfType(chain->compilation->layout, LLVMTypeOf(value));
}

static struct step *step_of(struct chain *chain, LLVMValueRef value)
{
	uintptr_t number = (uintptr_t)tandem_pointer_map_get(&chain->numbers, value);

	return number ? &chain->steps[number - 1] : NULL;
}

/* ---- what counts ---- */

/* Whether it computes each component from those in the same place. */
static bool is_by_component(LLVMValueRef instruction)
{
	unsigned int length = length_of(instruction);

	if (LLVMIsACallInst(instruction))
		return tandem_ir_is_arithmetic_intrinsic(instruction);
	if (LLVMIsACastInst(instruction))
		return length_of(LLVMGetOperand(instruction, 0)) == length;
	return LLVMIsABinaryOperator(instruction) || LLVMIsACmpInst(instruction) ||
	       LLVMIsASelectInst(instruction) || LLVMIsAFreezeInst(instruction) ||
	       LLVMGetInstructionOpcode(instruction) == LLVMFNeg;
}

/* Whether it moves components of a single vector. */
static bool is_move(LLVMValueRef instruction)
{
	return LLVMIsAShuffleVectorInst(instruction) &&
	       LLVMIsUndef(LLVMGetOperand(instruction, 1)) &&
	       length_of(LLVMGetOperand(instruction, 0)) <= TANDEM_MOST_LANES;
}

/* Which component all of a move's result are, or -1. */
static int same_component(LLVMValueRef move)
{
	int component = LLVMGetMaskValue(move, 0);

	for (unsigned int i = 1; i < LLVMGetNumMaskElements(move); i++) {
		if (LLVMGetMaskValue(move, i) != component)
			return -1;
	}
	return component;
}

/* The value that all components of a vector are, or NULL where it is not known to be there. */
static LLVMValueRef find_splat(LLVMValueRef vector)
{
	LLVMValueRef inserted;

	if (!LLVMIsAInstruction(vector) || !is_move(vector) || same_component(vector) < 0)
		return NULL;
	inserted = LLVMGetOperand(vector, 0);
	if (!LLVMIsAInsertElementInst(inserted) ||
	    !LLVMIsAConstantInt(LLVMGetOperand(inserted, 2)) ||
	    LLVMConstIntGetZExtValue(LLVMGetOperand(inserted, 2)) !=
		    (unsigned int)same_component(vector))
		return NULL;
	return LLVMGetOperand(inserted, 1);
}

/* How many first components of a moved vector the first @needed of the result are from. */
static unsigned int moved_from(LLVMValueRef move, unsigned int needed)
{
	unsigned int most = 1;

	for (unsigned int i = 0; i < needed; i++) {
		int from = LLVMGetMaskValue(move, i);

		if (from >= (int)most)
			most = (unsigned int)from + 1;
	}
	return most;
}

/* The number of components that are kept where so many are needed. */
static unsigned int rounded(unsigned int needed)
{
	unsigned int length = LEAST_COMPONENTS;

	while (length < needed)
		length *= 2;
	return length;
}

/* An operand, of which the first @needed components count. */
static void need(struct chain *chain, LLVMValueRef value, unsigned int needed)
{
	struct step *step = step_of(chain, value);

	if (!LLVMIsAInstruction(value) || !length_of(value))
		return;
	if (!step) {
		if (chain->count == MOST_STEPS) {
			chain->has_too_many = true;
			return;
		}
		step = &chain->steps[chain->count++];
		*step = (struct step){ .instruction = value };
		tandem_pointer_map_set(&chain->numbers, value, (void *)(uintptr_t)chain->count);
		chain->pending++;
	}
	if (step->needed < rounded(needed))
		step->needed = rounded(needed);
}

/* Whether nothing uses the instruction but what is done with short vectors. */
static bool is_only_for(struct chain *chain, LLVMValueRef instruction)
{
	for (LLVMUseRef use = LLVMGetFirstUse(instruction); use; use = LLVMGetNextUse(use)) {
		LLVMValueRef user = LLVMGetUser(use);
		const struct step *step = step_of(chain, user);

		if (user != chain->root && !(step && (step->is_redone || step->may_be_halved)))
			return false;
	}
	return true;
}

/* Whether it is loaded, or a loaded value as another type. */
static bool is_load_or_of_one(LLVMValueRef instruction)
{
	if (LLVMIsALoadInst(instruction))
		return !tandem_ir_is_seen_by_others(instruction);
	return LLVMIsAFreezeInst(instruction) ||
	       (LLVMIsABitCastInst(instruction) && is_by_component(instruction));
}

/* Comes to a step, all of whose users have been come to. */
static void look_at(struct chain *chain, struct step *step)
{
	LLVMValueRef instruction = step->instruction;
	bool moves = is_move(instruction);

	chain->pending--;
	step->may_be_halved = step->needed == length_of(instruction) &&
			      size_of(chain, instruction) == HALVED_BYTES &&
			      is_load_or_of_one(instruction) && is_only_for(chain, instruction);
	if (step->may_be_halved && !LLVMIsALoadInst(instruction))
		need(chain, LLVMGetOperand(instruction, 0), step->needed);
	if (step->needed >= length_of(instruction) || length_of(instruction) > TANDEM_MOST_LANES ||
	    !(moves || is_by_component(instruction)) || !is_only_for(chain, instruction))
		return;
	step->is_redone = true;
	if (moves) {
		chain->moves = true;
		need(chain, LLVMGetOperand(instruction, 0), moved_from(instruction, step->needed));
		return;
	}
	for (unsigned int i = 0; i < tandem_ir_operand_count(instruction); i++)
		need(chain, LLVMGetOperand(instruction, i), step->needed);
}

/* Whether it is worth it: components are moved on the way, and no step is left out. */
static bool find_chain(struct chain *chain, LLVMValueRef vector, unsigned int component)
{
	LLVMValueRef instruction = LLVMGetPreviousInstruction(chain->root);

	need(chain, vector, component + 1);
	for (unsigned int i = 0; instruction && chain->pending && i < MOST_LOOKED_AT; i++) {
		struct step *step = step_of(chain, instruction);

		chain->first = instruction;
		instruction = LLVMGetPreviousInstruction(instruction);
		if (step)
			look_at(chain, step);
		if (chain->has_too_many || chain->numbers.failed)
			return false;
	}
	return chain->count && chain->steps[0].is_redone && chain->moves;
}

/* The same operation by component on other operands, which gives a @type. */
static LLVMValueRef build_like(struct tandem_compilation *compilation, LLVMValueRef instruction,
			       LLVMValueRef *operands, LLVMTypeRef type)
{
	LLVMValueRef result = tandem_ir_build_like(compilation, instruction, operands, type);

	tandem_ir_copy_fast_math(instruction, result);
	return result;
}

/* ---- doing it anew ---- */

/* The first @length components of a value. */
static LLVMValueRef first_of(struct chain *chain, LLVMValueRef value, unsigned int length)
{
	struct tandem_compilation *compilation = chain->compilation;
	const struct step *step = step_of(chain, value);
	LLVMValueRef places[TANDEM_MOST_LANES];

	if (!length_of(value))
		return value;
	if (step && step->narrow)
		value = step->narrow;
	else if (step && step->halves[0] && length <= length_of(step->halves[0]))
		value = step->halves[0];
	if (length_of(value) <= length)
		return value;
	for (unsigned int i = 0; i < length; i++)
		places[i] = LLVMConstInt(compilation->i32, i, 0);
	return LLVMBuildShuffleVector(compilation->builder, value, LLVMGetPoison(LLVMTypeOf(value)),
				      LLVMConstVector(places, length), "");
}

/* Where only components of an upper half are moved, the number of its first one; else 0. */
static unsigned int moved_from_upper(struct chain *chain, const struct step *move)
{
	const struct step *from = step_of(chain, LLVMGetOperand(move->instruction, 0));
	int half = from && from->halves[1] ? (int)length_of(from->halves[1]) : 0;

	for (unsigned int i = 0; i < move->needed; i++) {
		int place = LLVMGetMaskValue(move->instruction, i);

		if (place >= 0 && place < half)
			return 0;
	}
	return (unsigned int)half;
}

static LLVMValueRef build_move(struct chain *chain, const struct step *step)
{
	struct tandem_compilation *compilation = chain->compilation;
	LLVMValueRef moved = LLVMGetOperand(step->instruction, 0), places[TANDEM_MOST_LANES];
	unsigned int length = rounded(moved_from(step->instruction, step->needed));
	unsigned int first = moved_from_upper(chain, step);

	moved = first ? step_of(chain, moved)->halves[1] : first_of(chain, moved, length);
	for (unsigned int i = 0; i < step->needed; i++) {
		int from = LLVMGetMaskValue(step->instruction, i);

		places[i] = from < 0 ?
				    LLVMGetPoison(compilation->i32) :
				    LLVMConstInt(compilation->i32, (unsigned int)from - first, 0);
	}
	return LLVMBuildShuffleVector(compilation->builder, moved, LLVMGetPoison(LLVMTypeOf(moved)),
				      LLVMConstVector(places, step->needed), "");
}

/* The same component as often as the root has it. */
static LLVMValueRef same_places(struct chain *chain)
{
	unsigned int component = (unsigned int)same_component(chain->root);
	LLVMValueRef places[TANDEM_MOST_LANES];

	for (unsigned int i = 0; i < length_of(chain->root); i++)
		places[i] = LLVMConstInt(chain->compilation->i32, component, 0);
	return LLVMConstVector(places, length_of(chain->root));
}

static LLVMValueRef build_by_component(struct chain *chain, const struct step *step)
{
	LLVMValueRef instruction = step->instruction, operands[MOST_OPERANDS];
	LLVMTypeRef type =
		LLVMVectorType(LLVMGetElementType(LLVMTypeOf(instruction)), step->needed);

	for (unsigned int i = 0; i < tandem_ir_operand_count(instruction); i++)
		operands[i] = first_of(chain, LLVMGetOperand(instruction, i), step->needed);
	return build_like(chain->compilation, instruction, operands, type);
}

static LLVMValueRef build_half_load(struct chain *chain, LLVMValueRef load, LLVMTypeRef type,
				    unsigned int half)
{
	struct tandem_compilation *compilation = chain->compilation;
	unsigned int kinds[] = { compilation->noalias, compilation->alias_scope };
	LLVMValueRef offset = LLVMConstInt(compilation->i64, half * HALVED_BYTES / 2, 0);
	LLVMValueRef place = LLVMGetOperand(load, 0), result;
	unsigned int alignment = LLVMGetAlignment(load);

	if (half)
		place = LLVMBuildGEP2(compilation->builder, compilation->i8, place, &offset, 1, "");
	result = LLVMBuildLoad2(compilation->builder, type, place, "");
	LLVMSetAlignment(result, alignment < HALVED_BYTES / 2 ? alignment : HALVED_BYTES / 2);
	for (unsigned int i = 0; i < 2; i++) {
		if (LLVMGetMetadata(load, kinds[i]))
			LLVMSetMetadata(result, kinds[i], LLVMGetMetadata(load, kinds[i]));
	}
	return result;
}

/* Both halves apart, if what it is made of is there so. */
static void build_halves(struct chain *chain, struct step *step)
{
	LLVMTypeRef type = LLVMVectorType(LLVMGetElementType(LLVMTypeOf(step->instruction)),
					  length_of(step->instruction) / 2);
	bool is_load = LLVMIsALoadInst(step->instruction);
	const struct step *from = is_load ? NULL :
					    step_of(chain, LLVMGetOperand(step->instruction, 0));

	if (!is_load && !(from && from->halves[0]))
		return;
	LLVMPositionBuilderBefore(chain->compilation->builder, step->instruction);
	for (unsigned int half = 0; half < 2; half++) {
		LLVMValueRef operand = is_load ? NULL : from->halves[half];

		step->halves[half] =
			is_load ? build_half_load(chain, step->instruction, type, half) :
				  tandem_ir_build_like(chain->compilation, step->instruction,
						       &operand, type);
	}
}

static void build_step(struct chain *chain, struct step *step)
{
	LLVMValueRef instruction = step->instruction;

	LLVMPositionBuilderBefore(chain->compilation->builder, instruction);
	step->narrow = is_move(instruction) ? build_move(chain, step) :
					      build_by_component(chain, step);
}

/* Lets the root, which is the only one that reads the chain's vector, read the short one. */
static void build_root(struct chain *chain)
{
	struct tandem_compilation *compilation = chain->compilation;
	LLVMValueRef root = chain->root, narrow = chain->steps[0].narrow, all;

	if (!LLVMIsAShuffleVectorInst(root)) {
		LLVMSetOperand(root, 0, narrow);
		return;
	}
	LLVMPositionBuilderBefore(compilation->builder, root);
	all = LLVMBuildShuffleVector(compilation->builder, narrow,
				     LLVMGetPoison(LLVMTypeOf(narrow)), same_places(chain), "");
	LLVMReplaceAllUsesWith(root, all);
	LLVMInstructionEraseFromParent(root);
}

static void build_chain(struct chain *chain)
{
	LLVMValueRef instruction, next;

	for (instruction = chain->first; instruction != chain->root;
	     instruction = LLVMGetNextInstruction(instruction)) {
		struct step *step = step_of(chain, instruction);

		if (step && step->is_redone)
			build_step(chain, step);
		else if (step && step->may_be_halved)
			build_halves(chain, step);
	}
	instruction = LLVMGetPreviousInstruction(chain->root);
	build_root(chain);
	for (; instruction; instruction = next) {
		const struct step *step = step_of(chain, instruction);

		next = instruction == chain->first ? NULL : LLVMGetPreviousInstruction(instruction);
		if (step && (step->is_redone || step->may_be_halved) &&
		    !LLVMGetFirstUse(instruction))
			LLVMInstructionEraseFromParent(instruction);
	}
}

/* ---- components by themselves ---- */

/* Of how many components of the result each one of an integer vector's is, if it is cut so; or 0. */
static unsigned int pieces_of(LLVMValueRef instruction)
{
	LLVMTypeRef types[2];
	unsigned int length;

	if (!LLVMIsABitCastInst(instruction))
		return 0;
	types[0] = LLVMTypeOf(LLVMGetOperand(instruction, 0));
	types[1] = LLVMTypeOf(instruction);
	for (unsigned int i = 0; i < 2; i++) {
		if (LLVMGetTypeKind(types[i]) != LLVMVectorTypeKind ||
		    LLVMGetTypeKind(LLVMGetElementType(types[i])) != LLVMIntegerTypeKind)
			return 0;
	}
	length = LLVMGetVectorSize(types[0]);
	return LLVMGetVectorSize(types[1]) % length ? 0 : LLVMGetVectorSize(types[1]) / length;
}

/* Whether it is as easily computed by itself: of what is there, and for nothing else. */
static bool is_easily_alone(LLVMValueRef vector, unsigned int depth)
{
	LLVMUseRef use;

	if (LLVMIsAConstantDataVector(vector) || LLVMIsAConstantVector(vector) ||
	    find_splat(vector))
		return true;
	if (!LLVMIsAInstruction(vector) || depth == MOST_DEPTH ||
	    !(is_by_component(vector) || pieces_of(vector)))
		return false;
	use = LLVMGetFirstUse(vector);
	if (!use || LLVMGetNextUse(use))
		return false;
	for (unsigned int i = 0; i < tandem_ir_operand_count(vector); i++) {
		LLVMValueRef operand = LLVMGetOperand(vector, i);

		if (length_of(operand) && !is_easily_alone(operand, depth + 1))
			return false;
	}
	return true;
}

static LLVMValueRef build_alone(struct tandem_compilation *compilation, LLVMValueRef vector,
				unsigned int component);

/* One of the pieces into which components are cut, the lowest bits first. */
static LLVMValueRef build_piece(struct tandem_compilation *compilation, LLVMValueRef cut,
				unsigned int component)
{
	LLVMTypeRef type = LLVMGetElementType(LLVMTypeOf(cut));
	unsigned int pieces = pieces_of(cut);
	LLVMValueRef whole = build_alone(compilation, LLVMGetOperand(cut, 0), component / pieces);
	unsigned int bits = component % pieces * LLVMGetIntTypeWidth(type);

	whole = LLVMBuildLShr(compilation->builder, whole, LLVMConstInt(LLVMTypeOf(whole), bits, 0),
			      "");
	return LLVMBuildTrunc(compilation->builder, whole, type, "");
}

static LLVMValueRef build_alone(struct tandem_compilation *compilation, LLVMValueRef vector,
				unsigned int component)
{
	LLVMValueRef value = find_splat(vector), operands[MOST_OPERANDS];

	if (value)
		return value;
	if (!LLVMIsAInstruction(vector))
		return LLVMGetAggregateElement(vector, component);
	if (pieces_of(vector) > 1)
		return build_piece(compilation, vector, component);
	for (unsigned int i = 0; i < tandem_ir_operand_count(vector); i++) {
		operands[i] = LLVMGetOperand(vector, i);
		if (length_of(operands[i]))
			operands[i] = build_alone(compilation, operands[i], component);
	}
	return build_like(compilation, vector, operands, LLVMGetElementType(LLVMTypeOf(vector)));
}

static void erase_unused(LLVMValueRef vector)
{
	LLVMValueRef operands[MOST_OPERANDS];
	unsigned int count;

	if (!LLVMIsAInstruction(vector) || LLVMGetFirstUse(vector) ||
	    !(is_by_component(vector) || pieces_of(vector)))
		return;
	count = tandem_ir_operand_count(vector);
	for (unsigned int i = 0; i < count; i++)
		operands[i] = LLVMGetOperand(vector, i);
	LLVMInstructionEraseFromParent(vector);
	for (unsigned int i = 0; i < count; i++)
		erase_unused(operands[i]);
}

/* What a root reads, computed as a number where that is possible. */
static bool compute_alone(struct tandem_compilation *compilation, LLVMValueRef root,
			  LLVMValueRef vector, unsigned int component)
{
	if (!LLVMIsAExtractElementInst(root) || find_splat(vector) || !is_easily_alone(vector, 0))
		return false;
	LLVMPositionBuilderBefore(compilation->builder, root);
	LLVMReplaceAllUsesWith(root, build_alone(compilation, vector, component));
	LLVMInstructionEraseFromParent(root);
	erase_unused(vector);
	return true;
}

/* ---- all of them ---- */

/* Whether @instruction reads one component, and of what. */
static bool find_root(LLVMValueRef instruction, LLVMValueRef *vector, unsigned int *component)
{
	if (LLVMIsAExtractElementInst(instruction)) {
		LLVMValueRef index = LLVMGetOperand(instruction, 1);

		if (!LLVMIsAConstantInt(index))
			return false;
		*component = (unsigned int)LLVMConstIntGetZExtValue(index);
	} else if (is_move(instruction) && same_component(instruction) >= 0) {
		*component = (unsigned int)same_component(instruction);
	} else {
		return false;
	}
	*vector = LLVMGetOperand(instruction, 0);
	return LLVMIsAInstruction(*vector) && *component < length_of(*vector) &&
	       length_of(*vector) <= TANDEM_MOST_LANES &&
	       length_of(instruction) <= TANDEM_MOST_LANES;
}

void tandem_narrow_vectors(struct tandem_compilation *compilation)
{
	struct chain chain = { .compilation = compilation };
	LLVMValueRef function = LLVMGetFirstFunction(compilation->module), vector;
	unsigned int component;

	for (; function; function = LLVMGetNextFunction(function)) {
		tandem_ir_for_each(function, block, instruction, next) {
			if (!find_root(instruction, &vector, &component) ||
			    compute_alone(compilation, instruction, vector, component))
				continue;
			tandem_pointer_map_clear(&chain.numbers);
			chain.root = instruction;
			chain.count = chain.pending = 0;
			chain.moves = chain.has_too_many = false;
			if (find_chain(&chain, vector, component))
				build_chain(&chain);
		}
	}
	if (chain.numbers.failed)
		tandem_ir_error(compilation, "no memory");
	tandem_pointer_map_finish(&chain.numbers);
}
