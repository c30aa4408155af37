// SPDX-License-Identifier: MIT
#include "cpu_x86_64.h"

#include <cpuid.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/platform/x86.h>

/* The first leaf, which tells who made it. */
static uint32_t maker[4];
static pthread_once_t maker_once = PTHREAD_ONCE_INIT;

static void ask_for_maker(void)
{
	__cpuid(0, maker[0], maker[1], maker[2], maker[3]);
}

void tandem_cpu_identity(uint32_t words[TANDEM_CPU_IDENTITY_WORDS])
{
	/* The loader has asked for these: in a virtual machine the instruction takes microseconds. */
	static const unsigned int leaves[] = { CPUID_INDEX_1, CPUID_INDEX_7, CPUID_INDEX_7_ECX_1,
					       CPUID_INDEX_80000001 };
	uint32_t *next = words + 4;

	memset(words, 0, TANDEM_CPU_IDENTITY_WORDS * sizeof(*words));
	pthread_once(&maker_once, ask_for_maker);
	memcpy(words, maker, sizeof(maker));
	for (unsigned int i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++, next += 4)
		memcpy(next, __x86_get_cpuid_feature_leaf(leaves[i])->cpuid_array,
		       4 * sizeof(*next));
	/* Leaf 1's second word holds the number of the processor that was asked, and
	 * bit 27 of its third word follows the operating system. */
	words[5] = 0;
	/* Which register state the operating system saves: AVX and AVX-512 depend on it. */
	if (words[6] & bit_OSXSAVE) {
		uint32_t low, high;

		__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
		next[0] = low;
		next[1] = high;
	}
}

unsigned int tandem_cpu_float_lanes(void)
{
	if (__builtin_cpu_supports("avx512f"))
		return 16;
	return __builtin_cpu_supports("avx") ? 8 : 4;
}

bool tandem_cpu_permutes(unsigned int words)
{
	return (words == 8 && __builtin_cpu_supports("avx2")) ||
	       (words == 16 && __builtin_cpu_supports("avx512f"));
}

unsigned int tandem_cpu_half_lanes(void)
{
	unsigned int lanes = tandem_cpu_float_lanes();
	uint32_t features = __x86_get_cpuid_feature_leaf(CPUID_INDEX_7)->cpuid_array[3];

	/* Others compute with halves as floats. */
	return __builtin_cpu_supports("avx512f") && features & bit_AVX512FP16 ? 2 * lanes : lanes;
}

void tandem_cpu_vendor(char vendor[13])
{
	pthread_once(&maker_once, ask_for_maker);
	memset(vendor, 0, 13);
	memcpy(vendor, &maker[1], 4);
	memcpy(vendor + 4, &maker[3], 4);
	memcpy(vendor + 8, &maker[2], 4);
}

void tandem_cpu_name(char *name, unsigned int size)
{
	uint32_t words[13] = { 0 };
	const char *text = (const char *)words;

	for (unsigned int i = 0; i < 3; i++) {
		uint32_t *next = words + 4 * (size_t)i;

		if (!__get_cpuid(0x80000002 + i, &next[0], &next[1], &next[2], &next[3]))
			break;
	}
	text += strspn(text, " ");
	snprintf(name, size, "%s", *text ? text : "x86-64 processor");
}
