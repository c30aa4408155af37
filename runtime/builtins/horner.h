// SPDX-License-Identifier: MIT
/*
 * For a body of for_each_real.h: HORNER(x, table) is the polynomial in x whose
 * coefficients, the constant one first, are in the __constant array table.
 */
#ifndef HORNER
#define HORNER(x, table) horner(x, table, sizeof(table) / sizeof((table)[0]))
#endif

HELPER V(TYPE) horner(V(TYPE) x, __constant TYPE *table, int count)
{
	V(TYPE) sum = (V(TYPE))(table[count - 1]);

	_Pragma("unroll") for (int i = count - 2; i >= 0; i--)
		sum = multiply_add(sum, x, (V(TYPE))(table[i]));
	return sum;
}

#if BITS == 32
/* The same for floats that are computed with as doubles. */
#ifndef HORNER_WIDE
#define HORNER_WIDE(x, table) horner_wide(x, table, sizeof(table) / sizeof((table)[0]))
#endif

HELPER V(double) horner_wide(V(double) x, __constant double *table, int count)
{
	V(double) sum = (V(double))(table[count - 1]);

	_Pragma("unroll") for (int i = count - 2; i >= 0; i--)
		sum = multiply_add(sum, x, (V(double))(table[i]));
	return sum;
}
#endif
