// SPDX-License-Identifier: MIT
#include "kernel_metadata.h"

#include <CL/cl.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/group_context.h"
#include "compiler/spirv_repairs.h"
#include "image/view.h"
#include "util/alloc.h"

/* The operands of a node that is attached to a function; count 0 where there is none. */
struct node {
	LLVMValueRef *operands;
	unsigned int count;
};

static struct node find_node(struct tandem_compilation *compilation, LLVMValueRef function,
			     const char *name)
{
	unsigned int kind = LLVMGetMDKindIDInContext(compilation->context, name, strlen(name));
	LLVMValueMetadataEntry *entries;
	struct node node = { 0 };
	size_t count;

	entries = LLVMGlobalCopyAllMetadata(function, &count);
	for (size_t i = 0; i < count; i++) {
		LLVMValueRef value;

		if (LLVMValueMetadataEntriesGetKind(entries, i) != kind)
			continue;
		value = LLVMMetadataAsValue(compilation->context,
					    LLVMValueMetadataEntriesGetMetadata(entries, i));
		node.count = LLVMGetMDNodeNumOperands(value);
		node.operands = tandem_new_array(node.operands, node.count + 1);
		if (node.operands)
			LLVMGetMDNodeOperands(value, node.operands);
		else
			node.count = 0;
		break;
	}
	LLVMDisposeValueMetadataEntries(entries);
	return node;
}

/* A copy of the string operand @index, "" where there is none. */
static char *node_string(const struct node *node, unsigned int index)
{
	unsigned int length = 0;
	const char *string = "";

	if (index < node->count)
		string = LLVMGetMDString(node->operands[index], &length);
	return strndup(string ? string : "", length);
}

static uint64_t node_number(const struct node *node, unsigned int index)
{
	if (index >= node->count || !LLVMIsAConstantInt(node->operands[index]))
		return 0;
	return LLVMConstIntGetZExtValue(node->operands[index]);
}

LLVMTypeRef tandem_by_value_type(LLVMValueRef function, unsigned int parameter)
{
	unsigned int kind = LLVMGetEnumAttributeKindForName("byval", 5);
	LLVMAttributeRef attribute = LLVMGetEnumAttributeAtIndex(function, parameter + 1, kind);

	return attribute ? LLVMGetTypeAttributeValue(attribute) : NULL;
}

void tandem_pass_by_reference(LLVMValueRef function, unsigned int parameter)
{
	LLVMRemoveEnumAttributeAtIndex(function, parameter + 1,
				       LLVMGetEnumAttributeKindForName("byval", 5));
}

/* ---- arguments ---- */

/* What the metadata of arguments says of each, as far as it is there. */
struct argument_nodes {
	struct node names, types, base_types, qualifiers, accesses;
};

static struct argument_nodes find_argument_nodes(struct tandem_compilation *compilation,
						 LLVMValueRef kernel)
{
	return (struct argument_nodes){
		.names = find_node(compilation, kernel, "kernel_arg_name"),
		.types = find_node(compilation, kernel, "kernel_arg_type"),
		.base_types = find_node(compilation, kernel, "kernel_arg_base_type"),
		.qualifiers = find_node(compilation, kernel, "kernel_arg_type_qual"),
		.accesses = find_node(compilation, kernel, "kernel_arg_access_qual"),
	};
}

static void free_argument_nodes(struct argument_nodes *nodes)
{
	free(nodes->names.operands);
	free(nodes->types.operands);
	free(nodes->base_types.operands);
	free(nodes->qualifiers.operands);
	free(nodes->accesses.operands);
}

static const struct image_type {
	const char *name;
	uint32_t type;
	bool is_depth;
} image_types[] = {
	{ "image1d_t", CL_MEM_OBJECT_IMAGE1D, false },
	{ "image1d_array_t", CL_MEM_OBJECT_IMAGE1D_ARRAY, false },
	{ "image1d_buffer_t", CL_MEM_OBJECT_IMAGE1D_BUFFER, false },
	{ "image2d_t", CL_MEM_OBJECT_IMAGE2D, false },
	{ "image2d_array_t", CL_MEM_OBJECT_IMAGE2D_ARRAY, false },
	{ "image2d_depth_t", CL_MEM_OBJECT_IMAGE2D, true },
	{ "image2d_array_depth_t", CL_MEM_OBJECT_IMAGE2D_ARRAY, true },
	{ "image3d_t", CL_MEM_OBJECT_IMAGE3D, false },
};

static const struct image_type *find_image_type(const char *name)
{
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(image_types); i++) {
		if (!strcmp(image_types[i].name, name))
			return &image_types[i];
	}
	return NULL;
}

