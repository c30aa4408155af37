// SPDX-License-Identifier: MIT
/* What kernel drivers tell of a process's exclusive pages. */
#include "common.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Adds the number on a line such as "vsvm-exclusive-faults:	12". */
static void add_exclusive_count(const char *line, struct sample_exclusive_counts *counts)
{
	const struct {
		const char *key;
		unsigned long long *sum;
	} keys[] = {
		{ "-exclusive-faults:", &counts->faults },
		{ "-exclusive-granted:", &counts->granted },
		{ "-exclusive-revoked:", &counts->revoked },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *found = strstr(line, keys[i].key);

		if (!found)
			continue;
		*keys[i].sum += strtoull(found + strlen(keys[i].key), NULL, 10);
		counts->known = true;
	}
}

struct sample_exclusive_counts sample_exclusive_counts(void)
{
	struct sample_exclusive_counts counts = { 0 };
	DIR *folder = opendir("/proc/self/fdinfo");
	struct dirent *entry;
	char line[256];

	while (folder && (entry = readdir(folder))) {
		int descriptor = openat(dirfd(folder), entry->d_name, O_RDONLY | O_CLOEXEC);
		FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "r");

		if (!file) {
			if (descriptor >= 0)
				close(descriptor);
			continue;
		}
		while (fgets(line, sizeof(line), file))
			add_exclusive_count(line, &counts);
		fclose(file);
	}
	if (folder)
		closedir(folder);
	return counts;
}
