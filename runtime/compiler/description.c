// SPDX-License-Identifier: MIT
#include "description.h"

#include <errno.h>
#include <string.h>

#include "image/view.h"
#include "util/alloc.h"

/* Far above what any kernel has, and little enough to be allocated without a thought. */
#define MOST_ARGUMENT_BYTES (16u << 20)

void tandem_put_u32(struct tandem_text *bytes, uint32_t value)
{
	tandem_text_add(bytes, &value, sizeof(value));
}

void tandem_put_u64(struct tandem_text *bytes, uint64_t value)
{
	tandem_text_add(bytes, &value, sizeof(value));
}

void tandem_put_string(struct tandem_text *bytes, const char *string, size_t length)
{
	tandem_put_u32(bytes, (uint32_t)length);
	tandem_text_add(bytes, string, length);
	tandem_text_add(bytes, "", 1);
}

const char *tandem_get_bytes(struct tandem_reader *reader, size_t length)
{
	const char *taken = reader->next;

	if (reader->failed || (size_t)(reader->end - reader->next) < length) {
		reader->failed = true;
		return NULL;
	}
	reader->next += length;
	return taken;
}

uint32_t tandem_get_u32(struct tandem_reader *reader)
{
	const char *bytes = tandem_get_bytes(reader, sizeof(uint32_t));
	uint32_t value = 0;

	if (bytes)
		memcpy(&value, bytes, sizeof(value));
	return value;
}

uint64_t tandem_get_u64(struct tandem_reader *reader)
{
	const char *bytes = tandem_get_bytes(reader, sizeof(uint64_t));
	uint64_t value = 0;

	if (bytes)
		memcpy(&value, bytes, sizeof(value));
	return value;
}

const char *tandem_get_string(struct tandem_reader *reader)
{
	size_t length = tandem_get_u32(reader);
	const char *string = tandem_get_bytes(reader, length + 1);

	if (string && string[length]) {
		reader->failed = true;
		return "";
	}
	return string ? string : "";
}

/* ---- kernels ---- */

static void write_argument(const struct tandem_kernel_argument *argument, uint32_t offset,
			   struct tandem_text *bytes)
{
	tandem_put_u32(bytes, argument->kind);
	tandem_put_u32(bytes, argument->bytes);
	tandem_put_u32(bytes, offset);
	tandem_put_u32(bytes, argument->access_qualifier);
	tandem_put_u32(bytes, argument->image_type);
	tandem_put_u32(bytes, argument->is_depth);
	tandem_put_u64(bytes, argument->type_qualifier);
	tandem_put_string(bytes, argument->name, strlen(argument->name));
	tandem_put_string(bytes, argument->type_name, strlen(argument->type_name));
}

/* What packing writes to the block for an argument. */
static uint32_t bytes_in_block(const struct tandem_kernel_argument *argument)
{
	return tandem_argument_has_value(argument->kind) ? argument->bytes : sizeof(uint64_t);
}

/* What the runtime gives values to itself takes so many bytes, whatever a file says. */
static bool has_its_size(const struct tandem_kernel_argument *argument)
{
	switch (argument->kind) {
	case TANDEM_ARGUMENT_IMAGE:
		return argument->bytes == sizeof(struct tandem_image_view);
	case TANDEM_ARGUMENT_SAMPLER:
		return argument->bytes == sizeof(uint32_t);
	default:
		return argument->kind <= TANDEM_ARGUMENT_LOCAL;
	}
}

static void read_argument(struct tandem_reader *reader, struct tandem_kernel_argument *argument,
			  uint32_t *offset, uint32_t block_bytes)
{
	argument->kind = tandem_get_u32(reader);
	argument->bytes = tandem_get_u32(reader);
	*offset = tandem_get_u32(reader);
	argument->access_qualifier = tandem_get_u32(reader);
	argument->image_type = tandem_get_u32(reader);
	argument->is_depth = tandem_get_u32(reader);
	argument->type_qualifier = tandem_get_u64(reader);
	argument->name = tandem_get_string(reader);
	argument->type_name = tandem_get_string(reader);
	/* The argument is written to the block without another look. */
	if (!has_its_size(argument) || *offset > block_bytes ||
	    bytes_in_block(argument) > block_bytes - *offset)
		reader->failed = true;
}

