// SPDX-License-Identifier: MIT
/* clSVMAlloc() and clSVMFree(). */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "harness/suite.h"

#define SECTION	     "API 5.6 (clSVMAlloc)"
#define FREE_SECTION "API 5.6 (clSVMFree)"

extern const char basic_cl[];

/* ---- flags ---- */

struct flags_row {
	const char *name;
	cl_svm_mem_flags flags;
	uint64_t needs;
	size_t bytes;
	cl_uint alignment;
};

static void check_flags(struct svm_run *run)
{
	const struct flags_row *row = run->test->row;
	void *memory = clSVMAlloc(run->context, row->flags, 4096, 0);

	svm_expect(memory, "flags 0x%llx: NULL", (unsigned long long)row->flags);
	clSVMFree(run->context, memory);
}

static const struct svm_case flags_case = {
	.claim = "Flags that the device supports give memory.",
	.section = SECTION,
	.run = check_flags,
};

static const struct flags_row flags_rows[] = {
	{ "none", 0, SVM_COARSE },
	{ "read_write", CL_MEM_READ_WRITE, SVM_COARSE },
	{ "read_only", CL_MEM_READ_ONLY, SVM_COARSE },
	{ "write_only", CL_MEM_WRITE_ONLY, SVM_COARSE },
	{ "fine", CL_MEM_SVM_FINE_GRAIN_BUFFER, SVM_FINE },
	{ "fine_read_only", CL_MEM_READ_ONLY | CL_MEM_SVM_FINE_GRAIN_BUFFER, SVM_FINE },
	{ "atomics", CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS, SVM_ATOMICS },
	{ "atomics_read_write",
	  CL_MEM_READ_WRITE | CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS, SVM_ATOMICS },
};

static void check_refused(struct svm_run *run)
{
	const struct flags_row *row = run->test->row;
	size_t bytes = row->bytes;
	cl_ulong most = 0;
	void *memory;

	if (bytes == SIZE_MAX) {
		svm_success(clGetDeviceInfo(run->device.handle, CL_DEVICE_MAX_MEM_ALLOC_SIZE,
					    sizeof(most), &most, NULL));
		bytes = most + 1;
	}
	memory = clSVMAlloc(run->context, row->flags, bytes, row->alignment);
	svm_expect(!memory, "flags 0x%llx, size %zu, alignment %u: expected NULL, seen %p",
		   (unsigned long long)row->flags, bytes, row->alignment, memory);
}

static const struct svm_case refused_case = {
	.claim = "What the specification does not allow gives NULL.",
	.section = SECTION,
	.run = check_refused,
};

static const struct flags_row refused_rows[] = {
	{ "size_0", CL_MEM_READ_WRITE, SVM_ANY_SVM, 0, 0 },
	{ "size_above_the_limit", CL_MEM_READ_WRITE, SVM_ANY_SVM, SIZE_MAX, 0 },
	{ "alignment_3", CL_MEM_READ_WRITE, SVM_ANY_SVM, 64, 3 },
	{ "alignment_48", CL_MEM_READ_WRITE, SVM_ANY_SVM, 64, 48 },
	{ "alignment_256", CL_MEM_READ_WRITE, SVM_ANY_SVM, 64, 256 },
	{ "two_accesses", CL_MEM_READ_ONLY | CL_MEM_WRITE_ONLY, SVM_ANY_SVM, 64, 0 },
	{ "unknown_flag", CL_MEM_READ_WRITE | 1ull << 40, SVM_ANY_SVM, 64, 0 },
	{ "host_pointer_flag", CL_MEM_USE_HOST_PTR, SVM_ANY_SVM, 64, 0 },
	{ "atomics_without_fine", CL_MEM_SVM_ATOMICS, SVM_ANY_SVM, 64, 0 },
};

SVM_CASE(allocation_refused_context, SVM_ANY_SVM, SECTION, "Without a context there is no memory.")
{
	void *memory = clSVMAlloc(NULL, CL_MEM_READ_WRITE, 64, 0);

	svm_expect(!memory, "expected NULL, seen %p", memory);
}

