// SPDX-License-Identifier: MIT
#include "pages.h"

#include <stdio.h>
#include <string.h>

#include "util/alloc.h"

static struct top_page **bucket_of(struct top_pages *pages, unsigned int context, uint64_t number)
{
	uint64_t hash = (number ^ (uint64_t)context << 52) * 0x9e3779b97f4a7c15u;

	return &pages->buckets[hash >> 32 & (TOP_PAGE_BUCKETS - 1)];
}

void top_pages_finish(struct top_pages *pages)
{
	for (size_t i = 0; i < TOP_PAGE_BUCKETS; i++) {
		while (pages->buckets[i]) {
			struct top_page *page = pages->buckets[i];

			pages->buckets[i] = page->next;
			free(page);
		}
	}
	pages->count = 0;
}

struct top_page *top_pages_get(struct top_pages *pages, unsigned int context, uint64_t number,
			       bool create)
{
	struct top_page **bucket = bucket_of(pages, context, number);
	struct top_page *page;

	for (page = *bucket; page; page = page->next) {
		if (page->context == context && page->number == number)
			return page;
	}
	if (!create || pages->count >= pages->most)
		return NULL;
	page = tandem_new(page);
	if (!page)
		return NULL;
	page->context = context;
	page->number = number;
	page->next = *bucket;
	*bucket = page;
	pages->count++;
	return page;
}

void top_page_taken_by(struct top_page *page, int tid, const char *name)
{
	struct top_taker *least = &page->takers[0];

	page->by_cpus++;
	for (size_t i = 0; i < TOP_PAGE_TAKERS; i++) {
		struct top_taker *taker = &page->takers[i];

		if (taker->tid == tid) {
			taker->count++;
			return;
		}
		if (taker->count < least->count)
			least = taker;
	}
	/* The one that took it least makes room, and leaves its count: who comes often stays. */
	least->tid = tid;
	least->count++;
	snprintf(least->name, sizeof(least->name), "%s", name);
}

void top_pages_next_round(struct top_pages *pages)
{
	for (size_t i = 0; i < TOP_PAGE_BUCKETS; i++) {
		struct top_page **link = &pages->buckets[i], *page;

		while ((page = *link)) {
			if (!page->by_cpus && !page->by_devices && !page->held) {
				*link = page->next;
				free(page);
				pages->count--;
				continue;
			}
			page->by_cpus = 0;
			page->by_devices = 0;
			memset(page->takers, 0, sizeof(page->takers));
			link = &page->next;
		}
	}
}

void top_pages_visit(const struct top_pages *pages,
		     bool (*visit)(void *context, struct top_page *page), void *context)
{
	for (size_t i = 0; i < TOP_PAGE_BUCKETS; i++) {
		for (struct top_page *page = pages->buckets[i]; page; page = page->next) {
			if (!visit(context, page))
				return;
		}
	}
}
