// SPDX-License-Identifier: MIT
#include "print.h"
#include "builtins.h"

#include <inttypes.h>

static bool is_reference(const struct source *source)
{
	return source->dialect == DIALECT_REFERENCE;
}

void print_vector_helper(struct source *source, const char *name, struct type result,
			 struct type operand, const char *element)
{
	char to[24], from[24], scalar[24];

	print_helper(source, "VECTOR(%s, %s, %s, %s, %d, %s)", name,
		     print_type_name(source, result, to), print_type_name(source, operand, from),
		     print_type_name(source, type_scalar(operand.base), scalar), operand.width,
		     element);
}

static void print_constant(struct source *source, const struct node *node)
{
	enum base base = node->type.base;
	char name[24];
	int64_t value = node->value;

	print_type_name(source, node->type, name);
	if (node->type.width > 1)
		fprintf(source->out, is_reference(source) ? "SPLAT(%s, " : "((%s)(", name);
	if (base_is_float(base))
		fprintf(source->out, "%" PRId64 ".0%s", value, base == BASE_FLOAT ? "f" : "");
	else if (base == BASE_UINT)
		fprintf(source->out, "%" PRIu32 "u", (uint32_t)value);
	else if (base == BASE_ULONG)
		fprintf(source->out, "%" PRIu64 "ul", (uint64_t)value);
	else if (base == BASE_LONG && value == INT64_MIN)
		fprintf(source->out, "(-9223372036854775807l - 1)");
	else if (base == BASE_LONG)
		fprintf(source->out, value < 0 ? "(%" PRId64 "l)" : "%" PRId64 "l", value);
	else if (base == BASE_INT && value == INT32_MIN)
		fprintf(source->out, "(-2147483647 - 1)");
	else if (base == BASE_INT)
		fprintf(source->out, value < 0 ? "(%" PRId64 ")" : "%" PRId64, value);
	else
		fprintf(source->out, "((%s%s)%" PRId64 ")", is_reference(source) ? "t_" : "",
			print_base_name(base), value);
	if (node->type.width > 1)
		fprintf(source->out, is_reference(source) ? ", %d)" : "))", node->type.width);
}

static const char *operator_text(int op)
{
	switch (op) {
	case '+':
		return "+";
	case '-':
		return "-";
	case '*':
		return "*";
	case '&':
		return "&";
	case '|':
		return "|";
	case '^':
		return "^";
	case '<':
		return "<<";
	default:
		return ">>";
	}
}

static const char *operator_name(int op)
{
	switch (op) {
	case '+':
		return "add";
	case '-':
		return "sub";
	case '*':
		return "mul";
	case '&':
		return "and";
	case '|':
		return "or";
	case '^':
		return "xor";
	case '<':
		return "left";
	default:
		return "right";
	}
}

static void print_list(struct source *source, const struct node *node, int first)
{
	for (int i = first; i < node->count; i++) {
		fputs(i > first ? ", " : "", source->out);
		print_expression(source, node->child[i]);
	}
}

/* Whether an operation on values of @base is to be done on unsigned ones. */
static bool goes_unsigned(int op, enum base base)
{
	if (base_is_float(base) || !base_is_signed(base))
		return false;
	return op == '+' || op == '-' || op == '*' || op == '<';
}

