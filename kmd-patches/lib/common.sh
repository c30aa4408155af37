# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Shared by the scripts of this folder: where things are, and the key under
# which a built kernel is kept.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${TANDEM_KERNEL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tandem-kernel}

# The base: an unpacked tree, or the tar archive of this package of Debian's, which is
# installed, or was fetched by fetch-base.
base_package=linux-source-7.3
base=${TANDEM_KERNEL_SOURCE:-/usr/src/$base_package.tar.xz}
if [[ -z ${TANDEM_KERNEL_SOURCE:-} && ! -e $base ]]; then
	base=$cache/$base_package.tar.xz
fi

# Exit status of a test that cannot run here.
skip=77

die() {
	echo "$(basename "$0"): $*" >&2
	exit 1
}

# cannot_run REASON: say so, and that nothing was tested.
cannot_run() {
	echo "SKIP: $*" >&2
	exit $skip
}

# need PROGRAM=PACKAGE ...: go on only where all these programs are. A PROGRAM that
# ends with .h is a header of the compiler's instead.
need() {
	local pair program lacking=()

	for pair in "$@"; do
		program=${pair%%=*}
		case $program in
		*.h)
			echo "#include <$program>" | "${CC:-gcc}" -E - > /dev/null 2>&1 ||
				lacking+=("${pair#*=}")
			;;
		*)
			# some are root's, and not in everybody's PATH
			PATH=$PATH:/usr/sbin:/sbin command -v "$program" > /dev/null ||
				lacking+=("${pair#*=}")
			;;
		esac
	done
	[[ ${#lacking[@]} -eq 0 ]] ||
		cannot_run "packages are missing: apt install $(printf '%s\n' "${lacking[@]}" |
			sort -u | tr '\n' ' ')"
}

# What the scripts need of Debian's packages: to build a kernel, and to run it. The
# VM has the programs of this machine.
to_build=(gcc=gcc make=make flex=flex bison=bison bc=bc rsync=rsync patch=patch xz=xz-utils
	stdlib.h=libc6-dev gelf.h=libelf-dev)
to_run=(qemu-system-x86_64=qemu-system-x86 insmod=kmod modinfo=kmod mount=mount
	mkswap=util-linux perl=perl-base)

# Fetches the base where it is missing.
need_base() {
	[[ -e $base ]] || "$here/fetch-base" > /dev/null || exit
}

# The new files of a patch, one path a line.
new_files_of() {
	local list=$here/patches/$1/new-files path

	[[ -f $list ]] || return 0
	while read -r path; do
		if [[ -d $here/src/$path ]]; then
			(cd "$here/src" && find "$path" -type f) | LC_ALL=C sort
		else
			echo "$path"
		fi
	done < "$list"
}

# All patches in order.
patch_names() {
	(cd "$here/patches" && for name in */; do echo "${name%/}"; done) |
		LC_ALL=C sort
}

# What identifies the base, without reading all of it.
base_id() {
	if [[ -d $base ]]; then
		echo "$base"
		sha256sum < "$base/Makefile"
		sha256sum < "$base/mm/memory.c"
	else
		sha256sum < "$base"
	fi
}

# series_hash: of all that make-series writes.
series_hash() {
	(cd "$here" && find patches src -type f -print0 | LC_ALL=C sort -z |
		xargs -0 sha256sum) | sha256sum | cut -c1-16
}

# config_fragments VARIANT: what its configuration is made of, one file a line. A
# variant is plain, or debug, nouveau, or nouveau-debug.
config_fragments() {
	echo "$here/config/plain.config"
	[[ $1 != *nouveau* ]] || echo "$here/config/nouveau.config"
	[[ $1 != *debug* ]] || echo "$here/config/debug.config"
}

# kernel_key VARIANT: names the result of build-kernel.
kernel_key() {
	local configs

	mapfile -t configs < <(config_fragments "$1")
	{
		base_id
		cat "${configs[@]}"
		series_hash
		cat "$here/vm/adapt-tests" "$here/vm/build-tests"
		"${CC:-gcc}" -dumpfullversion
	} | sha256sum | cut -c1-16
}
