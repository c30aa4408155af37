/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _VSVM_H_
#define _VSVM_H_

#include <linux/bits.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/memremap.h>
#include <linux/migrate.h>
#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/pgtable.h>
#include <linux/spinlock.h>

#include <drm/drm_device.h>
#include <drm/drm_exclusive_helper.h>

#include <uapi/drm/vsvm_drm.h>

struct drm_file;
struct file;
struct seq_file;
struct vm_fault;

/* Offsets in a context's file: of the windows, no arena being larger, and the cores. */
#define VSVM_PLAIN_OFFSET	0ULL
#define VSVM_ATOMIC_OFFSET	BIT_ULL(47)
#define VSVM_CORES_OFFSET	BIT_ULL(48)
#define VSVM_MAX_ARENA_SIZE	BIT_ULL(46)

/* A block of VRAM is as large as a huge page. */
#define VSVM_BLOCK_PAGES	(PMD_SIZE / PAGE_SIZE)

/*
 * May a block be one folio? To split one, a driver needs what a kernel as it is does not
 * export.
 */
#ifdef VSVM_OUT_OF_TREE
#define VSVM_HUGE_FOLIOS	false
#else
#define VSVM_HUGE_FOLIOS	true
#endif

/* How many pages are evicted at once, unless they are one folio. */
#define VSVM_EVICT_PAGES	32ul

/**
 * struct vsvm_block - what the pages of a block of VRAM hold
 * @pages: contiguous, NULL if there were no such
 * @scattered: a mapping of what there was instead
 */
struct vsvm_block {
	struct page *pages;
	void *scattered;
};

/**
 * struct vsvm_vram - the memory of one GPU
 *
 * See vsvm_vram.c. All but what @lock protects is constant.
 */
struct vsvm_vram {
	/** @pagemap: The pages, with addresses where there is no memory. */
	struct dev_pagemap pagemap;
	/** @blocks: What they hold. */
	struct vsvm_block *blocks;
	/** @npages: How many, in whole blocks; 0 if the GPU has none. */
	unsigned long npages;
	/** @lock: Taken in any context. */
	spinlock_t lock;
	/** @used: Which are in use, or are about to be. Protected by @lock. */
	unsigned long *used;
	/** @nused: How many that are. Protected by @lock. */
	unsigned long nused;
	/** @next: Where to look for a free one. Protected by @lock. */
	unsigned long next;
	/** @oldest: Where to look for one to evict. Protected by @lock. */
	unsigned long oldest;
	/**
	 * @evict_lock: Held while pages are evicted. Taken under the mmap_lock of any
	 * process; memory may be reclaimed below it.
	 */
	struct mutex evict_lock;
	/** @evict_src: What the core needs for that. Protected by @evict_lock. */
	unsigned long evict_src[VSVM_BLOCK_PAGES];
	/** @evict_dst: Likewise. */
	unsigned long evict_dst[VSVM_BLOCK_PAGES];
};

/**
 * enum vsvm_moved - why a page was moved
 * @VSVM_MOVED_TO_DEVICE: by DRM_IOCTL_VSVM_MIGRATE, to VRAM
 * @VSVM_MOVED_FAULT: by a fault of the device, to VRAM
 * @VSVM_MOVED_TO_HOST: by DRM_IOCTL_VSVM_MIGRATE, home
 * @VSVM_MOVED_TOUCHED: a CPU touched it
 * @VSVM_MOVED_SHARED: the device was to write to it, and a child of fork() has it, too
 * @VSVM_MOVED_EVICTED: VRAM was full, or taken away
 * @VSVM_MOVED_CAUSES: how many there are
 */
enum vsvm_moved {
	VSVM_MOVED_TO_DEVICE,
	VSVM_MOVED_FAULT,
	VSVM_MOVED_TO_HOST,
	VSVM_MOVED_TOUCHED,
	VSVM_MOVED_SHARED,
	VSVM_MOVED_EVICTED,
	VSVM_MOVED_CAUSES,
};

