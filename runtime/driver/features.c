// SPDX-License-Identifier: MIT
#include "features.h"

#include <string.h>

#include "util/alloc.h"
#include "util/new_names.h"

#define V1 CL_MAKE_VERSION(1, 0, 0)
#define V2 CL_MAKE_VERSION(2, 0, 0)
#define V3 CL_MAKE_VERSION(3, 0, 0)

static const struct tandem_feature features[] = {
	{ TANDEM_PLATFORM_EXTENSION, "cl_khr_icd", V1 },
	{ TANDEM_EXTENSION, "cl_ext_buffer_device_address", CL_MAKE_VERSION(1, 0, 2),
	  .is_of_calls = true, .needs_unified_memory = true },
	{ TANDEM_EXTENSION, "cl_ext_float_atomics", V1 },
	{ TANDEM_EXTENSION, "cl_ext_immutable_memory_objects", V1, .is_of_calls = true },
	{ TANDEM_EXTENSION, "cl_intel_required_subgroup_size", V1, .needs_sub_groups = true },
	{ TANDEM_EXTENSION, "cl_intel_unified_shared_memory", CL_MAKE_VERSION(1, 2, 0),
	  .is_of_calls = true, .needs_unified_memory = true },
	{ TANDEM_EXTENSION, "cl_khr_3d_image_writes", V1, .needs_images = true },
	{ TANDEM_EXTENSION, "cl_khr_async_work_group_copy_fence", V1 },
	{ TANDEM_EXTENSION, "cl_khr_byte_addressable_store", V1 },
	{ TANDEM_EXTENSION, "cl_khr_command_buffer", TANDEM_COMMAND_BUFFER_VERSION,
	  .is_of_calls = true },
	{ TANDEM_EXTENSION, "cl_khr_command_buffer_mutable_dispatch",
	  TANDEM_MUTABLE_DISPATCH_VERSION, .is_of_calls = true },
	{ TANDEM_EXTENSION, "cl_khr_create_command_queue", V1, .is_of_calls = true },
	{ TANDEM_EXTENSION, "cl_khr_depth_images", V1, .needs_images = true },
	{ TANDEM_EXTENSION, "cl_khr_device_uuid", V1, .is_of_queries = true },
	{ TANDEM_EXTENSION, "cl_khr_expect_assume", V1 },
	{ TANDEM_EXTENSION, "cl_khr_extended_async_copies", V1 },
	{ TANDEM_EXTENSION, "cl_khr_extended_bit_ops", V1 },
	{ TANDEM_EXTENSION, "cl_khr_fp16", V1 },
	{ TANDEM_EXTENSION, "cl_khr_fp64", V1 },
	{ TANDEM_EXTENSION, "cl_khr_global_int32_base_atomics", V1 },
	{ TANDEM_EXTENSION, "cl_khr_global_int32_extended_atomics", V1 },
	{ TANDEM_EXTENSION, "cl_khr_il_program", V1, .needs_spirv = true, .is_of_calls = true },
	{ TANDEM_EXTENSION, "cl_khr_image2d_from_buffer", V1, .is_of_calls = true,
	  .needs_images = true },
	{ TANDEM_EXTENSION, "cl_khr_initialize_memory", V1 },
	{ TANDEM_EXTENSION, "cl_khr_int64_base_atomics", V1 },
	{ TANDEM_EXTENSION, "cl_khr_int64_extended_atomics", V1 },
	{ TANDEM_EXTENSION, "cl_khr_integer_dot_product", V2 },
	{ TANDEM_EXTENSION, "cl_khr_kernel_clock", V1 },
	{ TANDEM_EXTENSION, "cl_khr_local_int32_base_atomics", V1 },
	{ TANDEM_EXTENSION, "cl_khr_local_int32_extended_atomics", V1 },
	{ TANDEM_EXTENSION, "cl_khr_priority_hints", V1, .is_of_calls = true },
	{ TANDEM_EXTENSION, "cl_khr_spirv_queries", V1, .needs_spirv = true,
	  .is_of_queries = true },
	{ TANDEM_EXTENSION, "cl_khr_srgb_image_writes", V1, .needs_images = true },
	{ TANDEM_EXTENSION, "cl_khr_subgroup_ballot", V1, .needs_sub_groups = true },
	{ TANDEM_EXTENSION, "cl_khr_subgroup_clustered_reduce", V1, .needs_sub_groups = true },
	{ TANDEM_EXTENSION, "cl_khr_subgroup_extended_types", V1, .needs_sub_groups = true },
	{ TANDEM_EXTENSION, "cl_khr_subgroup_non_uniform_arithmetic", V1,
	  .needs_sub_groups = true },
	{ TANDEM_EXTENSION, "cl_khr_subgroup_non_uniform_vote", V1, .needs_sub_groups = true },
	{ TANDEM_EXTENSION, "cl_khr_subgroup_rotate", V1, .needs_sub_groups = true },
	{ TANDEM_EXTENSION, "cl_khr_subgroup_shuffle", V1, .needs_sub_groups = true },
	{ TANDEM_EXTENSION, "cl_khr_subgroup_shuffle_relative", V1, .needs_sub_groups = true },
	{ TANDEM_EXTENSION, "cl_khr_suggested_local_work_size", V1, .is_of_calls = true },
	{ TANDEM_EXTENSION, "cl_khr_throttle_hints", V1, .is_of_calls = true },
	{ TANDEM_EXTENSION, "cl_khr_unified_svm", TANDEM_UNIFIED_SVM_VERSION, .is_of_calls = true,
	  .needs_svm = true },
	{ TANDEM_FEATURE, "__opencl_c_3d_image_writes", V3, .needs_images = true },
	{ TANDEM_FEATURE, "__opencl_c_atomic_order_acq_rel", V3 },
	{ TANDEM_FEATURE, "__opencl_c_atomic_order_seq_cst", V3 },
	{ TANDEM_FEATURE, "__opencl_c_atomic_scope_all_devices", V3, true },
	{ TANDEM_FEATURE, "__opencl_c_atomic_scope_device", V3 },
	{ TANDEM_FEATURE, "__opencl_c_ext_fp32_global_atomic_add", V3 },
	{ TANDEM_FEATURE, "__opencl_c_ext_fp32_global_atomic_min_max", V3 },
	{ TANDEM_FEATURE, "__opencl_c_ext_fp32_local_atomic_add", V3 },
	{ TANDEM_FEATURE, "__opencl_c_ext_fp32_local_atomic_min_max", V3 },
	{ TANDEM_FEATURE, "__opencl_c_ext_fp64_global_atomic_add", V3 },
	{ TANDEM_FEATURE, "__opencl_c_ext_fp64_global_atomic_min_max", V3 },
	{ TANDEM_FEATURE, "__opencl_c_ext_fp64_local_atomic_add", V3 },
	{ TANDEM_FEATURE, "__opencl_c_ext_fp64_local_atomic_min_max", V3 },
	{ TANDEM_FEATURE, "__opencl_c_fp64", V3 },
	{ TANDEM_FEATURE, "__opencl_c_generic_address_space", V3 },
	{ TANDEM_FEATURE, "__opencl_c_images", V3, .needs_images = true },
	{ TANDEM_FEATURE, "__opencl_c_int64", V3 },
	{ TANDEM_FEATURE, "__opencl_c_integer_dot_product_input_4x8bit", V3 },
	{ TANDEM_FEATURE, "__opencl_c_integer_dot_product_input_4x8bit_packed", V3 },
	{ TANDEM_FEATURE, "__opencl_c_kernel_clock_scope_device", V3 },
	{ TANDEM_FEATURE, "__opencl_c_kernel_clock_scope_sub_group", V3, .needs_sub_groups = true },
	{ TANDEM_FEATURE, "__opencl_c_kernel_clock_scope_work_group", V3 },
	{ TANDEM_FEATURE, "__opencl_c_program_scope_global_variables", V3 },
	{ TANDEM_FEATURE, "__opencl_c_read_write_images", V3, .needs_images = true },
	{ TANDEM_FEATURE, "__opencl_c_subgroups", V3, .needs_sub_groups = true },
	{ TANDEM_FEATURE, "__opencl_c_work_group_collective_functions", V3 },
	{ TANDEM_NOT_REPORTED, "cl_khr_external_memory",
	  .why = "it shares memory with another interface of a GPU; what processes share by mmap is "
		 "system SVM here" },
	{ TANDEM_NOT_REPORTED, "cl_khr_gl_sharing", .why = "OpenGL draws on other devices" },
	{ TANDEM_NOT_REPORTED, "cl_khr_mipmap_image", .why = "images have one level" },
	{ TANDEM_NOT_REPORTED, "cl_khr_pci_bus_info",
	  .why = "the processor and the virtual GPU are on no such bus, and what Mesa tells of one "
		 "is not passed on" },
	{ TANDEM_NOT_REPORTED, "cl_khr_semaphore",
	  .why = "it is for waiting with another interface of a GPU; no sync file tells when "
		 "threads of a processor are done" },
	{ TANDEM_NOT_REPORTED, "cl_khr_subgroups",
	  .why = "it asks for sub-groups that go on by themselves, while those of a group run one "
		 "after another; __opencl_c_subgroups is reported" },
	{ TANDEM_NOT_REPORTED, "__opencl_c_device_enqueue",
	  .why = "kernels are launched by the host alone" },
	{ TANDEM_NOT_REPORTED, "__opencl_c_ext_fp16_global_atomic_load_store",
	  .why = "clang declares the functions of cl_ext_float_atomics without those of half, and "
		 "declaring these hides all of the same name" },
	{ TANDEM_NOT_REPORTED, "__opencl_c_pipes", .why = "there are no pipes" },
};

