// SPDX-License-Identifier: GPL-2.0-only
/*
 * A model of a GPU below nouveau's SVM code
 *
 * It answers the NVIF calls of nouveau_svm.c, and has the fault buffer that
 * nouveau_svm.c reads. Its cores reach memory by a page table only the driver
 * fills: entries with a bit for atomic operations, faults that wait until they
 * are replayed or cancelled. An atomic operation is what it is on a GPU behind
 * PCIe: a read, some time, and a write, of which no CPU knows.
 */
#include <linux/device.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <nvif/class.h>
#include <nvif/clb069.h>
#include <nvif/driver.h>
#include <nvif/event.h>
#include <nvif/if000c.h>
#include <nvif/ifc00d.h>

#include "nouveau_svm_model.h"

#define GET_OFFSET	0
#define PUT_OFFSET	4
#define INSTANCE_SHIFT	12
#define MAX_VMM_ADDRESS	BIT_ULL(49)
/* Between read and write of an atomic operation. */
#define ADD_SPINS	64
#define WAIT_TIMEOUT	(30 * HZ)

static void violation(struct svm_model *model, const char *what)
{
	pr_err("nouveau_svm_model: %s\n", what);
	spin_lock(&model->lock);
	model->violations++;
	spin_unlock(&model->lock);
}

static struct nvif_object *object_of(u64 handle)
{
	return (struct nvif_object *)(unsigned long)handle;
}

static int new_vmm(struct svm_model *model, struct nvif_vmm_v0 *args, void **priv)
{
	struct svm_model_vmm *vmm = kzalloc(sizeof(*vmm), GFP_KERNEL);

	if (!vmm)
		return -ENOMEM;
	vmm->model = model;
	mutex_init(&vmm->mutex);
	spin_lock_init(&vmm->access);
	xa_init(&vmm->entries);
	vmm->unmanaged_start = args->addr;
	vmm->unmanaged_end = args->addr + args->size;
	args->page_nr = 1;
	args->addr = 0;
	args->size = MAX_VMM_ADDRESS;

	spin_lock(&model->lock);
	list_add(&vmm->link, &model->vmms);
	spin_unlock(&model->lock);
	*priv = vmm;
	return 0;
}

static void delete_vmm(struct svm_model_vmm *vmm)
{
	spin_lock(&vmm->model->lock);
	list_del(&vmm->link);
	spin_unlock(&vmm->model->lock);
	xa_destroy(&vmm->entries);
	kfree(vmm);
}

static int do_new(struct svm_model *model, struct nvif_ioctl_new_v0 *args,
		  void **priv)
{
	struct nvif_clb069_v0 *buffer = (void *)args->data;

	switch (args->oclass) {
	case MAXWELL_FAULT_BUFFER_A:
		buffer->entries = SVM_MODEL_FAULTS;
		buffer->get = GET_OFFSET;
		buffer->put = PUT_OFFSET;
		return 0;
	case NVIF_CLASS_EVENT:
		model->event = container_of(object_of(args->object),
					    struct nvif_event, object);
		return 0;
	case NVIF_CLASS_VMM_GP100:
		return new_vmm(model, (void *)args->data, priv);
	default:
		return -EINVAL;
	}
}

static int do_delete(struct svm_model *model, struct nvif_object *object)
{
	if (object->oclass == NVIF_CLASS_EVENT)
		model->event = NULL;
	if (object->oclass == NVIF_CLASS_VMM_GP100)
		delete_vmm(object->priv);
	return 0;
}

static int do_sclass(struct nvif_ioctl_sclass_v0 *args)
{
	if (args->count) {
		args->oclass[0].oclass = MAXWELL_FAULT_BUFFER_A;
		args->oclass[0].minver = 0;
		args->oclass[0].maxver = 0;
	}
	args->count = 1;
	return 0;
}

/* No page that is exclusive to one address space may be mapped in another. */
static void check_exclusive(struct svm_model_vmm *vmm, u64 phys)
{
	struct svm_model *model = vmm->model;
	struct svm_model_vmm *other;
	unsigned long index;
	bool found = false;
	void *entry;

	spin_lock(&model->lock);
	list_for_each_entry(other, &model->vmms, link) {
		if (other == vmm)
			continue;
		xa_for_each(&other->entries, index, entry)
			found |= !((xa_to_value(entry) ^ phys) &
				   NVIF_VMM_PFNMAP_V0_ADDR);
	}
	spin_unlock(&model->lock);
	if (found)
		violation(model, "an exclusive page is mapped elsewhere");
}

