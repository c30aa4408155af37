#!/bin/sh
# SPDX-License-Identifier: MIT
# readme_program.sh README VENDORS COMPILER
# Builds the first program of README.md as it says there, and runs it.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
sed -n '/^```c$/,/^```$/{/^```/!p}' "$1" >"$work/first.c"
if ! [ -s "$work/first.c" ]; then
	echo "There is no program in $1"
	exit 1
fi
"$3" -Wall -Werror "$work/first.c" -o "$work/first" -lOpenCL -pthread || exit 1
seen=$(OCL_ICD_VENDORS=$2 TANDEM_CACHE_DIR='' "$work/first")
if [ "$seen" != 2000000 ]; then
	echo "printed '$seen', not 2000000"
	exit 1
fi
