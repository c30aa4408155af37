// SPDX-License-Identifier: MIT
/*
 * The queries of clGetDeviceInfo, all of them, once: what answers them, what drivers that
 * stand on another OpenCL implementation ask it, and what tests check come of this list.
 *
 * A row is X(query, kind, type, where), with the type of the answer, or of an element of
 * it, as section 4.2 of the specification has it. The kinds:
 *	FIELD	a value; @where is a field of struct tandem_device_properties of that size
 *	OWN	the same, of what a driver has itself: no other implementation is asked
 *	SAME	the same as FIELD for a second query, whose answer is the field of another row
 *	FLAG	a bool among the properties
 *	TEXT	a string among the properties
 *	VALUE	@where is the value: the runtime's own, the same for all devices
 *	STRING	likewise
 *	NOTHING	an empty list
 *	FUNCTION	a value; @where is a function of api/device_info.c that gives it
 *	LIST	any number of values; @where is one of its functions that answers
 *
 * Who has the values made needs version.h as well.
 */
#ifndef TANDEM_DRIVER_DEVICE_QUERIES_H
#define TANDEM_DRIVER_DEVICE_QUERIES_H

#include <CL/cl.h>
#include <CL/cl_ext.h>

#include "util/new_names.h"

/* Of cl_ext_float_atomics: not in all headers. */
#ifndef CL_DEVICE_SINGLE_FP_ATOMIC_CAPABILITIES_EXT
#define CL_DEVICE_SINGLE_FP_ATOMIC_CAPABILITIES_EXT 0x4231
#define CL_DEVICE_DOUBLE_FP_ATOMIC_CAPABILITIES_EXT 0x4232
#define CL_DEVICE_HALF_FP_ATOMIC_CAPABILITIES_EXT   0x4233
#define CL_DEVICE_GLOBAL_FP_ATOMIC_LOAD_STORE_EXT   (1 << 0)
#define CL_DEVICE_GLOBAL_FP_ATOMIC_ADD_EXT	    (1 << 1)
#define CL_DEVICE_GLOBAL_FP_ATOMIC_MIN_MAX_EXT	    (1 << 2)
#define CL_DEVICE_LOCAL_FP_ATOMIC_LOAD_STORE_EXT    (1 << 16)
#define CL_DEVICE_LOCAL_FP_ATOMIC_ADD_EXT	    (1 << 17)
#define CL_DEVICE_LOCAL_FP_ATOMIC_MIN_MAX_EXT	    (1 << 18)
#endif

/* Of cl_khr_kernel_clock: likewise. */
#ifndef CL_DEVICE_KERNEL_CLOCK_CAPABILITIES_KHR
#define CL_DEVICE_KERNEL_CLOCK_CAPABILITIES_KHR	    0x1076
#define CL_DEVICE_KERNEL_CLOCK_SCOPE_DEVICE_KHR	    (1 << 0)
#define CL_DEVICE_KERNEL_CLOCK_SCOPE_WORK_GROUP_KHR (1 << 1)
#define CL_DEVICE_KERNEL_CLOCK_SCOPE_SUB_GROUP_KHR  (1 << 2)
#endif

