// SPDX-License-Identifier: MIT
/*
 * Which devices there are, and what they have. Only ever called in child processes:
 * the parent must survive a driver that crashes, and forks.
 */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define MAX_PLATFORMS 16

/* Of cl_ext_float_atomics: not in all headers. */
#ifndef CL_DEVICE_SINGLE_FP_ATOMIC_CAPABILITIES_EXT
#define CL_DEVICE_SINGLE_FP_ATOMIC_CAPABILITIES_EXT 0x4231
#define CL_DEVICE_DOUBLE_FP_ATOMIC_CAPABILITIES_EXT 0x4232
#define CL_DEVICE_GLOBAL_FP_ATOMIC_ADD_EXT	    (1 << 1)
#define CL_DEVICE_GLOBAL_FP_ATOMIC_MIN_MAX_EXT	    (1 << 2)
#endif

static const struct {
	uint64_t need;
	const char *name;
} need_names[] = {
	{ SVM_ANY_SVM, "SVM (CL_DEVICE_SVM_CAPABILITIES is 0)" },
	{ SVM_COARSE, "CL_DEVICE_SVM_COARSE_GRAIN_BUFFER" },
	{ SVM_FINE, "CL_DEVICE_SVM_FINE_GRAIN_BUFFER" },
	{ SVM_ATOMICS, "CL_DEVICE_SVM_ATOMICS" },
	{ SVM_C_ATOMICS, "__opencl_c_atomic_scope_device" },
	{ SVM_SYSTEM, "CL_DEVICE_SVM_FINE_GRAIN_SYSTEM" },
	{ SVM_ALL_DEVICES, "__opencl_c_atomic_scope_all_devices" },
	{ SVM_ACQ_REL, "__opencl_c_atomic_order_acq_rel" },
	{ SVM_SEQ_CST, "__opencl_c_atomic_order_seq_cst" },
	{ SVM_INT64_ATOMICS, "cl_khr_int64_base_atomics and cl_khr_int64_extended_atomics" },
	{ SVM_FP64, "cl_khr_fp64" },
	{ SVM_OUT_OF_ORDER, "CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE" },
	{ SVM_PARTITION, "sub-devices by CL_DEVICE_PARTITION_EQUALLY" },
	{ SVM_TWO_UNITS, "two compute units" },
	{ SVM_FLOAT_ADD, "__opencl_c_ext_fp32_global_atomic_add" },
	{ SVM_FLOAT_MIN_MAX, "__opencl_c_ext_fp32_global_atomic_min_max" },
	{ SVM_DOUBLE_ADD, "__opencl_c_ext_fp64_global_atomic_add" },
	{ SVM_DOUBLE_MIN_MAX, "__opencl_c_ext_fp64_global_atomic_min_max" },
	{ SVM_IMAGES, "images (CL_DEVICE_IMAGE_SUPPORT)" },
};

void svm_missing(const struct svm_device *device, uint64_t needs, char *text, size_t bytes)
{
	size_t used = 0;

	text[0] = 0;
	for (size_t i = 0; i < sizeof(need_names) / sizeof(need_names[0]); i++) {
		if (!(needs & ~device->has & need_names[i].need))
			continue;
		used += (size_t)snprintf(text + used, used < bytes ? bytes - used : 0, "%s%s",
					 used ? ", " : "", need_names[i].name);
		if (used >= bytes)
			break;
	}
}

static char *device_text(cl_device_id device, cl_device_info query)
{
	size_t bytes = 0;
	char *text;

	if (clGetDeviceInfo(device, query, 0, NULL, &bytes) != CL_SUCCESS)
		return NULL;
	text = calloc(1, bytes + 1);
	if (text && clGetDeviceInfo(device, query, bytes, text, NULL) != CL_SUCCESS) {
		free(text);
		return NULL;
	}
	return text;
}

static bool has_extension(cl_device_id device, const char *name)
{
	char *extensions = device_text(device, CL_DEVICE_EXTENSIONS);
	char *rest = NULL, *word;
	bool found = false;

	for (word = extensions ? strtok_r(extensions, " ", &rest) : NULL; word && !found;
	     word = strtok_r(NULL, " ", &rest))
		found = !strcmp(word, name);
	free(extensions);
	return found;
}

