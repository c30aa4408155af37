// SPDX-License-Identifier: MIT
/*
 * The consumer of 03_svm_ring.c: one work-item that takes messages out of the ring for
 * as long as the CPU puts some in.
 *
 * With BROKEN defined it stops freeing slots after a while, as a device would that
 * hangs: the producer must notice.
 */

/* Outcomes; the same numbers stand in 03_svm_ring.c. */
#define CONSUMER_FINISHED 1
#define CONSUMER_STOPPED 2
#define CONSUMER_STARVED 3

/* The same structures stand in 03_svm_ring.c. */
struct ring {
	atomic_uint produced; /* written by the CPU only */
	uint padding_produced[31];
	atomic_uint consumed; /* written by the device only */
	uint padding_consumed[31];
	atomic_uint closed; /* set by the CPU: what has been produced is all there is */
	atomic_uint stop; /* set by the CPU: give up */
};

struct consumer_report {
	ulong messages;
	ulong checksum;
	ulong out_of_order;
	ulong first_out_of_order;
	uint outcome;
	uint padding;
};

/* What the producer puts into message number @sequence. */
static ulong message(ulong sequence)
{
	ulong mixed = sequence * 0x9e3779b97f4a7c15ul;

	return mixed ^ (mixed >> 29);
}

static uint load_acquire(volatile global atomic_uint *word)
{
	return atomic_load_explicit(word, memory_order_acquire, SVM_SCOPE);
}

/*
 * Takes the messages up to number @produced (modulo 2^32) and returns how many.
 * They can be read with plain loads: the acquire that read @produced comes after the
 * producer's release, and the producer leaves them alone until the slots are free.
 */
static uint take(global const ulong *slots, uint slot_mask, uint consumed, uint produced,
		 struct consumer_report *report)
{
	uint count = produced - consumed, i;
	ulong value;

	for (i = 0; i < count; i++) {
		value = slots[(consumed + i) & slot_mask];
		if (value != message(report->messages)) {
			if (!report->out_of_order)
				report->first_out_of_order = report->messages;
			report->out_of_order++;
		}
		report->checksum = report->checksum * 31 + value;
		report->messages++;
	}
	return count;
}

kernel void consume(volatile global struct ring *ring, global const ulong *slots, uint slot_mask,
		    uint idle_limit, global struct consumer_report *result)
{
	struct consumer_report report = { 0 };
	uint consumed = 0, idle = 0;
	uint produced, closed;

	while (!report.outcome) {
		/* In this order: once it is closed, nothing is produced any more. */
		closed = load_acquire(&ring->closed);
		produced = load_acquire(&ring->produced);
		if (produced != consumed) {
			consumed += take(slots, slot_mask, consumed, produced, &report);
#ifdef BROKEN
			if (report.messages < 1000)
#endif
			/* Release: the slots have been read before they are given back. */
			atomic_store_explicit(&ring->consumed, consumed, memory_order_release,
					      SVM_SCOPE);
			idle = 0;
		} else if (closed) {
			report.outcome = CONSUMER_FINISHED;
		} else if (load_acquire(&ring->stop)) {
			report.outcome = CONSUMER_STOPPED;
		} else if (++idle == idle_limit) {
			report.outcome = CONSUMER_STARVED;
		}
	}
	*result = report;
}
