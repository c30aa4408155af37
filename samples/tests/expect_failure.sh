#!/bin/sh
# SPDX-License-Identifier: MIT
# expect_failure.sh TEXT COMMAND [ARGUMENT...]
# Passes where COMMAND ends with status 1 and prints TEXT: a check that must fail is
# seen to fail, and for the reason that is expected. Status 77 (skipped) is passed on.
text=$1
shift
output=$("$@" 2>&1)
status=$?
printf '%s\n' "$output"
[ $status -eq 77 ] && exit 77
if [ $status -ne 1 ]; then
	echo "expect_failure: status $status, not 1"
	exit 1
fi
case $output in
*"$text"*)
	exit 0
	;;
esac
echo "expect_failure: '$text' was not printed"
exit 1
