#ifndef PANTHEON_BENCH_UNITS_H
#define PANTHEON_BENCH_UNITS_H

#include <stdbool.h>
#include <stdint.h>

/* Numbers with their units, as they are typed and as they are shown. */
#define UNITS_TEXT 24u

/* `60s`, `500ms`; ns, us, ms, s, m, h. Whole numbers of nine digits at most; no bare number, for whose unit is it? */
bool units_duration(const char *text, uint64_t *ns);

/* `2%`: whole, 0 to 100. As a share, 0 to 1. */
bool units_share(const char *text, double *share);

/* `128KB`, `1MB`, `512B`: a KB is 1,024 bytes, and a MB 1,048,576, as memory is counted. Whole numbers of nine digits. */
bool units_size(const char *text, uint64_t *bytes);

/* Three digits and the unit that suits: `12.3 us`, `870 ns`. All answer `text`. */
char *units_time(char text[UNITS_TEXT], double ns);
char *units_count(char text[UNITS_TEXT], double count); /* `37.2 M`, `640`, `1.25 k` */

/* Without zeros that say nothing, for the ticks of an axis: `5.00 us` becomes `5 us`. */
char *units_short(char text[UNITS_TEXT]);

#endif
