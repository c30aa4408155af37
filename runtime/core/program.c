// SPDX-License-Identifier: MIT
#include "program.h"

#include <errno.h>
#include <string.h>

#include "program/build_options.h"
#include "util/alloc.h"

static struct tandem_device_core *core_of(const struct tandem_program_build *build)
{
	return build->device->core;
}

/* Forgets what an earlier build left. */
static void clear_build(struct tandem_program_build *build)
{
	struct tandem_device_core *core = core_of(build);
	struct tandem_loaded_program *loaded = build->loaded;

	/* In this order: a fork may come in between. */
	build->loaded = NULL;
	if (loaded)
		core->ops->unload(core, loaded);
	tandem_text_finish(&build->log);
	free(build->options);
	build->options = NULL;
}

static void destroy_program(struct tandem_object *object)
{
	struct tandem_program *program = tandem_container_of(object, struct tandem_program, object);

	for (unsigned int i = 0; i < program->build_count; i++) {
		clear_build(&program->builds[i]);
		tandem_binary_finish(&program->builds[i].binary);
		tandem_object_unref(&program->builds[i].device->object);
	}
	tandem_long_lock_finish(&program->lock);
	tandem_object_unref(&program->context->object);
	free(program->builds);
	free(program->source);
	free(program->il);
	tandem_spirv_finish(&program->spirv);
	tandem_object_free(&program->object);
}

int tandem_program_create_empty(struct tandem_context *context,
				struct tandem_device *const *devices, unsigned int count,
				struct tandem_program **out)
{
	struct tandem_program *program = tandem_new_object(program);

	if (!program)
		return -ENOMEM;
	program->builds = tandem_new_array(program->builds, count);
	if (!program->builds || tandem_long_lock_init(&program->lock)) {
		free(program->builds);
		tandem_object_free(&program->object);
		return -ENOMEM;
	}
	for (unsigned int i = 0; i < count; i++) {
		program->builds[i].device = devices[i];
		program->builds[i].zeroed = context->zeroed;
		program->builds[i].status = CL_BUILD_NONE;
		program->builds[i].type = CL_PROGRAM_BINARY_TYPE_NONE;
		tandem_object_ref(&devices[i]->object);
	}
	program->build_count = count;
	program->context = context;
	tandem_object_ref(&context->object);
	tandem_object_init(&program->object, TANDEM_KIND_PROGRAM, destroy_program);
	*out = program;
	return 0;
}

void tandem_program_add_user(struct tandem_program *program)
{
	/* The users together hold one reference: launches and their ends come in great numbers. */
	if (!atomic_fetch_add(&program->users, 1))
		tandem_object_ref(&program->object);
}

void tandem_program_remove_user(struct tandem_program *program)
{
	if (atomic_fetch_sub(&program->users, 1) == 1)
		tandem_object_unref(&program->object);
}

static size_t string_length(const char *const *strings, const size_t *lengths, unsigned int i)
{
	return lengths && lengths[i] ? lengths[i] : strlen(strings[i]);
}

static char *join(const char *const *strings, const size_t *lengths, unsigned int count,
		  size_t *length)
{
	size_t total = 0;
	char *joined, *end;

	for (unsigned int i = 0; i < count; i++)
		total += string_length(strings, lengths, i);
	joined = malloc(total + 1);
	if (!joined)
		return NULL;
	end = joined;
	for (unsigned int i = 0; i < count; i++) {
		size_t bytes = string_length(strings, lengths, i);

		/* Zero characters are no part of a source, as CL_PROGRAM_SOURCE has it. */
		for (size_t j = 0; j < bytes; j++) {
			if (strings[i][j])
				*end++ = strings[i][j];
		}
	}
	*end = 0;
	*length = (size_t)(end - joined);
	return joined;
}

int tandem_program_create_with_source(struct tandem_context *context, const char *const *strings,
				      const size_t *lengths, unsigned int count,
				      struct tandem_program **program)
{
	size_t length = 0;
	char *source = join(strings, lengths, count, &length);
	int error;

	if (!source)
		return -ENOMEM;
	error = tandem_program_create_empty(context, context->devices, context->device_count,
					    program);
	if (error) {
		free(source);
		return error;
	}
	(*program)->source = source;
	(*program)->source_length = length;
	return 0;
}

