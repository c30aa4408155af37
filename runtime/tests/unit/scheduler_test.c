// SPDX-License-Identifier: MIT
/* Queues and threads, with a device whose kernels are functions of this test. */
#include "sched/scheduler.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "check.h"
#include "driver/worker.h"
#include "util/alloc.h"

#define WORKERS 3

/* A task of the test: what it has to do, and what has happened to it. */
struct test_task {
	struct tandem_task task;
	struct tandem_group_run groups;
	struct tandem_launch launch;
	struct tandem_task_edge edges[4];
	unsigned int edge_count;
	struct test_task *dependencies[4];
	int (*work)(struct test_task *task);
	void (*group)(struct test_task *task, uint64_t group);
	void *data;
	int error;
	uint64_t started, ended; /* of a clock that counts events */
	_Atomic int references;
};

static _Atomic uint64_t event_clock;

static struct test_task *test_of(struct tandem_task *task)
{
	return tandem_container_of(task, struct test_task, task);
}

static int execute(struct tandem_task *task)
{
	struct test_task *test = test_of(task);
	int error = 0;

	test->started = ++event_clock;
	if (test->work)
		error = test->work(test);
	test->ended = ++event_clock;
	return error;
}

static int finish(struct tandem_task *task, int error)
{
	test_of(task)->error = error;
	return error;
}

static void notify(struct tandem_task *task, int status)
{
}

static void release(struct tandem_task *task)
{
	atomic_fetch_sub(&test_of(task)->references, 1);
}

static const struct tandem_task_ops task_ops = { execute, NULL, finish, notify, release };

static int begin_launch(struct tandem_device_core *device, struct tandem_launch *launch)
{
	return 0;
}

static void end_launch(struct tandem_device_core *device, struct tandem_launch *launch)
{
}

static int run_groups(struct tandem_device_core *device, struct tandem_launch *launch,
		      struct tandem_worker *worker, uint64_t first, uint64_t count)
{
	struct test_task *test = tandem_container_of(launch, struct test_task, launch);

	for (uint64_t i = 0; i < count && tandem_worker_begins(worker, first + i); i++)
		test->group(test, first + i);
	return test->error;
}

static const struct tandem_device_ops device_ops = {
	.begin_launch = begin_launch,
	.end_launch = end_launch,
	.run_groups = run_groups,
};

static struct tandem_device_core device = { .ops = &device_ops };

static void init_task(struct test_task *test)
{
	memset(test, 0, sizeof(*test));
	tandem_task_init(&test->task, &task_ops);
	test->references = 1;
}

static void depend(struct test_task *waiter, struct test_task *dependency)
{
	waiter->dependencies[waiter->edge_count] = dependency;
	tandem_task_wait_for(&waiter->task, &dependency->task,
			     &waiter->edges[waiter->edge_count++]);
}

/* Waits until the scheduler has let go of a task: it completes before that. */
static void wait_released(struct test_task *test)
{
	const struct timespec little = { 0, 100000 };

	for (int i = 0; i < 600000 && atomic_load(&test->references); i++)
		nanosleep(&little, NULL);
	check_fatal(!atomic_load(&test->references), "the task was not released");
}

static void init_queue(struct tandem_sched_queue *queue, struct tandem_scheduler *scheduler,
		       bool in_order)
{
	memset(queue, 0, sizeof(*queue));
	check_fatal(!tandem_sched_queue_init(queue, scheduler, &device, WORKERS), "queue");
	queue->in_order = in_order;
}

/* ---- order ---- */

#define CHAIN 2000

