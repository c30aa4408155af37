// SPDX-License-Identifier: MIT
/*
 * What every OpenCL object begins with.
 *
 * An object counts two kinds of references. The application's are what
 * clRetain* and clRelease* change and what *_REFERENCE_COUNT tells; together
 * they hold one reference of the second kind, which the runtime uses for
 * itself. When the application has let go, its handle is invalid, though the
 * object may live on until the runtime needs it no more. A handle that a query has
 * returned is valid as long as the object lives: the application may take it from there.
 *
 * The memory of objects is used again for objects only. A handle of one that is gone leads to
 * memory that says so, or to another object, and the loader, which looks at it first, still
 * finds its functions there.
 */
#ifndef TANDEM_CORE_OBJECT_H
#define TANDEM_CORE_OBJECT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Unlikely values, so that a handle that is something else is found out. */
enum tandem_kind {
	TANDEM_KIND_PLATFORM = 0x7a6e0001,
	TANDEM_KIND_DEVICE,
	TANDEM_KIND_CONTEXT,
	TANDEM_KIND_QUEUE,
	TANDEM_KIND_MEMORY,
	TANDEM_KIND_PROGRAM,
	TANDEM_KIND_KERNEL,
	TANDEM_KIND_EVENT,
	TANDEM_KIND_SAMPLER,
	TANDEM_KIND_COMMAND_BUFFER,
	TANDEM_KIND_MUTABLE_COMMAND,
};

struct tandem_object {
	const void *dispatch; /* first: the OpenCL loader finds its functions here */
	_Atomic uint32_t kind; /* 0 once the object is gone */
	_Atomic uint32_t application_references;
	_Atomic uint32_t references;
	_Atomic bool shown; /* a query has returned the handle */
	_Atomic bool lent; /* the application has had the handle */
	void (*destroy)(struct tandem_object *object);
};

/*
 * Memory for a structure of @bytes that begins with an object: zeros, aligned as malloc's.
 * NULL without memory.
 */
void *tandem_object_allocate(size_t bytes);

#define tandem_new_object(pointer) ((__typeof__(pointer))tandem_object_allocate(sizeof(*(pointer))))

/* Gives such memory back. The object is gone, or was never initialised. */
void tandem_object_free(struct tandem_object *object);

/* The table for objects' dispatch fields, given once before any object is made. */
void tandem_object_set_dispatch(const void *dispatch);

/*
 * Makes an object that the application holds one reference to. @destroy is
 * called when the last reference is gone.
 */
void tandem_object_init(struct tandem_object *object, enum tandem_kind kind,
			void (*destroy)(struct tandem_object *object));

/* The same, held by the runtime alone: the application has no handle to it yet. */
void tandem_object_init_hidden(struct tandem_object *object, enum tandem_kind kind,
			       void (*destroy)(struct tandem_object *object));

/*
 * Gives the application a reference, also where it has none: to a hidden object,
 * to one that a query has shown, or for the time of a callback.
 */
void tandem_object_lend(struct tandem_object *object);

/* A query returns the object's handle. NULL is nothing. */
void tandem_object_show(struct tandem_object *object);

void tandem_object_ref(struct tandem_object *object);
/* The same, of an object that may be about to be destroyed: false where it is. */
bool tandem_object_try_ref(struct tandem_object *object);
void tandem_object_unref(struct tandem_object *object);

/* True where this was the application's last reference; it still stands then, to be dropped by
 * tandem_object_unref after what else has to be done. */
bool tandem_object_release(struct tandem_object *object);

/* Both, where nothing else has to be done. */
void tandem_object_drop(struct tandem_object *object);

/* Whether a handle of the application's is valid, and of this kind. */
static inline bool tandem_object_is(const struct tandem_object *object, enum tandem_kind kind)
{
	return object && atomic_load_explicit(&object->kind, memory_order_relaxed) == kind &&
	       (atomic_load_explicit(&object->application_references, memory_order_relaxed) ||
		atomic_load_explicit(&object->shown, memory_order_relaxed));
}

/* The same, where the application has a reference to release besides. */
static inline bool tandem_object_is_held(const struct tandem_object *object, enum tandem_kind kind)
{
	return object && atomic_load_explicit(&object->kind, memory_order_relaxed) == kind &&
	       atomic_load_explicit(&object->application_references, memory_order_relaxed);
}

#endif
