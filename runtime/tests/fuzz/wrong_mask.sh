#!/bin/bash
# SPDX-License-Identifier: MIT
# wrong_mask.sh KERNEL-FUZZ COMPILER-BUNDLES WRONG-MASK
# A mask that is wrong in bundles must be found, by the fuzzer and by the test of bundles.
fuzz=$1 bundles=$2 fault=$3
failures=0
export TANDEM_LANES=8

fail() {
	echo "$1"
	failures=$((failures + 1))
}

programs=(--seed 1 --count 16 --class exits --class loops --class integers --reduce 0)
output=$("$fuzz" "${programs[@]}" --seconds 300 2>&1)
seen=$?
[ $seen -eq 77 ] && echo "$output" && exit 77
[ $seen -eq 0 ] || fail "without the fault: $output"
output=$(LD_PRELOAD=$fault "$fuzz" "${programs[@]}" --seconds 300 2>&1)
[ $? -eq 1 ] || fail "the fuzzer does not fail: $output"
[[ $output == *" differs with "* ]] || fail "the fuzzer sees no difference: $output"

output=$(LD_PRELOAD=$fault "$bundles" 2>&1)
seen=$?
[ $seen -eq 1 ] || fail "the test of bundles ends with $seen: $output"
[[ $output == *", expected "* ]] || fail "the test of bundles sees no difference: $output"

[ $failures -eq 0 ] && echo "all as expected"
exit $((failures != 0))
