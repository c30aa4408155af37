// SPDX-License-Identifier: MIT
#include "view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "util/alloc.h"
#include "version.h"

#define MOST_CONTENDED 256

struct range_line {
	const struct top_context *context;
	const struct top_range *range;
};

struct page_list {
	const struct top_view *view;
	const struct top_page *pages[MOST_CONTENDED]; /* the hottest first */
	size_t count;
	uint64_t all;
};

/* Who a thread says it is may be meant for the terminal rather than for its reader. */
static const char *printable(const char *name, char copy[TOP_GPU_BYTES])
{
	size_t i;

	for (i = 0; name[i] && i < TOP_GPU_BYTES - 1; i++)
		copy[i] = name[i] < ' ' || name[i] > '~' ? '?' : name[i];
	copy[i] = 0;
	return copy;
}

static bool is_shown(const struct top_view *view, const struct top_context *context)
{
	return !context->ended && (!view->pid || context->pid == view->pid);
}

/* ---- ranges ---- */

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_lines(const void *a, const void *b, void *sort)
{
	const struct range_line *left = a, *right = b;
	const struct top_counts *left_counts = &left->range->round;
	const struct top_counts *right_counts = &right->range->round;
	int order = 0;

	switch (*(enum top_sort *)sort) {
	case TOP_SORT_REVOCATIONS:
		order = compare_numbers(top_counts_revoked(right_counts),
					top_counts_revoked(left_counts));
		break;
	case TOP_SORT_GRANTS:
		order = compare_numbers(right_counts->granted, left_counts->granted);
		break;
	case TOP_SORT_HELD:
		order = compare_numbers(top_range_held_pages(right->range),
					top_range_held_pages(left->range));
		break;
	case TOP_SORT_PROCESS:
		order = compare_numbers((uint64_t)left->context->pid,
					(uint64_t)right->context->pid);
		break;
	case TOP_SORT_ADDRESS:
	case TOP_SORT_COUNT:
		break;
	}
	if (!order)
		order = compare_numbers(left->range->start, right->range->start);
	return order ? order : compare_numbers(left->context->number, right->context->number);
}

/* All ranges that are to be shown, sorted. NULL without memory, or where there are none. */
static struct range_line *list_ranges(const struct top_view *view, size_t *count)
{
	const struct top_ledger *ledger = view->ledger;
	enum top_sort sort = view->sort;
	struct range_line *lines;
	size_t room = 0;

	*count = 0;
	for (size_t i = 0; i < ledger->context_count; i++)
		room += ledger->contexts[i]->range_count;
	lines = room ? tandem_new_array(lines, room) : NULL;
	for (size_t i = 0; lines && i < ledger->context_count; i++) {
		const struct top_context *context = ledger->contexts[i];

		for (size_t j = 0; is_shown(view, context) && j < context->range_count; j++)
			lines[(*count)++] = (struct range_line){ context, &context->ranges[j] };
	}
	if (*count)
		qsort_r(lines, *count, sizeof(*lines), compare_lines, &sort);
	return lines;
}

/* "cpu 409.1 release 2.0" */
static void print_causes(const struct top_view *view, const struct top_counts *counts,
			 struct tandem_text *text)
{
	for (unsigned int i = 0; i < TOP_CAUSE_COUNT; i++) {
		if (counts->revoked[i])
			tandem_text_print(text, " %s %.1f", top_cause_name(i),
					  (double)counts->revoked[i] / view->seconds);
	}
}

static void print_range(const struct top_view *view, const struct range_line *line,
			struct tandem_text *text)
{
	const struct top_range *range = line->range;
	const struct top_counts *counts = &range->round;
	uint64_t revoked = top_counts_revoked(counts);
	enum top_style style = TOP_STYLE_PLAIN;
	char name[TOP_GPU_BYTES], gpu[TOP_GPU_BYTES], addresses[64], held[24];

