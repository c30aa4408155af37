#!/bin/sh
# SPDX-License-Identifier: MIT
# again.sh TIMES COMMAND [ARGUMENT...]
# Runs COMMAND, and where it fails again, up to TIMES in all: for implementations other than
# ours, which crash or are late now and then. All that it prints is shown, and each failure is
# told. Status 77 (skipped) is passed on.
times=$1
shift
run=1
while :; do
	"$@"
	status=$?
	[ $status -ne 0 ] && [ $status -ne 77 ] || exit $status
	echo "again: status $status in run $run of $times"
	[ $run -lt "$times" ] || exit $status
	run=$((run + 1))
done
