// SPDX-License-Identifier: MIT
/* What the runtime asks of an x86-64 processor, beside running kernels. */
#ifndef TANDEM_UTIL_CPU_X86_64_H
#define TANDEM_UTIL_CPU_X86_64_H

#include <stdbool.h>
#include <stdint.h>

/* A hint that this thread spins. */
static inline void tandem_cpu_relax(void)
{
	__builtin_ia32_pause();
}

/*
 * Kernels run with the floating-point environment that OpenCL asks for (round
 * to nearest, subnormals kept, exceptions masked), whatever the application
 * has set on the thread that happens to run them.
 */
static inline uint32_t tandem_cpu_enter_kernel(void)
{
	uint32_t saved = __builtin_ia32_stmxcsr();

	if (saved != 0x1f80)
		__builtin_ia32_ldmxcsr(0x1f80);
	return saved;
}

static inline void tandem_cpu_leave_kernel(uint32_t saved)
{
	__builtin_ia32_ldmxcsr(saved);
}

#define TANDEM_CPU_IDENTITY_WORDS 24

/*
 * Fills @words with what tells this processor's code-generation target from
 * another's: vendor, model, and each feature word the operating system has
 * enabled. Equal words mean that machine code can be exchanged.
 */
void tandem_cpu_identity(uint32_t words[TANDEM_CPU_IDENTITY_WORDS]);

/* Floats in the widest vector register that may be used. */
unsigned int tandem_cpu_float_lanes(void);

/* Whether the elements of a vector of so many words can be picked in any order by one instruction. */
bool tandem_cpu_permutes(unsigned int words);

/* Halves that it computes with at once. */
unsigned int tandem_cpu_half_lanes(void);

/* Make and model, as the CPUID instruction tells: 12 characters at most, into @vendor. */
void tandem_cpu_vendor(char vendor[13]);

/* The processor's marketing name, into @name of @size bytes. */
void tandem_cpu_name(char *name, unsigned int size);

#endif
