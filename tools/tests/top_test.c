// SPDX-License-Identifier: MIT
/*
 * top_test FOLDER: the parts of tandem-top, on lines of a real kernel's trace
 * (FOLDER/sample.txt, of 01_svm_atomics; FOLDER/causes.txt, of selftests of the kernel), on
 * damaged ones, and on what somebody may make up.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "top/gpus.h"
#include "top/launches.h"
#include "top/perfetto.h"
#include "top/processes.h"
#include "top/view.h"
#include "trace_json.h"

/* What is in the files. */
#define SAMPLE_LINES	 300
#define SAMPLE_FAULTS	 105
#define SAMPLE_GRANTS	 96
#define SAMPLE_REVOKED	 95
#define SAMPLE_START	 0x7fc20be00000u
#define SAMPLE_EXCLUSIVE 0x2ebb5dd6u
#define SAMPLE_OTHER	 0x66eeab86u
/* No thread of this machine has such numbers. */
#define TID 5000001
#define PID 5000000

static const char *folder;

typedef void (*line_taker)(void *context, char *line);

static unsigned int for_each_line(const char *name, line_taker taker, void *context)
{
	char path[4096], line[1024];
	unsigned int lines = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "re");
	check_fatal(file, "%s is not there", path);
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		taker(context, line);
		lines++;
	}
	fclose(file);
	return lines;
}

static bool parse(const char *line, struct top_event *event)
{
	return top_event_parse(line, strlen(line), event);
}

/* ---- lines ---- */

static void test_one_line(void)
{
	struct top_event event;

	check(parse("  01_svm_atomics-85      (     79) [000] .N...     7.906724: "
		    "drm_exclusive_revoke: exclusive=000000002ebb5dd6 start=0x7fc20be00000 "
		    "end=0x7fc20be02000 npages=2 cause=cpu",
		    &event),
	      "it is an event");
	check_equal(TOP_EVENT_REVOKE, event.kind);
	check(!strcmp(event.thread, "01_svm_atomics"), "thread '%s'", event.thread);
	check_equal(85, event.tid);
	check_equal(79, event.pid);
	check_equal(7906724000, event.ns);
	check_equal(SAMPLE_EXCLUSIVE, event.exclusive);
	check_equal(SAMPLE_START, event.start);
	check_equal(SAMPLE_START + 2 * TOP_PAGE_BYTES, event.end);
	check_equal(2, event.value);
	check_equal(DRM_EXCLUSIVE_CAUSE_CPU, event.cause);
}

/* Forms of a line that are right, though rare. */
static void test_rare_lines(void)
{
	struct top_event event;

	/* The process is not known; no column for it; a cause and a field of a later kernel. */
	check(parse("            bash-1234    (-------) [011] d..1.   100.000001: "
		    "drm_exclusive_grant: exclusive=ffff888012345678 start=0x1000 end=0x3000 value=1",
		    &event) &&
		      event.pid == 0 && event.tid == 1234,
	      "an unknown process");
	check(parse("            bash-1234    [011] d..1.   100.000001: drm_exclusive_fault: "
		    "exclusive=00000000aaaaaaaa start=0x1000 end=0x3000 value=-14",
		    &event) &&
		      event.pid == 0 && event.value == -14,
	      "no column for processes");
	check(parse("            bash-1234    [011] d..1.   100.000001: drm_exclusive_revoke: "
		    "gpu=1 exclusive=00000000aaaaaaaa start=0x1000 end=0x3000 npages=2 cause=0xb",
		    &event) &&
		      event.cause == TOP_CAUSE_OTHER,
	      "a later kernel");
	/* A thread may call itself anything of 15 bytes. */
	check(parse(" a-1 (2) [3] . 4-4194304 (4194304) [000] .....     1.000000: "
		    "drm_exclusive_retry: exclusive=0000000000000001 start=0x1000 end=0x2000 value=1",
		    &event) &&
		      !strcmp(event.thread, "a-1 (2) [3] . 4") && event.tid == 4194304,
	      "a name that looks like fields: '%s', %d", event.thread, event.tid);
	check(parse("CPU:0 [LOST 174 EVENTS]", &event) && event.kind == TOP_EVENT_LOST &&
		      event.value == 174,
	      "events lost");
	check(parse("CPU:12 [LOST EVENTS]", &event) && event.value == 1, "events lost, uncounted");
}

