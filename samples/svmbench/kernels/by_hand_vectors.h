// SPDX-License-Identifier: MIT
/*
 * Vectors of LANES elements, 4, 8 or 16: what GNU C has no operators for. 8 lanes need
 * AVX2 and FMA, 16 need AVX-512.
 */
#pragma once

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

typedef float vfloat __attribute__((vector_size(4 * LANES)));
typedef int32_t vint __attribute__((vector_size(4 * LANES)));
typedef uint32_t vuint __attribute__((vector_size(4 * LANES)));

static inline vfloat load_floats(const float *from)
{
	vfloat value;

	memcpy(&value, from, sizeof(value));
	return value;
}

static inline vuint load_uints(const uint32_t *from)
{
	vuint value;

	memcpy(&value, from, sizeof(value));
	return value;
}

static inline vfloat splat(float value)
{
	return value - (vfloat){ 0 };
}

static inline vuint lane_numbers(void)
{
	vuint numbers = { 0 };
	uint32_t i;

	for (i = 0; i < LANES; i++)
		numbers[i] = i;
	return numbers;
}

#if LANES == 16
#define ZIP_LOW	 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define ZIP_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31

static inline vfloat multiply_add(vfloat a, vfloat b, vfloat c)
{
	return (vfloat)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
}

static inline vfloat rsqrt_estimate(vfloat x)
{
	return (vfloat)_mm512_rsqrt14_ps((__m512)x);
}

static inline vuint smaller(vuint a, vuint b)
{
	return (vuint)_mm512_min_epu32((__m512i)a, (__m512i)b);
}

static inline vuint larger(vuint a, vuint b)
{
	return (vuint)_mm512_max_epu32((__m512i)a, (__m512i)b);
}

static inline vuint gather(const uint32_t *base, vuint index)
{
	return (vuint)_mm512_i32gather_epi32((__m512i)index, base, 4);
}

static inline int any(vint mask)
{
	return _mm512_test_epi32_mask((__m512i)mask, (__m512i)mask);
}
#elif LANES == 8
#define ZIP_LOW	 0, 8, 1, 9, 2, 10, 3, 11
#define ZIP_HIGH 4, 12, 5, 13, 6, 14, 7, 15

static inline vfloat multiply_add(vfloat a, vfloat b, vfloat c)
{
	return (vfloat)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}

static inline vfloat rsqrt_estimate(vfloat x)
{
	return (vfloat)_mm256_rsqrt_ps((__m256)x);
}

static inline vuint smaller(vuint a, vuint b)
{
	return (vuint)_mm256_min_epu32((__m256i)a, (__m256i)b);
}

static inline vuint larger(vuint a, vuint b)
{
	return (vuint)_mm256_max_epu32((__m256i)a, (__m256i)b);
}

static inline vuint gather(const uint32_t *base, vuint index)
{
	return (vuint)_mm256_i32gather_epi32((const int *)base, (__m256i)index, 4);
}

static inline int any(vint mask)
{
	return _mm256_movemask_ps((__m256)mask);
}
#else
#define ZIP_LOW	 0, 4, 1, 5
#define ZIP_HIGH 2, 6, 3, 7

static inline vfloat multiply_add(vfloat a, vfloat b, vfloat c)
{
	return a * b + c;
}

static inline vfloat rsqrt_estimate(vfloat x)
{
	return (vfloat)_mm_rsqrt_ps((__m128)x);
}

static inline vuint smaller(vuint a, vuint b)
{
	vuint above = (vuint)(a > b);

	return (above & b) | (~above & a);
}

static inline vuint larger(vuint a, vuint b)
{
	vuint above = (vuint)(a > b);

	return (above & a) | (~above & b);
}

static inline vuint gather(const uint32_t *base, vuint index)
{
	return (vuint){ base[index[0]], base[index[1]], base[index[2]], base[index[3]] };
}

static inline int any(vint mask)
{
	return _mm_movemask_ps((__m128)mask);
}
#endif

/* Of as many vectors as they have lanes. */
static inline void transpose(vuint *rows)
{
	vuint zipped[LANES];
	unsigned int round, i;

	for (round = 1; round < LANES; round *= 2) {
		for (i = 0; i < LANES / 2; i++) {
			zipped[2 * i] =
				__builtin_shufflevector(rows[i], rows[i + LANES / 2], ZIP_LOW);
			zipped[2 * i + 1] =
				__builtin_shufflevector(rows[i], rows[i + LANES / 2], ZIP_HIGH);
		}
		memcpy(rows, zipped, sizeof(zipped));
	}
}
