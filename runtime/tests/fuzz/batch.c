// SPDX-License-Identifier: MIT
/* What the process of a batch does. */
#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../compiler/fixture.h"
#include "contents.h"
#include "generate.h"
#include "print.h"
#include "run.h"

const char *const option_texts[OPTIONS_COUNT] = { "-cl-std=CL3.0",
						  "-cl-std=CL3.0 -cl-opt-disable" };

/* Behind the elements of each array: what nobody may write. */
#define GUARD_BYTES    64
#define EXIT_REFERENCE 4
#define MOST_TURNS     4000000

/* The memory of a program for a launch, before it and as the reference leaves it. */
struct memory {
	size_t bytes[MOST_ARRAYS];
	void *before[MOST_ARRAYS], *after[MOST_ARRAYS];
};

struct run {
	struct batch *batch;
	int pipe;
	struct program *programs[MOST_PROGRAMS];
	bool invalid[MOST_PROGRAMS];
	struct memory *memory; /* LAUNCHES for each program */
	void *reference;
	struct fixture fixture;
	cl_program built[OPTIONS_COUNT];
};

static jmp_buf given_up;

static void give_up(void)
{
	longjmp(given_up, 1);
}

static void send_report(const struct run *run, struct report report)
{
	if (write(run->pipe, &report, sizeof(report)) != (ssize_t)sizeof(report))
		_exit(3);
}

static bool is_memory(const struct program *program, int index)
{
	const struct array *array = &program->array[index];

	return array->used && array->owner < 0 && array->space == SPACE_GLOBAL;
}

static bool is_planted(const struct run *run, int index, enum plant plant)
{
	return run->batch->plant == plant && run->programs[index]->seed % 5 == 0;
}

static char *text_of(const struct run *run, enum dialect dialect)
{
	struct source *source = source_create(dialect);

	if (!source)
		return NULL;
	for (int i = 0; i < run->batch->count; i++) {
		if (!run->invalid[i])
			source_add(source, run->programs[i], is_planted(run, i, PLANT_DIFFERENCE));
	}
	return source_finish(source);
}

/* The same, with an error where one is planted: one that stays, or one that is not the same. */
static char *opencl_text(const struct run *run)
{
	char *text = text_of(run, DIALECT_OPENCL), *more;
	const char *error;
	bool planted = false;
	size_t length;

	for (int i = 0; i < run->batch->count; i++)
		planted |= is_planted(run, i, PLANT_REFUSAL);
	if (!text || !planted)
		return text;
	error = strstr(text, "for (") ? "#error planted\n" : "#error another\n";
	length = strlen(text);
	more = realloc(text, length + strlen(error) + 1);
	if (more)
		memcpy(more + length, error, strlen(error) + 1);
	else
		free(text);
	return more;
}

static bool write_file(const char *name, const char *text)
{
	size_t length = strlen(text);
	FILE *file = fopen(name, "w");
	bool written;

	if (!file)
		return false;
	written = fwrite(text, 1, length, file) == length;
	return fclose(file) == 0 && written;
}

static void compile_reference(struct run *run)
{
	char name[320], library[320];
	char *text = text_of(run, DIALECT_REFERENCE);
	char *const arguments[] = { (char *)FUZZ_CC,
				    (char *)"-O0",
				    (char *)"-w",
				    (char *)"-fwrapv",
				    (char *)"-fno-strict-aliasing",
				    (char *)"-ffp-contract=off",
				    (char *)"-fno-builtin",
				    (char *)"-fPIC",
				    (char *)"-shared",
				    (char *)"-o",
				    library,
				    name,
				    NULL };
	void (**invalid)(void);
	int status = 1;
	pid_t compiler;

	snprintf(name, sizeof(name), "%s/%d.c", run_folder, (int)getpid());
	snprintf(library, sizeof(library), "%s/%d.so", run_folder, (int)getpid());
	check_fatal(text && write_file(name, text), "%s: %s", name, strerror(errno));
	free(text);
	status = posix_spawnp(&compiler, FUZZ_CC, NULL, NULL, arguments, environ);
	check_fatal(!status, "%s: %s", FUZZ_CC, strerror(status));
	while (waitpid(compiler, &status, 0) < 0 && errno == EINTR)
		;
	/* Not a failure of the device: a change that made no program. */
	if (status)
		_exit(EXIT_REFERENCE);
	run->reference = dlopen(library, RTLD_NOW | RTLD_LOCAL);
	check_fatal(run->reference, "%s", dlerror());
	unlink(name);
	unlink(library);
	invalid = dlsym(run->reference, "fuzz_invalid");
	check_fatal(invalid, "%s", dlerror());
	*invalid = give_up;
}

