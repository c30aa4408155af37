// SPDX-License-Identifier: MIT
/* clEnqueueSVMMemcpy() and clEnqueueSVMMemFill(). */
#include <stdlib.h>
#include <string.h>

#include "harness/suite.h"

#define COPY_SECTION "API 5.6 (clEnqueueSVMMemcpy)"
#define FILL_SECTION "API 5.6 (clEnqueueSVMMemFill)"
#define BYTES	     8192

static void number_bytes(unsigned char *memory, size_t bytes, unsigned int first)
{
	for (size_t i = 0; i < bytes; i++)
		memory[i] = (unsigned char)(first + i * 7 + (i >> 8));
}

static void expect_bytes(const unsigned char *seen, const unsigned char *wanted, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		svm_expect(seen[i] == wanted[i], "byte %zu: expected %u, seen %u", i, wanted[i],
			   seen[i]);
}

/* ---- memcpy ---- */

SVM_CASE(commands_memcpy_any_range, SVM_FINE, COPY_SECTION,
	 "Exactly the bytes asked for are copied, at any offset and of any size.")
{
	unsigned char *source = svm_fine(run, BYTES), *target = svm_fine(run, BYTES);
	unsigned char *wanted = malloc(BYTES);

	svm_expect(wanted, "no memory");
	number_bytes(source, BYTES, 1);
	for (uint64_t round = 0; svm_more(run, round, 200); round++) {
		size_t from = svm_random_below(&run->random, BYTES);
		size_t to = svm_random_below(&run->random, BYTES);
		size_t most = BYTES - (from > to ? from : to);
		size_t bytes = 1 + svm_random_below(&run->random, round % 2 ? most : 1 + most / 64);

		bytes = bytes < most ? bytes : most;
		memset(target, 0xcc, BYTES);
		memset(wanted, 0xcc, BYTES);
		memcpy(wanted + to, source + from, bytes);
		svm_success(clEnqueueSVMMemcpy(run->queue, CL_TRUE, target + to, source + from,
					       bytes, 0, NULL, NULL));
		expect_bytes(target, wanted, BYTES);
	}
	free(wanted);
	clSVMFree(run->context, source);
	clSVMFree(run->context, target);
}

SVM_CASE(commands_memcpy_large, SVM_ANY_SVM, COPY_SECTION, "Megabytes are copied whole.")
{
	const size_t bytes = 24 << 20;
	cl_uint *source = svm_any(run, bytes), *target = svm_any(run, bytes);

	svm_map(run, source, bytes);
	for (cl_uint i = 0; i < bytes / 4; i++)
		source[i] = i * 2654435761u;
	svm_unmap(run, source);
	svm_success(clEnqueueSVMMemcpy(run->queue, CL_TRUE, target, source, bytes, 0, NULL, NULL));
	svm_map(run, target, bytes);
	for (cl_uint i = 0; i < bytes / 4; i++)
		svm_expect(target[i] == i * 2654435761u, "word %u", i);
	svm_unmap(run, target);
	clSVMFree(run->context, source);
	clSVMFree(run->context, target);
}

SVM_CASE(commands_memcpy_within, SVM_FINE, COPY_SECTION,
	 "Parts of one allocation that do not overlap are copied.")
{
	unsigned char *memory = svm_fine(run, BYTES), wanted[BYTES / 2];

	number_bytes(memory, BYTES / 2, 3);
	memcpy(wanted, memory, BYTES / 2);
	svm_success(clEnqueueSVMMemcpy(run->queue, CL_TRUE, memory + BYTES / 2, memory, BYTES / 2,
				       0, NULL, NULL));
	expect_bytes(memory + BYTES / 2, wanted, BYTES / 2);
	clSVMFree(run->context, memory);
}

static void copy_with_host(struct svm_run *run, bool to_svm)
{
	unsigned char *host = malloc(BYTES), *memory = svm_fine(run, BYTES);
	unsigned char *target = to_svm ? memory : host, *source = to_svm ? host : memory;

	svm_expect(host, "no memory");
	memset(target, 0, BYTES);
	number_bytes(source, BYTES, 9);
	svm_success(clEnqueueSVMMemcpy(run->queue, CL_TRUE, target + 1, source + 3, BYTES - 5, 0,
				       NULL, NULL));
	expect_bytes(target + 1, source + 3, BYTES - 5);
	svm_expect_equal(0, target[0]);
	svm_expect_equal(0, target[BYTES - 4]);
	free(host);
	clSVMFree(run->context, memory);
}

