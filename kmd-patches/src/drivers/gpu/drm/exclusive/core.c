// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that is exclusive to a GPU while it does atomic operations on it
 */
#include <linux/export.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/drm_print.h>

#include "internal.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/**
 * DOC: Overview
 *
 * A GPU behind PCIe does an atomic operation in its own cache: it reads, changes
 * and writes back. If a CPU writes the word in between, that write is lost. The
 * core can close the gap: make_device_exclusive() replaces the PTE of a page by an
 * entry that faults, so that no CPU reaches the page until the driver was told, by
 * an MMU notifier, to stop the device. This helper is what a driver needs around
 * that call, as an extension of &struct drm_gpusvm.
 *
 * A &struct drm_exclusive stands for one mm on one GPU. User space registers
 * ranges in which the device may do atomic operations; in them, an atomic fault
 * of the device makes the page exclusive (drm_exclusive_fault()), and user space
 * may ask for many pages at once. A driver that served atomic faults at any
 * address before it had registrations can go on to (drm_exclusive_serve_all()),
 * one page at a time. Whatever happens to a page, a CPU access, fork,
 * munmap or the end of the process, arrives in the notifier of gpusvm, which has
 * the driver revoke the device's access before it goes on.
 *
 * That notifier, its lock and the reference to the mm are all that is used of
 * gpusvm. There is one notifier for all that the device can reach, held by one range
 * of one page, as gpusvm has notifiers only where there are ranges. It comes into
 * being with the first memory (drm_exclusive_cover()). Pages are not had by
 * drm_gpusvm_get_pages(): that takes the exclusive ones of its range back from the
 * device, faults all of the range in, for writing if any of it is to be written,
 * takes the mmap_lock, and knows device memory of &struct drm_pagemap only. It has DMA
 * addresses to give, and does not say which pages may be written.
 *
 * So correctness rests on three things: a page is in &drm_exclusive.pages only
 * while the CPUs have device-exclusive entries for it; the device has atomic
 * access only to pages in there; and a page leaves it, with the device's access
 * gone, before any CPU gets its entry back.
 *
 * An exclusive page is swapped out and migrated as any other: the notifier comes
 * first, and takes it away from the device. A page that was taken away, but that no
 * CPU has touched since, still has the entry that faults. That is of little harm: the
 * first access mends it.
 *
 * Limits: only anonymous memory, and private file mappings, which become
 * anonymous when they are granted. A page that is pinned, for I/O for example, is
 * granted; what the pin's owner does to it stays outside of all this.
 */

/**
 * DOC: Locking
 *
 * A grant takes, in this order: mmap_lock (reading); &drm_exclusive_ops.prepare for
 * all that needs memory; drm_exclusive_section_begin(), which waits for events on its
 * pages that have begun and holds nothing; the folio lock, in
 * make_device_exclusive_pages(); drm_exclusive_lock(), under which the pages are
 * entered and mapped, unless something happened to one of them meanwhile. The lock
 * is &drm_gpusvm.notifier_lock, taken for writing.
 *
 * A revocation comes with any of mmap_lock, anon_vma, i_mmap and folio locks
 * held, from memory reclaim too, and takes drm_exclusive_lock(). That is why
 * nothing below that lock may wait for memory, or for a lock of the reverse
 * mapping, which somebody may hold who waits for another of them.
 *
 * Why a grant ends. The notifier covers all that the device can reach, and sees all
 * that happens there. So that a grant, and a fault of the device of any kind,
 * collides only with what happens to its own pages, it is a section: in a list, with
 * these. It waits only for an event that was noted as one on them, and has to try
 * again only if the callback found it in the list. Not for events of the task that
 * grants: make_device_exclusive_pages() takes the fault of a CPU on a page that is
 * exclusive already, which looks like any other event, and would disturb itself each
 * time. All of these come before the entry of the page is converted, hence before
 * there is anything that they could take away.
 *
 * The sequence number of the notifier is one for all its readers, and gpusvm sets it for
 * each event. To ask first, and to leave it as it is for an event that disturbs nobody,
 * would not help: one's own event is another's that disturbs it, on the same page; and
 * whoever begins to look at a page while such an event is under way there has to wait
 * for it, which mmu_interval_read_begin() does by the number alone.
 *
 * Of other tasks' events each is a system call, a CPU's access or reclaim, that really
 * happened to the page meanwhile; after %DRM_EXCLUSIVE_MAX_TRIES of them the grant ends
 * with -EAGAIN and no lock held. A driver then lets the device repeat its access; user
 * space repeats its call. Both can be interrupted.
 *
 * Where a grant runs out of memory. Pages are entered under the lock, where memory
 * cannot be waited for. Those that cannot be entered are nobody's; the next try sets
 * memory aside first, and ends with -ENOMEM if there is none.
 *
 * Forward progress. A grant lasts until the folio lock is dropped; nothing in
 * the core makes sure that the device's access retires before a CPU takes the
 * page back. The device is delayed on pages that CPUs take back often
 * (drm_exclusive_backoff_us()), and the module parameter hold_us can make a CPU
 * that wants a page back wait until the device had it for that long.
 */

