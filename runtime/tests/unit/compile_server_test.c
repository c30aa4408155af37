// SPDX-License-Identifier: MIT
/*
 * The compile server: that it is no more of a guest in the application's process than a
 * compiler that is started for each program, and what it does about requests that it must
 * not serve.
 */
#include "compiler/compile_server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "compiler/backend_library.h"
#include "compiler/clang_server/protocol.h"
#include "compiler/frontend.h"

#define WAIT_MS 60000

/* The server that ended last; its parent may not know yet. */
static pid_t ended;
/* The first process, and the one that tests. */
static pid_t adopter, tester;

/* ---- compilations ---- */

static int compile(const char *source, struct tandem_text *log)
{
	struct tandem_build_options options;
	const struct tandem_frontend_input input = {
		.source = source, .length = strlen(source), .options = &options, .features = ""
	};
	struct tandem_text bitcode = { 0 };
	int error = tandem_build_options_parse(&options, "-I.", TANDEM_STEP_BUILD, log);

	check_fatal(!error, "%s", tandem_text_string(log));
	error = tandem_frontend_compile(&input, NULL, &bitcode, log);
	tandem_build_options_finish(&options);
	tandem_text_finish(&bitcode);
	return error;
}

static void check_compiles(const char *what, const char *source)
{
	struct tandem_text log = { 0 };
	int error = compile(source, &log);

	check(!error, "%s: error %d: %s", what, error, tandem_text_string(&log));
	tandem_text_finish(&log);
}

#define PROGRAM "kernel void f(global int *o) { o[0] = 1; }"

/*
 * Processes whose parent ended become children of this test's first process, which does
 * nothing else: so the servers are told from others. The @index-th that has not ended, or 0.
 */
static pid_t server_of_this(int index)
{
	char path[64], line[256] = "", *at = line;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)adopter, (int)adopter);
	file = fopen(path, "r");
	check(file && fgets(line, sizeof(line), file), "%s", path);
	if (file)
		fclose(file);
	for (pid_t pid; (pid = (pid_t)strtol(at, &at, 10));) {
		if (pid != tester && pid != ended && !index--)
			return pid;
	}
	return 0;
}

/* Of any process; this one's children are taken from it, too. */
static void wait_for_end(pid_t pid)
{
	int process = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd end = { process, POLLIN, 0 };

	/* It may be gone altogether. */
	check(process < 0 ? errno == ESRCH : poll(&end, 1, WAIT_MS) == 1, "%d: %s", (int)pid,
	      strerror(errno));
	if (process >= 0)
		close(process);
	waitpid(pid, NULL, WNOHANG);
	ended = pid;
}

/* Until none is left but the first @count: those of processes and sockets that are gone end. */
static void wait_for_others(int count)
{
	pid_t pid;

	while ((pid = server_of_this(count)))
		wait_for_end(pid);
}

/* ---- as a guest ---- */

static void test_is_no_child(void)
{
	int status = -1;
	pid_t pid;

	check_compiles("before", PROGRAM);
	pid = fork();

	if (!pid) {
		struct tandem_text log = { 0 };

		_exit(compile(PROGRAM, &log) ? 1 : waitpid(-1, NULL, 0) != -1 ? 2 : 0);
	}
	check(waitpid(pid, &status, 0) == pid && !status, "status %d", status);
	wait_for_others(1);
}

static void test_follows_the_folder(void)
{
	static const char *const folders[] = { "one", "two" };
	char top[] = "/tmp/tandem-server-XXXXXX", before[4096];

	check_fatal(mkdtemp(top) && getcwd(before, sizeof(before)) && !chdir(top), "%s", top);
	for (int i = 0; i < 2; i++) {
		FILE *file;

		check(!mkdir(folders[i], 0700) && !chdir(folders[i]), "%s", folders[i]);
		file = fopen("value.h", "w");
		check_fatal(file, "value.h");
		fprintf(file, "#define VALUE_%s 1\n", folders[i]);
		fclose(file);
		check_compiles(folders[i], i ? "#include \"value.h\"\n#ifndef VALUE_two\n#error\n"
					       "#endif\n" PROGRAM :
					       "#include \"value.h\"\n#ifndef VALUE_one\n#error\n"
					       "#endif\n" PROGRAM);
		check(!unlink("value.h") && !chdir("..") && !rmdir(folders[i]), "%s", top);
	}
	check(!chdir(before) && !rmdir(top), "%s", top);
}

