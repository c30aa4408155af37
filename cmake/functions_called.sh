#!/bin/sh
# SPDX-License-Identifier: MIT
# functions_called.sh VALGRIND ORDER PROGRAM ARGUMENT...
# Writes the names of the functions that PROGRAM calls to the file ORDER, a line each; none
# where valgrind cannot run it.
valgrind=$1 order=$2
shift 2

if "$valgrind" --tool=callgrind --demangle=no --callgrind-out-file="$order.calls" \
	"$@" >"$order.log" 2>&1; then
	# Names are said once, with a number; 'N behind one is the depth of a recursion.
	sed -nE "s/^c?fn=\([0-9]+\) ([A-Za-z_][A-Za-z0-9_.$]*).*/\1/p" "$order.calls" |
		LC_ALL=C sort -u >"$order"
else
	echo "Functions of LLVM lie where its archives have them: valgrind could not run $1:"
	cat "$order.log"
	: >"$order"
fi
rm -f "$order.calls" "$order.log"