static void test_in_order(struct tandem_scheduler *scheduler)
{
	struct test_task *tasks = calloc(CHAIN, sizeof(*tasks));
	struct tandem_sched_queue queue;

	init_queue(&queue, scheduler, true);
	for (int i = 0; i < CHAIN; i++) {
		init_task(&tasks[i]);
		tandem_sched_enqueue(&queue, &tasks[i].task);
	}
	tandem_sched_wait(&tasks[CHAIN - 1].task);
	for (int i = 0; i < CHAIN; i++) {
		check_equal(TANDEM_TASK_COMPLETE, tandem_task_status(&tasks[i].task));
		if (i)
			check(tasks[i].started > tasks[i - 1].ended, "task %d began early", i);
		wait_released(&tasks[i]);
	}
	tandem_sched_queue_finish(&queue);
	free(tasks);
}

#define GRAPH 500

/* Random dependencies on earlier tasks, over two queues out of order, with barriers in between. */
static void test_graph(struct tandem_scheduler *scheduler, unsigned int seed)
{
	struct test_task *tasks = calloc(GRAPH, sizeof(*tasks));
	struct tandem_sched_queue queues[2];
	int barrier[2] = { -1, -1 };

	init_queue(&queues[0], scheduler, false);
	init_queue(&queues[1], scheduler, false);
	for (int i = 0; i < GRAPH; i++) {
		int which = rand_r(&seed) % 2;

		init_task(&tasks[i]);
		for (int k = rand_r(&seed) % 4; i && k > 0; k--)
			depend(&tasks[i], &tasks[rand_r(&seed) % i]);
		if (rand_r(&seed) % 20 == 0) {
			tasks[i].task.waits_for_all = tasks[i].task.holds_later = true;
			tasks[i].data = (void *)(intptr_t)1;
		}
		tandem_sched_enqueue(&queues[which], &tasks[i].task);
		if (rand_r(&seed) % 50 == 0)
			tandem_sched_flush(&queues[which]);
	}
	tandem_sched_flush(&queues[0]);
	tandem_sched_flush(&queues[1]);
	for (int i = GRAPH; i--;)
		tandem_sched_wait(&tasks[i].task);
	for (int i = 0; i < GRAPH; i++) {
		int which = tasks[i].task.queue == &queues[1];

		for (unsigned int k = 0; k < tasks[i].edge_count; k++)
			check(tasks[i].started > tasks[i].dependencies[k]->ended,
			      "task %d ran before one it waits for", i);
		if (barrier[which] >= 0)
			check(tasks[i].started > tasks[barrier[which]].ended,
			      "task %d ran before the barrier %d", i, barrier[which]);
		if (tasks[i].data) {
			for (int k = 0; k < i; k++)
				check(tasks[k].task.queue != tasks[i].task.queue ||
					      tasks[k].ended < tasks[i].started,
				      "barrier %d did not wait for %d", i, k);
			barrier[which] = i;
		}
		wait_released(&tasks[i]);
	}
	tandem_sched_queue_finish(&queues[0]);
	tandem_sched_queue_finish(&queues[1]);
	free(tasks);
}

/* ---- errors ---- */

static int fail_with_io(struct test_task *task)
{
	return -EIO;
}

static void test_errors(struct tandem_scheduler *scheduler)
{
	struct test_task *tasks = calloc(CHAIN, sizeof(*tasks));
	struct tandem_sched_queue queue;

	init_queue(&queue, scheduler, false);
	for (int i = 0; i < CHAIN; i++) {
		init_task(&tasks[i]);
		if (i)
			depend(&tasks[i], &tasks[i - 1]);
		else
			tasks[i].work = fail_with_io;
		tandem_sched_enqueue(&queue, &tasks[i].task);
	}
	tandem_sched_wait(&tasks[CHAIN - 1].task);
	check_equal(-EIO, tasks[0].error);
	for (int i = 1; i < CHAIN; i++) {
		check_equal(TANDEM_TASK_DEPENDENCY_FAILED, tasks[i].error);
		check(!tasks[i].started, "task %d ran", i);
	}
	for (int i = 0; i < CHAIN; i++)
		wait_released(&tasks[i]);
	tandem_sched_queue_finish(&queue);
	free(tasks);
}

/* ---- launches ---- */

