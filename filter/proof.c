/* proof.c: what the proofs of proof.h have taken is given back.  Needs no Z3: the caller
 * has this in all builds. */
#include "proof.h"

#include <stdlib.h>

static void
free_witness(struct filter_witness *w)
{
	free(w->bytes);
	*w = (struct filter_witness){ 0 };
}

void
filter_proof_free(struct filter_proof *p)
{
	free_witness(&p->witness);
}

void
filter_difference_free(struct filter_difference *d)
{
	free_witness(&d->only[0]);
	free_witness(&d->only[1]);
	free_witness(&d->both);
}
