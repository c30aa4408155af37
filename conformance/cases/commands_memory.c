// SPDX-License-Identifier: MIT
/* clEnqueueSVMMap(), clEnqueueSVMMigrateMem(), clEnqueueSVMFree(), and order. */
#include <stdlib.h>
#include <string.h>

#include "harness/suite.h"

#define MAP_SECTION	"API 5.6 (clEnqueueSVMMap)"
#define MIGRATE_SECTION "API 5.6 (clEnqueueSVMMigrateMem)"
#define FREE_SECTION	"API 5.6 (clEnqueueSVMFree)"
#define BYTES		8192

extern const char basic_cl[];

static cl_event make_gate(struct svm_run *run)
{
	cl_int code;
	cl_event gate = clCreateUserEvent(run->context, &code);

	svm_success(code);
	return gate;
}

/* ---- map ---- */

struct map_row {
	const char *name;
	cl_map_flags flags;
};

static void check_map(struct svm_run *run)
{
	const struct map_row *row = run->test->row;
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "add");
	cl_int *memory = svm_any(run, BYTES), one = 1;

	svm_arg_pointer(kernel, 0, memory);
	svm_arg(kernel, 1, sizeof(one), &one);
	svm_launch(run->queue, kernel, 256, 0);
	svm_success(clEnqueueSVMMap(run->queue, CL_TRUE, row->flags, memory, 1024, 0, NULL, NULL));
	if (row->flags & CL_MAP_READ)
		svm_expect_equal(1, memory[255]);
	if (row->flags & (CL_MAP_WRITE | CL_MAP_WRITE_INVALIDATE_REGION)) {
		for (cl_int i = 0; i < 256; i++)
			memory[i] = 10;
	}
	svm_unmap(run, memory);
	svm_launch(run->queue, kernel, 256, 0);
	svm_map(run, memory, 1024);
	svm_expect_equal(row->flags & CL_MAP_READ && !(row->flags & CL_MAP_WRITE) ? 2 : 11,
			 memory[255]);
	svm_unmap(run, memory);
	clSVMFree(run->context, memory);
	svm_success(clReleaseKernel(kernel));
}

static const struct svm_case map_case = {
	.claim = "Mapped memory shows the kernel's writes, and the kernel sees the host's.",
	.section = MAP_SECTION,
	.needs = SVM_ANY_SVM,
	.run = check_map,
};

static const struct map_row map_rows[] = {
	{ "read", CL_MAP_READ },
	{ "write", CL_MAP_WRITE },
	{ "read_write", CL_MAP_READ | CL_MAP_WRITE },
	{ "write_invalidate", CL_MAP_WRITE_INVALIDATE_REGION },
};

SVM_CASE(commands_map_part, SVM_ANY_SVM, MAP_SECTION,
	 "A part of an allocation is mapped by a pointer into it.")
{
	cl_int *memory = svm_any(run, BYTES);
	const cl_int pattern = 6;

	svm_success(clEnqueueSVMMemFill(run->queue, memory, &pattern, sizeof(pattern), BYTES, 0,
					NULL, NULL));
	svm_map(run, memory + 500, 64);
	svm_expect_equal(6, memory[500]);
	svm_expect_equal(6, memory[515]);
	svm_unmap(run, memory + 500);
	clSVMFree(run->context, memory);
}

