// SPDX-License-Identifier: MIT
/* Steps: buffers and the commands on them, with what the buffers must hold. */
#include "world.h"

#include <stdlib.h>
#include <string.h>

static void CL_CALLBACK count_buffer(cl_mem buffer, void *memory)
{
	free(memory);
	note_callback();
}

static cl_mem_flags choose_flags(struct world *world)
{
	static const cl_mem_flags access[] = { 0, CL_MEM_READ_WRITE, CL_MEM_WRITE_ONLY,
					       CL_MEM_READ_ONLY };

	return access[chance(world, 4)];
}

static void fill_at_random(struct world *world, unsigned char *bytes, size_t length)
{
	uint32_t word = chance(world, UINT32_MAX);

	for (size_t i = 0; i < length; i++, word = word * 1664525 + 1013904223)
		bytes[i] = (unsigned char)(word >> 24);
}

/* Takes @buffer to the table, with a storage of its own. */
static void keep_buffer(struct world *world, struct object *place, struct object *buffer)
{
	buffer->storage = calloc(1, sizeof(*buffer->storage));
	expect(world, buffer->storage, "no memory");
	buffer->storage->users = 1;
	buffer->storage->bytes = buffer->bytes;
	buffer->storage->expected = calloc(1, buffer->bytes);
	expect(world, buffer->storage->expected, "no memory");
	*place = *buffer;
}

static void create_buffer(struct world *world)
{
	struct object *place = free_place(world, BUFFER), *context = any_object(world, CONTEXT);
	struct object buffer = { .references = 1, .bytes = 1 + chance(world, MOST_BYTES) };
	unsigned char *memory = NULL;
	cl_int code = 1;

	if (!place || !context)
		return;
	buffer.context = context->context;
	buffer.flags = choose_flags(world);
	if (once_in(world, 2)) {
		buffer.flags |= once_in(world, 2) ? CL_MEM_USE_HOST_PTR : CL_MEM_COPY_HOST_PTR;
		memory = malloc(buffer.bytes);
		expect(world, memory, "no memory");
		fill_at_random(world, memory, buffer.bytes);
	}
	buffer.handle = clCreateBuffer(context->handle, buffer.flags, buffer.bytes, memory, &code);
	expect_success(world, code);
	keep_buffer(world, place, &buffer);
	if (memory) {
		memcpy(place->storage->expected, memory, buffer.bytes);
		place->storage->known = true;
	}
	if (!(buffer.flags & CL_MEM_USE_HOST_PTR)) {
		free(memory);
		memory = NULL;
	}
	/* The application's memory must outlive the buffer. */
	if (memory || once_in(world, 4)) {
		want_callback();
		expect_success(world, clSetMemObjectDestructorCallback(buffer.handle, count_buffer,
								       memory));
	}
}

static void create_sub_buffer(struct world *world)
{
	struct object *place = free_place(world, BUFFER), *parent = any_object(world, BUFFER);
	struct object buffer = { .references = 1, .is_sub_buffer = true };
	cl_buffer_region region;
	cl_int code = 1;

	if (!place || !parent || parent->is_sub_buffer || parent->shared)
		return;
	region.origin = 128 * (size_t)chance(world, (uint32_t)(parent->bytes / 128 + 1));
	if (region.origin == parent->bytes)
		return;
	region.size = 1 + chance(world, (uint32_t)(parent->bytes - region.origin));
	buffer.handle =
		clCreateSubBuffer(parent->handle, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, &code);
	expect_success(world, code);
	buffer.context = parent->context;
	buffer.flags = parent->flags;
	buffer.storage = parent->storage;
	buffer.storage->users++;
	buffer.origin = region.origin;
	buffer.bytes = region.size;
	*place = buffer;
}

/* ---- commands whose results are looked at ---- */

/* A queue and a buffer of one context, while no command is under way. */
static bool choose_settled(struct world *world, struct object **queue, struct object **buffer)
{
	*queue = any_object(world, QUEUE);
	*buffer = *queue ? any_of_context(world, BUFFER, (*queue)->context) : NULL;
	if (!*buffer || (*buffer)->shared)
		return false;
	settle(world);
	return true;
}

static unsigned char *expected_of(const struct object *buffer)
{
	return buffer->storage->expected + buffer->origin;
}

static void write_whole(struct world *world)
{
	struct object *queue, *buffer;
	unsigned char *bytes;

	if (!choose_settled(world, &queue, &buffer))
		return;
	bytes = malloc(buffer->bytes);
	expect(world, bytes, "no memory");
	fill_at_random(world, bytes, buffer->bytes);
	expect_success(world, clEnqueueWriteBuffer(queue->handle, buffer->handle, CL_TRUE, 0,
						   buffer->bytes, bytes, 0, NULL, NULL));
	memcpy(expected_of(buffer), bytes, buffer->bytes);
	if (buffer->bytes == buffer->storage->bytes)
		buffer->storage->known = true;
	free(bytes);
}

