// SPDX-License-Identifier: MIT
/* Barriers and fences (OpenCL C 6.15.8 and 6.15.12.2). */
#include "builtins.h"

BUILTIN void atomic_work_item_fence(cl_mem_fence_flags flags, memory_order order,
				    memory_scope scope)
{
	/* Work-items of a group share a thread: it is enough to stop the compiler. */
	bool on_one_thread = scope == memory_scope_work_item || scope == memory_scope_work_group;

	if (order == memory_order_relaxed)
		return;
	if (order == memory_order_seq_cst && !on_one_thread)
		__c11_atomic_thread_fence(__ATOMIC_SEQ_CST);
	else if (order == memory_order_acquire)
		__c11_atomic_thread_fence(__ATOMIC_ACQUIRE);
	else if (order == memory_order_release)
		__c11_atomic_thread_fence(__ATOMIC_RELEASE);
	else
		__c11_atomic_thread_fence(__ATOMIC_ACQ_REL);
}

BUILTIN void mem_fence(cl_mem_fence_flags flags)
{
	__c11_atomic_thread_fence(__ATOMIC_ACQ_REL);
}

BUILTIN void read_mem_fence(cl_mem_fence_flags flags)
{
	__c11_atomic_thread_fence(__ATOMIC_ACQUIRE);
}

BUILTIN void write_mem_fence(cl_mem_fence_flags flags)
{
	__c11_atomic_thread_fence(__ATOMIC_RELEASE);
}

BUILTIN void work_group_barrier(cl_mem_fence_flags flags, memory_scope scope)
{
	/* Between work-items of one thread the barrier itself keeps the order. */
	bool reaches_others = scope != memory_scope_work_item && scope != memory_scope_work_group;

	if (reaches_others)
		__c11_atomic_thread_fence(__ATOMIC_RELEASE);
	__tandem_barrier();
	if (reaches_others)
		__c11_atomic_thread_fence(__ATOMIC_ACQUIRE);
}

BUILTIN void work_group_barrier(cl_mem_fence_flags flags)
{
	work_group_barrier(flags, memory_scope_work_group);
}

BUILTIN void barrier(cl_mem_fence_flags flags)
{
	work_group_barrier(flags, memory_scope_work_group);
}
