// SPDX-License-Identifier: GPL-2.0-only
/*
 * vsvm: a virtual GPU with shared virtual memory
 *
 * It has no engine, and its memory is a part of the machine's that CPUs are kept
 * from. Its cores are threads of the process, and its page tables are what this
 * driver puts into two mappings, the windows. So whatever depends on a GPU sharing a
 * process's memory, with atomic operations in particular, can run and be tested on
 * any machine.
 */
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>

#include <drm/drm_debugfs.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_ioctl.h>
#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include "vsvm.h"

#define VSVM_MAX_DEVICES	4
#define VSVM_MAX_VRAM_MIB	65536u

static unsigned int devices = 1;
module_param(devices, uint, 0444);
MODULE_PARM_DESC(devices, "Number of GPUs, 1 to 4 (default: 1)");

static bool exclusivity = true;
module_param(exclusivity, bool, 0644);
MODULE_PARM_DESC(exclusivity,
		 "Make pages exclusive for atomics (default: true). If false, new contexts LOSE UPDATES: for tests that must fail");

static bool huge_pages = true;
module_param(huge_pages, bool, 0644);
MODULE_PARM_DESC(huge_pages,
		 "Map 2 MiB at once for loads and stores where the CPU does (default: true)");

static unsigned int vram_mib = 16;
module_param(vram_mib, uint, 0444);
MODULE_PARM_DESC(vram_mib,
		 "MiB of memory that each GPU has of its own, 0 for none (default: 16)");

static bool vram_faults;
module_param(vram_faults, bool, 0644);
MODULE_PARM_DESC(vram_faults,
		 "A fault of the GPU moves the page to its memory (default: false)");

static struct platform_device *vsvm_devices[VSVM_MAX_DEVICES];

/**
 * vsvm_exclusivity() - Are new contexts to make pages exclusive?
 */
bool vsvm_exclusivity(void)
{
	return READ_ONCE(exclusivity);
}

/**
 * vsvm_huge_pages() - May a plain fault map 2 MiB?
 */
bool vsvm_huge_pages(void)
{
	return READ_ONCE(huge_pages);
}

/**
 * vsvm_vram_faults() - Is a page to be moved to VRAM by a fault?
 */
bool vsvm_vram_faults(void)
{
	return READ_ONCE(vram_faults);
}

static int vsvm_get_info_ioctl(struct drm_device *drm, void *data,
			       struct drm_file *file)
{
	struct drm_vsvm_info *info = data;

	if (info->flags || info->pad)
		return -EINVAL;
	info->properties = vsvm_exclusivity() ? 0 : DRM_VSVM_INFO_EXCLUSIVITY_OFF;
	info->page_bytes = PAGE_SIZE;
	info->fault_around_pages = drm_exclusive_max_fault_around();
	info->vram_bytes = to_vsvm_device(drm)->vram.npages * PAGE_SIZE;
	return 0;
}

static int vsvm_exclusive_ioctl(struct drm_device *drm, void *data,
				struct drm_file *file)
{
	struct vsvm_context *context =
		vsvm_context_get(to_vsvm_device(drm), current->mm);
	int err;

	err = drm_exclusive_ioctl(context ? &context->exclusive : NULL, data);
	if (context)
		vsvm_context_put(context);
	return err;
}

