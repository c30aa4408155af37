// SPDX-License-Identifier: MIT
#include "compiler.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "backend_library.h"
#include "backend_place.h"
#include "program/build_options.h"
#include "cache.h"
#include "compile_server.h"
#include "container.h"
#include "dependencies.h"
#include "dump.h"
#include "frontend.h"
#include "spirv_frontend.h"
#include "util/alloc.h"
#include "util/clock.h"
#include "util/cpu_x86_64.h"
#include "util/log.h"
#include "util/options.h"
#include "util/signals.h"
#include "version.h"
#include "window_locks.h"

bool tandem_compiler_is_available(void)
{
	return !access(tandem_frontend_clang(), X_OK) && !access(tandem_backend_path(), R_OK);
}

/* ---- the two ends ---- */

static struct tandem_frontend_input frontend_input(const struct tandem_compile_target *target,
						   const struct tandem_compile_input *input)
{
	return (struct tandem_frontend_input){
		.source = input->source,
		.length = input->length,
		.headers = input->headers,
		.header_count = input->header_count,
		.options = input->options,
		.features = target->features,
		.has_images = target->has_images,
	};
}

static void dump_source(const struct tandem_compile_input *input, struct tandem_text *prefix)
{
	tandem_dump_source(input->source, input->length,
			   input->language == TANDEM_SPIRV ? "spv" : "cl", prefix);
}

/* Whether the bitcode may be worked on in this process, see spirv_frontend.h. */
static bool makes_trusted_bitcode(const struct tandem_compile_input *input)
{
	return input->language == TANDEM_OPENCL_C;
}

static int run_frontend(const struct tandem_compile_input *input,
			const struct tandem_frontend_input *frontend,
			struct tandem_frontend_reading *reading, struct tandem_text *bitcode,
			struct tandem_text *log)
{
	uint64_t start = tandem_clock_ns();
	int error = input->language == TANDEM_SPIRV ?
			    tandem_spirv_compile(input->source, input->length, bitcode, log) :
			    tandem_frontend_compile(frontend, reading, bitcode, log);

	tandem_log(TANDEM_LOG_COMPILER, "front end: %.1f ms", (tandem_clock_ns() - start) * 1e-6);
	return error;
}

/* What TANDEM_LANES asks for, as in struct tandem_backend_request. */
static uint32_t chosen_lanes(void)
{
	uint64_t lanes = tandem_option_number(TANDEM_OPTION_LANES, 1, TANDEM_MOST_LANES, 0);

	if (lanes && !tandem_is_power_of_two(lanes)) {
		tandem_warn("%s=%u: not a power of two, taking what suits the processor",
			    tandem_option_describe(TANDEM_OPTION_LANES)->variable, (uint32_t)lanes);
		return 0;
	}
	return (uint32_t)lanes;
}

/* Links and translates modules that nothing has been said of, @trusted as in backend_place.h. */
static int run_backend(const struct tandem_backend_request *request, bool trusted,
		       struct tandem_binary *binary, struct tandem_text *log)
{
	struct tandem_backend_place place = { .trusted = trusted };
	int error;

	error = tandem_backend_place_run(&place, request, NULL, binary, log);
	tandem_backend_place_finish(&place);
	return error;
}

/* ---- compile ---- */

int tandem_compiler_compile(const struct tandem_compile_target *target,
			    const struct tandem_compile_input *input, struct tandem_binary *object,
			    struct tandem_text *log)
{
	struct tandem_container container = { .kind = TANDEM_BINARY_OBJECT };
	struct tandem_text bitcode = { 0 }, prefix = { 0 };
	struct tandem_frontend_input frontend = frontend_input(target, input);
	int error;

	dump_source(input, &prefix);
	error = run_frontend(input, &frontend, NULL, &bitcode, log);
	if (!error) {
		container.optimised = input->options->optimise;
		container.is_foreign = !makes_trusted_bitcode(input);
		tandem_container_set(&container, TANDEM_SECTION_BITCODE, &bitcode);
		error = tandem_container_write(&container, object);
	}
	tandem_text_finish(&bitcode);
	tandem_text_finish(&prefix);
	return error;
}

/* ---- link ---- */

