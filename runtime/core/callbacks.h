// SPDX-License-Identifier: MIT
/*
 * One thread that calls the application's callbacks, in the order in which they
 * became due.
 *
 * They don't run on the threads that run commands: one of those may be the
 * application's own, inside a wait, with locks held that the callback takes.
 */
#ifndef TANDEM_CORE_CALLBACKS_H
#define TANDEM_CORE_CALLBACKS_H

struct tandem_callback {
	void (*call)(struct tandem_callback *callback); /* frees it */
	struct tandem_callback *next;
};

/* Hands the callback over. */
void tandem_callbacks_post(struct tandem_callback *callback);

/*
 * Where no thread could be had, calls those that were posted on the calling one, which
 * holds no lock.
 */
void tandem_callbacks_call_stranded(void);

/* Waits until all that were posted have been called, but not for long, and ends the thread. */
void tandem_callbacks_finish(void);

/* Around fork. The child calls none of those that were due in the parent. */
void tandem_callbacks_before_fork(void);
void tandem_callbacks_after_fork(void);
void tandem_callbacks_after_fork_in_child(void);

#endif
