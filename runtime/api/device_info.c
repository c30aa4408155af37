// SPDX-License-Identifier: MIT
/* clGetDeviceInfo: its queries are listed in driver/device_queries.h. */
#include "api.h"

#include <stdio.h>

#include "driver/device_queries.h"
#include "driver/spirv_features.h"
#include "program/spirv.h"
#include "version.h"

/* ---- extensions and versions ---- */

static cl_version version_of_device(const struct tandem_device *device)
{
	return tandem_opencl_version(&device->core->properties);
}

static cl_int answer_version(const struct tandem_device *device, const struct tandem_answer *answer)
{
	cl_version version = version_of_device(device);
	char text[64];

	snprintf(text, sizeof(text), "OpenCL %u.%u Tandem " TANDEM_VERSION,
		 CL_VERSION_MAJOR(version), CL_VERSION_MINOR(version));
	return answer_string(answer, text);
}

static cl_int answer_extension_names(const struct tandem_device *device,
				     const struct tandem_answer *answer)
{
	return tandem_answer_feature_names(&device->core->properties, TANDEM_EXTENSION, answer);
}

static cl_int answer_extensions(const struct tandem_device *device,
				const struct tandem_answer *answer)
{
	return tandem_answer_features(&device->core->properties, TANDEM_EXTENSION, answer);
}

static cl_int answer_c_features(const struct tandem_device *device,
				const struct tandem_answer *answer)
{
	return tandem_answer_features(&device->core->properties, TANDEM_FEATURE, answer);
}

static cl_int answer_c_versions(const struct tandem_device *device,
				const struct tandem_answer *answer)
{
	const uint32_t *numbers = device->core->properties.c_versions;
	cl_name_version versions[TANDEM_ARRAY_SIZE(device->core->properties.c_versions)] = { 0 };
	size_t count = 0;

	for (; count < TANDEM_ARRAY_SIZE(versions) && numbers[count]; count++)
		versions[count] = (cl_name_version){ numbers[count], "OpenCL C" };
	return answer_bytes(answer, versions, count * sizeof(versions[0]));
}

#define MOST_ILS (TANDEM_SPIRV_MINOR + 1)

/* Versions of SPIR-V that the device takes, the newest first. */
static size_t list_ils(const struct tandem_device *device, cl_name_version ils[MOST_ILS])
{
	if (!device->core->properties.takes_spirv)
		return 0;
	for (unsigned int i = 0; i < MOST_ILS; i++)
		ils[i] = (cl_name_version){ CL_MAKE_VERSION(1, TANDEM_SPIRV_MINOR - i, 0),
					    "SPIR-V" };
	return MOST_ILS;
}

static cl_int answer_ils(const struct tandem_device *device, const struct tandem_answer *answer)
{
	cl_name_version ils[MOST_ILS];

	return answer_bytes(answer, ils, list_ils(device, ils) * sizeof(ils[0]));
}

static cl_int answer_il_names(const struct tandem_device *device,
			      const struct tandem_answer *answer)
{
	struct tandem_text names = { 0 };
	cl_name_version ils[MOST_ILS];
	size_t count = list_ils(device, ils);
	cl_int code;

	for (size_t i = 0; i < count; i++)
		tandem_text_print(&names, "%s%s_%u.%u", i ? " " : "", ils[i].name,
				  CL_VERSION_MAJOR(ils[i].version),
				  CL_VERSION_MINOR(ils[i].version));
	code = names.failed ? fail(CL_OUT_OF_HOST_MEMORY, "no memory") :
			      answer_string(answer, tandem_text_string(&names));
	tandem_text_finish(&names);
	return code;
}

static cl_int answer_spirv_names(const struct tandem_device *device,
				 enum tandem_spirv_feature_kind kind,
				 const struct tandem_answer *answer)
{
	const struct tandem_spirv_feature *features[TANDEM_MOST_SPIRV_FEATURES];
	size_t count = tandem_spirv_features(&device->core->properties, kind, features);
	const char *names[TANDEM_MOST_SPIRV_FEATURES];

	for (size_t i = 0; i < count; i++)
		names[i] = features[i]->name;
	return answer_bytes(answer, names, count * sizeof(names[0]));
}

static cl_int answer_spirv_instructions(const struct tandem_device *device,
					const struct tandem_answer *answer)
{
	return answer_spirv_names(device, TANDEM_SPIRV_INSTRUCTIONS, answer);
}

static cl_int answer_spirv_extensions(const struct tandem_device *device,
				      const struct tandem_answer *answer)
{
	return answer_spirv_names(device, TANDEM_SPIRV_EXTENSION, answer);
}