/* A pipe that the application closes ends, though the server started while it was open. */
static void test_holds_nothing(void)
{
	struct pollfd end;
	int ends[2];

	check_fatal(!pipe(ends), "%s", strerror(errno));
	check_compiles("with a pipe open", PROGRAM);
	close(ends[1]);
	end = (struct pollfd){ ends[0], POLLIN, 0 };
	check_equal(1, poll(&end, 1, WAIT_MS));
	close(ends[0]);
}

static void test_start_again(void)
{
	pid_t first = server_of_this(0), second;

	check_fatal(first > 0, "no server");
	kill(first, SIGKILL);
	wait_for_end(first);
	check_compiles("after the server was killed", PROGRAM);
	second = server_of_this(0);
	check(second > 0 && second != first, "%d, then %d", (int)first, (int)second);
}

/* What the application puts where the server's socket was is left alone. */
static void test_closed_descriptors(void)
{
	pid_t first = server_of_this(0), second;
	int ends[2];

	check_fatal(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), "%s", strerror(errno));
	for (int i = STDERR_FILENO + 1; i < 256; i++) {
		if (i != ends[0] && i != ends[1])
			dup2(ends[0], i);
	}
	wait_for_end(first);
	check_compiles("after its socket was closed", PROGRAM);
	check(recv(ends[1], &(char){ 0 }, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN,
	      "something came");
	/* Before it ends: a process that has ended may be gone from the list at once. */
	second = server_of_this(0);
	check(second > 0 && second != first, "%d, then %d", (int)first, (int)second);
	for (int i = STDERR_FILENO + 1; i < 1024; i++) {
		if (i != ends[1])
			close(i);
	}
	close(ends[1]);
	wait_for_end(second);
	check_compiles("after all was closed", PROGRAM);
}

/* Who may do less asks a server that may do less: the second one. */
static void test_other_rights(void)
{
	int status = -1;
	pid_t pid;

	check_compiles("before", PROGRAM);
	check(server_of_this(0) > 0 && !server_of_this(1), "%d", (int)server_of_this(1));
	pid = fork();
	if (!pid) {
		struct tandem_text log = { 0 };

		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || compile(PROGRAM, &log))
			_exit(1);
		_exit(server_of_this(1) > 0 ? 0 : 2);
	}
	check(waitpid(pid, &status, 0) == pid && !status, "status %d", status);
	wait_for_others(1);
}

/* Who orphans become children of, as a container's first process, gets none. */
static void test_adopting(void)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		struct tandem_text log = { 0 };

		if (prctl(PR_SET_CHILD_SUBREAPER, 1) || compile(PROGRAM, &log))
			_exit(1);
		_exit(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : 2);
	}
	check(waitpid(pid, &status, 0) == pid && !status, "status %d", status);
}

/* A server that takes nothing in is as none. */
static void test_stopped(void)
{
	pid_t first;

	check_compiles("before", PROGRAM);
	first = server_of_this(0);
	check(first > 0 && !kill(first, SIGSTOP), "%d", (int)first);
	check_compiles("while the server is stopped", PROGRAM);
	check_compiles("by another one", PROGRAM);
	kill(first, SIGKILL);
	wait_for_end(first);
}

