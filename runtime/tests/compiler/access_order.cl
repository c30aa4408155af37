// SPDX-License-Identifier: MIT
/*
 * Accesses of one work-item to one place, in order, where neighbouring work-items are
 * GAP elements of TYPE apart. n is 1 in each launch, which the compiler cannot know.
 */

/* @a has the numbers 1 to GAP; what comes of it depends on the order of all accesses. */
#define SHAPES(shape, space)                                                   \
	int shape_0_##space(space TYPE *a, int n)                              \
	{                                                                      \
		TYPE s = a[0];                                                 \
                                                                               \
		a[n] = 5;                                                      \
		return (int)(s + a[1]);                                        \
	}                                                                      \
	int shape_1_##space(space TYPE *a, int n)                              \
	{                                                                      \
		a[1] = 7;                                                      \
		a[n] = 9;                                                      \
		a[0] = 11;                                                     \
		return (int)a[1];                                              \
	}                                                                      \
	int shape_2_##space(space TYPE *a, int n)                              \
	{                                                                      \
		TYPE s;                                                        \
                                                                               \
		a[0] = 3;                                                      \
		s = a[n - 1];                                                  \
		a[1] = 4;                                                      \
		return (int)(s * 10 + a[n]);                                   \
	}                                                                      \
	int shape_3_##space(space TYPE *a, int n)                              \
	{                                                                      \
		TYPE s = 0;                                                    \
                                                                               \
		for (int i = 0; i < GAP; i++) {                                \
			a[(i + n) % GAP] = i + 2;                              \
			s += a[i];                                             \
		}                                                              \
		return (int)s;                                                 \
	}

SHAPES(shape, global)
SHAPES(shape, local)
SHAPES(shape, private)

#define CHOOSE(space, a, n)                      \
	(SHAPE == 0 ? shape_0_##space(a, n) :    \
	 SHAPE == 1 ? shape_1_##space(a, n) :    \
	 SHAPE == 2 ? shape_2_##space(a, n) :    \
		      shape_3_##space(a, n))

/* out has a result, then what is left of the elements, for each work-item. */
kernel void in_global(global TYPE *memory, global int *out, int n)
{
	size_t i = get_global_id(0);
	global TYPE *a = memory + i * GAP;

	out[i] = CHOOSE(global, a, n);
}

kernel void fill(global TYPE *memory)
{
	for (int k = 0; k < GAP; k++)
		memory[get_global_id(0) * GAP + k] = k + 1;
}

kernel void read(global TYPE *memory, global int *left)
{
	for (int k = 0; k < GAP; k++)
		left[get_global_id(0) * GAP + k] = (int)memory[get_global_id(0) * GAP + k];
}

kernel void in_local(global TYPE *memory, global int *out, int n, local TYPE *block)
{
	size_t i = get_global_id(0);
	local TYPE *a = block + get_local_id(0) * GAP;

	for (int k = 0; k < GAP; k++)
		a[k] = memory[i * GAP + k];
	out[i] = CHOOSE(local, a, n);
	for (int k = 0; k < GAP; k++)
		memory[i * GAP + k] = a[k];
}

kernel void in_kept(global TYPE *memory, global int *out, int n)
{
	size_t i = get_global_id(0);
	TYPE a[GAP];

	for (int k = 0; k < GAP; k++)
		a[k] = memory[i * GAP + k];
	barrier(CLK_LOCAL_MEM_FENCE);
	out[i] = CHOOSE(private, a, n);
	barrier(CLK_LOCAL_MEM_FENCE);
	for (int k = 0; k < GAP; k++)
		memory[i * GAP + k] = a[k];
}

/* The same through two arguments for one buffer. */
kernel void in_two(global TYPE *memory, global TYPE *same, global int *out, int n)
{
	size_t i = get_global_id(0);
	global TYPE *a = memory + i * GAP, *b = same + i * GAP;
	TYPE s = a[0];

	b[1] = 5;
	out[i] = (int)(s + a[1]);
	b[0] = 6;
	a[n] = 8;
}

/* The same where it takes more to see how far work-items' places are apart: 2 elements. */
#define HIDDEN(name, place)                                                             \
	kernel void name(global TYPE *memory, global int *out, int n,                   \
			 global const int *zeros)                                       \
	{                                                                               \
		ulong i = get_global_id(0), m = n;                                      \
		TYPE t = memory[i * m];                                                 \
		int x = zeros[i];                                                       \
		global TYPE *a = memory + ITEMS + place;                                \
		TYPE s = a[0];                                                          \
                                                                                        \
		a[n] = 5;                                                               \
		out[i] = (int)(s + a[1]) + (int)(t - t) + x;                            \
	}

HIDDEN(by_sum, i *(m + 1))
HIDDEN(by_product, i * (m * 2))
HIDDEN(by_greater, i *max(m, 2ul))
HIDDEN(by_low_bits, ((i * 258) & 255))
HIDDEN(by_difference, (x + (2 * (int)i - x)))
