/* SPDX-License-Identifier: MIT */
/* Groups of several shapes, and who is in which sub-group of them, for tests of sub-groups. */
#ifndef TANDEM_TEST_SUB_GROUP_WORLD_H
#define TANDEM_TEST_SUB_GROUP_WORLD_H

#include "values.h"

#define MOST_ITEMS 256 /* of a launch */
#define MOST_LANES 128
#define SHAPES	   13
#define NOWHERE	   SIZE_MAX

struct shape {
	size_t global[3], local[3];
};

extern const struct shape shapes[SHAPES];

size_t items_of(size_t shape);

/* A work-item. Its place is the linear global id. */
struct place {
	unsigned int size, most; /* of the sub-group; and that it may have */
	unsigned int count, enqueued_count; /* of the group's sub-groups */
	unsigned int id, lane;
	size_t peers[MOST_LANES]; /* the places of the sub-group's work-items, or NOWHERE */
};

/* What a launch tells. */
struct world {
	size_t shape;
	struct place places[MOST_ITEMS];
};

/*
 * PLACE in a kernel, and WHO(W), by which it tells of itself what a struct place has. To be called
 * by all work-items, at first.
 */
extern const char world_source[];

/* As tandem_session_open(); skips the test where there are no sub-groups. */
void world_open(struct tandem_session *session);

/* Builds for OpenCL C 3.0; NULL if it does not build, which is a failure. */
cl_program world_build(const struct tandem_session *session, const char *source);

/*
 * Runs a kernel whose first argument is for WHO, followed by buffers, which are read back. Checks
 * that sub-groups are parts of their groups and as large as is told. False where the device has no
 * such groups.
 */
bool world_run(const struct tandem_session *session, cl_program program, const char *name,
	       size_t shape, const struct value_buffer *buffers, size_t count, struct world *world);

/* The same in groups of other sizes, which are in no table. */
bool world_run_sizes(const struct tandem_session *session, cl_kernel kernel,
		     const struct shape *sizes, const struct value_buffer *buffers, size_t count,
		     struct world *world);

/* Whether there is such a lane in the sub-group, and it takes part: @here is by place. */
static inline bool is_here(const struct place *place, unsigned int lane, const bool *here)
{
	return lane < MOST_LANES && place->peers[lane] != NOWHERE && here[place->peers[lane]];
}

#endif
