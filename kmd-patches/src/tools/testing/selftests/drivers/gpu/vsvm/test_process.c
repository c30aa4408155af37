// SPDX-License-Identifier: GPL-2.0-only
/*
 * A context serves the address space that made it, and nobody else, to its end
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../kselftest_harness.h"
#include "vsvm_device.h"

#define ARENA_BYTES	(256 * PAGE_BYTES)
#define ACCOUNT_PATH	"/sys/kernel/debug/dri/%d/contexts"
#define DEADLINE_MS	20000

FIXTURE(process)
{
	struct vsvm_gpu gpu;
};

FIXTURE_SETUP(process)
{
	ASSERT_EQ(0, vsvm_setup(&self->gpu, ARENA_BYTES));
	vsvm_device_add(self->gpu.atomic, 7);
}

FIXTURE_TEARDOWN(process)
{
	vsvm_close(&self->gpu);
}

/* What a process that did not make the context may do with its files: nothing. */
static int reaches_nothing(struct vsvm_gpu *gpu)
{
	void *window;

	if (vsvm_exclusive_pages(gpu, gpu->arena, ARENA_BYTES) != -1 || errno != ENODEV)
		return 1;
	if (vsvm_acquire(gpu, gpu->arena, PAGE_BYTES) != -1 || errno != ENODEV)
		return 2;
	if (vsvm_register(gpu, gpu->arena, PAGE_BYTES) != -1 || errno != ENODEV)
		return 3;
	window = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
		      gpu->context_fd, 0);
	if (window != MAP_FAILED || errno != EPERM)
		return 4;
	return 0;
}

TEST_F(process, a_forked_child_reaches_nothing)
{
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child) {
		int result = reaches_nothing(&self->gpu);

		if (!result && !vsvm_faults(vsvm_device_load, self->gpu.plain))
			result = 5;
		if (!result && !vsvm_faults(vsvm_device_add_one, self->gpu.atomic))
			result = 6;
		_exit(result);
	}
	EXPECT_EQ(0, vsvm_child_status(child));
	EXPECT_EQ(7, *(uint32_t *)self->gpu.arena);
}

TEST_F(process, a_forked_child_may_make_its_own)
{
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child) {
		struct vsvm_gpu own;

		if (vsvm_attach(&own, 0, self->gpu.arena, ARENA_BYTES))
			_exit(1);
		if (vsvm_register(&own, own.arena, ARENA_BYTES))
			_exit(2);
		_exit(vsvm_device_add(own.atomic, 1) == 7 ? 0 : 3);
	}
	EXPECT_EQ(0, vsvm_child_status(child));
	EXPECT_EQ(7, vsvm_device_add(self->gpu.atomic, 1));
	EXPECT_EQ(8, *(uint32_t *)self->gpu.arena);
}

static void send_files(int socket, const int *files, size_t count)
{
	char control[CMSG_SPACE(2 * sizeof(int))] = {};
	char byte = 0;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = CMSG_SPACE(count * sizeof(int)),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(header), files, count * sizeof(int));
	if (sendmsg(socket, &message, 0) != 1)
		abort();
}

static void receive_files(int socket, int *files, size_t count)
{
	char control[CMSG_SPACE(2 * sizeof(int))] = {};
	char byte;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};

	if (recvmsg(socket, &message, 0) != 1)
		abort();
	memcpy(files, CMSG_DATA(CMSG_FIRSTHDR(&message)), count * sizeof(int));
}

TEST(a_process_that_was_sent_the_files_reaches_nothing)
{
	int sockets[2], files[2];
	struct vsvm_gpu gpu;
	pid_t child;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		memset(&gpu, 0, sizeof(gpu));
		gpu.arena = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		receive_files(sockets[1], files, 2);
		gpu.render_fd = files[0];
		gpu.context_fd = files[1];
		_exit(reaches_nothing(&gpu));
	}
	ASSERT_EQ(0, vsvm_setup(&gpu, ARENA_BYTES));
	files[0] = gpu.render_fd;
	files[1] = gpu.context_fd;
	send_files(sockets[0], files, 2);
	EXPECT_EQ(0, vsvm_child_status(child));
	vsvm_close(&gpu);
}

