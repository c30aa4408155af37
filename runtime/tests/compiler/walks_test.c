// SPDX-License-Identifier: MIT
/*
 * Loops in which each work-item goes along a row of its own: what they load, and that they load
 * nothing else, as the last row ends where a page ends behind which none may be read. On devices
 * that reach all memory of the process.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "../sample.h"
#include "fixture.h"

#define ITEMS	100
#define LONGEST 70
#define PAGES	16

/*
 * Of the matrix a, of ITEMS rows that are as many elements apart, n are read from each; what is
 * given is s. b is a copy of it that may be written. from is uniform and no more than n.
 */
static const struct {
	const char *body;
	int apart; /* 0: as many as are read */
} shapes[] = {
	{ "for (int k = 0; k < n; k++) s = s * 3 + a[i * n + k];", 0 },
	{ "for (uint k = 0; k < n; k++) s = s * 3 + a[i * n + k];", 0 },
	{ "for (size_t k = 0; k < n; k++) s = s * 3 + a[i * n + k];", 0 },
	{ "for (short k = 0; k < n; k++) s = s * 3 + a[i * n + k];", 0 },
	{ "for (int k = 0; k != n; k++) s = s * 3 + a[i * n + k];", 0 },
	{ "for (int k = from; k < n; k++) s = s * 3 + a[i * n + k];", 0 },
	{ "for (long k = -from; k < n - from; k++) s = s * 3 + a[i * n + k + from];", 0 },
	{ "for (int k = n - 1; k >= 0; k--) s = s * 3 + a[i * n + k];", 0 },
	{ "for (int k = 0; k < n; k += 2) s = s * 3 + a[i * n + k];", 0 },
	{ "int k = 0; if (n) do s = s * 3 + a[i * n + k]; while (++k < n);", 0 },
	{ "global const TYPE *p = a + i * n; for (int k = 0; k < n; k++) s = s * 3 + *p++;", 0 },
	{ "global const TYPE *p = a + i * n, *q = p + n; while (p != q) s = s * 3 + *p++;", 0 },
	/* As many elements apart as the compiler knows, and rows in any order. */
	{ "for (int k = 0; k < n; k++) s = s * 3 + a[i * 72 + k];", 72 },
	{ "for (int k = 0; k < n; k++) s = s * 3 + a[i * 5 + k];", 5 },
	{ "int row = flags[i]; for (int k = 0; k < n; k++) s = s * 3 + a[row * n + k];", 0 },
	{ "int row = ITEMS - 1 - i; for (int k = 0; k < n; k++) s = s * 3 + a[row * n + k];", 0 },
	/* Several of them, with places of another kind, too. */
	{ "for (int k = 0; k < n; k++) s = s * 3 + a[i * n + k] * a[flags[i] * n + k] - a[k];", 0 },
	{ "for (int k = 0; k < n; k++) s = s * 3 + a[i * n + k] - a[k * ITEMS + i];", 0 },
	{ "for (int k = 0; k < n; k++) { uchar4 v = ((global const uchar4 *)a)[i * n + k];"
	  " s = s * 3 + v.x - v.y * 5 + v.z * 7 - v.w; }",
	  0 },
	{ "for (int k = 0; k < n; k++) { short2 v = ((global const short2 *)a)[i * n + k];"
	  " s = s * 3 + v.x - v.y * 5; }",
	  0 },
	/* For some work-items only, some turns, or until something is found. */
	{ "if (flags[i] & 1) for (int k = 0; k < n; k++) s = s * 3 + a[i * n + k];", 0 },
	{ "if (i > 90) return; for (int k = 0; k < n; k++) s = s * 3 + a[i * n + k];", 0 },
	{ "for (int k = 0; k < n; k++) if (flags[i] & 1) s = s * 3 + a[i * n + k];", 0 },
	{ "for (int k = 0; k < n; k++) { if (k > i) continue; s = s * 3 + a[i * n + k]; }", 0 },
	{ "for (int k = 0; k < n; k++) { if (k & from) continue; s = s * 3 + a[i * n + k]; }", 0 },
	{ "for (int k = 0; k < n; k++) { s = s * 3 + a[i * n + k]; if (flags[i] == k) break; }",
	  0 },
	{ "for (int k = 0; k < n; k++) { s = s * 3 + a[i * n + k]; if (k == from) break; }", 0 },
	{ "for (int k = 0; k < n && k < i; k++) s = s * 3 + a[i * n + k];", 0 },
	{ "for (int k = 0; k < n; k++) { TYPE v = a[i * n + k]; if (flags[i] & 1) s = s * 3 + v;"
	  " else for (int j = 0; j < i % 4; j++) s += v; }",
	  0 },
	/* Loops in loops. */
	{ "for (int r = 0; r < 3; r++) for (int k = 0; k < n - r; k++) s = s * 3 + a[i * n + k + r];",
	  0 },
	{ "for (int r = 0; r < i % 4; r++) for (int k = 0; k < n; k++) s = s * 3 + a[i * n + k];",
	  0 },
	{ "for (int r = 0; r < i % 4; r++) for (int k = r; k < n; k++) s = s * 3 + a[i * n + k];",
	  0 },
	{ "for (int r = 0; r < 3; r++) for (int k = 0; k < n; k++)"
	  " s = s * 3 + a[(i + r * 7) % ITEMS * n + k];",
	  0 },
	{ "for (int k = 0; k < n; k++) { s = s * 3 + a[i * n + k]; for (int j = 0; j < from; j++)"
	  " s -= a[i * n + j]; }",
	  0 },
	/* What is stored meanwhile: elsewhere, into what is read, before and behind it. */
	{ "for (int k = 0; k < n; k++) { s = s * 3 + a[i * n + k]; out[i] = s; }", 0 },
	{ "for (int k = 0; k < n; k++) { s = s * 3 + b[i * n + k]; if (from < n) b[i * n + from] = s; }",
	  0 },
	/* The first and the last element of what may be loaded at once. */
	{ "for (int k = 0; k < n; k++) { if (n > 16) b[i * n + 16] = s; s = s * 3 + b[i * n + k]; }",
	  0 },
	{ "for (int k = 0; k < n; k++) { if (n > 31) b[i * n + 31] = s; s = s * 3 + b[i * n + k]; }",
	  0 },
	{ "for (int k = 0; k < n; k++) { if (n > 18) vstore4((int4)(s), 0, (global int *)b + i * n + 14);"
	  " s = s * 3 + b[i * n + k]; }",
	  0 },
	{ "for (int k = 0; k < n; k++) { if (flags[i] < n) b[i * n + flags[i]] = s;"
	  " s = s * 3 + b[i * n + k]; }",
	  0 },
	{ "for (int k = 0; k < n; k++) { s = s * 3 + b[i * n + k];"
	  " if (flags[i] + 1 < n) ((global uchar *)(b + i * n + flags[i]))[3] = k; }",
	  0 },
	{ "for (int k = 0; k < n; k++) { s = s * 3 + b[i * n + k]; b[i * n + n - 1 - k] = s; }",
	  0 },
	{ "for (int k = 0; k < n; k++) { s = s * 3 + b[i * n + k]; if (k + 1 < n) b[i * n + k + 1] += s; }",
	  0 },
	{ "global TYPE *row = b + i * 72; barrier(CLK_LOCAL_MEM_FENCE); for (int r = 0; r < 3; r++)"
	  " for (int k = 0; k < n; k++) { row[n - 1] = s; s = s * 3 + row[k]; }",
	  72 },
	{ "global TYPE *row = b + i * 72 + from, *end = row + (n - from); for (int r = 0; r < 3; r++)"
	  " for (int k = 0; row + k < end; k++) { *row = s; s = s * 3 + row[k]; row[-1 + !from] = s; }",
	  72 },
	{ "TYPE v[4] = { 0 }; for (int k = 0; k < n; k++) { s = s * 3 + a[i * n + k]; v[i & 3] += s; }"
	  " s += v[0] + v[1] * 2 + v[2] * 3 + v[3] * 4;",
	  0 },
	/* What others see. */
	{ "for (int k = 0; k < n; k++) { s = s * 3 + a[i * n + k]; atomic_inc(all); }", 0 },
	{ "volatile global const TYPE *p = a; for (int k = 0; k < n; k++) s = s * 3 + p[i * n + k];",
	  0 },
};

