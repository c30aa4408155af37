// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of what the helper for exclusive memory decides
 */
#include <kunit/test.h>

#include <linux/mm.h>
#include <linux/module.h>
#include <linux/time64.h>

#include "../exclusive/policy.h"

#define BASE		0x100000ul
#define EPOCH(n)	((u64)(n) * DRM_EXCLUSIVE_EPOCH_NS)

static struct drm_exclusive_range good_args(void)
{
	return (struct drm_exclusive_range){
		.address = BASE,
		.size = 4 * PAGE_SIZE,
		.operation = DRM_EXCLUSIVE_ACQUIRE,
	};
}

static void args_accepts_each_operation(struct kunit *test)
{
	struct drm_exclusive_range args = good_args();

	for (args.operation = DRM_EXCLUSIVE_REGISTER;
	     args.operation <= DRM_EXCLUSIVE_QUERY; args.operation++)
		KUNIT_EXPECT_EQ(test, drm_exclusive_check_args(&args), 0);
}

static void args_ignores_outputs(struct kunit *test)
{
	struct drm_exclusive_range args = good_args();

	args.done_bytes = ~0ull;
	args.exclusive_pages = ~0ull;
	KUNIT_EXPECT_EQ(test, drm_exclusive_check_args(&args), 0);
}

#define REJECTS(test, field, value)						\
	do {									\
		struct drm_exclusive_range args = good_args();			\
										\
		args.field = value;						\
		KUNIT_EXPECT_EQ_MSG(test, drm_exclusive_check_args(&args),	\
				    -EINVAL, #field " = " #value);		\
	} while (0)

static void args_rejects_each_field(struct kunit *test)
{
	REJECTS(test, operation, DRM_EXCLUSIVE_QUERY + 1);
	REJECTS(test, operation, ~0u);
	REJECTS(test, flags, 1);
	REJECTS(test, flags, 1u << 31);
	REJECTS(test, pad, 1);
	REJECTS(test, address, BASE + 1);
	REJECTS(test, address, BASE + PAGE_SIZE / 2);
	REJECTS(test, size, 0);
	REJECTS(test, size, 1);
	REJECTS(test, size, PAGE_SIZE + 1);
	REJECTS(test, address, -(u64)PAGE_SIZE);
	REJECTS(test, size, -(u64)PAGE_SIZE);
}

static void args_checks_statistics(struct kunit *test)
{
	struct drm_exclusive_range args = good_args();

	args.operation = DRM_EXCLUSIVE_QUERY;
	args.statistics = BASE;
	KUNIT_EXPECT_EQ(test, drm_exclusive_check_args(&args), -EINVAL);
	args.statistics_size = 8;
	KUNIT_EXPECT_EQ(test, drm_exclusive_check_args(&args), 0);
	args.statistics_size = DRM_EXCLUSIVE_MAX_STATISTICS + 1;
	KUNIT_EXPECT_EQ(test, drm_exclusive_check_args(&args), -EINVAL);
	args.statistics_size = 8;
	args.operation = DRM_EXCLUSIVE_ACQUIRE;
	KUNIT_EXPECT_EQ(test, drm_exclusive_check_args(&args), -EINVAL);
	args.operation = DRM_EXCLUSIVE_QUERY;
	args.statistics = 0;
	KUNIT_EXPECT_EQ(test, drm_exclusive_check_args(&args), -EINVAL);
}

static const struct drm_exclusive_span range = {
	.start = BASE,
	.end = BASE + 64 * PAGE_SIZE,
};

static unsigned long around(struct drm_exclusive_policy *policy,
			    unsigned long page, unsigned int max_pages)
{
	const unsigned long address = BASE + page * PAGE_SIZE;
	struct drm_exclusive_span span =
		drm_exclusive_policy_around(policy, range, address, max_pages, 0);

	if (span.start != address || span.end <= address || span.end > range.end)
		return 0;
	return (span.end - span.start) / PAGE_SIZE;
}

static void around_takes_one_page_first(struct kunit *test)
{
	struct drm_exclusive_policy policy;

	drm_exclusive_policy_init(&policy);
	KUNIT_EXPECT_EQ(test, around(&policy, 3, 16), 1);
	KUNIT_EXPECT_EQ(test, around(&policy, 9, 16), 1);
	KUNIT_EXPECT_EQ(test, around(&policy, 1, 16), 1);
}

static void around_doubles_for_a_walk(struct kunit *test)
{
	struct drm_exclusive_policy policy;

	drm_exclusive_policy_init(&policy);
	KUNIT_EXPECT_EQ(test, around(&policy, 0, 8), 1);
	KUNIT_EXPECT_EQ(test, around(&policy, 1, 8), 2);
	KUNIT_EXPECT_EQ(test, around(&policy, 3, 8), 4);
	KUNIT_EXPECT_EQ(test, around(&policy, 7, 8), 8);
	KUNIT_EXPECT_EQ(test, around(&policy, 15, 8), 8);
	KUNIT_EXPECT_EQ(test, around(&policy, 23, 1), 1);
}

static void around_ends_with_the_range(struct kunit *test)
{
	struct drm_exclusive_policy policy;

	drm_exclusive_policy_init(&policy);
	KUNIT_EXPECT_EQ(test, around(&policy, 60, 16), 1);
	KUNIT_EXPECT_EQ(test, around(&policy, 61, 16), 2);
	KUNIT_EXPECT_EQ(test, around(&policy, 63, 16), 1);
}

static void around_shrinks_when_a_cpu_shares(struct kunit *test)
{
	struct drm_exclusive_policy policy;

	drm_exclusive_policy_init(&policy);
	KUNIT_EXPECT_EQ(test, around(&policy, 0, 16), 1);
	KUNIT_EXPECT_EQ(test, around(&policy, 1, 16), 2);
	drm_exclusive_policy_revoked(&policy, BASE / PAGE_SIZE, 0);
	KUNIT_EXPECT_EQ(test, around(&policy, 3, 16), 1);
}

static void backoff_grows_and_ends(struct kunit *test)
{
	const unsigned long index = 77;
	struct drm_exclusive_policy policy;
	unsigned int i, last = 0, now;

	drm_exclusive_policy_init(&policy);
	for (i = 0; i < DRM_EXCLUSIVE_HOT_PAGE; i++) {
		KUNIT_EXPECT_EQ(test,
				drm_exclusive_policy_backoff_us(&policy, index, 500,
								EPOCH(5)), 0);
		drm_exclusive_policy_revoked(&policy, index, EPOCH(5));
	}
	for (i = 0; i < 100 * DRM_EXCLUSIVE_HOT_PAGE; i++) {
		now = drm_exclusive_policy_backoff_us(&policy, index, 500, EPOCH(5));
		KUNIT_EXPECT_GT(test, now, 0);
		KUNIT_EXPECT_GE(test, now, last);
		KUNIT_EXPECT_LE(test, now, 500);
		last = now;
		drm_exclusive_policy_revoked(&policy, index, EPOCH(5));
	}
	KUNIT_EXPECT_EQ(test, last, 500);
	KUNIT_EXPECT_EQ(test, drm_exclusive_policy_backoff_us(&policy, index + 1, 500,
							      EPOCH(5)), 0);
	KUNIT_EXPECT_EQ(test, drm_exclusive_policy_backoff_us(&policy, index, 500,
							      EPOCH(6)), 0);
	KUNIT_EXPECT_EQ(test, drm_exclusive_policy_backoff_us(&policy, index, 0,
							      EPOCH(5)), 0);
}

static void contention_lasts_an_epoch(struct kunit *test)
{
	struct drm_exclusive_policy policy;
	unsigned int i, became = 0;

	drm_exclusive_policy_init(&policy);
	for (i = 0; i < 3 * DRM_EXCLUSIVE_HOT_RANGE; i++) {
		KUNIT_EXPECT_EQ(test, drm_exclusive_policy_contended(&policy, EPOCH(1)),
				i >= DRM_EXCLUSIVE_HOT_RANGE);
		became += drm_exclusive_policy_revoked(&policy, i, EPOCH(1));
	}
	KUNIT_EXPECT_EQ(test, became, 1);
	KUNIT_EXPECT_EQ(test, policy.degraded, 1);
	KUNIT_EXPECT_FALSE(test, drm_exclusive_policy_contended(&policy, EPOCH(2)));
	for (i = 0; i < DRM_EXCLUSIVE_HOT_RANGE; i++)
		drm_exclusive_policy_revoked(&policy, i, EPOCH(2));
	KUNIT_EXPECT_EQ(test, policy.degraded, 2);
}

static void contention_needs_one_epoch(struct kunit *test)
{
	struct drm_exclusive_policy policy;
	unsigned int i;

	drm_exclusive_policy_init(&policy);
	for (i = 0; i < 10 * DRM_EXCLUSIVE_HOT_RANGE; i++)
		KUNIT_EXPECT_FALSE(test,
				   drm_exclusive_policy_revoked(&policy, i,
								EPOCH(1 + i / 100)));
	KUNIT_EXPECT_EQ(test, policy.degraded, 0);
}

static void retry_ends(struct kunit *test)
{
	struct drm_exclusive_retry retry = {};
	unsigned int total_us = 0, tries = 0;
	int sleep;

	for (;;) {
		sleep = drm_exclusive_retry_next(&retry);
		if (sleep < 0)
			break;
		KUNIT_EXPECT_LE(test, sleep, DRM_EXCLUSIVE_MAX_RETRY_US);
		KUNIT_EXPECT_EQ(test, !sleep, tries < DRM_EXCLUSIVE_EAGER_TRIES - 1);
		total_us += sleep;
		KUNIT_ASSERT_LT(test, ++tries, DRM_EXCLUSIVE_MAX_TRIES);
	}
	KUNIT_EXPECT_EQ(test, sleep, -EAGAIN);
	KUNIT_EXPECT_EQ(test, drm_exclusive_retry_next(&retry), -EAGAIN);
	KUNIT_EXPECT_LT(test, total_us, 10000);
}

/* What user space may ask for. */
static int check_range(u64 address, u64 size)
{
	const struct drm_exclusive_range args = {
		.address = address,
		.size = size,
		.operation = DRM_EXCLUSIVE_REGISTER,
	};

	return drm_exclusive_check_args(&args);
}

static void args_are_of_whole_pages(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, check_range(BASE, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, check_range(BASE + 1, PAGE_SIZE), -EINVAL);
	KUNIT_EXPECT_EQ(test, check_range(BASE, PAGE_SIZE - 1), -EINVAL);
	/* around the end of the address space, to its end, and almost to it */
	KUNIT_EXPECT_EQ(test, check_range(BASE, -(u64)PAGE_SIZE), -EINVAL);
	KUNIT_EXPECT_EQ(test, check_range(BASE, -(u64)BASE), -EINVAL);
	KUNIT_EXPECT_EQ(test, check_range(BASE, -(u64)BASE - PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, check_range(BASE, PAGE_SIZE), 0);
}

static struct kunit_case drm_exclusive_cases[] = {
	KUNIT_CASE(args_accepts_each_operation),
	KUNIT_CASE(args_ignores_outputs),
	KUNIT_CASE(args_rejects_each_field),
	KUNIT_CASE(args_checks_statistics),
	KUNIT_CASE(args_are_of_whole_pages),
	KUNIT_CASE(around_takes_one_page_first),
	KUNIT_CASE(around_doubles_for_a_walk),
	KUNIT_CASE(around_ends_with_the_range),
	KUNIT_CASE(around_shrinks_when_a_cpu_shares),
	KUNIT_CASE(backoff_grows_and_ends),
	KUNIT_CASE(contention_lasts_an_epoch),
	KUNIT_CASE(contention_needs_one_epoch),
	KUNIT_CASE(retry_ends),
	{}
};

static struct kunit_suite drm_exclusive_suite = {
	.name = "drm_exclusive",
	.test_cases = drm_exclusive_cases,
};

kunit_test_suite(drm_exclusive_suite);

MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_DESCRIPTION("KUnit tests of the helper for exclusive memory");
MODULE_LICENSE("GPL");
