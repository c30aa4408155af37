// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may happen to memory while CPUs and devices use it
 *
 * Nothing in here allocates memory: malloc() might map some in a hole that another
 * thread has just made.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "stress.h"

#define KSM_PATH	"/sys/kernel/mm/ksm/"
/* How many pages with counters one event is for, at most. */
#define MOST_PAGES	16u
#define MIGRATE_PAGES	8u
/* How often is tried to make one page of the huge page's. */
#define COLLAPSE_TRIES	100u
/* <sys/mman.h> may not have it */
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif
/* MPOL_MF_MOVE; <numaif.h> may not be there */
#define MOVE_MINE	2

uint64_t stress_random(uint64_t *state)
{
	/* xorshift64* */
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 2685821657736338717ull;
}

/* Some of the pages with the counters, from a random one on. */
struct some {
	char *address;
	size_t bytes;
	struct vsvm_gpu *gpu;
	size_t offset;
};

static struct some some_counters(struct stress_eventer *eventer)
{
	const uint64_t random = stress_random(&eventer->random);
	const unsigned int page = random % 2 ? eventer->hot_page :
					       (random >> 16) % STRESS_PAGES;
	const unsigned int npages = 1 + (random >> 24) % MOST_PAGES;
	const unsigned int left = STRESS_PAGES - page;
	struct some some = {
		.bytes = (npages < left ? npages : left) * PAGE_BYTES,
		.gpu = &eventer->gpus[random >> 63],
		.offset = stress_page_offset(page),
	};

	some.address = eventer->gpus[0].arena + some.offset;
	return some;
}

/* One page that only this thread uses. */
static struct some some_spare(struct stress_eventer *eventer)
{
	const uint64_t random = stress_random(&eventer->random);
	struct some some = {
		.address = eventer->spare + (random >> 16) % STRESS_SPARE_PAGES * PAGE_BYTES,
		.bytes = PAGE_BYTES,
		.gpu = &eventer->gpus[random >> 63],
	};

	some.offset = some.address - eventer->gpus[0].arena;
	return some;
}

static bool advise(char *address, size_t bytes)
{
	madvise(address, bytes, MADV_NOHUGEPAGE);
	/* fails where the kernel has no KSM */
	madvise(address, bytes, MADV_MERGEABLE);
	return true;
}

/* New memory like that of the arena, in the place of what is there. */
static bool map_new(char *address)
{
	return mmap(address, PAGE_BYTES, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
		    0) == address && advise(address, PAGE_BYTES);
}

static bool by_fork(struct stress_eventer *eventer)
{
	pid_t child = fork();
	int status;

	if (!child) {
		/* the child's copy is its own */
		memset(eventer->gpus[0].arena, 0xff, PAGE_BYTES);
		_exit(0);
	}
	return child > 0 && waitpid(child, &status, 0) == child && !status;
}

static const char *without_swap(void)
{
	char text[256];
	int fd = open("/proc/swaps", O_RDONLY | O_CLOEXEC);
	ssize_t bytes;

	if (fd < 0)
		return "no swap";
	bytes = read(fd, text, sizeof(text));
	close(fd);
	/* a line of titles, then one for each */
	return bytes > 0 && memchr(text, '/', bytes) ? NULL : "no swap";
}

static bool by_pageout(struct stress_eventer *eventer)
{
	struct some counters = some_counters(eventer);
	struct some spare = some_spare(eventer);
	unsigned char there = 1;

	vsvm_store(spare.address, 1);
	if (madvise(counters.address, counters.bytes, MADV_PAGEOUT) ||
	    madvise(spare.address, spare.bytes, MADV_PAGEOUT) ||
	    mincore(spare.address, spare.bytes, &there))
		return false;
	return !(there & 1);
}

static bool by_cold(struct stress_eventer *eventer)
{
	struct some counters = some_counters(eventer);

	return !madvise(counters.address, counters.bytes, MADV_COLD);
}

static const char *without_compaction(void)
{
	return access("/proc/sys/vm/compact_memory", W_OK) ? "no compaction" : NULL;
}

static bool by_compaction(struct stress_eventer *eventer)
{
	return !vsvm_write_text("/proc/sys/vm/compact_memory", "1");
}

static const char *without_nodes(void)
{
	return access("/sys/devices/system/node/node1", F_OK) ?
		       "only one NUMA node" : NULL;
}