static const struct drm_ioctl_desc vsvm_ioctls[] = {
	DRM_IOCTL_DEF_DRV(VSVM_GET_INFO, vsvm_get_info_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(VSVM_CONTEXT_CREATE, vsvm_context_create_ioctl,
			  DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(VSVM_EXCLUSIVE, vsvm_exclusive_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(VSVM_STOP, vsvm_stop_ioctl, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(VSVM_MIGRATE, vsvm_migrate_ioctl, DRM_RENDER_ALLOW),
};

static const struct file_operations vsvm_fops = {
	.owner = THIS_MODULE,
	.open = drm_open,
	.release = drm_release,
	.unlocked_ioctl = drm_ioctl,
	.compat_ioctl = drm_compat_ioctl,
	.poll = drm_poll,
	.read = drm_read,
	.llseek = noop_llseek,
	.show_fdinfo = drm_show_fdinfo,
	.fop_flags = FOP_UNSIGNED_OFFSET,
};

static int vsvm_contexts_show(struct seq_file *seq, void *unused)
{
	struct drm_debugfs_entry *entry = seq->private;
	struct vsvm_device *device = to_vsvm_device(entry->dev);
	struct drm_printer printer = drm_seq_file_printer(seq);
	struct vsvm_context *context;

	mutex_lock(&device->contexts_lock);
	list_for_each_entry(context, &device->contexts, link) {
		drm_printf(&printer, "arena:\t0x%lx-0x%lx\n",
			   context->exclusive.start, context->exclusive.end);
		drm_printf(&printer, "plain-faults:\t%llu\n",
			   (u64)atomic64_read(&context->plain_faults));
		drm_printf(&printer, "huge-faults:\t%llu\n",
			   (u64)atomic64_read(&context->huge_faults));
		drm_printf(&printer, "vram-pages:\t%llu\n",
			   (u64)atomic64_read(&context->usage->npages));
		drm_exclusive_print(&context->exclusive, &printer, "vsvm");
	}
	mutex_unlock(&device->contexts_lock);
	return 0;
}

static const struct drm_driver vsvm_driver = {
	.driver_features = DRIVER_RENDER,
	.ioctls = vsvm_ioctls,
	.num_ioctls = ARRAY_SIZE(vsvm_ioctls),
	.fops = &vsvm_fops,
	.name = "vsvm",
	.desc = "Virtual GPU with shared virtual memory",
	.major = 1,
	.minor = 0,
};

static int vsvm_probe(struct platform_device *pdev)
{
	struct vsvm_device *device;
	int err;

	device = devm_drm_dev_alloc(&pdev->dev, &vsvm_driver, struct vsvm_device, drm);
	if (IS_ERR(device))
		return PTR_ERR(device);
	err = drmm_mutex_init(&device->drm, &device->contexts_lock);
	if (err)
		return err;
	INIT_LIST_HEAD(&device->contexts);
	platform_set_drvdata(pdev, device);
	drm_debugfs_add_file(&device->drm, "contexts", vsvm_contexts_show, NULL);
	vsvm_vram_init(device, min(vram_mib, VSVM_MAX_VRAM_MIB) * (unsigned long)SZ_1M);
	err = drm_dev_register(&device->drm, 0);
	if (err)
		vsvm_vram_fini(device);
	return err;
}

static void vsvm_remove(struct platform_device *pdev)
{
	struct vsvm_device *device = platform_get_drvdata(pdev);

	drm_dev_unplug(&device->drm);
	vsvm_vram_fini(device);
}

static struct platform_driver vsvm_platform_driver = {
	.probe = vsvm_probe,
	.remove = vsvm_remove,
	.driver = {
		.name = "vsvm",
	},
};

static void remove_devices(void)
{
	unsigned int i;

	for (i = 0; i < VSVM_MAX_DEVICES; i++)
		if (!IS_ERR_OR_NULL(vsvm_devices[i]))
			platform_device_unregister(vsvm_devices[i]);
}

static int __init vsvm_init(void)
{
	unsigned int i;
	int err;

	err = vsvm_zap_init();
	if (err)
		return err;
	err = platform_driver_register(&vsvm_platform_driver);
	if (err)
		goto fini_zap;

	for (i = 0; i < clamp(devices, 1u, (unsigned int)VSVM_MAX_DEVICES); i++) {
		vsvm_devices[i] = platform_device_register_simple("vsvm", i, NULL, 0);
		if (IS_ERR(vsvm_devices[i])) {
			err = PTR_ERR(vsvm_devices[i]);
			goto remove_devices;
		}
	}
	return 0;

remove_devices:
	remove_devices();
	platform_driver_unregister(&vsvm_platform_driver);
fini_zap:
	vsvm_zap_fini();
	return err;
}

static void __exit vsvm_exit(void)
{
	remove_devices();
	platform_driver_unregister(&vsvm_platform_driver);
	vsvm_zap_fini();
}

module_init(vsvm_init);
module_exit(vsvm_exit);

MODULE_DESCRIPTION("Virtual GPU with shared virtual memory");
MODULE_LICENSE("GPL");
