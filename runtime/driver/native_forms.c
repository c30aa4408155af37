// SPDX-License-Identifier: MIT
/*
 * Forms of kernels, each for images with certain formats and samplers of certain kinds.
 *
 * Overview
 *	What a program is built to takes all formats, each access by way of a choice among
 *	them. For those that a kernel is launched with often enough, it is compiled again,
 *	with these as constants (compiler/backend/program/known_arguments.h).
 */
#include "native.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "image/view.h"
#include "native_program.h"
#include "util/alloc.h"
#include "util/log.h"
#include "util/short_locks.h"

/* Words that are known: kernels with many images have one form. */
#define MOST_CONSTANTS 96
#define MOST_OF_IMAGE  7

static void add_constant(struct tandem_backend_constant *constants, unsigned int *count,
			 uint32_t argument, size_t offset, uint32_t value)
{
	constants[(*count)++] =
		(struct tandem_backend_constant){ argument, (uint32_t)offset, value };
}

static void add_image(struct tandem_backend_constant *constants, unsigned int *count,
		      uint32_t argument, const void *value)
{
	struct tandem_image_view view;

	memcpy(&view, value, sizeof(view));
#define ADD(field)                                                                          \
	add_constant(constants, count, argument, offsetof(struct tandem_image_view, field), \
		     (uint32_t)view.field)
	ADD(type);
	ADD(order);
	ADD(pixel_bytes);
	ADD(channels);
	ADD(sources);
	/* What the image's type has not, mostly: there is one place along it. */
	if (view.extent[1] == 1)
		ADD(extent[1]);
	if (view.extent[2] == 1)
		ADD(extent[2]);
#undef ADD
}

/* What is known of the arguments; how many words, or 0 where that is no use. */
static unsigned int list_constants(const struct tandem_kernel_info *kernel,
				   const struct tandem_argument_value *values,
				   struct tandem_backend_constant *constants)
{
	unsigned int count = 0;

	for (uint32_t i = 0; i < kernel->argument_count; i++) {
		uint32_t bits;

		if (count + MOST_OF_IMAGE > MOST_CONSTANTS)
			return 0;
		if (values[i].kind == TANDEM_ARGUMENT_IMAGE) {
			add_image(constants, &count, i, values[i].value);
		} else if (values[i].kind == TANDEM_ARGUMENT_SAMPLER) {
			memcpy(&bits, values[i].value, sizeof(bits));
			add_constant(constants, &count, i, 0, bits);
		}
	}
	return count;
}

/* The form that is there, ready or not; the program's short lock is held. */
static struct tandem_native_form *find_form(const struct tandem_native_program *program,
					    const struct tandem_native_form *wanted)
{
	struct tandem_native_form *form;

	for (form = program->forms; form; form = form->next) {
		if (form->index == wanted->index &&
		    form->constant_count == wanted->constant_count &&
		    !memcmp(form->constants, wanted->constants,
			    form->constant_count * sizeof(*form->constants)))
			return form;
	}
	return NULL;
}

/* Finds @wanted, or adds it; which of them it is not is freed. NULL where there are too many. */
static struct tandem_native_form *find_or_add(struct tandem_native_program *program,
					      struct tandem_native_form *wanted)
{
	struct tandem_native_form *form;

	tandem_short_lock(program);
	form = find_form(program, wanted);
	if (!form && program->form_count < TANDEM_MOST_FORMS) {
		form = wanted;
		form->next = program->forms;
		program->forms = form;
		program->form_count++;
	}
	tandem_short_unlock(program);
	if (form != wanted)
		free(wanted);
	return form;
}

static struct tandem_native_form *form_for(struct tandem_native_program *program, uint32_t index,
					   const struct tandem_argument_value *values)
{
	struct tandem_backend_constant constants[MOST_CONSTANTS];
	unsigned int count = list_constants(&program->base.kernels[index], values, constants);
	size_t bytes = count * sizeof(*constants);
	struct tandem_native_form *form = count ? calloc(1, sizeof(*form) + bytes) : NULL;

	if (!form)
		return NULL;
	form->index = index;
	form->constant_count = count;
	memcpy(form->constants, constants, bytes);
	return find_or_add(program, form);
}

/* Compiles a form that nobody else does. */
static int make_form(const struct tandem_native_device *device,
		     struct tandem_native_program *program, struct tandem_native_form *form)
{
	const struct tandem_kernel_info *general = &program->base.kernels[form->index];
	const struct tandem_kernel_description *own;
	struct tandem_text log = { 0 };
	int error = tandem_compiler_load_form(&device->target, &program->whole, form->index,
					      form->constants, form->constant_count, &form->part,
					      &log);

	if (error) {
		tandem_log(TANDEM_LOG_COMPILER, "no form of kernel '%s' for its images: %s",
			   general->name, tandem_text_string(&log));
		tandem_text_finish(&log);
		return error;
	}
	tandem_text_finish(&log);
	if (form->part.description.kernel_count != 1)
		return -ENOEXEC;
	own = form->part.description.kernels;
	form->kernel = (struct tandem_native_kernel){ &form->part, 0 };
	form->info = own->info;
	/* Local arguments lie behind as many bytes as the general form has. */
	if (own->info.local_bytes > general->local_bytes)
		return -ENOSPC;
	tandem_log(TANDEM_LOG_COMPILER, "kernel '%s' has a form for its images", general->name);
	return 0;
}

const struct tandem_kernel_info *
tandem_native_choose_form(struct tandem_device_core *core, const struct tandem_launch *launch,
			  const struct tandem_argument_value *values)
{
	struct tandem_native_device *device =
		tandem_container_of(core, struct tandem_native_device, core);
	struct tandem_native_program *program = tandem_native_program_of(launch->program);
	const uint64_t *global = launch->global_size, *local = launch->local_size;
	struct tandem_native_form *form =
		form_for(program, (uint32_t)(launch->kernel - program->base.kernels), values);
	bool is_ready, is_ours;
	int error;

	if (!form)
		return launch->kernel;
	tandem_short_lock(program);
	is_ready = form->state == TANDEM_FORM_READY;
	if (form->state == TANDEM_FORM_NOT_WORTH_IT)
		form->items +=
			tandem_min_u64(global[0] * global[1] * global[2], device->form_items);
	is_ours = form->state == TANDEM_FORM_NOT_WORTH_IT && form->items >= device->form_items;
	if (is_ours)
		form->state = TANDEM_FORM_IN_THE_MAKING;
	tandem_short_unlock(program);
	if (is_ours) {
		error = make_form(device, program, form);
		is_ready = !error;
		tandem_short_lock(program);
		form->state = error ? TANDEM_FORM_FAILED : TANDEM_FORM_READY;
		tandem_short_unlock(program);
	}
	/* A group that is too large for it runs in the general form. */
	if (!is_ready || local[0] * local[1] * local[2] > form->info.max_group)
		return launch->kernel;
	return &form->info;
}

void tandem_native_finish_forms(struct tandem_native_program *program)
{
	struct tandem_native_form *form, *next;

	for (form = program->forms; form; form = next) {
		next = form->next;
		tandem_compiler_unload(&form->part);
		free(form);
	}
}
