/* SPDX-License-Identifier: MIT */
/*
 * vsvm: a virtual GPU with shared virtual memory
 */
#ifndef _UAPI_VSVM_DRM_H_
#define _UAPI_VSVM_DRM_H_

#include "drm.h"
#include "drm_exclusive.h"

#if defined(__cplusplus)
extern "C" {
#endif

/*
 * How a device core runs
 *
 * The cores of this GPU are threads of the process; what makes them a device
 * is how they reach memory. DRM_IOCTL_VSVM_CONTEXT_CREATE names a range of
 * addresses, the arena, and returns a file. Two mappings of that file show the
 * arena as the device's MMU does:
 *
 *   plain window   at offset @plain_offset: loads and stores
 *   atomic window  at offset @atomic_offset: atomic read-modify-writes
 *
 * Device address of SVM address x: where the window is mapped, plus x minus
 * where the arena starts. A first access to a page of a window is a fault of
 * the device: a plain one maps the page as the CPU may use it (not writable if
 * it is not writable for the CPU), an atomic one makes it exclusive first.
 *
 * Where the CPU has one entry for 2 MiB, a plain access maps these at once, if the
 * plain window shows all of them, and at an address that lies in 2 MiB as theirs
 * does. mmap() without an address finds such a place. What takes a page of these away
 * from the device takes all; 2 MiB of which a page was mapped alone stay with pages,
 * until the window is unmapped.
 *
 * An access that cannot be served ends what the core runs. A third mapping of the
 * file, at offset @cores_offset, is a &struct drm_vsvm_cores. Before a thread runs
 * a kernel of the device it has written its thread id and where to resume into one
 * of the cores; a fault that cannot be served makes it go on there, with the given
 * stack pointer and otherwise undefined registers, and says why in the core. So no
 * signal is needed, and no other core notices. A thread that is no core, or has
 * not said where to resume, gets SIGBUS.
 *
 * DRM_IOCTL_VSVM_STOP makes a core leave wherever it is.
 *
 * Windows are mapped with MAP_SHARED and PROT_READ | PROT_WRITE (or less), in
 * whole or in part, by the process that made the context and by no other; they
 * are not inherited by fork(), cannot be split or moved, and must not overlap
 * the arena.
 */

#define DRM_VSVM_GET_INFO		0x00
#define DRM_VSVM_CONTEXT_CREATE		0x01
#define DRM_VSVM_EXCLUSIVE		0x02
#define DRM_VSVM_STOP			0x03
#define DRM_VSVM_MIGRATE		0x04

/** DRM_VSVM_INFO_EXCLUSIVITY_OFF - Updates WILL be lost; for tests of tests. */
#define DRM_VSVM_INFO_EXCLUSIVITY_OFF	(1 << 0)

/**
 * struct drm_vsvm_info - DRM_IOCTL_VSVM_GET_INFO
 *
 * Any process may ask.
 */
struct drm_vsvm_info {
	/** @flags: In: must be 0. */
	__u32 flags;
	/** @pad: In: must be 0. */
	__u32 pad;
	/** @properties: Out: bits DRM_VSVM_INFO_*. */
	__u64 properties;
	/** @page_bytes: Out: what is granted and revoked at once. */
	__u64 page_bytes;
	/** @fault_around_pages: Out: most pages that one atomic fault takes. */
	__u64 fault_around_pages;
	/** @vram_bytes: Out: memory that the GPU has of its own, 0 if none. */
	__u64 vram_bytes;
};

/**
 * struct drm_vsvm_context_create - DRM_IOCTL_VSVM_CONTEXT_CREATE
 *
 * A process has at most one context on each GPU. It lives until the file and
 * all its mappings are closed, whoever holds them; it serves only the address
 * space that made it. Closing the GPU's own file does not end it.
 *
 * Errors:
 *
 * * %EINVAL - non-zero flags or padding; an arena not of whole pages, empty, or
 *   not inside user space
 * * %EEXIST - this process has a context on this GPU
 * * %ENOMEM, %EMFILE
 */
struct drm_vsvm_context_create {
	/** @arena_address: In: where the arena starts, page aligned. */
	__u64 arena_address;
	/** @arena_size: In: bytes, whole pages, not 0. Need not be mapped. */
	__u64 arena_size;
	/** @flags: In: must be 0. */
	__u32 flags;
	/** @fd: Out: the context's file, close-on-exec. */
	__s32 fd;
	/** @plain_offset: Out: mmap() offset in @fd of the plain window. */
	__u64 plain_offset;
	/** @atomic_offset: Out: mmap() offset in @fd of the atomic window. */
	__u64 atomic_offset;
	/** @cores_offset: Out: mmap() offset in @fd of &struct drm_vsvm_cores. */
	__u64 cores_offset;
	/** @pad: In: must be 0. */
	__u64 pad;
};

/* What an access was, in &drm_vsvm_core.fault_access. */
#define DRM_VSVM_ACCESS_READ	0
#define DRM_VSVM_ACCESS_WRITE	1
#define DRM_VSVM_ACCESS_ATOMIC	2

/**
 * struct drm_vsvm_core - a thread that runs kernels of the device
 */
struct drm_vsvm_core {
	/** @thread: User space: gettid() of the thread, 0 where it is nobody's. */
	__u32 thread;
	/** @stop: User space: not 0: DRM_IOCTL_VSVM_STOP stops the core. */
	__u32 stop;
	/**
	 * @resume_ip: User space: where the thread goes on when it leaves, 0 outside
	 * of a kernel. Set to 0 when it left.
	 */
	__u64 resume_ip;
	/** @resume_sp: User space: and with which stack pointer. */
	__u64 resume_sp;
	/**
	 * @fault_address: Out: the arena's address of the access that failed, 0 where
	 * the core was stopped.
	 */
	__u64 fault_address;
	/** @fault_access: Out: DRM_VSVM_ACCESS_* */
	__u32 fault_access;
	/**
	 * @fault_error: Out: why, an errno: %EFAULT not mapped, %ENOENT not registered,
	 * %EPERM not writable, %ECANCELED stopped; as the ACQUIRE operation of
	 * &struct drm_exclusive_range for memory that cannot be exclusive.
	 */
	__u32 fault_error;
	/** @reserved: Leave it alone. */
	__u64 reserved[3];
};

#define DRM_VSVM_MAX_CORES	1023

/**
 * struct drm_vsvm_cores - the cores of a context
 */
struct drm_vsvm_cores {
	/** @used: User space: the kernel looks for a thread in so many of @core. */
	__u32 used;
	/** @pad: Leave it alone. */
	__u32 pad;
	/** @reserved: Leave it alone. */
	__u64 reserved[7];
	/** @core: The cores. */
	struct drm_vsvm_core core[DRM_VSVM_MAX_CORES];
};

/**
 * struct drm_vsvm_stop - DRM_IOCTL_VSVM_STOP
 *
 * The thread of the core looks at its @stop and @resume_ip before it runs on in user
 * space, which this call makes it do soon. If neither is 0, it leaves. So it is not
 * stopped in what it runs after that where it has set its @stop to 0 in between; and
 * a thread that sets @resume_ip and reads its @stop after that, is in time.
 *
 * Errors:
 *
 * * %EINVAL - no such core, or non-zero padding
 * * %ENODEV - this process has no context on this GPU
 * * %ESRCH - the core is no thread of this process
 * * %ENOMEM
 */
struct drm_vsvm_stop {
	/** @core: In: which of &drm_vsvm_cores.core. */
	__u32 core;
	/** @pad: In: must be 0. */
	__u32 pad;
};

/* What &drm_vsvm_migrate.operation asks for. */
#define DRM_VSVM_MIGRATE_TO_DEVICE	0
#define DRM_VSVM_MIGRATE_TO_HOST	1

/**
 * struct drm_vsvm_migrate - DRM_IOCTL_VSVM_MIGRATE
 *
 * Moves pages of the calling process to the GPU's own memory, VRAM, or home. A page in
 * VRAM has the same address as before. A CPU that touches it, or a system call, brings
 * it home; so does another GPU, and this one where it writes to a page that a child of
 * fork() has, too. Loads, stores and atomic operations of the GPU leave it there. The
 * latter need no exclusive page, but the registration all the same.
 *
 * A huge page, all of which is in the range, is moved as one, where there is room for it
 * in one piece, and is one page as to all of the above. Otherwise it becomes many.
 *
 * Where VRAM is full, pages go home that have been in it for longest, of other
 * processes too. Of a range that is larger than VRAM, only as much from its start on is
 * moved.
 *
 * Pages that cannot be moved stay where they are, and are no error: memory that is not
 * anonymous, or pinned, and what somebody else is using at each of some tries. The
 * ACQUIRE operation of &struct drm_exclusive_range brings pages home.
 *
 * Errors; where it is none of the last two, nothing was moved:
 *
 * * %EINVAL - unknown operation, non-zero flags, an address or size not of whole pages,
 *   size 0, a range that wraps around
 * * %ENODEV - this process has no context on this GPU
 * * %ERANGE - the range is not inside the arena
 * * %EOPNOTSUPP - the GPU has no VRAM
 * * %EFAULT - nothing is mapped in a part of the range
 * * %ENOMEM - no memory to bring pages home
 * * %EINTR - a signal arrived that ends the process
 */
struct drm_vsvm_migrate {
	/** @address: In: where the range starts, page aligned. */
	__u64 address;
	/** @size: In: bytes, whole pages, not 0. */
	__u64 size;
	/** @operation: In: DRM_VSVM_MIGRATE_TO_DEVICE or DRM_VSVM_MIGRATE_TO_HOST. */
	__u32 operation;
	/** @flags: In: must be 0. */
	__u32 flags;
	/** @moved_pages: Out: how many pages were moved. Set on errors too. */
	__u64 moved_pages;
	/**
	 * @vram_pages: Out: how many pages of the range were in VRAM after it was their
	 * turn, moved now or earlier. Set on errors too.
	 */
	__u64 vram_pages;
};

#define DRM_IOCTL_VSVM_GET_INFO \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VSVM_GET_INFO, struct drm_vsvm_info)
#define DRM_IOCTL_VSVM_CONTEXT_CREATE \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VSVM_CONTEXT_CREATE, \
		 struct drm_vsvm_context_create)
/* See &struct drm_exclusive_range. ENODEV: make a context first. */
#define DRM_IOCTL_VSVM_EXCLUSIVE \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VSVM_EXCLUSIVE, \
		 struct drm_exclusive_range)
#define DRM_IOCTL_VSVM_STOP \
	DRM_IOW(DRM_COMMAND_BASE + DRM_VSVM_STOP, struct drm_vsvm_stop)
#define DRM_IOCTL_VSVM_MIGRATE \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VSVM_MIGRATE, struct drm_vsvm_migrate)

#if defined(__cplusplus)
}
#endif

#endif
