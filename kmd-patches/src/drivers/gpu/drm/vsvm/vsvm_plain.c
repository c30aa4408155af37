// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plain faults: loads and stores of the device, of a page or of 2 MiB
 */
#include <linux/hmm.h>
#include <linux/mm.h>
#include <linux/page_table_check.h>
#include <linux/pagemap.h>
#include <linux/pgtable.h>
#include <linux/sched/signal.h>

#include "vsvm.h"

/* How often a plain fault tries before the core repeats its access. */
#define VSVM_PLAIN_TRIES	32

/*
 * Insert one page under the lock of the context, after hmm_range_fault() found
 * it in @pfn, or if it is exclusive to this device.
 *
 * @range is NULL if it did not, or something has happened to the page since. Returns
 * -EBUSY if neither holds.
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
		ret = vsvm_window_insert(window, device_address, page_to_pfn(page), true);
	} else {
		if (!range)
			return -EBUSY;
		page = hmm_pfn_to_page(pfn);
		/*
		 * The CPU's entry may be writable and clean, and the device's
		 * writes leave no trace in it.
		 */
		if (pfn & HMM_PFN_WRITE)
			folio_mark_dirty(page_folio(page));
		if (vsvm_is_vram(window->context, pfn))
			page = vsvm_vram_memory(page);
		ret = vsvm_window_insert(window, device_address, page_to_pfn(page),
					 pfn & HMM_PFN_WRITE);
	}
	return ret & VM_FAULT_ERROR ? -ENOMEM : 0;
}

/* What HMM is asked: for one page, as the CPU may use it. */
static struct hmm_range range_of(struct vsvm_context *context,
				 unsigned long address, unsigned long *pfn, bool write)
{
	return (struct hmm_range) {
		.notifier = &context->exclusive.quiet,
		.start = address,
		.end = address + PAGE_SIZE,
		.hmm_pfns = pfn,
		.default_flags = HMM_PFN_REQ_FAULT | (write ? HMM_PFN_REQ_WRITE : 0),
		.dev_private_owner = &context->device->vram,
	};
}

/* Of a page in VRAM that may not be written, HMM makes no copy that may. */
static bool is_shared_vram(struct vsvm_context *context, unsigned long pfn, bool write)
{
	return write && !(pfn & HMM_PFN_WRITE) && vsvm_is_vram(context, pfn);
}

static int try_plain(struct vsvm_window *window, unsigned long device_address,
		     unsigned long address, bool write)
{
	struct drm_exclusive *exclusive = &window->context->exclusive;
	unsigned long pfn = 0;
	struct hmm_range range = range_of(window->context, address, &pfn, write);
	struct drm_exclusive_section section = {
		.span = { .start = range.start, .end = range.end },
	};
	bool collided, shared;
	int err;

	/* A page that is exclusive to us must not be asked for: we would lose it. */
	drm_exclusive_lock(exclusive);
	err = insert_plain(window, device_address, address, NULL);
	drm_exclusive_unlock(exclusive);
	if (err != -EBUSY)
		return err;

	err = drm_exclusive_section_begin(exclusive, &section);
	if (err)
		return err;
	err = hmm_range_fault(&range);
	drm_exclusive_lock(exclusive);
	collided = drm_exclusive_section_end_locked(exclusive, &section);
	shared = !err && !collided && is_shared_vram(window->context, pfn, write);
	if (!err && !shared)
		err = insert_plain(window, device_address, address,
				   collided ? NULL : &range);
	drm_exclusive_unlock(exclusive);
	if (!shared)
		return err;
	err = vsvm_bring_home(window->context, address);
	return err ? err : -EBUSY;
}

/*
 * Allocate the page table for a page, unless there is a huge entry, which came with
 * another fault. Returns -EAGAIN if so.
 */
static int prepare_table(struct vsvm_window *window, const struct vm_fault *vmf)
{
	int err = -EAGAIN;

	mutex_lock(&window->tables_lock);
	if (!pmd_trans_huge(pmdp_get_lockless(vmf->pmd)))
		err = vsvm_window_prepare(window, vmf->address & PAGE_MASK);
	mutex_unlock(&window->tables_lock);
	return err;
}

/**
 * vsvm_plain_fault() - Map a page as the CPU may use it
 * @window: where the access is
 * @vmf: the access
 * @address: the arena's page
 * @write: whether it is to be written
 *
 * Context: mmap_lock held.
 * Return: 0: the access is to be repeated; -EAGAIN likewise. Other errors are those
 * of drm_exclusive_section_begin() and hmm_range_fault().
 */
int vsvm_plain_fault(struct vsvm_window *window, struct vm_fault *vmf,
		     unsigned long address, bool write)
{
	const unsigned long device_address = vmf->address & PAGE_MASK;
	unsigned int tries;
	int err;

	atomic64_inc(&window->context->plain_faults);
	err = prepare_table(window, vmf);
	if (err)
		return err;

	for (tries = 0; tries < VSVM_PLAIN_TRIES; tries++) {
		err = try_plain(window, device_address, address, write);
		if (err != -EBUSY)
			return err;
		atomic64_inc(&window->context->plain_retries);
		if (fatal_signal_pending(current))
			break;
		cond_resched();
	}
	return 0;
}

#ifdef CONFIG_ARCH_SUPPORTS_PMD_PFNMAP

