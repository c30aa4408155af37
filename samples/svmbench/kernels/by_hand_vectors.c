// SPDX-License-Identifier: MIT
/*
 * The forms by hand, for vectors of LANES elements, which the build defines. Sizes are
 * those of the kernels' cases.
 */
#include "by_hand.h"

#include "by_hand_vectors.h"

#include <stddef.h>

#define BODIES		 2048
#define SHA256_ITEMS	 65536
#define SORT_ITEMS	 32768
#define SORTED		 65536
#define MANDELBROT_WIDTH 512
#define MANDELBROT_TURNS 256
#define SGEMM_SIZE	 384

/* The stretch of @count / @grain units of @grain that a part does. */
struct stretch {
	uint32_t first, end;
};

static struct stretch stretch_of(uint32_t count, uint32_t grain, unsigned int part,
				 unsigned int parts)
{
	uint32_t units = count / grain;

	return (struct stretch){ units * part / parts * grain, units * (part + 1) / parts * grain };
}

static inline vfloat positions(const float (*bodies)[4], int axis)
{
	float lanes[LANES];
	int lane;

	for (lane = 0; lane < LANES; lane++)
		lanes[lane] = bodies[lane][axis];
	return load_floats(lanes);
}

static void nbody(void *const *memory, unsigned int part, unsigned int parts)
{
	const struct stretch own = stretch_of(BODIES, LANES, part, parts);
	const float(*bodies)[4] = memory[0];
	float(*accelerations)[4] = memory[1];
	uint32_t i, j;
	int axis, lane;

	for (i = own.first; i < own.end; i += LANES) {
		vfloat self[3], sum[3] = { 0 }, away[3], square, root, factor;

		for (axis = 0; axis < 3; axis++)
			self[axis] = positions(bodies + i, axis);
		for (j = 0; j < BODIES; j++) {
			square = splat(0.01f);
			for (axis = 0; axis < 3; axis++) {
				away[axis] = bodies[j][axis] - self[axis];
				square = multiply_add(away[axis], away[axis], square);
			}
			root = rsqrt_estimate(square);
			root *= 1.5f - 0.5f * square * root * root;
			factor = bodies[j][3] * root * root * root;
			for (axis = 0; axis < 3; axis++)
				sum[axis] = multiply_add(away[axis], factor, sum[axis]);
		}
		for (lane = 0; lane < LANES; lane++) {
			for (axis = 0; axis < 3; axis++)
				accelerations[i + (uint32_t)lane][axis] = sum[axis][lane] / BODIES;
			accelerations[i + (uint32_t)lane][3] = 0;
		}
	}
}

