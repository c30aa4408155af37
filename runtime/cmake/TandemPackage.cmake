# SPDX-License-Identifier: MIT
# The Debian package.
