// SPDX-License-Identifier: MIT
/*
 * SVM between the devices of one context. The devices are sub-devices of the one under
 * test, so that every implementation that can make them can be tested.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "harness/suite.h"

#define SECTION	     "API 3.3.5, 5.6"
#define NEEDS	     (SVM_PARTITION | SVM_FINE)
#define ATOMIC_NEEDS (NEEDS | SVM_ATOMICS | SVM_C_ATOMICS | SVM_ALL_DEVICES | SVM_ACQ_REL)
#define DEVICES	     2
#define MOST_DEVICES 1024
#define BYTES	     4096

extern const char basic_cl[];
extern const char sync_cl[];

struct devices {
	cl_device_id ids[DEVICES];
	cl_command_queue queues[DEVICES];
	cl_program program;
	struct svm_run inner; /* the run, in the context of both devices */
};

static struct devices open_devices(struct svm_run *run, const char *source)
{
	const cl_device_partition_property properties[] = { CL_DEVICE_PARTITION_EQUALLY, 1, 0 };
	cl_device_id ids[MOST_DEVICES];
	struct devices devices = { .inner = *run };
	cl_uint count = 0;
	cl_int code;

	svm_step("making sub-devices");
	svm_success(clCreateSubDevices(run->device.handle, properties, 0, NULL, &count));
	svm_expect(count <= MOST_DEVICES, "%u sub-devices", count);
	svm_success(clCreateSubDevices(run->device.handle, properties, count, ids, NULL));
	svm_expect(count >= DEVICES, "%u sub-devices of %u compute units", count,
		   run->device.compute_units);
	for (cl_uint i = DEVICES; i < count; i++)
		svm_success(clReleaseDevice(ids[i]));
	memcpy(devices.ids, ids, sizeof(devices.ids));
	devices.inner.context = clCreateContext(NULL, DEVICES, devices.ids, NULL, NULL, &code);
	svm_success(code);
	for (unsigned int i = 0; i < DEVICES; i++) {
		devices.queues[i] = clCreateCommandQueueWithProperties(devices.inner.context,
								       devices.ids[i], NULL, &code);
		svm_success(code);
	}
	devices.inner.queue = devices.queues[0];
	devices.inner.device.handle = devices.ids[0];
	devices.program = svm_build_in(&devices.inner, devices.inner.context, source, " ");
	return devices;
}

static void close_devices(struct devices *devices)
{
	svm_stop_word(NULL);
	for (unsigned int i = 0; i < DEVICES; i++) {
		svm_finish(devices->queues[i], "finishing");
		svm_success(clReleaseCommandQueue(devices->queues[i]));
	}
	svm_success(clReleaseProgram(devices->program));
	svm_success(clReleaseContext(devices->inner.context));
	for (unsigned int i = 0; i < DEVICES; i++)
		svm_success(clReleaseDevice(devices->ids[i]));
}

SVM_CASE(multi_same_address, NEEDS, SECTION, "An SVM pointer is the same on all devices.")
{
	struct devices devices = open_devices(run, basic_cl);
	cl_kernel kernel = svm_kernel(devices.program, "addresses");
	cl_int *memory = svm_fine(&devices.inner, BYTES);
	cl_ulong *seen = svm_fine(&devices.inner, 4 * sizeof(*seen));

	svm_arg_pointer(kernel, 0, memory);
	svm_arg_pointer(kernel, 1, memory + 1);
	svm_arg_pointer(kernel, 2, seen);
	for (unsigned int i = 0; i < DEVICES; i++) {
		memset(seen, 0, 4 * sizeof(*seen));
		svm_launch(devices.queues[i], kernel, 1, 1);
		svm_finish(devices.queues[i], "asking for addresses");
		svm_expect_equal((uintptr_t)memory, seen[0]);
	}
	clSVMFree(devices.inner.context, memory);
	clSVMFree(devices.inner.context, seen);
	svm_success(clReleaseKernel(kernel));
	close_devices(&devices);
}

SVM_CASE(multi_events_order_devices, NEEDS, "API 3.3.9, 5.11",
	 "A kernel of one device sees what one of another wrote, when it waits for its event.")
{
	struct devices devices = open_devices(run, basic_cl);
	cl_kernel kernel = svm_kernel(devices.program, "add");
	cl_int *memory = svm_fine(&devices.inner, BYTES), one = 1;
	cl_event before = NULL, event;

	svm_arg_pointer(kernel, 0, memory);
	svm_arg(kernel, 1, sizeof(one), &one);
	for (unsigned int i = 0; i < 100; i++) {
		event = svm_launch_event(devices.queues[i % 2], kernel, 512, before ? 1 : 0,
					 before ? &before : NULL);
		svm_success(clFlush(devices.queues[i % 2]));
		if (before)
			svm_success(clReleaseEvent(before));
		before = event;
	}
	svm_step("two devices in turn");
	svm_success(clWaitForEvents(1, &before));
	svm_success(clReleaseEvent(before));
	for (unsigned int i = 0; i < 512; i++)
		svm_expect_equal(100, memory[i]);
	clSVMFree(devices.inner.context, memory);
	svm_success(clReleaseKernel(kernel));
	close_devices(&devices);
}