SVM_CASE(commands_memcpy_from_malloc, SVM_FINE, COPY_SECTION,
	 "The source may be memory of the host.")
{
	copy_with_host(run, true);
}

SVM_CASE(commands_memcpy_to_malloc, SVM_FINE, COPY_SECTION, "The target may be memory of the host.")
{
	copy_with_host(run, false);
}

SVM_CASE(commands_memcpy_host_to_host, SVM_ANY_SVM, COPY_SECTION, "Both may be memory of the host.")
{
	unsigned char source[512], target[512] = { 0 };

	number_bytes(source, sizeof(source), 2);
	svm_success(clEnqueueSVMMemcpy(run->queue, CL_TRUE, target, source, sizeof(source), 0, NULL,
				       NULL));
	expect_bytes(target, source, sizeof(source));
}

SVM_CASE(commands_memcpy_chain, SVM_ANY_SVM, COPY_SECTION,
	 "In an in-order queue each copy sees the one before.")
{
	unsigned char *memory[8], wanted[1024];

	for (unsigned int i = 0; i < 8; i++)
		memory[i] = svm_any(run, sizeof(wanted));
	number_bytes(wanted, sizeof(wanted), 4);
	svm_map(run, memory[0], sizeof(wanted));
	memcpy(memory[0], wanted, sizeof(wanted));
	svm_unmap(run, memory[0]);
	for (unsigned int i = 1; i < 8; i++)
		svm_success(clEnqueueSVMMemcpy(run->queue, CL_FALSE, memory[i], memory[i - 1],
					       sizeof(wanted), 0, NULL, NULL));
	svm_map(run, memory[7], sizeof(wanted));
	expect_bytes(memory[7], wanted, sizeof(wanted));
	svm_unmap(run, memory[7]);
	for (unsigned int i = 0; i < 8; i++)
		clSVMFree(run->context, memory[i]);
}

struct overlap_row {
	const char *name;
	size_t to, from, bytes;
};

static void check_overlap(struct svm_run *run)
{
	const struct overlap_row *row = run->test->row;
	unsigned char *memory = svm_any(run, BYTES);

	svm_expect_code(CL_MEM_COPY_OVERLAP,
			clEnqueueSVMMemcpy(run->queue, CL_TRUE, memory + row->to,
					   memory + row->from, row->bytes, 0, NULL, NULL));
	clSVMFree(run->context, memory);
}

static const struct svm_case overlap_case = {
	.claim = "Source and target that overlap: CL_MEM_COPY_OVERLAP.",
	.section = COPY_SECTION,
	.needs = SVM_ANY_SVM,
	.run = check_overlap,
};

static const struct overlap_row overlap_rows[] = {
	{ "forward", 64, 0, 128 },
	{ "backward", 0, 64, 128 },
	{ "by_one_byte", 127, 0, 128 },
	{ "same", 0, 0, 128 },
};

SVM_CASE(commands_memcpy_refused_null, SVM_ANY_SVM, COPY_SECTION,
	 "A NULL pointer: CL_INVALID_VALUE.")
{
	unsigned char *memory = svm_any(run, BYTES);

	svm_expect_code(CL_INVALID_VALUE,
			clEnqueueSVMMemcpy(run->queue, CL_TRUE, NULL, memory, 64, 0, NULL, NULL));
	svm_expect_code(CL_INVALID_VALUE,
			clEnqueueSVMMemcpy(run->queue, CL_TRUE, memory, NULL, 64, 0, NULL, NULL));
	clSVMFree(run->context, memory);
}

/* ---- fill ---- */

struct pattern_row {
	size_t bytes;
};

