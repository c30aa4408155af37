// SPDX-License-Identifier: MIT
/* ledger_test FOLDER: what events tell of contexts, ranges and pages. */
#include <inttypes.h>

#include "check.h"
#include "kept_trace.h"

static struct top_range *find_range(struct top_context *context, uint64_t start)
{
	for (size_t i = 0; i < context->range_count; i++) {
		if (context->ranges[i].start == start)
			return &context->ranges[i];
	}
	check_fatal(false, "no range at %" PRIx64, start);
	return NULL;
}

static void take(struct top_ledger *ledger, enum top_event_kind kind, uint64_t start,
		 uint64_t pages, int64_t value)
{
	const struct top_event event = { .kind = kind,
					 .thread = "made up",
					 .tid = TID,
					 .pid = PID,
					 .exclusive = 7,
					 .start = start,
					 .end = start + pages * TOP_PAGE_BYTES,
					 .value = value,
					 .cause = DRM_EXCLUSIVE_CAUSE_CPU };

	top_ledger_take(ledger, &event);
}

static void test_ledger_of_sample(void)
{
	struct top_ledger ledger;
	struct top_context *context;
	struct top_range *range;
	struct top_page *page;

	top_ledger_init(&ledger);
	for_each_line("sample.txt", take_line, &ledger);
	check_equal(2, ledger.context_count);
	context = find(&ledger, SAMPLE_EXCLUSIVE);
	check_equal(79, context->pid);
	check_equal(3, context->range_count);
	range = find_range(context, SAMPLE_START);
	check(range->exact && range->complete, "the range was registered meanwhile");
	check_equal(SAMPLE_START + TOP_PAGE_BYTES, range->end);
	check_equal(SAMPLE_GRANTS, range->round.granted);
	check_equal(SAMPLE_FAULTS, range->round.faults);
	check_equal(SAMPLE_REVOKED, range->round.revoked[DRM_EXCLUSIVE_CAUSE_CPU]);
	check_equal(1, top_range_held_pages(range));
	check_equal(1, top_context_held_pages(context));
	page = top_pages_get(&ledger.pages, context->number, SAMPLE_START / TOP_PAGE_BYTES, false);
	check_fatal(page, "the page that is fought for is not known");
	check_equal(SAMPLE_REVOKED, page->by_cpus);
	for (int i = 0; i < TOP_PAGE_TAKERS; i++) {
		if (page->takers[i].tid == 85)
			check_equal(61, page->takers[i].count);
		else if (page->takers[i].tid == 86)
			check_equal(33, page->takers[i].count);
	}
	top_ledger_next_round(&ledger);
	check_equal(0, range->round.granted);
	check_equal(SAMPLE_GRANTS, range->total.granted);
	check_equal(1, top_range_held_pages(range));
	top_ledger_finish(&ledger);
}

/* Ranges that were registered before: one that grows, until more is known. */
static void test_inexact_ranges(void)
{
	struct top_ledger ledger;
	struct top_context *context;
	struct top_range *range;

	top_ledger_init(&ledger);
	take(&ledger, TOP_EVENT_GRANT, 0x10000, 1, 1);
	take(&ledger, TOP_EVENT_GRANT, 0x20000, 2, 2);
	context = find(&ledger, 7);
	check_equal(PID, context->pid);
	check_equal(1, context->range_count);
	range = find_range(context, 0x10000);
	check(!range->exact && !range->complete && range->end == 0x22000, "up to %" PRIx64,
	      range->end);
	/* Five are given back of which three were seen to be granted. */
	take(&ledger, TOP_EVENT_REVOKE, 0x10000, 16, 5);
	top_ledger_next_round(&ledger);
	check_equal(0, top_range_held_pages(range));
	take(&ledger, TOP_EVENT_GRANT, 0x10000, 1, 1);
	check_equal(1, top_range_held_pages(range));
	/* A range that is registered splits off; what is on both sides stays apart. */
	take(&ledger, TOP_EVENT_REGISTER, 0x30000, 1, 1);
	take(&ledger, TOP_EVENT_GRANT, 0x40000, 1, 1);
	check_equal(3, context->range_count);
	check(find_range(context, 0x30000)->exact && !find_range(context, 0x40000)->exact,
	      "what is exact");
	/* Contention tells the addresses. */
	take(&ledger, TOP_EVENT_DEGRADE, 0x8000, 0x20, 1);
	check_equal(3, context->range_count);
	range = find_range(context, 0x8000);
	check(range->exact && !range->complete && range->end == 0x28000, "up to %" PRIx64,
	      range->end);
	check_equal(1, range->round.degraded);
	take(&ledger, TOP_EVENT_UNREGISTER, 0x8000, 0x20, 0);
	check_equal(2, context->range_count);
	top_ledger_finish(&ledger);
}

/* A revocation over several ranges; events that are lost; memory that is another's now. */
static void test_rare_events(void)
{
	const struct top_event lost = { .kind = TOP_EVENT_LOST, .value = 9 };
	struct top_event other = { .kind = TOP_EVENT_REGISTER,
				   .tid = TID + 5,
				   .pid = PID + 5,
				   .exclusive = 7,
				   .start = 0x10000,
				   .end = 0x11000,
				   .value = 1 };
	struct top_ledger ledger;
	struct top_context *context;

	top_ledger_init(&ledger);
	for (int i = 0; i < 3; i++) {
		take(&ledger, TOP_EVENT_REGISTER, 0x10000 + (uint64_t)i * 0x4000, 4, 1);
		take(&ledger, TOP_EVENT_GRANT, 0x10000 + (uint64_t)i * 0x4000, 4, i + 1);
	}
	context = find(&ledger, 7);
	take(&ledger, TOP_EVENT_REVOKE, 0x10000, 12, 6);
	for (int i = 0; i < 3; i++) {
		const struct top_range *range = &context->ranges[i];

		check_equal(0, top_range_held_pages(range));
		check_equal(i + 1, range->round.revoked[DRM_EXCLUSIVE_CAUSE_CPU]);
	}
	top_ledger_take(&ledger, &lost);
	check_equal(9, ledger.lost);
	check(!context->ranges[0].complete, "after a loss no count is sure");
	top_ledger_take(&ledger, &other);
	check_equal(2, ledger.context_count);
	check(context->ended && find(&ledger, 7)->pid == PID + 5, "the process of the context");
	/* Neither process is there. */
	top_ledger_forget_ended(&ledger);
	check_equal(0, ledger.context_count);
	top_ledger_finish(&ledger);
}

/* However many pages and ranges there are, what is known of them is bounded. */
static void test_bounds(void)
{
	struct top_ledger ledger;

	top_ledger_init(&ledger);
	for (uint64_t i = 0; i < 70000; i++) {
		take(&ledger, TOP_EVENT_REGISTER, i * 0x2000 + 0x1000, 1, 1);
		take(&ledger, TOP_EVENT_GRANT, i * 0x2000 + 0x1000, 1, 1);
		take(&ledger, TOP_EVENT_REVOKE, i * 0x2000 + 0x1000, 1, 1);
	}
	check(ledger.pages.count <= ledger.pages.most, "%zu pages", ledger.pages.count);
	check(find(&ledger, 7)->range_count <= 65536, "%zu ranges", find(&ledger, 7)->range_count);
	top_ledger_next_round(&ledger);
	top_ledger_next_round(&ledger);
	check_equal(0, ledger.pages.count);
	top_ledger_finish(&ledger);
}

int main(int argc, char **argv)
{
	open_traces(argc, argv);
	test_ledger_of_sample();
	test_inexact_ranges();
	test_rare_events();
	test_bounds();
	return check_result();
}
