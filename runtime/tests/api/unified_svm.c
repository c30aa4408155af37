// SPDX-License-Identifier: MIT
/*
 * Types of SVM: that the lists of them agree with each other and with what else the device says,
 * what is known of memory of each, that kernels and the host use it as the type says, and which
 * type is suggested. What the functions refuse is in errors/rows_unified_svm.c.
 */
#include "unified_memory.h"

#include <stdlib.h>
#include <string.h>

#define MOST_TYPES 16
#define WORDS	   1024u
#define BYTES	   (WORDS * sizeof(cl_uint))
#define NO_TYPE	   CL_UINT_MAX

struct world {
	struct test_setup setup;
	struct unified_svm_functions cl;
	cl_program program;
	/* By index: what the device can do with each, and the whole platform. */
	cl_svm_capabilities_khr types[MOST_TYPES], platform[MOST_TYPES];
	cl_uint count;
	cl_device_svm_capabilities svm;
	/* A list with the device alone. */
	cl_svm_alloc_properties_khr of_device[3];
};

static void ask(struct world *w)
{
	size_t bytes = 0, again = 0;

	check_success_fatal(clGetPlatformInfo(w->setup.platform,
					      CL_PLATFORM_SVM_TYPE_CAPABILITIES_KHR,
					      sizeof(w->platform), w->platform, &bytes));
	check_success_fatal(clGetDeviceInfo(w->setup.device, CL_DEVICE_SVM_TYPE_CAPABILITIES_KHR,
					    sizeof(w->types), w->types, &again));
	check_equal(bytes, again);
	w->count = (cl_uint)(bytes / sizeof(w->types[0]));
	check_success(clGetDeviceInfo(w->setup.device, CL_DEVICE_SVM_CAPABILITIES, sizeof(w->svm),
				      &w->svm, NULL));
	w->of_device[0] = CL_SVM_ALLOC_ASSOCIATED_DEVICE_HANDLE_KHR;
	w->of_device[1] = (cl_svm_alloc_properties_khr)(uintptr_t)w->setup.device;
	w->of_device[2] = 0;
}

/* Whether the type is of the device, and has all of @capabilities. */
static bool has(const struct world *w, cl_uint type, cl_svm_capabilities_khr capabilities)
{
	return type < w->count && (w->types[type] & capabilities) == capabilities;
}

static void *allocate(const struct world *w, cl_uint type, size_t bytes)
{
	cl_int code = CL_INVALID_VALUE;
	bool needs_device = !has(w, type, CL_SVM_CAPABILITY_DEVICE_UNASSOCIATED_KHR);
	void *pointer = w->cl.clSVMAllocWithPropertiesKHR(
		w->setup.context, needs_device ? w->of_device : NULL, type, bytes, &code);

	check_success_fatal(code);
	check_fatal(pointer, "type %u: no memory", type);
	return pointer;
}

static void release(const struct world *w, void *pointer)
{
	check_success(w->cl.clSVMFreeWithPropertiesKHR(w->setup.context, NULL, 0, pointer));
}

/* ---- the lists ---- */

static bool any_has(const struct world *w, cl_svm_capabilities_khr capabilities)
{
	for (cl_uint i = 0; i < w->count; i++) {
		if (has(w, i, capabilities))
			return true;
	}
	return false;
}

