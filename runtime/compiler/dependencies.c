// SPDX-License-Identifier: MIT
/*
 * A record is a number of files, each a name and the hash of its contents, and a number of
 * names that must lead to nothing. Relative names count from the folder that the process
 * is in, as they do for the compiler.
 */
#include "dependencies.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "description.h"
#include "util/alloc.h"
#include "util/log.h"

/* Programs that depend on more are not worth the looking up. */
#define MOST_NAMES 100000

struct names {
	char **items;
	size_t count;
};

static bool add_name(struct names *names, const char *name, size_t length)
{
	char **more = realloc(names->items, (names->count + 1) * sizeof(*more));

	if (!more || names->count == MOST_NAMES)
		return false;
	names->items = more;
	more[names->count] = strndup(name, length);
	return more[names->count] && ++names->count;
}

static void finish_names(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
}

/* ---- the compiler's account ---- */

/* Takes the next name off a rule of make, to @name. False at the end. */
static bool next_name(const char **text, struct tandem_text *name)
{
	const char *at = *text;

	name->length = 0;
	while (isspace((unsigned char)*at) || (*at == '\\' && at[1] == '\n'))
		at++;
	if (!*at)
		return false;
	for (; *at && !isspace((unsigned char)*at); at++) {
		size_t backslashes = strspn(at, "\\");

		/* Before a space or a number sign, backslashes are doubled, and one more stands. */
		if (backslashes && strchr(" #", at[backslashes]) && at[backslashes]) {
			for (size_t i = 0; i < backslashes / 2; i++)
				tandem_text_add(name, "\\", 1);
			at += backslashes;
		} else if (*at == '$' && at[1] == '$') {
			at++;
		}
		tandem_text_add(name, at, 1);
	}
	*text = at;
	return !name->failed;
}

static bool read_rule(const char *rule, struct names *files)
{
	struct tandem_text name = { 0 };
	bool done = true;

	/* Behind the target. */
	rule = strchr(rule, ':');
	if (!rule)
		return false;
	rule++;
	while (done && next_name(&rule, &name))
		done = add_name(files, tandem_text_string(&name), name.length);
	done = done && !name.failed;
	tandem_text_finish(&name);
	return done;
}

/* ---- contents ---- */

static bool read_file(const char *name, struct stat *status, struct tandem_text *contents)
{
	/* What is no file is not waited for. */
	int file = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool done = false;

	contents->length = 0;
	if (file < 0)
		return false;
	if (!fstat(file, status) && S_ISREG(status->st_mode)) {
		char *room = tandem_text_reserve(contents, (size_t)status->st_size + 1);
		size_t limit = (size_t)status->st_size + 1;
		ssize_t got = 1;

		while (room && got > 0 && contents->length < limit) {
			got = read(file, contents->bytes + contents->length,
				   limit - contents->length);
			if (got > 0)
				contents->length += (size_t)got;
		}
		done = room && !got && contents->length == (size_t)status->st_size;
	}
	close(file);
	return done;
}

static XXH128_canonical_t hash(const struct tandem_text *contents)
{
	XXH128_canonical_t canonical;

	XXH128_canonicalFromHash(&canonical, XXH3_128bits(contents->bytes, contents->length));
	return canonical;
}

/* Whether a file was changed at or after the program's begin. */
static bool is_too_new(const struct stat *status, const struct timespec *start)
{
	return status->st_ctim.tv_sec > start->tv_sec ||
	       (status->st_ctim.tv_sec == start->tv_sec &&
		status->st_ctim.tv_nsec >= start->tv_nsec);
}

/*
 * Whether a text may ask for what no record holds: the time, though the compiler is kept
 * from telling of it, or whether there is a file. Signs between letters do not count, as
 * names may be cut by ends of lines and put together by macros.
 */
static bool asks_more(const char *text, size_t length)
{
	static const char *const words[] = { "__DATE__", "__TIME__", "__TIMESTAMP__",
					     "__has_include", "__has_embed" };
	size_t matched[TANDEM_ARRAY_SIZE(words)] = { 0 };
	char before = 0;

	for (size_t i = 0; i < length; i++) {
		if (!isalnum((unsigned char)text[i]) && text[i] != '_')
			continue;
		for (size_t w = 0; w < TANDEM_ARRAY_SIZE(words); w++) {
			/* A word may begin anew with the underscores that did not fit. */
			if (text[i] == words[w][matched[w]])
				matched[w]++;
			else
				matched[w] = text[i] != '_' ? 0 : before == '_' ? 2 : 1;
			if (!words[w][matched[w]])
				return true;
		}
		before = text[i];
	}
	return false;
}

static bool record_files(const struct names *files, const struct timespec *start,
			 struct tandem_text *record)
{
	struct tandem_text contents = { 0 };
	bool done = true;

	tandem_put_u32(record, (uint32_t)files->count);
	for (size_t i = 0; i < files->count && done; i++) {
		XXH128_canonical_t digest;
		struct stat status;

		done = read_file(files->items[i], &status, &contents) &&
		       !is_too_new(&status, start) && !asks_more(contents.bytes, contents.length);
		if (!done)
			break;
		digest = hash(&contents);
		tandem_put_string(record, files->items[i], strlen(files->items[i]));
		tandem_text_add(record, digest.digest, sizeof(digest.digest));
	}
	tandem_text_finish(&contents);
	return done;
}

/* ---- places ---- */

