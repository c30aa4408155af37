// SPDX-License-Identifier: MIT
/* Rows of programs, section 5.8. */
#include "errors.h"

#include <string.h>

#include "../il_module.h"

static void rows_specialization(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	const cl_ulong value = 1;
	cl_program program;

	error_entry_point("clSetProgramSpecializationConstant");
	ROWS_BAD(ERROR_PROGRAM, cl_program, CL_INVALID_PROGRAM,
		 cl->clSetProgramSpecializationConstant(bad, 0, sizeof(value), &value));
	error_not_provocable(world, CL_COMPILER_NOT_AVAILABLE, "there is no compiler",
			     "there is one");
	error_resources(world);
	if (!test_takes_il(world->base.device)) {
		ROW(CL_INVALID_OPERATION, "no device supports intermediate languages",
		    cl->clSetProgramSpecializationConstant(world->built, 0, sizeof(value), &value));
		return;
	}
	ROW(CL_INVALID_PROGRAM, "the program was not made of IL",
	    cl->clSetProgramSpecializationConstant(world->built, 0, sizeof(value), &value));
	program = clCreateProgramWithIL(world->base.context, test_il_module, sizeof(test_il_module),
					NULL);
	ROW(CL_INVALID_SPEC_ID, "the IL has no such constant",
	    cl->clSetProgramSpecializationConstant(program, 2, 4, &value));
	ROW(CL_INVALID_VALUE, "spec_size is less than the constant's",
	    cl->clSetProgramSpecializationConstant(program, TEST_IL_CONSTANT, 2, &value));
	ROW(CL_INVALID_VALUE, "spec_size is more than the constant's",
	    cl->clSetProgramSpecializationConstant(program, TEST_IL_CONSTANT, 8, &value));
	ROW(CL_INVALID_VALUE, "spec_value is NULL",
	    cl->clSetProgramSpecializationConstant(program, TEST_IL_CONSTANT, 4, NULL));
	check_success(clReleaseProgram(program));
}

/* Of clCreateProgramWithIL, or the same by the extension's name. */
static void rows_create_with_il(struct error_world *world, const char *name,
				clCreateProgramWithILKHR_fn create)
{
	static const uint32_t newer[] = { 0x07230203, 0x00010900, 0, 3, 0 };
	cl_context context = world->base.context;

	error_entry_point(name);
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
			create(bad, test_il_module, sizeof(test_il_module), errcode));
	if (test_takes_il(world->base.device)) {
		error_not_provocable(world, CL_INVALID_OPERATION,
				     "no device supports intermediate languages", "this one does");
		ROW_CREATE(CL_INVALID_VALUE, "il is NULL", create(context, NULL, 4, errcode));
		ROW_CREATE(CL_INVALID_VALUE, "length is 0",
			   create(context, test_il_module, 0, errcode));
		ROW_CREATE(CL_INVALID_VALUE, "il is no SPIR-V",
			   create(context, "kernel void k(void) {}", 20, errcode));
		ROW_CREATE(CL_INVALID_VALUE, "il is of an unknown version",
			   create(context, newer, sizeof(newer), errcode));
		ROW_CREATE(CL_INVALID_VALUE, "il ends within an instruction",
			   create(context, test_il_module, sizeof(test_il_module) - 4, errcode));
		ROW_CREATE(CL_INVALID_VALUE, "il ends within a word",
			   create(context, test_il_module, sizeof(test_il_module) - 1, errcode));
	} else {
		ROW_CREATE(CL_INVALID_OPERATION, "no device supports intermediate languages",
			   create(context, test_il_module, sizeof(test_il_module), errcode));
		error_not_provocable(world, CL_INVALID_VALUE, "il is not well-formed",
				     "no device takes IL, CL_INVALID_OPERATION comes first");
	}
	error_resources(world);
}

static void rows_create(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_context context = world->base.context;
	const char *source = "", *missing = NULL;
	const size_t *no_lengths = NULL;
	clCreateProgramWithILKHR_fn create_khr;

	error_entry_point("clCreateProgramWithSource");
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
			cl->clCreateProgramWithSource(bad, 1, &source, no_lengths, errcode));
	ROW_CREATE(CL_INVALID_VALUE, "count is 0",
		   cl->clCreateProgramWithSource(context, 0, &source, no_lengths, errcode));
	ROW_CREATE(CL_INVALID_VALUE, "strings is NULL",
		   cl->clCreateProgramWithSource(context, 1, NULL, no_lengths, errcode));
	ROW_CREATE(CL_INVALID_VALUE, "an entry of strings is NULL",
		   cl->clCreateProgramWithSource(context, 1, &missing, no_lengths, errcode));
	error_resources(world);

	rows_create_with_il(world, "clCreateProgramWithIL", cl->clCreateProgramWithIL);
	*(void **)&create_khr = clGetExtensionFunctionAddressForPlatform(
		world->base.platform, "clCreateProgramWithILKHR");
	check_fatal(create_khr, "no clCreateProgramWithILKHR");
	rows_create_with_il(world, "clCreateProgramWithILKHR", create_khr);
}

