// SPDX-License-Identifier: MIT
/* Devices, what they lack, and which of them a program takes. */
#include "common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PLATFORMS 16
#define MAX_DEVICES   32

struct device_list {
	struct sample_device devices[MAX_DEVICES];
	unsigned int count;
};

/* Reads a query of any length; the caller frees the text. NULL where the query fails. */
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

bool sample_device_has_extension(cl_device_id device, const char *name)
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

bool sample_device_has_feature(cl_device_id device, const char *macro)
{
	cl_name_version *features;
	size_t bytes = 0, i;
	bool found = false;

	if (clGetDeviceInfo(device, CL_DEVICE_OPENCL_C_FEATURES, 0, NULL, &bytes) != CL_SUCCESS)
		return false;
	features = calloc(1, bytes + 1);
	if (features && clGetDeviceInfo(device, CL_DEVICE_OPENCL_C_FEATURES, bytes, features,
					NULL) == CL_SUCCESS) {
		for (i = 0; i < bytes / sizeof(*features) && !found; i++)
			found = !strcmp(features[i].name, macro);
	}
	free(features);
	return found;
}

static void describe_device(cl_platform_id platform, cl_device_id handle,
			    struct sample_device *device)
{
	char version[128] = "";

	*device = (struct sample_device){ .platform = platform, .device = handle };
	clGetPlatformInfo(platform, CL_PLATFORM_NAME, sizeof(device->platform_name),
			  device->platform_name, NULL);
	clGetDeviceInfo(handle, CL_DEVICE_NAME, sizeof(device->name), device->name, NULL);
	clGetDeviceInfo(handle, CL_DRIVER_VERSION, sizeof(device->driver_version),
			device->driver_version, NULL);
	if (clGetDeviceInfo(handle, CL_DEVICE_SVM_CAPABILITIES, sizeof(device->svm), &device->svm,
			    NULL) != CL_SUCCESS)
		device->svm = 0;
	clGetDeviceInfo(handle, CL_DEVICE_VERSION, sizeof(version), version, NULL);
	sscanf(version, "OpenCL %u", &device->version_major);

	/* Mandatory in OpenCL C 2.0, features in 3.0 and absent before. */
	if (device->version_major == 2) {
		device->c_atomics = true;
		device->all_devices_scope = true;
	} else if (device->version_major > 2) {
		device->c_atomics =
			sample_device_has_feature(handle, "__opencl_c_atomic_scope_device");
		device->all_devices_scope =
			sample_device_has_feature(handle, "__opencl_c_atomic_scope_all_devices");
	}
}

static void list_devices(struct device_list *list)
{
	cl_platform_id platforms[MAX_PLATFORMS];
	cl_device_id handles[MAX_DEVICES];
	cl_uint platform_count = 0, device_count, i, j;

	list->count = 0;
	if (clGetPlatformIDs(MAX_PLATFORMS, platforms, &platform_count) != CL_SUCCESS)
		return;
	if (platform_count > MAX_PLATFORMS)
		platform_count = MAX_PLATFORMS;
	for (i = 0; i < platform_count; i++) {
		if (clGetDeviceIDs(platforms[i], CL_DEVICE_TYPE_ALL, MAX_DEVICES, handles,
				   &device_count) != CL_SUCCESS)
			continue;
		for (j = 0; j < device_count && j < MAX_DEVICES && list->count < MAX_DEVICES; j++)
			describe_device(platforms[i], handles[j], &list->devices[list->count++]);
	}
}

static void print_missing(const struct sample_device *device, unsigned int index,
			  cl_device_svm_capabilities needed)
{
	static const struct {
		cl_device_svm_capabilities bit;
		const char *name;
	} capabilities[] = {
		{ CL_DEVICE_SVM_COARSE_GRAIN_BUFFER, "coarse-grain SVM buffers" },
		{ CL_DEVICE_SVM_FINE_GRAIN_BUFFER, "fine-grain SVM buffers" },
		{ CL_DEVICE_SVM_FINE_GRAIN_SYSTEM, "fine-grain system SVM" },
		{ CL_DEVICE_SVM_ATOMICS, "SVM atomics" },
	};
	cl_device_svm_capabilities missing = needed & ~device->svm;
	const char *separator = "";
	size_t i;

	fprintf(stderr, "  %u: %s (%s) lacks: ", index, device->name, device->platform_name);
	for (i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++) {
		if (!(missing & capabilities[i].bit))
			continue;
		fprintf(stderr, "%s%s", separator, capabilities[i].name);
		separator = ", ";
	}
	if ((needed & CL_DEVICE_SVM_ATOMICS) && !device->c_atomics)
		fprintf(stderr, "%sOpenCL C 2.0 atomics of device scope", separator);
	fprintf(stderr, "\n");
}

static bool device_matches(const struct sample_device *device, unsigned int index,
			   const char *wanted)
{
	unsigned long number;
	char *end;

	if (!wanted)
		return true;
	number = strtoul(wanted, &end, 10);
	if (wanted[0] && !*end)
		return number == index;
	return strcasestr(device->name, wanted) || strcasestr(device->platform_name, wanted);
}

/* SVM atomics are of no use to a program whose device code has no atomics. */
static bool device_suffices(const struct sample_device *device, cl_device_svm_capabilities needed)
{
	if ((needed & CL_DEVICE_SVM_ATOMICS) && !device->c_atomics)
		return false;
	return (device->svm & needed) == needed;
}

int sample_choose_device(const char *wanted, cl_device_svm_capabilities needed,
			 cl_device_svm_capabilities preferred, struct sample_device *device)
{
	static struct device_list list;
	const struct sample_device *found = NULL;
	unsigned int i;

	list_devices(&list);
	for (i = 0; i < list.count; i++) {
		const struct sample_device *candidate = &list.devices[i];

		if (!device_matches(candidate, i, wanted) || !device_suffices(candidate, needed))
			continue;
		if (!found || (!wanted && !device_suffices(found, preferred) &&
			       device_suffices(candidate, preferred)))
			found = candidate;
	}
	if (found) {
		*device = *found;
		return SAMPLE_OK;
	}
	if (!list.count) {
		fprintf(stderr, "No OpenCL device was found.\n");
		return SAMPLE_UNSUPPORTED;
	}
	fprintf(stderr, "No device will do%s%s%s:\n", wanted ? " (--device " : "",
		wanted ? wanted : "", wanted ? ")" : "");
	for (i = 0; i < list.count; i++) {
		if (!device_matches(&list.devices[i], i, wanted))
			fprintf(stderr, "  %u: %s (%s) was not asked for\n", i,
				list.devices[i].name, list.devices[i].platform_name);
		else
			print_missing(&list.devices[i], i, needed);
	}
	return SAMPLE_UNSUPPORTED;
}

const char *sample_scope(const struct sample_device *device)
{
	return device->all_devices_scope ? "memory_scope_all_svm_devices" : "memory_scope_device";
}

void sample_print_device(const struct sample_device *device)
{
	printf("Device   %s\n", device->name);
	printf("Platform %s, driver %s\n", device->platform_name, device->driver_version);
	printf("Scope    %s\n", sample_scope(device));
	if (!device->all_devices_scope)
		printf("         FALLBACK: this device's compiler lacks "
		       "memory_scope_all_svm_devices\n"
		       "         (feature __opencl_c_atomic_scope_all_devices), so OpenCL promises\n"
		       "         nothing about operations of CPU and device on one word.\n");
}