SVM_CASE(commands_map_blocking, SVM_ANY_SVM, MAP_SECTION,
	 "A blocking map returns after the commands before it.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "add");
	cl_int *memory = svm_any(run, BYTES), one = 1;

	svm_arg_pointer(kernel, 0, memory);
	svm_arg(kernel, 1, sizeof(one), &one);
	for (cl_int round = 1; round <= 30; round++) {
		svm_iteration((uint64_t)round);
		for (unsigned int i = 0; i < 20; i++)
			svm_launch(run->queue, kernel, BYTES / 4, 0);
		svm_map(run, memory, BYTES);
		svm_expect_equal(20 * round, memory[BYTES / 4 - 1]);
		svm_unmap(run, memory);
	}
	clSVMFree(run->context, memory);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(commands_map_refused, SVM_ANY_SVM, MAP_SECTION,
	 "No pointer, no bytes, or flags that exclude each other: CL_INVALID_VALUE.")
{
	char *memory = svm_any(run, BYTES);

	svm_expect_code(CL_INVALID_VALUE,
			clEnqueueSVMMap(run->queue, CL_TRUE, CL_MAP_READ, NULL, 64, 0, NULL, NULL));
	svm_expect_code(CL_INVALID_VALUE, clEnqueueSVMMap(run->queue, CL_TRUE, CL_MAP_READ, memory,
							  0, 0, NULL, NULL));
	svm_expect_code(CL_INVALID_VALUE,
			clEnqueueSVMMap(run->queue, CL_TRUE,
					CL_MAP_READ | CL_MAP_WRITE_INVALIDATE_REGION, memory, 64, 0,
					NULL, NULL));
	svm_expect_code(CL_INVALID_VALUE,
			clEnqueueSVMMap(run->queue, CL_TRUE, 1u << 20, memory, 64, 0, NULL, NULL));
	clSVMFree(run->context, memory);
}

SVM_CASE(commands_unmap_refused_null, SVM_ANY_SVM, "API 5.6 (clEnqueueSVMUnmap)",
	 "A NULL pointer: CL_INVALID_VALUE.")
{
	svm_expect_code(CL_INVALID_VALUE, clEnqueueSVMUnmap(run->queue, NULL, 0, NULL, NULL));
}

/* ---- migrate ---- */

struct migrate_row {
	const char *name;
	size_t offset, bytes;
	bool without_sizes;
	cl_mem_migration_flags flags;
};

static void check_migrate(struct svm_run *run)
{
	const struct migrate_row *row = run->test->row;
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "add");
	cl_int *memory = svm_any(run, BYTES), one = 1;
	const void *pointers[] = { (char *)memory + row->offset };
	const size_t sizes[] = { row->bytes };
	bool keeps = !(row->flags & CL_MIGRATE_MEM_OBJECT_CONTENT_UNDEFINED);

	svm_arg_pointer(kernel, 0, memory);
	svm_arg(kernel, 1, sizeof(one), &one);
	svm_launch(run->queue, kernel, BYTES / 4, 0);
	svm_success(clEnqueueSVMMigrateMem(run->queue, 1, pointers,
					   row->without_sizes ? NULL : sizes, row->flags, 0, NULL,
					   NULL));
	if (!keeps) {
		const cl_int pattern = 1;

		svm_success(clEnqueueSVMMemFill(run->queue, memory, &pattern, sizeof(pattern),
						BYTES, 0, NULL, NULL));
	}
	svm_launch(run->queue, kernel, BYTES / 4, 0);
	svm_map(run, memory, BYTES);
	for (unsigned int i = 0; i < BYTES / 4; i++)
		svm_expect_equal(2, memory[i]);
	svm_unmap(run, memory);
	clSVMFree(run->context, memory);
	svm_success(clReleaseKernel(kernel));
}

static const struct svm_case migrate_case = {
	.claim = "Migration changes no contents, and takes any range of an allocation.",
	.section = MIGRATE_SECTION,
	.needs = SVM_ANY_SVM,
	.run = check_migrate,
};

static const struct migrate_row migrate_rows[] = {
	{ "whole", 0, BYTES, false, 0 },
	{ "part", 0, 4096, false, 0 },
	{ "interior", 1000, 3000, false, 0 },
	{ "size_0", 0, 0, false, 0 },
	{ "interior_size_0", 100, 0, false, 0 },
	{ "without_sizes", 0, 0, true, 0 },
	{ "to_host", 0, BYTES, false, CL_MIGRATE_MEM_OBJECT_HOST },
	{ "contents_undefined", 0, BYTES, false, CL_MIGRATE_MEM_OBJECT_CONTENT_UNDEFINED },
};

