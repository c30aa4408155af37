// SPDX-License-Identifier: MIT
/* The least of a module of SPIR-V, for tests of the API that build nothing of it. */
#ifndef TANDEM_TESTS_API_IL_MODULE_H
#define TANDEM_TESTS_API_IL_MODULE_H

#include <stdint.h>

#include "harness.h"

#define TEST_IL_CONSTANT 7u /* the id of its specialization constant, of four bytes */

#define TEST_IL_HEAD(operation, words) ((uint32_t)(words) << 16 | (operation))

static const uint32_t test_il_module[] = {
	0x07230203, /* magic, version 1.0, generator, bound, schema */
	0x00010000,
	0,
	3,
	0,
	TEST_IL_HEAD(17, 2), /* OpCapability Addresses */
	4,
	TEST_IL_HEAD(17, 2), /* OpCapability Kernel */
	6,
	TEST_IL_HEAD(14, 3), /* OpMemoryModel Physical64 OpenCL */
	2,
	2,
	TEST_IL_HEAD(71, 4), /* OpDecorate %2 SpecId 7 */
	2,
	1,
	TEST_IL_CONSTANT,
	TEST_IL_HEAD(21, 4), /* %1 = OpTypeInt 32 0 */
	1,
	32,
	0,
	TEST_IL_HEAD(50, 4), /* %2 = OpSpecConstant %1 5 */
	1,
	2,
	5,
};

/* Whether the device takes SPIR-V. */
static inline bool test_takes_il(cl_device_id device)
{
	size_t bytes = 0;

	check_success(clGetDeviceInfo(device, CL_DEVICE_ILS_WITH_VERSION, 0, NULL, &bytes));
	return bytes;
}

#endif
