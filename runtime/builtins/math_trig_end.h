// SPDX-License-Identifier: MIT
/* Takes back the macros of math_trig.h. */
#undef TWO_OVER_PI
#undef HALF_PI_HIGH
#undef HALF_PI_LOW
#undef ANGLE_ROUNDER
