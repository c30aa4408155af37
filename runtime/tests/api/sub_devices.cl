// SPDX-License-Identifier: MIT

#define ATTEMPTS 4000000u

// Groups wait inside until one more than may run at once is there, but not for
// ever. words: how many are inside now, the most that ever were, all that came.
kernel void crowd(global atomic_uint *words, uint too_many)
{
	uint inside = atomic_fetch_add(&words[0], 1) + 1;

	atomic_fetch_max(&words[1], inside);
	for (uint i = 0; i < ATTEMPTS && atomic_load(&words[1]) < too_many; i++)
		;
	atomic_fetch_add(&words[2], 1);
	atomic_fetch_sub(&words[0], 1);
}
