// SPDX-License-Identifier: MIT
/*
 * What a thread of api-fuzz knows of the OpenCL objects that it has made.
 *
 * Overview
 *	A world is a table of objects with the references that the application has to each,
 *	what its buffers hold as far as that is known, and the handles of objects that were
 *	released. A step is a call or a few, chosen by chance and by the table alone: never by
 *	what time has to do with, so that the same seed takes the same steps.
 *
 * Waiting
 *	What waits (clFinish, blocking commands) is called only after the thread has set all
 *	its user events and flushed its queues, so that it ends. A thread that waits for the
 *	queue that all threads share waits only for threads that go on.
 *
 * Contents
 *	A buffer's bytes are known again once it is written as a whole while nothing else is
 *	under way; commands that are not waited for make them unknown.
 */
#ifndef TANDEM_TESTS_FUZZ_API_WORLD_H
#define TANDEM_TESTS_FUZZ_API_WORLD_H

#include <CL/cl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum kind { CONTEXT, QUEUE, BUFFER, PROGRAM, KERNEL, EVENT, KIND_COUNT };

#define MOST_OBJECTS  12 /* of a kind */
#define MOST_STALE    32
#define MOST_SVM      6
#define MOST_MAPPINGS 6
#define MOST_BYTES    16384 /* of a buffer that is written and read */

/* The bytes of a buffer and its sub-buffers. */
struct storage {
	unsigned int users;
	size_t bytes;
	bool known; /* the buffer holds what is expected */
	unsigned char *expected;
};

struct object {
	void *handle; /* NULL: a free place of the table */
	unsigned int references; /* the application's */
	unsigned int pins; /* of a context: SVM allocations, which are freed by it */
	unsigned int context; /* number of the context that it belongs to, or is */
	bool shared; /* other threads have references, too */
	bool shown; /* a query has returned the handle: it is valid as long as the object lives */
	cl_device_id device; /* of contexts and queues */
	bool owns_device; /* a sub-device */
	struct storage *storage; /* of buffers, as the three that follow */
	size_t origin, bytes;
	cl_mem_flags flags;
	bool is_sub_buffer;
	bool built; /* of programs */
	unsigned int function; /* of kernels: enum function, as the two that follow */
	unsigned int arguments_set; /* a bit for each */
	bool is_safe; /* no argument makes it reach what it must not */
	bool local_too_large;
	struct object *target; /* of a safe kernel: the buffer that it writes to, or NULL */
	uint32_t limit, value; /* likewise, its other arguments */
	bool is_user, is_set; /* of events, as the next */
	bool has_callbacks; /* while one runs, there is a reference for it */
};

/* The kernels of programs.c. */
enum function { FILL, ADD, SUM, NOTHING, FUNCTION_COUNT };

struct svm {
	void *pointer;
	size_t bytes;
	struct object *context;
};

struct mapping {
	struct object *buffer;
	void *pointer;
};

struct world {
	uint64_t random;
	bool is_alone; /* no other thread: released handles stay what they are */
	bool is_settled; /* no command is under way */
	unsigned int last_context;
	struct object objects[KIND_COUNT][MOST_OBJECTS];
	struct {
		enum kind kind;
		void *handle; /* NULL: it may be valid again */
		bool shown;
	} stale[MOST_STALE];
	unsigned int stale_count; /* all that there were */
	struct svm svm[MOST_SVM];
	struct mapping mappings[MOST_MAPPINGS];
	cl_event orphans[MOST_OBJECTS]; /* the last commands of queues that were released */
	unsigned int orphan_count;
	unsigned char *scratch; /* MOST_BYTES, that commands may use at any time */
	/* Last; read by the watchdog and by what says where a fault was. */
	_Atomic uint64_t step;
	const char *_Atomic action;
};

/* A callback was asked for; one came. */
void want_callback(void);
void note_callback(void);
/* Waits until all came that were asked for; false where some do not come in time. */
bool wait_for_callbacks(void);

