// SPDX-License-Identifier: MIT
/* recording_test FOLDER: recordings of events and launches, and the reader that the tests have for them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "kept_trace.h"
#include "top/launches.h"
#include "top/perfetto.h"
#include "trace_json.h"

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
	open_traces(argc, argv);
	test_recording();
	test_reader();
	return check_result();
}