/* Names, versions, and what of OpenCL C there is. */
#define TANDEM_IDENTITY_QUERIES(X)                                                         \
	X(CL_DEVICE_TYPE, FIELD, cl_device_type, type)                                     \
	X(CL_DEVICE_VENDOR_ID, FIELD, cl_uint, vendor_id)                                  \
	X(CL_DEVICE_NAME, TEXT, char, name)                                                \
	X(CL_DEVICE_VENDOR, TEXT, char, vendor)                                            \
	X(CL_DRIVER_VERSION, TEXT, char, driver_version)                                   \
	X(CL_DEVICE_UUID, FIELD, cl_uchar[CL_UUID_SIZE], uuid)                             \
	X(CL_DRIVER_UUID, FIELD, cl_uchar[CL_UUID_SIZE], driver_uuid)                      \
	X(CL_DEVICE_LUID_VALID, VALUE, cl_bool, CL_FALSE)                                  \
	X(CL_DEVICE_LUID, LIST, cl_uchar[CL_LUID_SIZE], answer_luid)                       \
	X(CL_DEVICE_NODE_MASK, VALUE, cl_uint, 0)                                          \
	X(CL_DEVICE_PROFILE, STRING, char, "FULL_PROFILE")                                 \
	X(CL_DEVICE_VERSION, LIST, char, answer_version)                                   \
	X(CL_DEVICE_NUMERIC_VERSION, FUNCTION, cl_version, version_of_device)              \
	X(CL_DEVICE_OPENCL_C_VERSION, STRING, char, "OpenCL C 1.2 Tandem " TANDEM_VERSION) \
	X(CL_DEVICE_OPENCL_C_ALL_VERSIONS, LIST, cl_name_version, answer_c_versions)       \
	X(CL_DEVICE_OPENCL_C_FEATURES, LIST, cl_name_version, answer_c_features)           \
	X(CL_DEVICE_EXTENSIONS, LIST, char, answer_extension_names)                        \
	X(CL_DEVICE_EXTENSIONS_WITH_VERSION, LIST, cl_name_version, answer_extensions)     \
	/* None was submitted. */                                                          \
	X(CL_DEVICE_LATEST_CONFORMANCE_VERSION_PASSED, STRING, char, "v0000-01-01-00")     \
	X(CL_DEVICE_BUILT_IN_KERNELS, STRING, char, "")                                    \
	X(CL_DEVICE_BUILT_IN_KERNELS_WITH_VERSION, NOTHING, cl_name_version, )             \
	X(CL_DEVICE_IL_VERSION, LIST, char, answer_il_names)                               \
	X(CL_DEVICE_ILS_WITH_VERSION, LIST, cl_name_version, answer_ils)                   \
	X(CL_DEVICE_SPIRV_EXTENDED_INSTRUCTION_SETS, LIST, const char *,                   \
	  answer_spirv_instructions)                                                       \
	X(CL_DEVICE_SPIRV_EXTENSIONS, LIST, const char *, answer_spirv_extensions)         \
	X(CL_DEVICE_SPIRV_CAPABILITIES, LIST, cl_uint, answer_spirv_capabilities)          \
	X(CL_DEVICE_PLATFORM, FUNCTION, cl_platform_id, platform_of_device)                \
	X(CL_DEVICE_AVAILABLE, FUNCTION, cl_bool, tandem_device_is_available)              \
	X(CL_DEVICE_COMPILER_AVAILABLE, FLAG, cl_bool, has_compiler)                       \
	X(CL_DEVICE_LINKER_AVAILABLE, FLAG, cl_bool, has_compiler)

/* Compute units, sub-devices, queues. */
#define TANDEM_EXECUTION_QUERIES(X)                                                               \
	X(CL_DEVICE_MAX_COMPUTE_UNITS, FUNCTION, cl_uint, compute_units)                          \
	X(CL_DEVICE_MAX_WORK_ITEM_DIMENSIONS, VALUE, cl_uint, TANDEM_DIMENSIONS)                  \
	X(CL_DEVICE_MAX_WORK_GROUP_SIZES, FIELD, size_t[TANDEM_DIMENSIONS], max_work_group_sizes) \
	X(CL_DEVICE_MAX_WORK_GROUP_SIZE, FIELD, size_t, max_work_group_size)                      \
	X(CL_DEVICE_PREFERRED_WORK_GROUP_SIZE_MULTIPLE, FIELD, size_t, preferred_group_multiple)  \
	X(CL_DEVICE_MAX_NUM_SUB_GROUPS, OWN, cl_uint, max_sub_groups)                             \
	X(CL_DEVICE_SUB_GROUP_INDEPENDENT_FORWARD_PROGRESS, VALUE, cl_bool, CL_FALSE)             \
	X(CL_DEVICE_SUB_GROUP_SIZES_INTEL, LIST, size_t, answer_sub_group_sizes)                  \
	X(CL_DEVICE_MAX_CLOCK_FREQUENCY, FIELD, cl_uint, clock_mhz)                               \
	X(CL_DEVICE_EXECUTION_CAPABILITIES, VALUE, cl_device_exec_capabilities,                   \
	  CL_EXEC_KERNEL | CL_EXEC_NATIVE_KERNEL)                                                 \
	X(CL_DEVICE_QUEUE_ON_HOST_PROPERTIES, VALUE, cl_command_queue_properties,                 \
	  CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE | CL_QUEUE_PROFILING_ENABLE)                     \
	X(CL_DEVICE_PROFILING_TIMER_RESOLUTION, VALUE, size_t, 1)                                 \
	X(CL_DEVICE_KERNEL_CLOCK_CAPABILITIES_KHR, FUNCTION, cl_bitfield, kernel_clocks)          \
	X(CL_DEVICE_PRINTF_BUFFER_SIZE, FIELD, size_t, printf_buffer_bytes)                       \
	X(CL_DEVICE_PREFERRED_INTEROP_USER_SYNC, VALUE, cl_bool, CL_TRUE)                         \
	X(CL_DEVICE_PARENT_DEVICE, FUNCTION, cl_device_id, parent_device)                         \
	X(CL_DEVICE_REFERENCE_COUNT, FUNCTION, cl_uint, reference_count)                          \
	X(CL_DEVICE_PARTITION_MAX_SUB_DEVICES, FUNCTION, cl_uint, most_sub_devices)               \
	X(CL_DEVICE_PARTITION_PROPERTIES, LIST, cl_device_partition_property,                     \
	  answer_partition_properties)                                                            \
	X(CL_DEVICE_PARTITION_AFFINITY_DOMAIN, VALUE, cl_device_affinity_domain, 0)               \
	X(CL_DEVICE_PARTITION_TYPE, LIST, cl_device_partition_property, answer_partition_type)    \
	X(CL_DEVICE_WORK_GROUP_COLLECTIVE_FUNCTIONS_SUPPORT, FUNCTION, cl_bool,                   \
	  has_collective_functions)                                                               \
	X(CL_DEVICE_NON_UNIFORM_WORK_GROUP_SUPPORT, FLAG, cl_bool, has_uneven_groups)

