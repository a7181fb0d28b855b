/* verdicts.c: programs of --emit do with packets what the decision graph says: object
 * files at each hook, and programs in C, which a compiler makes into object files, or for
 * user space into a function.
 *
 * In: tests/prop/exprs.txt and language.txt, in an order by EMIT_SEED, for EMIT_SECONDS a
 * way (6), and packets of tests/gen.  Out: TAP.  What is for the kernel needs root. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dlfcn.h>
#include <linux/pkt_cls.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../src/emit.h"
#include "../prop/corpus.h"
#include "../prop/exprs.h"

enum { PACKETS = 10, SHOWN = 5, ETH_LEN = 14, LOG = 1 << 16 };

struct way {
	const char *name, *form, *hook;
	bool kernel;
	uint32_t front;      /* bytes that BPF_PROG_TEST_RUN takes off first */
	const char *compile; /* of C: a command, the file's name in place of each @ */
};

#define FOR_BPF                                                                       \
	CLANG " -target bpf -O2 -g -Wall -Wextra -Werror " BPF_INCLUDES " -c @.c -o " \
	      "@.o"
#define FOR_USER "cc -O2 -Wall -Wextra -Werror -shared -fPIC @.c -o @.o"

static const struct way ways[] = {
	{ "elf, socket", "elf", "socket", true, ETH_LEN, NULL },
	{ "elf, tc", "elf", "tc", true, 0, NULL },
	{ "elf, xdp", "elf", "xdp", true, 0, NULL },
	{ "c, socket", "c", "socket", true, ETH_LEN, FOR_BPF },
	{ "c, tc", "c", "tc", true, 0, FOR_BPF },
	{ "c, xdp", "c", "xdp", true, 0, FOR_BPF },
	{ "c, user", "c", "user", false, 0, FOR_USER },
};
#define WAYS (sizeof ways / sizeof ways[0])

struct line {
	uint16_t linktype;
	char *text;
};

struct test {
	struct corpora corpora;
	struct rng rng;
	struct line *line;
	size_t lines, room;
	char file[64]; /* without .c and .o */
	unsigned programs, run, wrong, without, shown;
};

typedef uint32_t function(const uint8_t *data, uint32_t caplen, uint32_t wire_len);

struct program {
	const struct way *way;
	const struct emit *emit;
	const struct filter *filter;
	struct bpf_object *object;
	int fd;
	void *shared;
	function *run;
};

static void
show(struct test *t, const struct way *way, const struct line *l, const char *what)
{
	t->wrong++;
	if (t->shown++ < SHOWN)
		printf("# %s: %u | %s: %s\n", way->name, l->linktype, l->text, what);
}

