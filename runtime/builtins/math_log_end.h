// SPDX-License-Identifier: MIT
/* Takes back the macros of math_log.h. */
#undef SQRT_HALF_BITS
#undef LOG_MANTISSA
#undef LOG_SMALLEST
#undef LOG_RESCUE
#undef LOG_RESCUE_BITS
#undef LOG_LN2_HIGH
#undef LOG_LN2_LOW
