// SPDX-License-Identifier: MIT
#include "litmus_cpu.h"

#include <string.h>

#define PLAIN_STORE(place, value) (*(place) = (value))
#define PLAIN_LOAD(place)	  (*(place))
#define STORE(word, value)	  atomic_store_explicit(word, value, STORE_ORDER)
#define LOAD(word)		  atomic_load_explicit(word, LOAD_ORDER)
#define ADD(word, value)	  atomic_fetch_add_explicit(word, value, ADD_ORDER)
#define PARAMETERS                                                              \
	cl_uint part, volatile _Atomic cl_uint *x, volatile _Atomic cl_uint *y, \
		volatile cl_uint *payload, cl_uint *result

#define SHAPE(name) static void name##_relaxed(PARAMETERS)
#define STORE_ORDER memory_order_relaxed
#define LOAD_ORDER  memory_order_relaxed
#define ADD_ORDER   memory_order_relaxed
#define FENCE()	    ((void)0)
#include "device/litmus_shapes.h"

#undef SHAPE
#undef FENCE
#define SHAPE(name) static void name##_fences(PARAMETERS)
#define FENCE()	    atomic_thread_fence(memory_order_seq_cst)
#include "device/litmus_shapes.h"

#undef SHAPE
#undef FENCE
#undef STORE_ORDER
#undef LOAD_ORDER
#define SHAPE(name) static void name##_acq_rel(PARAMETERS)
#define FENCE()	    ((void)0)
#define STORE_ORDER memory_order_release
#define LOAD_ORDER  memory_order_acquire
#include "device/litmus_shapes.h"

#undef SHAPE
#undef STORE_ORDER
#undef LOAD_ORDER
#undef ADD_ORDER
#define SHAPE(name) static void name##_seq_cst(PARAMETERS)
#define STORE_ORDER memory_order_seq_cst
#define LOAD_ORDER  memory_order_seq_cst
#define ADD_ORDER   memory_order_seq_cst
#include "device/litmus_shapes.h"

#define PLAYERS(name)                                                                 \
	{                                                                             \
#name,                                                                \
		{                                                                     \
			name##_relaxed, name##_acq_rel, name##_seq_cst, name##_fences \
		}                                                                     \
	}

static const struct {
	const char *shape;
	litmus_player players[ORDERS_COUNT];
} players[] = {
	PLAYERS(mp),	     PLAYERS(mp_plain), PLAYERS(release_sequence),
	PLAYERS(sb),	     PLAYERS(lb),	PLAYERS(iriw),
	PLAYERS(wrc),	     PLAYERS(s),	PLAYERS(r),
	PLAYERS(two_writes), PLAYERS(corr),	PLAYERS(cowr),
	PLAYERS(corw),	     PLAYERS(corr2),	PLAYERS(rmw),
	PLAYERS(rmw_store),
};

litmus_player litmus_cpu_player(const char *shape, enum litmus_orders orders)
{
	for (size_t i = 0; i < sizeof(players) / sizeof(players[0]); i++) {
		if (!strcmp(players[i].shape, shape))
			return players[i].players[orders];
	}
	return NULL;
}
