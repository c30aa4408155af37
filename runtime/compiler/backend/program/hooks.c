// SPDX-License-Identifier: MIT
#include "hooks.h"

#include <stddef.h>

#include "compiler/group_context.h"

static const struct {
	const char *name;
	int offset;
} values[TANDEM_ITEM_VALUES] = {
#define FIELD(member, i) (int)(offsetof(struct tandem_group_context, member) + 8 * (i))
	{ "tandem.local_id.0", -1 },
	{ "tandem.local_id.1", -1 },
	{ "tandem.local_id.2", -1 },
	{ "tandem.local_size.0", FIELD(local_size, 0) },
	{ "tandem.local_size.1", FIELD(local_size, 1) },
	{ "tandem.local_size.2", FIELD(local_size, 2) },
	{ "tandem.group_count.0", FIELD(group_count, 0) },
	{ "tandem.group_count.1", FIELD(group_count, 1) },
	{ "tandem.group_count.2", FIELD(group_count, 2) },
	{ "tandem.group_id.0", FIELD(group_id, 0) },
	{ "tandem.group_id.1", FIELD(group_id, 1) },
	{ "tandem.group_id.2", FIELD(group_id, 2) },
	{ "tandem.group_start.0", FIELD(group_start, 0) },
	{ "tandem.group_start.1", FIELD(group_start, 1) },
	{ "tandem.group_start.2", FIELD(group_start, 2) },
	{ "tandem.global_size.0", FIELD(global_size, 0) },
	{ "tandem.global_size.1", FIELD(global_size, 1) },
	{ "tandem.global_size.2", FIELD(global_size, 2) },
	{ "tandem.global_offset.0", FIELD(global_offset, 0) },
	{ "tandem.global_offset.1", FIELD(global_offset, 1) },
	{ "tandem.global_offset.2", FIELD(global_offset, 2) },
	{ "tandem.work_dimensions", FIELD(work_dimensions, 0) },
	{ "tandem.arena", FIELD(arena, 0) },
	{ "tandem.arena_bytes", FIELD(arena_bytes, 0) },
	{ "tandem.nowhere", FIELD(nowhere, 0) },
	{ "tandem.scratch", FIELD(scratch, 0) },
	{ "tandem.scratch_end", FIELD(item_state_end, 0) },
	{ "tandem.private_low", FIELD(private_low, 0) },
	{ "tandem.private_high", FIELD(private_high, 0) },
	{ "tandem.thread", FIELD(thread, 0) },
	{ "tandem.local_memory", FIELD(local_memory, 0) },
	{ "tandem.plain_window", FIELD(plain_window, 0) },
	{ "tandem.atomic_window", FIELD(atomic_window, 0) },
	{ "tandem.context", -1 },
#undef FIELD
};

static const char *const global_indices[TANDEM_DIMENSIONS] = {
	"tandem.global_index.0",
	"tandem.global_index.1",
	"tandem.global_index.2",
};

const char *tandem_item_value_name(enum tandem_item_value value)
{
	return values[value].name;
}

int tandem_item_value_offset(enum tandem_item_value value)
{
	return values[value].offset;
}

const char *tandem_global_index_name(unsigned int dimension)
{
	return global_indices[dimension];
}

/* A function of a dimension: one of three placeholders, or @otherwise. */
static void add_dimension_function(struct tandem_text *text, const char *name, const char *field,
				   int otherwise)
{
	tandem_text_print(text,
			  "define i64 @%s(i32 %%d) alwaysinline {\n"
			  "  %%v0 = load i64, ptr @tandem.%s.0\n"
			  "  %%v1 = load i64, ptr @tandem.%s.1\n"
			  "  %%v2 = load i64, ptr @tandem.%s.2\n"
			  "  %%is0 = icmp eq i32 %%d, 0\n"
			  "  %%is1 = icmp eq i32 %%d, 1\n"
			  "  %%is2 = icmp eq i32 %%d, 2\n"
			  "  %%r2 = select i1 %%is2, i64 %%v2, i64 %d\n"
			  "  %%r1 = select i1 %%is1, i64 %%v1, i64 %%r2\n"
			  "  %%r0 = select i1 %%is0, i64 %%v0, i64 %%r1\n"
			  "  ret i64 %%r0\n"
			  "}\n",
			  name, field, field, field, otherwise);
}

