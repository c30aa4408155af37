// SPDX-License-Identifier: MIT
/* The list of cases. */
#include <fnmatch.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

static struct svm_case *first_case;
static unsigned int case_count;

void svm_register(struct svm_case *test)
{
	test->next = first_case;
	first_case = test;
	case_count++;
}

void svm_register_row(const struct svm_case *pattern, const void *row, const char *name, ...)
{
	struct svm_case *test = malloc(sizeof(*test));
	char *text = NULL;
	va_list arguments;

	va_start(arguments, name);
	if (!test || vasprintf(&text, name, arguments) < 0)
		abort();
	va_end(arguments);
	*test = *pattern;
	test->name = text;
	test->row = row;
	svm_register(test);
}

size_t svm_area_length(const char *name)
{
	return strcspn(name, "_");
}

bool svm_same_area(const char *one, const char *other)
{
	size_t length = svm_area_length(one);

	return length == svm_area_length(other) && !strncmp(one, other, length);
}

static bool matches(const char *name, const char *filter)
{
	char *copy = strdup(filter), *rest = NULL, *pattern;
	bool found = false;

	for (pattern = copy ? strtok_r(copy, ",", &rest) : NULL; pattern && !found;
	     pattern = strtok_r(NULL, ",", &rest))
		found = !fnmatch(pattern, name, 0);
	free(copy);
	return found;
}

static int by_name(const void *one, const void *other)
{
	return strcmp((*(const struct svm_case *const *)one)->name,
		      (*(const struct svm_case *const *)other)->name);
}

struct svm_case_list svm_select(const char *filter)
{
	struct svm_case_list list = { calloc(case_count + 1, sizeof(*list.cases)), 0 };
	const struct svm_case *test;

	if (!list.cases)
		abort();
	for (test = first_case; test; test = test->next) {
		if (!filter || matches(test->name, filter))
			list.cases[list.count++] = test;
	}
	qsort(list.cases, list.count, sizeof(*list.cases), by_name);
	return list;
}
