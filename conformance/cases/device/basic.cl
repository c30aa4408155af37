// SPDX-License-Identifier: MIT
/* What many cases do on the device, without atomics. */

__kernel void number(__global int *target, int first)
{
	size_t i = get_global_id(0);

	target[i] = first + (int)i;
}

__kernel void add(__global int *target, int amount)
{
	target[get_global_id(0)] += amount;
}

__kernel void copy(__global int *target, __global const int *source)
{
	target[get_global_id(0)] = source[get_global_id(0)];
}

__kernel void set_bytes(__global uchar *target, uint stride, uint offset, uint value)
{
	target[get_global_id(0) * stride + offset] = (uchar)(value + get_global_id(0));
}

/* The first and the last byte of a range, and what was there. */
__kernel void touch_ends(__global uchar *range, ulong bytes, __global uint *seen)
{
	seen[0] = range[0];
	seen[1] = range[bytes - 1];
	range[0] = 0x5a;
	range[bytes - 1] = 0xa5;
}

/* Addresses as the device sees them. */
__kernel void addresses(__global int *one, __global int *other, __global ulong *seen)
{
	seen[0] = (ulong)(uintptr_t)one;
	seen[1] = (ulong)(uintptr_t)other;
	seen[2] = one == 0;
	seen[3] = (ulong)(other - one);
}

struct node {
	__global struct node *next;
	int value;
};

__kernel void sum_list(__global const struct node *node, __global int *sum)
{
	int total = 0;

	for (; node; node = node->next)
		total += node->value;
	*sum = total;
}

/* Links @count nodes into a list, the last first, and says where it begins. */
__kernel void make_list(__global struct node *nodes, uint count,
			__global struct node *__global *head)
{
	size_t i = get_global_id(0);

	nodes[i].value = (int)i + 1;
	nodes[i].next = i ? &nodes[i - 1] : 0;
	if (i + 1 == count)
		*head = &nodes[i];
}

struct tree {
	__global struct tree *left, *right;
	int value;
};

/* Follows the path of each work-item's number, low bit first, down to a leaf. */
__kernel void descend(__global const struct tree *root, uint depth, __global int *values)
{
	uint path = (uint)get_global_id(0);
	__global const struct tree *place = root;

	for (uint i = 0; i < depth; i++, path >>= 1)
		place = path & 1 ? place->right : place->left;
	values[get_global_id(0)] = place->value;
}

/* Each work-item writes through a pointer of its own. */
__kernel void scatter(__global int *__global *places, int value)
{
	*places[get_global_id(0)] = value + (int)get_global_id(0);
}

/* Moves pointers as values, without looking behind them. */
__kernel void move_pointers(__global int *__global *target, __global int *__global *source)
{
	size_t i = get_global_id(0);

	target[i] = source[i] + 1;
}

struct holder {
	__global int *place;
	int value;
};

__kernel void store_by_struct(__global struct holder *holder)
{
	*holder->place = holder->value;
}
