// SPDX-License-Identifier: MIT
#pragma OPENCL EXTENSION cl_khr_fp16 : enable
/* Every way that pointers come to an access. */

kernel void triad(global float *a, global const float *b, global const float *c, long n)
{
	size_t i = get_global_id(0);

	if (i < n)
		a[i] = b[i] + 3 * c[i];
}

struct node {
	struct node *next; /* generic */
	global struct node *other;
	long value;
};

kernel void chase(global struct node *first, global long *sums, long turns)
{
	struct node *node = (struct node *)first + get_global_id(0);
	global struct node *other = first + get_global_id(0);
	long sum = 0;

	for (long i = 0; i < turns && node; i++) {
		sum += node->value;
		node = node->next;
	}
	for (long i = 0; i < turns && other; i++, other = other->other)
		sum = sum * 3 + other->value;
	sums[get_global_id(0)] = sum;
}

/* Pointers that count, are chosen, and are compared. */
kernel void walk(global int *numbers, global int *out, long n)
{
	size_t id = get_global_id(0);
	global int *end = numbers + n, *p, *best = numbers;
	int sum = 0;

	for (p = numbers + id; p < end; p += id + 1) {
		sum += *p;
		best = *p > *best ? p : best;
	}
	global int *chosen = id & 1 ? best : out + id;
	sum += *chosen;
	out[id] = sum;
	chosen = id & 1 ? out + get_global_size(0) + id : out + id;
	*(id % 3 ? &out[id] : chosen) += 1;
}

struct large {
	long words[20];
};

kernel void structures(global struct large *large, long n)
{
	size_t id = get_global_id(0);
	struct large copy = large[id];

	for (int i = 0; i < 20; i++)
		copy.words[i] = copy.words[i] * 3 + i;
	large[n + id] = copy;
	large[2 * n + id] = large[n - 1 - id];
}

long sum_of(const long *numbers, int count)
{
	long sum = 0;

	for (int i = 0; i < count; i++)
		sum += numbers[i];
	return sum;
}

/* Generic pointers to all kinds of memory. */
kernel void generic_pointers(global long *numbers, local long *shared, global long *out)
{
	size_t l = get_local_id(0), n = get_local_size(0);
	long own[4];
	local long fixed[64];
	long *p;

	for (int i = 0; i < 4; i++)
		own[i] = numbers[l] * i;
	shared[l] = numbers[get_global_id(0)] + 1;
	fixed[l % 64] = 5;
	barrier(CLK_LOCAL_MEM_FENCE);
	long sum = sum_of(own, 4) + sum_of(shared, n) + sum_of(numbers, n) + sum_of(fixed, 1);
	p = l % 3 == 0 ? own : l % 3 == 1 ? (long *)shared : (long *)numbers;
	sum += p[l % 4];
	barrier(CLK_LOCAL_MEM_FENCE);
	/* A pointer that lives over a barrier. */
	sum += p[(l + 1) % 4];
	out[get_global_id(0)] = sum;
}

global int counter = 7;
global int table_of_all[64];
global int *where = &counter;
constant int fixed_table[5] = { 2, 3, 5, 7, 11 };
constant int *constant fixed_place = &fixed_table[2];

kernel void variables(global int *out, constant int *given, long n)
{
	size_t id = get_global_id(0);

	if (id < 64)
		table_of_all[id] = id * fixed_table[id % 5];
	atomic_inc(&counter);
	out[id] = given[id % n] + *fixed_place + (id < 64 ? table_of_all[id] : 0) +
		  (*where >= 8 && where == &counter);
}

kernel void read_variables(global int *out)
{
	size_t id = get_global_id(0);
	constant int *p = id & 1 ? fixed_place : &fixed_table[1];

	out[id] = counter + table_of_all[id % 64] + *where + *p;
}

