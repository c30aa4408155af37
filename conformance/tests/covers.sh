#!/bin/sh
# SPDX-License-Identifier: MIT
# covers.sh EXPECTED OTHER: every case that passes in the file OTHER passes in EXPECTED too.
passing() {
	sed -n 's/^[[:space:]]*"\([^"]*\)": "pass".*/\1/p' "$1" | sort
}

here=$(mktemp) && there=$(mktemp) || exit 1
trap 'rm -f "$here" "$there"' EXIT
passing "$1" >"$here"
passing "$2" >"$there"
[ -s "$there" ] || { echo "no case passes in $2"; exit 1; }
missing=$(comm -13 "$here" "$there")
[ -z "$missing" ] && exit 0
echo "These pass in $2 only:"
echo "$missing"
exit 1
