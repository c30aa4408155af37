// SPDX-License-Identifier: MIT
/*
 * Kernel clocks (cl_khr_kernel_clock): one for all of the device, which is the work-groups' and
 * the sub-groups' as well.
 */
#include "builtins.h"

#define CLOCK(scope)                                                             \
	BUILTIN ulong clock_read_##scope(void)                                   \
	{                                                                        \
		return __tandem_clock();                                         \
	}                                                                        \
	BUILTIN uint2 clock_read_hilo_##scope(void)                              \
	{                                                                        \
		ulong now = __tandem_clock();                                    \
                                                                                 \
		return (uint2)((uint)now, (uint)(now >> 32));                    \
	}

CLOCK(device)
CLOCK(sub_group)
CLOCK(work_group)