	if (counts->degraded)
		style = TOP_STYLE_CONTENDED;
	else if (!revoked && !counts->granted && !counts->faults)
		style = TOP_STYLE_DIM;
	snprintf(addresses, sizeof(addresses), "%s%" PRIx64 "-%" PRIx64, range->exact ? "" : "~",
		 range->start, range->end);
	snprintf(held, sizeof(held), "%s%" PRIu64,
		 range->complete ? "" : ">=", top_range_held_pages(range));
	tandem_text_print(text, "%c%7d %-15s %-12s %9.1f %9.1f %9.1f %7s %8" PRIu64 " %26s %s",
			  style, line->context->pid, printable(line->context->name, name),
			  printable(line->context->gpu, gpu),
			  (double)counts->faults / view->seconds,
			  (double)counts->granted / view->seconds, (double)revoked / view->seconds,
			  held, (range->end - range->start + TOP_PAGE_BYTES - 1) / TOP_PAGE_BYTES,
			  addresses, counts->degraded ? "!" : " ");
	print_causes(view, counts, text);
	if (counts->failed)
		tandem_text_print(text, "  %" PRIu64 " faults failed", counts->failed);
	tandem_text_print(text, "\n");
}

static void print_ranges(const struct top_view *view, const struct range_line *lines, size_t count,
			 struct tandem_text *text)
{
	size_t shown = count;

	if (view->most_ranges && shown > view->most_ranges)
		shown = view->most_ranges;
	tandem_text_print(text, "%c%7s %-15s %-12s %9s %9s %9s %7s %8s %26s   %s\n",
			  TOP_STYLE_HEADER, "PID", "COMMAND", "GPU", "FAULTS/s", "GRANTS/s",
			  "REVOKES/s", "HELD", "PAGES", "RANGE", "BY CAUSE");
	for (size_t i = 0; i < shown; i++)
		print_range(view, &lines[i], text);
	if (shown < count)
		tandem_text_print(text, "%c%zu more\n", TOP_STYLE_DIM, count - shown);
	if (!count)
		tandem_text_print(text, "%cno exclusive range was seen yet\n", TOP_STYLE_DIM);
}

/* ---- contended pages ---- */

static const struct top_context *find_context(const struct top_ledger *ledger, unsigned int number)
{
	for (size_t i = 0; i < ledger->context_count; i++) {
		if (ledger->contexts[i]->number == number)
			return ledger->contexts[i];
	}
	return NULL;
}

static uint64_t heat(const struct top_page *page)
{
	return page->by_cpus + page->by_devices;
}

/* Puts a page where it belongs among the hottest. */
static bool add_page(void *list_of, struct top_page *page)
{
	struct page_list *list = list_of;
	const struct top_context *context = find_context(list->view->ledger, page->context);
	size_t most = list->view->most_pages, place;

	if (!heat(page) || !context || !is_shown(list->view, context))
		return true;
	list->all++;
	if (most > MOST_CONTENDED)
		most = MOST_CONTENDED;
	if (list->count < most)
		list->count++;
	else if (!most || heat(list->pages[most - 1]) >= heat(page))
		return true;
	for (place = list->count - 1; place && heat(list->pages[place - 1]) < heat(page); place--)
		list->pages[place] = list->pages[place - 1];
	list->pages[place] = page;
	return true;
}

static int compare_takers(const void *a, const void *b)
{
	const struct top_taker *left = a, *right = b;

	return compare_numbers(right->count, left->count);
}

static void print_page(const struct top_view *view, const struct top_page *page,
		       struct tandem_text *text)
{
	const struct top_context *context = find_context(view->ledger, page->context);
	struct top_taker takers[TOP_PAGE_TAKERS];
	char name[TOP_GPU_BYTES], gpu[TOP_GPU_BYTES], taker[TOP_GPU_BYTES];

