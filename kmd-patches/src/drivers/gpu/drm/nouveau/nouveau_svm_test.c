// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of nouveau's shared virtual memory, over a model of the GPU
 *
 * What runs is the driver's own code, from the interrupt of the fault buffer to
 * the calls that change the GPU's page table, on memory of a real address space.
 */
#include <kunit/test.h>

#include <linux/completion.h>
#include <linux/futex.h>
#include <linux/hmm.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/uaccess.h>
#include <uapi/linux/futex.h>
#include <asm/futex.h>

#include <nvif/if000c.h>

#include "nouveau_svm_model.h"

/* Where user space manages addresses itself, far away from its memory. */
#define UNMANAGED_START		0x100000000ull
#define UNMANAGED_SIZE		0x100000000ull

#define READABLE	NVIF_VMM_PFNMAP_V0_V
#define WRITABLE	(NVIF_VMM_PFNMAP_V0_V | NVIF_VMM_PFNMAP_V0_W)
#define ATOMIC		(WRITABLE | NVIF_VMM_PFNMAP_V0_A)

/* How often a page goes from one side to the other in a test of that. */
#define HANDOVERS	50
#define FORKS		20
/* Where it does not have to, it takes more for both sides to meet. */
#define ADDS		2000
#define MAX_ADDS	5000000
#define TIMEOUT		(60 * HZ)

/**
 * struct fixture - what each test has
 * @model: the GPU
 * @clients: open files, with SVM if the test wants it
 */
struct fixture {
	struct svm_model model;
	struct svm_model_client clients[2];
};

static int svm_test_init(struct kunit *test)
{
	struct fixture *fixture = kunit_kzalloc(test, sizeof(*fixture), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, fixture);
	KUNIT_ASSERT_EQ(test, svm_model_init(&fixture->model), 0);
	for (i = 0; i < ARRAY_SIZE(fixture->clients); i++)
		svm_model_open(&fixture->model, &fixture->clients[i]);
	test->priv = fixture;
	return 0;
}

static void svm_test_exit(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	unsigned int i;

	if (!fixture)
		return;
	for (i = 0; i < ARRAY_SIZE(fixture->clients); i++)
		svm_model_close(&fixture->clients[i]);
	KUNIT_EXPECT_EQ(test, fixture->model.violations, 0);
	KUNIT_EXPECT_EQ(test, fixture->model.strays, 0);
	svm_model_fini(&fixture->model);
}

static unsigned long map_memory(struct kunit *test, unsigned long npages,
				unsigned long protection, unsigned long flags)
{
	unsigned long address = kunit_vm_mmap(test, NULL, 0, npages * PAGE_SIZE,
					      protection, flags | MAP_ANONYMOUS, 0);

	KUNIT_ASSERT_NE(test, address, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(address));
	return address;
}

/* Memory of the process, which from then on shares it with the GPU. */
static unsigned long share_memory(struct kunit *test, unsigned long npages)
{
	struct fixture *fixture = test->priv;
	unsigned long address = map_memory(test, npages, PROT_READ | PROT_WRITE,
					   MAP_PRIVATE);

	KUNIT_ASSERT_EQ(test, svm_model_use_svm(&fixture->clients[0],
						UNMANAGED_START, UNMANAGED_SIZE), 0);
	return address;
}

static u32 cpu_read(struct kunit *test, unsigned long address)
{
	u32 value = 0;

	KUNIT_EXPECT_EQ(test, get_user(value, (u32 __user *)address), 0);
	return value;
}

static void cpu_write(struct kunit *test, unsigned long address, u32 value)
{
	KUNIT_EXPECT_EQ(test, put_user(value, (u32 __user *)address), 0);
}

static int gpu_add(struct svm_model_core *core, unsigned long address, u32 value)
{
	return svm_model_access(core, address, SVM_MODEL_ADD, &value);
}

static int gpu_write(struct svm_model_core *core, unsigned long address, u32 value)
{
	return svm_model_access(core, address, SVM_MODEL_WRITE, &value);
}

static int call_exclusive(struct svm_model_client *client, unsigned long address,
			  unsigned long npages, u32 operation,
			  struct drm_exclusive_range *args)
{
	memset(args, 0, sizeof(*args));
	args->address = address;
	args->size = npages * PAGE_SIZE;
	args->operation = operation;
	return nouveau_svmm_exclusive(&client->model->dev, args, &client->file);
}

static void atomic_fault_maps_with_the_atomic_bit(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct svm_model_client *client = &fixture->clients[0];
	unsigned long address = share_memory(test, 1);
	struct svm_model_core core;

	cpu_write(test, address + 8, 40);
	svm_model_start(client, &core, 1);
	KUNIT_EXPECT_EQ(test, gpu_add(&core, address + 8, 2), 0);
	KUNIT_EXPECT_EQ(test, svm_model_entry(client, address) & ATOMIC, ATOMIC);
	KUNIT_EXPECT_EQ(test, core.faults, 1);
	KUNIT_EXPECT_EQ(test, core.cancelled, 0);
	KUNIT_EXPECT_EQ(test, cpu_read(test, address + 8), 42);
	svm_model_stop(&core);
}

