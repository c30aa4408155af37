// SPDX-License-Identifier: MIT
#include "print.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct source *source_create(enum dialect dialect)
{
	struct source *source = calloc(1, sizeof(*source));

	if (!source)
		return NULL;
	source->dialect = dialect;
	source->out = open_memstream(&source->out_text, &source->out_bytes);
	source->helpers = open_memstream(&source->helper_text, &source->helper_bytes);
	if (!source->out || !source->helpers) {
		free(source_finish(source));
		return NULL;
	}
	if (dialect == DIALECT_REFERENCE)
		print_c_prelude(source);
	return source;
}

void source_add(struct source *source, struct program *program, bool perturb)
{
	source->program = program;
	source->indent = 0;
	program_mark_used(program);
	if (source->dialect == DIALECT_OPENCL)
		print_opencl_program(source, perturb);
	else
		print_c_program(source);
}

char *source_finish(struct source *source)
{
	char *text = NULL;

	if (source->out)
		fclose(source->out);
	if (source->helpers)
		fclose(source->helpers);
	if (source->out_text && source->helper_text) {
		text = malloc(source->out_bytes + source->helper_bytes + 1);
		if (text) {
			memcpy(text, source->helper_text, source->helper_bytes);
			memcpy(text + source->helper_bytes, source->out_text,
			       source->out_bytes + 1);
		}
	}
	for (size_t i = 0; i < source->lines; i++)
		free(source->line[i]);
	free(source->line);
	free(source->out_text);
	free(source->helper_text);
	free(source);
	return text;
}

void print_helper(struct source *source, const char *format, ...)
{
	char line[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	for (size_t i = 0; i < source->lines; i++) {
		if (!strcmp(source->line[i], line))
			return;
	}
	if (source->lines == source->room) {
		source->room = source->room ? 2 * source->room : 64;
		source->line = realloc(source->line, source->room * sizeof(*source->line));
		if (!source->line)
			abort();
	}
	source->line[source->lines++] = strdup(line);
	fprintf(source->helpers, "%s\n", line);
}

void print_indent(struct source *source)
{
	for (int i = 0; i < source->indent; i++)
		fputc('\t', source->out);
}

const char *print_base_name(enum base base)
{
	static const char *const names[BASE_COUNT] = {
		"char", "uchar", "short", "ushort", "int",
		"uint", "long",	 "ulong", "float",  "double"
	};

	return names[base];
}

const char *print_space_name(enum space space)
{
	static const char *const names[] = { "global ", "local ", "private ", "constant ", "" };

	return names[space];
}

const char *print_type_name(const struct source *source, struct type type, char *room)
{
	/* In the C, what is not a name of C's own. */
	const char *prefix = source->dialect == DIALECT_REFERENCE ? "t_" : "";

	if (type.record)
		snprintf(room, 24, "r%d_%d", type.record - 1, source->program->number);
	else if (type.width > 1)
		snprintf(room, 24, "%s%s%d", prefix, print_base_name(type.base), type.width);
	else
		snprintf(room, 24, "%s%s", prefix, print_base_name(type.base));
	return room;
}

const char *print_array_name(const struct source *source, int array, char *room)
{
	static const char letters[] = "gtpcq";
	const struct array *what = &source->program->array[array];

	snprintf(room, 24, "%s%c%d",
		 source->dialect == DIALECT_REFERENCE && what->space == SPACE_PRIVATE &&
				 what->owner < 0 ?
			 "P->" :
			 "",
		 letters[what->space], array);
	if (what->space == SPACE_CONSTANT && what->owner < 0)
		snprintf(room, 24, "c%d_%d", array, source->program->number);
	return room;
}

const char *print_variable_name(const struct source *source, int variable, char *room)
{
	static const char *const letters[] = { "v", "i", "n", "x", "w" };
	static const char *const indices[] = { "id", "l", "gx", "lx", "gr", "ls", "n_all" };
	const struct variable *what = &source->program->variable[variable];
	bool in_item = source->dialect == DIALECT_REFERENCE && what->owner < 0 && !what->uniform;

	if (what->role == ROLE_INDEX)
		snprintf(room, 24, "%s%s", in_item ? "P->" : "", indices[what->item_index]);
	else
		snprintf(room, 24, "%s%s%d", in_item ? "P->" : "", letters[what->role], variable);
	return room;
}

void print_records(struct source *source)
{
	const struct program *program = source->program;
	char name[24];

	for (int i = 0; i < program->records; i++) {
		const struct record *record = &program->record[i];

		fprintf(source->out, "typedef %s {", record->is_union ? "union" : "struct");
		for (int j = 0; j < record->fields; j++)
			fprintf(source->out, " %s f%d;",
				print_type_name(source, record->type[j], name), j);
		fprintf(source->out, " } r%d_%d;\n", i, program->number);
	}
}

static void print_function(struct source *source, int index)
{
	struct program *program = source->program;
	const struct function *function = &program->function[index];
	bool reference = source->dialect == DIALECT_REFERENCE;
	char type[24], name[24];

	source->function = index;
	fprintf(source->out, "%s%s f%d_%d(", reference ? "static " : "",
		print_type_name(source, function->type, type), index, program->number);
	for (int i = 0; i < function->parameters; i++) {
		int what = function->parameter[i].index;

		fputs(i ? ", " : "", source->out);
		if (function->parameter[i].is_array)
			fprintf(source->out, "%s%s%s *%s",
				reference ? "" : print_space_name(program->array[what].space),
				program->array[what].read_only ? "const " : "",
				print_type_name(source, program->array[what].type, type),
				print_array_name(source, what, name));
		else
			fprintf(source->out, "%s %s",
				print_type_name(source, program->variable[what].type, type),
				print_variable_name(source, what, name));
	}
	fprintf(source->out, ")\n{\n");
	source->indent = 1;
	for (int i = 0; i < program->variables; i++) {
		const struct variable *variable = &program->variable[i];

		if (variable->owner != index || !variable->used || variable->role == ROLE_PARAMETER)
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
	print_statement(source, function->body);
	fprintf(source->out, "}\n");
	source->function = -1;
	source->indent = 0;
}

void print_functions(struct source *source)
{
	for (int i = 0; i < source->program->functions; i++) {
		if (source->program->function[i].used)
			print_function(source, i);
	}
}
