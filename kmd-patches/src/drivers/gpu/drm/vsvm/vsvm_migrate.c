// SPDX-License-Identifier: GPL-2.0-only
/*
 * Moving pages to VRAM and home, and atomic operations there
 *
 * The core's migrate_vma_setup() and its like are called directly. drm_pagemap, which
 * calls them for others, cannot do what is wanted here:
 *
 * - It moves all of an allocation or nothing, and a CPU that touches a page gets all of
 *   it. One page that is shared, pinned, or there already is no reason to leave the
 *   others where they are. With allocations of one page, each would cost what now 512
 *   cost together: a notification, a flush of the TLBs, and two allocations.
 * - It evicts an allocation by way of the process that made it
 *   (drm_pagemap_evict_to_ram()), and not at all when that has come to its end. A child
 *   of fork() may have its pages still; no room could be made, nor the GPU taken away.
 * - Where there is no memory to bring a page home that a CPU touches, it sends SIGBUS.
 *   Here the access is repeated, and the OOM killer decides.
 * - It does not tell why a page leaves, which is counted here.
 */
#include <linux/hmm.h>
#include <linux/memremap.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>

#include "vsvm.h"

/* Pages that are moved at once, of one block, and how often is tried to have all. */
#define VSVM_MOVE_PAGES		VSVM_BLOCK_PAGES
#define VSVM_MOVE_TRIES		4

/* How often an atomic fault tries before the core repeats its access. */
#define VSVM_ATOMIC_TRIES	32

/**
 * struct vsvm_move - pages of a process that are being moved
 * @context: of the process
 * @cause: which way, and why
 * @moved: how many were
 * @found: how many of the range were in VRAM when that was last looked at
 * @huge: whether the CPU mapped all of it as one page then
 * @src: what the core needs
 * @dst: likewise
 * @pfns: what HMM finds, or the pages to move to
 */
struct vsvm_move {
	struct vsvm_context *context;
	enum vsvm_moved cause;
	unsigned long moved;
	unsigned long found;
	bool huge;
	unsigned long src[VSVM_MOVE_PAGES];
	unsigned long dst[VSVM_MOVE_PAGES];
	unsigned long pfns[VSVM_MOVE_PAGES];
};

static struct vsvm_vram *vram_of(struct vsvm_context *context)
{
	return &context->device->vram;
}

/**
 * vsvm_is_vram() - Did HMM find a page in VRAM?
 * @context: for whom; HMM was asked with its GPU's VRAM as the owner
 * @pfn: what it found, valid
 *
 * Looks at no page, which may be somebody else's by now, or in the middle of a split.
 */
bool vsvm_is_vram(struct vsvm_context *context, unsigned long pfn)
{
	const struct vsvm_vram *vram = vram_of(context);
	const phys_addr_t place = PFN_PHYS(pfn & ~HMM_PFN_FLAGS);

	return vram->npages && place >= vram->pagemap.range.start &&
	       place <= vram->pagemap.range.end;
}

/*
 * Count the pages of a range that are in VRAM, and see how it is mapped. With @fault,
 * have the others where they can be moved from: what is exclusive, paged out, or in
 * another GPU's memory has no entry that the core could take.
 */
static void look(struct vsvm_move *move, unsigned long start, unsigned long end,
		 bool fault)
{
	struct hmm_range range = {
		.notifier = &move->context->exclusive.quiet,
		.start = start,
		.end = end,
		.hmm_pfns = move->pfns,
		.default_flags = fault ? HMM_PFN_REQ_FAULT : 0,
		.dev_private_owner = vram_of(move->context),
	};
	unsigned long i, npages = (end - start) >> PAGE_SHIFT, found = 0;

	memset(move->pfns, 0, npages * sizeof(move->pfns[0]));
	/* what it cannot have stays; what it has seen until then is there */
	hmm_range_fault(&range);
	for (i = 0; i < npages; i++)
		found += move->pfns[i] & HMM_PFN_VALID &&
			 !(move->pfns[i] & HMM_PFN_ERROR) &&
			 vsvm_is_vram(move->context, move->pfns[i]);
	move->found = found;
	move->huge = npages == VSVM_BLOCK_PAGES && move->pfns[0] & HMM_PFN_VALID &&
		     hmm_pfn_to_map_order(move->pfns[0]) >= PMD_ORDER;
}

