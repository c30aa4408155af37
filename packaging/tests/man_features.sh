#!/bin/sh
# SPDX-License-Identifier: MIT
# man_features.sh BUILD_DIR
# Whether tandem-features(7) names the extensions and features that the host device reports, and
# no others but those that it may lack here, and is a page that man can show.
page=$1/install/tandem-features.7
failures=0

command -v clinfo >/dev/null || {
	echo "skipped: no clinfo"
	exit 77
}
reported=$(TANDEM_DEVICES=host OCL_ICD_VENDORS=$1/tandem.icd clinfo --raw)

# same WHAT EXPECTED SEEN: two sorted lists of words
same() {
	if [ -z "$2" ] || [ "$2" != "$3" ]; then
		printf '%s:\nreported\n%s\non the page\n%s\n' "$1" "$2" "$3"
		failures=$((failures + 1))
	fi
}

# names SECTION: those of it, but for what only a translator of SPIR-V brings, where there is none
names() {
	sed -n "/^\.SH $1\$/,/^\.SH /p" "$page" | awk -v has_il="$has_il" '
		$1 == ".B" { name = $2 }
		/^host|^All|^Devices/ && (has_il || !/SPIR-V/) { print name }' | sort
}

case $reported in
*cl_khr_il_program*) has_il=1 ;;
*) has_il= ;;
esac
expected=$(echo "$reported" | awk '$2 == "CL_DEVICE_EXTENSIONS" { for (i = 3; i <= NF; i++) print $i }' |
	sort)
same "extensions" "$expected" "$(names "EXTENSIONS OF DEVICES")"
expected=$(echo "$reported" | tr ' ' '\n' | grep -o '__opencl_c_[a-z0-9_]*' | sort -u)
same "features" "$expected" "$(names "FEATURES OF OPENCL C")"

# No name has a blank in it.
# shellcheck disable=SC2013
for name in $(sed -n '/^\.SH NOT REPORTED/,$s/^\.B //p' "$page"); do
	case $reported in
	*"$name"[!a-z_]*)
		echo "$name is reported"
		failures=$((failures + 1))
		;;
	esac
done

if command -v man >/dev/null; then
	warnings=$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" \
		2>&1 >/dev/null)
	[ -z "$warnings" ] || {
		echo "$warnings"
		failures=$((failures + 1))
	}
fi
[ $failures -eq 0 ]
