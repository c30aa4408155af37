// SPDX-License-Identifier: MIT
/* A device is of OpenCL 3.1 where it has all that this makes mandatory, and of 3.0 otherwise. */
#include <string.h>

#include "check.h"
#include "driver/features.h"
#include "mandatory_3_1.h"

static const struct tandem_device_properties whole = {
	.c_versions = { CL_MAKE_VERSION(3, 1, 0), CL_MAKE_VERSION(3, 0, 0),
			CL_MAKE_VERSION(1, 2, 0) },
	.takes_spirv = true,
	.max_sub_groups = 1,
};

static bool is_another(const struct tandem_feature *feature, void *data)
{
	return strcmp(feature->name, data) != 0;
}

/* The version of a device that lacks a feature or an extension. */
static cl_version version_without(const char *name)
{
	struct tandem_device_properties properties = whole;

	tandem_features_restrict(&properties, is_another, (void *)name);
	return tandem_opencl_version(&properties);
}

static void check_features(void)
{
	static const char *const mandatory[] = {
		MANDATORY_OF_DEVICES,
		"__opencl_c_integer_dot_product_input_4x8bit_packed",
		"__opencl_c_subgroups",
	};
	static const char *const optional[] = {
		"cl_khr_fp16",
		"cl_khr_subgroup_ballot",
		"__opencl_c_images",
		"cl_khr_il_program",
		"__opencl_c_integer_dot_product_input_4x8bit",
	};

	for (size_t i = 0; i < sizeof(mandatory) / sizeof(mandatory[0]); i++)
		check(version_without(mandatory[i]) == CL_MAKE_VERSION(3, 0, 0), "%s",
		      mandatory[i]);
	for (size_t i = 0; i < sizeof(optional) / sizeof(optional[0]); i++)
		check(version_without(optional[i]) == CL_MAKE_VERSION(3, 1, 0), "%s", optional[i]);
}

static void check_properties(void)
{
	struct tandem_device_properties properties = whole;

	check_equal(CL_MAKE_VERSION(3, 1, 0), tandem_opencl_version(&properties));
	properties.takes_spirv = false;
	check_equal(CL_MAKE_VERSION(3, 0, 0), tandem_opencl_version(&properties));
	properties = whole;
	properties.max_sub_groups = 0;
	check_equal(CL_MAKE_VERSION(3, 0, 0), tandem_opencl_version(&properties));
	properties = whole;
	properties.c_versions[0] = CL_MAKE_VERSION(3, 0, 0);
	check_equal(CL_MAKE_VERSION(3, 0, 0), tandem_opencl_version(&properties));
}

int main(void)
{
	check_properties();
	check_features();
	return check_result();
}
