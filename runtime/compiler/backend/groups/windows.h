// SPDX-License-Identifier: MIT
/*
 * Windows: how code reaches memory on a device whose address space is not the
 * process's own.
 *
 * Overview
 *	Such a device shows the SVM arena in two windows, stretches of addresses of
 *	the arena's size and its guards': plain, for loads and stores, and atomic, for
 *	read-modify-writes. Pointers keep the arena's addresses, wherever a program
 *	stores or compares them; only what an access goes to is translated.
 *
 *	Translated are the roots of pointers: arguments, what was loaded, what a
 *	call returned. Address computations, phis and selects are made again on top
 *	of the translated roots, so that loops count on in a window as they would
 *	in the arena, and the vectoriser sees no difference.
 *
 *	A generic pointer into the group's local or private memory is left as it is,
 *	and so is one to the program's own constants. Every other pointer that is not
 *	into the arena is led to a place of the window where the device has nothing,
 *	and far around neither: its fault is reported.
 *
 *	Images need no translation: what kernels are given says where the plain window shows
 *	their pixels, and no access is outside of these.
 *
 *	Read-modify-writes become the device's atomic operations, see
 *	window_atomics_x86_64.h. An atomic store is one of them, an atomic load a
 *	plain access of the device.
 */
#ifndef TANDEM_COMPILER_BACKEND_WINDOWS_H
#define TANDEM_COMPILER_BACKEND_WINDOWS_H

#include "work_group.h"

/* Lets all accesses of the item function go through the windows. */
void tandem_windows_translate(struct tandem_compilation *compilation,
			      const struct tandem_work_group *work_group);

#endif
