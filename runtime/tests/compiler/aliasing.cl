// SPDX-License-Identifier: MIT
/* Memory that is written as one type and read as another. */

void copy_words(uchar *to, const uchar *from, uint bytes)
{
	ulong *wide = (ulong *)to;
	const ulong *source = (const ulong *)from;

	for (uint i = 0; i < bytes; i += 8)
		*wide++ = *source++;
}

kernel void private_memory(global uint *out)
{
	uint from[4], to[4];

	for (uint i = 0; i < 4; i++) {
		from[i] = out[i + 8] + i + 1;
		to[i] = 77;
	}
	copy_words((uchar *)to, (uchar *)from, sizeof(to));
	for (uint i = 0; i < 4; i++)
		out[i] = to[i];
}

kernel void global_memory(global uint *out)
{
	global ulong *wide = (global ulong *)out;

	out[0] = 1;
	*wide = 2;
	out[2] = out[0];
}

kernel void local_memory(global float *out, local float *shared)
{
	size_t l = get_local_id(0);

	shared[l] = 1.5f + out[l];
	((local uint *)shared)[l] ^= 0x80000000u;
	out[l] = shared[l] * 2;
}

struct pair {
	int first, second;
};

kernel void structure(global int *out)
{
	struct pair pair = { 1, 2 };
	short *halves = (short *)&pair;

	halves[2] = 7;
	out[0] = pair.second;
	*(float *)&pair.first = 1;
	out[1] = pair.first;
}
