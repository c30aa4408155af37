// SPDX-License-Identifier: MIT

/* What it computes says where it is, and nothing tells it of groups. */
kernel void mark(global uint *marks, global uint *wrong, ulong4 offset, ulong4 size)
{
	size_t x = get_global_id(0) - offset.x, y = get_global_id(1) - offset.y,
	       z = get_global_id(2) - offset.z;
	size_t index = (z * size.y + y) * size.x + x;

	if (x >= size.x || y >= size.y || z >= size.z || index != get_global_linear_id() ||
	    get_global_size(0) != size.x || get_global_size(1) != size.y ||
	    get_global_size(2) != size.z || get_global_offset(0) != offset.x ||
	    get_global_offset(1) != offset.y || get_global_offset(2) != offset.z) {
		atomic_inc(wrong);
		return;
	}
	atomic_inc(&marks[index]);
}

/* The same with loops whose turns differ between work-items. */
kernel void mark_by_turns(global uint *marks, global uint *wrong, ulong4 offset, ulong4 size)
{
	size_t index = get_global_linear_id();
	uint turns = index % 37, sum = 0;

	for (uint i = 0; i < turns; i++)
		sum += (uint)marks[index] + i;
	if (sum == turns * (turns - (turns > 0)) / 2)
		marks[index] += 1;
	else
		atomic_inc(wrong);
}

/* It asks for its group, of which there are none but whole ones. */
kernel void mark_in_groups(global uint *marks, global uint *wrong, ulong4 offset, ulong4 size)
{
	bool right = true;

	for (uint i = 0; i < 3; i++) {
		right &= get_local_id(i) < get_local_size(i);
		right &= get_local_size(i) * get_num_groups(i) == get_global_size(i);
		right &= get_enqueued_local_size(i) == get_local_size(i);
		right &= get_group_id(i) * get_local_size(i) + get_local_id(i) +
				 get_global_offset(i) ==
			 get_global_id(i);
	}
	if (right)
		atomic_inc(&marks[get_global_linear_id()]);
	else
		atomic_inc(wrong);
}

/* Its group's work-items count themselves: all see a whole group. */
kernel void mark_together(global uint *marks, global uint *wrong, ulong4 offset, ulong4 size)
{
	local uint count;

	if (!get_local_id(0) && !get_local_id(1) && !get_local_id(2))
		count = 0;
	barrier(CLK_LOCAL_MEM_FENCE);
	atomic_inc(&count);
	barrier(CLK_LOCAL_MEM_FENCE);
	if (count == get_local_size(0) * get_local_size(1) * get_local_size(2))
		atomic_inc(&marks[get_global_linear_id()]);
	else
		atomic_inc(wrong);
}
