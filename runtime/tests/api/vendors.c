// SPDX-License-Identifier: MIT
/*
 * vendors PATH...: each PATH as OCL_ICD_VENDORS, with the loader that the test is linked
 * with; a folder also by the rules of Khronos' loader: each file in it whose name ends in
 * .icd holds the name of a library, and nothing but a newline may follow.
 */
#include <CL/cl_icd.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

typedef __typeof__(clGetExtensionFunctionAddress) *get_address_function;
typedef __typeof__(clIcdGetPlatformIDsKHR) *get_platforms_function;

/* The platform of this build, and no other. */
static void check_loader(void)
{
	cl_platform_id platform = NULL;
	cl_device_id device = NULL;
	char name[64] = "";
	cl_uint count = 0;

	check_success_fatal(clGetPlatformIDs(1, &platform, &count));
	check_equal(1, count);
	check_success_fatal(
		clGetPlatformInfo(platform, CL_PLATFORM_NAME, sizeof(name), name, NULL));
	check(!strcmp(name, "Tandem"), "the platform is '%s'", name);
	check_success(clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, NULL));
}

static void check_library(const char *path)
{
	get_address_function get_address;
	get_platforms_function get_platforms;
	cl_uint count = 0;
	void *library;

	check(path[0] == '/', "'%s' depends on the folder of the process", path);
	library = dlopen(path, RTLD_NOW);
	check_fatal(library, "%s", dlerror());
	*(void **)&get_address = dlsym(library, "clGetExtensionFunctionAddress");
	check_fatal(get_address, "%s", dlerror());
	*(void **)&get_platforms = get_address("clIcdGetPlatformIDsKHR");
	check_fatal(get_platforms, "no clIcdGetPlatformIDsKHR");
	check_success(get_platforms(0, NULL, &count));
	check_equal(1, count);
}

static void check_vendor_file(const char *folder, const char *name)
{
	char path[PATH_MAX], line[PATH_MAX];
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "r");
	check_fatal(file, "%s: %s", path, strerror(errno));
	length = fread(line, 1, sizeof(line) - 1, file);
	fclose(file);
	check_fatal(length, "%s is empty", path);
	if (line[length - 1] == '\n')
		length--;
	line[length] = '\0';
	check_library(line);
}

static void check_folder(const char *path)
{
	const struct dirent *entry;
	unsigned int files = 0;
	DIR *folder = opendir(path);

	check_fatal(folder, "%s: %s", path, strerror(errno));
	while ((entry = readdir(folder))) {
		size_t length = strlen(entry->d_name);

		if (length <= 4 || strcmp(entry->d_name + length - 4, ".icd") != 0)
			continue;
		check_vendor_file(path, entry->d_name);
		files++;
	}
	closedir(folder);
	check_equal(1, files);
}

/* In a process of its own: a loader reads the environment once. */
static int check_path(const char *path)
{
	struct stat status;

	test_step(path);
	check_fatal(!stat(path, &status), "%s: %s", path, strerror(errno));
	check_fatal(!setenv("OCL_ICD_VENDORS", path, 1), "no memory");
	check_loader();
	if (S_ISDIR(status.st_mode))
		check_folder(path);
	return check_result();
}

int main(int argc, char **argv)
{
	if (argc < 2)
		check_skip("no paths are given");
	for (int i = 1; i < argc; i++) {
		int status = 0;
		pid_t child = fork();

		check_fatal(child >= 0, "no process");
		if (!child)
			exit(check_path(argv[i]));
		check_fatal(waitpid(child, &status, 0) == child, "no child");
		check(WIFEXITED(status) && !WEXITSTATUS(status), "'%s': status 0x%x", argv[i],
		      (unsigned int)status);
	}
	return check_result();
}
