// SPDX-License-Identifier: MIT
/*
 * What is known of an executable's kernels, as bytes: written by the back end,
 * read when the executable is loaded, perhaps from a damaged file.
 */
#ifndef TANDEM_COMPILER_DESCRIPTION_H
#define TANDEM_COMPILER_DESCRIPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "program/kernel_info.h"
#include "util/text.h"

/* ---- writing ---- */

void tandem_put_u32(struct tandem_text *bytes, uint32_t value);
void tandem_put_u64(struct tandem_text *bytes, uint64_t value);
void tandem_put_string(struct tandem_text *bytes, const char *string, size_t length);

/* ---- reading ---- */

/* Where the reading is. @failed is set once the bytes end too early; values are 0 then. */
struct tandem_reader {
	const char *next, *end;
	bool failed;
};

/* @length bytes inside those that are read; NULL where it fails. */
const char *tandem_get_bytes(struct tandem_reader *reader, size_t length);
uint32_t tandem_get_u32(struct tandem_reader *reader);
uint64_t tandem_get_u64(struct tandem_reader *reader);
/* A string inside the bytes that are read, with a zero at its end; "" where it fails. */
const char *tandem_get_string(struct tandem_reader *reader);

/* ---- the description ---- */

/* A value that a printf call passes: elements of a vector, or one. */
struct tandem_printf_value {
	enum { TANDEM_PRINTF_INTEGER, TANDEM_PRINTF_FLOAT, TANDEM_PRINTF_POINTER } kind;
	uint32_t element_bytes;
	uint32_t elements;
};

struct tandem_printf_format {
	const char *format;
	uint32_t value_count;
	struct tandem_printf_value *values;
};

struct tandem_kernel_description {
	struct tandem_kernel_info info; /* for the API; its strings lie in the bytes read */
	const char *symbol; /* the group function in the object */
	uint64_t item_state_bytes; /* struct tandem_group_context */
	/*
	 * Where each argument stands in the block that the group function reads: a value, an
	 * address, or, of local memory, its byte offset into the group's.
	 */
	uint32_t *argument_offsets;
};

struct tandem_description {
	uint32_t kernel_count;
	struct tandem_kernel_description *kernels;
	uint32_t format_count;
	struct tandem_printf_format *formats;
	uint64_t global_variable_bytes;
	/*
	 * There is no machine code yet. Of the kernels nothing is known that comes of making
	 * it: sizes of memory and groups, uses_printf, sees_groups and prefers_narrow_groups.
	 * Formats don't count.
	 */
	bool is_deferred;
};

void tandem_description_write(const struct tandem_description *description,
			      struct tandem_text *bytes);

/*
 * Reads what was written; strings stay in @bytes, which must outlive the
 * description. -ENOEXEC where the bytes are damaged, -ENOMEM.
 */
int tandem_description_read(struct tandem_description *description, const void *bytes,
			    size_t length);

/* Frees what reading allocated. */
void tandem_description_finish(struct tandem_description *description);

#endif