static void test_hostile_lines(void)
{
	static const char *const start =
		"            bash-1234    (   1234) [000] .....     1.000000: ";
	static const char *const bad[] = {
		"",
		"x",
		"CPU:0 [LOST",
		"CPU:x [LOST 1 EVENTS]",
		"CPU:0 [LOST -1 EVENTS]",
		"CPU:0 [LOST 1 EVENTS] more",
		"# tracer: nop",
		/* What is left of a line that a newline in a name has broken: at most 14 bytes. */
		"aaaaaaaaaaaaaa-1234    (   1234) [000] .....     1.000000: drm_exclusive_retry: "
		"exclusive=1 start=0x1000 end=0x2000 value=1",
		"            bash-        (   1234) [000] .....     1.000000: drm_exclusive_retry: "
		"exclusive=1 start=0x1000 end=0x2000 value=1",
		"            bash-1234    (   12x4) [000] .....     1.000000: drm_exclusive_retry: "
		"exclusive=1 start=0x1000 end=0x2000 value=1",
		"            bash-1234    (   1234) [000] .....     1.0000: drm_exclusive_retry: "
		"exclusive=1 start=0x1000 end=0x2000 value=1",
		"            bash-99999999999 (1) [000] .....     1.000000: drm_exclusive_retry: "
		"exclusive=1 start=0x1000 end=0x2000 value=1",
	};
	static const char *const bad_fields[] = {
		"sched_switch: exclusive=1 start=0x1000 end=0x2000 value=1",
		"drm_exclusive_: exclusive=1 start=0x1000 end=0x2000 value=1",
		"drm_exclusive_grants: exclusive=1 start=0x1000 end=0x2000 value=1",
		"drm_exclusive_grant: start=0x1000 end=0x2000 value=1",
		"drm_exclusive_grant: exclusive=1 end=0x2000 value=1",
		"drm_exclusive_grant: exclusive=1 start=0x1000 value=1",
		"drm_exclusive_grant: exclusive=1 start=0x1000 end=0x2000",
		"drm_exclusive_grant: exclusive=1 start=0x1000 end=0x2000 value=",
		"drm_exclusive_grant: exclusive=1 start=0x1000 end=0x2000 value=1x",
		"drm_exclusive_grant: exclusive=1 start=0x1000 end=0x2000 value=2",
		"drm_exclusive_grant: exclusive=1 start=0x1000 end=0x2000 value=-1",
		"drm_exclusive_grant: exclusive=1 start=0x1000 end=0x2000 value=--1",
		"drm_exclusive_grant: exclusive=1 start=0x1000 end=0x2000 value=1 value=1",
		"drm_exclusive_grant: exclusive=1 start=0x2000 end=0x2000 value=0",
		"drm_exclusive_grant: exclusive=1 start=0x3000 end=0x2000 value=0",
		"drm_exclusive_grant: exclusive=1 start=4096 end=0x2000 value=0",
		"drm_exclusive_grant: exclusive=1 start=0xffffffffffffffff1 end=0x2000 value=0",
		"drm_exclusive_grant: exclusive=(null) start=0x1000 end=0x2000 value=1",
		"drm_exclusive_grant: exclusive=-1 start=0x1000 end=0x2000 value=1",
		"drm_exclusive_grant: exclusive=1 start=0x1000 end=0x2000 value=1 more",
		"drm_exclusive_register: exclusive=1 start=0x1000 end=0x2000 value=2",
		"drm_exclusive_fault: exclusive=1 start=0x1000 end=0x2000 value=1",
		"drm_exclusive_revoke: exclusive=1 start=0x1000 end=0x2000 npages=1",
		"drm_exclusive_revoke: exclusive=1 start=0x1000 end=0x2000 npages=-1 cause=cpu",
		"drm_exclusive_revoke: exclusive=1 start=0x1000 end=0x2000 npages=99999999999 cause=cpu",
	};
	struct top_event event;
	char line[512];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check(!parse(bad[i], &event), "taken: '%s'", bad[i]);
	for (size_t i = 0; i < sizeof(bad_fields) / sizeof(bad_fields[0]); i++) {
		snprintf(line, sizeof(line), "%s%s", start, bad_fields[i]);
		check(!parse(line, &event), "taken: '%s'", line);
	}
	/* It is the fields that are wrong in those, nothing before them. */
	snprintf(line, sizeof(line), "%s%s", start,
		 "drm_exclusive_grant: exclusive=1 start=0x1000 end=0x2000 value=1");
	check(parse(line, &event), "'%s'", line);
	line[20] = 0;
	check(!top_event_parse(line, strlen(line) + 40, &event), "a zero byte is in it");
}