static void print_vector_binary(struct source *source, const struct node *node)
{
	enum base base = node->type.base;
	bool shifts = node->op == '<' || node->op == '>';
	char name[24], element[64], helper[24];

	if (is_reference(source)) {
		if (base_is_float(base))
			snprintf(element, sizeof(element), "exact_%s(x %s y)",
				 print_base_name(base), operator_text(node->op));
		else if (shifts)
			snprintf(element, sizeof(element), "%sx %s (y & %u)",
				 node->op == '<' ? "(t_ulong)" : "", operator_text(node->op),
				 base_bits(base) - 1);
		else
			snprintf(element, sizeof(element), "(t_ulong)x %s (t_ulong)y",
				 operator_text(node->op));
		snprintf(helper, sizeof(helper), "%s_%s%d", operator_name(node->op),
			 print_base_name(base), node->type.width);
		print_vector_helper(source, helper, node->type, node->type, element);
		fprintf(source->out, "%s(", helper);
		print_list(source, node, 0);
		fprintf(source->out, ")");
		return;
	}
	if (goes_unsigned(node->op, base)) {
		struct type other = type_vector(base_unsigned(base), node->type.width);

		fprintf(source->out, "as_%s(", print_type_name(source, node->type, name));
		fprintf(source->out, "as_%s(", print_type_name(source, other, name));
		print_expression(source, node->child[0]);
		fprintf(source->out, ") %s as_%s(", operator_text(node->op), name);
		print_expression(source, node->child[1]);
		if (shifts)
			fprintf(source->out, " & (%s)%u",
				print_type_name(source, node->type, helper), base_bits(base) - 1);
		fprintf(source->out, "))");
		return;
	}
	fprintf(source->out, "(");
	print_expression(source, node->child[0]);
	fprintf(source->out, shifts ? " %s (" : " %s ", operator_text(node->op));
	print_expression(source, node->child[1]);
	if (shifts)
		fprintf(source->out, " & (%s)%u)", print_type_name(source, node->type, name),
			base_bits(base) - 1);
	fprintf(source->out, ")");
}

/* Of numbers narrower than an int, computed as int or, where that overflows, as uint. */
static void print_narrow_binary(struct source *source, const struct node *node)
{
	bool shifts = node->op == '<' || node->op == '>';
	bool wide = node->op == '*' || node->op == '<';
	char name[24];
	const char *cast = is_reference(source) ? "(t_uint)" : "(uint)";

	fprintf(source->out, "((%s)(%s", print_type_name(source, node->type, name),
		wide ? cast : "");
	print_expression(source, node->child[0]);
	fprintf(source->out, " %s %s", operator_text(node->op), shifts ? "(" : wide ? cast : "");
	print_expression(source, node->child[1]);
	if (shifts)
		fprintf(source->out, " & %u)", base_bits(node->type.base) - 1);
	fprintf(source->out, "))");
}

static void print_binary(struct source *source, const struct node *node)
{
	enum base base = node->type.base;
	bool shifts = node->op == '<' || node->op == '>';
	char name[24];

	if (node->type.width > 1) {
		print_vector_binary(source, node);
		return;
	}
	if (base_bits(base) < 32) {
		print_narrow_binary(source, node);
		return;
	}
	if (goes_unsigned(node->op, base) && (node->flags & FLAG_WRAPS || shifts)) {
		struct type other = type_scalar(base_unsigned(base));

		fprintf(source->out, "((%s)(", print_type_name(source, node->type, name));
		fprintf(source->out, "(%s)", print_type_name(source, other, name));
		print_expression(source, node->child[0]);
		fprintf(source->out, shifts ? " %s (%s)(" : " %s (%s)", operator_text(node->op),
			name);
		print_expression(source, node->child[1]);
		if (shifts)
			fprintf(source->out, " & %u)", base_bits(base) - 1);
		fprintf(source->out, "))");
		return;
	}
	if (is_reference(source) && goes_unsigned(node->op, base)) {
		fprintf(source->out, "%s_%s(", operator_name(node->op), print_base_name(base));
		print_list(source, node, 0);
		fprintf(source->out, ")");
		return;
	}
	if (is_reference(source) && base_is_float(base))
		fprintf(source->out, "exact_%s", print_base_name(base));
	fprintf(source->out, "(");
	print_expression(source, node->child[0]);
	fprintf(source->out, shifts ? " %s (" : " %s ", operator_text(node->op));
	print_expression(source, node->child[1]);
	if (shifts)
		fprintf(source->out, " & %u)", base_bits(base) - 1);
	fprintf(source->out, ")");
}

