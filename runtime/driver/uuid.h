// SPDX-License-Identifier: MIT
/* Identifiers of devices and drivers (cl_khr_device_uuid), the same in each process. */
#ifndef TANDEM_DRIVER_UUID_H
#define TANDEM_DRIVER_UUID_H

#include "driver.h"

/*
 * Fills in what identifies the device, made of its driver's name, vendor and name, and of the
 * machine's identity where that is known; and what identifies the driver, made of the version.
 */
void tandem_fill_uuids(struct tandem_device_properties *properties);

#endif
