// SPDX-License-Identifier: MIT
/* Changes of recorded launches: what is changed, from when on, and what stays. */
#include <string.h>

#include "command_buffers.h"

#define ITEMS 64

struct changed {
	const struct buffers_fixture *fixture;
	cl_command_buffer_khr buffer;
	cl_mutable_command_khr command;
};

/* A finalized buffer that can be changed, with one launch. */
static struct changed record_one(const struct buffers_fixture *fixture, cl_kernel kernel,
				 size_t global, const size_t *local)
{
	const struct command_buffer_functions *cl = &fixture->cl;
	struct changed changed = {
		.fixture = fixture,
		.buffer =
			create_buffer(fixture, fixture->base.queue, CL_COMMAND_BUFFER_MUTABLE_KHR),
	};

	check_success_fatal(cl->clCommandNDRangeKernelKHR(changed.buffer, NULL, NULL, kernel, 1,
							  NULL, &global, local, 0, NULL, NULL,
							  &changed.command));
	check_success(cl->clFinalizeCommandBufferKHR(changed.buffer));
	return changed;
}

static cl_int update_many(const struct changed *changed, cl_uint count,
			  const struct tandem_mutable_dispatch_config *configs)
{
	cl_uint types[4] = { TANDEM_STRUCTURE_TYPE_MUTABLE_DISPATCH_CONFIG };
	const void *pointers[4];

	for (cl_uint i = 0; i < count; i++) {
		types[i] = TANDEM_STRUCTURE_TYPE_MUTABLE_DISPATCH_CONFIG;
		pointers[i] = &configs[i];
	}
	return changed->fixture->cl.clUpdateMutableCommandsKHR(changed->buffer, count, types,
							       pointers);
}

static cl_int update(const struct changed *changed,
		     const struct tandem_mutable_dispatch_config *config)
{
	struct tandem_mutable_dispatch_config whole = *config;

	whole.command = changed->command;
	return update_many(changed, 1, &whole);
}

static cl_int update_argument(const struct changed *changed, cl_uint index, size_t size,
			      const void *value)
{
	const struct tandem_mutable_dispatch_arg argument = { index, size, value };
	const struct tandem_mutable_dispatch_config config = { .num_args = 1,
							       .arg_list = &argument };

	return update(changed, &config);
}

static void release_changed(const struct changed *changed)
{
	check_success(changed->fixture->cl.clReleaseCommandBufferKHR(changed->buffer));
}

/* ---- arguments ---- */

/* Values and buffers; the kernel that was recorded is not changed, nor does it matter. */
static void test_arguments(const struct buffers_fixture *fixture)
{
	cl_int numbers[ITEMS] = { 0 };
	cl_mem one = test_buffer(fixture->base.context, sizeof(numbers), numbers);
	cl_mem other = test_buffer(fixture->base.context, sizeof(numbers), numbers);
	cl_kernel kernel = kernel_with(fixture, "add", one, 1);
	struct changed changed = record_one(fixture, kernel, ITEMS, NULL);
	const cl_int ten = 10, hundred = 100;

	test_step("changed arguments");
	check_success(clSetKernelArg(kernel, 1, sizeof(hundred), &hundred));
	enqueue_buffer(fixture, changed.buffer);
	check_success(update_argument(&changed, 1, sizeof(ten), &ten));
	enqueue_buffer(fixture, changed.buffer);
	read_numbers(fixture->base.queue, one, numbers, ITEMS);
	for (int i = 0; i < ITEMS; i++)
		check_equal(11, numbers[i]);
	check_success(update_argument(&changed, 0, sizeof(other), &other));
	/* Nothing recorded has it any more. */
	check_success(clReleaseMemObject(one));
	enqueue_buffer(fixture, changed.buffer);
	read_numbers(fixture->base.queue, other, numbers, ITEMS);
	for (int i = 0; i < ITEMS; i++)
		check_equal(10, numbers[i]);
	release_changed(&changed);
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(other));
}

