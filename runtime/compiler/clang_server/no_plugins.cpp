// SPDX-License-Identifier: MIT
/*
 * Clang names the plugin that Debian's LLVM is built with, for optimisations that the server
 * never asks for. It is left out.
 */
#if __has_include(<llvm/Plugins/PassPlugin.h>)
#include <llvm/Plugins/PassPlugin.h>
#else
#include <llvm/Passes/PassPlugin.h>
#endif

llvm::PassPluginLibraryInfo getPollyPluginInfo();

llvm::PassPluginLibraryInfo getPollyPluginInfo()
{
	return { LLVM_PLUGIN_API_VERSION, "none", "0", [](llvm::PassBuilder &) {} };
}
