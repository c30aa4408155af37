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

#ifdef VSVM_OUT_OF_TREE
/* A kernel as it is makes one page exclusive at a time, and always waits for it. */
static struct page *
make_device_exclusive_pages(struct mm_struct *mm, unsigned long address,
			    unsigned long max_pages, bool wait, void *owner,
			    struct folio **folio, unsigned long *npages)
{
	*npages = 1;
	return make_device_exclusive(mm, address, owner, folio);
}
#endif

/*
 * The core faults a page in, for writing, before it looks what it is. Sort out
 * memory that can never be exclusive, for the page at span->start, and shorten
 * @span to what is like it.
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

	if (drm_exclusive_at_locked(exclusive, address) == registration)
		return 0;
	return exclusive->elsewhere ? -EAGAIN : -ENOENT;
}

/*
 * Enter pages that the core made exclusive, up to the first for which there is no
 * memory, and have them mapped.
 *
 * Returns how many.
 */
static unsigned long commit_locked(struct drm_exclusive_grant *grant,
				   struct page *page, unsigned long npages)
{
	struct drm_exclusive *exclusive = grant->exclusive;
	struct drm_exclusive_registration *registration = grant->registration;
	const unsigned long start = grant->section.span.start;
	unsigned long i;
	void *old;

	drm_exclusive_assert_locked(exclusive);
	for (i = 0; i < npages; i++) {
		old = xa_store(&exclusive->pages, (start >> PAGE_SHIFT) + i,
			       page + i, GFP_NOWAIT | __GFP_NOWARN);
		if (xa_is_err(old))
			break;
		/* the core called back for it, and we revoked it, before */
		WARN_ON_ONCE(old);
	}
	if (!i)
		return 0;

	/* the device's writes leave no trace in a PTE */
	folio_mark_dirty(page_folio(page));
	exclusive->npages += i;
	registration->statistics.granted_pages += i;
	registration->last_address = start + (i - 1) * PAGE_SIZE;
	registration->last_time = ktime_get();
	exclusive->ops->map(exclusive, start, page, i);
	return i;
}

/* Enter @npages pages, unless they are not ours to grant any more. */
static long end_section(struct drm_exclusive_grant *grant, struct page *page,
			unsigned long npages)
{
	struct drm_exclusive *exclusive = grant->exclusive;
	bool collided;
	long done;

	drm_exclusive_lock(exclusive);
	collided = drm_exclusive_section_end_locked(exclusive, &grant->section);
	done = check_registration_locked(grant, grant->section.span.start);
	if (!done && collided)
		grant->retries++;
	else if (!done)
		done = commit_locked(grant, page, npages);
	drm_exclusive_unlock(exclusive);
	return done;
}

/* The longest part at the start of @span of pages that are not exclusive. */
static struct drm_exclusive_span
not_exclusive(struct drm_exclusive *exclusive, struct drm_exclusive_span span)
{
	unsigned long index = span.start >> PAGE_SHIFT;

	drm_exclusive_lock(exclusive);
	if (xa_find(&exclusive->pages, &index, (span.end - 1) >> PAGE_SHIFT,
		    XA_PRESENT))
		span.end = index << PAGE_SHIFT;
	drm_exclusive_unlock(exclusive);
	return span;
}

/*
 * Try once to make the first page of @span exclusive, and those with it that are
 * in the same folio.
 *
 * A page that the core made exclusive and that is not entered then, is nobody's.
 * It can be reclaimed and migrated like any other; the next access of a CPU, or
 * the next try, mends its entry.
 *
 * Returns how many pages from the start of @span on are exclusive now, maybe 0,
 * or a negative errno if the first one cannot be had; -EAGAIN if it is busy, and
 * that is not to be waited for.
 */
static long try_grant(struct drm_exclusive_grant *grant,
		      struct drm_exclusive_span span, bool wait)
{
	struct drm_exclusive *exclusive = grant->exclusive;
	unsigned long npages;
	struct folio *folio;
	struct page *page;
	long done;

	if (exclusive->ops->prepare) {
		done = exclusive->ops->prepare(exclusive, span.start, span.end);
		if (done)
			return done;
	}

