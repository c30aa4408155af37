// SPDX-License-Identifier: MIT
/* Statements outside of what work-items do together in the C: print_c.c has that. */
#include "print.h"

static bool is_reference(const struct source *source)
{
	return source->dialect == DIALECT_REFERENCE;
}

static void print_block(struct source *source, const struct node *block)
{
	fprintf(source->out, "{\n");
	source->indent++;
	print_statement(source, block);
	source->indent--;
	print_indent(source);
	fprintf(source->out, "}");
}

/* The swizzle's vector must have storage, and be named once. */
static void print_swizzle_assignment(struct source *source, const struct node *node)
{
	const struct node *place = node->child[0];
	char name[24];

	if (!is_reference(source)) {
		print_expression(source, place);
		fprintf(source->out, " = ");
		print_expression(source, node->child[1]);
		fprintf(source->out, ";\n");
		return;
	}
	fprintf(source->out, "{ %s value = ", print_type_name(source, place->type, name));
	print_expression(source, node->child[1]);
	fprintf(source->out, ";");
	for (int i = 0; i < place->type.width; i++) {
		fprintf(source->out, " ");
		print_place(source, place->child[0]);
		fprintf(source->out, ".s[%d] = value.s[%d];", (int)(place->value >> (4 * i) & 15),
			i);
	}
	fprintf(source->out, " }\n");
}

static void print_assignment(struct source *source, const struct node *node)
{
	print_indent(source);
	if (node->child[0]->kind == NODE_SWIZZLE) {
		print_swizzle_assignment(source, node);
		return;
	}
	print_place(source, node->child[0]);
	if (node->op)
		fprintf(source->out, " %c= ", node->op);
	else
		fprintf(source->out, " = ");
	print_expression(source, node->child[1]);
	fprintf(source->out, ";\n");
}

static void print_if(struct source *source, const struct node *node)
{
	print_indent(source);
	fprintf(source->out, "if (");
	print_expression(source, node->child[0]);
	fprintf(source->out, ") ");
	print_block(source, node->child[1]);
	if (node->count > 2) {
		fprintf(source->out, " else ");
		print_block(source, node->child[2]);
	}
	fprintf(source->out, "\n");
}

static void print_turn(struct source *source)
{
	if (!is_reference(source))
		return;
	print_indent(source);
	fprintf(source->out, "\tif (--turns < 0) fuzz_invalid();\n");
}

static void print_for(struct source *source, const struct node *node)
{
	const struct node *around = source->endless;
	bool down = node->flags & FLAG_DOWN;
	char name[24];

	print_variable_name(source, node->index, name);
	print_indent(source);
	fprintf(source->out, "for (%s = ", name);
	print_expression(source, node->child[down ? 1 : 0]);
	fprintf(source->out, "; %s %s ", name, down ? ">" : "<");
	print_expression(source, node->child[down ? 0 : 1]);
	if (node->count > 4) {
		fprintf(source->out, " && ");
		print_expression(source, node->child[4]);
	}
	if (node->child[2]->kind == NODE_CONSTANT && node->child[2]->value == 1)
		fprintf(source->out, "; %s%s) {\n", name, down ? "--" : "++");
	else {
		fprintf(source->out, "; %s %s= ", name, down ? "-" : "+");
		print_expression(source, node->child[2]);
		fprintf(source->out, ") {\n");
	}
	print_turn(source);
	source->indent++;
	source->endless = NULL;
	print_statement(source, node->child[3]);
	source->endless = around;
	source->indent--;
	print_indent(source);
	fprintf(source->out, "}\n");
}

/* It goes on from anywhere in it to its next turn, but not for ever: see print_word(). */
static void print_endless(struct source *source, const struct node *node)
{
	const struct node *around = source->endless;
	char name[24];

	print_variable_name(source, node->index, name);
	print_indent(source);
	fprintf(source->out, "%s = 0;\n", name);
	print_indent(source);
	fprintf(source->out, "for (;;) {\n");
	print_turn(source);
	source->indent++;
	print_indent(source);
	fprintf(source->out, "++%s;\n", name);
	source->endless = node;
	print_statement(source, node->child[0]);
	source->endless = around;
	print_indent(source);
	fprintf(source->out, "if (%s >= %d || !(", name, (int)node->value);
	print_expression(source, node->child[1]);
	fprintf(source->out, ")) break;\n");
	source->indent--;
	print_indent(source);
	fprintf(source->out, "}\n");
}

static void print_do(struct source *source, const struct node *node)
{
	const struct node *around = source->endless;
	char name[24];

	if (node->flags & FLAG_ENDLESS) {
		print_endless(source, node);
		return;
	}

	print_variable_name(source, node->index, name);
	print_indent(source);
	fprintf(source->out, "%s = 0;\n", name);
	print_indent(source);
	fprintf(source->out, "do {\n");
	print_turn(source);
	source->indent++;
	source->endless = NULL;
	print_statement(source, node->child[0]);
	source->endless = around;
	source->indent--;
	print_indent(source);
	fprintf(source->out, "} while (++%s < %d && ", name, (int)node->value);
	print_expression(source, node->child[1]);
	fprintf(source->out, ");\n");
}

static void print_switch(struct source *source, const struct node *node)
{
	print_indent(source);
	fprintf(source->out, "switch (");
	print_expression(source, node->child[0]);
	fprintf(source->out, ") {\n");
	for (int i = 1; i < node->count; i++) {
		bool last = i == node->count - 1;

		print_indent(source);
		if (last)
			fprintf(source->out, "default: ");
		else
			fprintf(source->out, "case %d: ", i - 1);
		print_block(source, node->child[i]);
		fprintf(source->out, node->value >> i & 1 && !last ? "\n" : " break;\n");
	}
	print_indent(source);
	fprintf(source->out, "}\n");
}