/* A feature of OpenCL C: all there in 2.x, reported one by one in 3.0. */
static bool has_feature(const struct svm_device *device, const char *name)
{
	cl_name_version *features;
	size_t bytes = 0;
	bool found = false;

	if (device->version_major < 3)
		return device->version_major == 2;
	if (clGetDeviceInfo(device->handle, CL_DEVICE_OPENCL_C_FEATURES, 0, NULL, &bytes) !=
	    CL_SUCCESS)
		return false;
	features = calloc(1, bytes + 1);
	if (features && clGetDeviceInfo(device->handle, CL_DEVICE_OPENCL_C_FEATURES, bytes,
					features, NULL) == CL_SUCCESS) {
		for (size_t i = 0; i < bytes / sizeof(*features); i++)
			found |= !strcmp(features[i].name, name);
	}
	free(features);
	return found;
}

static bool can_partition(cl_device_id device)
{
	cl_device_partition_property properties[16] = { 0 };
	size_t bytes = 0;

	if (clGetDeviceInfo(device, CL_DEVICE_PARTITION_PROPERTIES, sizeof(properties), properties,
			    &bytes) != CL_SUCCESS)
		return false;
	for (size_t i = 0; i < bytes / sizeof(properties[0]); i++) {
		if (properties[i] == CL_DEVICE_PARTITION_EQUALLY)
			return true;
	}
	return false;
}

static uint64_t svm_abilities(const struct svm_device *device)
{
	uint64_t has = device->svm ? SVM_ANY_SVM : 0;

	if (device->svm & CL_DEVICE_SVM_COARSE_GRAIN_BUFFER)
		has |= SVM_COARSE;
	if (device->svm & CL_DEVICE_SVM_FINE_GRAIN_BUFFER)
		has |= SVM_FINE;
	if (device->svm & CL_DEVICE_SVM_FINE_GRAIN_SYSTEM)
		has |= SVM_SYSTEM;
	if (device->svm & CL_DEVICE_SVM_ATOMICS)
		has |= SVM_ATOMICS;
	return has;
}

static uint64_t real_atomics(cl_device_id device, cl_device_info query, uint64_t add,
			     uint64_t min_max)
{
	cl_bitfield bits = 0;

	if (clGetDeviceInfo(device, query, sizeof(bits), &bits, NULL) != CL_SUCCESS)
		return 0;
	return (bits & CL_DEVICE_GLOBAL_FP_ATOMIC_ADD_EXT ? add : 0) |
	       (bits & CL_DEVICE_GLOBAL_FP_ATOMIC_MIN_MAX_EXT ? min_max : 0);
}

/* What of extensions, and of what is optional, cases use besides SVM and its atomics. */
static uint64_t further_abilities(const struct svm_device *device)
{
	cl_bool images = CL_FALSE;
	uint64_t has = 0;

	if (has_extension(device->handle, "cl_ext_float_atomics"))
		has |= real_atomics(device->handle, CL_DEVICE_SINGLE_FP_ATOMIC_CAPABILITIES_EXT,
				    SVM_FLOAT_ADD, SVM_FLOAT_MIN_MAX) |
		       real_atomics(device->handle, CL_DEVICE_DOUBLE_FP_ATOMIC_CAPABILITIES_EXT,
				    SVM_DOUBLE_ADD, SVM_DOUBLE_MIN_MAX);
	clGetDeviceInfo(device->handle, CL_DEVICE_IMAGE_SUPPORT, sizeof(images), &images, NULL);
	return images ? has | SVM_IMAGES : has;
}

