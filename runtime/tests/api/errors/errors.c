// SPDX-License-Identifier: MIT
/*
 * Runs the table of errors and prints how many of its rows passed, failed, or
 * cannot be provoked; with an argument, the whole table. What the library logs of a
 * row must name the row's entry point, and its code.
 */
#include "errors.h"

#include <string.h>

#include "../log_capture.h"

#include "api/entry_points.h"

#define MOST_ROWS      4000
#define UNTOUCHED_BYTE 0xa5

enum outcome {
	PASSED,
	FAILED,
	NOT_PROVOCABLE,
};

struct row {
	const char *entry_point;
	const char *condition;
	const char *reason; /* why it cannot be provoked */
	cl_int expected;
	enum outcome outcome;
	bool logged; /* by the dispatch table's function */
};

static struct row rows[MOST_ROWS];
static unsigned int row_count;
static struct row *current;
static const char *entry_point;
static struct error_outputs untouched;
static bool may_write;

void error_entry_point(const char *name)
{
	entry_point = name;
	test_step(name);
}

/* The second pass finds the rows of the first again, and adds its own. */
static struct row *find_row(cl_int expected, const char *condition)
{
	for (unsigned int i = 0; i < row_count; i++) {
		if (!strcmp(rows[i].entry_point, entry_point) &&
		    !strcmp(rows[i].condition, condition) && rows[i].expected == expected)
			return &rows[i];
	}
	check_fatal(row_count < MOST_ROWS, "too many rows");
	rows[row_count] = (struct row){ entry_point, condition, NULL, expected, PASSED };
	return &rows[row_count++];
}

void error_row_begin(struct error_world *world, cl_int expected, const char *condition)
{
	memset(&untouched, UNTOUCHED_BYTE, sizeof(untouched));
	world->out = untouched;
	may_write = false;
	current = find_row(expected, condition);
	log_capture_take();
}

void error_row_may_write(void)
{
	may_write = true;
}

static void fail_row(const struct error_world *world, const char *what, long long seen)
{
	current->outcome = FAILED;
	check_report("wrong code", "%s%s, %s: %s %lld, expected %d", current->entry_point,
		     world->direct ? " (of the dispatch table)" : "", current->condition, what,
		     seen, current->expected);
}

static void check_outputs(const struct error_world *world)
{
	const unsigned char *seen = (const unsigned char *)&world->out;

	for (size_t i = 0; !may_write && i < sizeof(untouched); i++) {
		if (seen[i] != UNTOUCHED_BYTE) {
			fail_row(world, "an output was written, at byte", (long long)i);
			return;
		}
	}
}

/*
 * Every failure that was logged is one of the row's entry point, the last with the row's code.
 * The loader finds some errors by itself; the functions of the dispatch table log them all.
 */
static void check_log(const struct error_world *world)
{
	const char *line = log_capture_take(), *name;
	int length, code = 0;
	bool logged = false;

	while (log_capture_next_failure(&line, &name, &length, &code)) {
		logged = true;
		if (strlen(current->entry_point) != (size_t)length ||
		    memcmp(name, current->entry_point, length))
			check_report("wrong name", "%s, %s: logged as %.*s", current->entry_point,
				     current->condition, length, name);
	}
	/* Row without a code: the entry point returns none. */
	if (logged && current->expected && code != current->expected)
		fail_row(world, "logged code", code);
	if (world->direct && current->expected && !logged)
		check_report("not logged", "%s, %s", current->entry_point, current->condition);
	current->logged |= world->direct && logged;
}

void error_row_end(struct error_world *world, cl_int code)
{
	check_count++;
	if (code != current->expected)
		fail_row(world, "code", code);
	check_outputs(world);
	check_log(world);
}

void error_row_made(struct error_world *world, const void *made, cl_int code)
{
	if (made)
		fail_row(world, "an object was made, code", code);
	error_row_end(world, code);
}

void error_row_made_quietly(struct error_world *world, const void *made)
{
	if (made)
		fail_row(world, "an object was made without errcode_ret, at", (long long)made);
	check_outputs(world);
	check_log(world);
}

bool error_has_sub_groups(cl_device_id device)
{
	cl_uint count = 0;

	check_success(
		clGetDeviceInfo(device, CL_DEVICE_MAX_NUM_SUB_GROUPS, sizeof(count), &count, NULL));
	return count > 0;
}

void error_not_provocable(struct error_world *world, cl_int expected, const char *condition,
			  const char *reason)
{
	struct row *row = find_row(expected, condition);

	row->reason = reason;
	row->outcome = NOT_PROVOCABLE;
}