SVM_CASE(commands_migrate_many, SVM_ANY_SVM, MIGRATE_SECTION,
	 "Several ranges migrate with one command, overlapping ones too.")
{
	char *one = svm_any(run, BYTES), *other = svm_any(run, BYTES);
	const void *pointers[] = { one, other + 64, one + 100, other };
	const size_t sizes[] = { BYTES, 128, 200, 0 };

	svm_success(clEnqueueSVMMigrateMem(run->queue, 4, pointers, sizes, 0, 0, NULL, NULL));
	svm_finish(run->queue, "migrating");
	clSVMFree(run->context, one);
	clSVMFree(run->context, other);
}

SVM_CASE(commands_migrate_refused, SVM_ANY_SVM, MIGRATE_SECTION,
	 "No ranges, a range that is in no allocation, or unknown flags: CL_INVALID_VALUE.")
{
	char *memory = svm_any(run, BYTES);
	const void *pointers[] = { memory };
	const size_t sizes[] = { BYTES + 1 };

	svm_expect_code(CL_INVALID_VALUE,
			clEnqueueSVMMigrateMem(run->queue, 0, pointers, NULL, 0, 0, NULL, NULL));
	svm_expect_code(CL_INVALID_VALUE,
			clEnqueueSVMMigrateMem(run->queue, 1, NULL, NULL, 0, 0, NULL, NULL));
	svm_expect_code(CL_INVALID_VALUE,
			clEnqueueSVMMigrateMem(run->queue, 1, pointers, sizes, 0, 0, NULL, NULL));
	svm_expect_code(CL_INVALID_VALUE, clEnqueueSVMMigrateMem(run->queue, 1, pointers, NULL,
								 1u << 30, 0, NULL, NULL));
	clSVMFree(run->context, memory);
}

/* ---- free ---- */

struct free_notes {
	_Atomic cl_uint calls;
	cl_command_queue queue;
	cl_uint count;
	void *pointers[8];
	cl_context context;
};

static void CL_CALLBACK note_free(cl_command_queue queue, cl_uint count, void *pointers[],
				  void *data)
{
	struct free_notes *notes = data;

	notes->queue = queue;
	notes->count = count;
	for (cl_uint i = 0; i < count && i < 8; i++) {
		notes->pointers[i] = pointers[i];
		clSVMFree(notes->context, pointers[i]);
	}
	atomic_fetch_add(&notes->calls, 1);
}

SVM_CASE(commands_free_callback_arguments, SVM_ANY_SVM, FREE_SECTION,
	 "The callback gets the queue, the pointers, their number and the user's data.")
{
	struct free_notes notes = { .context = run->context };
	void *pointers[5], *kept[5];

	for (unsigned int i = 0; i < 5; i++)
		kept[i] = pointers[i] = svm_any(run, 64);
	svm_success(clEnqueueSVMFree(run->queue, 5, pointers, note_free, &notes, 0, NULL, NULL));
	svm_finish(run->queue, "freeing");
	svm_await_at_least(&notes.calls, 1, "the callback of the free command");
	svm_expect(notes.queue == run->queue, "another queue");
	svm_expect_equal(5, notes.count);
	for (unsigned int i = 0; i < 5; i++)
		svm_expect(notes.pointers[i] == kept[i], "pointer %u: %p", i, notes.pointers[i]);
	svm_expect_equal(1, atomic_load(&notes.calls));
}

