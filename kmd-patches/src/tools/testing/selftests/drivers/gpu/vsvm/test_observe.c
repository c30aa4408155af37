// SPDX-License-Identifier: GPL-2.0-only
/*
 * What tracepoints, debugfs and fdinfo tell is what happened
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lib/test_hmm_uapi.h>

#include "../../../kselftest_harness.h"
#include "vsvm_device.h"

/*
 * Less than a huge page: splitting a mapping that could hold one revokes, with the
 * cause "clear", all where the huge page would be.
 */
#define ARENA_PAGES	256ul
#define ARENA_BYTES	(ARENA_PAGES * PAGE_BYTES)
#define LARGE_BYTES	(2048 * PAGE_BYTES)
#define TRACING		"/sys/kernel/tracing/instances/vsvm"
/* What the tests of revocations make exclusive. */
#define FIRST_PAGE	16ul
#define SOME_PAGES	4ul
#define SOME_BYTES	(SOME_PAGES * PAGE_BYTES)
#define DEADLINE_MS	20000
#define CONTENTIONS	20

/* One line of the ring buffer. */
struct event {
	unsigned long start;
	unsigned long end;
	long value;
	char cause[16];
};

FIXTURE(trace)
{
	struct vsvm_gpu gpu;
	char *pages;
};

FIXTURE_SETUP(trace)
{
	if (access("/sys/kernel/tracing/events/drm_exclusive", F_OK))
		SKIP(return, "no tracefs here");
	if (mkdir(TRACING, 0700))
		ASSERT_EQ(EEXIST, errno);
	ASSERT_EQ(0, vsvm_setup(&self->gpu, ARENA_BYTES));
	self->pages = self->gpu.arena + FIRST_PAGE * PAGE_BYTES;
}

FIXTURE_TEARDOWN(trace)
{
	vsvm_close(&self->gpu);
	munmap(self->gpu.arena, ARENA_BYTES);
	rmdir(TRACING);
}

/* Switch one of our tracepoints. Begins with an empty buffer. */
static int set_tracepoint(const char *name, bool on)
{
	char path[128];
	int fd;

	if (on) {
		fd = open(TRACING "/trace", O_WRONLY | O_TRUNC | O_CLOEXEC);
		if (fd < 0)
			return -1;
		close(fd);
	}
	snprintf(path, sizeof(path), TRACING "/events/drm_exclusive/drm_exclusive_%s/enable",
		 name);
	return vsvm_write_text(path, on ? "1" : "0");
}

/*
 * Read the events of that name with an address in a range, in their order, at most
 * @max. Returns how many there are.
 */
static int read_events(const char *name, const char *address, size_t bytes,
		       struct event *events, int max)
{
	FILE *file = fopen(TRACING "/trace", "re");
	char line[256], prefix[64];
	int count = 0;

	if (!file)
		return -1;
	snprintf(prefix, sizeof(prefix), ": drm_exclusive_%s: ", name);
	while (fgets(line, sizeof(line), file)) {
		const char *fields = strstr(line, prefix);
		struct event event = {};

		if (line[0] == '#' || !fields)
			continue;
		fields += strlen(prefix);
		if (sscanf(fields, "exclusive=%*s start=0x%lx end=0x%lx value=%ld",
			   &event.start, &event.end, &event.value) != 3 &&
		    sscanf(fields,
			   "exclusive=%*s start=0x%lx end=0x%lx npages=%ld cause=%15s",
			   &event.start, &event.end, &event.value, event.cause) != 4) {
			printf("# cannot be read: %s", line);
			fclose(file);
			return -1;
		}
		if (event.start >= (uintptr_t)address + bytes ||
		    event.end <= (uintptr_t)address)
			continue;
		if (count < max)
			events[count] = event;
		count++;
	}
	fclose(file);
	return count;
}

