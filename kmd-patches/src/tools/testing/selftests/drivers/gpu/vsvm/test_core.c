// SPDX-License-Identifier: GPL-2.0-only
/*
 * A core leaves what it runs when an access cannot be served, or when it is told to
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../kselftest_harness.h"
#include "vsvm_device.h"

#define ARENA_BYTES	(64 * PAGE_BYTES)

FIXTURE(core)
{
	struct vsvm_gpu gpu;
	struct drm_vsvm_cores *cores;
	struct drm_vsvm_core *mine;
};

FIXTURE_SETUP(core)
{
	ASSERT_EQ(0, vsvm_setup(&self->gpu, ARENA_BYTES));
	self->cores = vsvm_map_cores(&self->gpu);
	ASSERT_NE(MAP_FAILED, self->cores);
	self->cores->used = 2;
	self->mine = &self->cores->core[0];
	self->mine->thread = gettid();
}

FIXTURE_TEARDOWN(core)
{
	munmap(self->cores, sizeof(*self->cores));
	vsvm_close(&self->gpu);
}

static int stop(struct vsvm_gpu *gpu, uint32_t core)
{
	struct drm_vsvm_stop args = { .core = core };

	return ioctl(gpu->render_fd, DRM_IOCTL_VSVM_STOP, &args);
}

TEST_F(core, runs_to_the_end)
{
	EXPECT_FALSE(vsvm_run_core(self->mine, vsvm_device_add_one, self->gpu.atomic));
	EXPECT_EQ(1, *(uint32_t *)self->gpu.arena);
	EXPECT_EQ(0, self->mine->resume_ip);
}

TEST_F(core, leaves_at_a_hole)
{
	const size_t offset = 5 * PAGE_BYTES + 72;

	ASSERT_EQ(0, munmap(self->gpu.arena + 5 * PAGE_BYTES, PAGE_BYTES));
	EXPECT_TRUE(vsvm_run_core(self->mine, vsvm_device_load, self->gpu.plain + offset));
	EXPECT_EQ((uintptr_t)self->gpu.arena + offset, self->mine->fault_address);
	EXPECT_EQ(DRM_VSVM_ACCESS_READ, self->mine->fault_access);
	EXPECT_EQ(EFAULT, self->mine->fault_error);
	EXPECT_EQ(0, self->mine->resume_ip);

	EXPECT_TRUE(vsvm_run_core(self->mine, vsvm_device_store, self->gpu.plain + offset));
	EXPECT_EQ(DRM_VSVM_ACCESS_WRITE, self->mine->fault_access);
	EXPECT_TRUE(vsvm_run_core(self->mine, vsvm_device_add_one,
				  self->gpu.atomic + offset));
	EXPECT_EQ(DRM_VSVM_ACCESS_ATOMIC, self->mine->fault_access);
	EXPECT_EQ(EFAULT, self->mine->fault_error);

	/* it lives on, and so does the rest of the device's memory */
	EXPECT_FALSE(vsvm_run_core(self->mine, vsvm_device_add_one, self->gpu.atomic));
}

TEST_F(core, leaves_before_it_writes_what_is_read_only)
{
	ASSERT_EQ(0, mprotect(self->gpu.arena, PAGE_BYTES, PROT_READ));
	EXPECT_FALSE(vsvm_run_core(self->mine, vsvm_device_load, self->gpu.plain));
	EXPECT_TRUE(vsvm_run_core(self->mine, vsvm_device_store, self->gpu.plain));
	EXPECT_EQ(DRM_VSVM_ACCESS_WRITE, self->mine->fault_access);
	EXPECT_EQ(EPERM, self->mine->fault_error);
	EXPECT_EQ(0, *(uint32_t *)self->gpu.arena);
	EXPECT_TRUE(vsvm_run_core(self->mine, vsvm_device_add_one, self->gpu.atomic));
	EXPECT_EQ(0, *(uint32_t *)self->gpu.arena);
}