enum tandem_own_type tandem_own_type(struct tandem_compilation *compilation, LLVMValueRef kernel,
				     unsigned int parameter)
{
	struct node types = find_node(compilation, kernel, "kernel_arg_base_type");
	char *name = node_string(&types, parameter);
	enum tandem_own_type type = TANDEM_OWN_NONE;

	if (!name)
		tandem_ir_error(compilation, "no memory");
	else if (find_image_type(name))
		type = TANDEM_OWN_IMAGE;
	else if (!strcmp(name, "sampler_t"))
		type = TANDEM_OWN_SAMPLER;
	free(name);
	free(types.operands);
	return type;
}

static uint32_t access_qualifier(const char *word)
{
	if (!strcmp(word, "read_only"))
		return CL_KERNEL_ARG_ACCESS_READ_ONLY;
	if (!strcmp(word, "write_only"))
		return CL_KERNEL_ARG_ACCESS_WRITE_ONLY;
	if (!strcmp(word, "read_write"))
		return CL_KERNEL_ARG_ACCESS_READ_WRITE;
	return CL_KERNEL_ARG_ACCESS_NONE;
}

/* An image or sampler must be what image_types.c makes of such. */
static void check_own_type(struct tandem_compilation *compilation, LLVMValueRef kernel,
			   unsigned int index, bool is_image)
{
	LLVMTypeRef type = is_image ? tandem_by_value_type(kernel, index) :
				      LLVMTypeOf(LLVMGetParam(kernel, index));

	if (is_image ? !type || LLVMABISizeOfType(compilation->layout, type) !=
					TANDEM_IMAGE_VIEW_BYTES :
		       type != compilation->i32)
		tandem_ir_error(compilation,
				"kernel '%s' has an argument that is said to be %s, but is none",
				tandem_ir_name(kernel), is_image ? "an image" : "a sampler");
}

/* Whether the type is one of the language's own, which have become others; completes it then. */
static bool read_own_type(struct tandem_compilation *compilation, LLVMValueRef kernel,
			  const struct argument_nodes *nodes, unsigned int index,
			  struct tandem_kernel_argument *argument)
{
	char *base = node_string(&nodes->base_types, index);
	char *access = node_string(&nodes->accesses, index);
	const struct image_type *image = base ? find_image_type(base) : NULL;
	bool is_sampler = base && !strcmp(base, "sampler_t");

	if (!base || !access)
		tandem_ir_error(compilation, "no memory");
	argument->access_qualifier = CL_KERNEL_ARG_ACCESS_NONE;
	if (image && access) {
		argument->kind = TANDEM_ARGUMENT_IMAGE;
		argument->access_qualifier = access_qualifier(access);
		argument->image_type = image->type;
		argument->is_depth = image->is_depth;
	} else if (is_sampler) {
		argument->kind = TANDEM_ARGUMENT_SAMPLER;
	}
	if (image || is_sampler)
		check_own_type(compilation, kernel, index, image);
	free(base);
	free(access);
	return image || is_sampler;
}

static enum tandem_argument_kind argument_kind(LLVMValueRef function, unsigned int index)
{
	LLVMTypeRef type = LLVMTypeOf(LLVMGetParam(function, index));

	if (LLVMGetTypeKind(type) != LLVMPointerTypeKind || tandem_by_value_type(function, index))
		return TANDEM_ARGUMENT_VALUE;
	switch (LLVMGetPointerAddressSpace(type)) {
	case TANDEM_AS_LOCAL:
		return TANDEM_ARGUMENT_LOCAL;
	case TANDEM_AS_CONSTANT:
		return TANDEM_ARGUMENT_CONSTANT;
	default:
		return TANDEM_ARGUMENT_GLOBAL;
	}
}

static uint64_t type_qualifier(const char *words)
{
	uint64_t qualifier = CL_KERNEL_ARG_TYPE_NONE;

	if (strstr(words, "const"))
		qualifier |= CL_KERNEL_ARG_TYPE_CONST;
	if (strstr(words, "restrict"))
		qualifier |= CL_KERNEL_ARG_TYPE_RESTRICT;
	if (strstr(words, "volatile"))
		qualifier |= CL_KERNEL_ARG_TYPE_VOLATILE;
	return qualifier;
}

/* What the translator notes in each module. */
#define FROM_SPIRV "spirv.MemoryModel"

/* The alignment that a structure by value asks for, which may be more than its type's. */
static uint32_t by_value_alignment(LLVMValueRef function, unsigned int parameter)
{
	unsigned int kind = LLVMGetEnumAttributeKindForName("align", 5);
	LLVMAttributeRef attribute = LLVMGetEnumAttributeAtIndex(function, parameter + 1, kind);

	return attribute ? (uint32_t)LLVMGetEnumAttributeValue(attribute) : 1;
}

