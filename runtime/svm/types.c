// SPDX-License-Identifier: MIT
#include "types.h"

#include "driver/features.h"
#include "util/new_names.h"

/* Unified shared memory of Intel's extension has the same access, in other bits. */
static uint64_t of_unified(uint64_t has, uint64_t capabilities)
{
	if (!has)
		return 0;
	if (has & CL_UNIFIED_SHARED_MEMORY_ATOMIC_ACCESS_INTEL)
		capabilities |= CL_SVM_CAPABILITY_DEVICE_ATOMIC_ACCESS_KHR;
	if (has & CL_UNIFIED_SHARED_MEMORY_CONCURRENT_ACCESS_INTEL)
		capabilities |= CL_SVM_CAPABILITY_CONCURRENT_ACCESS_KHR;
	if (has & CL_UNIFIED_SHARED_MEMORY_CONCURRENT_ATOMIC_ACCESS_INTEL)
		capabilities |= CL_SVM_CAPABILITY_CONCURRENT_ATOMIC_ACCESS_KHR;
	return capabilities;
}

/* Of what clSVMAlloc gives, or the application's allocator. */
static uint64_t of_svm(const struct tandem_device_properties *properties, uint64_t needed,
		       uint64_t capabilities)
{
	uint64_t has = properties->svm_capabilities;

	if ((has & needed) != needed)
		return 0;
	/* Kernels get at all memory that they know the address of. */
	if (has & CL_DEVICE_SVM_FINE_GRAIN_SYSTEM || properties->unified_memory.device)
		capabilities |= CL_SVM_CAPABILITY_INDIRECT_ACCESS_KHR;
	return capabilities;
}

uint64_t tandem_svm_type_capabilities(const struct tandem_device_properties *properties,
				      enum tandem_svm_type type)
{
	const uint64_t atomics = CL_SVM_CAPABILITY_CONCURRENT_ATOMIC_ACCESS_KHR;
	const uint64_t any_device = CL_SVM_CAPABILITY_DEVICE_UNASSOCIATED_KHR |
				    CL_SVM_CAPABILITY_CONTEXT_ACCESS_KHR;
	uint64_t shared = CL_SVM_TYPE_MACRO_SINGLE_DEVICE_SHARED_KHR |
			  CL_SVM_CAPABILITY_HOST_MAP_KHR;
	uint64_t system = CL_SVM_TYPE_MACRO_SYSTEM_KHR;

	if (properties->unified_memory.devices)
		shared |= any_device;
	if (!tandem_has_svm_atomics(properties))
		system &= ~atomics;
	switch (type) {
	case TANDEM_SVM_COARSE:
		return of_svm(properties, CL_DEVICE_SVM_COARSE_GRAIN_BUFFER,
			      CL_SVM_TYPE_MACRO_COARSE_GRAIN_BUFFER_KHR);
	case TANDEM_SVM_FINE:
		return of_svm(properties, CL_DEVICE_SVM_FINE_GRAIN_BUFFER,
			      CL_SVM_TYPE_MACRO_FINE_GRAIN_BUFFER_KHR);
	case TANDEM_SVM_ATOMIC:
		return of_svm(properties, CL_DEVICE_SVM_FINE_GRAIN_BUFFER | CL_DEVICE_SVM_ATOMICS,
			      CL_SVM_TYPE_MACRO_FINE_GRAIN_BUFFER_KHR | atomics);
	case TANDEM_SVM_DEVICE:
		return of_unified(properties->unified_memory.device, CL_SVM_TYPE_MACRO_DEVICE_KHR);
	case TANDEM_SVM_HOST:
		return of_unified(properties->unified_memory.host,
				  CL_SVM_TYPE_MACRO_HOST_KHR | CL_SVM_CAPABILITY_HOST_MAP_KHR);
	case TANDEM_SVM_SHARED:
		return of_unified(properties->unified_memory.one_device, shared);
	case TANDEM_SVM_SYSTEM:
		return of_svm(properties, CL_DEVICE_SVM_FINE_GRAIN_SYSTEM, system);
	case TANDEM_SVM_TYPE_COUNT:
		break;
	}
	return 0;
}

static bool has_atomics(const struct tandem_svm_space *space)
{
	for (unsigned int i = 0; i < space->device_count; i++) {
		if (tandem_has_svm_atomics(&space->devices[i]->properties))
			return true;
	}
	return false;
}

uint64_t tandem_svm_type_flags(const struct tandem_svm_space *space, enum tandem_svm_type type)
{
	const uint64_t atomics = CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS;

	switch (type) {
	/* Never in use by the host and a device at the same time. */
	case TANDEM_SVM_COARSE:
	case TANDEM_SVM_DEVICE:
		return 0;
	case TANDEM_SVM_ATOMIC:
		return atomics;
	case TANDEM_SVM_FINE:
		return CL_MEM_SVM_FINE_GRAIN_BUFFER;
	default:
		return has_atomics(space) ? atomics : CL_MEM_SVM_FINE_GRAIN_BUFFER;
	}
}

enum tandem_svm_type tandem_svm_type_of(const struct tandem_svm_allocation *allocation)
{
	if (!allocation || allocation->unified.type)
		return TANDEM_SVM_TYPE_COUNT;
	if (allocation->typed.is_typed)
		return allocation->typed.type;
	if (allocation->flags & CL_MEM_SVM_ATOMICS)
		return TANDEM_SVM_ATOMIC;
	return allocation->flags & CL_MEM_SVM_FINE_GRAIN_BUFFER ? TANDEM_SVM_FINE :
								  TANDEM_SVM_COARSE;
}
