// SPDX-License-Identifier: MIT
/* Extensions that section 4.2.1 of the specification of OpenCL 3.1 makes mandatory. */
#ifndef TANDEM_TESTS_MANDATORY_3_1_H
#define TANDEM_TESTS_MANDATORY_3_1_H

/* All but one, which no device of ours can lack. */
#define MANDATORY_OF_DEVICES                                                           \
	"cl_khr_device_uuid", "cl_khr_extended_bit_ops", "cl_khr_integer_dot_product", \
		"cl_khr_spirv_queries", "cl_khr_subgroup_extended_types",              \
		"cl_khr_subgroup_rotate", "cl_khr_subgroup_shuffle",                   \
		"cl_khr_subgroup_shuffle_relative"

#define MANDATORY_EVERYWHERE "cl_khr_suggested_local_work_size"

#endif
