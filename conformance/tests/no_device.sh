#!/bin/sh
# SPDX-License-Identifier: MIT
# no_device.sh SUITE: without any OpenCL device the suite says so, and exits with 77.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

OCL_ICD_VENDORS=$work "$1" >"$work/output" 2>&1
status=$?
if [ $status -ne 77 ] || ! grep -q 'No OpenCL device was found' "$work/output"; then
	echo "exit status $status, expected 77 and a message:"
	cat "$work/output"
	exit 1
fi
