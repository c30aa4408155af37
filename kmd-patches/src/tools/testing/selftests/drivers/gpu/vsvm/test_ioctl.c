// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the ioctls accept and reject, field by field
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../../kselftest_harness.h"
#include "vsvm_device.h"

#define ARENA_BYTES	(64 * PAGE_BYTES)

FIXTURE(ioctls)
{
	struct vsvm_gpu gpu;
	struct drm_exclusive_range range;
};

FIXTURE_SETUP(ioctls)
{
	ASSERT_EQ(0, vsvm_setup(&self->gpu, ARENA_BYTES));
	memset(&self->range, 0, sizeof(self->range));
	self->range.address = (uintptr_t)self->gpu.arena;
	self->range.size = ARENA_BYTES;
	self->range.operation = DRM_EXCLUSIVE_QUERY;
}

FIXTURE_TEARDOWN(ioctls)
{
	vsvm_close(&self->gpu);
}

static int exclusive(int fd, struct drm_exclusive_range *range)
{
	return ioctl(fd, DRM_IOCTL_VSVM_EXCLUSIVE, range) ? errno : 0;
}

#define REJECTS(field, value, error)						\
	do {									\
		struct drm_exclusive_range range = self->range;			\
										\
		range.field = (value);						\
		EXPECT_EQ(error, exclusive(self->gpu.render_fd, &range))	\
			TH_LOG("%s = %s", #field, #value);			\
	} while (0)

TEST_F(ioctls, query_is_accepted)
{
	EXPECT_EQ(0, exclusive(self->gpu.render_fd, &self->range));
	EXPECT_EQ(ARENA_BYTES, self->range.done_bytes);
	EXPECT_EQ(0, self->range.exclusive_pages);
}

TEST_F(ioctls, rejects_operation)
{
	REJECTS(operation, DRM_EXCLUSIVE_QUERY + 1, EINVAL);
	REJECTS(operation, UINT32_MAX, EINVAL);
}

TEST_F(ioctls, rejects_flags)
{
	unsigned int bit;

	for (bit = 0; bit < 32; bit++)
		REJECTS(flags, 1u << bit, EINVAL);
}

TEST_F(ioctls, rejects_padding)
{
	REJECTS(pad, 1, EINVAL);
	REJECTS(pad, UINT32_MAX, EINVAL);
}

TEST_F(ioctls, rejects_address)
{
	REJECTS(address, self->range.address + 1, EINVAL);
	REJECTS(address, self->range.address + PAGE_BYTES / 2, EINVAL);
	REJECTS(address, -PAGE_BYTES, EINVAL);
	REJECTS(address, self->range.address + PAGE_BYTES, ENOENT);
	REJECTS(address, 0, ENOENT);
}

TEST_F(ioctls, rejects_size)
{
	REJECTS(size, 0, EINVAL);
	REJECTS(size, 1, EINVAL);
	REJECTS(size, ARENA_BYTES - 1, EINVAL);
	REJECTS(size, -PAGE_BYTES, EINVAL);
	REJECTS(size, ARENA_BYTES + PAGE_BYTES, ENOENT);
}

TEST_F(ioctls, rejects_statistics)
{
	struct drm_exclusive_statistics statistics;

	REJECTS(statistics, (uintptr_t)&statistics, EINVAL);
	REJECTS(statistics_size, 8, EINVAL);
	self->range.statistics = (uintptr_t)&statistics;
	self->range.statistics_size = sizeof(statistics);
	EXPECT_EQ(0, exclusive(self->gpu.render_fd, &self->range));
	REJECTS(statistics_size, 4097, EINVAL);
	REJECTS(statistics, 1, EFAULT);
	REJECTS(operation, DRM_EXCLUSIVE_ACQUIRE, EINVAL);
	REJECTS(operation, DRM_EXCLUSIVE_RELEASE, EINVAL);
	REJECTS(operation, DRM_EXCLUSIVE_REGISTER, EINVAL);
	REJECTS(operation, DRM_EXCLUSIVE_UNREGISTER, EINVAL);
}

TEST_F(ioctls, statistics_of_another_size)
{
	unsigned char bytes[sizeof(struct drm_exclusive_statistics) + 64];
	size_t i;

	memset(bytes, 0xaa, sizeof(bytes));
	self->range.statistics = (uintptr_t)bytes;
	self->range.statistics_size = 8;
	ASSERT_EQ(0, exclusive(self->gpu.render_fd, &self->range));
	EXPECT_EQ(0xaa, bytes[8]);

	self->range.statistics_size = sizeof(bytes);
	ASSERT_EQ(0, exclusive(self->gpu.render_fd, &self->range));
	for (i = sizeof(struct drm_exclusive_statistics); i < sizeof(bytes); i++)
		EXPECT_EQ(0, bytes[i]);
}

TEST_F(ioctls, registrations_do_not_overlap)
{
	struct vsvm_gpu *gpu = &self->gpu;

	EXPECT_EQ(-1, vsvm_register(gpu, gpu->arena, PAGE_BYTES));
	EXPECT_EQ(EEXIST, errno);
	EXPECT_EQ(-1, vsvm_register(gpu, gpu->arena + ARENA_BYTES - PAGE_BYTES,
				    PAGE_BYTES));
	EXPECT_EQ(EEXIST, errno);
}

TEST_F(ioctls, registrations_stay_in_the_arena)
{
	struct vsvm_gpu *gpu = &self->gpu;

	EXPECT_EQ(-1, vsvm_register(gpu, gpu->arena + ARENA_BYTES, PAGE_BYTES));
	EXPECT_EQ(ERANGE, errno);
	EXPECT_EQ(-1, vsvm_register(gpu, gpu->arena - PAGE_BYTES, PAGE_BYTES));
	EXPECT_EQ(ERANGE, errno);
}

TEST_F(ioctls, unregister_takes_the_same_range)
{
	struct vsvm_gpu *gpu = &self->gpu;

	REJECTS(operation, DRM_EXCLUSIVE_REGISTER, EEXIST);
	self->range.operation = DRM_EXCLUSIVE_UNREGISTER;
	REJECTS(size, ARENA_BYTES - PAGE_BYTES, ENOENT);
	REJECTS(address, self->range.address + PAGE_BYTES, ENOENT);
	EXPECT_EQ(0, exclusive(gpu->render_fd, &self->range));
	EXPECT_EQ(ENOENT, exclusive(gpu->render_fd, &self->range));
	EXPECT_EQ(0, vsvm_register(gpu, gpu->arena, 3 * PAGE_BYTES));
	EXPECT_EQ(0, vsvm_register(gpu, gpu->arena + 3 * PAGE_BYTES, PAGE_BYTES));
}

TEST_F(ioctls, any_file_of_the_process_will_do)
{
	int fd = vsvm_open(0);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, exclusive(fd, &self->range));
	close(fd);
	fd = vsvm_open(1);
	ASSERT_LE(0, fd);
	EXPECT_EQ(ENODEV, exclusive(fd, &self->range));
	close(fd);
}