static void check_event(struct __test_metadata *_metadata, const struct event *event,
			const char *address, size_t bytes, long value)
{
	EXPECT_EQ((uintptr_t)address, event->start);
	EXPECT_EQ((uintptr_t)address + bytes, event->end);
	EXPECT_EQ(value, event->value);
}

static void check_revoked(struct __test_metadata *_metadata, const struct event *event,
			  const char *address, unsigned long npages, const char *cause)
{
	check_event(_metadata, event, address, npages * PAGE_BYTES, npages);
	EXPECT_STREQ(cause, event->cause);
}

TEST_F(trace, of_registrations)
{
	struct event events[2];

	ASSERT_EQ(0, set_tracepoint("register", true));
	ASSERT_EQ(0, vsvm_exclusive(self->gpu.render_fd, DRM_EXCLUSIVE_UNREGISTER,
				    self->gpu.arena, ARENA_BYTES, NULL));
	ASSERT_EQ(0, vsvm_register(&self->gpu, self->pages, SOME_BYTES));
	/* what is refused is no registration */
	ASSERT_EQ(-1, vsvm_register(&self->gpu, self->pages, SOME_BYTES));
	ASSERT_EQ(0, set_tracepoint("register", false));
	ASSERT_EQ(2, read_events("register", self->gpu.arena, ARENA_BYTES, events, 2));
	check_event(_metadata, &events[0], self->gpu.arena, ARENA_BYTES, 0);
	check_event(_metadata, &events[1], self->pages, SOME_BYTES, 1);
}

TEST_F(trace, of_a_grant)
{
	struct event events[SOME_PAGES + 1];
	unsigned long i;

	ASSERT_EQ(0, set_tracepoint("grant", true));
	ASSERT_EQ(0, vsvm_acquire(&self->gpu, self->pages, SOME_BYTES));
	vsvm_device_add(self->gpu.atomic, 1);
	ASSERT_EQ(0, set_tracepoint("grant", false));
	ASSERT_EQ(SOME_PAGES + 1, read_events("grant", self->gpu.arena, ARENA_BYTES,
					      events, SOME_PAGES + 1));
	/* one for each folio, and here these are small */
	for (i = 0; i < SOME_PAGES; i++)
		check_event(_metadata, &events[i], self->pages + i * PAGE_BYTES,
			    PAGE_BYTES, 1);
	check_event(_metadata, &events[SOME_PAGES], self->gpu.arena, PAGE_BYTES, 1);
}

