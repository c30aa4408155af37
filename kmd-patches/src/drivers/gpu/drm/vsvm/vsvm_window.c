// SPDX-License-Identifier: GPL-2.0-only
/*
 * The windows: what the page tables of a real GPU would be
 */
#include <linux/delay.h>
#include <linux/hmm.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "vsvm.h"

/* How often a plain fault tries before the core repeats its access. */
#define VSVM_PLAIN_TRIES	32

static pgoff_t window_first_page(bool atomic)
{
	return (atomic ? VSVM_ATOMIC_OFFSET : VSVM_PLAIN_OFFSET) >> PAGE_SHIFT;
}

static pgoff_t window_page(struct vsvm_context *context, bool atomic,
			   unsigned long address)
{
	return window_first_page(atomic) +
	       ((address - context->exclusive.start) >> PAGE_SHIFT);
}

static void zap_window(struct vsvm_context *context, bool atomic,
		       unsigned long start, unsigned long end)
{
	vsvm_zap(context->mapping, window_page(context, atomic, start),
		 (end - start) >> PAGE_SHIFT);
}

/* Where does @window show @address? 0 if it does not. */
static unsigned long window_address(struct vsvm_window *window,
				    unsigned long address)
{
	const pgoff_t page = window_page(window->context, window->atomic, address);
	struct vm_area_struct *vma = window->vma;

	if (page < vma->vm_pgoff || page >= vma->vm_pgoff + vma_pages(vma))
		return 0;
	return vma->vm_start + ((page - vma->vm_pgoff) << PAGE_SHIFT);
}

static int allocate_no_pte(pte_t *pte, unsigned long address, void *data)
{
	return 0;
}

/*
 * Allocate the page table for an address of a window. An entry is made under
 * locks that do not allow it.
 */
static int prepare_address(struct vsvm_window *window, unsigned long device_address)
{
	return apply_to_page_range(window->vma->vm_mm, device_address, PAGE_SIZE,
				   allocate_no_pte, NULL);
}

static int vsvm_prepare(struct drm_exclusive *exclusive, unsigned long start,
			unsigned long end)
{
	struct vsvm_context *context = to_vsvm_context(exclusive);
	struct vsvm_window *window;
	unsigned long address, device_address;
	int err;

	mmap_assert_locked(exclusive->mm);
	list_for_each_entry(window, &context->windows, link) {
		if (!window->atomic)
			continue;
		address = start;
		while (address < end) {
			device_address = window_address(window, address);
			if (!device_address) {
				address += PAGE_SIZE;
				continue;
			}
			err = prepare_address(window, device_address);
			if (err)
				return err;
			/* once for each page table */
			address += pmd_addr_end(device_address,
						window->vma->vm_end) -
				   device_address;
		}
	}
	return 0;
}

static vm_fault_t insert_page(struct vsvm_window *window,
			      unsigned long device_address, unsigned long pfn,
			      bool writable)
{
	vm_flags_t flags = window->vma->vm_flags;

	/*
	 * pfn_mkwrite makes vm_page_prot read-only. The arena says what may be
	 * written, and mprotect() of the window.
	 */
	if (!writable)
		flags &= ~VM_WRITE;
	return vmf_insert_pfn_prot(window->vma, device_address, pfn,
				   vm_get_page_prot(flags));
}

static void vsvm_map(struct drm_exclusive *exclusive, unsigned long address,
		     struct page *page, unsigned long npages)
{
	struct vsvm_context *context = to_vsvm_context(exclusive);
	struct vsvm_window *window;
	unsigned long i, device_address;

	list_for_each_entry(window, &context->windows, link) {
		if (!window->atomic || !(window->vma->vm_flags & VM_WRITE))
			continue;
		for (i = 0; i < npages; i++) {
			device_address =
				window_address(window, address + i * PAGE_SIZE);
			/* should this fail, the core faults once more */
			if (device_address)
				insert_page(window, device_address,
					    page_to_pfn(page + i), true);
		}
	}
}

static void vsvm_revoke(struct drm_exclusive *exclusive, unsigned long start,
			unsigned long end)
{
	zap_window(to_vsvm_context(exclusive), true, start, end);
}

static bool vsvm_invalidate(struct drm_exclusive *exclusive, unsigned long start,
			    unsigned long end, bool blockable)
{
	struct vsvm_context *context = to_vsvm_context(exclusive);

	if (!blockable)
		return !mapping_mapped(context->mapping);
	zap_window(context, false, start, end);
	if (!context->exclusivity)
		zap_window(context, true, start, end);
	return true;
}

