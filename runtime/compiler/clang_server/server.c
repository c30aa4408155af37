// SPDX-License-Identifier: MIT
/*
 * tandem-clang-server CLANG: runs clang for a process that compiles, see
 * compiler/compile_server.h. Its standard input is the socket that the requests come by.
 *
 * Clang is loaded once; each compilation is a process of its own, forked from this one, which
 * has read nothing of any program: what one does, or a crash of it, reaches no other. One such
 * process is forked ahead, the spare, and has touched already what a compilation writes to:
 * the next compilation is its. The server ends when nobody holds the other end of the socket,
 * or when nothing was asked for a while.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clang.h"
#include "memory.h"
#include "protocol.h"

#define IDLE_MS	  10000
#define MOST_JOBS 64
/* Who builds many programs one behind the other needs the processors for these. */
#define QUIET_MS 50

/* A compilation that runs. */
struct job {
	pid_t pid;
	int process, answers; /* descriptors: of the process, and of who waits for it */
	bool is_unwanted; /* nobody waits for it: it was killed */
};

struct request {
	struct tandem_clang_request head;
	char bytes[TANDEM_CLANG_MOST_BYTES]; /* the arguments */
	const char *arguments[TANDEM_CLANG_MOST_ARGUMENTS];
	unsigned int argument_count;
	int descriptors[TANDEM_CLANG_MOST_DESCRIPTORS];
	unsigned int descriptor_count;
	struct ucred sender;
};

static struct job jobs[MOST_JOBS];
static unsigned int job_count;

/* The process that is forked ahead, if @pid is not 0. */
static struct {
	pid_t pid;
	int requests; /* a socket: it says there that it is ready, and is given its request */
} spare;