struct tally {
	unsigned int kinds[TOP_EVENT_LOST + 1], causes[TOP_CAUSE_COUNT], bad;
};

static void tally_line(void *context, char *line)
{
	struct tally *tally = context;
	struct top_event event;

	if (!parse(line, &event)) {
		tally->bad++;
		return;
	}
	tally->kinds[event.kind]++;
	if (event.kind == TOP_EVENT_REVOKE)
		tally->causes[event.cause]++;
}

/* Each line, cut off anywhere, is none: but where its last field is a number that is shorter. */
static void cut_line(void *context, char *line)
{
	size_t length = strlen(line), whole = length;
	struct top_event event, shorter;

	if (!parse(line, &event))
		return;
	while (whole && line[whole - 1] != '=')
		whole--;
	while (length--) {
		if (!top_event_parse(line, length, &shorter))
			continue;
		check(length >= whole && shorter.ns == event.ns && shorter.end == event.end,
		      "taken: '%.*s'", (int)length, line);
	}
}

static void test_real_lines(void)
{
	struct tally tally = { 0 };

	check_equal(SAMPLE_LINES, for_each_line("sample.txt", tally_line, &tally));
	check_equal(0, tally.bad);
	check_equal(4, tally.kinds[TOP_EVENT_REGISTER]);
	check_equal(SAMPLE_GRANTS, tally.kinds[TOP_EVENT_GRANT]);
	check_equal(SAMPLE_FAULTS, tally.kinds[TOP_EVENT_FAULT]);
	check_equal(SAMPLE_REVOKED, tally.kinds[TOP_EVENT_REVOKE]);
	check_equal(SAMPLE_REVOKED, tally.causes[DRM_EXCLUSIVE_CAUSE_CPU]);
	tally = (struct tally){ 0 };
	check_equal(18, for_each_line("causes.txt", tally_line, &tally));
	check_equal(0, tally.bad);
	check_equal(2, tally.kinds[TOP_EVENT_REGISTER]);
	check_equal(2, tally.kinds[TOP_EVENT_UNREGISTER]);
	check_equal(2, tally.kinds[TOP_EVENT_RETRY]);
	check_equal(2, tally.kinds[TOP_EVENT_FAULT]);
	check_equal(1, tally.kinds[TOP_EVENT_LOST]);
	check_equal(1, tally.causes[DRM_EXCLUSIVE_CAUSE_DEVICE]);
	check_equal(2, tally.causes[DRM_EXCLUSIVE_CAUSE_UNMAP]);
	check_equal(1, tally.causes[DRM_EXCLUSIVE_CAUSE_CLEAR]);
	check_equal(2, tally.causes[DRM_EXCLUSIVE_CAUSE_PROTECTION]);
	check_equal(1, tally.causes[DRM_EXCLUSIVE_CAUSE_EXIT]);
	check_equal(2, tally.causes[DRM_EXCLUSIVE_CAUSE_RELEASE]);
	for_each_line("sample.txt", cut_line, NULL);
	for_each_line("causes.txt", cut_line, NULL);
}

/* ---- the ledger ---- */

static void take_line(void *context, char *line)
{
	struct top_event event;

	if (parse(line, &event))
		top_ledger_take(context, &event);
}

static struct top_context *find(struct top_ledger *ledger, uint64_t exclusive)
{
	for (size_t i = 0; i < ledger->context_count; i++) {
		if (ledger->contexts[i]->exclusive == exclusive && !ledger->contexts[i]->ended)
			return ledger->contexts[i];
	}
	check_fatal(false, "no context %" PRIx64, exclusive);
	return NULL;
}

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

