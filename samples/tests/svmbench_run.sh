#!/bin/sh
# SPDX-License-Identifier: MIT
# svmbench_run.sh SVMBENCH CMAKE VENDOR_FILE KERNELS [MAY_SKIP]
# What svmbench reports: good, wrong, crashing and hanging benchmarks, JSON, comparisons.
# No figure is judged. Of the group kernels those whose names match KERNELS are run. Benchmarks
# whose names the pattern MAY_SKIP matches may be skipped, with a reason.
svmbench=$1
cmake=$2
vendor_file=$3
kernels=$4
may_skip=${5-}
here=$(dirname "$0")
OCL_ICD_VENDORS=$vendor_file
export OCL_ICD_VENDORS
work=$(mktemp -d) || exit 1
TMPDIR=$work/tmp
export TMPDIR
mkdir "$TMPDIR"
trap 'rm -rf "$work"' EXIT
ulimit -c 0
failures=0

if [ ! -r "$vendor_file" ]; then
	echo "There is no $vendor_file"
	exit 77
fi

fail() {
	echo "$*"
	cat "$work/output"
	failures=$((failures + 1))
}

# expect STATUS ARGUMENT...: the output is in $work/output
expect() {
	expected=$1
	shift
	"$svmbench" "$@" >"$work/output" 2>&1
	status=$?
	[ $status -eq "$expected" ] || fail "svmbench $*: status $status, not $expected"
}

# expect_text PATTERN
expect_text() {
	grep -Eq "$1" "$work/output" || fail "this was not printed: $1"
}

expect 0 --selftest --filter selftest-good --rounds 1
expect_text 'selftest-good +1\.000 us'
expect 77 --selftest --filter selftest-skip
expect_text 'selftest-skip +skipped: it asks for what no device has'
expect 1 --selftest --filter 'selftest-[gw]*'
expect_text 'selftest-good +1\.000 us'
expect_text 'selftest-wrong +FAILED: element 0 is'
# A worker that is lost takes no other benchmark with it, before or after.
expect 1 --selftest --timeout 10 --rounds 2 --json "$work/selftest.json"
expect_text 'selftest-good +1\.000 us'
expect_text 'selftest-crash +FAILED: .*signal 6'
expect_text 'selftest-kernel +FAILED: argument 2, element 1000 is '
expect_text 'selftest-hang +FAILED: no answer from the worker within 10 s'
"$cmake" -DFILE="$work/selftest.json" -DSIDES=1 -DBENCHMARKS=6 -P "$here/check_json.cmake" \
	>"$work/output" 2>&1 && fail "check_json.cmake accepts failed benchmarks"
expect_text 'selftest-wrong: failed'

# Every benchmark, with its verification. Of kernels a few launches are enough. What was printed
# is in $work/printed.
# expect_all GLOB MEASURE_MS
expect_all() {
	expect 0 --rounds 1 --filter "$1" --measure-ms "$2" --json "$work/all.json"
	tee "$work/printed" <"$work/output"
	"$cmake" -DFILE="$work/all.json" -DSIDES=1 \
		-DBENCHMARKS="$("$svmbench" --list --filter "$1" | wc -l)" \
		-DMAY_SKIP="$may_skip" -P "$here/check_json.cmake" >"$work/output" 2>&1 ||
		fail "JSON of one side is wrong"
}

expect_all '[!k]*' 10
expect_all "$kernels" 1

# The limit is printed for a kernel that has a form by hand, and for no other.
mv "$work/printed" "$work/output"
expect_text 'kernels-nbody .*  [0-9.]+ of hand-written$'
expect_text 'kernels-scan .*  less$'
grep -q '"of_hand_written": {"median": [0-9.e-]*' "$work/all.json" ||
	fail "JSON lacks the ratio to the form by hand"

expect 1 --rounds 1 --measure-ms 10 --filter alloc-4k --json "$work/no/such/directory/file"

# One round: the ratio must be that of the two figures, and above 1 where A is better.
for name in launch-empty triad-cache kernels-nbody; do
	expect 0 --rounds 1 --measure-ms 10 --filter $name --json "$work/compare.json" \
		--compare "$vendor_file" "$vendor_file"
	"$cmake" -DFILE="$work/compare.json" -DSIDES=2 -DBENCHMARKS=1 \
		-P "$here/check_json.cmake" >>"$work/output" 2>&1 || fail "JSON of a comparison is wrong"
	tr -d '[]' <"$work/output" | awk -v name=$name '
		$1 == name {
			expected = $2 == "GB/s" ? $3 / $7 : $7 / $3
			# three digits are printed behind the point
			right = $11 > expected * 0.99 - 0.0005 && $11 < expected * 1.01 + 0.0005
			ratio = $11
		}
		/^geometric mean/ { mean = $NF }
		END { exit !(right && mean == ratio) }' || fail "the ratio of $name is not that of its figures"
done

if [ -n "$(ls -A "$TMPDIR")" ]; then
	echo "left behind: $(ls -A "$TMPDIR")"
	failures=$((failures + 1))
fi
[ $failures -eq 0 ]
