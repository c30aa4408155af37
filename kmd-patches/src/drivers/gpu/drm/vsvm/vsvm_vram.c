// SPDX-License-Identifier: GPL-2.0-only
/*
 * VRAM: memory of the GPU, which CPUs cannot reach
 *
 * Overview
 *
 * A page that was moved here (vsvm_migrate.c) has a device-private entry in the CPU's
 * page table, and is a page of the range of addresses without memory that
 * &vsvm_vram.pagemap has. What is in it lies in ordinary memory, &vsvm_vram.blocks,
 * which is mapped into the windows, and nowhere else. So an access of a CPU faults, and
 * brings the page home; atomic operations of the device need no exclusivity here.
 *
 * A huge page that the CPU maps as one is moved to a block of VRAM as one, stays one
 * folio there, and comes home as one. Where no block, or no huge page at home, is to be
 * had, it is split before anything is moved, by the core's usual means: what the core
 * has unmapped already, others may have mapped by a huge entry.
 *
 * A window has a page of VRAM only while the process's page table has it, too. Whatever
 * changes that, sends the notifier of the arena an event before, which empties the
 * windows. What is copied home is complete, therefore.
 *
 * Locking
 *
 * &vsvm_vram.lock is for the bookkeeping of pages alone, &vsvm_vram.evict_lock for what
 * the core is told of those that are evicted. All else is up to the core: pages are
 * moved with their folio locked and without any entry for them.
 */
#include <linux/bitmap.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/ioport.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <drm/drm_print.h>

#include "vsvm.h"

static struct vsvm_vram *vram_of(const struct page *page)
{
	return container_of(page_pgmap(page), struct vsvm_vram, pagemap);
}

static unsigned long first_pfn(const struct vsvm_vram *vram)
{
	return PHYS_PFN(vram->pagemap.range.start);
}

static struct vsvm_block *block_of(const struct page *page)
{
	const struct vsvm_vram *vram = vram_of(page);

	return &vram->blocks[(page_to_pfn(page) - first_pfn(vram)) / VSVM_BLOCK_PAGES];
}

/**
 * vsvm_vram_memory() - Where is what a page of VRAM holds?
 * @page: the page, in use
 */
struct page *vsvm_vram_memory(const struct page *page)
{
	const struct vsvm_block *block = block_of(page);
	/* the pages' addresses begin at those of a block */
	const unsigned long number = page_to_pfn(page) % VSVM_BLOCK_PAGES;

	return block->pages ? block->pages + number :
			      vmalloc_to_page(block->scattered + number * PAGE_SIZE);
}

/**
 * vsvm_vram_huge_memory() - Where is what the block of a page of VRAM holds?
 * @page: the page, in use
 *
 * Return: the first of contiguous pages, NULL if they are not.
 */
struct page *vsvm_vram_huge_memory(const struct page *page)
{
	return block_of(page)->pages;
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

/* Pages are taken one after another, around and around: the next ones are the oldest. */
static void note_taken(struct vsvm_vram *vram, unsigned long number, unsigned long npages)
{
	vram->nused += npages;
	vram->next = number + npages;
	vram->oldest = vram->next;
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
		note_taken(vram, number, 1);
		pfns[taken++] = first_pfn(vram) + number;
	}
	spin_unlock_irqrestore(&vram->lock, flags);
	return taken;
}

/* Take a block of which no page is in use. Returns how many pages that are, or 0. */
static unsigned long take_block(struct vsvm_vram *vram, unsigned long *pfns)
{
	unsigned long flags, number, i;

	spin_lock_irqsave(&vram->lock, flags);
	number = bitmap_find_next_zero_area(vram->used, vram->npages, vram->next,
					    VSVM_BLOCK_PAGES, VSVM_BLOCK_PAGES - 1);
	if (number >= vram->npages)
		number = bitmap_find_next_zero_area(vram->used, vram->npages, 0,
						    VSVM_BLOCK_PAGES,
						    VSVM_BLOCK_PAGES - 1);
	if (number < vram->npages) {
		bitmap_set(vram->used, number, VSVM_BLOCK_PAGES);
		note_taken(vram, number, VSVM_BLOCK_PAGES);
	}
	spin_unlock_irqrestore(&vram->lock, flags);
	if (number >= vram->npages)
		return 0;
	for (i = 0; i < VSVM_BLOCK_PAGES; i++)
		pfns[i] = first_pfn(vram) + number + i;
	return VSVM_BLOCK_PAGES;
}

