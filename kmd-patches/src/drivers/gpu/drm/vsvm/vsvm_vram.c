// SPDX-License-Identifier: GPL-2.0-only
/*
 * VRAM: memory of the GPU, which CPUs cannot reach
 *
 * Overview
 *
 * A page that was moved here (vsvm_migrate.c) has a device-private entry in the CPU's
 * page table, and is a page of the range of addresses without memory that
 * &vsvm_vram.pagemap has. What is in it lies in ordinary memory, &vsvm_vram.memory,
 * which is mapped into the windows, and nowhere else. So an access of a CPU faults, and
 * brings the page home; atomic operations of the device need no exclusivity here.
 *
 * A window has a page of VRAM only while the process's page table has it, too. Whatever
 * changes that, sends the notifier of the arena an event before, which empties the
 * windows. What is copied home is complete, therefore.
 *
 * Locking
 *
 * &vsvm_vram.lock is for the bookkeeping of pages alone. All else is up to the core:
 * pages are moved with their folio locked and without any entry for them.
 */
#include <linux/bitmap.h>
#include <linux/highmem.h>
#include <linux/ioport.h>
#include <linux/memremap.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <drm/drm_print.h>

#include "vsvm.h"

/* How many pages are evicted at once. */
#define VSVM_EVICT_PAGES	32

static struct vsvm_vram *vram_of(const struct page *page)
{
	return container_of(page_pgmap(page), struct vsvm_vram, pagemap);
}

static unsigned long first_pfn(const struct vsvm_vram *vram)
{
	return PHYS_PFN(vram->pagemap.range.start);
}

/**
 * vsvm_vram_memory() - Where is what a page of VRAM holds?
 * @page: the page, in use
 */
struct page *vsvm_vram_memory(const struct page *page)
{
	const struct vsvm_vram *vram = vram_of(page);
	const unsigned long number = page_to_pfn(page) - first_pfn(vram);

	return vmalloc_to_page(vram->memory + number * PAGE_SIZE);
}

static void usage_free(struct kref *refs)
{
	kfree(container_of(refs, struct vsvm_usage, refs));
}

/**
 * vsvm_usage_create() - Begin to count what a context has in VRAM
 *
 * Return: for vsvm_usage_put(), NULL if there is no memory.
 */
struct vsvm_usage *vsvm_usage_create(void)
{
	struct vsvm_usage *usage = kzalloc_obj(*usage, GFP_KERNEL_ACCOUNT);

	if (usage)
		kref_init(&usage->refs);
	return usage;
}

void vsvm_usage_put(struct vsvm_usage *usage)
{
	kref_put(&usage->refs, usage_free);
}

/* Take up to @npages free pages. Returns how many. */
static unsigned long take_free(struct vsvm_vram *vram, unsigned long *pfns,
			       unsigned long npages)
{
	unsigned long flags, number, taken = 0;

	spin_lock_irqsave(&vram->lock, flags);
	while (taken < npages && vram->nused < vram->npages) {
		number = find_next_zero_bit(vram->used, vram->npages, vram->next);
		if (number == vram->npages) {
			vram->next = 0;
			continue;
		}
		__set_bit(number, vram->used);
		vram->nused++;
		vram->next = number + 1;
		pfns[taken++] = first_pfn(vram) + number;
	}
	spin_unlock_irqrestore(&vram->lock, flags);
	return taken;
}

static void give_free(struct vsvm_vram *vram, unsigned long pfn)
{
	unsigned long flags;

	spin_lock_irqsave(&vram->lock, flags);
	__clear_bit(pfn - first_pfn(vram), vram->used);
	vram->nused--;
	spin_unlock_irqrestore(&vram->lock, flags);
}

/* The next pages in use, the longest there first. Returns how many. */
static unsigned long next_used(struct vsvm_vram *vram, unsigned long *pfns,
			       unsigned long npages)
{
	unsigned long flags, number, found = 0;

	spin_lock_irqsave(&vram->lock, flags);
	while (found < npages) {
		number = find_next_bit(vram->used, vram->npages, vram->oldest);
		if (number == vram->npages) {
			vram->oldest = 0;
			break;
		}
		vram->oldest = number + 1;
		pfns[found++] = first_pfn(vram) + number;
	}
	spin_unlock_irqrestore(&vram->lock, flags);
	return found;
}

