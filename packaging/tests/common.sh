# SPDX-License-Identifier: MIT
# For the tests of what is installed: sourced with build, libdir and vendor_dir set.
failures=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export TANDEM_CACHE_DIR=$work/cache
version=$(sed -n 's/^.*TANDEM_VERSION "\(.*\)"$/\1/p' "$build/runtime/version.h")
soversion=${version%%.*}

fail() {
	echo "FAILED: $*"
	failures=$((failures + 1))
}

# must WHAT COMMAND...: shows what COMMAND printed where it fails
must() {
	local what=$1
	shift
	"$@" >"$work/log" 2>&1 && return
	cat "$work/log"
	fail "$what"
}

# The files that belong below PREFIX, and the vendor file. The compile server is not built with
# every release of LLVM.
files_of() {
	local missing=/^$/d

	[ -e "$build/lib/tandem/tandem-clang-server" ] || missing=/tandem-clang-server/d
	sed -e "$missing" -e '/^#/d' -e "s,@PREFIX@,$1," -e "s,@LIBDIR@,$libdir,;s,@VENDOR_DIR@,$vendor_dir," \
		-e "s,@VERSION@,$version,;s,@SOVERSION@,$soversion," \
		"$(dirname "$0")/installed_files"
}

# expect_files DIRECTORY <LIST: there are those files, and none besides
expect_files() {
	sort >"$work/expected"
	(cd "$1" && find . ! -type d | sed 's/^\.//' | sort) >"$work/seen"
	diff "$work/expected" "$work/seen" || fail "other files than expected in $1"
}

# runs_on LIBRARY VENDORS PROGRAM: PROGRAM runs on that library, and the back end beside it
runs_on() {
	local file
	rm -f "$work"/loaded.*
	must "$3 on $1" env OCL_ICD_VENDORS="$2" LD_DEBUG=files LD_DEBUG_OUTPUT="$work/loaded" \
		"$3" --device host --seconds 1
	for file in "$1" "$(dirname "$1")/tandem/libtandem-backend.so"; do
		grep -q "calling init: $file\$" "$work"/loaded.* || fail "$file was not loaded"
	done
}
