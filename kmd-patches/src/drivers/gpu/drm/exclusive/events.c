// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens to the memory of the process: taking pages away from the device, and
 * telling those whom it concerns
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>

#include "internal.h"
#include "trace.h"

/* All grants under way of all devices, by &drm_exclusive_section.tasks. */
static DEFINE_SPINLOCK(granting_lock);
static LIST_HEAD(granting);

static void note_revoked(struct drm_exclusive *exclusive, unsigned long index,
			 enum drm_exclusive_cause cause, u64 now_ns)
{
	struct drm_exclusive_registration *registration =
		drm_exclusive_at_locked(exclusive, index << PAGE_SHIFT);

	/* the range is just being unregistered */
	if (!registration)
		return;
	registration->statistics.revoked_pages[cause]++;
	if (cause == DRM_EXCLUSIVE_CAUSE_CPU &&
	    drm_exclusive_policy_revoked(&registration->policy, index, now_ns))
		trace_drm_exclusive_degrade(exclusive, registration->span.start,
					    registration->span.end,
					    registration->policy.degraded);
}

/**
 * drm_exclusive_revoke_locked() - Take pages away from the device
 * @exclusive: the memory
 * @span: the range
 * @cause: why
 *
 * Context: drm_exclusive_lock() held.
 */
void drm_exclusive_revoke_locked(struct drm_exclusive *exclusive,
				 struct drm_exclusive_span span,
				 enum drm_exclusive_cause cause)
{
	const u64 now_ns = ktime_get_ns();
	unsigned long index, first = 0, last = 0, npages = 0;
	struct page *page;

	drm_exclusive_assert_locked(exclusive);
	xa_for_each_range(&exclusive->pages, index, page,
			  span.start >> PAGE_SHIFT, (span.end - 1) >> PAGE_SHIFT) {
		if (!npages++)
			first = index;
		last = index;
		xa_erase(&exclusive->pages, index);
		note_revoked(exclusive, index, cause, now_ns);
	}
	if (!npages)
		return;

	exclusive->npages -= npages;
	exclusive->ops->revoke(exclusive, first << PAGE_SHIFT,
			       (last + 1) << PAGE_SHIFT);
	trace_drm_exclusive_revoke(exclusive, first << PAGE_SHIFT,
				   (last + 1) << PAGE_SHIFT, npages, cause);
}

/*
 * Who clears entries? The core sends one event for all of that. A CPU that takes an
 * exclusive page back has the folio locked, which others that clear a single entry
 * have not; what moves or pages out a folio has it locked, too, and besides holds the
 * lock of its reverse mapping. Somebody else may hold a lock by chance: so these
 * decide what is counted, not what is done.
 */
static bool is_folio_locked_at(struct drm_exclusive *exclusive,
			       unsigned long address)
{
	struct page *page = drm_exclusive_page(exclusive, address);

	return page && folio_test_locked(page_folio(page));
}

static bool is_cpu_touch_locked(struct drm_exclusive *exclusive,
				const struct mmu_notifier_range *range)
{
	return range->event == MMU_NOTIFY_CLEAR &&
	       range->end - range->start == PAGE_SIZE &&
	       !(current->flags & PF_MEMALLOC) &&
	       is_folio_locked_at(exclusive, range->start);
}

static bool is_moving_locked(struct drm_exclusive *exclusive,
			     struct drm_exclusive_span span)
{
	unsigned long index = span.start >> PAGE_SHIFT;
	struct anon_vma *anon_vma;
	struct folio *folio;
	struct page *page;
	bool moving = false;

	page = xa_find(&exclusive->pages, &index, (span.end - 1) >> PAGE_SHIFT,
		       XA_PRESENT);
	if (!page)
		return false;
	folio = page_folio(page);
	/* such a folio has its anon_vma as long as it has an entry, but see above */
	rcu_read_lock();
	if (folio_test_locked(folio) && folio_test_anon(folio)) {
		anon_vma = (void *)((unsigned long)READ_ONCE(folio->mapping) &
				    ~FOLIO_MAPPING_FLAGS);
		moving = rwsem_is_locked(&READ_ONCE(anon_vma->root)->rwsem);
	}
	rcu_read_unlock();
	return moving;
}

/* Does the current task grant pages, to any device? */
static bool is_granting(void)
{
	struct drm_exclusive_section *section;
	bool found = false;

	spin_lock(&granting_lock);
	list_for_each_entry(section, &granting, tasks) {
		if (section->task == current) {
			found = true;
			break;
		}
	}
	spin_unlock(&granting_lock);
	return found;
}

