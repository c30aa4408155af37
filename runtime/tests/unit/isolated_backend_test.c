// SPDX-License-Identifier: MIT
/*
 * The back end as a process that is started before there is a request: it answers one though
 * another process holds all its pipes open, and nothing is left of one that gets none.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "compile_target.h"
#include "compiler/compiler.h"
#include "compiler/container.h"
#include "compiler/isolated_backend.h"
#include "program/build_options.h"

static const char source[] = "kernel void one(global int *out) { out[get_global_id(0)] = 1; }\n";
static const struct tandem_build_options options = { .optimise = true };

/* Far more than it takes. */
#define WAIT_MS 60000

static struct tandem_isolated_backend isolated;

/* A process that has what this one has open, and does nothing. */
static pid_t hold_open(void)
{
	pid_t pid = fork();

	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!pid)
		pause();
	check_fatal(pid > 0, "fork: %s", strerror(errno));
	return pid;
}

static void test_held_open(const struct tandem_backend_request *request)
{
	struct tandem_backend_result result = { 0 };
	pid_t holder;

	tandem_isolated_backend_start(&isolated);
	holder = hold_open();
	/* The end of a test that waits for the other. */
	alarm(WAIT_MS / 1000);
	check_equal(0, tandem_isolated_backend_compile(&isolated, request, &result));
	alarm(0);
	check(result.object.length > 0, "no machine code: %s", tandem_text_string(&result.log));
	tandem_isolated_backend_finish(&isolated);
	kill(holder, SIGKILL);
	check_equal(holder, waitpid(holder, NULL, 0));
	tandem_backend_result_finish(&result);
}

static void test_no_request(void)
{
	pid_t pid;

	tandem_isolated_backend_start(&isolated);
	pid = isolated.child.pid;
	check(pid > 0, "it was not started: %s", strerror(-isolated.error));
	tandem_isolated_backend_finish(&isolated);
	check(kill(pid, 0) && errno == ESRCH, "process %d is still there", pid);
}

/* Of another version: a length that nothing follows, or more than there is memory for. */
static void test_no_answer(uint64_t length)
{
	struct tandem_text log = { 0 };

	tandem_isolated_backend_start(&isolated);
	tandem_child_say(&isolated.child, &length, sizeof(length));
	check_equal(-ENOEXEC, tandem_child_end(&isolated.child, isolated.path, WAIT_MS, &log));
	check_equal(-ESRCH, tandem_child_end(&isolated.child, isolated.path, WAIT_MS, &log));
	check(!isolated.answer.length, "an answer of %zu bytes", isolated.answer.length);
	tandem_isolated_backend_finish(&isolated);
	tandem_text_finish(&log);
}

int main(void)
{
	const struct tandem_compile_input input = { .source = source,
						    .length = sizeof(source) - 1,
						    .options = &options };
	struct tandem_binary object = { 0 };
	struct tandem_container container;
	struct tandem_backend_module module;
	struct tandem_backend_request request = { .modules = &module,
						  .module_count = 1,
						  .optimise = true,
						  .max_group = target.max_group };
	struct tandem_text log = { 0 };

	if (!tandem_compiler_is_available())
		check_skip("the compiler is not there");
	check_equal(0, tandem_compiler_compile(&target, &input, &object, &log));
	check_equal(0, tandem_container_read_binary(&container, &object));
	module.bytes = container.sections[TANDEM_SECTION_BITCODE].bytes;
	module.length = container.sections[TANDEM_SECTION_BITCODE].length;
	test_held_open(&request);
	test_no_request();
	test_no_answer(0);
	test_no_answer(UINT64_MAX / 2);
	tandem_binary_finish(&object);
	tandem_text_finish(&log);
	return check_result();
}
