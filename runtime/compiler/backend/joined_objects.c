// SPDX-License-Identifier: MIT
/*
 * The joined object has a header, the sections' contents in the order of the objects, the
 * symbols, all names, and the table of sections, of which those of the symbols and of the names
 * are the first. Left out is what the loader has no use for: sections that are not in memory at
 * run time, and references from these.
 */
#include "joined_objects.h"

#include <elf.h>
#include <errno.h>
#include <search.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

#define ALIGNMENT 64
/* Numbers of sections in the joined object. */
#define SYMBOLS_SECTION 1
#define NAMES_SECTION	2

/* A global symbol, found by its name. */
struct named {
	const char *name;
	uint32_t symbol; /* in the joined object */
	bool is_defined;
};

struct object {
	const char *bytes;
	const Elf64_Shdr *sections;
	unsigned int section_count;
	const char *section_names;
	const Elf64_Sym *symbols;
	size_t symbol_count;
	const char *symbol_names;
	uint32_t *new_sections; /* for each section its number in the joined object, or 0 */
	uint32_t *new_symbols;
};

struct joining {
	struct object *objects;
	unsigned int count;
	struct tandem_text *joined;
	struct tandem_text sections, symbols, names; /* of the joined object */
	void *named; /* a tree of struct named */
	int error;
};

/* ---- what an object has ---- */

static int read_object(struct object *object, const struct tandem_text *text)
{
	const Elf64_Ehdr *header = (const void *)text->bytes;

	if (text->length < sizeof(*header) || memcmp(header->e_ident, ELFMAG, SELFMAG) ||
	    header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
	    header->e_type != ET_REL || header->e_machine != EM_X86_64 ||
	    header->e_shentsize != sizeof(Elf64_Shdr) || header->e_shstrndx >= header->e_shnum)
		return -ENOEXEC;
	object->bytes = text->bytes;
	object->sections = (const void *)(text->bytes + header->e_shoff);
	object->section_count = header->e_shnum;
	object->section_names = text->bytes + object->sections[header->e_shstrndx].sh_offset;
	for (unsigned int i = 0; i < object->section_count; i++) {
		const Elf64_Shdr *section = &object->sections[i];

		if (section->sh_type != SHT_SYMTAB)
			continue;
		object->symbols = (const void *)(text->bytes + section->sh_offset);
		object->symbol_count = section->sh_size / sizeof(Elf64_Sym);
		object->symbol_names = text->bytes + object->sections[section->sh_link].sh_offset;
	}
	object->new_sections = tandem_new_array(object->new_sections, object->section_count + 1);
	object->new_symbols = tandem_new_array(object->new_symbols, object->symbol_count + 1);
	return object->new_sections && object->new_symbols ? 0 : -ENOMEM;
}

static void fail(struct joining *joining, int error)
{
	if (!joining->error)
		joining->error = error;
}

static uint32_t add_name(struct joining *joining, const char *name)
{
	uint32_t offset = (uint32_t)joining->names.length;

	tandem_text_add(&joining->names, name, strlen(name) + 1);
	return offset;
}

/* ---- sections ---- */

static uint32_t next_section(const struct joining *joining)
{
	return (uint32_t)(joining->sections.length / sizeof(Elf64_Shdr));
}

/* Adds bytes at the end of the joined object, where @section begins. */
static void add_content(struct joining *joining, Elf64_Shdr *section, const void *bytes,
			size_t length)
{
	static const char zeros[ALIGNMENT];
	size_t end = joining->joined->length;

	tandem_text_add(joining->joined, zeros, tandem_align_up(end, ALIGNMENT) - end);
	section->sh_offset = joining->joined->length;
	section->sh_size = length;
	tandem_text_add(joining->joined, bytes, length);
}

static void add_section(struct joining *joining, struct object *object, unsigned int number)
{
	Elf64_Shdr section = object->sections[number];

	section.sh_name = add_name(joining, object->section_names + section.sh_name);
	section.sh_link = 0;
	section.sh_info = 0;
	if (section.sh_type != SHT_NOBITS)
		add_content(joining, &section, object->bytes + section.sh_offset, section.sh_size);
	object->new_sections[number] = next_section(joining);
	tandem_text_add(&joining->sections, &section, sizeof(section));
}

static void add_sections(struct joining *joining, struct object *object)
{
	for (unsigned int i = 1; i < object->section_count; i++) {
		if (object->sections[i].sh_flags & SHF_ALLOC)
			add_section(joining, object, i);
	}
}

/* ---- symbols ---- */

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

/* The global symbol of a name, a new one if need be. NULL: no memory. */
static struct named *find_named(struct joining *joining, const char *name, bool *is_new)
{
	struct named *named = tandem_new(named), **found;

	if (!named)
		return NULL;
	named->name = name;
	found = tsearch(named, &joining->named, compare);
	*is_new = found && *found == named;
	if (!*is_new)
		free(named);
	return found ? *found : NULL;
}

