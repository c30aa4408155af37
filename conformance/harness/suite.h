// SPDX-License-Identifier: MIT
/*
 * What a case of the suite is, and what it may use.
 *
 * Overview
 *	A case checks one claim of the specification. It registers itself with
 *	SVM_CASE(), or in rows with svm_register(), and is named area_behaviour. It runs in a
 *	process of its own, which ends with the first failure: so a case needs no
 *	unwinding, and neither a crash nor a hang reaches another case.
 *
 *	svm_run holds the device, a context and an in-order queue. svm_expect() and
 *	its relatives end the case as failed, svm_skip() as not tried; a case that
 *	returns has passed.
 *
 * Bounds
 *	The parent kills a case that takes longer than the --timeout, and reports the
 *	step and the iteration it was in. A second before, the stop word (see
 *	svm_stop_word()) becomes 1, so that device code that spins can give up and
 *	no kernel is left on the device. Device code must look at it wherever it spins.
 *
 * Repeatability
 *	Random choices come from svm_run.random, whose seed is made of --seed and the
 *	case's name. The number of rounds is fixed too, unless --seconds asks for more.
 */
#ifndef SVM_SUITE_H
#define SVM_SUITE_H

#include <CL/cl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a case needs of the device; where that is missing, the case is skipped. */
enum svm_need {
	SVM_COARSE = 1 << 0,
	SVM_FINE = 1 << 1,
	SVM_ATOMICS = 1 << 2,
	SVM_SYSTEM = 1 << 3,
	SVM_ALL_DEVICES = 1 << 4, /* memory_scope_all_svm_devices */
	SVM_ACQ_REL = 1 << 5,
	SVM_SEQ_CST = 1 << 6,
	SVM_INT64_ATOMICS = 1 << 7,
	SVM_FP64 = 1 << 8,
	SVM_OUT_OF_ORDER = 1 << 9,
	SVM_PARTITION = 1 << 10, /* sub-devices of one compute unit */
	SVM_TWO_UNITS = 1 << 11, /* two compute units */
	SVM_ANY_SVM = 1 << 12, /* CL_DEVICE_SVM_CAPABILITIES is not 0 */
	SVM_NO_DEVICE = 1 << 13, /* runs without OpenCL: the harness's own tests */
	SVM_C_ATOMICS = 1 << 14, /* atomics of OpenCL C 2.0 with device scope */
	/* Of cl_ext_float_atomics, on global memory. */
	SVM_FLOAT_ADD = 1 << 15,
	SVM_FLOAT_MIN_MAX = 1 << 16,
	SVM_DOUBLE_ADD = 1 << 17,
	SVM_DOUBLE_MIN_MAX = 1 << 18,
	SVM_IMAGES = 1 << 19,
};

struct svm_device {
	cl_platform_id platform;
	cl_device_id handle;
	unsigned int index; /* over all devices of all platforms */
	char name[256];
	char platform_name[128];
	char driver_version[128];
	char version[128];
	unsigned int version_major;
	cl_device_svm_capabilities svm;
	cl_uint compute_units;
	size_t max_work_group;
	uint64_t has; /* enum svm_need */
};

struct svm_random {
	uint64_t state;
};

struct svm_run;

struct svm_case {
	const char *name; /* area_behaviour */
	const char *claim; /* one sentence */
	const char *section; /* "API ..." or "C ...", as README.md numbers them */
	uint64_t needs; /* enum svm_need */
	void (*run)(struct svm_run *run);
	const void *row; /* of a table, for cases that are made from one */
	struct svm_case *next;
};

struct svm_run {
	const struct svm_case *test;
	struct svm_device device;
	cl_context context;
	cl_command_queue queue;
	struct svm_random random;
	uint64_t seed;
	unsigned int seconds; /* 0: a fixed number of rounds */
	unsigned int sample; /* one in so many of that number, at least 1 */
};

/* ---- registration ---- */

/* Adds a case; called before main(). The case must stay. */
void svm_register(struct svm_case *test);

/* A registered copy of a row's case, with a name made like printf's. */
void svm_register_row(const struct svm_case *pattern, const void *row, const char *name, ...)
	__attribute__((format(printf, 3, 4)));

