// SPDX-License-Identifier: MIT
#include "device.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "fork.h"
#include "svm/arena.h"
#include "util/alloc.h"
#include "util/log.h"
#include "util/options.h"
#include "util/trace.h"

static struct tandem_platform platform;
static struct tandem_device_memory memory;
static bool platform_usable;
static pthread_once_t platform_once = PTHREAD_ONCE_INIT;
static _Atomic unsigned int live_contexts;

/* The platform and its root devices live as long as the library. */
static void destroy_nothing(struct tandem_object *object)
{
}

static int add_root_device(struct tandem_device_core *core)
{
	struct tandem_device *device;

	device = tandem_new_object(device);
	if (!device)
		return -ENOMEM;
	device->scheduler = tandem_scheduler_create(core->properties.compute_units);
	if (!device->scheduler) {
		tandem_object_free(&device->object);
		return -ENOMEM;
	}
	tandem_object_init(&device->object, TANDEM_KIND_DEVICE, destroy_nothing);
	device->core = core;
	device->compute_units = core->properties.compute_units;
	platform.devices[platform.device_count++] = device;
	tandem_log(TANDEM_LOG_DRIVER, "%s: device '%s', %u compute units",
		   core->properties.driver_name, core->properties.name, device->compute_units);
	if (core->properties.no_svm_atomics_reason[0])
		tandem_log(TANDEM_LOG_DRIVER, "%s: no SVM atomics: %s", core->properties.name,
			   core->properties.no_svm_atomics_reason);
	return 0;
}

static bool a_device_knows_one_stretch(void)
{
	for (unsigned int i = 0; i < platform.device_count; i++) {
		if (platform.devices[i]->core->properties.knows_one_stretch)
			return true;
	}
	return false;
}

static void *allocate_for_device(size_t bytes)
{
	void *address = tandem_arena_allocate(TANDEM_ARENA_PACKED, bytes, NULL);

	return address ? memset(address, 0, bytes) : NULL;
}

static void probe(const struct tandem_driver *driver)
{
	struct tandem_device_core *cores[TANDEM_MOST_DEVICES];
	unsigned int count = 0;
	int error =
		driver->probe(&memory, cores, TANDEM_MOST_DEVICES - platform.device_count, &count);

	if (error)
		tandem_log(TANDEM_LOG_DRIVER, "%s: %s", driver->name, strerror(-error));
	else if (!count)
		tandem_log(TANDEM_LOG_DRIVER, "%s: no device", driver->name);
	for (unsigned int i = 0; i < count; i++) {
		if (add_root_device(cores[i]))
			cores[i]->ops->destroy(cores[i]);
	}
}

static const struct tandem_driver *find_driver(const char *name, size_t length)
{
	for (unsigned int i = 0; i < tandem_driver_count; i++) {
		if (strlen(tandem_drivers[i]->name) == length &&
		    !strncmp(tandem_drivers[i]->name, name, length))
			return tandem_drivers[i];
	}
	return NULL;
}

static void probe_named(const char *names)
{
	while (*names) {
		size_t length = strcspn(names, ",");
		const struct tandem_driver *driver = find_driver(names, length);

		if (driver)
			probe(driver);
		else if (length)
			tandem_warn("TANDEM_DEVICES: this build has no driver '%.*s'", (int)length,
				    names);
		names += length + (names[length] == ',');
	}
}

static uint64_t machine_memory_bytes(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);

	return pages > 0 && page_bytes > 0 ? (uint64_t)pages * (uint64_t)page_bytes : 0;
}

