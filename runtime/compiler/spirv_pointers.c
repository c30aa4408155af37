// SPDX-License-Identifier: MIT
/*
 * Operations on pointers by numbers: comparisons and differences of addresses, and sizes of what
 * pointers lead to. Pointers to functions, which are there in structures, and nothing is called by.
 */
#include "spirv_rewriting.h"

enum {
	OP_TYPE_FUNCTION = 33,
	OP_COPY_OBJECT = 83,
	OP_U_CONVERT = 113,
	OP_CONVERT_PTR_TO_U = 117,
	OP_I_SUB = 130,
	OP_S_DIV = 135,
	OP_I_EQUAL = 170,
	OP_I_NOT_EQUAL = 171,
	OP_SIZE_OF = 321,
	OP_PTR_EQUAL = 401,
	OP_PTR_NOT_EQUAL = 402,
	OP_PTR_DIFF = 403,
};

static bool is(const uint32_t *instruction, uint32_t operation, uint32_t length)
{
	return tandem_spirv_operation(instruction[0]) == operation &&
	       tandem_spirv_length(instruction[0]) == length;
}

static void write_addresses(struct tandem_spirv_rewriting *rewriting, const uint32_t *pointers,
			    uint32_t *addresses)
{
	for (int i = 0; i < 2; i++) {
		uint32_t conversion[] = { tandem_spirv_wide_type(rewriting), 0, pointers[i] };

		addresses[i] = rewriting->bound++;
		conversion[1] = addresses[i];
		tandem_spirv_write_head(rewriting, OP_CONVERT_PTR_TO_U, 4);
		tandem_spirv_write(rewriting, conversion, 3);
	}
}

bool tandem_spirv_write_comparison(struct tandem_spirv_rewriting *rewriting,
				   const uint32_t *instruction)
{
	bool equal = is(instruction, OP_PTR_EQUAL, 5);
	uint32_t addresses[2];

	if (!equal && !is(instruction, OP_PTR_NOT_EQUAL, 5))
		return false;
	write_addresses(rewriting, instruction + 3, addresses);
	tandem_spirv_write_head(rewriting, equal ? OP_I_EQUAL : OP_I_NOT_EQUAL, 5);
	tandem_spirv_write(rewriting, instruction + 1, 2);
	tandem_spirv_write(rewriting, addresses, 2);
	return true;
}

/* The size of what a pointer leads to; 0 where it is not known. */
static uint64_t element_bytes(const struct tandem_spirv_rewriting *rewriting, uint32_t pointer)
{
	uint32_t type = tandem_spirv_find(rewriting, pointer)->type;
	const uint32_t *definition =
		tandem_spirv_definition(rewriting, type, TANDEM_SPIRV_TYPE_POINTER, 4);

	return definition ? tandem_spirv_type_bytes(rewriting, definition[3]) : 0;
}

/* Counted in elements, of a type that may be narrower than addresses are. */
bool tandem_spirv_write_difference(struct tandem_spirv_rewriting *rewriting,
				   const uint32_t *instruction)
{
	uint64_t bytes =
		is(instruction, OP_PTR_DIFF, 5) ? element_bytes(rewriting, instruction[3]) : 0;
	uint32_t wide = bytes ? tandem_spirv_wide_type(rewriting) : 0;
	bool is_narrow = bytes && instruction[1] != wide;
	uint32_t addresses[2], difference, quotient;

	if (!bytes)
		return false;
	write_addresses(rewriting, instruction + 3, addresses);
	difference = rewriting->bound++;
	quotient = is_narrow ? rewriting->bound++ : instruction[2];
	tandem_spirv_write_head(rewriting, OP_I_SUB, 5);
	tandem_spirv_write(rewriting, (uint32_t[]){ wide, difference }, 2);
	tandem_spirv_write(rewriting, addresses, 2);
	tandem_spirv_write_head(rewriting, OP_S_DIV, 5);
	tandem_spirv_write(rewriting, (uint32_t[]){ wide, quotient, difference }, 3);
	tandem_spirv_write(rewriting, (uint32_t[]){ tandem_spirv_constant(rewriting, wide, bytes) },
			   1);
	if (is_narrow) {
		tandem_spirv_write_head(rewriting, OP_U_CONVERT, 4);
		tandem_spirv_write(rewriting, instruction + 1, 2);
		tandem_spirv_write(rewriting, &quotient, 1);
	}
	return true;
}

bool tandem_spirv_write_size(struct tandem_spirv_rewriting *rewriting, const uint32_t *instruction)
{
	uint64_t bytes = is(instruction, OP_SIZE_OF, 4) ? element_bytes(rewriting, instruction[3]) :
							  0;
	uint32_t size;

	if (!bytes || bytes > UINT32_MAX ||
	    tandem_spirv_scalar_words(rewriting, instruction[1]) != 1)
		return false;
	size = tandem_spirv_constant(rewriting, instruction[1], bytes);
	tandem_spirv_write_head(rewriting, OP_COPY_OBJECT, 4);
	tandem_spirv_write(rewriting, instruction + 1, 2);
	tandem_spirv_write(rewriting, &size, 1);
	return true;
}

bool tandem_spirv_write_pointer_type(struct tandem_spirv_rewriting *rewriting,
				     const uint32_t *instruction)
{
	const uint32_t nothing = rewriting->bound;

	if (!is(instruction, TANDEM_SPIRV_TYPE_POINTER, 4) || rewriting->calls_pointers ||
	    !tandem_spirv_definition(rewriting, instruction[3], OP_TYPE_FUNCTION, 3))
		return false;
	rewriting->bound++;
	tandem_spirv_write_head(rewriting, TANDEM_SPIRV_TYPE_STRUCT, 2);
	tandem_spirv_write(rewriting, &nothing, 1);
	tandem_spirv_write_head(rewriting, TANDEM_SPIRV_TYPE_POINTER, 4);
	tandem_spirv_write(rewriting, instruction + 1, 2);
	tandem_spirv_write(rewriting, &nothing, 1);
	return true;
}
