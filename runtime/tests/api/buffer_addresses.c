// SPDX-License-Identifier: MIT
/*
 * Addresses of buffers, cl_ext_buffer_device_address: kernels reach buffers by addresses that
 * they are given as arguments, or find in others, for as long as these live.
 */
#include <string.h>

#include "api/entry_points.h"
#include "harness.h"

#define WORDS 256
#define BYTES (WORDS * sizeof(cl_uint))

static const char source[] =
	"struct list { global uint *words; ulong count; };\n"
	"kernel void add(global const struct list *lists, global uint *sums, constant uint *first)\n"
	"{\n"
	"	size_t i = get_global_id(0);\n"
	"	for (ulong k = 0; k < lists[i].count; k++)\n"
	"		sums[i] += lists[i].words[k]++ + first[0];\n"
	"}\n";

static const cl_mem_properties told[] = { CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT, CL_TRUE, 0 };

struct world {
	struct test_setup setup;
	__typeof__(clSetKernelArgDevicePointerEXT) *set_pointer;
	cl_program program;
};

static cl_mem told_buffer(const struct world *w, cl_mem_flags flags, size_t bytes, void *contents)
{
	cl_int code = CL_INVALID_VALUE;
	cl_mem buffer =
		clCreateBufferWithProperties(w->setup.context, told, flags, bytes, contents, &code);

	check_success_fatal(code);
	return buffer;
}

static cl_mem_device_address_ext address_of(cl_mem buffer)
{
	cl_mem_device_address_ext address = 0;
	size_t size = 0;

	check_success(clGetMemObjectInfo(buffer, CL_MEM_DEVICE_ADDRESS_EXT, sizeof(address),
					 &address, &size));
	check_equal(sizeof(address), size);
	check(address, "no address");
	return address;
}

/* ---- by kernels ---- */

struct list {
	cl_mem_device_address_ext words;
	cl_ulong count;
};

static void test_kernels(const struct world *w)
{
	cl_kernel kernel = test_kernel(w->program, "add");
	cl_uint words[WORDS], sums[2] = { 0 }, seen[2], first = 1;
	cl_mem data, table, out, constant = test_buffer(w->setup.context, sizeof(first), &first);
	struct list lists[2];
	const size_t items = 2;
	cl_mem_device_address_ext pointers[1];

	for (cl_uint i = 0; i < WORDS; i++)
		words[i] = i;
	data = told_buffer(w, CL_MEM_COPY_HOST_PTR, BYTES, words);
	pointers[0] = address_of(data);
	lists[0] = (struct list){ pointers[0], 100 };
	lists[1] = (struct list){ pointers[0] + 100 * sizeof(cl_uint), WORDS - 100 };
	table = told_buffer(w, CL_MEM_COPY_HOST_PTR, sizeof(lists), lists);
	out = told_buffer(w, CL_MEM_COPY_HOST_PTR, sizeof(sums), sums);
	check_success(w->set_pointer(kernel, 0, address_of(table)));
	check_success(w->set_pointer(kernel, 1, address_of(out)));
	check_success(clSetKernelArg(kernel, 2, sizeof(constant), &constant));
	check_success(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_DEVICE_PTRS_EXT,
					  sizeof(pointers), pointers));
	check_success(clEnqueueNDRangeKernel(w->setup.queue, kernel, 1, NULL, &items, NULL, 0, NULL,
					     NULL));
	check_success(clEnqueueReadBuffer(w->setup.queue, out, CL_TRUE, 0, sizeof(seen), seen, 0,
					  NULL, NULL));
	check_success(
		clEnqueueReadBuffer(w->setup.queue, data, CL_TRUE, 0, BYTES, words, 0, NULL, NULL));
	check_equal(99 * 50 + 100, seen[0]);
	check_equal(WORDS * (WORDS - 1) / 2 - 99 * 50 + WORDS - 100, seen[1]);
	for (cl_uint i = 0; i < WORDS; i++)
		check(words[i] == i + 1, "word %u is %u", i, words[i]);
	check_equal(pointers[0], address_of(data));
	check_equal(CL_INVALID_KERNEL, w->set_pointer(NULL, 0, 0));
	check_equal(CL_INVALID_ARG_INDEX, w->set_pointer(kernel, 3, 0));
	check_equal(CL_INVALID_ARG_INDEX, w->set_pointer(kernel, 2, 0));
	check_equal(CL_INVALID_VALUE,
		    clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_DEVICE_PTRS_EXT, 3, pointers));
	check_success(clReleaseMemObject(data));
	check_success(clReleaseMemObject(table));
	check_success(clReleaseMemObject(out));
	check_success(clReleaseMemObject(constant));
	check_success(clReleaseKernel(kernel));
}

