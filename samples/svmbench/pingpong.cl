// SPDX-License-Identifier: MIT

/* The same structure stands in bench_pingpong.c. */
struct table {
	atomic_uint ball; /* odd: the CPU has played it, even: the device has */
	uint padding_ball[31];
	atomic_uint ready; /* the device is there */
	atomic_uint stop; /* the CPU has given up */
};

#define SPINS_BETWEEN_LOOKS 4096

/* Answers each odd number by the next even one. */
kernel void answer(volatile global struct table *table, uint rounds, uint idle_limit,
		   global uint *answered)
{
	uint expected = 1, idle = 0;
	uint played = 0;

	atomic_store_explicit(&table->ready, 1u, memory_order_release, SVM_SCOPE);
	while (played < rounds) {
		if (atomic_load_explicit(&table->ball, memory_order_acquire, SVM_SCOPE) ==
		    expected) {
			atomic_store_explicit(&table->ball, expected + 1, memory_order_release,
					      SVM_SCOPE);
			expected += 2;
			played++;
			idle = 0;
			continue;
		}
		if (++idle % SPINS_BETWEEN_LOOKS)
			continue;
		if (idle >= idle_limit ||
		    atomic_load_explicit(&table->stop, memory_order_relaxed, SVM_SCOPE))
			break;
	}
	*answered = played;
}
