// SPDX-License-Identifier: MIT
/*
 * Loops that count in 32 bits from a number of 64 on, as those do that go through an array in
 * steps of the whole range. The optimiser counts in 64 bits there, of which the low ones count.
 * The counters wrap around between work-items, and in the midst of the loops.
 */
#include "fixture.h"

#include <limits.h>
#include <stdint.h>

#define ITEMS	 64
#define ELEMENTS 128

/* What work-items compute in the same words here: of first, step, turns and a[] to x. */
#define BODIES(X)                                                                                \
	X(unsigned_number, {                                                                     \
		uint i = (uint)(first);                                                          \
		for (uint t = 0; t < turns; t++, i += (uint)step)                                \
			x += i;                                                                  \
	})                                                                                       \
	X(signed_number, {                                                                       \
		int i = (int)(first);                                                            \
		for (uint t = 0; t < turns; t++, i = (int)((uint)i + (uint)step))                \
			x += (ulong)(long)i;                                                     \
	})                                                                                       \
	X(from_the_number_itself, {                                                              \
		uint t = 0;                                                                      \
		for (uint i = (uint)(first); t < turns && i != 77; i = (uint)(i + step), t++)    \
			x = x * 3 + i;                                                           \
	})                                                                                       \
	X(signed_from_the_number_itself, {                                                       \
		uint t = 0;                                                                      \
		for (int i = (int)(first); t < turns && i != 77; i = (int)(i + (long)step), t++) \
			x = x * 3 + (ulong)(long)i;                                              \
	})                                                                                       \
	X(elements, {                                                                            \
		for (uint i = (uint)(first), t = 0; t < turns; i += (uint)step, t++)             \
			x += (ulong)a[i & 63] + (ulong)a[(i >> 3 & 63) + 1];                     \
	})                                                                                       \
	X(signed_elements, {                                                                     \
		int i = (int)(first);                                                            \
		for (uint t = 0; t < turns; i = (int)(i + (long)step), t++)                      \
			x += (ulong)a[(i >> 4 & 31) + 64] + (ulong)(i >> 31);                    \
	})                                                                                       \
	X(exchanged, {                                                                           \
		uint i = (uint)(first);                                                          \
		uint k = (uint)(first + step);                                                   \
		for (uint t = 0; t < turns; t++) {                                               \
			uint old = i;                                                            \
			i = k + (uint)step;                                                      \
			k = old;                                                                 \
			x = x * 5 + i - k;                                                       \
		}                                                                                \
	})                                                                                       \
	X(by_cases, {                                                                            \
		uint i = (uint)(first);                                                          \
		for (uint t = 0; t < turns; t++) {                                               \
			switch (a[t & 63] & 7) {                                                 \
			case 0:                                                                  \
			case 3:                                                                  \
				break;                                                           \
			case 1:                                                                  \
				i = (uint)(first + t);                                           \
				break;                                                           \
			case 4:                                                                  \
				i *= 3;                                                          \
				break;                                                           \
			default:                                                                 \
				i += (uint)step;                                                 \
			}                                                                        \
			x += i;                                                                  \
		}                                                                                \
	})                                                                                       \
	X(mixed, {                                                                               \
		uint i = (uint)(first);                                                          \
		for (uint t = 0; t < turns; t++) {                                               \
			i = (i * 5 ^ (uint)step) - (i | 9);                                      \
			x = x * 7 + (i & 0xff00) + (uchar)i;                                     \
		}                                                                                \
	})                                                                                       \
	X(parts_of_bytes, {                                                                      \
		ushort i = (ushort)(first);                                                      \
		for (uint t = 0; t < turns; t++, i = (ushort)(i + step))                         \
			x += i;                                                                  \
	})                                                                                       \
	X(nested, {                                                                              \
		uint i = (uint)(first);                                                          \
		for (uint t = 0; t < turns; t++) {                                               \
			for (uint k = 0; k < (a[t & 63] & 3); k++, i += (uint)step)              \
				x += i;                                                          \
			i -= (uint)first;                                                        \
		}                                                                                \
	})                                                                                       \
	X(with_low_bits_of_others, {                                                             \
		uint i = (uint)(first);                                                          \
		for (uint t = 0; t < turns; t++)                                                 \
			i = (uint)((i ^ (first & 31)) + step);                                   \
		x = (first & 4) == 0 ? i : i * 3ul + (first & 12);                               \
	})                                                                                       \
	X(more_than_that_counts, {                                                               \
		ulong i = first;                                                                 \
		for (uint t = 0; t < turns; t++, i += step)                                      \
			x += (uint)i + (i >> 40);                                                \
	})                                                                                       \
	X(more_counts_behind, {                                                                  \
		ulong i = first;                                                                 \
		for (uint t = 0; t < turns; t++, i += step)                                      \
			x += (uint)i;                                                            \
		x ^= i;                                                                          \
	})

typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned int uint;
typedef unsigned long ulong;

#define DEFINE(name, ...)                                                     \
	static ulong name(ulong first, ulong step, uint turns, const uint *a) \
	{                                                                     \
		ulong x = 0;                                                  \
		(void)a;                                                      \
		__VA_ARGS__                                                   \
		return x;                                                     \
	}
BODIES(DEFINE)

#define KERNEL(name, ...)                                                                    \
	"kernel void " #name "(ulong start, ulong step, uint turns, global const uint *a,\n" \
	"global ulong *out) { ulong first = start + get_global_id(0), x = 0;\n" #__VA_ARGS__ \
	"out[get_global_id(0)] = x; }\n",
#define ROW(name, ...) { #name, name },

static const char *const sources[] = { BODIES(KERNEL) };
static const struct {
	const char *name;
	ulong (*expected)(ulong first, ulong step, uint turns, const uint *a);
} bodies[] = { BODIES(ROW) };

struct memory {
	uint *a;
	ulong *out;
};

static void test(struct fixture *fixture, const struct memory *memory, size_t body,
		 cl_program program)
{
	static const ulong starts[] = { 0,
					3,
					INT_MAX - 30ul,
					INT_MAX + 1ul,
					UINT_MAX - 63,
					UINT_MAX - 20,
					5ul << 32,
					ULONG_MAX - 9 };
	static const ulong steps[] = { 1, 64, 0x10001, 0x7fffffff, 0xfffffff0, 9ul << 32 | 5 };
	cl_uint turns[] = { 0, 1, 7, 40 };
	size_t count = FIXTURE_COUNT(starts) * FIXTURE_COUNT(steps) * FIXTURE_COUNT(turns);

	for (size_t n = 0; n < count; n++) {
		ulong start = starts[n % FIXTURE_COUNT(starts)];
		ulong step = steps[n / FIXTURE_COUNT(starts) % FIXTURE_COUNT(steps)];
		cl_uint *turn = &turns[n / FIXTURE_COUNT(starts) / FIXTURE_COUNT(steps)];
		const struct fixture_argument arguments[] = {
			fixture_value(start), fixture_value(step), fixture_value(*turn),
			fixture_svm(memory->a), fixture_svm(memory->out)
		};

		fixture_run_1d(fixture, program, bodies[body].name, ITEMS, ITEMS, arguments, 5);
		for (ulong i = 0; i < ITEMS; i++) {
			ulong expected = bodies[body].expected(start + i, step, *turn, memory->a);

			if (!check(memory->out[i] == expected,
				   "%s from %lx by %lx, %u turns, item %lu: %lx, not %lx",
				   bodies[body].name, start, step, *turn, i, memory->out[i],
				   expected))
				return;
		}
	}
}

int main(void)
{
	struct fixture fixture;
	struct memory memory;
	uint number = 1;

	fixture_open(&fixture);
	memory.a = fixture_alloc(&fixture, ELEMENTS * sizeof(uint));
	memory.out = fixture_alloc(&fixture, ITEMS * sizeof(ulong));
	for (size_t i = 0; i < ELEMENTS; i++)
		memory.a[i] = number = number * 1103515245 + 12345;
	for (size_t body = 0; body < FIXTURE_COUNT(bodies); body++) {
		cl_program program = fixture_build(&fixture, sources[body], "");

		test(&fixture, &memory, body, program);
		clReleaseProgram(program);
	}
	fixture_free(&fixture, memory.a);
	fixture_free(&fixture, memory.out);
	fixture_close(&fixture);
	return check_result();
}
