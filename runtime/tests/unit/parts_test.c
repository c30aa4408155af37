// SPDX-License-Identifier: MIT
/* Whether parts of memory overlap, against counting their bytes. */
#include <string.h>

#include "check.h"
#include "core/memory.h"

#define MEMORY_BYTES 4096
#define CASES	     5000

static char memory[MEMORY_BYTES];
static uint64_t state = 1;

static size_t below(size_t limit)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (state >> 33) % limit;
}

/* A part of a box whose rows and slices are @row and @slice apart, @limits its region at most. */
static struct tandem_part random_part(size_t row, size_t slice)
{
	const size_t limits[TANDEM_DIMENSIONS] = { row, slice / row, 3 };
	struct tandem_part part = { .box = { memory, row, slice } };

	for (int i = 0; i < TANDEM_DIMENSIONS; i++)
		part.region[i] = 1 + below(limits[i]);
	part.box.start += below(3 * slice);
	return part;
}

static void mark(const struct tandem_part *part, unsigned char *marks, unsigned char bit)
{
	for (size_t z = 0; z < part->region[2]; z++) {
		for (size_t y = 0; y < part->region[1]; y++) {
			size_t start = (size_t)(part->box.start - memory) +
				       z * part->box.slice_pitch + y * part->box.row_pitch;

			for (size_t x = 0; x < part->region[0]; x++)
				marks[start + x] |= bit;
		}
	}
}

static bool have_common_byte(const struct tandem_part *one, const struct tandem_part *other)
{
	unsigned char marks[MEMORY_BYTES] = { 0 };

	mark(one, marks, 1);
	mark(other, marks, 2);
	return memchr(marks, 3, sizeof(marks));
}

static void check_same_pitches(void)
{
	for (int i = 0; i < CASES; i++) {
		const size_t row = 1 + below(8), slice = row * (1 + below(5)) + below(row);
		const struct tandem_part one = random_part(row, slice);
		const struct tandem_part other = random_part(row, slice);
		bool expected = have_common_byte(&one, &other);

		if (!check(tandem_parts_overlap(&one, &other) == expected,
			   "case %d: row %zu, slice %zu, at %td and %td: not %d", i, row, slice,
			   one.box.start - memory, other.box.start - memory, expected))
			break;
	}
}

/* Other pitches: no overlap is missed, and none is seen where the one begins behind the other. */
static void check_other_pitches(void)
{
	for (int i = 0; i < CASES; i++) {
		const struct tandem_part one = random_part(4 + below(4), 16 + below(16));
		const struct tandem_part other = random_part(4 + below(4), 16 + below(16));

		if (!check(tandem_parts_overlap(&one, &other) || !have_common_byte(&one, &other),
			   "case %d: an overlap is missed", i))
			break;
	}
	for (size_t distance = 31; distance <= 32; distance++) {
		const struct tandem_part one = { { memory, 8, 16 }, { 8, 2, 2 } };
		const struct tandem_part other = { { memory + distance, 4, 8 }, { 4, 2, 2 } };

		check_equal(distance < 32, tandem_parts_overlap(&one, &other));
	}
}

int main(void)
{
	check_same_pitches();
	check_other_pitches();
	return check_result();
}
