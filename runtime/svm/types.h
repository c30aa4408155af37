// SPDX-License-Identifier: MIT
/*
 * The types of SVM that cl_khr_unified_svm tells apart, and what a device can do with each. The
 * first three are what clSVMAlloc gives.
 */
#ifndef TANDEM_SVM_TYPES_H
#define TANDEM_SVM_TYPES_H

#include "svm.h"

enum tandem_svm_type {
	TANDEM_SVM_COARSE,
	TANDEM_SVM_FINE,
	TANDEM_SVM_ATOMIC, /* fine, with SVM atomics */
	TANDEM_SVM_DEVICE,
	TANDEM_SVM_HOST,
	TANDEM_SVM_SHARED,
	TANDEM_SVM_SYSTEM,
	TANDEM_SVM_TYPE_COUNT
};

/* CL_SVM_CAPABILITY_*_KHR of the type; 0 where a device with @properties has none of it. */
uint64_t tandem_svm_type_capabilities(const struct tandem_device_properties *properties,
				      enum tandem_svm_type type);

/* What tandem_svm_allocate() is given for memory of the type: CL_MEM_SVM_*. */
uint64_t tandem_svm_type_flags(const struct tandem_svm_space *space, enum tandem_svm_type type);

/*
 * The type of what clSVMAlloc or clSVMAllocWithPropertiesKHR gave out, TANDEM_SVM_TYPE_COUNT for
 * anything else; @allocation may be NULL.
 */
enum tandem_svm_type tandem_svm_type_of(const struct tandem_svm_allocation *allocation);

#endif
