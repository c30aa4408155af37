// SPDX-License-Identifier: MIT
#include "optimising.h"

#include "control_flow.h"
#include "groups/access_order.h"
#include "groups/differences.h"
#include "groups/divisions.h"
#include "groups/guarded_loops.h"
#include "groups/halves.h"
#include "groups/local_atomics.h"
#include "groups/narrow_indices.h"
#include "groups/parts.h"
#include "groups/remainders.h"
#include "if_conversion.h"
#include "long_blocks.h"
#include "narrow_vectors.h"
#include "rows.h"
#include "target_x86_64.h"

/* Loops over work-items of a function, so that they have whole vectors. */
#define MOST_WHOLE_LOOPS 2

/*
 * LLVM's own O3 for a module of which nothing is left but whole functions: up to the loop
 * vectoriser, it alone, and what comes behind it. Loops of so few turns are written out before
 * that as there are levels in a tree of a group's work-items; the loops over these are not, as
 * work_group.c sees to.
 */
#define TEXT_(number) #number
#define TEXT(number)  TEXT_(number)
static const char simplify_groups[] =
	"function<eager-inv>(simplifycfg,sroa,early-cse),globalopt,"
	"function<eager-inv>(mem2reg,instcombine<no-verify-fixpoint>,"
	"simplifycfg<switch-range-to-icmp>,sroa,early-cse<memssa>,jump-threading,"
	"correlated-propagation,simplifycfg<switch-range-to-icmp>,"
	"instcombine<no-verify-fixpoint>,aggressive-instcombine,reassociate,"
	"constraint-elimination,"
	"loop-mssa(loop-instsimplify,loop-simplifycfg,licm<no-allowspeculation>,loop-rotate,licm,"
	"simple-loop-unswitch<nontrivial;trivial>),simplifycfg<switch-range-to-icmp>,"
	"instcombine<no-verify-fixpoint>,"
	"loop(loop-idiom,indvars,loop-deletion),"
	"loop-unroll<O3;no-partial;no-runtime;no-upperbound;full-unroll-max=" TEXT(
		TANDEM_WRITTEN_OUT_TURNS) ">,sroa,"
					  "vector-combine,"
					  "mldst-motion<no-split-footer-bb>,gvn,sccp,bdce,instcombine<no-verify-fixpoint>,"
					  "jump-threading,correlated-propagation,adce,memcpyopt,dse,loop-mssa(licm),"
					  "simplifycfg<switch-range-to-icmp;hoist-common-insts;sink-common-insts>,"
					  "instcombine<no-verify-fixpoint>),globalopt,globaldce,"
					  "function<eager-inv>(float2int,lower-constant-intrinsics,loop(loop-rotate,loop-deletion),"
					  "loop-simplify,lcssa)";
static const char vectorise_groups[] = "function<eager-inv>(loop-vectorize)";
static const char finish_groups[] =
	"function<eager-inv>(infer-alignment,loop-load-elim,"
	"instcombine<no-verify-fixpoint>,"
	"simplifycfg<forward-switch-cond;switch-range-to-icmp;switch-to-lookup;no-keep-loops;"
	"hoist-common-insts;sink-common-insts>,slp-vectorizer,vector-combine,"
	"instcombine<no-verify-fixpoint>,loop-unroll<O3>,sroa<preserve-cfg>,infer-alignment,"
	"instcombine<no-verify-fixpoint>,loop-mssa(licm),alignment-from-assumptions,loop-sink,"
	"instsimplify,div-rem-pairs,tailcallelim,simplifycfg),globaldce,constmerge";

/*
 * The same for parts, without what makes several loops of one: the number of parts is what
 * takes time then, and each such loop takes as long as a part does.
 */
static const char simplify_parts[] =
	"function<eager-inv>(simplifycfg,sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,"
	"jump-threading,simplifycfg<switch-range-to-icmp>,reassociate,"
	"loop-mssa(loop-instsimplify,loop-simplifycfg,licm<no-allowspeculation>,loop-rotate,licm,"
	"simple-loop-unswitch<no-nontrivial;trivial>),simplifycfg<switch-range-to-icmp>,"
	"instcombine<no-verify-fixpoint>,loop(indvars,loop-deletion),sroa,gvn,sccp,bdce,"
	"adce,memcpyopt,dse,loop-mssa(licm),"
	"simplifycfg<switch-range-to-icmp;hoist-common-insts;sink-common-insts>,"
	"instcombine<no-verify-fixpoint>,"
	"float2int,lower-constant-intrinsics,loop(loop-rotate,loop-deletion),loop-simplify,lcssa)";
