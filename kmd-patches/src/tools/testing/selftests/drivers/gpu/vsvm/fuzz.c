// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz [--seed N] [--seconds N]
 *
 * Calls the ioctls with random and boundary arguments, several threads at once,
 * while the windows are used. Each call has to end with 0 or one of the errors
 * that the interface names for it. Exit status 1 otherwise.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "vsvm_device.h"

#define ARENA_PAGES	1024u
#define ARENA_BYTES	(ARENA_PAGES * PAGE_BYTES)
#define THREADS		3
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

struct fuzz {
	struct vsvm_gpu gpu;
	uint64_t seed;
	atomic_bool stop;
	atomic_ullong calls;
	atomic_ullong accepted;
	atomic_uint undefined;
};

struct thread {
	struct fuzz *fuzz;
	uint64_t random;
};

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 2685821657736338717ull;
}

/* A value near a boundary, or any. */
static uint64_t boundary(uint64_t *random)
{
	static const uint64_t values[] = {
		0, 1, 2, 7, 8, 4095, 4096, 4097, 8192, 1ull << 31, (1ull << 31) - 1,
		1ull << 32, (1ull << 32) - 4096, 1ull << 46, 1ull << 47, (1ull << 47) - 4096,
		1ull << 63, (1ull << 63) - 4096, UINT64_MAX, UINT64_MAX - 4095,
		UINT64_MAX - 8191,
	};
	const uint64_t pick = next_random(random);

	switch (pick % 4) {
	case 0:
		return next_random(random);
	case 1:
		return next_random(random) & -PAGE_BYTES;
	default:
		return values[(pick >> 8) % ARRAY_SIZE(values)];
	}
}

static struct drm_exclusive_range random_range(struct fuzz *fuzz, uint64_t *random)
{
	const uint64_t pick = next_random(random);
	const unsigned int page = (pick >> 8) % ARENA_PAGES;
	/* mostly few pages, which is cheap, for many calls */
	const unsigned int most = pick >> 59 && page < ARENA_PAGES - 4 ?
					  4 : ARENA_PAGES - page;
	struct drm_exclusive_range range = {
		.address = (uintptr_t)fuzz->gpu.arena + page * PAGE_BYTES,
		.size = (1 + (pick >> 20) % most) * PAGE_BYTES,
		.operation = (pick >> 40) % 5,
		.done_bytes = pick,
	};

	if (range.operation == DRM_EXCLUSIVE_UNREGISTER ||
	    range.operation == DRM_EXCLUSIVE_REGISTER) {
		/* few different ones, so that they meet */
		range.address = (uintptr_t)fuzz->gpu.arena + (page % 4) * 256 * PAGE_BYTES;
		range.size = 256 * PAGE_BYTES;
	}
	if (pick % 4)
		return range;
	/* spoil one field, or several */
	do {
		switch (next_random(random) % 7) {
		case 0:
			range.address = boundary(random);
			break;
		case 1:
			range.size = boundary(random);
			break;
		case 2:
			range.operation = boundary(random);
			break;
		case 3:
			range.flags = boundary(random);
			break;
		case 4:
			range.statistics = boundary(random);
			break;
		case 5:
			range.statistics_size = boundary(random);
			break;
		case 6:
			range.pad = boundary(random);
			break;
		}
	} while (next_random(random) % 3);
	return range;
}

static bool is_defined(const struct drm_exclusive_range *asked,
		       const struct drm_exclusive_range *range, int error)
{
	/* what is told has to fit, whatever the result */
	if (error != EINVAL && error != ENODEV && error != ENOENT &&
	    (range->done_bytes > asked->size || range->done_bytes % PAGE_BYTES))
		return false;
	switch (error) {
	case 0:
		return range->done_bytes == asked->size &&
		       range->exclusive_pages <= asked->size / PAGE_BYTES;
	case EINVAL:
		return true;
	case ENOENT:
		return asked->operation != DRM_EXCLUSIVE_REGISTER;
	case EEXIST:
	case ERANGE:
		return asked->operation == DRM_EXCLUSIVE_REGISTER;
	case EFAULT:
		return asked->operation == DRM_EXCLUSIVE_ACQUIRE ||
		       asked->operation == DRM_EXCLUSIVE_QUERY;
	case EOPNOTSUPP:
	case EAGAIN:
	case EINTR:
		return asked->operation == DRM_EXCLUSIVE_ACQUIRE;
	case ENOMEM:
		return true;
	}
	return false;
}

