// SPDX-License-Identifier: MIT
/* Shared virtual memory: allocating, freeing, and the commands on it. */
#include <string.h>

#include "harness.h"

extern const char svm_memory_cl[];

struct fixture {
	struct test_setup base;
	cl_program program;
};

static void *alloc(const struct fixture *fixture, cl_svm_mem_flags flags, size_t bytes)
{
	void *svm = clSVMAlloc(fixture->base.context, flags, bytes, 0);

	check_fatal(svm, "no SVM of %zu bytes, flags 0x%llx", bytes, (unsigned long long)flags);
	return svm;
}

static void release_svm(const struct fixture *fixture, void *svm)
{
	clSVMFree(fixture->base.context, svm);
}

static void finish(const struct fixture *fixture)
{
	check_success(clFinish(fixture->base.queue));
}

/* ---- allocating ---- */

static const cl_svm_mem_flags kinds[] = {
	0,
	CL_MEM_READ_WRITE,
	CL_MEM_READ_ONLY,
	CL_MEM_WRITE_ONLY,
	CL_MEM_READ_WRITE | CL_MEM_SVM_FINE_GRAIN_BUFFER,
	CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS,
};

/* Every power of two up to the largest type's size, and the default, which is that. */
static void test_alignments(const struct fixture *fixture)
{
	test_step("alignments");
	for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
		for (cl_uint alignment = 0; alignment <= 128;
		     alignment = alignment ? 2 * alignment : 1) {
			cl_uint wanted = alignment ? alignment : 128;
			char *svm[4];

			for (int i = 0; i < 4; i++) {
				svm[i] = clSVMAlloc(fixture->base.context, kinds[kind], 1 + 40 * i,
						    alignment);
				check(svm[i] && !((uintptr_t)svm[i] % wanted),
				      "flags 0x%llx, alignment %u: %p",
				      (unsigned long long)kinds[kind], alignment, (void *)svm[i]);
				if (svm[i])
					memset(svm[i], i, 1 + 40 * i);
			}
			for (int i = 0; i < 4; i++) {
				if (svm[i])
					check_equal(i, svm[i][40 * i]);
				release_svm(fixture, svm[i]);
			}
		}
	}
}

/* Random sizes, filled and looked at again: no allocation lies in another. */
static void test_many(const struct fixture *fixture, uint64_t seed)
{
	enum { COUNT = 200 };
	struct test_random random = { seed };
	unsigned char *svm[COUNT] = { NULL };
	size_t bytes[COUNT] = { 0 };

	test_step("many allocations");
	for (int step = 0; step < 4000; step++) {
		size_t i = test_random_below(&random, COUNT);
		unsigned char mark = (unsigned char)i;

		if (!svm[i]) {
			bytes[i] = 1 + test_random_below(&random, step % 20 ? 3000 : 300000);
			svm[i] = alloc(
				fixture,
				kinds[test_random_below(&random, sizeof(kinds) / sizeof(kinds[0]))],
				bytes[i]);
			memset(svm[i], mark, bytes[i]);
			continue;
		}
		check(svm[i][0] == mark && !memcmp(svm[i], svm[i] + 1, bytes[i] - 1),
		      "seed %llu, step %d: allocation %zu was written to", (unsigned long long)seed,
		      step, i);
		release_svm(fixture, svm[i]);
		svm[i] = NULL;
	}
	for (int i = 0; i < COUNT; i++)
		release_svm(fixture, svm[i]);
}

/* ---- freeing ---- */

struct freed {
	const struct fixture *fixture;
	_Atomic int calls;
	cl_command_queue queue;
	cl_uint count;
	void *pointers[3];
};

static void CL_CALLBACK free_all(cl_command_queue queue, cl_uint count, void *pointers[],
				 void *user_data)
{
	struct freed *freed = user_data;

	freed->queue = queue;
	freed->count = count;
	for (cl_uint i = 0; i < count && i < 3; i++) {
		freed->pointers[i] = pointers[i];
		/* Among them is memory that is not SVM. */
		if (i == 1)
			free(pointers[i]);
		else
			release_svm(freed->fixture, pointers[i]);
	}
	atomic_fetch_add(&freed->calls, 1);
}

