// SPDX-License-Identifier: MIT

#define RELAXED memory_order_relaxed, memory_scope_all_svm_devices
#define ACQUIRE memory_order_acquire, memory_scope_all_svm_devices
#define RELEASE memory_order_release, memory_scope_all_svm_devices

kernel void add(global int *numbers, int value)
{
	numbers[get_global_id(0)] += value;
}

// What comes of several tells in which order they ran.
kernel void step(global uint *numbers, uint number)
{
	size_t i = get_global_id(0);

	numbers[i] = numbers[i] * 3 + number;
}

// Where each work-item is.
kernel void place(global int *ids, global int *sizes)
{
	size_t item = get_global_id(0) - get_global_offset(0);

	ids[item] = (int)get_global_id(0);
	sizes[item] = (int)get_local_size(0);
}

// Each group counts how much local memory it was given, as far as it can write it.
kernel void use_local(global int *sums, local int *room, int count)
{
	int sum = 0;

	for (int i = 0; i < count; i++)
		room[i] = i;
	for (int i = 0; i < count; i++)
		sum += room[i];
	sums[get_group_id(0)] = sum;
}

kernel void count(global atomic_int *word, int times)
{
	for (int i = 0; i < times; i++)
		atomic_fetch_add_explicit(word, 1, RELAXED);
}

kernel void answer(global atomic_int *request, global atomic_int *reply, int last)
{
	for (int i = 1; i <= last; i++) {
		while (atomic_load_explicit(request, ACQUIRE) != i)
			;
		atomic_store_explicit(reply, i, RELEASE);
	}
}

#ifdef __IMAGE_SUPPORT__
kernel void read_pixels(read_only image2d_t image, global uint4 *pixels)
{
	int2 at = (int2)(get_global_id(0), get_global_id(1));

	pixels[at.y * get_global_size(0) + at.x] = read_imageui(image, at);
}
#endif

kernel void tell(global atomic_int *word)
{
	atomic_store_explicit(word, 7, memory_order_release, memory_scope_all_svm_devices);
}
