// SPDX-License-Identifier: MIT
/* Compiling, linking and loading by Mesa. */
#include "device.h"

#include <errno.h>
#include <string.h>

#include "program/build_options.h"
#include "util/alloc.h"

/* ---- options ---- */

/* Options as Mesa gets them. */
struct options {
	struct tandem_text words;
	struct tandem_text definitions; /* put in front of the source */
};

static void options_finish(struct options *options)
{
	tandem_text_finish(&options->words);
	tandem_text_finish(&options->definitions);
}

/* Mesa's driver has no way to keep such a word together, and may crash on it. */
static bool is_plain(const char *word)
{
	return !word[strcspn(word, " \t\r\n\"'\\")];
}

/* What -D says, as a line of the source. */
static void add_definition(struct options *options, const char *definition)
{
	size_t name = strcspn(definition, "=");

	tandem_text_print(&options->definitions, "#define %.*s %s\n", (int)name, definition,
			  definition[name] ? definition + name + 1 : "1");
}

/* A value is put to its option: Mesa's driver may crash on a word of one character, too. */
static int add_option(struct options *options, const char *name, const char *value,
		      struct tandem_text *log)
{
	if (is_plain(value)) {
		tandem_text_print(&options->words, " %s%s", name, value);
		return 0;
	}
	if (!strcmp(name, "-D")) {
		add_definition(options, value);
		return 0;
	}
	tandem_text_print(log, "error: '%s%s' has spaces, quotes or backslashes: not with Mesa\n",
			  name, value);
	return -EINVAL;
}

static void add_where(struct options *options, bool there, const char *word)
{
	if (there)
		tandem_text_print(&options->words, " %s", word);
}

/* Options for one of Mesa's calls. options_finish in any case. */
static int options_init(struct options *options, const struct tandem_build_options *given,
			bool for_linker, struct tandem_text *log)
{
	int error = 0;

	*options = (struct options){ 0 };
	for (unsigned int i = 0; i < given->argument_count && !error; i++)
		error = add_option(options, given->arguments[i].name, given->arguments[i].value,
				   log);
	if (error)
		return error;
	if (given->standard)
		tandem_text_print(&options->words, " -cl-std=%s", given->standard);
	add_where(options, given->no_warnings, "-w");
	add_where(options, given->warnings_are_errors, "-Werror");
	add_where(options, !given->optimise, "-cl-opt-disable");
	add_where(options, given->make_library, "-create-library");
	add_where(options, given->link_options, "-enable-link-options");
	/* The driver needs to know the arguments in any case. */
	add_where(options, !for_linker, "-cl-kernel-arg-info");
	/* What the compiler says of lines is about the application's. */
	if (options->definitions.length)
		tandem_text_print(&options->definitions, "#line 1\n");
	return options->words.failed || options->definitions.failed ? -ENOMEM : 0;
}

/* ---- compile and build ---- */

/* Adds what Mesa's compiler said to @log. */
static void add_log(const struct tandem_mesa_device *device, cl_program program,
		    struct tandem_text *log)
{
	size_t bytes = 0;
	char *text;

	if (device->cl->clGetProgramBuildInfo(program, device->id, CL_PROGRAM_BUILD_LOG, 0, NULL,
					      &bytes) ||
	    bytes < 2)
		return;
	text = calloc(1, bytes);
	if (text && !device->cl->clGetProgramBuildInfo(program, device->id, CL_PROGRAM_BUILD_LOG,
						       bytes, text, NULL))
		tandem_text_add(log, text, strlen(text));
	free(text);
}

static int create_program(const struct tandem_mesa_device *device, const char *definitions,
			  const char *source, size_t length, cl_program *program)
{
	const char *const strings[] = { definitions, source };
	const size_t lengths[] = { strlen(definitions), length };
	/* A length of 0 would stand for a string that ends with a zero, which an empty one does. */
	const cl_uint first = lengths[0] ? 0 : 1;
	cl_int code;

	*program = device->cl->clCreateProgramWithSource(
		device->context, 2 - first, (const char **)strings + first, lengths + first, &code);
	return tandem_mesa_error("clCreateProgramWithSource", code);
}