/* ---- of buffers ---- */

/* SVM that a buffer is made of stays where it is. */
static void test_svm(const struct world *w)
{
	void *memory = clSVMAlloc(w->setup.context, CL_MEM_READ_WRITE, BYTES, 0);
	cl_mem buffer;

	check_fatal(memory, "no SVM");
	buffer = told_buffer(w, CL_MEM_USE_HOST_PTR, BYTES, memory);
	check_equal((uintptr_t)memory, address_of(buffer));
	check_success(clReleaseMemObject(buffer));
	clSVMFree(w->setup.context, memory);
}

static void test_properties(const struct world *w)
{
	const cl_mem_properties untold[] = { CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT, CL_FALSE, 0 };
	const cl_mem_properties twice[] = { CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT, CL_TRUE,
					    CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT, CL_TRUE, 0 };
	const cl_mem_properties maybe[] = { CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT, 7, 0 };
	cl_context context = w->setup.context;
	cl_mem plain = test_buffer(context, BYTES, NULL), with = told_buffer(w, 0, BYTES, NULL);
	cl_mem without = clCreateBufferWithProperties(context, untold, 0, BYTES, NULL, NULL);
	cl_mem_properties seen[3];
	cl_mem_device_address_ext address;
	size_t size = 0;
	cl_int code = CL_SUCCESS;

	check_success(clGetMemObjectInfo(with, CL_MEM_PROPERTIES, sizeof(seen), seen, &size));
	check(size == sizeof(told) && !memcmp(seen, told, sizeof(told)), "properties");
	check_equal(CL_INVALID_OPERATION, clGetMemObjectInfo(plain, CL_MEM_DEVICE_ADDRESS_EXT,
							     sizeof(address), &address, NULL));
	check_equal(CL_INVALID_OPERATION, clGetMemObjectInfo(without, CL_MEM_DEVICE_ADDRESS_EXT,
							     sizeof(address), &address, NULL));
	check_equal(CL_INVALID_VALUE,
		    clGetMemObjectInfo(with, CL_MEM_DEVICE_ADDRESS_EXT, 1, &address, NULL));
	check(!clCreateBufferWithProperties(context, twice, 0, BYTES, NULL, &code), "twice");
	check_equal(CL_INVALID_PROPERTY, code);
	check(!clCreateBufferWithProperties(context, maybe, 0, BYTES, NULL, &code), "no boolean");
	check_equal(CL_INVALID_PROPERTY, code);
	check_success(clReleaseMemObject(plain));
	check_success(clReleaseMemObject(with));
	check_success(clReleaseMemObject(without));
}

int main(void)
{
	struct world w = { .setup = test_open() };
	char extensions[4096] = "";

	check_success(clGetDeviceInfo(w.setup.device, CL_DEVICE_EXTENSIONS, sizeof(extensions),
				      extensions, NULL));
	if (!strstr(extensions, "cl_ext_buffer_device_address")) {
		test_close(&w.setup);
		check_skip("the device tells no addresses");
	}
	*(void **)&w.set_pointer = clGetExtensionFunctionAddressForPlatform(
		w.setup.platform, "clSetKernelArgDevicePointerEXT");
	check_fatal(w.set_pointer, "the function is missing");
	w.program = test_build(w.setup.context, source, "-cl-std=CL3.0");
	test_kernels(&w);
	test_svm(&w);
	test_properties(&w);
	check_success(clReleaseProgram(w.program));
	test_close(&w.setup);
	return check_result();
}