struct groups {
	_Atomic unsigned char *ran; /* for each group, how often */
	_Atomic int inside, most_inside;
};

static void count_group(struct test_task *test, uint64_t group)
{
	struct groups *groups = test->data;
	int inside = ++groups->inside, most = groups->most_inside;

	while (inside > most && !atomic_compare_exchange_weak(&groups->most_inside, &most, inside))
		;
	groups->ran[group]++;
	groups->inside--;
}

static void launch(struct tandem_sched_queue *queue, struct test_task *test, uint64_t total)
{
	test->groups.launch = &test->launch;
	test->groups.total = total;
	test->groups.task = &test->task;
	test->task.groups = &test->groups;
	tandem_sched_enqueue(queue, &test->task);
}

static void test_launches(struct tandem_scheduler *scheduler, uint64_t total, uint32_t most)
{
	struct groups groups = { .ran = calloc(total, 1) };
	struct tandem_sched_queue queue;
	struct test_task test;

	init_queue(&queue, scheduler, true);
	queue.most_threads = most;
	for (int round = 1; round <= 3; round++) {
		init_task(&test);
		test.group = count_group;
		test.data = &groups;
		launch(&queue, &test, total);
		tandem_sched_wait(&test.task);
		for (uint64_t i = 0; i < total; i++) {
			if (!check(groups.ran[i] == round, "group %llu of %llu ran %d times",
				   (unsigned long long)i, (unsigned long long)total, groups.ran[i]))
				break;
		}
		check(groups.most_inside <= (int)most, "%d threads, not %u", groups.most_inside,
		      most);
		wait_released(&test);
	}
	tandem_sched_queue_finish(&queue);
	free((void *)groups.ran);
}

/* Without further threads, which a launch gets whose threads the system lets wait for long. */
static void test_groups(void)
{
	struct tandem_scheduler *scheduler;

	check_fatal(!setenv("TANDEM_GROUP_THREADS", "0", 1), "no memory");
	scheduler = tandem_scheduler_create(WORKERS);
	check_fatal(scheduler, "tandem_scheduler_create");
	unsetenv("TANDEM_GROUP_THREADS");
	for (uint64_t total = 1; total < 100000; total = total * 7 + 1) {
		for (uint32_t most = 1; most <= WORKERS; most++)
			test_launches(scheduler, total, most);
	}
	tandem_scheduler_settle(scheduler);
	tandem_scheduler_destroy(scheduler);
}

/*
 * Groups that wait load relaxed: otherwise ThreadSanitizer has them share a lock of the word,
 * and who would release them waits for that lock, for minutes on a busy machine.
 */

/* Each group waits until the host has served it, and the host serves them in their order. */
static void wait_for_host(struct test_task *test, uint64_t group)
{
	_Atomic uint64_t *served = test->data;

	while (atomic_load_explicit(served, memory_order_relaxed) <= group)
		;
}

static void test_served_in_order(struct tandem_scheduler *scheduler)
{
	const uint64_t total = 1000;
	_Atomic uint64_t served = 0;
	struct tandem_sched_queue queue;
	struct test_task test;

	init_queue(&queue, scheduler, true);
	init_task(&test);
	test.group = wait_for_host;
	test.data = &served;
	launch(&queue, &test, total);
	tandem_sched_flush(&queue);
	for (uint64_t i = 0; i < total; i++)
		atomic_store(&served, i + 1);
	tandem_sched_wait(&test.task);
	wait_released(&test);
	tandem_sched_queue_finish(&queue);
}

/* ---- progress ---- */

#define SPINNERS 12

static _Atomic bool released;

static void spin(struct test_task *test, uint64_t group)
{
	while (!atomic_load_explicit(&released, memory_order_relaxed))
		;
}

static int set_released(struct test_task *test)
{
	atomic_store(&released, true);
	return 0;
}