int tandem_program_create_with_il(struct tandem_context *context, const void *il, size_t length,
				  struct tandem_program **out)
{
	struct tandem_program *program;
	struct tandem_spirv spirv;
	int error = tandem_spirv_read(il, length, &spirv);

	if (error)
		return error;
	error = tandem_program_create_empty(context, context->devices, context->device_count,
					    &program);
	if (error) {
		tandem_spirv_finish(&spirv);
		return error;
	}
	program->spirv = spirv;
	program->il = malloc(length);
	if (!program->il) {
		tandem_object_unref(&program->object);
		return -ENOMEM;
	}
	memcpy(program->il, il, length);
	program->il_length = length;
	*out = program;
	return 0;
}

bool tandem_program_has_source(const struct tandem_program *program)
{
	return program->source || program->il;
}

static cl_program_binary_type type_of(const struct tandem_program_build *build)
{
	struct tandem_device_core *core = core_of(build);

	switch (core->ops->inspect(core, &build->binary)) {
	case TANDEM_BINARY_OBJECT:
		return CL_PROGRAM_BINARY_TYPE_COMPILED_OBJECT;
	case TANDEM_BINARY_LIBRARY:
		return CL_PROGRAM_BINARY_TYPE_LIBRARY;
	case TANDEM_BINARY_EXECUTABLE:
		return CL_PROGRAM_BINARY_TYPE_EXECUTABLE;
	default:
		return CL_PROGRAM_BINARY_TYPE_NONE;
	}
}

int tandem_program_set_binary(struct tandem_program *program, unsigned int index,
			      const struct tandem_binary *binary)
{
	struct tandem_program_build *build = &program->builds[index];
	int error = tandem_binary_copy(binary, &build->binary);

	if (error)
		return error;
	build->type = type_of(build);
	if (build->type != CL_PROGRAM_BINARY_TYPE_NONE)
		return 0;
	tandem_binary_finish(&build->binary);
	return -ENOEXEC;
}

struct tandem_program_build *tandem_program_find(struct tandem_program *program,
						 const struct tandem_device *device)
{
	for (unsigned int i = 0; i < program->build_count; i++) {
		if (program->builds[i].device == device)
			return &program->builds[i];
	}
	return NULL;
}

struct tandem_program_build *tandem_program_find_used(struct tandem_program *program,
						      const struct tandem_device *device)
{
	for (; device; device = device->parent) {
		struct tandem_program_build *build = tandem_program_find(program, device);

		if (build && build->status != CL_BUILD_NONE)
			return build;
	}
	return NULL;
}

/*
 * Begins a build: the old result goes, the options are noted, and taken apart into @parsed,
 * which is to be finished in any case.
 */
static int start_build(struct tandem_program_build *build, const char *options,
		       enum tandem_build_step step, struct tandem_build_options *parsed)
{
	*parsed = (struct tandem_build_options){ 0 };
	clear_build(build);
	build->status = CL_BUILD_ERROR;
	build->options = strdup(options);
	if (!build->options)
		return -ENOMEM;
	return tandem_build_options_parse(parsed, options, step, &build->log);
}

static void replace_binary(struct tandem_program_build *build, struct tandem_binary *binary)
{
	tandem_binary_finish(&build->binary);
	build->binary = *binary;
	build->type = type_of(build);
}

static int load(struct tandem_program_build *build)
{
	struct tandem_device_core *core = core_of(build);
	int error = 0;

	if (build->type == CL_PROGRAM_BINARY_TYPE_EXECUTABLE)
		error = core->ops->load(core, &build->binary, build->zeroed, &build->loaded,
					&build->log);
	if (!error)
		build->status = CL_BUILD_SUCCESS;
	return error;
}

static int link_binaries(struct tandem_program_build *build,
			 const struct tandem_build_options *options,
			 const struct tandem_binary *inputs, unsigned int count)
{
	struct tandem_device_core *core = core_of(build);
	struct tandem_link_input input = {
		.binaries = inputs, .count = count, .zeroed = build->zeroed, .options = options
	};
	struct tandem_binary linked = { 0 };
	int error = core->ops->link(core, &input, &linked, &build->log);

	if (error)
		return error;
	replace_binary(build, &linked);
	return load(build);
}

