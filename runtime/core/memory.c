// SPDX-License-Identifier: MIT
#include "memory.h"

#include <errno.h>
#include <string.h>

#include "svm/arena.h"
#include "util/alloc.h"
#include "util/log.h"
#include "util/short_locks.h"

struct tandem_mapping {
	const struct tandem_memory *memory; /* what was mapped, or a part of it */
	struct tandem_part part;
	bool writes;
	struct tandem_mapping *next;
};

struct tandem_memory_resource {
	struct tandem_device_core *device;
	void *resource;
	struct tandem_memory_resource *next;
};

struct tandem_memory_callback {
	tandem_memory_destructor function;
	void *user_data;
	struct tandem_memory_callback *next;
};

/* Mappings are noted at the root, so that those of all its parts are seen together. */
struct tandem_memory *tandem_memory_root(struct tandem_memory *memory)
{
	while (memory->parent)
		memory = memory->parent;
	return memory;
}

static void forget_mappings(struct tandem_memory *memory)
{
	struct tandem_memory *root = tandem_memory_root(memory);
	struct tandem_mapping **link = &root->mappings, *mapping;

	tandem_short_lock(root);
	while ((mapping = *link)) {
		if (mapping->memory != memory) {
			link = &mapping->next;
			continue;
		}
		*link = mapping->next;
		free(mapping);
	}
	tandem_short_unlock(root);
}

static void destroy_resources(struct tandem_memory *memory)
{
	struct tandem_memory_resource *entry, *next;

	for (entry = memory->resources; entry; entry = next) {
		next = entry->next;
		entry->device->ops->destroy_resource(entry->device, entry->resource);
		free(entry);
	}
}

static void destroy_memory(struct tandem_object *object)
{
	struct tandem_memory *memory = tandem_container_of(object, struct tandem_memory, object);
	struct tandem_memory_callback *callback, *next;

	for (callback = memory->callbacks; callback; callback = next) {
		next = callback->next;
		callback->function((cl_mem)memory, callback->user_data);
		free(callback);
	}
	forget_mappings(memory);
	destroy_resources(memory);
	if (memory->owns_memory)
		tandem_arena_free(memory->address, memory->bytes);
	if (memory->parent) {
		atomic_fetch_sub(&memory->parent->children, 1);
		tandem_object_unref(&memory->parent->object);
	}
	tandem_object_unref(&memory->context->object);
	tandem_memory_unwatch(memory);
}

void tandem_memory_watch(struct tandem_memory *memory)
{
	if (memory)
		atomic_fetch_add_explicit(&memory->watchers, 1, memory_order_relaxed);
}

void tandem_memory_unwatch(struct tandem_memory *memory)
{
	if (memory && atomic_fetch_sub(&memory->watchers, 1) == 1)
		tandem_object_free(&memory->object);
}

bool tandem_memory_ref_watched(struct tandem_memory *memory)
{
	if (!tandem_object_is(&memory->object, TANDEM_KIND_MEMORY) &&
	    !atomic_load(&memory->children))
		return false;
	return tandem_object_try_ref(&memory->object);
}

void tandem_memory_init(struct tandem_memory *memory, struct tandem_context *context,
			cl_mem_object_type type, cl_mem_flags flags, size_t bytes)
{
	memory->context = context;
	memory->type = type;
	memory->flags = flags;
	memory->bytes = bytes;
	atomic_init(&memory->watchers, 1);
	tandem_object_ref(&context->object);
	tandem_object_init(&memory->object, TANDEM_KIND_MEMORY, destroy_memory);
}

int tandem_memory_provide(struct tandem_memory *memory, void *host_pointer, bool is_svm)
{
	if (memory->flags & CL_MEM_USE_HOST_PTR) {
		memory->host_pointer = host_pointer;
		memory->uses_svm = is_svm;
		if (is_svm || !tandem_context_reaches_arena_only(memory->context)) {
			memory->address = host_pointer;
			return 0;
		}
	}
	memory->address = tandem_arena_allocate(TANDEM_ARENA_PACKED, memory->bytes, NULL);
	if (!memory->address)
		return -ENOSPC;
	memory->owns_memory = true;
	return 0;
}

