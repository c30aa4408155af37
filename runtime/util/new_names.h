// SPDX-License-Identifier: MIT
/*
 * Names of OpenCL that the headers of the distributions that this is built on lack, or have
 * in an older revision: those of OpenCL 3.1, and of cl_khr_command_buffer 0.9.8 and
 * cl_khr_command_buffer_mutable_dispatch 0.9.5, which are experimental, so that their
 * declarations change. What has changed has a name of ours.
 */
#ifndef TANDEM_UTIL_NEW_NAMES_H
#define TANDEM_UTIL_NEW_NAMES_H

#include <CL/cl.h>
#include <CL/cl_ext.h>

#define TANDEM_COMMAND_BUFFER_VERSION	CL_MAKE_VERSION(0, 9, 8)
#define TANDEM_MUTABLE_DISPATCH_VERSION CL_MAKE_VERSION(0, 9, 5)

typedef struct _cl_command_buffer_khr *cl_command_buffer_khr;
typedef struct _cl_mutable_command_khr *cl_mutable_command_khr;
typedef cl_uint cl_sync_point_khr;
typedef cl_uint cl_command_buffer_info_khr;
typedef cl_uint cl_mutable_command_info_khr;

/* As cl_mutable_dispatch_arg_khr and so on: new parameters of clUpdateMutableCommandsKHR. */
struct tandem_mutable_dispatch_arg {
	cl_uint arg_index;
	size_t arg_size;
	const void *arg_value;
};

struct tandem_mutable_dispatch_exec_info {
	cl_uint param_name;
	size_t param_value_size;
	const void *param_value;
};

struct tandem_mutable_dispatch_config {
	cl_mutable_command_khr command;
	cl_uint num_args;
	cl_uint num_svm_args;
	cl_uint num_exec_infos;
	cl_uint work_dim;
	const struct tandem_mutable_dispatch_arg *arg_list;
	const struct tandem_mutable_dispatch_arg *arg_svm_list;
	const struct tandem_mutable_dispatch_exec_info *exec_info_list;
	const size_t *global_work_offset;
	const size_t *global_work_size;
	const size_t *local_work_size;
};

/* Its value was another one in older revisions. */
#define TANDEM_STRUCTURE_TYPE_MUTABLE_DISPATCH_CONFIG 0

#ifndef CL_COMMAND_BUFFER_FLAGS_KHR
#define CL_COMMAND_BUFFER_FLAGS_KHR			       0x1293
#define CL_COMMAND_BUFFER_QUEUES_KHR			       0x1294
#define CL_COMMAND_BUFFER_NUM_QUEUES_KHR		       0x1295
#define CL_COMMAND_BUFFER_REFERENCE_COUNT_KHR		       0x1296
#define CL_COMMAND_BUFFER_STATE_KHR			       0x1297
#define CL_COMMAND_BUFFER_PROPERTIES_ARRAY_KHR		       0x1298
#define CL_COMMAND_BUFFER_STATE_RECORDING_KHR		       0
#define CL_COMMAND_BUFFER_STATE_EXECUTABLE_KHR		       1
#define CL_COMMAND_COMMAND_BUFFER_KHR			       0x12A8
#define CL_COMMAND_BUFFER_CAPABILITY_KERNEL_PRINTF_KHR	       (1 << 0)
#define CL_DEVICE_COMMAND_BUFFER_CAPABILITIES_KHR	       0x12A9
#define CL_DEVICE_COMMAND_BUFFER_REQUIRED_QUEUE_PROPERTIES_KHR 0x12AA
#define CL_INVALID_COMMAND_BUFFER_KHR			       -1138
#define CL_INVALID_SYNC_POINT_WAIT_LIST_KHR		       -1139
#define CL_INCOMPATIBLE_COMMAND_QUEUE_KHR		       -1140
#endif

#ifndef CL_COMMAND_BUFFER_CONTEXT_KHR
#define CL_COMMAND_BUFFER_CONTEXT_KHR 0x1299
#endif

