# SPDX-License-Identifier: MIT
# Makes definitions of the declarations of built-in functions in clang's opencl-c.h, once
# preprocessed: what gets defined is the name and type that a call of each has.

BEGIN {
	RS = ";"
}

# With images=1 the functions of images alone, else all but these, some of which the header
# declares regardless.
/overloadable/ && ((/image|sampler/) ? !images : images) {
	next
}

# uintptr_t is ulong: these are declared twice.
/overloadable/ && /uintptr_t/ && !/ptrdiff_t/ {
	next
}

/overloadable/ {
	print $0 " { __builtin_unreachable(); }"
	next
}

/[^ \t\n]/ {
	print $0 ";"
}
