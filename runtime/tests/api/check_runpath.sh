#!/bin/sh
# SPDX-License-Identifier: MIT
# check_runpath.sh LIBRARY...: no library is looked for in the folder that the process happens
# to be in, as an empty or relative entry of a run path has it.
for library; do
	paths=$(readelf -d "$library" | sed -n 's/.*(R\(UN\)\{0,1\}PATH).*\[\(.*\)\].*/\2/p')
	case ":$paths:" in
	::) ;;
	*::* | *:[!/\$]*) echo "$library: run path '$paths'"; exit 1 ;;
	esac
done
