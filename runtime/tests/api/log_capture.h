// SPDX-License-Identifier: MIT
/* What the library logs, kept for the test to look at. */
#ifndef TANDEM_TESTS_API_LOG_CAPTURE_H
#define TANDEM_TESTS_API_LOG_CAPTURE_H

#include <stdbool.h>

/*
 * From here on the stream stderr goes to memory, and @topics are logged. Before the first
 * call of OpenCL. The file descriptor stays as it is, for what sanitizers have to say.
 */
void log_capture_start(const char *topics);

/*
 * The lines since the last call, until the next. No call of OpenCL that logs may be under
 * way in another thread.
 */
const char *log_capture_take(void);

/*
 * The name of the call in a line of the topic api, as long as @length, and its error @code;
 * @line moves on to the next line. False behind the last.
 */
bool log_capture_next_failure(const char **line, const char **name, int *length, int *code);

#endif
