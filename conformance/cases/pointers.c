// SPDX-License-Identifier: MIT
/* Addresses mean the same to host and device. */
#include <stdlib.h>
#include <string.h>

#include "harness/suite.h"

#define SECTION		 "API 3.3.5, 5.6 (shared virtual memory)"
#define ARGUMENT_SECTION "API 5.9.2 (clSetKernelArgSVMPointer)"

extern const char basic_cl[];

struct node {
	struct node *next;
	cl_int value;
};

struct tree {
	struct tree *left, *right;
	cl_int value;
};

struct holder {
	cl_int *place;
	cl_int value;
};

/* ---- arguments ---- */

struct offset_row {
	size_t elements;
};

static void check_interior(struct svm_run *run)
{
	const struct offset_row *row = run->test->row;
	const size_t bytes = (row->elements + 16) * sizeof(cl_int);
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "number");
	cl_int *memory = svm_any(run, bytes), first = 100;

	svm_arg_pointer(kernel, 0, memory + row->elements);
	svm_arg(kernel, 1, sizeof(first), &first);
	svm_launch(run->queue, kernel, 8, 0);
	svm_map(run, memory, bytes);
	for (size_t i = 0; i < row->elements + 16; i++) {
		bool inside = i >= row->elements && i < row->elements + 8;

		svm_expect(memory[i] == (inside ? (cl_int)(100 + i - row->elements) : 0),
			   "element %zu: seen %d", i, memory[i]);
	}
	svm_unmap(run, memory);
	clSVMFree(run->context, memory);
	svm_success(clReleaseKernel(kernel));
}

static const struct svm_case interior_case = {
	.claim = "A pointer into an allocation is an argument like one to its begin.",
	.section = ARGUMENT_SECTION,
	.needs = SVM_ANY_SVM,
	.run = check_interior,
};

static const struct offset_row interior_rows[] = { { 0 },  { 1 },    { 3 },    { 16 },
						   { 31 }, { 1024 }, { 50001 } };

static void get_addresses(struct svm_run *run, const void *one, const void *other, cl_ulong *seen)
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "addresses");
	cl_ulong *shared = svm_any(run, 4 * sizeof(*shared));

	svm_arg_pointer(kernel, 0, one);
	svm_arg_pointer(kernel, 1, other);
	svm_arg_pointer(kernel, 2, shared);
	svm_launch(run->queue, kernel, 1, 1);
	svm_map(run, shared, 4 * sizeof(*shared));
	memcpy(seen, shared, 4 * sizeof(*shared));
	svm_unmap(run, shared);
	clSVMFree(run->context, shared);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(pointers_same_value, SVM_ANY_SVM, SECTION, "The device sees the host's address.")
{
	cl_int *one = svm_any(run, 64), *other = svm_any(run, 4096);
	cl_ulong seen[4];

	get_addresses(run, one, other + 5, seen);
	svm_expect_equal((uintptr_t)one, seen[0]);
	svm_expect_equal((uintptr_t)(other + 5), seen[1]);
	clSVMFree(run->context, one);
	clSVMFree(run->context, other);
}

SVM_CASE(pointers_difference, SVM_ANY_SVM, SECTION,
	 "The distance between pointers into one allocation is the same on the device.")
{
	cl_int *memory = svm_any(run, 4096);
	cl_ulong seen[4];

	get_addresses(run, memory + 3, memory + 1000, seen);
	svm_expect_equal(997, seen[3]);
	clSVMFree(run->context, memory);
}

SVM_CASE(pointers_null_argument, SVM_ANY_SVM, ARGUMENT_SECTION,
	 "A NULL argument is NULL on the device.")
{
	cl_int *memory = svm_any(run, 64);
	cl_ulong seen[4];

	get_addresses(run, NULL, memory, seen);
	svm_expect_equal(0, seen[0]);
	svm_expect_equal(1, seen[2]);
	clSVMFree(run->context, memory);
}

