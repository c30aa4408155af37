// SPDX-License-Identifier: MIT
#include "processes.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* PF_KTHREAD of the kernel's include/linux/sched.h, which proc(5) shows among "flags". */
#define KERNEL_THREAD_FLAG 0x00200000u

/* Reads the start of a file of /proc/@pid as a string. False where it cannot be read. */
static bool read_file(int pid, const char *name, char *contents, size_t bytes)
{
	char path[64];
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	file = fopen(path, "re");
	if (!file)
		return false;
	length = fread(contents, 1, bytes - 1, file);
	contents[length] = 0;
	fclose(file);
	return length;
}

int top_process_of(int tid)
{
	char status[2048];
	const char *field;

	if (!read_file(tid, "status", status, sizeof(status)))
		return 0;
	/* The first line has the name, in which a newline is written as \n. */
	field = strstr(status, "\nTgid:");
	return field ? (int)strtol(field + strlen("\nTgid:"), NULL, 10) : 0;
}

bool top_is_kernel_thread(int tid)
{
	char stat[1024];
	unsigned int flags;
	const char *rest;

	if (!read_file(tid, "stat", stat, sizeof(stat)))
		return false;
	/* The name, in parentheses, may have parentheses. */
	rest = strrchr(stat, ')');
	if (!rest || sscanf(rest, ") %*c %*d %*d %*d %*d %*d %u", &flags) != 1)
		return false;
	return flags & KERNEL_THREAD_FLAG;
}

bool top_process_exists(int pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d", pid);
	return !access(path, F_OK);
}

bool top_name_of(int tid, char name[TOP_NAME_BYTES])
{
	char contents[TOP_NAME_BYTES + 1];

	if (!read_file(tid, "comm", contents, sizeof(contents)))
		return false;
	contents[strcspn(contents, "\n")] = 0;
	snprintf(name, TOP_NAME_BYTES, "%.*s", TOP_NAME_BYTES - 1, contents);
	return true;
}

bool top_only_open_file(int pid, const char *prefix, char *name, size_t bytes)
{
	char folder[64], path[PATH_MAX], only[PATH_MAX] = "";
	const struct dirent *entry;
	bool is_alone = true;
	ssize_t length;
	DIR *files;

	snprintf(folder, sizeof(folder), "/proc/%d/fd", pid);
	files = opendir(folder);
	while (files && is_alone && (entry = readdir(files))) {
		length = readlinkat(dirfd(files), entry->d_name, path, sizeof(path) - 1);
		if (length < 0)
			continue;
		path[length] = 0;
		if (strncmp(path, prefix, strlen(prefix)) != 0)
			continue;
		is_alone = !only[0] || !strcmp(only, path);
		memcpy(only, path, (size_t)length + 1);
	}
	if (files)
		closedir(files);
	if (!is_alone || !only[0])
		return false;
	snprintf(name, bytes, "%s", strrchr(only, '/') + 1);
	return true;
}