static void describe_launch(const struct program *program, int index,
			    struct reference_launch *launch)
{
	*launch = (struct reference_launch){ .turns = MOST_TURNS };
	for (int i = 0; i < 3; i++) {
		launch->offset[i] = program->launch[index].offset[i];
		launch->global[i] = program->launch[index].global[i];
		launch->local[i] = program->launch[index].local[i];
		launch->groups[i] = (launch->global[i] - 1) / launch->local[i] + 1;
	}
	for (int i = 0; i < program->variables; i++)
		launch->scalar[i] = program->variable[i].values[index];
}

static void fill_memory(const struct program *program, int launch, struct memory *memory)
{
	for (int i = 0; i < program->arrays; i++) {
		if (!is_memory(program, i) || program->array[i].alias >= 0)
			continue;
		memory->bytes[i] = array_elements(program, i, launch) *
				   type_bytes(program, program->array[i].type);
		memory->before[i] = malloc(memory->bytes[i] + GUARD_BYTES);
		memory->after[i] = malloc(memory->bytes[i] + GUARD_BYTES);
		check_fatal(memory->before[i] && memory->after[i], "no memory");
		array_fill(program, i, launch, memory->before[i]);
		memset((char *)memory->before[i] + memory->bytes[i], 0xa5, GUARD_BYTES);
		memcpy(memory->after[i], memory->before[i], memory->bytes[i] + GUARD_BYTES);
	}
}

/* Calls the kernel of the C on @memory; false where the program is not valid. */
static bool call_reference(const struct run *run, const struct program *program, int index,
			   void *const *memory, int64_t unspecified)
{
	static struct reference_launch launch;
	void (*kernel)(struct reference_launch *);
	int64_t *open;
	char name[16];

	snprintf(name, sizeof(name), "k%d", program->number);
	*(void **)&kernel = dlsym(run->reference, name);
	open = dlsym(run->reference, "fuzz_unspecified");
	check_fatal(kernel && open, "the reference lacks %s", name);
	*open = unspecified;
	describe_launch(program, index, &launch);
	for (int i = 0; i < program->arrays; i++) {
		int alias = program->array[i].alias;

		if (is_memory(program, i))
			launch.array[i] = memory[alias < 0 ? i : alias];
	}
	if (setjmp(given_up))
		return false;
	kernel(&launch);
	return true;
}

/* Twice, so that a program whose results hang on a value that may be any is not valid. */
static bool run_reference(const struct run *run, const struct program *program, int index,
			  struct memory *memory)
{
	void *again[MOST_ARRAYS] = { NULL };
	bool valid;

	fill_memory(program, index, memory);
	for (int i = 0; i < program->arrays; i++) {
		if (!memory->bytes[i])
			continue;
		again[i] = malloc(memory->bytes[i] + GUARD_BYTES);
		check_fatal(again[i], "no memory");
		memcpy(again[i], memory->before[i], memory->bytes[i] + GUARD_BYTES);
	}
	valid = call_reference(run, program, index, memory->after, 0) &&
		call_reference(run, program, index, again, 0x5a5a5a5a5a5a5a5a);
	for (int i = 0; i < program->arrays; i++) {
		if (again[i] && memcmp(again[i], memory->after[i], memory->bytes[i]))
			valid = false;
		free(again[i]);
	}
	return valid;
}

/* The first error of a build log, without the numbers in it. */
static void describe_refusal(const char *log, char *text, size_t room)
{
	static const char mark[] = "error: ";
	const char *error = strstr(log, mark);
	size_t length = 0;

	for (error = error ? error + strlen(mark) : ""; *error && *error != '\n'; error++) {
		if (length + 1 < room && !isdigit((unsigned char)*error))
			text[length++] = *error;
	}
	text[length] = 0;
}

