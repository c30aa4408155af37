// SPDX-License-Identifier: MIT
#include "pieces.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "util/alloc.h"
#include "util/log.h"
#include "zone.h"

/* The first shared piece has 2^LEAST_ORDER pages, 16 MiB; what needs as much has its own. */
#define LEAST_ORDER 12
#define MOST_ORDER  18

struct piece {
	struct tandem_zone zone;
	bool is_shared;
};

static struct {
	pthread_mutex_t lock; /* guards the rest, and the pieces */
	struct piece **sorted; /* by their addresses */
	_Atomic unsigned int count; /* written under the lock */
	unsigned int room;
	unsigned int shared_count[TANDEM_ARENA_ZONE_COUNT];
} pieces = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* The place of the first piece that begins behind @address. */
static unsigned int place_behind_locked(const void *address)
{
	unsigned int first = 0, last = pieces.count;

	while (first < last) {
		unsigned int middle = first + (last - first) / 2;

		if (pieces.sorted[middle]->zone.base <= (const char *)address)
			first = middle + 1;
		else
			last = middle;
	}
	return first;
}

static struct piece *find_locked(const void *address)
{
	unsigned int place = place_behind_locked(address);

	if (!place || !tandem_zone_contains(&pieces.sorted[place - 1]->zone, address))
		return NULL;
	return pieces.sorted[place - 1];
}

static bool insert_locked(struct piece *piece)
{
	unsigned int place = place_behind_locked(piece->zone.base);

	if (pieces.count == pieces.room) {
		unsigned int room = pieces.room ? 2 * pieces.room : 16;
		struct piece **sorted = realloc(pieces.sorted, room * sizeof(struct piece *));

		if (!sorted)
			return false;
		pieces.sorted = sorted;
		pieces.room = room;
	}
	memmove(pieces.sorted + place + 1, pieces.sorted + place,
		(pieces.count - place) * sizeof(struct piece *));
	pieces.sorted[place] = piece;
	atomic_store(&pieces.count, pieces.count + 1);
	return true;
}

static void remove_locked(const struct piece *piece)
{
	unsigned int place = place_behind_locked(piece->zone.base);

	memmove(pieces.sorted + place - 1, pieces.sorted + place,
		(pieces.count - place) * sizeof(struct piece *));
	atomic_store(&pieces.count, pieces.count - 1);
}

/* Usable memory of @bytes, whole pages, between two pages that are not; or NULL. */
static char *map(size_t bytes)
{
	const size_t all = bytes + 2 * (size_t)TANDEM_PAGE_BYTES;
	char *base = mmap(NULL, all, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (base == MAP_FAILED)
		return NULL;
	if (mprotect(base + TANDEM_PAGE_BYTES, bytes, PROT_READ | PROT_WRITE)) {
		munmap(base, all);
		return NULL;
	}
	return base + TANDEM_PAGE_BYTES;
}

static void unmap(char *base, size_t bytes)
{
	munmap(base - TANDEM_PAGE_BYTES, bytes + 2 * (size_t)TANDEM_PAGE_BYTES);
}

static struct piece *create_locked(enum tandem_arena_zone_kind kind, size_t bytes, bool is_shared)
{
	struct piece *piece = tandem_new(piece);
	char *base;

	if (!piece)
		return NULL;
	base = map(bytes);
	if (!base)
		goto free_piece;
	if (tandem_zone_init_usable(&piece->zone, kind, base, bytes))
		goto unmap_base;
	piece->is_shared = is_shared;
	if (!insert_locked(piece))
		goto finish_zone;
	pieces.shared_count[kind] += is_shared;
	tandem_log(TANDEM_LOG_SVM, "the arena grows by %zu KiB at %p", bytes >> 10, (void *)base);
	return piece;

finish_zone:
	tandem_zone_finish(&piece->zone);
unmap_base:
	unmap(base, bytes);
free_piece:
	free(piece);
	return NULL;
}

static void destroy(struct piece *piece)
{
	tandem_zone_finish(&piece->zone);
	unmap(piece->zone.base, piece->zone.bytes);
	free(piece);
}

static struct piece *add_shared_locked(enum tandem_arena_zone_kind kind, unsigned int least_order)
{
	unsigned int order = LEAST_ORDER + pieces.shared_count[kind] / 2;
	struct piece *piece = NULL;

	if (order > MOST_ORDER)
		order = MOST_ORDER;
	for (; !piece && order >= least_order && order <= MOST_ORDER; order--)
		piece = create_locked(kind, tandem_block_bytes(order), true);
	return piece;
}

static void *allocate_shared_locked(enum tandem_arena_zone_kind kind, size_t bytes, void *owner)
{
	struct piece *piece;

	for (unsigned int i = 0; i < pieces.count; i++) {
		void *address;

		piece = pieces.sorted[i];
		if (!piece->is_shared || piece->zone.kind != kind)
			continue;
		address = tandem_zone_allocate_locked(&piece->zone, bytes, owner);
		if (address)
			return address;
	}
	piece = add_shared_locked(kind, tandem_zone_order(kind, bytes));
	return piece ? tandem_zone_allocate_locked(&piece->zone, bytes, owner) : NULL;
}

static void *allocate_alone_locked(enum tandem_arena_zone_kind kind, size_t bytes, void *owner)
{
	struct piece *piece = create_locked(kind, tandem_align_up(bytes, TANDEM_PAGE_BYTES), false);

	return piece ? tandem_zone_allocate_locked(&piece->zone, bytes, owner) : NULL;
}

void *tandem_pieces_allocate(enum tandem_arena_zone_kind kind, size_t bytes, void *owner)
{
	bool is_alone = tandem_zone_order(kind, bytes) >= LEAST_ORDER;
	void *address;

	tandem_pieces_lock();
	address = is_alone ? allocate_alone_locked(kind, bytes, owner) :
			     allocate_shared_locked(kind, bytes, owner);
	tandem_pieces_unlock();
	return address;
}

bool tandem_pieces_free(void *address)
{
	struct piece *piece, *unused = NULL;
	bool was_there = false;

	if (!atomic_load(&pieces.count))
		return false;
	tandem_pieces_lock();
	piece = find_locked(address);
	if (piece && piece->is_shared) {
		was_there = tandem_zone_free_locked(&piece->zone, address);
	} else if (piece) {
		unused = piece;
		remove_locked(piece);
		was_there = true;
	}
	tandem_pieces_unlock();
	if (unused)
		destroy(unused);
	return was_there;
}

void *tandem_pieces_owner(const void *address)
{
	struct piece *piece;
	void *owner = NULL;

	/* The usual case: whoever asks after a piece's allocation knows of it already. */
	if (!atomic_load(&pieces.count))
		return NULL;
	tandem_pieces_lock();
	piece = find_locked(address);
	if (piece)
		owner = tandem_zone_owner_locked(&piece->zone, address);
	tandem_pieces_unlock();
	return owner;
}

void tandem_pieces_lock(void)
{
	pthread_mutex_lock(&pieces.lock);
}

void tandem_pieces_unlock(void)
{
	pthread_mutex_unlock(&pieces.lock);
}