/* A folder's name as the compiler begins files' names with it; "" for the process's own. */
static bool add_folder(struct names *folders, const char *name, size_t length)
{
	while (length && *name == '.' && (length == 1 || name[1] == '/')) {
		name++;
		length--;
		while (length && *name == '/') {
			name++;
			length--;
		}
	}
	while (length > 1 && name[length - 1] == '/')
		length--;
	for (size_t i = 0; i < folders->count; i++) {
		if (!strncmp(folders->items[i], name, length) && !folders->items[i][length])
			return true;
	}
	return add_name(folders, name, length);
}

/* The folders in which files are looked for: the options', and those of files that include. */
static bool find_folders(const struct tandem_build_options *options, const struct names *files,
			 struct names *folders)
{
	bool done = add_folder(folders, "", 0);

	for (unsigned int i = 0; i < options->argument_count && done; i++) {
		const struct tandem_build_argument *argument = &options->arguments[i];

		if (!strcmp(argument->name, "-I"))
			done = add_folder(folders, argument->value, strlen(argument->value));
	}
	for (size_t i = 0; i < files->count && done; i++) {
		const char *slash = strrchr(files->items[i], '/');

		if (slash)
			done = add_folder(folders, files->items[i],
					  (size_t)(slash - files->items[i]));
	}
	return done;
}

/* Folders are passed over. */
static bool is_there(const char *name, struct stat *status)
{
	return !stat(name, status) && !S_ISDIR(status->st_mode);
}

/* Notes the file @name of @folder as one that must not be, where it is not. */
static bool note_place(const char *folder, const char *name, const struct timespec *start,
		       struct names *places)
{
	struct tandem_text path = { 0 };
	struct stat status;
	bool done;

	tandem_text_print(&path, "%s%s%s", folder, *folder ? "/" : "", name);
	if (path.failed)
		return false;
	/* One that is there was passed over, or is the one; unless it came in the meantime. */
	if (is_there(path.bytes, &status))
		done = !is_too_new(&status, start);
	else
		done = add_name(places, path.bytes, path.length);
	tandem_text_finish(&path);
	return done;
}

static bool note_places(const struct names *folders, const char *name, const struct timespec *start,
			struct names *places)
{
	bool done = true;

	for (size_t i = 0; i < folders->count && done; i++)
		done = note_place(folders->items[i], name, start, places);
	return done;
}

/*
 * A file's name is that of a folder and, behind it, what the program called it, by which it
 * would have been found in other folders too.
 */
static bool find_places(const struct names *files, const struct names *folders,
			const struct timespec *start, struct names *places)
{
	bool done = true;

	for (size_t i = 0; i < files->count && done; i++) {
		const char *name = files->items[i];

		for (size_t f = 0; f < folders->count && done; f++) {
			size_t length = strlen(folders->items[f]);

			if (!length && *name != '/')
				done = note_places(folders, name, start, places);
			else if (length && !strncmp(name, folders->items[f], length) &&
				 name[length] == '/')
				done = note_places(folders, name + length + 1, start, places);
		}
	}
	return done;
}

static bool record_places(const struct tandem_build_options *options, const struct names *files,
			  const struct timespec *start, struct tandem_text *record)
{
	struct names folders = { 0 }, places = { 0 };
	bool done = find_folders(options, files, &folders) &&
		    find_places(files, &folders, start, &places);

	tandem_put_u32(record, (uint32_t)places.count);
	for (size_t i = 0; i < places.count && done; i++)
		tandem_put_string(record, places.items[i], strlen(places.items[i]));
	finish_names(&folders);
	finish_names(&places);
	return done;
}

/* ---- the record ---- */

bool tandem_dependencies_record(const struct tandem_frontend_input *input,
				const struct tandem_frontend_reading *reading,
				const struct timespec *start, struct tandem_text *record)
{
	struct names files = { 0 };
	bool done = !reading->tells_time && !reading->files.failed &&
		    !asks_more(input->source, input->length);

	for (unsigned int i = 0; i < input->options->argument_count && done; i++)
		done = !asks_more(input->options->arguments[i].value,
				  strlen(input->options->arguments[i].value));
	done = done && read_rule(tandem_text_string(&reading->files), &files) &&
	       record_files(&files, start, record) &&
	       record_places(input->options, &files, start, record) && !record->failed;
	finish_names(&files);
	if (!done)
		tandem_log(TANDEM_LOG_CACHE,
			   "not stored: its result may change with time or files");
	return done;
}

bool tandem_dependencies_hold(const void *record, size_t length)
{
	struct tandem_reader reader = { record, (const char *)record + length, false };
	struct tandem_text contents = { 0 };
	uint32_t count = tandem_get_u32(&reader);
	bool holds = true;

	for (uint32_t i = 0; i < count && holds; i++) {
		const char *name = tandem_get_string(&reader);
		const void *expected = tandem_get_bytes(&reader, sizeof(XXH128_canonical_t));
		XXH128_canonical_t digest;
		struct stat status;

		holds = !reader.failed && read_file(name, &status, &contents);
		if (holds) {
			digest = hash(&contents);
			holds = !memcmp(&digest, expected, sizeof(digest));
		}
		if (!holds)
			tandem_log(TANDEM_LOG_CACHE, "%s has changed", name);
	}
	count = tandem_get_u32(&reader);
	for (uint32_t i = 0; i < count && holds; i++) {
		const char *name = tandem_get_string(&reader);
		struct stat status;

		holds = !reader.failed && !is_there(name, &status);
		if (!holds)
			tandem_log(TANDEM_LOG_CACHE, "%s is there now", name);
	}
	tandem_text_finish(&contents);
	return holds && !reader.failed && reader.next == reader.end;
}

void tandem_dependencies_record_none(struct tandem_text *record)
{
	tandem_put_u32(record, 0);
	tandem_put_u32(record, 0);
}
