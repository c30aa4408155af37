// SPDX-License-Identifier: MIT
/*
 * The commands that migrate memory, on a GPU that has memory of its own: where the kernel
 * says that pages are, before and after them, and what device and host find there.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "harness.h"

enum {
	PAGE_BYTES = 4096,
	PAGES = 64,
	BYTES = PAGES * PAGE_BYTES,
	ITEMS = BYTES / sizeof(cl_int),
};

extern const char vram_cl[];

struct fixture {
	struct test_setup base;
	cl_command_queue queue; /* with profiling */
	cl_program program;
	cl_kernel add;
};

/* What the fdinfo of this process's contexts on vsvm says of "vsvm-@name", or -1. */
static long count(const char *name)
{
	const char *folder = "/proc/self/fdinfo";
	DIR *directory = opendir(folder);
	const struct dirent *entry;
	char path[300], format[64], line[256];
	long sum = -1, found;

	check_fatal(directory, "no %s", folder);
	snprintf(format, sizeof(format), "vsvm-%s: %%ld", name);
	while ((entry = readdir(directory))) {
		FILE *file;

		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		file = entry->d_name[0] == '.' ? NULL : fopen(path, "re");
		while (file && fgets(line, sizeof(line), file)) {
			if (sscanf(line, format, &found) == 1)
				sum = (sum < 0 ? 0 : sum) + found;
		}
		if (file)
			fclose(file);
	}
	closedir(directory);
	return sum;
}

/* Why this cannot be tested here, or NULL. */
static const char *reason_to_skip(void)
{
	FILE *file;
	int mib = 0;

	if (count("vram-pages") < 0)
		return "no GPU that tells what is in its memory";
	file = fopen("/sys/module/vsvm/parameters/vram_mib", "re");
	if (file && fscanf(file, "%d", &mib) != 1)
		mib = 0;
	if (file)
		fclose(file);
	return mib ? NULL : "the GPU has no memory of its own (vsvm.vram_mib)";
}

/* The command has come to its end, and its profile tells when. */
static void check_event(cl_event event, cl_command_type type)
{
	cl_ulong start = 0, end = 0;

	check_success(clWaitForEvents(1, &event));
	check_equal(CL_COMPLETE, test_event_status(event));
	check_equal(type, test_event_info(event, CL_EVENT_COMMAND_TYPE));
	check_success(clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof(start),
					      &start, NULL));
	check_success(
		clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof(end), &end, NULL));
	check(start && end > start, "from %llu to %llu", (unsigned long long)start,
	      (unsigned long long)end);
	check_success(clReleaseEvent(event));
}

static void add(const struct fixture *fixture, cl_int number)
{
	const size_t items = ITEMS;

	check_success(clSetKernelArg(fixture->add, 1, sizeof(number), &number));
	check_success(clEnqueueNDRangeKernel(fixture->queue, fixture->add, 1, NULL, &items, NULL, 0,
					     NULL, NULL));
	check_success(clFinish(fixture->queue));
}

static void migrate_svm(const struct fixture *fixture, const void *svm,
			cl_mem_migration_flags flags)
{
	cl_event event;

	check_success(
		clEnqueueSVMMigrateMem(fixture->queue, 1, &svm, NULL, flags, 0, NULL, &event));
	check_event(event, CL_COMMAND_SVM_MIGRATE_MEM);
}

static int wrong_numbers(const cl_int *numbers, cl_int offset)
{
	int wrong = 0;

	for (cl_int i = 0; i < ITEMS; i++)
		wrong += numbers[i] != i + offset;
	return wrong;
}

static void test_svm(const struct fixture *fixture, cl_svm_mem_flags flags)
{
	cl_int *svm = clSVMAlloc(fixture->base.context, flags, BYTES, 0);
	long before = count("vram-pages"), home;

	test_step("SVM");
	check_fatal(svm, "no SVM");
	for (cl_int i = 0; i < ITEMS; i++)
		svm[i] = i;
	migrate_svm(fixture, svm, 0);
	check(count("vram-pages") >= before + PAGES, "%ld pages in VRAM", count("vram-pages"));
	check_success(clSetKernelArgSVMPointer(fixture->add, 0, svm));
	add(fixture, 10);
	check(count("vram-pages") >= before + PAGES, "%ld pages in VRAM", count("vram-pages"));
	/* what the host touches comes home by itself, and the rest when it is asked for */
	check_equal(10, svm[0]);
	home = count("vram-to-host");
	migrate_svm(fixture, svm, CL_MIGRATE_MEM_OBJECT_HOST);
	check(count("vram-to-host") >= home + PAGES - 1, "%ld pages came home",
	      count("vram-to-host") - home);
	check_equal(before, count("vram-pages"));
	check_equal(0, wrong_numbers(svm, 10));
	clSVMFree(fixture->base.context, svm);
}

static void migrate_buffers(const struct fixture *fixture, const cl_mem *buffers, cl_uint number,
			    cl_mem_migration_flags flags)
{
	cl_event event;

	check_success(clEnqueueMigrateMemObjects(fixture->queue, number, buffers, flags, 0, NULL,
						 &event));
	check_event(event, CL_COMMAND_MIGRATE_MEM_OBJECTS);
}

static void test_buffers(const struct fixture *fixture)
{
	static cl_int numbers[ITEMS];
	cl_mem buffers[2];
	long before, home;

	test_step("buffers");
	for (cl_int i = 0; i < ITEMS; i++)
		numbers[i] = i;
	buffers[0] = test_buffer(fixture->base.context, BYTES, numbers);
	buffers[1] = test_buffer(fixture->base.context, BYTES, numbers);
	before = count("vram-pages");
	migrate_buffers(fixture, buffers, 2, 0);
	check(count("vram-pages") >= before + 2 * PAGES, "%ld pages in VRAM", count("vram-pages"));
	check_success(clSetKernelArg(fixture->add, 0, sizeof(buffers[0]), &buffers[0]));
	add(fixture, 20);
	check(count("vram-pages") >= before + 2 * PAGES, "%ld pages in VRAM", count("vram-pages"));
	home = count("vram-to-host");
	migrate_buffers(fixture, buffers, 1, CL_MIGRATE_MEM_OBJECT_HOST);
	check(count("vram-to-host") >= home + PAGES, "%ld pages came home",
	      count("vram-to-host") - home);
	for (int i = 0; i < 2; i++) {
		check_success(clEnqueueReadBuffer(fixture->queue, buffers[i], CL_TRUE, 0, BYTES,
						  numbers, 0, NULL, NULL));
		check_equal(0, wrong_numbers(numbers, i ? 0 : 20));
		check_success(clReleaseMemObject(buffers[i]));
	}
	check_equal(before, count("vram-pages"));
}

int main(void)
{
	struct fixture fixture = { .base = test_open() };
	const char *reason = reason_to_skip();

	if (reason)
		check_skip("%s", reason);
	fixture.queue = test_queue(&fixture.base, CL_QUEUE_PROFILING_ENABLE);
	fixture.program = test_build(fixture.base.context, vram_cl, "-cl-std=CL3.0");
	fixture.add = test_kernel(fixture.program, "add");
	test_svm(&fixture, 0);
	test_svm(&fixture, CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS);
	test_buffers(&fixture);
	check_success(clReleaseKernel(fixture.add));
	check_success(clReleaseProgram(fixture.program));
	check_success(clReleaseCommandQueue(fixture.queue));
	test_close(&fixture.base);
	return check_result();
}