static void fuzz_exclusive(struct thread *thread)
{
	struct fuzz *fuzz = thread->fuzz;
	const struct drm_exclusive_range asked = random_range(fuzz, &thread->random);
	struct drm_exclusive_range range = asked;
	int error = ioctl(fuzz->gpu.render_fd, DRM_IOCTL_VSVM_EXCLUSIVE, &range) ?
			    errno : 0;

	atomic_fetch_add(&fuzz->calls, 1);
	if (!error)
		atomic_fetch_add(&fuzz->accepted, 1);
	if (is_defined(&asked, &range, error))
		return;
	atomic_fetch_add(&fuzz->undefined, 1);
	printf("fuzz: seed %llu: address 0x%llx size 0x%llx operation %u flags 0x%x ",
	       (unsigned long long)fuzz->seed, (unsigned long long)asked.address,
	       (unsigned long long)asked.size, asked.operation, asked.flags);
	printf("pad 0x%x statistics 0x%llx %u: error %d, done 0x%llx\n", asked.pad,
	       (unsigned long long)asked.statistics, asked.statistics_size, error,
	       (unsigned long long)range.done_bytes);
}

static struct drm_vsvm_migrate random_migrate(struct fuzz *fuzz, uint64_t *random)
{
	const uint64_t pick = next_random(random);
	const unsigned int page = pick % ARENA_PAGES;
	/* as above */
	const unsigned int most = pick >> 59 && page < ARENA_PAGES - 4 ?
					  4 : ARENA_PAGES - page;
	struct drm_vsvm_migrate args = {
		.address = (uintptr_t)fuzz->gpu.arena + page * PAGE_BYTES,
		.size = (1 + (pick >> 20) % most) * PAGE_BYTES,
		.operation = (pick >> 40) % 2,
		.moved_pages = pick,
		.vram_pages = pick,
	};

	switch ((pick >> 48) % 16) {
	case 0:
		args.address = boundary(random);
		break;
	case 1:
		args.size = boundary(random);
		break;
	case 2:
		args.operation = boundary(random);
		break;
	case 3:
		args.flags = boundary(random);
		break;
	}
	return args;
}

static bool is_migrate_defined(const struct drm_vsvm_migrate *args, int error)
{
	switch (error) {
	case 0:
		return args->vram_pages <= args->size / PAGE_BYTES;
	case EINVAL:
	case ERANGE:
	case EFAULT:
	case EOPNOTSUPP:
		return !args->moved_pages && !args->vram_pages;
	case ENOMEM:
	case EINTR:
		return true;
	}
	return false;
}

static void fuzz_migrate(struct thread *thread)
{
	struct fuzz *fuzz = thread->fuzz;
	struct drm_vsvm_migrate args = random_migrate(fuzz, &thread->random);
	int error = ioctl(fuzz->gpu.render_fd, DRM_IOCTL_VSVM_MIGRATE, &args) ? errno : 0;

	atomic_fetch_add(&fuzz->calls, 1);
	if (!error)
		atomic_fetch_add(&fuzz->accepted, 1);
	if (is_migrate_defined(&args, error))
		return;
	atomic_fetch_add(&fuzz->undefined, 1);
	printf("fuzz: seed %llu: migrate 0x%llx 0x%llx operation %u flags 0x%x: error %d\n",
	       (unsigned long long)fuzz->seed, (unsigned long long)args.address,
	       (unsigned long long)args.size, args.operation, args.flags, error);
}

static void fuzz_create(struct thread *thread)
{
	struct fuzz *fuzz = thread->fuzz;
	struct drm_vsvm_context_create create = {
		.arena_address = boundary(&thread->random),
		.arena_size = boundary(&thread->random),
	};
	struct drm_vsvm_context_create asked;
	int error = 0, fd = vsvm_open(1);

	if (next_random(&thread->random) % 4 == 0) {
		create.flags = boundary(&thread->random);
		create.pad = boundary(&thread->random);
	}
	asked = create;
	if (ioctl(fd, DRM_IOCTL_VSVM_CONTEXT_CREATE, &create))
		error = errno;
	else
		close(create.fd);
	close(fd);
	atomic_fetch_add(&fuzz->calls, 1);
	switch (error) {
	case 0:
	case EINVAL:
	case EEXIST:
	case ENOMEM:
	case EINTR:
		return;
	}
	atomic_fetch_add(&fuzz->undefined, 1);
	printf("fuzz: seed %llu: create 0x%llx 0x%llx flags 0x%x pad 0x%llx: error %d\n",
	       (unsigned long long)fuzz->seed, (unsigned long long)asked.arena_address,
	       (unsigned long long)asked.arena_size, asked.flags,
	       (unsigned long long)asked.pad, error);
}