static uint64_t abilities(const struct svm_device *device)
{
	cl_command_queue_properties queue = 0;
	uint64_t has = svm_abilities(device) | further_abilities(device);

	clGetDeviceInfo(device->handle, CL_DEVICE_QUEUE_ON_HOST_PROPERTIES, sizeof(queue), &queue,
			NULL);
	if (queue & CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE)
		has |= SVM_OUT_OF_ORDER;
	if (has_feature(device, "__opencl_c_atomic_scope_device"))
		has |= SVM_C_ATOMICS;
	if (has_feature(device, "__opencl_c_atomic_scope_all_devices"))
		has |= SVM_ALL_DEVICES;
	if (has_feature(device, "__opencl_c_atomic_order_acq_rel"))
		has |= SVM_ACQ_REL;
	if (has_feature(device, "__opencl_c_atomic_order_seq_cst"))
		has |= SVM_SEQ_CST;
	if (has_extension(device->handle, "cl_khr_int64_base_atomics") &&
	    has_extension(device->handle, "cl_khr_int64_extended_atomics"))
		has |= SVM_INT64_ATOMICS;
	if (has_extension(device->handle, "cl_khr_fp64"))
		has |= SVM_FP64;
	if (device->compute_units >= 2)
		has |= SVM_TWO_UNITS;
	if (device->compute_units >= 2 && can_partition(device->handle))
		has |= SVM_PARTITION;
	return has;
}

static void describe(cl_platform_id platform, cl_device_id handle, unsigned int index,
		     struct svm_device *device)
{
	*device = (struct svm_device){ .platform = platform, .handle = handle, .index = index };
	clGetPlatformInfo(platform, CL_PLATFORM_NAME, sizeof(device->platform_name),
			  device->platform_name, NULL);
	clGetDeviceInfo(handle, CL_DEVICE_NAME, sizeof(device->name), device->name, NULL);
	clGetDeviceInfo(handle, CL_DRIVER_VERSION, sizeof(device->driver_version),
			device->driver_version, NULL);
	clGetDeviceInfo(handle, CL_DEVICE_VERSION, sizeof(device->version), device->version, NULL);
	sscanf(device->version, "OpenCL %u", &device->version_major);
	if (clGetDeviceInfo(handle, CL_DEVICE_SVM_CAPABILITIES, sizeof(device->svm), &device->svm,
			    NULL) != CL_SUCCESS)
		device->svm = 0;
	clGetDeviceInfo(handle, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof(device->compute_units),
			&device->compute_units, NULL);
	clGetDeviceInfo(handle, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof(device->max_work_group),
			&device->max_work_group, NULL);
	device->has = abilities(device);
}

void svm_list_devices(struct svm_device_list *list)
{
	cl_platform_id platforms[MAX_PLATFORMS];
	cl_device_id handles[SVM_MAX_DEVICES];
	cl_uint platform_count = 0, device_count;

	list->count = 0;
	if (clGetPlatformIDs(MAX_PLATFORMS, platforms, &platform_count) != CL_SUCCESS)
		return;
	for (cl_uint i = 0; i < platform_count && i < MAX_PLATFORMS; i++) {
		if (clGetDeviceIDs(platforms[i], CL_DEVICE_TYPE_ALL, SVM_MAX_DEVICES, handles,
				   &device_count) != CL_SUCCESS)
			continue;
		for (cl_uint j = 0;
		     j < device_count && j < SVM_MAX_DEVICES && list->count < SVM_MAX_DEVICES;
		     j++) {
			describe(platforms[i], handles[j], list->count,
				 &list->devices[list->count]);
			list->count++;
		}
	}
}

bool svm_device_matches(const struct svm_device *device, const char *wanted)
{
	unsigned long number;
	char *end;

	if (!wanted)
		return device->index == 0;
	if (!strcmp(wanted, "all"))
		return true;
	number = strtoul(wanted, &end, 10);
	if (wanted[0] && !*end)
		return number == device->index;
	return strcasestr(device->name, wanted) || strcasestr(device->platform_name, wanted);
}

bool svm_scan_devices(struct svm_device_list *list, unsigned int timeout_s)
{
	struct svm_device_list *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
					      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct pollfd ended = { .events = POLLIN };
	int status = -1;
	pid_t child;

	if (shared == MAP_FAILED)
		return false;
	child = fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		svm_list_devices(shared);
		_exit(0);
	}
	if (child > 0) {
		ended.fd = (int)syscall(SYS_pidfd_open, child, 0);
		if (ended.fd < 0 || poll(&ended, 1, (int)timeout_s * 1000) != 1)
			kill(child, SIGKILL);
		waitpid(child, &status, 0);
		close(ended.fd);
	}
	*list = *shared;
	munmap(shared, sizeof(*shared));
	return child > 0 && WIFEXITED(status) && !WEXITSTATUS(status);
}