/* A process that the application has forked meanwhile may hold pipes: it is not waited for. */
static void test_forking(void)
{
	struct tandem_child child = { 0 };
	struct tandem_text text = { 0 };
	pid_t holder, writer;
	int end, process;

	check_fatal(!tandem_child_collect(&child, &text, &end), "%s", strerror(errno));
	holder = fork();
	if (!holder) {
		/* Ends with the test. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	writer = fork();
	if (!writer)
		_exit(write(end, "said", 4) != 4);
	process = (int)syscall(SYS_pidfd_open, writer, 0);
	check_fatal(process >= 0, "%s", strerror(errno));
	/* The end of a test that waits after all. */
	alarm(WAIT_MS / 1000);
	check_equal(0, tandem_child_exchange(&child, process));
	alarm(0);
	check(!strcmp(tandem_text_string(&text), "said"), "'%s'", tandem_text_string(&text));
	kill(holder, SIGKILL);
	waitpid(holder, NULL, 0);
	waitpid(writer, NULL, 0);
	close(process);
	tandem_child_finish(&child);
	tandem_text_finish(&text);
}

static void test_errors(void)
{
	struct tandem_text log = { 0 }, said = { 0 };

	check_equal(-ENOEXEC, compile("kernel void f( {", &log));
	check(strstr(tandem_text_string(&log), "error: "), "'%s'", tandem_text_string(&log));
	tandem_text_finish(&log);
	/* Deeper than any stack; whatever becomes of it, others go on. */
	log = (struct tandem_text){ 0 };
	for (int i = 0; i < 200000; i++)
		tandem_text_add(&log, "(", 1);
	check(compile(tandem_text_string(&log), &said), "it compiles");
	tandem_text_finish(&log);
	tandem_text_finish(&said);
	check_compiles("after errors", PROGRAM);
}

/* ---- requests that nobody of ours makes ---- */

struct raw {
	struct tandem_clang_request head;
	char arguments[64];
	size_t length;
	int descriptors[16];
	unsigned int count;
};

static int connect_raw(void)
{
	char path[4096], *clang = (char *)tandem_frontend_clang();
	int ends[2], on = 1;
	pid_t pid;

	check_fatal(tandem_backend_sibling("tandem-clang-server", path, sizeof(path)) &&
			    !socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) &&
			    !setsockopt(ends[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)),
		    "%s", path);
	pid = fork();
	if (!pid) {
		dup2(ends[1], STDIN_FILENO);
		execl(path, path, clang, NULL);
		_exit(1);
	}
	close(ends[1]);
	wait_for_end(pid);
	return ends[0];
}

