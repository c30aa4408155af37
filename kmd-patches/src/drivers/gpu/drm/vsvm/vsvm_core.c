// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cores: threads that run a kernel of the device, and leave it when an access
 * cannot be served
 */
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/task_work.h>
#include <linux/vmalloc.h>

#include <drm/drm_file.h>

#include "vsvm.h"

static_assert(sizeof(struct drm_vsvm_core) == 64);
static_assert(sizeof(struct drm_vsvm_cores) ==
	      (DRM_VSVM_MAX_CORES + 1) * sizeof(struct drm_vsvm_core));

int vsvm_cores_init(struct vsvm_context *context)
{
	context->cores = vmalloc_user(sizeof(*context->cores));
	return context->cores ? 0 : -ENOMEM;
}

void vsvm_cores_fini(struct vsvm_context *context)
{
	vfree(context->cores);
}

/**
 * vsvm_cores_mmap() - Show a process its cores
 * @context: whose
 * @vma: what mmap() made
 *
 * Return: 0; -EPERM for another process than the one that made the context,
 * -EINVAL for a wrong offset or size.
 */
int vsvm_cores_mmap(struct vsvm_context *context, struct vm_area_struct *vma)
{
	if (vma->vm_mm != context->exclusive.mm)
		return -EPERM;
	if (!(vma->vm_flags & VM_SHARED) || (vma->vm_flags & VM_EXEC))
		return -EINVAL;
	vm_flags_mod(vma, VM_DONTCOPY, VM_MAYEXEC);
	return remap_vmalloc_range(vma, context->cores,
				   vma->vm_pgoff - (VSVM_CORES_OFFSET >> PAGE_SHIFT));
}

/* The core that the current thread is, or NULL. User space writes all of it. */
static struct drm_vsvm_core *current_core(struct vsvm_context *context)
{
	struct drm_vsvm_cores *cores = context->cores;
	const u32 thread = task_pid_vnr(current);
	u32 i, used = min_t(u32, READ_ONCE(cores->used), DRM_VSVM_MAX_CORES);

	for (i = 0; i < used; i++)
		if (READ_ONCE(cores->core[i].thread) == thread)
			return &cores->core[i];
	return NULL;
}

/* Let the current thread go on where its core said that it would. */
static bool resume(struct drm_vsvm_core *core, unsigned long address, u32 access,
		   int error)
{
	struct pt_regs *regs = current_pt_regs();
	const u64 ip = READ_ONCE(core->resume_ip), sp = READ_ONCE(core->resume_sp);

	/* the processor must not be asked to return to anything else */
	if (!ip || ip >= TASK_SIZE_MAX || sp >= TASK_SIZE_MAX)
		return false;
	WRITE_ONCE(core->fault_address, address);
	WRITE_ONCE(core->fault_access, access);
	WRITE_ONCE(core->fault_error, -error);
	WRITE_ONCE(core->resume_ip, 0);
	instruction_pointer_set(regs, ip);
	user_stack_pointer_set(regs, sp);
	/* a system call that was interrupted is not to be repeated there */
	regs->orig_ax = -1;
	return true;
}

/**
 * vsvm_core_leave() - Let the current core leave what it runs
 * @context: whose core it is
 * @vmf: its access
 * @address: the arena's address that it was to
 * @access: DRM_VSVM_ACCESS_*
 * @error: why, as a negative errno
 *
 * Instead of repeating its access the thread goes on where it said that it would,
 * and finds the reason in its &struct drm_vsvm_core.
 *
 * Return: false for a thread that is no core, or outside of any kernel.
 */
bool vsvm_core_leave(struct vsvm_context *context, const struct vm_fault *vmf,
		     unsigned long address, u32 access, int error)
{
	struct drm_vsvm_core *core;

	/* a system call that was given an address in a window just fails */
	if (!(vmf->flags & FAULT_FLAG_USER))
		return false;
	core = current_core(context);
	return core && resume(core, address, access, error);
}

/**
 * struct vsvm_stop - a core that is to stop
 * @work: run by its thread before that returns to user space, or ends
 * @context: whose; a reference
 * @file: of the caller; a reference, to keep this module
 * @core: which
 */
struct vsvm_stop {
	struct callback_head work;
	struct vsvm_context *context;
	struct file *file;
	u32 core;
};

static void free_stop(struct vsvm_stop *stop)
{
	struct file *file = stop->file;

	vsvm_context_put(stop->context);
	kfree(stop);
	fput(file);
}

static void stop_current(struct callback_head *work)
{
	struct vsvm_stop *stop = container_of(work, struct vsvm_stop, work);
	struct drm_vsvm_core *core = &stop->context->cores->core[stop->core];

	if (!(current->flags & PF_EXITING) &&
	    current->mm == stop->context->exclusive.mm &&
	    READ_ONCE(core->thread) == task_pid_vnr(current) && READ_ONCE(core->stop))
		resume(core, 0, 0, -ECANCELED);
	free_stop(stop);
}

/* The thread of this process that a core is, for put_task_struct(), or NULL. */
static struct task_struct *get_thread(const struct drm_vsvm_core *core)
{
	struct task_struct *thread;

	rcu_read_lock();
	thread = pid_task(find_vpid(READ_ONCE(core->thread)), PIDTYPE_PID);
	if (thread && same_thread_group(thread, current))
		get_task_struct(thread);
	else
		thread = NULL;
	rcu_read_unlock();
	return thread;
}

static int stop_core(struct vsvm_context *context, struct file *file, u32 core)
{
	struct task_struct *thread;
	struct vsvm_stop *stop;
	int err;

	thread = get_thread(&context->cores->core[core]);
	if (!thread)
		return -ESRCH;
	stop = kmalloc_obj(*stop, GFP_KERNEL_ACCOUNT);
	if (!stop) {
		put_task_struct(thread);
		return -ENOMEM;
	}
	kref_get(&context->refs);
	*stop = (struct vsvm_stop) {
		.context = context,
		.file = get_file(file),
		.core = core,
	};
	init_task_work(&stop->work, stop_current);
	err = task_work_add(thread, &stop->work, TWA_SIGNAL);
	put_task_struct(thread);
	if (err)
		free_stop(stop);
	return err;
}

/**
 * vsvm_stop_ioctl() - DRM_IOCTL_VSVM_STOP
 * @drm: the GPU
 * @data: &struct drm_vsvm_stop
 * @file: who asks
 */
int vsvm_stop_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	const struct drm_vsvm_stop *args = data;
	struct vsvm_context *context;
	int err;

	if (args->pad || args->core >= DRM_VSVM_MAX_CORES)
		return -EINVAL;
	context = vsvm_context_get(to_vsvm_device(drm), current->mm);
	if (!context)
		return -ENODEV;
	err = stop_core(context, file->filp, args->core);
	vsvm_context_put(context);
	return err;
}