void tandem_memory_attach(struct tandem_memory *memory, struct tandem_memory *parent, size_t origin)
{
	memory->parent = parent;
	atomic_fetch_add(&parent->children, 1);
	tandem_object_ref(&parent->object);
	memory->address = parent->address + origin;
	if (parent->host_pointer)
		memory->host_pointer = (char *)parent->host_pointer + origin;
	memory->uses_svm = parent->uses_svm;
}

int tandem_buffer_create(struct tandem_context *context, cl_mem_flags flags, size_t bytes,
			 void *host_pointer, bool is_svm, struct tandem_memory **buffer)
{
	struct tandem_memory *memory = tandem_new_object(memory);
	int error;

	if (!memory)
		return -ENOMEM;
	tandem_memory_init(memory, context, CL_MEM_OBJECT_BUFFER, flags, bytes);
	error = tandem_memory_provide(memory, host_pointer, is_svm);
	if (error) {
		tandem_object_unref(&memory->object);
		return error;
	}
	if (memory->owns_memory && flags & (CL_MEM_COPY_HOST_PTR | CL_MEM_USE_HOST_PTR))
		memcpy(memory->address, host_pointer, bytes);
	*buffer = memory;
	return 0;
}

int tandem_sub_buffer_create(struct tandem_memory *parent, cl_mem_flags flags, size_t origin,
			     size_t bytes, struct tandem_memory **buffer)
{
	struct tandem_memory *memory = tandem_new_object(memory);

	if (!memory)
		return -ENOMEM;
	tandem_memory_init(memory, parent->context, parent->type, flags, bytes);
	tandem_memory_attach(memory, parent, origin);
	memory->origin = origin;
	*buffer = memory;
	return 0;
}

int tandem_memory_add_callback(struct tandem_memory *memory, tandem_memory_destructor function,
			       void *user_data)
{
	struct tandem_memory_callback *callback = tandem_new(callback);

	if (!callback)
		return -ENOMEM;
	callback->function = function;
	callback->user_data = user_data;
	tandem_short_lock(memory);
	callback->next = memory->callbacks;
	memory->callbacks = callback;
	tandem_short_unlock(memory);
	return 0;
}

static struct tandem_memory_resource *find_resource_locked(const struct tandem_memory *memory,
							   const struct tandem_device_core *device)
{
	struct tandem_memory_resource *entry = memory->resources;

	while (entry && entry->device != device)
		entry = entry->next;
	return entry;
}

/* Keeps @made, unless another thread was faster. What is kept then. */
static struct tandem_memory_resource *keep_resource(struct tandem_memory *memory,
						    struct tandem_memory_resource *made)
{
	struct tandem_memory_resource *kept;

	tandem_short_lock(memory);
	kept = find_resource_locked(memory, made->device);
	if (!kept) {
		made->next = memory->resources;
		memory->resources = made;
	}
	tandem_short_unlock(memory);
	return kept ? kept : made;
}

int tandem_memory_resource(struct tandem_memory *memory, struct tandem_device_core *device,
			   void **resource)
{
	const struct tandem_memory_view view = { memory->type, memory->address, memory->bytes };
	struct tandem_memory_resource *entry, *kept;
	int error;

	*resource = NULL;
	if (!device->ops->create_resource)
		return 0;
	tandem_short_lock(memory);
	kept = find_resource_locked(memory, device);
	tandem_short_unlock(memory);
	if (!kept) {
		entry = tandem_new(entry);
		if (!entry)
			return -ENOMEM;
		entry->device = device;
		error = device->ops->create_resource(device, &view, &entry->resource);
		if (error) {
			free(entry);
			return error;
		}
		kept = keep_resource(memory, entry);
		if (kept != entry) {
			device->ops->destroy_resource(device, entry->resource);
			free(entry);
		}
	}
	*resource = kept->resource;
	return 0;
}

