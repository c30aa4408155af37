#!/bin/bash
# SPDX-License-Identifier: MIT
#
# in_vm.sh BUILD
#
# The runtime on the virtual GPU: runs in the VM of kmd-patches/run-vm, with the
# programs of the build folder BUILD. A line of PASS, FAIL or SKIP for each test, a
# count at the end. Exit status 1 if one failed or none passed.
#
# Environment: TEST_SAMPLE (5), of how many rounds of what repeats itself one is done;
# TEST_KILLS (20), how often an application is killed; TEST_SECONDS (6), how long the
# sample that loses nothing runs for each number of words, three times as long as where it
# must; TEST_CONFORMANCE ('*'), which cases of the conformance suite.

build=$1
seconds=${TEST_SECONDS:-6}
parameters=/sys/module/vsvm/parameters
passed=0
failed=0
skipped=0
lengths=()
last_result=$SECONDS

export OCL_ICD_VENDORS=$build/tandem.icd TANDEM_DEVICES=vsvm TANDEM_THREADS=4
export TANDEM_CACHE_DIR=/tmp/cache
# Processors are emulated, and the host's device tries all of it.
export TANDEM_TEST_SAMPLE=${TEST_SAMPLE:-5}

# result PASS|FAIL|SKIP NAME [REASON]
result() {
	case $1 in
	PASS) passed=$((passed + 1)) ;;
	FAIL) failed=$((failed + 1)) ;;
	SKIP) skipped=$((skipped + 1)) ;;
	esac
	echo "$1 $2${3:+ ($3)}"
	lengths+=("$((SECONDS - last_result)) $2")
	last_result=$SECONDS
}

# How long what took longest took.
print_lengths() {
	echo "Seconds of those that took longest:"
	printf '%s\n' "${lengths[@]}" | sort -rn | head -n 12 | sed 's/^/    /'
}

# The last lines of a program's output, without what a terminal would have overwritten.
show() {
	sed 's/.*\x1b\[K//; s/^/    /' "$1" | tail -n "$2"
}

# judge STATUS NAME SEEN OUTPUT: the result of a command that ended with status SEEN, and has
# to end with STATUS; what it printed is in the file OUTPUT.
judge() {
	if [[ $3 -eq $1 ]]; then
		result PASS "$2"
	elif [[ $3 -eq 77 ]]; then
		result SKIP "$2" "$(tail -n 1 "$4" | cut -c1-120)"
	else
		result FAIL "$2" "status $3 instead of $1"
		show "$4" 20
	fi
}

# expect STATUS NAME COMMAND ...: the command has to end with that status. What must fail is
# tried a few times: on a busy machine the VM's CPUs rarely run at once.
expect() {
	local wanted=$1 name=$2 status

	shift 2
	for _ in 1 2 3 4 5; do
		status=0
		timeout -s KILL 900 "$@" > /tmp/output 2>&1 || status=$?
		[[ $wanted -ne 0 && $status -eq 0 ]] || break
	done
	judge "$wanted" "$name" $status /tmp/output
}

# Programs that run beside others: their names, and when they began, by process.
declare -A running begun

# await_one: until one of them has ended, which has to be with 0
await_one() {
	local pid status=0

	wait -n -p pid "${!running[@]}" || status=$?
	last_result=${begun[$pid]}
	judge 0 "${running[$pid]}" $status "/tmp/output-${running[$pid]}"
	rm -f "/tmp/output-${running[$pid]}"
	unset "running[$pid]"
}

