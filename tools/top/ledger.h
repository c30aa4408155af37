// SPDX-License-Identifier: MIT
/*
 * What follows from the events: contexts, their ranges, and who fights for which page.
 *
 * The kernel tells of a range's addresses when it is registered, becomes contended, or
 * ends. Of ranges that were registered earlier only the pages that something happens to
 * are seen: all of these between two known ranges are one range here, which grows, and is
 * not exact. How many of its pages are exclusive is then known as a lower bound only.
 *
 * A context, one process on one GPU, is told apart by a number that says nothing. Its
 * process is the one that registers ranges; without that, the first that an event happens
 * in, unless that is a thread of the kernel. Its GPU is found out elsewhere (gpus.h).
 */
#ifndef TANDEM_TOP_LEDGER_H
#define TANDEM_TOP_LEDGER_H

#include "pages.h"

#define TOP_GPU_BYTES 48

struct top_counts {
	uint64_t granted, faults, failed, retries, degraded;
	uint64_t revoked[TOP_CAUSE_COUNT];
};

struct top_range {
	uint64_t start, end;
	bool exact; /* the addresses are those of the registration */
	bool complete; /* all events since the registration were seen */
	int64_t net_pages; /* granted less revoked, since the range is known */
	int64_t least_net_pages; /* at the end of any round */
	struct top_counts round; /* since the round began */
	struct top_counts total;
};

/* What the context's GPU may be: see gpus.c. */
struct top_gpu_guess {
	char gpu[TOP_GPU_BYTES];
	int64_t score;
};
#define TOP_GPU_GUESSES 8

struct top_context {
	unsigned int number; /* from 0 on, in the order in which they were seen */
	uint64_t exclusive;
	bool ended; /* another has its @exclusive now */
	bool registered; /* @pid is who registers */
	int pid; /* 0 while it is not known */
	char name[TOP_NAME_BYTES]; /* of the process */
	char gpu[TOP_GPU_BYTES]; /* "?" while it is not known */
	int64_t net_pages, least_net_pages; /* as of a range; of all of them */
	struct top_range *ranges; /* by address; none overlap */
	size_t range_count, range_room;
	uint64_t unsampled_pages; /* granted since gpus.c looked last */
	struct top_gpu_guess guesses[TOP_GPU_GUESSES];
};

struct top_ledger {
	struct top_context **contexts;
	size_t context_count, context_room;
	unsigned int next_number;
	struct top_pages pages; /* those that were taken from a device */
	uint64_t lost; /* events */
};

void top_ledger_init(struct top_ledger *ledger);
void top_ledger_finish(struct top_ledger *ledger);

/* Takes an event in. Returns its context; NULL where it has none, or memory is short. */
struct top_context *top_ledger_take(struct top_ledger *ledger, const struct top_event *event);

/* Starts a new round, in which all counts of rounds begin at 0. */
void top_ledger_next_round(struct top_ledger *ledger);

/* Forgets contexts whose process is gone. Numbers of the others stay. */
void top_ledger_forget_ended(struct top_ledger *ledger);

/* How many pages of the range are exclusive; at least so many where it is not complete. */
uint64_t top_range_held_pages(const struct top_range *range);

/* The same of all ranges of a context; at least so many where it was there before. */
uint64_t top_context_held_pages(const struct top_context *context);

/* All causes together. */
uint64_t top_counts_revoked(const struct top_counts *counts);

#endif
