// SPDX-License-Identifier: MIT

kernel void add(global int *out, global const int *in, int number)
{
	size_t i = get_global_id(0);

	out[i] = in[i] + number;
}

typedef struct {
	char small;
	long large;
	short middle;
} mixed;

/* Values of each size, between which the argument block has gaps. */
kernel void values(char a, mixed b, uchar3 c, float16 d, ushort e, global long *out, ulong f,
		   float2 g, uchar h)
{
	out[0] = a;
	out[1] = b.small;
	out[2] = b.large;
	out[3] = b.middle;
	out[4] = c.x + 256 * c.y + 65536 * c.z;
	out[5] = (long)(d.s0 + 100 * d.sf);
	out[6] = e;
	out[7] = (long)f;
	out[8] = (long)(g.x * 10 + g.y);
	out[9] = h;
}

/* Two arrays of the caller's and one of its own. */
kernel void reverse(global int *data, local int *first, local long *second)
{
	local int own[64];
	size_t i = get_local_id(0), last = get_local_size(0) - 1;

	first[i] = data[get_global_id(0)];
	second[i] = 1000 * (long)i;
	own[i] = 1000000;
	barrier(CLK_LOCAL_MEM_FENCE);
	data[get_global_id(0)] = first[last - i] + (int)second[last - i] + own[last - i];
}

kernel void places(global uint *out, constant uint *weights)
{
	size_t x = get_global_id(0) - get_global_offset(0);
	size_t y = get_global_id(1) - get_global_offset(1);
	size_t z = get_global_id(2) - get_global_offset(2);
	size_t i = (z * get_global_size(1) + y) * get_global_size(0) + x;

	out[i] = weights[0] * get_global_id(0) + weights[1] * get_global_id(1) +
		 weights[2] * get_global_id(2) + weights[3] * get_group_id(0) +
		 weights[4] * get_local_id(1) + weights[5] * get_work_dim();
}

kernel __attribute__((reqd_work_group_size(8, 2, 1))) void required(global int *out)
{
	out[get_global_id(1) * get_global_size(0) + get_global_id(0)] =
		(int)(get_local_size(0) * 10 + get_local_size(1));
}

kernel void is_null(global int *pointer, constant int *other, global int *out)
{
	out[0] = !pointer + 2 * !other;
}

struct item {
	global struct item *next;
	int value;
};

kernel void sum_list(global struct item *first, global int *out)
{
	int sum = 0;

	for (global struct item *item = first; item; item = item->next) {
		sum += item->value;
		item->value = -item->value;
	}
	out[0] = sum;
}

kernel void greet(int number)
{
	printf("item %d of %s: %d, %.2f\n", (int)get_global_id(0), "mesa", number, 0.5f);
}
