// SPDX-License-Identifier: MIT
#include "world.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- callbacks ---- */

#define CALLBACK_SECONDS 120

static pthread_mutex_t callback_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t callback_came = PTHREAD_COND_INITIALIZER;
static int64_t callbacks_missing; /* guarded by callback_lock */

static void add_to_callbacks(int64_t number)
{
	pthread_mutex_lock(&callback_lock);
	callbacks_missing += number;
	if (!callbacks_missing)
		pthread_cond_broadcast(&callback_came);
	pthread_mutex_unlock(&callback_lock);
}

void want_callback(void)
{
	add_to_callbacks(1);
}

void note_callback(void)
{
	add_to_callbacks(-1);
}

bool wait_for_callbacks(void)
{
	struct timespec limit;
	int error = 0;
	bool all;

	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec += CALLBACK_SECONDS;
	pthread_mutex_lock(&callback_lock);
	while (callbacks_missing && !error)
		error = pthread_cond_timedwait(&callback_came, &callback_lock, &limit);
	all = !callbacks_missing;
	pthread_mutex_unlock(&callback_lock);
	return all;
}

/* ---- chance ---- */

/* SplitMix64 (Steele, Lea and Flood, 2014). */
static uint64_t next_random(uint64_t *state)
{
	uint64_t mixed = *state += UINT64_C(0x9e3779b97f4a7c15);

	mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
	return mixed ^ mixed >> 31;
}

uint32_t chance(struct world *world, uint32_t limit)
{
	return (uint32_t)((next_random(&world->random) >> 32) * limit >> 32);
}

bool once_in(struct world *world, uint32_t times)
{
	return !chance(world, times);
}

size_t odd_size(struct world *world, size_t usual)
{
	static const size_t edges[] = {
		0, 1, SIZE_MAX, SIZE_MAX - 127, SIZE_MAX / 2 + 1, (size_t)1 << 40, UINT32_MAX
	};

	switch (chance(world, 4)) {
	case 0:
		return edges[chance(world, sizeof(edges) / sizeof(edges[0]))];
	case 1:
		return usual + 1;
	case 2:
		return usual - 1;
	default:
		return usual;
	}
}

/* ---- references ---- */

cl_int retain_handle(enum kind kind, void *handle)
{
	switch (kind) {
	case CONTEXT:
		return clRetainContext(handle);
	case QUEUE:
		return clRetainCommandQueue(handle);
	case BUFFER:
		return clRetainMemObject(handle);
	case PROGRAM:
		return clRetainProgram(handle);
	case KERNEL:
		return clRetainKernel(handle);
	default:
		return clRetainEvent(handle);
	}
}

cl_int release_handle(enum kind kind, void *handle)
{
	switch (kind) {
	case CONTEXT:
		return clReleaseContext(handle);
	case QUEUE:
		return clReleaseCommandQueue(handle);
	case BUFFER:
		return clReleaseMemObject(handle);
	case PROGRAM:
		return clReleaseProgram(handle);
	case KERNEL:
		return clReleaseKernel(handle);
	default:
		return clReleaseEvent(handle);
	}
}

/* A kernel that was ready may now reach what is not there any more. */
static void distrust_kernels(struct world *world)
{
	for (int i = 0; i < MOST_OBJECTS; i++)
		world->objects[KERNEL][i].is_safe = false;
}

static void forget_buffer(struct world *world, struct object *buffer)
{
	for (int i = 0; i < MOST_MAPPINGS; i++) {
		if (world->mappings[i].buffer == buffer)
			world->mappings[i] = (struct mapping){ 0 };
	}
	distrust_kernels(world);
	if (--buffer->storage->users)
		return;
	free(buffer->storage->expected);
	free(buffer->storage);
}

/* What is under way in a queue that goes can still be waited for. */
static void keep_last_command(struct world *world, const struct object *queue)
{
	if (world->orphan_count == MOST_OBJECTS)
		settle(world);
	if (!world->is_settled)
		expect_success(world,
			       clEnqueueMarkerWithWaitList(queue->handle, 0, NULL,
							   &world->orphans[world->orphan_count++]));
}

static void note_stale(struct world *world, enum kind kind, const struct object *object)
{
	unsigned int i = world->stale_count++ % MOST_STALE;

	world->stale[i].kind = kind;
	world->stale[i].shown = object->shown;
	world->stale[i].handle = object->handle;
}

/*
 * Of an object that had the same handle before: what has callbacks is lent to these, so that the
 * handle is valid for as long as one runs, and what is shared is for as long as others have it.
 */
static void forget_stale(struct world *world, const void *handle)
{
	for (int i = 0; i < MOST_STALE; i++) {
		if (world->stale[i].handle == handle)
			world->stale[i].handle = NULL;
	}
}

void drop_reference(struct world *world, enum kind kind, struct object *object)
{
	void *handle = object->handle;

	if (kind == QUEUE && object->references == 1)
		keep_last_command(world, object);
	expect_success(world, release_handle(kind, handle));
	if (--object->references)
		return;
	if (kind == BUFFER)
		forget_buffer(world, object);
	if (object->owns_device && kind == CONTEXT)
		expect_success(world, clReleaseDevice(object->device));
	if (object->shared || object->has_callbacks)
		forget_stale(world, handle);
	else
		note_stale(world, kind, object);
	*object = (struct object){ 0 };
}

