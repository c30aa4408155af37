#!/bin/sh
# SPDX-License-Identifier: MIT
# top_usage.sh TANDEM_TOP
# What tandem-top does with its command line, and where nothing can be traced; needs no GPU.
top=$1
failures=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# expect STATUS WORDS ARGUMENT...: ends with STATUS and says WORDS on stderr, or on stdout
expect() {
	expected=$1
	words=$2
	shift 2
	"$top" "$@" >"$work/output" 2>&1 </dev/null
	status=$?
	if [ $status -ne "$expected" ] || ! grep -q -e "$words" "$work/output"; then
		echo "tandem-top $*: status $status, not $expected, or without '$words':"
		cat "$work/output"
		failures=$((failures + 1))
	fi
}

expect 0 'Usage: tandem-top' --help
expect 0 'Usage: tandem-top' -h
expect 0 '^tandem-top [0-9]' --version
expect 2 "Try 'tandem-top --help'" --no-such-option
expect 2 'for --record only' operand
expect 2 'for --record only' --seconds 3
expect 2 'takes seconds' --delay 0
expect 2 'takes seconds' --delay nan
expect 2 'takes seconds' --delay 1x
expect 2 'takes seconds' -d ''
expect 2 'takes a number' --rounds 0
expect 2 'takes a number' -n -1
expect 2 'takes a number' --pid 0
expect 2 'takes a number' --pid 99999999999999999999
expect 2 'takes one of' --sort x
expect 2 'takes one of' --sort ''
expect 2 'no --rounds' --record "$work/trace" --batch
expect 2 'run already' --record "$work/trace" --pid 1 -- true
expect 2 'argument' --record

# --- where nothing can be traced: all is as before ---

expect 77 'is no tracefs' --tracefs "$work"
mkdir -p "$work/fake/instances"
expect 77 'no tracepoints of drm_exclusive' --tracefs "$work/fake"
mkdir -p "$work/fake/events/drm_exclusive"
expect 77 'cannot be set' --tracefs "$work/fake"
expect 77 'cannot be set' --tracefs "$work/fake" --record "$work/trace" -- touch "$work/ran"
for left in "$work/ran" "$work/trace" "$work"/fake/instances/*; do
	if [ -e "$left" ]; then
		echo "$left is there"
		failures=$((failures + 1))
	fi
done

# Root may look everywhere.
if [ "$(id -u)" -ne 0 ]; then
	chmod 0 "$work/fake"
	expect 77 'is for root' --tracefs "$work/fake"
	chmod 700 "$work/fake"
elif command -v setpriv >/dev/null && setpriv --reuid=65534 "$top" --version >/dev/null 2>&1; then
	chmod 711 "$work"
	chmod 700 "$work/fake"
	setpriv --reuid=65534 --regid=65534 --clear-groups "$top" --tracefs "$work/fake" \
		>"$work/output" 2>&1
	status=$?
	if [ $status -ne 77 ] || ! grep -q 'is for root' "$work/output"; then
		echo "not as root: status $status: $(cat "$work/output")"
		failures=$((failures + 1))
	fi
fi
[ $failures -eq 0 ]
