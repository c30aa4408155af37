// SPDX-License-Identifier: MIT
/*
 * Kernels that work on neighbouring places: whole vectors are loaded and stored, however the
 * program counts. Where that makes long blocks, these are divided for the code generator. What
 * kernels compute is tested elsewhere.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "compiler/compiler.h"
#include "compiler/dump.h"
#include "program/build_options.h"
#include "util/cpu_x86_64.h"

static const struct tandem_compile_target target = {
	.features = "cl_khr_fp16 cl_khr_fp64 __opencl_c_fp64 "
		    "__opencl_c_program_scope_global_variables __opencl_c_subgroups "
		    "cl_khr_subgroups",
	.max_group = 4096,
};

#define LOOKED_UP 5 /* kernels of check_looked_up() */

#define INT  "int i = get_global_id(0); "
#define UINT "uint i = get_global_id(0); "
#define SIZE "size_t i = get_global_id(0); "

/* Bodies of kernels. */
static const struct {
	const char *name, *body;
	bool is_half;
} kernels[] = {
	{ "size_t", SIZE "out[i] = a[i];" },
	{ "int", INT "out[i] = a[i] + b[i];" },
	{ "uint", UINT "out[i] = a[i] + b[i];" },
	{ "int, next", INT "out[i] = a[i] + a[i + 1];" },
	{ "uint, next", UINT "out[i] = a[i] + a[i + 1];" },
	{ "size_t, next", SIZE "out[i] = a[i] + a[i + 1];" },
	{ "int, both sides", INT "out[i] = a[i - 1] + 2 * a[i] + a[i + 1];" },
	{ "int, far", INT "out[i] = a[i] + a[i + n];" },
	{ "int, where", INT "if (i < n) out[i] = a[i] + b[i];" },
	{ "int, next, where", INT "if (i < n) out[i] = a[i] + a[i + 1];" },
	{ "int, rows", INT "int j = get_global_id(1); out[j * n + i] = a[j * n + i + 1];" },
	{ "int, around", INT "int j = get_global_id(1); "
			     "out[j * n + i] = a[(j - 1) * n + i] + a[(j + 1) * n + i] + "
			     "a[j * n + i - 1] + a[j * n + i + 1];" },
	{ "half", INT "out[i] = a[i] * b[i] - a[i];", true },
	{ "half, with functions", INT "out[i] = fma(sqrt(a[i]), floor(b[i]), a[i]);", true },
	{ "half, of double", INT "out[i] = (real)((double)a[i] * 1.1);", true },
};

/* The same, of places that mostly follow each other: where they do not, each is loaded by itself. */
static const struct {
	const char *name, *body;
} mostly[] = {
	{ "limited", INT "out[i] = a[clamp(i + 1, 0, n)];" },
	{ "limited pair", INT "int2 p = clamp((int2)(i + 1, get_global_id(1)), 0, (int2)(n, 99));"
			      " out[i] = a[p.y * n + p.x];" },
	{ "pair that grows", INT "int2 p = (int2)(i, n); float s = 0; for (int j = 0; j < n; j++) {"
				 " s += a[p.y * n + p.x]; p += (int2)(1, 2); }"
				 " out[i] = s;" },
	{ "address of steps",
	  INT "int x = clamp(i + 1, 0, n), y = clamp((int)get_global_id(1), 0, n);"
	      " out[i] = *(global const float *)((global const char *)a + x * 4L + y * 512L);" },
	{ "every third", INT "out[i] = a[min(i, n) * 3 + 1];" },
	{ "every second, wide", SIZE "out[i] = a[min(i, (size_t)n) * 2];" },
};

static char *read_file(const char *path)
{
	char *text = NULL;
	size_t room = 0;
	FILE *file = fopen(path, "r");

	if (file && getdelim(&text, &room, 0, file) < 0) {
		free(text);
		text = NULL;
	}
	if (file)
		fclose(file);
	return text;
}

