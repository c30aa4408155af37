// SPDX-License-Identifier: MIT
/*
 * clang-functions CLANG ARGUMENT...: calls the functions of clang that the compile server and
 * a compilation call, for cmake/TandemFunctionOrder.cmake to see which these are.
 */
#include "compiler/clang_server/clang.h"

int main(int count, char **arguments)
{
	if (count < 2)
		return 2;
	tandem_clang_warm_up(arguments[1]);
	return tandem_clang_run(count - 1, (const char *const *)(arguments + 1));
}
