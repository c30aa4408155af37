// SPDX-License-Identifier: MIT
#include "trace_json.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEEPEST 32

struct reader {
	const char *at, *start, *end;
	struct trace *trace;
};

/* Where a value stands: in an event, in its arguments, or where it does not matter. */
enum place {
	PLACE_EVENT,
	PLACE_ARGUMENTS,
	PLACE_ELSEWHERE,
};

static bool read_value(struct reader *reader, int depth, enum place place, const char *key);

static void skip_space(struct reader *reader)
{
	while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) && *reader->at)
		reader->at++;
}

static bool take(struct reader *reader, char byte)
{
	skip_space(reader);
	if (reader->at == reader->end || *reader->at != byte)
		return false;
	reader->at++;
	return true;
}

static bool take_word(struct reader *reader, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, word, length) != 0)
		return false;
	reader->at += length;
	return true;
}

static bool take_escape(struct reader *reader)
{
	if (reader->at == reader->end)
		return false;
	if (*reader->at != 'u')
		return *reader->at && strchr("\"\\/bfnrt", *reader->at++);
	reader->at++;
	for (int i = 0; i < 4; i++, reader->at++) {
		if (reader->at == reader->end || !isxdigit((unsigned char)*reader->at))
			return false;
	}
	return true;
}

/* Bytes that are not ASCII would have to be UTF-8; none are expected. */
static bool read_string(struct reader *reader, char *copy)
{
	const char *first;
	size_t length;

	if (!take(reader, '"'))
		return false;
	first = reader->at;
	while (reader->at < reader->end && *reader->at != '"') {
		unsigned char byte = (unsigned char)*reader->at++;

		if (byte < ' ' || byte > '~' || (byte == '\\' && !take_escape(reader)))
			return false;
	}
	if (reader->at == reader->end)
		return false;
	length = (size_t)(reader->at - first);
	if (length > TRACE_TEXT_BYTES - 1)
		length = TRACE_TEXT_BYTES - 1;
	memcpy(copy, first, length);
	copy[length] = 0;
	reader->at++;
	return true;
}

static bool take_digits(struct reader *reader)
{
	const char *first = reader->at;

	while (reader->at < reader->end && isdigit((unsigned char)*reader->at))
		reader->at++;
	return reader->at > first;
}

static bool read_number(struct reader *reader, double *number)
{
	const char *first = reader->at;
	char copy[64] = "";
	size_t length;

	take_word(reader, "-");
	/* A number does not begin with a zero, unless that is all before the point. */
	if (take_word(reader, "0") ?
		    reader->at < reader->end && isdigit((unsigned char)*reader->at) :
		    !take_digits(reader))
		return false;
	if (take_word(reader, ".") && !take_digits(reader))
		return false;
	if (take_word(reader, "e") || take_word(reader, "E")) {
		if (!take_word(reader, "+"))
			take_word(reader, "-");
		if (!take_digits(reader))
			return false;
	}
	length = (size_t)(reader->at - first);
	if (length >= sizeof(copy))
		return false;
	memcpy(copy, first, length);
	*number = strtod(copy, NULL);
	return true;
}

static struct trace_event *this_event(struct reader *reader)
{
	return &reader->trace->events[reader->trace->count - 1];
}

static void note_string(struct reader *reader, enum place place, const char *key, const char *value)
{
	struct trace_event *event;

	if (place == PLACE_ELSEWHERE)
		return;
	event = this_event(reader);
	if (place == PLACE_ARGUMENTS) {
		if (!strcmp(key, "name"))
			strcpy(event->named, value);
		else if (!strcmp(key, "cause"))
			strcpy(event->cause, value);
	} else if (!strcmp(key, "ph")) {
		event->ph = value[0];
	} else if (!strcmp(key, "name")) {
		strcpy(event->name, value);
	} else if (!strcmp(key, "cat")) {
		strcpy(event->cat, value);
	}
}

static void note_number(struct reader *reader, enum place place, const char *key, double value)
{
	struct trace_event *event;

	if (place != PLACE_EVENT)
		return;
	event = this_event(reader);
	if (!strcmp(key, "pid"))
		event->pid = (long long)value;
	else if (!strcmp(key, "tid"))
		event->tid = (long long)value;
	else if (!strcmp(key, "ts"))
		event->ts_us = value;
	else if (!strcmp(key, "dur"))
		event->dur_us = value;
}