/* Whether a line of @code has all of @parts, in their order. */
static bool has_line(const char *code, const char *const parts[3])
{
	for (const char *line = code; line; line = strchr(line, '\n')) {
		const char *at = ++line, *end = strchrnul(line, '\n');

		for (int i = 0; i < 3 && at; i++)
			at = memmem(at, (size_t)(end - at), parts[i], strlen(parts[i]));
		if (at)
			return true;
	}
	return false;
}

static void check_code(const char *name, const char *code, const char *type)
{
	const char *const load[] = { " load ", "<", type };
	const char *const masked_load[] = { " @llvm.masked.load.", "<", type };
	const char *const store[] = { " store ", "<", type };
	const char *const masked_store[] = { " @llvm.masked.store.", "<", type };

	check(has_line(code, load) || has_line(code, masked_load), "%s: no vector is loaded", name);
	check(has_line(code, store) || has_line(code, masked_store), "%s: no vector is stored",
	      name);
	check(!strstr(code, "llvm.masked.gather"), "%s: a vector is gathered", name);
	check(!strstr(code, ".prol:"), "%s: what fills no vector is written out", name);
}

/* The code of a program, the @number-th that is dumped to @folder. */
static char *build_code(const char *source, const char *folder, unsigned int number)
{
	const struct tandem_build_options options = { .standard = "CL3.0", .optimise = true };
	struct tandem_compile_input input = { .source = source,
					      .length = strlen(source),
					      .options = &options };
	struct tandem_binary binary = { 0 };
	struct tandem_text log = { 0 };
	char path[512], *code;
	int error = tandem_compiler_build(&target, &input, &binary, &log);

	check_fatal(!error, "error %d: %s", error, tandem_text_string(&log));
	snprintf(path, sizeof(path), "%s/%u.optimised.ll", folder, number);
	code = read_file(path);
	check_fatal(code, "%s", path);
	tandem_binary_finish(&binary);
	tandem_text_finish(&log);
	return code;
}

static void check_mostly(size_t kernel, const char *folder, unsigned int number)
{
	const char *const load[] = { " load ", "<", " x float>" };
	const char *const masked_load[] = { " @llvm.masked.load.", "<", " x float>" };
	struct tandem_text source = { 0 };
	char *code;

	tandem_text_print(&source,
			  "kernel void f(global float *restrict out, global const float *a, int n) "
			  "{ %s }",
			  mostly[kernel].body);
	code = build_code(tandem_text_string(&source), folder, number);
	check(has_line(code, load) || has_line(code, masked_load), "%s: no vector is loaded",
	      mostly[kernel].name);
	free(code);
	tandem_text_finish(&source);
}

static void check_kernel(size_t kernel, const char *folder, unsigned int number)
{
	struct tandem_text source = { 0 };
	char *code;

	tandem_text_print(&source,
			  "#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n"
			  "typedef %s real;\n"
			  "kernel void f(global real *restrict out, global const real *a, "
			  "global const real *b, int n) { %s }",
			  kernels[kernel].is_half ? "half" : "float", kernels[kernel].body);
	code = build_code(tandem_text_string(&source), folder, number);
	check_code(kernels[kernel].name, code, kernels[kernel].is_half ? " x half>" : " x float>");
	free(code);
	tandem_text_finish(&source);
}

/* What is stored on a condition on the local id is stored as a whole, up to where it holds. */
static void check_guarded(const char *folder, unsigned int number)
{
	static const char source[] = "kernel void f(global float *out, global const float *a) {\n"
				     "local float sums[256]; size_t i = get_global_id(0);\n"
				     "uint l = get_local_id(0); sums[l] = a[i]; barrier(1);\n"
				     "if (l < 128) sums[l] += sums[l + 128]; barrier(1);\n"
				     "out[i] = sums[l]; }";
	char *code = build_code(source, folder, number);

	check_code("guarded", code, " x float>");
	check(!strstr(code, "llvm.masked.store"), "guarded: a vector is stored under a mask");
	free(code);
}

