// SPDX-License-Identifier: MIT
/* What is known about single pages, by context and page number; bounded in number. */
#ifndef TANDEM_TOP_PAGES_H
#define TANDEM_TOP_PAGES_H

#include "event.h"

#define TOP_PAGE_BUCKETS 8192
#define TOP_PAGE_TAKERS	 4

/* A CPU thread that takes a page back. */
struct top_taker {
	int tid; /* 0 in a free place */
	char name[TOP_NAME_BYTES];
	uint64_t count;
};

struct top_page {
	struct top_page *next; /* in its bucket */
	unsigned int context; /* number of struct top_context */
	uint64_t number; /* address / TOP_PAGE_BYTES */
	uint64_t by_cpus, by_devices; /* how often it was taken in this round */
	struct top_taker takers[TOP_PAGE_TAKERS]; /* those that took it most, in this round */
	bool held; /* by the device; for recordings */
	bool has_track;
	uint64_t held_since_ns;
};

struct top_pages {
	struct top_page *buckets[TOP_PAGE_BUCKETS];
	size_t count, most; /* @most: no more are created */
};

/* All zero but @most is an empty set. */
void top_pages_finish(struct top_pages *pages);

/* Finds a page. Where it is not there, creates it if @create; NULL where there can be none. */
struct top_page *top_pages_get(struct top_pages *pages, unsigned int context, uint64_t number,
			       bool create);

/* A CPU thread has taken the page. @name: of the thread. */
void top_page_taken_by(struct top_page *page, int tid, const char *name);

/* Starts a new round: pages that nobody took in this one are forgotten. */
void top_pages_next_round(struct top_pages *pages);

/* Calls @visit for each page, until it returns false. */
void top_pages_visit(const struct top_pages *pages,
		     bool (*visit)(void *context, struct top_page *page), void *context);

#endif
