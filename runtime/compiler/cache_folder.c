// SPDX-License-Identifier: MIT
#include "cache_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "util/log.h"
#include "util/options.h"

static char *path; /* absolute, without links; NULL where there is no cache */
static pthread_once_t path_once = PTHREAD_ONCE_INIT;

static bool is_ours_alone(const struct stat *status)
{
	return status->st_uid == geteuid() && !(status->st_mode & (S_IWGRP | S_IWOTH));
}

static int open_folder(const char *name)
{
	int folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), error = 0;
	struct stat status;

	if (folder < 0)
		return -errno;
	if (fstat(folder, &status))
		error = -errno;
	else if (!is_ours_alone(&status))
		error = -EPERM;
	else if (faccessat(folder, ".", W_OK | X_OK, AT_EACCESS))
		error = -errno;
	if (!error)
		return folder;
	close(folder);
	return error;
}

static int make_folders(char *name)
{
	for (char *slash = strchr(name + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(name, 0700) && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return mkdir(name, 0700) && errno != EEXIST ? -errno : 0;
}

static bool name_folder(char *name, size_t room)
{
	const char *given = tandem_option_value(TANDEM_OPTION_CACHE_DIR);
	const char *cache = secure_getenv("XDG_CACHE_HOME"), *home = secure_getenv("HOME");
	int length = 0;

	if (given)
		length = snprintf(name, room, "%s", given);
	else if (cache && *cache == '/')
		length = snprintf(name, room, "%s/tandem", cache);
	else if (home && *home == '/')
		length = snprintf(name, room, "%s/.cache/tandem", home);
	return length > 0 && (size_t)length < room;
}

static void find_path(void)
{
	char name[PATH_MAX];
	int folder;

	if (!name_folder(name, sizeof(name))) {
		tandem_log(TANDEM_LOG_CACHE, "no cache");
		return;
	}
	folder = make_folders(name);
	if (!folder)
		folder = open_folder(name);
	if (folder == -EPERM) {
		tandem_log(TANDEM_LOG_CACHE,
			   "%s is not used: it belongs to another user, or others may write to it",
			   name);
	} else if (folder < 0) {
		tandem_log(TANDEM_LOG_CACHE, "%s cannot be used: %s", name, strerror(-folder));
	} else {
		path = realpath(name, NULL);
		tandem_log(TANDEM_LOG_CACHE, "cache in %s", path ? path : "no folder");
		close(folder);
	}
}

bool tandem_cache_folder_is_there(void)
{
	pthread_once(&path_once, find_path);
	return path;
}

int tandem_cache_folder_open(void)
{
	return tandem_cache_folder_is_there() ? open_folder(path) : -ENOENT;
}

int tandem_cache_folder_read(int folder, const char *name, struct stat *status)
{
	/* Nobody is waited for at the other end of a pipe. */
	int file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	int error = 0;

	if (file < 0)
		return errno == ELOOP ? -EPERM : -errno;
	if (fstat(file, status))
		error = -errno;
	else if (!S_ISREG(status->st_mode) || !is_ours_alone(status))
		error = -EPERM;
	if (!error)
		return file;
	close(file);
	return error;
}

int tandem_cache_folder_create(int folder, const char *prefix, char *name, size_t room)
{
	for (int tries = 0; tries < 100; tries++) {
		uint64_t number;
		int file;

		if (getrandom(&number, sizeof(number), 0) != sizeof(number))
			return -EIO;
		if (snprintf(name, room, "%s.%016llx", prefix, (unsigned long long)number) >=
		    (int)room)
			return -ENAMETOOLONG;
		file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
			      0600);
		if (file >= 0 || errno != EEXIST)
			return file >= 0 ? file : -errno;
	}
	return -EEXIST;
}