	grant->section.span = span;
	done = drm_exclusive_section_begin(exclusive, &grant->section);
	if (done)
		return done;
	page = make_device_exclusive_pages(exclusive->mm, span.start,
					   (span.end - span.start) >> PAGE_SHIFT,
					   wait, exclusive, &folio, &npages);
	if (IS_ERR(page)) {
		drm_exclusive_section_cancel(exclusive, &grant->section);
		return PTR_ERR(page);
	}

	done = end_section(grant, page, npages);
	folio_unlock(folio);
	folio_put(folio);
	trace_drm_exclusive_grant(exclusive, span.start,
				  span.start + npages * PAGE_SIZE,
				  max(done, 0L));
	return done;
}

/*
 * Try once more, with one page, and with memory set aside to enter it, which cannot
 * be waited for later. Another grant of the same page may take it away in the end;
 * that is only one more try.
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
	done = try_grant(grant, page, true);
	/* does nothing if the page was entered */
	xa_release(entries, address >> PAGE_SHIFT);
	return done;
}

/*
 * Make the first page of @span exclusive, and more of it if that is easy.
 *
 * Returns how many pages from the start on are exclusive, at least 1, or a
 * negative errno. Each turn of the loop either ends it or counts a try. @span is
 * cut down to what is memory of the same kind.
 */
static long grant_some(struct drm_exclusive_grant *grant,
		       struct drm_exclusive_span *span)
{
	struct drm_exclusive *exclusive = grant->exclusive;
	struct drm_exclusive_retry retry = {};
	struct drm_exclusive_span part;
	long done;
	int sleep;

	done = check_vma(exclusive, span);
	if (done)
		return done;

