// SPDX-License-Identifier: MIT
/*
 * The kernel cache: keys, damaged files, several processes at once, and a folder
 * that does not grow without end.
 */
#include "compiler/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "compiler/container.h"
#include "compiler/description.h"

#define KEYS	  40
#define PROCESSES 6
#define ROUNDS	  400

static char folder[] = "/tmp/tandem-cache-test-XXXXXX";

static struct tandem_cache_key make_key(const char *text)
{
	struct tandem_cache_hash *hash = tandem_cache_hash_create();

	check_fatal(hash, "no memory");
	tandem_cache_hash_add_string(hash, text);
	return tandem_cache_hash_finish(hash);
}

static struct tandem_cache_key numbered_key(int number)
{
	char text[32];

	snprintf(text, sizeof(text), "key %d", number);
	return make_key(text);
}

/* A container whose log is @length times @letter. */
static struct tandem_binary make_entry(char letter, size_t length)
{
	struct tandem_container container = { .kind = TANDEM_BINARY_OBJECT };
	struct tandem_binary binary = { 0 };
	char *text = malloc(length + 1);

	memset(text, letter, length);
	container.sections[TANDEM_SECTION_LOG].bytes = text;
	container.sections[TANDEM_SECTION_LOG].length = length;
	check_fatal(!tandem_container_write(&container, &binary), "no memory");
	free(text);
	return binary;
}

/* Whether the cache has an entry, all of it the letter that belongs to the key. */
static bool has_entry(int number)
{
	struct tandem_cache_key key = numbered_key(number);
	struct tandem_container container;
	struct tandem_binary binary;
	const char *log;

	if (tandem_cache_load(&key, &binary))
		return false;
	check_fatal(!tandem_container_read(&container, binary.bytes, binary.length),
		    "a damaged entry");
	log = container.sections[TANDEM_SECTION_LOG].bytes;
	for (size_t i = 0; i < container.sections[TANDEM_SECTION_LOG].length; i++)
		check_fatal(log[i] == 'a' + number % 26, "a mixed entry");
	tandem_binary_finish(&binary);
	return true;
}

static void store_entry(int number, size_t length)
{
	struct tandem_cache_key key = numbered_key(number);
	struct tandem_binary binary = make_entry((char)('a' + number % 26), length);
	struct tandem_text nothing = { 0 };

	/* No files, and no places where none must be. */
	tandem_put_u32(&nothing, 0);
	tandem_put_u32(&nothing, 0);
	tandem_cache_store(&key, &nothing, &binary);
	tandem_text_finish(&nothing);
	tandem_binary_finish(&binary);
}

static int count_files(void)
{
	DIR *directory = opendir(folder);
	const struct dirent *entry;
	int count = 0;

	while ((entry = readdir(directory)))
		count += entry->d_name[0] != '.';
	closedir(directory);
	return count;
}

static void test_keys(void)
{
	struct tandem_cache_key one = make_key("one"), same = make_key("one"),
				other = make_key("other");

	check(!memcmp(&one, &same, sizeof(one)), "the same text");
	check(memcmp(&one, &other, sizeof(one)), "another text");
}

static void test_store_and_load(void)
{
	check(!has_entry(1), "an empty cache");
	store_entry(1, 5000);
	check(has_entry(1), "what was stored");
	check(!has_entry(2), "what was not");
	store_entry(1, 7000);
	check(has_entry(1), "what was stored again");
	check_equal(1, count_files());
}

/* The only file in the folder. */
static void only_file(char *path, size_t room)
{
	DIR *directory = opendir(folder);
	const struct dirent *entry;

	while ((entry = readdir(directory))) {
		if (entry->d_name[0] != '.')
			snprintf(path, room, "%s/%s", folder, entry->d_name);
	}
	closedir(directory);
}

static void test_damage(void)
{
	char path[512];
	struct stat status;
	int file;

	for (int way = 0; way < 3; way++) {
		store_entry(1, 5000);
		only_file(path, sizeof(path));
		file = open(path, O_RDWR);
		check_fatal(file >= 0 && !fstat(file, &status), "%s", path);
		if (way == 0)
			check_fatal(!ftruncate(file, status.st_size / 2), "ftruncate");
		else if (way == 1)
			check_fatal(!ftruncate(file, 0), "ftruncate");
		else
			check_fatal(pwrite(file, "!", 1, status.st_size / 2) == 1, "pwrite");
		close(file);
		check(!has_entry(1), "way %d: the damage was not noticed", way);
		check_equal(0, count_files());
	}
}