static void print_divide(struct source *source, const struct node *node)
{
	const char *how = node->flags & FLAG_UNUSED ? "any_" : "";
	const char *what = node->op == '/' ? "div" : "rem";
	char name[24], helper[32], element[48];

	if (!is_reference(source)) {
		fprintf(source->out, "((%s)(", print_type_name(source, node->type, name));
		print_expression(source, node->child[0]);
		fprintf(source->out, " %c ", node->op);
		print_expression(source, node->child[1]);
		fprintf(source->out, "))");
		return;
	}
	snprintf(helper, sizeof(helper), "%s%s_%s", how, what, print_base_name(node->type.base));
	if (node->type.width > 1) {
		snprintf(element, sizeof(element), "%s(x, y)", helper);
		snprintf(helper, sizeof(helper), "%s%s_%s%d", how, what,
			 print_base_name(node->type.base), node->type.width);
		print_vector_helper(source, helper, node->type, node->type, element);
	}
	fprintf(source->out, "%s(", helper);
	print_list(source, node, 0);
	fprintf(source->out, ")");
}

static const char *comparison(int op)
{
	switch (op) {
	case '<':
		return "<";
	case '>':
		return ">";
	case 'l':
		return "<=";
	case 'g':
		return ">=";
	case '=':
		return "==";
	default:
		return "!=";
	}
}

static void print_vector_select(struct source *source, const struct node *node)
{
	char to[24], from[24];

	if (is_reference(source)) {
		struct type compared = node->child[0]->type;

		print_type_name(source, node->type, to);
		print_type_name(source, compared, from);
		print_helper(source, "CHOOSE(choose%d_%s_%s, %s, %s, %d, %s)", node->op, to, from,
			     to, from, node->type.width, comparison(node->op));
		fprintf(source->out, "choose%d_%s_%s(", node->op, to, from);
		print_list(source, node, 0);
		fprintf(source->out, ")");
		return;
	}
	fprintf(source->out, "((");
	print_expression(source, node->child[0]);
	fprintf(source->out, " %s ", comparison(node->op));
	print_expression(source, node->child[1]);
	fprintf(source->out, ") ? ");
	print_expression(source, node->child[2]);
	fprintf(source->out, " : ");
	print_expression(source, node->child[3]);
	fprintf(source->out, ")");
}

/* Whether a comparison holds for all components, or for any. */
static void print_vector_compare(struct source *source, const struct node *node)
{
	const char *name = node->value ? "all" : "any";
	struct type compared = node->child[0]->type;
	char from[24];

	if (is_reference(source)) {
		print_type_name(source, compared, from);
		print_helper(source, "COMPARE(%s%d_%s, %s, %d, %s, %d)", name, node->op, from, from,
			     compared.width, comparison(node->op), (int)node->value);
		fprintf(source->out, "%s%d_%s(", name, node->op, from);
		print_list(source, node, 0);
		fprintf(source->out, ")");
		return;
	}
	fprintf(source->out, "%s(", name);
	print_expression(source, node->child[0]);
	fprintf(source->out, " %s ", comparison(node->op));
	print_expression(source, node->child[1]);
	fprintf(source->out, ")");
}

static void print_conversion(struct source *source, const struct node *node)
{
	struct type operand = node->child[0]->type;
	static const char *const names[] = { "convert_%s", "convert_%s_sat", "as_%s" };
	int which = node->kind - NODE_CONVERT;
	char to[24], from[24], helper[80];
	const char *target = print_type_name(source, node->type, to);

	if (is_reference(source)) {
		print_type_name(source, operand, from);
		snprintf(helper, sizeof(helper), "c%d_%s_%s", which, to, from);
		if (node->kind == NODE_AS)
			print_helper(source, "AS(%s, %s, %s)", helper, to, from);
		else if (node->kind == NODE_CONVERT)
			print_helper(source, "CONVERT%s(%s, %s, %s, %d)",
				     operand.width > 1 ? "_VECTOR" : "", helper, to, from,
				     operand.width);
		else
			print_helper(source, "SATURATE%s(%s, %s, %s, %d, t_%s)",
				     operand.width > 1 ? "_VECTOR" : "", helper, to, from,
				     operand.width, print_base_name(node->type.base));
		fputs(helper, source->out);
	} else {
		fprintf(source->out, names[which], target);
	}
	fprintf(source->out, "(");
	print_list(source, node, 0);
	fprintf(source->out, ")");
}

