# SPDX-License-Identifier: MIT
# The parts of quickstart's tests.
#
# A part named N is a function part_N, with _ for -. It prints what it does, and calls
# count_ctest, count_one or count_skipped for all that it tests; what it does not count was
# not tested (count.sh). A part for more is one more name in this list and one more function.

parts=(release static asan-ubsan tsan debian13 vm)
# Only where they are asked for: they take long.
more_parts=(vm-debug)

is_part() {
	local part
	for part in "${parts[@]}" "${more_parts[@]}"; do
		[ "$part" = "$1" ] && return 0
	done
	return 1
}

# How many tests run at a time: two more than there are processors, as some wait for bounds.
ctest_jobs() {
	echo "${CTEST_PARALLEL_LEVEL:-$(($(nproc) + 2))}"
}

# Tests that another part does, as ctest has them, for the next test_preset.
excluded_tests=

# test_preset PRESET [COMMAND...]: the tests of a preset, ctest run by COMMAND
test_preset() {
	local preset=$1 results
	results=$top/$(build_folder "$1")/test-results.xml
	shift
	build_ahead "$preset"
	heading "Testing: $preset"
	rm -f "$results"
	run "$@" ctest --preset "$preset" -j "$(ctest_jobs)" --output-junit "$results" \
		${excluded_tests:+-E "$excluded_tests"}
	count_ctest "$preset" $? "$results"
}

part_release() {
	timed "(building)" build_preset release || { count_one "release: build" 1; return; }
	logged run_first_program
	count_one "release: 01_svm_atomics" $?
	# PoCL takes minutes for all its programs: its newer release will do, which is there.
	if [[ " ${asked_parts[*]} " == *" debian13 "* && -z $(why_not_debian13) ]]; then
		excluded_tests='^conformance-pocl$'
	fi
	test_preset release
	excluded_tests=
}

part_static() {
	local check status start

	if [ ! -e build/compile_commands.json ]; then
		timed "(building)" build_preset release || { count_one "static: build" 1; return; }
	fi
	for check in files format layers sizes count ahead cache tidy; do
		heading "Testing: $check"
		start=$SECONDS
		logged run .ci/lint $check
		status=$?
		note_time $((SECONDS - start)) "$check"
		if [ "$status" -eq 77 ]; then
			count_skipped "static: $check" "$(tail -n 1 "$step_log")"
		else
			count_one "static: $check" "$status"
		fi
	done
}

build_for_asan_ubsan() {
	build_preset asan-ubsan
}

part_asan_ubsan() {
	build_part asan-ubsan || { count_one "asan-ubsan: build" 1; return; }
	test_preset asan-ubsan
}

build_for_tsan() {
	build_preset tsan
}

part_tsan() {
	build_part tsan || { count_one "tsan: build" 1; return; }
	# ThreadSanitizer wants its memory where some kernels' random addresses are.
	if setarch -R true 2>/dev/null; then
		test_preset tsan setarch -R
	else
		test_preset tsan
	fi
}

debian13_cache=${TANDEM_DEBIAN13_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tandem-debian13}
debian13_work=$top/build-debian13

# debian13 STEP [ARGUMENT...]
debian13() {
	local step=$1
	shift
	as_root .ci/debian13 "$step" "$debian13_cache" "$debian13_work" "$@"
}

# Why that cannot be tested here; nothing where it can.
why_not_debian13() {
	if [ "$os_id-$os_version" = debian-13 ]; then
		echo "this is Debian 13: the part 'release' tests the same"
	elif ! can_be_root; then
		echo "making its root folder needs root or sudo"
	else
		# By this user: what root makes, other caches could not be beside.
		mkdir -p "$(dirname "$debian13_cache")"
		debian13 check
	fi
}

build_for_debian13() {
	local reason
	reason=$(why_not_debian13)
	[ -z "$reason" ] || error "$reason" || return 1
	heading "Building: Debian 13"
	debian13 make && debian13 build
}

part_debian13() {
	local reason status

	reason=$(why_not_debian13)
	if [ -n "$reason" ]; then
		count_skipped debian13 "$reason"
		return
	fi
	build_part debian13 || { count_one "debian13: build" 1; return; }
	build_ahead debian13
	heading "Testing: Debian 13"
	debian13 test "$(ctest_jobs)"
	status=$?
	count_ctest debian13 $status "$debian13_work/tandem/build/test-results.xml"
	heading "The package, installed in Debian 13"
	timed package debian13 package
	count_one "debian13: installing the package" $?
}

# test_in_vm PART WHAT COMMAND...: a command that prints a line for each test
test_in_vm() {
	local part=$1 what=$2 status log=$top/build/$1-$2.txt start=$SECONDS

	heading "Testing in a virtual machine: $2"
	shift 2
	run "$@" 2>&1 | tee "$log"
	status=${PIPESTATUS[0]}
	note_time $((SECONDS - start)) "$what"
	if [ "$status" -eq 77 ]; then
		count_skipped "$part" "$(grep -v '^[[:space:]]*$' "$log" | tail -n 1)"
	else
		count_lines "$part" "$status" "$log"
	fi
}

# The kernel. What keeps it from being built, the tests say that need it.
build_for_vm() {
	install_optional "${vm_packages[@]}"
	run kmd-patches/build-kernel
	return 0
}

part_vm() {
	build_part vm
	timed "(release)" build_preset release || { count_one "vm: build" 1; return; }
	test_in_vm vm kernel kmd-patches/run-tests
	test_in_vm vm scripts kmd-patches/vm/test-scripts
	test_in_vm vm runtime runtime/tests/vm/run.sh build
	test_in_vm vm tandem-top runtime/tests/vm/run_top.sh build
}

part_vm_debug() {
	install_optional "${vm_packages[@]}"
	timed "(building)" build_preset release || { count_one "vm-debug: build" 1; return; }
	test_in_vm vm-debug kernel kmd-patches/run-tests --debug
	test_in_vm vm-debug runtime runtime/tests/vm/run.sh --debug build
}

# run_parts PART...: runs them all, and says how it went; the last line counts
run_parts() {
	local part list start=$SECONDS

	asked_parts=("$@")
	for part in "$@"; do
		begin_part
		"part_${part//-/_}"
		end_part "$part"
	done
	heading "Result"
	print_table $((SECONDS - start))
	for list in "${skipped_names[@]}"; do
		say "skipped: $list"
	done
	print_failed
	if [ ${#failed_names[@]} -eq 0 ]; then
		printf '%s' "$green"
	else
		printf '%s' "$red"
	fi
	say "Tests: $passed_count passed, ${#failed_names[@]} failed," \
		"${#skipped_names[@]} skipped$plain"
	[ ${#failed_names[@]} -eq 0 ]
}
