#!/bin/sh
# SPDX-License-Identifier: MIT
# compare.sh SUITE VENDOR_FILE EXPECTED REPORT [OPTION...]: runs the suite on an implementation
# and compares each result with what EXPECTED.json expects, or EXPECTED-VERSION.json where
# there are such files, for the major version of the implementation's driver. Reports go
# to REPORT.json, .html and .xml. OPTION is for the suite, such as --again 3 for what is not ours.
if [ ! -e "$2" ]; then
	echo "skipped: there is no $2"
	exit 77
fi
export OCL_ICD_VENDORS="$2"
suite=$1 expectations=$3 report=$4
shift 4
expected=$expectations.json
if [ ! -e "$expected" ]; then
	# One case tells what there is, also where it fails.
	rm -f "$report.json"
	"$suite" --filter allocation_capabilities_nest --json "$report.json"
	status=$?
	[ -e "$report.json" ] || exit $status
	version=$(sed -n 's/.*"driver": "\([0-9]*\).*/\1/p' "$report.json")
	expected=$expectations-$version.json
	if [ ! -e "$expected" ]; then
		echo "skipped: nothing says what to expect of the driver's version $version"
		exit 77
	fi
fi
exec "$suite" --timeout 120 --expect "$expected" --json "$report.json" --html "$report.html" \
	--junit "$report.xml" "$@"
