// SPDX-License-Identifier: MIT
#include "driver.h"

#include "host/host.h"
#include "mesa/mesa.h"
#include "util/alloc.h"
#include "vsvm/vsvm.h"

const struct tandem_driver *const tandem_drivers[] = { &tandem_host_driver, &tandem_vsvm_driver,
						       &tandem_mesa_driver };
const unsigned int tandem_driver_count = TANDEM_ARRAY_SIZE(tandem_drivers);
