// SPDX-License-Identifier: MIT
#include "perfetto.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "processes.h"
#include "util/alloc.h"

/* Numbers that no process has: the kernel's go up to 4194304. */
#define CONTEXT_BASE	    16777216
#define LANE_BASE	    1073741824
#define TRACKS_OF_CONTEXT   4
#define MOST_LANES	    64
#define MOST_HELD_PAGES	    262144
#define MOST_PAGE_TRACKS    512
#define MOST_PAGES_OF_EVENT 4096
#define MOST_NAMED	    65536
/* By how much a grant may be told of after the revocation of its page. */
#define LATE_NS 1000000u

enum context_track {
	TRACK_FAULTS,
	TRACK_GRANTS,
	TRACK_REVOCATIONS,
};

static const char *const track_names[] = {
	[TRACK_FAULTS] = "device faults",
	[TRACK_GRANTS] = "grants",
	[TRACK_REVOCATIONS] = "revocations",
};

/* ---- JSON ---- */

/* A name may have any bytes, but not all that read traces know JSON's \u. */
static void write_string(FILE *file, const char *string)
{
	putc('"', file);
	for (; *string; string++) {
		if (*string == '"' || *string == '\\')
			putc('\\', file);
		putc(*string < ' ' || *string > '~' ? '?' : *string, file);
	}
	putc('"', file);
}

/* Times are in microseconds. */
static void write_time(FILE *file, const char *name, uint64_t ns)
{
	fprintf(file, ",\"%s\":%" PRIu64 ".%03u", name, ns / 1000, (unsigned int)(ns % 1000));
}

/* The start of an event; the caller adds what it has more, and the brace. */
static void begin_event(struct top_perfetto *perfetto, char phase, int pid, int tid, uint64_t ns,
			const char *name)
{
	FILE *file = perfetto->file;

	fprintf(file, "%s{\"ph\":\"%c\",\"pid\":%d,\"tid\":%d", perfetto->any ? ",\n" : "", phase,
		pid, tid);
	perfetto->any = true;
	if (phase != 'M') {
		write_time(file, "ts", ns);
		if (ns > perfetto->last_ns)
			perfetto->last_ns = ns;
	}
	fputs(",\"name\":", file);
	write_string(file, name);
}

static void write_name(struct top_perfetto *perfetto, int pid, int tid, const char *kind,
		       const char *name)
{
	begin_event(perfetto, 'M', pid, tid, 0, kind);
	fputs(",\"args\":{\"name\":", perfetto->file);
	write_string(perfetto->file, name);
	fputs("}}", perfetto->file);
}

int top_perfetto_open(struct top_perfetto *perfetto, const char *path)
{
	memset(perfetto, 0, sizeof(*perfetto));
	perfetto->pages.most = MOST_HELD_PAGES;
	perfetto->file = fopen(path, "we");
	if (!perfetto->file)
		return -errno;
	fputs("[\n", perfetto->file);
	return 0;
}

/* ---- processes and threads ---- */

static int compare_named(const struct top_named *named, int pid, int tid)
{
	if (named->pid != pid)
		return named->pid < pid ? -1 : 1;
	return (named->tid > tid) - (named->tid < tid);
}

/* Whether the name was written before; from now on it was. */
static bool was_named(struct top_perfetto *perfetto, int pid, int tid)
{
	size_t low = 0, high = perfetto->named_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_named(&perfetto->named[middle], pid, tid);

		if (!order)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (perfetto->named_count == perfetto->named_room) {
		size_t room = perfetto->named_room ? 2 * perfetto->named_room : 64;
		struct top_named *moved;

		if (room > MOST_NAMED)
			return true;
		moved = realloc(perfetto->named, room * sizeof(*moved));
		if (!moved)
			return true;
		perfetto->named = moved;
		perfetto->named_room = room;
	}
	memmove(&perfetto->named[low + 1], &perfetto->named[low],
		(perfetto->named_count - low) * sizeof(perfetto->named[0]));
	perfetto->named[low] = (struct top_named){ pid, tid };
	perfetto->named_count++;
	return false;
}

void top_perfetto_name(struct top_perfetto *perfetto, int pid, int tid, const char *name)
{
	if (!was_named(perfetto, pid, tid))
		write_name(perfetto, pid, tid ? tid : pid, tid ? "thread_name" : "process_name",
			   name);
}

int top_perfetto_lane(struct top_perfetto *perfetto, int pid, unsigned int lane, const char *device)
{
	int tid = LANE_BASE + (pid % 4194304) * MOST_LANES + (int)(lane % MOST_LANES);
	char name[256];

	snprintf(name, sizeof(name), "kernels on %s", device);
	top_perfetto_name(perfetto, pid, tid, name);
	return tid;
}

void top_perfetto_slice(struct top_perfetto *perfetto, int pid, int tid, const char *name,
			uint64_t begin_ns, uint64_t end_ns, bool unfinished)
{
	begin_event(perfetto, 'X', pid, tid, begin_ns, name);
	write_time(perfetto->file, "dur", end_ns > begin_ns ? end_ns - begin_ns : 0);
	fprintf(perfetto->file, ",\"cat\":\"launch\"%s}",
		unfinished ? ",\"args\":{\"unfinished\":true}" : "");
}

