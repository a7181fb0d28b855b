/* print_golden.c: the packets of a table, printed, against the text on file.
 *
 * In: tests/golden/print/packets.tab below $srcdir.  Out: TAP; `--update` writes
 * packets.out anew instead, and its difference is for the author to judge. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/print/print.h"

#define DIRECTORY "tests/golden/print/"

enum { PACKET_MAX = 4096 };

struct row {
	struct print_opts opts;
	struct packet packet;
	uint8_t bytes[PACKET_MAX];
};

static struct print_opts
options(const char *letters)
{
	struct print_opts o = { .time = PRINT_TIME_NONE, .numeric = 1 };
	for (; *letters && *letters != '|'; letters++) {
		o.verbose += *letters == 'v';
		o.link_header |= *letters == 'e';
		o.quiet |= *letters == 'q';
		o.absolute_seq |= *letters == 'S';
		o.hex += *letters == 'x';
		o.hex_ascii += *letters == 'X';
		o.ascii += *letters == 'A';
	}
	return o;
}

/* `type|options|captured|hex`; false: not a row. */
static bool
row_read(const char *line, struct row *r)
{
	unsigned type, captured;
	char letters[16];
	int at = 0;
	if (sscanf(line, "%u|%15[^|]|%u|%n", &type, letters, &captured, &at) != 3 ||
		at == 0)
		return false;
	uint32_t n = 0;
	unsigned byte;
	for (const char *h = line + at; n < PACKET_MAX && sscanf(h, "%2x", &byte) == 1;
		h += 2)
		r->bytes[n++] = (uint8_t)byte;
	if (captured > n)
		return false;
	r->opts = options(letters);
	r->packet = (struct packet){
		.data = r->bytes, .caplen = captured, .len = n, .linktype = (uint16_t)type
	};
	return true;
}

static bool
row_print(const struct row *r, unsigned number, FILE *out)
{
	/* A copy of what is captured, so that valgrind and ASan see a read beyond. */
	uint8_t *copy = malloc(r->packet.caplen ? r->packet.caplen : 1);
	if (!copy)
		return false;
	memcpy(copy, r->bytes, r->packet.caplen);
	struct packet p = r->packet;
	p.data = copy;
	struct diags ds = { 0 };
	fprintf(out, "%u: ", number);
	struct sink *s = sink_print_open(&r->opts, out);
	bool ok = s->ops->write(s, &p, &ds);
	ok &= s->ops->close(s, &ds);
	free(copy);
	return ok;
}

/* All rows of the table as text; NULL when it cannot be read. */
static char *
table_print(const char *path)
{
	FILE *in = fopen(path, "r");
	if (!in)
		return NULL;
	char *text = NULL, *line = NULL;
	size_t text_len = 0, line_len = 0;
	FILE *out = open_memstream(&text, &text_len);
	static struct row row;
	unsigned number = 0;
	bool ok = out != NULL;
	while (ok && getline(&line, &line_len, in) > 0) {
		number++;
		if (*line != '#')
			ok = row_read(line, &row) && row_print(&row, number, out);
	}
	if (!ok)
		fprintf(stderr, "%s:%u: not a row\n", path, number);
	free(line);
	fclose(in);
	if (out)
		fclose(out);
	if (ok)
		return text;
	free(text);
	return NULL;
}

/* Prints the first line in which they differ. */
static bool
compare(const char *got, FILE *want)
{
	char *line = NULL;
	size_t len = 0;
	ssize_t n;
	unsigned number = 0;
	bool same = true;
	while (same && (n = getline(&line, &len, want)) > 0) {
		number++;
		same = strncmp(got, line, (size_t)n) == 0;
		if (!same)
			printf("# line %u\n# want: %s# got:  %.*s\n", number, line,
				(int)strcspn(got, "\n"), got);
		got += same ? n : 0;
	}
	free(line);
	if (same && *got)
		printf("# more text than on file: %.*s\n", (int)strcspn(got, "\n"), got);
	return same && !*got;
}

int
main(int argc, char **argv)
{
	const char *top = getenv("srcdir");
	char table[4096], golden[4096];
	snprintf(table, sizeof(table), "%s/" DIRECTORY "packets.tab", top ? top : ".");
	snprintf(golden, sizeof(golden), "%s/" DIRECTORY "packets.out", top ? top : ".");
	const bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
	char *text = table_print(table);
	FILE *file = fopen(golden, update ? "w" : "r");
	if (!text || !file) {
		fprintf(stderr, "print_golden: %s: %s\n", text ? golden : table,
			strerror(errno));
		return 99;
	}
	bool ok = update ? fputs(text, file) >= 0 : compare(text, file);
	ok &= fclose(file) == 0;
	free(text);
	if (!update)
		printf("1..1\n%s 1 - packets.tab prints as packets.out\n",
			ok ? "ok" : "not ok");
	return !ok;
}
