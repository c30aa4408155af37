// SPDX-License-Identifier: MIT
/* The screen and the keys of a terminal. */
#ifndef TANDEM_TOP_TERMINAL_H
#define TANDEM_TOP_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#include "util/text.h"

/* Begins to use the whole screen of standard output, and the keys of standard input. */
void top_terminal_begin(void);

/* Gives both back as they were. Nothing where it has not begun. */
void top_terminal_end(void);

/* Lines and columns of the terminal on standard output, 24 and 80 where it does not say. */
void top_terminal_size(unsigned int *rows, unsigned int *columns);

/* A key that was pressed, 0 where none was, -1 where no more can come. */
int top_terminal_key(void);

/*
 * Writes the lines of a view (view.h): on the screen, cut to its size; or, with @plain, one after
 * the other and an empty one behind. False where standard output takes no more.
 */
bool top_terminal_show(const struct tandem_text *view, bool plain);

#endif
