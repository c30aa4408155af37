// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens to the memory of the process: taking pages away from the device, and
 * telling those whom it concerns
 */
#include <linux/delay.h>
#include <linux/export.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
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

	/* only what is served has exclusive pages */
	if (WARN_ON_ONCE(!registration))
		return;
	registration->npages--;
	registration->statistics.revoked_pages[cause]++;
	if (cause == DRM_EXCLUSIVE_CAUSE_CPU &&
	    drm_exclusive_policy_revoked(&registration->policy, index, now_ns))
		trace_drm_exclusive_degrade(exclusive, registration->node.start,
					    registration->node.last + 1,
					    registration->policy.degraded);
}

/**
 * drm_exclusive_revoke_locked() - Take pages away from the device
 * @exclusive: the memory
 * @span: the range
 * @cause: why
 *
 * Context: &drm_exclusive.lock held.
 */
void drm_exclusive_revoke_locked(struct drm_exclusive *exclusive,
				 struct drm_exclusive_span span,
				 enum drm_exclusive_cause cause)
{
	const u64 now_ns = ktime_get_ns();
	unsigned long index, first = 0, last = 0, npages = 0;
	struct page *page;

	lockdep_assert_held(&exclusive->lock);
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

	lockdep_assert_held(&exclusive->lock);
	mmu_interval_set_seq(&exclusive->notifier, seq);
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

static bool is_noted_locked(struct drm_exclusive *exclusive,
			    struct drm_exclusive_span span)
{
	const struct drm_exclusive_events *events = &exclusive->events;
	unsigned int i;

	lockdep_assert_held(&exclusive->lock);
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

	lockdep_assert_held(&exclusive->lock);
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
 * Context: Process context; may sleep, without &drm_exclusive.lock or anything
 * that notifier callbacks take.
 */
void drm_exclusive_section_begin(struct drm_exclusive *exclusive,
				 struct drm_exclusive_section *section)
{
	bool wait;

	if (section->task) {
		spin_lock(&granting_lock);
		list_add(&section->tasks, &granting);
		spin_unlock(&granting_lock);
	}

	mutex_lock(&exclusive->lock);
	section->collided = false;
	list_add(&section->link, &exclusive->sections);
	wait = is_noted_locked(exclusive, section->span);
	mutex_unlock(&exclusive->lock);

	/* if that round is over, it costs nothing */
	if (wait)
		mmu_interval_read_begin(&exclusive->notifier);
}
EXPORT_SYMBOL_GPL(drm_exclusive_section_begin);

/**
 * drm_exclusive_section_end_locked() - Has anything happened to the pages?
 * @exclusive: the memory
 * @section: its end
 *
 * Context: &drm_exclusive.lock held. What was found out about the pages holds until
 * it is dropped, and must be in force for the device by then.
 * Return: true if something has, and all has to be done again.
 */
bool drm_exclusive_section_end_locked(struct drm_exclusive *exclusive,
				      struct drm_exclusive_section *section)
{
	lockdep_assert_held(&exclusive->lock);
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
	mutex_lock(&exclusive->lock);
	drm_exclusive_section_end_locked(exclusive, section);
	mutex_unlock(&exclusive->lock);
}
EXPORT_SYMBOL_GPL(drm_exclusive_section_cancel);

static bool invalidate_nonblocking(struct drm_exclusive *exclusive,
				   struct drm_exclusive_span span,
				   unsigned long cur_seq)
{
	bool done;

	if (!mutex_trylock(&exclusive->lock))
		return false;
	/* the driver may have to sleep to take something away */
	done = !xa_find(&exclusive->pages, &(unsigned long){ span.start >> PAGE_SHIFT },
			(span.end - 1) >> PAGE_SHIFT, XA_PRESENT);
	if (done && exclusive->ops->invalidate)
		done = exclusive->ops->invalidate(exclusive, span.start, span.end,
						  false);
	if (done) {
		note_event_locked(exclusive, span, cur_seq);
		disturb_sections_locked(exclusive, span);
	}
	mutex_unlock(&exclusive->lock);
	return done;
}

/*
 * How long may the device keep a page that a CPU wants? Counts from the grant,
 * and only for the page that was granted last: that is the one a fight is for.
 */
static unsigned int hold_left_us(struct drm_exclusive *exclusive,
				 const struct mmu_notifier_range *range)
{
	const unsigned int hold = drm_exclusive_hold_us();
	struct drm_exclusive_registration *registration;
	unsigned int left = 0;
	u64 age_us;

	if (!hold)
		return 0;
	mutex_lock(&exclusive->lock);
	registration = drm_exclusive_at_locked(exclusive, range->start);
	if (registration && registration->last_address == range->start &&
	    is_cpu_touch_locked(exclusive, range)) {
		age_us = ktime_to_us(ktime_sub(ktime_get(), registration->last_time));
		left = age_us < hold ? hold - age_us : 0;
	}
	mutex_unlock(&exclusive->lock);
	return left;
}

static bool drm_exclusive_invalidate(struct mmu_interval_notifier *notifier,
				     const struct mmu_notifier_range *range,
				     unsigned long cur_seq)
{
	struct drm_exclusive *exclusive =
		container_of(notifier, struct drm_exclusive, notifier);
	const struct drm_exclusive_span span = {
		.start = max(range->start, exclusive->start),
		.end = min(range->end, exclusive->end),
	};
	unsigned int hold;

	if (range->event == MMU_NOTIFY_EXCLUSIVE && range->owner == exclusive)
		return true;
	if (!mmu_notifier_range_blockable(range))
		return invalidate_nonblocking(exclusive, span, cur_seq);

	/* The folio is locked: nobody is given this page while we sleep. */
	hold = hold_left_us(exclusive, range);
	if (hold)
		usleep_range(hold, hold + 1);

	mutex_lock(&exclusive->lock);
	note_event_locked(exclusive, span, cur_seq);
	disturb_sections_locked(exclusive, span);
	drm_exclusive_revoke_locked(exclusive, span,
				    cause_locked(exclusive, range, span));
	if (exclusive->ops->invalidate)
		exclusive->ops->invalidate(exclusive, span.start, span.end, true);
	mutex_unlock(&exclusive->lock);
	return true;
}

const struct mmu_interval_notifier_ops drm_exclusive_notifier_ops = {
	.invalidate = drm_exclusive_invalidate,
};
