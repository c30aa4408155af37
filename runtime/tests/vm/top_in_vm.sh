#!/bin/bash
# SPDX-License-Identifier: MIT
# top_in_vm.sh BUILD_DIR: tandem-top on a virtual GPU, in the virtual machine of kmd-patches/.
# A line for each result, a count at the end.
build=$1
tools=$build/tools
top=$tools/tandem-top
work=/tmp/top
instances=/sys/kernel/tracing/instances
export OCL_ICD_VENDORS=$build/tandem.icd TANDEM_CACHE_DIR=$work/cache
passed=0
failed=0

# result STATUS NAME [REASON]
result() {
	if [ "$1" -eq 0 ]; then
		passed=$((passed + 1))
		echo "PASS top: $2"
	else
		failed=$((failed + 1))
		echo "FAIL top: $2${3:+ ($3)}"
	fi
}

# expect STATUS NAME COMMAND...: what COMMAND printed is in $work/output
expect() {
	local wanted=$1 name=$2 status=0
	shift 2
	timeout --kill-after=5 600 "$@" >"$work/output" 2>&1 || status=$?
	[ $status -eq "$wanted" ]
	result $? "$name" "status $status instead of $wanted"
	[ $status -eq "$wanted" ] || sed 's/^/    /' "$work/output"
}

# has NAME PATTERN FILE
has() {
	grep -Eq -e "$2" "$3"
	local status=$?
	result $status "$1" "no line with '$2'"
	[ $status -eq 0 ] || head -n 40 "$3" | sed 's/^/    /'
}

nothing_is_left() {
	local left
	left=$(find "$instances" /tmp -maxdepth 1 -name 'tandem-top-*')
	[ -z "$left" ]
	result $? "$1: nothing is left" "$left"
}