static enum drm_exclusive_cause
cause_of_clear_locked(struct drm_exclusive *exclusive,
		      const struct mmu_notifier_range *range,
		      struct drm_exclusive_span span)
{
	if (current->flags & PF_MEMALLOC)
		return DRM_EXCLUSIVE_CAUSE_PRESSURE;
	/* compaction, for example; others use the memory by its mm */
	if (current->flags & PF_KTHREAD && current->mm != exclusive->mm)
		return DRM_EXCLUSIVE_CAUSE_MIGRATE;
	if (is_granting())
		return DRM_EXCLUSIVE_CAUSE_DEVICE;
	if (is_moving_locked(exclusive, span))
		return DRM_EXCLUSIVE_CAUSE_MIGRATE;
	if (is_cpu_touch_locked(exclusive, range))
		return DRM_EXCLUSIVE_CAUSE_CPU;
	return DRM_EXCLUSIVE_CAUSE_CLEAR;
}

static enum drm_exclusive_cause
cause_locked(struct drm_exclusive *exclusive,
	     const struct mmu_notifier_range *range,
	     struct drm_exclusive_span span)
{
	switch (range->event) {
	case MMU_NOTIFY_EXCLUSIVE:
		return DRM_EXCLUSIVE_CAUSE_DEVICE;
	case MMU_NOTIFY_UNMAP:
		return DRM_EXCLUSIVE_CAUSE_UNMAP;
	case MMU_NOTIFY_PROTECTION_VMA:
	case MMU_NOTIFY_PROTECTION_PAGE:
	case MMU_NOTIFY_SOFT_DIRTY:
		return DRM_EXCLUSIVE_CAUSE_PROTECTION;
	case MMU_NOTIFY_MIGRATE:
		return DRM_EXCLUSIVE_CAUSE_MIGRATE;
	case MMU_NOTIFY_RELEASE:
		return DRM_EXCLUSIVE_CAUSE_EXIT;
	default:
		return cause_of_clear_locked(exclusive, range, span);
	}
}

/*
 * Remember what has begun, until the notifiers of the mm have a moment without any
 * event under way and the next round of events begins, with another @seq.
 */
static void note_event_locked(struct drm_exclusive *exclusive,
			      struct drm_exclusive_span span, unsigned long seq)
{
	struct drm_exclusive_events *events = &exclusive->events;
	struct drm_exclusive_span *last;

	drm_exclusive_assert_locked(exclusive);
	if (events->seq != seq) {
		events->seq = seq;
		events->count = 0;
	}
	if (events->count < ARRAY_SIZE(events->spans)) {
		events->spans[events->count++] = span;
		return;
	}
	last = &events->spans[events->count - 1];
	last->start = min(last->start, span.start);
	last->end = max(last->end, span.end);
}

/* What is noted of a round that is over need not be waited for. */
static bool is_noted_locked(struct drm_exclusive *exclusive,
			    struct drm_exclusive_span span)
{
	const struct drm_exclusive_events *events = &exclusive->events;
	unsigned int i;

	drm_exclusive_assert_locked(exclusive);
	if (events->seq != exclusive->notifier->notifier.invalidate_seq)
		return false;
	for (i = 0; i < events->count; i++)
		if (span.start < events->spans[i].end &&
		    span.end > events->spans[i].start)
			return true;
	return false;
}

/* Something happens to @span: whoever relies on a page of it has to try again. */
static void disturb_sections_locked(struct drm_exclusive *exclusive,
				    struct drm_exclusive_span span)
{
	struct drm_exclusive_section *section;

	drm_exclusive_assert_locked(exclusive);
	list_for_each_entry(section, &exclusive->sections, link)
		if (section->task != current && span.start < section->span.end &&
		    span.end > section->span.start)
			section->collided = true;
}

/**
 * drm_exclusive_section_begin() - Begin to look at pages of the process
 * @exclusive: the memory
 * @section: with the range, and all else 0
 *
 * From here on, whatever happens to pages of the range is noted in @section, and
 * what had begun before has come to its end. What happens elsewhere is neither noted
 * nor waited for.
 *
 * Context: Process context; may sleep, without drm_exclusive_lock() or anything
 * that notifier callbacks take.
 * Return: 0, or -ENXIO if there is no section, for want of drm_exclusive_cover().
 */
