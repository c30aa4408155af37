// SPDX-License-Identifier: MIT
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "options.h"
#include "signals.h"

unsigned int tandem_log_mask;

static const char *const topic_names[TANDEM_LOG_TOPIC_COUNT] = {
	[TANDEM_LOG_API] = "api",     [TANDEM_LOG_SCHED] = "sched",
	[TANDEM_LOG_SVM] = "svm",     [TANDEM_LOG_COMPILER] = "compiler",
	[TANDEM_LOG_CACHE] = "cache", [TANDEM_LOG_DRIVER] = "driver",
	[TANDEM_LOG_LEAKS] = "leaks",
};

/* One call of fwrite for each line, so that lines of several threads don't mix. */
static void write_line(const char *topic, const char *format, va_list arguments)
{
	struct tandem_quiet quiet;
	char line[2048];
	int length = snprintf(line, sizeof(line), "tandem%s%s: ", topic ? " " : "", topic ?: "");
	int rest = vsnprintf(line + length, sizeof(line) - length - 1, format, arguments);

	if (rest < 0)
		return;
	length += rest;
	if ((size_t)length > sizeof(line) - 2)
		length = sizeof(line) - 2;
	line[length++] = '\n';
	/* A full disk or a reader that is gone is no reason to end the application. */
	tandem_quiet_begin(&quiet);
	fwrite(line, 1, length, stderr);
	tandem_quiet_end(&quiet);
}

void tandem_log_write(enum tandem_log_topic topic, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	write_line(topic_names[topic], format, arguments);
	va_end(arguments);
}

void tandem_warn(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	write_line(NULL, format, arguments);
	va_end(arguments);
}

static unsigned int topic_bits(const char *name, size_t length)
{
	if (length == 3 && !strncmp(name, "all", 3))
		return ~0u;
	for (int i = 0; i < TANDEM_LOG_TOPIC_COUNT; i++) {
		if (strlen(topic_names[i]) == length && !strncmp(name, topic_names[i], length))
			return 1u << i;
	}
	tandem_warn("TANDEM_DEBUG: no topic '%.*s'; TANDEM_DEBUG=help lists them", (int)length,
		    name);
	return 0;
}

void tandem_log_init(void)
{
	const char *value = tandem_option_value(TANDEM_OPTION_DEBUG);
	unsigned int mask = 0;

	if (!value)
		return;
	while (*value) {
		size_t length = strcspn(value, ",");

		if (length == 4 && !strncmp(value, "help", 4))
			tandem_options_print(stderr);
		else if (length)
			mask |= topic_bits(value, length);
		value += length;
		if (*value)
			value++;
	}
	tandem_log_mask = mask;
}