/* So it is in each step of a tree of sums, whatever the limit is in each. */
static void check_tree(const char *folder, unsigned int number)
{
	static const char source[] = "kernel void f(global float *out, global const float *a) {\n"
				     "local float sums[256]; size_t i = get_global_id(0);\n"
				     "uint l = get_local_id(0); sums[l] = a[i]; barrier(1);\n"
				     "for (uint n = get_local_size(0) / 2; n > 0; n /= 2) {\n"
				     "if (l < n) sums[l] += sums[l + n]; barrier(1); }\n"
				     "if (l == 0) out[get_group_id(0)] = sums[0]; }";
	char *code = build_code(source, folder, number);

	check_code("tree", code, " x float>");
	check(!strstr(code, "llvm.masked."), "tree: something is done under a mask");
	free(code);
}

/* Of what all of a sub-group have together, the vectors get shorter with each step. */
static void check_sub_groups(const char *folder, unsigned int number)
{
	static const char source[] =
		"kernel void f(global float *out, global const float *a) {\n"
		"float s = sub_group_reduce_add(a[get_global_id(0)]);\n"
		"if (get_sub_group_local_id() == 0) out[get_sub_group_id()] = s; }";
	char *code = build_code(source, folder, number);

	check(strstr(code, "fadd <4 x float>"), "sub-groups: all lanes are added to the end");
	free(code);
}

/* What only the first sub-group does, the others are not asked for. */
static void check_first_sub_group(const char *folder, unsigned int number)
{
	static const char source[] =
		"kernel void f(global float *out, global const float *a) {\n"
		"local float sums[256]; sums[get_local_id(0)] = a[get_global_id(0)]; barrier(1);\n"
		"if (get_sub_group_id() == 0)\n"
		"	out[get_group_id(0)] = sub_group_reduce_add(sums[get_local_id(0)]); }";
	char path[512], *code;

	free(build_code(source, folder, number));
	snprintf(path, sizeof(path), "%s/%u.groups.ll", folder, number);
	code = read_file(path);
	check(code && strstr(code, "%row.limit = "),
	      "sub-groups: all are asked for what the first one does");
	free(code);
}

/* What only the first work-item does is done by it alone, without masks. */
static void check_first(const char *folder, unsigned int number)
{
	static const char source[] =
		"kernel void f(global int *out, global const int *a, int n) {\n"
		"local int sums[256]; size_t i = get_global_id(0);\n"
		"uint l = get_local_id(0); sums[l] = a[i]; barrier(1);\n"
		"if (l == 0) for (int j = 0; j < n; j++)\n"
		"	sums[a[j] & 255] ^= a[n - j]; barrier(1);\n"
		"out[i] = sums[l]; }";
	char *code = build_code(source, folder, number);

	check(!strstr(code, " x i1>"), "first: others do it, under a mask");
	free(code);
}

/* What stands a number of places before is loaded as a whole, where there are as many. */
static void check_difference(const char *folder, unsigned int number)
{
	static const char source[] = "kernel void f(global float *out, global const float *a) {\n"
				     "local float sums[256]; size_t i = get_global_id(0);\n"
				     "uint l = get_local_id(0); sums[l] = a[i]; barrier(1);\n"
				     "out[i] = l >= 16 ? sums[l - 16] : 0; }";
	char *code = build_code(source, folder, number);

	check(strstr(code, "@llvm.masked.load."), "difference: no vector is loaded");
	check(!strstr(code, "vector.scevcheck"), "difference: it might wrap around");
	free(code);
}

/*
 * Where all groups but the last have a known size, their code counts up to that. There is no other
 * code where that can be made later: not where kernels share a variable.
 */
