// SPDX-License-Identifier: MIT
#include "object.h"

static const void *dispatch_table;

void tandem_object_set_dispatch(const void *dispatch)
{
	dispatch_table = dispatch;
}

void tandem_object_init_hidden(struct tandem_object *object, enum tandem_kind kind,
			       void (*destroy)(struct tandem_object *object))
{
	object->dispatch = dispatch_table;
	object->kind = kind;
	object->destroy = destroy;
	atomic_init(&object->references, 1);
}

void tandem_object_init(struct tandem_object *object, enum tandem_kind kind,
			void (*destroy)(struct tandem_object *object))
{
	tandem_object_init_hidden(object, kind, destroy);
	atomic_init(&object->application_references, 1);
}

void tandem_object_lend(struct tandem_object *object)
{
	/* The application's references together hold one of the runtime's. */
	if (!atomic_fetch_add(&object->application_references, 1))
		tandem_object_ref(object);
}

void tandem_object_ref(struct tandem_object *object)
{
	atomic_fetch_add_explicit(&object->references, 1, memory_order_relaxed);
}

bool tandem_object_try_ref(struct tandem_object *object)
{
	uint32_t references = atomic_load(&object->references);

	do {
		if (!references)
			return false;
	} while (!atomic_compare_exchange_weak(&object->references, &references, references + 1));
	return true;
}

void tandem_object_show(struct tandem_object *object)
{
	if (object && !atomic_load_explicit(&object->shown, memory_order_relaxed))
		atomic_store_explicit(&object->shown, true, memory_order_relaxed);
}

void tandem_object_unref(struct tandem_object *object)
{
	if (atomic_fetch_sub_explicit(&object->references, 1, memory_order_acq_rel) != 1)
		return;
	object->kind = 0;
	object->destroy(object);
}

bool tandem_object_release(struct tandem_object *object)
{
	return atomic_fetch_sub_explicit(&object->application_references, 1,
					 memory_order_acq_rel) == 1;
}

void tandem_object_drop(struct tandem_object *object)
{
	if (tandem_object_release(object))
		tandem_object_unref(object);
}
