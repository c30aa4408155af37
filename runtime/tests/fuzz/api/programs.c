// SPDX-License-Identifier: MIT
/*
 * Steps: programs, from source and from binaries, and kernel objects. Sources and options
 * are few: the kernel cache has nearly all that is built.
 */
#include "world.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const char source[] = "kernel void fill(global uint *out, uint n, uint value)\n"
			     "{\n"
			     "	size_t i = get_global_id(0);\n"
			     "	if (out && i < n)\n"
			     "		out[i] = value + (uint)i;\n"
			     "}\n"
			     "kernel void add(global uint *out, uint n, global const uint *in)\n"
			     "{\n"
			     "	size_t i = get_global_id(0);\n"
			     "	if (out && in && i < n)\n"
			     "		out[i] += in[i];\n"
			     "}\n"
			     "kernel void sum(global uint *out, uint n, local uint *scratch)\n"
			     "{\n"
			     "	scratch[get_local_id(0) & 15] = (uint)get_global_id(0);\n"
			     "	barrier(CLK_LOCAL_MEM_FENCE);\n"
			     "	if (out && !get_local_id(0) && get_group_id(0) < n)\n"
			     "		out[get_group_id(0)] = scratch[0];\n"
			     "}\n"
			     "kernel void nothing(void)\n"
			     "{\n"
			     "}\n";

static const char
	*const names[] = { [FILL] = "fill", [ADD] = "add", [SUM] = "sum", [NOTHING] = "nothing" };

static cl_program make_program(struct world *world, cl_context context)
{
	const char *text = source;
	cl_program program;
	cl_int code = 1;

	program = clCreateProgramWithSource(context, 1, &text, NULL, &code);
	expect_success(world, code);
	return program;
}

static void create_program(struct world *world)
{
	struct object *place = free_place(world, PROGRAM), *context = any_object(world, CONTEXT);

	if (!place || !context)
		return;
	*place = (struct object){ .handle = make_program(world, context->handle),
				  .references = 1,
				  .context = context->context };
}

static void CL_CALLBACK count_build(cl_program program, void *data)
{
	note_callback();
}

void build_program(struct world *world, struct object *program)
{
	static const char *const options[] = {
		NULL, "", "-cl-std=CL3.0 -cl-uniform-work-group-size -cl-kernel-arg-info"
	};
	bool notify = once_in(world, 2);
	cl_int code = clBuildProgram(program->handle, 0, NULL, options[chance(world, 3)],
				     notify ? count_build : NULL, NULL);

	/* With kernels, or launches under way, it stays as it is. */
	expect(world,
	       code == CL_SUCCESS ||
		       (code == CL_INVALID_OPERATION && (program->built || program->shared)),
	       "code %d", code);
	if (code != CL_SUCCESS)
		return;
	program->built = true;
	if (notify)
		want_callback();
}

static void build(struct world *world)
{
	struct object *program = any_object(world, PROGRAM);

	if (program)
		build_program(world, program);
}

static void build_with_wrong_options(struct world *world)
{
	struct object *program = any_object(world, PROGRAM);
	cl_int code;

	if (!program || program->shared)
		return;
	expect_code(world, CL_INVALID_VALUE,
		    clBuildProgram(program->handle, 1, NULL, NULL, NULL, NULL));
	expect_code(world, CL_INVALID_VALUE,
		    clBuildProgram(program->handle, 0, NULL, NULL, NULL, world));
	code = clBuildProgram(program->handle, 0, NULL, "-no-such-option", NULL, NULL);
	expect(world, code == CL_INVALID_BUILD_OPTIONS || code == CL_INVALID_OPERATION, "code %d",
	       code);
	if (code == CL_INVALID_BUILD_OPTIONS)
		program->built = false;
}

