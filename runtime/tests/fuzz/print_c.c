// SPDX-License-Identifier: MIT
#include "contents.h"
#include "print.h"

#include <inttypes.h>

static const char prelude[] =
	"typedef signed char t_char; typedef unsigned char t_uchar;\n"
	"typedef short t_short; typedef unsigned short t_ushort;\n"
	"typedef int t_int; typedef unsigned int t_uint;\n"
	"typedef long t_long; typedef unsigned long t_ulong;\n"
	"typedef float t_float; typedef double t_double; typedef __int128 W;\n"
	"#define V(T, N, M) typedef struct { T s[M]; } T##N __attribute__((aligned(sizeof(T) * M)));\n"
	"#define VS(T) V(T, 2, 2) V(T, 3, 4) V(T, 4, 4) V(T, 8, 8) V(T, 16, 16)\n"
	"VS(t_char) VS(t_uchar) VS(t_short) VS(t_ushort) VS(t_int) VS(t_uint)\n"
	"VS(t_long) VS(t_ulong) VS(t_float) VS(t_double)\n"
	"struct launch { t_ulong offset[3], global[3], local[3], groups[3]; t_long turns;\n"
	"	t_long scalar[%d]; void *array[%d]; };\n"
	"void (*fuzz_invalid)(void);\n"
	"t_long fuzz_unspecified;\n"
	"static t_long turns;\n"
	"#define LOW(T) ((T)((T)-1 < 0 ? (T)1 << (sizeof(T) * 8 - 2) << 1 : 0))\n"
	"#define HIGH(T) ((T)~LOW(T))\n"
	"#define CLAMP(x, T) ({ W x_ = (x); x_ < LOW(T) ? LOW(T) : x_ > HIGH(T) ? HIGH(T) : (T)x_; })\n"
	"static t_ulong ix(t_long i, t_long n) { if (i < 0 || i >= n) fuzz_invalid(); return i; }\n"
	"#define CHECKED(N, T) \\\n"
	"static T add_##N(T x, T y) { T r; if (__builtin_add_overflow(x, y, &r)) fuzz_invalid(); return r; } \\\n"
	"static T sub_##N(T x, T y) { T r; if (__builtin_sub_overflow(x, y, &r)) fuzz_invalid(); return r; } \\\n"
	"static T mul_##N(T x, T y) { T r; if (__builtin_mul_overflow(x, y, &r)) fuzz_invalid(); return r; }\n"
	"CHECKED(int, t_int) CHECKED(long, t_long)\n"
	"#define BAD(T) (!y || ((T)-1 < 0 && x == LOW(T) && y == (T)-1))\n"
	"#define DIVISIONS(N, T) \\\n"
	"static T div_##N(T x, T y) { if (BAD(T)) fuzz_invalid(); return x / y; } \\\n"
	"static T rem_##N(T x, T y) { if (BAD(T)) fuzz_invalid(); return x %% y; } \\\n"
	"static T any_div_##N(T x, T y) { return BAD(T) ? (T)fuzz_unspecified : x / y; } \\\n"
	"static T any_rem_##N(T x, T y) { return BAD(T) ? (T)fuzz_unspecified : x %% y; }\n"
	"DIVISIONS(char, t_char) DIVISIONS(uchar, t_uchar) DIVISIONS(short, t_short)\n"
	"DIVISIONS(ushort, t_ushort) DIVISIONS(int, t_int) DIVISIONS(uint, t_uint)\n"
	"DIVISIONS(long, t_long) DIVISIONS(ulong, t_ulong)\n"
	"#define EXACT(N, T) static T exact_##N(T x) { \\\n"
	"	if (!(x > -16777216 && x < 16777216 && x == (t_int)x)) fuzz_invalid(); return x; }\n"
	"EXACT(float, t_float) EXACT(double, t_double)\n"
	"#define SPLAT(T, v, n) ({ T r_ = { 0 }; for (int i_ = 0; i_ < n; i_++) r_.s[i_] = (v); r_; })\n"
	"#define VECTOR(NAME, R, O, T, N, E) static R NAME(O a, O b) { R r = { 0 }; \\\n"
	"	for (int i = 0; i < N; i++) { T x = a.s[i], y = b.s[i]; (void)y; r.s[i] = E; } return r; }\n"
	"#define BUILTIN(NAME, R, T_, U_, BITS, E) static R NAME(T_ x, T_ y) { \\\n"
	"	enum { bits = BITS }; typedef T_ T; typedef U_ U; return (R)(E); }\n"
	"#define CHOOSE(NAME, R, O, N, C) static R NAME(O a, O b, R c, R d) { R r = { 0 }; \\\n"
	"	for (int i = 0; i < N; i++) r.s[i] = a.s[i] C b.s[i] ? c.s[i] : d.s[i]; return r; }\n"
	"#define COMPARE(NAME, O, N, C, ALL) static t_int NAME(O a, O b) { t_int n = 0; \\\n"
	"	for (int i = 0; i < N; i++) n += a.s[i] C b.s[i]; return ALL ? n == N : n > 0; }\n"
	"#define AS(NAME, R, O) static R NAME(O a) { R r; __builtin_memcpy(&r, &a, sizeof(r)); return r; }\n"
	"#define CONVERT(NAME, R, O, N) static R NAME(O a) { return (R)a; }\n"
	"#define CONVERT_VECTOR(NAME, R, O, N) static R NAME(O a) { R r = { 0 }; \\\n"
	"	for (int i = 0; i < N; i++) r.s[i] = a.s[i]; return r; }\n"
	"#define SATURATE(NAME, R, O, N, T) static R NAME(O a) { return CLAMP(a, R); }\n"
	"#define SATURATE_VECTOR(NAME, R, O, N, T) static R NAME(O a) { R r = { 0 }; \\\n"
	"	for (int i = 0; i < N; i++) r.s[i] = CLAMP(a.s[i], T); return r; }\n"
	"#define SWIZZLE(NAME, R, O, N, P) static R NAME(O a) { R r = { 0 }; \\\n"
	"	for (int i = 0; i < N; i++) r.s[i] = a.s[P >> (4 * i) & 15]; return r; }\n"
	"#define LOAD(NAME, R, T, N) static R NAME(const T *a) { R r = { 0 }; \\\n"
	"	for (int i = 0; i < N; i++) r.s[i] = a[i]; return r; }\n"
	"#define STORE(NAME, R, T, N) static void NAME(R v, T *a) { \\\n"
	"	for (int i = 0; i < N; i++) a[i] = v.s[i]; }\n"
	"#define OP_add(x, y) ((x) + (y))\n"
	"#define OP_or(x, y) ((x) | (y))\n"
	"#define OP_and(x, y) ((x) & (y))\n"
	"#define OP_xor(x, y) ((x) ^ (y))\n"
	"#define OP_max(x, y) ((x) > (y) ? (x) : (y))\n"
	"#define OP_min(x, y) ((x) < (y) ? (x) : (y))\n"
	"#define ATOMIC(p, NAME, v) do { __typeof__(p) *p_ = &(p), v_ = (v); *p_ = OP_##NAME(*p_, v_); } while (0)\n"
	"#define ATOMIC_OLD(o, p, NAME, v) do { __typeof__(p) *p_ = &(p), v_ = (v), o_ = *p_; \\\n"
	"	*p_ = OP_##NAME(o_, v_); o = o_; } while (0)\n"
	"#define GROUP(F, FIRST, NAME, EXCLUSIVE, REDUCE) do { __typeof__(items[0].F) all = FIRST; \\\n"
	"	for (t_ulong li = 0; li < group_items; li++) { __typeof__(all) mine = items[li].F; \\\n"
	"		if (EXCLUSIVE) items[li].F = all; \\\n"
	"		all = OP_##NAME(all, mine); \\\n"
	"		if (!EXCLUSIVE) items[li].F = all; } \\\n"
	"	for (t_ulong li = 0; REDUCE && li < group_items; li++) items[li].F = all; } while (0)\n"
	"#define LEFT(I, G) (L->global[I] - (G) * L->local[I])\n"
	"#define SIZE(I, G) (LEFT(I, G) < L->local[I] ? LEFT(I, G) : L->local[I])\n"
	"#define ITEMS for (t_ulong li = 0; li < group_items; li++) { P = items + li;\n";

