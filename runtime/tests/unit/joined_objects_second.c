// SPDX-License-Identifier: MIT
/* One of the objects that joined_objects_test.c joins. Its own names are those of the other. */
#include "joined_objects_test.h"

const int joined_objects_table[] = { 1, 2, 3, 4 };
static const int own[] = { 10000, 20000 };
int joined_objects_second_calls = 1000000;

__attribute__((noinline)) static int of_own(int i)
{
	return own[i % 2];
}

int joined_objects_second(int i)
{
	joined_objects_second_calls += 1000000;
	return of_own(i) + joined_objects_second_calls - joined_objects_outside(i);
}