int tandem_compiler_link(const struct tandem_compile_target *target,
			 const struct tandem_link_input *input, struct tandem_binary *linked,
			 struct tandem_text *log)
{
	struct tandem_backend_module *modules = tandem_new_array(modules, input->count + 1);
	struct tandem_backend_request request = {
		.modules = modules,
		.module_count = input->count,
		.make_library = input->options->make_library,
		.optimise = true,
		.max_group = target->max_group,
		.zeroed = input->zeroed,
		.lanes = chosen_lanes(),
		.uses_windows = target->uses_windows,
		.may_defer_smaller_groups = true,
	};
	int error = modules ? 0 : -ENOMEM;
	bool trusted = true;

	for (unsigned int i = 0; i < input->count && !error; i++) {
		struct tandem_container container;

		error = tandem_container_read_binary(&container, &input->binaries[i]);
		if (error) {
			tandem_text_print(log, "error: input %u is damaged\n", i);
			break;
		}
		modules[i].bytes = container.sections[TANDEM_SECTION_BITCODE].bytes;
		modules[i].length = container.sections[TANDEM_SECTION_BITCODE].length;
		request.optimise &= container.optimised;
		trusted &= tandem_container_is_trusted(&container);
	}
	request.may_defer = trusted;
	if (!error)
		error = run_backend(&request, trusted, linked, log);
	free(modules);
	return error;
}

/* ---- build ---- */

/* What any machine code depends on. */
static void add_machine_to_key(struct tandem_cache_hash *hash,
			       const struct tandem_compile_target *target, bool optimise,
			       unsigned int zeroed)
{
	const uint64_t numbers[] = { target->max_group, target->uses_windows, optimise,
				     chosen_lanes(), zeroed };
	uint32_t processor[TANDEM_CPU_IDENTITY_WORDS];

	tandem_cpu_identity(processor);
	tandem_cache_hash_add_string(hash, TANDEM_VERSION);
	tandem_cache_hash_add_file(hash, tandem_backend_path());
	tandem_cache_hash_add(hash, processor, sizeof(processor));
	tandem_cache_hash_add(hash, numbers, sizeof(numbers));
}

/* What a build is known by before anything is compiled; false without memory. */
static bool make_key(const struct tandem_compile_target *target,
		     const struct tandem_compile_input *compiled,
		     const struct tandem_frontend_input *input, struct tandem_cache_key *key)
{
	struct tandem_cache_hash *hash = tandem_cache_hash_create();
	struct tandem_text command = { 0 };
	char server[PATH_MAX];
	bool made;

	if (!hash)
		return false;
	add_machine_to_key(hash, target, input->options->optimise, compiled->zeroed);
	if (compiled->language == TANDEM_SPIRV) {
		tandem_text_print(&command, "SPIR-V %s", tandem_spirv_describe());
		tandem_cache_hash_add_file(hash, tandem_spirv_translator());
		tandem_cache_hash_add_file(hash, tandem_spirv_validator());
	} else {
		tandem_frontend_describe(input, &command);
		tandem_cache_hash_add_file(hash, tandem_frontend_clang());
		tandem_compile_server_path(server, sizeof(server));
		tandem_cache_hash_add_file(hash, server);
	}
	tandem_cache_hash_add_string(hash, tandem_text_string(&command));
	tandem_cache_hash_add(hash, input->source, input->length);
	*key = tandem_cache_hash_finish(hash);
	made = !command.failed;
	tandem_text_finish(&command);
	return made;
}

/* @reading as in tandem_frontend_compile. */
static int build_anew(const struct tandem_compile_target *target,
		      const struct tandem_compile_input *input,
		      const struct tandem_frontend_input *frontend,
		      struct tandem_frontend_reading *reading, struct tandem_binary *executable,
		      struct tandem_text *log)
{
	struct tandem_text bitcode = { 0 }, prefix = { 0 };
	struct tandem_backend_place place = { .trusted = makes_trusted_bitcode(input) };
	struct tandem_backend_module module;
	struct tandem_backend_request request = {
		.modules = &module,
		.module_count = 1,
		.optimise = frontend->options->optimise,
		.max_group = target->max_group,
		.zeroed = input->zeroed,
		.lanes = chosen_lanes(),
		.uses_windows = target->uses_windows,
		.may_defer = place.trusted,
		.may_defer_smaller_groups = true,
	};
	int error;

