// SPDX-License-Identifier: MIT
/*
 * What of SPIR-V devices take (cl_khr_spirv_queries): capabilities, extensions and sets of
 * instructions, of which tests have a module each. What is here is what the translators of all
 * distributions that this is built on know.
 *
 * What is not here though parts of it might be: ShaderClockKHR, as no translator knows it. Of
 * SubgroupDispatch there are the execution modes; its instructions are for kernels that enqueue
 * others, which take DeviceEnqueue.
 */
#ifndef TANDEM_DRIVER_SPIRV_FEATURES_H
#define TANDEM_DRIVER_SPIRV_FEATURES_H

#include "driver.h"

enum tandem_spirv_feature_kind {
	TANDEM_SPIRV_INSTRUCTIONS, /* a set of them, by its name */
	TANDEM_SPIRV_EXTENSION,
	TANDEM_SPIRV_CAPABILITY, /* by its number, in SPIR-V's section 3.31 */
};

#define TANDEM_MOST_SPIRV_FEATURES 64

struct tandem_spirv_feature {
	enum tandem_spirv_feature_kind kind;
	const char *name; /* as SPIR-V has it */
	uint32_t capability; /* its number */
	const char *needs; /* an extension or a feature of OpenCL C; NULL for none */
};

/* Those of a kind that a device with @properties has, and how many. */
size_t
tandem_spirv_features(const struct tandem_device_properties *properties,
		      enum tandem_spirv_feature_kind kind,
		      const struct tandem_spirv_feature *features[TANDEM_MOST_SPIRV_FEATURES]);

#endif
