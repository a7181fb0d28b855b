/* trial.h: one expression to be proved, and what became of all of them. */
#ifndef BPFCAP_TESTS_PROVE_TRIAL_H
#define BPFCAP_TESTS_PROVE_TRIAL_H

#include "../../filter/proof.h"

struct trials {
	uint32_t limit_ms;  /* of one proof */
	unsigned long show; /* refutations, and what is undecided; the rest is counted */
	bool trace;         /* names each on stderr */
	unsigned long tried, proved, refuted, undecided;
	unsigned long refused;        /* they do not compile */
	unsigned long never, wrongly; /* refused as matching nothing; yet they do */
	unsigned long relations, resolved;
	unsigned long unlike; /* witnesses that do not show what they should */
	uint64_t ns, slowest_ns;
	/* With its classic BPF, one way of reading of the input kind, by turns. */
	unsigned long turn;
	struct tally {
		unsigned long tried, verdict[FILTER_UNDECIDED + 1];
		uint64_t ns;
	} program[FILTER_PROGRAMS];
};

/* Proves it; what fails is printed as TAP comments. */
void trial_prove(struct trials *, const char *text, uint16_t linktype, enum filter_input);

const char *trial_input_name(enum filter_input);

/* What a program says of the packet; *stray: it reads what it must not. */
uint32_t trial_run(const struct filter *, unsigned program, const struct filter_witness *,
	bool *stray);

/* Lengths, metadata and bytes as comments. */
void trial_print_packet(const struct filter_witness *);

#endif
