# SPDX-License-Identifier: MIT
# Building for the next parts while a part is tested.
#
# Tests leave processors idle: they wait for bounds, for each other, and the longest for nobody.
# What the next parts are built of is made in those gaps, behind all else, one part after the
# other. A part that can be built so has a function build_for_N, with _ for -, and calls
# build_part.

# The parts that were asked for, in their order.
asked_parts=()
# Of each part that is built for: the process, and what that has printed.
declare -A ahead_pids=() ahead_logs=()

# build_function PART
build_function() {
	echo "build_for_${1//-/_}"
}

# parts_behind PART: those that are built for
parts_behind() {
	local part seen=
	for part in "${asked_parts[@]}"; do
		[ -z "$seen" ] || ! declare -F "$(build_function "$part")" >/dev/null || echo "$part"
		[ "$part" != "$1" ] || seen=1
	done
}

# build_ahead PART: begins to build for the parts behind PART
build_ahead() {
	local part before=
	# Nobody can be asked for a password there.
	[ "$EUID" -eq 0 ] || sudo -n true 2>/dev/null || return 0
	for part in $(parts_behind "$1"); do
		[ -n "${ahead_pids[$part]-}" ] || start_ahead "$part" "$before" || return 0
		before=${ahead_pids[$part]}
	done
}

# start_ahead PART PID: builds for PART once the process PID, if one is named, has ended
start_ahead() {
	local log
	log=$(mktemp) || return 1
	# In a process group of its own, which can be ended as a whole.
	set -m
	(
		renice -n 19 "$BASHPID" >/dev/null
		[ -z "$2" ] || tail --pid="$2" -f /dev/null
		"$(build_function "$1")"
	) >"$log" 2>&1 </dev/null &
	ahead_pids[$1]=$!
	ahead_logs[$1]=$log
	set +m
}

# build_part PART: builds for a part, or waits until that is done
build_part() {
	local start=$SECONDS pid=${ahead_pids[$1]-} status
	if [ -z "$pid" ]; then
		timed "(building)" "$(build_function "$1")"
		return
	fi
	# No more behind others, where this user may say so.
	renice -n 0 -g "$pid" >/dev/null 2>&1
	wait "$pid"
	status=$?
	tee "$step_log" <"${ahead_logs[$1]}"
	forget_ahead "$1"
	note_time $((SECONDS - start)) "(building)"
	return $status
}

# forget_ahead PART
forget_ahead() {
	rm -f "${ahead_logs[$1]}"
	unset "ahead_pids[$1]" "ahead_logs[$1]"
}

# Where no part is to come any more.
end_build_ahead() {
	local part
	for part in "${!ahead_pids[@]}"; do
		kill -- "-${ahead_pids[$part]}" 2>/dev/null
		forget_ahead "$part"
	done
}