TEST(files_outlive_the_process_that_made_them)
{
	int sockets[2], files[2];
	struct vsvm_gpu gpu;
	pid_t child;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		if (vsvm_setup(&gpu, ARENA_BYTES))
			_exit(1);
		if (vsvm_acquire(&gpu, gpu.arena, ARENA_BYTES))
			_exit(2);
		files[0] = gpu.render_fd;
		files[1] = gpu.context_fd;
		send_files(sockets[1], files, 2);
		_exit(0);
	}
	receive_files(sockets[0], files, 2);
	EXPECT_EQ(0, vsvm_child_status(child));
	memset(&gpu, 0, sizeof(gpu));
	gpu.arena = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	gpu.render_fd = files[0];
	gpu.context_fd = files[1];
	EXPECT_EQ(0, reaches_nothing(&gpu));
	close(files[0]);
	close(files[1]);
}

TEST_F(process, exec_starts_with_nothing)
{
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child) {
		struct vsvm_gpu own;
		char render[16], context[16];

		if (vsvm_setup(&own, ARENA_BYTES))
			_exit(1);
		vsvm_device_add(own.atomic, 1);
		snprintf(render, sizeof(render), "%d", dup(own.render_fd));
		snprintf(context, sizeof(context), "%d", dup(own.context_fd));
		setenv("VSVM_RENDER", render, 1);
		setenv("VSVM_CONTEXT", context, 1);
		execl("/proc/self/exe", "after-exec", NULL);
		_exit(100);
	}
	EXPECT_EQ(0, vsvm_child_status(child));
}

static int after_exec(void)
{
	struct vsvm_gpu gpu = {
		.render_fd = atoi(getenv("VSVM_RENDER")),
		.context_fd = atoi(getenv("VSVM_CONTEXT")),
	};

	gpu.arena = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return reaches_nothing(&gpu);
}

TEST_F(process, closing_the_gpu_keeps_the_context)
{
	close(self->gpu.render_fd);
	EXPECT_EQ(7, vsvm_device_add(self->gpu.atomic, 1));
	self->gpu.render_fd = vsvm_open(0);
	EXPECT_EQ(1, vsvm_exclusive_pages(&self->gpu, self->gpu.arena, ARENA_BYTES));
}

TEST_F(process, windows_keep_the_context)
{
	close(self->gpu.context_fd);
	EXPECT_EQ(7, vsvm_device_add(self->gpu.atomic, 1));
	EXPECT_EQ(1, vsvm_exclusive_pages(&self->gpu, self->gpu.arena, ARENA_BYTES));
	munmap(self->gpu.plain, ARENA_BYTES);
	EXPECT_EQ(8, vsvm_device_add(self->gpu.atomic, 1));
	munmap(self->gpu.atomic, ARENA_BYTES);
	EXPECT_EQ(-1, vsvm_exclusive_pages(&self->gpu, self->gpu.arena, ARENA_BYTES));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(9, *(uint32_t *)self->gpu.arena);
}

TEST(closing_leaves_ordinary_memory)
{
	unsigned char there = 1;
	struct vsvm_gpu gpu;
	int tries;

	ASSERT_EQ(0, vsvm_setup(&gpu, ARENA_BYTES));
	vsvm_device_add(gpu.atomic, 5);
	vsvm_close(&gpu);
	for (tries = 0; tries < 100 && there; tries++) {
		ASSERT_EQ(0, madvise(gpu.arena, PAGE_BYTES, MADV_PAGEOUT));
		ASSERT_EQ(0, mincore(gpu.arena, PAGE_BYTES, &there));
	}
	EXPECT_EQ(0, there);
	EXPECT_EQ(5, *(uint32_t *)gpu.arena);
}