#ifndef CL_DEVICE_COMMAND_BUFFER_SUPPORTED_QUEUE_PROPERTIES_KHR
#define CL_DEVICE_COMMAND_BUFFER_SUPPORTED_QUEUE_PROPERTIES_KHR 0x129A
#endif

#ifndef CL_COMMAND_BUFFER_SIMULTANEOUS_USE_KHR
#define CL_COMMAND_BUFFER_SIMULTANEOUS_USE_KHR		  (1 << 0)
#define CL_COMMAND_BUFFER_CAPABILITY_SIMULTANEOUS_USE_KHR (1 << 2)
#endif

#ifndef CL_COMMAND_BUFFER_MUTABLE_KHR
#define CL_COMMAND_BUFFER_MUTABLE_KHR		    (1 << 1)
#define CL_INVALID_MUTABLE_COMMAND_KHR		    -1141
#define CL_DEVICE_MUTABLE_DISPATCH_CAPABILITIES_KHR 0x12B0
#define CL_MUTABLE_DISPATCH_UPDATABLE_FIELDS_KHR    0x12B1
#define CL_MUTABLE_DISPATCH_GLOBAL_OFFSET_KHR	    (1 << 0)
#define CL_MUTABLE_DISPATCH_GLOBAL_SIZE_KHR	    (1 << 1)
#define CL_MUTABLE_DISPATCH_LOCAL_SIZE_KHR	    (1 << 2)
#define CL_MUTABLE_DISPATCH_ARGUMENTS_KHR	    (1 << 3)
#define CL_MUTABLE_DISPATCH_EXEC_INFO_KHR	    (1 << 4)
#define CL_MUTABLE_COMMAND_COMMAND_QUEUE_KHR	    0x12A0
#define CL_MUTABLE_COMMAND_COMMAND_BUFFER_KHR	    0x12A1
#define CL_MUTABLE_DISPATCH_KERNEL_KHR		    0x12A3
#define CL_MUTABLE_DISPATCH_DIMENSIONS_KHR	    0x12A4
#define CL_MUTABLE_DISPATCH_GLOBAL_WORK_OFFSET_KHR  0x12A5
#define CL_MUTABLE_DISPATCH_GLOBAL_WORK_SIZE_KHR    0x12A6
#define CL_MUTABLE_DISPATCH_LOCAL_WORK_SIZE_KHR	    0x12A7
#define CL_MUTABLE_COMMAND_COMMAND_TYPE_KHR	    0x12AD
#endif

#ifndef CL_MUTABLE_COMMAND_PROPERTIES_ARRAY_KHR
#define CL_MUTABLE_COMMAND_PROPERTIES_ARRAY_KHR 0x12A2
#endif

#ifndef CL_MUTABLE_DISPATCH_ASSERTS_KHR
#define CL_COMMAND_BUFFER_MUTABLE_DISPATCH_ASSERTS_KHR		 0x12B7
#define CL_MUTABLE_DISPATCH_ASSERTS_KHR				 0x12B8
#define CL_MUTABLE_DISPATCH_ASSERT_NO_ADDITIONAL_WORK_GROUPS_KHR (1 << 0)
#endif

#ifndef CL_COMMAND_BUFFER_STATE_FINALIZED_KHR
#define CL_COMMAND_BUFFER_STATE_FINALIZED_KHR 2
#endif

/* Of cl_ext_buffer_device_address. */
#ifndef CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT
#define CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT   0x5000
#define CL_MEM_DEVICE_ADDRESS_EXT	    0x5001
#define CL_KERNEL_EXEC_INFO_DEVICE_PTRS_EXT 0x5002
typedef cl_ulong cl_mem_device_address_ext;
cl_int clSetKernelArgDevicePointerEXT(cl_kernel kernel, cl_uint arg_index,
				      cl_mem_device_address_ext arg_value);
#endif

/* Of cl_khr_unified_svm 0.9.0, which is experimental. */
#define TANDEM_UNIFIED_SVM_VERSION CL_MAKE_VERSION(0, 9, 0)