_Static_assert(
	TANDEM_ARRAY_SIZE(features) <=
		64 * TANDEM_ARRAY_SIZE(((struct tandem_device_properties){ 0 }).missing_features),
	"a bit of missing_features for each");

void tandem_features_restrict(struct tandem_device_properties *properties,
			      bool (*has)(const struct tandem_feature *feature, void *data),
			      void *data)
{
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(features); i++) {
		if (!features[i].is_of_calls && !has(&features[i], data))
			properties->missing_features[i / 64] |= UINT64_C(1) << (i % 64);
	}
}

bool tandem_has_svm_atomics(const struct tandem_device_properties *properties)
{
	return properties->svm_capabilities & CL_DEVICE_SVM_ATOMICS;
}

static bool has(const struct tandem_device_properties *properties,
		const struct tandem_feature *feature)
{
	size_t i = (size_t)(feature - features);

	if (properties->missing_features[i / 64] >> (i % 64) & 1)
		return false;
	if (feature->needs_spirv && !properties->takes_spirv)
		return false;
	if (feature->needs_images && !properties->images.supported)
		return false;
	if (feature->needs_sub_groups && !properties->max_sub_groups)
		return false;
	if (feature->needs_svm && !properties->svm_capabilities)
		return false;
	if (feature->needs_unified_memory && !properties->unified_memory.device)
		return false;
	return !feature->needs_svm_atomics || tandem_has_svm_atomics(properties);
}

