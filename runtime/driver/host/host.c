// SPDX-License-Identifier: MIT
#include "host.h"

#include <CL/cl.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compiler/compiler.h"
#include "compiler/printf_output.h"
#include "driver/features.h"
#include "util/alloc.h"
#include "util/cpu_x86_64.h"
#include "util/options.h"
#include "util/stack.h"

#define MAX_GROUP		  4096
#define LOCAL_MEMORY_BYTES	  (256u << 10)
#define PRINTF_BUFFER_BYTES	  (4u << 20)
#define MAX_GLOBAL_VARIABLE_BYTES (64u << 20)
/* Parts of a worker's scratch memory begin at multiples of this. */
#define SCRATCH_ALIGNMENT 128

struct host_device {
	struct tandem_device_core core;
	struct tandem_text features; /* clang's option */
	struct tandem_compile_target target;
};

struct host_program {
	struct tandem_loaded_program base;
	struct tandem_compiled_program compiled;
};

static struct host_device *host_device(struct tandem_device_core *core)
{
	return tandem_container_of(core, struct host_device, core);
}

static struct host_program *host_program(struct tandem_loaded_program *base)
{
	return tandem_container_of(base, struct host_program, base);
}

/* ---- programs ---- */

static int check_options(struct tandem_device_core *core, const char *options,
			 enum tandem_options_use use, struct tandem_text *log)
{
	return tandem_compiler_check_options(options, use, log);
}

static int compile(struct tandem_device_core *core, const struct tandem_compile_input *input,
		   struct tandem_binary *object, struct tandem_text *log)
{
	return tandem_compiler_compile(&host_device(core)->target, input, object, log);
}

static int link_binaries(struct tandem_device_core *core, const struct tandem_link_input *input,
			 struct tandem_binary *linked, struct tandem_text *log)
{
	return tandem_compiler_link(&host_device(core)->target, input, linked, log);
}

static int build(struct tandem_device_core *core, const struct tandem_compile_input *input,
		 struct tandem_binary *executable, struct tandem_text *log)
{
	return tandem_compiler_build(&host_device(core)->target, input, executable, log);
}

static enum tandem_binary_kind inspect(struct tandem_device_core *core,
				       const struct tandem_binary *binary)
{
	return tandem_compiler_inspect(binary);
}

static void unload(struct tandem_device_core *core, struct tandem_loaded_program *base)
{
	struct host_program *program = host_program(base);

	tandem_compiler_unload(&program->compiled);
	free((void *)base->kernels);
	free(program);
}

static int load(struct tandem_device_core *core, const struct tandem_binary *executable,
		struct tandem_loaded_program **out, struct tandem_text *log)
{
	struct host_program *program = tandem_new(program);
	struct tandem_kernel_info *kernels;
	const struct tandem_description *description;
	int error;

	if (!program)
		return -ENOMEM;
	error = tandem_compiler_load(&host_device(core)->target, executable, &program->compiled,
				     log);
	if (error) {
		free(program);
		return error;
	}
	description = &program->compiled.description;
	kernels = tandem_new_array(kernels, description->kernel_count + 1);
	if (!kernels) {
		unload(core, &program->base);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < description->kernel_count; i++)
		kernels[i] = description->kernels[i].info;
	program->base.kernel_count = description->kernel_count;
	program->base.kernels = kernels;
	program->base.global_variable_bytes = description->global_variable_bytes;
	*out = &program->base;
	return 0;
}

/* ---- launches ---- */

static int begin_launch(struct tandem_device_core *core, struct tandem_launch *launch)
{
	if (!launch->kernel->uses_printf)
		return 0;
	launch->driver_data = tandem_printf_buffer_create(PRINTF_BUFFER_BYTES);
	return launch->driver_data ? 0 : -ENOMEM;
}

static void end_launch(struct tandem_device_core *core, struct tandem_launch *launch)
{
	if (!launch->driver_data)
		return;
	tandem_printf_buffer_print(launch->driver_data,
				   &host_program(launch->program)->compiled.description, stdout);
	tandem_printf_buffer_destroy(launch->driver_data);
	launch->driver_data = NULL;
}

