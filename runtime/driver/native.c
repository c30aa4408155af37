// SPDX-License-Identifier: MIT
#include "native.h"

#include <CL/cl.h>
#include <CL/cl_ext.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compiler/printf_output.h"
#include "compiler/spirv_frontend.h"
#include "driver/features.h"
#include "driver/uuid.h"
#include "image/view.h"
#include "native_program.h"
#include "util/alloc.h"
#include "util/cpu_x86_64.h"
#include "util/options.h"
#include "util/stack.h"
#include "util/thread.h"
#include "version.h"

#define MAX_GROUP		  4096
#define LOCAL_MEMORY_BYTES	  (256u << 10)
#define PRINTF_BUFFER_BYTES	  (4u << 20)
#define MAX_PARAMETER_BYTES	  4096
#define MAX_CONSTANT_ARGUMENTS	  64
#define MAX_GLOBAL_VARIABLE_BYTES (64u << 20)
/* Compiling a form takes about as long as a few accesses of so many do without it. */
#define FORM_ITEMS (1 << 20)
/* Parts of a worker's scratch memory begin at multiples of this. */
#define SCRATCH_ALIGNMENT 128

static struct tandem_native_device *native_device(struct tandem_device_core *core)
{
	return tandem_container_of(core, struct tandem_native_device, core);
}

/* ---- programs ---- */

int tandem_native_compile(struct tandem_device_core *core, const struct tandem_compile_input *input,
			  struct tandem_binary *object, struct tandem_text *log)
{
	return tandem_compiler_compile(&native_device(core)->target, input, object, log);
}

int tandem_native_link(struct tandem_device_core *core, const struct tandem_link_input *input,
		       struct tandem_binary *linked, struct tandem_text *log)
{
	return tandem_compiler_link(&native_device(core)->target, input, linked, log);
}

int tandem_native_build(struct tandem_device_core *core, const struct tandem_compile_input *input,
			struct tandem_binary *executable, struct tandem_text *log)
{
	return tandem_compiler_build(&native_device(core)->target, input, executable, log);
}

enum tandem_binary_kind tandem_native_inspect(struct tandem_device_core *core,
					      const struct tandem_binary *binary)
{
	return tandem_compiler_inspect(binary);
}

/* ---- arguments ---- */

/* Where the next argument in local memory begins, behind what ends at @end. */
static uint64_t next_local(uint64_t end)
{
	return tandem_align_up(end, TANDEM_GROUP_MEMORY_ALIGNMENT);
}

uint64_t tandem_native_local_bytes(struct tandem_device_core *core,
				   const struct tandem_kernel_info *kernel,
				   const struct tandem_argument_value *values)
{
	uint64_t end = kernel->local_bytes;

	for (uint32_t i = 0; i < kernel->argument_count; i++) {
		if (values[i].kind == TANDEM_ARGUMENT_LOCAL)
			end = next_local(end) + values[i].local_bytes;
	}
	return end;
}

/* Most values are of one of these sizes, and copied without a call. */
static inline void put_value(char *place, const struct tandem_argument_value *value)
{
	switch (value->bytes) {
	case 4:
		memcpy(place, value->value, 4);
		break;
	case 8:
		memcpy(place, value->value, 8);
		break;
	default:
		memcpy(place, value->value, value->bytes);
		break;
	}
}

/* The address in what a kernel is given of an image is one of the arena. */
static void show_image(const struct tandem_native_device *device, char *place)
{
	struct tandem_image_view view;

	if (!device->plain_window)
		return;
	memcpy(&view, place, sizeof(view));
	view.address += (uintptr_t)device->plain_window - (uintptr_t)device->target.memory->base;
	memcpy(place, &view, sizeof(view));
}