static int map_page(struct svm_model_vmm *vmm, u64 address, u64 phys)
{
	void *old;

	if (address >= vmm->unmanaged_start && address < vmm->unmanaged_end)
		return -EINVAL;
	if (!(phys & NVIF_VMM_PFNMAP_V0_V)) {
		xa_erase(&vmm->entries, address >> PAGE_SHIFT);
		return 0;
	}
	if (phys & NVIF_VMM_PFNMAP_V0_A)
		check_exclusive(vmm, phys);
	/* as NVKM allocates page tables */
	old = xa_store(&vmm->entries, address >> PAGE_SHIFT, xa_mk_value(phys),
		       GFP_KERNEL);
	atomic_long_inc(&vmm->maps);
	return xa_err(old);
}

static int pfnmap(struct svm_model_vmm *vmm, struct nvif_vmm_pfnmap_v0 *args,
		  size_t size)
{
	u64 page_bytes = BIT_ULL(args->page), pages = args->size >> args->page;
	u64 i, offset;
	int err;

	if ((args->page != 12 && args->page != 21) ||
	    size != struct_size(args, phys, pages) ||
	    !IS_ALIGNED(args->addr | args->size, page_bytes) ||
	    args->addr + args->size > MAX_VMM_ADDRESS) {
		violation(vmm->model, "bad arguments of PFNMAP");
		return -EINVAL;
	}
	if (!(current->flags & PF_MEMALLOC))
		violation(vmm->model, "PFNMAP may reclaim memory");

	mutex_lock(&vmm->mutex);
	for (i = 0; i < pages; i++) {
		err = 0;
		for (offset = 0; offset < page_bytes && !err; offset += PAGE_SIZE)
			err = map_page(vmm, args->addr + i * page_bytes + offset,
				       args->phys[i] + offset);
		if (err)
			args->phys[i] = NVIF_VMM_PFNMAP_V0_NONE;
	}
	mutex_unlock(&vmm->mutex);
	return 0;
}

static int pfnclr(struct svm_model_vmm *vmm, struct nvif_vmm_pfnclr_v0 *args)
{
	unsigned long index;
	void *entry;

	if (!(current->flags & PF_MEMALLOC))
		violation(vmm->model, "PFNCLR may reclaim memory");

	mutex_lock(&vmm->mutex);
	xa_for_each_range(&vmm->entries, index, entry, args->addr >> PAGE_SHIFT,
			  (args->addr + args->size - 1) >> PAGE_SHIFT)
		xa_erase(&vmm->entries, index);
	/* the flush waits for accesses that have found the entry */
	spin_lock(&vmm->access);
	spin_unlock(&vmm->access);
	mutex_unlock(&vmm->mutex);
	return 0;
}

static int replay(struct svm_model *model)
{
	spin_lock(&model->lock);
	model->replays++;
	spin_unlock(&model->lock);
	wake_up_all(&model->wait);
	return 0;
}

static int cancel(struct svm_model *model, struct gp100_vmm_fault_cancel_v0 *args)
{
	struct svm_model_core *core;
	bool found = false;

	spin_lock(&model->lock);
	list_for_each_entry(core, &model->cores, link) {
		if (core->instance != args->inst || core->number != args->client)
			continue;
		core->cancelled++;
		found = true;
	}
	/*
	 * A core that repeated its access has more than one fault in the buffer, and
	 * may have stopped when the driver comes to the last.
	 */
	if (!found && args->inst >> INSTANCE_SHIFT > model->instances)
		model->strays++;
	spin_unlock(&model->lock);
	wake_up_all(&model->wait);
	return 0;
}

static int do_method(struct svm_model *model, struct nvif_object *object,
		     struct nvif_ioctl_mthd_v0 *args, size_t size)
{
	struct nvif_vmm_page_v0 *page = (void *)args->data;

