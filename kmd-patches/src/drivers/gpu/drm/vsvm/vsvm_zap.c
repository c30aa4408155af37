// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emptying a part of the windows, in a notifier callback
 */
#include <linux/mm.h>
#include <linux/workqueue.h>

#include "vsvm.h"

#ifndef VSVM_OUT_OF_TREE

int vsvm_zap_init(void)
{
	return 0;
}

void vsvm_zap_fini(void)
{
}

/**
 * vsvm_zap() - Empty a part of the windows
 * @mapping: of the context's file
 * @start: first page
 * @npages: how many, not 0
 */
void vsvm_zap(struct address_space *mapping, pgoff_t start, pgoff_t npages)
{
	zap_mapping_special_ptes(mapping, start, npages);
}

#else

/*
 * A kernel as it is has no zap_mapping_special_ptes(), and unmap_mapping_pages()
 * enters the notifiers once more, which lockdep objects to within a callback. So
 * a worker does it, and the callback waits. The worker takes locks of the window
 * only, and notifiers only of the window's addresses, which are outside of every
 * arena: it does not wait for the callback. That lockdep cannot see.
 */
struct vsvm_zap_work {
	struct work_struct work;
	struct address_space *mapping;
	pgoff_t start;
	pgoff_t npages;
};

static struct workqueue_struct *vsvm_zap_queue;

int vsvm_zap_init(void)
{
	vsvm_zap_queue = alloc_workqueue("vsvm_zap",
					 WQ_MEM_RECLAIM | WQ_HIGHPRI | WQ_UNBOUND,
					 0);
	return vsvm_zap_queue ? 0 : -ENOMEM;
}

void vsvm_zap_fini(void)
{
	destroy_workqueue(vsvm_zap_queue);
}

static void vsvm_zap_do(struct work_struct *work)
{
	struct vsvm_zap_work *zap = container_of(work, struct vsvm_zap_work, work);

	unmap_mapping_pages(zap->mapping, zap->start, zap->npages, true);
}

void vsvm_zap(struct address_space *mapping, pgoff_t start, pgoff_t npages)
{
	struct vsvm_zap_work zap = {
		.mapping = mapping,
		.start = start,
		.npages = npages,
	};

	/* no window is open, or none ever was */
	if (!mapping_mapped(mapping))
		return;

	INIT_WORK_ONSTACK(&zap.work, vsvm_zap_do);
	queue_work(vsvm_zap_queue, &zap.work);
	flush_work(&zap.work);
	destroy_work_on_stack(&zap.work);
}

#endif
