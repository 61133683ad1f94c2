#ifndef PANTHEON_CONFIG_TOML_VALUE_H
#define PANTHEON_CONFIG_TOML_VALUE_H

#include "config/document.h"
#include "config/lines.h"

/* Reads one value of config.toml, what toml.h says of it, with the comment behind it. */

enum toml_value_state {
    TOML_VALUE_WHOLE,
    TOML_VALUE_OPEN, /* a list that goes on in the next line */
    TOML_VALUE_WRONG,
};

struct toml_value {
    struct arena *arena; /* given by the caller, everything else zero */
    enum setting_kind kind;
    const char *text;
    int64_t number;
    bool boolean;
    int64_t *numbers;
    size_t number_count, number_room;
    bool comma;          /* a list's next number is behind one, or first */
    const char *mistake; /* TOML_VALUE_WRONG: the remedy */
    char *raw;
    size_t raw_length, raw_room;
};

enum toml_value_state toml_value_start(struct toml_value *value, struct piece line);
enum toml_value_state toml_value_go_on(struct toml_value *value, struct piece line);

/* The value as it was written, lines of a list joined, without the comment. */
const char *toml_value_raw(struct toml_value *value);

/* A list of more numbers is a mistake: cpu_cores is the only list, and this is more than there are CPUs. */
#define TOML_MAX_NUMBERS 4096u

#endif
