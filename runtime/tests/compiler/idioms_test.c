// SPDX-License-Identifier: MIT
/*
 * Loops and comparisons for which the C library has functions, and the processor
 * instructions: no call of a library comes of them, and their results are right.
 */
#include "fixture.h"

#define ITEMS 32
#define ROOM  64

/*
 * Each computes n from s, a work-item's own zero-terminated elements of TYPE, the first
 * LENGTH of which are ones, followed by zeros; b and c are arrays of its own.
 */
static const struct idiom {
	const char *name, *text;
	int expected;
	bool for_all_types;
} idioms[] = {
	{ "strlen", "for (int i = 0; i < 64; i++) b[i] = s[i]; while (b[n]) n++;", 5, true },
	{ "strlen in global memory", "while (s[n]) n++;", 5, true },
	{ "strlen by a pointer", "for (global const TYPE *p = s; *p; p++) n++;", 5, true },
	{ "strnlen", "while (n < 40 && s[n]) n++;", 5, true },
	{ "strchr", "while (s[n] && s[n] != 2) n++;", 5, true },
	{ "memchr", "for (n = 0; n < 64; n++) if (s[n] == 0) break;", 5, true },
	{ "memset",
	  "for (int i = 0; i < 64; i++) b[i] = 0; b[9] = 4;\n"
	  "for (int i = 0; i < 64; i++) n += b[i];",
	  4, true },
	{ "memset of bytes", "for (int i = 0; i < 64; i++) b[i] = (TYPE)-1; n = -b[m];", 1, true },
	{ "memset of a pattern", "for (int i = 0; i < 64; i++) b[i] = (TYPE)3; n = b[m];", 3,
	  true },
	{ "memcpy", "for (int i = 0; i < 64; i++) b[i] = s[i]; n = b[m] + b[m + 20];", 1, true },
	{ "memmove",
	  "for (int i = 0; i < 64; i++) b[i] = s[i];\n"
	  "for (int i = 0; i < 60; i++) b[i] = b[i + 3]; n = b[1] * 2 + b[2];",
	  2, true },
	{ "memcmp",
	  "for (int i = 0; i < 64; i++) b[i] = c[i] = s[i]; c[63] = m == 77;\n"
	  "n = 1; for (int i = 0; i < 64; i++) if (b[i] != c[i]) { n = 0; break; }",
	  1, true },
	{ "strcmp",
	  "for (int i = 0; i < 64; i++) b[i] = c[i] = s[i]; c[3] = m;\n"
	  "while (b[n] && b[n] == c[n]) n++;",
	  3, true },
	{ "comparison of structures",
	  "struct { TYPE a, b, c, d, e, f; } x = { s[0], s[1], s[2], s[3], s[4], 1 }, y = x;\n"
	  "y.e += m == 77; n = x.a == y.a && x.b == y.b && x.c == y.c && x.d == y.d &&\n"
	  "x.e == y.e && x.f == y.f;",
	  1, true },
	{ "popcount", "for (uint x = m * 0x11111; x; x &= x - 1) n++;", 5, false },
	{ "count of zeros", "for (uint x = m << 4; !(x & 1); x >>= 1) n++;", 5, false },
	{ "logarithm", "for (uint x = m << 9; x >>= 1;) n++;", 10, false },
	{ "highest bit", "uint x = m << 7; while (x) { n++; x >>= 1; }", 9, false },
	{ "checksum",
	  "uint x = m; for (int k = 0; k < 8; k++)\n"
	  "x = x & 1 ? (x >> 1) ^ 0xedb88320u : x >> 1; n = x >> 24;",
	  0xee, false },
	{ "remainder", "for (uint x = m * 1000; x >= 7; x -= 7) n++;", 285, false },
	{ "triangle", "for (int k = 0; k < m * 10; k++) n += k;", 190, false },
	{ "power", "n = 1; for (int k = 0; k < m; k++) n *= 3;", 9, false },
	{ "absolute", "n = m - 9; n = n < 0 ? -n : n;", 7, false },
	{ "fabs and sqrt", "float x = -4.0f * m * m; n = (int)sqrt(x < 0 ? -x : x);", 4, false },
	{ "fmod", "float x = 17.0f; while (x >= 5.0f) x -= 5.0f; n = (int)x + m;", 4, false },
	{ "rounding", "n = (int)(floor(2.5f * m) + ceil(0.3f * m) + rint(1.2f * m));", 8, false },
};

static const char source[] =
	"kernel void k(global const TYPE *all, global int *out, int m) {\n"
	"global const TYPE *s = all + get_global_id(0) * 64; TYPE b[64], c[64]; int n = 0;\n"
	"%s\n"
	"out[get_global_id(0)] = n; }\n";

static void fill(void *elements, size_t bytes)
{
	memset(elements, 0, ITEMS * ROOM * sizeof(long));
	for (size_t i = 0; i < ITEMS; i++) {
		for (size_t k = 0; k < 5; k++)
			((char *)elements)[(i * ROOM + k) * bytes] = 1;
	}
}

static void test(struct fixture *fixture, const struct idiom *idiom, const char *type, size_t bytes,
		 void *elements, int *out)
{
	cl_int m = 2;
	const struct fixture_argument arguments[] = { fixture_svm(elements), fixture_svm(out),
						      fixture_value(m) };
	char text[1000], options[40];
	cl_program program;

	snprintf(text, sizeof(text), source, idiom->text);
	snprintf(options, sizeof(options), "-D TYPE=%s", type);
	program = fixture_build(fixture, text, options);
	fill(elements, bytes);
	for (size_t group = 1; group <= ITEMS; group *= ITEMS) {
		memset(out, 0, ITEMS * sizeof(int));
		fixture_run_1d(fixture, program, "k", ITEMS, group, arguments, 3);
		for (int i = 0; i < ITEMS; i++) {
			if (!check(out[i] == idiom->expected, "%s of %s, item %d: %d, not %d",
				   idiom->name, type, i, out[i], idiom->expected))
				break;
		}
	}
	clReleaseProgram(program);
}

int main(void)
{
	struct fixture fixture;
	void *elements;
	int *out;

	fixture_open(&fixture);
	elements = fixture_alloc(&fixture, ITEMS * ROOM * sizeof(long));
	out = fixture_alloc(&fixture, ITEMS * sizeof(int));
	for (size_t i = 0; i < FIXTURE_COUNT(idioms); i++) {
		test(&fixture, &idioms[i], "char", 1, elements, out);
		if (!idioms[i].for_all_types)
			continue;
		test(&fixture, &idioms[i], "short", 2, elements, out);
		test(&fixture, &idioms[i], "int", 4, elements, out);
		test(&fixture, &idioms[i], "long", 8, elements, out);
	}
	fixture_free(&fixture, elements);
	fixture_free(&fixture, out);
	fixture_close(&fixture);
	return check_result();
}