extern cl_platform_id fuzz_platform;
extern cl_device_id fuzz_device;

/* ---- chance ---- */

/* A number below @limit, which is not 0. */
uint32_t chance(struct world *world, uint32_t limit);
/* True once in @times. */
bool once_in(struct world *world, uint32_t times);
/* A size that is often at an edge, or far too large. */
size_t odd_size(struct world *world, size_t usual);

/* ---- checks: what fails ends the program, with seed and step ---- */

#define expect(world, condition, ...)                                                       \
	do {                                                                                \
		if (!(condition))                                                           \
			fail_step((world), __FILE__, __LINE__, "" #condition, __VA_ARGS__); \
	} while (0)
#define expect_code(world, expected, code)                               \
	do {                                                             \
		cl_int code_ = (code);                                   \
		if (code_ != (expected))                                 \
			fail_step((world), __FILE__, __LINE__, "" #code, \
				  "is %d, expected " #expected, code_);  \
	} while (0)
#define expect_success(world, code) expect_code((world), CL_SUCCESS, (code))

_Noreturn void fail_step(const struct world *world, const char *file, int line, const char *what,
			 const char *format, ...) __attribute__((format(printf, 5, 6)));

/* ---- the table ---- */

/* @scratch: MOST_BYTES that outlive all commands. */
void world_init(struct world *world, unsigned char *scratch, bool is_alone);
/* Before each step: chance goes on from there, whatever came before. */
void seed_step(struct world *world, uint64_t seed, uint64_t step);
/* Settles, and releases everything. */
void world_finish(struct world *world);

/* A free place for an object of @kind, or NULL. */
struct object *free_place(struct world *world, enum kind kind);
/* Any object of @kind, or NULL where there is none. */
struct object *any_object(struct world *world, enum kind kind);
/* The same, of the context with that number. */
struct object *any_of_context(struct world *world, enum kind kind, unsigned int context);
/* The context of @object while the application has it, or NULL. */
struct object *context_of_object(struct world *world, const struct object *object);

/* Drops one reference; at the last, the place is free, and the handle stale. */
void drop_reference(struct world *world, enum kind kind, struct object *object);
/* A query has returned the handle. */
void note_shown(struct world *world, const void *handle);
cl_int retain_handle(enum kind kind, void *handle);
cl_int release_handle(enum kind kind, void *handle);

/* Notes a new event of a command, or releases it where there is no place. */
void add_event(struct world *world, unsigned int context, cl_event event, bool is_user);

/* Lets all that the thread has begun come to its end, in time. */
void let_go_on(struct world *world);
/* And waits for it. */
void settle(struct world *world);

/* A wait list of at most 3 events of a context, and where to put a command's event. */
struct events {
	cl_event list[3];
	cl_uint count;
	cl_event event;
	bool wants_event;
};

void choose_events(struct world *world, unsigned int context, struct events *events);
#define event_list(events)  (events)->count, (events)->count ? (events)->list : NULL
#define event_place(events) ((events)->wants_event ? &(events)->event : NULL)
/* Behind a command that was enqueued, and is not waited for. */
void note_command(struct world *world, unsigned int context, struct events *events);

/* ---- the steps ---- */

struct step {
	const char *name;
	unsigned int weight;
	void (*take)(struct world *world);
};

extern const struct step object_steps[], buffer_steps[], svm_steps[], event_steps[],
	program_steps[], launch_steps[], query_steps[], invalid_steps[];
/* Those that take the compiler, and so many times as long as others. */
extern const struct step compiler_steps[];

/* Builds a program that has a source, and notes how it went. */
void build_program(struct world *world, struct object *program);
/* A kernel of a built program, or nothing where there is no place. */
void add_kernel(struct world *world, struct object *program);

/* One built program with its kernels, for the steps of a world; from the kernel cache. */
void make_first_objects(struct world *world);
/* What all threads use; the first call makes it, the last one gives it up. */
void share_objects(struct world *world);
void finish_shared_objects(void);

#endif
