// SPDX-License-Identifier: MIT
/* Barriers in all places where they may stand. Each kernel's results are computed again on the
 * host; l is the local id, n the group's size. */

kernel void straight(global int *out, local int *shared)
{
	int l = get_local_id(0), n = get_local_size(0);

	shared[l] = out[get_global_id(0)];
	barrier(CLK_LOCAL_MEM_FENCE);
	out[get_global_id(0)] = shared[n - 1 - l];
}

kernel void tree(global int *out, local int *shared)
{
	int l = get_local_id(0);

	shared[l] = out[get_global_id(0)];
	barrier(CLK_LOCAL_MEM_FENCE);
	for (int width = get_local_size(0) / 2; width > 0; width >>= 1) {
		if (l < width)
			shared[l] += shared[l + width];
		barrier(CLK_LOCAL_MEM_FENCE);
	}
	out[get_global_id(0)] = shared[0] + l;
}

/* Every item passes its value on around the ring, count times. */
kernel void rotate(global int *out, local int *shared, int count)
{
	int l = get_local_id(0), n = get_local_size(0);
	int value = out[get_global_id(0)];

	for (int i = 0; i < count; i++) {
		shared[l] = value;
		barrier(CLK_LOCAL_MEM_FENCE);
		value = shared[(l + 1) % n];
		barrier(CLK_LOCAL_MEM_FENCE);
	}
	out[get_global_id(0)] = value;
}

/* The number of rounds comes from memory: it is not known to be the same for all. */
kernel void rounds_in_memory(global int *out, local int *shared, global const int *count)
{
	int l = get_local_id(0), n = get_local_size(0);
	int value = out[get_global_id(0)];

	for (int i = 0; i < count[0]; i++) {
		shared[l] = value;
		barrier(CLK_LOCAL_MEM_FENCE);
		value = shared[(l + 1) % n] + i;
		barrier(CLK_LOCAL_MEM_FENCE);
	}
	out[get_global_id(0)] = value;
}

kernel void nested(global int *out, local int *shared, int outer, int inner)
{
	int l = get_local_id(0), n = get_local_size(0);
	int value = l;

	for (int i = 0; i < outer; i++) {
		int kept = value * 3;

		for (int k = 0; k < inner; k++) {
			shared[l] = value + k;
			barrier(CLK_LOCAL_MEM_FENCE);
			value = shared[(l + k + 1) % n];
			barrier(CLK_LOCAL_MEM_FENCE);
		}
		value += kept + i;
	}
	out[get_global_id(0)] = value;
}

kernel void conditional(global int *out, local int *shared, int which)
{
	int l = get_local_id(0), n = get_local_size(0);
	int before = l * 7, value;

	if (which) {
		shared[l] = l;
		barrier(CLK_LOCAL_MEM_FENCE);
		value = shared[n - 1 - l];
	} else {
		shared[l] = l * 2;
		barrier(CLK_LOCAL_MEM_FENCE);
		value = shared[(l + 3) % n];
		barrier(CLK_LOCAL_MEM_FENCE);
	}
	out[get_global_id(0)] = value + before;
}

int exchange(local int *shared, int value, int l, int n, int rounds)
{
	for (int i = 0; i < 100; i++) {
		shared[l] = value;
		barrier(CLK_LOCAL_MEM_FENCE);
		value = shared[n - 1 - l] + 1;
		barrier(CLK_LOCAL_MEM_FENCE);
		if (i == 3)
			continue;
		if (i == rounds)
			break;
	}
	return value;
}

kernel void in_function(global int *out, local int *shared)
{
	int l = get_local_id(0), n = get_local_size(0);
	int value = exchange(shared, l, l, n, 6);

	value += exchange(shared, value, l, n, 2);
	out[get_global_id(0)] = value;
}

/* Items beyond the end return before the barrier, as many programs do. */
kernel void early_return(global int *out, local int *shared, int end)
{
	int l = get_local_id(0), g = get_global_id(0);

	shared[l] = 1;
	if (g >= end)
		return;
	barrier(CLK_LOCAL_MEM_FENCE);
	shared[l] += out[g];
	barrier(CLK_LOCAL_MEM_FENCE);
	out[g] = shared[l] + l;
}

/* Private variables of all kinds outlive a barrier. */
struct pair {
	char small;
	long large;
};

void bump(int *place)
{
	*place += 5;
}

