// SPDX-License-Identifier: MIT
/* clGetDeviceInfo: everything a device tells of itself. */
#include "api.h"

#include "driver/features.h"
#include "version.h"

static cl_int answer_names(const struct tandem_device_properties *properties,
			   const struct tandem_answer *answer)
{
	const struct tandem_feature *feature = NULL;
	struct tandem_text names = { 0 };
	cl_int code;

	while ((feature = tandem_feature_next(properties, TANDEM_EXTENSION, feature)))
		tandem_text_print(&names, names.length ? " %s" : "%s", feature->name);
	code = names.failed ? fail(CL_OUT_OF_HOST_MEMORY, "no memory") :
			      answer_string(answer, tandem_text_string(&names));
	tandem_text_finish(&names);
	return code;
}

static cl_int answer_versions(const struct tandem_device_properties *properties,
			      enum tandem_feature_kind kind, const struct tandem_answer *answer)
{
	const struct tandem_feature *feature = NULL;
	cl_name_version versions[64] = { 0 };
	unsigned int count = 0;

	while ((feature = tandem_feature_next(properties, kind, feature)) &&
	       count < TANDEM_ARRAY_SIZE(versions)) {
		versions[count].version = feature->version;
		strncpy(versions[count].name, feature->name, CL_NAME_VERSION_MAX_NAME_SIZE - 1);
		count++;
	}
	return answer_bytes(answer, versions, count * sizeof(versions[0]));
}

