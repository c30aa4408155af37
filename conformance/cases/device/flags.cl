// SPDX-License-Identifier: MIT
/* atomic_flag: its size is the implementation's choice, so only the device touches flags. */

__kernel void clear(__global atomic_flag *flags)
{
	atomic_flag_clear_explicit(&flags[get_global_id(0)], memory_order_relaxed, SVM_SCOPE);
}

__kernel void test_and_set(__global atomic_flag *flags, __global uint *returned)
{
	size_t i = get_global_id(0);

	returned[i] = atomic_flag_test_and_set_explicit(&flags[i], memory_order_relaxed, SVM_SCOPE);
}

/* Every work-item tries every flag; wins counts for each flag who found it clear. */
__kernel void win(__global atomic_flag *flags, uint count, volatile __global uint *wins)
{
	for (uint i = 0; i < count; i++) {
		uint flag = (i + (uint)get_global_id(0) * 7) % count;

		if (!atomic_flag_test_and_set_explicit(&flags[flag], memory_order_relaxed,
						       SVM_SCOPE))
			atomic_inc(&wins[flag]);
	}
}

/* atomic_init, in a kernel of its own: it is no atomic operation. */
__kernel void init(__global atomic_int *words, __global int *seen)
{
	size_t i = get_global_id(0);

	atomic_init(&words[i], (int)i * 3 + 1);
	seen[i] = atomic_load_explicit(&words[i], memory_order_relaxed, SVM_SCOPE);
}