static void check_required(const char *folder, unsigned int number, bool has_shared)
{
	static const char begin[] = "define void @tandem.group.f(";
	const char *name = has_shared ? "required, shared" : "required";
	struct tandem_text source = { 0 };
	char *code, *end;

	tandem_text_print(&source,
			  "%s kernel __attribute__((reqd_work_group_size(32, 1, 1)))\n"
			  "void f(global float *out, global const float *a) {\n"
			  "size_t i = get_global_id(0); out[i] = a[i] + 1; }",
			  has_shared ? "global int n; kernel void count(void) { n++; }" : "");
	code = build_code(tandem_text_string(&source), folder, number);
	tandem_text_finish(&source);
	code = memmove(code, strstr(code, begin), strlen(strstr(code, begin)) + 1);
	end = strstr(code, "\n}\n");
	check_fatal(end, "the function has no end");
	/* What stands behind it, for groups of other sizes, is to be small. */
	check(!strstr(end, " optsize") == !has_shared, "%s: two large copies, or one too many",
	      name);
	*end = 0;
	check_code(name, code, " x float>");
	check(!strstr(code, " phi "), "%s: a loop over work-items of a known number", name);
	free(code);
}

/* Nor is the loop over a short row of work-items, whose number is required, written out. */
static void check_short_rows(const char *folder, unsigned int number)
{
	static const char source[] = "kernel __attribute__((reqd_work_group_size(8, 8, 1)))\n"
				     "void f(global float *out, global const float *a) {\n"
				     "size_t i = get_global_id(1) * get_global_size(0) +"
				     " get_global_id(0); float x = a[i];\n"
				     "out[i] = x > 0.3f ? (x < 0.7f ? x * x : x + 1) : 0; }";
	char *code = build_code(source, folder, number);

	check_code("short rows", code, " x float>");
	check(strstr(code, "vector.body"), "short rows: no loop that is vectorised");
	free(code);
}

/* Work-items with a piece of memory each load and store it whole. */
static void check_rows(const char *folder, unsigned int number)
{
	static const char source[] =
		"struct row { float v[8]; };\n"
		"kernel void f(global struct row *restrict out, global const struct row *a) {\n"
		"size_t i = get_global_id(0); struct row x = a[i]; float sum = 1;\n"
		"for (int k = 0; k < 8; k++) sum = sum * x.v[k] + 0.5f;\n"
		"for (int k = 0; k < 8; k++) x.v[k] *= sum;\n"
		"out[i] = x; }";
	char *code = build_code(source, folder, number);

	check(strstr(code, "load <8 x float>"), "rows: none is loaded");
	check(strstr(code, "store <8 x float>"), "rows: none is stored");
	check(!strstr(code, "masked.gather.v"), "rows: a vector is gathered");
	check(!strstr(code, "masked.scatter.v"), "rows: a vector is scattered");
	free(code);
}

/* Behind a loop that work-items leave in different turns, by two ways, all are there again. */
static void check_behind_loop(const char *folder, unsigned int number)
{
	static const char source[] = "kernel void f(global int *out, global const int *a) {\n"
				     "size_t i = get_global_id(0) * 16; int v[16], j, k, own;\n"
				     "for (k = 0; k < 16; k++) v[k] = a[i + k];\n"
				     "for (k = 1; k < 16; k++) { own = v[k];\n"
				     "for (j = k - 1; j >= 0 && v[j] > own; j--) v[j + 1] = v[j];\n"
				     "v[j + 1] = own; }\n"
				     "for (k = 0; k < 16; k++) out[i + k] = v[k]; }";
	const char *const gathered[] = { " call ", "@llvm.masked.gather.", "p1(" };
	const char *const scattered[] = { " call ", "@llvm.masked.scatter.", "p1(" };
	char *code = build_code(source, folder, number);

	check(!has_line(code, gathered), "behind a loop: rows are not loaded whole");
	check(!has_line(code, scattered), "behind a loop: rows are not stored whole");
	free(code);
}

