// SPDX-License-Identifier: MIT
/*
 * What the runtime itself does with SPIR-V: telling what is none, finding and setting
 * specialisation constants, and saying in other words what translators do not take.
 */
#include "program/spirv.h"

#include <byteswap.h>
#include <errno.h>
#include <string.h>

#include "check.h"
#include "compiler/spirv_repairs.h"

#define HEAD(operation, words) ((uint32_t)(words) << 16 | (operation))
#define HEADER(bound)	       0x07230203, 0x00010200, 0, bound, 0

#define DECORATE_SPEC_ID(id, number) HEAD(71, 4), id, 1, number

enum { BOOL = 1, BYTE, SHORT, INT, LONG, FLOAT, FIRST };

static const uint32_t constants[] = {
	HEADER(20),
	DECORATE_SPEC_ID(FIRST, 100),
	DECORATE_SPEC_ID(FIRST + 1, 101),
	DECORATE_SPEC_ID(FIRST + 2, 102),
	DECORATE_SPEC_ID(FIRST + 3, 103),
	DECORATE_SPEC_ID(FIRST + 4, 104),
	DECORATE_SPEC_ID(FIRST + 5, 103),
	HEAD(20, 2),
	BOOL,
	HEAD(21, 4),
	BYTE,
	8,
	1,
	HEAD(21, 4),
	SHORT,
	16,
	0,
	HEAD(21, 4),
	INT,
	32,
	0,
	HEAD(21, 4),
	LONG,
	64,
	0,
	/* From word 47 on; a value is at place 3. */
	HEAD(49, 3),
	BOOL,
	FIRST,
	HEAD(50, 4),
	BYTE,
	FIRST + 1,
	1,
	HEAD(50, 4),
	SHORT,
	FIRST + 2,
	2,
	HEAD(50, 4),
	INT,
	FIRST + 3,
	3,
	HEAD(50, 5),
	LONG,
	FIRST + 4,
	4,
	0,
	HEAD(50, 4),
	INT,
	FIRST + 5,
	5,
};

static int read_words(const uint32_t *words, size_t count)
{
	struct tandem_spirv module;
	int error = tandem_spirv_read(words, count * sizeof(*words), &module);

	tandem_spirv_finish(&module);
	return error;
}

static void check_form(void)
{
	static const uint32_t least[] = { HEADER(1) };
	uint32_t words[] = { HEADER(1), HEAD(17, 2), 4 };
	const size_t count = sizeof(words) / sizeof(*words);
	const struct {
		size_t place;
		uint32_t wrong;
	} faults[] = {
		{ 0, 0x07230204 }, { 0, 0 },	       { 1, 0x00020000 },  { 1, 0x00010500 },
		{ 1, 0x01010000 }, { 1, 0x00010001 },  { 3, 0 },	   { 3, UINT32_MAX },
		{ 4, 1 },	   { 5, HEAD(17, 0) }, { 5, HEAD(17, 3) }, { 5, HEAD(17, 1) },
	};

	check_equal(0, read_words(least, 5));
	check_equal(-EINVAL, read_words(least, 4));
	check_equal(0, read_words(words, count));
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		uint32_t right = words[faults[i].place];

		words[faults[i].place] = faults[i].wrong;
		check(read_words(words, count) == -EINVAL, "fault %zu is not seen", i);
		words[faults[i].place] = right;
	}
}

/* The other byte order is the same module. */
static void check_order(void)
{
	uint32_t swapped[sizeof(constants) / sizeof(*constants)];
	struct tandem_spirv module;

	for (size_t i = 0; i < sizeof(swapped) / sizeof(*swapped); i++)
		swapped[i] = bswap_32(constants[i]);
	check_equal(0, tandem_spirv_read(swapped, sizeof(swapped), &module));
	check(module.word_count == sizeof(constants) / sizeof(*constants) &&
		      !memcmp(module.words, constants, sizeof(constants)),
	      "other words");
	check_equal(6, module.constant_count);
	tandem_spirv_finish(&module);
}

static void check_constants(void)
{
	const int8_t byte = -3;
	const uint16_t two = 0xfffe;
	const uint32_t four = 0x80000001;
	const uint64_t eight = 0x1122334455667788;
	const unsigned char yes = 1, no = 0;
	struct tandem_spirv module;
	const uint32_t *words;

	check_equal(0, tandem_spirv_read(constants, sizeof(constants), &module));
	words = module.words + 47;
	check_equal(HEAD(49, 3), words[0]);
	check_equal(0, tandem_spirv_specialize(&module, 100, 1, &yes));
	check_equal(HEAD(48, 3), words[0]);
	check_equal(0, tandem_spirv_specialize(&module, 100, 1, &no));
	check_equal(HEAD(49, 3), words[0]);
	check_equal(0, tandem_spirv_specialize(&module, 101, 1, &byte));
	check_equal(0xfffffffd, words[3 + 3]);
	check_equal(0, tandem_spirv_specialize(&module, 102, 2, &two));
	check_equal(0xfffe, words[7 + 3]);
	check_equal(0, tandem_spirv_specialize(&module, 103, 4, &four));
	check_equal(four, words[11 + 3]);
	check_equal(four, words[20 + 3]);
	check_equal(0, tandem_spirv_specialize(&module, 104, 8, &eight));
	check_equal(0x55667788, words[15 + 3]);
	check_equal(0x11223344, words[15 + 4]);
	check_equal(-ENOENT, tandem_spirv_specialize(&module, 99, 4, &four));
	check_equal(-EINVAL, tandem_spirv_specialize(&module, 103, 8, &eight));
	check_equal(-EINVAL, tandem_spirv_specialize(&module, 104, 4, &four));
	check_equal(-EINVAL, tandem_spirv_specialize(&module, 100, 4, &four));
	tandem_spirv_finish(&module);
}