static void cpu_touch_revokes_first(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct svm_model_client *client = &fixture->clients[0];
	unsigned long address = share_memory(test, 2);
	struct svm_model_core core;
	unsigned int i;

	svm_model_start(client, &core, 1);
	KUNIT_EXPECT_EQ(test, gpu_add(&core, address + PAGE_SIZE, 1), 0);
	for (i = 1; i <= 20; i++) {
		KUNIT_EXPECT_EQ(test, gpu_add(&core, address, 1), 0);
		KUNIT_EXPECT_EQ(test, svm_model_entry(client, address) & ATOMIC,
				ATOMIC);
		if (i % 2)
			KUNIT_EXPECT_EQ(test, cpu_read(test, address), i);
		else
			cpu_write(test, address, i);
		KUNIT_EXPECT_EQ(test, svm_model_entry(client, address), 0);
	}
	/* others stay */
	KUNIT_EXPECT_EQ(test, svm_model_entry(client, address + PAGE_SIZE) & ATOMIC,
			ATOMIC);
	svm_model_stop(&core);
}

/* All in one buffer, so that one run of the handler serves them. */
static void read_fault_after_atomic_is_a_read_fault(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct svm_model *model = &fixture->model;
	struct svm_model_client *client = &fixture->clients[0];
	unsigned long memory = share_memory(test, 1);
	unsigned long readable = map_memory(test, 1, PROT_READ, MAP_PRIVATE);
	unsigned long seen = model->replays;
	struct svm_model_core core;

	/* served in the order of addresses */
	if (readable < memory) {
		vm_munmap(readable, PAGE_SIZE);
		readable = vm_mmap(NULL, memory + 16 * PAGE_SIZE, PAGE_SIZE, PROT_READ,
				   MAP_PRIVATE | MAP_ANONYMOUS, 0);
	}
	KUNIT_ASSERT_GT(test, readable, memory);

	svm_model_start(client, &core, 1);
	svm_model_post(&core, memory, SVM_MODEL_FAULT_ATOMIC);
	svm_model_post(&core, readable, SVM_MODEL_FAULT_READ);
	svm_model_interrupt(model);
	KUNIT_EXPECT_TRUE(test, svm_model_wait_replay(model, seen));
	KUNIT_EXPECT_EQ(test, svm_model_entry(client, memory) & ATOMIC, ATOMIC);
	KUNIT_EXPECT_EQ(test, svm_model_entry(client, readable) & ATOMIC, READABLE);
	KUNIT_EXPECT_EQ(test, core.cancelled, 0);
	svm_model_stop(&core);
}

static void strongest_access_is_served_first(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct svm_model *model = &fixture->model;
	struct svm_model_client *client = &fixture->clients[0];
	unsigned long address = share_memory(test, 1);
	unsigned long seen = model->replays;
	struct svm_model_core core;

	svm_model_start(client, &core, 1);
	svm_model_post(&core, address, SVM_MODEL_FAULT_READ);
	svm_model_post(&core, address, SVM_MODEL_FAULT_ATOMIC);
	svm_model_post(&core, address, SVM_MODEL_FAULT_WRITE);
	svm_model_interrupt(model);
	KUNIT_EXPECT_TRUE(test, svm_model_wait_replay(model, seen));
	KUNIT_EXPECT_EQ(test, svm_model_entry(client, address) & ATOMIC, ATOMIC);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&core.vmm->maps), 1);
	KUNIT_EXPECT_EQ(test, core.cancelled, 0);
	svm_model_stop(&core);
}

static void weaker_access_is_served_where_the_strongest_cannot(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct svm_model *model = &fixture->model;
	struct svm_model_client *client = &fixture->clients[0];
	unsigned long readable = map_memory(test, 1, PROT_READ, MAP_PRIVATE);
	unsigned long seen = model->replays;
	struct svm_model_core reader, adder;

	share_memory(test, 1);
	svm_model_start(client, &reader, 1);
	svm_model_start(client, &adder, 2);
	svm_model_post(&reader, readable, SVM_MODEL_FAULT_READ);
	svm_model_post(&adder, readable, SVM_MODEL_FAULT_ATOMIC);
	svm_model_interrupt(model);
	KUNIT_EXPECT_TRUE(test, svm_model_wait_replay(model, seen));
	KUNIT_EXPECT_EQ(test, svm_model_entry(client, readable) & ATOMIC, READABLE);
	KUNIT_EXPECT_EQ(test, reader.cancelled, 0);
	KUNIT_EXPECT_EQ(test, adder.cancelled, 1);
	svm_model_stop(&reader);
	svm_model_stop(&adder);
}