static void compare(struct world *world, const struct object *buffer, size_t offset, size_t size,
		    const unsigned char *seen)
{
	const unsigned char *expected = expected_of(buffer) + offset;

	for (size_t i = 0; buffer->storage->known && i < size; i++)
		expect(world, seen[i] == expected[i],
		       "byte %zu of %zu at %zu of buffer %p is %u, expected %u", i, size, offset,
		       buffer->handle, seen[i], expected[i]);
}

static void read_part(struct world *world)
{
	struct object *queue, *buffer;
	size_t offset, size;
	unsigned char *bytes;

	if (!choose_settled(world, &queue, &buffer))
		return;
	offset = chance(world, (uint32_t)buffer->bytes);
	size = 1 + chance(world, (uint32_t)(buffer->bytes - offset));
	bytes = malloc(size);
	expect(world, bytes, "no memory");
	expect_success(world, clEnqueueReadBuffer(queue->handle, buffer->handle, CL_TRUE, offset,
						  size, bytes, 0, NULL, NULL));
	compare(world, buffer, offset, size, bytes);
	free(bytes);
}

static void fill_part(struct world *world)
{
	size_t pattern_size = (size_t)1 << chance(world, 8), offset, size;
	struct object *queue, *buffer;
	unsigned char pattern[128];

	if (!choose_settled(world, &queue, &buffer) || buffer->bytes < pattern_size)
		return;
	offset = chance(world, (uint32_t)(buffer->bytes / pattern_size)) * pattern_size;
	size = (1 + chance(world, (uint32_t)((buffer->bytes - offset) / pattern_size))) *
	       pattern_size;
	if (offset + size > buffer->bytes)
		return;
	fill_at_random(world, pattern, pattern_size);
	expect_success(world, clEnqueueFillBuffer(queue->handle, buffer->handle, pattern,
						  pattern_size, offset, size, 0, NULL, NULL));
	expect_success(world, clFinish(queue->handle));
	for (size_t i = 0; i < size; i++)
		expected_of(buffer)[offset + i] = pattern[i % pattern_size];
}

static void copy_part(struct world *world)
{
	struct object *queue, *to, *from;
	size_t size, to_offset, from_offset;
	cl_int code;
	bool overlap;

	if (!choose_settled(world, &queue, &to))
		return;
	from = any_of_context(world, BUFFER, queue->context);
	if (from->shared)
		return;
	size = 1 + chance(world, (uint32_t)(to->bytes < from->bytes ? to->bytes : from->bytes));
	to_offset = chance(world, (uint32_t)(to->bytes - size + 1));
	from_offset = chance(world, (uint32_t)(from->bytes - size + 1));
	overlap = to->storage == from->storage &&
		  to->origin + to_offset < from->origin + from_offset + size &&
		  from->origin + from_offset < to->origin + to_offset + size;
	code = clEnqueueCopyBuffer(queue->handle, from->handle, to->handle, from_offset, to_offset,
				   size, 0, NULL, NULL);
	expect(world, code == (overlap ? CL_MEM_COPY_OVERLAP : CL_SUCCESS), "code %d, overlap %d",
	       code, overlap);
	if (overlap)
		return;
	expect_success(world, clFinish(queue->handle));
	memcpy(expected_of(to) + to_offset, expected_of(from) + from_offset, size);
	to->storage->known &= from->storage->known;
}

/* A box of rows, read to a place of its own with another pitch. */
static void read_box(struct world *world)
{
	size_t columns, rows, pitch, origin[3] = { 0 }, region[3] = { 0, 0, 1 };
	const size_t host_origin[3] = { 0 };
	struct object *queue, *buffer;
	unsigned char *bytes;

	if (!choose_settled(world, &queue, &buffer))
		return;
	pitch = 1 + chance(world, (uint32_t)buffer->bytes);
	rows = buffer->bytes / pitch;
	columns = 1 + chance(world, (uint32_t)pitch);
	origin[0] = chance(world, (uint32_t)(pitch - columns + 1));
	origin[1] = chance(world, (uint32_t)rows);
	region[0] = columns;
	region[1] = 1 + chance(world, (uint32_t)(rows - origin[1]));
	bytes = malloc(columns * region[1]);
	expect(world, bytes, "no memory");
	expect_success(world, clEnqueueReadBufferRect(queue->handle, buffer->handle, CL_TRUE,
						      origin, host_origin, region, pitch, 0, 0, 0,
						      bytes, 0, NULL, NULL));
	for (size_t row = 0; row < region[1]; row++)
		compare(world, buffer, (origin[1] + row) * pitch + origin[0], columns,
			bytes + row * columns);
	free(bytes);
}