	tandem_backend_place_prepare(&place);
	dump_source(input, &prefix);
	request.dump_prefix = prefix.bytes;
	error = run_frontend(input, frontend, reading, &bitcode, log);
	if (!error) {
		module.bytes = bitcode.bytes;
		module.length = bitcode.length;
		error = tandem_backend_place_run(&place, &request, log, executable, log);
	}
	tandem_backend_place_finish(&place);
	tandem_text_finish(&bitcode);
	tandem_text_finish(&prefix);
	return error;
}

/* For what depends on nothing but what is part of the key. */
static void store_alone(const struct tandem_cache_key *key, const struct tandem_binary *binary)
{
	struct tandem_text dependencies = { 0 };

	tandem_dependencies_record_none(&dependencies);
	if (!dependencies.failed)
		tandem_cache_store(key, &dependencies, binary);
	tandem_text_finish(&dependencies);
}

static int build_and_store(const struct tandem_compile_target *target,
			   const struct tandem_compile_input *input,
			   const struct tandem_frontend_input *frontend,
			   const struct tandem_cache_key *key, struct tandem_binary *executable,
			   struct tandem_text *log)
{
	struct tandem_frontend_reading reading = { 0 };
	struct tandem_text dependencies = { 0 };
	struct timespec start;
	int error;

	clock_gettime(CLOCK_REALTIME_COARSE, &start);
	error = build_anew(target, input, frontend, &reading, executable, log);
	if (!error && input->language == TANDEM_SPIRV)
		store_alone(key, executable);
	else if (!error && tandem_dependencies_record(frontend, &reading, &start, &dependencies))
		tandem_cache_store(key, &dependencies, executable);
	tandem_text_finish(&reading.files);
	tandem_text_finish(&dependencies);
	return error;
}

/* Says again what the compiler said when the cached program was built. */
static void repeat_log(const struct tandem_binary *binary, struct tandem_text *log)
{
	struct tandem_container container;

	if (!tandem_container_read_binary(&container, binary))
		tandem_text_add(log, container.sections[TANDEM_SECTION_LOG].bytes,
				container.sections[TANDEM_SECTION_LOG].length);
}

int tandem_compiler_build(const struct tandem_compile_target *target,
			  const struct tandem_compile_input *input,
			  struct tandem_binary *executable, struct tandem_text *log)
{
	struct tandem_frontend_input frontend = frontend_input(target, input);
	struct tandem_cache_key key;

	if (!tandem_cache_is_on() || !make_key(target, input, &frontend, &key))
		return build_anew(target, input, &frontend, NULL, executable, log);
	if (tandem_cache_load(&key, executable))
		return build_and_store(target, input, &frontend, &key, executable, log);
	repeat_log(executable, log);
	return 0;
}

/* ---- load ---- */

enum tandem_binary_kind tandem_compiler_inspect(const struct tandem_binary *binary)
{
	struct tandem_container container;

	if (tandem_container_read_binary(&container, binary))
		return TANDEM_BINARY_INVALID;
	return container.kind;
}

/* Conversions of half, in the C compiler's library, for processors without F16C. */
float __extendhfsf2(_Float16 x);
_Float16 __truncsfhf2(float x);

/* Integers of more than 64 bits, there as well: clang takes _BitInt in kernels. */
__extension__ typedef __int128 wide_t;
__extension__ typedef unsigned __int128 unsigned_wide_t;
wide_t __divti3(wide_t a, wide_t b);
wide_t __modti3(wide_t a, wide_t b);
unsigned_wide_t __udivti3(unsigned_wide_t a, unsigned_wide_t b);
unsigned_wide_t __umodti3(unsigned_wide_t a, unsigned_wide_t b);
_Float16 __floattihf(wide_t x);
_Float16 __floatuntihf(unsigned_wide_t x);
wide_t __fixhfti(_Float16 x);
unsigned_wide_t __fixunshfti(_Float16 x);
float __floattisf(wide_t x);
double __floattidf(wide_t x);
float __floatuntisf(unsigned_wide_t x);
double __floatuntidf(unsigned_wide_t x);
wide_t __fixsfti(float x);
wide_t __fixdfti(double x);
unsigned_wide_t __fixunssfti(float x);
unsigned_wide_t __fixunsdfti(double x);

/*
 * What machine code may call, besides what it is made of. Rounding to integers is a
 * call on processors without SSE4.1, as fma is without FMA.
 */
