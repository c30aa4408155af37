// SPDX-License-Identifier: MIT
#include "program.h"

#include <string.h>

int tandem_loaded_program_find(const struct tandem_loaded_program *program, const char *name)
{
	for (uint32_t i = 0; i < program->kernel_count; i++) {
		if (!strcmp(program->kernels[i].name, name))
			return (int)i;
	}
	return -1;
}
