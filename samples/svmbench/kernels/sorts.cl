// SPDX-License-Identifier: MIT

/* Each work-item sorts 16 numbers of its own. */
kernel void private_sort(global const uint *in, global uint *out)
{
	uint v[16], key;
	size_t first = get_global_id(0) * 16;
	int i, j;

	for (i = 0; i < 16; i++)
		v[i] = in[first + i];
	for (i = 1; i < 16; i++) {
		key = v[i];
		for (j = i - 1; j >= 0 && v[j] > key; j--)
			v[j + 1] = v[j];
		v[j + 1] = key;
	}
	for (i = 0; i < 16; i++)
		out[first + i] = v[i];
}

#define BITONIC_ELEMENTS 512

/* A group of half as many work-items sorts BITONIC_ELEMENTS in local memory. */
kernel __attribute__((reqd_work_group_size(BITONIC_ELEMENTS / 2, 1, 1))) void
bitonic_sort(global const uint *in, global uint *out)
{
	local uint shared[BITONIC_ELEMENTS];
	uint self = get_local_id(0), first = get_group_id(0) * BITONIC_ELEMENTS;
	uint size, stride, position, low, high;
	bool descending;

	shared[self] = in[first + self];
	shared[self + BITONIC_ELEMENTS / 2] = in[first + self + BITONIC_ELEMENTS / 2];
	for (size = 2; size <= BITONIC_ELEMENTS; size *= 2) {
		descending = self & (size / 2);
		for (stride = size / 2; stride > 0; stride /= 2) {
			barrier(CLK_LOCAL_MEM_FENCE);
			position = 2 * self - (self & (stride - 1));
			low = shared[position];
			high = shared[position + stride];
			if ((low > high) != descending) {
				shared[position] = high;
				shared[position + stride] = low;
			}
		}
	}
	barrier(CLK_LOCAL_MEM_FENCE);
	out[first + self] = shared[self];
	out[first + self + BITONIC_ELEMENTS / 2] = shared[self + BITONIC_ELEMENTS / 2];
}