/* Places the argument behind what is in the block already; returns the new end. */
static uint32_t place_argument(struct tandem_compilation *compilation, LLVMValueRef kernel,
			       unsigned int index, struct tandem_kernel_argument *argument,
			       uint32_t *offset, uint32_t end)
{
	LLVMTypeRef type = tandem_by_value_type(kernel, index);
	uint32_t alignment;

	alignment = type ? by_value_alignment(kernel, index) : 1;
	if (alignment > TANDEM_ARGUMENT_BLOCK_ALIGNMENT)
		tandem_ir_error(compilation,
				"argument %u of kernel '%s' is aligned to %u bytes, more than %u",
				index, tandem_ir_name(kernel), alignment,
				TANDEM_ARGUMENT_BLOCK_ALIGNMENT);
	if (!type)
		type = LLVMTypeOf(LLVMGetParam(kernel, index));
	alignment = (uint32_t)tandem_max_u64(alignment,
					     LLVMABIAlignmentOfType(compilation->layout, type));
	argument->bytes = (uint32_t)LLVMABISizeOfType(compilation->layout, type);
	*offset = (uint32_t)tandem_align_up(end, alignment);
	return *offset + argument->bytes;
}

static void read_arguments(struct tandem_compilation *compilation, LLVMValueRef kernel,
			   struct tandem_kernel_description *description)
{
	struct tandem_kernel_info *info = &description->info;
	struct argument_nodes nodes = find_argument_nodes(compilation, kernel);
	struct tandem_kernel_argument *arguments;
	uint32_t end = 0;

	info->argument_count = LLVMCountParams(kernel);
	arguments = tandem_new_array(arguments, info->argument_count + 1);
	info->arguments = arguments;
	description->argument_offsets =
		tandem_new_array(description->argument_offsets, info->argument_count + 1);
	if (!arguments || !description->argument_offsets) {
		info->argument_count = 0;
		tandem_ir_error(compilation, "no memory");
	}
	for (unsigned int i = 0; i < info->argument_count; i++) {
		char *words = node_string(&nodes.qualifiers, i);

		if (!read_own_type(compilation, kernel, &nodes, i, &arguments[i]))
			arguments[i].kind = argument_kind(kernel, i);
		arguments[i].name = node_string(&nodes.names, i);
		arguments[i].type_name = node_string(&nodes.types, i);
		arguments[i].type_qualifier = words ? type_qualifier(words) : 0;
		if (!words || !arguments[i].name || !arguments[i].type_name)
			tandem_ir_error(compilation, "no memory");
		free(words);
		end = place_argument(compilation, kernel, i, &arguments[i],
				     &description->argument_offsets[i], end);
	}
	info->packed_bytes = end;
	/* The translator writes nothing of what a module does not say, which need not say it. */
	info->tells_const = nodes.qualifiers.count == info->argument_count &&
			    !LLVMGetNamedMetadataNumOperands(compilation->module, FROM_SPIRV);
	free_argument_nodes(&nodes);
}

/* ---- attributes ---- */

/* Our own; what others note has no such name. */
#define SUB_GROUPS "tandem_sub_groups"

/* Notes at the kernel what the name of a variable says; false where it says nothing. */
static bool take_mark(struct tandem_compilation *compilation, LLVMModuleRef module,
		      LLVMValueRef variable)
{
	const size_t begin = strlen(TANDEM_SUB_GROUPS_MARK);
	const char *name = tandem_ir_name(variable);
	LLVMValueRef kernel;
	LLVMMetadataRef number;
	unsigned long count;
	char *end;

	if (strncmp(name, TANDEM_SUB_GROUPS_MARK, begin) != 0 || LLVMGetFirstUse(variable))
		return false;
	count = strtoul(name + begin, &end, 10);
	kernel = *end == '.' ? LLVMGetNamedFunction(module, end + 1) : NULL;
	if (!kernel || count > UINT32_MAX)
		return false;
	number = LLVMValueAsMetadata(LLVMConstInt(compilation->i32, count, 0));
	LLVMGlobalSetMetadata(kernel,
			      LLVMGetMDKindIDInContext(compilation->context, SUB_GROUPS,
						       strlen(SUB_GROUPS)),
			      LLVMMDNodeInContext2(compilation->context, &number, 1));
	return true;
}

void tandem_kernel_metadata_take_marks(struct tandem_compilation *compilation, LLVMModuleRef module)
{
	LLVMValueRef variable, next;

	for (variable = LLVMGetFirstGlobal(module); variable; variable = next) {
		next = LLVMGetNextGlobal(variable);
		if (take_mark(compilation, module, variable))
			LLVMDeleteGlobal(variable);
	}
}

static void add_size_attribute(struct tandem_text *text, const char *name, const struct node *node)
{
	if (node->count < TANDEM_DIMENSIONS)
		return;
	tandem_text_print(text, "%s%s(%u,%u,%u)", text->length ? " " : "", name,
			  (unsigned int)node_number(node, 0), (unsigned int)node_number(node, 1),
			  (unsigned int)node_number(node, 2));
}