/* An object or a library without its source: what it was compiled with stays. */
static int link_alone(struct tandem_program_build *build)
{
	const struct tandem_binary object = build->binary;
	struct tandem_build_options none;
	int error = tandem_build_options_parse(&none, "", TANDEM_STEP_LINK, &build->log);

	if (!error)
		error = link_binaries(build, &none, &object, 1);
	tandem_build_options_finish(&none);
	return error;
}

static struct tandem_compile_input compile_input(const struct tandem_program *program,
						 const struct tandem_build_options *options)
{
	if (program->il)
		return (struct tandem_compile_input){
			.language = TANDEM_SPIRV,
			.source = (const char *)program->spirv.words,
			.length = program->spirv.word_count * sizeof(*program->spirv.words),
			.options = options,
		};
	return (struct tandem_compile_input){ .language = TANDEM_OPENCL_C,
					      .source = program->source,
					      .length = program->source_length,
					      .options = options };
}

static int build_source(const struct tandem_program *program, struct tandem_program_build *build,
			const struct tandem_build_options *options)
{
	struct tandem_compile_input input = compile_input(program, options);
	struct tandem_device_core *core = core_of(build);
	struct tandem_binary executable = { 0 };
	int error;

	input.zeroed = build->zeroed;
	error = core->ops->build(core, &input, &executable, &build->log);
	if (error)
		return error;
	replace_binary(build, &executable);
	return load(build);
}

int tandem_program_build_locked(struct tandem_program *program, struct tandem_program_build *build,
				const char *options)
{
	struct tandem_build_options parsed;
	int error = start_build(build, options, TANDEM_STEP_BUILD, &parsed);

	if (error)
		goto out;
	if (tandem_program_has_source(program))
		error = build_source(program, build, &parsed);
	else if (build->type == CL_PROGRAM_BINARY_TYPE_EXECUTABLE)
		error = load(build);
	else
		error = link_alone(build);
out:
	tandem_build_options_finish(&parsed);
	return error;
}

static int compile_source(const struct tandem_program *program, struct tandem_program_build *build,
			  const struct tandem_build_options *options,
			  const struct tandem_program_header *headers, unsigned int header_count)
{
	struct tandem_source_header *texts = tandem_new_array(texts, header_count + 1);
	struct tandem_compile_input input = compile_input(program, options);
	struct tandem_device_core *core = core_of(build);
	struct tandem_binary object = { 0 };
	int error;

	if (!texts)
		return -ENOMEM;
	for (unsigned int i = 0; i < header_count; i++) {
		texts[i].name = headers[i].name;
		texts[i].text = headers[i].program->source;
		texts[i].length = headers[i].program->source_length;
	}
	input.headers = texts;
	input.header_count = header_count;
	error = core->ops->compile(core, &input, &object, &build->log);
	free(texts);
	if (error)
		return error;
	replace_binary(build, &object);
	build->status = CL_BUILD_SUCCESS;
	return 0;
}

int tandem_program_compile_locked(struct tandem_program *program,
				  struct tandem_program_build *build, const char *options,
				  const struct tandem_program_header *headers,
				  unsigned int header_count)
{
	struct tandem_build_options parsed;
	int error = start_build(build, options, TANDEM_STEP_COMPILE, &parsed);

	if (!error)
		error = compile_source(program, build, &parsed, headers, header_count);
	tandem_build_options_finish(&parsed);
	return error;
}

int tandem_program_link_locked(struct tandem_program_build *build, const char *options,
			       const struct tandem_binary *inputs, unsigned int input_count)
{
	struct tandem_build_options parsed;
	int error = start_build(build, options, TANDEM_STEP_LINK, &parsed);

	if (!error)
		error = link_binaries(build, &parsed, inputs, input_count);
	tandem_build_options_finish(&parsed);
	return error;
}

int tandem_program_prepare_locked(struct tandem_program_build *build, uint32_t first,
				  uint32_t count)
{
	struct tandem_device_core *core = core_of(build);

	if (!core->ops->prepare_kernels)
		return 0;
	return core->ops->prepare_kernels(core, build->loaded, first, count, &build->log);
}

bool tandem_program_has_executable(struct tandem_program *program)
{
	return tandem_program_kernels(program);
}

const struct tandem_loaded_program *tandem_program_kernels(struct tandem_program *program)
{
	for (unsigned int i = 0; i < program->build_count; i++) {
		if (program->builds[i].loaded)
			return program->builds[i].loaded;
	}
	return NULL;
}
