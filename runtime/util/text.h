// SPDX-License-Identifier: MIT
/* A growing run of bytes: build logs, generated code, serialised data. */
#ifndef TANDEM_UTIL_TEXT_H
#define TANDEM_UTIL_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * @bytes is always followed by a zero byte that @length does not count, and is
 * NULL while nothing was added. @failed is set once memory ran short; what was
 * added then is missing. All zero is an empty text.
 */
struct tandem_text {
	char *bytes;
	size_t length;
	size_t capacity;
	bool failed;
};

void tandem_text_finish(struct tandem_text *text);
void tandem_text_add(struct tandem_text *text, const void *bytes, size_t length);
void tandem_text_print(struct tandem_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void tandem_text_vprint(struct tandem_text *text, const char *format, va_list arguments);

/* Makes room for @length more bytes and returns where they go, or NULL. The caller then
 * writes some and adds their number to text->length. */
char *tandem_text_reserve(struct tandem_text *text, size_t length);

/* The text as a C string: "" where nothing was added. */
const char *tandem_text_string(const struct tandem_text *text);

#endif
