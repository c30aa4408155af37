// SPDX-License-Identifier: MIT
/*
 * What a program was made of besides its source and options: the files that the
 * preprocessor read, by the compiler's own account, with what they held; and the places
 * where it would have taken another file instead, had there been one. As long as all of
 * that holds, the preprocessor would read the same again.
 */
#ifndef TANDEM_COMPILER_DEPENDENCIES_H
#define TANDEM_COMPILER_DEPENDENCIES_H

#include <time.h>

#include "frontend.h"

/*
 * Writes down in @record what @reading tells of a program that was begun at @start, by
 * CLOCK_REALTIME_COARSE, by which files have their times. False where it cannot be said,
 * or not for long: a file has changed since, the date or the time was asked for, or
 * whether there is a file.
 */
bool tandem_dependencies_record(const struct tandem_frontend_input *input,
				const struct tandem_frontend_reading *reading,
				const struct timespec *start, struct tandem_text *record);

/* Whether what was written down still holds. False for bytes that are no record, too. */
bool tandem_dependencies_hold(const void *record, size_t length);

/* A record of nothing, which always holds. */
void tandem_dependencies_record_none(struct tandem_text *record);

#endif