/* The driver's vector registers, as OpenCL counts them: in elements of @bytes. */
static cl_uint vector_width(const struct tandem_device_properties *properties, unsigned int bytes)
{
	return properties->vector_bytes > bytes ? properties->vector_bytes / bytes : 1;
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

static cl_int answer_c_versions(const struct tandem_answer *answer)
{
	static const cl_name_version versions[] = {
		{ CL_MAKE_VERSION(3, 0, 0), "OpenCL C" },
		{ CL_MAKE_VERSION(1, 2, 0), "OpenCL C" },
		{ CL_MAKE_VERSION(1, 1, 0), "OpenCL C" },
		{ CL_MAKE_VERSION(1, 0, 0), "OpenCL C" },
	};

	return answer_bytes(answer, versions, sizeof(versions));
}

static cl_device_atomic_capabilities
atomic_scopes(const struct tandem_device_properties *properties)
{
	cl_device_atomic_capabilities scopes = CL_DEVICE_ATOMIC_SCOPE_WORK_GROUP |
					       CL_DEVICE_ATOMIC_SCOPE_DEVICE;

	if (tandem_has_svm_atomics(properties))
		scopes |= CL_DEVICE_ATOMIC_SCOPE_ALL_DEVICES;
	return scopes | CL_DEVICE_ATOMIC_ORDER_RELAXED | CL_DEVICE_ATOMIC_ORDER_ACQ_REL |
	       CL_DEVICE_ATOMIC_ORDER_SEQ_CST;
}

/* Names, versions, and what of OpenCL C there is. */
static cl_int answer_identity(const struct tandem_device *device, cl_device_info name,
			      const struct tandem_answer *answer)
{
	const struct tandem_device_properties *properties = &device->core->properties;

	switch (name) {
	case CL_DEVICE_TYPE:
		return answer_value(answer, cl_device_type, properties->type);
	case CL_DEVICE_VENDOR_ID:
		return answer_value(answer, cl_uint, properties->vendor_id);
	case CL_DEVICE_NAME:
		return answer_string(answer, properties->name);
	case CL_DEVICE_VENDOR:
		return answer_string(answer, properties->vendor);
	case CL_DRIVER_VERSION:
		return answer_string(answer, TANDEM_VERSION);
	case CL_DEVICE_PROFILE:
		return answer_string(answer, "FULL_PROFILE");
	case CL_DEVICE_VERSION:
		return answer_string(answer, "OpenCL 3.0 Tandem " TANDEM_VERSION);
	case CL_DEVICE_NUMERIC_VERSION:
		return answer_value(answer, cl_version, CL_MAKE_VERSION(3, 0, 0));
	case CL_DEVICE_OPENCL_C_VERSION:
		return answer_string(answer, "OpenCL C 1.2 Tandem " TANDEM_VERSION);
	case CL_DEVICE_OPENCL_C_ALL_VERSIONS:
		return answer_c_versions(answer);
	case CL_DEVICE_OPENCL_C_FEATURES:
		return answer_versions(properties, TANDEM_FEATURE, answer);
	case CL_DEVICE_EXTENSIONS:
		return answer_names(properties, answer);
	case CL_DEVICE_EXTENSIONS_WITH_VERSION:
		return answer_versions(properties, TANDEM_EXTENSION, answer);
	case CL_DEVICE_LATEST_CONFORMANCE_VERSION_PASSED:
		return answer_string(answer, "v0000-01-01-00"); /* none was submitted */
	case CL_DEVICE_BUILT_IN_KERNELS:
	case CL_DEVICE_IL_VERSION:
		return answer_string(answer, "");
	case CL_DEVICE_BUILT_IN_KERNELS_WITH_VERSION:
	case CL_DEVICE_ILS_WITH_VERSION:
		return answer_bytes(answer, "", 0);
	case CL_DEVICE_PLATFORM:
		return answer_value(answer, cl_platform_id, platform_handle(tandem_platform_get()));
	case CL_DEVICE_AVAILABLE:
		return answer_value(answer, cl_bool, tandem_device_is_available(device));
	case CL_DEVICE_COMPILER_AVAILABLE:
	case CL_DEVICE_LINKER_AVAILABLE:
		return answer_value(answer, cl_bool, properties->has_compiler);
	default:
		return fail(CL_INVALID_VALUE, "no query 0x%x", name);
	}
}

/* Compute units, sub-devices, queues. */
static cl_int answer_execution(const struct tandem_device *device, cl_device_info name,
			       const struct tandem_answer *answer)
{
	const struct tandem_device_properties *properties = &device->core->properties;
	const size_t most = properties->max_work_group_size;
	const size_t sizes[] = { most, most, most };

	switch (name) {
	case CL_DEVICE_MAX_COMPUTE_UNITS:
		return answer_value(answer, cl_uint, device->compute_units);
	case CL_DEVICE_MAX_WORK_ITEM_DIMENSIONS:
		return answer_value(answer, cl_uint, TANDEM_DIMENSIONS);
	case CL_DEVICE_MAX_WORK_ITEM_SIZES:
		return answer_bytes(answer, sizes, sizeof(sizes));
	case CL_DEVICE_MAX_WORK_GROUP_SIZE:
		return answer_value(answer, size_t, most);
	case CL_DEVICE_PREFERRED_WORK_GROUP_SIZE_MULTIPLE:
		return answer_value(answer, size_t, vector_width(properties, 4));
	case CL_DEVICE_MAX_CLOCK_FREQUENCY:
		return answer_value(answer, cl_uint, properties->clock_mhz);
	case CL_DEVICE_EXECUTION_CAPABILITIES:
		return answer_value(answer, cl_device_exec_capabilities,
				    CL_EXEC_KERNEL | CL_EXEC_NATIVE_KERNEL);
	case CL_DEVICE_QUEUE_ON_HOST_PROPERTIES:
		return answer_value(answer, cl_command_queue_properties,
				    CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE |
					    CL_QUEUE_PROFILING_ENABLE);
	case CL_DEVICE_PROFILING_TIMER_RESOLUTION:
		return answer_value(answer, size_t, 1);
	case CL_DEVICE_PRINTF_BUFFER_SIZE:
		return answer_value(answer, size_t, properties->printf_buffer_bytes);
	case CL_DEVICE_PREFERRED_INTEROP_USER_SYNC:
		return answer_value(answer, cl_bool, CL_TRUE);
	case CL_DEVICE_PARENT_DEVICE:
		return answer_value(answer, cl_device_id, device_shown(device->parent));
	case CL_DEVICE_REFERENCE_COUNT:
		return answer_value(answer, cl_uint,
				    atomic_load(&device->object.application_references));
	case CL_DEVICE_PARTITION_MAX_SUB_DEVICES:
		return answer_value(answer, cl_uint, most_sub_devices(device));
	case CL_DEVICE_PARTITION_PROPERTIES:
		return answer_partition_properties(device, answer);
	case CL_DEVICE_PARTITION_AFFINITY_DOMAIN:
		return answer_value(answer, cl_device_affinity_domain, 0);
	case CL_DEVICE_PARTITION_TYPE:
		return answer_bytes(answer, device->partition,
				    device->partition_count * sizeof(device->partition[0]));
	case CL_DEVICE_WORK_GROUP_COLLECTIVE_FUNCTIONS_SUPPORT:
		return answer_value(answer, cl_bool, CL_TRUE);
	default:
		return answer_identity(device, name, answer);
	}
}

/* Memory, addresses, shared virtual memory and atomics. */
static cl_int answer_memory(const struct tandem_device *device, cl_device_info name,
			    const struct tandem_answer *answer)
{
	const struct tandem_device_properties *properties = &device->core->properties;

	switch (name) {
	case CL_DEVICE_ADDRESS_BITS:
		return answer_value(answer, cl_uint, 64);
	case CL_DEVICE_ENDIAN_LITTLE:
	case CL_DEVICE_HOST_UNIFIED_MEMORY:
	case CL_DEVICE_GENERIC_ADDRESS_SPACE_SUPPORT:
		return answer_value(answer, cl_bool, CL_TRUE);
	case CL_DEVICE_ERROR_CORRECTION_SUPPORT:
		return answer_value(answer, cl_bool, CL_FALSE);
	case CL_DEVICE_MAX_MEM_ALLOC_SIZE:
	case CL_DEVICE_MAX_CONSTANT_BUFFER_SIZE:
		return answer_value(answer, cl_ulong, properties->max_allocation_bytes);
	case CL_DEVICE_GLOBAL_MEM_SIZE:
		return answer_value(answer, cl_ulong, properties->global_memory_bytes);
	case CL_DEVICE_GLOBAL_MEM_CACHE_TYPE:
		return answer_value(answer, cl_device_mem_cache_type, CL_READ_WRITE_CACHE);
	case CL_DEVICE_GLOBAL_MEM_CACHELINE_SIZE:
		return answer_value(answer, cl_uint, properties->cache_line_bytes);
	case CL_DEVICE_GLOBAL_MEM_CACHE_SIZE:
		return answer_value(answer, cl_ulong, properties->global_cache_bytes);
	case CL_DEVICE_MAX_GLOBAL_VARIABLE_SIZE:
	case CL_DEVICE_GLOBAL_VARIABLE_PREFERRED_TOTAL_SIZE:
		return answer_value(answer, size_t, properties->max_global_variable_bytes);
	case CL_DEVICE_LOCAL_MEM_TYPE:
		return answer_value(answer, cl_device_local_mem_type, CL_GLOBAL);
	case CL_DEVICE_LOCAL_MEM_SIZE:
		return answer_value(answer, cl_ulong, properties->local_memory_bytes);
	case CL_DEVICE_MAX_CONSTANT_ARGS:
		return answer_value(answer, cl_uint, 64);
	case CL_DEVICE_MAX_PARAMETER_SIZE:
		return answer_value(answer, size_t, 4096);
	case CL_DEVICE_MEM_BASE_ADDR_ALIGN:
		return answer_value(answer, cl_uint, 1024);
	case CL_DEVICE_MIN_DATA_TYPE_ALIGN_SIZE:
		return answer_value(answer, cl_uint, 128);
	case CL_DEVICE_SVM_CAPABILITIES:
		return answer_value(answer, cl_device_svm_capabilities,
				    properties->svm_capabilities);
	case CL_DEVICE_ATOMIC_MEMORY_CAPABILITIES:
		return answer_value(answer, cl_device_atomic_capabilities,
				    atomic_scopes(properties));
	case CL_DEVICE_ATOMIC_FENCE_CAPABILITIES:
		return answer_value(answer, cl_device_atomic_capabilities,
				    atomic_scopes(properties) | CL_DEVICE_ATOMIC_SCOPE_WORK_ITEM);
	case CL_DEVICE_PREFERRED_PLATFORM_ATOMIC_ALIGNMENT:
	case CL_DEVICE_PREFERRED_GLOBAL_ATOMIC_ALIGNMENT:
	case CL_DEVICE_PREFERRED_LOCAL_ATOMIC_ALIGNMENT:
		return answer_value(answer, cl_uint, 0); /* natural alignment will do */
	default:
		return answer_execution(device, name, answer);
	}
}

/* Arithmetic. */
static cl_int answer_arithmetic(const struct tandem_device *device, cl_device_info name,
				const struct tandem_answer *answer)
{
	const struct tandem_device_properties *properties = &device->core->properties;
	const cl_device_fp_config ieee = CL_FP_DENORM | CL_FP_INF_NAN | CL_FP_ROUND_TO_NEAREST |
					 CL_FP_FMA;

	switch (name) {
	case CL_DEVICE_PREFERRED_VECTOR_WIDTH_CHAR:
	case CL_DEVICE_PREFERRED_VECTOR_WIDTH_SHORT:
	case CL_DEVICE_PREFERRED_VECTOR_WIDTH_INT:
	case CL_DEVICE_PREFERRED_VECTOR_WIDTH_LONG:
	case CL_DEVICE_PREFERRED_VECTOR_WIDTH_FLOAT:
	case CL_DEVICE_PREFERRED_VECTOR_WIDTH_DOUBLE:
		/* Work-items become the lanes of vectors: scalar code is best. */
		return answer_value(answer, cl_uint, 1);
	case CL_DEVICE_PREFERRED_VECTOR_WIDTH_HALF:
	case CL_DEVICE_NATIVE_VECTOR_WIDTH_HALF:
		return answer_value(answer, cl_uint, 0); /* no cl_khr_fp16 */
	case CL_DEVICE_NATIVE_VECTOR_WIDTH_CHAR:
		return answer_value(answer, cl_uint, vector_width(properties, 1));
	case CL_DEVICE_NATIVE_VECTOR_WIDTH_SHORT:
		return answer_value(answer, cl_uint, vector_width(properties, 2));
	case CL_DEVICE_NATIVE_VECTOR_WIDTH_INT:
	case CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT:
		return answer_value(answer, cl_uint, vector_width(properties, 4));
	case CL_DEVICE_NATIVE_VECTOR_WIDTH_LONG:
	case CL_DEVICE_NATIVE_VECTOR_WIDTH_DOUBLE:
		return answer_value(answer, cl_uint, vector_width(properties, 8));
	case CL_DEVICE_SINGLE_FP_CONFIG:
		return answer_value(answer, cl_device_fp_config,
				    ieee | CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT);
	case CL_DEVICE_DOUBLE_FP_CONFIG:
		return answer_value(answer, cl_device_fp_config,
				    ieee | CL_FP_ROUND_TO_ZERO | CL_FP_ROUND_TO_INF);
	case CL_DEVICE_HALF_FP_CONFIG:
		return answer_value(answer, cl_device_fp_config, 0);
	default:
		return answer_memory(device, name, answer);
	}
}

/* What no device has: images, pipes, device queues, sub-groups, uneven groups. */
static cl_int answer_absent(const struct tandem_device *device, cl_device_info name,
			    const struct tandem_answer *answer)
{
	switch (name) {
	case CL_DEVICE_IMAGE_SUPPORT:
	case CL_DEVICE_PIPE_SUPPORT:
	case CL_DEVICE_NON_UNIFORM_WORK_GROUP_SUPPORT:
	case CL_DEVICE_SUB_GROUP_INDEPENDENT_FORWARD_PROGRESS:
		return answer_value(answer, cl_bool, CL_FALSE);
	case CL_DEVICE_MAX_READ_IMAGE_ARGS:
	case CL_DEVICE_MAX_WRITE_IMAGE_ARGS:
	case CL_DEVICE_MAX_READ_WRITE_IMAGE_ARGS:
	case CL_DEVICE_MAX_SAMPLERS:
	case CL_DEVICE_IMAGE_PITCH_ALIGNMENT:
	case CL_DEVICE_IMAGE_BASE_ADDRESS_ALIGNMENT:
	case CL_DEVICE_MAX_PIPE_ARGS:
	case CL_DEVICE_PIPE_MAX_ACTIVE_RESERVATIONS:
	case CL_DEVICE_PIPE_MAX_PACKET_SIZE:
	case CL_DEVICE_MAX_ON_DEVICE_QUEUES:
	case CL_DEVICE_MAX_ON_DEVICE_EVENTS:
	case CL_DEVICE_QUEUE_ON_DEVICE_PREFERRED_SIZE:
	case CL_DEVICE_QUEUE_ON_DEVICE_MAX_SIZE:
	case CL_DEVICE_MAX_NUM_SUB_GROUPS:
		return answer_value(answer, cl_uint, 0);
	case CL_DEVICE_IMAGE2D_MAX_WIDTH:
	case CL_DEVICE_IMAGE2D_MAX_HEIGHT:
	case CL_DEVICE_IMAGE3D_MAX_WIDTH:
	case CL_DEVICE_IMAGE3D_MAX_HEIGHT:
	case CL_DEVICE_IMAGE3D_MAX_DEPTH:
	case CL_DEVICE_IMAGE_MAX_BUFFER_SIZE:
	case CL_DEVICE_IMAGE_MAX_ARRAY_SIZE:
		return answer_value(answer, size_t, 0);
	case CL_DEVICE_QUEUE_ON_DEVICE_PROPERTIES:
		return answer_value(answer, cl_command_queue_properties, 0);
	case CL_DEVICE_DEVICE_ENQUEUE_CAPABILITIES:
		return answer_value(answer, cl_device_device_enqueue_capabilities, 0);
	default:
		return answer_arithmetic(device, name, answer);
	}
}

/* What the driver answers by itself. False where it leaves that to the runtime. */
static bool driver_answers(const struct tandem_device *device, cl_device_info name,
			   const struct tandem_answer *answer, cl_int *code)
{
	struct tandem_device_core *core = device->core;
	char value[1024];
	size_t bytes;

	if (!core->ops->get_info || core->ops->get_info(core, name, value, sizeof(value), &bytes))
		return false;
	*code = answer_bytes(answer, value, bytes);
	return true;
}

cl_int tandem_clGetDeviceInfo(cl_device_id handle, cl_device_info name, size_t size, void *value,
			      size_t *size_ret)
{
	ENTRY_POINT;
	const struct tandem_answer answer = { size, value, size_ret };
	const struct tandem_device *device = device_of(handle);
	cl_int code;

	if (!device)
		return fail(CL_INVALID_DEVICE, "%p is no device", (void *)handle);
	if (driver_answers(device, name, &answer, &code))
		return code;
	return answer_absent(device, name, &answer);
}