/* Compiles @program, with the headers. */
static int compile_with_headers(const struct tandem_mesa_device *device, cl_program program,
				const struct tandem_compile_input *input, const char *options)
{
	const cl_icd_dispatch *cl = device->cl;
	cl_program *headers = tandem_new_array(headers, input->header_count + 1);
	const char **names = tandem_new_array(names, input->header_count + 1);
	cl_uint made = 0;
	int error = headers && names ? 0 : -ENOMEM;

	for (; made < input->header_count && !error; made++) {
		const struct tandem_source_header *header = &input->headers[made];

		names[made] = header->name;
		error = create_program(device, "", header->text, header->length, &headers[made]);
		if (error)
			break;
	}
	if (!error)
		error = tandem_mesa_error("clCompileProgram",
					  cl->clCompileProgram(program, 1, &device->id, options,
							       made, made ? headers : NULL,
							       made ? names : NULL, NULL, NULL));
	while (made--)
		cl->clReleaseProgram(headers[made]);
	free(headers);
	free(names);
	return error;
}

/* Source to an object or to an executable. */
static int translate(struct tandem_mesa_device *device, const struct tandem_compile_input *input,
		     enum tandem_binary_kind wanted, struct tandem_binary *binary,
		     struct tandem_text *log)
{
	const struct tandem_mesa_binary_kind kind = { wanted,
						      input->options->argument_information };
	const cl_icd_dispatch *cl = device->cl;
	struct options options;
	cl_program program = NULL;
	int error;

	if (input->language != TANDEM_OPENCL_C) {
		tandem_text_print(log, "error: this device takes no SPIR-V\n");
		return -ENOEXEC;
	}
	error = options_init(&options, input->options, false, log);
	if (!error)
		error = create_program(device, tandem_text_string(&options.definitions),
				       input->source, input->length, &program);
	if (!error && wanted == TANDEM_BINARY_EXECUTABLE) {
		error = tandem_mesa_error("clBuildProgram",
					  cl->clBuildProgram(program, 1, &device->id,
							     tandem_text_string(&options.words),
							     NULL, NULL));
	} else if (!error) {
		error = compile_with_headers(device, program, input,
					     tandem_text_string(&options.words));
	}
	if (program)
		add_log(device, program, log);
	if (!error)
		error = tandem_mesa_binary_write(device, program, &kind, binary);
	if (program)
		cl->clReleaseProgram(program);
	options_finish(&options);
	return error;
}

int tandem_mesa_compile(struct tandem_device_core *core, const struct tandem_compile_input *input,
			struct tandem_binary *object, struct tandem_text *log)
{
	return translate(tandem_mesa_device(core), input, TANDEM_BINARY_OBJECT, object, log);
}

int tandem_mesa_build(struct tandem_device_core *core, const struct tandem_compile_input *input,
		      struct tandem_binary *executable, struct tandem_text *log)
{
	return translate(tandem_mesa_device(core), input, TANDEM_BINARY_EXECUTABLE, executable,
			 log);
}

/* ---- link ---- */

static int link_programs(const struct tandem_mesa_device *device, const cl_program *inputs,
			 cl_uint count, const char *options,
			 const struct tandem_mesa_binary_kind *kind, struct tandem_binary *linked,
			 struct tandem_text *log)
{
	const cl_icd_dispatch *cl = device->cl;
	cl_int code;
	cl_program program = cl->clLinkProgram(device->context, 1, &device->id, options, count,
					       inputs, NULL, NULL, &code);
	int error = tandem_mesa_error("clLinkProgram", code);

	if (!program)
		return error ? error : -EIO;
	add_log(device, program, log);
	if (!error)
		error = tandem_mesa_binary_write(device, program, kind, linked);
	cl->clReleaseProgram(program);
	return error;
}

int tandem_mesa_link(struct tandem_device_core *core, const struct tandem_link_input *input,
		     struct tandem_binary *linked, struct tandem_text *log)
{
	struct tandem_mesa_device *device = tandem_mesa_device(core);
	cl_program *inputs = tandem_new_array(inputs, input->count + 1);
	struct tandem_mesa_binary_kind part, whole = {
		.kind = input->options->make_library ? TANDEM_BINARY_LIBRARY :
						       TANDEM_BINARY_EXECUTABLE,
		.tells_arguments = true,
	};
	struct options options;
	unsigned int made = 0;
	int error = options_init(&options, input->options, true, log);

