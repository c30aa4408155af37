// SPDX-License-Identifier: MIT
/*
 * Includes the file named by FOR_EACH_BODY once for each width of a vector, with
 *	WIDTH		1, 2, 3, 4, 8 or 16
 *	IS_SCALAR	1 for width 1
 *	V(type)		the scalar or vector type of this width
 *	AS(type, x)	x with the same bits as type
 *	CONVERT(type, x) x with the value converted to type; truncates to integers
 *	MASK(type, x)	comparison result x as integers of type, 0 or -1
 *	MAP(type, function, x) function of each element of x, as elements of type
 */
#define V(type)	    PASTE_2(type, WIDTH_SUFFIX)
#define AS(type, x) PASTE_3(as_, type, WIDTH_SUFFIX)(x)

#define WIDTH 1
#define WIDTH_SUFFIX
#define IS_SCALAR	       1
#define CONVERT(type, x)       ((type)(x))
#define MASK(type, x)	       ((type) - (type)(x))
#define MAP(type, function, x) function(x)
#include FOR_EACH_BODY
#undef MAP
#undef MASK
#undef CONVERT
#undef IS_SCALAR
#undef WIDTH_SUFFIX
#undef WIDTH

#define IS_SCALAR	 0
#define CONVERT(type, x) __builtin_convertvector(x, V(type))
#define MASK(type, x)	 __builtin_convertvector(x, V(type))

#define WIDTH		       2
#define WIDTH_SUFFIX	       2
#define MAP(type, function, x) (PASTE_2(type, 2))(function(x.s0), function(x.s1))
#include FOR_EACH_BODY
#undef MAP
#undef WIDTH_SUFFIX
#undef WIDTH

#define WIDTH		       3
#define WIDTH_SUFFIX	       3
#define MAP(type, function, x) (PASTE_2(type, 3))(function(x.s0), function(x.s1), function(x.s2))
#include FOR_EACH_BODY
#undef MAP
#undef WIDTH_SUFFIX
#undef WIDTH

#define WIDTH	     4
#define WIDTH_SUFFIX 4
#define MAP(type, function, x) \
	(PASTE_2(type, 4))(function(x.s0), function(x.s1), function(x.s2), function(x.s3))
#include FOR_EACH_BODY
#undef MAP
#undef WIDTH_SUFFIX
#undef WIDTH

#define WIDTH	     8
#define WIDTH_SUFFIX 8
#define MAP(type, function, x)                                                             \
	(PASTE_2(type, 8))(function(x.s0), function(x.s1), function(x.s2), function(x.s3), \
			   function(x.s4), function(x.s5), function(x.s6), function(x.s7))
#include FOR_EACH_BODY
#undef MAP
#undef WIDTH_SUFFIX
#undef WIDTH

#define WIDTH	     16
#define WIDTH_SUFFIX 16
#define MAP(type, function, x)                                                              \
	(PASTE_2(type, 16))(function(x.s0), function(x.s1), function(x.s2), function(x.s3), \
			    function(x.s4), function(x.s5), function(x.s6), function(x.s7), \
			    function(x.s8), function(x.s9), function(x.sa), function(x.sb), \
			    function(x.sc), function(x.sd), function(x.se), function(x.sf))
#include FOR_EACH_BODY
#undef MAP
#undef WIDTH_SUFFIX
#undef WIDTH

#undef MASK
#undef CONVERT
#undef IS_SCALAR
#undef AS
#undef V