/* By a number of few bits, neighbouring work-items' places lie together but where it wraps around. */
static void check_turns(const char *folder, unsigned int number)
{
	static const char source[] =
		"kernel void f(global float *out, global const float *a, uint n, uint width) {\n"
		"uint x = get_global_id(0); float sum = 0;\n"
		"for (uint j = 0; j < n; j++) { float old = sum; sum = a[j * width + x] - sum;\n"
		"if (sum < old) out[j * width + x] = sum; } }";
	char *code = build_code(source, folder, number);
	const char *const load[] = { " load ", "<", " x float>" };

	check(has_line(code, load), "turns: no vector is loaded");
	check(strstr(code, "llvm.masked.store"), "turns: no vector is stored under a mask");
	free(code);
}

/* Nor do places of a loop that goes through an array in steps of the whole range. */
static void check_strides(const char *folder, unsigned int number)
{
	static const char text[] =
		"kernel void f(global float *out, global const float *a, %s n) {\n"
		"for (%s i = get_global_id(0); i < n; i += get_global_size(0)) {\n"
		"float x = a[i]; if (x > 0.5f) out[i] = sqrt(x); } }";
	const char *const load[] = { " load ", "<", " x float>" };
	const char *const masked_load[] = { " @llvm.masked.load.", "<", " x float>" };
	const char *const types[] = { "uint", "int" };

	for (unsigned int i = 0; i < 2; i++) {
		char source[sizeof(text) + 10], *code;

		snprintf(source, sizeof(source), text, types[i], types[i]);
		code = build_code(source, folder, number + i);
		check(has_line(code, load) || has_line(code, masked_load),
		      "strides of %s: no vector is loaded", types[i]);
		check(strstr(code, "llvm.masked.store"),
		      "strides of %s: no vector is stored under a mask", types[i]);
		free(code);
	}
}

/* Where a shift says that a divisor is a power of two, nothing is divided. */
static void check_powers(const char *folder, unsigned int number)
{
	char *code = build_code("kernel void f(global uint *a, uint n) {\n"
				"size_t i = get_global_id(0); uint d = 1u << n, t = i;\n"
				"a[t / d * 2 * d + t % d] += d; }",
				folder, number);

	check(!strstr(code, " udiv ") && !strstr(code, " urem "), "a division by a power of two");
	free(code);
}

/* Numbers of few bits are divided as vectors, by one number for all without dividing at all. */
static void check_divisions(const char *folder, unsigned int number)
{
	const char *const division[] = { " fdiv ", "<", " x double>" };
	char *code = build_code("kernel void f(global int *a, global const int *b, int d) {\n"
				"size_t i = get_global_id(0); a[i] = b[i] / d + b[i] % d; }",
				folder, number);

	check(!has_line(code, division), "vectors are divided by one number");
	check(strstr(code, "fptosi <"), "divisions by one number are not of vectors");
	free(code);
	code = build_code("kernel void f(global uint *a, global const uint *b) {\n"
			  "size_t i = get_global_id(0); a[i] = a[i] / b[i]; }",
			  folder, number + 1);
	check(has_line(code, division), "divisions are not of vectors");
	free(code);
}

/*
 * Loops of a few turns are written out, and what they go through is in registers; not such as
 * have barriers, of which each would make a region.
 */
static void check_turns_written_out(const char *folder, unsigned int number)
{
	char path[512];
	char *code = build_code("kernel void f(global float *a, global const float *b, int n) {\n"
				"int i = get_global_id(0); float sums[4] = { 0 };\n"
				"for (int k = 0; k < n; k++) for (int j = 0; j < 4; j++)\n"
				"sums[j] += b[k * 4 + j] * a[i];\n"
				"for (int j = 0; j < 4; j++) a[i] += sums[j]; }",
				folder, number);

	check(!strstr(code, "alloca"), "sums are in memory");
	free(code);
	free(build_code("kernel void f(global float *a) { local float sums[64];\n"
			"int i = get_local_id(0); sums[i] = a[get_global_id(0)];\n"
			"for (int k = 1; k < 64; k *= 2) { barrier(CLK_LOCAL_MEM_FENCE);\n"
			"float x = sums[i ^ k]; barrier(CLK_LOCAL_MEM_FENCE); sums[i] += x; }\n"
			"a[get_global_id(0)] = sums[i]; }",
			folder, number + 1));
	snprintf(path, sizeof(path), "%s/%u.groups.ll", folder, number + 1);
	code = read_file(path);
	check_fatal(code && strstr(code, "region1"), "%s has no regions", path);
	check(!strstr(code, "region9"), "a loop with barriers is written out");
	free(code);
}

