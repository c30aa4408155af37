// SPDX-License-Identifier: MIT
#include "event.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

/* Columns of a thread's name; the '-' before its number follows. */
#define NAME_COLUMNS 16
#define LONGEST_LINE 1024
#define PREFIX	     "drm_exclusive_"

static const char *const cause_names[TOP_CAUSE_COUNT] = {
	[DRM_EXCLUSIVE_CAUSE_CPU] = "cpu",
	[DRM_EXCLUSIVE_CAUSE_DEVICE] = "device",
	[DRM_EXCLUSIVE_CAUSE_UNMAP] = "unmap",
	[DRM_EXCLUSIVE_CAUSE_CLEAR] = "clear",
	[DRM_EXCLUSIVE_CAUSE_PROTECTION] = "protection",
	[DRM_EXCLUSIVE_CAUSE_MIGRATE] = "migrate",
	[DRM_EXCLUSIVE_CAUSE_EXIT] = "exit",
	[DRM_EXCLUSIVE_CAUSE_RELEASE] = "release",
	[DRM_EXCLUSIVE_CAUSE_PRESSURE] = "pressure",
	[TOP_CAUSE_OTHER] = "other",
};

static const struct {
	const char *name;
	enum top_event_kind kind;
} kinds[] = {
	{ "register", TOP_EVENT_REGISTER }, { "grant", TOP_EVENT_GRANT },
	{ "fault", TOP_EVENT_FAULT },	    { "retry", TOP_EVENT_RETRY },
	{ "degrade", TOP_EVENT_DEGRADE },   { "revoke", TOP_EVENT_REVOKE },
};

const char *top_cause_name(unsigned int cause)
{
	return cause_names[cause < TOP_CAUSE_COUNT ? cause : TOP_CAUSE_OTHER];
}

static unsigned int find_cause(const char *name)
{
	for (unsigned int i = 0; i < TOP_CAUSE_OTHER; i++) {
		if (!strcmp(cause_names[i], name))
			return i;
	}
	return TOP_CAUSE_OTHER;
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool starts_with_digit(const char *text, int base)
{
	return is_digit(*text) || (base == 16 && strchr("abcdefABCDEF", *text) && *text);
}

/* A number of digits only, no sign, up to @most; moves *@text behind it. */
static bool take_number(const char **text, int base, uint64_t most, uint64_t *number)
{
	char *end;

	if (!starts_with_digit(*text, base))
		return false;
	errno = 0;
	*number = strtoull(*text, &end, base);
	if (errno || *number > most)
		return false;
	*text = end;
	return true;
}

static void skip_blanks(const char **text)
{
	*text += strspn(*text, " ");
}

static bool take(const char **text, const char *expected)
{
	size_t length = strlen(expected);

	if (strncmp(*text, expected, length) != 0)
		return false;
	*text += length;
	return true;
}

/* "  01_svm_atomics-79      (     79) ": a process that is not known is "(-------)". */
static bool take_task(const char **text, struct top_event *event)
{
	const char *name = *text;
	size_t length = NAME_COLUMNS;
	uint64_t number;

	if (strnlen(*text, NAME_COLUMNS + 1) <= NAME_COLUMNS || name[NAME_COLUMNS] != '-')
		return false;
	*text += NAME_COLUMNS + 1;
	while (length && *name == ' ') {
		name++;
		length--;
	}
	if (length >= TOP_NAME_BYTES)
		return false;
	memcpy(event->thread, name, length);
	event->thread[length] = 0;
	if (!take_number(text, 10, INT32_MAX, &number))
		return false;
	event->tid = (int)number;
	skip_blanks(text);
	if (!take(text, "("))
		return true;
	skip_blanks(text);
	if (take_number(text, 10, INT32_MAX, &number))
		event->pid = (int)number;
	else
		*text += strspn(*text, "-");
	if (!take(text, ")"))
		return false;
	skip_blanks(text);
	return true;
}

/* "[001] .N...     7.906052: " */
static bool take_place_and_time(const char **text, struct top_event *event)
{
	uint64_t processor, seconds, microseconds;
	const char *fraction;

	if (!take(text, "[") || !take_number(text, 10, INT32_MAX, &processor) || !take(text, "] "))
		return false;
	*text += strcspn(*text, " ");
	skip_blanks(text);
	if (!take_number(text, 10, UINT64_MAX / 1000000000u - 1, &seconds) || !take(text, "."))
		return false;
	fraction = *text;
	if (!take_number(text, 10, 999999, &microseconds) || *text - fraction != 6)
		return false;
	event->ns = seconds * 1000000000u + microseconds * 1000u;
	return take(text, ": ");
}

static bool take_kind(const char **text, struct top_event *event)
{
	if (!take(text, PREFIX))
		return false;
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(kinds); i++) {
		if (!take(text, kinds[i].name))
			continue;
		event->kind = kinds[i].kind;
		return take(text, ": ");
	}
	return false;
}

