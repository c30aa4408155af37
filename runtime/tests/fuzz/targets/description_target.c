// SPDX-License-Identifier: MIT
/* What is known of kernels (description.h). The first byte has no meaning. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "target.h"

static void touch_string(const char *string)
{
	fuzz_touch(string, strlen(string) + 1);
}

/* What packing writes. */
static uint64_t packed_bytes(const struct tandem_kernel_argument *argument)
{
	return tandem_argument_has_value(argument->kind) ? argument->bytes : sizeof(uint64_t);
}

static void check_kernel(const struct tandem_kernel_description *kernel)
{
	const struct tandem_kernel_info *info = &kernel->info;

	touch_string(info->name);
	touch_string(kernel->symbol);
	touch_string(info->attributes);
	for (uint32_t i = 0; i < info->argument_count; i++) {
		const struct tandem_kernel_argument *argument = &info->arguments[i];

		touch_string(argument->name);
		touch_string(argument->type_name);
		fuzz_require((uint64_t)kernel->argument_offsets[i] + packed_bytes(argument) <=
			     info->packed_bytes);
	}
}

/* What was written of something that was read stays the same from then on. */
static void write_and_read(const struct tandem_description *description)
{
	struct tandem_text once = { 0 }, twice = { 0 };
	struct tandem_description again;

	tandem_description_write(description, &once);
	fuzz_require(!once.failed && !tandem_description_read(&again, once.bytes, once.length));
	tandem_description_write(&again, &twice);
	fuzz_require(!twice.failed && once.length == twice.length &&
		     !memcmp(once.bytes, twice.bytes, once.length));
	tandem_description_finish(&again);
	tandem_text_finish(&once);
	tandem_text_finish(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct tandem_description description;
	void *copy;
	int error;

	if (!length)
		return 0;
	copy = fuzz_copy(bytes + 1, length - 1);
	error = tandem_description_read(&description, copy, length - 1);
	fuzz_require(!error || error == -ENOEXEC || error == -ENOMEM);
	if (!error) {
		for (uint32_t i = 0; i < description.kernel_count; i++)
			check_kernel(&description.kernels[i]);
		for (uint32_t i = 0; i < description.format_count; i++)
			touch_string(description.formats[i].format);
		write_and_read(&description);
		tandem_description_finish(&description);
	}
	free(copy);
	return 0;
}