static void print_builtin(struct source *source, const struct node *node)
{
	const struct fuzz_builtin *builtin = &fuzz_builtins[node->index];
	struct type operand = node->child[0]->type;
	char result[24], scalar[24], helper[40], element[80];

	if (!is_reference(source)) {
		fprintf(source->out, "%s%s(", builtin->opencl_before, builtin->name);
		print_list(source, node, 0);
		fprintf(source->out, "%s)", builtin->opencl_after);
		return;
	}
	print_helper(source, "BUILTIN(b_%s_%s, %s, %s, t_%s, %u, %s)", builtin->name,
		     print_base_name(operand.base),
		     print_type_name(source, type_scalar(node->type.base), result),
		     print_type_name(source, type_scalar(operand.base), scalar),
		     print_base_name(base_unsigned(operand.base)), base_bits(operand.base),
		     builtin->reference);
	snprintf(helper, sizeof(helper), "b_%s_%s", builtin->name, print_base_name(operand.base));
	if (node->type.width > 1) {
		snprintf(element, sizeof(element), "%s(x, y)", helper);
		snprintf(helper, sizeof(helper), "b_%s_%s%d", builtin->name,
			 print_base_name(operand.base), operand.width);
		print_vector_helper(source, helper, node->type, operand, element);
	}
	fprintf(source->out, "%s(", helper);
	print_list(source, node, 0);
	if (node->count == 1) {
		fprintf(source->out, ", ");
		print_list(source, node, 0);
	}
	fprintf(source->out, ")");
}

static void print_components(struct source *source, const struct node *node)
{
	static const char digits[] = "0123456789abcdef";

	if (node->kind == NODE_COMPONENT) {
		print_place(source, node);
	} else if (is_reference(source)) {
		char to[24], from[24];

		print_helper(source, "SWIZZLE(swizzle%llx_%s_%s, %s, %s, %d, 0x%llxul)",
			     (unsigned long long)node->value,
			     print_type_name(source, node->type, to),
			     print_type_name(source, node->child[0]->type, from), to, from,
			     node->type.width, (unsigned long long)node->value);
		fprintf(source->out, "swizzle%llx_%s_%s(", (unsigned long long)node->value, to,
			from);
		print_list(source, node, 0);
		fprintf(source->out, ")");
	} else {
		print_expression(source, node->child[0]);
		fprintf(source->out, ".s");
		for (int i = 0; i < node->type.width; i++)
			fputc(digits[node->value >> (4 * i) & 15], source->out);
	}
}

/* How many elements of the array there are, as the C checks it. */
static void print_length(struct source *source, const struct array *array)
{
	if (array->length)
		fprintf(source->out, "%d", array->length);
	else
		fprintf(source->out, is_reference(source) ? "group_items" : "0");
}

void print_stretch(struct source *source, int index)
{
	const struct array *array = &source->program->array[index];
	char name[24], item[24], all[24];
	bool local = array->space == SPACE_LOCAL;

	print_array_name(source, index, name);
	if (!array->own) {
		fprintf(source->out, "%s", name);
		return;
	}
	print_variable_name(source, local ? INDEX_LOCAL : INDEX_ITEM, item);
	print_variable_name(source, local ? INDEX_GROUP_SIZE : INDEX_ITEMS, all);
	if (is_reference(source) || array->own == OWN_POINTER) {
		fprintf(source->out, "%so%d", is_reference(source) ? "P->" : "", index);
	} else if (array->own == OWN_INDEX) {
		fprintf(source->out, "(%s + %s * %d)", name, item, array->length);
	} else if (array->own == OWN_REVERSED) {
		fprintf(source->out, "(%s + (%s - 1 - %s) * %d)", name, all, item, array->length);
	} else {
		char permutation[24];

		fprintf(source->out, "(%s + %s[%s] * %d)", name,
			print_array_name(source, 0, permutation), item, array->length);
	}
}

