// SPDX-License-Identifier: MIT
/*
 * What compiled code is handed for each work-group, and what it calls. Shared by
 * the back end, which generates the accesses, and the drivers, which fill it in.
 */
#ifndef TANDEM_COMPILER_GROUP_CONTEXT_H
#define TANDEM_COMPILER_GROUP_CONTEXT_H

#include <stdint.h>

/* What a kernel's argument block is aligned to, and the blocks of memory below. */
#define TANDEM_ARGUMENT_BLOCK_ALIGNMENT 128
#define TANDEM_GROUP_MEMORY_ALIGNMENT	128

/* Memory for the work-group functions, behind tandem_group_context.scratch. */
#define TANDEM_GROUP_SCRATCH_BYTES 512

struct tandem_printf_buffer;

struct tandem_group_context {
	uint64_t local_size[3]; /* of this group */
	uint64_t enqueued_local_size[3]; /* of all but the last groups of a dimension */
	uint64_t group_count[3];
	uint64_t group_id[3];
	uint64_t group_start[3]; /* the first work-item's place in the index space */
	uint64_t global_size[3];
	uint64_t global_offset[3];
	uint64_t work_dimensions;
	char *local_memory; /* of this group, aligned to 128 */
	char *local_memory_end;
	char *item_state; /* item_state_bytes of the kernel for each work-item, aligned to 128 */
	char *item_state_end;
	char *private_low; /* what of the stack kernels use lies between these */
	char *private_high;
	char *scratch; /* TANDEM_GROUP_SCRATCH_BYTES, aligned to 128 */
	struct tandem_printf_buffer *printf_buffer;
	/* Of devices that reach memory through windows: see backend/windows.h. */
	uint64_t arena; /* first address */
	uint64_t arena_bytes;
	uint64_t nowhere; /* from there: where a window shows nothing, far around */
	uint64_t thread; /* what holds a window lock: not 0, and no other thread's */
	char *plain_window;
	char *atomic_window;
};

/* A compiled kernel: runs all work-items of one group. */
typedef void (*tandem_group_function)(const void *arguments,
				      const struct tandem_group_context *context);

/*
 * Called by compiled code: room for a record of @bytes, the arguments of one
 * printf with format @format, by the work-item with this linear local id. NULL
 * where the buffer is full.
 */
#define TANDEM_PRINTF_RESERVE_SYMBOL "tandem_printf_reserve"
void *tandem_printf_reserve(const struct tandem_group_context *context, uint32_t format,
			    uint32_t bytes, uint32_t local_id);

/* The same: the clock of kernels, uint64_t(void), in nanoseconds (runtime/builtins/builtins.h). */
#define TANDEM_CLOCK_SYMBOL "__tandem_clock"

#endif
