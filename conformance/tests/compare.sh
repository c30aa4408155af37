#!/bin/sh
# SPDX-License-Identifier: MIT
# compare.sh SUITE VENDOR_FILE EXPECTED REPORT: runs the suite on an implementation and
# compares each result with what EXPECTED.json expects, or EXPECTED-VERSION.json where
# there are such files, for the major version of the implementation's driver. Reports go
# to REPORT.json, .html and .xml.
if [ ! -e "$2" ]; then
	echo "skipped: there is no $2"
	exit 77
fi
export OCL_ICD_VENDORS="$2"
expected=$3.json
if [ ! -e "$expected" ]; then
	# one case tells what there is
	"$1" --filter allocation_capabilities_nest --json "$4.json" || exit
	version=$(sed -n 's/.*"driver": "\([0-9]*\).*/\1/p' "$4.json")
	expected=$3-$version.json
	if [ ! -e "$expected" ]; then
		echo "skipped: nothing says what to expect of the driver's version $version"
		exit 77
	fi
fi
exec "$1" --timeout 40 --expect "$expected" --json "$4.json" --html "$4.html" --junit "$4.xml"