SVM_CASE(commands_free_copies_the_array, SVM_ANY_SVM, FREE_SECTION,
	 "The array of pointers may be changed once the command is enqueued.")
{
	struct free_notes notes = { .context = run->context };
	cl_event gate = make_gate(run);
	void *pointers[3], *kept[3];

	for (unsigned int i = 0; i < 3; i++)
		kept[i] = pointers[i] = svm_any(run, 64);
	svm_success(clEnqueueSVMFree(run->queue, 3, pointers, note_free, &notes, 1, &gate, NULL));
	memset(pointers, 0, sizeof(pointers));
	svm_success(clSetUserEventStatus(gate, CL_COMPLETE));
	svm_finish(run->queue, "freeing");
	svm_await_at_least(&notes.calls, 1, "the callback of the free command");
	for (unsigned int i = 0; i < 3; i++)
		svm_expect(notes.pointers[i] == kept[i], "pointer %u: expected %p, seen %p", i,
			   kept[i], notes.pointers[i]);
	svm_success(clReleaseEvent(gate));
}

SVM_CASE(commands_free_without_callback, SVM_ANY_SVM, FREE_SECTION,
	 "Without a callback the command frees: memory can be had again and again.")
{
	cl_ulong global = 0, most = 0;
	size_t bytes;

	svm_success(clGetDeviceInfo(run->device.handle, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof(global),
				    &global, NULL));
	svm_success(clGetDeviceInfo(run->device.handle, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof(most),
				    &most, NULL));
	bytes = global / 16 < most ? global / 16 : most;
	for (uint64_t i = 0; i < 4 * global / bytes + 50; i++) {
		void *memory = clSVMAlloc(run->context, CL_MEM_READ_WRITE, bytes, 0);

		svm_iteration(i);
		svm_expect(memory, "%zu bytes: NULL", bytes);
		svm_success(clEnqueueSVMFree(run->queue, 1, &memory, NULL, NULL, 0, NULL, NULL));
		svm_finish(run->queue, "freeing");
	}
}

