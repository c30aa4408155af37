// SPDX-License-Identifier: MIT
/*
 * Code and constants are laid out in one mapping: first code, then constants with
 * the address tables. Relative references reach everything inside it. Functions of
 * the runtime may be further away: each has a jump in the code part. Variables are
 * in the device's memory; they are reached through the address table, as the back
 * end has it.
 */
#include "object_loader_x86_64.h"

#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "util/alloc.h"

#define NO_ADDRESS UINTPTR_MAX
/* Of what a section may ask for. */
#define MOST_ALIGNMENT (UINT64_C(1) << 20)
/* jmp *0(%rip), and the address behind it. */
#define JUMP_BYTES 16

enum part { PART_CODE, PART_CONSTANTS, PART_VARIABLES, PART_COUNT, PART_NONE };

struct tandem_object_symbol {
	char *name;
	void *address;
};

struct loading {
	const char *bytes;
	size_t length;
	const Elf64_Ehdr *header;
	const Elf64_Shdr *sections;
	unsigned int section_count;
	const Elf64_Sym *symbols;
	size_t symbol_count;
	const char *names; /* of symbols */
	size_t names_length;
	tandem_object_resolver resolver;
	struct tandem_text *log;

	uintptr_t *addresses; /* of sections; NO_ADDRESS of those that are not loaded */
	uintptr_t *table; /* address table entry of each symbol, 0 where it has none */
	uintptr_t *jumps; /* likewise its jump */
	char *next_table_entry;
	char *next_jump;
	char *parts[PART_COUNT];
	size_t part_bytes[PART_COUNT];
	size_t part_alignments[PART_COUNT]; /* of code and constants a page at least */
};

static int refuse(struct loading *loading, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int refuse(struct loading *loading, const char *format, ...)
{
	va_list arguments;

	tandem_text_print(loading->log, "error: object file: ");
	va_start(arguments, format);
	tandem_text_vprint(loading->log, format, arguments);
	va_end(arguments);
	tandem_text_print(loading->log, "\n");
	return -ENOEXEC;
}

/* ---- reading, with every place checked ---- */

static const void *at(const struct loading *loading, uint64_t offset, uint64_t length)
{
	if (offset > loading->length || length > loading->length - offset)
		return NULL;
	return loading->bytes + offset;
}

static const void *section_bytes(const struct loading *loading, const Elf64_Shdr *section)
{
	return at(loading, section->sh_offset, section->sh_size);
}

static int read_header(struct loading *loading)
{
	const Elf64_Ehdr *header = at(loading, 0, sizeof(*header));

	if ((uintptr_t)loading->bytes % _Alignof(Elf64_Ehdr))
		return refuse(loading, "not aligned");
	if (!header || memcmp(header->e_ident, ELFMAG, SELFMAG) ||
	    header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
	    header->e_type != ET_REL || header->e_machine != EM_X86_64 ||
	    header->e_shentsize != sizeof(Elf64_Shdr))
		return refuse(loading, "no relocatable object for x86-64");
	loading->header = header;
	loading->section_count = header->e_shnum;
	loading->sections =
		at(loading, header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr));
	if (!loading->sections || (uintptr_t)loading->sections % _Alignof(Elf64_Shdr))
		return refuse(loading, "damaged section table");
	return 0;
}

static int read_symbols(struct loading *loading)
{
	for (unsigned int i = 0; i < loading->section_count; i++) {
		const Elf64_Shdr *section = &loading->sections[i], *names;

		if (section->sh_type != SHT_SYMTAB)
			continue;
		if (section->sh_link >= loading->section_count)
			return refuse(loading, "symbols without names");
		names = &loading->sections[section->sh_link];
		loading->symbols = section_bytes(loading, section);
		loading->symbol_count = section->sh_size / sizeof(Elf64_Sym);
		loading->names = section_bytes(loading, names);
		loading->names_length = names->sh_size;
		if (!loading->symbols || (uintptr_t)loading->symbols % _Alignof(Elf64_Sym) ||
		    !loading->names || !names->sh_size || loading->names[names->sh_size - 1])
			return refuse(loading, "damaged symbol table");
		return 0;
	}
	return refuse(loading, "no symbols");
}

static const char *symbol_name(const struct loading *loading, const Elf64_Sym *symbol)
{
	return symbol->st_name < loading->names_length ? loading->names + symbol->st_name : "";
}

/* ---- layout ---- */

/* Whether the section's name begins with @prefix. */
static bool has_name(const struct loading *loading, const Elf64_Shdr *section, const char *prefix)
{
	const Elf64_Shdr *names = &loading->sections[loading->header->e_shstrndx];
	size_t length = strlen(prefix);
	const char *name;

	if (loading->header->e_shstrndx >= loading->section_count ||
	    section->sh_name > names->sh_size || length > names->sh_size - section->sh_name)
		return false;
	name = at(loading, names->sh_offset + section->sh_name, length);
	return name && !memcmp(name, prefix, length);
}

