// SPDX-License-Identifier: MIT
/*
 * Which GPU a context of the ledger is on.
 *
 * The events do not say. But debugfs has, for each GPU, its contexts with their arena and
 * the pages granted so far. A context of the ledger is on a GPU that has a context whose
 * arena has its ranges; and where that are several, as a process may use several GPUs, on
 * the one where the granted pages become more as they do in the ledger. Of a driver that
 * has no such file it is the GPU that the process has open, if that is one only.
 */
#ifndef TANDEM_TOP_GPUS_H
#define TANDEM_TOP_GPUS_H

#include "ledger.h"

/* A context as debugfs shows it. */
struct top_gpu_context {
	char gpu[TOP_GPU_BYTES];
	uint64_t start, end; /* of the arena */
	uint64_t held_pages; /* in all its ranges, now */
	uint64_t granted_pages; /* of ranges that are registered still */
	uint64_t vram_pages; /* in the GPU's own memory; 0 also where it has none */
};

struct top_gpus {
	const char *folder; /* of debugfs, with a folder for each GPU; NULL: the usual one */
	struct top_gpu_context *contexts; /* as they were when last looked at */
	size_t count, room;
};

void top_gpus_finish(struct top_gpus *gpus);

/* Looks at debugfs, and enters in the ledger what has become clear. */
void top_gpus_update(struct top_gpus *gpus, struct top_ledger *ledger);

/* The pages that a context of the ledger holds by debugfs' count, -1 where that is not known. */
int64_t top_gpus_held_pages(const struct top_gpus *gpus, const struct top_context *context);

/* Those that it has in the GPU's own memory, 0 where that is not known. */
int64_t top_gpus_vram_pages(const struct top_gpus *gpus, const struct top_context *context);

#endif