static void test_lists(const struct world *w)
{
	size_t atom = 2;

	check(w->count > 0, "no types");
	for (cl_uint i = 0; i < w->count; i++) {
		cl_svm_capabilities_khr type = w->types[i];

		check(w->platform[i], "type %u: no device has it", i);
		check(!type || (type & w->platform[i]) == w->platform[i],
		      "type %u: the device has less than the platform", i);
		check(!(type & CL_SVM_CAPABILITY_DEVICE_OWNED_KHR) ||
			      !(type & CL_SVM_CAPABILITY_DEVICE_UNASSOCIATED_KHR),
		      "type %u: the device's own, and of no device", i);
		check(!(type & CL_SVM_CAPABILITY_HOST_OWNED_KHR) ||
			      type & CL_SVM_CAPABILITY_DEVICE_UNASSOCIATED_KHR,
		      "type %u: the host's own, and of a device", i);
	}
	check_equal(!(w->svm & CL_DEVICE_SVM_COARSE_GRAIN_BUFFER),
		    !any_has(w, CL_SVM_TYPE_MACRO_COARSE_GRAIN_BUFFER_KHR));
	check_equal(!(w->svm & CL_DEVICE_SVM_FINE_GRAIN_BUFFER),
		    !any_has(w, CL_SVM_TYPE_MACRO_FINE_GRAIN_BUFFER_KHR));
	check_equal(!(w->svm & CL_DEVICE_SVM_FINE_GRAIN_SYSTEM),
		    !any_has(w, CL_SVM_CAPABILITY_SYSTEM_ALLOCATED_KHR));
	check_equal(!(w->svm & CL_DEVICE_SVM_ATOMICS),
		    !any_has(w, CL_SVM_TYPE_MACRO_FINE_GRAIN_BUFFER_KHR |
					CL_SVM_CAPABILITY_CONCURRENT_ATOMIC_ACCESS_KHR));
	check_success(clGetDeviceInfo(w->setup.device,
				      CL_DEVICE_SVM_CONCURRENT_ACCESS_ATOM_SIZE_KHR, sizeof(atom),
				      &atom, NULL));
	check_equal(w->svm & CL_DEVICE_SVM_FINE_GRAIN_BUFFER ? 1 : 0, atom);
}

/* ---- what is known of memory ---- */