/* ---- GPUs ---- */

static void write_gpu(const char *root, const char *gpu, unsigned int granted, unsigned int held)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root, gpu);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%s/contexts", root, gpu);
	file = fopen(path, "we");
	check_fatal(file, "%s", path);
	/* First another process's. */
	fprintf(file,
		"arena:\t0x100000000-0x200000000\nplain-faults:\t4\nvsvm-exclusive-ranges:\t3\n"
		"vsvm-exclusive-pages:\t5\nvsvm-exclusive-faults:\t9\n"
		"vsvm-exclusive-granted:\t9\nvsvm-exclusive-revoked:\t4\n"
		"arena:\t0x7fc00be00000-0x7fc40be01000\nplain-faults:\t4\n"
		"vsvm-exclusive-ranges:\t3\nvsvm-exclusive-pages:\t%u\n"
		"vsvm-exclusive-faults:\t%u\nvsvm-exclusive-granted:\t%u\n"
		"vsvm-exclusive-revoked:\t1\n",
		held, granted, granted);
	fclose(file);
}

static void remove_gpu(const char *root, const char *gpu)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s/contexts", root, gpu);
	unlink(path);
	snprintf(path, sizeof(path), "%s/%s", root, gpu);
	rmdir(path);
}

/* Two contexts of one process with one arena: the counts tell which GPU is which's. */
static void test_gpus(void)
{
	char root[] = "/tmp/tandem-top-test-XXXXXX", link[64];
	struct top_ledger ledger;
	struct top_gpus gpus = { 0 };

	check_fatal(mkdtemp(root), "no temporary folder");
	gpus.folder = root;
	snprintf(link, sizeof(link), "%s/1", root);
	check_fatal(!symlink("gpu.1", link), "no link");
	top_ledger_init(&ledger);
	write_gpu(root, "gpu.0", 1000, 0);
	write_gpu(root, "gpu.1", 50, 0);
	top_gpus_update(&gpus, &ledger);
	check_equal(4, gpus.count);
	for_each_line("sample.txt", take_line, &ledger);
	write_gpu(root, "gpu.1", 50 + SAMPLE_GRANTS, 1);
	top_gpus_update(&gpus, &ledger);
	check(!strcmp(find(&ledger, SAMPLE_EXCLUSIVE)->gpu, "gpu.1"), "it is on '%s'",
	      find(&ledger, SAMPLE_EXCLUSIVE)->gpu);
	check(!strcmp(find(&ledger, SAMPLE_OTHER)->gpu, "gpu.0"), "the other is on '%s'",
	      find(&ledger, SAMPLE_OTHER)->gpu);
	check_equal(1, top_gpus_held_pages(&gpus, find(&ledger, SAMPLE_EXCLUSIVE)));
	remove_gpu(root, "gpu.0");
	remove_gpu(root, "gpu.1");
	top_gpus_update(&gpus, &ledger);
	check_equal(0, gpus.count);
	check_equal(-1, top_gpus_held_pages(&gpus, find(&ledger, SAMPLE_EXCLUSIVE)));
	top_gpus_finish(&gpus);
	top_ledger_finish(&ledger);
	unlink(link);
	rmdir(root);
}

static void test_open_files(void)
{
	char root[] = "/tmp/tandem-top-test-XXXXXX", path[64], name[TOP_GPU_BYTES] = "";
	FILE *files[3];

	check_fatal(mkdtemp(root), "no temporary folder");
	check(!top_only_open_file(getpid(), root, name, sizeof(name)), "none is open");
	for (int i = 0; i < 3; i++) {
		/* The first one twice. */
		snprintf(path, sizeof(path), "%s/render%d", root, i / 2);
		files[i] = fopen(path, "we");
		check_fatal(files[i], "%s", path);
		check_equal(i < 2, top_only_open_file(getpid(), root, name, sizeof(name)));
		check(!strcmp(name, "render0"), "it is '%s'", name);
	}
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/render%d", root, i / 2);
		fclose(files[i]);
		unlink(path);
	}
	rmdir(root);
	check(!top_only_open_file(PID, root, name, sizeof(name)), "the process is not there");
}

