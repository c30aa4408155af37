// SPDX-License-Identifier: MIT

#ifndef VALUE
#define VALUE 1
#endif

constant int table[4] = { 1, 2, 3, 4 };

kernel void first(global int *out)
{
	out[get_global_id(0)] = VALUE;
}

kernel void second(global int *out, int number)
{
	out[get_global_id(0)] = number + table[get_global_id(0) & 3];
}