SVM_CASE(multi_copy_between_devices, NEEDS, SECTION, "One device copies what another wrote.")
{
	struct devices devices = open_devices(run, basic_cl);
	cl_kernel kernel = svm_kernel(devices.program, "number");
	cl_int *source = svm_fine(&devices.inner, BYTES), first = 30;
	cl_int *target = svm_fine(&devices.inner, BYTES);
	cl_event event;

	svm_arg_pointer(kernel, 0, source);
	svm_arg(kernel, 1, sizeof(first), &first);
	event = svm_launch_event(devices.queues[0], kernel, BYTES / 4, 0, NULL);
	svm_success(clFlush(devices.queues[0]));
	svm_success(clEnqueueSVMMemcpy(devices.queues[1], CL_TRUE, target, source, BYTES, 1, &event,
				       NULL));
	for (cl_int i = 0; i < BYTES / 4; i++)
		svm_expect_equal(30 + i, target[i]);
	svm_success(clReleaseEvent(event));
	clSVMFree(devices.inner.context, source);
	clSVMFree(devices.inner.context, target);
	svm_success(clReleaseKernel(kernel));
	close_devices(&devices);
}

SVM_CASE(multi_migrate_between_devices, NEEDS, "API 5.6 (clEnqueueSVMMigrateMem)",
	 "Memory that migrates from device to device keeps its contents.")
{
	struct devices devices = open_devices(run, basic_cl);
	cl_kernel kernel = svm_kernel(devices.program, "add");
	cl_int *memory = svm_fine(&devices.inner, BYTES), one = 1;
	const void *pointers[] = { memory };

	svm_arg_pointer(kernel, 0, memory);
	svm_arg(kernel, 1, sizeof(one), &one);
	for (unsigned int i = 0; i < 40; i++) {
		svm_success(clEnqueueSVMMigrateMem(devices.queues[i % 2], 1, pointers, NULL, 0, 0,
						   NULL, NULL));
		svm_launch(devices.queues[i % 2], kernel, BYTES / 4, 0);
		svm_finish(devices.queues[i % 2], "migrating and adding");
	}
	for (unsigned int i = 0; i < BYTES / 4; i++)
		svm_expect_equal(40, memory[i]);
	clSVMFree(devices.inner.context, memory);
	svm_success(clReleaseKernel(kernel));
	close_devices(&devices);
}

/* ---- at the same time ---- */

struct drawer {
	pthread_t thread;
	_Atomic cl_uint *word;
	cl_uint *drawn;
	cl_uint count;
};

static void *draw_on_cpu(void *argument)
{
	struct drawer *self = argument;

	for (cl_uint i = 0; i < self->count; i++)
		self->drawn[i] = atomic_fetch_add(self->word, 1);
	return NULL;
}

/* Devices, and the CPU where @with_cpu, draw numbers: each comes once. */
static void draw_numbers(struct svm_run *run, bool with_cpu)
{
	enum { ITEMS = 16, TIMES = 500, EACH = ITEMS * TIMES, ALL = (DEVICES + 1) * EACH };
	struct devices devices = open_devices(run, sync_cl);
	_Atomic cl_uint *control = svm_atomic(&devices.inner, 1024);
	cl_uint *drawn = svm_fine(&devices.inner, ALL * sizeof(*drawn));
	const cl_uint parts = DEVICES + with_cpu;
	cl_kernel kernels[DEVICES];
	struct drawer drawer = { .word = &control[32],
				 .drawn = drawn + (size_t)DEVICES * EACH,
				 .count = EACH };
	unsigned char *seen = calloc(ALL, 1);

	svm_expect(seen, "no memory");
	svm_stop_word(control);
	for (unsigned int i = 0; i < DEVICES; i++) {
		kernels[i] = svm_kernel(devices.program, "draw");
		svm_arg_pointer(kernels[i], 0, (void *)control);
		svm_arg_pointer(kernels[i], 1, drawn + (size_t)i * EACH);
		svm_arg_uint(kernels[i], 2, TIMES);
	}
	for (uint64_t round = 0; svm_more(run, round, 10); round++) {
		atomic_store(&control[32], 0);
		for (unsigned int i = 0; i < DEVICES; i++) {
			svm_launch(devices.queues[i], kernels[i], ITEMS, 1);
			svm_success(clFlush(devices.queues[i]));
		}
		if (with_cpu)
			svm_expect(!pthread_create(&drawer.thread, NULL, draw_on_cpu, &drawer),
				   "no thread");
		for (unsigned int i = 0; i < DEVICES; i++)
			svm_finish(devices.queues[i], "devices draw numbers");
		if (with_cpu)
			pthread_join(drawer.thread, NULL);
		svm_expect_equal(parts * EACH, atomic_load(&control[32]));
		memset(seen, 0, ALL);
		for (cl_uint i = 0; i < parts * EACH; i++) {
			svm_expect(drawn[i] < parts * EACH && !seen[drawn[i]],
				   "draw %u: number %u was drawn twice, or is none", i, drawn[i]);
			seen[drawn[i]] = 1;
		}
	}
	free(seen);
	for (unsigned int i = 0; i < DEVICES; i++)
		svm_success(clReleaseKernel(kernels[i]));
	svm_stop_word(NULL);
	clSVMFree(devices.inner.context, (void *)control);
	clSVMFree(devices.inner.context, drawn);
	close_devices(&devices);
}

