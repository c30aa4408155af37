// SPDX-License-Identifier: MIT
/*
 * All commands on buffers, with random parameters, against a model in the host's
 * memory: after every command some buffer is compared with its model, and at the
 * end all are.
 */
#include <string.h>

#include "harness.h"

#define BUFFERS	   4
#define MOST_BYTES 20000u
#define COMMANDS   400
#define HOST_BYTES 60000u

struct model {
	cl_mem buffer;
	size_t bytes;
	unsigned char *contents;
};

struct state {
	struct test_setup setup;
	struct test_random random;
	uint64_t seed;
	int step;
	const char *command;
	struct model models[BUFFERS];
	unsigned char host[HOST_BYTES];
};

static size_t below(struct state *state, size_t limit)
{
	return test_random_below(&state->random, limit);
}

static void fill_randomly(struct state *state, unsigned char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		bytes[i] = (unsigned char)test_random_next(&state->random);
}

static struct model *random_model(struct state *state)
{
	return &state->models[below(state, BUFFERS)];
}

static bool random_blocking(struct state *state)
{
	return below(state, 2);
}

/* The one difference between what was seen and what should be. */
static void check_same(const struct state *state, const unsigned char *seen,
		       const unsigned char *wanted, size_t bytes)
{
	size_t i = 0;

	check_count++;
	if (!memcmp(seen, wanted, bytes))
		return;
	while (seen[i] == wanted[i])
		i++;
	check_report("contents differ", "seed %llu, step %d, %s: byte %zu is %u, expected %u",
		     (unsigned long long)state->seed, state->step, state->command, i, seen[i],
		     wanted[i]);
}

static void compare(struct state *state, const struct model *model)
{
	static unsigned char seen[MOST_BYTES];

	check_success(clEnqueueReadBuffer(state->setup.queue, model->buffer, CL_TRUE, 0,
					  model->bytes, seen, 0, NULL, NULL));
	check_same(state, seen, model->contents, model->bytes);
}

/* ---- ranges ---- */

static void do_read(struct state *state)
{
	const struct model *model = random_model(state);
	size_t offset = below(state, model->bytes), bytes = 1 + below(state, model->bytes - offset);

	state->command = "clEnqueueReadBuffer";
	check_success(clEnqueueReadBuffer(state->setup.queue, model->buffer, random_blocking(state),
					  offset, bytes, state->host, 0, NULL, NULL));
	check_success(clFinish(state->setup.queue));
	check_same(state, state->host, model->contents + offset, bytes);
}

static void do_write(struct state *state)
{
	struct model *model = random_model(state);
	size_t offset = below(state, model->bytes), bytes = 1 + below(state, model->bytes - offset);
	bool blocking = random_blocking(state);

	state->command = "clEnqueueWriteBuffer";
	fill_randomly(state, state->host, bytes);
	memcpy(model->contents + offset, state->host, bytes);
	check_success(clEnqueueWriteBuffer(state->setup.queue, model->buffer, blocking, offset,
					   bytes, state->host, 0, NULL, NULL));
	if (!blocking)
		check_success(clFinish(state->setup.queue));
	/* The host's memory may be used again. */
	memset(state->host, 0, bytes);
	compare(state, model);
}

static void do_copy(struct state *state)
{
	const struct model *from = random_model(state);
	struct model *to = random_model(state);
	size_t source = below(state, from->bytes), target = below(state, to->bytes);
	size_t most = from->bytes - source < to->bytes - target ? from->bytes - source :
								  to->bytes - target;
	size_t bytes = 1 + below(state, most);
	bool overlaps = from == to && source < target + bytes && target < source + bytes;

	state->command = "clEnqueueCopyBuffer";
	check_equal(overlaps ? CL_MEM_COPY_OVERLAP : CL_SUCCESS,
		    clEnqueueCopyBuffer(state->setup.queue, from->buffer, to->buffer, source,
					target, bytes, 0, NULL, NULL));
	if (!overlaps)
		memcpy(to->contents + target, from->contents + source, bytes);
	compare(state, to);
}

static void do_fill(struct state *state)
{
	struct model *model = random_model(state);
	unsigned char pattern[128];
	size_t pattern_bytes = (size_t)1 << below(state, 8);
	size_t units = model->bytes / pattern_bytes;
	size_t first, count;

	state->command = "clEnqueueFillBuffer";
	if (!units)
		return;
	first = below(state, units);
	count = 1 + below(state, units - first);
	fill_randomly(state, pattern, pattern_bytes);
	check_success(clEnqueueFillBuffer(state->setup.queue, model->buffer, pattern, pattern_bytes,
					  first * pattern_bytes, count * pattern_bytes, 0, NULL,
					  NULL));
	for (size_t i = first; i < first + count; i++)
		memcpy(model->contents + i * pattern_bytes, pattern, pattern_bytes);
	memset(pattern, 0, sizeof(pattern));
	compare(state, model);
}

