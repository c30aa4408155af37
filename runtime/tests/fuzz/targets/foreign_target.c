// SPDX-License-Identifier: MIT
/*
 * Executables that another runtime made: their bitcode goes to a process of its own
 * (isolated_backend.h). That may crash; the runtime says what became of it. The first byte
 * has no meaning.
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
	fuzz_seal(binary.bytes, binary.length,
		  FUZZ_SEAL_MAGIC | FUZZ_SEAL_NATIVE | FUZZ_SEAL_CHECKSUM);
	error = tandem_compiler_load(&fuzz_device, &binary, &program, &log);
	fuzz_require(!error || error == -ENOMEM || (error == -ENOEXEC && log.length));
	if (!error)
		tandem_compiler_unload(&program);
	tandem_text_finish(&log);
	tandem_binary_finish(&binary);
	return 0;
}
