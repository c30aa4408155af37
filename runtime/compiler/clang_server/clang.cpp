// SPDX-License-Identifier: MIT
#include "clang.h"

#include <memory>
#include <string>
#include <unistd.h>

#include <clang/Basic/Stack.h>
#include <clang/Basic/DiagnosticFrontend.h>
#include <clang/CodeGen/CodeGenAction.h>
#include <clang/Driver/Compilation.h>
#include <clang/Driver/Driver.h>
#include <clang/Driver/ToolChain.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/CompilerInvocation.h>
#include <clang/Frontend/FrontendActions.h>
#include <clang/Frontend/TextDiagnosticBuffer.h>
#include <clang/Frontend/TextDiagnosticPrinter.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/Support/BuryPointer.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/ErrorHandling.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/Path.h>
#include <llvm/Support/StringSaver.h>
#include <llvm/Support/VirtualFileSystem.h>
#include <llvm/TargetParser/Host.h>

namespace
{

/* ---- what releases of LLVM call differently ---- */

#if LLVM_VERSION_MAJOR >= 22

using Options = std::unique_ptr<clang::DiagnosticOptions>;

llvm::IntrusiveRefCntPtr<clang::DiagnosticIDs> make_ids()
{
	return clang::DiagnosticIDs::create();
}

clang::DiagnosticOptions &printable(clang::DiagnosticOptions &options)
{
	return options;
}

void process_warnings(clang::DiagnosticsEngine &diagnostics, clang::DiagnosticOptions &options)
{
	clang::ProcessWarningOptions(diagnostics, options, *llvm::vfs::getRealFileSystem(), false);
}

std::unique_ptr<clang::CompilerInstance>
make_instance(std::shared_ptr<clang::CompilerInvocation> invocation,
	      clang::DiagnosticConsumer *early)
{
	auto instance = std::make_unique<clang::CompilerInstance>(std::move(invocation));

	instance->createVirtualFileSystem(llvm::vfs::getRealFileSystem(), early);
	instance->createDiagnostics();
	return instance;
}

#else

using Options = llvm::IntrusiveRefCntPtr<clang::DiagnosticOptions>;

llvm::IntrusiveRefCntPtr<clang::DiagnosticIDs> make_ids()
{
	return new clang::DiagnosticIDs;
}

clang::DiagnosticOptions *printable(clang::DiagnosticOptions &options)
{
	return &options;
}

void process_warnings(clang::DiagnosticsEngine &diagnostics, clang::DiagnosticOptions &options)
{
	clang::ProcessWarningOptions(diagnostics, options, false);
}

std::unique_ptr<clang::CompilerInstance>
make_instance(std::shared_ptr<clang::CompilerInvocation> invocation, clang::DiagnosticConsumer *)
{
	auto instance = std::make_unique<clang::CompilerInstance>();

	instance->setInvocation(std::move(invocation));
	instance->createDiagnostics();
	return instance;
}

#endif

/* ---- clang ---- */

/* Where LLVM gives up: what it says is a diagnostic, and the process ends as clang does. */
void fail(void *diagnostics, const char *message, bool)
{
	auto &engine = *static_cast<clang::DiagnosticsEngine *>(diagnostics);

	engine.Report(clang::diag::err_fe_error_backend) << message;
	_exit(70);
}

/* Does what the runtime asks clang for, and nothing else that clang could do. */
bool execute(clang::CompilerInstance &instance)
{
	clang::DiagnosticsEngine &diagnostics = instance.getDiagnostics();
	clang::frontend::ActionKind kind = instance.getFrontendOpts().ProgramAction;

	if (diagnostics.hasErrorOccurred())
		return false;
	if (kind == clang::frontend::EmitBC && instance.getFrontendOpts().LLVMArgs.empty()) {
		clang::EmitBCAction action;

		return instance.ExecuteAction(action);
	}
	if (kind == clang::frontend::ParseSyntaxOnly) {
		clang::SyntaxOnlyAction action;

		return instance.ExecuteAction(action);
	}
	diagnostics.Report(diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Error,
						       "the compile server makes bitcode only"));
	return false;
}