/* One that is wrong, and one in two steps; both take the compiler, and long. */
static void compile(struct world *world)
{
	struct object *context = any_object(world, CONTEXT);
	const char *wrong = "kernel void wrong(";
	cl_program program, linked;
	cl_int code = 1;

	if (!context)
		return;
	program = clCreateProgramWithSource(context->handle, 1, &wrong, NULL, &code);
	expect_success(world, code);
	expect_code(world, CL_BUILD_PROGRAM_FAILURE,
		    clBuildProgram(program, 0, NULL, NULL, NULL, NULL));
	expect_success(world, clReleaseProgram(program));
	program = make_program(world, context->handle);
	expect_success(world, clCompileProgram(program, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL));
	linked = clLinkProgram(context->handle, 0, NULL, NULL, 1, &program, NULL, NULL, &code);
	expect_success(world, code);
	expect_success(world, clReleaseProgram(program));
	expect_success(world, clReleaseProgram(linked));
}

/* ---- kernels ---- */

void add_kernel(struct world *world, struct object *program)
{
	struct object *place = free_place(world, KERNEL);
	struct object kernel = { .references = 1,
				 .context = program->context,
				 .function = chance(world, FUNCTION_COUNT) };
	cl_int code = 1;

	if (!place)
		return;
	kernel.handle = clCreateKernel(program->handle, names[kernel.function], &code);
	expect_success(world, code);
	*place = kernel;
}

static void create_kernel(struct world *world)
{
	struct object *program = any_object(world, PROGRAM);
	cl_int code = 1;

	if (!program)
		return;
	if (program->built) {
		add_kernel(world, program);
		expect(world, !clCreateKernel(program->handle, "none", &code), "a kernel");
		expect_code(world, CL_INVALID_KERNEL_NAME, code);
	} else {
		expect(world, !clCreateKernel(program->handle, "fill", &code), "a kernel");
		expect_code(world, CL_INVALID_PROGRAM_EXECUTABLE, code);
	}
}

static void create_all_kernels(struct world *world)
{
	struct object *program = any_object(world, PROGRAM);
	cl_kernel kernels[FUNCTION_COUNT];
	cl_uint count = 0;

	if (!program || !program->built)
		return;
	expect_success(world, clCreateKernelsInProgram(program->handle, 0, NULL, &count));
	expect(world, count == FUNCTION_COUNT, "%u kernels", count);
	expect_code(world, CL_INVALID_VALUE,
		    clCreateKernelsInProgram(program->handle, 1, kernels, NULL));
	expect_success(world, clCreateKernelsInProgram(program->handle, count, kernels, NULL));
	for (cl_uint i = 0; i < count; i++)
		expect_success(world, clReleaseKernel(kernels[i]));
}

static void clone_kernel(struct world *world)
{
	struct object *place = free_place(world, KERNEL), *kernel = any_object(world, KERNEL);
	cl_int code = 1;

	if (!place || !kernel)
		return;
	*place = *kernel;
	place->references = 1;
	place->handle = clCloneKernel(kernel->handle, &code);
	expect_success(world, code);
}

/* ---- binaries ---- */

/* The binary of a built program for its one device. */
static unsigned char *binary_of(struct world *world, const struct object *program, size_t *size)
{
	unsigned char *binary;

	expect_success(world, clGetProgramInfo(program->handle, CL_PROGRAM_BINARY_SIZES,
					       sizeof(*size), size, NULL));
	binary = malloc(*size);
	expect(world, binary, "no memory");
	expect_success(world, clGetProgramInfo(program->handle, CL_PROGRAM_BINARIES, sizeof(binary),
					       &binary, NULL));
	return binary;
}

static void use_binary(struct world *world)
{
	struct object *program = any_object(world, PROGRAM), *place = free_place(world, PROGRAM);
	struct object *context = program ? context_of_object(world, program) : NULL;
	const unsigned char *binary;
	unsigned char *bytes;
	cl_int code = 1, status = 1;
	cl_program made;
	size_t size = 0;

	if (!context || !place || !program->built || program->shared)
		return;
	binary = bytes = binary_of(world, program, &size);
	made = clCreateProgramWithBinary(context->handle, 1, &context->device, &size, &binary,
					 &status, &code);
	expect_success(world, code);
	expect_success(world, status);
	*place = (struct object){ .handle = made, .references = 1, .context = context->context };
	build_program(world, place);
	/* Cut off, or changed: it is none. */
	if (once_in(world, 2))
		bytes[chance(world, (uint32_t)size)] ^= (unsigned char)(1 + chance(world, 255));
	else
		size = chance(world, (uint32_t)size - 1) + 1;
	made = clCreateProgramWithBinary(context->handle, 1, &context->device, &size, &binary,
					 &status, &code);
	expect_code(world, CL_INVALID_BINARY, code);
	expect(world, !made && status == CL_INVALID_BINARY, "%p, status %d", (void *)made, status);
	free(bytes);
}

