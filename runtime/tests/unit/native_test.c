// SPDX-License-Identifier: MIT
/* Which size of groups is chosen where the application gives none. */
#include "driver/native.h"

#include "check.h"
#include "util/alloc.h"

enum { UNITS = 4, WISHED_GROUPS = 4 * UNITS, MOST = 4096, MULTIPLE = 16 };

static const struct tandem_kernel_info blind = {
	.max_group = MOST,
	.preferred_group_multiple = MULTIPLE,
};

static const struct tandem_kernel_info seeing = {
	.max_group = MOST,
	.preferred_group_multiple = MULTIPLE,
	.sees_groups = true,
};

static const struct tandem_kernel_info allowing = {
	.max_group = MOST,
	.preferred_group_multiple = MULTIPLE,
	.sees_groups = true,
	.allows_uneven_groups = true,
};

static const struct tandem_kernel_info small = {
	.max_group = 64,
	.preferred_group_multiple = MULTIPLE,
};

static const struct tandem_kernel_info across = {
	.max_group = MOST,
	.preferred_group_multiple = MULTIPLE,
	.prefers_narrow_groups = true,
};

static const struct tandem_kernel_info small_across = {
	.max_group = 6,
	.preferred_group_multiple = MULTIPLE,
	.sees_groups = true,
	.prefers_narrow_groups = true,
};

/* What is chosen for which index space, where groups may be uneven. */
static const struct size_case {
	const struct tandem_kernel_info *kernel;
	uint32_t dimensions;
	uint64_t global[3], local[3];
} cases[] = {
	/* Few work-items: no group is smaller than a vector. */
	{ &blind, 1, { 1 }, { 16 } },
	{ &blind, 1, { 15 }, { 16 } },
	{ &blind, 1, { 100 }, { 16 } },
	{ &seeing, 1, { 1 }, { 1 } },
	{ &seeing, 1, { 15 }, { 15 } },
	{ &seeing, 1, { 100 }, { 10 } },
	/* What divides is chosen either way. */
	{ &blind, 1, { 65536 }, { 4096 } },
	{ &seeing, 1, { 65536 }, { 4096 } },
	{ &blind, 2, { 256, 256 }, { 256, 16 } },
	{ &seeing, 2, { 256, 256 }, { 256, 16 } },
	/* Sizes that nothing divides: uneven groups, as many as for the size beside it. */
	{ &blind, 1, { 65537 }, { 3856 } },
	{ &seeing, 1, { 65537 }, { 1 } },
	{ &blind, 1, { 100003 }, { 4016 } },
	{ &seeing, 1, { 100003 }, { 1 } },
	{ &blind, 2, { 1921, 7 }, { 656, 1 } },
	{ &blind, 2, { 17, 1009 }, { 32, 33 } },
	{ &seeing, 2, { 17, 1009 }, { 17, 1 } },
	{ &blind, 3, { 7, 11, 13 }, { 16, 3, 1 } },
	/* Kernels that tell, and take any: a divisor where it is good, and no more than there is. */
	{ &allowing, 1, { 1 }, { 1 } },
	{ &allowing, 1, { 15 }, { 15 } },
	{ &allowing, 1, { 17 }, { 16 } },
	{ &allowing, 1, { 100 }, { 10 } },
	{ &allowing, 1, { 65536 }, { 4096 } },
	{ &allowing, 1, { 65537 }, { 3856 } },
	{ &allowing, 2, { 256, 256 }, { 256, 16 } },
	{ &allowing, 2, { 17, 1009 }, { 17, 60 } },
	/* The kernel's own limit. */
	{ &small, 1, { 100003 }, { 64 } },
	{ &small, 2, { 20, 20 }, { 25, 1 } },
	/* Narrow groups, where there are columns, and a width of 8 is possible. */
	{ &across, 2, { 1024, 1024 }, { 8, 512 } },
	{ &across, 2, { 1001, 1001 }, { 8, 501 } },
	{ &across, 2, { 100, 100 }, { 8, 50 } },
	{ &across, 3, { 256, 256, 4 }, { 8, 256, 2 } },
	{ &across, 1, { 65536 }, { 4096 } },
	{ &across, 2, { 1024, 32 }, { 1024, 2 } },
	{ &small_across, 2, { 64, 64 }, { 4, 1 } },
	/* Nothing to do is no error. */
	{ &blind, 2, { 0, 5 }, { 16, 1 } },
};

static uint64_t groups(uint64_t global, uint64_t local)
{
	return (global + local - 1) / local;
}

static void check_case(const struct size_case *test)
{
	uint64_t local[3] = { 0 }, even[3] = { 0 };

	tandem_native_choose_local_size(test->kernel, UNITS, test->dimensions, test->global, true,
					local);
	tandem_native_choose_local_size(test->kernel, UNITS, test->dimensions, test->global, false,
					even);
	for (uint32_t i = 0; i < test->dimensions; i++) {
		check(local[i] == test->local[i],
		      "case %td, dimension %u of size %llu: %llu, not %llu", test - cases, i,
		      (unsigned long long)test->global[i], (unsigned long long)local[i],
		      (unsigned long long)test->local[i]);
		check(even[i] && test->global[i] % even[i] == 0,
		      "case %td: %llu does not divide %llu", test - cases,
		      (unsigned long long)even[i], (unsigned long long)test->global[i]);
	}
}

/* Whatever the size: groups that fit, for all compute units, and no lane is wasted. */
static void check_all_sizes(void)
{
	for (uint64_t size = 1; size < 200000; size += 1 + size / 64) {
		uint64_t local = 0, divisor = 0;

		tandem_native_choose_local_size(&blind, UNITS, 1, &size, true, &local);
		check(local && local <= MOST &&
			      (local % MULTIPLE == 0 || local == size / WISHED_GROUPS),
		      "size %llu: groups of %llu", (unsigned long long)size,
		      (unsigned long long)local);
		check(groups(size, local) >= UNITS || local == MULTIPLE,
		      "size %llu: groups of %llu, too few for all", (unsigned long long)size,
		      (unsigned long long)local);
		/* Only where it has to divide may there be many more. */
		tandem_native_choose_local_size(&seeing, UNITS, 1, &size, true, &divisor);
		check(divisor && size % divisor == 0, "size %llu: groups of %llu",
		      (unsigned long long)size, (unsigned long long)divisor);
		check(groups(size, local) <= groups(size, divisor) + 1,
		      "size %llu: %llu groups, %llu of them with a divisor",
		      (unsigned long long)size, (unsigned long long)groups(size, local),
		      (unsigned long long)groups(size, divisor));
	}
}

int main(void)
{
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(cases); i++)
		check_case(&cases[i]);
	check_all_sizes();
	return check_result();
}
