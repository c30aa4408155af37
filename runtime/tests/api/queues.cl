// SPDX-License-Identifier: MIT

// Writes which launch this is to where the launches before have left off.
kernel void append(global int *list, int launch)
{
	if (get_global_id(0) == 0)
		list[++list[0]] = launch;
}

kernel void count(global atomic_int *items)
{
	atomic_fetch_add(items, 1);
}

// Waits for a flag that a later command sets, and says so.
kernel void wait_for(global atomic_int *flags)
{
	while (!atomic_load(&flags[0]))
		;
	atomic_store(&flags[1], 1);
}

kernel void set(global atomic_int *flags)
{
	atomic_store(&flags[0], 1);
}
