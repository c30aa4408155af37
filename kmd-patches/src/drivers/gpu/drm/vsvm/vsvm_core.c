// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cores: threads that run a kernel of the device, and leave it when an access
 * cannot be served
 */
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/vmalloc.h>

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

/**
 * vsvm_core_is_stopped() - Has user space told the current core to stop?
 * @context: whose core it is
 *
 * Cheap as long as no core is to stop.
 */
bool vsvm_core_is_stopped(struct vsvm_context *context)
{
	struct drm_vsvm_core *core;

	if (!READ_ONCE(context->cores->stopping))
		return false;
	core = current_core(context);
	return core && READ_ONCE(core->stop);
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
	struct pt_regs *regs = current_pt_regs();
	struct drm_vsvm_core *core;
	u64 resume_ip, resume_sp;

	/* a system call that was given an address in a window just fails */
	if (!(vmf->flags & FAULT_FLAG_USER))
		return false;
	core = current_core(context);
	if (!core)
		return false;
	resume_ip = READ_ONCE(core->resume_ip);
	resume_sp = READ_ONCE(core->resume_sp);
	/* the processor must not be asked to return to anything else */
	if (!resume_ip || resume_ip >= TASK_SIZE_MAX || resume_sp >= TASK_SIZE_MAX)
		return false;

	WRITE_ONCE(core->fault_address, address);
	WRITE_ONCE(core->fault_access, access);
	WRITE_ONCE(core->fault_error, -error);
	WRITE_ONCE(core->resume_ip, 0);
	instruction_pointer_set(regs, resume_ip);
	user_stack_pointer_set(regs, resume_sp);
	return true;
}
