/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _DRM_EXCLUSIVE_RANGES_H_
#define _DRM_EXCLUSIVE_RANGES_H_

#include <linux/interval_tree.h>

#include "policy.h"

/*
 * The registered ranges of one mm, by address. They do not overlap. No locks: the
 * caller has that of the tree.
 */

int drm_exclusive_ranges_insert(struct rb_root_cached *ranges,
				struct drm_exclusive_span limits,
				struct drm_exclusive_span span,
				struct interval_tree_node *node);
void drm_exclusive_ranges_remove(struct rb_root_cached *ranges,
				 struct interval_tree_node *node);

struct interval_tree_node *
drm_exclusive_ranges_first(struct rb_root_cached *ranges,
			   struct drm_exclusive_span span);
struct interval_tree_node *
drm_exclusive_ranges_next(struct interval_tree_node *node,
			  struct drm_exclusive_span span);
struct interval_tree_node *
drm_exclusive_ranges_around(struct rb_root_cached *ranges,
			    struct drm_exclusive_span span);
struct interval_tree_node *
drm_exclusive_ranges_exact(struct rb_root_cached *ranges,
			   struct drm_exclusive_span span);

#endif
