// SPDX-License-Identifier: MIT
#include "hooks.h"

#include <stddef.h>
#include <string.h>

#include "compiler/group_context.h"

static const struct {
	const char *name;
	int offset;
} values[TANDEM_ITEM_VALUES] = {
#define FIELD(member, i) (int)(offsetof(struct tandem_group_context, member) + 8 * (i))
	{ "tandem.local_id.0", -1 },
	{ "tandem.local_id.1", -1 },
	{ "tandem.local_id.2", -1 },
	{ "tandem.local_size.0", FIELD(local_size, 0) },
	{ "tandem.local_size.1", FIELD(local_size, 1) },
	{ "tandem.local_size.2", FIELD(local_size, 2) },
	{ "tandem.enqueued_local_size.0", FIELD(enqueued_local_size, 0) },
	{ "tandem.enqueued_local_size.1", FIELD(enqueued_local_size, 1) },
	{ "tandem.enqueued_local_size.2", FIELD(enqueued_local_size, 2) },
	{ "tandem.group_count.0", FIELD(group_count, 0) },
	{ "tandem.group_count.1", FIELD(group_count, 1) },
	{ "tandem.group_count.2", FIELD(group_count, 2) },
	{ "tandem.group_id.0", FIELD(group_id, 0) },
	{ "tandem.group_id.1", FIELD(group_id, 1) },
	{ "tandem.group_id.2", FIELD(group_id, 2) },
	{ "tandem.group_start.0", FIELD(group_start, 0) },
	{ "tandem.group_start.1", FIELD(group_start, 1) },
	{ "tandem.group_start.2", FIELD(group_start, 2) },
	{ "tandem.global_size.0", FIELD(global_size, 0) },
	{ "tandem.global_size.1", FIELD(global_size, 1) },
	{ "tandem.global_size.2", FIELD(global_size, 2) },
	{ "tandem.global_offset.0", FIELD(global_offset, 0) },
	{ "tandem.global_offset.1", FIELD(global_offset, 1) },
	{ "tandem.global_offset.2", FIELD(global_offset, 2) },
	{ "tandem.work_dimensions", FIELD(work_dimensions, 0) },
	{ "tandem.arena", FIELD(arena, 0) },
	{ "tandem.arena_bytes", FIELD(arena_bytes, 0) },
	{ "tandem.nowhere", FIELD(nowhere, 0) },
	{ "tandem.thread", FIELD(thread, 0) },
	{ "tandem.local_memory", FIELD(local_memory, 0) },
	{ "tandem.local_memory_end", FIELD(local_memory_end, 0) },
	{ "tandem.item_state", FIELD(item_state, 0) },
	{ "tandem.item_state_end", FIELD(item_state_end, 0) },
	{ "tandem.private_low", FIELD(private_low, 0) },
	{ "tandem.private_high", FIELD(private_high, 0) },
	{ "tandem.scratch", FIELD(scratch, 0) },
	{ "tandem.plain_window", FIELD(plain_window, 0) },
	{ "tandem.atomic_window", FIELD(atomic_window, 0) },
	{ "tandem.context", -1 },
#undef FIELD
};

static const char *const global_indices[TANDEM_DIMENSIONS] = {
	"tandem.global_index.0",
	"tandem.global_index.1",
	"tandem.global_index.2",
};

const char *tandem_item_value_name(enum tandem_item_value value)
{
	return values[value].name;
}

int tandem_item_value_offset(enum tandem_item_value value)
{
	return values[value].offset;
}

const char *tandem_global_index_name(unsigned int dimension)
{
	return global_indices[dimension];
}

LLVMValueRef tandem_item_placeholder(struct tandem_compilation *compilation,
				     enum tandem_item_value value)
{
	const char *name = values[value].name;
	LLVMTypeRef type = value >= TANDEM_ITEM_LOCAL_MEMORY ? compilation->pointer :
							       compilation->i64;
	LLVMValueRef placeholder = LLVMGetNamedGlobal(compilation->module, name);

	if (!placeholder) {
		placeholder = LLVMAddGlobalInAddressSpace(compilation->module, type, name,
							  TANDEM_AS_CONSTANT);
		LLVMSetGlobalConstant(placeholder, 1);
	}
	return placeholder;
}

bool tandem_is_placeholder(const char *name)
{
	for (unsigned int i = 0; i < TANDEM_DIMENSIONS; i++) {
		if (!strcmp(name, global_indices[i]))
			return true;
	}
	for (int i = 0; i < TANDEM_ITEM_VALUES; i++) {
		if (!strcmp(name, values[i].name))
			return true;
	}
	return false;
}
