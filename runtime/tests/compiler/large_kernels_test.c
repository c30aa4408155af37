// SPDX-License-Identifier: MIT
/*
 * Kernels so large that the compiler cuts them, makes functions of their parts, or leaves
 * helpers functions. Each repeats a piece of source, and the host does the same in a loop.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"

#define ITEMS 64
#define ROOM  1024
/* What named_helpers copies: so much that a function is called for it. */
#define COPY_TO	   512
#define COPY_WORDS 300

#define TEXT_OF(number) #number
#define TEXT(number)	TEXT_OF(number)

/* in and out of the kernels; n is an argument. */
struct memory {
	unsigned int *in, *out;
};

struct large_kernel {
	const char *name, *functions, *begin;
	const char *piece; /* printed with the turn for each; NULL: print_live_values() */
	const char *end;
	int turns;
	void (*reference)(const struct memory *memory, unsigned int n, int turns);
};

static unsigned int x[ITEMS];

static void begin(const struct memory *memory)
{
	for (int i = 0; i < ITEMS; i++)
		x[i] = memory->in[i];
}

static void end(const struct memory *memory)
{
	for (int i = 0; i < ITEMS; i++)
		memory->out[i] = x[i];
}

#define for_items for (int i = 0; i < ITEMS; i++)

static void conditions(const struct memory *memory, unsigned int n, int turns)
{
	begin(memory);
	for (unsigned int k = 0; k < (unsigned int)turns; k++) {
		for_items {
			if (n & k) {
				x[i] += k;
				if ((x[i] & 1023) > k)
					memory->out[ITEMS * (1 + k % 4) + i] = x[i];
			}
		}
	}
	end(memory);
}

static void early_return(const struct memory *memory, unsigned int n, int turns)
{
	begin(memory);
	for (unsigned int k = 0; k < (unsigned int)turns; k++) {
		for (unsigned int i = 0; i < n; i++) {
			if (x[i] & 2)
				x[i] = x[i] * 3 + k;
			else
				x[i] += memory->in[i + k % 64];
		}
	}
	for (unsigned int i = 0; i < n; i++)
		memory->out[i] = x[i];
}

static void exchange(unsigned int k)
{
	unsigned int shared[ITEMS];

	for_items
		shared[i] = x[i] + k;
	for_items
		x[i] ^= shared[(i + k) % ITEMS] * 3;
}

static void barriers(const struct memory *memory, unsigned int n, int turns)
{
	begin(memory);
	for (unsigned int k = 0; k < (unsigned int)turns; k++)
		exchange(k);
	end(memory);
}

static void barriers_by_argument(const struct memory *memory, unsigned int n, int turns)
{
	begin(memory);
	for (unsigned int k = 0; k < (unsigned int)turns; k++) {
		if (n >> k % 8 & 1)
			exchange(k);
	}
	end(memory);
}

static void barriers_by_memory(const struct memory *memory, unsigned int n, int turns)
{
	begin(memory);
	for (unsigned int k = 0; k < (unsigned int)turns; k++) {
		if (memory->in[k] & 1)
			exchange(k);
		for_items {
			if (x[i] & 4)
				x[i] += k;
		}
	}
	end(memory);
}

static void live_values(const struct memory *memory, unsigned int n, int turns)
{
	begin(memory);
	exchange(1);
	for_items {
		for (unsigned int k = 0; k < (unsigned int)turns; k++)
			x[i] = x[i] * 3 + (memory->in[i + k] ^ k);
	}
	exchange(2);
	for_items {
		for (unsigned int k = 0; k < (unsigned int)turns; k++)
			x[i] ^= memory->in[i + k] ^ k;
	}
	end(memory);
}

static void straight(const struct memory *memory, unsigned int n, int turns)
{
	begin(memory);
	for (unsigned int k = 0; k < (unsigned int)turns; k++) {
		for_items {
			x[i] = (x[i] * 5 + memory->in[i + k % 256]) ^ k;
			memory->out[ITEMS * (1 + k % 4) + i] = x[i] >> 3;
		}
	}
	end(memory);
}

