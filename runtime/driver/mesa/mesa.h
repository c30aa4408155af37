// SPDX-License-Identifier: MIT
/*
 * Devices that Mesa drives, by delegation to Mesa's own OpenCL driver: programs are
 * compiled, and kernels launched, by it. The runtime keeps queues, events, memory
 * and copies.
 *
 * Mesa's driver is loaded as a library of its own, not through the OpenCL loader,
 * which would lead back here. An application may use it through the loader as well.
 *
 * Only devices with system SVM are taken: they reach the runtime's own memory at its
 * addresses, and what they don't say of themselves is as for every device.
 */
#ifndef TANDEM_DRIVER_MESA_MESA_H
#define TANDEM_DRIVER_MESA_MESA_H

#include "driver/driver.h"

extern const struct tandem_driver tandem_mesa_driver;

#endif