TEST_F(trace, of_faults)
{
	char *device = self->gpu.atomic + FIRST_PAGE * PAGE_BYTES;
	struct event events[4];

	ASSERT_EQ(0, set_tracepoint("fault", true));
	vsvm_device_add(device, 1);
	/* the next one is a walk, and takes two */
	vsvm_device_add(device + PAGE_BYTES, 1);
	ASSERT_NE(MAP_FAILED, mmap(self->gpu.arena, PAGE_BYTES, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	ASSERT_TRUE(vsvm_faults(vsvm_device_add_one, self->gpu.atomic));
	ASSERT_EQ(0, vsvm_exclusive(self->gpu.render_fd, DRM_EXCLUSIVE_UNREGISTER,
				    self->gpu.arena, ARENA_BYTES, NULL));
	ASSERT_TRUE(vsvm_faults(vsvm_device_add_one, device));
	ASSERT_EQ(0, set_tracepoint("fault", false));
	ASSERT_EQ(4, read_events("fault", self->gpu.arena, ARENA_BYTES, events, 4));
	check_event(_metadata, &events[0], self->pages, PAGE_BYTES, 0);
	check_event(_metadata, &events[1], self->pages + PAGE_BYTES, 2 * PAGE_BYTES, 0);
	check_event(_metadata, &events[2], self->gpu.arena, PAGE_BYTES, -EOPNOTSUPP);
	check_event(_metadata, &events[3], self->pages, PAGE_BYTES, -ENOENT);
}

TEST_F(trace, of_a_retry)
{
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register registration = {
		.range = { .start = (uintptr_t)self->pages, .len = PAGE_BYTES },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	struct event events[1];

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api))
		SKIP(return, "no userfaultfd here, which makes a try fail");
	ASSERT_EQ(0, ioctl(fd, UFFDIO_REGISTER, &registration));
	ASSERT_EQ(0, set_tracepoint("retry", true));
	ASSERT_EQ(-1, vsvm_acquire(&self->gpu, self->pages, PAGE_BYTES));
	ASSERT_EQ(EFAULT, errno);
	ASSERT_EQ(0, set_tracepoint("retry", false));
	ASSERT_EQ(1, read_events("retry", self->gpu.arena, ARENA_BYTES, events, 1));
	check_event(_metadata, &events[0], self->pages, PAGE_BYTES, 1);
	close(fd);
}

TEST_F_TIMEOUT(trace, of_contention, 300)
{
	char *large = mmap(NULL, LARGE_BYTES, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct drm_exclusive_statistics statistics;
	struct event events[CONTENTIONS];
	struct vsvm_gpu gpu;
	int chance, count;

	ASSERT_NE(MAP_FAILED, large);
	ASSERT_EQ(0, vsvm_attach(&gpu, 1, large, LARGE_BYTES));
	ASSERT_EQ(0, vsvm_register(&gpu, large, LARGE_BYTES));
	ASSERT_EQ(0, set_tracepoint("degrade", true));
	for (chance = 0; chance < CONTENTIONS; chance++) {
		ASSERT_EQ(0, vsvm_acquire(&gpu, large, LARGE_BYTES));
		/* CPU faults on all of them, as fast as the kernel can take them */
		if (madvise(large, LARGE_BYTES, MADV_POPULATE_READ))
			SKIP(return, "no MADV_POPULATE_READ here");
		ASSERT_EQ(0, vsvm_statistics(&gpu, large, LARGE_BYTES, &statistics));
		if (statistics.degraded)
			break;
	}
	ASSERT_EQ(0, set_tracepoint("degrade", false));
	count = read_events("degrade", large, LARGE_BYTES, events, CONTENTIONS);
	EXPECT_EQ(statistics.degraded, count);
	vsvm_close(&gpu);
	if (!statistics.degraded)
		SKIP(return, "too slow for 1024 revocations in a tenth of a second");
	check_event(_metadata, &events[0], large, LARGE_BYTES, 1);
}

/* Each starts with some pages exclusive. */
static void begin_revocation(struct __test_metadata *_metadata, struct vsvm_gpu *gpu,
			     char *pages)
{
	ASSERT_EQ(0, vsvm_acquire(gpu, pages, SOME_BYTES));
	ASSERT_EQ(SOME_PAGES, vsvm_exclusive_pages(gpu, pages, SOME_BYTES));
	ASSERT_EQ(0, set_tracepoint("revoke", true));
}

static int end_revocation(struct vsvm_gpu *gpu, struct event *events, int max)
{
	if (set_tracepoint("revoke", false))
		return -1;
	return read_events("revoke", gpu->arena, ARENA_BYTES, events, max);
}

TEST_F(trace, of_a_revocation_by_a_cpu)
{
	struct event events[1];

	begin_revocation(_metadata, &self->gpu, self->pages);
	vsvm_load(self->pages + PAGE_BYTES);
	ASSERT_EQ(1, end_revocation(&self->gpu, events, 1));
	check_revoked(_metadata, &events[0], self->pages + PAGE_BYTES, 1, "cpu");
}

TEST_F(trace, of_a_revocation_by_munmap)
{
	struct event events[1];

	begin_revocation(_metadata, &self->gpu, self->pages);
	ASSERT_EQ(0, munmap(self->pages, SOME_BYTES));
	ASSERT_EQ(1, end_revocation(&self->gpu, events, 1));
	check_revoked(_metadata, &events[0], self->pages, SOME_PAGES, "unmap");
}

TEST_F(trace, of_a_revocation_by_dontneed)
{
	struct event events[1];

	begin_revocation(_metadata, &self->gpu, self->pages);
	/* more than what is exclusive: only that is revoked */
	ASSERT_EQ(0, madvise(self->gpu.arena, ARENA_BYTES, MADV_DONTNEED));
	ASSERT_EQ(1, end_revocation(&self->gpu, events, 1));
	check_revoked(_metadata, &events[0], self->pages, SOME_PAGES, "clear");
}

TEST_F(trace, of_a_revocation_by_mprotect)
{
	struct event events[1];

	begin_revocation(_metadata, &self->gpu, self->pages);
	ASSERT_EQ(0, mprotect(self->pages + PAGE_BYTES, 2 * PAGE_BYTES, PROT_READ));
	ASSERT_EQ(1, end_revocation(&self->gpu, events, 1));
	check_revoked(_metadata, &events[0], self->pages + PAGE_BYTES, 2, "protection");
}

TEST_F(trace, of_a_revocation_by_migration)
{
	struct hmm_dmirror_cmd command = {
		.addr = (uintptr_t)self->pages,
		.npages = SOME_PAGES,
	};
	int fd = open("/dev/hmm_dmirror0", O_RDWR | O_CLOEXEC);
	struct event events[1];
	char copy[SOME_BYTES];

	/* only a driver with memory of its own sends that event, as test_hmm does */
	if (fd < 0)
		SKIP(return, "no test_hmm here, which migrates to its own memory");
	command.ptr = (uintptr_t)copy;
	begin_revocation(_metadata, &self->gpu, self->pages);
	/* the pages do not move, but it is tried */
	ioctl(fd, HMM_DMIRROR_MIGRATE_TO_DEV, &command);
	ASSERT_EQ(1, end_revocation(&self->gpu, events, 1));
	check_revoked(_metadata, &events[0], self->pages, SOME_PAGES, "migrate");
	close(fd);
}

TEST_F(trace, of_a_revocation_by_release)
{
	struct event events[1];

	begin_revocation(_metadata, &self->gpu, self->pages);
	ASSERT_EQ(0, vsvm_release(&self->gpu, self->gpu.arena, ARENA_BYTES));
	ASSERT_EQ(1, end_revocation(&self->gpu, events, 1));
	check_revoked(_metadata, &events[0], self->pages, SOME_PAGES, "release");
}

TEST_F(trace, of_a_revocation_by_memory_pressure)
{
	struct event events[SOME_PAGES];
	unsigned long i;
	int tries;

	vsvm_join_group();
	/* pages that belong to that group */
	ASSERT_EQ(0, madvise(self->pages, SOME_BYTES, MADV_DONTNEED));
	begin_revocation(_metadata, &self->gpu, self->pages);
	for (tries = 0; tries < 100; tries++) {
		if (!vsvm_exclusive_pages(&self->gpu, self->pages, SOME_BYTES))
			break;
		if (vsvm_reclaim())
			SKIP(return, "no reclaim on demand here");
	}
	ASSERT_EQ(SOME_PAGES, end_revocation(&self->gpu, events, SOME_PAGES));
	for (i = 0; i < SOME_PAGES; i++)
		EXPECT_STREQ("pressure", events[i].cause);
}

TEST_F(trace, of_a_revocation_by_exit)
{
	struct event events[1];
	int status;
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child) {
		struct vsvm_gpu own;

		/* a copy of the arena, at the same address, in another process */
		if (vsvm_attach(&own, 0, self->gpu.arena, ARENA_BYTES) ||
		    vsvm_register(&own, own.arena, ARENA_BYTES) ||
		    vsvm_acquire(&own, self->pages, SOME_BYTES) ||
		    set_tracepoint("revoke", true))
			_exit(1);
		_exit(0);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
	ASSERT_EQ(1, end_revocation(&self->gpu, events, 1));
	check_revoked(_metadata, &events[0], self->pages, SOME_PAGES, "exit");
}

TEST_F(trace, of_a_revocation_by_another_gpu)
{
	struct event events[SOME_PAGES];
	struct vsvm_gpu rival;
	unsigned long i;

	ASSERT_EQ(0, vsvm_attach(&rival, 1, self->gpu.arena, ARENA_BYTES));
	ASSERT_EQ(0, vsvm_register(&rival, self->gpu.arena, ARENA_BYTES));
	begin_revocation(_metadata, &self->gpu, self->pages);
	/* its acquire takes the fault of a CPU on each page, which is not the cause */
	ASSERT_EQ(0, vsvm_acquire(&rival, self->pages, SOME_BYTES));
	ASSERT_EQ(SOME_PAGES, end_revocation(&self->gpu, events, SOME_PAGES));
	for (i = 0; i < SOME_PAGES; i++)
		check_revoked(_metadata, &events[i], self->pages + i * PAGE_BYTES, 1,
			      "device");
	vsvm_close(&rival);
}

FIXTURE(report)
{
	struct vsvm_gpu gpu;
};

/* What a text says of a key, -1 if it does not. */
static long value_of(const char *text, const char *key)
{
	const size_t length = strlen(key);
	const char *line = text;

	while (line) {
		if (!strncmp(line, key, length) && line[length] == ':')
			return strtoul(line + length + 1, NULL, 0);
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return -1;
}

static int read_text(const char *path, char *text, size_t bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t done = 0;
	ssize_t count;

	if (fd < 0)
		return -1;
	do {
		count = read(fd, text + done, bytes - 1 - done);
		done += count > 0 ? count : 0;
	} while (count > 0);
	close(fd);
	text[done] = 0;
	return 0;
}

static int read_fdinfo(struct vsvm_gpu *gpu, char *text, size_t bytes)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", gpu->context_fd);
	return read_text(path, text, bytes);
}

/* What debugfs says of the one context with our arena. */
static int read_debugfs(struct vsvm_gpu *gpu, char *text, size_t bytes)
{
	char path[64], arena[64], *found, *next;
	struct stat status;

	if (fstat(gpu->render_fd, &status))
		return -1;
	snprintf(path, sizeof(path), "/sys/kernel/debug/dri/%u/contexts",
		 minor(status.st_rdev));
	if (read_text(path, text, bytes))
		return -1;
	snprintf(arena, sizeof(arena), "arena:\t0x%lx-0x%lx\n", (unsigned long)gpu->arena,
		 (unsigned long)gpu->arena + gpu->arena_bytes);
	found = strstr(text, arena);
	if (!found)
		return -1;
	next = strstr(found + 1, "\narena:");
	if (next)
		next[1] = 0;
	memmove(text, found, strlen(found) + 1);
	return 0;
}

/*
 * Two ranges; 3 faults, 8 pages acquired, of which 2 go back to the CPU and 1 is
 * unmapped, and a plain access to each of 5 pages.
 */
FIXTURE_SETUP(report)
{
	char *arena;
	int i;

	ASSERT_EQ(0, vsvm_setup(&self->gpu, ARENA_BYTES));
	arena = self->gpu.arena;
	ASSERT_EQ(0, vsvm_exclusive(self->gpu.render_fd, DRM_EXCLUSIVE_UNREGISTER,
				    arena, ARENA_BYTES, NULL));
	ASSERT_EQ(0, vsvm_register(&self->gpu, arena, 64 * PAGE_BYTES));
	ASSERT_EQ(0, vsvm_register(&self->gpu, arena + 64 * PAGE_BYTES, 64 * PAGE_BYTES));
	for (i = 0; i < 3; i++)
		vsvm_device_add(self->gpu.atomic + (10 + 10 * i) * PAGE_BYTES, 1);
	ASSERT_EQ(0, vsvm_acquire(&self->gpu, arena + 100 * PAGE_BYTES, 8 * PAGE_BYTES));
	vsvm_load(arena + 10 * PAGE_BYTES);
	vsvm_store(arena + 100 * PAGE_BYTES, 1);
	ASSERT_EQ(0, munmap(arena + 101 * PAGE_BYTES, PAGE_BYTES));
	for (i = 0; i < 5; i++)
		vsvm_load(self->gpu.plain + (200 + i) * PAGE_BYTES);
}

FIXTURE_TEARDOWN(report)
{
	vsvm_close(&self->gpu);
}

static void check_report(struct __test_metadata *_metadata, const char *text)
{
	EXPECT_EQ(2, value_of(text, "vsvm-exclusive-ranges"));
	EXPECT_EQ(3 + 8 - 3, value_of(text, "vsvm-exclusive-pages"));
	EXPECT_EQ(3, value_of(text, "vsvm-exclusive-faults"));
	EXPECT_EQ(3 + 8, value_of(text, "vsvm-exclusive-granted"));
	EXPECT_EQ(3, value_of(text, "vsvm-exclusive-revoked"));
}

TEST_F(report, of_fdinfo)
{
	char text[4096], *dash;

	ASSERT_EQ(0, read_fdinfo(&self->gpu, text, sizeof(text)));
	check_report(_metadata, text);
	EXPECT_EQ(5, value_of(text, "vsvm-plain-faults"));
	EXPECT_EQ(0, value_of(text, "vsvm-huge-faults"));
	EXPECT_EQ((uintptr_t)self->gpu.arena, value_of(text, "vsvm-arena"));
	dash = strchr(strstr(text, "vsvm-arena:"), '-');
	dash = strchr(dash + 1, '-');
	ASSERT_NE(NULL, dash);
	EXPECT_EQ((uintptr_t)self->gpu.arena + ARENA_BYTES, strtoul(dash + 1, NULL, 0));
}

TEST_F(report, of_debugfs)
{
	char text[65536];

	if (access("/sys/kernel/debug/dri", F_OK))
		SKIP(return, "no debugfs here");
	ASSERT_EQ(0, read_debugfs(&self->gpu, text, sizeof(text)));
	check_report(_metadata, text);
	EXPECT_EQ(5, value_of(text, "plain-faults"));
	EXPECT_EQ(0, value_of(text, "huge-faults"));
}

TEST_F(report, agrees_with_the_statistics)
{
	struct drm_exclusive_statistics statistics[2];
	uint64_t granted = 0, faults = 0, pages = 0, revoked = 0;
	char text[4096];
	int i, cause;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, vsvm_statistics(&self->gpu,
					     self->gpu.arena + i * 64 * PAGE_BYTES,
					     PAGE_BYTES, &statistics[i]));
		granted += statistics[i].granted_pages;
		faults += statistics[i].faults;
		pages += statistics[i].exclusive_pages;
		for (cause = 0; cause < DRM_EXCLUSIVE_CAUSE_SLOTS; cause++)
			revoked += statistics[i].revoked_pages[cause];
	}
	ASSERT_EQ(0, read_fdinfo(&self->gpu, text, sizeof(text)));
	EXPECT_EQ(granted, value_of(text, "vsvm-exclusive-granted"));
	EXPECT_EQ(faults, value_of(text, "vsvm-exclusive-faults"));
	EXPECT_EQ(pages, value_of(text, "vsvm-exclusive-pages"));
	EXPECT_EQ(revoked, value_of(text, "vsvm-exclusive-revoked"));
}

TEST_F(report, goes_with_the_context)
{
	char text[65536];

	if (access("/sys/kernel/debug/dri", F_OK))
		SKIP(return, "no debugfs here");
	ASSERT_EQ(0, read_debugfs(&self->gpu, text, sizeof(text)));
	munmap(self->gpu.plain, ARENA_BYTES);
	munmap(self->gpu.atomic, ARENA_BYTES);
	close(self->gpu.context_fd);
	EXPECT_EQ(-1, read_debugfs(&self->gpu, text, sizeof(text)));
}

TEST_HARNESS_MAIN