SVM_CASE(pointers_arguments_are_copied, SVM_ANY_SVM, "API 5.9.2, 5.10",
	 "A launch uses the pointers that were set when it was enqueued.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "add");
	cl_int *one = svm_any(run, 64), *other = svm_any(run, 64), amount = 1;
	cl_event gate, done;
	cl_int code;

	gate = clCreateUserEvent(run->context, &code);
	svm_success(code);
	svm_arg_pointer(kernel, 0, one);
	svm_arg(kernel, 1, sizeof(amount), &amount);
	done = svm_launch_event(run->queue, kernel, 4, 1, &gate);
	svm_arg_pointer(kernel, 0, other);
	amount = 10;
	svm_arg(kernel, 1, sizeof(amount), &amount);
	svm_launch(run->queue, kernel, 4, 0);
	svm_success(clSetUserEventStatus(gate, CL_COMPLETE));
	svm_finish(run->queue, "two launches of one kernel");
	svm_map(run, one, 64);
	svm_map(run, other, 64);
	svm_expect_equal(1, one[3]);
	svm_expect_equal(10, other[3]);
	svm_unmap(run, one);
	svm_unmap(run, other);
	svm_success(clReleaseEvent(gate));
	svm_success(clReleaseEvent(done));
	clSVMFree(run->context, one);
	clSVMFree(run->context, other);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(pointers_both_arguments, SVM_ANY_SVM, ARGUMENT_SECTION,
	 "Two arguments may point into one allocation.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "copy");
	cl_int *memory = svm_any(run, 256 * sizeof(*memory));

	svm_map(run, memory, 256 * sizeof(*memory));
	for (cl_int i = 0; i < 128; i++)
		memory[i] = i * i;
	svm_unmap(run, memory);
	svm_arg_pointer(kernel, 0, memory + 128);
	svm_arg_pointer(kernel, 1, memory);
	svm_launch(run->queue, kernel, 128, 0);
	svm_map(run, memory, 256 * sizeof(*memory));
	for (cl_int i = 0; i < 128; i++)
		svm_expect_equal(i * i, memory[128 + i]);
	svm_unmap(run, memory);
	clSVMFree(run->context, memory);
	svm_success(clReleaseKernel(kernel));
}

/* ---- structures with pointers ---- */

static void set_pointers(cl_kernel kernel, void *const *pointers, size_t count)
{
	svm_success(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS,
					count * sizeof(*pointers), pointers));
}

