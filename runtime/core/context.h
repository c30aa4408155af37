// SPDX-License-Identifier: MIT
#ifndef TANDEM_CORE_CONTEXT_H
#define TANDEM_CORE_CONTEXT_H

#include <CL/cl.h>

#include "device.h"
#include "svm/svm.h"

typedef void(CL_CALLBACK *tandem_context_notify)(const char *, const void *, size_t, void *);
typedef void(CL_CALLBACK *tandem_context_destructor)(cl_context, void *);

struct tandem_context_callback {
	tandem_context_destructor function;
	void *user_data;
	struct tandem_context_callback *next;
};

struct tandem_context {
	struct tandem_object object;
	struct tandem_device **devices;
	unsigned int device_count;
	struct tandem_device_core **cores; /* of the devices, each once */
	unsigned int core_count;
	cl_context_properties *properties; /* with the zero at the end; NULL where none were given */
	unsigned int property_count;
	unsigned int zeroed; /* TANDEM_ZEROED_*, for its programs: set before anyone sees it */
	tandem_context_notify notify;
	void *notify_data;
	struct tandem_svm_space svm;
	TAILQ_HEAD(, tandem_queue) queues; /* of the context; the short lock guards the list */
	/* The last registered first; the short lock guards them. */
	struct tandem_context_callback *callbacks;
};

/* -ENOMEM. */
int tandem_context_create(struct tandem_device *const *devices, unsigned int device_count,
			  const cl_context_properties *properties, unsigned int property_count,
			  tandem_context_notify notify, void *notify_data,
			  struct tandem_context **context);

/* -ENOMEM. */
int tandem_context_add_callback(struct tandem_context *context, tandem_context_destructor function,
				void *user_data);

/* Whether @device is one of the context's. */
bool tandem_context_has(const struct tandem_context *context, const struct tandem_device *device);

/* Whether all devices of the context report all of @capabilities, CL_DEVICE_SVM_*. */
bool tandem_context_svm_supports(const struct tandem_context *context, uint64_t capabilities);

/* Whether a device is among them that has unified shared memory. */
bool tandem_context_has_unified_memory(const struct tandem_context *context);

/* Whether a device is among them that cannot use memory outside of the SVM arena. */
bool tandem_context_reaches_arena_only(const struct tandem_context *context);

/* The largest allocation that all devices allow. */
uint64_t tandem_context_max_allocation(const struct tandem_context *context);

#endif
