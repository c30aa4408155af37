// SPDX-License-Identifier: MIT
/*
 * Buffers that nothing may change once they are made (cl_ext_immutable_memory_objects): what
 * reads them works, what would change them is refused and changes nothing. Images are in
 * images/immutable.c.
 */
#include "api/immutable.h"

#define BYTES	   512u
#define PART	   128u
#define PART_BYTES 256u

static unsigned char contents[BYTES];

struct world {
	struct test_setup setup;
	cl_mem buffer; /* immutable, with the contents */
	cl_mem part; /* of it, from PART on */
	cl_mem other; /* an ordinary one of zeros */
};

static cl_mem make(const struct world *w, cl_mem_flags flags, void *pointer)
{
	cl_int code;
	cl_mem buffer = clCreateBuffer(w->setup.context, flags, BYTES, pointer, &code);

	check_success_fatal(code);
	return buffer;
}

static void world_init(struct world *w)
{
	const cl_buffer_region region = { PART, PART_BYTES };
	cl_int code;

	w->setup = test_open();
	need_immutable_memory(w->setup.device);
	for (size_t i = 0; i < BYTES; i++)
		contents[i] = (unsigned char)(i * 7 + 1);
	w->buffer = make(w, CL_MEM_IMMUTABLE_EXT | CL_MEM_COPY_HOST_PTR, contents);
	w->part = clCreateSubBuffer(w->buffer, CL_MEM_READ_ONLY, CL_BUFFER_CREATE_TYPE_REGION,
				    &region, &code);
	check_success_fatal(code);
	w->other = make(w, 0, NULL);
}

static void world_finish(struct world *w)
{
	check_success(clReleaseMemObject(w->other));
	check_success(clReleaseMemObject(w->part));
	check_success(clReleaseMemObject(w->buffer));
	test_close(&w->setup);
}

static cl_mem_flags flags_of(cl_mem memory)
{
	cl_mem_flags flags = 0;

	check_success(clGetMemObjectInfo(memory, CL_MEM_FLAGS, sizeof(flags), &flags, NULL));
	return flags;
}

static void check_contents(const struct world *w)
{
	unsigned char seen[BYTES] = { 0 };

	check_success(clEnqueueReadBuffer(w->setup.queue, w->buffer, CL_TRUE, 0, BYTES, seen, 0,
					  NULL, NULL));
	check(!memcmp(seen, contents, BYTES), "the buffer has changed");
}

/* ---- creating ---- */

static void check_flags(const struct world *w)
{
	static const cl_mem_flags changing[] = { CL_MEM_READ_WRITE, CL_MEM_WRITE_ONLY,
						 CL_MEM_HOST_WRITE_ONLY };
	const cl_buffer_region region = { 0, 128 };
	cl_int code;

	for (size_t i = 0; i < sizeof(changing) / sizeof(changing[0]); i++) {
		check(!clCreateBuffer(w->setup.context,
				      CL_MEM_IMMUTABLE_EXT | CL_MEM_COPY_HOST_PTR | changing[i],
				      BYTES, contents, &code),
		      "made with 0x%llx", (unsigned long long)changing[i]);
		check_equal(CL_INVALID_VALUE, code);
		check(!clCreateSubBuffer(w->buffer, changing[i], CL_BUFFER_CREATE_TYPE_REGION,
					 &region, &code),
		      "a part made with 0x%llx", (unsigned long long)changing[i]);
		check_equal(CL_INVALID_VALUE, code);
	}
	check(!clCreateBuffer(w->setup.context, CL_MEM_IMMUTABLE_EXT, BYTES, NULL, &code),
	      "made of nothing");
	check_equal(CL_INVALID_VALUE, code);
	check(!clCreateBufferWithProperties(w->setup.context, NULL,
					    CL_MEM_IMMUTABLE_EXT | CL_MEM_ALLOC_HOST_PTR, BYTES,
					    NULL, &code),
	      "made of nothing");
	check_equal(CL_INVALID_VALUE, code);
	check(!clSVMAlloc(w->setup.context, CL_MEM_IMMUTABLE_EXT, BYTES, 0), "SVM was given");
	check(flags_of(w->buffer) == (CL_MEM_IMMUTABLE_EXT | CL_MEM_COPY_HOST_PTR), "flags 0x%llx",
	      (unsigned long long)flags_of(w->buffer));
	check(flags_of(w->part) & CL_MEM_IMMUTABLE_EXT, "a part without the flag: 0x%llx",
	      (unsigned long long)flags_of(w->part));
}

/* ---- what is refused ---- */

