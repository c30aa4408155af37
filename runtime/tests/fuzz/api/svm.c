// SPDX-License-Identifier: MIT
/* Steps: SVM allocations and the commands on them. */
#include "world.h"

#include <stdlib.h>
#include <string.h>

#include "util/new_names.h"

#define MOST_TYPES 16

/* Of cl_khr_unified_svm: found by name. */
#define FUNCTION(name) \
	((__typeof__(name) *)clGetExtensionFunctionAddressForPlatform(fuzz_platform, #name))

/* Memory of any type that the host maps, of which all commands are. */
static void *allocate_typed(struct world *world, const struct object *context, size_t bytes,
			    cl_uint alignment)
{
	const cl_svm_alloc_properties_khr properties[] = {
		CL_SVM_ALLOC_ALIGNMENT_KHR, alignment, CL_SVM_ALLOC_ASSOCIATED_DEVICE_HANDLE_KHR,
		(cl_svm_alloc_properties_khr)(uintptr_t)context->device, 0
	};
	cl_svm_capabilities_khr types[MOST_TYPES], seen = 0;
	size_t size = 0;
	cl_uint type;
	cl_int code = 1;
	char *pointer;

	expect_success(world, clGetDeviceInfo(context->device, CL_DEVICE_SVM_TYPE_CAPABILITIES_KHR,
					      sizeof(types), types, &size));
	do
		type = (cl_uint)chance(world, (uint32_t)(size / sizeof(types[0])));
	while (!(types[type] & CL_SVM_CAPABILITY_HOST_MAP_KHR));
	pointer = FUNCTION(clSVMAllocWithPropertiesKHR)(context->handle, properties, type, bytes,
							&code);
	expect_success(world, code);
	expect_success(world,
		       FUNCTION(clGetSVMPointerInfoKHR)(
			       context->handle, NULL, pointer + chance(world, (uint32_t)bytes),
			       CL_SVM_INFO_CAPABILITIES_KHR, sizeof(seen), &seen, NULL));
	expect(world, seen == types[type], "type %u", type);
	return pointer;
}

static void allocate(struct world *world)
{
	static const cl_svm_mem_flags flags[] = { 0, CL_MEM_READ_WRITE,
						  CL_MEM_SVM_FINE_GRAIN_BUFFER,
						  CL_MEM_SVM_FINE_GRAIN_BUFFER |
							  CL_MEM_SVM_ATOMICS };
	struct object *context = any_object(world, CONTEXT);
	struct svm *svm = &world->svm[chance(world, MOST_SVM)];
	cl_uint alignment = 1u << chance(world, 8);

	if (!context || context->shared || svm->pointer)
		return;
	svm->bytes = 1 + chance(world, MOST_BYTES);
	if (once_in(world, 2))
		svm->pointer = allocate_typed(world, context, svm->bytes, alignment);
	else
		svm->pointer =
			clSVMAlloc(context->handle, flags[chance(world, 4)], svm->bytes, alignment);
	expect(world, svm->pointer && !((uintptr_t)svm->pointer % alignment), "%p", svm->pointer);
	memset(svm->pointer, 0x5a, svm->bytes);
	svm->context = context;
	context->pins++;
}

static void CL_CALLBACK free_pointers(cl_command_queue queue, cl_uint count, void *pointers[],
				      void *context)
{
	for (cl_uint i = 0; i < count; i++)
		clSVMFree(context, pointers[i]);
	note_callback();
}

/* At once or by a command, once nothing uses it. */
static void give_back(struct world *world)
{
	struct svm *svm = &world->svm[chance(world, MOST_SVM)];
	struct object *queue;

	if (!svm->pointer)
		return;
	settle(world);
	queue = any_of_context(world, QUEUE, svm->context->context);
	if (!queue || once_in(world, 3)) {
		clSVMFree(svm->context->handle, svm->pointer);
	} else if (once_in(world, 3)) {
		expect_success(world, FUNCTION(clSVMFreeWithPropertiesKHR)(svm->context->handle,
									   NULL, 0, svm->pointer));
	} else if (once_in(world, 2)) {
		expect_success(world, clEnqueueSVMFree(queue->handle, 1, &svm->pointer, NULL, NULL,
						       0, NULL, NULL));
		expect_success(world, clFinish(queue->handle));
	} else {
		want_callback();
		expect_success(world,
			       clEnqueueSVMFree(queue->handle, 1, &svm->pointer, free_pointers,
						svm->context->handle, 0, NULL, NULL));
		expect_success(world, clFinish(queue->handle));
	}
	for (int i = 0; i < MOST_OBJECTS; i++)
		world->objects[KERNEL][i].is_safe = false;
	svm->context->pins--;
	*svm = (struct svm){ 0 };
}

/* What commands do is seen once they have ended. */
static void fill_and_copy(struct world *world)
{
	struct svm *svm = &world->svm[chance(world, MOST_SVM)];
	const unsigned char value = (unsigned char)chance(world, 256);
	unsigned char *bytes = svm->pointer;
	struct object *queue;
	size_t half = svm->bytes / 2;

	queue = bytes ? any_of_context(world, QUEUE, svm->context->context) : NULL;
	if (!queue || !half)
		return;
	settle(world);
	expect_success(world,
		       clEnqueueSVMMemFill(queue->handle, bytes, &value, 1, half, 0, NULL, NULL));
	expect_success(world, clFinish(queue->handle));
	expect_success(world, clEnqueueSVMMemcpy(queue->handle, CL_TRUE, bytes + half, bytes, half,
						 0, NULL, NULL));
	for (size_t i = 0; i < 2 * half; i++)
		expect(world, bytes[i] == value, "byte %zu of %zu is %u, expected %u", i, 2 * half,
		       bytes[i], value);
}

static void enqueue(struct world *world)
{
	struct svm *svm = &world->svm[chance(world, MOST_SVM)];
	const void *pointer = svm->pointer;
	struct events events;
	struct object *queue;
	cl_int code;

	queue = svm->pointer ? any_of_context(world, QUEUE, svm->context->context) : NULL;
	if (!queue)
		return;
	choose_events(world, queue->context, &events);
	switch (chance(world, 5)) {
	case 0:
		code = clEnqueueSVMMap(queue->handle, CL_FALSE, CL_MAP_READ, svm->pointer,
				       svm->bytes, event_list(&events), event_place(&events));
		break;
	case 1:
		code = clEnqueueSVMUnmap(queue->handle, svm->pointer, event_list(&events),
					 event_place(&events));
		break;
	case 2:
		code = clEnqueueSVMMemcpy(queue->handle, CL_FALSE, world->scratch, svm->pointer,
					  svm->bytes, event_list(&events), event_place(&events));
		break;
	case 3:
		code = clEnqueueSVMMigrateMem(queue->handle, 1, &pointer, NULL, 0,
					      event_list(&events), event_place(&events));
		break;
	default:
		code = clEnqueueSVMMemFill(queue->handle, svm->pointer, "y", 1, svm->bytes,
					   event_list(&events), event_place(&events));
	}
	expect_success(world, code);
	note_command(world, queue->context, &events);
}

/* Ranges that leave the allocation, and sizes that there cannot be. */
static void misuse(struct world *world)
{
	struct object *context = any_object(world, CONTEXT);
	struct svm *svm = &world->svm[chance(world, MOST_SVM)];
	struct object *queue;

	if (!context)
		return;
	expect(world, !clSVMAlloc(context->handle, 0, 0, 0), "no bytes");
	expect(world, !clSVMAlloc(context->handle, 0, SIZE_MAX, 0), "all bytes");
	expect(world, !clSVMAlloc(context->handle, 0, 64, 3), "alignment 3");
	expect(world, !clSVMAlloc(context->handle, CL_MEM_SVM_ATOMICS, 64, 0), "flags");
	clSVMFree(context->handle, NULL);
	expect_code(world, CL_INVALID_VALUE,
		    FUNCTION(clSVMFreeWithPropertiesKHR)(context->handle, NULL, 0, world));
	queue = svm->pointer ? any_of_context(world, QUEUE, svm->context->context) : NULL;
	if (!queue)
		return;
	expect_code(world, CL_INVALID_VALUE,
		    clEnqueueSVMMemFill(queue->handle, svm->pointer, "z", 1,
					once_in(world, 2) ? SIZE_MAX : svm->bytes + 1, 0, NULL,
					NULL));
	expect_code(world, CL_INVALID_VALUE,
		    clEnqueueSVMMap(queue->handle, CL_FALSE, CL_MAP_READ, svm->pointer, SIZE_MAX, 0,
				    NULL, NULL));
	expect_code(world, CL_MEM_COPY_OVERLAP,
		    clEnqueueSVMMemcpy(queue->handle, CL_FALSE, svm->pointer, svm->pointer, 1, 0,
				       NULL, NULL));
	expect_code(world, CL_INVALID_VALUE,
		    clEnqueueSVMMemcpy(queue->handle, CL_FALSE, NULL, svm->pointer, 1, 0, NULL,
				       NULL));
}

const struct step svm_steps[] = {
	{ "svm-allocate", 8, allocate },
	{ "svm-free", 3, give_back },
	{ "svm-fill-and-copy", 3, fill_and_copy },
	{ "svm-enqueue", 10, enqueue },
	{ "svm-misuse", 3, misuse },
	{ NULL, 0, NULL },
};