enum {
	FIELD_EXCLUSIVE = 1 << 0,
	FIELD_START = 1 << 1,
	FIELD_END = 1 << 2,
	FIELD_VALUE = 1 << 3,
	FIELD_CAUSE = 1 << 4,
};

/* @value: up to the end of the field. Returns the bit of the field, 0 for one that is not known, -1
 * where it makes no sense. */
static int take_field(const char *name, const char *value, struct top_event *event)
{
	bool negative = false;
	uint64_t number;

	if (!strcmp(name, "cause")) {
		event->cause = find_cause(value);
		return FIELD_CAUSE;
	}
	if (!strcmp(name, "exclusive"))
		return take_number(&value, 16, UINT64_MAX, &event->exclusive) && !*value ?
			       FIELD_EXCLUSIVE :
			       -1;
	if (!strcmp(name, "start") || !strcmp(name, "end")) {
		uint64_t *address = name[0] == 's' ? &event->start : &event->end;

		if (!take(&value, "0x") || !take_number(&value, 16, INT64_MAX, address) || *value)
			return -1;
		return name[0] == 's' ? FIELD_START : FIELD_END;
	}
	if (strcmp(name, "value") != 0 && strcmp(name, "npages") != 0)
		return 0;
	negative = name[0] == 'v' && take(&value, "-");
	if (!take_number(&value, 10, INT32_MAX, &number) || *value)
		return -1;
	event->value = negative ? -(int64_t)number : (int64_t)number;
	return FIELD_VALUE;
}

/* "exclusive=000000002ebb5dd6 start=0x7fc20be00000 ...": in any order, others among them. */
static bool take_fields(const char *text, struct top_event *event)
{
	char name[32], value[64];
	int found = 0, needed = FIELD_EXCLUSIVE | FIELD_START | FIELD_END | FIELD_VALUE;

	for (skip_blanks(&text); *text; skip_blanks(&text)) {
		size_t name_length = strcspn(text, "= ");
		size_t value_length;
		int field;

		if (text[name_length] != '=')
			return false;
		value_length = strcspn(text + name_length + 1, " ");
		if (name_length < sizeof(name) && value_length < sizeof(value)) {
			memcpy(name, text, name_length);
			name[name_length] = 0;
			memcpy(value, text + name_length + 1, value_length);
			value[value_length] = 0;
			field = take_field(name, value, event);
			/* A field twice is from somebody who wants to be believed. */
			if (field < 0 || (found & field))
				return false;
			found |= field;
		}
		text += name_length + 1 + value_length;
	}
	if (event->kind == TOP_EVENT_REVOKE)
		needed |= FIELD_CAUSE;
	return (found & needed) == needed;
}

/* What cannot be: more pages than the addresses span, a registration of 2. */
static bool makes_sense(struct top_event *event)
{
	if (event->start >= event->end)
		return false;
	switch (event->kind) {
	case TOP_EVENT_REGISTER:
		if (event->value == 0)
			event->kind = TOP_EVENT_UNREGISTER;
		return event->value == 0 || event->value == 1;
	case TOP_EVENT_GRANT:
	case TOP_EVENT_REVOKE:
		return event->value >= 0 && (uint64_t)event->value <= top_event_pages(event);
	case TOP_EVENT_FAULT:
		return event->value <= 0;
	default:
		return event->value >= 0;
	}
}

/* "CPU:1 [LOST 123 EVENTS]", or without the number where the kernel has not counted. */
static bool parse_lost(const char *text, struct top_event *event)
{
	uint64_t number;

	if (!take(&text, "CPU:") || !take_number(&text, 10, INT32_MAX, &number) ||
	    !take(&text, " [LOST "))
		return false;
	event->value = 1;
	if (take_number(&text, 10, INT64_MAX, &number)) {
		event->value = (int64_t)number;
		if (!take(&text, " "))
			return false;
	}
	event->kind = TOP_EVENT_LOST;
	return !strcmp(text, "EVENTS]");
}

bool top_event_parse(const char *line, size_t length, struct top_event *event)
{
	char copy[LONGEST_LINE];
	const char *text = copy;

	*event = (struct top_event){ 0 };
	if (length >= sizeof(copy) || memchr(line, 0, length))
		return false;
	memcpy(copy, line, length);
	copy[length] = 0;
	if (parse_lost(text, event))
		return true;
	return take_task(&text, event) && take_place_and_time(&text, event) &&
	       take_kind(&text, event) && take_fields(text, event) && makes_sense(event);
}
