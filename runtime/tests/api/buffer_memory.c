// SPDX-License-Identifier: MIT
/* The memory behind buffers: the host's, SVM, sub-buffers; maps, queries, destructors. */
#include <string.h>

#include "harness.h"

#define INTS 256

extern const char buffer_memory_cl[];

struct fixture {
	struct test_setup base;
	cl_kernel add;
};

static cl_mem create(const struct fixture *fixture, cl_mem_flags flags, size_t bytes, void *pointer)
{
	cl_int code;
	cl_mem buffer = clCreateBuffer(fixture->base.context, flags, bytes, pointer, &code);

	check_success_fatal(code);
	return buffer;
}

static cl_mem sub_buffer(cl_mem buffer, cl_mem_flags flags, size_t origin, size_t bytes)
{
	const cl_buffer_region region = { origin, bytes };
	cl_int code;
	cl_mem made =
		clCreateSubBuffer(buffer, flags, CL_BUFFER_CREATE_TYPE_REGION, &region, &code);

	check_success_fatal(code);
	return made;
}

static void *map(const struct fixture *fixture, cl_mem buffer, cl_map_flags flags, size_t offset,
		 size_t bytes)
{
	cl_int code;
	void *mapped = clEnqueueMapBuffer(fixture->base.queue, buffer, CL_TRUE, flags, offset,
					  bytes, 0, NULL, NULL, &code);

	check_success_fatal(code);
	return mapped;
}

static void unmap(const struct fixture *fixture, cl_mem buffer, void *mapped)
{
	check_success(clEnqueueUnmapMemObject(fixture->base.queue, buffer, mapped, 0, NULL, NULL));
}

/* Runs a kernel that adds @number to the first @count ints of @buffer. */
static void add(const struct fixture *fixture, cl_mem buffer, size_t count, cl_int number)
{
	check_success(clSetKernelArg(fixture->add, 0, sizeof(buffer), &buffer));
	check_success(clSetKernelArg(fixture->add, 1, sizeof(number), &number));
	check_success(clEnqueueNDRangeKernel(fixture->base.queue, fixture->add, 1, NULL, &count,
					     NULL, 0, NULL, NULL));
}

static uint64_t info(cl_mem buffer, cl_mem_info name, size_t bytes)
{
	uint64_t value = 0;
	size_t seen = 0;

	check_success(clGetMemObjectInfo(buffer, name, sizeof(value), &value, &seen));
	check_equal(bytes, seen);
	return value;
}

static cl_uint map_count(cl_mem buffer)
{
	return (cl_uint)info(buffer, CL_MEM_MAP_COUNT, sizeof(cl_uint));
}

/* ---- the host's memory ---- */

static void test_use_host_pointer(const struct fixture *fixture)
{
	static cl_int memory[INTS];
	cl_mem buffer;
	cl_int *mapped;

	test_step("CL_MEM_USE_HOST_PTR");
	for (int i = 0; i < INTS; i++)
		memory[i] = i;
	buffer = create(fixture, CL_MEM_USE_HOST_PTR, sizeof(memory), memory);
	check_equal((intptr_t)memory, info(buffer, CL_MEM_HOST_PTR, sizeof(void *)));
	check_equal(CL_FALSE, info(buffer, CL_MEM_USES_SVM_POINTER, sizeof(cl_bool)));
	add(fixture, buffer, INTS, 1000);
	mapped = map(fixture, buffer, CL_MAP_READ | CL_MAP_WRITE, 64, 128);
	check((char *)mapped == (char *)memory + 64, "mapped to %p", (void *)mapped);
	for (int i = 0; i < 32; i++)
		check_equal(1016 + i, mapped[i]);
	mapped[0] = -5;
	unmap(fixture, buffer, mapped);
	add(fixture, buffer, INTS, 1);
	mapped = map(fixture, buffer, CL_MAP_READ, 0, sizeof(memory));
	check_equal(-4, memory[16]);
	check_equal(1001 + 255, memory[255]);
	unmap(fixture, buffer, mapped);
	check_success(clFinish(fixture->base.queue));
	check_success(clReleaseMemObject(buffer));
}

