#!/bin/sh
# SPDX-License-Identifier: MIT
# selftest.sh PROGRAM: whether the harness tells each way in which a case can end. PROGRAM
# is the harness with the cases of selftest_cases.c.
program=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

# expect STATUS TEXT OPTION...: the exit status, and a text that must be printed
expect() {
	wanted=$1
	text=$2
	shift 2
	rm -f "$work/report"
	"$program" "$@" >"$work/output" 2>&1
	status=$?
	[ ! -e "$work/report" ] || cat "$work/report" >>"$work/output"
	if [ $status -ne "$wanted" ] || ! grep -q -e "$text" "$work/output"; then
		echo "$* : exit status $status, expected $wanted and '$text':"
		cat "$work/output"
		failures=$((failures + 1))
	fi
}

one() {
	wanted=$1
	text=$2
	shift 2
	expect "$wanted" "$text" --filter "$@"
}

one 0 '^pass  selftest_passes' selftest_passes
one 1 'expected 4, seen 3' selftest_fails
one 1 'seed 1, iteration 7' selftest_fails
one 1 'repeat: .*--seed 1 --filter selftest_fails' selftest_fails
# Of ten rounds the first five, or the first; the eighth fails.
one 0 '^pass  selftest_fails' selftest_fails --sample 2
one 0 '^pass  selftest_fails' selftest_fails --sample 100
one 1 'repeat: .*--filter selftest_fails --seconds 1 --sample 2' selftest_fails --sample 2 --seconds 1
expect 2 'sample takes a number from 1' --sample 0
one 77 'the device lacks wings' selftest_skips
one 1 'crash: Segmentation fault; last step: about to crash' selftest_crashes
one 1 'hang: no end after 4 s; last step: waiting for ever' selftest_hangs --timeout 4
one 1 'it printed: the stop word was seen' selftest_stops --timeout 4
one 1 'leak: processes were left behind' selftest_leaks
one 1 'ended by itself, exit status 0' selftest_exits
one 1 'crash: Aborted after the case had passed' selftest_crashes_at_exit
one 0 '^pass  selftest_passes' 'selftest_passes,selftest_skips'

# The others go on, which on a busy machine take a while as well.
expect 1 '^all  *3 *8 *1$' --timeout 4 --jobs 3
expect 1 '<failure message="hang' --timeout 2 --jobs 4 --junit "$work/report"
expect 1 '"name": "selftest_crashes", "area": "selftest", "status": "fail"' \
	--filter selftest_crashes --json "$work/report"
expect 1 'Repeat it: <code>' --filter selftest_crashes --html "$work/report"

# A page says what it ran on, and plots have axes with numbers and units.
page() {
	expect 0 "$1" --filter selftest_plots --jobs 2 --html "$work/report"
}
page "<th>kernel</th><td>$(uname -s) $(uname -r) "
page "<th>date</th><td>$(date -u +%Y-%m-)"
page '<th>options</th><td>.*<code>--jobs</code> <code>2</code>'
page '>time &#60;ms&#62;</text>'
page '>operations (1), logarithmic</text>'
page '>10000</text>'
page '>40</text>'
# The lower end of the logarithmic axis, where a zero is drawn.
page 'y="254.0">0</text>'
expect 0 '"x": "time <ms>", "y": "operations (1)", "curves": \[{"name": "many", "x": \[0, 10' \
	--filter selftest_plots --json "$work/report"

# The same seed, the same choices.
"$program" --seed 5 --filter selftest_draws | grep drew >"$work/first"
"$program" --seed 5 --filter selftest_draws | grep drew >"$work/second"
"$program" --seed 6 --filter selftest_draws | grep drew >"$work/third"
if ! cmp -s "$work/first" "$work/second" || cmp -s "$work/first" "$work/third"; then
	echo "seeds:"
	cat "$work/first" "$work/second" "$work/third"
	failures=$((failures + 1))
fi