/* Each takes the work-items one after another. */
static void work_group_functions(const struct memory *memory, unsigned int n, int turns)
{
	begin(memory);
	for (unsigned int k = 0; k < (unsigned int)turns; k++) {
		unsigned int sum = 0;

		for_items {
			if (x[i] & 1)
				x[i] += k;
			sum += x[i];
			x[i] = sum ^ k;
		}
	}
	end(memory);
}

static void loops(const struct memory *memory, unsigned int n, int turns)
{
	begin(memory);
	for (unsigned int k = 0; k < (unsigned int)turns; k++) {
		for_items {
			for (unsigned int j = 0; j < (x[i] & 3) + n % 4; j++)
				x[i] = x[i] * 3 + memory->in[j + k];
		}
	}
	end(memory);
}

static void cases(const struct memory *memory, unsigned int n, int turns)
{
	begin(memory);
	for_items {
		for (unsigned int j = 0; j < 20; j++) {
			unsigned int k = (memory->in[i + j] + n) % ((unsigned int)turns + 5);

			if (k < (unsigned int)turns) {
				x[i] = x[i] * (2 * k + 3) + j;
				if (x[i] & k)
					x[i] ^= k;
			}
		}
	}
	end(memory);
}

static unsigned int helper(const unsigned int *in, int level, unsigned int value)
{
	unsigned int a, b, c;

	if (!level)
		return value * 5 + in[value % 64];
	a = helper(in, level - 1, value + 1);
	b = helper(in, level - 1, value >> 1);
	c = helper(in, level - 1, a - b);
	return a > b ? c : helper(in, level - 1, c ^ value) + a;
}

static void helpers(const struct memory *memory, unsigned int n, int turns)
{
	begin(memory);
	for_items {
		unsigned int last = x[i];

		for (int k = 0; k < turns; k++) {
			unsigned int pair[2] = { x[i], n };

			if (x[i] & 1)
				x[i] = helper(memory->in, 5, pair[0] + pair[1]);
			last += x[i] >> 4;
			x[i] = x[i] * 3 + last;
		}
	}
	end(memory);
}

/* Beside that, memory is copied. */
static void named_helpers(const struct memory *memory, unsigned int n, int turns)
{
	helpers(memory, n, turns);
	memcpy(memory->out + COPY_TO, memory->in, COPY_WORDS * sizeof(*memory->out));
}

#define SHARE(k)                                             \
	"l[i] = x + " k ";\nbarrier(CLK_LOCAL_MEM_FENCE);\n" \
	"x ^= l[(i + " k ") % 64] * 3;\nbarrier(CLK_LOCAL_MEM_FENCE);\n"
/* Stands for the turn. */
#define K "@"

/* A helper of a level, which calls the one below up to four times. */
#define HELPER(level, below)                                                                 \
	"uint h" level "(global const uint *in, uint v) { uint a = h" below "(in, v + 1),\n" \
	"b = h" below "(in, v >> 1), c = h" below "(in, a - b);\n"                           \
	"return a > b ? c : h" below "(in, c ^ v) + a; }\n"

#define HELPERS                                                                                    \
	"uint h0(global const uint *in, uint v) { return v * 5 + in[v % 64]; }\n" HELPER("1", "0") \
		HELPER("2", "1") HELPER("3", "2") HELPER("4", "3")                                 \
			HELPER("5", "4") "uint top(global const uint *in, const uint *pair) {\n"   \
					 "return h5(in, pair[0] + pair[1]); }\n"
#define USE_HELPERS                                                                  \
	"{ uint pair[2] = { x, n }; if (x & 1) x = top(in, pair); last += x >> 4;\n" \
	"x = x * 3 + last; }\n"

