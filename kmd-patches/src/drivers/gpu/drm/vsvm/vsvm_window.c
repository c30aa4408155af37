// SPDX-License-Identifier: GPL-2.0-only
/*
 * The windows: what the page tables of a real GPU would be
 */
#include <linux/delay.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "vsvm.h"

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

/* Empty all windows of one kind where they show @start to @end. */
static void zap_windows(struct vsvm_context *context, bool atomic,
			unsigned long start, unsigned long end)
{
	const pgoff_t first = window_page(context, atomic, start);
	const pgoff_t last = window_page(context, atomic, end - 1);
	struct vsvm_window *window;
	pgoff_t offset, npages;

	drm_exclusive_assert_locked(&context->exclusive);
	list_for_each_entry(window, &context->windows, link) {
		const pgoff_t begin = window->vma->vm_pgoff;

		npages = vma_pages(window->vma);
		if (window->atomic != atomic || last < begin ||
		    first >= begin + npages)
			continue;
		offset = max(first, begin) - begin;
		npages = min(last + 1, begin + npages) - begin - offset;
		vsvm_zap(window->vma, window->start + (offset << PAGE_SHIFT),
			 npages << PAGE_SHIFT);
	}
}

/*
 * Is the mapping still there? Then it stays, and in the list, as long as the caller
 * holds the mmap_lock. munmap() goes on to take it down after it has let others
 * read-lock that.
 */
static bool is_mapped(struct vsvm_window *window)
{
	struct mm_struct *mm = window->context->exclusive.mm;

	mmap_assert_locked(mm);
	return vma_lookup(mm, window->start) == window->vma;
}

/* The open window behind @last that stays, or the first; the mmap_lock is held. */
static struct vsvm_window *next_window(struct vsvm_context *context,
				       struct vsvm_window *last)
{
	struct vsvm_window *window, *found = NULL;

	drm_exclusive_lock(&context->exclusive);
	window = list_prepare_entry(last, &context->windows, link);
	list_for_each_entry_continue(window, &context->windows, link) {
		if (is_mapped(window)) {
			found = window;
			break;
		}
	}
	drm_exclusive_unlock(&context->exclusive);
	return found;
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

/**
 * vsvm_window_prepare() - Allocate the page table for an address of a window
 * @window: the window
 * @device_address: the address
 *
 * An entry is made under locks that do not allow it.
 *
 * Context: mmap_lock held, and &vsvm_window.tables_lock for a window that may have
 * huge entries.
 * Return: 0 or -ENOMEM.
 */
int vsvm_window_prepare(struct vsvm_window *window, unsigned long device_address)
{
	return apply_to_page_range(window->vma->vm_mm, device_address, PAGE_SIZE,
				   allocate_no_pte, NULL);
}

static int prepare_window(struct vsvm_window *window, unsigned long start,
			  unsigned long end)
{
	unsigned long address = start, device_address;
	int err;

	while (address < end) {
		device_address = window_address(window, address);
		if (!device_address) {
			address += PAGE_SIZE;
			continue;
		}
		err = vsvm_window_prepare(window, device_address);
		if (err)
			return err;
		/* once for each page table */
		address += pmd_addr_end(device_address, window->vma->vm_end) -
			   device_address;
	}
	return 0;
}

static int vsvm_prepare(struct drm_exclusive *exclusive, unsigned long start,
			unsigned long end)
{
	struct vsvm_context *context = to_vsvm_context(exclusive);
	struct vsvm_window *window = NULL;
	int err;

	while ((window = next_window(context, window))) {
		if (!window->atomic)
			continue;
		err = prepare_window(window, start, end);
		if (err)
			return err;
	}
	return 0;
}

/**
 * vsvm_window_insert() - Make an entry for one page in a window
 * @window: the window
 * @device_address: where
 * @pfn: the page
 * @writable: whether the arena's page may be written
 *
 * Context: drm_exclusive_lock() held; vsvm_window_prepare() was called.
 * Return: as vmf_insert_pfn_prot().
 */
vm_fault_t vsvm_window_insert(struct vsvm_window *window,
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
		if (!window->atomic || !is_mapped(window) ||
		    !(window->vma->vm_flags & VM_WRITE))
			continue;
		for (i = 0; i < npages; i++) {
			device_address =
				window_address(window, address + i * PAGE_SIZE);
			/* should this fail, the core faults once more */
			if (device_address)
				vsvm_window_insert(window, device_address,
						   page_to_pfn(page + i), true);
		}
	}
}