#define CHECK_INFO(w, device, pointer, name, type, wanted)                                        \
	do {                                                                                      \
		type seen_;                                                                       \
		size_t size_ = 0;                                                                 \
                                                                                                  \
		check_success((w)->cl.clGetSVMPointerInfoKHR((w)->setup.context, device, pointer, \
							     name, sizeof(seen_), &seen_,         \
							     &size_));                            \
		check_equal(sizeof(seen_), size_);                                                \
		check(seen_ == (type)(wanted), #name);                                            \
	} while (0)

struct wanted {
	cl_uint type;
	cl_device_id device;
	cl_svm_alloc_access_flags_khr access;
	const cl_svm_alloc_properties_khr *properties;
	size_t property_bytes;
};

static void check_properties(const struct world *w, const void *pointer,
			     const struct wanted *wanted)
{
	cl_svm_alloc_properties_khr seen[8];
	size_t bytes = 1;

	check_success(w->cl.clGetSVMPointerInfoKHR(w->setup.context, NULL, pointer,
						   CL_SVM_INFO_PROPERTIES_KHR, sizeof(seen), seen,
						   &bytes));
	check_equal(wanted->property_bytes, bytes);
	check(!bytes || !memcmp(seen, wanted->properties, bytes), "other properties");
}

static void check_info(const struct world *w, char *base, size_t bytes, const struct wanted *wanted)
{
	const size_t places[] = { 0, bytes / 3, bytes - 1 };

	for (size_t i = 0; i < 2 * sizeof(places) / sizeof(places[0]); i++) {
		cl_device_id device = i & 1 ? w->setup.device : NULL;
		char *pointer = base + places[i / 2];

		CHECK_INFO(w, device, pointer, CL_SVM_INFO_TYPE_INDEX_KHR, cl_uint, wanted->type);
		CHECK_INFO(w, device, pointer, CL_SVM_INFO_CAPABILITIES_KHR,
			   cl_svm_capabilities_khr, w->types[wanted->type]);
		CHECK_INFO(w, device, pointer, CL_SVM_INFO_ACCESS_FLAGS_KHR,
			   cl_svm_alloc_access_flags_khr, wanted->access);
		CHECK_INFO(w, device, pointer, CL_SVM_INFO_BASE_PTR_KHR, void *, base);
		CHECK_INFO(w, device, pointer, CL_SVM_INFO_SIZE_KHR, size_t, bytes);
		CHECK_INFO(w, device, pointer, CL_SVM_INFO_ASSOCIATED_DEVICE_HANDLE_KHR,
			   cl_device_id, wanted->device);
		check_properties(w, pointer, wanted);
	}
}

static void check_unknown(const struct world *w, const void *pointer)
{
	const struct wanted nothing = { 0 };

	CHECK_INFO(w, NULL, pointer, CL_SVM_INFO_TYPE_INDEX_KHR, cl_uint, NO_TYPE);
	CHECK_INFO(w, w->setup.device, pointer, CL_SVM_INFO_CAPABILITIES_KHR,
		   cl_svm_capabilities_khr, 0);
	CHECK_INFO(w, NULL, pointer, CL_SVM_INFO_CAPABILITIES_KHR, cl_svm_capabilities_khr, 0);
	CHECK_INFO(w, NULL, pointer, CL_SVM_INFO_ACCESS_FLAGS_KHR, cl_svm_alloc_access_flags_khr,
		   0);
	CHECK_INFO(w, NULL, pointer, CL_SVM_INFO_BASE_PTR_KHR, void *, NULL);
	CHECK_INFO(w, NULL, pointer, CL_SVM_INFO_SIZE_KHR, size_t, 0);
	CHECK_INFO(w, NULL, pointer, CL_SVM_INFO_ASSOCIATED_DEVICE_HANDLE_KHR, cl_device_id, NULL);
	check_properties(w, pointer, &nothing);
}

static void test_info(const struct world *w, cl_uint type)
{
	const cl_svm_alloc_properties_khr all[] = { CL_SVM_ALLOC_ALIGNMENT_KHR,
						    128,
						    CL_SVM_ALLOC_ASSOCIATED_DEVICE_HANDLE_KHR,
						    w->of_device[1],
						    CL_SVM_ALLOC_ACCESS_FLAGS_KHR,
						    CL_SVM_ALLOC_ACCESS_HOST_NOREAD_KHR |
							    CL_SVM_ALLOC_ACCESS_DEVICE_NOWRITE_KHR,
						    0 };
	struct wanted wanted = { type, w->setup.device, all[5], all, sizeof(all) };
	cl_context context = w->setup.context;
	char *memory = w->cl.clSVMAllocWithPropertiesKHR(context, all, type, 100, NULL);

	check_fatal(memory, "type %u: no memory", type);
	check((uintptr_t)memory % 128 == 0, "type %u: alignment", type);
	check_info(w, memory, 100, &wanted);
	check_unknown(w, memory + 100);
	release(w, memory);
	check_unknown(w, memory);
	memory = allocate(w, type, BYTES);
	wanted = (struct wanted){ .type = type };
	if (!has(w, type, CL_SVM_CAPABILITY_DEVICE_UNASSOCIATED_KHR))
		wanted = (struct wanted){ type, w->setup.device, 0, w->of_device,
					  sizeof(w->of_device) };
	check_info(w, memory, BYTES, &wanted);
	clSVMFree(context, memory);
	check_unknown(w, memory);
}

/* What clSVMAlloc gives is of one of the types as well, what other functions give of none. */
static void test_other_memory(const struct world *w)
{
	static const cl_svm_mem_flags flags[] = {
		0, CL_MEM_SVM_FINE_GRAIN_BUFFER, CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS
	};
	static const cl_svm_capabilities_khr least[] = {
		CL_SVM_TYPE_MACRO_COARSE_GRAIN_BUFFER_KHR, CL_SVM_TYPE_MACRO_FINE_GRAIN_BUFFER_KHR,
		CL_SVM_TYPE_MACRO_FINE_GRAIN_BUFFER_KHR |
			CL_SVM_CAPABILITY_CONCURRENT_ATOMIC_ACCESS_KHR
	};
	struct unified_memory_functions intel;
	cl_context context = w->setup.context;
	void *memory;

	for (int i = 0; i < 3; i++) {
		struct wanted wanted = { NO_TYPE };

		if (i == 2 && !(w->svm & CL_DEVICE_SVM_ATOMICS))
			continue;
		memory = clSVMAlloc(context, flags[i], 100, 0);
		check_fatal(memory, "no memory");
		check_success(w->cl.clGetSVMPointerInfoKHR(
			context, NULL, memory, CL_SVM_INFO_TYPE_INDEX_KHR, sizeof(wanted.type),
			&wanted.type, NULL));
		check_fatal(has(w, wanted.type, least[i]), "flags 0x%x are of type %u",
			    (unsigned int)flags[i], wanted.type);
		check_info(w, memory, 100, &wanted);
		release(w, memory);
	}
	check_unknown(w, NULL);
	check_unknown(w, &intel);
	load_unified_memory(w->setup.platform, &intel);
	memory = intel.clHostMemAllocINTEL(context, NULL, 100, 0, NULL);
	if (!memory)
		return;
	check_unknown(w, memory);
	check_success(intel.clMemFreeINTEL(context, memory));
	memory = allocate(w, 0, 100);
	check_equal(CL_INVALID_VALUE, intel.clMemFreeINTEL(context, memory));
	release(w, memory);
}

/* ---- suggestions ---- */

static cl_uint suggest(const struct world *w, cl_svm_capabilities_khr required,
		       cl_svm_capabilities_khr desired, bool for_device)
{
	cl_uint index = w->count;

	check_success(w->cl.clGetSVMSuggestedTypeIndexKHR(w->setup.context, required, desired,
							  for_device ? w->of_device : NULL, BYTES,
							  &index));
	return index;
}

static void check_suggestion(const struct world *w, cl_svm_capabilities_khr required)
{
	for (int i = 0; i < 2; i++) {
		cl_uint index = suggest(w, required, 0, i);

		if (any_has(w, required))
			check(has(w, index, required), "0x%llx: type %u is suggested",
			      (unsigned long long)required, index);
		else
			check_equal(NO_TYPE, index);
	}
}

static void test_suggestions(const struct world *w)
{
	const cl_svm_capabilities_khr atomics = CL_SVM_CAPABILITY_CONCURRENT_ATOMIC_ACCESS_KHR;
	const cl_svm_capabilities_khr fine = CL_SVM_TYPE_MACRO_FINE_GRAIN_BUFFER_KHR;

	for (int bit = 0; bit < 64; bit++)
		check_suggestion(w, UINT64_C(1) << bit);
	for (cl_uint i = 0; i < w->count; i++)
		check_suggestion(w, w->types[i]);
	check_equal(0, suggest(w, 0, 0, true));
	/* What is wished for decides, where there is a choice; what there is not does not. */
	check_equal(any_has(w, fine | atomics),
		    has(w, suggest(w, fine, atomics, true), fine | atomics));
	check_equal(0, suggest(w, 0, UINT64_C(1) << 50, true));
	check_equal(any_has(w, CL_SVM_CAPABILITY_HOST_OWNED_KHR),
		    has(w, suggest(w, 0, CL_SVM_CAPABILITY_HOST_OWNED_KHR, false),
			CL_SVM_CAPABILITY_HOST_OWNED_KHR));
}

/* ---- kernels and commands ---- */

/* Puts words into memory, or takes them out of it, as the host may for the type. */
static void transfer(const struct world *w, cl_uint type, cl_uint *memory, cl_uint *words,
		     bool to_host)
{
	const cl_svm_capabilities_khr access = to_host ? CL_SVM_CAPABILITY_HOST_READ_KHR :
							 CL_SVM_CAPABILITY_HOST_WRITE_KHR;
	cl_command_queue queue = w->setup.queue;
	cl_uint *to = to_host ? words : memory, *from = to_host ? memory : words;
	bool maps = !has(w, type, access) && has(w, type, CL_SVM_CAPABILITY_HOST_MAP_KHR);

	if (!maps && !has(w, type, access)) {
		check_success(clEnqueueSVMMemcpy(queue, CL_TRUE, to, from, BYTES, 0, NULL, NULL));
		return;
	}
	check_success(clFinish(queue));
	if (maps)
		check_success(clEnqueueSVMMap(queue, CL_TRUE, to_host ? CL_MAP_READ : CL_MAP_WRITE,
					      memory, BYTES, 0, NULL, NULL));
	memcpy(to, from, BYTES);
	if (maps)
		check_success(clEnqueueSVMUnmap(queue, memory, 0, NULL, NULL));
}

static void test_commands(const struct world *w, cl_uint type)
{
	cl_command_queue queue = w->setup.queue;
	cl_kernel kernel = test_kernel(w->program, "add");
	cl_uint *a = allocate(w, type, BYTES), *b = allocate(w, type, BYTES), words[WORDS];
	const cl_uint pattern[2] = { 7, 9 };
	const void *ranges[] = { a, NULL };
	const size_t sizes[] = { BYTES, 0 };

	for (cl_uint i = 0; i < WORDS; i++)
		words[i] = i;
	transfer(w, type, a, words, false);
	check_success(
		clEnqueueSVMMemFill(queue, b, pattern, sizeof(pattern), BYTES, 0, NULL, NULL));
	check_success(clEnqueueSVMMigrateMem(queue, 2, ranges, sizes, 0, 0, NULL, NULL));
	check_success(clSetKernelArgSVMPointer(kernel, 0, a + 8));
	check_success(clSetKernelArgSVMPointer(kernel, 1, b));
	launch(&w->setup, kernel, WORDS - 8);
	transfer(w, type, a, words, true);
	for (cl_uint i = 0; i < WORDS; i++)
		check(words[i] == i + (i < 8 ? 0 : pattern[i & 1]), "type %u: a[%u] is %u", type, i,
		      words[i]);
	transfer(w, type, b, words, true);
	for (cl_uint i = 0; i < WORDS; i++)
		check(words[i] == pattern[i & 1], "type %u: b[%u] is %u", type, i, words[i]);
	check_success(clFinish(queue));
	release(w, a);
	release(w, b);
	check_success(clReleaseKernel(kernel));
}

/* A kernel follows pointers through memory of the type that it is not told of. */
static void test_indirect(const struct world *w, cl_uint type)
{
	const cl_bool yes = CL_TRUE;
	cl_command_queue queue = w->setup.queue;
	cl_kernel kernel = test_kernel(w->program, "walk");
	struct node *nodes[10];
	cl_uint *sum = allocate(w, type, sizeof(*sum)), total = 0;

	for (cl_uint i = 0; i < 10; i++) {
		const struct node node = { i ? nodes[i - 1] : NULL, 1u << i };

		nodes[i] = allocate(w, type, sizeof(node));
		check_success(clEnqueueSVMMemcpy(queue, CL_TRUE, nodes[i], &node, sizeof(node), 0,
						 NULL, NULL));
	}
	check_success(clSetKernelArgSVMPointer(kernel, 0, nodes[9]));
	check_success(clSetKernelArgSVMPointer(kernel, 1, sum));
	check_success(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_INDIRECT_ACCESS_KHR,
					  sizeof(yes), &yes));
	check_success(
		clEnqueueSVMMemcpy(queue, CL_TRUE, sum, &total, sizeof(total), 0, NULL, NULL));
	launch(&w->setup, kernel, 1);
	check_success(
		clEnqueueSVMMemcpy(queue, CL_TRUE, &total, sum, sizeof(total), 0, NULL, NULL));
	check_equal(1023, total);
	for (int i = 0; i < 10; i++)
		release(w, nodes[i]);
	release(w, sum);
	check_success(clReleaseKernel(kernel));
}