TEST_F(core, leaves_at_memory_that_cannot_be_exclusive)
{
	void *shared = mmap(self->gpu.arena, PAGE_BYTES, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	ASSERT_EQ(self->gpu.arena, shared);
	EXPECT_FALSE(vsvm_run_core(self->mine, vsvm_device_store, self->gpu.plain));
	EXPECT_TRUE(vsvm_run_core(self->mine, vsvm_device_add_one, self->gpu.atomic));
	EXPECT_EQ(DRM_VSVM_ACCESS_ATOMIC, self->mine->fault_access);
	EXPECT_EQ(EOPNOTSUPP, self->mine->fault_error);
}

TEST_F(core, that_is_none_gets_a_signal)
{
	ASSERT_EQ(0, munmap(self->gpu.arena, PAGE_BYTES));
	/* it is a core, but outside of a kernel */
	EXPECT_TRUE(vsvm_faults(vsvm_device_load, self->gpu.plain));
	self->mine->thread = 0;
	self->mine->resume_ip = 1;
	EXPECT_TRUE(vsvm_faults(vsvm_device_load, self->gpu.plain));
	EXPECT_EQ(0, self->mine->fault_error);
	self->mine->thread = gettid();
	self->cores->used = 0;
	EXPECT_TRUE(vsvm_faults(vsvm_device_load, self->gpu.plain));
	self->cores->used = ~0u;
	EXPECT_EQ(0, self->mine->fault_error);
}

TEST_F(core, does_not_resume_outside_of_user_space)
{
	/* also none with five levels of page tables */
	static const uint64_t addresses[] = {
		1ull << 56, 1ull << 62, 1ull << 63, 0xffffffff81000000, ~0ull,
	};
	size_t i;

	ASSERT_EQ(0, munmap(self->gpu.arena, PAGE_BYTES));
	for (i = 0; i < ARRAY_SIZE(addresses); i++) {
		self->mine->resume_ip = addresses[i];
		self->mine->resume_sp = (uintptr_t)&i;
		EXPECT_TRUE(vsvm_faults(vsvm_device_load, self->gpu.plain));
		self->mine->resume_ip = (uintptr_t)vsvm_device_load;
		self->mine->resume_sp = addresses[i];
		EXPECT_TRUE(vsvm_faults(vsvm_device_load, self->gpu.plain));
	}
	self->mine->resume_ip = 0;
}

struct system_call {
	const char *window;
	int error;
};

static void write_from_window(void *argument)
{
	struct system_call *call = argument;
	int files[2];

	if (pipe(files))
		return;
	call->error = write(files[1], call->window, 1) < 0 ? errno : 0;
	close(files[0]);
	close(files[1]);
}

TEST_F(core, stays_when_a_system_call_faults)
{
	struct system_call call = { .window = self->gpu.plain };

	ASSERT_EQ(0, munmap(self->gpu.arena, PAGE_BYTES));
	EXPECT_FALSE(vsvm_run_core(self->mine, write_from_window, &call));
	EXPECT_EQ(EFAULT, call.error);
}

struct spinner {
	struct vsvm_gpu *gpu;
	struct drm_vsvm_core *core;
	uint32_t running, leave;
	bool left;
	uint32_t restarts;
	void (*spin)(void *spinner);
};

static void spin_on_memory(void *argument)
{
	struct spinner *spinner = argument;

	vsvm_store(&spinner->running, 1);
	while (!vsvm_load(spinner->gpu->plain + 64))
		;
}

static void compute(void *argument)
{
	struct spinner *spinner = argument;

	vsvm_store(&spinner->running, 1);
	for (;;)
		__asm__ volatile("");
}

static void sleep_in_a_system_call(void *argument)
{
	struct spinner *spinner = argument;
	int files[2];
	char byte;

	if (pipe(files))
		return;
	vsvm_store(&spinner->running, 1);
	while (read(files[0], &byte, 1) < 0)
		spinner->restarts++;
}

static void *spin(void *argument)
{
	struct spinner *spinner = argument;

	spinner->core->thread = gettid();
	spinner->left = vsvm_run_core(spinner->core, spinner->spin, spinner);
	return NULL;
}

/* Start a core, wait until it runs. */
static void start(struct __test_metadata *_metadata, struct spinner *spinner,
		  pthread_t *thread)
{
	ASSERT_EQ(0, pthread_create(thread, NULL, spin, spinner));
	while (!vsvm_load(&spinner->running))
		sched_yield();
}

TEST_F(core, leaves_when_it_is_stopped)
{
	void (*const kinds[])(void *) = { spin_on_memory, compute, sleep_in_a_system_call };
	pthread_t thread;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct spinner spinner = {
			.gpu = &self->gpu,
			.core = &self->cores->core[1],
			.spin = kinds[i],
		};

		start(_metadata, &spinner, &thread);
		spinner.core->stop = 1;
		EXPECT_EQ(0, stop(&self->gpu, 1));
		ASSERT_EQ(0, pthread_join(thread, NULL));
		EXPECT_TRUE(spinner.left);
		EXPECT_EQ(ECANCELED, spinner.core->fault_error);
		EXPECT_EQ(0, spinner.core->fault_address);
		EXPECT_EQ(0, spinner.core->resume_ip);
		EXPECT_EQ(0, spinner.restarts);
		spinner.core->stop = 0;
	}
	/* nobody else does */
	EXPECT_FALSE(vsvm_run_core(self->mine, vsvm_device_add_one, self->gpu.atomic));
}

