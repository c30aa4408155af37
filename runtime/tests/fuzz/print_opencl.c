// SPDX-License-Identifier: MIT
#include "contents.h"
#include "print.h"

#include <inttypes.h>

static void print_constants(struct source *source)
{
	const struct program *program = source->program;
	char type[24], name[24];

	for (int i = 0; i < program->arrays; i++) {
		const struct array *array = &program->array[i];

		if (!array->used || array->owner >= 0 || array->space != SPACE_CONSTANT)
			continue;
		fprintf(source->out, "constant %s %s[%d] = {",
			print_type_name(source, array->type, type),
			print_array_name(source, i, name), array->length);
		for (int j = 0; j < array->length; j++)
			fprintf(source->out, " (%s)%" PRId64 ",", type,
				array_value(program, i, (size_t)j, 0) % 120);
		fprintf(source->out, " };\n");
	}
}

static void print_parameters(struct source *source)
{
	const struct program *program = source->program;
	const char *comma = "";
	char type[24], name[24];

	for (int i = 0; i < program->arrays; i++) {
		const struct array *array = &program->array[i];

		if (!array->used || array->owner >= 0 ||
		    !(array->space == SPACE_GLOBAL || array->argument))
			continue;
		fprintf(source->out, "%s%s%s%s *%s", comma, print_space_name(array->space),
			array->read_only ? "const " : "",
			print_type_name(source, array->type, type),
			print_array_name(source, i, name));
		comma = ", ";
	}
	for (int i = 0; i < program->variables; i++) {
		const struct variable *variable = &program->variable[i];

		if (!variable->used || variable->role != ROLE_ARGUMENT)
			continue;
		fprintf(source->out, "%s%s %s", comma,
			print_type_name(source, variable->type, type),
			print_variable_name(source, i, name));
		comma = ", ";
	}
}

/* The number of the work-item in all its group, or among all, in the first dimension first. */
static void print_linear(struct source *source, const char *id, const char *size, bool offsets)
{
	for (unsigned int i = source->program->dimensions; i-- > 0;) {
		if (offsets)
			fprintf(source->out, "(get_%s(%u) - get_global_offset(%u))", id, i, i);
		else
			fprintf(source->out, "get_%s(%u)", id, i);
		if (i)
			fprintf(source->out, " * get_%s(0)%s", size, i == 2 ? " * " : " + ");
		if (i == 2)
			fprintf(source->out, "get_%s(1) + ", size);
	}
}

static void print_sizes(struct source *source, const char *size)
{
	for (unsigned int i = 0; i < source->program->dimensions; i++)
		fprintf(source->out, "%sget_%s(%u)", i ? " * " : "", size, i);
}

static void print_item_index(struct source *source, enum item_index index)
{
	switch (index) {
	case INDEX_ITEM:
		print_linear(source, "global_id", "global_size", source->program->offsets);
		break;
	case INDEX_LOCAL:
		print_linear(source, "local_id", "local_size", false);
		break;
	case INDEX_GLOBAL_0:
		fprintf(source->out, "get_global_id(0)");
		break;
	case INDEX_LOCAL_0:
		fprintf(source->out, "get_local_id(0)");
		break;
	case INDEX_GROUP_0:
		fprintf(source->out, "get_group_id(0)");
		break;
	case INDEX_GROUP_SIZE:
		print_sizes(source, "local_size");
		break;
	default:
		print_sizes(source, "global_size");
	}
}

static void print_local_arrays(struct source *source)
{
	const struct program *program = source->program;
	char type[24], name[24];

	for (int i = 0; i < program->arrays; i++) {
		const struct array *array = &program->array[i];
		size_t most = 0;

		if (!array->used || array->owner >= 0 || array->argument ||
		    (array->space != SPACE_LOCAL && array->space != SPACE_PRIVATE))
			continue;
		if (array->space == SPACE_PRIVATE)
			most = (size_t)array->length;
		for (int j = 0; array->space == SPACE_LOCAL && j < program->launches; j++) {
			size_t elements = array_elements(program, i, j);

			most = elements > most ? elements : most;
		}
		/* For what is read as wider words; vectors have more by themselves. */
		fprintf(source->out, "\t%s%s %s[%zu]%s%s;\n",
			array->space == SPACE_LOCAL ? "local " : "",
			print_type_name(source, array->type, type),
			print_array_name(source, i, name), most,
			array->type.width > 1 ? "" : " __attribute__((aligned(16)))",
			array->zeroed ? " = { 0 }" : "");
	}
}

static void print_pointers(struct source *source)
{
	const struct program *program = source->program;
	char type[24];

	for (int i = 0; i < program->arrays; i++) {
		struct array *array = &source->program->array[i];

		if (!array->used || array->own != OWN_POINTER)
			continue;
		fprintf(source->out, "\t%s%s *o%d = ", print_space_name(array->space),
			print_type_name(source, array->type, type), i);
		array->own = OWN_INDEX;
		print_stretch(source, i);
		array->own = OWN_POINTER;
		fprintf(source->out, ";\n");
	}
}

static void print_variables(struct source *source)
{
	const struct program *program = source->program;
	char type[24], name[24];

	for (int i = 0; i < program->variables; i++) {
		const struct variable *variable = &program->variable[i];

		if (!variable->used || variable->owner >= 0 || variable->role == ROLE_ARGUMENT ||
		    variable->role == ROLE_INDEX)
			continue;
		fprintf(source->out, "\t%s %s = ", print_type_name(source, variable->type, type),
			print_variable_name(source, i, name));
		if (variable->first)
			print_expression(source, variable->first);
		else
			fputs(variable->type.width > 1 || variable->type.record ? "{ 0 }" : "0",
			      source->out);
		fprintf(source->out, ";\n");
	}
}

void print_opencl_program(struct source *source, bool perturb)
{
	struct program *program = source->program;
	char type[24], name[24];

	source->function = -1;
	print_records(source);
	print_constants(source);
	print_functions(source);
	if (program->required_groups) {
		const size_t *local = program->launch[0].local;

		fprintf(source->out, "__attribute__((reqd_work_group_size(%zu, %zu, %zu)))\n",
			local[0], local[1], local[2]);
	}
	fprintf(source->out, "kernel void k%d(", program->number);
	print_parameters(source);
	fprintf(source->out, ")\n{\n");
	print_local_arrays(source);
	for (int i = 0; i <= INDEX_ITEMS; i++) {
		if (!program->variable[i].used)
			continue;
		fprintf(source->out, "\tconst %s %s = (%s)(",
			print_type_name(source, program->variable[i].type, type),
			print_variable_name(source, i, name), type);
		print_item_index(source, (enum item_index)i);
		fprintf(source->out, ");\n");
	}
	print_pointers(source);
	print_variables(source);
	source->indent = 1;
	for (int i = 0; i < program->arrays; i++) {
		if (program->array[i].used && program->array[i].setup)
			print_statement(source, program->array[i].setup);
	}
	print_statement(source, program->body);
	/* The first array that is written is that of the results. */
	if (perturb && program->array[1].used)
		fprintf(source->out, "\tif (id %% 7 == 3) g1[id * %d] ^= 1;\n",
			program->array[1].length);
	fprintf(source->out, "}\n");
	source->indent = 0;
}
