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
 * it is not writable for the CPU), an atomic one makes it exclusive first. An
 * access that cannot be served raises SIGBUS in the core.
 *
 * Windows are mapped with MAP_SHARED and PROT_READ | PROT_WRITE (or less), in
 * whole or in part, by the process that made the context and by no other; they
 * are not inherited by fork(), cannot be split or moved, and must not overlap
 * the arena.
 */

#define DRM_VSVM_GET_INFO		0x00
#define DRM_VSVM_CONTEXT_CREATE		0x01
#define DRM_VSVM_EXCLUSIVE		0x02

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
	/** @max_exclusive_pages: Out: pages that one process may hold exclusively. */
	__u64 max_exclusive_pages;
	/** @fault_around_pages: Out: most pages that one atomic fault takes. */
	__u64 fault_around_pages;
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
	/** @pad: In: must be 0. */
	__u64 pad;
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

#if defined(__cplusplus)
}
#endif

#endif
