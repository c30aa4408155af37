// SPDX-License-Identifier: MIT
/*
 * Programs so large that several threads make their machine code: what their kernels have in
 * common is one thing for all of it, and the code is the same however many threads there are.
 */
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "fixture.h"

#define ITEMS 64
#define TURNS 100
/* Words of private memory of a work-item, so many that they are no registers: over barriers... */
#define KEPT 512
/* ...and between two of them, on the stack of a part. */
#define OWN 1000

#define TEXT_OF(number) #number
#define TEXT(number)	TEXT_OF(number)
#define OPTIONS		"-cl-std=CL3.0 -DKEPT=" TEXT(KEPT) " -DOWN=" TEXT(OWN)

/*
 * The table's addresses go from part to part, and so does what is private. Every 20th turn
 * counts work-items in a variable of the program, every 50th has an array of its own and prints.
 */
static const char head[] =
	"constant uint table[64] = { 7, 1, 9, 3, 5, 11, 2, 8 };\n"
	"global atomic_uint turns = 1000;\n"
	"uint mix(uint a, uint b) { return (a ^ b) * 5 + (a >> 7); }\n"
	"uint twin(uint a, uint b) __attribute__((alias(\"mix\")));\n"
	"kernel void turns_of(global uint *out) { out[0] = atomic_load(&turns); }\n";
static const char begin[] = "kernel void %s(global const uint *in, global uint *out)\n"
			    "{ uint i = get_local_id(0), x = in[i] + %u, kept[KEPT];\n"
			    "local uint l[64]; constant uint *p = &table[i %% 8];\n"
			    "for (uint j = 0; j < KEPT; j++) kept[j] = j ^ x;\n";
static const char piece[] = "x = mix(x, *p + (uint)(p - table)); p = &table[x % 64];\n"
			    "kept[x % KEPT] += x; l[i] = x; barrier(CLK_LOCAL_MEM_FENCE);\n"
			    "if (x & 16) x ^= kept[(x >> 5) % KEPT] + l[(i + 1) % 64];\n"
			    "barrier(CLK_LOCAL_MEM_FENCE);\n";
static const char own[] =
	"{ uint own[OWN]; for (uint j = 0; j < OWN; j++) own[j] = j * x; x += own[x % OWN]; }\n";
static const char count[] = "atomic_fetch_add(&turns, 1u);\n";
static const char report[] = "if (!i) printf(\"%%s, turn %%d\\n\", \"part\", %d);\n";
static const char end[] = "out[i] = x; }\n";

static const unsigned int table[64] = { 7, 1, 9, 3, 5, 11, 2, 8 };

static unsigned int mix(unsigned int a, unsigned int b)
{
	return (a ^ b) * 5 + (a >> 7);
}

static void reference(const unsigned int *in, unsigned int *out, unsigned int number)
{
	static unsigned int kept[ITEMS][KEPT];
	unsigned int x[ITEMS], next[ITEMS], place[ITEMS];

	for (unsigned int i = 0; i < ITEMS; i++) {
		x[i] = in[i] + number;
		place[i] = i % 8;
		for (unsigned int j = 0; j < KEPT; j++)
			kept[i][j] = j ^ x[i];
	}
	for (unsigned int k = 0; k < TURNS; k++) {
		for (unsigned int i = 0; i < ITEMS; i++) {
			x[i] = mix(x[i], table[place[i]] + place[i]);
			place[i] = x[i] % 64;
			kept[i][x[i] % KEPT] += x[i];
		}
		for (unsigned int i = 0; i < ITEMS; i++)
			next[i] = x[i] & 16 ? x[i] ^ (kept[i][(x[i] >> 5) % KEPT] +
						      x[(i + 1) % ITEMS]) :
					      x[i];
		memcpy(x, next, sizeof(x));
		for (unsigned int i = 0; k % 50 == 49 && i < ITEMS; i++)
			x[i] += x[i] % OWN * x[i];
	}
	memcpy(out, x, sizeof(x));
}

static void print_kernel(FILE *source, const char *name, unsigned int number)
{
	fprintf(source, begin, name, number);
	for (int k = 0; k < TURNS; k++) {
		fputs(piece, source);
		if (k % 20 == 19)
			fputs(count, source);
		if (k % 50 == 49) {
			fputs(own, source);
			fprintf(source, report, k);
		}
	}
	fputs(end, source);
}

static char *print_source(void)
{
	char *text = NULL;
	size_t length;
	FILE *source = open_memstream(&text, &length);

	check_fatal(source, "no memory");
	fputs(head, source);
	print_kernel(source, "first", 1);
	print_kernel(source, "second", 2);
	check_fatal(!fclose(source), "no memory");
	return text;
}