static const char source[] =
	"kernel void k(global const TYPE *a, global TYPE *b, global const int *flags, int n, int from,\n"
	"              global TYPE *out, global int *all) {\n"
	"  int i = get_global_id(0);\n"
	"  TYPE s = 1;\n"
	"  %s\n"
	"  out[i] = s;\n"
	"}\n";

/* Rows in local memory, which all work-items of a group have filled. */
static const char local_source[] =
	"kernel void k(global const TYPE *a, global TYPE *b, global const int *flags, int n, int from,\n"
	"              global TYPE *out, global int *all) {\n"
	"  local TYPE rows[25 * 72];\n"
	"  int i = get_local_id(0), first = get_group_id(0) * get_local_size(0);\n"
	"  TYPE s = 1;\n"
	"  for (int k = 0; k < n; k++) rows[i * 72 + k] = a[(first + i) * n + k];\n"
	"  barrier(CLK_LOCAL_MEM_FENCE);\n"
	"  for (int k = 0; k < n; k++) s = s * 3 + rows[(i + 1) % get_local_size(0) * 72 + k];\n"
	"  barrier(CLK_LOCAL_MEM_FENCE);\n"
	"  for (int k = 0; k < n; k++) { rows[i * 72 + from] += 1; s = s * 3 + rows[i * 72 + k]; }\n"
	"  out[first + i] = s;\n"
	"}\n";

struct memory {
	char *end; /* of what may be read */
	int *b, *flags, *out, *expected, *all;
};

