#!/bin/bash
# SPDX-License-Identifier: MIT
# install.sh CMAKE SOURCE_DIR BUILD_DIR LIBDIR VENDOR_DIR
# Installs the build to a staging folder, for /usr and for a prefix of its own, and looks
# at which files are there; runs an example, built from the installed sources, on the
# installed library through its vendor file; uninstalls again.
cmake=$1
source=$2
build=$3
libdir=$4
vendor_dir=$5
. "$(dirname "$0")/common.sh"

# The manifest of this component is a file of its own: the user's stays.
manifest=$build/install_manifest_Unspecified.txt

# install_to STAGE PREFIX
install_to() {
	must "installing to $1 for $2" env DESTDIR="$1" \
		"$cmake" --install "$build" --prefix "$2" --component Unspecified
}

# expect_vendor FILE LIBRARY
expect_vendor() {
	[ "$(cat "$1")" = "$2" ] || fail "$1: '$(cat "$1")', not '$2'"
}

# --- for /usr: the dynamic linker finds the library ---

stage=$work/usr
install_to "$stage" /usr
files_of /usr | expect_files "$stage"
expect_vendor "$stage$vendor_dir/tandem.icd" "libtandem.so.$soversion"
if readelf -d "$stage/usr/$libdir/libtandem.so.$soversion" \
	"$stage/usr/$libdir/tandem/libtandem-backend.so" | grep -E 'RPATH|RUNPATH'; then
	fail "a library searches in a path of its own"
fi

cp -r "$stage/usr/share/doc/tandem/examples" "$work/examples"
must "configuring the examples" \
	"$cmake" -S "$work/examples" -B "$work/examples/build" -G Ninja
must "building the examples" "$cmake" --build "$work/examples/build"
example=$work/examples/build/01_svm_atomics
LD_LIBRARY_PATH=$stage/usr/$libdir \
	runs_on "$stage/usr/$libdir/libtandem.so.$soversion" "$stage$vendor_dir" "$example"

must "uninstalling" env DESTDIR="$stage" \
	"$cmake" -DMANIFEST="$manifest" -P "$source/packaging/uninstall.cmake"
left=$(find "$stage" ! -type d -o -name tandem -o -name examples)
[ -z "$left" ] || fail "left after uninstalling: $left"

# --- for another prefix: the vendor file has the library's path ---

prefix=$work/prefix
stage=$work/stage
library=$prefix/$libdir/libtandem.so.$soversion
install_to "$stage" "$prefix"
files_of "$prefix" | expect_files "$stage"
mv "$stage$prefix" "$prefix"
expect_vendor "$stage$vendor_dir/tandem.icd" "$library"
runs_on "$library" "$stage$vendor_dir/tandem.icd" "$example"

seen=$(PKG_CONFIG_PATH=$prefix/$libdir/pkgconfig pkg-config --variable=library tandem)
[ "$seen" = "$library" ] || fail "tandem.pc: library=$seen"
[ $failures -eq 0 ]
