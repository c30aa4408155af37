// SPDX-License-Identifier: MIT
/*
 * Processes that the driver mesa must leave alone: without Mesa, with a library that
 * is not Mesa's, and such as do not ask for it.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/harness.h"

/* What a process sees that uses OpenCL in an environment. */
struct sight {
	int device_count;
	int is_host; /* the first device */
	int loaded_mesa;
	char messages[4096]; /* standard error */
};

struct environment {
	const char *devices, *library, *debug; /* NULL: unset */
};

static void set(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

/* Whether a driver of Mesa's is mapped. */
static int has_mesa_mapped(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[4096];
	int found = 0;

	while (maps && fgets(line, sizeof(line), maps))
		found |= strstr(line, "libRusticlOpenCL") || strstr(line, "libMesaOpenCL");
	if (maps)
		fclose(maps);
	return found;
}

static void look(struct sight *sight)
{
	cl_platform_id platform;
	cl_device_id devices[8];
	char name[256] = "";
	cl_uint count = 0;

	if (clGetPlatformIDs(1, &platform, NULL) == CL_SUCCESS &&
	    clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 8, devices, &count) == CL_SUCCESS) {
		clGetDeviceInfo(devices[0], CL_DEVICE_NAME, sizeof(name), name, NULL);
		sight->is_host = !strncmp(name, "host: ", 6);
	}
	sight->device_count = (int)count;
	sight->loaded_mesa = has_mesa_mapped();
}

/* Looks in a process of its own, which reports through a file, as its standard error does. */
static struct sight look_in(const struct environment *environment)
{
	FILE *report = tmpfile(), *messages = tmpfile();
	struct sight sight = { 0 };
	int status = -1;
	pid_t child;

	check_fatal(report && messages, "no files");
	fflush(stdout);
	child = fork();
	if (!child) {
		set("TANDEM_DEVICES", environment->devices);
		set("TANDEM_MESA_LIBRARY", environment->library);
		set("TANDEM_DEBUG", environment->debug);
		dup2(fileno(messages), STDERR_FILENO);
		alarm(60);
		look(&sight);
		_exit(fwrite(&sight, sizeof(sight), 1, report) != 1 || fflush(report));
	}
	check_fatal(child > 0 && waitpid(child, &status, 0) == child, "no process");
	check_equal(0, status);
	rewind(report);
	check_equal(1, fread(&sight, sizeof(sight), 1, report));
	rewind(messages);
	sight.messages[fread(sight.messages, 1, sizeof(sight.messages) - 1, messages)] = 0;
	fclose(report);
	fclose(messages);
	return sight;
}

static void test_not_asked_for(void)
{
	const struct environment environment = { NULL, NULL, NULL };
	struct sight sight;

	test_step("a process that does not ask for Mesa");
	sight = look_in(&environment);
	check(sight.device_count >= 1 && sight.is_host, "%d devices", sight.device_count);
	check(!sight.loaded_mesa, "Mesa was loaded");
	check(!*sight.messages, "messages: %s", sight.messages);
}

static void test_missing(void)
{
	const struct environment quiet = { "mesa,host", "/nonexistent/libMesa.so", NULL };
	const struct environment loud = { "mesa,host", "/nonexistent/libMesa.so", "driver" };
	const struct environment alone = { "mesa", "/nonexistent/libMesa.so", NULL };
	struct sight sight;

	test_step("a process without Mesa");
	sight = look_in(&quiet);
	check(sight.device_count == 1 && sight.is_host, "%d devices", sight.device_count);
	check(!*sight.messages, "messages: %s", sight.messages);
	sight = look_in(&loud);
	check_equal(1, sight.device_count);
	check(strstr(sight.messages, "/nonexistent/libMesa.so"), "messages: %s", sight.messages);
	sight = look_in(&alone);
	check_equal(0, sight.device_count);
	check(!*sight.messages, "messages: %s", sight.messages);
}

/* These would ask for the platform that is being made. */
static void test_not_mesa(const char *library, const char *word)
{
	const struct environment environment = { "mesa,host", library, NULL };
	struct sight sight;

	test_step(library);
	sight = look_in(&environment);
	check(sight.device_count == 1 && sight.is_host, "%d devices", sight.device_count);
	check(strstr(sight.messages, word), "messages of %s: %s", library, sight.messages);
}

int main(void)
{
	test_not_asked_for();
	test_missing();
	test_not_mesa(TANDEM_LIBRARY, "is Tandem");
	test_not_mesa(LOADER_LIBRARY, "is an OpenCL loader");
	test_not_mesa("libm.so.6", "is no OpenCL driver");
	return check_result();
}