void note_shown(struct world *world, const void *handle)
{
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		for (int i = 0; i < MOST_OBJECTS; i++) {
			if (world->objects[kind][i].handle == handle)
				world->objects[kind][i].shown = true;
		}
	}
	for (int i = 0; i < MOST_STALE; i++) {
		if (world->stale[i].handle == handle)
			world->stale[i].shown = true;
	}
}

/* ---- the table ---- */

struct object *free_place(struct world *world, enum kind kind)
{
	for (int i = 0; i < MOST_OBJECTS; i++) {
		if (!world->objects[kind][i].handle)
			return &world->objects[kind][i];
	}
	return NULL;
}

struct object *any_object(struct world *world, enum kind kind)
{
	uint32_t first = chance(world, MOST_OBJECTS);

	for (uint32_t i = 0; i < MOST_OBJECTS; i++) {
		struct object *object = &world->objects[kind][(first + i) % MOST_OBJECTS];

		if (object->handle)
			return object;
	}
	return NULL;
}

struct object *any_of_context(struct world *world, enum kind kind, unsigned int context)
{
	uint32_t first = chance(world, MOST_OBJECTS);

	for (uint32_t i = 0; i < MOST_OBJECTS; i++) {
		struct object *object = &world->objects[kind][(first + i) % MOST_OBJECTS];

		if (object->handle && object->context == context)
			return object;
	}
	return NULL;
}

struct object *context_of_object(struct world *world, const struct object *object)
{
	for (int i = 0; i < MOST_OBJECTS; i++) {
		struct object *context = &world->objects[CONTEXT][i];

		if (context->handle && context->context == object->context)
			return context;
	}
	return NULL;
}

/* ---- events ---- */

void add_event(struct world *world, unsigned int context, cl_event event, bool is_user)
{
	struct object *place = free_place(world, EVENT);

	/* There is always a place: another event goes. */
	if (!place) {
		place = &world->objects[EVENT][chance(world, MOST_OBJECTS)];
		while (place->handle)
			drop_reference(world, EVENT, place);
	}
	*place = (struct object){
		.handle = event, .references = 1, .context = context, .is_user = is_user
	};
}

void choose_events(struct world *world, unsigned int context, struct events *events)
{
	*events = (struct events){ .wants_event = once_in(world, 2) };
	for (uint32_t i = chance(world, 8); i < 3; i++) {
		struct object *event = any_of_context(world, EVENT, context);

		if (event)
			events->list[events->count++] = event->handle;
	}
}

void note_command(struct world *world, unsigned int context, struct events *events)
{
	world->is_settled = false;
	if (events->wants_event)
		add_event(world, context, events->event, false);
}

void let_go_on(struct world *world)
{
	for (int i = 0; i < MOST_OBJECTS; i++) {
		struct object *event = &world->objects[EVENT][i];

		if (event->handle && event->is_user && !event->is_set)
			expect_success(world,
				       clSetUserEventStatus(event->handle,
							    once_in(world, 4) ? -1 : CL_COMPLETE));
		event->is_set = true;
	}
	for (int i = 0; i < MOST_OBJECTS; i++) {
		if (world->objects[QUEUE][i].handle)
			expect_success(world, clFlush(world->objects[QUEUE][i].handle));
	}
}

void settle(struct world *world)
{
	if (world->is_settled)
		return;
	let_go_on(world);
	for (int i = 0; i < MOST_OBJECTS; i++) {
		if (world->objects[QUEUE][i].handle)
			expect_success(world, clFinish(world->objects[QUEUE][i].handle));
	}
	for (; world->orphan_count; world->orphan_count--) {
		cl_event *event = &world->orphans[world->orphan_count - 1];

		expect_success(world, clWaitForEvents(1, event));
		expect_success(world, clReleaseEvent(*event));
	}
	world->is_settled = true;
}

/* ---- begin and end ---- */

void world_init(struct world *world, unsigned char *scratch, bool is_alone)
{
	world->scratch = scratch;
	world->is_alone = is_alone;
	make_first_objects(world);
	if (!is_alone)
		share_objects(world);
}

void seed_step(struct world *world, uint64_t seed, uint64_t step)
{
	world->random = seed;
	world->random = next_random(&world->random) ^ step;
	next_random(&world->random);
	world->step = step;
}

void world_finish(struct world *world)
{
	static const enum kind order[] = { KERNEL, PROGRAM, BUFFER, EVENT, QUEUE, CONTEXT };

	world->action = "end";
	settle(world);
	for (int i = 0; i < MOST_SVM; i++) {
		if (!world->svm[i].pointer)
			continue;
		clSVMFree(world->svm[i].context->handle, world->svm[i].pointer);
		world->svm[i].context->pins--;
	}
	for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++) {
		for (int i = 0; i < MOST_OBJECTS; i++) {
			struct object *object = &world->objects[order[k]][i];

			while (object->handle)
				drop_reference(world, order[k], object);
		}
	}
}
