#!/bin/sh
# SPDX-License-Identifier: MIT
# plant.sh SOURCE_DIR SUITE [FAULT...]
# plant.sh --check SOURCE_DIR
# Plants each fault of the list (or those named) in a copy of the sources, builds the library
# there, and runs those cases of SUITE that must notice. Succeeds where each fault fails at
# least one of its cases, and the library without a fault fails none of them. With --check:
# only whether the list and the patches agree, and each patch fits the sources.
check=false
if [ "$1" = --check ]; then
	check=true
	shift
fi
source=$1
suite=$2
[ $# -lt 2 ] || shift
shift
list=$source/conformance/faults/faults
patches=$source/conformance/faults/patches
missed=0
count=0

fail() {
	echo "$*"
	exit 1
}

# fit DIRECTION OPTION...: patch(1) on the patch of $fault, exactly as it stands
fit() {
	patch --strip=1 --fuzz=0 --batch --reject-file=- "$@" \
		<"$patches/$fault.patch" >"$work/log" 2>&1 ||
		{ cat "$work/log"; fail "the patch of the fault $fault does not fit the sources"; }
}

build() {
	ninja -C "$work/build" -j "${SVM_FAULT_JOBS:-2}" tandem tandem_backend >"$work/log" 2>&1 ||
		{ cat "$work/log"; fail "the library does not build with the fault ${fault:-none}"; }
}

# run_cases FILTER OPTION...: the suite's exit status; what it says is in $work/output
run_cases() {
	filter=$1
	shift
	rm -rf "$work/cache"
	mkdir "$work/cache"
	OCL_ICD_VENDORS=$work/build/tandem.icd TANDEM_CACHE_DIR=$work/cache \
		"$suite" "$@" --timeout "${SVM_FAULT_TIMEOUT:-20}" --filter "$filter" \
		>"$work/output" 2>&1
}

command -v patch >/dev/null || { echo "SKIP: no patch (apt install patch)"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
listed=$(sed -n 's/^\([a-z_]*\) .*/\1/p' "$list" | sort)
known=$(find "$patches" -name '*.patch' -exec basename {} .patch \; | sort)
[ "$listed" = "$known" ] || fail "faults of the list: $listed; patches: $known"
faults=${*:-$(sed -n 's/^\([a-z_]*\) .*/\1/p' "$list")}
for fault in $faults; do
	filter=$(sed -n "s/^$fault \([^ ]*\) .*/\1/p" "$list")
	[ -n "$filter" ] || fail "no such fault: $fault"
	filters=$filters${filters:+,}$filter
	fit --dry-run --directory="$source"
	count=$((count + 1))
done
if $check; then
	echo "$count patches fit"
	exit 0
fi

mkdir "$work/source" || exit 1
tar -C "$source" --exclude='./build*' --exclude=./.git -c . | tar -C "$work/source" -x || exit 1
cmake -S "$work/source" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
	-DBUILD_TESTING=OFF >"$work/log" 2>&1 || { cat "$work/log"; fail "cmake fails"; }
fault=
build
run_cases "$filters" || { cat "$work/output"; fail "cases fail without any fault"; }

count=0
for fault in $faults; do
	filter=$(sed -n "s/^$fault \([^ ]*\) .*/\1/p" "$list")
	fit --directory="$work/source"
	build
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
	fit --reverse --directory="$work/source"
done
echo "$count faults, $missed missed"
[ $missed -eq 0 ]
