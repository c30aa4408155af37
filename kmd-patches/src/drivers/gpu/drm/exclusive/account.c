// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many exclusive pages there may be, and giving them back
 */
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "internal.h"

static unsigned long max_pages;
module_param(max_pages, ulong, 0644);
MODULE_PARM_DESC(max_pages,
		 "Exclusive pages that one process may have over all GPUs (default: 0, a quarter of the memory)");

/**
 * struct drm_exclusive_account - the exclusive pages of one mm over all GPUs
 * @mm: the mm; the notifiers of @members keep it from being freed
 * @npages: pages that are exclusive, or about to become so
 * @link: in accounts; protected by accounts_lock
 * @members: &struct drm_exclusive; protected by accounts_lock
 */
struct drm_exclusive_account {
	struct mm_struct *mm;
	atomic_long_t npages;
	struct list_head link;
	struct list_head members;
};

/*
 * Held while pages are given back, that is, while faults are taken: after an
 * mmap_lock and before folio locks. Nothing under memory reclaim takes it.
 */
static DEFINE_MUTEX(accounts_lock);
static LIST_HEAD(accounts);

static atomic_long_t total_pages;
static atomic_long_t wanted_pages;
static struct shrinker *shrinker;
static struct workqueue_struct *pressure_queue;

/**
 * drm_exclusive_max_pages() - How many exclusive pages may a process have?
 */
unsigned long drm_exclusive_max_pages(void)
{
	const unsigned long limit = READ_ONCE(max_pages);

	return limit ? limit : totalram_pages() / 4;
}
EXPORT_SYMBOL_GPL(drm_exclusive_max_pages);

static struct drm_exclusive_account *find_account(struct mm_struct *mm)
{
	struct drm_exclusive_account *account;

	lockdep_assert_held(&accounts_lock);
	list_for_each_entry(account, &accounts, link)
		if (account->mm == mm)
			return account;
	return NULL;
}

/**
 * drm_exclusive_account_get() - Join the account of an mm
 * @exclusive: the new member
 *
 * Return: the account, NULL if there is no memory for one.
 */
struct drm_exclusive_account *
drm_exclusive_account_get(struct drm_exclusive *exclusive)
{
	struct drm_exclusive_account *account, *fresh;

	fresh = kzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT);
	if (!fresh)
		return NULL;
	fresh->mm = exclusive->mm;
	INIT_LIST_HEAD(&fresh->members);

	mutex_lock(&accounts_lock);
	account = find_account(exclusive->mm);
	if (!account) {
		account = fresh;
		list_add(&account->link, &accounts);
		fresh = NULL;
	}
	list_add_tail(&exclusive->account_link, &account->members);
	mutex_unlock(&accounts_lock);
	kfree(fresh);
	return account;
}

/**
 * drm_exclusive_account_put() - Leave the account
 * @exclusive: a member, with no exclusive pages left
 */
void drm_exclusive_account_put(struct drm_exclusive *exclusive)
{
	struct drm_exclusive_account *account = exclusive->account;

	if (!account)
		return;
	mutex_lock(&accounts_lock);
	list_del(&exclusive->account_link);
	if (list_empty(&account->members)) {
		WARN_ON(atomic_long_read(&account->npages));
		list_del(&account->link);
	} else {
		account = NULL;
	}
	mutex_unlock(&accounts_lock);
	kfree(account);
}

/* Give the next pages of @exclusive back, going round its address space. */
static void give_back_some(struct drm_exclusive *exclusive,
			   enum drm_exclusive_cause cause, unsigned long npages)
{
	struct drm_exclusive_span span = { .end = exclusive->end };
	unsigned long index;

	mutex_lock(&exclusive->lock);
	index = exclusive->cursor;
	if (!xa_find(&exclusive->pages, &index, ULONG_MAX, XA_PRESENT)) {
		index = 0;
		xa_find(&exclusive->pages, &index, ULONG_MAX, XA_PRESENT);
	}
	exclusive->cursor = index + npages;
	mutex_unlock(&exclusive->lock);

	span.start = index << PAGE_SHIFT;
	drm_exclusive_give_back(exclusive, span, cause, npages);
}

static void give_back_of_account(struct drm_exclusive_account *account,
				 enum drm_exclusive_cause cause,
				 unsigned long npages)
{
	struct drm_exclusive *exclusive;
	long before;

	list_for_each_entry(exclusive, &account->members, account_link) {
		before = READ_ONCE(exclusive->npages);
		if (!before)
			continue;
		give_back_some(exclusive, cause, npages);
		npages -= min_t(unsigned long, npages, before);
		if (!npages)
			break;
	}
	/* the next time, begin with another GPU */
	list_rotate_left(&account->members);
}

