// SPDX-License-Identifier: MIT
/*
 * The virtual SVM GPU: a DRM render node whose cores are the runtime's threads and
 * whose page tables are the kernel driver's (runtime/uapi/drm/vsvm_drm.h). Its
 * atomic operations are not coherent with the CPU's: what keeps them apart is the
 * device-exclusive grant of the pages.
 */
#ifndef TANDEM_DRIVER_VSVM_VSVM_H
#define TANDEM_DRIVER_VSVM_VSVM_H

#include "driver/driver.h"

extern const struct tandem_driver tandem_vsvm_driver;

#endif
