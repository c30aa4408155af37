// SPDX-License-Identifier: MIT
/*
 * Modules of SPIR-V, as clCreateProgramWithIL gets them: whether bytes are one at all, and
 * their specialisation constants (SPIR-V specification, sections 2.3, 2.12 and 3.32).
 *
 * Only what is needed for these is looked at, and nothing of it is trusted. Whether the
 * module is a valid one is for those to say who compile it.
 */
#ifndef TANDEM_PROGRAM_SPIRV_H
#define TANDEM_PROGRAM_SPIRV_H

#include <stddef.h>
#include <stdint.h>

/* The versions of SPIR-V that are taken: 1.0 to this one. */
#define TANDEM_SPIRV_MINOR 4

#define TANDEM_SPIRV_HEADER_WORDS 5

/* Instructions that more than one file knows. */
enum tandem_spirv_operation {
	TANDEM_SPIRV_UNDEF = 1,
	TANDEM_SPIRV_NAME = 5,
	TANDEM_SPIRV_OP_EXTENSION = 10,
	TANDEM_SPIRV_EXECUTION_MODE = 16,
	TANDEM_SPIRV_OP_CAPABILITY = 17,
	TANDEM_SPIRV_TYPE_BOOL = 20,
	TANDEM_SPIRV_TYPE_INT = 21,
	TANDEM_SPIRV_TYPE_FLOAT = 22,
	TANDEM_SPIRV_TYPE_VECTOR = 23,
	TANDEM_SPIRV_TYPE_ARRAY = 28,
	TANDEM_SPIRV_TYPE_STRUCT = 30,
	TANDEM_SPIRV_TYPE_POINTER = 32,
	TANDEM_SPIRV_CONSTANT_TRUE = 41,
	TANDEM_SPIRV_CONSTANT_FALSE = 42,
	TANDEM_SPIRV_CONSTANT = 43,
	TANDEM_SPIRV_CONSTANT_NULL = 46,
	TANDEM_SPIRV_SPEC_CONSTANT_TRUE = 48,
	TANDEM_SPIRV_SPEC_CONSTANT_FALSE = 49,
	TANDEM_SPIRV_SPEC_CONSTANT = 50,
	TANDEM_SPIRV_FUNCTION = 54,
	TANDEM_SPIRV_FUNCTION_END = 56,
	TANDEM_SPIRV_DECORATE = 71,
	TANDEM_SPIRV_LABEL = 248,
	TANDEM_SPIRV_EXECUTION_MODE_ID = 331,
	TANDEM_SPIRV_DECORATE_ID = 332,
	TANDEM_SPIRV_DECORATE_STRING = 5632,
};

/* Modes of kernels: how many sub-groups each group has, as a number and as a constant. */
#define TANDEM_SPIRV_SUB_GROUPS	   36
#define TANDEM_SPIRV_SUB_GROUPS_ID 37

struct tandem_spirv_constant {
	uint32_t spec_id; /* several constants may have the same */
	uint32_t bytes; /* of its value: 1, 2, 4 or 8; 1 for a bool */
	uint32_t is_signed;
	size_t place; /* of its instruction's first word */
};

struct tandem_spirv {
	uint32_t *words; /* in this machine's order, the header first */
	size_t word_count;
	struct tandem_spirv_constant *constants;
	size_t constant_count;
};

/* The instruction that begins with @word, and how many words it has. */
static inline uint32_t tandem_spirv_operation(uint32_t word)
{
	return word & 0xffff;
}

static inline uint32_t tandem_spirv_length(uint32_t word)
{
	return word >> 16;
}

/*
 * Copies a module of @length bytes, of either byte order. -EINVAL where it is none, of a
 * version that is not taken, or ends within an instruction; -ENOMEM.
 */
int tandem_spirv_read(const void *il, size_t length, struct tandem_spirv *module);

/*
 * Gives the constants of @spec_id another value. -ENOENT where there are none; -EINVAL where
 * their values do not take @bytes.
 */
int tandem_spirv_specialize(struct tandem_spirv *module, uint32_t spec_id, size_t bytes,
			    const void *value);

void tandem_spirv_finish(struct tandem_spirv *module);

#endif
