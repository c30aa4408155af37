// SPDX-License-Identifier: MIT
/*
 * The runtime across fork.
 *
 * The child may go on with OpenCL, with the parent's objects too, or just end. What the
 * parent's commands were about to do stays the parent's: in the child those that were not
 * complete have ended with CL_OUT_OF_RESOURCES, and no callback of theirs is called.
 * Devices whose driver says so (driver.h, lost_by_fork) are not there for the child.
 *
 * A fork waits for the locks that the runtime holds for a short while. Those that are
 * held over a compilation it does not wait for: in the child they are free again.
 */
#ifndef TANDEM_CORE_FORK_H
#define TANDEM_CORE_FORK_H

#include <pthread.h>

/* Called once, when the platform's devices are there. */
void tandem_fork_prepare_for(void);

/* A lock that is held for long. All zero but for the mutex is one that nobody holds. */
struct tandem_long_lock {
	pthread_mutex_t mutex;
	unsigned int generation; /* of the process, a child's being its parent's + 1 */
};

int tandem_long_lock_init(struct tandem_long_lock *lock);
void tandem_long_lock_finish(struct tandem_long_lock *lock);
void tandem_long_lock_take(struct tandem_long_lock *lock);
void tandem_long_lock_give(struct tandem_long_lock *lock);

#endif