static void print_return(struct source *source, const struct node *node)
{
	print_indent(source);
	if (source->function < 0 && is_reference(source)) {
		fprintf(source->out, "goto end%d;\n", source->segment);
	} else if (node->count) {
		fprintf(source->out, "return ");
		print_expression(source, node->child[0]);
		fprintf(source->out, ";\n");
	} else {
		fprintf(source->out, "return;\n");
	}
}

static void print_group_function(struct source *source, const struct node *node)
{
	static const char *const names[] = {
		"scan_inclusive_add",
		"scan_inclusive_max",
		"scan_inclusive_min",
		"scan_exclusive_add",
		"scan_exclusive_max",
		"scan_exclusive_min",
		"reduce_add",
		"reduce_max",
		"reduce_min",
		"broadcast",
		"all",
		"any",
	};

	print_indent(source);
	print_place(source, node->child[0]);
	fprintf(source->out, " = work_group_%s(", names[node->index]);
	print_expression(source, node->child[1]);
	if (node->count > 2) {
		fprintf(source->out, ", ");
		print_expression(source, node->child[2]);
		for (unsigned int i = 1; i < source->program->dimensions; i++)
			fprintf(source->out, ", 0");
	}
	fprintf(source->out, ");\n");
}

/* With the old value. */
static void print_own_atomic(struct source *source, const struct node *node, const char *name)
{
	if (is_reference(source))
		fprintf(source->out, "ATOMIC_OLD(");
	print_place(source, node->child[2]);
	fprintf(source->out, is_reference(source) ? ", " : " = atomic_%s(&", name);
	print_place(source, node->child[0]);
	fprintf(source->out, is_reference(source) ? ", %s, " : ", ", name);
	print_expression(source, node->child[1]);
	fprintf(source->out, ");\n");
}

static void print_atomic(struct source *source, const struct node *node)
{
	const struct array *array = &source->program->array[node->index];
	const char *name = "add";
	char array_name[24];

	switch (node->op) {
	case '|':
		name = "or";
		break;
	case '&':
		name = "and";
		break;
	case '^':
		name = "xor";
		break;
	case '>':
		name = "max";
		break;
	case '<':
		name = "min";
		break;
	default:
		break;
	}
	print_array_name(source, node->index, array_name);
	print_indent(source);
	if (node->count > 2) {
		print_own_atomic(source, node, name);
		return;
	}
	if (!is_reference(source)) {
		fprintf(source->out, "atomic_%s(&%s[", name, array_name);
		print_expression(source, node->child[0]);
		fprintf(source->out, "], ");
	} else {
		fprintf(source->out, "ATOMIC(%s[ix(", array_name);
		print_expression(source, node->child[0]);
		fprintf(source->out, ", %d)], %s, ", array->length, name);
	}
	print_expression(source, node->child[1]);
	fprintf(source->out, ");\n");
}

static void print_vector_store(struct source *source, const struct node *node)
{
	struct node pointer = { .kind = NODE_POINTER,
				.index = node->index,
				.value = node->child[1]->type.width,
				.count = 1,
				.child = node->child };
	char name[24];

	print_indent(source);
	if (is_reference(source)) {
		print_type_name(source, node->child[1]->type, name);
		print_helper(source, "STORE(store_%s, %s, t_%s, %d)", name, name,
			     print_base_name(node->child[1]->type.base),
			     node->child[1]->type.width);
		fprintf(source->out, "store_%s(", name);
	} else {
		fprintf(source->out, "vstore%d(", node->child[1]->type.width);
	}
	print_expression(source, node->child[1]);
	fprintf(source->out, is_reference(source) ? ", " : ", 0, ");
	print_expression(source, &pointer);
	fprintf(source->out, ");\n");
}

/* A word, a barrier or a label. */
static void print_word(struct source *source, const struct node *node)
{
	char name[24];

	print_indent(source);
	switch (node->kind) {
	case NODE_BREAK:
		fprintf(source->out, "break;\n");
		break;
	case NODE_CONTINUE:
		if (source->endless) {
			print_variable_name(source, source->endless->index, name);
			fprintf(source->out, "if (%s < %d) ", name, (int)source->endless->value);
		}
		fprintf(source->out, "continue;\n");
		break;
	case NODE_GOTO:
		fprintf(source->out, "goto m%d;\n", node->index);
		break;
	case NODE_LABEL:
		fprintf(source->out, "m%d:;\n", node->index);
		break;
	default:
		fprintf(source->out, "barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);\n");
	}
}

void print_statement(struct source *source, const struct node *node)
{
	switch (node->kind) {
	case NODE_BLOCK:
	case NODE_SEQUENCE:
		for (int i = 0; i < node->count; i++)
			print_statement(source, node->child[i]);
		break;
	case NODE_ASSIGN:
		print_assignment(source, node);
		break;
	case NODE_IF:
		print_if(source, node);
		break;
	case NODE_FOR:
		print_for(source, node);
		break;
	case NODE_DO:
		print_do(source, node);
		break;
	case NODE_SWITCH:
		print_switch(source, node);
		break;
	case NODE_RETURN:
		print_return(source, node);
		break;
	case NODE_GROUP_FUNCTION:
		print_group_function(source, node);
		break;
	case NODE_ATOMIC:
		print_atomic(source, node);
		break;
	case NODE_VECTOR_STORE:
		print_vector_store(source, node);
		break;
	default:
		print_word(source, node);
	}
}