static void add_symbol(struct joining *joining, struct object *object, size_t number)
{
	Elf64_Sym symbol = object->symbols[number];
	const char *name = object->symbol_names + symbol.st_name;
	size_t place = joining->symbols.length / sizeof(symbol);
	bool is_defined = symbol.st_shndx != SHN_UNDEF, is_new = true;
	struct named *named = NULL;

	if (is_defined && symbol.st_shndx < object->section_count)
		symbol.st_shndx = (Elf64_Section)object->new_sections[symbol.st_shndx];
	/* Of a section that is left out. */
	if (is_defined && symbol.st_shndx == SHN_UNDEF)
		return;
	if (ELF64_ST_BIND(symbol.st_info) != STB_LOCAL) {
		named = find_named(joining, name, &is_new);
		if (!named) {
			fail(joining, -ENOMEM);
			return;
		}
		if (is_new)
			named->symbol = (uint32_t)place;
		object->new_symbols[number] = named->symbol;
		if (!is_new && !is_defined)
			return;
		if (named->is_defined)
			fail(joining, -ENOEXEC);
		named->is_defined = is_defined;
	} else {
		object->new_symbols[number] = (uint32_t)place;
	}
	symbol.st_name = add_name(joining, name);
	if (is_new)
		tandem_text_add(&joining->symbols, &symbol, sizeof(symbol));
	else if (!joining->symbols.failed)
		memcpy(joining->symbols.bytes + named->symbol * sizeof(symbol), &symbol,
		       sizeof(symbol));
}

/* ---- references ---- */

/* The section of references from another, @target, of the joined object. */
static void add_references(struct joining *joining, const struct object *object,
			   unsigned int number, uint32_t target)
{
	Elf64_Shdr section = object->sections[number];
	size_t count = section.sh_size / sizeof(Elf64_Rela);
	Elf64_Rela *entries = tandem_new_array(entries, count + 1);

	if (!entries) {
		fail(joining, -ENOMEM);
		return;
	}
	memcpy(entries, object->bytes + section.sh_offset, count * sizeof(*entries));
	for (size_t i = 0; i < count; i++) {
		uint64_t symbol = object->new_symbols[ELF64_R_SYM(entries[i].r_info)];

		entries[i].r_info = ELF64_R_INFO(symbol, ELF64_R_TYPE(entries[i].r_info));
	}
	section.sh_name = 0;
	section.sh_link = SYMBOLS_SECTION;
	section.sh_info = target;
	add_content(joining, &section, entries, count * sizeof(*entries));
	tandem_text_add(&joining->sections, &section, sizeof(section));
	free(entries);
}

static void add_all_references(struct joining *joining)
{
	for (unsigned int i = 0; i < joining->count; i++) {
		const struct object *object = &joining->objects[i];

		for (unsigned int k = 1; k < object->section_count; k++) {
			const Elf64_Shdr *section = &object->sections[k];
			uint32_t target = section->sh_type == SHT_RELA ?
						  object->new_sections[section->sh_info] :
						  0;

			if (target)
				add_references(joining, object, k, target);
		}
	}
}

/* ---- all together ---- */

/* Fills in the header of a section that has its number already. */
static void put_table(struct joining *joining, unsigned int number, Elf64_Shdr section,
		      const struct tandem_text *table)
{
	add_content(joining, &section, table->bytes, table->length);
	if (!joining->sections.failed)
		memcpy(joining->sections.bytes + number * sizeof(section), &section,
		       sizeof(section));
}

static void put_header(struct joining *joining)
{
	Elf64_Ehdr header = *(const Elf64_Ehdr *)(const void *)joining->objects[0].bytes;
	uint32_t count = next_section(joining);
	Elf64_Shdr place;

	add_content(joining, &place, joining->sections.bytes, joining->sections.length);
	header.e_shoff = place.sh_offset;
	header.e_shnum = (Elf64_Half)count;
	header.e_shstrndx = NAMES_SECTION;
	if (!joining->joined->failed)
		memcpy(joining->joined->bytes, &header, sizeof(header));
	if (count >= SHN_LORESERVE)
		fail(joining, -ENOEXEC);
}

static void join(struct joining *joining)
{
	static const Elf64_Ehdr no_header;
	static const Elf64_Shdr no_sections[NAMES_SECTION + 1];
	static const Elf64_Sym no_symbol;

	tandem_text_add(joining->joined, &no_header, sizeof(no_header));
	tandem_text_add(&joining->sections, no_sections, sizeof(no_sections));
	tandem_text_add(&joining->symbols, &no_symbol, sizeof(no_symbol));
	add_name(joining, "");
	for (unsigned int i = 0; i < joining->count; i++) {
		add_sections(joining, &joining->objects[i]);
		for (size_t k = 1; k < joining->objects[i].symbol_count; k++)
			add_symbol(joining, &joining->objects[i], k);
	}
	add_all_references(joining);
	put_table(joining, SYMBOLS_SECTION,
		  (Elf64_Shdr){ .sh_type = SHT_SYMTAB,
				.sh_link = NAMES_SECTION,
				.sh_addralign = 8,
				.sh_entsize = sizeof(Elf64_Sym) },
		  &joining->symbols);
	put_table(joining, NAMES_SECTION, (Elf64_Shdr){ .sh_type = SHT_STRTAB, .sh_addralign = 1 },
		  &joining->names);
	put_header(joining);
}

int tandem_joined_objects_make(const struct tandem_text *objects, unsigned int count,
			       struct tandem_text *joined)
{
	struct joining joining = { .count = count, .joined = joined };

	joining.objects = tandem_new_array(joining.objects, count + 1);
	if (!joining.objects)
		return -ENOMEM;
	for (unsigned int i = 0; i < count && !joining.error; i++)
		joining.error = read_object(&joining.objects[i], &objects[i]);
	if (!joining.error)
		join(&joining);
	if (joined->failed || joining.sections.failed || joining.symbols.failed ||
	    joining.names.failed)
		joining.error = -ENOMEM;
	for (unsigned int i = 0; i < count; i++) {
		free(joining.objects[i].new_sections);
		free(joining.objects[i].new_symbols);
	}
	tdestroy(joining.named, free);
	free(joining.objects);
	tandem_text_finish(&joining.sections);
	tandem_text_finish(&joining.symbols);
	tandem_text_finish(&joining.names);
	return joining.error;
}