void print_c_prelude(struct source *source)
{
	fprintf(source->helpers, prelude, MOST_VARIABLES, MOST_ARRAYS);
}

static void print_item_struct(struct source *source)
{
	const struct program *program = source->program;
	char type[24], name[24];

	fprintf(source->out, "struct item%d {\n", program->number);
	for (int i = 0; i < program->variables; i++) {
		const struct variable *variable = &program->variable[i];

		if (variable->used && variable->owner < 0 && !variable->uniform)
			fprintf(source->out, "\t%s %s;\n",
				print_type_name(source, variable->type, type),
				print_variable_name(source, i, name) + 3);
	}
	for (int i = 0; i < program->arrays; i++) {
		const struct array *array = &program->array[i];

		if (!array->used || array->owner >= 0)
			continue;
		print_type_name(source, array->type, type);
		if (array->space == SPACE_PRIVATE)
			fprintf(source->out, "\t%s %s[%d] __attribute__((aligned(16)));\n", type,
				print_array_name(source, i, name) + 3, array->length);
		if (array->own)
			fprintf(source->out, "\t%s *o%d;\n", type, i);
	}
	fprintf(source->out, "\tt_int w_int; t_uint w_uint; t_long w_long; t_ulong w_ulong;"
			     " t_float w_float; t_double w_double;\n};\n");
}