static bool is_to_device(const struct vsvm_move *move)
{
	return move->cause != VSVM_MOVED_TO_HOST;
}

static struct migrate_vma migration_of(struct vsvm_move *move,
				       struct vm_area_struct *vma,
				       unsigned long start, unsigned long end)
{
	return (struct migrate_vma) {
		.vma = vma,
		.src = move->src,
		.dst = move->dst,
		.start = start,
		.end = end,
		.pgmap_owner = vram_of(move->context),
		.flags = is_to_device(move) ? MIGRATE_VMA_SELECT_SYSTEM :
					      MIGRATE_VMA_SELECT_DEVICE_PRIVATE,
	};
}

/*
 * Is a page to stay where the core would move it? It leaves memory that is not anonymous
 * where it is, but only once that has been copied. KSM reads its pages, wherever they
 * are. The core leaves them where they are, too, but a kernel as it is does not.
 */
static bool has_to_stay(struct page *page)
{
	if (!page)
		return false;
#ifdef VSVM_OUT_OF_TREE
	if (folio_test_ksm(page_folio(page)))
		return true;
#endif
	return !folio_test_anon(page_folio(page));
}

/* Use the first of the @npages pages in &vsvm_move.pfns; returns how many. */
static unsigned long copy_to_device(struct vsvm_move *move,
				    const struct migrate_vma *migrate,
				    unsigned long npages)
{
	struct vsvm_context *context = move->context;
	unsigned long i, compound, used = 0;
	struct folio *folio;
	struct page *page;

	for (i = 0; i < migrate->npages && used < npages; i++) {
		page = migrate_pfn_to_page(move->src[i]);
		if (!(move->src[i] & MIGRATE_PFN_MIGRATE) || has_to_stay(page))
			continue;
		/* then @npages are those of a block */
		compound = move->src[i] & MIGRATE_PFN_COMPOUND;
		folio = vsvm_vram_use(vram_of(context), move->pfns[used],
				      compound ? PMD_ORDER : 0, page, context->usage);
		move->dst[i] = migrate_pfn(folio_pfn(folio)) | compound;
		used += vsvm_pages_of(compound);
	}
	return used;
}

static unsigned long count_moved(const struct vsvm_move *move, unsigned long npages)
{
	unsigned long i, moved = 0;

	for (i = 0; i < npages; i++) {
		if (move->dst[i] && move->src[i] & MIGRATE_PFN_MIGRATE)
			moved += vsvm_pages_of(move->dst[i]);
	}
	return moved;
}

/* Move what can be moved of a part of @vma, of which @wanted pages are elsewhere. */
static void try_to_device(struct vsvm_move *move, struct vm_area_struct *vma,
			  unsigned long start, unsigned long end,
			  unsigned long wanted)
{
	struct migrate_vma migrate = migration_of(move, vma, start, end);
	struct vsvm_vram *vram = vram_of(move->context);
	unsigned long reserved = 0, used, moved;

	if (move->huge && wanted == VSVM_BLOCK_PAGES && vma_is_anonymous(vma))
		reserved = vsvm_vram_reserve_block(vram, move->pfns);
	if (reserved)
		migrate.flags |= MIGRATE_VMA_SELECT_COMPOUND;
	else
		reserved = vsvm_vram_reserve(vram, move->pfns, wanted);
	if (migrate_vma_setup(&migrate)) {
		vsvm_vram_unreserve(vram, move->pfns, reserved);
		return;
	}
	used = copy_to_device(move, &migrate, reserved);
	migrate_vma_pages(&migrate);
	moved = count_moved(move, migrate.npages);
	migrate_vma_finalize(&migrate);
	vsvm_vram_unreserve(vram, move->pfns + used, reserved - used);
	atomic64_add(moved, &move->context->usage->moved[move->cause]);
	move->moved += moved;
}

