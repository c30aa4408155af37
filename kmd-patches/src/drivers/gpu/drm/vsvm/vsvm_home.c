// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where pages go that leave VRAM: a CPU touches them, or they are evicted
 *
 * How the memory for them is got, and filled, is the same for pages that an ioctl brings
 * home (vsvm_migrate.c).
 */
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/huge_mm.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "vsvm.h"

/**
 * vsvm_home_reserve() - Get a huge page for a block that is to leave VRAM
 * @home: where it is to go; &vsvm_home.huge is set, to NULL where there is none
 *
 * Without one, the block must not be collected as one.
 */
void vsvm_home_reserve(struct vsvm_home *home)
{
	if (home->vma)
		home->huge = vma_alloc_folio(GFP_TRANSHUGE_LIGHT, PMD_ORDER, home->vma,
					     home->address);
	else
		home->huge = folio_alloc(GFP_TRANSHUGE_LIGHT, PMD_ORDER);
}

/* What vsvm_home_reserve() has got, and was not used, is freed. */
void vsvm_home_finish(struct vsvm_home *home)
{
	if (home->huge)
		folio_put(home->huge);
	home->huge = NULL;
}

static void copy_huge_home(unsigned long src, unsigned long *dst, struct vsvm_home *home)
{
	struct page *from = migrate_pfn_to_page(src);
	unsigned long i;

	folio_lock(home->huge);
	for (i = 0; i < VSVM_BLOCK_PAGES; i++)
		copy_highpage(folio_page(home->huge, i), vsvm_vram_memory(from + i));
	*dst = migrate_pfn(folio_pfn(home->huge)) | MIGRATE_PFN_COMPOUND;
	home->huge = NULL;
}

/**
 * vsvm_home_copy() - Get memory for pages that leave VRAM, and fill it
 * @src: the pages, as the core collected them
 * @dst: to be filled for migrate_vma_pages() or migrate_device_pages(); all 0
 * @npages: how many
 * @home: where they are to go
 *
 * Return: how many pages could not be had, which stay where they are.
 */
