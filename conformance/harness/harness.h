// SPDX-License-Identifier: MIT
/* What the harness's parts share; nothing of it is for cases. */
#ifndef SVM_HARNESS_H
#define SVM_HARNESS_H

#include <stdio.h>
#include <time.h>

#include "suite.h"

#define SVM_EXIT_PASSED	 0
#define SVM_EXIT_FAILED	 1
#define SVM_EXIT_USAGE	 2
#define SVM_EXIT_SKIPPED 77

#define SVM_MAX_DEVICES 16

enum svm_status {
	SVM_STATUS_NONE,
	SVM_STATUS_PASS,
	SVM_STATUS_FAIL,
	SVM_STATUS_SKIP,
};

struct svm_curve {
	char name[48];
	unsigned int count;
	double x[SVM_SERIES_POINTS], y[SVM_SERIES_POINTS];
};

/* In memory that the child shares, so that it tells something of a crash as well. */
struct svm_result {
	enum svm_status status;
	char message[1200];
	char step[160];
	uint64_t iteration;
	bool has_iteration;
	char axes[2][64]; /* what is on x and y */
	struct svm_curve curves[SVM_SERIES_COUNT];
	/* the parent's */
	uint64_t elapsed_ns;
	char output[1600]; /* the end of what the case printed */
	unsigned int runs; /* more than one with --again */
	enum svm_status first_status; /* of the first of several */
	char first_message[1200];
};

struct svm_options {
	bool list;
	const char *filter;
	const char *device;
	const char *json, *junit, *html, *expect, *record;
	unsigned int seconds;
	unsigned int sample;
	unsigned int jobs;
	unsigned int timeout_s;
	unsigned int again;
	uint64_t seed;
};

struct svm_case_list {
	const struct svm_case **cases;
	unsigned int count;
};

struct svm_device_list {
	struct svm_device devices[SVM_MAX_DEVICES];
	unsigned int count;
};

struct svm_report {
	char *const *arguments; /* argv, which begins with the program */
	const struct svm_options *options;
	time_t began;
	struct svm_case_list cases;
	struct svm_device_list devices;
	struct svm_result *results; /* [device][case] */
	uint64_t elapsed_ns;
};

struct svm_counts {
	unsigned int passed, failed, skipped;
};

/* Registered cases whose names match a pattern of @filter (comma-separated globs), by name. */
struct svm_case_list svm_select(const char *filter);
size_t svm_area_length(const char *name);
bool svm_same_area(const char *one, const char *other);

/* False: the program shall exit with *@status. */
bool svm_parse_options(int argc, char **argv, struct svm_options *options, int *status);

/*
 * Looks at all devices, in a process of its own. Returns false where that process
 * crashed or hung.
 */
bool svm_scan_devices(struct svm_device_list *list, unsigned int timeout_s);
bool svm_device_matches(const struct svm_device *device, const char *wanted);
/* In the process that uses OpenCL. */
void svm_list_devices(struct svm_device_list *list);
/* The names of what a case needs and the device lacks, or "". */
void svm_missing(const struct svm_device *device, uint64_t needs, char *text, size_t bytes);

/* In the child, which is killed after @timeout_s. */
void svm_child_begin(struct svm_result *result, unsigned int timeout_s);
void svm_child_stop(void);
void svm_session_open(struct svm_run *run);
void svm_session_close(struct svm_run *run);

/* Runs every case on every device. */
void svm_run_all(struct svm_report *report);
/* Runs a case again that has run, with no other beside it. */
void svm_run_again(struct svm_report *report, unsigned int device, unsigned int test);

const char *svm_status_name(enum svm_status status);
const struct svm_result *svm_result_of(const struct svm_report *report, unsigned int device,
				       unsigned int test);
struct svm_counts svm_count(const struct svm_report *report, unsigned int device, const char *area);
/* The command line that repeats a case. */
void svm_print_repeat(FILE *stream, const struct svm_report *report, unsigned int device,
		      unsigned int test);

/* A line for each result, and the progress, on a terminal. */
void svm_terminal_begin(unsigned int total);
void svm_terminal_running(const char *name, unsigned int done, unsigned int failed);
void svm_terminal_result(const struct svm_report *report, unsigned int device, unsigned int test);
void svm_terminal_summary(const struct svm_report *report);

/* Each returns 0 or -errno. */
int svm_write_json(const struct svm_report *report, const char *path);
int svm_write_junit(const struct svm_report *report, const char *path);
int svm_write_html(const struct svm_report *report, const char *path);
int svm_write_record(const struct svm_report *report, const char *path);

/* Text of a page, with what has a meaning there as itself. */
void svm_print_html(FILE *file, const char *text);
/* A case's curves, of which it may have none. */
bool svm_has_plot(const struct svm_result *result);
void svm_print_plot(FILE *file, const struct svm_result *result);

/*
 * Runs what differs from what @path expects again, as often as --again allows, until it does
 * not. Nothing where that cannot be read: svm_compare() says so.
 */
void svm_run_differing(struct svm_report *report, const char *path);
/* Prints each difference from what @path expects. Returns their number, or -errno. */
int svm_compare(const struct svm_report *report, const char *path);

#endif
