// SPDX-License-Identifier: MIT
/*
 * What kernels print: records gathered while a launch runs, printed when it ends,
 * in the order of the work-items.
 */
#ifndef TANDEM_COMPILER_PRINTF_OUTPUT_H
#define TANDEM_COMPILER_PRINTF_OUTPUT_H

#include <stdio.h>

#include "description.h"
#include "group_context.h"

/* A buffer for @bytes of records, shared by the threads of one launch. NULL without memory. */
struct tandem_printf_buffer *tandem_printf_buffer_create(uint32_t bytes);
void tandem_printf_buffer_destroy(struct tandem_printf_buffer *buffer);

/* Prints the records, by group, work-item, and the order in which each made them. */
void tandem_printf_buffer_print(const struct tandem_printf_buffer *buffer,
				const struct tandem_description *description, FILE *stream);

#endif
