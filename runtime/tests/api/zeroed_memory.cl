// SPDX-License-Identifier: MIT

#define WORDS 500

/* Leaves numbers in local memory, on the stack, and in what is kept over a barrier. */
kernel void soil(global uint *out, local uint *argument)
{
	local uint words[WORDS];
	volatile private uint stack[40 * WORDS];
	uint kept[2 * WORDS];

	for (uint i = 0; i < 2 * WORDS; i++)
		kept[i] = i + 1;
	for (uint i = get_local_id(0); i < WORDS; i += get_local_size(0))
		words[i] = argument[i] = i + 1;
	barrier(CLK_LOCAL_MEM_FENCE);
	for (uint i = 0; i < 40 * WORDS; i++)
		stack[i] = words[i % WORDS] + argument[i % WORDS] + kept[i % (2 * WORDS)];
	out[get_global_id(0)] = stack[get_global_id(0) % WORDS] ? 0 : 1;
}

/* Counts what is not zero in local memory, and leaves numbers for the next group. */
kernel void look_at_local(global uint *out, local uint *argument)
{
	local uint words[WORDS], some[3];
	local struct {
		ushort number;
		double4 numbers;
	} record;
	uint found = 0;

	for (uint i = 0; i < WORDS; i++)
		found += (words[i] != 0) + (argument[i] != 0);
	found += some[0] + some[1] + some[2] + record.number + any(record.numbers != 0.0);
	out[get_global_id(0)] = found;
	barrier(CLK_LOCAL_MEM_FENCE);
	for (uint i = get_local_id(0); i < WORDS; i += get_local_size(0))
		words[i] = argument[i] = i + 1;
	some[get_local_id(0) % 3] = record.number = 7;
	record.numbers = 3.0;
}

/* @zero: is that, but nothing says so, and the array is not one that nothing was stored to. */
static uint count_words(uint turns, uint zero)
{
	uint words[WORDS];
	uint found = 0;

	words[zero] = zero;
	for (uint i = 0; i < WORDS; i++)
		found += words[i] != 0;
	/* Where it is not the last turn, they are not what they were. */
	for (uint i = 0; i < WORDS; i++)
		words[i] = i + turns;
	return found + (turns ? words[turns] == 0 : 0);
}

/* The same of private memory, in a function, a loop, a barrier's two sides. */
kernel void look_at_private(global uint *out, local uint *argument)
{
	uint zero = out[get_global_id(0)], found = 0, sum, words[WORDS];
	struct {
		char letter;
		ulong number;
		float8 numbers;
	} record;

	words[zero] = zero;
	((float *)&record.numbers)[zero] = 0;
	for (uint turn = 0; turn < 3; turn++) {
		uint block[9];

		block[zero] = zero;
		for (uint i = 0; i < 9; i++)
			found += block[i] != 0;
		for (uint i = 0; i < 9; i++)
			block[i] = i + turn + 1;
		found += count_words(turn, zero) + (block[turn * 2] == 0);
	}
	barrier(CLK_LOCAL_MEM_FENCE);
	for (uint i = 0; i < WORDS; i++)
		found += words[i] != 0;
	for (uint i = 0; i < 8; i++)
		found += ((float *)&record.numbers)[i] != 0;
	out[get_global_id(0)] = found;
	/* Apart from that: what the compiler knows to have no value takes a sum's value as well. */
	out[get_global_size(0) + get_global_id(0)] = sum + record.letter + (uint)record.number;
}
