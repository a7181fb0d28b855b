/* filter.c: what a filter costs in the kernel, ns a packet.
 *
 * In: rows of a table, or one of one's own (`filter host 500`).  Out: a line of a table
 * each. Programs that are attached to a socket run as packets are sent to it over an
 * AF_UNIX pair, of random packets, none of which is accepted: what a socket costs that
 * rejects without a look is taken off.  BPF_PROG_TEST_RUN has ours alone; what an empty
 * program costs is taken off.  Of many short rounds the fastest counts: others use the
 * machine.
 */
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../gen/rng.h"
#include "../hooks/wrap.h"
#include "../prop/ebpf.h"
#include "../prop/kernel.h"
#include "theirs.h"

enum { PACKETS = 512, FRAME = 60, ENTRY = 48 };
enum { SOCKETS = 5, ROUNDS = 400, CHUNK = 64, CHUNKS = PACKETS / CHUNK };
enum { TESTED = 32, REPEAT = 2000, TEST_ROUNDS = 40 };
enum { PCAP_MOST = 500 }; /* entries that libpcap compiles in seconds */
enum { SRC_MAC = 6, ARRIVED = 14, SRC6 = 22, SRC = 26, DST = 30, SPORT = 34 };

static const struct row {
	const char *what;
	uint32_t entries; /* of a list; 0: `what` is the expression */
	bool pcap;        /* libpcap's program too */
} rows[] = {
	{ "", 0, true },
	{ "tcp port 80", 0, true },
	{ "host", 1, true },
	{ "host", 10, true },
	{ "host", 100, true },
	{ "host", 500, true },
	{ "host", 1000, false },
	{ "host", 10000, false },
	{ "host", 100000, false },
	{ "net", 100, true },
	{ "net", 100000, false },
	{ "port", 100, true },
	{ "port", 1000, false },
	{ "ip6 host", 10, false },
	{ "ip6 host", 100, false },
	{ "ip6 host", 10000, false },
	{ "ip6 host", 100000, false },
	{ "ether host", 10, true },
	{ "ether host", 100, true },
	{ "ether host", 10000, false },
	{ "ether host", 100000, false },
};
#define ROWS (sizeof rows / sizeof rows[0])

/* Packets, and the messages that send them. */
struct traffic {
	uint8_t frame[PACKETS][FRAME];
	struct iovec at[PACKETS];
	struct mmsghdr message[PACKETS];
};

struct bench {
	struct traffic traffic;
	struct kernel base[2]; /* rejects without a look: as eBPF, as classic BPF */
	double empty[2];       /* by BPF_PROG_TEST_RUN: socket, tc */
};

static void
die(const char *what, const struct diags *ds)
{
	fprintf(stderr, "filter: %s: %s\n", what,
		ds && ds->count > 0 ? ds->diag[0].text : "");
	exit(1);
}

/* --- expressions and packets ------------------------------------------------------- */

/* Entry i of a list: its number, and a second one, which only those of several words
 * have. */
struct entry {
	uint32_t x, second;
};

static char *
put_ip4(char *to, struct entry e)
{
	return to + sprintf(to, "%u.%u.%u.%u", e.x >> 24, e.x >> 16 & 255, e.x >> 8 & 255,
			    e.x & 255);
}

static char *
put_net(char *to, struct entry e)
{
	return to +
	       sprintf(to, "%u.%u.%u.0/24", e.x >> 24, e.x >> 16 & 255, e.x >> 8 & 255);
}

static char *
put_port(char *to, struct entry e)
{
	return to + sprintf(to, "%u", e.x >> 16);
}

static char *
put_ip6(char *to, struct entry e)
{
	return to + sprintf(to, "2001:db8:%x:%x::%x", e.x >> 16, e.x & 0xffff, e.second);
}

static char *
put_mac(char *to, struct entry e)
{
	return to + sprintf(to, "02:%02x:%02x:%02x:%02x:%02x", e.second & 255, e.x >> 24,
			    e.x >> 16 & 255, e.x >> 8 & 255, e.x & 255);
}

static const struct kind {
	const char *what;
	char *(*put)(char *to, struct entry);
	uint32_t seconds; /* how many second numbers there are */
	bool ip6;
	unsigned at, size;    /* of the number in the frame */
	unsigned second_at;   /* of the second one, two bytes */
	uint16_t second_base; /* what is added to it there */
} kinds[] = {
	{ "host", put_ip4, 1, false, SRC, 4, 0, 0 },
	{ "net", put_net, 1, false, SRC, 4, 0, 0 },
	{ "port", put_port, 1, false, SPORT, 2, 0, 0 },
	{ "ip6 host", put_ip6, 0x10000, true, SRC6 + 4, 4, SRC6 + 14, 0 },
	{ "ether host", put_mac, 200, false, SRC_MAC + 2, 4, SRC_MAC, 0x200 },
};
#define KINDS (sizeof kinds / sizeof kinds[0])

