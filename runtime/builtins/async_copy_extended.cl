// SPDX-License-Identifier: MIT
/*
 * Asynchronous copies of blocks (cl_khr_extended_async_copies), and the fence between copies
 * (cl_khr_async_work_group_copy_fence). Clang declares neither: compiler/declarations.c does.
 *
 * As with other asynchronous copies, the first work-item copies at once and alone. So copies
 * are in the order in which it makes them.
 */
#include "builtins.h"

/* Byte by byte: elements may have any size, and lie anywhere. Lengths are in bytes. */
#define COPIES(to_space, from_space)                                                             \
	HELPER void copy_lines(to_space char *to, const from_space char *from, size_t length,    \
			       size_t lines, size_t to_line, size_t from_line)                   \
	{                                                                                        \
		for (size_t line = 0; line < lines; line++) {                                    \
			for (size_t i = 0; i < length; i++)                                      \
				to[line * to_line + i] = from[line * from_line + i];             \
		}                                                                                \
	}                                                                                        \
	BUILTIN event_t async_work_group_copy_2D2D(                                              \
		to_space void *to, size_t to_offset, const from_space void *from,                \
		size_t from_offset, size_t element_bytes, size_t elements_per_line,              \
		size_t lines, size_t from_line, size_t to_line, event_t event)                   \
	{                                                                                        \
		if (get_local_linear_id() == 0)                                                  \
			copy_lines((to_space char *)to + to_offset * element_bytes,              \
				   (const from_space char *)from + from_offset * element_bytes,  \
				   elements_per_line * element_bytes, lines,                     \
				   to_line * element_bytes, from_line * element_bytes);          \
		return event;                                                                    \
	}                                                                                        \
	BUILTIN event_t async_work_group_copy_3D3D(                                              \
		to_space void *to, size_t to_offset, const from_space void *from,                \
		size_t from_offset, size_t element_bytes, size_t elements_per_line,              \
		size_t lines, size_t planes, size_t from_line, size_t from_plane,                \
		size_t to_line, size_t to_plane, event_t event)                                  \
	{                                                                                        \
		if (get_local_linear_id() != 0)                                                  \
			return event;                                                            \
		for (size_t plane = 0; plane < planes; plane++)                                  \
			copy_lines((to_space char *)to +                                         \
					   (to_offset + plane * to_plane) * element_bytes,       \
				   (const from_space char *)from +                               \
					   (from_offset + plane * from_plane) * element_bytes,   \
				   elements_per_line * element_bytes, lines,                     \
				   to_line * element_bytes, from_line * element_bytes);          \
		return event;                                                                    \
	}

COPIES(__local, __global)
COPIES(__global, __local)

BUILTIN void async_work_group_copy_fence(cl_mem_fence_flags flags)
{
}
