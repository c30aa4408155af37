// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contexts: what one process has on one GPU
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_print.h>

#include "vsvm.h"

static struct vsvm_context *find_context(struct vsvm_device *device,
					 struct mm_struct *mm)
{
	struct vsvm_context *context;

	lockdep_assert_held(&device->contexts_lock);
	list_for_each_entry(context, &device->contexts, link)
		if (context->exclusive.mm == mm)
			return context;
	return NULL;
}

/**
 * vsvm_context_get() - Find what a process has on a GPU
 * @device: the GPU
 * @mm: the process
 *
 * Return: for vsvm_context_put(), NULL if there is none.
 */
struct vsvm_context *vsvm_context_get(struct vsvm_device *device,
				      struct mm_struct *mm)
{
	struct vsvm_context *context;

	mutex_lock(&device->contexts_lock);
	context = find_context(device, mm);
	if (context)
		kref_get(&context->refs);
	mutex_unlock(&device->contexts_lock);
	return context;
}

static void context_free(struct kref *refs)
{
	struct vsvm_context *context = container_of(refs, struct vsvm_context, refs);

	drm_exclusive_fini(&context->exclusive);
	drm_dev_put(&context->device->drm);
	vsvm_cores_fini(context);
	vsvm_usage_put(context->usage);
	kfree(context);
}

void vsvm_context_put(struct vsvm_context *context)
{
	kref_put(&context->refs, context_free);
}

static int context_release(struct inode *inode, struct file *file)
{
	struct vsvm_context *context = file->private_data;

	/* the context could not be made, and undoes itself */
	if (!context)
		return 0;
	mutex_lock(&context->device->contexts_lock);
	list_del(&context->link);
	mutex_unlock(&context->device->contexts_lock);
	vsvm_context_put(context);
	return 0;
}

static int context_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (vma->vm_pgoff >= VSVM_CORES_OFFSET >> PAGE_SHIFT)
		return vsvm_cores_mmap(file->private_data, vma);
	return vsvm_window_mmap(file->private_data, vma);
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
/*
 * A place where 2 MiB of the arena that begin where a huge page may, do so in the
 * window, too.
 */
static unsigned long context_get_unmapped_area(struct file *file, unsigned long address,
					       unsigned long size, unsigned long page,
					       unsigned long flags)
{
	const struct vsvm_context *context = file->private_data;

	return thp_get_unmapped_area(file, address, size,
				     page + (context->exclusive.start >> PAGE_SHIFT),
				     flags);
}
#endif

static void print_count(struct drm_printer *printer, const char *name,
			const atomic64_t *count)
{
	drm_printf(printer, "vsvm-%s:\t%llu\n", name, (u64)atomic64_read(count));
}

static void context_show_fdinfo(struct seq_file *seq, struct file *file)
{
	struct vsvm_context *context = file->private_data;
	struct drm_printer printer = drm_seq_file_printer(seq);
	struct vsvm_usage *usage = context->usage;

	drm_printf(&printer, "vsvm-arena:\t0x%lx-0x%lx\n", context->exclusive.start,
		   context->exclusive.end);
	print_count(&printer, "plain-faults", &context->plain_faults);
	print_count(&printer, "huge-faults", &context->huge_faults);
	print_count(&printer, "plain-retries", &context->plain_retries);
	drm_exclusive_print(&context->exclusive, &printer, "vsvm");
	print_count(&printer, "vram-pages", &usage->npages);
	print_count(&printer, "vram-atomic-faults", &context->vram_faults);
	print_count(&printer, "vram-to-device", &usage->moved[VSVM_MOVED_TO_DEVICE]);
	print_count(&printer, "vram-faulted", &usage->moved[VSVM_MOVED_FAULT]);
	print_count(&printer, "vram-to-host", &usage->moved[VSVM_MOVED_TO_HOST]);
	print_count(&printer, "vram-touched", &usage->moved[VSVM_MOVED_TOUCHED]);
	print_count(&printer, "vram-shared", &usage->moved[VSVM_MOVED_SHARED]);
	print_count(&printer, "vram-evicted", &usage->moved[VSVM_MOVED_EVICTED]);
}