# wait_until COMMAND...: until it succeeds, but not for ever
wait_until() {
	local tries=3000
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

sample=("$build/samples/01_svm_atomics" --device vsvm --seconds 1)
mkdir -p "$work"

# --- a recording of a command ---

expect 0 "a recording" "$top" --record "$work/trace.json" -- "${sample[@]}"
has "the recording says what is in it" \
	'[1-9][0-9]* device faults, [1-9][0-9]* grants, [1-9][0-9]* revocations, [1-9][0-9]* launches' \
	"$work/output"
expect 0 "what the recording has" "$tools/check_trace" "$work/trace.json"
has "the GPU has its name" '"name":"GPU vsvm\.0 for 01_svm_atomics [0-9]+"' "$work/trace.json"
nothing_is_left "a recording"

# --- the live view, of a process that begins, and of one that is there already ---

# view NAME PATTERN... -- OPTION...: a view that is ended once it has shown a line of each; a
# process may take a while to begin.
view() {
	local name=$1 pattern pid status=0 patterns=()
	shift
	while [ "$1" != -- ]; do
		patterns+=("$1")
		shift
	done
	shift
	"$top" --batch --delay 0.5 "$@" >"$work/output" 2>&1 &
	pid=$!
	for pattern in "${patterns[@]}"; do
		wait_until grep -Eq -e "$pattern" "$work/output"
	done
	kill $pid
	wait $pid || status=$?
	result $status "$name" "status $status"
}

"${sample[0]}" --device vsvm --seconds 600 >"$work/sample" 2>&1 &
sample_pid=$!
name='01_svm_atomics  vsvm\.0'
rate='[0-9]*[1-9][0-9]*\.[0-9]|0\.[1-9]'
rates="^ +$sample_pid $name +($rate) +($rate) +($rate) .* cpu ($rate)"
taken="^ +$sample_pid $name +($rate) +[0-9a-f]+ .*01_svm_atomics/[0-9]+ ($rate)"
late="^ +$sample_pid $name .* >=[0-9]+ +[0-9]+ +~[0-9a-f]+-[0-9a-f]+ .* cpu ($rate)"
view "the live view" "$rates" "$taken" --
has "rates of a range" "$rates" "$work/output"
has "who takes a page" "$taken" "$work/output"
! grep -q $'\033' "$work/output"
result $? "plain lines"
view "a view that comes late" "$late" -- --pid $sample_pid
has "the GPU and a part of the range are known" "$late" "$work/output"
expect 0 "so many rounds" "$top" --batch --delay 0.1 --rounds 3 --pid $sample_pid
kill $sample_pid
wait $sample_pid 2>/dev/null
nothing_is_left "the live view"

# --- how commands end ---

trace=$work/other.json
expect 7 "the command's status" "$top" --record "$trace" -- sh -c 'exit 7'
expect 0 "an empty trace" "$tools/check_trace" "$trace" empty
expect 143 "a command that takes too long" "$top" --record "$trace" --seconds 0.2 -- sleep 1000
expect 127 "a command that is not there" "$top" --record "$trace" -- no-such-command
expect 126 "a command that cannot be run" "$top" --record "$trace" -- /etc/passwd
expect 1 "a file that cannot be written" "$top" --record /no/such/folder/trace -- true
expect 1 "a disk that is full" "$top" --record /dev/full -- true
nothing_is_left "commands"

# --- how it ends itself ---

# end_by SIGNAL NAME STATUS COMMAND...: sends it once the tracing has begun, and there is a
# file $ready
end_by() {
	local signal=$1 name=$2 wanted=$3 pid status=0
	shift 3
	# A shell lets what it starts in the background ignore SIGINT.
	env --default-signal=INT,QUIT "$@" >"$work/output" 2>&1 &
	pid=$!
	wait_until test -e "$instances/tandem-top-$pid/events/drm_exclusive/enable"
	wait_until grep -q 1 "$instances/tandem-top-$pid/events/drm_exclusive/enable"
	wait_until test -e "$ready"
	kill "-$signal" $pid
	wait $pid || status=$?
	[ $status -eq "$wanted" ]
	result $? "$name" "status $status: $(tail -n 3 "$work/output")"
	nothing_is_left "$name"
}

ready=$work
for signal in INT TERM HUP; do
	end_by $signal "the live view ends by SIG$signal" 0 "$top" --batch
	end_by $signal "a recording ends by SIG$signal" 0 "$top" --record "$trace"
	expect 0 "the trace after SIG$signal" "$tools/check_trace" "$trace" empty
done
ready=$work/ready
end_by TERM "the command is told to end" 9 "$top" --record "$trace" -- \
	sh -c 'trap "exit 9" TERM; : >"$0"; while :; do sleep 0.1; done' "$ready"
"$top" --batch 2>"$work/output" | head -n 1 >/dev/null
result "${PIPESTATUS[0]}" "nobody reads what it shows"
nothing_is_left "nobody reads what it shows"

# What was killed is cleaned up by the next.
"$top" --batch >/dev/null 2>&1 &
pid=$!
wait_until grep -q 1 "$instances/tandem-top-$pid/events/drm_exclusive/enable"
kill -KILL $pid
wait $pid 2>/dev/null
[ -d "$instances/tandem-top-$pid" ]
result $? "a killed one leaves its instance"
expect 0 "another one" "$top" --batch --delay 0.1 --rounds 1
nothing_is_left "another one"

# --- a terminal ---

if command -v script >/dev/null; then
	# A key that sorts, and q; the settings of the terminal are the same before and after.
	: >"$work/screen"
	(wait_until grep -q '1049h' "$work/screen" && printf g &&
		wait_until grep -q 'sorted by grants' "$work/screen" && printf q && sleep 5) |
		script -qefc "stty rows 20 cols 60; stty -g >$work/before; $top --delay 0.2;
			stty -g >$work/after" "$work/screen" >/dev/null
	cmp -s "$work/before" "$work/after"
	result $? "the terminal is as before"
	has "the screen was used" $'\033\\[\\?1049h' "$work/screen"
	has "and given back" $'\033\\[\\?1049l' "$work/screen"
	has "keys are taken" 'sorted by grants' "$work/screen"
	longest=$(tr '\033' '\n' <"$work/screen" | tr -d '\r' |
		sed -e 's/^\[[0-9?]*[a-zA-Z]//' -e '/^Script/d' | awk '{ if (length($0) > most) most = length($0) } END { print most }')
	[ "$longest" -le 60 ]
	result $? "no line is longer than the screen" "$longest"
	nothing_is_left "a terminal"
else
	echo "SKIP top: a terminal (there is no program 'script')"
fi

echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
