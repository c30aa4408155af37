#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs a target of libFuzzer; see usage() below.
set -u

usage() {
	cat <<'USAGE'
Usage: run.sh [OPTION...] FOLDER TARGET

Mutates what a target reads, for 20 seconds, in a build's FOLDER, of any preset, after
  cmake --build FOLDER --target fuzz-targets
A target reads one kind of bytes:
  container    programs' binaries          description  what is known of kernels
  object       object files                options      build options
  program      executables as a whole      printf       what kernels print
  cache        entries of the kernel cache
  foreign      executables from elsewhere, whose bitcode goes to a process of its own

  --seconds N  for so long; TANDEM_FUZZ_SECONDS says it too
  --runs N     so many inputs, however long it takes
  --seed N     the same mutations again, on one build with one corpus (1); 0 for others
               each time
  --corpus DIR keeps inputs that reach something new in DIR, and begins with those in it
  --input FILE one input again, such as was found to fail
  --help       this text

An input that crashes, takes longer than 100 seconds or more than 3 GB of memory ends it with
1, and is kept in FOLDER/fuzz/failures. What libFuzzer says as it goes is in
FOLDER/fuzz/TARGET.log. Skipped (77) where the target could not be built.
USAGE
}

die() {
	usage >&2
	echo "$*" >&2
	exit 2
}

seconds=${TANDEM_FUZZ_SECONDS-20} runs=-1 seed=1 kept='' input=''
while [ $# -gt 0 ]; do
	case $1 in
	--help) usage; exit 0 ;;
	--seconds | --runs | --seed | --corpus | --input)
		[ $# -gt 1 ] || die "$1 needs a value."
		case $1 in
		--seconds) seconds=$2 ;;
		--runs) runs=$2 seconds=0 ;;
		--seed) seed=$2 ;;
		--corpus) kept=$2 ;;
		--input) input=$2 ;;
		esac
		shift
		;;
	-*) die "There is no option $1." ;;
	*) break ;;
	esac
	shift
done
[ $# -eq 2 ] || die "A build's folder and a target are needed."
build=$1 target=$2 program=$1/lib/fuzz-$2
top=$(cd "$(dirname "$0")" && pwd)

if [ ! -x "$program" ]; then
	echo "There is no $program: $(cat "$build/fuzz/reason" 2>/dev/null ||
		echo "the target was not built")"
	exit 77
fi

# Memory that is short is an error like others.
export ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=1:${ASAN_OPTIONS-}
export UBSAN_OPTIONS=print_stacktrace=1:${UBSAN_OPTIONS-}
[ "$target" = cache ] || export TANDEM_CACHE_DIR=
failures=$build/fuzz/failures
mkdir -p "$failures" || exit 1
options=(-timeout=100 -rss_limit_mb=3072 -print_final_stats=1 -artifact_prefix="$failures/$target-")
if [ -n "$input" ]; then
	"$program" "${options[@]}" "$input"
	exit $(($? != 0))
fi

seeds=$build/fuzz/corpus/$target
if [ ! -d "$seeds" ] && [ "$target" != planted ]; then
	TANDEM_CACHE_DIR='' "$build/lib/fuzz-corpus" "$build/fuzz/corpus" || exit
fi
# New inputs go to the first folder; seeds stay as they are.
new=$kept
if [ -z "$new" ]; then
	new=$(mktemp -d) || exit 1
	trap 'rm -rf "$new"' EXIT
fi
mkdir -p "$new" || exit 1
log=$build/fuzz/$target.log
[ ! -e "$top/$target.dict" ] || options+=(-dict="$top/$target.dict")
"$program" "${options[@]}" -max_total_time="$seconds" -runs="$runs" -seed="$seed" \
	"$new" $([ ! -d "$seeds" ] || echo "$seeds") 2>"$log"
status=$?
grep -v -E '^#[0-9]+[[:space:]]+(NEW|REDUCE|RELOAD|pulse)|^INFO|NEW_FUNC|^#####|# Uses:' "$log" |
	tail -n 60
[ $status -eq 0 ]
