// SPDX-License-Identifier: MIT
/*
 * The launches that the runtime has written down, see util/trace.h: as slices on a track
 * for each process and device, and on the tracks of the threads that worked on them.
 */
#ifndef TANDEM_TOP_LAUNCHES_H
#define TANDEM_TOP_LAUNCHES_H

#include "perfetto.h"

/*
 * Reads all lines of @file. What has not ended there lasts until @end_ns. Lines that are
 * not as they should be are left out. Returns how many launches were written.
 */
uint64_t top_launches_add(struct top_perfetto *perfetto, FILE *file, uint64_t end_ns);

#endif
