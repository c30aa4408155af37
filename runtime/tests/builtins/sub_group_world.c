// SPDX-License-Identifier: MIT
#include "sub_group_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS	     6 /* that WHO tells */
#define MOST_BUFFERS 4

/* In the last ones some groups are smaller than others. */
const struct shape shapes[SHAPES] = {
	{ { 128, 1, 1 }, { 64, 1, 1 } }, { { 21, 1, 1 }, { 7, 1, 1 } },
	{ { 60, 1, 1 }, { 20, 1, 1 } },	 { { 5, 1, 1 }, { 1, 1, 1 } },
	{ { 16, 8, 1 }, { 8, 4, 1 } },	 { { 10, 6, 1 }, { 5, 3, 1 } },
	{ { 24, 6, 1 }, { 12, 3, 1 } },	 { { 8, 3, 4 }, { 4, 3, 2 } },
	{ { 2, 1, 18 }, { 1, 1, 9 } },	 { { 200, 1, 1 }, { 200, 1, 1 } },
	{ { 75, 1, 1 }, { 32, 1, 1 } },	 { { 30, 5, 1 }, { 12, 2, 1 } },
	{ { 11, 3, 3 }, { 8, 2, 2 } },
};

const char world_source[] = "#define PLACE (get_global_linear_id())\n"
			    "#define WHO(W) \\\n"
			    "\t(W)[PLACE * 6] = get_sub_group_size(); \\\n"
			    "\t(W)[PLACE * 6 + 1] = get_max_sub_group_size(); \\\n"
			    "\t(W)[PLACE * 6 + 2] = get_num_sub_groups(); \\\n"
			    "\t(W)[PLACE * 6 + 3] = get_enqueued_num_sub_groups(); \\\n"
			    "\t(W)[PLACE * 6 + 4] = get_sub_group_id(); \\\n"
			    "\t(W)[PLACE * 6 + 5] = get_sub_group_local_id()\n";

size_t items_of(size_t shape)
{
	return shapes[shape].global[0] * shapes[shape].global[1] * shapes[shape].global[2];
}

void world_open(struct tandem_session *session)
{
	tandem_session_open(session);
	if (tandem_session_has_feature(session, "__opencl_c_subgroups"))
		return;
	printf("SKIP: the device has no sub-groups\n");
	exit(TEST_SKIPPED);
}

cl_program world_build(const struct tandem_session *session, const char *source)
{
	cl_program program;

	if (!tandem_session_takes_next())
		return NULL;
	program = tandem_program_build(session, source, "-cl-std=CL3.0");
	if (!program)
		value_fail("a program does not build");
	return program;
}

/* ---- which work-items are together ---- */

static bool is_uneven(const struct shape *sizes)
{
	return sizes->global[0] % sizes->local[0] || sizes->global[1] % sizes->local[1] ||
	       sizes->global[2] % sizes->local[2];
}

static size_t group_of(const struct shape *sizes, size_t place)
{
	size_t group = 0, rest = place, factor = 1;

	for (int i = 0; i < 3; i++) {
		size_t groups = (sizes->global[i] + sizes->local[i] - 1) / sizes->local[i];

		group += rest % sizes->global[i] / sizes->local[i] * factor;
		rest /= sizes->global[i];
		factor *= groups;
	}
	return group;
}

/* Whether what a work-item tells fits that what others of the group and sub-group tell. */
static bool is_place_right(const struct world *world, const struct shape *sizes, size_t items,
			   size_t i)
{
	const struct place *place = &world->places[i];
	size_t together = 0, lasts = 0;

	for (size_t j = 0; j < items; j++) {
		const struct place *other = &world->places[j];

		if (group_of(sizes, i) != group_of(sizes, j))
			continue;
		if (other->count != place->count || other->most != place->most)
			return false;
		lasts += other->id == place->count - 1 && !other->lane;
		together += other->id == place->id && other->size == place->size;
	}
	for (unsigned int lane = 0; lane < MOST_LANES; lane++) {
		if ((lane < place->size) != (place->peers[lane] != NOWHERE))
			return false;
	}
	/* All but the last one are whole, whatever the rows of the group are. */
	return together == place->size && lasts == 1 && place->size <= place->most &&
	       place->id < place->count &&
	       (place->size == place->most || place->id == place->count - 1) &&
	       (is_uneven(sizes) || place->count == place->enqueued_count);
}

