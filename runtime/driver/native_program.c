// SPDX-License-Identifier: MIT
#include "native_program.h"

#include <errno.h>
#include <stdlib.h>

#include "native.h"
#include "util/alloc.h"
#include "util/jobs.h"
#include "util/short_locks.h"

/* Kernels that are compiled together: LLVM starts for all of them once. */
#define MOST_IN_PART 8

static struct tandem_native_device *device_of(struct tandem_device_core *core)
{
	return tandem_container_of(core, struct tandem_native_device, core);
}

/* ---- loading ---- */

void tandem_native_unload(struct tandem_device_core *core, struct tandem_loaded_program *base)
{
	struct tandem_native_program *program = tandem_native_program_of(base);

	for (uint32_t i = 0; i < program->part_count; i++) {
		tandem_compiler_unload(program->parts[i]);
		free(program->parts[i]);
	}
	tandem_native_finish_forms(program);
	tandem_compiler_unload(&program->whole);
	free(program->parts);
	free(program->kernels);
	free((void *)base->kernels);
	free(program);
}

/* -ENOMEM. */
static int list_kernels(struct tandem_native_program *program)
{
	const struct tandem_description *description = &program->whole.description;
	uint32_t count = description->kernel_count;
	struct tandem_kernel_info *infos = tandem_new_array(infos, count + 1);

	program->base.kernels = infos;
	program->base.global_variable_bytes = description->global_variable_bytes;
	program->kernels = tandem_new_array(program->kernels, count + 1);
	program->parts = tandem_new_array(program->parts, count + 1);
	if (!infos || !program->kernels || !program->parts)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		infos[i] = description->kernels[i].info;
		if (!program->whole.is_deferred)
			program->kernels[i] = (struct tandem_native_kernel){ &program->whole, i };
	}
	program->base.kernel_count = count;
	return 0;
}

int tandem_native_load(struct tandem_device_core *core, const struct tandem_binary *executable,
		       unsigned int zeroed, struct tandem_loaded_program **out,
		       struct tandem_text *log)
{
	struct tandem_native_program *program = tandem_new(program);
	int error;

	if (!program)
		return -ENOMEM;
	error = tandem_compiler_load(&device_of(core)->target, executable, zeroed, &program->whole,
				     log);
	if (error) {
		free(program);
		return error;
	}
	error = list_kernels(program);
	if (error)
		tandem_native_unload(core, &program->base);
	else
		*out = &program->base;
	return error;
}

/* ---- kernels of deferred programs ---- */

/* Kernels that are compiled together. */
struct job {
	const uint32_t *kernels;
	uint32_t count;
	struct tandem_compiled_program *part;
	struct tandem_text log;
	int error;
};

/* What threads share that compile kernels of a program. */
struct work {
	const struct tandem_compile_target *target;
	struct tandem_native_program *program;
	struct job *jobs;
	uint32_t job_count;
};

static void do_job(void *argument, uint32_t number)
{
	struct work *work = argument;
	struct job *job = &work->jobs[number];

	job->error = tandem_compiler_load_kernels(work->target, &work->program->whole, job->kernels,
						  job->count, job->part, &job->log);
}

/* Of the kernels that a part has, what is known now. */
static void make_ready(struct tandem_native_program *program, const struct job *job)
{
	const struct tandem_description *description = &job->part->description;
	struct tandem_kernel_info *infos = (struct tandem_kernel_info *)program->base.kernels;

	for (uint32_t i = 0; i < description->kernel_count; i++) {
		const struct tandem_kernel_info *known = &description->kernels[i].info;
		int index = tandem_loaded_program_find(&program->base, known->name);

		if (index < 0)
			continue;
		infos[index].local_bytes = known->local_bytes;
		infos[index].private_bytes = known->private_bytes;
		infos[index].stack_bytes = known->stack_bytes;
		infos[index].max_group = known->max_group;
		infos[index].preferred_group_multiple = known->preferred_group_multiple;
		infos[index].sub_group_lanes = known->sub_group_lanes;
		infos[index].uses_printf = known->uses_printf;
		infos[index].sees_groups = known->sees_groups;
		infos[index].prefers_narrow_groups = known->prefers_narrow_groups;
		infos[index].has_whole_groups_only = known->has_whole_groups_only;
		infos[index].has_whole_rows_only = known->has_whole_rows_only;
		program->kernels[index] = (struct tandem_native_kernel){ job->part, i };
	}
}

