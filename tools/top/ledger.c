// SPDX-License-Identifier: MIT
#include "ledger.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "processes.h"
#include "util/alloc.h"

/* Bounds, lest memory grow without end: far above what a machine has. */
#define MOST_CONTEXTS	 1024
#define MOST_RANGES	 65536
#define MOST_PAGES	 65536
#define MOST_EVENT_PAGES 512 /* of one event that are looked at one by one */

void top_ledger_init(struct top_ledger *ledger)
{
	memset(ledger, 0, sizeof(*ledger));
	ledger->pages.most = MOST_PAGES;
}

static void free_context(struct top_context *context)
{
	free(context->ranges);
	free(context);
}

void top_ledger_finish(struct top_ledger *ledger)
{
	for (size_t i = 0; i < ledger->context_count; i++)
		free_context(ledger->contexts[i]);
	free(ledger->contexts);
	top_pages_finish(&ledger->pages);
	memset(ledger, 0, sizeof(*ledger));
}

/* Makes room for one more of @bytes in an array. False where there is none. */
static bool grow(void **array, size_t count, size_t *room, size_t most, size_t bytes)
{
	size_t larger = *room ? *room * 2 : 16;
	void *moved;

	if (count < *room)
		return true;
	if (count >= most)
		return false;
	moved = realloc(*array, larger * bytes);
	if (!moved)
		return false;
	*array = moved;
	*room = larger;
	return true;
}

/* ---- contexts ---- */

static struct top_context *add_context(struct top_ledger *ledger, uint64_t exclusive)
{
	struct top_context *context;

	if (!grow((void **)&ledger->contexts, ledger->context_count, &ledger->context_room,
		  MOST_CONTEXTS, sizeof(*ledger->contexts)))
		return NULL;
	context = tandem_new(context);
	if (!context)
		return NULL;
	context->number = ledger->next_number++;
	context->exclusive = exclusive;
	snprintf(context->gpu, sizeof(context->gpu), "?");
	ledger->contexts[ledger->context_count++] = context;
	return context;
}

static struct top_context *find_context(struct top_ledger *ledger, uint64_t exclusive)
{
	for (size_t i = 0; i < ledger->context_count; i++) {
		struct top_context *context = ledger->contexts[i];

		if (context->exclusive == exclusive && !context->ended)
			return context;
	}
	return NULL;
}

static void set_process(struct top_context *context, int pid, const struct top_event *event)
{
	context->pid = pid;
	/* The thread's name is the process's in most cases, and there even where that has ended. */
	memcpy(context->name, event->thread, sizeof(context->name));
	top_name_of(pid, context->name);
}

static struct top_context *context_of(struct top_ledger *ledger, const struct top_event *event)
{
	struct top_context *context = find_context(ledger, event->exclusive);
	bool registers = event->kind == TOP_EVENT_REGISTER;
	int pid = 0;

	if (!context || !context->pid || registers) {
		pid = event->pid ? event->pid : top_process_of(event->tid);
		if (!pid)
			pid = event->tid;
	}
	/* Memory that was a context's is another's: of another process, or it would be known. */
	if (context && registers && context->registered && context->pid != pid) {
		context->ended = true;
		context = NULL;
	}
	if (!context)
		context = add_context(ledger, event->exclusive);
	if (!context)
		return NULL;
	if (registers && !context->registered) {
		set_process(context, pid, event);
		context->registered = true;
	} else if (!context->pid && event->kind != TOP_EVENT_UNREGISTER &&
		   !top_is_kernel_thread(event->tid)) {
		set_process(context, pid, event);
	}
	return context;
}

void top_ledger_forget_ended(struct top_ledger *ledger)
{
	size_t kept = 0;

	for (size_t i = 0; i < ledger->context_count; i++) {
		struct top_context *context = ledger->contexts[i];

		if (context->ended || (!context->pid && !context->range_count) ||
		    (context->pid && !top_process_exists(context->pid)))
			free_context(context);
		else
			ledger->contexts[kept++] = context;
	}
	ledger->context_count = kept;
}

/* ---- ranges ---- */

