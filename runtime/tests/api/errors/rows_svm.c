// SPDX-License-Identifier: MIT
/* Rows of shared virtual memory, section 5.6. */
#include "errors.h"

static void rows_alloc(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_context context = world->base.context;
	cl_ulong most = 0;

	check_success(clGetDeviceInfo(world->base.device, CL_DEVICE_MAX_MEM_ALLOC_SIZE,
				      sizeof(most), &most, NULL));
#define ALLOC(flags, size, alignment) (cl->clSVMAlloc(context, flags, size, alignment) != NULL)

	/* It returns no code: NULL is its error. */
	error_entry_point("clSVMAlloc");
	ROWS_BAD(ERROR_CONTEXT, cl_context, 0, cl->clSVMAlloc(bad, 0, 64, 0) != NULL);
	ROW(0, "CL_MEM_SVM_ATOMICS without CL_MEM_SVM_FINE_GRAIN_BUFFER",
	    ALLOC(CL_MEM_SVM_ATOMICS, 64, 0));
	ROW(0, "CL_MEM_READ_WRITE and CL_MEM_WRITE_ONLY",
	    ALLOC(CL_MEM_READ_WRITE | CL_MEM_WRITE_ONLY, 64, 0));
	ROW(0, "CL_MEM_READ_WRITE and CL_MEM_READ_ONLY",
	    ALLOC(CL_MEM_READ_WRITE | CL_MEM_READ_ONLY, 64, 0));
	ROW(0, "CL_MEM_WRITE_ONLY and CL_MEM_READ_ONLY",
	    ALLOC(CL_MEM_WRITE_ONLY | CL_MEM_READ_ONLY, 64, 0));
	ROW(0, "flags is of buffers only: CL_MEM_USE_HOST_PTR", ALLOC(CL_MEM_USE_HOST_PTR, 64, 0));
	ROW(0, "flags is of buffers only: CL_MEM_HOST_NO_ACCESS",
	    ALLOC(CL_MEM_HOST_NO_ACCESS, 64, 0));
	ROW(0, "flags has a bit that is no flag", ALLOC((cl_mem_flags)1 << 40, 64, 0));
	ROW(0, "size is 0", ALLOC(0, 0, 0));
	ROW(0, "size exceeds CL_DEVICE_MAX_MEM_ALLOC_SIZE", ALLOC(0, most + 1, 0));
	ROW(0, "size exceeds every memory", ALLOC(0, SIZE_MAX, 0));
	ROW(0, "alignment is no power of two", ALLOC(0, 64, 3));
	ROW(0, "alignment is larger than the device supports", ALLOC(0, 64, 1u << 30));
	error_not_provocable(world, 0, "no device of the context supports SVM", "each device does");
	error_not_provocable(world, 0, "a device does not support the flags",
			     "each device supports them all");
	error_not_provocable(world, 0, "there is a failure to allocate resources",
			     "api-allocation-failures does");
#undef ALLOC

	error_entry_point("clSVMFree");
	error_not_provocable(world, 0, "clSVMFree has no errors",
			     "it returns nothing; nothing happens for NULL: svm-memory tests it");
}

static void CL_CALLBACK ignore_free(cl_command_queue queue, cl_uint count, void **pointers,
				    void *user_data)
{
}

static void rows_no_svm(struct error_world *world)
{
	error_not_provocable(world, CL_INVALID_OPERATION, "the device does not support SVM",
			     "each device does");
	error_resources(world);
}

static void rows_free(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;
	void *pointers[1] = { world->svm };

	error_entry_point("clEnqueueSVMFree");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueSVMFree(bad, 1, pointers, ignore_free, NULL, 0, NULL, event));
	ROW(CL_INVALID_VALUE, "num_svm_pointers is 0 and svm_pointers is not NULL",
	    cl->clEnqueueSVMFree(queue, 0, pointers, ignore_free, NULL, 0, NULL, event));
	ROW(CL_INVALID_VALUE, "svm_pointers is NULL and num_svm_pointers is not 0",
	    cl->clEnqueueSVMFree(queue, 1, NULL, ignore_free, NULL, 0, NULL, event));
	ROWS_WAIT(ROW,
		  cl->clEnqueueSVMFree(queue, 1, pointers, ignore_free, NULL, count, list, event));
	rows_no_svm(world);
}

static void rows_memcpy(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;
	char *svm = world->svm;
	static char memory[64];

#define COPY(target, source, size) \
	cl->clEnqueueSVMMemcpy(queue, CL_TRUE, target, source, size, 0, NULL, event)

	error_entry_point("clEnqueueSVMMemcpy");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueSVMMemcpy(bad, CL_TRUE, svm, memory, 16, 0, NULL, event));
	ROW(CL_INVALID_VALUE, "dst_ptr is NULL", COPY(NULL, memory, 16));
	ROW(CL_INVALID_VALUE, "src_ptr is NULL", COPY(svm, NULL, 16));
	ROW(CL_MEM_COPY_OVERLAP, "source and target are the same", COPY(svm, svm, 16));
	ROW(CL_MEM_COPY_OVERLAP, "the target begins inside the source", COPY(svm + 15, svm, 16));
	ROW(CL_MEM_COPY_OVERLAP, "the source begins inside the target", COPY(svm, svm + 15, 16));
	ROW(CL_MEM_COPY_OVERLAP, "source and target overlap in memory that is not SVM",
	    COPY(memory, memory + 1, 16));
	ROW(CL_INVALID_VALUE, "source and target end beyond all memory",
	    COPY(memory, memory + 32, SIZE_MAX / 2));
	ROWS_WAIT(ROW, cl->clEnqueueSVMMemcpy(queue, CL_TRUE, svm, memory, 16, count, list, event));
	ROW_WAIT_FAILED(ROW, cl->clEnqueueSVMMemcpy(queue, CL_TRUE, svm, memory, 16, count, list,
						    event));
	rows_no_svm(world);