static void do_map(struct state *state)
{
	static const cl_map_flags kinds[] = { CL_MAP_READ, CL_MAP_WRITE, CL_MAP_READ | CL_MAP_WRITE,
					      CL_MAP_WRITE_INVALIDATE_REGION };
	struct model *model = random_model(state);
	cl_map_flags flags = kinds[below(state, 4)];
	size_t offset = below(state, model->bytes), bytes = 1 + below(state, model->bytes - offset);
	unsigned char *mapped;
	cl_int code;

	state->command = "clEnqueueMapBuffer";
	mapped = clEnqueueMapBuffer(state->setup.queue, model->buffer, random_blocking(state),
				    flags, offset, bytes, 0, NULL, NULL, &code);
	check_success_fatal(code);
	check_success(clFinish(state->setup.queue));
	if (flags != CL_MAP_WRITE_INVALIDATE_REGION)
		check_same(state, mapped, model->contents + offset, bytes);
	if (flags != CL_MAP_READ) {
		fill_randomly(state, mapped, bytes);
		memcpy(model->contents + offset, mapped, bytes);
	}
	check_success(
		clEnqueueUnmapMemObject(state->setup.queue, model->buffer, mapped, 0, NULL, NULL));
	compare(state, model);
}

static void do_migrate(struct state *state)
{
	const struct model *model = random_model(state);
	cl_mem_migration_flags flags = below(state, 2) ? CL_MIGRATE_MEM_OBJECT_HOST : 0;

	state->command = "clEnqueueMigrateMemObjects";
	check_success(clEnqueueMigrateMemObjects(state->setup.queue, 1, &model->buffer, flags, 0,
						 NULL, NULL));
	compare(state, model);
}

/* ---- boxes ---- */

/* A box in memory: where it begins and how its rows and slices follow each other. */
struct box {
	size_t origin[3], row_pitch, slice_pitch;
	bool default_row, default_slice; /* the pitches are passed as 0 */
};

static size_t box_byte(const struct box *box, size_t x, size_t y, size_t z)
{
	return (box->origin[2] + z) * box->slice_pitch + (box->origin[1] + y) * box->row_pitch +
	       box->origin[0] + x;
}

/* A random box for @region that ends inside @bytes. False where no attempt finds one. */
static bool random_box(struct state *state, const size_t *region, size_t bytes, struct box *box)
{
	for (int attempt = 0; attempt < 20; attempt++) {
		box->default_row = !below(state, 3);
		box->row_pitch = region[0] + (box->default_row ? 0 : below(state, 40));
		box->default_slice = !below(state, 3);
		box->slice_pitch =
			box->row_pitch * (region[1] + (box->default_slice ? 0 : below(state, 4)));
		for (int i = 0; i < 3; i++)
			box->origin[i] = below(state, 2) ? below(state, 12) : 0;
		if (box_byte(box, region[0] - 1, region[1] - 1, region[2] - 1) < bytes)
			return true;
	}
	return false;
}

static void random_region(struct state *state, size_t *region)
{
	region[0] = 1 + below(state, 60);
	region[1] = 1 + below(state, 12);
	region[2] = 1 + below(state, 5);
}

static size_t row_argument(const struct box *box)
{
	return box->default_row ? 0 : box->row_pitch;
}

static size_t slice_argument(const struct box *box)
{
	return box->default_slice ? 0 : box->slice_pitch;
}

static void copy_box(unsigned char *target, const struct box *to, const unsigned char *source,
		     const struct box *from, const size_t *region)
{
	for (size_t z = 0; z < region[2]; z++) {
		for (size_t y = 0; y < region[1]; y++) {
			for (size_t x = 0; x < region[0]; x++)
				target[box_byte(to, x, y, z)] = source[box_byte(from, x, y, z)];
		}
	}
}

static void do_read_rect(struct state *state)
{
	static unsigned char wanted[HOST_BYTES];
	const struct model *model = random_model(state);
	struct box in_buffer, in_host;
	size_t region[3];

	state->command = "clEnqueueReadBufferRect";
	random_region(state, region);
	if (!random_box(state, region, model->bytes, &in_buffer) ||
	    !random_box(state, region, HOST_BYTES, &in_host))
		return;
	fill_randomly(state, state->host, HOST_BYTES);
	memcpy(wanted, state->host, HOST_BYTES);
	copy_box(wanted, &in_host, model->contents, &in_buffer, region);
	check_success(clEnqueueReadBufferRect(
		state->setup.queue, model->buffer, random_blocking(state), in_buffer.origin,
		in_host.origin, region, row_argument(&in_buffer), slice_argument(&in_buffer),
		row_argument(&in_host), slice_argument(&in_host), state->host, 0, NULL, NULL));
	check_success(clFinish(state->setup.queue));
	check_same(state, state->host, wanted, HOST_BYTES);
}

