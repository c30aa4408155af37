// SPDX-License-Identifier: MIT
/* What the objects have of each other, and the last of the test. */
#ifndef TANDEM_TESTS_UNIT_JOINED_OBJECTS_TEST_H
#define TANDEM_TESTS_UNIT_JOINED_OBJECTS_TEST_H

int joined_objects_first(int i);
int joined_objects_second(int i);
int joined_objects_outside(int i);

/* In memory of the device, far away: reached through an address table. */
extern int joined_objects_first_calls __attribute__((visibility("default")));
extern int joined_objects_second_calls __attribute__((visibility("default")));

/* Reached without an address table, as hidden variables are. */
extern const int joined_objects_table[4] __attribute__((visibility("hidden")));

#endif