/* The index of the first range that ends behind @address. */
static size_t first_behind(const struct top_context *context, uint64_t address)
{
	size_t low = 0, high = context->range_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (context->ranges[middle].end > address)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static void remove_ranges(struct top_context *context, size_t first, size_t count)
{
	if (!count)
		return;
	memmove(&context->ranges[first], &context->ranges[first + count],
		(context->range_count - first - count) * sizeof(context->ranges[0]));
	context->range_count -= count;
}

static struct top_range *insert_range(struct top_context *context, size_t index, uint64_t start,
				      uint64_t end, bool exact)
{
	if (!grow((void **)&context->ranges, context->range_count, &context->range_room,
		  MOST_RANGES, sizeof(*context->ranges)))
		return NULL;
	memmove(&context->ranges[index + 1], &context->ranges[index],
		(context->range_count - index) * sizeof(context->ranges[0]));
	context->range_count++;
	context->ranges[index] = (struct top_range){ .start = start, .end = end, .exact = exact };
	return &context->ranges[index];
}

/*
 * The range of an event's first page. Where that is not known, an inexact neighbour
 * grows up to it, or a range begins.
 */
static struct top_range *range_of(struct top_context *context, uint64_t start, uint64_t end)
{
	size_t index = first_behind(context, start);
	struct top_range *next = index < context->range_count ? &context->ranges[index] : NULL;
	struct top_range *before = index ? &context->ranges[index - 1] : NULL;
	bool joins_next;

	if (next && next->start <= start) {
		if (!next->exact && end > next->end) {
			/* Up to the range behind it. */
			if (index + 1 < context->range_count)
				end = tandem_min_u64(end, next[1].start);
			next->end = tandem_max_u64(next->end, end);
		}
		return next;
	}
	if (next)
		end = tandem_min_u64(end, next->start);
	joins_next = next && !next->exact;
	if (before && !before->exact) {
		before->end = end;
		return before;
	}
	if (joins_next) {
		next->start = start;
		return next;
	}
	return insert_range(context, index, start, end, false);
}

/* What the ranges from @first on up to @end have seen is @range's now. */
static void absorb(struct top_context *context, size_t first, size_t count, struct top_range *range)
{
	for (size_t i = first; i < first + count; i++) {
		const struct top_range *old = &context->ranges[i];

		range->net_pages += old->net_pages;
		range->least_net_pages += old->least_net_pages;
	}
}

/* A range whose addresses are known now: one that is registered, or was. */
static struct top_range *make_exact(struct top_context *context, uint64_t start, uint64_t end,
				    bool is_new)
{
	size_t first = first_behind(context, start), count = 0;
	struct top_range range = { .start = start, .end = end, .exact = true, .complete = is_new };
	struct top_range *made;

	while (first + count < context->range_count && context->ranges[first + count].start < end)
		count++;
	if (count == 1 && context->ranges[first].exact && context->ranges[first].start == start &&
	    context->ranges[first].end == end && !is_new)
		return &context->ranges[first];
	if (!is_new) {
		absorb(context, first, count, &range);
		if (count)
			range.round = context->ranges[first].round;
	}
	remove_ranges(context, first, count);
	made = insert_range(context, first, start, end, true);
	if (made)
		*made = range;
	return made;
}

uint64_t top_range_held_pages(const struct top_range *range)
{
	int64_t held = range->net_pages;

	/* What was given back without having been granted was held from the start. */
	if (!range->complete && range->least_net_pages < 0)
		held -= range->least_net_pages;

	return held > 0 ? (uint64_t)held : 0;
}

uint64_t top_context_held_pages(const struct top_context *context)
{
	int64_t held = context->net_pages;

	if (context->least_net_pages < 0)
		held -= context->least_net_pages;
	return held > 0 ? (uint64_t)held : 0;
}

uint64_t top_counts_revoked(const struct top_counts *counts)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < TOP_CAUSE_COUNT; i++)
		sum += counts->revoked[i];
	return sum;
}

/* ---- events ---- */

static void note_taken(struct top_ledger *ledger, const struct top_context *context,
		       uint64_t address, const struct top_event *event)
{
	struct top_page *page =
		top_pages_get(&ledger->pages, context->number, address / TOP_PAGE_BYTES, true);

	if (!page)
		return;
	if (event->cause == DRM_EXCLUSIVE_CAUSE_DEVICE)
		page->by_devices++;
	else
		top_page_taken_by(page, event->tid, event->thread);
}

/* Of pages with others between them that were not exclusive only first and last are known. */
static void note_pages_taken(struct top_ledger *ledger, const struct top_context *context,
			     const struct top_event *event)
{
	uint64_t pages = top_event_pages(event);

	if (event->cause != DRM_EXCLUSIVE_CAUSE_CPU && event->cause != DRM_EXCLUSIVE_CAUSE_DEVICE)
		return;
	if ((uint64_t)event->value == pages && pages <= MOST_EVENT_PAGES) {
		for (uint64_t i = 0; i < pages; i++)
			note_taken(ledger, context, event->start + i * TOP_PAGE_BYTES, event);
		return;
	}
	note_taken(ledger, context, event->start, event);
	if (event->value > 1)
		note_taken(ledger, context, event->end - TOP_PAGE_BYTES, event);
}

