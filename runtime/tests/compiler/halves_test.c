// SPDX-License-Identifier: MIT
/*
 * Half precision: every operation of a kernel is rounded to half, however its work-items are put
 * together, and halves may be all that other numbers may be.
 */
#include "fixture.h"

#include <CL/cl_ext.h>
#include <math.h>
#include <stdlib.h>

#include "builtins/half_number.h"
#include "builtins/random.h"

#define ITEMS  104
#define VALUES 8
#define TABLE  256
#define SEED   3

extern const char halves_cl[];

/* Bodies of kernels: of item i, with o[0] to o[7] as its results, and a table t of n halves. */
static const char *const shapes[] = {
	/* No loop, and loops that all leave in one turn. */
	"half x = t[i]; o[0] = x * x + t[i + 1]; o[1] = x / t[i + 3]; o[2] = sqrt(fabs(x)) - x;",
	"half s = 0; for (int j = 0; j < n; j++) s += t[j] * t[(i + j) & 255]; o[0] = s;",
	"half s = t[i]; for (int j = 0; j < 9; j++) s = fma(s, t[j], t[j + i]); o[0] = s;",
	"half s = t[i]; for (int j = 0; j < 9; j++) s = s * 0.75h + floor(t[j + i]); o[0] = s;",
	/* Loops that are left in different turns. */
	"half s = t[i]; int j = 0; while (s > 0.01h && j < 40) { s *= 0.7h; j++; } o[0] = s; o[1] = j;",
	"half s = 1; for (int j = 0; j < n; j++) { if (t[j] > t[i]) { s -= t[j]; if (s < -50) break;"
	" continue; } s = fmax(s, t[j]) * 1.01h; } o[0] = s;",
	"half s = 0; for (int j = 0; j < i % 11; j++) s += (half)(1.0 / (j + 3)); o[0] = s;",
	"double d = t[i]; for (int j = 0; j < i % 5 + 1; j++) d = d * 1.0625 + 0.001;"
	" o[0] = (half)d; o[1] = (half)(d * 1e-6);",
	/* Private arrays. */
	"half a[16]; for (int j = 0; j < 16; j++) a[j] = t[(i * 16 + j) & 255]; for (int j = 1; j < 16;"
	" j++) { half v = a[j]; int k = j - 1; while (k >= 0 && a[k] > v) { a[k + 1] = a[k]; k--; }"
	" a[k + 1] = v; } for (int j = 0; j < 8; j++) o[j] = a[2 * j];",
	"half4 v[5]; for (int j = 0; j < n % 5 + 1; j++) v[j] = (half4)(i, j, t[j], 1); half4 s = v[0];"
	" for (int j = 0; j < n % 5 + 1; j++) s += v[(i + j) % (n % 5 + 1)]; vstore4(s, 0, o);",
	/* OpenCL's vectors. */
	"half4 v = vload4(i % 60, t); for (int j = 0; j < i % 4 + 1; j++) v = v.wzyx * 0.5h +"
	" select(v, (half4)2.5h, v < (half)1); vstore4(v, 0, o); o[4] = dot(v, v); o[5] = length(v.xyz);",
	"half3 v = convert_half3_rtz((float3)(i * 0.1f, t[i & 255], 1e-5f)); o[0] = v.x; o[1] = v.y;"
	" o[2] = v.z; o[3] = vload_half(i, t); vstore_half_rtp(o[3] * 1.7f, 4, o);",
	"half16 v = vload16(i % 15, t); v = shuffle(v, (ushort16)(i) + (ushort16)(0, 3, 1, 7, 4, 5, 9, 8,"
	" 2, 6, 11, 10, 15, 13, 14, 12)); vstore8(v.lo * v.hi + exp(v.even), 0, o);",
	/* Switches and barriers. */
	"half s = 0; for (int j = 0; j < 12; j++) switch ((i + j) % 5) { case 0: s++; break; case 1:"
	" s *= 1.1h; case 2: s += t[j]; break; case 3: continue; default: s = -s; } o[0] = s;",
	"local half l[104]; half s = t[i]; int k = get_local_id(0), m = get_local_size(0);"
	" for (int j = 0; j < 5; j++) { l[k] = s; barrier(CLK_LOCAL_MEM_FENCE); half u = l[m - 1 - k] *"
	" l[k]; barrier(CLK_LOCAL_MEM_FENCE); s = u == u ? t[j] - s * s : u; } o[0] = s;",
};