static int
silent(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

/* --- making ------------------------------------------------------------------------ */

static bool
compile(const struct test *t, const char *command)
{
	char full[1024];
	size_t at = 0;

	for (const char *c = command; *c != '\0' && at < sizeof full - 64; c++)
		if (*c == '@')
			at += (size_t)snprintf(
				full + at, sizeof full - at, "%s", t->file);
		else
			full[at++] = *c;
	full[at] = '\0';
	return system(full) == 0;
}

static bool
load(struct program *p, const char *object, char *why)
{
	static char log[LOG];
	LIBBPF_OPTS(bpf_object_open_opts, opts, .kernel_log_buf = log,
		.kernel_log_size = sizeof log);

	log[0] = '\0';
	p->object = bpf_object__open_file(object, &opts);
	if (!p->object || bpf_object__load(p->object) != 0) {
		char *end = strstr(log, "\nprocessed ");
		size_t len = end ? (size_t)(end - log) : strlen(log);
		snprintf(why, 256, "refused: %.*s", (int)(len < 200 ? len : 200),
			log + (len < 200 ? 0 : len - 200));
		return false;
	}
	p->fd = bpf_program__fd(bpf_object__next_program(p->object, NULL));
	return true;
}

static bool
open_program(struct test *t, struct program *p, char *why)
{
	char name[80];

	if (p->way->compile && !compile(t, p->way->compile)) {
		snprintf(why, 256, "it does not compile");
		return false;
	}
	snprintf(name, sizeof name, "%s.o", t->file);
	if (p->way->kernel)
		return load(p, name, why);
	p->shared = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	if (p->shared)
		*(void **)&p->run = dlsym(p->shared, "filter");
	snprintf(why, 256, "no function");
	return p->run != NULL;
}

static void
close_program(struct program *p)
{
	bpf_object__close(p->object);
	if (p->shared)
		dlclose(p->shared);
}

/* --- judging ----------------------------------------------------------------------- */

static uint32_t
expected(const struct program *p, const struct filter_packet *packet)
{
	const uint32_t verdict = filter_eval(p->filter, packet);
	const bool on = (verdict > 0) != emit_drops(p->emit);

	if (strcmp(p->way->hook, "tc") == 0)
		return on ? (uint32_t)TC_ACT_UNSPEC : TC_ACT_SHOT;
	if (strcmp(p->way->hook, "xdp") == 0)
		return on ? XDP_PASS : XDP_DROP;
	return on ? FILTER_SNAPLEN_MAX : 0;
}

/* False: the kernel runs no such packet. */
static bool
run(const struct program *p, const struct filter_packet *packet, uint32_t *verdict)
{
	static uint8_t bytes[65536];
	const uint32_t front = p->way->front;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = bytes,
		.data_size_in = front + packet->caplen, .repeat = 1);

	if (!p->way->kernel) {
		*verdict = p->run(packet->data, packet->caplen, packet->len);
		return true;
	}
	if (packet->caplen < ETH_LEN || packet->caplen + front > sizeof bytes)
		return false;
	memset(bytes, 0, front);
	memcpy(bytes + front, packet->data, packet->caplen);
	if (bpf_prog_test_run_opts(p->fd, &opts) != 0)
		return false;
	*verdict = opts.retval;
	return true;
}

/* A packet whole, and short. */
static bool
judge(struct test *t, const struct program *p, const struct gen_packet *from, char *why)
{
	struct filter_packet packet = {
		.data = from->data, .caplen = from->len, .len = from->len, .ifindex = 1
	};

	for (int i = 0; i < 2; i++) {
		const uint32_t right = expected(p, &packet);
		uint32_t verdict = right;
		uint8_t *own = malloc(packet.caplen + 1); /* sanitizers see its end */
		memcpy(own, packet.data, packet.caplen);
		packet.data = own;
		t->run += run(p, &packet, &verdict);
		free(own);
		if (verdict != right) {
			snprintf(why, 256, "packet of %u bytes: %u, expected %u",
				packet.caplen, verdict, right);
			return false;
		}
		packet.data = from->data;
		packet.caplen = rng_below(&t->rng, from->len + 1);
		packet.len = p->way->kernel ? packet.caplen : from->len;
	}
	return true;
}

static bool
emit(struct test *t, const struct way *way, const struct filter *f, struct emit *e,
	struct diags *ds)
{
	char name[80];

	snprintf(name, sizeof name, "%s.%s", t->file, way->compile ? "c" : "o");
	e->output = name;
	if (!emit_write(e, f, ds)) {
		t->without += ds->count > 0 && ds->diag[0].code == DIAG_HOOK;
		return false;
	}
	t->programs++;
	return true;
}

static void
try_line(struct test *t, const struct way *way, const struct line *l)
{
	struct emit e = { .text = l->text, .action = rng_below(&t->rng, 3) };
	struct diags ds = { .count = 0 };
	struct filter_opts opts = { .text = l->text,
		.linktype = l->linktype,
		.snaplen = FILTER_SNAPLEN_MAX,
		.names = &expr_names };
	struct filter *f;
	char why[256] = "";
	bool ok = true;

	if (!emit_form_find(way->form, &e, &ds) || !emit_settle(&e, way->hook, &ds)) {
		show(t, way, l, ds.diag[0].text);
		return;
	}
	opts.input = e.hook->input;
	if (!filter_compile(&opts, &f, &ds))
		return; /* there are errors in the lists */
	struct program p = { .way = way, .emit = &e, .filter = f, .fd = -1 };
	ds.count = 0;
	if (emit(t, way, f, &e, &ds)) {
		const struct corpus *c = corpora_find(&t->corpora, l->linktype);
		ok = open_program(t, &p, why);
		for (uint32_t i = 0; i < c->count && ok; i++)
			ok = judge(t, &p, &c->packet[i], why);
		close_program(&p);
	} else if (ds.count == 0 || ds.diag[0].code != DIAG_HOOK) {
		ok = false;
		snprintf(
			why, sizeof why, "%s", ds.count > 0 ? ds.diag[0].text : "failed");
	}
	filter_free(f);
	if (!ok)
		show(t, way, l, why);
}