/* Takes over what a job has made, and tells of what went wrong. */
static int finish_job(struct tandem_native_program *program, struct job *job,
		      struct tandem_text *log)
{
	tandem_text_add(log, tandem_text_string(&job->log), job->log.length);
	tandem_text_finish(&job->log);
	if (!job->error && job->part->description.kernel_count != job->count) {
		tandem_compiler_unload(job->part);
		job->error = -ENOEXEC;
	}
	if (job->error) {
		free(job->part);
		return job->error;
	}
	/* A fork waits for this: its child sees kernels that are ready as a whole. */
	tandem_short_lock(program);
	program->parts[program->part_count] = job->part;
	program->part_count++;
	make_ready(program, job);
	tandem_short_unlock(program);
	return 0;
}

/* Divides kernels into jobs. -ENOMEM. */
static int plan(struct work *work, const uint32_t *kernels, uint32_t count, unsigned int processors)
{
	uint64_t even = (count - 1) / tandem_max_u64(processors, 1) + 1;
	uint32_t in_part = (uint32_t)tandem_min_u64(even, MOST_IN_PART);
	uint32_t job_count = (count - 1) / in_part + 1;

	work->jobs = tandem_new_array(work->jobs, job_count);
	for (uint32_t i = 0; work->jobs && i < job_count; i++) {
		struct job *job = &work->jobs[i];

		job->kernels = kernels + (size_t)i * in_part;
		job->count = (uint32_t)tandem_min_u64(in_part, count - i * in_part);
		job->part = tandem_new(job->part);
		if (!job->part)
			return -ENOMEM;
		work->job_count++;
	}
	return work->jobs ? 0 : -ENOMEM;
}

/* @kernels: those that are not ready. */
static int compile(struct tandem_native_device *device, struct tandem_native_program *program,
		   const uint32_t *kernels, uint32_t count, struct tandem_text *log)
{
	const unsigned int processors = device->core.properties.compute_units;
	struct work work = { .target = &device->target, .program = program };
	int error = plan(&work, kernels, count, processors);

	if (error) {
		for (uint32_t i = 0; i < work.job_count; i++)
			free(work.jobs[i].part);
		free(work.jobs);
		return error;
	}
	/* They end as their jobs do: each is bounded by what the compiler takes. */
	tandem_jobs_run(work.job_count,
			(unsigned int)tandem_min_u64(processors, TANDEM_MOST_COMPILE_THREADS),
			do_job, &work);
	for (uint32_t i = 0; i < work.job_count; i++) {
		int failed = finish_job(program, &work.jobs[i], log);

		if (!error)
			error = failed;
	}
	free(work.jobs);
	return error;
}

int tandem_native_prepare_kernels(struct tandem_device_core *core,
				  struct tandem_loaded_program *base, uint32_t first,
				  uint32_t count, struct tandem_text *log)
{
	struct tandem_native_program *program = tandem_native_program_of(base);
	uint32_t *missing = tandem_new_array(missing, count + 1), missing_count = 0;
	int error = 0;

	if (!missing)
		return -ENOMEM;
	for (uint32_t i = first; i < first + count; i++) {
		if (!program->kernels[i].part)
			missing[missing_count++] = i;
	}
	if (missing_count)
		error = compile(device_of(core), program, missing, missing_count, log);
	for (uint32_t i = 0; i < missing_count && !error; i++) {
		if (!program->kernels[missing[i]].part)
			error = -ENOEXEC;
	}
	free(missing);
	return error == -ENOENT ? -ENOEXEC : error;
}
