// SPDX-License-Identifier: MIT
/* Rows of building, compiling and linking: sections 5.8.4 and 5.8.5. */
#include "errors.h"

static void rows_not_completed(struct error_world *world)
{
	error_not_provocable(world, CL_INVALID_OPERATION,
			     "an earlier build of the program has not completed",
			     "builds end before their call returns, and wait for each other");
}

static void rows_build(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	const cl_device_id *device = &world->base.device;
	cl_device_id bad_list[1];

#define BUILD(program, options) cl->clBuildProgram(program, 0, NULL, options, NULL, NULL)

	error_entry_point("clBuildProgram");
	ROWS_BAD(ERROR_PROGRAM, cl_program, CL_INVALID_PROGRAM, BUILD(bad, NULL));
	ROW(CL_INVALID_VALUE, "device_list is NULL and num_devices is not 0",
	    cl->clBuildProgram(world->unbuilt, 1, NULL, NULL, NULL, NULL));
	ROW(CL_INVALID_VALUE, "device_list is not NULL and num_devices is 0",
	    cl->clBuildProgram(world->unbuilt, 0, device, NULL, NULL, NULL));
	ROW(CL_INVALID_VALUE, "pfn_notify is NULL and user_data is not",
	    cl->clBuildProgram(world->unbuilt, 0, NULL, NULL, NULL, world));
	ROWS_BAD(ERROR_DEVICE, cl_device_id, CL_INVALID_DEVICE,
		 (bad_list[0] = bad,
		  cl->clBuildProgram(world->unbuilt, 1, bad_list, NULL, NULL, NULL)));
	if (world->sub_device)
		ROW(CL_INVALID_DEVICE, "a device is not associated with program",
		    cl->clBuildProgram(world->unbuilt, 1, &world->sub_device, NULL, NULL, NULL));
	error_not_provocable(world, CL_INVALID_BINARY,
			     "program is of binaries, and a device has none that is valid",
			     "clCreateProgramWithBinary makes no such program");
	ROW(CL_INVALID_BUILD_OPTIONS, "options has an unknown option",
	    BUILD(world->broken, "-no-such-option"));
	ROW(CL_INVALID_BUILD_OPTIONS, "options has an option of the linker",
	    BUILD(world->broken, "-create-library"));
	ROW(CL_INVALID_BUILD_OPTIONS, "options has an unknown version of OpenCL C",
	    BUILD(world->broken, "-cl-std=CL9.9"));
	ROW(CL_INVALID_BUILD_OPTIONS, "an option lacks its value", BUILD(world->broken, "-D"));
	error_not_provocable(world, CL_COMPILER_NOT_AVAILABLE, "there is no compiler",
			     "there is one: the tests need it");
	ROW(CL_BUILD_PROGRAM_FAILURE, "the source has an error", BUILD(world->broken, NULL));
	rows_not_completed(world);
	ROW(CL_INVALID_OPERATION, "kernel objects are attached to program",
	    BUILD(world->built, NULL));
	ROW(CL_INVALID_OPERATION, "program was made by clLinkProgram", BUILD(world->linked, NULL));
	error_resources(world);
#undef BUILD
}

static void rows_compile(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	const cl_device_id *device = &world->base.device;
	cl_device_id bad_list[1];
	cl_program headers[1] = { world->unbuilt };
	const char *names[1] = { "header.h" };

#define COMPILE(program, options) \
	cl->clCompileProgram(program, 0, NULL, options, 0, NULL, NULL, NULL, NULL)
#define COMPILE_WITH(number, programs, include_names)                                             \
	cl->clCompileProgram(world->broken, 0, NULL, NULL, number, programs, include_names, NULL, \
			     NULL)

	error_entry_point("clCompileProgram");
	ROWS_BAD(ERROR_PROGRAM, cl_program, CL_INVALID_PROGRAM, COMPILE(bad, NULL));
	ROW(CL_INVALID_VALUE, "device_list is NULL and num_devices is not 0",
	    cl->clCompileProgram(world->broken, 1, NULL, NULL, 0, NULL, NULL, NULL, NULL));
	ROW(CL_INVALID_VALUE, "device_list is not NULL and num_devices is 0",
	    cl->clCompileProgram(world->broken, 0, device, NULL, 0, NULL, NULL, NULL, NULL));
	ROW(CL_INVALID_VALUE, "num_input_headers is 0 and input_headers is not NULL",
	    COMPILE_WITH(0, headers, NULL));
	ROW(CL_INVALID_VALUE, "num_input_headers is 0 and header_include_names is not NULL",
	    COMPILE_WITH(0, NULL, names));
	ROW(CL_INVALID_VALUE, "num_input_headers is not 0 and input_headers is NULL",
	    COMPILE_WITH(1, NULL, names));
	ROW(CL_INVALID_VALUE, "num_input_headers is not 0 and header_include_names is NULL",
	    COMPILE_WITH(1, headers, NULL));
	ROW(CL_INVALID_CONTEXT, "a program in input_headers is of another context",
	    COMPILE_WITH(1, &world->other_built, names));
	ROW(CL_INVALID_VALUE, "pfn_notify is NULL and user_data is not",
	    cl->clCompileProgram(world->broken, 0, NULL, NULL, 0, NULL, NULL, NULL, world));
	ROWS_BAD(ERROR_DEVICE, cl_device_id, CL_INVALID_DEVICE,
		 (bad_list[0] = bad, cl->clCompileProgram(world->broken, 1, bad_list, NULL, 0, NULL,
							  NULL, NULL, NULL)));
	ROW(CL_INVALID_COMPILER_OPTIONS, "options has an unknown option",
	    COMPILE(world->broken, "-no-such-option"));
	ROW(CL_INVALID_COMPILER_OPTIONS, "options has an option of the linker",
	    COMPILE(world->broken, "-create-library"));
	ROW(CL_COMPILE_PROGRAM_FAILURE, "the source has an error", COMPILE(world->broken, NULL));
	rows_not_completed(world);
	error_not_provocable(world, CL_COMPILER_NOT_AVAILABLE, "there is no compiler",
			     "there is one: the tests need it");
	ROW(CL_INVALID_OPERATION, "kernel objects are attached to program",
	    COMPILE(world->built, NULL));
	ROW(CL_INVALID_OPERATION, "program has no source: from a binary",
	    COMPILE(world->from_binary, NULL));
	ROW(CL_INVALID_OPERATION, "program has no source: made by clLinkProgram",
	    COMPILE(world->linked, NULL));
	error_resources(world);
#undef COMPILE
#undef COMPILE_WITH
}

