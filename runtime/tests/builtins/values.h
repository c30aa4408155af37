/* SPDX-License-Identifier: MIT */
/* The types of OpenCL C and values of them, for tests of many types. */
#ifndef TANDEM_TEST_VALUES_H
#define TANDEM_TEST_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "random.h"
#include "session.h"

enum value_type {
	TYPE_CHAR,
	TYPE_UCHAR,
	TYPE_SHORT,
	TYPE_USHORT,
	TYPE_INT,
	TYPE_UINT,
	TYPE_LONG,
	TYPE_ULONG,
	TYPE_HALF, /* from here on no integers */
	TYPE_FLOAT,
	TYPE_DOUBLE,
	TYPE_COUNT,
};

struct value_type_info {
	const char *name;
	const char *signed_name; /* of the integers of its size */
	const char *unsigned_name;
	size_t size_bytes;
	bool is_signed;
	bool is_real;
};

extern const struct value_type_info value_types[TYPE_COUNT];

/* Whether a device has a type: half and double are extensions. */
bool value_type_is_there(const struct tandem_session *session, enum value_type type);

#define VALUE_WIDTHS 6
extern const int value_widths[VALUE_WIDTHS];

/* An integer of an array of any integer type, and the other way. */
__int128 value_integer(enum value_type type, const void *array, size_t index);
void value_set_integer(enum value_type type, void *array, size_t index, __int128 value);
/* A floating-point number of an array of half, float or double, and the other way. */
double value_real(enum value_type type, const void *array, size_t index);
void value_set_real(enum value_type type, void *array, size_t index, double value);

/* The least and greatest value of an integer type. */
__int128 value_least(enum value_type type);
__int128 value_greatest(enum value_type type);

/* Fills an array with values: ends, small ones, powers of two, special numbers of
 * floating-point types, and random bits. */
void value_fill(enum value_type type, void *array, size_t count, struct tandem_random *random);

/* Whether two values have the same bits, or are both NaN. */
bool value_is_same(enum value_type type, const void *a, const void *b);
/* Writes a value for a message. */
void value_print(enum value_type type, const void *value, char *text, size_t size_bytes);

/* A buffer argument of value_run(). */
struct value_buffer {
	void *content; /* read and written back */
	size_t size_bytes;
};

/*
 * Builds a program, runs one of its kernels in one dimension on buffers, which are
 * its arguments in order, and releases it. The seed of a message is up to the test.
 * False if the program does not build, or is not tried (tandem_session_takes_next()).
 */
bool value_run(const struct tandem_session *session, const char *source, const char *options,
	       const char *kernel_name, const struct value_buffer *buffers, size_t buffer_count,
	       size_t global_size, size_t local_size);

/* Counts a failed check and prints the first few of a test. */
__attribute__((format(printf, 1, 2))) void value_fail(const char *format, ...);
/* Prints what was checked; the exit status of the test: 0, or 1 after failures. */
int value_finish(size_t checks);

#endif