uint64_t tandem_native_pack_arguments(struct tandem_device_core *core,
				      const struct tandem_launch *launch,
				      const struct tandem_argument_value *values, void *block)
{
	const struct tandem_kernel_info *kernel = launch->kernel;
	const struct tandem_description *description =
		&tandem_native_program_of(launch->program)->whole.description;
	const uint32_t *offsets =
		description->kernels[kernel - launch->program->kernels].argument_offsets;
	uint64_t local_end = kernel->local_bytes;

	for (uint32_t i = 0; i < kernel->argument_count; i++) {
		char *place = (char *)block + offsets[i];

		if (tandem_argument_has_value(values[i].kind)) {
			put_value(place, &values[i]);
			if (values[i].kind == TANDEM_ARGUMENT_IMAGE)
				show_image(native_device(core), place);
		} else if (values[i].kind == TANDEM_ARGUMENT_LOCAL) {
			uint64_t local = next_local(local_end);

			memcpy(place, &local, sizeof(local));
			local_end = local + values[i].local_bytes;
		} else {
			memcpy(place, &values[i].pointer, sizeof(values[i].pointer));
		}
	}
	return local_end;
}

/* ---- sizes of groups ---- */

/* Of narrow groups, and of what they are worth it for. */
#define NARROW_WIDTH 8
#define LEAST_COLUMN 64

/* The largest divisor of @size that is at most @limit. */
static uint64_t largest_divisor(uint64_t size, uint64_t limit)
{
	if (size <= limit)
		return size ? size : 1;
	for (uint64_t divisor = limit; divisor > 1; divisor--) {
		if (!(size % divisor))
			return divisor;
	}
	return 1;
}

/*
 * A size that cuts @size into as few groups of at most @limit as there can be, and
 * into even ones, as far as multiples of @multiple, a power of two, are.
 */
static uint64_t even_size(uint64_t size, uint64_t limit, uint64_t multiple)
{
	uint64_t groups = (tandem_max_u64(size, 1) - 1) / limit + 1;
	uint64_t even = (tandem_max_u64(size, 1) - 1) / groups + 1;

	return tandem_min_u64(tandem_align_up(even, multiple), limit);
}

/* A divisor of @size, or where the groups would be less than half as large, any size. */
static uint64_t nearly_even_size(uint64_t size, uint64_t limit, uint64_t multiple)
{
	uint64_t divisor = largest_divisor(size, limit);
	uint64_t even = tandem_min_u64(even_size(size, limit, multiple), tandem_max_u64(size, 1));

	return 2 * divisor > even ? divisor : even;
}

/* At most @limit, as long as it may be. */
static uint64_t choose_size(const struct tandem_kernel_info *kernel, bool uneven, uint64_t size,
			    uint64_t limit, uint64_t multiple)
{
	if (uneven && !kernel->sees_groups)
		return even_size(size, limit, multiple);
	if (uneven && kernel->allows_uneven_groups)
		return nearly_even_size(size, limit, multiple);
	return largest_divisor(size, limit);
}

/*
 * Of a kernel that goes through memory along the second dimension: whether its groups are to be
 * narrow. That takes columns, and a width that fills a small vector: a row of a group that is as
 * wide touches as many lines as a cache has room for wherever they are.
 */
static bool is_to_be_narrow(const struct tandem_kernel_info *kernel, uint32_t dimensions,
			    const uint64_t *global_size, bool uneven)
{
	return kernel->prefers_narrow_groups && dimensions > 1 && global_size[1] >= LEAST_COLUMN &&
	       choose_size(kernel, uneven, global_size[0], NARROW_WIDTH, NARROW_WIDTH) ==
		       NARROW_WIDTH;
}

void tandem_native_choose_local_size(const struct tandem_kernel_info *kernel,
				     uint32_t compute_units, uint32_t dimensions,
				     const uint64_t *global_size, bool uneven, uint64_t *local_size)
{
	const uint64_t wished_groups = 4 * (uint64_t)compute_units;
	uint64_t items = 1, limit;

	for (uint32_t i = 0; i < dimensions; i++)
		items *= tandem_max_u64(global_size[i], 1);
	limit = tandem_min_u64(kernel->max_group, tandem_max_u64(items / wished_groups,
								 kernel->preferred_group_multiple));
	for (uint32_t i = 0; i < dimensions; i++) {
		uint64_t multiple = i ? 1 : kernel->preferred_group_multiple;

		if (!i && limit >= NARROW_WIDTH &&
		    is_to_be_narrow(kernel, dimensions, global_size, uneven))
			local_size[i] = NARROW_WIDTH;
		else
			local_size[i] =
				choose_size(kernel, uneven, global_size[i], limit, multiple);
		limit = tandem_max_u64(limit / local_size[i], 1);
	}
}

