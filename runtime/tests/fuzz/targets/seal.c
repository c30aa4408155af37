// SPDX-License-Identifier: MIT
/*
 * How a container is sealed is nobody's business but container.c's, and that stays so: this
 * file is compiled in its place.
 */
#include "compiler/container.c"

#include "target.h"

void fuzz_seal(void *bytes, size_t length, unsigned int parts)
{
	struct head head;

	if (length < sizeof(head))
		return;
	memcpy(&head, bytes, sizeof(head));
	if (parts & FUZZ_SEAL_MAGIC) {
		memcpy(head.magic, magic, sizeof(magic));
		head.format_version = format_version;
		head.length = length;
	}
	if (parts & FUZZ_SEAL_NATIVE) {
		identify(&head);
		head.kind = TANDEM_BINARY_EXECUTABLE;
		head.uses_windows = false;
		head.zeroed = 0;
	}
	if (parts & FUZZ_SEAL_ORIGIN)
		sign(&head, bytes, length, head.origin);
	if (parts & FUZZ_SEAL_CHECKSUM)
		head.checksum = checksum(&head, bytes, length);
	memcpy(bytes, &head, sizeof(head));
}