const struct drm_exclusive_ops vsvm_exclusive_ops = {
	.prepare = vsvm_prepare,
	.map = vsvm_map,
	.revoke = vsvm_revoke,
	.invalidate = vsvm_invalidate,
};

/*
 * Let CPUs get on that the device takes the page from again and again. Returns
 * whether the time is over, and the mmap_lock no longer held.
 */
static bool back_off(struct vsvm_window *window, struct vm_fault *vmf,
		     unsigned long address)
{
	struct drm_exclusive *exclusive = &window->context->exclusive;
	unsigned int delay;

	if (!fault_flag_allow_retry_first(vmf->flags) ||
	    (vmf->flags & FAULT_FLAG_RETRY_NOWAIT))
		return false;
	delay = drm_exclusive_backoff_us(exclusive, address);
	if (!delay)
		return false;
	mmap_read_unlock(exclusive->mm);
	usleep_range_state(delay, 2 * delay, TASK_KILLABLE);
	return true;
}

/*
 * Insert one page under the lock of the context, after hmm_range_fault() found
 * it in @pfn, or if it is exclusive to this device.
 *
 * Returns -EBUSY if neither holds any more.
 */
static int insert_plain(struct vsvm_window *window, unsigned long device_address,
			unsigned long address, const struct hmm_range *range)
{
	struct drm_exclusive *exclusive = &window->context->exclusive;
	struct page *page = drm_exclusive_page(exclusive, address);
	unsigned long pfn = range ? range->hmm_pfns[0] : 0;
	vm_fault_t ret;

	if (page) {
		/* also while the CPU's entry is gone, see drm_exclusive_page() */
		ret = insert_page(window, device_address, page_to_pfn(page), true);
	} else {
		if (!range || mmu_interval_read_retry(&exclusive->notifier,
						      range->notifier_seq))
			return -EBUSY;
		page = hmm_pfn_to_page(pfn);
		/*
		 * The CPU's entry may be writable and clean, and the device's
		 * writes leave no trace in it.
		 */
		if (pfn & HMM_PFN_WRITE)
			folio_mark_dirty(page_folio(page));
		ret = insert_page(window, device_address, page_to_pfn(page),
				  pfn & HMM_PFN_WRITE);
	}
	return ret & VM_FAULT_ERROR ? -ENOMEM : 0;
}

static int try_plain(struct vsvm_window *window, unsigned long device_address,
		     unsigned long address, bool write)
{
	struct drm_exclusive *exclusive = &window->context->exclusive;
	unsigned long pfn = 0;
	struct hmm_range range = {
		.notifier = &exclusive->notifier,
		.start = address,
		.end = address + PAGE_SIZE,
		.hmm_pfns = &pfn,
		.default_flags = HMM_PFN_REQ_FAULT | (write ? HMM_PFN_REQ_WRITE : 0),
		.dev_private_owner = exclusive,
	};
	int err;

	/* A page that is exclusive to us must not be asked for: we would lose it. */
	mutex_lock(&exclusive->lock);
	err = insert_plain(window, device_address, address, NULL);
	mutex_unlock(&exclusive->lock);
	if (err != -EBUSY)
		return err;

	range.notifier_seq = mmu_interval_read_begin(&exclusive->notifier);
	err = hmm_range_fault(&range);
	if (err)
		return err;
	mutex_lock(&exclusive->lock);
	err = insert_plain(window, device_address, address, &range);
	mutex_unlock(&exclusive->lock);
	return err;
}

static int fault_plain(struct vsvm_window *window, struct vm_fault *vmf,
		       unsigned long address, bool write)
{
	const unsigned long device_address = vmf->address & PAGE_MASK;
	unsigned int tries;
	int err;

	atomic64_inc(&window->context->plain_faults);
	err = prepare_address(window, device_address);
	if (err)
		return err;

	for (tries = 0; tries < VSVM_PLAIN_TRIES; tries++) {
		err = try_plain(window, device_address, address, write);
		if (err != -EBUSY)
			return err;
		if (fatal_signal_pending(current))
			break;
		cond_resched();
	}
	return 0;
}

/* An error that repeating the access may cure must not end what the core runs. */
static vm_fault_t end_fault(struct vsvm_window *window, struct vm_fault *vmf,
			    unsigned long address, bool write, int err)
{
	struct vsvm_context *context = window->context;
	u32 access = write ? DRM_VSVM_ACCESS_WRITE : DRM_VSVM_ACCESS_READ;

	if (window->atomic)
		access = DRM_VSVM_ACCESS_ATOMIC;
	if (err == -EAGAIN || err == -EINTR)
		err = 0;
	if (!err)
		return VM_FAULT_NOPAGE;
	if (err == -ENOMEM)
		return VM_FAULT_OOM;
	if (vsvm_core_leave(context, vmf, address, access, err))
		return VM_FAULT_NOPAGE;
	return VM_FAULT_SIGBUS;
}

