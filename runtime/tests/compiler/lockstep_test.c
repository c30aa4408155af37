// SPDX-License-Identifier: MIT
/*
 * Loops in which work-items go in lockstep: where that pays, and only there. The results are
 * those of work-items one by one, bit for bit. Bundles, which would take the kernels first, are off.
 */
#include "fixture.h"

#include <stdlib.h>

#define ITEMS 104
#define TURNS 48

/* Bodies of kernels: of item i, with a result in out[i]. */
static const struct {
	const char *body;
	bool in_lockstep;
} shapes[] = {
	/* All turn as often. */
	{ "float s = 0; for (int k = 0; k < n; k++) s += a[k] * b[(size_t)k * 104 + i]; out[i] = s;",
	  true },
	{ "float s = 0; for (int k = 0; k < n; k++) { float v = b[(size_t)k * 104 + i]; if (v > 0.5f)"
	  " s += a[k] * v; } out[i] = s;",
	  true },
	/* They part, and do much in a turn. */
	{ "float w = b[i], u = a[0]; int k = 0; for (; k < n; k++) { w = w * w + u; u = u * w - 0.7f;"
	  " w = fabs(w) * u + 0.3f; u = w * u + w * w; w = (1 + w) * u - w * 0.1f; if (w > 1.7f) break;"
	  " } out[i] = w + k;",
	  true },
	/* They part, and do little. */
	{ "int k = 0; for (; k < n; k++) if (a[k] >= b[i]) break; out[i] = k;", false },
	{ "float s = 0; if (i < n) for (int k = 0; k < n; k++) s += a[k] * b[(size_t)k * 104 + i];"
	  " out[i] = s;",
	  false },
	{ "for (int j = 0; j < n / 8; j++) { if (i > j) for (int k = 0; k < j; k++) out[i] += a[k] *"
	  " b[(size_t)k * 104 + i]; }",
	  false },
};

static const char source[] =
	"kernel void k(global const float *a, global const float *b, int n, global float *out) {\n"
	"  size_t i = get_global_id(0);\n"
	"  %s\n"
	"}\n";

static void run(struct fixture *fixture, cl_program program, const float *in, float *out)
{
	const cl_int n = TURNS;
	const struct fixture_argument arguments[] = { fixture_svm(in), fixture_svm(in),
						      fixture_value(n), fixture_svm(out) };

	memset(out, 0, ITEMS * sizeof(*out));
	fixture_run_1d(fixture, program, "k", ITEMS, ITEMS / 2, arguments, 4);
}

static void test(struct fixture *fixture, unsigned int shape, const float *in, float *out,
		 float *expected)
{
	cl_program programs[2];
	char text[2000], notes[4000];

	snprintf(text, sizeof(text), source, shapes[shape].body);
	programs[0] = fixture_build(fixture, text, "-cl-std=CL3.0 -cl-opt-disable");
	programs[1] = fixture_build_noted(fixture, text, "-cl-std=CL3.0", notes, sizeof(notes));
	check(!strstr(notes, "run in lockstep") != shapes[shape].in_lockstep, "shape %u: %s", shape,
	      notes);
	run(fixture, programs[0], in, expected);
	run(fixture, programs[1], in, out);
	for (size_t i = 0; i < ITEMS; i++)
		check(!memcmp(out + i, expected + i, sizeof(*out)),
		      "shape %u: item %zu is %a, expected %a", shape, i, (double)out[i],
		      (double)expected[i]);
	clReleaseProgram(programs[0]);
	clReleaseProgram(programs[1]);
}

int main(void)
{
	struct fixture fixture;
	float *in, *out, *expected;

	/* What is in a cache is not noted. */
	setenv("TANDEM_CACHE_DIR", "", 1);
	setenv("TANDEM_DEBUG", "compiler", 1);
	setenv("TANDEM_LANES", "1", 1);
	fixture_open(&fixture);
	in = fixture_alloc(&fixture, ITEMS * TURNS * sizeof(*in));
	out = fixture_alloc(&fixture, ITEMS * sizeof(*out));
	expected = fixture_alloc(&fixture, ITEMS * sizeof(*out));
	for (unsigned int i = 0; i < ITEMS * TURNS; i++)
		in[i] = (float)(i * 2654435761u >> 24) / 256;
	for (unsigned int shape = 0; shape < FIXTURE_COUNT(shapes); shape++)
		test(&fixture, shape, in, out, expected);
	fixture_free(&fixture, in);
	fixture_free(&fixture, out);
	fixture_free(&fixture, expected);
	fixture_close(&fixture);
	return check_result();
}
