// SPDX-License-Identifier: MIT
/*
 * Asynchronous copies of lines and planes, to local memory and back, and the fence between
 * copies. Blocks of random shapes, compared byte by byte with memory that the host copied.
 */
#include <stdio.h>
#include <string.h>

#include "values.h"

#define SEED  1
#define TURNS 60
#define BYTES 4096 /* of each group's memory, local and global */

/* In elements, but the size of one. */
struct shape {
	cl_ulong element_bytes, line, lines, planes;
	cl_ulong from_offset, from_line, from_plane;
	cl_ulong to_offset, to_line, to_plane;
};

/*
 * Each group fills its local memory, copies a block to it from IN, and all of it to INTO; then
 * it copies IN to local memory, and a block of that to FROM. BLOCK(to, from) is the copy.
 */
static const char block_source[] =
	"#ifndef cl_khr_extended_async_copies\n"
	"#error there is no macro of the extension\n"
	"#endif\n"
	"#define PLANE(to, from) async_work_group_copy_2D2D(to, s[7], from, s[4], s[0], s[1], \\\n"
	"		s[2], s[5], s[8], 0)\n"
	"#define SPACE(to, from) async_work_group_copy_3D3D(to, s[7], from, s[4], s[0], s[1], \\\n"
	"		s[2], s[3], s[5], s[6], s[8], s[9], 0)\n"
	"kernel void test(global const uchar *in, global uchar *into, global uchar *from,\n"
	"		 global const ulong *s)\n"
	"{\n"
	"	local uchar block[4096] __attribute__((aligned(128)));\n"
	"	size_t first = 4096 * get_group_id(0), id = get_local_id(0);\n"
	"	size_t items = get_local_size(0);\n"
	"	for (size_t i = id; i < 4096; i += items)\n"
	"		block[i] = 0x55;\n"
	"	barrier(CLK_LOCAL_MEM_FENCE);\n"
	"	event_t event = BLOCK(block, in + first);\n"
	"	wait_group_events(1, &event);\n"
	"	for (size_t i = id; i < 4096; i += items)\n"
	"		into[first + i] = block[i];\n"
	"	barrier(CLK_LOCAL_MEM_FENCE);\n"
	"	for (size_t i = id; i < 4096; i += items)\n"
	"		block[i] = in[first + i];\n"
	"	barrier(CLK_LOCAL_MEM_FENCE);\n"
	"	event = BLOCK(from + first, block);\n"
	"	wait_group_events(1, &event);\n"
	"}\n";

/* From global memory to local and on, with nothing but the fence in between. */
static const char fence_source[] =
	"#ifndef cl_khr_async_work_group_copy_fence\n"
	"#error there is no macro of the extension\n"
	"#endif\n"
	"kernel void test(global const uchar *in, global uchar *out)\n"
	"{\n"
	"	local uchar block[4096];\n"
	"	size_t first = 4096 * get_group_id(0);\n"
	"	event_t event = async_work_group_copy(block, in + first, 4096, 0);\n"
	"	async_work_group_copy_fence(CLK_LOCAL_MEM_FENCE);\n"
	"	event = async_work_group_copy(out + first, block, 4096, event);\n"
	"	async_work_group_copy_fence(CLK_GLOBAL_MEM_FENCE);\n"
	"	event = async_work_group_copy(block, (global const uchar *)out + first, 4096,\n"
	"		event);\n"
	"	wait_group_events(1, &event);\n"
	"	if (block[get_local_id(0)] != in[first + get_local_id(0)])\n"
	"		out[first + get_local_id(0)] ^= 1;\n"
	"}\n";

#define GROUPS 3
#define GROUP  5

struct memory {
	unsigned char in[GROUPS * BYTES], into[GROUPS * BYTES], from[GROUPS * BYTES];
};

static struct shape random_shape(struct tandem_random *random, bool is_plane)
{
	struct shape shape = { .element_bytes = 1 + tandem_random_below(random, 24) };
	size_t room = BYTES / shape.element_bytes;

	/* Powers of two as well as any number. */
	if (tandem_random_below(random, 2))
		shape.element_bytes = (cl_ulong)1 << tandem_random_below(random, 8);
	room = BYTES / shape.element_bytes;
	shape.planes = is_plane ? 1 : 1 + tandem_random_below(random, 3);
	room /= shape.planes + 1;
	shape.lines = 1 + tandem_random_below(random, room / 2 < 6 ? room / 2 : 6);
	shape.line = 1 + tandem_random_below(random, room / shape.lines);
	shape.from_line =
		shape.line + tandem_random_below(random, room / shape.lines - shape.line + 1);
	shape.to_line =
		shape.line + tandem_random_below(random, room / shape.lines - shape.line + 1);
	shape.from_plane = shape.from_line * shape.lines + tandem_random_below(random, 2);
	shape.to_plane = shape.to_line * shape.lines + tandem_random_below(random, 2);
	shape.from_offset = tandem_random_below(random, room / 2 + 1);
	shape.to_offset = tandem_random_below(random, room / 2 + 1);
	return shape;
}

