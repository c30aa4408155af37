#!/bin/sh
# SPDX-License-Identifier: MIT
# svmbench_usage.sh SVMBENCH
# What svmbench does with its command line; no OpenCL device is needed.
svmbench=$1
failures=0

# expect STATUS ARGUMENT...
expect() {
	expected=$1
	shift
	"$svmbench" "$@" >/dev/null 2>&1
	status=$?
	if [ $status -ne "$expected" ]; then
		echo "svmbench $*: status $status, not $expected"
		failures=$((failures + 1))
	fi
}

expect 0 --help
expect 0 --list
expect 0 --list --filter 'launch-*'
expect 2 --no-such-option
expect 2 operand
expect 2 --device
expect 2 --rounds 0
expect 2 --rounds -1
expect 2 --rounds 3x
expect 2 --rounds ''
expect 2 --rounds 99999999999999999999
expect 2 --measure-ms 10001
expect 2 --filter 'no-benchmark-has-this-name'
expect 2 --list --filter 'no-benchmark-has-this-name'
expect 2 --compare
expect 2 --compare /dev/null
expect 2 --compare /dev/null /dev/null /dev/null
expect 2 --compare /dev/null /there/is/no/such/file.icd

# An empty vendor file is no implementation: nothing can be measured.
OCL_ICD_VENDORS=/there/is/no/such/directory
export OCL_ICD_VENDORS
expect 77 --rounds 1

names=$("$svmbench" --list | cut -d ' ' -f 1)
if [ "$(echo "$names" | wc -l)" -lt 18 ] || [ -n "$(echo "$names" | sort | uniq -d)" ]; then
	echo "svmbench --list names: $names"
	failures=$((failures + 1))
fi
if [ "$("$svmbench" --list --filter 'triad-*' | wc -l)" -ne 2 ]; then
	echo "svmbench --list --filter 'triad-*' does not list two"
	failures=$((failures + 1))
fi
kernels=$("$svmbench" --list --filter 'kernels-*' | wc -l)
if [ "$kernels" -lt 25 ]; then
	echo "svmbench --list --filter 'kernels-*' lists $kernels"
	failures=$((failures + 1))
fi
[ $failures -eq 0 ]