TEST_F(process, fdinfo_tells_of_the_context)
{
	char path[64], text[1024];
	ssize_t bytes;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", self->gpu.context_fd);
	fd = open(path, O_RDONLY);
	ASSERT_LE(0, fd);
	bytes = read(fd, text, sizeof(text) - 1);
	close(fd);
	ASSERT_LT(0, bytes);
	text[bytes] = 0;
	EXPECT_NE(NULL, strstr(text, "vsvm-exclusive-ranges:\t1\n"));
	EXPECT_NE(NULL, strstr(text, "vsvm-exclusive-pages:\t1\n"));
	EXPECT_NE(NULL, strstr(text, "vsvm-exclusive-faults:\t1\n"));
}

/* How many contexts does the kernel know of, over all GPUs? */
static int contexts(void)
{
	char path[64], line[128];
	int number, count = 0;
	FILE *file;

	for (number = 0; number < 64; number++) {
		snprintf(path, sizeof(path), ACCOUNT_PATH, number);
		file = fopen(path, "r");
		if (!file)
			continue;
		while (fgets(line, sizeof(line), file))
			count += !strncmp(line, "arena:", 6);
		fclose(file);
		/* the same GPU is there once more under its render node */
		if (number == 63)
			break;
	}
	return count;
}

TEST(killing_at_any_moment_leaves_nothing)
{
	unsigned int seed = 1, round, waited_ms = 0;
	int before = contexts();

	for (round = 0; round < 40; round++) {
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (!child) {
			struct vsvm_gpu gpu;

			for (;;) {
				if (vsvm_setup(&gpu, ARENA_BYTES))
					_exit(1);
				vsvm_acquire(&gpu, gpu.arena, ARENA_BYTES / 2);
				for (int i = 0; i < 256; i++)
					vsvm_device_add(gpu.atomic + i * PAGE_BYTES, 1);
				vsvm_close(&gpu);
				munmap(gpu.arena, ARENA_BYTES);
			}
		}
		usleep(rand_r(&seed) % 30000);
		ASSERT_EQ(0, kill(child, SIGKILL));
		EXPECT_EQ(128 + SIGKILL, vsvm_child_status(child));
	}
	while (contexts() != before) {
		ASSERT_GT(DEADLINE_MS, waited_ms);
		usleep(1000);
		waited_ms++;
	}
}

TEST(threads_and_vfork_share_one_context)
{
	struct vsvm_gpu gpu;
	static int result = -1;
	pid_t child;

	ASSERT_EQ(0, vsvm_setup(&gpu, ARENA_BYTES));
	child = vfork();
	ASSERT_LE(0, child);
	if (!child) {
		/* the same address space, so the same context */
		result = vsvm_exclusive_pages(&gpu, gpu.arena, ARENA_BYTES);
		_exit(0);
	}
	EXPECT_EQ(0, vsvm_child_status(child));
	EXPECT_EQ(0, result);
	vsvm_close(&gpu);
}

TEST(two_processes_share_nothing_by_copy_on_write)
{
	const unsigned int rounds = 2000;
	struct vsvm_gpu gpu;
	unsigned int i;
	pid_t child;

	ASSERT_EQ(0, vsvm_setup(&gpu, ARENA_BYTES));
	for (i = 0; i < 256; i++)
		*(uint32_t *)(gpu.arena + i * PAGE_BYTES) = i;
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		struct vsvm_gpu own;

		if (vsvm_attach(&own, 0, gpu.arena, ARENA_BYTES) ||
		    vsvm_register(&own, own.arena, ARENA_BYTES))
			_exit(1);
		for (i = 0; i < rounds; i++)
			vsvm_device_add(own.atomic + (i % 256) * PAGE_BYTES, 1);
		for (i = 0; i < 256; i++)
			if (*(uint32_t *)(own.arena + i * PAGE_BYTES) !=
			    i + rounds / 256 + (i < rounds % 256))
				_exit(2);
		_exit(0);
	}
	for (i = 0; i < rounds; i++)
		vsvm_device_add(gpu.atomic + (i % 256) * PAGE_BYTES, 2);
	for (i = 0; i < 256; i++)
		EXPECT_EQ(i + 2 * (rounds / 256 + (i < rounds % 256)),
			  *(uint32_t *)(gpu.arena + i * PAGE_BYTES));
	EXPECT_EQ(0, vsvm_child_status(child));
	vsvm_close(&gpu);
}