/* In memory of each type that says that it can be done. */
static void test_counting(const struct world *w, cl_uint type)
{
	void *memory;

	if (!has(w, type,
		 CL_SVM_CAPABILITY_CONCURRENT_ATOMIC_ACCESS_KHR | CL_SVM_CAPABILITY_HOST_READ_KHR |
			 CL_SVM_CAPABILITY_HOST_WRITE_KHR))
		return;
	memory = allocate(w, type, sizeof(cl_uint));
	check_counting(&w->setup, w->program, clSetKernelArgSVMPointer, memory);
	release(w, memory);
	if (!has(w, type, CL_SVM_CAPABILITY_SYSTEM_ALLOCATED_KHR))
		return;
	memory = malloc(sizeof(cl_uint));
	check_fatal(memory, "no memory");
	check_counting(&w->setup, w->program, clSetKernelArgSVMPointer, memory);
	free(memory);
}

/* Nothing is allocated, freed, copied, filled and migrated without complaint. */
static void test_nothing(const struct world *w, cl_uint type)
{
	cl_context context = w->setup.context;
	cl_command_queue queue = w->setup.queue;
	const cl_uint pattern = 0;
	const void *ranges[] = { NULL };
	const size_t none[] = { 0 };
	void *pointers[] = { NULL };
	cl_uint variable = 0;
	cl_event events[5];
	cl_int code = CL_INVALID_VALUE;

	check(!w->cl.clSVMAllocWithPropertiesKHR(context, w->of_device, type, 0, &code),
	      "no bytes have an address");
	check_success(code);
	release(w, NULL);
	check_success(clEnqueueSVMMemcpy(queue, CL_FALSE, NULL, &variable, 0, 0, NULL, &events[0]));
	check_success(clEnqueueSVMMemcpy(queue, CL_TRUE, &variable, NULL, 0, 0, NULL, &events[1]));
	check_success(clEnqueueSVMMemFill(queue, NULL, &pattern, sizeof(pattern), 0, 0, NULL,
					  &events[2]));
	check_success(clEnqueueSVMMigrateMem(queue, 1, ranges, none, 0, 0, NULL, &events[3]));
	check_success(clEnqueueSVMFree(queue, 1, pointers, NULL, NULL, 0, NULL, &events[4]));
	check_success(clFinish(queue));
	check_equal(CL_COMMAND_SVM_MEMCPY, test_event_info(events[0], CL_EVENT_COMMAND_TYPE));
	check_equal(CL_COMMAND_SVM_MEMCPY, test_event_info(events[1], CL_EVENT_COMMAND_TYPE));
	check_equal(CL_COMMAND_SVM_MEMFILL, test_event_info(events[2], CL_EVENT_COMMAND_TYPE));
	check_equal(CL_COMMAND_SVM_MIGRATE_MEM, test_event_info(events[3], CL_EVENT_COMMAND_TYPE));
	check_equal(CL_COMMAND_SVM_FREE, test_event_info(events[4], CL_EVENT_COMMAND_TYPE));
	for (int i = 0; i < 5; i++) {
		check_equal(CL_COMPLETE, test_event_status(events[i]));
		check_success(clReleaseEvent(events[i]));
	}
}

int main(void)
{
	struct world w = { .setup = test_open() };

	ask(&w);
	load_unified_svm(w.setup.platform, &w.cl);
	test_step("building");
	w.program = test_build(w.setup.context, UNIFIED_SOURCE, "-cl-std=CL3.0");
	test_step("asking");
	test_lists(&w);
	test_other_memory(&w);
	test_suggestions(&w);
	for (cl_uint type = 0; type < w.count; type++) {
		if (!w.types[type])
			continue;
		test_step("using a type");
		test_info(&w, type);
		test_commands(&w, type);
		if (has(&w, type, CL_SVM_CAPABILITY_INDIRECT_ACCESS_KHR))
			test_indirect(&w, type);
		test_counting(&w, type);
		test_nothing(&w, type);
	}
	check_success(clReleaseProgram(w.program));
	test_close(&w.setup);
	return check_result();
}
