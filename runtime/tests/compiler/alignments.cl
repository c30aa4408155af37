// SPDX-License-Identifier: MIT
/* Variables and arguments that ask for more alignment than their types have, by ALIGNMENT. */
#define ALIGNED __attribute__((aligned(ALIGNMENT)))

/* How far an address is from being aligned, hidden from the optimiser by a pointer's choice. */
#define OFF(address, n) ((int)((uintptr_t)((n) > 1000 ? 0 : (address)) % ALIGNMENT))

#ifdef BY_VALUE
typedef struct ALIGNED {
	float x, y, z, w;
} structure;

kernel void by_value(int n, structure s, char c, structure t, global int *out)
{
	structure copy = s;

	out[get_global_id(0)] = OFF(&copy, n) + (int)(s.x + 10 * s.w + 100 * t.y + n + c);
}
#else
constant int constants[4] ALIGNED = { 5, 6, 7, 8 };
constant char small = 3;
constant int more[2] ALIGNED = { 9, 10 };
global int variables[4] ALIGNED = { 1, 2, 3, 4 };
global char small_variable = 1;

kernel void in_program(global int *out, int n)
{
	int i = get_global_id(0);

	out[i] = constants[i & 3] + more[i & 1] + small + OFF(&constants[0], n) +
		 OFF(&more[0], n) + OFF(&variables[0], n) + variables[n & 3] + small_variable;
}

kernel void in_local(global int *out, int n, local int *block)
{
	local char c;
	local int a[4] ALIGNED;
	local char d;
	local int b[64] ALIGNED;
	int l = get_local_id(0);

	c = n;
	a[n] = n + 1;
	d = 5;
	b[l] = l;
	block[l] = 100;
	barrier(CLK_LOCAL_MEM_FENCE);
	out[get_global_id(0)] = OFF(&a[0], n) + OFF(&b[0], n) + a[n] + b[l] + block[63 - l] + c + d;
}

/*
 * Asked for less than the type has, which accesses through pointers rely on: a sum of
 * vectors is stored whole, by an instruction that faults where it is not aligned. What
 * comes first in the kernel comes first in memory, too.
 */
kernel void less(global int *out, int n)
{
	local int first;
	local long4 a[64] __attribute__((aligned(8)));
	int l = get_local_id(0);
	local long4 *p;

	first = n;
	barrier(CLK_LOCAL_MEM_FENCE);
	p = a + l * n;
	*p = (long4)(l) + (long4)(n, 0, n, 0);
	barrier(CLK_LOCAL_MEM_FENCE);
	p = a + (63 - l) * n;
	out[get_global_id(0)] = (int)p->w + first;
}

kernel void kept(global int *out, int n)
{
	int l = get_local_id(0);
	int a[3] ALIGNED;
	char c[3];
	int b[2] ALIGNED;

	a[n] = l;
	c[n] = n;
	b[n] = n;
	barrier(CLK_LOCAL_MEM_FENCE);
	out[get_global_id(0)] = OFF(&a[0], n) + OFF(&b[0], n) + a[n] + b[n] + c[n];
}
#endif
