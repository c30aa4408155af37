/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _STRESS_H_
#define _STRESS_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vsvm_device.h"

#define STRESS_GPUS		2u
#define STRESS_EVENT_THREADS	2u
#define STRESS_EVENT_KINDS	26u

/*
 * Pages with counters: some of a huge page, with others between them, and small ones that
 * follow it. Behind them is what each event thread may lose and unmap.
 */
#define STRESS_HUGE_COUNTERS	16u
#define STRESS_SMALL_COUNTERS	64u
#define STRESS_PAGES		(STRESS_HUGE_COUNTERS + STRESS_SMALL_COUNTERS)
#define STRESS_SPARE_PAGES	128u
#define STRESS_SPARE_OFFSET	(HUGE_BYTES + STRESS_SMALL_COUNTERS * PAGE_BYTES)
#define STRESS_ARENA_BYTES	\
	(STRESS_SPARE_OFFSET + STRESS_EVENT_THREADS * STRESS_SPARE_PAGES * PAGE_BYTES)

/* Where a page with counters is in the arena. */
static inline size_t stress_page_offset(unsigned int page)
{
	return page < STRESS_HUGE_COUNTERS ?
		       page * (HUGE_BYTES / STRESS_HUGE_COUNTERS) :
		       HUGE_BYTES + (page - STRESS_HUGE_COUNTERS) * PAGE_BYTES;
}

/**
 * struct stress_eventer - a thread that does to memory whatever a process may do
 * @gpus: whose memory
 * @spare: its own pages, which nobody else touches
 * @random: state of the random numbers
 * @hot_page: the page with counters that most threads are using
 * @deck: the kinds in the order of this round
 * @next: where in @deck it is; a new round begins with 0
 * @full_scans: how often KSM had gone through all memory when last looked at
 * @lost: how often what a device wrote was not there afterwards
 * @happened: how often each kind had its effect
 * @tried: how often each kind was tried
 * @ns: how long that took
 */
struct stress_eventer {
	struct vsvm_gpu *gpus;
	char *spare;
	uint64_t random;
	unsigned int hot_page;
	unsigned char deck[STRESS_EVENT_KINDS];
	unsigned int next;
	unsigned long full_scans;
	uint64_t lost;
	uint64_t happened[STRESS_EVENT_KINDS];
	uint64_t tried[STRESS_EVENT_KINDS];
	uint64_t ns[STRESS_EVENT_KINDS];
};

uint64_t stress_random(uint64_t *state);

void stress_events_init(char *arena);
void stress_event(struct stress_eventer *eventer);
bool stress_events_report(const struct stress_eventer *eventers);

#endif
