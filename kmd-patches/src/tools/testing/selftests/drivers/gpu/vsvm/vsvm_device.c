// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vsvm_device.h"

#define FIRST_RENDER_NODE	128
#define RENDER_NODES		64

static bool is_vsvm(int fd)
{
	char name[16] = "";
	struct drm_version version = { .name = name, .name_len = sizeof(name) - 1 };

	return !ioctl(fd, DRM_IOCTL_VERSION, &version) && !strcmp(name, "vsvm");
}

/* Open the render node of the virtual GPU with a number from 0 on, or -1. */
int vsvm_open(unsigned int number)
{
	char path[32];
	int node, fd;

	for (node = 0; node < RENDER_NODES; node++) {
		snprintf(path, sizeof(path), "/dev/dri/renderD%d",
			 FIRST_RENDER_NODE + node);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (is_vsvm(fd) && !number--)
			return fd;
		close(fd);
	}
	errno = ENODEV;
	return -1;
}

int vsvm_create(int render_fd, void *arena, size_t bytes,
		struct drm_vsvm_context_create *args)
{
	memset(args, 0, sizeof(*args));
	args->arena_address = (uintptr_t)arena;
	args->arena_size = bytes;
	if (ioctl(render_fd, DRM_IOCTL_VSVM_CONTEXT_CREATE, args))
		return -1;
	return args->fd;
}

/* Make a context over memory that is there, and map its windows. */
int vsvm_attach(struct vsvm_gpu *gpu, unsigned int number, void *arena, size_t bytes)
{
	struct drm_vsvm_context_create create;

	memset(gpu, 0, sizeof(*gpu));
	gpu->arena = arena;
	gpu->arena_bytes = bytes;
	gpu->render_fd = vsvm_open(number);
	if (gpu->render_fd < 0)
		return -1;
	gpu->context_fd = vsvm_create(gpu->render_fd, arena, bytes, &create);
	if (gpu->context_fd < 0)
		return -1;
	gpu->plain = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
			  gpu->context_fd, create.plain_offset);
	gpu->atomic = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
			   gpu->context_fd, create.atomic_offset);
	gpu->cores_offset = create.cores_offset;
	if (gpu->plain == MAP_FAILED || gpu->atomic == MAP_FAILED)
		return -1;
	return 0;
}

/* The same with new private memory, all of it registered. */
int vsvm_setup(struct vsvm_gpu *gpu, size_t bytes)
{
	void *arena = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (arena == MAP_FAILED || madvise(arena, bytes, MADV_NOHUGEPAGE))
		return -1;
	if (vsvm_attach(gpu, 0, arena, bytes))
		return -1;
	return vsvm_register(gpu, arena, bytes);
}

/* The same where there is no memory, far from where mmap() looks for room. */
int vsvm_setup_empty(struct vsvm_gpu *gpu, size_t bytes)
{
	void *const arena = (void *)(1ul << 40);

	if (vsvm_attach(gpu, 0, arena, bytes))
		return -1;
	return vsvm_register(gpu, arena, bytes);
}

void vsvm_close(struct vsvm_gpu *gpu)
{
	munmap(gpu->plain, gpu->arena_bytes);
	munmap(gpu->atomic, gpu->arena_bytes);
	close(gpu->context_fd);
	close(gpu->render_fd);
}

/* All cores of the GPU, or MAP_FAILED. The caller unmaps them. */
struct drm_vsvm_cores *vsvm_map_cores(struct vsvm_gpu *gpu)
{
	return mmap(NULL, sizeof(struct drm_vsvm_cores), PROT_READ | PROT_WRITE,
		    MAP_SHARED, gpu->context_fd, gpu->cores_offset);
}

/* bool vsvm_run_core(core, kernel, argument), with the offsets of struct drm_vsvm_core. */
__asm__(".text\n"
	".globl vsvm_run_core\n"
	".type vsvm_run_core, @function\n"
	"vsvm_run_core:\n"
	"	push %rbx\n"
	"	push %rbp\n"
	"	push %r12\n"
	"	push %r13\n"
	"	push %r14\n"
	"	push %r15\n"
	"	push %rdi\n"
	"	mov %rsp, 16(%rdi)\n"
	"	lea 1f(%rip), %rax\n"
	"	mov %rax, 8(%rdi)\n"
	"	mov %rdx, %rdi\n"
	"	call *%rsi\n"
	"	mov (%rsp), %rdi\n"
	"	movq $0, 8(%rdi)\n"
	"	xor %eax, %eax\n"
	"	jmp 2f\n"
	"1:	mov $1, %eax\n"
	"2:	pop %rdi\n"
	"	pop %r15\n"
	"	pop %r14\n"
	"	pop %r13\n"
	"	pop %r12\n"
	"	pop %rbp\n"
	"	pop %rbx\n"
	"	ret\n"
	".size vsvm_run_core, . - vsvm_run_core\n");