SVM_CASE(allocation_refused_unsupported, 0, SECTION,
	 "Flags of a capability that the device lacks give NULL.")
{
	void *memory;

	if (run->device.has & SVM_ATOMICS && run->device.has & SVM_FINE)
		svm_skip("vacuous: the device lacks no capability that a flag asks for");
	memory = clSVMAlloc(run->context,
			    CL_MEM_SVM_FINE_GRAIN_BUFFER |
				    (run->device.has & SVM_FINE ? CL_MEM_SVM_ATOMICS : 0),
			    64, 0);
	svm_expect(!memory, "expected NULL, seen %p", memory);
}

/* ---- alignment, size ---- */

struct number_row {
	size_t number;
};

static void check_alignment(struct svm_run *run)
{
	const struct number_row *row = run->test->row;
	cl_uint asked = (cl_uint)row->number, promised = asked ? asked : 128;
	void *memory[100];

	for (unsigned int i = 0; i < 100; i++) {
		size_t bytes = 1 + svm_random_below(&run->random, 300);

		svm_iteration(i);
		memory[i] = clSVMAlloc(run->context, CL_MEM_READ_WRITE, bytes, asked);
		svm_expect(memory[i], "%zu bytes, alignment %u: NULL", bytes, asked);
		svm_expect((uintptr_t)memory[i] % promised == 0,
			   "%zu bytes, alignment %u: expected a multiple of %u, seen %p", bytes,
			   asked, promised, memory[i]);
	}
	for (unsigned int i = 0; i < 100; i++)
		clSVMFree(run->context, memory[i]);
}

static const struct svm_case alignment_case = {
	.claim = "Memory is aligned as asked for, up to long16; 0 means that size.",
	.section = SECTION,
	.needs = SVM_ANY_SVM,
	.run = check_alignment,
};

static const struct number_row alignment_rows[] = { { 0 },  { 1 },  { 2 },  { 4 },  { 8 },
						    { 16 }, { 32 }, { 64 }, { 128 } };

static void check_size(struct svm_run *run)
{
	const struct number_row *row = run->test->row;
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "touch_ends");
	unsigned char *memory = svm_any(run, row->number);
	cl_uint *seen = svm_any(run, 2 * sizeof(*seen));
	cl_ulong bytes = row->number;

	svm_map(run, memory, bytes);
	memory[0] = 0x11;
	memory[bytes - 1] = 0x22;
	svm_unmap(run, memory);
	svm_arg_pointer(kernel, 0, memory);
	svm_arg(kernel, 1, sizeof(bytes), &bytes);
	svm_arg_pointer(kernel, 2, seen);
	svm_launch(run->queue, kernel, 1, 1);
	svm_map(run, memory, bytes);
	svm_map(run, seen, 2 * sizeof(*seen));
	svm_expect_equal(bytes == 1 ? 0x22 : 0x11, seen[0]);
	svm_expect_equal(0x22, seen[1]);
	svm_expect_equal(bytes == 1 ? 0xa5 : 0x5a, memory[0]);
	svm_expect_equal(0xa5, memory[bytes - 1]);
	svm_unmap(run, memory);
	svm_unmap(run, seen);
	clSVMFree(run->context, memory);
	clSVMFree(run->context, seen);
	svm_success(clReleaseKernel(kernel));
}

static const struct svm_case size_case = {
	.claim = "Host and device reach the first and the last byte.",
	.section = SECTION,
	.needs = SVM_ANY_SVM,
	.run = check_size,
};

static const struct number_row size_rows[] = { { 1 },	 { 3 },	   { 128 },	{ 4095 },
					       { 4096 }, { 4097 }, { 1 << 20 }, { 48 << 20 } };

/* ---- many ---- */

struct range {
	unsigned char *start;
	size_t bytes;
};

