// SPDX-License-Identifier: MIT
/* What is written down for TANDEM_DUMP_DIR, in a folder in which others have put links. */
#include "compiler/dump.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#define SOURCE "kernel void f(void) { }"

static char parent[] = "/tmp/tandem-dump-test-XXXXXX";

static bool has_contents(const char *path, const char *wanted)
{
	char text[64] = "";
	FILE *file = fopen(path, "r");
	bool same = file && fgets(text, sizeof(text), file) && !strcmp(text, wanted);

	if (file)
		fclose(file);
	return same;
}

static void dump_one(const char *number)
{
	struct tandem_text prefix = { 0 };
	char path[512];
	struct stat status;

	tandem_dump_source(SOURCE, strlen(SOURCE), "cl", &prefix);
	check_fatal(prefix.length && !strncmp(prefix.bytes, parent, strlen(parent)), "'%s'",
		    tandem_text_string(&prefix));
	check(!strcmp(strrchr(prefix.bytes, '/') + 1, number), "'%s'", prefix.bytes);
	snprintf(path, sizeof(path), "%s.cl", prefix.bytes);
	check(has_contents(path, SOURCE), "%s", path);
	unlink(path);
	*strrchr(path, '/') = 0;
	check(!stat(path, &status) && (status.st_mode & 0777) == 0700, "%s", path);
	rmdir(path);
	mkdir(path, 0700);
	tandem_text_finish(&prefix);
}

/* Links by the names that a process would take if it took them from its number. */
static void plant_links(const char *victim)
{
	static const char *const ends[] = { "", "-0", "-0.cl", "-0.linked.ll" };
	char link[512];

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(link, sizeof(link), "%s/tandem-%d%s", parent, getpid(), ends[i]);
		check_equal(0, symlink(victim, link));
	}
}

static void remove_all(void)
{
	DIR *directory = opendir(parent);
	const struct dirent *entry;

	while ((entry = readdir(directory))) {
		if (unlinkat(dirfd(directory), entry->d_name, 0))
			unlinkat(dirfd(directory), entry->d_name, AT_REMOVEDIR);
	}
	closedir(directory);
	check_equal(0, rmdir(parent));
}

int main(void)
{
	struct tandem_text prefix = { 0 };
	char victim[512];
	int status = -1;
	FILE *file;

	tandem_dump_source(SOURCE, strlen(SOURCE), "cl", &prefix);
	check(!prefix.length, "a dump that nobody asked for");
	check_fatal(mkdtemp(parent), "%s", parent);
	setenv("TANDEM_DUMP_DIR", parent, 1);
	snprintf(victim, sizeof(victim), "%s/victim", parent);
	file = fopen(victim, "w");
	check_fatal(file && fputs("precious", file) > 0 && !fclose(file), "%s", victim);
	plant_links(victim);
	dump_one("0");
	dump_one("1");
	fflush(stdout);
	if (!fork()) {
		dump_one("2");
		_exit(check_failures != 0);
	}
	wait(&status);
	check(WIFEXITED(status) && !WEXITSTATUS(status), "the child's dump");
	check(has_contents(victim, "precious"), "something was written through a link");
	remove_all();
	return check_result();
}
