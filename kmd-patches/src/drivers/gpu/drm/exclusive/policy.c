// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decisions about exclusive memory
 */
#include <linux/align.h>
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/time64.h>

#include <kunit/visibility.h>

#include "policy.h"

#define FIRST_BACKOFF_US	8

/**
 * drm_exclusive_check_args() - Check arguments of user space
 * @args: what user space gave, already copied
 *
 * Return: 0, or -EINVAL.
 */
int drm_exclusive_check_args(const struct drm_exclusive_range *args)
{
	u64 end;

	if (args->operation > DRM_EXCLUSIVE_QUERY || args->flags || args->pad)
		return -EINVAL;
	if (!args->size || !IS_ALIGNED(args->address, PAGE_SIZE) ||
	    !IS_ALIGNED(args->size, PAGE_SIZE))
		return -EINVAL;
	if (check_add_overflow(args->address, args->size, &end) ||
	    end > ULONG_MAX)
		return -EINVAL;
	if (!args->statistics != !args->statistics_size)
		return -EINVAL;
	if (args->statistics_size > DRM_EXCLUSIVE_MAX_STATISTICS)
		return -EINVAL;
	if (args->statistics && args->operation != DRM_EXCLUSIVE_QUERY)
		return -EINVAL;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(drm_exclusive_check_args);

/**
 * drm_exclusive_policy_init() - Begin with a range that nobody fights for
 * @policy: the policy
 */
void drm_exclusive_policy_init(struct drm_exclusive_policy *policy)
{
	memset(policy, 0, sizeof(*policy));
	policy->around = 1;
}
EXPORT_SYMBOL_IF_KUNIT(drm_exclusive_policy_init);

static u64 epoch_of(u64 now_ns)
{
	return div_u64(now_ns, DRM_EXCLUSIVE_EPOCH_NS);
}

/**
 * drm_exclusive_policy_contended() - Is the range fought for in this epoch?
 * @policy: the policy
 * @now_ns: the time
 */
bool
drm_exclusive_policy_contended(const struct drm_exclusive_policy *policy,
			       u64 now_ns)
{
	return policy->epoch == epoch_of(now_ns) &&
	       policy->revoked >= DRM_EXCLUSIVE_HOT_RANGE;
}
EXPORT_SYMBOL_IF_KUNIT(drm_exclusive_policy_contended);

/**
 * drm_exclusive_policy_around() - Which pages should a fault take?
 * @policy: the policy
 * @range: the registered range
 * @address: where the fault is, inside @range, page aligned
 * @max_pages: how many pages to take at most, at least 1
 * @now_ns: the time
 *
 * A device that walks through the range takes twice as many pages with each
 * fault; one that jumps, or shares the range with CPUs, takes what it needs.
 *
 * Return: a part of @range that starts at @address.
 */
struct drm_exclusive_span
drm_exclusive_policy_around(struct drm_exclusive_policy *policy,
			    struct drm_exclusive_span range,
			    unsigned long address, unsigned int max_pages,
			    u64 now_ns)
{
	struct drm_exclusive_span span = { .start = address };
	unsigned long pages;

	if (address != policy->next ||
	    drm_exclusive_policy_contended(policy, now_ns))
		policy->around = 1;
	pages = clamp(policy->around, 1u,
		      min_t(unsigned int, max_pages, DRM_EXCLUSIVE_MAX_AROUND_PAGES));
	pages = min(pages, (range.end - address) >> PAGE_SHIFT);
	span.end = address + (pages << PAGE_SHIFT);

	policy->next = span.end;
	policy->around = min_t(unsigned int, policy->around * 2,
			       DRM_EXCLUSIVE_MAX_AROUND_PAGES);
	return span;
}
EXPORT_SYMBOL_IF_KUNIT(drm_exclusive_policy_around);

/**
 * drm_exclusive_policy_revoked() - A CPU took a page back
 * @policy: the policy
 * @index: the page number
 * @now_ns: the time
 *
 * Return: true if the range became contended by it.
 */
bool
drm_exclusive_policy_revoked(struct drm_exclusive_policy *policy,
			     unsigned long index, u64 now_ns)
{
	const u64 epoch = epoch_of(now_ns);
	struct drm_exclusive_heat *heat =
		&policy->heat[hash_long(index, ilog2(DRM_EXCLUSIVE_HEAT_SLOTS))];

	policy->around = 1;

	if (heat->index != index || heat->epoch != epoch) {
		heat->index = index;
		heat->epoch = epoch;
		heat->count = 0;
	}
	if (heat->count < UINT_MAX)
		heat->count++;

	if (policy->epoch != epoch) {
		policy->epoch = epoch;
		policy->revoked = 0;
	}
	if (policy->revoked == UINT_MAX)
		return false;
	if (++policy->revoked != DRM_EXCLUSIVE_HOT_RANGE)
		return false;
	policy->degraded++;
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(drm_exclusive_policy_revoked);

/**
 * drm_exclusive_policy_backoff_us() - How long should a fault wait?
 * @policy: the policy
 * @index: the page number
 * @max_us: the longest time
 * @now_ns: the time
 *
 * Without a wait, a page that both sides use goes back and forth with each
 * access, and neither side gets much done. The wait doubles with every further
 * %DRM_EXCLUSIVE_HOT_PAGE times that the CPU took the page in this epoch.
 *
 * Return: microseconds, 0 for a page that is not fought for.
 */
unsigned int
drm_exclusive_policy_backoff_us(const struct drm_exclusive_policy *policy,
				unsigned long index, unsigned int max_us,
				u64 now_ns)
{
	const struct drm_exclusive_heat *heat =
		&policy->heat[hash_long(index, ilog2(DRM_EXCLUSIVE_HEAT_SLOTS))];
	unsigned int times;

	if (heat->index != index || heat->epoch != epoch_of(now_ns))
		return 0;
	times = heat->count / DRM_EXCLUSIVE_HOT_PAGE;
	if (!times)
		return 0;
	return min(max_us, FIRST_BACKOFF_US << min(times - 1, 16u));
}
EXPORT_SYMBOL_IF_KUNIT(drm_exclusive_policy_backoff_us);

/**
 * drm_exclusive_retry_next() - A grant failed: what next?
 * @retry: zeroed before the first try
 *
 * Return: microseconds to sleep before the next try, 0 for none, or -EAGAIN if
 * it is not to be tried any more. That comes after %DRM_EXCLUSIVE_MAX_TRIES
 * calls at the latest.
 */
int drm_exclusive_retry_next(struct drm_exclusive_retry *retry)
{
	unsigned int late;

	if (++retry->tries >= DRM_EXCLUSIVE_MAX_TRIES)
		return -EAGAIN;
	if (retry->tries < DRM_EXCLUSIVE_EAGER_TRIES)
		return 0;
	late = retry->tries - DRM_EXCLUSIVE_EAGER_TRIES;
	return min(1 << min(late, 10u), DRM_EXCLUSIVE_MAX_RETRY_US);
}
EXPORT_SYMBOL_IF_KUNIT(drm_exclusive_retry_next);
