// SPDX-License-Identifier: MIT
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tandem_text_finish(struct tandem_text *text)
{
	free(text->bytes);
	*text = (struct tandem_text){ 0 };
}

char *tandem_text_reserve(struct tandem_text *text, size_t length)
{
	size_t needed = text->length + length + 1;

	if (needed < length) {
		text->failed = true;
		return NULL;
	}
	if (needed > text->capacity) {
		size_t capacity = text->capacity ? text->capacity : 128;
		char *bytes;

		while (capacity < needed)
			capacity *= 2;
		bytes = realloc(text->bytes, capacity);
		if (!bytes) {
			text->failed = true;
			return NULL;
		}
		text->bytes = bytes;
		text->capacity = capacity;
	}
	return text->bytes + text->length;
}

void tandem_text_add(struct tandem_text *text, const void *bytes, size_t length)
{
	char *end = tandem_text_reserve(text, length);

	if (!end)
		return;
	if (length)
		memcpy(end, bytes, length);
	text->length += length;
	text->bytes[text->length] = 0;
}

void tandem_text_vprint(struct tandem_text *text, const char *format, va_list arguments)
{
	size_t room = text->capacity - text->length;
	va_list again;
	int length;
	char *end;

	va_copy(again, arguments);
	length = vsnprintf(room ? text->bytes + text->length : NULL, room, format, again);
	va_end(again);
	if (length < 0)
		return;
	if ((size_t)length < room) {
		text->length += (size_t)length;
		return;
	}
	end = tandem_text_reserve(text, (size_t)length);
	if (end)
		text->length += (size_t)vsnprintf(end, (size_t)length + 1, format, arguments);
	else if (room)
		text->bytes[text->length] = 0;
}

void tandem_text_print(struct tandem_text *text, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	tandem_text_vprint(text, format, arguments);
	va_end(arguments);
}

const char *tandem_text_string(const struct tandem_text *text)
{
	return text->bytes ? text->bytes : "";
}
