// SPDX-License-Identifier: MIT
/*
 * What every sample and the benchmark need, so that the programs themselves show
 * only their one idea: options, the choice of a device, building device code,
 * time, progress, and a bound on every wait.
 *
 * Nothing here is specific to one OpenCL implementation.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <CL/cl.h>

#define SAMPLE_NS_PER_S 1000000000ull

/* Exit statuses; 77 is what test runners call "skipped". */
enum sample_exit {
	SAMPLE_OK = 0,
	SAMPLE_FAILED = 1,
	SAMPLE_USAGE = 2,
	SAMPLE_UNSUPPORTED = 77,
};

enum sample_option_kind {
	SAMPLE_OPTION_END,
	SAMPLE_OPTION_FLAG, /* bool, no argument */
	SAMPLE_OPTION_NUMBER, /* unsigned int between minimum and maximum */
	SAMPLE_OPTION_TEXT, /* const char *, points into argv */
};

/* One command-line option; a table of them ends with kind SAMPLE_OPTION_END. */
struct sample_option {
	const char *name;
	enum sample_option_kind kind;
	void *value;
	unsigned int minimum, maximum;
	const char *argument; /* its name in --help */
	const char *help; /* NULL hides the option from --help */
};

/*
 * Parses argv by the table; --help is added to it. Prints what is wrong on stderr.
 * @summary: one paragraph for --help.
 * @operands: names of what may follow the options, "" where nothing may.
 * @first_operand: set to the index in argv of the first argument that is no option.
 * Returns false where the program shall exit now with *status.
 */
bool sample_parse_options(int argc, char **argv, const char *summary, const char *operands,
			  const struct sample_option *options, int *first_operand, int *status);

/* What kernel drivers did to keep CPU and devices of this process apart. */
struct sample_exclusive_counts {
	bool known; /* a driver told */
	unsigned long long faults, granted, revoked; /* of the device; pages */
};

/* The counts so far, from the files in /proc/self/fdinfo. */
struct sample_exclusive_counts sample_exclusive_counts(void);

/* A device, and what the samples must know about it. */
struct sample_device {
	cl_platform_id platform;
	cl_device_id device;
	char name[256];
	char platform_name[256];
	char driver_version[256];
	cl_device_svm_capabilities svm;
	cl_uint version_major; /* of OpenCL, as the device reports it */
	bool c_atomics; /* OpenCL C 2.0 atomics, of device scope at least */
	bool all_devices_scope; /* memory_scope_all_svm_devices can be compiled */
};

/*
 * Chooses a device.
 * @wanted: part of a device's or platform's name, or an index over all devices of
 *	all platforms, or NULL: then the first device that has all of @needed is taken.
 * @needed: SVM capabilities without which the caller cannot work, may be 0.
 * @preferred: without @wanted, a device with these is taken before one without.
 * Prints on stderr which device lacks what where none will do.
 * Returns SAMPLE_OK or SAMPLE_UNSUPPORTED.
 */
int sample_choose_device(const char *wanted, cl_device_svm_capabilities needed,
			 cl_device_svm_capabilities preferred, struct sample_device *device);

/* Whether the device's OpenCL C compiler has a feature macro such as "__opencl_c_int64". */
bool sample_device_has_feature(cl_device_id device, const char *macro);

/* Whether the device reports an extension such as "cl_khr_int64_base_atomics". */
bool sample_device_has_extension(cl_device_id device, const char *name);

/*
 * The atomic scope that SVM_SCOPE stands for in device code:
 * memory_scope_all_svm_devices where the device's compiler has it. Otherwise
 * memory_scope_device, which OpenCL does not promise to be atomic against the CPU.
 */
const char *sample_scope(const struct sample_device *device);

/* Prints the device and the scope used, and says so where the scope is a fallback. */
void sample_print_device(const struct sample_device *device);

/* A device with a context and an in-order queue. */
struct sample_session {
	struct sample_device device;
	cl_context context;
	cl_command_queue queue;
};

/* Makes context and queue for session->device. Returns CL_SUCCESS or the error. */
cl_int sample_session_init(struct sample_session *session);
void sample_session_finish(struct sample_session *session);

/*
 * Builds OpenCL C for the session's device, with SVM_SCOPE defined (see sample_scope).
 * @options: further options of the compiler, or "".
 * Prints the build log on stderr where it fails. Returns CL_SUCCESS or the error.
 */
cl_int sample_build(struct sample_session *session, const char *source, size_t source_bytes,
		    const char *options, cl_program *program);

/*
 * For programs that end at the first error: ends this one with SAMPLE_FAILED and
 * says which call failed how, unless @error is CL_SUCCESS.
 */
void sample_check(cl_int error, const char *call);

/* As sample_session_init(), sample_build(), clCreateKernel(); these end the program on an error. */
void sample_open(struct sample_session *session);
cl_program sample_program(struct sample_session *session, const char *source, size_t source_bytes,
			  const char *options);
cl_kernel sample_kernel(cl_program program, const char *name);

/*
 * clSVMAlloc() of fine-grain memory, with atomics where @atomics is set, filled with
 * zeroes. Ends the program where there is none.
 */
void *sample_svm_alloc(struct sample_session *session, size_t bytes, bool atomics);

/* The symbolic name of an OpenCL error, "unknown error" for a number that has none. */
const char *sample_error_name(cl_int error);

/* Monotonic time in nanoseconds. */
uint64_t sample_now_ns(void);

/* Text in red or green, where standard output is a terminal. */
const char *sample_red(void);
const char *sample_green(void);
const char *sample_colour_end(void);

/*
 * A line of progress on stderr, overwritten by the next; only on a terminal, and only
 * when the program has run for more than two seconds.
 */
void sample_progress(const char *format, ...) __attribute__((format(printf, 1, 2)));
void sample_progress_end(void);

/*
 * Bounds whatever the calling thread waits for next: unless sample_wait_end() comes
 * within @limit_s seconds, prints "<text>: no end after <limit_s> s" and ends the
 * program with SAMPLE_FAILED. The text says who waits for what. Waits do not nest;
 * one thread of the program may use this at a time.
 * @stop: a word that makes the device code return once it is 1, or NULL. It is set
 * before the program ends, so that no kernel is left behind on the device.
 */
void sample_wait_begin(unsigned int limit_s, _Atomic uint32_t *stop, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void sample_wait_end(void);

/* Tells the processor that this is a spin loop. */
static inline void sample_spin_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#endif
}
