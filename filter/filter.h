/* filter.h: the public face of the filter compiler.
 *
 * Text in, program out.  The library opens no files and sockets, resolves no
 * names by itself (see `struct filter_names`), keeps no global state and prints
 * only to a stream that it is given.  All functions are safe to call from several
 * threads, each with its own objects.
 *
 * A program is compiled for one *link type* (LINKTYPE_ value as in a pcap file,
 * tcpdump.org/linktypes) and one *input kind*, which says where VLAN tags and
 * cooked headers are: both are known before names are resolved. */
#ifndef BPFCAP_FILTER_H
#define BPFCAP_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "diag.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FILTER_API __attribute__((visibility("default")))

#define FILTER_SNAPLEN_MAX 262144 /* bytes; also what snaplen 0 means to the tool */

/* A compiled filter.  It may be shared between threads: what back ends make of it is made
 * on the first call that asks for it (filter_print, filter_cbpf, filter_ebpf) and kept,
 * atomically, without a lock. */
struct filter;

enum filter_input {
	FILTER_INPUT_FILE,   /* all is in the bytes */
	FILTER_INPUT_SKB,    /* a socket on an interface: bytes from the link header on */
	FILTER_INPUT_XDP,    /* all is in the bytes; a tag that was taken off is not seen,
			      * nor is the direction */
	FILTER_INPUT_COOKED, /* skb, link type LINUX_SLL2: bytes from the network header
			      * on, the fields of the cooked header are metadata */
};

/* Linktypes that the tool itself has to name. */
enum filter_linktype {
	FILTER_LINK_EN10MB = 1,
	FILTER_LINK_RAW = 101,
	FILTER_LINK_LINUX_SLL = 113,
	FILTER_LINK_IPV4 = 228,
	FILTER_LINK_IPV6 = 229,
	FILTER_LINK_LINUX_SLL2 = 276,
};

struct filter_addr {
	uint8_t family;    /* 4 or 6 */
	uint8_t bytes[16]; /* network order; IPv4 in the first four */
};

enum filter_transport { FILTER_TCP, FILTER_UDP };

/* Name look-ups.  A NULL member means that no such name is ever found.  `ctx` is
 * handed back to each call.  Names are NUL-terminated and borrowed. */
struct filter_names {
	/* Fills at most `max` addresses, returns how many (0: unknown). */
	size_t (*host)(void *ctx, const char *name, struct filter_addr *out, size_t max);
	/* A network's number in host order, not yet shifted (10 for 10.0.0.0/8). */
	bool (*net)(void *ctx, const char *name, uint32_t *out);
	bool (*port)(void *ctx, const char *name, enum filter_transport, uint16_t *out);
	bool (*protocol)(
		void *ctx, const char *name, uint8_t *out); /* IP protocol number */
	bool (*ether)(void *ctx, const char *name, uint8_t out[6]); /* /etc/ethers */
	void *ctx;
};

/* Files that an expression names: `@file` sets, and includes.  `name` is as written, but
 * a relative one in a file counts from that file's directory already.  The text is
 * NUL-terminated and has to stay until the compile ends; NULL: it cannot be read, and
 * `why` (of `size` bytes) says why.  `from`: the file that names it, NULL for the command
 * line. */
struct filter_files {
	const char *(*read)(void *ctx, const char *name, const char *from, size_t *len,
		char *why, size_t size);
	void *ctx;
};

/* The forms of filter_print, as --emit names them. */
enum filter_format {
	FILTER_FORMAT_LISTING,  /* cbpf: -d */
	FILTER_FORMAT_C,        /* cbpf-c: -dd */
	FILTER_FORMAT_DECIMAL,  /* cbpf-dec: -ddd */
	FILTER_FORMAT_IR,       /* ir: the decision graph, a line a node */
	FILTER_FORMAT_DOT,      /* dot: the same for Graphviz */
	FILTER_FORMAT_JSON,     /* json: the same for other programs */
	FILTER_FORMAT_IPTABLES, /* iptables: what `-m bpf --bytecode` takes */
	/* These are for a hook: filter_print_for. */
	FILTER_FORMAT_EBPF,       /* ebpf: as the kernel's verifier writes it */
	FILTER_FORMAT_EBPF_BYTES, /* ebpf-bytes: eight bytes a line, in hex */
	FILTER_FORMAT_SOURCE,     /* c: a program in C */
};

