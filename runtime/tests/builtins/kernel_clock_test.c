// SPDX-License-Identifier: MIT
/*
 * cl_khr_kernel_clock: what a work-item reads never falls and does not stand still, whatever
 * function it is read by, and what one launch has read, the next does not fall behind.
 */
#include <stdio.h>
#include <string.h>

#include "values.h"

#ifndef CL_DEVICE_KERNEL_CLOCK_CAPABILITIES_KHR
#define CL_DEVICE_KERNEL_CLOCK_CAPABILITIES_KHR 0x1076
#endif

#define ITEMS 1000
#define GROUP 25
#define READS 6
/* A clock that does not move in so many reads stands still. */
#define MOST_READS 10000000

static const struct scope {
	const char *name, *feature;
	cl_bitfield bit;
} scopes[] = {
	{ "device", "__opencl_c_kernel_clock_scope_device", 1 << 0 },
	{ "work_group", "__opencl_c_kernel_clock_scope_work_group", 1 << 1 },
	{ "sub_group", "__opencl_c_kernel_clock_scope_sub_group", 1 << 2 },
};

#define SCOPES (sizeof(scopes) / sizeof(scopes[0]))

/* @turns is another for neighbours, so that lanes leave the loop apart. */
static const char source[] = "#ifndef cl_khr_kernel_clock\n"
			     "#error there is no macro of the extension\n"
			     "#endif\n"
			     "#ifndef FEATURE\n"
			     "#error there is no macro of the feature\n"
			     "#endif\n"
			     "ulong joined(uint2 now) { return (ulong)now.hi << 32 | now.lo; }\n"
			     "kernel void test(global ulong *R, uint most)\n"
			     "{\n"
			     "	global ulong *r = R + get_global_id(0) * 6;\n"
			     "	ulong last = READ();\n"
			     "	uint turns = get_global_id(0) % 7, n = 0;\n"
			     "	bool falls = false;\n"
			     "	r[0] = last;\n"
			     "	for (uint i = 0; i < turns; i++) {\n"
			     "		ulong now = READ();\n"
			     "		falls |= now < last;\n"
			     "		last = now;\n"
			     "	}\n"
			     "	r[1] = last;\n"
			     "	r[2] = joined(READ_HILO());\n"
			     "	barrier(CLK_LOCAL_MEM_FENCE);\n"
			     "	if (get_local_id(0) & 1)\n"
			     "		r[3] = READ();\n"
			     "	else\n"
			     "		r[3] = joined(READ_HILO());\n"
			     "	while (n < most && READ() == r[3])\n"
			     "		n++;\n"
			     "	r[4] = READ();\n"
			     "	r[5] = falls;\n"
			     "}\n";

static void launch(const struct tandem_session *session, cl_kernel kernel,
		   cl_ulong results[ITEMS * READS])
{
	const cl_uint most = MOST_READS;
	cl_mem buffer;

	memset(results, 0, ITEMS * READS * sizeof(results[0]));
	buffer = tandem_buffer_create(session, ITEMS * READS * sizeof(results[0]), results);
	tandem_kernel_set(kernel, 0, sizeof(buffer), &buffer);
	tandem_kernel_set(kernel, 1, sizeof(most), &most);
	tandem_kernel_run(session, kernel, ITEMS, GROUP);
	tandem_buffer_read(session, buffer, ITEMS * READS * sizeof(results[0]), results);
	tandem_buffer_release(buffer);
}

/* Checks what the work-items read; none of it is before @after. Returns the last. */
static cl_ulong check_reads(const char *what, const cl_ulong *results, cl_ulong after)
{
	cl_ulong last = after;

	for (size_t i = 0; i < ITEMS; i++) {
		const cl_ulong *r = results + i * READS;

		if (r[0] < after)
			value_fail("%s, work-item %zu: %llu, and %llu in the launch before", what,
				   i, (unsigned long long)r[0], (unsigned long long)after);
		if (r[5] || r[1] < r[0] || r[2] < r[1] || r[3] < r[2])
			value_fail(
				"%s, work-item %zu: falls: %llu, %llu, %llu, %llu, in a loop %llu",
				what, i, (unsigned long long)r[0], (unsigned long long)r[1],
				(unsigned long long)r[2], (unsigned long long)r[3],
				(unsigned long long)r[5]);
		if (r[4] <= r[3])
			value_fail("%s, work-item %zu: %llu, then %llu", what, i,
				   (unsigned long long)r[3], (unsigned long long)r[4]);
		if (r[4] > last)
			last = r[4];
	}
	return last;
}

