// SPDX-License-Identifier: MIT
/* OpenCL calls from the destructor of a library that outlives the runtime: errors, no crash. */
#include <dlfcn.h>
#include <unistd.h>

#include "harness.h"

static struct test_setup setup;

static void use_late(void)
{
	cl_context context;
	cl_device_id device;
	cl_ulong bytes;
	cl_int code = CL_SUCCESS;

	context = clCreateContext(NULL, 1, &setup.device, NULL, NULL, &code);
	check(!context && code == CL_INVALID_DEVICE, "%p, %d", (void *)context, code);
	context = clCreateContextFromType(NULL, CL_DEVICE_TYPE_ALL, NULL, NULL, &code);
	check(!context && code != CL_SUCCESS, "%p, %d", (void *)context, code);
	check_equal(CL_INVALID_PLATFORM,
		    clGetDeviceIDs(setup.platform, CL_DEVICE_TYPE_ALL, 1, &device, NULL));
	check_equal(CL_INVALID_DEVICE, clGetDeviceInfo(setup.device, CL_DEVICE_GLOBAL_MEM_SIZE,
						       sizeof(bytes), &bytes, NULL));
	check_equal(CL_INVALID_DEVICE, clReleaseDevice(setup.device));
	fflush(stdout);
	if (check_failures)
		_exit(1);
}

int main(void)
{
	const int mark = 3;
	cl_mem buffer;
	void (**hook)(void);
	void *module;

	setup = test_open();
	test_step("the end of the process");
	module = dlopen(LATE_MODULE, RTLD_NOW);
	check_fatal(module, "%s", dlerror());
	hook = dlsym(module, "late_hook");
	check_fatal(hook, "%s", dlerror());
	*hook = use_late;
	/* Something has run, so that there are threads to end. */
	buffer = test_buffer(setup.context, 1024, NULL);
	check_success(clEnqueueFillBuffer(setup.queue, buffer, &mark, sizeof(mark), 0, 1024, 0,
					  NULL, NULL));
	check_success(clFinish(setup.queue));
	check_success(clReleaseMemObject(buffer));
	test_close(&setup);
	return check_result();
}