/* name[place], with the stretch of the work-item inside the brackets. */
static void print_indexed(struct source *source, const struct node *node)
{
	const struct array *array = &source->program->array[node->index];
	char name[24], item[24], all[24];
	bool local = array->space == SPACE_LOCAL;

	print_array_name(source, node->index, name);
	print_variable_name(source, local ? INDEX_LOCAL : INDEX_ITEM, item);
	print_variable_name(source, local ? INDEX_GROUP_SIZE : INDEX_ITEMS, all);
	if (array->own == OWN_INDEX) {
		fprintf(source->out, "%s[%s * %d + ", name, item, array->length);
	} else if (array->own == OWN_REVERSED) {
		fprintf(source->out, "%s[(%s - 1 - %s) * %d + ", name, all, item, array->length);
	} else if (array->own == OWN_PERMUTED) {
		char permutation[24];

		fprintf(source->out, "%s[%s[%s] * %d + ", name,
			print_array_name(source, 0, permutation), item, array->length);
	} else {
		print_stretch(source, node->index);
		fprintf(source->out, "[");
	}
	print_expression(source, node->child[0]);
	fprintf(source->out, "]");
}

static void print_access(struct source *source, const struct node *node)
{
	const struct array *array = &source->program->array[node->index];
	char name[24];

	if (!is_reference(source) && node->kind == NODE_ACCESS) {
		print_indexed(source, node);
		return;
	}
	if (node->kind == NODE_PUN)
		fprintf(source->out, "((%s%s%s *)",
			is_reference(source) ? "" : print_space_name(array->space),
			array->read_only ? "const " : "",
			print_type_name(source, node->type, name));
	print_stretch(source, node->index);
	fprintf(source->out, node->kind == NODE_PUN ? ")[" : "[");
	if (is_reference(source))
		fprintf(source->out, "ix(");
	print_expression(source, node->child[0]);
	if (is_reference(source)) {
		fprintf(source->out, ", ");
		print_length(source, array);
		if (node->kind == NODE_PUN)
			fprintf(source->out, " * %zu / %zu",
				type_bytes(source->program, array->type),
				type_bytes(source->program, node->type));
		fprintf(source->out, ")");
	}
	fprintf(source->out, "]");
}

/* The start of some neighbouring elements: where there are @needed of them. */
static void print_pointer(struct source *source, int array, int64_t needed,
			  const struct node *place)
{
	fprintf(source->out, "(");
	print_stretch(source, array);
	fprintf(source->out, " + ");
	if (is_reference(source))
		fprintf(source->out, "ix(");
	print_expression(source, place);
	if (is_reference(source)) {
		fprintf(source->out, ", ");
		print_length(source, &source->program->array[array]);
		fprintf(source->out, " - %lld)", (long long)needed - 1);
	}
	fprintf(source->out, ")");
}

static void print_vector_load(struct source *source, const struct node *node)
{
	char name[24];

	if (is_reference(source)) {
		print_helper(source, "LOAD(load_%s, %s, t_%s, %d)",
			     print_type_name(source, node->type, name), name,
			     print_base_name(node->type.base), node->type.width);
		fprintf(source->out, "load_%s(", name);
	} else {
		fprintf(source->out, "vload%d(0, ", node->type.width);
	}
	print_pointer(source, node->index, node->type.width, node->child[0]);
	fprintf(source->out, ")");
}

static void print_vector(struct source *source, const struct node *node)
{
	char name[24];

	print_type_name(source, node->type, name);
	fprintf(source->out, is_reference(source) ? "((%s){ { " : "((%s)(", name);
	print_list(source, node, 0);
	fprintf(source->out, is_reference(source) ? " } })" : "))");
}

