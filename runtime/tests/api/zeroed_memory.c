// SPDX-License-Identifier: MIT
/*
 * Contexts that initialise local and private memory (cl_khr_initialize_memory): kernels find
 * zeros wherever they have not written, after others have left something there, and however
 * the program came about.
 */
#include <string.h>

#include "harness.h"

extern const char zeroed_memory_cl[];

#ifndef CL_CONTEXT_MEMORY_INITIALIZE_LOCAL_KHR
#define CL_CONTEXT_MEMORY_INITIALIZE_LOCAL_KHR	 (1 << 0)
#define CL_CONTEXT_MEMORY_INITIALIZE_PRIVATE_KHR (1 << 1)
#endif
#define BOTH (CL_CONTEXT_MEMORY_INITIALIZE_LOCAL_KHR | CL_CONTEXT_MEMORY_INITIALIZE_PRIVATE_KHR)

#define ITEMS	   512
#define GROUP	   16
#define MOST_WORDS 1024u

static const struct kernel_case {
	const char *name;
	cl_uint local_words; /* of the local argument; 0: it has none */
	cl_bitfield needs;
	bool left_out; /* with FEW, so that the others are not deferred */
} cases[] = {
	{ "local_variables", 0, CL_CONTEXT_MEMORY_INITIALIZE_LOCAL_KHR },
	{ "local_argument", 777, CL_CONTEXT_MEMORY_INITIALIZE_LOCAL_KHR },
	{ "aligned_local", 33, CL_CONTEXT_MEMORY_INITIALIZE_LOCAL_KHR, true },
	{ "required_size", 0, CL_CONTEXT_MEMORY_INITIALIZE_LOCAL_KHR, true },
	{ "private_variables", 0, CL_CONTEXT_MEMORY_INITIALIZE_PRIVATE_KHR },
	{ "of_a_loop", 0, CL_CONTEXT_MEMORY_INITIALIZE_PRIVATE_KHR },
	{ "of_a_function", 0, CL_CONTEXT_MEMORY_INITIALIZE_PRIVATE_KHR },
	{ "over_barriers", 0, CL_CONTEXT_MEMORY_INITIALIZE_PRIVATE_KHR },
	{ "gone_around", 0, CL_CONTEXT_MEMORY_INITIALIZE_PRIVATE_KHR, true },
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

struct world {
	cl_device_id device;
	cl_context context;
	cl_command_queue queue;
	cl_mem out;
	cl_bitfield zeroed;
};

static cl_context make_context(cl_device_id device, cl_bitfield zeroed, cl_int *code)
{
	const cl_context_properties properties[] = { CL_CONTEXT_MEMORY_INITIALIZE_KHR,
						     (cl_context_properties)zeroed, 0 };

	return clCreateContext(properties, 1, &device, NULL, NULL, code);
}

static void world_init(struct world *w, cl_device_id device, cl_bitfield zeroed)
{
	cl_int code;

	*w = (struct world){ .device = device, .zeroed = zeroed };
	w->context = make_context(device, zeroed, &code);
	check_success_fatal(code);
	w->queue = clCreateCommandQueue(w->context, device, 0, &code);
	check_success_fatal(code);
	w->out = test_buffer(w->context, ITEMS * sizeof(cl_uint), NULL);
}

static void world_finish(struct world *w)
{
	check_success(clReleaseMemObject(w->out));
	check_success(clReleaseCommandQueue(w->queue));
	check_success(clReleaseContext(w->context));
}

/* ---- running kernels ---- */

static void run(const struct world *w, cl_program program, const char *name, cl_uint local_words,
		cl_uint *results)
{
	const size_t items = ITEMS, group = GROUP;
	cl_kernel kernel = test_kernel(program, name);

	check_success(clSetKernelArg(kernel, 0, sizeof(w->out), &w->out));
	if (local_words) {
		check_success(clSetKernelArg(kernel, 1, local_words * sizeof(cl_uint), NULL));
		check_success(clSetKernelArg(kernel, 2, sizeof(local_words), &local_words));
	}
	check_success(
		clEnqueueNDRangeKernel(w->queue, kernel, 1, NULL, &items, &group, 0, NULL, NULL));
	check_success(clEnqueueReadBuffer(w->queue, w->out, CL_TRUE, 0, ITEMS * sizeof(cl_uint),
					  results, 0, NULL, NULL));
	check_success(clReleaseKernel(kernel));
}

static void check_cases(const struct world *w, cl_program program, const char *what)
{
	static cl_uint results[ITEMS];

	for (size_t i = 0; i < CASES; i++) {
		size_t bad = 0;

		if (cases[i].needs & ~w->zeroed || (cases[i].left_out && strstr(what, "FEW")))
			continue;
		test_step(cases[i].name);
		run(w, program, "soil", MOST_WORDS, results);
		run(w, program, cases[i].name, cases[i].local_words, results);
		while (bad < ITEMS && !results[bad])
			bad++;
		check(bad == ITEMS, "%s, memory 0x%llx: %s: work-item %zu finds something", what,
		      (unsigned long long)w->zeroed, cases[i].name, bad);
	}
}

/* ---- programs ---- */

/* With what is needed to be put together with others of the same function. */
static cl_program compiled(cl_context context)
{
	const char *source = zeroed_memory_cl;
	cl_int code;
	cl_program program = clCreateProgramWithSource(context, 1, &source, NULL, &code);

	check_success_fatal(code);
	check_success_fatal(
		clCompileProgram(program, 0, NULL, "-cl-std=CL3.0", 0, NULL, NULL, NULL, NULL));
	return program;
}

static void check_linked(const struct world *w)
{
	cl_program object = compiled(w->context);
	cl_int code;
	cl_program program =
		clLinkProgram(w->context, 0, NULL, NULL, 1, &object, NULL, NULL, &code);

	check_success_fatal(code);
	check_cases(w, program, "linked");
	check_success(clReleaseProgram(program));
	check_success(clReleaseProgram(object));
}

/* A binary of a context that initialises other memory. */
static void check_binary(const struct world *w, cl_bitfield zeroed_there)
{
	struct world there;
	unsigned char *bytes;
	size_t length = 0;
	cl_program program;
	cl_int code;

	world_init(&there, w->device, zeroed_there);
	program = test_build(there.context, zeroed_memory_cl, "-cl-std=CL3.0");
	bytes = test_binary(program, &length);
	check_success(clReleaseProgram(program));
	world_finish(&there);
	program = clCreateProgramWithBinary(w->context, 1, &w->device, &length,
					    (const unsigned char **)&bytes, NULL, &code);
	check_success_fatal(code);
	check_success_fatal(clBuildProgram(program, 0, NULL, NULL, NULL, NULL));
	check_cases(w, program, "from a binary");
	check_success(clReleaseProgram(program));
	free(bytes);
}

/* The same source in a context that initialises nothing, so that it is in the cache. */
static void build_plainly(cl_device_id device, const char *options)
{
	cl_int code;
	cl_context context = clCreateContext(NULL, 1, &device, NULL, NULL, &code);

	check_success_fatal(code);
	check_success(clReleaseProgram(test_build(context, zeroed_memory_cl, options)));
	check_success(clReleaseContext(context));
}

static void check_built(const struct world *w, const char *options)
{
	cl_program program;

	build_plainly(w->device, options);
	program = test_build(w->context, zeroed_memory_cl, options);
	check_cases(w, program, options);
	check_success(clReleaseProgram(program));
}

static void check_programs(cl_device_id device)
{
	struct world world;

	world_init(&world, device, BOTH);
	check_built(&world, "");
	check_built(&world, "-cl-std=CL3.0 -DFEW");
	check_built(&world, "-cl-std=CL3.0 -cl-opt-disable");
	check_linked(&world);
	check_binary(&world, 0);
	world_finish(&world);
}

/* A context that initialises one kind of memory alone. */
static void check_one_kind(cl_device_id device, cl_bitfield zeroed)
{
	struct world world;

	world_init(&world, device, zeroed);
	check_binary(&world, BOTH & ~zeroed);
	world_finish(&world);
}

/* ---- the property ---- */

static void check_property(cl_platform_id platform, cl_device_id device)
{
	const cl_context_properties twice[] = { CL_CONTEXT_PLATFORM,
						(cl_context_properties)platform,
						CL_CONTEXT_MEMORY_INITIALIZE_KHR,
						1,
						CL_CONTEXT_MEMORY_INITIALIZE_KHR,
						1,
						0 };
	cl_context_properties seen[4] = { 0 };
	size_t bytes = 0;
	cl_context context;
	cl_int code;

	check(!make_context(device, 1 << 2, &code), "made with a bit that is none");
	check_equal(CL_INVALID_PROPERTY, code);
	check(!clCreateContext(twice, 1, &device, NULL, NULL, &code), "made with it twice");
	check_equal(CL_INVALID_PROPERTY, code);
	check(!clCreateContextFromType(twice, CL_DEVICE_TYPE_ALL, NULL, NULL, &code),
	      "made with it twice");
	check_equal(CL_INVALID_PROPERTY, code);
	context = make_context(device, BOTH, &code);
	check_success_fatal(code);
	check_success(clGetContextInfo(context, CL_CONTEXT_PROPERTIES, sizeof(seen), seen, &bytes));
	check(bytes == 3 * sizeof(seen[0]) && seen[0] == CL_CONTEXT_MEMORY_INITIALIZE_KHR &&
		      seen[1] == BOTH && !seen[2],
	      "%zu bytes: 0x%lx, 0x%lx", bytes, (unsigned long)seen[0], (unsigned long)seen[1]);
	check_success(clReleaseContext(context));
}

int main(void)
{
	struct test_setup setup = test_open();
	char names[4096] = "";

	check_success(
		clGetDeviceInfo(setup.device, CL_DEVICE_EXTENSIONS, sizeof(names), names, NULL));
	if (!strstr(names, "cl_khr_initialize_memory"))
		check_skip("the device does not initialise memory");
	check_property(setup.platform, setup.device);
	check_programs(setup.device);
	check_one_kind(setup.device, CL_CONTEXT_MEMORY_INITIALIZE_LOCAL_KHR);
	check_one_kind(setup.device, CL_CONTEXT_MEMORY_INITIALIZE_PRIVATE_KHR);
	test_close(&setup);
	return check_result();
}
