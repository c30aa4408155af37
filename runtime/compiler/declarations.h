// SPDX-License-Identifier: MIT
/* What programs may call of the built-in functions and no clang declares. */
#ifndef TANDEM_COMPILER_DECLARATIONS_H
#define TANDEM_COMPILER_DECLARATIONS_H

/*
 * OpenCL C to stand in front of any program, in all its versions, whose lines keep their
 * numbers. Functions are declared where the macros of their extensions are defined.
 */
extern const char tandem_declarations[];

#endif
