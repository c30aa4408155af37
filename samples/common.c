// SPDX-License-Identifier: MIT
#include "common.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_OPTIONS	    32
#define MAX_PLATFORMS	    16
#define MAX_DEVICES	    32
#define PROGRESS_AFTER_NS   (2 * SAMPLE_NS_PER_S)
#define PROGRESS_STEP_NS    (SAMPLE_NS_PER_S / 10)
#define KERNEL_STOP_GRACE_S 1

/* --- options --- */

static void print_help(FILE *stream, const char *program, const char *summary, const char *operands,
		       const struct sample_option *options)
{
	char column[64];

	fprintf(stream, "Usage: %s [OPTION]...%s%s\n\n%s\n\nOptions:\n", program,
		operands[0] ? " " : "", operands, summary);
	for (; options->kind != SAMPLE_OPTION_END; options++) {
		if (!options->help)
			continue;
		snprintf(column, sizeof(column), "--%s%s%s", options->name,
			 options->argument ? " " : "", options->argument ? options->argument : "");
		fprintf(stream, "  %-20s %s\n", column, options->help);
	}
	fprintf(stream, "  %-20s %s\n", "--help", "print this text");
}

static bool parse_number(const struct sample_option *option, const char *text)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno || end == text || *end || text[0] == '-' || number < option->minimum ||
	    number > option->maximum) {
		fprintf(stderr, "--%s takes a number from %u to %u, not '%s'\n", option->name,
			option->minimum, option->maximum, text);
		return false;
	}
	*(unsigned int *)option->value = (unsigned int)number;
	return true;
}

static bool take_option(const struct sample_option *option, char *argument)
{
	switch (option->kind) {
	case SAMPLE_OPTION_FLAG:
		*(bool *)option->value = true;
		return true;
	case SAMPLE_OPTION_TEXT:
		*(const char **)option->value = argument;
		return true;
	case SAMPLE_OPTION_NUMBER:
		return parse_number(option, argument);
	case SAMPLE_OPTION_END:
		break;
	}
	return false;
}

bool sample_parse_options(int argc, char **argv, const char *summary, const char *operands,
			  const struct sample_option *options, int *first_operand, int *status)
{
	struct option table[MAX_OPTIONS + 2] = { 0 };
	const char *slash = strrchr(argv[0], '/');
	const char *program = slash ? slash + 1 : argv[0];
	int count, found;

	for (count = 0; count < MAX_OPTIONS && options[count].kind != SAMPLE_OPTION_END; count++) {
		table[count].name = options[count].name;
		table[count].has_arg =
			options[count].kind == SAMPLE_OPTION_FLAG ? no_argument : required_argument;
		table[count].val = count;
	}
	table[count].name = "help";
	table[count].val = count;

	*status = SAMPLE_USAGE;
	while ((found = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (found == count) {
			print_help(stdout, program, summary, operands, options);
			*status = SAMPLE_OK;
			return false;
		}
		/* On '?' getopt has said what is wrong. */
		if (found > count || !take_option(&options[found], optarg)) {
			fprintf(stderr, "Try '%s --help'.\n", program);
			return false;
		}
	}
	if (optind < argc && !operands[0]) {
		fprintf(stderr, "'%s' is no option.\nTry '%s --help'.\n", argv[optind], program);
		return false;
	}
	if (first_operand)
		*first_operand = optind;
	*status = SAMPLE_OK;
	return true;
}

/* --- devices --- */

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

/* --- context, queue, programs --- */

cl_int sample_session_init(struct sample_session *session)
{
	const cl_context_properties properties[] = {
		CL_CONTEXT_PLATFORM, (cl_context_properties)session->device.platform, 0
	};
	cl_int error;

	session->queue = NULL;
	session->context =
		clCreateContext(properties, 1, &session->device.device, NULL, NULL, &error);
	if (error != CL_SUCCESS)
		return error;
	if (session->device.version_major >= 2)
		session->queue = clCreateCommandQueueWithProperties(
			session->context, session->device.device, NULL, &error);
	else
		session->queue =
			clCreateCommandQueue(session->context, session->device.device, 0, &error);
	if (error != CL_SUCCESS)
		clReleaseContext(session->context);
	return error;
}

void sample_session_finish(struct sample_session *session)
{
	clReleaseCommandQueue(session->queue);
	clReleaseContext(session->context);
}

static void print_build_log(cl_program program, cl_device_id device)
{
	size_t bytes = 0;
	char *text;

	if (clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, 0, NULL, &bytes) !=
	    CL_SUCCESS)
		return;
	text = calloc(1, bytes + 1);
	if (text && clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, bytes, text,
					  NULL) == CL_SUCCESS)
		fprintf(stderr, "%s\n", text);
	free(text);
}

