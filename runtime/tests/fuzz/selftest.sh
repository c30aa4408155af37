#!/bin/bash
# SPDX-License-Identifier: MIT
# kernel-fuzz itself: what is planted must be found, counted as what it is, and reduced.
fuzz=$1
failures=0

fail() {
	echo "$1"
	failures=$((failures + 1))
}

# ends_with CODE LINE OPTION...: of the programs 1 to 5 the last has the fault.
ends_with() {
	local code=$1 line=$2 output
	shift 2
	output=$("$fuzz" --class loops --class strides --jobs 2 --batch 5 --seconds 300 "$@" 2>&1)
	local seen=$?
	[ $seen -eq 77 ] && echo "$output" && exit 77
	[ $seen -eq "$code" ] || fail "$*: exit code $seen, expected $code: $output"
	[ "${output##*$'\n'}" = "$line" ] || fail "$*: ends with '${output##*$'\n'}', expected '$line'"
	text=$output
}

ends_with 0 "5 programs: 0 differ, 0 crash, 0 hang, 0 not built, 0 invalid" --count 5
ends_with 1 "5 programs: 1 differ, 0 crash, 0 hang, 0 not built, 0 invalid" \
	--count 5 --plant difference
[[ $text == *"program 5 differs with -cl-std=CL3.0, launch 0: element 3 of array 1: "* ]] ||
	fail "the planted difference is not described: $text"
[[ $text == *"reduced: "* ]] || fail "the planted difference does not stay: $text"
statements=$(grep -c ';$' <<<"$text")
[ "$statements" -lt 12 ] || fail "the planted difference is reduced to $statements lines: $text"
ends_with 1 "5 programs: 0 differ, 1 crash, 0 hang, 0 not built, 0 invalid" \
	--count 5 --plant crash --reduce 0
[[ $text == *"program 5 crashes with -cl-std=CL3.0, launch 0: signal 11"* ]] ||
	fail "the planted crash is not described: $text"
# What is left has the fault that was planted, and no other that a change brought.
ends_with 1 "5 programs: 0 differ, 0 crash, 0 hang, 1 not built, 0 invalid" \
	--count 5 --plant refusal
text=${text#*program 5 is not built with } # the build log is before it
[[ $text == *"for ("* ]] || fail "the planted refusal does not stay: $text"
statements=$(grep -c ';$' <<<"$text")
[ "$statements" -lt 12 ] || fail "the planted refusal is reduced to $statements lines: $text"
# Nothing but the program that hangs, so that a busy machine changes nothing.
ends_with 1 "1 programs: 0 differ, 0 crash, 1 hang, 0 not built, 0 invalid" \
	--seed 5 --count 1 --plant hang --reduce 0 --seconds 1

[ "$("$fuzz" --print 7)" = "$("$fuzz" --print 7)" ] || fail "a seed makes two programs"
[ "$("$fuzz" --print 7)" != "$("$fuzz" --print 8)" ] || fail "two seeds make one program"
"$fuzz" --list | grep -qx order || fail "--list does not name a class"
"$fuzz" --class nothing 2>/dev/null
[ $? -eq 2 ] || fail "a class that there is not is taken"

[ $failures -eq 0 ] && echo "all as expected"
exit $((failures != 0))