SVM_CASE(pointers_list_across_allocations, SVM_FINE, SECTION,
	 "The device follows a list whose nodes are allocations of their own.")
{
	enum { COUNT = 100 };
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "sum_list");
	cl_int *sum = svm_fine(run, sizeof(*sum));
	struct node *nodes[COUNT];

	for (unsigned int i = 0; i < COUNT; i++) {
		nodes[i] = svm_fine(run, sizeof(struct node));
		nodes[i]->value = (cl_int)i;
		nodes[i]->next = i ? nodes[i - 1] : NULL;
	}
	svm_arg_pointer(kernel, 0, nodes[COUNT - 1]);
	svm_arg_pointer(kernel, 1, sum);
	set_pointers(kernel, (void **)nodes, COUNT);
	svm_launch(run->queue, kernel, 1, 1);
	svm_finish(run->queue, "following a list");
	svm_expect_equal(COUNT * (COUNT - 1) / 2, *sum);
	for (unsigned int i = 0; i < COUNT; i++)
		clSVMFree(run->context, nodes[i]);
	clSVMFree(run->context, sum);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(pointers_list_in_coarse_memory, SVM_ANY_SVM, SECTION,
	 "The device follows a list that the host wrote into a mapped allocation.")
{
	enum { COUNT = 100 };
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "sum_list");
	struct node *nodes = svm_coarse(run, COUNT * sizeof(*nodes));
	cl_int *sum = svm_coarse(run, sizeof(*sum));

	svm_map(run, nodes, COUNT * sizeof(*nodes));
	for (unsigned int i = 0; i < COUNT; i++) {
		nodes[i].value = (cl_int)i;
		nodes[i].next = i ? &nodes[i - 1] : NULL;
	}
	svm_unmap(run, nodes);
	svm_arg_pointer(kernel, 0, &nodes[COUNT - 1]);
	svm_arg_pointer(kernel, 1, sum);
	svm_launch(run->queue, kernel, 1, 1);
	svm_map(run, sum, sizeof(*sum));
	svm_expect_equal(COUNT * (COUNT - 1) / 2, *sum);
	svm_unmap(run, sum);
	clSVMFree(run->context, nodes);
	clSVMFree(run->context, sum);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(pointers_list_made_by_device, SVM_ANY_SVM, SECTION,
	 "The host follows a list that the device linked.")
{
	enum { COUNT = 1000 };
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "make_list");
	struct node *nodes = svm_any(run, COUNT * sizeof(*nodes));
	struct node **head = svm_any(run, sizeof(*head)), *node;
	cl_int expected = COUNT;

	svm_arg_pointer(kernel, 0, nodes);
	svm_arg_uint(kernel, 1, COUNT);
	svm_arg_pointer(kernel, 2, head);
	svm_launch(run->queue, kernel, COUNT, 0);
	svm_map(run, nodes, COUNT * sizeof(*nodes));
	svm_map(run, head, sizeof(*head));
	for (node = *head; node; node = node->next, expected--) {
		svm_expect(node >= nodes && node < nodes + COUNT, "a node at %p", (void *)node);
		svm_expect_equal(expected, node->value);
	}
	svm_expect_equal(0, expected);
	svm_unmap(run, nodes);
	svm_unmap(run, head);
	clSVMFree(run->context, nodes);
	clSVMFree(run->context, head);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(pointers_tree, SVM_ANY_SVM, SECTION, "The device walks down a tree.")
{
	enum { DEPTH = 8, LEAVES = 1 << DEPTH, NODES = 2 * LEAVES };
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "descend");
	struct tree *nodes = svm_any(run, NODES * sizeof(*nodes));
	cl_int *values = svm_any(run, LEAVES * sizeof(*values));

	/* A heap: the children of i are 2i and 2i + 1, the leaves from LEAVES on. */
	svm_map(run, nodes, NODES * sizeof(*nodes));
	for (unsigned int i = 1; i < NODES; i++) {
		nodes[i].left = i < LEAVES ? &nodes[2 * i] : NULL;
		nodes[i].right = i < LEAVES ? &nodes[2 * i + 1] : NULL;
		nodes[i].value = (cl_int)i;
	}
	svm_unmap(run, nodes);
	svm_arg_pointer(kernel, 0, &nodes[1]);
	svm_arg_uint(kernel, 1, DEPTH);
	svm_arg_pointer(kernel, 2, values);
	svm_launch(run->queue, kernel, LEAVES, 0);
	svm_map(run, values, LEAVES * sizeof(*values));
	for (unsigned int i = 0; i < LEAVES; i++) {
		unsigned int place = 1;

		for (unsigned int depth = 0; depth < DEPTH; depth++)
			place = 2 * place + (i >> depth & 1);
		svm_expect_equal(place, values[i]);
	}
	svm_unmap(run, values);
	clSVMFree(run->context, nodes);
	clSVMFree(run->context, values);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(pointers_array_of_pointers, SVM_FINE, SECTION,
	 "The device writes through an array of pointers into many allocations.")
{
	enum { COUNT = 64 };
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "scatter");
	cl_int **places = svm_fine(run, COUNT * sizeof(*places)), first = 7;
	cl_int *allocations[COUNT];

	for (unsigned int i = 0; i < COUNT; i++) {
		allocations[i] = svm_fine(run, 4096);
		places[i] = allocations[i] + i * 11 % 1024;
	}
	svm_arg_pointer(kernel, 0, places);
	svm_arg(kernel, 1, sizeof(first), &first);
	set_pointers(kernel, (void **)allocations, COUNT);
	svm_launch(run->queue, kernel, COUNT, 0);
	svm_finish(run->queue, "writing through pointers");
	for (unsigned int i = 0; i < COUNT; i++) {
		svm_expect_equal(7 + i, *places[i]);
		clSVMFree(run->context, allocations[i]);
	}
	clSVMFree(run->context, places);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(pointers_moved_by_device, SVM_ANY_SVM, SECTION,
	 "Pointers that the device computes and stores are good on the host.")
{
	enum { COUNT = 32 };
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "move_pointers");
	cl_int **source = svm_any(run, COUNT * sizeof(*source));
	cl_int **target = svm_any(run, COUNT * sizeof(*target));
	cl_int *memory = svm_any(run, 4096);

	svm_map(run, source, COUNT * sizeof(*source));
	for (unsigned int i = 0; i < COUNT; i++)
		source[i] = memory + 3 * i;
	svm_unmap(run, source);
	svm_arg_pointer(kernel, 0, target);
	svm_arg_pointer(kernel, 1, source);
	svm_launch(run->queue, kernel, COUNT, 0);
	svm_map(run, target, COUNT * sizeof(*target));
	for (unsigned int i = 0; i < COUNT; i++)
		svm_expect(target[i] == memory + 3 * i + 1, "pointer %u: expected %p, seen %p", i,
			   (void *)(memory + 3 * i + 1), (void *)target[i]);
	svm_unmap(run, target);
	clSVMFree(run->context, source);
	clSVMFree(run->context, target);
	clSVMFree(run->context, memory);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(pointers_in_a_structure, SVM_FINE, "API 5.9.2 (clSetKernelExecInfo)",
	 "A pointer inside a structure reaches an allocation named by exec info alone.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "store_by_struct");
	struct holder *holder = svm_fine(run, sizeof(*holder));
	cl_int *memory = svm_fine(run, 4096);
	void *const pointers[] = { memory };

	holder->place = memory + 77;
	holder->value = 1234;
	svm_arg_pointer(kernel, 0, holder);
	set_pointers(kernel, pointers, 1);
	svm_launch(run->queue, kernel, 1, 1);
	svm_finish(run->queue, "storing through a structure");
	svm_expect_equal(1234, memory[77]);
	clSVMFree(run->context, holder);
	clSVMFree(run->context, memory);
	svm_success(clReleaseKernel(kernel));
}

