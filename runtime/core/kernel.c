// SPDX-License-Identifier: MIT
#include "kernel.h"

#include <errno.h>
#include <string.h>

#include "util/alloc.h"

#define BLOCK_ALIGNMENT 128
/* Each argument in local memory is aligned for OpenCL's largest type. */
#define LOCAL_ALIGNMENT 128

static void destroy_kernel(struct tandem_object *object)
{
	struct tandem_kernel *kernel = tandem_container_of(object, struct tandem_kernel, object);

	for (uint32_t i = 0; i < kernel->info->argument_count; i++)
		tandem_memory_unwatch(kernel->values[i].memory);
	tandem_program_remove_user(kernel->program);
	free(kernel->svm_pointers);
	free(kernel->values);
	free(kernel->block);
	free(kernel);
}

static size_t block_bytes(const struct tandem_kernel_info *info)
{
	return tandem_align_up(tandem_max_u64(info->argument_block_bytes, 1), BLOCK_ALIGNMENT);
}

static struct tandem_kernel *allocate_kernel(struct tandem_program *program,
					     const struct tandem_kernel_info *info)
{
	struct tandem_kernel *kernel = tandem_new(kernel);

	if (!kernel)
		return NULL;
	kernel->info = info;
	kernel->unset = info->argument_count;
	kernel->values = tandem_new_array(kernel->values, info->argument_count + 1);
	kernel->block = aligned_alloc(BLOCK_ALIGNMENT, block_bytes(info));
	if (!kernel->values || !kernel->block) {
		free(kernel->values);
		free(kernel->block);
		free(kernel);
		return NULL;
	}
	memset(kernel->block, 0, block_bytes(info));
	kernel->program = program;
	tandem_program_add_user(program);
	tandem_object_init(&kernel->object, TANDEM_KIND_KERNEL, destroy_kernel);
	return kernel;
}

static bool same_arguments(const struct tandem_kernel_info *a, const struct tandem_kernel_info *b)
{
	if (a->argument_count != b->argument_count ||
	    a->argument_block_bytes != b->argument_block_bytes)
		return false;
	for (uint32_t i = 0; i < a->argument_count; i++) {
		const struct tandem_kernel_argument *one = &a->arguments[i];
		const struct tandem_kernel_argument *other = &b->arguments[i];

		if (one->kind != other->kind || one->bytes != other->bytes ||
		    one->offset != other->offset)
			return false;
	}
	return true;
}

int tandem_kernel_create(struct tandem_program *program, const char *name,
			 struct tandem_kernel **out)
{
	const struct tandem_kernel_info *info = NULL;

	for (unsigned int i = 0; i < program->build_count; i++) {
		const struct tandem_loaded_program *loaded = program->builds[i].loaded;
		int index = loaded ? tandem_loaded_program_find(loaded, name) : -1;

		if (index < 0)
			continue;
		if (!info)
			info = &loaded->kernels[index];
		else if (!same_arguments(info, &loaded->kernels[index]))
			return -EINVAL;
	}
	if (!info)
		return -ENOENT;
	*out = allocate_kernel(program, info);
	return *out ? 0 : -ENOMEM;
}

int tandem_kernel_clone(const struct tandem_kernel *source, struct tandem_kernel **out)
{
	struct tandem_kernel *kernel = allocate_kernel(source->program, source->info);
	int error;

	if (!kernel)
		return -ENOMEM;
	error = tandem_kernel_set_svm_pointers(kernel, source->svm_pointers,
					       source->svm_pointer_count);
	if (error) {
		tandem_object_unref(&kernel->object);
		return error;
	}
	memcpy(kernel->block, source->block, block_bytes(source->info));
	memcpy(kernel->values, source->values,
	       source->info->argument_count * sizeof(*kernel->values));
	for (uint32_t i = 0; i < source->info->argument_count; i++)
		tandem_memory_watch(kernel->values[i].memory);
	kernel->unset = source->unset;
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

static struct tandem_kernel_value *mark_set(struct tandem_kernel *kernel, unsigned int index)
{
	struct tandem_kernel_value *value = &kernel->values[index];

	if (!value->is_set)
		kernel->unset--;
	value->is_set = true;
	return value;
}

void tandem_kernel_set_value(struct tandem_kernel *kernel, unsigned int index, const void *value)
{
	const struct tandem_kernel_argument *argument = &kernel->info->arguments[index];

	memcpy(kernel->block + argument->offset, value, argument->bytes);
	mark_set(kernel, index);
}

void tandem_kernel_set_pointer(struct tandem_kernel *kernel, unsigned int index,
			       const void *address, struct tandem_memory *memory)
{
	struct tandem_kernel_value *value = mark_set(kernel, index);

	memcpy(kernel->block + kernel->info->arguments[index].offset, &address, sizeof(address));
	if (value->memory == memory)
		return;
	tandem_memory_watch(memory);
	tandem_memory_unwatch(value->memory);
	value->memory = memory;
}

void tandem_kernel_set_local(struct tandem_kernel *kernel, unsigned int index, size_t bytes)
{
	uint64_t offset = tandem_align_up(kernel->info->local_bytes, LOCAL_ALIGNMENT);

	mark_set(kernel, index)->local_bytes = bytes;
	/* The offsets follow from the sizes of all that come before. */
	for (uint32_t i = 0; i < kernel->info->argument_count; i++) {
		const struct tandem_kernel_argument *argument = &kernel->info->arguments[i];

		if (argument->kind != TANDEM_ARGUMENT_LOCAL)
			continue;
		memcpy(kernel->block + argument->offset, &offset, sizeof(offset));
		offset += tandem_align_up(kernel->values[i].local_bytes, LOCAL_ALIGNMENT);
	}
}

uint64_t tandem_kernel_local_bytes(const struct tandem_kernel *kernel,
				   const struct tandem_kernel_info *info)
{
	uint64_t bytes = info->local_bytes;
	bool first = true;

	for (uint32_t i = 0; i < info->argument_count; i++) {
		if (info->arguments[i].kind != TANDEM_ARGUMENT_LOCAL)
			continue;
		if (first)
			bytes = tandem_align_up(bytes, LOCAL_ALIGNMENT);
		first = false;
		bytes += tandem_align_up(kernel->values[i].local_bytes, LOCAL_ALIGNMENT);
	}
	return bytes;
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
