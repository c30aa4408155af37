// SPDX-License-Identifier: MIT
/*
 * 02_svm_linked_list: a structure made of pointers, shared as it is.
 *
 * In shared virtual memory an address means the same to CPU and device. So a list (or
 * a tree, a graph, a hash table) needs no translation to indices and no copy: the
 * device follows the very pointers that the CPU stored, and the other way round.
 *
 *  1. The CPU builds a list, its nodes scattered over a pool in SVM.
 *  2. The device walks it and reports how many nodes it saw, and a checksum that
 *     depends on their order. Both must be the CPU's.
 *  3. CPU and device extend the list at the same time: each takes nodes from the pool
 *     with an atomic index and links them in front with a compare-exchange. (Nodes are
 *     only ever added, so that the compare-exchange cannot mistake a new head for an
 *     old one at the same address.)
 *  4. The device walks the list once more; the CPU verifies that every node taken from
 *     the pool is in the list exactly once, with the right contents.
 *
 * How often the owner changes from one node to the next shows how closely the two
 * worked together in step 3.
 */
#include "common.h"

#include <stdio.h>
#include <stdlib.h>

#define WAIT_LIMIT_S	      30
#define OWNER_BUILT	      0
#define OWNER_CPU	      1
#define OWNER_FIRST_WORK_ITEM 2

extern const char svm_linked_list_cl[];
extern const size_t svm_linked_list_cl_size;

/* Shared with the device; the same structures stand in 02_svm_linked_list.cl. */
struct node {
	struct node *next;
	uint32_t value; /* its index in the pool */
	uint32_t owner;
};

struct list {
	_Atomic uint64_t head; /* a struct node *, 0 at the end of the list */
	uint64_t padding[15];
	_Atomic uint32_t nodes_taken; /* of the pool */
	_Atomic uint32_t device_runs;
};

struct walk_result {
	uint64_t node_count;
	uint64_t checksum;
};

struct options {
	const char *device;
	unsigned int built, cpu_nodes, work_items, nodes_each;
	bool broken;
};

struct experiment {
	struct options options;
	struct sample_session session;
	unsigned int pool_nodes;
	struct list *list; /* SVM with atomics */
	struct node *pool; /* SVM */
	struct walk_result *device_result; /* SVM */
};

/* --- the CPU's half --- */

static struct node *first_node(struct list *list)
{
	return (struct node *)(uintptr_t)atomic_load(&list->head);
}

static void push(struct list *list, struct node *node)
{
	uint64_t old = atomic_load_explicit(&list->head, memory_order_relaxed);

	do {
		node->next = (struct node *)(uintptr_t)old;
	} while (!atomic_compare_exchange_weak_explicit(
		&list->head, &old, (uintptr_t)node, memory_order_release, memory_order_relaxed));
}

/* The first nodes of the pool, linked in an order that jumps about. */
static void build(struct experiment *experiment)
{
	unsigned int count = experiment->options.built;
	unsigned int span = 1, index = 0, step, i;

	/* An odd step through a power of two visits every index exactly once. */
	while (span < count)
		span *= 2;
	step = (span / 2 + span / 8) | 1;
	for (i = 0; i < span; i++) {
		index = (index + step) % span;
		if (index >= count)
			continue;
		experiment->pool[index].value = index;
		experiment->pool[index].owner = OWNER_BUILT;
		push(experiment->list, &experiment->pool[index]);
	}
	atomic_store(&experiment->list->nodes_taken, count);
}

static void extend(struct experiment *experiment)
{
	unsigned int i, index;

	for (i = 0; i < experiment->options.cpu_nodes; i++) {
		index = atomic_fetch_add_explicit(&experiment->list->nodes_taken, 1,
						  memory_order_relaxed);
		if (index >= experiment->pool_nodes)
			return;
		experiment->pool[index].value = index;
		experiment->pool[index].owner = OWNER_CPU;
		push(experiment->list, &experiment->pool[index]);
	}
}

static struct walk_result walk(const struct experiment *experiment)
{
	struct walk_result result = { 0 };
	const struct node *node = first_node(experiment->list);