static const char source[] = "#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n"
			     "#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n"
			     "kernel void k(global const half *t, int n, global half *out) {\n"
			     "#pragma OPENCL FP_CONTRACT OFF\n"
			     "  int i = get_global_id(0);\n"
			     "  global half *o = out + get_global_id(0) * 8;\n"
			     "  %s\n"
			     "}\n";

static bool are_same(uint16_t a, uint16_t b)
{
	return a == b || (half_is_nan(a) && half_is_nan(b));
}

static void run(struct fixture *fixture, cl_program program, const uint16_t *table, uint16_t *out,
		size_t group)
{
	const cl_int n = TABLE - 1;
	const struct fixture_argument arguments[] = { fixture_svm(table), fixture_value(n),
						      fixture_svm(out) };

	memset(out, 0x55, ITEMS * VALUES * sizeof(*out));
	fixture_run_1d(fixture, program, "k", ITEMS, group, arguments, 3);
}

/* Optimised or not, in groups of any size, the results are the same, bit for bit. */
static void test_shape(struct fixture *fixture, unsigned int shape, const uint16_t *table,
		       uint16_t *out, uint16_t *expected)
{
	static const size_t groups[] = { ITEMS, 1, 8, 13, 26, 52 };
	cl_program programs[2];
	char text[2000];

	snprintf(text, sizeof(text), source, shapes[shape]);
	programs[0] = fixture_build(fixture, text, "-cl-opt-disable");
	programs[1] = fixture_build(fixture, text, "");
	for (size_t g = 0; g < FIXTURE_COUNT(groups); g++) {
		size_t i = 0;

		run(fixture, programs[0], table, expected, groups[g]);
		run(fixture, programs[1], table, out, groups[g]);
		while (i < ITEMS * VALUES && are_same(out[i], expected[i]))
			i++;
		check(i == ITEMS * VALUES,
		      "shape %u, groups of %zu: half %zu of item %zu is %#x, expected %#x", shape,
		      groups[g], i % VALUES, i / VALUES, out[i], expected[i]);
	}
	clReleaseProgram(programs[0]);
	clReleaseProgram(programs[1]);
}

static void test_shapes(struct fixture *fixture)
{
	struct tandem_random random = { .state = SEED };
	uint16_t *table = fixture_alloc(fixture, TABLE * sizeof(*table));
	uint16_t *out = fixture_alloc(fixture, ITEMS * VALUES * sizeof(*out));
	uint16_t *expected = fixture_alloc(fixture, ITEMS * VALUES * sizeof(*out));

	for (unsigned int i = 0; i < TABLE; i++)
		table[i] = half_bits(tandem_random_between(&random, -2, 3), 0);
	for (unsigned int shape = 0; shape < FIXTURE_COUNT(shapes); shape++)
		test_shape(fixture, shape, table, out, expected);
	fixture_free(fixture, table);
	fixture_free(fixture, out);
	fixture_free(fixture, expected);
}

#define PAIRS 4096

/* A double has room for what an operation on halves gives, but for quotients: 53 bits are far more
 * than twice 11, so that rounding once more does no harm. */
static double rounded(double x)
{
	return half_value(half_bits(x, 0));
}

static void expect_operations(double x, double y, double expected[5])
{
	expected[0] = rounded(rounded(x + y) - x);
	expected[1] = rounded(rounded(x * y) + x);
	expected[2] = rounded(x / y);
	expected[3] = rounded(rounded(-x * x) + rounded(y * y));
	expected[4] = x < y ? rounded(x - 1) : rounded(y * rounded((double)3.3f));
}

static void test_operations(struct fixture *fixture, cl_program program)
{
	struct tandem_random random = { .state = SEED };
	uint16_t *numbers = fixture_alloc(fixture, 7 * PAIRS * sizeof(*numbers));
	uint16_t *others = numbers + PAIRS, *out = others + PAIRS;
	const struct fixture_argument arguments[] = { fixture_svm(numbers), fixture_svm(others),
						      fixture_svm(out) };

	/* Any bits, and numbers of the same size. */
	for (int i = 0; i < PAIRS; i++) {
		numbers[i] = (uint16_t)tandem_random_bits(&random);
		others[i] = i & 1 ? (uint16_t)tandem_random_bits(&random) :
				    (uint16_t)(numbers[i] ^ (tandem_random_bits(&random) & 0x87ff));
	}
	fixture_run_1d(fixture, program, "operations", PAIRS, 64, arguments, 3);
	for (int i = 0; i < PAIRS; i++) {
		double expected[5], x = half_value(numbers[i]), y = half_value(others[i]);

		expect_operations(x, y, expected);
		for (int k = 0; k < 5; k++)
			check(are_same(out[5 * i + k], half_bits(expected[k], 0)),
			      "operation %d of %a and %a: %a, expected %a (seed %d)", k, x, y,
			      half_value(out[5 * i + k]), expected[k], SEED);
	}
	fixture_free(fixture, numbers);
}

