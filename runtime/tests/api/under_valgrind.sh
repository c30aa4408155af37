#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a program under valgrind: fails where that finds an error or lost memory,
# or where the program fails. 77 where valgrind or the program is missing.
for program in valgrind "$1"; do
	if ! command -v "$program" >/dev/null; then
		echo "skipped: there is no $program"
		exit 77
	fi
done
exec valgrind --quiet --error-exitcode=9 --leak-check=full \
	--show-leak-kinds=definite,indirect,possible --errors-for-leak-kinds=definite,indirect \
	--num-callers=30 --suppressions="$(dirname "$0")/valgrind.supp" "$@"
