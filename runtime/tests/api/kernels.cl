// SPDX-License-Identifier: MIT

struct pair {
	int first;
	float second;
};

typedef struct pair named_pair;

kernel void described(global int *plain, const global float *restrict in, volatile global uint *out,
		      constant short4 *table, local double *scratch, unsigned int number,
		      float16 wide, named_pair pair, unsigned char small)
{
	scratch[0] = in[0] + table[0].x + number + wide.s0 + pair.second + small;
	plain[0] = (int)scratch[0];
	out[0] = number;
}

kernel __attribute__((reqd_work_group_size(8, 2, 1))) void required(global int *out)
{
	out[get_global_id(0)] = (int)get_local_size(0);
}

kernel __attribute__((work_group_size_hint(16, 1, 1)))
__attribute__((vec_type_hint(float4))) void hinted(global int *out)
{
	out[get_global_id(0)] = 1;
}

kernel void combine(global int *out, int a, char b, long c, float4 d, struct pair e,
		    local int *scratch)
{
	scratch[get_local_id(0)] = a + b + (int)c + (int)d.w + e.first + (int)e.second;
	out[get_global_id(0)] = scratch[get_local_id(0)];
}

kernel void null_pointers(global int *out, global int *one, constant int *other)
{
	out[0] = (one ? 1 : 0) + (other ? 2 : 0);
}