/* What follows from the functions of a dimension. */
static const char derived_functions[] = "define i32 @_Z12get_work_dimv() alwaysinline {\n"
					"  %d = load i64, ptr @tandem.work_dimensions\n"
					"  %r = trunc i64 %d to i32\n"
					"  ret i32 %r\n"
					"}\n"
					"define i64 @_Z13get_global_idj(i32 %d) alwaysinline {\n"
					"  %i = call i64 @tandem.global_index(i32 %d)\n"
					"  %o = call i64 @_Z17get_global_offsetj(i32 %d)\n"
					"  %r = add nuw nsw i64 %i, %o\n"
					"  ret i64 %r\n"
					"}\n"
					"define i64 @_Z19get_local_linear_idv() alwaysinline {\n"
					"  %l0 = load i64, ptr @tandem.local_id.0\n"
					"  %l1 = load i64, ptr @tandem.local_id.1\n"
					"  %l2 = load i64, ptr @tandem.local_id.2\n"
					"  %s0 = load i64, ptr @tandem.local_size.0\n"
					"  %s1 = load i64, ptr @tandem.local_size.1\n"
					"  %a = mul nuw nsw i64 %l2, %s1\n"
					"  %b = add nuw nsw i64 %a, %l1\n"
					"  %c = mul nuw nsw i64 %b, %s0\n"
					"  %r = add nuw nsw i64 %c, %l0\n"
					"  ret i64 %r\n"
					"}\n"
					"define i64 @_Z20get_global_linear_idv() alwaysinline {\n"
					"  %i0 = call i64 @tandem.global_index(i32 0)\n"
					"  %i1 = call i64 @tandem.global_index(i32 1)\n"
					"  %i2 = call i64 @tandem.global_index(i32 2)\n"
					"  %s0 = call i64 @_Z15get_global_sizej(i32 0)\n"
					"  %s1 = call i64 @_Z15get_global_sizej(i32 1)\n"
					"  %a = mul i64 %i2, %s1\n"
					"  %b = add i64 %a, %i1\n"
					"  %c = mul i64 %b, %s0\n"
					"  %r = add i64 %c, %i0\n"
					"  ret i64 %r\n"
					"}\n";

/* A pointer in the group's context; filled in with a name and an offset. */
static const char context_pointer[] = "define internal ptr @tandem.context.%s() alwaysinline {\n"
				      "  %%c = load ptr, ptr @tandem.context\n"
				      "  %%p = getelementptr i8, ptr %%c, i64 %zu\n"
				      "  %%r = load ptr, ptr %%p, !invariant.load !0\n"
				      "  ret ptr %%r\n"
				      "}\n";

/*
 * What a generic pointer points to: local memory is the group's block, private
 * memory lies on the stack or in the state of the work-items, the rest is global.
 */
