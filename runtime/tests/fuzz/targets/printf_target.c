// SPDX-License-Identifier: MIT
/*
 * What kernels print (printf_output.h). The first byte: the number of values; three bytes
 * for each; the format, with a zero at its end; then the values. What values there may be
 * is description.c's to say, so they go through it.
 */
#include "compiler/printf_output.h"

#include <stdlib.h>
#include <string.h>

#include "target.h"
#include "util/alloc.h"

#define MOST_VALUES 12
#define ROOM	    8192

static FILE *nowhere;

/* Makes a description with one format. */
static void describe(const struct tandem_printf_format *format, struct tandem_text *bytes)
{
	const struct tandem_description description = {
		.format_count = 1,
		.formats = (struct tandem_printf_format *)format,
	};

	tandem_description_write(&description, bytes);
	fuzz_require(!bytes->failed);
}

static size_t value_bytes(const struct tandem_printf_value *value)
{
	uint32_t elements = value->elements == 3 ? 4 : value->elements;

	return tandem_align_up((uint64_t)elements * value->element_bytes, 8);
}

/* Widths and precisions that fill gigabytes are the kernel's wish, and take their time. */
static bool asks_too_much(const char *format)
{
	for (; *format; format++) {
		if (strspn(format, "0123456789") > 5)
			return true;
	}
	return false;
}

/*
 * The values' bytes. A kernel that hands over a wild pointer for a string is at fault, not
 * the runtime: pointers lead to a string, or nowhere.
 */
static void fill(char *room, const struct tandem_printf_format *format, const uint8_t *bytes,
		 size_t length)
{
	static const char string[] = "a string";

	for (uint32_t i = 0; i < format->value_count; i++) {
		const struct tandem_printf_value *value = &format->values[i];
		size_t size = value_bytes(value), taken = length < size ? length : size;

		memcpy(room, bytes, taken);
		memset(room + taken, 0, size - taken);
		bytes += taken;
		length -= taken;
		for (size_t at = 0; value->kind == TANDEM_PRINTF_POINTER && at < size; at += 8) {
			const char *pointer = room[at] & 1 ? string : NULL;

			memcpy(room + at, &pointer, sizeof(pointer));
		}
		room += size;
	}
}

static void print(const struct tandem_description *description, const uint8_t *bytes, size_t length)
{
	const struct tandem_printf_format *format = &description->formats[0];
	struct tandem_printf_buffer *buffer = tandem_printf_buffer_create(ROOM);
	const struct tandem_group_context context = { .group_count = { 1, 1, 1 },
						      .printf_buffer = buffer };
	size_t size = 0;
	char *room;

	fuzz_require(buffer);
	for (uint32_t i = 0; i < format->value_count; i++)
		size += value_bytes(&format->values[i]);
	room = tandem_printf_reserve(&context, 0, (uint32_t)size, 0);
	if (room)
		fill(room, format, bytes, length);
	/* A second one, of a format that there is not. */
	tandem_printf_reserve(&context, 1, 0, 1);
	tandem_printf_buffer_print(buffer, description, nowhere);
	tandem_printf_buffer_destroy(buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct tandem_printf_value values[MOST_VALUES] = { 0 };
	struct tandem_printf_format format = { .values = values };
	struct tandem_text described = { 0 };
	struct tandem_description description;
	size_t end;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	fuzz_require(nowhere);
	if (!length)
		return 0;
	format.value_count = bytes[0] % (MOST_VALUES + 1);
	if (length < 1 + 3 * (size_t)format.value_count)
		return 0;
	for (uint32_t i = 0; i < format.value_count; i++) {
		values[i].kind = bytes[1 + 3 * i];
		values[i].element_bytes = bytes[2 + 3 * i];
		values[i].elements = bytes[3 + 3 * i];
	}
	bytes += 1 + 3 * (size_t)format.value_count;
	length -= 1 + 3 * (size_t)format.value_count;
	end = strnlen((const char *)bytes, length);
	format.format = strndup((const char *)bytes, end);
	fuzz_require(format.format);
	describe(&format, &described);
	if (!asks_too_much(format.format) &&
	    !tandem_description_read(&description, described.bytes, described.length)) {
		print(&description, bytes + end, length - end);
		tandem_description_finish(&description);
	}
	tandem_text_finish(&described);
	free((void *)format.format);
	return 0;
}