	if (object == &model->drm.client.vmm.vmm.object) {
		if (args->method == GP100_VMM_VN_FAULT_REPLAY)
			return replay(model);
		if (args->method == GP100_VMM_VN_FAULT_CANCEL)
			return cancel(model, (void *)args->data);
		return -EINVAL;
	}
	/* the event is always allowed, what it finds nothing for costs nothing */
	if (object->oclass != NVIF_CLASS_VMM_GP100)
		return 0;
	switch (args->method) {
	case NVIF_VMM_V0_PAGE:
		page->shift = PAGE_SHIFT;
		return 0;
	case NVIF_VMM_V0_PFNMAP:
		return pfnmap(object->priv, (void *)args->data, size);
	case NVIF_VMM_V0_PFNCLR:
		return pfnclr(object->priv, (void *)args->data);
	default:
		return -EINVAL;
	}
}

static int do_map(struct svm_model *model, struct nvif_ioctl_map_v0 *args)
{
	args->type = NVIF_IOCTL_MAP_V0_VA;
	args->handle = (unsigned long)model->entries;
	args->length = sizeof(model->entries);
	return 0;
}

static int model_ioctl(void *priv, void *data, u32 size, void **hack)
{
	struct svm_model *model = priv;
	struct nvif_ioctl_v0 *args = data;

	switch (args->type) {
	case NVIF_IOCTL_V0_SCLASS:
		return do_sclass((void *)args->data);
	case NVIF_IOCTL_V0_NEW:
		return do_new(model, (void *)args->data, hack);
	case NVIF_IOCTL_V0_DEL:
		return do_delete(model, object_of(args->object));
	case NVIF_IOCTL_V0_MTHD:
		return do_method(model, object_of(args->object), (void *)args->data,
				 size - sizeof(*args) -
					 sizeof(struct nvif_ioctl_mthd_v0));
	case NVIF_IOCTL_V0_MAP:
		return do_map(model, (void *)args->data);
	case NVIF_IOCTL_V0_UNMAP:
		return 0;
	default:
		return -EINVAL;
	}
}

static const struct nvif_driver model_driver = {
	.name = "svm-model",
	.ioctl = model_ioctl,
};

static void ignore_message(struct nvif_object *object, const char *format, ...)
{
}

static const struct nvif_parent_func model_parent = {
	.debugf = ignore_message,
	.errorf = ignore_message,
};

static void open_client(struct svm_model *model, struct nouveau_cli *cli)
{
	cli->base.driver = &model_driver;
	cli->base.object.priv = model;
	cli->base.object.client = &cli->base;
	cli->base.object.name = "svm-model";
	cli->drm = &model->drm;
	mutex_init(&cli->mutex);
	cli->device.object.client = &cli->base;
	cli->device.object.parent = &model->parent;
	cli->device.object.map.ptr = (void __iomem __force *)model->registers;
	cli->device.info.family = NV_DEVICE_INFO_V0_PASCAL;
	cli->mmu.object.client = &cli->base;
	cli->mmu.object.parent = &model->parent;
	cli->vmm.vmm.object.client = &cli->base;
	cli->vmm.vmm.object.oclass = NVIF_CLASS_VMM_GP100;
}

/**
 * svm_model_init() - Begin, with the driver bound to the model
 * @model: zeroed
 *
 * Return: 0 or a negative errno.
 */
int svm_model_init(struct svm_model *model)
{
	model->root = root_device_register("nouveau_svm_model");
	if (IS_ERR(model->root))
		return PTR_ERR(model->root);
	model->nvkm.dev = model->root;
	model->dev.dev = model->root;
	model->drm.dev = &model->dev;
	model->drm.nvkm = &model->nvkm;
	nvif_parent_ctor(&model_parent, &model->parent);
	spin_lock_init(&model->lock);
	INIT_LIST_HEAD(&model->cores);
	INIT_LIST_HEAD(&model->vmms);
	init_waitqueue_head(&model->wait);
	open_client(model, &model->drm.client);

	nouveau_svm_init(&model->drm);
	if (!model->drm.svm) {
		root_device_unregister(model->root);
		return -ENODEV;
	}
	return 0;
}

/**
 * svm_model_fini() - End, after all clients have closed
 * @model: the GPU
 */
void svm_model_fini(struct svm_model *model)
{
	nouveau_svm_fini(&model->drm);
	WARN_ON(!list_empty(&model->vmms));
	root_device_unregister(model->root);
}

/**
 * svm_model_open() - Open a file of the GPU
 * @model: the GPU
 * @client: zeroed
 */