struct filter_opts {
	const char *text;  /* the expression, NUL-terminated */
	uint16_t linktype; /* LINKTYPE_ value */
	enum filter_input input;
	uint32_t snaplen;   /* what accept returns, 1..FILTER_SNAPLEN_MAX */
	uint32_t netmask;   /* host order, for `ip broadcast`; 0xffffffff unknown */
	bool no_optimise;   /* tcpdump's -O: the graph stays as it was built */
	const char *passes; /* optimisations to run, names between commas; NULL: all */
	FILE *trace; /* NULL, or gets the graph as built and behind each optimisation */
	enum filter_format trace_format;  /* _IR or _DOT */
	const struct filter_names *names; /* NULL: no names */
	const struct filter_files *files; /* NULL: none can be read */
	bool program;                     /* the text is a file's: named filters (let) */
	const char *name;                 /* of that file, for messages; or NULL */
};

/* False, and an error that lists them, when `passes` of the above names one that is
 * not. */
FILTER_API bool filter_passes_known(const char *passes, struct diags *);

/* False, and an error that lists them, when there is no such format. */
FILTER_API bool filter_format_by_name(
	const char *, enum filter_format *out, struct diags *);

/* Compiles.  On success *out is the caller's, to give to filter_free; warnings may
 * still have been added to `diags`.  On failure *out is NULL and at least one error
 * has been added; spans are bytes into `text`. */
FILTER_API bool filter_compile(
	const struct filter_opts *, struct filter **out, struct diags *);
FILTER_API void filter_free(struct filter *);

/* Prints in English what the expression tests: which bytes, and what becomes of truncated
 * packets.  Messages, and what is returned, are filter_compile's; what rejects all
 * packets is explained all the same. */
FILTER_API bool filter_explain(const struct filter_opts *, FILE *, struct diags *);

/* The packet as the filter sees it.  For FILTER_INPUT_COOKED `data` begins at the
 * network header, `len` counts from there (the filter's `len` is 20 more: that of the
 * record with its LINUX_SLL2 header).  The fields from `ifindex` on are read for
 * FILTER_INPUT_SKB and _COOKED only. */
struct filter_packet {
	const uint8_t *data;
	uint32_t caplen; /* bytes at data */
	uint32_t len;    /* bytes on the wire */
	uint32_t ifindex;
	uint16_t protocol; /* host order */
	uint16_t hatype;   /* ARPHRD_ */
	uint8_t pkttype;   /* PACKET_HOST … PACKET_OUTGOING */
	bool vlan_present; /* the kernel took a VLAN tag off, */
	uint16_t vlan_tci; /* this one */
};

/* The verdict: 0 to reject, else the snap length. */
FILTER_API uint32_t filter_match(const struct filter *, const struct filter_packet *);

/* The verdict by evaluating the decision graph itself: the reference that every
 * back end equals, slow, for tests. */
FILTER_API uint32_t filter_eval(const struct filter *, const struct filter_packet *);

FILTER_API bool filter_print(
	const struct filter *, enum filter_format, FILE *, struct diags *);

/* The rest of the forms, and these for another hook than a socket; see below. */
struct filter_target;
FILTER_API bool filter_print_for(const struct filter *, enum filter_format,
	const struct filter_target *, FILE *, struct diags *);

/* Classic BPF.  The array is the filter's.  NULL (and an error in diags) when the
 * filter cannot be written as cBPF. */
struct sock_filter; /* linux/filter.h */
FILTER_API const struct sock_filter *filter_cbpf(
	const struct filter *, size_t *count, struct diags *);

/* The first bytes of a packet, for programs that cannot read it in place: `data` holds
 * min(skb length, filter_ebpf.reach) of them, what lies beyond is read from elsewhere.  A
 * program that is to be loaded has to fill all of it (zeros will do). */
#define FILTER_SCRATCH 160 /* bytes; a multiple of 8 */
struct filter_pktbuf {
	uint32_t len;    /* bytes on the wire from data[0] on: skb length */
	uint32_t filled; /* bytes of data that are the packet's */
	uint32_t ifindex;
	uint32_t protocol; /* host order */
	uint32_t hatype;
	uint32_t pkttype;
	uint32_t vlan_present; /* 0 or 1 */
	uint32_t vlan_tci;
	uint64_t address; /* FILTER_READS_MEMORY: where the packet is in the kernel */
	uint32_t linear;  /* ... and how many bytes are there */
	uint32_t unused;
	uint8_t data[FILTER_SCRATCH];
};

