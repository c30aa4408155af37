// SPDX-License-Identifier: MIT
/* What only a terminal gets: colour, and lines of progress. */
#include "common.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define PROGRESS_AFTER_NS (2 * SAMPLE_NS_PER_S)
#define PROGRESS_STEP_NS  (SAMPLE_NS_PER_S / 10)

static const char *on_terminal(const char *escape)
{
	return isatty(STDOUT_FILENO) ? escape : "";
}

const char *sample_red(void)
{
	return on_terminal("\033[31m");
}

const char *sample_green(void)
{
	return on_terminal("\033[32m");
}

const char *sample_colour_end(void)
{
	return on_terminal("\033[0m");
}

static uint64_t program_start_ns;
static bool progress_shown;

__attribute__((constructor)) static void note_program_start(void)
{
	program_start_ns = sample_now_ns();
}

void sample_progress(const char *format, ...)
{
	static uint64_t last_ns;
	uint64_t now_ns = sample_now_ns();
	va_list arguments;

	if (!isatty(STDERR_FILENO) || now_ns - program_start_ns < PROGRESS_AFTER_NS ||
	    now_ns - last_ns < PROGRESS_STEP_NS)
		return;
	last_ns = now_ns;
	fputs("\r\033[K", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fflush(stderr);
	progress_shown = true;
}

void sample_progress_end(void)
{
	if (progress_shown)
		fputs("\r\033[K", stderr);
	progress_shown = false;
}
