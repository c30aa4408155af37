// SPDX-License-Identifier: MIT
/* Constants for math_pow.h. */
#ifndef TANDEM_MATH_POW_TABLES_H
#define TANDEM_MATH_POW_TABLES_H

/* log2(m) / s, s = (m - 1) / (m + 1), in z = s^2, with an error of 2^-37. */
static __constant double log2_table_for_float[] = {
	0x1.71547652bf36ep1,  0x1.ec709d0b93d4fp-1, 0x1.277785a2d7ee8p-1,
	0x1.a58ab631480ccp-2, 0x1.5d1ed643f6503p-2,
};

/* 2^r for |r| <= 1/2, with an error of 2^-28. */
static __constant double exp2_table_for_float[] = {
	1.0,		      0x1.62e430d4d010ep-1,  0x1.ebfbdd035e7ccp-3, 0x1.c6aec33705d36p-5,
	0x1.3b2caa90ae5cap-7, 0x1.5f4e3a01df491p-10, 0x1.4275c5a598ab2p-13,
};

/* (atanh(s) / s - 1 - z / 3) / z^2, z = s^2, where atanh(s) has an error of 2^-69. */
static __constant double atanh_table[] = {
	0x1.999999999999ap-3, 0x1.2492492492308p-3, 0x1.c71c71c748d5ap-4, 0x1.745d17405f38p-4,
	0x1.3b13a84726bc5p-4, 0x1.1115a5f869d45p-4, 0x1.e00757c09114p-5,  0x1.db653bbf6d4dcp-5,
};

/* 2^r for |r| <= 1/2, with an error of 2^-57. */
static __constant double exp2_table_for_pow[] = {
	1.0,		       0x1.62e42fefa39efp-1,  0x1.ebfbdff82c5a7p-3,
	0x1.c6b08d704a115p-5,  0x1.3b2ab6fb9f9d4p-7,  0x1.5d87fe78a3dcap-10,
	0x1.430913105d38p-13,  0x1.ffcbfc4cd566dp-17, 0x1.62bfc3a51efadp-20,
	0x1.b52555a8c797dp-24, 0x1.e6226b12ddf19p-28, 0x1.e92c6bfd7b681p-32,
};

#endif