/* Bring home what can be of a part of @vma. Returns 0 or -ENOMEM. */
static int try_to_host(struct vsvm_move *move, struct vm_area_struct *vma,
		       unsigned long start, unsigned long end)
{
	struct migrate_vma migrate = migration_of(move, vma, start, end);
	struct vsvm_home home = { .vma = vma, .address = start, .flags = __GFP_NOWARN };
	unsigned long failed = 0;

	if (move->huge)
		vsvm_home_reserve(&home);
	if (home.huge)
		migrate.flags |= MIGRATE_VMA_SELECT_COMPOUND;
	if (!migrate_vma_setup(&migrate)) {
		failed = vsvm_home_copy(move->src, move->dst, migrate.npages, &home);
		migrate_vma_pages(&migrate);
		move->moved += vsvm_home_note(move->src, migrate.npages, move->cause);
		migrate_vma_finalize(&migrate);
	}
	vsvm_home_finish(&home);
	return failed ? -ENOMEM : 0;
}

/* Others that use a page for a moment keep it where it is: try more than once. */
static int move_part(struct vsvm_move *move, struct vm_area_struct *vma,
		     unsigned long start, unsigned long end)
{
	const unsigned long npages = (end - start) >> PAGE_SHIFT;
	const bool to_device = is_to_device(move);
	unsigned int tries;
	int err = 0;

	move->found = 0;
	move->huge = false;
	for (tries = 0; tries < VSVM_MOVE_TRIES && !err; tries++) {
		if (fatal_signal_pending(current))
			return -EINTR;
		look(move, start, end, to_device);
		if (move->found == (to_device ? npages : 0))
			return 0;
		memset(move->dst, 0, npages * sizeof(move->dst[0]));
		if (to_device)
			try_to_device(move, vma, start, end, npages - move->found);
		else
			err = try_to_host(move, vma, start, end);
		cond_resched();
	}
	look(move, start, end, false);
	return err;
}

static bool is_mapped(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma;

	for (; start < end; start = vma->vm_end) {
		vma = vma_lookup(mm, start);
		if (!vma)
			return false;
	}
	return true;
}

/* The mmap_lock is held. */
static int move_range(struct vsvm_move *move, struct drm_vsvm_migrate *args)
{
	struct mm_struct *mm = move->context->exclusive.mm;
	unsigned long start = args->address, end = args->address + args->size, next;
	struct vm_area_struct *vma;
	int err = 0;

	if (!is_mapped(mm, start, end))
		return -EFAULT;
	if (is_to_device(move))
		end = min(end, start + vram_of(move->context)->npages * PAGE_SIZE);
	for (; start < end && !err; start = next) {
		vma = vma_lookup(mm, start);
		next = min3(end, vma->vm_end, (start & PMD_MASK) + PMD_SIZE);
		err = move_part(move, vma, start, next);
		args->moved_pages = move->moved;
		args->vram_pages += move->found;
	}
	return err;
}

static int check_migrate(const struct drm_vsvm_migrate *args)
{
	if (args->flags || args->operation > DRM_VSVM_MIGRATE_TO_HOST)
		return -EINVAL;
	if (!args->size || !PAGE_ALIGNED(args->address) || !PAGE_ALIGNED(args->size) ||
	    args->address + args->size < args->address)
		return -EINVAL;
	return 0;
}

static struct vsvm_move *new_move(struct vsvm_context *context, enum vsvm_moved cause)
{
	struct vsvm_move *move = kvmalloc_obj(*move);

	if (move) {
		move->context = context;
		move->cause = cause;
		move->moved = 0;
	}
	return move;
}