static void plain_access_keeps_an_exclusive_page(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct svm_model *model = &fixture->model;
	struct svm_model_client *client = &fixture->clients[0];
	unsigned long address = share_memory(test, 1);
	struct drm_exclusive_range args;
	struct svm_model_core core;
	unsigned long seen;

	KUNIT_EXPECT_EQ(test, call_exclusive(client, address, 1,
					     DRM_EXCLUSIVE_REGISTER, &args), 0);
	svm_model_start(client, &core, 1);
	KUNIT_EXPECT_EQ(test, gpu_add(&core, address, 1), 0);
	seen = model->replays;
	svm_model_post(&core, address, SVM_MODEL_FAULT_READ);
	svm_model_interrupt(model);
	KUNIT_EXPECT_TRUE(test, svm_model_wait_replay(model, seen));
	KUNIT_EXPECT_EQ(test, svm_model_entry(client, address) & ATOMIC, ATOMIC);
	KUNIT_EXPECT_EQ(test, call_exclusive(client, address, 1,
					     DRM_EXCLUSIVE_QUERY, &args), 0);
	KUNIT_EXPECT_EQ(test, args.exclusive_pages, 1);
	svm_model_stop(&core);
}

static void plain_faults_map_what_the_cpu_may_do(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct svm_model_client *client = &fixture->clients[0];
	unsigned long address = share_memory(test, 1);
	struct svm_model_core core;
	u32 value = 0;

	cpu_write(test, address, 7);
	svm_model_start(client, &core, 1);
	KUNIT_EXPECT_EQ(test, svm_model_access(&core, address, SVM_MODEL_READ,
					       &value), 0);
	KUNIT_EXPECT_EQ(test, value, 7);
	KUNIT_EXPECT_EQ(test, gpu_write(&core, address, 8), 0);
	KUNIT_EXPECT_EQ(test, svm_model_entry(client, address) & ATOMIC, WRITABLE);
	/* both may use it */
	KUNIT_EXPECT_EQ(test, cpu_read(test, address), 8);
	KUNIT_EXPECT_EQ(test, svm_model_entry(client, address) & ATOMIC, WRITABLE);
	svm_model_stop(&core);
}

/**
 * struct program - what a thread runs on a core of the GPU
 * @core: the core
 * @address: the first word
 * @npages: how many pages to go round in, a word of each
 * @operation: what to do
 * @wanted: how often at least, unless a fault is cancelled
 * @wanted_faults: how many faults to have at least
 * @partner: go on until this has what it wants, too; NULL for none
 * @cpu_done: go on until this is @wanted, too; NULL for none
 * @cpu_end: but not when who counts there has ended; NULL for none
 * @done: how often it was done
 * @err: how it ended
 * @end: complete when it has
 */
struct program {
	struct svm_model_core core;
	unsigned long address;
	unsigned long npages;
	enum svm_model_operation operation;
	unsigned long wanted;
	unsigned int wanted_faults;
	struct program *partner;
	const unsigned long *cpu_done;
	struct completion *cpu_end;
	unsigned long done;
	int err;
	struct completion end;
};

static bool has_enough(const struct program *program)
{
	return READ_ONCE(program->done) >= program->wanted &&
	       READ_ONCE(program->core.faults) >= program->wanted_faults;
}

static bool goes_on(struct program *program)
{
	struct program *partner = program->partner;

	if (program->done >= MAX_ADDS)
		return false;
	if (program->cpu_end && completion_done(program->cpu_end))
		return false;
	if (!has_enough(program))
		return true;
	if (partner && !completion_done(&partner->end) && !has_enough(partner))
		return true;
	return program->cpu_done && READ_ONCE(*program->cpu_done) < program->wanted;
}

static int run_program(void *data)
{
	struct program *program = data;
	unsigned long address;
	u32 one;

	while (goes_on(program)) {
		one = 1;
		address = program->address +
			  program->done % program->npages * PAGE_SIZE;
		program->err = svm_model_access(&program->core, address,
						program->operation, &one);
		if (program->err)
			break;
		WRITE_ONCE(program->done, program->done + 1);
		cond_resched();
	}
	/* several look */
	complete_all(&program->end);
	return 0;
}

static void start_program(struct kunit *test, struct program *program,
			  struct svm_model_client *client, u8 number)
{
	svm_model_start(client, &program->core, number);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(run_program, program,
						    "svm-core-%u", number)));
}

static void init_program(struct program *program, unsigned long address)
{
	memset(program, 0, sizeof(*program));
	program->address = address;
	program->npages = 1;
	program->operation = SVM_MODEL_ADD;
	program->wanted = 1;
	init_completion(&program->end);
}

static void end_program(struct kunit *test, struct program *program)
{
	/* each access ends within its own time, so this does */
	wait_for_completion(&program->end);
	svm_model_stop(&program->core);
}

/* Wait until a program has done something, or has ended. */
static bool wait_for_done(struct program *program, unsigned long count)
{
	const unsigned long limit = jiffies + TIMEOUT;

	while (READ_ONCE(program->done) < count &&
	       !completion_done(&program->end) && time_before(jiffies, limit))
		usleep_range(100, 200);
	return READ_ONCE(program->done) >= count;
}