static void test_copy_host_pointer(const struct fixture *fixture)
{
	static const cl_mem_flags kinds[] = { CL_MEM_COPY_HOST_PTR,
					      CL_MEM_COPY_HOST_PTR | CL_MEM_ALLOC_HOST_PTR };
	cl_int memory[INTS], *mapped;

	test_step("CL_MEM_COPY_HOST_PTR");
	for (int kind = 0; kind < 2; kind++) {
		cl_mem buffer;

		for (int i = 0; i < INTS; i++)
			memory[i] = i;
		buffer = create(fixture, kinds[kind], sizeof(memory), memory);
		check_equal(0, info(buffer, CL_MEM_HOST_PTR, sizeof(void *)));
		memset(memory, 0xff, sizeof(memory));
		add(fixture, buffer, INTS, 7);
		mapped = map(fixture, buffer, CL_MAP_READ, 0, sizeof(memory));
		check(mapped != memory, "mapped to the host's memory");
		for (int i = 0; i < INTS; i++)
			check_equal(7 + i, mapped[i]);
		check_equal(-1, memory[0]);
		unmap(fixture, buffer, mapped);
		check_success(clFinish(fixture->base.queue));
		check_success(clReleaseMemObject(buffer));
	}
}

/* ---- SVM ---- */

/* A buffer over SVM, over a part of it, and sub-buffers of that: all are the same memory. */
static void test_over_svm(const struct fixture *fixture)
{
	cl_int *svm = clSVMAlloc(fixture->base.context,
				 CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS,
				 INTS * sizeof(*svm), 0);
	cl_mem whole, part, sub;
	cl_int *mapped;

	test_step("a buffer over SVM");
	check_fatal(svm, "no SVM");
	memset(svm, 0, INTS * sizeof(*svm));
	whole = create(fixture, CL_MEM_USE_HOST_PTR, INTS * sizeof(*svm), svm);
	part = create(fixture, CL_MEM_USE_HOST_PTR, 64, svm + 32);
	sub = sub_buffer(whole, 0, 512, 256);
	check_equal(CL_TRUE, info(whole, CL_MEM_USES_SVM_POINTER, sizeof(cl_bool)));
	check_equal(CL_TRUE, info(part, CL_MEM_USES_SVM_POINTER, sizeof(cl_bool)));
	check_equal(CL_TRUE, info(sub, CL_MEM_USES_SVM_POINTER, sizeof(cl_bool)));
	check_equal((intptr_t)(svm + 128), info(sub, CL_MEM_HOST_PTR, sizeof(void *)));
	add(fixture, whole, INTS, 1);
	add(fixture, part, 16, 10);
	add(fixture, sub, 64, 100);
	check_success(clFinish(fixture->base.queue));
	/* Fine-grain memory needs no map to be seen. */
	check_equal(1, svm[0]);
	check_equal(11, svm[32]);
	check_equal(101, svm[128]);
	mapped = map(fixture, whole, CL_MAP_WRITE, 0, INTS * sizeof(*svm));
	check(mapped == svm, "mapped to %p", (void *)mapped);
	unmap(fixture, whole, mapped);
	mapped = map(fixture, sub, CL_MAP_READ, 4, 16);
	check(mapped == svm + 129, "mapped to %p", (void *)mapped);
	unmap(fixture, sub, mapped);
	check_success(clFinish(fixture->base.queue));
	check_success(clReleaseMemObject(sub));
	check_success(clReleaseMemObject(part));
	check_success(clReleaseMemObject(whole));
	clSVMFree(fixture->base.context, svm);
}

/* ---- sub-buffers ---- */

