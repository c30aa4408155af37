// SPDX-License-Identifier: MIT
#include "compile_server.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <poll.h>
#include <stdbool.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "backend_library.h"
#include "clang_server/protocol.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/short_locks.h"

#define PROGRAM "tandem-clang-server"
/* Far longer than the server takes to begin, or to say how a compilation ended. */
#define ANSWER_MS 20000

#define MOST_GROUPS 64

/*
 * What this process may do, and sees: where it changes, another server is needed. Compared as
 * bytes, so it has no padding.
 */
struct rights {
	uid_t users[4]; /* real, effective, saved, of the file system */
	gid_t groups[4];
	gid_t more_groups[MOST_GROUPS];
	struct __user_cap_data_struct capabilities[_LINUX_CAPABILITY_U32S_3];
	long no_new_privileges; /* what forbids more by itself, asks for this first */
	ino_t mounts; /* the namespace */
};

/* The server, as far as one is known; the short lock guards it. */
static struct {
	bool known;
	bool missing; /* there is none for this process to have */
	pid_t starting; /* the process, of which a thread starts it */
	int socket;
	ino_t inode; /* the socket's, by which it is known from what took its number */
	struct rights rights;
} server;

void tandem_compile_server_path(char *path, size_t room)
{
	if (!tandem_backend_sibling(PROGRAM, path, room))
		*path = 0;
}

static bool find_rights(struct rights *rights)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct stat mounts;

	memset(rights, 0, sizeof(*rights));
	rights->users[3] = (uid_t)setfsuid((uid_t)-1);
	rights->groups[3] = (gid_t)setfsgid((gid_t)-1);
	rights->no_new_privileges = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	rights->mounts = stat("/proc/self/ns/mnt", &mounts) ? 0 : mounts.st_ino;
	return !getresuid(&rights->users[0], &rights->users[1], &rights->users[2]) &&
	       !getresgid(&rights->groups[0], &rights->groups[1], &rights->groups[2]) &&
	       getgroups(MOST_GROUPS, rights->more_groups) >= 0 &&
	       !syscall(SYS_capget, &header, rights->capabilities);
}

/* The server would be a child of this process, which may wait for all that it has. */
static bool adopts_children(void)
{
	int adopts = 0;

	return getpid() == 1 || prctl(PR_GET_CHILD_SUBREAPER, &adopts) || adopts;
}

/* ---- start ---- */

static ino_t inode_of(int socket)
{
	struct stat status;

	return !fstat(socket, &status) && S_ISSOCK(status.st_mode) ? status.st_ino : 0;
}

/* Runs the program that becomes the server: it comes back once the server is there. */
static int run_program(char *clang, int socket, struct tandem_text *log)
{
	char path[PATH_MAX], *const arguments[] = { path, clang, NULL };
	struct tandem_child child = { .alone = true };
	int nowhere, error;

	tandem_compile_server_path(path, sizeof(path));
	if (access(path, X_OK))
		return -ENOENT;
	nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (nowhere < 0)
		return -errno;
	error = tandem_child_give(&child, socket);
	for (int i = STDOUT_FILENO; i <= STDERR_FILENO && !error; i++)
		error = tandem_child_give(&child, nowhere);
	if (!error)
		error = tandem_child_run(&child, arguments, -1, log);
	tandem_child_finish(&child);
	close(nowhere);
	return error;
}

