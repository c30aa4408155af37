/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _VSVM_DEVICE_H_
#define _VSVM_DEVICE_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <drm/vsvm_drm.h>

#define PAGE_BYTES	4096ul
#define HUGE_BYTES	(2ul << 20)

/**
 * struct vsvm_gpu - a process's view of one virtual GPU
 * @render_fd: the render node
 * @context_fd: the context's file
 * @arena: memory that the windows show, for the CPU
 * @arena_bytes: how much
 * @plain: the plain window, for the device's loads and stores
 * @atomic: the atomic window, for the device's atomics
 * @cores_offset: where the context's file shows the cores
 */
struct vsvm_gpu {
	int render_fd;
	int context_fd;
	char *arena;
	size_t arena_bytes;
	char *plain;
	char *atomic;
	uint64_t cores_offset;
};

int vsvm_open(unsigned int number);
int vsvm_create(int render_fd, void *arena, size_t bytes,
		struct drm_vsvm_context_create *args);
int vsvm_attach(struct vsvm_gpu *gpu, unsigned int number, void *arena, size_t bytes);
int vsvm_setup(struct vsvm_gpu *gpu, size_t bytes);
int vsvm_setup_empty(struct vsvm_gpu *gpu, size_t bytes);
void vsvm_close(struct vsvm_gpu *gpu);

struct drm_vsvm_cores *vsvm_map_cores(struct vsvm_gpu *gpu);
bool vsvm_run_core(struct drm_vsvm_core *core, void (*kernel)(void *argument),
		   void *argument);

int vsvm_exclusive(int render_fd, uint32_t operation, const void *address,
		   size_t bytes, struct drm_exclusive_range *result);
int vsvm_register(struct vsvm_gpu *gpu, const void *address, size_t bytes);
int vsvm_acquire(struct vsvm_gpu *gpu, const void *address, size_t bytes);
int vsvm_release(struct vsvm_gpu *gpu, const void *address, size_t bytes);
long vsvm_exclusive_pages(struct vsvm_gpu *gpu, const void *address, size_t bytes);
int vsvm_statistics(struct vsvm_gpu *gpu, const void *address, size_t bytes,
		    struct drm_exclusive_statistics *statistics);

uint64_t vsvm_vram_bytes(struct vsvm_gpu *gpu);
int vsvm_migrate(struct vsvm_gpu *gpu, uint32_t operation, const void *address,
		 size_t bytes, struct drm_vsvm_migrate *result);
long vsvm_to_device(struct vsvm_gpu *gpu, const void *address, size_t bytes);

long vsvm_count(struct vsvm_gpu *gpu, const char *name);
char *vsvm_huge_memory(size_t bytes);
unsigned long vsvm_huge_bytes(const char *start, size_t bytes);
void vsvm_fill(char *pages, size_t count, uint32_t first);
size_t vsvm_filled(const char *pages, size_t count, uint32_t first);
int vsvm_child_status(pid_t child);

int vsvm_write_text(const char *path, const char *text);
unsigned long vsvm_read_number(const char *path);
int vsvm_join_group(void);
int vsvm_reclaim(void);
void vsvm_run_on_cpu(int cpu);
bool vsvm_faults(void (*access)(void *address), void *address);
void vsvm_device_add_one(void *address);
void vsvm_device_load(void *address);
void vsvm_device_store(void *address);

/* Plain accesses, of a CPU or by the plain window, that are not optimised away. */
static inline uint32_t vsvm_load(const void *address)
{
	return __atomic_load_n((const uint32_t *)address, __ATOMIC_RELAXED);
}

static inline void vsvm_store(void *address, uint32_t value)
{
	__atomic_store_n((uint32_t *)address, value, __ATOMIC_RELAXED);
}

/*
 * An atomic operation of the device: one instruction without a lock prefix, atomic
 * to whatever revokes the page and to other operations of the same core, but not
 * to CPUs.
 */
static inline uint32_t vsvm_device_add(void *address, uint32_t value)
{
	__asm__ volatile("xaddl %0, %1"
			 : "+r"(value), "+m"(*(uint32_t *)address)
			 :
			 : "memory");
	return value;
}

#endif