/* Whether it was built; else why not. */
static bool build(struct run *run, enum options options, const char *text, char *refusal,
		  size_t room)
{
	static char log[65536];
	cl_int code;
	cl_program program = clCreateProgramWithSource(run->fixture.context, 1, &text, NULL, &code);

	check_fatal(code == CL_SUCCESS, "clCreateProgramWithSource: %d", code);
	run->built[options] = program;
	code = clBuildProgram(program, 1, &run->fixture.device, option_texts[options], NULL, NULL);
	if (code == CL_SUCCESS)
		return true;
	clGetProgramBuildInfo(program, run->fixture.device, CL_PROGRAM_BUILD_LOG, sizeof(log), log,
			      NULL);
	describe_refusal(log, refusal, room);
	if (run->batch->count == 1 && !run->batch->program) {
		printf("clBuildProgram: %d\n%.3000s\n", code, log);
		fflush(stdout);
	}
	return false;
}

static void describe_element(const struct program *program, int index, const void *memory,
			     size_t element, char *text, size_t room)
{
	const struct array *array = &program->array[index];
	size_t bytes = type_bytes(program, array->type);
	const unsigned char *place = (const unsigned char *)memory + element * bytes;
	size_t length = 0;

	if (array->type.base == BASE_FLOAT && array->type.width == 1 && !array->type.record) {
		snprintf(text, room, "%g", (double)*(const float *)(const void *)place);
		return;
	}
	length += (size_t)snprintf(text, room, "0x");
	for (size_t i = bytes < 16 ? bytes : 16; i-- > 0;)
		length += (size_t)snprintf(text + length, room - length, "%02x", place[i]);
}

static bool compare_memory(const struct program *program, const struct memory *memory,
			   void *const *seen, struct report *report)
{
	for (int i = 0; i < program->arrays; i++) {
		const unsigned char *right = memory->after[i], *left = seen[i];
		size_t bytes = memory->bytes[i] + GUARD_BYTES, place = 0;

		if (!is_memory(program, i) || program->array[i].alias >= 0 || !right ||
		    !memcmp(right, left, bytes))
			continue;
		while (right[place] == left[place])
			place++;
		report->outcome = OUTCOME_DIFFERS;
		report->array = (uint8_t)i;
		report->element = place / type_bytes(program, program->array[i].type);
		if (place < memory->bytes[i]) {
			describe_element(program, i, right, report->element, report->expected,
					 sizeof(report->expected));
			describe_element(program, i, left, report->element, report->seen,
					 sizeof(report->seen));
		} else {
			snprintf(report->expected, sizeof(report->expected), "nothing written");
			snprintf(report->seen, sizeof(report->seen), "0x%02x", left[place]);
		}
		return false;
	}
	return true;
}

static cl_uint set_arguments(const struct program *program, int launch, void *const *memory,
			     int64_t *values, struct fixture_argument *arguments)
{
	cl_uint count = 0;

	for (int i = 0; i < program->arrays; i++) {
		const struct array *array = &program->array[i];

		if (is_memory(program, i))
			arguments[count++] = (struct fixture_argument)fixture_svm(memory[i]);
		else if (array->used && array->owner < 0 && array->argument)
			arguments[count++] = (struct fixture_argument)fixture_local(
				array_elements(program, i, launch) *
				type_bytes(program, array->type));
	}
	for (int i = 0; i < program->variables; i++) {
		const struct variable *variable = &program->variable[i];

		if (!variable->used || variable->role != ROLE_ARGUMENT)
			continue;
		values[i] = variable->values[launch];
		arguments[count++] = (struct fixture_argument){ &values[i],
								type_bytes(program, variable->type),
								false };
	}
	return count;
}

static bool run_kernel(struct run *run, int index, enum options options, int launch,
		       struct report *report)
{
	const struct program *program = run->programs[index];
	const struct memory *memory = &run->memory[index * LAUNCHES + launch];
	void *seen[MOST_ARRAYS] = { NULL };
	struct fixture_argument arguments[MOST_ARRAYS + MOST_VARIABLES];
	int64_t values[MOST_VARIABLES];
	char name[16];
	bool right;