static void *resolve(const char *name)
{
	static const struct {
		const char *name;
		void *address;
	} functions[] = {
		{ TANDEM_PRINTF_RESERVE_SYMBOL, (void *)tandem_printf_reserve },
		{ TANDEM_CLOCK_SYMBOL, (void *)tandem_clock_ns },
		{ TANDEM_WINDOW_LOCKS_SYMBOL, tandem_window_locks },
		{ TANDEM_WINDOW_WAIT_SYMBOL, (void *)tandem_window_wait },
		{ "memcpy", (void *)memcpy },
		{ "memmove", (void *)memmove },
		{ "memset", (void *)memset },
		{ "fma", (void *)fma },
		{ "fmaf", (void *)fmaf },
		{ "ceil", (void *)ceil },
		{ "ceilf", (void *)ceilf },
		{ "floor", (void *)floor },
		{ "floorf", (void *)floorf },
		{ "rint", (void *)rint },
		{ "rintf", (void *)rintf },
		{ "round", (void *)round },
		{ "roundf", (void *)roundf },
		{ "trunc", (void *)trunc },
		{ "truncf", (void *)truncf },
		{ "__extendhfsf2", (void *)__extendhfsf2 },
		{ "__truncsfhf2", (void *)__truncsfhf2 },
		{ "__divti3", (void *)__divti3 },
		{ "__modti3", (void *)__modti3 },
		{ "__udivti3", (void *)__udivti3 },
		{ "__umodti3", (void *)__umodti3 },
		{ "__floattihf", (void *)__floattihf },
		{ "__floatuntihf", (void *)__floatuntihf },
		{ "__fixhfti", (void *)__fixhfti },
		{ "__fixunshfti", (void *)__fixunshfti },
		{ "__floattisf", (void *)__floattisf },
		{ "__floattidf", (void *)__floattidf },
		{ "__floatuntisf", (void *)__floatuntisf },
		{ "__floatuntidf", (void *)__floatuntidf },
		{ "__fixsfti", (void *)__fixsfti },
		{ "__fixdfti", (void *)__fixdfti },
		{ "__fixunssfti", (void *)__fixunssfti },
		{ "__fixunsdfti", (void *)__fixunsdfti },
		{ "fmod", (void *)fmod },
		{ "fmodf", (void *)fmodf },
		{ "ldexp", (void *)ldexp },
		{ "ldexpf", (void *)ldexpf },
	};

	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(functions); i++) {
		if (!strcmp(functions[i].name, name))
			return functions[i].address;
	}
	return NULL;
}

/* Translates the bitcode of an executable from elsewhere for this processor. */
static int translate(const struct tandem_compile_target *target,
		     const struct tandem_container *container, unsigned int zeroed,
		     struct tandem_binary *executable, struct tandem_text *log)
{
	const struct tandem_backend_module module = {
		container->sections[TANDEM_SECTION_BITCODE].bytes,
		container->sections[TANDEM_SECTION_BITCODE].length,
	};
	const struct tandem_backend_request request = {
		.modules = &module,
		.module_count = 1,
		.optimise = container->optimised,
		.max_group = target->max_group,
		.zeroed = zeroed,
		.lanes = chosen_lanes(),
		.uses_windows = target->uses_windows,
		/* In a process of its own, it takes longer to begin than most kernels do. */
		.may_defer = tandem_container_is_trusted(container),
		.may_defer_smaller_groups = true,
	};

	tandem_log(TANDEM_LOG_COMPILER, "a binary %s is translated",
		   tandem_container_is_trusted(container) ?
			   "for another processor, device or context" :
			   "from elsewhere");
	return run_backend(&request, tandem_container_is_trusted(container), executable, log);
}

static int find_functions(struct tandem_compiled_program *program, struct tandem_text *log)
{
	uint32_t count = program->description.kernel_count;

	program->functions = tandem_new_array(program->functions, count + 1);
	if (!program->functions)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		void *address =
			tandem_object_find(&program->image, program->description.kernels[i].symbol);

		if (!address) {
			tandem_text_print(log, "error: the binary has no code for kernel '%s'\n",
					  program->description.kernels[i].info.name);
			return -ENOEXEC;
		}
		*(void **)&program->functions[i] = address;
	}
	return 0;
}

/*
 * Of the older versions of OpenCL C, clang takes images whatever the device is said to have, and
 * a binary may come from another.
 */