static size_t aligned(uint64_t bytes)
{
	return tandem_align_up(bytes, SCRATCH_ALIGNMENT);
}

/* Divides the worker's scratch memory up, and fills in what all groups share. */
static int prepare_context(struct tandem_group_context *context, const struct tandem_launch *launch,
			   uint64_t item_state_bytes, struct tandem_worker *worker)
{
	uint64_t items = launch->local_size[0] * launch->local_size[1] * launch->local_size[2];
	size_t scratch_bytes = aligned(TANDEM_GROUP_SCRATCH_BYTES);
	size_t local_bytes = aligned(launch->local_bytes);
	size_t state_bytes = aligned(items * item_state_bytes);
	char *stack = __builtin_frame_address(0);
	int error = tandem_worker_ensure_scratch(worker, scratch_bytes + local_bytes + state_bytes);

	if (error)
		return error;
	for (int i = 0; i < TANDEM_DIMENSIONS; i++) {
		context->local_size[i] = launch->local_size[i];
		context->group_count[i] = launch->group_count[i];
		context->global_offset[i] = launch->global_offset[i];
	}
	context->work_dimensions = launch->dimensions;
	context->scratch = worker->scratch;
	context->local_memory = context->scratch + scratch_bytes;
	context->local_memory_end = context->local_memory + local_bytes;
	context->item_state = context->local_memory_end;
	context->item_state_end = context->item_state + state_bytes;
	context->private_high = stack;
	context->private_low = stack - launch->kernel->stack_bytes - TANDEM_STACK_RESERVE_BYTES;
	context->printf_buffer = launch->driver_data;
	return 0;
}

static int run_groups(struct tandem_device_core *core, const struct tandem_launch *launch,
		      struct tandem_worker *worker, uint64_t first, uint64_t count)
{
	const struct tandem_compiled_program *program = &host_program(launch->program)->compiled;
	size_t index = (size_t)(launch->kernel - launch->program->kernels);
	tandem_group_function function = program->functions[index];
	struct tandem_group_context context = { 0 };
	const uint64_t *groups = launch->group_count;
	int error = prepare_context(&context, launch,
				    program->description.kernels[index].item_state_bytes, worker);

	if (error)
		return error;
	context.group_id[0] = first % groups[0];
	context.group_id[1] = first / groups[0] % groups[1];
	context.group_id[2] = first / groups[0] / groups[1];
	while (count--) {
		function(launch->arguments, &context);
		if (++context.group_id[0] < groups[0])
			continue;
		context.group_id[0] = 0;
		if (++context.group_id[1] < groups[1])
			continue;
		context.group_id[1] = 0;
		context.group_id[2]++;
	}
	return 0;
}

/* ---- SVM: cache coherence does it all ---- */

static int attach_svm_atomics(struct tandem_device_core *core, void *address, size_t bytes)
{
	return 0;
}

static void detach_svm_atomics(struct tandem_device_core *core, void *address, size_t bytes)
{
}

static int migrate_svm(struct tandem_device_core *core, void *address, size_t bytes, bool to_host)
{
	return 0;
}

/* ---- the device ---- */

static void destroy(struct tandem_device_core *core)
{
	struct host_device *device = host_device(core);

	tandem_text_finish(&device->features);
	free(device);
}

static const struct tandem_device_ops host_ops = {
	.destroy = destroy,
	.check_options = check_options,
	.compile = compile,
	.link = link_binaries,
	.build = build,
	.inspect = inspect,
	.load = load,
	.unload = unload,
	.begin_launch = begin_launch,
	.end_launch = end_launch,
	.run_groups = run_groups,
	.attach_svm_atomics = attach_svm_atomics,
	.detach_svm_atomics = detach_svm_atomics,
	.migrate_svm = migrate_svm,
};

static uint32_t usable_processors(void)
{
	cpu_set_t set;
	long online;

	if (!sched_getaffinity(0, sizeof(set), &set))
		return (uint32_t)CPU_COUNT(&set);
	/* More processors than the set has room for. */
	online = sysconf(_SC_NPROCESSORS_ONLN);
	return online > 0 ? (uint32_t)online : 1;
}

