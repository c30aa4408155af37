// SPDX-License-Identifier: MIT
#include "window_atomics_x86_64.h"

#include <stdio.h>
#include <string.h>

#include "compiler/window_locks.h"
#include "util/alloc.h"

#define TAKE "tandem.window.take"

/*
 * LLVM code as text, unlike the built-in functions: those are OpenCL C for spir64, for which
 * clang knows neither the registers of the instructions below nor that these change the flags.
 * The numbers are those of window_locks.h.
 */
static const char lock_functions[] =
	"@" TANDEM_WINDOW_LOCKS_SYMBOL " = external global [%u x [%u x i8]]\n"
	"declare void @" TANDEM_WINDOW_WAIT_SYMBOL "(ptr) nounwind cold\n"
	"define ptr @" TAKE "(ptr %%address, i64 %%thread) alwaysinline nounwind {\n"
	"  %%holder = trunc i64 %%thread to i32\n"
	"  %%i = ptrtoint ptr %%address to i64\n"
	"  %%word = lshr i64 %%i, 3\n"
	"  %%product = mul i64 %%word, %lld\n"
	"  %%index = lshr i64 %%product, %u\n"
	"  %%lock = getelementptr [%u x i8], ptr @" TANDEM_WINDOW_LOCKS_SYMBOL ", i64 %%index\n"
	"  br label %%try\n"
	"try:\n"
	"  %%seen = cmpxchg ptr %%lock, i32 0, i32 %%holder acquire monotonic\n"
	"  %%is_taken = extractvalue { i32, i1 } %%seen, 1\n"
	"  br i1 %%is_taken, label %%taken, label %%wait\n"
	"wait:\n"
	"  call void @" TANDEM_WINDOW_WAIT_SYMBOL "(ptr %%lock)\n"
	"  br label %%try\n"
	"taken:\n"
	"  ret ptr %%lock\n"
	"}\n";

#define AS_FLOATS                             \
	"  %x = bitcast TYPE %old to FLOAT\n" \
	"  %y = bitcast TYPE %operand to FLOAT\n"
#define FROM_RESULT "  %desired = bitcast FLOAT %result to TYPE\n"
/* As fmin and fmax: one of two that is no number is not the result. */
#define NUMBER_OF_TWO                    \
	"  %n = fcmp uno FLOAT %y, %y\n" \
	"  %is_x = or i1 %c, %n\n"       \
	"  %result = select i1 %is_x, FLOAT %x, FLOAT %y\n"

/* What becomes of the old value and the operand. */
static const struct {
	const char *name;
	const char *desired; /* the lines that make %desired of %old and %operand */
} modifications[] = {
	{ "exchange", "  %desired = add TYPE %operand, 0\n" },
	{ "and", "  %desired = and TYPE %old, %operand\n" },
	{ "or", "  %desired = or TYPE %old, %operand\n" },
	{ "xor", "  %desired = xor TYPE %old, %operand\n" },
	{ "max", "  %c = icmp sgt TYPE %old, %operand\n"
		 "  %desired = select i1 %c, TYPE %old, TYPE %operand\n" },
	{ "min", "  %c = icmp slt TYPE %old, %operand\n"
		 "  %desired = select i1 %c, TYPE %old, TYPE %operand\n" },
	{ "unsigned_max", "  %c = icmp ugt TYPE %old, %operand\n"
			  "  %desired = select i1 %c, TYPE %old, TYPE %operand\n" },
	{ "unsigned_min", "  %c = icmp ult TYPE %old, %operand\n"
			  "  %desired = select i1 %c, TYPE %old, TYPE %operand\n" },
	{ "float_add", AS_FLOATS "  %result = fadd FLOAT %x, %y\n" FROM_RESULT },
	{ "float_max", AS_FLOATS "  %c = fcmp ogt FLOAT %x, %y\n" NUMBER_OF_TWO FROM_RESULT },
	{ "float_min", AS_FLOATS "  %c = fcmp olt FLOAT %x, %y\n" NUMBER_OF_TWO FROM_RESULT },
};

static const char head[] =
	"declare ptr @" TAKE "(ptr, i64)\n"
	"define TYPE @tandem.window.NAME.TYPE(ptr %address, i64 %thread, PARAMETERS) "
	"alwaysinline nounwind {\n"
	"  %lock = call ptr @" TAKE "(ptr %address, i64 %thread)\n";
static const char tail[] = "  store atomic i32 0, ptr %lock release, align 4\n"
			   "  ret TYPE %seen\n"
			   "}\n";