static void count_revoked(struct top_range *range, const struct top_event *event, uint64_t pages)
{
	range->net_pages -= (int64_t)pages;
	range->round.revoked[event->cause] += pages;
	range->total.revoked[event->cause] += pages;
}

/*
 * A revocation may go over several ranges, but says only how many pages it was of: each
 * range gives those that it holds, and the first one what is left.
 */
static void take_revocation(struct top_ledger *ledger, struct top_context *context,
			    const struct top_event *event)
{
	struct top_range *range = range_of(context, event->start, event->end);
	uint64_t left = (uint64_t)event->value;
	size_t i;

	note_pages_taken(ledger, context, event);
	context->net_pages -= event->value;
	if (!range)
		return;
	for (i = (size_t)(range - context->ranges) + 1;
	     i < context->range_count && context->ranges[i].start < event->end; i++) {
		uint64_t held = top_range_held_pages(&context->ranges[i]);
		uint64_t pages = tandem_min_u64(held, left);

		count_revoked(&context->ranges[i], event, pages);
		left -= pages;
	}
	count_revoked(range, event, left);
}

static void take_grant(struct top_context *context, const struct top_event *event)
{
	struct top_range *range = range_of(context, event->start, event->end);

	context->unsampled_pages += (uint64_t)event->value;
	context->net_pages += event->value;
	if (!range)
		return;
	range->net_pages += event->value;
	range->round.granted += (uint64_t)event->value;
	range->total.granted += (uint64_t)event->value;
}

static void take_fault(struct top_context *context, const struct top_event *event)
{
	struct top_range *range;

	/* At an address that no range has: there is none to begin. */
	if (event->value == -ENOENT)
		return;
	range = range_of(context, event->start, event->end);
	if (!range)
		return;
	range->round.faults++;
	range->total.faults++;
	range->round.failed += event->value != 0;
	range->total.failed += event->value != 0;
}

static void take_degrade(struct top_context *context, const struct top_event *event)
{
	struct top_range *range = make_exact(context, event->start, event->end, false);

	if (!range)
		return;
	range->round.degraded++;
	range->total.degraded++;
}

static void unregister(struct top_context *context, const struct top_event *event)
{
	size_t first = first_behind(context, event->start), count = 0;

	/* What is inexact may have been several, of which one ends. */
	if (first < context->range_count && !context->ranges[first].exact &&
	    (context->ranges[first].start < event->start ||
	     context->ranges[first].end > event->end))
		return;
	while (first + count < context->range_count &&
	       context->ranges[first + count].end <= event->end)
		count++;
	remove_ranges(context, first, count);
}

static void take_loss(struct top_ledger *ledger, uint64_t events)
{
	ledger->lost += events;
	for (size_t i = 0; i < ledger->context_count; i++) {
		struct top_context *context = ledger->contexts[i];

		for (size_t j = 0; j < context->range_count; j++)
			context->ranges[j].complete = false;
	}
}

struct top_context *top_ledger_take(struct top_ledger *ledger, const struct top_event *event)
{
	struct top_context *context;
	struct top_range *range;

	if (event->kind == TOP_EVENT_LOST) {
		take_loss(ledger, (uint64_t)event->value);
		return NULL;
	}
	context = context_of(ledger, event);
	if (!context)
		return NULL;
	switch (event->kind) {
	case TOP_EVENT_REGISTER:
		make_exact(context, event->start, event->end, true);
		break;
	case TOP_EVENT_UNREGISTER:
		unregister(context, event);
		break;
	case TOP_EVENT_GRANT:
		take_grant(context, event);
		break;
	case TOP_EVENT_FAULT:
		take_fault(context, event);
		break;
	case TOP_EVENT_RETRY:
		range = range_of(context, event->start, event->end);
		if (range) {
			range->round.retries++;
			range->total.retries++;
		}
		break;
	case TOP_EVENT_DEGRADE:
		take_degrade(context, event);
		break;
	case TOP_EVENT_REVOKE:
		take_revocation(ledger, context, event);
		break;
	case TOP_EVENT_LOST:
		break;
	}
	return context;
}

void top_ledger_next_round(struct top_ledger *ledger)
{
	for (size_t i = 0; i < ledger->context_count; i++) {
		struct top_context *context = ledger->contexts[i];

		/*
		 * Not at each event: a grant is told of after it happened, and the
		 * revocation of the same page sometimes before.
		 */
		if (context->net_pages < context->least_net_pages)
			context->least_net_pages = context->net_pages;
		for (size_t j = 0; j < context->range_count; j++) {
			struct top_range *range = &context->ranges[j];

			if (range->net_pages < range->least_net_pages)
				range->least_net_pages = range->net_pages;
			memset(&range->round, 0, sizeof(range->round));
		}
	}
	top_pages_next_round(&ledger->pages);
}
