// SPDX-License-Identifier: MIT
/*
 * Binaries that another runtime made, with checksums that are right: whole ones work, and
 * damaged ones do no harm, whatever part is damaged. Another process without a kernel cache
 * is another runtime: it has a key of its own.
 */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "compile_target.h"
#include "compiler/container.h"
#include "compiler/origin.h"
#include "program/build_options.h"

/* Of each part of the binary. */
#define DAMAGED 14

/* Of the kernel. */
#define NAME "only_one"

static const char source[] = "int twice(int x) { return 2 * x; }\n"
			     "kernel void only_one(global int *out, local int *shared, int n)\n"
			     "{\n"
			     "	shared[get_local_id(0)] = twice(out[get_global_id(0)]);\n"
			     "	barrier(CLK_LOCAL_MEM_FENCE);\n"
			     "	for (int i = 0; i < n; i++)\n"
			     "		out[i] += shared[0];\n"
			     "	printf(\"%d\\n\", n);\n"
			     "}\n";

/* ---- the other runtime ---- */

static void write_binary(int pipe_end, const struct tandem_binary *binary)
{
	const char *next = binary->bytes;
	size_t left = binary->length;

	if (write(pipe_end, &left, sizeof(left)) != sizeof(left))
		_exit(1);
	while (left) {
		ssize_t written = write(pipe_end, next, left);

		if (written <= 0)
			_exit(1);
		next += written;
		left -= (size_t)written;
	}
}

/* A copy of a section's bytes, in @container, which takes its place there. To be freed. */
static char *copy_section(struct tandem_container *container, const struct tandem_binary *binary,
			  enum tandem_container_section section)
{
	struct tandem_container_bytes *bytes = &container->sections[section];
	char *copy;

	tandem_container_read(container, binary->bytes, binary->length);
	copy = malloc(bytes->length);
	if (!copy)
		_exit(1);
	bytes->bytes = memcpy(copy, bytes->bytes, bytes->length);
	return copy;
}

static void write_container(int pipe_end, const struct tandem_container *container)
{
	struct tandem_binary binary = { 0 };

	if (tandem_container_write(container, &binary))
		_exit(1);
	write_binary(pipe_end, &binary);
	tandem_binary_finish(&binary);
}

/* The binary with some bytes of a section changed, and all else right. */
static void write_damaged(int pipe_end, const struct tandem_binary *binary,
			  enum tandem_container_section section, unsigned int *seed)
{
	struct tandem_container container;
	char *copy = copy_section(&container, binary, section);

	for (int i = rand_r(seed) % 8; i >= 0; i--)
		copy[(size_t)rand_r(seed) % container.sections[section].length] =
			(char)rand_r(seed);
	write_container(pipe_end, &container);
	free(copy);
}

/* The binary with a zero inside the kernel's name: read as a string, it is another name. */
static void write_cut_name(int pipe_end, const struct tandem_binary *binary)
{
	struct tandem_container container;
	char *copy = copy_section(&container, binary, TANDEM_SECTION_BITCODE);
	char *name =
		memmem(copy, container.sections[TANDEM_SECTION_BITCODE].length, NAME, strlen(NAME));

	if (!name)
		_exit(1);
	name[4] = 0;
	write_container(pipe_end, &container);
	free(copy);
}

static const struct tandem_build_options options = { .optimise = true };

/* Writes an object, an executable, and damaged ones of these. */
static void be_the_other(int pipe_end)
{
	const struct tandem_compile_input input = { .source = source,
						    .length = sizeof(source) - 1,
						    .options = &options };
	struct tandem_binary object = { 0 }, executable = { 0 };
	struct tandem_text log = { 0 };
	unsigned int seed = 3;

	if (tandem_compiler_compile(&target, &input, &object, &log) ||
	    tandem_compiler_build(&target, &input, &executable, &log))
		_exit(1);
	write_binary(pipe_end, &object);
	write_binary(pipe_end, &executable);
	write_cut_name(pipe_end, &executable);
	for (int i = 0; i < DAMAGED; i++)
		write_damaged(pipe_end, &object, TANDEM_SECTION_BITCODE, &seed);
	for (int i = 0; i < DAMAGED; i++) {
		write_damaged(pipe_end, &executable, TANDEM_SECTION_BITCODE, &seed);
		write_damaged(pipe_end, &executable, TANDEM_SECTION_OBJECT, &seed);
		write_damaged(pipe_end, &executable, TANDEM_SECTION_DESCRIPTION, &seed);
	}
	_exit(0);
}

/* ---- this one ---- */

static struct tandem_binary read_binary(int pipe_end)
{
	struct tandem_binary binary = { 0 };
	size_t done = 0;