static int migrate(struct vsvm_context *context, struct drm_vsvm_migrate *args)
{
	const struct drm_exclusive *exclusive = &context->exclusive;
	struct vsvm_move *move;
	int err;

	if (args->address < exclusive->start ||
	    args->address + args->size > exclusive->end)
		return -ERANGE;
	if (!vram_of(context)->npages)
		return -EOPNOTSUPP;
	move = new_move(context, args->operation == DRM_VSVM_MIGRATE_TO_DEVICE ?
				 VSVM_MOVED_TO_DEVICE : VSVM_MOVED_TO_HOST);
	if (!move)
		return -ENOMEM;
	err = mmap_read_lock_killable(exclusive->mm);
	if (!err) {
		err = move_range(move, args);
		mmap_read_unlock(exclusive->mm);
	}
	kvfree(move);
	return err;
}

/**
 * vsvm_migrate_ioctl() - DRM_IOCTL_VSVM_MIGRATE
 * @drm: the GPU
 * @data: &struct drm_vsvm_migrate
 * @file: who asks
 */
int vsvm_migrate_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_vsvm_migrate *args = data;
	struct vsvm_context *context;
	int err, index;

	args->moved_pages = 0;
	args->vram_pages = 0;
	err = check_migrate(args);
	if (err)
		return err;
	context = vsvm_context_get(to_vsvm_device(drm), current->mm);
	if (!context)
		return -ENODEV;
	/* so that nothing is moved to VRAM any more when it is taken away */
	err = -ENODEV;
	if (drm_dev_enter(drm, &index)) {
		err = migrate(context, args);
		drm_dev_exit(index);
	}
	vsvm_context_put(context);
	return err;
}

/* Is all of a huge page the arena's, and of one mapping? */
static bool has_all_of_huge(const struct vsvm_context *context,
			    const struct vm_area_struct *vma, unsigned long start)
{
	const unsigned long end = start + PMD_SIZE;

	return start >= context->exclusive.start && end <= context->exclusive.end &&
	       start >= vma->vm_start && end <= vma->vm_end;
}

/**
 * vsvm_vram_fault_in() - Move a page to VRAM that the device is about to use
 * @context: whose device
 * @address: the page
 *
 * Where the CPU maps a huge page, all of that. Does nothing unless the module's
 * parameter says so. Where it fails the page is used where it is.
 *
 * Context: mmap_lock held.
 */
void vsvm_vram_fault_in(struct vsvm_context *context, unsigned long address)
{
	const unsigned long huge = address & PMD_MASK;
	struct vm_area_struct *vma;
	struct vsvm_move *move;
	int index;

	if (!vsvm_vram_faults() || !vram_of(context)->npages)
		return;
	vma = vma_lookup(context->exclusive.mm, address);
	if (!vma || !vma_is_anonymous(vma) || !drm_dev_enter(&context->device->drm, &index))
		return;
	move = new_move(context, VSVM_MOVED_FAULT);
	if (move) {
		look(move, address, address + PAGE_SIZE, true);
		if (!move->found && hmm_pfn_to_map_order(move->pfns[0]) >= PMD_ORDER &&
		    has_all_of_huge(context, vma, huge))
			move_part(move, vma, huge, huge + PMD_SIZE);
		else
			move_part(move, vma, address, address + PAGE_SIZE);
	}
	kvfree(move);
	drm_dev_exit(index);
}

/**
 * vsvm_bring_home() - Bring a page home, for a device that may not use it in VRAM
 * @context: whose device
 * @address: the page
 *
 * It is shared with a child of fork(), and to be written: only a page in memory can be
 * copied.
 *
 * Context: mmap_lock held.
 * Return: 0, also where it is still there; -ENOMEM.
 */
