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