	for (;;) {
		part = not_exclusive(exclusive, *span);
		if (part.start == part.end)
			return 1;
		if (retry.tries)
			done = try_grant_one(grant, part.start);
		else
			done = try_grant(grant, part, true);
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

/* grant_some() for one that holds no lock. */
static long acquire_some(struct drm_exclusive_grant *grant,
			 struct drm_exclusive_span *span)
{
	struct drm_exclusive *exclusive = grant->exclusive;
	long done;

	mmap_read_lock(exclusive->mm);
	done = grant_some(grant, span);
	mmap_read_unlock(exclusive->mm);
	if (done != -ENXIO)
		return done;

	done = drm_exclusive_cover(exclusive, span->start);
	/* what was memory just now is no longer */
	return done && done != -ENOMEM ? -EFAULT : done;
}

/* Make more pages exclusive that are easy to have, from the start of @span on. */
static void grant_around(struct drm_exclusive_grant *grant,
			 struct drm_exclusive_span span)
{
	struct drm_exclusive_span part;
	long done;

	while (span.start < span.end) {
		part = not_exclusive(grant->exclusive, span);
		done = part.start == part.end ? 1 : try_grant(grant, part, false);
		if (done <= 0) {
			grant->missed += (span.end - span.start) >> PAGE_SHIFT;
			break;
		}
		span.start += done * PAGE_SIZE;
	}
}

static void end_grant(struct drm_exclusive_grant *grant, bool fault, int err)
{
	struct drm_exclusive_statistics *statistics =
		&grant->registration->statistics;

	drm_exclusive_lock(grant->exclusive);
	statistics->faults += fault;
	statistics->retries += grant->retries;
	statistics->missed_pages += grant->missed;
	statistics->failed += !!err;
	drm_exclusive_unlock(grant->exclusive);
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
		.section.task = current,
	};
	const unsigned long start = span.start;
	struct drm_exclusive_span part;
	long npages = 0;

	while (span.start < span.end) {
		if (signal_pending(current)) {
			npages = -EINTR;
			break;
		}
		part.start = span.start;
		part.end = min(span.end,
			       part.start + DRM_EXCLUSIVE_BATCH_PAGES * PAGE_SIZE);
		npages = acquire_some(&grant, &part);
		if (npages < 0)
			break;
		span.start += npages * PAGE_SIZE;
		cond_resched();
	}

	*done_bytes = span.start - start;
	npages = min(npages, 0L);
	end_grant(&grant, false, npages);
	return npages;
}

/*
 * The pages are exclusive already, but the device has not seen that: it faulted
 * before they were mapped, or the driver left them out.
 */
static bool map_again(struct drm_exclusive *exclusive, unsigned long address)
{
	struct page *page;

	drm_exclusive_lock(exclusive);
	page = drm_exclusive_page(exclusive, address);
	if (page)
		exclusive->ops->map(exclusive, address, page, 1);
	drm_exclusive_unlock(exclusive);
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

	span = grant->registration->span;
	drm_exclusive_lock(exclusive);
	span = drm_exclusive_policy_around(&grant->registration->policy, span,
					   address,
					   drm_exclusive_max_fault_around(),
					   ktime_get_ns());
	drm_exclusive_unlock(exclusive);
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
 * -ENXIO: call drm_exclusive_cover() without the lock, and again. Other
 * errors are for good: -ENOENT for an address that is not registered, and those
 * of &struct drm_exclusive_range for an acquire.
 */
int drm_exclusive_fault(struct drm_exclusive *exclusive, unsigned long address)
{
	struct drm_exclusive_grant grant = {
		.exclusive = exclusive,
		.section.task = current,
	};
	struct drm_exclusive_span span, around;
	int err = 0;
	long npages;

	address &= PAGE_MASK;
	grant.registration = drm_exclusive_find_page(exclusive, address);
	if (!grant.registration) {
		trace_drm_exclusive_fault(exclusive, address, address + PAGE_SIZE,
					  -ENOENT);
		return -ENOENT;
	}
	span = span_of_fault(&grant, address);
	around.start = address;

	if (exclusive->ops->prepare)
		err = exclusive->ops->prepare(exclusive, address,
					      address + PAGE_SIZE);
	if (!err && !map_again(exclusive, address)) {
		npages = grant_some(&grant, &span);
		if (npages < 0) {
			err = npages;
		} else {
			around.start += npages * PAGE_SIZE;
			around.end = span.end;
			grant_around(&grant, around);
		}
	}
	trace_drm_exclusive_fault(exclusive, span.start, span.end, err);
	end_grant(&grant, true, err);
	drm_exclusive_put(grant.registration);
	return err;
}
EXPORT_SYMBOL_GPL(drm_exclusive_fault);

/* Take the next pages of @span away from the device; returns how many. */
static unsigned int revoke_some(struct drm_exclusive *exclusive,
				struct drm_exclusive_span span,
				unsigned long *addresses)
{
	unsigned int found = 0;
	unsigned long index;
	struct page *page;

	drm_exclusive_lock(exclusive);
	xa_for_each_range(&exclusive->pages, index, page,
			  span.start >> PAGE_SHIFT, (span.end - 1) >> PAGE_SHIFT) {
		if (found == GIVE_BACK_PAGES)
			break;
		addresses[found++] = index << PAGE_SHIFT;
	}
	if (found) {
		span.start = addresses[0];
		span.end = addresses[found - 1] + PAGE_SIZE;
		drm_exclusive_revoke_locked(exclusive, span,
					    DRM_EXCLUSIVE_CAUSE_RELEASE);
	}
	drm_exclusive_unlock(exclusive);
	return found;
}

/**
 * drm_exclusive_give_back() - Make exclusive pages ordinary memory again
 * @exclusive: the memory, of the calling process
 * @span: the range
 *
 * Takes them away from the device, and then the fault that a CPU would take on
 * each: what walks page tables, MADV_PAGEOUT for example, passes the entries of
 * exclusive pages by. Ends early if the task is to die.
 *
 * Context: mmap_lock held for reading.
 */
void drm_exclusive_give_back(struct drm_exclusive *exclusive,
			     struct drm_exclusive_span span)
{
	unsigned long addresses[GIVE_BACK_PAGES];
	unsigned int i, found;

	mmap_assert_locked(exclusive->mm);
	while (span.start < span.end && !fatal_signal_pending(current)) {
		found = revoke_some(exclusive, span, addresses);
		if (!found)
			break;
		for (i = 0; i < found; i++)
			fixup_user_fault(exclusive->mm, addresses[i], 0, NULL);
		span.start = addresses[found - 1] + PAGE_SIZE;
		cond_resched();
	}
}
