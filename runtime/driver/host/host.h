// SPDX-License-Identifier: MIT
/* The host driver: kernels run as native code on the runtime's threads. */
#ifndef TANDEM_DRIVER_HOST_HOST_H
#define TANDEM_DRIVER_HOST_HOST_H

#include "driver/driver.h"

extern const struct tandem_driver tandem_host_driver;

#endif