/**
 * vsvm_vram_copy_home() - Get memory for pages that leave VRAM, and fill it
 * @src: the pages, as the core collected them
 * @dst: to be filled for migrate_vma_pages() or migrate_device_pages(); all 0
 * @npages: how many
 * @vma: where they are, NULL if that is not known
 * @address: of the first, if it is
 * @flags: for the allocation, besides those that the memory needs
 *
 * Return: how many pages could not be had, which stay where they are.
 */
unsigned long vsvm_vram_copy_home(const unsigned long *src, unsigned long *dst,
				  unsigned long npages, struct vm_area_struct *vma,
				  unsigned long address, gfp_t flags)
{
	unsigned long i, failed = 0;
	struct page *from, *to;

	flags |= GFP_HIGHUSER_MOVABLE;
	for (i = 0; i < npages; i++) {
		from = migrate_pfn_to_page(src[i]);
		if (!from || !(src[i] & MIGRATE_PFN_MIGRATE))
			continue;
		to = vma ? alloc_page_vma(flags, vma, address + i * PAGE_SIZE) :
			   alloc_page(flags);
		if (!to) {
			failed++;
			continue;
		}
		lock_page(to);
		copy_highpage(to, vsvm_vram_memory(from));
		dst[i] = migrate_pfn(page_to_pfn(to));
	}
	return failed;
}

/**
 * vsvm_vram_note_home() - Count pages that leave VRAM
 * @src: as migrate_vma_pages() or migrate_device_pages() left them
 * @npages: how many
 * @cause: why
 *
 * Return: how many have left.
 */
unsigned long vsvm_vram_note_home(const unsigned long *src, unsigned long npages,
				  enum vsvm_moved cause)
{
	struct vsvm_usage *usage;
	unsigned long i, moved = 0;
	struct page *page;

	for (i = 0; i < npages; i++) {
		page = migrate_pfn_to_page(src[i]);
		if (!page || !(src[i] & MIGRATE_PFN_MIGRATE))
			continue;
		usage = folio_zone_device_data(page_folio(page));
		atomic64_inc(&usage->moved[cause]);
		moved++;
	}
	return moved;
}

/* Bring the next pages home, whoever has them. Returns how many were there. */
static unsigned long evict_some(struct vsvm_vram *vram, gfp_t flags)
{
	unsigned long src[VSVM_EVICT_PAGES], dst[VSVM_EVICT_PAGES] = {};
	const unsigned long npages = next_used(vram, src, VSVM_EVICT_PAGES);

	if (!npages)
		return 0;
	/* passes those by that are being moved, here or home */
	migrate_device_pfns(src, npages);
	vsvm_vram_copy_home(src, dst, npages, NULL, 0, flags);
	migrate_device_pages(src, dst, npages);
	vsvm_vram_note_home(src, npages, VSVM_MOVED_EVICTED);
	migrate_device_finalize(src, dst, npages);
	return npages;
}

/**
 * vsvm_vram_reserve() - Get pages that are to be moved to
 * @vram: the memory
 * @pfns: to be filled
 * @npages: how many
 *
 * Where VRAM is full, those that have been in it for longest are evicted.
 *
 * Context: Process context; no folio is locked.
 * Return: how many could be had. They are for vsvm_vram_use() or
 * vsvm_vram_unreserve().
 */
unsigned long vsvm_vram_reserve(struct vsvm_vram *vram, unsigned long *pfns,
				unsigned long npages)
{
	unsigned long taken = take_free(vram, pfns, npages), seen = 0;

	/* once around, twice where next_used() came to the end meanwhile */
	while (taken < npages && seen < 2 * vram->npages) {
		seen += max(evict_some(vram, __GFP_NOWARN | __GFP_NORETRY), 1ul);
		taken += take_free(vram, pfns + taken, npages - taken);
		cond_resched();
	}
	return taken;
}

void vsvm_vram_unreserve(struct vsvm_vram *vram, const unsigned long *pfns,
			 unsigned long npages)
{
	unsigned long i;

	for (i = 0; i < npages; i++)
		give_free(vram, pfns[i]);
}

/**
 * vsvm_vram_use() - Fill a page of VRAM
 * @vram: the memory
 * @pfn: from vsvm_vram_reserve()
 * @from: what is to be in it, NULL for zeros
 * @usage: where it is counted
 *
 * Return: the page, locked, and with one reference.
 */
struct page *vsvm_vram_use(struct vsvm_vram *vram, unsigned long pfn,
			   struct page *from, struct vsvm_usage *usage)
{
	struct page *page = pfn_to_page(pfn);

