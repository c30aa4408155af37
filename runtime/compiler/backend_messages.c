// SPDX-License-Identifier: MIT
#include <string.h>

#include "description.h"
#include "isolated_backend.h"
#include "util/alloc.h"

#define REQUEST_BEGIN 0x52455256u /* against a helper of another version */
#define RESULT_BEGIN  0x53455254u
#define MOST_MODULES  0x10000u

static void put_bytes(struct tandem_text *text, const void *bytes, size_t length)
{
	tandem_put_u64(text, length);
	tandem_text_add(text, bytes, length);
}

static const void *get_bytes(struct tandem_reader *reader, size_t *length)
{
	*length = tandem_get_u64(reader);
	return tandem_get_bytes(reader, *length);
}

uint64_t tandem_backend_request_length(const void *head)
{
	struct tandem_reader reader = { head, (const char *)head + TANDEM_REQUEST_HEAD, false };

	return tandem_get_u64(&reader);
}

static void put_request(const struct tandem_backend_request *request, struct tandem_text *bytes)
{
	tandem_put_u32(bytes, REQUEST_BEGIN);
	tandem_put_u32(bytes, request->make_library);
	tandem_put_u32(bytes, request->optimise);
	tandem_put_u32(bytes, request->uses_windows);
	tandem_put_u32(bytes, request->max_group);
	tandem_put_u32(bytes, request->zeroed);
	tandem_put_u32(bytes, request->lanes);
	tandem_put_u32(bytes, request->may_defer);
	tandem_put_u32(bytes, request->may_defer_smaller_groups);
	tandem_put_u32(bytes, request->takes_all_rows);
	tandem_put_u32(bytes, request->module_count);
	for (unsigned int i = 0; i < request->module_count; i++)
		put_bytes(bytes, request->modules[i].bytes, request->modules[i].length);
	tandem_put_u32(bytes, request->kernels != NULL);
	tandem_put_u32(bytes, request->kernel_count);
	for (unsigned int i = 0; i < request->kernel_count; i++)
		tandem_put_string(bytes, request->kernels[i], strlen(request->kernels[i]));
	put_bytes(bytes, request->constants, request->constant_count * sizeof(*request->constants));
}

void tandem_backend_write_request(const struct tandem_backend_request *request,
				  struct tandem_text *bytes)
{
	size_t begin = bytes->length + TANDEM_REQUEST_HEAD;
	uint64_t length = 0;

	tandem_put_u64(bytes, length);
	put_request(request, bytes);
	if (bytes->failed)
		return;
	length = bytes->length - begin;
	memcpy(bytes->bytes + begin - TANDEM_REQUEST_HEAD, &length, sizeof(length));
}

static void read_modules(struct tandem_backend_request *request, struct tandem_reader *reader)
{
	uint32_t count = tandem_get_u32(reader);
	struct tandem_backend_module *modules;

	reader->failed |= count > MOST_MODULES;
	modules = reader->failed ? NULL : tandem_new_array(modules, count + 1);
	reader->failed |= !modules;
	for (uint32_t i = 0; i < count && !reader->failed; i++)
		modules[i].bytes = get_bytes(reader, &modules[i].length);
	request->modules = modules;
	request->module_count = count;
}

static void read_kernels(struct tandem_backend_request *request, struct tandem_reader *reader)
{
	bool are_some = tandem_get_u32(reader);
	uint32_t count = tandem_get_u32(reader);
	const char **names = NULL;

	/* Each takes more than 4 bytes: a count beyond that is no count. */
	reader->failed |= count > (are_some ? (size_t)(reader->end - reader->next) / 4 : 0);
	if (are_some && !reader->failed) {
		names = tandem_new_array(names, count + 1);
		reader->failed |= !names;
	}
	for (uint32_t i = 0; names && i < count; i++)
		names[i] = tandem_get_string(reader);
	request->kernels = names;
	request->kernel_count = count;
}

static void read_constants(struct tandem_backend_request *request, struct tandem_reader *reader)
{
	struct tandem_backend_constant *constants = NULL;
	size_t length, count;
	const void *bytes = get_bytes(reader, &length);

	count = length / sizeof(*constants);
	reader->failed |= count * sizeof(*constants) != length;
	if (reader->failed || !count)
		return;
	constants = tandem_new_array(constants, count);
	reader->failed |= !constants;
	if (constants)
		memcpy(constants, bytes, length);
	request->constants = constants;
	request->constant_count = (unsigned int)count;
}

bool tandem_backend_read_request(struct tandem_backend_request *request, const void *bytes,
				 size_t length)
{
	struct tandem_reader reader = { bytes, (const char *)bytes + length, false };

	*request = (struct tandem_backend_request){ 0 };
	if (tandem_get_u32(&reader) != REQUEST_BEGIN)
		return false;
	request->make_library = tandem_get_u32(&reader);
	request->optimise = tandem_get_u32(&reader);
	request->uses_windows = tandem_get_u32(&reader);
	request->max_group = tandem_get_u32(&reader);
	request->zeroed = tandem_get_u32(&reader);
	request->lanes = tandem_get_u32(&reader);
	request->may_defer = tandem_get_u32(&reader);
	request->may_defer_smaller_groups = tandem_get_u32(&reader);
	request->takes_all_rows = tandem_get_u32(&reader);
	read_modules(request, &reader);
	read_kernels(request, &reader);
	read_constants(request, &reader);
	return !reader.failed && reader.next == reader.end;
}

void tandem_backend_write_result(const struct tandem_backend_result *result, int error,
				 struct tandem_text *bytes)
{
	const struct tandem_text *texts[] = { &result->bitcode, &result->object,
					      &result->description, &result->log, &result->notes };

	tandem_put_u32(bytes, RESULT_BEGIN);
	tandem_put_u32(bytes, (uint32_t)-error);
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(texts); i++)
		put_bytes(bytes, texts[i]->bytes, texts[i]->length);
}

bool tandem_backend_read_result(struct tandem_backend_result *result, int *error, const void *bytes,
				size_t length)
{
	struct tandem_reader reader = { bytes, (const char *)bytes + length, false };
	struct tandem_text *texts[] = { &result->bitcode, &result->object, &result->description,
					&result->log, &result->notes };

	if (!length || tandem_get_u32(&reader) != RESULT_BEGIN)
		return false;
	*error = -(int)tandem_get_u32(&reader);
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(texts); i++) {
		size_t part;
		const void *from = get_bytes(&reader, &part);

		if (from)
			tandem_text_add(texts[i], from, part);
	}
	return !reader.failed && reader.next == reader.end;
}