static void find_peers(struct world *world, const struct shape *sizes, size_t items)
{
	for (size_t i = 0; i < items; i++) {
		struct place *place = &world->places[i];

		for (unsigned int lane = 0; lane < MOST_LANES; lane++)
			place->peers[lane] = NOWHERE;
		for (size_t j = 0; j < items; j++) {
			const struct place *other = &world->places[j];

			if (other->id == place->id && other->lane < MOST_LANES &&
			    group_of(sizes, i) == group_of(sizes, j))
				place->peers[other->lane] = j;
		}
	}
	for (size_t i = 0; i < items; i++) {
		const struct place *place = &world->places[i];

		if (!is_place_right(world, sizes, items, i))
			value_fail("groups of %zu, %zu, %zu: work-item %zu is %u of %u (%u) in"
				   " sub-group %u of %u (%u)",
				   sizes->local[0], sizes->local[1], sizes->local[2], i,
				   place->lane, place->size, place->most, place->id, place->count,
				   place->enqueued_count);
	}
}

/* ---- launches ---- */

static bool takes_uneven(const struct tandem_session *session)
{
	cl_bool value = CL_FALSE;

	clGetDeviceInfo(session->device, CL_DEVICE_NON_UNIFORM_WORK_GROUP_SUPPORT, sizeof(value),
			&value, NULL);
	return value;
}

static bool is_too_large(const struct tandem_session *session, cl_kernel kernel,
			 const struct shape *sizes)
{
	size_t most = 0;

	clGetKernelWorkGroupInfo(kernel, session->device, CL_KERNEL_WORK_GROUP_SIZE, sizeof(most),
				 &most, NULL);
	return sizes->local[0] * sizes->local[1] * sizes->local[2] > most;
}

bool world_run_sizes(const struct tandem_session *session, cl_kernel kernel,
		     const struct shape *sizes, const struct value_buffer *buffers, size_t count,
		     struct world *world)
{
	size_t items = sizes->global[0] * sizes->global[1] * sizes->global[2];
	static unsigned int words[MOST_ITEMS * WORDS];
	cl_mem mems[MOST_BUFFERS];
	cl_mem who;

	if ((is_uneven(sizes) && !takes_uneven(session)) || is_too_large(session, kernel, sizes))
		return false;
	who = tandem_buffer_create(session, sizeof(words), words);
	tandem_kernel_set(kernel, 0, sizeof(cl_mem), &who);
	for (size_t i = 0; i < count; i++) {
		mems[i] = tandem_buffer_create(session, buffers[i].size_bytes, buffers[i].content);
		tandem_kernel_set(kernel, (cl_uint)i + 1, sizeof(cl_mem), &mems[i]);
	}
	tandem_kernel_run_3d(session, kernel, sizes->global, sizes->local);
	tandem_buffer_read(session, who, sizeof(words), words);
	tandem_buffer_release(who);
	for (size_t i = 0; i < count; i++) {
		tandem_buffer_read(session, mems[i], buffers[i].size_bytes, buffers[i].content);
		tandem_buffer_release(mems[i]);
	}
	for (size_t i = 0; i < items; i++) {
		const unsigned int *w = words + i * WORDS;

		world->places[i] = (struct place){ w[0], w[1], w[2], w[3], w[4], w[5], { 0 } };
	}
	find_peers(world, sizes, items);
	return true;
}

bool world_run(const struct tandem_session *session, cl_program program, const char *name,
	       size_t shape, const struct value_buffer *buffers, size_t count, struct world *world)
{
	cl_kernel kernel = tandem_kernel_create(program, name);
	bool has_run = world_run_sizes(session, kernel, &shapes[shape], buffers, count, world);

	world->shape = shape;
	tandem_kernel_release(kernel);
	return has_run;
}
