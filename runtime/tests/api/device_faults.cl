// SPDX-License-Identifier: MIT

#define RELAXED memory_order_relaxed, memory_scope_all_svm_devices

kernel void store_at(global int *words, ulong index)
{
	words[index] = 1;
}

kernel void load_at(global int *words, ulong index)
{
	words[0] = words[index] + 1;
}

kernel void add_at(global int *words, ulong index)
{
	atomic_inc(&words[index]);
}

// By a pointer of which the compiler does not know what it points to.
kernel void store_generic_at(global int *words, ulong index)
{
	int *volatile pointer = words;

	pointer[index] = 1;
}

kernel void load_generic_at(global int *words, ulong index)
{
	int *volatile pointer = words;
	volatile int value = pointer[index];
}

kernel void add_generic_at(global int *words, ulong index)
{
	atomic_int *volatile pointer = (atomic_int *)words;

	atomic_fetch_add_explicit(&pointer[index], 1, RELAXED);
}

// Every word once, so that each of the device's locks is taken.
kernel void add_everywhere(global int *words)
{
	atomic_inc(&words[get_global_id(0)]);
}

// The first group fails once the others wait for it.
kernel void fail_while_others_wait(global atomic_int *flags, ulong index, int how)
{
	if (get_group_id(0) != 0) {
		volatile int goes_on = 1;

		atomic_fetch_add_explicit(&flags[1], 1, RELAXED);
		while (how == 0 && !atomic_load_explicit(&flags[0], RELAXED))
			;
		while (how == 1 && !atomic_fetch_add_explicit(&flags[0], 0, RELAXED))
			;
		while (how == 2 && goes_on)
			;
		return;
	}
	while (atomic_load_explicit(&flags[1], RELAXED) == 0)
		;
	((global int *)flags)[index] = 1;
}

kernel void wait_for_host(global atomic_int *flags)
{
	atomic_store_explicit(&flags[1], 1, RELAXED);
	while (!atomic_load_explicit(&flags[0], RELAXED))
		;
	atomic_store_explicit(&flags[2], 1, RELAXED);
}
