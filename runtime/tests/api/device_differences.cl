// SPDX-License-Identifier: MIT

// OWN, given by the build, is what tells the devices apart: each has a kernel whose own
// local memory is of another size.
kernel void reverse(global int *data, local int *first, local long *second)
{
	local int own[OWN];
	size_t i = get_local_id(0), size = get_local_size(0), last = size - 1;

	for (size_t k = i; k < OWN; k += size)
		own[k] = 1000000;
	first[i] = data[get_global_id(0)];
	second[i] = 1000 * (long)i;
	barrier(CLK_LOCAL_MEM_FENCE);
	int sum = 0;

	for (size_t k = 0; k < OWN; k++)
		sum += own[k] == 1000000;
	data[get_global_id(0)] = first[last - i] + (int)second[last - i] + 1000000 * (sum == OWN);
}
