// SPDX-License-Identifier: MIT
/*
 * Programs of many kernels: a kernel's machine code is made when the kernel is created,
 * once; errors appear when the program is built, and binaries have all of it.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "log_capture.h"

#define KERNELS	     12
#define THREADS	     8
#define ITEMS	     32
#define SOURCE_BYTES 16384
#define NAME_BYTES   16
/* What the log says of a kernel whose machine code is made. */
#define COMPILED "is compiled"

static struct test_setup setup;
/* A number in all kernels, such that nothing is in the cache from another run. */
static cl_int run;
static char options[64];

static unsigned int count_compiled(void)
{
	const char *log = log_capture_take();
	unsigned int count = 0;

	while ((log = strstr(log, COMPILED))) {
		log += strlen(COMPILED);
		count++;
	}
	return count;
}

static void name_kernel(char name[NAME_BYTES], unsigned int i)
{
	snprintf(name, NAME_BYTES, "k%u", i);
}

/*
 * Kernels k0, k1, ...: every third has a barrier, every fourth requires a group. What the
 * cache knows the program by differs with what is @before.
 */
static char *make_source(unsigned int first, unsigned int count, const char *before)
{
	char *source = malloc(SOURCE_BYTES);
	size_t length;

	check_fatal(source, "no memory");
	length = (size_t)snprintf(source, SOURCE_BYTES,
				  "%s\n"
				  "int twice(int x) { return 2 * x + RUN; }\n"
				  "constant int table[4] = { 3, 1, 4, 1 };\n",
				  before);
	for (unsigned int i = first; i < first + count; i++) {
		length += (size_t)snprintf(
			source + length, SOURCE_BYTES - length,
			"%skernel void k%u(global int *out, int more) {\n"
			"	local int shared[%d];\n"
			"	size_t i = get_local_id(0);\n"
			"	shared[i] = twice(get_global_id(0)) + %u + table[%u];\n"
			"	%s\n"
			"	out[get_global_id(0)] = shared[i %s] + more; }\n",
			i % 4 ? "" : "__attribute__((reqd_work_group_size(8, 1, 1))) ", i, ITEMS, i,
			i % 4, i % 3 ? "" : "barrier(CLK_LOCAL_MEM_FENCE);", i % 3 ? "" : "^ 1");
		check_fatal(length < SOURCE_BYTES, "the source is too long");
	}
	return source;
}

static cl_program build(const char *before)
{
	char *source = make_source(0, KERNELS, before);
	cl_program program = test_build(setup.context, source, options);

	free(source);
	return program;
}

static void check_output(cl_kernel kernel, unsigned int i)
{
	static const cl_int table[4] = { 3, 1, 4, 1 };
	const size_t items = ITEMS, group = 8;
	const cl_int more = 1000;
	cl_int seen[ITEMS];
	cl_mem out = test_buffer(setup.context, sizeof(seen), NULL);

	check_success(clSetKernelArg(kernel, 0, sizeof(out), &out));
	check_success(clSetKernelArg(kernel, 1, sizeof(more), &more));
	check_success(clEnqueueNDRangeKernel(setup.queue, kernel, 1, NULL, &items, &group, 0, NULL,
					     NULL));
	check_success(clEnqueueReadBuffer(setup.queue, out, CL_TRUE, 0, sizeof(seen), seen, 0, NULL,
					  NULL));
	for (int item = 0; item < ITEMS; item++) {
		int from = i % 3 ? item : item ^ 1;
		cl_int expected = 2 * from + run + (cl_int)i + table[i % 4] + more;

		if (!check(seen[item] == expected, "k%u, work-item %d: %d, expected %d", i, item,
			   seen[item], expected))
			break;
	}
	clReleaseMemObject(out);
}

static void check_group_size(cl_kernel kernel, unsigned int i)
{
	size_t largest = 0, required[3] = { 9, 9, 9 };

	check_success(clGetKernelWorkGroupInfo(kernel, setup.device, CL_KERNEL_WORK_GROUP_SIZE,
					       sizeof(largest), &largest, NULL));
	check(largest >= 8, "k%u: groups of %zu", i, largest);
	check_success(clGetKernelWorkGroupInfo(kernel, setup.device,
					       CL_KERNEL_COMPILE_WORK_GROUP_SIZE, sizeof(required),
					       required, NULL));
	check_equal((i % 4 ? 0 : 8), (int)required[0]);
}

static void check_kernel(cl_program program, unsigned int i)
{
	char name[NAME_BYTES];
	cl_kernel kernel;

	name_kernel(name, i);
	kernel = test_kernel(program, name);
	check_group_size(kernel, i);
	check_output(kernel, i);
	clReleaseKernel(kernel);
}

