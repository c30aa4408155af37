// SPDX-License-Identifier: MIT
/* Launches by Mesa: index spaces, arguments of all kinds, SVM, printf, and errors. */
#include <string.h>
#include <unistd.h>

#include "api/harness.h"

extern const char launches_cl[];

struct fixture {
	struct test_setup base;
	cl_program program;
};

static cl_int run(const struct fixture *fixture, cl_kernel kernel, size_t global,
		  const size_t *local)
{
	cl_int code = clEnqueueNDRangeKernel(fixture->base.queue, kernel, 1, NULL, &global, local,
					     0, NULL, NULL);

	return code == CL_SUCCESS ? clFinish(fixture->base.queue) : code;
}

static void set(cl_kernel kernel, cl_uint index, size_t bytes, const void *value)
{
	check_success(clSetKernelArg(kernel, index, bytes, value));
}

static void *svm(const struct fixture *fixture, size_t bytes)
{
	void *memory = clSVMAlloc(fixture->base.context,
				  CL_MEM_READ_WRITE | CL_MEM_SVM_FINE_GRAIN_BUFFER, bytes, 0);

	check_fatal(memory, "no SVM of %zu bytes", bytes);
	return memory;
}

/* ---- arguments ---- */

static void test_buffers(const struct fixture *fixture)
{
	enum { COUNT = 1000, PART = 128 };
	const cl_buffer_region region = { 128 * sizeof(cl_int), PART * sizeof(cl_int) };
	cl_kernel kernel = test_kernel(fixture->program, "add");
	cl_int in[COUNT], out[COUNT], number = 17, code;
	cl_mem source, target, part;

	test_step("buffers");
	for (int i = 0; i < COUNT; i++)
		in[i] = i * i;
	source = test_buffer(fixture->base.context, sizeof(in), in);
	target = test_buffer(fixture->base.context, sizeof(out), NULL);
	set(kernel, 0, sizeof(target), &target);
	set(kernel, 1, sizeof(source), &source);
	set(kernel, 2, sizeof(number), &number);
	check_success(run(fixture, kernel, COUNT, NULL));
	check_success(clEnqueueReadBuffer(fixture->base.queue, target, CL_TRUE, 0, sizeof(out), out,
					  0, NULL, NULL));
	for (int i = 0; i < COUNT; i++)
		check_equal(i * i + 17, out[i]);
	/* A part of the target, written from its beginning. */
	part = clCreateSubBuffer(target, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, &code);
	check_success_fatal(code);
	number = 1000000;
	set(kernel, 0, sizeof(part), &part);
	set(kernel, 2, sizeof(number), &number);
	check_success(run(fixture, kernel, PART, NULL));
	check_success(clEnqueueReadBuffer(fixture->base.queue, target, CL_TRUE, 0, sizeof(out), out,
					  0, NULL, NULL));
	for (int i = 0; i < COUNT; i++)
		check_equal(i >= 128 && i < 128 + PART ? (i - 128) * (i - 128) + 1000000 :
							 i * i + 17,
			    out[i]);
	check_success(clReleaseMemObject(part));
	check_success(clReleaseMemObject(target));
	check_success(clReleaseMemObject(source));
	check_success(clReleaseKernel(kernel));
}

static void test_values(const struct fixture *fixture)
{
	const struct {
		cl_char small;
		cl_long large;
		cl_short middle;
	} mixed = { -2, 0x123456789abcdef, -345 };
	const cl_long wanted[] = { -1,	 -2,	0x123456789abcdef,  -345, 0x030201,
				   2507, 65432, 0x7edcba9876543210, 52,	  255 };
	const cl_uchar4 bytes = { { 1, 2, 3, 99 } };
	const cl_ulong large = 0x7edcba9876543210;
	const cl_float2 pair = { { 4.5f, 7.0f } };
	cl_kernel kernel = test_kernel(fixture->program, "values");
	cl_long *out = svm(fixture, sizeof(wanted));
	cl_float16 wide = { .s = { 7 } };
	const cl_char minus_one = -1;
	const cl_ushort middle = 65432;
	const cl_uchar last = 255;

	test_step("values");
	wide.s[15] = 25;
	set(kernel, 0, sizeof(minus_one), &minus_one);
	set(kernel, 1, sizeof(mixed), &mixed);
	set(kernel, 2, sizeof(bytes), &bytes);
	set(kernel, 3, sizeof(wide), &wide);
	set(kernel, 4, sizeof(middle), &middle);
	check_success(clSetKernelArgSVMPointer(kernel, 5, out));
	set(kernel, 6, sizeof(large), &large);
	set(kernel, 7, sizeof(pair), &pair);
	set(kernel, 8, sizeof(last), &last);
	/* Sizes that are not the argument's. */
	check_equal(CL_INVALID_ARG_SIZE, clSetKernelArg(kernel, 0, 4, &large));
	check_equal(CL_INVALID_ARG_SIZE, clSetKernelArg(kernel, 1, 20, wide.s));
	check_equal(CL_INVALID_ARG_SIZE, clSetKernelArg(kernel, 2, 3, &bytes));
	check_success(run(fixture, kernel, 1, NULL));
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		check_equal(wanted[i], out[i]);
	clSVMFree(fixture->base.context, out);
	check_success(clReleaseKernel(kernel));
}

