// SPDX-License-Identifier: MIT
#include "container.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "origin.h"
#include "util/alloc.h"
#include "util/cpu_x86_64.h"
#include "version.h"

#define ALIGNMENT 16

static const char magic[8] = "TANDEM\x1a\n";
static const uint32_t format_version = 14;

struct head {
	char magic[8];
	uint32_t format_version;
	uint32_t kind;
	uint64_t length; /* of everything */
	uint64_t checksum; /* of everything, with this as 0 */
	unsigned char origin[TANDEM_ORIGIN_BYTES]; /* see origin.h; with both as 0 */
	char runtime_version[32];
	uint32_t processor[TANDEM_CPU_IDENTITY_WORDS];
	uint32_t optimised;
	uint32_t uses_windows;
	uint32_t is_foreign;
	uint32_t zeroed;
	struct {
		uint64_t offset, length;
	} sections[TANDEM_SECTION_COUNT];
};

static uint64_t checksum(const struct head *head, const char *bytes, size_t length)
{
	struct head without = *head;

	without.checksum = 0;
	return XXH3_64bits_withSeed(bytes + sizeof(without), length - sizeof(without),
				    XXH3_64bits(&without, sizeof(without)));
}

/* Who made it: a hash of the head and of the hash of what follows. */
static void sign(const struct head *head, const char *bytes, size_t length,
		 unsigned char origin[TANDEM_ORIGIN_BYTES])
{
	struct {
		struct head head;
		unsigned char content[TANDEM_ORIGIN_BYTES];
	} both;

	memset(&both, 0, sizeof(both));
	both.head = *head;
	both.head.checksum = 0;
	memset(both.head.origin, 0, sizeof(both.head.origin));
	tandem_origin_sign(bytes + sizeof(*head), length - sizeof(*head), both.content);
	tandem_origin_sign(&both, sizeof(both), origin);
}

static void identify(struct head *head)
{
	memset(head->runtime_version, 0, sizeof(head->runtime_version));
	strncpy(head->runtime_version, TANDEM_VERSION, sizeof(head->runtime_version) - 1);
	tandem_cpu_identity(head->processor);
}

void tandem_container_set(struct tandem_container *container, enum tandem_container_section section,
			  const struct tandem_text *text)
{
	container->sections[section].bytes = text->bytes;
	container->sections[section].length = text->length;
}

bool tandem_container_is_trusted(const struct tandem_container *container)
{
	return container->is_ours && !container->is_foreign;
}

int tandem_container_write(const struct tandem_container *container, struct tandem_binary *binary)
{
	struct head head = { .format_version = format_version,
			     .kind = container->kind,
			     .optimised = container->optimised,
			     .uses_windows = container->uses_windows,
			     .is_foreign = container->is_foreign,
			     .zeroed = container->zeroed };
	uint64_t end = tandem_align_up(sizeof(head), ALIGNMENT);
	char *bytes;

	memcpy(head.magic, magic, sizeof(magic));
	identify(&head);
	for (int i = 0; i < TANDEM_SECTION_COUNT; i++) {
		head.sections[i].offset = end;
		head.sections[i].length = container->sections[i].length;
		end = tandem_align_up(end + head.sections[i].length, ALIGNMENT);
	}
	head.length = end;
	bytes = calloc(1, end);
	if (!bytes)
		return -ENOMEM;
	for (int i = 0; i < TANDEM_SECTION_COUNT; i++) {
		if (container->sections[i].length)
			memcpy(bytes + head.sections[i].offset, container->sections[i].bytes,
			       container->sections[i].length);
	}
	sign(&head, bytes, end, head.origin);
	head.checksum = checksum(&head, bytes, end);
	memcpy(bytes, &head, sizeof(head));
	*binary = (struct tandem_binary){ .bytes = bytes, .length = end, .is_known = true };
	return 0;
}

static bool is_whole(const struct head *head, const void *bytes, size_t length)
{
	return head->checksum == checksum(head, bytes, length);
}

static bool is_signed(const struct head *head, const void *bytes, size_t length)
{
	unsigned char origin[TANDEM_ORIGIN_BYTES];

	sign(head, bytes, length, origin);
	return !memcmp(origin, head->origin, sizeof(origin));
}

int tandem_container_read_binary(struct tandem_container *container,
				 const struct tandem_binary *binary)
{
	const size_t length = binary->length;
	struct head head, here;

	if (length < sizeof(head))
		return -ENOEXEC;
	memcpy(&head, binary->bytes, sizeof(head));
	if (memcmp(head.magic, magic, sizeof(magic)) || head.format_version != format_version ||
	    head.length != length || head.kind <= TANDEM_BINARY_INVALID ||
	    head.kind > TANDEM_BINARY_EXECUTABLE ||
	    (!binary->is_known && !is_whole(&head, binary->bytes, length)))
		return -ENOEXEC;
	identify(&here);
	container->kind = head.kind;
	container->optimised = head.optimised;
	container->uses_windows = head.uses_windows;
	container->is_foreign = head.is_foreign;
	container->zeroed = head.zeroed;
	container->is_ours = binary->is_known || is_signed(&head, binary->bytes, length);
	container->is_native =
		container->is_ours &&
		!memcmp(head.runtime_version, here.runtime_version, sizeof(here.runtime_version)) &&
		!memcmp(head.processor, here.processor, sizeof(here.processor));
	for (int i = 0; i < TANDEM_SECTION_COUNT; i++) {
		if (head.sections[i].offset > length ||
		    head.sections[i].length > length - head.sections[i].offset)
			return -ENOEXEC;
		container->sections[i].bytes =
			(const char *)binary->bytes + head.sections[i].offset;
		container->sections[i].length = head.sections[i].length;
	}
	return 0;
}

int tandem_container_read(struct tandem_container *container, const void *bytes, size_t length)
{
	const struct tandem_binary binary = { .bytes = (void *)bytes, .length = length };

	return tandem_container_read_binary(container, &binary);
}