static vm_fault_t serve_fault(struct vm_fault *vmf, bool write)
{
	struct vsvm_window *window = vmf->vma->vm_private_data;
	struct vsvm_context *context = window->context;
	unsigned long address;
	int err;

	/* what has no map_pages is never called with a VMA lock alone */
	if (WARN_ON_ONCE(vmf->flags & FAULT_FLAG_VMA_LOCK) ||
	    WARN_ON_ONCE(vmf->vma->vm_mm != context->exclusive.mm))
		return VM_FAULT_SIGBUS;

	address = context->exclusive.start +
		  ((vmf->pgoff - window_first_page(window->atomic)) << PAGE_SHIFT);
	if (!window->atomic) {
		err = fault_plain(window, vmf, address, write);
	} else if (!(window->vma->vm_flags & VM_WRITE)) {
		/* No atomic can succeed here. It would fault without end. */
		err = -EPERM;
	} else if (!context->exclusivity) {
		err = fault_plain(window, vmf, address, true);
	} else {
		if (back_off(window, vmf, address))
			return VM_FAULT_RETRY;
		err = drm_exclusive_fault(&context->exclusive, address);
	}
	return end_fault(window, vmf, address + offset_in_page(vmf->real_address),
			 write, err);
}

static vm_fault_t vsvm_fault(struct vm_fault *vmf)
{
	return serve_fault(vmf, vmf->flags & FAULT_FLAG_WRITE);
}

/* A page that was mapped read-only is to be written. */
static vm_fault_t vsvm_pfn_mkwrite(struct vm_fault *vmf)
{
	struct vsvm_window *window = vmf->vma->vm_private_data;

	/* vmf_insert_pfn_prot() leaves an entry that is there as it is */
	vsvm_zap(window->context->mapping, vmf->pgoff, 1);
	return serve_fault(vmf, true);
}

/*
 * Only mremap() duplicates a window, which is neither split nor inherited. It does
 * so before it asks vsvm_mremap(); the copy goes away at once.
 */
static void vsvm_vma_open(struct vm_area_struct *vma)
{
	vma->vm_private_data = NULL;
}

static void vsvm_vma_close(struct vm_area_struct *vma)
{
	struct vsvm_window *window = vma->vm_private_data;

	if (!window)
		return;
	list_del(&window->link);
	kfree(window);
}

static int vsvm_may_split(struct vm_area_struct *vma, unsigned long address)
{
	return -EINVAL;
}

static int vsvm_mremap(struct vm_area_struct *vma)
{
	return -EINVAL;
}

static const struct vm_operations_struct vsvm_vm_ops = {
	.open = vsvm_vma_open,
	.close = vsvm_vma_close,
	.may_split = vsvm_may_split,
	.mremap = vsvm_mremap,
	.fault = vsvm_fault,
	.pfn_mkwrite = vsvm_pfn_mkwrite,
};

/**
 * vsvm_window_mmap() - Open a window
 * @context: whose
 * @vma: what mmap() made, the mmap_lock held for writing
 *
 * Return: 0; -EPERM for another process than the one that made the context,
 * -EINVAL if it is no window, -ENOMEM.
 */
int vsvm_window_mmap(struct vsvm_context *context, struct vm_area_struct *vma)
{
	const struct drm_exclusive *exclusive = &context->exclusive;
	const unsigned long arena_pages =
		(exclusive->end - exclusive->start) >> PAGE_SHIFT;
	const bool atomic = vma->vm_pgoff >= window_first_page(true);
	const pgoff_t page = vma->vm_pgoff - window_first_page(atomic);
	struct vsvm_window *window;

	if (vma->vm_mm != exclusive->mm)
		return -EPERM;
	if (!(vma->vm_flags & VM_SHARED) || (vma->vm_flags & VM_EXEC))
		return -EINVAL;
	if (page >= arena_pages || vma_pages(vma) > arena_pages - page)
		return -EINVAL;
	/* a window that showed itself could never be filled */
	if (vma->vm_start < exclusive->end && vma->vm_end > exclusive->start)
		return -EINVAL;

	window = kzalloc_obj(*window, GFP_KERNEL_ACCOUNT);
	if (!window)
		return -ENOMEM;
	window->context = context;
	window->vma = vma;
	window->atomic = atomic;

	vm_flags_mod(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP |
		     VM_DONTCOPY, VM_MAYEXEC);
	vma->vm_private_data = window;
	vma->vm_ops = &vsvm_vm_ops;
	list_add(&window->link, &context->windows);
	return 0;
}