static int by_start(const void *one, const void *other)
{
	const struct range *first = one, *second = other;

	return (first->start > second->start) - (first->start < second->start);
}

SVM_CASE(allocation_distinct, SVM_ANY_SVM, SECTION, "Allocations do not overlap.")
{
	static struct range ranges[600];
	const unsigned int count = 600;

	for (unsigned int i = 0; i < count; i++) {
		ranges[i].bytes = 1 + svm_random_below(&run->random, i % 10 ? 500 : 100000);
		ranges[i].start = clSVMAlloc(run->context, CL_MEM_READ_WRITE, ranges[i].bytes, 0);
		svm_expect(ranges[i].start, "allocation %u of %zu bytes: NULL", i, ranges[i].bytes);
	}
	qsort(ranges, count, sizeof(ranges[0]), by_start);
	for (unsigned int i = 1; i < count; i++)
		svm_expect(ranges[i - 1].start + ranges[i - 1].bytes <= ranges[i].start,
			   "%zu bytes at %p reach into %p", ranges[i - 1].bytes,
			   (void *)ranges[i - 1].start, (void *)ranges[i].start);
	for (unsigned int i = 0; i < count; i++)
		clSVMFree(run->context, ranges[i].start);
}

SVM_CASE(allocation_contents_stay, SVM_FINE, SECTION,
	 "Allocating and freeing others leaves an allocation's contents alone.")
{
	unsigned char *kept[32], *others[32];

	for (unsigned int i = 0; i < 32; i++) {
		kept[i] = svm_fine(run, 64 + i);
		memset(kept[i], (int)i + 1, 64 + i);
	}
	for (uint64_t round = 0; svm_more(run, round, 50); round++) {
		for (unsigned int i = 0; i < 32; i++) {
			size_t bytes = 1 + svm_random_below(&run->random, 200);

			others[i] = svm_fine(run, bytes);
			memset(others[i], 0xee, bytes);
		}
		for (unsigned int i = 0; i < 32; i++)
			clSVMFree(run->context, others[i]);
	}
	for (unsigned int i = 0; i < 32; i++) {
		for (unsigned int j = 0; j < 64 + i; j++)
			svm_expect_equal(i + 1, kept[i][j]);
		clSVMFree(run->context, kept[i]);
	}
}

SVM_CASE(allocation_freed_memory_returns, SVM_ANY_SVM, FREE_SECTION,
	 "Memory that was freed can be had again: more in all than the device has.")
{
	cl_ulong global = 0, most = 0;
	size_t bytes;
	uint64_t rounds;

	svm_success(clGetDeviceInfo(run->device.handle, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof(global),
				    &global, NULL));
	svm_success(clGetDeviceInfo(run->device.handle, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof(most),
				    &most, NULL));
	bytes = global / 16 < most ? global / 16 : most;
	rounds = global / bytes * 4 + 100;
	for (uint64_t i = 0; i < rounds; i++) {
		void *memory = clSVMAlloc(run->context, CL_MEM_READ_WRITE, bytes, 0);

		svm_iteration(i);
		svm_expect(memory, "%zu bytes: NULL", bytes);
		clSVMFree(run->context, memory);
	}
}

SVM_CASE(allocation_free_null, SVM_ANY_SVM, FREE_SECTION, "clSVMFree() of NULL does nothing.")
{
	int *memory = svm_any(run, sizeof(*memory));

	clSVMFree(run->context, NULL);
	svm_map(run, memory, sizeof(*memory));
	*memory = 5;
	svm_expect_equal(5, *memory);
	svm_unmap(run, memory);
	clSVMFree(run->context, memory);
}

/* ---- threads ---- */

struct thread {
	pthread_t handle;
	struct svm_run *run;
	unsigned int number;
	const char *failure;
};

