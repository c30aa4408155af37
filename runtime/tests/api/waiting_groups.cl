// SPDX-License-Identifier: MIT

#define ACQUIRE memory_order_acquire, memory_scope_device
#define RELEASE memory_order_release, memory_scope_device

// Group i waits for group i + 1, against the order in which groups begin.
kernel void chain(global atomic_int *done, global int *order)
{
	size_t group = get_group_id(0);

	if (get_local_id(0) == 0) {
		if (group + 1 < get_num_groups(0)) {
			while (!atomic_load_explicit(&done[group + 1], ACQUIRE))
				;
			order[group] = order[group + 1] + 1;
		} else {
			order[group] = 1;
		}
		atomic_store_explicit(&done[group], 1, RELEASE);
	}
}

// A barrier of all groups, rounds times; sums[r] counts who has passed it in round r.
kernel void grid_barrier(global atomic_int *arrived, global atomic_int *sums, int rounds,
			 global atomic_int *failures)
{
	int groups = (int)get_num_groups(0);

	for (int round = 0; round < rounds; round++) {
		barrier(CLK_GLOBAL_MEM_FENCE);
		if (get_local_id(0) == 0) {
			atomic_fetch_add_explicit(&sums[round], 1, RELEASE);
			atomic_fetch_add_explicit(arrived, 1, RELEASE);
			while (atomic_load_explicit(arrived, ACQUIRE) < groups * (round + 1))
				;
			if (atomic_load_explicit(&sums[round], ACQUIRE) != groups)
				atomic_fetch_add_explicit(failures, 1, RELEASE);
		}
		barrier(CLK_GLOBAL_MEM_FENCE);
	}
}

// Neighbours wait for each other.
kernel void pairs(global atomic_int *done)
{
	size_t group = get_group_id(0);

	atomic_store_explicit(&done[group], 1, RELEASE);
	while (!atomic_load_explicit(&done[group ^ 1], ACQUIRE))
		;
}