/* The check takes a huge special entry for one that owns the pages, and panics. */
static bool is_checked(void)
{
#ifdef CONFIG_PAGE_TABLE_CHECK
	return !static_key_enabled(&page_table_check_disabled);
#else
	return false;
#endif
}

/* Does the window show all of the 2 MiB, at a place where an entry can be for them? */
static bool may_be_huge(struct vsvm_window *window, const struct vm_fault *vmf,
			unsigned long address)
{
	const unsigned long start = vmf->address & PMD_MASK;
	const struct vm_area_struct *vma = window->vma;

	return !is_checked() &&
	       (vmf->address & ~PMD_MASK & PAGE_MASK) == (address & ~PMD_MASK) &&
	       start >= vma->vm_start && start + PMD_SIZE <= vma->vm_end;
}

/* If a page of the range is exclusive, the CPU has an entry for each. */
static bool has_exclusive_pages(struct drm_exclusive *exclusive,
				struct drm_exclusive_span span)
{
	unsigned long index = span.start >> PAGE_SHIFT;
	bool found;

	drm_exclusive_lock(exclusive);
	found = xa_find(&exclusive->pages, &index, (span.end - 1) >> PAGE_SHIFT,
			XA_PRESENT);
	drm_exclusive_unlock(exclusive);
	return found;
}

/*
 * Insert 2 MiB under the locks of the window's page tables and of the context, after
 * hmm_range_fault() found a page of it in @pfn. One entry of the CPU's means one
 * protection. Returns -EAGAIN if they are to be mapped page by page.
 *
 * The huge zero page has to be: the core takes the entry of one for an anonymous
 * mapping's, and would look for what it keeps with those. It has no mapping.
 */
static int insert_huge(struct vsvm_context *context, struct vm_fault *vmf,
		       unsigned long pfn, bool write)
{
	const pmd_t pmd = pmdp_get_lockless(vmf->pmd);
	struct page *page = hmm_pfn_to_page(pfn);
	struct folio *folio = page_folio(page);

	if (hmm_pfn_to_map_order(pfn) < PMD_ORDER || !READ_ONCE(folio->mapping) ||
	    is_shared_vram(context, pfn, write))
		return -EAGAIN;
	if (!pmd_none(pmd) && !pmd_trans_huge(pmd))
		return -EAGAIN;
	/* as for a page, see insert_plain() */
	if (pfn & HMM_PFN_WRITE)
		folio_mark_dirty(folio);
	if (vsvm_is_vram(context, pfn)) {
		page = vsvm_vram_huge_memory(page);
		if (!page)
			return -EAGAIN;
	}
	if (vmf_insert_pfn_pmd(vmf, ALIGN_DOWN(page_to_pfn(page), HPAGE_PMD_NR),
			       pfn & HMM_PFN_WRITE) & VM_FAULT_ERROR)
		return -EAGAIN;
	return 0;
}

static int try_huge(struct vsvm_window *window, struct vm_fault *vmf,
		    unsigned long address, bool write)
{
	struct drm_exclusive *exclusive = &window->context->exclusive;
	unsigned long pfn = 0;
	struct hmm_range range = range_of(window->context, address, &pfn, write);
	/* what happens to any page of it takes the entry away */
	struct drm_exclusive_section section = {
		.span.start = address & PMD_MASK,
		.span.end = (address & PMD_MASK) + PMD_SIZE,
	};
	bool collided;
	int err;

	if (has_exclusive_pages(exclusive, section.span))
		return -EAGAIN;
	err = drm_exclusive_section_begin(exclusive, &section);
	if (err)
		return err;
	err = hmm_range_fault(&range);
	mutex_lock(&window->tables_lock);
	drm_exclusive_lock(exclusive);
	collided = drm_exclusive_section_end_locked(exclusive, &section);
	if (!err)
		err = collided ? -EBUSY : insert_huge(window->context, vmf, pfn, write);
	drm_exclusive_unlock(exclusive);
	mutex_unlock(&window->tables_lock);
	return err;
}

/**
 * vsvm_plain_huge_fault() - Map 2 MiB at once, as the CPU may use them
 * @window: where the access is
 * @vmf: the access
 * @address: the arena's page that it is to
 *
 * Context: mmap_lock held.
 * Return: VM_FAULT_FALLBACK if the page is to be mapped alone, whatever the reason;
 * else the access is to be repeated.
 */
vm_fault_t vsvm_plain_huge_fault(struct vsvm_window *window, struct vm_fault *vmf,
				 unsigned long address)
{
	struct vsvm_context *context = window->context;
	unsigned int tries;
	int err;

	if (!may_be_huge(window, vmf, address))
		return VM_FAULT_FALLBACK;
	for (tries = 0; tries < VSVM_PLAIN_TRIES; tries++) {
		err = try_huge(window, vmf, address, vmf->flags & FAULT_FLAG_WRITE);
		if (err != -EBUSY)
			break;
		atomic64_inc(&context->plain_retries);
		if (fatal_signal_pending(current))
			break;
		cond_resched();
	}
	/* a page mapped alone would have a page table, for good */
	if (err && err != -EBUSY)
		return VM_FAULT_FALLBACK;
	atomic64_inc(&context->plain_faults);
	if (!err)
		atomic64_inc(&context->huge_faults);
	return VM_FAULT_NOPAGE;
}

#else

vm_fault_t vsvm_plain_huge_fault(struct vsvm_window *window, struct vm_fault *vmf,
				 unsigned long address)
{
	return VM_FAULT_FALLBACK;
}

#endif