/* ---- the view ---- */

static void test_view(void)
{
	const struct top_event hostile = { .kind = TOP_EVENT_REVOKE,
					   .thread = "\033[2J\x9b\x80",
					   .tid = TID,
					   .pid = PID,
					   .exclusive = SAMPLE_EXCLUSIVE,
					   .start = SAMPLE_START + TOP_PAGE_BYTES,
					   .end = SAMPLE_START + 2 * TOP_PAGE_BYTES,
					   .value = 1,
					   .cause = DRM_EXCLUSIVE_CAUSE_CPU };
	struct top_ledger ledger;
	struct top_gpus gpus = { 0 };
	struct top_view view = { .ledger = &ledger, .gpus = &gpus, .seconds = 2, .most_pages = 5 };
	struct tandem_text text = { 0 };
	const char *string;

	top_ledger_init(&ledger);
	for_each_line("sample.txt", take_line, &ledger);
	top_ledger_take(&ledger, &hostile);
	for (int sort = 0; sort < TOP_SORT_COUNT; sort++) {
		tandem_text_finish(&text);
		view.sort = (enum top_sort)sort;
		top_view_print(&view, &text);
		check(strstr(tandem_text_string(&text), top_sort_name(view.sort)), "the order");
	}
	string = tandem_text_string(&text);
	check(strstr(string, "All 4 ranges: 52.5 faults/s, 48.0 grants/s, 48.0 revocations/s"),
	      "%s", string);
	check(strstr(string, "7fc20be00000-7fc20be01000   cpu 47.5"), "%s", string);
	check(strstr(string, "01_svm_atomics/85 30.5 01_svm_atomics/86 16.5"), "%s", string);
	for (size_t i = 0; i < text.length; i++)
		check(text.bytes[i] == '\n' || (text.bytes[i] >= ' ' && text.bytes[i] <= '~'),
		      "a byte %d is in it", text.bytes[i]);
	/* Of another process there is nothing. */
	tandem_text_finish(&text);
	view.pid = PID + 1;
	top_view_print(&view, &text);
	string = tandem_text_string(&text);
	check(strstr(string, "All 0 ranges") && !strstr(string, "Contended"), "%s", string);
	tandem_text_finish(&text);
	top_ledger_finish(&ledger);
}

/* ---- recordings ---- */

struct recorder {
	struct top_ledger ledger;
	struct top_perfetto perfetto;
};

static void record_line(void *context, char *line)
{
	struct recorder *recorder = context;
	struct top_context *owner;
	struct top_event event;

	if (!parse(line, &event))
		return;
	owner = top_ledger_take(&recorder->ledger, &event);
	if (owner)
		top_perfetto_event(&recorder->perfetto, owner, &event);
	else
		top_perfetto_lost(&recorder->perfetto, 1, (uint64_t)event.value);
}

static const char launch_lines[] =
	"process 7900000000 5000000 5000000 1 a \"name\"\\\n"
	"begin 7900000000 5000000 5000000 55aa first vsvm: virtual SVM GPU 128\n"
	"join 7900001000 5000000 5000001 55aa tandem-worker\n"
	"begin 7900002000 5000000 5000000 66bb second vsvm: virtual SVM GPU 128\n"
	"leave 7900003000 5000000 5000001 55aa\n"
	"end 7900004000 5000000 5000001 55aa\n"
	/* Damaged, of another program, or of no launch that was begun. */
	"end 7900004000 5000000 5000001 77cc\n"
	"leave 7900004000 5000000 5000001 55aa\n"
	"begin\nbegin x y z\nbegin 1 -5 2 3 kernel device\nend 99999999999999999999 1 1 1\n"
	"join 7900004500 5000000 5000001\n{}\n\n"
	"begin 7900005000 5000000 5000000 88dd third vsvm: virtual SVM GPU 128\n"
	/* Not whole: the process was killed while it wrote. */
	"end 7900006000 5000000 5000000 88d";

static unsigned int count(const struct trace *trace, char ph, const char *name)
{
	unsigned int found = 0;

	for (size_t i = 0; i < trace->count; i++)
		found += trace->events[i].ph == ph &&
			 (!*name || !strcmp(trace->events[i].name, name));
	return found;
}