const struct tandem_feature *tandem_feature_next(const struct tandem_device_properties *properties,
						 enum tandem_feature_kind kind,
						 const struct tandem_feature *previous)
{
	const struct tandem_feature *feature = previous ? previous + 1 : features;

	for (; feature < features + TANDEM_ARRAY_SIZE(features); feature++) {
		if (feature->kind == kind && (!properties || has(properties, feature)))
			return feature;
	}
	return NULL;
}

bool tandem_has_feature(const struct tandem_device_properties *properties, const char *name)
{
	for (int kind = TANDEM_EXTENSION; kind <= TANDEM_FEATURE; kind++) {
		const struct tandem_feature *feature = NULL;

		while ((feature = tandem_feature_next(properties, kind, feature))) {
			if (!strcmp(feature->name, name))
				return true;
		}
	}
	return false;
}

void tandem_features_list(const struct tandem_device_properties *properties,
			  struct tandem_text *names)
{
	for (int kind = TANDEM_EXTENSION; kind <= TANDEM_FEATURE; kind++) {
		const struct tandem_feature *feature = NULL;

		while ((feature = tandem_feature_next(properties, kind, feature))) {
			if (feature->is_of_calls || feature->is_of_queries)
				continue;
			tandem_text_add(names, " ", names->length != 0);
			tandem_text_add(names, feature->name, strlen(feature->name));
		}
	}
}

static bool has_c_version(const struct tandem_device_properties *properties, cl_version version)
{
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(properties->c_versions); i++) {
		if (properties->c_versions[i] == version)
			return true;
	}
	return false;
}

cl_version tandem_opencl_version(const struct tandem_device_properties *properties)
{
	/* Section 4.2.1 of the API, and what it names of OpenCL C. SPIR-V is taken up to 1.4. */
	static const char *const required[] = {
		"cl_khr_device_uuid",
		"cl_khr_extended_bit_ops",
		"cl_khr_integer_dot_product",
		"cl_khr_spirv_queries",
		"cl_khr_subgroup_extended_types",
		"cl_khr_subgroup_rotate",
		"cl_khr_subgroup_shuffle",
		"cl_khr_subgroup_shuffle_relative",
		"cl_khr_suggested_local_work_size",
		"__opencl_c_integer_dot_product_input_4x8bit_packed",
		"__opencl_c_subgroups",
	};

	if (!properties->takes_spirv || !has_c_version(properties, CL_MAKE_VERSION(3, 1, 0)))
		return CL_MAKE_VERSION(3, 0, 0);
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(required); i++) {
		if (!tandem_has_feature(properties, required[i]))
			return CL_MAKE_VERSION(3, 0, 0);
	}
	return CL_MAKE_VERSION(3, 1, 0);
}
