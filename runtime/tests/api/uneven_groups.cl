// SPDX-License-Identifier: MIT

/* What a work-item is told of its place: the fields of uneven_groups.c, in their order. */
static void note(global uint *record)
{
	for (uint i = 0; i < 3; i++) {
		record[i] = get_local_size(i);
		record[3 + i] = get_enqueued_local_size(i);
		record[6 + i] = get_num_groups(i);
		record[9 + i] = get_group_id(i);
		record[12 + i] = get_local_id(i);
		record[15 + i] = get_global_id(i);
		record[18 + i] = get_global_size(i);
		record[21 + i] = get_global_offset(i);
	}
	record[24] = get_local_linear_id();
	record[25] = get_global_linear_id();
	record[26] = get_work_dim();
	record[27] = 0;
}

#define RECORD 28

static void note_neighbour(global uint *record, local uint *seen)
{
	size_t items = get_local_size(0) * get_local_size(1) * get_local_size(2);
	size_t id = get_local_linear_id();

	seen[id] = get_global_linear_id();
	barrier(CLK_LOCAL_MEM_FENCE);
	note(record);
	record[27] = seen[(id + 1) % items];
}

kernel void places(global uint *records)
{
	note(records + RECORD * get_global_linear_id());
}

kernel void neighbours(global uint *records, local uint *seen)
{
	note_neighbour(records + RECORD * get_global_linear_id(), seen);
}

kernel __attribute__((reqd_work_group_size(16, 3, 2))) void required(global uint *records)
{
	note(records + RECORD * get_global_linear_id());
}

kernel __attribute__((reqd_work_group_size(16, 3, 2))) void
required_neighbours(global uint *records)
{
	local uint seen[16 * 3 * 2];

	note_neighbour(records + RECORD * get_global_linear_id(), seen);
}

/* Loops of as many turns as the work-item and its group say, around a barrier. */
kernel void turns(global uint *sums, global const uint *numbers)
{
	size_t index = get_global_linear_id();
	uint sum = 0;

	for (uint i = 0; i < index % 23; i++)
		sum = sum * 3 + numbers[i] + (uint)get_local_id(0);
	barrier(CLK_LOCAL_MEM_FENCE);
	for (uint i = 0; i < get_local_size(0); i++)
		sum += numbers[i % 64] ^ i;
	sums[index] = sum;
}

/* Each group copies as many numbers as it has work-items, there and back. */
kernel void copies(global uint *out, global const uint *numbers, local uint *block)
{
	size_t items = get_local_size(0) * get_local_size(1) * get_local_size(2);
	size_t group = get_group_id(0) +
		       get_num_groups(0) * (get_group_id(1) + get_num_groups(1) * get_group_id(2));
	event_t event = async_work_group_copy(block, numbers + group % 16, items, 0);

	wait_group_events(1, &event);
	out[get_global_linear_id()] = block[items - 1 - get_local_linear_id()];
}

/* Results of the work-group functions: the fields of struct collectives. */
kernel void collect(global int *out, global const int *numbers)
{
	size_t index = get_global_linear_id(), last[3];
	int x = numbers[index];

	for (uint i = 0; i < 3; i++)
		last[i] = get_local_size(i) - 1;
	out += 8 * index;
	out[0] = work_group_reduce_add(x);
	out[1] = work_group_reduce_min(x);
	out[2] = work_group_reduce_max(x);
	out[3] = work_group_scan_inclusive_add(x);
	out[4] = work_group_scan_exclusive_add(x);
	out[5] = work_group_scan_inclusive_max(x);
	out[6] = work_group_broadcast(x, last[0], last[1], last[2]);
	out[7] = work_group_any(x > 900) + 2 * work_group_all(x > 100);
}
