// SPDX-License-Identifier: MIT
#include "launches.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

#define LONGEST_LINE 1024
#define KERNEL_BYTES 256
#define DEVICE_BYTES 160
/* At a time; a file with more is not the runtime's. */
#define MOST_RUNNING 4096
#define MOST_TRACKS  1024

/* A launch that runs, or a thread's part in it. */
struct running {
	bool is_part;
	int pid, tid;
	uint64_t launch, begin_ns;
	char kernel[KERNEL_BYTES];
	int track; /* index; of a launch */
	int lane; /* what the track is called in the trace */
};

/* Where launches on one device by one process are shown; those that overlap need several. */
struct track {
	int pid;
	char device[DEVICE_BYTES];
	unsigned int lane;
	bool busy;
};

struct reader {
	struct top_perfetto *perfetto;
	struct running *running;
	size_t running_count;
	struct track *tracks;
	size_t track_count;
	uint64_t launches;
};

struct record {
	char kind[16];
	uint64_t ns;
	int pid, tid;
	const char *rest; /* behind the blank */
};

static struct running *find_launch(struct reader *reader, int pid, uint64_t launch)
{
	for (size_t i = 0; i < reader->running_count; i++) {
		struct running *running = &reader->running[i];

		if (!running->is_part && running->pid == pid && running->launch == launch)
			return running;
	}
	return NULL;
}

static struct running *find_part(struct reader *reader, int pid, int tid, uint64_t launch)
{
	for (size_t i = 0; i < reader->running_count; i++) {
		struct running *running = &reader->running[i];

		if (running->is_part && running->pid == pid && running->tid == tid &&
		    running->launch == launch)
			return running;
	}
	return NULL;
}

/* The index of a free track, -1 where there is none. */
static int take_track(struct reader *reader, int pid, const char *device)
{
	struct track *track;
	unsigned int lanes = 0;

	for (size_t i = 0; i < reader->track_count; i++) {
		track = &reader->tracks[i];
		if (track->pid != pid)
			continue;
		lanes++;
		if (track->busy || strcmp(track->device, device) != 0)
			continue;
		track->busy = true;
		return (int)i;
	}
	if (reader->track_count == MOST_TRACKS)
		return -1;
	track = &reader->tracks[reader->track_count];
	*track = (struct track){ .pid = pid, .lane = lanes, .busy = true };
	snprintf(track->device, sizeof(track->device), "%s", device);
	return (int)reader->track_count++;
}

static struct running *add_running(struct reader *reader, const struct record *record,
				   uint64_t launch, const char *kernel)
{
	struct running *running;

	if (reader->running_count == MOST_RUNNING)
		return NULL;
	running = &reader->running[reader->running_count++];
	*running = (struct running){ .pid = record->pid,
				     .tid = record->tid,
				     .launch = launch,
				     .begin_ns = record->ns,
				     .track = -1 };
	snprintf(running->kernel, sizeof(running->kernel), "%s", kernel);
	return running;
}

static void end_running(struct reader *reader, struct running *running, uint64_t end_ns,
			bool unfinished)
{
	int tid = running->is_part ? running->tid : running->lane;

	top_perfetto_slice(reader->perfetto, running->pid, tid, running->kernel, running->begin_ns,
			   end_ns, unfinished);
	if (!running->is_part) {
		reader->launches++;
		reader->tracks[running->track].busy = false;
	}
	*running = reader->running[--reader->running_count];
}

static void take_begin(struct reader *reader, const struct record *record)
{
	char kernel[KERNEL_BYTES], device[DEVICE_BYTES];
	struct running *running;
	uint64_t launch;
	int track;

	if (sscanf(record->rest, "%" SCNx64 " %255s %159[^\n]", &launch, kernel, device) != 3)
		return;
	/* Another with the same number has not ended, but must have: its end was lost. */
	running = find_launch(reader, record->pid, launch);
	if (running)
		end_running(reader, running, record->ns, true);
	track = take_track(reader, record->pid, device);
	running = track < 0 ? NULL : add_running(reader, record, launch, kernel);
	if (!running)
		return;
	running->track = track;
	running->lane = top_perfetto_lane(reader->perfetto, record->pid, reader->tracks[track].lane,
					  device);
}

static void take_join(struct reader *reader, const struct record *record)
{
	const struct running *whole;
	struct running *part;
	char kernel[KERNEL_BYTES];
	uint64_t launch;
	int length = 0;

	if (sscanf(record->rest, "%" SCNx64 " %n", &launch, &length) != 1 || !length)
		return;
	top_perfetto_name(reader->perfetto, record->pid, record->tid, record->rest + length);
	whole = find_launch(reader, record->pid, launch);
	if (!whole || find_part(reader, record->pid, record->tid, launch))
		return;
	memcpy(kernel, whole->kernel, sizeof(kernel));
	part = add_running(reader, record, launch, kernel);
	if (part)
		part->is_part = true;
}

static void take_end(struct reader *reader, const struct record *record, bool is_part)
{
	struct running *running;
	uint64_t launch;

	if (sscanf(record->rest, "%" SCNx64, &launch) != 1)
		return;
	running = is_part ? find_part(reader, record->pid, record->tid, launch) :
			    find_launch(reader, record->pid, launch);
	if (running)
		end_running(reader, running, record->ns, false);
}

static void take_line(struct reader *reader, const char *line)
{
	struct record record;
	int length = 0, version, name = 0;

	if (sscanf(line, "%15s %" SCNu64 " %d %d %n", record.kind, &record.ns, &record.pid,
		   &record.tid, &length) != 4 ||
	    !length || record.pid <= 0 || record.tid <= 0 || record.ns > INT64_MAX)
		return;
	record.rest = line + length;
	if (!strcmp(record.kind, "begin"))
		take_begin(reader, &record);
	else if (!strcmp(record.kind, "join"))
		take_join(reader, &record);
	else if (!strcmp(record.kind, "leave") || !strcmp(record.kind, "end"))
		take_end(reader, &record, record.kind[0] == 'l');
	else if (!strcmp(record.kind, "process") &&
		 sscanf(record.rest, "%d %n", &version, &name) == 1 && name)
		top_perfetto_name(reader->perfetto, record.pid, 0, record.rest + name);
}

uint64_t top_launches_add(struct top_perfetto *perfetto, FILE *file, uint64_t end_ns)
{
	struct reader reader = { .perfetto = perfetto };
	char line[LONGEST_LINE];
	bool whole = true, starts;

	reader.running = tandem_new_array(reader.running, MOST_RUNNING);
	reader.tracks = tandem_new_array(reader.tracks, MOST_TRACKS);
	while (reader.running && reader.tracks && fgets(line, sizeof(line), file)) {
		char *newline = strchr(line, '\n');

		/* A line that is too long, or has no end, is none; nor is what is left of it. */
		starts = whole;
		whole = newline;
		if (!starts || !whole)
			continue;
		*newline = 0;
		take_line(&reader, line);
	}
	while (reader.running_count) {
		struct running *last = &reader.running[reader.running_count - 1];

		end_running(&reader, last, tandem_max_u64(end_ns, last->begin_ns), true);
	}
	free(reader.running);
	free(reader.tracks);
	return reader.launches;
}