/**
 * DOC: Examples
 *
 * A driver embeds the structure in what it has for an SVM address space:
 *
 * .. code-block:: c
 *
 *	static const struct drm_exclusive_ops foo_exclusive_ops = {
 *		.map = foo_map_atomic,
 *		.revoke = foo_unmap_atomic,
 *	};
 *
 *	err = drm_exclusive_init(&svm->exclusive, &foo_exclusive_ops,
 *				 0, TASK_SIZE);
 *
 * Its ioctl finds the caller's address space and hands the arguments on:
 *
 * .. code-block:: c
 *
 *	svm = foo_svm_get(device, current->mm);
 *	err = drm_exclusive_ioctl(svm ? &svm->exclusive : NULL, args);
 *
 * The handler of an atomic fault:
 *
 * .. code-block:: c
 *
 *	usleep_range(delay, 2 * delay), where
 *	delay = drm_exclusive_backoff_us(&svm->exclusive, address);
 *
 *	mmap_read_lock(mm);
 *	err = drm_exclusive_fault(&svm->exclusive, address);
 *	mmap_read_unlock(mm);
 *	if (!err || err == -EAGAIN)
 *		foo_fault_replay(fault);
 *	else
 *		foo_fault_cancel(fault);
 */

static unsigned int hold_us;
module_param(hold_us, uint, 0644);
MODULE_PARM_DESC(hold_us,
		 "Microseconds that a device keeps a page at least before a CPU gets it back, at most 1000 (default: 0)");

static unsigned int max_backoff_us = 64;
module_param(max_backoff_us, uint, 0644);
MODULE_PARM_DESC(max_backoff_us,
		 "Longest delay of a device's fault on a page that CPUs fight for, in microseconds, at most 10000 (default: 64)");

static unsigned int fault_around = 16;
module_param(fault_around, uint, 0644);
MODULE_PARM_DESC(fault_around,
		 "Pages that one atomic fault takes at most, 1 to 32 (default: 16)");

unsigned int drm_exclusive_hold_us(void)
{
	return min(READ_ONCE(hold_us), 1000u);
}

unsigned int drm_exclusive_max_backoff_us(void)
{
	return min(READ_ONCE(max_backoff_us), 10000u);
}

/**
 * drm_exclusive_max_fault_around() - Most pages that one atomic fault takes
 */
unsigned long drm_exclusive_max_fault_around(void)
{
	return clamp(READ_ONCE(fault_around), 1u,
		     (unsigned int)DRM_EXCLUSIVE_MAX_AROUND_PAGES);
}
EXPORT_SYMBOL_GPL(drm_exclusive_max_fault_around);

static void registration_free(struct kref *refs)
{
	kfree(container_of(refs, struct drm_exclusive_registration, refs));
}

void drm_exclusive_put(struct drm_exclusive_registration *registration)
{
	kref_put(&registration->refs, registration_free);
}

/**
 * drm_exclusive_at_locked() - Find what a page belongs to, or would belong to
 * @exclusive: the memory
 * @address: an address in the page
 *
 * Context: drm_exclusive_lock() held.
 * Return: a registration, %NULL if the address is refused.
 */