static void give_free(struct vsvm_vram *vram, unsigned long pfn, unsigned long npages)
{
	unsigned long flags;

	spin_lock_irqsave(&vram->lock, flags);
	bitmap_clear(vram->used, pfn - first_pfn(vram), npages);
	vram->nused -= npages;
	spin_unlock_irqrestore(&vram->lock, flags);
}

/**
 * vsvm_vram_next_victims() - Which pages are to be evicted next?
 * @vram: the memory
 * @block: all of a block, or what is left of one from the first page in use on, at most
 *	VSVM_EVICT_PAGES, but all of what is one folio
 * @pfn: to be set to the first
 *
 * Return: how many, of which some may be free; 0 if none is in use.
 */
unsigned long vsvm_vram_next_victims(struct vsvm_vram *vram, bool block,
				     unsigned long *pfn)
{
	unsigned long flags, number, first, npages = 0;

	spin_lock_irqsave(&vram->lock, flags);
	number = find_next_bit(vram->used, vram->npages, vram->oldest);
	if (number == vram->npages)
		number = find_next_bit(vram->used, vram->npages, 0);
	if (number < vram->npages) {
		*pfn = first_pfn(vram) + number;
		first = ALIGN_DOWN(*pfn, VSVM_BLOCK_PAGES);
		if (block || PageHead(pfn_to_page(first))) {
			*pfn = first;
			npages = VSVM_BLOCK_PAGES;
		} else {
			npages = min(VSVM_EVICT_PAGES,
				     VSVM_BLOCK_PAGES - *pfn % VSVM_BLOCK_PAGES);
		}
		vram->oldest = *pfn + npages - first_pfn(vram);
	}
	spin_unlock_irqrestore(&vram->lock, flags);
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

	/* once around, or twice: those that are taken meanwhile are the last to go */
	while (taken < npages && seen < 2 * vram->npages) {
		seen += max(vsvm_evict(vram, false, __GFP_NOWARN | __GFP_NORETRY), 1ul);
		taken += take_free(vram, pfns + taken, npages - taken);
		cond_resched();
	}
	return taken;
}

/**
 * vsvm_vram_reserve_block() - Get a block that a huge page is to be moved to
 * @vram: the memory
 * @pfns: to be filled with its pages
 *
 * Where there is none, those that have been in use for longest are evicted.
 *
 * Context: Process context; no folio is locked.
 * Return: how many pages it has, as vsvm_vram_reserve(); 0 if none could be had.
 */
unsigned long vsvm_vram_reserve_block(struct vsvm_vram *vram, unsigned long *pfns)
{
	unsigned long taken, seen;

	if (!VSVM_HUGE_FOLIOS)
		return 0;
	taken = take_block(vram, pfns);
	for (seen = 0; !taken && seen < vram->npages; seen += VSVM_BLOCK_PAGES) {
		vsvm_evict(vram, true, __GFP_NOWARN | __GFP_NORETRY);
		taken = take_block(vram, pfns);
		cond_resched();
	}
	return taken;
}

void vsvm_vram_unreserve(struct vsvm_vram *vram, const unsigned long *pfns,
			 unsigned long npages)
{
	unsigned long i;

	for (i = 0; i < npages; i++)
		give_free(vram, pfns[i], 1);
}

/**
 * vsvm_vram_use() - Fill a page of VRAM, or a block
 * @vram: the memory
 * @pfn: from vsvm_vram_reserve(), or the first from vsvm_vram_reserve_block()
 * @order: 0, or PMD_ORDER for a block
 * @from: the first page of what is to be in it, NULL for zeros
 * @usage: where it is counted
 *
 * Return: the folio, locked, and with one reference.
 */
struct folio *vsvm_vram_use(struct vsvm_vram *vram, unsigned long pfn,
			    unsigned int order, struct page *from,
			    struct vsvm_usage *usage)
{
	struct page *page = pfn_to_page(pfn);
	unsigned long i;

	zone_device_folio_init(page_folio(page), &vram->pagemap, order);
	kref_get(&usage->refs);
	atomic64_add(1ul << order, &usage->npages);
	folio_set_zone_device_data(page_folio(page), usage);
	for (i = 0; i < 1ul << order; i++) {
		if (from)
			copy_highpage(vsvm_vram_memory(page + i), from + i);
		else
			clear_highpage(vsvm_vram_memory(page + i));
	}
	return page_folio(page);
}

