/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _DRM_EXCLUSIVE_POLICY_H_
#define _DRM_EXCLUSIVE_POLICY_H_

#include <linux/types.h>

#include <drm/drm_exclusive_helper.h>

/*
 * What the helper decides without looking at any memory: whether arguments are
 * good, how many pages a fault takes, when to try again, who is fighting. No
 * locks, no clocks: time comes in as an argument, so that tests can choose it.
 */

/* Pages that one call of the core makes exclusive. */
#define DRM_EXCLUSIVE_BATCH_PAGES	512
#define DRM_EXCLUSIVE_MAX_AROUND_PAGES	32
/* How often one grant is tried before the caller has to ask again. */
#define DRM_EXCLUSIVE_MAX_TRIES		24
/* The first tries follow each other at once. */
#define DRM_EXCLUSIVE_EAGER_TRIES	8
#define DRM_EXCLUSIVE_MAX_RETRY_US	256
#define DRM_EXCLUSIVE_MAX_STATISTICS	4096

#define DRM_EXCLUSIVE_EPOCH_NS		(100 * NSEC_PER_MSEC)
#define DRM_EXCLUSIVE_HEAT_SLOTS	16
/* Revocations of one page in an epoch after which faults on it are delayed. */
#define DRM_EXCLUSIVE_HOT_PAGE		16
/* Revocations in one range in an epoch after which it counts as contended. */
#define DRM_EXCLUSIVE_HOT_RANGE		1024

/**
 * struct drm_exclusive_heat - how often the CPU took one page back
 * @index: the page number
 * @epoch: the epoch that @count is of
 * @count: how often
 */
struct drm_exclusive_heat {
	unsigned long index;
	u64 epoch;
	unsigned int count;
};

/**
 * struct drm_exclusive_policy - who fights for the pages of one range
 * @next: the address that a sequential fault would be at
 * @around: how many pages the next sequential fault takes
 * @epoch: the epoch that @revoked is of
 * @revoked: how many pages CPUs took back in that epoch
 * @degraded: in how many epochs the range was contended
 * @heat: the pages that were taken back last
 */
struct drm_exclusive_policy {
	unsigned long next;
	unsigned int around;
	u64 epoch;
	unsigned int revoked;
	u64 degraded;
	struct drm_exclusive_heat heat[DRM_EXCLUSIVE_HEAT_SLOTS];
};

/**
 * struct drm_exclusive_retry - how often a grant was tried
 * @tries: how often it failed so far
 */
struct drm_exclusive_retry {
	unsigned int tries;
};

int drm_exclusive_check_args(const struct drm_exclusive_range *args);

void drm_exclusive_policy_init(struct drm_exclusive_policy *policy);
struct drm_exclusive_span
drm_exclusive_policy_around(struct drm_exclusive_policy *policy,
			    struct drm_exclusive_span range,
			    unsigned long address, unsigned int max_pages,
			    u64 now_ns);
bool drm_exclusive_policy_revoked(struct drm_exclusive_policy *policy,
				  unsigned long index, u64 now_ns);
bool drm_exclusive_policy_contended(const struct drm_exclusive_policy *policy,
				    u64 now_ns);
unsigned int
drm_exclusive_policy_backoff_us(const struct drm_exclusive_policy *policy,
				unsigned long index, unsigned int max_us,
				u64 now_ns);

int drm_exclusive_retry_next(struct drm_exclusive_retry *retry);

#endif