static cl_int answer_spirv_capabilities(const struct tandem_device *device,
					const struct tandem_answer *answer)
{
	const struct tandem_spirv_feature *features[TANDEM_MOST_SPIRV_FEATURES];
	size_t count =
		tandem_spirv_features(&device->core->properties, TANDEM_SPIRV_CAPABILITY, features);
	cl_uint numbers[TANDEM_MOST_SPIRV_FEATURES];

	for (size_t i = 0; i < count; i++)
		numbers[i] = features[i]->capability;
	return answer_bytes(answer, numbers, count * sizeof(numbers[0]));
}

static cl_bool has_generic_addresses(const struct tandem_device *device)
{
	return tandem_has_feature(&device->core->properties, "__opencl_c_generic_address_space");
}

static cl_bool has_collective_functions(const struct tandem_device *device)
{
	return tandem_has_feature(&device->core->properties,
				  "__opencl_c_work_group_collective_functions");
}

/* A bit of a query for each feature that the device has. */
struct feature_bit {
	const char *feature;
	cl_bitfield bit;
};

static cl_bitfield bits_of_features(const struct tandem_device *device,
				    const struct feature_bit *features, size_t count)
{
	cl_bitfield bits = 0;

	for (size_t i = 0; i < count; i++) {
		if (tandem_has_feature(&device->core->properties, features[i].feature))
			bits |= features[i].bit;
	}
	return bits;
}

static cl_bitfield kernel_clocks(const struct tandem_device *device)
{
	static const struct feature_bit clocks[] = {
		{ "__opencl_c_kernel_clock_scope_device", CL_DEVICE_KERNEL_CLOCK_SCOPE_DEVICE_KHR },
		{ "__opencl_c_kernel_clock_scope_work_group",
		  CL_DEVICE_KERNEL_CLOCK_SCOPE_WORK_GROUP_KHR },
		{ "__opencl_c_kernel_clock_scope_sub_group",
		  CL_DEVICE_KERNEL_CLOCK_SCOPE_SUB_GROUP_KHR },
	};

	return bits_of_features(device, clocks, TANDEM_ARRAY_SIZE(clocks));
}

static cl_device_integer_dot_product_capabilities
dot_product_capabilities(const struct tandem_device *device)
{
	static const struct feature_bit inputs[] = {
		{ "__opencl_c_integer_dot_product_input_4x8bit",
		  CL_DEVICE_INTEGER_DOT_PRODUCT_INPUT_4x8BIT },
		{ "__opencl_c_integer_dot_product_input_4x8bit_packed",
		  CL_DEVICE_INTEGER_DOT_PRODUCT_INPUT_4x8BIT_PACKED },
	};

	return bits_of_features(device, inputs, TANDEM_ARRAY_SIZE(inputs));
}

/* Nothing: the functions are made of multiplications and additions as anybody's would be. */
static cl_device_integer_dot_product_acceleration_properties
dot_product_acceleration(const struct tandem_device *device)
{
	return (cl_device_integer_dot_product_acceleration_properties){ CL_FALSE };
}

/* What atomics there are of floating-point numbers of so many bits. */
static cl_bitfield real_atomics(const struct tandem_device *device, unsigned int bits)
{
	static const struct {
		const char *feature; /* what follows on the type */
		cl_bitfield bit;
	} operations[] = {
		{ "global_atomic_add", CL_DEVICE_GLOBAL_FP_ATOMIC_ADD_EXT },
		{ "global_atomic_min_max", CL_DEVICE_GLOBAL_FP_ATOMIC_MIN_MAX_EXT },
		{ "local_atomic_add", CL_DEVICE_LOCAL_FP_ATOMIC_ADD_EXT },
		{ "local_atomic_min_max", CL_DEVICE_LOCAL_FP_ATOMIC_MIN_MAX_EXT },
	};
	const struct tandem_device_properties *properties = &device->core->properties;
	cl_bitfield capabilities = CL_DEVICE_GLOBAL_FP_ATOMIC_LOAD_STORE_EXT |
				   CL_DEVICE_LOCAL_FP_ATOMIC_LOAD_STORE_EXT;

	if (!tandem_has_feature(properties, "cl_ext_float_atomics"))
		return 0;
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(operations); i++) {
		char name[64];

		snprintf(name, sizeof(name), "__opencl_c_ext_fp%u_%s", bits, operations[i].feature);
		if (tandem_has_feature(properties, name))
			capabilities |= operations[i].bit;
	}
	return capabilities;
}

static cl_bitfield float_atomics(const struct tandem_device *device)
{
	return real_atomics(device, 32);
}

static cl_bitfield double_atomics(const struct tandem_device *device)
{
	return real_atomics(device, 64);
}

/* ---- the device and its parts ---- */

/* Of Windows: not valid here, but it has to have an answer. */
static cl_int answer_luid(const struct tandem_device *device, const struct tandem_answer *answer)
{
	static const cl_uchar none[CL_LUID_SIZE] = { 0 };

	return answer_bytes(answer, none, sizeof(none));
}

