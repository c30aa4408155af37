// SPDX-License-Identifier: MIT
/*
 * backend-functions BITCODE KERNEL...: calls the functions of LLVM that a compilation calls,
 * for cmake/TandemFunctionOrder.cmake to see which these are.
 */
#include <stdio.h>

#include "backend.h"

#define MOST_BYTES (16 << 20)

int main(int count, char **arguments)
{
	static char bytes[MOST_BYTES];
	FILE *file = count >= 2 ? fopen(arguments[1], "rb") : NULL;
	struct tandem_backend_module module = { bytes,
						file ? fread(bytes, 1, sizeof(bytes), file) : 0 };
	struct tandem_backend_request request = { .modules = &module,
						  .module_count = 1,
						  .optimise = true,
						  .max_group = 4096,
						  .kernels = (const char *const *)arguments + 2,
						  .kernel_count = (unsigned int)count - 2 };
	struct tandem_backend_result result = { 0 };
	int error = tandem_backend_compile(&request, &result);

	fputs(tandem_text_string(&result.log), stderr);
	return error ? 1 : 0;
}