static void print_memory(struct source *source)
{
	const struct program *program = source->program;
	char type[24], name[24];

	for (int i = 0; i < program->arrays; i++) {
		const struct array *array = &program->array[i];

		if (!array->used || array->owner >= 0)
			continue;
		print_type_name(source, array->type, type);
		print_array_name(source, i, name);
		if (array->space == SPACE_GLOBAL)
			fprintf(source->out, "\t%s *%s = L->array[%d];\n", type, name, i);
		if (array->space == SPACE_LOCAL)
			fprintf(source->out, "\tstatic %s %s[%d] __attribute__((aligned(16)));\n",
				type, name,
				array->own || !array->length ?
					(array->length ? array->length : 1) * MOST_GROUP :
					array->length);
	}
	for (int i = 0; i < program->variables; i++) {
		const struct variable *variable = &program->variable[i];

		if (!variable->used || variable->owner >= 0 || !variable->uniform)
			continue;
		fprintf(source->out, "\t%s %s = ", print_type_name(source, variable->type, type),
			print_variable_name(source, i, name));
		if (variable->role == ROLE_ARGUMENT)
			fprintf(source->out, "L->scalar[%d];\n", i);
		else
			fprintf(source->out, "0;\n");
	}
}

/* What a work-item knows of itself. */
static void print_item_start(struct source *source)
{
	const struct program *program = source->program;
	static const char *const values[] = {
		"linear",      "li",	   "L->offset[0] + gx * L->local[0] + lx", "lx", "gx",
		"group_items", "all_items"
	};
	char name[24];

	for (int i = 0; i <= INDEX_ITEMS; i++) {
		if (program->variable[i].used)
			fprintf(source->out, "\t\t%s = %s;\n", print_variable_name(source, i, name),
				values[i]);
	}
	for (int i = 0; i < program->arrays; i++) {
		const struct array *array = &program->array[i];
		const char *item = array->space == SPACE_LOCAL ? "li" : "linear";
		const char *all = array->space == SPACE_LOCAL ? "group_items" : "all_items";

		/* What is read before it is written may be anything, too. */
		if (array->used && array->owner < 0 && array->space == SPACE_PRIVATE)
			fprintf(source->out,
				"\t\t__builtin_memset(%s, (int)fuzz_unspecified, sizeof(%s));\n",
				print_array_name(source, i, name),
				print_array_name(source, i, name));
		if (!array->used || !array->own)
			continue;
		fprintf(source->out, "\t\tP->o%d = %s + ", i, print_array_name(source, i, name));
		if (array->own == OWN_PERMUTED)
			fprintf(source->out, "%s[%s]", print_array_name(source, 0, name), item);
		else if (array->own == OWN_REVERSED)
			fprintf(source->out, "(%s - 1 - %s)", all, item);
		else
			fprintf(source->out, "%s", item);
		fprintf(source->out, " * %d;\n", array->length);
	}
}

static void open_items(struct source *source)
{
	source->segment++;
	print_indent(source);
	fprintf(source->out, "ITEMS\n");
	source->indent++;
}