static unsigned long try_charge(struct drm_exclusive_account *account,
				unsigned long npages)
{
	const long limit = min_t(unsigned long, drm_exclusive_max_pages(), LONG_MAX);
	long old = atomic_long_read(&account->npages);
	long take;

	do {
		take = min_t(long, npages, limit - old);
		if (take <= 0)
			return 0;
	} while (!atomic_long_try_cmpxchg(&account->npages, &old, old + take));
	atomic_long_add(take, &total_pages);
	return take;
}

/**
 * drm_exclusive_charge() - May more pages become exclusive?
 * @exclusive: for whom
 * @npages: how many, not 0
 *
 * At the limit, gives others of the same mm back to make room.
 *
 * Context: mmap_lock held for reading, no other lock.
 * Return: how many pages were charged, 0 if none can be.
 */
unsigned long drm_exclusive_charge(struct drm_exclusive *exclusive,
				   unsigned long npages)
{
	struct drm_exclusive_account *account = exclusive->account;
	unsigned long charged = try_charge(account, npages);

	if (charged)
		return charged;

	mutex_lock(&accounts_lock);
	give_back_of_account(account, DRM_EXCLUSIVE_CAUSE_LIMIT,
			     min_t(unsigned long, npages,
				   max(drm_exclusive_max_pages() / 2, 1ul)));
	mutex_unlock(&accounts_lock);
	return try_charge(account, npages);
}

/**
 * drm_exclusive_uncharge() - Pages are not exclusive any more, or did not become so
 * @exclusive: for whom they were charged
 * @npages: how many
 *
 * Context: Any.
 */
void drm_exclusive_uncharge(struct drm_exclusive *exclusive, unsigned long npages)
{
	atomic_long_sub(npages, &exclusive->account->npages);
	atomic_long_sub(npages, &total_pages);
}

/*
 * The mmap_lock comes before accounts_lock elsewhere; here it is only tried. A
 * process whose mmap_lock is busy is left for the next time.
 */
static unsigned long relieve(struct drm_exclusive *exclusive, unsigned long npages)
{
	const unsigned long before = READ_ONCE(exclusive->npages);

	if (!before || !mmap_read_trylock(exclusive->mm))
		return 0;
	npages = min3(npages, before, (unsigned long)DRM_EXCLUSIVE_BATCH_PAGES);
	mutex_lock(&exclusive->restore_lock);
	if (!exclusive->exited)
		give_back_some(exclusive, DRM_EXCLUSIVE_CAUSE_PRESSURE, npages);
	mutex_unlock(&exclusive->restore_lock);
	mmap_read_unlock(exclusive->mm);
	return npages;
}

static void pressure_work(struct work_struct *work)
{
	struct drm_exclusive_account *account;
	struct drm_exclusive *exclusive;
	unsigned long npages = atomic_long_xchg(&wanted_pages, 0);

	mutex_lock(&accounts_lock);
	list_for_each_entry(account, &accounts, link) {
		list_for_each_entry(exclusive, &account->members, account_link)
			npages -= relieve(exclusive, npages);
		if (!npages)
			break;
	}
	if (!list_empty(&accounts))
		list_rotate_left(&accounts);
	mutex_unlock(&accounts_lock);
}

static DECLARE_WORK(pressure, pressure_work);

static unsigned long pressure_count(struct shrinker *shrink,
				    struct shrink_control *control)
{
	return atomic_long_read(&total_pages);
}

/*
 * Whoever reclaims may hold the very locks that giving a page back takes. So
 * leave it to a worker, and promise nothing.
 */
static unsigned long pressure_scan(struct shrinker *shrink,
				   struct shrink_control *control)
{
	atomic_long_set(&wanted_pages, control->nr_to_scan);
	queue_work(pressure_queue, &pressure);
	return SHRINK_STOP;
}

/**
 * drm_exclusive_accounts_init() - Begin to watch the memory pressure
 */
int drm_exclusive_accounts_init(void)
{
	pressure_queue = alloc_workqueue("drm_exclusive", WQ_UNBOUND, 1);
	if (!pressure_queue)
		return -ENOMEM;
	shrinker = shrinker_alloc(0, "drm-exclusive");
	if (!shrinker) {
		destroy_workqueue(pressure_queue);
		return -ENOMEM;
	}
	shrinker->count_objects = pressure_count;
	shrinker->scan_objects = pressure_scan;
	shrinker->batch = DRM_EXCLUSIVE_BATCH_PAGES;
	shrinker_register(shrinker);
	return 0;
}

/**
 * drm_exclusive_accounts_fini() - Stop it
 */
void drm_exclusive_accounts_fini(void)
{
	shrinker_free(shrinker);
	destroy_workqueue(pressure_queue);
}
