# SPDX-License-Identifier: MIT
# Configuring and building for quickstart, and the first program.

# Lets builds in new folders take objects from a compiler cache, where one is installed and
# works: a fresh checkout, of which each is in another folder, has the same sources. CMake
# heeds these variables when a folder is configured for the first time, and then keeps to them.
use_compiler_cache() {
	[ -z "${CMAKE_C_COMPILER_LAUNCHER-}" ] || return 0
	# Without the checkout's folder in what is compared. Debug information may then name the
	# checkout that an object comes from.
	export CCACHE_BASEDIR=$top CCACHE_NOHASHDIR=1
	if compiler_cache_works; then
		export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache
	else
		say "There is no ccache that works: everything is compiled."
	fi
}

# It ends builds where it cannot write to its folder.
compiler_cache_works() {
	local work status
	command -v ccache >/dev/null && work=$(mktemp -d) || return 1
	echo 'int word;' >"$work/word.c"
	ccache cc -c "$work/word.c" -o "$work/word.o" 2>/dev/null
	status=$?
	rm -rf "$work"
	return $status
}

# build_preset NAME: configures and builds a preset of CMakePresets.json
build_preset() {
	heading "Building: $1"
	if ! run cmake --preset "$1"; then
		error "CMake could not configure the build. The messages above say what is missing;" \
			"where they speak of another folder, remove $(build_folder "$1") first."
		return 1
	fi
	run cmake --build --preset "$1" -- -j "${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}" ||
		error "The build failed; the messages above say where."
}

# The folder that a preset is built in.
build_folder() {
	if [ "$1" = release ]; then
		echo build
	else
		echo "build-$1"
	fi
}

# CPU threads and a kernel on the same words: fails where an update is lost.
run_first_program() {
	heading "CPU threads and a kernel on the same words"
	run env OCL_ICD_VENDORS="$top/build/vendors" \
		build/samples/01_svm_atomics --device host
}
