// SPDX-License-Identifier: MIT
#include "header_overlay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

#define ROOT "/tandem-headers"

/* How many folders up a name leads at most: as many lie above the one that is searched. */
static unsigned int count_up(const char *name)
{
	unsigned int count = 0;

	for (const char *at = name; (at = strstr(at, "..")); at += 2)
		count++;
	return count;
}

/* Adds the parts of @name to @path, which they may lead up in. */
static void append(struct tandem_text *path, const char *name)
{
	while (*name) {
		size_t length = strcspn(name, "/");

		if (length == 2 && !strncmp(name, "..", 2)) {
			while (path->length && path->bytes[--path->length] != '/')
				;
			if (path->bytes)
				path->bytes[path->length] = 0;
		} else if (length && !(length == 1 && *name == '.')) {
			tandem_text_add(path, "/", 1);
			tandem_text_add(path, name, length);
		}
		name += length + (name[length] == '/');
	}
}

static void add_quoted(struct tandem_text *json, const char *string)
{
	tandem_text_add(json, "\"", 1);
	for (; *string; string++) {
		if ((unsigned char)*string < ' ')
			tandem_text_print(json, "\\x%02X", (unsigned char)*string);
		else
			tandem_text_print(json, "%s%c", strchr("\"\\", *string) ? "\\" : "",
					  *string);
	}
	tandem_text_add(json, "\"", 1);
}

static int add_header(const struct tandem_source_header *header, const char *path,
		      struct tandem_child *child, struct tandem_text *overlay,
		      struct tandem_text *log)
{
	size_t length = strlen(header->name);
	int file, error;

	if (!*path || !length || header->name[length - 1] == '/') {
		tandem_text_print(log, "error: header name '%s' names no file\n", header->name);
		return -ENOEXEC;
	}
	error = tandem_child_share(child, header->text, header->length, &file);
	if (error) {
		tandem_text_print(log, "error: no file in memory for header '%s': %s\n",
				  header->name, strerror(-error));
		return error;
	}
	tandem_text_print(overlay, "{\"type\":\"file\",\"name\":");
	add_quoted(overlay, path);
	tandem_text_print(overlay, ",\"external-contents\":\"/proc/self/fd/%d\"},\n", file);
	return 0;
}

static bool is_first(const struct tandem_text *paths, unsigned int index)
{
	for (unsigned int i = 0; i < index; i++) {
		if (!strcmp(tandem_text_string(&paths[i]), tandem_text_string(&paths[index])))
			return false;
	}
	return true;
}

int tandem_header_overlay(const struct tandem_source_header *headers, unsigned int count,
			  struct tandem_child *child, struct tandem_text *folder,
			  struct tandem_text *overlay, struct tandem_text *log)
{
	struct tandem_text *paths = tandem_new_array(paths, count + 1);
	unsigned int up = 0;
	int error = 0;

	if (!paths)
		return -ENOMEM;
	for (unsigned int i = 0; i < count; i++)
		up = (unsigned int)tandem_max_u64(up, count_up(headers[i].name));
	tandem_text_print(folder, ROOT);
	for (unsigned int i = 0; i < up; i++)
		tandem_text_print(folder, "/up");
	tandem_text_print(overlay, "{\"version\":0,\"case-sensitive\":true,"
				   "\"use-external-names\":false,\"roots\":[\n");
	/* The folder is there even where all names lead out of it. */
	tandem_text_print(overlay, "{\"type\":\"directory\",\"name\":\"%s\",\"contents\":[]},\n",
			  tandem_text_string(folder));
	for (unsigned int i = 0; i < count && !error; i++) {
		if (headers[i].name[0] != '/')
			tandem_text_add(&paths[i], folder->bytes, folder->length);
		append(&paths[i], headers[i].name);
		if (is_first(paths, i))
			error = add_header(&headers[i], tandem_text_string(&paths[i]), child,
					   overlay, log);
	}
	tandem_text_print(overlay, "]}\n");
	for (unsigned int i = 0; i < count; i++) {
		if (paths[i].failed)
			error = -ENOMEM;
		tandem_text_finish(&paths[i]);
	}
	free(paths);
	return error ? error : folder->failed || overlay->failed ? -ENOMEM : 0;
}
