// SPDX-License-Identifier: MIT
#include "spirv_features.h"

#include "features.h"
#include "util/alloc.h"

static const struct tandem_spirv_feature all[] = {
	{ TANDEM_SPIRV_INSTRUCTIONS, "OpenCL.std" },
	{ TANDEM_SPIRV_EXTENSION, "SPV_EXT_shader_atomic_float_add", 0, "cl_ext_float_atomics" },
	{ TANDEM_SPIRV_EXTENSION, "SPV_EXT_shader_atomic_float_min_max", 0,
	  "cl_ext_float_atomics" },
	{ TANDEM_SPIRV_EXTENSION, "SPV_KHR_bit_instructions", 0, "cl_khr_extended_bit_ops" },
	{ TANDEM_SPIRV_EXTENSION, "SPV_KHR_expect_assume", 0, "cl_khr_expect_assume" },
	{ TANDEM_SPIRV_EXTENSION, "SPV_KHR_integer_dot_product", 0, "cl_khr_integer_dot_product" },
	{ TANDEM_SPIRV_EXTENSION, "SPV_KHR_no_integer_wrap_decoration" },
	{ TANDEM_SPIRV_EXTENSION, "SPV_KHR_shader_clock", 0, "cl_khr_kernel_clock" },
	{ TANDEM_SPIRV_EXTENSION, "SPV_KHR_subgroup_rotate", 0, "cl_khr_subgroup_rotate" },
	{ TANDEM_SPIRV_CAPABILITY, "Addresses", 4 },
	{ TANDEM_SPIRV_CAPABILITY, "Linkage", 5 },
	{ TANDEM_SPIRV_CAPABILITY, "Kernel", 6 },
	{ TANDEM_SPIRV_CAPABILITY, "Vector16", 7 },
	{ TANDEM_SPIRV_CAPABILITY, "Float16Buffer", 8 },
	{ TANDEM_SPIRV_CAPABILITY, "Float16", 9, "cl_khr_fp16" },
	{ TANDEM_SPIRV_CAPABILITY, "Float64", 10, "cl_khr_fp64" },
	{ TANDEM_SPIRV_CAPABILITY, "Int64", 11 },
	{ TANDEM_SPIRV_CAPABILITY, "Int64Atomics", 12, "cl_khr_int64_extended_atomics" },
	{ TANDEM_SPIRV_CAPABILITY, "ImageBasic", 13, "__opencl_c_images" },
	{ TANDEM_SPIRV_CAPABILITY, "ImageReadWrite", 14, "__opencl_c_read_write_images" },
	{ TANDEM_SPIRV_CAPABILITY, "Groups", 18, "__opencl_c_work_group_collective_functions" },
	{ TANDEM_SPIRV_CAPABILITY, "LiteralSampler", 20, "__opencl_c_images" },
	{ TANDEM_SPIRV_CAPABILITY, "Int16", 22 },
	{ TANDEM_SPIRV_CAPABILITY, "GenericPointer", 38, "__opencl_c_generic_address_space" },
	{ TANDEM_SPIRV_CAPABILITY, "Int8", 39 },
	{ TANDEM_SPIRV_CAPABILITY, "Sampled1D", 43, "__opencl_c_images" },
	{ TANDEM_SPIRV_CAPABILITY, "Image1D", 44, "__opencl_c_images" },
	{ TANDEM_SPIRV_CAPABILITY, "SampledBuffer", 46, "__opencl_c_images" },
	{ TANDEM_SPIRV_CAPABILITY, "ImageBuffer", 47, "__opencl_c_images" },
	{ TANDEM_SPIRV_CAPABILITY, "SubgroupDispatch", 58, "__opencl_c_subgroups" },
	{ TANDEM_SPIRV_CAPABILITY, "GroupNonUniform", 61, "cl_khr_subgroup_non_uniform_vote" },
	{ TANDEM_SPIRV_CAPABILITY, "GroupNonUniformVote", 62, "cl_khr_subgroup_non_uniform_vote" },
	{ TANDEM_SPIRV_CAPABILITY, "GroupNonUniformArithmetic", 63,
	  "cl_khr_subgroup_non_uniform_arithmetic" },
	{ TANDEM_SPIRV_CAPABILITY, "GroupNonUniformBallot", 64, "cl_khr_subgroup_ballot" },
	{ TANDEM_SPIRV_CAPABILITY, "GroupNonUniformShuffle", 65, "cl_khr_subgroup_shuffle" },
	{ TANDEM_SPIRV_CAPABILITY, "GroupNonUniformShuffleRelative", 66,
	  "cl_khr_subgroup_shuffle_relative" },
	{ TANDEM_SPIRV_CAPABILITY, "GroupNonUniformClustered", 67,
	  "cl_khr_subgroup_clustered_reduce" },
	{ TANDEM_SPIRV_CAPABILITY, "ShaderClockKHR", 5055, "cl_khr_kernel_clock" },
	{ TANDEM_SPIRV_CAPABILITY, "AtomicFloat32MinMaxEXT", 5612,
	  "__opencl_c_ext_fp32_global_atomic_min_max" },
	{ TANDEM_SPIRV_CAPABILITY, "AtomicFloat64MinMaxEXT", 5613,
	  "__opencl_c_ext_fp64_global_atomic_min_max" },
	{ TANDEM_SPIRV_CAPABILITY, "ExpectAssumeKHR", 5629, "cl_khr_expect_assume" },
	{ TANDEM_SPIRV_CAPABILITY, "DotProductInput4x8Bit", 6017, "cl_khr_integer_dot_product" },
	{ TANDEM_SPIRV_CAPABILITY, "DotProductInput4x8BitPacked", 6018,
	  "cl_khr_integer_dot_product" },
	{ TANDEM_SPIRV_CAPABILITY, "DotProduct", 6019, "cl_khr_integer_dot_product" },
	{ TANDEM_SPIRV_CAPABILITY, "BitInstructions", 6025, "cl_khr_extended_bit_ops" },
	{ TANDEM_SPIRV_CAPABILITY, "GroupNonUniformRotateKHR", 6026, "cl_khr_subgroup_rotate" },
	{ TANDEM_SPIRV_CAPABILITY, "AtomicFloat32AddEXT", 6033,
	  "__opencl_c_ext_fp32_global_atomic_add" },
	{ TANDEM_SPIRV_CAPABILITY, "AtomicFloat64AddEXT", 6034,
	  "__opencl_c_ext_fp64_global_atomic_add" },
};

_Static_assert(TANDEM_ARRAY_SIZE(all) <= TANDEM_MOST_SPIRV_FEATURES, "room for all of them");

size_t
tandem_spirv_features(const struct tandem_device_properties *properties,
		      enum tandem_spirv_feature_kind kind,
		      const struct tandem_spirv_feature *features[TANDEM_MOST_SPIRV_FEATURES])
{
	size_t count = 0;

	for (size_t i = 0; properties->takes_spirv && i < TANDEM_ARRAY_SIZE(all); i++) {
		bool has = !all[i].needs || tandem_has_feature(properties, all[i].needs);

		if (all[i].kind == kind && has)
			features[count++] = &all[i];
	}
	return count;
}