/* Any number, with any size of argument: that there is no crash is the test. */
static void fuzz_number(struct thread *thread)
{
	unsigned char bytes[256];
	const uint64_t random = next_random(&thread->random);
	const unsigned long request =
		_IOC((random >> 8) % 4, DRM_IOCTL_BASE, DRM_COMMAND_BASE + random % 6,
		     (random >> 16) % sizeof(bytes));
	size_t i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (random >> 60) ? next_random(&thread->random) : 0;
	/* what a longer or shorter structure does is fixed by the DRM core */
	if (random % 6 == DRM_VSVM_CONTEXT_CREATE)
		return;
	ioctl(thread->fuzz->gpu.render_fd, request, bytes);
	atomic_fetch_add(&thread->fuzz->calls, 1);
}

static void fuzz_mmap(struct thread *thread)
{
	struct fuzz *fuzz = thread->fuzz;
	void *window = mmap(NULL, (1 + next_random(&thread->random) % 8) * PAGE_BYTES,
			    next_random(&thread->random) % 8,
			    next_random(&thread->random) % 2 ? MAP_SHARED : MAP_PRIVATE,
			    fuzz->gpu.context_fd,
			    boundary(&thread->random) & -PAGE_BYTES);

	atomic_fetch_add(&fuzz->calls, 1);
	if (window != MAP_FAILED)
		munmap(window, PAGE_BYTES);
}

static void *fuzz_thread(void *argument)
{
	struct thread *thread = argument;
	struct fuzz *fuzz = thread->fuzz;
	uint64_t pick;

	while (!atomic_load(&fuzz->stop)) {
		pick = next_random(&thread->random);
		if (pick % 16 == 0)
			fuzz_create(thread);
		else if (pick % 16 == 1)
			fuzz_number(thread);
		else if (pick % 16 == 2)
			fuzz_mmap(thread);
		else if (pick % 16 == 3)
			fuzz_migrate(thread);
		else
			fuzz_exclusive(thread);
		/* use a page, if it is there */
		pick = next_random(&thread->random);
		vsvm_store(fuzz->gpu.plain + (pick % ARENA_PAGES) * PAGE_BYTES, 1);
		vsvm_store(fuzz->gpu.arena +
				       (pick >> 16) % ARENA_PAGES * PAGE_BYTES, 1);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	static struct fuzz fuzz;
	struct thread threads[THREADS];
	pthread_t ids[THREADS];
	unsigned int seconds = 30;
	int i;

	fuzz.seed = time(NULL);
	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--seed") && i + 1 < argc)
			fuzz.seed = strtoull(argv[++i], NULL, 0);
		else if (!strcmp(argv[i], "--seconds") && i + 1 < argc)
			seconds = strtoul(argv[++i], NULL, 0);
		else
			return 2;
	}
	printf("fuzz: seed %llu\n", (unsigned long long)fuzz.seed);
	fflush(stdout);
	if (vsvm_setup(&fuzz.gpu, ARENA_BYTES)) {
		perror("fuzz: set-up");
		return 2;
	}
	for (i = 0; i < THREADS; i++) {
		threads[i].fuzz = &fuzz;
		threads[i].random = (fuzz.seed + 1) * 0x9e3779b97f4a7c15ull + i;
		pthread_create(&ids[i], NULL, fuzz_thread, &threads[i]);
	}
	sleep(seconds);
	atomic_store(&fuzz.stop, true);
	for (i = 0; i < THREADS; i++)
		pthread_join(ids[i], NULL);
	printf("fuzz: seed %llu: %llu calls, %llu accepted, %u with an undefined result\n",
	       (unsigned long long)fuzz.seed, (unsigned long long)fuzz.calls,
	       (unsigned long long)fuzz.accepted, fuzz.undefined);
	return fuzz.undefined ? 1 : 0;
}
