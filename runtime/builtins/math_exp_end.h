// SPDX-License-Identifier: MIT
/* Takes back the macros of math_exp.h. */
#undef ROUNDER
#undef LOG2_E
#undef LN2_HIGH
#undef LN2_LOW
#undef EXP_TABLE
#undef EXP_TINY