static const char vectorise_parts[] =
	"function<eager-inv>(loop-vectorize,infer-alignment,instcombine<no-verify-fixpoint>,"
	"simplifycfg<forward-switch-cond;switch-range-to-icmp;switch-to-lookup;no-keep-loops;"
	"hoist-common-insts;sink-common-insts>,vector-combine,"
	"loop-mssa(licm),alignment-from-assumptions,loop-sink,instsimplify,div-rem-pairs,"
	"simplifycfg)";

/* Hides the parts from passes, or all but the parts; or hides nothing any more. */
static void hide(struct tandem_compilation *compilation, bool parts, bool others)
{
	for (LLVMValueRef function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		if (!LLVMIsDeclaration(function))
			tandem_ir_hide_from_passes(compilation, function,
						   tandem_parts_is_one(function) ? parts : others);
	}
}

static bool has_parts(struct tandem_compilation *compilation)
{
	for (LLVMValueRef function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		if (tandem_parts_is_one(function))
			return true;
	}
	return false;
}

static void simplify(struct tandem_compilation *compilation)
{
	bool parts = has_parts(compilation);

	if (parts)
		hide(compilation, true, false);
	tandem_ir_run_passes(compilation, simplify_groups);
	if (!parts)
		return;
	hide(compilation, false, true);
	tandem_ir_run_passes(compilation, simplify_parts);
	hide(compilation, false, false);
}

static void end_guarded_loops(struct tandem_compilation *compilation, LLVMValueRef function)
{
	struct tandem_flow flow;

	if (tandem_flow_find(&flow, function)) {
		tandem_ir_error(compilation, "no memory");
		return;
	}
	tandem_guarded_loops_end(compilation, &flow);
	tandem_flow_finish(&flow);
}

/* Keeps from the loop vectoriser what it is known to get wrong. */
static void prepare_for_vectoriser(struct tandem_compilation *compilation, LLVMValueRef function)
{
	struct tandem_flow flow;

	if (tandem_flow_find(&flow, function)) {
		tandem_ir_error(compilation, "no memory");
		return;
	}
	tandem_divisions_hoist(compilation, &flow);
	if (tandem_parts_is_one(function))
		tandem_divisions_keep_scalar(compilation, &flow);
	tandem_differences_widen(compilation, &flow);
	tandem_narrow_indices_hide(compilation, &flow);
	tandem_access_order_keep(compilation, &flow);
	tandem_flow_finish(&flow);
}

/*
 * Whether a function has so few loops over work-items that whole vectors are worth it: what these
 * leave over are loops of their own, which take as long again to compile.
 */
static bool has_few_loops(struct tandem_compilation *compilation, LLVMValueRef function)
{
	LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function);
	unsigned int count = 0;

	for (; block; block = LLVMGetNextBasicBlock(block)) {
		LLVMValueRef branch = LLVMGetBasicBlockTerminator(block);
		LLVMValueRef mark = LLVMGetMetadata(branch, compilation->loop);

		count += mark && tandem_ir_mark_has(mark, "llvm.loop.parallel_accesses");
	}
	return count <= MOST_WHOLE_LOOPS;
}

/* What comes behind the vectoriser knows better when whole ones do not pay. */
static void take_whole_vectors(struct tandem_compilation *compilation, bool whole)
{
	for (LLVMValueRef function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		if (!LLVMIsDeclaration(function) &&
		    (!whole || has_few_loops(compilation, function)))
			tandem_target_take_whole_vectors(function, whole);
	}
}

static void vectorise(struct tandem_compilation *compilation)
{
	bool parts = has_parts(compilation);

	if (parts)
		hide(compilation, true, false);
	take_whole_vectors(compilation, true);
	tandem_ir_run_passes(compilation, vectorise_groups);
	take_whole_vectors(compilation, false);
	tandem_remainders_settle(compilation);
	tandem_ir_run_passes(compilation, finish_groups);
	if (!parts)
		return;
	hide(compilation, false, true);
	tandem_ir_run_passes(compilation, vectorise_parts);
	hide(compilation, false, false);
}

void tandem_optimise(struct tandem_compilation *compilation)
{
	LLVMValueRef function;

	if (!compilation->request->optimise) {
		tandem_ir_run_passes(compilation, "default<O0>");
		tandem_halves_expand(compilation);
		return;
	}
	simplify(compilation);
	tandem_halves_expand(compilation);
	for (function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		if (LLVMIsDeclaration(function))
			continue;
		end_guarded_loops(compilation, function);
		prepare_for_vectoriser(compilation, function);
	}
	tandem_ir_dump(compilation, "simplified");
	if (!compilation->failed)
		vectorise(compilation);
	tandem_halves_expand(compilation);
	tandem_local_atomics_expand(compilation);
	tandem_parts_hide_counters(compilation);
	tandem_rows_combine(compilation);
	tandem_narrow_vectors(compilation);
	tandem_if_conversion(compilation);
	tandem_long_blocks_divide(compilation);
}