/* The compiler proper, clang -cc1. An input that is @given takes the place of its own, and there is no output. */
int compile(llvm::ArrayRef<const char *> arguments, std::unique_ptr<llvm::MemoryBuffer> given)
{
	auto invocation = std::make_shared<clang::CompilerInvocation>();
	Options options = std::make_unique<clang::DiagnosticOptions>();
	auto *buffer = new clang::TextDiagnosticBuffer;
	clang::DiagnosticsEngine diagnostics(make_ids(), printable(*options), buffer);
	bool right = clang::CompilerInvocation::CreateFromArgs(*invocation, arguments.drop_front(2),
							       diagnostics, arguments[0]);

	if (given) {
		auto &inputs = invocation->getFrontendOpts().Inputs;
		clang::InputKind kind = inputs.empty() ? clang::InputKind() : inputs[0].getKind();

		inputs.clear();
		inputs.emplace_back(given->getMemBufferRef(), kind);
		invocation->getFrontendOpts().OutputFile = "/dev/null";
	}
	auto instance = make_instance(std::move(invocation), buffer);
	llvm::install_fatal_error_handler(fail, &instance->getDiagnostics());
	buffer->FlushDiagnostics(instance->getDiagnostics());
	right = right && execute(*instance);
	llvm::remove_fatal_error_handler();
	llvm::BuryPointer(std::move(instance));
	return !right;
}

int run_compiler(llvm::SmallVectorImpl<const char *> &arguments)
{
	return compile(arguments, nullptr);
}

/* Calls @use with what the driver makes of a command, which it may not have understood. */
template <typename Use> int drive(llvm::SmallVectorImpl<const char *> &arguments, Use use)
{
	Options options = clang::CreateAndPopulateDiagOpts(arguments);
	auto *printer = new clang::TextDiagnosticPrinter(llvm::errs(), printable(*options));

	printer->setPrefix(std::string(llvm::sys::path::stem(arguments[0])));
	clang::DiagnosticsEngine diagnostics(make_ids(), printable(*options), printer);
	process_warnings(diagnostics, *options);
	clang::driver::Driver driver(arguments[0], llvm::sys::getDefaultTargetTriple(), diagnostics,
				     "clang LLVM compiler");

	driver.CC1Main = run_compiler;
	std::unique_ptr<clang::driver::Compilation> compilation(driver.BuildCompilation(arguments));
	int status = use(driver, *compilation);

	diagnostics.getClient()->finish();
	return status;
}

} // namespace

int tandem_clang_run(int count, const char *const *given)
{
	llvm::SmallVector<const char *, 256> arguments(given, given + count);
	llvm::BumpPtrAllocator allocator;
	llvm::cl::ExpansionContext expansion(allocator, llvm::cl::TokenizeGNUCommandLine);

	clang::noteBottomOfStack();
	if (llvm::Error error = expansion.expandResponseFiles(arguments)) {
		llvm::errs() << llvm::toString(std::move(error)) << '\n';
		return 1;
	}
	return drive(arguments, [](auto &driver, auto &compilation) {
		llvm::SmallVector<std::pair<int, const clang::driver::Command *>, 1> failed;
		int status = compilation.containsError() ?
				     1 :
				     driver.ExecuteCompilation(compilation, failed);

		for (auto &[code, command] : failed)
			status = status ? status : code;
		return status;
	});
}

void tandem_clang_warm_up(const char *path)
{
	/* Of each kind that the runtime gives, one: see frontend.c. */
	llvm::SmallVector<const char *, 32> arguments = {
		path,
		"-x",
		"cl",
		"-target",
		"spir64",
		"-cl-std=CL3.0",
		"-Xclang",
		"-cl-ext=-all,+cl_khr_fp64,+__opencl_c_fp64,+__opencl_c_generic_address_space",
		"-D__opencl_c_fp64=1",
		"-U__SPIR__",
		"-fno-strict-aliasing",
		"-Wno-error=int-conversion",
		"-fgnu89-inline",
		"-I/",
		"-O1",
		"-funroll-loops",
		"-Xclang",
		"-disable-llvm-passes",
		"-fno-crash-diagnostics",
		"-emit-llvm",
		"-c",
		"-o",
		"-",
		"-",
	};
	static const char program[] =
		"float f(float4 a, int b) { return dot(a, a) + (b > 3 ? sin(a.x) : a.y); }\n"
		"kernel void k(global float4 *a, local int *b) {\n"
		"	size_t i = get_global_id(0);\n"
		"	for (int j = 0; j < b[0]; j++)\n"
		"		a[i].x += f(a[j], convert_int_sat(a[i].z));\n"
		"	barrier(CLK_LOCAL_MEM_FENCE);\n"
		"	atomic_add(b, 1);\n"
		"}\n";

	clang::noteBottomOfStack();
	drive(arguments, [](auto &, auto &compilation) {
		for (auto &command : compilation.getJobs()) {
			llvm::SmallVector<const char *, 128> compiler = { command.getExecutable() };

			compiler.append(command.getArguments().begin(),
					command.getArguments().end());
			compile(compiler, llvm::MemoryBuffer::getMemBuffer(program, "program"));
		}
		return 0;
	});
}
