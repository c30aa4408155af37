// SPDX-License-Identifier: MIT
/* Built-in functions of OpenCL C that take one or two values of a type, and what they do. */
#ifndef TANDEM_TESTS_FUZZ_BUILTINS_H
#define TANDEM_TESTS_FUZZ_BUILTINS_H

struct fuzz_builtin {
	const char *name;
	int operands;
	int is_float;
	int makes_unsigned;
	const char *opencl_before, *opencl_after;
	/* C for x and y of type T, of `bits` bits, unsigned U; W is wide enough for all. */
	const char *reference;
};

#define FUZZ_BUILTINS 13
static const struct fuzz_builtin fuzz_builtins[FUZZ_BUILTINS] = {
	{ "min", 2, 0, 0, "", "", "x < y ? x : y" },
	{ "max", 2, 0, 0, "", "", "x > y ? x : y" },
	{ "abs", 1, 0, 1, "", "", "x < 0 ? -(t_ulong)x : (t_ulong)x" },
	{ "abs_diff", 2, 0, 1, "", "",
	  "x < y ? (t_ulong)y - (t_ulong)x : (t_ulong)x - (t_ulong)y" },
	{ "popcount", 1, 0, 0, "", "", "__builtin_popcountll((U)x)" },
	{ "rotate", 2, 0, 0, "", "",
	  "(t_ulong)(U)x << (y & (bits - 1)) | (t_ulong)(U)x >> (-y & (bits - 1))" },
	{ "add_sat", 2, 0, 0, "", "", "CLAMP((W)x + y, T)" },
	{ "sub_sat", 2, 0, 0, "", "", "CLAMP((W)x - y, T)" },
	{ "hadd", 2, 0, 0, "", "", "((W)x + y) >> 1" },
	/* The sign of a zero is not certain: plus 0 it is positive. */
	{ "fmin", 2, 1, 0, "(0 + ", ")", "(x < y ? x : y) + 0" },
	{ "fmax", 2, 1, 0, "(0 + ", ")", "(x > y ? x : y) + 0" },
	{ "fabs", 1, 1, 0, "", "", "(x < 0 ? -x : x) + 0" },
	{ "floor", 1, 1, 0, "", "", "x" },
};

#endif