/* ---- pages that a device holds ---- */

static int context_pid(unsigned int context)
{
	return CONTEXT_BASE + (int)context * TRACKS_OF_CONTEXT;
}

/* From a grant to what ended it: a slice of the page's own track. @cause: NULL for none. */
static void write_held(struct top_perfetto *perfetto, struct top_page *page, uint64_t end_ns,
		       const char *cause, const char *by)
{
	int pid = context_pid(page->context);
	FILE *file = perfetto->file;
	char name[32];

	if (!page->has_track && perfetto->page_tracks++ >= MOST_PAGE_TRACKS)
		return;
	page->has_track = true;
	snprintf(name, sizeof(name), "page 0x%" PRIx64, page->number * TOP_PAGE_BYTES);
	for (int i = 0; i < 2; i++) {
		begin_event(perfetto, i ? 'e' : 'b', pid, pid, i ? end_ns : page->held_since_ns,
			    name);
		fprintf(file, ",\"cat\":\"page\",\"id\":\"0x%x%09" PRIx64 "\"", page->context + 1,
			page->number);
		if (i && cause) {
			fprintf(file, ",\"args\":{\"ended by\":\"%s\",\"in\":", cause);
			write_string(file, by);
			putc('}', file);
		}
		putc('}', file);
	}
}

static void note_granted(struct top_perfetto *perfetto, const struct top_context *context,
			 const struct top_event *event)
{
	uint64_t pages = top_event_pages(event);

	/* Of others it is not known which were granted. */
	if ((uint64_t)event->value != pages || pages > MOST_PAGES_OF_EVENT)
		return;
	if (perfetto->pages.count + pages > perfetto->pages.most)
		top_pages_next_round(&perfetto->pages);
	for (uint64_t i = 0; i < pages; i++) {
		struct top_page *page = top_pages_get(&perfetto->pages, context->number,
						      event->start / TOP_PAGE_BYTES + i, true);

		if (!page)
			return;
		/* That page was taken again before the kernel told that it was granted. */
		if (!page->held && page->held_since_ns &&
		    event->ns - page->held_since_ns < LATE_NS) {
			page->held_since_ns = 0;
			continue;
		}
		page->held = true;
		page->held_since_ns = event->ns;
	}
}

static void note_revoked(struct top_perfetto *perfetto, const struct top_context *context,
			 const struct top_event *event)
{
	uint64_t pages = tandem_min_u64(top_event_pages(event), MOST_PAGES_OF_EVENT);
	char by[64];

	snprintf(by, sizeof(by), "%s %d", event->thread, event->tid);
	for (uint64_t i = 0; i < pages; i++) {
		struct top_page *page = top_pages_get(&perfetto->pages, context->number,
						      event->start / TOP_PAGE_BYTES + i, false);

		if (!page)
			continue;
		if (page->held) {
			write_held(perfetto, page, event->ns, top_cause_name(event->cause), by);
			page->held_since_ns = 0;
		} else {
			page->held_since_ns = event->ns;
		}
		page->held = false;
	}
}

/* ---- events ---- */

static int thread_process(const struct top_context *context, const struct top_event *event)
{
	int pid = event->pid ? event->pid : top_process_of(event->tid);

	return pid ? pid : context->pid ? context->pid : event->tid;
}

static void write_addresses(FILE *file, const struct top_event *event)
{
	fprintf(file, ",\"args\":{\"start\":\"0x%" PRIx64 "\",\"end\":\"0x%" PRIx64 "\"",
		event->start, event->end);
}

static void write_thread(FILE *file, const struct top_event *event)
{
	fputs(",\"thread\":", file);
	write_string(file, event->thread);
	fprintf(file, ",\"tid\":%d", event->tid);
}

/* A moment of one of the context's tracks; the caller adds arguments and "}}". */
static void begin_moment(struct top_perfetto *perfetto, const struct top_context *context,
			 enum context_track track, const char *name, const struct top_event *event)
{
	int pid = context_pid(context->number);

	top_perfetto_name(perfetto, pid, pid + (int)track + 1, track_names[track]);
	begin_event(perfetto, 'i', pid, pid + (int)track + 1, event->ns, name);
	fputs(",\"s\":\"t\",\"cat\":\"exclusive\"", perfetto->file);
	write_addresses(perfetto->file, event);
	write_thread(perfetto->file, event);
}

static void write_held_count(struct top_perfetto *perfetto, const struct top_context *context,
			     uint64_t ns)
{
	int pid = context_pid(context->number);

	/* Shown as "exclusive pages". */
	begin_event(perfetto, 'C', pid, pid, ns, "exclusive");
	fprintf(perfetto->file, ",\"args\":{\"pages\":%" PRIu64 "}}",
		top_context_held_pages(context));
}

static void write_fault(struct top_perfetto *perfetto, const struct top_context *context,
			const struct top_event *event)
{
	begin_moment(perfetto, context, TRACK_FAULTS, event->value ? "fault failed" : "fault",
		     event);
	if (event->value) {
		fputs(",\"error\":", perfetto->file);
		write_string(perfetto->file, strerror((int)-event->value));
	}
	fputs("}}", perfetto->file);
	perfetto->faults++;
}