/* --- the test ----------------------------------------------------------------------- */

static double
now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
read_lines(struct test *t, const char *name)
{
	static struct expr e;
	const char *srcdir = getenv("srcdir");
	struct expr_file in = { .line = 0 };
	char path[4096];
	uint16_t linktype;

	snprintf(path, sizeof path, "%s/tests/prop/%s", srcdir ? srcdir : ".", name);
	in.f = fopen(path, "r");
	if (!in.f) {
		printf("Bail out! %s: cannot be opened\n", path);
		exit(1);
	}
	while (expr_read(&in, &linktype, &e)) {
		if (t->lines == t->room) {
			t->room = 2 * t->room + 1024;
			t->line = realloc(t->line, t->room * sizeof *t->line);
		}
		t->line[t->lines++] = (struct line){ linktype, strdup(e.text) };
	}
	fclose(in.f);
}

static void
shuffle(struct test *t)
{
	for (size_t i = t->lines; i > 1; i--) {
		const size_t j = rng_below(&t->rng, (uint32_t)i);
		const struct line was = t->line[i - 1];
		t->line[i - 1] = t->line[j];
		t->line[j] = was;
	}
}

static unsigned
number_of(const char *name, unsigned otherwise)
{
	const char *text = getenv(name);
	return text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

static bool
try_way(struct test *t, unsigned number, const struct way *way, double seconds)
{
	const double end = now() + seconds;

	t->programs = t->run = t->wrong = t->without = t->shown = 0;
	if (way->kernel && geteuid() != 0) {
		printf("ok %u - %s # SKIP this needs root\n", number, way->name);
		return true;
	}
	if (way->compile && way->kernel && access(CLANG, X_OK) != 0) {
		printf("ok %u - %s # SKIP clang is not installed\n", number, way->name);
		return true;
	}
	for (size_t i = 0; i < t->lines && (seconds == 0 || now() < end); i++)
		try_line(t, way, &t->line[i]);
	printf("# %u programs, %u packets run, %u without what the hook has\n",
		t->programs, t->run, t->without);
	const bool ok = t->wrong == 0 && t->programs > 0 && t->run > 0;
	printf("%sok %u - %s: %u wrong\n", ok ? "" : "not ", number, way->name, t->wrong);
	fflush(stdout);
	return ok;
}

int
main(void)
{
	const unsigned seed = number_of("EMIT_SEED", 1);
	const double seconds = number_of("EMIT_SECONDS", 6);
	struct test t = { .corpora = { .seed = seed, .packets = PACKETS },
		.rng = { seed } };
	char dir[] = "/tmp/bpfcap-emit-XXXXXX", name[80];
	bool ok = true;

	if (!mkdtemp(dir))
		return 99;
	snprintf(t.file, sizeof t.file, "%s/filter", dir);
	libbpf_set_print(silent);
	printf("1..%zu\n# EMIT_SEED=%u\n", WAYS, seed);
	read_lines(&t, "exprs.txt");
	read_lines(&t, "language.txt");
	shuffle(&t);
	for (size_t i = 0; i < WAYS; i++)
		ok = try_way(&t, (unsigned)i + 1, &ways[i], seconds) && ok;
	for (const char *end = "co"; *end; end++) {
		snprintf(name, sizeof name, "%s.%c", t.file, *end);
		unlink(name);
	}
	rmdir(dir);
	for (size_t i = 0; i < t.lines; i++)
		free(t.line[i].text);
	free(t.line);
	corpora_free(&t.corpora);
	return !ok;
}