/* One call of the ioctl, without repeating it. Returns 0 or -1 with errno. */
int vsvm_exclusive(int render_fd, uint32_t operation, const void *address,
		   size_t bytes, struct drm_exclusive_range *result)
{
	struct drm_exclusive_range range = {
		.address = (uintptr_t)address,
		.size = bytes,
		.operation = operation,
	};
	int err = ioctl(render_fd, DRM_IOCTL_VSVM_EXCLUSIVE, &range);

	if (result)
		*result = range;
	return err;
}

static int call(struct vsvm_gpu *gpu, uint32_t operation, const void *address,
		size_t bytes)
{
	int err;

	do {
		err = vsvm_exclusive(gpu->render_fd, operation, address, bytes, NULL);
	} while (err && (errno == EINTR || errno == EAGAIN));
	return err;
}

int vsvm_register(struct vsvm_gpu *gpu, const void *address, size_t bytes)
{
	return call(gpu, DRM_EXCLUSIVE_REGISTER, address, bytes);
}

int vsvm_acquire(struct vsvm_gpu *gpu, const void *address, size_t bytes)
{
	return call(gpu, DRM_EXCLUSIVE_ACQUIRE, address, bytes);
}

int vsvm_release(struct vsvm_gpu *gpu, const void *address, size_t bytes)
{
	return call(gpu, DRM_EXCLUSIVE_RELEASE, address, bytes);
}

long vsvm_exclusive_pages(struct vsvm_gpu *gpu, const void *address, size_t bytes)
{
	struct drm_exclusive_range range;

	if (vsvm_exclusive(gpu->render_fd, DRM_EXCLUSIVE_QUERY, address, bytes, &range))
		return -1;
	return range.exclusive_pages;
}

int vsvm_statistics(struct vsvm_gpu *gpu, const void *address, size_t bytes,
		    struct drm_exclusive_statistics *statistics)
{
	struct drm_exclusive_range range = {
		.address = (uintptr_t)address,
		.size = bytes,
		.operation = DRM_EXCLUSIVE_QUERY,
		.statistics = (uintptr_t)statistics,
		.statistics_size = sizeof(*statistics),
	};

	return ioctl(gpu->render_fd, DRM_IOCTL_VSVM_EXCLUSIVE, &range);
}

/* The memory that the GPU has of its own, 0 if none. */
uint64_t vsvm_vram_bytes(struct vsvm_gpu *gpu)
{
	struct drm_vsvm_info info = {};

	return ioctl(gpu->render_fd, DRM_IOCTL_VSVM_GET_INFO, &info) ? 0 : info.vram_bytes;
}

/* One call of the ioctl. Returns 0 or -1 with errno. */
int vsvm_migrate(struct vsvm_gpu *gpu, uint32_t operation, const void *address,
		 size_t bytes, struct drm_vsvm_migrate *result)
{
	struct drm_vsvm_migrate args = {
		.address = (uintptr_t)address,
		.size = bytes,
		.operation = operation,
		/* to be set */
		.moved_pages = UINT64_MAX,
		.vram_pages = UINT64_MAX,
	};
	int err = ioctl(gpu->render_fd, DRM_IOCTL_VSVM_MIGRATE, &args);

	if (result)
		*result = args;
	return err;
}

/* Move memory to the GPU. Returns how many pages were moved, or -1. */
long vsvm_to_device(struct vsvm_gpu *gpu, const void *address, size_t bytes)
{
	struct drm_vsvm_migrate result;

	if (vsvm_migrate(gpu, DRM_VSVM_MIGRATE_TO_DEVICE, address, bytes, &result))
		return -1;
	return result.moved_pages;
}

/* What fdinfo says of the context: "vsvm-@name:", or -1. */
long vsvm_count(struct vsvm_gpu *gpu, const char *name)
{
	char path[64], format[64], line[256];
	long count = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", gpu->context_fd);
	snprintf(format, sizeof(format), "vsvm-%s: %%ld", name);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, format, &count) == 1)
			break;
	if (file)
		fclose(file);
	return count;
}