/* Command buffers, which the runtime has for all devices. */
#define TANDEM_COMMAND_BUFFER_QUERIES(X)                                                   \
	X(CL_DEVICE_COMMAND_BUFFER_CAPABILITIES_KHR, VALUE, cl_bitfield,                   \
	  CL_COMMAND_BUFFER_CAPABILITY_KERNEL_PRINTF_KHR |                                 \
		  CL_COMMAND_BUFFER_CAPABILITY_SIMULTANEOUS_USE_KHR)                       \
	X(CL_DEVICE_COMMAND_BUFFER_SUPPORTED_QUEUE_PROPERTIES_KHR, VALUE,                  \
	  cl_command_queue_properties,                                                     \
	  CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE | CL_QUEUE_PROFILING_ENABLE)              \
	X(CL_DEVICE_COMMAND_BUFFER_REQUIRED_QUEUE_PROPERTIES_KHR, VALUE,                   \
	  cl_command_queue_properties, 0)                                                  \
	X(CL_DEVICE_MUTABLE_DISPATCH_CAPABILITIES_KHR, VALUE, cl_bitfield,                 \
	  CL_MUTABLE_DISPATCH_GLOBAL_OFFSET_KHR | CL_MUTABLE_DISPATCH_GLOBAL_SIZE_KHR |    \
		  CL_MUTABLE_DISPATCH_LOCAL_SIZE_KHR | CL_MUTABLE_DISPATCH_ARGUMENTS_KHR | \
		  CL_MUTABLE_DISPATCH_EXEC_INFO_KHR)