	while (node && result.node_count < experiment->pool_nodes) {
		result.node_count++;
		result.checksum = result.checksum * 31 + node->value;
		node = node->next;
	}
	return result;
}

/* --- the device's half --- */

static void tell_pointers(struct experiment *experiment, cl_kernel kernel)
{
	const void *pointers[] = { experiment->pool };

	/* The kernel reaches the pool through pointers in memory, so it must be named. */
	sample_check(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS, sizeof(pointers),
					 pointers),
		     "clSetKernelExecInfo");
}

static void device_walk(struct experiment *experiment, cl_program program)
{
	cl_kernel kernel = sample_kernel(program, "walk");
	const cl_uint limit = experiment->pool_nodes;
	const size_t one = 1;

	sample_check(clSetKernelArgSVMPointer(kernel, 0, experiment->list),
		     "clSetKernelArgSVMPointer");
	sample_check(clSetKernelArgSVMPointer(kernel, 1, experiment->device_result),
		     "clSetKernelArgSVMPointer");
	sample_check(clSetKernelArg(kernel, 2, sizeof(limit), &limit), "clSetKernelArg");
	tell_pointers(experiment, kernel);
	sample_check(clEnqueueNDRangeKernel(experiment->session.queue, kernel, 1, NULL, &one, &one,
					    0, NULL, NULL),
		     "clEnqueueNDRangeKernel");
	sample_wait_begin(WAIT_LIMIT_S, NULL, "The main thread waits for kernel 'walk'");
	sample_check(clFinish(experiment->session.queue), "clFinish");
	sample_wait_end();
	clReleaseKernel(kernel);
}

static void extend_together(struct experiment *experiment, cl_program program)
{
	cl_kernel kernel = sample_kernel(program, "extend");
	const size_t global = experiment->options.work_items;
	const cl_uint nodes_each = experiment->options.nodes_each;
	const cl_uint pool_nodes = experiment->pool_nodes;

	sample_check(clSetKernelArgSVMPointer(kernel, 0, experiment->list),
		     "clSetKernelArgSVMPointer");
	sample_check(clSetKernelArgSVMPointer(kernel, 1, experiment->pool),
		     "clSetKernelArgSVMPointer");
	sample_check(clSetKernelArg(kernel, 2, sizeof(pool_nodes), &pool_nodes), "clSetKernelArg");
	sample_check(clSetKernelArg(kernel, 3, sizeof(nodes_each), &nodes_each), "clSetKernelArg");
	sample_check(clEnqueueNDRangeKernel(experiment->session.queue, kernel, 1, NULL, &global,
					    NULL, 0, NULL, NULL),
		     "clEnqueueNDRangeKernel");
	sample_check(clFlush(experiment->session.queue), "clFlush");

	sample_wait_begin(WAIT_LIMIT_S, NULL,
			  "The main thread waits for kernel 'extend' to start after clFlush");
	while (!atomic_load_explicit(&experiment->list->device_runs, memory_order_acquire))
		sample_spin_pause();
	sample_wait_end();
	extend(experiment);
	sample_wait_begin(WAIT_LIMIT_S, NULL,
			  "The main thread waits for kernel 'extend' to push %u nodes",
			  nodes_each * experiment->options.work_items);
	sample_check(clFinish(experiment->session.queue), "clFinish");
	sample_wait_end();
	clReleaseKernel(kernel);
}

/* --- what must hold --- */

static bool same_walk(const char *when, const struct walk_result *cpu,
		      const struct walk_result *device)
{
	bool same = cpu->node_count == device->node_count && cpu->checksum == device->checksum;

	printf("%-22s CPU: %9llu nodes, checksum %016llx\n%-22s device: %6llu nodes, checksum "
	       "%016llx %s\n",
	       when, (unsigned long long)cpu->node_count, (unsigned long long)cpu->checksum, "",
	       (unsigned long long)device->node_count, (unsigned long long)device->checksum,
	       same ? "" : "DIFFERENT");
	return same;
}