static void close_items(struct source *source)
{
	fprintf(source->out, "end%d:;\n", source->segment);
	source->indent--;
	print_indent(source);
	fprintf(source->out, "}\n");
}

/* A break or continue of a loop around @node. */
static bool leaves_loop(const struct node *node, bool in_switch)
{
	if (node->kind == NODE_CONTINUE || (node->kind == NODE_BREAK && !in_switch))
		return true;
	if (!node_is_statement(node) || node->kind == NODE_FOR || node->kind == NODE_DO)
		return false;
	for (int i = 0; i < node->count; i++) {
		if (leaves_loop(node->child[i], in_switch || node->kind == NODE_SWITCH))
			return true;
	}
	return false;
}

static void print_together(struct source *source, const struct node *node, bool in_loop);

static void print_group_function(struct source *source, const struct node *node)
{
	static const struct {
		const char *operation;
		int exclusive, reduce;
	} functions[] = { { "add", 0, 0 }, { "max", 0, 0 }, { "min", 0, 0 }, { "add", 1, 0 },
			  { "max", 1, 0 }, { "min", 1, 0 }, { "add", 0, 1 }, { "max", 0, 1 },
			  { "min", 0, 1 }, { "", 0, 0 },    { "min", 0, 1 }, { "max", 0, 1 } };
	const char *base = print_base_name(node->child[1]->type.base);
	bool truth = node->index >= 10;
	const char *first = "0";

	open_items(source);
	print_indent(source);
	fprintf(source->out, "P->w_%s = %s", base, truth ? "0 != " : "");
	print_expression(source, node->child[1]);
	fprintf(source->out, ";\n");
	close_items(source);
	print_indent(source);
	if (node->index == 9) {
		fprintf(source->out, "{ __typeof__(items[0].w_%s) all = items[ix(", base);
		print_expression(source, node->child[2]);
		fprintf(source->out,
			", s0)].w_%s; for (t_ulong li = 0; li < group_items; li++)"
			" items[li].w_%s = all; }\n",
			base, base);
	} else {
		char low[32], high[32];

		snprintf(low, sizeof(low), "LOW(t_%s)", base);
		snprintf(high, sizeof(high), "HIGH(t_%s)", base);
		if (functions[node->index].operation[1] == 'a')
			first = low;
		if (functions[node->index].operation[1] == 'i')
			first = high;
		if (truth)
			first = node->index == 10 ? "1" : "0";
		fprintf(source->out, "GROUP(w_%s, %s, %s, %d, %d);\n", base, first,
			functions[node->index].operation, functions[node->index].exclusive,
			functions[node->index].reduce);
	}
	open_items(source);
	print_indent(source);
	print_place(source, node->child[0]);
	fprintf(source->out, " = P->w_%s;\n", base);
	close_items(source);
}

static void print_loop_together(struct source *source, const struct node *node)
{
	char name[24];

	print_indent(source);
	print_variable_name(source, node->index, name);
	fprintf(source->out, "for (%s = ", name);
	print_expression(source, node->child[node->flags & FLAG_DOWN ? 1 : 0]);
	fprintf(source->out, "; %s %s ", name, node->flags & FLAG_DOWN ? ">" : "<");
	print_expression(source, node->child[node->flags & FLAG_DOWN ? 0 : 1]);
	fprintf(source->out, "; %s %s= ", name, node->flags & FLAG_DOWN ? "-" : "+");
	print_expression(source, node->child[2]);
	fprintf(source->out, ") {\n");
	source->indent++;
	print_indent(source);
	fprintf(source->out, "if (--turns < 0) fuzz_invalid();\n");
	print_together(source, node->child[3], true);
	source->indent--;
	print_indent(source);
	fprintf(source->out, "}\n");
}

static void print_if_together(struct source *source, const struct node *node, bool in_loop)
{
	print_indent(source);
	fprintf(source->out, "if (");
	print_expression(source, node->child[0]);
	fprintf(source->out, ") {\n");
	for (int i = 1; i < node->count; i++) {
		source->indent++;
		print_together(source, node->child[i], in_loop);
		source->indent--;
		print_indent(source);
		fprintf(source->out, i + 1 < node->count ? "} else {\n" : "}\n");
	}
}

