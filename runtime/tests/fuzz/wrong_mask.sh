#!/bin/bash
# SPDX-License-Identifier: MIT
# wrong_mask.sh KERNEL-FUZZ COMPILER-BUNDLES WRONG-BACK-END LIBRARY BACK-END-FOLDER
# A mask that is wrong in bundles must be found, by the fuzzer and by the test of bundles.
fuzz=$1 bundles=$2
failures=0
# The library takes the back end from the folder beside it.
top=$(mktemp -d) || exit 1
trap 'rm -rf "$top"' EXIT
mkdir "$top/tandem" && cp -L "$4" "$top/libtandem.so" && cp -rs "$5"/tandem-* "$top/tandem" &&
	ln -s "$3" "$top/tandem/libtandem-backend.so" &&
	echo "$top/libtandem.so" >"$top/tandem.icd" || exit 1
export TANDEM_LANES=8

fail() {
	echo "$1"
	failures=$((failures + 1))
}

programs=(--seed 4 --count 16 --class exits --class loops --class integers --reduce 0)
output=$("$fuzz" "${programs[@]}" --seconds 300 2>&1)
seen=$?
[ $seen -eq 77 ] && echo "$output" && exit 77
[ $seen -eq 0 ] || fail "without the fault: $output"
# With a wrong mask a loop may well go on without a lane, for ever.
output=$(OCL_ICD_VENDORS=$top/tandem.icd "$fuzz" "${programs[@]}" --seconds 20 2>&1)
[ $? -eq 1 ] || fail "the fuzzer does not fail: $output"
[[ $output == *" differs with "* ]] || fail "the fuzzer sees no difference: $output"

# Till the first difference.
exec {lines}< <(OCL_ICD_VENDORS=$top/tandem.icd exec stdbuf -oL "$bundles" 2>/dev/null)
bundles_pid=$!
grep -q -m 1 ', expected ' <&$lines || fail "the test of bundles sees no difference"
kill -KILL $bundles_pid 2>/dev/null

[ $failures -eq 0 ] && echo "all as expected"
exit $((failures != 0))
