// SPDX-License-Identifier: MIT
#include "printf_output.h"

#include <locale.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "util/alloc.h"
#include "util/log.h"
#include "util/signals.h"

struct record {
	uint32_t bytes; /* with this head; a multiple of 8 */
	uint32_t format;
	uint64_t group;
	uint32_t local_id;
	uint32_t unused;
	char values[];
};

struct tandem_printf_buffer {
	uint32_t capacity;
	_Atomic uint32_t used;
	_Atomic bool full;
	_Alignas(8) char records[];
};

struct tandem_printf_buffer *tandem_printf_buffer_create(uint32_t bytes)
{
	struct tandem_printf_buffer *buffer;

	/* Zeros: a thread may be stopped before it has written what it has reserved. */
	buffer = mmap(NULL, sizeof(*buffer) + bytes, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (buffer == MAP_FAILED)
		return NULL;
	buffer->capacity = bytes;
	atomic_init(&buffer->used, 0);
	atomic_init(&buffer->full, false);
	return buffer;
}

void tandem_printf_buffer_destroy(struct tandem_printf_buffer *buffer)
{
	munmap(buffer, sizeof(*buffer) + buffer->capacity);
}

static uint64_t linear_group(const struct tandem_group_context *context)
{
	return (context->group_id[2] * context->group_count[1] + context->group_id[1]) *
		       context->group_count[0] +
	       context->group_id[0];
}

void *tandem_printf_reserve(const struct tandem_group_context *context, uint32_t format,
			    uint32_t bytes, uint32_t local_id)
{
	struct tandem_printf_buffer *buffer = context->printf_buffer;
	uint32_t total = (uint32_t)sizeof(struct record) + bytes, used;
	struct record *record;

	if (!buffer)
		return NULL;
	used = atomic_load_explicit(&buffer->used, memory_order_relaxed);
	do {
		if (total > buffer->capacity - used) {
			atomic_store(&buffer->full, true);
			return NULL;
		}
	} while (!atomic_compare_exchange_weak(&buffer->used, &used, used + total));
	record = (struct record *)(buffer->records + used);
	record->bytes = total;
	record->format = format;
	record->group = linear_group(context);
	record->local_id = local_id;
	return record->values;
}

/* ---- order ---- */

static int compare_records(const void *a, const void *b)
{
	const struct record *one = *(const struct record *const *)a;
	const struct record *other = *(const struct record *const *)b;

	if (one->group != other->group)
		return one->group < other->group ? -1 : 1;
	if (one->local_id != other->local_id)
		return one->local_id < other->local_id ? -1 : 1;
	/* One work-item's records lie in the order in which it made them. */
	return one < other ? -1 : one > other;
}

static const struct record **sort_records(const struct tandem_printf_buffer *buffer, size_t *count)
{
	const uint32_t used = atomic_load(&buffer->used);
	const struct record **sorted;
	size_t found = 0;

	sorted = tandem_new_array(sorted, used / sizeof(struct record) + 1);
	if (!sorted)
		return NULL;
	for (uint32_t at = 0; at < used; at += sorted[found - 1]->bytes) {
		const struct record *record = (const struct record *)(buffer->records + at);

		if (!record->bytes)
			break;
		sorted[found++] = record;
	}
	qsort(sorted, found, sizeof(*sorted), compare_records);
	*count = found;
	return sorted;
}

/* ---- formats ---- */

/* A conversion specification, taken apart. */
struct conversion {
	const char *text, *end; /* as it stands in the format */
	char prefix[32]; /* percent sign, flags, width, precision */
	unsigned int vector; /* elements, 0 for a scalar */
	unsigned int element_bytes; /* by the length modifier, 0 without one */
	char letter; /* 0 where OpenCL C has no such conversion */
	uint32_t value_count; /* arguments that were passed for it */
};

/* Takes a number or an asterisk, which stands for an argument and is none of OpenCL C's. */
static const char *read_number(const char *text, struct conversion *conversion)
{
	if (*text == '*') {
		conversion->value_count++;
		return text + 1;
	}
	return text + strspn(text, "0123456789");
}

/* OpenCL C's length modifiers, and those of C that mean a long on the device. */
static const char *read_length(const char *text, unsigned int *element_bytes)
{
	static const struct {
		const char *modifier;
		unsigned int element_bytes;
	} lengths[] = { { "hh", 1 }, { "hl", 4 }, { "h", 2 }, { "ll", 8 }, { "l", 8 },
			{ "j", 8 },  { "z", 8 },  { "t", 8 }, { "q", 8 },  { "L", 8 } };

	*element_bytes = 0;
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(lengths); i++) {
		size_t length = strlen(lengths[i].modifier);

		if (!strncmp(text, lengths[i].modifier, length)) {
			*element_bytes = lengths[i].element_bytes;
			return text + length;
		}
	}
	return text;
}