void print_place(struct source *source, const struct node *node)
{
	static const char digits[] = "0123456789abcdef";

	switch (node->kind) {
	case NODE_COMPONENT:
		print_place(source, node->child[0]);
		if (is_reference(source))
			fprintf(source->out, ".s[%d]", (int)node->value);
		else
			fprintf(source->out, ".s%c", digits[node->value & 15]);
		break;
	case NODE_FIELD:
		print_place(source, node->child[0]);
		fprintf(source->out, ".f%d", node->index);
		break;
	default:
		print_expression(source, node);
	}
}

static void print_operator(struct source *source, const struct node *node)
{
	const char *text = node->kind == NODE_COMPARE ? comparison(node->op) :
			   node->op == '&'	      ? "&&" :
							"||";

	fprintf(source->out, "(");
	print_expression(source, node->child[0]);
	fprintf(source->out, " %s ", text);
	print_expression(source, node->child[1]);
	fprintf(source->out, ")");
}

static void print_variable(struct source *source, const struct node *node)
{
	char name[24];

	fputs(print_variable_name(source, node->index, name), source->out);
}

/* Of two narrow numbers a complement and a choice make an int. */
static void print_complement(struct source *source, const struct node *node)
{
	char name[24];

	fprintf(source->out, "((%s)~", print_type_name(source, node->type, name));
	print_expression(source, node->child[0]);
	fprintf(source->out, ")");
}

static void print_select(struct source *source, const struct node *node)
{
	char name[24];

	fprintf(source->out, "((%s)(", print_type_name(source, node->type, name));
	print_expression(source, node->child[0]);
	fprintf(source->out, " ? ");
	print_expression(source, node->child[1]);
	fprintf(source->out, " : ");
	print_expression(source, node->child[2]);
	fprintf(source->out, "))");
}

static void print_cast(struct source *source, const struct node *node)
{
	char name[24];

	fprintf(source->out, "((%s)", print_type_name(source, node->type, name));
	print_expression(source, node->child[0]);
	fprintf(source->out, ")");
}

static void print_call(struct source *source, const struct node *node)
{
	fprintf(source->out, "f%d_%d(", node->index, source->program->number);
	print_list(source, node, 0);
	fprintf(source->out, ")");
}

static void print_pointer_node(struct source *source, const struct node *node)
{
	print_pointer(source, node->index, node->value, node->child[0]);
}

static void (*const printers[])(struct source *source, const struct node *node) = {
	[NODE_CONSTANT] = print_constant,
	[NODE_VARIABLE] = print_variable,
	[NODE_NOT] = print_complement,
	[NODE_BINARY] = print_binary,
	[NODE_DIVIDE] = print_divide,
	[NODE_COMPARE] = print_operator,
	[NODE_LOGICAL] = print_operator,
	[NODE_SELECT] = print_select,
	[NODE_VECTOR_SELECT] = print_vector_select,
	[NODE_VECTOR_COMPARE] = print_vector_compare,
	[NODE_CAST] = print_cast,
	[NODE_CONVERT] = print_conversion,
	[NODE_CONVERT_SAT] = print_conversion,
	[NODE_AS] = print_conversion,
	[NODE_ACCESS] = print_access,
	[NODE_PUN] = print_access,
	[NODE_VECTOR_LOAD] = print_vector_load,
	[NODE_FIELD] = print_place,
	[NODE_COMPONENT] = print_components,
	[NODE_SWIZZLE] = print_components,
	[NODE_VECTOR] = print_vector,
	[NODE_BUILTIN] = print_builtin,
	[NODE_CALL] = print_call,
	[NODE_POINTER] = print_pointer_node,
};

void print_expression(struct source *source, const struct node *node)
{
	if ((size_t)node->kind < sizeof(printers) / sizeof(printers[0]) && printers[node->kind])
		printers[node->kind](source, node);
	else
		fprintf(source->out, "#error %d", node->kind);
}