static void test_only_created_ones(void)
{
	cl_program program;

	test_step("kernels that are created, and no others, are compiled");
	program = build("");
	check_equal(0, (int)count_compiled());
	check_kernel(program, 5);
	check_equal(1, (int)count_compiled());
	check_kernel(program, 8);
	check_kernel(program, 5);
	check_equal(1, (int)count_compiled());
	clReleaseProgram(program);
}

/* What the test before compiled is in the cache. */
static void test_cache(void)
{
	cl_program program;

	test_step("kernels from the cache");
	program = build("");
	check_kernel(program, 8);
	check_equal(0, (int)count_compiled());
	check_kernel(program, 6);
	check_equal(1, (int)count_compiled());
	clReleaseProgram(program);
}

static void test_all_in_program(void)
{
	cl_program program;
	cl_kernel kernels[KERNELS];
	cl_uint count = 0;

	test_step("all kernels of a program");
	program = build("int all(void) { return 1; }");
	check_success(clCreateKernelsInProgram(program, 0, NULL, &count));
	check_equal(KERNELS, (int)count);
	check_equal(0, (int)count_compiled());
	check_success_fatal(clCreateKernelsInProgram(program, KERNELS, kernels, NULL));
	check_equal(KERNELS, (int)count_compiled());
	for (unsigned int i = 0; i < KERNELS; i++) {
		check_output(kernels[i], i);
		clReleaseKernel(kernels[i]);
	}
	clReleaseProgram(program);
}

/* ---- many threads ---- */

struct creation {
	cl_program program;
	unsigned int first;
	cl_kernel kernels[KERNELS];
};

static void *create_all(void *argument)
{
	struct creation *creation = argument;

	for (unsigned int i = 0; i < KERNELS; i++) {
		unsigned int number = (i + creation->first) % KERNELS;
		char name[NAME_BYTES];

		name_kernel(name, number);
		creation->kernels[number] = test_kernel(creation->program, name);
		check_group_size(creation->kernels[number], number);
	}
	return NULL;
}

static void test_threads(void)
{
	struct creation creations[THREADS];
	pthread_t threads[THREADS];
	cl_program program;

	test_step("threads that create the same kernels");
	program = build("int threads(void) { return 1; }");
	for (unsigned int i = 0; i < THREADS; i++) {
		creations[i].program = program;
		creations[i].first = i * (KERNELS / THREADS);
		check_fatal(!pthread_create(&threads[i], NULL, create_all, &creations[i]),
			    "no thread");
	}
	for (unsigned int i = 0; i < THREADS; i++)
		check_fatal(!pthread_join(threads[i], NULL), "a thread is lost");
	check_equal(KERNELS, (int)count_compiled());
	for (unsigned int i = 0; i < THREADS; i++) {
		for (unsigned int k = 0; k < KERNELS; k++) {
			if (k % THREADS == i)
				check_output(creations[i].kernels[k], k);
			clReleaseKernel(creations[i].kernels[k]);
		}
	}
	clReleaseProgram(program);
}

/* ---- binaries and linking ---- */

static cl_program program_from_binary_of(cl_program program)
{
	unsigned char *bytes;
	size_t length = 0;
	cl_program copy;
	cl_int code;

	bytes = test_binary(program, &length);
	copy = clCreateProgramWithBinary(setup.context, 1, &setup.device, &length,
					 (const unsigned char **)&bytes, NULL, &code);
	check_success_fatal(code);
	free(bytes);
	check_success_fatal(clBuildProgram(copy, 0, NULL, "", NULL, NULL));
	return copy;
}

static void test_whole_binary(void)
{
	cl_program program, copy;

	test_step("a binary has all kernels");
	program = build("int binary(void) { return 1; }");
	check_kernel(program, 1);
	copy = program_from_binary_of(program);
	clReleaseProgram(program);
	count_compiled();
	for (unsigned int i = 0; i < KERNELS; i++)
		check_kernel(copy, i);
	check_equal(KERNELS - 1, (int)count_compiled());
	clReleaseProgram(copy);
}

static cl_program compile(unsigned int first, unsigned int count)
{
	char *source = make_source(first, count,
				   first ? "#define twice twice_as_well\n"
					   "#define table table_as_well" :
					   "");
	cl_int code;
	cl_program program =
		clCreateProgramWithSource(setup.context, 1, (const char **)&source, NULL, &code);

	check_success_fatal(code);
	check_success_fatal(clCompileProgram(program, 0, NULL, options, 0, NULL, NULL, NULL, NULL));
	free(source);
	return program;
}