/* More launches that never end than there are workers: what ends them must still run. */
static void test_progress(struct tandem_scheduler *scheduler)
{
	struct tandem_sched_queue queues[SPINNERS + 1];
	struct test_task spinners[SPINNERS], last;

	atomic_store(&released, false);
	for (int i = 0; i < SPINNERS; i++) {
		init_queue(&queues[i], scheduler, true);
		init_task(&spinners[i]);
		spinners[i].group = spin;
		launch(&queues[i], &spinners[i], 4);
		tandem_sched_flush(&queues[i]);
	}
	init_queue(&queues[SPINNERS], scheduler, true);
	init_task(&last);
	last.work = set_released;
	/* Not on this thread: a worker or a standby has to come. */
	last.task.runs_user_code = true;
	tandem_sched_enqueue(&queues[SPINNERS], &last.task);
	tandem_sched_wait(&last.task);
	for (int i = 0; i < SPINNERS; i++) {
		tandem_sched_wait(&spinners[i].task);
		wait_released(&spinners[i]);
	}
	wait_released(&last);
	for (int i = 0; i <= SPINNERS; i++)
		tandem_sched_queue_finish(&queues[i]);
}

/* Launches that begin while workers look for work: what ends them is never left behind. */
static void test_progress_of_busy_workers(struct tandem_scheduler *scheduler)
{
	enum { ROUNDS = 300, LAUNCHES = 2 };

	for (int round = 0; round < ROUNDS; round++) {
		struct tandem_sched_queue queues[LAUNCHES + 1];
		struct test_task spinners[LAUNCHES], last;

		atomic_store(&released, false);
		for (int i = 0; i <= LAUNCHES; i++)
			init_queue(&queues[i], scheduler, true);
		for (int i = 0; i < LAUNCHES; i++) {
			init_task(&spinners[i]);
			spinners[i].group = spin;
			launch(&queues[i], &spinners[i], 2);
			tandem_sched_flush(&queues[i]);
		}
		init_task(&last);
		last.work = set_released;
		last.task.runs_user_code = true;
		tandem_sched_enqueue(&queues[LAUNCHES], &last.task);
		tandem_sched_wait(&last.task);
		for (int i = 0; i < LAUNCHES; i++) {
			tandem_sched_wait(&spinners[i].task);
			wait_released(&spinners[i]);
		}
		wait_released(&last);
		for (int i = 0; i <= LAUNCHES; i++)
			tandem_sched_queue_finish(&queues[i]);
	}
}

/* A thread that waits for one task runs no other of an out-of-order queue. */
static void test_helps_only_its_own(struct tandem_scheduler *scheduler)
{
	struct tandem_sched_queue queue;
	struct test_task spinner, other;

	atomic_store(&released, false);
	init_queue(&queue, scheduler, false);
	init_task(&spinner);
	spinner.group = spin;
	launch(&queue, &spinner, 1);
	init_task(&other);
	tandem_sched_enqueue(&queue, &other.task);
	tandem_sched_wait(&other.task);
	check(tandem_task_status(&spinner.task) > 0, "the spinner has ended");
	atomic_store(&released, true);
	tandem_sched_wait(&spinner.task);
	wait_released(&spinner);
	wait_released(&other);
	tandem_sched_queue_finish(&queue);
}

int main(void)
{
	for (int round = 0; round < 3; round++) {
		struct tandem_scheduler *scheduler = tandem_scheduler_create(WORKERS);

		check_fatal(scheduler, "tandem_scheduler_create");
		test_in_order(scheduler);
		for (unsigned int seed = 1; seed <= 4; seed++)
			test_graph(scheduler, seed + 10 * (unsigned int)round);
		test_errors(scheduler);
		test_groups();
		test_served_in_order(scheduler);
		test_progress(scheduler);
		test_progress_of_busy_workers(scheduler);
		test_helps_only_its_own(scheduler);
		/* A launch is over before its last thread has left it. */
		tandem_scheduler_settle(scheduler);
		tandem_scheduler_destroy(scheduler);
	}
	return check_result();
}
