// SPDX-License-Identifier: MIT
#include "values.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "half_number.h"

#define MOST_MESSAGES 20
#define MOST_BUFFERS  8

const struct value_type_info value_types[TYPE_COUNT] = {
	[TYPE_CHAR] = { "char", "char", "uchar", 1, true, false },
	[TYPE_UCHAR] = { "uchar", "char", "uchar", 1, false, false },
	[TYPE_SHORT] = { "short", "short", "ushort", 2, true, false },
	[TYPE_USHORT] = { "ushort", "short", "ushort", 2, false, false },
	[TYPE_INT] = { "int", "int", "uint", 4, true, false },
	[TYPE_UINT] = { "uint", "int", "uint", 4, false, false },
	[TYPE_LONG] = { "long", "long", "ulong", 8, true, false },
	[TYPE_ULONG] = { "ulong", "long", "ulong", 8, false, false },
	[TYPE_HALF] = { "half", "short", "ushort", 2, true, true },
	[TYPE_FLOAT] = { "float", "int", "uint", 4, true, true },
	[TYPE_DOUBLE] = { "double", "long", "ulong", 8, true, true },
};

const int value_widths[VALUE_WIDTHS] = { 1, 2, 3, 4, 8, 16 };

static size_t failures;

bool value_type_is_there(const struct tandem_session *session, enum value_type type)
{
	if (type == TYPE_HALF)
		return session->has_half;
	return type != TYPE_DOUBLE || session->has_double;
}

__int128 value_integer(enum value_type type, const void *array, size_t index)
{
	switch (type) {
	case TYPE_CHAR:
		return ((const int8_t *)array)[index];
	case TYPE_UCHAR:
		return ((const uint8_t *)array)[index];
	case TYPE_SHORT:
		return ((const int16_t *)array)[index];
	case TYPE_USHORT:
		return ((const uint16_t *)array)[index];
	case TYPE_INT:
		return ((const int32_t *)array)[index];
	case TYPE_UINT:
		return ((const uint32_t *)array)[index];
	case TYPE_LONG:
		return ((const int64_t *)array)[index];
	case TYPE_ULONG:
		return ((const uint64_t *)array)[index];
	default:
		abort();
	}
}

void value_set_integer(enum value_type type, void *array, size_t index, __int128 value)
{
	uint64_t bits = (uint64_t)value;
	size_t size_bytes = value_types[type].size_bytes;

	/* Little-endian: the low bytes come first. */
	memcpy((char *)array + index * size_bytes, &bits, size_bytes);
}

double value_real(enum value_type type, const void *array, size_t index)
{
	if (type == TYPE_HALF)
		return half_value(((const uint16_t *)array)[index]);
	return type == TYPE_FLOAT ? (double)((const float *)array)[index] :
				    ((const double *)array)[index];
}

void value_set_real(enum value_type type, void *array, size_t index, double value)
{
	if (type == TYPE_HALF)
		((uint16_t *)array)[index] = half_bits(value, 0);
	else if (type == TYPE_FLOAT)
		((float *)array)[index] = (float)value;
	else
		((double *)array)[index] = value;
}

__int128 value_least(enum value_type type)
{
	if (!value_types[type].is_signed)
		return 0;
	return -((__int128)1 << (8 * value_types[type].size_bytes - 1));
}

__int128 value_greatest(enum value_type type)
{
	size_t bits = 8 * value_types[type].size_bytes - (value_types[type].is_signed ? 1 : 0);

	return ((__int128)1 << bits) - 1;
}

static __int128 interesting_integer(enum value_type type, struct tandem_random *random)
{
	size_t bits = 8 * value_types[type].size_bytes;

	switch (tandem_random_below(random, 5)) {
	case 0:
		return value_least(type) + (__int128)tandem_random_below(random, 3);
	case 1:
		return value_greatest(type) - (__int128)tandem_random_below(random, 3);
	case 2:
		return (__int128)tandem_random_below(random, 7) - 3;
	case 3:
		return ((__int128)1 << tandem_random_below(random, bits)) +
		       (__int128)tandem_random_below(random, 3) - 1;
	default:
		return (__int128)(tandem_random_bits(random) >> tandem_random_below(random, 64));
	}
}

/* Where conversions and roundings change what they do. */
static const double edges[] = { 0.0,
				1.0,
				0.5,
				1.5,
				2.5,
				3.0,
				127.0,
				128.5,
				255.0,
				256.0,
				32767.5,
				65536.0,
				65504,
				65520,
				0x1p-14,
				0x1p-24,
				0x1p-25,
				0x1p-149,
				0x1p31,
				0x1p32,
				0x1p53,
				0x1p63,
				0x1p64,
				0x1p-126,
				0x1p-1074,
				0x1p-1022,
				0x1.fffffep127,
				0x1.fffffffffffffp1023,
				INFINITY,
				NAN };