int drm_exclusive_section_begin(struct drm_exclusive *exclusive,
				struct drm_exclusive_section *section)
{
	bool wait;

	if (!drm_exclusive_is_covered(exclusive))
		return -ENXIO;
	if (section->task) {
		spin_lock(&granting_lock);
		list_add(&section->tasks, &granting);
		spin_unlock(&granting_lock);
	}

	drm_exclusive_lock(exclusive);
	section->collided = false;
	list_add(&section->link, &exclusive->sections);
	wait = is_noted_locked(exclusive, section->span);
	drm_exclusive_unlock(exclusive);

	if (wait)
		mmu_interval_read_begin(&exclusive->notifier->notifier);
	return 0;
}
EXPORT_SYMBOL_GPL(drm_exclusive_section_begin);

/**
 * drm_exclusive_section_end_locked() - Has anything happened to the pages?
 * @exclusive: the memory
 * @section: its end
 *
 * Context: drm_exclusive_lock() held. What was found out about the pages holds until
 * it is dropped, and must be in force for the device by then.
 * Return: true if something has, and all has to be done again.
 */
bool drm_exclusive_section_end_locked(struct drm_exclusive *exclusive,
				      struct drm_exclusive_section *section)
{
	drm_exclusive_assert_locked(exclusive);
	list_del(&section->link);
	if (section->task) {
		spin_lock(&granting_lock);
		list_del(&section->tasks);
		spin_unlock(&granting_lock);
	}
	return section->collided;
}
EXPORT_SYMBOL_GPL(drm_exclusive_section_end_locked);

/**
 * drm_exclusive_section_cancel() - End a section whatever has happened
 * @exclusive: the memory
 * @section: its end
 */
void drm_exclusive_section_cancel(struct drm_exclusive *exclusive,
				  struct drm_exclusive_section *section)
{
	drm_exclusive_lock(exclusive);
	drm_exclusive_section_end_locked(exclusive, section);
	drm_exclusive_unlock(exclusive);
}
EXPORT_SYMBOL_GPL(drm_exclusive_section_cancel);

/*
 * How long may the device keep a page that a CPU wants? Counts from the grant,
 * and only for the page that was granted last: that is the one a fight is for.
 */
static unsigned int hold_left_us_locked(struct drm_exclusive *exclusive,
					const struct mmu_notifier_range *range)
{
	const unsigned int hold = drm_exclusive_hold_us();
	struct drm_exclusive_registration *registration;
	u64 age_us;

	if (!hold)
		return 0;
	registration = drm_exclusive_at_locked(exclusive, range->start);
	if (!registration || registration->last_address != range->start ||
	    !is_cpu_touch_locked(exclusive, range))
		return 0;
	age_us = ktime_to_us(ktime_sub(ktime_get(), registration->last_time));
	return age_us < hold ? hold - age_us : 0;
}

/* Called with drm_exclusive_lock(). */
static void drm_exclusive_invalidate(struct drm_gpusvm *gpusvm,
				     struct drm_gpusvm_notifier *notifier,
				     const struct mmu_notifier_range *range)
{
	struct drm_exclusive *exclusive =
		container_of(gpusvm, struct drm_exclusive, gpusvm);
	const struct drm_exclusive_span span = {
		.start = max(range->start, exclusive->start),
		.end = min(range->end, exclusive->end),
	};
	/* another round cannot begin before this event has come to its end */
	const unsigned long seq = notifier->notifier.invalidate_seq;
	unsigned int hold;

	/* the notifier covers more, to its own alignment */
	if (span.start >= span.end)
		return;
	if (range->event == MMU_NOTIFY_EXCLUSIVE && range->owner == exclusive)
		return;

	/* The folio is locked: nobody is given this page while we sleep. */
	hold = hold_left_us_locked(exclusive, range);
	if (hold) {
		/* the device is to get on with its other pages */
		drm_exclusive_unlock(exclusive);
		usleep_range(hold, hold + 1);
		drm_exclusive_lock(exclusive);
	}

	note_event_locked(exclusive, span, seq);
	disturb_sections_locked(exclusive, span);
	drm_exclusive_revoke_locked(exclusive, span,
				    cause_locked(exclusive, range, span));
	if (exclusive->ops->invalidate)
		exclusive->ops->invalidate(exclusive, span.start, span.end);
}

static const struct drm_gpusvm_ops gpusvm_ops = {
	.invalidate = drm_exclusive_invalidate,
};