static bool has(const char *line, size_t room, const char *part)
{
	return memmem(line, room, part, strlen(part));
}

/* The most accesses in a block, or in a stretch of one between lines that have @divider. */
static unsigned int longest_stretch(const char *code, const char *divider)
{
	unsigned int longest = 0, length = 0;

	for (const char *line = code; line; line = strchr(line, '\n')) {
		size_t room = strcspn(++line, "\n");

		if (has(line, room, divider) || line[0] == '}')
			length = 0;
		else if (room && line[0] != ' ' && line[room - 1] != ':')
			length = 0;
		else if (has(line, room, " load ") || has(line, room, "store ") ||
			 has(line, room, "@llvm.masked."))
			length++;
		longest = length > longest ? length : longest;
	}
	return longest;
}

/*
 * Whose machine code would take ten times as long to schedule: in bundles, which such a kernel has
 * only where it is asked for. Where the processor scatters vectors, it takes more conversions to
 * make as many accesses.
 */
static void check_long_blocks(const char *folder, unsigned int number)
{
	bool scatters = __builtin_cpu_supports("avx512f");
	int conversions = scatters ? 30 : 10;
	struct tandem_text source = { 0 };
	unsigned int longest;
	char *code;

	tandem_text_print(&source, "kernel void f(global const float *a, global short *out) {\n"
				   "size_t i = get_global_id(0); float16 x = vload16(i, a);\n");
	for (int k = 0; k < conversions; k++)
		tandem_text_print(&source, "vstore16(convert_short16_sat(x * %d), i, out + %d);\n",
				  k, 1000 * k);
	tandem_text_print(&source, "}\n");
	setenv("TANDEM_LANES", scatters ? "16" : "8", 1);
	code = build_code(tandem_text_string(&source), folder, number);
	unsetenv("TANDEM_LANES");
	longest = longest_stretch(code, "no such words");
	check(longest > 200, "%u accesses are not many", longest);
	longest = longest_stretch(code, "@llvm.codeview.annotation(");
	check(longest <= 100, "%u accesses in one stretch", longest);
	free(code);
	tandem_text_finish(&source);
}

/* LLVM takes half of a vector for many processors that have whole ones; bundles do not. */
static void check_whole(const char *folder, unsigned int number)
{
	char *code = build_code("kernel void f(global float *a, global const float *b)\n"
				"{ size_t i = get_global_id(0); a[i] = a[i] * b[i] + 1; }\n",
				folder, number);

	if (tandem_cpu_float_lanes() == 16)
		check(strstr(code, "<16 x float>") != NULL, "no vector of 16 floats");
	check(!strstr(code, "prefer-vector-width"), "what follows is told as well");
	free(code);
	/* What is left over by each would be a loop of its own: of many they are not worth it. */
	code = build_code("#define PART a[i] = a[i] * b[i] + 1; barrier(CLK_GLOBAL_MEM_FENCE);\n"
			  "kernel void f(global float *a, global const float *b)\n"
			  "{ size_t i = get_global_id(0); PART PART PART PART }\n",
			  folder, number + 1);
	/* For AMD's processors LLVM takes whole ones by itself. */
	if (__builtin_cpu_is("intel"))
		check(!strstr(code, "<16 x float>"), "whole vectors in many loops");
	check(strstr(code, " x float>") != NULL, "no vectors in many loops");
	free(code);
}

