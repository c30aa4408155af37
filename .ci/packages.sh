# SPDX-License-Identifier: MIT
# What quickstart installs: Debian's packages, by apt-get.

os_id='' os_version=''
if [ -r /etc/os-release ]; then
	os_id=$(. /etc/os-release && echo "${ID-}")
	os_version=$(. /etc/os-release && echo "${VERSION_ID-}")
fi

# Releases of LLVM that Tandem can be built with, the one to take first.
case $os_id-$os_version in
debian-12) llvm_releases=(22 19) ;; # 22 is in the security suite
debian-13) llvm_releases=(19) ;;
*) llvm_releases=(22 21 20 19) ;;
esac

# llvm stands for clang-N and llvm-N-dev of one of the releases; dpkg-dev and file are what
# cpack makes the package with.
build_packages=(llvm gcc g++ libc6-dev cmake ninja-build pkg-config libxxhash-dev
	libdrm-dev opencl-c-headers ocl-icd-opencl-dev ocl-icd-libopencl1 clinfo dpkg-dev file)
# Without one of these, or of fuzzer_package, compile_server_packages and spirv_packages, what
# needs it is skipped; without ccache, it only takes longer.
test_packages=(pocl-opencl-icd libmpfr-dev valgrind mmdebstrap lintian ccache patch)
if [ "$os_id-$os_version" = debian-12 ]; then
	# The releases that the sources are checked with; Debian 13 has them no more.
	test_packages+=(clang-format-14 clang-tidy)
fi
# For a kernel and a machine to run it in.
vm_packages=(qemu-system-x86 debian-archive-keyring make bc bison flex libelf-dev libssl-dev
	cpio kmod patch rsync xz-utils)

is_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

can_be_installed() {
	LC_ALL=C apt-cache policy "$1" 2>/dev/null | grep -q '^  Candidate: [^(]'
}

# as_root COMMAND...
as_root() {
	if [ "$EUID" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

# The same, and shows the command.
run_as_root() {
	if [ "$EUID" -eq 0 ]; then
		run "$@"
	else
		run sudo "$@"
	fi
}

can_be_root() {
	[ "$EUID" -eq 0 ] || command -v sudo >/dev/null
}

# llvm_that TEST: prints the packages of the first release of LLVM that all pass TEST
llvm_that() {
	local release
	for release in "${llvm_releases[@]}"; do
		if "$1" "clang-$release" && "$1" "llvm-$release-dev"; then
			echo "clang-$release llvm-$release-dev"
			return 0
		fi
	done
	return 1
}

is_here_or_can_be_installed() {
	is_installed "$1" || can_be_installed "$1"
}

# missing_packages NAME...: prints those that are not installed
missing_packages() {
	local name
	for name in "$@"; do
		if [ "$name" = llvm ]; then
			llvm_that is_installed >/dev/null || echo llvm
		else
			is_installed "$name" || echo "$name"
		fi
	done
}

# Prints the package with libFuzzer and the sanitizers for the release of clang that is here.
fuzzer_package() {
	local packages
	packages=$(llvm_that is_installed) || return 0
	packages=${packages%% *}
	echo "libclang-rt-${packages#clang-}-dev"
}

# Prints the packages that the compile server is built with, for the release of clang that is
# here, and what the functions of clang and LLVM are put in order with. Without the first
# clang is started for each program, without the others programs build slower.
compile_server_packages() {
	local packages release
	packages=$(llvm_that is_installed) || return 0
	packages=${packages%% *} release=${packages#clang-}
	echo "libclang-$release-dev lld-$release valgrind"
}

# Prints the packages that SPIR-V is read with, the translator of the newest release that can be
# had and is not newer than the LLVM that is here. Without them no device takes SPIR-V.
spirv_packages() {
	local packages release
	packages=$(llvm_that is_installed) || return 0
	packages=${packages%% *}
	for ((release = ${packages#clang-}; release >= 15; release--)); do
		if is_here_or_can_be_installed "llvm-spirv-$release"; then
			echo "spirv-tools llvm-spirv-$release"
			return 0
		fi
	done
}

# Says why the package NAME cannot be had.
explain_package() {
	case $1 in
	llvm)
		error "No LLVM of release ${llvm_releases[*]} (packages clang-N and llvm-N-dev)" \
			"is in this system's package sources."
		if [ "$os_id-$os_version" = debian-12 ]; then
			say "Debian 12 has clang-22 in its security suite; add to /etc/apt/sources.list:"
			say "  deb http://security.debian.org/debian-security bookworm-security main"
		fi
		;;
	*) error "The package $1 is not in this system's package sources." ;;
	esac
}

# Tells a user who cannot install what to install.
explain_missing() {
	local names=" $* "
	error "These packages are missing, and neither root nor sudo is here to install them."
	say "As root:"
	say "  apt-get update && apt-get install --no-install-recommends" \
		${names/ llvm / $(llvm_that true) }
	return 1
}

# install_packages NAME...: installs what of these is missing. Fails where one cannot be.
install_packages() {
	local missing wanted=() name llvm

	if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
		say "There is no apt-get here, so nothing is installed. What is needed, by the"
		say "names of Debian's packages: $*"
		return 0
	fi
	mapfile -t missing < <(missing_packages "$@")
	if [ ${#missing[@]} -eq 0 ]; then
		say "All packages that are needed are installed."
		return 0
	fi
	heading "Installing packages"
	can_be_root || { explain_missing "${missing[@]}"; return 1; }
	run_as_root apt-get update || say "Not all package sources could be read; going on."
	for name in "${missing[@]}"; do
		if [ "$name" = llvm ]; then
			llvm=$(llvm_that is_here_or_can_be_installed) ||
				{ explain_package llvm; return 1; }
			wanted+=($llvm)
		else
			can_be_installed "$name" || { explain_package "$name"; return 1; }
			wanted+=("$name")
		fi
	done
	refuse_removals "${wanted[@]}" || return 1
	run_as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y --no-install-recommends "${wanted[@]}" ||
		error "apt-get could not install ${wanted[*]}; its messages above say why."
}

# Nothing that the user has installed is removed to make room.
refuse_removals() {
	local removed
	removed=$(LC_ALL=C apt-get install -s --no-install-recommends "$@" 2>/dev/null |
		sed -n 's/^Remv \([^ ]*\).*/\1/p')
	[ -z "$removed" ] && return
	error "To install $* apt-get would remove packages of yours:" $removed
	say "Remove them yourself if you can do without them, and start this again."
	return 1
}

# install_optional NAME...: installs what of these is missing and can be had. What needs one
# that cannot is left out: a test is skipped.
install_optional() {
	local name missing wanted=()
	mapfile -t missing < <(missing_packages "$@")
	[ ${#missing[@]} -gt 0 ] || return 0
	if ! command -v apt-get >/dev/null || ! can_be_root; then
		say "Not installed, so that what needs them is left out: ${missing[*]}"
		return 0
	fi
	for name in "${missing[@]}"; do
		if can_be_installed "$name"; then
			wanted+=("$name")
		else
			say "The package $name cannot be had: what needs it is left out."
		fi
	done
	[ ${#wanted[@]} -eq 0 ] || install_packages "${wanted[@]}" ||
		say "Going on without: tests that need these packages are skipped."
}
