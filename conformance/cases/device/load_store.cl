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
#define READ_LIMIT  2000000

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
 * The first PAIRS groups write a word each, the last PAIRS groups read them; those between do
 * nothing, but keep the two apart where neighbouring groups run on one thread. roles: bit
 * 0: there are writers, bit 1: there are readers.
 * failures: [0] torn values seen, [1] values seen older than one seen before, [2]
 * different values seen.
 * control: [0] stop, [32] groups that began, [64] set when the CPU has begun, [96] writers
 * that have ended.
 */
__kernel void read_and_write(__global ATOMIC *words, uint steps, uint roles,
			     volatile __global uint *failures, volatile __global uint *control)
{
	uint group = (uint)get_group_id(0), first_reader = (uint)get_num_groups(0) - PAIRS;
	bool writes = group < PAIRS;
	uint pair = writes ? group : group - first_reader;
	uint last = 0;

	if ((!writes && group < first_reader) || !(roles & (writes ? 1 : 2)))
		return;
	atomic_inc(&control[32]);
	for (uint i = 0; i < START_LIMIT; i++) {
		if (atomic_or(&control[0], 0u) ||
		    (roles == 3 ? atomic_or(&control[32], 0u) >= 2 * PAIRS : atomic_or(&control[64], 0u)))
			break;
	}
	for (uint i = 0; writes && i < steps; i++)
		atomic_store_explicit(&words[pair * SPREAD], AS_TYPE(pattern(i)), STORE_ORDER,
				      SCOPE);
	/* Until the last value is there. */
	for (uint i = 0; !writes && i < READ_LIMIT && last != steps - 1; i++) {
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
