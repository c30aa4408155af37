// SPDX-License-Identifier: MIT
/*
 * clGetDeviceInfo answers each query of the list with its type, whatever the room, for the
 * device and for a part of it, and no other query.
 */
#include "driver/device_queries.h"

#include <string.h>

#include "harness.h"

#define TANDEM_DIMENSIONS 3
#define ROOM		  8192
#define UNTOUCHED	  0x5a
/* Queries of the core have numbers from here on. */
#define FIRST_QUERY CL_DEVICE_TYPE
#define LAST_QUERY  0x10ff

enum query_kind {
	FIELD,
	SAME,
	FLAG,
	TEXT,
	VALUE,
	STRING,
	NOTHING,
	FUNCTION,
	LIST,
};

static const struct query {
	cl_device_info number;
	const char *name;
	enum query_kind kind;
	size_t bytes; /* of the type */
	bool is_text;
} queries[] = {
#define ROW(query, kind, type, where) \
	{ query, #query, kind, sizeof(type), __builtin_types_compatible_p(type, char) },
	TANDEM_DEVICE_QUERIES(ROW)
#undef ROW
};

#define QUERY_COUNT (sizeof(queries) / sizeof(queries[0]))

/* One value, any number of them, or a string. */
static void check_length(const struct query *query, const char *value, size_t bytes)
{
	if (query->is_text)
		check(bytes && strnlen(value, bytes) == bytes - 1, "%s: no string", query->name);
	else if (query->kind == NOTHING)
		check(!bytes, "%s: %zu bytes", query->name, bytes);
	else if (query->kind == LIST)
		check(!(bytes % query->bytes), "%s: %zu bytes", query->name, bytes);
	else
		check(bytes == query->bytes, "%s: %zu bytes", query->name, bytes);
}

static void check_query(cl_device_id device, const struct query *query)
{
	char value[ROOM], again[ROOM];
	size_t bytes = ROOM + 1, same = 0;

	memset(value, UNTOUCHED, ROOM);
	if (!check(clGetDeviceInfo(device, query->number, ROOM, value, &bytes) == CL_SUCCESS &&
			   bytes <= ROOM,
		   "%s", query->name))
		return;
	check_length(query, value, bytes);
	for (size_t i = bytes; i < ROOM; i++) {
		if (!check(value[i] == UNTOUCHED, "%s: wrote byte %zu", query->name, i))
			break;
	}
	check_success(clGetDeviceInfo(device, query->number, 0, NULL, &same));
	check(same == bytes, "%s: %zu and %zu bytes", query->name, bytes, same);
	memset(again, UNTOUCHED, ROOM);
	if (bytes) {
		check_equal(CL_INVALID_VALUE,
			    clGetDeviceInfo(device, query->number, bytes - 1, again, NULL));
		check(again[0] == UNTOUCHED, "%s: wrote without room", query->name);
	}
	check_success(clGetDeviceInfo(device, query->number, bytes, again, NULL));
	check(!memcmp(value, again, ROOM), "%s: another answer", query->name);
}

static void check_others(cl_device_id device)
{
	for (cl_device_info number = FIRST_QUERY; number <= LAST_QUERY; number++) {
		bool listed = false;

		for (size_t i = 0; i < QUERY_COUNT; i++)
			listed |= queries[i].number == number;
		if (!listed)
			check_equal(CL_INVALID_VALUE,
				    clGetDeviceInfo(device, number, 0, NULL, NULL));
	}
}

int main(void)
{
	static const cl_device_partition_property parts[] = { CL_DEVICE_PARTITION_EQUALLY, 1, 0 };
	struct test_setup setup = test_open();
	cl_device_id devices[64] = { setup.device };
	cl_uint count = 0;

	test_step("the device");
	for (size_t i = 0; i < QUERY_COUNT; i++)
		check_query(setup.device, &queries[i]);
	check_others(setup.device);
	test_step("a part of it");
	if (clCreateSubDevices(setup.device, parts, 64, devices, &count) == CL_SUCCESS) {
		for (size_t i = 0; i < QUERY_COUNT; i++)
			check_query(devices[0], &queries[i]);
	}
	for (cl_uint i = 0; i < count; i++)
		check_success(clReleaseDevice(devices[i]));
	test_close(&setup);
	return check_result();
}
