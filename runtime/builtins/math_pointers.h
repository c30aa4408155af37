// SPDX-License-Identifier: MIT
/* Calls DEFINE(space) for each address space that a result may be stored to. */
#ifndef TANDEM_MATH_POINTERS_H
#define TANDEM_MATH_POINTERS_H

#define FOR_EACH_POINTER(DEFINE) \
	DEFINE(__private)        \
	DEFINE(__global)         \
	DEFINE(__local)          \
	DEFINE(__generic)

#endif