#undef COPY
}

static void rows_fill(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;
	char *svm = world->svm;
	unsigned char pattern[256] = { 0 };

#define FILL(pointer, from, pattern_size, size) \
	cl->clEnqueueSVMMemFill(queue, pointer, from, pattern_size, size, 0, NULL, event)

	error_entry_point("clEnqueueSVMMemFill");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueSVMMemFill(bad, svm, pattern, 4, 16, 0, NULL, event));
	ROW(CL_INVALID_VALUE, "svm_ptr is NULL", FILL(NULL, pattern, 4, 16));
	ROW(CL_INVALID_VALUE, "svm_ptr is not aligned to pattern_size",
	    FILL(svm + 2, pattern, 4, 16));
	ROW(CL_INVALID_VALUE, "pattern is NULL", FILL(svm, NULL, 4, 16));
	ROW(CL_INVALID_VALUE, "pattern_size is 0", FILL(svm, pattern, 0, 16));
	ROW(CL_INVALID_VALUE, "pattern_size is no power of two", FILL(svm, pattern, 12, 24));
	ROW(CL_INVALID_VALUE, "pattern_size is larger than 128", FILL(svm, pattern, 256, 512));
	ROW(CL_INVALID_VALUE, "size is no multiple of pattern_size", FILL(svm, pattern, 8, 12));
	ROWS_WAIT(ROW, cl->clEnqueueSVMMemFill(queue, svm, pattern, 4, 16, count, list, event));
	rows_no_svm(world);
#undef FILL
}

static void rows_map(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;
	char *svm = world->svm;

#define MAP(flags, pointer, size) \
	cl->clEnqueueSVMMap(queue, CL_TRUE, flags, pointer, size, 0, NULL, event)

	error_entry_point("clEnqueueSVMMap");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueSVMMap(bad, CL_TRUE, CL_MAP_READ, svm, 16, 0, NULL, event));
	ROW(CL_INVALID_VALUE, "svm_ptr is NULL", MAP(CL_MAP_READ, NULL, 16));
	ROW(CL_INVALID_VALUE, "size is 0", MAP(CL_MAP_READ, svm, 0));
	ROW(CL_INVALID_VALUE, "map_flags has a bit that is no flag", MAP(1 << 20, svm, 16));
	ROW(CL_INVALID_VALUE, "CL_MAP_WRITE and CL_MAP_WRITE_INVALIDATE_REGION",
	    MAP(CL_MAP_WRITE | CL_MAP_WRITE_INVALIDATE_REGION, svm, 16));
	ROWS_WAIT(ROW,
		  cl->clEnqueueSVMMap(queue, CL_TRUE, CL_MAP_READ, svm, 16, count, list, event));
	ROW_WAIT_FAILED(ROW, cl->clEnqueueSVMMap(queue, CL_TRUE, CL_MAP_READ, svm, 16, count, list,
						 event));
	rows_no_svm(world);
#undef MAP

	error_entry_point("clEnqueueSVMUnmap");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueSVMUnmap(bad, svm, 0, NULL, event));
	ROW(CL_INVALID_VALUE, "svm_ptr is NULL",
	    cl->clEnqueueSVMUnmap(queue, NULL, 0, NULL, event));
	ROWS_WAIT(ROW, cl->clEnqueueSVMUnmap(queue, svm, count, list, event));
	rows_no_svm(world);
}

static void rows_migrate(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;
	static char memory[64];
	const void *good[1] = { world->svm }, *outside[1] = { memory }, *nowhere[1] = { NULL };
	const size_t some[1] = { 16 }, many[1] = { ERROR_SVM_BYTES + 1 };
	cl_device_svm_capabilities capabilities = 0;

#define MIGRATE(number, pointers, sizes) \
	cl->clEnqueueSVMMigrateMem(queue, number, pointers, sizes, 0, 0, NULL, event)

	error_entry_point("clEnqueueSVMMigrateMem");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueSVMMigrateMem(bad, 1, good, some, 0, 0, NULL, event));
	ROW(CL_INVALID_VALUE, "num_svm_pointers is 0", MIGRATE(0, good, some));
	ROW(CL_INVALID_VALUE, "svm_pointers is NULL", MIGRATE(1, NULL, some));
	ROW(CL_INVALID_VALUE, "a range ends outside the SVM allocation", MIGRATE(1, good, many));
	ROW(CL_INVALID_VALUE, "a pointer is NULL and its size is not 0", MIGRATE(1, nowhere, some));
	check_success(clGetDeviceInfo(world->base.device, CL_DEVICE_SVM_CAPABILITIES,
				      sizeof(capabilities), &capabilities, NULL));
	if (!(capabilities & CL_DEVICE_SVM_FINE_GRAIN_SYSTEM))
		ROW(CL_INVALID_VALUE, "a range is not in an SVM allocation",
		    MIGRATE(1, outside, some));
	ROWS_WAIT(ROW, cl->clEnqueueSVMMigrateMem(queue, 1, good, some, 0, count, list, event));
	rows_no_svm(world);
#undef MIGRATE
}

void error_rows_svm(struct error_world *world)
{
	rows_alloc(world);
	rows_free(world);
	rows_memcpy(world);
	rows_fill(world);
	rows_map(world);
	rows_migrate(world);
}
