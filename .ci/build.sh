# SPDX-License-Identifier: MIT
# Configuring and building for quickstart, and the first program.

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
	run env OCL_ICD_VENDORS="$top/build/tandem.icd" \
		build/samples/01_svm_atomics --device host
}
