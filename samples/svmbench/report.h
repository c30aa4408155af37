// SPDX-License-Identifier: MIT
#pragma once

#include <stdio.h>

#include "side.h"

/* What a run was, for the reports. */
struct run {
	struct side sides[2];
	unsigned int side_count; /* 2 for --compare */
	unsigned int rounds;
	unsigned int measure_ms;
	bool *selected; /* by position of the benchmark */
};

/* Prints the aligned table on standard output. */
void report_table(const struct run *run);

/* Writes all figures as JSON to @stream. */
void report_json(const struct run *run, FILE *stream);

/* The exit status that the outcomes call for. */
int report_status(const struct run *run);