/**
 * struct vsvm_usage - what a context has in VRAM, and what was moved
 * @refs: one of the context, one of each folio: children of fork() have some for longer
 * @npages: how many pages are there
 * @moved: by cause
 */
struct vsvm_usage {
	struct kref refs;
	atomic64_t npages;
	atomic64_t moved[VSVM_MOVED_CAUSES];
};

/**
 * struct vsvm_home - where pages go that leave VRAM
 * @vma: the mapping that they are of, NULL if that is not known
 * @address: of the first, if it is
 * @flags: for allocations of pages, besides those that the memory needs
 * @huge: from vsvm_home_reserve(), for a block that is one folio
 */
struct vsvm_home {
	struct vm_area_struct *vma;
	unsigned long address;
	gfp_t flags;
	struct folio *huge;
};

/**
 * struct vsvm_device - one virtual GPU
 */
struct vsvm_device {
	/** @drm: What the DRM core knows of it. */
	struct drm_device drm;
	/** @contexts_lock: Protects @contexts. */
	struct mutex contexts_lock;
	/** @contexts: The contexts whose files are open. */
	struct list_head contexts;
	/** @vram: Its memory. */
	struct vsvm_vram vram;
};

/**
 * struct vsvm_context - what one process has on one GPU
 * @exclusive: the arena; its notifier is for plain mappings too
 * @device: the GPU
 * @refs: one of the file, one of each ioctl under way
 * @link: in the contexts of @device
 * @windows: &struct vsvm_window that are open; protected by the lock of @exclusive
 * @cores: shared with user space, which writes all of it
 * @plain_faults: how many were served; without a lock, only a statistic
 * @huge_faults: how many of them mapped 2 MiB; likewise
 * @plain_retries: how often one of them had to try again; likewise
 * @vram_faults: how many atomic ones were served from VRAM; likewise
 * @usage: what it has in VRAM
 * @vram_atomics: the atomic window may show pages of VRAM; protected by the lock of
 *	@exclusive
 * @exclusivity: if not, updates will be lost, and that is what is wanted
 */
struct vsvm_context {
	struct drm_exclusive exclusive;
	struct vsvm_device *device;
	struct kref refs;
	struct list_head link;
	struct list_head windows;
	struct drm_vsvm_cores *cores;
	atomic64_t plain_faults;
	atomic64_t huge_faults;
	atomic64_t plain_retries;
	atomic64_t vram_faults;
	struct vsvm_usage *usage;
	bool vram_atomics;
	bool exclusivity;
};

/**
 * struct vsvm_window - one mapping of a context's file
 * @notifier: says when the page tables of @vma are about to be freed
 * @link: in &vsvm_context.windows while the window is open, that is, while it may
 *	have entries: not from that moment on
 * @context: whose
 * @vma: where; neither split nor moved while it is there
 * @start: its first address, to look it up
 * @atomic: of the atomic window, or of the plain one
 */
struct vsvm_window {
	struct mmu_interval_notifier notifier;
	struct list_head link;
	struct vsvm_context *context;
	struct vm_area_struct *vma;
	unsigned long start;
	/**
	 * @tables_lock: Of the plain window: page tables are allocated under it, and
	 * huge entries made where there is none. Taken under the mmap_lock, and before
	 * the lock of the context. Memory may be reclaimed below it.
	 */
	struct mutex tables_lock;
	bool atomic;
};

/* How many pages is an entry of the core's arrays about? */
static inline unsigned long vsvm_pages_of(unsigned long entry)
{
	return entry & MIGRATE_PFN_COMPOUND ? VSVM_BLOCK_PAGES : 1;
}

static inline struct vsvm_device *to_vsvm_device(struct drm_device *drm)
{
	return container_of(drm, struct vsvm_device, drm);
}

