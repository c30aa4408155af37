// SPDX-License-Identifier: MIT
/* The live view: a round of events, then what they come to, and again. */
#include "modes.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "signals.h"
#include "terminal.h"
#include "tracefs.h"
#include "util/clock.h"
#include "view.h"

#define BUFFER_KIB 4096
/* Text that is taken in at once; then keys and signals have their turn. */
#define TURN_BYTES (4u << 20)
/* A round that a key ends early is no shorter, lest its rates be accidents. */
#define SHORTEST_NS	     100000000u
#define MOST_CONTENDED_LINES 10
#define BATCH_RANGE_LINES    1000

struct live {
	const struct top_options *options;
	struct top_tracefs trace;
	struct top_ledger ledger;
	struct top_gpus gpus;
	enum top_sort sort;
	int signals;
	bool batch, ends, has_keys;
	uint64_t round_ns, deadline_ns; /* when the round began, and is to end */
	int status;
};

static void take_event(void *context, const struct top_event *event)
{
	struct live *live = context;

	top_ledger_take(&live->ledger, event);
}

static void set_lines(const struct live *live, struct top_view *view)
{
	unsigned int rows, columns;

	view->most_pages = MOST_CONTENDED_LINES;
	view->most_ranges = BATCH_RANGE_LINES;
	if (live->batch)
		return;
	/* Besides: three lines above, the two heads, "more", an empty line, and a title. */
	top_terminal_size(&rows, &columns);
	if (rows < 30)
		view->most_pages = rows / 4;
	view->most_ranges = rows > view->most_pages + 9 ? rows - view->most_pages - 8 : 1;
}

static void show(struct live *live)
{
	uint64_t now_ns = tandem_clock_ns();
	struct top_view view = { .ledger = &live->ledger,
				 .gpus = &live->gpus,
				 .sort = live->sort,
				 .pid = live->options->pid,
				 .seconds = (double)(now_ns - live->round_ns) * 1e-9 };
	struct tandem_text text = { 0 };

	if (view.seconds < 1e-3)
		view.seconds = 1e-3;
	set_lines(live, &view);
	top_view_print(&view, &text);
	if (!top_terminal_show(&text, live->batch)) {
		/* Who reads no further has seen what he wanted. */
		if (errno != EPIPE) {
			fprintf(stderr, "tandem-top: standard output: %s\n", strerror(errno));
			live->status = TOP_EXIT_FAILED;
		}
		live->ends = true;
	}
	tandem_text_finish(&text);
}

static void start_round(struct live *live)
{
	top_ledger_next_round(&live->ledger);
	live->round_ns = tandem_clock_ns();
	live->deadline_ns = live->round_ns + (uint64_t)(live->options->delay_s * 1e9);
}

static void end_round_soon(struct live *live)
{
	live->deadline_ns = live->round_ns + SHORTEST_NS;
}

static void stop_for_now(void)
{
	top_terminal_end();
	raise(SIGSTOP);
	top_terminal_begin();
}

static void take_signals(struct live *live)
{
	struct signalfd_siginfo info;

	while (top_signals_read(live->signals, &info)) {
		if (top_signal_ends(&info))
			live->ends = true;
		else if (info.ssi_signo == SIGTSTP && !live->batch)
			stop_for_now();
		else if (info.ssi_signo == SIGTSTP)
			raise(SIGSTOP);
		else if (info.ssi_signo == SIGWINCH)
			end_round_soon(live);
	}
}

static void take_keys(struct live *live)
{
	int key;

	while (live->has_keys && (key = top_terminal_key())) {
		if (key < 0)
			live->has_keys = false;
		else if (key == 'q' || key == 'Q')
			live->ends = true;
		else if (key == ' ' || top_sort_by_key(key, &live->sort))
			end_round_soon(live);
	}
}

/* Waits for events, keys and signals until the round is to end. */
static void run_round(struct live *live)
{
	while (!live->ends) {
		uint64_t now_ns = tandem_clock_ns();
		struct pollfd files[] = {
			{ .fd = live->signals, .events = POLLIN },
			{ .fd = live->trace.pipe, .events = POLLIN },
			{ .fd = live->has_keys ? STDIN_FILENO : -1, .events = POLLIN },
		};
		int result;

		if (now_ns >= live->deadline_ns)
			break;
		poll(files, 3, (int)((live->deadline_ns - now_ns) / 1000000u) + 1);
		take_signals(live);
		take_keys(live);
		if (!files[1].revents)
			continue;
		result = top_tracefs_read(&live->trace, TURN_BYTES, take_event, live);
		if (result < 0) {
			fprintf(stderr, "tandem-top: trace_pipe: %s\n", strerror(-result));
			live->status = TOP_EXIT_FAILED;
			live->ends = true;
		}
	}
	/* What is in the buffer, though not enough to be woken for. */
	if (!live->ends)
		top_tracefs_read(&live->trace, TURN_BYTES, take_event, live);
}

static void run(struct live *live)
{
	unsigned int rounds = 0;

	/* What GPUs have granted until now is not this view's. */
	top_gpus_update(&live->gpus, &live->ledger);
	start_round(live);
	if (!live->batch)
		show(live);
	while (!live->ends) {
		run_round(live);
		if (live->ends)
			break;
		top_gpus_update(&live->gpus, &live->ledger);
		show(live);
		if (live->options->rounds && ++rounds >= live->options->rounds)
			break;
		top_ledger_forget_ended(&live->ledger);
		start_round(live);
	}
}

int top_live(const struct top_options *options)
{
	struct live *live = calloc(1, sizeof(*live));
	int status;

	if (!live)
		return TOP_EXIT_FAILED;
	live->options = options;
	live->sort = options->sort;
	live->batch = options->batch || !isatty(STDOUT_FILENO);
	live->has_keys = !live->batch && isatty(STDIN_FILENO);
	live->signals = top_signals_open();
	if (live->signals < 0) {
		fprintf(stderr, "tandem-top: signals: %s\n", strerror(-live->signals));
		free(live);
		return TOP_EXIT_FAILED;
	}
	if (top_tracefs_open(&live->trace, options->tracefs, BUFFER_KIB)) {
		free(live);
		return TOP_EXIT_CANNOT_TRACE;
	}
	top_ledger_init(&live->ledger);
	if (!live->batch)
		top_terminal_begin();
	run(live);
	top_terminal_end();
	top_tracefs_close(&live->trace);
	top_gpus_finish(&live->gpus);
	top_ledger_finish(&live->ledger);
	status = live->status;
	free(live);
	return status;
}
