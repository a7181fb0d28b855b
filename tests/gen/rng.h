/* rng.h: numbers that look random and are the same on every machine and in every
 * build, so that a seed printed by a failing test is all that is needed to see the
 * failure again.  The sequence is SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
#ifndef BPFCAP_TESTS_RNG_H
#define BPFCAP_TESTS_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
	uint64_t state; /* the seed, to begin with */
};

static inline uint64_t
rng_mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static inline uint32_t
rng_next(struct rng *r)
{
	r->state += 0x9e3779b97f4a7c15u;
	return (uint32_t)(rng_mix(r->state) >> 32);
}

/* In [0, n); n is not 0.  The bias of the modulus does not matter here. */
static inline uint32_t
rng_below(struct rng *r, uint32_t n)
{
	return rng_next(r) % n;
}

static inline bool
rng_chance(struct rng *r, unsigned percent)
{
	return rng_below(r, 100) < percent;
}

#endif
