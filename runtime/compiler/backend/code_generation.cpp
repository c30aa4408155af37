// SPDX-License-Identifier: MIT
#include "code_generation.h"

#include <llvm-c/Core.h>
#include <memory>

#include <llvm/ADT/SmallVector.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/Pass.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/Scalar.h>
#include <llvm/Transforms/Utils.h>

namespace
{

const unsigned int MOST_DEPTH = 8;

/* ---- whether loop strength reduction pays ---- */

/* Whether @value, of an address in @loop, is a product of two numbers, one of which changes. */
bool is_changing_product(const llvm::Loop &loop, const llvm::Value *value, unsigned int depth)
{
	const auto *instruction = llvm::dyn_cast<llvm::Instruction>(value);

	if (!instruction || loop.isLoopInvariant(instruction) || depth == MOST_DEPTH)
		return false;
	switch (instruction->getOpcode()) {
	case llvm::Instruction::Mul:
	case llvm::Instruction::Shl:
		if (!llvm::isa<llvm::Constant>(instruction->getOperand(1)))
			return true;
		break;
	case llvm::Instruction::GetElementPtr:
	case llvm::Instruction::Add:
	case llvm::Instruction::Sub:
	case llvm::Instruction::Or:
	case llvm::Instruction::SExt:
	case llvm::Instruction::ZExt:
	case llvm::Instruction::Trunc:
		break;
	default:
		return false;
	}
	for (const llvm::Value *operand : instruction->operand_values()) {
		if (is_changing_product(loop, operand, depth + 1))
			return true;
	}
	return false;
}

/* Whether an access, of any kind, has an address that is such a product; vectors never gain. */
bool has_changing_address(const llvm::Loop &loop, const llvm::Instruction &access)
{
	for (const llvm::Value *operand : access.operand_values()) {
		if (operand->getType()->isPointerTy() && is_changing_product(loop, operand, 0))
			return true;
	}
	return false;
}

/*
 * Loop strength reduction takes two fifths of the code generator's time. Loops over work-items
 * count in the index that their accesses are addressed with, which no other variable makes
 * better: it pays where an address in a loop is multiplied anew in each turn.
 */
bool pays_off(const llvm::Function &function)
{
	llvm::DominatorTree dominators(const_cast<llvm::Function &>(function));
	llvm::LoopInfo loops(dominators);

	for (const llvm::Instruction &instruction : llvm::instructions(function)) {
		const llvm::Loop *loop = loops.getLoopFor(instruction.getParent());

		if (loop && loop->isInnermost() && instruction.mayReadOrWriteMemory() &&
		    has_changing_address(*loop, instruction))
			return true;
	}
	return false;
}

bool pays_off(const llvm::Module &module)
{
	for (const llvm::Function &function : module) {
		if (!function.isDeclaration() && pays_off(function))
			return true;
	}
	return false;
}

/* ---- passes ---- */

llvm::AnalysisID identity(llvm::Pass *pass)
{
	return std::unique_ptr<llvm::Pass>(pass)->getPassID();
}

/* Without loop strength reduction, and what only prepares for it. */
class short_passes : public llvm::legacy::PassManager
{
      public:
	void add(llvm::Pass *pass) override
	{
		static const llvm::AnalysisID left_out[] = {
			identity(llvm::createLoopStrengthReducePass()),
			identity(llvm::createCanonicalizeFreezeInLoopsPass()),
		};

		for (llvm::AnalysisID one : left_out) {
			if (pass->getPassID() == one) {
				delete pass;
				return;
			}
		}
		llvm::legacy::PassManager::add(pass);
	}
};

} // namespace

LLVMBool tandem_code_generate(LLVMTargetMachineRef machine, LLVMModuleRef module, char **message,
			      LLVMMemoryBufferRef *object)
{
	auto *target = reinterpret_cast<llvm::TargetMachine *>(machine);
	llvm::SmallVector<char, 0> bytes;
	llvm::raw_svector_ostream stream(bytes);
	std::unique_ptr<llvm::legacy::PassManager> passes;

	if (pays_off(*llvm::unwrap(module)))
		passes = std::make_unique<llvm::legacy::PassManager>();
	else
		passes = std::make_unique<short_passes>();
	llvm::unwrap(module)->setDataLayout(target->createDataLayout());
	if (target->addPassesToEmitFile(*passes, stream, nullptr,
					llvm::CodeGenFileType::ObjectFile)) {
		*message = LLVMCreateMessage("LLVM makes no object files for this processor");
		return 1;
	}
	passes->run(*llvm::unwrap(module));
	*object = llvm::wrap(
		llvm::MemoryBuffer::getMemBufferCopy(llvm::StringRef(bytes.data(), bytes.size()))
			.release());
	return 0;
}
