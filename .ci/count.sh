# SPDX-License-Identifier: MIT
# How quickstart's tests are counted and timed, and the table that it ends with.
#
# What is counted belongs to the part that is running, see begin_part.

passed_count=0
failed_names=()
# The end of what each of these printed, by their places; lines that begin with blanks.
failed_outputs=()
skipped_names=()
# What the command printed that logged ran last; whoever uses this may name a file.
step_log=${step_log:-/dev/null}
# How many lines of the output of a failed test are kept, and of how many tests they are shown
# at the end: where there is little room, all names have to be in it.
output_lines=15
shown_outputs=8
# What the running part took its time for: seconds, a tab, a name.
step_times=()
table_rows=()
# How many steps of a part the table names.
slowest_limit=3

# note_time SECONDS NAME
note_time() {
	step_times+=("$1"$'\t'"$2")
}

# logged COMMAND...: runs a command; what it prints is shown, and kept for count_one
logged() {
	"$@" 2>&1 | tee "$step_log"
	return "${PIPESTATUS[0]}"
}

# timed NAME COMMAND...: runs a command that is not a test, such as a build; logged
timed() {
	local name=$1 start=$SECONDS status
	shift
	logged "$@"
	status=$?
	note_time $((SECONDS - start)) "$name"
	return $status
}

# count_failed NAME [OUTPUT]
count_failed() {
	failed_outputs[${#failed_names[@]}]=${2-}
	failed_names+=("$1")
}

# The end of what is on the standard input, as count_failed wants it: without what a terminal
# would have overwritten, and without colours.
end_of_output() {
	sed -e 's/\r$//; s/.*\r//; s/\x1b\[[0-9;]*[A-Za-z]//g; /^[[:space:]]*$/d; s/^    //; s/^/    /' |
		cut -c 1-300 | tail -n "$output_lines"
}

# count_one NAME STATUS: a test that is not ctest's, which was logged
count_one() {
	if [ "$2" -eq 0 ]; then
		passed_count=$((passed_count + 1))
	else
		count_failed "$1" "$(end_of_output <"$step_log")"
	fi
}

# count_skipped NAME REASON
count_skipped() {
	say "Skipped: $1: $2"
	skipped_names+=("$1: $2")
}

# count_ctest PART STATUS FILE: adds what ctest wrote to the JUnit file FILE before it
# ended with STATUS
count_ctest() {
	local kind seconds name count=0 failed_before=${#failed_names[@]}

	while IFS=$'\t' read -r kind seconds name; do
		case $kind in
		passed) passed_count=$((passed_count + 1)) ;;
		failed) count_failed "$1: $name" "    after ${seconds%.*} s; it printed at last:" ;;
		skipped) skipped_names+=("$1: $name") ;;
		output) add_output "$name" && continue ;;
		esac
		[ "$kind" = skipped ] || note_time "$seconds" "$name"
		count=$((count + 1))
	done < <([ -r "$3" ] && awk -v SHOWN="$output_lines" -f .ci/junit.awk "$3")
	if [ $count -eq 0 ]; then
		count_failed "$1: ctest ran no test"
	elif [ "$2" -ne 0 ] && [ ${#failed_names[@]} -eq "$failed_before" ]; then
		count_failed "$1: ctest ended with status $2"
	fi
}

# add_output LINE: to the output of the last failed one
add_output() {
	failed_outputs[${#failed_names[@]} - 1]+=$'\n'$(end_of_output <<<"$1")
}

# count_lines PART STATUS FILE: adds the results in FILE, lines of PASS, FAIL or SKIP and
# a name, of a command that ended with STATUS
count_lines() {
	local kind name count=0 failed_before=${#failed_names[@]}

	while read -r kind name; do
		case $kind in
		PASS) passed_count=$((passed_count + 1)) ;;
		FAIL) count_failed "$1: $name" "$(output_below "$name" <"$3")" ;;
		SKIP) skipped_names+=("$1: $name") ;;
		*) continue ;;
		esac
		count=$((count + 1))
	done < <(tr -d '\r' <"$3")
	if [ $count -eq 0 ]; then
		count_failed "$1: no test was run" "$(end_of_output <"$3")"
	elif [ "$2" -ne 0 ] && [ ${#failed_names[@]} -eq "$failed_before" ]; then
		count_failed "$1: it ended with status $2" "$(complaint_or_end "$3")"
	fi
}

# output_below NAME: of what is on the standard input, the end of the indented lines below the
# line "FAIL NAME"
output_below() {
	tr -d '\r' | name=$1 awk '/^(PASS|FAIL|SKIP) /  { below = $0 == "FAIL " ENVIRON["name"]; next }
		/^[^ \t]/ { below = 0 }
		below' | end_of_output
}

# complaint_or_end FILE: the beginning of what run-vm says of the kernel, or the end of all
complaint_or_end() {
	if grep -q '^run-vm: ' "$1"; then
		sed -n '/^run-vm: /,$p' "$1" | head -n "$output_lines" | end_of_output
	else
		end_of_output <"$1"
	fi
}

# Seconds of processor time that all processes which this one has waited for have taken.
processor_seconds() {
	awk -v ticks="$(getconf CLK_TCK)" '{ print int(($16 + $17) / ticks) }' /proc/$$/stat
}

# busy SECONDS PROCESSOR_SECONDS: how much of all processors' time was used, in percent
busy() {
	echo "$(($2 * 100 / ($1 * $(nproc) + !$1)))%"
}

# begin_part: what is counted from here on is the next part's.
begin_part() {
	step_times=()
	part_start=$SECONDS
	part_processor_start=$(processor_seconds)
	part_passed=$passed_count
	part_failed=${#failed_names[@]}
	part_skipped=${#skipped_names[@]}
}

# end_part NAME: adds the part to the table, with the steps that took longest, of those
# that took a second or more.
end_part() {
	local seconds name row

	seconds=$((SECONDS - part_start))
	row=$(printf '%-12s %-13s %4s %6d %6d %7d ' "$1" "$(duration $seconds)" \
		"$(busy $seconds $(($(processor_seconds) - part_processor_start)))" \
		$((passed_count - part_passed)) $((${#failed_names[@]} - part_failed)) \
		$((${#skipped_names[@]} - part_skipped)))
	while IFS=$'\t' read -r seconds name; do
		table_rows+=("$row$(printf ' %-13s %s' "$(duration "$seconds")" "$name")")
		row=$(printf '%54s' '')
	done < <(printf '%s\n' "${step_times[@]}" | awk -F'\t' -v OFS='\t' '
		$1 >= 0.5 { $1 = int($1 + 0.5); print }' | sort -rn -s -k 1,1 |
		head -n $slowest_limit)
	[[ $row == ' '* ]] || table_rows+=("${row%"${row##*[! ]}"}")
}

# print_table SECONDS: the parts that ended, the time of all, and how busy processors were
print_table() {
	printf '%-12s %-13s %4s %6s %6s %7s  %s\n' part time busy passed failed skipped \
		'slowest of it'
	printf '%s\n' "${table_rows[@]}"
	printf '%-12s %-13s %4s %6d %6d %7d\n' all "$(duration "$1")" \
		"$(busy "$1" "$(processor_seconds)")" "$passed_count" \
		${#failed_names[@]} ${#skipped_names[@]}
}

# The names of what failed, of the first ones with the end of what they printed
print_failed() {
	local i
	for i in "${!failed_names[@]}"; do
		say "${red}FAILED: ${failed_names[i]}${plain}"
		if [ "$i" -lt $shown_outputs ] && [ -n "${failed_outputs[i]}" ]; then
			say "${failed_outputs[i]}"
		fi
	done
}
