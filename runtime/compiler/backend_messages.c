// SPDX-License-Identifier: MIT
#include <string.h>

#include "description.h"
#include "isolated_backend.h"
#include "util/alloc.h"

#define REQUEST_BEGIN 0x52455255u /* against a helper of another version */
#define RESULT_BEGIN  0x53455254u
#define REQUEST_WORDS 8u /* before the modules */
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

void tandem_backend_write_request(const struct tandem_backend_request *request,
				  struct tandem_text *bytes)
{
	uint64_t length = REQUEST_WORDS * sizeof(uint32_t);

	for (unsigned int i = 0; i < request->module_count; i++)
		length += sizeof(uint64_t) + request->modules[i].length;
	tandem_put_u64(bytes, length);
	tandem_put_u32(bytes, REQUEST_BEGIN);
	tandem_put_u32(bytes, request->make_library);
	tandem_put_u32(bytes, request->optimise);
	tandem_put_u32(bytes, request->uses_windows);
	tandem_put_u32(bytes, request->max_group);
	tandem_put_u32(bytes, request->zeroed);
	tandem_put_u32(bytes, request->lanes);
	tandem_put_u32(bytes, request->module_count);
	for (unsigned int i = 0; i < request->module_count; i++)
		put_bytes(bytes, request->modules[i].bytes, request->modules[i].length);
}

bool tandem_backend_read_request(struct tandem_backend_request *request, const void *bytes,
				 size_t length)
{
	struct tandem_reader reader = { bytes, (const char *)bytes + length, false };
	struct tandem_backend_module *modules;

	*request = (struct tandem_backend_request){ 0 };
	if (tandem_get_u32(&reader) != REQUEST_BEGIN)
		return false;
	request->make_library = tandem_get_u32(&reader);
	request->optimise = tandem_get_u32(&reader);
	request->uses_windows = tandem_get_u32(&reader);
	request->max_group = tandem_get_u32(&reader);
	request->zeroed = tandem_get_u32(&reader);
	request->lanes = tandem_get_u32(&reader);
	request->module_count = tandem_get_u32(&reader);
	if (reader.failed || request->module_count > MOST_MODULES)
		return false;
	modules = tandem_new_array(modules, request->module_count + 1);
	request->modules = modules;
	for (unsigned int i = 0; modules && i < request->module_count; i++)
		modules[i].bytes = get_bytes(&reader, &modules[i].length);
	return modules && !reader.failed && reader.next == reader.end;
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