/* The words that a module of @count words becomes; @most are there to write to. */
static size_t repair(const uint32_t *words, size_t count, uint32_t *repaired, size_t most)
{
	struct tandem_text text = { 0 };

	check_equal(0, tandem_spirv_repair(words, count, &text));
	check_fatal(text.length <= most * sizeof(*words), "%zu bytes", text.length);
	memcpy(repaired, text.bytes, text.length);
	count = text.length / sizeof(*words);
	tandem_text_finish(&text);
	return count;
}

#define CHECK_REPAIR(module, expected)                                                             \
	do {                                                                                       \
		uint32_t repaired_[128];                                                           \
		size_t count_ = repair(module, sizeof(module) / sizeof(uint32_t), repaired_, 128); \
                                                                                                   \
		check(count_ == sizeof(expected) / sizeof(uint32_t) &&                             \
			      !memcmp(repaired_, expected, sizeof(expected)),                      \
		      "%zu other words", count_);                                                  \
	} while (0)

static void check_nulls(void)
{
	static const uint32_t module[] = {
		HEADER(9),   HEAD(20, 2), 1, HEAD(21, 4), 2,	       32, 0, HEAD(22, 3), 3, 64,
		HEAD(23, 4), 4,		  2, 4,		  HEAD(46, 3), 1,  5, HEAD(46, 3), 2, 6,
		HEAD(46, 3), 3,		  7, HEAD(46, 3), 4,	       8,
	};
	static const uint32_t expected[] = {
		HEADER(9), HEAD(20, 2), 1, HEAD(21, 4), 2, 32,		0, HEAD(22, 3), 3,
		64,	   HEAD(23, 4), 4, 2,		4, HEAD(42, 3), 1, 5,		HEAD(43, 4),
		2,	   6,		0, HEAD(43, 5), 3, 7,		0, 0,		HEAD(46, 3),
		4,	   8,
	};

	CHECK_REPAIR(module, expected);
}

/* A null event as clang 22 writes it. */
static void check_type_twice(void)
{
	static const uint32_t module[] = { HEADER(3), HEAD(34, 2), 1, HEAD(46, 4), 1, 2, 1 };
	static const uint32_t expected[] = { HEADER(3), HEAD(34, 2), 1, HEAD(46, 3), 1, 2 };

	CHECK_REPAIR(module, expected);
}

/* Scope 5 and semantics 3 of an atomic load; a barrier of the device's work-items. */
static const uint32_t unordered[] = {
	HEADER(20),
	HEAD(21, 4),
	1,
	32,
	0,
	HEAD(43, 4),
	1,
	2,
	5,
	HEAD(43, 4),
	1,
	3,
	3,
	HEAD(43, 4),
	1,
	4,
	1,
	HEAD(43, 4),
	1,
	5,
	0x108,
	HEAD(43, 4),
	1,
	6,
	0x10c,
	/* OpFunction */
	HEAD(54, 5),
	1,
	7,
	0,
	8,
	/* OpAtomicLoad, OpControlBarrier, OpMemoryBarrier, twice */
	HEAD(227, 6),
	1,
	9,
	10,
	2,
	3,
	HEAD(224, 4),
	4,
	4,
	5,
	HEAD(225, 3),
	4,
	6,
	HEAD(225, 3),
	4,
	5,
};

static const uint32_t ordered[] = {
	HEADER(23),
	HEAD(21, 4),
	1,
	32,
	0,
	HEAD(43, 4),
	1,
	2,
	5,
	HEAD(43, 4),
	1,
	3,
	3,
	HEAD(43, 4),
	1,
	4,
	1,
	HEAD(43, 4),
	1,
	5,
	0x108,
	HEAD(43, 4),
	1,
	6,
	0x10c,
	/* Cross-device scope, acquire; the group's scope; what was right stays. */
	HEAD(43, 4),
	1,
	20,
	0,
	HEAD(43, 4),
	1,
	21,
	2,
	HEAD(43, 4),
	1,
	22,
	0x108,
	HEAD(54, 5),
	1,
	7,
	0,
	8,
	HEAD(227, 6),
	1,
	9,
	10,
	20,
	21,
	HEAD(224, 4),
	21,
	4,
	5,
	HEAD(225, 3),
	4,
	22,
	HEAD(225, 3),
	4,
	5,
};

static void check_synchronization(void)
{
	CHECK_REPAIR(unordered, ordered);
}