/* Memory, addresses, shared virtual memory and atomics. */
#define TANDEM_MEMORY_QUERIES(X)                                                                   \
	X(CL_DEVICE_ADDRESS_BITS, VALUE, cl_uint, 64)                                              \
	X(CL_DEVICE_ENDIAN_LITTLE, VALUE, cl_bool, CL_TRUE)                                        \
	X(CL_DEVICE_HOST_UNIFIED_MEMORY, FIELD, cl_bool, shares_host_memory)                       \
	X(CL_DEVICE_ERROR_CORRECTION_SUPPORT, FIELD, cl_bool, corrects_errors)                     \
	X(CL_DEVICE_GENERIC_ADDRESS_SPACE_SUPPORT, FUNCTION, cl_bool, has_generic_addresses)       \
	X(CL_DEVICE_MAX_MEM_ALLOC_SIZE, FIELD, cl_ulong, max_allocation_bytes)                     \
	X(CL_DEVICE_MAX_CONSTANT_BUFFER_SIZE, FIELD, cl_ulong, max_constant_bytes)                 \
	X(CL_DEVICE_GLOBAL_MEM_SIZE, FIELD, cl_ulong, global_memory_bytes)                         \
	X(CL_DEVICE_GLOBAL_MEM_CACHE_TYPE, FIELD, cl_device_mem_cache_type, cache_type)            \
	X(CL_DEVICE_GLOBAL_MEM_CACHELINE_SIZE, FIELD, cl_uint, cache_line_bytes)                   \
	X(CL_DEVICE_GLOBAL_MEM_CACHE_SIZE, FIELD, cl_ulong, global_cache_bytes)                    \
	X(CL_DEVICE_MAX_GLOBAL_VARIABLE_SIZE, FIELD, size_t, max_global_variable_bytes)            \
	X(CL_DEVICE_GLOBAL_VARIABLE_PREFERRED_TOTAL_SIZE, SAME, size_t, max_global_variable_bytes) \
	X(CL_DEVICE_LOCAL_MEM_TYPE, FIELD, cl_device_local_mem_type, local_memory_type)            \
	X(CL_DEVICE_LOCAL_MEM_SIZE, FIELD, cl_ulong, local_memory_bytes)                           \
	X(CL_DEVICE_MAX_CONSTANT_ARGS, FIELD, cl_uint, max_constant_arguments)                     \
	X(CL_DEVICE_MAX_PARAMETER_SIZE, FIELD, size_t, max_parameter_bytes)                        \
	/* In bits: the runtime allocates so. */                                                   \
	X(CL_DEVICE_MEM_BASE_ADDR_ALIGN, VALUE, cl_uint, 1024)                                     \
	X(CL_DEVICE_MIN_DATA_TYPE_ALIGN_SIZE, VALUE, cl_uint, 128)                                 \
	X(CL_DEVICE_SVM_CAPABILITIES, FIELD, cl_device_svm_capabilities, svm_capabilities)         \
	X(CL_DEVICE_HOST_MEM_CAPABILITIES_INTEL, OWN,                                              \
	  cl_device_unified_shared_memory_capabilities_intel, unified_memory.host)                 \
	X(CL_DEVICE_DEVICE_MEM_CAPABILITIES_INTEL, OWN,                                            \
	  cl_device_unified_shared_memory_capabilities_intel, unified_memory.device)               \
	X(CL_DEVICE_SINGLE_DEVICE_SHARED_MEM_CAPABILITIES_INTEL, OWN,                              \
	  cl_device_unified_shared_memory_capabilities_intel, unified_memory.one_device)           \
	X(CL_DEVICE_CROSS_DEVICE_SHARED_MEM_CAPABILITIES_INTEL, OWN,                               \
	  cl_device_unified_shared_memory_capabilities_intel, unified_memory.devices)              \
	X(CL_DEVICE_SHARED_SYSTEM_MEM_CAPABILITIES_INTEL, OWN,                                     \
	  cl_device_unified_shared_memory_capabilities_intel, unified_memory.system)               \
	X(CL_DEVICE_SVM_TYPE_CAPABILITIES_KHR, LIST, cl_svm_capabilities_khr, answer_svm_types)    \
	X(CL_DEVICE_SVM_CONCURRENT_ACCESS_ATOM_SIZE_KHR, FUNCTION, size_t, concurrent_access_size) \
	X(CL_DEVICE_ATOMIC_MEMORY_CAPABILITIES, FIELD, cl_device_atomic_capabilities,              \
	  atomic_capabilities)                                                                     \
	X(CL_DEVICE_ATOMIC_FENCE_CAPABILITIES, FIELD, cl_device_atomic_capabilities,               \
	  fence_capabilities)                                                                      \
	X(CL_DEVICE_SINGLE_FP_ATOMIC_CAPABILITIES_EXT, FUNCTION, cl_bitfield, float_atomics)       \
	X(CL_DEVICE_DOUBLE_FP_ATOMIC_CAPABILITIES_EXT, FUNCTION, cl_bitfield, double_atomics)      \
	X(CL_DEVICE_HALF_FP_ATOMIC_CAPABILITIES_EXT, VALUE, cl_bitfield, 0)                        \
	X(CL_DEVICE_PREFERRED_PLATFORM_ATOMIC_ALIGNMENT, FIELD, cl_uint,                           \
	  atomic_alignment.platform)                                                               \
	X(CL_DEVICE_PREFERRED_GLOBAL_ATOMIC_ALIGNMENT, FIELD, cl_uint, atomic_alignment.global)    \
	X(CL_DEVICE_PREFERRED_LOCAL_ATOMIC_ALIGNMENT, FIELD, cl_uint, atomic_alignment.local)

