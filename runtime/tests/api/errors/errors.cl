// SPDX-License-Identifier: MIT
// Kernels with arguments of every kind, to be set wrongly.

kernel void many(global int *memory, int value, local int *scratch, constant int *table)
{
	size_t i = get_local_id(0);

	scratch[i] = table[0] + value;
	memory[get_global_id(0)] = scratch[i];
}

kernel __attribute__((reqd_work_group_size(4, 1, 1))) void required(global int *memory)
{
	memory[get_global_id(0)] = 1;
}

kernel void local_user(local int *scratch)
{
	scratch[get_local_id(0)] = 1;
}
