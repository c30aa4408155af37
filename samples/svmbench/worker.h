// SPDX-License-Identifier: MIT
#pragma once

/*
 * The process that calls OpenCL. Serves requests on PROCESS_CHILD_FD until that is
 * closed (side.h has the other end):
 *
 *	it sends first		device\tNAME\tPLATFORM\tDRIVER\tSCOPE, or none
 *	it receives		NAME of a benchmark
 *	it answers		ok FIGURE, or skip REASON, or fail REASON
 *
 * @wanted_device: as in sample_choose_device().
 * @scratch_dir: a directory to put files in; the caller empties it.
 * @measure_ns: how long a benchmark shall run in a round.
 * Returns an exit status.
 */
int worker_main(const char *wanted_device, const char *scratch_dir, uint64_t measure_ns);
