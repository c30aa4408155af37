// SPDX-License-Identifier: MIT
#include "dump.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/log.h"
#include "util/options.h"
#include "util/signals.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct tandem_text folder; /* under lock */
static pid_t owner; /* whose it is, under lock: the process may have been forked */
static unsigned int count; /* under lock */

/*
 * In a folder that others may write to, such as /tmp, names that can be guessed may be there
 * already, as links to elsewhere: so the folder's name is none of those.
 */
static void make_folder_locked(const char *parent)
{
	owner = getpid();
	tandem_text_finish(&folder);
	tandem_text_print(&folder, "%s/tandem-%d-XXXXXX", parent, owner);
	if (!folder.failed && mkdtemp(folder.bytes))
		return;
	tandem_warn("TANDEM_DUMP_DIR: no folder in %s: %s", parent, strerror(errno));
	tandem_text_finish(&folder);
}

static int write_source(const char *path, const char *source, size_t length)
{
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666), error;

	if (file < 0)
		return -errno;
	error = tandem_write_all(file, source, length);
	if (close(file) && !error)
		error = -errno;
	return error;
}

void tandem_dump_source(const char *source, size_t length, const char *suffix,
			struct tandem_text *prefix)
{
	const char *parent = tandem_option_value(TANDEM_OPTION_DUMP_DIR);
	struct tandem_text path = { 0 };
	int error;

	if (!parent || !*parent)
		return;
	pthread_mutex_lock(&lock);
	if (owner != getpid())
		make_folder_locked(parent);
	if (folder.length)
		tandem_text_print(prefix, "%s/%u", folder.bytes, count++);
	pthread_mutex_unlock(&lock);
	if (!prefix->length)
		return;
	tandem_text_print(&path, "%s.%s", prefix->bytes, suffix);
	error = path.failed ? -ENOMEM : write_source(path.bytes, source, length);
	if (error)
		tandem_warn("%s: %s", tandem_text_string(&path), strerror(-error));
	tandem_text_finish(&path);
}