static void test_local_argument(const struct buffers_fixture *fixture)
{
	cl_int numbers[4] = { 0 }, few = 4, many = 4096;
	cl_mem memory = test_buffer(fixture->base.context, sizeof(numbers), numbers);
	cl_kernel kernel = test_kernel(fixture->program, "use_local");
	const struct tandem_mutable_dispatch_arg arguments[] = {
		{ 1, (size_t)many * 4, NULL },
		{ 2, sizeof(many), &many },
	};
	const struct tandem_mutable_dispatch_config config = { .num_args = 2,
							       .arg_list = arguments };
	const size_t one = 1;
	struct changed changed;

	test_step("a changed argument in local memory");
	check_success(clSetKernelArg(kernel, 0, sizeof(memory), &memory));
	check_success(clSetKernelArg(kernel, 1, (size_t)few * 4, NULL));
	check_success(clSetKernelArg(kernel, 2, sizeof(few), &few));
	changed = record_one(fixture, kernel, 4, &one);
	check_success(update(&changed, &config));
	enqueue_buffer(fixture, changed.buffer);
	read_numbers(fixture->base.queue, memory, numbers, 4);
	for (int i = 0; i < 4; i++)
		check_equal(many / 2 * (many - 1), numbers[i]);
	release_changed(&changed);
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(memory));
}

static void test_svm_argument(const struct buffers_fixture *fixture)
{
	cl_int *svm = clSVMAlloc(fixture->base.context, CL_MEM_SVM_FINE_GRAIN_BUFFER,
				 ITEMS * sizeof(*svm), 0);
	cl_int numbers[ITEMS] = { 0 };
	cl_mem memory = test_buffer(fixture->base.context, sizeof(numbers), numbers);
	cl_kernel kernel = kernel_with(fixture, "add", memory, 5);
	struct changed changed = record_one(fixture, kernel, ITEMS, NULL);
	const void *pointers[1] = { svm };
	const struct tandem_mutable_dispatch_arg argument = { .arg_index = 0, .arg_value = svm };
	const struct tandem_mutable_dispatch_exec_info info = { CL_KERNEL_EXEC_INFO_SVM_PTRS,
								sizeof(pointers), pointers };
	const struct tandem_mutable_dispatch_config config = {
		.num_svm_args = 1,
		.arg_svm_list = &argument,
		.num_exec_infos = 1,
		.exec_info_list = &info,
	};

	test_step("a changed argument of SVM");
	if (svm) {
		memset(svm, 0, sizeof(numbers));
		check_success(update(&changed, &config));
		enqueue_buffer(fixture, changed.buffer);
		check_success(clFinish(fixture->base.queue));
		for (int i = 0; i < ITEMS; i++)
			check_equal(5, svm[i]);
	}
	release_changed(&changed);
	clSVMFree(fixture->base.context, svm);
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(memory));
}

/* Arguments that are not set when it is recorded: it cannot be enqueued before they are. */
static void test_deferred_arguments(const struct buffers_fixture *fixture)
{
	const struct command_buffer_functions *cl = &fixture->cl;
	const cl_properties properties[] = { CL_MUTABLE_DISPATCH_UPDATABLE_FIELDS_KHR,
					     CL_MUTABLE_DISPATCH_ARGUMENTS_KHR, 0 };
	cl_command_buffer_khr buffer =
		create_buffer(fixture, fixture->base.queue, CL_COMMAND_BUFFER_MUTABLE_KHR);
	cl_kernel kernel = test_kernel(fixture->program, "add");
	struct changed changed = { fixture, buffer, NULL };
	cl_int numbers[ITEMS] = { 0 };
	cl_mem memory = test_buffer(fixture->base.context, sizeof(numbers), numbers);
	const size_t global = ITEMS;
	const cl_int three = 3;

	test_step("arguments that are set later");
	check_success(clSetKernelArg(kernel, 1, sizeof(three), &three));
	check_success(cl->clCommandNDRangeKernelKHR(buffer, NULL, properties, kernel, 1, NULL,
						    &global, NULL, 0, NULL, NULL,
						    &changed.command));
	check_success(cl->clFinalizeCommandBufferKHR(buffer));
	check_equal(CL_COMMAND_BUFFER_STATE_FINALIZED_KHR, buffer_state(fixture, buffer));
	check_equal(CL_INVALID_OPERATION,
		    cl->clEnqueueCommandBufferKHR(0, NULL, buffer, 0, NULL, NULL));
	check_success(update_argument(&changed, 1, sizeof(three), &three));
	check_equal(CL_COMMAND_BUFFER_STATE_FINALIZED_KHR, buffer_state(fixture, buffer));
	check_success(update_argument(&changed, 0, sizeof(memory), &memory));
	check_equal(CL_COMMAND_BUFFER_STATE_EXECUTABLE_KHR, buffer_state(fixture, buffer));
	enqueue_buffer(fixture, buffer);
	read_numbers(fixture->base.queue, memory, numbers, ITEMS);
	for (int i = 0; i < ITEMS; i++)
		check_equal(3, numbers[i]);
	release_changed(&changed);
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(memory));
}