static const struct kind *
kind_of(const struct row *r)
{
	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].what, r->what) == 0)
			return &kinds[i];
	die(r->what, NULL);
	return NULL;
}

static struct entry
entry(const struct kind *k, uint32_t i)
{
	return (struct entry){ (i + 1) * 2654435761u, i * 7 % k->seconds };
}

/* `not`: so that what the list has is rejected too, and nothing is queued. */
static char *
text_of(const struct row *r, bool negated)
{
	char *text = malloc(64 + strlen(r->what) + (size_t)r->entries * ENTRY);
	char *to = text;

	if (!text)
		abort();
	to += sprintf(to, "%s", negated ? "not (" : "");
	to += sprintf(to, "%s", r->entries ? "" : r->what);
	for (uint32_t i = 0; i < r->entries; i++) {
		to += sprintf(to, "%s%s ", i ? " or " : "", r->what);
		to = kind_of(r)->put(to, entry(kind_of(r), i));
	}
	strcpy(to, negated ? ")" : "");
	return text;
}

static void
put_number(uint8_t *to, unsigned size, uint32_t x)
{
	for (unsigned i = 0; i < size; i++)
		to[i] = (uint8_t)(x >> 8 * (3 - i));
}

static void
put_hit(uint8_t *f, const struct kind *k, struct entry e)
{
	put_number(f + k->at, k->size, e.x);
	if (k->second_at > 0 || k->second_base > 0)
		put_number(f + k->second_at, 2, (k->second_base + e.second) << 16);
}

/* A TCP segment to port 8, of random addresses. */
static void
fill_ip4(uint8_t *f, struct rng *rng)
{
	static const uint8_t head[] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0,
		0, 46, 0, 1, 0, 0, 64, 6 };

	memcpy(f, head, sizeof head);
	put_number(f + SRC, 4, rng_next(rng));
	put_number(f + DST, 4, rng_next(rng));
	put_number(f + SPORT, 4, (1024 + rng_below(rng, 60000)) << 16 | 8);
}

/* From 2001:db8:*:*::. */
static void
fill_ip6(uint8_t *f, struct rng *rng)
{
	static const uint8_t head[] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x86, 0xdd,
		0x60, 0, 0, 0, 0, 6, 6, 64, 0x20, 1, 0x0d, 0xb8 };

	memcpy(f, head, sizeof head);
	put_number(f + SRC6 + 4, 4, rng_next(rng));
}

static void
fill_traffic(struct traffic *t, const struct row *r, bool hit)
{
	const struct kind *k = r->entries ? kind_of(r) : NULL;
	struct rng rng = { 1 };

	for (unsigned i = 0; i < PACKETS; i++) {
		uint8_t *f = t->frame[i];
		memset(f, 0, FRAME);
		(k && k->ip6 ? fill_ip6 : fill_ip4)(f, &rng);
		if (k && k->at < ARRIVED) /* as scattered as its entries */
			put_hit(f, k, (struct entry){ rng_next(&rng), 0 });
		if (hit && k)
			put_hit(f, k, entry(k, rng_below(&rng, r->entries)));
		else if (hit)
			put_number(
				f + SPORT, 4, (1024 + rng_below(&rng, 60000)) << 16 | 80);
		t->at[i] = (struct iovec){ f, FRAME };
		t->message[i].msg_hdr =
			(struct msghdr){ .msg_iov = &t->at[i], .msg_iovlen = 1 };
	}
}

/* Every packet is rejected; those that are not make room for others. */
static void
sift_traffic(struct traffic *t, const struct filter *f)
{
	unsigned rejected = 0;

	for (unsigned i = 0; i < PACKETS; i++) {
		const struct filter_packet p = {
			.data = t->frame[i], .caplen = FRAME, .len = FRAME
		};
		if (filter_eval(f, &p) == 0)
			memmove(t->frame[rejected++], t->frame[i], FRAME);
	}
	for (unsigned i = rejected; rejected > 0 && i < PACKETS; i++)
		memcpy(t->frame[i], t->frame[i % rejected], FRAME);
}