static void write_kernel(const struct tandem_kernel_description *kernel, struct tandem_text *bytes)
{
	const struct tandem_kernel_info *info = &kernel->info;

	tandem_put_string(bytes, info->name, strlen(info->name));
	tandem_put_string(bytes, kernel->symbol, strlen(kernel->symbol));
	tandem_put_string(bytes, info->attributes, strlen(info->attributes));
	tandem_put_u32(bytes, info->packed_bytes);
	for (int i = 0; i < TANDEM_DIMENSIONS; i++)
		tandem_put_u32(bytes, info->required_group[i]);
	tandem_put_u64(bytes, info->local_bytes);
	tandem_put_u64(bytes, info->private_bytes);
	tandem_put_u64(bytes, info->stack_bytes);
	tandem_put_u64(bytes, info->max_group);
	tandem_put_u32(bytes, info->preferred_group_multiple);
	tandem_put_u32(bytes, info->required_sub_group);
	tandem_put_u32(bytes, info->required_sub_groups);
	tandem_put_u32(bytes, info->sub_group_lanes);
	tandem_put_u32(bytes, info->uses_printf);
	tandem_put_u32(bytes, info->sees_groups);
	tandem_put_u32(bytes, info->allows_uneven_groups);
	tandem_put_u32(bytes, info->has_whole_groups_only);
	tandem_put_u32(bytes, info->has_whole_rows_only);
	tandem_put_u32(bytes, info->prefers_narrow_groups);
	tandem_put_u32(bytes, info->tells_const);
	tandem_put_u64(bytes, kernel->item_state_bytes);
	tandem_put_u32(bytes, info->argument_count);
	for (uint32_t i = 0; i < info->argument_count; i++)
		write_argument(&info->arguments[i], kernel->argument_offsets[i], bytes);
}

static int read_kernel(struct tandem_reader *reader, struct tandem_kernel_description *kernel)
{
	struct tandem_kernel_info *info = &kernel->info;
	struct tandem_kernel_argument *arguments;

	info->name = tandem_get_string(reader);
	kernel->symbol = tandem_get_string(reader);
	info->attributes = tandem_get_string(reader);
	info->packed_bytes = tandem_get_u32(reader);
	for (int i = 0; i < TANDEM_DIMENSIONS; i++)
		info->required_group[i] = tandem_get_u32(reader);
	info->local_bytes = tandem_get_u64(reader);
	info->private_bytes = tandem_get_u64(reader);
	info->stack_bytes = tandem_get_u64(reader);
	info->max_group = tandem_get_u64(reader);
	info->preferred_group_multiple = tandem_get_u32(reader);
	info->required_sub_group = tandem_get_u32(reader);
	info->required_sub_groups = tandem_get_u32(reader);
	info->sub_group_lanes = tandem_get_u32(reader);
	info->uses_printf = tandem_get_u32(reader);
	info->sees_groups = tandem_get_u32(reader);
	info->allows_uneven_groups = tandem_get_u32(reader);
	info->has_whole_groups_only = tandem_get_u32(reader);
	info->has_whole_rows_only = tandem_get_u32(reader);
	info->prefers_narrow_groups = tandem_get_u32(reader);
	info->tells_const = tandem_get_u32(reader);
	kernel->item_state_bytes = tandem_get_u64(reader);
	info->argument_count = tandem_get_u32(reader);
	/* Each takes more than 8 bytes: a count beyond that is no count. */
	if (reader->failed || info->packed_bytes > MOST_ARGUMENT_BYTES ||
	    !tandem_is_power_of_two(info->sub_group_lanes) ||
	    info->argument_count > (size_t)(reader->end - reader->next) / 8)
		return -ENOEXEC;
	arguments = tandem_new_array(arguments, info->argument_count + 1);
	if (!arguments)
		return -ENOMEM;
	info->arguments = arguments;
	kernel->argument_offsets =
		tandem_new_array(kernel->argument_offsets, info->argument_count + 1);
	if (!kernel->argument_offsets)
		return -ENOMEM;
	for (uint32_t i = 0; i < info->argument_count; i++)
		read_argument(reader, &arguments[i], &kernel->argument_offsets[i],
			      info->packed_bytes);
	return reader->failed ? -ENOEXEC : 0;
}

/* ---- printf formats ---- */

