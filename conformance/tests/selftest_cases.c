// SPDX-License-Identifier: MIT
/* Cases for the harness's own tests: each ends in one way that the harness must tell. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/suite.h"

SVM_CASE(selftest_passes, SVM_NO_DEVICE, "-", "A case that returns has passed.")
{
	svm_expect(run->test, "no case");
}

SVM_CASE(selftest_fails, SVM_NO_DEVICE, "-", "What is not so fails.")
{
	for (uint64_t i = 0; svm_more(run, i, 10); i++)
		svm_expect_equal(3 + (i == 7), 3);
}

/* The file that SVM_SELFTEST_MARK names is there once it has been run: then it passes. */
SVM_CASE(selftest_once, SVM_NO_DEVICE, "-", "What fails once is told from what fails.")
{
	const char *mark = getenv("SVM_SELFTEST_MARK");
	int fd = mark ? open(mark, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600) : -1;

	svm_expect(fd < 0, "it is <the> first time");
}

SVM_CASE(selftest_skips, SVM_NO_DEVICE, "-", "What is missing is named.")
{
	svm_skip("the device lacks wings");
}

SVM_CASE(selftest_crashes, SVM_NO_DEVICE, "-", "A crash is a failure of its case.")
{
	svm_step("about to crash");
	/* a sanitizer would handle it */
	signal(SIGSEGV, SIG_DFL);
	raise(SIGSEGV);
}

SVM_CASE(selftest_hangs, SVM_NO_DEVICE, "-", "A case without an end is killed.")
{
	svm_step("waiting for ever");
	for (;;)
		pause();
}

/* A kernel would look at the word; here a loop does. */
SVM_CASE(selftest_stops, SVM_NO_DEVICE, "-", "What spins is told to stop before it is killed.")
{
	static _Atomic cl_uint stop;

	svm_stop_word(&stop);
	while (!atomic_load(&stop))
		;
	printf("the stop word was seen\n");
	fflush(stdout);
	for (;;)
		pause();
}

SVM_CASE(selftest_leaks, SVM_NO_DEVICE, "-", "Processes left behind are a failure.")
{
	if (!fork()) {
		for (;;)
			pause();
	}
}

SVM_CASE(selftest_exits, SVM_NO_DEVICE, "-", "A case that leaves without a verdict failed.")
{
	exit(0);
}

static void crash_at_exit(void)
{
	raise(SIGABRT);
}

SVM_CASE(selftest_crashes_at_exit, SVM_NO_DEVICE, "-", "A crash after the end is a failure.")
{
	atexit(crash_at_exit);
}

/* One curve over five decades, most of it low, and one with a zero. */
SVM_CASE(selftest_plots, SVM_NO_DEVICE, "-", "Curves are drawn with their axes.")
{
	static const double x[] = { 0, 10, 20, 40 };
	static const double many[] = { 0.2, 3, 40, 20000 }, few[] = { 0, 1, 2, 3 };

	svm_axes("time <ms>", "operations (1)");
	svm_series(0, "many", x, many, 4);
	svm_series(1, "few", x, few, 4);
}

SVM_CASE(selftest_draws, SVM_NO_DEVICE, "-", "The same seed gives the same choices.")
{
	svm_fail(__FILE__, __LINE__, "drew %llx",
		 (unsigned long long)svm_random_next(&run->random));
}
