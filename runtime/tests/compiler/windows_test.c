// SPDX-License-Identifier: MIT
/*
 * Kernels on a device with windows do what they do without: each runs on both kinds
 * of device, from the same contents of memory. While it runs through the windows
 * nobody can reach the arena itself, so that an access that was not translated ends
 * the test.
 */
#include <pthread.h>
#include <string.h>

#include "check.h"
#include "image/format.h"
#include "image/view.h"
#include "windows_fixture.h"

extern const char windows_cl[], windows_images_cl[];

/* What kernels may write, and is compared. */
#define USED_BYTES (1u << 20)
#define THREADS	   3

struct node {
	struct node *next, *other;
	int64_t value;
};

static struct windows_fixture fixture;
static struct tandem_loaded_program *plain_program, *windowed_program;
static char expected[USED_BYTES];

static void fill_with_numbers(void)
{
	uint32_t *words = (uint32_t *)fixture.arena;

	for (uint32_t i = 0; i < USED_BYTES / sizeof(*words); i++)
		words[i] = i * 2654435761u >> 12;
}

static void fill_with_nodes(void)
{
	struct node *nodes = (struct node *)fixture.arena;

	memset(fixture.arena, 0, USED_BYTES);
	for (int i = 0; i < 4096; i++) {
		nodes[i].next = i % 97 ? &nodes[i * 31 % 4096] : NULL;
		nodes[i].other = i % 89 ? &nodes[i * 17 % 4096] : NULL;
		nodes[i].value = i;
	}
}

static void run_both(void (*fill)(void), const char *kernel, uint64_t groups, uint64_t local,
		     const uint64_t *arguments)
{
	size_t i = 0;

	fill();
	windows_fixture_run(&fixture.plain, &fixture.worker, plain_program, kernel, groups, local,
			    arguments);
	memcpy(expected, fixture.arena, USED_BYTES);
	fill();
	check(memcmp(expected, fixture.arena, USED_BYTES), "%s: nothing was written", kernel);
	windows_fixture_hide_arena(&fixture, true);
	windows_fixture_run(&fixture.windowed, &fixture.worker, windowed_program, kernel, groups,
			    local, arguments);
	windows_fixture_hide_arena(&fixture, false);
	while (i < USED_BYTES && expected[i] == fixture.arena[i])
		i++;
	check(i == USED_BYTES, "%s: byte %zu is %d, expected %d", kernel, i, fixture.arena[i],
	      expected[i]);
}

static void load(const char *source, const char *options)
{
	size_t length = strlen(source);

	plain_program = windows_fixture_build(&fixture.plain, source, length, options);
	windowed_program = windows_fixture_build(&fixture.windowed, source, length, options);
}

static void unload(void)
{
	tandem_native_unload(&fixture.plain.core, plain_program);
	tandem_native_unload(&fixture.windowed.core, windowed_program);
}

static uint64_t at(size_t offset)
{
	return (uintptr_t)fixture.arena + offset;
}

static void test_kernels(void)
{
	const size_t third = USED_BYTES / 4;

	run_both(fill_with_numbers, "triad", 40, 64,
		 (uint64_t[]){ at(0), at(third), at(2 * third), 2500 });
	run_both(fill_with_nodes, "chase", 8, 64, (uint64_t[]){ at(0), at(2 * third), 50 });
	run_both(fill_with_numbers, "walk", 4, 32, (uint64_t[]){ at(0), at(third), 5000 });
	run_both(fill_with_numbers, "structures", 5, 20, (uint64_t[]){ at(0), 100 });
	run_both(fill_with_numbers, "generic_pointers", 6, 32,
		 (uint64_t[]){ at(0), 32 * 8, at(third) });
	run_both(fill_with_numbers, "variables", 4, 64, (uint64_t[]){ at(0), at(third), 33 });
	run_both(fill_with_numbers, "read_variables", 4, 64, (uint64_t[]){ at(0) });
	run_both(fill_with_numbers, "copies", 4, 64, (uint64_t[]){ at(0), at(third), 64 * 4 });
	run_both(fill_with_numbers, "halves", 4, 64, (uint64_t[]){ at(0), at(third) });
	run_both(fill_with_numbers, "many_calls", 4, 16, (uint64_t[]){ at(0), 2 });
	run_both(fill_with_numbers, "names_of_the_library", 4, 64, (uint64_t[]){ at(0) });
	for (uint64_t operand = 0; operand < 9; operand++)
		run_both(fill_with_numbers, "atomics", 1, 1,
			 (uint64_t[]){ at(0), operand * 0x123456789u });
	for (uint64_t operand = 0; operand < 300; operand += 50)
		run_both(fill_with_numbers, "real_atomics", 1, 1, (uint64_t[]){ at(0), operand });
}

