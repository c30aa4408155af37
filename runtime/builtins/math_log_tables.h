// SPDX-License-Identifier: MIT
/* Constants for math_log.h. */
#ifndef TANDEM_MATH_LOG_TABLES_H
#define TANDEM_MATH_LOG_TABLES_H

/* (log(1 + f) - f + f^2 / 2) / f^3; log(1 + f) has an error of 2^-28. */
static __constant float log_table_float[] = {
	0x1.555554p-2f,	 -0x1.fffff6p-3f, 0x1.999d7ap-3f,  -0x1.555d92p-3f, 0x1.23cce8p-3f,
	-0x1.fc7dfep-4f, 0x1.deac3ap-4f,  -0x1.d9ba74p-4f, 0x1.21cde8p-4f,
};

/* (2 * atanh(s) / s - 2) / z, z = s^2, s = f / (2 + f), with an error of 2^-57. */
static __constant double log_table_double[] = {
	0x1.5555555555558p-1, 0x1.999999999502bp-2, 0x1.2492492e532a5p-2, 0x1.c71c625e1b17cp-3,
	0x1.7462dcb57d777p-3, 0x1.39f9118ee05a7p-3, 0x1.2b9aaf82d89bap-3,
};

#endif