/* Counts the nodes of each owner in the list; says on stderr what is wrong with a node. */
static unsigned int inspect(const struct experiment *experiment, unsigned int *by_owner,
			    unsigned int *hand_overs)
{
	bool *found = calloc(experiment->pool_nodes, sizeof(*found));
	unsigned int wrong = 0, count = 0;
	const struct node *node, *previous = NULL;

	if (!found) {
		fprintf(stderr, "No memory for %u marks\n", experiment->pool_nodes);
		exit(SAMPLE_FAILED);
	}
	*hand_overs = 0;
	for (node = first_node(experiment->list); node; node = node->next) {
		size_t index = (size_t)(node - experiment->pool);

		if (count++ >= experiment->pool_nodes || index >= experiment->pool_nodes ||
		    found[index] || node->value != index ||
		    node->owner >= OWNER_FIRST_WORK_ITEM + experiment->options.work_items) {
			fprintf(stderr,
				"Node %u of the list is wrong: index %zu, value %u, owner %u%s\n",
				count, index, node->value, node->owner,
				index < experiment->pool_nodes && found[index] ? ", seen before" :
										 "");
			wrong++;
			break;
		}
		found[index] = true;
		by_owner[node->owner]++;
		if (previous && (previous->owner == OWNER_CPU) != (node->owner == OWNER_CPU))
			++*hand_overs;
		previous = node;
	}
	free(found);
	return wrong;
}

static unsigned int compare_count(const char *who, unsigned int number, unsigned int expected,
				  unsigned int seen)
{
	if (expected == seen)
		return 0;
	fprintf(stderr, "%s %u pushed %u nodes, and %u of them are in the list\n", who, number,
		expected, seen);
	return expected > seen ? expected - seen : seen - expected;
}

static int verify(struct experiment *experiment)
{
	const struct options *options = &experiment->options;
	unsigned int *by_owner =
		calloc(OWNER_FIRST_WORK_ITEM + options->work_items, sizeof(*by_owner));
	unsigned int wrong, hand_overs, lost = 0, i;

	if (!by_owner) {
		fprintf(stderr, "No memory for %u owners\n", options->work_items);
		exit(SAMPLE_FAILED);
	}
	wrong = inspect(experiment, by_owner, &hand_overs);
	lost += compare_count("The first list: CPU", 0, options->built, by_owner[OWNER_BUILT]);
	lost += compare_count("CPU thread", 0, options->cpu_nodes, by_owner[OWNER_CPU]);
	for (i = 0; i < options->work_items; i++)
		lost += compare_count("Work-item", i, options->nodes_each,
				      by_owner[OWNER_FIRST_WORK_ITEM + i]);
	printf("%-22s %u by the CPU, %u by %u work-items, %u hand-overs between the two\n",
	       "Pushed at one time:", options->cpu_nodes, options->nodes_each * options->work_items,
	       options->work_items, hand_overs);
	free(by_owner);
	if (wrong || lost) {
		printf("\n%sFAILED: %u nodes lost, %u wrong.%s\n", sample_red(), lost, wrong,
		       sample_colour_end());
		return SAMPLE_FAILED;
	}
	printf("\n%sEvery node is in the list exactly once.%s\n", sample_green(),
	       sample_colour_end());
	return SAMPLE_OK;
}

static int run_all(struct experiment *experiment)
{
	struct walk_result cpu_result;
	cl_program program;
	bool same;

	program = sample_program(&experiment->session, svm_linked_list_cl, svm_linked_list_cl_size,
				 experiment->options.broken ? "-DBROKEN" : "");
	sample_print_device(&experiment->session.device);
	if (experiment->options.broken)
		printf("         BROKEN: the device links nodes without compare-exchange\n");
	printf("\n");

	build(experiment);
	cpu_result = walk(experiment);
	device_walk(experiment, program);
	same = same_walk("Built by the CPU:", &cpu_result, experiment->device_result);

	extend_together(experiment, program);
	cpu_result = walk(experiment);
	device_walk(experiment, program);
	same &= same_walk("Extended by both:", &cpu_result, experiment->device_result);
	clReleaseProgram(program);
	if (!same) {
		printf("\n%sFAILED: the device walked another list than the CPU.%s\n", sample_red(),
		       sample_colour_end());
		return SAMPLE_FAILED;
	}
	return verify(experiment);
}