static const uint32_t sha256_round_words[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static inline vuint rotate(vuint value, unsigned int by)
{
	return value << by | value >> (32 - by);
}

static inline void sha256_lanes(const vuint *w, vuint *digest)
{
	vuint a = digest[0], b = digest[1], c = digest[2], d = digest[3], e = digest[4],
	      f = digest[5], g = digest[6], h = digest[7], t1, t2;
	int i;

	for (i = 0; i < 64; i++) {
		t1 = h + (rotate(e, 26) ^ rotate(e, 21) ^ rotate(e, 7)) + (g ^ (e & (f ^ g))) +
		     sha256_round_words[i] + w[i];
		t2 = (rotate(a, 30) ^ rotate(a, 19) ^ rotate(a, 10)) + ((a & b) | (c & (a | b)));
		h = g;
		g = f;
		f = e;
		e = d + t1;
		d = c;
		c = b;
		b = a;
		a = t1 + t2;
	}
	memcpy(digest, (vuint[]){ a, b, c, d, e, f, g, h }, 8 * sizeof(*digest));
}

static void sha256(void *const *memory, unsigned int part, unsigned int parts)
{
	static const uint32_t start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
					   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	const struct stretch own = stretch_of(SHA256_ITEMS, LANES, part, parts);
	uint32_t *digests = memory[0], item, i, lane;
	vuint w[64], digest[8];

	for (item = own.first; item < own.end; item += LANES) {
		for (i = 0; i < 16; i++)
			w[i] = (item + lane_numbers()) * 16 + i;
		for (; i < 64; i++)
			w[i] = w[i - 16] + w[i - 7] +
			       (rotate(w[i - 15], 25) ^ rotate(w[i - 15], 14) ^ w[i - 15] >> 3) +
			       (rotate(w[i - 2], 15) ^ rotate(w[i - 2], 13) ^ w[i - 2] >> 10);
		for (i = 0; i < 8; i++)
			digest[i] = start[i] + (vuint){ 0 };
		sha256_lanes(w, digest);
		for (lane = 0; lane < LANES; lane++) {
			for (i = 0; i < 8; i++)
				digests[(item + lane) * 8 + i] = digest[i][lane];
		}
	}
}

/* Insertion as the kernel does it, but without asking where a number's place is. */
static void private_sort(void *const *memory, unsigned int part, unsigned int parts)
{
	const struct stretch own = stretch_of(SORT_ITEMS, LANES, part, parts);
	const uint32_t *in = memory[0];
	uint32_t *out = memory[1], item, piece, lane;
	vuint v[16], low;
	int i, j;

	for (item = own.first; item < own.end; item += LANES) {
		for (piece = 0; piece < 16; piece += LANES) {
			for (lane = 0; lane < LANES; lane++)
				v[piece + lane] = load_uints(in + (item + lane) * 16 + piece);
			transpose(v + piece);
		}
		for (i = 1; i < 16; i++) {
			for (j = i; j > 0; j--) {
				low = smaller(v[j - 1], v[j]);
				v[j] = larger(v[j - 1], v[j]);
				v[j - 1] = low;
			}
		}
		for (piece = 0; piece < 16; piece += LANES) {
			transpose(v + piece);
			for (lane = 0; lane < LANES; lane++)
				memcpy(out + (item + lane) * 16 + piece, &v[piece + lane],
				       sizeof(*v));
		}
	}
}

/* Vectors that look up at the same time, so that loads overlap. */
#define SEARCHES 4

static void binary_search(void *const *memory, unsigned int part, unsigned int parts)
{
	const struct stretch own = stretch_of(SORTED, SEARCHES * LANES, part, parts);
	const uint32_t *sorted = memory[0], *wanted = memory[1];
	uint32_t *positions = memory[2], first, step, i;
	vuint needle[SEARCHES], position[SEARCHES];

	for (first = own.first; first < own.end; first += SEARCHES * LANES) {
		for (i = 0; i < SEARCHES; i++) {
			needle[i] = load_uints(wanted + first + i * LANES);
			position[i] = (vuint){ 0 };
		}
		for (step = SORTED / 2; step; step /= 2) {
			for (i = 0; i < SEARCHES; i++)
				position[i] += (vuint)(gather(sorted, position[i] + (step - 1)) <
						       needle[i]) &
					       step;
		}
		for (i = 0; i < SEARCHES; i++) {
			/* Behind the last one: a mask is -1. */
			position[i] -= (vuint)(gather(sorted, position[i]) < needle[i]);
			memcpy(positions + first + i * LANES, &position[i], sizeof(*position));
		}
	}
}

/* Vectors that make their turns together. */
#define PICTURES 2

static void mandelbrot_vectors(uint32_t *turns, float first_column, float row)
{
	vfloat real[PICTURES], x[PICTURES] = { 0 }, y[PICTURES] = { 0 }, old_x;
	const float imaginary = row * (3.0f / MANDELBROT_WIDTH) - 1.5f;
	vint inside[PICTURES], counts[PICTURES] = { 0 };
	unsigned int turn, lane, i;

	for (i = 0; i < PICTURES; i++) {
		for (lane = 0; lane < LANES; lane++)
			real[i][lane] = (first_column + (float)(i * LANES + lane)) *
						(3.0f / MANDELBROT_WIDTH) -
					2;
	}
	for (turn = 0; turn < MANDELBROT_TURNS; turn++) {
		for (i = 0; i < PICTURES; i++) {
			inside[i] = x[i] * x[i] + y[i] * y[i] <= 4;
			counts[i] -= inside[i];
			old_x = x[i];
			x[i] = x[i] * x[i] - y[i] * y[i] + real[i];
			y[i] = 2 * old_x * y[i] + imaginary;
		}
		/* What has left never comes back: it grows, up to a NaN. */
		if (!any(inside[0] | inside[1]))
			break;
	}
	memcpy(turns, counts, sizeof(counts));
}

static void mandelbrot(void *const *memory, unsigned int part, unsigned int parts)
{
	uint32_t *turns = memory[0], row, column;

	/* Rows differ in what they take. */
	for (row = part; row < MANDELBROT_WIDTH; row += parts) {
		for (column = 0; column < MANDELBROT_WIDTH; column += PICTURES * LANES)
			mandelbrot_vectors(turns + row * MANDELBROT_WIDTH + column, (float)column,
					   (float)row);
	}
}

/* What registers have room for: sums of 4 rows and 3 vectors. */
#define ROWS	4
#define COLUMNS 3

static inline void sgemm_block(const float *a, const float *b, float *c)
{
	vfloat sums[ROWS][COLUMNS] = { 0 }, of_b[COLUMNS];
	uint32_t k, i, j;

	for (k = 0; k < SGEMM_SIZE; k++) {
		for (j = 0; j < COLUMNS; j++)
			of_b[j] = load_floats(b + k * SGEMM_SIZE + j * LANES);
		for (i = 0; i < ROWS; i++) {
			for (j = 0; j < COLUMNS; j++)
				sums[i][j] = multiply_add(splat(a[i * SGEMM_SIZE + k]), of_b[j],
							  sums[i][j]);
		}
	}
	for (i = 0; i < ROWS; i++)
		memcpy(c + (size_t)i * SGEMM_SIZE, sums[i], sizeof(sums[i]));
}

static void sgemm(void *const *memory, unsigned int part, unsigned int parts)
{
	const struct stretch own = stretch_of(SGEMM_SIZE, ROWS, part, parts);
	const float *a = memory[0], *b = memory[1];
	float *c = memory[2];
	uint32_t row, column;

	for (column = 0; column < SGEMM_SIZE; column += COLUMNS * LANES) {
		for (row = own.first; row < own.end; row += ROWS)
			sgemm_block(a + (size_t)row * SGEMM_SIZE, b + column,
				    c + (size_t)row * SGEMM_SIZE + column);
	}
}

#define TABLE_OF(lanes) by_hand_vectors_##lanes
#define TABLE(lanes)	TABLE_OF(lanes)

by_hand_function *const TABLE(LANES)[BY_HAND_COUNT] = {
	[BY_HAND_NBODY] = nbody,
	[BY_HAND_SHA256] = sha256,
	[BY_HAND_PRIVATE_SORT] = private_sort,
	[BY_HAND_BINARY_SEARCH] = binary_search,
	[BY_HAND_MANDELBROT] = mandelbrot,
	[BY_HAND_SGEMM] = sgemm,
};