static void test_local(const struct fixture *fixture)
{
	enum { GROUP = 32, COUNT = 4 * GROUP };
	cl_kernel kernel = test_kernel(fixture->program, "reverse");
	cl_int *data = svm(fixture, COUNT * sizeof(*data));
	const size_t group = GROUP, large = 1 << 20;
	cl_ulong bytes = 0;

	test_step("local memory");
	for (int i = 0; i < COUNT; i++)
		data[i] = i;
	check_success(clSetKernelArgSVMPointer(kernel, 0, data));
	set(kernel, 1, GROUP * sizeof(cl_int), NULL);
	set(kernel, 2, GROUP * sizeof(cl_long), NULL);
	check_success(clGetKernelWorkGroupInfo(kernel, fixture->base.device,
					       CL_KERNEL_LOCAL_MEM_SIZE, sizeof(bytes), &bytes,
					       NULL));
	check(bytes >= 64 * 4 + GROUP * 4 + GROUP * 8, "%llu bytes of local memory",
	      (unsigned long long)bytes);
	check_success(run(fixture, kernel, COUNT, &group));
	for (int i = 0; i < COUNT; i++) {
		int mirrored = GROUP - 1 - i % GROUP;

		check_equal(i / GROUP * GROUP + mirrored + 1000 * mirrored + 1000000, data[i]);
	}
	/* More than the device has. */
	set(kernel, 1, large, NULL);
	check_equal(CL_OUT_OF_RESOURCES, run(fixture, kernel, COUNT, &group));
	clSVMFree(fixture->base.context, data);
	check_success(clReleaseKernel(kernel));
}

static void test_null(const struct fixture *fixture)
{
	cl_kernel kernel = test_kernel(fixture->program, "is_null");
	cl_int *out = svm(fixture, sizeof(*out)), *other = svm(fixture, sizeof(*other));

	test_step("null pointers");
	check_success(clSetKernelArgSVMPointer(kernel, 2, out));
	set(kernel, 0, sizeof(cl_mem), NULL);
	check_success(clSetKernelArgSVMPointer(kernel, 1, other));
	check_success(run(fixture, kernel, 1, NULL));
	check_equal(1, *out);
	/* The kernel object that Mesa used for it forgets it. */
	check_success(clSetKernelArgSVMPointer(kernel, 0, other));
	set(kernel, 1, sizeof(cl_mem), NULL);
	check_success(run(fixture, kernel, 1, NULL));
	check_equal(2, *out);
	clSVMFree(fixture->base.context, other);
	clSVMFree(fixture->base.context, out);
	check_success(clReleaseKernel(kernel));
}

/* ---- index spaces ---- */

static void check_places(const cl_uint *out, const size_t *offset, const size_t *global,
			 const size_t *local, const cl_uint *weights)
{
	for (size_t z = 0; z < global[2]; z++) {
		for (size_t y = 0; y < global[1]; y++) {
			for (size_t x = 0; x < global[0]; x++) {
				size_t i = (z * global[1] + y) * global[0] + x;

				check_equal(weights[0] * (x + offset[0]) +
						    weights[1] * (y + offset[1]) +
						    weights[2] * (z + offset[2]) +
						    weights[3] * (x / local[0]) +
						    weights[4] * (y % local[1]) + weights[5] * 3,
					    out[i]);
			}
		}
	}
}

static void test_places(const struct fixture *fixture)
{
	static const cl_uint weights[] = { 1, 100, 10000, 1000000, 20000000, 500000000 };
	const size_t offset[] = { 3, 5, 7 }, global[] = { 24, 9, 4 }, local[] = { 8, 3, 2 };
	cl_uint *out = svm(fixture, 24 * 9 * 4 * sizeof(*out));
	cl_kernel kernel = test_kernel(fixture->program, "places");
	cl_mem constants = test_buffer(fixture->base.context, sizeof(weights), weights);

	test_step("places in three dimensions");
	check_success(clSetKernelArgSVMPointer(kernel, 0, out));
	set(kernel, 1, sizeof(constants), &constants);
	check_success(clEnqueueNDRangeKernel(fixture->base.queue, kernel, 3, offset, global, local,
					     0, NULL, NULL));
	check_success(clFinish(fixture->base.queue));
	check_places(out, offset, global, local, weights);
	check_success(clReleaseMemObject(constants));
	clSVMFree(fixture->base.context, out);
	check_success(clReleaseKernel(kernel));
}

