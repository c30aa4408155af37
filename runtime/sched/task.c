// SPDX-License-Identifier: MIT
#include "task.h"

#include "scheduler.h"
#include "util/clock.h"
#include "util/futex.h"

/* Stands in the list of dependents once the task is complete. */
static struct tandem_task_edge closed;

void tandem_task_init(struct tandem_task *task, const struct tandem_task_ops *ops)
{
	task->ops = ops;
	atomic_init(&task->status, TANDEM_TASK_QUEUED);
	atomic_init(&task->blockers, 1);
}

void tandem_task_wait_for(struct tandem_task *waiter, struct tandem_task *dependency,
			  struct tandem_task_edge *edge)
{
	struct tandem_task_edge *first = atomic_load(&dependency->dependents);

	edge->waiter = waiter;
	atomic_fetch_add_explicit(&waiter->blockers, 1, memory_order_relaxed);
	do {
		if (first == &closed) {
			if (tandem_task_status(dependency) < 0)
				atomic_store(&waiter->dependency_failed, true);
			atomic_fetch_sub_explicit(&waiter->blockers, 1, memory_order_relaxed);
			return;
		}
		edge->next = first;
	} while (!atomic_compare_exchange_weak(&dependency->dependents, &first, edge));
}

void tandem_task_close(struct tandem_task *task)
{
	atomic_store(&task->dependents, &closed);
}

void tandem_task_advance(struct tandem_task *task, int status)
{
	if (task->timed) {
		uint64_t now = tandem_clock_ns();

		if (status == TANDEM_TASK_SUBMITTED)
			task->submitted_ns = now;
		else
			task->started_ns = now;
	}
	atomic_store_explicit(&task->status, status, memory_order_release);
	task->ops->notify(task, status);
}

void tandem_task_complete(struct tandem_task *task, int status)
{
	struct tandem_task_edge *edge, *next;

	if (task->timed)
		task->ended_ns = tandem_clock_ns();
	/* Sequentially consistent against the sleeper's order: count itself, then look. */
	atomic_store(&task->status, status);
	if (atomic_load(&task->sleepers))
		tandem_futex_wake_all(&task->status);
	for (edge = atomic_exchange(&task->dependents, &closed); edge; edge = next) {
		struct tandem_task *waiter = edge->waiter;

		next = edge->next;
		if (status < 0)
			atomic_store(&waiter->dependency_failed, true);
		tandem_sched_unblock(waiter);
	}
	task->ops->notify(task, status);
}