struct drm_exclusive_registration *
drm_exclusive_at_locked(struct drm_exclusive *exclusive, unsigned long address)
{
	struct drm_exclusive_registration *registration =
		mtree_load(&exclusive->ranges, address);

	drm_exclusive_assert_locked(exclusive);
	return registration ? registration : exclusive->elsewhere;
}

/**
 * drm_exclusive_find_page() - Find what a page belongs to, to grant it
 * @exclusive: the memory
 * @address: an address in the page
 *
 * Return: for drm_exclusive_put(), or NULL if there is nothing that can grant.
 */
struct drm_exclusive_registration *
drm_exclusive_find_page(struct drm_exclusive *exclusive, unsigned long address)
{
	struct drm_exclusive_registration *registration;

	drm_exclusive_lock(exclusive);
	registration = drm_exclusive_at_locked(exclusive, address);
	if (registration)
		kref_get(&registration->refs);
	drm_exclusive_unlock(exclusive);
	return registration;
}

/**
 * drm_exclusive_find() - Find the registration that holds all of a range
 * @exclusive: the memory
 * @start: first address
 * @end: address behind the last
 *
 * Return: the registration, for drm_exclusive_put(), or NULL.
 */
struct drm_exclusive_registration *
drm_exclusive_find(struct drm_exclusive *exclusive, unsigned long start,
		   unsigned long end)
{
	struct drm_exclusive_registration *registration;

	drm_exclusive_lock(exclusive);
	registration = mtree_load(&exclusive->ranges, start);
	if (registration && registration->span.end < end)
		registration = NULL;
	if (registration)
		kref_get(&registration->refs);
	drm_exclusive_unlock(exclusive);
	return registration;
}

/**
 * drm_exclusive_page() - Look an exclusive page up
 * @exclusive: the memory
 * @address: an address in the page
 *
 * A fault of the device that is no atomic one has to map such a page directly:
 * hmm_range_fault() would give it back to the CPU.
 *
 * Context: drm_exclusive_lock() held. The page may be used until it is dropped.
 * Return: the page, NULL if it is not exclusive to this device.
 */
struct page *drm_exclusive_page(struct drm_exclusive *exclusive,
				unsigned long address)
{
	drm_exclusive_assert_locked(exclusive);
	return xa_load(&exclusive->pages, address >> PAGE_SHIFT);
}
EXPORT_SYMBOL_GPL(drm_exclusive_page);

static unsigned long count_locked(struct drm_exclusive *exclusive,
				  struct drm_exclusive_span span)
{
	unsigned long index, npages = 0;
	struct page *page;

	drm_exclusive_assert_locked(exclusive);
	xa_for_each_range(&exclusive->pages, index, page,
			  span.start >> PAGE_SHIFT, (span.end - 1) >> PAGE_SHIFT)
		npages++;
	return npages;
}

/**
 * drm_exclusive_count() - Count the exclusive pages of a range
 * @exclusive: the memory
 * @span: the range
 */
unsigned long drm_exclusive_count(struct drm_exclusive *exclusive,
				  struct drm_exclusive_span span)
{
	unsigned long npages;

	drm_exclusive_lock(exclusive);
	npages = count_locked(exclusive, span);
	drm_exclusive_unlock(exclusive);
	return npages;
}

/**
 * drm_exclusive_init() - Begin with the memory of the calling process
 * @exclusive: to be filled
 * @ops: the driver's part
 * @start: first address that the device can reach, page aligned
 * @end: address behind the last, page aligned
 *
 * Context: Process context, without the mmap_lock.
 * Return: 0 or a negative errno.
 */
int drm_exclusive_init(struct drm_exclusive *exclusive,
		       const struct drm_exclusive_ops *ops,
		       unsigned long start, unsigned long end)
{
	if (WARN_ON(!ops->map || !ops->revoke || start >= end ||
		    !PAGE_ALIGNED(start) || !PAGE_ALIGNED(end)))
		return -EINVAL;

	exclusive->ops = ops;
	exclusive->mm = current->mm;
	exclusive->start = start;
	exclusive->end = end;
	mt_init_flags(&exclusive->ranges, MT_FLAGS_USE_RCU);
	exclusive->elsewhere = NULL;
	xa_init(&exclusive->pages);
	exclusive->npages = 0;
	INIT_LIST_HEAD(&exclusive->sections);
	memset(&exclusive->events, 0, sizeof(exclusive->events));
	/* no event has that number */
	exclusive->quiet = (struct mmu_interval_notifier) { .mm = exclusive->mm };

	return drm_exclusive_notifier_init(exclusive);
}
EXPORT_SYMBOL_GPL(drm_exclusive_init);