	if (!inputs)
		error = -ENOMEM;
	for (; made < input->count && !error; made++) {
		error = tandem_mesa_binary_read(device, &input->binaries[made], &part,
						&inputs[made]);
		if (error) {
			tandem_text_print(log, "error: input %u is damaged\n", made);
			break;
		}
		whole.tells_arguments &= part.tells_arguments;
	}
	if (!error)
		error = link_programs(device, inputs, made, tandem_text_string(&options.words),
				      &whole, linked, log);
	while (made--)
		device->cl->clReleaseProgram(inputs[made]);
	free(inputs);
	options_finish(&options);
	return error;
}

/* ---- load ---- */

void tandem_mesa_unload(struct tandem_device_core *core, struct tandem_loaded_program *base)
{
	struct tandem_mesa_program *program = tandem_mesa_program(base);
	const cl_icd_dispatch *cl = tandem_mesa_device(core)->cl;

	for (uint32_t i = 0; i < base->kernel_count; i++) {
		tandem_mesa_kernel_finish(&program->kernels[i]);
		tandem_mesa_store_finish(&program->instances[i], cl);
	}
	if (program->handle)
		cl->clReleaseProgram(program->handle);
	free(program->instances);
	free(program->kernels);
	free(program);
}

static int read_kernels(const struct tandem_mesa_device *device,
			struct tandem_mesa_program *program, const cl_kernel *kernels,
			cl_uint count, bool tells_arguments, struct tandem_text *log)
{
	program->kernels = tandem_new_array(program->kernels, count + 1);
	program->instances = tandem_new_array(program->instances, count + 1);
	if (!program->kernels || !program->instances)
		return -ENOMEM;
	program->base.kernels = program->kernels;
	for (cl_uint i = 0; i < count; i++) {
		int error;

		tandem_mesa_store_init(&program->instances[i]);
		program->base.kernel_count++;
		error = tandem_mesa_kernel_init(device, kernels[i], &program->kernels[i], log);
		if (error)
			return error;
		if (!tells_arguments)
			tandem_mesa_kernel_forget_names(&program->kernels[i]);
	}
	return 0;
}

/* Makes each kernel once, to be asked about; launches make their own. */
static int find_kernels(const struct tandem_mesa_device *device,
			struct tandem_mesa_program *program, bool tells_arguments,
			struct tandem_text *log)
{
	const cl_icd_dispatch *cl = device->cl;
	cl_kernel *kernels;
	cl_uint count = 0;
	int error =
		tandem_mesa_error("clCreateKernelsInProgram",
				  cl->clCreateKernelsInProgram(program->handle, 0, NULL, &count));

	if (error)
		return error;
	kernels = tandem_new_array(kernels, count + 1);
	if (!kernels)
		return -ENOMEM;
	if (count)
		error = tandem_mesa_error("clCreateKernelsInProgram",
					  cl->clCreateKernelsInProgram(program->handle, count,
								       kernels, NULL));
	if (!error) {
		error = read_kernels(device, program, kernels, count, tells_arguments, log);
		for (cl_uint i = 0; i < count; i++)
			cl->clReleaseKernel(kernels[i]);
	}
	free(kernels);
	return error;
}

int tandem_mesa_load(struct tandem_device_core *core, const struct tandem_binary *executable,
		     unsigned int zeroed, struct tandem_loaded_program **out,
		     struct tandem_text *log)
{
	struct tandem_mesa_device *device = tandem_mesa_device(core);
	struct tandem_mesa_program *program = tandem_new(program);
	const cl_icd_dispatch *cl = device->cl;
	struct tandem_mesa_binary_kind kind;
	size_t variables = 0;
	int error;

	if (!program)
		return -ENOMEM;
	error = tandem_mesa_binary_read(device, executable, &kind, &program->handle);
	if (error)
		tandem_text_print(log, "error: the executable is damaged\n");
	if (!error) {
		error = tandem_mesa_error("clBuildProgram",
					  cl->clBuildProgram(program->handle, 1, &device->id, "",
							     NULL, NULL));
		if (error)
			add_log(device, program->handle, log);
	}
	if (!error)
		error = find_kernels(device, program, kind.tells_arguments, log);
	if (error) {
		tandem_mesa_unload(core, &program->base);
		return error;
	}
	/* Mesa's older driver does not know the query. */
	if (!cl->clGetProgramBuildInfo(program->handle, device->id,
				       CL_PROGRAM_BUILD_GLOBAL_VARIABLE_TOTAL_SIZE,
				       sizeof(variables), &variables, NULL))
		program->base.global_variable_bytes = variables;
	*out = &program->base;
	return 0;
}