static int check_images(const struct tandem_compile_target *target,
			const struct tandem_description *description, struct tandem_text *log)
{
	for (uint32_t i = 0; i < description->kernel_count && !target->has_images; i++) {
		const struct tandem_kernel_info *info = &description->kernels[i].info;

		for (uint32_t k = 0; k < info->argument_count; k++) {
			if (info->arguments[k].kind != TANDEM_ARGUMENT_IMAGE &&
			    info->arguments[k].kind != TANDEM_ARGUMENT_SAMPLER)
				continue;
			tandem_text_print(log,
					  "error: kernel '%s' has images or samplers, which the "
					  "device does not\n",
					  info->name);
			return -ENOEXEC;
		}
	}
	return 0;
}

static int load_container(const struct tandem_compile_target *target,
			  struct tandem_compiled_program *program, struct tandem_text *log)
{
	const struct tandem_container_bytes *sections;
	struct tandem_container container;
	int error = tandem_container_read_binary(&container, &program->container);

	sections = container.sections;
	if (!error)
		error = tandem_description_read(&program->description,
						sections[TANDEM_SECTION_DESCRIPTION].bytes,
						sections[TANDEM_SECTION_DESCRIPTION].length);
	if (error) {
		tandem_text_print(log, "error: the binary is damaged\n");
		return error;
	}
	error = check_images(target, &program->description, log);
	if (error)
		return error;
	program->optimise = container.optimised;
	program->zeroed = container.zeroed;
	program->is_deferred = program->description.is_deferred;
	/* A form would have variables of its own in the place of the program's. */
	program->may_have_forms = container.optimised &&
				  !program->description.global_variable_bytes;
	if (program->is_deferred)
		return 0;
	error = tandem_object_load(&program->image, sections[TANDEM_SECTION_OBJECT].bytes,
				   sections[TANDEM_SECTION_OBJECT].length, target->memory, resolve,
				   log);
	return error ? error : find_functions(program, log);
}

int tandem_compiler_load(const struct tandem_compile_target *target,
			 const struct tandem_binary *executable, unsigned int zeroed,
			 struct tandem_compiled_program *program, struct tandem_text *log)
{
	struct tandem_container container;
	int error = tandem_container_read_binary(&container, executable);

	*program = (struct tandem_compiled_program){ 0 };
	if (error || container.kind != TANDEM_BINARY_EXECUTABLE) {
		tandem_text_print(log, "error: the binary is damaged, or no executable\n");
		return -ENOEXEC;
	}
	if (container.is_native && container.uses_windows == target->uses_windows &&
	    container.zeroed == zeroed)
		error = tandem_binary_copy(executable, &program->container);
	else
		error = translate(target, &container, zeroed, &program->container, log);
	if (!error)
		error = load_container(target, program, log);
	if (error)
		tandem_compiler_unload(program);
	return error;
}

/* ---- kernels of deferred programs ---- */

/* What some kernels of a program are known by; false without memory. */
static bool make_kernels_key(const struct tandem_compile_target *target,
			     const struct tandem_backend_request *request, bool trusted,
			     struct tandem_cache_key *key)
{
	const bool choices[] = { request->may_defer_smaller_groups, request->takes_all_rows,
				 trusted };
	struct tandem_cache_hash *hash = tandem_cache_hash_create();

	if (!hash)
		return false;
	tandem_cache_hash_add_string(hash, "kernels");
	add_machine_to_key(hash, target, request->optimise, request->zeroed);
	tandem_cache_hash_add(hash, choices, sizeof(choices));
	for (unsigned int i = 0; i < request->kernel_count; i++)
		tandem_cache_hash_add_string(hash, request->kernels[i]);
	tandem_cache_hash_add(hash, &request->constant_count, sizeof(request->constant_count));
	tandem_cache_hash_add(hash, request->constants,
			      request->constant_count * sizeof(*request->constants));
	tandem_cache_hash_add(hash, request->modules->bytes, request->modules->length);
	*key = tandem_cache_hash_finish(hash);
	return true;
}

/* Compiles kernels, of which @request is whole but for where to write them down. */
static int compile_kernels(const struct tandem_compile_target *target,
			   struct tandem_backend_request *request, bool trusted, bool only_cached,
			   struct tandem_binary *binary, struct tandem_text *log)
{
	struct tandem_text prefix = { 0 };
	struct tandem_cache_key key;
	bool is_cached = tandem_cache_is_on();
	int error = -ENOENT;

