// SPDX-License-Identifier: MIT
#include "log_capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static char *text;
static size_t text_bytes;

void log_capture_start(const char *topics)
{
	FILE *stream = open_memstream(&text, &text_bytes);

	check_fatal(stream && !setenv("TANDEM_DEBUG", topics, 1), "no memory");
	stderr = stream;
}

const char *log_capture_take(void)
{
	check_fatal(!fflush(stderr), "the log cannot be kept");
	text[text_bytes] = 0;
	/* What comes next is written over it. */
	check_fatal(!fseek(stderr, 0, SEEK_SET), "the log cannot be kept");
	return text;
}

bool log_capture_next_failure(const char **line, const char **name, int *length, int *code)
{
	static const char topic[] = "tandem api: ";

	while (**line) {
		const char *start = *line;
		size_t bytes = strcspn(start, "\n");

		*line += bytes + (start[bytes] == '\n');
		if (strncmp(start, topic, sizeof(topic) - 1))
			continue; /* a message of several lines goes on, a build log for example */
		*name = start + sizeof(topic) - 1;
		*length = (int)strcspn(*name, ":\n");
		if (sscanf(*name + *length, ": error %d:", code) == 1)
			return true;
	}
	return false;
}
