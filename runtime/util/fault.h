// SPDX-License-Identifier: MIT
/*
 * Faults that can be planted on purpose, to see that the conformance suite notices:
 * cmake -DTANDEM_PLANT_FAULT=<name>. Without that option none is in the library. The
 * names, with the cases that must notice, stand in conformance/faults/faults.
 *
 * Also read by the OpenCL C of the built-in functions.
 */
#ifndef TANDEM_UTIL_FAULT_H
#define TANDEM_UTIL_FAULT_H

/* Defines TANDEM_PLANTED_FAULT; made by cmake. */
#include "planted_fault.h"

enum tandem_fault {
	TANDEM_FAULT_none,
	/* built-in functions */
	TANDEM_FAULT_fetch_plain,
	TANDEM_FAULT_fetch_returns_new,
	TANDEM_FAULT_exchange_plain,
	TANDEM_FAULT_compare_exchange_blind,
	TANDEM_FAULT_compare_exchange_silent,
	TANDEM_FAULT_store_relaxed,
	TANDEM_FAULT_load_plain,
	TANDEM_FAULT_fence_dropped,
	/* commands, events, queues */
	TANDEM_FAULT_event_early,
	TANDEM_FAULT_wait_list_ignored,
	TANDEM_FAULT_failure_ignored,
	TANDEM_FAULT_barrier_ignored,
	TANDEM_FAULT_order_ignored,
	TANDEM_FAULT_flush_ignored,
	TANDEM_FAULT_arguments_by_reference,
	TANDEM_FAULT_group_lost,
	TANDEM_FAULT_group_twice,
	TANDEM_FAULT_copy_short,
	TANDEM_FAULT_fill_short,
	TANDEM_FAULT_migration_clears,
	TANDEM_FAULT_free_early,
	TANDEM_FAULT_free_does_nothing,
	TANDEM_FAULT_free_array_shared,
	TANDEM_FAULT_free_count_wrong,
	/* memory */
	TANDEM_FAULT_alias_copied,
	TANDEM_FAULT_alias_not_told,
	TANDEM_FAULT_sub_buffer_misplaced,
	TANDEM_FAULT_allocations_overlap,
	TANDEM_FAULT_arena_shared_by_fork,
	/* checks */
	TANDEM_FAULT_flags_unchecked,
	TANDEM_FAULT_size_unchecked,
	TANDEM_FAULT_alignment_unchecked,
	TANDEM_FAULT_overlap_unchecked,
	TANDEM_FAULT_interior_pointer_lost,
	TANDEM_FAULT_exec_info_keeps,
};

/* Whether the fault is planted: a constant, so that nothing is left of one that is not. */
#define tandem_fault(name) (TANDEM_PLANTED_FAULT == TANDEM_FAULT_##name)

#endif
