// SPDX-License-Identifier: MIT
#include "frontend.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "build_settings.h"
#include "util/alloc.h"
#include "util/log.h"
#include "util/options.h"

#define FIXED_ARGUMENTS 24

const char *tandem_frontend_clang(void)
{
	const char *path = tandem_option_value(TANDEM_OPTION_CLANG);

	return path && *path ? path : TANDEM_CLANG_PATH;
}

/* ---- headers ---- */

/* Makes the folders that lead to @path, below the folder whose name has @base characters. */
static int make_folders(char *path, size_t base)
{
	for (char *slash = path + base + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = 0;
		if (mkdir(path, 0700) && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return 0;
}

/* Of files with one name the first stays. */
static int write_new_file(const char *path, const char *bytes, size_t length)
{
	FILE *file = fopen(path, "wxe");
	int error = 0;

	if (!file)
		return errno == EEXIST ? 0 : -errno;
	if (fwrite(bytes, 1, length, file) != length)
		error = -EIO;
	if (fclose(file))
		error = -EIO;
	return error;
}

/* A name that stays below the folder it is put in. */
static bool is_inside(const char *name)
{
	return *name && *name != '/' && strcmp(name, "..") && strncmp(name, "../", 3) &&
	       !strstr(name, "/../");
}

static int write_header(const char *folder, const struct tandem_source_header *header,
			struct tandem_text *log)
{
	struct tandem_text path = { 0 };
	int error;

	if (!is_inside(header->name)) {
		tandem_text_print(log, "error: header name '%s' is no relative path\n",
				  header->name);
		return -ENOEXEC;
	}
	tandem_text_print(&path, "%s/%s", folder, header->name);
	error = path.failed ? -ENOMEM : make_folders(path.bytes, strlen(folder));
	if (!error)
		error = write_new_file(path.bytes, header->text, header->length);
	tandem_text_finish(&path);
	return error;
}

static void remove_header(const char *folder, const struct tandem_source_header *header)
{
	struct tandem_text path = { 0 };
	char *slash;

	tandem_text_print(&path, "%s/%s", folder, header->name);
	if (path.failed || !is_inside(header->name)) {
		tandem_text_finish(&path);
		return;
	}
	unlink(path.bytes);
	/* The folders go once they are empty. */
	while ((slash = strrchr(path.bytes, '/')) && slash > path.bytes + strlen(folder)) {
		*slash = 0;
		rmdir(path.bytes);
	}
	tandem_text_finish(&path);
}

/* Writes the headers to a new folder, whose name goes to @folder. */
static int write_headers(const struct tandem_frontend_input *input, char *folder, size_t room,
			 struct tandem_text *log)
{
	const char *parent = secure_getenv("TMPDIR");
	int error = 0;

	*folder = 0;
	if (!input->header_count)
		return 0;
	if (snprintf(folder, room, "%s/tandem-XXXXXX", parent && *parent ? parent : "/tmp") >=
	    (int)room)
		return -ENAMETOOLONG;
	if (!mkdtemp(folder))
		return -errno;
	for (unsigned int i = 0; i < input->header_count && !error; i++)
		error = write_header(folder, &input->headers[i], log);
	return error;
}

static void remove_headers(const struct tandem_frontend_input *input, const char *folder)
{
	if (!*folder)
		return;
	for (unsigned int i = 0; i < input->header_count; i++)
		remove_header(folder, &input->headers[i]);
	rmdir(folder);
}

/* ---- the process ---- */

/* A pipe of the parent's to a child, or from it. */
struct stream {
	int parent, child;
};

static void close_end(int *end)
{
	if (*end >= 0)
		close(*end);
	*end = -1;
}

static int open_stream(struct stream *stream, bool to_child)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	stream->parent = ends[to_child];
	stream->child = ends[!to_child];
	if (fcntl(stream->parent, F_SETFL, O_NONBLOCK))
		return -errno;
	return 0;
}

static void close_stream(struct stream *stream)
{
	close_end(&stream->parent);
	close_end(&stream->child);
}

struct process {
	struct stream input, output, errors;
	pid_t pid;
};

static int start_process(struct process *process, char *const *arguments)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, usual;
	int error;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, process->input.child, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, process->output.child, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, process->errors.child, STDERR_FILENO);
	/* Neither the caller's blocked signals nor its ignored SIGPIPE. */
	posix_spawnattr_init(&attributes);
	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGCHLD);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &usual);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	error = posix_spawn(&process->pid, arguments[0], &actions, &attributes, arguments, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return -error;
}