int vsvm_bring_home(struct vsvm_context *context, unsigned long address)
{
	unsigned long src = 0, dst = 0, failed;
	struct vsvm_home home = {
		.vma = vma_lookup(context->exclusive.mm, address),
		.address = address,
	};
	struct migrate_vma migrate = {
		.vma = home.vma,
		.src = &src,
		.dst = &dst,
		.start = address,
		.end = address + PAGE_SIZE,
		.pgmap_owner = vram_of(context),
		.flags = MIGRATE_VMA_SELECT_DEVICE_PRIVATE,
	};

	if (migrate_vma_setup(&migrate))
		return 0;
	failed = vsvm_home_copy(&src, &dst, 1, &home);
	migrate_vma_pages(&migrate);
	vsvm_home_note(&src, 1, VSVM_MOVED_SHARED);
	migrate_vma_finalize(&migrate);
	return failed ? -ENOMEM : 0;
}

/*
 * Insert a page of VRAM that HMM found, or say that it is none. A page that the CPU
 * cannot reach needs no exclusivity.
 */
static int insert_atomic(struct vsvm_window *window, unsigned long device_address,
			 unsigned long pfn)
{
	struct page *page = hmm_pfn_to_page(pfn);
	vm_fault_t ret;

	if (!vsvm_is_vram(window->context, pfn) || !(pfn & HMM_PFN_WRITE))
		return -ENOENT;
	/* as for any page, see insert_plain() */
	folio_mark_dirty(page_folio(page));
	window->context->vram_atomics = true;
	ret = vsvm_window_insert(window, device_address,
				 page_to_pfn(vsvm_vram_memory(page)), true);
	return ret & VM_FAULT_ERROR ? -ENOMEM : 0;
}

static int try_atomic(struct vsvm_window *window, unsigned long device_address,
		      unsigned long address)
{
	struct drm_exclusive *exclusive = &window->context->exclusive;
	unsigned long pfn = 0;
	struct hmm_range range = {
		.notifier = &exclusive->quiet,
		.start = address,
		.end = address + PAGE_SIZE,
		.hmm_pfns = &pfn,
		.default_flags = HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE,
		.dev_private_owner = vram_of(window->context),
	};
	struct drm_exclusive_section section = {
		.span = { .start = range.start, .end = range.end },
	};
	struct page *page;
	bool collided;
	int err;

	/* A page that is exclusive to us must not be asked for: we would lose it. */
	drm_exclusive_lock(exclusive);
	page = drm_exclusive_page(exclusive, address);
	drm_exclusive_unlock(exclusive);
	if (page)
		return -ENOENT;

	err = drm_exclusive_section_begin(exclusive, &section);
	if (err)
		return -ENOENT;
	err = hmm_range_fault(&range);
	drm_exclusive_lock(exclusive);
	collided = drm_exclusive_section_end_locked(exclusive, &section);
	if (!err)
		err = collided ? -EBUSY : insert_atomic(window, device_address, pfn);
	drm_exclusive_unlock(exclusive);
	/* drm_exclusive_fault() says what is wrong */
	return err == -EBUSY || err == -ENOMEM ? err : err ? -ENOENT : 0;
}

/**
 * vsvm_vram_atomic_fault() - Map a page of VRAM for atomic operations
 * @window: where the access is
 * @device_address: likewise
 * @address: the arena's page
 *
 * Context: mmap_lock held.
 * Return: 0: the access is to be repeated. -ENOENT: the page is not in VRAM, or may not
 * be used, and is to be made exclusive. -ENOMEM.
 */
int vsvm_vram_atomic_fault(struct vsvm_window *window, unsigned long device_address,
			   unsigned long address)
{
	struct vsvm_context *context = window->context;
	unsigned int tries;
	int err;

	if (!atomic64_read(&context->usage->npages) ||
	    !drm_exclusive_serves(&context->exclusive, address))
		return -ENOENT;
	err = vsvm_window_prepare(window, device_address);
	if (err)
		return err;
	for (tries = 0; tries < VSVM_ATOMIC_TRIES; tries++) {
		err = try_atomic(window, device_address, address);
		if (err != -EBUSY)
			break;
		if (fatal_signal_pending(current))
			return 0;
		cond_resched();
	}
	if (!err)
		atomic64_inc(&context->vram_faults);
	return err == -EBUSY ? 0 : err;
}
