// SPDX-License-Identifier: MIT
/*
 * The SVM arena: the address space in which all memory that devices see is allocated.
 *
 * Overview
 *	One stretch is reserved once in a process and has two zones. In the exclusive
 *	zone, for SVM with atomics, an allocation shares no page with another: a CPU
 *	that touches a neighbour must not take the page from a device. Its pages are
 *	neither huge nor merged with others of the same content. In the packed
 *	zone, for the rest, small allocations share pages, and large ones may be
 *	backed by huge pages.
 *
 *	A zone (zone.h) is divided by the buddy system into blocks of a power of two of
 *	pages (buddy.h); blocks for small allocations are divided again (slab.h). Of a
 *	block only the pages that were written to take memory. Freed blocks are kept
 *	for the next allocation of their size, up to a bound, then their memory
 *	goes back to the system.
 *
 *	Before and behind the zones lies a guard, addresses at which nothing ever is:
 *	an index far out of an allocation's bounds ends there, and not in memory of
 *	the application's.
 *
 *	Where the address space is limited (RLIMIT_AS) the stretch is a quarter of what is
 *	left, and where that does not suffice the arena grows by pieces elsewhere in the
 *	address space (pieces.h). A device that knows the one stretch only forbids that.
 *
 * Locking
 *	Each zone has a lock; all functions may be called from any thread.
 *
 * Limits
 *	The bytes allocated are kept below a limit, the machine's memory: address
 *	space would allow more. The stretch is never unmapped. With a device that knows
 *	nothing else, an allocation fails under a limited address space although it would
 *	fit in what is left of that.
 */
#ifndef TANDEM_SVM_ARENA_H
#define TANDEM_SVM_ARENA_H

#include <stddef.h>
#include <stdint.h>

enum tandem_arena_zone_kind {
	TANDEM_ARENA_PACKED,
	TANDEM_ARENA_EXCLUSIVE,
	TANDEM_ARENA_ZONE_COUNT,
};

/* Alignment of every allocation, the size of OpenCL's largest type. */
#define TANDEM_ARENA_ALIGNMENT 128

/*
 * Reserves the arena, for allocations of @limit_bytes altogether. Called once,
 * before the rest. -ENOMEM where no address space can be had.
 */
int tandem_arena_init(uint64_t limit_bytes);

/* From now on the arena grows where it must. To be called before other threads allocate. */
void tandem_arena_let_grow(void);

/*
 * @bytes of memory, more than 0, aligned to TANDEM_ARENA_ALIGNMENT, with any contents. @owner is what
 * tandem_arena_owner tells of it. NULL where memory is short.
 */
void *tandem_arena_allocate(enum tandem_arena_zone_kind kind, size_t bytes, void *owner);

/* Frees what tandem_arena_allocate gave for @bytes; NULL is nothing. */
void tandem_arena_free(void *address, size_t bytes);

/*
 * The owner of the allocation that @address points into, or NULL. An address
 * behind the end of an allocation, but inside its block, finds it as well.
 */
void *tandem_arena_owner(const void *address);

/* First address and size of the one stretch, without its guards. */
void *tandem_arena_base(void);
size_t tandem_arena_bytes(void);
/* The size of either guard: whole pages, at least one. */
size_t tandem_arena_guard_bytes(void);
void *tandem_arena_zone_base(enum tandem_arena_zone_kind kind);
size_t tandem_arena_zone_bytes(enum tandem_arena_zone_kind kind);

/* Bytes of live allocations. */
uint64_t tandem_arena_allocated_bytes(void);

/* Around fork, in parent and child: no allocation is half done in the child. */
void tandem_arena_before_fork(void);
void tandem_arena_after_fork(void);

#endif