static struct page *get_page_of(struct kunit *test, unsigned long address)
{
	struct page *page = NULL;

	mmap_read_lock(current->mm);
	KUNIT_EXPECT_EQ(test, get_user_pages_remote(current->mm, address, 1,
						    FOLL_WRITE, &page, NULL), 1);
	mmap_read_unlock(current->mm);
	return page;
}

static void busy_page_is_waited_for(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	unsigned long address = share_memory(test, 1);
	struct page *page = get_page_of(test, address);
	const unsigned long limit = jiffies + TIMEOUT;
	struct program program;

	KUNIT_ASSERT_NOT_NULL(test, page);
	init_program(&program, address);
	lock_page(page);
	start_program(test, &program, &fixture->clients[0], 1);
	while (!folio_test_waiters(page_folio(page)) &&
	       !completion_done(&program.end) && time_before(jiffies, limit))
		usleep_range(100, 200);
	KUNIT_EXPECT_TRUE(test, folio_test_waiters(page_folio(page)));
	KUNIT_EXPECT_EQ(test, program.core.cancelled, 0);
	KUNIT_EXPECT_EQ(test, program.done, 0);
	unlock_page(page);
	put_page(page);
	end_program(test, &program);
	KUNIT_EXPECT_EQ(test, program.err, 0);
	KUNIT_EXPECT_EQ(test, program.core.cancelled, 0);
	KUNIT_EXPECT_EQ(test, cpu_read(test, address), 1);
}

/* In a batch, busy pages are only tried: what is missed is had later. */
static void missed_page_of_a_batch_is_repeated(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct svm_model_client *client = &fixture->clients[0];
	unsigned long address = share_memory(test, 32), i;
	struct drm_exclusive_statistics statistics;
	struct drm_exclusive_range args;
	struct svm_model_core core;
	struct page *page;

	for (i = 0; i < 31; i++)
		cpu_write(test, address + i * PAGE_SIZE, 0);
	page = get_page_of(test, address + 2 * PAGE_SIZE);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, call_exclusive(client, address, 31,
					     DRM_EXCLUSIVE_REGISTER, &args), 0);
	svm_model_start(client, &core, 1);
	KUNIT_EXPECT_EQ(test, gpu_add(&core, address, 1), 0);
	/* this fault takes the next page, too, which is locked */
	lock_page(page);
	KUNIT_EXPECT_EQ(test, gpu_add(&core, address + PAGE_SIZE, 1), 0);
	KUNIT_EXPECT_EQ(test, svm_model_entry(client, address + 2 * PAGE_SIZE), 0);
	unlock_page(page);
	put_page(page);
	for (i = 2; i < 31; i++)
		KUNIT_EXPECT_EQ(test, gpu_add(&core, address + i * PAGE_SIZE, 1), 0);
	KUNIT_EXPECT_EQ(test, svm_model_count(client, address,
					      address + 31 * PAGE_SIZE, ATOMIC), 31);
	KUNIT_EXPECT_EQ(test, core.cancelled, 0);

	memset(&args, 0, sizeof(args));
	args.address = address;
	args.size = 31 * PAGE_SIZE;
	args.operation = DRM_EXCLUSIVE_QUERY;
	args.statistics = address + 31 * PAGE_SIZE;
	args.statistics_size = sizeof(statistics);
	KUNIT_EXPECT_EQ(test, nouveau_svmm_exclusive(&fixture->model.dev, &args,
						     &client->file), 0);
	KUNIT_EXPECT_EQ(test, copy_from_user(&statistics,
					     u64_to_user_ptr(args.statistics),
					     sizeof(statistics)), 0);
	KUNIT_EXPECT_GE(test, statistics.missed_pages, 1);
	KUNIT_EXPECT_EQ(test, statistics.granted_pages, 31);
	KUNIT_EXPECT_EQ(test, statistics.exclusive_pages, 31);
	KUNIT_EXPECT_EQ(test, statistics.failed, 0);
	/* fault-around: fewer faults than pages */
	KUNIT_EXPECT_EQ(test, statistics.faults, core.faults);
	KUNIT_EXPECT_LT(test, core.faults, 20);
	svm_model_stop(&core);
}