static const char addition[] =
	"  %seen = call TYPE asm sideeffect \"xaddSUFFIX $0, $1\", "
	"\"=r,=*m,0,*m,~{memory},~{dirflag},~{fpsr},~{flags}\"(ptr elementtype(TYPE) %address, "
	"TYPE %operand, ptr elementtype(TYPE) %address)\n";
static const char compare_exchange[] =
	"  %seen = call TYPE asm sideeffect \"cmpxchgSUFFIX $3, $1\", "
	"\"={ax},=*m,0,r,*m,~{memory},~{dirflag},~{fpsr},~{flags}\"(ptr elementtype(TYPE) "
	"%address, TYPE %expected, TYPE %desired, ptr elementtype(TYPE) %address)\n";
static const char modification_begin[] = "  %first = load atomic TYPE, ptr %address monotonic, "
					 "align BYTES\n"
					 "  br label %try\n"
					 "try:\n"
					 "  %old = phi TYPE [ %first, %0 ], [ %seen, %try ]\n"
					 "  %expected = add TYPE %old, 0\n";
static const char modification_end[] = "  %done = icmp eq TYPE %seen, %old\n"
				       "  br i1 %done, label %changed, label %try\n"
				       "changed:\n";

/* Adds a template to a text: words in capitals are filled in. */
static void add(struct tandem_text *text, const char *template, const char *name, unsigned int bits)
{
	const struct {
		const char *word;
		const char *value;
	} words[] = {
		{ "TYPE", bits == 32 ? "i32" : "i64" },
		{ "FLOAT", bits == 32 ? "float" : "double" },
		{ "BYTES", bits == 32 ? "4" : "8" },
		{ "SUFFIX", bits == 32 ? "l" : "q" },
		{ "NAME", name },
		{ "PARAMETERS", strcmp(name, "compare_exchange") ?
					"TYPE %operand" :
					"TYPE %expected, TYPE %desired" },
	};

	while (*template) {
		size_t i = 0;

		while (i < TANDEM_ARRAY_SIZE(words) &&
		       strncmp(template, words[i].word, strlen(words[i].word)))
			i++;
		if (i == TANDEM_ARRAY_SIZE(words)) {
			tandem_text_add(text, template ++, 1);
			continue;
		}
		if (strstr(words[i].value, "TYPE"))
			add(text, words[i].value, name, bits);
		else
			tandem_text_print(text, "%s", words[i].value);
		template += strlen(words[i].word);
	}
}

static const char *desired_of(const char *operation)
{
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(modifications); i++) {
		if (!strcmp(modifications[i].name, operation))
			return modifications[i].desired;
	}
	return NULL;
}

static void write_operation(struct tandem_text *text, const char *operation, unsigned int bits)
{
	add(text, head, operation, bits);
	if (!strcmp(operation, "add")) {
		add(text, addition, operation, bits);
	} else if (!strcmp(operation, "compare_exchange")) {
		add(text, compare_exchange, operation, bits);
	} else {
		add(text, modification_begin, operation, bits);
		add(text, desired_of(operation), operation, bits);
		add(text, compare_exchange, operation, bits);
		add(text, modification_end, operation, bits);
	}
	add(text, tail, operation, bits);
}

/* Links the function @name, written as @text. Once it is inlined everywhere, it goes. */
static LLVMValueRef link_function(struct tandem_compilation *compilation, struct tandem_text *text,
				  const char *name)
{
	LLVMValueRef function = NULL;

	if (text->failed)
		tandem_ir_error(compilation, "no memory");
	else
		tandem_ir_add_text(compilation, text->bytes);
	if (!compilation->failed)
		function = LLVMGetNamedFunction(compilation->module, name);
	if (function)
		LLVMSetLinkage(function, LLVMLinkOnceODRLinkage);
	tandem_text_finish(text);
	return function;
}

LLVMValueRef tandem_window_atomic(struct tandem_compilation *compilation, const char *operation,
				  unsigned int bits)
{
	struct tandem_text text = { 0 };
	LLVMValueRef function;
	char name[64];

	snprintf(name, sizeof(name), "tandem.window.%s.i%u", operation, bits);
	function = LLVMGetNamedFunction(compilation->module, name);
	if (function)
		return function;
	if (!LLVMGetNamedFunction(compilation->module, TAKE)) {
		tandem_text_print(&text, lock_functions, TANDEM_WINDOW_LOCKS,
				  TANDEM_WINDOW_LOCK_BYTES,
				  (long long)TANDEM_WINDOW_LOCK_MULTIPLIER,
				  TANDEM_WINDOW_LOCK_SHIFT, TANDEM_WINDOW_LOCK_BYTES);
		if (!link_function(compilation, &text, TAKE))
			return NULL;
	}
	write_operation(&text, operation, bits);
	return link_function(compilation, &text, name);
}
