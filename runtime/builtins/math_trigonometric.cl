// SPDX-License-Identifier: MIT
/* sin, cos, tan, sincos (OpenCL C 6.15.2). */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "math_trigonometric.cl"
#include "builtins.h"
#include "math_pointers.h"
#include "math_trig_tables.h"
#include "for_each_real.h"
#else

#include "horner.h"
#include "math_quadrant.h"
#include "math_trig.h"

BUILTIN V(TYPE) sin(V(TYPE) x)
{
	V(TYPE) cosine;
	V(SIGNED) quadrant;
	V(TYPE) sine = sines(x, &cosine, &quadrant);

	return with_sign_of(change_sign(is_odd(quadrant) ? cosine : sine, quadrant), x);
}

BUILTIN V(TYPE) cos(V(TYPE) x)
{
	V(TYPE) cosine;
	V(SIGNED) quadrant;
	V(TYPE) sine = sines(x, &cosine, &quadrant);

	return change_sign(is_odd(quadrant) ? sine : cosine, quadrant + (V(SIGNED))(1));
}

BUILTIN V(TYPE) tan(V(TYPE) x)
{
	V(TYPE) cosine;
	V(SIGNED) quadrant;
	V(TYPE) sine = sines(x, &cosine, &quadrant);
	V(SIGNED) odd = is_odd(quadrant);

	return with_sign_of((odd ? -cosine : sine) / (odd ? sine : cosine), x);
}

HELPER V(TYPE) sine_and_cosine(V(TYPE) x, V(TYPE) * cosine_result)
{
	V(TYPE) cosine;
	V(SIGNED) quadrant;
	V(TYPE) sine = sines(x, &cosine, &quadrant);
	V(SIGNED) odd = is_odd(quadrant);

	*cosine_result = change_sign(odd ? sine : cosine, quadrant + (V(SIGNED))(1));
	return with_sign_of(change_sign(odd ? cosine : sine, quadrant), x);
}

#define SINCOS(space)                                                 \
	BUILTIN V(TYPE) sincos(V(TYPE) x, space V(TYPE) * cosine)     \
	{                                                             \
		V(TYPE) result;                                       \
		V(TYPE) sine = sine_and_cosine(x, &result);           \
                                                                      \
		*cosine = result;                                     \
		return sine;                                          \
	}
FOR_EACH_POINTER(SINCOS)
#undef SINCOS

#include "math_trig_end.h"

#endif
