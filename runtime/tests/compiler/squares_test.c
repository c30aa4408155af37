// SPDX-License-Identifier: MIT
/*
 * OpenCL's vectors that lie anywhere: each work-item's is loaded and stored as it is one by one,
 * and no other memory is, as the last one ends where a page ends behind which there is nothing.
 * On devices that reach all memory of the process.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "../sample.h"
#include "fixture.h"

#define ITEMS 100
/* Of the largest type. */
#define BYTES 128

/*
 * a has ITEMS vectors of components that are small numbers, and places is their numbers in another
 * order; each work-item writes to o[i], or at its own place.
 */
static const char *const shapes[] = {
	"o[i] = a[places[i]];",
	"o[places[i]] = a[i];",
	"o[places[i]] = a[places[ITEMS - 1 - i]] + (TYPE)(i & 3);",
	"if (places[i] & 1) o[places[i]] = a[places[i]];",
	"if (i % 5) return; TYPE v = a[places[i]]; if (places[i] % 3) v += a[places[i] / 2]; o[i] = v;",
	"TYPE v = 0; for (int j = 0; j < n; j++) v = v * (TYPE)3 + a[places[(i + j) % ITEMS]]; o[i] = v;",
	"TYPE v = 0; for (int j = 0; j < places[i] % 7; j++) { v += a[places[(i * 3 + j) % ITEMS]];"
	" o[places[i]] = v; } o[places[i]] += (TYPE)1;",
	"TYPE v = 0; int k = places[i]; while (k > 2) { v = v * (TYPE)5 + a[k]; k /= 2; } o[i] = v;",
	"for (int j = i; j < ITEMS; j += ITEMS / 2) { if (j != i) break; o[places[j]] = a[places[j]]; }",
	/* Some components only, in another order, or of two kinds. */
	"TYPE v = a[places[i]]; v.s0 = v.s1; o[places[i]] = v;",
	"TYPE v = a[places[i]]; o[i] = v.s1 > (ELEMENT)(i % 40) ? v : a[0];",
	"int k = places[i]; TYPE v = a[k]; v.s1 += (ELEMENT)k; for (int j = 0; j < n; j++)"
	" { v = v.s1 > v.s0 ? v : v + a[places[j]]; o[k] = v; }",
	/* Rows of vectors, and vectors in local and private memory. */
	"TYPE v = 0; for (int j = 0; j < n; j++) v += a[(i * n + j) % ITEMS]; o[i] = v;",
	"local TYPE l[25]; int k = get_local_id(0); l[k] = a[i]; barrier(CLK_LOCAL_MEM_FENCE);"
	" TYPE v = 0; for (int j = 0; j < n; j++) v = v * (TYPE)3 + l[(k * 7 + j) % get_local_size(0)];"
	" o[places[i]] = v;",
	"TYPE p[4]; for (int j = 0; j < 4; j++) p[j] = a[places[i] * j % ITEMS]; TYPE v = 0;"
	" for (int j = 0; j < n; j++) v = v * (TYPE)3 + p[(places[i] + j) & 3]; o[i] = v;",
	"global const ELEMENT *e = (global const ELEMENT *)a; TYPE v = 0; for (int j = 0; j < n; j++)"
	" v += LOAD(0, e + places[i] * WIDTH / 2 + j % 2); STORE(v, 0, (global ELEMENT *)(o + places[i]));",
};

static const char source[] =
	"kernel void k(global const TYPE *a, global TYPE *o, global const int *places, int n) {\n"
	"  int i = get_global_id(0);\n"
	"  %s\n"
	"}\n";

static const struct {
	const char *element;
	unsigned int width, bytes;
} types[] = {
	{ "float", 4, 4 }, { "int", 8, 4 },    { "uchar", 16, 1 }, { "double", 2, 8 },
	{ "short", 8, 2 }, { "long", 4, 8 },   { "uint", 16, 4 },  { "char", 4, 1 },
	{ "ulong", 8, 8 }, { "ushort", 4, 2 }, { "float", 2, 4 },  { "int", 3, 4 },
};