/* Takes the specification at @text apart, whether there is such a conversion or not. */
static struct conversion read_conversion(const char *text)
{
	struct conversion conversion = { .text = text, .value_count = 1 };
	size_t length;

	text += 1 + strspn(text + 1, "-+ #0");
	text = read_number(text, &conversion);
	if (*text == '.')
		text = read_number(text + 1, &conversion);
	length = (size_t)(text - conversion.text);
	if (*text == 'v' && text[1] >= '1' && text[1] <= '9') {
		char *end;

		conversion.vector = (unsigned int)strtoul(text + 1, &end, 10);
		text = end;
	}
	text = read_length(text, &conversion.element_bytes);
	if (length < sizeof(conversion.prefix) && conversion.value_count == 1 && *text &&
	    strchr("diouxXfFeEgGaAcsp", *text)) {
		memcpy(conversion.prefix, conversion.text, length);
		conversion.letter = *text;
	}
	conversion.end = *text ? text + 1 : text;
	return conversion;
}

/* One element of a value, as C's printf takes it. */
struct element {
	long long number; /* sign-extended */
	double real;
	const void *pointer;
};

static double half_to_double(uint16_t bits)
{
	int exponent = bits >> 10 & 31, sign = bits & 0x8000 ? -1 : 1;
	double mantissa = bits & 1023;

	if (exponent == 31)
		return mantissa ? __builtin_nan("") : sign * __builtin_inf();
	if (!exponent)
		return sign * mantissa * 0x1p-24;
	return sign * __builtin_ldexp(mantissa + 1024, exponent - 25);
}

static struct element read_element(const struct tandem_printf_value *value, const char *bytes)
{
	struct element element = { 0 };
	int64_t number = 0;

	memcpy(&number, bytes, value->element_bytes);
	/* Sign-extends: shifts the sign to the top and back. */
	number = (int64_t)((uint64_t)number << (64 - 8 * value->element_bytes)) >>
		 (64 - 8 * value->element_bytes);
	element.number = number;
	if (value->kind == TANDEM_PRINTF_POINTER) {
		memcpy(&element.pointer, bytes, sizeof(element.pointer));
	} else if (value->kind == TANDEM_PRINTF_FLOAT && value->element_bytes == 8) {
		memcpy(&element.real, bytes, sizeof(element.real));
	} else if (value->kind == TANDEM_PRINTF_FLOAT && value->element_bytes == 4) {
		float real;

		memcpy(&real, bytes, sizeof(real));
		element.real = real;
	} else if (value->kind == TANDEM_PRINTF_FLOAT) {
		element.real = half_to_double((uint16_t)number);
	}
	return element;
}

static bool is_unsigned(char letter)
{
	return strchr("ouxX", letter);
}

static unsigned long long without_sign(long long number, unsigned int bytes)
{
	return bytes >= 8 ? (unsigned long long)number :
			    (unsigned long long)number & ((1ull << 8 * bytes) - 1);
}

static long long with_sign(long long number, unsigned int bytes)
{
	unsigned int shift = bytes >= 8 ? 0 : 64 - 8 * bytes;

	return (long long)((unsigned long long)number << shift) >> shift;
}