static struct drm_exclusive_registration *new_registration(struct drm_exclusive_span span)
{
	struct drm_exclusive_registration *registration =
		kzalloc_obj(*registration, GFP_KERNEL_ACCOUNT);

	if (!registration)
		return NULL;
	registration->span = span;
	kref_init(&registration->refs);
	drm_exclusive_policy_init(&registration->policy);
	return registration;
}

/**
 * drm_exclusive_serve_all() - Serve atomic faults at any address
 * @exclusive: the memory, just initialised, with no faults or ioctls yet
 *
 * It is for drivers whose users know of no registrations. Outside of registered
 * ranges, a fault takes one page.
 *
 * Return: 0 or -ENOMEM.
 */
int drm_exclusive_serve_all(struct drm_exclusive *exclusive)
{
	const struct drm_exclusive_span all = {
		.start = exclusive->start,
		.end = exclusive->end,
	};

	exclusive->elsewhere = new_registration(all);
	return exclusive->elsewhere ? 0 : -ENOMEM;
}
EXPORT_SYMBOL_GPL(drm_exclusive_serve_all);

/**
 * drm_exclusive_fini() - End
 * @exclusive: the memory
 *
 * All pages go back to the CPU. No other function may be called for @exclusive
 * meanwhile or after.
 *
 * Context: Process context, without the mmap_lock and without a lock that the
 * driver's operations take.
 */
void drm_exclusive_fini(struct drm_exclusive *exclusive)
{
	const struct drm_exclusive_span all = {
		.start = exclusive->start,
		.end = exclusive->end,
	};
	struct drm_exclusive_registration *registration;
	unsigned long index = 0;

	/* of a process that has come to its end, nobody uses the pages again */
	if (current->mm == exclusive->mm) {
		mmap_read_lock(exclusive->mm);
		drm_exclusive_give_back(exclusive, all);
		mmap_read_unlock(exclusive->mm);
	}

	drm_exclusive_lock(exclusive);
	drm_exclusive_revoke_locked(exclusive, all, DRM_EXCLUSIVE_CAUSE_RELEASE);
	drm_exclusive_unlock(exclusive);

	drm_exclusive_notifier_fini(exclusive);
	WARN_ON(exclusive->npages);
	mt_for_each(&exclusive->ranges, registration, index, ULONG_MAX) {
		trace_drm_exclusive_register(exclusive, registration->span.start,
					     registration->span.end, 0);
		drm_exclusive_put(registration);
	}
	mtree_destroy(&exclusive->ranges);
	if (exclusive->elsewhere)
		drm_exclusive_put(exclusive->elsewhere);
	xa_destroy(&exclusive->pages);
}
EXPORT_SYMBOL_GPL(drm_exclusive_fini);

static int do_register(struct drm_exclusive *exclusive,
		       struct drm_exclusive_span span)
{
	struct drm_exclusive_registration *registration;
	int err;

	if (span.start < exclusive->start || span.end > exclusive->end)
		return -ERANGE;
	registration = new_registration(span);
	if (!registration)
		return -ENOMEM;

	mutex_lock(&exclusive->range_lock);
	err = mtree_insert_range(&exclusive->ranges, span.start, span.end - 1,
				 registration, GFP_KERNEL_ACCOUNT);
	mutex_unlock(&exclusive->range_lock);

	if (err)
		kfree(registration);
	else
		trace_drm_exclusive_register(exclusive, span.start, span.end, 1);
	return err;
}

/* The mmap_lock is not held, range_lock is. */
static int unregister(struct drm_exclusive *exclusive,
		      struct drm_exclusive_span span)
{
	struct drm_exclusive_registration *registration =
		mtree_load(&exclusive->ranges, span.start);

