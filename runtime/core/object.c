// SPDX-License-Identifier: MIT
#include "object.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/short_locks.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, bytes)   ((void)(address), (void)(bytes))
#define ASAN_UNPOISON_MEMORY_REGION(address, bytes) ((void)(address), (void)(bytes))
#endif

static const void *dispatch_table;

/* ---- memory ---- */

#define LEAST_BYTES 256
#define SIZE_COUNT  40

/* What stands in front of an object. */
struct block {
	struct block *next; /* while it is free */
	unsigned int size; /* the object has room for LEAST_BYTES << size */
	_Alignas(16) char object[];
};

/*
 * Free blocks of each size. Those of which the application had no handle are taken first,
 * the last one before the others: it is in the cache. Of the rest the one that has been free
 * for the longest is, so that handles of objects that are gone are told from others for
 * long. The short lock of each guards it.
 */
static struct free_blocks {
	struct block *first, **end;
} free_blocks[SIZE_COUNT];

static struct block *take_free_block(unsigned int size)
{
	struct free_blocks *blocks = &free_blocks[size];
	struct block *block;

	tandem_short_lock(blocks);
	block = blocks->first;
	if (block)
		blocks->first = block->next;
	tandem_short_unlock(blocks);
	return block;
}

void *tandem_object_allocate(size_t bytes)
{
	unsigned int size = 0;
	struct block *block;
	size_t room;

	while ((size_t)LEAST_BYTES << size < bytes && size < SIZE_COUNT)
		size++;
	if (size == SIZE_COUNT)
		return NULL;
	room = (size_t)LEAST_BYTES << size;
	block = take_free_block(size);
	if (block) {
		ASAN_UNPOISON_MEMORY_REGION(block->object, bytes);
		memset(block->object, 0, bytes);
	} else {
		block = calloc(1, sizeof(*block) + room);
		if (!block)
			return NULL;
		block->size = size;
		ASAN_POISON_MEMORY_REGION(block->object + bytes, room - bytes);
	}
	/* The loader may look at it by an old handle, also where nothing comes of this one. */
	((struct tandem_object *)block->object)->dispatch = dispatch_table;
	return block->object;
}

void tandem_object_free(struct tandem_object *object)
{
	struct block *block = tandem_container_of(object, struct block, object);
	struct free_blocks *blocks = &free_blocks[block->size];
	bool had_handle = atomic_load_explicit(&object->lent, memory_order_relaxed) ||
			  atomic_load_explicit(&object->shown, memory_order_relaxed);

	ASAN_POISON_MEMORY_REGION(block->object + sizeof(*object),
				  ((size_t)LEAST_BYTES << block->size) - sizeof(*object));
	tandem_short_lock(blocks);
	if (!blocks->first || had_handle) {
		block->next = NULL;
		if (blocks->first)
			*blocks->end = block;
		else
			blocks->first = block;
		blocks->end = &block->next;
	} else {
		block->next = blocks->first;
		blocks->first = block;
	}
	tandem_short_unlock(blocks);
}

/* ---- references ---- */

void tandem_object_set_dispatch(const void *dispatch)
{
	dispatch_table = dispatch;
}

void tandem_object_init_hidden(struct tandem_object *object, enum tandem_kind kind,
			       void (*destroy)(struct tandem_object *object))
{
	object->dispatch = dispatch_table;
	atomic_store_explicit(&object->kind, kind, memory_order_relaxed);
	object->destroy = destroy;
	atomic_init(&object->references, 1);
}

void tandem_object_init(struct tandem_object *object, enum tandem_kind kind,
			void (*destroy)(struct tandem_object *object))
{
	tandem_object_init_hidden(object, kind, destroy);
	atomic_store_explicit(&object->lent, true, memory_order_relaxed);
	atomic_init(&object->application_references, 1);
}

void tandem_object_lend(struct tandem_object *object)
{
	atomic_store_explicit(&object->lent, true, memory_order_relaxed);
	/* The application's references together hold one of the runtime's. */
	if (!atomic_fetch_add(&object->application_references, 1))
		tandem_object_ref(object);
}

void tandem_object_ref(struct tandem_object *object)
{
	atomic_fetch_add_explicit(&object->references, 1, memory_order_relaxed);
}

bool tandem_object_try_ref(struct tandem_object *object)
{
	uint32_t references = atomic_load(&object->references);

	do {
		if (!references)
			return false;
	} while (!atomic_compare_exchange_weak(&object->references, &references, references + 1));
	return true;
}

void tandem_object_show(struct tandem_object *object)
{
	if (object && !atomic_load_explicit(&object->shown, memory_order_relaxed))
		atomic_store_explicit(&object->shown, true, memory_order_relaxed);
}

void tandem_object_unref(struct tandem_object *object)
{
	if (atomic_fetch_sub_explicit(&object->references, 1, memory_order_acq_rel) != 1)
		return;
	atomic_store_explicit(&object->kind, 0, memory_order_relaxed);
	object->destroy(object);
}

bool tandem_object_release(struct tandem_object *object)
{
	return atomic_fetch_sub_explicit(&object->application_references, 1,
					 memory_order_acq_rel) == 1;
}

void tandem_object_drop(struct tandem_object *object)
{
	if (tandem_object_release(object))
		tandem_object_unref(object);
}
