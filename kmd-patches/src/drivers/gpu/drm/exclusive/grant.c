// SPDX-License-Identifier: GPL-2.0-only
/*
 * Granting pages to the device, and giving them back
 */
#include <linux/delay.h>
#include <linux/export.h>
#include <linux/hugetlb.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "internal.h"
#include "trace.h"

#define GIVE_BACK_PAGES	32

/**
 * struct drm_exclusive_grant - a grant under way
 * @exclusive: the memory
 * @registration: the range, which holds all pages
 * @pages: scratch space of @max_pages entries
 * @max_pages: how many pages to ask the core for at once
 * @retries: what to add to the statistics
 * @missed: likewise
 */
struct drm_exclusive_grant {
	struct drm_exclusive *exclusive;
	struct drm_exclusive_registration *registration;
	struct page **pages;
	unsigned long max_pages;
	u64 retries;
	u64 missed;
};

/*
 * The core says only "not this page" for memory that can never be exclusive as
 * for a page that is busy. Sort the first out, for the page at span->start, and
 * shorten @span to what is like it.
 */
static int check_vma(struct drm_exclusive *exclusive,
		     struct drm_exclusive_span *span)
{
	struct vm_area_struct *vma;

	mmap_assert_locked(exclusive->mm);
	vma = vma_lookup(exclusive->mm, span->start);
	if (!vma || !(vma->vm_flags & VM_WRITE) ||
	    (vma->vm_flags & (VM_IO | VM_PFNMAP)))
		return -EFAULT;
	if ((vma->vm_flags & (VM_SHARED | VM_MAYSHARE)) || is_vm_hugetlb_page(vma))
		return -EOPNOTSUPP;
	span->end = min(span->end, vma->vm_end);
	return 0;
}

/*
 * May the page still be granted? What is not, for want of a registration, may
 * meanwhile be served elsewhere, and the other way round: then ask again.
 */
static int check_registration_locked(struct drm_exclusive_grant *grant,
				     unsigned long address)
{
	struct drm_exclusive *exclusive = grant->exclusive;
	struct drm_exclusive_registration *registration = grant->registration;

	if (!registration->dead &&
	    drm_exclusive_at_locked(exclusive, address) == registration)
		return 0;
	return exclusive->elsewhere ? -EAGAIN : -ENOENT;
}

static void put_pages(struct page **pages, unsigned long npages)
{
	unsigned long i;

	for (i = 0; i < npages; i++) {
		if (!pages[i])
			continue;
		unlock_page(pages[i]);
		put_page(pages[i]);
	}
}

/*
 * Let go of pages that the core made exclusive and that were not entered. A CPU's
 * access would mend their entries, but until then the pages could neither be
 * reclaimed nor be found.
 */
static void drop_pages(struct drm_exclusive *exclusive, unsigned long start,
		       struct page **pages, unsigned long npages)
{
	unsigned long i, address;
	bool entered;

	put_pages(pages, npages);
	for (i = 0; i < npages; i++) {
		if (!pages[i])
			continue;
		address = start + i * PAGE_SIZE;
		/* another grant may have been faster, and may keep it */
		mutex_lock(&exclusive->lock);
		entered = drm_exclusive_page(exclusive, address);
		mutex_unlock(&exclusive->lock);
		if (!entered)
			fixup_user_fault(exclusive->mm, address, 0, NULL);
	}
}

/*
 * Enter pages that the core made exclusive, up to the first for which there is no
 * memory, and have them mapped. @granted is how many; NULL pages do not count.
 *
 * Returns how many of the @npages, NULL or not, are dealt with.
 */
static unsigned long commit_locked(struct drm_exclusive_grant *grant,
				   unsigned long start, unsigned long npages,
				   unsigned long *granted)
{
	struct drm_exclusive *exclusive = grant->exclusive;
	struct drm_exclusive_registration *registration = grant->registration;
	unsigned long i, index;
	void *old;

	lockdep_assert_held(&exclusive->lock);
	*granted = 0;
	for (i = 0; i < npages; i++) {
		if (!grant->pages[i])
			continue;
		index = (start >> PAGE_SHIFT) + i;
		old = xa_store(&exclusive->pages, index, grant->pages[i],
			       GFP_NOWAIT | __GFP_NOWARN);
		if (xa_is_err(old))
			break;
		/* the core called back for it, and we revoked it, before */
		WARN_ON_ONCE(old);
		/* the device's writes leave no trace in a PTE */
		if (!PageDirty(grant->pages[i]))
			folio_mark_dirty(page_folio(grant->pages[i]));
		registration->last_address = index << PAGE_SHIFT;
		(*granted)++;
	}
	if (*granted) {
		exclusive->npages += *granted;
		registration->npages += *granted;
		registration->statistics.granted_pages += *granted;
		registration->last_time = ktime_get();
		exclusive->ops->map(exclusive, start, grant->pages, i);
	}
	return i;
}

