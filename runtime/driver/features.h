// SPDX-License-Identifier: MIT
/*
 * The extensions of the platform, and the extensions and the optional features of OpenCL C
 * that devices have: one table, asked by the queries and by the compiler, so that what is
 * reported is what compiles, and by the manual page that lists them.
 */
#ifndef TANDEM_DRIVER_FEATURES_H
#define TANDEM_DRIVER_FEATURES_H

#include <CL/cl.h>

#include "driver.h"

enum tandem_feature_kind {
	TANDEM_EXTENSION, /* stands in CL_DEVICE_EXTENSIONS */
	TANDEM_FEATURE, /* stands in CL_DEVICE_OPENCL_C_FEATURES */
	TANDEM_PLATFORM_EXTENSION, /* stands in CL_PLATFORM_EXTENSIONS */
	TANDEM_NOT_REPORTED, /* stands nowhere, though parts of it may be there: @why not */
};

struct tandem_feature {
	enum tandem_feature_kind kind;
	const char *name;
	cl_version version;
	bool needs_svm_atomics;
	bool needs_spirv; /* that the device takes SPIR-V */
	/* Of the runtime's, not of the language: each device has it, but for what it needs. */
	bool is_of_calls;
	bool is_of_queries; /* of the device's, not of the language */
	bool needs_images;
	bool needs_sub_groups;
	bool needs_svm; /* that the device has any */
	bool needs_unified_memory; /* that kernels reach memory at addresses the application knows */
	const char *why; /* of what is not reported: a clause for users */
};

/*
 * The feature after @previous, the first where that is NULL, that a device with
 * @properties has, or the platform, where they are NULL; NULL after the last.
 */
const struct tandem_feature *tandem_feature_next(const struct tandem_device_properties *properties,
						 enum tandem_feature_kind kind,
						 const struct tandem_feature *previous);

/* Whether it has the extension or the feature of OpenCL C with this name. */
bool tandem_has_feature(const struct tandem_device_properties *properties, const char *name);

/*
 * Takes from the device's extensions and features those that @has says no to, given
 * @data: for drivers whose devices differ in them.
 */
void tandem_features_restrict(struct tandem_device_properties *properties,
			      bool (*has)(const struct tandem_feature *feature, void *data),
			      void *data);

/* Adds the names of those that a compiler of OpenCL C must know, a space between each two. */
void tandem_features_list(const struct tandem_device_properties *properties,
			  struct tandem_text *names);

/* The version of OpenCL that a device has: 3.1 where it has all that this asks for, or 3.0. */
cl_version tandem_opencl_version(const struct tandem_device_properties *properties);

/* Whether the device reports SVM atomics. */
bool tandem_has_svm_atomics(const struct tandem_device_properties *properties);

#endif