static const struct large_kernel kernels[] = {
	{ "conditions", "", "",
	  "if (n & " K ") { x += " K "; if ((x & 1023) > " K ")\n"
	  "out[64 * (1 + " K " % 4) + i] = x; }\n",
	  "", 700, conditions },
	{ "early_return", "", "if (i >= n) return;\n",
	  "if (x & 2) x = x * 3 + " K "; else x += in[i + " K " % 64];\n", "", 500, early_return },
	{ "barriers", "", "", SHARE(K), "", 60, barriers },
	{ "many_barriers", "", "", SHARE(K), "", 230, barriers },
	{ "barriers_by_argument", "", "", "if (n >> " K " % 8 & 1) {\n" SHARE(K) "}\n", "", 40,
	  barriers_by_argument },
	{ "barriers_by_memory", "", "",
	  "if (in[" K "] & 1) {\n" SHARE(K) "}\nif (x & 4) x += " K ";\n", "", 40,
	  barriers_by_memory },
	{ "straight", "", "",
	  "x = (x * 5 + in[i + " K " % 256]) ^ " K ";\nout[64 * (1 + " K " % 4) + i] = x >> 3;\n",
	  "", 600, straight },
	{ "work_group_functions", "", "",
	  "if (x & 1) x += " K ";\nx = work_group_scan_inclusive_add(x) ^ " K ";\n", "", 60,
	  work_group_functions },
	{ "loops", "", "",
	  "for (uint j = 0, m = 0; j < (x & 3) + n % 4; j++) x = x * 3 + in[j + " K "];\n", "", 250,
	  loops },
	{ "cases", "", "for (uint j = 0; j < 20; j++) switch ((in[i + j] + n) % 305) {\n",
	  "case " K ": x = x * (2 * " K " + 3) + j; if (x & " K ") x ^= " K "; break;\n", "}\n",
	  300, cases },
	{ "helpers", HELPERS, "uint last = x;\n", USE_HELPERS, "", 6, helpers },
	/* The name of a helper is one that machine code has another function by. */
	{ "named_helpers",
	  "#define h3 memcpy\n" HELPERS "struct words { uint words[" TEXT(COPY_WORDS) "]; };\n",
	  "uint last = x;\nif (!i) *(global struct words *)(out + " TEXT(
		  COPY_TO) ") = *(global const struct words *)in;\n",
	  USE_HELPERS, "", 6, named_helpers },
};

static void print_piece(FILE *source, const char *piece, int turn)
{
	for (; *piece; piece++) {
		if (*piece == '@')
			fprintf(source, "%d", turn);
		else
			fputc(*piece, source);
	}
}

static void print_kernel(FILE *source, const struct large_kernel *kernel)
{
	fprintf(source,
		"%skernel void k(global const uint *in, global uint *out, uint n)\n"
		"{ uint i = get_local_id(0), x = in[i]; local uint l[64];\n%s",
		kernel->functions, kernel->begin);
	for (int k = 0; k < kernel->turns; k++)
		print_piece(source, kernel->piece, k);
	fprintf(source, "%sout[i] = x; }\n", kernel->end);
}

/* All values are there before the first barrier, and are used behind the last one. */
static void print_live_values(FILE *source, const struct large_kernel *kernel)
{
	fprintf(source, "kernel void k(global const uint *in, global uint *out, uint n)\n"
			"{ uint i = get_local_id(0), x = in[i]; local uint l[64];\n");
	for (int k = 0; k < kernel->turns; k++)
		print_piece(source, "uint x@ = in[i + @] ^ @;\n", k);
	print_piece(source, SHARE(K), 1);
	for (int k = 0; k < kernel->turns; k++)
		print_piece(source, "x = x * 3 + x@;\n", k);
	print_piece(source, SHARE(K), 2);
	for (int k = 0; k < kernel->turns; k++)
		print_piece(source, "x ^= x@;\n", k);
	fprintf(source, "out[i] = x; }\n");
}