/* The longest part at the start of @span of pages that are not exclusive. */
static struct drm_exclusive_span
not_exclusive(struct drm_exclusive *exclusive, struct drm_exclusive_span span)
{
	unsigned long index = span.start >> PAGE_SHIFT;

	mutex_lock(&exclusive->lock);
	if (xa_find(&exclusive->pages, &index, (span.end - 1) >> PAGE_SHIFT,
		    XA_PRESENT))
		span.end = index << PAGE_SHIFT;
	mutex_unlock(&exclusive->lock);
	return span;
}

/*
 * Try once to make pages of @span exclusive.
 *
 * Returns how many pages from the start of @span on are exclusive now, maybe 0,
 * or a negative errno if the first one cannot be had. Pages further on may have
 * become exclusive too.
 */
static long try_grant(struct drm_exclusive_grant *grant,
		      struct drm_exclusive_span span)
{
	struct drm_exclusive *exclusive = grant->exclusive;
	unsigned long npages, charged, granted, entered, first, seq;
	int found, err;

	npages = min((span.end - span.start) >> PAGE_SHIFT, grant->max_pages);
	charged = drm_exclusive_charge(exclusive, npages);
	if (!charged)
		return -ENOSPC;
	npages = charged;

	if (exclusive->ops->prepare) {
		err = exclusive->ops->prepare(exclusive, span.start,
					      span.start + npages * PAGE_SIZE);
		if (err)
			goto uncharge;
	}

	seq = mmu_interval_read_begin(&exclusive->notifier);
	found = make_device_exclusive_range(exclusive->mm, span.start,
					    span.start + npages * PAGE_SIZE,
					    grant->pages, exclusive);
	if (found <= 0) {
		err = found;
		goto uncharge;
	}

	mutex_lock(&exclusive->lock);
	err = check_registration_locked(grant, span.start);
	if (err) {
		mutex_unlock(&exclusive->lock);
		drop_pages(exclusive, span.start, grant->pages, found);
		goto uncharge;
	}
	if (mmu_interval_read_retry(&exclusive->notifier, seq)) {
		mutex_unlock(&exclusive->lock);
		drop_pages(exclusive, span.start, grant->pages, found);
		grant->retries++;
		err = 0;
		goto uncharge;
	}
	entered = commit_locked(grant, span.start, found, &granted);
	mutex_unlock(&exclusive->lock);

	for (first = 0; first < entered && grant->pages[first]; first++)
		;
	put_pages(grant->pages, entered);
	drop_pages(exclusive, span.start + entered * PAGE_SIZE,
		   grant->pages + entered, found - entered);
	grant->missed += found - granted;
	drm_exclusive_uncharge(exclusive, charged - granted);
	trace_drm_exclusive_grant(exclusive, span.start,
				  span.start + found * PAGE_SIZE, granted);
	return first;

uncharge:
	drm_exclusive_uncharge(exclusive, charged);
	return err;
}

/*
 * Try once more, with one page: only then the core waits for a folio, and splits a
 * large one. And set memory aside to enter the page, which cannot be waited for
 * later. Another grant of the same page may take it away in the end; that is only
 * one more try.
 */
static long try_grant_one(struct drm_exclusive_grant *grant,
			  unsigned long address)
{
	struct xarray *entries = &grant->exclusive->pages;
	const struct drm_exclusive_span page = {
		.start = address,
		.end = address + PAGE_SIZE,
	};
	long done;

	done = xa_reserve(entries, address >> PAGE_SHIFT, GFP_KERNEL);
	if (done)
		return done;
	done = try_grant(grant, page);
	/* does nothing if the page was entered */
	xa_release(entries, address >> PAGE_SHIFT);
	return done;
}

/*
 * Make the first page of @span exclusive, and more of it if that is easy.
 *
 * Returns how many pages from the start on are exclusive, at least 1, or a
 * negative errno. Each turn of the loop either ends it or counts a try.
 */
