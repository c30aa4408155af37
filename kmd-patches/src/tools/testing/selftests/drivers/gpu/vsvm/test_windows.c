// SPDX-License-Identifier: GPL-2.0-only
/*
 * Windows that come and go, and others who have an eye on the page tables
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/kvm.h>

#include "../../../kselftest_harness.h"
#include "vsvm_device.h"

#define ARENA_PAGES	64u
#define ARENA_BYTES	(ARENA_PAGES * PAGE_BYTES)
#define ROUNDS		10u
#define MACHINES	50u

/* What a second thread does until it is told to stop, and how often it has. */
struct visitor {
	int context_fd;
	off_t atomic_offset;
	atomic_bool stop;
	unsigned int done;
};

FIXTURE(windows)
{
	struct vsvm_gpu gpu;
	struct visitor visitor;
};

FIXTURE_SETUP(windows)
{
	struct drm_vsvm_context_create create;
	char *arena;

	vsvm_join_group();
	arena = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, arena);
	ASSERT_EQ(0, madvise(arena, ARENA_BYTES, MADV_NOHUGEPAGE));
	self->gpu.arena = arena;
	self->gpu.arena_bytes = ARENA_BYTES;
	self->gpu.render_fd = vsvm_open(0);
	ASSERT_LE(0, self->gpu.render_fd);
	self->gpu.context_fd = vsvm_create(self->gpu.render_fd, arena, ARENA_BYTES,
					   &create);
	ASSERT_LE(0, self->gpu.context_fd);
	self->gpu.plain = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
			       self->gpu.context_fd, create.plain_offset);
	self->gpu.atomic = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
				self->gpu.context_fd, create.atomic_offset);
	ASSERT_NE(MAP_FAILED, self->gpu.plain);
	ASSERT_NE(MAP_FAILED, self->gpu.atomic);
	ASSERT_EQ(0, vsvm_register(&self->gpu, arena, ARENA_BYTES));
	self->visitor.context_fd = self->gpu.context_fd;
	self->visitor.atomic_offset = create.atomic_offset;
	atomic_init(&self->visitor.stop, false);
}

FIXTURE_TEARDOWN(windows)
{
	vsvm_close(&self->gpu);
}

/* The CPU and the device count in turn, in each page of the arena. */
static unsigned int count_up(struct vsvm_gpu *gpu, unsigned int rounds)
{
	unsigned int i, page, lost = 0;

	for (i = 0; i < rounds; i++) {
		for (page = 0; page < ARENA_PAGES; page++) {
			uint32_t *word = (uint32_t *)(gpu->arena + page * PAGE_BYTES);
			uint32_t before = vsvm_load(word);

			vsvm_device_add(gpu->atomic + page * PAGE_BYTES, 1);
			lost += vsvm_load(word) != before + 1;
		}
	}
	return lost;
}

static void *open_and_close(void *argument)
{
	struct visitor *visitor = argument;

	while (!atomic_load(&visitor->stop)) {
		char *window = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE,
				    MAP_SHARED, visitor->context_fd,
				    visitor->atomic_offset);

		if (window == MAP_FAILED)
			break;
		vsvm_device_add(window + visitor->done % ARENA_PAGES * PAGE_BYTES, 0);
		munmap(window, ARENA_BYTES);
		visitor->done++;
	}
	return NULL;
}

TEST_F_TIMEOUT(windows, come_and_go_beside_revocations, 300)
{
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, open_and_close, &self->visitor));
	EXPECT_EQ(0, count_up(&self->gpu, ROUNDS));
	atomic_store(&self->visitor.stop, true);
	pthread_join(thread, NULL);
	EXPECT_LT(0, self->visitor.done);
}

TEST_F(windows, are_emptied_after_a_move_that_was_refused)
{
	char *place = mmap(NULL, ARENA_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);

	ASSERT_NE(MAP_FAILED, place);
	EXPECT_EQ(0, count_up(&self->gpu, 1));
	ASSERT_EQ(0, vsvm_device_add(self->gpu.atomic + 8, 1));
	ASSERT_EQ(MAP_FAILED, mremap(self->gpu.atomic, ARENA_BYTES, ARENA_BYTES,
				     MREMAP_MAYMOVE | MREMAP_FIXED, place));
	EXPECT_EQ(1, vsvm_device_add(self->gpu.atomic + 8, 1));
	EXPECT_EQ(2, vsvm_load(self->gpu.arena + 8));
	EXPECT_EQ(0, vsvm_exclusive_pages(&self->gpu, self->gpu.arena, PAGE_BYTES));
	EXPECT_EQ(0, count_up(&self->gpu, 1));
}