static void run(struct fixture *fixture, cl_program program, const struct large_kernel *kernel,
		const struct memory *memory, const char *options)
{
	static const unsigned int numbers[] = { 0, 5, 63, 0xffff };
	static unsigned int expected[ROOM];

	for (size_t t = 0; t < FIXTURE_COUNT(numbers); t++) {
		unsigned int n = numbers[t];
		const struct fixture_argument arguments[] = { fixture_svm(memory->in),
							      fixture_svm(memory->out),
							      fixture_value(n) };
		const struct memory host = { memory->in, expected };
		size_t i = 0;

		/* In bounds of what is there, where it counts work-items. */
		if (n > ITEMS && kernel->reference == early_return)
			n = ITEMS;
		memset(expected, 0, sizeof(expected));
		memset(memory->out, 0, sizeof(expected));
		kernel->reference(&host, n, kernel->turns);
		fixture_run_1d(fixture, program, "k", ITEMS, ITEMS, arguments, 3);
		while (i < ROOM && expected[i] == memory->out[i])
			i++;
		check(i == ROOM, "%s, n = %u, %s: element %zu is %u, expected %u", kernel->name, n,
		      options, i, i < ROOM ? memory->out[i] : 0, i < ROOM ? expected[i] : 0);
	}
}

static cl_program build(struct fixture *fixture, const struct large_kernel *kernel,
			const char *options)
{
	char *text = NULL;
	size_t length;
	FILE *source = open_memstream(&text, &length);
	cl_program program;

	check_fatal(source, "no memory");
	if (kernel->piece)
		print_kernel(source, kernel);
	else
		print_live_values(source, kernel);
	check_fatal(!fclose(source), "no memory");
	program = fixture_build(fixture, text, options);
	free(text);
	return program;
}

static void test(struct fixture *fixture, const struct large_kernel *kernel,
		 const struct memory *memory, const char *options)
{
	cl_program program = build(fixture, kernel, options);

	run(fixture, program, kernel, memory, options);
	clReleaseProgram(program);
}

/* What a work-item of the kernel has in private memory, which is kept over barriers. */
static cl_ulong private_bytes(struct fixture *fixture, const struct large_kernel *kernel)
{
	cl_program program = build(fixture, kernel, "-cl-std=CL3.0");
	cl_kernel k = clCreateKernel(program, "k", NULL);
	cl_ulong bytes = 0;

	check_fatal(k, "the kernel is not there");
	check_equal(CL_SUCCESS,
		    clGetKernelWorkGroupInfo(k, fixture->device, CL_KERNEL_PRIVATE_MEM_SIZE,
					     sizeof(bytes), &bytes, NULL));
	clReleaseKernel(k);
	clReleaseProgram(program);
	return bytes;
}

/* Values that come one after the other, by way of conditions, take the same place. */
static void test_kept_values(struct fixture *fixture)
{
	struct large_kernel kernel = {
		.name = "kept_values",
		.functions = "",
		.begin = "",
		.piece = "if (in[" K "] & 1) {\n" SHARE(K) "}\nif (x & 4) x += " K ";\n",
		.end = "",
		.turns = 30,
	};
	cl_ulong few = private_bytes(fixture, &kernel), many;

	kernel.turns = 90;
	many = private_bytes(fixture, &kernel);
	check(many <= few, "with three times as many conditions, %lu bytes instead of %lu",
	      (unsigned long)many, (unsigned long)few);
}

int main(void)
{
	static const struct large_kernel live = { .name = "live_values",
						  .turns = 250,
						  .reference = live_values };
	struct memory memory;
	struct fixture fixture;

	fixture_open(&fixture);
	memory.in = fixture_alloc(&fixture, ROOM * sizeof(*memory.in));
	memory.out = fixture_alloc(&fixture, ROOM * sizeof(*memory.out));
	for (unsigned int i = 0; i < ROOM; i++)
		memory.in[i] = i * 2654435761u >> 12;
	for (size_t i = 0; i < FIXTURE_COUNT(kernels); i++)
		test(&fixture, &kernels[i], &memory, "-cl-std=CL3.0");
	test(&fixture, &live, &memory, "-cl-std=CL3.0");
	test_kept_values(&fixture);
	/* Unoptimised kernels are not cut, but have parts and helpers as well. */
	for (size_t i = 2; i < FIXTURE_COUNT(kernels); i += 7)
		test(&fixture, &kernels[i], &memory, "-cl-std=CL3.0 -cl-opt-disable");
	fixture_free(&fixture, memory.in);
	fixture_free(&fixture, memory.out);
	fixture_close(&fixture);
	return check_result();
}