static void print_element(const struct conversion *conversion,
			  const struct tandem_printf_value *value, const char *bytes, FILE *stream)
{
	const struct element element = read_element(value, bytes);
	/* Without a length, int: what the compiler passes, and for vectors the element. */
	unsigned int width = conversion->element_bytes ? conversion->element_bytes : 4;
	char format[64];

	switch (conversion->letter) {
	case 'c':
		snprintf(format, sizeof(format), "%sc", conversion->prefix);
		fprintf(stream, format, (int)element.number);
		break;
	case 's':
		snprintf(format, sizeof(format), "%ss", conversion->prefix);
		fprintf(stream, format,
			value->kind == TANDEM_PRINTF_POINTER && element.pointer ?
				(const char *)element.pointer :
				"(null)");
		break;
	case 'p':
		snprintf(format, sizeof(format), "%sp", conversion->prefix);
		fprintf(stream, format, element.pointer);
		break;
	case 'd':
	case 'i':
		snprintf(format, sizeof(format), "%sll%c", conversion->prefix, conversion->letter);
		fprintf(stream, format, with_sign(element.number, width));
		break;
	default:
		if (is_unsigned(conversion->letter)) {
			snprintf(format, sizeof(format), "%sll%c", conversion->prefix,
				 conversion->letter);
			fprintf(stream, format, without_sign(element.number, width));
		} else {
			snprintf(format, sizeof(format), "%s%c", conversion->prefix,
				 conversion->letter);
			fprintf(stream, format, element.real);
		}
	}
}

/* Elements of a vector, with commas between them. */
static void print_value(const struct conversion *conversion,
			const struct tandem_printf_value *value, const char *bytes, FILE *stream)
{
	unsigned int count = conversion->vector ? conversion->vector : 1;

	for (unsigned int i = 0; i < count && i < value->elements; i++) {
		if (i)
			fputc(',', stream);
		print_element(conversion, value, bytes + (size_t)i * value->element_bytes, stream);
	}
}

static size_t value_bytes(const struct tandem_printf_value *value)
{
	/* A vector of three has room for four. */
	uint32_t elements = value->elements == 3 ? 4 : value->elements;

	return tandem_align_up((uint64_t)elements * value->element_bytes, 8);
}

/*
 * Prints a conversion as it stands in the format: one that OpenCL C does not have, or one
 * without an argument.
 */
static void print_as_it_stands(const struct conversion *conversion,
			       const struct tandem_printf_format *format, FILE *stream)
{
	int length = (int)(conversion->end - conversion->text);

	fwrite(conversion->text, 1, (size_t)length, stream);
	tandem_log(TANDEM_LOG_DRIVER, "printf: '%.*s' is %s in '%s'", length, conversion->text,
		   conversion->letter ? "without an argument" : "no conversion of OpenCL C",
		   format->format);
}

static void print_record(const struct record *record, const struct tandem_printf_format *format,
			 FILE *stream)
{
	const char *text = format->format, *bytes = record->values;
	uint32_t next = 0;

	while (*text) {
		size_t plain = strcspn(text, "%");
		struct conversion conversion;

		fwrite(text, 1, plain, stream);
		text += plain;
		if (!*text)
			break;
		if (text[1] == '%') {
			fputc('%', stream);
			text += 2;
			continue;
		}
		conversion = read_conversion(text);
		if (conversion.letter && next < format->value_count)
			print_value(&conversion, &format->values[next], bytes, stream);
		else
			print_as_it_stands(&conversion, format, stream);
		for (uint32_t i = 0; i < conversion.value_count && next < format->value_count; i++)
			bytes += value_bytes(&format->values[next++]);
		text = conversion.end;
	}
}

/* The locale of C's own, which the application may have left; 0 without memory. */
static locale_t plain_locale;
static pthread_once_t plain_locale_once = PTHREAD_ONCE_INIT;

static void make_plain_locale(void)
{
	plain_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

void tandem_printf_buffer_print(const struct tandem_printf_buffer *buffer,
				const struct tandem_description *description, FILE *stream)
{
	const struct record **records;
	struct tandem_quiet quiet;
	locale_t before;
	size_t count = 0;

	records = sort_records(buffer, &count);
	pthread_once(&plain_locale_once, make_plain_locale);
	/* uselocale(0) changes nothing. */
	before = uselocale(plain_locale);
	tandem_quiet_begin(&quiet);
	flockfile(stream);
	for (size_t i = 0; i < count; i++) {
		if (records[i]->format < description->format_count)
			print_record(records[i], &description->formats[records[i]->format], stream);
	}
	fflush(stream);
	funlockfile(stream);
	tandem_quiet_end(&quiet);
	uselocale(before);
	if (atomic_load(&buffer->full))
		tandem_warn("the printf buffer of %u bytes was full, some output is lost",
			    buffer->capacity);
	free(records);
}