/* Starts a server. The socket that it listens to, or -errno. */
static int start(char *clang)
{
	struct tandem_text log = { 0 };
	int ends[2], on = 1, error;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -errno;
	ends[0] = tandem_child_move_up(ends[0]);
	error = ends[0] < 0 || setsockopt(ends[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) ?
			-errno :
			run_program(clang, ends[1], &log);
	close(ends[1]);
	if (error && ends[0] >= 0)
		close(ends[0]);
	tandem_log(TANDEM_LOG_COMPILER, "compile server: %s", error ? strerror(-error) : "started");
	tandem_text_finish(&log);
	return error ? error : ends[0];
}

/* ---- which one to ask ---- */

/* The application may close what it did not open: then the number is another file's. */
static bool is_there(void)
{
	return server.known && inode_of(server.socket) == server.inode;
}

static void forget(void)
{
	if (is_there())
		close(server.socket);
	server.known = false;
}

/* A copy of the server's socket, -EAGAIN where one is to be started by the caller, or -errno. */
static int take(const struct rights *rights)
{
	int socket = -ENOTCONN;

	tandem_short_lock(&server);
	if (is_there() && !memcmp(rights, &server.rights, sizeof(*rights))) {
		socket = fcntl(server.socket, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	} else if (!server.missing && server.starting != getpid()) {
		forget();
		server.starting = getpid();
		socket = -EAGAIN;
	}
	tandem_short_unlock(&server);
	return socket;
}

/* Notes what has become of a start. */
static void keep(int socket, const struct rights *rights)
{
	tandem_short_lock(&server);
	server.starting = 0;
	/* Other errors may pass. */
	server.missing = socket == -ENOENT || socket == -ENOEXEC;
	if (socket >= 0) {
		server.socket = socket;
		server.inode = inode_of(socket);
		server.known = server.inode;
		server.rights = *rights;
	}
	tandem_short_unlock(&server);
}

/* A socket of the caller's own to ask by, or -errno. */
static int find_server(char *clang)
{
	struct rights rights;
	int socket = -ENOTCONN, started;

	if (!adopts_children() && find_rights(&rights))
		socket = take(&rights);
	if (socket != -EAGAIN)
		return socket;
	started = start(clang);
	socket = started < 0 ? started : fcntl(started, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	keep(started, &rights);
	return socket;
}

/* What @socket, a copy, leads to takes no more requests. */
static void give_up(int socket)
{
	tandem_short_lock(&server);
	if (is_there() && inode_of(socket) == server.inode)
		forget();
	tandem_short_unlock(&server);
}

/* ---- a compilation ---- */

struct message {
	struct tandem_clang_request head;
	char bytes[TANDEM_CLANG_MOST_BYTES];
	size_t length;
	int descriptors[TANDEM_CLANG_MOST_DESCRIPTORS];
	unsigned int descriptor_count;
};

static bool add_descriptor(struct message *message, int number, int descriptor)
{
	if (message->descriptor_count == TANDEM_CLANG_MOST_DESCRIPTORS)
		return false;
	message->head.numbers[message->head.descriptor_count++] = number;
	message->descriptors[message->descriptor_count++] = descriptor;
	return true;
}

static void tell_schedule(struct tandem_clang_request *head)
{
	struct sched_param parameters = { 0 };

	sched_getaffinity(0, sizeof(head->processors), &head->processors);
	head->policy = sched_getscheduler(0);
	sched_getparam(0, &parameters);
	head->priority = parameters.sched_priority;
	head->nice = getpriority(PRIO_PROCESS, 0);
}

/* False where it is more than fits in. */
static bool write_message(struct message *message, const struct tandem_child *child,
			  char *const *arguments)
{
	bool fits = true;

	tell_schedule(&message->head);
	message->descriptor_count = TANDEM_CLANG_OWN;
	for (unsigned int i = 0; i < child->stream_count; i++) {
		int end = child->streams[i].child;

		fits = fits && add_descriptor(message, i <= STDERR_FILENO ? (int)i : end, end);
	}
	for (unsigned int i = 0; i < child->file_count; i++)
		fits = fits && add_descriptor(message, child->files[i], child->files[i]);
	for (int i = 0; arguments[i] && fits; i++) {
		size_t length = strlen(arguments[i]) + 1;

		fits = i < TANDEM_CLANG_MOST_ARGUMENTS &&
		       length <= sizeof(message->bytes) - message->length;
		if (fits)
			memcpy(message->bytes + message->length, arguments[i], length);
		message->length += length;
	}
	return fits;
}

static int send_message(int socket, const struct message *message)
{
	size_t bytes = message->descriptor_count * sizeof(*message->descriptors);
	union {
		char bytes[CMSG_SPACE(sizeof(message->descriptors))];
		struct cmsghdr alignment;
	} control = { 0 };
	struct iovec parts[] = { { (void *)&message->head, sizeof(message->head) },
				 { (void *)message->bytes, message->length } };
	struct msghdr header = { .msg_iov = parts,
				 .msg_iovlen = 2,
				 .msg_control = &control,
				 .msg_controllen = CMSG_SPACE(bytes) };
	struct cmsghdr *rights = CMSG_FIRSTHDR(&header);

	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(bytes);
	memcpy(CMSG_DATA(rights), message->descriptors, bytes);
	/* A server that takes nothing in is not waited for. */
	return sendmsg(socket, &header, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}

/* Waits for the next answer; false where none comes. */
static bool hear(int answers, struct tandem_clang_answer *answer)
{
	struct pollfd poll_answers = { answers, POLLIN, 0 };
	uint64_t end_ns = tandem_clock_ns() + (uint64_t)ANSWER_MS * 1000000, now;
	int ready = -1;

	while (ready < 0 && (now = tandem_clock_ns()) < end_ns) {
		ready = poll(&poll_answers, 1, (int)((end_ns - now) / 1000000) + 1);
		if (ready < 0 && errno != EINTR)
			return false;
	}
	return ready > 0 && read(answers, answer, sizeof(*answer)) == sizeof(*answer);
}

/* The end of the compilation's own conversation with the server, or -errno. */
static int ask(int socket, struct message *message)
{
	int ends[2], error, root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int folder = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	error = root < 0 || folder < 0 ||
				socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) ?
			-errno :
			0;
	if (!error) {
		message->descriptors[TANDEM_CLANG_ANSWERS] = ends[1];
		message->descriptors[TANDEM_CLANG_ROOT] = root;
		message->descriptors[TANDEM_CLANG_FOLDER] = folder;
		error = send_message(socket, message);
		close(ends[1]);
		if (error)
			close(ends[0]);
	}
	if (root >= 0)
		close(root);
	if (folder >= 0)
		close(folder);
	return error ? error : ends[0];
}

/* Whether the server that a message could not be sent to will take none at all. */
static bool is_gone(int error)
{
	return error != -EAGAIN && error != -ETOOMANYREFS && error != -ENOMEM && error != -ENOBUFS;
}

/*
 * Has the server accept a compilation: the end to talk by; -ENOTCONN where nothing was
 * asked, -EAGAIN where a compilation may have begun that must not be counted on.
 */
static int begin(const struct tandem_child *child, char *const *arguments)
{
	struct message message = { 0 };
	struct tandem_clang_answer answer = { -1, 0 };
	int answers = -ENOTCONN, socket = -1;

	if (!write_message(&message, child, arguments))
		return -ENOTCONN;
	/* Once more where the server has ended since it was asked last. */
	for (int i = 0; i < 2 && answers < 0; i++) {
		if (socket >= 0)
			close(socket);
		socket = find_server(arguments[0]);
		if (socket < 0)
			return -ENOTCONN;
		answers = ask(socket, &message);
		if (answers >= 0 || !is_gone(answers))
			break;
		give_up(socket);
	}
	if (answers >= 0 && (!hear(answers, &answer) || answer.kind != TANDEM_CLANG_ACCEPTED)) {
		/* One that does not answer is not asked again. */
		if (answer.kind != TANDEM_CLANG_REFUSED)
			give_up(socket);
		close(answers);
		answers = -EAGAIN;
	} else if (answers < 0) {
		answers = -ENOTCONN;
	}
	close(socket);
	return answers;
}

int tandem_compile_server_run(struct tandem_child *child, char *const *arguments,
			      struct tandem_text *log)
{
	int answers = begin(child, arguments), error;
	struct tandem_clang_answer answer;

	if (answers < 0)
		return answers;
	error = tandem_child_exchange(child, answers);
	if (!error && !hear(answers, &answer))
		error = -EAGAIN;
	/* Where there was an error, the compilation is ended by this. */
	close(answers);
	if (error)
		return error;
	if (answer.kind == TANDEM_CLANG_KILLED)
		tandem_text_print(log, "error: %s was ended by signal %d\n", arguments[0],
				  answer.value);
	return answer.kind == TANDEM_CLANG_EXITED && !answer.value ? 0 : -ENOEXEC;
}
