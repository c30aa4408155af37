// SPDX-License-Identifier: MIT

/*
 * Each work-item adds one to @adds_each counters, from its own number onwards. The old
 * values are added up, so that no compiler can leave them out.
 */
kernel void add(volatile global atomic_uint *counters, uint counter_mask, uint adds_each,
		global ulong *sums_of_old)
{
	uint self = get_global_id(0);
	ulong sum = 0;
	uint i;

	for (i = 0; i < adds_each; i++)
		sum += atomic_fetch_add_explicit(&counters[(self + i) & counter_mask], 1u,
						 memory_order_relaxed, SVM_SCOPE);
	sums_of_old[self] = sum;
}
