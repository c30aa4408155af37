/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _DRM_EXCLUSIVE_INTERNAL_H_
#define _DRM_EXCLUSIVE_INTERNAL_H_

#include <linux/kref.h>

#include <drm/drm_exclusive_helper.h>

#include "policy.h"

/**
 * struct drm_exclusive_registration - a registered range, or all the rest
 * @span: its addresses, constant
 * @refs: one of the tree, one of each user
 * @last_address: the page that was granted last
 * @last_time: when that was
 * @policy: who fights for them
 * @statistics: the counters, without those that are computed
 *
 * All but the constant parts is protected by drm_exclusive_lock().
 */
struct drm_exclusive_registration {
	struct drm_exclusive_span span;
	struct kref refs;
	unsigned long last_address;
	ktime_t last_time;
	struct drm_exclusive_policy policy;
	struct drm_exclusive_statistics statistics;
};

/**
 * struct drm_exclusive_grant - a grant under way
 * @exclusive: the memory
 * @registration: the range, which holds all pages
 * @section: the pages that are being made exclusive
 * @retries: what to add to the statistics
 * @missed: likewise
 */
struct drm_exclusive_grant {
	struct drm_exclusive *exclusive;
	struct drm_exclusive_registration *registration;
	struct drm_exclusive_section section;
	u64 retries;
	u64 missed;
};

int drm_exclusive_notifier_init(struct drm_exclusive *exclusive);
void drm_exclusive_notifier_fini(struct drm_exclusive *exclusive);

struct drm_exclusive_registration *
drm_exclusive_find(struct drm_exclusive *exclusive, unsigned long start,
		   unsigned long end);
struct drm_exclusive_registration *
drm_exclusive_find_page(struct drm_exclusive *exclusive, unsigned long address);
struct drm_exclusive_registration *
drm_exclusive_at_locked(struct drm_exclusive *exclusive, unsigned long address);
void drm_exclusive_put(struct drm_exclusive_registration *registration);

int drm_exclusive_acquire(struct drm_exclusive *exclusive,
			  struct drm_exclusive_registration *registration,
			  struct drm_exclusive_span span, u64 *done_bytes);
void drm_exclusive_revoke_locked(struct drm_exclusive *exclusive,
				 struct drm_exclusive_span span,
				 enum drm_exclusive_cause cause);
void drm_exclusive_give_back(struct drm_exclusive *exclusive,
			     struct drm_exclusive_span span);
unsigned long drm_exclusive_count(struct drm_exclusive *exclusive,
				  struct drm_exclusive_span span);

unsigned int drm_exclusive_hold_us(void);
unsigned int drm_exclusive_max_backoff_us(void);

#endif