static void check_commands(const struct world *w, cl_mem target)
{
	static const size_t origin[3] = { 0 }, region[3] = { 16, 2, 1 };
	const cl_command_queue queue = w->setup.queue;
	unsigned char bytes[64] = { 0 };
	cl_event event = NULL;

	refused(clEnqueueWriteBuffer(queue, target, CL_TRUE, 0, 64, bytes, 0, NULL, &event));
	refused(clEnqueueWriteBufferRect(queue, target, CL_TRUE, origin, origin, region, 16, 0, 16,
					 0, bytes, 0, NULL, &event));
	refused(clEnqueueCopyBuffer(queue, w->other, target, 0, 0, 64, 0, NULL, &event));
	refused(clEnqueueCopyBufferRect(queue, w->other, target, origin, origin, region, 16, 0, 16,
					0, 0, NULL, &event));
	refused(clEnqueueFillBuffer(queue, target, bytes, 1, 0, 64, 0, NULL, &event));
	refused_mapping(clEnqueueMapBuffer(queue, target, CL_TRUE, CL_MAP_WRITE, 0, 64, 0, NULL,
					   &event, &code));
	refused_mapping(clEnqueueMapBuffer(queue, target, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, 0,
					   64, 0, NULL, &event, &code));
	refused_mapping(clEnqueueMapBuffer(queue, target, CL_TRUE, CL_MAP_WRITE_INVALIDATE_REGION,
					   0, 64, 0, NULL, &event, &code));
	check(!event, "there is an event of a command that was refused");
	check_success(clFinish(queue));
}

/* ---- what works ---- */

static void check_mapping(const struct world *w)
{
	cl_int code;
	unsigned char *view = clEnqueueMapBuffer(w->setup.queue, w->part, CL_TRUE, CL_MAP_READ, 0,
						 PART_BYTES, 0, NULL, NULL, &code);

	check_success_fatal(code);
	check(!memcmp(view, contents + PART, PART_BYTES), "the view has other contents");
	check_success(clEnqueueUnmapMemObject(w->setup.queue, w->part, view, 0, NULL, NULL));
}

static void check_copies(const struct world *w)
{
	unsigned char seen[PART_BYTES] = { 0 };

	check_success(clEnqueueCopyBuffer(w->setup.queue, w->part, w->other, 0, 0, PART_BYTES, 0,
					  NULL, NULL));
	check_success(clEnqueueReadBuffer(w->setup.queue, w->other, CL_TRUE, 0, PART_BYTES, seen, 0,
					  NULL, NULL));
	check(!memcmp(seen, contents + PART, PART_BYTES), "other contents arrived");
}

/* A kernel reads what the application's memory holds. */
static void check_kernel(const struct world *w)
{
	static const char source[] =
		"kernel void sum(global const uchar *in, global uint *out)\n"
		"{ uint sum = 0; for (uint i = 0; i < 512; i++) sum += in[i]; out[0] = sum; }\n"
		"kernel void read(constant uint *in, global uint *restrict out) { out[0] = in[0]; }\n";
	cl_mem shared =
		make(w, CL_MEM_IMMUTABLE_EXT | CL_MEM_READ_ONLY | CL_MEM_USE_HOST_PTR, contents);
	cl_program program = test_build(w->setup.context, source, NULL);
	cl_kernel kernel = test_kernel(program, "sum");
	cl_uint sum = 0, expected = 0;
	const size_t one = 1;
	cl_kernel reader = test_kernel(program, "read");

	for (size_t i = 0; i < BYTES; i++)
		expected += contents[i];
	check_success(clSetKernelArg(kernel, 0, sizeof(shared), &shared));
	check_success(clSetKernelArg(kernel, 1, sizeof(w->other), &w->other));
	check_success(
		clEnqueueNDRangeKernel(w->setup.queue, kernel, 1, NULL, &one, NULL, 0, NULL, NULL));
	check_success(clEnqueueReadBuffer(w->setup.queue, w->other, CL_TRUE, 0, sizeof(sum), &sum,
					  0, NULL, NULL));
	check(sum == expected, "%u, expected %u", sum, expected);
	/* What is not const may be written. */
	check_equal(CL_INVALID_ARG_VALUE, clSetKernelArg(kernel, 1, sizeof(shared), &shared));
	check_success(clSetKernelArg(reader, 0, sizeof(shared), &shared));
	check_equal(CL_INVALID_ARG_VALUE, clSetKernelArg(reader, 1, sizeof(w->part), &w->part));
	check_success(clReleaseKernel(reader));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseProgram(program));
	check_success(clReleaseMemObject(shared));
}

int main(void)
{
	struct world world;

	world_init(&world);
	check_flags(&world);
	check_commands(&world, world.buffer);
	check_commands(&world, world.part);
	check_mapping(&world);
	check_copies(&world);
	check_kernel(&world);
	check_contents(&world);
	world_finish(&world);
	return check_result();
}