/*
 * New private memory of @bytes, at an address at which huge pages may begin. The
 * caller unmaps it, or not.
 */
char *vsvm_huge_memory(size_t bytes)
{
	char *memory = mmap(NULL, bytes + HUGE_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	char *start = (char *)(((uintptr_t)memory + HUGE_BYTES - 1) & -HUGE_BYTES);

	if (memory == MAP_FAILED || madvise(start, bytes, MADV_HUGEPAGE))
		return NULL;
	return start;
}

/* How a child has ended: its exit status, 128 and a signal, or -1. */
int vsvm_child_status(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) != child)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Give each of @count pages a value of its own, @first and the next, in its first word. */
void vsvm_fill(char *pages, size_t count, uint32_t first)
{
	size_t i;

	for (i = 0; i < count; i++)
		vsvm_store(pages + i * PAGE_BYTES, first + i);
}

/* How many pages have the values of vsvm_fill(). */
size_t vsvm_filled(const char *pages, size_t count, uint32_t first)
{
	size_t i, found = 0;

	for (i = 0; i < count; i++)
		found += vsvm_load(pages + i * PAGE_BYTES) == first + i;
	return found;
}

/* So many bytes of @bytes from @start on have huge entries, of memory or of VRAM. */
unsigned long vsvm_huge_bytes(const char *start, size_t bytes)
{
	FILE *maps = fopen("/proc/self/smaps", "re");
	unsigned long from, to, kb, found = 0;
	bool inside = false;
	char line[512];

	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = from < (uintptr_t)start + bytes && to > (uintptr_t)start;
		else if (inside && sscanf(line, "AnonHugePages: %lu kB", &kb) == 1)
			found += kb << 10;
	}
	if (maps)
		fclose(maps);
	return found;
}

int vsvm_write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t written;
	int error;

	if (fd < 0)
		return -1;
	written = write(fd, text, strlen(text));
	error = errno;
	close(fd);
	errno = error;
	return written == (ssize_t)strlen(text) ? 0 : -1;
}

unsigned long vsvm_read_number(const char *path)
{
	FILE *file = fopen(path, "re");
	unsigned long number = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%lu", &number) != 1)
		number = 0;
	fclose(file);
	return number;
}

#define GROUPS	"/tmp/cgroup/"
#define GROUP	GROUPS "vsvm/"

/* Have a group of processes to oneself, whose memory vsvm_reclaim() reclaims. */
int vsvm_join_group(void)
{
	char pid[16];

	mkdir(GROUPS, 0700);
	mount("cgroup", GROUPS, "cgroup2", 0, NULL);
	if (vsvm_write_text(GROUPS "cgroup.subtree_control", "+memory"))
		return -1;
	mkdir(GROUP, 0700);
	snprintf(pid, sizeof(pid), "%d", getpid());
	return vsvm_write_text(GROUP "cgroup.procs", pid);
}

/* Page out what the group has, as if memory were short; fails where there is no swap. */
int vsvm_reclaim(void)
{
	struct sysinfo info;

	if (sysinfo(&info) || !info.totalswap)
		return -1;
	/* less than asked for may be there */
	if (vsvm_write_text(GROUP "memory.reclaim", "16M swappiness=200") &&
	    errno != EAGAIN)
		return -1;
	return 0;
}

/*
 * Have this thread run on one CPU: on the same one, two sides would take turns by time
 * slices, and never meet.
 */
void vsvm_run_on_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		perror("sched_setaffinity");
}

static sigjmp_buf fault_return;

static void fault_handler(int signal)
{
	siglongjmp(fault_return, signal);
}

/* Does an access raise SIGBUS or SIGSEGV? */
bool vsvm_faults(void (*access)(void *address), void *address)
{
	struct sigaction action = { .sa_handler = fault_handler };
	struct sigaction old_bus, old_segv;
	bool faulted;

	sigaction(SIGBUS, &action, &old_bus);
	sigaction(SIGSEGV, &action, &old_segv);
	faulted = sigsetjmp(fault_return, 1);
	if (!faulted)
		access(address);
	sigaction(SIGBUS, &old_bus, NULL);
	sigaction(SIGSEGV, &old_segv, NULL);
	return faulted;
}

void vsvm_device_add_one(void *address)
{
	vsvm_device_add(address, 1);
}

void vsvm_device_load(void *address)
{
	vsvm_load(address);
}

void vsvm_device_store(void *address)
{
	vsvm_store(address, 1);
}