	memcpy(takers, page->takers, sizeof(takers));
	qsort(takers, TOP_PAGE_TAKERS, sizeof(takers[0]), compare_takers);
	tandem_text_print(text, "%c%7d %-15s %-12s %9.1f %12" PRIx64 "  ", TOP_STYLE_PLAIN,
			  context->pid, printable(context->name, name),
			  printable(context->gpu, gpu), (double)heat(page) / view->seconds,
			  page->number * TOP_PAGE_BYTES);
	for (int i = 0; i < TOP_PAGE_TAKERS && takers[i].count; i++)
		tandem_text_print(text, " %s/%d %.1f", printable(takers[i].name, taker),
				  takers[i].tid, (double)takers[i].count / view->seconds);
	if (page->by_devices)
		tandem_text_print(text, " another GPU %.1f",
				  (double)page->by_devices / view->seconds);
	tandem_text_print(text, "\n");
}

static void print_pages(const struct top_view *view, struct tandem_text *text)
{
	struct page_list list = { .view = view };

	top_pages_visit(&view->ledger->pages, add_page, &list);
	if (!list.count)
		return;
	tandem_text_print(text, "%c\n%cContended pages: %" PRIu64 "\n", TOP_STYLE_PLAIN,
			  TOP_STYLE_PLAIN, list.all);
	tandem_text_print(text, "%c%7s %-15s %-12s %9s %12s   %s\n", TOP_STYLE_HEADER, "PID",
			  "COMMAND", "LOST BY", "TAKEN/s", "PAGE", "TAKEN BY");
	for (size_t i = 0; i < list.count; i++)
		print_page(view, list.pages[i], text);
}

/* ---- all ---- */

static void print_head(const struct top_view *view, const struct range_line *lines, size_t count,
		       struct tandem_text *text)
{
	uint64_t granted = 0, revoked = 0, faults = 0;
	time_t now = time(NULL);
	struct tm local;
	char clock[16] = "";

	if (localtime_r(&now, &local))
		strftime(clock, sizeof(clock), "%H:%M:%S", &local);
	for (size_t i = 0; i < count; i++) {
		granted += lines[i].range->round.granted;
		revoked += top_counts_revoked(&lines[i].range->round);
		faults += lines[i].range->round.faults;
	}
	tandem_text_print(text, "%ctandem-top " TANDEM_VERSION "  %s  %.1f s, sorted by %s\n",
			  TOP_STYLE_PLAIN, clock, view->seconds, top_sort_name(view->sort));
	tandem_text_print(text,
			  "%cAll %zu ranges: %.1f faults/s, %.1f grants/s, %.1f revocations/s",
			  TOP_STYLE_PLAIN, count, (double)faults / view->seconds,
			  (double)granted / view->seconds, (double)revoked / view->seconds);
	if (view->ledger->lost)
		tandem_text_print(text, "; %" PRIu64 " events LOST", view->ledger->lost);
	tandem_text_print(text, "\n");
}

/* What each process holds on each GPU, and has in its memory, by the kernel's own count. */
static void print_contexts(const struct top_view *view, struct tandem_text *text)
{
	char name[TOP_GPU_BYTES], gpu[TOP_GPU_BYTES];
	bool any = false;

	for (size_t i = 0; i < view->ledger->context_count; i++) {
		const struct top_context *context = view->ledger->contexts[i];
		int64_t held = top_gpus_held_pages(view->gpus, context);
		int64_t vram = top_gpus_vram_pages(view->gpus, context);

		if (!is_shown(view, context) || held < 0)
			continue;
		tandem_text_print(text, "%s %s/%d on %s: %" PRId64,
				  any ? "," : "pHeld pages:", printable(context->name, name),
				  context->pid, printable(context->gpu, gpu), held);
		if (vram)
			tandem_text_print(text, " and %" PRId64 " in VRAM", vram);
		any = true;
	}
	if (any)
		tandem_text_print(text, "\n");
}

void top_view_print(const struct top_view *view, struct tandem_text *text)
{
	size_t count;
	struct range_line *lines = list_ranges(view, &count);

	print_head(view, lines, count, text);
	print_contexts(view, text);
	print_ranges(view, lines, count, text);
	print_pages(view, text);
	free(lines);
}
