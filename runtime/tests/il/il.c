// SPDX-License-Identifier: MIT
#include "il.h"

#include <stdio.h>
#include <stdlib.h>

struct il_file il_read(const char *path)
{
	struct il_file file = { NULL, 0 };
	FILE *stream = fopen(path, "rb");
	long length;

	check_fatal(stream && !fseek(stream, 0, SEEK_END), "%s", path);
	length = ftell(stream);
	rewind(stream);
	file.length = length > 0 ? (size_t)length : 0;
	file.bytes = calloc(1, file.length + 1);
	check_fatal(file.bytes && fread(file.bytes, 1, file.length, stream) == file.length, "%s",
		    path);
	fclose(stream);
	return file;
}

struct il_file il_read_module(const char *folder, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s.spv", folder, name);
	return il_read(path);
}

void il_free(struct il_file *file)
{
	free(file->bytes);
	*file = (struct il_file){ NULL, 0 };
}

void il_require(cl_device_id device)
{
	size_t bytes = 0;

	check_success(clGetDeviceInfo(device, CL_DEVICE_ILS_WITH_VERSION, 0, NULL, &bytes));
	if (!bytes)
		check_skip("the device takes no SPIR-V: spirv-val or llvm-spirv is missing");
}

cl_program il_program(cl_context context, const struct il_file *module)
{
	cl_int code;
	cl_program program = clCreateProgramWithIL(context, module->bytes, module->length, &code);

	check_success_fatal(code);
	return program;
}

char *il_log(cl_program program, cl_device_id device)
{
	size_t length = 0;
	char *log;

	check_success(
		clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, 0, NULL, &length));
	log = calloc(1, length + 1);
	check_fatal(log, "no memory");
	check_success(
		clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, length, log, NULL));
	return log;
}

void il_build(cl_program program, cl_device_id device)
{
	cl_int code = clBuildProgram(program, 1, &device, NULL, NULL, NULL);
	char *log = il_log(program, device);

	check_fatal(code == CL_SUCCESS, "code %d: %s", code, log);
	free(log);
}