static long grant_some(struct drm_exclusive_grant *grant,
		       struct drm_exclusive_span span)
{
	struct drm_exclusive *exclusive = grant->exclusive;
	struct drm_exclusive_retry retry = {};
	struct drm_exclusive_span part;
	long done;
	int sleep;

	done = check_vma(exclusive, &span);
	if (done)
		return done;

	for (;;) {
		part = not_exclusive(exclusive, span);
		if (part.start == part.end)
			return 1;
		if (retry.tries)
			done = try_grant_one(grant, part.start);
		else
			done = try_grant(grant, part);
		if (done > 0)
			return done;

		sleep = drm_exclusive_retry_next(&retry);
		trace_drm_exclusive_retry(exclusive, part.start, part.end,
					  retry.tries);
		if (!done && sleep < 0)
			done = sleep;
		if (!done && fatal_signal_pending(current))
			done = -EINTR;
		if (done)
			return done;
		if (sleep)
			usleep_range_state(sleep, 2 * sleep, TASK_KILLABLE);
		else
			cond_resched();
	}
}

static void end_grant(struct drm_exclusive_grant *grant, bool fault, int err)
{
	struct drm_exclusive_statistics *statistics =
		&grant->registration->statistics;

	mutex_lock(&grant->exclusive->lock);
	statistics->faults += fault;
	statistics->retries += grant->retries;
	statistics->missed_pages += grant->missed;
	statistics->failed += !!err;
	mutex_unlock(&grant->exclusive->lock);
}

/**
 * drm_exclusive_acquire() - Make all pages of a range exclusive
 * @exclusive: the memory
 * @registration: holds @span
 * @span: the range
 * @done_bytes: how far it came, set in any case
 *
 * Return: 0 or a negative errno, see &struct drm_exclusive_range.
 */
int drm_exclusive_acquire(struct drm_exclusive *exclusive,
			  struct drm_exclusive_registration *registration,
			  struct drm_exclusive_span span, u64 *done_bytes)
{
	struct drm_exclusive_grant grant = {
		.exclusive = exclusive,
		.registration = registration,
		.max_pages = DRM_EXCLUSIVE_BATCH_PAGES,
	};
	const unsigned long start = span.start;
	long npages = 0;

	grant.pages = kmalloc_array(DRM_EXCLUSIVE_BATCH_PAGES, sizeof(*grant.pages),
				    GFP_KERNEL);
	if (!grant.pages)
		return -ENOMEM;

	while (span.start < span.end) {
		if (signal_pending(current)) {
			npages = -EINTR;
			break;
		}
		mmap_read_lock(exclusive->mm);
		npages = grant_some(&grant, span);
		mmap_read_unlock(exclusive->mm);
		if (npages < 0)
			break;
		span.start += npages * PAGE_SIZE;
		cond_resched();
	}

	*done_bytes = span.start - start;
	npages = min(npages, 0L);
	end_grant(&grant, false, npages);
	kfree(grant.pages);
	return npages;
}

/*
 * The pages are exclusive already, but the device has not seen that: it faulted
 * before they were mapped, or the driver left them out.
 */
static bool map_again(struct drm_exclusive *exclusive, unsigned long address)
{
	struct page *page;

	mutex_lock(&exclusive->lock);
	page = drm_exclusive_page(exclusive, address);
	if (page)
		exclusive->ops->map(exclusive, address, &page, 1);
	mutex_unlock(&exclusive->lock);
	return page;
}

/* Which pages should a fault take? */
static struct drm_exclusive_span
span_of_fault(struct drm_exclusive_grant *grant, unsigned long address)
{
	struct drm_exclusive *exclusive = grant->exclusive;
	struct drm_exclusive_span span = {
		.start = address,
		.end = address + PAGE_SIZE,
	};

	if (grant->registration == exclusive->elsewhere)
		return span;

	span.start = grant->registration->node.start;
	span.end = grant->registration->node.last + 1;
	mutex_lock(&exclusive->lock);
	span = drm_exclusive_policy_around(&grant->registration->policy, span,
					   address,
					   drm_exclusive_max_fault_around(),
					   ktime_get_ns());
	mutex_unlock(&exclusive->lock);
	return span;
}