/* The list of pointers is the caller's again when the call has returned. */
static void test_free_callback(const struct fixture *fixture)
{
	struct freed freed = { .fixture = fixture };
	void *wanted[3] = { alloc(fixture, 0, 100), malloc(100), alloc(fixture, 0, 5000) };
	void *pointers[3];
	cl_event gate, event;
	cl_int code;

	test_step("freeing by a callback");
	memcpy(pointers, wanted, sizeof(pointers));
	gate = clCreateUserEvent(fixture->base.context, &code);
	check_success_fatal(code);
	check_success(clEnqueueSVMFree(fixture->base.queue, 3, pointers, free_all, &freed, 1, &gate,
				       &event));
	memset(pointers, 0xff, sizeof(pointers));
	check_equal(CL_COMMAND_SVM_FREE, test_event_info(event, CL_EVENT_COMMAND_TYPE));
	check_success(clFlush(fixture->base.queue));
	check_equal(0, freed.calls);
	check_success(clSetUserEventStatus(gate, CL_COMPLETE));
	check_success(clWaitForEvents(1, &event));
	check_equal(1, freed.calls);
	check_equal(3, freed.count);
	check(freed.queue == fixture->base.queue, "%p", (void *)freed.queue);
	for (int i = 0; i < 3; i++)
		check(freed.pointers[i] == wanted[i], "pointer %d is %p", i, freed.pointers[i]);
	check_success(clReleaseEvent(event));
	check_success(clReleaseEvent(gate));
}

static void test_free(const struct fixture *fixture)
{
	void *pointers[3] = { alloc(fixture, 0, 100), NULL,
			      alloc(fixture, CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS,
				    100) };
	void *again;

	test_step("freeing");
	release_svm(fixture, NULL);
	/* NULL is as little to free here as there. */
	check_success(
		clEnqueueSVMFree(fixture->base.queue, 3, pointers, NULL, NULL, 0, NULL, NULL));
	finish(fixture);
	/* Freed memory comes back. */
	again = alloc(fixture, 0, 100);
	check(again == pointers[0], "%p was freed, %p is new", pointers[0], again);
	release_svm(fixture, again);
	check_success(clEnqueueSVMFree(fixture->base.queue, 0, NULL, NULL, NULL, 0, NULL, NULL));
	finish(fixture);
}

/* ---- copying and filling ---- */

static void fill_counting(unsigned char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		bytes[i] = (unsigned char)(i * 7 + 1);
}

/* Either side may be SVM, its middle, or any memory of the process. */
static void test_memcpy(const struct fixture *fixture)
{
	enum { BYTES = 1000 };
	unsigned char *svm = alloc(fixture, 0, 4 * BYTES), *heap = malloc(4 * BYTES);
	unsigned char *sources[3] = { svm, svm + 77, heap };
	unsigned char *targets[3] = { svm + 2 * BYTES, svm + 2 * BYTES + 5, heap + 2 * BYTES };

	test_step("copying");
	check_fatal(heap, "no memory");
	for (int i = 0; i < 9; i++) {
		unsigned char *source = sources[i / 3], *target = targets[i % 3];
		cl_event event;

		fill_counting(source, BYTES);
		memset(target, 0, BYTES + 1);
		check_success(clEnqueueSVMMemcpy(fixture->base.queue, i % 2, target, source, BYTES,
						 0, NULL, &event));
		check_equal(CL_COMMAND_SVM_MEMCPY, test_event_info(event, CL_EVENT_COMMAND_TYPE));
		check_success(clWaitForEvents(1, &event));
		check(!memcmp(target, source, BYTES) && !target[BYTES], "case %d", i);
		check_success(clReleaseEvent(event));
	}
	/* Neighbours are no overlap, and nothing is nothing. */
	check_success(
		clEnqueueSVMMemcpy(fixture->base.queue, CL_TRUE, svm + 16, svm, 16, 0, NULL, NULL));
	check_success(
		clEnqueueSVMMemcpy(fixture->base.queue, CL_TRUE, svm, svm + 16, 16, 0, NULL, NULL));
	check_success(
		clEnqueueSVMMemcpy(fixture->base.queue, CL_TRUE, svm, heap, 0, 0, NULL, NULL));
	release_svm(fixture, svm);
	free(heap);
}

