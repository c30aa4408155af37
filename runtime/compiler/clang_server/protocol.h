// SPDX-License-Identifier: MIT
/*
 * What the runtime and its compile server say to each other.
 *
 * A request is one message of a SOCK_SEQPACKET socket: this structure, the arguments of
 * clang, each with its final 0, and beside them the descriptors. What becomes of it is
 * answered on the request's own socket, which tells the two apart also where several
 * threads, or processes after fork, ask the same server. Where an end of that one closes
 * before the compilation has ended, the other end gives up.
 */
#ifndef TANDEM_COMPILER_CLANG_SERVER_PROTOCOL_H
#define TANDEM_COMPILER_CLANG_SERVER_PROTOCOL_H

#include <sched.h>
#include <stdint.h>

/* The first descriptors of a request; the others are the compilation's own. */
enum tandem_clang_descriptor {
	TANDEM_CLANG_ANSWERS, /* where the answers go */
	TANDEM_CLANG_ROOT, /* the root folder: only who has the server's own is served */
	TANDEM_CLANG_FOLDER, /* where relative names start */
	TANDEM_CLANG_OWN,
};

/* Linux takes no more in one message. */
#define TANDEM_CLANG_MOST_DESCRIPTORS 253
#define TANDEM_CLANG_MOST_ARGUMENTS   16
#define TANDEM_CLANG_MOST_BYTES	      8192

struct tandem_clang_request {
	uint32_t descriptor_count; /* from TANDEM_CLANG_OWN on */
	int32_t numbers[TANDEM_CLANG_MOST_DESCRIPTORS - TANDEM_CLANG_OWN]; /* that they get */
	/* How the asking thread is scheduled, as sched_getaffinity() and others tell it. */
	cpu_set_t processors;
	int32_t policy, priority, nice;
};

enum tandem_clang_answer_kind {
	TANDEM_CLANG_REFUSED,
	TANDEM_CLANG_ACCEPTED, /* the compilation begins, and has its descriptors */
	TANDEM_CLANG_EXITED, /* with a status */
	TANDEM_CLANG_KILLED, /* by a signal */
};

/* The first is one of the first two; after an acceptance one of the others follows, or two. */
struct tandem_clang_answer {
	int32_t kind, value;
};

#endif