/* Counters move to the other node. Those that a device has stay where they are. */
static bool by_migration(struct stress_eventer *eventer)
{
	struct some counters = some_counters(eventer);
	int before[MIGRATE_PAGES], after[MIGRATE_PAGES], nodes[MIGRATE_PAGES];
	void *pages[MIGRATE_PAGES];
	unsigned int i, moved = 0;

	for (i = 0; i < MIGRATE_PAGES; i++) {
		pages[i] = eventer->gpus[0].arena +
			   (counters.offset + i * PAGE_BYTES) % STRESS_SPARE_OFFSET;
		vsvm_load(pages[i]);
	}
	if (syscall(SYS_move_pages, 0, (unsigned long)MIGRATE_PAGES, pages, NULL,
		    before, 0))
		return false;
	for (i = 0; i < MIGRATE_PAGES; i++)
		nodes[i] = before[i] == 0;
	if (syscall(SYS_move_pages, 0, (unsigned long)MIGRATE_PAGES, pages, nodes,
		    after, MOVE_MINE) < 0)
		return false;
	for (i = 0; i < MIGRATE_PAGES; i++)
		moved += before[i] >= 0 && after[i] == nodes[i];
	return moved;
}

static const char *without_ksm(void)
{
	return access(KSM_PATH "run", W_OK) ? "no KSM" : NULL;
}