static inline struct vsvm_context *
to_vsvm_context(struct drm_exclusive *exclusive)
{
	return container_of(exclusive, struct vsvm_context, exclusive);
}

bool vsvm_exclusivity(void);
bool vsvm_huge_pages(void);
bool vsvm_vram_faults(void);

int vsvm_context_create_ioctl(struct drm_device *drm, void *data,
			      struct drm_file *file);
struct vsvm_context *vsvm_context_get(struct vsvm_device *device,
				      struct mm_struct *mm);
void vsvm_context_put(struct vsvm_context *context);

extern const struct drm_exclusive_ops vsvm_exclusive_ops;
int vsvm_window_mmap(struct vsvm_context *context, struct vm_area_struct *vma);
int vsvm_window_prepare(struct vsvm_window *window, unsigned long device_address);
vm_fault_t vsvm_window_insert(struct vsvm_window *window,
			      unsigned long device_address, unsigned long pfn,
			      bool writable);

int vsvm_plain_fault(struct vsvm_window *window, struct vm_fault *vmf,
		     unsigned long address, bool write);
vm_fault_t vsvm_plain_huge_fault(struct vsvm_window *window, struct vm_fault *vmf,
				 unsigned long address);

int vsvm_cores_init(struct vsvm_context *context);
void vsvm_cores_fini(struct vsvm_context *context);
int vsvm_cores_mmap(struct vsvm_context *context, struct vm_area_struct *vma);
bool vsvm_core_leave(struct vsvm_context *context, const struct vm_fault *vmf,
		     unsigned long address, u32 access, int error);
int vsvm_stop_ioctl(struct drm_device *drm, void *data, struct drm_file *file);

struct page *vsvm_vram_memory(const struct page *page);
struct page *vsvm_vram_huge_memory(const struct page *page);
struct vsvm_usage *vsvm_usage_create(void);
void vsvm_usage_put(struct vsvm_usage *usage);
unsigned long vsvm_vram_reserve(struct vsvm_vram *vram, unsigned long *pfns,
				unsigned long npages);
unsigned long vsvm_vram_reserve_block(struct vsvm_vram *vram, unsigned long *pfns);
void vsvm_vram_unreserve(struct vsvm_vram *vram, const unsigned long *pfns,
			 unsigned long npages);
struct folio *vsvm_vram_use(struct vsvm_vram *vram, unsigned long pfn,
			    unsigned int order, struct page *from,
			    struct vsvm_usage *usage);
unsigned long vsvm_vram_next_victims(struct vsvm_vram *vram, bool block,
				     unsigned long *pfn);
void vsvm_vram_init(struct vsvm_device *device, unsigned long size);
void vsvm_vram_fini(struct vsvm_device *device);

void vsvm_home_reserve(struct vsvm_home *home);
void vsvm_home_finish(struct vsvm_home *home);
unsigned long vsvm_home_copy(const unsigned long *src, unsigned long *dst,
			     unsigned long npages, struct vsvm_home *home);
unsigned long vsvm_home_note(const unsigned long *src, unsigned long npages,
			     enum vsvm_moved cause);
unsigned long vsvm_evict(struct vsvm_vram *vram, bool block, gfp_t flags);
vm_fault_t vsvm_migrate_to_ram(struct vm_fault *vmf);

bool vsvm_is_vram(struct vsvm_context *context, unsigned long pfn);
void vsvm_vram_fault_in(struct vsvm_context *context, unsigned long address);
int vsvm_bring_home(struct vsvm_context *context, unsigned long address);
int vsvm_vram_atomic_fault(struct vsvm_window *window, unsigned long device_address,
			   unsigned long address);
int vsvm_migrate_ioctl(struct drm_device *drm, void *data, struct drm_file *file);

int vsvm_zap_init(void);
void vsvm_zap_fini(void);
void vsvm_zap(struct vm_area_struct *vma, unsigned long address,
	      unsigned long size);

#endif