static void test_sub_buffers(const struct fixture *fixture)
{
	cl_int numbers[INTS] = { 0 };
	cl_mem buffer = test_buffer(fixture->base.context, sizeof(numbers), numbers);
	cl_mem low = sub_buffer(buffer, 0, 0, 512), high = sub_buffer(buffer, 0, 512, 512);
	cl_mem small = sub_buffer(buffer, 0, 128, 4);

	test_step("sub-buffers");
	check_equal((intptr_t)buffer, info(high, CL_MEM_ASSOCIATED_MEMOBJECT, sizeof(cl_mem)));
	check_equal(512, info(high, CL_MEM_OFFSET, sizeof(size_t)));
	check_equal(512, info(high, CL_MEM_SIZE, sizeof(size_t)));
	check_equal(4, info(small, CL_MEM_SIZE, sizeof(size_t)));
	check_equal(CL_MEM_OBJECT_BUFFER, info(small, CL_MEM_TYPE, sizeof(cl_mem_object_type)));
	check_equal(0, info(buffer, CL_MEM_OFFSET, sizeof(size_t)));
	check_equal(0, info(buffer, CL_MEM_ASSOCIATED_MEMOBJECT, sizeof(cl_mem)));
	add(fixture, buffer, INTS, 1);
	add(fixture, low, 128, 10);
	add(fixture, high, 128, 100);
	add(fixture, small, 1, 1000);
	check_success(
		clEnqueueCopyBuffer(fixture->base.queue, low, high, 0, 256, 128, 0, NULL, NULL));
	check_success(clEnqueueReadBuffer(fixture->base.queue, buffer, CL_TRUE, 0, sizeof(numbers),
					  numbers, 0, NULL, NULL));
	for (int i = 0; i < INTS; i++) {
		cl_int wanted = i < 128 ? 11 : i >= 192 && i < 224 ? 11 : 101;

		check_equal(i == 32 ? 1011 : wanted, numbers[i]);
	}
	/* The buffer's memory stays while a sub-buffer is there. */
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseMemObject(low));
	check_success(clReleaseMemObject(small));
	add(fixture, high, 1, 1);
	check_success(clEnqueueReadBuffer(fixture->base.queue, high, CL_TRUE, 0, 4, numbers, 0,
					  NULL, NULL));
	check_equal(102, numbers[0]);
	check_success(clReleaseMemObject(high));
}

/* Flags that a sub-buffer is not given it has of its buffer. */
static void test_inherited_flags(const struct fixture *fixture)
{
	static const struct {
		cl_mem_flags parent, own, wanted;
	} cases[] = {
		{ 0, 0, CL_MEM_READ_WRITE },
		{ CL_MEM_READ_WRITE, CL_MEM_READ_ONLY, CL_MEM_READ_ONLY },
		{ CL_MEM_READ_ONLY, 0, CL_MEM_READ_ONLY },
		{ CL_MEM_WRITE_ONLY | CL_MEM_ALLOC_HOST_PTR, 0,
		  CL_MEM_WRITE_ONLY | CL_MEM_ALLOC_HOST_PTR },
		{ CL_MEM_HOST_READ_ONLY, 0, CL_MEM_READ_WRITE | CL_MEM_HOST_READ_ONLY },
		{ CL_MEM_HOST_READ_ONLY, CL_MEM_HOST_NO_ACCESS,
		  CL_MEM_READ_WRITE | CL_MEM_HOST_NO_ACCESS },
	};

	test_step("flags of sub-buffers");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cl_mem buffer = create(fixture, cases[i].parent, 1024, NULL);
		cl_mem sub = sub_buffer(buffer, cases[i].own, 0, 128);

		check_equal(cases[i].wanted, info(sub, CL_MEM_FLAGS, sizeof(cl_mem_flags)));
		check_success(clReleaseMemObject(sub));
		check_success(clReleaseMemObject(buffer));
	}
}

/* ---- maps ---- */