	if (is_cached)
		error = make_kernels_key(target, request, trusted, &key) ?
				tandem_cache_load(&key, binary) :
				-ENOMEM;
	/* What is not in the cache is made; LLVM ends the process where memory is short. */
	if (error != -ENOENT || only_cached)
		return error;
	for (unsigned int i = 0; i < request->kernel_count; i++)
		tandem_log(TANDEM_LOG_COMPILER, "kernel '%s' is compiled", request->kernels[i]);
	tandem_dump_source(request->modules->bytes, request->modules->length, "bc", &prefix);
	request->dump_prefix = prefix.bytes;
	error = run_backend(request, trusted, binary, log);
	request->dump_prefix = NULL;
	tandem_text_finish(&prefix);
	/* The bitcode is all that kernels depend on. */
	if (!error && is_cached)
		store_alone(&key, binary);
	return error;
}

/* What is asked of the back end for kernels of a program, @names and more to come. */
static struct tandem_backend_request kernels_request(const struct tandem_compile_target *target,
						     const struct tandem_compiled_program *program,
						     const char *const *names, uint32_t count)
{
	return (struct tandem_backend_request){
		.optimise = program->optimise,
		.max_group = target->max_group,
		.zeroed = program->zeroed,
		.lanes = chosen_lanes(),
		.uses_windows = target->uses_windows,
		.kernels = names,
		.kernel_count = count,
	};
}

/* Has @request done, to which the modules are added, and loads what comes of it. */
static int load_kernels(const struct tandem_compile_target *target,
			const struct tandem_container *container,
			struct tandem_backend_request *request, bool only_cached,
			struct tandem_compiled_program *part, struct tandem_text *log)
{
	const struct tandem_backend_module module = {
		.bytes = container->sections[TANDEM_SECTION_BITCODE].bytes,
		.length = container->sections[TANDEM_SECTION_BITCODE].length,
	};
	int error;

	request->modules = &module;
	request->module_count = 1;
	error = compile_kernels(target, request, tandem_container_is_trusted(container),
				only_cached, &part->container, log);
	request->modules = NULL;
	if (!error)
		error = load_container(target, part, log);
	/* Whoever says that there is more to come is no back end of ours. */
	if (!error && part->is_deferred)
		error = -ENOEXEC;
	if (error)
		tandem_compiler_unload(part);
	return error;
}

int tandem_compiler_load_kernels(const struct tandem_compile_target *target,
				 const struct tandem_compiled_program *program,
				 const uint32_t *kernels, uint32_t count,
				 struct tandem_compiled_program *part, struct tandem_text *log)
{
	const char **names = tandem_new_array(names, count + 1);
	struct tandem_backend_request request = kernels_request(target, program, names, count);
	struct tandem_container container;
	int error;

	*part = (struct tandem_compiled_program){ 0 };
	request.may_defer_smaller_groups = true;
	if (!names)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		names[i] = program->description.kernels[kernels[i]].info.name;
	error = tandem_container_read_binary(&container, &program->container);
	if (!error)
		error = load_kernels(target, &container, &request, false, part, log);
	free(names);
	return error;
}

int tandem_compiler_load_form(const struct tandem_compile_target *target,
			      const struct tandem_compiled_program *program, uint32_t kernel,
			      const struct tandem_backend_constant *constants, unsigned int count,
			      bool only_cached, struct tandem_compiled_program *part,
			      struct tandem_text *log)
{
	const char *name = program->description.kernels[kernel].info.name;
	struct tandem_backend_request request = kernels_request(target, program, &name, 1);
	struct tandem_container container;
	int error = tandem_container_read_binary(&container, &program->container);

	*part = (struct tandem_compiled_program){ 0 };
	request.constants = constants;
	request.constant_count = count;
	request.takes_all_rows = !count;
	return error ? error : load_kernels(target, &container, &request, only_cached, part, log);
}

void tandem_compiler_unload(struct tandem_compiled_program *program)
{
	tandem_description_finish(&program->description);
	tandem_object_unload(&program->image);
	free(program->functions);
	tandem_binary_finish(&program->container);
	*program = (struct tandem_compiled_program){ 0 };
}
