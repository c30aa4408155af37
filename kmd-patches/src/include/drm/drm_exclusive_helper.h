/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _DRM_EXCLUSIVE_HELPER_H_
#define _DRM_EXCLUSIVE_HELPER_H_

#include <linux/list.h>
#include <linux/maple_tree.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include <drm/drm_gpusvm.h>

#include <uapi/drm/drm_exclusive.h>

struct drm_exclusive;
struct drm_exclusive_registration;
struct drm_printer;
struct page;
struct task_struct;

/**
 * struct drm_exclusive_span - a range of addresses
 */
struct drm_exclusive_span {
	/** @start: First address. */
	unsigned long start;
	/** @end: Address behind the last. */
	unsigned long end;
};

/**
 * struct drm_exclusive_section - a fault of the device that looks at pages
 *
 * See drm_exclusive_section_begin().
 */
struct drm_exclusive_section {
	/** @link: In &drm_exclusive.sections, protected by drm_exclusive_lock(). */
	struct list_head link;
	/** @tasks: In the list of all that have a @task. */
	struct list_head tasks;
	/**
	 * @task: Who makes the pages exclusive; own events do not disturb it. NULL
	 * for all that drivers do.
	 */
	struct task_struct *task;
	/** @span: The pages. */
	struct drm_exclusive_span span;
	/**
	 * @collided: Something has happened to one of them since. Protected by
	 * drm_exclusive_lock().
	 */
	bool collided;
};

/**
 * struct drm_exclusive_events - what has begun in the present round of events
 *
 * The notifiers of a mm number the rounds. One ends when no event is under way
 * any more; whoever waits for an event waits for the end of its round.
 */
struct drm_exclusive_events {
	/** @seq: The number of the round. */
	unsigned long seq;
	/** @count: How many of @spans are used. */
	unsigned int count;
	/** @spans: Where they are; the last is that of all for which there is no room. */
	struct drm_exclusive_span spans[8];
};

/**
 * struct drm_exclusive_ops - what a driver does for &struct drm_exclusive
 *
 * Addresses are CPU virtual addresses of the mm, aligned to pages.
 */
struct drm_exclusive_ops {
	/**
	 * @prepare: Optional. Allocate what @map will need for the range, page
	 * tables for example. Called with the mmap_lock held for reading and no
	 * other lock; may sleep and allocate.
	 *
	 * Returns 0 or a negative errno, with which the grant ends.
	 */
	int (*prepare)(struct drm_exclusive *exclusive, unsigned long start,
		       unsigned long end);

	/**
	 * @map: Let the device access @npages pages from @address on, with
	 * atomic operations. The pages are @page and those that follow it in its
	 * folio. Called with drm_exclusive_lock(), the lock of the folio and the
	 * mmap_lock held: must not allocate in a way that reclaims memory. May
	 * leave pages out; the device faults again for those.
	 */
	void (*map)(struct drm_exclusive *exclusive, unsigned long address,
		    struct page *page, unsigned long npages);

	/**
	 * @revoke: Take atomic access to the range away from the device, and
	 * return only when no atomic operation of the device on it is under way
	 * any more. Called with drm_exclusive_lock() held, mostly from an MMU
	 * notifier: must neither allocate memory nor wait for a kernel or a
	 * fence of the device.
	 */
	void (*revoke)(struct drm_exclusive *exclusive, unsigned long start,
		       unsigned long end);

	/**
	 * @invalidate: Optional. Take all access of any kind to the range away
	 * from the device, under the rules of @revoke. It is for what the
	 * driver mapped by hmm_range_fault() within a section.
	 */
	void (*invalidate)(struct drm_exclusive *exclusive, unsigned long start,
			   unsigned long end);
};

/**
 * struct drm_exclusive - memory of one mm that is exclusive to one GPU
 *
 * To be embedded in the driver's structure for an SVM address space. See the
 * overview for its life and its locks.
 */