static void write_grant(struct top_perfetto *perfetto, const struct top_context *context,
			const struct top_event *event)
{
	begin_moment(perfetto, context, TRACK_GRANTS, "grant", event);
	fprintf(perfetto->file, ",\"pages\":%" PRId64 "}}", event->value);
	note_granted(perfetto, context, event);
	write_held_count(perfetto, context, event->ns);
	perfetto->grants++;
}

/* On the track of the thread that a CPU's access was made by as well. */
static void write_revocation(struct top_perfetto *perfetto, const struct top_context *context,
			     const struct top_event *event)
{
	const char *cause = top_cause_name(event->cause);
	int pid;

	begin_moment(perfetto, context, TRACK_REVOCATIONS, cause, event);
	fprintf(perfetto->file, ",\"pages\":%" PRId64 ",\"cause\":\"%s\"}}", event->value, cause);
	note_revoked(perfetto, context, event);
	write_held_count(perfetto, context, event->ns);
	perfetto->revocations++;
	if (event->cause != DRM_EXCLUSIVE_CAUSE_CPU)
		return;
	pid = thread_process(context, event);
	top_perfetto_name(perfetto, pid, event->tid, event->thread);
	begin_event(perfetto, 'i', pid, event->tid, event->ns, "takes from GPU");
	fputs(",\"s\":\"t\",\"cat\":\"cpu\"", perfetto->file);
	write_addresses(perfetto->file, event);
	fprintf(perfetto->file, ",\"pages\":%" PRId64 ",\"context\":%u}}", event->value,
		context->number);
}

void top_perfetto_event(struct top_perfetto *perfetto, const struct top_context *context,
			const struct top_event *event)
{
	const char *name;

	switch (event->kind) {
	case TOP_EVENT_FAULT:
		write_fault(perfetto, context, event);
		break;
	case TOP_EVENT_GRANT:
		write_grant(perfetto, context, event);
		break;
	case TOP_EVENT_REVOKE:
		write_revocation(perfetto, context, event);
		break;
	case TOP_EVENT_REGISTER:
	case TOP_EVENT_UNREGISTER:
	case TOP_EVENT_DEGRADE:
		name = event->kind == TOP_EVENT_REGISTER   ? "range registered" :
		       event->kind == TOP_EVENT_UNREGISTER ? "range unregistered" :
							     "range contended";
		begin_moment(perfetto, context, TRACK_GRANTS, name, event);
		fputs("}}", perfetto->file);
		break;
	case TOP_EVENT_RETRY:
	case TOP_EVENT_LOST:
		break;
	}
}

void top_perfetto_lost(struct top_perfetto *perfetto, uint64_t ns, uint64_t events)
{
	begin_event(perfetto, 'i', 0, 0, ns, "events lost");
	fprintf(perfetto->file, ",\"s\":\"g\",\"args\":{\"events\":%" PRIu64 "}}", events);
}

void top_perfetto_flush(struct top_perfetto *perfetto)
{
	errno = EIO;
	if ((fflush(perfetto->file) || ferror(perfetto->file)) && !perfetto->error)
		perfetto->error = -errno;
}

/* ---- the end ---- */

struct closing {
	struct top_perfetto *perfetto;
	uint64_t end_ns;
};

static bool end_page(void *context, struct top_page *page)
{
	struct closing *closing = context;

	if (page->held && closing->end_ns > page->held_since_ns)
		write_held(closing->perfetto, page, closing->end_ns, NULL, "");
	return true;
}

static void name_context(struct top_perfetto *perfetto, const struct top_context *context)
{
	char name[TOP_GPU_BYTES + TOP_NAME_BYTES + 64];
	int pid = context_pid(context->number);

	if (strcmp(context->gpu, "?") != 0)
		snprintf(name, sizeof(name), "GPU %s for %s %d", context->gpu, context->name,
			 context->pid);
	else
		snprintf(name, sizeof(name), "GPU, context %u, for %s %d", context->number,
			 context->name, context->pid);
	top_perfetto_name(perfetto, pid, 0, name);
	if (context->pid)
		top_perfetto_name(perfetto, context->pid, 0, context->name);
}

int top_perfetto_close(struct top_perfetto *perfetto, const struct top_ledger *ledger,
		       uint64_t end_ns)
{
	struct closing closing = { perfetto, tandem_max_u64(end_ns, perfetto->last_ns) };
	int error;

	top_pages_visit(&perfetto->pages, end_page, &closing);
	for (size_t i = 0; i < ledger->context_count; i++)
		name_context(perfetto, ledger->contexts[i]);
	fputs("\n]\n", perfetto->file);
	top_perfetto_flush(perfetto);
	error = perfetto->error;
	if (fclose(perfetto->file) && !error)
		error = -errno;
	perfetto->file = NULL;
	top_pages_finish(&perfetto->pages);
	free(perfetto->named);
	perfetto->named = NULL;
	return error;
}