static void *allocate_in_thread(void *argument)
{
	struct thread *self = argument;
	struct svm_random random = { self->number };
	unsigned char *memory[16];

	for (unsigned int round = 0; round < 200; round++) {
		for (unsigned int i = 0; i < 16; i++) {
			memory[i] = clSVMAlloc(self->run->context, CL_MEM_SVM_FINE_GRAIN_BUFFER,
					       256 + svm_random_below(&random, 1000), 0);
			if (!memory[i]) {
				self->failure = "an allocation gave NULL";
				return NULL;
			}
			memset(memory[i], (int)(self->number * 16 + i), 256);
		}
		for (unsigned int i = 0; i < 16; i++) {
			for (unsigned int j = 0; j < 256; j++) {
				if (memory[i][j] != self->number * 16 + i)
					self->failure = "another thread wrote into an allocation";
			}
			clSVMFree(self->run->context, memory[i]);
		}
	}
	return NULL;
}

SVM_CASE(allocation_threads, SVM_FINE, "API 5.6, Appendix A (Multiple Host Threads)",
	 "Threads allocate and free at the same time.")
{
	struct thread threads[4] = { 0 };

	for (unsigned int i = 0; i < 4; i++) {
		threads[i].run = run;
		threads[i].number = i + 1;
		svm_expect(!pthread_create(&threads[i].handle, NULL, allocate_in_thread,
					   &threads[i]),
			   "no thread");
	}
	for (unsigned int i = 0; i < 4; i++) {
		pthread_join(threads[i].handle, NULL);
		svm_expect(!threads[i].failure, "thread %u: %s", i, threads[i].failure);
	}
}

/* ---- capabilities ---- */

SVM_CASE(allocation_capabilities_nest, SVM_ANY_SVM, "API 4.2 (CL_DEVICE_SVM_CAPABILITIES)",
	 "A device with SVM has coarse-grain buffers, and atomics come with fine-grain sharing.")
{
	cl_device_svm_capabilities svm = run->device.svm;
	const cl_device_svm_capabilities fine = CL_DEVICE_SVM_FINE_GRAIN_BUFFER |
						CL_DEVICE_SVM_FINE_GRAIN_SYSTEM;

	svm_expect(svm & CL_DEVICE_SVM_COARSE_GRAIN_BUFFER, "capabilities 0x%llx",
		   (unsigned long long)svm);
	svm_expect(!(svm & CL_DEVICE_SVM_ATOMICS) || svm & fine, "capabilities 0x%llx",
		   (unsigned long long)svm);
}

SVM_CASE(allocation_atomics_are_usable, SVM_ATOMICS,
	 "API 4.2 (CL_DEVICE_ATOMIC_MEMORY_CAPABILITIES), 5.6",
	 "A device with SVM atomics has the scope by which host and device meet.")
{
	svm_expect(run->device.has & SVM_ALL_DEVICES,
		   "CL_DEVICE_SVM_ATOMICS without __opencl_c_atomic_scope_all_devices");
}

__attribute__((constructor)) static void register_allocation(void)
{
	for (size_t i = 0; i < sizeof(flags_rows) / sizeof(flags_rows[0]); i++) {
		struct svm_case made = flags_case;

		made.needs = flags_rows[i].needs;
		svm_register_row(&made, &flags_rows[i], "allocation_flags_%s", flags_rows[i].name);
	}
	for (size_t i = 0; i < sizeof(refused_rows) / sizeof(refused_rows[0]); i++) {
		struct svm_case made = refused_case;

		made.needs = refused_rows[i].needs;
		svm_register_row(&made, &refused_rows[i], "allocation_refused_%s",
				 refused_rows[i].name);
	}
	for (size_t i = 0; i < sizeof(alignment_rows) / sizeof(alignment_rows[0]); i++)
		svm_register_row(&alignment_case, &alignment_rows[i], "allocation_alignment_%zu",
				 alignment_rows[i].number);
	for (size_t i = 0; i < sizeof(size_rows) / sizeof(size_rows[0]); i++)
		svm_register_row(&size_case, &size_rows[i], "allocation_size_%zu",
				 size_rows[i].number);
}
