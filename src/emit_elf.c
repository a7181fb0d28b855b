/* emit_elf.c: a whole program in, an object file out, as clang would make it: what
 * libbpf, bpftool, tc and ip load (ELF for EM_BPF; relocations: Documentation/bpf/
 * llvm_reloc.rst). */
#include <bpf/btf.h>
#include <elf.h>
#include <errno.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "emit_object.h"

#ifndef EM_BPF
#define EM_BPF 247
#endif
#define R_BPF_64_64 1  /* a number of 64 bits: the address of data */
#define R_BPF_64_32 10 /* a call of another function */

/* The last is there only where the filter has data. */
enum {
	NONE,
	TEXT,
	TEXT_SETS,
	MAIN,
	MAIN_CALLS,
	LICENCE,
	TYPES,
	TYPES_EXT,
	SYMBOLS,
	STRINGS,
	SETS,
	SECTIONS
};
enum { SYM_NONE, SYM_MATCH, SYM_MAIN, SYM_LICENCE, SYM_SETS, SYMS };

/* Names, with their offsets; the first is empty. */
struct strings {
	char text[256];
	size_t size;
};

static uint32_t
add_string(struct strings *s, const char *name)
{
	const size_t at = s->size, len = strlen(name) + 1;
	if (len > sizeof(s->text) - at)
		return 0; /* ours are short: see SECTIONS */
	memcpy(s->text + at, name, len);
	s->size += len;
	return (uint32_t)at;
}

static uint32_t
add_relative(struct strings *s, const char *name)
{
	char text[32];
	snprintf(text, sizeof(text), ".rel%s", name);
	return add_string(s, text);
}

struct content {
	uint32_t name, type, link, info;
	uint64_t flags, entry, align;
	void *bytes;
	size_t size;
};

static bool
add_section(Elf *elf, const struct content *c)
{
	Elf_Scn *section = elf_newscn(elf);
	Elf_Data *data = section != NULL ? elf_newdata(section) : NULL;
	Elf64_Shdr *head = section != NULL ? elf64_getshdr(section) : NULL;
	if (data == NULL || head == NULL)
		return false;
	data->d_buf = c->bytes;
	data->d_size = c->size;
	data->d_align = c->align;
	data->d_type = ELF_T_BYTE; /* all is in the machine's order already */
	head->sh_name = c->name;
	head->sh_type = c->type;
	head->sh_flags = c->flags;
	head->sh_link = c->link;
	head->sh_info = c->info;
	head->sh_entsize = c->entry;
	head->sh_addralign = c->align;
	return true;
}

static bool
add_header(Elf *elf)
{
	Elf64_Ehdr *head = elf64_newehdr(elf);
	if (head == NULL)
		return false;
	const uint16_t one = 1;
	head->e_ident[EI_DATA] = *(const uint8_t *)&one == 1 ? ELFDATA2LSB : ELFDATA2MSB;
	head->e_ident[EI_CLASS] = ELFCLASS64;
	head->e_type = ET_REL;
	head->e_machine = EM_BPF;
	head->e_version = EV_CURRENT;
	head->e_shstrndx = STRINGS;
	return true;
}

static Elf64_Sym
symbol(uint32_t name, unsigned type, unsigned section, size_t size)
{
	return (Elf64_Sym){ .st_name = name,
		.st_info = (unsigned char)ELF64_ST_INFO(STB_GLOBAL, type),
		.st_shndx = (Elf64_Section)section,
		.st_size = size };
}

static void
relocations(Elf64_Rel *to, const uint32_t *insn, uint32_t count, uint64_t info)
{
	for (uint32_t i = 0; i < count; i++)
		to[i] = (Elf64_Rel){ insn[i] * sizeof(struct bpf_insn), info };
}