static enum part part_of(const struct loading *loading, const Elf64_Shdr *section)
{
	if (!(section->sh_flags & SHF_ALLOC) || !section->sh_size ||
	    section->sh_type == SHT_X86_64_UNWIND)
		return PART_NONE;
	if (section->sh_flags & SHF_EXECINSTR)
		return PART_CODE;
	/* Constants that hold addresses are written to here, and then no more. */
	if (!(section->sh_flags & SHF_WRITE) || has_name(loading, section, ".data.rel.ro"))
		return PART_CONSTANTS;
	return PART_VARIABLES;
}

/* Gives each section its offset in its part, for now, in addresses. */
static int lay_out_sections(struct loading *loading)
{
	for (unsigned int i = 0; i < loading->section_count; i++) {
		const Elf64_Shdr *section = &loading->sections[i];
		enum part part = part_of(loading, section);
		uint64_t alignment = tandem_max_u64(section->sh_addralign, 1);

		loading->addresses[i] = NO_ADDRESS;
		if (part == PART_NONE)
			continue;
		if (!tandem_is_power_of_two(alignment) || alignment > MOST_ALIGNMENT ||
		    section->sh_size > UINT32_MAX ||
		    (section->sh_type != SHT_NOBITS && !section_bytes(loading, section)))
			return refuse(loading, "damaged section %u", i);
		loading->part_alignments[part] =
			tandem_max_u64(loading->part_alignments[part], alignment);
		loading->addresses[i] = tandem_align_up(loading->part_bytes[part], alignment);
		loading->part_bytes[part] = loading->addresses[i] + section->sh_size;
		if (loading->part_bytes[part] > INT32_MAX / 4)
			return refuse(loading, "too large");
	}
	return 0;
}

/* Where a part with that alignment begins in memory with room for it at any place. */
static char *aligned(char *memory, size_t alignment)
{
	return memory + (tandem_align_up((uintptr_t)memory, alignment) - (uintptr_t)memory);
}

static int map_variables(struct loading *loading, struct tandem_object_image *image)
{
	size_t alignment = loading->part_alignments[PART_VARIABLES];

	if (!loading->part_bytes[PART_VARIABLES])
		return 0;
	image->variable_bytes = loading->part_bytes[PART_VARIABLES] + alignment;
	image->variables = image->device_memory->allocate(image->variable_bytes);
	if (!image->variables)
		return -ENOMEM;
	loading->parts[PART_VARIABLES] = aligned(image->variables, alignment);
	return 0;
}

static int map_parts(struct loading *loading, struct tandem_object_image *image)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	/* Every symbol may need a place in the address table and a jump. */
	size_t jumps = loading->part_bytes[PART_CODE] =
		tandem_align_up(loading->part_bytes[PART_CODE], JUMP_BYTES);
	size_t table = loading->part_bytes[PART_CONSTANTS] =
		tandem_align_up(loading->part_bytes[PART_CONSTANTS], sizeof(uintptr_t));
	size_t total = 0;
	char *memory;

	loading->part_bytes[PART_CODE] += loading->symbol_count * JUMP_BYTES;
	loading->part_bytes[PART_CONSTANTS] += loading->symbol_count * sizeof(uintptr_t);
	for (int part = 0; part < PART_VARIABLES; part++) {
		loading->part_bytes[part] = tandem_align_up(loading->part_bytes[part], page);
		loading->part_alignments[part] =
			tandem_max_u64(loading->part_alignments[part], page);
	}
	total = loading->part_bytes[PART_CODE] + loading->part_alignments[PART_CODE] +
		loading->part_bytes[PART_CONSTANTS] + loading->part_alignments[PART_CONSTANTS];
	memory = mmap(NULL, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return -ENOMEM;
	image->memory = memory;
	image->bytes = total;
	loading->parts[PART_CODE] = aligned(memory, loading->part_alignments[PART_CODE]);
	loading->parts[PART_CONSTANTS] =
		aligned(loading->parts[PART_CODE] + loading->part_bytes[PART_CODE],
			loading->part_alignments[PART_CONSTANTS]);
	loading->next_jump = loading->parts[PART_CODE] + jumps;
	loading->next_table_entry = loading->parts[PART_CONSTANTS] + table;
	return map_variables(loading, image);
}