/*
 * What is left of a folio in its pages, the next user of all of them would clear, but
 * until then, and for the user of one, they would look like parts of it.
 */
static void forget_folio(struct folio *folio, unsigned long npages)
{
	struct dev_pagemap *pagemap = folio->pgmap;
	struct page *page = &folio->page;
	unsigned long i;

	if (npages == 1)
		return;
	folio_clear_large_rmappable(folio);
	ClearPageHead(page);
	for (i = 1; i < npages; i++)
		((struct folio *)(page + i))->pgmap = pagemap;
}

/* Nobody has the folio any more. Called in any context. */
static void vsvm_folio_free(struct folio *folio)
{
	struct vsvm_usage *usage = folio_zone_device_data(folio);
	const unsigned long npages = folio_nr_pages(folio);
	struct vsvm_vram *vram = vram_of(&folio->page);

	folio_set_zone_device_data(folio, NULL);
	forget_folio(folio, npages);
	give_free(vram, folio_pfn(folio), npages);
	atomic64_sub(npages, &usage->npages);
	vsvm_usage_put(usage);
}

/* A folio is split off another, or with NULL, all are. Called under spinlocks. */
static void vsvm_folio_split(struct folio *from, struct folio *folio)
{
	struct vsvm_usage *usage = folio_zone_device_data(from);

	if (!folio)
		return;
	kref_get(&usage->refs);
	folio->pgmap = from->pgmap;
	folio_set_zone_device_data(folio, usage);
}

static const struct dev_pagemap_ops vsvm_pagemap_ops = {
	.folio_free = vsvm_folio_free,
	.folio_split = vsvm_folio_split,
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

static void free_blocks(struct vsvm_vram *vram, unsigned long count)
{
	unsigned long i;

	for (i = 0; i < count; i++) {
		if (vram->blocks[i].pages)
			__free_pages(vram->blocks[i].pages, PMD_ORDER);
		vfree(vram->blocks[i].scattered);
	}
	kvfree(vram->blocks);
}

/* Get memory for what is in the pages, contiguous for 2 MiB wherever there is such. */
static int make_blocks(struct vsvm_vram *vram, unsigned long count)
{
	struct vsvm_block *block;
	unsigned long i;

	vram->blocks = kvzalloc_objs(*vram->blocks, count);
	if (!vram->blocks)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		block = &vram->blocks[i];
		block->pages = alloc_pages(GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY,
					   PMD_ORDER);
		if (!block->pages)
			block->scattered = vmalloc(PMD_SIZE);
		if (!block->pages && !block->scattered) {
			free_blocks(vram, i);
			return -ENOMEM;
		}
	}
	return 0;
}

/**
 * vsvm_vram_init() - Make the memory of a GPU
 * @device: the GPU
 * @size: bytes; rounded up to whole blocks. 0: it has none
 *
 * If there is no memory for it, the GPU has none.
 */
void vsvm_vram_init(struct vsvm_device *device, unsigned long size)
{
	struct vsvm_vram *vram = &device->vram;
	int err;

	spin_lock_init(&vram->lock);
	mutex_init(&vram->evict_lock);
	size = ALIGN(size, max(memremap_compat_align(), PMD_SIZE));
	if (!size)
		return;
	vram->used = bitmap_zalloc(size >> PAGE_SHIFT, GFP_KERNEL);
	err = vram->used ? make_blocks(vram, size >> PMD_SHIFT) : -ENOMEM;
	if (err)
		goto no_blocks;
	err = make_pages(vram, device->drm.dev, size);
	if (err)
		goto no_pages;
	vram->npages = size >> PAGE_SHIFT;
	return;
no_pages:
	free_blocks(vram, size >> PMD_SHIFT);
no_blocks:
	bitmap_free(vram->used);
	drm_warn(&device->drm, "no VRAM: %d\n", err);
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
	unsigned long nused;

	if (vram->npages) {
		while ((nused = READ_ONCE(vram->nused))) {
			vsvm_evict(vram, false, __GFP_NOFAIL);
			/* the rest may be in the hands of faults that are under way */
			if (READ_ONCE(vram->nused) == nused)
				schedule_timeout_uninterruptible(1);
		}
		memunmap_pages(&vram->pagemap);
		free_blocks(vram, vram->npages / VSVM_BLOCK_PAGES);
		bitmap_free(vram->used);
	}
	mutex_destroy(&vram->evict_lock);
}