/* clCreateProgramWithBinary writes the status of each binary, also where one is bad. */
static cl_program with_binary(struct error_world *world, const size_t *lengths,
			      const unsigned char **binaries, cl_int wanted_status, cl_int *errcode)
{
	cl_int status = 1;
	cl_program program = world->cl->clCreateProgramWithBinary(
		world->base.context, 1, &world->base.device, lengths, binaries, &status, errcode);

	check_equal(wanted_status, status);
	return program;
}

static void rows_create_with_binary(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_context context = world->base.context;
	const cl_device_id *device = &world->base.device;
	cl_device_id bad_list[1];
	const unsigned char *damaged = (const unsigned char *)"no program at all", *missing = NULL;
	const size_t length = 17, no_length = 0;

#define CREATE(number, devices, lengths, binaries) \
	cl->clCreateProgramWithBinary(context, number, devices, lengths, binaries, NULL, errcode)

	error_entry_point("clCreateProgramWithBinary");
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
			cl->clCreateProgramWithBinary(bad, 1, device, &length, &damaged, NULL,
						      errcode));
	ROW_CREATE(CL_INVALID_VALUE, "device_list is NULL", CREATE(1, NULL, &length, &damaged));
	ROW_CREATE(CL_INVALID_VALUE, "num_devices is 0", CREATE(0, device, &length, &damaged));
	ROWS_BAD_CREATE(ERROR_DEVICE, cl_device_id, CL_INVALID_DEVICE,
			(bad_list[0] = bad, CREATE(1, bad_list, &length, &damaged)));
	if (world->sub_device)
		ROW_CREATE(CL_INVALID_DEVICE, "a device is not associated with context",
			   CREATE(1, &world->sub_device, &length, &damaged));
	ROW_CREATE(CL_INVALID_VALUE, "lengths is NULL", CREATE(1, device, NULL, &damaged));
	ROW_CREATE(CL_INVALID_VALUE, "binaries is NULL", CREATE(1, device, &length, NULL));
	ROW_CREATE(CL_INVALID_VALUE, "an entry of lengths is 0",
		   with_binary(world, &no_length, &damaged, CL_INVALID_VALUE, errcode));
	ROW_CREATE(CL_INVALID_VALUE, "an entry of binaries is NULL",
		   with_binary(world, &length, &missing, CL_INVALID_VALUE, errcode));
	ROW_CREATE(CL_INVALID_BINARY, "a binary is not valid",
		   with_binary(world, &length, &damaged, CL_INVALID_BINARY, errcode));
	error_resources(world);
#undef CREATE

	error_entry_point("clCreateProgramWithBuiltInKernels");
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
			cl->clCreateProgramWithBuiltInKernels(bad, 1, device, "copy", errcode));
	ROW_CREATE(CL_INVALID_VALUE, "device_list is NULL",
		   cl->clCreateProgramWithBuiltInKernels(context, 1, NULL, "copy", errcode));
	ROW_CREATE(CL_INVALID_VALUE, "num_devices is 0",
		   cl->clCreateProgramWithBuiltInKernels(context, 0, device, "copy", errcode));
	ROW_CREATE(CL_INVALID_VALUE, "kernel_names is NULL",
		   cl->clCreateProgramWithBuiltInKernels(context, 1, device, NULL, errcode));
	ROW_CREATE(CL_INVALID_VALUE, "no device supports a kernel of kernel_names",
		   cl->clCreateProgramWithBuiltInKernels(context, 1, device, "copy", errcode));
	ROWS_BAD_CREATE(ERROR_DEVICE, cl_device_id, CL_INVALID_DEVICE,
			(bad_list[0] = bad, cl->clCreateProgramWithBuiltInKernels(
						    context, 1, bad_list, "copy", errcode)));
	error_resources(world);
}

static void CL_CALLBACK ignore_program(cl_program program, void *user_data)
{
}

