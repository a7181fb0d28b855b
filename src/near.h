/* near.h: how far a mistyped name is from a known one, for hints. */
#ifndef BPFCAP_NEAR_H
#define BPFCAP_NEAR_H

#define NEAR_FAR 64 /* characters; longer names are near to none */

/* Levenshtein distance, upper and lower case being one, at most NEAR_FAR. */
unsigned near_distance(const char *, const char *);

#endif