#ifndef CL_SVM_CAPABILITY_SINGLE_ADDRESS_SPACE_KHR
typedef cl_bitfield cl_svm_capabilities_khr;
typedef cl_properties cl_svm_alloc_properties_khr;
typedef cl_bitfield cl_svm_alloc_access_flags_khr;
typedef cl_properties cl_svm_free_properties_khr;
typedef cl_bitfield cl_svm_free_flags_khr;
typedef cl_uint cl_svm_pointer_info_khr;
#define CL_PLATFORM_SVM_TYPE_CAPABILITIES_KHR	       0x0909
#define CL_DEVICE_SVM_TYPE_CAPABILITIES_KHR	       0x1077
#define CL_SVM_CAPABILITY_SINGLE_ADDRESS_SPACE_KHR     (1 << 0)
#define CL_SVM_CAPABILITY_SYSTEM_ALLOCATED_KHR	       (1 << 1)
#define CL_SVM_CAPABILITY_DEVICE_OWNED_KHR	       (1 << 2)
#define CL_SVM_CAPABILITY_DEVICE_UNASSOCIATED_KHR      (1 << 3)
#define CL_SVM_CAPABILITY_CONTEXT_ACCESS_KHR	       (1 << 4)
#define CL_SVM_CAPABILITY_HOST_OWNED_KHR	       (1 << 5)
#define CL_SVM_CAPABILITY_HOST_READ_KHR		       (1 << 6)
#define CL_SVM_CAPABILITY_HOST_WRITE_KHR	       (1 << 7)
#define CL_SVM_CAPABILITY_HOST_MAP_KHR		       (1 << 8)
#define CL_SVM_CAPABILITY_DEVICE_READ_KHR	       (1 << 9)
#define CL_SVM_CAPABILITY_DEVICE_WRITE_KHR	       (1 << 10)
#define CL_SVM_CAPABILITY_DEVICE_ATOMIC_ACCESS_KHR     (1 << 11)
#define CL_SVM_CAPABILITY_CONCURRENT_ACCESS_KHR	       (1 << 12)
#define CL_SVM_CAPABILITY_CONCURRENT_ATOMIC_ACCESS_KHR (1 << 13)
#define CL_SVM_CAPABILITY_INDIRECT_ACCESS_KHR	       (1 << 14)
#define CL_SVM_ALLOC_ASSOCIATED_DEVICE_HANDLE_KHR      0x2078
#define CL_SVM_ALLOC_ACCESS_FLAGS_KHR		       0x2079
#define CL_SVM_ALLOC_ALIGNMENT_KHR		       0x207A
#define CL_SVM_ALLOC_ACCESS_HOST_NOREAD_KHR	       (1 << 0)
#define CL_SVM_ALLOC_ACCESS_HOST_NOWRITE_KHR	       (1 << 1)
#define CL_SVM_ALLOC_ACCESS_DEVICE_NOREAD_KHR	       (1 << 8)
#define CL_SVM_ALLOC_ACCESS_DEVICE_NOWRITE_KHR	       (1 << 9)
#define CL_SVM_INFO_TYPE_INDEX_KHR		       0x2088
#define CL_SVM_INFO_CAPABILITIES_KHR		       0x2089
#define CL_SVM_INFO_PROPERTIES_KHR		       0x208A
#define CL_SVM_INFO_ACCESS_FLAGS_KHR		       0x208B
#define CL_SVM_INFO_BASE_PTR_KHR		       0x419B
#define CL_SVM_INFO_SIZE_KHR			       0x419C
#define CL_SVM_INFO_ASSOCIATED_DEVICE_HANDLE_KHR       0x419D
#define CL_KERNEL_EXEC_INFO_SVM_INDIRECT_ACCESS_KHR    0x11BB
#define CL_SVM_TYPE_MACRO_COARSE_GRAIN_BUFFER_KHR                                                 \
	(CL_SVM_CAPABILITY_SINGLE_ADDRESS_SPACE_KHR | CL_SVM_CAPABILITY_DEVICE_UNASSOCIATED_KHR | \
	 CL_SVM_CAPABILITY_CONTEXT_ACCESS_KHR | CL_SVM_CAPABILITY_HOST_MAP_KHR |                  \
	 CL_SVM_CAPABILITY_DEVICE_READ_KHR | CL_SVM_CAPABILITY_DEVICE_WRITE_KHR |                 \
	 CL_SVM_CAPABILITY_DEVICE_ATOMIC_ACCESS_KHR)
