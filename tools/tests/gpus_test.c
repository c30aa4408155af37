// SPDX-License-Identifier: MIT
/* gpus_test FOLDER: which GPU a context is on, from what is written of GPUs and from open files. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "kept_trace.h"
#include "top/gpus.h"
#include "top/processes.h"

static void write_gpu(const char *root, const char *gpu, unsigned int granted, unsigned int held)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root, gpu);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%s/contexts", root, gpu);
	file = fopen(path, "we");
	check_fatal(file, "%s", path);
	/* First another process's. */
	fprintf(file,
		"arena:\t0x100000000-0x200000000\nplain-faults:\t4\nvsvm-exclusive-ranges:\t3\n"
		"vsvm-exclusive-pages:\t5\nvsvm-exclusive-faults:\t9\n"
		"vsvm-exclusive-granted:\t9\nvsvm-exclusive-revoked:\t4\n"
		"arena:\t0x7fc00be00000-0x7fc40be01000\nplain-faults:\t4\nvram-pages:\t7\n"
		"vsvm-exclusive-ranges:\t3\nvsvm-exclusive-pages:\t%u\n"
		"vsvm-exclusive-faults:\t%u\nvsvm-exclusive-granted:\t%u\n"
		"vsvm-exclusive-revoked:\t1\n",
		held, granted, granted);
	fclose(file);
}

static void remove_gpu(const char *root, const char *gpu)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s/contexts", root, gpu);
	unlink(path);
	snprintf(path, sizeof(path), "%s/%s", root, gpu);
	rmdir(path);
}

/* Two contexts of one process with one arena: the counts tell which GPU is which's. */
static void test_gpus(void)
{
	char root[] = "/tmp/tandem-top-test-XXXXXX", link[64];
	struct top_ledger ledger;
	struct top_gpus gpus = { 0 };

	check_fatal(mkdtemp(root), "no temporary folder");
	gpus.folder = root;
	snprintf(link, sizeof(link), "%s/1", root);
	check_fatal(!symlink("gpu.1", link), "no link");
	top_ledger_init(&ledger);
	write_gpu(root, "gpu.0", 1000, 0);
	write_gpu(root, "gpu.1", 50, 0);
	top_gpus_update(&gpus, &ledger);
	check_equal(4, gpus.count);
	for_each_line("sample.txt", take_line, &ledger);
	write_gpu(root, "gpu.1", 50 + SAMPLE_GRANTS, 1);
	top_gpus_update(&gpus, &ledger);
	check(!strcmp(find(&ledger, SAMPLE_EXCLUSIVE)->gpu, "gpu.1"), "it is on '%s'",
	      find(&ledger, SAMPLE_EXCLUSIVE)->gpu);
	check(!strcmp(find(&ledger, SAMPLE_OTHER)->gpu, "gpu.0"), "the other is on '%s'",
	      find(&ledger, SAMPLE_OTHER)->gpu);
	check_equal(1, top_gpus_held_pages(&gpus, find(&ledger, SAMPLE_EXCLUSIVE)));
	check_equal(7, top_gpus_vram_pages(&gpus, find(&ledger, SAMPLE_EXCLUSIVE)));
	/* The first of them has none. */
	check_equal(0, gpus.contexts[0].vram_pages);
	remove_gpu(root, "gpu.0");
	remove_gpu(root, "gpu.1");
	top_gpus_update(&gpus, &ledger);
	check_equal(0, gpus.count);
	check_equal(-1, top_gpus_held_pages(&gpus, find(&ledger, SAMPLE_EXCLUSIVE)));
	check_equal(0, top_gpus_vram_pages(&gpus, find(&ledger, SAMPLE_EXCLUSIVE)));
	top_gpus_finish(&gpus);
	top_ledger_finish(&ledger);
	unlink(link);
	rmdir(root);
}

static void test_open_files(void)
{
	char root[] = "/tmp/tandem-top-test-XXXXXX", path[64], name[TOP_GPU_BYTES] = "";
	FILE *files[3];

	check_fatal(mkdtemp(root), "no temporary folder");
	check(!top_only_open_file(getpid(), root, name, sizeof(name)), "none is open");
	for (int i = 0; i < 3; i++) {
		/* The first one twice. */
		snprintf(path, sizeof(path), "%s/render%d", root, i / 2);
		files[i] = fopen(path, "we");
		check_fatal(files[i], "%s", path);
		check_equal(i < 2, top_only_open_file(getpid(), root, name, sizeof(name)));
		check(!strcmp(name, "render0"), "it is '%s'", name);
	}
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/render%d", root, i / 2);
		fclose(files[i]);
		unlink(path);
	}
	rmdir(root);
	check(!top_only_open_file(PID, root, name, sizeof(name)), "the process is not there");
}

int main(int argc, char **argv)
{
	open_traces(argc, argv);
	test_gpus();
	test_open_files();
	return check_result();
}