static void do_write_rect(struct state *state)
{
	struct model *model = random_model(state);
	struct box in_buffer, in_host;
	size_t region[3];

	state->command = "clEnqueueWriteBufferRect";
	random_region(state, region);
	if (!random_box(state, region, model->bytes, &in_buffer) ||
	    !random_box(state, region, HOST_BYTES, &in_host))
		return;
	fill_randomly(state, state->host, HOST_BYTES);
	copy_box(model->contents, &in_buffer, state->host, &in_host, region);
	check_success(clEnqueueWriteBufferRect(
		state->setup.queue, model->buffer, random_blocking(state), in_buffer.origin,
		in_host.origin, region, row_argument(&in_buffer), slice_argument(&in_buffer),
		row_argument(&in_host), slice_argument(&in_host), state->host, 0, NULL, NULL));
	check_success(clFinish(state->setup.queue));
	compare(state, model);
}

/* Whether two boxes of one buffer have a byte in common, byte for byte. */
static bool boxes_meet(const struct box *one, const struct box *other, const size_t *region)
{
	static unsigned char marks[MOST_BYTES];

	memset(marks, 0, sizeof(marks));
	for (size_t z = 0; z < region[2]; z++) {
		for (size_t y = 0; y < region[1]; y++)
			memset(marks + box_byte(one, 0, y, z), 1, region[0]);
	}
	for (size_t z = 0; z < region[2]; z++) {
		for (size_t y = 0; y < region[1]; y++) {
			if (memchr(marks + box_byte(other, 0, y, z), 1, region[0]))
				return true;
		}
	}
	return false;
}

/*
 * Inside one buffer boxes that meet must be refused. Boxes that don't may be: the
 * specification's test takes some for overlapping that are not.
 */
static void do_copy_rect(struct state *state)
{
	const struct model *from = random_model(state);
	struct model *to = random_model(state);
	struct box source, target;
	size_t region[3];
	cl_int code;

	state->command = "clEnqueueCopyBufferRect";
	random_region(state, region);
	if (!random_box(state, region, from->bytes, &source) ||
	    !random_box(state, region, to->bytes, &target))
		return;
	if (from == to) {
		/* The pitches of one buffer are the same. */
		target.row_pitch = source.row_pitch;
		target.slice_pitch = source.slice_pitch;
		target.default_row = source.default_row;
		target.default_slice = source.default_slice;
		if (box_byte(&target, region[0] - 1, region[1] - 1, region[2] - 1) >= to->bytes)
			return;
	}
	code = clEnqueueCopyBufferRect(state->setup.queue, from->buffer, to->buffer, source.origin,
				       target.origin, region, row_argument(&source),
				       slice_argument(&source), row_argument(&target),
				       slice_argument(&target), 0, NULL, NULL);
	if (from == to && boxes_meet(&source, &target, region))
		check_equal(CL_MEM_COPY_OVERLAP, code);
	else if (from != to || code != CL_MEM_COPY_OVERLAP)
		check_success(code);
	if (code == CL_SUCCESS)
		copy_box(to->contents, &target, from->contents, &source, region);
	compare(state, to);
}

/* ---- all ---- */

static void run_seed(struct state *state, uint64_t seed)
{
	static void (*const commands[])(struct state *) = {
		do_read,    do_write,	  do_copy,	 do_fill,      do_map,
		do_migrate, do_read_rect, do_write_rect, do_copy_rect,
	};

	state->seed = seed;
	state->random.state = seed;
	for (int i = 0; i < BUFFERS; i++) {
		struct model *model = &state->models[i];

		model->bytes = 1 + below(state, MOST_BYTES);
		model->contents = malloc(model->bytes);
		check_fatal(model->contents, "no memory");
		fill_randomly(state, model->contents, model->bytes);
		model->buffer = test_buffer(state->setup.context, model->bytes, model->contents);
	}
	for (state->step = 0; state->step < COMMANDS; state->step++)
		commands[below(state, sizeof(commands) / sizeof(commands[0]))](state);
	state->command = "all commands";
	for (int i = 0; i < BUFFERS; i++) {
		compare(state, &state->models[i]);
		check_success(clReleaseMemObject(state->models[i].buffer));
		free(state->models[i].contents);
	}
}

int main(void)
{
	static struct state state;
	uint64_t seed;

	state.setup = test_open();
	seed = test_seed(1);
	for (uint64_t i = 0; i < 20; i++) {
		static char step[48];

		snprintf(step, sizeof(step), "seed %llu", (unsigned long long)(seed + i));
		test_step(step);
		run_seed(&state, seed + i);
	}
	test_close(&state.setup);
	return check_result();
}
