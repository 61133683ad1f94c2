#ifndef PANTHEON_CONFIG_FIELD_H
#define PANTHEON_CONFIG_FIELD_H

#include <stdbool.h>

#include "config/schema.h"

/* A value that a row of a schema describes, in what schema_read_section filled. */

bool field_same(const struct field *field, const void *old, const void *new);

/* As its file would say it; what is longer ends with `...`, what was not there is `nothing`. */
#define FIELD_SHOWN 64u
void field_show(const struct field *field, const void *values, char text[FIELD_SHOWN]);

#endif