#define CL_SVM_TYPE_MACRO_FINE_GRAIN_BUFFER_KHR                                        \
	(CL_SVM_TYPE_MACRO_COARSE_GRAIN_BUFFER_KHR | CL_SVM_CAPABILITY_HOST_READ_KHR | \
	 CL_SVM_CAPABILITY_HOST_WRITE_KHR | CL_SVM_CAPABILITY_CONCURRENT_ACCESS_KHR)
#define CL_SVM_TYPE_MACRO_DEVICE_KHR                                                       \
	(CL_SVM_CAPABILITY_SINGLE_ADDRESS_SPACE_KHR | CL_SVM_CAPABILITY_DEVICE_OWNED_KHR | \
	 CL_SVM_CAPABILITY_DEVICE_READ_KHR | CL_SVM_CAPABILITY_DEVICE_WRITE_KHR |          \
	 CL_SVM_CAPABILITY_DEVICE_ATOMIC_ACCESS_KHR | CL_SVM_CAPABILITY_INDIRECT_ACCESS_KHR)
#define CL_SVM_TYPE_MACRO_HOST_KHR                                                                \
	(CL_SVM_CAPABILITY_SINGLE_ADDRESS_SPACE_KHR | CL_SVM_CAPABILITY_DEVICE_UNASSOCIATED_KHR | \
	 CL_SVM_CAPABILITY_CONTEXT_ACCESS_KHR | CL_SVM_CAPABILITY_HOST_OWNED_KHR |                \
	 CL_SVM_CAPABILITY_HOST_READ_KHR | CL_SVM_CAPABILITY_HOST_WRITE_KHR |                     \
	 CL_SVM_CAPABILITY_DEVICE_READ_KHR | CL_SVM_CAPABILITY_DEVICE_WRITE_KHR |                 \
	 CL_SVM_CAPABILITY_INDIRECT_ACCESS_KHR)
#define CL_SVM_TYPE_MACRO_SINGLE_DEVICE_SHARED_KHR                                      \
	(CL_SVM_CAPABILITY_SINGLE_ADDRESS_SPACE_KHR | CL_SVM_CAPABILITY_HOST_READ_KHR | \
	 CL_SVM_CAPABILITY_HOST_WRITE_KHR | CL_SVM_CAPABILITY_DEVICE_READ_KHR |         \
	 CL_SVM_CAPABILITY_DEVICE_WRITE_KHR | CL_SVM_CAPABILITY_INDIRECT_ACCESS_KHR)
#define CL_SVM_TYPE_MACRO_SYSTEM_KHR                                                        \
	(CL_SVM_TYPE_MACRO_FINE_GRAIN_BUFFER_KHR | CL_SVM_CAPABILITY_SYSTEM_ALLOCATED_KHR | \
	 CL_SVM_CAPABILITY_CONCURRENT_ATOMIC_ACCESS_KHR | CL_SVM_CAPABILITY_INDIRECT_ACCESS_KHR)
void *clSVMAllocWithPropertiesKHR(cl_context context, const cl_svm_alloc_properties_khr *properties,
				  cl_uint svm_type_index, size_t size, cl_int *errcode_ret);
cl_int clSVMFreeWithPropertiesKHR(cl_context context, const cl_svm_free_properties_khr *properties,
				  cl_svm_free_flags_khr flags, void *ptr);
cl_int clGetSVMPointerInfoKHR(cl_context context, cl_device_id device, const void *ptr,
			      cl_svm_pointer_info_khr param_name, size_t param_value_size,
			      void *param_value, size_t *param_value_size_ret);