/* What this sample needs beyond SVM atomics. */
static int check_device(const struct sample_device *device)
{
	cl_uint address_bits = 0;

	clGetDeviceInfo(device->device, CL_DEVICE_ADDRESS_BITS, sizeof(address_bits), &address_bits,
			NULL);
	if (address_bits != 8 * sizeof(void *)) {
		fprintf(stderr, "%s has addresses of %u bits, the CPU of %zu\n", device->name,
			address_bits, 8 * sizeof(void *));
		return SAMPLE_UNSUPPORTED;
	}
	if (!sample_device_has_extension(device->device, "cl_khr_int64_base_atomics") ||
	    !sample_device_has_extension(device->device, "cl_khr_int64_extended_atomics")) {
		fprintf(stderr,
			"%s has no 64-bit atomics (cl_khr_int64_base_atomics and "
			"cl_khr_int64_extended_atomics), which pointers need\n",
			device->name);
		return SAMPLE_UNSUPPORTED;
	}
	return SAMPLE_OK;
}

static void allocate(struct experiment *experiment)
{
	const struct options *options = &experiment->options;

	experiment->pool_nodes =
		options->built + options->cpu_nodes + options->work_items * options->nodes_each;
	experiment->list = sample_svm_alloc(&experiment->session, sizeof(*experiment->list), true);
	experiment->pool = sample_svm_alloc(
		&experiment->session, experiment->pool_nodes * sizeof(*experiment->pool), false);
	experiment->device_result =
		sample_svm_alloc(&experiment->session, sizeof(*experiment->device_result), false);
}

int main(int argc, char **argv)
{
	struct experiment experiment = {
		.options = {
			.built = 10000, .cpu_nodes = 100000, .work_items = 64, .nodes_each = 2000,
		},
	};
	struct options *options = &experiment.options;
	struct sample_session *session = &experiment.session;
	const struct sample_option table[] = {
		{ "device", SAMPLE_OPTION_TEXT, &options->device, 0, 0, "NAME",
		  "part of a device's or platform's name, or an index" },
		{ "built", SAMPLE_OPTION_NUMBER, &options->built, 1, 10000000, "N",
		  "nodes of the first list (default 10000)" },
		{ "cpu-nodes", SAMPLE_OPTION_NUMBER, &options->cpu_nodes, 1, 10000000, "N",
		  "nodes that the CPU adds (default 100000)" },
		{ "work-items", SAMPLE_OPTION_NUMBER, &options->work_items, 1, 4096, "N",
		  "work-items that add nodes (default 64)" },
		{ "nodes-each", SAMPLE_OPTION_NUMBER, &options->nodes_each, 1, 10000, "N",
		  "nodes that each work-item adds (default 2000)" },
		{ "broken", SAMPLE_OPTION_FLAG, &options->broken, 0, 0, NULL,
		  "let the device link without compare-exchange: nodes are lost" },
		{ .kind = SAMPLE_OPTION_END },
	};
	int status;

	if (!sample_parse_options(argc, argv,
				  "The CPU builds a linked list in SVM; the device walks it by the "
				  "same pointers, and\nboth extend it at the same time. The exit "
				  "status is 0 only if no node is lost.",
				  "", table, NULL, &status))
		return status;
	status = sample_choose_device(options->device,
				      CL_DEVICE_SVM_FINE_GRAIN_BUFFER | CL_DEVICE_SVM_ATOMICS, 0,
				      &session->device);
	if (!status)
		status = check_device(&session->device);
	if (status)
		return status;
	sample_open(session);
	allocate(&experiment);
	status = run_all(&experiment);
	clSVMFree(session->context, experiment.list);
	clSVMFree(session->context, experiment.pool);
	clSVMFree(session->context, experiment.device_result);
	sample_session_finish(session);
	return status;
}