cl_int sample_build(struct sample_session *session, const char *source, size_t source_bytes,
		    const char *options, cl_program *program)
{
	const struct sample_device *device = &session->device;
	char all_options[512];
	const char *standard;
	cl_int error;

	standard = device->version_major >= 3 ? "-cl-std=CL3.0 " :
		   device->version_major == 2 ? "-cl-std=CL2.0 " :
						"";
	snprintf(all_options, sizeof(all_options), "%s-DSVM_SCOPE=%s %s", standard,
		 sample_scope(device), options);

	*program = clCreateProgramWithSource(session->context, 1, &source, &source_bytes, &error);
	if (error != CL_SUCCESS)
		return error;
	error = clBuildProgram(*program, 1, &device->device, all_options, NULL, NULL);
	if (error == CL_SUCCESS)
		return CL_SUCCESS;
	fprintf(stderr, "The device code does not build (%s; options %s):\n",
		sample_error_name(error), all_options);
	print_build_log(*program, device->device);
	clReleaseProgram(*program);
	*program = NULL;
	return error;
}

/* --- programs that end at the first error --- */

void sample_check(cl_int error, const char *call)
{
	if (error == CL_SUCCESS)
		return;
	fprintf(stderr, "%s failed: %s (%d)\n", call, sample_error_name(error), error);
	exit(SAMPLE_FAILED);
}

void sample_open(struct sample_session *session)
{
	sample_check(sample_session_init(session), "clCreateContext or clCreateCommandQueue");
}

cl_program sample_program(struct sample_session *session, const char *source, size_t source_bytes,
			  const char *options)
{
	cl_program program;

	sample_check(sample_build(session, source, source_bytes, options, &program),
		     "clBuildProgram");
	return program;
}

cl_kernel sample_kernel(cl_program program, const char *name)
{
	cl_kernel kernel;
	cl_int error;

	kernel = clCreateKernel(program, name, &error);
	sample_check(error, "clCreateKernel");
	return kernel;
}

void *sample_svm_alloc(struct sample_session *session, size_t bytes, bool atomics)
{
	cl_svm_mem_flags flags = CL_MEM_READ_WRITE | CL_MEM_SVM_FINE_GRAIN_BUFFER;
	void *memory;

	if (atomics)
		flags |= CL_MEM_SVM_ATOMICS;
	memory = clSVMAlloc(session->context, flags, bytes, 0);
	if (!memory) {
		fprintf(stderr, "clSVMAlloc of %zu bytes%s failed\n", bytes,
			atomics ? " with atomics" : "");
		exit(SAMPLE_FAILED);
	}
	/* Fine-grain memory needs no mapping: the CPU may use it at once. */
	memset(memory, 0, bytes);
	return memory;
}