/* ---- what there is from the start, and what all threads use ---- */

void make_first_objects(struct world *world)
{
	struct object *context = &world->objects[CONTEXT][0];
	struct object *program = &world->objects[PROGRAM][0];
	cl_int code = 1;

	world->action = "begin";
	*context = (struct object){ .references = 1,
				    .context = ++world->last_context,
				    .device = fuzz_device };
	context->handle = clCreateContext(NULL, 1, &fuzz_device, NULL, NULL, &code);
	expect_success(world, code);
	*program = (struct object){ .handle = make_program(world, context->handle),
				    .references = 1,
				    .context = context->context };
	build_program(world, program);
	for (int i = 0; i < 4; i++)
		add_kernel(world, program);
	for (int i = 0; i < 3; i++) {
		struct object *queue = &world->objects[QUEUE][i];

		*queue = (struct object){ .references = 1,
					  .context = context->context,
					  .device = fuzz_device };
		queue->handle = clCreateCommandQueue(context->handle, fuzz_device,
						     (cl_command_queue_properties)i, &code);
		expect_success(world, code);
	}
}

static pthread_mutex_t shared_lock = PTHREAD_MUTEX_INITIALIZER;
static struct object shared[KIND_COUNT]; /* a context, a queue, a buffer and a program */

static void make_shared_objects(struct world *world)
{
	const unsigned int number = UINT32_MAX;
	cl_int code = 1;

	shared[CONTEXT].handle = clCreateContext(NULL, 1, &fuzz_device, NULL, NULL, &code);
	expect_success(world, code);
	shared[QUEUE].handle = clCreateCommandQueue(shared[CONTEXT].handle, fuzz_device,
						    CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, &code);
	expect_success(world, code);
	shared[BUFFER].bytes = MOST_BYTES;
	shared[BUFFER].handle =
		clCreateBuffer(shared[CONTEXT].handle, CL_MEM_READ_WRITE, MOST_BYTES, NULL, &code);
	expect_success(world, code);
	shared[PROGRAM].handle = make_program(world, shared[CONTEXT].handle);
	expect_success(world, clBuildProgram(shared[PROGRAM].handle, 0, NULL, NULL, NULL, NULL));
	shared[PROGRAM].built = true;
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		shared[kind].context = number;
		shared[kind].device = fuzz_device;
		shared[kind].shared = true;
		shared[kind].references = 1;
	}
}

void share_objects(struct world *world)
{
	pthread_mutex_lock(&shared_lock);
	if (!shared[CONTEXT].handle)
		make_shared_objects(world);
	pthread_mutex_unlock(&shared_lock);
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		struct object *place = &world->objects[kind][MOST_OBJECTS - 1];

		if (!shared[kind].handle)
			continue;
		*place = shared[kind];
		expect_success(world, retain_handle((enum kind)kind, place->handle));
		if (kind != BUFFER)
			continue;
		place->storage = calloc(1, sizeof(*place->storage));
		expect(world, place->storage, "no memory");
		place->storage->users = 1;
	}
}

void finish_shared_objects(void)
{
	for (int kind = KIND_COUNT - 1; kind >= 0; kind--) {
		if (shared[kind].handle)
			release_handle((enum kind)kind, shared[kind].handle);
		shared[kind] = (struct object){ 0 };
	}
}

const struct step program_steps[] = {
	{ "create-program", 3, create_program },
	{ "build", 3, build },
	{ "build-with-wrong-options", 1, build_with_wrong_options },
	{ "create-kernel", 10, create_kernel },
	{ "create-all-kernels", 1, create_all_kernels },
	{ "clone-kernel", 6, clone_kernel },
	{ "use-binary", 1, use_binary },
	{ NULL, 0, NULL },
};

const struct step compiler_steps[] = {
	{ "compile", 1, compile },
	{ NULL, 0, NULL },
};