static void check_comparison(void)
{
	static const uint32_t module[] = {
		HEADER(20), HEAD(20, 2), 1, HEAD(54, 5),  2, 3, 0, 4, HEAD(401, 5), 1,
		5,	    6,		 7, HEAD(402, 5), 1, 8, 6, 7,
	};
	static const uint32_t expected[] = {
		HEADER(25),
		HEAD(20, 2),
		1,
		HEAD(21, 4),
		20,
		64,
		0,
		HEAD(54, 5),
		2,
		3,
		0,
		4,
		HEAD(117, 4),
		20,
		21,
		6,
		HEAD(117, 4),
		20,
		22,
		7,
		HEAD(170, 5),
		1,
		5,
		21,
		22,
		HEAD(117, 4),
		20,
		23,
		6,
		HEAD(117, 4),
		20,
		24,
		7,
		HEAD(171, 5),
		1,
		8,
		23,
		24,
	};

	CHECK_REPAIR(module, expected);
}

static void check_local_size(void)
{
	static const uint32_t module[] = {
		HEADER(9), HEAD(331, 6), 1, 38, 3, 4,		4, HEAD(21, 4), 2, 32,
		0,	   HEAD(43, 4),	 2, 3,	8, HEAD(43, 4), 2, 4,		1, HEAD(331, 6),
		1,	   38,		 3, 4,	7,
	};
	static const uint32_t expected[] = {
		HEADER(9), HEAD(16, 6), 1, 17, 8, 1,	       1, HEAD(21, 4), 2, 32,
		0,	   HEAD(43, 4), 2, 3,  8, HEAD(43, 4), 2, 4,	       1, HEAD(331, 6),
		1,	   38,		3, 4,  7,
	};

	CHECK_REPAIR(module, expected);
}

/* Structures that contain themselves have no size, and no members that could be copied. */
static void check_endless_types(void)
{
	static const uint32_t module[] = {
		HEADER(20),
		HEAD(21, 4),
		1,
		32,
		0,
		HEAD(30, 4),
		2,
		2,
		2,
		HEAD(30, 4),
		3,
		3,
		3,
		HEAD(32, 4),
		4,
		5,
		2,
		HEAD(43, 4),
		1,
		5,
		7,
		HEAD(54, 5),
		1,
		6,
		0,
		7,
		HEAD(1, 3),
		2,
		8,
		HEAD(400, 4),
		3,
		9,
		8,
		HEAD(1, 3),
		4,
		10,
		HEAD(403, 5),
		1,
		11,
		10,
		10,
		HEAD(321, 4),
		1,
		12,
		10,
	};

	CHECK_REPAIR(module, module);
}

/* Elements of 4 bytes, counted in 32 bits. */
static void check_difference(void)
{
	static const uint32_t module[] = {
		HEADER(9), HEAD(21, 4),	 1, 32, 0, HEAD(32, 4), 2,	     5,
		1,	   HEAD(54, 5),	 1, 3,	0, 4,		HEAD(55, 3), 2,
		5,	   HEAD(403, 5), 1, 6,	5, 5,
	};
	static const uint32_t expected[] = {
		HEADER(15),
		HEAD(21, 4),
		1,
		32,
		0,
		HEAD(32, 4),
		2,
		5,
		1,
		HEAD(21, 4),
		9,
		64,
		0,
		HEAD(43, 5),
		9,
		14,
		4,
		0,
		HEAD(54, 5),
		1,
		3,
		0,
		4,
		HEAD(55, 3),
		2,
		5,
		HEAD(117, 4),
		9,
		10,
		5,
		HEAD(117, 4),
		9,
		11,
		5,
		HEAD(130, 5),
		9,
		12,
		10,
		11,
		HEAD(135, 5),
		9,
		13,
		12,
		14,
		HEAD(113, 4),
		1,
		6,
		13,
	};

	CHECK_REPAIR(module, expected);
}

/* Whatever the words are, nothing but them is read, and it ends. */
static void check_any_words(void)
{
	uint32_t words[64], random = 12345;

	for (int turn = 0; turn < 20000; turn++) {
		struct tandem_spirv module;
		struct tandem_text text = { 0 };

		memcpy(words, constants,
		       sizeof(words) < sizeof(constants) ? sizeof(words) : sizeof(constants));
		for (int i = 0; i < 8; i++) {
			random = random * 1664525 + 1013904223;
			words[5 + random % 59] = i & 1 ? random >> 8 :
							 HEAD(random >> 8 & 0x1ff, random >> 29);
		}
		if (tandem_spirv_read(words, sizeof(words), &module))
			continue;
		check_equal(0, tandem_spirv_repair(module.words, module.word_count, &text));
		tandem_spirv_specialize(&module, 103, 4, &random);
		tandem_text_finish(&text);
		tandem_spirv_finish(&module);
	}
}

int main(void)
{
	check_form();
	check_order();
	check_constants();
	check_nulls();
	check_type_twice();
	check_synchronization();
	check_comparison();
	check_local_size();
	check_endless_types();
	check_difference();
	check_any_words();
	return check_result();
}
