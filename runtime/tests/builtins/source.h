/* SPDX-License-Identifier: MIT */
/* OpenCL C that a test puts together. */
#ifndef TANDEM_TEST_SOURCE_H
#define TANDEM_TEST_SOURCE_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct source_text {
	char text[65536];
	size_t length;
};

/* Appends formatted text; a text that is too long ends the program. */
__attribute__((format(printf, 2, 3))) static inline void source_put(struct source_text *source,
								    const char *format, ...)
{
	size_t room_bytes = sizeof(source->text) - source->length;
	va_list list;
	int length;

	va_start(list, format);
	length = vsnprintf(source->text + source->length, room_bytes, format, list);
	va_end(list);
	if (length < 0 || (size_t)length >= room_bytes)
		abort();
	source->length += (size_t)length;
}

static inline void source_begin(struct source_text *source)
{
	source->length = 0;
	source_put(source, "#ifdef cl_khr_fp16\n"
			   "#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n"
			   "#endif\n"
			   "#ifdef cl_khr_fp64\n"
			   "#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n"
			   "#endif\n");
}

/* The name of a scalar or vector type. */
struct source_name {
	char text[16];
};

static inline struct source_name source_vector(const char *type, int width)
{
	struct source_name name;

	if (width == 1)
		snprintf(name.text, sizeof(name.text), "%s", type);
	else
		snprintf(name.text, sizeof(name.text), "%s%d", type, width);
	return name;
}

/* Declares variable and loads it from element i, in units of it, of array. */
static inline void source_load(struct source_text *source, const char *type, int width,
			       const char *variable, const char *array)
{
	if (width == 1)
		source_put(source, "\t%s %s = %s[i];\n", type, variable, array);
	else
		source_put(source, "\t%s%d %s = vload%d(i, %s);\n", type, width, variable, width,
			   array);
}

/* Stores an expression to element i of array + offset. */
static inline void source_store(struct source_text *source, int width, const char *expression,
				const char *array, size_t offset)
{
	if (width == 1)
		source_put(source, "\t(%s + %zu)[i] = %s;\n", array, offset, expression);
	else
		source_put(source, "\tvstore%d(%s, i, %s + %zu);\n", width, expression, array,
			   offset);
}

#endif
