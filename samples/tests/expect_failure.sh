#!/bin/sh
# SPDX-License-Identifier: MIT
# expect_failure.sh [--tries N] TEXT COMMAND [ARGUMENT...]
# Passes where COMMAND ends with status 1 and prints TEXT: a check that must fail is
# seen to fail, and for the reason that is expected. Status 77 (skipped) is passed on.
# --tries: what is seen by chance only, because threads have to meet, is tried up to N times.
tries=1
if [ "$1" = --tries ]; then
	tries=$2
	shift 2
fi
text=$1
shift
status=0
while [ $status -eq 0 ] && [ "$tries" -gt 0 ]; do
	output=$("$@" 2>&1)
	status=$?
	tries=$((tries - 1))
	printf '%s\n' "$output"
done
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