/* A link that cannot be done gives its program all the same, for the log in it. */
static void row_link_failure(struct error_world *world)
{
	cl_build_status status = CL_BUILD_NONE;
	cl_program program;
	cl_int code = CL_SUCCESS;

	error_row_begin(world, CL_LINK_PROGRAM_FAILURE, "a function is missing");
	program = world->cl->clLinkProgram(world->base.context, 0, NULL, NULL, 1,
					   &world->undefined_object, NULL, NULL, &code);
	error_row_end(world, code);
	if (!check(program, "no program to ask for the log"))
		return;
	check_success(clGetProgramBuildInfo(program, world->base.device, CL_PROGRAM_BUILD_STATUS,
					    sizeof(status), &status, NULL));
	check_equal(CL_BUILD_ERROR, status);
	check_success(clReleaseProgram(program));
	program = world->cl->clLinkProgram(world->base.context, 0, NULL, NULL, 1,
					   &world->undefined_object, NULL, NULL, NULL);
	if (check(program, "no program without errcode_ret"))
		check_success(clReleaseProgram(program));
}

static void rows_link(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_context context = world->base.context;
	const cl_device_id *device = &world->base.device;
	cl_program inputs[2] = { world->object, NULL };
	cl_device_id bad_list[1];

#define LINK(options, number, programs) \
	cl->clLinkProgram(context, 0, NULL, options, number, programs, NULL, NULL, errcode)

	error_entry_point("clLinkProgram");
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
			cl->clLinkProgram(bad, 0, NULL, NULL, 1, inputs, NULL, NULL, errcode));
	ROW_CREATE(CL_INVALID_VALUE, "device_list is NULL and num_devices is not 0",
		   cl->clLinkProgram(context, 1, NULL, NULL, 1, inputs, NULL, NULL, errcode));
	ROW_CREATE(CL_INVALID_VALUE, "device_list is not NULL and num_devices is 0",
		   cl->clLinkProgram(context, 0, device, NULL, 1, inputs, NULL, NULL, errcode));
	ROW_CREATE(CL_INVALID_VALUE, "num_input_programs is 0 and input_programs is NULL",
		   LINK(NULL, 0, NULL));
	ROW_CREATE(CL_INVALID_VALUE, "num_input_programs is 0 and input_programs is not NULL",
		   LINK(NULL, 0, inputs));
	ROW_CREATE(CL_INVALID_VALUE, "num_input_programs is not 0 and input_programs is NULL",
		   LINK(NULL, 1, NULL));
	ROWS_BAD_CREATE(ERROR_PROGRAM, cl_program, CL_INVALID_PROGRAM,
			(inputs[1] = bad, LINK(NULL, 2, inputs)));
	ROW_CREATE(CL_INVALID_VALUE, "pfn_notify is NULL and user_data is not",
		   cl->clLinkProgram(context, 0, NULL, NULL, 1, inputs, NULL, world, errcode));
	ROWS_BAD_CREATE(ERROR_DEVICE, cl_device_id, CL_INVALID_DEVICE,
			(bad_list[0] = bad, cl->clLinkProgram(context, 1, bad_list, NULL, 1, inputs,
							      NULL, NULL, errcode)));
	if (world->sub_device)
		ROW_CREATE(CL_INVALID_DEVICE, "a device is not associated with context",
			   cl->clLinkProgram(context, 1, &world->sub_device, NULL, 1, inputs, NULL,
					     NULL, errcode));
	ROW_CREATE(CL_INVALID_LINKER_OPTIONS, "options has an unknown option",
		   LINK("-no-such-option", 1, inputs));
	ROW_CREATE(CL_INVALID_LINKER_OPTIONS, "options has an option of the compiler",
		   LINK("-D NAME", 1, inputs));
	ROW_CREATE(CL_INVALID_LINKER_OPTIONS, "-enable-link-options without -create-library",
		   LINK("-enable-link-options", 1, inputs));
	inputs[1] = world->other_built;
	ROW_CREATE(CL_INVALID_CONTEXT, "one of the programs is of another context",
		   LINK(NULL, 2, inputs));
	rows_not_completed(world);
	inputs[1] = world->unbuilt;
	ROW_CREATE(CL_INVALID_OPERATION, "one of the programs was not compiled",
		   LINK(NULL, 2, inputs));
	error_not_provocable(world, CL_LINKER_NOT_AVAILABLE, "there is no linker",
			     "there is one: the tests need it");
	row_link_failure(world);
	error_resources(world);
#undef LINK
}

void error_rows_build(struct error_world *world)
{
	rows_build(world);
	rows_compile(world);
	rows_link(world);
}