static int send_raw(int socket, const struct raw *raw)
{
	union {
		char bytes[CMSG_SPACE(sizeof(raw->descriptors))];
		struct cmsghdr alignment;
	} control = { 0 };
	struct iovec parts[] = { { (void *)&raw->head, sizeof(raw->head) },
				 { (void *)raw->arguments, raw->length } };
	struct msghdr header = { .msg_iov = parts, .msg_iovlen = 2 };
	size_t bytes = raw->count * sizeof(int);

	if (raw->count) {
		struct cmsghdr *part = &control.alignment;

		header.msg_control = &control;
		header.msg_controllen = CMSG_SPACE(bytes);
		part->cmsg_level = SOL_SOCKET;
		part->cmsg_type = SCM_RIGHTS;
		part->cmsg_len = CMSG_LEN(bytes);
		memcpy(CMSG_DATA(part), raw->descriptors, bytes);
	}
	return sendmsg(socket, &header, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* What kind of answer comes at @answers, -1 for none. */
static int hear_raw(int answers)
{
	struct pollfd wait = { answers, POLLIN, 0 };
	struct tandem_clang_answer answer;

	if (poll(&wait, 1, WAIT_MS) <= 0 || read(answers, &answer, sizeof(answer)) <= 0)
		return -1;
	return answer.kind;
}

/* A request that the server may serve: clang reads what is written to @input. */
static struct raw good_request(int answers, const int streams[3])
{
	static const char arguments[] = "clang\0-x\0cl\0-fsyntax-only\0-";
	struct raw raw = { .head = { 3, { 0, 1, 2 } }, .length = sizeof(arguments), .count = 6 };

	memcpy(raw.arguments, arguments, sizeof(arguments));
	raw.descriptors[TANDEM_CLANG_ANSWERS] = answers;
	raw.descriptors[TANDEM_CLANG_ROOT] = open("/", O_PATH | O_CLOEXEC);
	raw.descriptors[TANDEM_CLANG_FOLDER] = open(".", O_PATH | O_CLOEXEC);
	for (int i = 0; i < 3; i++)
		raw.descriptors[TANDEM_CLANG_OWN + i] = streams[i];
	return raw;
}

static void send_and_expect(const char *what, int socket, const struct raw *raw, int answers[2],
			    int kind)
{
	int error = send_raw(socket, raw), seen;

	check(!error, "%s: %s", what, strerror(-error));
	seen = hear_raw(answers[0]);
	check(seen == kind, "%s: answer %d, expected %d", what, seen, kind);
}

static void test_requests(void)
{
	int socket = connect_raw(), answers[2], nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct raw good, raw;

	check_fatal(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, answers), "socketpair");
	good = good_request(answers[1], (const int[]){ nowhere, nowhere, nowhere });

	raw = good;
	raw.descriptors[TANDEM_CLANG_ROOT] = open("/proc", O_PATH | O_CLOEXEC);
	send_and_expect("another root", socket, &raw, answers, TANDEM_CLANG_REFUSED);
	close(raw.descriptors[TANDEM_CLANG_ROOT]);
	raw = good;
	raw.head.descriptor_count = 2;
	send_and_expect("too many descriptors", socket, &raw, answers, TANDEM_CLANG_REFUSED);
	raw.head.descriptor_count = 4;
	send_and_expect("too few descriptors", socket, &raw, answers, TANDEM_CLANG_REFUSED);
	raw.head.descriptor_count = ~0u;
	send_and_expect("no sensible count", socket, &raw, answers, TANDEM_CLANG_REFUSED);
	raw = good;
	raw.head.numbers[1] = -1;
	send_and_expect("a number below 0", socket, &raw, answers, TANDEM_CLANG_REFUSED);
	raw = good;
	raw.length--;
	send_and_expect("arguments without end", socket, &raw, answers, TANDEM_CLANG_REFUSED);
	memset(raw.arguments, 0, sizeof(raw.arguments));
	raw.length = sizeof(raw.arguments);
	send_and_expect("too many arguments", socket, &raw, answers, TANDEM_CLANG_REFUSED);
	raw.length = 0;
	send_and_expect("no arguments", socket, &raw, answers, TANDEM_CLANG_REFUSED);
	/* Without a descriptor there is nobody to answer. */
	raw = good;
	raw.count = 0;
	check_equal(0, send_raw(socket, &raw));
	check_equal(1, send(socket, "", 1, MSG_NOSIGNAL));

	send_and_expect("a right one", socket, &good, answers, TANDEM_CLANG_ACCEPTED);
	check_equal(TANDEM_CLANG_EXITED, hear_raw(answers[0]));
	close(good.descriptors[TANDEM_CLANG_ROOT]);
	close(good.descriptors[TANDEM_CLANG_FOLDER]);
	close(answers[0]);
	close(answers[1]);
	close(nowhere);
	close(socket);
	wait_for_others(0);
}

/* Who gives up a compilation that would not end, ends it. */
static void test_giving_up(void)
{
	int socket = connect_raw(), answers[2], input[2], output[2];
	struct pollfd end;
	struct raw raw;

	check_fatal(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, answers) &&
			    !pipe2(input, O_CLOEXEC) && !pipe2(output, O_CLOEXEC),
		    "%s", strerror(errno));
	raw = good_request(answers[1], (const int[]){ input[0], output[1], output[1] });
	send_and_expect("one that waits for its input", socket, &raw, answers,
			TANDEM_CLANG_ACCEPTED);
	close(output[1]);
	close(answers[1]);
	close(answers[0]);
	end = (struct pollfd){ output[0], POLLIN, 0 };
	check_equal(1, poll(&end, 1, WAIT_MS));
	check_equal(0, read(output[0], &(char){ 0 }, 1));
	close(raw.descriptors[TANDEM_CLANG_ROOT]);
	close(raw.descriptors[TANDEM_CLANG_FOLDER]);
	close(output[0]);
	close(input[0]);
	close(input[1]);
	close(socket);
	wait_for_others(0);
}

