#ifndef PANTHEON_CONFIG_FAILURE_H
#define PANTHEON_CONFIG_FAILURE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

/* Why something did not work, in one line for a person: what, where, which value, what to do. */
struct failure {
    char text[512];
};

/* Writes the line; always false, so that a function can `return failed(why, …)`. */
__attribute__((format(printf, 2, 3))) static inline bool failed(struct failure *why, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why->text, sizeof why->text, format, arguments);
    va_end(arguments);
    return false;
}

#endif