TEST_F(core, goes_on_when_it_need_not_stop)
{
	struct spinner spinner = {
		.gpu = &self->gpu,
		.core = &self->cores->core[1],
		.spin = spin_on_memory,
	};
	pthread_t thread;
	int i;

	start(_metadata, &spinner, &thread);
	for (i = 0; i < 1000; i++) {
		EXPECT_EQ(0, stop(&self->gpu, 1));
		vsvm_device_add(self->gpu.atomic, 1);
	}
	vsvm_store(self->gpu.arena + 64, 1);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_FALSE(spinner.left);
	EXPECT_EQ(1000, *(uint32_t *)self->gpu.arena);

	/* a core that is in no kernel */
	self->mine->stop = 1;
	EXPECT_EQ(0, stop(&self->gpu, 0));
	self->mine->stop = 0;
}

TEST_F(core, is_stopped_while_it_ends)
{
	pthread_t thread;
	int i, gone = 0;

	for (i = 0; i < 300; i++) {
		struct spinner spinner = {
			.gpu = &self->gpu,
			.core = &self->cores->core[1],
			.spin = spin_on_memory,
		};

		vsvm_store(self->gpu.arena + 64, 0);
		start(_metadata, &spinner, &thread);
		vsvm_store(&spinner.core->stop, 1);
		vsvm_store(self->gpu.arena + 64, 1);
		if (stop(&self->gpu, 1)) {
			EXPECT_EQ(ESRCH, errno);
			gone++;
		}
		ASSERT_EQ(0, pthread_join(thread, NULL));
		spinner.core->stop = 0;
	}
	TH_LOG("%d of 300 threads were gone already", gone);
	EXPECT_FALSE(vsvm_run_core(self->mine, vsvm_device_add_one, self->gpu.atomic));
}

TEST_F(core, is_nothing_to_a_forked_child)
{
	pid_t child = fork();
	int status;

	ASSERT_LE(0, child);
	if (!child) {
		void *cores = mmap(NULL, sizeof(struct drm_vsvm_cores),
				   PROT_READ | PROT_WRITE, MAP_SHARED,
				   self->gpu.context_fd, self->gpu.cores_offset);

		if (cores != MAP_FAILED || errno != EPERM)
			_exit(1);
		_exit(stop(&self->gpu, 0) == -1 && errno == ENODEV ? 0 : 2);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(core, rejects)
{
	struct drm_vsvm_stop padding = { .pad = 1 };
	const off_t offset = self->gpu.cores_offset;
	void *cores;

	EXPECT_EQ(-1, ioctl(self->gpu.render_fd, DRM_IOCTL_VSVM_STOP, &padding));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, stop(&self->gpu, DRM_VSVM_MAX_CORES));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, stop(&self->gpu, 7));
	EXPECT_EQ(ESRCH, errno);
	self->cores->core[7].thread = 1;
	EXPECT_EQ(-1, stop(&self->gpu, 7));
	EXPECT_EQ(ESRCH, errno);

	cores = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE,
		     self->gpu.context_fd, offset);
	EXPECT_EQ(MAP_FAILED, cores);
	EXPECT_EQ(EINVAL, errno);
	cores = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_EXEC, MAP_SHARED,
		     self->gpu.context_fd, offset);
	EXPECT_EQ(MAP_FAILED, cores);
	cores = mmap(NULL, sizeof(struct drm_vsvm_cores) + PAGE_BYTES,
		     PROT_READ | PROT_WRITE, MAP_SHARED, self->gpu.context_fd, offset);
	EXPECT_EQ(MAP_FAILED, cores);
	cores = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
		     self->gpu.context_fd, offset + sizeof(struct drm_vsvm_cores));
	EXPECT_EQ(MAP_FAILED, cores);
}

TEST_HARNESS_MAIN
