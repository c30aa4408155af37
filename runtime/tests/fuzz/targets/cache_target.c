// SPDX-License-Identifier: MIT
/*
 * Entries of the kernel cache (cache.h), in a folder of the program's own. The first byte:
 * what is left wrong of the container's seal, and in its upper bits of the entry's head.
 */
#include "compiler/cache.c"

#include "target.h"

enum { WRONG_MAGIC = 16, WRONG_KEY = 32, WRONG_CHECKSUM = 64 };

static char folder[64] = "/tmp/tandem-fuzz-cache-XXXXXX";
static int opened = -1;

static void remove_folder(void)
{
	char entry[NAME_BYTES];

	name_entry(&(struct tandem_cache_key){ 0 }, entry);
	unlinkat(opened, entry, 0);
	unlinkat(opened, ".key", 0);
	rmdir(folder);
}

static void make_folder(void)
{
	/* In memory, where there is such a folder: files are written by the thousand. */
	if (!access("/dev/shm", W_OK))
		strcpy(folder, "/dev/shm/tandem-fuzz-cache-XXXXXX");
	fuzz_require(mkdtemp(folder) && !setenv("TANDEM_CACHE_DIR", folder, 1));
	opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fuzz_require(opened >= 0);
	atexit(remove_folder);
}

static void seal(unsigned char *bytes, size_t length, unsigned int wrong)
{
	struct head head;
	size_t left;

	if (length < sizeof(head))
		return;
	left = length - sizeof(head);
	memcpy(&head, bytes, sizeof(head));
	if (!(wrong & WRONG_MAGIC))
		memcpy(head.magic, magic, sizeof(magic));
	if (!(wrong & WRONG_KEY))
		memset(&head.key, 0, sizeof(head.key));
	if (head.dependency_bytes <= left) {
		if (!(wrong & WRONG_CHECKSUM))
			head.checksum = XXH3_64bits(bytes + sizeof(head), head.dependency_bytes);
		fuzz_seal(bytes + sizeof(head) + head.dependency_bytes,
			  left - head.dependency_bytes, ~wrong & FUZZ_SEAL_ALL);
	}
	memcpy(bytes, &head, sizeof(head));
}

static void write_file(const unsigned char *bytes, size_t length)
{
	char name[NAME_BYTES];
	int file;

	name_entry(&(struct tandem_cache_key){ 0 }, name);
	file = openat(opened, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	fuzz_require(file >= 0 && write(file, bytes, length) == (ssize_t)length && !close(file));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const struct tandem_cache_key key = { 0 };
	struct tandem_container container;
	struct tandem_binary binary = { 0 };
	unsigned char *copy;
	int error;

	if (opened < 0)
		make_folder();
	if (!length)
		return 0;
	copy = fuzz_copy(bytes + 1, length - 1);
	seal(copy, length - 1, bytes[0]);
	write_file(copy, length - 1);
	free(copy);
	error = tandem_cache_load(&key, &binary);
	fuzz_require(!error || error == -ENOENT);
	if (!error) {
		fuzz_require(!tandem_container_read(&container, binary.bytes, binary.length));
		fuzz_require(container.is_ours);
	}
	tandem_binary_finish(&binary);
	return 0;
}