static void write_format(const struct tandem_printf_format *format, struct tandem_text *bytes)
{
	tandem_put_string(bytes, format->format, strlen(format->format));
	tandem_put_u32(bytes, format->value_count);
	for (uint32_t i = 0; i < format->value_count; i++) {
		tandem_put_u32(bytes, format->values[i].kind);
		tandem_put_u32(bytes, format->values[i].element_bytes);
		tandem_put_u32(bytes, format->values[i].elements);
	}
}

static bool is_sound(const struct tandem_printf_value *value)
{
	/* An element that is a pointer is read as one. */
	if (value->kind == TANDEM_PRINTF_POINTER && value->element_bytes != sizeof(void *))
		return false;
	return value->kind <= TANDEM_PRINTF_POINTER && value->elements >= 1 &&
	       value->elements <= 16 &&
	       (value->element_bytes == 1 || value->element_bytes == 2 ||
		value->element_bytes == 4 || value->element_bytes == 8);
}

static int read_format(struct tandem_reader *reader, struct tandem_printf_format *format)
{
	format->format = tandem_get_string(reader);
	format->value_count = tandem_get_u32(reader);
	if (reader->failed || format->value_count > (size_t)(reader->end - reader->next) / 8)
		return -ENOEXEC;
	format->values = tandem_new_array(format->values, format->value_count + 1);
	if (!format->values)
		return -ENOMEM;
	for (uint32_t i = 0; i < format->value_count; i++) {
		format->values[i].kind = tandem_get_u32(reader);
		format->values[i].element_bytes = tandem_get_u32(reader);
		format->values[i].elements = tandem_get_u32(reader);
		if (!is_sound(&format->values[i]))
			reader->failed = true;
	}
	return reader->failed ? -ENOEXEC : 0;
}

/* ---- all of it ---- */

void tandem_description_write(const struct tandem_description *description,
			      struct tandem_text *bytes)
{
	tandem_put_u32(bytes, description->is_deferred);
	tandem_put_u64(bytes, description->global_variable_bytes);
	tandem_put_u32(bytes, description->kernel_count);
	for (uint32_t i = 0; i < description->kernel_count; i++)
		write_kernel(&description->kernels[i], bytes);
	tandem_put_u32(bytes, description->format_count);
	for (uint32_t i = 0; i < description->format_count; i++)
		write_format(&description->formats[i], bytes);
}

static int read_all(struct tandem_description *description, struct tandem_reader *reader)
{
	uint32_t count;
	int error;

	description->is_deferred = tandem_get_u32(reader);
	description->global_variable_bytes = tandem_get_u64(reader);
	count = tandem_get_u32(reader);
	if (reader->failed || count > (size_t)(reader->end - reader->next) / 8)
		return -ENOEXEC;
	description->kernels = tandem_new_array(description->kernels, count + 1);
	if (!description->kernels)
		return -ENOMEM;
	for (; description->kernel_count < count; description->kernel_count++) {
		error = read_kernel(reader, &description->kernels[description->kernel_count]);
		if (error)
			return error;
	}
	count = tandem_get_u32(reader);
	if (reader->failed || count > (size_t)(reader->end - reader->next) / 8)
		return -ENOEXEC;
	description->formats = tandem_new_array(description->formats, count + 1);
	if (!description->formats)
		return -ENOMEM;
	for (; description->format_count < count; description->format_count++) {
		error = read_format(reader, &description->formats[description->format_count]);
		if (error)
			return error;
	}
	return reader->next == reader->end ? 0 : -ENOEXEC;
}

int tandem_description_read(struct tandem_description *description, const void *bytes,
			    size_t length)
{
	struct tandem_reader reader = { bytes, (const char *)bytes + length, false };
	int error;

	*description = (struct tandem_description){ 0 };
	error = read_all(description, &reader);
	if (error)
		tandem_description_finish(description);
	return error;
}

void tandem_description_finish(struct tandem_description *description)
{
	/* The entry that reading failed at is one behind the count; unread ones are empty. */
	for (uint32_t i = 0; description->kernels && i <= description->kernel_count; i++) {
		free((void *)description->kernels[i].info.arguments);
		free(description->kernels[i].argument_offsets);
	}
	for (uint32_t i = 0; description->formats && i <= description->format_count; i++)
		free(description->formats[i].values);
	free(description->kernels);
	free(description->formats);
	*description = (struct tandem_description){ 0 };
}