const char *sample_error_name(cl_int error)
{
#define ERROR_NAME(name) \
	case name:       \
		return #name
	switch (error) {
		ERROR_NAME(CL_SUCCESS);
		ERROR_NAME(CL_DEVICE_NOT_FOUND);
		ERROR_NAME(CL_DEVICE_NOT_AVAILABLE);
		ERROR_NAME(CL_COMPILER_NOT_AVAILABLE);
		ERROR_NAME(CL_MEM_OBJECT_ALLOCATION_FAILURE);
		ERROR_NAME(CL_OUT_OF_RESOURCES);
		ERROR_NAME(CL_OUT_OF_HOST_MEMORY);
		ERROR_NAME(CL_PROFILING_INFO_NOT_AVAILABLE);
		ERROR_NAME(CL_MEM_COPY_OVERLAP);
		ERROR_NAME(CL_BUILD_PROGRAM_FAILURE);
		ERROR_NAME(CL_MAP_FAILURE);
		ERROR_NAME(CL_MISALIGNED_SUB_BUFFER_OFFSET);
		ERROR_NAME(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST);
		ERROR_NAME(CL_COMPILE_PROGRAM_FAILURE);
		ERROR_NAME(CL_LINKER_NOT_AVAILABLE);
		ERROR_NAME(CL_LINK_PROGRAM_FAILURE);
		ERROR_NAME(CL_DEVICE_PARTITION_FAILED);
		ERROR_NAME(CL_KERNEL_ARG_INFO_NOT_AVAILABLE);
		ERROR_NAME(CL_INVALID_VALUE);
		ERROR_NAME(CL_INVALID_DEVICE_TYPE);
		ERROR_NAME(CL_INVALID_PLATFORM);
		ERROR_NAME(CL_INVALID_DEVICE);
		ERROR_NAME(CL_INVALID_CONTEXT);
		ERROR_NAME(CL_INVALID_QUEUE_PROPERTIES);
		ERROR_NAME(CL_INVALID_COMMAND_QUEUE);
		ERROR_NAME(CL_INVALID_HOST_PTR);
		ERROR_NAME(CL_INVALID_MEM_OBJECT);
		ERROR_NAME(CL_INVALID_BINARY);
		ERROR_NAME(CL_INVALID_BUILD_OPTIONS);
		ERROR_NAME(CL_INVALID_PROGRAM);
		ERROR_NAME(CL_INVALID_PROGRAM_EXECUTABLE);
		ERROR_NAME(CL_INVALID_KERNEL_NAME);
		ERROR_NAME(CL_INVALID_KERNEL_DEFINITION);
		ERROR_NAME(CL_INVALID_KERNEL);
		ERROR_NAME(CL_INVALID_ARG_INDEX);
		ERROR_NAME(CL_INVALID_ARG_VALUE);
		ERROR_NAME(CL_INVALID_ARG_SIZE);
		ERROR_NAME(CL_INVALID_KERNEL_ARGS);
		ERROR_NAME(CL_INVALID_WORK_DIMENSION);
		ERROR_NAME(CL_INVALID_WORK_GROUP_SIZE);
		ERROR_NAME(CL_INVALID_WORK_ITEM_SIZE);
		ERROR_NAME(CL_INVALID_GLOBAL_OFFSET);
		ERROR_NAME(CL_INVALID_EVENT_WAIT_LIST);
		ERROR_NAME(CL_INVALID_EVENT);
		ERROR_NAME(CL_INVALID_OPERATION);
		ERROR_NAME(CL_INVALID_BUFFER_SIZE);
		ERROR_NAME(CL_INVALID_GLOBAL_WORK_SIZE);
		ERROR_NAME(CL_INVALID_PROPERTY);
		ERROR_NAME(CL_INVALID_COMPILER_OPTIONS);
		ERROR_NAME(CL_INVALID_LINKER_OPTIONS);
		ERROR_NAME(CL_INVALID_DEVICE_PARTITION_COUNT);
	}
#undef ERROR_NAME
	return "unknown error";
}

/* --- time, colour, progress --- */

uint64_t sample_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SAMPLE_NS_PER_S + (uint64_t)now.tv_nsec;
}

static const char *on_terminal(const char *escape)
{
	return isatty(STDOUT_FILENO) ? escape : "";
}

const char *sample_red(void)
{
	return on_terminal("\033[31m");
}

const char *sample_green(void)
{
	return on_terminal("\033[32m");
}

const char *sample_colour_end(void)
{
	return on_terminal("\033[0m");
}

static uint64_t program_start_ns;
static bool progress_shown;

__attribute__((constructor)) static void note_program_start(void)
{
	program_start_ns = sample_now_ns();
}

