// SPDX-License-Identifier: MIT
#include "kernel.h"

#include <errno.h>
#include <string.h>

#include "util/alloc.h"

/* The alignment of values in a launch's own copy of them. */
#define VALUE_ALIGNMENT 16
/* More than any device has, and little enough that no sum of such sizes wraps around. */
#define MOST_LOCAL_BYTES (UINT64_C(1) << 48)

static void destroy_kernel(struct tandem_object *object)
{
	struct tandem_kernel *kernel = tandem_container_of(object, struct tandem_kernel, object);

	for (uint32_t i = 0; i < kernel->info->argument_count; i++) {
		tandem_memory_unwatch(kernel->settings[i].memory);
		if (kernel->settings[i].value != kernel->settings[i].small)
			free(kernel->settings[i].value);
	}
	tandem_program_remove_user(kernel->program);
	free(kernel->svm_pointers);
	free(kernel->settings);
	free(kernel->values);
	tandem_object_free(&kernel->object);
}

static struct tandem_kernel *allocate_kernel(struct tandem_program *program,
					     const struct tandem_kernel_info *info)
{
	struct tandem_kernel *kernel = tandem_new_object(kernel);

	if (!kernel)
		return NULL;
	kernel->info = info;
	kernel->unset = info->argument_count;
	kernel->values = tandem_new_array(kernel->values, info->argument_count + 1);
	kernel->settings = tandem_new_array(kernel->settings, info->argument_count + 1);
	if (!kernel->values || !kernel->settings) {
		free(kernel->values);
		free(kernel->settings);
		tandem_object_free(&kernel->object);
		return NULL;
	}
	for (uint32_t i = 0; i < info->argument_count; i++) {
		kernel->values[i].kind = info->arguments[i].kind;
		kernel->has_local |= info->arguments[i].kind == TANDEM_ARGUMENT_LOCAL;
		kernel->has_images |= info->arguments[i].kind == TANDEM_ARGUMENT_IMAGE;
	}
	kernel->program = program;
	tandem_program_add_user(program);
	tandem_object_init(&kernel->object, TANDEM_KIND_KERNEL, destroy_kernel);
	return kernel;
}

/* Sizes that a device cannot tell are no difference. */
static bool same_arguments(const struct tandem_kernel_info *a, const struct tandem_kernel_info *b)
{
	if (a->argument_count != b->argument_count)
		return false;
	for (uint32_t i = 0; i < a->argument_count; i++) {
		const struct tandem_kernel_argument *one = &a->arguments[i];
		const struct tandem_kernel_argument *other = &b->arguments[i];

		if (one->kind != other->kind)
			return false;
		if (tandem_argument_has_value(one->kind) && one->bytes && other->bytes &&
		    one->bytes != other->bytes)
			return false;
	}
	return true;
}

/* The kernel @name as the program's build @index has it; NULL where it has none. */
static const struct tandem_kernel_info *kernel_of_build(const struct tandem_program *program,
							unsigned int index, const char *name)
{
	const struct tandem_loaded_program *loaded = program->builds[index].loaded;
	int found = loaded ? tandem_loaded_program_find(loaded, name) : -1;

	return found < 0 ? NULL : &loaded->kernels[found];
}

/* Notes the sizes of values that some device can tell. */
static void note_sizes(struct tandem_kernel *kernel)
{
	for (unsigned int i = 0; i < kernel->program->build_count; i++) {
		const struct tandem_kernel_info *info =
			kernel_of_build(kernel->program, i, kernel->info->name);

		for (uint32_t k = 0; info && k < info->argument_count; k++) {
			if (tandem_argument_has_value(info->arguments[k].kind) &&
			    info->arguments[k].bytes)
				kernel->values[k].bytes = info->arguments[k].bytes;
		}
	}
}

/* Has all devices make the kernel ready that have it. */
static int prepare(struct tandem_program *program, const char *name)
{
	int error = 0;

	for (unsigned int i = 0; i < program->build_count && !error; i++) {
		const struct tandem_kernel_info *info = kernel_of_build(program, i, name);

		if (info)
			error = tandem_program_prepare_locked(
				&program->builds[i],
				(uint32_t)(info - program->builds[i].loaded->kernels), 1);
	}
	return error;
}