/* Has the server compile: the process that did, by its own word. */
static pid_t compile_raw(int socket, const struct raw *raw, int answers)
{
	struct tandem_clang_answer answer = { 0 };
	union {
		char bytes[CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr alignment;
	} control = { 0 };
	struct iovec part = { &answer, sizeof(answer) };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	struct pollfd wait = { answers, POLLIN, 0 };
	struct ucred sender = { 0 };

	check_equal(0, send_raw(socket, raw));
	check(poll(&wait, 1, WAIT_MS) == 1 && recvmsg(answers, &message, 0) > 0 &&
		      answer.kind == TANDEM_CLANG_ACCEPTED,
	      "answer %d", answer.kind);
	if (CMSG_FIRSTHDR(&message) && control.alignment.cmsg_type == SCM_CREDENTIALS)
		memcpy(&sender, CMSG_DATA(&control.alignment), sizeof(sender));
	check(sender.pid > 0, "nobody has answered");
	/* It says so itself, and the server does when it has ended. */
	for (int i = 0; i < 2; i++)
		check_equal(TANDEM_CLANG_EXITED, hear_raw(answers));
	return sender.pid;
}

/* The process that a server has forked ahead: its only child while it compiles nothing. */
static pid_t spare_of(pid_t parent)
{
	char path[64];
	int spare = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)parent, (int)parent);
	for (int i = 0; i < WAIT_MS && !spare; i++) {
		FILE *file = fopen(path, "r");

		if (file && fscanf(file, "%d", &spare) != 1)
			poll(NULL, 0, 1);
		if (file)
			fclose(file);
	}
	check(spare > 0, "the server forks nothing ahead");
	return spare;
}

/* What was forked ahead does a compilation, one; and one that is gone is no loss. */
static void test_spare(void)
{
	int socket = connect_raw(), answers[2], nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
	pid_t server = server_of_this(0), spare, seen = 0;
	struct raw raw;

	check_fatal(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, answers) &&
			    !setsockopt(answers[0], SOL_SOCKET, SO_PASSCRED, &(int){ 1 },
					sizeof(int)),
		    "%s", strerror(errno));
	raw = good_request(answers[1], (const int[]){ nowhere, nowhere, nowhere });
	check(compile_raw(socket, &raw, answers[0]) != server, "the server compiles itself");
	spare = spare_of(server);
	/* Until it has warmed up, others are forked. */
	for (int i = 0; i < 1000 && seen != spare; i++)
		seen = compile_raw(socket, &raw, answers[0]);
	check(seen == spare, "%d never compiled", (int)spare);
	seen = spare;
	spare = spare_of(server);
	check(spare != seen, "%d is there twice", (int)spare);
	kill(spare, SIGKILL);
	wait_for_end(spare);
	seen = compile_raw(socket, &raw, answers[0]);
	check(seen > 0 && seen != spare, "%d compiled, which was killed", (int)seen);
	close(raw.descriptors[TANDEM_CLANG_ROOT]);
	close(raw.descriptors[TANDEM_CLANG_FOLDER]);
	close(answers[0]);
	close(answers[1]);
	close(nowhere);
	close(socket);
	wait_for_others(0);
}

static int run(void)
{
	test_requests();
	test_spare();
	test_giving_up();
	test_holds_nothing();
	test_follows_the_folder();
	test_is_no_child();
	test_errors();
	test_start_again();
	test_closed_descriptors();
	test_other_rights();
	test_adopting();
	test_forking();
	test_stopped();
	return check_result();
}

int main(void)
{
	char path[4096];
	int status = -1;
	pid_t pid;

	tandem_compile_server_path(path, sizeof(path));
	if (access(path, X_OK))
		check_skip("built without clang's library");
	check_fatal(!prctl(PR_SET_CHILD_SUBREAPER, 1), "%s", strerror(errno));
	adopter = getpid();
	pid = fork();
	if (!pid) {
		tester = getpid();
		status = run();
		fflush(stdout);
		_exit(status);
	}
	while (waitpid(-1, &status, 0) != pid)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
