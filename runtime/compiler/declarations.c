// SPDX-License-Identifier: MIT
#include "declarations.h"

/* No name here is one that a program could have defined as a macro. */
#define OVERLOADED "__attribute__((__overloadable__)) "
#define SIZES_2D   "__SIZE_TYPE__, __SIZE_TYPE__, __SIZE_TYPE__, __SIZE_TYPE__, __SIZE_TYPE__, "
#define SIZES_3D   SIZES_2D "__SIZE_TYPE__, __SIZE_TYPE__, __SIZE_TYPE__, "

/* One that copies from @from_space to @to_space. */
#define COPY(to_space, from_space, dimensions, sizes)                                             \
	OVERLOADED "event_t async_work_group_copy_" dimensions "(" to_space                       \
		   " void *, __SIZE_TYPE__, __const " from_space " void *, __SIZE_TYPE__, " sizes \
		   "event_t);\n"
#define COPIES(dimensions, sizes)                      \
	COPY("__local", "__global", dimensions, sizes) \
	COPY("__global", "__local", dimensions, sizes)

/* clang-format off */
const char tandem_declarations[] =
	"#ifdef cl_khr_async_work_group_copy_fence\n"
	OVERLOADED "void async_work_group_copy_fence(unsigned);\n"
	"#endif\n"
	"#ifdef cl_khr_extended_async_copies\n"
	COPIES("2D2D", SIZES_2D)
	COPIES("3D3D", SIZES_3D)
	"#endif\n"
	"#line 1\n";
/* clang-format on */
