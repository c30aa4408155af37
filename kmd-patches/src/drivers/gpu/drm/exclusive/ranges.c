// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registered ranges of an address space
 */
#include <linux/errno.h>

#include <kunit/visibility.h>

#include "ranges.h"

/**
 * drm_exclusive_ranges_insert() - Enter a range
 * @ranges: the tree
 * @limits: what the range has to be inside of
 * @span: the range, not empty
 * @node: is filled, and must stay until it is removed
 *
 * Return: 0; -ERANGE if the range is not inside @limits, -EEXIST if it overlaps
 * one that is there. Ranges may touch.
 */
int drm_exclusive_ranges_insert(struct rb_root_cached *ranges,
				struct drm_exclusive_span limits,
				struct drm_exclusive_span span,
				struct interval_tree_node *node)
{
	if (span.start < limits.start || span.end > limits.end)
		return -ERANGE;
	if (drm_exclusive_ranges_first(ranges, span))
		return -EEXIST;
	node->start = span.start;
	node->last = span.end - 1;
	interval_tree_insert(node, ranges);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(drm_exclusive_ranges_insert);

/**
 * drm_exclusive_ranges_remove() - Take a range out
 * @ranges: the tree
 * @node: of the range
 */
void drm_exclusive_ranges_remove(struct rb_root_cached *ranges,
				 struct interval_tree_node *node)
{
	interval_tree_remove(node, ranges);
}
EXPORT_SYMBOL_IF_KUNIT(drm_exclusive_ranges_remove);

/**
 * drm_exclusive_ranges_first() - Find the first range that overlaps another
 * @ranges: the tree
 * @span: the other, not empty
 *
 * Return: the range, NULL if there is none.
 */
struct interval_tree_node *
drm_exclusive_ranges_first(struct rb_root_cached *ranges,
			   struct drm_exclusive_span span)
{
	return interval_tree_iter_first(ranges, span.start, span.end - 1);
}
EXPORT_SYMBOL_IF_KUNIT(drm_exclusive_ranges_first);

/**
 * drm_exclusive_ranges_next() - Find the next range that overlaps another
 * @node: what was found before
 * @span: the other, not empty
 *
 * Return: the range, NULL if there is none.
 */
struct interval_tree_node *
drm_exclusive_ranges_next(struct interval_tree_node *node,
			  struct drm_exclusive_span span)
{
	return interval_tree_iter_next(node, span.start, span.end - 1);
}
EXPORT_SYMBOL_IF_KUNIT(drm_exclusive_ranges_next);

/**
 * drm_exclusive_ranges_around() - Find the range that holds all of another
 * @ranges: the tree
 * @span: the other, not empty
 *
 * Return: the range, NULL if there is none, or if several hold it together.
 */
struct interval_tree_node *
drm_exclusive_ranges_around(struct rb_root_cached *ranges,
			    struct drm_exclusive_span span)
{
	struct interval_tree_node *node = drm_exclusive_ranges_first(ranges, span);

	if (!node || node->start > span.start || node->last < span.end - 1)
		return NULL;
	return node;
}
EXPORT_SYMBOL_IF_KUNIT(drm_exclusive_ranges_around);

/**
 * drm_exclusive_ranges_exact() - Find a range by its addresses
 * @ranges: the tree
 * @span: the addresses, not empty
 *
 * Return: the range, NULL if there is none with just these.
 */
struct interval_tree_node *
drm_exclusive_ranges_exact(struct rb_root_cached *ranges,
			   struct drm_exclusive_span span)
{
	struct interval_tree_node *node = drm_exclusive_ranges_first(ranges, span);

	if (!node || node->start != span.start || node->last != span.end - 1)
		return NULL;
	return node;
}
EXPORT_SYMBOL_IF_KUNIT(drm_exclusive_ranges_exact);
