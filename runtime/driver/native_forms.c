// SPDX-License-Identifier: MIT
/*
 * Forms of kernels: for images with certain formats and samplers of certain kinds, and for groups
 * of all sizes.
 *
 * Overview
 *	What a program is built to takes all formats, each access by way of a choice among
 *	them. For those that a kernel is launched with often enough, it is compiled again,
 *	with these as constants (compiler/backend/program/known_arguments.h). A form that is
 *	in the kernel cache is taken at once.
 *
 *	It may take groups of the required size only (compiler/backend/program/deferral.h), or
 *	of certain rows (compiler/backend/groups/joined_rows.h): the first launch that has
 *	others waits until there is a form for all.
 */
#include "native.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "image/view.h"
#include "native_program.h"
#include "program/sub_groups.h"
#include "util/alloc.h"
#include "util/log.h"
#include "util/short_locks.h"

/* Words that are known: kernels with many images have one form. */
#define MOST_CONSTANTS 96
#define MOST_OF_IMAGE  7
/* So often is a launch that is recorded taken to run. */
#define RECORDED_RUNS 1024

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

		if (values[i].kind != TANDEM_ARGUMENT_IMAGE &&
		    values[i].kind != TANDEM_ARGUMENT_SAMPLER)
			continue;
		if (count + MOST_OF_IMAGE > MOST_CONSTANTS)
			return 0;
		if (values[i].kind == TANDEM_ARGUMENT_IMAGE) {
			add_image(constants, &count, i, values[i].value);
		} else {
			memcpy(&bits, values[i].value, sizeof(bits));
			add_constant(constants, &count, i, 0, bits);
		}
	}
	return count;
}

/* ---- forms ---- */

/* The form for the constants, ready or not, or NULL; the program's short lock is held. */
static struct tandem_native_form *find_form_locked(const struct tandem_native_program *program,
						   uint32_t index,
						   const struct tandem_backend_constant *constants,
						   unsigned int count)
{
	struct tandem_native_form *form;

	for (form = program->forms; form; form = form->next) {
		if (form->index == index && form->constant_count == count &&
		    !memcmp(form->constants, constants, count * sizeof(*constants)))
			return form;
	}
	return NULL;
}

/*
 * Adds a form, or finds one that was added meanwhile. NULL where there are too many with constants,
 * or no memory.
 */
static struct tandem_native_form *add_form(struct tandem_native_program *program, uint32_t index,
					   const struct tandem_backend_constant *constants,
					   unsigned int count)
{
	struct tandem_native_form *new = calloc(1, sizeof(*new) + count * sizeof(*constants));
	struct tandem_native_form *form;

	if (!new)
		return NULL;
	new->index = index;
	new->constant_count = count;
	memcpy(new->constants, constants, count * sizeof(*constants));
	tandem_short_lock(program);
	form = find_form_locked(program, index, constants, count);
	if (!form && (!count || program->form_count < TANDEM_MOST_FORMS)) {
		form = new;
		form->next = program->forms;
		program->forms = form;
		program->form_count += count != 0;
	}
	tandem_short_unlock(program);
	if (form != new)
		free(new);
	return form;
}

/* The form for the constants, which may be none. NULL as for add_form. */
static struct tandem_native_form *form_for(struct tandem_native_program *program, uint32_t index,
					   const struct tandem_backend_constant *constants,
					   unsigned int count)
{
	struct tandem_native_form *form;

	tandem_short_lock(program);
	form = find_form_locked(program, index, constants, count);
	tandem_short_unlock(program);
	return form ? form : add_form(program, index, constants, count);
}

/* ---- making them ---- */

enum step {
	USE_GENERAL,
	USE_FORM,
	LOOK_IN_CACHE,
	COMPILE,
};