void sample_progress(const char *format, ...)
{
	static uint64_t last_ns;
	uint64_t now_ns = sample_now_ns();
	va_list arguments;

	if (!isatty(STDERR_FILENO) || now_ns - program_start_ns < PROGRESS_AFTER_NS ||
	    now_ns - last_ns < PROGRESS_STEP_NS)
		return;
	last_ns = now_ns;
	fputs("\r\033[K", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fflush(stderr);
	progress_shown = true;
}

void sample_progress_end(void)
{
	if (progress_shown)
		fputs("\r\033[K", stderr);
	progress_shown = false;
}

/* --- bounded waits --- */

/*
 * The watcher is a thread of its own because the calls it bounds, clFinish() above all,
 * have no time limit. It sleeps unless a wait is under way.
 */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool started;
	bool active;
	uint64_t serial; /* tells one wait from the next */
	unsigned int limit_s;
	_Atomic uint32_t *stop;
	char text[256];
} watcher = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void give_up(void)
{
	sample_progress_end();
	fprintf(stderr, "%s: no end after %u s\n", watcher.text, watcher.limit_s);
	if (watcher.stop) {
		atomic_store(watcher.stop, 1);
		sleep(KERNEL_STOP_GRACE_S);
	}
	/* exit() would run the implementation's clean-up, which may wait for ever as well. */
	fflush(NULL);
	_exit(SAMPLE_FAILED);
}

static void *watch(void *unused)
{
	struct timespec deadline;
	uint64_t serial;

	pthread_mutex_lock(&watcher.lock);
	for (;;) {
		while (!watcher.active)
			pthread_cond_wait(&watcher.changed, &watcher.lock);
		serial = watcher.serial;
		clock_gettime(CLOCK_MONOTONIC, &deadline);
		deadline.tv_sec += watcher.limit_s;
		while (watcher.active && watcher.serial == serial) {
			if (pthread_cond_timedwait(&watcher.changed, &watcher.lock, &deadline) ==
				    ETIMEDOUT &&
			    watcher.active && watcher.serial == serial)
				give_up();
		}
	}
	return unused;
}

static void start_watcher(void)
{
	pthread_condattr_t attributes;
	pthread_t thread;
	int error;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&watcher.changed, &attributes);
	pthread_condattr_destroy(&attributes);
	error = pthread_create(&thread, NULL, watch, NULL);
	if (error) {
		fprintf(stderr, "No thread to watch over waits: %s\n", strerror(error));
		exit(SAMPLE_FAILED);
	}
	pthread_detach(thread);
	watcher.started = true;
}

void sample_wait_begin(unsigned int limit_s, _Atomic uint32_t *stop, const char *format, ...)
{
	va_list arguments;

	pthread_mutex_lock(&watcher.lock);
	if (!watcher.started)
		start_watcher();
	va_start(arguments, format);
	vsnprintf(watcher.text, sizeof(watcher.text), format, arguments);
	va_end(arguments);
	watcher.limit_s = limit_s;
	watcher.stop = stop;
	watcher.active = true;
	watcher.serial++;
	pthread_cond_signal(&watcher.changed);
	pthread_mutex_unlock(&watcher.lock);
}

void sample_wait_end(void)
{
	pthread_mutex_lock(&watcher.lock);
	watcher.active = false;
	pthread_cond_signal(&watcher.changed);
	pthread_mutex_unlock(&watcher.lock);
}

/* Adds the number on a line such as "vsvm-exclusive-faults:	12". */
static void add_exclusive_count(const char *line, struct sample_exclusive_counts *counts)
{
	const struct {
		const char *key;
		unsigned long long *sum;
	} keys[] = {
		{ "-exclusive-faults:", &counts->faults },
		{ "-exclusive-granted:", &counts->granted },
		{ "-exclusive-revoked:", &counts->revoked },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *found = strstr(line, keys[i].key);

		if (!found)
			continue;
		*keys[i].sum += strtoull(found + strlen(keys[i].key), NULL, 10);
		counts->known = true;
	}
}

struct sample_exclusive_counts sample_exclusive_counts(void)
{
	struct sample_exclusive_counts counts = { 0 };
	DIR *folder = opendir("/proc/self/fdinfo");
	struct dirent *entry;
	char line[256];

	while (folder && (entry = readdir(folder))) {
		int descriptor = openat(dirfd(folder), entry->d_name, O_RDONLY | O_CLOEXEC);
		FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "r");

		if (!file) {
			if (descriptor >= 0)
				close(descriptor);
			continue;
		}
		while (fgets(line, sizeof(line), file))
			add_exclusive_count(line, &counts);
		fclose(file);
	}
	if (folder)
		closedir(folder);
	return counts;
}
