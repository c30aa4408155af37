// SPDX-License-Identifier: MIT

#define GROUP 256
#define BINS  256

/* Each work-item adds vectors that lie apart, then each group its items' sums in a tree. */
kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void
reduce_float4(global const float4 *in, global float *sums, uint count)
{
	local float partial[GROUP];
	uint self = get_local_id(0), i, width;
	float4 sum = 0;

	for (i = get_global_id(0); i < count; i += get_global_size(0))
		sum += in[i];
	partial[self] = sum.x + sum.y + sum.z + sum.w;
	barrier(CLK_LOCAL_MEM_FENCE);
	for (width = GROUP / 2; width > 0; width /= 2) {
		if (self < width)
			partial[self] += partial[self + width];
		barrier(CLK_LOCAL_MEM_FENCE);
	}
	if (self == 0)
		sums[get_group_id(0)] = partial[0];
}

/* What stands before each element of a group, added up. */
kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void scan(global const uint *in,
								     global uint *out)
{
	local uint sums[2][GROUP];
	uint self = get_local_id(0), from = 0, reach;

	sums[0][self] = self ? in[get_global_id(0) - 1] : 0;
	barrier(CLK_LOCAL_MEM_FENCE);
	for (reach = 1; reach < GROUP; reach *= 2) {
		sums[!from][self] = sums[from][self] +
				    (self >= reach ? sums[from][self - reach] : 0);
		from = !from;
		barrier(CLK_LOCAL_MEM_FENCE);
	}
	out[get_global_id(0)] = sums[from][self];
}

/* A histogram of each group's part of the bytes. */
kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void
histogram_local(global const uchar *in, global uint *counts, uint part)
{
	local uint bins[BINS];
	uint first = get_group_id(0) * part, i;

	bins[get_local_id(0)] = 0;
	barrier(CLK_LOCAL_MEM_FENCE);
	for (i = get_local_id(0); i < part; i += GROUP)
		atomic_inc(&bins[in[first + i]]);
	barrier(CLK_LOCAL_MEM_FENCE);
	counts[get_group_id(0) * BINS + get_local_id(0)] = bins[get_local_id(0)];
}

kernel void histogram_global(global const uchar *in, global uint *counts)
{
	atomic_inc(&counts[in[get_global_id(0)]]);
}