static void vsvm_revoke(struct drm_exclusive *exclusive, unsigned long start,
			unsigned long end)
{
	zap_windows(to_vsvm_context(exclusive), true, start, end);
}

static void vsvm_invalidate(struct drm_exclusive *exclusive, unsigned long start,
			    unsigned long end)
{
	struct vsvm_context *context = to_vsvm_context(exclusive);

	zap_windows(context, false, start, end);
	/* what is exclusive is revoked, but not what lies in VRAM */
	if (!context->exclusivity || context->vram_atomics)
		zap_windows(context, true, start, end);
}

const struct drm_exclusive_ops vsvm_exclusive_ops = {
	.prepare = vsvm_prepare,
	.map = vsvm_map,
	.revoke = vsvm_revoke,
	.invalidate = vsvm_invalidate,
};

/*
 * The page tables of the window are about to be freed, or moved: from now on it is
 * not to be touched any more. Other events change entries of the process's memory,
 * of which a window has none. When it is closed, that is over.
 */
static bool window_invalidate(struct mmu_interval_notifier *notifier,
			      const struct mmu_notifier_range *range,
			      unsigned long cur_seq)
{
	struct vsvm_window *window =
		container_of(notifier, struct vsvm_window, notifier);
	struct drm_exclusive *exclusive = &window->context->exclusive;

	if (range->event != MMU_NOTIFY_UNMAP && range->event != MMU_NOTIFY_RELEASE)
		return true;
	/* the OOM reaper leaves such mappings alone */
	if (WARN_ON_ONCE(!mmu_notifier_range_blockable(range)))
		return false;

	drm_exclusive_lock(exclusive);
	mmu_interval_set_seq(notifier, cur_seq);
	if (!list_empty(&window->link)) {
		list_del_init(&window->link);
		/* the device may be about to use its entries, and they stay a while */
		vsvm_zap(window->vma, window->start,
			 vma_pages(window->vma) << PAGE_SHIFT);
	}
	drm_exclusive_unlock(exclusive);
	return true;
}

static const struct mmu_interval_notifier_ops window_notifier_ops = {
	.invalidate = window_invalidate,
};

/* Have the window emptied with the others. The mmap_lock is held. */
static void open_window(struct vsvm_window *window)
{
	struct vsvm_context *context = window->context;

	drm_exclusive_lock(&context->exclusive);
	if (list_empty(&window->link))
		list_add(&window->link, &context->windows);
	drm_exclusive_unlock(&context->exclusive);
}

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
	/* there is no memory, see cover() */
	if (err == -ENXIO)
		err = -EFAULT;
	if (!err)
		return VM_FAULT_NOPAGE;
	if (err == -ENOMEM)
		return VM_FAULT_OOM;
	if (vsvm_core_leave(context, vmf, address, access, err))
		return VM_FAULT_NOPAGE;
	return VM_FAULT_SIGBUS;
}

/* Which page of the arena is an access to? */
static unsigned long arena_address(struct vsvm_window *window,
				   const struct vm_fault *vmf)
{
	return window->context->exclusive.start +
	       ((vmf->pgoff - window_first_page(window->atomic)) << PAGE_SHIFT);
}

/*
 * In an arena that had no memory when the context was made, no event is noticed yet,
 * and nothing can be mapped. Returns 0, or what to tell the core; then the mmap_lock may
 * be no longer held.
 */
static vm_fault_t cover(struct vsvm_window *window, struct vm_fault *vmf,
			unsigned long address)
{
	struct drm_exclusive *exclusive = &window->context->exclusive;
	const struct vm_area_struct *memory;
	struct file *file;

	if (drm_exclusive_is_covered(exclusive))
		return 0;
	memory = vma_lookup(exclusive->mm, address);
	if (!memory || memory->vm_flags & (VM_IO | VM_PFNMAP))
		return 0;
	if (!(vmf->flags & FAULT_FLAG_ALLOW_RETRY))
		return VM_FAULT_SIGBUS;
	if (vmf->flags & FAULT_FLAG_RETRY_NOWAIT)
		return VM_FAULT_RETRY;
	/* it keeps the context, and this module */
	file = get_file(vmf->vma->vm_file);
	mmap_read_unlock(exclusive->mm);
	/* should it fail, the next fault tries again */
	drm_exclusive_cover(exclusive, address);
	fput(file);
	return VM_FAULT_RETRY;
}