/* What is to be done of a form for a launch of so many work-items. */
static enum step next_step(const struct tandem_native_device *device,
			   struct tandem_native_program *program, struct tandem_native_form *form,
			   uint64_t items)
{
	enum step step = USE_GENERAL;

	tandem_short_lock(program);
	if (form->state == TANDEM_FORM_READY)
		step = USE_FORM;
	if (form->state == TANDEM_FORM_NEW || form->state == TANDEM_FORM_NOT_WORTH_IT) {
		form->items += tandem_min_u64(items, device->form_items);
		if (form->items >= device->form_items)
			step = COMPILE;
		else if (form->state == TANDEM_FORM_NEW)
			step = LOOK_IN_CACHE;
		if (step != USE_GENERAL)
			form->state = TANDEM_FORM_IN_THE_MAKING;
	}
	tandem_short_unlock(program);
	return step;
}

static int load_form(const struct tandem_native_device *device,
		     const struct tandem_native_program *program,
		     const struct tandem_native_form *form, bool only_cached,
		     struct tandem_compiled_program *part)
{
	const struct tandem_kernel_info *general = &program->base.kernels[form->index];
	struct tandem_text log = { 0 };
	int error = tandem_compiler_load_form(&device->target, &program->whole, form->index,
					      form->constants, form->constant_count, only_cached,
					      part, &log);

	/* Local arguments lie behind as many bytes as the general form has. */
	if (!error && (part->description.kernel_count != 1 ||
		       part->description.kernels->info.local_bytes > general->local_bytes)) {
		tandem_compiler_unload(part);
		error = -ENOEXEC;
	}
	if (!error)
		tandem_log(TANDEM_LOG_COMPILER, "kernel '%s' has a form for %s", general->name,
			   form->constant_count ? "its images" : "groups of all sizes");
	else if (!form->constant_count && error != -ENOMEM)
		tandem_warn("kernel '%s' cannot be compiled for groups of all sizes: %s",
			    general->name, tandem_text_string(&log));
	else if (!only_cached)
		tandem_log(TANDEM_LOG_COMPILER, "no form of kernel '%s' for its images: %s",
			   general->name, tandem_text_string(&log));
	tandem_text_finish(&log);
	return error;
}

/* The program's short lock is held: a fork waits, and its child sees forms that are whole. */
static void make_ready_locked(struct tandem_native_form *form,
			      const struct tandem_compiled_program *part)
{
	form->part = *part;
	form->kernel = (struct tandem_native_kernel){ &form->part, 0 };
	form->info = part->description.kernels->info;
	form->state = TANDEM_FORM_READY;
}

/* Does a step with a form that nobody else does. Whether the form is ready. */
static bool make_form(const struct tandem_native_device *device,
		      struct tandem_native_program *program, struct tandem_native_form *form,
		      enum step step)
{
	struct tandem_compiled_program part;
	int error = load_form(device, program, form, step == LOOK_IN_CACHE, &part);

	tandem_short_lock(program);
	if (!error)
		make_ready_locked(form, &part);
	else
		form->state = step == LOOK_IN_CACHE && error == -ENOENT ? TANDEM_FORM_NOT_WORTH_IT :
									  TANDEM_FORM_FAILED;
	tandem_short_unlock(program);
	return !error;
}

/* The form for the images and samplers; NULL where there is none, or none yet. */
static const struct tandem_kernel_info *
choose_image_form(const struct tandem_native_device *device, struct tandem_native_program *program,
		  const struct tandem_launch *launch, const struct tandem_argument_value *values)
{
	struct tandem_backend_constant constants[MOST_CONSTANTS];
	unsigned int count = list_constants(launch->kernel, values, constants);
	uint32_t index = (uint32_t)(launch->kernel - program->base.kernels);
	const uint64_t *global = launch->global_size, *local = launch->local_size;
	uint64_t items = global[0] * global[1] * global[2];
	struct tandem_native_form *form;
	enum step step;

	form = count ? form_for(program, index, constants, count) : NULL;
	if (!form)
		return NULL;
	if (launch->is_recorded)
		items = tandem_min_u64(items, device->form_items) * RECORDED_RUNS;
	step = next_step(device, program, form, items);
	if (step == USE_GENERAL || (step != USE_FORM && !make_form(device, program, form, step)))
		return NULL;
	/* A group that is too large for it runs in the general form, or that has other sub-groups. */
	if (local[0] * local[1] * local[2] > form->info.max_group ||
	    form->info.sub_group_lanes != launch->kernel->sub_group_lanes)
		return NULL;
	return &form->info;
}