SVM_CASE(commands_free_after_kernel, SVM_FINE, FREE_SECTION,
	 "What is freed by a command is there for the kernel enqueued before it.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "copy");
	cl_int *target = svm_fine(run, BYTES);

	for (uint64_t round = 0; svm_more(run, round, 50); round++) {
		cl_int *source = svm_fine(run, BYTES);
		void *pointers[] = { source };
		cl_event gate = make_gate(run);

		for (cl_int i = 0; i < BYTES / 4; i++)
			source[i] = (cl_int)round + i;
		svm_arg_pointer(kernel, 0, target);
		svm_arg_pointer(kernel, 1, source);
		svm_success(
			clReleaseEvent(svm_launch_event(run->queue, kernel, BYTES / 4, 1, &gate)));
		svm_success(clEnqueueSVMFree(run->queue, 1, pointers, NULL, NULL, 0, NULL, NULL));
		svm_success(clFlush(run->queue));
		/* Others take the memory, if it is free already. */
		for (unsigned int i = 0; i < 4; i++) {
			cl_int *other = svm_fine(run, BYTES);

			memset(other, 0xff, BYTES);
			clSVMFree(run->context, other);
		}
		svm_success(clSetUserEventStatus(gate, CL_COMPLETE));
		svm_finish(run->queue, "a kernel, and the freeing of its memory");
		for (cl_int i = 0; i < BYTES / 4; i++)
			svm_expect_equal((cl_int)round + i, target[i]);
		svm_success(clReleaseEvent(gate));
	}
	clSVMFree(run->context, target);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(commands_free_refused, SVM_ANY_SVM, FREE_SECTION,
	 "A number without pointers, or pointers without a number: CL_INVALID_VALUE.")
{
	void *pointers[] = { svm_any(run, 64) };

	svm_expect_code(CL_INVALID_VALUE,
			clEnqueueSVMFree(run->queue, 1, NULL, NULL, NULL, 0, NULL, NULL));
	svm_expect_code(CL_INVALID_VALUE,
			clEnqueueSVMFree(run->queue, 0, pointers, NULL, NULL, 0, NULL, NULL));
	clSVMFree(run->context, pointers[0]);
}

/* ---- order between commands ---- */

SVM_CASE(commands_order_mixed, SVM_FINE, "API 3.2.4, 5.1 (in-order queues)",
	 "Fills, copies and kernels of an in-order queue take effect in order.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "add");
	cl_int *one = svm_fine(run, BYTES), *other = svm_fine(run, BYTES), amount = 5;

	svm_arg_pointer(kernel, 0, one);
	svm_arg(kernel, 1, sizeof(amount), &amount);
	for (cl_int round = 0; round < 40; round++) {
		svm_iteration((uint64_t)round);
		svm_success(clEnqueueSVMMemFill(run->queue, one, &round, sizeof(round), BYTES, 0,
						NULL, NULL));
		svm_launch(run->queue, kernel, BYTES / 4, 0);
		svm_success(
			clEnqueueSVMMemcpy(run->queue, CL_FALSE, other, one, BYTES, 0, NULL, NULL));
		svm_launch(run->queue, kernel, BYTES / 4, 0);
		svm_finish(run->queue, "fill, kernel, copy, kernel");
		for (unsigned int i = 0; i < BYTES / 4; i++) {
			svm_expect_equal(round + 5, other[i]);
			svm_expect_equal(round + 10, one[i]);
		}
	}
	clSVMFree(run->context, one);
	clSVMFree(run->context, other);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(commands_order_by_events, SVM_FINE | SVM_OUT_OF_ORDER, "API 5.11, 5.14",
	 "In an out-of-order queue events alone keep the order.")
{
	cl_command_queue queue = svm_queue(run, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE);
	cl_int *memory = svm_fine(run, BYTES);
	cl_event before = NULL, event;

	for (cl_int i = 1; i <= 100; i++) {
		svm_success(clEnqueueSVMMemFill(queue, memory, &i, sizeof(i), BYTES, before ? 1 : 0,
						before ? &before : NULL, &event));
		if (before)
			svm_success(clReleaseEvent(before));
		before = event;
	}
	svm_step("a chain of events");
	svm_success(clWaitForEvents(1, &before));
	svm_expect_equal(100, memory[0]);
	svm_expect_equal(100, memory[BYTES / 4 - 1]);
	svm_success(clReleaseEvent(before));
	svm_success(clReleaseCommandQueue(queue));
	clSVMFree(run->context, memory);
}

SVM_CASE(commands_order_by_barrier, SVM_FINE | SVM_OUT_OF_ORDER, "API 5.12 (barriers)",
	 "In an out-of-order queue a barrier holds back what comes after it.")
{
	cl_command_queue queue = svm_queue(run, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE);
	cl_int *memory = svm_fine(run, BYTES), *copy = svm_fine(run, BYTES);

	for (cl_int i = 1; i <= 50; i++) {
		cl_event gate = make_gate(run);

		svm_iteration((uint64_t)i);
		svm_success(
			clEnqueueSVMMemFill(queue, memory, &i, sizeof(i), BYTES, 1, &gate, NULL));
		svm_success(clEnqueueBarrierWithWaitList(queue, 0, NULL, NULL));
		svm_success(
			clEnqueueSVMMemcpy(queue, CL_FALSE, copy, memory, BYTES, 0, NULL, NULL));
		svm_success(clFlush(queue));
		svm_success(clSetUserEventStatus(gate, CL_COMPLETE));
		svm_finish(queue, "a barrier");
		svm_expect_equal(i, copy[0]);
		svm_expect_equal(i, copy[BYTES / 4 - 1]);
		svm_success(clReleaseEvent(gate));
	}
	svm_success(clReleaseCommandQueue(queue));
	clSVMFree(run->context, memory);
	clSVMFree(run->context, copy);
}

__attribute__((constructor)) static void register_memory_commands(void)
{
	for (size_t i = 0; i < sizeof(map_rows) / sizeof(map_rows[0]); i++)
		svm_register_row(&map_case, &map_rows[i], "commands_map_%s", map_rows[i].name);
	for (size_t i = 0; i < sizeof(migrate_rows) / sizeof(migrate_rows[0]); i++)
		svm_register_row(&migrate_case, &migrate_rows[i], "commands_migrate_%s",
				 migrate_rows[i].name);
}
