# SPDX-License-Identifier: MIT
# Building for the next part while a part is tested.
#
# Tests leave processors idle: they wait for bounds, for each other, and the longest for nobody.
# What the next part is built of is made in those gaps, behind all else. A part that can be
# built so has a function build_for_N, with _ for -, and calls build_part.

# The parts that were asked for, in their order.
asked_parts=()
# The part that is built for, its process, and what that has printed.
ahead_part=
ahead_pid=
ahead_log=

# build_function PART
build_function() {
	echo "build_for_${1//-/_}"
}

# part_behind PART: the next one that is built for
part_behind() {
	local part seen=
	for part in "${asked_parts[@]}"; do
		if [ -n "$seen" ] && declare -F "$(build_function "$part")" >/dev/null; then
			echo "$part"
			return
		fi
		[ "$part" = "$1" ] && seen=1
	done
}

# build_ahead PART: begins to build for the part behind PART
build_ahead() {
	local part
	part=$(part_behind "$1")
	[ -n "$part" ] && [ -z "$ahead_part" ] || return 0
	# Nobody can be asked for a password there.
	[ "$EUID" -eq 0 ] || sudo -n true 2>/dev/null || return 0
	ahead_log=$(mktemp) || return 0
	ahead_part=$part
	# In a process group of its own, which can be ended as a whole.
	set -m
	(
		renice -n 19 "$BASHPID" >/dev/null
		"$(build_function "$part")"
	) >"$ahead_log" 2>&1 </dev/null &
	ahead_pid=$!
	set +m
}

# build_part PART: builds for a part, or waits until that is done
build_part() {
	local start=$SECONDS status
	if [ "$ahead_part" != "$1" ]; then
		timed "(building)" "$(build_function "$1")"
		return
	fi
	# No more behind others, where this user may say so.
	renice -n 0 -g "$ahead_pid" >/dev/null 2>&1
	wait "$ahead_pid"
	status=$?
	tee "$step_log" <"$ahead_log"
	rm -f "$ahead_log"
	ahead_part=
	note_time $((SECONDS - start)) "(building)"
	return $status
}

# Where no part is to come any more.
end_build_ahead() {
	[ -n "$ahead_part" ] || return 0
	kill -- "-$ahead_pid" 2>/dev/null
	rm -f "$ahead_log"
	ahead_part=
}
