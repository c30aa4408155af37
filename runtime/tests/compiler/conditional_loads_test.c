// SPDX-License-Identifier: MIT
/*
 * What a work-item does not read is not read: arrays end where a page ends that may be
 * read, and no page behind it may. On devices that reach all memory of the process.
 */
#include "fixture.h"

#include <sys/mman.h>
#include <unistd.h>

#define ITEMS 100

/* Of a, which has n elements, no other may be read. Each gives x. */
static const char *const shapes[] = {
	"if (i < n) x = a[i];",
	"x = i < n ? a[i] : 7;",
	"if (i >= n) return; x = a[i];",
	"if (i * 2 < n) x = a[i * 2];",
	"if (i * 2 + 1 < n) x = a[i * 2] + a[i * 2 + 1];",
	"if (i * 3 + 2 < n) x = a[i * 3] + a[i * 3 + 1] + a[i * 3 + 2];",
	"if (n > i) x = a[n - 1 - i];",
	"if (flags[i] & 1 && i < n) x = a[i];",
	"for (int j = 0; j < 4; j++) if (i + j < n) x += a[i + j];",
	"for (int j = i; j < n; j++) x += a[j];",
	"for (int j = 0; j < 9; j++) { if (i + j >= n) break; x += a[i + j]; }",
	"switch (flags[i] & 3) { case 0: x = 1; break; case 1: if (i < n) x = a[i]; break; }",
	"int k = flags[i] * 100; if (k < n) x = a[k];",
	"if (i < n && a[i] > 2) x = a[i < n - 1 ? i + 1 : i];",
	"x = i < n ? a[i] : i < 2 * n ? a[i - n] : 3;",
	"int k = 0; while (k < n && a[k] != i) k++; x = k;",
};

static const char source[] = "kernel void k(global const TYPE *a, global const int *flags,\n"
			     "global int *out, int n) { int i = get_global_id(0); TYPE x = 0;\n"
			     "out[i] = -1; %s out[i] = (int)x; }\n";

static void test(struct fixture *fixture, const char *shape, const char *type, size_t bytes,
		 char *end)
{
	static const cl_int counts[] = { 0, 1, 15, 16, 17, 63, 99 };
	int *flags = fixture_alloc(fixture, ITEMS * sizeof(int));
	int *out = fixture_alloc(fixture, 2 * ITEMS * sizeof(int)), *expected = out + ITEMS;
	char text[1000], options[80];
	cl_program programs[2];

	for (int i = 0; i < ITEMS; i++)
		flags[i] = i * 7 % 11;
	snprintf(text, sizeof(text), source, shape);
	snprintf(options, sizeof(options), "-D TYPE=%s", type);
	programs[0] = fixture_build(fixture, text, options);
	snprintf(options, sizeof(options), "-D TYPE=%s -cl-opt-disable", type);
	programs[1] = fixture_build(fixture, text, options);
	for (size_t c = 0; c < FIXTURE_COUNT(counts); c++) {
		char *a = end - counts[c] * (cl_int)bytes;
		const struct fixture_argument arguments[] = { fixture_svm(a), fixture_svm(flags),
							      fixture_svm(out),
							      fixture_value(counts[c]) };

		for (cl_int i = 0; i < counts[c]; i++)
			a[(size_t)i * bytes] = (char)(i & 31);
		fixture_run_1d(fixture, programs[1], "k", ITEMS, ITEMS, arguments, 4);
		memcpy(expected, out, ITEMS * sizeof(int));
		fixture_run_1d(fixture, programs[0], "k", ITEMS, ITEMS, arguments, 4);
		check(!memcmp(expected, out, ITEMS * sizeof(int)), "%s of %s, %d elements", shape,
		      type, counts[c]);
	}
	clReleaseProgram(programs[0]);
	clReleaseProgram(programs[1]);
	fixture_free(fixture, flags);
	fixture_free(fixture, out);
}

int main(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	cl_device_svm_capabilities svm = 0;
	struct fixture fixture;
	char *pages;

	fixture_open(&fixture);
	clGetDeviceInfo(fixture.device, CL_DEVICE_SVM_CAPABILITIES, sizeof(svm), &svm, NULL);
	if (!(svm & CL_DEVICE_SVM_FINE_GRAIN_SYSTEM))
		check_skip("the device does not reach all memory of the process");
	pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check_fatal(pages != MAP_FAILED && !mprotect(pages + page, page, PROT_NONE), "no memory");
	for (size_t s = 0; s < FIXTURE_COUNT(shapes); s++) {
		memset(pages, 0, page);
		test(&fixture, shapes[s], "int", sizeof(int), pages + page);
		memset(pages, 0, page);
		test(&fixture, shapes[s], "char", 1, pages + page);
	}
	munmap(pages, 2 * page);
	fixture_close(&fixture);
	return check_result();
}