TEST_F(ioctls, one_context_for_each_gpu)
{
	struct drm_vsvm_context_create create;

	EXPECT_EQ(-1, vsvm_create(self->gpu.render_fd, self->gpu.arena, ARENA_BYTES,
				  &create));
	EXPECT_EQ(EEXIST, errno);
	vsvm_close(&self->gpu);
	ASSERT_EQ(0, vsvm_attach(&self->gpu, 0, self->gpu.arena, ARENA_BYTES));
}

static int create(int fd, struct drm_vsvm_context_create args)
{
	if (!ioctl(fd, DRM_IOCTL_VSVM_CONTEXT_CREATE, &args)) {
		close(args.fd);
		return 0;
	}
	return errno;
}

TEST(create_rejects_each_field)
{
	const struct drm_vsvm_context_create good = {
		.arena_address = 0x10000000,
		.arena_size = PAGE_BYTES,
	};
	struct drm_vsvm_context_create args;
	int fd = vsvm_open(0);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, create(fd, good));
#define CREATE_REJECTS(field, value)						\
	do {									\
		args = good;							\
		args.field = (value);						\
		EXPECT_EQ(EINVAL, create(fd, args))				\
			TH_LOG("%s = %s", #field, #value);			\
	} while (0)
	CREATE_REJECTS(flags, 1);
	CREATE_REJECTS(flags, 1u << 31);
	CREATE_REJECTS(pad, 1);
	CREATE_REJECTS(pad, UINT64_MAX);
	CREATE_REJECTS(arena_size, 0);
	CREATE_REJECTS(arena_size, 1);
	CREATE_REJECTS(arena_size, UINT64_MAX & -PAGE_BYTES);
	CREATE_REJECTS(arena_size, (1ull << 46) + PAGE_BYTES);
	CREATE_REJECTS(arena_address, 1);
	CREATE_REJECTS(arena_address, UINT64_MAX & -PAGE_BYTES);
	CREATE_REJECTS(arena_address, 1ull << 63);
	close(fd);
}

