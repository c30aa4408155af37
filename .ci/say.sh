# SPDX-License-Identifier: MIT
# How quickstart talks. Colour only on a terminal that wants it.

if [ -t 1 ] && [ -z "${NO_COLOR-}" ] && [ "${TERM-dumb}" != dumb ]; then
	bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
else
	bold='' red='' green='' plain=''
fi

heading() {
	printf '\n%s== %s ==%s\n' "$bold" "$*" "$plain"
}

say() {
	printf '%s\n' "$*"
}

# Says what went wrong, and fails: error "..." || return
error() {
	printf '%sError: %s%s\n' "$red" "$*" "$plain" >&2
	return 1
}

die() {
	error "$@"
	exit 1
}

# run COMMAND...: shows the command, then runs it
run() {
	printf '%s$ %s%s\n' "$bold" "$*" "$plain"
	"$@"
}

# duration SECONDS
duration() {
	if [ "$1" -ge 60 ]; then
		printf '%d min %d s' $(($1 / 60)) $(($1 % 60))
	else
		printf '%d s' "$1"
	fi
}
