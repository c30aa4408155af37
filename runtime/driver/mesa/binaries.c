// SPDX-License-Identifier: MIT
/*
 * The form of a binary of this driver: a head that says what it is and whose, and
 * behind it Mesa's own binary, which only the same Mesa and device take back.
 */
#include "device.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

static const char magic[8] = "TANDEM\x1aM";
static const uint32_t format_version = 1;

struct head {
	char magic[8];
	uint32_t format_version;
	uint32_t kind;
	uint32_t tells_arguments;
	uint32_t pad;
	uint64_t length; /* of everything */
	uint64_t checksum; /* of everything, with this as 0 */
	char mesa_version[64];
	char device_name[128];
};

static uint64_t checksum(const struct head *head, const char *bytes)
{
	struct head without = *head;

	without.checksum = 0;
	return XXH3_64bits_withSeed(bytes + sizeof(without), head->length - sizeof(without),
				    XXH3_64bits(&without, sizeof(without)));
}

static void identify(const struct tandem_mesa_device *device, struct head *head)
{
	memcpy(head->magic, magic, sizeof(magic));
	head->format_version = format_version;
	memcpy(head->mesa_version, device->core.properties.driver_version,
	       sizeof(head->mesa_version));
	memcpy(head->device_name, device->core.properties.name, sizeof(head->device_name));
}

int tandem_mesa_binary_write(const struct tandem_mesa_device *device, cl_program program,
			     const struct tandem_mesa_binary_kind *kind,
			     struct tandem_binary *binary)
{
	const cl_icd_dispatch *cl = device->cl;
	struct head head = { .kind = kind->kind, .tells_arguments = kind->tells_arguments };
	unsigned char *place;
	size_t bytes = 0;
	char *copy;
	int error = tandem_mesa_error("clGetProgramInfo",
				      cl->clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES,
							   sizeof(bytes), &bytes, NULL));

	if (error)
		return error;
	copy = malloc(sizeof(head) + bytes);
	if (!copy)
		return -ENOMEM;
	place = (unsigned char *)copy + sizeof(head);
	error = tandem_mesa_error("clGetProgramInfo",
				  cl->clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof(place),
						       &place, NULL));
	if (error) {
		free(copy);
		return error;
	}
	identify(device, &head);
	head.length = sizeof(head) + bytes;
	head.checksum = checksum(&head, copy);
	memcpy(copy, &head, sizeof(head));
	binary->bytes = copy;
	binary->length = head.length;
	return 0;
}

/* False where the binary is damaged, or of another Mesa, device or driver. */
static bool read_head(const struct tandem_mesa_device *device, const struct tandem_binary *binary,
		      struct head *head)
{
	struct head here;

	if (binary->length < sizeof(*head))
		return false;
	memcpy(head, binary->bytes, sizeof(*head));
	here = *head;
	identify(device, &here);
	return !memcmp(head, &here, sizeof(here)) && head->length == binary->length &&
	       head->kind > TANDEM_BINARY_INVALID && head->kind <= TANDEM_BINARY_EXECUTABLE &&
	       head->checksum == checksum(head, binary->bytes);
}

enum tandem_binary_kind tandem_mesa_inspect(struct tandem_device_core *core,
					    const struct tandem_binary *binary)
{
	struct head head;

	return read_head(tandem_mesa_device(core), binary, &head) ? head.kind :
								    TANDEM_BINARY_INVALID;
}

int tandem_mesa_binary_read(const struct tandem_mesa_device *device,
			    const struct tandem_binary *binary,
			    struct tandem_mesa_binary_kind *kind, cl_program *program)
{
	const unsigned char *bytes;
	struct head head;
	size_t length;
	cl_int code;

	if (!read_head(device, binary, &head))
		return -ENOEXEC;
	kind->kind = head.kind;
	kind->tells_arguments = head.tells_arguments;
	bytes = (const unsigned char *)binary->bytes + sizeof(head);
	length = binary->length - sizeof(head);
	*program = device->cl->clCreateProgramWithBinary(device->context, 1, &device->id, &length,
							 &bytes, NULL, &code);
	return tandem_mesa_error("clCreateProgramWithBinary", code);
}
