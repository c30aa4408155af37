// SPDX-License-Identifier: MIT
// Kernels that count what they find in memory that nobody has written to, and one that leaves
// something there. What is not zero counts as 1 in each element of the result.

#define WORDS 64

typedef struct {
	char first;
	double second;
	int rest[5];
} mixed;

// Leaves ones in the memory of groups and on the stacks, as much as others use.
kernel void soil(global uint *out, local uint *argument, uint words)
{
	local uint here[4 * WORDS];
	uint mine[16 * WORDS], sum = 0;
	uint lid = get_local_id(0), size = get_local_size(0);

	for (uint i = 0; i < 16 * WORDS; i++)
		mine[i] = ~i;
	for (uint i = lid; i < 4 * WORDS; i += size)
		here[i] = ~0u;
	for (uint i = lid; i < words; i += size)
		argument[i] = ~0u;
	barrier(CLK_LOCAL_MEM_FENCE);
	for (uint i = 0; i < 16 * WORDS; i++)
		sum += mine[(i * 7 + lid) % (16 * WORDS)];
	out[get_global_id(0)] = sum + here[lid % (4 * WORDS)] + argument[lid % words];
}

// ---- local memory ----

kernel void local_variables(global uint *out)
{
	local uint words[WORDS];
	local mixed structure;
	local uchar one;
	uint lid = get_local_id(0), found = 0;

	for (uint i = 0; i < WORDS; i++)
		found |= words[i];
	found |= structure.first | structure.second != 0 | structure.rest[lid % 5] | one;
	barrier(CLK_LOCAL_MEM_FENCE);
	// The next group on this thread must not see it.
	words[lid % WORDS] = 1;
	one = 1;
	structure.second = 1;
	out[get_global_id(0)] = found != 0;
}

kernel void local_argument(global uint *out, local uint *words, uint count)
{
	uint found = 0;

	for (uint i = 0; i < count; i++)
		found |= words[i];
	barrier(CLK_LOCAL_MEM_FENCE);
	words[get_local_id(0) % count] = 1;
	out[get_global_id(0)] = found != 0;
}

#ifndef FEW
kernel void aligned_local(global uint *out, local uint *words, uint count)
{
	local uint here[WORDS] __attribute__((aligned(1024)));
	uint found = 0;

	for (uint i = 0; i < WORDS; i++)
		found |= here[i];
	for (uint i = 0; i < count; i++)
		found |= words[i];
	barrier(CLK_LOCAL_MEM_FENCE);
	here[get_local_id(0) % WORDS] = 1;
	words[get_local_id(0) % count] = 1;
	out[get_global_id(0)] = found != 0;
}

kernel __attribute__((reqd_work_group_size(16, 1, 1))) void required_size(global uint *out)
{
	local uint words[16];
	uint lid = get_local_id(0), found = words[15 - lid];

	barrier(CLK_LOCAL_MEM_FENCE);
	words[lid] = 1;
	out[get_global_id(0)] = found != 0;
}
#endif

// ---- private memory ----

kernel void private_variables(global uint *out)
{
	uint number, words[WORDS];
	float4 vector;
	mixed structure;

	vector.y = 0;
	for (uint i = 0; i < WORDS; i++)
		number |= words[(i * 5 + get_global_id(0)) % WORDS];
	out[get_global_id(0)] = number || vector.x != 0 || vector.w != 0 || structure.first ||
				structure.second != 0 || structure.rest[get_local_id(0) % 5];
}

// Each turn of the loop has variables of its own.
kernel void of_a_loop(global uint *out)
{
	uint found = 0;

	for (uint i = 0; i < 9 + get_global_id(0) % 3; i++) {
		uint turn, words[8];

		found |= turn | words[(i + get_local_id(0)) % 8];
		turn = words[i % 8] = words[(i + 1) % 8] = i + 1;
		out[get_global_id(0)] = turn;
	}
	out[get_global_id(0)] = found != 0;
}

static uint helper(uint index)
{
	uint words[WORDS];
	uint found = words[index % WORDS];

	words[index % WORDS] = index + 1;
	return found | words[(index + 1) % WORDS];
}

kernel void of_a_function(global uint *out)
{
	uint found = 0;

	for (uint i = 0; i < 5; i++)
		found |= helper(i + get_global_id(0));
	out[get_global_id(0)] = found != 0;
}

kernel void over_barriers(global uint *out)
{
	local uint sum[WORDS];
	uint words[WORDS], kept;
	uint lid = get_local_id(0), found = 0;

	sum[lid % WORDS] = 1;
	barrier(CLK_LOCAL_MEM_FENCE);
	for (uint i = 0; i < sum[0] * WORDS; i++)
		found |= words[i];
	barrier(CLK_LOCAL_MEM_FENCE);
	if (sum[lid % WORDS])
		found |= kept;
	words[lid % WORDS] = kept = lid;
	barrier(CLK_LOCAL_MEM_FENCE);
	out[get_global_id(0)] = found != 0 || words[lid % WORDS] != kept;
}

#ifndef FEW
// A way into the middle of what the variable is known in.
kernel void gone_around(global uint *out)
{
	uint found = 0;

	switch (get_global_id(0) % 4) {
		uint words[4];
	case 0:
		words[0] = 0;
	case 1:
		found |= words[1];
	default:
		found |= words[get_local_id(0) % 4];
		words[1] = 7;
	}
	out[get_global_id(0)] = found != 0;
}
#endif
