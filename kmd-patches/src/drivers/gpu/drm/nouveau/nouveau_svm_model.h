/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __NOUVEAU_SVM_MODEL_H__
#define __NOUVEAU_SVM_MODEL_H__

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/xarray.h>

#include "nouveau_drv.h"
#include "nouveau_svm.h"

#define SVM_MODEL_FAULTS	64

/**
 * struct svm_model - a GPU under nouveau's SVM code, as far as that sees it
 * @drm: what the driver has for it
 * @nvkm: only for its device, which messages name
 * @dev: likewise what the DRM core has
 * @parent: where the driver's objects report errors to
 * @root: a device to name in messages
 * @registers: GET and PUT of the fault buffer, in bytes from here
 * @entries: the fault buffer
 * @event: what the driver wants to be called by, NULL if nothing
 * @lock: protects all below, PUT, and the entries that are free
 * @replays: how often the driver had the GPU repeat its accesses
 * @strays: how many faults were cancelled of channels that never were
 * @violations: how often something happened that never must
 * @cores: &struct svm_model_core
 * @vmms: &struct svm_model_vmm
 * @instances: how many channels there were
 * @wait: for a replay or a cancel
 */
struct svm_model {
	struct nouveau_drm drm;
	struct nvkm_device nvkm;
	struct drm_device dev;
	struct nvif_parent parent;
	struct device *root;
	u32 registers[2];
	u32 entries[SVM_MODEL_FAULTS * 8];
	struct nvif_event *event;
	spinlock_t lock; /* innermost */
	unsigned long replays;
	unsigned long strays;
	unsigned long violations;
	struct list_head cores;
	struct list_head vmms;
	unsigned int instances;
	wait_queue_head_t wait;
};

/**
 * struct svm_model_vmm - a page table of the GPU
 * @link: in &svm_model.vmms
 * @model: the GPU
 * @mutex: held while it is changed, as NVKM does
 * @access: held by a core from the look-up to the end of its access
 * @entries: by page number, what the driver mapped, as a value
 * @unmanaged_start: where the part begins in which nothing can be mapped
 * @unmanaged_end: where that ends
 * @maps: how many pages were mapped
 */
struct svm_model_vmm {
	struct list_head link;
	struct svm_model *model;
	struct mutex mutex; /* see above, outside of access */
	spinlock_t access; /* see above */
	struct xarray entries;
	u64 unmanaged_start;
	u64 unmanaged_end;
	atomic_long_t maps;
};

/**
 * struct svm_model_client - an open file of the GPU
 * @model: the GPU
 * @cli: what the driver has for it
 * @file: what the DRM core has
 * @instance: its channel, 0 if it has no SVM
 */
struct svm_model_client {
	struct svm_model *model;
	struct nouveau_cli cli;
	struct drm_file file;
	u64 instance;
};

/**
 * struct svm_model_core - what runs a program on the GPU
 * @link: in &svm_model.cores
 * @model: the GPU
 * @vmm: its page table
 * @instance: its channel
 * @number: by which a fault names it
 * @cancelled: how many of its faults were cancelled; it never runs again then
 * @faults: how many it had
 */
struct svm_model_core {
	struct list_head link;
	struct svm_model *model;
	struct svm_model_vmm *vmm;
	u64 instance;
	u8 number;
	unsigned int cancelled;
	unsigned int faults;
};

/**
 * enum svm_model_operation - what a core does to a word of 32 bits
 * @SVM_MODEL_READ: read it
 * @SVM_MODEL_WRITE: write it
 * @SVM_MODEL_ADD: add to it, with an entry that allows atomic operations
 * @SVM_MODEL_ADD_UNGRANTED: add to it with any entry that can be written, as if
 * there were no such thing as memory that is exclusive
 */
enum svm_model_operation {
	SVM_MODEL_READ,
	SVM_MODEL_WRITE,
	SVM_MODEL_ADD,
	SVM_MODEL_ADD_UNGRANTED,
};

/* How the fault buffer names accesses. */
#define SVM_MODEL_FAULT_READ	0
#define SVM_MODEL_FAULT_WRITE	1
#define SVM_MODEL_FAULT_ATOMIC	2

int svm_model_init(struct svm_model *model);
void svm_model_fini(struct svm_model *model);

void svm_model_open(struct svm_model *model, struct svm_model_client *client);
int svm_model_use_svm(struct svm_model_client *client, u64 unmanaged_start,
		      u64 unmanaged_size);
void svm_model_close(struct svm_model_client *client);

void svm_model_start(struct svm_model_client *client,
		     struct svm_model_core *core, u8 number);
void svm_model_stop(struct svm_model_core *core);
int svm_model_access(struct svm_model_core *core, u64 address,
		     enum svm_model_operation operation, u32 *value);

bool svm_model_post(struct svm_model_core *core, u64 address, u8 access);
void svm_model_interrupt(struct svm_model *model);
bool svm_model_wait_replay(struct svm_model *model, unsigned long seen);

u64 svm_model_entry(struct svm_model_client *client, u64 address);
unsigned long svm_model_count(struct svm_model_client *client, u64 start,
			      u64 end, u64 bits);

#endif
