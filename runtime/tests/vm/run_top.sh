#!/bin/bash
# SPDX-License-Identifier: MIT
# run_top.sh BUILD_DIR
# Runs top_in_vm.sh in the virtual machine of kmd-patches/, whose kernel is built if need be.
# A line for each result; 77 where that cannot be done here.
source=$(cd "$(dirname "$0")/../../.." && pwd) || exit 1
build=$(cd "$1" && pwd) || exit 1
kmd=$source/kmd-patches

"$kmd/run-vm" --check || exit
for program in "$build/tools/tandem-top" "$build/tools/check_trace" \
	"$build/samples/01_svm_atomics"; do
	if [ ! -x "$program" ]; then
		echo "$program is not built"
		exit 1
	fi
done
if [ -z "${TANDEM_VM_KERNEL-}" ]; then
	"$kmd/build-kernel"
	status=$?
	[ $status -eq 0 ] || exit $status
fi
exec "$kmd/run-vm" --timeout 3600 -- "$source/runtime/tests/vm/top_in_vm.sh" "$build"
