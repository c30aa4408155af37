// SPDX-License-Identifier: MIT
/*
 * tandem-top: who holds and who takes the pages that are exclusive to GPUs.
 *
 * Events of the kernel's tracepoints come as text from an instance of tracefs (tracefs.c),
 * are parsed (event.c) and counted by context, range and page (ledger.c); debugfs says
 * which GPU is meant (gpus.c). The live view prints the counts of each round (live.c,
 * view.c, terminal.c); a recording writes each event down (record.c, perfetto.c), and the
 * launches that the runtime tells of (launches.c).
 */
#include "modes.h"

int main(int argc, char **argv)
{
	struct top_options options;
	int status;

	if (!top_parse_options(argc, argv, &options, &status))
		return status;
	return options.record ? top_record(&options) : top_live(&options);
}