/* The first number in a file of one line, or 0. */
static uint64_t number_in_file(const char *path)
{
	FILE *file = fopen(path, "re");
	unsigned long long number = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%llu", &number) != 1)
		number = 0;
	fclose(file);
	return number;
}

static uint32_t clock_mhz(void)
{
	char line[256];
	double mhz = number_in_file("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq") / 1e3;
	FILE *file = mhz > 0 ? NULL : fopen("/proc/cpuinfo", "re");

	while (file && fgets(line, sizeof(line), file)) {
		if (!strncmp(line, "cpu MHz", 7) && strchr(line, ':')) {
			mhz = strtod(strchr(line, ':') + 1, NULL);
			break;
		}
	}
	if (file)
		fclose(file);
	return (uint32_t)mhz;
}

static void fill_identity(struct tandem_device_properties *properties)
{
	char vendor[13];

	tandem_cpu_vendor(vendor);
	snprintf(properties->vendor, sizeof(properties->vendor), "%s", vendor);
	/* As PCI knows them. */
	properties->vendor_id = !strcmp(vendor, "GenuineIntel") ? 0x8086 :
				!strcmp(vendor, "AuthenticAMD") ? 0x1022 :
								  0;
	snprintf(properties->name, sizeof(properties->name), "host: ");
	tandem_cpu_name(properties->name + 6, sizeof(properties->name) - 6);
}

static uint64_t positive(long value)
{
	return value > 0 ? (uint64_t)value : 0;
}

static void fill_properties(struct tandem_device_properties *properties)
{
	uint64_t memory = positive(sysconf(_SC_PHYS_PAGES)) * positive(sysconf(_SC_PAGESIZE));
	uint64_t line = positive(sysconf(_SC_LEVEL1_DCACHE_LINESIZE));

	fill_identity(properties);
	properties->driver_name = tandem_host_driver.name;
	properties->type = CL_DEVICE_TYPE_CPU;
	properties->compute_units =
		(uint32_t)tandem_option_number(TANDEM_OPTION_THREADS, 1, 4096, usable_processors());
	properties->clock_mhz = clock_mhz();
	properties->vector_bytes = 4 * tandem_cpu_float_lanes();
	properties->max_work_group_size = MAX_GROUP;
	properties->global_memory_bytes = memory;
	properties->max_allocation_bytes = memory / 4 * 3;
	properties->global_cache_bytes = tandem_max_u64(positive(sysconf(_SC_LEVEL3_CACHE_SIZE)),
							positive(sysconf(_SC_LEVEL2_CACHE_SIZE)));
	properties->cache_line_bytes = line ? (uint32_t)line : 64;
	properties->local_memory_bytes = LOCAL_MEMORY_BYTES;
	properties->max_global_variable_bytes = MAX_GLOBAL_VARIABLE_BYTES;
	properties->printf_buffer_bytes = PRINTF_BUFFER_BYTES;
	properties->svm_capabilities = CL_DEVICE_SVM_COARSE_GRAIN_BUFFER |
				       CL_DEVICE_SVM_FINE_GRAIN_BUFFER |
				       CL_DEVICE_SVM_FINE_GRAIN_SYSTEM | CL_DEVICE_SVM_ATOMICS;
	properties->has_compiler = tandem_compiler_is_available();
}

static int probe(struct tandem_device_core **devices, unsigned int room, unsigned int *count)
{
	struct host_device *device;

	if (!room)
		return 0;
	device = tandem_new(device);
	if (!device)
		return -ENOMEM;
	device->core.ops = &host_ops;
	fill_properties(&device->core.properties);
	tandem_features_clang_option(&device->core.properties, &device->features);
	if (device->features.failed) {
		free(device);
		return -ENOMEM;
	}
	device->target.features = device->features.bytes;
	device->target.max_group = MAX_GROUP;
	devices[0] = &device->core;
	*count = 1;
	return 0;
}

const struct tandem_driver tandem_host_driver = { .name = "host", .probe = probe };