kernel void copies(global int *from, global int *to, local int *shared)
{
	size_t n = get_local_size(0), group = get_group_id(0), l = get_local_id(0);
	event_t event = async_work_group_copy(shared, from + group * n, n, 0);

	wait_group_events(1, &event);
	shared[l] += 1;
	barrier(CLK_LOCAL_MEM_FENCE);
	event = async_work_group_copy(to + group * n, shared, n, 0);
	wait_group_events(1, &event);
	int4 v = vload4(0, to + group * n);
	if (!l)
		vstore4(v * 2, 0, to + group * n);
	to[group * n + l] += work_group_scan_inclusive_add(shared[l]);
}

#define MODIFY(i, operation) old = old * 31 + (operation)
#define ALL(type)                                                                         \
	{                                                                                 \
		volatile global type *w = (volatile global type *)words;                  \
		type old = 0, x = (type)operand;                                          \
		MODIFY(0, atomic_fetch_add((volatile global atomic_##type *)&w[0], x));   \
		MODIFY(1, atomic_fetch_sub((volatile global atomic_##type *)&w[1], x));   \
		MODIFY(2, atomic_fetch_or((volatile global atomic_##type *)&w[2], x));    \
		MODIFY(3, atomic_fetch_and((volatile global atomic_##type *)&w[3], x));   \
		MODIFY(4, atomic_fetch_xor((volatile global atomic_##type *)&w[4], x));   \
		MODIFY(5, atomic_fetch_min((volatile global atomic_##type *)&w[5], x));   \
		MODIFY(6, atomic_fetch_max((volatile global atomic_##type *)&w[6], x));   \
		MODIFY(7, atomic_exchange((volatile global atomic_##type *)&w[7], x));    \
		type expected = w[8];                                                     \
		MODIFY(8, atomic_compare_exchange_strong(                                 \
				  (volatile global atomic_##type *)&w[8], &expected, x)); \
		expected = 1;                                                             \
		MODIFY(9, atomic_compare_exchange_weak(                                   \
				  (volatile global atomic_##type *)&w[9], &expected, x)); \
		old += expected;                                                          \
		atomic_store((volatile global atomic_##type *)&w[10], x);                 \
		MODIFY(11, atomic_load((volatile global atomic_##type *)&w[11]));         \
		MODIFY(12, atomic_fetch_add_explicit(                                     \
				   (volatile atomic_##type *)&w[12], x,                   \
				   memory_order_relaxed, memory_scope_all_svm_devices));  \
		w[13] = old;                                                              \
		words += 14 * sizeof(type);                                               \
	}

/* One work-item, so that the result is one. */
kernel void atomics(global char *words, long operand)
{
	ALL(int)
	ALL(uint)
	ALL(long)
	ALL(ulong)
	volatile global float *f = (volatile global float *)words;
	f[1] = atomic_xchg(&f[0], (float)operand);
	local atomic_int shared;
	atomic_init(&shared, 3);
	volatile atomic_int *either = operand & 1 ? (volatile atomic_int *)&shared :
						     (volatile atomic_int *)(f + 2);
	f[3] = atomic_fetch_add(either, 4) + atomic_load(&shared);
	volatile global int *old = (volatile global int *)(f + 4);
	old[0] = atomic_cmpxchg(&old[1], 5, 6) + atomic_inc(&old[2]) + atomic_dec(&old[3]);
}

#define MODIFY_REAL(i, operation)                                                         \
	old = old * 3 + atomic_##operation;                                               \
	w[16 + i] = old == old ? old : 5
#define ALL_REALS(type)                                                                   \
	{                                                                                 \
		volatile global type *w = (volatile global type *)words;                  \
		volatile global atomic_##type *objects = (volatile global atomic_##type *)w; \
		type old = 0, x = (type)operand * (type)0.75 - 100;                       \
		for (int i = 0; i < 12; i++)                                              \
			w[i] = (type)(i * 10 - 60);                                       \
		w[5] = w[6] = w[7] = NAN;                                                 \
		MODIFY_REAL(0, fetch_add(&objects[0], x));                                \
		MODIFY_REAL(1, fetch_sub(&objects[1], x));                                \
		MODIFY_REAL(2, fetch_min(&objects[2], x));                                \
		MODIFY_REAL(3, fetch_max(&objects[3], x));                                \
		MODIFY_REAL(4, fetch_max(&objects[4], (type)NAN));                        \
		atomic_fetch_min(&objects[5], x);                                         \
		atomic_fetch_max(&objects[6], x);                                         \
		atomic_fetch_add(&objects[7], x);                                         \
		w[7] = w[7] == w[7] ? 7 : 8;                                              \
		MODIFY_REAL(8, fetch_add_explicit((volatile atomic_##type *)&w[8], x,     \
						  memory_order_relaxed,                   \
						  memory_scope_all_svm_devices));         \
		MODIFY_REAL(9, fetch_sub_explicit(&objects[9], (type)INFINITY,            \
						  memory_order_acq_rel,                   \
						  memory_scope_device));                  \
		words += 32 * sizeof(type);                                               \
	}

kernel void real_atomics(global char *words, long operand)
{
	ALL_REALS(float)
	ALL_REALS(double)
}

kernel void count(global uint *counters, long turns)
{
	for (long i = 0; i < turns; i++) {
		atomic_fetch_add((volatile global atomic_float *)&counters[3], 1.0f);
		atomic_inc(&counters[0]);
		atomic_fetch_max((volatile global atomic_uint *)&counters[1], (uint)i);
		uint old = counters[2];
		uint seen;
		while ((seen = atomic_cmpxchg(&counters[2], old, old + 3)) != old)
			old = seen;
	}
}

/*
 * So many calls, if all were inlined, that helpers stay functions: those that reach only
 * private and constant memory. Those that load and store through @words do not.
 */
constant uint factors[] = { 3, 5, 7, 11 };

uint mix(private uint *state, uint value)
{
	*state = *state * factors[value & 3] + (value >> 3);
	return *state ^ value;
}

#define MIXING(name, below)                                                  \
	uint name(private uint *state, uint value)                           \
	{                                                                    \
		uint a = below(state, value + 1), b = below(state, a >> 1);  \
		uint c = below(state, a - b);                                \
		return a > b ? c : below(state, c ^ value) + a;              \
	}
MIXING(mix_1, mix)
MIXING(mix_2, mix_1)
MIXING(mix_3, mix_2)
MIXING(mix_4, mix_3)
MIXING(mix_5, mix_4)

void mix_in_memory(global uint *words, size_t count)
{
	uint state = words[get_global_id(0)];
	for (size_t i = 0; i < count; i++) {
		uint *word = &words[get_global_id(0) * count + i];
		*word = mix_5(&state, *word) + mix_5(&state, *word ^ 7);
	}
}

kernel void many_calls(global uint *words, long count)
{
	mix_in_memory(words, count);
	mix_in_memory(words, count / 2);
}

/* Functions whose names are like those that the library keeps as functions. */
global int *__tandem_outlined_place(global int *numbers, size_t i)
{
	return numbers + numbers[i] % 64;
}

int __tandem_outlined_store_f(global int *numbers, size_t i, int value)
{
	return numbers[i] = value + *__tandem_outlined_place(numbers, i);
}

kernel void names_of_the_library(global int *numbers)
{
	size_t id = get_global_id(0);

	numbers[512 + id] += __tandem_outlined_store_f(numbers, 1024 + id, numbers[id]);
	__tandem_outlined_store_f(numbers, 2048 + id, 3);
}

/* Halves, alone and in vectors, of which none is NaN. */
kernel void halves(global const uint *numbers, global half *out)
{
	size_t id = get_global_id(0);
	half4 v = convert_half4((vload4(id, numbers) & 1023u) + 1u) * 0.125h;

	out[16 * id] = fma(v.x, v.y, v.z);
	out[16 * id + 1] = (half)(1.0 / (double)v.w);
	vstore4(v.wzyx / v, 4 * id + 1, out);
	vstore_half4(convert_float4(v) * 1.01f, 4 * id + 2, out);
	vstore3(exp(v.xyz * 0.0625h), 0, out + 16 * id + 13);
}
