// SPDX-License-Identifier: MIT
#include "binary.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void tandem_binary_finish(struct tandem_binary *binary)
{
	free(binary->bytes);
	*binary = (struct tandem_binary){ 0 };
}

int tandem_binary_copy(const struct tandem_binary *binary, struct tandem_binary *copy)
{
	copy->bytes = malloc(binary->length ? binary->length : 1);
	if (!copy->bytes)
		return -ENOMEM;
	memcpy(copy->bytes, binary->bytes, binary->length);
	copy->length = binary->length;
	copy->is_known = binary->is_known;
	return 0;
}
