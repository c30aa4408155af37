// SPDX-License-Identifier: MIT
/*
 * il-mutations [--count N] [--seed S] MODULE...: SPIR-V that is damaged. Each module is changed
 * in some places and built: it builds or it does not, and nothing else happens. In between a
 * module that is right must build and run.
 *
 * Kernels of damaged modules are made, not launched: they may do what they like with memory,
 * as any kernel may.
 */
#include <string.h>

#include "il.h"

#define MOST_MODULES	64
#define MOST_WORDS	65536
#define HEADER_WORDS	5
#define TURNS_TO_A_GOOD 100

static struct test_setup setup;
static struct test_random numbers;

/* How far the mutations came. */
static unsigned int created, built, kernel_count;

struct mutation {
	uint32_t words[MOST_WORDS];
	size_t count;
};

/* ---- damage ---- */

static uint32_t below(uint64_t limit)
{
	return (uint32_t)test_random_below(&numbers, limit);
}

/* The place of some instruction, or 0. */
static size_t some_instruction(const struct mutation *mutation)
{
	size_t wanted = below(mutation->count), place = HEADER_WORDS, found = 0;

	while (place < mutation->count && place <= wanted) {
		uint32_t length = mutation->words[place] >> 16;

		found = place;
		if (!length)
			break;
		place += length;
	}
	return found;
}

static size_t length_at(const struct mutation *mutation, size_t place)
{
	size_t length = mutation->words[place] >> 16;

	return length < mutation->count - place ? length : mutation->count - place;
}

static void remove_words(struct mutation *mutation, size_t place, size_t length)
{
	memmove(mutation->words + place, mutation->words + place + length,
		(mutation->count - place - length) * sizeof(uint32_t));
	mutation->count -= length;
}

static void repeat_words(struct mutation *mutation, size_t place, size_t length)
{
	if (mutation->count + length > MOST_WORDS)
		return;
	memmove(mutation->words + place + length, mutation->words + place,
		(mutation->count - place) * sizeof(uint32_t));
	mutation->count += length;
}

/* Another operand: an id as a rule, or a number that means something. */
static void change_operand(struct mutation *mutation, size_t place)
{
	static const uint32_t odd[] = { 0, 1, 8, 64, 0x7fffffff, 0x80000000, UINT32_MAX };
	size_t length = length_at(mutation, place);
	uint32_t *operand;

	if (length < 2)
		return;
	operand = &mutation->words[place + 1 + below(length - 1)];
	if (below(4))
		*operand = below(mutation->words[3] ? mutation->words[3] : 1);
	else
		*operand = odd[below(sizeof(odd) / sizeof(*odd))];
}

static void damage(struct mutation *mutation)
{
	size_t place = some_instruction(mutation);

	if (!place)
		return;
	switch (below(8)) {
	case 0:
		mutation->words[below(mutation->count)] ^= 1u << below(32);
		break;
	case 1:
		remove_words(mutation, place, length_at(mutation, place));
		break;
	case 2:
		repeat_words(mutation, place, length_at(mutation, place));
		break;
	case 3:
		/* Another instruction with the same operands. */
		mutation->words[place] = (mutation->words[place] & 0xffff0000) | below(420);
		break;
	case 4:
		mutation->count = below(8) ? mutation->count : place;
		break;
	default:
		change_operand(mutation, place);
	}
}

/* ---- what comes of it ---- */

static void make_kernels(cl_program program)
{
	cl_kernel kernels[64];
	cl_uint count = 0;

	if (clCreateKernelsInProgram(program, 64, kernels, &count) != CL_SUCCESS)
		return;
	kernel_count += count;
	for (cl_uint i = 0; i < count; i++)
		check_success(clReleaseKernel(kernels[i]));
}

static void try_mutation(const struct mutation *mutation, uint64_t turn)
{
	cl_int code;
	cl_program program = clCreateProgramWithIL(setup.context, mutation->words,
						   mutation->count * sizeof(uint32_t), &code);
	char *log;

	check(!program == (code != CL_SUCCESS), "turn %llu: code %d", (unsigned long long)turn,
	      code);
	if (!program) {
		check(code == CL_INVALID_VALUE, "turn %llu: code %d", (unsigned long long)turn,
		      code);
		return;
	}
	created++;
	code = clBuildProgram(program, 1, &setup.device, NULL, NULL, NULL);
	check(code == CL_SUCCESS || code == CL_BUILD_PROGRAM_FAILURE, "turn %llu: code %d",
	      (unsigned long long)turn, code);
	log = il_log(program, setup.device);
	check(code == CL_SUCCESS || log[0], "turn %llu: no word on what is wrong",
	      (unsigned long long)turn);
	free(log);
	if (code == CL_SUCCESS) {
		built++;
		make_kernels(program);
	}
	check_success(clReleaseProgram(program));
}

static void try_good(const struct il_file *module)
{
	cl_program program = il_program(setup.context, module);

	il_build(program, setup.device);
	make_kernels(program);
	check_success(clReleaseProgram(program));
}

int main(int count, char **arguments)
{
	struct il_file modules[MOST_MODULES];
	static struct mutation mutation;
	unsigned int module_count = 0;
	uint64_t seed = test_seed(1), turns = 300;

	for (int i = 1; i < count && module_count < MOST_MODULES; i++) {
		if (!strcmp(arguments[i], "--count") && i + 1 < count)
			turns = strtoull(arguments[++i], NULL, 10);
		else if (!strcmp(arguments[i], "--seed") && i + 1 < count)
			seed = strtoull(arguments[++i], NULL, 10);
		else
			modules[module_count++] = il_read(arguments[i]);
	}
	if (!module_count)
		check_skip("there are no modules: spirv-as is missing");
	setup = test_open();
	il_require(setup.device);
	for (uint64_t turn = 0; turn < turns; turn++) {
		const struct il_file *module;

		/* The same seed and turn give the same module. */
		numbers.state = seed + turn * 1000003;
		module = &modules[below(module_count)];
		test_step("a mutation");
		if (turn % TURNS_TO_A_GOOD == 0)
			try_good(&modules[0]);
		mutation.count = module->length / sizeof(uint32_t);
		check_fatal(mutation.count <= MOST_WORDS, "%zu words", mutation.count);
		memcpy(mutation.words, module->bytes, module->length);
		for (uint32_t i = 1 + below(3); i; i--)
			damage(&mutation);
		try_mutation(&mutation, turn);
	}
	printf("seed %llu: %llu mutations of %u modules, %u made programs, %u were built, "
	       "with %u kernels\n",
	       (unsigned long long)seed, (unsigned long long)turns, module_count, created, built,
	       kernel_count);
	for (unsigned int i = 0; i < module_count; i++)
		il_free(&modules[i]);
	test_close(&setup);
	return check_result();
}