static void test_map_counts(const struct fixture *fixture)
{
	cl_mem buffer = create(fixture, 0, 1024, NULL), sub = sub_buffer(buffer, 0, 128, 128);
	void *first, *second, *third;

	test_step("map counts");
	check_equal(0, map_count(buffer));
	first = map(fixture, buffer, CL_MAP_READ, 0, 1024);
	second = map(fixture, buffer, CL_MAP_READ, 0, 16);
	third = map(fixture, buffer, CL_MAP_WRITE, 512, 16);
	check(first == second && (char *)third == (char *)first + 512, "%p, %p, %p", first, second,
	      third);
	check_equal(3, map_count(buffer));
	/* A sub-buffer counts for itself. */
	check_equal(0, map_count(sub));
	check((char *)map(fixture, sub, CL_MAP_READ, 0, 16) == (char *)first + 128, "elsewhere");
	check_equal(1, map_count(sub));
	check_equal(3, map_count(buffer));
	unmap(fixture, buffer, first);
	unmap(fixture, buffer, second);
	check_equal(1, map_count(buffer));
	unmap(fixture, buffer, third);
	check_equal(0, map_count(buffer));
	unmap(fixture, sub, (char *)first + 128);
	check_equal(0, map_count(sub));
	check_success(clFinish(fixture->base.queue));
	/* One that is released while it is mapped doesn't keep the others from being mapped. */
	map(fixture, sub, CL_MAP_WRITE, 0, 128);
	check_success(clFinish(fixture->base.queue));
	check_success(clReleaseMemObject(sub));
	first = map(fixture, buffer, CL_MAP_WRITE, 0, 1024);
	unmap(fixture, buffer, first);
	check_success(clFinish(fixture->base.queue));
	check_success(clReleaseMemObject(buffer));
}

/* ---- queries and life time ---- */

static void test_properties(const struct fixture *fixture)
{
	const cl_mem_properties none[] = { 0 };
	cl_mem_properties seen[2] = { 7, 7 };
	cl_mem buffer;
	size_t bytes = 7;
	cl_int code;

	test_step("properties");
	buffer = clCreateBufferWithProperties(fixture->base.context, none, CL_MEM_READ_ONLY, 64,
					      NULL, &code);
	check_success_fatal(code);
	check_success(clGetMemObjectInfo(buffer, CL_MEM_PROPERTIES, sizeof(seen), seen, &bytes));
	check_equal(sizeof(seen[0]), bytes);
	check_equal(0, seen[0]);
	check_equal(CL_MEM_READ_ONLY, info(buffer, CL_MEM_FLAGS, sizeof(cl_mem_flags)));
	check_equal((intptr_t)fixture->base.context,
		    info(buffer, CL_MEM_CONTEXT, sizeof(cl_context)));
	check_success(clReleaseMemObject(buffer));
	buffer = clCreateBufferWithProperties(fixture->base.context, NULL, 0, 64, NULL, &code);
	check_success_fatal(code);
	check_success(clGetMemObjectInfo(buffer, CL_MEM_PROPERTIES, sizeof(seen), seen, &bytes));
	check_equal(0, bytes);
	check_success(clReleaseMemObject(buffer));
}

static int order[4], called;

static void CL_CALLBACK note(cl_mem memory, void *user_data)
{
	if (called < 4)
		order[called] = (int)(intptr_t)user_data;
	called++;
}

static void test_destructors(const struct fixture *fixture)
{
	cl_mem buffer = create(fixture, 0, 1024, NULL), sub = sub_buffer(buffer, 0, 0, 128);

	test_step("destructor callbacks");
	for (intptr_t i = 0; i < 3; i++)
		check_success(clSetMemObjectDestructorCallback(buffer, note, (void *)i));
	check_success(clSetMemObjectDestructorCallback(sub, note, (void *)3));
	check_success(clRetainMemObject(buffer));
	check_equal(2, info(buffer, CL_MEM_REFERENCE_COUNT, sizeof(cl_uint)));
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseMemObject(buffer));
	check_equal(0, called);
	check_success(clReleaseMemObject(sub));
	check_equal(4, called);
	check_equal(3, order[0]);
	for (int i = 0; i < 3; i++)
		check_equal(2 - i, order[1 + i]);
}

int main(void)
{
	struct fixture fixture = { .base = test_open() };
	cl_program program = test_build(fixture.base.context, buffer_memory_cl, NULL);

	fixture.add = test_kernel(program, "add");
	test_use_host_pointer(&fixture);
	test_copy_host_pointer(&fixture);
	test_over_svm(&fixture);
	test_sub_buffers(&fixture);
	test_inherited_flags(&fixture);
	test_map_counts(&fixture);
	test_properties(&fixture);
	test_destructors(&fixture);
	check_success(clReleaseKernel(fixture.add));
	check_success(clReleaseProgram(program));
	test_close(&fixture.base);
	return check_result();
}
