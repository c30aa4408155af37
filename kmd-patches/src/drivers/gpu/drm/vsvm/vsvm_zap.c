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
 * vsvm_zap() - Empty a part of a window
 * @vma: the window
 * @address: where in it, page aligned
 * @size: bytes, not 0
 *
 * Context: In a notifier callback of the mm or out of any. The caller sees to it
 * that the page tables of the window are not freed meanwhile.
 */
void vsvm_zap(struct vm_area_struct *vma, unsigned long address,
	      unsigned long size)
{
	zap_special_vma_range_nonotify(vma, address, size);
}

#else

/*
 * A kernel as it is has no zap_special_vma_range_nonotify(), and
 * zap_special_vma_range() enters the notifiers once more, which lockdep objects to
 * within a callback. So a worker does it, and the callback waits. The worker takes
 * page table locks only, and notifiers only of the window's addresses, which are
 * outside of every arena, and pass that event by: it does not wait for the
 * callback. That lockdep cannot see.
 */
struct vsvm_zap_work {
	struct work_struct work;
	struct vm_area_struct *vma;
	unsigned long address;
	unsigned long size;
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

	zap_special_vma_range(zap->vma, zap->address, zap->size);
}

void vsvm_zap(struct vm_area_struct *vma, unsigned long address,
	      unsigned long size)
{
	struct vsvm_zap_work zap = {
		.vma = vma,
		.address = address,
		.size = size,
	};

	INIT_WORK_ONSTACK(&zap.work, vsvm_zap_do);
	queue_work(vsvm_zap_queue, &zap.work);
	flush_work(&zap.work);
	destroy_work_on_stack(&zap.work);
}

#endif
