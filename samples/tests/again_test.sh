#!/bin/sh
# SPDX-License-Identifier: MIT
# again_test.sh AGAIN: what is tried again, how often, and what is said of it.
again=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

# expect STATUS RUNS TEXT SCRIPT: SCRIPT counts its runs in $work/runs, a letter each
expect() {
	: >"$work/runs"
	output=$(work=$work "$again" 3 sh -c "printf x >>\"\$work/runs\"; $4")
	status=$?
	runs=$(wc -c <"$work/runs")
	if [ $status -ne "$1" ] || [ "$runs" -ne "$2" ] || [ "$output" != "$3" ]; then
		echo "$4: status $status after $runs runs, expected $1 after $2; it printed: $output"
		failures=$((failures + 1))
	fi
}

expect 0 1 "well" 'echo well'
expect 77 1 "no device" 'echo no device; exit 77'
expect 0 2 "bad
again: status 5 in run 1 of 3
well" 'if [ -e "$work/was" ]; then echo well; else echo bad; : >"$work/was"; exit 5; fi'
expect 9 3 "again: status 9 in run 1 of 3
again: status 9 in run 2 of 3
again: status 9 in run 3 of 3" 'exit 9'
[ $failures -eq 0 ]
