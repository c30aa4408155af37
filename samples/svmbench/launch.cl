// SPDX-License-Identifier: MIT
/* The smallest kernels there are. */

kernel void empty(void)
{
}

/* Launched by one work-item at a time, in order: no atomic is needed. */
kernel void count(global uint *counter)
{
	*counter += 1;
}