/* Runs both kernels, and compares what they compute. What they print goes to @printed. */
static void run_kernels(struct fixture *fixture, cl_program program, const char *options,
			FILE *printed)
{
	static const char *const names[] = { "first", "second" };
	unsigned int *in = fixture_alloc(fixture, ITEMS * sizeof(*in));
	unsigned int *out = fixture_alloc(fixture, ITEMS * sizeof(*out)), expected[ITEMS];
	const struct fixture_argument arguments[] = { fixture_svm(in), fixture_svm(out) };
	int output = dup(STDOUT_FILENO);

	for (unsigned int i = 0; i < ITEMS; i++)
		in[i] = i * 2654435761u >> 12;
	for (unsigned int k = 0; k < FIXTURE_COUNT(names); k++) {
		reference(in, expected, k + 1);
		fflush(stdout);
		dup2(fileno(printed), STDOUT_FILENO);
		fixture_run_1d(fixture, program, names[k], ITEMS, ITEMS, arguments, 2);
		fflush(stdout);
		dup2(output, STDOUT_FILENO);
		for (int i = 0; i < ITEMS; i++)
			check(expected[i] == out[i], "%s, '%s': element %d is %u, expected %u",
			      names[k], options, i, out[i], expected[i]);
	}
	fixture_run_1d(fixture, program, "turns_of", 1, 1, arguments + 1, 1);
	check_equal(1000 + FIXTURE_COUNT(names) * (TURNS / 20) * ITEMS, out[0]);
	close(output);
	fixture_free(fixture, in);
	fixture_free(fixture, out);
}

static void run(struct fixture *fixture, cl_program program, const char *options)
{
	FILE *printed = tmpfile();
	char line[80], expected[80];

	check_fatal(printed, "no temporary file");
	run_kernels(fixture, program, options, printed);
	rewind(printed);
	for (int kernel = 0; kernel < 2; kernel++) {
		for (int k = 49; k < TURNS; k += 50) {
			snprintf(expected, sizeof(expected), "part, turn %d\n", k);
			check(fgets(line, sizeof(line), printed) && !strcmp(line, expected),
			      "'%s': kernel %d does not print '%s'", options, kernel, expected);
		}
	}
	check(!fgets(line, sizeof(line), printed), "'%s' prints '%s'", options, line);
	fclose(printed);
}

/* Its bytes, to be freed. */
static unsigned char *binary_of(cl_program program, size_t *bytes)
{
	unsigned char *binary;

	check_equal(CL_SUCCESS, clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof(*bytes),
						 bytes, NULL));
	binary = malloc(*bytes);
	check_fatal(binary, "no memory");
	check_equal(CL_SUCCESS,
		    clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof(binary), &binary, NULL));
	return binary;
}

static void check_private_memory(struct fixture *fixture, cl_program program)
{
	cl_kernel kernel = clCreateKernel(program, "first", NULL);
	cl_ulong bytes = 0;

	check_equal(CL_SUCCESS,
		    clGetKernelWorkGroupInfo(kernel, fixture->device, CL_KERNEL_PRIVATE_MEM_SIZE,
					     sizeof(bytes), &bytes, NULL));
	check(bytes >= (KEPT + OWN) * sizeof(unsigned int),
	      "the kernel has %lu bytes of private memory", (unsigned long)bytes);
	clReleaseKernel(kernel);
}

/* Builds by as many threads as the notes are to tell of: one, or more. */
static cl_program build(struct fixture *fixture, const char *source, const char *options,
			bool is_alone)
{
	static char notes[1 << 20];
	cl_program program = fixture_build_noted(fixture, source, options, notes, sizeof(notes));
	const char *divided = strstr(notes, " partitions, by up to ");
	unsigned int threads = 0;

	check_fatal(divided && sscanf(divided, " partitions, by up to %u", &threads) == 1,
		    "'%s': the program is not divided", options);
	check((threads == 1) == is_alone, "'%s' is built by %u threads", options, threads);
	return program;
}

/* Built by as many threads as there are, and by one: the same, to the last bit. */
static void test_threads(struct fixture *fixture, const char *source)
{
	static const char *const options[] = { OPTIONS, OPTIONS " -cl-opt-disable" };
	cpu_set_t processors, one;
	bool has_one;

	check_fatal(!sched_getaffinity(0, sizeof(processors), &processors), "no affinity");
	has_one = CPU_COUNT(&processors) == 1;
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	for (unsigned int i = 0; i < FIXTURE_COUNT(options); i++) {
		cl_program together = build(fixture, source, options[i], has_one), alone;
		unsigned char *binaries[2];
		size_t bytes[2];

		check_fatal(!sched_setaffinity(0, sizeof(one), &one), "no affinity");
		alone = build(fixture, source, options[i], true);
		check_fatal(!sched_setaffinity(0, sizeof(processors), &processors), "no affinity");
		binaries[0] = binary_of(together, &bytes[0]);
		binaries[1] = binary_of(alone, &bytes[1]);
		check(bytes[0] == bytes[1] && !memcmp(binaries[0], binaries[1], bytes[0]),
		      "'%s': one thread makes other code", options[i]);
		run(fixture, together, options[i]);
		check_private_memory(fixture, together);
		free(binaries[0]);
		free(binaries[1]);
		clReleaseProgram(together);
		clReleaseProgram(alone);
	}
	if (has_one)
		check_skip("there is one processor");
}

int main(void)
{
	char *source = print_source();
	struct fixture fixture;

	/* Each build is to be one, and to tell of itself. */
	setenv("TANDEM_CACHE_DIR", "", 1);
	setenv("TANDEM_DEBUG", "compiler", 1);
	fixture_open(&fixture);
	test_threads(&fixture, source);
	free(source);
	fixture_close(&fixture);
	return check_result();
}
