// SPDX-License-Identifier: MIT
#include "windows_fixture.h"

#include <CL/cl.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "image/view.h"
#include "program/build_options.h"
#include "util/alloc.h"

#define MOST_ARGUMENTS 16

static const struct tandem_device_ops ops = { TANDEM_NATIVE_OPS };

static char *next_variables;

static void *allocate_variables(size_t bytes)
{
	void *address = next_variables;

	next_variables += tandem_align_up(bytes, 4096);
	return address;
}

static void free_variables(void *address, size_t bytes)
{
}

/* The memory of @file, with a page behind it that nobody can reach. */
static char *map(int file)
{
	char *base = mmap(NULL, ARENA_BYTES + 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check_fatal(base != MAP_FAILED && mmap(base, ARENA_BYTES, PROT_READ | PROT_WRITE,
					       MAP_SHARED | MAP_FIXED, file, 0) != MAP_FAILED,
		    "mmap: %s", strerror(errno));
	return base;
}

void windows_fixture_open(struct windows_fixture *fixture)
{
	int file = memfd_create("arena", MFD_CLOEXEC);

	if (!tandem_compiler_is_available())
		check_skip("the compiler is not there");
	check_fatal(file >= 0 && !ftruncate(file, ARENA_BYTES), "memfd: %s", strerror(errno));
	*fixture = (struct windows_fixture){ .arena = map(file) };
	next_variables = fixture->arena + DATA_BYTES;
	fixture->memory = (struct tandem_device_memory){
		.base = fixture->arena,
		.bytes = ARENA_BYTES,
		.guard_bytes = 4096,
		.allocate = allocate_variables,
		.free = free_variables,
	};
	fixture->plain.core.ops = &ops;
	fixture->plain.core.properties.svm_capabilities = CL_DEVICE_SVM_ATOMICS;
	fixture->plain.core.properties.images.supported = true;
	fixture->windowed.core = fixture->plain.core;
	fixture->windowed.plain_window = map(file);
	fixture->windowed.atomic_window = map(file);
	check_fatal(!tandem_native_init(&fixture->plain, &fixture->memory) &&
			    !tandem_native_init(&fixture->windowed, &fixture->memory),
		    "devices");
	close(file);
}

void windows_fixture_close(struct windows_fixture *fixture)
{
	tandem_worker_finish(&fixture->worker);
	tandem_native_finish(&fixture->plain);
	tandem_native_finish(&fixture->windowed);
	munmap(fixture->arena, ARENA_BYTES + 4096);
	munmap(fixture->windowed.plain_window, ARENA_BYTES + 4096);
	munmap(fixture->windowed.atomic_window, ARENA_BYTES + 4096);
}

struct tandem_loaded_program *windows_fixture_build(struct tandem_native_device *device,
						    const char *source, size_t length,
						    const char *options)
{
	struct tandem_build_options parsed;
	const struct tandem_compile_input input = { .source = source,
						    .length = length,
						    .options = &parsed };
	struct tandem_loaded_program *program = NULL;
	struct tandem_binary binary = { 0 };
	struct tandem_text log = { 0 };
	int error = tandem_build_options_parse(&parsed, options, TANDEM_STEP_BUILD, &log);

	if (!error)
		error = tandem_native_build(&device->core, &input, &binary, &log);
	tandem_build_options_finish(&parsed);
	if (!error)
		error = tandem_native_load(&device->core, &binary, 0, &program, &log);
	check_fatal(!error, "error %d: %s", error, tandem_text_string(&log));
	tandem_binary_finish(&binary);
	tandem_text_finish(&log);
	return program;
}

static void set_image(struct tandem_argument_value *value, uint64_t view)
{
	value->value = (const void *)view;
	value->bytes = TANDEM_IMAGE_VIEW_BYTES;
}

void windows_fixture_run(struct tandem_native_device *device, struct tandem_worker *worker,
			 struct tandem_loaded_program *program, const char *kernel, uint64_t groups,
			 uint64_t local, const uint64_t *arguments)
{
	int index = tandem_loaded_program_find(program, kernel);
	_Alignas(128) char block[TANDEM_IMAGE_VIEW_BYTES * MOST_ARGUMENTS] = { 0 };
	struct tandem_argument_value values[MOST_ARGUMENTS] = { 0 };
	struct tandem_launch launch = {
		.program = program,
		.kernel = &program->kernels[index],
		.arguments = block,
		.dimensions = 1,
		.global_size = { groups * local, 1, 1 },
		.local_size = { local, 1, 1 },
		.group_count = { groups, 1, 1 },
	};

	check_fatal(index >= 0, "no kernel %s", kernel);
	check_fatal(launch.kernel->argument_count <= MOST_ARGUMENTS &&
			    launch.kernel->packed_bytes <= sizeof(block),
		    "%s has too many arguments", kernel);
	for (uint32_t i = 0; i < launch.kernel->argument_count; i++) {
		values[i].kind = launch.kernel->arguments[i].kind;
		values[i].bytes = sizeof(arguments[i]);
		if (values[i].kind == TANDEM_ARGUMENT_LOCAL)
			values[i].local_bytes = arguments[i];
		else if (values[i].kind == TANDEM_ARGUMENT_VALUE)
			values[i].value = &arguments[i];
		else if (values[i].kind == TANDEM_ARGUMENT_IMAGE)
			set_image(&values[i], arguments[i]);
		else
			values[i].pointer = (const void *)arguments[i];
	}
	launch.local_bytes = tandem_native_local_bytes(&device->core, launch.kernel, values);
	tandem_native_pack_arguments(&device->core, &launch, values, block);
	check_equal(0, tandem_native_choose_form(&device->core, &launch, values));
	check_equal(0, tandem_native_begin_launch(&device->core, &launch));
	tandem_worker_set_share(worker, 0, groups);
	check_equal(0, tandem_native_run_groups(&device->core, &launch, worker, 0, groups));
	tandem_native_end_launch(&device->core, &launch);
}

void windows_fixture_hide_arena(struct windows_fixture *fixture, bool hide)
{
	check_fatal(!mprotect(fixture->arena, ARENA_BYTES,
			      hide ? PROT_NONE : PROT_READ | PROT_WRITE),
		    "mprotect: %s", strerror(errno));
}
