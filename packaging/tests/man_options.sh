#!/bin/sh
# SPDX-License-Identifier: MIT
# man_options.sh SOURCE_DIR BUILD_DIR PROGRAM
# Whether tandem(7) and README.md describe the environment options that the library has,
# these and no others, and tandem-svmbench(1), svm-conformance(1) and tandem-top(1) the options
# of these programs. PROGRAM is any OpenCL application.
source=$1
build=$2
program=$3
failures=0

# same WHAT EXPECTED SEEN: two sorted lists of words
same() {
	if [ -z "$2" ] || [ "$2" != "$3" ]; then
		printf '%s:\nexpected\n%s\nseen\n%s\n' "$1" "$2" "$3"
		failures=$((failures + 1))
	fi
}

help=$(TANDEM_DEBUG=help OCL_ICD_VENDORS=$build/tandem.icd "$program" --device nowhere 2>&1)
options=$(echo "$help" | grep '^TANDEM_' | sort)

described=$(sed -n '/^\.SH ENVIRONMENT/,/^\.SH FILES/p' "$build/install/tandem.7" |
	sed -n '/^\.TP/{n;s/^\.B //p}' | sort)
same "tandem(7)" "$options" "$described"

described=$(sed -n 's/^| `\(TANDEM_[A-Z_]*\)`.*/\1/p' "$source/README.md" | sort)
same "README.md" "$options" "$described"

topics=$(echo "$help" | sed -n '/^TANDEM_DEBUG/{n;s/.*error: \(.*\); help.*/\1/p}' |
	sed 's/, or /, /' | tr -d ' ' | tr ',' '\n' | sort)
described=$(sed -n '/^\.B TANDEM_DEBUG$/,/^\.TP/p' "$build/install/tandem.7" |
	sed -n 's/^\.BR \([a-z]*\) .*/\1/p' | sort)
same "topics of TANDEM_DEBUG in tandem(7)" "$topics" "$described"

# same_options PROGRAM PAGE
same_options() {
	options=$("$1" --help | grep -o '^  --[a-z-]*' | tr -d ' ' | sort)
	described=$(sed -n '/^\.SH OPTIONS/,/^\.SH EXIT/p' "$build/install/$2.1" |
		tr -d '\\' | grep -o '^\.BI* --[a-z-]*' | sed 's/^[^-]*//' | sort)
	same "$2(1)" "$options" "$described"
}
same_options "$build/samples/svmbench" tandem-svmbench
same_options "$build/tools/tandem-top" tandem-top
same_options "$build/conformance/svm-conformance" svm-conformance
[ $failures -eq 0 ]
