// SPDX-License-Identifier: MIT
/*
 * What tests check with. A failed check prints where and what, and counts; the
 * test goes on. main() ends with check_result().
 */
#ifndef TANDEM_TESTS_CHECK_H
#define TANDEM_TESTS_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define CHECK_SKIPPED 77

/* One of each in a program, however many of its files include this; any thread may check. */
__attribute__((weak)) _Atomic unsigned int check_failures;
__attribute__((weak)) _Atomic unsigned int check_count;

#define check_report(condition, ...)                                                  \
	do {                                                                          \
		check_failures++;                                                     \
		printf("%s:%d: %s: %s: ", __FILE__, __LINE__, __func__, (condition)); \
		printf(__VA_ARGS__);                                                  \
		printf("\n");                                                         \
	} while (0)

/* Fails where @condition is false; the rest says what was seen. */
#define check(condition, ...)                                         \
	({                                                            \
		int check_holds_ = !!(condition);                     \
                                                                      \
		check_count++;                                        \
		if (!check_holds_)                                    \
			check_report("not " #condition, __VA_ARGS__); \
		check_holds_;                                         \
	})

/* Fails where two integers differ. */
#define check_equal(expected, seen)                                                \
	({                                                                         \
		long long check_expected_ = (long long)(expected);                 \
		long long check_seen_ = (long long)(seen);                         \
                                                                                   \
		check_count++;                                                     \
		if (check_expected_ != check_seen_)                                \
			check_report(#seen, "is %lld, expected %lld", check_seen_, \
				     check_expected_);                             \
		check_expected_ == check_seen_;                                    \
	})

/* Ends the test at once: what follows makes no sense. */
#define check_fatal(condition, ...)                 \
	do {                                        \
		if (!check(condition, __VA_ARGS__)) \
			exit(1);                    \
	} while (0)

/* Ends the test as skipped. */
#define check_skip(...)              \
	do {                         \
		printf("skipped: "); \
		printf(__VA_ARGS__); \
		printf("\n");        \
		exit(CHECK_SKIPPED); \
	} while (0)

/* What main() returns. */
static inline int check_result(void)
{
	printf("%u checks, %u failed\n", check_count, check_failures);
	return check_failures || !check_count;
}

#endif