#define TANDEM_ARITHMETIC_QUERIES(X)                                                        \
	X(CL_DEVICE_PREFERRED_VECTOR_WIDTH_CHAR, FIELD, cl_uint, preferred_width.chars)     \
	X(CL_DEVICE_PREFERRED_VECTOR_WIDTH_SHORT, FIELD, cl_uint, preferred_width.shorts)   \
	X(CL_DEVICE_PREFERRED_VECTOR_WIDTH_INT, FIELD, cl_uint, preferred_width.ints)       \
	X(CL_DEVICE_PREFERRED_VECTOR_WIDTH_LONG, FIELD, cl_uint, preferred_width.longs)     \
	X(CL_DEVICE_PREFERRED_VECTOR_WIDTH_HALF, FIELD, cl_uint, preferred_width.halves)    \
	X(CL_DEVICE_PREFERRED_VECTOR_WIDTH_FLOAT, FIELD, cl_uint, preferred_width.floats)   \
	X(CL_DEVICE_PREFERRED_VECTOR_WIDTH_DOUBLE, FIELD, cl_uint, preferred_width.doubles) \
	X(CL_DEVICE_NATIVE_VECTOR_WIDTH_CHAR, FIELD, cl_uint, native_width.chars)           \
	X(CL_DEVICE_NATIVE_VECTOR_WIDTH_SHORT, FIELD, cl_uint, native_width.shorts)         \
	X(CL_DEVICE_NATIVE_VECTOR_WIDTH_INT, FIELD, cl_uint, native_width.ints)             \
	X(CL_DEVICE_NATIVE_VECTOR_WIDTH_LONG, FIELD, cl_uint, native_width.longs)           \
	X(CL_DEVICE_NATIVE_VECTOR_WIDTH_HALF, FIELD, cl_uint, native_width.halves)          \
	X(CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT, FIELD, cl_uint, native_width.floats)         \
	X(CL_DEVICE_NATIVE_VECTOR_WIDTH_DOUBLE, FIELD, cl_uint, native_width.doubles)       \
	X(CL_DEVICE_INTEGER_DOT_PRODUCT_CAPABILITIES, FUNCTION,                             \
	  cl_device_integer_dot_product_capabilities, dot_product_capabilities)             \
	X(CL_DEVICE_INTEGER_DOT_PRODUCT_ACCELERATION_PROPERTIES_8BIT, FUNCTION,             \
	  cl_device_integer_dot_product_acceleration_properties, dot_product_acceleration)  \
	X(CL_DEVICE_INTEGER_DOT_PRODUCT_ACCELERATION_PROPERTIES_4x8BIT_PACKED, FUNCTION,    \
	  cl_device_integer_dot_product_acceleration_properties, dot_product_acceleration)  \
	X(CL_DEVICE_HALF_FP_CONFIG, FIELD, cl_device_fp_config, half_fp_config)             \
	X(CL_DEVICE_SINGLE_FP_CONFIG, FIELD, cl_device_fp_config, single_fp_config)         \
	X(CL_DEVICE_DOUBLE_FP_CONFIG, FIELD, cl_device_fp_config, double_fp_config)