static const char address_functions[] =
	"define ptr @__tandem_group_scratch() alwaysinline {\n"
	"  %r = call ptr @tandem.context.scratch()\n"
	"  ret ptr %r\n"
	"}\n"
	"define internal i1 @tandem.is_between(ptr addrspace(4) %p, ptr %low, ptr %high) "
	"alwaysinline {\n"
	"  %i = ptrtoint ptr addrspace(4) %p to i64\n"
	"  %l = ptrtoint ptr %low to i64\n"
	"  %h = ptrtoint ptr %high to i64\n"
	"  %ge = icmp uge i64 %i, %l\n"
	"  %lt = icmp ult i64 %i, %h\n"
	"  %r = and i1 %ge, %lt\n"
	"  ret i1 %r\n"
	"}\n"
	"define internal i1 @tandem.is_local(ptr addrspace(4) %p) alwaysinline {\n"
	"  %l = call ptr @tandem.context.local_memory()\n"
	"  %h = call ptr @tandem.context.local_memory_end()\n"
	"  %r = call i1 @tandem.is_between(ptr addrspace(4) %p, ptr %l, ptr %h)\n"
	"  ret i1 %r\n"
	"}\n"
	"define internal i1 @tandem.is_private(ptr addrspace(4) %p) alwaysinline {\n"
	"  %l = call ptr @tandem.context.private_low()\n"
	"  %h = call ptr @tandem.context.private_high()\n"
	"  %s = call ptr @tandem.context.item_state()\n"
	"  %e = call ptr @tandem.context.item_state_end()\n"
	"  %a = call i1 @tandem.is_between(ptr addrspace(4) %p, ptr %l, ptr %h)\n"
	"  %b = call i1 @tandem.is_between(ptr addrspace(4) %p, ptr %s, ptr %e)\n"
	"  %r = or i1 %a, %b\n"
	"  ret i1 %r\n"
	"}\n"
	"define ptr addrspace(3) @__to_local(ptr addrspace(4) %p) alwaysinline {\n"
	"  %is = call i1 @tandem.is_local(ptr addrspace(4) %p)\n"
	"  %q = addrspacecast ptr addrspace(4) %p to ptr addrspace(3)\n"
	"  %r = select i1 %is, ptr addrspace(3) %q, ptr addrspace(3) null\n"
	"  ret ptr addrspace(3) %r\n"
	"}\n"
	"define ptr @__to_private(ptr addrspace(4) %p) alwaysinline {\n"
	"  %is = call i1 @tandem.is_private(ptr addrspace(4) %p)\n"
	"  %q = addrspacecast ptr addrspace(4) %p to ptr\n"
	"  %r = select i1 %is, ptr %q, ptr null\n"
	"  ret ptr %r\n"
	"}\n"
	"define ptr addrspace(1) @__to_global(ptr addrspace(4) %p) alwaysinline {\n"
	"  %l = call i1 @tandem.is_local(ptr addrspace(4) %p)\n"
	"  %v = call i1 @tandem.is_private(ptr addrspace(4) %p)\n"
	"  %no = or i1 %l, %v\n"
	"  %q = addrspacecast ptr addrspace(4) %p to ptr addrspace(1)\n"
	"  %r = select i1 %no, ptr addrspace(1) null, ptr addrspace(1) %q\n"
	"  ret ptr addrspace(1) %r\n"
	"}\n"
	"define i32 @_Z9get_fencePU3AS4v(ptr addrspace(4) %p) alwaysinline {\n"
	"  %is = call i1 @tandem.is_local(ptr addrspace(4) %p)\n"
	"  %r = select i1 %is, i32 1, i32 2\n"
	"  ret i32 %r\n"
	"}\n"
	"define i32 @_Z9get_fencePU3AS4Kv(ptr addrspace(4) %p) alwaysinline {\n"
	"  %r = call i32 @_Z9get_fencePU3AS4v(ptr addrspace(4) %p)\n"
	"  ret i32 %r\n"
	"}\n"
	"!0 = !{}\n";

static void add_context_pointers(struct tandem_text *text)
{
	static const struct {
		const char *name;
		size_t offset;
	} pointers[] = {
#define POINTER(member) { #member, offsetof(struct tandem_group_context, member) }
		POINTER(local_memory),	 POINTER(local_memory_end), POINTER(item_state),
		POINTER(item_state_end), POINTER(private_low),	    POINTER(private_high),
		POINTER(scratch),
#undef POINTER
	};

	for (size_t i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++)
		tandem_text_print(text, context_pointer, pointers[i].name, pointers[i].offset);
}

void tandem_hooks_add(struct tandem_compilation *compilation)
{
	struct tandem_text text = { 0 };

	for (int i = 0; i < TANDEM_ITEM_VALUES; i++)
		tandem_text_print(&text, "@%s = external global %s\n", values[i].name,
				  i >= TANDEM_ITEM_LOCAL_MEMORY ? "ptr" : "i64");
	for (unsigned int i = 0; i < TANDEM_DIMENSIONS; i++)
		tandem_text_print(&text, "@%s = external global i64\n",
				  tandem_global_index_name(i));
	add_dimension_function(&text, "tandem.global_index", "global_index", 0);
	add_dimension_function(&text, "_Z15get_global_sizej", "global_size", 1);
	add_dimension_function(&text, "_Z12get_local_idj", "local_id", 0);
	add_dimension_function(&text, "_Z14get_local_sizej", "local_size", 1);
	add_dimension_function(&text, "_Z23get_enqueued_local_sizej", "local_size", 1);
	add_dimension_function(&text, "_Z14get_num_groupsj", "group_count", 1);
	add_dimension_function(&text, "_Z12get_group_idj", "group_id", 0);
	add_dimension_function(&text, "_Z17get_global_offsetj", "global_offset", 0);
	tandem_text_add(&text, derived_functions, sizeof(derived_functions) - 1);
	add_context_pointers(&text);
	tandem_text_add(&text, address_functions, sizeof(address_functions) - 1);
	if (text.failed)
		tandem_ir_error(compilation, "no memory");
	else
		tandem_ir_add_text(compilation, text.bytes);
	tandem_text_finish(&text);
}