static bool is_together(const struct node *node, bool in_loop)
{
	return node_is_collective(node) || (in_loop && leaves_loop(node, false));
}

/* What all work-items of a group come to together: each part that they do alone in a loop. */
static void print_together(struct source *source, const struct node *node, bool in_loop)
{
	bool open = false;

	if (node->kind != NODE_BLOCK && node->kind != NODE_SEQUENCE) {
		if (!is_together(node, in_loop)) {
			open_items(source);
			print_statement(source, node);
			close_items(source);
		} else if (node->kind == NODE_IF) {
			print_if_together(source, node, in_loop);
		} else if (node->kind == NODE_FOR) {
			print_loop_together(source, node);
		} else if (node->kind == NODE_GROUP_FUNCTION) {
			print_group_function(source, node);
		} else if (node->kind != NODE_BARRIER) {
			print_statement(source, node);
		}
		return;
	}
	for (int i = 0; i < node->count; i++) {
		bool together = is_together(node->child[i], in_loop);

		if (open && together)
			close_items(source);
		if (!open && !together)
			open_items(source);
		open = !together;
		if (together)
			print_together(source, node->child[i], in_loop);
		else
			print_statement(source, node->child[i]);
	}
	if (open)
		close_items(source);
}

static void print_firsts(struct source *source)
{
	const struct program *program = source->program;
	char name[24];

	for (int i = 0; i < program->variables; i++) {
		if (!program->variable[i].used || program->variable[i].owner >= 0 ||
		    !program->variable[i].first)
			continue;
		fprintf(source->out, "\t\t%s = ", print_variable_name(source, i, name));
		print_expression(source, program->variable[i].first);
		fprintf(source->out, ";\n");
	}
	for (int i = 0; i < program->arrays; i++) {
		if (program->array[i].used && program->array[i].setup)
			print_statement(source, program->array[i].setup);
	}
}

void print_c_program(struct source *source)
{
	struct program *program = source->program;
	char type[24], name[24];

	source->function = -1;
	source->segment = 0;
	print_records(source);
	for (int i = 0; i < program->arrays; i++) {
		const struct array *array = &program->array[i];

		if (!array->used || array->owner >= 0 || array->space != SPACE_CONSTANT)
			continue;
		fprintf(source->out, "static const %s %s[%d] = {",
			print_type_name(source, array->type, type),
			print_array_name(source, i, name), array->length);
		for (int j = 0; j < array->length; j++)
			fprintf(source->out, " (%s)%" PRId64 ",", type,
				array_value(program, i, (size_t)j, 0) % 120);
		fprintf(source->out, " };\n");
	}
	print_functions(source);
	print_item_struct(source);
	fprintf(source->out,
		"void k%d(struct launch *L)\n{\n\tstatic struct item%d items[%d], *P;\n"
		"\tt_ulong all_items = L->global[0] * L->global[1] * L->global[2];\n"
		"\t(void)P; turns = L->turns;\n",
		program->number, program->number, MOST_GROUP);
	print_memory(source);
	fprintf(source->out,
		"\tfor (t_ulong gz = 0; gz < L->groups[2]; gz++)\n"
		"\tfor (t_ulong gy = 0; gy < L->groups[1]; gy++)\n"
		"\tfor (t_ulong gx = 0; gx < L->groups[0]; gx++) {\n"
		"\tt_ulong s0 = SIZE(0, gx), s1 = SIZE(1, gy), s2 = SIZE(2, gz);\n"
		"\tt_ulong group_items = s0 * s1 * s2;\n\tITEMS\n"
		"\t\tt_ulong lx = li %% s0, ly = li / s0 %% s1, lz = li / s0 / s1;\n"
		"\t\tt_ulong linear = ((gz * L->local[2] + lz) * L->global[1] + gy * L->local[1] +"
		" ly) * L->global[0] + gx * L->local[0] + lx;\n"
		"\t\t(void)linear; __builtin_memset(P, 0, sizeof(*P));\n");
	print_item_start(source);
	source->indent = 2;
	print_firsts(source);
	fprintf(source->out, "\t}\n");
	source->indent = 1;
	print_together(source, program->body, false);
	fprintf(source->out, "\t}\n}\n");
	source->indent = 0;
}
