/* filter.c: the roof: one compile from top to bottom, and the back ends behind
 * filter.h.  The one file of the core that sees them. */
#include "filter.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "cbpf/cbpf.h"
#include "ebpf/ebpf.h"
#include "graph.h"
#include "lex.h"
#include "match.h"
#include "order.h"
#include "parse.h"
#include "pass.h"
#include "print.h"
#include "resolver.h"
#include "step.h"

#define APART_TOKENS 4096
#define TEXT_MAX (64u << 20) /* bytes of an expression; spans are 32-bit */

/* What back ends make of a graph. */
struct code {
	struct arena arena;
	struct order order;
	struct cbpf_prog cbpf; /* count 0: could not be written as cBPF, see why */
	struct diags why;
};

typedef _Atomic(struct code *) code_place;

/* A filter that matches without its code gets it when it is asked for, which may be
 * never: `code` is set once, atomically, and what another thread made meanwhile is thrown
 * away.  All else is constant from filter_compile on. */
struct filter {
	struct arena arena; /* all that a filter keeps but its code */
	struct graph graph;
	struct print_source source;      /* of the graph, for printers */
	uint32_t passes;                 /* that are on, as bits */
	const struct match *match;       /* NULL: filter_match runs `program` */
	const struct cbpf_prog *program; /* NULL: there is none */
	code_place *code;
};

/* The forms of output: of the cBPF or eBPF program, or of the graph. */
static const struct {
	const char *name;
	void (*program)(const struct cbpf_prog *, FILE *);
	uint32_t program_max; /* instructions; 0: any number */
	void (*ebpf)(const struct bpf_insn *, size_t count, FILE *);
	bool (*source)(const struct graph *, const struct print_source *,
		const struct filter_target *, struct arena *scratch, FILE *,
		struct diags *);
	void (*graph)(const struct graph *, const struct print_source *,
		const struct print_title *, struct arena *scratch, FILE *);
} formats[] = {
	[FILTER_FORMAT_LISTING] = { "cbpf", .program = cbpf_print },
	[FILTER_FORMAT_C] = { "cbpf-c", .program = cbpf_print_c },
	[FILTER_FORMAT_DECIMAL] = { "cbpf-dec", .program = cbpf_print_decimal },
	[FILTER_FORMAT_IR] = { "ir", .graph = print_ir },
	[FILTER_FORMAT_DOT] = { "dot", .graph = print_dot },
	[FILTER_FORMAT_JSON] = { "json", .graph = print_json },
	[FILTER_FORMAT_IPTABLES] = { "iptables", .program = cbpf_print_iptables,
		.program_max = CBPF_IPTABLES_MAX },
	[FILTER_FORMAT_EBPF] = { "ebpf", .ebpf = filter_ebpf_print },
	[FILTER_FORMAT_EBPF_BYTES] = { "ebpf-bytes", .ebpf = filter_ebpf_print_bytes },
	[FILTER_FORMAT_SOURCE] = { "c", .source = print_c },
};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))

bool
filter_format_by_name(const char *name, enum filter_format *out, struct diags *ds)
{
	char list[sizeof(ds->diag[0].hint)] = "one of";
	for (unsigned i = 0; i < FORMATS; i++) {
		if (strcmp(formats[i].name, name) == 0) {
			*out = (enum filter_format)i;
			return true;
		}
		size_t at = strlen(list);
		snprintf(list + at, sizeof(list) - at, "%s %s", i > 0 ? "," : "",
			formats[i].name);
	}
	diags_error(
		ds, DIAG_USAGE, (struct span){ 0, 0 }, "unknown format '%.64s'", name);
	diags_hint(ds, "%s", list);
	return false;
}

static bool
check_opts(const struct filter_opts *opts, struct diags *ds)
{
	struct span none = { 0, 0 };
	if (strlen(opts->text) > TEXT_MAX)
		return diags_error(ds, DIAG_SIZE, none,
			"the expression is longer than %u bytes", TEXT_MAX);
	if (opts->snaplen == 0)
		return diags_error(
			ds, DIAG_RANGE, none, "snaplen of 0 rejects all packets");
	if (opts->snaplen > FILTER_SNAPLEN_MAX)
		return diags_error(ds, DIAG_RANGE, none, "snaplen is greater than %u",
			FILTER_SNAPLEN_MAX);
	uint32_t on;
	if (!pass_parse(opts->passes, &on, ds))
		return false;
	if (opts->trace != NULL && formats[opts->trace_format].graph == NULL)
		return diags_error(ds, DIAG_USAGE, none, "'%s' is no format of a graph",
			formats[opts->trace_format].name);
	if (opts->input == FILTER_INPUT_COOKED &&
		opts->linktype != FILTER_LINK_LINUX_SLL2)
		return diags_error(ds, DIAG_LINKTYPE, none,
			"cooked input has the link type LINUX_SLL2");
	return true;
}