/* Images and samplers: zeros where the driver has none. */
#define TANDEM_IMAGE_QUERIES(X)                                                           \
	X(CL_DEVICE_IMAGE_SUPPORT, OWN, cl_bool, images.supported)                        \
	X(CL_DEVICE_MAX_READ_IMAGE_ARGS, OWN, cl_uint, images.read_arguments)             \
	X(CL_DEVICE_MAX_WRITE_IMAGE_ARGS, OWN, cl_uint, images.write_arguments)           \
	X(CL_DEVICE_MAX_READ_WRITE_IMAGE_ARGS, OWN, cl_uint, images.read_write_arguments) \
	X(CL_DEVICE_IMAGE2D_MAX_WIDTH, OWN, size_t, images.max_2d[0])                     \
	X(CL_DEVICE_IMAGE2D_MAX_HEIGHT, OWN, size_t, images.max_2d[1])                    \
	X(CL_DEVICE_IMAGE3D_MAX_WIDTH, OWN, size_t, images.max_3d[0])                     \
	X(CL_DEVICE_IMAGE3D_MAX_HEIGHT, OWN, size_t, images.max_3d[1])                    \
	X(CL_DEVICE_IMAGE3D_MAX_DEPTH, OWN, size_t, images.max_3d[2])                     \
	X(CL_DEVICE_IMAGE_MAX_BUFFER_SIZE, OWN, size_t, images.max_buffer)                \
	X(CL_DEVICE_IMAGE_MAX_ARRAY_SIZE, OWN, size_t, images.max_layers)                 \
	X(CL_DEVICE_IMAGE_PITCH_ALIGNMENT, OWN, cl_uint, images.pitch_alignment)          \
	X(CL_DEVICE_IMAGE_BASE_ADDRESS_ALIGNMENT, OWN, cl_uint, images.base_alignment)    \
	X(CL_DEVICE_MAX_SAMPLERS, OWN, cl_uint, images.samplers)

/* What no device has: pipes, device queues. */
#define TANDEM_ABSENT_QUERIES(X)                                                                  \
	X(CL_DEVICE_PIPE_SUPPORT, VALUE, cl_bool, CL_FALSE)                                       \
	X(CL_DEVICE_MAX_PIPE_ARGS, VALUE, cl_uint, 0)                                             \
	X(CL_DEVICE_PIPE_MAX_ACTIVE_RESERVATIONS, VALUE, cl_uint, 0)                              \
	X(CL_DEVICE_PIPE_MAX_PACKET_SIZE, VALUE, cl_uint, 0)                                      \
	X(CL_DEVICE_DEVICE_ENQUEUE_CAPABILITIES, VALUE, cl_device_device_enqueue_capabilities, 0) \
	X(CL_DEVICE_QUEUE_ON_DEVICE_PROPERTIES, VALUE, cl_command_queue_properties, 0)            \
	X(CL_DEVICE_QUEUE_ON_DEVICE_PREFERRED_SIZE, VALUE, cl_uint, 0)                            \
	X(CL_DEVICE_QUEUE_ON_DEVICE_MAX_SIZE, VALUE, cl_uint, 0)                                  \
	X(CL_DEVICE_MAX_ON_DEVICE_QUEUES, VALUE, cl_uint, 0)                                      \
	X(CL_DEVICE_MAX_ON_DEVICE_EVENTS, VALUE, cl_uint, 0)

#define TANDEM_DEVICE_QUERIES(X)         \
	TANDEM_IDENTITY_QUERIES(X)       \
	TANDEM_EXECUTION_QUERIES(X)      \
	TANDEM_COMMAND_BUFFER_QUERIES(X) \
	TANDEM_MEMORY_QUERIES(X)         \
	TANDEM_ARITHMETIC_QUERIES(X)     \
	TANDEM_IMAGE_QUERIES(X)          \
	TANDEM_ABSENT_QUERIES(X)

/*
 * The rows of the kind FIELD alone, each as TANDEM_FIELD_ROW(query, type, field), which the
 * user of this defines.
 */
#define TANDEM_FIELD_QUERIES			      TANDEM_DEVICE_QUERIES(TANDEM_ROW_IF_FIELD)
#define TANDEM_ROW_IF_FIELD(query, kind, type, where) TANDEM_IF_##kind(query, type, where)
#define TANDEM_IF_FIELD(query, type, field)	      TANDEM_FIELD_ROW(query, type, field)
#define TANDEM_IF_OWN(query, type, field)
#define TANDEM_IF_SAME(query, type, field)
#define TANDEM_IF_FLAG(query, type, field)
#define TANDEM_IF_TEXT(query, type, field)
#define TANDEM_IF_VALUE(query, type, value)
#define TANDEM_IF_STRING(query, type, string)
#define TANDEM_IF_NOTHING(query, type, none)
#define TANDEM_IF_FUNCTION(query, type, function)
#define TANDEM_IF_LIST(query, type, function)

#endif
