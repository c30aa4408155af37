// SPDX-License-Identifier: MIT
/* Build options (build_options.h). The first byte: the step; the rest are the options. */
#include "program/build_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct tandem_build_options parsed;
	struct tandem_text log = { 0 };
	char *options;
	int error;

	if (!length)
		return 0;
	options = malloc(length);
	fuzz_require(options);
	memcpy(options, bytes + 1, length - 1);
	options[length - 1] = 0;
	error = tandem_build_options_parse(&parsed, options, bytes[0] % (TANDEM_STEP_LINK + 1),
					   &log);
	fuzz_require(!error || error == -ENOMEM || (error == -EINVAL && log.length));
	for (unsigned int i = 0; !error && i < parsed.argument_count; i++) {
		fuzz_touch(parsed.arguments[i].name, strlen(parsed.arguments[i].name) + 1);
		fuzz_touch(parsed.arguments[i].value, strlen(parsed.arguments[i].value) + 1);
	}
	tandem_build_options_finish(&parsed);
	tandem_text_finish(&log);
	free(options);
	return 0;
}
