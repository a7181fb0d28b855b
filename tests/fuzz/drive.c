/* drive.c: runs a target without libFuzzer, and hands its seeds to libFuzzer.
 *
 * In: FUZZ_SECONDS (default 2) and FUZZ_SEED; the lists of expressions of the tests, and
 * corpus/expr.seeds, where a line is eight hexadecimal digits, the head, and the text,
 * with \xHH for what is not plain.
 *     expr              all seeds, then mutations of them
 *     expr FILE...      the inputs that these files are
 *     expr --split DIR  writes the seeds to DIR, a file each */
#include "target.h"

#include <time.h>

#include "../../filter/filter.h"
#include "../gen/packets.h"

#define INPUT_MAX 4096
#define SEEDS_MAX 16384

struct seeds {
	struct {
		uint8_t *data;
		size_t size;
	} seed[SEEDS_MAX];
	uint32_t count;
	struct rng rng;
};

/* Where libFuzzer's own would change bytes. */
size_t
LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room)
{
	(void)room;
	struct rng r = { size > 0 ? size ^ (uint64_t)data[0] << 32 ^ data[size - 1] : 1 };
	for (uint32_t i = 0; i < size; i++) /* what it is drawn from: all bytes */
		r.state = rng_mix(r.state + data[i]);
	if (size > 0)
		data[rng_below(&r, (uint32_t)size)] = (uint8_t)rng_next(&r);
	return size > 1 && rng_chance(&r, 20) ? size - 1 : size;
}

static void
add_seed(struct seeds *s, const uint8_t head[HEAD], const char *text, size_t len)
{
	REQUIRE(s->count < SEEDS_MAX);
	uint8_t *data = malloc(HEAD + len + 1);
	REQUIRE(data != NULL);
	memcpy(data, head, HEAD);
	memcpy(data + HEAD, text, len);
	s->seed[s->count].data = data;
	s->seed[s->count++].size = HEAD + len;
}

static uint8_t
link_index(const char *name)
{
	uint16_t link;
	if (filter_linktype_by_name(name, &link))
		for (unsigned i = 0; i < packet_rich_count(); i++)
			if (packet_rich_linktype(i) == link)
				return (uint8_t)i;
	return link_index("EN10MB");
}

static char *
cut_field(char **rest)
{
	char *field = *rest, *bar = field != NULL ? strstr(field, " | ") : NULL;
	*rest = bar != NULL ? bar + 3 : NULL;
	if (bar != NULL)
		*bar = '\0';
	return field;
}

/* `link | expression …`, or `expression | link …`. */
static void
read_table(struct seeds *s, char *line, bool link_first)
{
	char *rest = line;
	const char *a = cut_field(&rest), *b = cut_field(&rest);
	if (b == NULL)
		return;
	const char *text = link_first ? b : a;
	const uint32_t draw = rng_next(&s->rng);
	const uint8_t head[HEAD] = { link_index(link_first ? a : b),
		(uint8_t)(FLAG_NAMES | FLAG_FILES |
			  (draw & (FLAG_NETMASK | FLAG_CONTEXT))),
		(uint8_t)(draw >> 8), (uint8_t)(draw >> 16) };
	add_seed(s, head, text, strlen(text));
}

static void
read_seed(struct seeds *s, char *line, bool link_first)
{
	unsigned long digits = strtoul(line, NULL, 16);
	uint8_t head[HEAD];
	char *to = line;
	(void)link_first;
	if (strlen(line) < 9)
		return;
	for (unsigned i = HEAD; i-- > 0; digits >>= 8)
		head[i] = (uint8_t)digits;
	for (const char *from = line + 9; *from != '\0'; from++)
		if (strncmp(from, "\\x", 2) == 0 && strlen(from) >= 4) {
			const char hex[3] = { from[2], from[3], '\0' };
			*to++ = (char)strtoul(hex, NULL, 16);
			from += 3;
		} else
			*to++ = *from;
	add_seed(s, head, line, (size_t)(to - line));
}

