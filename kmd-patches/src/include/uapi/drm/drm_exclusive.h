/* SPDX-License-Identifier: MIT */
/*
 * Ranges of a process's memory that are exclusive to a GPU while the GPU does
 * atomic operations on them.
 */
#ifndef _UAPI_DRM_EXCLUSIVE_H_
#define _UAPI_DRM_EXCLUSIVE_H_

#include "drm.h"

#if defined(__cplusplus)
extern "C" {
#endif

/**
 * enum drm_exclusive_operation - what &drm_exclusive_range asks for
 */
enum drm_exclusive_operation {
	/**
	 * @DRM_EXCLUSIVE_REGISTER: From now on, serve the GPU's atomic faults
	 * in the range. Nothing is made exclusive yet, and nothing needs to be
	 * mapped in the range yet.
	 */
	DRM_EXCLUSIVE_REGISTER = 0,
	/**
	 * @DRM_EXCLUSIVE_UNREGISTER: Undo @DRM_EXCLUSIVE_REGISTER. Address and
	 * size must be those of the registration. All pages go back to the CPU.
	 */
	DRM_EXCLUSIVE_UNREGISTER = 1,
	/**
	 * @DRM_EXCLUSIVE_ACQUIRE: Make all pages of the range exclusive to the
	 * GPU now, without waiting for its faults. A CPU may take each of them
	 * back at any moment, the next one too.
	 */
	DRM_EXCLUSIVE_ACQUIRE = 2,
	/**
	 * @DRM_EXCLUSIVE_RELEASE: Give all pages of the range back to the CPU
	 * now. The range stays registered.
	 */
	DRM_EXCLUSIVE_RELEASE = 3,
	/**
	 * @DRM_EXCLUSIVE_QUERY: Count the exclusive pages, and read the
	 * statistics of the registration that holds the range.
	 */
	DRM_EXCLUSIVE_QUERY = 4,
};

/**
 * enum drm_exclusive_cause - why pages stopped being exclusive
 *
 * The index into &drm_exclusive_statistics.revoked_pages. New causes may be
 * added at the end.
 */
enum drm_exclusive_cause {
	/** @DRM_EXCLUSIVE_CAUSE_CPU: A CPU, or the kernel for it, touched the page. */
	DRM_EXCLUSIVE_CAUSE_CPU = 0,
	/** @DRM_EXCLUSIVE_CAUSE_DEVICE: It was made exclusive anew, or by another GPU. */
	DRM_EXCLUSIVE_CAUSE_DEVICE = 1,
	/** @DRM_EXCLUSIVE_CAUSE_UNMAP: munmap(), mremap(), or the OOM reaper. */
	DRM_EXCLUSIVE_CAUSE_UNMAP = 2,
	/** @DRM_EXCLUSIVE_CAUSE_CLEAR: MADV_DONTNEED and its like. */
	DRM_EXCLUSIVE_CAUSE_CLEAR = 3,
	/** @DRM_EXCLUSIVE_CAUSE_PROTECTION: mprotect(), fork(), NUMA balancing. */
	DRM_EXCLUSIVE_CAUSE_PROTECTION = 4,
	/** @DRM_EXCLUSIVE_CAUSE_MIGRATE: The page moved. */
	DRM_EXCLUSIVE_CAUSE_MIGRATE = 5,
	/** @DRM_EXCLUSIVE_CAUSE_EXIT: The address space came to its end. */
	DRM_EXCLUSIVE_CAUSE_EXIT = 6,
	/** @DRM_EXCLUSIVE_CAUSE_RELEASE: %DRM_EXCLUSIVE_RELEASE or _UNREGISTER. */
	DRM_EXCLUSIVE_CAUSE_RELEASE = 7,
	/** @DRM_EXCLUSIVE_CAUSE_PRESSURE: The page was paged out, or was to be. */
	DRM_EXCLUSIVE_CAUSE_PRESSURE = 8,
};

/** DRM_EXCLUSIVE_CAUSE_SLOTS - Room for causes in &drm_exclusive_statistics. */
#define DRM_EXCLUSIVE_CAUSE_SLOTS	16

/**
 * DRM_EXCLUSIVE_STATE_CONTENDED - CPUs and the GPU fight for pages of the range.
 *
 * A bit of &drm_exclusive_statistics.state. For the present epoch (a tenth of
 * a second, then it is counted anew) the GPU's faults in the range are served
 * one page at a time, and late. Atomic operations stay correct.
 */
#define DRM_EXCLUSIVE_STATE_CONTENDED	(1 << 0)

/**
 * struct drm_exclusive_statistics - what happened in one registered range
 *
 * All counters start at 0 with the registration and never go back. May grow at
 * the end; see &drm_exclusive_range.statistics_size.
 */
struct drm_exclusive_statistics {
	/** @granted_pages: Pages made exclusive, each time one was. */
	__u64 granted_pages;
	/** @faults: Atomic faults of the GPU served, or tried. */
	__u64 faults;
	/** @retries: Tries begun again since something changed meanwhile. */
	__u64 retries;
	/** @missed_pages: Pages around a fault that could not be had with it. */
	__u64 missed_pages;
	/** @failed: Faults and acquires that ended in an error. */
	__u64 failed;
	/** @degraded: Epochs in which %DRM_EXCLUSIVE_STATE_CONTENDED was set. */
	__u64 degraded;
	/** @exclusive_pages: Pages exclusive now, in the whole registration. */
	__u64 exclusive_pages;
	/** @state: Bits DRM_EXCLUSIVE_STATE_*. */
	__u32 state;
	/** @pad: 0. */
	__u32 pad;
	/** @revoked_pages: By &enum drm_exclusive_cause, unused slots are 0. */
	__u64 revoked_pages[DRM_EXCLUSIVE_CAUSE_SLOTS];
};

/**
 * struct drm_exclusive_range - payload of the drivers' ioctls for exclusive memory
 *
 * Acts on the address space of the calling process, and only if the process has
 * an SVM context on that GPU: any file of the GPU that the process has open
 * will do.
 *
 * The call may be repeated as it is: what is done already costs little. On an
 * error, @done_bytes tells how far it came. drmIoctl() repeats on %EINTR and
 * %EAGAIN.
 *
 * Errors of all operations:
 *
 * * %EINVAL - unknown operation, non-zero flags or padding, an address or size
 *   not of whole pages, size 0, a range that wraps around; statistics asked for
 *   by any other operation than QUERY
 * * %ENODEV - this process has no SVM context on this GPU; a child after
 *   fork() and a process after execve() have none either
 * * %ESRCH - the address space is being torn down
 * * %ENOENT - no registration has the range (UNREGISTER: is the range)
 * * %ENOMEM - no memory
 *
 * REGISTER:
 *
 * * %EEXIST - the range overlaps one that is registered
 * * %ERANGE - the range is not inside what the GPU's SVM context covers
 *
 * ACQUIRE, and the GPU's atomic faults, for the first page that cannot be had:
 *
 * * %EFAULT - nothing mapped there, or not writable, or not ordinary memory
 *   (VM_IO, VM_PFNMAP), or a userfaultfd waits for it
 * * %EOPNOTSUPP - memory that cannot be exclusive: shared (shmem, shared files,
 *   DAX, memfd_secret) and hugetlb
 * * %EAGAIN - another user had the page at each of many tries; ask again
 * * %EINTR - a signal arrived
 */
struct drm_exclusive_range {
	/** @address: In: where the range starts, page aligned. */
	__u64 address;
	/** @size: In: bytes, whole pages, not 0. */
	__u64 size;
	/** @operation: In: one of &enum drm_exclusive_operation. */
	__u32 operation;
	/** @flags: In: must be 0. */
	__u32 flags;
	/**
	 * @done_bytes: Out: how many bytes from @address on the operation was
	 * carried out for, @size on success. Set on errors too. Ignored on input.
	 */
	__u64 done_bytes;
	/**
	 * @exclusive_pages: Out: how many pages of the range were exclusive to
	 * this GPU when the operation ended. Ignored on input.
	 */
	__u64 exclusive_pages;
	/**
	 * @statistics: In: QUERY: address of a &struct drm_exclusive_statistics
	 * to fill, or 0. All other operations: must be 0.
	 */
	__u64 statistics;
	/**
	 * @statistics_size: In: bytes that may be written at @statistics. As
	 * much as both sides know is copied, the rest is filled with 0. Must be
	 * 0 if @statistics is, and not 0 if it is not, and at most 4096.
	 */
	__u32 statistics_size;
	/** @pad: In: must be 0. */
	__u32 pad;
};

#if defined(__cplusplus)
}
#endif

#endif
