// SPDX-License-Identifier: MIT
/* Objects of the C compiler's, joined, loaded and run. The arguments: the two files. */
#include "compiler/backend/joined_objects.h"

#include <errno.h>
#include <string.h>

#include "check.h"
#include "compiler/object_loader_x86_64.h"
#include "joined_objects_test.h"

int joined_objects_outside(int i)
{
	return 7 * i;
}

static void *resolve(const char *name)
{
	int (*function)(int) = joined_objects_outside;

	return strcmp(name, "joined_objects_outside") ? NULL : *(void **)&function;
}

static void *allocate(size_t bytes)
{
	return calloc(1, bytes);
}

static void release(void *address, size_t bytes)
{
	free(address);
}

static const struct tandem_device_memory memory = { .allocate = allocate, .free = release };

static struct tandem_text read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct tandem_text text = { 0 };
	char *room;
	size_t got;

	check_fatal(file, "%s is not there", path);
	do {
		room = tandem_text_reserve(&text, 65536);
		check_fatal(room, "no memory");
		got = fread(room, 1, 65536, file);
		text.length += got;
	} while (got);
	fclose(file);
	return text;
}

static int call(const struct tandem_object_image *image, const char *name, int argument)
{
	int (*function)(int);

	*(void **)&function = tandem_object_find(image, name);
	check_fatal(function, "'%s' is not there", name);
	return function(argument);
}

static void test_joined(const struct tandem_text *objects)
{
	struct tandem_text joined = { 0 }, log = { 0 };
	struct tandem_object_image image;

	check_equal(0, tandem_joined_objects_make(objects, 2, &joined));
	check_equal(0, tandem_object_load(&image, joined.bytes, joined.length, &memory, resolve,
					  &log));
	check_fatal(!log.length, "%s", tandem_text_string(&log));
	/* The second's 20,000 and 2,000,000; the first's 300, 2 of the table, and 1,001. */
	check_equal(20000 + 2000000 + 300 + 2 + 1001, call(&image, "joined_objects_first", 5));
	check_equal(10000 + 3000000 - 7 * 4, call(&image, "joined_objects_second", 4));
	tandem_object_unload(&image);
	tandem_text_finish(&joined);
	tandem_text_finish(&log);
}

/* Alone, what the other has is nowhere; the same twice, all of it is there twice. */
static void test_refused(const struct tandem_text *objects)
{
	const struct tandem_text twice[] = { objects[0], objects[0] };
	const struct tandem_text no_object[] = { objects[0], { .bytes = "", .length = 0 } };
	struct tandem_text joined = { 0 }, log = { 0 };
	struct tandem_object_image image;

	check_equal(0, tandem_joined_objects_make(objects, 1, &joined));
	check_equal(-ENOEXEC, tandem_object_load(&image, joined.bytes, joined.length, &memory,
						 resolve, &log));
	check(strstr(tandem_text_string(&log), "joined_objects_second"), "the log says '%s'",
	      tandem_text_string(&log));
	tandem_text_finish(&joined);
	tandem_text_finish(&log);
	joined = (struct tandem_text){ 0 };
	check_equal(-ENOEXEC, tandem_joined_objects_make(twice, 2, &joined));
	tandem_text_finish(&joined);
	joined = (struct tandem_text){ 0 };
	check_equal(-ENOEXEC, tandem_joined_objects_make(no_object, 2, &joined));
	tandem_text_finish(&joined);
}

int main(int count, char **arguments)
{
	struct tandem_text objects[2];

	check_fatal(count == 3, "usage: %s OBJECT OBJECT", arguments[0]);
	for (int i = 0; i < 2; i++)
		objects[i] = read_file(arguments[i + 1]);
	test_joined(objects);
	test_refused(objects);
	for (int i = 0; i < 2; i++)
		tandem_text_finish(&objects[i]);
	return check_result();
}