static void test_fill(const struct fixture *fixture)
{
	enum { BYTES = 1024 };
	unsigned char *svm = alloc(fixture, 0, BYTES), pattern[128];

	test_step("filling");
	for (size_t size = 1; size <= 128; size *= 2) {
		unsigned char kept[128];
		cl_event event;

		fill_counting(pattern, size);
		memcpy(kept, pattern, size);
		memset(svm, 0, BYTES);
		check_success(clEnqueueSVMMemFill(fixture->base.queue, svm + size, pattern, size,
						  BYTES - 2 * size, 0, NULL, &event));
		/* The pattern is the caller's again. */
		memset(pattern, 0xff, size);
		check_equal(CL_COMMAND_SVM_MEMFILL, test_event_info(event, CL_EVENT_COMMAND_TYPE));
		check_success(clWaitForEvents(1, &event));
		for (size_t i = 0; i < BYTES; i++) {
			bool inside = i >= size && i < BYTES - size;

			check(svm[i] == (inside ? kept[i % size] : 0),
			      "pattern of %zu bytes: byte %zu is %u", size, i, svm[i]);
		}
		check_success(clReleaseEvent(event));
	}
	release_svm(fixture, svm);
}

/* ---- maps and migration ---- */

static void test_map(const struct fixture *fixture)
{
	static const cl_map_flags flags[] = { CL_MAP_READ, CL_MAP_WRITE, CL_MAP_READ | CL_MAP_WRITE,
					      CL_MAP_WRITE_INVALIDATE_REGION };
	const size_t items = 64;
	cl_kernel kernel = test_kernel(fixture->program, "add");
	cl_int *svm = alloc(fixture, 0, items * sizeof(*svm)), wanted = 0;
	cl_event events[2];

	test_step("maps");
	memset(svm, 0, items * sizeof(*svm));
	check_success(clSetKernelArgSVMPointer(kernel, 0, svm));
	for (cl_int i = 0; i < 4; i++) {
		check_success(clSetKernelArg(kernel, 1, sizeof(i), &i));
		check_success(clEnqueueNDRangeKernel(fixture->base.queue, kernel, 1, NULL, &items,
						     NULL, 0, NULL, NULL));
		check_success(clEnqueueSVMMap(fixture->base.queue, i % 2, flags[i], svm + 8, 64, 0,
					      NULL, &events[0]));
		check_equal(CL_COMMAND_SVM_MAP, test_event_info(events[0], CL_EVENT_COMMAND_TYPE));
		check_success(clWaitForEvents(1, &events[0]));
		wanted += i;
		check_equal(wanted, svm[8]);
		svm[8] = ++wanted;
		check_success(clEnqueueSVMUnmap(fixture->base.queue, svm + 8, 0, NULL, &events[1]));
		check_equal(CL_COMMAND_SVM_UNMAP,
			    test_event_info(events[1], CL_EVENT_COMMAND_TYPE));
		finish(fixture);
		check_success(clReleaseEvent(events[0]));
		check_success(clReleaseEvent(events[1]));
	}
	release_svm(fixture, svm);
	check_success(clReleaseKernel(kernel));
}

/* Interior pointers, sizes of 0, no sizes, ranges that overlap: nothing is lost. */
static void test_migrate(const struct fixture *fixture)
{
	enum { BYTES = 100000 };
	unsigned char *one = alloc(fixture, 0, BYTES);
	unsigned char *other =
		alloc(fixture, CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS, BYTES);
	const void *pointers[5] = { one, one + 1234, one + 2000, other + 5, other + BYTES - 1 };
	const size_t sizes[5] = { 5000, 0, 50000, 0, 1 };
	static const cl_mem_migration_flags flags[] = {
		0, CL_MIGRATE_MEM_OBJECT_HOST,
		CL_MIGRATE_MEM_OBJECT_HOST | CL_MIGRATE_MEM_OBJECT_CONTENT_UNDEFINED
	};

	test_step("migration");
	for (int i = 0; i < 4; i++) {
		unsigned char *copy = malloc(BYTES);
		cl_event event;

		check_fatal(copy, "no memory");
		fill_counting(one, BYTES);
		fill_counting(other, BYTES);
		memcpy(copy, one, BYTES);
		check_success(clEnqueueSVMMigrateMem(fixture->base.queue, 5, pointers,
						     i % 2 ? NULL : sizes, flags[i / 2], 0, NULL,
						     &event));
		check_equal(CL_COMMAND_SVM_MIGRATE_MEM,
			    test_event_info(event, CL_EVENT_COMMAND_TYPE));
		check_success(clWaitForEvents(1, &event));
		check(!memcmp(one, copy, BYTES) && !memcmp(other, copy, BYTES), "case %d", i);
		check_success(clReleaseEvent(event));
		free(copy);
	}
	check_success(clEnqueueSVMMigrateMem(fixture->base.queue, 5, pointers, sizes, flags[2], 0,
					     NULL, NULL));
	finish(fixture);
	release_svm(fixture, one);
	release_svm(fixture, other);
}