void svm_model_open(struct svm_model *model, struct svm_model_client *client)
{
	client->model = model;
	open_client(model, &client->cli);
	client->file.driver_priv = &client->cli;
}

/**
 * svm_model_use_svm() - Have the calling process share its memory, with a channel
 * @client: the file
 * @unmanaged_start: where a part begins that user space manages
 * @unmanaged_size: how large that is
 *
 * Return: 0 or a negative errno.
 */
int svm_model_use_svm(struct svm_model_client *client, u64 unmanaged_start,
		      u64 unmanaged_size)
{
	struct svm_model *model = client->model;
	struct drm_nouveau_svm_init args = {
		.unmanaged_addr = unmanaged_start,
		.unmanaged_size = unmanaged_size,
	};
	u64 instance;
	int err;

	err = nouveau_svmm_init(&model->dev, &args, &client->file);
	if (err)
		return err;

	spin_lock(&model->lock);
	model->instances++;
	instance = (u64)model->instances << INSTANCE_SHIFT;
	spin_unlock(&model->lock);
	err = nouveau_svmm_join(client->cli.svm.svmm, instance);
	if (err) {
		nouveau_vmm_fini(&client->cli.svm);
		return err;
	}
	client->instance = instance;
	return 0;
}

/**
 * svm_model_close() - Close a file of the GPU, whose cores have stopped
 * @client: the file
 */
void svm_model_close(struct svm_model_client *client)
{
	if (!client->instance)
		return;
	nouveau_svmm_part(client->cli.svm.svmm, client->instance);
	nouveau_vmm_fini(&client->cli.svm);
	client->instance = 0;
}

/**
 * svm_model_start() - Have a core for the channel of a file
 * @client: the file
 * @core: to be filled
 * @number: below 128, and different for each core of a channel
 */
void svm_model_start(struct svm_model_client *client,
		     struct svm_model_core *core, u8 number)
{
	memset(core, 0, sizeof(*core));
	core->model = client->model;
	core->vmm = client->cli.svm.vmm.object.priv;
	core->instance = client->instance;
	core->number = number;
	spin_lock(&core->model->lock);
	list_add(&core->link, &core->model->cores);
	spin_unlock(&core->model->lock);
}

/**
 * svm_model_stop() - Do not have a core any more
 * @core: the core
 */
void svm_model_stop(struct svm_model_core *core)
{
	spin_lock(&core->model->lock);
	list_del(&core->link);
	spin_unlock(&core->model->lock);
}

/**
 * svm_model_post() - Write a fault into the buffer
 * @core: who has it
 * @address: where
 * @access: one of SVM_MODEL_FAULT_*
 *
 * Return: false if the buffer is full.
 */
bool svm_model_post(struct svm_model_core *core, u64 address, u8 access)
{
	struct svm_model *model = core->model;
	u32 put, next, *entry;

	spin_lock(&model->lock);
	put = model->registers[PUT_OFFSET / 4];
	next = (put + 1) % SVM_MODEL_FAULTS;
	if (next == READ_ONCE(model->registers[GET_OFFSET / 4])) {
		spin_unlock(&model->lock);
		return false;
	}
	core->faults++;
	entry = &model->entries[put * 8];
	entry[0] = lower_32_bits(core->instance);
	entry[1] = upper_32_bits(core->instance);
	entry[2] = lower_32_bits(address & PAGE_MASK);
	entry[3] = upper_32_bits(address & PAGE_MASK);
	entry[4] = 0;
	entry[5] = 0;
	entry[6] = 0;
	entry[7] = BIT(31) | (u32)access << 16 | (u32)core->number << 8;
	/* the driver may look, without our lock, as soon as it sees this */
	smp_store_release(&model->registers[PUT_OFFSET / 4], next);
	spin_unlock(&model->lock);
	return true;
}

/**
 * svm_model_interrupt() - Tell the driver that there are faults
 * @model: the GPU
 */
void svm_model_interrupt(struct svm_model *model)
{
	model->event->func(model->event, NULL, 0);
}

/**
 * svm_model_wait_replay() - Wait for a replay
 * @model: the GPU
 * @seen: how many there were when something was posted
 *
 * Return: false if there was none for too long.
 */
bool svm_model_wait_replay(struct svm_model *model, unsigned long seen)
{
	return wait_event_timeout(model->wait, READ_ONCE(model->replays) != seen,
				  WAIT_TIMEOUT);
}