static vm_fault_t serve_fault(struct vm_fault *vmf, bool write)
{
	struct vsvm_window *window = vmf->vma->vm_private_data;
	struct vsvm_context *context = window->context;
	unsigned long address;
	vm_fault_t ret;
	int err;

	/* what has no map_pages is never called with a VMA lock alone */
	if (WARN_ON_ONCE(vmf->flags & FAULT_FLAG_VMA_LOCK) ||
	    WARN_ON_ONCE(vmf->vma->vm_mm != context->exclusive.mm))
		return VM_FAULT_SIGBUS;

	/* mremap() was refused, but after it had moved the entries to and fro */
	open_window(window);
	address = arena_address(window, vmf);
	ret = cover(window, vmf, address);
	if (ret)
		return ret;
	if (!window->atomic || window->vma->vm_flags & VM_WRITE)
		vsvm_vram_fault_in(context, address);
	if (!window->atomic) {
		err = vsvm_plain_fault(window, vmf, address, write);
	} else if (!(window->vma->vm_flags & VM_WRITE)) {
		/* No atomic can succeed here. It would fault without end. */
		err = -EPERM;
	} else if (!context->exclusivity) {
		err = vsvm_plain_fault(window, vmf, address, true);
	} else {
		if (back_off(window, vmf, address))
			return VM_FAULT_RETRY;
		err = vsvm_vram_atomic_fault(window, vmf->address & PAGE_MASK,
					     address);
		if (err == -ENOENT)
			err = drm_exclusive_fault(&context->exclusive, address);
	}
	return end_fault(window, vmf, address + offset_in_page(vmf->real_address),
			 write, err);
}

static vm_fault_t vsvm_fault(struct vm_fault *vmf)
{
	return serve_fault(vmf, vmf->flags & FAULT_FLAG_WRITE);
}

/*
 * Nothing is mapped in a whole page table, or a huge entry is read-only and to be
 * written. What cannot be served like this is left to vsvm_fault().
 */
static vm_fault_t vsvm_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	struct vsvm_window *window = vmf->vma->vm_private_data;
	unsigned long address;
	vm_fault_t ret;

	/* without the mmap_lock; vsvm_fault() gets it */
	if (vmf->flags & FAULT_FLAG_VMA_LOCK)
		return VM_FAULT_FALLBACK;
	if (order != PMD_ORDER || window->atomic || !vsvm_huge_pages())
		return VM_FAULT_FALLBACK;
	open_window(window);
	address = arena_address(window, vmf);
	ret = cover(window, vmf, address);
	if (ret)
		return ret;
	vsvm_vram_fault_in(window->context, address);
	return vsvm_plain_huge_fault(window, vmf, address);
}

/* A page that was mapped read-only is to be written. */
static vm_fault_t vsvm_pfn_mkwrite(struct vm_fault *vmf)
{
	/* vmf_insert_pfn_prot() leaves an entry that is there as it is */
	vsvm_zap(vmf->vma, vmf->address & PAGE_MASK, PAGE_SIZE);
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
	/* already, unless the mapping could not be made in the end */
	drm_exclusive_lock(&window->context->exclusive);
	list_del_init(&window->link);
	drm_exclusive_unlock(&window->context->exclusive);
	mmu_interval_notifier_remove(&window->notifier);
	mutex_destroy(&window->tables_lock);
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
	.huge_fault = vsvm_huge_fault,
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
	int err;

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
	window->start = vma->vm_start;
	window->atomic = atomic;
	INIT_LIST_HEAD(&window->link);
	mutex_init(&window->tables_lock);

	err = mmu_interval_notifier_insert_locked(&window->notifier, vma->vm_mm,
						  vma->vm_start,
						  vma->vm_end - vma->vm_start,
						  &window_notifier_ops);
	if (err) {
		mutex_destroy(&window->tables_lock);
		kfree(window);
		return err;
	}
	/* while events are under way the notifier is not yet called */
	mmu_interval_read_begin(&window->notifier);

	vm_flags_mod(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP |
		     VM_DONTCOPY, VM_MAYEXEC);
	vma->vm_private_data = window;
	vma->vm_ops = &vsvm_vm_ops;
	open_window(window);
	return 0;
}
