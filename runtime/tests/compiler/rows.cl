// SPDX-License-Identifier: MIT
/*
 * Work-items with ROW elements of TYPE each in two buffers, which they go through in ways that
 * SHAPE says. n is 1 in each launch, which the compiler cannot know.
 */
#define EACH(k, from, to) \
	_Pragma("unroll") for (int k = from; k < to; k++)
#define LOAD                    \
	TYPE all[ROW];          \
	EACH(k, 0, ROW) all[k] = in[k];

#if SHAPE == 0 /* all, or a part of it that begins somewhere */
#define BODY LOAD EACH(k, FIRST, ROW) out[k] = all[k] + all[FIRST];
#elif SHAPE == 1 /* to where it comes from */
#define BODY LOAD EACH(k, 0, ROW) in[k] = all[ROW - 1 - k];
#elif SHAPE == 2 /* each store may change what is loaded next */
#define BODY                                 \
	EACH(k, 0, ROW - 1)                  \
	{                                    \
		in[k + n] = in[k] + (TYPE)k; \
		out[k] = in[k + n];          \
	}
#elif SHAPE == 3 /* in no order, and what is loaded may be what is stored */
#define BODY LOAD EACH(k, 0, ROW) in[(k * 5 + 3) % ROW] = all[(k * 3 + n) % ROW] + in[k];
#elif SHAPE == 4 /* under a condition */
#define BODY \
	LOAD if (i % 3) EACH(k, FIRST, ROW) out[k] = all[k] + (TYPE)k;
#elif SHAPE == 5 /* behind a loop that work-items leave in different turns, by two ways */
#define BODY                                                  \
	int turn;                                             \
	LOAD for (turn = 0; turn < i % 7; turn++)             \
		if ((long)all[turn % ROW] % 5 == i % 5)       \
			break;                                \
	EACH(k, FIRST, ROW) out[k] = all[k] * (TYPE)(turn + k);
#elif SHAPE == 6 /* others may see the first half before the second */
#define BODY                                                                        \
	LOAD EACH(k, 0, ROW / 2) out[k] = all[k];                                   \
	atomic_work_item_fence(CLK_GLOBAL_MEM_FENCE, memory_order_acq_rel,          \
			       memory_scope_device);                                \
	EACH(k, ROW / 2, ROW) out[k] = all[k] + out[k - ROW / 2];
#elif SHAPE == 7 /* one element twice */
#define BODY                                        \
	LOAD EACH(k, 0, ROW)                        \
	{                                           \
		out[k] = all[k];                    \
		if (k == ROW / 2)                   \
			out[1] = all[0] + all[k];   \
	}
#elif SHAPE == 8 /* the same, and none knows that */
#define BODY                                        \
	LOAD EACH(k, 0, ROW)                        \
	{                                           \
		out[k] = all[k];                    \
		if (k == ROW / 2)                   \
			out[n] = all[0] + all[k];   \
	}
#else /* with functions in between */
#define BODY                                                                        \
	EACH(k, FIRST, ROW) in[k] = (TYPE)fma((float)in[k], (float)in[ROW - 1], (float)k);
#endif

kernel void forwards(global TYPE *restrict a, global TYPE *restrict b, int n)
{
	int i = get_global_id(0);
	global TYPE *in = a + get_global_id(0) * STEP, *out = b + get_global_id(0) * STEP;

	BODY
}

/* The same where the next work-item's row lies before. */
kernel void backwards(global TYPE *a, global TYPE *b, int n)
{
	int i = get_global_id(0);
	size_t place = (get_global_size(0) - 1 - get_global_id(0)) * STEP;
	global TYPE *in = a + place, *out = b + place;

	BODY
}