/* ---- any memory of the process ---- */

static void number_system_memory(struct svm_run *run, cl_int *memory)
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "number");
	cl_int first = 3;

	svm_arg_pointer(kernel, 0, memory);
	svm_arg(kernel, 1, sizeof(first), &first);
	svm_launch(run->queue, kernel, 100, 0);
	svm_finish(run->queue, "writing to memory of the process");
	for (cl_int i = 0; i < 100; i++)
		svm_expect_equal(3 + i, memory[i]);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(pointers_to_malloc, SVM_SYSTEM, "API 3.3.5 (fine-grain system)",
	 "The device reaches memory from malloc().")
{
	cl_int *memory = calloc(100, sizeof(*memory));

	svm_expect(memory, "no memory");
	number_system_memory(run, memory);
	free(memory);
}

SVM_CASE(pointers_to_stack, SVM_SYSTEM, "API 3.3.5 (fine-grain system)",
	 "The device reaches a variable on the stack.")
{
	cl_int memory[100] = { 0 };

	number_system_memory(run, memory);
}

SVM_CASE(pointers_to_static, SVM_SYSTEM, "API 3.3.5 (fine-grain system)",
	 "The device reaches a static variable.")
{
	static cl_int memory[100];

	number_system_memory(run, memory);
}

__attribute__((constructor)) static void register_pointers(void)
{
	for (size_t i = 0; i < sizeof(interior_rows) / sizeof(interior_rows[0]); i++)
		svm_register_row(&interior_case, &interior_rows[i], "pointers_interior_%zu",
				 interior_rows[i].elements);
}
