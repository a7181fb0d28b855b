/* near.c: two names in, how many letters differ out. */
#include "near.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned
near_distance(const char *a, const char *b)
{
	unsigned row[NEAR_FAR + 1]; /* distance of a's first i letters to b's first j */
	const size_t len = strlen(b);
	if (len > NEAR_FAR || strlen(a) > NEAR_FAR)
		return NEAR_FAR;
	for (unsigned j = 0; j <= len; j++)
		row[j] = j;
	for (unsigned i = 1; a[i - 1]; i++) {
		unsigned diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= len; j++) {
			const bool same = toupper((unsigned char)a[i - 1]) ==
					  toupper((unsigned char)b[j - 1]);
			const unsigned change = diagonal + !same;
			diagonal = row[j];
			row[j] = least(change, least(row[j], row[j - 1]) + 1);
		}
	}
	return row[len];
}