static void check_recording(const struct trace *trace)
{
	check_equal(SAMPLE_FAULTS, count(trace, 'i', "fault"));
	check_equal(2, count(trace, 'i', "fault failed"));
	check_equal(SAMPLE_GRANTS, count(trace, 'i', "grant"));
	check_equal(SAMPLE_REVOKED, count(trace, 'i', "cpu"));
	check_equal(SAMPLE_REVOKED, count(trace, 'i', "takes from GPU"));
	check_equal(1, count(trace, 'i', "device"));
	check_equal(1, count(trace, 'i', "exit"));
	check_equal(1, count(trace, 'i', "events lost"));
	check_equal(count(trace, 'b', ""), count(trace, 'e', ""));
	check(count(trace, 'b', "page 0x7fc20be00000") > 80, "%u slices of the page",
	      count(trace, 'b', "page 0x7fc20be00000"));
	/* The launch, and the part of the thread in it; those that have not ended. */
	check_equal(2, count(trace, 'X', "first"));
	check_equal(1, count(trace, 'X', "second"));
	check_equal(1, count(trace, 'X', "third"));
	for (size_t i = 0; i < trace->count; i++) {
		const struct trace_event *event = &trace->events[i];

		if (event->ph == 'X' && !strcmp(event->name, "first") && event->tid != TID)
			check(event->ts_us == 7900000 && event->dur_us == 4, "%f for %f",
			      event->ts_us, event->dur_us);
	}
}

static void test_recording(void)
{
	char path[] = "/tmp/tandem-top-test-XXXXXX", line[300] = "line that is never ended ";
	static struct recorder recorder;
	FILE *launches = tmpfile();
	int file = mkstemp(path);
	struct trace trace;

	check_fatal(file >= 0 && launches, "no temporary file");
	close(file);
	top_ledger_init(&recorder.ledger);
	check_equal(0, top_perfetto_open(&recorder.perfetto, path));
	for_each_line("sample.txt", record_line, &recorder);
	for_each_line("causes.txt", record_line, &recorder);
	top_perfetto_name(&recorder.perfetto, 1, 2, "\001\"\\\377\n");
	fputs(launch_lines, launches);
	for (int i = 0; i < 20; i++)
		fputs(line, launches);
	rewind(launches);
	check_equal(3, top_launches_add(&recorder.perfetto, launches, 7900009000));
	check_equal(0, top_perfetto_close(&recorder.perfetto, &recorder.ledger, 8000000000));
	if (check(trace_read_file(path, &trace), "no trace"))
		check_recording(&trace);
	trace_finish(&trace);
	top_ledger_finish(&recorder.ledger);
	fclose(launches);
	unlink(path);
	check_equal(-ENOENT, top_perfetto_open(&recorder.perfetto, "/no/such/folder/file"));
}

/* That what reads traces in these tests notices what is none. */
static void test_reader(void)
{
	static const char *const bad[] = { "",
					   "[",
					   "{}",
					   "[{}",
					   "[{},]",
					   "[1]",
					   "[{}]x",
					   "[{\"a\":}]",
					   "[{\"a\":01}]",
					   "[{\"a\":1.}]",
					   "[{\"a\":\"\n\"}]",
					   "[{\"a\":\"\\x\"}]",
					   "[{\"a\":tru}]",
					   "[{\"a\" 1}]",
					   "[{\"a\":\"\xc3\xa4\"}]" };
	struct trace trace;
	size_t where;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check(!trace_read(bad[i], strlen(bad[i]), &trace, &where), "taken: '%s'", bad[i]);
	check(trace_read("[]\n", 3, &trace, &where) && !trace.count, "an empty trace");
}

int main(int argc, char **argv)
{
	check_fatal(argc == 2, "the folder of the test is not named");
	folder = argv[1];
	test_one_line();
	test_rare_lines();
	test_hostile_lines();
	test_real_lines();
	test_ledger_of_sample();
	test_inexact_ranges();
	test_rare_events();
	test_bounds();
	test_gpus();
	test_open_files();
	test_view();
	test_recording();
	test_reader();
	return check_result();
}