/* ---- launches ---- */

int tandem_native_begin_launch(struct tandem_device_core *core, struct tandem_launch *launch)
{
	if (!launch->kernel->uses_printf)
		return 0;
	launch->driver_data = tandem_printf_buffer_create(PRINTF_BUFFER_BYTES);
	return launch->driver_data ? 0 : -ENOMEM;
}

void tandem_native_end_launch(struct tandem_device_core *core, struct tandem_launch *launch)
{
	if (!launch->driver_data)
		return;
	tandem_printf_buffer_print(
		launch->driver_data,
		&tandem_native_kernel_of(launch->program, launch->kernel)->part->description,
		stdout);
	tandem_printf_buffer_destroy(launch->driver_data);
	launch->driver_data = NULL;
}

static size_t aligned(uint64_t bytes)
{
	return tandem_align_up(bytes, SCRATCH_ALIGNMENT);
}

/* Divides the worker's scratch memory up, and fills in what all groups share. */
static int prepare_context(const struct tandem_native_device *device,
			   struct tandem_group_context *context, const struct tandem_launch *launch,
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
		context->enqueued_local_size[i] = launch->local_size[i];
		context->group_count[i] = launch->group_count[i];
		context->global_size[i] = launch->global_size[i];
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
	context->arena = (uintptr_t)device->target.memory->base;
	context->arena_bytes = device->target.memory->bytes;
	context->nowhere = device->target.memory->bytes + device->target.memory->guard_bytes / 2;
	context->thread = tandem_thread_id();
	context->plain_window = device->plain_window;
	context->atomic_window = device->atomic_window;
	return 0;
}

struct group_walk {
	tandem_group_function function;
	const struct tandem_launch *launch;
	struct tandem_worker *worker;
	struct tandem_group_context context;
	uint64_t group; /* the number of the context's */
	uint64_t end;
};

/* Goes to the group with this number in a dimension: the last one may be smaller. */
static void enter_group(struct group_walk *walk, int dimension, uint64_t group)
{
	uint64_t size = walk->launch->local_size[dimension];
	uint64_t start = group * size;

	walk->context.group_id[dimension] = group;
	walk->context.group_start[dimension] = start;
	walk->context.local_size[dimension] =
		tandem_min_u64(size, walk->launch->global_size[dimension] - start);
}

/* Runs groups from the one that the context names, as far as they are the worker's. */
static void walk_groups(void *argument)
{
	struct group_walk *walk = argument;

	while (tandem_worker_begins(walk->worker, walk->group)) {
		int dimension = 0;

		walk->function(walk->launch->arguments, &walk->context);
		if (++walk->group == walk->end)
			continue;
		while (walk->context.group_id[dimension] + 1 ==
		       walk->launch->group_count[dimension])
			enter_group(walk, dimension++, 0);
		enter_group(walk, dimension, walk->context.group_id[dimension] + 1);
	}
}

int tandem_native_run_groups(struct tandem_device_core *core, struct tandem_launch *launch,
			     struct tandem_worker *worker, uint64_t first, uint64_t count)
{
	struct tandem_native_device *device = native_device(core);
	const struct tandem_native_kernel *kernel =
		tandem_native_kernel_of(launch->program, launch->kernel);
	const uint64_t *groups = launch->group_count;
	struct group_walk walk = {
		.function = kernel->part->functions[kernel->index],
		.launch = launch,
		.worker = worker,
		.group = first,
		.end = first + count,
	};
	int error = prepare_context(
		device, &walk.context, launch,
		kernel->part->description.kernels[kernel->index].item_state_bytes, worker);

	if (error)
		return error;
	enter_group(&walk, 0, first % groups[0]);
	enter_group(&walk, 1, first / groups[0] % groups[1]);
	enter_group(&walk, 2, first / groups[0] / groups[1]);
	if (device->run_core)
		return device->run_core(device, worker, launch, walk_groups, &walk);
	walk_groups(&walk);
	return 0;
}