static const char *scalar_name(LLVMTypeRef type, bool is_signed)
{
	switch (LLVMGetTypeKind(type)) {
	case LLVMHalfTypeKind:
		return "half";
	case LLVMFloatTypeKind:
		return "float";
	case LLVMDoubleTypeKind:
		return "double";
	case LLVMIntegerTypeKind:
		break;
	default:
		return "int";
	}
	switch (LLVMGetIntTypeWidth(type)) {
	case 8:
		return is_signed ? "char" : "uchar";
	case 16:
		return is_signed ? "short" : "ushort";
	case 64:
		return is_signed ? "long" : "ulong";
	default:
		return is_signed ? "int" : "uint";
	}
}

/* The node holds an undefined value of the type, and whether that is signed. */
static void add_type_hint(struct tandem_text *text, const struct node *node)
{
	LLVMTypeRef type, element;
	unsigned int width = 0;

	if (node->count < 2)
		return;
	type = LLVMTypeOf(node->operands[0]);
	element = type;
	if (LLVMGetTypeKind(type) == LLVMVectorTypeKind) {
		element = LLVMGetElementType(type);
		width = LLVMGetVectorSize(type);
	}
	tandem_text_print(text, "%svec_type_hint(%s", text->length ? " " : "",
			  scalar_name(element, node_number(node, 1)));
	tandem_text_print(text, width ? "%u)" : ")", width);
}

static void read_attributes(struct tandem_compilation *compilation, LLVMValueRef kernel,
			    struct tandem_kernel_info *info)
{
	struct node required = find_node(compilation, kernel, "reqd_work_group_size");
	struct node hint = find_node(compilation, kernel, "work_group_size_hint");
	struct node type = find_node(compilation, kernel, "vec_type_hint");
	struct node lanes = find_node(compilation, kernel, "intel_reqd_sub_group_size");
	struct node sub_groups = find_node(compilation, kernel, SUB_GROUPS);
	struct tandem_text text = { 0 };

	add_size_attribute(&text, "reqd_work_group_size", &required);
	add_size_attribute(&text, "work_group_size_hint", &hint);
	add_type_hint(&text, &type);
	for (unsigned int i = 0; required.count && i < TANDEM_DIMENSIONS; i++)
		info->required_group[i] = (uint32_t)node_number(&required, i);
	if (lanes.count)
		info->required_sub_group = (uint32_t)node_number(&lanes, 0);
	if (info->required_sub_group)
		tandem_text_print(&text, "%sintel_reqd_sub_group_size(%u)", text.length ? " " : "",
				  info->required_sub_group);
	info->required_sub_groups = (uint32_t)node_number(&sub_groups, 0);
	if (sub_groups.count && !info->required_sub_groups)
		tandem_ir_error(compilation,
				"kernel '%s' requires groups of no sub-groups, or of a number "
				"that is not known",
				info->name);
	info->attributes = strdup(tandem_text_string(&text));
	if (!info->attributes)
		tandem_ir_error(compilation, "no memory");
	tandem_text_finish(&text);
	free(required.operands);
	free(hint.operands);
	free(type.operands);
	free(lanes.operands);
	free(sub_groups.operands);
}

/*
 * Clang says of each kernel, by the version of OpenCL C and -cl-uniform-work-group-size,
 * whether its groups are uniform. Those from SPIR-V, of which nothing is said, take any size.
 */
static bool allows_uneven_groups(LLVMValueRef kernel)
{
	static const char name[] = "uniform-work-group-size";
	LLVMAttributeRef attribute = LLVMGetStringAttributeAtIndex(
		kernel, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, name, sizeof(name) - 1);
	unsigned int length = 0;
	const char *value = attribute ? LLVMGetStringAttributeValue(attribute, &length) : "";

	return !attribute || (length == strlen("false") && !strncmp(value, "false", length));
}

void tandem_kernel_metadata_read(struct tandem_compilation *compilation, LLVMValueRef kernel,
				 struct tandem_kernel_description *description)
{
	struct tandem_kernel_info *info = &description->info;

	info->name = strdup(tandem_ir_name(kernel));
	if (!info->name)
		tandem_ir_error(compilation, "no memory");
	read_arguments(compilation, kernel, description);
	read_attributes(compilation, kernel, info);
	info->allows_uneven_groups = allows_uneven_groups(kernel);
}

void tandem_kernel_metadata_finish(struct tandem_kernel_description *description)
{
	struct tandem_kernel_info *info = &description->info;

	for (uint32_t i = 0; i < info->argument_count; i++) {
		free((char *)info->arguments[i].name);
		free((char *)info->arguments[i].type_name);
	}
	free((void *)info->arguments);
	free(description->argument_offsets);
	free((char *)info->attributes);
	free((char *)info->name);
}
