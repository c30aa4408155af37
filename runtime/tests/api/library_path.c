// SPDX-License-Identifier: MIT
/*
 * The library is loaded by a name that is not its own: a link in another folder, or a
 * relative path that leads nowhere afterwards. It must find its back end all the same.
 */
#include <CL/cl_icd.h>
#include <dlfcn.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

static void build(const cl_icd_dispatch *table, cl_platform_id platform)
{
	const char *source = "kernel void nothing(void) {}";
	cl_bool available = CL_FALSE;
	cl_device_id device;
	cl_context context;
	cl_program program;
	cl_int code;

	check_success_fatal(table->clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, NULL));
	check_success(table->clGetDeviceInfo(device, CL_DEVICE_COMPILER_AVAILABLE,
					     sizeof(available), &available, NULL));
	check_equal(CL_TRUE, available);
	context = table->clCreateContext(NULL, 1, &device, NULL, NULL, &code);
	check_success_fatal(code);
	program = table->clCreateProgramWithSource(context, 1, &source, NULL, &code);
	check_success_fatal(code);
	check_success(table->clBuildProgram(program, 0, NULL, NULL, NULL, NULL));
	check_success(table->clReleaseProgram(program));
	check_success(table->clReleaseContext(context));
}

/* Loads the library by @name, goes to @folder, and builds a program. */
static void load_and_build(const char *name, const char *folder)
{
	__typeof__(clGetExtensionFunctionAddress) *get_address;
	__typeof__(clIcdGetPlatformIDsKHR) *get_platforms;
	void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	cl_platform_id platform;

	check_fatal(library, "%s", dlerror());
	check_fatal(!chdir(folder), "%s", folder);
	*(void **)&get_address = dlsym(library, "clGetExtensionFunctionAddress");
	check_fatal(get_address, "%s", dlerror());
	*(void **)&get_platforms = get_address("clIcdGetPlatformIDsKHR");
	check_fatal(get_platforms, "no clIcdGetPlatformIDsKHR");
	check_success_fatal(get_platforms(1, &platform, NULL));
	/* Every object begins with the table of functions. */
	build(*(const cl_icd_dispatch *const *)(const void *)platform, platform);
}

/* In a process of its own, as the library stays loaded. */
static void check_name(const char *what, const char *name, const char *folder)
{
	int status = -1;

	fflush(stdout);
	if (!fork()) {
		test_step(what);
		load_and_build(name, folder);
		fflush(stdout);
		_exit(check_failures != 0);
	}
	wait(&status);
	check(WIFEXITED(status) && !WEXITSTATUS(status), "%s: status %x", what, status);
}

int main(void)
{
	char folder[] = "/tmp/tandem-library-XXXXXX", link[PATH_MAX], path[] = TANDEM_LIBRARY;

	check_fatal(mkdtemp(folder), "%s", folder);
	snprintf(link, sizeof(link), "%s/libtandem.so.0", folder);
	check_equal(0, symlink(TANDEM_LIBRARY, link));
	check_name("a link", link, "/");
	check_equal(0, unlink(link) | rmdir(folder));
	check_fatal(!chdir(dirname(path)), "%s", path);
	strcpy(link, "./");
	strcat(link, strrchr(TANDEM_LIBRARY, '/') + 1);
	check_name("a relative path", link, "/");
	return check_result();
}