	zone_device_folio_init(page_folio(page), &vram->pagemap, 0);
	kref_get(&usage->refs);
	atomic64_inc(&usage->npages);
	folio_set_zone_device_data(page_folio(page), usage);
	if (from)
		copy_highpage(vsvm_vram_memory(page), from);
	else
		clear_highpage(vsvm_vram_memory(page));
	return page;
}

/* Nobody has the page any more. Called in any context. */
static void vsvm_folio_free(struct folio *folio)
{
	struct vsvm_usage *usage = folio_zone_device_data(folio);

	folio_set_zone_device_data(folio, NULL);
	give_free(vram_of(&folio->page), folio_pfn(folio));
	atomic64_dec(&usage->npages);
	vsvm_usage_put(usage);
}

/* A CPU touches a page, whose folio is locked. */
static vm_fault_t vsvm_migrate_to_ram(struct vm_fault *vmf)
{
	unsigned long src = 0, dst = 0, failed;
	struct migrate_vma migrate = {
		.vma = vmf->vma,
		.src = &src,
		.dst = &dst,
		.start = vmf->address & PAGE_MASK,
		.end = (vmf->address & PAGE_MASK) + PAGE_SIZE,
		.pgmap_owner = page_pgmap(vmf->page)->owner,
		.flags = MIGRATE_VMA_SELECT_DEVICE_PRIVATE,
		.fault_page = vmf->page,
	};

	if (migrate_vma_setup(&migrate))
		return VM_FAULT_SIGBUS;
	/* somebody else was faster */
	if (!migrate.cpages)
		return 0;
	failed = vsvm_vram_copy_home(&src, &dst, 1, vmf->vma, migrate.start, 0);
	migrate_vma_pages(&migrate);
	vsvm_vram_note_home(&src, 1, VSVM_MOVED_TOUCHED);
	migrate_vma_finalize(&migrate);
	return failed ? VM_FAULT_OOM : 0;
}

static const struct dev_pagemap_ops vsvm_pagemap_ops = {
	.folio_free = vsvm_folio_free,
	.migrate_to_ram = vsvm_migrate_to_ram,
};

/* Find addresses for the pages, and have the core make them. */
static int make_pages(struct vsvm_vram *vram, struct device *dev, unsigned long size)
{
	struct resource *res = devm_request_free_mem_region(dev, &iomem_resource, size);
	void *address;

	if (IS_ERR(res))
		return PTR_ERR(res);
	vram->pagemap.type = MEMORY_DEVICE_PRIVATE;
	vram->pagemap.range.start = res->start;
	vram->pagemap.range.end = res->start + size - 1;
	vram->pagemap.nr_range = 1;
	vram->pagemap.ops = &vsvm_pagemap_ops;
	vram->pagemap.owner = vram;
	address = memremap_pages(&vram->pagemap, numa_node_id());
	return IS_ERR(address) ? PTR_ERR(address) : 0;
}

/**
 * vsvm_vram_init() - Make the memory of a GPU
 * @device: the GPU
 * @size: bytes; rounded up to whole blocks of pages. 0: it has none
 *
 * If there is no memory for it, the GPU has none.
 */
void vsvm_vram_init(struct vsvm_device *device, unsigned long size)
{
	struct vsvm_vram *vram = &device->vram;
	int err;

	spin_lock_init(&vram->lock);
	size = ALIGN(size, memremap_compat_align());
	if (!size)
		return;
	vram->used = bitmap_zalloc(size >> PAGE_SHIFT, GFP_KERNEL);
	vram->memory = vmalloc(size);
	err = vram->used && vram->memory ? make_pages(vram, device->drm.dev, size) :
					   -ENOMEM;
	if (!err) {
		vram->npages = size >> PAGE_SHIFT;
		return;
	}
	drm_warn(&device->drm, "no VRAM: %d\n", err);
	vfree(vram->memory);
	bitmap_free(vram->used);
}

/**
 * vsvm_vram_fini() - Take the memory of a GPU away
 * @device: the GPU, of which nobody gets pages any more
 *
 * All pages go home, those of processes too that have no context now, as children of
 * fork().
 */
void vsvm_vram_fini(struct vsvm_device *device)
{
	struct vsvm_vram *vram = &device->vram;

	if (!vram->npages)
		return;
	while (READ_ONCE(vram->nused)) {
		/* the rest may be in the hands of faults that are under way */
		if (!evict_some(vram, __GFP_NOFAIL))
			schedule_timeout_uninterruptible(1);
	}
	memunmap_pages(&vram->pagemap);
	vfree(vram->memory);
	bitmap_free(vram->used);
}
