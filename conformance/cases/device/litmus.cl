// SPDX-License-Identifier: MIT
/*
 * Plays the parts that the host gives to the device, one work-group each. The shapes
 * stand before this text. ORDERS is one of RELAXED, ACQ_REL, SEQ_CST, FENCES.
 */

/* How long the participants wait for each other before a run: they may go on without. */
#define MEET_LIMIT 3000
#define LINE	   32 /* words */

static void meet(volatile __global atomic_uint *control, uint part, uint parts, uint meetings)
{
	uint come = 0;

	atomic_store_explicit(&control[(1 + part) * LINE], meetings, memory_order_relaxed, SVM_SCOPE);
	for (uint i = 0; i < MEET_LIMIT && come < meetings * parts; i += parts) {
		come = 0;
		for (uint other = 0; other < parts; other++)
			come += atomic_load_explicit(&control[(1 + other) * LINE],
						     memory_order_relaxed, SVM_SCOPE);
	}
}

/*
 * part_list: the number of the part of each group, or 4 for none. words: STRIDE each for x, y and the
 * payload of an instance. results: 4 for each instance. delays: for each instance,
 * and each part, how long to wait before it.
 * control: the first line is read to pass time; then a line for each part, which counts the
 * meetings that it has come to. Each part writes its own: where a read-modify-write needs
 * the page for itself, one word for all would part those who have just met.
 */
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void play(volatile __global atomic_uint *words, __global uint *results,
		   __global const uint *part_list, __global const uint *delays, uint instances,
		   uint parts, uint block, volatile __global atomic_uint *control)
{
	uint part = part_list[get_group_id(0)];
	uint meetings = 0;

	if (part > 3)
		return;
	for (uint i = 0; i < instances; i++) {
		volatile __global atomic_uint *instance = words + i * 3 * STRIDE;

		if (i % block == 0) {
			meetings++;
			meet(control, part, parts, meetings);
		}
		for (uint j = 0; j < delays[i * 4 + part]; j++)
			atomic_load_explicit(&control[0], memory_order_relaxed, SVM_SCOPE);
		play_one(part, instance, instance + STRIDE,
			 (volatile __global uint *)(instance + 2 * STRIDE), results + i * 4);
	}
}