/* Writes a part of what is left of the source; the end closes the stream. */
static void feed(struct stream *input, const char **source, size_t *left)
{
	sigset_t broken_pipe, before;
	struct timespec at_once = { 0 };
	ssize_t written;

	/* A compiler that ended early must not raise a signal in the application. */
	sigemptyset(&broken_pipe);
	sigaddset(&broken_pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &broken_pipe, &before);
	written = write(input->parent, *source, *left);
	if (written < 0 && errno == EPIPE) {
		sigtimedwait(&broken_pipe, NULL, &at_once);
		written = (ssize_t)*left;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (written > 0) {
		*source += written;
		*left -= (size_t)written;
	}
	if (!*left)
		close_end(&input->parent);
}

static int collect(struct stream *stream, struct tandem_text *text)
{
	char *room = tandem_text_reserve(text, 65536);
	ssize_t got;

	if (!room)
		return -ENOMEM;
	got = read(stream->parent, room, 65536);
	if (got > 0) {
		text->length += (size_t)got;
		text->bytes[text->length] = 0;
	} else if (!got || (errno != EAGAIN && errno != EINTR)) {
		close_end(&stream->parent);
	}
	return 0;
}

/* Exchanges data with the process until it has closed its ends. */
static int converse(struct process *process, const char *source, size_t length,
		    struct tandem_text *output, struct tandem_text *errors)
{
	int error = 0;

	if (!length)
		close_end(&process->input.parent);
	while (!error && (process->output.parent >= 0 || process->errors.parent >= 0)) {
		struct pollfd polls[] = {
			{ process->input.parent, POLLOUT, 0 },
			{ process->output.parent, POLLIN, 0 },
			{ process->errors.parent, POLLIN, 0 },
		};

		if (poll(polls, 3, -1) < 0 && errno != EINTR)
			return -errno;
		if (polls[0].revents)
			feed(&process->input, &source, &length);
		if (polls[1].revents)
			error = collect(&process->output, output);
		if (!error && polls[2].revents)
			error = collect(&process->errors, errors);
	}
	return error;
}

/* Waits for the process. 0 where it succeeded, -ENOEXEC where it says that it failed. */
static int end_process(pid_t pid, struct tandem_text *log)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		/* Where the application ignores SIGCHLD nothing is left to wait for. */
		if (errno == ECHILD)
			return 0;
		if (errno != EINTR)
			return -errno;
	}
	if (WIFSIGNALED(status)) {
		tandem_text_print(log, "error: the compiler was ended by signal %d\n",
				  WTERMSIG(status));
		return -ENOEXEC;
	}
	return WEXITSTATUS(status) ? -ENOEXEC : 0;
}

static int run(char *const *arguments, const char *source, size_t length,
	       struct tandem_text *output, struct tandem_text *log)
{
	struct process process = { { -1, -1 }, { -1, -1 }, { -1, -1 }, 0 };
	int error = open_stream(&process.input, true);
	int ended;

	if (!error)
		error = open_stream(&process.output, false);
	if (!error)
		error = open_stream(&process.errors, false);
	if (!error)
		error = start_process(&process, arguments);
	if (error) {
		tandem_text_print(log, "error: %s cannot be started: %s\n", arguments[0],
				  strerror(-error));
		goto close_all;
	}
	close_end(&process.input.child);
	close_end(&process.output.child);
	close_end(&process.errors.child);
	error = converse(&process, source, length, output, log);
	/* What it still has to say or to hear goes nowhere: it ends. */
	close_stream(&process.input);
	close_stream(&process.output);
	close_stream(&process.errors);
	ended = end_process(process.pid, log);
	return error ? error : ended;

close_all:
	close_stream(&process.input);
	close_stream(&process.output);
	close_stream(&process.errors);
	return error;
}

/* ---- the command ---- */

struct command {
	char **arguments;
	unsigned int count;
};

static void add(struct command *command, const char *argument)
{
	command->arguments[command->count++] = (char *)argument;
}

