// SPDX-License-Identifier: MIT
#include "cpu_x86_64.h"

#include <cpuid.h>
#include <stdio.h>
#include <string.h>

void tandem_cpu_identity(uint32_t words[TANDEM_CPU_IDENTITY_WORDS])
{
	static const struct {
		uint32_t leaf, subleaf;
	} leaves[] = { { 0, 0 }, { 1, 0 }, { 7, 0 }, { 7, 1 }, { 0x80000001, 0 } };
	uint32_t *next = words;

	memset(words, 0, TANDEM_CPU_IDENTITY_WORDS * sizeof(*words));
	for (unsigned int i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++, next += 4) {
		uint32_t a, b, c, d;

		if (!__get_cpuid_count(leaves[i].leaf, leaves[i].subleaf, &a, &b, &c, &d))
			continue;
		/* Leaf 1's second word holds the number of the processor that was asked, and
		 * bit 27 of its third word follows the operating system. */
		if (leaves[i].leaf == 1)
			b = 0;
		next[0] = a;
		next[1] = b;
		next[2] = c;
		next[3] = d;
	}
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
	uint32_t a, b, c, d;

	/* Others compute with halves as floats. */
	if (!__builtin_cpu_supports("avx512f") || !__get_cpuid_count(7, 0, &a, &b, &c, &d))
		return lanes;
	return d & bit_AVX512FP16 ? 2 * lanes : lanes;
}

void tandem_cpu_vendor(char vendor[13])
{
	uint32_t a, b, c, d;

	memset(vendor, 0, 13);
	if (!__get_cpuid(0, &a, &b, &c, &d))
		return;
	memcpy(vendor, &b, 4);
	memcpy(vendor + 4, &d, 4);
	memcpy(vendor + 8, &c, 4);
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
