#!/bin/sh
# SPDX-License-Identifier: MIT
# lintian.sh BUILD_DIR
# What Debian's checker says about the package that the test before has made: there must
# be no error and no warning but those that debian/lintian-overrides explains.
if ! command -v lintian >/dev/null; then
	echo "There is no lintian"
	exit 77
fi
output=$(lintian --allow-root --fail-on error,warning "$1"/package-test/*.deb 2>&1)
status=$?
printf '%s\n' "$output"
exit $status