static size_t test_scope(const struct tandem_session *session, const struct scope *scope,
			 const char *more)
{
	static cl_ulong results[ITEMS * READS];
	char options[256];
	cl_program program;
	cl_kernel kernel;
	cl_ulong last = 0;

	snprintf(options, sizeof(options),
		 "-DREAD=clock_read_%s -DREAD_HILO=clock_read_hilo_%s -DFEATURE=%s %s", scope->name,
		 scope->name, scope->feature, more);
	program = tandem_program_build(session, source, options);
	if (!program) {
		value_fail("does not build: %s", options);
		return 1;
	}
	kernel = tandem_kernel_create(program, "test");
	for (int run = 0; run < 2; run++) {
		launch(session, kernel, results);
		last = check_reads(options, results, last);
	}
	tandem_kernel_release(kernel);
	tandem_program_release(program);
	return 2 * (size_t)ITEMS * READS;
}

/* A program may have functions of its own of these names, as of those of any built-in ones. */
static const char own_source[] = "static ulong clock_read_device(void) { return 7; }\n"
				 "uint2 clock_read_hilo_device() { return (uint2)(8, 9); }\n"
				 "int clock_read_work_group(int x) { return x + 1; }\n"
				 "ulong clock_read_sub_group(void) { return 11; }\n"
				 "kernel void test(global ulong *r)\n"
				 "{\n"
				 "	r[0] = clock_read_device();\n"
				 "	r[1] = clock_read_hilo_device().y;\n"
				 "	r[2] = clock_read_work_group(9);\n"
				 "	r[3] = clock_read_sub_group();\n"
				 "}\n";

static size_t test_own_functions(const struct tandem_session *session, const char *options)
{
	static const cl_ulong wanted[] = { 7, 9, 10, 11 };
	cl_ulong results[4] = { 0 };
	const struct value_buffer buffer = { results, sizeof(results) };

	if (!value_run(session, own_source, options, "test", &buffer, 1, 1, 1))
		return 0;
	if (memcmp(results, wanted, sizeof(wanted)) != 0)
		value_fail("%s: functions of the program's own are not called", options);
	return 4;
}

int main(void)
{
	static const char *const options[] = { "-cl-std=CL1.2", "-cl-std=CL2.0", "-cl-std=CL3.0",
					       "-cl-std=CL3.0 -cl-opt-disable" };
	struct tandem_session session;
	cl_bitfield capabilities = 0;
	size_t checks = 0;

	tandem_session_open(&session);
	if (!tandem_session_has_extension(&session, "cl_khr_kernel_clock")) {
		printf("skipped: the device lacks cl_khr_kernel_clock\n");
		return TEST_SKIPPED;
	}
	if (clGetDeviceInfo(session.device, CL_DEVICE_KERNEL_CLOCK_CAPABILITIES_KHR,
			    sizeof(capabilities), &capabilities, NULL) != CL_SUCCESS ||
	    !capabilities)
		value_fail("the query: 0x%llx", (unsigned long long)capabilities);
	for (size_t k = 0; k < sizeof(options) / sizeof(options[0]); k++)
		checks += test_own_functions(&session, options[k]);
	for (size_t i = 0; i < SCOPES; i++) {
		bool has = capabilities & scopes[i].bit;

		if (has != tandem_session_has_feature(&session, scopes[i].feature))
			value_fail("%s: the query has 0x%llx", scopes[i].feature,
				   (unsigned long long)capabilities);
		for (size_t k = 0; has && k < sizeof(options) / sizeof(options[0]); k++)
			checks += test_scope(&session, &scopes[i], options[k]);
	}
	tandem_session_close(&session);
	return value_finish(checks);
}
