#!/bin/sh
# SPDX-License-Identifier: MIT
# with_mesa.sh MESA_DEVICE COMMAND...: runs COMMAND where the program MESA_DEVICE finds a
# device of Mesa's, and is skipped where it says that there is none.
"$1" --find || exit
shift
exec "$@"
