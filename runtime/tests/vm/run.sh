#!/bin/bash
# SPDX-License-Identifier: MIT
#
# run.sh [--debug] BUILD
#
# Tests the runtime of the build folder BUILD on the virtual GPU, in the VM of
# kmd-patches/: builds the kernel if it is not built, boots it, and runs in_vm.sh.
# Exit status 0 if all passed, 1 if one failed or the kernel complained, 77 if the
# tests cannot run here.
#
# Environment: see in_vm.sh, kmd-patches/build-kernel and kmd-patches/run-vm.

set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kernel=$here/../../../kmd-patches
options=()
if [[ ${1-} == --debug ]]; then
	options=(--debug)
	shift
fi
if [[ $# -ne 1 || ! -e $1/tandem.icd ]]; then
	sed -n '4,/^$/s/^# \?//p' "${BASH_SOURCE[0]}"
	exit 2
fi
build=$(cd "$1" && pwd)
"$kernel/run-vm" --check || exit
"$kernel/build-kernel" "${options[@]}" || exit
cd "$here" || exit 1
exec "$kernel/run-vm" "${options[@]}" --timeout 6600 -- ./in_vm.sh "$build"
