// SPDX-License-Identifier: MIT
/*
 * Executables of this user's runtime, loaded as a whole (compiler.h), with a right seal
 * around what is damaged. The first byte has no meaning.
 */
#include <errno.h>
#include <stdlib.h>

#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct tandem_compiled_program program;
	struct tandem_binary binary = { 0 };
	struct tandem_text log = { 0 };
	int error;

	if (!length)
		return 0;
	binary.bytes = fuzz_copy(bytes + 1, length - 1);
	binary.length = length - 1;
	fuzz_seal(binary.bytes, binary.length, FUZZ_SEAL_ALL);
	error = tandem_compiler_load(&fuzz_device, &binary, &program, &log);
	fuzz_require(!error || error == -ENOMEM || (error == -ENOEXEC && log.length));
	if (!error) {
		for (uint32_t i = 0; i < program.description.kernel_count; i++)
			fuzz_require(program.functions[i]);
		tandem_compiler_unload(&program);
	}
	tandem_text_finish(&log);
	tandem_binary_finish(&binary);
	return 0;
}
