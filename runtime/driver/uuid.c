// SPDX-License-Identifier: MIT
#include "uuid.h"

#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "version.h"

/* An identifier of version 8 of RFC 9562: of any bytes, here of a hash. */
static void make_uuid(const char *text, uint8_t uuid[TANDEM_UUID_BYTES])
{
	XXH128_canonical_t hash;

	XXH128_canonicalFromHash(&hash, XXH3_128bits(text, strlen(text)));
	_Static_assert(sizeof(hash.digest) == TANDEM_UUID_BYTES, "a hash is as long");
	memcpy(uuid, hash.digest, TANDEM_UUID_BYTES);
	uuid[6] = (uint8_t)(0x80 | (uuid[6] & 0x0f));
	uuid[8] = (uint8_t)(0x80 | (uuid[8] & 0x3f));
}

/* Empty where the machine has none, as in many containers. */
static void read_machine_id(char *id, size_t bytes)
{
	FILE *file = fopen("/etc/machine-id", "re");

	if (!file || !fgets(id, (int)bytes, file))
		id[0] = 0;
	if (file)
		fclose(file);
}

void tandem_fill_uuids(struct tandem_device_properties *properties)
{
	char machine[64], text[sizeof(properties->name) + sizeof(properties->vendor) + 128];

	read_machine_id(machine, sizeof(machine));
	snprintf(text, sizeof(text), "%s\n%s\n%s\n%s", properties->driver_name, properties->vendor,
		 properties->name, machine);
	make_uuid(text, properties->uuid);
	snprintf(text, sizeof(text), "Tandem %s %s", TANDEM_VERSION, properties->driver_name);
	make_uuid(text, properties->driver_uuid);
}