	if (!registration || registration->span.start != span.start ||
	    registration->span.end != span.end)
		return -ENOENT;
	mmap_read_lock(exclusive->mm);
	drm_exclusive_give_back(exclusive, span);
	mmap_read_unlock(exclusive->mm);

	mtree_erase(&exclusive->ranges, span.start);
	/* what was granted meanwhile is only taken away */
	drm_exclusive_lock(exclusive);
	drm_exclusive_revoke_locked(exclusive, span, DRM_EXCLUSIVE_CAUSE_RELEASE);
	drm_exclusive_unlock(exclusive);
	/* and by now nobody knows it who has not a reference */
	trace_drm_exclusive_register(exclusive, span.start, span.end, 0);
	drm_exclusive_put(registration);
	return 0;
}

static int do_unregister(struct drm_exclusive *exclusive,
			 struct drm_exclusive_span span)
{
	int err;

	mutex_lock(&exclusive->range_lock);
	err = unregister(exclusive, span);
	mutex_unlock(&exclusive->range_lock);
	return err;
}

static int do_release(struct drm_exclusive *exclusive,
		      struct drm_exclusive_span span)
{
	mmap_read_lock(exclusive->mm);
	drm_exclusive_give_back(exclusive, span);
	mmap_read_unlock(exclusive->mm);
	return fatal_signal_pending(current) ? -EINTR : 0;
}

static int do_query(struct drm_exclusive *exclusive,
		    struct drm_exclusive_registration *registration,
		    const struct drm_exclusive_range *args)
{
	void __user *to = u64_to_user_ptr(args->statistics);
	struct drm_exclusive_statistics statistics;
	const size_t size = min_t(size_t, args->statistics_size, sizeof(statistics));

	if (!to)
		return 0;

	drm_exclusive_lock(exclusive);
	statistics = registration->statistics;
	statistics.exclusive_pages = count_locked(exclusive, registration->span);
	statistics.degraded = registration->policy.degraded;
	if (drm_exclusive_policy_contended(&registration->policy, ktime_get_ns()))
		statistics.state |= DRM_EXCLUSIVE_STATE_CONTENDED;
	drm_exclusive_unlock(exclusive);

	if (copy_to_user(to, &statistics, size) ||
	    clear_user(to + size, args->statistics_size - size))
		return -EFAULT;
	return 0;
}

static int do_operation(struct drm_exclusive *exclusive,
			struct drm_exclusive_registration *registration,
			struct drm_exclusive_span span,
			struct drm_exclusive_range *args)
{
	switch (args->operation) {
	case DRM_EXCLUSIVE_ACQUIRE:
		return drm_exclusive_acquire(exclusive, registration, span,
					     &args->done_bytes);
	case DRM_EXCLUSIVE_RELEASE:
		return do_release(exclusive, span);
	default:
		return do_query(exclusive, registration, args);
	}
}

/**
 * drm_exclusive_ioctl() - Carry out what user space asks for
 * @exclusive: what the calling process has on the GPU, NULL if nothing
 * @args: copied from user space, and to be copied back, on errors too
 *
 * Checks all arguments. See &struct drm_exclusive_range for what it does and
 * which errors there are.
 *
 * Context: Process context without locks.
 */
int drm_exclusive_ioctl(struct drm_exclusive *exclusive,
			struct drm_exclusive_range *args)
{
	struct drm_exclusive_registration *registration;
	struct drm_exclusive_span span;
	int err;

	args->done_bytes = 0;
	args->exclusive_pages = 0;
	err = drm_exclusive_check_args(args);
	if (err)
		return err;
	if (!exclusive || exclusive->mm != current->mm)
		return -ENODEV;

	span.start = args->address;
	span.end = args->address + args->size;
	switch (args->operation) {
	case DRM_EXCLUSIVE_REGISTER:
		err = do_register(exclusive, span);
		break;
	case DRM_EXCLUSIVE_UNREGISTER:
		err = do_unregister(exclusive, span);
		break;
	default:
		registration = drm_exclusive_find(exclusive, span.start, span.end);
		if (!registration)
			return -ENOENT;
		err = do_operation(exclusive, registration, span, args);
		args->exclusive_pages = drm_exclusive_count(exclusive, span);
		drm_exclusive_put(registration);
	}
	if (!err)
		args->done_bytes = args->size;
	return err;
}
EXPORT_SYMBOL_GPL(drm_exclusive_ioctl);