static bool read_object(struct reader *reader, int depth, enum place place)
{
	char key[TRACE_TEXT_BYTES];

	if (take(reader, '}'))
		return true;
	do {
		enum place inner = PLACE_ELSEWHERE;

		if (!read_string(reader, key) || !take(reader, ':'))
			return false;
		skip_space(reader);
		if (place == PLACE_EVENT && reader->at < reader->end && *reader->at == '{')
			inner = strcmp(key, "args") == 0 ? PLACE_ARGUMENTS : PLACE_ELSEWHERE;
		else
			inner = place;
		if (!read_value(reader, depth + 1, inner, key))
			return false;
	} while (take(reader, ','));
	return take(reader, '}');
}

static bool read_array(struct reader *reader, int depth)
{
	if (take(reader, ']'))
		return true;
	do {
		if (!read_value(reader, depth + 1, PLACE_ELSEWHERE, ""))
			return false;
	} while (take(reader, ','));
	return take(reader, ']');
}

static bool read_value(struct reader *reader, int depth, enum place place, const char *key)
{
	char string[TRACE_TEXT_BYTES];
	double number;

	skip_space(reader);
	if (reader->at == reader->end || depth > DEEPEST)
		return false;
	switch (*reader->at) {
	case '{':
		reader->at++;
		return read_object(reader, depth, place);
	case '[':
		reader->at++;
		return read_array(reader, depth);
	case '"':
		if (!read_string(reader, string))
			return false;
		note_string(reader, place, key, string);
		return true;
	case 't':
		return take_word(reader, "true");
	case 'f':
		return take_word(reader, "false");
	case 'n':
		return take_word(reader, "null");
	default:
		if (!read_number(reader, &number))
			return false;
		note_number(reader, place, key, number);
		return true;
	}
}

static bool add_event(struct trace *trace)
{
	if (trace->count == trace->room) {
		size_t room = trace->room ? 2 * trace->room : 256;
		struct trace_event *moved = realloc(trace->events, room * sizeof(*moved));

		if (!moved)
			return false;
		trace->events = moved;
		trace->room = room;
	}
	trace->events[trace->count++] = (struct trace_event){ .ts_us = -1, .dur_us = -1 };
	return true;
}

static bool read_events(struct reader *reader)
{
	if (!take(reader, '['))
		return false;
	if (take(reader, ']'))
		return true;
	do {
		if (!take(reader, '{') || !add_event(reader->trace) ||
		    !read_object(reader, 1, PLACE_EVENT))
			return false;
	} while (take(reader, ','));
	return take(reader, ']');
}

bool trace_read(const char *text, size_t length, struct trace *trace, size_t *where)
{
	struct reader reader = { .at = text, .start = text, .end = text + length, .trace = trace };
	bool is_one;

	*trace = (struct trace){ 0 };
	is_one = read_events(&reader);
	skip_space(&reader);
	*where = (size_t)(reader.at - text);
	if (is_one && reader.at == reader.end)
		return true;
	trace_finish(trace);
	return false;
}

bool trace_read_file(const char *path, struct trace *trace)
{
	FILE *file = fopen(path, "re");
	size_t length = 0, room = 1 << 16, got, where;
	char *text = malloc(room);
	bool is_one;

	*trace = (struct trace){ 0 };
	while (file && text && (got = fread(text + length, 1, room - length, file))) {
		length += got;
		if (length == room) {
			room *= 2;
			text = realloc(text, room);
		}
	}
	if (!file || !text) {
		printf("%s: cannot be read\n", path);
		if (file)
			fclose(file);
		free(text);
		return false;
	}
	fclose(file);
	is_one = trace_read(text, length, trace, &where);
	if (!is_one)
		printf("%s: no trace, from byte %zu on: '%.*s'\n", path, where,
		       (int)(length - where > 60 ? 60 : length - where), text + where);
	free(text);
	return is_one;
}

void trace_finish(struct trace *trace)
{
	free(trace->events);
	*trace = (struct trace){ 0 };
}