/* From text to tests; `on`: passes.  A fault of one step does not keep the next from
 * finding its own.
 */
static bool
read_text(const struct filter_opts *opts, uint32_t on, struct tokens *tokens,
	struct syntax *syntax, struct graph *g, struct arena *scratch, struct diags *ds)
{
	const struct lex_input in = { opts->text, opts->name, opts->program,
		opts->files };
	struct filter_opts all = *opts;
	bool ok = lex_sources(&in, scratch, tokens, ds);
	if (tokens->count > TOKENS_MAX)
		return false;
	ok = parse(tokens, scratch, syntax, ds) && ok;
	all.text = tokens->text; /* spans are places in it */
	if (!ok)
		syntax->root = NULL;
	if (pass_on(on, PASS_GATHER))
		gather(tokens, syntax, scratch);
	return resolve(&all, syntax, g, scratch, ds) && ok;
}

static int
by_place(const void *x, const void *y)
{
	const struct diag *a = x, *b = y;
	if (a->severity != b->severity)
		return a->severity < b->severity ? -1 : 1;
	return a->span[0].at < b->span[0].at ? -1 : a->span[0].at > b->span[0].at;
}

/* A place in the expression itself ends there, though what it names (the ids of a list)
 * be in another file; a second one that is elsewhere is left out. */
static void
keep_inside(struct diag *d, const struct tokens *ts)
{
	uint32_t end =
		ts->sources > 1 ? ts->source[1].at - 1 : (uint32_t)strlen(ts->text);
	for (unsigned i = 0; i < 2; i++) {
		struct span *span = &d->span[i];
		if (span->at > end)
			*span = (struct span){ 0, 0 };
		else if (span->at + span->len > end + 1)
			span->len = end - span->at;
	}
}

/* In the order of the text; places in other files by name, line and column. */
static void
place_diags(const struct tokens *ts, struct diags *ds)
{
	if (ds->count > 1)
		qsort(ds->diag, ds->count, sizeof(ds->diag[0]), by_place);
	for (unsigned i = 0; i < ds->count; i++) {
		struct diag *d = &ds->diag[i];
		uint32_t s = ts->sources - 1, at = d->span[0].at;
		while (s > 0 && ts->source[s].at > at)
			s--;
		if (s == 0)
			keep_inside(d, ts);
		if (s == 0 || d->file[0] != '\0')
			continue;
		snprintf(d->file, sizeof(d->file), "%s", ts->source[s].name);
		d->line = d->column = 1;
		for (uint32_t j = ts->source[s].at; j < at; j++) {
			d->column++;
			if (ts->text[j] == '\n') {
				d->line++;
				d->column = 1;
			}
		}
		d->span[0] = d->span[1] = (struct span){ 0, 0 };
	}
}

/* Bytes of the text of all sources. */
static size_t
text_size(const struct tokens *ts)
{
	const uint32_t last = ts->source[ts->sources - 1].at;
	return last + strlen(ts->text + last) + 1;
}

/* What is printed with the graph; it outlives the tokens. */
static struct print_source
keep_source(const struct filter_opts *opts, const struct tokens *ts,
	const struct syntax *syntax, struct arena *arena)
{
	const struct layer *layer =
		syntax->leaves != NULL ? syntax->leaves->before : NULL;
	return (struct print_source){ .linktype = opts->linktype,
		.input = opts->input,
		.text = arena_copy(arena, ts->text, text_size(ts)),
		.layer =
			layer != NULL ? arena_copy(arena, layer, sizeof(*layer)) : NULL };
}

static void
print_graph(const struct graph *g, const struct print_source *source,
	const struct print_title *title, enum filter_format format, FILE *to)
{
	struct arena scratch = { 0 };
	formats[format].graph(g, source, title, &scratch, to);
	arena_free(&scratch);
}

/* What the passes of one compile call back with. */
struct trace {
	const struct filter_opts *opts;
	const struct print_source *source;
	uint32_t passes;         /* that are on, as bits */
	const struct node *last; /* root that was printed last */
};

/* Of classic BPF; of what cannot be written as such, none is longer. */
static struct pass_size
measure(void *ctx, const struct graph *g)
{
	const struct trace *t = ctx;
	struct arena scratch = { 0 };
	struct order blocks;
	struct cbpf_prog program;
	struct diags why = { 0 };
	struct pass_size size = { UINT32_MAX, UINT32_MAX };
	order(g, &cbpf_order, &scratch, &blocks);
	if (cbpf_make(&blocks, t->passes, &scratch, &program, &why))
		size = (struct pass_size){ program.count,
			cbpf_worst(&program, &scratch) };
	arena_free(&scratch);
	return size;
}

