// SPDX-License-Identifier: MIT
#include "target.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "util/alloc.h"

void fuzz_fail(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: not %s\n", file, line, condition);
	abort();
}

void *fuzz_copy(const uint8_t *bytes, size_t length)
{
	/* malloc's memory is aligned to 16 bytes. */
	void *copy = malloc(length);

	fuzz_require(copy || !length);
	if (length)
		memcpy(copy, bytes, length);
	return copy;
}

void fuzz_touch(const void *bytes, size_t length)
{
	static volatile unsigned char sum;
	unsigned char all = 0;

	for (size_t i = 0; i < length; i++)
		all ^= ((const unsigned char *)bytes)[i];
	sum = all;
}

/* ---- the device ---- */

static void *allocate_variables(size_t bytes)
{
	/* As the arena does: what nobody writes to takes no memory. */
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static void free_variables(void *address, size_t bytes)
{
	fuzz_require(!munmap(address, bytes));
}

static const struct tandem_device_memory memory = { .allocate = allocate_variables,
						    .free = free_variables };

const struct tandem_compile_target fuzz_device = {
	.memory = &memory,
	.features = "cl_khr_fp64 __opencl_c_fp64",
	.max_group = 4096,
};

void fuzz_load(const uint8_t *bytes, size_t length, unsigned int parts)
{
	struct tandem_compiled_program program;
	struct tandem_binary binary = { 0 };
	struct tandem_text log = { 0 };
	int error;

	if (!length)
		return;
	binary.bytes = fuzz_copy(bytes + 1, length - 1);
	binary.length = length - 1;
	fuzz_seal(binary.bytes, binary.length, parts);
	error = tandem_compiler_load(&fuzz_device, &binary, 0, &program, &log);
	fuzz_require(!error || error == -ENOMEM || (error == -ENOEXEC && log.length));
	if (!error) {
		for (uint32_t i = 0; !program.is_deferred && i < program.description.kernel_count;
		     i++)
			fuzz_require(program.functions[i]);
		tandem_compiler_unload(&program);
	}
	tandem_text_finish(&log);
	tandem_binary_finish(&binary);
}
