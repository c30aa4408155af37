// SPDX-License-Identifier: MIT
/*
 * Atomic loads and stores, and flags. TYPE, ATOMIC, BITS (the unsigned type of the same
 * size), AS_TYPE, AS_BITS, LOAD_ORDER, STORE_ORDER and SCOPE come from the host.
 */
#if defined(NEEDS_INT64)
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable
#pragma OPENCL EXTENSION cl_khr_int64_extended_atomics : enable
#endif

#define START_LIMIT 2000000

__kernel void values(__global ATOMIC *words, __global const TYPE *operands,
		     __global TYPE *returned)
{
	size_t i = get_global_id(0);

	atomic_store_explicit(&words[i], operands[i], STORE_ORDER, SCOPE);
	returned[i] = atomic_load_explicit(&words[i], LOAD_ORDER, SCOPE);
}

/* Both halves of a value are alike, and never zero. */
BITS pattern(uint number)
{
	BITS one_half = (BITS)number + FIRST_HALF;

	return one_half << HALF_BITS | one_half;
}

/*
 * Groups with even numbers write a word each, those with odd numbers read it. roles: bit 0:
 * there are writers, bit 1: there are readers. The first work-item of a group does it.
 * failures: [0] torn values seen, [1] values seen older than one seen before, [2]
 * different values seen.
 * control: [0] stop, [32] groups that began, [64] set when the CPU has begun, [96] writers
 * that have ended.
 */
__kernel void read_and_write(__global ATOMIC *words, uint steps, uint roles,
			     volatile __global uint *failures, volatile __global uint *control)
{
	uint pair = (uint)get_group_id(0) / 2;
	bool writes = get_group_id(0) % 2 == 0;
	uint last = 0, wanted = (roles & 3) == 3 ? (uint)get_num_groups(0) : 1;

	if (get_local_id(0) || !(roles & (writes ? 1 : 2)))
		return;
	atomic_inc(&control[32]);
	for (uint i = 0; i < START_LIMIT; i++) {
		if (atomic_or(&control[0], 0u) ||
		    (roles == 3 ? atomic_or(&control[32], 0u) >= wanted : atomic_or(&control[64], 0u)))
			break;
	}
	for (uint i = 0; i < steps; i++) {
		if (writes) {
			atomic_store_explicit(&words[pair * SPREAD], AS_TYPE(pattern(i)),
					      STORE_ORDER, SCOPE);
			continue;
		}
		BITS seen = AS_BITS(atomic_load_explicit(&words[pair * SPREAD], LOAD_ORDER, SCOPE));
		uint number = (uint)((seen & (((BITS)1 << HALF_BITS) - 1)) - FIRST_HALF);

		if (seen >> HALF_BITS != (seen & (((BITS)1 << HALF_BITS) - 1)))
			atomic_inc(&failures[0]);
		else if (number < last)
			atomic_inc(&failures[1]);
		else if (number > last)
			atomic_inc(&failures[2]);
		last = number;
	}
}