struct drm_exclusive {
	/** @ops: The driver's part. */
	const struct drm_exclusive_ops *ops;
	/** @gpusvm: Has the notifier, and the lock that its callback takes. */
	struct drm_gpusvm gpusvm;
	/** @mm: The mm, which @gpusvm keeps from being freed. Constant. */
	struct mm_struct *mm;
	/** @start: First address that the device can reach. Constant. */
	unsigned long start;
	/** @end: Address behind the last. Constant. */
	unsigned long end;
	/**
	 * @range_lock: What @gpusvm calls the driver's lock, and for changes of @ranges.
	 * Taken before the mmap_lock.
	 */
	struct mutex range_lock;
	/**
	 * @notifier: That of @gpusvm, once there is memory; it covers @start to @end.
	 * Each event anywhere in there looks to its readers like one on their pages:
	 * use a &struct drm_exclusive_section.
	 */
	struct drm_gpusvm_notifier *notifier;
	/**
	 * @quiet: Is never told of any event. For &hmm_range.notifier, within a
	 * section.
	 */
	struct mmu_interval_notifier quiet;
	/**
	 * @ranges: The registered ranges by address. Changed with @range_lock held, and
	 * without drm_exclusive_lock(), as that takes memory; what is found under the
	 * latter stays until it is dropped.
	 */
	struct maple_tree ranges;
	/**
	 * @elsewhere: Stands for all addresses in no registered range, see
	 * drm_exclusive_serve_all(). If NULL, those are refused. Set before the
	 * first fault.
	 */
	struct drm_exclusive_registration *elsewhere;
	/**
	 * @pages: The exclusive pages by page number. Protected by drm_exclusive_lock().
	 * A page that is in here is mapped in @mm by a device-exclusive entry.
	 */
	struct xarray pages;
	/** @npages: How many @pages holds. Protected by drm_exclusive_lock(). */
	unsigned long npages;
	/** @sections: The sections under way. Protected by drm_exclusive_lock(). */
	struct list_head sections;
	/** @events: The events of the present round. Protected by drm_exclusive_lock(). */
	struct drm_exclusive_events events;
};

/**
 * drm_exclusive_lock() - Keep pages from being granted and taken away
 * @exclusive: the memory
 *
 * It is the lock of &drm_exclusive.gpusvm that notifier callbacks take. Under it: no
 * allocation that reclaims, no folio lock, no mmap_lock, no mmu_interval_read_begin().
 */
static inline void drm_exclusive_lock(struct drm_exclusive *exclusive)
{
	down_write(&exclusive->gpusvm.notifier_lock);
}

/**
 * drm_exclusive_unlock() - Undo drm_exclusive_lock()
 * @exclusive: the memory
 */
static inline void drm_exclusive_unlock(struct drm_exclusive *exclusive)
{
	up_write(&exclusive->gpusvm.notifier_lock);
}

/**
 * drm_exclusive_assert_locked() - Say that drm_exclusive_lock() was called
 * @exclusive: the memory
 */
static inline void drm_exclusive_assert_locked(struct drm_exclusive *exclusive)
{
	lockdep_assert_held_write(&exclusive->gpusvm.notifier_lock);
}

/**
 * drm_exclusive_is_covered() - Was drm_exclusive_cover() called, with success?
 * @exclusive: the memory
 */
static inline bool drm_exclusive_is_covered(struct drm_exclusive *exclusive)
{
	/* of drm_exclusive_cover() */
	return smp_load_acquire(&exclusive->notifier);
}

int drm_exclusive_init(struct drm_exclusive *exclusive,
		       const struct drm_exclusive_ops *ops,
		       unsigned long start, unsigned long end);
int drm_exclusive_serve_all(struct drm_exclusive *exclusive);
void drm_exclusive_fini(struct drm_exclusive *exclusive);

int drm_exclusive_ioctl(struct drm_exclusive *exclusive,
			struct drm_exclusive_range *args);
int drm_exclusive_cover(struct drm_exclusive *exclusive, unsigned long address);
int drm_exclusive_fault(struct drm_exclusive *exclusive, unsigned long address);
unsigned int drm_exclusive_backoff_us(struct drm_exclusive *exclusive,
				      unsigned long address);
bool drm_exclusive_serves(struct drm_exclusive *exclusive, unsigned long address);
int drm_exclusive_section_begin(struct drm_exclusive *exclusive,
				struct drm_exclusive_section *section);
bool drm_exclusive_section_end_locked(struct drm_exclusive *exclusive,
				      struct drm_exclusive_section *section);
void drm_exclusive_section_cancel(struct drm_exclusive *exclusive,
				  struct drm_exclusive_section *section);
struct page *drm_exclusive_page(struct drm_exclusive *exclusive,
				unsigned long address);
void drm_exclusive_print(struct drm_exclusive *exclusive,
			 struct drm_printer *printer, const char *prefix);
unsigned long drm_exclusive_max_fault_around(void);

#endif