	for (int i = 0; i < program->arrays; i++) {
		if (!is_memory(program, i) || program->array[i].alias >= 0)
			continue;
		seen[i] = fixture_alloc(&run->fixture, memory->bytes[i] + GUARD_BYTES);
		memcpy(seen[i], memory->before[i], memory->bytes[i] + GUARD_BYTES);
	}
	for (int i = 0; i < program->arrays; i++) {
		if (is_memory(program, i) && program->array[i].alias >= 0)
			seen[i] = seen[program->array[i].alias];
	}
	snprintf(name, sizeof(name), "k%d", program->number);
	const struct fixture_launch what = {
		.kernel = name,
		.dimensions = program->dimensions,
		.offset = program->offsets ? program->launch[launch].offset : NULL,
		.global = program->launch[launch].global,
		.local = program->chosen_groups ? NULL : program->launch[launch].local,
		.arguments = arguments,
		.argument_count = set_arguments(program, launch, seen, values, arguments),
	};

	fixture_run(&run->fixture, run->built[options], &what);
	right = compare_memory(program, memory, seen, report);
	for (int i = 0; i < program->arrays; i++) {
		if (seen[i] && program->array[i].alias < 0)
			fixture_free(&run->fixture, seen[i]);
	}
	return right;
}

/* A sanitizer would end the process in its own way. */
static void plant_crash(void)
{
	signal(SIGSEGV, SIG_DFL);
	raise(SIGSEGV);
}

static void run_program(struct run *run, int index)
{
	struct report report = { .program = index, .outcome = OUTCOME_RUNS };

	for (int options = 0; options < OPTIONS_COUNT; options++) {
		if (!(run->batch->options >> options & 1))
			continue;
		report.options = (uint8_t)options;
		for (int i = 0; i < run->programs[index]->launches; i++) {
			report.launch = (uint8_t)i;
			send_report(run, report);
			if (is_planted(run, index, PLANT_CRASH))
				plant_crash();
			while (is_planted(run, index, PLANT_HANG))
				pause();
			if (!run_kernel(run, index, (enum options)options, i, &report)) {
				send_report(run, report);
				return;
			}
		}
	}
	report.outcome = OUTCOME_RIGHT;
	send_report(run, report);
}

static void run_references(struct run *run)
{
	for (int i = 0; i < run->batch->count; i++) {
		for (int j = 0; j < run->programs[i]->launches && !run->invalid[i]; j++)
			run->invalid[i] = !run_reference(run, run->programs[i], j,
							 &run->memory[i * LAUNCHES + j]);
		if (run->invalid[i])
			send_report(run,
				    (struct report){ .program = i, .outcome = OUTCOME_INVALID });
	}
}

/* Of all programs that are still to be run, each as its number is put into @report. */
static void report_building(const struct run *run, struct report report)
{
	for (report.program = 0; report.program < run->batch->count; report.program++) {
		if (!run->invalid[report.program])
			send_report(run, report);
	}
}

/* Builds all programs with @options; one that is not built ends the process. */
static void build_or_end(struct run *run, enum options options, const char *text)
{
	/* A batch that is not built is run again, one by one. */
	bool alone = run->batch->count == 1;
	struct report report = { .outcome = alone ? OUTCOME_RUNS : OUTCOME_NONE,
				 .options = (uint8_t)options };

	report_building(run, report);
	if (build(run, options, text, report.refusal, sizeof(report.refusal)))
		return;
	report.outcome = alone ? OUTCOME_NOT_BUILT : OUTCOME_NONE;
	report_building(run, report);
	_exit(0);
}

void run_batch(struct batch *batch, int pipe)
{
	static struct run run;
	char *text;
	bool any = false;

	run.batch = batch;
	run.pipe = pipe;
	run.memory = calloc((size_t)batch->count * LAUNCHES, sizeof(*run.memory));
	check_fatal(run.memory, "no memory");
	for (int i = 0; i < batch->count; i++) {
		run.programs[i] = batch->program ? batch->program :
						   generate(batch->seeds[i], batch->classes);
		check_fatal(run.programs[i], "no memory");
		run.programs[i]->number = i;
		program_mark_used(run.programs[i]);
	}
	compile_reference(&run);
	run_references(&run);
	for (int i = 0; i < batch->count; i++)
		any |= !run.invalid[i];
	if (!any)
		_exit(0);
	fixture_open(&run.fixture);
	text = opencl_text(&run);
	check_fatal(text, "no memory");
	for (int i = 0; i < OPTIONS_COUNT; i++) {
		if (batch->options >> i & 1)
			build_or_end(&run, (enum options)i, text);
	}
	for (int i = 0; i < batch->count; i++) {
		if (!run.invalid[i])
			run_program(&run, i);
	}
	/* Nothing is given back: the process ends, and the next one starts anew. */
	_exit(0);
}