static cl_platform_id platform_of_device(const struct tandem_device *device)
{
	return platform_handle(tandem_platform_get());
}

static cl_uint compute_units(const struct tandem_device *device)
{
	return device->compute_units;
}

static cl_device_id parent_device(const struct tandem_device *device)
{
	return device_shown(device->parent);
}

static cl_uint reference_count(const struct tandem_device *device)
{
	return atomic_load(&device->object.application_references);
}

/* How many sub-devices there may be: 0 where the device cannot be divided. */
static cl_uint most_sub_devices(const struct tandem_device *device)
{
	if (device->core->properties.is_indivisible || device->compute_units < 2)
		return 0;
	return device->compute_units;
}

static cl_int answer_partition_properties(const struct tandem_device *device,
					  const struct tandem_answer *answer)
{
	static const cl_device_partition_property schemes[] = { CL_DEVICE_PARTITION_EQUALLY,
								CL_DEVICE_PARTITION_BY_COUNTS };
	static const cl_device_partition_property none[] = { 0 };

	if (most_sub_devices(device))
		return answer_bytes(answer, schemes, sizeof(schemes));
	return answer_bytes(answer, none, sizeof(none));
}

static cl_int answer_partition_type(const struct tandem_device *device,
				    const struct tandem_answer *answer)
{
	return answer_bytes(answer, device->partition,
			    device->partition_count * sizeof(device->partition[0]));
}

static cl_int answer_sub_group_sizes(const struct tandem_device *device,
				     const struct tandem_answer *answer)
{
	const struct tandem_device_properties *properties = &device->core->properties;
	size_t sizes[TANDEM_ARRAY_SIZE(properties->sub_group_sizes)], count = 0;

	while (count < TANDEM_ARRAY_SIZE(sizes) && properties->sub_group_sizes[count]) {
		sizes[count] = properties->sub_group_sizes[count];
		count++;
	}
	return answer_bytes(answer, sizes, count * sizeof(sizes[0]));
}

/* ---- SVM ---- */

static cl_int answer_svm_types(const struct tandem_device *device,
			       const struct tandem_answer *answer)
{
	return tandem_answer_svm_types(&device->core->properties, answer);
}

/* Of single bytes, as fine-grain SVM is. */
static size_t concurrent_access_size(const struct tandem_device *device)
{
	const uint64_t fine = CL_DEVICE_SVM_FINE_GRAIN_BUFFER | CL_DEVICE_SVM_FINE_GRAIN_SYSTEM;

	return device->core->properties.svm_capabilities & fine ? 1 : 0;
}

/* ---- the queries ---- */

#define TANDEM_FIELD_ROW(query, type, field)                                                     \
	_Static_assert(sizeof(((struct tandem_device_properties *)NULL)->field) == sizeof(type), \
		       #query " is of another size");
TANDEM_FIELD_QUERIES
#undef TANDEM_FIELD_ROW

#define ANSWER_FIELD(type, field)	answer_bytes(answer, &properties->field, sizeof(type))
#define ANSWER_OWN(type, field)		answer_value(answer, type, properties->field)
#define ANSWER_SAME(type, field)	ANSWER_FIELD(type, field)
#define ANSWER_FLAG(type, field)	answer_value(answer, type, properties->field)
#define ANSWER_TEXT(type, field)	answer_string(answer, properties->field)
#define ANSWER_VALUE(type, value)	answer_value(answer, type, value)
#define ANSWER_STRING(type, string)	answer_string(answer, string)
#define ANSWER_NOTHING(type, none)	answer_bytes(answer, "", 0)
#define ANSWER_FUNCTION(type, function) answer_value(answer, type, function(device))
#define ANSWER_LIST(type, function)	function(device, answer)
#define ANSWER(query, kind, type, where) \
	case query:                      \
		return ANSWER_##kind(type, where);

static cl_int answer_query(const struct tandem_device *device, cl_device_info name,
			   const struct tandem_answer *answer)
{
	const struct tandem_device_properties *properties = &device->core->properties;

	switch (name) {
		TANDEM_DEVICE_QUERIES(ANSWER)
	default:
		return fail(CL_INVALID_VALUE, "no query 0x%x", name);
	}
}

cl_int tandem_clGetDeviceInfo(cl_device_id handle, cl_device_info name, size_t size, void *value,
			      size_t *size_ret)
{
	ENTRY_POINT;
	const struct tandem_answer answer = { size, value, size_ret };
	const struct tandem_device *device = device_of(handle);

	if (!device)
		return fail(CL_INVALID_DEVICE, "%p is no device", (void *)handle);
	return answer_query(device, name, &answer);
}
