// SPDX-License-Identifier: MIT
/*
 * What front ends say to the optimiser by extensions of Intel's, and translators write where
 * validators do not expect it: which accesses do not meet, and what arithmetic may be put
 * together. The former is left out; the latter lacks its extension's name.
 */
#include <string.h>

#include "spirv_rewriting.h"

enum {
	OP_LOAD = 61,
	OP_STORE = 62,
	OP_ALIAS_DOMAIN = 5911,
	OP_ALIAS_SCOPE_LIST = 5913,
};

#define FAST_MATH_CAPABILITY 5837
#define ALIASING_CAPABILITY  5910
/* Decorations. */
#define ALIAS_SCOPE 5914
#define NO_ALIAS    5915
/* Of a memory access, whose operands are the last ones. */
#define ALIAS_SCOPE_MASK 0x10000u
#define NO_ALIAS_MASK	 0x20000u

static const char fast_math[28] = "SPV_INTEL_fp_fast_math_mode";
static const char aliasing[] = "SPV_INTEL_memory_access_aliasing";

void tandem_spirv_note_hints(struct tandem_spirv_rewriting *rewriting, const uint32_t *instruction)
{
	if (tandem_spirv_is_capability(instruction, FAST_MATH_CAPABILITY))
		rewriting->lacks_fast_math = true;
	if (tandem_spirv_is_extension(instruction, fast_math, sizeof(fast_math)))
		rewriting->lacks_fast_math = false;
}

bool tandem_spirv_write_extension(struct tandem_spirv_rewriting *rewriting,
				  const uint32_t *instruction)
{
	uint32_t words[sizeof(fast_math) / sizeof(uint32_t)];

	/* Extensions stand behind all capabilities. */
	if (!rewriting->lacks_fast_math ||
	    tandem_spirv_operation(instruction[0]) == TANDEM_SPIRV_OP_CAPABILITY)
		return false;
	rewriting->lacks_fast_math = false;
	memcpy(words, fast_math, sizeof(words));
	tandem_spirv_write_head(rewriting, TANDEM_SPIRV_OP_EXTENSION,
				1 + sizeof(words) / sizeof(words[0]));
	tandem_spirv_write(rewriting, words, sizeof(words) / sizeof(words[0]));
	return false;
}

static bool is_aliasing(const uint32_t *instruction)
{
	uint32_t operation = tandem_spirv_operation(instruction[0]);

	if (operation == TANDEM_SPIRV_DECORATE || operation == TANDEM_SPIRV_DECORATE_ID)
		return tandem_spirv_length(instruction[0]) > 2 &&
		       (instruction[2] == ALIAS_SCOPE || instruction[2] == NO_ALIAS);
	return (operation >= OP_ALIAS_DOMAIN && operation <= OP_ALIAS_SCOPE_LIST) ||
	       tandem_spirv_is_capability(instruction, ALIASING_CAPABILITY) ||
	       tandem_spirv_is_extension(instruction, aliasing, sizeof(aliasing));
}

bool tandem_spirv_leave_out_aliasing(struct tandem_spirv_rewriting *rewriting,
				     const uint32_t *instruction)
{
	uint32_t operation = tandem_spirv_operation(instruction[0]);
	uint32_t length = tandem_spirv_length(instruction[0]), place, mask, left;

	if (is_aliasing(instruction))
		return true;
	if (operation != OP_LOAD && operation != OP_STORE)
		return false;
	place = operation == OP_LOAD ? 4 : 3;
	mask = length > place ? instruction[place] : 0;
	left = length - !!(mask & ALIAS_SCOPE_MASK) - !!(mask & NO_ALIAS_MASK);
	if (left == length || left <= place)
		return false;
	mask &= ~(ALIAS_SCOPE_MASK | NO_ALIAS_MASK);
	tandem_spirv_write_head(rewriting, operation, left);
	tandem_spirv_write(rewriting, instruction + 1, place - 1);
	tandem_spirv_write(rewriting, &mask, 1);
	tandem_spirv_write(rewriting, instruction + place + 1, left - place - 1);
	return true;
}
