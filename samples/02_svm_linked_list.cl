// SPDX-License-Identifier: MIT
/*
 * The device's half of 02_svm_linked_list.c: walks the list that the CPU built, by the
 * pointers the CPU stored, and pushes nodes of its own onto it.
 *
 * With BROKEN defined the head is replaced by a plain store instead of a
 * compare-exchange, to show that nodes get lost then. The first push waits until
 * another comes in between, so that this does not depend on luck.
 */

/*
 * The same structures stand in 02_svm_linked_list.c. A pointer to global memory has the
 * width of a CPU pointer here: the host has checked that the device's addresses are as
 * wide as its own. OpenCL C has no atomic pointers, hence the integers in struct list.
 */
struct node {
	global struct node *next;
	uint value;
	uint owner;
};

struct list {
	atomic_ulong head; /* a struct node *, 0 at the end of the list */
	ulong padding[15];
	atomic_uint nodes_taken; /* of the pool */
	atomic_uint device_runs;
};

struct walk_result {
	ulong node_count;
	ulong checksum;
};

/* One work-item follows the pointers, @limit nodes at most: a broken list may be a ring. */
kernel void walk(volatile global struct list *list, global struct walk_result *result, uint limit)
{
	ulong address =
		atomic_load_explicit(&list->head, memory_order_acquire, SVM_SCOPE);
	const global struct node *node = (const global struct node *)address;
	ulong node_count = 0, checksum = 0;

	while (node && node_count < limit) {
		node_count++;
		checksum = checksum * 31 + node->value;
		node = node->next;
	}
	result->node_count = node_count;
	result->checksum = checksum;
}

#ifdef BROKEN
#define WAIT_LOADS 100000000u

static void wait_for_other_push(volatile global struct list *list, ulong old)
{
	uint loads = 0;

	while (atomic_load_explicit(&list->head, memory_order_relaxed, SVM_SCOPE) == old &&
	       loads < WAIT_LOADS)
		loads++;
}
#endif

static void push(volatile global struct list *list, global struct node *node, bool first)
{
	ulong old = atomic_load_explicit(&list->head, memory_order_relaxed, SVM_SCOPE);

#ifdef BROKEN
	if (first)
		wait_for_other_push(list, old);
	node->next = (global struct node *)old;
	atomic_store_explicit(&list->head, (ulong)node, memory_order_release, SVM_SCOPE);
#else
	/*
	 * Release: whoever sees the new head sees what is in the node. A failure puts
	 * the head as it is now into @old.
	 */
	do {
		node->next = (global struct node *)old;
	} while (!atomic_compare_exchange_weak_explicit(&list->head, &old, (ulong)node,
							memory_order_release,
							memory_order_relaxed, SVM_SCOPE));
#endif
}

/* Each work-item takes @nodes_each nodes from the pool and pushes them. */
kernel void extend(volatile global struct list *list, global struct node *pool, uint pool_nodes,
		   uint nodes_each)
{
	bool first = !atomic_exchange_explicit(&list->device_runs, 1u, memory_order_acq_rel,
					       SVM_SCOPE);
	uint i, index;

	for (i = 0; i < nodes_each; i++) {
		index = atomic_fetch_add_explicit(&list->nodes_taken, 1u, memory_order_relaxed,
						  SVM_SCOPE);
		if (index >= pool_nodes)
			return;
		pool[index].value = index;
		pool[index].owner = 2 + get_global_id(0);
		push(list, &pool[index], first && i == 0);
	}
}
