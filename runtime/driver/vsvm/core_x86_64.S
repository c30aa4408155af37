/* SPDX-License-Identifier: MIT */
/*
 * bool tandem_vsvm_core_enter(struct drm_vsvm_core *core, void (*body)(void *), void *argument)
 *
 * Calls @body as a core of the device. False: it has returned. True: an access was not
 * served, or the core was stopped, and the kernel has led the thread to label 1 with
 * the stack pointer that is stored here and undefined registers.
 */
#include <asm/errno.h>

#define STOP 4 /* in struct drm_vsvm_core, and so below */
#define RESUME_IP 8
#define FAULT_ERROR 36
#define RESUME_SP 16

	.text
	.globl	tandem_vsvm_core_enter
	.hidden	tandem_vsvm_core_enter
	.type	tandem_vsvm_core_enter, @function
tandem_vsvm_core_enter:
	.cfi_startproc
	push	%rbx
	.cfi_adjust_cfa_offset 8
	push	%rbp
	.cfi_adjust_cfa_offset 8
	push	%r12
	.cfi_adjust_cfa_offset 8
	push	%r13
	.cfi_adjust_cfa_offset 8
	push	%r14
	.cfi_adjust_cfa_offset 8
	push	%r15
	.cfi_adjust_cfa_offset 8
	push	%rdi
	.cfi_adjust_cfa_offset 8
	mov	%rsp, RESUME_SP(%rdi)
	lea	1f(%rip), %rax
	mov	%rax, RESUME_IP(%rdi)
	/* Who stops it sets STOP, and then looks at RESUME_IP. */
	mfence
	cmpl	$0, STOP(%rdi)
	jne	3f
	mov	%rdx, %rdi
	call	*%rsi
	mov	(%rsp), %rdi
	movq	$0, RESUME_IP(%rdi)
	xor	%eax, %eax
	jmp	2f
3:	movq	$0, RESUME_IP(%rdi)
	movl	$ECANCELED, FAULT_ERROR(%rdi)
1:	cld
	mov	$1, %eax
2:	pop	%rdi
	.cfi_adjust_cfa_offset -8
	pop	%r15
	.cfi_adjust_cfa_offset -8
	pop	%r14
	.cfi_adjust_cfa_offset -8
	pop	%r13
	.cfi_adjust_cfa_offset -8
	pop	%r12
	.cfi_adjust_cfa_offset -8
	pop	%rbp
	.cfi_adjust_cfa_offset -8
	pop	%rbx
	.cfi_adjust_cfa_offset -8
	ret
	.cfi_endproc
	.size	tandem_vsvm_core_enter, . - tandem_vsvm_core_enter

	.section .note.GNU-stack, "", @progbits