	check_fatal(read(pipe_end, &binary.length, sizeof(binary.length)) == sizeof(binary.length),
		    "the other process has ended");
	binary.bytes = malloc(binary.length);
	while (done < binary.length) {
		ssize_t got = read(pipe_end, (char *)binary.bytes + done, binary.length - done);

		check_fatal(got > 0, "the other process has ended");
		done += (size_t)got;
	}
	return binary;
}

/* Loads a binary whose bitcode is @whole or not: then it may as well be that of another program. */
static int load(const struct tandem_binary *binary, bool whole)
{
	struct tandem_compiled_program program;
	struct tandem_text log = { 0 };
	int error = tandem_compiler_load(&target, binary, 0, &program, &log);

	if (error) {
		check(error == -ENOEXEC && log.length, "error %d, '%s'", error,
		      tandem_text_string(&log));
	} else {
		check(!whole || (program.description.kernel_count == 1 &&
				 !strcmp(program.description.kernels[0].info.name, NAME)),
		      "%u kernels", program.description.kernel_count);
		tandem_compiler_unload(&program);
	}
	tandem_text_finish(&log);
	return error;
}

static int link_and_load(const struct tandem_binary *object, bool whole)
{
	const struct tandem_link_input input = { .binaries = object,
						 .count = 1,
						 .options = &options };
	struct tandem_binary executable = { 0 };
	struct tandem_text log = { 0 };
	int error = tandem_compiler_link(&target, &input, &executable, &log);

	if (error)
		check(error == -ENOEXEC && log.length, "error %d, '%s'", error,
		      tandem_text_string(&log));
	else
		error = load(&executable, whole);
	tandem_binary_finish(&executable);
	tandem_text_finish(&log);
	return error;
}

static void check_whole(int pipe_end)
{
	struct tandem_container container;
	struct tandem_binary object = read_binary(pipe_end), executable = read_binary(pipe_end);

	check_equal(0, tandem_container_read(&container, executable.bytes, executable.length));
	check(!container.is_ours && !container.is_native, "the other's is taken for one of ours");
	check_equal(0, link_and_load(&object, true));
	check_equal(0, load(&executable, true));
	tandem_binary_finish(&object);
	tandem_binary_finish(&executable);
}

static void check_cut_name(int pipe_end)
{
	struct tandem_binary executable = read_binary(pipe_end);

	check_equal(-ENOEXEC, load(&executable, false));
	tandem_binary_finish(&executable);
}

/* Reading them ends, one way or the other; what is not looked at may be damaged. */
static void check_damaged(int pipe_end)
{
	int refused = 0;

	for (int i = 0; i < DAMAGED; i++) {
		struct tandem_binary object = read_binary(pipe_end);

		refused += link_and_load(&object, false) != 0;
		tandem_binary_finish(&object);
	}
	for (int i = 0; i < DAMAGED; i++) {
		for (int part = 0; part < 3; part++) {
			struct tandem_binary executable = read_binary(pipe_end);
			int error = load(&executable, part > 0);

			refused += error != 0;
			check(part == 0 || !error, "a part that is not to be used, error %d",
			      error);
			tandem_binary_finish(&executable);
		}
	}
	check(refused > 0, "nothing was damaged");
}

/* The vectors of SipHash's reference code. */
static void test_hash(void)
{
	static const unsigned char expected[][TANDEM_ORIGIN_BYTES] = {
		{ 0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6, 0x6d, 0xf6, 0x72, 0x14, 0xc7,
		  0x55, 0x02, 0x93 },
		{ 0xda, 0x87, 0xc1, 0xd8, 0x6b, 0x99, 0xaf, 0x44, 0x34, 0x76, 0x59, 0x11, 0x9b,
		  0x22, 0xfc, 0x45 },
	};
	unsigned char key[16], hash[TANDEM_ORIGIN_BYTES];

	for (unsigned char i = 0; i < 16; i++)
		key[i] = i;
	for (size_t length = 0; length < 2; length++) {
		tandem_siphash(key, key, length, hash);
		check(!memcmp(hash, expected[length], sizeof(hash)), "of %zu bytes", length);
	}
}

int main(void)
{
	int ends[2], status = -1;

	test_hash();
	if (!tandem_compiler_is_available())
		check_skip("the compiler is not there");
	check_fatal(!pipe(ends), "pipe");
	fflush(stdout);
	if (!fork()) {
		close(ends[0]);
		be_the_other(ends[1]);
	}
	close(ends[1]);
	check_whole(ends[0]);
	check_cut_name(ends[0]);
	check_damaged(ends[0]);
	close(ends[0]);
	wait(&status);
	check(WIFEXITED(status) && !WEXITSTATUS(status), "the other process: %x", status);
	return check_result();
}
