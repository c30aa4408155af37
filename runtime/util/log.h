// SPDX-License-Identifier: MIT
/* Messages to standard error, chosen by topic with TANDEM_DEBUG. */
#ifndef TANDEM_UTIL_LOG_H
#define TANDEM_UTIL_LOG_H

#include <stdatomic.h>
#include <stdbool.h>

enum tandem_log_topic {
	TANDEM_LOG_API,
	TANDEM_LOG_SCHED,
	TANDEM_LOG_SVM,
	TANDEM_LOG_COMPILER,
	TANDEM_LOG_CACHE,
	TANDEM_LOG_DRIVER,
	TANDEM_LOG_LEAKS,
	TANDEM_LOG_TOPIC_COUNT
};

/* One bit a topic; read through tandem_log_enabled(). */
extern unsigned int tandem_log_mask;

/* Reads TANDEM_DEBUG. Called once, before anything logs. */
void tandem_log_init(void);

static inline bool tandem_log_enabled(enum tandem_log_topic topic)
{
	return __builtin_expect(tandem_log_mask & (1u << topic), 0);
}

void tandem_log_write(enum tandem_log_topic topic, const char *format, ...)
	__attribute__((format(printf, 2, 3), cold));

/* Writes a line where TANDEM_DEBUG names the topic. */
#define tandem_log(topic, ...)                                \
	do {                                                  \
		if (tandem_log_enabled(topic))                \
			tandem_log_write(topic, __VA_ARGS__); \
	} while (0)

/* Writes a line in any case: for mistakes in the user's settings. */
void tandem_warn(const char *format, ...) __attribute__((format(printf, 1, 2), cold));

#endif