/*
 * gpusvm has its notifiers by ranges, for which there must be memory. What the device
 * can do to a page is in its page table, and what is exclusive in the helper's, so one
 * page is enough of a range.
 */
static const unsigned long chunk_sizes[] = { SZ_4K };

/* A power of two, aligned to which one notifier holds all of @start to @end. */
static unsigned long notifier_size(unsigned long start, unsigned long end)
{
	return max(SZ_512M, BIT(fls_long(start ^ (end - 1))));
}

/* Where is memory that a range can be for? Returns the end if there is none. */
static unsigned long find_memory(struct drm_exclusive *exclusive)
{
	VMA_ITERATOR(vmi, exclusive->mm, exclusive->start);
	unsigned long address = exclusive->end;
	struct vm_area_struct *vma;

	mmap_read_lock(exclusive->mm);
	for_each_vma_range(vmi, vma, exclusive->end) {
		if (!(vma->vm_flags & (VM_IO | VM_PFNMAP))) {
			address = max(vma->vm_start, exclusive->start);
			break;
		}
	}
	mmap_read_unlock(exclusive->mm);
	return address;
}

/**
 * drm_exclusive_cover() - Have events on memory noticed
 * @exclusive: the memory, of a process that has not come to its end
 * @address: an address at which there is memory
 *
 * Nothing can be granted or looked at before. drm_exclusive_init() does it where it
 * finds memory; otherwise the first grant does, or fault of the device, with which
 * drm_exclusive_fault() or drm_exclusive_section_begin() then fail with -ENXIO.
 *
 * Context: Process context, without the mmap_lock.
 * Return: 0; -ENOENT or -EIO if there is no memory, or it is a device's; -ENOMEM;
 * other errors of drm_gpusvm_range_find_or_insert().
 */
int drm_exclusive_cover(struct drm_exclusive *exclusive, unsigned long address)
{
	/* whether it may be written is looked at with each page */
	const struct drm_gpusvm_ctx ctx = { .read_only = true };
	struct drm_gpusvm_range *range;
	int err = 0;

	mutex_lock(&exclusive->range_lock);
	if (exclusive->notifier)
		goto unlock;
	range = drm_gpusvm_range_find_or_insert(&exclusive->gpusvm, address,
						exclusive->start, exclusive->end,
						&ctx);
	if (IS_ERR(range)) {
		err = PTR_ERR(range);
		goto unlock;
	}
	/* while events are under way the notifier is not yet called */
	mmu_interval_read_begin(&range->notifier->notifier);
	/* for drm_exclusive_is_covered() */
	smp_store_release(&exclusive->notifier, range->notifier);
unlock:
	mutex_unlock(&exclusive->range_lock);
	return err;
}
EXPORT_SYMBOL_GPL(drm_exclusive_cover);

/**
 * drm_exclusive_notifier_init() - Have events on memory noticed where there is some
 * @exclusive: the memory, of which all but what is of gpusvm is initialised
 *
 * Return: 0 or a negative errno.
 */
int drm_exclusive_notifier_init(struct drm_exclusive *exclusive)
{
	const unsigned long start = exclusive->start, end = exclusive->end;
	unsigned long address;
	int err;

	exclusive->notifier = NULL;
	err = drm_gpusvm_init(&exclusive->gpusvm, "drm_exclusive", exclusive->mm,
			      start, end - start, notifier_size(start, end),
			      &gpusvm_ops, chunk_sizes, ARRAY_SIZE(chunk_sizes));
	if (err)
		return err;
	mutex_init(&exclusive->range_lock);
	drm_gpusvm_driver_set_lock(&exclusive->gpusvm, &exclusive->range_lock);

	address = find_memory(exclusive);
	if (address != end)
		err = drm_exclusive_cover(exclusive, address);
	/* memory that is no longer there will come again, or not be used */
	if (err != -ENOMEM)
		return 0;
	drm_exclusive_notifier_fini(exclusive);
	return err;
}

/**
 * drm_exclusive_notifier_fini() - Have nothing noticed any more
 * @exclusive: the memory, which the device has nothing of
 */
void drm_exclusive_notifier_fini(struct drm_exclusive *exclusive)
{
	mutex_lock(&exclusive->range_lock);
	drm_gpusvm_fini(&exclusive->gpusvm);
	mutex_unlock(&exclusive->range_lock);
	mutex_destroy(&exclusive->range_lock);
}