/* What is stored behind a loop where it was left: in the turn in which lanes leave, as a row. */
static void check_ways_out(const char *folder, unsigned int number)
{
	char *code = build_code("kernel void f(global const uint *in, global uint *out)\n"
				"{ size_t i = get_global_id(0); uint v[16];\n"
				"for (int k = 0; k < 16; k++) v[k] = in[k * 1000 + i];\n"
				"for (int k = 1; k < 16; k++) { uint key = v[k]; int j = k;\n"
				"for (; j > 0 && v[j - 1] > key; j--) v[j] = v[j - 1];\n"
				"v[j] = key; }\n"
				"for (int k = 0; k < 16; k++) out[k * 1000 + i] = v[k]; }\n",
				folder, number);

	if (tandem_cpu_float_lanes() == 16)
		check(strstr(code, "<16 x i32>") != NULL, "no vector of 16 numbers");
	check(!strstr(code, "llvm.masked.scatter"), "a row is scattered");
	free(code);
}

/* Local memory is one thread's: nothing there takes atomic instructions, in global memory it does. */
static void check_local_atomics(const char *folder, unsigned int number)
{
	static const char text[] =
		"kernel void f(%s int *a, global const int *in, global int *out)\n"
		"{ int i = get_global_id(0), v = in[i];\n"
		"for (int j = 0; j < (v & 7); j++) atomic_inc(a + (v >> j & 7));\n"
		"out[i] = atomic_cmpxchg(a + 8, v, i) + atomic_max(a + 9, v); }\n";
	char source[sizeof(text) + 10], *code;

	snprintf(source, sizeof(source), text, "local");
	code = build_code(source, folder, number);
	check(!strstr(code, "atomicrmw") && !strstr(code, "cmpxchg"), "an atomic instruction");
	free(code);
	snprintf(source, sizeof(source), text, "global");
	code = build_code(source, folder, number + 1);
	check(strstr(code, "atomicrmw") && strstr(code, "cmpxchg"), "no atomic instructions");
	free(code);
}

/* The conditional branches of a kernel of so many accesses by a number that may wrap around. */
static unsigned int count_choices(const char *folder, unsigned int number, int accesses)
{
	struct tandem_text source = { 0 };
	unsigned int choices = 0;
	char *code;

	tandem_text_print(&source, "kernel void f(global const float *a, global float *out, uint n,"
				   " uint w) {\nuint x = get_global_id(0); float s = 0;\n"
				   "for (uint j = 0; j < n; j++) {\n");
	for (int k = 0; k < accesses; k++)
		tandem_text_print(&source, "s += a[j * w + x + %du];\n", 50 * k);
	tandem_text_print(&source, "}\nout[x] = s; }\n");
	code = build_code(tandem_text_string(&source), folder, number);
	for (const char *at = code; (at = strstr(at, "br i1")) != NULL; at++)
		choices++;
	free(code);
	tandem_text_finish(&source);
	return choices;
}

/* Each has two ways, unless there are so many that LLVM would take minutes for their choices. */
static void check_wrapping(const char *folder, unsigned int number)
{
	unsigned int few = count_choices(folder, number, 20);
	unsigned int many = count_choices(folder, number + 1, 200);

	check(few >= 20, "%u choices for 20 accesses", few);
	check(many < 50, "%u choices for 200 accesses", many);
}

static void remove_dump(const char *folder, unsigned int count)
{
	static const char *const ends[] = { "cl",	 "linked.ll",	  "items.ll",
					    "groups.ll", "simplified.ll", "optimised.ll" };
	char path[512];

	for (unsigned int i = 0; i < count; i++) {
		for (size_t j = 0; j < sizeof(ends) / sizeof(ends[0]); j++) {
			snprintf(path, sizeof(path), "%s/%u.%s", folder, i, ends[j]);
			unlink(path);
		}
	}
	check(!rmdir(folder), "%s is not empty", folder);
}

/*
 * A store under a condition that is looked up is no branch, unless it is said how often it holds,
 * or the next turn's loads would have to wait for it.
 */
