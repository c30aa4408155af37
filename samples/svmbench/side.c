// SPDX-License-Identifier: MIT
#include "side.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* Copies what stands before the next tab, and returns what follows. */
static const char *take_field(const char *text, char *field, size_t field_bytes)
{
	size_t length = strcspn(text, "\t");

	snprintf(field, field_bytes, "%.*s", (int)length, text);
	return text + length + (text[length] == '\t');
}

static int receive_device(struct side *side)
{
	const char *rest;
	char line[1024];
	int error;

	error = process_receive(&side->worker, side->options->timeout_s * SAMPLE_NS_PER_S, line,
				sizeof(line));
	if (error) {
		fprintf(stderr, "The worker%s%s did not name its device: %s\n",
			side->vendor_file ? " for " : "",
			side->vendor_file ? side->vendor_file : "", strerror(-error));
		process_end(&side->worker, true);
		return SAMPLE_FAILED;
	}
	if (strncmp(line, "device\t", strlen("device\t")) != 0) {
		process_end(&side->worker, false);
		return SAMPLE_UNSUPPORTED;
	}
	rest = line + strlen("device\t");
	rest = take_field(rest, side->device, sizeof(side->device));
	rest = take_field(rest, side->platform, sizeof(side->platform));
	rest = take_field(rest, side->driver, sizeof(side->driver));
	take_field(rest, side->scope, sizeof(side->scope));
	return SAMPLE_OK;
}

static int start_worker(struct side *side)
{
	char tandem_setting[400], pocl_setting[400], vendor_setting[5000], measure[16];
	const char *settings[] = { tandem_setting, pocl_setting,
				   side->vendor_file ? vendor_setting : NULL, NULL };
	const char *arguments[] = { "svmbench",
				    "--worker",
				    side->scratch_dir,
				    "--measure-ms",
				    measure,
				    side->options->wanted_device ? "--device" : NULL,
				    side->options->wanted_device,
				    NULL };
	int error;

	/* Nothing that another run left on the disk shall count. */
	snprintf(tandem_setting, sizeof(tandem_setting), "TANDEM_CACHE_DIR=%s", side->scratch_dir);
	snprintf(pocl_setting, sizeof(pocl_setting), "POCL_CACHE_DIR=%s", side->scratch_dir);
	snprintf(vendor_setting, sizeof(vendor_setting), "OCL_ICD_VENDORS=%s",
		 side->vendor_file ? side->vendor_file : "");
	snprintf(measure, sizeof(measure), "%u", side->options->measure_ms);
	error = process_start(&side->worker, arguments, settings);
	if (error) {
		fprintf(stderr, "No worker process: %s\n", strerror(-error));
		return SAMPLE_FAILED;
	}
	return receive_device(side);
}

int side_init(struct side *side, const struct side_options *options, const char *vendor_file,
	      const char *scratch_dir)
{
	size_t count = bench_count(), i;

	*side = (struct side){ .options = options, .vendor_file = vendor_file };
	snprintf(side->scratch_dir, sizeof(side->scratch_dir), "%s", scratch_dir);
	side->outcomes = calloc(count, sizeof(*side->outcomes));
	if (!side->outcomes)
		goto no_memory;
	for (i = 0; i < count; i++) {
		side->outcomes[i].figures =
			calloc(options->rounds, sizeof(*side->outcomes[i].figures));
		side->outcomes[i].by_hand =
			calloc(options->rounds, sizeof(*side->outcomes[i].by_hand));
		if (!side->outcomes[i].figures || !side->outcomes[i].by_hand)
			goto no_memory;
	}
	return start_worker(side);

no_memory:
	fprintf(stderr, "No memory for %u rounds\n", options->rounds);
	return SAMPLE_FAILED;
}

static void note(struct outcome *outcome, enum bench_status status, const char *reason)
{
	outcome->status = status;
	snprintf(outcome->reason, sizeof(outcome->reason), "%.255s", reason);
}

static void note_lost_worker(struct side *side, struct outcome *outcome, int error)
{
	char reason[128];
	int status;

	if (error == -ETIMEDOUT) {
		process_end(&side->worker, true);
		snprintf(reason, sizeof(reason), "no answer from the worker within %u s",
			 side->options->timeout_s);
	} else {
		status = process_end(&side->worker, false);
		if (WIFSIGNALED(status))
			snprintf(reason, sizeof(reason), "the worker was ended by signal %d (%s)",
				 WTERMSIG(status), strsignal(WTERMSIG(status)));
		else
			snprintf(reason, sizeof(reason), "the worker ended with status %d",
				 WEXITSTATUS(status));
	}
	note(outcome, BENCH_FAILED, reason);
}

static void take_answer(struct outcome *outcome, const char *line)
{
	char *end;

	if (!strncmp(line, "ok ", 3)) {
		outcome->figures[outcome->figure_count] = strtod(line + 3, &end);
		outcome->by_hand[outcome->figure_count++] = strtod(end, NULL);
		return;
	}
	if (!strncmp(line, "skip ", 5) && !outcome->figure_count) {
		note(outcome, BENCH_SKIPPED, line + 5);
		return;
	}
	note(outcome, BENCH_FAILED, strlen(line) > 5 ? line + 5 : line);
}

bool side_run(struct side *side, size_t position)
{
	struct outcome *outcome = &side->outcomes[position];
	char line[1024];
	int error;

	if (outcome->status)
		return true;
	if (!side->worker.pid && start_worker(side)) {
		note(outcome, BENCH_FAILED, "no worker could be started again");
		return true;
	}
	error = process_send(side->worker.fd, bench_at(position)->name);
	if (!error)
		error = process_receive(&side->worker, side->options->timeout_s * SAMPLE_NS_PER_S,
					line, sizeof(line));
	if (error == -EINTR)
		return false;
	if (error)
		note_lost_worker(side, outcome, error);
	else
		take_answer(outcome, line);
	return true;
}

void side_finish(struct side *side)
{
	size_t i;

	if (side->worker.pid)
		process_end(&side->worker, false);
	for (i = 0; side->outcomes && bench_at(i); i++) {
		free(side->outcomes[i].figures);
		free(side->outcomes[i].by_hand);
	}
	free(side->outcomes);
}
