// SPDX-License-Identifier: MIT
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "log.h"

static const struct tandem_option_description descriptions[] = {
#define TANDEM_OPTION_DESCRIPTION(identifier, variable, help) { variable, help },
	TANDEM_OPTIONS(TANDEM_OPTION_DESCRIPTION)
#undef TANDEM_OPTION_DESCRIPTION
};

const struct tandem_option_description *tandem_option_describe(enum tandem_option option)
{
	return &descriptions[option];
}

const char *tandem_option_value(enum tandem_option option)
{
	return secure_getenv(descriptions[option].variable);
}

uint64_t tandem_option_number(enum tandem_option option, uint64_t low, uint64_t high,
			      uint64_t otherwise)
{
	const char *value = tandem_option_value(option);
	unsigned long long number;
	char *end;

	if (!value || !*value)
		return otherwise;
	errno = 0;
	number = strtoull(value, &end, 10);
	if (errno || *end || !isdigit((unsigned char)*value) || number < low || number > high) {
		tandem_warn("%s=%s: not a number from %llu to %llu, taking %llu",
			    descriptions[option].variable, value, (unsigned long long)low,
			    (unsigned long long)high, (unsigned long long)otherwise);
		return otherwise;
	}
	return number;
}

void tandem_options_print(FILE *stream)
{
	for (int i = 0; i < TANDEM_OPTION_COUNT; i++)
		fprintf(stream, "%s\n\t%s\n", descriptions[i].variable, descriptions[i].help);
}