static void run(struct fixture *fixture, cl_program program, const struct memory *memory, int *a,
		size_t words, cl_int n, cl_int from, size_t group)
{
	const struct fixture_argument arguments[] = {
		fixture_svm(a),		  fixture_svm(memory->b), fixture_svm(memory->flags),
		fixture_value(n),	  fixture_value(from),	  fixture_svm(memory->out),
		fixture_svm(memory->all),
	};

	memcpy(memory->b, a, words * sizeof(*a));
	memset(memory->out, 0, ITEMS * sizeof(*memory->out));
	fixture_run_1d(fixture, program, "k", ITEMS, group, arguments, FIXTURE_COUNT(arguments));
}

static void compare(struct fixture *fixture, const cl_program *programs,
		    const struct memory *memory, const char *what, int apart, bool is_float)
{
	static const cl_int lengths[] = { 0, 1, 7, 15, 16, 17, 32, 33, 49, LONGEST };
	int *copy = memory->expected + ITEMS;

	for (size_t i = 0; i < FIXTURE_COUNT(lengths); i++) {
		cl_int n = lengths[i], from = n * 2 / 3;
		size_t words = (size_t)(apart ? apart : n) * (ITEMS - 1) + (size_t)n;
		int *a = (int *)memory->end - words;

		for (size_t k = 0; k < words; k++) {
			int number = (int)(k * 2654435761u >> 25);

			if (is_float)
				((float *)a)[k] = (float)number / 128;
			else
				a[k] = number;
		}
		run(fixture, programs[0], memory, a, words, n, from, 25);
		memcpy(memory->expected, memory->out, ITEMS * sizeof(int));
		memcpy(copy, memory->b, words * sizeof(int));
		for (size_t group = 25; group <= ITEMS; group *= 4) {
			run(fixture, programs[1], memory, a, words, n, from, group);
			check(!memcmp(memory->expected, memory->out, ITEMS * sizeof(int)) &&
				      !memcmp(copy, memory->b, words * sizeof(int)),
			      "%s, of %s, %d elements, groups of %zu: the bytes differ", what,
			      is_float ? "float" : "int", n, group);
			if (strstr(what, "local"))
				break;
		}
	}
}

static void test(struct fixture *fixture, const struct memory *memory, const char *what,
		 const char *text, int apart, bool is_float)
{
	cl_program programs[2];

	for (int i = 0; i < 2; i++) {
		char options[100];

		snprintf(options, sizeof(options), "-cl-std=CL3.0 -DTYPE=%s -DITEMS=%d%s",
			 is_float ? "float" : "int", ITEMS, i ? "" : " -cl-opt-disable");
		programs[i] = fixture_build(fixture, text, options);
	}
	compare(fixture, programs, memory, what, apart, is_float);
	for (int i = 0; i < 2; i++)
		clReleaseProgram(programs[i]);
}

int main(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), room = PAGES * page;
	size_t words = (size_t)ITEMS * 72;
	cl_device_svm_capabilities svm = 0;
	struct memory memory;
	struct fixture fixture;
	char *pages;

	fixture_open(&fixture);
	clGetDeviceInfo(fixture.device, CL_DEVICE_SVM_CAPABILITIES, sizeof(svm), &svm, NULL);
	if (!(svm & CL_DEVICE_SVM_FINE_GRAIN_SYSTEM))
		check_skip("the device does not reach all memory of the process");
	pages = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check_fatal(pages != MAP_FAILED && words * sizeof(int) <= room &&
			    !mprotect(pages + room, page, PROT_NONE),
		    "no memory");
	memory.end = pages + room;
	memory.b = fixture_alloc(&fixture, words * sizeof(int));
	memory.flags = fixture_alloc(&fixture, ITEMS * sizeof(int));
	memory.out = fixture_alloc(&fixture, ITEMS * sizeof(int));
	memory.expected = fixture_alloc(&fixture, (ITEMS + words) * sizeof(int));
	memory.all = fixture_alloc(&fixture, sizeof(int));
	for (int i = 0; i < ITEMS; i++)
		memory.flags[i] = i * 37 % ITEMS;
	for (unsigned int i = 0; i < FIXTURE_COUNT(shapes); i += (unsigned int)test_sample()) {
		char text[1500];

		snprintf(text, sizeof(text), source, shapes[i].body);
		test(&fixture, &memory, shapes[i].body, text, shapes[i].apart, i % 2);
		if (i < 2)
			test(&fixture, &memory, shapes[i].body, text, shapes[i].apart, !(i % 2));
	}
	test(&fixture, &memory, "rows in local memory", local_source, 0, false);
	fixture_free(&fixture, memory.b);
	fixture_free(&fixture, memory.flags);
	fixture_free(&fixture, memory.out);
	fixture_free(&fixture, memory.expected);
	fixture_free(&fixture, memory.all);
	munmap(pages, room + page);
	fixture_close(&fixture);
	return check_result();
}
