// SPDX-License-Identifier: MIT
/* Loaded behind the OpenCL library: its destructor runs when that has ended. */

extern __attribute__((visibility("default"))) void (*late_hook)(void);
void (*late_hook)(void);

__attribute__((destructor)) static void run_hook(void)
{
	if (late_hook)
		late_hook();
}
