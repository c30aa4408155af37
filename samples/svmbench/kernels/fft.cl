// SPDX-License-Identifier: MIT

#define POINTS 256

/*
 * A group of half as many work-items transforms POINTS numbers in local memory, by the
 * steps of Stockham's algorithm, which leaves them in order.
 */
#define DEFINE_FFT(name, sine, cosine)                                                        \
	kernel __attribute__((reqd_work_group_size(POINTS / 2, 1, 1))) void name(             \
		global const float2 *in, global float2 *out)                                  \
	{                                                                                     \
		local float2 shared[2][POINTS];                                               \
		uint self = get_local_id(0), first = get_group_id(0) * POINTS, from = 0;      \
		uint span;                                                                    \
                                                                                              \
		shared[0][self] = in[first + self];                                           \
		shared[0][self + POINTS / 2] = in[first + self + POINTS / 2];                 \
		barrier(CLK_LOCAL_MEM_FENCE);                                                 \
		for (span = 1; span < POINTS; span *= 2) {                                    \
			uint place = self & (span - 1);                                       \
			float angle = -M_PI_F * place / span;                                 \
			float s = sine(angle), c = cosine(angle);                             \
			float2 a = shared[from][self], b = shared[from][self + POINTS / 2];   \
			float2 turned = (float2)(b.x * c - b.y * s, b.x * s + b.y * c);       \
			uint to = 2 * self - place;                                           \
                                                                                              \
			shared[!from][to] = a + turned;                                       \
			shared[!from][to + span] = a - turned;                                \
			from = !from;                                                         \
			barrier(CLK_LOCAL_MEM_FENCE);                                         \
		}                                                                             \
		out[first + self] = shared[from][self];                                       \
		out[first + self + POINTS / 2] = shared[from][self + POINTS / 2];             \
	}

DEFINE_FFT(fft, sin, cos)
DEFINE_FFT(fft_native, native_sin, native_cos)