/* ---- sizes ---- */

static void check_space(const struct changed *changed, cl_uint name, size_t wanted)
{
	size_t seen = ~(size_t)0, size = 0;

	check_success(changed->fixture->cl.clGetMutableCommandInfoKHR(changed->command, name,
								      sizeof(seen), &seen, &size));
	check_equal(sizeof(seen), size);
	check_equal(wanted, seen);
}

static void test_sizes(const struct buffers_fixture *fixture)
{
	cl_int zeros[ITEMS] = { 0 }, ids[ITEMS], sizes[ITEMS];
	cl_mem id_memory = test_buffer(fixture->base.context, sizeof(ids), zeros);
	cl_mem size_memory = test_buffer(fixture->base.context, sizeof(ids), zeros);
	cl_kernel kernel = test_kernel(fixture->program, "place");
	const size_t four = 4, eight = 8, half = ITEMS / 2, offset = 100;
	const struct tandem_mutable_dispatch_config config = { .work_dim = 1,
							       .global_work_offset = &offset,
							       .global_work_size = &half,
							       .local_work_size = &eight };
	struct changed changed;

	test_step("changed sizes");
	check_success(clSetKernelArg(kernel, 0, sizeof(id_memory), &id_memory));
	check_success(clSetKernelArg(kernel, 1, sizeof(size_memory), &size_memory));
	changed = record_one(fixture, kernel, ITEMS, &four);
	check_space(&changed, CL_MUTABLE_DISPATCH_GLOBAL_WORK_OFFSET_KHR, 0);
	check_space(&changed, CL_MUTABLE_DISPATCH_GLOBAL_WORK_SIZE_KHR, ITEMS);
	check_space(&changed, CL_MUTABLE_DISPATCH_LOCAL_WORK_SIZE_KHR, 4);
	check_success(update(&changed, &config));
	check_space(&changed, CL_MUTABLE_DISPATCH_GLOBAL_WORK_OFFSET_KHR, offset);
	check_space(&changed, CL_MUTABLE_DISPATCH_GLOBAL_WORK_SIZE_KHR, half);
	check_space(&changed, CL_MUTABLE_DISPATCH_LOCAL_WORK_SIZE_KHR, 8);
	enqueue_buffer(fixture, changed.buffer);
	read_numbers(fixture->base.queue, id_memory, ids, ITEMS);
	read_numbers(fixture->base.queue, size_memory, sizes, ITEMS);
	for (int i = 0; i < ITEMS; i++) {
		check_equal(i < ITEMS / 2 ? 100 + i : 0, ids[i]);
		check_equal(i < ITEMS / 2 ? 8 : 0, sizes[i]);
	}
	release_changed(&changed);
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(id_memory));
	check_success(clReleaseMemObject(size_memory));
}

/* ---- when ---- */

/* What was enqueued before a change, and has not run yet, does what was recorded then. */
static void test_pending_enqueues(const struct buffers_fixture *fixture)
{
	enum { CHANGES = 20 };
	const struct command_buffer_functions *cl = &fixture->cl;
	cl_int numbers[ITEMS] = { 0 }, code = CL_SUCCESS;
	cl_mem memory = test_buffer(fixture->base.context, sizeof(numbers), numbers);
	cl_kernel kernel = kernel_with(fixture, "step", memory, 0);
	struct changed changed = record_one(fixture, kernel, ITEMS, NULL);
	cl_event gate = clCreateUserEvent(fixture->base.context, &code);
	cl_uint wanted = 0;

	test_step("changes while enqueues wait");
	check_success(cl->clEnqueueCommandBufferKHR(0, NULL, changed.buffer, 1, &gate, NULL));
	for (cl_uint i = 1; i <= CHANGES; i++) {
		check_success(update_argument(&changed, 1, sizeof(i), &i));
		enqueue_buffer(fixture, changed.buffer);
		wanted = wanted * 3 + i;
	}
	check_success(clSetUserEventStatus(gate, CL_COMPLETE));
	read_numbers(fixture->base.queue, memory, numbers, ITEMS);
	for (int i = 0; i < ITEMS; i++)
		check_equal(wanted, (cl_uint)numbers[i]);
	release_changed(&changed);
	check_success(clReleaseEvent(gate));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(memory));
}

