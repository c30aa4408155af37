// SPDX-License-Identifier: MIT
#include "compilation.h"

#include <llvm-c/Analysis.h>
#include <stdlib.h>

#include "code_generation.h"
#include "program/kernel_metadata.h"
#include "target_x86_64.h"

static void note_diagnostic(LLVMDiagnosticInfoRef info, void *data)
{
	struct tandem_compilation *compilation = data;
	char *message = LLVMGetDiagInfoDescription(info);

	if (LLVMGetDiagInfoSeverity(info) == LLVMDSError)
		tandem_ir_error(compilation, "%s", message);
	LLVMDisposeMessage(message);
}

static LLVMValueRef mostly_true_weights(const struct tandem_compilation *compilation)
{
	LLVMMetadataRef operands[] = {
		LLVMMDStringInContext2(compilation->context, "branch_weights", 14),
		LLVMValueAsMetadata(LLVMConstInt(compilation->i32, 1 << 20, 0)),
		LLVMValueAsMetadata(LLVMConstInt(compilation->i32, 1, 0)),
	};

	return LLVMMetadataAsValue(compilation->context,
				   LLVMMDNodeInContext2(compilation->context, operands, 3));
}

void tandem_compilation_init(struct tandem_compilation *compilation,
			     const struct tandem_backend_request *request,
			     struct tandem_backend_result *result)
{
	LLVMContextRef context = LLVMContextCreate();

	*compilation = (struct tandem_compilation){ .request = request,
						    .result = result,
						    .context = context };
	LLVMContextSetDiagnosticHandler(context, note_diagnostic, compilation);
	compilation->builder = LLVMCreateBuilderInContext(context);
	compilation->i1 = LLVMInt1TypeInContext(context);
	compilation->i8 = LLVMInt8TypeInContext(context);
	compilation->i32 = LLVMInt32TypeInContext(context);
	compilation->i64 = LLVMInt64TypeInContext(context);
	compilation->pointer = LLVMPointerTypeInContext(context, 0);
	compilation->no_operands =
		LLVMMetadataAsValue(context, LLVMMDNodeInContext2(context, NULL, 0));
	compilation->invariant_load = LLVMGetMDKindIDInContext(context, "invariant.load", 14);
	compilation->access_group = LLVMGetMDKindIDInContext(context, "llvm.access.group", 17);
	compilation->alias_scope = LLVMGetMDKindIDInContext(context, "alias.scope", 11);
	compilation->noalias = LLVMGetMDKindIDInContext(context, "noalias", 7);
	compilation->loop = LLVMGetMDKindIDInContext(context, "llvm.loop", 9);
	compilation->branch_weights = LLVMGetMDKindIDInContext(context, "prof", 4);
	compilation->mostly_true = mostly_true_weights(compilation);
	compilation->machine = tandem_target_take_machine(request->optimise);
	if (!compilation->machine) {
		tandem_ir_error(compilation, "LLVM has no code generator for this processor");
		return;
	}
	compilation->layout = LLVMCreateTargetDataLayout(compilation->machine);
	compilation->layout_string = LLVMCopyStringRepOfTargetData(compilation->layout);
}

void tandem_compilation_finish(struct tandem_compilation *compilation)
{
	struct tandem_description *description = &compilation->description;

	for (uint32_t i = 0; i < description->kernel_count; i++) {
		tandem_kernel_metadata_finish(&description->kernels[i]);
		free((char *)description->kernels[i].symbol);
	}
	for (uint32_t i = 0; i < description->format_count; i++) {
		free((char *)description->formats[i].format);
		free(description->formats[i].values);
	}
	free(description->kernels);
	free(description->formats);
	if (compilation->module)
		LLVMDisposeModule(compilation->module);
	LLVMDisposeMessage(compilation->layout_string);
	if (compilation->layout)
		LLVMDisposeTargetData(compilation->layout);
	if (compilation->machine)
		tandem_target_give_machine(compilation->machine, compilation->request->optimise);
	LLVMDisposeBuilder(compilation->builder);
	LLVMContextDispose(compilation->context);
}

void tandem_compilation_check(struct tandem_compilation *compilation)
{
	char *message = NULL;

	if (LLVMVerifyModule(compilation->module, LLVMReturnStatusAction, &message)) {
		tandem_ir_dump(compilation, "invalid");
		tandem_ir_error(compilation, "internal: %s", message);
	}
	LLVMDisposeMessage(message);
}

void tandem_compilation_emit(struct tandem_compilation *compilation)
{
	LLVMMemoryBufferRef object;
	char *message = NULL;

	if (tandem_code_generate(compilation->machine, compilation->module, &message, &object)) {
		tandem_ir_error(compilation, "internal: %s", message);
		LLVMDisposeMessage(message);
		return;
	}
	tandem_text_add(&compilation->result->object, LLVMGetBufferStart(object),
			LLVMGetBufferSize(object));
	LLVMDisposeMemoryBuffer(object);
}