int tandem_kernel_create(struct tandem_program *program, const char *name,
			 struct tandem_kernel **out)
{
	const struct tandem_kernel_info *info = NULL;
	int error;

	for (unsigned int i = 0; i < program->build_count; i++) {
		const struct tandem_kernel_info *found = kernel_of_build(program, i, name);

		if (info && found && !same_arguments(info, found))
			return -EINVAL;
		if (!info)
			info = found;
	}
	if (!info)
		return -ENOENT;
	error = prepare(program, name);
	if (error)
		return error;
	*out = allocate_kernel(program, info);
	if (!*out)
		return -ENOMEM;
	note_sizes(*out);
	return 0;
}

static int set_view(struct tandem_kernel *kernel, unsigned int index,
		    const struct tandem_image_view *view, struct tandem_memory *memory);

/* Sets the argument as @source has it. */
static int copy_argument(struct tandem_kernel *kernel, const struct tandem_kernel *source,
			 unsigned int index)
{
	const struct tandem_argument_value *value = &source->values[index];

	switch (value->kind) {
	case TANDEM_ARGUMENT_VALUE:
	case TANDEM_ARGUMENT_SAMPLER:
		return tandem_kernel_set_value(kernel, index, value->value, value->bytes);
	case TANDEM_ARGUMENT_IMAGE:
		return set_view(kernel, index, value->value, source->settings[index].memory);
	case TANDEM_ARGUMENT_LOCAL:
		tandem_kernel_set_local(kernel, index, value->local_bytes);
		return 0;
	default:
		tandem_kernel_set_pointer(kernel, index, value->pointer,
					  source->settings[index].memory);
		return 0;
	}
}

int tandem_kernel_clone(const struct tandem_kernel *source, struct tandem_kernel **out)
{
	struct tandem_kernel *kernel = allocate_kernel(source->program, source->info);
	int error;

	if (!kernel)
		return -ENOMEM;
	error = tandem_kernel_set_svm_pointers(kernel, source->svm_pointers,
					       source->svm_pointer_count);
	for (uint32_t i = 0; i < source->info->argument_count && !error; i++) {
		kernel->values[i].bytes = source->values[i].bytes;
		if (source->settings[i].is_set)
			error = copy_argument(kernel, source, i);
	}
	if (error) {
		tandem_object_unref(&kernel->object);
		return error;
	}
	kernel->svm_system = source->svm_system;
	*out = kernel;
	return 0;
}

const struct tandem_kernel_info *tandem_kernel_on(const struct tandem_kernel *kernel,
						  const struct tandem_device *device,
						  struct tandem_loaded_program **loaded)
{
	struct tandem_program_build *build = tandem_program_find_used(kernel->program, device);
	int index;

	if (!build || !build->loaded)
		return NULL;
	*loaded = build->loaded;
	/* The usual case: the kernel's own information is this device's. */
	if (kernel->info >= build->loaded->kernels &&
	    kernel->info < build->loaded->kernels + build->loaded->kernel_count)
		return kernel->info;
	index = tandem_loaded_program_find(build->loaded, kernel->info->name);
	if (index < 0)
		return NULL;
	return &build->loaded->kernels[index];
}

/* ---- arguments ---- */

static void mark_set(struct tandem_kernel *kernel, unsigned int index)
{
	if (!kernel->settings[index].is_set)
		kernel->unset--;
	kernel->settings[index].is_set = true;
}

/* Asks the devices whose descriptions do not have the size of the argument's values. */
static int ask_devices(const struct tandem_kernel *kernel, unsigned int index, const void *value,
		       size_t bytes)
{
	const struct tandem_program *program = kernel->program;
	int error = 0;

	for (unsigned int i = 0; i < program->build_count && !error; i++) {
		const struct tandem_kernel_info *info =
			kernel_of_build(program, i, kernel->info->name);
		struct tandem_device_core *core = program->builds[i].device->core;

		if (!info || info->arguments[index].bytes)
			continue;
		if (!core->ops->takes_value)
			error = bytes ? -EINVAL : 0;
		else if (!tandem_device_is_available(program->builds[i].device))
			error = -ENODEV;
		else
			error = core->ops->takes_value(core, program->builds[i].loaded, info, index,
						       value, bytes);
	}
	return error;
}