TEST(info_tells_and_rejects)
{
	struct drm_vsvm_info info = {};
	int fd = vsvm_open(0);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ioctl(fd, DRM_IOCTL_VSVM_GET_INFO, &info));
	EXPECT_EQ(PAGE_BYTES, info.page_bytes);
	EXPECT_LT(0, info.fault_around_pages);
	info.flags = 1;
	EXPECT_EQ(-1, ioctl(fd, DRM_IOCTL_VSVM_GET_INFO, &info));
	EXPECT_EQ(EINVAL, errno);
	info.flags = 0;
	info.pad = 1;
	EXPECT_EQ(-1, ioctl(fd, DRM_IOCTL_VSVM_GET_INFO, &info));
	EXPECT_EQ(EINVAL, errno);
	close(fd);
}

FIXTURE(windows)
{
	struct vsvm_gpu gpu;
};

FIXTURE_SETUP(windows)
{
	ASSERT_EQ(0, vsvm_setup(&self->gpu, ARENA_BYTES));
}

FIXTURE_TEARDOWN(windows)
{
}

TEST_F(windows, reject_private_mappings)
{
	EXPECT_EQ(MAP_FAILED, mmap(NULL, ARENA_BYTES, PROT_READ, MAP_PRIVATE,
				   self->gpu.context_fd, 0));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(windows, reject_execution)
{
	EXPECT_EQ(MAP_FAILED, mmap(NULL, ARENA_BYTES, PROT_READ | PROT_EXEC,
				   MAP_SHARED, self->gpu.context_fd, 0));
	EXPECT_EQ(-1, mprotect(self->gpu.plain, ARENA_BYTES, PROT_READ | PROT_EXEC));
}

TEST_F(windows, reject_what_is_outside)
{
	EXPECT_EQ(MAP_FAILED, mmap(NULL, ARENA_BYTES + PAGE_BYTES, PROT_READ,
				   MAP_SHARED, self->gpu.context_fd, 0));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE_BYTES, PROT_READ, MAP_SHARED,
				   self->gpu.context_fd, ARENA_BYTES));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE_BYTES, PROT_READ, MAP_SHARED,
				   self->gpu.context_fd,
				   (1ull << 47) + ARENA_BYTES));
}

TEST_F(windows, reject_the_arena)
{
	EXPECT_EQ(MAP_FAILED, mmap(self->gpu.arena, ARENA_BYTES,
				   PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
				   self->gpu.context_fd, 0));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(windows, may_show_a_part)
{
	char *part = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
			  self->gpu.context_fd, (1ull << 47) + 5 * PAGE_BYTES);

	ASSERT_NE(MAP_FAILED, part);
	vsvm_device_add(part, 7);
	EXPECT_EQ(7, *(uint32_t *)(self->gpu.arena + 5 * PAGE_BYTES));
}

TEST_F(windows, neither_split_nor_move)
{
	EXPECT_EQ(-1, munmap(self->gpu.plain + PAGE_BYTES, PAGE_BYTES));
	EXPECT_EQ(-1, mprotect(self->gpu.atomic, PAGE_BYTES, PROT_NONE));
	EXPECT_EQ(MAP_FAILED, mremap(self->gpu.plain, ARENA_BYTES, 2 * ARENA_BYTES,
				     MREMAP_MAYMOVE));
	EXPECT_EQ(MAP_FAILED, mremap(self->gpu.plain, ARENA_BYTES, ARENA_BYTES,
				     MREMAP_MAYMOVE | MREMAP_FIXED,
				     self->gpu.arena - 16 * ARENA_BYTES));
}

TEST_F(windows, read_only_ones_stay_so)
{
	char *part = mmap(NULL, PAGE_BYTES, PROT_READ, MAP_SHARED,
			  self->gpu.context_fd, 0);

	ASSERT_NE(MAP_FAILED, part);
	EXPECT_FALSE(vsvm_faults(vsvm_device_load, part));
	EXPECT_TRUE(vsvm_faults(vsvm_device_store, part));
}

TEST_HARNESS_MAIN
