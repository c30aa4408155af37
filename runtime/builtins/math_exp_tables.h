// SPDX-License-Identifier: MIT
/* Constants for math_exp.h. */
#ifndef TANDEM_MATH_EXP_TABLES_H
#define TANDEM_MATH_EXP_TABLES_H

/* (exp(r) - 1 - r) / r^2 for |r| <= ln(2) / 2; exp(r) has an error of 2^-28. */
static __constant float exp_table_float[] = {
	0x1.fffff8p-2f, 0x1.555486p-3f, 0x1.555b7ep-5f, 0x1.1241cp-7f, 0x1.687b08p-10f,
};

/* The same with an error of 2^-57. */
static __constant double exp_table_double[] = {
	0x1.000000000000dp-1,  0x1.555555555551p-3,   0x1.555555554f847p-5, 0x1.1111111122068p-7,
	0x1.6c16c1874feeap-10, 0x1.a01a014aa6c85p-13, 0x1.a0199224b4d9p-16, 0x1.71ded99167178p-19,
	0x1.28b46006e6cb9p-22, 0x1.adfd891a28ea9p-26,
};

#endif
