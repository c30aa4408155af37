// SPDX-License-Identifier: MIT
/* The shapes on the CPU, each with every order. */
#ifndef SVM_CASES_LITMUS_CPU_H
#define SVM_CASES_LITMUS_CPU_H

#include "harness/suite.h"

enum litmus_orders {
	ORDERS_RELAXED,
	ORDERS_ACQ_REL,
	ORDERS_SEQ_CST,
	ORDERS_FENCES, /* sequentially consistent fences between relaxed operations */
	ORDERS_COUNT,
};

typedef void (*litmus_player)(cl_uint part, volatile _Atomic cl_uint *x,
			      volatile _Atomic cl_uint *y, volatile cl_uint *payload,
			      cl_uint *result);

/* NULL for a shape there is not. */
litmus_player litmus_cpu_player(const char *shape, enum litmus_orders orders);

#endif
