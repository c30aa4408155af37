// SPDX-License-Identifier: MIT

kernel void add(global int *numbers, int number)
{
	numbers[get_global_id(0)] += number;
}