static void rows_objects(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;

	error_entry_point("clRetainProgram");
	ROWS_BAD(ERROR_PROGRAM, cl_program, CL_INVALID_PROGRAM, cl->clRetainProgram(bad));
	error_resources(world);

	error_entry_point("clReleaseProgram");
	ROWS_BAD(ERROR_PROGRAM, cl_program, CL_INVALID_PROGRAM, cl->clReleaseProgram(bad));
	error_resources(world);

	error_entry_point("clSetProgramReleaseCallback");
	ROWS_BAD(ERROR_PROGRAM, cl_program, CL_INVALID_PROGRAM,
		 cl->clSetProgramReleaseCallback(bad, ignore_program, NULL));
	ROW(CL_INVALID_OPERATION, "no device supports destructors of program scope variables",
	    cl->clSetProgramReleaseCallback(world->built, ignore_program, NULL));
	error_not_provocable(world, CL_INVALID_VALUE, "pfn_notify is NULL",
			     "no device has destructors, CL_INVALID_OPERATION comes first");
	error_resources(world);

	rows_specialization(world);
}

static void rows_queries(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	struct error_outputs *out = &world->out;
	cl_device_id device = world->base.device;

	error_entry_point("clGetProgramInfo");
	ROWS_BAD(ERROR_PROGRAM, cl_program, CL_INVALID_PROGRAM,
		 cl->clGetProgramInfo(bad, CL_PROGRAM_CONTEXT, sizeof(out->bytes), out->bytes,
				      &out->size));
	ROWS_QUERY(CL_PROGRAM_CONTEXT,
		   cl->clGetProgramInfo(world->built, name, size, value, size_ret));
	ROW(CL_INVALID_VALUE, "param_value_size is too small for the pointers to binaries",
	    cl->clGetProgramInfo(world->built, CL_PROGRAM_BINARIES, 1, out->bytes, &out->size));
	ROW(CL_INVALID_PROGRAM_EXECUTABLE, "CL_PROGRAM_NUM_KERNELS, and nothing was built",
	    cl->clGetProgramInfo(world->unbuilt, CL_PROGRAM_NUM_KERNELS, sizeof(out->bytes),
				 out->bytes, &out->size));
	ROW(CL_INVALID_PROGRAM_EXECUTABLE, "CL_PROGRAM_KERNEL_NAMES, and nothing was built",
	    cl->clGetProgramInfo(world->unbuilt, CL_PROGRAM_KERNEL_NAMES, sizeof(out->bytes),
				 out->bytes, &out->size));
	ROW(CL_INVALID_PROGRAM_EXECUTABLE, "CL_PROGRAM_NUM_KERNELS of a compiled object",
	    cl->clGetProgramInfo(world->object, CL_PROGRAM_NUM_KERNELS, sizeof(out->bytes),
				 out->bytes, &out->size));
	error_not_provocable(world, CL_INVALID_PROGRAM_EXECUTABLE,
			     "CL_PROGRAM_SCOPE_GLOBAL_CTORS_PRESENT, and nothing was built",
			     "without constructors CL_FALSE may be the answer at any time");
	error_not_provocable(world, CL_INVALID_PROGRAM_EXECUTABLE,
			     "CL_PROGRAM_SCOPE_GLOBAL_DTORS_PRESENT, and nothing was built",
			     "without destructors CL_FALSE may be the answer at any time");
	error_resources(world);

	error_entry_point("clGetProgramBuildInfo");
	ROWS_BAD(ERROR_PROGRAM, cl_program, CL_INVALID_PROGRAM,
		 cl->clGetProgramBuildInfo(bad, device, CL_PROGRAM_BUILD_STATUS, sizeof(out->bytes),
					   out->bytes, &out->size));
	ROWS_BAD(ERROR_DEVICE, cl_device_id, CL_INVALID_DEVICE,
		 cl->clGetProgramBuildInfo(world->built, bad, CL_PROGRAM_BUILD_STATUS,
					   sizeof(out->bytes), out->bytes, &out->size));
	if (world->sub_device)
		ROW(CL_INVALID_DEVICE, "device is not associated with program",
		    cl->clGetProgramBuildInfo(world->built, world->sub_device,
					      CL_PROGRAM_BUILD_STATUS, sizeof(out->bytes),
					      out->bytes, &out->size));
	ROWS_QUERY(CL_PROGRAM_BUILD_STATUS,
		   cl->clGetProgramBuildInfo(world->built, device, name, size, value, size_ret));
	error_resources(world);
}

void error_rows_program(struct error_world *world)
{
	rows_create(world);
	rows_create_with_binary(world);
	rows_objects(world);
	rows_queries(world);
}