/* Has the form for all groups made, where it is not ready. */
static int make_form_for_all_groups(const struct tandem_native_device *device,
				    struct tandem_native_program *program,
				    struct tandem_native_form *form)
{
	struct tandem_compiled_program part;
	bool is_ready;
	int error;

	tandem_short_lock(program);
	is_ready = form->state == TANDEM_FORM_READY;
	tandem_short_unlock(program);
	if (is_ready)
		return 0;
	error = load_form(device, program, form, false, &part);
	if (error)
		return error;
	/* Threads that came at once have all made it: one is kept. */
	tandem_short_lock(program);
	is_ready = form->state == TANDEM_FORM_READY;
	if (!is_ready)
		make_ready_locked(form, &part);
	tandem_short_unlock(program);
	if (is_ready)
		tandem_compiler_unload(&part);
	return 0;
}

static int choose_form_for_all_groups(const struct tandem_native_device *device,
				      struct tandem_native_program *program,
				      struct tandem_launch *launch)
{
	static const struct tandem_backend_constant none;
	uint32_t index = (uint32_t)(launch->kernel - program->base.kernels);
	struct tandem_native_form *form = form_for(program, index, &none, 0);
	int error = form ? make_form_for_all_groups(device, program, form) : -ENOMEM;
	const uint64_t *local = launch->local_size;

	/* What was told of the kernel would not hold. */
	if (!error && (local[0] * local[1] * local[2] > form->info.max_group ||
		       form->info.sub_group_lanes != launch->kernel->sub_group_lanes)) {
		tandem_warn("kernel '%s' can have such groups of %" PRIu64
			    " work-items, with sub-groups of %u",
			    form->info.name, form->info.max_group, form->info.sub_group_lanes);
		error = -EFAULT;
	}
	if (!error) {
		launch->kernel = &form->info;
		return 0;
	}
	return error == -ENOMEM ? error : -EFAULT;
}

/* Whether all groups of the launch have the same size. */
static bool has_whole_groups(const struct tandem_launch *launch)
{
	bool are_whole = true;

	for (int i = 0; i < TANDEM_DIMENSIONS; i++)
		are_whole &= launch->group_count[i] * launch->local_size[i] ==
			     launch->global_size[i];
	return are_whole;
}

/* Whether a kernel takes the rows of all groups of the launch. */
static bool takes_rows(const struct tandem_kernel_info *kernel, const struct tandem_launch *launch)
{
	const uint64_t *local = launch->local_size;
	const uint64_t last[TANDEM_DIMENSIONS] = { launch->global_size[0] % local[0], local[1],
						   local[2] };

	return !kernel->has_whole_rows_only || (tandem_sub_groups_fill_rows(kernel, local) &&
						tandem_sub_groups_fill_rows(kernel, last));
}

/* Whether a kernel takes all groups of the launch. */
static bool takes_groups(const struct tandem_kernel_info *kernel,
			 const struct tandem_launch *launch)
{
	return (!kernel->has_whole_groups_only || has_whole_groups(launch)) &&
	       takes_rows(kernel, launch);
}

int tandem_native_choose_form(struct tandem_device_core *core, struct tandem_launch *launch,
			      const struct tandem_argument_value *values)
{
	struct tandem_native_device *device =
		tandem_container_of(core, struct tandem_native_device, core);
	struct tandem_native_program *program = tandem_native_program_of(launch->program);
	const struct tandem_kernel_info *form = NULL;

	/* Such a form takes the same rows. */
	if (program->whole.may_have_forms && takes_rows(launch->kernel, launch))
		form = choose_image_form(device, program, launch, values);
	if (form && takes_groups(form, launch))
		launch->kernel = form;
	else if (!takes_groups(launch->kernel, launch))
		return choose_form_for_all_groups(device, program, launch);
	return 0;
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
