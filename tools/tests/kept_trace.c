// SPDX-License-Identifier: MIT
#include "kept_trace.h"

#include <inttypes.h>
#include <string.h>

#include "check.h"

static const char *folder;

void open_traces(int argc, char **argv)
{
	check_fatal(argc == 2, "the folder of the test is not named");
	folder = argv[1];
}

unsigned int for_each_line(const char *name, line_taker taker, void *context)
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

bool parse(const char *line, struct top_event *event)
{
	return top_event_parse(line, strlen(line), event);
}

void take_line(void *context, char *line)
{
	struct top_event event;

	if (parse(line, &event))
		top_ledger_take(context, &event);
}

struct top_context *find(struct top_ledger *ledger, uint64_t exclusive)
{
	for (size_t i = 0; i < ledger->context_count; i++) {
		if (ledger->contexts[i]->exclusive == exclusive && !ledger->contexts[i]->ended)
			return ledger->contexts[i];
	}
	check_fatal(false, "no context %" PRIx64, exclusive);
	return NULL;
}