static void ioctl_takes_and_gives_back_many_pages(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct svm_model_client *client = &fixture->clients[0];
	const unsigned long npages = 200;
	unsigned long address = share_memory(test, npages);
	unsigned long end = address + npages * PAGE_SIZE;
	struct drm_exclusive_range args;
	struct svm_model_core core;

	KUNIT_EXPECT_EQ(test, call_exclusive(client, address, npages,
					     DRM_EXCLUSIVE_ACQUIRE, &args), -ENOENT);
	KUNIT_EXPECT_EQ(test, call_exclusive(client, address, npages,
					     DRM_EXCLUSIVE_REGISTER, &args), 0);
	KUNIT_EXPECT_EQ(test, svm_model_count(client, address, end, 0), 0);
	KUNIT_EXPECT_EQ(test, call_exclusive(client, address, npages,
					     DRM_EXCLUSIVE_ACQUIRE, &args), 0);
	KUNIT_EXPECT_EQ(test, args.done_bytes, npages * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, args.exclusive_pages, npages);
	KUNIT_EXPECT_EQ(test, svm_model_count(client, address, end, ATOMIC), npages);

	svm_model_start(client, &core, 1);
	KUNIT_EXPECT_EQ(test, gpu_add(&core, end - 4, 5), 0);
	KUNIT_EXPECT_EQ(test, core.faults, 0);
	svm_model_stop(&core);

	KUNIT_EXPECT_EQ(test, call_exclusive(client, address, npages,
					     DRM_EXCLUSIVE_RELEASE, &args), 0);
	KUNIT_EXPECT_EQ(test, args.exclusive_pages, 0);
	KUNIT_EXPECT_EQ(test, svm_model_count(client, address, end, 0), 0);
	KUNIT_EXPECT_EQ(test, cpu_read(test, end - 4), 5);
	KUNIT_EXPECT_EQ(test, call_exclusive(client, address, npages,
					     DRM_EXCLUSIVE_UNREGISTER, &args), 0);
	KUNIT_EXPECT_EQ(test, call_exclusive(client, address, npages,
					     DRM_EXCLUSIVE_QUERY, &args), -ENOENT);
}

/* Pages that were exclusive before a registration belong to it afterwards. */
static void registration_takes_over_pages(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct svm_model_client *client = &fixture->clients[0];
	unsigned long address = share_memory(test, 4);
	struct drm_exclusive_range args;
	struct svm_model_core core;

	svm_model_start(client, &core, 1);
	KUNIT_EXPECT_EQ(test, gpu_add(&core, address, 1), 0);
	KUNIT_EXPECT_EQ(test, gpu_add(&core, address + 3 * PAGE_SIZE, 1), 0);
	KUNIT_EXPECT_EQ(test, call_exclusive(client, address, 2,
					     DRM_EXCLUSIVE_REGISTER, &args), 0);
	KUNIT_EXPECT_EQ(test, call_exclusive(client, address, 2,
					     DRM_EXCLUSIVE_QUERY, &args), 0);
	KUNIT_EXPECT_EQ(test, args.exclusive_pages, 1);
	KUNIT_EXPECT_EQ(test, call_exclusive(client, address, 2,
					     DRM_EXCLUSIVE_UNREGISTER, &args), 0);
	KUNIT_EXPECT_EQ(test, svm_model_entry(client, address), 0);
	KUNIT_EXPECT_EQ(test, svm_model_entry(client, address + 3 * PAGE_SIZE) & ATOMIC,
			ATOMIC);
	/* and faults go on to be served there */
	KUNIT_EXPECT_EQ(test, gpu_add(&core, address, 1), 0);
	KUNIT_EXPECT_EQ(test, cpu_read(test, address), 2);
	svm_model_stop(&core);
}

/**
 * struct call - a call of the ioctl by a task of another address space
 * @client: the file
 * @err: what it returned
 * @end: complete when it has
 */
struct call {
	struct svm_model_client *client;
	int err;
	struct completion end;
};

static int call_without_memory(void *data)
{
	struct call *call = data;
	struct drm_exclusive_range args;

	call->err = call_exclusive(call->client, PAGE_SIZE, 1, DRM_EXCLUSIVE_QUERY,
				   &args);
	complete(&call->end);
	return 0;
}

static void ioctl_is_for_the_process_on_any_file(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	unsigned long address = share_memory(test, 4);
	struct svm_model_client *other = &fixture->clients[1];
	struct call call = { .client = &fixture->clients[0] };
	struct drm_exclusive_range args;

	KUNIT_EXPECT_EQ(test, call_exclusive(other, address, 4,
					     DRM_EXCLUSIVE_REGISTER, &args), 0);
	KUNIT_EXPECT_EQ(test, call_exclusive(other, address, 4,
					     DRM_EXCLUSIVE_ACQUIRE, &args), 0);
	KUNIT_EXPECT_EQ(test, svm_model_count(&fixture->clients[0], address,
					      address + 4 * PAGE_SIZE, ATOMIC), 4);
	KUNIT_EXPECT_EQ(test, call_exclusive(other, UNMANAGED_START - PAGE_SIZE, 2,
					     DRM_EXCLUSIVE_REGISTER, &args), -ERANGE);
	KUNIT_EXPECT_EQ(test, call_exclusive(other, UNMANAGED_START - PAGE_SIZE, 1,
					     DRM_EXCLUSIVE_REGISTER, &args), 0);

	init_completion(&call.end);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(call_without_memory, &call,
						    "svm-other")));
	wait_for_completion(&call.end);
	KUNIT_EXPECT_EQ(test, call.err, -ENODEV);

	svm_model_close(&fixture->clients[0]);
	KUNIT_EXPECT_EQ(test, call_exclusive(other, address, 4,
					     DRM_EXCLUSIVE_QUERY, &args), -ENODEV);
}

