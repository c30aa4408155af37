// SPDX-License-Identifier: MIT
/*
 * One atomic operation, on one type, with one order and scope. Defined by the host:
 *	TYPE, ATOMIC		int and atomic_int, say
 *	FUNCTION		atomic_fetch_add_explicit, say
 *	FORM_FETCH		FUNCTION(word, operand, order, scope), or one of
 *	FORM_CAS		a compare-exchange, strong or weak
 *	FORM_PLAIN		FUNCTION(word, operand): without an order
 *	FORM_LEGACY, FORM_LEGACY_STEP, FORM_LEGACY_CAS	functions of OpenCL C 1.x
 *	ORDER, FAILURE_ORDER, SCOPE
 */
#if defined(NEEDS_INT64)
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable
#pragma OPENCL EXTENSION cl_khr_int64_extended_atomics : enable
#endif

/* How long a work-item waits for the CPU to begin: it may go on without. */
#define START_LIMIT 2000000

typedef volatile __global ATOMIC *word_pointer;

/* Does the operation; a compare-exchange puts the operand in place of whatever is there. */
TYPE apply(word_pointer word, TYPE operand)
{
#if defined(FORM_FETCH)
	return FUNCTION(word, operand, ORDER, SCOPE);
#elif defined(FORM_PLAIN)
	return FUNCTION(word, operand);
#elif defined(FORM_CAS)
	TYPE seen = atomic_load_explicit(word, memory_order_relaxed, SCOPE);

	while (!FUNCTION(word, &seen, operand, ORDER, FAILURE_ORDER, SCOPE))
		;
	return seen;
#elif defined(FORM_LEGACY)
	return FUNCTION((volatile __global TYPE *)word, operand);
#elif defined(FORM_LEGACY_STEP)
	return FUNCTION((volatile __global TYPE *)word);
#elif defined(FORM_LEGACY_CAS)
	volatile __global TYPE *plain = (volatile __global TYPE *)word;
	TYPE seen = *plain, expected;

	do {
		expected = seen;
		seen = FUNCTION(plain, expected, operand);
	} while (seen != expected);
	return seen;
#endif
}

__kernel void values(__global ATOMIC *words, __global const TYPE *operands,
		     __global TYPE *returned)
{
	size_t i = get_global_id(0);

	returned[i] = apply(&words[i], operands[i]);
}

#ifdef FORM_CAS
__kernel void compare_exchange_once(__global ATOMIC *words, __global const TYPE *expected,
				    __global const TYPE *desired, __global TYPE *seen,
				    __global uint *succeeded)
{
	size_t i = get_global_id(0);
	TYPE value = expected[i];

	succeeded[i] = FUNCTION(&words[i], &value, desired[i], ORDER, FAILURE_ORDER, SCOPE);
	seen[i] = value;
}
#endif

/* control: [0] stop, [32] work-items that began, [64] set when the CPU has begun */
__kernel void contend(__global ATOMIC *words, __global const uint *targets,
		      __global const TYPE *operands, __global TYPE *returned, uint steps,
		      volatile __global uint *control)
{
	uint first = (uint)get_global_id(0) * steps;

	atomic_inc(&control[32]);
	for (uint i = 0; i < START_LIMIT; i++) {
		if (atomic_or(&control[64], 0u) || atomic_or(&control[0], 0u))
			break;
	}
	for (uint i = first; i < first + steps; i++)
		returned[i] = apply(&words[targets[i]], operands[i]);
}
