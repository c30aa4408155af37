// SPDX-License-Identifier: MIT
/*
 * A program that calls every function of the dispatch table, checks what it does,
 * and releases everything: what valgrind watches.
 */
#ifndef TANDEM_TESTS_API_ENTRY_POINTS_H
#define TANDEM_TESTS_API_ENTRY_POINTS_H

#include <CL/cl_icd.h>
#include <stddef.h>
#include <string.h>

#include "../harness.h"

#define SLOT_COUNT (sizeof(cl_icd_dispatch) / sizeof(void *))

struct tour {
	const cl_icd_dispatch *cl; /* the ICD's own table */
	bool called[SLOT_COUNT];
	cl_platform_id platform;
	cl_device_id device;
	cl_context context;
	cl_command_queue queue; /* with profiling */
	cl_mem buffer, target; /* TOUR_BYTES each */
	cl_program program;
	cl_kernel kernel; /* adds its second argument to each int of its first */
	int *svm; /* TOUR_BYTES */
};

#define TOUR_BYTES 256u
#define TOUR_INTS  (TOUR_BYTES / sizeof(cl_int))

/* Calls a function of the table, and notes that it was called. */
#define CALL(name, ...)                                                         \
	(tour->called[offsetof(cl_icd_dispatch, name) / sizeof(void *)] = true, \
	 tour->cl->name(__VA_ARGS__))

/* The same, where the function returns a code that must be CL_SUCCESS. */
#define GOOD(name, ...) check_success(CALL(name, __VA_ARGS__))

/* Each of these uses what the ones before have left in the tour. */
void tour_platform(struct tour *tour);
void tour_context(struct tour *tour);
void tour_memory(struct tour *tour);
void tour_svm(struct tour *tour);
void tour_program(struct tour *tour);
void tour_kernel(struct tour *tour);
void tour_events(struct tour *tour);
void tour_images(struct tour *tour);
void tour_absent(struct tour *tour);
void tour_sharing(struct tour *tour);
void tour_release(struct tour *tour);

#endif