static const struct file_operations vsvm_context_fops = {
	.owner = THIS_MODULE,
	.release = context_release,
	.mmap = context_mmap,
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	.get_unmapped_area = context_get_unmapped_area,
#endif
	.show_fdinfo = context_show_fdinfo,
	.llseek = noop_llseek,
	.fop_flags = FOP_UNSIGNED_OFFSET,
};

/*
 * A file with an inode of its own, to say of its mappings that nobody but us follows
 * their entries: KVM would, and wait in vain to be told that they are gone.
 */
static struct file *create_file(void)
{
	struct file *file = anon_inode_create_getfile("[vsvm]", &vsvm_context_fops,
						      NULL, O_RDWR, NULL);

	if (!IS_ERR(file))
		mapping_set_inaccessible(file->f_mapping);
	return file;
}

static int check_create(const struct drm_vsvm_context_create *args)
{
	if (args->flags || args->pad)
		return -EINVAL;
	if (!args->arena_size || !PAGE_ALIGNED(args->arena_address) ||
	    !PAGE_ALIGNED(args->arena_size))
		return -EINVAL;
	if (args->arena_size > min_t(u64, VSVM_MAX_ARENA_SIZE, TASK_SIZE) ||
	    args->arena_address > TASK_SIZE - args->arena_size)
		return -EINVAL;
	return 0;
}

/**
 * vsvm_context_create_ioctl() - DRM_IOCTL_VSVM_CONTEXT_CREATE
 * @drm: the GPU
 * @data: &struct drm_vsvm_context_create
 * @drm_file: who asks
 */
int vsvm_context_create_ioctl(struct drm_device *drm, void *data,
			      struct drm_file *drm_file)
{
	struct vsvm_device *device = to_vsvm_device(drm);
	struct drm_vsvm_context_create *args = data;
	struct vsvm_context *context;
	struct file *file;
	int fd, err;

	err = check_create(args);
	if (err)
		return err;

	context = kzalloc_obj(*context, GFP_KERNEL_ACCOUNT);
	if (!context)
		return -ENOMEM;
	kref_init(&context->refs);
	INIT_LIST_HEAD(&context->windows);
	context->device = device;
	context->exclusivity = vsvm_exclusivity();

	context->usage = vsvm_usage_create();
	if (!context->usage) {
		err = -ENOMEM;
		goto free_context;
	}

	err = vsvm_cores_init(context);
	if (err)
		goto put_usage;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0) {
		err = fd;
		goto fini_cores;
	}

	file = create_file();
	if (IS_ERR(file)) {
		err = PTR_ERR(file);
		goto put_fd;
	}

	err = drm_exclusive_init(&context->exclusive, &vsvm_exclusive_ops,
				 args->arena_address,
				 args->arena_address + args->arena_size);
	if (err)
		goto put_file;

	mutex_lock(&device->contexts_lock);
	if (find_context(device, current->mm))
		err = -EEXIST;
	else
		list_add(&context->link, &device->contexts);
	mutex_unlock(&device->contexts_lock);
	if (err)
		goto fini_exclusive;

	drm_dev_get(drm);
	args->fd = fd;
	args->plain_offset = VSVM_PLAIN_OFFSET;
	args->atomic_offset = VSVM_ATOMIC_OFFSET;
	args->cores_offset = VSVM_CORES_OFFSET;
	file->private_data = context;
	fd_install(fd, file);
	return 0;

fini_exclusive:
	drm_exclusive_fini(&context->exclusive);
put_file:
	fput(file);
put_fd:
	put_unused_fd(fd);
fini_cores:
	vsvm_cores_fini(context);
put_usage:
	vsvm_usage_put(context->usage);
free_context:
	kfree(context);
	return err;
}
