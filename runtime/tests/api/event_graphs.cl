// SPDX-License-Identifier: MIT

// Each group stamps with the number of stamps before: the first and the last stamp
// of a command are kept.
kernel void stamp(global atomic_int *clock, global atomic_int *first, global atomic_int *last)
{
	if (get_local_id(0) == 0) {
		atomic_fetch_min(first, atomic_fetch_add(clock, 1));
		atomic_fetch_max(last, atomic_fetch_add(clock, 1));
	}
}