static void ioctl_rejects_unknown_arguments(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct svm_model_client *client = &fixture->clients[0];
	unsigned long address = share_memory(test, 1);
	const struct drm_exclusive_range good = {
		.address = address,
		.size = PAGE_SIZE,
		.operation = DRM_EXCLUSIVE_REGISTER,
	};
	struct drm_exclusive_range bad[] = { good, good, good, good, good };
	unsigned int i;

	bad[0].flags = 1;
	bad[1].pad = 1;
	bad[2].operation = DRM_EXCLUSIVE_QUERY + 1;
	bad[3].address++;
	bad[4].size = -PAGE_SIZE;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ(test, nouveau_svmm_exclusive(&fixture->model.dev,
							     &bad[i],
							     &client->file), -EINVAL);
}

static void unserviceable_faults_are_cancelled_once(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct svm_model_client *client = &fixture->clients[0];
	unsigned long good = share_memory(test, 1);
	unsigned long gone = map_memory(test, 1, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	const struct {
		unsigned long address;
		enum svm_model_operation operation;
	} cases[] = {
		{ gone, SVM_MODEL_ADD },
		{ gone, SVM_MODEL_READ },
		{ map_memory(test, 1, PROT_READ, MAP_PRIVATE), SVM_MODEL_ADD },
		{ map_memory(test, 1, PROT_READ, MAP_PRIVATE), SVM_MODEL_WRITE },
		{ map_memory(test, 1, PROT_READ | PROT_WRITE, MAP_SHARED),
		  SVM_MODEL_ADD },
		{ UNMANAGED_START + PAGE_SIZE, SVM_MODEL_READ },
		{ UNMANAGED_START + PAGE_SIZE, SVM_MODEL_ADD },
	};
	struct svm_model_core core;
	unsigned long replays;
	unsigned int i;
	u32 value = 1;

	vm_munmap(gone, PAGE_SIZE);
	replays = fixture->model.replays;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		svm_model_start(client, &core, i);
		KUNIT_EXPECT_EQ_MSG(test,
				    svm_model_access(&core, cases[i].address,
						     cases[i].operation, &value),
				    -EFAULT, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, core.cancelled, 1, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, core.faults, 1, "case %u", i);
		svm_model_stop(&core);
	}

	/* a channel that nobody knows */
	svm_model_start(client, &core, 1);
	core.instance = 0xdeadbeef000;
	KUNIT_EXPECT_EQ(test, gpu_add(&core, good, 1), -EFAULT);
	KUNIT_EXPECT_EQ(test, core.cancelled, 1);
	svm_model_stop(&core);
	KUNIT_EXPECT_EQ(test, fixture->model.replays, replays);

	svm_model_start(client, &core, 1);
	KUNIT_EXPECT_EQ(test, gpu_add(&core, good, 1), 0);
	svm_model_stop(&core);
}