/* ---- the device ---- */

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

static uint64_t positive(long value)
{
	return value > 0 ? (uint64_t)value : 0;
}

static void fill_execution(struct tandem_device_properties *properties)
{
	static const uint32_t c_versions[] = { CL_MAKE_VERSION(3, 1, 0), CL_MAKE_VERSION(3, 0, 0),
					       CL_MAKE_VERSION(1, 2, 0), CL_MAKE_VERSION(1, 1, 0),
					       CL_MAKE_VERSION(1, 0, 0) };

	snprintf(properties->driver_version, sizeof(properties->driver_version), TANDEM_VERSION);
	memcpy(properties->c_versions, c_versions, sizeof(c_versions));
	properties->compute_units =
		(uint32_t)tandem_option_number(TANDEM_OPTION_THREADS, 1, 4096, usable_processors());
	properties->clock_mhz = clock_mhz();
	properties->max_work_group_size = MAX_GROUP;
	/* A sub-group may be a single work-item. */
	properties->max_sub_groups = MAX_GROUP;
	for (int i = 0; i < TANDEM_DIMENSIONS; i++)
		properties->max_work_group_sizes[i] = MAX_GROUP;
	properties->max_parameter_bytes = MAX_PARAMETER_BYTES;
	properties->max_constant_arguments = MAX_CONSTANT_ARGUMENTS;
	properties->printf_buffer_bytes = PRINTF_BUFFER_BYTES;
	properties->has_compiler = tandem_compiler_is_available();
	properties->has_uneven_groups = true;
	properties->takes_spirv = properties->has_compiler && tandem_spirv_is_available();
}

static void fill_arithmetic(struct tandem_device_properties *properties)
{
	const uint64_t ieee = CL_FP_DENORM | CL_FP_INF_NAN | CL_FP_ROUND_TO_NEAREST | CL_FP_FMA;
	const uint32_t lanes = tandem_cpu_float_lanes();

	/* Work-items become the lanes of vectors: scalar code is best. */
	properties->preferred_width = (struct tandem_vector_widths){ 1, 1, 1, 1, 1, 1, 1 };
	properties->native_width = (struct tandem_vector_widths){
		.chars = 4 * lanes,
		.shorts = 2 * lanes,
		.ints = lanes,
		.longs = lanes / 2,
		.halves = tandem_cpu_half_lanes(),
		.floats = lanes,
		.doubles = lanes / 2,
	};
	properties->preferred_group_multiple = lanes;
	properties->half_fp_config = ieee;
	properties->single_fp_config = ieee | CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT;
	properties->double_fp_config = ieee | CL_FP_ROUND_TO_ZERO | CL_FP_ROUND_TO_INF;
}

static void fill_memory(struct tandem_device_properties *properties)
{
	uint64_t memory = positive(sysconf(_SC_PHYS_PAGES)) * positive(sysconf(_SC_PAGESIZE));
	uint64_t line = positive(sysconf(_SC_LEVEL1_DCACHE_LINESIZE));

	properties->global_memory_bytes = memory;
	properties->max_allocation_bytes = memory / 4 * 3;
	properties->max_constant_bytes = properties->max_allocation_bytes;
	properties->shares_host_memory = CL_TRUE;
	properties->corrects_errors = CL_FALSE;
	properties->cache_type = CL_READ_WRITE_CACHE;
	properties->global_cache_bytes = tandem_max_u64(positive(sysconf(_SC_LEVEL3_CACHE_SIZE)),
							positive(sysconf(_SC_LEVEL2_CACHE_SIZE)));
	properties->cache_line_bytes = line ? (uint32_t)line : 64;
	properties->local_memory_type = CL_GLOBAL;
	properties->local_memory_bytes = LOCAL_MEMORY_BYTES;
	properties->max_global_variable_bytes = MAX_GLOBAL_VARIABLE_BYTES;
}