static void
trace_pass(void *ctx, const char *name, uint32_t cost, const struct graph *g)
{
	struct trace *t = ctx;
	const struct print_title title = { name, cost, g->root == t->last };
	t->last = g->root;
	print_graph(g, t->source, &title, t->opts->trace_format, t->opts->trace);
}

/* The passes that are on; `t` is for them, and is filled in here. */
static struct pass_opts
passes_of(const struct filter_opts *opts, struct trace *t,
	const struct print_source *source)
{
	struct pass_opts passes = { 0 };
	struct diags known = { 0 }; /* check_opts has */
	pass_parse(opts->passes, &passes.on, &known);
	if (opts->no_optimise)
		passes.on = pass_of_code(passes.on);
	*t = (struct trace){ opts, source, passes.on, NULL };
	passes.ctx = t;
	passes.size = measure;
	if (opts->trace != NULL)
		passes.after = trace_pass;
	return passes;
}

static struct code *
make_code(const struct filter *f)
{
	struct code *c = calloc(1, sizeof(*c));
	if (c == NULL)
		abort();
	order(&f->graph, &cbpf_order, &c->arena, &c->order);
	cbpf_make(&c->order, f->passes, &c->arena, &c->cbpf, &c->why);
	return c;
}

static void
free_code(struct code *c)
{
	if (c == NULL)
		return;
	arena_free(&c->arena);
	free(c);
}

static const struct code *
code_of(const struct filter *f)
{
	struct code *have = atomic_load(f->code);
	if (have != NULL)
		return have;
	struct code *made = make_code(f);
	if (atomic_compare_exchange_strong(f->code, &have, made))
		return made;
	free_code(made);
	return have;
}

/* How packets will be matched. */
static void
prepare(struct filter *f)
{
	struct arena scratch = { 0 };
	if (match_pays(&f->graph, &scratch))
		f->match = match_make(&f->graph, &f->arena, &scratch);
	else if (code_of(f)->cbpf.count > 0)
		f->program = &code_of(f)->cbpf;
	arena_free(&scratch);
}

/* Equal nodes apart cost time, and what is long is lists. */
static bool
keeps_apart(const struct pass_opts *passes, const struct tokens *tokens)
{
	return pass_on(passes->on, PASS_JOIN) && tokens->count <= APART_TOKENS;
}

static bool
compile(const struct filter_opts *opts, struct filter *f, struct arena *tree,
	struct diags *ds)
{
	struct trace trace;
	const struct pass_opts passes = passes_of(opts, &trace, &f->source);
	struct tokens tokens;
	struct syntax syntax;
	struct arena scratch = { 0 };
	f->passes = passes.on;
	f->code = ARENA_NEW(&f->arena, code_place);
	graph_init(&f->graph, &f->arena, opts->snaplen);
	bool ok = read_text(opts, passes.on, &tokens, &syntax, &f->graph, tree, ds);
	if (ok) {
		f->source = keep_source(opts, &tokens, &syntax, &f->arena);
		f->graph.apart = keeps_apart(&passes, &tokens);
		build(&f->graph, &syntax, &scratch);
		arena_free(&scratch);
		optimise(&f->graph, &scratch, &passes);
		ok = warn(opts, tokens.text, &syntax, &f->graph, ds);
	}
	place_diags(&tokens, ds);
	if (ok)
		prepare(f);
	return ok;
}

bool
filter_passes_known(const char *passes, struct diags *ds)
{
	uint32_t on;
	return pass_parse(passes, &on, ds);
}

bool
filter_compile(const struct filter_opts *opts, struct filter **out, struct diags *ds)
{
	*out = NULL;
	if (!check_opts(opts, ds))
		return false;
	struct filter *f = calloc(1, sizeof(*f));
	struct arena tree = { 0 };
	if (f == NULL)
		abort();
	bool ok = compile(opts, f, &tree, ds);
	arena_free(&tree);
	if (ok)
		*out = f;
	else
		filter_free(f);
	return ok;
}

bool
filter_explain(const struct filter_opts *opts, FILE *to, struct diags *ds)
{
	struct arena arena = { 0 }, scratch = { 0 };
	struct graph graph;
	struct tokens tokens;
	struct syntax syntax;
	if (!check_opts(opts, ds))
		return false;
	struct trace trace;
	struct print_source source = { 0 };
	struct pass_opts passes = passes_of(opts, &trace, &source);
	passes.after = NULL; /* it explains only */
	graph_init(&graph, &arena, opts->snaplen);
	bool ok = read_text(opts, 0, &tokens, &syntax, &graph, &arena, ds);
	if (ok) {
		graph.apart = keeps_apart(&passes, &tokens);
		build(&graph, &syntax, &arena);
		optimise(&graph, &scratch, &passes);
		explain(opts, &syntax, tokens.text, &graph, &scratch, to);
		ok = warn(opts, tokens.text, &syntax, &graph, ds) && !ferror(to);
	}
	place_diags(&tokens, ds);
	arena_free(&scratch);
	arena_free(&arena);
	return ok;
}

