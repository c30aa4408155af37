// SPDX-License-Identifier: MIT
/*
 * Address space qualifier functions (OpenCL C 6.15.12): what a generic pointer points to.
 * Local memory is the group's block, private memory lies on the stack or in the state of
 * the work-items, the rest is global. And the group's memory for other built-in functions.
 *
 * clang calls what stands behind to_global, to_local and to_private by the names below.
 */
#include "builtins.h"

#define ADDRESS(name) extern __private char *constant name __asm__("tandem." #name)

ADDRESS(local_memory);
ADDRESS(local_memory_end);
ADDRESS(item_state);
ADDRESS(item_state_end);
ADDRESS(private_low);
ADDRESS(private_high);
ADDRESS(scratch);

__private ulong *__tandem_group_scratch(void)
{
	return (__private ulong *)scratch;
}

HELPER int is_between(const void *pointer, const __private char *low, const __private char *high)
{
	return (ulong)pointer - (ulong)low < (ulong)high - (ulong)low;
}

HELPER int is_local(const void *pointer)
{
	return is_between(pointer, local_memory, local_memory_end);
}

/* Without a branch, which would keep loops over work-items from being vectorised. */
HELPER int is_private(const void *pointer)
{
	return is_between(pointer, private_low, private_high) |
	       is_between(pointer, item_state, item_state_end);
}

local void *__to_local(void *pointer)
{
	return is_local(pointer) ? (local void *)pointer : (local void *)0;
}

__private void *__to_private(void *pointer)
{
	return is_private(pointer) ? (__private void *)pointer : (__private void *)0;
}

global void *__to_global(void *pointer)
{
	int is_own = is_local(pointer) | is_private(pointer);

	return is_own ? (global void *)0 : (global void *)pointer;
}

BUILTIN cl_mem_fence_flags get_fence(const void *pointer)
{
	return is_local(pointer) ? CLK_LOCAL_MEM_FENCE : CLK_GLOBAL_MEM_FENCE;
}

BUILTIN cl_mem_fence_flags get_fence(void *pointer)
{
	return is_local(pointer) ? CLK_LOCAL_MEM_FENCE : CLK_GLOBAL_MEM_FENCE;
}
