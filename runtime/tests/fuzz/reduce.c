// SPDX-License-Identifier: MIT
#include "session.h"

bool reduce_fails_alike(struct program *program, const struct settings *settings,
			const struct report *like, struct report *seen)
{
	struct batch batch = { .count = 1,
			       .seeds = { program->seed },
			       .program = program,
			       .options = 1u << like->options,
			       .plant = settings->plant,
			       .seconds = settings->seconds };

	if (run_wait(&batch))
		return false;
	*seen = batch.reports[0];
	return seen->outcome == like->outcome && seen->signal == like->signal;
}

void reduce_program(struct program *program, const struct settings *settings,
		    const struct report *like)
{
	(void)program;
	(void)settings;
	(void)like;
}
