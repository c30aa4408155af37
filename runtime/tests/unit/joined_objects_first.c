// SPDX-License-Identifier: MIT
/* One of the objects that joined_objects_test.c joins. */
#include "joined_objects_test.h"

static const int own[] = { 100, 200, 300 };
int joined_objects_first_calls = 1000;

__attribute__((noinline)) static int of_own(int i)
{
	return own[i % 3];
}

int joined_objects_first(int i)
{
	joined_objects_first_calls++;
	return joined_objects_second(i) + of_own(i) + joined_objects_table[i % 4] +
	       joined_objects_first_calls + joined_objects_outside(i);
}