/**
 * drm_exclusive_fault() - Serve an atomic fault of the device
 * @exclusive: the memory
 * @address: where the fault is, in the address space of the mm
 *
 * Makes the page exclusive and maps it. If the device walks through the
 * registered range, some pages that follow are taken with it.
 *
 * Context: mmap_lock of the mm held for reading, no other lock.
 * Return: 0: the device may go on, and faults again should a CPU have been
 * faster. -EAGAIN: the page could not be had now; drop all locks and let the
 * device repeat its access. -EINTR: the same, and the task is to die. Other
 * errors are for good: -ENOENT for an address that is not registered, and those
 * of &struct drm_exclusive_range for an acquire.
 */
int drm_exclusive_fault(struct drm_exclusive *exclusive, unsigned long address)
{
	struct page *pages[DRM_EXCLUSIVE_MAX_AROUND_PAGES];
	struct drm_exclusive_grant grant = {
		.exclusive = exclusive,
		.pages = pages,
		.max_pages = ARRAY_SIZE(pages),
	};
	struct drm_exclusive_span span;
	int err = 0;
	long npages;

	address &= PAGE_MASK;
	grant.registration = drm_exclusive_find_page(exclusive, address);
	if (!grant.registration) {
		/* with an elsewhere, an unregistration is under way here */
		err = exclusive->elsewhere ? -EAGAIN : -ENOENT;
		trace_drm_exclusive_fault(exclusive, address, address + PAGE_SIZE,
					  err);
		return err;
	}
	span = span_of_fault(&grant, address);

	if (exclusive->ops->prepare)
		err = exclusive->ops->prepare(exclusive, address,
					      address + PAGE_SIZE);
	if (!err && !map_again(exclusive, address)) {
		npages = grant_some(&grant, span);
		err = min(npages, 0L);
	}
	trace_drm_exclusive_fault(exclusive, span.start, span.end, err);
	end_grant(&grant, true, err);
	drm_exclusive_put(grant.registration);
	return err;
}
EXPORT_SYMBOL_GPL(drm_exclusive_fault);

static unsigned int next_exclusive(struct drm_exclusive *exclusive,
				   struct drm_exclusive_span span,
				   unsigned long *addresses, unsigned int max)
{
	unsigned int found = 0;
	unsigned long index;
	struct page *page;

	mutex_lock(&exclusive->lock);
	xa_for_each_range(&exclusive->pages, index, page,
			  span.start >> PAGE_SHIFT, (span.end - 1) >> PAGE_SHIFT) {
		if (found == max)
			break;
		addresses[found++] = index << PAGE_SHIFT;
	}
	mutex_unlock(&exclusive->lock);
	return found;
}

/**
 * drm_exclusive_give_back() - Give exclusive pages back to the CPU
 * @exclusive: the memory
 * @span: the range
 * @cause: why, for the statistics
 * @max_pages: how many at most
 *
 * Takes the fault that a CPU would take on each page, so that the page becomes
 * ordinary memory again, which can be reclaimed, whether a CPU ever uses it or
 * not. Where that cannot be done the device's access is taken away all the same.
 * Pages that the device gets anew meanwhile stay with it.
 *
 * Context: mmap_lock held for reading. The mm has users, or its end waits for
 * &drm_exclusive.restore_lock, which is held.
 */
void drm_exclusive_give_back(struct drm_exclusive *exclusive,
			     struct drm_exclusive_span span,
			     enum drm_exclusive_cause cause,
			     unsigned long max_pages)
{
	struct drm_exclusive_releaser releaser = {
		.task = current,
		.cause = cause,
	};
	unsigned long addresses[GIVE_BACK_PAGES];
	struct drm_exclusive_span page;
	unsigned int i, found;

	mutex_lock(&exclusive->lock);
	list_add(&releaser.link, &exclusive->releasers);
	mutex_unlock(&exclusive->lock);

	while (span.start < span.end && max_pages) {
		found = next_exclusive(exclusive, span, addresses,
				       min_t(unsigned long, max_pages,
					     GIVE_BACK_PAGES));
		if (!found)
			break;
		for (i = 0; i < found; i++) {
			if (!fixup_user_fault(exclusive->mm, addresses[i], 0, NULL))
				continue;
			page.start = addresses[i];
			page.end = page.start + PAGE_SIZE;
			mutex_lock(&exclusive->lock);
			drm_exclusive_revoke_locked(exclusive, page, cause);
			mutex_unlock(&exclusive->lock);
		}
		max_pages -= found;
		span.start = addresses[found - 1] + PAGE_SIZE;
		cond_resched();
	}

	mutex_lock(&exclusive->lock);
	list_del(&releaser.link);
	mutex_unlock(&exclusive->lock);
}