void error_resources(struct error_world *world)
{
	error_not_provocable(world, CL_OUT_OF_RESOURCES,
			     "there is a failure to allocate resources on the device",
			     "the device allocates nothing of its own in this call");
	error_not_provocable(world, CL_OUT_OF_HOST_MEMORY,
			     "there is a failure to allocate resources on the host",
			     "api-allocation-failures does, where the call allocates");
}

bool error_bad_handle(struct error_world *world, enum error_handle_kind kind, unsigned int *index,
		      void **handle, const char **condition)
{
	static const char *const conditions[] = {
		"not valid: an object of another kind",
		"not valid: an object of yet another kind",
		"not valid: released",
		"not valid: NULL",
	};

	while (*index < 4) {
		unsigned int i = (*index)++;

		/* The loader would answer for NULL itself. */
		if (i == 3 && !world->direct)
			continue;
		if (i < 3 && !world->bad_handles[kind][i])
			continue;
		*handle = world->bad_handles[kind][i];
		*condition = conditions[i];
		return true;
	}
	return false;
}

static void add_rows(struct error_world *world)
{
	error_rows_platform(world);
	error_rows_device(world);
	error_rows_context(world);
	error_rows_queue(world);
	error_rows_buffer(world);
	error_rows_transfer(world);
	error_rows_copy(world);
	error_rows_map(world);
	error_rows_svm(world);
	error_rows_program(world);
	error_rows_build(world);
	error_rows_kernel(world);
	error_rows_launch(world);
	error_rows_event(world);
	error_rows_absent(world);
	if (!world->direct)
		return;
	error_rows_extensions(world);
	error_rows_command_buffer(world);
	error_rows_unified_memory(world);
	error_rows_unified_svm(world);
}

/* Each entry point has rows, and where it can fail at all a failure of it was logged. */
static void check_entry_point(const char *name)
{
	unsigned int found = 0, logged = 0;
	bool can_fail = false;

	for (unsigned int i = 0; i < row_count; i++) {
		if (strcmp(rows[i].entry_point, name))
			continue;
		found++;
		logged += rows[i].logged;
		can_fail |= rows[i].outcome != NOT_PROVOCABLE && rows[i].expected;
	}
	check(found, "%s has no row", name);
	check(logged || !can_fail, "no failure of %s was logged", name);
}

static void print_table(void)
{
	static const char *const outcomes[] = { "passed", "FAILED", "not provocable" };

	for (unsigned int i = 0; i < row_count; i++)
		printf("%s\t%d\t%s\t%s%s%s\n", rows[i].entry_point, rows[i].expected,
		       rows[i].condition, outcomes[rows[i].outcome], rows[i].reason ? ": " : "",
		       rows[i].reason ? rows[i].reason : "");
}

static void print_counts(void)
{
	unsigned int counts[3] = { 0 };

	for (unsigned int i = 0; i < row_count; i++)
		counts[rows[i].outcome]++;
	printf("%u rows: %u passed, %u failed, %u not provocable\n", row_count, counts[PASSED],
	       counts[FAILED], counts[NOT_PROVOCABLE]);
}

int main(int argc, char **argv)
{
	static struct error_world world;
	static const cl_icd_dispatch through_loader = {
#define SLOT(name) .name = name,
		TANDEM_CORE_ENTRY_POINTS(SLOT)
#undef SLOT
	};

	log_capture_start("api");
	error_world_init(&world);
	world.cl = &through_loader;
	add_rows(&world);
	world.cl = *(const cl_icd_dispatch *const *)world.base.platform;
	world.direct = true;
	add_rows(&world);
	test_step("releasing everything");
	error_world_finish(&world);
#define CHECK(name) check_entry_point(#name);
	TANDEM_CORE_ENTRY_POINTS(CHECK)
	TANDEM_CORE_3_1_ENTRY_POINTS(CHECK)
	TANDEM_ALIAS_ENTRY_POINTS(CHECK)
	TANDEM_SHARING_ENTRY_POINTS(CHECK)
	TANDEM_EXTENSION_ENTRY_POINTS(CHECK)
	TANDEM_UNIFIED_SVM_ENTRY_POINTS(CHECK)
	TANDEM_UNIFIED_MEMORY_ENTRY_POINTS(CHECK)
	TANDEM_COMMAND_BUFFER_ENTRY_POINTS(CHECK)
#undef CHECK
	if (argc > 1)
		print_table();
	print_counts();
	return check_result();
}
