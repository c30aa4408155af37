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