static void test_sizes(const struct fixture *fixture)
{
	const size_t global[] = { 16, 4 }, wrong[] = { 4, 4 }, right[] = { 8, 2 };
	cl_kernel kernel = test_kernel(fixture->program, "required");
	cl_kernel plain = test_kernel(fixture->program, "greet");
	cl_command_queue queue = fixture->base.queue;
	cl_int *out = svm(fixture, 64 * sizeof(*out)), number = 0;
	size_t most = 0, none = 0, required[3] = { 0 };

	test_step("sizes of groups");
	check_success(clGetKernelWorkGroupInfo(kernel, fixture->base.device,
					       CL_KERNEL_COMPILE_WORK_GROUP_SIZE, sizeof(required),
					       required, NULL));
	check(required[0] == 8 && required[1] == 2 && required[2] == 1, "%zu, %zu, %zu",
	      required[0], required[1], required[2]);
	check_success(clSetKernelArgSVMPointer(kernel, 0, out));
	check_equal(CL_INVALID_WORK_GROUP_SIZE,
		    clEnqueueNDRangeKernel(queue, kernel, 2, NULL, global, wrong, 0, NULL, NULL));
	for (int with = 0; with < 2; with++) {
		memset(out, 0, 64 * sizeof(*out));
		check_success(clEnqueueNDRangeKernel(queue, kernel, 2, NULL, global,
						     with ? right : NULL, 0, NULL, NULL));
		check_success(clFinish(queue));
		for (int i = 0; i < 64; i++)
			check_equal(82, out[i]);
	}
	set(plain, 0, sizeof(number), &number);
	check_success(clGetDeviceInfo(fixture->base.device, CL_DEVICE_MAX_WORK_GROUP_SIZE,
				      sizeof(most), &most, NULL));
	most *= 2;
	check_equal(CL_INVALID_WORK_ITEM_SIZE, run(fixture, plain, most, &most));
	check_success(run(fixture, plain, none, NULL));
	clSVMFree(fixture->base.context, out);
	check_success(clReleaseKernel(plain));
	check_success(clReleaseKernel(kernel));
}

static void test_unset(const struct fixture *fixture)
{
	cl_kernel kernel = test_kernel(fixture->program, "greet");

	test_step("an argument that is not set");
	check_equal(CL_INVALID_KERNEL_ARGS, run(fixture, kernel, 1, NULL));
	check_success(clReleaseKernel(kernel));
}

/* ---- SVM ---- */

struct item {
	struct item *next;
	cl_int value;
};

/* A list of items in memory of the caller's choice; the kernel is given the first only. */
static void check_list(const struct fixture *fixture, struct item *items, int count, cl_int *out)
{
	cl_kernel kernel = test_kernel(fixture->program, "sum_list");

	for (int i = 0; i < count; i++)
		items[i] = (struct item){ i + 1 < count ? &items[i + 1] : NULL, i };
	check_success(clSetKernelArgSVMPointer(kernel, 0, items));
	check_success(clSetKernelArgSVMPointer(kernel, 1, out));
	check_success(run(fixture, kernel, 1, NULL));
	check_equal(count * (count - 1) / 2, *out);
	for (int i = 0; i < count; i++)
		check_equal(-i, items[i].value);
	check_success(clReleaseKernel(kernel));
}

static void test_lists(const struct fixture *fixture)
{
	enum { COUNT = 100 };
	struct item *items = svm(fixture, COUNT * sizeof(*items));
	struct item *system = malloc(COUNT * sizeof(*system));
	cl_int on_stack = 0;

	test_step("a list in SVM");
	check_list(fixture, items, COUNT, svm(fixture, sizeof(cl_int)));
	test_step("a list in memory of malloc");
	check_fatal(system, "no memory");
	check_list(fixture, system, COUNT, &on_stack);
	free(system);
	clSVMFree(fixture->base.context, items);
}

/* ---- printf ---- */

static void test_printf(const struct fixture *fixture)
{
	cl_kernel kernel = test_kernel(fixture->program, "greet");
	FILE *file = tmpfile();
	const cl_int number = 42;
	int saved = dup(STDOUT_FILENO);
	char text[4096] = "", line[64];
	size_t length;

	test_step("printf");
	check_fatal(file && saved >= 0, "no file");
	set(kernel, 0, sizeof(number), &number);
	fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	check_success(run(fixture, kernel, 5, NULL));
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	rewind(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = 0;
	for (int i = 0; i < 5; i++) {
		snprintf(line, sizeof(line), "item %d of mesa: 42, 0.50\n", i);
		check(strstr(text, line), "no '%s' in '%s'", line, text);
	}
	check_equal(5 * strlen("item 0 of mesa: 42, 0.50\n"), length);
	fclose(file);
	check_success(clReleaseKernel(kernel));
}

int main(void)
{
	struct fixture fixture = { .base = test_open() };

	fixture.program = test_build(fixture.base.context, launches_cl, "-cl-std=CL3.0");
	test_buffers(&fixture);
	test_values(&fixture);
	test_local(&fixture);
	test_null(&fixture);
	test_places(&fixture);
	test_sizes(&fixture);
	test_unset(&fixture);
	test_lists(&fixture);
	test_printf(&fixture);
	check_success(clReleaseProgram(fixture.program));
	test_close(&fixture.base);
	return check_result();
}