static void operate(u32 *word, enum svm_model_operation operation, u32 *value)
{
	unsigned int i;
	u32 old;

	switch (operation) {
	case SVM_MODEL_READ:
		*value = READ_ONCE(*word);
		break;
	case SVM_MODEL_WRITE:
		WRITE_ONCE(*word, *value);
		break;
	default:
		old = READ_ONCE(*word);
		for (i = 0; i < ADD_SPINS; i++)
			cpu_relax();
		WRITE_ONCE(*word, old + *value);
	}
}

/* Access memory, if the page table lets it through. */
static bool try_access(struct svm_model_core *core, u64 address,
		       enum svm_model_operation operation, u32 *value)
{
	u64 need = NVIF_VMM_PFNMAP_V0_V, phys;
	void *entry, *page;
	bool hit;

	if (operation != SVM_MODEL_READ)
		need |= NVIF_VMM_PFNMAP_V0_W;
	if (operation == SVM_MODEL_ADD)
		need |= NVIF_VMM_PFNMAP_V0_A;

	spin_lock(&core->vmm->access);
	entry = xa_load(&core->vmm->entries, address >> PAGE_SHIFT);
	phys = entry ? xa_to_value(entry) : 0;
	hit = (phys & need) == need;
	if (hit) {
		page = kmap_local_page(pfn_to_page(phys >> PAGE_SHIFT));
		operate(page + offset_in_page(address), operation, value);
		kunmap_local(page);
	}
	spin_unlock(&core->vmm->access);
	return hit;
}

/**
 * svm_model_access() - Have a core do something
 * @core: the core
 * @address: of the word
 * @operation: what to do
 * @value: what to write or to add, or what was read
 *
 * Return: 0, -EFAULT if a fault of the core was cancelled, -ETIMEDOUT if the
 * driver did not serve one.
 */
int svm_model_access(struct svm_model_core *core, u64 address,
		     enum svm_model_operation operation, u32 *value)
{
	static const u8 access_of[] = {
		[SVM_MODEL_READ] = SVM_MODEL_FAULT_READ,
		[SVM_MODEL_WRITE] = SVM_MODEL_FAULT_WRITE,
		[SVM_MODEL_ADD] = SVM_MODEL_FAULT_ATOMIC,
		[SVM_MODEL_ADD_UNGRANTED] = SVM_MODEL_FAULT_WRITE,
	};
	struct svm_model *model = core->model;
	unsigned long seen;

	while (!READ_ONCE(core->cancelled)) {
		/* a replay after this is one of the fault, or of a later one */
		seen = READ_ONCE(model->replays);
		if (try_access(core, address, operation, value))
			return 0;
		/* if the buffer is full, others wait for a replay too */
		svm_model_post(core, address, access_of[operation]);
		svm_model_interrupt(model);
		if (!wait_event_timeout(model->wait,
					READ_ONCE(model->replays) != seen ||
					READ_ONCE(core->cancelled), WAIT_TIMEOUT))
			return -ETIMEDOUT;
	}
	return -EFAULT;
}

/**
 * svm_model_entry() - What is mapped at an address?
 * @client: whose page table
 * @address: the address
 *
 * Return: NVIF_VMM_PFNMAP_V0_*, 0 if nothing is mapped.
 */
u64 svm_model_entry(struct svm_model_client *client, u64 address)
{
	struct svm_model_vmm *vmm = client->cli.svm.vmm.object.priv;
	void *entry = xa_load(&vmm->entries, address >> PAGE_SHIFT);

	return entry ? xa_to_value(entry) : 0;
}

/**
 * svm_model_count() - How many pages are mapped, and how?
 * @client: whose page table
 * @start: first address
 * @end: address behind the last
 * @bits: count entries that have all of these
 */
unsigned long svm_model_count(struct svm_model_client *client, u64 start,
			      u64 end, u64 bits)
{
	struct svm_model_vmm *vmm = client->cli.svm.vmm.object.priv;
	unsigned long index, count = 0;
	void *entry;

	xa_for_each_range(&vmm->entries, index, entry, start >> PAGE_SHIFT,
			  (end - 1) >> PAGE_SHIFT)
		count += (xa_to_value(entry) & bits) == bits;
	return count;
}
