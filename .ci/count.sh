# SPDX-License-Identifier: MIT
# How quickstart's tests are counted and timed, and the table that it ends with.
#
# What is counted belongs to the part that is running, see begin_part.

passed_count=0
failed_names=()
skipped_names=()
# What the running part took its time for: seconds, a tab, a name.
step_times=()
table_rows=()
# How many steps of a part the table names.
slowest_limit=3

# note_time SECONDS NAME
note_time() {
	step_times+=("$1"$'\t'"$2")
}

# timed NAME COMMAND...: runs a command that is not a test, such as a build
timed() {
	local name=$1 start=$SECONDS status
	shift
	"$@"
	status=$?
	note_time $((SECONDS - start)) "$name"
	return $status
}

# count_one NAME STATUS: a test that is not ctest's
count_one() {
	if [ "$2" -eq 0 ]; then
		passed_count=$((passed_count + 1))
	else
		failed_names+=("$1")
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
		failed) failed_names+=("$1: $name") ;;
		skipped) skipped_names+=("$1: $name") ;;
		esac
		[ "$kind" = skipped ] || note_time "$seconds" "$name"
		count=$((count + 1))
	done < <([ -r "$3" ] && awk -f .ci/junit.awk "$3")
	if [ $count -eq 0 ]; then
		failed_names+=("$1: ctest ran no test")
	elif [ "$2" -ne 0 ] && [ ${#failed_names[@]} -eq "$failed_before" ]; then
		failed_names+=("$1: ctest ended with status $2")
	fi
}

# count_lines PART STATUS FILE: adds the results in FILE, lines of PASS, FAIL or SKIP and
# a name, of a command that ended with STATUS
count_lines() {
	local kind name count=0 failed_before=${#failed_names[@]}

	while read -r kind name; do
		case $kind in
		PASS) passed_count=$((passed_count + 1)) ;;
		FAIL) failed_names+=("$1: $name") ;;
		SKIP) skipped_names+=("$1: $name") ;;
		*) continue ;;
		esac
		count=$((count + 1))
	done < <(tr -d '\r' <"$3")
	if [ $count -eq 0 ]; then
		failed_names+=("$1: no test was run")
	elif [ "$2" -ne 0 ] && [ ${#failed_names[@]} -eq "$failed_before" ]; then
		failed_names+=("$1: it ended with status $2")
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
