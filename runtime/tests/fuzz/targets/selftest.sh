#!/bin/bash
# SPDX-License-Identifier: MIT
# run.sh BUILD itself: a fault is found, kept, and shown again by the input alone; without a
# fault, or without a target, it says so.
run=$(dirname "$0")/run.sh
build=$1
failures=0

fail() {
	echo "$1"
	failures=$((failures + 1))
}

output=$("$run" "$build" no-such-target 2>&1)
status=$?
[ $status -eq 77 ] || fail "a target that there is not: $status: $output"
"$run" --no-such-option "$build" planted >/dev/null 2>&1
[ $? -eq 2 ] || fail "an option that there is not is taken"
"$run" --help | grep -q -- --runs || fail "--help says nothing of --runs"

if [ ! -x "$build/lib/fuzz-planted" ]; then
	"$run" "$build" planted
	exit
fi
rm -f "$build"/fuzz/failures/planted-*
output=$("$run" --runs 1000000 "$build" planted 2>&1)
status=$?
[ $status -eq 1 ] || fail "a fault ends with $status: $output"
[[ $output == *heap-buffer-overflow* ]] || fail "the fault is not said: $output"
input=("$build"/fuzz/failures/planted-*)
[ -s "${input[0]}" ] || fail "the input was not kept"
output=$("$run" --input "${input[0]}" "$build" planted 2>&1) && fail "the input does no harm"
[[ $output == *heap-buffer-overflow* ]] || fail "the input shows nothing: $output"
rm -f "$build"/fuzz/failures/planted-*

[ $failures -eq 0 ] && echo "all as expected"
exit $((failures != 0))
