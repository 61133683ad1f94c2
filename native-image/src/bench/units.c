#include "bench/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "config/patterns.h"

struct unit {
    const char *name;
    uint64_t size;
};

static const struct unit TIMES[] = {{"ns", 1},          {"us", 1000},        {"ms", 1000000},
                                    {"s", 1000000000u}, {"m", 60000000000u}, {"h", 3600000000000u}};

/* The whole number before `unit`. */
static bool number_before(const char *text, const char *unit, uint32_t *number) {
    char digits[16];
    size_t length = strspn(text, "0123456789");
    if (length >= sizeof digits || strcmp(text + length, unit) != 0) return false;
    memcpy(digits, text, length);
    digits[length] = '\0';
    return pattern_number(digits, number);
}

bool units_duration(const char *text, uint64_t *ns) {
    uint32_t number;
    for (unsigned i = 0; i < sizeof TIMES / sizeof TIMES[0]; i++)
        if (number_before(text, TIMES[i].name, &number)) return !__builtin_mul_overflow(number, TIMES[i].size, ns);
    return false;
}

bool units_size(const char *text, uint64_t *bytes) {
    static const struct unit SIZES[] = {{"B", 1}, {"KB", 1 << 10}, {"MB", 1 << 20}};
    uint32_t number;
    for (unsigned i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++)
        if (number_before(text, SIZES[i].name, &number)) return !__builtin_mul_overflow(number, SIZES[i].size, bytes);
    return false;
}

bool units_share(const char *text, double *share) {
    uint32_t number;
    if (!number_before(text, "%", &number) || number > 100) return false;
    *share = number / 100.0;
    return true;
}

/* Three digits: 9.99, 99.9, 999. What is below the smallest unit is shown as a part of it. */
static char *show(char text[UNITS_TEXT], double value, const struct unit *units, unsigned count) {
    unsigned i = count - 1;
    while (i > 0 && value < 0.9995 * (double)units[i].size) i--;
    double number = value / (double)units[i].size;
    int decimals = number < 9.995 ? 2 : number < 99.95 ? 1 : 0;
    if (units[i].size == 1 && number == floor(number)) decimals = 0;
    snprintf(text, UNITS_TEXT, "%.*f%s%s", decimals, number, units[i].name[0] == '\0' ? "" : " ", units[i].name);
    return text;
}

char *units_time(char text[UNITS_TEXT], double ns) {
    return show(text, ns, TIMES, 4);
}

char *units_count(char text[UNITS_TEXT], double count) {
    static const struct unit COUNTS[] = {{"", 1}, {"k", 1000}, {"M", 1000000}, {"G", 1000000000}};
    return show(text, count, COUNTS, 4);
}

char *units_short(char text[UNITS_TEXT]) {
    char *point = strchr(text, '.');
    if (point == NULL) return text;
    char *rest = point + strspn(point, ".0123456789"), *end = rest;
    while (end[-1] == '0') end--;
    if (end[-1] == '.') end--;
    memmove(end, rest, strlen(rest) + 1);
    return text;
}
