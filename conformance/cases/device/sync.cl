// SPDX-License-Identifier: MIT
/*
 * Kernels that wait. In each control[0] becomes 1 when the case ends early. Words that
 * different participants write are 32 apart.
 */
#define LOAD(index)	   atomic_load_explicit(&control[index], memory_order_acquire, SVM_SCOPE)
#define STORE(index, value) \
	atomic_store_explicit(&control[index], value, memory_order_release, SVM_SCOPE)

typedef volatile __global atomic_uint *words_pointer;

/* Says that it runs, and waits for word 64. */
__kernel void hold(words_pointer control)
{
	atomic_fetch_add_explicit(&control[32], 1, memory_order_release, SVM_SCOPE);
	while (!LOAD(64) && !LOAD(0))
		;
	atomic_fetch_add_explicit(&control[96], 1, memory_order_release, SVM_SCOPE);
}

__kernel void set(words_pointer control, uint index, uint value)
{
	STORE(index, value);
}

/* Data written before the flag. */
__kernel void publish(words_pointer control, __global uint *data, uint count)
{
	for (uint i = 0; i < count; i++)
		data[i] = i * 3 + 1;
	STORE(32, 1);
}

/* Waits for the flag, then reads. */
__kernel void receive(words_pointer control, __global const uint *data, uint count,
		      __global uint *sum)
{
	uint total = 0;

	STORE(96, 1);
	while (!LOAD(64) && !LOAD(0))
		;
	for (uint i = 0; i < count; i++)
		total += data[i];
	*sum = total;
}

/* Answers each number in word 32 by the same in word 64. */
__kernel void answer(words_pointer control, uint rounds)
{
	for (uint i = 1; i <= rounds; i++) {
		while (LOAD(32) != i && !LOAD(0))
			;
		STORE(64, i);
	}
}

/* The other way round: asks, and waits for the answer. */
__kernel void ask(words_pointer control, uint rounds)
{
	for (uint i = 1; i <= rounds; i++) {
		STORE(32, i);
		while (LOAD(64) != i && !LOAD(0))
			;
	}
}

/* Each work-item goes on until its compare-exchange has won @wins times. */
__kernel void win(words_pointer control, uint wins)
{
	for (uint won = 0; won < wins && !LOAD(0);) {
		uint seen = LOAD(32);

		if (atomic_compare_exchange_strong_explicit(&control[32], &seen, seen + 1,
							    memory_order_acq_rel,
							    memory_order_acquire, SVM_SCOPE))
			won++;
	}
}

/* Ring of @slots: produced count in word 32, consumed in word 64. */
__kernel void produce(words_pointer control, __global uint *ring, uint slots, uint count)
{
	for (uint i = 0; i < count; i++) {
		while (i - LOAD(64) >= slots && !LOAD(0))
			;
		ring[i % slots] = i * 7 + 3;
		STORE(32, i + 1);
	}
}

__kernel void consume(words_pointer control, __global const uint *ring, uint slots, uint count,
		      __global uint *wrong)
{
	for (uint i = 0; i < count; i++) {
		while (LOAD(32) == i && !LOAD(0))
			;
		if (ring[i % slots] != i * 7 + 3 && !LOAD(0))
			(*wrong)++;
		STORE(64, i + 1);
	}
}

/* A server: word 32 counts requests, word 64 answers; a request of 0 ends it. */
__kernel void serve(words_pointer control, __global volatile uint *request,
		    __global volatile uint *reply)
{
	for (uint i = 1; !LOAD(0); i++) {
		while (LOAD(32) < i && !LOAD(0))
			;
		*reply = *request * *request + 1;
		STORE(64, i);
		if (!*request)
			break;
	}
}

/* Counts in word 32 until the CPU has counted to @wanted in word 64, and at least to @wanted. */
__kernel void count_together(words_pointer control, uint wanted)
{
	uint mine = 0;

	while ((mine < wanted || LOAD(64) < wanted) && !LOAD(0)) {
		atomic_fetch_add_explicit(&control[32], 1, memory_order_relaxed, SVM_SCOPE);
		mine++;
	}
}

/* A plain counter (data[0]) behind a ticket lock: word 32 next ticket, word 64 being served. */
__kernel void ticket(words_pointer control, __global volatile uint *data, uint times)
{
	for (uint i = 0; i < times && !LOAD(0); i++) {
		uint mine = atomic_fetch_add_explicit(&control[32], 1, memory_order_relaxed,
						      SVM_SCOPE);

		while (LOAD(64) != mine && !LOAD(0))
			;
		data[0] = data[0] + 1;
		STORE(64, mine + 1);
	}
}

/* Notes what each fetch-add returned. */
__kernel void draw(words_pointer control, __global uint *drawn, uint times)
{
	uint first = (uint)get_global_id(0) * times;

	for (uint i = first; i < first + times; i++)
		drawn[i] = atomic_fetch_add_explicit(&control[32], 1, memory_order_relaxed,
						     SVM_SCOPE);
}
