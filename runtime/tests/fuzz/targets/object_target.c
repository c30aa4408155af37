// SPDX-License-Identifier: MIT
/* Object files (object_loader_x86_64.h). The first byte has no meaning. */
#include <errno.h>
#include <stdlib.h>

#include "target.h"

static void *resolve(const char *name)
{
	/* Half of what is asked for is there, at a place that is far away or near. */
	if (name[0] & 1)
		return (void *)malloc;
	return name[0] & 2 ? (void *)(uintptr_t)0x1000 : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct tandem_object_image image;
	struct tandem_text log = { 0 };
	void *copy;
	int error;

	if (!length)
		return 0;
	copy = fuzz_copy(bytes + 1, length - 1);
	error = tandem_object_load(&image, copy, length - 1, fuzz_device.memory, resolve, &log);
	if (error) {
		fuzz_require(error == -ENOMEM || (error == -ENOEXEC && log.length));
	} else {
		/* Every name is compared; an input may well have a function of this one. */
		const char *found = tandem_object_find(&image, "\n");

		fuzz_require(!found ||
			     (found >= image.memory && found < image.memory + image.bytes));
		fuzz_touch(image.memory, image.bytes < 4096 ? image.bytes : 4096);
		tandem_object_unload(&image);
	}
	tandem_text_finish(&log);
	free(copy);
	return 0;
}