/* Entries that are no files, or not ours alone, are not used; nothing is written through them. */
static void test_strange_entries(void)
{
	static const char *const kinds[] = {
		"a pipe",	   "a folder",		 "a link to a device", "a link",
		"a dangling link", "writable by others", "another user's"
	};
	char path[512], victim[512];
	int file;

	snprintf(victim, sizeof(victim), "%s/.victim", folder);
	file = open(victim, O_WRONLY | O_CREAT, 0600);
	check_fatal(file >= 0 && write(file, "precious", 8) == 8 && !close(file), "%s", victim);
	for (int kind = 0; kind < 7; kind++) {
		struct stat status;

		store_entry(1, 5000);
		only_file(path, sizeof(path));
		if (kind < 5)
			check_fatal(!unlink(path), "%s", path);
		if (kind == 0)
			check_equal(0, mkfifo(path, 0600));
		else if (kind == 1)
			check_equal(0, mkdir(path, 0700));
		else if (kind < 5)
			check_equal(0, symlink(kind == 2 ? "/dev/zero" :
					       kind == 3 ? victim :
							   "/no/such/file",
					       path));
		else if (kind == 5)
			check_equal(0, chmod(path, 0622));
		else if (chown(path, 65534, 65534))
			continue; /* only a privileged user can make one */
		check(!has_entry(1), "%s was used", kinds[kind]);
		if (kind == 1)
			check_equal(0, rmdir(path));
		store_entry(1, 5000);
		check(has_entry(1), "after %s", kinds[kind]);
		check(!stat(victim, &status) && status.st_size == 8, "%s", kinds[kind]);
		unlink(path);
	}
	unlink(victim);
}

/* One whose contents belong under another name. */
static void test_moved_entry(void)
{
	char path[512], moved[512];

	store_entry(1, 5000);
	only_file(path, sizeof(path));
	snprintf(moved, sizeof(moved), "%s/.moved", folder);
	check_equal(0, rename(path, moved));
	store_entry(2, 5000);
	only_file(path, sizeof(path));
	check_equal(0, rename(moved, path));
	check(!has_entry(2), "the entry of another key");
}

/* Whether there is a cache in a folder with @mode of @user, in a process of its own. */
static bool is_used(mode_t mode, uid_t user)
{
	char name[] = "/tmp/tandem-cache-test-XXXXXX";
	int status = -1;

	check_fatal(mkdtemp(name) && !chmod(name, mode) && !chown(name, user, (gid_t)-1), "%s",
		    name);
	fflush(stdout);
	if (!fork()) {
		setenv("TANDEM_CACHE_DIR", name, 1);
		_exit(tandem_cache_is_on() ? 0 : 1);
	}
	wait(&status);
	rmdir(name);
	check(WIFEXITED(status), "status %d", status);
	return !WEXITSTATUS(status);
}

static void test_folders(void)
{
	check(is_used(0700, geteuid()), "a folder of one's own");
	check(is_used(0755, geteuid()), "one that others may read");
	check(!is_used(0777, geteuid()), "one that all may write to");
	check(!is_used(01777, geteuid()), "one like /tmp");
	check(!is_used(0770, geteuid()), "one that a group may write to");
	if (!geteuid())
		check(!is_used(0700, 65534), "one of another user");
}

/* Where files must not grow, nothing is stored, and the process goes on. */
static void test_file_limit(void)
{
	int status = -1;

	fflush(stdout);
	if (!fork()) {
		const struct rlimit limit = { 100, 100 };

		setrlimit(RLIMIT_FSIZE, &limit);
		store_entry(1, 5000);
		_exit(has_entry(1));
	}
	wait(&status);
	check(WIFEXITED(status) && !WEXITSTATUS(status), "status %d", status);
	check_equal(0, count_files());
}

/* Processes that store, load and damage the same entries; each load is right or nothing. */
static void hammer(unsigned int seed)
{
	for (int i = 0; i < ROUNDS; i++) {
		int number = rand_r(&seed) % KEYS;

		if (rand_r(&seed) % 2)
			store_entry(number, (size_t)rand_r(&seed) % 20000);
		else
			has_entry(number);
		if (rand_r(&seed) % 50 == 0) {
			char path[512] = "";
			int file;

			only_file(path, sizeof(path));
			file = open(path, O_WRONLY);
			if (file >= 0 && pwrite(file, "!", 1, 500) != 1)
				exit(1);
			close(file);
		}
	}
	exit(check_failures != 0);
}

static void test_processes(void)
{
	for (unsigned int i = 0; i < PROCESSES; i++) {
		fflush(stdout);
		if (!fork())
			hammer(i + 1);
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status = -1;

		wait(&status);
		check(WIFEXITED(status) && !WEXITSTATUS(status), "a process ended with %d", status);
	}
}

/* TANDEM_CACHE_MIB is 1: the oldest entries go, the newest stay. */
static void test_limit(void)
{
	for (int i = 100; i < 300; i++)
		store_entry(i, 40000);
	check(count_files() < 100, "%d files", count_files());
	check(has_entry(299), "the newest");
	check(!has_entry(100), "the oldest");
}

static void remove_folder(void)
{
	DIR *directory = opendir(folder);
	const struct dirent *entry;

	while ((entry = readdir(directory)))
		unlinkat(dirfd(directory), entry->d_name, 0);
	closedir(directory);
	rmdir(folder);
}

int main(void)
{
	check_fatal(mkdtemp(folder), "%s", folder);
	setenv("TANDEM_CACHE_DIR", folder, 1);
	setenv("TANDEM_CACHE_MIB", "1", 1);
	test_folders();
	check_fatal(tandem_cache_is_on(), "no cache in %s", folder);
	test_keys();
	test_store_and_load();
	test_damage();
	test_strange_entries();
	test_moved_entry();
	test_file_limit();
	test_processes();
	test_limit();
	remove_folder();
	return check_result();
}