/* ---- maps ---- */

static void map(struct world *world)
{
	static const cl_map_flags flags[] = { CL_MAP_READ, CL_MAP_WRITE, CL_MAP_READ | CL_MAP_WRITE,
					      CL_MAP_WRITE_INVALIDATE_REGION };
	struct object *queue = any_object(world, QUEUE), *buffer;
	size_t offset, size;
	struct mapping *mapping = NULL;
	struct events events;
	cl_int code = 1;

	buffer = queue ? any_of_context(world, BUFFER, queue->context) : NULL;
	for (int i = 0; i < MOST_MAPPINGS && !mapping; i++)
		mapping = world->mappings[i].buffer ? NULL : &world->mappings[i];
	if (!mapping || !buffer)
		return;
	offset = chance(world, (uint32_t)buffer->bytes);
	size = 1 + chance(world, (uint32_t)(buffer->bytes - offset));
	choose_events(world, queue->context, &events);
	mapping->pointer = clEnqueueMapBuffer(queue->handle, buffer->handle, CL_FALSE,
					      flags[chance(world, 4)], offset, size,
					      event_list(&events), event_place(&events), &code);
	/* Mapping for writing what is mapped for writing is an error. */
	expect(world, code == CL_SUCCESS || code == CL_INVALID_OPERATION, "code %d", code);
	expect(world, !mapping->pointer == (code != CL_SUCCESS), "%p", mapping->pointer);
	if (code != CL_SUCCESS)
		return;
	mapping->buffer = buffer;
	note_command(world, queue->context, &events);
}

static void unmap(struct world *world)
{
	struct mapping *mapping = &world->mappings[chance(world, MOST_MAPPINGS)];
	struct object *queue;
	struct events events;

	if (!mapping->buffer)
		return;
	queue = any_of_context(world, QUEUE, mapping->buffer->context);
	if (!queue)
		return;
	choose_events(world, queue->context, &events);
	expect_success(world, clEnqueueUnmapMemObject(queue->handle, mapping->buffer->handle,
						      mapping->pointer, event_list(&events),
						      event_place(&events)));
	note_command(world, queue->context, &events);
	*mapping = (struct mapping){ 0 };
}

/* ---- commands that nobody waits for ---- */

static cl_int enqueue_any(struct world *world, struct object *queue, struct object *buffer,
			  struct events *events)
{
	size_t offset = chance(world, (uint32_t)buffer->bytes);
	size_t size = 1 + chance(world, (uint32_t)(buffer->bytes - offset));
	cl_mem object = buffer->handle;

	switch (chance(world, 4)) {
	case 0:
		return clEnqueueReadBuffer(queue->handle, buffer->handle, CL_FALSE, offset, size,
					   world->scratch, event_list(events), event_place(events));
	case 1:
		buffer->storage->known = false;
		return clEnqueueWriteBuffer(queue->handle, buffer->handle, CL_FALSE, offset, size,
					    world->scratch, event_list(events),
					    event_place(events));
	case 2:
		buffer->storage->known = false;
		return clEnqueueFillBuffer(queue->handle, buffer->handle, "x", 1, offset, size,
					   event_list(events), event_place(events));
	default:
		return clEnqueueMigrateMemObjects(queue->handle, 1, &object,
						  CL_MIGRATE_MEM_OBJECT_HOST, event_list(events),
						  event_place(events));
	}
}

static void enqueue(struct world *world)
{
	struct object *queue = any_object(world, QUEUE);
	struct object *buffer = queue ? any_of_context(world, BUFFER, queue->context) : NULL;
	struct events events;

	if (!buffer)
		return;
	choose_events(world, queue->context, &events);
	expect_success(world, enqueue_any(world, queue, buffer, &events));
	note_command(world, queue->context, &events);
}

const struct step buffer_steps[] = {
	{ "create-buffer", 14, create_buffer },
	{ "create-sub-buffer", 6, create_sub_buffer },
	{ "write-whole", 8, write_whole },
	{ "read-part", 8, read_part },
	{ "fill-part", 6, fill_part },
	{ "copy-part", 6, copy_part },
	{ "read-box", 4, read_box },
	{ "map", 10, map },
	{ "unmap", 8, unmap },
	{ "enqueue", 40, enqueue },
	{ NULL, 0, NULL },
};
