// SPDX-License-Identifier: MIT
/* event_test FOLDER: the lines of traces: real ones, damaged ones, and what somebody may make up. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "kept_trace.h"

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

/* What no line begins with, and fields that no line has behind a right beginning. */
static const char hostile_start[] = "            bash-1234    (   1234) [000] .....     1.000000: ";
static const char *const hostile_lines[] = {
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
static const char *const hostile_fields[] = {
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
static void test_hostile_lines(void)
{
	struct top_event event;
	char line[512];

	for (size_t i = 0; i < sizeof(hostile_lines) / sizeof(hostile_lines[0]); i++)
		check(!parse(hostile_lines[i], &event), "taken: '%s'", hostile_lines[i]);
	for (size_t i = 0; i < sizeof(hostile_fields) / sizeof(hostile_fields[0]); i++) {
		snprintf(line, sizeof(line), "%s%s", hostile_start, hostile_fields[i]);
		check(!parse(line, &event), "taken: '%s'", line);
	}
	/* It is the fields that are wrong in those, nothing before them. */
	snprintf(line, sizeof(line), "%s%s", hostile_start,
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

int main(int argc, char **argv)
{
	open_traces(argc, argv);
	test_one_line();
	test_rare_lines();
	test_hostile_lines();
	test_real_lines();
	return check_result();
}
