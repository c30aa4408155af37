// SPDX-License-Identifier: MIT
/* The two things that the program does. Each returns what it exits with. */
#ifndef TANDEM_TOP_MODES_H
#define TANDEM_TOP_MODES_H

#include "options.h"

int top_live(const struct top_options *options);
int top_record(const struct top_options *options);

#endif
