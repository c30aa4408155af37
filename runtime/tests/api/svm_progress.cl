// SPDX-License-Identifier: MIT

#define ACQUIRE memory_order_acquire, memory_scope_all_svm_devices
#define RELEASE memory_order_release, memory_scope_all_svm_devices
#define RELAXED memory_order_relaxed, memory_scope_all_svm_devices

// Says that it runs, and goes on until the host says stop.
kernel void persist(global atomic_int *started, global atomic_int *stop)
{
	if (get_local_id(0) == 0)
		atomic_fetch_add_explicit(started, 1, ACQUIRE);
	while (!atomic_load_explicit(stop, ACQUIRE))
		;
}

// Answers each number that the host puts into request, up to last.
kernel void answer(global atomic_int *request, global atomic_int *reply, int last)
{
	for (int i = 1; i <= last; i++) {
		while (atomic_load_explicit(request, ACQUIRE) != i)
			;
		atomic_store_explicit(reply, i, RELEASE);
	}
}

// Each group waits for the one before it: there may be more groups than threads.
kernel void in_turn(global atomic_int *turn)
{
	int group = (int)get_group_id(0);

	if (get_local_id(0) == 0) {
		while (atomic_load_explicit(turn, ACQUIRE) != group)
			;
		atomic_store_explicit(turn, group + 1, RELEASE);
	}
}

// Every work-item wins a compare-exchange once.
kernel void win(global atomic_int *word, int times)
{
	for (int i = 0; i < times; i++) {
		int seen = atomic_load_explicit(word, RELAXED);

		while (!atomic_compare_exchange_strong_explicit(word, &seen, seen + 1,
								memory_order_acq_rel,
								memory_order_relaxed,
								memory_scope_all_svm_devices))
			;
	}
}

// Writes the even bytes while the host writes the odd ones.
kernel void write_even(global volatile uchar *bytes, global atomic_int *started, int rounds)
{
	size_t i = get_global_id(0);

	atomic_fetch_add_explicit(started, 1, RELAXED);
	for (int round = 1; round <= rounds; round++)
		bytes[2 * i] = (uchar)round;
}

kernel void add(global int *numbers, int number)
{
	numbers[get_global_id(0)] += number;
}
