// SPDX-License-Identifier: MIT
/*
 * The traces of a real kernel that tests of tandem-top read: sample.txt, of 01_svm_atomics, and
 * causes.txt, of selftests of the kernel.
 */
#pragma once

#include "top/ledger.h"

/* What is in the files. */
#define SAMPLE_LINES	 300
#define SAMPLE_FAULTS	 105
#define SAMPLE_GRANTS	 96
#define SAMPLE_REVOKED	 95
#define SAMPLE_START	 0x7fc20be00000u
#define SAMPLE_EXCLUSIVE 0x2ebb5dd6u
#define SAMPLE_OTHER	 0x66eeab86u
/* No thread of this machine has such numbers. */
#define TID 5000001
#define PID 5000000

typedef void (*line_taker)(void *context, char *line);

/* Takes the arguments of a test's main(): the one is the folder of the files. */
void open_traces(int argc, char **argv);

/* Calls taker(@context, line) for each line of the file @name, and returns how many there are. */
unsigned int for_each_line(const char *name, line_taker taker, void *context);

/* As top_event_parse(), of a whole line. */
bool parse(const char *line, struct top_event *event);

/* A line_taker: an event goes to the struct top_ledger @context. */
void take_line(void *context, char *line);

/* The context of that number that has not ended; a test without it is over. */
struct top_context *find(struct top_ledger *ledger, uint64_t exclusive);
