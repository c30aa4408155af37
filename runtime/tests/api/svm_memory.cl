// SPDX-License-Identifier: MIT

struct node {
	global struct node *next;
	int value;
};

// Adds the values of a list, whose nodes lie in allocations of their own.
kernel void sum_list(global struct node *first, global int *sum)
{
	*sum = 0;
	for (global struct node *node = first; node; node = node->next)
		*sum += node->value;
}

kernel void add(global int *numbers, int number)
{
	numbers[get_global_id(0)] += number;
}