/* How many bytes there are from the first of a part to behind its last. */
static size_t span(const struct tandem_part *part)
{
	return (part->region[2] - 1) * part->box.slice_pitch +
	       (part->region[1] - 1) * part->box.row_pitch + part->region[0];
}

/* Whether the one begins so many rows and slices behind the other that both have a byte. */
static bool meet(const struct tandem_part *one, const struct tandem_part *other, ptrdiff_t rows,
		 ptrdiff_t slices)
{
	ptrdiff_t bytes = other->box.start - one->box.start - rows * (ptrdiff_t)one->box.row_pitch -
			  slices * (ptrdiff_t)one->box.slice_pitch;
	const ptrdiff_t distance[TANDEM_DIMENSIONS] = { bytes, rows, slices };

	for (int i = 0; i < TANDEM_DIMENSIONS; i++) {
		if (distance[i] >= (ptrdiff_t)one->region[i] ||
		    -distance[i] >= (ptrdiff_t)other->region[i])
			return false;
	}
	return true;
}

/* The largest number whose product with @divisor is not above @value. */
static ptrdiff_t divide_down(ptrdiff_t value, size_t divisor)
{
	ptrdiff_t quotient = value / (ptrdiff_t)divisor;

	return quotient - (quotient * (ptrdiff_t)divisor > value);
}

bool tandem_parts_overlap(const struct tandem_part *one, const struct tandem_part *other)
{
	const size_t row = one->box.row_pitch, slice = one->box.slice_pitch;
	const char *one_start = one->box.start, *other_start = other->box.start;
	ptrdiff_t slices, rows;

	if (one_start >= other_start + span(other) || other_start >= one_start + span(one))
		return false;
	if (!row || !slice || other->box.row_pitch != row || other->box.slice_pitch != slice)
		return true;
	/* Rows are not longer than what lies between them, nor slices: few distances can be. */
	slices = divide_down(other_start - one_start, slice);
	for (int i = 0; i < 2; i++, slices++) {
		rows = divide_down(other_start - one_start - slices * (ptrdiff_t)slice, row);
		if (meet(one, other, rows, slices) || meet(one, other, rows + 1, slices))
			return true;
	}
	return false;
}

int tandem_memory_add_mapping(struct tandem_memory *memory, const struct tandem_part *part,
			      bool writes)
{
	struct tandem_memory *root = tandem_memory_root(memory);
	struct tandem_mapping *mapping = tandem_new(mapping), *other;

	if (!mapping)
		return -ENOMEM;
	*mapping = (struct tandem_mapping){ memory, *part, writes, NULL };
	tandem_short_lock(root);
	for (other = root->mappings; writes && other; other = other->next) {
		if (other->writes && tandem_parts_overlap(&mapping->part, &other->part)) {
			tandem_short_unlock(root);
			free(mapping);
			return -EBUSY;
		}
	}
	mapping->next = root->mappings;
	root->mappings = mapping;
	tandem_short_unlock(root);
	return 0;
}

char *tandem_memory_host_view(const struct tandem_memory *memory)
{
	return memory->host_pointer ? memory->host_pointer : memory->address;
}

bool tandem_memory_remove_mapping(struct tandem_memory *memory, const void *pointer,
				  struct tandem_part *written)
{
	struct tandem_memory *root = tandem_memory_root(memory);
	struct tandem_mapping **link, *found;

	tandem_short_lock(root);
	for (link = &root->mappings; (found = *link); link = &found->next) {
		if (found->memory == memory && found->part.box.start == pointer) {
			*link = found->next;
			break;
		}
	}
	tandem_short_unlock(root);
	if (!found)
		return false;
	if (written)
		*written = found->writes ? found->part : (struct tandem_part){ 0 };
	free(found);
	return true;
}

cl_uint tandem_memory_map_count(struct tandem_memory *memory)
{
	struct tandem_memory *root = tandem_memory_root(memory);
	const struct tandem_mapping *mapping;
	cl_uint count = 0;

	tandem_short_lock(root);
	for (mapping = root->mappings; mapping; mapping = mapping->next)
		count += mapping->memory == memory;
	tandem_short_unlock(root);
	return count;
}