static void check_looked_up(const char *folder, unsigned int number)
{
	static const char text[] =
		"kernel void f(global uint *out, global const uchar *marks, global const uint *to,\n"
		"	       global const uint *first) { uint i = get_global_id(0), n = i;\n"
		"if (marks[i]) for (uint j = first[i]; j < first[i + 1]; j++)\n"
		"	if (%s }";
	static const struct {
		const char *rest;
		bool is_branch;
	} kernels_looked_up[] = {
		{ "!marks[to[j]]) out[to[j]] = i;", false },
		{ "marks[to[j]]) out[n++] = i;", false },
		{ "__builtin_expect(!marks[to[j]], 0)) out[to[j]] = i;", true },
		{ "marks[to[j]]) { out[to[j]] = i; j += 3; }", true },
		{ "marks[to[j] + n]) { out[to[j]] = i; n++; }", true },
	};

	for (unsigned int i = 0; i < LOOKED_UP; i++) {
		char source[sizeof(text) + 60], *code;

		snprintf(source, sizeof(source), text, kernels_looked_up[i].rest);
		code = build_code(source, folder, number + i);
		check((strstr(code, "!unpredictable") == NULL) == kernels_looked_up[i].is_branch,
		      "%s: it is %sa branch", kernels_looked_up[i].rest,
		      kernels_looked_up[i].is_branch ? "not " : "");
		free(code);
	}
}

int main(void)
{
	char parent[] = "/tmp/tandem-vectorised-XXXXXX";
	const size_t count = sizeof(kernels) / sizeof(kernels[0]);
	const size_t mostly_count = sizeof(mostly) / sizeof(mostly[0]);
	struct tandem_text folder = { 0 };

	if (!tandem_compiler_is_available())
		check_skip("the compiler is not there");
	check_fatal(mkdtemp(parent) && !setenv("TANDEM_DUMP_DIR", parent, 1), "%s", parent);
	/* The folder's name is known from the first that is written there. */
	tandem_dump_source("", 0, "cl", &folder);
	check_fatal(folder.length, "nothing is dumped");
	*strrchr(folder.bytes, '/') = 0;
	for (size_t i = 0; i < count; i++)
		check_kernel(i, folder.bytes, (unsigned int)i + 1);
	check_long_blocks(folder.bytes, (unsigned int)count + 1);
	check_guarded(folder.bytes, (unsigned int)count + 2);
	check_required(folder.bytes, (unsigned int)count + 3, false);
	check_difference(folder.bytes, (unsigned int)count + 4);
	check_short_rows(folder.bytes, (unsigned int)count + 5);
	check_turns(folder.bytes, (unsigned int)count + 6);
	check_wrapping(folder.bytes, (unsigned int)count + 7);
	check_local_atomics(folder.bytes, (unsigned int)count + 9);
	check_whole(folder.bytes, (unsigned int)count + 11);
	check_strides(folder.bytes, (unsigned int)count + 13);
	check_powers(folder.bytes, (unsigned int)count + 15);
	check_divisions(folder.bytes, (unsigned int)count + 16);
	check_turns_written_out(folder.bytes, (unsigned int)count + 18);
	check_rows(folder.bytes, (unsigned int)count + 20);
	check_behind_loop(folder.bytes, (unsigned int)count + 21);
	check_required(folder.bytes, (unsigned int)count + 22, true);
	check_first(folder.bytes, (unsigned int)count + 23);
	check_tree(folder.bytes, (unsigned int)count + 24);
	check_sub_groups(folder.bytes, (unsigned int)count + 25);
	check_first_sub_group(folder.bytes, (unsigned int)count + 26);
	check_ways_out(folder.bytes, (unsigned int)count + 27);
	check_looked_up(folder.bytes, (unsigned int)count + 28);
	for (size_t i = 0; i < mostly_count; i++)
		check_mostly(i, folder.bytes, (unsigned int)(count + 28 + LOOKED_UP + i));
	remove_dump(folder.bytes, (unsigned int)(count + 28 + LOOKED_UP + mostly_count));
	check(!rmdir(parent), "%s is not empty", parent);
	tandem_text_finish(&folder);
	return check_result();
}