static void munmap_ends_a_program(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct svm_model_client *client = &fixture->clients[0];
	unsigned long address = share_memory(test, 8);
	struct program program;
	unsigned int round;

	for (round = 0; round < 10; round++) {
		init_program(&program, address);
		program.npages = 8;
		program.wanted = MAX_ADDS;
		start_program(test, &program, client, 1);
		KUNIT_EXPECT_TRUE(test, wait_for_done(&program, 100));
		KUNIT_EXPECT_EQ(test, vm_munmap(address, 8 * PAGE_SIZE), 0);
		end_program(test, &program);
		KUNIT_EXPECT_EQ(test, program.err, -EFAULT);
		KUNIT_EXPECT_EQ(test, program.core.cancelled, 1);
		KUNIT_EXPECT_EQ(test, svm_model_count(client, address,
						      address + 8 * PAGE_SIZE, 0), 0);
		address = map_memory(test, 8, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	}
}

/**
 * struct forked - a process that was forked off while the GPU used the memory
 * @program: what the GPU runs
 * @first: what the first word of its copy was
 * @last: and after the GPU had gone on
 * @err: how it ended
 * @end: complete when it has
 */
struct forked {
	struct program *program;
	u32 first, last;
	int err;
	struct completion end;
};

static int run_forked(void *data)
{
	struct forked *forked = data;
	struct program *program = forked->program;
	const u32 __user *word = (const u32 __user *)program->address;
	unsigned long done;

	forked->err = get_user(forked->first, word);
	done = READ_ONCE(program->done);
	if (!forked->err && !wait_for_done(program, done + 2 * program->npages))
		forked->err = -ETIMEDOUT;
	if (!forked->err)
		forked->err = get_user(forked->last, word);
	/* there is nothing to return to in user space */
	kernel_sigaction(SIGKILL, SIG_DFL);
	send_sig(SIGKILL, current, 1);
	complete(&forked->end);
	return 0;
}

static void fork_keeps_the_copy_from_the_gpu(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct forked forked;
	struct kernel_clone_args args = {
		/* a child of kthreadd, which waits for those it has */
		.flags = CLONE_PARENT | CLONE_UNTRACED,
		.fn = run_forked,
		.fn_arg = &forked,
	};
	unsigned long forks = 0, sum = 0, wanted, i;
	struct program program;

	init_program(&program, share_memory(test, 8));
	program.npages = 8;
	program.wanted = FORKS;
	program.cpu_done = &forks;
	start_program(test, &program, &fixture->clients[0], 1);
	while (forks < FORKS) {
		forked.program = &program;
		init_completion(&forked.end);
		wanted = READ_ONCE(program.done) + program.npages;
		KUNIT_EXPECT_TRUE(test, wait_for_done(&program, wanted));
		if (kernel_clone(&args) < 0) {
			KUNIT_FAIL(test, "no fork");
			break;
		}
		wait_for_completion(&forked.end);
		KUNIT_EXPECT_EQ(test, forked.err, 0);
		KUNIT_EXPECT_GT(test, forked.first, 0);
		KUNIT_EXPECT_EQ(test, forked.first, forked.last);
		WRITE_ONCE(forks, forks + 1);
	}
	WRITE_ONCE(forks, FORKS);
	end_program(test, &program);
	KUNIT_EXPECT_EQ(test, program.err, 0);
	KUNIT_EXPECT_EQ(test, program.core.cancelled, 0);
	/* each fork takes the pages away */
	KUNIT_EXPECT_GE(test, program.core.faults, FORKS);
	for (i = 0; i < program.npages; i++)
		sum += cpu_read(test, program.address + i * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, sum, program.done);
}

/**
 * struct process - a process that ends while the GPU uses its memory
 * @client: its file, closed only after it has ended
 * @program: what the GPU runs
 * @err: 0 if it came so far
 * @end: complete when it has ended
 */
struct process {
	struct svm_model_client *client;
	struct program program;
	int err;
	struct completion end;
};

static int run_process(void *data)
{
	struct process *process = data;
	struct program *program = &process->program;
	struct mm_struct *mm = mm_alloc();
	struct task_struct *task;

	process->err = -ENOMEM;
	if (!mm)
		goto end;
	mm->task_size = TASK_SIZE;
	arch_pick_mmap_layout(mm, &current->signal->rlim[RLIMIT_STACK]);
	kthread_use_mm(mm);
	program->address = vm_mmap(NULL, 0, program->npages * PAGE_SIZE,
				   PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (!IS_ERR_VALUE(program->address))
		process->err = svm_model_use_svm(process->client, UNMANAGED_START,
						 UNMANAGED_SIZE);
	if (!process->err) {
		svm_model_start(process->client, &program->core, 1);
		task = kthread_run(run_program, program, "svm-core");
		process->err = PTR_ERR_OR_ZERO(task);
		if (!process->err && !wait_for_done(program, 100))
			process->err = -ETIMEDOUT;
	}
	kthread_unuse_mm(mm);
	mmput(mm);
end:
	complete(&process->end);
	return 0;
}

static void exit_ends_a_program(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct process process = {
		.client = &fixture->clients[0],
	};
	struct program *program = &process.program;

	init_completion(&process.end);
	init_program(program, 0);
	program->npages = 8;
	program->wanted = MAX_ADDS;
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(run_process, &process,
						    "svm-process")));
	wait_for_completion(&process.end);
	KUNIT_ASSERT_EQ(test, process.err, 0);
	end_program(test, program);
	KUNIT_EXPECT_EQ(test, program->err, -EFAULT);
	KUNIT_EXPECT_EQ(test, program->core.cancelled, 1);
	/* nothing is left of it on the GPU, while the file is still open */
	KUNIT_EXPECT_EQ(test, svm_model_count(process.client, 0, TASK_SIZE, 0), 0);
}

static void two_contexts_share_a_page(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	unsigned long address = share_memory(test, 2);
	struct program programs[2];
	unsigned long sum = 0;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, svm_model_use_svm(&fixture->clients[1], UNMANAGED_START,
						UNMANAGED_SIZE), 0);
	for (i = 0; i < 2; i++) {
		init_program(&programs[i], address);
		programs[i].npages = 2;
		programs[i].wanted_faults = HANDOVERS;
		programs[i].partner = &programs[1 - i];
	}
	for (i = 0; i < 2; i++)
		start_program(test, &programs[i], &fixture->clients[i], i);
	for (i = 0; i < 2; i++) {
		end_program(test, &programs[i]);
		KUNIT_EXPECT_EQ(test, programs[i].err, 0);
		KUNIT_EXPECT_EQ(test, programs[i].core.cancelled, 0);
		KUNIT_EXPECT_GE(test, programs[i].core.faults, HANDOVERS);
		sum += programs[i].done;
	}
	KUNIT_EXPECT_EQ(test, cpu_read(test, address) +
			      cpu_read(test, address + PAGE_SIZE), sum);
}

/**
 * struct cpu - a thread that adds on a CPU while a program adds on the GPU
 * @program: what the GPU runs
 * @mm: whose memory
 * @done: how often it did, until the program has ended
 * @err: how it ended
 * @end: complete when it has
 */