void
filter_free(struct filter *f)
{
	if (f == NULL)
		return;
	if (f->code != NULL)
		free_code(atomic_load(f->code));
	arena_free(&f->arena);
	free(f);
}

uint32_t
filter_match(const struct filter *f, const struct filter_packet *p)
{
	if (f->match != NULL)
		return match_run(f->match, p);
	return f->program != NULL ? cbpf_run(f->program, p) : graph_eval(&f->graph, p);
}

uint32_t
filter_eval(const struct filter *f, const struct filter_packet *p)
{
	return graph_eval(&f->graph, p);
}

const struct sock_filter *
filter_cbpf(const struct filter *f, size_t *count, struct diags *ds)
{
	const struct code *c = code_of(f);
	*count = c->cbpf.count;
	if (c->cbpf.count > 0)
		return c->cbpf.insn;
	for (unsigned i = 0; i < c->why.count; i++) {
		const struct diag *d = &c->why.diag[i];
		*diags_add(ds, d->code, d->severity, "%s", d->text) = *d;
	}
	return NULL;
}

/* Places in other files, which stand behind the expression, are none. */
static void
keep_origins_inside(struct filter_ebpf *e, size_t end)
{
	for (size_t i = 0; i < e->origins; i++)
		for (unsigned j = 0; j < 2; j++) {
			struct span *s = &e->origin[i].span[j];
			if ((size_t)s->at + s->len > end)
				*s = (struct span){ 0, 0 };
		}
}

/* `lookups`: large sets may be in data of their own. */
static bool
make_ebpf(const struct filter *f, enum filter_reads reads, bool lookups,
	struct filter_ebpf *out, struct diags *ds)
{
	struct arena scratch = { 0 };
	struct order_opts opts = ebpf_order(reads);
	struct order blocks;
	if (!lookups || !pass_on(f->passes, PASS_LOOKUP))
		opts.lookup = 0;
	order(&f->graph, &opts, &scratch, &blocks);
	bool ok = ebpf_emit(&blocks, reads, &scratch, out, ds);
	arena_free(&scratch);
	if (ok)
		keep_origins_inside(out, strlen(f->source.text));
	return ok;
}

static bool
print_program(
	const struct filter *f, enum filter_format format, FILE *to, struct diags *ds)
{
	const uint32_t most = formats[format].program_max;
	size_t count;
	if (filter_cbpf(f, &count, ds) == NULL)
		return false;
	if (most > 0 && count > most) {
		diags_error(ds, DIAG_TOO_LONG, (struct span){ 0, 0 },
			"the program has %zu instructions, %s takes at most %" PRIu32,
			count, formats[format].name, most);
		diags_hint(ds, "pin what --emit elf -y RAW gives, and name it with "
			       "-m bpf --object-pinned");
		return false;
	}
	formats[format].program(&code_of(f)->cbpf, to);
	return true;
}

/* All of it is in the instructions. */
static bool
print_ebpf(const struct filter *f, enum filter_format format,
	const struct filter_target *target, FILE *to, struct diags *ds)
{
	struct filter_ebpf body;
	if (!make_ebpf(f, target->reads, false, &body, ds))
		return false;
	formats[format].ebpf(body.insns, body.count, to);
	filter_ebpf_free(&body);
	return true;
}

bool
filter_print_for(const struct filter *f, enum filter_format format,
	const struct filter_target *target, FILE *to, struct diags *ds)
{
	struct arena scratch = { 0 };
	bool ok = true;
	if (formats[format].graph != NULL) {
		const struct print_title title = { "graph",
			graph_cost(&f->graph, &scratch), false };
		print_graph(&f->graph, &f->source, &title, format, to);
	} else if (formats[format].source != NULL) {
		ok = formats[format].source(
			&f->graph, &f->source, target, &scratch, to, ds);
	} else if (formats[format].ebpf != NULL) {
		ok = print_ebpf(f, format, target, to, ds);
	} else {
		ok = print_program(f, format, to, ds);
	}
	arena_free(&scratch);
	return ok && !ferror(to);
}

bool
filter_print(
	const struct filter *f, enum filter_format format, FILE *to, struct diags *ds)
{
	const struct filter_target socket = { FILTER_READS_CONTEXT, false };
	return filter_print_for(f, format, &socket, to, ds);
}

bool
filter_ebpf(const struct filter *f, enum filter_reads reads, struct filter_ebpf *out,
	struct diags *ds)
{
	return make_ebpf(f, reads, true, out, ds);
}

void
filter_ebpf_free(struct filter_ebpf *e)
{
	free(e->insns);
	free(e->origin);
	free(e->data);
	*e = (struct filter_ebpf){ 0 };
}