cl_int clGetSVMSuggestedTypeIndexKHR(cl_context context,
				     cl_svm_capabilities_khr required_capabilities,
				     cl_svm_capabilities_khr desired_capabilities,
				     const cl_svm_alloc_properties_khr *properties, size_t size,
				     cl_uint *suggested_svm_type_index);
#endif

#ifndef CL_DEVICE_SVM_CONCURRENT_ACCESS_ATOM_SIZE_KHR
#define CL_DEVICE_SVM_CONCURRENT_ACCESS_ATOM_SIZE_KHR 0x1078
#endif

/* Of cl_khr_spirv_queries. */
#ifndef CL_DEVICE_SPIRV_EXTENDED_INSTRUCTION_SETS_KHR
#define CL_DEVICE_SPIRV_EXTENDED_INSTRUCTION_SETS_KHR 0x12B9
#define CL_DEVICE_SPIRV_EXTENSIONS_KHR		      0x12BA
#define CL_DEVICE_SPIRV_CAPABILITIES_KHR	      0x12BB
#endif

/*
 * The core of OpenCL 3.1: names of extensions without what these end in, and what is called
 * CL_DEVICE_MAX_WORK_ITEM_SIZES before.
 */
#ifndef CL_VERSION_3_1
#define CL_UUID_SIZE				   CL_UUID_SIZE_KHR
#define CL_LUID_SIZE				   CL_LUID_SIZE_KHR
#define CL_DEVICE_MAX_WORK_GROUP_SIZES		   CL_DEVICE_MAX_WORK_ITEM_SIZES
#define CL_DEVICE_UUID				   CL_DEVICE_UUID_KHR
#define CL_DRIVER_UUID				   CL_DRIVER_UUID_KHR
#define CL_DEVICE_LUID_VALID			   CL_DEVICE_LUID_VALID_KHR
#define CL_DEVICE_LUID				   CL_DEVICE_LUID_KHR
#define CL_DEVICE_NODE_MASK			   CL_DEVICE_NODE_MASK_KHR
#define CL_DEVICE_SPIRV_EXTENDED_INSTRUCTION_SETS  CL_DEVICE_SPIRV_EXTENDED_INSTRUCTION_SETS_KHR
#define CL_DEVICE_SPIRV_EXTENSIONS		   CL_DEVICE_SPIRV_EXTENSIONS_KHR
#define CL_DEVICE_SPIRV_CAPABILITIES		   CL_DEVICE_SPIRV_CAPABILITIES_KHR
#define CL_DEVICE_INTEGER_DOT_PRODUCT_CAPABILITIES CL_DEVICE_INTEGER_DOT_PRODUCT_CAPABILITIES_KHR
#define CL_DEVICE_INTEGER_DOT_PRODUCT_INPUT_4x8BIT_PACKED \
	CL_DEVICE_INTEGER_DOT_PRODUCT_INPUT_4x8BIT_PACKED_KHR
#define CL_DEVICE_INTEGER_DOT_PRODUCT_INPUT_4x8BIT CL_DEVICE_INTEGER_DOT_PRODUCT_INPUT_4x8BIT_KHR
#define CL_DEVICE_INTEGER_DOT_PRODUCT_ACCELERATION_PROPERTIES_8BIT \
	CL_DEVICE_INTEGER_DOT_PRODUCT_ACCELERATION_PROPERTIES_8BIT_KHR
#define CL_DEVICE_INTEGER_DOT_PRODUCT_ACCELERATION_PROPERTIES_4x8BIT_PACKED \
	CL_DEVICE_INTEGER_DOT_PRODUCT_ACCELERATION_PROPERTIES_4x8BIT_PACKED_KHR
typedef cl_device_integer_dot_product_capabilities_khr cl_device_integer_dot_product_capabilities;
typedef cl_device_integer_dot_product_acceleration_properties_khr
	cl_device_integer_dot_product_acceleration_properties;
cl_int clGetKernelSuggestedLocalWorkSize(cl_command_queue queue, cl_kernel kernel, cl_uint work_dim,
					 const size_t *global_offset, const size_t *global_size,
					 size_t *suggested);
#endif

#endif
