// SPDX-License-Identifier: MIT
/* The live view as lines of text; see terminal.h for how they get to the screen. */
#ifndef TANDEM_TOP_VIEW_H
#define TANDEM_TOP_VIEW_H

#include "gpus.h"
#include "options.h"
#include "util/text.h"

/* What a line is, as its first byte says. */
enum top_style {
	TOP_STYLE_PLAIN = 'p',
	TOP_STYLE_HEADER = 'h', /* the names of columns */
	TOP_STYLE_CONTENDED = 'c', /* a range that CPUs and the GPU fight for */
	TOP_STYLE_DIM = 'd', /* a range in which nothing happened */
};

struct top_view {
	const struct top_ledger *ledger;
	const struct top_gpus *gpus;
	enum top_sort sort;
	int pid; /* 0: all processes */
	double seconds; /* that the round took */
	size_t most_ranges; /* lines for ranges at most, 0: all */
	size_t most_pages; /* lines for contended pages at most */
};

/*
 * Adds the view's lines to @text, each a byte of enum top_style, its text and a newline.
 * What other programs have named is printable ASCII in it.
 */
void top_view_print(const struct top_view *view, struct tandem_text *text);

#endif
