// SPDX-License-Identifier: MIT
#include "sequence.h"

#include <errno.h>
#include <stdlib.h>

#include "util/alloc.h"

#define FIRST_ROOM 16

struct tandem_sequence *tandem_sequence_create(void)
{
	struct tandem_sequence *sequence = tandem_new(sequence);

	if (sequence)
		atomic_init(&sequence->references, 1);
	return sequence;
}

struct tandem_sequence *tandem_sequence_copy(const struct tandem_sequence *source)
{
	struct tandem_sequence *copy = tandem_sequence_create();

	if (!copy)
		return NULL;
	copy->commands = tandem_new_array(copy->commands, tandem_max_u64(source->count, 1));
	if (!copy->commands) {
		free(copy);
		return NULL;
	}
	copy->count = copy->room = source->count;
	copy->incomplete = source->incomplete;
	copy->stack_bytes = source->stack_bytes;
	for (unsigned int i = 0; i < source->count; i++) {
		copy->commands[i] = source->commands[i];
		if (copy->commands[i])
			tandem_object_ref(&copy->commands[i]->event.object);
	}
	return copy;
}

void tandem_sequence_ref(struct tandem_sequence *sequence)
{
	atomic_fetch_add_explicit(&sequence->references, 1, memory_order_relaxed);
}

void tandem_sequence_unref(struct tandem_sequence *sequence)
{
	if (atomic_fetch_sub_explicit(&sequence->references, 1, memory_order_acq_rel) != 1)
		return;
	for (unsigned int i = 0; i < sequence->count; i++) {
		if (sequence->commands[i])
			tandem_command_abandon(sequence->commands[i]);
	}
	free(sequence->commands);
	free(sequence);
}

static int make_room(struct tandem_sequence *sequence)
{
	unsigned int room = sequence->room ? 2 * sequence->room : FIRST_ROOM;
	struct tandem_command **commands;

	if (sequence->count < sequence->room)
		return 0;
	/* Sync points, which count them, have 32 bits. */
	if (room < sequence->room)
		return -EOVERFLOW;
	commands = reallocarray(sequence->commands, room, sizeof(struct tandem_command *));
	if (!commands)
		return -ENOMEM;
	sequence->commands = commands;
	sequence->room = room;
	return 0;
}

static void put(struct tandem_sequence *sequence, unsigned int index,
		struct tandem_command *command)
{
	sequence->commands[index] = command;
	if (!command)
		sequence->incomplete++;
	else
		sequence->stack_bytes =
			tandem_max_u64(sequence->stack_bytes, command->event.task.stack_bytes);
}

int tandem_sequence_add(struct tandem_sequence *sequence, struct tandem_command *command)
{
	int error = make_room(sequence);

	if (!error)
		put(sequence, sequence->count++, command);
	return error;
}

struct tandem_command *tandem_sequence_replace(struct tandem_sequence *sequence, unsigned int index,
					       struct tandem_command *command)
{
	struct tandem_command *replaced = sequence->commands[index];

	if (!replaced)
		sequence->incomplete--;
	put(sequence, index, command);
	return replaced;
}