/* ---- images ---- */

#define WIDTH  24
#define HEIGHT 16

static struct tandem_image_view view_of(size_t offset, cl_channel_type type)
{
	const cl_image_format name = { CL_RGBA, type };
	const struct tandem_image_format *format =
		tandem_image_format_find(tandem_image_formats, tandem_image_format_count, &name);

	return (struct tandem_image_view){
		.address = at(offset),
		.strides = { WIDTH * format->pixel_bytes },
		.extent = { WIDTH, HEIGHT, 1 },
		.type = type,
		.order = CL_RGBA,
		.pixel_bytes = format->pixel_bytes,
		.channels = 4,
		.sources = 0x03020100,
	};
}

/* In the general form, and in one for their formats. */
static void test_images(void)
{
	const struct tandem_image_view views[] = {
		view_of(0, CL_UNORM_INT8),
		view_of(USED_BYTES / 4, CL_SNORM_INT16),
		view_of(USED_BYTES / 2, CL_HALF_FLOAT),
	};
	const uint64_t arguments[] = { (uintptr_t)&views[0], (uintptr_t)&views[1],
				       (uintptr_t)&views[2], at(3 * USED_BYTES / 4) };
	const uint64_t form_items = fixture.windowed.form_items;

	run_both(fill_with_numbers, "images", HEIGHT, WIDTH, arguments);
	fixture.windowed.form_items = 0;
	run_both(fill_with_numbers, "images", HEIGHT, WIDTH, arguments);
	fixture.windowed.form_items = form_items;
}

/* ---- operations of several cores at once ---- */

#define GROUPS 50
#define LOCAL  16
#define TURNS  100

static void *count(void *unused)
{
	struct tandem_worker worker = { 0 };

	windows_fixture_run(&fixture.windowed, &worker, windowed_program, "count", GROUPS, LOCAL,
			    (uint64_t[]){ at(0), TURNS });
	tandem_worker_finish(&worker);
	return NULL;
}

static void test_cores(void)
{
	const uint32_t *counters = (const uint32_t *)fixture.arena;
	pthread_t threads[THREADS];
	float sum;

	memset(fixture.arena, 0, 4096);
	for (int i = 0; i < THREADS; i++)
		check_fatal(!pthread_create(&threads[i], NULL, count, NULL), "pthread_create");
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	check_equal(THREADS * GROUPS * LOCAL * TURNS, counters[0]);
	check_equal(TURNS - 1, counters[1]);
	check_equal(3 * THREADS * GROUPS * LOCAL * TURNS, counters[2]);
	memcpy(&sum, &counters[3], sizeof(sum));
	check_equal(THREADS * GROUPS * LOCAL * TURNS, sum);
}

int main(void)
{
	static const char *const options[] = { "-cl-std=CL3.0", "-cl-std=CL3.0 -cl-opt-disable" };

	windows_fixture_open(&fixture);
	for (int i = 0; i < 2; i++) {
		load(windows_cl, options[i]);
		test_kernels();
		test_cores();
		unload();
		load(windows_images_cl, options[i]);
		test_images();
		unload();
	}
	windows_fixture_close(&fixture);
	return check_result();
}
