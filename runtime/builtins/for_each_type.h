// SPDX-License-Identifier: MIT
/* Includes FOR_EACH_BODY for each integer and each floating-point type and vector width. */
#include "for_each_integer.h"
#include "for_each_half.h"
#include "for_each_real.h"
