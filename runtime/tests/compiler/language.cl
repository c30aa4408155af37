// SPDX-License-Identifier: MIT
/* Parts of OpenCL C that the compiler, rather than clang or the built-ins, makes work. */

/* ---- where the work-item is ---- */

kernel void work_items(global ulong *out)
{
	global ulong *mine = out + get_global_linear_id() * 24;

	for (uint d = 0; d < 4; d++) {
		mine[d] = get_global_id(d);
		mine[4 + d] = get_local_id(d);
		mine[8 + d] = get_group_id(d);
		mine[12 + d] = get_global_size(d);
		mine[16 + d] = get_global_offset(d);
	}
	mine[20] = get_local_linear_id();
	mine[21] = get_work_dim();
	mine[22] = get_num_groups(0) * 10000 + get_num_groups(1) * 100 + get_num_groups(2);
	mine[23] = get_enqueued_local_size(0) * 10000 + get_local_size(1) * 100 + get_local_size(3);
}

/* ---- arguments ---- */

struct mixed {
	char c;
	double d;
	short s[3];
	float4 f;
};

kernel void arguments(global double *out, char c, uchar uc, short s, ushort us, int i, uint ui,
		      long l, ulong ul, float f, double d, float3 f3, char16 c16, double16 d16,
		      struct mixed m, long3 l3, constant int *table, local int *one, local char *two,
		      local double *three)
{
	size_t g = get_global_id(0);

	/* The structure is each work-item's own. */
	m.s[1] += (short)g;
	m.d += 1;
	one[get_local_id(0)] = table[2];
	two[get_local_id(0)] = 3;
	three[get_local_id(0)] = 0.25;
	out[g] = c + uc + s + us + i + ui + l + ul + f + d + f3.z + c16.sf + d16.sf + m.c + m.d +
		 m.s[1] + m.f.w + l3.z + one[get_local_id(0)] + two[get_local_id(0)] +
		 three[get_local_id(0)];
}

#define TEN(m) m(0) m(1) m(2) m(3) m(4) m(5) m(6) m(7) m(8) m(9)
#define PARAMETER(n) int a##n, short b##n, long c##n,
#define SUM(n) +a##n * (n + 1) + b##n + c##n

kernel void many_arguments(global long *out, TEN(PARAMETER) int last)
{
	out[get_global_id(0)] = last TEN(SUM);
}

/* ---- program-scope variables ---- */

global int counter = 5;
global int *pointer_to_counter = &counter;
global int table[4] = { 1, 2, 3, 4 };
global int *middle = &table[2];
static global float zeroes[100];
constant int constants[4] = { 10, 20, 30, 40 };
constant int *constant constant_pointer = &constants[1];

kernel void variables_add(int amount)
{
	if (get_global_id(0) == 0) {
		counter += amount;
		middle[1] += 100;
		zeroes[7] += 0.5f;
	}
}

kernel void variables_read(global int *out)
{
	out[0] = *pointer_to_counter;
	out[1] = table[3];
	out[2] = (int)(zeroes[7] * 2);
	out[3] = constant_pointer[1];
	out[4] = middle == table + 2;
}

/* ---- address spaces ---- */

int read_generic(int *place)
{
	return *place + 1;
}

void write_generic(int *place, int value)
{
	*place = value;
}

int space_of(const void *place)
{
	return (to_global(place) != 0) + 10 * (to_local(place) != 0) +
	       100 * (to_private(place) != 0) + 1000 * get_fence(place);
}

kernel void generic_pointers(global int *out, local int *shared)
{
	size_t l = get_local_id(0), g = get_global_id(0);
	int mine = 7;
	int *chosen = g % 3 == 0 ? (int *)out + g : g % 3 == 1 ? (int *)shared + l : &mine;
	local int variable;

	write_generic(shared + l, 5);
	write_generic(out + g, 6);
	write_generic(&mine, 7);
	if (l == 0)
		variable = 9;
	barrier(CLK_LOCAL_MEM_FENCE);
	out[g] = read_generic(chosen) * 10000 + space_of(chosen);
	if (space_of(&variable) != 1010 || variable != 9 || space_of(&mine) != 2100)
		out[g] = -1;
}

kernel void private_after_barrier(global int *out)
{
	int numbers[4] = { 1, 2, 3, 4 };
	int *place = &numbers[get_local_id(0) % 4];

	barrier(CLK_LOCAL_MEM_FENCE);
	*place += 10;
	barrier(CLK_LOCAL_MEM_FENCE);
	out[get_global_id(0)] = space_of(place) * 1000 + *place;
}

/* ---- local variables ---- */

struct cell {
	int number;
	double weight;
};

int sum_cells(local struct cell *cells, int count)
{
	int sum = 0;

	for (int i = 0; i < count; i++)
		sum += cells[i].number;
	return sum;
}

kernel void local_variables(global int *out)
{
	local struct cell cells[8];
	local double16 wide[2];
	local char bytes[3];
	size_t l = get_local_id(0);

	if (l < 8) {
		cells[l].number = (int)l;
		cells[l].weight = l * 0.5;
	}
	if (l < 2)
		wide[l] = (double16)(l + 1);
	if (l < 3)
		bytes[l] = (char)l;
	barrier(CLK_LOCAL_MEM_FENCE);
	out[get_global_id(0)] = sum_cells(cells, 8) + (int)(cells[7].weight * 2) +
				(int)wide[1].sf + bytes[2] +
				(((size_t)&wide[0] & 127) != 0 ? 1000 : 0);
}

/* ---- control flow without structure ---- */

kernel void gotos(global int *out, int limit)
{
	int g = (int)get_global_id(0), i = 0, sum = 0;

	if (g & 1)
		goto middle;
start:
	sum += i;
middle:
	i++;
	if (i > limit)
		goto end;
	if (i % 3 == 0)
		goto middle;
	goto start;
end:
	out[g] = sum;
}

/* ---- work-items that depend on nothing ---- */

kernel void triad(global float *a, global const float *b, global const float *c, float scale,
		  uint count)
{
	size_t g = get_global_id(0);

	if (g < count)
		a[g] = b[g] + scale * c[g];
}

kernel void volatile_steps(global volatile int *out)
{
	for (int i = 0; i < 10; i++)
		out[get_global_id(0)]++;
}

kernel __attribute__((vec_type_hint(float4))) __attribute__((work_group_size_hint(8, 2, 1))) void
hinted(global const float *restrict in, global volatile float *out)
{
	out[get_global_id(0)] = in[get_global_id(0)];
}

/* A kernel may be called like a function. */
kernel void called(global int *out)
{
	out[get_global_id(0)] += 3;
}

kernel void calls_a_kernel(global int *out)
{
	out[get_global_id(0)] = 4;
	called(out);
}

kernel void no_arguments(void)
{
}

/* cl_khr_expect_assume: true assumptions, and expectations that are met by some work-items. */
kernel void hints(global int *out, int n)
{
#ifdef cl_khr_expect_assume
	size_t i = get_global_id(0);
	int sum = 0;

	__builtin_assume(n > 0);
	for (int k = 0; k < n; k++)
		sum += __builtin_expect(k < 5, 1) ? k : -1;
	out[i] = __builtin_expect(i % 8 == 0, 0) ? sum : (int)__builtin_expect((long)i, 5L);
#endif
}
