// SPDX-License-Identifier: MIT
/* Containers of programs (container.h). The first byte: what is put right of the seal. */
#include <stdlib.h>
#include <string.h>

#include "compiler/container.h"
#include "target.h"

/* What was read is written, and read again, as the same. */
static void write_and_read(const struct tandem_container *container)
{
	struct tandem_binary binary = { 0 };
	struct tandem_container again;

	fuzz_require(!tandem_container_write(container, &binary));
	fuzz_require(!tandem_container_read(&again, binary.bytes, binary.length));
	fuzz_require(again.kind == container->kind && again.is_ours && again.is_native);
	for (int i = 0; i < TANDEM_SECTION_COUNT; i++) {
		const struct tandem_container_bytes *one = &container->sections[i];

		fuzz_require(again.sections[i].length == one->length);
		fuzz_require(!one->length ||
			     !memcmp(again.sections[i].bytes, one->bytes, one->length));
	}
	tandem_binary_finish(&binary);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct tandem_container container;
	unsigned char *copy;
	size_t total = 0;

	if (!length)
		return 0;
	copy = fuzz_copy(bytes + 1, length - 1);
	fuzz_seal(copy, length - 1, bytes[0] ^ FUZZ_SEAL_ALL);
	if (!tandem_container_read(&container, copy, length - 1)) {
		for (int i = 0; i < TANDEM_SECTION_COUNT; i++) {
			fuzz_touch(container.sections[i].bytes, container.sections[i].length);
			total += container.sections[i].length;
		}
		/* Sections may lie over each other, and so together be larger than the whole. */
		if (total <= length)
			write_and_read(&container);
	}
	free(copy);
	return 0;
}