static void fill_images(struct tandem_device_properties *properties)
{
	properties->images = (struct tandem_image_properties){
		.supported = CL_TRUE,
		.read_arguments = 128,
		.write_arguments = 64,
		.read_write_arguments = 64,
		.samplers = 64,
		.max_2d = { 16384, 16384 },
		.max_3d = { 2048, 2048, 2048 },
		.max_buffer = UINT64_C(1) << 27,
		.max_layers = 2048,
		.pitch_alignment = 1,
		.base_alignment = 1,
		.formats = tandem_image_formats,
		.format_count = tandem_image_format_count,
	};
}

/*
 * All of it is memory that the process shares with the device. Where the device's atomics are
 * no others than the process's, any memory is for both at once.
 */
static void fill_unified_memory(struct tandem_device_properties *properties)
{
	const uint64_t own = CL_UNIFIED_SHARED_MEMORY_ACCESS_INTEL |
			     CL_UNIFIED_SHARED_MEMORY_ATOMIC_ACCESS_INTEL;
	uint64_t shared = own | CL_UNIFIED_SHARED_MEMORY_CONCURRENT_ACCESS_INTEL;
	bool is_system = properties->svm_capabilities & CL_DEVICE_SVM_FINE_GRAIN_SYSTEM;

	if (tandem_has_svm_atomics(properties))
		shared |= CL_UNIFIED_SHARED_MEMORY_CONCURRENT_ATOMIC_ACCESS_INTEL;
	properties->unified_memory.host = shared;
	properties->unified_memory.device = is_system ? shared : own;
	properties->unified_memory.one_device = shared;
	properties->unified_memory.devices = shared;
	properties->unified_memory.system = is_system ? shared : 0;
}

static void fill_atomics(struct tandem_device_properties *properties)
{
	uint64_t scopes = CL_DEVICE_ATOMIC_SCOPE_WORK_GROUP | CL_DEVICE_ATOMIC_SCOPE_DEVICE;

	if (tandem_has_svm_atomics(properties))
		scopes |= CL_DEVICE_ATOMIC_SCOPE_ALL_DEVICES;
	properties->atomic_capabilities = scopes | CL_DEVICE_ATOMIC_ORDER_RELAXED |
					  CL_DEVICE_ATOMIC_ORDER_ACQ_REL |
					  CL_DEVICE_ATOMIC_ORDER_SEQ_CST;
	properties->fence_capabilities = properties->atomic_capabilities |
					 CL_DEVICE_ATOMIC_SCOPE_WORK_ITEM;
}

/* A kernel may require others than those it has anyway, unless it is run without bundles. */
static void fill_sub_groups(struct tandem_native_device *device)
{
	static const uint32_t sizes[] = { 1, 2, 4, 8, 16, 32 };
	size_t bytes = device->plain_window ? sizeof(sizes[0]) : sizeof(sizes);

	memcpy(device->core.properties.sub_group_sizes, sizes, bytes);
}

/* What the compiler is told of what the device has. */
static int describe_features(struct tandem_native_device *device)
{
	tandem_features_list(&device->core.properties, &device->features);
	device->target.features = tandem_text_string(&device->features);
	return device->features.failed ? -ENOMEM : 0;
}

int tandem_native_init(struct tandem_native_device *device,
		       const struct tandem_device_memory *memory)
{
	fill_execution(&device->core.properties);
	fill_arithmetic(&device->core.properties);
	fill_memory(&device->core.properties);
	fill_atomics(&device->core.properties);
	fill_unified_memory(&device->core.properties);
	fill_sub_groups(device);
	if (device->core.properties.images.supported)
		fill_images(&device->core.properties);
	tandem_fill_uuids(&device->core.properties);
	device->target.memory = memory;
	device->target.max_group = MAX_GROUP;
	device->form_items =
		tandem_option_number(TANDEM_OPTION_FORM_ITEMS, 0, INT32_MAX, FORM_ITEMS);
	device->target.uses_windows = device->plain_window;
	device->target.has_images = device->core.properties.images.supported;
	return describe_features(device);
}

void tandem_native_finish(struct tandem_native_device *device)
{
	tandem_text_finish(&device->features);
}