static struct filter *
compile(const char *text)
{
	const struct filter_opts o = { .text = text,
		.linktype = FILTER_LINK_EN10MB,
		.input = FILTER_INPUT_SKB,
		.snaplen = FILTER_SNAPLEN_MAX,
		.netmask = UINT32_MAX };
	struct diags ds = { .count = 0 };
	struct filter *f;

	if (!filter_compile(&o, &f, &ds))
		die(text, &ds);
	return f;
}

/* --- on a socket ---------------------------------------------------------------------
 */

static double
read_clock(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double
send_chunk(struct traffic *t, unsigned chunk, const struct kernel *k)
{
	const double from = read_clock(CLOCK_MONOTONIC);

	if (sendmmsg(k->fd[0], t->message + (size_t)chunk * CHUNK, CHUNK, 0) != CHUNK) {
		perror("filter: sendmmsg");
		exit(1);
	}
	return read_clock(CLOCK_MONOTONIC) - from;
}

/* ns a packet: each socket in turn gets all packets, of which a chunk's fastest round
 * counts: so short that mostly nothing comes between. */
static void
race(struct traffic *t, const struct kernel *const k[], unsigned count, double net[])
{
	double best[SOCKETS][CHUNKS];

	for (unsigned round = 0; round < ROUNDS; round++)
		for (unsigned i = 0; i < count; i++)
			for (unsigned c = 0; c < CHUNKS; c++) {
				const double took = send_chunk(t, c, k[i]);
				if (round == 0 || took < best[i][c])
					best[i][c] = took;
			}
	for (unsigned i = 0; i < count; i++) {
		net[i] = 0;
		for (unsigned c = 0; c < CHUNKS; c++)
			net[i] += best[i][c] / PACKETS;
	}
}

static void
attach_ebpf(struct kernel *k, int fd)
{
	if (!kernel_open(k) || !kernel_attach_ebpf(k, fd)) {
		perror("filter: attaching");
		exit(1);
	}
}

/* The body alone, which reads by LD_ABS; returns the loads on its longest way. */
static unsigned
load_loads(struct wrap *w, const struct filter *f)
{
	struct diags ds = { .count = 0 };
	struct filter_ebpf body;

	if (!filter_ebpf(f, FILTER_READS_LOADS, &body, &ds))
		die("", &ds);
	if (!wrap_load_at(w, &body, FILTER_READS_LOADS, WRAP_SOCKET))
		die(w->why, &ds);
	const unsigned loads = body.loads;
	filter_ebpf_free(&body);
	return loads;
}

/* ns net of a socket that rejects: ours by loads, with a scratch, libpcap's (-1: not
 * asked); returns the loads. */
static unsigned
on_socket(struct bench *b, const struct row *r, bool hit, double net[3])
{
	char *text = text_of(r, hit);
	struct filter *f = compile(text);
	struct diags ds = { .count = 0 };
	struct ebpf *e = ebpf_load(f, FILTER_READS_SCRATCH, &ds);
	struct kernel plain, ours, theirs;
	struct wrap w;
	const struct kernel *k[SOCKETS] = { &b->base[0], &b->base[1], &plain, &ours,
		&theirs };
	double best[SOCKETS];

	if (!e)
		die(text, &ds);
	fill_traffic(&b->traffic, r, hit);
	sift_traffic(&b->traffic, f);
	const unsigned loads = load_loads(&w, f);
	attach_ebpf(&plain, w.fd);
	attach_ebpf(&ours, ebpf_fd(e));
	if (r->pcap && !theirs_attach(&theirs, text)) {
		perror("filter: libpcap's program");
		exit(1);
	}
	race(&b->traffic, k, r->pcap ? 5 : 4, best);
	net[0] = best[2] - best[0];
	net[1] = best[3] - best[0];
	net[2] = r->pcap ? best[4] - best[1] : -1;
	kernel_close(&plain);
	kernel_close(&ours);
	wrap_unload(&w);
	if (r->pcap)
		kernel_close(&theirs);
	ebpf_unload(e);
	filter_free(f);
	free(text);
	return loads;
}

/* --- by BPF_PROG_TEST_RUN --------------------------------------------------------------
 */

/* The kernel takes `before` bytes off a packet first. */
static double
test_run(int fd, const struct traffic *t, unsigned before)
{
	uint8_t data[ARRIVED + FRAME] = { 0 };
	double sum = 0;

	for (unsigned i = 0; i < TESTED; i++) {
		double best = 1e9;
		memcpy(data + before, t->frame[i], FRAME);
		for (unsigned round = 0; round < TEST_ROUNDS; round++) {
			struct bpf_test_run_opts o = { .sz = sizeof(o),
				.data_in = data,
				.data_size_in = before + FRAME,
				.repeat = REPEAT };
			if (bpf_prog_test_run_opts(fd, &o) != 0) {
				perror("filter: BPF_PROG_TEST_RUN");
				exit(1);
			}
			best = o.duration < best ? o.duration : best;
		}
		sum += best;
	}
	return sum / TESTED;
}

/* ns net of an empty program: a socket's, tc's; ms of CPU time from text to
 * the loaded program. */
static void
by_test_run(struct bench *b, const struct row *r, bool hit, double net[3])
{
	char *text = text_of(r, false);
	const double from = read_clock(CLOCK_PROCESS_CPUTIME_ID);
	struct filter *f = compile(text);
	struct diags ds = { .count = 0 };
	struct ebpf *e = ebpf_load(f, FILTER_READS_SCRATCH, &ds);
	const double loaded = read_clock(CLOCK_PROCESS_CPUTIME_ID);
	struct filter_ebpf body;
	struct wrap w;

	if (!e || !filter_ebpf(f, FILTER_READS_SKB, &body, &ds))
		die(text, &ds);
	if (!wrap_load(&w, &body, FILTER_READS_SKB))
		die(w.why, &ds);
	fill_traffic(&b->traffic, r, hit);
	net[0] = test_run(ebpf_fd(e), &b->traffic, ARRIVED) - b->empty[0];
	net[1] = test_run(w.fd, &b->traffic, 0) - b->empty[1];
	net[2] = (loaded - from) / 1e6;
	wrap_unload(&w);
	filter_ebpf_free(&body);
	ebpf_unload(e);
	filter_free(f);
	free(text);
}

/* Programs of two instructions, for what is taken off. */
static int
load_empty(enum bpf_prog_type type)
{
	const struct bpf_insn insns[] = { { .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT } };

	return bpf_prog_load(type, "empty", "GPL", insns, 2, NULL);
}

static void
measure_empty(struct bench *b)
{
	static const enum bpf_prog_type types[] = { BPF_PROG_TYPE_SOCKET_FILTER,
		BPF_PROG_TYPE_SCHED_CLS };

	fill_traffic(&b->traffic, &rows[0], false);
	for (unsigned i = 0; i < 2; i++) {
		const int fd = load_empty(types[i]);
		if (fd < 0 || (i == 0 && !kernel_open(&b->base[0])) ||
			(i == 0 && !kernel_attach_ebpf(&b->base[0], fd)) ||
			(i == 1 && !theirs_attach_nothing(&b->base[1]))) {
			perror("filter: an empty program");
			exit(1);
		}
		b->empty[i] = test_run(fd, &b->traffic, i == 0 ? ARRIVED : 0);
		close(fd);
	}
}

/* --- */

static void
show(unsigned digits, double x, bool known)
{
	if (known)
		printf(" %.*f |", (int)digits, x);
	else
		printf(" - |");
}

static void
print_row(struct bench *b, const struct row *r, bool hit)
{
	double socket[3] = { -1, -1, -1 }, run[3];
	unsigned loads = 0;

	by_test_run(b, r, hit, run);
	if (*r->what)
		loads = on_socket(b, r, hit, socket);
	printf("| `%s` | %u | %s | %u |", r->what, r->entries, hit ? "all" : "none",
		loads);
	show(0, socket[0], *r->what);
	show(0, socket[1], *r->what);
	show(0, socket[2], *r->what && r->pcap);
	show(1, socket[2] / socket[0], *r->what && r->pcap && socket[0] > 0);
	printf(" %.0f | %.0f | %.0f |\n", run[0], run[1], run[2]);
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	static struct bench b;

	if (ebpf_missing()) {
		fprintf(stderr, "filter: %s\n", ebpf_missing());
		return 77;
	}
	measure_empty(&b);
	printf("| filter | entries | match | loads | socket | scratch | libpcap | ratio "
	       "| test run, scratch | tc | load ms |\n"
	       "|---|---|---|---|---|---|---|---|---|---|---|\n");
	if (argc > 2) {
		const uint32_t entries = (uint32_t)strtoul(argv[2], NULL, 0);
		const struct row own = { argv[1], entries, entries <= PCAP_MOST };
		print_row(&b, &own, false);
		print_row(&b, &own, true);
	}
	for (size_t i = 0; i < ROWS && argc < 3; i++) {
		if (*rows[i].what)
			print_row(&b, &rows[i], false);
		print_row(&b, &rows[i], true);
	}
	return 0;
}