TEST(two_processes_share_a_file_by_plain_accesses)
{
	int fd = memfd_create("shared", 0);
	struct vsvm_gpu gpu;
	char *memory;
	pid_t child;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ftruncate(fd, ARENA_BYTES));
	memory = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, memory);
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		if (vsvm_attach(&gpu, 0, memory, ARENA_BYTES))
			_exit(1);
		vsvm_store(gpu.plain + PAGE_BYTES, 11);
		_exit(0);
	}
	EXPECT_EQ(0, vsvm_child_status(child));
	ASSERT_EQ(0, vsvm_attach(&gpu, 0, memory, ARENA_BYTES));
	EXPECT_EQ(11, vsvm_load(gpu.plain + PAGE_BYTES));
	vsvm_store(gpu.plain + PAGE_BYTES, 12);
	EXPECT_EQ(12, *(uint32_t *)(memory + PAGE_BYTES));
	/* a hole punched by another has to reach the window */
	ASSERT_EQ(0, fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			       PAGE_BYTES, PAGE_BYTES));
	EXPECT_EQ(0, vsvm_load(gpu.plain + PAGE_BYTES));
	vsvm_close(&gpu);
}

/* Make a group of processes that may have little memory, and join it. */
static int join_small_group(const char *group)
{
	char path[128], pid[16];

	mkdir("/tmp/cgroup", 0700);
	mount("cgroup", "/tmp/cgroup", "cgroup2", 0, NULL);
	if (vsvm_write_text("/tmp/cgroup/cgroup.subtree_control", "+memory"))
		return -1;
	snprintf(path, sizeof(path), "/tmp/cgroup/%s", group);
	if (mkdir(path, 0700) && errno != EEXIST)
		return -1;
	snprintf(path, sizeof(path), "/tmp/cgroup/%s/memory.swap.max", group);
	if (vsvm_write_text(path, "0"))
		return -1;
	snprintf(path, sizeof(path), "/tmp/cgroup/%s/memory.max", group);
	if (vsvm_write_text(path, "16M"))
		return -1;
	snprintf(path, sizeof(path), "/tmp/cgroup/%s/cgroup.procs", group);
	snprintf(pid, sizeof(pid), "%d", getpid());
	return vsvm_write_text(path, pid);
}

TEST(oom_kill_leaves_nothing)
{
	unsigned int waited_ms = 0;
	int before = contexts();
	pid_t child = fork();
	int status;

	ASSERT_LE(0, child);
	if (!child) {
		const size_t bytes = 64ul << 20;
		struct vsvm_gpu gpu;
		size_t at;

		if (join_small_group("vsvm-oom"))
			_exit(77);
		if (vsvm_setup(&gpu, bytes))
			_exit(1);
		for (at = 0; at < bytes; at += 512 * PAGE_BYTES) {
			if (vsvm_acquire(&gpu, gpu.arena + at, 64 * PAGE_BYTES))
				_exit(2);
			memset(gpu.arena + at + 64 * PAGE_BYTES, 1, 448 * PAGE_BYTES);
			vsvm_store(gpu.plain + at + 65 * PAGE_BYTES, 1);
		}
		_exit(3);
	}
	status = vsvm_child_status(child);
	if (status == 77)
		SKIP(return, "no memory cgroup here");
	EXPECT_EQ(128 + SIGKILL, status);
	while (contexts() != before) {
		ASSERT_GT(DEADLINE_MS, waited_ms);
		usleep(1000);
		waited_ms++;
	}
}

static int run_harness(int argc, char **argv)
{
	return test_harness_run(argc, argv);
}

/* Not TEST_HARNESS_MAIN: this program is executed once more by a test. */
int main(int argc, char **argv)
{
	if (!strcmp(argv[0], "after-exec"))
		return after_exec();
	return run_harness(argc, argv);
}