/* Numbers next to where halves are rounded up or down: a double, or an integer. */
static void next_number(struct tandem_random *random, double *real, cl_long *integer)
{
	double half = half_value((uint16_t)(tandem_random_bits(random) & 0xfbff));
	double step = half_next(half, INFINITY) - half;
	static const double offsets[] = { 0, 0x1p-11, -0x1p-11, 0x1p-30, -0x1p-30, 0x1p-40 };
	uint64_t bits = tandem_random_bits(random);

	if (!isfinite(step))
		step = 32;
	*real = half + step * 0.5 * (1 + offsets[tandem_random_below(random, 6)]);
	*integer = (cl_long)(bits >> tandem_random_below(random, 64));
	if (tandem_random_below(random, 2))
		*integer = (cl_long)*real;
}

static void test_conversions(struct fixture *fixture, cl_program program)
{
	struct tandem_random random = { .state = SEED };
	double *reals = fixture_alloc(fixture, PAIRS * sizeof(*reals));
	cl_long *integers = fixture_alloc(fixture, PAIRS * sizeof(*integers));
	uint16_t *out = fixture_alloc(fixture, 6 * PAIRS * sizeof(*out));
	const struct fixture_argument arguments[] = { fixture_svm(reals), fixture_svm(integers),
						      fixture_svm(out) };

	for (int i = 0; i < PAIRS; i++)
		next_number(&random, &reals[i], &integers[i]);
	reals[0] = NAN;
	reals[1] = -INFINITY;
	reals[2] = 0x1.8p1000;
	reals[3] = -0x1p-1074;
	fixture_run_1d(fixture, program, "conversions", PAIRS, 64, arguments, 3);
	for (int i = 0; i < PAIRS; i++) {
		const double from[6] = { reals[i],
					 (double)integers[i],
					 (double)(cl_ulong)integers[i],
					 (double)(cl_int)integers[i],
					 (double)(cl_uint)integers[i],
					 (double)(float)reals[i] };

		for (int k = 0; k < 6; k++)
			check(are_same(out[6 * i + k], half_bits(from[k], 0)),
			      "conversion %d of %a: %#x, expected %#x (seed %d)", k, from[k],
			      out[6 * i + k], half_bits(from[k], 0), SEED);
	}
	fixture_free(fixture, reals);
	fixture_free(fixture, integers);
	fixture_free(fixture, out);
}

static void check_from_half(uint16_t bits, const double reals[2], const cl_long integers[5])
{
	double x = half_value(bits);
	/* A NaN that signals may come out as one that does not. */
	int quiet = isnan(x) ? 0x200 : 0;

	for (int k = 0; k < 2; k++)
		check(reals[k] == x || (isnan(reals[k]) && isnan(x)), "real %d of %#x: %a", k, bits,
		      reals[k]);
	if (isfinite(x)) {
		check(integers[0] == (cl_long)x && integers[1] == (cl_long)x,
		      "integers of %a: %lld, %lld", x, (long long)integers[0],
		      (long long)integers[1]);
	}
	check(integers[2] == (x == 0) && integers[3] == (x != 0), "truth of %a", x);
	check(((uint16_t)integers[4] | quiet) == ((bits ^ 0x8000) | quiet),
	      "negative of %#x: %#llx", bits, (unsigned long long)integers[4]);
}

/* From every half. */
static void test_from_half(struct fixture *fixture, cl_program program)
{
	uint16_t *halves = fixture_alloc(fixture, HALF_COUNT * sizeof(*halves));
	double *reals = fixture_alloc(fixture, 2 * HALF_COUNT * sizeof(*reals));
	cl_long *integers = fixture_alloc(fixture, 5 * HALF_COUNT * sizeof(*integers));
	const struct fixture_argument arguments[] = { fixture_svm(halves), fixture_svm(reals),
						      fixture_svm(integers) };

	for (unsigned int i = 0; i < HALF_COUNT; i++)
		halves[i] = (uint16_t)i;
	fixture_run_1d(fixture, program, "from_half", HALF_COUNT, 64, arguments, 3);
	for (size_t i = 0; i < HALF_COUNT; i++)
		check_from_half(halves[i], reals + 2 * i, integers + 5 * i);
	fixture_free(fixture, halves);
	fixture_free(fixture, reals);
	fixture_free(fixture, integers);
}

