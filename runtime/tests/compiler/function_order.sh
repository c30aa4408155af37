#!/bin/sh
# SPDX-License-Identifier: MIT
# function_order.sh ORDER FILE: whether the functions listed in ORDER lie together in FILE.
#
# Of those that FILE has, nine of ten must lie within twice the room that they take.
set -eu
order=$1 file=$2

[ "$(grep -c . "$order")" -gt 0 ] || {
	echo "skipped: valgrind could not run a compilation"
	exit 77
}
nm -n -S -t d "$file" | awk -v file="$file" '
	FNR == NR { listed[$1]; next }
	$3 ~ /[tTwW]/ && $4 in listed { place[++count] = $1; bytes += $2 }
	END {
		skipped = int(count / 20)
		span = place[count - skipped] - place[1 + skipped]
		printf "%s: %d functions, %d KiB, nine of ten within %d KiB\n", file, count,
			bytes / 1024, span / 1024
		exit count < 1000 || span > 2 * bytes
	}' "$order" -