static void copy_sections(struct loading *loading)
{
	for (unsigned int i = 0; i < loading->section_count; i++) {
		const Elf64_Shdr *section = &loading->sections[i];

		if (loading->addresses[i] == NO_ADDRESS)
			continue;
		loading->addresses[i] += (uintptr_t)loading->parts[part_of(loading, section)];
		if (section->sh_type != SHT_NOBITS)
			memcpy((void *)loading->addresses[i], section_bytes(loading, section),
			       section->sh_size);
	}
}

/* ---- relocation ---- */

/* Where a symbol is; NO_ADDRESS, with a line in the log, where it is nowhere. */
static uintptr_t symbol_address(struct loading *loading, size_t index)
{
	const Elf64_Sym *symbol = &loading->symbols[index];
	const char *name = symbol_name(loading, symbol);
	void *found;

	if (symbol->st_shndx == SHN_ABS)
		return symbol->st_value;
	if (symbol->st_shndx == SHN_UNDEF) {
		found = loading->resolver(name);
		if (found)
			return (uintptr_t)found;
		refuse(loading, "it needs '%s', which this runtime does not have", name);
		return NO_ADDRESS;
	}
	if (symbol->st_shndx >= loading->section_count ||
	    loading->addresses[symbol->st_shndx] == NO_ADDRESS ||
	    symbol->st_value > loading->sections[symbol->st_shndx].sh_size) {
		refuse(loading, "symbol '%s' is nowhere", name);
		return NO_ADDRESS;
	}
	return loading->addresses[symbol->st_shndx] + symbol->st_value;
}

static uintptr_t table_entry(struct loading *loading, size_t index, uintptr_t address)
{
	if (!loading->table[index]) {
		loading->table[index] = (uintptr_t)loading->next_table_entry;
		memcpy(loading->next_table_entry, &address, sizeof(address));
		loading->next_table_entry += sizeof(address);
	}
	return loading->table[index];
}

static uintptr_t jump_to(struct loading *loading, size_t index, uintptr_t address)
{
	static const unsigned char jump[] = { 0xff, 0x25, 0, 0, 0, 0 };

	if (!loading->jumps[index]) {
		loading->jumps[index] = (uintptr_t)loading->next_jump;
		memcpy(loading->next_jump, jump, sizeof(jump));
		memcpy(loading->next_jump + sizeof(jump), &address, sizeof(address));
		loading->next_jump += JUMP_BYTES;
	}
	return loading->jumps[index];
}

static int put_relative(struct loading *loading, uintptr_t place, int64_t distance)
{
	int32_t value = (int32_t)distance;

	if (value != distance)
		return refuse(loading, "a reference is out of reach");
	memcpy((void *)place, &value, sizeof(value));
	return 0;
}

static int relocate(struct loading *loading, uintptr_t place, size_t room, const Elf64_Rela *entry)
{
	size_t index = ELF64_R_SYM(entry->r_info);
	uint32_t type = ELF64_R_TYPE(entry->r_info);
	size_t bytes = type == R_X86_64_64 || type == R_X86_64_PC64 ? 8 : 4;
	uintptr_t symbol;
	uint64_t value;

	if (room < bytes || index >= loading->symbol_count)
		return refuse(loading, "damaged reference");
	symbol = symbol_address(loading, index);
	if (symbol == NO_ADDRESS)
		return -ENOEXEC;
	switch (type) {
	case R_X86_64_64:
	case R_X86_64_PC64:
		value = symbol + (uint64_t)entry->r_addend - (type == R_X86_64_PC64 ? place : 0);
		memcpy((void *)place, &value, sizeof(value));
		return 0;
	case R_X86_64_PLT32:
		if (loading->symbols[index].st_shndx == SHN_UNDEF)
			symbol = jump_to(loading, index, symbol);
		return put_relative(loading, place,
				    (int64_t)(symbol - place + (uint64_t)entry->r_addend));
	case R_X86_64_PC32:
		return put_relative(loading, place,
				    (int64_t)(symbol - place + (uint64_t)entry->r_addend));
	case R_X86_64_GOTPCREL:
	case R_X86_64_GOTPCRELX:
	case R_X86_64_REX_GOTPCRELX:
		symbol = table_entry(loading, index, symbol);
		return put_relative(loading, place,
				    (int64_t)(symbol - place + (uint64_t)entry->r_addend));
	default:
		return refuse(loading, "unknown kind of reference %u", type);
	}
}

