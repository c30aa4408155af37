// SPDX-License-Identifier: MIT
/*
 * Asynchronous copies and prefetch (OpenCL C 6.15.11).
 *
 * The first work-item copies at once and alone; the events say nothing, because
 * the barrier in wait_group_events() is what makes the others wait for it.
 */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "async_copy.cl"
#include "builtins.h"

/* Element by element, which the compiler makes as wide as the machine. */
#define COPY(to_space, from_space)                                                                 \
	BUILTIN event_t async_work_group_copy(to_space V(TYPE) * to,                               \
					      const from_space V(TYPE) * from, size_t count,       \
					      event_t event)                                       \
	{                                                                                          \
		to_space TYPE *to_element = (to_space TYPE *)to;                                   \
		const from_space TYPE *from_element = (const from_space TYPE *)from;               \
                                                                                                   \
		if (get_local_linear_id() == 0) {                                                  \
			for (size_t i = 0; i < count * (sizeof(*to) / sizeof(TYPE)); i++)          \
				to_element[i] = from_element[i];                                   \
		}                                                                                  \
		return event;                                                                      \
	}
#define STRIDED_COPY(to_space, from_space, to_stride, from_stride)                                 \
	BUILTIN event_t async_work_group_strided_copy(to_space V(TYPE) * to,                       \
						      const from_space V(TYPE) * from,             \
						      size_t count, size_t stride, event_t event)  \
	{                                                                                          \
		if (get_local_linear_id() == 0) {                                                  \
			for (size_t i = 0; i < count; i++)                                         \
				to[i * (to_stride)] = from[i * (from_stride)];                     \
		}                                                                                  \
		return event;                                                                      \
	}

#define WAIT_GROUP_EVENTS(space)                                     \
	BUILTIN void wait_group_events(int count, space event_t *events) \
	{                                                            \
		barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE); \
	}

WAIT_GROUP_EVENTS(__private)
WAIT_GROUP_EVENTS(__generic)

#include "for_each_type.h"
#else

COPY(__local, __global)
COPY(__global, __local)
STRIDED_COPY(__local, __global, 1, stride)
STRIDED_COPY(__global, __local, stride, 1)

BUILTIN void prefetch(const __global V(TYPE) * p, size_t count)
{
}

#endif