/* The version of OpenCL C that is asked for. Without the option: the newest of OpenCL C 1. */
static const char *standard(const struct tandem_build_options *options)
{
	for (unsigned int i = options->argument_count; i > 0; i--) {
		if (!strncmp(options->arguments[i - 1], "-cl-std=", 8))
			return options->arguments[i - 1];
	}
	return "-cl-std=CL1.2";
}

/*
 * Features of OpenCL C 3.0 whose macros clang defines for -cl-ext from release 22 on.
 * Before, a header did, and for every one where __SPIR__ is defined. To define them
 * once more, with the same value, does no harm.
 */
static const char *const header_features[] = {
	"-D__opencl_c_atomic_order_seq_cst=1",
	"-D__opencl_c_atomic_scope_all_devices=1",
	"-D__opencl_c_atomic_scope_device=1",
	"-D__opencl_c_read_write_images=1",
	"-D__opencl_c_work_group_collective_functions=1",
};

static bool has_feature(const struct tandem_frontend_input *input, const char *definition)
{
	size_t name = strlen("-D"), length = strlen(definition) - strlen("-D=1");

	for (const char *at = input->features; (at = strstr(at, ",+")); at++) {
		if (!strncmp(at + 2, definition + name, length) &&
		    (at[2 + length] == ',' || !at[2 + length]))
			return true;
	}
	return false;
}

static void add_header_features(struct command *command, const struct tandem_frontend_input *input)
{
	if (strcmp(standard(input->options), "-cl-std=CL3.0"))
		return;
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(header_features); i++) {
		if (has_feature(input, header_features[i]))
			add(command, header_features[i]);
	}
}

static int make_command(struct command *command, const struct tandem_frontend_input *input,
			const char *folder, bool preprocess)
{
	const struct tandem_build_options *options = input->options;

	command->arguments =
		tandem_new_array(command->arguments, options->argument_count + FIXED_ARGUMENTS +
							     TANDEM_ARRAY_SIZE(header_features));
	if (!command->arguments)
		return -ENOMEM;
	add(command, tandem_frontend_clang());
	add(command, "-x");
	add(command, "cl");
	add(command, "-target");
	add(command, "spir64");
	add(command, standard(options));
	add(command, "-Xclang");
	add(command, input->features);
	add_header_features(command, input);
	add(command, "-D__OPENCL_VERSION__=300");
	add(command, "-U__IMAGE_SUPPORT__");
	add(command, "-U__SPIR__");
	add(command, "-U__SPIR64__");
	/* Before the options' own folders. */
	if (*folder) {
		add(command, "-I");
		add(command, folder);
	}
	/* Kernels read memory by pointers of several types; OpenCL has an option to forbid it. */
	if (!options->strict_aliasing)
		add(command, "-fno-strict-aliasing");
	for (unsigned int i = 0; i < options->argument_count; i++)
		add(command, options->arguments[i]);
	if (preprocess) {
		add(command, "-E");
		/* Only what it prints counts here; compiling says the rest. */
		add(command, "-w");
	} else {
		add(command, "-O1");
		add(command, "-Xclang");
		add(command, "-disable-llvm-passes");
		add(command, "-emit-llvm");
		add(command, "-c");
	}
	add(command, "-o");
	add(command, "-");
	add(command, "-");
	return 0;
}

static int run_clang(const struct tandem_frontend_input *input, bool preprocess,
		     struct tandem_text *output, struct tandem_text *log)
{
	struct command command = { 0 };
	char folder[4096];
	int error = write_headers(input, folder, sizeof(folder), log);

	if (!error)
		error = make_command(&command, input, folder, preprocess);
	if (!error)
		error = run(command.arguments, input->source, input->length, output, log);
	remove_headers(input, folder);
	free(command.arguments);
	if (!error && (output->failed || log->failed))
		error = -ENOMEM;
	return error;
}

int tandem_frontend_compile(const struct tandem_frontend_input *input, struct tandem_text *bitcode,
			    struct tandem_text *log)
{
	return run_clang(input, false, bitcode, log);
}

int tandem_frontend_preprocess(const struct tandem_frontend_input *input,
			       struct tandem_text *source, struct tandem_text *log)
{
	return run_clang(input, true, source, log);
}