static int relocate_section(struct loading *loading, const Elf64_Shdr *relocations)
{
	const Elf64_Rela *entries = section_bytes(loading, relocations);
	const Elf64_Shdr *section;
	uintptr_t start;

	if (relocations->sh_info >= loading->section_count || !entries ||
	    (uintptr_t)entries % _Alignof(Elf64_Rela))
		return refuse(loading, "damaged references");
	section = &loading->sections[relocations->sh_info];
	start = loading->addresses[relocations->sh_info];
	if (start == NO_ADDRESS)
		return 0;
	for (size_t i = 0; i < relocations->sh_size / sizeof(*entries); i++) {
		int error;

		if (entries[i].r_offset > section->sh_size)
			return refuse(loading, "damaged reference");
		error = relocate(loading, start + entries[i].r_offset,
				 section->sh_size - entries[i].r_offset, &entries[i]);
		if (error)
			return error;
	}
	return 0;
}

static int relocate_sections(struct loading *loading)
{
	for (unsigned int i = 0; i < loading->section_count; i++) {
		int error = 0;

		if (loading->sections[i].sh_type == SHT_RELA)
			error = relocate_section(loading, &loading->sections[i]);
		if (error)
			return error;
	}
	return 0;
}

/* ---- the image ---- */

/* An absolute address, or one among the constants, is none that may be called. */
static bool is_code(const struct loading *loading, uintptr_t address)
{
	uintptr_t code = (uintptr_t)loading->parts[PART_CODE];

	return address >= code && address - code < loading->part_bytes[PART_CODE];
}

static int collect_functions(struct loading *loading, struct tandem_object_image *image)
{
	image->symbols = tandem_new_array(image->symbols, loading->symbol_count + 1);
	if (!image->symbols)
		return -ENOMEM;
	for (size_t i = 0; i < loading->symbol_count; i++) {
		const Elf64_Sym *symbol = &loading->symbols[i];
		struct tandem_object_symbol *function = &image->symbols[image->symbol_count];
		uintptr_t address;

		if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC || symbol->st_shndx == SHN_UNDEF)
			continue;
		address = symbol_address(loading, i);
		if (address == NO_ADDRESS)
			return -ENOEXEC;
		if (!is_code(loading, address))
			return refuse(loading, "function '%s' is not code",
				      symbol_name(loading, symbol));
		function->name = strdup(symbol_name(loading, symbol));
		if (!function->name)
			return -ENOMEM;
		function->address = (void *)address;
		image->symbol_count++;
	}
	return 0;
}

static int protect(struct loading *loading)
{
	if (mprotect(loading->parts[PART_CODE], loading->part_bytes[PART_CODE],
		     PROT_READ | PROT_EXEC) ||
	    (loading->part_bytes[PART_CONSTANTS] &&
	     mprotect(loading->parts[PART_CONSTANTS], loading->part_bytes[PART_CONSTANTS],
		      PROT_READ))) {
		int error = -errno;

		refuse(loading, "code cannot be made executable: %s", strerror(-error));
		return error;
	}
	return 0;
}

static int load(struct loading *loading, struct tandem_object_image *image)
{
	int error = lay_out_sections(loading);

	if (!error)
		error = map_parts(loading, image);
	if (error)
		return error;
	copy_sections(loading);
	error = relocate_sections(loading);
	if (!error)
		error = collect_functions(loading, image);
	return error ? error : protect(loading);
}

int tandem_object_load(struct tandem_object_image *image, const void *bytes, size_t length,
		       const struct tandem_device_memory *memory, tandem_object_resolver resolver,
		       struct tandem_text *log)
{
	struct loading loading = {
		.bytes = bytes, .length = length, .resolver = resolver, .log = log
	};
	int error;

	*image = (struct tandem_object_image){ .device_memory = memory };
	error = read_header(&loading);
	if (!error)
		error = read_symbols(&loading);
	if (error)
		return error;
	loading.addresses = tandem_new_array(loading.addresses, loading.section_count + 1);
	loading.table = tandem_new_array(loading.table, loading.symbol_count + 1);
	loading.jumps = tandem_new_array(loading.jumps, loading.symbol_count + 1);
	if (loading.addresses && loading.table && loading.jumps)
		error = load(&loading, image);
	else
		error = -ENOMEM;
	free(loading.addresses);
	free(loading.table);
	free(loading.jumps);
	if (error)
		tandem_object_unload(image);
	return error;
}

void tandem_object_unload(struct tandem_object_image *image)
{
	for (uint32_t i = 0; i < image->symbol_count; i++)
		free(image->symbols[i].name);
	free(image->symbols);
	if (image->memory)
		munmap(image->memory, image->bytes);
	if (image->variables)
		image->device_memory->free(image->variables, image->variable_bytes);
	*image = (struct tandem_object_image){ 0 };
}

void *tandem_object_find(const struct tandem_object_image *image, const char *name)
{
	for (uint32_t i = 0; i < image->symbol_count; i++) {
		if (!strcmp(image->symbols[i].name, name))
			return image->symbols[i].address;
	}
	return NULL;
}