/* By value, in vectors and structures, in local and constant memory, and variables. */
static void test_arguments(struct fixture *fixture, cl_program program)
{
	struct {
		cl_char first;
		uint16_t value;
		uint16_t vector[4] __attribute__((aligned(8)));
		cl_int last;
	} mixed = { 1, half_bits(1.5, 0), { 0, 0, half_bits(-8, 0), 0 }, 7 };
	uint16_t a = half_bits(0.25, 0), b[4] = { 0, 0, 0, half_bits(100, 0) };
	uint16_t *numbers = fixture_alloc(fixture, 9 * sizeof(*numbers)), *out = numbers + 1;
	const struct fixture_argument arguments[] = {
		fixture_value(a),     fixture_value(b),
		fixture_value(mixed), fixture_local(8 * sizeof(*out)),
		fixture_svm(numbers), fixture_svm(out)
	};
	static const double values[] = { 0.25 + 0.5, 100 + 1.25, 1.5 - 2, -8 + 0x1p-14 };

	numbers[0] = half_bits(2, 0);
	fixture_run_1d(fixture, program, "arguments", 8, 8, arguments, 6);
	for (int i = 0; i < 8; i++) {
		double expected = rounded(rounded(values[(i ^ 1) & 3]) * 2 + 3) + 7;

		check(out[i] == half_bits(expected, 0), "item %d: %a, expected %a", i,
		      half_value(out[i]), expected);
	}
	fixture_free(fixture, numbers);
}

static void test_limits(struct fixture *fixture, cl_program program)
{
	static const double expected[] = { 65504,
					   0x1p-14,
					   0x1p-10,
					   INFINITY,
					   3.140625,
					   0.70703125,
					   3 + 11 + 16 - 13 + 4 - 4 + 2 };
	uint16_t *out = fixture_alloc(fixture, sizeof(expected));
	const struct fixture_argument argument = fixture_svm(out);

	fixture_run_1d(fixture, program, "limits", 1, 1, &argument, 1);
	for (size_t i = 0; i < FIXTURE_COUNT(expected); i++)
		check(half_value(out[i]) == expected[i], "limit %zu: %a, expected %a", i,
		      half_value(out[i]), expected[i]);
	fixture_free(fixture, out);
}

/* What queries say of it. */
static void test_queries(struct fixture *fixture)
{
	const cl_device_fp_config wanted = CL_FP_ROUND_TO_NEAREST | CL_FP_INF_NAN | CL_FP_DENORM;
	cl_device_fp_config config = 0;
	cl_uint preferred = 0, native = 0;

	check(clGetDeviceInfo(fixture->device, CL_DEVICE_HALF_FP_CONFIG, sizeof(config), &config,
			      NULL) == CL_SUCCESS &&
		      (config & wanted) == wanted,
	      "CL_DEVICE_HALF_FP_CONFIG: %#llx", (unsigned long long)config);
	clGetDeviceInfo(fixture->device, CL_DEVICE_PREFERRED_VECTOR_WIDTH_HALF, sizeof(preferred),
			&preferred, NULL);
	clGetDeviceInfo(fixture->device, CL_DEVICE_NATIVE_VECTOR_WIDTH_HALF, sizeof(native),
			&native, NULL);
	check(preferred && native, "vectors of %u and %u halves", preferred, native);
}

static bool has_half(const struct fixture *fixture)
{
	char extensions[8192] = "";

	clGetDeviceInfo(fixture->device, CL_DEVICE_EXTENSIONS, sizeof(extensions), extensions,
			NULL);
	return strstr(extensions, "cl_khr_fp16");
}

int main(void)
{
	static const char *const options[] = { "-cl-std=CL3.0", "-cl-std=CL3.0 -cl-opt-disable" };
	struct fixture fixture;

	fixture_open(&fixture);
	if (!has_half(&fixture))
		check_skip("the device has no cl_khr_fp16");
	test_queries(&fixture);
	test_shapes(&fixture);
	for (size_t i = 0; i < FIXTURE_COUNT(options); i++) {
		cl_program program = fixture_build(&fixture, halves_cl, options[i]);

		test_operations(&fixture, program);
		test_conversions(&fixture, program);
		test_from_half(&fixture, program);
		test_arguments(&fixture, program);
		test_limits(&fixture, program);
		clReleaseProgram(program);
	}
	fixture_close(&fixture);
	return check_result();
}