/**
 * drm_exclusive_backoff_us() - How long should an atomic fault wait?
 * @exclusive: the memory
 * @address: where the fault is
 *
 * Context: Process context. The caller sleeps without any lock, the mmap_lock
 * included, before it calls drm_exclusive_fault().
 * Return: microseconds, 0 for a page that no CPU fights for.
 */
unsigned int drm_exclusive_backoff_us(struct drm_exclusive *exclusive,
				      unsigned long address)
{
	struct drm_exclusive_registration *registration;
	unsigned int delay = 0;

	drm_exclusive_lock(exclusive);
	registration = drm_exclusive_at_locked(exclusive, address);
	if (registration && !drm_exclusive_page(exclusive, address))
		delay = drm_exclusive_policy_backoff_us(&registration->policy,
							address >> PAGE_SHIFT,
							drm_exclusive_max_backoff_us(),
							ktime_get_ns());
	drm_exclusive_unlock(exclusive);
	return delay;
}
EXPORT_SYMBOL_GPL(drm_exclusive_backoff_us);

/**
 * drm_exclusive_serves() - Are atomic faults at an address served?
 * @exclusive: the memory
 * @address: the address
 *
 * For pages that a driver serves in another way, device memory for example, only where
 * it would be served as exclusive.
 *
 * Context: Process context, without drm_exclusive_lock().
 */
bool drm_exclusive_serves(struct drm_exclusive *exclusive, unsigned long address)
{
	bool serves;

	drm_exclusive_lock(exclusive);
	serves = drm_exclusive_at_locked(exclusive, address);
	drm_exclusive_unlock(exclusive);
	return serves;
}
EXPORT_SYMBOL_GPL(drm_exclusive_serves);

static void add_statistics(struct drm_exclusive_statistics *sum,
			   const struct drm_exclusive_registration *registration)
{
	int cause;

	sum->faults += registration->statistics.faults;
	sum->granted_pages += registration->statistics.granted_pages;
	for (cause = 0; cause < DRM_EXCLUSIVE_CAUSE_SLOTS; cause++)
		sum->revoked_pages[cause] += registration->statistics.revoked_pages[cause];
}

/**
 * drm_exclusive_print() - Print statistics over all ranges, for fdinfo and debugfs
 * @exclusive: the memory
 * @printer: where to
 * @prefix: what each line begins with
 */
void drm_exclusive_print(struct drm_exclusive *exclusive,
			 struct drm_printer *printer, const char *prefix)
{
	struct drm_exclusive_registration *registration;
	struct drm_exclusive_statistics sum = {};
	unsigned long nranges = 0, index = 0;
	u64 revoked = 0;
	int cause;

	drm_exclusive_lock(exclusive);
	mt_for_each(&exclusive->ranges, registration, index, ULONG_MAX) {
		nranges++;
		add_statistics(&sum, registration);
	}
	if (exclusive->elsewhere)
		add_statistics(&sum, exclusive->elsewhere);
	for (cause = 0; cause < DRM_EXCLUSIVE_CAUSE_SLOTS; cause++)
		revoked += sum.revoked_pages[cause];
	drm_printf(printer, "%s-exclusive-ranges:\t%lu\n", prefix, nranges);
	drm_printf(printer, "%s-exclusive-pages:\t%lu\n", prefix, exclusive->npages);
	drm_printf(printer, "%s-exclusive-faults:\t%llu\n", prefix, sum.faults);
	drm_printf(printer, "%s-exclusive-granted:\t%llu\n", prefix, sum.granted_pages);
	drm_printf(printer, "%s-exclusive-revoked:\t%llu\n", prefix, revoked);
	drm_exclusive_unlock(exclusive);
}
EXPORT_SYMBOL_GPL(drm_exclusive_print);

MODULE_DESCRIPTION("DRM helper for memory that is exclusive to a GPU");
MODULE_LICENSE("GPL");