kernel void private_memory(global int *out, local int *shared)
{
	int l = get_local_id(0), n = get_local_size(0);
	int numbers[9], taken = l;
	struct pair pair = { (char)l, l * 1000000007l };
	double16 wide = (double16)(l);
	char3 three = (char3)(l, l + 1, l + 2);
	bool flag = l & 1;
	int *pointer = &taken;

	for (int i = 0; i < 9; i++)
		numbers[i] = l * i;
	shared[l] = l;
	barrier(CLK_LOCAL_MEM_FENCE);
	bump(pointer);
	numbers[l % 9] += shared[n - 1 - l];
	wide.s3 += 1;
	barrier(CLK_LOCAL_MEM_FENCE);
	bump(&taken);
	out[get_global_id(0)] = numbers[l % 9] + numbers[8] + pair.small + (int)(pair.large % 1000) +
				(int)wide.s3 + (int)wide.sf + three.z + flag + taken;
}

/* Different numbers of turns between barriers. */
kernel void divergent_between(global int *out, local int *shared)
{
	int l = get_local_id(0), n = get_local_size(0);
	int sum = 0;

	for (int round = 0; round < 4; round++) {
		for (int i = 0; i < l + round; i++) {
			if (i % 3 == 2)
				continue;
			sum += i;
		}
		shared[l] = sum;
		barrier(CLK_LOCAL_MEM_FENCE);
		if (l & 1)
			sum += shared[(l + 1) % n];
		else
			sum -= shared[(l + n - 1) % n];
		barrier(CLK_LOCAL_MEM_FENCE);
	}
	out[get_global_id(0)] = sum;
}

kernel void with_switch(global int *out, local int *shared, int which)
{
	int l = get_local_id(0), n = get_local_size(0);
	int value = l;

	switch (which) {
	case 0:
		value = 100 + l;
		break;
	case 1:
		shared[l] = l;
		barrier(CLK_LOCAL_MEM_FENCE);
		value = shared[(l + 1) % n];
		/* fall through */
	case 2:
		barrier(CLK_LOCAL_MEM_FENCE);
		shared[l] = value;
		barrier(CLK_LOCAL_MEM_FENCE);
		value += shared[(l + 2) % n];
		break;
	case 5:
		value = -1;
		break;
	default:
		for (;;) {
			shared[l] = value;
			barrier(CLK_LOCAL_MEM_FENCE);
			value += shared[n - 1 - l];
			barrier(CLK_LOCAL_MEM_FENCE);
			if (which-- < 8)
				goto done;
		}
	}
done:
	out[get_global_id(0)] = value;
}

kernel void three_dimensions(global int *out, local int *shared)
{
	size_t x = get_local_id(0), y = get_local_id(1), z = get_local_id(2);
	size_t nx = get_local_size(0), ny = get_local_size(1), nz = get_local_size(2);
	size_t l = (z * ny + y) * nx + x;

	shared[l] = (int)get_global_linear_id();
	barrier(CLK_LOCAL_MEM_FENCE);
	out[get_global_linear_id()] =
		shared[((nz - 1 - z) * ny + (ny - 1 - y)) * nx + (nx - 1 - x)] * 2 +
		(int)get_local_linear_id();
}

kernel __attribute__((reqd_work_group_size(32, 1, 1))) void required(global int *out)
{
	local int shared[32];
	int l = get_local_id(0);

	shared[l] = out[get_global_id(0)];
	barrier(CLK_LOCAL_MEM_FENCE);
	for (int width = 16; width > 0; width >>= 1) {
		if (l < width)
			shared[l] += shared[l + width];
		barrier(CLK_LOCAL_MEM_FENCE);
	}
	out[get_global_id(0)] = shared[0];
}

/* Values that live over several barriers, and are used after some of them only. */
kernel void long_lived(global int *out, local int *shared)
{
	int l = get_local_id(0), n = get_local_size(0);
	int a = out[get_global_id(0)], b = a * 3, c = a ^ 0x55;
	float f = a * 0.5f;

	shared[l] = a;
	barrier(CLK_LOCAL_MEM_FENCE);
	a = shared[(l + 1) % n];
	barrier(CLK_LOCAL_MEM_FENCE);
	shared[l] = b;
	barrier(CLK_LOCAL_MEM_FENCE);
	b = shared[(l + 2) % n] + a;
	barrier(CLK_GLOBAL_MEM_FENCE | CLK_LOCAL_MEM_FENCE);
	out[get_global_id(0)] = a + b * 2 + c + (int)f;
}

/* A barrier that orders global memory. */
kernel void global_memory(global int *out)
{
	size_t g = get_global_id(0), n = get_local_size(0), base = get_group_id(0) * n;
	size_t l = get_local_id(0);
	int value = out[g];

	barrier(CLK_GLOBAL_MEM_FENCE);
	out[base + n - 1 - l] = value;
	barrier(CLK_GLOBAL_MEM_FENCE);
	value = out[base + (l + 1) % n];
	barrier(CLK_GLOBAL_MEM_FENCE);
	out[g] = value;
}
