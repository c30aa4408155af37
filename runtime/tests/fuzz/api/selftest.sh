#!/bin/bash
# SPDX-License-Identifier: MIT
# api-fuzz itself: what is planted must end it, with the seed and the step; and on one thread a
# seed takes the same steps each time.
fuzz=$1
failures=0

fail() {
	echo "$1"
	failures=$((failures + 1))
}

# ends_with STATUS TEXT OPTION...
ends_with() {
	local status=$1 text=$2 output seen
	shift 2
	output=$("$fuzz" "$@" 2>&1)
	seen=$?
	[ $seen -eq 77 ] && echo "$output" && exit 77
	[ $seen -eq "$status" ] || fail "$*: status $seen, expected $status: $output"
	[[ $output == *"$text"* ]] || fail "$*: '$text' is not in: $output"
}

ends_with 0 ", no fault" --steps 500 --seed 5 --compile 0
ends_with 1 "thread 0: seed 5, step 50: " --steps 500 --seed 5 --plant difference
ends_with 134 "thread 0: seed 6, step 50: " --steps 500 --seed 6 --plant hang --compile 0 --patience 8
# The sanitizers' reports end in SIGABRT.
"$fuzz" --steps 500 --seed 7 --plant crash >/dev/null 2>&1
status=$?
[ $status -eq 139 ] || [ $status -eq 134 ] || fail "a crash ends with $status"
ends_with $status "thread 0: seed 7, step 50: " --steps 500 --seed 7 --plant crash
ends_with 2 "wrong argument" --no-such-option
[ "$("$fuzz" --help)" != "" ] || fail "--help says nothing"

once=$("$fuzz" --trace --seed 9 --steps 1000 --compile 0 2>&1 | grep -v ' steps, ')
twice=$("$fuzz" --trace --seed 9 --steps 1000 --compile 0 2>&1 | grep -v ' steps, ')
[ "$once" = "$twice" ] || fail "a seed takes two ways"
other=$("$fuzz" --trace --seed 10 --steps 1000 --compile 0 2>&1 | grep -v ' steps, ')
[ "$once" != "$other" ] || fail "two seeds take one way"

[ $failures -eq 0 ] && echo "all as expected"
exit $((failures != 0))