/* Room for the first value: checks its size, which holds for later ones too. */
static int make_room(struct tandem_kernel *kernel, unsigned int index, const void *value,
		     size_t bytes, void **out)
{
	struct tandem_kernel_setting *setting = &kernel->settings[index];
	struct tandem_argument_value *argument = &kernel->values[index];
	void *room = setting->value;

	if (argument->bytes != bytes) {
		int error = argument->bytes || bytes > UINT32_MAX ?
				    -EINVAL :
				    ask_devices(kernel, index, value, bytes);

		if (error)
			return error;
	}
	if (!room)
		room = bytes > sizeof(setting->small) ? malloc(bytes) : setting->small;
	if (!room)
		return -ENOMEM;
	argument->value = room;
	argument->bytes = (uint32_t)bytes;
	setting->value = room;
	*out = room;
	return 0;
}

int tandem_kernel_set_value(struct tandem_kernel *kernel, unsigned int index, const void *value,
			    size_t bytes)
{
	void *room = kernel->settings[index].value;

	if (!room || kernel->values[index].bytes != bytes) {
		int error = make_room(kernel, index, value, bytes, &room);

		if (error)
			return error;
	}
	memcpy(room, value, bytes);
	mark_set(kernel, index);
	return 0;
}

/* Notes what memory object the argument is set from. */
static void set_memory(struct tandem_kernel *kernel, unsigned int index,
		       struct tandem_memory *memory)
{
	struct tandem_kernel_setting *setting = &kernel->settings[index];

	if (setting->memory == memory)
		return;
	tandem_memory_watch(memory);
	tandem_memory_unwatch(setting->memory);
	setting->memory = memory;
}

void tandem_kernel_set_pointer(struct tandem_kernel *kernel, unsigned int index,
			       const void *address, struct tandem_memory *memory)
{
	mark_set(kernel, index);
	kernel->values[index].pointer = address;
	set_memory(kernel, index, memory);
}

static int set_view(struct tandem_kernel *kernel, unsigned int index,
		    const struct tandem_image_view *view, struct tandem_memory *memory)
{
	int error = tandem_kernel_set_value(kernel, index, view, sizeof(*view));

	if (!error)
		set_memory(kernel, index, memory);
	return error;
}

int tandem_kernel_set_image(struct tandem_kernel *kernel, unsigned int index,
			    struct tandem_image *image)
{
	const struct tandem_image_view view = tandem_image_view_of(image);

	return set_view(kernel, index, &view, &image->memory);
}

const struct tandem_image *tandem_kernel_image(const struct tandem_kernel *kernel,
					       unsigned int index)
{
	return tandem_container_of(kernel->settings[index].memory, struct tandem_image, memory);
}

int tandem_kernel_set_sampler(struct tandem_kernel *kernel, unsigned int index,
			      const struct tandem_sampler *sampler)
{
	const uint32_t bits = tandem_sampler_bits(sampler);

	return tandem_kernel_set_value(kernel, index, &bits, sizeof(bits));
}

void tandem_kernel_set_local(struct tandem_kernel *kernel, unsigned int index, size_t bytes)
{
	mark_set(kernel, index);
	kernel->values[index].local_bytes = tandem_min_u64(bytes, MOST_LOCAL_BYTES);
}

/* ---- launches ---- */

uint64_t tandem_kernel_local_bytes(const struct tandem_kernel *kernel,
				   const struct tandem_device *device,
				   const struct tandem_kernel_info *info)
{
	uint64_t bytes = info->local_bytes;

	if (!kernel->has_local)
		return bytes;
	if (device->core->ops->local_bytes)
		return device->core->ops->local_bytes(device->core, info, kernel->values);
	for (uint32_t i = 0; i < info->argument_count; i++) {
		if (kernel->values[i].kind == TANDEM_ARGUMENT_LOCAL)
			bytes += kernel->values[i].local_bytes;
	}
	return bytes;
}

