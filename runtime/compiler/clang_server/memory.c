// SPDX-License-Identifier: MIT
#include "memory.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/single_threaded.h>
#include <unistd.h>

/* For the C library and what else has its calls of malloc resolved when it is loaded. */
#define VISIBLE __attribute__((visibility("default")))

#define HUGE_PAGE    ((size_t)2 << 20)
#define REGION_BYTES (8 * HUGE_PAGE)
/* A block of more than this is a mapping of its own. */
#define MOST_IN_REGION ((size_t)1 << 20)

/* Sizes of blocks: multiples of 16 up to SMALL, then four from each power of two to the next. */
#define UNIT	       ((size_t)16)
#define SMALL	       ((size_t)1024)
#define SMALL_SIZES    (SMALL / UNIT)
#define SIZES	       (SMALL_SIZES + 4 * (20 - 10))
#define MOST_LOOKED_AT 8 /* free blocks */

/* What stands before the bytes of a block. */
struct head {
	size_t bytes; /* without this */
	uint32_t generation; /* of the process that it was allocated in */
	uint32_t offset; /* of the bytes in the block's own mapping; 0 where it has none */
};

struct free_block {
	struct free_block *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* for all that follows */
static char *next, *end; /* what is left of the region */
static struct free_block *free_blocks[SIZES];
static uint32_t generation;

static void enter(void)
{
	if (!__libc_single_threaded)
		pthread_mutex_lock(&lock);
}

static void leave(void)
{
	if (!__libc_single_threaded)
		pthread_mutex_unlock(&lock);
}

static struct head *head_of(void *bytes)
{
	return (struct head *)bytes - 1;
}

static char *round_up(const char *address, size_t alignment)
{
	return (char *)(((uintptr_t)address + alignment - 1) & ~(uintptr_t)(alignment - 1));
}

/* Which size holds @bytes, not more than MOST_IN_REGION, and in @room how much that is. */
static unsigned int size_for(size_t bytes, size_t *room)
{
	unsigned int power, quarter;

	if (bytes <= SMALL) {
		*room = bytes ? (bytes + UNIT - 1) & ~(UNIT - 1) : UNIT;
		return (unsigned int)(*room / UNIT) - 1;
	}
	power = 63 - (unsigned int)__builtin_clzl(bytes - 1);
	quarter = (unsigned int)((bytes - 1) >> (power - 2)) & 3;
	*room = (size_t)(quarter + 5) << (power - 2);
	return SMALL_SIZES + 4 * (power - 10) + quarter;
}

/* ---- memory from the kernel ---- */

static char *map(size_t bytes)
{
	char *mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (mapped == MAP_FAILED)
		return NULL;
	/* It goes without, too. */
	madvise(mapped, bytes, MADV_HUGEPAGE);
	return mapped;
}

/* What is left of the region before is given up. */
static bool begin_region(void)
{
	size_t bytes = REGION_BYTES + HUGE_PAGE;
	char *mapped = map(bytes), *first;

	if (!mapped)
		return false;
	first = round_up(mapped, HUGE_PAGE);
	if (first > mapped)
		munmap(mapped, (size_t)(first - mapped));
	next = first;
	end = mapped + bytes;
	return true;
}

static void *allocate_mapping(size_t alignment, size_t bytes)
{
	size_t offset = alignment > sizeof(struct head) ? alignment : sizeof(struct head);
	size_t length = bytes + offset;
	char *mapped, *block;

	if (length < bytes || length > PTRDIFF_MAX || offset > UINT32_MAX / 2)
		return NULL;
	mapped = map(length);
	if (!mapped)
		return NULL;
	block = round_up(mapped + sizeof(struct head), alignment);
	*head_of(block) = (struct head){ length - (size_t)(block - mapped), generation,
					 (uint32_t)(block - mapped) };
	return block;
}

static void free_mapping(char *block)
{
	const struct head *head = head_of(block);

	munmap(block - head->offset, head->offset + head->bytes);
}

/* ---- blocks ---- */

/* A block of the region, which is zero; NULL where there is no room. */
static void *take_from_region(size_t alignment, size_t bytes)
{
	char *block = next ? round_up(next + sizeof(struct head), alignment) : NULL;

	if (!block || block > end || bytes > (size_t)(end - block))
		return NULL;
	next = block + bytes;
	*head_of(block) = (struct head){ bytes, generation, 0 };
	return block;
}

/* A free block of a size, or NULL: of those freed last, where it has to be aligned. */
static void *take_free(unsigned int size, size_t alignment)
{
	struct free_block **place = &free_blocks[size], *block;

	for (int i = 0; i < MOST_LOOKED_AT && *place; i++, place = &(*place)->next) {
		block = *place;
		if ((uintptr_t)block % alignment == 0) {
			*place = block->next;
			return block;
		}
	}
	return NULL;
}

static void *allocate_locked(size_t alignment, size_t bytes, bool *is_used)
{
	void *block;
	size_t room;
	unsigned int size;

	*is_used = false;
	if (bytes > MOST_IN_REGION || alignment > MOST_IN_REGION)
		return allocate_mapping(alignment, bytes);
	size = size_for(bytes, &room);
	block = take_free(size, alignment);
	*is_used = block;
	if (!block)
		block = take_from_region(alignment, room);
	return block || !begin_region() ? block : take_from_region(alignment, room);
}

static void *allocate(size_t alignment, size_t bytes, bool *is_used)
{
	void *block;

	enter();
	block = allocate_locked(alignment < UNIT ? UNIT : alignment, bytes, is_used);
	leave();
	if (!block)
		errno = ENOMEM;
	return block;
}

static void free_locked(void *bytes)
{
	struct head *head = head_of(bytes);
	struct free_block *block = bytes;
	unsigned int size;

	if (head->generation != generation)
		return;
	if (head->offset) {
		free_mapping(bytes);
		return;
	}
	size = size_for(head->bytes, &head->bytes);
	block->next = free_blocks[size];
	free_blocks[size] = block;
}

void tandem_memory_begin_anew(void)
{
	memset(free_blocks, 0, sizeof(free_blocks));
	next = end = NULL;
	generation++;
}

/* ---- what the C library has ---- */

VISIBLE void *malloc(size_t bytes)
{
	bool is_used;

	return allocate(UNIT, bytes, &is_used);
}

VISIBLE void free(void *bytes)
{
	if (!bytes)
		return;
	enter();
	free_locked(bytes);
	leave();
}

VISIBLE void *calloc(size_t count, size_t each)
{
	size_t bytes;
	bool is_used;
	void *block;

	if (__builtin_mul_overflow(count, each, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	block = allocate(UNIT, bytes, &is_used);
	if (block && is_used)
		memset(block, 0, bytes);
	return block;
}

VISIBLE void *realloc(void *bytes, size_t length)
{
	size_t room = bytes ? head_of(bytes)->bytes : 0;
	bool gives_back = room > MOST_IN_REGION && length < room / 2;
	void *block;

	if (bytes && length <= room && !gives_back)
		return bytes;
	block = malloc(length);
	if (block && bytes) {
		memcpy(block, bytes, length < room ? length : room);
		free(bytes);
	}
	return block;
}

VISIBLE void *reallocarray(void *bytes, size_t count, size_t each)
{
	size_t length;

	if (__builtin_mul_overflow(count, each, &length)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(bytes, length);
}

VISIBLE void *memalign(size_t alignment, size_t bytes)
{
	bool is_used;

	if (!alignment || alignment & (alignment - 1)) {
		errno = EINVAL;
		return NULL;
	}
	return allocate(alignment, bytes, &is_used);
}

VISIBLE void *aligned_alloc(size_t alignment, size_t bytes)
{
	return memalign(alignment, bytes);
}

VISIBLE int posix_memalign(void **block, size_t alignment, size_t bytes)
{
	int before = errno, error;
	void *made;

	if (alignment < sizeof(void *))
		return EINVAL;
	made = memalign(alignment, bytes);
	error = made ? 0 : errno;
	errno = before;
	if (made)
		*block = made;
	return error;
}

VISIBLE void *valloc(size_t bytes)
{
	return memalign((size_t)sysconf(_SC_PAGESIZE), bytes);
}

VISIBLE void *pvalloc(size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (bytes > SIZE_MAX - page) {
		errno = ENOMEM;
		return NULL;
	}
	return memalign(page, (bytes + page - 1) / page * page);
}

VISIBLE size_t malloc_usable_size(void *bytes)
{
	return bytes ? head_of(bytes)->bytes : 0;
}