# Expectations: equal, better, worse, missing, too many.
expect 1 '^all' --filter 'selftest_[pfc]*' --record "$work/record.json"
expect 0 '^0 differences' --filter 'selftest_[pfc]*' --expect "$work/record.json"
sed 's/"selftest_fails": "fail"/"selftest_fails": "pass"/' "$work/record.json" >"$work/worse"
expect 1 'selftest_fails: expected pass, seen fail' --filter 'selftest_[pfc]*' \
	--expect "$work/worse"
sed 's/"selftest_passes": "pass"/"selftest_passes": "fail"/' "$work/record.json" >"$work/better"
expect 1 'selftest_passes: expected fail, seen pass' --filter 'selftest_[pfc]*' \
	--expect "$work/better"
sed 's/"selftest_passes": "pass"/"selftest_passes": "fail|pass"/' "$work/record.json" >"$work/either"
expect 0 '^0 differences' --filter 'selftest_[pfc]*' --expect "$work/either"
sed 's/"selftest_passes": "pass"/"selftest_passes": "fail|skip"/' "$work/record.json" >"$work/neither"
expect 1 'expected fail|skip, seen pass' --filter 'selftest_[pfc]*' --expect "$work/neither"
grep -v selftest_passes "$work/record.json" >"$work/missing"
expect 1 '1 cases are not in' --filter 'selftest_[pfc]*' --expect "$work/missing"
expect 1 'No such file' --filter selftest_passes --expect "$work/nowhere"

# What fails once: alone it is a difference, and with --again both results are told.
once() {
	wanted=$1
	text=$2
	shift 2
	rm -f "$work/mark"
	SVM_SELFTEST_MARK=$work/mark
	export SVM_SELFTEST_MARK
	expect "$wanted" "$text" --filter 'selftest_[pfco]*' --expect "$work/all_pass" "$@"
}
cp "$work/record.json" "$work/all_pass"
echo '"selftest_once": "pass"' >>"$work/all_pass"
once 1 '^differs: selftest_once: expected pass, seen fail$'
once 1 '^    selftest_cases.c:[0-9]*: it is <the> first time$'
once 0 '^run again: selftest_once: expected pass, seen fail at first, pass in run 2$' --again 3
once 0 '^    at first: selftest_cases.c:[0-9]*: it is <the> first time$' --again 1
once 0 '^0 differences' --again 1 --jobs 3
once 0 '"name": "selftest_once".*"status": "pass".*"runs": 2, "first_status": "fail", "first_message": ".*it is <the> first' \
	--again 3 --json "$work/report"
once 0 'name="selftest_once"[^<]*<system-out>run 2 times; at first fail: .*it is &#60;the&#62; first time</system-out>' \
	--again 3 --junit "$work/report"
once 0 '<small>run 2 times; at first fail: .*it is &#60;the&#62; first time' \
	--again 3 --html "$work/report"
# Nothing else is run again, and what fails each time differs.
if [ "$(grep -c '^again: ' "$work/output")" -ne 1 ]; then
	echo "more than one case was run again:"
	cat "$work/output"
	failures=$((failures + 1))
fi
expect 1 '^differs: selftest_fails: expected pass, seen fail at first, fail in run 3$' \
	--filter 'selftest_[pfc]*' --expect "$work/worse" --again 2
expect 1 'selftest_passes: expected fail, seen pass at first, pass in run 2' \
	--filter 'selftest_[pfc]*' --expect "$work/better" --again 1
expect 1 'No such file' --filter selftest_passes --expect "$work/nowhere" --again 1
expect 2 'again needs --expect' --again 1
expect 2 'again takes a number from 1' --again 0 --expect "$work/record.json"

expect 0 'Usage:' --help
expect 2 'no option' nonsense
expect 2 'takes a number' --jobs 0
expect 2 'No case matches' --filter 'nothing*'
expect 0 'selftest_hangs' --list
[ $failures -eq 0 ]