/* ---- kernels ---- */

struct node {
	struct node *next;
	cl_int value;
};

/* Kernels reach allocations that they were told of, and ones that hang on pointers. */
static void test_pointers(const struct fixture *fixture)
{
	enum { NODES = 50 };
	const size_t one = 1;
	cl_kernel kernel = test_kernel(fixture->program, "sum_list"), clone;
	cl_int *sum = alloc(fixture, 0, 4 * sizeof(*sum)), code;
	void *pointers[NODES];
	struct node *first = NULL;

	test_step("pointers in SVM");
	for (int i = 0; i < NODES; i++) {
		char *block = alloc(fixture, kinds[4 + i % 2], 256);
		/* Inside an allocation, not at its beginning. */
		struct node *node = (struct node *)(block + 64);

		*node = (struct node){ first, i };
		pointers[i] = i % 3 ? (void *)block : (void *)node;
		first = node;
	}
	check_success(clSetKernelArgSVMPointer(kernel, 0, first));
	check_success(clSetKernelArgSVMPointer(kernel, 1, sum + 2));
	check_success(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS, sizeof(pointers),
					  pointers));
	check_success(clEnqueueNDRangeKernel(fixture->base.queue, kernel, 1, NULL, &one, NULL, 0,
					     NULL, NULL));
	finish(fixture);
	check_equal(NODES * (NODES - 1) / 2, sum[2]);

	/* A clone has the same; the list may be set anew, and taken back. */
	clone = clCloneKernel(kernel, &code);
	check_success_fatal(code);
	check_success(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS, sizeof(pointers[0]),
					  pointers));
	check_success(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS, 0, NULL));
	check_success(clReleaseKernel(kernel));
	first->value += 100;
	check_success(clEnqueueNDRangeKernel(fixture->base.queue, clone, 1, NULL, &one, NULL, 0,
					     NULL, NULL));
	finish(fixture);
	check_equal(NODES * (NODES - 1) / 2 + 100, sum[2]);
	check_success(clReleaseKernel(clone));
	while (first) {
		struct node *next = first->next;

		release_svm(fixture, (char *)first - 64);
		first = next;
	}
	release_svm(fixture, sum);
}

static void test_exec_info(const struct fixture *fixture)
{
	const cl_bool yes = CL_TRUE, no = CL_FALSE;
	cl_device_svm_capabilities has = 0;
	cl_kernel kernel = test_kernel(fixture->program, "add");

	test_step("execution information");
	check_success(clGetDeviceInfo(fixture->base.device, CL_DEVICE_SVM_CAPABILITIES, sizeof(has),
				      &has, NULL));
	check_success(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_FINE_GRAIN_SYSTEM,
					  sizeof(no), &no));
	check_equal(has & CL_DEVICE_SVM_FINE_GRAIN_SYSTEM ? CL_SUCCESS : CL_INVALID_OPERATION,
		    clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_FINE_GRAIN_SYSTEM,
					sizeof(yes), &yes));
	check_success(clReleaseKernel(kernel));
}

int main(void)
{
	struct fixture fixture = { .base = test_open() };
	uint64_t seed = test_seed(1);

	fixture.program = test_build(fixture.base.context, svm_memory_cl, "-cl-std=CL3.0");
	test_alignments(&fixture);
	test_many(&fixture, seed);
	test_free_callback(&fixture);
	test_free(&fixture);
	test_memcpy(&fixture);
	test_fill(&fixture);
	test_map(&fixture);
	test_migrate(&fixture);
	test_pointers(&fixture);
	test_exec_info(&fixture);
	check_success(clReleaseProgram(fixture.program));
	test_close(&fixture.base);
	return check_result();
}