#define EDGES (sizeof(edges) / sizeof(edges[0]))
/* Each edge and its two neighbours, with both signs. */
#define EDGE_NUMBERS (6 * EDGES)

static double neighbour(enum value_type type, double number, double towards)
{
	if (type == TYPE_HALF)
		return half_next(number, towards);
	if (type == TYPE_FLOAT)
		return (double)nextafterf((float)number, (float)towards);
	return nextafter(number, towards);
}

static double edge_number(enum value_type type, size_t i)
{
	double number = edges[i / 6 % EDGES];

	if (i / 2 % 3 == 1)
		number = neighbour(type, number, 0);
	else if (i / 2 % 3 == 2)
		number = neighbour(type, number, INFINITY);
	return i & 1 ? -number : number;
}

static double random_real(enum value_type type, struct tandem_random *random)
{
	uint64_t bits = tandem_random_bits(random);
	uint32_t low = (uint32_t)bits;
	double number;
	float as_float;

	switch (tandem_random_below(random, 4)) {
	case 0:
		return edge_number(type, tandem_random_below(random, EDGE_NUMBERS));
	case 1:
		return tandem_random_between(random, -300, 300);
	case 2:
		return ldexp(tandem_random_between(random, -1, 1),
			     (int)tandem_random_below(random, 70));
	default:
		memcpy(&number, &bits, sizeof(number));
		memcpy(&as_float, &low, sizeof(as_float));
		if (type == TYPE_HALF)
			return half_value((uint16_t)bits);
		return type == TYPE_FLOAT ? (double)as_float : number;
	}
}

/* Up to half of the numbers are edges in turn, from any one on, so that arrays differ. */
static void fill_reals(enum value_type type, void *array, size_t count,
		       struct tandem_random *random)
{
	size_t start = tandem_random_below(random, EDGE_NUMBERS);

	for (size_t i = 0; i < count; i++) {
		bool is_edge = i < EDGE_NUMBERS && i < count / 2;

		value_set_real(type, array, i,
			       is_edge ? edge_number(type, (start + i) % EDGE_NUMBERS) :
					 random_real(type, random));
	}
}

void value_fill(enum value_type type, void *array, size_t count, struct tandem_random *random)
{
	if (value_types[type].is_real) {
		fill_reals(type, array, count, random);
		return;
	}
	for (size_t i = 0; i < count; i++)
		value_set_integer(type, array, i, interesting_integer(type, random));
}

bool value_is_same(enum value_type type, const void *a, const void *b)
{
	if (value_types[type].is_real && isnan(value_real(type, a, 0)) &&
	    isnan(value_real(type, b, 0)))
		return true;
	return memcmp(a, b, value_types[type].size_bytes) == 0;
}

void value_print(enum value_type type, const void *value, char *text, size_t size_bytes)
{
	if (value_types[type].is_real)
		snprintf(text, size_bytes, "%a", value_real(type, value, 0));
	else if (value_types[type].is_signed)
		snprintf(text, size_bytes, "%lld", (long long)value_integer(type, value, 0));
	else
		snprintf(text, size_bytes, "%llu",
			 (unsigned long long)value_integer(type, value, 0));
}

bool value_run(const struct tandem_session *session, const char *source, const char *options,
	       const char *kernel_name, const struct value_buffer *buffers, size_t buffer_count,
	       size_t global_size, size_t local_size)
{
	cl_mem device_buffers[MOST_BUFFERS];
	cl_program program;
	cl_kernel kernel;

	if (!tandem_session_takes_next())
		return false;
	program = tandem_program_build(session, source, options);
	if (!program) {
		value_fail("%s does not build with %s", kernel_name, options);
		return false;
	}
	if (buffer_count > MOST_BUFFERS)
		abort();
	kernel = tandem_kernel_create(program, kernel_name);
	for (size_t i = 0; i < buffer_count; i++) {
		device_buffers[i] =
			tandem_buffer_create(session, buffers[i].size_bytes, buffers[i].content);
		tandem_kernel_set(kernel, (cl_uint)i, sizeof(cl_mem), &device_buffers[i]);
	}
	tandem_kernel_run(session, kernel, global_size, local_size);
	for (size_t i = 0; i < buffer_count; i++) {
		tandem_buffer_read(session, device_buffers[i], buffers[i].size_bytes,
				   buffers[i].content);
		tandem_buffer_release(device_buffers[i]);
	}
	tandem_kernel_release(kernel);
	tandem_program_release(program);
	return true;
}

void value_fail(const char *format, ...)
{
	va_list list;

	failures++;
	if (failures > MOST_MESSAGES)
		return;
	va_start(list, format);
	printf("FAIL: ");
	vprintf(format, list);
	printf("\n");
	va_end(list);
}

int value_finish(size_t checks)
{
	printf("%zu checks, %zu failures\n", checks, failures);
	return failures || !checks ? 1 : 0;
}