unsigned long vsvm_home_copy(const unsigned long *src, unsigned long *dst,
			     unsigned long npages, struct vsvm_home *home)
{
	const gfp_t flags = home->flags | GFP_HIGHUSER_MOVABLE;
	unsigned long i, failed = 0;
	struct page *from, *to;

	for (i = 0; i < npages; i++) {
		from = migrate_pfn_to_page(src[i]);
		if (!from || !(src[i] & MIGRATE_PFN_MIGRATE))
			continue;
		if (src[i] & MIGRATE_PFN_COMPOUND) {
			if (home->huge)
				copy_huge_home(src[i], &dst[i], home);
			else
				failed += VSVM_BLOCK_PAGES;
			continue;
		}
		if (home->vma)
			to = alloc_page_vma(flags, home->vma,
					    home->address + i * PAGE_SIZE);
		else
			to = alloc_page(flags);
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
 * vsvm_home_note() - Count pages that leave VRAM
 * @src: as migrate_vma_pages() or migrate_device_pages() left them
 * @npages: how many
 * @cause: why
 *
 * Return: how many have left.
 */
unsigned long vsvm_home_note(const unsigned long *src, unsigned long npages,
			     enum vsvm_moved cause)
{
	struct vsvm_usage *usage;
	unsigned long i, count, moved = 0;
	struct page *page;

	for (i = 0; i < npages; i++) {
		page = migrate_pfn_to_page(src[i]);
		if (!page || !(src[i] & MIGRATE_PFN_MIGRATE))
			continue;
		usage = folio_zone_device_data(page_folio(page));
		count = vsvm_pages_of(src[i]);
		atomic64_add(count, &usage->moved[cause]);
		moved += count;
	}
	return moved;
}

/* Make pages of a folio, which is locked. */
static int split(struct folio *folio)
{
	return VSVM_HUGE_FOLIOS ? split_folio(folio) : -EOPNOTSUPP;
}

/*
 * The same for a block that is one folio, if that cannot go home as one: there is no huge
 * page, or not all of it is mapped any more. Then what is not mapped is freed.
 */
static void split_block(unsigned long pfn, const struct vsvm_home *home)
{
	struct folio *folio = pfn_folio(pfn);

	if (!folio_try_get(folio))
		return;
	if (folio_trylock(folio)) {
		if (folio_test_large(folio) &&
		    (!home->huge || !folio_entire_mapcount(folio)))
			split(folio);
		folio_unlock(folio);
	}
	folio_put(folio);
}

/**
 * vsvm_evict() - Bring the next pages home, whoever has them
 * @vram: the memory
 * @block: whether all of a block
 * @flags: for allocations, besides those that the memory needs
 *
 * Context: Process context; no folio is locked.
 * Return: how many pages were looked at, 0 if there are none.
 */
unsigned long vsvm_evict(struct vsvm_vram *vram, bool block, gfp_t flags)
{
	struct vsvm_home home = { .flags = flags };
	unsigned long pfn, npages;

	mutex_lock(&vram->evict_lock);
	npages = vsvm_vram_next_victims(vram, block, &pfn);
	if (npages == VSVM_BLOCK_PAGES && PageHead(pfn_to_page(pfn))) {
		vsvm_home_reserve(&home);
		split_block(pfn, &home);
	}
	if (npages) {
		memset(vram->evict_dst, 0, npages * sizeof(vram->evict_dst[0]));
		/* passes those by that are being moved, here or home */
		migrate_device_range(vram->evict_src, pfn, npages);
		vsvm_home_copy(vram->evict_src, vram->evict_dst, npages, &home);
		migrate_device_pages(vram->evict_src, vram->evict_dst, npages);
		vsvm_home_note(vram->evict_src, npages, VSVM_MOVED_EVICTED);
		migrate_device_finalize(vram->evict_src, vram->evict_dst, npages);
	}
	vsvm_home_finish(&home);
	mutex_unlock(&vram->evict_lock);
	return npages;
}

/*
 * A CPU touches a huge page, whose folio is locked, and which it maps as one. All of it
 * goes home, as one, or it is split, and the access repeated.
 */
static vm_fault_t huge_to_ram(struct vm_fault *vmf, struct migrate_vma *migrate)
{
	struct vsvm_home home = {
		.vma = vmf->vma,
		.address = vmf->address & PMD_MASK,
	};
	unsigned long *entries = NULL;

	vsvm_home_reserve(&home);
	if (home.huge)
		entries = kvcalloc(2 * VSVM_BLOCK_PAGES, sizeof(entries[0]), GFP_KERNEL);
	if (!entries) {
		vsvm_home_finish(&home);
		/* if others use it for a moment, until they do not */
		return split(page_folio(vmf->page)) == -ENOMEM ? VM_FAULT_OOM : 0;
	}
	migrate->src = entries;
	migrate->dst = entries + VSVM_BLOCK_PAGES;
	migrate->start = home.address;
	migrate->end = home.address + PMD_SIZE;
	migrate->flags |= MIGRATE_VMA_SELECT_COMPOUND;
	if (!migrate_vma_setup(migrate) && migrate->cpages) {
		vsvm_home_copy(migrate->src, migrate->dst, migrate->npages, &home);
		migrate_vma_pages(migrate);
		vsvm_home_note(migrate->src, migrate->npages, VSVM_MOVED_TOUCHED);
		migrate_vma_finalize(migrate);
	}
	kvfree(entries);
	vsvm_home_finish(&home);
	return 0;
}

/**
 * vsvm_migrate_to_ram() - A CPU touches a page of VRAM
 * @vmf: the access; the page's folio is locked
 */
vm_fault_t vsvm_migrate_to_ram(struct vm_fault *vmf)
{
	unsigned long src = 0, dst = 0, failed;
	struct vsvm_home home = {
		.vma = vmf->vma,
		.address = vmf->address & PAGE_MASK,
	};
	struct migrate_vma migrate = {
		.vma = vmf->vma,
		.src = &src,
		.dst = &dst,
		.start = home.address,
		.end = home.address + PAGE_SIZE,
		.pgmap_owner = page_pgmap(vmf->page)->owner,
		.flags = MIGRATE_VMA_SELECT_DEVICE_PRIVATE,
		.fault_page = vmf->page,
	};

	/* else the core splits a folio that is larger */
	if (!vmf->pte)
		return huge_to_ram(vmf, &migrate);
	if (migrate_vma_setup(&migrate))
		return VM_FAULT_SIGBUS;
	/* somebody else was faster */
	if (!migrate.cpages)
		return 0;
	failed = vsvm_home_copy(&src, &dst, 1, &home);
	migrate_vma_pages(&migrate);
	vsvm_home_note(&src, 1, VSVM_MOVED_TOUCHED);
	migrate_vma_finalize(&migrate);
	return failed ? VM_FAULT_OOM : 0;
}