static void check_fill(struct svm_run *run)
{
	const struct pattern_row *row = run->test->row;
	const size_t size = row->bytes;
	unsigned char *memory = svm_fine(run, BYTES), pattern[128];
	const size_t from = 128 + size, count = 37;

	number_bytes(pattern, size, 0x31);
	svm_success(clEnqueueSVMMemFill(run->queue, memory + from, pattern, size, count * size, 0,
					NULL, NULL));
	/* The pattern is taken when the command is enqueued. */
	memset(pattern, 0, sizeof(pattern));
	svm_finish(run->queue, "filling");
	number_bytes(pattern, size, 0x31);
	for (size_t i = 0; i < BYTES; i++) {
		bool inside = i >= from && i < from + count * size;
		unsigned char wanted = inside ? pattern[(i - from) % size] : 0;

		svm_expect(memory[i] == wanted, "byte %zu: expected %u, seen %u", i, wanted,
			   memory[i]);
	}
	clSVMFree(run->context, memory);
}

static const struct svm_case fill_case = {
	.claim = "The pattern is repeated over exactly the range, and was copied.",
	.section = FILL_SECTION,
	.needs = SVM_FINE,
	.run = check_fill,
};

static const struct pattern_row pattern_rows[] = { { 1 },  { 2 },  { 4 },  { 8 },
						   { 16 }, { 32 }, { 64 }, { 128 } };

struct bad_fill_row {
	const char *name;
	size_t offset, pattern_bytes, bytes;
	bool without_pattern;
};

static void check_bad_fill(struct svm_run *run)
{
	const struct bad_fill_row *row = run->test->row;
	static const unsigned char pattern[512];
	unsigned char *memory = svm_any(run, BYTES);

	svm_expect_code(CL_INVALID_VALUE,
			clEnqueueSVMMemFill(run->queue, memory + row->offset,
					    row->without_pattern ? NULL : pattern,
					    row->pattern_bytes, row->bytes, 0, NULL, NULL));
	clSVMFree(run->context, memory);
}

static const struct svm_case bad_fill_case = {
	.claim = "A pattern or range that is not allowed: CL_INVALID_VALUE.",
	.section = FILL_SECTION,
	.needs = SVM_ANY_SVM,
	.run = check_bad_fill,
};

static const struct bad_fill_row bad_fill_rows[] = {
	{ "pattern_of_0", 0, 0, 64, false },	  { "pattern_of_3", 0, 3, 63, false },
	{ "pattern_of_256", 0, 256, 512, false }, { "size_no_multiple", 0, 8, 60, false },
	{ "pointer_unaligned", 4, 8, 64, false }, { "no_pattern", 0, 4, 64, true },
};

SVM_CASE(commands_fill_refused_null, SVM_ANY_SVM, FILL_SECTION, "A NULL pointer: CL_INVALID_VALUE.")
{
	const cl_int pattern = 1;

	svm_expect_code(CL_INVALID_VALUE,
			clEnqueueSVMMemFill(run->queue, NULL, &pattern, 4, 64, 0, NULL, NULL));
}

SVM_CASE(commands_fill_large, SVM_ANY_SVM, FILL_SECTION, "Megabytes are filled whole.")
{
	const size_t bytes = 16 << 20;
	const cl_ulong pattern = 0x0123456789abcdefu;
	cl_ulong *memory = svm_any(run, bytes);

	svm_success(clEnqueueSVMMemFill(run->queue, memory, &pattern, sizeof(pattern), bytes, 0,
					NULL, NULL));
	svm_map(run, memory, bytes);
	for (size_t i = 0; i < bytes / 8; i++)
		svm_expect(memory[i] == pattern, "word %zu: seen 0x%llx", i,
			   (unsigned long long)memory[i]);
	svm_unmap(run, memory);
	clSVMFree(run->context, memory);
}

__attribute__((constructor)) static void register_copies(void)
{
	for (size_t i = 0; i < sizeof(overlap_rows) / sizeof(overlap_rows[0]); i++)
		svm_register_row(&overlap_case, &overlap_rows[i], "commands_memcpy_overlap_%s",
				 overlap_rows[i].name);
	for (size_t i = 0; i < sizeof(pattern_rows) / sizeof(pattern_rows[0]); i++)
		svm_register_row(&fill_case, &pattern_rows[i], "commands_fill_pattern_of_%zu",
				 pattern_rows[i].bytes);
	for (size_t i = 0; i < sizeof(bad_fill_rows) / sizeof(bad_fill_rows[0]); i++)
		svm_register_row(&bad_fill_case, &bad_fill_rows[i], "commands_fill_refused_%s",
				 bad_fill_rows[i].name);
}