static void copy_block(const struct shape *shape, unsigned char *to, const unsigned char *from)
{
	size_t bytes = shape->element_bytes;

	for (size_t plane = 0; plane < shape->planes; plane++) {
		for (size_t line = 0; line < shape->lines; line++)
			memcpy(to + (shape->to_offset + plane * shape->to_plane +
				     line * shape->to_line) *
					       bytes,
			       from + (shape->from_offset + plane * shape->from_plane +
				       line * shape->from_line) *
					       bytes,
			       shape->line * bytes);
	}
}

static bool is_same(const char *what, const struct shape *shape, const unsigned char *expected,
		    const unsigned char *seen)
{
	for (size_t i = 0; i < GROUPS * BYTES; i++) {
		if (expected[i] == seen[i])
			continue;
		value_fail("%s, %zu planes of %zu lines of %zu elements of %zu bytes: byte %zu of "
			   "group %zu is %u, expected %u (seed %d)",
			   what, (size_t)shape->planes, (size_t)shape->lines, (size_t)shape->line,
			   (size_t)shape->element_bytes, i % BYTES, i / BYTES, seen[i], expected[i],
			   SEED);
		return false;
	}
	return true;
}

static void test_block(const struct tandem_session *session, bool is_plane,
		       struct tandem_random *random)
{
	static struct memory memory, expected;
	struct shape shape = random_shape(random, is_plane);
	const struct value_buffer buffers[] = { { memory.in, sizeof(memory.in) },
						{ memory.into, sizeof(memory.into) },
						{ memory.from, sizeof(memory.from) },
						{ &shape, sizeof(shape) } };

	value_fill(TYPE_UCHAR, memory.in, sizeof(memory.in), random);
	memset(memory.into, 0x33, sizeof(memory.into));
	memset(memory.from, 0x44, sizeof(memory.from));
	expected = memory;
	memset(expected.into, 0x55, sizeof(expected.into));
	for (size_t group = 0; group < GROUPS; group++) {
		copy_block(&shape, expected.into + group * BYTES, memory.in + group * BYTES);
		copy_block(&shape, expected.from + group * BYTES, memory.in + group * BYTES);
	}
	if (!value_run(session, block_source, is_plane ? "-DBLOCK=PLANE" : "-DBLOCK=SPACE", "test",
		       buffers, 4, (size_t)GROUPS * GROUP, GROUP))
		return;
	if (is_same("to local memory", &shape, expected.into, memory.into))
		is_same("from local memory", &shape, expected.from, memory.from);
}

static void test_fence(const struct tandem_session *session, const char *options,
		       struct tandem_random *random)
{
	static struct memory memory;
	const struct value_buffer buffers[] = { { memory.in, sizeof(memory.in) },
						{ memory.into, sizeof(memory.into) } };

	value_fill(TYPE_UCHAR, memory.in, sizeof(memory.in), random);
	memset(memory.into, 0, sizeof(memory.into));
	if (value_run(session, fence_source, options, "test", buffers, 2, (size_t)GROUPS * GROUP,
		      GROUP) &&
	    memcmp(memory.in, memory.into, sizeof(memory.in)) != 0)
		value_fail("copies with a fence between them, with '%s'", options);
}

int main(void)
{
	struct tandem_random random = { .state = SEED };
	struct tandem_session session;
	size_t checks = 0;

	tandem_session_open(&session);
	if (tandem_session_has_extension(&session, "cl_khr_extended_async_copies")) {
		for (int turn = 0; turn < TURNS; turn++, checks++)
			test_block(&session, turn % 2, &random);
	}
	if (tandem_session_has_extension(&session, "cl_khr_async_work_group_copy_fence")) {
		test_fence(&session, "", &random);
		test_fence(&session, "-cl-std=CL3.0 -cl-opt-disable", &random);
		checks += 2;
	}
	tandem_session_close(&session);
	if (!checks) {
		printf("skipped: the device has neither copies of blocks nor the fence\n");
		return TEST_SKIPPED;
	}
	return value_finish(checks);
}