static void
read_seeds(struct seeds *s)
{
	static const struct {
		const char *name;
		void (*read)(struct seeds *, char *line, bool link_first);
		bool link_first;
	} files[] = {
		{ "tests/prop/exprs.txt", read_table, true },
		{ "tests/prop/exprs_bad.txt", read_table, true },
		{ "tests/prop/language.txt", read_table, true },
		{ "tests/prop/peel.txt", read_table, true },
		{ "tests/prop/peel_scoped.txt", read_table, true },
		{ "tests/error.tab", read_table, false },
		{ "tests/fuzz/corpus/expr.seeds", read_seed, false },
	};
	const char *dir = getenv("srcdir");
	char path[4096], *line = NULL;
	size_t room = 0;
	for (unsigned i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir != NULL ? dir : ".",
			files[i].name);
		FILE *f = fopen(path, "r");
		if (f == NULL) {
			fprintf(stderr,
				"drive: %s: cannot be read: set srcdir to the source "
				"tree\n",
				path);
			exit(99);
		}
		while (getline(&line, &room, f) > 0) {
			line[strcspn(line, "\n")] = '\0';
			if (line[0] != '#')
				files[i].read(s, line, files[i].link_first);
		}
		fclose(f);
	}
	free(line);
}

static int
split(const struct seeds *s, const char *dir)
{
	char path[4096];
	for (uint32_t i = 0; i < s->count; i++) {
		snprintf(path, sizeof(path), "%s/%05u", dir, i);
		FILE *f = fopen(path, "wb");
		if (f == NULL ||
			fwrite(s->seed[i].data, 1, s->seed[i].size, f) !=
				s->seed[i].size ||
			fclose(f) != 0) {
			fprintf(stderr, "drive: %s: cannot be written\n", path);
			return 1;
		}
	}
	return 0;
}

static int
replay(char **paths)
{
	static uint8_t data[1 << 20];
	for (; *paths != NULL; paths++) {
		FILE *f = fopen(*paths, "rb");
		if (f == NULL) {
			fprintf(stderr, "drive: %s: cannot be read\n", *paths);
			return 1;
		}
		const size_t n = fread(data, 1, sizeof(data), f);
		fclose(f);
		LLVMFuzzerTestOneInput(data, n);
	}
	return 0;
}

/* The input that is being tried is in `input.data` should it end the program. */
static unsigned long
campaign(struct seeds *s, time_t seconds)
{
	uint8_t data[INPUT_MAX];
	unsigned long count = 0;
	const time_t end = time(NULL) + seconds;
	for (; time(NULL) < end; count++) {
		const uint32_t i = rng_below(&s->rng, s->count);
		size_t n = s->seed[i].size < INPUT_MAX ? s->seed[i].size : INPUT_MAX;
		memcpy(data, s->seed[i].data, n);
		for (uint32_t times = 1 + rng_below(&s->rng, 4); times > 0; times--)
			n = LLVMFuzzerCustomMutator(
				data, n, INPUT_MAX, rng_next(&s->rng));
		LLVMFuzzerTestOneInput(data, n);
	}
	return count;
}

int
main(int argc, char **argv)
{
	static struct seeds s;
	const char *from = getenv("FUZZ_SEED"), *seconds = getenv("FUZZ_SECONDS");
	s.rng.state = from != NULL ? strtoull(from, NULL, 0) : 1;
	if (argc > 1 && strcmp(argv[1], "--split") != 0)
		return replay(argv + 1);
	read_seeds(&s);
	int status = 0;
	if (argc > 2)
		status = split(&s, argv[2]);
	else {
		for (uint32_t i = 0; i < s.count; i++)
			LLVMFuzzerTestOneInput(s.seed[i].data, s.seed[i].size);
		const unsigned long count =
			campaign(&s, seconds != NULL ? atoi(seconds) : 2);
		printf("%u seeds, %lu mutations\n", s.count, count);
	}
	for (uint32_t i = 0; i < s.count; i++)
		free(s.seed[i].data);
	return status;
}
