// SPDX-License-Identifier: MIT
/* What litmus_shapes.h needs in OpenCL C. NAME is the shape to play. */

#if defined(SEQ_CST)
#define STORE_ORDER memory_order_seq_cst
#define LOAD_ORDER  memory_order_seq_cst
#define ADD_ORDER   memory_order_seq_cst
#elif defined(ACQ_REL)
#define STORE_ORDER memory_order_release
#define LOAD_ORDER  memory_order_acquire
#define ADD_ORDER   memory_order_relaxed
#else
#define STORE_ORDER memory_order_relaxed
#define LOAD_ORDER  memory_order_relaxed
#define ADD_ORDER   memory_order_relaxed
#endif
#define STORE(word, value)	   atomic_store_explicit(word, value, STORE_ORDER, SVM_SCOPE)
#define LOAD(word)		   atomic_load_explicit(word, LOAD_ORDER, SVM_SCOPE)
#define ADD(word, value)	   atomic_fetch_add_explicit(word, value, ADD_ORDER, SVM_SCOPE)
#define PLAIN_STORE(place, value) (*(place) = (value))
#define PLAIN_LOAD(place)	   (*(place))
#if defined(FENCES)
#define FENCE() atomic_work_item_fence(CLK_GLOBAL_MEM_FENCE, memory_order_seq_cst, SVM_SCOPE)
#else
#define FENCE() ((void)0)
#endif
#define SHAPE(name)                                                                           \
	void play_##name(uint part, volatile __global atomic_uint *x,                         \
			 volatile __global atomic_uint *y, volatile __global uint *payload,   \
			 __global uint *result)
#define JOIN(one, other) one##other
#define PLAYER(name)	 JOIN(play_, name)
#define play_one	 PLAYER(NAME)