#define SVM_CASE(identifier, case_needs, case_section, case_claim)           \
	static void identifier(struct svm_run *run);                         \
	static struct svm_case identifier##_case = {                         \
		.name = #identifier,                                         \
		.claim = case_claim,                                         \
		.section = case_section,                                     \
		.needs = case_needs,                                         \
		.run = identifier,                                           \
	};                                                                   \
	__attribute__((constructor)) static void identifier##_register(void) \
	{                                                                    \
		svm_register(&identifier##_case);                            \
	}                                                                    \
	static void identifier(struct svm_run *run)

/* ---- verdicts ---- */

/* Ends the case as failed. */
_Noreturn void svm_fail(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Ends the case as not tried, with what is missing. */
_Noreturn void svm_skip(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define svm_expect(condition, ...)                                 \
	do {                                                       \
		if (!(condition))                                  \
			svm_fail(__FILE__, __LINE__, __VA_ARGS__); \
	} while (0)

#define svm_expect_equal(expected, seen) \
	svm_check_equal(__FILE__, __LINE__, (int64_t)(expected), (int64_t)(seen), #seen)

#define svm_success(call)		svm_check_code(__FILE__, __LINE__, CL_SUCCESS, call, #call)
#define svm_expect_code(expected, call) svm_check_code(__FILE__, __LINE__, expected, call, #call)

void svm_check_equal(const char *file, int line, int64_t expected, int64_t seen, const char *text);
void svm_check_code(const char *file, int line, cl_int expected, cl_int seen, const char *call);

/* The symbolic name of an OpenCL error. */
const char *svm_error_name(cl_int error);

/* From here on the case does @what: for reports of a hang or a crash. */
void svm_step(const char *what);

/* The round that the case is in, for reports. */
void svm_iteration(uint64_t iteration);

/*
 * for (uint64_t i = 0; svm_more(run, i, 100); i++): 100 rounds, with --sample one in so many
 * of them, and with --seconds as many more as fit.
 */
bool svm_more(const struct svm_run *run, uint64_t iteration, uint64_t rounds);

/* A word of memory that device code looks at becomes 1 before the case is ended. NULL: none. */
void svm_stop_word(_Atomic cl_uint *word);

/* ---- waiting ---- */

/*
 * Spins, giving the processor away, until *@word is @wanted. The case fails where that takes
 * longer than half of the --timeout.
 */
void svm_await(_Atomic cl_uint *word, cl_uint wanted, const char *what);
void svm_await_at_least(_Atomic cl_uint *word, cl_uint wanted, const char *what);

uint64_t svm_now_ns(void);

/* ---- chance ---- */

uint64_t svm_random_next(struct svm_random *random);
/* From 0 to @limit - 1. */
uint64_t svm_random_below(struct svm_random *random, uint64_t limit);

/* ---- OpenCL in few words; all of these end the case where a call fails ---- */

/* @options: further options of the compiler. SVM_SCOPE is defined. */
cl_program svm_build(struct svm_run *run, const char *source, const char *options, ...)
	__attribute__((format(printf, 3, 4)));
cl_program svm_build_in(struct svm_run *run, cl_context context, const char *source,
			const char *options);
cl_kernel svm_kernel(cl_program program, const char *name);
/* The kernel @name of a program that is nothing else's. */
cl_kernel svm_build_kernel(struct svm_run *run, const char *source, const char *name);

/* SVM memory, filled with zeroes. */
void *svm_coarse(struct svm_run *run, size_t bytes);
void *svm_fine(struct svm_run *run, size_t bytes);
void *svm_atomic(struct svm_run *run, size_t bytes);
/* Coarse memory where the device has no better; see svm_map(). */
void *svm_any(struct svm_run *run, size_t bytes);

/* Gives coarse-grain memory to the host, and to the device; blocks. */
void svm_map(struct svm_run *run, void *pointer, size_t bytes);
void svm_unmap(struct svm_run *run, void *pointer);

void svm_arg(cl_kernel kernel, cl_uint index, size_t bytes, const void *value);
void svm_arg_uint(cl_kernel kernel, cl_uint index, cl_uint value);
void svm_arg_pointer(cl_kernel kernel, cl_uint index, const void *pointer);

/* @local 0: the implementation's choice. */
void svm_launch(cl_command_queue queue, cl_kernel kernel, size_t global, size_t local);
/* A launch with an event of which the caller has a reference. */
cl_event svm_launch_event(cl_command_queue queue, cl_kernel kernel, size_t global,
			  cl_uint wait_count, const cl_event *wait);
/* clFinish(), as a step of its own. */
void svm_finish(cl_command_queue queue, const char *what);
cl_command_queue svm_queue(struct svm_run *run, cl_command_queue_properties flags);
cl_int svm_event_status(cl_event event);
cl_command_type svm_event_type(cl_event event);

/* ---- figures for the report ---- */

/*
 * A curve of at most SVM_SERIES_POINTS points, none below 0; more are left out. All of a case
 * have the same axes: @x and @y say what is on them, and in which unit, as "time (ms)".
 */
#define SVM_SERIES_POINTS 100
#define SVM_SERIES_COUNT  2
void svm_axes(const char *x, const char *y);
void svm_series(unsigned int index, const char *name, const double *x, const double *y,
		unsigned int count);

#endif