# Each with another beside it: most keep one processor busy, and the other now and then.
api_tests() {
	local program name

	for program in "$build"/runtime/tests/compiler/compiler-{barriers,halves,language,printf} \
		"$build"/runtime/tests/{api/api,images/images}-*; do
		name=$(basename "$program")
		[[ -f $program && -x $program && $name != *-by-copies ]] || continue
		# these look at what all of the device has, or take all that there is
		[[ $name != api-vram && $name != api-failing-allocations ]] || continue
		[[ ${#running[@]} -lt 2 ]] || await_one
		timeout -s KILL 900 "$program" > "/tmp/output-$name" 2>&1 &
		running[$!]=$name begun[$!]=$SECONDS
	done
	while [[ ${#running[@]} -gt 0 ]]; do
		await_one
	done
	for name in api-vram api-failing-allocations; do
		expect 0 $name "$build/runtime/tests/api/$name"
	done
	expect 0 "images-access in forms" env TANDEM_FORM_ITEMS=0 \
		"$build/runtime/tests/images/images-access"
}

# Nothing is lost with exclusivity, and the sample notices that it is without.
samples() {
	local sample=$build/samples/01_svm_atomics words

	for words in 1 64 4096; do
		expect 0 "01_svm_atomics on $words words" \
			"$sample" --device vsvm --words $words --seconds "$seconds"
		if ! grep -q '^Kernel .* [1-9][0-9]* granted to it, [1-9][0-9]* revoked' \
			/tmp/output; then
			result FAIL "01_svm_atomics on $words words: what the kernel did"
			show /tmp/output 5
		fi
		show /tmp/output 8
		echo N > $parameters/exclusivity
		expect 1 "01_svm_atomics on $words words without exclusivity" \
			"$sample" --device vsvm --words $words --seconds $(((seconds + 2) / 3))
		show /tmp/output 8
		echo Y > $parameters/exclusivity
	done
	expect 0 02_svm_linked_list "$build/samples/02_svm_linked_list" --device vsvm
	expect 0 03_svm_ring "$build/samples/03_svm_ring" --device vsvm --seconds 1
	# one context with the host and both GPUs is what the suite's cases of several have
	expect 0 "conformance: several devices" env -u TANDEM_DEVICES \
		"$build/conformance/svm-conformance" --filter 'multi_device*' --device vsvm
}

# An application is killed at random moments of its life: nothing of it is left.
kills() {
	local kills=${TEST_KILLS:-20} left i

	RANDOM=${TEST_SEED:-$$}
	echo "seed of the moments: ${TEST_SEED:-$$}"
	for ((i = 0; i < kills; i++)); do
		"$build/samples/01_svm_atomics" --device vsvm --words $((1 << RANDOM % 13)) \
			--seconds 60 > /tmp/output 2>&1 &
		sleep "$(printf '%d.%03d' $((RANDOM % 3)) $((RANDOM % 1000)))"
		kill -KILL $!
		wait $! 2> /dev/null
		left=$(cat /sys/kernel/debug/dri/*/contexts | grep -c '^arena:')
		if [[ $left -ne 0 ]]; then
			result FAIL "killing the application" "$left contexts left after kill $i"
			return
		fi
	done
	result PASS "killing the application $kills times"
}

conformance() {
	local cases=${TEST_CONFORMANCE:-*} expected

	expected=$(dirname "$0")/../../../conformance/expected/vsvm.json
	# the first GPU; both behave alike, and several have cases of their own
	if TANDEM_THREADS=2 timeout -s KILL 3000 "$build/conformance/svm-conformance" \
		--device 0 --jobs 2 --timeout 240 --sample "$TANDEM_TEST_SAMPLE" \
		--filter "$cases" --expect "$expected" \
		> /tmp/output 2>&1; then
		result PASS "conformance: $cases" "$(grep '^all ' /tmp/output)"
	else
		result FAIL "conformance: $cases"
		grep -v '^pass' /tmp/output > /tmp/without_passes
		show /tmp/without_passes 40
	fi
}

# A fault of the GPU's: cases that let CPU and device change the same words must notice.
conformance_without_exclusivity() {
	echo N > $parameters/exclusivity
	expect 1 "conformance without exclusivity" "$build/conformance/svm-conformance" \
		--device 0 --sample "$TANDEM_TEST_SAMPLE" \
		--filter 'atomics_fetch_*_shared,progress_compare_exchange_*'
	grep '^all ' /tmp/output
	echo Y > $parameters/exclusivity
}

expect 0 "clinfo" clinfo
api_tests
samples
kills
conformance
conformance_without_exclusivity

echo
print_lengths
echo "Runtime on vsvm: $passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 && $passed -gt 0 ]]