static void test_linked(const char *link_options)
{
	cl_program objects[2], linked;
	cl_int code;

	test_step("a program that is linked");
	objects[0] = compile(0, KERNELS / 2);
	objects[1] = compile(KERNELS / 2, KERNELS / 2);
	linked = clLinkProgram(setup.context, 0, NULL, link_options, 2, objects, NULL, NULL, &code);
	check_success_fatal(code);
	if (link_options[0]) {
		cl_program library = linked;

		linked = clLinkProgram(setup.context, 0, NULL, "", 1, &library, NULL, NULL, &code);
		check_success_fatal(code);
		clReleaseProgram(library);
	}
	count_compiled();
	check_kernel(linked, 2);
	check_kernel(linked, KERNELS - 1);
	check(count_compiled() <= 2, "more kernels are compiled than were created");
	for (int i = 0; i < 2; i++)
		clReleaseProgram(objects[i]);
	clReleaseProgram(linked);
}

/* ---- what cannot wait ---- */

static void test_shared_variable(void)
{
	const size_t one = 1;
	cl_int seen = 0;
	cl_program program;
	cl_kernel kernels[2];
	cl_mem out;

	test_step("kernels share the program's variables");
	program = build("global int counter = 5;"
			"kernel void increase(int by) { counter += by; }"
			"kernel void look(global int *out) { out[0] = counter; }");
	out = test_buffer(setup.context, sizeof(seen), NULL);
	kernels[0] = test_kernel(program, "increase");
	kernels[1] = test_kernel(program, "look");
	check_success(clSetKernelArg(kernels[0], 0, sizeof(cl_int), &(cl_int){ 37 }));
	check_success(clSetKernelArg(kernels[1], 0, sizeof(out), &out));
	for (int i = 0; i < 2; i++) {
		check_success(clEnqueueNDRangeKernel(setup.queue, kernels[i], 1, NULL, &one, NULL,
						     0, NULL, NULL));
		clReleaseKernel(kernels[i]);
	}
	check_success(clEnqueueReadBuffer(setup.queue, out, CL_TRUE, 0, sizeof(seen), &seen, 0,
					  NULL, NULL));
	check_equal(42, seen);
	clReleaseMemObject(out);
	clReleaseProgram(program);
}

static void test_error(const char *what, const char *before, const char *expected)
{
	char *source = make_source(0, KERNELS, before), log[4096] = "";
	cl_int code;
	cl_program program =
		clCreateProgramWithSource(setup.context, 1, (const char **)&source, NULL, &code);

	check_success_fatal(code);
	code = clBuildProgram(program, 0, NULL, options, NULL, NULL);
	check(code == CL_BUILD_PROGRAM_FAILURE, "%s: code %d", what, code);
	clGetProgramBuildInfo(program, setup.device, CL_PROGRAM_BUILD_LOG, sizeof(log), log, NULL);
	check(strstr(log, expected), "%s: the log is \"%s\"", what, log);
	clReleaseProgram(program);
	free(source);
}

static void test_errors(void)
{
	test_step("errors appear when the program is built");
	test_error("a function without a body",
		   "int f(int); kernel void bad(global int *a) { a[0] = f(1); }",
		   "undefined function 'f'");
	test_error("recursion",
		   "int g(int); int f(int n) { return n < 2 ? 1 : g(n - 1); }"
		   "int g(int n) { return n * f(n); }"
		   "kernel void bad(global int *a) { a[0] = f(a[1]); }",
		   "calls itself");
	test_error("private variables without room",
		   "kernel void bad(global int *a, int n) { int large[1 << 26];"
		   "for (int i = 0; i < n; i++) large[a[i]] = i; a[0] = large[a[n]]; }",
		   "kernel 'bad' has private variables of");
	test_error("a group that is too large",
		   "__attribute__((reqd_work_group_size(1 << 20, 1, 1)))"
		   "kernel void bad(global int *a) { a[0] = 1; }",
		   "kernel 'bad' requires groups");
	test_error("a group that keeps too much",
		   "__attribute__((reqd_work_group_size(4096, 1, 1)))"
		   "kernel void bad(global int *a) { int kept[4096]; size_t i = get_local_id(0);"
		   "for (int k = 0; k < 4096; k++) kept[k] = a[k + i];"
		   "barrier(CLK_GLOBAL_MEM_FENCE); a[i] = kept[a[i]]; }",
		   "kernel 'bad' requires groups");
}

int main(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	run = (cl_int)((now.tv_sec ^ now.tv_nsec ^ getpid()) & 0xffffff);
	snprintf(options, sizeof(options), "-cl-std=CL3.0 -D RUN=%d", run);
	log_capture_start("compiler");
	setup = test_open();
	count_compiled();
	test_only_created_ones();
	test_cache();
	test_all_in_program();
	test_threads();
	test_whole_binary();
	test_linked("");
	test_linked("-create-library");
	test_shared_variable();
	test_errors();
	test_close(&setup);
	return check_result();
}