static void fill(unsigned char *a, size_t type)
{
	unsigned int bytes = types[type].bytes;

	for (size_t i = 0; i < (size_t)ITEMS * types[type].width; i++) {
		unsigned int number = (unsigned int)i * 2654435761u >> 26;
		const float real = (float)number;
		const double wide = number;
		const cl_ulong whole = number;
		const void *from = &whole;

		if (!strcmp(types[type].element, "float"))
			from = &real;
		else if (!strcmp(types[type].element, "double"))
			from = &wide;
		memcpy(a + i * bytes, from, bytes);
	}
}

/* What is stored behind the third component is anything. */
static void clear_fourth(char *o, size_t type)
{
	unsigned int bytes = types[type].bytes;

	for (size_t i = 0; i < ITEMS && types[type].width == 3; i++)
		memset(o + (i * 4 + 3) * bytes, 0, bytes);
}

/* @ends: of what may be read, and of what may be written. */
static void test(struct fixture *fixture, const char *shape, size_t type, char *const *ends,
		 int *places, unsigned char *expected)
{
	unsigned int width = types[type].width == 3 ? 4 : types[type].width;
	size_t bytes = (size_t)ITEMS * width * types[type].bytes;
	char *a = ends[0] - bytes, *o = ends[1] - bytes;
	cl_program programs[2];
	char text[1500], options[200];
	cl_int n = 9;

	snprintf(text, sizeof(text), source, shape);
	fill((unsigned char *)a, type);
	for (int i = 0; i < 2; i++) {
		snprintf(
			options, sizeof(options),
			"-cl-std=CL3.0 -DITEMS=%d -DELEMENT=%s -DTYPE=%s%u -DWIDTH=%u -DLOAD=vload%u"
			" -DSTORE=vstore%u%s",
			ITEMS, types[type].element, types[type].element, types[type].width, width,
			types[type].width, types[type].width, i ? "" : " -cl-opt-disable");
		programs[i] = fixture_build(fixture, text, options);
	}
	for (size_t run = 0; run < 3; run++) {
		const struct fixture_argument arguments[] = { fixture_svm(a), fixture_svm(o),
							      fixture_svm(places),
							      fixture_value(n) };

		memset(o, 0, bytes);
		fixture_run_1d(fixture, programs[run > 0], "k", ITEMS, run == 2 ? 20 : 25,
			       arguments, 4);
		clear_fourth(o, type);
		if (!run)
			memcpy(expected, o, bytes);
		if (run == 2 && strstr(shape, "local"))
			break;
		check(!memcmp(o, expected, bytes), "%s of %s%u: the bytes differ", shape,
		      types[type].element, types[type].width);
	}
	for (int i = 0; i < 2; i++)
		clReleaseProgram(programs[i]);
}

static char *end_of_pages(size_t bytes, size_t page)
{
	char *pages = mmap(NULL, bytes + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);

	check_fatal(pages != MAP_FAILED && !mprotect(pages + bytes, page, PROT_NONE), "no memory");
	return pages + bytes;
}

int main(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (ITEMS * BYTES / page + 1) * page;
	cl_device_svm_capabilities svm = 0;
	struct fixture fixture;
	unsigned char *expected;
	unsigned int tested = 0;
	char *ends[2];
	int *places;

	fixture_open(&fixture);
	clGetDeviceInfo(fixture.device, CL_DEVICE_SVM_CAPABILITIES, sizeof(svm), &svm, NULL);
	if (!(svm & CL_DEVICE_SVM_FINE_GRAIN_SYSTEM))
		check_skip("the device does not reach all memory of the process");
	for (int i = 0; i < 2; i++)
		ends[i] = end_of_pages(room, page);
	places = fixture_alloc(&fixture, ITEMS * sizeof(*places));
	expected = fixture_alloc(&fixture, room);
	for (int i = 0; i < ITEMS; i++)
		places[i] = (i * 37 + 11) % ITEMS;
	/* Types in turn, each with a third of the shapes: all have the first. */
	for (size_t shape = 0; shape < FIXTURE_COUNT(shapes); shape++) {
		for (size_t type = 0; type < FIXTURE_COUNT(types); type++) {
			if (shape && (shape + type) % 3)
				continue;
			if (tested++ % test_sample() == 0)
				test(&fixture, shapes[shape], type, ends, places, expected);
		}
	}
	for (int i = 0; i < 2; i++)
		munmap(ends[i] - room, room + page);
	fixture_free(&fixture, places);
	fixture_free(&fixture, expected);
	fixture_close(&fixture);
	return check_result();
}