/* How the body of an eBPF function reads a packet: what it gets, and where it may run. */
enum filter_reads {
	/* f(struct __sk_buff *, struct filter_pktbuf *): from the scratch; beyond it by
	 * LD_ABS.  Socket filters; tc. */
	FILTER_READS_SCRATCH, /* the verifier takes pointer + number from CAP_PERFMON only
			       */
	FILTER_READS_CONTEXT, /* computed offsets by LD_IND: two loads cost 45 ns more
			       * (kernel 6.18), but anyone who may load may do it */
/* f(struct __sk_buff *): each load by itself, by LD_ABS and LD_IND, as the kernel
 * does classic BPF: nothing is copied first.  Socket filters of few loads; tc.
 * A longer body is an error (DIAG_TOO_LONG), for the kernel writes each load out.
 */
#define FILTER_LOADS_INSNS 4096
	FILTER_READS_LOADS,
	/* f(struct __sk_buff *), f(struct xdp_md *): the packet in place, as far as it
	 * lies in one piece; what may lie elsewhere gives FILTER_BEYOND, and another
	 * program has to look.  tc; XDP. */
	FILTER_READS_SKB,
	FILTER_READS_SKB_SENT,  /* ... of packets that are sent: they are outbound */
	FILTER_READS_XDP,       /* `len` is the length of that piece */
	FILTER_READS_XDP_FRAGS, /* ... of all (bpf_xdp_get_buff_len, kernel 5.18) */
	/* f(struct xdp_md *, struct filter_pktbuf *): from the scratch; beyond it by
	 * bpf_xdp_load_bytes (kernel 5.18). */
	FILTER_READS_XDP_SCRATCH,
	/* f(struct filter_pktbuf *): from the scratch; beyond it at `address`.  Tracing.
	 */
	FILTER_READS_MEMORY,
	/* f(const uint8_t *data, uint64_t caplen): for a machine in user space; `len` is
	 * caplen, and there is no metadata. */
	FILTER_READS_BUFFER,
};
#define FILTER_BEYOND UINT32_MAX /* no verdict: larger than any snap length */

/* eBPF body of that function, position independent.  An expression that asks for
 * metadata that the hook does not have is an error (DIAG_HOOK).  It refers to `data`,
 * which it only reads, by LD_IMM64 with BPF_PSEUDO_MAP_IDX_VALUE: imm 0 and, in the
 * second half, the offset.  Who loads it puts there a map of one value
 * (BPF_PSEUDO_MAP_VALUE), or an address. */
struct bpf_insn;       /* linux/bpf.h */
struct filter_origin { /* of the instructions from `at` up to the next one's */
	uint32_t at;
	struct span span[2]; /* in the expression: the first place, all others; or empty
			      */
};
struct filter_ebpf {
	struct bpf_insn *insns; /* malloc'd; filter_ebpf_free */
	size_t count;
	uint32_t reach; /* bytes of scratch that the filter can read, 0..FILTER_SCRATCH */
	uint32_t loads; /* FILTER_READS_LOADS: of the packet, on the longest way */
	struct filter_origin *origin; /* ascending; filter_ebpf_origin searches it */
	size_t origins;
	uint8_t *data; /* of look-ups in large sets, in the machine's byte order; or NULL
			*/
	size_t data_size; /* bytes */
};
FILTER_API bool filter_ebpf(const struct filter *, enum filter_reads,
	struct filter_ebpf *out, struct diags *);
FILTER_API void filter_ebpf_free(struct filter_ebpf *);

/* What filter_print_for prints it for. */
struct filter_target {
	enum filter_reads reads;
	bool drop; /* FILTER_FORMAT_SOURCE: packets that match are dropped, the others
		    * pass; else the other way round */
};

/* Any eBPF, a line an instruction: as the kernel's verifier writes it, or in hex. */
FILTER_API void filter_ebpf_print(const struct bpf_insn *, size_t count, FILE *);
FILTER_API void filter_ebpf_print_bytes(const struct bpf_insn *, size_t count, FILE *);

/* Where in the expression an instruction comes from: the first place, and what the others
 * reach over (empty when there is but one).  False: from nowhere in particular. */
FILTER_API bool filter_ebpf_origin(
	const struct filter_ebpf *, size_t insn, struct span out[2]);

/* Link type of a libpcap DLT name such as "EN10MB"; false when it is not known. */
FILTER_API bool filter_linktype_by_name(const char *name, uint16_t *out);
/* Name of a link type, or NULL.  Static. */
FILTER_API const char *filter_linktype_name(uint16_t linktype);

#ifdef __cplusplus
}
#endif
#endif