SVM_CASE(multi_devices_draw_numbers, ATOMIC_NEEDS, SECTION,
	 "Two devices add to one word at the same time: no number is drawn twice.")
{
	draw_numbers(run, false);
}

SVM_CASE(multi_devices_and_cpu_draw_numbers, ATOMIC_NEEDS, SECTION,
	 "Two devices and the CPU add to one word at the same time: no number is drawn twice.")
{
	draw_numbers(run, true);
}

SVM_CASE(multi_device_waits_for_device, ATOMIC_NEEDS, SECTION,
	 "A kernel of one device waits for a flag that one of another sets.")
{
	struct devices devices = open_devices(run, sync_cl);
	_Atomic cl_uint *control = svm_atomic(&devices.inner, 1024);
	cl_kernel hold = svm_kernel(devices.program, "hold");
	cl_kernel set = svm_kernel(devices.program, "set");

	svm_stop_word(control);
	svm_arg_pointer(hold, 0, (void *)control);
	svm_arg_pointer(set, 0, (void *)control);
	svm_arg_uint(set, 1, 64);
	svm_arg_uint(set, 2, 1);
	for (uint64_t round = 0; svm_more(run, round, 30); round++) {
		memset((void *)control, 0, 1024);
		svm_launch(devices.queues[round % 2], hold, 1, 1);
		svm_success(clFlush(devices.queues[round % 2]));
		svm_await(&control[32], 1, "a kernel starts on one device");
		svm_launch(devices.queues[1 - round % 2], set, 1, 1);
		svm_success(clFlush(devices.queues[1 - round % 2]));
		svm_finish(devices.queues[round % 2], "one device waits for the other");
		svm_expect_equal(1, atomic_load(&control[96]));
		svm_finish(devices.queues[1 - round % 2], "the other device");
	}
	svm_stop_word(NULL);
	clSVMFree(devices.inner.context, (void *)control);
	svm_success(clReleaseKernel(hold));
	svm_success(clReleaseKernel(set));
	close_devices(&devices);
}

SVM_CASE(multi_device_ping_pong, ATOMIC_NEEDS, SECTION, "Kernels of two devices answer each other.")
{
	enum { ROUNDS = 2000 };
	struct devices devices = open_devices(run, sync_cl);
	_Atomic cl_uint *control = svm_atomic(&devices.inner, 1024);
	cl_kernel kernels[DEVICES] = { svm_kernel(devices.program, "ask"),
				       svm_kernel(devices.program, "answer") };

	svm_stop_word(control);
	for (unsigned int i = 0; i < DEVICES; i++) {
		svm_arg_pointer(kernels[i], 0, (void *)control);
		svm_arg_uint(kernels[i], 1, ROUNDS);
		svm_launch(devices.queues[i], kernels[i], 1, 1);
		svm_success(clFlush(devices.queues[i]));
	}
	for (unsigned int i = 0; i < DEVICES; i++)
		svm_finish(devices.queues[i], "two devices answer each other");
	svm_expect_equal(ROUNDS, atomic_load(&control[64]));
	svm_stop_word(NULL);
	clSVMFree(devices.inner.context, (void *)control);
	svm_success(clReleaseKernel(kernels[0]));
	svm_success(clReleaseKernel(kernels[1]));
	close_devices(&devices);
}

SVM_CASE(multi_contexts_are_apart, SVM_FINE, SECTION,
	 "Contexts that work at the same time keep their memory apart.")
{
	struct svm_run other = *run;
	cl_kernel kernels[2];
	cl_int *memory[2], first[2] = { 100, 900 }, code;

	other.context = clCreateContext(NULL, 1, &run->device.handle, NULL, NULL, &code);
	svm_success(code);
	other.queue = svm_queue(&other, 0);
	for (unsigned int i = 0; i < 2; i++) {
		struct svm_run *it = i ? &other : run;

		kernels[i] = svm_build_kernel(it, basic_cl, "number");
		memory[i] = svm_fine(it, BYTES);
		svm_arg_pointer(kernels[i], 0, memory[i]);
		svm_arg(kernels[i], 1, sizeof(first[i]), &first[i]);
		svm_launch(it->queue, kernels[i], BYTES / 4, 0);
		svm_success(clFlush(it->queue));
	}
	svm_finish(run->queue, "one context");
	svm_finish(other.queue, "the other context");
	for (cl_int i = 0; i < BYTES / 4; i++) {
		svm_expect_equal(100 + i, memory[0][i]);
		svm_expect_equal(900 + i, memory[1][i]);
	}
	for (unsigned int i = 0; i < 2; i++) {
		clSVMFree(i ? other.context : run->context, memory[i]);
		svm_success(clReleaseKernel(kernels[i]));
	}
	svm_success(clReleaseCommandQueue(other.queue));
	svm_success(clReleaseContext(other.context));
}