/*
 * Making a virtual machine takes all locks of the reverse mapping, one after the
 * other, and reclaim holds one of them while it takes pages away from the device.
 */
static void *make_machines(void *argument)
{
	struct visitor *visitor = argument;
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	while (!atomic_load(&visitor->stop) || visitor->done < MACHINES) {
		int machine = ioctl(kvm, KVM_CREATE_VM, 0);

		if (machine < 0)
			break;
		close(machine);
		visitor->done++;
	}
	close(kvm);
	return NULL;
}

TEST_F_TIMEOUT(windows, are_emptied_while_all_locks_are_taken, 300)
{
	pthread_t thread;
	unsigned int i;

	if (access("/dev/kvm", R_OK | W_OK))
		SKIP(return, "no KVM here");
	if (vsvm_reclaim())
		SKIP(return, "no reclaim on demand here");
	ASSERT_EQ(0, pthread_create(&thread, NULL, make_machines, &self->visitor));
	for (i = 0; i < MACHINES; i++) {
		EXPECT_EQ(0, vsvm_acquire(&self->gpu, self->gpu.arena, ARENA_BYTES));
		EXPECT_EQ(i, vsvm_device_add(self->gpu.atomic, 1));
		vsvm_reclaim();
	}
	atomic_store(&self->visitor.stop, true);
	pthread_join(thread, NULL);
	EXPECT_LE(MACHINES, self->visitor.done);
	EXPECT_EQ(MACHINES, vsvm_load(self->gpu.arena));
}

#define GUEST_CODE	0x1000u
#define GUEST_DATA	0x2000u

static int give_to_guest(int machine, unsigned int slot, uint64_t guest, void *memory)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.guest_phys_addr = guest,
		.memory_size = PAGE_BYTES,
		.userspace_addr = (uintptr_t)memory,
	};

	return ioctl(machine, KVM_SET_USER_MEMORY_REGION, &region);
}

/*
 * Have a guest read a byte that is at the start of @memory. Returns it, or -1 with
 * errno.
 */
static int read_in_guest(int kvm, void *memory)
{
	/* mov 0x2000, %al; hlt */
	static const unsigned char code[] = { 0xa0, 0x00, 0x20, 0xf4 };
	int machine = ioctl(kvm, KVM_CREATE_VM, 0);
	int cpu = ioctl(machine, KVM_CREATE_VCPU, 0);
	const int bytes = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	struct kvm_run *run = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, cpu, 0);
	unsigned char *program = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct kvm_regs regs = { .rip = GUEST_CODE, .rflags = 2 };
	struct kvm_sregs special;
	int result = -1, error;

	memcpy(program, code, sizeof(code));
	if (run != MAP_FAILED && !give_to_guest(machine, 0, GUEST_CODE, program) &&
	    !give_to_guest(machine, 1, GUEST_DATA, memory) &&
	    !ioctl(cpu, KVM_GET_SREGS, &special)) {
		special.cs.base = 0;
		special.cs.selector = 0;
		if (!ioctl(cpu, KVM_SET_SREGS, &special) &&
		    !ioctl(cpu, KVM_SET_REGS, &regs) && !ioctl(cpu, KVM_RUN, 0) &&
		    !ioctl(cpu, KVM_GET_REGS, &regs) && run->exit_reason == KVM_EXIT_HLT)
			result = regs.rax & 0xff;
	}
	error = errno;
	if (run != MAP_FAILED)
		munmap(run, bytes);
	munmap(program, PAGE_BYTES);
	close(cpu);
	close(machine);
	errno = error;
	return result;
}

TEST_F_TIMEOUT(windows, are_no_memory_of_guests, 120)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (kvm < 0)
		SKIP(return, "no KVM here");
	vsvm_device_add(self->gpu.atomic, 123);
	EXPECT_EQ(123, read_in_guest(kvm, self->gpu.arena));

	/* whether there is an entry already or not */
	EXPECT_EQ(-1, read_in_guest(kvm, self->gpu.atomic + PAGE_BYTES));
	EXPECT_EQ(EFAULT, errno);
	vsvm_device_add(self->gpu.atomic, 1);
	EXPECT_EQ(-1, read_in_guest(kvm, self->gpu.atomic));
	EXPECT_EQ(EFAULT, errno);
	vsvm_load(self->gpu.plain);
	EXPECT_EQ(-1, read_in_guest(kvm, self->gpu.plain));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(124, vsvm_load(self->gpu.arena));
	close(kvm);
}

TEST_HARNESS_MAIN