/* A new pause wakes KSM's thread, which then goes through all memory once. */
static bool by_ksm(struct stress_eventer *eventer)
{
	const uint64_t random = stress_random(&eventer->random);
	unsigned long full_scans, before = eventer->full_scans;
	char text[24] = "";
	int fd;

	/* two pages to be merged */
	memset(some_spare(eventer).address, 0x5a, PAGE_BYTES);
	memset(some_spare(eventer).address, 0x5a, PAGE_BYTES);
	snprintf(text, sizeof(text), "%u", 100000 + (unsigned int)(random >> 40) % 100000);
	if (vsvm_write_text(KSM_PATH "sleep_millisecs", text))
		return false;
	fd = open(KSM_PATH "full_scans", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return false;
	close(fd);
	full_scans = strtoul(text, NULL, 10);
	eventer->full_scans = full_scans;
	return full_scans != before;
}

static bool by_clear_refs(struct stress_eventer *eventer)
{
	return !vsvm_write_text("/proc/self/clear_refs",
				stress_random(&eventer->random) >> 63 ? "1" : "4");
}

static bool by_mprotect(struct stress_eventer *eventer)
{
	struct some counters = some_counters(eventer);
	struct some spare = some_spare(eventer);

	/* counters are always in use, so they have to stay writable */
	if (mprotect(counters.address, counters.bytes,
		     PROT_READ | PROT_WRITE | PROT_EXEC))
		return false;
	vsvm_store(counters.gpu->plain + counters.offset + 32, 1);
	if (mprotect(counters.address, counters.bytes, PROT_READ | PROT_WRITE))
		return false;
	vsvm_device_add(spare.gpu->atomic + spare.offset, 1);
	return !mprotect(spare.address, spare.bytes, PROT_NONE) &&
	       !mprotect(spare.address, spare.bytes, PROT_READ | PROT_WRITE);
}

static bool by_unmap(struct stress_eventer *eventer)
{
	struct some spare = some_spare(eventer);

	vsvm_device_add(spare.gpu->atomic + spare.offset, 1);
	return !munmap(spare.address, spare.bytes) && map_new(spare.address);
}

static bool by_mapping_over(struct stress_eventer *eventer)
{
	struct some spare = some_spare(eventer);

	vsvm_device_add(spare.gpu->atomic + spare.offset, 1);
	return map_new(spare.address) && !vsvm_load(spare.address);
}

static bool by_mremap(struct stress_eventer *eventer)
{
	struct some from = some_spare(eventer);
	struct some to = some_spare(eventer);
	const uint32_t value = stress_random(&eventer->random);

	if (from.address == to.address)
		return false;
	vsvm_store(from.address, value);
	vsvm_device_add(from.gpu->atomic + from.offset, 1);
	if (mremap(from.address, PAGE_BYTES, PAGE_BYTES, MREMAP_MAYMOVE | MREMAP_FIXED,
		   to.address) != to.address)
		return false;
	if (!map_new(from.address))
		return false;
	if (vsvm_device_add(to.gpu->atomic + to.offset, 1) != value + 1)
		eventer->lost++;
	return true;
}

static bool by_dontneed(struct stress_eventer *eventer)
{
	struct some spare = some_spare(eventer);

	vsvm_device_add(spare.gpu->atomic + spare.offset, 1);
	return !madvise(spare.address, spare.bytes, MADV_DONTNEED) &&
	       !vsvm_load(spare.address);
}

static bool by_mlock(struct stress_eventer *eventer)
{
	struct some counters = some_counters(eventer);

	return !mlock(counters.address, counters.bytes) &&
	       !munlock(counters.address, counters.bytes);
}

static bool by_readv(struct stress_eventer *eventer)
{
	struct some counters = some_counters(eventer);
	char bytes[64];
	struct iovec local = { .iov_base = bytes, .iov_len = sizeof(bytes) };
	struct iovec remote = { .iov_base = counters.address, .iov_len = sizeof(bytes) };

	return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == sizeof(bytes);
}

static bool by_proc_mem(struct stress_eventer *eventer)
{
	struct some counters = some_counters(eventer);
	int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	char bytes[64];
	ssize_t count;

	if (fd < 0)
		return false;
	count = pread(fd, bytes, sizeof(bytes), (uintptr_t)counters.address);
	close(fd);
	return count == sizeof(bytes);
}

static bool by_acquire(struct stress_eventer *eventer)
{
	struct some counters = some_counters(eventer);

	return !vsvm_acquire(counters.gpu, counters.address, counters.bytes);
}

static bool by_release(struct stress_eventer *eventer)
{
	struct some counters = some_counters(eventer);

	return !vsvm_release(counters.gpu, counters.address, counters.bytes);
}

static const char *without_vram(void)
{
	return vsvm_read_number("/sys/module/vsvm/parameters/vram_mib") ? NULL :
	       "the GPUs have no VRAM";
}

static bool by_vram(struct stress_eventer *eventer)
{
	struct some counters = some_counters(eventer);

	return vsvm_to_device(counters.gpu, counters.address, counters.bytes) > 0;
}

/* Counters, which CPUs use, are home before they are asked for. */
static const char *without_huge_pages(void)
{
	return access("/sys/kernel/mm/transparent_hugepage/enabled", F_OK) ?
		       "no huge pages" : NULL;
}

static const char *without_huge_pages_and_vram(void)
{
	const char *missing = without_huge_pages();

	return missing ? missing : without_vram();
}

/* Others that have a page of it for a moment are in the way. */
static bool by_collapse(struct stress_eventer *eventer)
{
	unsigned int tries;

	for (tries = 0; tries < COLLAPSE_TRIES; tries++) {
		if (!madvise(eventer->gpus[0].arena, HUGE_BYTES, MADV_COLLAPSE))
			return true;
		sched_yield();
	}
	return false;
}

static bool by_huge_vram(struct stress_eventer *eventer)
{
	const uint64_t random = stress_random(&eventer->random);

	return by_collapse(eventer) &&
	       vsvm_to_device(&eventer->gpus[random >> 63], eventer->gpus[0].arena,
			      HUGE_BYTES) > 0;
}

static bool by_huge_home(struct stress_eventer *eventer)
{
	const uint64_t random = stress_random(&eventer->random);
	struct vsvm_gpu *gpu = &eventer->gpus[random >> 63];
	struct drm_vsvm_migrate result;

	vsvm_to_device(gpu, eventer->gpus[0].arena, HUGE_BYTES);
	if (vsvm_migrate(gpu, DRM_VSVM_MIGRATE_TO_HOST, eventer->gpus[0].arena, HUGE_BYTES,
			 &result))
		return false;
	return result.moved_pages > 0;
}

static bool by_home(struct stress_eventer *eventer)
{
	struct some spare = some_spare(eventer);
	const uint32_t value = stress_random(&eventer->random);
	struct drm_vsvm_migrate result;

	vsvm_store(spare.address, value);
	if (vsvm_to_device(spare.gpu, spare.address, PAGE_BYTES) != 1)
		return false;
	vsvm_device_add(spare.gpu->atomic + spare.offset, 1);
	if (vsvm_migrate(spare.gpu, DRM_VSVM_MIGRATE_TO_HOST, spare.address, PAGE_BYTES,
			 &result))
		return false;
	if (vsvm_load(spare.address) != value + 1)
		eventer->lost++;
	return result.moved_pages;
}

static const char *without_drop_caches(void)
{
	return access("/proc/sys/vm/drop_caches", W_OK) ? "no drop_caches" : NULL;
}

static bool by_pressure(struct stress_eventer *eventer)
{
	return !vsvm_write_text("/proc/sys/vm/drop_caches", "2");
}

/* The plain window shows words of the counters' pages that are no counters. */
static bool by_plain_load(struct stress_eventer *eventer)
{
	struct some counters = some_counters(eventer);

	vsvm_load(counters.gpu->plain + counters.offset + 32);
	return true;
}

static bool by_plain_store(struct stress_eventer *eventer)
{
	struct some counters = some_counters(eventer);

	vsvm_store(counters.gpu->plain + counters.offset + 32, 1);
	return true;
}

static bool by_another_gpu(struct stress_eventer *eventer)
{
	struct some spare = some_spare(eventer);

	vsvm_device_add(eventer->gpus[0].atomic + spare.offset, 1);
	vsvm_device_add(eventer->gpus[1].atomic + spare.offset, 1);
	return true;
}

/* One kind of event. Each has an effect that @happen can tell of. */
static const struct {
	const char *name;
	/* why this kernel cannot do it, NULL if it can */
	const char *(*missing)(void);
	/* whether it had the effect */
	bool (*happen)(struct stress_eventer *eventer);
} kinds[STRESS_EVENT_KINDS] = {
	{ "fork", NULL, by_fork },
	{ "pageout", without_swap, by_pageout },
	{ "cold", NULL, by_cold },
	{ "compaction", without_compaction, by_compaction },
	{ "migration", without_nodes, by_migration },
	{ "ksm", without_ksm, by_ksm },
	{ "clear_refs", NULL, by_clear_refs },
	{ "mprotect", NULL, by_mprotect },
	{ "munmap", NULL, by_unmap },
	{ "mmap over", NULL, by_mapping_over },
	{ "mremap", NULL, by_mremap },
	{ "dontneed", NULL, by_dontneed },
	{ "mlock", NULL, by_mlock },
	{ "process_vm_readv", NULL, by_readv },
	{ "/proc/self/mem", NULL, by_proc_mem },
	{ "acquire", NULL, by_acquire },
	{ "release", NULL, by_release },
	{ "to vram", without_vram, by_vram },
	{ "from vram", without_vram, by_home },
	{ "huge page", without_huge_pages, by_collapse },
	{ "huge to vram", without_huge_pages_and_vram, by_huge_vram },
	{ "huge from vram", without_huge_pages_and_vram, by_huge_home },
	{ "drop_caches", without_drop_caches, by_pressure },
	{ "plain load", NULL, by_plain_load },
	{ "plain store", NULL, by_plain_store },
	{ "another gpu", NULL, by_another_gpu },
};

/* Have the kernel do what is no event by itself, and let KSM wait to be woken. */
void stress_events_init(char *arena)
{
	advise(arena + HUGE_BYTES, STRESS_ARENA_BYTES - HUGE_BYTES);
	vsvm_write_text(KSM_PATH "sleep_millisecs", "100000");
	vsvm_write_text(KSM_PATH "pages_to_scan", "10000");
	vsvm_write_text(KSM_PATH "run", "1");
	vsvm_write_text("/proc/sys/kernel/numa_balancing", "1");
}

static void shuffle(struct stress_eventer *eventer)
{
	unsigned int i, other;
	unsigned char kind;

	for (i = 0; i < STRESS_EVENT_KINDS; i++)
		eventer->deck[i] = i;
	for (i = STRESS_EVENT_KINDS - 1; i > 0; i--) {
		other = (stress_random(&eventer->random) >> 32) % (i + 1);
		kind = eventer->deck[i];
		eventer->deck[i] = eventer->deck[other];
		eventer->deck[other] = kind;
	}
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* One event. In each round of STRESS_EVENT_KINDS calls all kinds come once. */
void stress_event(struct stress_eventer *eventer)
{
	unsigned int kind;
	uint64_t begin_ns;

	if (!eventer->next)
		shuffle(eventer);
	kind = eventer->deck[eventer->next];
	eventer->next = (eventer->next + 1) % STRESS_EVENT_KINDS;
	if (kinds[kind].missing && kinds[kind].missing())
		return;
	eventer->tried[kind]++;
	begin_ns = now_ns();
	eventer->happened[kind] += kinds[kind].happen(eventer);
	eventer->ns[kind] += now_ns() - begin_ns;
}

/* Print how often each kind happened. Returns whether all did that can. */
bool stress_events_report(const struct stress_eventer *eventers)
{
	unsigned int kind, i;
	bool all = true;

	for (kind = 0; kind < STRESS_EVENT_KINDS; kind++) {
		const char *missing = kinds[kind].missing ? kinds[kind].missing() : NULL;
		uint64_t happened = 0, tried = 0, ns = 0;

		for (i = 0; i < STRESS_EVENT_THREADS; i++) {
			happened += eventers[i].happened[kind];
			tried += eventers[i].tried[kind];
			ns += eventers[i].ns[kind];
		}
		if (missing)
			printf("stress: %s: cannot be had: %s\n", kinds[kind].name, missing);
		else
			printf("stress: %s: %llu of %llu, %llu us each\n",
			       kinds[kind].name, (unsigned long long)happened,
			       (unsigned long long)tried,
			       (unsigned long long)(tried ? ns / tried / 1000 : 0));
		if (!missing && !happened) {
			printf("stress: %s never happened\n", kinds[kind].name);
			all = false;
		}
	}
	return all;
}
