#!/bin/sh
# SPDX-License-Identifier: MIT
# plant.sh SOURCE_DIR SUITE [FAULT...]
# Builds each fault (all of the list without names) into a throw-away build of the library,
# and runs those cases of SUITE that must notice. Succeeds where each fault fails at least
# one of its cases, and the library without a fault fails none of them. The build is kept in
# SVM_FAULT_BUILD where that is set, so that the next call need not begin anew.
source=$1
suite=$2
shift 2
list=$source/conformance/faults/faults
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
build=${SVM_FAULT_BUILD:-$work/build}
missed=0
count=0

fail() {
	echo "$*"
	exit 1
}

# build_with FAULT
build_with() {
	cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF \
		-DTANDEM_PLANT_FAULT="$1" >"$work/log" 2>&1 &&
		ninja -C "$build" -j "${SVM_FAULT_JOBS:-2}" tandem tandem_backend >>"$work/log" 2>&1 ||
		{ cat "$work/log"; fail "the library does not build with the fault $1"; }
}

# run_cases FILTER OPTION...: the suite's exit status; what it says is in $work/output
run_cases() {
	filter=$1
	shift
	rm -rf "$work/cache"
	mkdir "$work/cache"
	OCL_ICD_VENDORS=$build/tandem.icd TANDEM_CACHE_DIR=$work/cache \
		"$suite" "$@" --timeout "${SVM_FAULT_TIMEOUT:-20}" --filter "$filter" \
		>"$work/output" 2>&1
}

# The list and the library must agree on the names.
listed=$(sed -n 's/^\([a-z_]*\) .*/\1/p' "$list" | sort)
known=$(sed -n 's/^\tTANDEM_FAULT_\([a-z_]*\),.*/\1/p' "$source/runtime/util/fault.h" |
	grep -v '^none$' | sort)
[ "$listed" = "$known" ] || fail "faults of the list: $listed; of the library: $known"

faults=${*:-$(sed -n 's/^\([a-z_]*\) .*/\1/p' "$list")}
build_with none
for fault in $faults; do
	filter=$(sed -n "s/^$fault \([^ ]*\) .*/\1/p" "$list")
	[ -n "$filter" ] || fail "no such fault: $fault"
	filters=$filters${filters:+,}$filter
done
run_cases "$filters" || { cat "$work/output"; fail "cases fail without any fault"; }

for fault in $faults; do
	filter=$(sed -n "s/^$fault \([^ ]*\) .*/\1/p" "$list")
	build_with "$fault"
	# Cases that repeat themselves get time: some faults show only now and then.
	run_cases "$filter" --seconds 4
	status=$?
	count=$((count + 1))
	if [ $status -eq 1 ] && grep -q '^fail' "$work/output"; then
		echo "caught  $fault: $(sed -n 's/^fail  \([^ ]*\).*/\1/p' "$work/output" |
			wc -l) of $(grep -c '^[a-z]*  [a-z0-9_]* (' "$work/output") cases fail," \
			"first $(sed -n 's/^fail  \([^ ]*\).*/\1/p' "$work/output" | head -1)"
	else
		echo "MISSED  $fault: exit status $status"
		missed=$((missed + 1))
	fi
done
echo "$count faults, $missed missed"
[ $missed -eq 0 ]
