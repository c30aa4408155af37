// SPDX-License-Identifier: MIT
/*
 * Recorded commands, in the order in which they are replayed: what a command buffer is to
 * those who run it.
 *
 * Overview
 *	All that is to be checked, packed and laid out was, when the commands were recorded.
 *	One command replays them, one task for the scheduler, which goes from one to the next
 *	without allocating anything (tandem_command_set_replay). Nothing of a recorded command
 *	changes meanwhile, so that any number of replays may share it.
 *
 *	Commands run one after another, each launch on all the threads that it can have. The
 *	order of recording satisfies all sync points and barriers.
 *
 * Locking
 *	Whoever changes a sequence must have its only reference, and see to it that nobody
 *	takes another meanwhile.
 */
#ifndef TANDEM_CORE_SEQUENCE_H
#define TANDEM_CORE_SEQUENCE_H

#include "command.h"

struct tandem_sequence {
	_Atomic unsigned int references;
	unsigned int count, room;
	unsigned int incomplete; /* launches of which not all arguments are set */
	uint64_t stack_bytes; /* that running any of them takes */
	/* References. NULL for such a launch, with which it must not be replayed. */
	struct tandem_command **commands;
};

/* Empty, with one reference. NULL without memory. */
struct tandem_sequence *tandem_sequence_create(void);

/* The same commands. NULL without memory. */
struct tandem_sequence *tandem_sequence_copy(const struct tandem_sequence *source);

void tandem_sequence_ref(struct tandem_sequence *sequence);
void tandem_sequence_unref(struct tandem_sequence *sequence);

/*
 * Adds a command, not to be submitted, or NULL for a launch to come, which is the caller's
 * no more. -ENOMEM; -EOVERFLOW where there are as many as can be.
 */
int tandem_sequence_add(struct tandem_sequence *sequence, struct tandem_command *command);

/* Puts another command in the place of one, which is returned and the caller's. */
struct tandem_command *tandem_sequence_replace(struct tandem_sequence *sequence, unsigned int index,
					       struct tandem_command *command);

#endif
