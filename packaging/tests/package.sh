#!/bin/bash
# SPDX-License-Identifier: MIT
# package.sh CPACK BUILD_DIR LIBDIR VENDOR_DIR LLVM_MAJOR HAS_OWN_LLVM
# Makes the Debian package, in BUILD_DIR/package-test, and looks at what it contains and
# depends on; runs a sample on the library in it, and clinfo where that is installed.
cpack=$1
build=$2
libdir=$3
vendor_dir=$4
llvm=$5
has_own_llvm=$6
. "$(dirname "$0")/common.sh"

for tool in dpkg-deb:dpkg dpkg-shlibdeps:dpkg-dev file:file; do
	if ! command -v "${tool%:*}" >/dev/null; then
		echo "There is no ${tool%:*} (package ${tool#*:})"
		exit 77
	fi
done

output=$build/package-test
rm -rf "$output"
must "cpack" "$cpack" -G DEB --config "$build/CPackConfig.cmake" -B "$output"
rm -rf "$output/_CPack_Packages"
package=$(echo "$output"/*.deb)
dpkg-deb -x "$package" "$work/root" || exit 1
dpkg-deb -e "$package" "$work/control" || exit 1

doc=/usr/share/doc/tandem-opencl-icd
{
	files_of /usr | sed -e "s,/usr/share/doc/tandem/,$doc/," -e 's,\(/man/.*\),\1.gz,' \
		-e 's,LICENSE,copyright,;s,ChangeLog,changelog.gz,'
	echo "$doc/changelog.Debian.gz"
	echo /usr/share/lintian/overrides/tandem-opencl-icd
} | expect_files "$work/root"
[ "$(cat "$work/control/conffiles")" = "$vendor_dir/tandem.icd" ] || fail "conffiles"
[ "$(cat "$work/root$vendor_dir/tandem.icd")" = "libtandem.so.$soversion" ] ||
	fail "vendor file"

# expect_field NAME PATTERN
expect_field() {
	dpkg-deb -f "$package" "$1" | grep -Eq "$2" ||
		fail "$1: '$(dpkg-deb -f "$package" "$1")' does not match '$2'"
}
expect_field Package '^tandem-opencl-icd$'
expect_field Version "^${version//./\\.}-"
expect_field Provides '^opencl-icd$'
expect_field Depends "(^|, )clang-$llvm(,|$)"
if [ "$has_own_llvm" = ON ]; then
	dpkg-deb -f "$package" Depends | grep -q 'libllvm\|libclang-cpp' &&
		fail "Depends: LLVM as a library, which is in the package"
else
	expect_field Depends "(^|, )libllvm$llvm( |,|$)"
fi
expect_field Depends '(^|, )libxxhash0 '
expect_field Depends '(^|, )ocl-icd-libopencl1 '

LD_LIBRARY_PATH=$work/root/usr/$libdir runs_on \
	"$work/root/usr/$libdir/libtandem.so.$soversion" "$work/root$vendor_dir" \
	"$build/samples/01_svm_atomics"

if command -v clinfo >/dev/null; then
	must "clinfo" env LD_LIBRARY_PATH="$work/root/usr/$libdir" \
		OCL_ICD_VENDORS="$work/root$vendor_dir" clinfo --raw
	for line in 'CL_PLATFORM_NAME .*Tandem' 'CL_DEVICE_SVM_CAPABILITIES .*ATOMICS'; do
		grep -q "$line" "$work/log" || fail "clinfo does not say $line"
	done
fi
[ $failures -eq 0 ]