/* All sections; what they point to has to stay until the file is written. */
static bool
write_elf(Elf *elf, const struct emit *e, struct object *o, struct object_types *t,
	Elf64_Rel *sets)
{
	static char licence[] = OBJECT_LICENCE;
	struct strings s = { .size = 1 };
	const size_t insn = sizeof(struct bpf_insn);
	const bool with_sets = o->body.data_size > 0;
	Elf64_Sym symbols[SYMS] = {
		[SYM_MATCH] = symbol(add_string(&s, OBJECT_MATCH), STT_FUNC, TEXT,
			o->match_count * insn),
		[SYM_MAIN] = symbol(
			add_string(&s, OBJECT_MAIN), STT_FUNC, MAIN, o->count * insn),
		[SYM_LICENCE] = symbol(
			add_string(&s, "LICENSE"), STT_OBJECT, LICENCE, sizeof(licence)),
		[SYM_SETS] = symbol(add_string(&s, "bpfcap_sets"), STT_OBJECT, SETS,
			o->body.data_size),
	};
	Elf64_Rel calls[OBJECT_CALLS];
	relocations(calls, o->call, o->calls, ELF64_R_INFO(SYM_MATCH, R_BPF_64_32));
	relocations(sets, o->set, o->sets, ELF64_R_INFO(SYM_SETS, R_BPF_64_64));
	const char *main = e->hook->section;
	const uint64_t code = SHF_ALLOC | SHF_EXECINSTR;
	const struct content content[SECTIONS] = {
		[TEXT] = { add_string(&s, ".text"), SHT_PROGBITS, .flags = code,
			.align = 8, .bytes = o->match, .size = o->match_count * insn },
		[MAIN] = { add_string(&s, main), SHT_PROGBITS, .flags = code, .align = 8,
			.bytes = o->main, .size = o->count * insn },
		[MAIN_CALLS] = { add_relative(&s, main), SHT_REL, .link = SYMBOLS,
			.info = MAIN, .entry = sizeof(calls[0]), .align = 8,
			.bytes = calls, .size = o->calls * sizeof(calls[0]) },
		[TEXT_SETS] = { add_relative(&s, ".text"), SHT_REL, .link = SYMBOLS,
			.info = TEXT, .entry = sizeof(sets[0]), .align = 8, .bytes = sets,
			.size = o->sets * sizeof(sets[0]) },
		[SETS] = { add_string(&s, ".rodata"), SHT_PROGBITS, .flags = SHF_ALLOC,
			.align = 8, .bytes = o->body.data, .size = o->body.data_size },
		[LICENCE] = { add_string(&s, "license"), SHT_PROGBITS,
			.flags = SHF_ALLOC | SHF_WRITE, .align = 1, .bytes = licence,
			.size = sizeof(licence) },
		[TYPES] = { add_string(&s, BTF_ELF_SEC), SHT_PROGBITS, .align = 4,
			.bytes = t->btf, .size = t->btf_size },
		[TYPES_EXT] = { add_string(&s, BTF_EXT_ELF_SEC), SHT_PROGBITS, .align = 4,
			.bytes = t->ext, .size = t->ext_size },
		[SYMBOLS] = { add_string(&s, ".symtab"), SHT_SYMTAB, .link = STRINGS,
			.info = 1, .entry = sizeof(symbols[0]), .align = 8,
			.bytes = symbols,
			.size = sizeof(symbols) - !with_sets * sizeof(symbols[0]) },
		[STRINGS] = { add_string(&s, ".strtab"), SHT_STRTAB, .align = 1,
			.bytes = s.text, .size = s.size },
	};
	const unsigned end = with_sets ? SECTIONS : SETS;
	if (!add_header(elf))
		return false;
	for (unsigned i = TEXT; i < end; i++) {
		struct content c = content[i];
		if (i == STRINGS)
			c.size = s.size; /* with its own name */
		if (!add_section(elf, &c))
			return false;
	}
	return elf_update(elf, ELF_C_WRITE) >= 0;
}

static bool
refuse(const struct emit *e, const char *why, struct diags *ds)
{
	diags_add(ds, DIAG_WRITE, SEV_ERROR, "%s: making the object file: %s",
		e->object->name, why);
	return false;
}

/* Copies what libelf, which knows files only, has written. */
static bool
copy_file(int fd, FILE *to)
{
	char bytes[65536];
	ssize_t n;
	if (lseek(fd, 0, SEEK_SET) != 0)
		return false;
	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		if (fwrite(bytes, 1, (size_t)n, to) != (size_t)n)
			return false;
	return n == 0;
}

bool
emit_elf(const struct emit *e, const struct filter *f, FILE *to, struct diags *ds)
{
	struct object o;
	struct object_types types = { 0 };
	Elf *elf = NULL;
	bool ok = object_make(e, f, &o, ds) && object_types(e, &o, &types, ds);
	Elf64_Rel *sets = ok ? calloc(o.sets + 1, sizeof(*sets)) : NULL;
	int fd = ok ? memfd_create("bpfcap", MFD_CLOEXEC) : -1;
	if (ok && sets == NULL)
		abort(); /* no memory: nothing useful is left to do */
	if (ok && fd < 0)
		ok = refuse(e, strerror(errno), ds);
	if (ok) {
		elf_version(EV_CURRENT);
		elf = elf_begin(fd, ELF_C_WRITE, NULL);
		if (elf == NULL || !write_elf(elf, e, &o, &types, sets))
			ok = refuse(e, elf_errmsg(-1), ds);
		else if (!copy_file(fd, to))
			ok = refuse(e, strerror(errno), ds);
	}
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	free(sets);
	object_types_free(&types);
	object_free(&o);
	return ok;
}
