#!/bin/sh
# SPDX-License-Identifier: MIT
# check_exports.sh LIBRARY MAP: the library exports exactly what the linker's map
# lists as global.
for program in nm sed sort; do
	if ! command -v "$program" >/dev/null; then
		echo "skipped: there is no $program"
		exit 77
	fi
done
exported=$(nm -D --defined-only "$1" | sed 's/.* //' | sort)
wanted=$(sed -n '/global:/,/local:/s/^[[:space:]]*\([A-Za-z_]\{1,\}\);.*/\1/p' "$2" | sort)
if [ -z "$wanted" ] || [ "$exported" != "$wanted" ]; then
	printf 'exported:\n%s\nexpected:\n%s\n' "$exported" "$wanted"
	exit 1
fi
