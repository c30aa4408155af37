#!/bin/sh
# SPDX-License-Identifier: MIT
# compare.sh SUITE VENDOR_FILE EXPECTED REPORT: runs the suite on an implementation and
# compares each result with what is expected. Reports go to REPORT.json, .html and .xml.
if [ ! -e "$2" ]; then
	echo "skipped: there is no $2"
	exit 77
fi
OCL_ICD_VENDORS=$2 exec "$1" --timeout 40 --expect "$3" --json "$4.json" --html "$4.html" \
	--junit "$4.xml"
