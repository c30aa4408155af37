// SPDX-License-Identifier: MIT
/*
 * The types of SVM that the platform has, those that a device of it has, and their indices,
 * which are the same for as long as the process lives.
 */
#ifndef TANDEM_CORE_SVM_TYPES_H
#define TANDEM_CORE_SVM_TYPES_H

#include "context.h"
#include "svm/types.h"

/* Gives the types in @types, which has room for TANDEM_SVM_TYPE_COUNT. Returns their number. */
unsigned int tandem_svm_types_list(enum tandem_svm_type *types);

/* The index of a type, CL_UINT_MAX where no device has it. */
cl_uint tandem_svm_types_index(enum tandem_svm_type type);

/* What all devices of the platform that have the type can do with it. */
uint64_t tandem_svm_types_of_platform(enum tandem_svm_type type);

/* The same of a context's; 0 where none has it. */
uint64_t tandem_svm_types_of_context(const struct tandem_context *context,
				     enum tandem_svm_type type);

#endif