static void answer(int socket, enum tandem_clang_answer_kind kind, int value)
{
	const struct tandem_clang_answer answer = { kind, value };

	/* Who hears no answer has given up. */
	(void)!send(socket, &answer, sizeof(answer), MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* ---- a request ---- */

static void take_control(struct request *request, struct msghdr *message)
{
	struct cmsghdr *part;

	for (part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
		size_t bytes = part->cmsg_len - CMSG_LEN(0);

		if (part->cmsg_level != SOL_SOCKET)
			continue;
		if (part->cmsg_type == SCM_RIGHTS) {
			memcpy(request->descriptors, CMSG_DATA(part), bytes);
			request->descriptor_count = (unsigned int)(bytes / sizeof(int));
		} else if (part->cmsg_type == SCM_CREDENTIALS) {
			memcpy(&request->sender, CMSG_DATA(part), sizeof(request->sender));
		}
	}
}

static void split_arguments(struct request *request, size_t length)
{
	size_t at = 0;

	while (at < length && request->argument_count < TANDEM_CLANG_MOST_ARGUMENTS) {
		request->arguments[request->argument_count++] = request->bytes + at;
		at += strnlen(request->bytes + at, length - at) + 1;
	}
	/* The last one has no end, or there are too many. */
	if (at != length)
		request->argument_count = 0;
}

/* 1, 0 where nobody will ask any more, or -errno. */
static int receive(int socket, struct request *request)
{
	union {
		char bytes[CMSG_SPACE(sizeof(request->descriptors)) +
			   CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr alignment;
	} control;
	struct iovec parts[] = { { &request->head, sizeof(request->head) },
				 { request->bytes, sizeof(request->bytes) } };
	struct msghdr message = { .msg_iov = parts,
				  .msg_iovlen = 2,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	ssize_t got;

	memset(request, 0, sizeof(*request));
	request->sender.uid = (uid_t)-1;
	do
		got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		return got ? -errno : 0;
	take_control(request, &message);
	if (got > (ssize_t)sizeof(request->head) && !(message.msg_flags & MSG_TRUNC))
		split_arguments(request, (size_t)got - sizeof(request->head));
	return 1;
}

/* Who has left this root folder, or is another user, gets nothing read that it could not read. */
static bool may_ask(const struct request *request)
{
	struct stat own, theirs;

	return request->sender.uid == getuid() && request->sender.gid == getgid() &&
	       !stat("/", &own) && !fstat(request->descriptors[TANDEM_CLANG_ROOT], &theirs) &&
	       own.st_dev == theirs.st_dev && own.st_ino == theirs.st_ino;
}

static bool is_well_formed(const struct request *request)
{
	uint32_t count = request->head.descriptor_count;

	if (!request->argument_count || count > TANDEM_CLANG_MOST_DESCRIPTORS - TANDEM_CLANG_OWN ||
	    request->descriptor_count != TANDEM_CLANG_OWN + count)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		if (request->head.numbers[i] < 0)
			return false;
	}
	return true;
}

/* ---- a compilation ---- */

static int most(const struct request *request)
{
	int number = STDERR_FILENO;

	for (uint32_t i = 0; i < request->head.descriptor_count; i++) {
		if (request->head.numbers[i] > number)
			number = request->head.numbers[i];
	}
	return number;
}

static int compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* As far as it may. */
static void follow_schedule(const struct tandem_clang_request *head)
{
	const struct sched_param parameters = { .sched_priority = head->priority };

	sched_setaffinity(0, sizeof(head->processors), &head->processors);
	sched_setscheduler(0, head->policy, &parameters);
	setpriority(PRIO_PROCESS, 0, head->nice);
}

/*
 * Gives the compilation its descriptors, with the numbers that it knows, and no others but
 * the one to answer by, which gets a new number.
 */
static bool arrange(struct request *request, int *answers)
{
	uint32_t count = request->head.descriptor_count;
	int32_t *numbers = request->head.numbers;
	int *own = request->descriptors + TANDEM_CLANG_OWN, above = most(request) + 1;

	if (fchdir(request->descriptors[TANDEM_CLANG_FOLDER]))
		return false;
	*answers = fcntl(*answers, F_DUPFD_CLOEXEC, above);
	if (*answers < 0)
		return false;
	above = *answers + 1;
	for (uint32_t i = 0; i < count; i++) {
		own[i] = fcntl(own[i], F_DUPFD_CLOEXEC, above);
		if (own[i] < 0)
			return false;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (dup2(own[i], numbers[i]) < 0)
			return false;
	}
	qsort(numbers, count, sizeof(*numbers), compare);
	for (uint32_t i = 0; i <= count; i++) {
		unsigned int first = i ? (unsigned int)numbers[i - 1] + 1 : 0;
		unsigned int end = i < count ? (unsigned int)numbers[i] : (unsigned int)*answers;

		if (end > first && close_range(first, end - 1, 0))
			return false;
	}
	return !close_range((unsigned int)*answers + 1, ~0u, 0);
}

static _Noreturn void compile(struct request *request, pid_t server)
{
	int answers = request->descriptors[TANDEM_CLANG_ANSWERS], moved = answers, status;

	/* It has nobody to compile for when the server has gone. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	follow_schedule(&request->head);
	if (getppid() != server || !arrange(request, &moved)) {
		answer(moved < 0 ? answers : moved, TANDEM_CLANG_REFUSED, 0);
		_exit(127);
	}
	answer(moved, TANDEM_CLANG_ACCEPTED, 0);
	signal(SIGPIPE, SIG_DFL);
	status = tandem_clang_run((int)request->argument_count, request->arguments);
	/* Giving back the memory takes as long as a tenth of a compilation: not waited for. */
	close_range(0, (unsigned int)moved - 1, 0);
	answer(moved, TANDEM_CLANG_EXITED, status);
	_exit(status);
}

static pid_t fork_anew(void)
{
	pid_t pid = fork();

	if (!pid)
		tandem_memory_begin_anew();
	return pid;
}

/* ---- the spare ---- */

/* Warms up, and waits for a request. */
static _Noreturn void be_spare(int requests, const char *clang, pid_t server)
{
	static struct request request;
	struct pollfd given;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Nothing else of the server's, so that what it closes is closed. */
	if (getppid() != server || dup2(requests, STDIN_FILENO) < 0 ||
	    close_range(STDERR_FILENO + 1, ~0u, 0))
		_exit(127);
	tandem_clang_warm_up(clang);
	given = (struct pollfd){ STDIN_FILENO, POLLIN, 0 };
	if (send(STDIN_FILENO, "", 1, MSG_NOSIGNAL) != 1)
		_exit(127);
	while (poll(&given, 1, -1) < 0 && errno == EINTR)
		;
	if (receive(STDIN_FILENO, &request) <= 0)
		_exit(0);
	if (!is_well_formed(&request))
		_exit(127);
	compile(&request, server);
}

static void make_spare(const char *clang)
{
	pid_t server = getpid();
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return;
	spare.pid = fork_anew();
	if (!spare.pid)
		be_spare(ends[1], clang, server);
	close(ends[1]);
	spare.requests = ends[0];
	if (spare.pid > 0)
		return;
	spare.pid = 0;
	close(ends[0]);
}

static void end_spare(void)
{
	if (!spare.pid)
		return;
	kill(spare.pid, SIGKILL);
	waitpid(spare.pid, NULL, 0);
	close(spare.requests);
	spare.pid = 0;
}

/* Whether the spare is ready; -1 where it has ended. */
static int ask_spare(void)
{
	ssize_t got = recv(spare.requests, &(char){ 0 }, 1, MSG_DONTWAIT);

	return got == 1 ? 1 : got < 0 && errno == EAGAIN ? 0 : -1;
}

static bool give(int socket, struct request *request)
{
	union {
		char bytes[CMSG_SPACE(sizeof(request->descriptors))];
		struct cmsghdr alignment;
	} control = { 0 };
	const char *last = request->arguments[request->argument_count - 1];
	struct iovec parts[] = { { &request->head, sizeof(request->head) },
				 { request->bytes,
				   (size_t)(last - request->bytes) + strlen(last) + 1 } };
	size_t bytes = request->descriptor_count * sizeof(int);
	struct msghdr message = { .msg_iov = parts,
				  .msg_iovlen = 2,
				  .msg_control = &control,
				  .msg_controllen = CMSG_SPACE(bytes) };
	struct cmsghdr *rights = CMSG_FIRSTHDR(&message);

	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(bytes);
	memcpy(CMSG_DATA(rights), request->descriptors, bytes);
	return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

/* Has the spare do what is asked for: its number, or 0 where there is none that is ready. */
static pid_t give_to_spare(struct request *request)
{
	pid_t pid = spare.pid;
	int ready = pid ? ask_spare() : 0;

	if (!ready)
		return 0;
	if (ready < 0 || !give(spare.requests, request)) {
		end_spare();
		return 0;
	}
	close(spare.requests);
	spare.pid = 0;
	return pid;
}

/* ---- jobs ---- */

static void start(struct request *request)
{
	int *answers = &request->descriptors[TANDEM_CLANG_ANSWERS];
	struct job *job = &jobs[job_count];
	pid_t server = getpid();

	if (!is_well_formed(request) || !may_ask(request))
		goto refuse;
	job->pid = give_to_spare(request);
	if (!job->pid)
		job->pid = fork_anew();
	if (job->pid < 0 && spare.pid) {
		/* There may be room for one process only. */
		end_spare();
		job->pid = fork_anew();
	}
	if (!job->pid)
		compile(request, server);
	if (job->pid < 0)
		goto refuse;
	job->process = (int)syscall(SYS_pidfd_open, job->pid, 0);
	if (job->process < 0) {
		kill(job->pid, SIGKILL);
		waitpid(job->pid, NULL, 0);
		goto refuse;
	}
	job->answers = *answers;
	job->is_unwanted = false;
	job_count++;
	*answers = -1;
	return;
refuse:
	if (request->descriptor_count > TANDEM_CLANG_ANSWERS)
		answer(*answers, TANDEM_CLANG_REFUSED, 0);
}

/* 1 where there was a request, 0 where there will be none, or -errno. */
static int serve(int socket)
{
	static struct request request;
	int result = receive(socket, &request);

	if (result > 0)
		start(&request);
	for (unsigned int i = 0; i < request.descriptor_count; i++) {
		if (request.descriptors[i] >= 0)
			close(request.descriptors[i]);
	}
	return result;
}

static void finish(struct job *job)
{
	siginfo_t status = { 0 };

	if (waitid(P_PID, (id_t)job->pid, &status, WEXITED | WNOHANG) || !status.si_pid)
		return;
	/* For one that has not come to say so itself; nobody hears it else. */
	answer(job->answers,
	       status.si_code == CLD_EXITED ? TANDEM_CLANG_EXITED : TANDEM_CLANG_KILLED,
	       status.si_status);
	close(job->answers);
	close(job->process);
	*job = jobs[--job_count];
}

/* ---- the loop ---- */

/* What the server does when nothing is asked for, so that the next compilation finds it done. */
enum chore {
	REST,
	FORK_FIRST_SPARE, /* beside the first compilation: the second one often follows at once */
	WARM_UP, /* for all that are forked from now on */
	FORK_SPARE,
};

/* Whether something can be done beside a compilation. */
static bool has_processors(void)
{
	cpu_set_t processors;

	return sched_getaffinity(0, sizeof(processors), &processors) || CPU_COUNT(&processors) > 1;
}

static enum chore next_chore(bool wants_spare, unsigned int request_count, bool is_warm)
{
	if (!wants_spare)
		return REST;
	if (request_count == 1 && has_processors())
		return FORK_FIRST_SPARE;
	return is_warm ? FORK_SPARE : WARM_UP;
}

/* Waits for whatever comes before it is time for the @chore. As poll, with what came in @polls. */
static int wait_for_any(int socket, enum chore chore, struct pollfd *polls)
{
	int patience_ms = chore == REST ? IDLE_MS : chore == FORK_SPARE ? QUIET_MS : 0;

	polls[0] = (struct pollfd){ job_count < MOST_JOBS ? socket : -1, POLLIN, 0 };
	for (unsigned int i = 0; i < job_count; i++) {
		polls[1 + 2 * i] = (struct pollfd){ jobs[i].process, POLLIN, 0 };
		polls[2 + 2 * i] =
			(struct pollfd){ jobs[i].is_unwanted ? -1 : jobs[i].answers, POLLRDHUP, 0 };
	}
	if (job_count && chore != FORK_FIRST_SPARE)
		patience_ms = -1;
	return poll(polls, 1 + 2 * job_count, patience_ms);
}

static void look_after_jobs(const struct pollfd *polls)
{
	/* From the last one on: those that end make room by the last one. */
	for (unsigned int i = job_count; i--;) {
		bool ended = polls[1 + 2 * i].revents, unwanted = polls[2 + 2 * i].revents;

		if (unwanted && !ended) {
			kill(jobs[i].pid, SIGKILL);
			jobs[i].is_unwanted = true;
		}
		if (ended || unwanted)
			finish(&jobs[i]);
	}
}

static void loop(int socket, const char *clang)
{
	struct pollfd polls[1 + 2 * MOST_JOBS];
	unsigned int request_count = 0;
	bool is_warm = false, wants_spare = false;

	while (socket >= 0 || job_count) {
		enum chore chore = next_chore(wants_spare, request_count, is_warm);
		int ready = wait_for_any(socket, chore, polls);

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready < 0)
			break;
		if (!ready && chore == REST) {
			/* What comes from now on is not taken; what has come is served. */
			if (shutdown(socket, SHUT_RD))
				break;
		} else if (!ready && chore == WARM_UP) {
			tandem_clang_warm_up(clang);
			is_warm = true;
		} else if (!ready) {
			make_spare(clang);
			wants_spare = false;
		}
		look_after_jobs(polls);
		if (ready > 0 && polls[0].revents) {
			request_count += request_count < 2;
			if (!serve(socket))
				socket = -1;
			wants_spare = !spare.pid;
		}
	}
	end_spare();
}

int main(int count, char **arguments)
{
	struct stat status;
	pid_t pid;

	if (count != 2 || fstat(STDIN_FILENO, &status) || !S_ISSOCK(status.st_mode)) {
		fprintf(stderr, "usage: tandem-clang-server CLANG <SOCKET\n"
				"The runtime starts it; it is of no use by hand.\n");
		return 2;
	}
	/* Not among the children of the application, which may wait for all it has. */
	pid = fork();
	if (pid)
		_exit(pid < 0);
	setsid();
	(void)!chdir("/");
	signal(SIGPIPE, SIG_IGN);
	loop(STDIN_FILENO, arguments[1]);
	_exit(0);
}
