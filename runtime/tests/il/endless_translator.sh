#!/bin/sh
# SPDX-License-Identifier: MIT
# In the place of llvm-spirv: writes until nobody reads.
exec yes
