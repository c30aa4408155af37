// SPDX-License-Identifier: MIT

#ifndef VALUE
#define VALUE 1
#endif
#ifndef TEXT
#define TEXT "none"
#endif

kernel void first(global int *out)
{
	out[0] = VALUE;
	out[1] = sizeof(TEXT);
}
