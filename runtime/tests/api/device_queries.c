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
	OWN,
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

static bool all_zero(const cl_uchar *bytes, size_t count)
{
	while (count && !bytes[count - 1])
		count--;
	return !count;
}

#define UUID_TEXT_BYTES (2 * CL_UUID_SIZE_KHR + 1)

static void print_uuid(cl_device_id device, cl_device_info query, char text[UUID_TEXT_BYTES])
{
	cl_uchar uuid[CL_UUID_SIZE_KHR] = { 0 };

	check_success(clGetDeviceInfo(device, query, sizeof(uuid), uuid, NULL));
	check(!all_zero(uuid, sizeof(uuid)), "the UUID is nothing");
	for (size_t i = 0; i < sizeof(uuid); i++)
		snprintf(text + 2 * i, 3, "%02x", uuid[i]);
}

/* The identifiers differ, and are the same for another process: @program --uuid. */
static void check_uuids(const char *program, cl_device_id device)
{
	char own[UUID_TEXT_BYTES], of_driver[UUID_TEXT_BYTES], there[UUID_TEXT_BYTES] = "";
	char command[4200];
	cl_bool is_valid = CL_TRUE;
	FILE *other;

	print_uuid(device, CL_DEVICE_UUID_KHR, own);
	print_uuid(device, CL_DRIVER_UUID_KHR, of_driver);
	check(strcmp(own, of_driver), "device and driver have one UUID");
	check_success(clGetDeviceInfo(device, CL_DEVICE_LUID_VALID_KHR, sizeof(is_valid), &is_valid,
				      NULL));
	check_equal(CL_FALSE, is_valid);
	snprintf(command, sizeof(command), "'%s' --uuid", program);
	other = popen(command, "re");
	check_fatal(other, "no other process");
	check(fgets(there, sizeof(there), other) && !strcmp(there, own), "%s, and %s there", own,
	      there);
	/* Closed before its end, it would be ended by a signal. */
	while (fgets(command, sizeof(command), other))
		;
	check_equal(0, pclose(other));
}

static void check_queries(cl_device_id device)
{
	static const cl_device_partition_property parts[] = { CL_DEVICE_PARTITION_EQUALLY, 1, 0 };
	cl_device_id devices[64] = { device };
	cl_uint count = 0;

	test_step("the device");
	for (size_t i = 0; i < QUERY_COUNT; i++)
		check_query(device, &queries[i]);
	check_others(device);
	test_step("a part of it");
	if (clCreateSubDevices(device, parts, 64, devices, &count) == CL_SUCCESS) {
		for (size_t i = 0; i < QUERY_COUNT; i++)
			check_query(devices[0], &queries[i]);
	}
	for (cl_uint i = 0; i < count; i++)
		check_success(clReleaseDevice(devices[i]));
}

int main(int argc, char **argv)
{
	struct test_setup setup = test_open();
	char uuid[UUID_TEXT_BYTES];

	if (argc == 2 && !strcmp(argv[1], "--uuid")) {
		print_uuid(setup.device, CL_DEVICE_UUID_KHR, uuid);
		puts(uuid);
	} else {
		check_queries(setup.device);
		test_step("UUIDs");
		check_uuids(argv[0], setup.device);
	}
	test_close(&setup);
	return check_result();
}