struct cpu {
	struct program *program;
	struct mm_struct *mm;
	unsigned long done;
	int err;
	struct completion end;
};

/*
 * Between two additions the GPU has to get one done. A CPU that takes the page
 * back at once, each time, can keep it from that for as long as it likes.
 */
static int run_cpu(void *data)
{
	struct cpu *cpu = data;
	struct program *program = cpu->program;
	unsigned long seen;
	int old;

	kthread_use_mm(cpu->mm);
	while (!completion_done(&program->end)) {
		seen = READ_ONCE(program->done);
		cpu->err = arch_futex_atomic_op_inuser(FUTEX_OP_ADD, 1, &old,
						       (u32 __user *)program->address);
		if (cpu->err)
			break;
		WRITE_ONCE(cpu->done, cpu->done + 1);
		while (READ_ONCE(program->done) == seen &&
		       !completion_done(&program->end))
			cond_resched();
	}
	kthread_unuse_mm(cpu->mm);
	complete_all(&cpu->end);
	return 0;
}

/* A CPU and the GPU add to one word. Returns how many additions were lost. */
static unsigned long count_lost(struct kunit *test,
				enum svm_model_operation operation,
				unsigned long adds, unsigned int faults)
{
	struct fixture *fixture = test->priv;
	struct program program;
	struct cpu cpu = { .program = &program };
	u32 sum;

	init_program(&program, share_memory(test, 1));
	program.operation = operation;
	program.wanted = adds;
	program.wanted_faults = faults;
	program.cpu_done = &cpu.done;
	program.cpu_end = &cpu.end;
	cpu.mm = current->mm;
	init_completion(&cpu.end);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(run_cpu, &cpu, "svm-cpu")));
	start_program(test, &program, &fixture->clients[0], 1);
	end_program(test, &program);
	wait_for_completion(&cpu.end);
	KUNIT_EXPECT_EQ(test, program.err, 0);
	KUNIT_EXPECT_EQ(test, cpu.err, 0);
	KUNIT_EXPECT_GE(test, program.done, adds);
	KUNIT_EXPECT_GE(test, program.core.faults, faults);
	KUNIT_EXPECT_GE(test, cpu.done, adds);
	sum = cpu_read(test, program.address);
	kunit_info(test, "GPU %lu, CPU %lu, sum %u, faults %u\n", program.done,
		   cpu.done, sum, program.core.faults);
	return (u32)(program.done + cpu.done) - sum;
}

static void nothing_is_lost(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, count_lost(test, SVM_MODEL_ADD, HANDOVERS,
					 HANDOVERS), 0);
}

/* That the test would notice a loss is a test of the test. */
static void without_the_grant_something_is_lost(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	unsigned long lost = 0;
	unsigned int i;

	/* where two CPUs rarely run at once, the sides rarely meet */
	for (i = 0; i < 20 && !lost; i++) {
		svm_model_close(&fixture->clients[0]);
		lost = count_lost(test, SVM_MODEL_ADD_UNGRANTED, ADDS, 0);
	}
	KUNIT_EXPECT_GT(test, lost, 0);
}

static struct kunit_case svm_cases[] = {
	KUNIT_CASE(atomic_fault_maps_with_the_atomic_bit),
	KUNIT_CASE(cpu_touch_revokes_first),
	KUNIT_CASE(read_fault_after_atomic_is_a_read_fault),
	KUNIT_CASE(strongest_access_is_served_first),
	KUNIT_CASE(weaker_access_is_served_where_the_strongest_cannot),
	KUNIT_CASE(plain_access_keeps_an_exclusive_page),
	KUNIT_CASE(plain_faults_map_what_the_cpu_may_do),
	KUNIT_CASE(busy_page_is_waited_for),
	KUNIT_CASE(missed_page_of_a_batch_is_repeated),
	KUNIT_CASE(ioctl_takes_and_gives_back_many_pages),
	KUNIT_CASE(registration_takes_over_pages),
	KUNIT_CASE(ioctl_is_for_the_process_on_any_file),
	KUNIT_CASE(ioctl_rejects_unknown_arguments),
	KUNIT_CASE(unserviceable_faults_are_cancelled_once),
	KUNIT_CASE(munmap_ends_a_program),
	KUNIT_CASE_SLOW(fork_keeps_the_copy_from_the_gpu),
	KUNIT_CASE_SLOW(exit_ends_a_program),
	KUNIT_CASE_SLOW(two_contexts_share_a_page),
	KUNIT_CASE_SLOW(nothing_is_lost),
	KUNIT_CASE_SLOW(without_the_grant_something_is_lost),
	{}
};

static struct kunit_suite svm_suite = {
	.name = "nouveau_svm",
	.init = svm_test_init,
	.exit = svm_test_exit,
	.test_cases = svm_cases,
};

kunit_test_suite(svm_suite);

MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_DESCRIPTION("KUnit tests of nouveau's shared virtual memory");
MODULE_LICENSE("GPL");