/* Several changes of one command in one call add up; one that fails takes all back. */
static void test_several_changes(const struct buffers_fixture *fixture)
{
	cl_int numbers[ITEMS] = { 0 };
	cl_mem memory = test_buffer(fixture->base.context, sizeof(numbers), numbers);
	cl_kernel kernel = kernel_with(fixture, "add", memory, 1);
	struct changed changed = record_one(fixture, kernel, ITEMS, NULL);
	const cl_int ten = 10, hundred = 100;
	const size_t half = ITEMS / 2;
	const struct tandem_mutable_dispatch_arg first = { 1, sizeof(ten), &ten };
	const struct tandem_mutable_dispatch_arg second = { 1, sizeof(hundred), &hundred };
	const struct tandem_mutable_dispatch_arg bad = { 2, sizeof(ten), &ten };
	struct tandem_mutable_dispatch_config configs[] = {
		{ changed.command, .num_args = 1, .arg_list = &first },
		{ changed.command, .global_work_size = &half },
		{ changed.command, .num_args = 1, .arg_list = &second },
	};

	test_step("several changes in one call");
	check_success(update_many(&changed, 3, configs));
	enqueue_buffer(fixture, changed.buffer);
	configs[0].global_work_size = &half;
	configs[2].arg_list = &bad;
	check_equal(CL_INVALID_ARG_INDEX, update_many(&changed, 3, configs));
	enqueue_buffer(fixture, changed.buffer);
	read_numbers(fixture->base.queue, memory, numbers, ITEMS);
	for (int i = 0; i < ITEMS; i++)
		check_equal(i < ITEMS / 2 ? 200 : 0, numbers[i]);
	release_changed(&changed);
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(memory));
}

/* ---- queries ---- */

static void check_info(const struct changed *changed, cl_uint name, const void *wanted,
		       size_t bytes)
{
	char seen[64];
	size_t size = ~(size_t)0;

	check_success(changed->fixture->cl.clGetMutableCommandInfoKHR(changed->command, name,
								      sizeof(seen), seen, &size));
	check_equal(bytes, size);
	check(!bytes || !memcmp(seen, wanted, bytes), "query 0x%x", name);
}

static void test_queries(const struct buffers_fixture *fixture)
{
	cl_mem memory = test_buffer(fixture->base.context, ITEMS * 4, NULL);
	cl_kernel kernel = kernel_with(fixture, "add", memory, 1);
	struct changed changed = record_one(fixture, kernel, ITEMS, NULL);
	const cl_command_type type = CL_COMMAND_NDRANGE_KERNEL;
	const cl_uint one = 1;

	test_step("queries");
	check_info(&changed, CL_MUTABLE_COMMAND_COMMAND_QUEUE_KHR, &fixture->base.queue,
		   sizeof(cl_command_queue));
	check_info(&changed, CL_MUTABLE_COMMAND_COMMAND_BUFFER_KHR, &changed.buffer,
		   sizeof(changed.buffer));
	check_info(&changed, CL_MUTABLE_COMMAND_COMMAND_TYPE_KHR, &type, sizeof(type));
	check_info(&changed, CL_MUTABLE_COMMAND_PROPERTIES_ARRAY_KHR, NULL, 0);
	check_info(&changed, CL_MUTABLE_DISPATCH_KERNEL_KHR, &kernel, sizeof(kernel));
	check_info(&changed, CL_MUTABLE_DISPATCH_DIMENSIONS_KHR, &one, sizeof(one));
	/* None was given. */
	check_space(&changed, CL_MUTABLE_DISPATCH_LOCAL_WORK_SIZE_KHR, 0);
	release_changed(&changed);
	check_equal(CL_INVALID_MUTABLE_COMMAND_KHR,
		    fixture->cl.clGetMutableCommandInfoKHR(
			    changed.command, CL_MUTABLE_DISPATCH_DIMENSIONS_KHR, 0, NULL, NULL));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(memory));
}

int main(void)
{
	struct buffers_fixture fixture = open_fixture();

	test_arguments(&fixture);
	test_local_argument(&fixture);
	test_svm_argument(&fixture);
	test_deferred_arguments(&fixture);
	test_sizes(&fixture);
	test_pending_enqueues(&fixture);
	test_several_changes(&fixture);
	test_queries(&fixture);
	close_fixture(&fixture);
	return check_result();
}