/* What a value takes behind the array of a launch's own copy. */
static size_t bytes_behind(const struct tandem_argument_value *value)
{
	return tandem_argument_has_value(value->kind) ?
		       tandem_align_up(value->bytes, VALUE_ALIGNMENT) :
		       0;
}

static size_t array_bytes(const struct tandem_kernel *kernel)
{
	return tandem_align_up(kernel->info->argument_count * sizeof(*kernel->values),
			       VALUE_ALIGNMENT);
}

/* What the arguments themselves take. */
static size_t arguments_bytes(const struct tandem_kernel *kernel,
			      const struct tandem_device *device,
			      const struct tandem_kernel_info *info)
{
	size_t bytes = array_bytes(kernel);

	if (device->core->ops->pack_arguments)
		return info->packed_bytes;
	for (uint32_t i = 0; i < info->argument_count; i++)
		bytes += bytes_behind(&kernel->values[i]);
	return bytes;
}

/* Where the resources are in a launch's block: behind the arguments. */
static size_t resources_place(const struct tandem_kernel *kernel,
			      const struct tandem_device *device,
			      const struct tandem_kernel_info *info)
{
	return tandem_align_up(arguments_bytes(kernel, device, info), VALUE_ALIGNMENT);
}

size_t tandem_kernel_block_bytes(const struct tandem_kernel *kernel,
				 const struct tandem_device *device,
				 const struct tandem_kernel_info *info)
{
	if (!device->core->ops->create_resource)
		return arguments_bytes(kernel, device, info);
	return resources_place(kernel, device, info) + info->argument_count * sizeof(void *);
}

/* Gives the launch what the device keeps of the arguments' memory objects, which are held. */
static int hand_over_resources(const struct tandem_kernel *kernel,
			       const struct tandem_device *device, struct tandem_launch *launch,
			       char *block)
{
	void **resources = (void **)(block + resources_place(kernel, device, launch->kernel));
	int error = 0;

	for (uint32_t i = 0; i < kernel->info->argument_count && !error; i++) {
		if (kernel->settings[i].memory)
			error = tandem_memory_resource(kernel->settings[i].memory, device->core,
						       &resources[i]);
	}
	launch->resources = resources;
	return error;
}

static void copy_values(const struct tandem_kernel *kernel, void *block)
{
	struct tandem_argument_value *values = block;
	char *behind = (char *)block + array_bytes(kernel);

	for (uint32_t i = 0; i < kernel->info->argument_count; i++) {
		values[i] = kernel->values[i];
		if (!tandem_argument_has_value(values[i].kind))
			continue;
		memcpy(behind, values[i].value, values[i].bytes);
		values[i].value = behind;
		behind += bytes_behind(&values[i]);
	}
}

int tandem_kernel_hand_over(const struct tandem_kernel *kernel, const struct tandem_device *device,
			    struct tandem_launch *launch, void *block)
{
	const struct tandem_device_ops *ops = device->core->ops;
	int error = ops->create_resource ? hand_over_resources(kernel, device, launch, block) : 0;

	if (error)
		return error;
	if (ops->pack_arguments) {
		launch->local_bytes =
			ops->pack_arguments(device->core, launch, kernel->values, block);
		launch->arguments = block;
	} else {
		launch->local_bytes = tandem_kernel_local_bytes(kernel, device, launch->kernel);
		copy_values(kernel, block);
		launch->values = block;
	}
	return 0;
}

int tandem_kernel_set_svm_pointers(struct tandem_kernel *kernel, void *const *pointers,
				   size_t count)
{
	void **copy = NULL;

	if (count) {
		copy = tandem_new_array(copy, count);
		if (!copy)
			return -ENOMEM;
		memcpy(copy, pointers, count * sizeof(*copy));
	}
	free(kernel->svm_pointers);
	kernel->svm_pointers = copy;
	kernel->svm_pointer_count = count;
	return 0;
}