static void init_platform(void)
{
	const char *names;

	tandem_log_init();
	tandem_trace_init();
	if (tandem_arena_init(machine_memory_bytes())) {
		tandem_warn("no address space can be reserved for shared virtual memory");
		return;
	}
	memory = (struct tandem_device_memory){
		.base = tandem_arena_base(),
		.bytes = tandem_arena_bytes(),
		.guard_bytes = tandem_arena_guard_bytes(),
		.shared_base = tandem_arena_zone_base(TANDEM_ARENA_PACKED),
		.shared_bytes = tandem_arena_zone_bytes(TANDEM_ARENA_PACKED),
		.allocate = allocate_for_device,
		.free = tandem_arena_free,
	};
	names = tandem_option_value(TANDEM_OPTION_DEVICES);
	if (names && *names) {
		probe_named(names);
	} else {
		for (unsigned int i = 0; i < tandem_driver_count; i++) {
			if (!tandem_drivers[i]->only_by_name)
				probe(tandem_drivers[i]);
		}
	}
	if (!a_device_knows_one_stretch())
		tandem_arena_let_grow();
	tandem_object_init(&platform.object, TANDEM_KIND_PLATFORM, destroy_nothing);
	platform_usable = true;
	tandem_fork_prepare_for();
}

struct tandem_platform *tandem_platform_get(void)
{
	pthread_once(&platform_once, init_platform);
	return platform_usable ? &platform : NULL;
}

void tandem_platform_add_context(void)
{
	atomic_fetch_add(&live_contexts, 1);
}

void tandem_platform_remove_context(void)
{
	atomic_fetch_sub(&live_contexts, 1);
}

void tandem_platform_finish(void)
{
	if (!platform_usable)
		return;
	/* The last references of commands may still be on their way back from the workers. */
	for (unsigned int i = 0; i < platform.device_count; i++)
		tandem_scheduler_settle(platform.devices[i]->scheduler);
	if (atomic_load(&live_contexts)) {
		tandem_log(TANDEM_LOG_LEAKS, "%u contexts were not released",
			   atomic_load(&live_contexts));
		return;
	}
	/* The handles stay readable: other libraries' destructors may still come with them. */
	platform_usable = false;
	platform.object.kind = 0;
	for (unsigned int i = 0; i < platform.device_count; i++) {
		struct tandem_device *device = platform.devices[i];

		device->object.kind = 0;
		tandem_scheduler_destroy(device->scheduler);
		if (!device->lost)
			device->core->ops->destroy(device->core);
		device->lost = true;
	}
	platform.device_count = 0;
}

static void destroy_sub_device(struct tandem_object *object)
{
	struct tandem_device *device = tandem_container_of(object, struct tandem_device, object);

	tandem_object_unref(&device->parent->object);
	free(device->partition);
	tandem_object_free(&device->object);
}

static struct tandem_device *create_sub_device(struct tandem_device *parent, uint32_t count,
					       const cl_device_partition_property *properties,
					       unsigned int property_count)
{
	struct tandem_device *device = tandem_new_object(device);

	if (!device)
		return NULL;
	device->partition = tandem_new_array(device->partition, property_count);
	if (!device->partition) {
		tandem_object_free(&device->object);
		return NULL;
	}
	tandem_object_init(&device->object, TANDEM_KIND_DEVICE, destroy_sub_device);
	tandem_object_ref(&parent->object);
	device->parent = parent;
	device->core = parent->core;
	device->scheduler = parent->scheduler;
	device->compute_units = count;
	/* The zero at the end is there already; a list of counts may end with its own. */
	memcpy(device->partition, properties, (property_count - 1) * sizeof(*properties));
	device->partition_count = property_count;
	return device;
}

int tandem_device_partition(struct tandem_device *parent, const uint32_t *counts,
			    unsigned int count, const cl_device_partition_property *properties,
			    unsigned int property_count, struct tandem_device **devices)
{
	for (unsigned int i = 0; i < count; i++) {
		devices[i] = create_sub_device(parent, counts[i], properties, property_count);
		if (!devices[i]) {
			while (i--)
				tandem_object_unref(&devices[i]->object);
			return -ENOMEM;
		}
	}
	return 0;
}

bool tandem_device_is_available(const struct tandem_device *device)
{
	while (device->parent)
		device = device->parent;
	return !device->lost;
}

bool tandem_device_is_within(const struct tandem_device *device,
			     const struct tandem_device *ancestor)
{
	for (; device; device = device->parent) {
		if (device == ancestor)
			return true;
	}
	return false;
}
